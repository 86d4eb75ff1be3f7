"""Expectations: what is known to diverge, as data, so that a run ends green and honest.

`expectations.yaml` is a list; an entry names cases and targets by glob, says why, and how bad it may be. It is
strict: a cell that is worse than its bound fails, one that passes fails too (the entry is stale), unless the entry says
`sometimes`.

    - case: sqrt-float32-*
      target: [cpu, cpu-avx512]
      when: {capability: AVX512}
      bound: 2.5
      reason: the vector library's sqrt is not correctly rounded, against IEEE 754
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from harness.errors import CaseError
from harness.load.nodes import Map, Seq, read
from harness.records import FAILED, KNOWN, Record

FILE = "expectations.yaml"
_KEYS = ("case", "target", "status", "bound", "reason", "when", "sometimes", "issue")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One entry. cases, targets: globs. when: facts of the target's fingerprint, each a list of globs.

    bound: the largest margin that is still the known fault; statuses without a margin need none. sometimes: it need not
    happen everywhere the entry matches.
    """

    cases: tuple[str, ...]
    targets: tuple[str, ...]
    reason: str
    status: str = "diverged"
    bound: float = math.inf
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sometimes: bool = False
    issue: str = ""
    path: str = FILE
    line: int = 1

    def matches(self, case: str, target: str, facts: Mapping[str, str]) -> bool:
        """facts: name → value, as `facts_of` gives them."""
        return (
            self.names_case(case)
            and self.names_target(target)
            and all(any(fnmatchcase(facts.get(key, ""), glob) for glob in globs) for key, globs in self.when)
        )

    def names_case(self, case: str) -> bool:
        return any(fnmatchcase(case, glob) for glob in self.cases)

    def names_target(self, target: str) -> bool:
        return any(fnmatchcase(target, glob) for glob in self.targets)

    def apply(self, record: Record) -> Record:
        """The record under this expectation: `known` within the bound, `stale-expectation` where it passes; a failure
        worse than the bound stays what it is, and its message says so."""
        said = {
            "status": record.status,
            "reason": self.reason,
            "bound": self.bound,
            "where": f"{self.path}:{self.line}",
        }
        if record.status == "pass":
            if self.sometimes:
                return record
            message = (
                f"{self.path}:{self.line} expects {self.status} here ({self.reason}), but it passes: remove the entry"
            )
            return replace(record, status="stale-expectation", message=message, expectation=said)
        if record.status != self.status:
            return record
        margin = 0.0 if record.margin is None else record.margin
        if not margin <= self.bound:
            worse = (
                f"{margin:.3g}× is worse than the {self.bound:g}× that {self.path}:{self.line} expects ({self.reason})"
            )
            return replace(record, message=f"{record.message}\n{worse}", expectation=said)
        return replace(record, status=KNOWN, message=f"{self.reason}\n{record.message}", expectation=said)


def facts_of(fingerprint: Mapping[str, Any]) -> dict[str, str]:
    """What `when` may ask of a target: machine, capability, hardware, and every library's version by name."""
    plain = {
        key: str(fingerprint[key]) for key in ("machine", "capability", "hardware", "emulator") if key in fingerprint
    }
    return plain | {name: str(version) for name, version in fingerprint.get("versions", {}).items()}


def load(path: Path) -> list[Expectation]:
    """The entries of a file; none where there is no file. Raises CaseError with file:line and the allowed keys."""
    if not path.is_file():
        return []
    root, problems = read(path.read_text(encoding="utf-8"))
    if problems:
        raise CaseError(problems[0].text, path=path, line=problems[0].line)
    if root is None:
        return []
    if not isinstance(root, Seq):
        raise CaseError("expected a list of entries", path=path, line=1)
    return [_entry(entry, path) for entry in root]


def _entry(entry: Any, path: Path) -> Expectation:
    if not isinstance(entry, Map):
        raise CaseError(f"expected a mapping with {', '.join(_KEYS)}", path=path, line=1)
    line = entry.line
    for key in entry:
        if key not in _KEYS:
            raise CaseError(
                f"unknown key {key!r}; allowed: {', '.join(_KEYS)}",
                path=path,
                line=entry.lines.get(key, line),
            )
    for key in ("case", "target", "reason"):
        if not entry.get(key):
            raise CaseError(f"{key} is missing", path=path, line=line)
    status = str(entry.get("status", "diverged"))
    if status not in FAILED:
        raise CaseError(
            f"status is {status!r}; allowed: {', '.join(FAILED)}",
            path=path,
            line=entry.lines.get("status", line),
        )
    if status == "diverged" and "bound" not in entry:
        raise CaseError("a divergence needs a bound: the largest margin that is still this fault", path=path, line=line)
    bound = entry.get("bound", math.inf)
    if isinstance(bound, bool) or not isinstance(bound, (int, float)) or not bound > 0:
        raise CaseError(
            f"bound is {bound!r}; expected a number above 0", path=path, line=entry.lines.get("bound", line)
        )
    when = entry.get("when") or {}
    return Expectation(
        cases=_globs(entry["case"]),
        targets=_globs(entry["target"]),
        reason=" ".join(str(entry["reason"]).split()),
        status=status,
        bound=float(bound),
        when=tuple((str(key), _globs(value)) for key, value in when.items()),
        sometimes=bool(entry.get("sometimes", False)),
        issue=str(entry.get("issue", "")),
        path=str(path),
        line=line,
    )


def _globs(value: Any) -> tuple[str, ...]:
    return (
        tuple(str(one) for one in value)
        if isinstance(value, Sequence) and not isinstance(value, str)
        else (str(value),)
    )
