"""Gradients through vectors whose signs nobody promises: what a target chose is undone before it is compared."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics.rules.base import FORM, NOISE, STEPS, Array, Call, Noise, widen
from harness.numerics.rules.empirical import Empirical
from harness.numerics.types import Output

if TYPE_CHECKING:
    from harness.golden.store import Golden

# Outputs of vectors in columns, and, of torch.linalg.svd, in rows; the first one tells the signs.
_COLUMNS = {"eigh": ("out1",), "svd": ("out0", "out2")}
_ROWS = ("torch.linalg.svd", "out2")
_MOST = 1 << 20  # numbers that a golden holds for it at most
_PART = "signed"


class Signs(Empirical):
    """The gradient through eigh's or svd's vectors, of which v and -v are as good: it is Σ g_j + g, linear in the
    cotangents, g_j what those of the j-th vectors make. A target that chose -v_j gives -g_j, and 2g_j is added. Noise
    is `empirical`'s.
    """

    name = "signs"
    source = "linearity of the gradient; Walter & Lehmann, Algorithmic differentiation of linear algebra, 2010"

    def covers(self, call: Call, name: str) -> bool:
        if call.op not in _COLUMNS or any(np.iscomplexobj(y) for y in call.y.values()):
            return False
        vectors = call.y[_COLUMNS[call.op][0]]
        return bool(vectors.size) and vectors.shape[-1] * call.y[name].size <= _MOST

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        return {n: {FORM: np.asarray(True)} for n in names}

    def derived(self, call: Call, names: Sequence[str]) -> list[tuple[str, str, Array, Noise]]:
        first = _COLUMNS[call.op][0]
        count = call.y[first].shape[-1]
        each = [call.on({**call.wide(), **_chosen(call, np.eye(count)[j], 0.0)}) for j in range(count)]
        parts = {n: np.stack([one[n] for one in each]) for n in names}
        noise = super().witness(replace(call, run=_AnySigns(call, parts), memo={}), names)
        doubled = {"doubled": np.asarray(True)} if call.dtype == "float64" else {}
        vectors = {"vectors": np.frombuffer(first.encode(), np.uint8)}
        return [
            (f"{n}:{_PART}", "float64", call.y[n], {**noise[n], **vectors, **doubled, "parts": parts[n]}) for n in names
        ]

    def derive(self, name: str, outputs: Mapping[str, Output], golden: Golden, inputs: Mapping[str, Array]) -> Array:
        expected = golden.output(name)
        vectors = expected.noise["vectors"].tobytes().decode()
        found = widen(np.asarray(outputs[name.partition(":")[0]].data))
        if vectors not in outputs or outputs[vectors].shape != golden.output(vectors).y.shape:
            return found  # whose form is an error of its own
        turned = _turned(widen(np.asarray(outputs[vectors].data)), golden.output(vectors).y)
        return found + _turned_back(turned, expected.noise["parts"])


def _chosen(call: Call, signs: Array, rest: float) -> dict[str, Array]:
    """The cotangents, those of the j-th vectors times signs[j], and those of all other outputs times `rest`."""
    found = {k: rest * np.asarray(v, np.float64) for k, v in call.inputs.items() if k.startswith("cot.")}
    for out in _COLUMNS[call.op]:
        rows = (call.case.target, out) == _ROWS
        found[f"cot.{out}"] = np.asarray(call.inputs[f"cot.{out}"]) * (signs[:, None] if rows else signs)
    return found


def _turned(found: Array, golden: Array) -> Array:
    """Which columns are -v rather than v, (j, …), as matrices of one element."""
    with np.errstate(all="ignore"):
        return np.asarray(np.moveaxis((found * golden).sum(axis=-2) < 0, -1, 0)[..., None, None])


def _turned_back(turned: Array, parts: Array) -> Array:
    """What is to be added to a gradient whose j-th vectors are turned."""
    return np.asarray((2 * turned * parts).sum(axis=0))


class _AnySigns:
    """A program that chooses signs at random in each of its runs with noise, which are undone after: noise goes with
    what each vector adds to the gradient, and not with the sum, which may cancel.
    """

    def __init__(self, call: Call, parts: Mapping[str, Array]) -> None:
        self._call, self._parts = call, parts
        self.consts = getattr(call.run, "consts", {})

    def __call__(self, inputs: Mapping[str, Array], precision: str | None, /) -> Mapping[str, Array]:
        if precision is None or not precision.startswith((NOISE, STEPS)):
            return self._call.run(inputs, precision)
        random = np.random.Generator(np.random.Philox([self._call.case.seed, zlib.crc32(precision.encode())]))
        signs = random.choice([-1.0, 1.0], len(next(iter(self._parts.values()))))
        found = dict(self._call.run({**inputs, **_chosen(self._call, signs, 1.0)}, precision))
        for name, parts in self._parts.items():
            found[name] = found[name] + _turned_back((signs < 0).reshape(-1, *[1] * (parts.ndim - 1)), parts)
        return found
