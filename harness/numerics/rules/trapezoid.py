"""Rule of the trapezoid rule: a sum of products of sums and differences, each step of which rounds in its dtype."""

from __future__ import annotations

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import unit
from harness.numerics.rules.base import Array, Call, clean
from harness.numerics.rules.elementwise import rounded
from harness.numerics.rules.scaled import Scaled, Terms

_ONE = 0.18  # mean square of one rounding, in u² (noise.ROUNDING)
# Roundings of a term: its sum, its difference, their product; a complex product counts √5, see `Modulus`.
STEPS, STEPS_COMPLEX = 3.0, 5.0


class Trapezoid(Scaled):
    """½Σ(yᵢ + yᵢ₊₁)(xᵢ₊₁ - xᵢ), or the sum up to each: B = u·(n + 4)·S + ½ulp, S = Σ|terms|, of n terms; with a
    constant step (Σyᵢ - ½(y₁ + yₙ))·dx, S = |dx|·(Σ|yᵢ| + ½|y₁ + yₙ|).

    σ² = u²·[0.18·n·(y²/3 + Q/3) + 0.36·Q + 0.18·y²] + w² + ulp²/12, Q = Σ terms², w what the roundings of the
    differences add up to: rows may share them. 16-bit kernels keep every step in their own dtype: + u_out·(3S + |y|).
    """

    name = "trapezoid"
    source = "Higham, Accuracy and Stability, 2002, section 4.2; the steps as PyTorch's Integration.cpp has them"

    def terms(self, call: Call, name: str) -> Terms:
        y = np.abs(clean(call.y[name]))
        constant = call.argument(1, "x", None) is None
        running = call.op.startswith("cumulative")
        steps = STEPS_COMPLEX if formats.is_complex(call.dtype) else STEPS
        if constant and not running:
            return _constant(call, y)
        whole, away = _terms(call, call.dtypes[name])
        ends = [np.cumsum(p, -1) if running else p.sum(-1) for p in (np.abs(whole), np.abs(whole) ** 2, away)]
        count = np.arange(1.0, whole.shape[-1] + 1) if running else np.asarray(float(whole.shape[-1]))
        if running:
            ends = [np.moveaxis(p, -1, _dim(call, y.ndim)) for p in ends]
            count = count.reshape([-1 if i == _dim(call, y.ndim) else 1 for i in range(y.ndim)])
        size, square, widths = ends[0], ends[1], np.abs(ends[2]) ** 2
        once = _ONE * ((steps - 1) * square + y**2) + widths
        return Terms(
            cap=(count + steps + 1) * size,
            sigma=np.sqrt(_ONE * count * (y**2 / 3 + square / 3) + once),
            out_cap=steps * size + y,
            out_sigma=np.sqrt(once),
        )


def _constant(call: Call, y: Array) -> Terms:
    """The sum, the mean of its ends, their difference and its product with dx round once each, and dx may before."""
    samples, dx = _samples(call), abs(float(call.argument(-1, "dx", 1.0) or 1.0))
    size, square = np.abs(samples).sum(-1), (np.abs(samples) ** 2).sum(-1)
    whole = np.abs(samples.sum(-1))
    ends = np.abs(samples[..., 0] + samples[..., -1]) / 2 if samples.shape[-1] else np.zeros(whole.shape)
    n = float(samples.shape[-1])
    added = _ONE * n * (whole**2 / 3 + square / 3)
    once = _ONE * (dx**2 * (whole**2 + ends**2) + 3 * y**2)
    return Terms(
        cap=dx * ((n + 1) * size + ends) + 3 * y,
        sigma=np.sqrt(dx**2 * added + once),
        out_cap=dx * (whole + ends) + 2 * y,
        out_sigma=np.sqrt(once),
    )


def _dim(call: Call, ndim: int) -> int:
    return int(call.argument(-1, "dim", -1)) % ndim


def _samples(call: Call) -> Array:
    """The samples, the dimension that is integrated last."""
    y = clean(np.asarray(call.argument(0, "y")))
    return np.moveaxis(y, _dim(call, y.ndim), -1)


def _terms(call: Call, dtype: str) -> tuple[Array, Array]:
    """½(yᵢ + yᵢ₊₁)(xᵢ₊₁ - xᵢ), and how far the differences, rounded to `dtype`, move them, in its u. The dimension that
    is added up comes last; x of one dimension goes along it, one of several is broadcast.
    """
    y, given = clean(np.asarray(call.argument(0, "y"))), call.argument(1, "x", None)
    dim = _dim(call, y.ndim)
    if given is None:
        width: Array = np.asarray(float(call.argument(-1, "dx", 1.0) or 1.0))
    else:
        x = clean(np.asarray(given))
        x = x.reshape([-1 if i == dim else 1 for i in range(y.ndim)]) if x.ndim == 1 else x
        width = np.diff(x.reshape((1,) * (y.ndim - x.ndim) + x.shape), axis=dim)
    n = y.shape[dim]
    left, right = (np.take(y, range(k, n - 1 + k), axis=dim) for k in (0, 1))
    away = (rounded(np.asarray(width), dtype) - width) / unit(dtype)
    whole, moved = ((left + right) * w / 2 for w in (width, away))
    return np.moveaxis(np.asarray(whole), dim, -1), np.moveaxis(np.asarray(moved), dim, -1)
