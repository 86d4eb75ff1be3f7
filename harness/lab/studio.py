"""Studio: a case's program, captured once in a worker and kept by content.

An operator needs no capture. A function's or a model's program is kept under the user's cache, keyed by the case's
spec, its file's bytes, and every distribution installed beside it, so that nothing stale is ever run.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import importlib.metadata
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.case import Case
from harness.errors import LabError, ProgramError
from harness.lab import ship
from harness.lab.pool import Lab
from harness.program import Blob, Program, input_entries, of_operator


def program_of(case: Case, inputs: Mapping[str, Blob], lab: Lab, root: Path) -> Program:
    """The program of a case. Raises ProgramError with every recorder's reason where it cannot be captured."""
    if case.kind == "op":
        return of_operator(case)
    path = root / case.source.path
    kept = lab.cache / "programs" / f"{_key(case, path)}.json"
    with contextlib.suppress(OSError, ValueError, KeyError, ProgramError):
        return _unpack(json.loads(kept.read_text()))
    entries = input_entries(case)
    for entry in entries:
        entry["data"] = base64.b64encode(inputs[entry["id"]].raw).decode()
    request = {
        "kind": case.kind,
        "path": str(path),
        "target": case.target,
        "name": case.target,
        "dtype": case.dtype,
        "inputs": entries,
        "kwargs": dict(case.kwargs),
        "grad": case.grad,
        "step": None if case.step is None else {"class": case.step[0], "kwargs": dict(case.step[1])},
        "seed": case.seed,
        "tags": list(case.tags),
    }
    try:
        reply = lab.ask("capture", json.dumps(request))
    except LabError as error:
        raise ProgramError(f"{case.source}: {case.target} could not be captured: {error}") from error
    packed = {
        "program": reply["program"],
        "consts": {
            sha: [dtype, shape, base64.b64encode(raw).decode()] for sha, (dtype, shape, raw) in reply["consts"].items()
        },
    }
    _keep(kept, json.dumps(packed))
    return _unpack(packed)


def _unpack(packed: Mapping[str, Any]) -> Program:
    consts = {
        sha: Blob(sha, dtype, tuple(shape), base64.b64decode(raw))
        for sha, (dtype, shape, raw) in packed["consts"].items()
    }
    return Program.load(packed["program"], consts)


def _keep(path: Path, text: str) -> None:
    """Write atomically; a full disk costs the cache, not the run."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w") as file:
            file.write(text)
        os.replace(part, path)


def _key(case: Case, path: Path) -> str:
    try:
        code = path.read_bytes()
    except OSError as error:
        raise ProgramError(f"{case.source}: cannot read the case file: {error}") from error
    digest = hashlib.sha256(case.key().encode())
    for part in (code, _installed(), _recorders()):
        digest.update(part)
    return digest.hexdigest()


@functools.cache
def _installed() -> bytes:
    """Name and version of every installed distribution: a model's code lives in them."""
    return "\n".join(sorted(f"{d.name}=={d.version}" for d in importlib.metadata.distributions())).encode()


@functools.cache
def _recorders() -> bytes:
    names = ("capture", "origin", "graph", "run")
    return "".join(ship.source(f"harness.lab.worker.{name}") for name in names).encode()
