"""The `target` fixture: any ordinary test, once per target."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from projects import Done, Project

TESTS = """
import pytest
import torch
from torch.nn import functional as F

X = torch.linspace(-3, 3, 15).reshape(3, 5)

def test_right(target):
    target.check(lambda x, w: F.layer_norm(x, (5,), w) @ x.t(), X, torch.ones(5))

def test_halves(target):
    target.check(F.gelu, X, dtype=torch.bfloat16)

def test_wrong(target):
    target.check(torch.softmax, X, -1, rule="exact")

def test_twice(target):
    target.check(torch.sin, X)
    target.check(torch.cos, X)

def test_no_tensor(target):
    target.check(torch.softmax, 3, -1)

def test_no_function(target):
    with pytest.raises(Exception, match="'sum_of_squares'"):
        target.check(lambda x: torch.sum_of_squares(x), X)

def test_plain():
    assert X.numel() == 15
"""


@pytest.fixture(scope="module")
def ran(make_project: Callable[[str], Project]) -> tuple[Project, Done]:
    """The tests above on two devices."""
    project = make_project("target")
    project.write({"test_mine.py": TESTS})
    return project, project.run("--devices=cpu,cpu-1thread", "-v")


def test_a_test_runs_once_per_target(ran: tuple[Project, Done]) -> None:
    """Every test that asks for `target` has an item a target; others have one."""
    text = ran[1].text
    for name in ("right", "halves", "twice", "no_function"):
        for target in ("cpu", "cpu-1thread"):
            assert f"test_mine.py::test_{name}[{target}] PASSED" in text
    assert "test_mine.py::test_plain PASSED" in text


def test_a_wrong_result_fails_with_the_failure_message(ran: tuple[Project, Done]) -> None:
    """What, where, bits, rule and the command; the assertion stands at the user's own line."""
    text = "\n".join(ran[1].failure("test_wrong[cpu-1thread]"))
    assert "on cpu-1thread: diverged" in text
    for words in ("test_wrong on cpu-1thread", " at [", "got ", "(0x", "rule exact", "reproduce: pytest "):
        assert words in text
    assert "test_mine.py::test_wrong[cpu-1thread]" in text
    assert 'target.check(torch.softmax, X, -1, rule="exact")' in text
    assert "harness/" not in text
    assert "torch.__trace" not in text


def test_a_call_without_tensors_says_so(ran: tuple[Project, Done]) -> None:
    """The half-specified is rejected with the remedy."""
    text = "\n".join(ran[1].failure("test_no_tensor[cpu]"))
    assert "at least one tensor" in text
    assert "harness/" not in text


def test_each_check_leaves_a_record(ran: tuple[Project, Done]) -> None:
    """Records of ordinary tests stand in the same file, with the node that made them."""
    made = [line for line in ran[1].lines if line["type"] == "record"]
    nodes = [record["nodeid"] for record in made]
    assert nodes.count("test_mine.py::test_twice[cpu]") == 2
    twice = [r["case"]["id"] for r in made if r["nodeid"] == "test_mine.py::test_twice[cpu]"]
    assert twice == ["test_twice", "test_twice-2"]
    statuses = {record["nodeid"]: record["status"] for record in made}
    assert statuses["test_mine.py::test_wrong[cpu]"] == "diverged"
    assert statuses["test_mine.py::test_right[cpu-1thread]"] == "pass"
    assert {line["name"] for line in ran[1].lines if line["type"] == "target"} == {"cpu", "cpu-1thread"}


def test_without_devices_the_target_is_the_cpu(ran: tuple[Project, Done]) -> None:
    """The fixture works in a plain `pytest`; nothing is written."""
    done = ran[0].run("-v", "-k", "halves or plain")
    assert done.status == 0
    assert "test_mine.py::test_halves[cpu] PASSED" in done.text
    assert done.report is None
