"""Sums of products without a rounding error: inputs in slices so short that float64 adds their products exactly."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.numerics.rules.base import Call

Array = npt.NDArray[Any]

# Slices that one input is cut into at most; what is left after that is 2^-240 of its largest element.
_MOST = 12
# Runs that the slices of a product may cost.
_BUDGET = 160


def by_slices(call: Call, name: str) -> Array | None:
    """A multilinear operator, or its gradient, without a rounding error, but the last one to float64.

    Each input is a sum of slices of s bits on a common grid. A product of k slices, summed n times, is a
    multiple of one unit below 2^(k·s)·n of them: exact in float64, in any order, while k·s + log2 n ≤
    53. The results of all slices are added in pairs of floats (TwoSum). None where the operator has more
    factors than this can afford, is no sum of one product and of inputs alone, or scales by what is no power of 2.
    Source: Ozaki, Ogita, Oishi & Rump, Error-free transformations of matrix multiplication, 2012.
    """
    wide = _taking_part(call, name)
    if wide is None or any(
        np.iscomplexobj(v) or (v.dtype.kind == "f" and not np.isfinite(v).all()) for v in wide.values()
    ):
        return None
    floats = [k for k, v in wide.items() if v.dtype.kind == "f"]
    rest = {k: v for k, v in call.wide().items() if k not in floats}
    zero = {k: np.zeros_like(wide[k]) for k in floats}

    def run(given: dict[str, Array]) -> Array:
        return np.asarray(call.on({**rest, **zero, **given})[name], dtype=np.float64)

    size = {k: np.abs(wide[k]) for k in floats}
    alone = [k for k in floats if run({k: size[k]}).any()]
    factors = _factors(run, {k: size[k] for k in floats if k not in alone})
    if factors is None or not _linear(run, {k: size[k] for k in alone}) or not _scales_exactly(call):
        return None
    terms = max((wide[k].size for k in floats), default=0)
    bits = (53 - math.ceil(math.log2(terms + 1))) // max(len(factors), 1)
    if bits < 8:
        return None
    total = np.zeros(call.y[name].shape)
    error = np.zeros(call.y[name].shape)
    used = (*alone, *factors)
    cut = {k: slices(wide[k], bits if k in factors else 53 - math.ceil(math.log2(terms + 1))) for k in used}
    if math.prod(len(cut[k]) for k in factors) > _BUDGET:
        return None
    runs: list[dict[str, Array]] = [{k: part} for k in alone for part in cut[k]]
    if factors:
        runs += [dict(zip(factors, parts, strict=True)) for parts in itertools.product(*(cut[k] for k in factors))]
    for given in runs:
        total, low = two_sum(total, run(given))
        error = error + low
    return np.asarray(total + error)


def _taking_part(call: Call, name: str) -> dict[str, Array] | None:
    """The inputs that an output may depend on: no cotangent, or for a gradient them too, but not what it is with
    respect to, in which a multilinear operator is linear. None where it is not.
    """
    wide = call.wide()
    if not name.startswith("grad."):
        return {k: v for k, v in wide.items() if not k.startswith("cot.")}
    own = name.removeprefix("grad.")
    if own not in wide or not np.array_equal(call.on({**wide, own: 2 * wide[own]})[name], call.y[name]):
        return None
    return {k: v for k, v in wide.items() if k != own}


def _linear(run: Callable[[dict[str, Array]], Array], alone: dict[str, Array]) -> bool:
    """Whether doubling an input doubles what it adds."""
    return all(np.array_equal(run({k: 2 * x}), 2 * run({k: x})) for k, x in alone.items())


def _factors(run: Callable[[dict[str, Array]], Array], inputs: dict[str, Array]) -> list[str] | None:
    """The factors of one product: doubling one doubles the result, while it is nothing to the other inputs. None where
    an input does neither.
    """
    factors = []
    whole = run(inputs)
    for k, x in inputs.items():
        doubled = run({**inputs, k: 2 * x})
        if np.array_equal(doubled, 2 * whole):
            factors.append(k)
        elif not np.array_equal(doubled, whole):
            return None
    return factors


def _scales_exactly(call: Call) -> bool:
    """Whether every factor among the arguments is a power of 2."""
    scales = [call.argument(-1, name, 1) for name in ("alpha", "beta", "dx")] + call.scalars()
    return all(not isinstance(scale, complex) and abs(math.frexp(scale)[0]) in (0.0, 0.5) for scale in scales)


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
