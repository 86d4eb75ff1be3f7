"""Records: all that is known of a run, so that every rendering, gate, merge and diff reads one thing.

`journal.py` keeps them in a file. A run is a file `records.jsonl`, one JSON object a line. By `type` they are `run`
(the first), `target`, `record`, `attribution` and `end` (the last; missing when the run was killed).
`reports/README.md` documents the schema.

JSON has no NaN and no infinity: they are written as the strings "nan", "inf" and "-inf", which any JSON
reader accepts, and are floats again after reading where a number is expected.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from harness.errors import RecordError

SCHEMA = 1
STATUSES = (
    "pass",
    "diverged",
    "nondeterministic",
    "crashed",
    "timeout",
    "error",
    "fellback",
    "missing-golden",
    "stale-golden",
    "stale-expectation",
    "known",
    "undecided",
    "vacuous",
    "unsupported",
)
# Not tested: the target said it can't, or the golden proves nothing. Counted and shown, never red or green.
UNTESTED = ("unsupported", "vacuous")
# Red, but expected (`expectations.yaml`): shown with the failures' detail, counted apart, and no failure of the run.
KNOWN = "known"
FAILED = tuple(status for status in STATUSES if status not in ("pass", KNOWN, *UNTESTED))

Json: TypeAlias = dict[str, Any]
_NONFINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


@dataclass(frozen=True, slots=True)
class Header:
    """The run itself. started: ISO 8601 in UTC. host: name, cpu, os, cores … versions: library → version."""

    type: ClassVar[str] = "run"
    id: str
    started: str
    argv: Sequence[str] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    host: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TargetInfo:
    """One device × backend, as it described itself.

    fingerprint: hardware, driver, versions, threads, math modes, environment; mappings of plain values.
    absent: why a target that was asked for took no part; None for one that ran.
    """

    type: ClassVar[str] = "target"
    name: str
    device: str
    backend: str
    fingerprint: Mapping[str, Any] = field(default_factory=dict)
    profile: str | None = None
    absent: str | None = None


@dataclass(frozen=True, slots=True)
class CaseInfo:
    """What of a Case the readers of a record need. source: `path:line`. shapes: input name → shape."""

    id: str
    source: str = ""
    op: str = ""
    dtype: str = ""
    shapes: Mapping[str, Sequence[int]] = field(default_factory=dict)
    values: str = "normal"
    tier: str = "quick"
    tags: Sequence[str] = ()
    kind: str = "op"


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of one case on one target.

    margin: worst error ÷ allowance (above 1 diverged); None where nothing was compared.
    verdict: {"figures": {...}, "warnings": [...]}. outputs: one Divergence as JSON each.
    how: `ran` or `emulated`. seconds: {"run": kernel, "total": with the harness}.
    golden: {"key", "provenance"}. log: the worker's last words. repro: the command that runs this cell again.
    nodes: what judging a function or model node by node found (`harness.nodes.Findings`), where that was done.
    attribution: {"agree": [targets that agree with the golden], "golden_outlier": bool,
        "groups": [[targets that agree with each other]]}.
    expectation: for `known` and `stale-expectation`, and for a failure worse than expected: {"status": what the verdict
        was, "reason", "bound", "where": file:line}.
    """

    type: ClassVar[str] = "record"
    case: CaseInfo
    target: str
    status: str
    margin: float | None = None
    rule: str = ""
    message: str = ""
    verdict: Mapping[str, Any] = field(default_factory=dict)
    outputs: Sequence[Mapping[str, Any]] = ()
    how: str = "ran"
    evidence: Mapping[str, Any] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    golden: Mapping[str, Any] = field(default_factory=dict)
    log: str = ""
    repro: str = ""
    nodeid: str = ""
    attribution: Mapping[str, Any] = field(default_factory=dict)
    expectation: Mapping[str, Any] = field(default_factory=dict)
    nodes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who agrees with whom on one case, known once every target has run; stands in for the record's own."""

    type: ClassVar[str] = "attribution"
    case: str
    agree: Sequence[str] = ()
    groups: Sequence[Sequence[str]] = ()
    golden_outlier: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """The run's last line. counts: target → status → number of records."""

    type: ClassVar[str] = "end"
    finished: str
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    interrupted: bool = False


Line: TypeAlias = Header | TargetInfo | Record | Attribution | End
_TYPES: dict[str, type[Line]] = {kind.type: kind for kind in (Header, TargetInfo, Record, Attribution, End)}
# The smallest set without which a line means nothing; everything else has a default.
_REQUIRED: dict[str, dict[str, type]] = {
    "run": {"id": str, "started": str},
    "target": {"name": str, "device": str, "backend": str},
    "record": {"case": dict, "target": str, "status": str},
    "attribution": {"case": str},
    "end": {"finished": str},
}
_WALKED = frozenset((str, dict, list))
# Fields that hold measured numbers, where the strings "nan", "inf" and "-inf" mean floats.
_NUMERIC = ("margin", "verdict", "outputs", "seconds", "nodes")


def to_json(line: Line) -> Json:
    """The line as a plain mapping of builtin types, which may cross processes (and xdist) as it is."""
    plain: Json = {"schema": SCHEMA, "type": line.type}
    for item in fields(line):
        value = getattr(line, item.name)
        if isinstance(value, CaseInfo):
            value = {part.name: getattr(value, part.name) for part in fields(value)}
        plain[item.name] = _plain(value)
    return plain


def from_json(plain: Mapping[str, Any]) -> Line:
    """The line that `plain` describes; RecordError says what is wrong. Unknown keys are ignored."""
    schema, kind = plain.get("schema"), plain.get("type")
    if schema != SCHEMA:
        newer = isinstance(schema, int) and schema > SCHEMA
        remedy = "upgrade pytest-lockstep" if newer else "run it again with this version"
        raise RecordError(f"expected record schema {SCHEMA}, got {schema!r}: {remedy}")
    if kind not in _TYPES:
        raise RecordError(f"expected a line of type {', '.join(_TYPES)}, got {kind!r}")
    for name, wanted in _REQUIRED[kind].items():
        if not isinstance(plain.get(name), wanted):
            raise RecordError(f"{kind}: expected `{name}` as {wanted.__name__}, got {plain.get(name)!r}")
    known = {item.name for item in fields(_TYPES[kind])}
    given = {name: _numbers(value) if name in _NUMERIC else value for name, value in plain.items() if name in known}
    if kind == "record":
        _check_record(given)
        parts = {item.name for item in fields(CaseInfo)}
        given["case"] = CaseInfo(**{name: value for name, value in given["case"].items() if name in parts})
    return _TYPES[kind](**given)


def _check_record(given: Mapping[str, Any]) -> None:
    if not isinstance(given["case"].get("id"), str):
        raise RecordError(f"record: expected `case.id` as str, got {given['case'].get('id')!r}")
    if given["status"] not in STATUSES:
        raise RecordError(f"record: expected a status of {', '.join(STATUSES)}, got {given['status']!r}")
    margin = given.get("margin")
    if margin is not None and (isinstance(margin, bool) or not isinstance(margin, (int, float))):
        raise RecordError(f"record: expected `margin` as a number or null, got {margin!r}")


def dumps(line: Line) -> str:
    """The line as one line of JSON, without the line end."""
    return json.dumps(to_json(line), allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def loads(text: str) -> Line:
    """The inverse of `dumps`."""
    try:
        plain = json.loads(text)
    except ValueError as error:
        raise RecordError(f"not JSON: {error}") from None
    if not isinstance(plain, dict):
        raise RecordError(f"expected a JSON object, got {type(plain).__name__}")
    return from_json(plain)


_SIMPLE = frozenset((str, int, bool, type(None)))


def _plain(value: Any) -> Any:
    """Builtin types only: NaN and infinities as strings, complex as [re, im], array scalars as numbers."""
    if type(value) in _SIMPLE:
        return value
    if isinstance(value, (int, str)):  # a subclass, such as an enum's member
        return int(value) if isinstance(value, int) else str(value)
    if isinstance(value, float):
        if math.isfinite(value):
            return float(value)
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if isinstance(value, complex):
        return [_plain(value.real), _plain(value.imag)]
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(part) for part in value]
    if hasattr(value, "tolist"):  # a NumPy array or scalar; of ml_dtypes, whose `tolist` gives itself, take the float
        listed = value.tolist()
        return _plain(float(value) if type(listed) is type(value) else listed)
    if isinstance(value, Path):
        return str(value)
    raise RecordError(f"expected plain data in a record, got {type(value).__name__}: {value!r:.80}")


def _numbers(value: Any) -> Any:
    """The inverse of `_plain` for NaN and infinities."""
    kind = type(value)
    if kind is str:
        return _NONFINITE.get(value, value)
    if kind is dict:
        return {name: _numbers(part) if type(part) in _WALKED else part for name, part in value.items()}
    if kind is list:
        return [_numbers(part) if type(part) in _WALKED else part for part in value]
    return value


@dataclass(frozen=True, slots=True)
class Brief:
    """One failure in one line: all that stays in memory of a record, and all that the terminal needs."""

    case: str
    op: str
    dtype: str
    target: str
    status: str
    margin: float | None
    rule: str
    message: str
    repro: str


@dataclass(slots=True)
class Summary:
    """Counts target × status, a Brief of each failure, and the reasons of what was not tested.

    untested: (target, status, reason) → number of cases. absent: target → why it took no part.
    """

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    failures: list[Brief] = field(default_factory=list)
    untested: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    absent: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Summary:
        """The summary of all `lines`, read once."""
        summary = cls()
        for line in lines:
            summary.add(line)
        return summary

    def add(self, line: Line) -> None:
        """Count one line; a target that has no record yet counts zero."""
        if isinstance(line, TargetInfo):
            if line.absent is None:
                self.counts.setdefault(line.name, Counter())
            else:
                self.absent[line.name] = line.absent
        elif isinstance(line, Record):
            self.counts.setdefault(line.target, Counter())[line.status] += 1
            reason = first_line(line.message)
            if line.status in UNTESTED:
                self.untested[line.target, line.status, reason] += 1
            elif line.status in FAILED:
                case = line.case
                self.failures.append(
                    Brief(
                        case.id,
                        case.op,
                        case.dtype,
                        line.target,
                        line.status,
                        line.margin,
                        line.rule,
                        reason,
                        line.repro,
                    )
                )

    @property
    def totals(self) -> Counter[str]:
        """status → number of records over all targets."""
        return sum(self.counts.values(), Counter())


def first_line(text: str, limit: int = 160) -> str:
    """The first line of `text` that says anything, cut to `limit` characters."""
    line = next((part.strip() for part in text.splitlines() if part.strip()), "")
    return line if len(line) <= limit else line[: limit - 1] + "…"
