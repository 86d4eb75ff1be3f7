"""Sums: the one pass over an output and its golden, chunk by chunk, that every figure of a Divergence comes
from.

Arrays here are real, flat and finite: the output in its own dtype, the golden in float64 or float32. What is
not finite shows in `Sums.absolute` as a NaN or inf; `measure` then cleans the arrays and passes again.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from harness.numerics import formats, kernel
from harness.numerics.types import Array

# Elements in a piece: NumPy's eight float64 temporaries of this size stay in a 2 MiB second-level cache; the
# compiled pass cuts its own pieces smaller.
CHUNK = 16384
COMPILED_CHUNK = 1 << 18
# Outputs smaller than this are measured on the calling thread alone.
THREADED = 1 << 20
# A block of the noise test holds about this many elements: 16×16 where there are as many rows and
# columns.
BLOCK = 256
# Upper edges of the ulp histogram.
ULP_EDGES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 1024.0, 65536.0, math.inf)

_EXPONENT = np.int64(0x7FF0000000000000)


@dataclass(frozen=True, slots=True)
class Grid:
    """An output seen as rows × columns and cut in blocks; the last block of each row and column takes
    the rest.

    Fewer than 16 rows make blocks wider; fewer than 16 columns make the output one long row.
    """

    rows: int
    columns: int
    block_rows: int
    block_columns: int

    @staticmethod
    def of(shape: tuple[int, ...]) -> Grid:
        """The grid of an output of this shape (no dimension 0); its last dimension makes the columns."""
        columns = shape[-1] if shape else 1
        rows = math.prod(shape) // columns
        if columns < 16 or rows == 1:
            return Grid(1, rows * columns, 1, BLOCK // columns * columns if columns < 16 else BLOCK)
        if rows < 16:
            return Grid(rows, columns, rows, -(-BLOCK // rows))
        return Grid(rows, columns, 16, 16)

    @property
    def bands(self) -> int:
        """Number of blocks from top to bottom."""
        return max(1, self.rows // self.block_rows)

    @property
    def stripes(self) -> int:
        """Number of blocks from left to right."""
        return max(1, self.columns // self.block_columns)

    def pieces(self, size: int) -> Iterator[tuple[slice, slice]]:
        """(bands, stripes) of pieces of about `size` elements; a whole row of stripes where that fits."""
        blocks = max(1, size // (self.block_rows * self.block_columns))
        across = min(self.stripes, blocks)
        down = blocks // across
        for band in range(0, self.bands, down):
            for stripe in range(0, self.stripes, across):
                yield (
                    slice(band, min(band + down, self.bands)),
                    slice(stripe, min(stripe + across, self.stripes)),
                )

    def elements(self, bands: slice, stripes: slice) -> tuple[slice, slice]:
        """The rows and columns that these blocks cover."""
        return (
            slice(
                bands.start * self.block_rows,
                self.rows if bands.stop == self.bands else bands.stop * self.block_rows,
            ),
            slice(
                stripes.start * self.block_columns,
                self.columns if stripes.stop == self.stripes else stripes.stop * self.block_columns,
            ),
        )

    def counts(self) -> Array:
        """Number of elements in each block, (bands, stripes)."""
        high = np.full(self.bands, self.block_rows)
        high[-1] = self.rows - self.block_rows * (self.bands - 1)
        wide = np.full(self.stripes, self.block_columns)
        wide[-1] = self.columns - self.block_columns * (self.stripes - 1)
        return np.asarray(np.multiply.outer(high, wide))


@dataclass(slots=True)
class Peak:
    """A largest value, and the flat index of the first element that has it."""

    value: float = 0.0
    index: int = -1

    def see(self, value: float, index: int) -> None:
        """Keep the larger; a NaN is larger than everything."""
        if value > self.value or (value != value and self.value == self.value):
            self.value, self.index = value, index
        elif value == self.value and value > 0.0 and index < self.index:
            self.index = index


@dataclass(slots=True)
class Sums:
    """Totals of one pass. e = a - y, q = |e|/ulp(y), m = |e|/B, z = e/σ.

    within: per ULP_EDGES, the elements with q up to that edge (cumulative). larger, smaller: elements whose
    magnitude is too large, too small. sum_cap, sum_sigma: of B and of min(B, 16σ).
    """

    absolute: Peak = field(default_factory=Peak)
    relative: Peak = field(default_factory=Peak)
    ulps: Peak = field(default_factory=Peak)
    ratio: Peak = field(default_factory=Peak)
    z: Peak = field(default_factory=Peak)
    sum_abs: float = 0.0
    sum_rel: float = 0.0
    sum_ulps: float = 0.0
    sum_seen: float = 0.0
    e_e: float = 0.0
    a_a: float = 0.0
    y_y: float = 0.0
    z_z: float = 0.0
    larger: int = 0
    smaller: int = 0
    y_low: float = math.inf
    y_high: float = -math.inf
    within: list[int] = field(default_factory=lambda: [0] * len(ULP_EDGES))
    a_zero: int = 0
    y_zero: int = 0
    a_subnormal: int = 0
    y_subnormal: int = 0

    def add(self, other: Sums) -> None:
        """Add the totals of another piece of the same output."""
        for name in kernel.PEAKS:
            peak: Peak = getattr(other, name)
            getattr(self, name).see(peak.value, peak.index)
        for name in _ADDED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.y_low, self.y_high = min(self.y_low, other.y_low), max(self.y_high, other.y_high)
        self.within = [mine + its for mine, its in zip(self.within, other.within, strict=True)]


_ADDED = (
    *("sum_abs", "sum_rel", "sum_ulps", "sum_seen", "e_e", "a_a", "y_y", "z_z", "larger", "smaller"),
    *("a_zero", "y_zero", "a_subnormal", "y_subnormal"),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """What one pass reads: output a, golden y, cap B and σ, as (rows, columns) arrays of a grid, or
    scalars.

    form: None for integers, whose ulp is 1. cap None: no cap; 0: y is already rounded and must be met
    exactly.
    """

    a: Array
    y: Array
    cap: Array | float | None
    sigma: Array | float | None
    form: formats.Format | None
    ftz: bool = False

    def cut(self, rows: slice, columns: slice) -> Pair:
        """The same pair over some rows and columns only."""
        cap, sigma = (v[rows, columns] if isinstance(v, np.ndarray) else v for v in (self.cap, self.sigma))
        return Pair(self.a[rows, columns], self.y[rows, columns], cap, sigma, self.form, self.ftz)


def run(pair: Pair, grid: Grid) -> tuple[Sums, Array | None]:
    """Totals over a whole output, and Σz² of each block, (bands, stripes); None without σ."""
    blocks = None if pair.sigma is None else np.zeros((grid.bands, grid.stripes))
    total = Sums()
    pieces = list(grid.pieces(CHUNK if kernel.load() is None or pair.ftz else COMPILED_CHUNK))

    def some(part: list[tuple[slice, slice]]) -> Sums:
        sums = Sums()
        for bands, stripes in part:
            sums.add(_piece(pair, grid, bands, stripes, blocks))
        return sums

    if grid.rows * grid.columns < THREADED:
        return some(pieces), blocks
    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    step = -(-len(pieces) // (workers * 4))
    with ThreadPoolExecutor(workers) as pool:
        for sums in pool.map(some, [pieces[i : i + step] for i in range(0, len(pieces), step)]):
            total.add(sums)
    return total, blocks


def _piece(pair: Pair, grid: Grid, bands: slice, stripes: slice, blocks: Array | None) -> Sums:
    """Totals over the blocks named, whose Σz² is written into `blocks`."""
    rows, columns = grid.elements(bands, stripes)
    part = pair.cut(rows, columns)
    width = columns.stop - columns.start
    compiled = None if pair.ftz else kernel.load()
    if compiled is None:
        sums, z2 = totals(part)
    else:
        sums, z2 = _compiled(compiled, part, grid, None if blocks is None else blocks[bands, stripes]), None
    for peak in (sums.absolute, sums.relative, sums.ulps, sums.ratio, sums.z):
        if peak.index >= 0:
            row, column = divmod(peak.index, width)
            peak.index = (rows.start + row) * grid.columns + columns.start + column
    if blocks is not None and z2 is not None:
        # Rows first: adding whole rows is several times faster than adding along them.
        down = np.add.reduceat(z2, np.arange(bands.stop - bands.start) * grid.block_rows, axis=0)
        across = np.arange(stripes.stop - stripes.start) * grid.block_columns
        blocks[bands, stripes] = np.add.reduceat(down, across, axis=1)
    return sums


def _compiled(function: Any, part: Pair, grid: Grid, blocks: Array | None) -> Sums:
    """What `totals` answers, by the compiled pass, which adds Σz² to `blocks` itself."""
    a, y = (v if v.dtype.name in ("float32", "float64") else _wider(v) for v in (part.a, part.y))
    cap, sigma = (
        np.asarray(v, np.float64) if isinstance(v, np.ndarray) else None for v in (part.cap, part.sigma)
    )
    arrays = [
        v if v is None or v.strides[1] == v.itemsize else np.ascontiguousarray(v) for v in (a, y, cap, sigma)
    ]
    given = kernel.Input(
        *(None if v is None else v.ctypes.data for v in arrays),
        *a.shape,
        *(0 if v is None else v.strides[0] // v.itemsize for v in arrays),
        # No NaN goes in as a scalar: what is not above 0 allows nothing.
        -1.0 if cap is not None or part.cap is None else part.cap if part.cap > 0 else 0.0,
        -1.0 if sigma is not None or part.sigma is None else part.sigma if part.sigma > 0 else 0.0,
        1.0 if part.form is None else part.form.min_normal,
        0.0 if part.form is None else 2.0 ** (1 - part.form.p),
        a.dtype.itemsize == 8,
        y.dtype.itemsize == 8,
        grid.block_rows,
        grid.block_columns,
        *((1, 1, 1) if blocks is None else (*blocks.shape, blocks.strides[0] // 8)),
        None if blocks is None else blocks.ctypes.data,
    )
    out = kernel.Output()
    function(given, out)
    sums = Sums()
    for place, name in enumerate(kernel.PEAKS):
        setattr(sums, name, Peak(out.peak[place], out.at[place]))
    for name in (*_ADDED, "y_low", "y_high"):
        setattr(sums, name, getattr(out, name))
    sums.within = list(out.within)
    return sums


def _wider(values: Array) -> Array:
    """The same values in float32, of which every smaller float is a part."""
    if values.dtype.name == "bfloat16":  # the upper half of a float32: several times faster than a cast
        return (values.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    return values.astype(np.float32)


def totals(pair: Pair) -> tuple[Sums, Array | None]:
    """Totals over one piece, in NumPy, and z² of each element; None without σ. Indices are flat in the
    piece."""
    with np.errstate(all="ignore"):
        a = np.asarray(pair.a, dtype=np.float64)
        y = np.asarray(pair.y, dtype=np.float64)
        e = a - y
        size = np.abs(e)
        y_size = np.abs(y)
        sums = Sums(absolute=_peak(size), sum_abs=float(size.sum()))
        sums.e_e, sums.a_a, sums.y_y = _dot(e, e), _dot(a, a), _dot(y, y)
        sums.y_low, sums.y_high = float(y.min()), float(y.max())
        _count_small(sums, a, y_size, pair.form)
        _relative(sums, size, y_size)
        q = _ulps(sums, size, y, y_size, pair)
        if sums.absolute.value != 0.0:
            product = e * y
            sums.larger = int(np.count_nonzero(product > 0))
            sums.smaller = int(np.count_nonzero(product < 0))
        _ratio(sums, size, q, pair.cap)
        z2 = _noise(sums, size, q, pair)
    return sums, z2


def _dot(left: Array, right: Array) -> float:
    return float(np.dot(left.ravel(), right.ravel()))


def _peak(values: Array) -> Peak:
    """The largest value (a NaN counts as largest) and its first index."""
    index = int(values.argmax())
    return Peak(float(values.flat[index]), index)


def _count_small(sums: Sums, a: Array, y_size: Array, form: formats.Format | None) -> None:
    """Zeros and subnormals of output and golden; counted only where the smallest magnitude says there are
    some."""
    least = 1.0 if form is None else form.min_normal
    if float(y_size.min()) < least:
        sums.y_zero = y_size.size - int(np.count_nonzero(y_size))
        sums.y_subnormal = int(np.count_nonzero(y_size < least)) - sums.y_zero
    a_size = np.abs(a)
    if float(a_size.min()) < least:
        sums.a_zero = a_size.size - int(np.count_nonzero(a_size))
        sums.a_subnormal = int(np.count_nonzero(a_size < least)) - sums.a_zero


def _relative(sums: Sums, size: Array, y_size: Array) -> None:
    """Relative error over the elements whose golden is not zero."""
    relative = size / y_size
    if sums.y_zero:
        relative[y_size == 0] = 0.0
    sums.relative, sums.sum_rel = _peak(relative), float(relative.sum())


def _ulps(sums: Sums, size: Array, y: Array, y_size: Array, pair: Pair) -> Array:
    """q = |e|/ulp(y), with its totals and histogram."""
    form = pair.form
    if form is None:
        q = size
    elif pair.ftz:
        q = size / formats.ulp(y, form.name, ftz=True)
    else:
        # As formats.ulp, for finite y: the exponent field alone is 2^floor(log2|y|).
        power = (y_size.view(np.int64) & _EXPONENT).view(np.float64)
        np.maximum(power, form.min_normal, out=power)
        power *= 2.0 ** (1 - form.p)
        q = np.divide(size, power, out=power)
    sums.ulps, sums.sum_ulps = _peak(q), float(q.sum())
    for place, edge in enumerate(ULP_EDGES):
        if edge >= sums.ulps.value:
            sums.within[place:] = [q.size] * (len(ULP_EDGES) - place)
            break
        sums.within[place] = int(np.count_nonzero(q <= edge))
    return q


def _ratio(sums: Sums, size: Array, q: Array, cap: Array | float | None) -> None:
    """m = |e|/B; where B is 0, nothing but e = 0 is allowed, and m = 1 + q."""
    if isinstance(cap, np.ndarray):
        ratio = size / cap
        peak = _peak(ratio)
        if not math.isfinite(peak.value):
            ratio = np.where(np.asarray(cap) > 0, ratio, np.where(size > 0, 1.0 + q, 0.0))
            peak = _peak(ratio)
        sums.ratio, sums.sum_seen = peak, float(cap.sum())
    elif cap is not None:
        if cap > 0:
            sums.ratio = Peak(sums.absolute.value / cap, sums.absolute.index)
        elif sums.absolute.value > 0:
            sums.ratio = Peak(1.0 + sums.ulps.value, sums.ulps.index)
        sums.sum_seen = cap * size.size


def _noise(sums: Sums, size: Array, q: Array, pair: Pair) -> Array | None:
    """z² of each element; where σ is 0 it is output rounding's, ulp/√12."""
    if pair.sigma is None:
        return None
    z = size / pair.sigma
    peak = _peak(z)
    if not math.isfinite(peak.value):
        z = np.where(np.asarray(pair.sigma) > 0, z, q * math.sqrt(12.0))
        peak = _peak(z)
    sums.z = peak
    z *= z
    sums.z_z = float(z.sum())
    if pair.cap is not None:
        seen = np.minimum(pair.cap, 16.0 * np.asarray(pair.sigma))
        sums.sum_seen = float(seen.sum()) if seen.ndim else float(seen) * size.size
    return z
