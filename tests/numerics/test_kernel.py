"""The compiled pass: the same figures as NumPy's on every input, and never a reason for a run to fail."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from harness.numerics import formats, kernel, sums
from harness.numerics.grid import Grid
from harness.numerics.totals import PEAKS, Pair, Sums, totals

pytestmark = pytest.mark.skipif(kernel.load() is None, reason="no C compiler here: NumPy does the work")


def both(pair: Pair, shape: tuple[int, ...]) -> tuple[Sums, Sums, np.ndarray, np.ndarray]:
    """The totals and block sums of the compiled pass and of NumPy's."""
    grid = Grid.of(shape)
    compiled = np.zeros((grid.bands, grid.stripes))
    found = kernel.totals(kernel.load(), pair, grid, compiled, 0)
    expected, z2 = totals(pair)
    plain = np.zeros_like(compiled)
    if z2 is not None:
        down = np.add.reduceat(z2, np.arange(grid.bands) * grid.block_rows, axis=0)
        plain = np.add.reduceat(down, np.arange(grid.stripes) * grid.block_columns, axis=1)
    return found, expected, compiled, plain


def same(found: Sums, expected: Sums) -> None:
    """Maxima, indices and counts are equal; sums agree to rounding."""
    for name in PEAKS:
        mine, its = getattr(found, name), getattr(expected, name)
        assert mine.value == its.value, name
        assert mine.index == its.index or its.value == 0, name
    for name in (
        "larger",
        "smaller",
        "a_zero",
        "y_zero",
        "a_subnormal",
        "y_subnormal",
        "within",
        "beyond",
        "y_low",
        "y_high",
    ):
        assert getattr(found, name) == getattr(expected, name), name
    finite = np.abs(expected.lanes[np.isfinite(expected.lanes)]).max(initial=0.0)
    assert np.allclose(found.lanes, expected.lanes, rtol=1e-11, atol=1e-11 * finite, equal_nan=True)
    for name in ("sum_abs", "sum_rel", "sum_ulps", "sum_seen", "e_e", "a_a", "y_y", "z_z"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), rel=1e-11, nan_ok=True), name


def test_equal_to_numpy_over_shapes_dtypes_and_allowances():
    """Every figure is equal over shapes, dtypes, widths of golden, scalar, array and missing allowances."""
    rng = np.random.default_rng(0)
    shapes = ((1,), (513,), (20, 35), (3, 600), (515, 2))
    for shape, dtype, wide in itertools.product(
        shapes, ("float32", "float64", "float16", "bfloat16", "float8_e4m3fn"), (np.float64, np.float32)
    ):
        grid = Grid.of(shape)
        plane = (grid.rows, grid.columns)
        y = (rng.standard_normal(plane) * np.exp2(rng.integers(-3, 3, plane))).astype(wide)
        a = formats.round_to(y * (1 + 1e-3 * rng.standard_normal(plane)), dtype)
        y[rng.random(plane) < 0.1] = 0
        a[rng.random(plane) < 0.1] = 0
        array = np.where(rng.random(plane) < 0.2, 0.0, rng.uniform(0.1, 1, plane))
        for cap, sigma in (
            (1.0, None),
            (None, None),
            (0.0, 0.0),
            (array + 0.1, array + 0.2),
            (array, array),
            (array, 0.5),
            (2.0, array),
        ):
            pair = Pair(a, y, cap, sigma, formats.FORMATS[dtype])
            found, expected, blocks, plain = both(pair, shape)
            same(found, expected)
            assert np.allclose(blocks, plain, rtol=1e-11)


def test_equal_on_specials_subnormals_and_integers():
    """Subnormals and zeros are counted alike, a NaN or inf shows alike, and integers have ulp 1."""
    form = formats.FORMATS["float32"]
    y = np.array([[1.0, 2.0**-130, 0.0, 2.0**-140, 3.0, -1e30] * 200])
    a = formats.round_to(y * 1.5, "float32")
    same(*both(Pair(a, y, 1.0, None, form), y.shape)[:2])
    ints = np.array([[1.0, 2.0, 7.0, 0.0]])
    same(*both(Pair(ints + np.array([0, 1, 0, 3]), ints, np.array([[0.0, 1, 0, 2]]), None, None), ints.shape)[:2])
    for bad in (np.nan, np.inf):
        spoilt = a.copy()
        spoilt[0, 700] = bad
        found, expected, *_ = both(Pair(spoilt, y, 1.0, None, form), y.shape)
        assert not math.isfinite(found.absolute.value)
        assert not math.isfinite(expected.absolute.value)


def test_equal_on_pieces_that_are_not_contiguous():
    """Rows cut out of a wider tensor are read with their stride."""
    rng = np.random.default_rng(1)
    y = rng.standard_normal((64, 3000))
    a = (y + 1e-3 * rng.standard_normal(y.shape)).astype(np.float32)
    cap = rng.uniform(0.5, 1, y.shape)
    pair = Pair(a, y, cap, cap, formats.FORMATS["float32"]).cut(slice(16, 48), slice(160, 2960))
    found, expected, blocks, plain = both(pair, pair.a.shape)
    same(found, expected)
    assert np.allclose(blocks, plain, rtol=1e-11)


def test_threads_and_pieces_change_nothing(monkeypatch):
    """A large output is measured by several threads, and gives what one NumPy pass gives."""
    rng = np.random.default_rng(2)
    y = rng.standard_normal((400, 700)).astype(np.float32)
    a = y + np.float32(1e-4) * rng.standard_normal(y.shape).astype(np.float32)
    pair = Pair(a, y, 1e-3, 1e-4, formats.FORMATS["float32"])
    grid = Grid.of(y.shape)
    monkeypatch.setattr(sums, "THREADED", y.size)
    monkeypatch.setattr(sums, "COMPILED_CHUNK", sums.CHUNK)
    found, blocks = sums.run(pair, grid)
    monkeypatch.setattr(kernel, "load", lambda: None)
    expected, plain = sums.run(pair, grid)
    same(found, expected)
    assert np.allclose(blocks, plain, rtol=1e-11)


def test_without_a_compiler_numpy_does_the_work(tmp_path, monkeypatch):
    """No compiler, a broken one, or LOCKSTEP_KERNEL=0: no compiled pass, and nothing is left behind."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for name, value in (("CC", "/no/such/compiler"), ("CC", "false"), ("LOCKSTEP_KERNEL", "0")):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            assert kernel.load.__wrapped__() is None
    assert list(tmp_path.rglob("*.so")) == []


def test_a_library_is_built_once(tmp_path, monkeypatch):
    """The first use compiles into the user's cache; the next finds it there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = kernel._built()
    stamp = first.stat().st_mtime_ns
    assert kernel._built() == first
    assert first.stat().st_mtime_ns == stamp
    assert [p.suffix for p in first.parent.iterdir()] == [".so"]
