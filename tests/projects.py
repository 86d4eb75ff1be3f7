"""Projects of a user's own, in which tests run pytest as a user runs it, and the processes that it leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MARK = "LOCKSTEP_TEST_MARK"  # an environment variable by which a test knows the processes that it caused


@dataclass(frozen=True)
class Done:
    """A finished run of pytest in a project. report: its folder under reports/, if it wrote one."""

    status: int
    text: str
    report: Path | None

    def line(self, *words: str) -> str:
        """The first line of the output that holds all of `words`."""
        for line in self.text.splitlines():
            if all(word in line for word in words):
                return line
        raise AssertionError(f"no line with {words} in:\n{self.text}")

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Every line of records.jsonl."""
        assert self.report is not None, f"no report was written:\n{self.text}"
        return [json.loads(line) for line in (self.report / "records.jsonl").read_text().splitlines()]

    @property
    def records(self) -> dict[tuple[str, str], dict[str, Any]]:
        """(case's name, target) → its record."""
        found = {}
        for line in self.lines:
            if line["type"] == "record":
                name = line["case"]["id"].removeprefix("kernels.").removesuffix("-float32-3x5")
                assert (name, line["target"]) not in found, f"two records of {name} on {line['target']}"
                found[name, line["target"]] = line
        return found

    @property
    def statuses(self) -> dict[str, dict[str, str]]:
        """Target → case's name → status."""
        found: dict[str, dict[str, str]] = {}
        for (name, target), record in self.records.items():
            found.setdefault(target, {})[name] = record["status"]
        return found

    def failure(self, name: str) -> list[str]:
        """The lines of pytest's failure section of an item."""
        lines = self.text.splitlines()
        (start,) = [i for i, line in enumerate(lines) if line.strip("_ ") == name and line.startswith("__")]
        body = lines[start + 1 :]
        end = next(i for i, line in enumerate(body) if line.startswith(("____", "====", "----")))
        return body[:end]


@dataclass(frozen=True)
class Project:
    """A folder of a user's own, with case files, kernels and tests."""

    folder: Path
    env: Mapping[str, str] = field(default_factory=dict)

    def write(self, files: Mapping[str, str]) -> None:
        """Path → text."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def start(
        self, *args: str | Path, mark: str = "", preexec_fn: Callable[[], None] | None = None, **options: Any
    ) -> subprocess.Popen[str]:
        """The run, begun in a process group of its own and heeding Ctrl-C, as a terminal begins it: a job in a shell's
        background is begun with SIGINT ignored, and so would be what it begins.
        """

        def heed() -> None:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            if preexec_fn:
                preexec_fn()

        env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")} | dict(self.env)
        if mark:
            env[MARK] = mark
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", *map(str, args)], cwd=self.folder, env=env, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=heed, **options,
        )  # fmt: skip

    def run(self, *args: str | Path, timeout: float = 240.0, **options: Any) -> Done:
        """The run to its end."""
        before = set(self.runs())
        with self.start(*args, **options) as process:
            try:
                text = process.communicate(timeout=timeout)[0]
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        new = [run for run in self.runs() if run not in before]
        assert len(new) <= 1, f"{len(new)} runs were written"
        return Done(process.returncode, text, new[0] if new else None)

    def runs(self) -> list[Path]:
        """The folders of the runs so far."""
        return sorted(p.parent for p in self.folder.glob("reports/*/records.jsonl") if not p.parent.is_symlink())


def alive(mark: str) -> dict[int, str]:
    """pid → command line of every process that carries `mark`, zombies left out."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if f"{MARK}={mark}".encode() not in (entry / "environ").read_bytes():
                continue
            if (entry / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return found


def wait_for(condition: Callable[[], Any], seconds: float = 60.0, what: str = "") -> Any:
    """What `condition` gives once it is true; fails after `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds:g} s in vain{' for ' + what if what else ''}")
