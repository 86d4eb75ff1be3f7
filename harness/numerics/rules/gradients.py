"""Rules of gradients that are more than sums of products: softmax, normalisation, functions of one argument."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import REPEATED, compute_dtype, finite, unit, upward
from harness.numerics.profile import Profile
from harness.numerics.rules.base import Array, Call, Noise, clean
from harness.numerics.rules.functions import OVERFLOWS, slopes
from harness.numerics.rules.normalization import moments_of, positions
from harness.numerics.rules.scaled import Scaled, Terms, axes_of
from harness.numerics.rules.softmax import BASE, SLOPE, exponents
from harness.numerics.types import Allowance

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput

_ONE = 0.18  # mean square of one rounding, in u² (noise.ROUNDING)
# Cap of a gradient whose terms have no closed bound, in σ. [calibrated: honest worst 4.1σ]
TIMES = 12.0
# A saved statistic errs alike in a whole row: a block of it has more noise than independent errors. [calibrated]
SHARED = 1.5
# What a variance that is updated with its mean errs by, whose steps round by κ·u: in (κ·u)²/n. [calibrated]
WELFORD = 1.5
# What sums in an order that nobody foresees add. [calibrated]
ORDERS = 1.1
# Roundings of a derivative and its product with the cotangent, of size and mean square. [calibrated]
STEPS, STEPS_NOISE = 8.0, 1.0
_HUGE = 2.0**500  # its square is a number


def _cotangent(call: Call) -> Array:
    return finite(call.inputs["cot.out0"].astype(np.float64))


def _least(call: Call, name: str) -> float:
    """What rounds no finer below it: the smallest normal number of the output's dtype."""
    return formats.format_of(call.dtypes[name]).min_normal


class _Gradient(Scaled):
    def covers(self, call: Call, name: str) -> bool:
        return name.startswith("grad.")


class SoftmaxGradient(_Gradient):
    """dx = p·(g - s), s = Σp·g: errors of p (rule softmax) in both factors, and of the sum s.

    σ² = (p·u)²[(g - s)²(r² + 0.36) + Σp²g²(r² + 0.18) + 0.18n(s²/3 + Σp²g²/6)] + ulp²/12, r·u the relative noise of p;
    B the same with bounds. The saved p is rounded to the output's dtype, and so may p·g be, whose sum s is: +
    u_out·p(|g - s| + |g| + 2Σp|g|).
    """

    name = "softmax-gradient"
    source = "first-order error analysis of softmax's backward, on the noise of rule softmax"
    function = "exp"

    def terms(self, call: Call, name: str) -> Terms:
        e = exponents(call, unit(compute_dtype(call.dtypes[name])))
        axes = axes_of(call, e.d, 1)
        p, g = e.p, _cotangent(call)
        total = (p * g).sum(axes, keepdims=True)
        squares, size = ((p * g) ** 2).sum(axes, keepdims=True), (p * np.abs(g)).sum(axes, keepdims=True)
        t = np.abs(g - total)
        square = e.noise()
        bound = 2 * (BASE + SLOPE * np.abs(e.d) + math.sqrt(e.n) + e.stalled / 2)
        of_sum = ((p * g) ** 2 * (square + _ONE)).sum(axes, keepdims=True)
        of_sum = of_sum + _ONE * e.n * (total**2 / 3 + squares / 6)
        worst = (p * np.abs(g) * bound).sum(axes, keepdims=True) + 2 * math.sqrt(e.n) * size
        kept = p + _least(call, name)
        return Terms(
            cap=p * (t * (bound + 4) + worst),
            sigma=p * np.sqrt(t**2 * (square + 2 * _ONE) + of_sum),
            out_cap=kept * (t + np.abs(g) + 2 * size),
            out_sigma=kept * np.sqrt(_ONE * (t**2 + squares)),
        )


class LogSoftmaxGradient(_Gradient):
    """dx = g - p·G, G = Σg, p = exp(y) from the saved y: errors of y and of its exponential, and of the sum G.

    σ² = u²·p²[G²(r² + 0.36) + 0.18n(G²/3 + Σg²/6)] + ulp²/12, r·u the relative noise of p; a saved 16-bit y errs by
    u_out·|y|, and so does p relatively.
    """

    name = "log-softmax-gradient"
    source = "first-order error analysis of log-softmax's backward, on the noise of rule softmax"
    function = "exp"

    def terms(self, call: Call, name: str) -> Terms:
        e = exponents(call, unit(compute_dtype(call.dtypes[name])))
        axes = axes_of(call, e.d, 1)
        p, g = e.p, _cotangent(call)
        total, squares = g.sum(axes, keepdims=True), (g**2).sum(axes, keepdims=True)
        size = np.abs(g).sum(axes, keepdims=True)
        with np.errstate(divide="ignore"):
            y = np.abs(finite(np.log(p)))
        bound = 2 * (2 * BASE + SLOPE * (np.abs(e.d) + y) + math.sqrt(e.n) + e.stalled / 2)
        square = e.noise() + 4 + _ONE * y**2
        of_sum = _ONE * e.n * (total**2 / 3 + squares / 6)
        kept = (p + _least(call, name)) * np.abs(total) * y
        return Terms(
            cap=p * (np.abs(total) * (bound + 4) + 2 * math.sqrt(e.n) * size),
            sigma=p * np.sqrt(total**2 * (square + 2 * _ONE) + of_sum),
            out_cap=2 * (kept + p * np.abs(total)),
            out_sigma=np.sqrt(_ONE * (kept**2 + (p * total) ** 2)),
        )


class NormGradient(_Gradient):
    """Gradients of layer, group, instance, batch and RMS norm, with x̂ = r(x - μ) and ĝ = g·γ:

    dx = r(ĝ - a - x̂·b), a = mean ĝ, b = mean ĝx̂; dγ = Σ g·x̂; dβ = Σ g. σ² adds up, to first order, the noise of x̂ and r
    (rule layer-norm), of the two means, taken as mean(ĝx) - μ·mean(ĝ) where that is noisier, and of each product;
    B = 12σ.
    """

    name = "norm-gradient"
    source = "first-order error analysis of layer_norm_backward; B calibrated, honest worst 0.35 of it"

    def groups(self, call: Call, name: str) -> int:
        m = moments_of(call)
        return 0 if m.given or _place(call, name) != "input" else int(m.rstd.size)

    def terms(self, call: Call, name: str) -> Terms:
        m = moments_of(call)
        g = _cotangent(call).reshape(m.x.shape)
        which = _place(call, name)
        n, axes = m.n, m.axes
        centred = m.x - m.mean
        xhat, reach = m.rstd * centred, np.abs(m.x) + np.abs(m.mean)

        def mean(values: Array) -> Array:
            return np.asarray(values.mean(axis=axes, keepdims=True))

        def of_mean(average: Array, square: Array) -> Array:
            """Mean square of what adding up n terms of that mean square does to their mean, in u²."""
            return np.asarray(_ONE * (n * average**2 / 3 + square / 6))

        statistics = 0.0 if m.given else 1.0
        of_mu = statistics * of_mean(m.mean, m.mean_square)
        far = m.mean_square * m.rstd**2 * (0.0 if call.op == "rms_norm" else 1.0)  # κ², of numbers far from 0
        of_r = 0.5 + statistics * (_ONE * n / 12 + far * (WELFORD / n + _ONE / 4) + (REPEATED * m.repeats / 2) ** 2)
        of_x = m.rstd**2 * (_ONE * (m.x**2 + m.mean**2) + of_mu) + xhat**2 * of_r  # x̂'s
        kept_x = _ONE * ((m.rstd * m.mean) ** 2 + xhat**2)  # x̂'s where μ and r are saved in the output's dtype
        if which != "input":
            weight = 1.0 if which == "weight" else 0.0
            return _summed(call, name, g * xhat if weight else g, weight * g**2 * of_x, weight * g**2 * kept_x)
        t = g * m.gamma
        a, b = mean(t), mean(t * xhat)
        if m.given:
            b = np.zeros_like(b)
        centres = 0.0 if m.given or call.op == "rms_norm" else 1.0
        a, of_a = centres * a, centres * of_mean(a, mean(t**2))
        of_b = of_mean(b, mean((t * xhat) ** 2)) + mean(t**2 * of_x) / n + b**2 * of_r + a**2 * m.rstd**2 * of_mu
        product = t * m.x
        apart = of_mean(mean(product), mean(product**2)) + m.mean**2 * of_a
        apart = apart + _ONE * (mean(product) ** 2 + (a * m.mean) ** 2)
        of_b = np.maximum(of_b, m.rstd**2 * apart)
        shape = call.y[name].shape
        y = finite(call.y[name]).reshape(m.x.shape)
        variance = (
            m.rstd**2
            * (
                _ONE * (2 * t**2 + a**2 + (b * xhat) ** 2 + 3 * (m.rstd * b * reach) ** 2)
                + statistics * (of_a + xhat**2 * of_b + b**2 * of_x)
            )
            + y**2 * of_r
        )
        sigma = ORDERS * np.sqrt(variance).reshape(shape)
        # μ and r are saved in the output's dtype; kernels composed of others keep x̂, ĝ and the means in it too.
        kept = y**2 + m.rstd**2 * (b**2 * kept_x / _ONE + xhat**2 * ((a * m.rstd * m.mean) ** 2 + b**2))
        if call.op not in ("layer_norm", "group_norm"):
            kept = kept + m.rstd**2 * (t**2 + a**2 + 2 * (b * xhat) ** 2)
            # So do their terms, which may all be larger than an element that has none of its own.
            kept = kept + m.rstd**2 * (centres * mean(t**2) + 2 * xhat**2 * mean((t * xhat) ** 2)) / n
        out_sigma = np.sqrt(SHARED * _ONE * kept).reshape(shape)
        return Terms(TIMES * sigma, sigma, out_cap=TIMES * out_sigma, out_sigma=out_sigma)


def _place(call: Call, name: str) -> str:
    """`input`, `weight` or `bias`: the argument that the gradient belongs to."""
    wanted, at = {"v": name.removeprefix("grad.")}, positions(call)
    named = dict(call.case.kwargs)
    given = dict(enumerate(call.case.args))
    return next((k for k in ("weight", "bias") if wanted in (named.get(k), given.get(at[k]))), "input")


def _summed(call: Call, name: str, terms: Array, square: Array, kept: Array) -> Terms:
    """dγ or dβ: the sum of `terms` over all that share one γ, in the compute dtype or, row by row, in the output's.

    square, kept: mean square of each term's noise in u² and u_out².
    """
    y = finite(call.y[name])
    wide = (square + _ONE * terms**2, kept + _ONE * terms**2, terms**2, np.abs(terms))
    noise, rounded, q, size = (_fold(part, call, y) for part in wide)
    adding = _ONE * max(1.0, terms.size / max(y.size, 1)) * (y**2 / 3 + q / 3)
    sigma, out_sigma = np.sqrt(noise + adding), np.sqrt(rounded + adding)
    return Terms(TIMES * sigma + 2 * size, sigma, out_cap=TIMES * out_sigma, out_sigma=out_sigma)


def _fold(values: Array, call: Call, like: Array) -> Array:
    """Σ over all dimensions but those that γ has: the last ones of layer and RMS norm, else the second."""
    x = np.asarray(call.argument(0, "input"))
    whole = values.reshape(x.shape)
    if call.op in ("layer_norm", "rms_norm"):
        return np.asarray(whole.sum(axis=tuple(range(x.ndim - like.ndim))))
    return np.asarray(whole.sum(axis=tuple(i for i in range(x.ndim) if i != 1)))


class _Open(_Gradient):
    """Gradients that are left open where a value on the way, `top` of the noise, may have overflowed."""

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        allowed = super().allow(out, profile)
        if allowed.sigma is not None:
            # What underflows on the way loses as much as the cap says.
            allowed = replace(
                allowed, sigma=np.hypot(allowed.sigma, formats.format_of(compute_dtype(out.dtype)).min_normal)
            )
        if "top" not in out.noise:
            return allowed
        open_ = out.noise["top"].astype(np.float64) > formats.format_of(out.dtype).max / 2
        return replace(allowed, undefined=np.broadcast_to(open_, out.y.shape)) if open_.any() else allowed


class Derivative(_Open):
    """g·f'(x) of a function of one argument: B = 8u·R + ½ulp, R = |y| + |x·∂y/∂x| + |g|·c; σ² = u²R² + ulp²/12.

    c is what cancels where f' is computed from f: y² of tanh (1 - y²), |y| of sigmoid and of exponentials less 1,
    1 - |y| of softsign; and what the functions err that f' is made of, in 8u (`_PARTS`).
    16-bit kernels compose it of several, and save f in their own dtype: + 8u_out·R. Where a value on the way overflows
    (1 + y² of tan, the exponential of i0), and where rounding reaches one of digamma's poles, it is open.
    """

    name = "derivative"
    apart = True
    elementwise = True
    source = "first-order error analysis; f' as PyTorch's derivatives.yaml writes it; constants calibrated"

    def terms(self, call: Call, name: str) -> Terms:
        size = np.abs(finite(call.y[name])) + finite(slopes(call, [name])[name])
        cancels = _CANCELS.get(call.op)
        if cancels is not None:
            size = size + np.abs(_cotangent(call) * cancels(finite(call.y["out0"])))
        parts = _PARTS.get(call.op)
        if parts is not None:
            x, f = clean(np.asarray(call.argument(0, "input"))), finite(call.y["out0"])
            with np.errstate(all="ignore"):
                size = size + np.abs(_cotangent(call) * finite(parts(x, f, _slope(call, x), unit(call.dtypes[name]))))
        kept = size + _least(call, name)
        return Terms(STEPS * size, STEPS_NOISE * size, out_cap=STEPS * kept, out_sigma=math.sqrt(_ONE * STEPS) * kept)

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        found = super().witness(call, names)
        with np.errstate(over="ignore"):
            top = np.abs(call.y["out0"]) ** _POWERS.get(call.op, 1)
        if call.op in ("i0", "i1"):
            top = top * OVERFLOWS[call.op] / 2
        if call.op == "digamma":
            x = np.asarray(call.argument(0, "input"))
            turn = 4 * unit(compute_dtype(call.dtypes["out0"])) * np.pi * np.abs(x)  # how far πx and its sine may round
            top = np.where((x <= 0) & (np.abs(np.sin(np.pi * x)) <= 4 * turn), np.inf, _slope(call, clean(x)))
        for name, noise in found.items():
            if (top > formats.format_of(call.dtypes[name]).max / 2).any():
                noise["top"] = upward(top)
        return found


# What f' is computed from, where f' may be much smaller than it.
_CANCELS: dict[str, Callable[[Array], Array]] = {
    "tanh": np.square,
    **dict.fromkeys(("sigmoid", "expm1", "elu", "selu", "celu"), np.abs),
    "softsign": lambda f: 1 - np.abs(f),
}


def _slope(call: Call, x: Array) -> Array:
    """|f'(x)|, whatever the cotangent."""
    with np.errstate(all="ignore"):
        return finite(slopes(call, ["out0"])["out0"] / np.abs(x))


def _of_sinc(x: Array, f: Array, slope: Array, u: float) -> Array:
    """(t·cos t - sin t)/(πx²) with t = πx: its terms, which cancel near 0, and what t's rounding does to the cosine."""
    t = np.pi * x
    terms = (np.abs(t * np.cos(t)) + np.abs(np.sin(t))) / (np.pi * x**2)
    return np.asarray(terms + np.pi * np.minimum(np.abs(np.sin(t)) + u * np.abs(t), 1.0))


# What the functions err, and cancel, that f' is made of, over g and in 8u, from x, f, |f'| and u of the output: i0, i1,
# i0e and i1e err by 6, 18, 7.5 and 13 ulp on a CPU. i0' = i1, i1' = i0 - i1/x, i0e' = i1e - sgn(x)·i0e,
# i1e' = i0e - i1e·(sgn(x) + 1/x).
_PARTS: dict[str, Callable[[Array, Array, Array, float], Array]] = {
    "sinc": _of_sinc,
    "i0": lambda x, f, slope, u: 2.5 * slope,
    "i1": lambda x, f, slope, u: 1.5 * slope + 6 * np.abs(f / x),
    "i0e": lambda x, f, slope, u: 3.3 * slope + 5.5 * np.abs(f),
    "i1e": lambda x, f, slope, u: 2 * slope + 5.5 * np.abs(f * (1 + 1 / np.abs(x))),
    "digamma": lambda x, f, slope, u: slope,
}
# The power of f that f' is computed from, and that may overflow; of the others it is the first.
_POWERS = {"tan": 2, "reciprocal": 2, "rsqrt": 3}


class PowGradient(_Open):
    """g·e·x^(e-1) for x, g·y·log x for e: B = 8u·R + ½ulp, R = |grad|·(1 + |(e-1)·log x|) for x and 2|grad| for e.

    e - 1 rounds; 16-bit kernels round every step: + 8u_out·R. What underflows in x^(e-1) or y is multiplied too.

    Left open where x^(e-1) or e·x^(e-1), y or y·log x overflow on the way, and where e - 1 rounds to an integer that
    makes a negative x's power a number.
    """

    name = "pow-gradient"
    apart = True
    elementwise = True
    source = "first-order error analysis; the formula as PyTorch's derivatives.yaml writes it"

    def covers(self, call: Call, name: str) -> bool:
        return super().covers(call, name) and call.y[name].shape == call.y["out0"].shape and "complex" not in call.dtype

    def terms(self, call: Call, name: str) -> Terms:
        x, e, of_base = self._given(call, name)
        log = finite(np.log(np.abs(x)))
        y, g = np.abs(finite(call.y[name])), np.abs(_cotangent(call))
        size = y * (1 + np.abs((e - 1) * log)) if of_base else 2 * y
        factor = g * np.abs(e if of_base else log)
        inner = compute_dtype(call.dtypes[name])
        lost = factor * formats.format_of(inner).min_normal / unit(inner)
        kept = size + _least(call, name) * (1 + factor)
        size, lost, kept = (np.minimum(part, _HUGE) for part in (size, lost, kept))  # open there
        noise = STEPS_NOISE * size + lost
        return Terms(STEPS * size + lost, noise, out_cap=STEPS * kept, out_sigma=math.sqrt(_ONE * STEPS) * kept)

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        found = super().witness(call, names)
        for name, noise in found.items():
            x, e, of_base = self._given(call, name)
            form = formats.format_of(call.dtypes[name])
            with np.errstate(all="ignore"):
                power = np.abs(x) ** (e - 1) if of_base else np.abs(call.y["out0"].astype(np.float64))
                top = power * np.maximum(1.0, np.abs(e if of_base else finite(np.log(np.abs(x)))))
                less = formats.round_value(e - 1, form.name)
                turned = of_base & (x < 0) & (less == np.rint(less)) & (e != np.rint(e))
            top = np.where(turned, np.inf, top)
            if (top > form.max / 2).any():
                noise["top"] = upward(np.minimum(top, np.finfo(np.float64).max))
        return found

    def _given(self, call: Call, name: str) -> tuple[Array, Array, bool]:
        """x and e in the shape of the output, and whether the gradient is that of x."""
        x, e = np.asarray(call.argument(0, "input")), np.asarray(call.argument(1, "exponent"), np.float64)
        of_base = call.written(0, "input") == {"v": name.removeprefix("grad.")}
        x, e = np.broadcast_arrays(clean(x), clean(e))
        return x, e, of_base
