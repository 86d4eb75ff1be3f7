"""Faults made on an output that neither faults.py, fresh.py nor unseen.py makes: mistakes of devices, compilers and
kernels.

Written without a look at the rules or at any score. About half are errors of graded size, the others wrong memory,
indexing, logic, layout and rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.scoreboard.faulty.fresh import grid, rounded_array
from benchmarks.scoreboard.faulty.unseen import unlike
from benchmarks.scoreboard.subjects import Subject, parts
from harness.numerics import formats

Array = np.ndarray[Any, Any]
Made = Iterator[tuple[str, Array]]
Size = tuple[str, float]

RUN = 8  # elements of a short run
STRETCHES = 4  # of the sizes of graded errors, from 2^-3 to half an ulp of the dtype


def latest(s: Subject, honest: Array, rng: np.random.Generator) -> Made:
    """(name, faulty output) of a subject's first output, each unlike the honest one in some bit; of integers and bools
    only what moves whole elements.
    """
    yield from unlike(honest, _all(s.first.dtype, honest, rng)) if honest.size else ()


def _all(dtype: str, honest: Array, rng: np.random.Generator) -> Made:
    if honest.dtype.kind not in "iub" and not honest.dtype.names:  # names: complex32, a record
        y, part = parts(honest), formats.component(dtype)
        with np.errstate(all="ignore"):
            for maker in _GRADED:
                for size in sizes(part, rng):
                    for name, values in maker(y, honest.ndim, size, rng):
                        yield name, rounded_array(values, dtype)
            for name, values in _logic(y, honest.ndim, part, rng):
                yield name, rounded_array(values, dtype)
        yield from _misread(honest, rng)
    for move in (_layouts, _indices, _runs, _unwritten):
        yield from move(honest, rng)


def sizes(dtype: str, rng: np.random.Generator) -> Iterator[Size]:
    """(label, size) of graded errors, one from each stretch, log-uniform within it."""
    edges = np.linspace(3, formats.format_of(dtype).p, STRETCHES + 1)
    for i in range(STRETCHES):
        yield f"size {i + 1} of {STRETCHES}", float(2.0 ** -rng.uniform(edges[i], edges[i + 1]))


def rms(y: Array) -> float:
    """Root of the mean square of the finite numbers."""
    finite = y[np.isfinite(y)]
    return float(np.sqrt(np.mean(np.square(finite)))) if finite.size else 0.0


def as_matrix(y: Array, ndim: int) -> Array:
    """Numbers as rows and columns, and the parts of complex ones last."""
    width = y.shape[ndim - 1] if ndim else 1
    return y.reshape(-1, width, *y.shape[ndim:])


# -- graded errors of numbers `y` of an output of `ndim` dimensions, complex ones with their parts in the last


def _rank_one(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """An outer product too much: an update of another step."""
    row, column = grid(y, ndim)
    u, v = rng.standard_normal(int(row.max()) + 1), rng.standard_normal(int(column.max()) + 1)
    yield f"an outer product of {size[0]}", y + size[1] * rms(y) * u[row] * v[column]


def _one_binade(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """All numbers of one exponent: a segment of a table."""
    exponent = np.frexp(np.nan_to_num(y))[1]
    hit = exponent == exponent.flat[int(rng.integers(y.size))]
    yield f"one binade off by {size[0]}", np.where(hit, y * (1 + size[1]), y)


def _one_sign(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """The numbers of one sign: a branch of a function."""
    hit = y < 0 if (y < 0).any() else y > np.median(np.nan_to_num(y))
    yield f"a branch off by {size[0]}", np.where(hit, y * (1 - size[1]), y)


def _row_offsets(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """A share of its row's size added to each number of some rows: a mean that is off."""
    matrix = as_matrix(y, ndim)
    level = np.sqrt(np.nanmean(np.square(matrix), axis=1, keepdims=True))
    hit = np.arange(len(matrix)) % 3 == rng.integers(min(3, len(matrix)))
    made = np.where(hit.reshape(-1, *[1] * (matrix.ndim - 1)), matrix + size[1] * level, matrix)
    yield f"means of some rows off by {size[0]}", made.reshape(y.shape)


def _less_of_the_mean(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """A little of its mean taken from every row or every column."""
    matrix, axis = as_matrix(y, ndim), int(rng.integers(2))
    if matrix.shape[axis] > 1:
        made = matrix - size[1] * np.nanmean(matrix, axis=axis, keepdims=True)
        yield f"{('columns', 'rows')[axis]} less their mean by {size[0]}", made.reshape(y.shape)


def _wave(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """Errors that come and go with the column: angles that are off."""
    column = grid(y, ndim)[1]
    phase = 2 * np.pi * (column / (column.max() + 1) + rng.random())
    yield f"a wave along the rows of {size[0]}", y * (1 + size[1] * np.sin(phase))


def _alternate_tiles(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """Every second tile of a checkerboard noisy: two units that are not alike."""
    row, column = grid(y, ndim)
    hit = (row // 8 + column // 8) % 2 == 1
    yield f"alternate tiles noisy by {size[0]}", np.where(hit, y * (1 + size[1] * rng.uniform(-1, 1, y.shape)), y)


def _bent_significand(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """Errors that depend on the significand and vanish at powers of two: a chord for a curve."""
    m = 2 * np.abs(np.frexp(np.nan_to_num(y))[0]) - 1
    yield f"significands bent by {size[0]}", y * (1 - 4 * size[1] * m * (1 - m))


def _small_ones(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """Errors with the root of the magnitude: relatively worse the smaller a number is."""
    root = np.sqrt(np.abs(y) * rms(y))
    yield f"roots of magnitudes times {size[0]}", y + size[1] * root * rng.choice([-1.0, 1.0], y.shape)


def _heavy_tails(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """Noise most of which is small and some of which is not."""
    noise = np.clip(rng.standard_t(1.5, y.shape), -300, 300)
    yield f"heavy-tailed noise of {size[0]}", y + 0.1 * size[1] * rms(y) * noise


def _not_cleared(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """Some of what another part of the output was, in the second half: an accumulator that was not cleared."""
    flat = y.reshape(int(np.prod(y.shape[:ndim])), -1)
    half = len(flat) // 2
    if half:
        made = flat.copy()
        made[half:] = flat[half:] + size[1] * flat[: len(flat) - half]
        yield f"the first half left in the second by {size[0]}", made.reshape(y.shape)


def _carry(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """A share of all that came before in the row."""
    matrix = as_matrix(y, ndim)
    if matrix.shape[1] > 2:
        before = np.cumsum(np.nan_to_num(matrix), axis=1) - np.nan_to_num(matrix)
        yield f"all before in the row by {size[0]}", (matrix + size[1] * before).reshape(y.shape)


def _smoothed(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """Drawn to the mean of both neighbours in the row."""
    matrix = as_matrix(y, ndim)
    if matrix.shape[1] > 2:
        beside = (np.roll(matrix, 1, axis=1) + np.roll(matrix, -1, axis=1)) / 2
        yield f"smoothed by {size[0]}", (matrix + size[1] * (beside - matrix)).reshape(y.shape)


def _coarse_columns(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """Every fourth column rounded to a grid that all of it shares."""
    step, column = size[1] * rms(y), grid(y, ndim)[1]
    if step > 0:
        hit = column % 4 == rng.integers(min(4, int(column.max()) + 1))
        yield f"some columns in steps of {size[0]}", np.where(hit, np.rint(y / step) * step, y)


_GRADED: tuple[Callable[[Array, int, Size, np.random.Generator], Made], ...] = (
    *(_rank_one, _one_binade, _one_sign, _row_offsets, _less_of_the_mean, _wave, _alternate_tiles),
    *(_bent_significand, _small_ones, _heavy_tails, _not_cleared, _carry, _smoothed, _coarse_columns),
)


# -- wrong logic and wrong rounding


def _logic(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """Sums and largest numbers where one number belongs, an initial value left in, rounding to odd, a column
    that was kept in a shorter format.
    """
    flat = y.reshape(int(np.prod(y.shape[:ndim])), -1)
    at = int(rng.integers(max(1, len(flat) - RUN)))
    here = slice(at, at + RUN)
    for name, run in (
        ("a run added up", np.cumsum(flat[here], axis=0)),
        ("a run its largest so far", np.maximum.accumulate(flat[here], axis=0)),
    ):
        made = flat.copy()
        made[here] = run
        yield name, made.reshape(y.shape)
    matrix = as_matrix(y, ndim)
    started, averaged = matrix.copy(), matrix.copy()
    started[:, 0] += 1.0
    yield "one added at the start of each row", started.reshape(y.shape)
    if len(matrix) > 1:
        row = int(rng.integers(len(matrix) - 1))
        averaged[row] = (matrix[row] + matrix[row + 1]) / 2
        yield "a row the mean of it and the next", averaged.reshape(y.shape)
    ulp = np.asarray(formats.ulp(np.nan_to_num(y), dtype))
    odd = np.rint(y / ulp) % 2 == 0
    yield "last bits all odd", np.where(odd & (y != 0) & np.isfinite(y), y + ulp * np.sign(y), y)
    step = np.ldexp(1.0, np.frexp(np.nan_to_num(y))[1] - formats.format_of(dtype).p // 2)
    column = grid(y, ndim)[1]
    hit = (column == rng.integers(int(column.max()) + 1)) & np.isfinite(y)
    yield "one column in half as many bits", np.where(hit, np.rint(y / step) * step, y)


def _misread(honest: Array, rng: np.random.Generator) -> Made:
    """Half precision read as the other format: one element, and a run."""
    flat = honest.reshape(-1)
    if honest.itemsize != 2:
        return
    other = "float16" if formats.dtype_name(honest.dtype) == "bfloat16" else "bfloat16"
    at = int(rng.integers(max(1, flat.size - RUN)))
    for name, count in (("one element", 1), ("a run", RUN)):
        made = flat.copy()
        read = flat[at : at + count].view(formats.numpy_dtype(other)).astype(np.float64)
        made[at : at + count] = formats.round_to(read, formats.dtype_name(honest.dtype))
        yield f"{name} read as {other}", made.reshape(honest.shape)


# -- wrong layout, indexing and memory


def _layouts(honest: Array, rng: np.random.Generator) -> Made:
    """The right numbers in the order of another layout."""
    if honest.ndim >= 2:
        yield "columns first", honest.ravel(order="F").reshape(honest.shape)
    if honest.ndim >= 3:
        yield "channels last for channels first", np.moveaxis(honest, 1, -1).reshape(honest.shape)
    if honest.ndim and honest.shape[-1] > 1:
        yield "each row backwards", np.ascontiguousarray(honest[..., ::-1])
        width = honest.shape[-1] // 2
        pairs = np.stack([honest[..., :width], honest[..., width : 2 * width]], axis=-1).reshape(
            *honest.shape[:-1], 2 * width
        )
        yield "halves of each row interleaved", np.concatenate([pairs, honest[..., 2 * width :]], axis=-1)


def _indices(honest: Array, rng: np.random.Generator) -> Made:
    """Indices at a wrong stride, in bit-reversed order, wrapped, clamped or swizzled."""
    flat = honest.reshape(-1)
    if flat.size >= 4:
        yield "read at a stride of two", np.resize(flat[::2], honest.shape)
        block = 16 if flat.size >= 16 else 4
        order = sorted(range(block), key=lambda i: int(f"{i:0{block.bit_length() - 1}b}"[::-1], 2))
        at, made = block * int(rng.integers(flat.size // block)), flat.copy()
        made[at : at + block] = flat[at : at + block][order]
        yield "a block in bit-reversed order", made.reshape(honest.shape)
    if not honest.ndim or flat.size < 2 * honest.shape[-1]:
        return
    matrix = honest.reshape(-1, honest.shape[-1])
    rows, width = matrix.shape
    power, last = 2 ** ((rows - 1).bit_length() - 1), max(0, 3 * rows // 4 - 1)
    yield "rows wrapped at a power of two", matrix[np.arange(rows) % power].reshape(honest.shape)
    yield "rows clamped at three quarters", matrix[np.minimum(np.arange(rows), last)].reshape(honest.shape)
    swizzled = np.arange(width) ^ (np.arange(rows)[:, None] % 4)
    swizzled = np.where(swizzled < width, swizzled, np.arange(width))
    yield "banks swizzled by the row", np.take_along_axis(matrix, swizzled, axis=1).reshape(honest.shape)


def _runs(honest: Array, rng: np.random.Generator) -> Made:
    """An element too many or too few somewhere, and all after it moved; a run sorted."""
    flat = honest.reshape(-1)
    if flat.size < 3:
        return
    at = int(rng.integers(1, flat.size - 1))
    more, fewer, ordered = flat.copy(), flat.copy(), flat.copy()
    more[at:] = flat[at - 1 : -1]
    fewer[at:-1] = flat[at + 1 :]
    yield "shifted from one element on", more.reshape(honest.shape)
    yield "one element left out", fewer.reshape(honest.shape)
    if honest.dtype.kind not in "bc" and not honest.dtype.names:
        run = flat[at : at + 2 * RUN]
        ordered[at : at + 2 * RUN] = run[np.argsort(run.astype(np.float64), kind="stable")]
        yield "a run in order", ordered.reshape(honest.shape)


def _unwritten(honest: Array, rng: np.random.Generator) -> Made:
    """A first row, or what is above a diagonal, never written; a run of a debugger's bytes."""
    flat = honest.reshape(-1)
    bytes_left = flat.copy()
    at = int(rng.integers(max(1, flat.size - RUN)))
    if honest.dtype.kind != "b":
        octets = bytes_left.view(np.uint8)
        octets[at * honest.itemsize : (at + RUN) * honest.itemsize] = 0xCD
        yield "a run of 0xCD", bytes_left.reshape(honest.shape)
    if honest.ndim < 2 or min(honest.shape[-2:]) < 2:
        return
    first, above = honest.copy(), honest.copy()
    first[..., 0, :] = 0
    above[..., np.tri(*honest.shape[-2:]) == 0] = 0
    yield "the first row unwritten", first
    yield "zero above the diagonal", above
