"""Rules of functions of each element: their error in ulps by profile, their condition, gates and gelu."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics import formats, limits
from harness.numerics.noise import (
    allowance,
    compute_dtype,
    finite,
    ulp,
    unit,
    upward,
)
from harness.numerics.profile import Profile
from harness.numerics.rules.base import Array, Call, Noise, Rule, clean
from harness.numerics.types import Allowance

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput

# Largest error, in ulp, of a function that the profile does not list. [calibrated: OpenCL's and CUDA's tables
# ask at most 4 of the basic functions; torch's CPU kernels stay below it with the condition term of
# `Function`]
DEFAULT_ULPS = 4.0
# What lgamma loses below zero, in u. [calibrated: 2.2 at ATEN_CPU_CAPABILITY default]
REFLECTED = 3.0
# Functions whose kernels need more of their condition. [calibrated: torch's CPU kernels reach 15 and 7.8; of Bessel
# functions, 2.3, 5.4, 1.4 and 1.3; its decomposition of log_ndtr 6.4; bessel_y0 and gammaincc at ATEN_CPU_CAPABILITY
# default 3.6 and 5.2, where so few others come near that the tail counts]
OTHER_ULPS = {
    "log_ndtr": 8.5,
    "bessel_y0": 6.5,
    "gammaincc": 8.0,
    "erfinv": 16.0,
    "erfcx": 9.0,
    "modified_bessel_i1": 3.0,
    "modified_bessel_k0": 7.0,
    "modified_bessel_k1": 2.0,
    "spherical_bessel_j0": 2.0,
}
# Functions that a profile knows by another name.
_SAME = {"float_power": "pow"}
# Powers that kernels compute as x·x·x and 1/(x·x), the first product rounded to its dtype.
_MULTIPLIED = (3, -2)
# sin x/x, whose kernels differ in whether x is multiplied by π first.
_SINC = ("sinc", "spherical_bessel_j0")
# Largest error of functions of complex numbers, in ulp of the modulus and of their condition, whatever profiles say of
# real ones: they are composed of several. [calibrated: torch's CPU kernels reach 5.4 and 4.1, the others 3.3]
COMPLEX_ULPS = {"tan": 6.0, "tanh": 6.0, "atan": 6.0, "atanh": 6.0, "expm1": 5.0}
# And those of them that real functions of both parts make up, none of whose arguments is rounded first: their condition
# counts for nothing. [calibrated: torch's CPU kernels reach 2.3 ulp, and 4.7 of the four above, beside mpmath]
COMPLEX_OF_PARTS = frozenset(
    [
        *("exp", "log", "log2", "log10", "sqrt", "rsqrt", "reciprocal", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
        *("asin", "acos", "atan", "asinh", "acosh", "atanh"),
    ]
)
# Functions whose exponential overflows before they do: by how much. Beyond it they are left open.
OVERFLOWS = {"sinh": 2.0, "cosh": 2.0, "i0": 32.0, "i1": 32.0}
# gelu is x/2·(1 + erf …) or x/2·(1 + tanh …): its error follows x, not y. [calibrated: torch's vectorised kernel
# reaches 8.9 at x = -4, where erf cancels against 1, and 5.1 elsewhere]
GELU_ULPS = 10.0
# RMS of that error, and what cancellation adds to it. [calibrated: 1.1 around 0 below AVX-512, 1.5 at x = -4]
GELU_NOISE, GELU_CANCELS = 1.2, 0.4
# σ of a function in bounds: no kernel errs by its bound but at single places, and the RMS over all of them stays below
# half of it. [calibrated: libraries and torch's kernels reach 0.49, and 0.53 in a block; 0.5 and 0.6 are allowed]
TYPICAL = 1 / 3
# Half of that where the profile does not list the function, or numbers are complex: then the bound is for any kernel,
# and holds the condition. [calibrated: torch's kernels reach 0.14, and 0.16 of complex numbers; 0.25 is allowed]
TYPICAL_UNLISTED = 1 / 6
# But neighbours may come close to it together.
TOGETHER = limits.RHO_SHARED / limits.TOGETHER
# Fewer different values than this share of all, or than this many, say too little of it.
VARIED, FEWEST_VALUES = 1 / 4, 32
# What a kernel for a 16-bit dtype may add, in its ulp: some use approximations fitted to that dtype.
# [calibrated: torch's vectorised erf reaches 0.008 ulp of float16 beyond rounding]
HALF_SLACK = 1 / 64
# Relative step of the difference quotient that measures |x f'(x)| in float64: error 2^-20 of itself.
_STEP = 2.0**-20


def slopes(call: Call, names: Sequence[str]) -> dict[str, Array]:
    """Σ |x ∂f/∂x| over the floating inputs, or over the integers where there are none, by one-sided differences (the
    larger of both sides).
    """
    wide = call.wide()
    kinds = "fc" if any(array.dtype.kind in "fc" for array in wide.values()) else "iu"
    total: dict[str, Array] = {n: np.zeros(call.y[n].shape) for n in names}
    with np.errstate(all="ignore"):
        for key, array in wide.items():
            if array.dtype.kind not in kinds:
                continue
            sides = [call.on({**wide, key: array * (1 + s * _STEP)}) for s in (1, -1)]
            for n in names:
                total[n] = total[n] + np.maximum(*(finite(np.abs(side[n] - call.y[n])) / _STEP for side in sides))
    return total


class Function(Rule):
    """A function of each element: C ulp of the compute dtype, C from the target's profile, plus the output's
    rounding.

    B = C_f·ulp32(y) + ½ulp_out. A function that the profile does not list gets C = 4 on y and on its
    condition: B = 4·(ulp32(y) + 2u·|x f'(x)|) + ½ulp_out, since its kernel rounds arguments on the way; so does one of
    complex numbers, with C on the modulus, unless real functions of both parts make it up. What a scale of
    the argument adds (softplus, celu) is in `_scaled`; lgamma of negative numbers, a difference of two logarithms that
    is zero between them, has 3u more. In float32 and float64 σ = B/3 where y has values that differ enough: the RMS of
    the error stays below B/2; of functions that the profile does not list, and of what a scale adds, σ = B/6. What elu
    and celu give back as it is has no error.
    """

    name = "function"
    apart = True
    elementwise = True
    source = "error tables of OpenCL C 3.0 section 7.4, CUDA C++ Programming Guide, and JAX"

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        condition = slopes(call, names)
        if call.op in _SINC and "out0" in condition:
            # |x f'| = |cos πx - sinc x|: its period is shorter than the quotient's step where x is large.
            size = np.abs(clean(np.asarray(call.argument(0, "input"))))
            condition["out0"] = np.maximum(condition["out0"], (size > 1) * (1 + finite(np.abs(call.y["out0"]))))
        if call.op in COMPLEX_STEPS and formats.is_complex(call.dtype) and "out0" in condition:
            condition["out0"] = condition["out0"] + COMPLEX_STEPS[call.op](call)
        code = np.frombuffer(call.op.encode(), np.uint8)
        found: dict[str, Noise] = {n: {"condition": upward(condition[n]), "function": code} for n in names}
        for n in names:
            if not _varied(call.y[n], call.dtypes[n]):
                found[n]["alike"] = np.asarray(True)
        if call.op in SCALES and "out0" in found:
            scaled = _scaled(call, condition["out0"])
            found["out0"] |= {"scaled": upward(scaled)} if scaled.any() else {}
        if call.op == "lgamma" and "out0" in found:
            negative = np.asarray(call.argument(0, "input")) < 0
            found["out0"] |= {"scaled": upward(REFLECTED * negative)} if negative.any() else {}
        if "out0" in found and (passed := _passed(call)).any():
            found["out0"]["passed"] = passed
        if call.op == "pow" and "out0" in found and np.isin(call.argument(1, "exponent"), _MULTIPLIED).all():
            found["out0"]["multiplied"] = np.asarray(True)
        return found

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        inner = compute_dtype(out.dtype)
        function = out.noise["function"].tobytes().decode()
        whole = formats.is_complex(out.dtype)
        ulps = None if whole else profile.ulp_of(_SAME.get(function, function), inner)
        default = (COMPLEX_ULPS if whole else OTHER_ULPS).get(function, DEFAULT_ULPS)
        cap = (default if ulps is None else ulps) * ulp(out.y, inner, ftz=profile.ftz)
        figures = {"function": function, "ulps": ulps, "compute": inner}
        if ulps is None:
            unlisted = "of complex numbers" if whole else f"profile {profile.name} lists no {function}"
            figures |= {"ulps": default, "default": unlisted}
        if ulps is None and not (whole and function in COMPLEX_OF_PARTS):
            cap = cap + 2 * default * unit(inner) * out.noise["condition"].astype(np.float64)
        if "scaled" in out.noise:
            cap = cap + unit(inner) * out.noise["scaled"].astype(np.float64)
        if inner != formats.component(out.dtype):
            cap = cap + HALF_SLACK * ulp(out.y, out.dtype, ftz=profile.ftz) + formats.format_of(inner).min_normal
            if "multiplied" in out.noise:
                cap = cap + unit(out.dtype) * finite(np.abs(out.y))
        if "passed" in out.noise:
            cap = np.where(out.noise["passed"], 0.0, cap)
        # A complex number's components may be in range where its modulus, or the exponential behind both, is not.
        open_ = np.abs(out.y) > formats.format_of(inner).max / OVERFLOWS.get(function, 2.0)
        undefined = open_ if (whole or function in OVERFLOWS) and open_.any() else None
        allowed = allowance(out, profile, cap=cap, variance=None, rule=self.name, figures=figures, undefined=undefined)
        return _typical(out, allowed)


def _typical(out: GoldenOutput, allowed: Allowance) -> Allowance:
    """The allowance with σ, where the output is as wide as what computes it and its values differ enough."""
    if "alike" in out.noise or compute_dtype(out.dtype) != formats.component(out.dtype):
        return allowed
    share = TYPICAL_UNLISTED if "default" in allowed.figures else TYPICAL
    sigma = share * np.asarray(allowed.cap)
    if "scaled" in out.noise:
        added = unit(compute_dtype(out.dtype)) * out.noise["scaled"].astype(np.float64)
        sigma = sigma - (share - TYPICAL_UNLISTED) * added
    return replace(allowed, sigma=sigma, f=0.0, together=TOGETHER)


def _varied(y: Array, dtype: str) -> bool:
    """Whether an RMS over y's errors says something of a function: its magnitudes differ, and none is subnormal, where
    one ulp is the same for all, and all may round alike.
    """
    values = np.unique(finite(np.abs(y)))
    least = formats.format_of(formats.component(dtype)).min_normal
    subnormal = (values > 0) & (values < least)
    return bool(values.size >= max(FEWEST_VALUES, VARIED * y.size) and not subnormal.any())


def _passed(call: Call) -> Array:
    """Where a function gives its argument back: elu and celu of positive numbers."""
    if call.op not in ("elu", "celu") or (call.op == "elu" and call.argument(2, "scale", 1) != 1):
        return np.zeros((), bool)
    return np.asarray(np.asarray(call.argument(0, "input")) > 0)


def _exponent(call: Call) -> Array:
    """|y·w log z| of z^w: complex powers are exp(w log z), whose argument rounds; |y·z log 2| of 2^z, exp(z log 2)."""
    with np.errstate(all="ignore"):
        if call.op == "exp2":
            exponent = np.asarray(call.argument(0, "input")) * math.log(2)
        else:
            exponent = np.asarray(call.argument(1, "exponent") * np.log(np.asarray(call.argument(0, "input"), complex)))
        return finite(np.abs(call.y["out0"]) * np.abs(exponent))


# What kernels of complex numbers do that their function's condition does not show.
COMPLEX_STEPS = {"pow": _exponent, "float_power": _exponent, "exp2": _exponent}

# Functions f(sx)/s, or s·f(x/s), of a scale that the caller gives: its place among the arguments, and its name.
SCALES = {"softplus": (1, "beta"), "celu": (1, "alpha")}


def _scaled(call: Call, condition: Array) -> Array:
    """What f(sx)/s errs more than f, in u of the dtype it is computed in, where s is no power of two.

    sx rounds, and s before it, which moves f by 2·|x f'(x)|; the quotient rounds, and s again, by 2|y|; f(sx) may be
    subnormal. Where sx lies within its rounding of softplus's threshold, either branch is right: they differ by
    log(1 + exp -threshold)/s.
    """
    scale = float(call.argument(*SCALES[call.op], 1.0))
    y = finite(call.y["out0"])
    if scale == 0 or math.frexp(scale)[0] == 0.5:
        return np.zeros(y.shape)
    inner = compute_dtype(call.dtypes["out0"])
    u, eta = unit(inner), formats.format_of(inner).min_subnormal
    stretch = abs(scale) if call.op == "celu" else 1 / abs(scale)
    found = 2 * condition + 2 * np.abs(y) + 2 * eta * stretch / u
    if call.op == "softplus":
        threshold = float(call.argument(2, "threshold", 20.0))
        sx = scale * clean(np.asarray(call.argument(0, "input")))
        near = np.abs(sx - threshold) <= 2 * u * np.abs(sx)
        found = found + near * math.log1p(math.exp(-threshold)) * stretch / u
    return np.asarray(found)


class Gated(Function):
    """1/(1 + exp -x), and x times a function between 0 and 1 (silu, mish, glu …): `function`, and + 2|x|·(smallest
    normal number), since 1 + exp overflows where its reciprocal, or the product with x, is not yet 0.
    """

    name = "gated"
    gradient = "gelu-like"

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        x = np.abs(clean(np.asarray(call.argument(0, "input"))))
        if call.op == "glu":
            x = np.split(x, 2, axis=call.argument(1, "dim", -1))[0]
        if call.op == "sigmoid":
            x = np.ones(())
        return {n: {**noise, "x": upward(x)} for n, noise in super().witness(call, names).items()}

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        allowed = super().allow(out, profile)
        least = formats.format_of(compute_dtype(out.dtype)).min_normal
        wider = replace(allowed, cap=np.asarray(allowed.cap) + 2 * least * out.noise["x"].astype(np.float64))
        return _typical(out, wider)


class Composed(Function):
    """A function that 16-bit kernels compose of others in their own dtype (rsqrt = 1/√x):
    `function`, and

    + ulp_out(y) + 2u_out·|x f'(x)| where the output is narrower than the compute dtype.
    """

    name = "composed"

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        allowed = super().allow(out, profile)
        if compute_dtype(out.dtype) == formats.component(out.dtype):
            return allowed
        more = ulp(out.y, out.dtype, ftz=profile.ftz) + 2 * unit(out.dtype) * out.noise["condition"].astype(np.float64)
        return replace(allowed, cap=np.asarray(allowed.cap) + more)


class Gelu(Rule):
    """gelu, x/2 times 1 plus an odd function: B = 10·ulp32(r) + ½ulp_out, r = max(|y|, |x|/2),
    σ = (1.2 + 0.4·(1 - |y|/r))·ulp32(r) and ulp_out/√12.

    And gradients g·f'(x) of products of x with a bounded function (gelu, silu, mish …), with r = |g|·max(1, |x|/2): f'
    holds x·(1 - σ(x)), which cancels.
    """

    name = "gelu-like"
    apart = True
    elementwise = True
    source = "calibrated: tails are computed as x·(1 + erf) with cancellation that scales with x"
    gradient = "gelu-like"

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        x = np.asarray(call.argument(0, "input"))
        half = np.abs(clean(x)) / 2
        noise: dict[str, Noise] = {}
        for n in names:
            reach = half
            if n.startswith("grad."):
                reach = np.maximum(1.0, np.abs(clean(x)) / 2) * _spread(np.abs(call.inputs["cot.out0"]), x.shape)
            noise[n] = {"reach": upward(np.broadcast_to(reach, call.y[n].shape))}
        return noise

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        inner = compute_dtype(out.dtype)
        size = finite(np.abs(out.y))
        reach = np.maximum(size, out.noise["reach"].astype(np.float64))
        step = ulp(reach, inner, ftz=profile.ftz)
        cancelled = 1.0 - np.divide(size, reach, out=np.ones_like(size), where=reach > 0)
        noise = (GELU_NOISE + GELU_CANCELS * cancelled) * step
        return allowance(
            out,
            profile,
            cap=GELU_ULPS * step,
            variance=None if out.name.startswith("grad.") else noise**2,
            rule=self.name,
            figures={"ulps": GELU_ULPS, "of": "max(|y|, |x|/2)", "compute": inner},
        )


def _spread(cotangent: Array, shape: tuple[int, ...]) -> Array:
    """A cotangent's largest value where the input is larger than the output (glu), else itself."""
    wide = cotangent.astype(np.float64)
    return wide if wide.shape == shape else np.asarray(wide.max(initial=0.0))
