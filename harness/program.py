"""Program: the portable graph every target runs, one node for an operator, many for a model or a training step.

JSON plus raw little-endian constants; no pickle, no torch. A worker interprets it, or turns it into an FX graph
(`harness.lab.worker.graph`). The document:

    {"v": 1, "name": s, "ir": "call|export|fx|opaque", "torch": s,
     "inputs":  [{"id", "dtype", "shape", "layout", "grad"}],            fed per run
     "consts":  [{"id", "dtype", "shape", "sha", "grad"}],               weights and buffers, blobs by sha256
     "nodes":   [[id, "aten.mm.default", args, kwargs]],                 in order of execution
     "outputs": [arg],                                                   flattened, they are named out0, out1 …
     "mutated": [input id], "grad": {"wrt": [id]} | null,                gradients are named grad.<id>
     "step": {"class": "torch.optim.AdamW", "kwargs": {}, "params": [id]} | null,        step.<id>: the change
     "tags": [s], "where": {node id: "module.path, file:line"}}                    where the model's code calls it

    arg: null | bool | int | float | str | [arg] | {"v": id} | {"dt" | "dev" | "lay" | "mf": s}
         | {"f": "nan|inf|-inf"} | {"c": [re, im]} | {"t": [arg]} (tuple) | {"s": [start, stop, step]} (slice)
         | {"e": "..."} | {"d": {name: arg}}

Gradients are those of the sum of every output times a fixed cotangent (`harness.lab.worker.tensors.cotangent`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from harness.case import Case
from harness.errors import ProgramError
from harness.numerics.formats import dtype_name, numpy_dtype

VERSION = 1
Doc = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Blob:
    """One array by content: sha (hex) over dtype, shape and bytes; raw is little-endian and C-ordered."""

    sha: str
    dtype: str
    shape: tuple[int, ...]
    raw: bytes = field(repr=False)

    @classmethod
    def of(cls, array: np.ndarray[Any, Any], dtype: str | None = None) -> Blob:
        """The blob of a NumPy array (ml_dtypes for bfloat16 and float8)."""
        array = np.asarray(array, order="C")
        if array.dtype.byteorder == ">":
            array = array.astype(array.dtype.newbyteorder("<"))
        return cls.from_raw(dtype or dtype_name(array.dtype), array.shape, array.tobytes())

    @classmethod
    def from_raw(cls, dtype: str, shape: tuple[int, ...], raw: bytes) -> Blob:
        digest = hashlib.sha256(f"{dtype}{tuple(shape)}".encode())
        digest.update(raw)
        return cls(digest.hexdigest(), dtype, tuple(shape), raw)

    def array(self) -> np.ndarray[Any, Any]:
        """The array again, read-only."""
        return np.frombuffer(self.raw, dtype=numpy_dtype(self.dtype)).reshape(self.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A program's document as text, and its constants.

    text: the JSON. sha: sha256 of it. consts: blobs by the sha the document names.
    """

    text: str
    sha: str
    doc: Doc = field(repr=False)
    consts: Mapping[str, Blob] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, text: str, consts: Mapping[str, Blob] | None = None) -> Program:
        """Raises ProgramError where the document is of another version or names constants that are not there."""
        try:
            doc = json.loads(text)
        except ValueError as error:
            raise ProgramError(f"a program is not JSON: {error}") from error
        if doc.get("v") != VERSION:
            raise ProgramError(f"a program of version {doc.get('v')!r}; this harness reads version {VERSION}")
        consts = dict(consts or {})
        missing = [c["id"] for c in doc["consts"] if c["sha"] not in consts]
        if missing:
            raise ProgramError(f"program {doc['name']} lacks the constants {', '.join(missing)}")
        return cls(text, hashlib.sha256(text.encode()).hexdigest(), doc, consts)

    @property
    def name(self) -> str:
        return str(self.doc["name"])

    @property
    def input_ids(self) -> list[str]:
        return [entry["id"] for entry in self.doc["inputs"]]

    @property
    def operators(self) -> list[str]:
        """Targets of the nodes in order, without repeats."""
        return list(dict.fromkeys(node[1] for node in self.doc["nodes"]))

    def weights_digest(self) -> str:
        """sha256 (hex) over the constants: with the inputs' digest, what a golden was made from."""
        return hashlib.sha256("".join(sorted(self.consts)).encode()).hexdigest()


def input_entries(case: Case) -> list[dict[str, Any]]:
    """The `inputs` part of a program's document."""
    return [
        {"id": spec.name, "dtype": spec.dtype, "shape": list(spec.shape), "layout": spec.layout, "grad": spec.grad}
        for spec in case.inputs
    ]


def of_operator(case: Case, items: int | None = None) -> Program:
    """The one-node program of a case of kind `op`; needs no torch, so it is made in the pytest process.

    items: where the operator returns a tuple, how many of it are outputs; None gives all.
    """
    wrt = [spec.name for spec in case.inputs if spec.grad]
    doc: dict[str, Any] = {
        "v": VERSION,
        "name": case.target,
        "ir": "call",
        "torch": None,
        "inputs": input_entries(case),
        "consts": [],
        "nodes": [["call", case.target, list(case.args), dict(case.kwargs)]],
        "outputs": [{"v": "call"}],
        "mutated": [spec.name for spec in case.inputs] if _in_place(case.target) else [],
        "grad": {"wrt": wrt} if case.grad and wrt else None,
        "step": None if case.step is None else {"class": case.step[0], "kwargs": dict(case.step[1]), "params": wrt},
        "tags": list(case.tags),
    }
    if doc["mutated"]:  # only the tensor the operator is called on changes
        doc["mutated"] = doc["mutated"][:1]
    if items is not None:
        picked = [[f"item{index}", "operator.getitem", [{"v": "call"}, index], {}] for index in range(items)]
        doc["nodes"] += picked
        doc["outputs"] = [{"v": node[0]} for node in picked]
    return Program.load(json.dumps(doc, sort_keys=True))


def _in_place(target: str) -> bool:
    parts = target.split(".")
    name = parts[1] if parts[0] == "aten" and len(parts) > 1 else parts[-1]  # aten.add_.Tensor
    return name.endswith("_") and not name.endswith("__")
