"""Rules of softmax and its kin: exponentials of x - max, their sum, and the logarithm of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics import formats
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
# Mean square of the error of a library's exponential or logarithm, in u²: up to 3 ulp, each 1 to 2 u. [calibrated]
_LIBRARY = 4.0
# Mean square of one rounding, and of a sum of n positive terms, in u². [proven, see noise.ROUNDING]
_ONE, _SUM = 0.18, 0.06


@dataclass(frozen=True, slots=True, eq=False)
class Exponents:
    """What a row of exponentials amounts to; statistics over the dimension are kept as dimensions of size 1.

    d: x - max. top: max. p: exp(d)/Σ. own: mean square of the relative error of each exponential, in u²; 0 for exp(0).
    row: Σ (Σp)²·own, the inner sum over equal d, what they add to the relative error of Σ. added: mean square of what
    adding up n terms adds to it. stalled: how many terms are so small that they stall in the sum: a term within a few
    ulp of the sum rounds by a fraction of itself that neighbours share, and such errors add up.
    """

    d: Array
    top: Array
    p: Array
    own: Array
    row: Array
    added: Array
    n: int
    stalled: Array

    def noise(self) -> Array:
        """Mean square of the relative error of p, in u²: its own exponential, the others in Σ, two roundings."""
        others = np.maximum(self.row - self.p**2 * self.own, 0.0)
        return np.asarray((1 - self.p) ** 2 * self.own + others + self.added + 2 * _ONE)


def exponents(call: Call, u: float) -> Exponents:
    """The exponentials of a softmax, softmin, log-softmax or log-sum-exp; u is the unit roundoff computed in.

    Partial sums round as far as they have grown, and a largest term that comes first makes all of them large: `added`
    is the most of what is expected of any order, and of the two natural ones.
    """
    x = np.asarray(call.argument(0, "input"), dtype=np.float64)
    axes = axes_of(call, x, 1)
    x = -x if call.op == "softmin" else x
    mask = call.argument(-1, "mask", None)
    x = x if mask is None else np.where(mask, x, -np.inf)
    top = np.max(np.where(np.isnan(x), -np.inf, x), axis=axes, keepdims=True, initial=-np.inf)
    d = finite(x - clean(top))
    e = np.where(np.isneginf(x), 0.0, np.exp(d))
    p = finite(e / e.sum(axis=axes, keepdims=True))
    ratio = p / (2 * u)  # in ulp of the sum
    stalled = np.where(ratio < _STALLS, np.minimum(ratio, 1.0), 0.0).sum(axis=axes, keepdims=True)
    own = np.where(d == 0, 0.0, _LIBRARY + _ONE * d**2)
    # A term far below an ulp of the sum rounds by no more than itself.
    rounding = np.minimum(1.0, (p / u) ** 2).sum(axis=axes, keepdims=True)
    row, alike = _of_row(d, p * np.sqrt(own), np.minimum(ratio, 1.0), axes)
    return Exponents(
        d,
        clean(top),
        p,
        own,
        row=row,
        added=np.maximum(_SUM * rounding, _along(e, axes, u)) + (REPEATED * np.maximum(stalled, alike)) ** 2,
        n=math.prod(x.shape[a] for a in axes),
        stalled=stalled,
    )


def _of_row(d: Array, error: Array, weight: Array, axes: tuple[int, ...]) -> tuple[Array, Array]:
    """Σ of squared errors along a row, those of the same argument being the same; and how many more terms than one have
    the most frequent argument, which round alike where they are added: no more than they are themselves, which `weight`
    says in ulp of the sum. Dimensions are kept.
    """
    moved = [np.moveaxis(v, axes, range(-len(axes), 0)) for v in (d, error, weight)]
    shape = moved[0].shape[: d.ndim - len(axes)]
    if not d.size:
        empty = np.zeros([1 if a in axes else n for a, n in enumerate(d.shape)])
        return empty, empty
    rows, errors, weights = (v.reshape(math.prod(shape), -1) for v in moved)
    order = np.argsort(rows, axis=1, kind="stable")
    rows, errors, weights = (np.take_along_axis(v, order, axis=1) for v in (rows, errors, weights))
    first = np.ones(rows.shape, bool)
    first[:, 1:] = rows[:, 1:] != rows[:, :-1]
    starts = np.flatnonzero(first)
    of = starts // rows.shape[1]
    squares = np.bincount(of, np.add.reduceat(errors.reshape(-1), starts) ** 2, len(rows))
    alike = np.zeros(len(rows))
    np.maximum.at(alike, of, np.add.reduceat(weights.reshape(-1), starts) - 1.0)
    total, most = (np.expand_dims(v.reshape(shape), axes) for v in (squares, alike))
    return total, most


def _along(e: Array, axes: tuple[int, ...], u: float) -> Array:
    """Mean square of what adding up positive terms from first to last, or from last to first, adds to their sum
    relatively, in u²: Σ min(ulp(s)²/12, term²) over the partial sums s. Dimensions are kept.
    """
    rows = np.moveaxis(e, axes, range(-len(axes), 0))
    rows = rows.reshape(*rows.shape[: rows.ndim - len(axes)], math.prod(rows.shape[rows.ndim - len(axes) :]))
    found = []
    for terms in (rows, rows[..., ::-1]):
        sums = np.cumsum(terms, axis=-1)
        rounding = 4.0 ** np.floor(np.log2(np.maximum(sums, np.finfo(np.float64).tiny))) / 3
        found.append(np.minimum(rounding, (terms / u) ** 2)[..., 1:].sum(-1) / sums.max(-1, initial=1.0) ** 2)
    return np.asarray(np.expand_dims(np.maximum(*found), axes))


class Softmax(Scaled):
    """p = exp(x - max)/Σ: B = 2p·u·(6 + 1.5|x - max| + √n + t/2) + ½ulp, t the terms of Σ that stall.

    σ² = (p·u)²·[(1 - p)²·v + Σ' p_j²·v_j + 0.06m + (t/4)² + 0.36] + ulp²/12, Σ' over the others: v = 4 + 0.18(x - max)²
    for the exponential and its rounded argument, 0 for exp(0), which is exact; m of the n terms large enough to round
    the sum. Over other dimensions than the last, 16-bit kernels may round the exponentials: + u_out·p.
    """

    name = "softmax"
    steady = True
    source = "first-order error analysis; constants calibrated, worst honest error 0.46 of the cap"
    function = "exp"
    gradient = "softmax-gradient"

    def terms(self, call: Call, name: str) -> Terms:
        e = exponents(call, unit(compute_dtype(call.dtypes[name])))
        p = np.abs(finite(call.y[name]))
        x = np.asarray(call.argument(0, "input"))
        # Kernels that reduce over rows far apart in memory keep the exponentials where the result will lie.
        axes = axes_of(call, x, 1)
        far = x.ndim > 0 and x.ndim - 1 not in axes
        least = formats.format_of(call.dtypes[name]).min_normal * p.max(axis=axes, keepdims=True, initial=0.0)
        kept = np.maximum(p, least) if far else np.zeros(())
        return Terms(
            cap=2 * p * (BASE + SLOPE * np.abs(e.d) + math.sqrt(e.n) + e.stalled / 2),
            sigma=p * np.sqrt(e.noise()),
            out_cap=kept,
            out_sigma=math.sqrt(_ONE) * kept,
        )


class LogSoftmax(Scaled):
    """x - max - log Σexp(x - max): B = 2u·(|y| + 6 + √n + 1.5·log n) + ½ulp.

    σ² = u²·[0.18((x - max)² + y²) + 4·log²Σ + Σp²v + 0.06m + (t/4)²] + ulp²/12, as for softmax.
    16-bit kernels may round before the last subtraction, x - max, max + log Σ, or Σ and log Σ: + u_out·max(|y|, |x -
    y|, 1 + log Σ). The error of log Σ is the relative error of Σ, at most SLOPE·Σp|x - max| ≤ SLOPE·log n from
    rounded arguments.
    """

    name = "log-softmax"
    steady = True
    source = Softmax.source
    function = "exp"
    gradient = "log-softmax-gradient"

    def terms(self, call: Call, name: str) -> Terms:
        e = exponents(call, unit(compute_dtype(call.dtypes[name])))
        signed = finite(call.y[name])
        y = np.abs(signed)
        sigma = np.sqrt(_ONE * (e.d**2 + y**2) + _LIBRARY * (e.d - signed) ** 2 + e.row + e.added)
        # What is rounded on the way is x - max, no larger than y, or max + log Σ = x - y, or Σ and then its logarithm.
        x, log = clean(np.asarray(call.argument(0, "input"), dtype=np.float64)), np.abs(e.d - signed)
        kept = np.maximum(y, np.abs(x - signed))
        return Terms(
            _log_cap(y, e.n, e.stalled),
            sigma,
            out_cap=np.maximum(kept, 1 + log),
            out_sigma=math.sqrt(_ONE) * np.maximum(kept, np.sqrt(1 + log**2)),
        )

    def amplified(self, out: GoldenOutput) -> Array:
        return np.ones(())


def _log_cap(magnitude: Array, n: int, stalled: Array) -> Array:
    return np.asarray(2 * (magnitude + BASE + math.sqrt(n) + SLOPE * math.log(max(n, 1)) + stalled / 2))


class LogSumExp(LogSoftmax):
    """max + log Σexp(x - max): as log-softmax with |y| + |max|. 16-bit kernels round every step to
    their own dtype: + u_out·(2 + 2·log n), since max is exact, log Σ ≤ log n, and so is Σp|x - max|; a
    running one adds |y| at each step, of which so much is carried on as the sum has of it.
    """

    name = "logsumexp"
    gradient = "empirical"

    def terms(self, call: Call, name: str) -> Terms:
        x = np.asarray(call.argument(0, "input"), dtype=np.float64)
        y = call.y[name]
        e = exponents(call, unit(compute_dtype(call.dtypes[name])))
        axes = axes_of(call, x, 1)
        n, running = e.n, np.zeros(())
        if call.op == "logcumsumexp" and x.ndim:
            n = x.shape[axes[0]]
            magnitude = running = np.maximum.accumulate(np.abs(finite(y)) + np.abs(clean(x)), axis=axes[0])
            stalled = np.asarray(e.stalled.max(initial=0.0))
            spread = math.log(max(n, 1))
            rounded = np.maximum(2 * magnitude**2, _carried(finite(y), axes[0], 2))
            magnitude = np.maximum(magnitude, _carried(finite(y), axes[0], 1) / 2)
            square = _LIBRARY + _ONE * (rounded + spread**2) + _SUM * n + (REPEATED * stalled) ** 2
        else:
            top, stalled, of_sum = (reduced(a, axes, y) for a in (e.top, e.stalled, e.row + e.added))
            magnitude = np.abs(finite(y)) + np.abs(top)
            square = _LIBRARY * finite(y - top) ** 2 + of_sum + _ONE * finite(y) ** 2
        spread = math.log(max(n, 1))
        return Terms(
            _log_cap(magnitude, n, stalled),
            np.sqrt(square),
            out_cap=2 + 2 * spread + running,
            out_sigma=np.sqrt(_ONE * (2 + spread**2 + running**2)),
        )


def _carried(y: Array, axis: int, power: int) -> Array:
    """Σ|y|^power of all that a scan of log-sum-exps rounds, as far as it reaches: C = w^power·C' + |y|^power of C' one
    before, w = exp(y' - y) the share in the sum of all before.
    """
    rows = np.moveaxis(np.abs(y), axis, 0)
    share = np.exp(np.minimum(-np.diff(np.moveaxis(np.real(y), axis, 0), axis=0), 0.0)) ** power
    found = rows**power
    for k in range(1, len(rows)):
        found[k] += share[k - 1] * found[k - 1]
    return np.moveaxis(found, 0, axis)


class LogAddExp(Scaled):
    """log(exp a + exp b) = max + l with l = log1p(exp(-|a - b|)), or in base 2: B = 8u·R + ½ulp, σ = u·R and ulp/√12,
    R = |max| + |l| + |y|: where max and l cancel the result has the error of both.
    """

    name = "logaddexp"
    source = "first-order error analysis; calibrated: torch's CPU kernels reach 3.1u·R, RMS 0.25"
    gradient = "empirical"

    def covers(self, call: Call, name: str) -> bool:
        return super().covers(call, name) and not formats.is_complex(call.dtypes[name])

    def terms(self, call: Call, name: str) -> Terms:
        a, b = (clean(np.asarray(call.argument(i, k), dtype=np.float64)) for i, k in ((0, "input"), (1, "other")))
        y, top = finite(call.y[name]), np.maximum(a, b)
        reach = np.abs(top) + np.abs(y - top) + np.abs(y)
        return Terms(cap=8 * reach, sigma=reach)
