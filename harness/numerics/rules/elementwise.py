"""Rules of operators that compute each element on its own and round once or a few times: exact ones, quotients, complex
products, short sums of products.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from harness.numerics.rules.parts import rounds
from harness.numerics.types import Allowance

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput

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

    B = (C - ½)·ulp32(y) + ½ulp_out where the profile's C exceeds ½, (C + 1)·ulp32(y) + ½ulp_out where the output is
    narrower than that, and y kept in 24 bits: vector libraries and fast modes do not round right. A division of all
    elements by one number has an entry of its own, `div_by_one`: a device may multiply with its reciprocal.
    """

    name = "rounded"
    source = "IEEE 754-2019 section 5.4; " + Exact.source

    def golden(self, call: Call, name: str) -> Array:
        return call.y[name]

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        by = call.argument(1, "other", 1.0) if call.op == "div" else 1.0
        dtype = formats.component(call.dtypes[names[0]])
        shared = np.ndim(by) == 0 and formats.is_float(dtype) and rounds(complex(by), dtype)[0]
        code = np.frombuffer((call.op + "_by_one" * bool(shared)).encode(), np.uint8)
        return {n: {**noise, "function": code} for n, noise in super().witness(call, names).items()}

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        inner = compute_dtype(out.dtype)
        function = out.noise["function"].tobytes().decode()
        ulps = profile.ulp_of(function, inner) or profile.ulp_of(function.removesuffix("_by_one"), inner) or 0.5
        if ulps <= 0.5:
            return super().allow(out, profile)
        own = -0.5 if inner == formats.component(out.dtype) else 1.0
        cap = (ulps + own) * ulp(out.y, inner, ftz=profile.ftz)
        figures = {"function": function, "ulps": ulps, "compute": inner}
        return allowance(out, profile, cap=cap, variance=None, rule=self.name, figures=figures)


class Quotient(Rule):
    """⌊a/b⌋ and trunc(a/b) of floats: exact, but where a/b lies within its own rounding of an integer,
    where the next integer is right too. And x·10^d rounded to an integer, over 10^d: near a half the next is right too.
    """

    name = "quotient"
    apart = True
    elementwise = True
    source = "a rounded quotient may reach the integer that the true one just misses"

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        if call.op == "round":
            return {n: self._decimal(call, n) for n in names}
        a, b = (clean(np.asarray(call.argument(i, k))) for i, k in ((0, "input"), (1, "other")))
        with np.errstate(all="ignore"):
            q = finite(a / b)
        near = np.abs(q - np.rint(q)) <= 2 * unit(call.dtype) * np.abs(q)
        return {n: {"near": np.broadcast_to(near, call.y[n].shape).astype(np.float32)} for n in names}

    def _decimal(self, call: Call, name: str) -> Noise:
        """Where x·10^d lies within its own rounding of a half, and the place of the last decimal."""
        place = 10.0 ** -call.argument(-1, "decimals")
        q = clean(np.asarray(call.argument(0, "input"))) / place
        near = np.abs(np.abs(q - np.trunc(q)) - 0.5) <= 2 * unit(compute_dtype(call.dtype)) * np.abs(q)
        return {"near": near.astype(np.float32), "place": np.asarray(place)}

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        near = out.noise["near"].astype(np.float64)
        if "place" in out.noise:
            place = float(out.noise["place"])
            figures = {"near": float(near.sum()), "place": place}
            return allowance(out, profile, cap=near * place, variance=None, rule=self.name, figures=figures)
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
    apart = True
    elementwise = True
    steady = True
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
    may round them to it, and a tensor that is multiplied by one before it is added, and the products of a cross
    product: + u_out·S. Complex products and quotients round more often than once, see `Modulus`.
    """

    name = "fused"
    apart = True
    elementwise = True
    steady = True
    source = "standard model of floating-point arithmetic: Higham, Accuracy and Stability, 2002, section 2.2"
    gradient = "empirical"
    roundings = 3

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        terms = TERMS.get(call.op)
        kept = terms is _cross or (terms is _add and rounds(complex(call.argument(2, "alpha", 1)), call.dtype)[0] > 0)
        coarse = {"coarse": np.asarray(True)} if kept or not exactly_given(call) else {}
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
    """a + w·(b - a), or b - (1 - w)·(b - a) from w = 1/2 on, whose difference rounds too; (1 - w)·a + w·b is another
    way.
    """
    a, b, w = (clean(np.asarray(call.argument(i, k))) for i, k in ((0, "input"), (1, "end"), (2, "weight")))
    near = np.abs(w) < 0.5
    return [np.where(near, a, b), np.asarray(np.where(near, w, 1 - w) * (b - a)), np.asarray((1 - w) * a), w * b]


def _add(call: Call) -> list[Array]:
    a, b = (clean(np.asarray(call.argument(i, k))) for i, k in ((0, "input"), (1, "other")))
    return [a, np.asarray(call.argument(2, "alpha", 1) * b)]


def _cross(call: Call) -> list[Array]:
    a, b = np.broadcast_arrays(*(clean(np.asarray(call.argument(i, k))) for i, k in ((0, "input"), (1, "other"))))
    first = next((i for i, n in enumerate(a.shape) if n == 3), -1) if call.case.target == "torch.cross" else -1
    dim = call.argument(2, "dim", None)
    dim = first if dim is None else int(dim)
    return [np.zeros(a.shape), *(np.roll(a, k, dim) * np.roll(b, -k, dim) for k in (1, -1))]


def _softshrink(call: Call) -> list[Array]:
    """x - λ or x + λ where |x| exceeds λ, which rounds before it is compared, too."""
    x, edge = np.abs(clean(np.asarray(call.argument(0, "input")))), float(call.argument(1, "lambd", 0.5))
    apart = 0.0 if exactly_given(call) else edge * unit(call.dtype)
    outside = x > edge - apart
    return [np.where(outside, x, 0.0), np.where(outside, edge, 0.0)]


# An operator's plain term, and its products.
TERMS: dict[str, Callable[[Call], list[Array]]] = {
    "addcmul": _addcmul,
    "addcdiv": _addcdiv,
    "lerp": _lerp,
    "add": _add,
    "sub": _add,
    "rsub": _add,
    "cross": _cross,
    "softshrink": _softshrink,
}
