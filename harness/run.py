"""Run: what one pytest session keeps, from its options to its report.

Registered as a plugin object, so that its hooks have the run at hand. Under xdist the controller resolves the targets,
writes the records and renders the report; the workers collect and run, each with a lab of its own.
"""

from __future__ import annotations

import collections
import contextlib
import datetime
import functools
import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from harness import expect, journal, load, records
from harness.case import Case, Listing
from harness.errors import CaseError, LockstepError
from harness.items import CaseItem
from harness.lab.discover import select
from harness.lab.pool import Lab
from harness.load.sweep import TAG, sweep
from harness.options import Settings
from harness.provision.files import cache_dir
from harness.records import Record
from harness.session import Session
from harness.target import Target, from_plain, to_plain

PROGRESS = 15.0  # seconds of a test between two lines that say how far it is
AHEAD = 12  # cells of each target queued ahead of the one that is asked for
_NODE = "lockstep_records"  # attribute of a report: its records as JSON texts, plain enough to cross xdist


class Run:
    """One pytest session with `--devices`."""

    MARKERS: ClassVar[dict[str, str]] = {
        "quick": "a case of the quick tier",
        "standard": "a case of the standard tier",
        "full": "a case of the full tier",
    }

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self.config, self.settings = config, settings
        self.root = config.rootpath
        self._lab: Lab | None = None
        self._session: Session | None = None
        self._targets: list[Target] | None = None
        self._writer: journal.RecordWriter | None = None
        self._coming: dict[str, collections.deque[CaseItem]] = {}
        self._waiting: dict[str, set[str]] = {}
        self._left: collections.Counter[str] = collections.Counter()
        self._owners: dict[str, str] = {}
        self._told: set[str] = set()
        self._updates: dict[Path, str] = {}  # goldens written, here or by xdist workers
        self._held_back: collections.Counter[str] = collections.Counter()
        self._silent_since = time.monotonic()
        self._not_run: dict[str, set[str]] = {}  # target → ids of its cases that this session has not run
        self.report: Path | None = None
        self.empty_targets: list[str] = []

    # collection -------------------------------------------------------------------------------------------------------

    @property
    def worker_input(self) -> dict[str, Any] | None:
        """What the xdist controller sent; None outside an xdist worker."""
        return getattr(self.config, "workerinput", None)

    @property
    def lab(self) -> Lab:
        if self._lab is None:
            self._lab = Lab(cache_dir(), limit=self.settings.timeout)
        return self._lab

    @property
    def targets(self) -> list[Target]:
        """Resolved once: on the controller under xdist."""
        if self._targets is None:
            sent = (self.worker_input or {}).get("lockstep")
            if sent is not None:
                self._targets = [from_plain(plain) for plain in json.loads(sent)]
            else:
                self._targets = select(self.settings.devices or ("cpu",), self.settings.backends, self.lab)
        return self._targets

    @property
    def session(self) -> Session:
        if self._session is None:
            self._session = Session(
                self.lab,
                self.root,
                self.settings.golden_dir,
                self.targets,
                update=self.settings.update,
                expectations=self.expectations,
                nodes=self.settings.nodes,
                tell=self._tell,
            )
        return self._session

    def _tell(self, line: str) -> None:
        """A line of progress in the terminal, where a test is long; at most one in PROGRESS seconds."""
        find = self.config.pluginmanager.get_plugin
        reporter, capture = find("terminalreporter"), find("capturemanager")
        if reporter is not None and time.monotonic() > self._silent_since + PROGRESS:
            self._silent_since = time.monotonic()
            with capture.global_and_fixture_disabled() if capture is not None else contextlib.nullcontext():
                reporter.write_line(line)

    @functools.cached_property
    def expectations(self) -> list[expect.Expectation]:
        return expect.load(self.settings.expectations) if self.settings.active else []

    def collects(self, path: Path) -> bool:
        return self.settings.active and load.collects(path)

    def load(self, path: Path) -> Listing:
        """The cases of a file; a Python file is described by a worker, once per content."""
        if load.sweeps(path):
            return self._sweep(path) if "full" in self.settings.tiers() else Listing(())
        return load.load(path, root=self.root, describe=self._describe)

    def _sweep(self, path: Path) -> Listing:
        torch = str(self.lab.fingerprint()["versions"]["torch"])
        source = str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)
        ask = lambda: json.loads(self.lab.ask("sweep", limit=1200)["found"])  # noqa: E731
        return sweep(ask, torch=torch, cache=self.lab.cache / "listings", source=source)

    def _describe(self, path: Path) -> list[dict[str, Any]]:
        code = hashlib.sha256(str(path).encode() + path.read_bytes()).hexdigest()
        kept = self.lab.cache / "listings" / f"{code}.json"
        with contextlib.suppress(OSError, ValueError):
            found: list[dict[str, Any]] = json.loads(kept.read_text())
            return found
        found = json.loads(self.lab.ask("describe", str(path))["cases"])
        if not any("error" in one for one in found):  # an error may lie in what is installed, not in the file
            with contextlib.suppress(OSError):
                kept.parent.mkdir(parents=True, exist_ok=True)
                part = kept.with_suffix(f".{os.getpid()}")
                part.write_text(json.dumps(found))
                part.replace(kept)
        return found

    def cells(self, cases: Sequence[Case]) -> Iterator[tuple[Case, Target]]:
        """Cases × targets of a file, after tier, dtype, and what slow backends are given.

        A slow backend (it compiles) runs, in the quick tier, the cases tagged `compile`, where the file tags any.
        """
        settings = self.settings
        tiers = settings.tiers()
        chosen = [c for c in cases if c.tier in tiers and (not settings.dtypes or c.dtype in settings.dtypes)]
        picky = settings.tier == "quick" and any("compile" in case.tags for case in cases)
        if self.expectations:
            for target in self.targets:
                self._not_run.setdefault(target.name, set()).update(case.id for case in cases)
        for case in chosen:
            for target in self.targets:
                if target.backend.slow and picky and "compile" not in case.tags:
                    self._held_back[target.name] += 1
                else:
                    yield case, target

    def clash(self, case: Case) -> CaseError | None:
        """The error of an id that another file has already: goldens, records and the report know a case by its id."""
        owner = self._owners.setdefault(case.id, case.source.path)
        if owner == case.source.path:
            return None
        return CaseError(
            f"id {case.id} is also made by {owner}: give one of the two another `name:`",
            path=case.source.path,
            line=case.source.line,
        )

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        cells = [item for item in items if isinstance(item, CaseItem)]
        for item in cells:
            self._left[item.case.id] += 1
            self._coming.setdefault(item.target.name, collections.deque()).append(item)
        self._waiting = {target: set() for target in self._coming}
        if cells:
            self.session.expect((item.case, item.target) for item in cells)

    def parametrize(self, metafunc: pytest.Metafunc) -> None:
        """An ordinary test that asks for `target` runs once per target."""
        if "target" in metafunc.fixturenames:
            metafunc.parametrize("target", self.targets, ids=[t.name for t in self.targets], indirect=True)

    # running ----------------------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
        self._silent_since = time.monotonic()
        if isinstance(item, CaseItem):
            self._ahead(item, nextitem)
        result = yield
        if isinstance(item, CaseItem):
            self._left[item.case.id] -= 1
            if self._left[item.case.id] == 0:
                self.session.forget(item.case)
        return result

    def _ahead(self, item: CaseItem, nextitem: pytest.Item | None) -> None:
        """Queue what comes next on every target, so that they work while this one is judged.

        Each target has its own few cases ahead: a slow compiler starts on its next case long before pytest asks.
        """
        if self.worker_input is not None:  # xdist decides the order; it tells one item ahead
            if isinstance(nextitem, CaseItem):
                self.session.submit(nextitem.case, nextitem.target)
            return
        self._waiting[item.target.name].discard(item.nodeid)
        for target, coming in self._coming.items():
            waiting = self._waiting[target]
            while coming and len(waiting) < AHEAD:
                one = coming.popleft()
                waiting.add(one.nodeid)
                self.session.submit(one.case, one.target)

    def record(self, item: CaseItem) -> Record:
        self._not_run.get(item.target.name, set()).discard(item.case.id)
        return self.session.record(item.case, item.target, nodeid=item.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        report: Any = yield
        if call.when == "call":
            made = [item.record] if isinstance(item, CaseItem) else getattr(item, _NODE, [])
            setattr(report, _NODE, [records.dumps(record) for record in made if record is not None])
        return report  # type: ignore[no-any-return]

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Write the records of a finished test; one that took its xdist worker down gets a record from its name."""
        if self._writer is None:
            return
        for text in getattr(report, _NODE, ()):
            self._write(records.loads(text))
        if report.when == "???":
            lost = self._lost(report.nodeid)
            if lost is not None:
                self._write(lost)

    def _lost(self, nodeid: str) -> Record | None:
        path, _, name = nodeid.rpartition("::")
        case, _, target = name.rpartition("[")
        if not case or target.removesuffix("]") not in {t.name for t in self.targets}:
            return None
        info = records.CaseInfo(id=case, source=f"{path}:1")
        return Record(info, target.removesuffix("]"), "crashed", message="the pytest worker died", nodeid=nodeid)

    def _write(self, line: records.Line) -> None:
        assert self._writer is not None
        # under xdist there is no session here: the workers tell of their targets when they finish
        if isinstance(line, Record) and line.target not in self._told and self._session is not None:
            self._told.add(line.target)
            target = next((t for t in self.targets if t.name == line.target), None)
            if target is not None:
                self._put(self.session.target_info(target))
        self._put(line)

    def _put(self, line: records.Line) -> None:
        """Write one line. A run that can't be recorded ends here: its results would be lost."""
        writer = self._writer
        if writer is None:
            return
        try:
            writer.write(line)
        except OSError as error:
            self._writer = None
            why = f"cannot write {_shown(writer.path)}: {error.strerror}; make room, or choose another --report-dir"
            pytest.exit(why, returncode=pytest.ExitCode.USAGE_ERROR)

    # beginning and end ------------------------------------------------------------------------------------------------

    def header(self, taken: list[str]) -> list[str]:
        """Lines of pytest's header."""
        lines = []
        if taken:
            names = ", ".join(f"--lockstep-{name}" for name in taken)
            lines.append(f"lockstep: a conftest defines {', '.join('--' + n for n in taken)}; use {names}")
        if self.settings.active and self.worker_input is None:
            lines.append("lockstep: " + ", ".join(target.name for target in self.targets))
        return lines

    def pytest_sessionstart(self) -> None:
        """Resolve the targets, so that one that does not exist ends the run here, and open the records."""
        if not self.settings.active or self.worker_input is not None:
            return
        try:
            _ = self.targets
        except LockstepError as error:
            raise pytest.UsageError(str(error)) from error
        if self.config.option.collectonly:
            return
        now = datetime.datetime.now(datetime.timezone.utc)
        name = now.strftime("%Y%m%d-%H%M%S")
        folder = self.settings.report_dir / name
        for again in range(2, 1000):
            if not folder.exists():
                break
            folder = self.settings.report_dir / f"{name}-{again}"
        header = records.Header(
            id=folder.name,
            started=now.isoformat(timespec="seconds"),
            argv=list(self.config.invocation_params.args),
            versions=_versions(),
            host=_host(),
        )
        try:
            self._writer = journal.RecordWriter(folder / "records.jsonl", header)
        except OSError as error:
            raise pytest.UsageError(
                f"cannot write the run to {folder}: {error}; choose another --report-dir"
            ) from error

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["lockstep"] = json.dumps([to_plain(target) for target in self.targets])

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker's fingerprints, the first of each target, and what it did to goldens."""
        told = json.loads(getattr(node, "workeroutput", {}).get("lockstep", "{}"))
        self._updates.update((Path(path), what) for path, what in told.get("updates", ()))
        self._held_back |= collections.Counter(told.get("held_back", {}))
        for text in told.get("targets", ()):
            line = records.loads(text)
            if self._writer is not None and isinstance(line, records.TargetInfo) and line.name not in self._told:
                self._told.add(line.name)
                self._put(line)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Close the records, render the report, and turn a target that tested nothing into a failure."""
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output["lockstep"] = json.dumps(self._told_by_worker())
        writer = self._writer
        if writer is None:
            return
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        if not writer.summary.counts and not writer.summary.absent:
            writer.close()
            with contextlib.suppress(OSError):
                writer.path.unlink()
                writer.path.parent.rmdir()
            return
        try:
            writer.end(now, interrupted=exitstatus == pytest.ExitCode.INTERRUPTED)
        except OSError as error:
            self.config.issue_config_time_warning(pytest.PytestWarning(f"the run has no end: {error}"), stacklevel=1)
            return
        self.empty_targets = [
            name
            for name, counts in writer.summary.counts.items()
            if counts and not set(counts) - set(records.UNTESTED) and sum(counts.values()) > 1
        ]
        if self.empty_targets and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        self.report = self._render(writer.path)

    def _told_by_worker(self) -> dict[str, Any]:
        """What an xdist worker tells the controller at its end, beside its records."""
        if self._session is None:
            return {}
        return {
            "targets": [records.dumps(self._session.target_info(t)) for t in self._session.started()],
            "updates": [(str(path), what) for path, what in self._session.updates],
            "held_back": self._held_back,
        }

    def _render(self, path: Path) -> Path | None:
        from harness.report import html

        try:
            report = html.render(path, path.parent / "report.html")
        except (LockstepError, OSError) as error:
            self.config.issue_config_time_warning(pytest.PytestWarning(f"no report: {error}"), stacklevel=1)
            return None
        latest = self.settings.report_dir / "latest"
        with contextlib.suppress(OSError):
            part = latest.with_name(f".latest.{os.getpid()}")
            part.symlink_to(path.parent.name)
            part.replace(latest)
        return report

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        from harness.report import terminal

        if self._writer is None or (self.report is None and not self._writer.summary.counts):
            return
        reporter = terminalreporter
        reporter.section("lockstep")
        markup = reporter._tw.markup
        for line in self._notes():
            reporter.write_line(line)
        report = _shown(self.report) if self.report is not None else None
        reporter.write_line(
            terminal.summary(self._writer.summary, report=report, markup=markup, width=min(120, reporter._tw.fullwidth))
        )

    def _notes(self) -> Iterator[str]:
        if self._session is not None:
            self._updates.update(self._session.updates)
        for path, what in self._updates.items():
            yield f"golden {what}: {_shown(path)}"
        if self._session is not None:
            for entry in self._unmet():
                where = f"{_shown(Path(entry.path))}:{entry.line}"
                yield f"expectation matched nothing: {where} ({', '.join(entry.cases)}): remove it"
        for name, count in sorted(self._held_back.items()):
            yield f"{name} compiles: {count} cases are left to --case-tier=standard"
        for name in self.empty_targets:
            yield f"{name} tested nothing: no case of it passed or failed, so this run is not green"

    def _unmet(self) -> list[expect.Expectation]:
        """Entries that no cell matched although a target of theirs ran: they are stale.

        An entry that names a cell which was not run is not: one left to a later tier (the operator database is not even
        listed then), of another dtype, deselected, or not reached. Files that were not collected may hold any cell, so
        then nothing is said.
        """
        option = self.config.option
        if (
            self.worker_input is not None
            or self._session is None
            or self.config.args_source.name == "ARGS"
            or getattr(option, "lf", False)  # it passes over whole files
        ):
            return []
        ran = {target.name for target in self._session.started()}
        unlisted = () if "full" in self.settings.tiers() else (f"{TAG}.",)
        return [
            entry
            for entry in self.expectations
            if entry not in self._session.met
            and not all(case.startswith(unlisted) for case in entry.cases)
            and not entry.when
            and any(entry.names_target(name) for name in ran)
            and not any(
                entry.names_target(target) and any(entry.names_case(case) for case in cases)
                for target, cases in self._not_run.items()
            )
        ]

    def close(self) -> None:
        """End every worker."""
        if self._lab is not None:
            self._lab.close()
            self._lab = None


def _shown(path: Path) -> str:
    """A path as a user would type it from here."""
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)


def _versions() -> dict[str, str]:
    import importlib.metadata

    names: Iterable[str] = (
        "pytest-lockstep",
        "pytest",
        "pytest-xdist",
        "numpy",
        "torch",
        "ml_dtypes",
        "execnet",
    )
    found = {"python": platform.python_version()}
    for name in names:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def _host() -> dict[str, Any]:
    return {
        "name": platform.node(),
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "python": sys.executable,
    }
