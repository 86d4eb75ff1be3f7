"""Rules of operators that compute each element on its own: exact ones, short fused formulas, transcendental
functions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import (
    ROUNDING,
    allowance,
    compute_dtype,
    finite,
    is_exact,
    ulp,
    unit,
    upward,
)
from harness.numerics.profile import Profile
from harness.numerics.rules.base import Array, Call, Noise, Rule, clean
from harness.numerics.rules.choice import exactly_given
from harness.numerics.types import Allowance

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput

# Largest error, in ulp, of a function that the profile does not list. [calibrated: OpenCL's and CUDA's tables
# ask at most 4 of the basic functions; torch's CPU kernels stay below it with the condition term of
# `Function`]
DEFAULT_ULPS = 4.0
# Functions whose kernels need more of their condition. [calibrated: torch's CPU kernels reach 15 and 7.8; of Bessel
# functions, 2.3, 5.4, 1.4 and 1.3]
OTHER_ULPS = {
    "erfinv": 16.0,
    "erfcx": 9.0,
    "modified_bessel_i1": 3.0,
    "modified_bessel_k0": 7.0,
    "modified_bessel_k1": 2.0,
    "spherical_bessel_j0": 2.0,
}
# sin x/x, whose kernels differ in whether x is multiplied by π first.
_SINC = ("sinc", "spherical_bessel_j0")
# Largest error of functions of complex numbers, in ulp of the modulus and of their condition, whatever profiles say of
# real ones: they are composed of several. [calibrated: torch's CPU kernels reach 5.4 and 4.1, the others 3.3]
COMPLEX_ULPS = {"tan": 6.0, "tanh": 6.0, "expm1": 5.0}
# Functions whose exponential overflows before they do: by how much. Beyond it they are left open.
OVERFLOWS = {"sinh": 2.0, "cosh": 2.0, "i0": 32.0, "i1": 32.0}
# gelu is x/2·(1 + erf …) or x/2·(1 + tanh …): its error follows x, not y. [calibrated: torch's vectorised kernel
# reaches 8.9 at x = -4, where erf cancels against 1, and 5.1 elsewhere]
GELU_ULPS = 10.0
# RMS of that error, and what cancellation adds to it. [calibrated: 1.1 around 0 below AVX-512, 1.5 at x = -4]
GELU_NOISE, GELU_CANCELS = 1.2, 0.4
# What a kernel for a 16-bit dtype may add, in its ulp: some use approximations fitted to that dtype.
# [calibrated: torch's vectorised erf reaches 0.008 ulp of float16 beyond rounding]
HALF_SLACK = 1 / 64
# Relative step of the difference quotient that measures |x f'(x)| in float64: error 2^-20 of itself.
_STEP = 2.0**-20
# Operators whose zero has the sign that IEEE 754 gives it; of the others (max, relu, where …) either
# zero is right.
SIGNED_ZERO = frozenset(
    ["abs", "neg", "copysign", "mul", "div", "sqrt", "clone", "to", "contiguous", "positive", "reshape"]
)


def rounded(y: Array, dtype: str) -> Array:
    """y rounded once to `dtype` (each component where complex), kept in its wide dtype."""
    if is_exact(dtype) or y.dtype.kind not in "fc":
        return y
    if np.iscomplexobj(y):
        out = np.empty(y.shape, np.complex128)
        part = formats.component(dtype)
        out.real, out.imag = formats.round_value(y.real, part), formats.round_value(y.imag, part)
        return out
    return np.asarray(formats.round_value(y, dtype))


class Exact(Rule):
    """Bit-equal to the float64 answer rounded once: copies, selections, + - × ÷ √, and all integer and
    boolean results.

    Rounding twice, by way of the compute dtype, is innocuous for these: 24 ≥ 2p + 2 for p = 11 and 8,
    53 ≥ 2·24 + 2.
    """

    name = "exact"
    source = "Figueroa, When is double rounding innocuous? SIGNUM 1995"

    def golden(self, call: Call, name: str) -> Array:
        own = [v for k, v in call.inputs.items() if not k.startswith("cot.")]
        if call.op == "nextafter" and name == "out0" and len(own) == 2:  # its answer depends on the format
            return np.asarray(np.nextafter(*np.broadcast_arrays(*own))).astype(np.float64)
        return rounded(call.y[name], call.dtypes[name])

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        signed = {"signed": np.asarray(True)} if call.op in SIGNED_ZERO else {}
        return {name: dict(signed) for name in names}

    def covers(self, call: Call, name: str) -> bool:
        return True

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        signed = "signed" in out.noise and not profile.ftz
        return Allowance(cap=0.0, exact=True, signed_zero=signed, ftz=profile.ftz, rule=self.name, figures={"ulps": 0})


class Rounded(Exact):
    """One IEEE operation (÷ √ 1/x): bit-equal to the rounded answer, unless the profile lists a larger
    error for it.

    B = (C - ½)·ulp32(y) + ½ulp_out where the profile's C exceeds ½: vector libraries and fast modes do
    not round right.
    """

    name = "rounded"
    source = "IEEE 754-2019 section 5.4; " + Exact.source

    def golden(self, call: Call, name: str) -> Array:
        return call.y[name]

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        code = np.frombuffer(call.op.encode(), np.uint8)
        return {n: {**noise, "function": code} for n, noise in super().witness(call, names).items()}

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        inner = compute_dtype(out.dtype)
        function = out.noise["function"].tobytes().decode()
        ulps = profile.ulp_of(function, inner) or 0.5
        if ulps <= 0.5:
            return super().allow(out, profile)
        cap = (ulps - 0.5) * ulp(out.y, inner, ftz=profile.ftz)
        figures = {"function": function, "ulps": ulps, "compute": inner}
        return allowance(out, profile, cap=cap, variance=None, rule=self.name, figures=figures)


class Quotient(Rule):
    """⌊a/b⌋ and trunc(a/b) of floats: exact, but where a/b lies within its own rounding of an integer,
    where the next integer is right too.
    """

    name = "quotient"
    source = "a rounded quotient may reach the integer that the true one just misses"

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        a, b = (clean(np.asarray(call.argument(i, k))) for i, k in ((0, "input"), (1, "other")))
        with np.errstate(all="ignore"):
            q = finite(a / b)
        near = np.abs(q - np.rint(q)) <= 2 * unit(call.dtype) * np.abs(q)
        return {n: {"near": np.broadcast_to(near, call.y[n].shape).astype(np.float32)} for n in names}

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        near = out.noise["near"].astype(np.float64)
        # Kernels may round the quotient to the output's dtype before they take its floor. Above 2^p every quotient is
        # an integer, and one ulp of it is the rounding that two steps may differ by.
        cap = near * np.maximum(1.0, ulp(out.y, out.dtype))
        return allowance(out, profile, cap=cap, variance=None, rule=self.name, figures={"near": float(near.sum())})


# Roundings of complex a + vbc, √5 a product (Brent, Percival & Zimmermann) and one the sum; of a + vb/c, 8 a quotient.
COMPLEX_PRODUCTS, COMPLEX_QUOTIENT = 6, 12


class Modulus(Rule):
    """Complex arithmetic: each component within 8u of the modulus, B = 8·u·|y| + ½ulp_out(|y|); open where the modulus
    overflows.

    Products need √5·u (Brent, Percival & Zimmermann 2007), Smith's division up to 8u in practice.
    """

    name = "modulus"
    source = "Brent, Percival & Zimmermann, Error bounds on complex floating-point multiplication, 2007"
    roundings = 8.0

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        u = unit(out.dtype)
        size = finite(np.abs(out.y))
        open_ = size > formats.format_of(out.dtype).max / 2
        return allowance(
            out,
            profile,
            cap=self.roundings * u * size,
            variance=ROUNDING * 3 * (u * size) ** 2,
            rule=self.name,
            figures={"u": u, "times": self.roundings},
            undefined=open_ if open_.any() else None,
        )


class Fused(Rule):
    """A sum of a few products (addcmul, lerp, add with alpha): each of k roundings errs by u·S at most,
    S = Σ|terms|.

    B = k·u·S + ½ulp, σ² = 0.18·k·(u·P)² + ulp²/12, P the root of the sum of the squared products. Covers either order,
    with and without FMA, and scalars rounded to the compute dtype; where they are no numbers of a 16-bit dtype, kernels
    may round them to it: + u_out·S. Complex products and quotients round more often than once, see `Modulus`.
    """

    name = "fused"
    source = "standard model of floating-point arithmetic: Higham, Accuracy and Stability, 2002, section 2.2"
    gradient = "empirical"
    roundings = 3

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        terms = TERMS.get(call.op)
        coarse = {} if exactly_given(call) else {"coarse": np.asarray(True)}
        if call.op == "addcdiv" and formats.is_complex(call.dtype):
            coarse["quotient"] = np.asarray(True)
        noise: dict[str, Noise] = {}
        for n in names:
            parts = [np.abs(part) for part in terms(call)] if terms else [np.abs(call.y[n])]
            plain, *products = parts if terms else (np.zeros(()), *parts)
            noise[n] = {"S": upward(plain + sum(products)), "P": upward(np.sqrt(sum(p**2 for p in products))), **coarse}
        return noise

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        u = unit(compute_dtype(out.dtype))
        s, p = (out.noise[k].astype(np.float64) for k in ("S", "P"))
        eta = formats.format_of(compute_dtype(out.dtype)).min_subnormal
        coarse = unit(out.dtype) if "coarse" in out.noise else 0.0
        k = self.roundings
        if formats.is_complex(out.dtype):
            k = COMPLEX_QUOTIENT if "quotient" in out.noise else COMPLEX_PRODUCTS
        return allowance(
            out,
            profile,
            cap=(k * u + coarse) * s + k * eta,
            variance=ROUNDING * (k * u**2 + coarse**2) * p**2,
            rule=self.name,
            figures={"k": k, "u": u},
        )


def _addcmul(call: Call) -> list[Array]:
    base, a, b = (clean(np.asarray(call.argument(i, k))) for i, k in ((0, "input"), (1, "tensor1"), (2, "tensor2")))
    return [base, np.asarray(call.argument(-1, "value", 1) * (a * b))]


def _addcdiv(call: Call) -> list[Array]:
    base, a, b = (clean(np.asarray(call.argument(i, k))) for i, k in ((0, "input"), (1, "tensor1"), (2, "tensor2")))
    with np.errstate(all="ignore"):
        return [base, clean(np.asarray(call.argument(-1, "value", 1) * (a / b)))]


def _lerp(call: Call) -> list[Array]:
    """a + w·(b - a): the difference rounds too, and b - (1 - w)·(b - a) is another way."""
    a, b, w = (clean(np.asarray(call.argument(i, k))) for i, k in ((0, "input"), (1, "end"), (2, "weight")))
    return [np.abs(a) + np.abs(b), np.asarray(w * (b - a)), np.asarray((1 - w) * (b - a))]


def _add(call: Call) -> list[Array]:
    a, b = (clean(np.asarray(call.argument(i, k))) for i, k in ((0, "input"), (1, "other")))
    return [a, np.asarray(call.argument(2, "alpha", 1) * b)]


# An operator's plain term, and its products.
TERMS: dict[str, Callable[[Call], list[Array]]] = {
    "addcmul": _addcmul,
    "addcdiv": _addcdiv,
    "lerp": _lerp,
    "add": _add,
    "sub": _add,
    "rsub": _add,
}


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
    complex numbers, with C on the modulus. What a scale of
    the argument adds (softplus, celu) is in `_scaled`.
    """

    name = "function"
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
        found = {n: {"condition": upward(condition[n]), "function": code} for n in names}
        if call.op in SCALES and "out0" in found:
            scaled = _scaled(call, condition["out0"])
            found["out0"] |= {"scaled": upward(scaled)} if scaled.any() else {}
        return found

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        inner = compute_dtype(out.dtype)
        function = out.noise["function"].tobytes().decode()
        whole = formats.is_complex(out.dtype)
        ulps = None if whole else profile.ulp_of(function, inner)
        default = (COMPLEX_ULPS if whole else OTHER_ULPS).get(function, DEFAULT_ULPS)
        cap = (default if ulps is None else ulps) * ulp(out.y, inner, ftz=profile.ftz)
        figures = {"function": function, "ulps": ulps, "compute": inner}
        if ulps is None:
            unlisted = "of complex numbers" if whole else f"profile {profile.name} lists no {function}"
            figures |= {"ulps": default, "default": unlisted}
            cap = cap + 2 * default * unit(inner) * out.noise["condition"].astype(np.float64)
        if "scaled" in out.noise:
            cap = cap + unit(inner) * out.noise["scaled"].astype(np.float64)
        if inner != formats.component(out.dtype):
            cap = cap + HALF_SLACK * ulp(out.y, out.dtype, ftz=profile.ftz) + formats.format_of(inner).min_normal
        # A complex number's components may be in range where its modulus, or the exponential behind both, is not.
        open_ = np.abs(out.y) > formats.format_of(inner).max / OVERFLOWS.get(function, 2.0)
        undefined = open_ if (whole or function in OVERFLOWS) and open_.any() else None
        return allowance(out, profile, cap=cap, variance=None, rule=self.name, figures=figures, undefined=undefined)


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
        return replace(allowed, cap=np.asarray(allowed.cap) + 2 * least * out.noise["x"].astype(np.float64))


class Composed(Function):
    """A function that 16-bit kernels compose of others in their own dtype (logit, rsqrt = 1/√x):
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
