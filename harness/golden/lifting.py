"""A call's arrays as 160-bit numbers, and back: what every definition beyond float64 is written with.

Arrays of mpmath numbers are NumPy arrays of objects, so that a definition reads as it would in float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import mpmath
import numpy as np
import numpy.typing as npt

from harness.numerics.rules.base import Call

Array = npt.NDArray[Any]
# Definition of an operator's output, and of its gradient with respect to the input of that name.
Value = Callable[[Call], Array]
Gradient = Callable[[Call, str], Array]

CONTEXT = mpmath.mp.clone()
CONTEXT.prec = 160
# Towards the end of float64's exponents float() would round twice; beyond it is nothing.
_SMALL, _SMALLEST = CONTEXT.ldexp(1, -1000), CONTEXT.ldexp(1, -1100)


def lift(values: object) -> Array:
    """float64 and complex128 numbers as mpmath numbers, exactly."""
    array = np.asarray(values)
    if array.dtype.kind == "c":
        return np.asarray(np.frompyfunc(CONTEXT.mpc, 1, 1)(array.astype(np.complex128)))
    return np.asarray(np.frompyfunc(CONTEXT.mpf, 1, 1)(array.astype(np.float64)))


def lower(values: Array, dtype: npt.DTypeLike) -> Array:
    """The nearest float64 (complex128: of each part) to each number; NaN for a complex one where a real is due."""
    if np.dtype(dtype).kind == "c":
        return np.asarray(np.frompyfunc(_nearest_complex, 1, 1)(values)).astype(np.complex128)
    with np.errstate(over="ignore"):
        return np.asarray(np.frompyfunc(_nearest, 1, 1)(values)).astype(np.float64)


def _nearest(value: Any) -> float:
    if not isinstance(value, CONTEXT.mpf):
        return float(value) if isinstance(value, int | float) else math.nan
    if _SMALLEST < abs(value) < _SMALL:
        sign, mantissa, exponent, _ = value._mpf_
        return float((-1) ** sign * int(mantissa) / (1 << -exponent))  # a quotient of integers rounds once
    return float(value)


def _nearest_complex(value: Any) -> complex:
    return complex(_nearest(CONTEXT.mpf(value.real)), _nearest(CONTEXT.mpf(value.imag)))


def each(function: Callable[..., Any]) -> Callable[..., Array]:
    """A function of numbers as one of arrays."""

    def apply(*arrays: Array) -> Array:
        return np.asarray(np.frompyfunc(function, len(arrays), 1)(*arrays))

    return apply


exp, log, sqrt = each(CONTEXT.exp), each(CONTEXT.log), each(CONTEXT.sqrt)


def first(call: Call) -> Array:
    """The first argument, lifted."""
    return lift(call.argument(0, "input"))


def cotangent(call: Call) -> Array:
    """The output's gradient, lifted."""
    return lift(call.wide()["cot.out0"])


def place(call: Call, wrt: str, names: Sequence[str]) -> int:
    """Which argument the input `wrt` is: its position among `names`, the operator's parameters in order.

    Raises LookupError where it is none of them, or several.
    """
    tag = {"v": wrt}
    found = [i for i, argument in enumerate(call.case.args) if argument == tag]
    found += [names.index(key) for key, argument in call.case.kwargs if argument == tag and key in names]
    if len(found) != 1 or found[0] >= len(names):
        raise LookupError(f"{wrt} is not one argument of {call.op}")
    return found[0]


def folded(values: Array, shape: Sequence[int]) -> Array:
    """The sum of `values` over the dimensions along which an array of `shape` was broadcast to them."""
    values = np.asarray(values)  # arithmetic on arrays of one number gives the number itself
    values = values.sum(axis=tuple(range(values.ndim - len(shape)))) if values.ndim > len(shape) else values
    axes = tuple(i for i, n in enumerate(shape) if n == 1 and np.shape(values)[i] != 1)
    return np.asarray(np.asarray(values).sum(axis=axes, keepdims=True) if axes else values)
