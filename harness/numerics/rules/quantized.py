"""Rule of a linear layer on quantised codes, whose output is dequantised, or quantised again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.errors import GoldenError
from harness.numerics import formats
from harness.numerics.noise import ROUNDING, allowance, finite, is_exact, unit, upward
from harness.numerics.profile import Profile
from harness.numerics.rules.base import Array, Call, Noise, Rule
from harness.numerics.types import Allowance

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput

# Roundings of one term beside its sum's: two factors dequantised, two scales, and their product.
_FACTORS = 5
# How far the program's own answer may be from the formula, in units of the formula's allowance.
_SAME = 4.0


class QuantizedLinear(Rule):
    """y = Σ(x - x₀)·sₓ·(w - w₀)·s_w + b of codes x (…, n) and w (m, n): B = (n + 5)·u·S + ½ulp_out, u of float32.

    Where y is quantised again, its code is exact; it may be the neighbour's only where y/s_y + y₀ lies within
    B/s_y + 2u·(|y/s_y| + |y₀|) of the boundary between the two. What is beyond the last code saturates.

    The case's parameters are called input, weight, input_scale, weight_scale (one, or one an output channel), and where
    it has them input_zero_point, weight_zero_point, bias, output_scale, output_zero_point, quant_min, quant_max;
    numbers among them are given in its grid, as a rule does not see a function's own defaults.
    Integers may add up in int32 and be scaled once, or be dequantised first.
    """

    name = "quantized-linear"
    source = "Jacob et al., Quantization and training of neural networks, CVPR 2018, eq. 3; Higham 2002, section 4.2"

    def covers(self, call: Call, name: str) -> bool:
        return name == "out0"

    def golden(self, call: Call, name: str) -> Array:
        """The formula's answer in float64: the program's own, though run by the reference, may say float32."""
        y = _dequantized(call)[0]
        if not is_exact(call.dtypes[name]):
            return y
        code, low, high = _codes(call, name, y)
        return np.clip(np.rint(code), low, high).astype(call.y[name].dtype)

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        try:
            return self._witness(call, names)
        except LookupError as error:
            raise GoldenError(f"{call.case.id} names the rule {self.name}, which asks for more: {error}") from error

    def _witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        found: dict[str, Noise] = {}
        for name in names:
            y, s, q, n = _dequantized(call)
            if not is_exact(call.dtypes[name]):
                _agree(call, name, y, _SAME * unit("float32") * (n + _FACTORS) * s)
                found[name] = {"S": upward(s), "R": upward(np.sqrt(q)), "n": np.asarray(float(n))}
                continue
            code, low, high = _codes(call, name, y)
            step, zero, u = (
                call.argument(-1, "output_scale"),
                call.argument(-1, "output_zero_point", 0),
                unit("float32"),
            )
            bound = (n + _FACTORS) * u * s / step + 2 * u * (np.abs(y / step) + abs(zero))
            edge = np.floor(code) + 0.5  # the boundary nearest to the unrounded code
            near = (np.abs(code - edge) <= bound) & (edge > low) & (edge < high)
            _agree(call, name, np.clip(np.rint(code), low, high), near.astype(np.float64))
            found[name] = {"step": near.astype(np.float32)}
        return found

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        if "step" in out.noise:
            step = out.noise["step"].astype(np.float64)
            return Allowance(cap=step, rule=self.name, figures={"near a boundary": float(step.sum())})
        s, r, n = (out.noise[k].astype(np.float64) for k in ("S", "R", "n"))
        u = unit("float32")
        variance = ROUNDING * u**2 * (n * (np.abs(finite(out.y)) ** 2 / 3 + r**2 / 6) + _FACTORS * r**2 + out.y**2)
        return allowance(
            out,
            profile,
            cap=(n + _FACTORS) * u * s,
            variance=variance,
            rule=self.name,
            figures={"n": float(n), "u": u},
        )


def _dequantized(call: Call) -> tuple[Array, Array, Array, int]:
    """(y, Σ|terms|, Σ terms², terms of each) in float64, bias among the terms; the sums of codes are exact."""
    x = np.asarray(call.argument(0, "input"), np.float64) - np.asarray(call.argument(-1, "input_zero_point", 0))
    w = np.asarray(call.argument(1, "weight"), np.float64)
    zero = np.asarray(call.argument(-1, "weight_zero_point", 0), np.float64)
    w = w - (zero[:, None] if zero.ndim else zero)
    scale = np.asarray(call.argument(-1, "input_scale"), np.float64) * np.asarray(call.argument(-1, "weight_scale"))
    bias = call.argument(-1, "bias", None)
    b = np.zeros(()) if bias is None else np.asarray(bias, np.float64)
    y = (x @ w.T) * scale + b
    s = (np.abs(x) @ np.abs(w).T) * np.abs(scale) + np.abs(b)
    q = (x**2 @ (w**2).T) * scale**2 + b**2
    return y, s, q, x.shape[-1] + (bias is not None)


def _codes(call: Call, name: str, y: Array) -> tuple[Array, float, float]:
    """(unrounded codes of y, least and largest code)."""
    info = np.iinfo(formats.numpy_dtype(call.dtypes[name]))
    code = y / float(call.argument(-1, "output_scale")) + float(call.argument(-1, "output_zero_point", 0))
    return code, float(call.argument(-1, "quant_min", info.min)), float(call.argument(-1, "quant_max", info.max))


def _agree(call: Call, name: str, formula: Array, within: Array) -> None:
    """Raise GoldenError where the program does not compute what the rule is about to hold it to."""
    y = np.asarray(call.y[name], np.float64)
    if y.shape != formula.shape or (np.abs(y - formula) > within).any():
        raise GoldenError(
            f"{call.case.id} names the rule quantized-linear, but its program does not compute "
            "Σ(input - input_zero_point)·input_scale·(weight - weight_zero_point)·weight_scale + bias of parameters of "
            "these names, saturated and rounded to even with output_scale and output_zero_point if those are given"
        )
