"""References beyond float64, for float64 cases: without one, golden and output would err alike.

Sums of products are run exactly, by splitting their inputs into slices so short that no float64 operation
rounds (`by_slices`); functions, softmax and norms are evaluated in 160-bit arithmetic by mpmath (`formulas`).
What neither covers keeps the float64 answer, and its allowance doubles: golden and output may each err by the
whole of it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.golden import formulas
from harness.numerics.rules.base import Call
from harness.numerics.rules.dot import averaged

Array = npt.NDArray[Any]

_SUMS = ("sum", "dot", "scatter")
# Slices that one input is cut into at most; what is left after that is 2^-240 of its largest element.
_MOST = 12
# Runs that the slices of a product may cost.
_BUDGET = 160


def reference(call: Call, name: str, rule: str) -> tuple[Array, str] | None:
    """y of one output, correct to the last place of float64, and how it was found; None where there is no
    way.
    """
    if name != "out0":
        return None
    if rule in _SUMS and averaged(call) is None:
        y = by_slices(call, name)
        return None if y is None else (y, "exact sums of sliced inputs")
    y = formulas.evaluate(call)
    return None if y is None else (y, "mpmath, 160 bits")


def by_slices(call: Call, name: str) -> Array | None:
    """A multilinear operator without a rounding error, but the last one to float64.

    Each input is a sum of slices of s bits on a common grid. A product of k slices, summed n times, is a
    multiple of one unit below 2^(k·s)·n of them: exact in float64, in any order, while k·s + log2 n ≤
    53. The results of all slices are added in pairs of floats (TwoSum). None where the operator has more
    factors than this can afford.
    Source: Ozaki, Ogita, Oishi & Rump, Error-free transformations of matrix multiplication, 2012.
    """
    wide = {k: v for k, v in call.wide().items() if not k.startswith("cot.")}
    if any(np.iscomplexobj(v) or (v.dtype.kind == "f" and not np.isfinite(v).all()) for v in wide.values()):
        return None
    floats = [k for k, v in wide.items() if v.dtype.kind == "f"]
    rest = {k: v for k, v in call.wide().items() if k not in floats}
    zero = {k: np.zeros_like(wide[k]) for k in floats}

    def run(given: dict[str, Array]) -> Array:
        return np.asarray(call.on({**rest, **zero, **given})[name], dtype=np.float64)

    alone = [k for k in floats if run({k: np.abs(wide[k])}).any()]
    factors = [k for k in floats if k not in alone]
    terms = max(wide[k].size for k in floats)
    bits = (53 - math.ceil(math.log2(terms + 1))) // max(len(factors), 1)
    if bits < 8:
        return None
    total = np.zeros(call.y[name].shape)
    error = np.zeros(call.y[name].shape)
    cut = {k: slices(wide[k], bits if k in factors else 53 - math.ceil(math.log2(terms + 1))) for k in floats}
    if math.prod(len(cut[k]) for k in factors) > _BUDGET:
        return None
    runs: list[dict[str, Array]] = [{k: part} for k in alone for part in cut[k]]
    if factors:
        runs += [dict(zip(factors, parts, strict=True)) for parts in itertools.product(*(cut[k] for k in factors))]
    for given in runs:
        total, low = two_sum(total, run(given))
        error = error + low
    return np.asarray(total + error)


def slices(x: Array, bits: int) -> Sequence[Array]:
    """x as a sum of arrays, each a multiple of one power of two with at most `bits` bits; largest first."""
    parts: list[Array] = []
    left = x.astype(np.float64)
    while left.any() and len(parts) < _MOST:
        top = math.frexp(float(np.abs(left).max()))[1]
        unit = math.ldexp(1.0, max(top - bits, -1074))
        part = np.trunc(left / unit) * unit if unit >= 2.0**-1000 else left
        parts.append(part)
        left = left - part
    return parts or [np.zeros_like(x)]


def two_sum(a: Array, b: Array) -> tuple[Array, Array]:
    """s = fl(a + b) and its error e, a + b = s + e exactly. Source: Knuth, TAOCP 2, theorem 4.2.2B."""
    s = a + b
    v = s - a
    return s, (a - (s - v)) + (b - v)
