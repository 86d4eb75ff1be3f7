"""Faults made on an output that faults.py, fresh.py, unseen.py and latest.py do not make: mistakes of devices,
compilers, runtimes and kernels.

Written without a look at the rules or at any score. About half are errors of graded size, the others wrong logic,
bits, layout, indexing and memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.scoreboard.faulty.fresh import grid, rounded_array
from benchmarks.scoreboard.faulty.latest import as_matrix, rms, sizes
from benchmarks.scoreboard.faulty.unseen import unlike
from benchmarks.scoreboard.subjects import Subject, parts
from harness.numerics import formats

Array = np.ndarray[Any, Any]
Made = Iterator[tuple[str, Array]]
Size = tuple[str, float]

RUN = 8  # elements of a short run
BLOCK = 64  # elements that share a scale or an offset


def untried(s: Subject, honest: Array, rng: np.random.Generator) -> Made:
    """(name, faulty output) of a subject's first output, each unlike the honest one in some bit; of integers and bools
    only what moves or replaces whole elements.
    """
    yield from unlike(honest, _all(s.first.dtype, honest, rng)) if honest.size else ()


def _all(dtype: str, honest: Array, rng: np.random.Generator) -> Made:
    if honest.dtype.kind not in "iub" and not honest.dtype.names:  # names: complex32, a record
        y, part = parts(honest), formats.component(dtype)
        with np.errstate(all="ignore"):
            for maker in _GRADED:
                for size in sizes(part, rng):
                    yield from ((name, rounded_array(v, dtype)) for name, v in maker(y, honest.ndim, size, rng))
            for name, values in _logic(y, honest.ndim, part, rng):
                yield name, rounded_array(values, dtype)
        yield from _words(honest, rng)
    for move in (_orders, _rows, _dimensions, _runs):
        yield from move(honest, rng)


def _place(y: Array, ndim: int) -> Array:
    """The place of each number in the flat output, both parts of a complex one at the same."""
    row, column = grid(y, ndim)
    return row * (int(column.max()) + 1) + column


def _drawn(index: Array, made: Callable[[int], Array]) -> Array:
    """A number of its own for each index."""
    return made(int(index.max()) + 1)[index]


# -- graded errors of numbers `y` of an output of `ndim` dimensions, complex ones with their parts in the last


def _block_gains(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """Each block of 64 with a gain of its own: scales of blocks in too few bits."""
    gain = _drawn(_place(y, ndim) // BLOCK, lambda n: rng.uniform(-1, 1, n))
    yield f"blocks' gains off by {size[0]}", y * (1 + size[1] * gain)


def _block_offsets(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """Every third block of 64 moved: zero points of its neighbour."""
    block = _place(y, ndim) // BLOCK
    if block.any():
        hit = block % 3 == rng.integers(min(3, int(block.max()) + 1))
        yield f"blocks moved by {size[0]}", np.where(hit, y + size[1] * rms(y), y)


def _ripple(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """Errors that swing with the value: a polynomial that is fitted too loosely."""
    level = rms(y)
    if level > 0:
        yield f"a ripple over values of {size[0]}", y + size[1] * level * np.sin(5 * y / level + rng.random())


def _harmonic(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """A share of the square: an analogue multiplier that is not linear."""
    level = rms(y)
    if level > 0:
        yield f"squares by {size[0]}", y + size[1] * np.clip(y / level, -4, 4) ** 2 * level


def _mirrored(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """Some of the row's other end: an image that a transform leaves."""
    matrix = as_matrix(y, ndim)
    if matrix.shape[1] > 1:
        yield f"each row's mirror by {size[0]}", (matrix + size[1] * np.nan_to_num(matrix[:, ::-1])).reshape(y.shape)


def _butterfly(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """Some of what is half a row away: a wrong twiddle in the last stage."""
    matrix = as_matrix(y, ndim)
    half = matrix.shape[1] // 2
    if half:
        made = matrix + size[1] * (np.nan_to_num(np.roll(matrix, half, axis=1)) - matrix)
        yield f"half a row away by {size[0]}", made.reshape(y.shape)


def _slow_noise(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """Gains that wander slowly from element to element: a supply that sags."""
    walk = _drawn(_place(y, ndim), lambda n: np.cumsum(rng.standard_normal(n)) / np.sqrt(n))
    yield f"gains wander by {size[0]}", y * (1 + size[1] * (walk - np.mean(walk)))


def _tilted(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """A plane added: from less at one corner to more at the other."""
    row, column = grid(y, ndim)
    far = row / max(1, row.max()) + column / max(1, column.max()) - 1
    yield f"a tilted plane of {size[0]}", y + size[1] * rms(y) * far


def _soft_threshold(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """All magnitudes less by one amount, small ones zero."""
    step = size[1] * rms(y)
    yield f"magnitudes less by {size[0]}", np.sign(y) * np.maximum(np.abs(y) - step, 0.0)


def _logarithms(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """Numbers kept as logarithms in steps."""
    logs = np.log2(np.abs(y))
    made = np.copysign(np.exp2(np.rint(logs / size[1]) * size[1]), y)
    yield f"logarithms in steps of {size[0]}", np.where(np.isfinite(logs), made, y)


def _some_less(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """A tenth of all, by chance, less: threads that left a loop early."""
    hit = rng.random(y.shape[:ndim]).reshape((*y.shape[:ndim], *[1] * (y.ndim - ndim))) < 0.1
    yield f"a tenth less by {size[0]}", np.where(hit, y * (1 - size[1]), y)


def _memory_of_signs(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """A trace of the sign of the element before: a sense amplifier that does not settle."""
    matrix = as_matrix(y, ndim)
    before = np.roll(np.sign(np.nan_to_num(matrix)), 1, axis=1)
    yield f"the sign before by {size[0]}", (matrix + size[1] * rms(y) * before).reshape(y.shape)


def _triangle(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """All on and below the diagonal off: another branch of a causal kernel."""
    row, column = grid(y, ndim)
    rows = y.shape[ndim - 2] if ndim > 1 else 1
    hit = column <= row % rows
    if not hit.all():
        yield f"below the diagonal off by {size[0]}", np.where(hit, y * (1 + size[1]), y)


def _epilogue(y: Array, ndim: int, size: Size, rng: np.random.Generator) -> Made:
    """The columns after the last whole vector off: a remainder loop with functions of its own."""
    column = grid(y, ndim)[1]
    width = int(column.max()) + 1
    first = width - (width % RUN or RUN // 2)
    if first > 0:
        yield f"remaining columns off by {size[0]}", np.where(column >= first, y * (1 + size[1]), y)


_GRADED: tuple[Callable[[Array, int, Size, np.random.Generator], Made], ...] = (
    *(_block_gains, _block_offsets, _ripple, _harmonic, _mirrored, _butterfly, _slow_noise),
    *(_tilted, _soft_threshold, _logarithms, _some_less, _memory_of_signs, _triangle, _epilogue),
)


# -- wrong logic


def _logic(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """A row added to the next or normalised once more, a run of differences or of its mean, an element the sum of its
    row, a leading bit lost, exponents of a run all its first's.
    """
    flat = y.reshape(int(np.prod(y.shape[:ndim])), -1)
    at = int(rng.integers(max(1, len(flat) - RUN)))
    run = flat[at : at + RUN]
    shared = np.ldexp(np.frexp(np.nan_to_num(run))[0], np.frexp(np.nan_to_num(run[:1]))[1])
    for name, values in (
        ("a run of differences", np.diff(run, axis=0, prepend=0.0)),
        ("a run all its mean", np.broadcast_to(run.mean(axis=0), run.shape)),
        ("exponents of a run its first's", shared),
    ):
        made = flat.copy()
        made[at : at + RUN] = values
        yield name, made.reshape(y.shape)
    made = flat.copy()
    made[at] -= np.copysign(np.ldexp(1.0, np.frexp(np.nan_to_num(made[at]))[1] - 1), made[at])
    yield "the leading bit of one element lost", made.reshape(y.shape)
    matrix = as_matrix(y, ndim)
    row, column = int(rng.integers(len(matrix))), int(rng.integers(matrix.shape[1]))
    if matrix.shape[1] > 1:
        summed, shortened = matrix.copy(), matrix.copy()
        summed[row, column] = matrix[row].sum(axis=0)
        yield "an element the sum of its row", summed.reshape(y.shape)
        shortened[row] = matrix[row] / np.sqrt(np.mean(np.square(matrix[row])))
        yield "a row normalised once more", shortened.reshape(y.shape)
    if len(matrix) > 1:
        added = matrix.copy()
        added[row] = matrix[row] + matrix[row - 1]
        yield "a row added to another", added.reshape(y.shape)


# -- wrong bits


def _words(honest: Array, rng: np.random.Generator) -> Made:
    """One element's bits inverted, a run in planes of bytes, or a run of counts where numbers belong."""
    flat = np.ascontiguousarray(honest).reshape(-1)
    at, size = int(rng.integers(max(1, flat.size - RUN))), honest.itemsize
    octets = flat.view(np.uint8).reshape(-1, size)
    inverted, planes, counts = octets.copy(), octets.copy(), octets.copy()
    inverted[at] = ~octets[at]
    run = octets[at : at + RUN]
    planes[at : at + RUN] = run.T.reshape(run.shape)
    counts[at : at + RUN] = 0
    counts[at : at + RUN, 0] = np.arange(1, len(run) + 1)
    for name, made in (
        ("one element's bits inverted", inverted),
        ("a run in planes of bytes", planes),
        ("a run of counts", counts),
    ):
        yield name, made.reshape(-1).view(honest.dtype).reshape(honest.shape)


# -- wrong layout, indexing and memory


def _orders(honest: Array, rng: np.random.Generator) -> Made:
    """All backwards, rows by turns backwards, rows from their middle on, columns in blocks or in quads."""
    flat = honest.reshape(-1)
    yield "all backwards", flat[::-1].copy().reshape(honest.shape)
    if not honest.ndim or honest.shape[-1] < 2:
        return
    matrix = honest.reshape(-1, honest.shape[-1])
    rows, width = matrix.shape
    yield "each row from its middle on", np.roll(matrix, width // 2, axis=1).reshape(honest.shape)
    if rows > 1:
        turned = matrix.copy()
        turned[1::2] = matrix[1::2, ::-1]
        yield "every second row backwards", turned.reshape(honest.shape)
    if width > 4 and rows > 1:
        made, whole = matrix.copy(), width // 4 * 4
        made[:, :whole] = matrix[:, :whole].reshape(rows, -1, 4).swapaxes(0, 1).reshape(rows, whole)
        yield "blocks of four columns first", made.reshape(honest.shape)
    if width > 3 and rows > 1:
        quads, high, wide = matrix.copy(), rows // 2 * 2, width // 4 * 4
        some = matrix[:high, :wide].reshape(high // 2, 2, wide // 4, 2, 2).swapaxes(1, 3)
        quads[:high, :wide] = some.reshape(high, wide)
        yield "in quads of two by two", quads.reshape(honest.shape)


def _rows(honest: Array, rng: np.random.Generator) -> Made:
    """A row left out or inserted twice and all below moved, a diagonal never written."""
    if honest.ndim < 2 or min(honest.shape[-2:]) < 3:
        return
    matrix = honest.reshape(-1, honest.shape[-1])
    rows = len(matrix)
    at, index = int(rng.integers(1, rows - 1)), np.arange(rows)
    yield "a row left out", matrix[np.where(index < at, index, np.minimum(index + 1, rows - 1))].reshape(honest.shape)
    yield "a row twice, the rest below", matrix[np.where(index <= at, index, index - 1)].reshape(honest.shape)
    made = honest.copy()
    made[..., np.eye(*honest.shape[-2:]) == 1] = 0
    yield "the diagonal unwritten", made


def _dimensions(honest: Array, rng: np.random.Generator) -> Made:
    """Batches and channels exchanged, channels not shuffled back."""
    if honest.ndim < 3:
        return
    yield "first two dimensions exchanged", honest.swapaxes(0, 1).reshape(honest.shape)
    batch, channels = honest.shape[:2]
    if channels > 2 and channels % 2 == 0:
        made = honest.reshape(batch, 2, channels // 2, -1).swapaxes(1, 2)
        yield "channels shuffled", made.reshape(honest.shape)


def _runs(honest: Array, rng: np.random.Generator) -> Made:
    """A run of set bits; a later run written over an earlier one; every 17th element the one of the vector before."""
    flat = honest.reshape(-1)
    if flat.size < 3 * RUN:
        return
    at = RUN + int(rng.integers(flat.size - 2 * RUN))
    late, strided = flat.copy(), flat.copy()
    late[at - RUN // 2 : at + RUN // 2] = flat[at : at + RUN]
    strided[RUN::17] = flat[: flat.size - RUN : 17]
    yield "a run written half too early", late.reshape(honest.shape)
    yield "every 17th from the vector before", strided.reshape(honest.shape)
    if honest.dtype.kind != "b":
        ones = flat.copy()
        ones.view(np.uint8)[at * honest.itemsize : (at + RUN) * honest.itemsize] = 0xFF
        yield "a run of set bits", ones.reshape(honest.shape)
