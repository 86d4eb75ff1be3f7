"""More faults made on an output: mistakes of devices, compilers and kernels that faults.py does not make.

Written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.scoreboard.subjects import Subject, parts
from harness.numerics import formats

Array = np.ndarray[Any, Any]

WARP = 32
_SIZES = (5, 9, 13, 17, 21)  # of graded errors: 2^-k


def fresh(s: Subject, honest: Array, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """(name, faulty output) of a subject's first output; of integers and bools only what moves whole elements."""
    if not honest.size:
        return
    if honest.dtype.kind not in "iub" and not honest.dtype.names:  # names: complex32, a record
        dtype = s.first.dtype
        with np.errstate(all="ignore"):
            for maker in (_scaled, _biased, _drifting, _noisy, _rounded, _limited, _wrong_signs, _blended):
                for name, values in maker(parts(honest), honest.ndim, formats.component(dtype), rng):
                    yield name, rounded_array(values, dtype)
    yield from _moved(honest, rng)


def rounded_array(values: Array, dtype: str) -> Array:
    """Float64 numbers, or pairs of them for complex ones, rounded to a dtype."""
    rounded = formats.round_to(values, formats.component(dtype))
    if not formats.is_complex(dtype):
        return rounded
    made = np.empty(rounded.shape[:-1], formats.numpy_dtype(dtype))
    for part, given in zip(formats.parts(made), (rounded[..., 0], rounded[..., 1]), strict=True):
        part[...] = given
    return made


# -- places: masks over the numbers `y` of an output of `ndim` dimensions, complex ones with their parts in the last


def grid(y: Array, ndim: int) -> tuple[Array, Array]:
    """The row and the column of each number, in the output taken as one matrix."""
    shape = y.shape[:ndim]
    width = shape[-1] if ndim else 1
    index = np.arange(int(np.prod(shape))).reshape((*shape, *[1] * (y.ndim - ndim)))
    index = np.broadcast_to(index, y.shape)
    return index // width, index % width


def _parts_hit(y: Array, ndim: int, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """A tile of 8 × 8, a row, a column, every fourth row; none that is the whole output."""
    row, column = grid(y, ndim)
    rows, columns = int(row.max()) + 1, int(column.max()) + 1
    top, left = 8 * int(rng.integers((rows + 7) // 8)), 8 * int(rng.integers((columns + 7) // 8))
    masks = {
        "one tile": (row >= top) & (row < top + 8) & (column >= left) & (column < left + 8),
        "one row": row == rng.integers(rows),
        "one column": column == rng.integers(columns),
        "every fourth row": row % 4 == rng.integers(min(4, rows)),
    }
    for where, mask in masks.items():
        if not mask.all():
            yield where, mask


def _largest(y: Array) -> float:
    """The largest finite magnitude."""
    return float(np.abs(y[np.isfinite(y)]).max(initial=0.0))


# -- graded errors


def _scaled(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """A part multiplied by what is nearly one: a scale read at too low a precision, or of a neighbour."""
    for k in _SIZES:
        for where, mask in _parts_hit(y, ndim, rng):
            sign = float(rng.choice([-1.0, 1.0]))
            yield f"{where} times 1 {'+' if sign > 0 else '-'} 2^-{k}", np.where(mask, y * (1 + sign * 2.0**-k), y)


def _biased(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """A number added to one tile or column: a bias or an epilogue of another."""
    rms = float(np.sqrt(np.mean(np.square(y[np.isfinite(y)])))) if np.isfinite(y).any() else 0.0
    for k in _SIZES:
        places = [place for place in _parts_hit(y, ndim, rng) if place[0] in ("one tile", "one column")]
        if places:
            where, mask = places[rng.integers(len(places))]
            yield f"{where} plus 2^-{k} of the RMS", np.where(mask, y + 2.0**-k * rms, y)


def _drifting(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """Errors that grow along each row, as an accumulator's do that is never corrected."""
    column = grid(y, ndim)[1]
    width = int(column.max()) + 1
    if width < 4:
        return
    far, ulp = column / (width - 1), formats.ulp(np.nan_to_num(y), dtype)
    for ulps in (4, 16, 64, 1024):
        yield f"drift up to {ulps} ulp along the row", y + ulps * far * ulp
    for k in _SIZES[1::2]:
        yield f"decay of 2^-{k} along the row", y * (1 - 2.0**-k * far)


def _noisy(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """Noise in proportion to the column, or on rounding's own grid: an unstable unit, a broken rounding."""
    column = grid(y, ndim)[1]
    width = int(column.max()) + 1
    size = _largest(y)
    for k in _SIZES:
        noise = rng.uniform(-1, 1, y.shape)
        if width >= 4:
            yield f"noise up to 2^-{k} of the largest with the column", y + 2.0**-k * size * column / width * noise
    ulp = formats.ulp(np.nan_to_num(y), dtype)
    for ulps in (3, 10, 100):
        yield f"±{ulps} ulp at random", y + ulps * ulp * rng.choice([-1.0, 1.0], y.shape)


def _rounded(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """Mantissas cut short, towards zero or to nearest; and one number in two rounded up."""
    p = formats.format_of(dtype).p
    exponent = np.frexp(np.nan_to_num(y))[1]
    for k in (3, 6, 9, 12, 16, 20, 30):
        if k < p - 1:
            step = np.maximum(np.ldexp(1.0, exponent - k), 2.0**-1074)
            yield f"truncated at 2^-{k}", np.trunc(y / step) * step
            if k % 2 == 0:
                yield f"rounded at 2^-{k}", np.rint(y / step) * step
    up = np.where(rng.random(y.shape) < 0.5, formats.ulp(np.nan_to_num(y), dtype), 0.0)
    yield "half of all an ulp up", y + up
    fixed = 2.0 ** (np.ceil(np.log2(_largest(y) or 1.0)) - 15)
    yield "16 bits of fixed point", np.rint(y / fixed) * fixed


def _limited(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """Ranges that are too small, and special numbers mistaken."""
    size, form = _largest(y), formats.format_of(dtype)
    for k in (1, 2, 4):
        top = 2.0 ** (np.ceil(np.log2(size or 1.0)) - k)
        yield f"saturated at {top:g}", np.where(np.isnan(y), y, np.clip(y, -top, top))
        yield f"wrapped at {top:g}", np.where(np.abs(y) <= top, y, np.remainder(y + top, 2 * top) - top)
    for k in (13, 17):
        yield f"underflow below 2^-{k} of the largest", np.where(np.abs(y) < size * 2.0**-k, 0.0, y)
    yield "subnormals flushed", np.where(np.abs(y) < form.min_normal, np.copysign(0.0, y), y)
    yield "subnormals of float16 flushed", np.where(np.abs(y) < 2.0**-14, np.copysign(0.0, y), y)
    yield "NaN made zero", np.where(np.isnan(y), 0.0, y)
    yield "inf made the largest", np.where(np.isinf(y), np.copysign(form.max, y), y)
    yield "zeros negative", np.where(y == 0, -0.0, y)
    yield "negatives lost", np.where(y < 0, 0.0, y)
    zeros = np.zeros(y.shape, bool)
    zeros.flat[int(rng.integers(y.size))] = True
    yield "smallest subnormal for one", np.where(zeros, form.min_subnormal, y)


def _wrong_signs(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """Sign bits that are lost or flipped, exponents wrong, in a row or a tile."""
    for where, mask in _parts_hit(y, ndim, rng):
        if where in ("one row", "one tile"):
            yield f"sign of {where}", np.where(mask, -y, y)
            yield f"{where} halved", np.where(mask, y / 2, y)
        if where == "one row":
            yield "magnitudes of one row", np.where(mask, np.abs(y), y)
    tiny = np.abs(y) < 0.01 * _largest(y)
    if tiny.any() and not tiny.all():
        yield "signs of the small ones", np.where(tiny, -y, y)


def _blended(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """Some of a neighbour in each element, or of the mean: a wrong weight of an interpolation, a leaking lane."""
    flat = y.reshape(int(np.prod(y.shape[:ndim])), -1)
    if len(flat) < 4:
        return
    beside = np.roll(flat, 1, axis=0).reshape(y.shape)
    mean = np.nanmean(np.where(np.isfinite(y), y, np.nan)) if np.isfinite(y).any() else 0.0
    for k in (4, 10, 16):
        yield f"2^-{k} of the neighbour", y + 2.0**-k * (beside - y)
        yield f"2^-{k} of the mean", y + 2.0**-k * (mean - y)


# -- wrong memory


def _moved(honest: Array, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """Elements that were never written, written elsewhere, or read from elsewhere."""
    flat = honest.reshape(-1)
    if flat.size >= 2 * WARP:
        at = WARP * int(rng.integers(1, flat.size // WARP))
        doubled, swapped = flat.copy(), flat.copy()
        doubled[at : at + WARP] = flat[at - WARP : at]
        swapped[at - WARP : at], swapped[at : at + WARP] = flat[at : at + WARP], flat[at - WARP : at]
        yield "one warp twice", doubled.reshape(honest.shape)
        yield "two warps exchanged", swapped.reshape(honest.shape)
        backwards = flat.copy()
        backwards[at : at + WARP] = flat[at : at + WARP][::-1]
        yield "one warp backwards", backwards.reshape(honest.shape)
        split = flat.copy()
        split[WARP - 1 :: WARP] = flat[: flat.size - WARP + 1 : WARP]
        yield "last lane of each warp the first", split.reshape(honest.shape)
    if honest.ndim and honest.shape[-1] > 1 and flat.size > honest.shape[-1]:
        yield from _rows(honest, rng)
    if flat.size >= 4:
        two = flat.copy()
        i, j = rng.choice(flat.size, 2, replace=False)
        two[i], two[j] = flat[j], flat[i]
        yield "two elements exchanged", two.reshape(honest.shape)
        yield "pairs exchanged", np.concatenate([flat[: flat.size // 2 * 2].reshape(-1, 2)[:, ::-1].ravel(),
                                                 flat[flat.size // 2 * 2 :]]).reshape(honest.shape)  # fmt: skip
        block = flat.copy()
        start = int(rng.integers(flat.size - flat.size // 4 + 1))
        block[start : start + flat.size // 4] = 0
        yield "a quarter of zeros", block.reshape(honest.shape)
        yield "second half the first", np.resize(flat[: (flat.size + 1) // 2], honest.shape)


def _rows(honest: Array, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """Rows exchanged, half stale, read at a wrong stride or beside their place."""
    width = honest.shape[-1]
    matrix = honest.reshape(-1, width)
    rows, half = len(matrix), width // 2
    i, j = rng.choice(rows, 2, replace=False)
    swapped, stale, beside = matrix.copy(), matrix.copy(), matrix.copy()
    swapped[i], swapped[j] = matrix[j], matrix[i]
    stale[i, half:] = matrix[j, half:]
    beside[i] = np.roll(matrix[i], 1)
    yield "two rows exchanged", swapped.reshape(honest.shape)
    yield "half of a row stale", stale.reshape(honest.shape)
    yield "one row shifted by one", beside.reshape(honest.shape)
    for stride in (width - 1, width + 1):
        index = np.arange(rows)[:, None] * stride + np.arange(width)
        yield f"row stride {stride} for {width}", honest.reshape(-1)[index % honest.size].reshape(honest.shape)
    yield "odd rows the even ones", matrix[np.arange(rows) // 2 * 2].reshape(honest.shape)
    cut = matrix.copy()
    cut[:, -(width % 8 or 1) :] = 0
    yield "ragged columns zero", cut.reshape(honest.shape)
    if width >= 4:
        strided = matrix.copy()
        strided[:, 1::4] = matrix[:, 0::4][:, : strided[:, 1::4].shape[1]]
        yield "every fourth column its neighbour", strided.reshape(honest.shape)
