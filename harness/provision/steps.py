"""Progress lines of a build, numbered, so that a user of a ten-minute command sees where it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str], None]


class Steps:
    """Numbered progress lines of one build: `[aarch64 2/6] ...`."""

    def __init__(self, name: str, total: int, progress: Progress) -> None:
        self.name, self.total, self.number, self._progress = name, total, 0, progress

    def next(self, text: str) -> None:
        self.number += 1
        self.say(text)

    def say(self, text: str) -> None:
        self._progress(f"[{self.name} {self.number}/{self.total}] {text}")

    def megabytes(self, total: int) -> Callable[[int], None]:
        """A callback that says how many of `total` bytes have come, each quarter once."""
        said = 0

        def report(done: int) -> None:
            nonlocal said
            quarter = done * 4 // max(total, 1)
            if quarter > said:
                said = quarter
                self.say(f"{done / 1e6:.0f} of {total / 1e6:.0f} MB")

        return report
