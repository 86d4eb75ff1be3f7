"""The `lockstep` command: what it prints, what it exits with, and that its errors teach."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from projects import Done, Project

from harness import cli, provision
from harness.provision.files import cache_dir

Call = Callable[..., tuple[int, str, str]]
CASES = """
- op: torch.tanh
  dtypes: [float32, bfloat16]
  inputs: {input: [3, 5]}
- op: torch.sinh
  dtypes: [float23]
  inputs: {input: [3, 5]}
"""


@pytest.fixture
def call(project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], cache: Path) -> Call:
    """Run a verb in the project's folder: (exit status, standard output, standard error)."""
    monkeypatch.chdir(project.folder)
    monkeypatch.setenv("LOCKSTEP_CACHE", str(cache))

    def run(*args: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = cli.main(args)
        except SystemExit as end:  # argparse's own way out
            status = int(end.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_the_command_is_installed_and_says_what_it_can_do() -> None:
    """`lockstep --help`: every verb with a line, and the commands that run something."""
    program = shutil.which("lockstep", path=str(Path(sys.executable).parent))
    assert program is not None
    done = subprocess.run([program, "--help"], capture_output=True, text=True)
    assert done.returncode == 0
    for words in ("doctor", "devices", "list", "report", "schema", "provision", "pytest --devices=all"):
        assert words in done.stdout


def test_doctor_says_of_everything_usable_or_what_mends_it(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each device and backend once: usable with its facts, or the reason and the command; exit status 0."""
    monkeypatch.setenv("COLUMNS", "80")
    status, out, err = call("doctor")
    assert (status, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    devices, _, backends = out.partition("\nbackend ")
    for name in ("cpu", "cpu-default", "cpu-1thread"):
        assert "usable" in _row(devices, name)
    assert "torch 2" in devices
    assert "Run `lockstep provision aarch64`" in _row(devices, "aarch64")
    assert "usable" in _row(backends, "eager")
    assert "Run `lockstep provision jax`" in _row(backends, "jax")
    assert not any(line.startswith("jax") for line in devices.splitlines())


def test_doctor_names_what_a_built_device_lacks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the emulator or a compiler: the command that installs it, in one piece, to be copied."""
    if "s390x" not in provision.installed():
        pytest.skip("lockstep provision s390x")
    for program in (path for folder in ("/usr/bin", "/bin") for path in Path(folder).iterdir()):
        link = tmp_path / program.name
        if not program.name.startswith(("qemu-", "g++", "c++", "clang")) and not link.is_symlink():
            link.symlink_to(program)
    env = {**os.environ, "COLUMNS": "80", "PATH": str(tmp_path), "LOCKSTEP_CACHE": str(cache_dir())}
    command = [sys.executable, "-m", "harness.cli", "doctor"]
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=Path(__file__).parents[1])
    assert done.returncode == 0, done.stderr
    devices, _, backends = done.stdout.partition("\nbackend ")
    assert _row(devices, "s390x").startswith("s390x no s390x runs under qemu")
    assert "`apt-get install qemu-user-static`" in _row(devices, "s390x")
    assert "apt-get install g++" in _row(backends, "inductor")


def _row(table: str, name: str) -> str:
    """The row that begins with `name`, with its further lines, words apart by one blank."""
    lines = table.splitlines()
    start = next(number for number, line in enumerate(lines) if line.split()[:1] == [name])
    end = next((n for n in range(start + 1, len(lines)) if lines[n][:1].strip()), len(lines))
    return " ".join(" ".join(lines[start:end]).split())


def test_devices_lists_names_as_the_options_take_them(call: Call) -> None:
    """What stands in the first column works in --devices and --backends."""
    status, out, _ = call("devices")
    assert status == 0
    devices, _, backends = out.partition("--backends")
    first = [line.split()[0] for line in devices.splitlines()[2:] if line.strip()]
    assert {"cpu", "cpu-default", "cpu-1thread"} <= set(first)
    assert "eager" in backends
    assert "inductor" in backends


def test_list_shows_cases_and_reports_broken_ones(call: Call, project: Project) -> None:
    """One line a case, or JSON; an entry that can't be read is an error with file and line, and exit status 1."""
    project.write({"cases/ops.yaml": CASES})
    status, out, err = call("list")
    assert status == 1
    assert err.startswith("lockstep: cases/ops.yaml:6: dtypes: unknown 'float23'")
    assert "tanh-bfloat16-3x5" in out
    assert "2 cases" in out
    status, out, _ = call("list", "cases/ops.yaml", "--json")
    found = [json.loads(line) for line in out.splitlines()]
    assert [one["dtype"] for one in found] == ["float32", "bfloat16"]
    assert found[0]["source"] == "cases/ops.yaml:2"


def test_list_of_what_is_not_there_is_a_usage_error(call: Call) -> None:
    """Exit status 4, and the path."""
    status, out, err = call("list", "no/such/folder")
    assert (status, out) == (4, "")
    assert err == "lockstep: no/such/folder: no such file or folder\n"


def test_list_reads_python_cases_in_a_worker(call: Call, project: Project) -> None:
    """A file that exits, or cannot be imported, is an error of its own."""
    head = "from harness import case, tensor\n"
    project.write(
        {
            "case_a.py": head + "@case()\ndef fine(x=tensor(2, 3)):\n    return x\n",
            "case_b.py": head + "import sys\nsys.exit(3)\n",
            "case_c.py": head + "import nothing_of_that_name\n",
        }
    )
    status, out, err = call("list", ".")
    assert status == 1
    assert "fine-float32-2x3" in out
    assert "case_b.py:3: SystemExit: 3" in err
    assert "case_c.py:2: ModuleNotFoundError" in err
    assert "needs=['nothing_of_that_name']" in err


def test_report_renders_a_run_again(call: Call, mixed_run: Path, tmp_path: Path) -> None:
    """From a folder or a records file, to report.html or wherever -o says; the summary is printed."""
    page = tmp_path / "page.html"
    status, out, _ = call("report", str(mixed_run), "-o", str(page))
    assert status == 0
    assert f"Report: {page}" in out
    assert "diverged" in out
    assert page.read_text().count("<html") == 1
    status, _, _ = call("report", str(mixed_run / "records.jsonl"), "-o", str(page))
    assert status == 0


def test_report_without_a_run_says_where_runs_come_from(call: Call, tmp_path: Path) -> None:
    """No run: exit status 4; a records file that is none: 1, with file and line."""
    status, _, err = call("report")
    assert status == 4
    assert "reports/latest: no such run; runs are written by `pytest --devices=" in err
    torn = tmp_path / "records.jsonl"
    torn.write_text('{"schema": 1, "type": "run"}\n')
    status, _, err = call("report", str(torn))
    assert status == 1
    assert f"{torn}:1" in err


def test_schema_is_json_schema_for_editors(call: Call, tmp_path: Path) -> None:
    """Printed, or written with -o: the same JSON Schema, and the one that ships in cases/."""
    status, out, _ = call("schema")
    assert status == 0
    assert json.loads(out)["$schema"].startswith("https://json-schema.org/")
    path = tmp_path / "schema.json"
    assert call("schema", "-o", str(path))[0] == 0
    assert path.read_text() == out
    assert (Path(cli.__file__).parents[1] / "cases/schema.json").read_text() == out


def test_profiles_are_listed(call: Call) -> None:
    """`lockstep profile list`: each with what it allows."""
    status, out, _ = call("profile", "list")
    assert status == 0
    for name in ("strict", "cpu", "cuda"):
        assert any(line.startswith(f"{name} ") for line in out.splitlines())


@pytest.mark.parametrize("args", [[], ["frobnicate"], ["list", "--nope"]])
def test_a_wrong_command_line_shows_the_usage(call: Call, args: list[str]) -> None:
    """argparse's exit status 2, with the usage."""
    status, _, err = call(*args)
    assert status == 2
    assert "usage: lockstep" in err


@pytest.fixture(scope="module")
def mixed_run(make_project: Callable[[str], Project]) -> Path:
    """The folder of a run in which one case passed and one diverged."""
    project = make_project("reported")
    project.write(
        {
            "test_two.py": (
                "import torch\nX = torch.linspace(-3, 3, 15)\n"
                "def test_right(target): target.check(torch.sinh, X)\n"
                "def test_wrong(target): target.check(torch.softmax, X, -1, rule='exact')\n"
            )
        }
    )
    done: Done = project.run("--devices=cpu")
    assert done.status == 1
    assert done.report is not None
    return done.report
