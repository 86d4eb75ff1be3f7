"""Short formulas that PyTorch writes as a few calls of other operators: what cancels between them is known here."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from harness.numerics.rules.base import Array, Call
from harness.numerics.rules.running import Number, exactly, given

_erf = np.vectorize(math.erf, otypes=[float])


def ndtr(call: Call) -> Number:
    """(1 + erf(x/√2))/2: below zero the sum cancels, and what is left errs by u of 1."""
    scaled = given(call, 0, "input") * math.sqrt(0.5)
    return (1.0 + scaled.apply(lambda v: np.asarray(_erf(v)))) * 0.5


def tanhshrink(call: Call) -> Number:
    """x - tanh x, which cancels around zero."""
    x = given(call, 0, "input")
    return x - x.apply(np.tanh)


def ldexp(call: Call) -> Number:
    """x·2^y, where y is no integer: the power is a function, and rounds."""
    return given(call, 0, "input") * given(call, 1, "other").apply(np.exp2)


def vander(call: Call) -> Number:
    """1, x, x², …, each the one before times x; the first two are exact. `torch.vander` has the largest power first."""
    x = given(call, 0, "x")
    n = call.argument(1, "N", None)
    value = x.value[..., None]
    powers = [exactly(call, np.ones(value.shape)), exactly(call, value)]
    for _ in range(2, x.value.shape[-1] if n is None else int(n)):
        powers.append((powers[-1] * powers[1]).rounded())
    powers = powers[: x.value.shape[-1] if n is None else int(n)]
    falling = "linalg" not in call.case.target and not call.argument(2, "increasing", False)
    return _joined(powers[::-1] if falling else powers)


def _joined(columns: list[Number]) -> Number:
    """Columns that are rounded, side by side."""
    shape = columns[0].value.shape

    def beside(parts: list[Array]) -> Array:
        return np.concatenate([np.broadcast_to(part, shape) for part in parts], axis=-1)

    errors = [
        type(of[0])(*(beside(list(parts)) for parts in zip(*(e.parts() for e in of), strict=True)))
        for of in ([c.inner for c in columns], [c.outer for c in columns])
    ]
    return replace(columns[0], value=beside([c.value for c in columns]), inner=errors[0], outer=errors[1])


def logit(call: Call) -> Number:
    """log(x/(1 - x)), x no less than eps and no more than 1 - eps"""
    x, eps = given(call, 0, "input"), call.argument(1, "eps", None)
    if eps is not None:
        least = x.like(float(eps))
        most = 1.0 - least
        x = x.where(x.value >= least.value, least).where(x.value <= most.value, most)
    return (x / (1.0 - x)).apply(_log)


def _log(x: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(np.log(np.maximum(x, 0.0)))


def vecdot(call: Call) -> Number:
    """Σxy along a dimension, of products that are kept."""
    x, y = given(call, 0, "x"), given(call, 1, "y")
    return (x * y).kernel().sum(int(call.argument(2, "dim", -1))).leaves()


DEFINITIONS: dict[str, Callable[[Call], Number]] = {
    "ndtr": ndtr,
    "logit": logit,
    "vecdot": vecdot,
    "tanhshrink": tanhshrink,
    "ldexp": ldexp,
    "vander": vander,
}
