"""The report: one HTML file that opens from disk, is readable without scripts, and never asks the network.

The summary and the worst rows are text in the page. Everything else is data (see `harness.report.index`) that
the page's own script opens with the browser's `DecompressionStream`.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from harness.journal import Run, read
from harness.records import FAILED, STATUSES, UNTESTED, Summary, TargetInfo
from harness.report.clusters import cluster, severity, times
from harness.report.index import DETAILED, Details, Index, dump, pack

WORST_ROWS = 50
MOST_CLUSTERS = 100
BUDGET = 20 * 2**20  # bytes of detail; what exceeds it is dropped, and the page says so
STYLES = ("base.css", "summary.css", "views.css")
SCRIPTS = (
    "dom.js",
    "data.js",
    "query.js",
    "table.js",
    "charts.js",
    "matrix.js",
    "cases.js",
    "case.js",
    "main.js",
)
LETTERS = {
    "pass": "✓",
    "diverged": "▲",
    "nondeterministic": "N",
    "crashed": "C",
    "timeout": "T",
    "error": "E",
    "fellback": "F",
    "missing-golden": "M",
    "stale-golden": "S",
    "stale-expectation": "X",
    "known": "K",
    "undecided": "?",
    "vacuous": "V",
    "unsupported": "–",
}


def render(records_path: Path, out: Path, *, title: str = "Lockstep", budget: int = BUDGET) -> Path:
    """Write the report of a run to `out` and return it.

    records_path: `records.jsonl`, read twice as a stream. budget: bytes of detail that are kept.
    RecordError names the line that can't be read. `out` is replaced only once the report is complete.
    """
    run = read(records_path)
    summary, index, details = Summary(), Index(run), Details(budget)
    try:
        for target in run.targets:
            summary.add(target)
        for record in run.records():
            summary.add(record)
            index.add(record)
            if record.status in DETAILED:
                details.add(record)
        blocks = details.blocks()
        context = {
            **page(run, summary, title),
            "dropped": details.dropped,
            "index": pack(dump(index.plain(details))),
            "blocks": blocks,
            **_assets(),
        }
        out.parent.mkdir(parents=True, exist_ok=True)
        partial = out.with_name(out.name + ".partial")
        with partial.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(_environment().get_template("report.html").generate(context))
        os.replace(partial, out)
    finally:
        details.close()
    return out


def page(run: Run, summary: Summary, title: str) -> dict[str, Any]:
    """What the page says without scripts, as plain data for the template."""
    clusters = cluster(summary.failures)
    worst = sorted(summary.failures, key=lambda brief: (STATUSES.index(brief.status), -severity(brief.margin)))
    totals = summary.totals
    return {
        "title": title,
        "run": run.header,
        "end": run.end,
        "duration": _duration(run),
        "totals": totals,
        "total": sum(totals.values()),
        "failed": sum(totals[status] for status in FAILED),
        "untested_count": sum(totals[status] for status in UNTESTED),
        "statuses": [status for status in STATUSES if totals[status]],
        "counts": {target: (counter, sum(counter.values())) for target, counter in summary.counts.items()},
        "clusters": clusters[:MOST_CLUSTERS],
        "cluster_count": len(clusters),
        "untested": sorted(summary.untested.items(), key=lambda item: (-item[1], item[0])),
        "absent": summary.absent,
        "worst": worst[:WORST_ROWS],
        "targets": cards([target for target in run.targets if target.absent is None]),
        "letters": LETTERS,
        "FAILED": FAILED,
        "UNTESTED": UNTESTED,
    }


def cards(targets: Iterable[TargetInfo]) -> list[dict[str, Any]]:
    """A card per target: the facts that differ from another target's, and those that don't."""
    flat = [(target, dict(flatten(target.fingerprint))) for target in targets]
    names = dict.fromkeys(name for _, facts in flat for name in facts)
    differs = {name for name in names if len({facts.get(name) for _, facts in flat}) > 1}
    return [
        {
            "target": target,
            "own": [(name, facts[name]) for name in names if name in facts and name in differs],
            "shared": [(name, facts[name]) for name in names if name in facts and name not in differs],
        }
        for target, facts in flat
    ]


def flatten(facts: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Nested facts as (`versions.torch`, `2.13.0`) pairs; empty ones are left out."""
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{prefix}{name}.")
        elif isinstance(value, (list, tuple)):
            yield f"{prefix}{name}", ", ".join(map(str, value))
        elif isinstance(value, bool):
            yield f"{prefix}{name}", "on" if value else "off"
        elif value is not None and value != "":
            yield f"{prefix}{name}", str(value)


def query(**terms: str | Sequence[str]) -> str:
    """The address of the list of cases that match: `op="torch.add"` → `#/cases?q=op%3Atorch.add`."""
    words = []
    for name, given in terms.items():
        values = [given] if isinstance(given, str) else given
        if any(values):
            words.append(f"{name}:{','.join(map(_quoted, values))}")
    return "#/cases?q=" + quote(" ".join(words), safe="")


def _quoted(value: str) -> str:
    """`value` as the query language reads it literally."""
    if not re.search(r'[\s",*\\]', value):
        return value
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'


def visible(text: str) -> str:
    """Control and direction characters as visible code points: a name must not rewrite its line."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else f"⟨U+{ord(c):04X}⟩" for c in text)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("harness.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # What is printed is made visible here, so that no expression in the template can forget to.
        finalize=lambda value: visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
    )
    environment.filters["times"] = times
    environment.globals.update(query=query, case_link=lambda case: "#/case/" + quote(case, safe=""))
    return environment


def _assets() -> dict[str, str]:
    """Style and script as they stand in the page, and the hashes that let exactly these run."""
    folder = Path(__file__).parent / "templates"
    style = "\n".join((folder / name).read_text("utf-8") for name in STYLES)
    script = '(() => {\n"use strict";\n' + "\n".join((folder / name).read_text("utf-8") for name in SCRIPTS) + "})();\n"
    return {"style": style, "script": script, "style_hash": _hash(style), "script_hash": _hash(script)}


def _hash(text: str) -> str:
    """The hash source of a Content-Security-Policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _duration(run: Run) -> str:
    """How long the run took, in words; empty when it was cut off or its times are no ISO 8601."""
    try:
        seconds = (
            0.0
            if run.end is None
            else (datetime.fromisoformat(run.end.finished) - datetime.fromisoformat(run.header.started)).total_seconds()
        )
    except (ValueError, TypeError):
        return ""
    if seconds <= 0:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{seconds:.1f} s"
