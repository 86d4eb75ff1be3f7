"""The OpInfo sweep: PyTorch's operator database as ordinary cases, listed in a worker and cached."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness import inputs, load
from harness.errors import LabError
from harness.load import sweep

ROOT = Path(load.__file__).parents[2]
NAMES = ("add", "gather", "acosh", "linalg.cholesky", "cat", "empty", "expand", "nn.functional.layer_norm")


@pytest.fixture(scope="module")
def listed() -> dict[str, Any]:
    """What a worker lists for a few operators, by torch itself in another process."""
    pytest.importorskip("expecttest")
    code = (
        f"import json, sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from harness.load import opinfo\n"
        f"print('\\n' + json.dumps(opinfo.list_entries(('float32', 'complex64'), 2, {NAMES!r})))"
    )
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return answer


def test_samples_become_cases(listed: dict[str, Any]) -> None:
    """Every sample is a case of tier full whose inputs the harness seeds within OpInfo's range."""
    found = sweep.expand(listed["entries"])
    assert [str(error) for error in found.errors] == []
    acosh = next(case for case in found.cases if case.id.startswith("opinfo.acosh.0-float32-"))
    assert (acosh.target, acosh.tier, acosh.tags) == ("torch.acosh", "full", ("opinfo",))
    assert inputs.make(acosh.inputs[0], case_seed=acosh.seed).min() >= 1
    gather = next(case for case in found.cases if case.target == "torch.gather")
    index = next(spec for spec in gather.inputs if spec.dtype == "int64")
    assert index.values.startswith("literal:")
    cat = next(case for case in found.cases if case.target == "torch.cat")
    assert isinstance(cat.args[0], (list, dict))
    assert any(case.target == "torch.nn.functional.layer_norm" for case in found.cases)


def test_what_is_left_out_is_told(listed: dict[str, Any]) -> None:
    """No operator vanishes silently: each one left out has a reason."""
    reasons = {name: reason for reason, names in listed["left_out"].items() for name in names}
    assert "memory" in reasons["empty"]
    assert "public name" in reasons["expand"]
    assert "complex" in reasons["linalg.cholesky complex64"]


def test_the_list_is_made_once(tmp_path: Path, listed: dict[str, Any]) -> None:
    """The minute that torch needs is paid once per torch release; a spoilt cache is made anew."""
    calls = []

    def ask() -> dict[str, Any]:
        calls.append(1)
        return listed

    first = sweep.sweep(ask, torch="2.13.0", cache=tmp_path)
    again = sweep.sweep(ask, torch="2.13.0", cache=tmp_path)
    assert first == again
    assert len(calls) == 1
    (path,) = tmp_path.iterdir()
    path.write_text("{")
    assert sweep.sweep(ask, torch="2.13.0", cache=tmp_path) == first
    sweep.sweep(ask, torch="2.14.0", cache=tmp_path)
    assert len(calls) == 3


def test_a_worker_that_fails_is_an_error(tmp_path: Path) -> None:
    """The sweep that can't be listed is an error of the run, not an empty green one; nothing is cached."""

    def ask() -> dict[str, Any]:
        raise LabError("no torch.testing here")

    found = sweep.sweep(ask, torch="2.13.0", cache=tmp_path)
    assert not found.cases
    assert "no torch.testing here" in str(found.errors[0])
    assert not list(tmp_path.iterdir())
