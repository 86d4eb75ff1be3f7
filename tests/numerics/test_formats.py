"""Number formats: a reader can trust ulp, rounding and bits for every float dtype, to the last bit."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

from harness.errors import UsageError
from harness.numerics import formats

SMALL = ("float16", "bfloat16", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz")


def all_values(name: str) -> np.ndarray:
    """Every bit pattern of an 8- or 16-bit dtype, as an array of it."""
    dtype = formats.numpy_dtype(name)
    return np.arange(2 ** (8 * dtype.itemsize), dtype=f"u{dtype.itemsize}").view(dtype)


def finite(name: str) -> np.ndarray:
    """Every finite value of an 8- or 16-bit dtype, sorted, each once, as float64."""
    with np.errstate(invalid="ignore"):
        values = all_values(name).astype(np.float64)
    return np.unique(values[np.isfinite(values)])


def test_the_table_agrees_with_numpy_and_ml_dtypes():
    """p, exponent range and largest value of each format are those its library computes with."""
    for name, form in formats.FORMATS.items():
        if name == "tfloat32":
            assert (form.p, form.emin, form.emax) == (11, -126, 127)
            continue
        info = ml_dtypes.finfo(formats.numpy_dtype(name))
        assert form.max == float(info.max)
        assert form.min_normal == float(info.smallest_normal)
        assert form.min_subnormal == float(info.smallest_subnormal)
        assert form.unit_roundoff == float(info.eps) / 2
        assert form.bits == info.bits
        assert formats.unit_roundoff(name) == form.unit_roundoff


def test_infinities_and_negative_zero_are_where_the_format_has_them():
    """has_inf and negative_zero say what the bit patterns hold."""
    for name in SMALL:
        with np.errstate(invalid="ignore"):
            values = all_values(name).astype(np.float64)
        assert formats.FORMATS[name].has_inf == bool(np.isinf(values).any())
        assert formats.FORMATS[name].negative_zero == bool((np.signbit(values) & (values == 0)).any())


def test_ulp_is_the_distance_to_the_next_value():
    """For every value of every small dtype, ulp is the gap above it; so it is for float32 and float64."""
    for name in SMALL:
        values = finite(name)
        values = values[values >= 0]
        gaps = np.diff(values)
        assert np.array_equal(formats.ulp(values[:-1], name), gaps)
        assert np.array_equal(formats.ulp(-values[:-1], name), gaps)
        assert formats.ulp(values[-1], name) == gaps[-1]
        middle = values[:-1] + gaps * 0.75
        assert np.array_equal(formats.ulp(middle, name), gaps)
    for name in ("float32", "float64"):
        form = formats.FORMATS[name]
        dtype = formats.numpy_dtype(name)
        values = np.array([0.0, 1.0, 1.5, 2.0, 3e-5, form.min_normal, form.min_subnormal, 1e30, form.min_normal / 3])
        values = values.astype(dtype)
        assert np.array_equal(formats.ulp(values, name), np.spacing(values).astype(np.float64))


def test_ulp_at_the_edges():
    """±inf counts as 2^(emax+1), NaN has no ulp, integers have ulp 1, flushing widens the gap at zero."""
    for name, form in formats.FORMATS.items():
        top = 2.0 ** (form.emax - form.p + 1)
        assert formats.ulp([np.inf, -np.inf, form.max], name).tolist() == [top] * 3
        assert np.isnan(formats.ulp([np.nan, 1.0], name)).tolist() == [True, False]
        below = np.array([0.0, form.min_subnormal, form.min_normal / 2])
        assert formats.ulp(below, name, ftz=True).tolist() == [form.min_normal] * 3
        assert formats.ulp(below, name).tolist() == [form.min_subnormal] * 3
        kept = np.array([form.min_normal, 1.0])
        assert np.array_equal(formats.ulp(kept, name, ftz=True), formats.ulp(kept, name))
    assert formats.ulp([0.0, 7.0], "int32").tolist() == [1.0, 1.0]
    assert formats.ulp(1.0, "complex64") == 2.0**-23
    assert formats.ulp([1e300, 3.5e38], "float32").tolist() == [2.0**104] * 2


def test_rounding_to_nearest_is_exact_at_every_midpoint():
    """Between any two neighbours, the midpoint goes to the even one and everything else to the nearer."""
    for name in SMALL:
        values = finite(name)
        low, high = values[:-1], values[1:]
        middle = (low + high) / 2
        nudge = (high - low) * 2.0**-30
        got = formats.round_to(middle, name).astype(np.float64)
        assert ((got == low) | (got == high)).all()
        even = (formats.bits(formats.round_to(middle, name)) & 1) == 0
        assert even.all()
        assert np.array_equal(formats.round_to(middle - nudge, name).astype(np.float64), low)
        assert np.array_equal(formats.round_to(middle + nudge, name).astype(np.float64), high)
        assert np.array_equal(formats.round_value(values, name), values)


def test_rounding_modes():
    """`zero`, `up` and `down` go where they say, on both sides of zero."""
    values = finite("float8_e4m3fn")
    low, high = values[:-1], values[1:]
    inside = low + (high - low) * 0.75
    for mode, expected in (
        ("down", low),
        ("up", high),
        ("zero", np.where(inside > 0, low, high)),
    ):
        assert np.array_equal(formats.round_to(inside, "float8_e4m3fn", mode).astype(np.float64), expected)
    with pytest.raises(UsageError, match="nearest, zero, up, down"):
        formats.round_to(1.0, "float32", "sideways")


def test_overflow_becomes_what_the_format_has():
    """Beyond the largest value: inf, or NaN without one, or the largest when saturating or truncating."""
    for name, form in formats.FORMATS.items():
        if name == "float64":
            continue
        half = 2.0 ** (form.emax - form.p)
        beyond = np.array([form.max + 1.01 * half, -form.max - 1.01 * half, np.inf, -np.inf])
        got = formats.round_value(beyond, name)
        if form.has_inf:
            assert got.tolist() == [np.inf, -np.inf, np.inf, -np.inf]
        else:
            assert np.isnan(got).all()
        top = np.array([form.max, -form.max, form.max, -form.max])
        assert np.array_equal(formats.round_value(beyond, name, saturate=True), top)
        assert np.array_equal(formats.round_value(beyond[:2], name, "zero"), top[:2])
        assert formats.round_value(beyond[:1], name, "down")[0] == form.max
        assert formats.round_value(beyond[1:2], name, "up")[0] == -form.max
        assert not np.isfinite(formats.round_value(beyond[:1], name, "up")[0])
        assert not np.isfinite(formats.round_value(beyond[1:2], name, "down")[0])
        assert formats.round_value(form.max + 0.99 * half, name) == form.max
    assert np.isnan(formats.round_value(np.nan, "float32", saturate=True))
    assert formats.round_value(np.inf, "float64", saturate=True) == formats.FORMATS["float64"].max
    assert formats.round_value([-np.inf, 1.5], "float64", saturate=True).tolist() == [
        -formats.FORMATS["float64"].max,
        1.5,
    ]
    assert formats.round_value(np.inf, "float64") == np.inf
    assert formats.round_value(np.inf, "float16", "zero") == np.inf
    assert formats.round_value(1e6, "float16", "zero") == 65504.0


def test_no_double_rounding():
    """A float64 value reaches bfloat16 and float8 in one rounding; a cast by way of float32 takes two."""
    y = 1 + 2.0**-8 + 2.0**-30
    assert float(formats.round_to(y, "bfloat16")) == 1 + 2.0**-7
    assert float(np.float64(y).astype(ml_dtypes.bfloat16)) == 1.0
    y = 1 + 2.0**-4 + 2.0**-30
    assert float(formats.round_to(y, "float8_e4m3fn")) == 1.125
    rng = np.random.default_rng(0)
    x = rng.standard_normal(2000) * np.exp2(rng.integers(-30, 20, 2000))
    with np.errstate(over="ignore"):
        assert np.array_equal(formats.round_to(x, "float16"), x.astype(np.float16))
    assert np.array_equal(formats.round_to(x, "float32"), x.astype(np.float32))
    f32 = x.astype(np.float32)
    assert np.array_equal(formats.round_to(f32, "bfloat16"), f32.astype(ml_dtypes.bfloat16))


def test_fnuz_has_no_negative_zero():
    """What underflows from below becomes +0, for the bits of -0 are NaN there."""
    for name in ("float8_e4m3fnuz", "float8_e5m2fnuz"):
        assert formats.hexadecimal(formats.round_to(-1e-30, name), name) == "0x00"
    assert formats.hexadecimal(formats.round_to(-1e-30, "float8_e4m3fn"), "float8_e4m3fn") == "0x80"


def test_infinity_stands_for_a_power():
    """For measuring, ±inf and all beyond are ±2^(emax+1); float64 has no room and uses its largest."""
    got = formats.with_inf_as_power(np.array([np.inf, -np.inf, 1e300, 1.5]), "float16")
    assert got.tolist() == [65536.0, -65536.0, 65536.0, 1.5]
    assert formats.with_inf_as_power(np.array([np.inf]), "float64")[0] == np.finfo(np.float64).max


def test_bits_read_as_sign_exponent_and_significand():
    """A message can show a value's bits in hexadecimal and by field."""
    assert formats.hexadecimal(1.5, "bfloat16") == "0x3fc0"
    assert formats.hexadecimal(-2.0, "float32") == "0xc0000000"
    assert formats.hexadecimal(5, "int16") == "0x0005"
    assert formats.fields(-1.5, "float8_e5m2") == ("1", "01111", "10")
    assert formats.fields(1.5, "float16") == ("0", "01111", "1000000000")
    assert formats.FORMATS["float32"].exponent_bits == 8
    assert formats.bits(np.array([1.0], np.float32))[0] == 0x3F800000


def test_names_are_torchs():
    """Every dtype has one name here, torch's, and an unknown one is refused with the list of known ones."""
    for name in ("bfloat16", "float8_e5m2fnuz", "complex64", "bool", "uint8", "int64", "float64"):
        assert formats.dtype_name(formats.numpy_dtype(name)) == name
    with pytest.raises(UsageError, match="float8_e4m3fn"):
        formats.numpy_dtype("float9")
    with pytest.raises(UsageError, match="no torch name"):
        formats.dtype_name("U3")
    with pytest.raises(UsageError, match="no float"):
        formats.format_of("int8")
    assert formats.unit_roundoff("int8") == 0.0
    assert formats.unit_roundoff("complex128") == 2.0**-53
    assert formats.component("complex64") == "float32"
    assert formats.component("int8") == "int8"
    assert (formats.is_float("bfloat16"), formats.is_float("complex64"), formats.is_float("bool")) == (
        True,
        False,
        False,
    )
    assert (formats.is_complex("complex64"), formats.is_complex("float32")) == (True, False)
