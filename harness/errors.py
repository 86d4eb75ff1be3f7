"""Every error the harness raises on purpose, so that callers can catch by kind.

    LockstepError
    ├── UsageError            an option, device, backend or dtype that does not exist
    ├── CaseError             a case file that cannot be read (file, line, remedy)
    ├── ProgramError          a program that is malformed or cannot be captured
    ├── GoldenError           a golden that cannot be read or written
    │   ├── MissingGolden
    │   └── StaleGolden
    ├── LabError              a worker that cannot be started or fed
    ├── ProvisionError        an environment that cannot be built
    └── RecordError           a records file that cannot be read

Each message names what was expected, what came, and the remedy.
"""

from __future__ import annotations

from pathlib import Path


class LockstepError(Exception):
    """Base of every error raised on purpose by the harness."""


class UsageError(LockstepError):
    """An option names something that does not exist; the message lists what does."""


class CaseError(LockstepError):
    """A case file cannot be read.

    The text starts with `file:line:` so that editors and CI can jump to it.
    """

    def __init__(self, message: str, *, path: Path | str | None = None, line: int | None = None) -> None:
        self.path, self.line = path, line
        where = "" if path is None else f"{path}:{line}: " if line else f"{path}: "
        super().__init__(where + message)


class ProgramError(LockstepError):
    """A program is malformed, or a callable could not be captured."""


class GoldenError(LockstepError):
    """A golden cannot be read or written."""


class MissingGolden(GoldenError):
    """No golden exists for a case; `--golden-update` writes it."""


class StaleGolden(GoldenError):
    """A golden was made from other inputs than the case has now."""


class LabError(LockstepError):
    """A worker process cannot be started or fed."""


class ProvisionError(LockstepError):
    """An emulated architecture or an environment cannot be built here."""


class RecordError(LockstepError):
    """A records file cannot be read."""
