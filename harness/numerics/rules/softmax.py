"""Rules of softmax and its kin: exponentials of x - max, their sum, and the logarithm of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics.noise import finite
from harness.numerics.rules.base import Array, Call, clean
from harness.numerics.rules.scaled import Scaled, Terms, axes_of, reduced

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput

# exp to 3 ulp, its argument, the division, and half as much again. [calibrated: honest worst 0.46 of the cap]
BASE, SLOPE = 6.0, 1.5
# Mean square of one rounding, and of a sum of n positive terms, in u². [proven, see noise.ROUNDING]
_ONE, _SUM = 0.18, 0.06


def _exponents(call: Call) -> tuple[Array, Array, int]:
    """(x - max over the dimension, the maximum with keepdims, n)."""
    x = np.asarray(call.argument(0, "input"), dtype=np.float64)
    axes = axes_of(call, x, 1)
    sign = -1.0 if call.op == "softmin" else 1.0
    x = sign * x
    top = np.max(np.where(np.isnan(x), -np.inf, x), axis=axes, keepdims=True, initial=-np.inf)
    return finite(x - clean(top)), clean(top), math.prod(x.shape[a] for a in axes)


class Softmax(Scaled):
    """p = exp(x - max)/Σ: B = 2p·u·(6 + 1.5|x - max| + √n) + ½ulp.

    σ² = (p·u)²·(1 + 0.18(x - max)² + 0.06n) + ulp²/12: exp and division, the rounded argument, the sum
    that a row shares.
    """

    name = "softmax"
    source = "first-order error analysis; constants calibrated, worst honest error 0.46 of the cap"
    function = "exp"

    def terms(self, call: Call, name: str) -> Terms:
        d, _, n = _exponents(call)
        p = np.abs(finite(call.y[name]))
        return Terms(
            cap=2 * p * (BASE + SLOPE * np.abs(d) + math.sqrt(n)),
            sigma=p * np.sqrt(1 + _ONE * d**2 + _SUM * n),
        )


class LogSoftmax(Scaled):
    """x - max - log Σexp(x - max): B = 2u·(|y| + 6 + √n + 1.5·log n) + ½ulp.

    16-bit kernels may round before the last subtraction: + u_out·|y|. The error of log Σ is the
    relative error of Σ, at most SLOPE·Σp|x - max| ≤ SLOPE·log n from rounded arguments.
    """

    name = "log-softmax"
    source = Softmax.source
    function = "exp"

    def terms(self, call: Call, name: str) -> Terms:
        _, _, n = _exponents(call)
        y = np.abs(finite(call.y[name]))
        inner = _log_terms(y, n)
        return Terms(inner.cap, inner.sigma, out_cap=y, out_sigma=y * math.sqrt(_ONE))

    def amplified(self, out: GoldenOutput) -> Array:
        return np.ones(())


def _log_terms(magnitude: Array, n: int) -> Terms:
    spread = math.log(max(n, 1))
    return Terms(
        cap=2 * (magnitude + BASE + math.sqrt(n) + SLOPE * spread),
        sigma=np.sqrt(1 + _ONE * (2 * magnitude**2 + spread**2) + _SUM * n),
    )


class LogSumExp(LogSoftmax):
    """max + log Σexp(x - max): as log-softmax with |y| + |max|; 16-bit kernels round every step to
    their own
    dtype: + u_out·(2 + 2·log n + |max|).
    """

    name = "logsumexp"

    def terms(self, call: Call, name: str) -> Terms:
        x = np.asarray(call.argument(0, "input"), dtype=np.float64)
        y = call.y[name]
        _, top, n = _exponents(call)
        if call.op == "logcumsumexp":
            n = x.shape[axes_of(call, x, 1)[0]]
            magnitude = 2 * np.abs(finite(y)) + np.abs(clean(x)).max(initial=0.0)
        else:
            magnitude = np.abs(finite(y)) + np.abs(reduced(top, axes_of(call, x, 1), y))
        inner = _log_terms(magnitude, n)
        spread = math.log(max(n, 1))
        return Terms(
            inner.cap,
            inner.sigma,
            out_cap=2 + 2 * spread + magnitude,
            out_sigma=np.sqrt(_ONE * (2 + spread**2 + magnitude**2)),
        )
