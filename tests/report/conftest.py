"""A small run, its report, and a browser to look at it with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import synthetic
from browser import INSTALL, Browser

from harness.records import Record, dumps
from harness.report import html

# A name as hostile as names come: markup, the end of a script, quotes, a character that reverses the rest.
HOSTILE = """<script>alert(1)</script>"'`--><img src=x onerror=alert(2)>{{7*7}}\u202egnp.exe"""


@pytest.fixture(scope="session")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of 2,000 records on eight targets, in which 5% failed."""
    return synthetic.write(tmp_path_factory.mktemp("run") / "records.jsonl", 2000)


@pytest.fixture(scope="session")
def report(records: Path) -> Path:
    """Its report."""
    return html.render(records, records.with_name("report.html"))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run in which every text is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    with (folder / "records.jsonl").open("w", encoding="utf-8") as file:
        for number, line in enumerate(synthetic.run(400)):
            if isinstance(line, Record):
                case = replace(
                    line.case,
                    id=f"{line.case.id}{HOSTILE}",
                    op=HOSTILE,
                    source=HOSTILE + ":3",
                    tags=(HOSTILE,),
                )
                line = replace(
                    line, case=case, rule=HOSTILE, message=HOSTILE, log=HOSTILE, repro=HOSTILE,
                    nodeid=HOSTILE,
                    evidence={HOSTILE: HOSTILE}, golden={"key": HOSTILE, "provenance": {HOSTILE: HOSTILE}},
                    outputs=[{**output, "output": HOSTILE, "contract": [HOSTILE]} for output in line.outputs],
                    verdict={"figures": {HOSTILE: HOSTILE}, "warnings": [HOSTILE]},
                    nodes={"total": 1, "judged": 1, "wrong": 1, "left": {HOSTILE: [HOSTILE]}, "alone": True,
                           "ops": {HOSTILE: [1, 1, 2.0]}, "near": [],
                           "guilty": [{**synthetic.NODE, "id": HOSTILE, "op": HOSTILE, "where": HOSTILE}]},
                )  # fmt: skip
            elif number == 0:
                line = replace(line, id=HOSTILE, argv=[HOSTILE], versions={HOSTILE: HOSTILE}, host={"name": HOSTILE})
            elif hasattr(line, "fingerprint"):
                line = replace(
                    line,
                    fingerprint={HOSTILE: {"x": HOSTILE}, "hardware": {"isa": line.name}},
                    profile=HOSTILE,
                )
            file.write(dumps(line) + "\n")
    return html.render(folder / "records.jsonl", folder / "report.html", title=HOSTILE)


@pytest.fixture(scope="session")
def _chromium() -> None:
    if not (shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")):
        pytest.fail(INSTALL, pytrace=False)
    if not shutil.which("chromedriver"):
        pytest.fail(INSTALL, pytrace=False)


@pytest.fixture(scope="session")
def window(_chromium: None) -> Iterator[Browser]:
    """One light browser window for the whole session."""
    with Browser() as browser:
        yield browser
