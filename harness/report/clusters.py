"""Clusters of failures: one cause usually fails many cells, and a reader wants causes, not cells."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from harness.records import STATUSES, Brief


@dataclass(frozen=True, slots=True)
class Cluster:
    """Failures of one operator and dtype that carry the same signature (status and rule).

    cells: how many case × target. cases: how many cases. targets: sorted.
    worst: the failure with the largest margin.
    """

    op: str
    dtype: str
    status: str
    rule: str
    cells: int
    cases: int
    targets: tuple[str, ...]
    worst: Brief


def cluster(failures: Iterable[Brief]) -> list[Cluster]:
    """Group `failures`: first the gravest of each status, then the second gravest of each, and so on.

    Grave is a large margin, then many cells. So each way to fail is seen early, however many diverged.
    """
    groups: dict[tuple[str, str, str, str], list[Brief]] = {}
    for brief in failures:
        groups.setdefault((brief.op or brief.case, brief.dtype, brief.status, brief.rule), []).append(brief)
    found = [
        Cluster(
            *key,
            cells=len(members),
            cases=len({brief.case for brief in members}),
            targets=tuple(sorted({brief.target for brief in members})),
            worst=max(members, key=lambda brief: severity(brief.margin)),
        )
        for key, members in groups.items()
    ]
    found.sort(key=lambda one: (-severity(one.worst.margin), -one.cells, one.op, one.dtype, one.rule))
    place: Counter[str] = Counter()
    ranked = []
    for one in found:
        ranked.append((place[one.status], STATUSES.index(one.status), one))
        place[one.status] += 1
    return [one for _, _, one in sorted(ranked, key=lambda item: item[:2])]


def severity(margin: float | None) -> float:
    """A margin as something to sort by: a NaN is as bad as can be, none the least."""
    if margin is None:
        return -1.0
    return math.inf if math.isnan(margin) else margin


def times(margin: float | None) -> str:
    """A margin as people read it: `0.25`, `40`, `1.2e+06`, `inf`; empty where nothing was compared."""
    if margin is None:
        return ""
    return f"{margin:.3g}"
