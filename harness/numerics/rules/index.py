"""Rule of operators that return positions (argmax, topk, sort …): where values tie, any of them is
right.

The values are selected, so they are exact. The positions are not compared as numbers, unless the operator
promises which one of several equals it returns; instead the input is read at each returned position and must
give the golden's value there, and positions that must differ are counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import is_exact
from harness.numerics.profile import Profile
from harness.numerics.rules.base import FORM, Array, Call, Noise, Rule, widen
from harness.numerics.rules.elementwise import Exact
from harness.numerics.types import Allowance, Output

if TYPE_CHECKING:
    from harness.golden.store import Golden, GoldenOutput

# Operators that promise the first of equal elements. Source: PyTorch documentation of each.
_FIRST = frozenset("argmax argmin max min".split())  # noqa: SIM905  (one table style)
# Operators that return positions alone.
_BARE = frozenset("argmax argmin argsort".split())  # noqa: SIM905
# Operators whose positions within a row all differ.
_DISTINCT = frozenset("sort argsort topk msort".split())  # noqa: SIM905
# Where the dimension stands among the arguments, and its default.
_DIMENSION = {"topk": (2, -1), "kthvalue": (2, -1), "argmax": (1, None), "argmin": (1, None)}


class Index(Rule):
    """Positions: valid, distinct where they must be, and the input read there equals the golden's value, bit
    for bit.

    Where the operator promises which of several equals it returns (argmax: the first; a stable sort), exactly
    that.
    """

    name = "index"
    source = "PyTorch documentation: argmax, max, sort(stable=True); others leave ties open"
    gradient = "empirical"

    def covers(self, call: Call, name: str) -> bool:
        return True

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        return {n: {FORM: np.asarray(True)} if self._open(call, n) else {} for n in names}

    def golden(self, call: Call, name: str) -> Array:
        return call.y[name]

    def derived(self, call: Call, names: Sequence[str]) -> list[tuple[str, str, Array, Noise]]:
        made: list[tuple[str, str, Array, Noise]] = []
        for name in names:
            if not self._open(call, name):
                continue
            key, dim = self._source(call)
            noise = {
                "input": np.frombuffer(key.encode(), np.uint8),
                "dim": np.asarray(-99 if dim is None else dim),
            }
            y = read_at(call.inputs[key], call.y[name], dim)
            made.append((f"{name}:value", formats.dtype_name(call.inputs[key].dtype), widen(y), noise))
            if call.op in _DISTINCT and call.y[name].ndim:
                made.append((f"{name}:distinct", "int64", _distinct(call.y[name], dim), noise))
        return made

    def derive(self, name: str, outputs: Mapping[str, Output], golden: Golden, inputs: Mapping[str, Array]) -> Array:
        whole, _, part = name.partition(":")
        noise = golden.output(name).noise
        dim = None if int(noise["dim"]) == -99 else int(noise["dim"])
        index = np.asarray(outputs[whole].data)
        if part == "distinct":
            return _distinct(index, dim)
        return read_at(inputs[noise["input"].tobytes().decode()], index, dim)

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        return Allowance(cap=0.0, exact=True, rule=self.name)

    def _open(self, call: Call, name: str) -> bool:
        """Whether `name` holds positions whose ties the operator leaves open."""
        positions = is_exact(call.dtypes[name]) and (name != "out0" or call.op in _BARE)
        promised = call.op in _FIRST or bool(call.argument(-1, "stable", False))
        return positions and not promised

    def _source(self, call: Call) -> tuple[str, int | None]:
        """The input that positions refer to, and the dimension (None: flattened)."""
        first = call.case.args[0] if call.case.args else dict(call.case.kwargs)["input"]
        place, default = _DIMENSION.get(call.op, (1, -1))
        dim = call.argument(place, "dim", default)
        return str(first["v"]), None if dim is None else int(dim)


class IndexGradient(Exact):
    """Gradients of what is selected by its value (sort, topk, median …): cotangents in other places, bit for bit. Where
    values tie, which of them was selected is open unless the sort is stable, and so are their gradients.
    """

    name = "index-gradient"
    source = Index.source

    def covers(self, call: Call, name: str) -> bool:
        return call.y[name].shape == np.asarray(call.argument(0, "input")).shape and call.y[name].dtype.kind == "f"

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        if call.argument(-1, "stable", False):
            return {n: {} for n in names}
        x = np.asarray(call.argument(0, "input"))
        place, default = {**_DIMENSION, "msort": (-1, 0)}.get(call.op, (1, -1))
        dim = None if call.y["out0"].ndim == 0 else call.argument(place, "dim", default)
        tied = _tied(x, None if dim is None else int(dim))
        return {n: {"tied": tied} if tied.any() else {} for n in names}

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        return replace(super().allow(out, profile), undefined=out.noise.get("tied"), rule=self.name)


def _tied(x: Array, dim: int | None) -> Array:
    """Where an element has an equal along `dim`, or anywhere; NaNs are equals."""
    flat = x.reshape(1, -1) if dim is None or x.ndim == 0 else np.moveaxis(x, dim, -1)
    order = np.argsort(flat, axis=-1, kind="stable")
    row = np.take_along_axis(flat, order, axis=-1)
    alike = (row[..., 1:] == row[..., :-1]) | (np.isnan(row[..., 1:]) & np.isnan(row[..., :-1]))
    pad = np.zeros((*row.shape[:-1], 1), bool)
    found = np.concatenate([pad, alike], axis=-1) | np.concatenate([alike, pad], axis=-1)
    tied = np.zeros(flat.shape, bool)
    np.put_along_axis(tied, order, found, axis=-1)
    return tied.reshape(x.shape) if dim is None or x.ndim == 0 else np.moveaxis(tied, -1, dim)


def read_at(array: Array, index: Array, dim: int | None) -> Array:
    """`array` read at `index` along `dim`, with or without that dimension kept; what lies outside reads as
    NaN (floats) or as a value that differs from every element.
    """
    if array.ndim == 0:
        return np.where(index == 0, array, _outside(array)).astype(array.dtype)
    if dim is None:
        array, dim = array.reshape(-1), 0
        index = np.atleast_1d(index) if index.ndim == 0 else index.reshape(-1)
    dim %= array.ndim
    dropped = index.ndim == array.ndim - 1
    wide = np.expand_dims(index, dim) if dropped else index
    valid = (wide >= 0) & (wide < array.shape[dim])
    got = np.take_along_axis(array, np.where(valid, wide, 0).astype(np.int64), axis=dim)
    got = np.where(valid, got, _outside(array)).astype(array.dtype)
    return got.squeeze(dim) if dropped else got


def _outside(array: Array) -> Array:
    if array.dtype.kind not in "iub":
        return np.asarray(np.nan).astype(array.dtype)
    info = np.iinfo(array.dtype if array.dtype.kind != "b" else np.uint8)
    unused = next(v for v in range(info.max, info.min, -1) if not (array == v).any())
    return np.asarray(unused).astype(array.dtype)


def _distinct(index: Array, dim: int | None) -> Array:
    """Each row's positions in order, numbered from 1, equal ones alike: 1, 2, 3 … where all differ."""
    rows = np.sort(np.moveaxis(index, -1 if dim is None else dim, -1), axis=-1)
    first = np.ones((*rows.shape[:-1], 1), np.int64)
    return np.concatenate([first, 1 + np.cumsum(np.diff(rows, axis=-1) != 0, axis=-1)], axis=-1)
