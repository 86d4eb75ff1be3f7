"""The summary in a terminal."""

from __future__ import annotations

import io
from pathlib import Path

from _pytest._io import TerminalWriter

from harness import journal
from harness import records as run_records
from harness.records import CaseInfo, Record, Summary, TargetInfo
from harness.report import terminal


def of(*lines: run_records.Line) -> Summary:
    return Summary.of(lines)


def failure(op: str = "torch.exp", **changes: object) -> Record:
    dtype = str(changes.pop("dtype", "float32"))
    case = CaseInfo(id=f"{op}-{dtype}", op=op, dtype=dtype)
    given = {
        "target": "cpu",
        "status": "diverged",
        "margin": 2.0,
        "rule": "transcendental",
        "message": "out0 diverged",
    }
    return Record(case, **{**given, **changes})  # type: ignore[arg-type]


def test_a_real_sized_run_fits_80_columns(records: Path) -> None:
    """Whatever the statuses and names, no line is wider than a terminal but for commands and paths."""
    text = terminal.summary(journal.read(records).summary(), report="/a/very/long/path/" * 9 + "report.html")
    body = text[: text.index("Reproduce the first:")]
    assert max(map(len, body.splitlines())) <= 80
    for part in (
        "target",
        "cpu/onnxruntime",
        "total",
        "clusters",
        "Not tested",
        "lockstep repro",
        "report.html",
    ):
        assert part in text


def test_only_statuses_that_occurred_have_a_column() -> None:
    """A clean run is two columns; a target without any record still has its row."""
    text = terminal.summary(of(TargetInfo("npu", "npu", "eager"), Record(CaseInfo("a"), "cpu", "pass", 0.1)))
    assert text.splitlines()[0].split() == ["target", "pass", "total"]
    assert ["npu", "·", "·"] in [line.split() for line in text.splitlines()]
    assert "diverged" not in text


def test_at_most_ten_clusters_and_the_rest_counted() -> None:
    """Eleven causes are ten and a count."""
    text = terminal.summary(of(*(failure(f"torch.op{number}", margin=float(number)) for number in range(2, 14))))
    assert "12 failures in 12 clusters" in text
    assert " 1. torch.op13: diverged, 13 × its allowance" in text
    assert "10. torch.op4" in text
    assert "and 2 more clusters (2 failures)" in text


def test_one_wrong_kernel_is_one_cluster() -> None:
    """What diverged by one operator and rule stands together, with its dtypes and targets."""
    half = failure(target="cuda:0", margin=5.0, dtype="float16")
    text = terminal.summary(of(failure(), half, failure(status="crashed", margin=None)))
    assert "3 failures in 2 clusters" in text
    assert "torch.exp: diverged, 5 × its allowance" in text
    assert "rule transcendental, 2 cases in float16, float32 on cpu, cuda:0" in text
    assert "torch.exp: crashed" in text


def test_one_message_is_one_cluster() -> None:
    """A hundred missing goldens are one cause, whatever their cases, operators and numbers."""
    missing = [
        failure(
            op,
            status="missing-golden",
            margin=None,
            rule="",
            message=f"no golden for {op}-float32, {n} bytes",
        )
        for n, op in enumerate(("torch.exp", "torch.sum", "torch.add"))
    ]
    text = terminal.summary(of(*missing))
    assert "3 failures in 1 cluster\n 1. 3 operators: missing-golden" in text


def test_what_was_not_tested_is_said_with_its_reason() -> None:
    """Unsupported cells are counted by reason, absent targets named."""
    missing = [Record(CaseInfo(f"c{n}"), "npu", "unsupported", message="no kernel for int8") for n in range(3)]
    text = terminal.summary(of(TargetInfo("xpu:0", "xpu:0", "eager", absent="no driver"), *missing))
    assert "Not tested: 3 cases, 1 target absent" in text
    assert "xpu:0: absent, no driver" in text
    assert "3 on npu: unsupported, no kernel for int8" in text


def test_one_line_reproduces() -> None:
    """The command of the first cluster stands on a line of its own, unbroken."""
    command = "lockstep repro " + "x" * 100
    text = terminal.summary(of(failure(repro=command)))
    assert f"\n  {command}\n" in text


def test_nothing_ran_is_said() -> None:
    """An empty run is not a silent one."""
    assert terminal.summary(Summary()) == "No case ran.\n"


def test_colours_change_nothing_but_colours() -> None:
    """With pytest's own markup the words and the columns are the same."""
    import re

    writer = TerminalWriter(io.StringIO())
    writer.hasmarkup = True
    found = of(failure(), Record(CaseInfo("a"), "cpu/inductor", "pass", 0.1))
    coloured = terminal.summary(found, markup=writer.markup)
    assert "\x1b[31m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == terminal.summary(found)


def test_control_characters_do_not_reach_the_terminal() -> None:
    """A name can't move the cursor, clear the screen or reverse the line."""
    text = terminal.summary(of(failure("torch.\x1b[2Jexp", target="c\u202epu\r", message="a\x07b")))
    assert not any(char in text for char in "\x1b\u202e\r\x07")


def test_nan_is_worse_than_any_number() -> None:
    """A margin of NaN leads the clusters, and reads as what it is."""
    text = terminal.summary(of(failure("torch.a", margin=1e9), failure("torch.b", margin=float("nan"))))
    assert text.index("torch.b: diverged, beyond any allowance") < text.index("torch.a: diverged, 1e9 ×")
