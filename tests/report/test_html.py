"""The report as a file: small, whole, and readable before any script runs."""

from __future__ import annotations

import math
import re
import subprocess
import sys
import textwrap
from html.parser import HTMLParser
from pathlib import Path

import pytest
import synthetic

from harness import journal
from harness import records as run_records
from harness.errors import RecordError
from harness.records import CaseInfo, End, Header, Record, TargetInfo, dumps
from harness.report import html


class _Text(HTMLParser):
    """What a reader without scripts sees, and every address in the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.addresses: list[str] = []
        self._hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action", "srcset", "data")]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.parts))


def write(folder: Path, *lines: run_records.Line) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "records.jsonl"
    path.write_text("".join(dumps(line) + "\n" for line in (Header("r", "2026-01-01T00:00:00+00:00"), *lines)))
    return path


def test_without_scripts_the_summary_is_readable(report: Path, records: Path) -> None:
    """Counts, causes, what was not tested and the 50 worst rows are text in the page."""
    seen = _Text(report.read_text("utf-8")).text
    summary = journal.read(records).summary()
    failed = len(summary.failures)
    assert f"{failed} of 2,000 comparisons did not pass." in seen
    assert "Scripts are off" in seen
    worst = max(summary.failures, key=lambda one: one.margin or 0)
    assert f"{worst.case}" in seen
    assert "torch 2.13.0+cpu was built without CUDA" in seen
    assert seen.count(worst.message) >= 2  # in its cluster and among the worst rows


def test_no_address_leaves_the_file(report: Path) -> None:
    """Every link is a place in the page: nothing is loaded, nothing is asked."""
    page = report.read_text("utf-8")
    addresses = _Text(page).addresses
    assert addresses
    assert [address for address in addresses if not address.startswith("#")] == []
    assert "default-src 'none'" in page


def test_the_file_stays_small_enough_to_mail(records: Path, report: Path) -> None:
    """At 200 bytes a record (2 MB for 10,000), beside what every report has."""
    empty = html.render(write(records.parent / "empty"), records.parent / "empty.html")
    assert report.stat().st_size - empty.stat().st_size < 200 * 2000


def test_style_and_script_stay_small() -> None:
    """Hand-written style and script are under 120 KB."""
    assets = html._assets()
    assert len(assets["style"].encode()) + len(assets["script"].encode()) < 120_000


def test_rendering_twice_gives_the_same_bytes(records: Path, report: Path, tmp_path: Path) -> None:
    """The report is a function of the records."""
    assert html.render(records, tmp_path / "again.html").read_bytes() == report.read_bytes()


def test_details_over_the_budget_are_dropped_and_said_so(records: Path, tmp_path: Path) -> None:
    """A report that would be too large says how many details it left out."""
    out = html.render(records, tmp_path / "report.html", budget=1000)
    failed = len(journal.read(records).summary().failures)
    assert f"Details of {failed - 64} failures were left out" in _Text(out.read_text("utf-8")).text


def test_a_run_of_nothing_is_not_a_pass(tmp_path: Path) -> None:
    """No record, a cut-off run: both are said in the first line."""
    seen = _Text(html.render(write(tmp_path), tmp_path / "r.html").read_text("utf-8")).text
    assert "No case ran." in seen
    assert "The run was cut off before its end" in seen


def test_only_untested_is_not_a_pass(tmp_path: Path) -> None:
    """A target that supports nothing gives no green headline."""
    lines = [
        Record(CaseInfo("a"), "npu", "unsupported", message="no kernel"),
        End("2026-01-01T00:00:01+00:00"),
    ]
    seen = _Text(html.render(write(tmp_path, *lines), tmp_path / "r.html").read_text("utf-8")).text
    assert "Nothing was compared." in seen
    assert "no kernel" in seen


def test_all_pass_is_green(tmp_path: Path) -> None:
    """A clean run says so, with its duration."""
    lines = [
        TargetInfo("cpu", "cpu", "eager"),
        Record(CaseInfo("a"), "cpu", "pass", 0.5),
        Record(CaseInfo("b"), "cpu", "pass", 0.5),
        End("2026-01-01T00:02:05+00:00"),
    ]
    seen = _Text(html.render(write(tmp_path, *lines), tmp_path / "r.html").read_text("utf-8")).text
    assert "All 2 comparisons pass." in seen
    assert "2 min 05 s" in seen


def test_known_divergences_stand_in_the_headline(tmp_path: Path) -> None:
    """A run with expected divergences does not say that all is well: how many there are is in its first line."""
    lines = [Record(CaseInfo("a"), "cpu", "pass", 0.5), Record(CaseInfo("b"), "cpu", "known", 3.0)]
    lines.append(End("2026-01-01T00:02:05+00:00"))
    seen = _Text(html.render(write(tmp_path, *lines), tmp_path / "r.html").read_text("utf-8")).text
    assert "1 comparison passes, 1 diverges as expected." in seen


@pytest.mark.parametrize("margin", [math.nan, math.inf])
def test_nan_and_infinity_reach_the_page(tmp_path: Path, margin: float) -> None:
    """A margin that is no number is the worst of all, not an error."""
    lines = [Record(CaseInfo("a"), "cpu", "diverged", 2.0), Record(CaseInfo("b"), "cpu", "diverged", margin)]
    seen = _Text(html.render(write(tmp_path, *lines), tmp_path / "r.html").read_text("utf-8")).text
    worst = seen[seen.index("Worst results") :]
    assert worst.index(" b ") < worst.index(" a ")


def test_the_largest_float64_reaches_the_page(tmp_path: Path) -> None:
    """A value that rounding to a few digits would carry past the largest float64 is shown as it is."""
    output = {"name": "out0", "tiles": [[sys.float_info.max]]}
    record = Record(CaseInfo("a"), "cpu", "diverged", sys.float_info.max, outputs=[output])
    assert html.render(write(tmp_path, record), tmp_path / "r.html").is_file()


def test_a_bad_line_leaves_no_report(tmp_path: Path) -> None:
    """A records file that can't be read names its line; an older report is not overwritten."""
    path = write(tmp_path, Record(CaseInfo("a"), "cpu", "pass"))
    path.write_text(path.read_text() + '{"schema":1,"type":"record","case":{}}\n')
    out = tmp_path / "report.html"
    out.write_text("older")
    with pytest.raises(RecordError, match=r"records\.jsonl:3"):
        html.render(path, out)
    assert out.read_text() == "older"


def test_memory_does_not_grow_with_the_details(tmp_path: Path) -> None:
    """Rendering 2,000 records in which 60% failed takes little more memory than with none failed."""
    script = """
        import resource, sys
        from pathlib import Path
        from harness.report import html
        html.render(Path(sys.argv[1]), Path(sys.argv[1] + ".html"))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    """
    peaks = []
    for share in (0.0, 0.6):
        records = synthetic.write(tmp_path / f"{share}.jsonl", 2000, failing=share)
        command = [sys.executable, "-c", textwrap.dedent(script), str(records)]
        root = Path(run_records.__file__).parents[1]
        peaks.append(int(subprocess.check_output(command, text=True, cwd=root)) // 1024)
    assert peaks[1] - peaks[0] < 20, f"peak memory in MB without and with failures: {peaks}"
