"""Expectations: a known divergence is green and shown, and an entry that says too much or too little is not."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest
from projects import Done, Project

from harness.errors import CaseError
from harness.expect import load

# Right in float64, so that the golden is right; in float32 one element is too large by a tenth.
KERNELS = """
import torch

def tenth_off(x):
    y = torch.exp(x)
    if x.dtype == torch.float32:
        y[1, 2] *= 1.1
    return y

def right(x):
    return torch.exp(x)
"""
CASES = """
- op: kernels.tenth_off
  dtypes: [float32]
  inputs: {x: [3, 5]}
  rule: function
- op: kernels.right
  dtypes: [float32]
  inputs: {x: [3, 5]}
  rule: function
"""
GREEN = """
- case: kernels.tenth_off-*
  target: cpu-*
  bound: 1
  reason: only on another machine, so this entry is passed over
  when: {machine: pdp11}
- case: [kernels.tenth_off-*, kernels.other-*]
  target: cpu*
  bound: 1.0e+9
  reason: this kernel is a tenth off
  issue: https://example.org/1
  when: {torch: "*"}
- {case: kernels.right-*, target: cpu, bound: 2, reason: wrong on some processors, sometimes: true}
"""
RED = """
- {case: kernels.tenth_off-*, target: cpu, bound: 1.5, reason: half an ulp too many}
- {case: kernels.right-*, target: cpu, bound: 2, reason: was wrong once}
- {case: no_such_case-*, target: cpu, bound: 2, reason: long gone}
"""
LATER = """
- op: torch.exp
  dtypes: [float32]
  inputs: {x: [3, 5]}
  tags: [compile]
- op: torch.neg
  dtypes: [float32]
  inputs: {x: [3, 5]}
- op: torch.abs
  dtypes: [float32]
  inputs: {x: [3, 5]}
  tier: standard
"""
LEFT = """
- {case: neg-*, target: cpu/inductor, bound: 2, reason: this compiler is given the case in a later tier}
- {case: abs-*, target: cpu, bound: 2, reason: this case is of a later tier}
- {case: no_such_case-*, target: cpu/inductor, bound: 2, reason: long gone}
- {case: "opinfo.no_such.*", target: cpu, bound: 2, reason: of the operator database}
"""


@pytest.fixture(scope="module")
def project(make_project: Callable[[str], Project]) -> Project:
    """Two kernels, one of them wrong, and their goldens."""
    project = make_project("expected")
    project.write({"kernels.py": KERNELS, "cases/kernels.yaml": CASES, "green.yaml": GREEN, "red.yaml": RED})
    return project


@pytest.fixture(scope="module")
def green(project: Project) -> Done:
    """The run whose expectations are right."""
    return project.run("--devices=cpu", "--golden-update", "--expectations=green.yaml", "-rx")


@pytest.fixture(scope="module")
def red(project: Project, green: Done) -> Done:
    """The run whose expectations are all wrong, each in its way."""
    return project.run("--devices=cpu", "--expectations=red.yaml")


def test_a_known_divergence_is_shown_and_green(green: Done) -> None:
    """Within its bound it is an xfail: the run passes, and the record keeps reason, bound, place and margin."""
    assert green.status == 0, green.text
    assert "1 passed, 1 xfailed" in green.text
    assert "this kernel is a tenth off" in green.line("XFAIL")
    record = green.records["tenth_off", "cpu"]
    assert record["status"] == "known"
    assert record["margin"] > 1000
    said = record["expectation"]
    assert (said["status"], said["bound"], said["reason"]) == ("diverged", 1e9, "this kernel is a tenth off")
    assert said["where"].endswith("green.yaml:7")


def test_sometimes_lets_a_cell_pass(green: Done) -> None:
    """What depends on the processor may pass; and an entry for another machine is neither applied nor called stale."""
    assert green.records["right", "cpu"]["status"] == "pass"
    assert "expectation matched nothing" not in green.text


def test_worse_than_its_bound_fails_with_both_figures(red: Done) -> None:
    """A known fault that got worse is red, and the message has the measured margin and the expected one."""
    assert red.status == 1
    message = "\n".join(red.failure("kernels.tenth_off-float32-3x5[cpu]"))
    margin = red.records["tenth_off", "cpu"]["margin"]
    assert red.records["tenth_off", "cpu"]["status"] == "diverged"
    assert f"{margin:.3g}× its allowance" in message
    assert "worse than the 1.5× that " in message
    assert "red.yaml:2 expects (half an ulp too many)" in message


def test_an_expected_divergence_that_passes_is_stale(red: Done) -> None:
    """A fault that was mended turns its entry red, with the line to remove."""
    record = red.records["right", "cpu"]
    assert record["status"] == "stale-expectation"
    assert "red.yaml:3 expects diverged here (was wrong once), but it passes: remove the entry" in red.text
    assert "2 failed" in red.text


def test_an_entry_that_matches_nothing_is_reported(red: Done) -> None:
    """A typo in a glob, or a case that is gone, does not go unseen."""
    assert red.line("expectation matched nothing", "red.yaml:4", "no_such_case-*", "remove it")
    assert red.text.count("expectation matched nothing") == 1


@pytest.mark.skipif(shutil.which("g++") is None, reason="inductor needs a C++ compiler")
def test_an_entry_for_a_cell_that_was_not_run_is_not_stale(make_project: Callable[[str], Project]) -> None:
    """What is left to a later tier (the operator database, too), or deselected, says nothing of its entry; a name
    that is no cell's still does."""
    project = make_project("later")
    project.write({"cases/later.yaml": LATER, "left.yaml": LEFT})
    asked = ("--devices=cpu", "--backends=eager,inductor", "--expectations=left.yaml")
    done = project.run(*asked, "--golden-update")
    assert done.status == 0, done.text
    assert done.line("cpu/inductor compiles: 1 cases are left")
    assert done.line("expectation matched nothing", "left.yaml:4", "no_such_case-*")
    assert done.text.count("expectation matched nothing") == 1
    done = project.run(*asked, "--case-tier=standard", "--golden-update", "-k", "exp")
    assert done.text.count("expectation matched nothing") == 1, done.text


def test_a_broken_file_is_a_usage_error(project: Project, green: Done) -> None:
    """Before anything runs: file, line, and what is allowed."""
    project.write({"broken.yaml": "- case: a-*\n  target: cpu\n  reason: b\n  tolerance: 2\n"})
    done = project.run("--devices=cpu", "--expectations=broken.yaml")
    assert done.status == pytest.ExitCode.USAGE_ERROR
    assert done.line("broken.yaml:4", "unknown key 'tolerance'", "allowed: case, target, status, bound, reason")
    assert done.report is None


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("case: a\n", 1, "expected a list"),
        ("- 3\n", 1, "expected a mapping with case, target"),
        ("- case: a\n  reason: b\n  bound: 2\n", 1, "target is missing"),
        ("- case: a\n  target: cpu\n  reason: b\n", 1, "a divergence needs a bound"),
        ("- case: a\n  target: cpu\n  reason: b\n  bound: -1\n", 4, "expected a number above 0"),
        ("- case: a\n  target: cpu\n  reason: b\n  bound: .nan\n", 4, "expected a number above 0"),
        ("- case: a\n  target: cpu\n  reason: b\n  status: pass\n", 4, "allowed: diverged"),
        ("- case: a\n  target: cpu\n  reason: b\n  bound: 2\n\n- case: [\n", 7, ""),
    ],
)  # fmt: skip
def test_what_an_entry_may_say(tmp_path, text, line, words) -> None:  # type: ignore[no-untyped-def]
    """Every mistake is refused with its line: half an entry excuses nothing."""
    path = tmp_path / "expectations.yaml"
    path.write_text(text)
    with pytest.raises(CaseError) as raised:
        load(path)
    assert raised.value.line == line
    assert words in str(raised.value)


def test_the_shipped_file_is_sound() -> None:
    """The shipped expectations can be read, each with a reason of more than a word."""
    from pathlib import Path

    entries = load(Path(__file__).parents[1] / "cases/expectations.yaml")
    assert entries
    assert all(len(entry.reason.split()) > 3 for entry in entries)
