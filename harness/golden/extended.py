"""References beyond float64, for float64 cases: without one, golden and output would err alike.

Sums of products are run exactly (`sliced`). What has a definition is evaluated in 160-bit arithmetic by mpmath:
functions of an element (`functions`), reductions, softmax and attention (`formulas`), normalisation (`norms`), losses
(`losses`), Fourier transforms (`transforms`), linear algebra (`algebra`); with gradients in closed form, or by a
central difference for what a function or a loss makes of each element. Any other program runs in pairs of float64
numbers, as far as the kernels that it calls are known (`lab.worker.pairs`). What is left keeps the float64 answer, and
its allowance doubles: golden and output may each err by the whole of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from harness.golden import algebra, formulas, functions, losses, norms, transforms
from harness.golden.lifting import CONTEXT, Array, Gradient, Value, lower
from harness.golden.sliced import by_slices
from harness.numerics.rules.base import EXTENDED, Call
from harness.numerics.rules.counts import averaged

_SUMS = ("sum", "dot", "scatter", "trapezoid")
# Rounded once: a number of 64 bits, rounded again, may miss the nearest.
_ONCE = ("exact", "rounded", "quotient")
# Elements beyond which the float64 answer has to do: mpmath takes some ten microseconds for each.
_MOST = 1 << 16
# How far a reference may be from the float64 answer: of the largest element, and of what moving the inputs by their
# last bit does, where the operator is ill-conditioned. Rounding stays below; what differs more is another function.
_APART, _MOVES = 1e-9, 4.0

_VALUES: dict[str, Value] = {
    **functions.VALUES,
    **formulas.VALUES,
    **norms.VALUES,
    **losses.VALUES,
    **transforms.VALUES,
    **algebra.VALUES,
}
_GRADIENTS: dict[str, Gradient] = {
    **functions.GRADIENTS,
    **formulas.GRADIENTS,
    **norms.GRADIENTS,
    **losses.GRADIENTS,
    **transforms.GRADIENTS,
}


def reference(call: Call, name: str, rule: str) -> tuple[Array, str] | None:
    """y of one output, correct to the last place of float64, and how it was found; None where there is no
    way.
    """
    plain = call.y[name]
    ways = {"mpmath, 160 bits": by_definition}
    if rule not in _ONCE:
        ways["pairs of float64"] = by_program
    if rule in _SUMS and averaged(call) is None:
        ways = {"exact sums of sliced inputs": by_slices} | ways
    for how, find in ways.items():
        y = find(call, name)
        if y is not None and agrees(y, call, name):
            return np.where((y == 0) & (plain == 0), plain, y), how  # a zero keeps its sign
    return None


def by_definition(call: Call, name: str) -> Array | None:
    """One output in float64, each element rounded once from 160 bits; None where no definition stands.

    Inputs that are not finite are left to the float64 answer: a function's elements, or the whole of any other output.
    """
    define = _definition(call, name)
    y = call.y[name]
    if define is None or max((v.size for v in (*call.inputs.values(), y)), default=0) > _MOST:
        return None
    special = {k: ~np.isfinite(v) for k, v in call.wide().items() if v.dtype.kind in "fc"}
    if not any(mask.any() for mask in special.values()):
        found = _evaluated(define, call)
        return None if found is None or found.size != y.size else lower(found, y.dtype).reshape(y.shape)
    if call.op not in functions.VALUES or name != "out0":
        return None
    plain: Mapping[str, Array] = {k: np.where(special[k], 1, v) if k in special else v for k, v in call.wide().items()}
    found = _evaluated(define, replace(call, inputs=plain))
    touched = np.logical_or.reduce([np.broadcast_to(mask, y.shape) for mask in special.values()])
    if found is None or found.size != y.size:
        return None
    return np.where(touched, y, lower(found, y.dtype).reshape(y.shape))


def by_program(call: Call, name: str) -> Array | None:
    """One output of the program run in pairs of float64 numbers; None where it calls what is known in float64 only."""
    if EXTENDED not in call.memo:
        try:
            call.memo[EXTENDED] = call.run(dict(call.inputs), EXTENDED)
        except Exception:  # a program may do anything: then float64 has to do
            call.memo[EXTENDED] = {}
    found: Array | None = call.memo[EXTENDED].get(name)
    return found


def _definition(call: Call, name: str) -> Value | None:
    if name.startswith("grad."):
        derive = _GRADIENTS.get(call.op)
        return None if derive is None else lambda given: derive(given, name.removeprefix("grad."))
    return _VALUES.get(call.op if name == "out0" else f"{call.op}:{name}")


def _evaluated(define: Callable[[Call], Array], call: Call) -> Array | None:
    """What a definition gives, as an array; None where it does not know these arguments, or is not defined for them."""
    try:
        return np.asarray(define(call))
    except (LookupError, ValueError, TypeError, ArithmeticError, RuntimeError, CONTEXT.NoConvergence):
        return None


def agrees(y: Array, call: Call, name: str) -> bool:
    """Whether y may be the exact value of what float64 computed: a definition that is not the operator's would be
    caught here, and the golden stays what the operator gave.
    """
    plain = call.y[name]
    finite = np.isfinite(y)
    if y.shape != plain.shape or not np.array_equal(finite, np.isfinite(plain)):
        return False
    if not np.array_equal(y[~finite], plain[~finite], equal_nan=True):
        return False
    with np.errstate(over="ignore"):
        apart = np.abs(y[finite] - plain[finite])
        allowed = _APART * (np.abs(y[finite]) + np.abs(plain[finite]).max(initial=0.0))
    return not (apart > allowed).any() or not (apart > allowed + _MOVES * _moved(call, name)).any()


def _moved(call: Call, name: str) -> float:
    """How far an output moves, at most, while each input moves to a float64 beside it: what float64 cannot know."""
    rng = np.random.default_rng(0)
    wide = call.wide()
    beside = {
        k: np.nextafter(v, rng.choice([-np.inf, np.inf], v.shape)) for k, v in wide.items() if v.dtype.kind == "f"
    }
    with np.errstate(all="ignore"):
        moved = np.abs(call.on({**wide, **beside})[name] - call.y[name])
    return float(np.max(moved, initial=0.0, where=np.isfinite(moved)))
