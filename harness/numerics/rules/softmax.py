"""Rules of softmax and its kin: exponentials of x - max, their sum, and the logarithm of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics.noise import REPEATED, compute_dtype, finite, unit
from harness.numerics.rules.base import Array, Call, clean
from harness.numerics.rules.scaled import Scaled, Terms, axes_of, reduced

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput

# exp to 3 ulp, its argument, the division, and half as much again. [calibrated: honest worst 0.46 of the cap]
BASE, SLOPE = 6.0, 1.5
# A term below so many ulp of the sum stalls in it: its error is a fraction of an ulp that its neighbours
# share.
_STALLS = 8.0
# Mean square of the error of a library's exponential, in u²: up to 3 ulp, each 1 to 2 u. [calibrated]
_LIBRARY = 4.0
# Mean square of one rounding, and of a sum of n positive terms, in u². [proven, see noise.ROUNDING]
_ONE, _SUM = 0.18, 0.06


@dataclass(frozen=True, slots=True, eq=False)
class _Exponents:
    """x - max and the maximum over the dimension, n, and how many terms are so small that they stall in the
    sum.

    A term within a few ulp of the sum rounds by a fraction of itself that neighbours share: such errors add
    up.
    """

    d: Array
    top: Array
    n: int
    stalled: Array


def _exponents(call: Call, u: float) -> _Exponents:
    x = np.asarray(call.argument(0, "input"), dtype=np.float64)
    axes = axes_of(call, x, 1)
    x = -x if call.op == "softmin" else x
    top = np.max(np.where(np.isnan(x), -np.inf, x), axis=axes, keepdims=True, initial=-np.inf)
    d = finite(x - clean(top))
    e = np.exp(d)
    ratio = e / (2 * u * e.sum(axis=axes, keepdims=True))  # in ulp of the sum
    stalled = np.where(ratio < _STALLS, np.minimum(ratio, 1.0), 0.0).sum(axis=axes, keepdims=True)
    return _Exponents(d, clean(top), math.prod(x.shape[a] for a in axes), stalled)


class Softmax(Scaled):
    """p = exp(x - max)/Σ: B = 2p·u·(6 + 1.5|x - max| + √n + t/2) + ½ulp, t the terms of Σ that stall.

    σ² = (p·u)²·(4 + 0.18(x - max)² + 0.06n + (t/4)²) + ulp²/12: exp and division, the rounded argument,
    and the sum that a row shares.
    """

    name = "softmax"
    source = "first-order error analysis; constants calibrated, worst honest error 0.46 of the cap"
    function = "exp"

    def terms(self, call: Call, name: str) -> Terms:
        e = _exponents(call, unit(compute_dtype(call.dtypes[name])))
        p = np.abs(finite(call.y[name]))
        return Terms(
            cap=2 * p * (BASE + SLOPE * np.abs(e.d) + math.sqrt(e.n) + e.stalled / 2),
            sigma=p * np.sqrt(_LIBRARY + _ONE * e.d**2 + _SUM * e.n + (REPEATED * e.stalled) ** 2),
        )


class LogSoftmax(Scaled):
    """x - max - log Σexp(x - max): B = 2u·(|y| + 6 + √n + 1.5·log n) + ½ulp.

    16-bit kernels may round before the last subtraction, x - max or max + log Σ: + u_out·max(|y|, |x -
    y|). The error of log Σ is the relative error of Σ, at most SLOPE·Σp|x - max| ≤ SLOPE·log n from
    rounded arguments.
    """

    name = "log-softmax"
    source = Softmax.source
    function = "exp"

    def terms(self, call: Call, name: str) -> Terms:
        e = _exponents(call, unit(compute_dtype(call.dtypes[name])))
        y = np.abs(finite(call.y[name]))
        inner = _log_terms(y, e.n, e.stalled)
        # What is rounded on the way is x - max, no larger than y, or max + log Σ = x - y.
        x = clean(np.asarray(call.argument(0, "input"), dtype=np.float64))
        kept = np.maximum(y, np.abs(x - finite(call.y[name])))
        return Terms(inner.cap, inner.sigma, out_cap=kept, out_sigma=kept * math.sqrt(_ONE))

    def amplified(self, out: GoldenOutput) -> Array:
        return np.ones(())


def _log_terms(magnitude: Array, n: int, stalled: Array) -> Terms:
    spread = math.log(max(n, 1))
    return Terms(
        cap=2 * (magnitude + BASE + math.sqrt(n) + SLOPE * spread + stalled / 2),
        sigma=np.sqrt(_LIBRARY + _ONE * (2 * magnitude**2 + spread**2) + _SUM * n + (REPEATED * stalled) ** 2),
    )


class LogSumExp(LogSoftmax):
    """max + log Σexp(x - max): as log-softmax with |y| + |max|. 16-bit kernels round every step to
    their own dtype: + u_out·(2 + 2·log n), since max is exact, log Σ ≤ log n, and so is Σp|x - max|; a
    running one adds |y| at each step.
    """

    name = "logsumexp"

    def terms(self, call: Call, name: str) -> Terms:
        x = np.asarray(call.argument(0, "input"), dtype=np.float64)
        y = call.y[name]
        e = _exponents(call, unit(compute_dtype(call.dtypes[name])))
        n, stalled = e.n, reduced(e.stalled, axes_of(call, x, 1), y)
        running: Array | float = 0.0
        if call.op == "logcumsumexp":
            n = x.shape[axes_of(call, x, 1)[0]]
            magnitude = 2 * np.abs(finite(y)) + np.abs(clean(x)).max(initial=0.0)
            stalled, running = np.asarray(e.stalled.max(initial=0.0)), magnitude
        else:
            magnitude = np.abs(finite(y)) + np.abs(reduced(e.top, axes_of(call, x, 1), y))
        inner = _log_terms(magnitude, n, stalled)
        spread = math.log(max(n, 1))
        return Terms(
            inner.cap,
            inner.sigma,
            out_cap=2 + 2 * spread + running,
            out_sigma=np.sqrt(_ONE * (2 + spread**2 + np.asarray(running) ** 2)),
        )
