"""Goldens on disk: one file a case, readable by `numpy.load`, the same bytes whenever the same golden is
written.

A golden file is an `.npz` of plain arrays (`out0.y`, `out0.noise.S`, …) and a JSON member `manifest`,
so it can be read without the harness and holds no pickle. Arrays are stored in the smallest dtype that keeps
every bit of their values (`pack`): a golden is checked into git, and most of them are float64 arrays whose
values fit in two or four bytes.
"""

from __future__ import annotations

import io
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

from harness.case import Case
from harness.errors import GoldenError, MissingGolden, StaleGolden
from harness.numerics.noise import VERSION

FORMAT = 1
_MANIFEST = "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # zip cannot say less; a fixed time keeps the bytes deterministic

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, eq=False)
class GoldenOutput:
    """The right answer for one output.

    name: `out0`, `out1` …, `grad.<input>`, `step.<parameter>`, or a quantity derived from the outputs
    (`out0:orthogonal`).
    dtype: torch's name of the dtype an honest target returns.
    y: float64, complex128, an exact integer dtype, or bool; the value before rounding to `dtype`.
    noise: what `rule` needs to tell rounding from faults; arrays that broadcast to `y`.
    rule: name of the numerics rule that made `noise` and reads it back.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    y: Array
    noise: Mapping[str, Array] = field(default_factory=dict)
    rule: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Golden:
    """All that is known of a case's right answer.

    key: `Case.key()` of the case it was made for. inputs: `harness.inputs.digest` of the inputs it was made
    from.
    rule: the rule of the case as a whole; each output names its own. provenance: who made it, how, with which
    libraries.
    """

    case_id: str
    key: str
    inputs: str
    rule: str
    outputs: tuple[GoldenOutput, ...]
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def output(self, name: str) -> GoldenOutput:
        """The output called `name`; KeyError lists those there are."""
        for out in self.outputs:
            if out.name == name:
                return out
        raise KeyError(f"golden {self.case_id} has no output {name!r}, only {[o.name for o in self.outputs]}")


def path_for(root: Path, case: Case) -> Path:
    """Where the golden of `case` lives under `root`: `golden/` mirrors the case files.

    `cases/ops/norm.yaml` → `root/ops/norm/<id>.npz`; a leading `cases` directory is dropped.
    """
    source = Path(case.source.path)
    parts = [p for p in source.with_suffix("").parts if p not in (source.anchor, "..", ".")]
    if len(parts) > 1 and parts[0] == "cases":
        parts = parts[1:]
    return root.joinpath(*parts, f"{case.id}.npz")


def check(golden: Golden, key: str, inputs: str, *, rule: str | None = None) -> None:
    """Raise StaleGolden unless `golden` was made for this case, from these inputs, by the rules as they are.

    key: `Case.key()`. inputs: `harness.inputs.digest`. rule: name of the case's rule now, where it is known.
    """
    for what, then, now in (("case", golden.key, key), ("inputs", golden.inputs, inputs)):
        if then != now:
            raise StaleGolden(
                f"golden of {golden.case_id} was made from another {what} "
                f"(golden {then[:12]}, now {now[:12]}); run with --golden-update and review the change"
            )
    if rule is not None and rule != golden.rule:
        raise StaleGolden(
            f"golden of {golden.case_id} was made for the rule {golden.rule!r}, the case now has {rule!r}; "
            "run with --golden-update"
        )
    if golden.provenance.get("rules") != VERSION:
        raise StaleGolden(
            f"golden of {golden.case_id} was made by version {golden.provenance.get('rules')} of the rules, "
            f"they are now at {VERSION}; run with --golden-update"
        )


def write(path: Path, golden: Golden) -> None:
    """Write `golden` to `path` atomically: readers see the old file or the new one, never half of one.

    Raises GoldenError when the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(dumps(golden))
                out.flush()
                os.fsync(out.fileno())
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise GoldenError(f"cannot write golden {path}: {error}") from error


def read(path: Path) -> Golden:
    """Read a golden. Raises MissingGolden if there is none, GoldenError (naming the file) if it is not
    readable.
    """
    try:
        blob = path.read_bytes()
    except FileNotFoundError:
        raise MissingGolden(f"no golden at {path}; --golden-update makes it") from None
    except OSError as error:
        raise GoldenError(f"cannot read golden {path}: {error}") from error
    try:
        return loads(blob)
    except GoldenError as error:
        raise GoldenError(f"golden {path}: {error}") from error
    except Exception as error:
        raise GoldenError(
            f"golden {path} is corrupt ({type(error).__name__}: {error}); "
            "restore it from git, or delete it and run with --golden-update"
        ) from error


def dumps(golden: Golden) -> bytes:
    """A golden as the bytes of its file: equal goldens give equal bytes."""
    arrays: dict[str, Array] = {}
    outputs = []
    for out in golden.outputs:
        entry: dict[str, Any] = {
            "name": out.name,
            "dtype": out.dtype,
            "shape": list(out.shape),
            "rule": out.rule,
        }
        entry["y"] = _put(arrays, f"{out.name}.y", out.y)
        entry["noise"] = {k: _put(arrays, f"{out.name}.noise.{k}", np.asarray(v)) for k, v in sorted(out.noise.items())}
        outputs.append(entry)
    manifest = {
        "format": FORMAT,
        "case": golden.case_id,
        "key": golden.key,
        "inputs": golden.inputs,
        "rule": golden.rule,
        "provenance": dict(golden.provenance),
        "outputs": outputs,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _member(archive, _MANIFEST, json.dumps(manifest, sort_keys=True, indent=1).encode())
        for name, array in arrays.items():
            body = io.BytesIO()
            np.lib.format.write_array(body, array, version=(1, 0), allow_pickle=False)
            _member(archive, f"{name}.npy", body.getvalue())
    return buffer.getvalue()


def loads(blob: bytes) -> Golden:
    """The golden that `dumps` made these bytes from."""
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        manifest = json.loads(archive.read(_MANIFEST))
        if manifest.get("format") != FORMAT:
            raise GoldenError(
                f"format {manifest.get('format')!r} where {FORMAT} was expected; run with --golden-update"
            )

        def get(name: str, entry: Mapping[str, Any]) -> Array:
            body = io.BytesIO(archive.read(f"{name}.npy"))
            return unpack(np.lib.format.read_array(body, allow_pickle=False), entry["stored"], entry["as"])

        outputs = tuple(
            GoldenOutput(
                name=entry["name"],
                dtype=entry["dtype"],
                shape=tuple(entry["shape"]),
                y=get(f"{entry['name']}.y", entry["y"]),
                noise={k: get(f"{entry['name']}.noise.{k}", v) for k, v in entry["noise"].items()},
                rule=entry["rule"],
            )
            for entry in manifest["outputs"]
        )
    return Golden(
        case_id=manifest["case"],
        key=manifest["key"],
        inputs=manifest["inputs"],
        rule=manifest["rule"],
        outputs=outputs,
        provenance=manifest["provenance"],
    )


def _put(arrays: dict[str, Array], name: str, array: Array) -> dict[str, str]:
    packed, stored = pack(array)
    arrays[name] = packed
    return {"as": array.dtype.name, "stored": stored}


def _member(archive: zipfile.ZipFile, name: str, body: bytes) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, body, compresslevel=9)


_NARROWER: dict[str, tuple[str, ...]] = {
    "float64": ("bfloat16", "float16", "float32"),
    "float32": ("bfloat16", "float16"),
    "complex128": ("complex64",),
    "int64": ("int8", "int16", "int32"),
    "int32": ("int8", "int16"),
}
_BITS = {"bfloat16": (ml_dtypes.bfloat16, "<u2")}  # numpy's file format has no bfloat16: its bits are stored


def pack(array: Array) -> tuple[Array, str]:
    """`array` in the smallest dtype that gives back every bit, little-endian, and the name of that dtype."""
    array = np.asarray(array)
    for name in _NARROWER.get(array.dtype.name, ()):
        with np.errstate(all="ignore"):
            narrow = array.astype(_BITS[name][0] if name in _BITS else name)
            same = np.array_equal(_bits(narrow.astype(array.dtype)), _bits(array))
        if same:
            return (narrow.view(_BITS[name][1]) if name in _BITS else _little(narrow)), name
    return _little(array), array.dtype.name


def unpack(array: Array, stored: str, dtype: str) -> Array:
    """Inverse of `pack`: `array` as stored under `stored`, widened to the numpy dtype named `dtype`."""
    if stored in _BITS:
        array = array.view(_BITS[stored][0])
    return array.astype(np.dtype(dtype))


def _little(array: Array) -> Array:
    return np.asarray(array, order="C").astype(array.dtype.newbyteorder("<"), copy=False)


def _bits(array: Array) -> Array:
    """The bytes of `array`: NaN payloads and the sign of zero count."""
    flat = np.ascontiguousarray(array).reshape(-1)
    return flat.view(np.uint8)
