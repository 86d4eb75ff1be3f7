"""Ctrl-C and harder ends of pytest: what was found stays readable, and no process stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from projects import Project, alive, wait_for

from harness import cli, journal

KERNELS = """
import ctypes, os, subprocess, time

BROKEN = os.environ.get("ATEN_CPU_CAPABILITY") == "default"

def fine(x):
    return x + 1

def hang(x):
    if BROKEN:
        open("hung", "w").close()
        how = os.environ["LOCKSTEP_HANG"]
        if how == "python":
            time.sleep(1000)
        elif how == "child":
            subprocess.run(["sleep", "1000"])
        else:  # holds the interpreter's lock
            ctypes.PyDLL(None).sleep(1000)
    return x + 2
"""
CASES = "".join(
    f"- op: kernels.{name}\n  dtypes: [float32]\n  inputs: {{x: [2, 3]}}\n  rule: empirical\n"
    for name in ("fine", "hang")
)


@pytest.fixture(scope="module")
def hanging(make_project: Callable[[str], Project]) -> Project:
    """Two kernels with their goldens; the second hangs on cpu-default."""
    project = make_project("hanging")
    project.write({"kernels.py": KERNELS, "cases/kernels.yaml": CASES})
    assert project.run("--devices=cpu", "--golden-update").status == 0
    return project


@pytest.fixture
def end(hanging: Project, mark: str) -> Iterator[Callable[[str, int], tuple[int, str, Path]]]:
    """Start the run with a kernel that hangs in a given way, signal pytest once it does, and wait for its end."""

    def run(how: str, number: int) -> tuple[int, str, Path]:
        hung = hanging.folder / "hung"
        hung.unlink(missing_ok=True)
        known = set(hanging.runs())
        project = Project(hanging.folder, {**hanging.env, "LOCKSTEP_HANG": how})
        with project.start("--devices=cpu-default", "-v", "--case-timeout=900", mark=mark) as process:
            try:
                wait_for(lambda: hung.exists(), 120, "the kernel to hang")
                (report,) = wait_for(lambda: set(hanging.runs()) - known, 60, "a run to be written")
                written = report / "records.jsonl"
                wait_for(lambda: '"type":"record"' in written.read_text(), 60, "the first record")
                assert len(alive(mark)) >= 2
                process.send_signal(number)
                text = process.communicate(timeout=60)[0]
            finally:
                process.kill()
        return process.returncode, text, report

    yield run
    wait_for(lambda: not alive(mark), 5, f"processes to end: {alive(mark)}")


def test_ctrl_c_leaves_a_readable_report_and_no_process(
    end: Callable[[str, int], tuple[int, str, Path]], mark: str
) -> None:
    """SIGINT while a kernel hangs: exit status 2 at once, the report shows what was done, all workers are gone."""
    status, text, report = end("child", signal.SIGINT)
    assert status == 2
    assert "Report:" in text
    run = journal.read(report / "records.jsonl")
    assert run.summary().counts == {"cpu-default": {"pass": 1}}
    assert '"interrupted":true' in (report / "records.jsonl").read_text()
    assert (report / "report.html").stat().st_size > 10_000
    wait_for(lambda: not alive(mark), 5, "the workers to end")


@pytest.mark.parametrize(("how", "number"), [("python", signal.SIGTERM), ("locked", signal.SIGKILL)])
def test_workers_end_with_pytest_however_it_ends(
    end: Callable[[str, int], tuple[int, str, Path]],
    mark: str,
    how: str,
    number: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Terminated or killed: no worker survives, even one that hangs; `lockstep report` reads what was written."""
    status, _, report = end(how, number)
    assert status == -number
    wait_for(lambda: not alive(mark), 5, f"the workers to end: {alive(mark)}")
    assert not (report / "report.html").exists()
    assert cli.main(["report", str(report)]) == 0
    assert "cpu-default" in capsys.readouterr().out
    assert (report / "report.html").exists()


def test_what_a_killed_run_left_is_removed_by_the_next(hanging: Project, tmp_path: Path) -> None:
    """Folders for temporary files of processes that are no more go away; those of living ones, and others, stay."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left, used, other = (tmp_path / f"lockstep-{name}" for name in (f"{gone.pid}-abc", f"{os.getpid()}-abc", "notes"))
    for folder in (left, used, other):
        (folder / "0-cpu").mkdir(parents=True)
    project = Project(hanging.folder, {**hanging.env, "TMPDIR": str(tmp_path)})
    assert project.run("--devices=cpu", "-k", "fine").status == 0
    assert not left.exists()
    assert used.exists()
    assert other.exists()
    assert sorted(path.name for path in tmp_path.glob("lockstep-*")) == sorted([used.name, other.name])
