"""Gradients through vectors whose signs nobody promises: what a target chose is undone before it is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics.profile import Profile
from harness.numerics.rules.base import FORM, Array, Call, Noise, Rule, widen
from harness.numerics.rules.empirical import Empirical
from harness.numerics.types import Allowance, Output

if TYPE_CHECKING:
    from harness.golden.store import Golden, GoldenOutput

# Outputs of vectors in columns, and, of torch.linalg.svd, in rows; the first one tells the signs.
_COLUMNS = {"eigh": ("out1",), "svd": ("out0", "out2")}
_ROWS = ("torch.linalg.svd", "out2")
_MOST = 1 << 20  # numbers that a golden holds for it at most
_PART = "signed"


class Signs(Rule):
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
        first, *_ = columns = _COLUMNS[call.op]
        count = call.y[first].shape[-1]
        parts: dict[str, list[Array]] = {n: [] for n in names}
        for j in range(count):
            cots = {k: np.zeros_like(v, np.float64) for k, v in call.inputs.items() if k.startswith("cot.")}
            for out in columns:
                rows = (call.case.target, out) == _ROWS
                at = (..., j, slice(None)) if rows else (..., j)
                cots[f"cot.{out}"][at] = call.inputs[f"cot.{out}"][at]
            found = call.on({**call.wide(), **cots})
            for n in names:
                parts[n].append(found[n])
        noise = Empirical().witness(call, names)
        doubled = {"doubled": np.asarray(True)} if call.dtype == "float64" else {}
        vectors = {"vectors": np.frombuffer(first.encode(), np.uint8)}
        return [
            (f"{n}:{_PART}", "float64", call.y[n], {**noise[n], **vectors, **doubled, "parts": np.stack(parts[n])})
            for n in names
        ]

    def derive(self, name: str, outputs: Mapping[str, Output], golden: Golden, inputs: Mapping[str, Array]) -> Array:
        expected = golden.output(name)
        vectors = expected.noise["vectors"].tobytes().decode()
        found = widen(np.asarray(outputs[name.partition(":")[0]].data))
        if vectors not in outputs or outputs[vectors].shape != golden.output(vectors).y.shape:
            return found  # whose form is an error of its own
        with np.errstate(all="ignore"):
            chosen = (widen(np.asarray(outputs[vectors].data)) * golden.output(vectors).y).sum(axis=-2)  # (…, j)
            turned = np.moveaxis(chosen < 0, -1, 0)[..., None, None]
            return np.asarray(found + (2 * turned * expected.noise["parts"]).sum(axis=0))

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        return Empirical().allow(out, profile)
