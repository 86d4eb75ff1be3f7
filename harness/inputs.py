"""Seeded inputs: the same bytes on every machine, every NumPy and every architecture.

Why not `Generator.normal`: NumPy may change those streams between versions, and libm's log, cos and exp
differ by an ulp between platforms. Here only `Philox.random_raw` is taken from NumPy (64-bit words of a
specified counter-based generator, Salmon et al. 2011), and all that follows is integer arithmetic and + - *
/ sqrt and ldexp in float64, which IEEE 754 fixes to the bit.

Normal numbers are Irwin–Hall: twelve 16-bit uniforms summed as integers, and 33 more bits below them,
so every value is an integer times 2^-49. Mean 0, variance 1, support ±6, excess kurtosis -0.1: near
enough to normal for testing kernels.

Values are rounded to the case's dtype, to nearest even (for bfloat16 and float8 by way of float32). Layout
is metadata: the array always holds the logical values in C order. This file runs in workers too: Python 3.9,
NumPy alone (ml_dtypes only when a bfloat16 or float8 array is asked for).
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harness.case import TensorSpec

    Array = NDArray[Any]
else:
    Array = np.ndarray  # subscripting it needs a newer NumPy than a worker's


@dataclass(frozen=True)
class _Format:
    """A binary float: p bits of significand, normal exponents emin … emax, largest finite value; `wide`
    is the range of exponents of the value class of that name, narrow enough that short dot products stay
    finite."""

    p: int
    emin: int
    emax: int
    largest: float
    wide: tuple[int, int]
    has_inf: bool = True


_FORMATS = {
    "float64": _Format(53, -1022, 1023, 1.7976931348623157e308, (-40, 40)),
    "float32": _Format(24, -126, 127, 3.4028234663852886e38, (-20, 20)),
    "bfloat16": _Format(8, -126, 127, 3.3895313892515355e38, (-20, 20)),
    "float16": _Format(11, -14, 15, 65504.0, (-10, 5)),
    "float8_e4m3fn": _Format(4, -6, 8, 448.0, (-6, 4), has_inf=False),
    "float8_e5m2": _Format(3, -14, 15, 57344.0, (-10, 5)),
    "float8_e4m3fnuz": _Format(4, -7, 7, 240.0, (-6, 4), has_inf=False),
    "float8_e5m2fnuz": _Format(3, -15, 15, 57344.0, (-10, 5), has_inf=False),
}
_COMPLEX_PARTS = {"complex64": "float32", "complex128": "float64"}
_INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
DTYPES = (*_FORMATS, *_COMPLEX_PARTS, *_INTEGERS, "bool")
_BLOCK = 1 << 16  # values made at a time: bounds the memory of large inputs, and leaves the stream as it is


def numpy_dtype(name: str) -> np.dtype[Any]:
    """NumPy's dtype for torch's dtype name; bfloat16 and float8 are ml_dtypes'. ValueError for an unknown
    name."""
    found: np.dtype[Any]
    if name == "bfloat16" or name.startswith("float8_"):
        import ml_dtypes

        found = np.dtype(getattr(ml_dtypes, name))
    elif name in DTYPES:
        found = np.dtype(name)
    else:
        raise ValueError(f"unknown dtype {name!r}: expected one of {', '.join(DTYPES)}")
    return found


def make(spec: TensorSpec, *, case_seed: int) -> Array:
    """The values of one input, shaped `spec.shape`, C order, dtype `numpy_dtype(spec.dtype)`.

    Seeded by (case_seed, spec.name) alone, so the float32 and the bfloat16 case of one shape see the same
    numbers, rounded. Raises ValueError when `spec.values` is not a value class and not a well-formed kind.
    """
    stream = _Stream(f"{case_seed}/{spec.name}")
    return _values(stream, spec.dtype, tuple(spec.shape), spec.values)


def known(values: str) -> bool:
    """Whether `values` is a value class, or a kind with as many numbers as it takes."""
    kind, _, rest = values.partition(":")
    if kind not in _KINDS:
        return values in _FLOATS
    form = next(form for form in KIND_FORMS if form.partition(":")[0] == kind)
    try:
        numbers = [float(text) for text in re.split("[:,]", rest)] if rest else []
    except ValueError:
        return False
    return kind == "literal" or len(numbers) == form.count(":")


def fill(name: str, shape: Sequence[int], dtype: str, *, seed: int) -> Array:
    """A model's parameter by rule: the same weights on every machine, and activations that keep their scale.

    Two and more dimensions: normal / sqrt(fan_in), fan_in = the product of all but the first dimension;
    embedding tables (the module's name contains `emb`): normal / 2. One dimension: 0.1 normal for a bias, 1
    + 0.1 normal for a weight.
    """
    stream = _Stream(f"{seed}/parameter/{name}")
    count = math.prod(shape)
    path = [part for part in name.split(".") if not part.isdigit()]
    module = path[-2] if len(path) > 1 else ""
    normal = stream.normal(count)
    if len(shape) >= 2:
        fan_in = math.prod(shape[1:])
        made = normal * 0.5 if "emb" in module.lower() else normal / np.sqrt(np.float64(max(fan_in, 1)))
    elif "bias" in path[-1].lower():
        made = normal * 0.1
    else:
        made = normal * 0.1 + 1.0
    return _round(made, dtype).reshape(tuple(shape))


def digest(arrays: Mapping[str, Array]) -> str:
    """sha256 (hex) over names, dtypes, shapes and little-endian bytes, in the order of the names."""
    sha = hashlib.sha256()
    for name in sorted(arrays):
        array = np.asarray(arrays[name])
        sha.update(f"{name}\0{array.dtype.name}\0{'x'.join(map(str, array.shape))}\0".encode())
        little = array.astype(array.dtype.newbyteorder("<")) if _big_endian(array.dtype) else array
        sha.update(np.ascontiguousarray(little).tobytes())
    return sha.hexdigest()


def _big_endian(dtype: np.dtype[Any]) -> bool:
    return dtype.itemsize > 1 and dtype.newbyteorder("<") != dtype


class _Stream:
    """An endless sequence of 64-bit words that its key decides."""

    def __init__(self, key: str) -> None:
        number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:16], "little")
        self._philox = np.random.Philox(key=number)

    def words(self, count: int) -> Array:
        """`count` uint64, uniform."""
        raw = self._philox.random_raw(count)
        return np.asarray(raw, dtype=np.uint64)

    def below(self, bound: int, count: int) -> Array:
        """`count` int64 in 0 … bound-1, bound < 2^31 (the bias of multiply-shift is below 2^-32)."""
        high = self.words(count) >> np.uint64(32)
        return np.asarray((high * np.uint64(bound)) >> np.uint64(32), dtype=np.int64)

    def uniform(self, count: int) -> Array:
        """`count` float64 in the open interval (0, 1): odd multiples of 2^-53."""
        made: Array = ((self.words(count) >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
        return made

    def normal(self, count: int) -> Array:
        """`count` float64 of mean 0 and variance 1 (Irwin–Hall, see the module's docstring)."""
        made = np.empty(count)
        for start in range(0, count, _BLOCK):
            n = min(_BLOCK, count - start)
            words = self.words(4 * n).reshape(n, 4)
            total = np.zeros(n, dtype=np.int64)
            for lane in (0, 16, 32, 48):
                total += ((words[:, :3] >> np.uint64(lane)) & np.uint64(0xFFFF)).sum(axis=1).astype(np.int64)
            low = (words[:, 3] >> np.uint64(31)).astype(np.int64)
            made[start : start + n] = ((total - 6 * 0xFFFF) * 2**33 + low - 2**32).astype(np.float64) * 2.0**-49
        return made

    def log_uniform(self, lo: int, hi: int, count: int) -> Array:
        """`count` float64 in [2^lo, 2^hi): a uniform exponent and a uniform significand."""
        exponent = self.below(hi - lo, count) + lo
        return np.asarray(np.ldexp(1.0 + self.uniform(count), exponent.astype(np.int32)))

    def signs(self, count: int) -> Array:
        """`count` float64, +1 or -1."""
        made: Array = 1.0 - 2.0 * (self.words(count) >> np.uint64(63)).astype(np.float64)
        return made


def _values(stream: _Stream, dtype: str, shape: tuple[int, ...], values: str) -> Array:
    count = math.prod(shape)
    kind, _, rest = values.partition(":")
    if kind in _KINDS:
        params = rest.split(":") if rest else []
        made = _KINDS[kind](stream, shape, params, values)
        if dtype in _COMPLEX_PARTS and kind in _IMAGINARY:
            made = made + 1j * _IMAGINARY[kind](stream, shape, params, values)
        return _to(made, dtype).reshape(shape)
    if dtype in _COMPLEX_PARTS:
        part = _COMPLEX_PARTS[dtype]
        made = np.empty(count, dtype=numpy_dtype(dtype))
        made.real = _values(stream, part, (count,), values)
        made.imag = _values(stream, part, (count,), values)
        return made.reshape(shape)
    if dtype in _FORMATS:
        if values not in _FLOATS:
            raise ValueError(_unknown(values))
        return _FLOATS[values](stream, dtype, count).reshape(shape)
    if values not in _FLOATS:
        raise ValueError(_unknown(values))
    return _integers(stream, numpy_dtype(dtype), count, values).reshape(shape)


def _unknown(values: str) -> str:
    return f"unknown values {values!r}: expected one of {', '.join(_FLOATS)}, {', '.join(KIND_FORMS)}"


def _to(made: Array, dtype: str) -> Array:
    if dtype in _FORMATS:
        return _round(made.astype(np.float64), dtype)
    if dtype in _COMPLEX_PARTS:
        return _round(made, dtype)
    if dtype == "bool":
        return np.asarray(made != 0)
    return np.floor(made).astype(numpy_dtype(dtype))


def _round(made: Array, dtype: str) -> Array:
    """float64 to `dtype`, to nearest even; finite values beyond the largest finite one become that."""
    if dtype in _COMPLEX_PARTS:
        return made.astype(numpy_dtype(dtype))
    f = _FORMATS[dtype]
    if dtype == "float64":
        return made
    clipped = np.where(np.isinf(made), made, np.clip(made, -f.largest, f.largest))
    single = clipped.astype(np.float32)
    return single if dtype == "float32" else single.astype(numpy_dtype(dtype))


# -- value classes of floating-point inputs: (stream, dtype, count) -> array of that dtype


def _normal(stream: _Stream, dtype: str, count: int) -> Array:
    return _round(stream.normal(count), dtype)


def _wide(stream: _Stream, dtype: str, count: int) -> Array:
    return _round(stream.signs(count) * stream.log_uniform(*_FORMATS[dtype].wide, count), dtype)


def _offset(stream: _Stream, dtype: str, count: int) -> Array:
    """Mean 2^(p/2 - 2), at least 2, variance 1: what a variance computed as E[x²] - E[x]² loses to
    cancellation."""
    return _round(stream.normal(count) + 2.0 ** max(_FORMATS[dtype].p // 2 - 2, 1), dtype)


def _positive(stream: _Stream, dtype: str, count: int) -> Array:
    return _round(stream.log_uniform(-4, 4, count), dtype)


def _unit(stream: _Stream, dtype: str, count: int) -> Array:
    f = _FORMATS[dtype]
    return _round(np.clip(stream.uniform(count), 2.0 ** max(f.emin, -64), 1.0 - 2.0**-f.p), dtype)


def _subnormal(stream: _Stream, dtype: str, count: int) -> Array:
    """Signed subnormals of every magnitude, and every eighth value the smallest normal."""
    f = _FORMATS[dtype]
    magnitude = np.floor(stream.log_uniform(0, f.p - 1, count))
    magnitude = np.where(stream.below(8, count) == 0, 2.0 ** (f.p - 1), magnitude)
    # ldexp of a small integer into the subnormal range is exact.
    made = np.ldexp(stream.signs(count) * magnitude, f.emin - f.p + 1)
    return _round(made, dtype)


def _special(stream: _Stream, dtype: str, count: int) -> Array:
    """Normal values, a quarter of them replaced in turn by NaN, ±inf, ±0, ±largest, ±smallest normal,
    ±smallest subnormal and ±1."""
    f = _FORMATS[dtype]
    tiny, least = math.ldexp(1.0, f.emin), math.ldexp(1.0, f.emin - f.p + 1)
    table = [
        math.nan,
        math.inf,
        -math.inf,
        0.0,
        -0.0,
        f.largest,
        -f.largest,
        tiny,
        -tiny,
        least,
        -least,
        1.0,
        -1.0,
    ]
    if not f.has_inf:
        table = [value for value in table if not math.isinf(value)]
    made = stream.normal(count)
    chosen = np.flatnonzero(stream.below(4, count) == 0)
    made[chosen] = np.resize(np.array(table), chosen.size)
    return _round(made, dtype)


def _boundary(stream: _Stream, dtype: str, count: int) -> Array:
    """Where rounding decides: powers of two, half-integers, and the midpoints between two numbers of each
    narrower format, each hit exactly or missed by one unit in the last place on either side."""
    f = _FORMATS[dtype]
    narrower = [p for p in (24, 11, 8, 4, 3) if p < f.p] or [f.p - 1]
    exponent = (stream.below(12, count) - 6).astype(np.int32)
    power = np.ldexp(1.0, exponent)
    half = stream.below(16, count) + 0.5
    p = np.array(narrower, dtype=np.int32)[stream.below(len(narrower), count)]
    # A midpoint of a p-bit format is an odd multiple of half its last place: 1.xx…x1 with p+1 bits.
    step = np.ldexp(1.0, -p)
    midpoint = power * (1.0 + (2.0 * np.floor(stream.uniform(count) * np.ldexp(1.0, p - 1)) + 1.0) * step)
    kind = stream.below(3, count)
    made = np.where(kind == 0, power, np.where(kind == 1, half, midpoint))
    _, e = np.frexp(made)
    missed = (stream.below(3, count) - 1) * np.ldexp(1.0, e - f.p)
    return _round(stream.signs(count) * (made + missed), dtype)


def _ties(stream: _Stream, dtype: str, count: int) -> Array:
    return _round(stream.below(5, count).astype(np.float64) - 2.0, dtype)


def _zeros(stream: _Stream, dtype: str, count: int) -> Array:
    return _round(np.zeros(count), dtype)


_FLOATS = {
    "normal": _normal,
    "wide": _wide,
    "offset": _offset,
    "positive": _positive,
    "unit": _unit,
    "subnormal": _subnormal,
    "special": _special,
    "boundary": _boundary,
    "ties": _ties,
    "zeros": _zeros,
}


def _integers(stream: _Stream, dtype: np.dtype[Any], count: int, values: str) -> Array:
    """The value classes for integers and bool: small numbers, every magnitude (wide), or the ends of the
    range."""
    if dtype.kind == "b":
        return np.asarray(stream.below(2 if values != "zeros" else 1, count) == 1)
    info = np.iinfo(dtype)
    signed = info.min < 0
    if values in ("wide", "offset", "subnormal"):
        kept = stream.below(info.bits - signed, count).astype(np.uint64)
        bits = stream.words(count) >> (np.uint64(63) - kept)
        made = bits.astype(np.int64) if signed else bits
        negative = (stream.words(count) >> np.uint64(63)) == 1
        return np.asarray(np.where(negative, -made, made) if signed else made).astype(dtype)
    if values in ("special", "boundary"):
        ends = [info.min, info.min + 1, -1 if signed else 1, 0, 1, info.max - 1, info.max]
        return np.array(ends, dtype=dtype)[stream.below(len(ends), count)]
    if values == "zeros":
        return np.zeros(count, dtype=dtype)
    lo, hi = {"positive": (1, 101), "unit": (0, 2), "ties": (-2, 3)}.get(values, (-10, 11))
    lo = lo if signed or lo >= 0 else 0
    return (stream.below(hi - lo, count) + lo).astype(dtype)


# -- kinds: exact sets of values a dtype or an operator needs, whatever the case's value class


def _index(stream: _Stream, shape: tuple[int, ...], params: list[str], values: str) -> Array:
    (bound,) = _numbers(params, 1, values, int)
    return stream.below(bound, math.prod(shape))


def _range(stream: _Stream, shape: tuple[int, ...], params: list[str], values: str) -> Array:
    lo, hi = _numbers(params, 2, values, float)
    if lo >= hi:
        raise ValueError(f"values {values!r}: expected LO < HI")
    return np.asarray(stream.uniform(math.prod(shape)) * (hi - lo) + lo)


def _arange(stream: _Stream, shape: tuple[int, ...], params: list[str], values: str) -> Array:
    _numbers(params, 0, values, int)
    return np.arange(math.prod(shape))


def _permutation(stream: _Stream, shape: tuple[int, ...], params: list[str], values: str) -> Array:
    """Each row (last dimension) a permutation of 0 … last-1: the order of random words."""
    _numbers(params, 0, values, int)
    if math.prod(shape) == 0 or not shape:
        return np.zeros(math.prod(shape), dtype=np.int64)
    return np.argsort(stream.words(math.prod(shape)).reshape(-1, shape[-1]), axis=-1, kind="stable").ravel()


def _dominant(stream: _Stream, shape: tuple[int, ...], params: list[str], values: str) -> Array:
    """Square matrices, diagonal in 1 … 2, off-diagonal row sums below 1/2: well-conditioned, as is
    either triangle."""
    _numbers(params, 0, values, int)
    rows, cols = _square(shape, values)
    made = (stream.uniform(math.prod(shape)) - 0.5).reshape(-1, rows, cols) / rows
    diagonal = 1.0 + stream.uniform(made.shape[0] * rows).reshape(-1, rows)
    made[:, np.arange(rows), np.arange(rows)] = diagonal
    return made


def _spd(stream: _Stream, shape: tuple[int, ...], params: list[str], values: str) -> Array:
    """Symmetric, or Hermitian, and diagonally dominant, hence positive definite (Gershgorin)."""
    made = _dominant(stream, shape, params, values)
    return (made + np.swapaxes(made, -1, -2)) * 0.5


def _off_diagonal(stream: _Stream, shape: tuple[int, ...], params: list[str], values: str) -> Array:
    """Imaginary part of `dominant`, which leaves the diagonal real, as that of a Cholesky factor is."""
    made = _dominant(stream, shape, params, values)
    return made * (1.0 - np.eye(shape[-1]))


def _skew(stream: _Stream, shape: tuple[int, ...], params: list[str], values: str) -> Array:
    """Imaginary part of `spd`, which makes it Hermitian."""
    made = _dominant(stream, shape, params, values)
    return (made - np.swapaxes(made, -1, -2)) * 0.5


def _literal(stream: _Stream, shape: tuple[int, ...], params: list[str], values: str) -> Array:
    """The numbers themselves, repeated to fill the shape: offsets, lengths, what no seed should choose."""
    numbers = _numbers(",".join(params).split(",") if params else [], None, values, float)
    if not numbers and 0 not in shape:
        raise ValueError(f"values {values!r}: expected numbers to fill shape {list(shape)}")
    count = math.prod(shape)
    return np.resize(np.array(numbers, dtype=np.float64), count)


def _square(shape: tuple[int, ...], values: str) -> tuple[int, int]:
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ValueError(f"values {values!r}: expected a square matrix, got shape {list(shape)}")
    return shape[-2], shape[-1]


def _numbers(params: list[str], count: int | None, values: str, kind: type) -> list[Any]:
    try:
        if count is not None and len(params) != count:
            raise ValueError
        return [kind(text) for text in params]
    except ValueError:
        raise ValueError(f"values {values!r}: expected one of {', '.join(KIND_FORMS)}") from None


_KINDS = {
    "index": _index,
    "range": _range,
    "arange": _arange,
    "permutation": _permutation,
    "dominant": _dominant,
    "spd": _spd,
    "literal": _literal,
}
# Imaginary parts of complex inputs; those of other kinds are real numbers.
_IMAGINARY = {"range": _range, "dominant": _off_diagonal, "spd": _skew}
KIND_FORMS = ("index:N", "range:LO:HI", "arange", "permutation", "dominant", "spd", "literal:A,B,..")


def cotangent(shape: Sequence[int]) -> Array:
    """The fixed output gradient of an output of `shape`, float64: multiples of 1/8 in [-1, 1] from an integer
    hash.

    Every value is exact in every float format down to float8, so all targets and the float64 reference are
    fed the same numbers.
    """
    index = np.arange(1, int(np.prod(shape, dtype=np.int64)) + 1, dtype=np.uint64)
    mixed = (index * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
    eighths = (mixed % np.uint64(17)).astype(np.float64) - 8.0
    return np.asarray((eighths / 8.0).reshape(tuple(shape)))
