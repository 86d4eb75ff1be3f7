"""Rules of sums and dot products, whatever the operator calls them: each output is Σ of n products."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics import formats, limits
from harness.numerics.noise import REPEATED, ROUNDING, allowance, compute_dtype, finite, unit, upward
from harness.numerics.profile import Profile
from harness.numerics.rules import orders, parts
from harness.numerics.rules.base import Array, Call, Noise, Rule
from harness.numerics.rules.counts import averaged
from harness.numerics.types import Allowance

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput

# Mean drift of a truncating block FMA, in u·|y| a block. [calibrated on emulated tensor cores]
TRUNCATION_DRIFT = 1.1
# Products of fewer terms are computed whole. [calibrated on an H200]
SPLIT = 128
# A magnitude is repeated where it makes up more than this share of an input.
_OFTEN = 0.05


class Sum(Rule):
    """Σ of n terms in any order: B = n·u_acc·S + ½ulp_out, S = Σ|terms|.

    σ² = 0.18·u_acc²·W² + ulp_out²/12, W² = Σ of squared partial sums: the largest of n·(y²/3 + Q/6), the expectation
    over exchangeable orders, and of the two natural orders; with Q doubled where these are not known (`orders`).
    Where all partial sums are multiples of one number and below 2^p of it, nothing rounds, and B is ½ulp_out (`grid`).
    S, Q = Σ terms² and n are the same program run on |x|, x² and ones; goldens hold R = √Q, whose range is Q's
    halved, and W.
    """

    name = "sum"
    apart = True
    source = "Higham, Accuracy and Stability, 2002, section 4.2; σ: harness benchmarks"
    gradient = "sum"
    products = False

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        ones, s, q = (self.magnitudes(call, power) for power in (0, 1, 2))
        count = averaged(call)
        share, step = repeated(call), orders.grid(call)
        scaled = parts.scaling(call, names) if call.op in parts.WITH_ADDEND else {}
        complex_ = self.products and formats.is_complex(call.dtype)
        recombined = parts.recombined(call, names) if complex_ and call.op.startswith("conv") else {}
        kept = parts.kept(call)
        noise: dict[str, Noise] = {}
        for name in names:
            n, big = np.maximum(np.abs(ones[name]), 1), np.abs(s[name])
            squares = np.abs(q[name])
            if count is not None:
                # The weights 1/n of an average stand squared in Q. A gradient has a term for each average that an
                # element is part of, times a weight that is rounded once for all, and Σt² ≤ (Σ|t|)².
                of = np.maximum(count(call, call.y[name]), 1)
                if name.startswith("out"):
                    n, squares = of, squares / of
                else:
                    n, squares = np.abs(ones[name]) * of.max(initial=1.0) + 3, big**2
            wandering = _wandering(call, name, n, squares)
            if name in scaled:
                n, wandering = n + scaled[name][0], wandering + scaled[name][1]
            if name in recombined:
                big, squares, wandering = (getattr(recombined[name], k) for k in ("s", "q", "w2"))
            elif complex_:
                n = 2 * n  # a component of a complex product is a sum of two
            noise[name] = {"S": upward(big), "R": upward(np.sqrt(squares)), "n": upward(n)}
            noise[name]["W"] = upward(np.sqrt(wandering))
            if step is not None and name == "out0":
                reach = orders.reach(call, name, big)
                if float(np.min(reach, initial=np.inf)) < 2.0 ** (step + 53):
                    # An average is divided once its sum is exact: 2^p terms' mean, and one rounding.
                    noise[name]["grid"] = np.asarray(step if count is None else step - math.log2(float(np.max(n))))
                    noise[name]["reach"] = upward(reach)
                    noise[name]["divided"] = np.asarray(float(count is not None))
            if share > 0:
                noise[name]["repeated"] = upward(share)
            if call.op == "cumsum":
                noise[name]["scan"] = np.asarray(True)
            if groups := _groups(call, name, n):
                noise[name]["groups"] = np.asarray(groups)
            if call.op in _COMPOSED and name == "out0":
                noise[name]["kept"] = upward(_COMPOSED[call.op](call))
            short = compute_dtype(call.dtypes[name]) != formats.component(call.dtypes[name])
            if kept is not None and name == "out0" and short:
                noise[name] |= {"K": upward(kept[0]), "KV": upward(kept[1])}
            if name.startswith("grad.") and short and parts.keeps_products(call, name):
                added = parts.added_in(call, name)
                wandered = orders.expected(np.asarray(added), finite(np.abs(call.y[name])), squares) if added else 0.0
                noise[name] |= {
                    "K": upward((2 + added) * big),
                    "KV": upward(np.sqrt(ROUNDING * (2 * squares + wandered))),
                }
            if short and (apart := parts.before_bias(call, name)) is not None:
                noise[name]["apart"] = upward(apart)
            composed = call.op in ("embedding_bag", "nanmean") or call.case.target == "torch.masked.mean"
            if composed and count is not None and name == "out0":
                noise[name]["twice"] = np.asarray(True)
        return noise

    def magnitudes(self, call: Call, power: int) -> Mapping[str, Array]:
        """Σ|terms|^power of every output, n, S and Q for 0, 1 and 2: the program on that power of its inputs.

        An addend runs alone, so that beta and alpha of other signs, or complex ones, cancel nothing. The program scales
        by them once whatever the power: the rest of it is put right here.
        """
        if call.op not in parts.WITH_ADDEND | {"index_add"}:
            return call.probe(lambda a: np.abs(a) ** power)
        addend = call.case.args[0]["v"] if call.case.args else dict(call.case.kwargs)["input"]["v"]
        wide = call.changed(lambda a: np.abs(a) ** power)
        without = call.on({**wide, addend: np.zeros_like(wide[addend])})
        only = call.on({k: v if k == addend or k.startswith("cot.") else np.zeros_like(v) for k, v in wide.items()})
        alpha, beta = ((abs(call.argument(-1, name, 1)) or 1) ** (power - 1) for name in ("alpha", "beta"))
        # A gradient has one of both factors, and needs no addend.
        return {
            k: (beta if k == f"grad.{addend}" else alpha) * np.abs(without[k])
            if k.startswith("grad.")
            else alpha * np.abs(without[k]) + beta * np.abs(only[k])
            for k in without
        }

    def accumulator(self, out: GoldenOutput, profile: Profile) -> str:
        """The dtype that partial sums are kept in."""
        if "scan" in out.noise:
            return profile.scan_of(out.dtype)
        dtype = out.dtype
        wide = "float64" if formats.component(dtype) == "float64" else "float32"
        return profile.accumulate.get(formats.component(dtype), wide)

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        if self.products:
            profile = profile.of_products(out.dtype)
        s, r, n, w = (out.noise[k].astype(np.float64) for k in ("S", "R", "n", "W"))
        q = r**2
        magnitude = finite(np.abs(out.y))
        acc = formats.format_of(self.accumulator(out, profile))
        u, eta = acc.unit_roundoff, acc.min_normal if profile.ftz else acc.min_subnormal
        plain = not self.products or not (profile.u_in(out.dtype) or profile.block(out.dtype))
        if plain and "grid" in out.noise:
            exact = out.noise["reach"].astype(np.float64) < 2.0 ** (float(out.noise["grid"]) + acc.p)
            divided = float(out.noise["divided"])
            n, w, s = (np.where(exact, divided * one, v) for one, v in ((1.0, n), (magnitude, w), (magnitude, s)))
            q = np.where(exact, 0.0, q)
        cap = n * u * s + n * eta
        with np.errstate(over="ignore"):
            variance = ROUNDING * u**2 * w**2
        figures: dict[str, object] = {"u": u, "n": _top(n), "S": _top(s)}
        # Repeated addends round the same way again and again, and so do terms that stall in their sum: in a
        # short format a share n·u of them is below half an ulp of it.
        share = np.maximum(
            float(out.noise.get("repeated", np.zeros(()))), np.minimum(n * u, 1.0) if acc.p < 24 else 0.0
        )
        variance = variance + (REPEATED * share * n * u * s) ** 2
        if self.products:
            cap, variance = self._products(out, profile, u, cap, variance, s, q, n, magnitude, figures)
        if "kept" in out.noise and acc.p > formats.format_of(out.dtype).p:
            times = float(out.noise["kept"]) * unit(out.dtype)
            cap, variance = cap + times * s, variance + ROUNDING * times * unit(out.dtype) * (magnitude**2 + q)
            figures["kept"] = float(out.noise["kept"])
        if "K" in out.noise and acc.p > formats.format_of(out.dtype).p:
            # Intermediates of which the golden knows the size.
            k, kv = (unit(out.dtype) * out.noise[name].astype(np.float64) for name in ("K", "KV"))
            cap, variance = cap + k, variance + kv**2
            figures["kept"] = _top(out.noise["K"].astype(np.float64))
        if "twice" in out.noise:
            # The sum is rounded to the output's dtype before it is divided.
            cap = cap + unit(out.dtype) * magnitude
            variance = variance + ROUNDING * (unit(out.dtype) * magnitude) ** 2
        # The order of a sum decides whether a partial sum overflows: open where |terms| alone reach the
        # largest.
        open_ = s > acc.max / 2
        undefined = np.broadcast_to(open_, out.y.shape) if open_.any() else None
        return allowance(
            out,
            profile,
            cap=cap,
            variance=variance,
            rule=self.name,
            figures=figures,
            undefined=undefined,
            doubled="doubled" in out.noise,
            together=limits.shared(float(out.noise["groups"])) if "groups" in out.noise else 0.0,
        )

    def _products(
        self,
        out: GoldenOutput,
        profile: Profile,
        u: float,
        cap: Array,
        variance: Array,
        s: Array,
        q: Array,
        n: Array,
        magnitude: Array,
        figures: dict[str, object],
    ) -> tuple[Array, Array]:
        """What multiplying adds: rounded products, rounded inputs, a tensor core's blocks."""
        if profile.fma is not True:
            variance = variance + ROUNDING * u**2 * q
        dtype = out.dtype
        u_in = profile.u_in(dtype)
        if u_in:
            # Both factors round; one that repeats rounds the same way each time.
            share = float(out.noise.get("repeated", np.zeros(())))
            cap = cap + (2 * u_in + u_in**2) * s
            variance = variance + 2 * ROUNDING * u_in**2 * q + (share * u_in * s) ** 2
            figures["inputs"] = profile.inputs_of(dtype)
        block = profile.block(dtype)
        if block is not None:
            # Khattak & Mikaitis: b products aligned to the largest with neab extra bits, then truncated.
            steps = np.ceil(n / block.b)
            cap = cap + steps * ((block.b + 1) * 2.0**-block.neab + 1) * 2.0**-23 * s
            if block.truncate:
                variance = variance + (TRUNCATION_DRIFT * steps * 2.0**-23 * magnitude) ** 2
            figures["block"] = block.b
        half = unit(dtype) > u
        if half and "apart" in out.noise and dtype in profile.bias_apart:
            apart = unit(dtype) * out.noise["apart"].astype(np.float64)
            cap, variance = cap + apart, variance + ROUNDING * apart**2
        if half and dtype in profile.partial_sums and _top(n) >= SPLIT:
            # Each part of a long product is rounded; parts' squares add up to Q and to what is left of y's.
            cap = cap + unit(dtype) * s
            variance = variance + ROUNDING * unit(dtype) ** 2 * (q + magnitude**2 / 2)
        return cap, variance


class Dot(Sum):
    """Dot products (matmul, convolution, linear, einsum …): the rule `sum` plus what multiplying adds.

    Without FMA each product rounds: + 0.18·u²·Q. With inputs rounded to fewer bits: + 2u_in·S. A tensor core that adds
    b products at a time
    and truncates: B + ⌈n/b⌉·((b+1)·2^-neab + 1)·2^-23·S, and σ² + (1.1·⌈n/b⌉·2^-23·|y|)².
    """

    name = "dot"
    source = Sum.source + "; tensor cores: Khattak & Mikaitis, numerical behaviour of matrix units"
    gradient = "dot"
    products = True


class Scatter(Sum):
    """Sums that accumulate in memory, in the output's own dtype (index_add, scatter_add, overlapping windows'
    gradients): the rule `sum` with u of that dtype, and for n only what rounds before the last addition,
    which
    rounds to the output: n - 2, or n - 1 where each term is divided first; one more where each is multiplied.
    """

    name = "scatter"
    apart = False
    gradient = "sum"

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        rounded = 2 if averaged(call) is None else 1
        found = super().witness(call, names)
        for name, noise in found.items():
            left = np.maximum(noise["n"] - rounded, 0)
            times, error = _factor(call)
            wandering = noise["W"] ** 2 * left / noise["n"]
            if name == "out0" and (base := _base(call)) is not None:
                wandering = np.maximum(wandering, orders.apart(left, base, finite(call.y[name]), noise["R"] ** 2))
            wandering = wandering + (times + error**2 / ROUNDING) * noise["R"] ** 2
            noise["W"] = upward(np.sqrt(wandering))
            noise["n"] = upward(left + times + error)
        return found

    def accumulator(self, out: GoldenOutput, profile: Profile) -> str:
        return formats.component(out.dtype)


def _base(call: Call) -> Array | None:
    """What an operator adds to, before all terms: real numbers, divided as the output is; None without any."""
    if call.op not in _BASED or not call.argument(-1, "include_self", True) or np.iscomplexobj(call.y["out0"]):
        return None
    base, count = finite(call.argument(0, "input")), averaged(call)
    return base if count is None else base / np.maximum(count(call, call.y["out0"]), 1)


def _factor(call: Call) -> tuple[int, float]:
    """How often a term of a scattered sum rounds before it is added, times a factor; and the factor itself, in u."""
    if call.op == "embedding_dense_backward":
        scaled = averaged(call) is not None
        return int(scaled), float(scaled)
    if call.op == "index_add":
        alpha = complex(call.argument(-1, "alpha", 1))
        return parts.rounds(alpha, formats.component(call.dtypes["out0"]))
    return int(call.argument(-1, "per_sample_weights", None) is not None), 0.0


def repeated(call: Call) -> float:
    """Share of the most frequent magnitude in the input that repeats least; 0 where no value stands out.

    A product repeats only where all its factors do.
    """
    shares = []
    for array in call.wide().values():
        if array.dtype.kind not in "fc" or array.size < 2:
            continue
        size = np.abs(array[array != 0]).reshape(-1)
        if not size.size:
            continue
        _, counts = np.unique(size, return_counts=True)
        shares.append(counts.max() / array.size)
    least = min(shares, default=0.0)
    return float(least) if least > _OFTEN else 0.0


def _groups(call: Call, name: str, n: Array) -> float:
    """How many groups the elements form that share terms, and so errors: a running sum is one, and so are windows that
    overlap, of n elements each, as far as no element is in two; 0: none share any.
    """
    y = call.y[name]
    if call.op == "cumsum":
        return max(1, y.size // y.shape[int(call.argument(1, "dim")) % y.ndim]) if y.ndim and y.size else 1
    if "avg_pool" not in call.op or not name.startswith("out"):
        return 0
    apart = np.asarray(call.argument(0, "input")).size / float(np.max(n, initial=1.0))
    return max(1.0, apart) if apart < y.size else 0


def _wandering(call: Call, name: str, n: Array, q: Array) -> Array:
    """Σ of squared partial sums behind each element, see `orders`."""
    y = finite(np.abs(call.y[name]))
    if call.op == "cumsum":
        # A running sum rounds once at each of its own values.
        squares = y**2
        if y.ndim:
            dim = int(call.argument(1, "dim")) % y.ndim
            squares = np.cumsum(squares, axis=dim) if name.startswith("out") else squares.sum(dim, keepdims=True)
        return np.asarray(np.maximum(orders.expected(n, y, q), squares))
    known = orders.path(call, name, q)
    if known is None:
        return orders.expected(n, y, q, times=orders.UNKNOWN)
    return np.asarray(np.maximum(orders.expected(n, y, q), known))


# Operators that add to their first argument.
_BASED = frozenset(["scatter_add", "index_add", "scatter_reduce", "index_reduce"])
# Operators that 16-bit kernels compose of others, and how many results of these they keep in the output's dtype.
_COMPOSED: dict[str, Callable[[Call], float]] = {
    "addbmm": lambda call: 2.0 + np.asarray(call.argument(1, "batch1")).shape[0],
}


def _top(values: Array) -> float:
    return float(values.max()) if values.size else 0.0
