"""The report's data: a columnar index of every record, and details of failures in blocks opened one by one.

A run may hold 100,000 records. The index keeps a few numbers of each in columns, which compress well and are
searched quickly in the browser. What only a case's own page shows goes to a detail block, and from memory to
a temporary file.
"""

from __future__ import annotations

import base64
import gzip
import json
import math
import tempfile
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from harness.journal import Run
from harness.records import FAILED, KNOWN, STATUSES, Record, first_line, to_json
from harness.report.clusters import severity

DETAILED = (*FAILED, KNOWN)  # statuses whose records have details
CHUNK = 64  # failures in one detail block
MOST_LOG = 8192  # characters of the worker's last words that are kept
_EXACT = 2**53  # JavaScript holds integers exactly up to here
# What of a record the index does not hold already.
_DETAILS = ("message", "verdict", "outputs", "evidence", "golden", "log", "repro", "nodeid", "seconds", "nodes")
_DIGITS = {"tiles": 2, "cosine": 15}  # a colour needs two; of a cosine only the distance from 1 tells
_CASE = ("source", "op", "dtype", "shapes", "values", "tier", "kind", "tags")


class Coded:
    """A column of few distinct values: each once, and a number per row."""

    def __init__(self, known: Iterable[Hashable] = ()) -> None:
        self.codes: list[int] = []
        self.known: dict[Hashable, int] = {value: number for number, value in enumerate(known)}

    def append(self, value: Hashable) -> None:
        """Add a row."""
        self.codes.append(self.known.setdefault(value, len(self.known)))

    def plain(self) -> dict[str, Any]:
        """`{"values": [...], "codes": [...]}`."""
        return {"values": list(self.known), "codes": self.codes}


class Index:
    """Columns over every record, and the dictionaries that they refer to."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._case = Coded()
        self._of_case = {name: Coded() for name in _CASE}
        self._target = Coded(target.name for target in run.targets)
        self._status = Coded(STATUSES)
        self._rule, self._how, self._note = Coded(), Coded(), Coded()
        self._numbers: dict[str, list[Any]] = {name: [] for name in ("margin", "ulp", "abs", "rel", "seconds")}
        self._attribution: dict[str, Mapping[str, Any]] = {}

    def add(self, record: Record) -> None:
        """Add one row."""
        case, numbers = record.case, self._numbers
        if case.id not in self._case.known:
            for name, column in self._of_case.items():
                column.append(_words(getattr(case, name)))
        self._case.append(case.id)
        self._target.append(record.target)
        self._status.append(record.status)
        self._rule.append(record.rule)
        self._how.append(record.how)
        self._note.append("" if record.status == "pass" else first_line(record.message))
        numbers["margin"].append(_figure(record.margin))
        for name, key in (("ulp", "max_ulp"), ("abs", "max_abs"), ("rel", "max_rel")):
            numbers[name].append(_figure(_worst(record.outputs, key)))
        numbers["seconds"].append(_figure(record.seconds.get("total")))
        if record.attribution:
            self._attribution[case.id] = record.attribution

    def plain(self, details: Details) -> dict[str, Any]:
        """The index as the report's scripts read it."""
        run = self._run
        for case, found in run.attributions.items():
            self._attribution[case] = to_json(found)
        infos = {target.name: to_json(target) for target in run.targets}
        return {
            "run": to_json(run.header),
            "targets": [infos.get(str(name), {"name": name}) for name in self._target.known],
            "failed": FAILED,
            "detailed": DETAILED,
            "cases": {"id": list(self._case.known), **{n: c.plain() for n, c in self._of_case.items()}},
            "case": self._case.codes,
            "target": self._target.codes,
            "status": self._status.plain(),
            "rule": self._rule.plain(),
            "how": self._how.plain(),
            "note": self._note.plain(),
            **self._numbers,
            "attribution": self._attributions(),
            "details": {"chunk": CHUNK, "kept": details.kept, "dropped": details.dropped},
        }

    def _attributions(self) -> dict[int, dict[str, Any]]:
        """Case number → who agrees with whom, as target numbers; of cases and targets that have records."""
        cases, targets = self._case.known, self._target.known
        return {
            cases[case]: {
                "agree": [targets[name] for name in found.get("agree", ()) if name in targets],
                "groups": [[targets[name] for name in group if name in targets] for group in found.get("groups", ())],
                "outlier": bool(found.get("golden_outlier")),
            }
            for case, found in self._attribution.items()
            if case in cases
        }


class Details:
    """Detail blocks: compressed as they fill, then kept in a temporary file.

    budget: bytes of text; what comes after it is full is dropped and counted.
    """

    def __init__(self, budget: int) -> None:
        self.kept = self.dropped = self.size = 0
        self._budget = budget
        self._pending: list[str] = []
        self._sizes: list[int] = []
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as this object, see close()

    def add(self, record: Record) -> None:
        """Keep what a case's page shows of `record`, unless the budget is spent."""
        if self.size >= self._budget:
            self.dropped += 1
            return
        whole = to_json(record)
        detail = {name: whole[name] for name in _DETAILS if whole[name]}
        if record.log:
            detail["log"] = record.log[-MOST_LOG:]
        self._pending.append(dump(_rounded(detail, 6)))
        self.kept += 1
        if len(self._pending) == CHUNK:
            self._flush()

    def blocks(self) -> Iterator[str]:
        """Each block as text, in order; nothing can be added afterwards."""
        self._flush()
        self._file.seek(0)
        for size in self._sizes:
            yield self._file.read(size).decode("ascii")

    def close(self) -> None:
        """Remove the temporary file."""
        self._file.close()

    def _flush(self) -> None:
        if self._pending:
            block = pack("[" + ",".join(self._pending) + "]")
            self._sizes.append(self._file.write(block.encode("ascii")))
            self.size += len(block)
            self._pending.clear()


def pack(text: str) -> str:
    """gzip, then base64: no character that HTML could take for markup. The same text gives the same bytes."""
    return base64.b64encode(gzip.compress(text.encode("utf-8", "replace"), 6, mtime=0)).decode("ascii")


def dump(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _rounded(value: Any, digits: int) -> Any:
    """Floats to `digits` or _DIGITS significant digits; integers too large for JavaScript as text."""
    if isinstance(value, float):
        short = float(f"{value:.{digits}g}")
        return short if math.isfinite(short) else value  # the largest float64 rounds to infinity, which JSON lacks
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT:
        return str(value)
    if isinstance(value, dict):
        return {name: _rounded(part, _DIGITS.get(name, digits)) for name, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part, digits) for part in value]
    return value


def _figure(value: float | None) -> float | str | None:
    """Three significant digits are enough to search and sort by; NaN and infinities as strings."""
    if value is None or isinstance(value, str):
        return value
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    short = float(f"{value:.3g}")
    if not math.isfinite(short):  # rounding to three digits left the range
        return "inf" if value > 0 else "-inf"
    return int(short) if short == int(short) and abs(short) < _EXACT else short


def _worst(outputs: Sequence[Mapping[str, Any]], key: str) -> float | None:
    """The largest value of one figure over a record's outputs."""
    found = [output[key] for output in outputs if isinstance(output.get(key), (int, float))]
    return max(found, key=severity, default=None)


def _words(value: Any) -> str:
    """A field of a case as text: shapes as `x 4×1024, w 8`, tags with spaces."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {'×'.join(map(str, shape)) or 'scalar'}" for name, shape in value.items())
    return value if isinstance(value, str) else " ".join(map(str, value))
