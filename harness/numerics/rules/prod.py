"""Rules of products of many factors: `prod`, `cumprod`, and reductions that multiply; and of the gradient of `prod`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import ROUNDING, allowance, finite, unit, upward
from harness.numerics.profile import Profile
from harness.numerics.rules.base import Call, Noise, Rule, clean
from harness.numerics.rules.counts import scattered
from harness.numerics.rules.scaled import axes_of
from harness.numerics.types import Allowance

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput


class Product(Rule):
    """Π of n factors: n - 1 roundings in the dtype that scans keep, B = n·u·|y| + ½ulp_out, σ² = 0.18·n·(u·y)²
    + ulp²/12; n grows along a running product. A product of complex numbers errs by √5·u of the modulus.

    What is multiplied in memory (scatter_reduce, index_reduce) is kept in the output's dtype.
    The order decides where Π max(|x|, 1) overflows: such elements are left open; and where Π min(|x|, 1) underflows:
    + |y|.
    """

    name = "product"
    steady = True
    source = "Higham, Accuracy and Stability, 2002, lemma 3.1; complex: Brent, Percival & Zimmermann, 2007"

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        x = np.asarray(call.argument(0, "input"))
        count = np.asarray(x.size / max(call.y["out0"].size, 1))
        if call.op in ("scatter_reduce", "index_reduce"):
            count = scattered(call, call.y["out0"])
        scan: Noise = {}
        if call.op in ("scatter_reduce", "index_reduce"):
            scan = {"memory": np.asarray(True)}
        if call.op == "cumprod" and x.ndim:
            scan = {"scan": np.asarray(True)}
            dim = int(call.argument(1, "dim")) % x.ndim
            count = np.arange(x.shape[dim]).reshape([-1 if i == dim else 1 for i in range(x.ndim)])
        top = call.probe(lambda a: np.maximum(np.abs(a), 1))
        bottom = call.probe(lambda a: np.minimum(np.where(a == 0, 1, np.abs(a)), 1))
        return {
            n: {
                "n": upward(np.broadcast_to(count, call.y[n].shape)),
                "top": upward(np.abs(top[n])),
                "bottom": upward(np.abs(bottom[n])),
                **scan,
            }
            for n in names
        }

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        n = out.noise["n"].astype(np.float64)
        kept = profile.scan_of(out.dtype) if "scan" in out.noise else profile.product_of(out.dtype)
        if "memory" in out.noise:  # in which the product stands, in its own dtype
            kept = formats.component(out.dtype)
        form = formats.format_of(kept)
        u, y = unit(kept), finite(np.abs(out.y))
        top, bottom = (out.noise[k].astype(np.float64) for k in ("top", "bottom"))
        over, under = top > form.max / 2, bottom < form.min_normal * 2
        cap = (math.sqrt(5) if formats.is_complex(out.dtype) else 1.0) * n * u * y
        return allowance(
            out,
            profile,
            cap=cap + np.where(under, y, 0.0),
            variance=ROUNDING * n * (u * y) ** 2 + np.where(under, y**2, 0.0),
            rule=self.name,
            figures={"n": float(n.max(initial=0.0)), "u": u},
            undefined=np.broadcast_to(over, out.y.shape) if over.any() else None,
            doubled="doubled" in out.noise,
        )


class ProductGradient(Rule):
    """dx = g·y/x of y = Π x, or g times the product of the other factors: B = (n·u + 3·u_out)·|dx| + ½ulp_out,
    σ² = 0.18·n·(u·dx)² + 0.36·(u_out·dx)² + ulp²/12, with u of the dtype that products are kept in.

    y and the quotient are rounded to the output's dtype, u_out, subnormal ones by half the least number s: +
    s·(√n·|g/x| + |g|), √n for the running products, which are subnormal before y is.
    """

    name = "product-gradient"
    source = Product.source

    def covers(self, call: Call, name: str) -> bool:
        return name.startswith("grad.") and call.op == "prod" and call.y[name].dtype.kind == "f"

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        x = clean(np.asarray(call.argument(0, "input")))
        y = x.prod(axes_of(call, x, 1), keepdims=True)
        g = np.abs(finite(call.inputs["cot.out0"].astype(np.float64))).reshape(y.shape)
        slope = np.divide(g, np.abs(x), out=np.zeros(x.shape), where=x != 0)
        n = np.asarray(x.size / max(y.size, 1))
        return {name: {"n": upward(n), "slope": upward(np.sqrt(n) * slope + g)} for name in names}

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        n, slope = (out.noise[k].astype(np.float64) for k in ("n", "slope"))
        u, u_out, y = unit(profile.product_of(out.dtype)), unit(out.dtype), finite(np.abs(out.y))
        least = u_out * formats.format_of(out.dtype).min_normal * slope
        return allowance(
            out,
            profile,
            cap=(n * u + 3 * u_out) * y + least,
            variance=ROUNDING * ((n * u**2 + 2 * u_out**2) * y**2 + least**2),
            rule=self.name,
            figures={"n": float(n.max(initial=0.0)), "u": u},
            doubled="doubled" in out.noise,
        )
