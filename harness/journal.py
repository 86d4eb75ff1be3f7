"""The file of a run: records written one line at a time, so that a killed run keeps what it had, and read again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from harness.errors import RecordError
from harness.records import Attribution, End, Header, Line, Record, Summary, TargetInfo, dumps, loads


class RecordWriter:
    """Appends lines to `records.jsonl`, each flushed at once: a killed run keeps what it had.

    Holds no record: what stays in memory is `summary`. One process writes (under xdist, the controller).
    """

    def __init__(self, path: Path, header: Header) -> None:
        self.path = path
        self.summary = Summary()
        self._file: IO[str] | None = None
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._file = path.open("x", encoding="utf-8", newline="\n")
        except FileExistsError:
            raise RecordError(f"{path}: holds an earlier run; choose another directory or remove it") from None
        self.write(header)

    def write(self, line: Line) -> None:
        """Append one line and flush it to the operating system."""
        if self._file is None:
            raise RecordError(f"{self.path}: the run has ended, nothing can be added")
        self._file.write(dumps(line) + "\n")
        self._file.flush()
        self.summary.add(line)

    def end(self, finished: str, *, interrupted: bool = False) -> None:
        """Write the `end` line with the counts, and close. A second call does nothing."""
        if self._file is None:
            return
        counts = {target: dict(counter) for target, counter in self.summary.counts.items()}
        self.write(End(finished, counts, interrupted))
        self.close()

    def close(self) -> None:
        """Close without an `end` line: readers see a run that was cut off."""
        if self._file is not None:
            self._file.close()
            self._file = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run on disk. Header, targets, attributions and end are read; records are streamed, anew at each call.

    end: None when the run was cut off. torn: the last line was incomplete and is left out.
    """

    path: Path
    header: Header
    targets: tuple[TargetInfo, ...]
    attributions: Mapping[str, Attribution]
    end: End | None
    torn: bool = False

    def records(self) -> Iterator[Record]:
        """Every record in file order."""
        return (line for line in lines(self.path) if isinstance(line, Record))

    def summary(self) -> Summary:
        """Count the run in one pass."""
        return Summary.of(lines(self.path))


def read(path: Path) -> Run:
    """Open a run. RecordError names file and line of what can't be read, but for a torn last line."""
    header: Header | None = None
    end: End | None = None
    targets: dict[str, TargetInfo] = {}
    attributions: dict[str, Attribution] = {}
    torn = False
    for number, text, last in _texts(path):
        if number > 1 and text.startswith('{"schema":1,"type":"record",'):
            continue  # parsed when asked for
        line = _line(path, number, text, last)
        if line is None:
            torn = True
        elif isinstance(line, Header):
            if header is not None:
                raise RecordError(f"{path}:{number}: expected one `run` line, got a second")
            header = line
        elif header is None:
            raise RecordError(f"{path}:{number}: expected the `run` line first, got `{line.type}`")
        elif isinstance(line, TargetInfo):
            targets[line.name] = line
        elif isinstance(line, Attribution):
            attributions[line.case] = line
        elif isinstance(line, End):
            end = line
    if header is None:
        raise RecordError(f"{path}:1: expected the `run` line first, got an empty file")
    return Run(path, header, tuple(targets.values()), attributions, end, torn)


def lines(path: Path) -> Iterator[Line]:
    """Every line of the file, parsed one at a time; a torn last line is left out."""
    for number, text, last in _texts(path):
        line = _line(path, number, text, last)
        if line is not None:
            yield line


def _texts(path: Path) -> Iterator[tuple[int, str, bool]]:
    """(1-based number, text, whether it is an unfinished last line) of every line that is not blank."""
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                if raw.strip():
                    yield number, raw.decode("utf-8", "replace"), not raw.endswith(b"\n")
    except OSError as error:
        raise RecordError(f"{path}: cannot be read: {error.strerror}") from None


def _line(path: Path, number: int, text: str, unfinished: bool) -> Line | None:
    try:
        return loads(text)
    except RecordError as error:
        if unfinished:
            return None
        raise RecordError(f"{path}:{number}: {error}") from None
