"""Rules of normalisation: layer, group, instance, batch and RMS norm, variance, and vector norms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import REPEATED, compute_dtype, finite, repeats, unit
from harness.numerics.rules.base import WANDERS, Array, Call, Noise, clean
from harness.numerics.rules.linalg import GROWTH, SPECTRUM
from harness.numerics.rules.scaled import Scaled, Terms, axes_of, reduced

_ONE = 0.18  # mean square of one rounding, in u² (noise.ROUNDING)
# A mean square beyond so many variances: numbers far from zero, whose deviations are what is left of them.
OFFSET = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """x and its statistics over `axes`, all of x's shape or broadcastable to it; n terms in each.

    given: mean and rstd are arguments, as in batch norm's evaluation.
    """

    x: Array
    mean: Array
    rstd: Array
    gamma: Array
    beta: Array
    mean_abs: Array
    mean_square: Array
    n: int
    repeats: Array
    axes: tuple[int, ...]
    given: bool = False


class Centred(Scaled):
    """γ·r·(x - μ) + β: layer, group, instance and batch norm.

    B = |γ|r[2√n·u·mean|x| + 2u(|x| + |μ|)] + |γr(x - μ)|u(max(2√n, n/2) + 8) + 2u(|y| + |β|) + ½ulp;
    the terms in √n fall away where μ and r are given (batch norm in evaluation). σ²: see `_terms`.
    """

    name = "layer-norm"
    gradient = "norm-gradient"
    source = "first-order error analysis; constants calibrated, worst honest error 0.35 of the cap"

    def groups(self, call: Call, name: str) -> int:
        m = moments_of(call)
        # The scale of statistics that are given is rounded once a channel, in 16 bits by as much as all else.
        alone = m.given and compute_dtype(call.dtypes[name]) == formats.component(call.dtypes[name])
        return 0 if alone else int(m.rstd.size)

    def terms(self, call: Call, name: str) -> Terms:
        m = moments_of(call)
        y = np.abs(finite(call.y[name]))
        scale, beta = np.abs(m.gamma) * m.rstd, np.abs(m.beta)
        centred = scale * np.abs(m.x - m.mean)
        root = 0.0 if m.given else math.sqrt(m.n)
        sums = 0.0 if m.given else max(2 * root, m.n / 2)
        reach = np.abs(m.x) + np.abs(m.mean)
        cap = scale * (2 * root * m.mean_abs + 2 * reach) + centred * (sums + 8)
        # The sum behind μ: 0.18·(n·μ²/3 + mean(x²)/6); that behind r: relative 0.18·n/12; a
        # scale-and-shift kernel rounds x·γr and μ·γr apart: 0.18·(x² + μ²).
        squares = _ONE * (m.x**2 + m.mean**2)
        relative: Array | float = 1.0
        if not m.given:
            squares = squares + _ONE * (m.n * m.mean**2 / 3 + m.mean_square / 6)
            relative = relative + _ONE * m.n / 12 + (REPEATED * m.repeats / 2) ** 2
        variance = scale**2 * squares + centred**2 * relative
        shape = call.y[name].shape
        # Batch norm may keep μ, r, γr and β - μγr in the output's dtype, and scale by one and shift by the other.
        rounded = 0.0 if call.op in ("layer_norm", "group_norm") else 1.0
        kept = (rounded * scale * reach, rounded * scale * np.sqrt(m.x**2 + 2 * m.mean**2), rounded * centred)
        shift = rounded * np.abs(finite(m.beta - m.mean * m.gamma * m.rstd))
        return Terms(
            cap=cap.reshape(shape) + 2 * (y + _like(beta, shape, m)),
            sigma=np.sqrt(variance.reshape(shape) + _ONE * (y**2 + _like(beta, shape, m) ** 2)),
            out_cap=_like(kept[0] + 2 * kept[2] + shift, shape, m),
            out_sigma=_like(np.sqrt(_ONE * (kept[1] ** 2 + 2 * kept[2] ** 2 + shift**2)), shape, m),
        )


def _like(array: Array, shape: tuple[int, ...], m: Moments) -> Array:
    return np.broadcast_to(array, m.x.shape).reshape(shape)


def _affine(values: object, shape: tuple[int, ...], default: float) -> Array:
    return np.full((1,) * len(shape), default) if values is None else clean(np.asarray(values)).reshape(shape)


def _moments(x: Array, axes: tuple[int, ...], eps: float, gamma: Array, beta: Array) -> Moments:
    x = clean(x)
    n = math.prod(x.shape[a] for a in axes)
    if not x.size:  # no rows have no statistics, and need none
        none = np.zeros([1 if a in axes else length for a, length in enumerate(x.shape)])
        return Moments(x, none, none, gamma, beta, none, none, n, none, axes)
    mean = x.mean(axis=axes, keepdims=True)
    variance = x.var(axis=axes, keepdims=True)
    with np.errstate(divide="ignore"):
        rstd = finite(1 / np.sqrt(variance + eps))
    mean_abs, mean_square = np.abs(x).mean(axis=axes, keepdims=True), (x**2).mean(axis=axes, keepdims=True)
    most = repeats((x - mean) ** 2, axes, 2.0**-24)
    return Moments(x, mean, rstd, gamma, beta, mean_abs, mean_square, n, most, axes)


def _layer(call: Call) -> Moments:
    x = np.asarray(call.argument(0, "input"))
    last = tuple(call.argument(1, "normalized_shape"))
    axes = tuple(range(x.ndim - len(last), x.ndim))
    shape = (1,) * (x.ndim - len(last)) + last
    gamma, beta = call.argument(2, "weight", None), call.argument(3, "bias", None)
    eps = call.argument(4, "eps", 1e-5)
    return _moments(x, axes, eps, _affine(gamma, shape, 1.0), _affine(beta, shape, 0.0))


def _group(call: Call) -> Moments:
    x, at = np.asarray(call.argument(0, "input")), positions(call)
    groups = int(call.argument(6 if at["weight"] == 1 else 1, "num_groups"))
    weight, bias = (call.argument(at[k], k, None) for k in ("weight", "bias"))
    return _grouped(x, groups, weight, bias, call.argument(7 if at["weight"] == 1 else 4, "eps", 1e-5))


def _instance(call: Call) -> Moments:
    x = np.asarray(call.argument(0, "input"))
    eps = call.argument(7, "eps", 1e-5)
    return _grouped(x, x.shape[1], call.argument(3, "weight", None), call.argument(4, "bias", None), eps)


def _grouped(x: Array, groups: int, gamma: object, beta: object, eps: float) -> Moments:
    n, c = x.shape[:2]
    wide = x.reshape(n, groups, c // groups, math.prod(x.shape[2:]))
    shape = (1, groups, c // groups, 1)
    return _moments(wide, (2, 3), eps, _affine(gamma, shape, 1.0), _affine(beta, shape, 0.0))


def _batch(call: Call) -> Moments:
    x, at = np.asarray(call.argument(0, "input")), positions(call)
    axes = (0, *range(2, x.ndim))
    if not x.size:  # which may have one dimension, too
        return _moments(x, axes, 0.0, np.ones(()), np.zeros(()))
    shape = (1, x.shape[1]) + (1,) * (x.ndim - 2)
    gamma, beta = (
        _affine(call.argument(at[k], k, None), shape, default) for k, default in (("weight", 1.0), ("bias", 0.0))
    )
    fixed = "no_training" in call.case.target  # its arguments end one earlier
    eps = call.argument(6 if fixed else 7, "eps", 1e-5)
    if not fixed and call.argument(5, "training", False):
        return _moments(x, axes, eps, gamma, beta)
    mean, variance = (
        clean(np.asarray(call.argument(at[k], k))).reshape(shape) for k in ("running_mean", "running_var")
    )
    zero = np.zeros(shape)
    return Moments(
        clean(x), mean, 1 / np.sqrt(variance + eps), gamma, beta, zero, zero, x.size // x.shape[1], zero, axes, True
    )


def positions(call: Call) -> dict[str, int]:
    """Where weight, bias and running statistics stand among the arguments: aten's native operators have them first."""
    if "native" in call.case.target and call.op in ("group_norm", "batch_norm"):
        return {"weight": 1, "bias": 2, "running_mean": 3, "running_var": 4}
    if call.op in ("batch_norm", "instance_norm"):
        return {"running_mean": 1, "running_var": 2, "weight": 3, "bias": 4}
    return {"weight": 2, "bias": 3}


def _rms(call: Call) -> Moments:
    """RMS norm as a norm around 0."""
    x = clean(np.asarray(call.argument(0, "input")))
    last = tuple(call.argument(1, "normalized_shape"))
    axes = tuple(range(x.ndim - len(last), x.ndim))
    gamma = _affine(call.argument(2, "weight", None), (1,) * (x.ndim - len(last)) + last, 1.0)
    eps = call.argument(3, "eps", None)
    square = (x**2).mean(axis=axes, keepdims=True)
    rstd = finite(1 / np.sqrt(square + (np.finfo(np.float32).eps if eps is None else eps)))
    zero = np.zeros_like(rstd)
    return Moments(x, zero, rstd, gamma, zero, zero, square, math.prod(last), zero, axes)


def moments_of(call: Call) -> Moments:
    """The statistics that a normalising operator computes."""
    return _STATISTICS[call.op](call)


_STATISTICS = {
    "layer_norm": _layer,
    "group_norm": _group,
    "instance_norm": _instance,
    "batch_norm": _batch,
    "rms_norm": _rms,
}


class RmsNorm(Scaled):
    """x·γ/√(mean x² + eps): relative only, B = u·|y|·(√n + 8) + ½ulp, σ² = (u·y)²(1 + 0.18·n/12) +
    ulp²/12.

    16-bit kernels may round the normalised value before it is scaled: + u_out·|y|. So do `normalize`
    and vector norms.
    """

    name = "rms-norm"
    steady = True
    source = "Higham, Accuracy and Stability, 2002, section 4.2, and first-order error analysis"

    def covers(self, call: Call, name: str) -> bool:
        # Squares of complex numbers, which are no moduli, cancel.
        squares = call.op == "rms_norm" and formats.is_complex(call.dtypes[name])
        return super().covers(call, name) and not squares

    def terms(self, call: Call, name: str) -> Terms:
        y = finite(np.abs(call.y[name]))
        n = self.length(call, name)
        return Terms(
            y * (math.sqrt(n) + 8), y * math.sqrt(0.5 + _ONE * n / 8), out_cap=y, out_sigma=y * math.sqrt(_ONE)
        )

    def groups(self, call: Call, name: str) -> int:
        return call.y[name].size // max(1, self.length(call, name))

    def length(self, call: Call, name: str) -> int:
        """n: elements under the root."""
        x = np.asarray(call.argument(0, "input"))
        if call.op == "rms_norm":
            return math.prod(call.argument(1, "normalized_shape"))
        return math.prod(x.shape[d] for d in axes_of(call, x, 2, default=1))


class Norm(RmsNorm):
    """A vector's or matrix's norm ‖x‖_p: B = u·|y|·(√n + 8)·max(1, 2/p) + ½ulp: all terms have one sign, so the sum
    is well-conditioned, and the power 1/p errs 1/p times as much. Of norms by singular values σ = 2.5u·|y|,
    B = 4n·u·|y|.
    """

    name = "norm"

    def covers(self, call: Call, name: str) -> bool:
        return super().covers(call, name) and _singular(call) != -2

    def terms(self, call: Call, name: str) -> Terms:
        inner = super().terms(call, name)
        if _singular(call) is None:
            steep, y = _steepness(call), finite(np.abs(call.y[name]))
            with np.errstate(divide="ignore"):
                power = _inexact(call, name) * y * np.abs(finite(np.log(y)))
            return Terms(steep * np.asarray(inner.cap) + power, np.hypot(steep * np.asarray(inner.sigma), power))
        y = finite(np.abs(call.y[name]))
        return Terms(np.maximum(inner.cap, GROWTH * self.length(call, name) * y), np.maximum(inner.sigma, SPECTRUM * y))

    def groups(self, call: Call, name: str) -> int:
        return 0

    def length(self, call: Call, name: str) -> int:
        x = _given(call)
        return max(1, x.size // max(1, call.y[name].size))


def _given(call: Call) -> Array:
    """What the norm is of, whatever its operator calls it; cotangents are inputs, too."""
    wide = call.wide()
    return next(v for k, v in wide.items() if not k.startswith("cot.") and v.dtype.kind in "fc")


def _steepness(call: Call) -> float:
    """How much more the power 1/p of a sum errs than its square root."""
    order = call.argument(1, "ord", call.argument(1, "p", 2))
    return max(1.0, 2 / abs(order)) if isinstance(order, int | float) and order else 1.0


def _inexact(call: Call, name: str) -> float:
    """How far p and 1/p are from numbers of the dtype computed in, relatively and in u: a power moves by log(y) times
    that, in all elements alike.
    """
    order = call.argument(1, "ord", call.argument(1, "p", 2))
    if not isinstance(order, int | float) or not order or not math.isfinite(order):
        return 0.0
    dtype = compute_dtype(call.dtypes[name])
    with np.errstate(over="ignore"):
        there, back = (float(formats.numpy_dtype(dtype).type(v)) for v in (order, 1 / order))
    if not (math.isfinite(there) and math.isfinite(back)):
        return 0.0
    off = max(abs(Fraction(back) * Fraction(order) - 1), abs(Fraction(there) / Fraction(order) - 1))
    return float(off) / unit(dtype)


def _singular(call: Call) -> object:
    """The order of a matrix's norm that is one of its singular values; None of any other norm."""
    order = call.argument(1, "ord", call.argument(1, "p", None))
    matrix = call.op == "matrix_norm" or order == "nuc" or call.case.target == "torch.linalg.norm"
    x = _given(call)
    dim = call.argument(2, "dim", None)
    two = np.size(dim) == 2 if dim is not None else x.ndim >= 2
    return order if matrix and two and order in (2, -2, "nuc") else None


class Variance(Scaled):
    """Σ(x - μ)²/(n - c): B = u[y(max(2√n, n) + 8) + 2√n·√(y·mean x²)] + (2√n·u·mean|x|)² + ½ulp.

    The second term is Welford's, n·κ·u with κ² = mean x²/variance taken at √n; E[x²] - μ², whose error
    is κ²·u, is no honest way to compute a variance. A standard deviation has half the relative error,
    and rounds once more.
    """

    name = "variance"
    steady = True
    source = "Chan, Golub & LeVeque, Algorithms for computing the sample variance, 1983"

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        found = super().witness(call, names)
        x = clean(np.asarray(call.argument(0, "input")))
        axes = axes_of(call, x, 1)
        spread = np.abs(x - x.mean(axis=axes, keepdims=True)) ** 2
        far = (np.abs(x) ** 2).mean(axis=axes).max(initial=0.0) > OFFSET * spread.mean(axis=axes).min(initial=np.inf)
        if far or call.argument(-1, "mask", None) is not None:
            # The mean's own path counts; nothing is known of that of a part of the numbers.
            for noise in found.values():
                noise[WANDERS] = np.asarray(True)
        return found

    def terms(self, call: Call, name: str) -> Terms:
        x = clean(np.asarray(call.argument(0, "input")))
        y = finite(np.abs(call.y[name]))
        axes = axes_of(call, x, 1)
        mask = call.argument(-1, "mask", None)
        counted = np.broadcast_to(True if mask is None else mask, x.shape)
        n = np.maximum(counted.sum(axis=axes, keepdims=True), 1)

        def mean(values: Array) -> Array:
            return np.asarray(np.where(counted, values, 0).sum(axis=axes, keepdims=True) / n)

        centre = mean(x)
        squares = np.where(counted, np.abs(x - centre) ** 2, 0)
        square, absolute = (reduced(mean(v), axes, y) for v in (np.abs(x) ** 2, np.abs(x)))
        root_of = call.op.startswith("std")
        v = y**2 if root_of else y
        u = unit(compute_dtype(call.dtypes[name]))
        most, n = reduced(repeats(squares, axes, u), axes, y), reduced(n, axes, y)
        root = np.sqrt(n)
        cap = v * (np.maximum(2 * root, n) + 8) + 2 * root * np.sqrt(v * square) + u * (2 * root * absolute) ** 2
        sigma = np.sqrt(_ONE * (v**2 * (4 + n / 3) + v * square) + (REPEATED * most * v) ** 2)
        kept = kept_sigma = np.zeros(())
        if call.case.target.startswith("torch.masked."):
            # Composed of operators that keep the mean, differences, squares, their sum and n in the output's dtype.
            away = 2 * unit(call.dtypes[name]) * (2 * reduced(np.abs(centre), axes, y)) ** 2
            total = squares.sum(axis=axes, keepdims=True)
            spread = np.divide((squares**2).sum(axis=axes, keepdims=True), total**2, where=total > 0, out=0 * total)
            kept = 6 * v + away
            kept_sigma = np.sqrt(_ONE * v**2 * (3 + 5 * reduced(spread, axes, y)) + away**2)
        if root_of:
            half = np.divide(0.5, y, out=np.zeros_like(y), where=y > 0)
            return Terms(
                cap * half + y,
                np.sqrt((sigma * half) ** 2 + _ONE * y**2),
                out_cap=kept * half + y,
                out_sigma=np.sqrt((kept_sigma * half) ** 2 + _ONE * y**2),
            )
        return Terms(cap, sigma, out_cap=kept, out_sigma=kept_sigma)


class Cosine(Scaled):
    """x·y/(‖x‖‖y‖): the dot product over the norms, B = u·(2√n + 8)·(S/(‖x‖‖y‖) + |y|) + ½ulp; 16-bit
    kernels round the
    factors: + 4u_out·(S/(‖x‖‖y‖) + |y|).
    """

    name = "cosine"
    source = "Higham, Accuracy and Stability, 2002, section 3.1"

    def terms(self, call: Call, name: str) -> Terms:
        a, b = (clean(np.asarray(call.argument(i, k))) for i, k in ((0, "x1"), (1, "x2")))
        a, b = np.broadcast_arrays(a, b)
        axes = axes_of(call, a, 2, "dim", 1)
        with np.errstate(all="ignore"):
            scale = np.sqrt((a**2).sum(axes, keepdims=True) * (b**2).sum(axes, keepdims=True))
            part = finite(np.abs(a * b).sum(axes, keepdims=True) / scale)
            squares = finite((a**2 * b**2).sum(axes, keepdims=True) / scale**2)
        y = np.abs(finite(call.y[name]))
        s, q = reduced(part, axes, y), reduced(squares, axes, y)
        n = math.prod(a.shape[d] for d in axes)
        return Terms(
            cap=(2 * math.sqrt(n) + 8) * (s + y),
            sigma=np.sqrt(_ONE * (n * q / 6 + y**2 * (4 + n / 3) + q)),
            out_cap=4 * (s + y),
            out_sigma=np.sqrt(_ONE * (q + 3 * y**2)),
        )
