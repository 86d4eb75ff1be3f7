"""A run's records: written as they come, readable after any end, and never silently wrong."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from harness import journal, records
from harness.errors import RecordError
from harness.journal import RecordWriter
from harness.records import Attribution, CaseInfo, Header, Record, Summary, TargetInfo

HEADER = Header(id="r1", started="2026-01-01T00:00:00+00:00", argv=("pytest", "--devices=all"))
CASE = CaseInfo(
    id="relu-float32-2x3", source="cases/ops/a.yaml:3", op="torch.relu", dtype="float32", shapes={"x": (2, 3)}
)


def record(**changes: object) -> Record:
    return Record(**{"case": CASE, "target": "cpu", "status": "pass", "margin": 0.25, **changes})  # type: ignore[arg-type]


def test_a_run_reads_back_as_it_was_written(tmp_path: Path) -> None:
    """Header, targets, records, attribution and end survive the file."""
    path = tmp_path / "run" / "records.jsonl"
    writer = RecordWriter(path, HEADER)
    writer.write(TargetInfo("cpu", "cpu", "eager", {"threads": 1}, "cpu-x86"))
    writer.write(TargetInfo("cuda:0", "cuda:0", "eager", absent="torch sees no CUDA device"))
    writer.write(record(outputs=[{"name": "out0", "max_ulp": 3}], seconds={"run": 1e-3}))
    writer.write(Attribution(CASE.id, agree=("cpu",), groups=(("cpu",),)))
    writer.end("2026-01-01T00:01:00+00:00", interrupted=True)
    run = journal.read(path)
    assert run.header.id == "r1"
    assert [target.name for target in run.targets] == ["cpu", "cuda:0"]
    assert run.targets[1].absent == "torch sees no CUDA device"
    (only,) = run.records()
    assert only.case.id == CASE.id
    assert only.case.shapes == {"x": [2, 3]}
    assert only.outputs == [{"name": "out0", "max_ulp": 3}]
    assert run.attributions[CASE.id].agree == ["cpu"]
    assert run.end is not None
    assert run.end.interrupted
    assert run.end.counts == {"cpu": {"pass": 1}}
    assert not run.torn


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, -0.0, 1e-320])
def test_every_float_survives_plain_json(value: float) -> None:
    """NaN, infinities, -0 and subnormals come back, through JSON that every reader accepts."""
    text = records.dumps(record(margin=value, outputs=[{"max_abs": value, "worst": [{"actual": value}]}]))
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    back = records.loads(text)
    assert isinstance(back, Record)
    for got in (back.margin, back.outputs[0]["max_abs"], back.outputs[0]["worst"][0]["actual"]):
        assert repr(got) == repr(value)


def test_words_stay_words() -> None:
    """A log that reads `nan` is a log, not a number."""
    back = records.loads(records.dumps(record(log="nan", message="inf", status="error")))
    assert isinstance(back, Record)
    assert (back.log, back.message) == ("nan", "inf")


def test_array_scalars_become_plain_numbers() -> None:
    """A NumPy or ml_dtypes scalar in a record does not kill the session: it is written as a number."""
    ml_dtypes = pytest.importorskip("ml_dtypes")
    np = pytest.importorskip("numpy")
    figures = {
        "a": np.float32(0.5),
        "b": np.int64(7),
        "c": ml_dtypes.bfloat16(1.5),
        "d": np.array([np.inf]),
        "e": 1j,
    }
    plain = records.to_json(record(verdict={"figures": figures}))
    assert plain["verdict"]["figures"] == {"a": 0.5, "b": 7, "c": 1.5, "d": ["inf"], "e": [0.0, 1.0]}
    assert type(plain["verdict"]["figures"]["a"]) is float


def test_what_is_not_data_is_refused() -> None:
    """An object that has no plain form is named, not turned into its repr."""
    with pytest.raises(RecordError, match=r"expected plain data in a record, got object"):
        records.dumps(record(evidence={"x": object()}))


def test_a_killed_run_keeps_what_it_had(tmp_path: Path) -> None:
    """SIGKILL while writing loses nothing that was written before."""
    path = tmp_path / "records.jsonl"
    script = f"""
        import os, signal, pathlib
        from harness.journal import *
        from harness.records import *
        w = RecordWriter(pathlib.Path({str(path)!r}), Header("r", "now"))
        for i in range(100):
            w.write(Record(CaseInfo(f"c{{i}}"), "cpu", "pass"))
        os.kill(os.getpid(), signal.SIGKILL)
    """
    env = {**os.environ, "PYTHONPATH": str(Path(records.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], env=env, check=False)
    assert done.returncode == -signal.SIGKILL
    run = journal.read(path)
    assert run.end is None
    assert len(list(run.records())) == 100


def test_a_torn_last_line_is_left_out_and_said(tmp_path: Path) -> None:
    """A line cut off in its middle costs only itself."""
    path = tmp_path / "records.jsonl"
    text = "\n".join([records.dumps(HEADER), records.dumps(record()), records.dumps(Attribution("é"))])
    path.write_bytes(text.encode()[:-4])
    run = journal.read(path)
    assert run.torn
    assert [item.target for item in run.records()] == ["cpu"]
    assert run.summary().totals == {"pass": 1}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{nonsense", r"not JSON"),
        ("[1]", r"expected a JSON object, got list"),
        ('{"type":"record"}', r"expected record schema 1, got None"),
        ('{"schema":2,"type":"record"}', r"got 2: upgrade pytest-lockstep"),
        ('{"schema":1,"type":"recrod"}', r"expected a line of type run, target, record.*got 'recrod'"),
        (
            '{"schema":1,"type":"record","case":{"id":"a"},"target":"cpu"}',
            r"expected `status` as str, got None",
        ),
        (
            '{"schema":1,"type":"record","case":{},"target":"cpu","status":"pass"}',
            r"expected `case.id` as str",
        ),
        ('{"schema":1,"type":"record","case":{"id":"a"},"target":"c","status":"green"}', r"got 'green'"),
        (
            '{"schema":1,"type":"record","case":{"id":"a"},"target":"c","status":"pass","margin":"big"}',
            r"`margin` as a number or null, got 'big'",
        ),
    ],
)
def test_a_bad_line_is_named_by_file_and_line(tmp_path: Path, line: str, said: str) -> None:
    """An editor can jump to the line that can't be read; the message says what was expected."""
    path = tmp_path / "records.jsonl"
    path.write_text("\n".join([records.dumps(HEADER), line, records.dumps(record())]) + "\n")
    with pytest.raises(RecordError, match=rf"records\.jsonl:2: .*{said}"):
        list(journal.lines(path))


def test_a_file_without_its_first_line_is_refused(tmp_path: Path) -> None:
    """Records of no known run are no run; nor are two runs in one file."""
    path = tmp_path / "records.jsonl"
    path.write_text(records.dumps(TargetInfo("cpu", "cpu", "eager")) + "\n")
    with pytest.raises(RecordError, match=r":1: expected the `run` line first, got `target`"):
        journal.read(path)
    path.write_text((records.dumps(HEADER) + "\n") * 2)
    with pytest.raises(RecordError, match=r":2: expected one `run` line"):
        journal.read(path)
    path.write_text("")
    with pytest.raises(RecordError, match=r"empty file"):
        journal.read(path)
    with pytest.raises(RecordError, match=r"cannot be read"):
        journal.read(tmp_path / "absent.jsonl")


def test_an_earlier_run_is_never_overwritten(tmp_path: Path) -> None:
    """Asking for a directory that holds a run is refused, with the remedy."""
    RecordWriter(tmp_path / "records.jsonl", HEADER).close()
    with pytest.raises(RecordError, match=r"holds an earlier run; choose another directory"):
        RecordWriter(tmp_path / "records.jsonl", HEADER)


def test_nothing_is_added_after_the_end(tmp_path: Path) -> None:
    """`end` may be called twice (Ctrl-C, then unconfigure); a record after it is an error, not lost."""
    writer = RecordWriter(tmp_path / "records.jsonl", HEADER)
    writer.end("now")
    writer.end("later")
    with pytest.raises(RecordError, match=r"the run has ended"):
        writer.write(record())


def test_summary_counts_and_keeps_one_line_a_failure() -> None:
    """Counts target × status; only failures keep a line, and only reasons of what was not tested."""
    summary = Summary.of(
        [
            TargetInfo("cpu", "cpu", "eager"),
            TargetInfo("xpu:0", "xpu:0", "eager", absent="no driver"),
            record(),
            record(status="diverged", margin=40.0, message="\nout0 diverged: 40 × its allowance\n" + "x" * 10_000),
            record(status="unsupported", target="npu", message="no kernel for int8"),
            record(status="unsupported", target="npu", message="no kernel for int8"),
        ]
    )
    assert summary.counts == {"cpu": {"pass": 1, "diverged": 1}, "npu": {"unsupported": 2}}
    assert summary.totals == {"pass": 1, "diverged": 1, "unsupported": 2}
    assert summary.absent == {"xpu:0": "no driver"}
    assert [brief.message for brief in summary.failures] == ["out0 diverged: 40 × its allowance"]
    assert summary.untested == {("npu", "unsupported", "no kernel for int8"): 2}


def test_reading_a_run_needs_only_the_standard_library() -> None:
    """`harness.records` itself loads no NumPy, torch or Jinja: reading a run costs nothing more."""
    code = (
        "import sys, harness; before = set(sys.modules); import harness.records;"
        "print({'numpy', 'torch', 'jinja2'} & (set(sys.modules) - before))"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(records.__file__).parents[1])}
    assert subprocess.check_output([sys.executable, "-c", code], env=env, text=True).strip() == "set()"
