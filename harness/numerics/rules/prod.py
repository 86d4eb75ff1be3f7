"""Rule of products of many factors: `prod`, `cumprod`, and reductions that multiply."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import ROUNDING, allowance, finite, unit, upward
from harness.numerics.profile import Profile
from harness.numerics.rules.base import Call, Noise, Rule
from harness.numerics.rules.counts import scattered
from harness.numerics.types import Allowance

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput


class Product(Rule):
    """Π of n factors: n - 1 roundings in the dtype that scans keep, B = n·u·|y| + ½ulp_out, σ² = 0.18·n·(u·y)²
    + ulp²/12; n grows along a running product. A product of complex numbers errs by √5·u of the modulus.

    The order decides where Π max(|x|, 1) overflows: such elements are left open; and where Π min(|x|, 1) underflows:
    + |y|.
    """

    name = "product"
    source = "Higham, Accuracy and Stability, 2002, lemma 3.1; complex: Brent, Percival & Zimmermann, 2007"

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        x = np.asarray(call.argument(0, "input"))
        count = np.asarray(x.size / max(call.y["out0"].size, 1))
        if call.op in ("scatter_reduce", "index_reduce"):
            count = scattered(call, call.y["out0"])
        scan = {}
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
