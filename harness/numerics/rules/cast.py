"""Rules of conversions: between dtypes, and between numbers and the codes of a quantised grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import allowance, compute_dtype, finite, is_exact, ulp, unit
from harness.numerics.profile import Profile
from harness.numerics.rules.base import Array, Call, Noise, Rule, widen
from harness.numerics.types import Allowance

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput


_NAN = 2  # marks, among what has no place in an integer's range, a NaN


class Cast(Rule):
    """dtype to dtype: the input rounded once, bit for bit; to integers truncated, NaN left open, and what does not fit,
    unless the profile says that it becomes the nearest end of the range.

    A source wider than float32 may be rounded twice, by way of float32, as torch itself does: B =
    ½ulp_out + u32·|x|. A float8 format without infinity saturates or gives NaN as the profile says.
    """

    name = "cast"
    source = "IEEE 754-2019 sections 4.3 and 5.4.2; OCP 8-bit floating point specification"
    gradient = "cast"

    def covers(self, call: Call, name: str) -> bool:
        return True

    def golden(self, call: Call, name: str) -> Array:
        """The unrounded input, where the target is a float: the reference's own cast is not trusted. Where it is an
        integer, what does not fit is saturated.
        """
        x = self._given(call, name)
        to = call.dtypes[name]
        if self._bounded(x, to) and x is not None and x.shape == call.y[name].shape:
            return _saturated(np.real(widen(x)), call.y[name], to)
        if x is None or x.shape != call.y[name].shape or is_exact(to):
            return call.y[name]
        if formats.is_complex(to):
            return widen(x).astype(np.complex128)
        y = _odd_integer(x) if x.dtype.kind in "iu" else np.real(widen(x)).astype(np.float64)
        # A value beyond the largest that rounds back to it is stored as it.
        top = formats.format_of(to).max
        back = formats.round_value(y, to)
        return np.where((np.abs(y) > top) & (np.abs(back) == top), back, y)

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        found: dict[str, Noise] = {}
        for name in names:
            x, to = self._given(call, name), call.dtypes[name]
            noise: Noise = {}
            if x is not None and x.shape == call.y[name].shape:
                source = formats.dtype_name(x.dtype)
                if self._bounded(x, to):
                    noise["open"] = _outside(np.real(widen(x)), to)
                if to == "float8_e4m3fn" and not is_exact(source):
                    noise["open"] = np.isinf(np.real(widen(x)))
                narrow = not is_exact(to) and compute_dtype(to) != formats.component(to)
                if narrow and formats.component(source) not in ("float32", "float16", "bfloat16"):
                    noise["twice"] = np.asarray(not source.startswith("float8"))
            found[name] = noise
        return found

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        if "twice" in out.noise and bool(out.noise["twice"]):
            # One float32 rounding, and another for y, which is kept to 24 bits.
            cap = 2 * unit("float32") * finite(np.abs(out.y))
            return allowance(out, profile, cap=cap, variance=None, rule=self.name, figures={"by way of": "float32"})
        undefined = out.noise.get("open")
        if undefined is not None and out.dtype in profile.saturate_integers:
            undefined = undefined == _NAN
        overflow = profile.saturate if out.dtype.startswith("float8") else "ieee"
        if out.dtype == "float8_e4m3fn" and overflow == "ieee":
            overflow = "either"  # torch gave NaN here in 2.1 and gives the largest number in 2.13
        return Allowance(
            cap=0.0,
            exact=True,
            signed_zero=not profile.ftz and not is_exact(out.dtype),
            overflow=overflow,
            ftz=profile.ftz,
            undefined=None if undefined is None else undefined.astype(bool),
            rule=self.name,
            figures={"ulps": 0, "overflow": overflow},
        )

    @staticmethod
    def _bounded(x: Array | None, to: str) -> bool:
        """True for a cast of a float to an integer, whose range it may exceed."""
        return x is not None and is_exact(to) and to != "bool" and not is_exact(formats.dtype_name(x.dtype))

    def _given(self, call: Call, name: str) -> Array | None:
        """The array that `name` is a conversion of: the first argument, or the cotangent of a gradient."""
        if name.startswith("grad."):
            return call.inputs.get("cot.out0")
        first = call.case.args[0] if call.case.args else dict(call.case.kwargs).get("input")
        return call.inputs[first["v"]] if isinstance(first, dict) and "v" in first else None


def _odd_integer(x: Array) -> Array:
    """Integers as float64, rounded to odd where they do not fit: rounded further, they round once."""
    near = x.astype(np.float64)
    exact = [int(v) for v in x.reshape(-1)]
    flat = near.reshape(-1).copy()
    for i, (value, guess) in enumerate(zip(exact, flat.tolist(), strict=True)):
        if int(guess) != value:
            below = np.nextafter(guess, -np.inf) if int(guess) > value else guess
            flat[i] = below if int(np.float64(below).view(np.int64)) & 1 else np.nextafter(below, np.inf)
    return np.asarray(flat.reshape(x.shape))


def _outside(x: Array, dtype: str) -> Array:
    """1 where the truncated value lies outside an integer's range, 2 where it is NaN, else 0."""
    info = np.iinfo(formats.numpy_dtype(dtype))
    # The largest int64 is no float64: what rounds to 2^63 is outside.
    beyond = (np.trunc(x) < float(info.min)) | (np.trunc(x) >= float(info.max) + 1.0)
    return np.where(np.isnan(x), _NAN, beyond.astype(np.uint8)).astype(np.uint8)


def _saturated(x: Array, y: Array, dtype: str) -> Array:
    """Integers y, the nearest end of the range where x lies outside it, 0 where it is NaN."""
    info = np.iinfo(formats.numpy_dtype(dtype))
    kind = _outside(x, dtype)
    ends = np.where(x < 0, info.min, info.max).astype(y.dtype)
    return np.where(kind == _NAN, np.zeros_like(y), np.where(kind == 1, ends, y))


class Quantize(Rule):
    """x to a grid of codes: the exact code, or its neighbour where x/scale lies within its own rounding of a
    boundary.

    B = step·[|frac(x/s) - ½| ≤ 4u·(|x/s| + |zero point|)] + 2 ulp of the compute dtype; outputs may be
    codes or their values.
    """

    name = "quantize"
    source = "torch.fake_quantize_per_tensor_affine: q = clamp(round(x·(1/s) + z)), (q - z)·s"
    gradient = "empirical"

    def covers(self, call: Call, name: str) -> bool:
        return name == "out0"

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        x = np.asarray(call.argument(0, "input"))
        scale, zero = call.argument(1, "scale"), call.argument(2, "zero_point", 0)
        if np.ndim(scale) and "per_channel" in call.op:
            axis = int(call.argument(3, "axis"))
            shape = [-1 if i == axis else 1 for i in range(x.ndim)]
            scale, zero = np.reshape(scale, shape), np.reshape(zero, shape)
        with np.errstate(all="ignore"):
            code = finite(x / np.asarray(scale, np.float64))
        u = unit(compute_dtype(call.dtype))
        near = np.abs(np.abs(code - np.trunc(code)) - 0.5) <= 4 * u * (np.abs(code) + np.abs(zero) + 1)
        found: dict[str, Noise] = {}
        for name in names:
            step = 1.0 if is_exact(call.dtypes[name]) else np.abs(scale)
            found[name] = {"step": np.broadcast_to(near * step, call.y[name].shape).astype(np.float32)}
        return found

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        step = out.noise["step"].astype(np.float64)
        if is_exact(out.dtype):
            return Allowance(cap=step, rule=self.name, figures={"near a boundary": float((step > 0).sum())})
        inner = compute_dtype(out.dtype)
        return allowance(
            out,
            profile,
            cap=step * (1 + 2.0**-20) + 2 * ulp(out.y, inner),
            variance=None,
            rule=self.name,
            figures={"near a boundary": float((step > 0).sum())},
        )
