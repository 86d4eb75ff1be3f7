"""A call run again: in float64 on inputs moved within their rounding, in its own precision on inputs beside them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import finite, is_exact
from harness.numerics.rules.base import Array, Call, widen

RUNS = 8  # K: perturbed runs behind an estimate
# Share of the elements that an ensemble run moves to the next number of their dtype: enough to decorrelate
# every rounding behind it, little beside the rounding itself. [calibrated]
_MOVED = 0.125


def shaken(call: Call, run: int) -> dict[str, Array]:
    """The inputs in float64, each floating element moved by a uniform ±½ulp of the dtype it is fed in;
    seeded by run.
    """
    random = np.random.Generator(np.random.Philox([call.case.seed, run]))
    return {name: _shake(array, random) for name, array in everything(call).items()}


def shaken_runs(call: Call) -> list[Mapping[str, Array]]:
    """The program in float64 on the inputs of each of the shaken runs; run once a call."""
    if "shaken" not in call.memo:
        call.memo["shaken"] = [call.on(shaken(call, k)) for k in range(RUNS)]
    found: list[Mapping[str, Array]] = call.memo["shaken"]
    return found


def everything(call: Call) -> dict[str, Array]:
    return {**getattr(call.run, "consts", {}), **call.inputs}


def _shake(array: Array, random: np.random.Generator) -> Array:
    wide = widen(array)
    name = formats.dtype_name(array.dtype)
    if is_exact(name) or _counts(wide):
        return array
    part = formats.component(name)
    if np.iscomplexobj(wide):
        out = np.empty(wide.shape, np.complex128)
        out.real, out.imag = _move(wide.real, part, random), _move(wide.imag, part, random)
        return out
    return _move(wide, part, random)


def _counts(values: Array) -> bool:
    """Whether a floating input holds integers only: labels, masks, positions, counts. A step from 1 to 1.0000001 would
    say nothing of rounding, and much of what the operator does between two classes.
    """
    return bool((np.isfinite(values) & (values == np.rint(values))).all())


def _move(values: Array, dtype: str, random: np.random.Generator) -> Array:
    ulp = formats.ulp(finite(values), dtype)
    if dtype == "float64":  # has nothing between two numbers: a whole step, as seldom as makes the same variance
        step = ulp * random.choice([-1.0, 0.0, 1.0], values.shape, p=[1 / 24, 11 / 12, 1 / 24])
    else:
        step = ulp * random.uniform(-0.5, 0.5, values.shape)
    return np.asarray(np.where(np.isfinite(values) & (values != 0), values + step, values))


def own_runs(call: Call) -> list[Mapping[str, Array]]:
    """The ensemble: the program in the case's own precision on nudged inputs, the first on the inputs as they are. Run
    once a call.
    """
    if "ensemble" not in call.memo:
        call.memo["ensemble"] = [call.run(nudged(call, k) if k else dict(call.inputs), None) for k in range(RUNS)]
    runs: list[Mapping[str, Array]] = call.memo["ensemble"]
    return runs


def nudged(call: Call, run: int) -> dict[str, Array]:
    """Inputs in their own dtypes, an eighth of their floating elements moved to a neighbour of theirs."""
    random = np.random.Generator(np.random.Philox([call.case.seed, 1000 + run]))
    return {name: _nudge(array, random) for name, array in everything(call).items()}


def _nudge(array: Array, random: np.random.Generator) -> Array:
    name = formats.dtype_name(array.dtype)
    if is_exact(name) or _counts(widen(array)):
        return array
    if formats.is_complex(name):
        out = np.empty(array.shape, array.dtype)
        for part, moved in zip(formats.parts(array), formats.parts(out), strict=True):
            moved[...] = _nudge(part.copy(), random)
        return out
    wide = array.astype(np.float64)
    chosen = (random.uniform(size=array.shape) < _MOVED) & np.isfinite(wide) & (wide != 0)
    step = np.where(random.uniform(size=array.shape) < 0.5, -1.0, 1.0) * formats.ulp(finite(wide), name)
    moved = np.asarray(formats.round_value(np.where(chosen, wide + step, wide), name))
    moved = np.where(np.isfinite(moved), moved, wide)
    return np.asarray(np.where(np.isfinite(wide), moved, wide).astype(array.dtype))
