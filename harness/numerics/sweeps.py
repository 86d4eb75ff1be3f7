"""Sweeps: the largest error of each elementary function on a target, in ulp of the dtype it is computed in.

A sweep samples; the true maximum may lie a little higher, so `measured` rounds up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.errors import LockstepError
from harness.numerics import formats
from harness.numerics.probes import SEED, Run
from harness.numerics.types import Array

SAMPLES = 1 << 14
# A reference must be this much finer than the dtype it judges: 8 bits make its own error invisible.
_LONG = np.finfo(np.longdouble).nmant >= 60


@dataclass(frozen=True, slots=True)
class Function:
    """One elementary function: its operator, a reference in a wider dtype, and where it is sampled.

    spans: (low, high) intervals, sampled uniformly. binades: (low, high) exponents of magnitudes sampled
    evenly in the logarithm; signed: with both signs. Arguments stay where the result is a normal number.
    """

    op: str
    reference: Callable[[Array], Array]
    spans: tuple[tuple[float, float], ...] = ()
    binades: tuple[int, int] | None = None
    signed: bool = True

    def points(self, dtype: str, count: int) -> Array:
        """Sample points, rounded to `dtype`."""
        rng = np.random.default_rng(SEED)
        parts = [rng.uniform(low, high, count) for low, high in self.spans]
        if self.binades is not None:
            values = np.exp2(rng.uniform(*self.binades, count))
            parts.append(values * rng.choice([-1.0, 1.0], count) if self.signed else values)
        return formats.round_to(np.concatenate(parts), dtype)


def _each(function: Callable[[float], float]) -> Callable[[Array], Array]:
    """A scalar function of the standard library over float64 arrays (its error is about one float64 ulp)."""
    return lambda x: np.array([function(float(v)) for v in x], np.float64)


_TRIG = ((-100.0, 100.0), (-4.0, 4.0))
FUNCTIONS: Mapping[str, Function] = {
    "sqrt": Function("torch.sqrt", np.sqrt, binades=(-60, 60), signed=False),
    "rsqrt": Function("torch.rsqrt", lambda x: 1 / np.sqrt(x), binades=(-60, 60), signed=False),
    "reciprocal": Function("torch.reciprocal", lambda x: 1 / x, binades=(-60, 60)),
    "exp": Function("torch.exp", np.exp, ((-87.0, 88.0), (-1.0, 1.0))),
    "exp2": Function("torch.exp2", np.exp2, ((-125.0, 127.0), (-1.0, 1.0))),
    "expm1": Function("torch.expm1", np.expm1, ((-10.0, 80.0), (-1.0, 1.0)), (-40, 0)),
    "log": Function("torch.log", np.log, ((0.5, 2.0),), (-120, 120), signed=False),
    "log2": Function("torch.log2", np.log2, ((0.5, 2.0),), (-120, 120), signed=False),
    "log10": Function("torch.log10", np.log10, ((0.5, 2.0),), (-120, 120), signed=False),
    "log1p": Function("torch.log1p", np.log1p, ((-0.99, 2.0),), (-40, -1)),
    "sin": Function("torch.sin", np.sin, _TRIG, (-20, 0)),
    "cos": Function("torch.cos", np.cos, _TRIG),
    "tan": Function("torch.tan", np.tan, _TRIG, (-20, 0)),
    "asin": Function("torch.asin", np.arcsin, ((-1.0, 1.0),), (-20, 0)),
    "acos": Function("torch.acos", np.arccos, ((-1.0, 1.0),)),
    "atan": Function("torch.atan", np.arctan, ((-10.0, 10.0),), (-40, 40)),
    "sinh": Function("torch.sinh", np.sinh, ((-80.0, 80.0), (-1.0, 1.0)), (-20, 0)),
    "cosh": Function("torch.cosh", np.cosh, ((-80.0, 80.0),)),
    "tanh": Function("torch.tanh", np.tanh, ((-9.0, 9.0), (-0.6, 0.6)), (-40, 0)),
    "asinh": Function("torch.asinh", np.arcsinh, ((-10.0, 10.0),), (-40, 40)),
    "acosh": Function("torch.acosh", np.arccosh, ((1.01, 20.0),), (1, 40), signed=False),
    "atanh": Function("torch.atanh", np.arctanh, ((-0.99, 0.99),), (-40, -1)),
    "sigmoid": Function("torch.sigmoid", lambda x: 1 / (1 + np.exp(-x)), ((-80.0, 80.0), (-5.0, 5.0))),
    "erf": Function("torch.erf", _each(math.erf), ((-4.0, 4.0),), (-40, 0)),
    "erfc": Function("torch.erfc", _each(math.erfc), ((-4.0, 9.0),)),
    "lgamma": Function("torch.lgamma", _each(math.lgamma), ((0.01, 0.9), (2.1, 30.0)), (2, 60), signed=False),
}


def sweep(run: Run, name: str, dtype: str = "float32", samples: int = SAMPLES) -> float | None:
    """Largest error of a function of FUNCTIONS over its samples, in ulp of `dtype` (float32 or float64).

    None where the target cannot run it, or no reference here is fine enough. A NaN or inf where the reference
    is finite counts as inf.
    """
    function = FUNCTIONS[name]
    wide: Any = np.float64 if dtype == "float32" else np.longdouble
    if dtype == "float64" and not _LONG:
        return None
    x = function.points(dtype, samples)
    try:
        actual = run(function.op, (x,), {})
    except LockstepError:
        return None
    with np.errstate(all="ignore"):
        y = function.reference(x.astype(wide))
        if y.dtype != np.dtype(wide):
            return None  # a reference that is only as fine as the dtype itself
        spacing = formats.ulp(y.astype(np.float64), dtype)
        error = np.abs(actual.astype(wide) - y).astype(np.float64) / spacing
    normal = np.abs(y) >= formats.format_of(dtype).min_normal
    error = np.where(np.isnan(error), math.inf, error)[normal]
    return float(error.max()) if error.size else None
