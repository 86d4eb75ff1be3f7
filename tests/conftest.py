"""What the end-to-end tests share: projects, and a cache that all of their runs use and no other run does."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from projects import Project


def pytest_configure(config: pytest.Config) -> None:
    """One thread for each of the workers that share the cores: small tensors otherwise wait for threads that spin."""
    if hasattr(config, "workerinput"):
        torch.set_num_threads(1)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that no other run shares, and every nested run of this one does."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def make_project(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Callable[[str], Project]:
    """An empty project by name."""

    def make(name: str) -> Project:
        folder = tmp_path_factory.mktemp(name)
        (folder / "pytest.ini").write_text("[pytest]\n")
        return Project(folder, {"LOCKSTEP_CACHE": str(cache)})

    return make


@pytest.fixture
def project(make_project: Callable[[str], Project]) -> Project:
    """An empty project of this test's own."""
    return make_project("project")


@pytest.fixture
def mark() -> str:
    """A value for MARK that no other process has."""
    return uuid.uuid4().hex
