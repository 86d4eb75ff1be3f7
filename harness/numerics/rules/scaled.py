"""Scaled: the shape that most closed-form rules share, error magnitudes times the unit roundoff they come
with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from harness.numerics import formats, limits
from harness.numerics.noise import allowance, compute_dtype, finite, unit, upward
from harness.numerics.profile import Profile
from harness.numerics.rules.base import Array, Call, Noise, Rule
from harness.numerics.types import Allowance

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """What an operator's rounding amounts to, per element of an output, in units of u.

    cap, sigma: bound and expected size of what the computation in the compute dtype adds, times its u.
    out_cap, out_sigma: the same for intermediates that kernels round to the output's dtype, times that u;
    they count only where the output is narrower than the compute dtype.
    in_cap, in_sigma: the same for factors of matrix products, times the u that the profile lets them be rounded
    to. largest_in: the largest that such a rounding adds to an exponent, in that u.
    """

    cap: npt.ArrayLike
    sigma: npt.ArrayLike
    out_cap: npt.ArrayLike = 0.0
    out_sigma: npt.ArrayLike = 0.0
    in_cap: npt.ArrayLike = 0.0
    in_sigma: npt.ArrayLike = 0.0
    largest_in: float = 0.0


class Scaled(Rule):
    """B = u·T + u_out·T_out + ½ulp_out and σ² = (u·V)² + (u_out·V_out)² + ulp²/12, with T and V from
    `terms`.
    """

    # Largest error in ulp of the function inside that `terms` already counts, and that function.
    function: ClassVar[str] = ""
    counted: ClassVar[float] = 4.0

    def terms(self, call: Call, name: str) -> Terms:
        """The magnitudes for one output; arrays broadcast to it."""
        raise NotImplementedError

    def covers(self, call: Call, name: str) -> bool:
        return name == "out0" or name.startswith("mutated.")

    def groups(self, call: Call, name: str) -> int:
        """How many groups the elements form that share an error each, of a statistic of theirs; 0: none share any."""
        return 0

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        found: dict[str, Noise] = {}
        for name in names:
            with np.errstate(all="ignore"):
                terms = self.terms(call, name)
            noise = {"T": upward(terms.cap), "V": upward(terms.sigma)}
            if groups := self.groups(call, name):
                noise["groups"] = np.asarray(groups)
            if compute_dtype(call.dtypes[name]) != formats.component(call.dtypes[name]):
                noise |= {"T_out": upward(terms.out_cap), "V_out": upward(terms.out_sigma)}
            elif np.any(terms.in_cap):
                noise |= {"T_in": upward(terms.in_cap), "V_in": upward(terms.in_sigma)}
                noise |= {"exponent": upward(terms.largest_in)}
            found[name] = noise
        return found

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        inner = compute_dtype(out.dtype)
        noise = {k: v.astype(np.float64) for k, v in out.noise.items()}
        u, u_out = unit(inner), unit(out.dtype)
        form = formats.format_of(inner)
        # Exponentials and products that underflow on the way lose at most the smallest normal number.
        cap = u * noise["T"] + form.min_normal
        with np.errstate(over="ignore"):
            variance = (u * noise["V"]) ** 2
        figures: dict[str, object] = {"u": u}
        if "T_out" in noise:
            cap = cap + u_out * noise["T_out"]
            with np.errstate(over="ignore"):
                variance = variance + (u_out * noise["V_out"]) ** 2
        u_in = profile.u_in(out.dtype)
        if u_in and "T_in" in noise:
            # exp(x) - 1 for x, where the exponent moves too far for the first order to do.
            x = 2 * u_in * float(noise["exponent"])
            u_in *= float(np.expm1(min(x, 50.0))) / x if x > 0 else 1.0
            cap = cap + u_in * noise["T_in"]
            variance = variance + (u_in * noise["V_in"]) ** 2
            figures["inputs"] = profile.inputs_of(out.dtype)
        ulps = profile.ulp_of(self.function, inner) if self.function else None
        if ulps is not None and ulps > self.counted:
            more = 2 * u * (ulps - self.counted) * self.amplified(out)
            cap, variance = cap + more, variance + more**2
            figures |= {"function": self.function, "ulps": ulps}
        return allowance(
            out,
            profile,
            cap=cap,
            variance=variance,
            rule=self.name,
            figures=figures,
            doubled="doubled" in out.noise,
            together=limits.shared(float(noise["groups"])) if "groups" in noise else 0.0,
        )

    def amplified(self, out: GoldenOutput) -> Array:
        """How far a relative error of the function inside moves the output."""
        return finite(np.abs(out.y))


def axes_of(call: Call, x: Array, index: int, name: str = "dim", default: object = None) -> tuple[int, ...]:
    """The dimensions that an argument names, none of them negative; all where it is None, empty, or a flag that another
    overload has in its place (var's `unbiased`). A number has none, whatever is named.
    """
    dim = call.argument(index, name, default)
    if not x.ndim or dim is None or isinstance(dim, bool) or np.size(dim) == 0:
        return tuple(range(x.ndim))
    return tuple(int(d) % x.ndim for d in np.ravel(dim))


def reduced(values: Array, axes: tuple[int, ...], y: Array) -> Array:
    """A keepdims statistic in the shape that the operator gave its output, with or without the reduced
    dimensions.
    """
    return values.reshape(y.shape) if values.size == y.size else np.squeeze(values, axes)
