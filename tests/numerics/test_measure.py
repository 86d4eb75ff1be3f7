"""Measuring: every figure is what its definition says, for every dtype, and nothing is hidden by a NaN."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import numpy as np
import pytest
from pairs import Golden, Output, judged, measured

from harness.numerics import formats, sums
from harness.numerics.grid import Grid
from harness.numerics.measure import measure, suspicious
from harness.numerics.totals import Z_EDGES, Pair, Peak, Sums, totals
from harness.numerics.types import Allowance

FLOATS = [name for name in formats.FORMATS if name != "tfloat32"]
EXACT = Allowance(cap=0.0, exact=True)


def sample(dtype: str, n: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A golden and an output a few ulp beside it, within the dtype's range."""
    rng = np.random.default_rng(seed)
    y = rng.standard_normal(n) * np.exp2(rng.integers(-3, 3, n))
    a = formats.round_to(y + formats.ulp(y, dtype) * rng.uniform(-3, 3, n), dtype)
    return a, y


def exact_figures(a: np.ndarray, y: np.ndarray, dtype: str) -> dict[str, float]:
    """The figures by rational arithmetic, straight from their definitions."""
    actual = [Fraction(float(v)) for v in a]
    golden = [Fraction(float(v)) for v in y]
    e = [p - q for p, q in zip(actual, golden, strict=True)]
    n = len(e)
    q = [abs(v) / Fraction(float(formats.ulp(float(g), dtype))) for v, g in zip(e, golden, strict=True)]
    rel = [abs(v) / abs(g) for v, g in zip(e, golden, strict=True) if g]
    dot = sum(p * g for p, g in zip(actual, golden, strict=True))
    norm_a, norm_y = sum(p * p for p in actual), sum(g * g for g in golden)
    square = sum(v * v for v in e)
    signs = [np.sign(float(v * g)) for v, g in zip(e, golden, strict=True)]
    return {
        "max_abs": max(map(abs, e)),
        "mean_abs": sum(map(abs, e)) / n,
        "max_rel": max(rel),
        "mean_rel": sum(rel) / len(rel),
        "max_ulp": max(q),
        "mean_ulp": sum(q) / n,
        "rmse": math.sqrt(square / n),
        "cosine": float(dot) / math.sqrt(norm_a * norm_y),
        "snr_db": 10 * math.log10(norm_y / square),
        "mismatched": sum(v > Fraction(1, 2) for v in q) / n,
        "sign_bias": sum(signs) / np.count_nonzero(signs),
        "slope": float(sum(v * g for v, g in zip(e, golden, strict=True)) / norm_y),
        "scale": math.sqrt(norm_y / n),
    }


def test_figures_are_their_definitions_in_every_float_dtype():
    """Absolute, relative and ulp errors, RMSE, cosine, SNR, bias and slope equal rational arithmetic."""
    for dtype in FLOATS:
        a, y = sample(dtype)
        if dtype == "float64":
            a = y + np.random.default_rng(1).standard_normal(y.size) * 1e-9
        got = measured(a, y, dtype)
        for name, value in exact_figures(a, y, dtype).items():
            assert getattr(got, name) == pytest.approx(float(value), rel=1e-9, abs=1e-15), (dtype, name)


def test_figures_of_small_values_and_few_elements():
    """No figure has a floor: values far below 1, single elements, zeros and exact ones count."""
    a, y = sample("float32", 30)
    a, y = (a * np.float32(2.0**-20)).astype(np.float32), y * 2.0**-20
    got = measured(a, y)
    for name, value in exact_figures(a, y, "float32").items():
        assert getattr(got, name) == pytest.approx(float(value), rel=1e-9), name
    one = measured([2.5], np.array([1.0]))
    assert (one.mean_abs, one.mean_rel, one.rmse, one.mean_ulp) == (1.5, 1.5, 1.5, 1.5 * 2**23)
    assert measured([0.5, 2.0], np.array([0.0, 1.0])).mean_rel == 1.0
    assert measured([1.0, 2.0, 3.5, 3.9], np.array([1.0, 2.0, 3.0, 4.0])).sign_bias == 0.0
    assert measured([5.0, 0.5], np.array([0.0, 1.0])).sign_bias == -1.0
    assert measured([2.0, 3.0], np.array([1.0, 2.0])).sign_bias == 1.0
    exact = measured([1.0, 2.0], np.array([1.0, 2.0]))
    assert (exact.snr_db, exact.sign_bias, exact.slope) == (None, 0.0, 0.0)
    zero = measured([1.0, 2.0], np.array([0.0, 0.0]))
    assert (zero.snr_db, zero.cosine, zero.detectable, zero.slope) == (None, None, None, 0.0)


def test_a_cosine_is_never_beyond_one():
    """Rounding carries no cosine beyond ±1."""
    for seed in range(40):
        y = np.random.default_rng(seed).standard_normal(7)
        assert 1 - 1e-9 < measured(y, y, "float64").cosine <= 1.0
        assert -1.0 <= measured(-y, y, "float64").cosine < -1 + 1e-9


def test_indices_point_at_the_largest_errors():
    """Each maximum says where it is, in the output's own shape; of equals the first."""
    y = np.ones((3, 4, 5))
    y[2, 3, 1] = 1000.0
    a = y.copy()
    a[1, 2, 3] = a[1, 2, 4] = 1.5
    a[2, 3, 1] = 1010.0
    d = measured(a, y, allowance=Allowance(cap=np.where(y > 1, 100.0, 0.1), sigma=np.where(y > 1, 1.0, 0.01)))
    assert (d.max_abs, d.max_abs_index) == (10.0, (2, 3, 1))
    assert (d.max_rel, d.max_rel_index) == (0.5, (1, 2, 3))
    assert (d.max_ulp, d.max_ulp_index) == (0.5 * 2**23, (1, 2, 3))
    assert (d.max_ratio, d.max_ratio_index) == (5.0, (1, 2, 3))
    assert (d.max_z, d.max_z_index) == (50.0, (1, 2, 3))
    clean = measured(y, y)
    assert clean.max_abs_index is None
    assert clean.max_ratio == 0.0


def test_relative_error_leaves_out_zeros_of_the_golden():
    """Where the golden is 0 a relative error means nothing, and it is not counted in the mean."""
    d = measured([0.5, 2.0, 4.0], np.array([0.0, 1.0, 4.0]))
    assert (d.max_rel, d.max_rel_index, d.mean_rel) == (1.0, (1,), 0.5)


def test_ratio_noise_and_detectable():
    """m = |e|/B and z = e/σ per element, whether B and σ are scalars, arrays or broadcast rows."""
    rng = np.random.default_rng(0)
    y = rng.standard_normal((20, 32))
    a = (y + rng.standard_normal(y.shape) * 1e-3).astype(np.float32)
    e = a.astype(np.float64) - y
    row = np.linspace(0.5, 2.0, 32)
    for cap, sigma in (
        (2.0, 0.25),
        (row, 0.5 * row),
        (np.broadcast_to(row, y.shape), 0.125),
        (0.75, row),
        (2.0, 0.05),
        (row, 0.01 * row),
        (3.0, None),
    ):
        d = measured(a, y, allowance=Allowance(cap=cap, sigma=sigma))
        assert d.max_ratio == pytest.approx(np.max(np.abs(e) / cap), rel=1e-14)
        seen = np.broadcast_to(cap, y.shape)
        if sigma is None:
            assert (d.max_z, d.rms_z, d.block_z) == (None, None, None)
        else:
            z = e / np.broadcast_to(sigma, y.shape)
            assert d.max_z == pytest.approx(np.abs(z).max(), rel=1e-14)
            assert d.rms_z == pytest.approx(np.sqrt(np.mean(z**2)), rel=1e-12)
            seen = np.minimum(seen, 16 * np.broadcast_to(sigma, y.shape))
        assert d.detectable == pytest.approx(seen.mean() / np.sqrt(np.mean(y**2)), rel=1e-12)
    d = measured(a, y, allowance=Allowance(cap=None))
    assert (d.max_ratio, d.detectable) == (None, None)


def test_a_zero_allowance_allows_only_equality():
    """Where B is 0 any error is beyond it, and more so the more ulp it has."""
    y = np.array([1.0, 2.0, 4.0])
    cap = np.array([0.0, 1.0, 0.0])
    assert measured([1.0, 2.5, 4.0], y, allowance=Allowance(cap=cap)).max_ratio == 0.5
    d = measured([1.0 + 2**-23, 2.5, 4.0], y, allowance=Allowance(cap=cap))
    assert (d.max_ratio, d.max_ratio_index) == (2.0, (0,))
    assert measured([1.0, 2.0, 4.0 + 2**-19], y, allowance=Allowance(cap=0.0)).max_ratio == 5.0
    assert measured(y, y, allowance=Allowance(cap=0.0)).max_ratio == 0.0


def test_a_zero_sigma_counts_as_output_rounding():
    """Where σ is 0, z is the error in units of ulp/√12."""
    y = np.ones(64)
    a = y.copy()
    a[5] += 2.0**-23
    for sigma in (0.0, np.zeros(64)):
        d = measured(a, y, allowance=Allowance(cap=1.0, sigma=sigma))
        assert d.max_z == pytest.approx(math.sqrt(12))
        assert d.max_z_index == (5,)
    sigma = np.full(64, 0.5)
    sigma[5] = 0.0
    a[9] = 5.0
    d = measured(a, y, allowance=Allowance(cap=9.0, sigma=sigma))
    assert (d.max_z, d.max_z_index) == (8.0, (9,))


def test_an_allowance_that_is_nan_allows_nothing():
    """A rule whose B is NaN by accident makes nothing pass, scalar or array; nor does a NaN σ."""
    a, y = np.array([1.0, 2.5, 3.0]), np.array([1.0, 2.0, 3.0])
    for cap in (math.nan, np.full(3, np.nan)):
        assert measured(a, y, allowance=Allowance(cap=cap)).max_ratio > 1
    for sigma in (math.nan, np.full(3, np.nan)):
        assert measured(a, y, allowance=Allowance(cap=1.0, sigma=sigma)).max_z > 16


def test_the_ulp_histogram_counts_every_element_once():
    """Errors of known ulp fall into the bins whose upper edge they do not pass."""
    y = np.ones(13)
    steps = np.array([0, 0, 1, 2, 3, 4, 8, 9, 16, 64, 65, 2000, 100000])
    d = measured(y + steps * 2.0**-23, y)
    expected = {
        0.0: 2,
        0.5: 0,
        1.0: 1,
        2.0: 1,
        4.0: 2,
        8.0: 1,
        16.0: 2,
        64.0: 1,
        1024.0: 1,
        65536.0: 1,
        math.inf: 1,
    }
    assert dict(d.ulp_histogram) == expected
    assert d.mismatched == 11 / 13
    half = measured([1.0, 1.0], np.array([1.0 + 2.0**-24, 1.0 + 2.0**-25]))
    assert dict(half.ulp_histogram)[0.5] == 2
    assert half.mismatched == 0.0


def test_special_values_are_counted():
    """Zeros, subnormals, infinities and NaN of output and golden, each on its own side."""
    tiny = 2.0**-130
    a = np.array([0.0, -0.0, tiny, np.inf, np.nan, 1.0, 2.0, -tiny])
    y = np.array([0.0, 1e-60, tiny, np.inf, np.nan, 1.0, 2.0, 2.0])
    d = measured(a, y)
    c = d.actual_counts
    assert (c.nan, c.inf, c.zero, c.subnormal) == (1, 1, 2, 2)
    c = d.golden_counts
    assert (c.nan, c.inf, c.zero, c.subnormal) == (1, 1, 1, 2)
    few = measured([0.0, 1.0, 2.0, 3.0, 2.0**-126], np.array([2.0**-126, 0.0, 0.0, 3.0, 4.0]))
    c = few.actual_counts
    assert (c.zero, c.subnormal) == (1, 0)
    c = few.golden_counts
    assert (c.zero, c.subnormal) == (2, 0)
    c = measured([0, 1, 5], np.array([1, 1, 0]), "int32").actual_counts
    assert (c.zero, c.subnormal) == (1, 0)
    c = measured([np.nan, np.nan, np.inf, 1.0], np.array([1.0, 1.0, 1.0, 2.0])).actual_counts
    assert (c.nan, c.inf, c.zero, c.subnormal) == (2, 1, 0, 0)
    assert (d.n, d.compared, d.undefined) == (8, 6, 0)
    assert d.contract == ()
    assert d.mean_abs == pytest.approx((2.0 + 1e-60) / 6)
    assert sum(count for _, count in d.ulp_histogram) == 6


def test_a_nan_never_passes():
    """One NaN among numbers, or a number where NaN is due: the contract is broken, figures stay finite."""
    rng = np.random.default_rng(0)
    y = rng.standard_normal(10_000)
    for dtype in FLOATS:
        a = formats.round_to(y, dtype)
        spoilt = a.copy()
        spoilt[77] = np.nan
        d = measured(spoilt, y, dtype, Allowance(cap=10.0, sigma=1.0))
        assert d.contract == ("NaN where the golden has a number: 1 of 10000, first at [77]",), dtype
        assert np.isfinite([d.max_abs, d.rmse, d.cosine, d.max_ratio, d.rms_z]).all()
        assert d.worst[0].index == (77,)
        hollow = y.copy()
        hollow[[5, 9]] = np.nan
        d = measured(a, hollow, dtype, Allowance(cap=10.0))
        assert d.contract == ("a number where the golden has NaN: 2 of 10000, first at [5]",), dtype
        assert (np.isfinite(d.max_abs), d.golden_counts.nan, d.actual_counts.nan) == (True, 2, 0)
        assert measured(np.where(np.isnan(hollow), np.nan, a), hollow, dtype, Allowance(cap=10.0)).contract == ()


def test_infinities_must_be_where_they_are_due():
    """inf for a number, a number for inf, the other sign: broken; the same infinity: fine, in no figure."""
    y = np.array([1.0, np.inf, -np.inf, 2.0])
    for dtype in ("float64", "float32", "float16", "bfloat16", "float8_e5m2"):
        d = measured([1.0, np.inf, -np.inf, 2.0], y, dtype)
        assert (d.contract, d.compared, d.max_abs) == ((), 2, 0.0)
        assert measured([1.0, np.inf, np.inf, 2.0], y, dtype).contract == (
            "inf where the golden has another value: 1 of 4, first at [2]",
        )
        form = formats.FORMATS[dtype]
        top = 2.0 ** (form.emax + 1) if dtype != "float64" else form.max
        high = measured([np.inf, np.inf, -np.inf, 2.0], y, dtype)
        assert high.contract == ("inf where the golden has another value: 1 of 4, first at [0]",)
        assert high.max_abs == top - 1
        low = measured([1.0, 5.0, -np.inf, 2.0], y, dtype)
        assert low.contract == ("a finite value where the golden has inf: 1 of 4, first at [1]",)
        assert low.max_abs == top - 5
        assert measured([1.0, np.inf, np.inf, 2.0], y, dtype).max_abs >= top
        assert measured([1.0, np.nan, -np.inf, 2.0], y, dtype).contract == (
            "NaN where the golden has a number: 1 of 4, first at [1]",
        )
        assert measured([1.0, form.max, -np.inf, 2.0], y, dtype).contract
        hollow = measured([1.0, np.inf, -np.inf, 2.0], np.array([1.0, np.nan, -np.inf, 2.0]), dtype)
        assert hollow.contract == ("a number where the golden has NaN: 1 of 4, first at [1]",)
        assert hollow.max_abs == 0.0


def test_overflow_is_honest_within_the_allowance():
    """Beside the overflow threshold an honest output may fall on either side; further off it may not."""
    form = formats.FORMATS["float16"]
    edge = form.max + 16.0  # half an ulp above the largest
    wide, narrow = Allowance(cap=40.0), Allowance(cap=10.0)
    for y, a, allowance, fine in (
        (edge - 4, np.inf, wide, True),
        (edge - 4, np.inf, narrow, False),
        (edge - 4, np.inf, Allowance(cap=20.0), True),
        (edge - 4, np.inf, Allowance(cap=19.0), False),
        (edge + 4, form.max, wide, True),
        (edge + 4, form.max, narrow, False),
        (edge + 4, np.inf, narrow, True),
        (edge - 100, np.inf, wide, False),
        (1e6, form.max, wide, False),
        (1e6, np.inf, narrow, True),
    ):
        d = measured([a, 1.0], np.array([y, 1.0]), "float16", allowance)
        assert (not d.contract and d.max_ratio <= 1) == fine, (y, a)


def test_overflow_without_infinities():
    """In a format without inf a golden beyond the largest value is NaN, or the largest if the rule says so."""
    y = np.array([1000.0, -1000.0, 1.0, 2.0])
    nan, top = [np.nan, np.nan, 1.0, 2.0], [448.0, -448.0, 1.0, 2.0]
    for overflow, fine, wrong in (
        ("ieee", nan, top),
        ("saturate", top, nan),
        ("either", nan, [448.0, np.nan, 2.0, 2.0]),
        ("either", top, [448.0, 448.0, 1.0, 2.0]),
        ("either", [448.0, np.nan, 1.0, 2.0], [np.nan, -240.0, 1.0, 2.0]),
    ):
        for exact in (True, False):
            allowance = Allowance(cap=0.25, overflow=overflow, exact=exact)
            assert judged(fine, y, "float8_e4m3fn", allowance).status == "pass", (overflow, exact)
            assert judged(wrong, y, "float8_e4m3fn", allowance).status == "diverged", (overflow, exact)
    close = np.array([463.0, 1.0, 2.0])
    assert judged([np.nan, 1.0, 2.0], close, "float8_e4m3fn", Allowance(cap=4.0)).status == "pass"
    assert judged([np.nan, 1.0, 2.0], close, "float8_e4m3fn", Allowance(cap=1.0)).status == "pass"
    over = measured([448.0, 1.0, 2.0], np.array([464.5, 1.0, 2.0]), "float8_e4m3fn", Allowance(cap=20.0))
    assert (over.contract, over.max_abs, over.golden_counts.nan) == ((), 16.5, 0)
    far = measured([448.0, 1.0, 2.0], np.array([1000.0, 1.0, 2.0]), "float8_e4m3fn", Allowance(cap=20.0))
    assert (far.contract, far.max_ratio) == ((), 27.6)
    either = Allowance(cap=0.25, overflow="either")
    assert judged([448.0, 1.0], np.array([400.0, 1.0]), "float8_e4m3fn", either).status == "diverged"
    assert judged([448.0, 448.0], np.array([400.0, 1000.0]), "float8_e4m3fn", either).status == "diverged"
    one = Allowance(cap=0.25, overflow="saturate")
    assert judged([448.0, 1.0], np.array([1000.0, 1.0]), "float8_e4m3fn", one).status == "pass"
    for y, fine in ((247.6, True), (247.4, False)):
        d = measured([np.nan, 1.0, 2.0], np.array([y, 1.0, 2.0]), "float8_e4m3fnuz", Allowance(cap=0.5))
        assert (d.contract == ()) == fine
    assert judged([np.nan, 1.0, 2.0], close, "float8_e4m3fn", Allowance(cap=0.5)).status == "diverged"
    assert judged([np.nan, 1.0, 2.0], close, "float8_e4m3fn", EXACT).status == "diverged"
    assert judged([448.0, 1.0, 2.0], close, "float8_e4m3fn", EXACT).status == "pass"
    saturated = Allowance(cap=0.0, exact=True, overflow="saturate")
    assert judged([65504.0, 1.0], np.array([1e6, 1.0]), "float16", saturated).status == "pass"
    assert judged([np.inf, 1.0], np.array([1e6, 1.0]), "float16", saturated).status == "diverged"
    assert judged([65504.0, 1.0], np.array([np.inf, 1.0]), "float16", saturated).status == "pass"


def test_exact_outputs_are_the_golden_rounded_once():
    """Under an exact rule the correctly rounded value passes and its neighbours do not, in every dtype."""
    for dtype in FLOATS:
        y = np.random.default_rng(3).standard_normal(40)
        a = formats.round_to(y, dtype)
        d = measured(a, y, dtype, EXACT)
        assert (d.max_ratio, d.max_abs, d.exact) == (0.0, 0.0, True), dtype
        a[7] = formats.round_to(float(a[7]) + float(formats.ulp(float(a[7]), dtype)), dtype)
        d = measured(a, y, dtype, EXACT)
        assert d.max_ratio == 2.0, dtype
        assert d.max_ratio_index == (7,)
    twice = np.array([1 + 2.0**-8 + 2.0**-30, 2.0])
    assert measured([1 + 2.0**-7, 2.0], twice, "bfloat16", EXACT).max_ratio == 0.0
    mixed = measured([np.nan, 0.1, 0.3], np.array([np.nan, 0.1, 0.3]), "float32", EXACT)
    assert (mixed.max_ratio, mixed.contract) == (0.0, ())
    below = measured([1.0 - 2.0**-24], np.array([1.0]), "float32", EXACT)
    assert below.max_ratio == 1.5
    huge = np.finfo(np.float64).max
    assert measured([np.inf, 1.0], np.array([huge, 1.0]), "float64", EXACT).contract
    assert measured([huge, 1.0], np.array([huge, 1.0]), "float64", EXACT).contract == ()
    assert measured([np.inf, 1.0], np.array([1e6, 1.0]), "float16", EXACT).contract == ()
    assert measured([65504.0, 1.0], np.array([1e6, 1.0]), "float16", EXACT).contract


def test_flushed_subnormals():
    """Under a flushing profile a zero stands for a subnormal, exact or not; elsewhere it is an error."""
    y = np.array([2.0**-130, 1.0])
    flushing, keeping = Allowance(cap=0.0, exact=True, ftz=True), EXACT
    assert judged([0.0, 1.0], y, "float32", flushing).status == "pass"
    assert judged([0.0, 1.0], y, "float32", keeping).status == "diverged"
    assert judged([2.0**-131, 1.0], y, "float32", flushing).status == "diverged"
    assert judged([2.0**-130, 1.0], y, "float32", flushing).status == "pass"
    assert judged([2.0**-130, 0.0], y, "float32", flushing).status == "diverged"
    d = measured([0.0, 1.0], y, "float32", Allowance(cap=1.0, ftz=True))
    assert d.max_ulp == 2.0**-4
    normal = np.array([2.0**-126, 1.0])
    assert judged([0.0, 1.0], normal, "float32", flushing).status == "diverged"


def test_the_sign_of_a_zero():
    """Where the rule asks for it, -0 and +0 are told apart, underflow included; elsewhere they are equal."""
    y = np.array([0.0, -0.0, -1e-60, 1.0])
    asks = Allowance(cap=0.0, exact=True, signed_zero=True)
    assert measured([0.0, -0.0, -0.0, 1.0], y, allowance=asks).contract == ()
    assert measured([0.0, 0.0, -0.0, 1.0], y, allowance=asks).contract == (
        "a zero of the other sign: 1 of 4, first at [1]",
    )
    assert measured([0.0, -0.0, 0.0, 1.0], y, allowance=asks).contract
    assert measured([-0.0, 0.0, 0.0, 1.0], y, allowance=EXACT).contract == ()
    lax = Allowance(cap=9.0, signed_zero=True)
    assert measured([0.0, 1.0, -1.0], np.array([-1.0, -1.0, 0.0]), allowance=lax).contract == ()
    assert measured([0.0, -3.0, 0.0], np.array([0.0, 3.0, 0.0]), allowance=lax).contract == ()
    assert measured([0.0, -1e-3, 0.0], np.array([0.0, 1e-60, 0.0]), allowance=lax).contract == ()
    assert measured([0.0, 0.0, 1.0], np.array([-0.0, 0.0, 1.0]), "float8_e4m3fnuz", asks).contract == ()


def test_undefined_elements_are_left_out_and_counted():
    """What the contract leaves open is not compared, whatever stands there; the rest is."""
    y = np.array([1.0, 2.0, np.nan, 4.0])
    mask = np.array([False, True, True, False])
    d = measured([1.0, np.nan, 3.0, 5.0], y, allowance=Allowance(cap=2.0, undefined=mask))
    assert (d.contract, d.undefined, d.compared, d.max_abs) == ((), 2, 2, 1.0)
    assert measured([np.nan, 2.0, 3.0, 4.0], y, allowance=Allowance(cap=2.0, undefined=mask)).contract
    wild = np.array([9.0, np.inf, 1.0, -np.inf, 5.0])
    where = Allowance(cap=0.5, undefined=np.array([True, True, True, True, False]))
    d = measured([1.0, 2.0, np.inf, np.inf, 5.0], wild, allowance=where)
    assert (d.contract, d.undefined, d.compared, d.max_abs, d.max_ratio) == ((), 4, 1, 0.0, 0.0)
    row = Allowance(cap=0.5, undefined=np.array([False, True]))
    d = measured([[1.0, 9.0], [1.0, 3.0]], np.array([[1.0, 2.0], [1.0, 3.0]]), allowance=row)
    assert (d.max_abs, d.undefined, d.golden_constant) == (0.0, 2, True)
    d = measured(np.array([1 + 1j, 7 + 7j]), np.array([1 + 1j, 2 + 2j]), "complex128", row)
    assert (d.max_abs, d.undefined, d.compared) == (0.0, 2, 2)
    ints = measured(
        [1, -7, 3],
        np.array([1, 2, 3]),
        "int32",
        Allowance(cap=0.0, exact=True, undefined=[False, True, False]),
    )
    assert (ints.max_ratio, ints.undefined, ints.compared) == (0.0, 1, 2)


def test_complex_is_compared_by_component():
    """Real and imaginary parts are elements of their own; a message says which part is off."""
    y = np.array([[1 + 2j, 3 - 4j], [0 + 1j, 5 + 0j]])
    a = y.astype(np.complex64)
    a[1, 0] = 0.5 + 1j
    d = measured(a, y, "complex64", Allowance(cap=np.array([[1.0, 1.0], [0.25, 1.0]]), signed_zero=True))
    assert (d.n, d.max_abs, d.max_abs_index, d.max_ratio) == (8, 0.5, (1, 0), 2.0)
    assert (d.worst[0].part, d.worst[0].index, d.worst[0].actual) == ("re", (1, 0), "0.5")
    a[1, 0] = complex(0.0, np.nan)
    assert measured(a, y, "complex64").contract[0].startswith("NaN where the golden has a number: 1 of 8")
    d = measured(np.array([1 + 1j], np.complex128), np.array([1.0]), "complex128", Allowance(cap=0.5))
    assert (d.max_ratio, d.max_abs_index) == (2.0, (0,))
    part = measured(np.array([1 + 3j], np.complex128), np.array([1 + 1j]), "complex128", Allowance(cap=0.5))
    assert part.worst[0].part == "im"


def test_integers_and_bools_are_exact():
    """A single wrong integer is found, however large; bools are 0 and 1."""
    for dtype in ("int8", "int32", "int64", "uint8"):
        y = np.arange(100, dtype=dtype)
        assert measured(y, y, dtype, EXACT).max_ratio == 0.0
        a = y.copy()
        a[9] += 2
        d = measured(a, y, dtype, EXACT)
        assert (d.max_ratio, d.max_abs, d.max_ulp, d.max_abs_index) == (3.0, 2.0, 2.0, (9,))
        assert (d.worst[0].actual, d.worst[0].golden) == ("11", "9")
    big = np.array([2**62, 2**62 + 1, -(2**63), 2**53, 5])
    assert measured(big, big, "int64", EXACT).max_ratio == 0.0
    for place in range(4):
        a = big.copy()
        a[place] += 1
        d = measured(a, big, "int64", EXACT)
        assert d.max_ratio > 1, place
        assert d.max_ratio_index == (place,)
    flags = np.array([True, False, True])
    assert measured(flags, flags, "bool", EXACT).max_ratio == 0.0
    d = measured(np.array([True, True, True]), flags, "bool", EXACT)
    assert (d.max_ratio, d.max_abs_index) == (2.0, (1,))
    near = measured([10, 12], np.array([10, 11]), "int8", Allowance(cap=np.array([0.0, 1.0])))
    assert near.max_ratio == 1.0
    for y, a in ((2**53, 2**53 + 1), (-(2**60), -(2**60) + 1), (2**60, 2**60 - 1), (-(2**63), -(2**63) + 1)):
        d = measured(np.array([a, 5]), np.array([y, 5]), "int64", EXACT)
        assert d.max_ratio > 1
        assert np.sign(d.worst[0].error) == np.sign(a - y)
        assert d.max_abs <= 2048
    wide = measured(np.array([2**63 + 1], np.uint64), np.array([2**63], np.uint64), "uint64", EXACT)
    assert wide.max_ratio > 1
    far = measured(np.array([2**60, 5]), np.array([2**61, 5]), "int64", EXACT)
    assert far.max_abs == 2.0**60


def test_a_dtype_or_shape_of_its_own_is_a_broken_contract():
    """Nothing is promoted or broadcast: dtype and shape must be the golden's."""
    y = np.ones((2, 3))
    d = measure(Output(np.ones((2, 3), np.float32), "float32"), Golden(y, "bfloat16"), EXACT)
    assert d.contract == ("dtype is float32, the golden has bfloat16",)
    d = measure(Output(np.ones((3, 2), np.float32), "float32"), Golden(y, "float32"), EXACT)
    assert d.contract == ("shape is [3, 2], the golden has [2, 3]",)
    d = measure(Output(np.ones((1, 3), np.float32), "float32"), Golden(np.ones((3,)), "float32"), EXACT)
    assert d.contract
    assert d.n == 0


def test_empty_zero_and_constant_goldens_are_flagged():
    """A golden that proves nothing is told apart, and a scalar is no constant tensor."""
    assert measured(np.zeros((0, 3)), np.zeros((0, 3))).golden_empty
    zero = measured(np.zeros(4), np.zeros(4))
    assert (zero.golden_zero, zero.golden_constant, zero.golden_empty) == (True, True, False)
    ones = measured(np.ones(4), np.ones(4))
    assert (ones.golden_zero, ones.golden_constant) == (False, True)
    scalar = measured(np.array(2.0), np.array(2.0))
    assert (scalar.golden_zero, scalar.golden_constant, scalar.n) == (False, False, 1)
    signs = measured([-1.0, 1.0], np.array([-1.0, 1.0]))
    assert (signs.golden_zero, signs.golden_constant) == (False, False)
    nothing = measured([np.nan], np.array([np.nan]))
    assert (nothing.compared, nothing.golden_zero, nothing.golden_constant, nothing.contract) == (
        0,
        True,
        True,
        (),
    )
    assert (nothing.max_abs, nothing.max_ratio, nothing.mean_abs) == (0.0, 0.0, 0.0)
    assert measured([2.0, 2.0], np.array([2.0, 2.0])).golden_constant
    mixed = measured([np.nan, 1.0, 1.0], np.array([np.nan, 1.0, 1.0]))
    assert mixed.golden_constant
    assert not measured([np.nan, 1.0, 2.0], np.array([np.nan, 1.0, 2.0])).golden_constant
    assert measured([np.nan, 0.0, 0.0], np.array([np.nan, 0.0, 0.0])).golden_zero
    assert measured([np.nan, 1.0, 2.0], np.array([np.nan, 1.0, 2.0])).max_abs == 0.0


def test_a_zero_output_is_not_hidden_by_small_values():
    """An all-zero output whose true values are 1e-6 is as wrong as can be: no absolute floor hides it."""
    y = np.random.default_rng(0).standard_normal(100) * 1e-6
    d = measured(np.zeros(100), y, allowance=Allowance(cap=4 * formats.ulp(y, "float32")))
    assert d.max_ratio > 1e5
    assert d.max_rel == 1.0
    assert d.cosine is None


def test_blocks_find_what_the_mean_hides():
    """The worst 16×16 block shows an error that the whole tensor's RMS dilutes, and where it starts."""
    rng = np.random.default_rng(0)
    y = rng.standard_normal((130, 200))
    e = rng.standard_normal(y.shape) * 1e-3
    e[32:48, 64:80] *= 3
    d = measured((y + e), y, "float64", Allowance(cap=1.0, sigma=1e-3))
    z = e / 1e-3
    assert d.block_z == pytest.approx(np.sqrt(np.mean(z[32:48, 64:80] ** 2)), rel=1e-6)
    assert d.block_index == (32, 64)
    assert d.rms_z == pytest.approx(np.sqrt(np.mean(z**2)), rel=1e-6)


def test_large_elements_are_counted():
    """How many elements lie above each edge of |z|, of the edges that any lies above, in pieces of any size."""
    z = np.zeros((400, 500))
    z.flat[[3, 700, 50000, 199999]] = 2.5, -2.6, 4.2, 13.0
    for sigma in (1e-3, np.full(z.shape, 1e-3)):
        d = measured(1e-3 * z, np.zeros(z.shape), "float64", Allowance(cap=1.0, sigma=sigma))
        above = {edge: int((np.abs(z) > edge).sum()) for edge in Z_EDGES}
        assert dict(d.z_counts) == above
        assert list(above.values()) == [3, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1]
    assert measured(0 * z, np.zeros(z.shape), "float64", Allowance(cap=1.0, sigma=1.0)).z_counts == ()
    assert measured(z, np.zeros(z.shape), "float64", Allowance(cap=99.0)).z_counts == ()


def test_means_keep_the_sign_of_errors_and_lanes_are_told_apart():
    """The mean of z and of z·sign(y), and the lane of eight whose mean or RMS stands out, whatever the shape and
    however the work is cut; elements left open by the contract belong to no lane."""
    rng = np.random.default_rng(3)
    for shape in ((160,), (30, 41), (3, 5, 7, 11), (300, 500)):
        y, z = rng.standard_normal(shape), rng.standard_normal(shape)
        lanes = np.arange(y.size).reshape(shape) % 8
        z[lanes == 2] += 2.0
        z[lanes == 6] *= 3.0
        open_ = rng.random(shape) < 0.1
        for sigma, undefined in ((1e-3, None), (np.full(shape, 1e-3), None), (1e-3, open_)):
            d = measured(y + 1e-3 * z, y, "float64", Allowance(cap=1.0, sigma=sigma, undefined=undefined))
            kept = np.ones(shape, bool) if undefined is None else ~undefined
            assert d.mean_z == pytest.approx(z[kept].mean(), rel=1e-6)
            assert d.gain_z == pytest.approx((z * np.sign(y))[kept].mean(), rel=1e-6)
            found = {k: z[kept & (lanes == k)] for k in range(8)}
            apart = max(
                abs(np.sum(part[kept & (lanes == k)]) - len(found[k]) * part[kept].mean()) / math.sqrt(len(found[k]))
                for part in (z, z * np.sign(y))
                for k in range(8)
            )
            assert d.lanes.apart == pytest.approx(apart, rel=1e-6)
            assert d.lanes.noisiest == 6
            assert d.lanes.rms == pytest.approx(np.sqrt(np.mean(found[6] ** 2)), rel=1e-6)
            others = z[kept & (lanes != 6)]
            assert d.lanes.others == pytest.approx(np.sqrt(np.mean(others**2)), rel=1e-6)
            assert d.lanes.count == len(found[6])
    for few in (y.reshape(-1)[:63], y.reshape(-1)[:63] + 1j):
        d = measured(few + 1e-3, few, formats.dtype_name(few.dtype), Allowance(cap=1.0, sigma=1e-3))
        assert (d.lanes is None) == (few.dtype.kind == "f")
        assert d.mean_z == pytest.approx(1.0 if few.dtype.kind == "f" else 0.5, rel=1e-6)
    bare = measured(y + 1e-3, y, "float64", Allowance(cap=1.0))
    assert (bare.mean_z, bare.gain_z, bare.lanes) == (None, None, None)


def test_real_and_imaginary_parts_are_lanes_of_their_own():
    """Parts of which one is noisier, or leans, as those of a function may, are no lanes that stand out."""
    rng = np.random.default_rng(0)
    y, z = (rng.standard_normal((50, 8)) + 1j * rng.standard_normal((50, 8)) for _ in range(2))
    z = 2.0 + 3 * z.real + 1j * z.imag
    d = measured(y + 1e-3 * z, y, "complex128", Allowance(cap=1.0, sigma=1e-3))
    parts = np.stack([z.real, z.imag], axis=-1).reshape(-1)
    lane = d.lanes.noisiest
    assert d.lanes.rms == pytest.approx(np.sqrt(np.mean(parts[lane::8] ** 2)), rel=1e-6)
    others = np.concatenate([parts[k::8] for k in range(lane % 2, 8, 2) if k != lane])
    assert d.lanes.others == pytest.approx(np.sqrt(np.mean(others**2)), rel=1e-6)
    assert d.lanes.apart < 9


def test_the_noisiest_lane_is_the_one_that_chance_explains_least():
    """Few elements that err much say less than many that err less; a lane in which fewer than eight err says nothing;
    how quiet the others are counts down to half the expected noise."""
    y = np.ones((1000, 8))

    def noisiest(*lanes: tuple[int, float]) -> int:
        e = np.tile(0.01 * (-1.0) ** np.arange(1000)[:, None], 8)
        for lane, (erring, size) in enumerate(lanes):
            e[:, lane] = np.where(np.arange(1000) < erring, size * (-1.0) ** np.arange(1000), 0.0)
        return measured(y + 1e-3 * e, y, "float64", Allowance(cap=1.0, sigma=1e-3)).lanes.noisiest

    assert noisiest((36, 2.0), (100, 1.5)) == 1
    assert noisiest((36, 2.0), (100, 1.25)) == 0
    assert noisiest((7, 50.0)) != 0
    assert noisiest((8, 50.0)) == 0
    few = np.ones(64)
    assert measured(few + 1e-3, few, "float64", Allowance(cap=1.0, sigma=1e-3)).lanes.count == 8
    zero = measured(np.full(64, -1e-3), np.zeros(64), "float64", Allowance(cap=1.0, sigma=1e-3))
    assert (zero.mean_z, zero.gain_z) == (pytest.approx(-1.0), pytest.approx(-1.0))


def test_elements_that_are_exact_make_no_lane_quiet():
    """A lane of which half is right to the bit, as zeros of a triangle are, makes the others no noisier: RMS counts the
    elements that err."""
    y = np.random.default_rng(0).standard_normal((40, 8))
    e = np.where(np.arange(8) < 4, 1e-3, np.where(np.arange(40)[:, None] < 20, 1e-3, 0.0))
    d = measured(y + e, y, "float64", Allowance(cap=1.0, sigma=1e-3))
    assert d.lanes.rms == pytest.approx(d.lanes.others, rel=1e-9)
    assert d.lanes.rms == pytest.approx(1.0, rel=1e-9)


def test_a_block_of_64_says_enough():
    """The smallest tensor that has an RMS has a block; with fewer elements there is none."""
    y = np.random.default_rng(0).standard_normal(64)
    d = measured(y + 1e-3, y, "float64", Allowance(cap=1.0, sigma=1e-3))
    assert d.block_z == pytest.approx(d.rms_z, rel=1e-12)
    d = measured(y[:63] + 1e-3, y[:63], "float64", Allowance(cap=1.0, sigma=1e-3))
    assert d.block_z == 0.0


def test_every_element_is_in_one_block():
    """Blocks cover an output of any shape exactly once; the last of a row or column takes the remainder."""
    rng = np.random.default_rng(1)
    for shape in (
        (),
        (1,),
        (7,),
        (255,),
        (700,),
        (64, 16),
        (16, 16),
        (17, 33),
        (3, 1000),
        (15, 17),
        (100, 3),
        (2, 3, 40, 50),
    ):
        grid = Grid.of(shape)
        n = math.prod(shape)
        assert grid.rows * grid.columns == n
        assert grid.counts().sum() == n
        assert grid.counts().shape == (grid.bands, grid.stripes)
        if n >= 256:
            assert grid.counts().min() >= 200
            assert grid.counts().max() < 2000
        z = rng.standard_normal(shape)
        y = rng.standard_normal(shape) + 3
        d = measured(y + z * 1e-3, y, "float64", Allowance(cap=1.0, sigma=1e-3))
        z2 = ((y + z * 1e-3 - y) / 1e-3).reshape(grid.rows, grid.columns) ** 2
        best = 0.0
        for band in range(grid.bands):
            for stripe in range(grid.stripes):
                rows, columns = grid.elements(slice(band, band + 1), slice(stripe, stripe + 1))
                part = z2[rows, columns]
                assert part.size == grid.counts()[band, stripe]
                best = max(best, part.mean() if part.size >= 64 else 0.0)
        assert d.block_z == pytest.approx(math.sqrt(best), rel=1e-9), shape
    assert Grid.of((64, 64)) == Grid(64, 64, 16, 16)
    assert Grid.of((4, 640)) == Grid(4, 640, 4, 64)
    assert Grid.of((640,)) == Grid(1, 640, 1, 256)
    assert Grid.of((100, 3)) == Grid(1, 300, 1, 255)


def test_pieces_cover_the_grid():
    """Cutting the work into pieces of any size changes no figure."""
    rng = np.random.default_rng(2)
    y = rng.standard_normal((70, 90))
    a = (y + rng.standard_normal(y.shape) * 1e-6).astype(np.float32)
    a[69, 89] += 1
    a[0, 0] += 2
    a[40, 41] += 3
    pair = Pair(a, y, 1e-3, 1e-6, formats.FORMATS["float32"])
    grid = Grid.of(y.shape)
    whole, _ = totals(pair)
    for size in (1, 256, 700, 4096, 10**6):
        parts = [sums._piece(pair, grid, *piece, np.zeros((grid.bands, grid.stripes))) for piece in grid.pieces(size)]
        total = Sums()
        for part in parts:
            total.add(part)
        assert total.absolute == whole.absolute
        assert total.absolute.index == 40 * 90 + 41
        assert total.z.index == whole.z.index
        assert total.within == whole.within
        assert total.e_e == pytest.approx(whole.e_e, rel=1e-12)
        assert np.allclose(total.lanes, whole.lanes, rtol=1e-9)
        assert (total.larger, total.smaller) == (whole.larger, whole.smaller)
        assert (total.y_low, total.y_high) == (whole.y_low, whole.y_high)


def test_lanes_are_those_of_the_whole_output_however_it_is_cut():
    """A piece that begins within a row, at an element that is no multiple of eight, adds to the lanes of the whole."""
    rng = np.random.default_rng(5)
    y = rng.standard_normal((3, 1000))
    a = (y + rng.standard_normal(y.shape) * 1e-6 * (1 + np.arange(3000).reshape(3, 1000) % 8)).astype(np.float32)
    pair, grid = Pair(a, y, 1e-3, 1e-6, formats.FORMATS["float32"]), Grid.of(y.shape)
    whole, _ = totals(pair)
    parts = [sums._piece(pair, grid, *piece, np.zeros((grid.bands, grid.stripes))) for piece in grid.pieces(256)]
    assert len(parts) > 5
    assert np.allclose(sum(part.lanes for part in parts), whole.lanes, rtol=1e-9)


def test_peaks_keep_the_first_of_equals_and_every_nan():
    """Adding pieces keeps the largest value, the earliest index of equals, and a NaN above all."""
    peak = Peak()
    for value, index in ((1.0, 7), (3.0, 9), (3.0, 4), (2.0, 1), (3.0, 8)):
        peak.see(value, index)
    assert (peak.value, peak.index) == (3.0, 4)
    peak.see(math.nan, 20)
    peak.see(100.0, 2)
    assert math.isnan(peak.value)
    assert peak.index == 20
    still = Peak()
    still.see(0.0, 3)
    assert still.index == -1


def test_float64_squares_stay_in_range():
    """RMSE, cosine and SNR of values whose squares overflow or vanish in float64 are right all the same."""
    rng = np.random.default_rng(0)
    base = rng.standard_normal(50)
    noisy = base + 1e-3 * rng.standard_normal(50)
    plain = measured(noisy, base, "float64")
    for scale in (2.0**900, 2.0**-900, 2.0**1015):
        d = measured(noisy * scale, base * scale, "float64", Allowance(cap=math.inf))
        assert d.rmse == pytest.approx(plain.rmse * scale, rel=1e-9)
        assert d.scale == pytest.approx(plain.scale * scale, rel=1e-9)
        assert d.cosine == pytest.approx(plain.cosine, rel=1e-12)
        assert d.snr_db == pytest.approx(plain.snr_db, rel=1e-9)
        assert d.slope == pytest.approx(plain.slope, rel=1e-9)


def test_the_worst_elements_come_first():
    """Up to 16 elements by |e|/B, with values, bits, errors and what was allowed; broken ones lead."""
    y = np.linspace(1, 2, 40).reshape(5, 8)
    a = y.astype(np.float32)
    cap = np.full(y.shape, 1e-3)
    a[1, 2] += 0.1
    cap[4, 7] = 1e-5
    a[4, 7] += 0.01
    a[0, 0] = np.nan
    d = measured(a, y, allowance=Allowance(cap=cap))
    assert [e.index for e in d.worst[:3]] == [(0, 0), (4, 7), (1, 2)]
    assert len(d.worst) == 16
    second = d.worst[1]
    assert second.error == pytest.approx(0.01, rel=1e-4)
    assert second.allowed == 1e-5
    assert second.golden == "2.0"
    assert second.golden_hex == "0x40000000"
    assert second.actual_hex == formats.hexadecimal(a[4, 7], "float32")
    assert second.ulps == pytest.approx(abs(second.error) / 2.0**-22)
    assert float(second.actual) == pytest.approx(2.01)
    assert d.worst[0].actual == "nan"
    assert math.isnan(d.worst[0].error)
    assert measured(a[2:3], y[2:3]).worst == ()
    assert measured(a[2:3], y[2:3], detail=True).worst
    assert measured(a, y, detail=False).worst == ()
    two = measured([1.0, 2.5, 3.0, 9.0], np.array([1.0, 2.0, 3.0, 4.0]), allowance=Allowance(np.array([0, 1, 0, 0.0])))
    assert [(e.index, e.allowed) for e in two.worst] == [((3,), 0.0), ((1,), 1.0)]
    high, low = measured([5.0, np.inf], np.array([np.inf, 1.0])).worst
    assert (low.error, high.error) == (-np.inf, np.inf)
    assert measured(3.0, np.array(1.0)).worst[0].index == ()


def test_tiles_map_where_errors_lie():
    """A ≤ 32×32 map of the largest |e|/B: a fault at the end of the tensor shows in the last tile."""
    y = np.ones((100, 70))
    a = y.copy()
    a[99, 69] = 3.0
    a[0, 35] = 2.0
    d = measured(a, y, allowance=Allowance(cap=0.5))
    tiles = np.array(d.tiles)
    assert tiles.shape == (32, 32)
    assert tiles[31, 31] == 4.0
    assert tiles[0, 35 * 32 // 70] == 2.0
    assert np.count_nonzero(tiles) == 2
    small = np.array(measured([[1.0, 9.0, 1.0]], np.ones((1, 3)), allowance=Allowance(cap=0.5)).tiles)
    assert small.tolist() == [[0.0, 16.0, 0.0]]
    bare = measured([[1.0, 9.0]], np.ones((1, 2)), allowance=Allowance(cap=None), detail=True)
    assert bare.tiles == ((0.0, 8.0),)
    exact = measured([[1.0, 1.0 + 2**-23]], np.ones((1, 2)), allowance=EXACT)
    assert exact.tiles == ((0.0, 2.0),)
    mixed = measured([[1.0, 1.0 + 2**-23, 2.0]], np.ones((1, 3)), allowance=Allowance(np.array([1.0, 0.0, 0.5])))
    assert mixed.tiles == ((0.0, 2.0, 2.0),)


def test_details_are_looked_for_only_where_something_is_wrong():
    """A passing output costs one pass; a broken limit brings the worst elements."""
    y = np.linspace(1, 2, 100)
    assert not suspicious(measured([2.0, 3.0], np.array([1.0, 2.5]), allowance=Allowance(cap=1.0)))
    fine = measured(y, y, allowance=Allowance(cap=1.0, sigma=1.0))
    assert not suspicious(fine)
    assert fine.worst == () == fine.tiles
    loud = measured(y + 0.1, y, allowance=Allowance(cap=1.0, sigma=0.01))
    assert suspicious(loud)
    assert loud.max_ratio < 1
    assert loud.worst


def test_strided_and_transposed_outputs():
    """Memory layout changes nothing: indices and figures are those of the logical values."""
    y = np.random.default_rng(0).standard_normal((20, 30))
    a = y.astype(np.float32)
    a[3, 4] += 1
    plain = measured(a, y)
    assert measured(np.asfortranarray(a), y) == plain
    assert measured(a, np.asfortranarray(y)) == plain
    wide = np.zeros((20, 60), np.float32)
    wide[:, ::2] = a
    assert measured(wide[:, ::2], y) == plain


def test_a_divergence_is_plain_json():
    """The facts go to a record as they are; NaN and inf become strings, for JSON has none."""
    d = measured([np.nan, 1.0, np.inf], np.array([1.0, 1.0, 2.0]), allowance=Allowance(cap=np.ones(3), rule="r"))
    plain = json.loads(json.dumps(d.to_json(), allow_nan=False))
    assert plain["worst"][0]["error"] == "nan"
    assert plain["rule"] == "r"
    assert plain["ulp_histogram"][-1][0] == "inf"
    assert plain["shape"] == [3]
