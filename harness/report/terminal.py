"""The run's last words in a terminal: what passed, what failed, what was not tested, what to type next."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

from tabulate import tabulate

from harness.records import FAILED, STATUSES, UNTESTED, Summary
from harness.report.clusters import Cluster, cluster, times

# `markup(text, red=True, bold=True)` as pytest's TerminalWriter has it; the default leaves text as it is.
Markup: TypeAlias = Callable[..., str]

MOST_CLUSTERS = 10
MOST_REASONS = 10
# Headings are folded so that a run with most statuses still fits.
_HEADINGS = {
    "nondeterministic": "nondeter-\nministic",
    "missing-golden": "missing\ngolden",
    "stale-golden": "stale\ngolden",
    "stale-expectation": "expected,\npasses",
    "unsupported": "unsup-\nported",
    "undecided": "un-\ndecided",
}
_NAME_WIDTH = 32


def summary(
    found: Summary,
    *,
    report: Path | str | None = None,
    markup: Markup | None = None,
    width: int = 80,
) -> str:
    """The summary as text that fits `width` columns; commands and paths are never broken.

    report: the path to print last. markup: colours, `TerminalWriter.markup` of pytest.
    """
    paint = markup or _plain
    parts = [_table(found, paint, width)]
    clusters = cluster(found.failures)
    if clusters:
        parts.append(_clusters(clusters, paint, width))
    if found.untested or found.absent:
        parts.append(_untested(found, paint, width))
    commands = [one.worst.repro for one in clusters if one.worst.repro]
    if commands:
        parts.append(f"{paint('Reproduce the first:', bold=True)}\n  {commands[0]}")
    if report is not None:
        parts.append(f"{paint('Report:', bold=True)} {report}")
    return "\n\n".join(parts) + "\n"


def _plain(text: str, **_: bool) -> str:
    return text


def _table(found: Summary, paint: Markup, width: int) -> str:
    """Target × status, only statuses that occurred, in blocks of columns that fit `width`."""
    if not found.totals:
        return paint("No case ran.", bold=True)
    statuses = [status for status in STATUSES if found.totals[status]]
    names = {target: _shorten(target, _NAME_WIDTH) for target in found.counts}
    free = width - max(map(len, [*names.values(), "target  "]))
    blocks: list[list[str]] = [[]]
    used = 0
    for status in [*statuses, "total"]:
        # tabulate pads a heading by two and parts columns by two.
        widest = max(len(str(_count(found.totals, status))), *(len(h) + 2 for h in _heading(status).splitlines()))
        if used + widest + 2 > free and blocks[-1]:
            blocks.append([])
            used = 0
        blocks[-1].append(status)
        used += widest + 2
    totals = [("total", found.totals)] if len(found.counts) > 1 else []
    rows = [*((names[target], counter) for target, counter in found.counts.items()), *totals]
    return "\n\n".join(
        tabulate(
            [[name, *(_cell(_count(counter, status), status, paint) for status in block)] for name, counter in rows],
            headers=["target", *map(_heading, block)],
            tablefmt="simple",
            colalign=("left", *("right" for _ in block)),
            disable_numparse=True,
        )
        for block in blocks
    )


def _count(counter: dict[str, int], status: str) -> int:
    return sum(counter.values()) if status == "total" else counter.get(status, 0)


def _heading(status: str) -> str:
    return _HEADINGS.get(status, status)


def _cell(count: int, status: str, paint: Markup) -> str:
    if not count:
        return "·"
    if status in FAILED:
        return paint(str(count), red=True, bold=True)
    if status in UNTESTED:
        return paint(str(count), yellow=True)
    return paint(str(count), green=True) if status == "pass" else str(count)


def _clusters(clusters: Sequence[Cluster], paint: Markup, width: int) -> str:
    cells = sum(one.cells for one in clusters)
    title = f"{_many(cells, 'failure')} in {_many(len(clusters), 'cluster')}"
    out = [paint(title, red=True, bold=True)]
    for number, one in enumerate(clusters[:MOST_CLUSTERS], 1):
        what = one.ops[0] if len(one.ops) == 1 else f"{len(one.ops)} operators"
        rule = f"rule {one.rule}, " if one.rule else ""
        out.append(_shorten(f"{number:>2}. {what}: {one.status}{_excess(one.worst.margin)}", width))
        facts = f"{rule}{_many(one.cases, 'case')} in {_some(one.dtypes)} on {_some(one.targets)}"
        out.append(_shorten(f"    {facts}", width))
        out.append(_shorten(f"    {one.worst.case}[{one.worst.target}]", width))
        if one.worst.message:
            out.append(_shorten(f"    {one.worst.message}", width))
    if len(clusters) > MOST_CLUSTERS:
        left = clusters[MOST_CLUSTERS:]
        out.append(f"    and {_many(len(left), 'more cluster')} ({_many(sum(c.cells for c in left), 'failure')})")
    return "\n".join(out)


def _excess(margin: float | None) -> str:
    if margin is None or margin <= 1:
        return ""
    return f", {times(margin)} × its allowance" if math.isfinite(margin) else ", beyond any allowance"


def _untested(found: Summary, paint: Markup, width: int) -> str:
    """What was not tested, and why: the largest counts first."""
    count = sum(found.untested.values())
    title = f"Not tested: {_many(count, 'case')}" if count else "Not tested"
    if found.absent:
        title += f"{',' if count else ':'} {_many(len(found.absent), 'target')} absent"
    out = [paint(title, yellow=True, bold=True)]
    rows = [f"{target}: absent, {why}" for target, why in sorted(found.absent.items())]
    ranked = sorted(found.untested.items(), key=lambda item: (-item[1], item[0]))
    rows += [f"{number} on {target}: {status}{_because(why)}" for (target, status, why), number in ranked]
    out += [_shorten(f"    {row}", width) for row in rows[:MOST_REASONS]]
    if len(rows) > MOST_REASONS:
        out.append(f"    and {_many(len(rows) - MOST_REASONS, 'more reason')}")
    return "\n".join(out)


def _because(why: str) -> str:
    return f", {why}" if why else ""


def _some(names: Sequence[str], most: int = 4) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _shorten(text: str, width: int) -> str:
    """At most `width` columns on one line; control characters go: a hostile name could move the cursor."""
    clean = _printable(text)
    return clean if len(clean) <= width else clean[: width - 1] + "…"


def _printable(text: Iterable[str]) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)
