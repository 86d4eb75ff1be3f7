"""Faults made on an output that neither faults.py nor fresh.py makes: mistakes of devices, compilers and kernels.

Written without a look at the rules or at any score. About half are errors of graded size, the others wrong memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.scoreboard.faulty.fresh import grid, rounded_array
from benchmarks.scoreboard.subjects import Subject, parts
from harness.numerics import formats

Array = np.ndarray[Any, Any]
Made = Iterator[tuple[str, Array]]

LANES = 16  # of a vector register
LINE = 64  # bytes of a cache line
_SIZES = (4, 8, 11, 14, 18, 22)  # of graded errors: 2^-k


def unseen(s: Subject, honest: Array, rng: np.random.Generator) -> Made:
    """(name, faulty output) of a subject's first output, each unlike the honest one in some bit; of integers and bools
    only what moves whole elements or parts of them.
    """
    yield from unlike(honest, _all(s.first.dtype, honest, rng)) if honest.size else ()


def unlike(honest: Array, made: Made) -> Made:
    """Those that are unlike the honest output in some bit."""
    return ((name, array) for name, array in made if array.tobytes() != honest.tobytes())


def _all(dtype: str, honest: Array, rng: np.random.Generator) -> Made:
    if honest.dtype.kind not in "iub" and not honest.dtype.names:  # names: complex32, a record
        y, part = parts(honest), formats.component(dtype)
        with np.errstate(all="ignore"):
            for maker in _NUMBERS:
                for name, values in maker(y, honest.ndim, part, rng):
                    yield name, rounded_array(values, dtype)
        yield from _bits(honest, part, rng)
    for move in (_registers, _lines, _torn, _matrix, _tiles, _slices):
        yield from move(honest, rng)


# -- places, of numbers `y` of an output of `ndim` dimensions, complex ones with their parts in the last


def _tile(y: Array, ndim: int, rng: np.random.Generator, high: int = 4, wide: int = 16) -> Array:
    """True in one tile of the matrix; of one row or column, a run of it."""
    row, column = grid(y, ndim)
    top = high * int(rng.integers((int(row.max()) + high) // high))
    left = wide * int(rng.integers((int(column.max()) + wide) // wide))
    return np.asarray((row >= top) & (row < top + high) & (column >= left) & (column < left + wide))


def _rms(y: Array) -> float:
    """Root of the mean square of the finite numbers."""
    finite = y[np.isfinite(y)]
    return float(np.sqrt(np.mean(np.square(finite)))) if finite.size else 0.0


def _ulp(y: Array, dtype: str) -> Array:
    return np.asarray(formats.ulp(np.nan_to_num(y), dtype))


# -- graded errors


def _noisy_tile(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """A tile computed less precisely, its errors relative and random."""
    for k in _SIZES:
        noise = np.where(_tile(y, ndim, rng), rng.uniform(-1, 1, y.shape), 0.0)
        yield f"a tile noisy by 2^-{k}", y * (1 + 2.0**-k * noise)


def _lost_partial(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """One chunk of an accumulation lost: in a tile and everywhere, by its share of the sum's spread."""
    for chunks in (4, 64, 2048, 65536):
        lost = _rms(y) * chunks**-0.5 * rng.standard_normal(y.shape) * chunks**-0.5
        yield f"a tile without 1 of {chunks} chunks", np.where(_tile(y, ndim, rng), y - lost, y)
        yield f"all without 1 of {chunks} chunks", y - lost


def _directed(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """A rounding mode left on: upwards in a tile, away from zero in all, so many steps deep."""
    ulp = _ulp(y, dtype)
    for steps in (1, 2, 5, 20):
        yield f"a tile {steps} ulp up", np.where(_tile(y, ndim, rng), y + steps * ulp, y)
        yield f"all {steps} ulp away from zero", y + steps * ulp * np.sign(y)


def _alternating(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """Errors that cancel between neighbours, as of a butterfly whose twiddle is off."""
    sign = 1.0 - 2.0 * (grid(y, ndim)[1] % 2)
    for k in _SIZES[1::2]:
        yield f"even columns more, odd ones less by 2^-{k}", y * (1 + 2.0**-k * sign)


def _sawtooth(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """Errors that grow inside each chunk of 32 and start again, as of a carry that is not compensated."""
    index = np.arange(y.size).reshape(y.shape) % 32 / 31
    for k in _SIZES[1::2]:
        yield f"sawtooth of 2^-{k}", y * (1 + 2.0**-k * index)


def _down_the_rows(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """Errors that grow with the row, or with its square: a recurrence, a scale that is carried on."""
    row = grid(y, ndim)[0]
    if row.max() < 3:
        return
    far = row / row.max()
    for k in _SIZES[1::2]:
        yield f"growing to 2^-{k} down the rows", y * (1 + 2.0**-k * far**2)


def _scales(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """Each row or each column with a scale of its own that is a little off: scales kept in too few bits."""
    row, column = grid(y, ndim)
    for what, index in (("row", row), ("column", column)):
        if index.max() < 1:
            continue
        factor = rng.uniform(-1, 1, int(index.max()) + 1)[index]
        for k in _SIZES[1::2]:
            yield f"each {what}'s scale off by up to 2^-{k}", y * (1 + 2.0**-k * factor)


def _nonlinear(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """A function slightly bent: large numbers drawn in, or small ones raised to nearly their power."""
    size = np.abs(np.nan_to_num(y)).max(initial=0.0) or 1.0
    share = np.abs(y) / size
    for k in _SIZES[1:5]:
        yield f"large ones compressed by 2^-{k}", y * (1 - 2.0**-k * share**2)
        yield f"to the power of 1 + 2^-{k}", np.where(share > 0, y * np.maximum(share, 1e-300) ** 2.0**-k, y)


def _block_float(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """Blocks of 32 that share an exponent; and what is small beside its row in fixed point."""
    flat = y.reshape(-1)
    blocks = np.nan_to_num(np.concatenate([flat, np.zeros(-flat.size % 32)]).reshape(-1, 32))
    top = np.exp2(np.ceil(np.log2(np.maximum(np.abs(blocks).max(1, keepdims=True), 1e-300))))
    for bits in (6, 9, 12, 16, 22):
        step = top * 2.0**-bits
        made = (np.rint(blocks / step) * step).reshape(-1)[: flat.size].reshape(y.shape)
        yield f"blocks of 32 in {bits} bits", np.where(np.isfinite(y), made, y)


def _stochastic(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """Rounded to a shorter significand up or down by chance, as training hardware does."""
    exponent = np.frexp(np.nan_to_num(y))[1]
    for bits in (6, 8, 11, 16):
        if bits < formats.format_of(dtype).p:
            step = np.ldexp(1.0, exponent - bits)
            yield f"rounded by chance to {bits} bits", np.floor(y / step + rng.random(y.shape)) * step


def _two_terms(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """A number kept as a sum of two bfloat16 numbers, or of three, in a tile and in all."""
    if formats.format_of(dtype).p <= 16:
        return
    kept, rest = np.zeros_like(y), np.nan_to_num(y)
    for terms in (1, 2, 3):
        term = formats.round_value(rest, "bfloat16")
        kept, rest = kept + term, rest - term
        made = np.where(np.isfinite(y) & np.isfinite(kept), kept, y)
        yield f"a tile as {terms} bfloat16", np.where(_tile(y, ndim, rng), made, y)
        if terms > 1:
            yield f"all as {terms} bfloat16", made


def _crosstalk(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """A little of the row before in each row, or of its first column in every column."""
    if not ndim or y.shape[ndim - 1] < 2:
        return
    matrix = y.reshape(-1, y.shape[ndim - 1], *y.shape[ndim:])
    above = np.roll(matrix, 1, axis=0)
    for k in _SIZES[1::2]:
        if len(matrix) > 1:
            yield f"2^-{k} of the row before", (matrix + 2.0**-k * above).reshape(y.shape)
        yield f"2^-{k} of the row's first", (matrix + 2.0**-k * matrix[:, :1]).reshape(y.shape)


def _edges(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """The border of the matrix, or only its last corner: padding and halos."""
    row, column = grid(y, ndim)
    border = (row == 0) | (row == row.max()) | (column == 0) | (column == column.max())
    corner = (row == row.max()) & (column == column.max())
    for k in _SIZES[::2]:
        yield f"the border less by 2^-{k}", np.where(border, y * (1 - 2.0**-k), y)
        yield f"the last corner more by 2^-{k}", np.where(corner, y * (1 + 2.0**-k), y)


def _extremes(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """The largest or the smallest numbers alone: a boundary of a table, a branch for small arguments."""
    size = np.abs(np.nan_to_num(y))
    low = size < np.quantile(size, 0.1)
    for k in _SIZES[::2]:
        yield f"the largest off by 2^-{k}", np.where(size == size.max(), y * (1 + 2.0**-k), y)
        yield f"the smallest tenth off by 2^-{k}", np.where(low, y * (1 - 2.0**-k), y)


def _updates(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """A few atomic updates lost: rare errors, of a share of the RMS and never the same."""
    hit = np.asarray(rng.random(y.shape) < 0.005)
    hit.flat[int(rng.integers(y.size))] = True
    for k in (2, 5, 9, 13, 17):
        yield f"rare updates of 2^-{k} lost", y - np.where(hit, 2.0**-k * _rms(y) * rng.exponential(1, y.shape), 0.0)


def _signs_and_exponents(y: Array, ndim: int, dtype: str, rng: np.random.Generator) -> Made:
    """Exponents one too small in one element or every 64th, and a sign that is its row's first."""
    index = np.arange(y.size).reshape(y.shape)
    yield "exponent one too small", np.where(index == rng.integers(y.size), y / 2, y)
    yield "every 64th exponent one off", np.where(index % 64 == rng.integers(min(64, y.size)), y * 2, y)
    run = index // LANES == rng.integers((y.size + LANES - 1) // LANES)
    first = y.reshape(-1)[int(np.argmax(run.reshape(-1)))]
    yield "signs of a register its first lane's", np.where(run, np.copysign(y, first), y)
    if y.ndim > ndim:
        conjugated, turned, tile = y.copy(), y[..., ::-1], _tile(y, ndim, rng)
        conjugated[..., 1] *= -1
        yield "a tile conjugated", np.where(tile, conjugated, y)
        yield "a tile's parts exchanged", np.where(tile, turned, y)
    least = formats.format_of(dtype).min_normal
    yield "subnormals doubled", np.where(np.abs(y) < least, 2 * y, y)


_NUMBERS: tuple[Callable[[Array, int, str, np.random.Generator], Made], ...] = (
    *(_noisy_tile, _lost_partial, _directed, _alternating, _sawtooth, _down_the_rows, _scales, _nonlinear),
    *(_block_float, _stochastic, _two_terms, _crosstalk, _edges, _extremes, _updates, _signs_and_exponents),
)


# -- bits


def _bits(honest: Array, part: str, rng: np.random.Generator) -> Made:
    """One bit of the significand stuck, in all numbers or in one lane of sixteen."""
    size = formats.numpy_dtype(part).itemsize
    words = np.ascontiguousarray(honest).reshape(-1).view(f"u{size}")
    lane = np.arange(words.size) % LANES == rng.integers(min(LANES, words.size))
    p = formats.format_of(part).p
    for bit in sorted({0, 2, p // 3, p // 2, p - 4}):
        if 0 <= bit < p - 1:
            mask = words.dtype.type(1 << bit)
            for state, made in (("one", words | mask), ("zero", words & ~mask)):
                yield f"bit {bit} stuck at {state}", _words(made, honest)
                yield f"bit {bit} of a lane stuck at {state}", _words(np.where(lane, made, words), honest)


def _words(words: Array, honest: Array) -> Array:
    return np.asarray(np.ascontiguousarray(words).view(honest.dtype).reshape(honest.shape))


# -- wrong memory


def _registers(honest: Array, rng: np.random.Generator) -> Made:
    """Lanes of one vector register stale, turned, exchanged, filled from one, or packed in the wrong order."""
    flat = honest.reshape(-1)
    if flat.size < 2 * LANES:
        return
    at = LANES * int(rng.integers(1, flat.size // LANES))
    here, before = flat[at : at + LANES], flat[at - LANES : at]
    lane = int(rng.integers(LANES))
    alternate = np.arange(LANES) % 2 == 1
    for name, lanes in {
        "one lane of a register stale": np.where(np.arange(LANES) == lane, before, here),
        "odd lanes of a register stale": np.where(alternate, before, here),
        "halves of a register exchanged": np.roll(here, LANES // 2),
        "a register turned by a lane": np.roll(here, -1),
        "one lane in four lanes": np.repeat(here[::4], 4),
        "even lanes packed first": np.concatenate([here[::2], here[1::2]]),
    }.items():
        made = flat.copy()
        made[at : at + LANES] = lanes
        yield name, made.reshape(honest.shape)
    rest = flat.size % LANES or LANES // 2
    made = flat.copy()
    made[-rest:] = flat[-rest - LANES : -LANES]
    yield "the tail the vector's before", made.reshape(honest.shape)
    whole = flat[: flat.size // LANES * LANES].reshape(-1, 2, LANES // 2)[:, ::-1].reshape(-1)
    yield "halves of all registers exchanged", np.concatenate([whole, flat[whole.size :]]).reshape(honest.shape)


def _lines(honest: Array, rng: np.random.Generator) -> Made:
    """A cache line of another place, half a line never written, a sector of zeros in every fourth."""
    flat = honest.reshape(-1)
    line = max(1, LINE // honest.itemsize)
    if flat.size < 3 * line:
        return
    count = flat.size // line
    i, j = rng.choice(count, 2, replace=False)
    other, half, sector = flat.copy(), flat.copy(), flat.copy()
    other[i * line : (i + 1) * line] = flat[j * line : (j + 1) * line]
    half[i * line + line // 2 : (i + 1) * line] = flat[0]
    sector[(np.arange(flat.size) // max(1, line // 4)) % 16 == int(rng.integers(16))] = 0
    yield "a cache line of another place", other.reshape(honest.shape)
    yield "half a line filled with the first", half.reshape(honest.shape)
    yield "one sector in sixteen zero", sector.reshape(honest.shape)


def _torn(honest: Array, rng: np.random.Generator) -> Made:
    """The low or the high bytes of an element are a neighbour's, or all of its bytes in the wrong order."""
    flat, size = honest.reshape(-1), honest.itemsize
    if flat.size < 2 or size < 2:
        return
    octets = flat.view(np.uint8).reshape(-1, size)
    at = int(rng.integers(1, flat.size))
    for name, here in (("low", slice(0, size // 2)), ("high", slice(size // 2, size)), ("lowest", slice(0, 1))):
        one, many = octets.copy(), octets.copy()
        one[at, here] = octets[at - 1, here]
        many[1::8, here] = octets[:-1:8, here]
        yield f"{name} bytes of one element another's", _words(one.reshape(-1), honest)
        yield f"{name} bytes of every eighth another's", _words(many.reshape(-1), honest)
    turned = octets.copy()
    turned[at] = octets[at, ::-1]
    yield "bytes of one element turned", _words(turned.reshape(-1), honest)


def _matrix(honest: Array, rng: np.random.Generator) -> Made:
    """Loops over rows and columns that stop short, start late, or read a column on."""
    if not honest.ndim or honest.shape[-1] < 4 or honest.size < 2 * honest.shape[-1]:
        return
    matrix = honest.reshape(-1, honest.shape[-1])
    rows, width = matrix.shape
    row = int(rng.integers(1, rows))
    last, strided, broadcast, diagonal, late = (matrix.copy() for _ in range(5))
    last[1:, -1] = matrix[:-1, -1]
    strided[:, 3:-1:8] = matrix[:, 4::8][:, : strided[:, 3:-1:8].shape[1]]
    broadcast[row] = matrix[row, int(rng.integers(width))]
    along = np.arange(1, min(rows, width))
    diagonal[along, along] = matrix[along, along - 1]
    late[row, : width // 4] = matrix[row - 1, : width // 4]
    yield "last column a row late", last.reshape(honest.shape)
    yield "every eighth column the next", strided.reshape(honest.shape)
    yield "one of a row in all of it", broadcast.reshape(honest.shape)
    yield "diagonal its left neighbour", diagonal.reshape(honest.shape)
    yield "first quarter of a row the row before's", late.reshape(honest.shape)
    swizzled = np.arange(width) ^ 4
    swizzled = np.where(swizzled < width, swizzled, np.arange(width))
    wrong = np.where(np.arange(rows)[:, None] % 8 == rng.integers(min(8, rows)), matrix[:, swizzled], matrix)
    yield "columns of every eighth row swizzled", wrong.reshape(honest.shape)


def _tiles(honest: Array, rng: np.random.Generator) -> Made:
    """A tile transposed, exchanged with the next, or a row too low."""
    size = 4
    if honest.ndim < 1 or honest.shape[-1] < 2 * size or honest.size < size * honest.shape[-1]:
        return
    matrix = honest.reshape(-1, honest.shape[-1])
    top = size * int(rng.integers(len(matrix) // size))
    left = size * int(rng.integers(matrix.shape[1] // size - 1))
    here = (slice(top, top + size), slice(left, left + size))
    beside = (here[0], slice(left + size, left + 2 * size))
    turned, exchanged, lowered = matrix.copy(), matrix.copy(), matrix.copy()
    turned[here] = matrix[here].T
    exchanged[here], exchanged[beside] = matrix[beside], matrix[here]
    lowered[here] = np.roll(matrix[here], 1, axis=0)
    yield "a tile transposed", turned.reshape(honest.shape)
    yield "a tile exchanged with the next", exchanged.reshape(honest.shape)
    yield "a tile a row too low", lowered.reshape(honest.shape)


def _slices(honest: Array, rng: np.random.Generator) -> Made:
    """A channel that is the one before, a batch that is the first, a middle dimension walked backwards."""
    if honest.ndim < 3:
        return
    if honest.shape[1] > 1:
        channel = int(rng.integers(1, honest.shape[1]))
        repeated, batch = honest.copy(), int(rng.integers(honest.shape[0]))
        repeated[batch, channel] = honest[batch, channel - 1]
        yield "a channel the one before", repeated
        backwards = honest.copy()
        backwards[batch] = honest[batch, ::-1]
        yield "channels of one batch backwards", backwards
    if honest.shape[0] > 1:
        first = honest.copy()
        first[-1] = honest[0]
        yield "the last batch the first", first
