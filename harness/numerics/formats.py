"""Number formats: what each dtype can hold, how it rounds, and how its bits read.

NumPy and ml_dtypes only, so that it runs where torch is not installed. Formats follow IEEE 754-2019 and the
OCP 8-bit floating point specification (OFP8); the `fnuz` forms are those of arXiv:2206.02915.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np
import numpy.typing as npt

from harness.errors import UsageError

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Format:
    """A binary floating-point format: significand of p bits, exponents emin … emax, largest finite value max.

    negative_zero is False in the fnuz forms, where the bits of -0 are NaN.
    """

    name: str
    bits: int
    p: int
    emin: int
    emax: int
    max: float
    has_inf: bool = True
    negative_zero: bool = True

    @property
    def unit_roundoff(self) -> float:
        """u = 2^-p: the largest relative error of rounding to nearest."""
        return float(2.0**-self.p)

    @property
    def min_normal(self) -> float:
        """Smallest normal value, 2^emin."""
        return float(2.0**self.emin)

    @property
    def min_subnormal(self) -> float:
        """Smallest positive value, 2^(emin-p+1)."""
        return float(2.0 ** (self.emin - self.p + 1))

    @property
    def exponent_bits(self) -> int:
        """Width of the exponent field: all bits but the sign and the stored significand."""
        return self.bits - self.p


def _ieee(name: str, bits: int, p: int, emax: int) -> Format:
    return Format(name, bits, p, 1 - emax, emax, float((2.0 - 2.0 ** (1 - p)) * 2.0**emax))


FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        _ieee("float64", 64, 53, 1023),
        _ieee("float32", 32, 24, 127),
        _ieee("tfloat32", 19, 11, 127),
        _ieee("float16", 16, 11, 15),
        _ieee("bfloat16", 16, 8, 127),
        _ieee("float8_e5m2", 8, 3, 15),
        Format("float8_e4m3fn", 8, 4, -6, 8, 448.0, has_inf=False),
        Format("float8_e4m3fnuz", 8, 4, -7, 7, 240.0, has_inf=False, negative_zero=False),
        Format("float8_e5m2fnuz", 8, 3, -15, 15, 57344.0, has_inf=False, negative_zero=False),
    )
}

_COMPONENT = {"complex32": "float16", "complex64": "float32", "complex128": "float64"}
_NUMPY: dict[str, Any] = {
    name: np.dtype(name)
    for name in (
        *("float64", "float32", "float16", "complex64", "complex128", "bool"),
        *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    )
} | {
    name: np.dtype(getattr(ml_dtypes, name))
    for name in ("bfloat16", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz")
}
# NumPy has no complex numbers of two float16: their arrays are records of both components.
_NUMPY["complex32"] = np.dtype([("real", np.float16), ("imag", np.float16)])
_NAMES = {dtype: name for name, dtype in _NUMPY.items()}


def numpy_dtype(name: str) -> np.dtype[Any]:
    """NumPy's (or ml_dtypes') dtype for torch's name of it, for complex32 a record; UsageError lists the known ones."""
    try:
        return _NUMPY[name]  # type: ignore[no-any-return]
    except KeyError:
        raise UsageError(f"unknown dtype {name!r}; known: {', '.join(sorted(_NUMPY))}") from None


def dtype_name(dtype: npt.DTypeLike) -> str:
    """Torch's name of a NumPy dtype; UsageError where torch has none."""
    try:
        return _NAMES[np.dtype(dtype)]
    except KeyError:
        raise UsageError(f"dtype {np.dtype(dtype)} has no torch name; known: {', '.join(sorted(_NUMPY))}") from None


def is_float(name: str) -> bool:
    """True for the float dtypes, complex not among them."""
    return name in FORMATS


def is_complex(name: str) -> bool:
    """True for complex32, complex64 and complex128."""
    return name in _COMPONENT


def component(name: str) -> str:
    """The dtype of one component: float32 for complex64, otherwise the dtype itself."""
    return _COMPONENT.get(name, name)


def parts(array: Array) -> tuple[Array, Array]:
    """The real and the imaginary components of a complex array, as views of it."""
    return (array["real"], array["imag"]) if array.dtype.names else (array.real, array.imag)


def format_of(name: str) -> Format:
    """The float format of a dtype (of its components where complex); UsageError for integers and bool."""
    try:
        return FORMATS[component(name)]
    except KeyError:
        raise UsageError(f"dtype {name!r} is no float; floats are: {', '.join(FORMATS)}") from None


def unit_roundoff(name: str) -> float:
    """u = 2^-p of a float dtype; 0 for integers and bool, which do not round."""
    return format_of(name).unit_roundoff if component(name) in FORMATS else 0.0


_EXPONENT = np.int64(0x7FF0000000000000)


def ulp(y: npt.ArrayLike, name: str, *, ftz: bool = False) -> npt.NDArray[np.float64]:
    """ulp(y) = 2^(clamp(floor(log2|y|), emin, emax) - p + 1) of y (float64, any shape), as float64.

    ±inf counts as 2^(emax+1); the ulp of NaN is NaN; 1 for integers and bool. With `ftz` the gap between
    zero and
    the smallest normal counts as one ulp: below 2^emin the answer is 2^emin. Complex y: pass the components.
    """
    values = np.asarray(y, dtype=np.float64)
    if component(name) not in FORMATS:
        return np.ones_like(values)
    form = format_of(name)
    # The exponent field alone is 2^floor(log2|y|) for normal float64; 0 for zero and subnormals; inf for
    # inf and NaN.
    power = (values.view(np.int64) & _EXPONENT).view(np.float64)
    power = np.maximum(power, form.min_normal)  # zero and subnormals share the smallest normal's spacing
    top = 2.0**form.emax
    scale = 2.0 ** (1 - form.p)
    out = np.minimum(power, top) * scale
    if ftz:
        out = np.where(np.abs(values) < form.min_normal, form.min_normal, out)
    special = ~np.isfinite(values)
    if special.any():
        # ±inf stands for 2^(emax+1), whose clamped exponent is emax.
        out = np.where(special, np.where(np.isnan(values), np.nan, top * scale), out)
    return np.asarray(out, dtype=np.float64)


def with_inf_as_power(y: Array, name: str) -> Array:
    """float64 values clipped to ±2^(emax+1), which stands for ±inf (in float64: its largest value)."""
    form = format_of(name)
    top = 2.0 ** (form.emax + 1) if form.emax < 1023 else form.max
    return np.clip(y, -top, top)


def round_to(y: npt.ArrayLike, name: str, mode: str = "nearest", *, saturate: bool = False) -> Array:
    """float64 values rounded once to dtype `name`; the result is an array of that dtype.

    mode: `nearest` (ties to even), `zero` (truncation), `up`, `down`. A value that rounds beyond the
    largest becomes inf
    (NaN in a format that has none), or with `saturate` the largest. Casts by ml_dtypes may round twice, by
    way of float32;
    this does not.
    """
    values = np.asarray(y, dtype=np.float64)
    rounded = round_value(values, name, mode, saturate=saturate)
    if name == "tfloat32":
        return rounded.astype(np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        return rounded.astype(numpy_dtype(name))


def round_value(
    y: npt.ArrayLike, name: str, mode: str = "nearest", *, saturate: bool = False
) -> npt.NDArray[np.float64]:
    """As `round_to`, but the result stays float64: every value in it is exact in dtype `name`."""
    values = np.asarray(y, dtype=np.float64)
    form = format_of(name)
    if form.name == "float64":
        return np.clip(values, -form.max, form.max) if saturate else values.copy()
    spacing = ulp(np.where(np.isfinite(values), values, 0.0), name)
    scaled = values / spacing  # exact: spacing is a power of two
    rounder = {"nearest": np.rint, "zero": np.trunc, "up": np.ceil, "down": np.floor}
    if mode not in rounder:
        raise UsageError(f"unknown rounding mode {mode!r}; known: {', '.join(rounder)}")
    out = rounder[mode](scaled) * spacing
    return _overflow(values, out, form, mode, saturate)


def _overflow(values: Array, out: Array, form: Format, mode: str, saturate: bool) -> npt.NDArray[np.float64]:
    """`out` with what is beyond the largest value made inf, NaN or the largest."""
    beyond = np.abs(out) > form.max
    if beyond.any():
        toward_zero = {
            "nearest": np.zeros(out.shape, bool),
            "zero": np.ones(out.shape, bool),
            "up": np.signbit(out),
            "down": ~np.signbit(out),
        }[mode]
        keep = saturate | (toward_zero & np.isfinite(values))
        limit = np.copysign(np.inf if form.has_inf else np.nan, out)
        out = np.where(beyond, np.where(keep, np.copysign(form.max, out), limit), out)
    return np.asarray(out, dtype=np.float64)


def bits(values: Array) -> npt.NDArray[np.uint64]:
    """The raw bits of each element of a real array (not complex), as uint64."""
    array = np.ascontiguousarray(values)
    return array.view(f"u{array.dtype.itemsize}").astype(np.uint64)


def hexadecimal(value: Any, name: str) -> str:
    """The bits of one value of a real dtype, as `0x…` with all its digits."""
    array = np.asarray(value, dtype=numpy_dtype(name)).reshape(1)
    return f"0x{int(bits(array)[0]):0{array.dtype.itemsize * 2}x}"


def fields(value: Any, name: str) -> tuple[str, str, str]:
    """Sign, exponent and stored significand of one float, each as a string of binary digits."""
    form = format_of(name)
    array = np.asarray(value, dtype=numpy_dtype(name)).reshape(1)
    text = f"{int(bits(array)[0]):0{form.bits}b}"
    return text[0], text[1 : 1 + form.exponent_bits], text[1 + form.exponent_bits :]
