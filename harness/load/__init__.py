"""Case files → cases: YAML entries and decorated Python functions, both by way of an entry and its
grid.

    cases/ops/*.yaml ──► nodes ─┐
                                ├─► Entry (checked once, by the same rules) ──► grid ──► Case …
    case_*.py ──► describe ─────┘
              (in a worker)

A file with errors still gives its sound cases; every error names file and line and says what was expected.
Importing this package imports no torch.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.case import Case, Listing
from harness.errors import CaseError, LockstepError
from harness.load import describe as _describe
from harness.load import grid, python, yaml
from harness.load.entry import Entry
from harness.load.nodes import Problem
from harness.load.schema import schema

__all__ = ["collects", "describe_module", "load", "schema"]

Describe = Callable[[Path], list[dict[str, Any]]]
describe_module = _describe.describe_module

# The first key of a list's entry, in block or flow style.
_ENTRY = re.compile(r"^ *- *\{? *[\"']?(op|name|dtypes)[\"']? *:", re.MULTILINE)
_SWEEP = re.compile(r"^sweep: *opinfo *$", re.MULTILINE)
_DECORATOR = re.compile(r"^@(\w+\.)?(case|model)\b", re.MULTILINE)
_SNIFF = 16384


def collects(path: Path) -> bool:
    """Whether a file declares cases: `case_*.py`; Python files with `@case` or `@model` and YAML lists of
    entries under a directory `cases`; YAML lists of `- op:` entries anywhere. Hidden files and those
    starting with `_` never do."""
    name = path.name
    if name.startswith(("_", ".")) or not path.is_file():
        return False
    if path.suffix == ".py":
        if name.startswith("case_"):
            return True
        if "cases" not in path.parent.parts or name.startswith("test_") or name == "conftest.py":
            return False
        return bool(_DECORATOR.search(_head(path)))
    if path.suffix in (".yaml", ".yml"):
        if sweeps(path):
            return True
        first = _ENTRY.search(_head(path))
        return first is not None and (first.group(1) == "op" or "cases" in path.parent.parts)
    return False


def sweeps(path: Path) -> bool:
    """Whether a YAML file stands for the OpInfo sweep: its one entry is `sweep: opinfo`."""
    return path.suffix in (".yaml", ".yml") and bool(_SWEEP.search(_head(path)))


def _head(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(_SNIFF)
    except OSError:
        return ""


def load(path: Path, *, root: Path, describe: Describe) -> Listing:
    """The cases of one file, in file order, and a CaseError for each thing in it that could not be read.

    describe: runs `describe_module` on a Python file in a worker process and returns its answer.
    """
    with _without_gc():
        return _load(path, _relative(path, root), describe)


@contextmanager
def _without_gc() -> Iterator[None]:
    """Loading makes many small objects that all stay: searching them for garbage doubles its time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _load(path: Path, shown: str, describe: Describe) -> Listing:
    try:
        if path.suffix == ".py":
            entries, problems = python.entries(describe(path))
        else:
            entries, problems = yaml.entries(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, LockstepError) as error:
        return Listing((), (CaseError(str(error), path=shown, line=1),))
    cases, more = _expand(entries, shown)
    found = sorted([*problems, *more], key=lambda problem: problem.line)
    return Listing(tuple(cases), tuple(CaseError(p.text, path=shown, line=p.line) for p in found))


def _expand(entries: list[Entry], path: str) -> tuple[list[Case], list[Problem]]:
    """All cells; of two with the same id the first stays, the other is a problem of its entry."""
    cases: list[Case] = []
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    for entry in entries:
        made, wrong = grid.expand(entry, path)
        problems += wrong
        twice = [case.id for case in made if case.id in lines]
        if twice:
            where = f"the entry of line {lines[twice[0]]}"
            remedy = "give one entry another `name:`"
            problems.append(Problem(entry.line, f"id {twice[0]} is made by {where} too: {remedy}"))
            made = [case for case in made if case.id not in lines]
        for case in made:
            if case.id in lines:
                problems.append(Problem(entry.line, f"id {case.id} is made twice by this entry's grid"))
                continue
            lines[case.id] = entry.line
            cases.append(case)
    return cases, problems


def _relative(path: Path, root: Path) -> str:
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return path.as_posix()
