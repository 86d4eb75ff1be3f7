"""What pytest collects: a file of cases, an item per case and target, and an item per case that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from harness.case import TIERS, Case
from harness.errors import CaseError
from harness.records import KNOWN, UNTESTED, Record
from harness.target import Target

if TYPE_CHECKING:
    from harness.run import Run


_TIER_MARKS = {tier: getattr(pytest.mark, tier).mark for tier in TIERS}


class Failed(Exception):
    """A case that did not pass; its text is the whole failure message, and no traceback helps."""


class CaseFile(pytest.File):
    """A file of cases. Errors in it become failing items, so the file's other cases and all other files still run."""

    run: Run

    @classmethod
    def of(cls, parent: pytest.Collector, run: Run, **kwargs: Any) -> CaseFile:
        made: CaseFile = cls.from_parent(parent, **kwargs)
        made.run = run
        return made

    def collect(self) -> Iterator[pytest.Item]:
        listing = self.run.load(self.path)
        for error in listing.errors:
            line = getattr(error, "line", None) or 1
            yield BrokenCase.of(self, f"line-{line}", error)
        for case, target in self.run.cells(listing.cases):
            clash = self.run.clash(case)
            if clash:
                yield BrokenCase.of(self, case.id, clash)
            else:
                yield CaseItem.of(self, case, target)


class CaseItem(pytest.Item):
    """One case on one target."""

    case: Case
    target: Target
    record: Record | None = None

    @classmethod
    def of(cls, parent: CaseFile, case: Case, target: Target) -> CaseItem:
        name = f"{case.id}[{target.name}]"
        # the node id in words: pytest then takes the brackets for parameters, as --lf does when it reads its cache
        made: CaseItem = cls.from_parent(parent, name=name, nodeid=f"{parent.nodeid}::{name}")
        made.case, made.target = case, target
        made.extra_keyword_matches.update((case.dtype, case.values, case.tier, target.name, *case.tags))
        mark = _TIER_MARKS[case.tier]  # one object for all items: 50,000 of them are collected in seconds
        made.own_markers.append(mark)
        made.keywords[case.tier] = mark
        return made

    def runtest(self) -> None:
        file = self.parent
        assert isinstance(file, CaseFile)
        record = self.record = file.run.record(self)
        if record.status == KNOWN:
            pytest.xfail(record.message)
        if record.status in UNTESTED:
            pytest.skip(f"{record.status}: {record.message}")
        if record.status != "pass":
            raise Failed(failure_text(record))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, Failed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int, str]:
        return self.path, self.case.source.line - 1, self.name


class BrokenCase(pytest.Item):
    """A case that cannot be read: it fails, with file, line and remedy."""

    error: Exception

    @classmethod
    def of(cls, parent: CaseFile, name: str, error: Exception) -> BrokenCase:
        made: BrokenCase = cls.from_parent(parent, name=name)
        made.error = error
        return made

    def runtest(self) -> None:
        raise self.error

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, CaseError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int, str]:
        return self.path, (getattr(self.error, "line", None) or 1) - 1, self.name


def failure_text(record: Record) -> str:
    """The failure message: what and how badly, where, the values with their bits, the rule, who agrees, the command."""
    lines = [f"{record.case.id} on {record.target}: {record.status}", record.message]
    if record.attribution.get("words"):
        lines.append(record.attribution["words"])
    if record.log.strip():
        tail = record.log.strip().splitlines()[-8:]
        lines += ["the worker's last words:", *(f"  {line}" for line in tail)]
    lines.append(f"reproduce: {record.repro}")
    return "\n".join(lines)
