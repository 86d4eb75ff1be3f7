"""The pytest plugin: options, the hooks that must stand in a module, and the `target` fixture.

All else is in `harness.run.Run`, registered as a plugin object of its own.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness import options
from harness.errors import LockstepError

if TYPE_CHECKING:
    from harness.bound import BoundTarget
    from harness.run import Run

_RUN: pytest.StashKey[Run] = pytest.StashKey()
_TAKEN: pytest.StashKey[list[str]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add_ini(parser)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser) -> Generator[None, Any, Any]:
    found = yield
    early_config.stash[_TAKEN] = options.add_short(parser)
    return found


def pytest_configure(config: pytest.Config) -> None:
    from harness.run import Run

    for name, words in Run.MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {words}")
    try:
        config.stash[_RUN] = run = Run(config, options.settings(config))
        _ = run.expectations  # a broken file is a usage error, before anything runs
    except LockstepError as error:
        raise pytest.UsageError(str(error)) from error
    config.pluginmanager.register(run, "lockstep-run")


def pytest_report_header(config: pytest.Config) -> list[str]:
    try:
        return config.stash[_RUN].header(config.stash.get(_TAKEN, []))
    except LockstepError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    from harness.items import CaseFile

    run = parent.config.stash[_RUN]
    return CaseFile.of(parent, run, path=file_path) if run.collects(file_path) else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.config.stash[_RUN].parametrize(metafunc)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _RUN in config.stash:
        config.stash[_RUN].close()


@pytest.fixture
def target(request: pytest.FixtureRequest) -> BoundTarget:
    """One target of `--devices` × `--backends` (cpu without them); `target.check(f, *tensors)` judges f on it."""
    from harness.bound import BoundTarget

    return BoundTarget(request.config.stash[_RUN].session, request.param, request.node)
