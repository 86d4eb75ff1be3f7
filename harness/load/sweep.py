"""The OpInfo sweep: thousands of cases of the tier `full` from PyTorch's own operator database.

Listing them takes torch about a minute, so a worker does it (`opinfo.list_entries`), once per torch release,
and the answer is kept in the user's cache. From there on the sweep is a case file like any other, without a
file.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.case import Listing
from harness.errors import CaseError, LockstepError
from harness.load import opinfo, python

TAG = "opinfo"  # of every case of the sweep: its goldens are kept in the user's cache, by content
SOURCE = "opinfo"  # what stands in place of a path; the line is the sample's number


def sweep(list_entries: Callable[[], dict[str, Any]], *, torch: str, cache: Path, source: str = SOURCE) -> Listing:
    """All cases of the sweep, tagged TAG.

    source: the file that asked for it, as cases name it.
    list_entries: runs `opinfo.list_entries` in a worker. torch: the version of that worker's torch; with the
    source of `opinfo.py` it names the file in the directory `cache`. A cache that can't be read is made anew.
    """
    made_by = hashlib.sha256(Path(opinfo.__file__).read_bytes()).hexdigest()[:12]
    path = cache / f"opinfo-{torch.replace('/', '_')}-{made_by}.json"
    found = _read(path)
    if found is None:
        try:
            found = list_entries()
        except LockstepError as error:
            return Listing((), (CaseError(f"the operator database can't be listed: {error}", path=source, line=1),))
        _write(path, found)
    return expand(found["entries"], source)


def expand(listed: list[dict[str, Any]], source: str = SOURCE) -> Listing:
    """The cases of listed entries, and an error for each entry that can't be one."""
    from harness.load import _expand

    descriptions = [{**fields, "kind": "op", "line": i} for i, fields in enumerate(listed, start=1)]
    entries, problems = python.entries(descriptions)
    cases, more = _expand(entries, source)
    return Listing(
        tuple(cases),
        tuple(CaseError(p.text, path=source, line=p.line) for p in [*problems, *more]),
    )


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("entries"), list) else None


def _write(path: Path, found: dict[str, Any]) -> None:
    """Whole or not at all; a cache that can't be written costs the next run its minute, not this run."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(found, file)
        os.replace(name, path)
    except OSError:
        return
