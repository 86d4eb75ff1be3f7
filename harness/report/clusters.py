"""Clusters of failures: one cause usually fails many cells, and a reader wants causes, not cells."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from harness.records import STATUSES, Brief

# Failures that were measured: operator and rule are their signature. Of the others the message is.
_MEASURED = ("diverged", "nondeterministic")
_ALIKE = ("missing-golden", "stale-golden")  # the status says it all


@dataclass(frozen=True, slots=True)
class Cluster:
    """Failures that carry the same signature.

    ops, dtypes, targets: sorted. cells: how many case × target. cases: how many cases.
    worst: the failure with the largest margin.
    """

    status: str
    rule: str
    ops: tuple[str, ...]
    dtypes: tuple[str, ...]
    targets: tuple[str, ...]
    cells: int
    cases: int
    worst: Brief


def cluster(failures: Iterable[Brief]) -> list[Cluster]:
    """Group `failures`: first the gravest of each status, then the second gravest of each, and so on.

    Grave is a large margin, then many cells. So each way to fail is seen early, however many diverged.
    """
    groups: dict[tuple[str, str, str], list[Brief]] = {}
    for brief in failures:
        groups.setdefault((brief.status, brief.rule, signature(brief)), []).append(brief)
    found = [
        Cluster(
            status=status,
            rule=rule,
            ops=tuple(sorted({brief.op or brief.case for brief in members})),
            dtypes=tuple(sorted({brief.dtype for brief in members} - {""})),
            targets=tuple(sorted({brief.target for brief in members})),
            cells=len(members),
            cases=len({brief.case for brief in members}),
            worst=max(members, key=lambda brief: severity(brief.margin)),
        )
        for (status, rule, _), members in groups.items()
    ]
    found.sort(key=lambda one: (-severity(one.worst.margin), -one.cells, one.ops, one.rule))
    place: Counter[str] = Counter()
    ranked = []
    for one in found:
        ranked.append((place[one.status], STATUSES.index(one.status), one))
        place[one.status] += 1
    return [one for _, _, one in sorted(ranked, key=lambda item: item[:2])]


def signature(brief: Brief) -> str:
    """What failures of one cause have in common: the operator where something was measured, nothing more than
    the status of a golden, else the message without what is particular to the case."""
    if brief.status in _MEASURED:
        return brief.op or brief.case
    if brief.status in _ALIKE:
        return ""
    text = brief.message
    for part in (brief.case, brief.op, brief.op.rsplit(".", 1)[-1], brief.dtype, brief.target):
        text = text.replace(part, "…") if part else text
    return re.sub(r"\d+", "#", text)[:80]  # further on, messages tell of the case


def severity(margin: float | None) -> float:
    """A margin as something to sort by: a NaN is as bad as can be, none the least."""
    if margin is None:
        return -1.0
    return math.inf if math.isnan(margin) else margin


def times(margin: float | None) -> str:
    """A margin as people read it: `0.25`, `40`, `1.2e6`, `∞`; empty where nothing was compared."""
    if margin is None:
        return ""
    if not math.isfinite(margin):
        return "NaN" if math.isnan(margin) else "∞"
    return re.sub(r"e\+?(-?)0*", r"e\1", f"{margin:.3g}")
