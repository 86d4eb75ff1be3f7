"""Sums: the one pass over an output and its golden, piece by piece, that all figures come from."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from harness.numerics import kernel
from harness.numerics.grid import Grid
from harness.numerics.totals import PEAKS, Pair, Sums, totals
from harness.numerics.types import Array

# Elements in a piece: NumPy's eight float64 temporaries of this size stay in a 2 MiB second-level cache; the
# compiled pass cuts its own pieces smaller, and of large outputs each thread gets so many.
CHUNK = 16384
COMPILED_CHUNK = 1 << 18
SHARES = 8
# Outputs smaller than this are measured on the calling thread alone: a pool costs as much as they do.
THREADED = 1 << 22


def run(pair: Pair, grid: Grid) -> tuple[Sums, Array | None]:
    """Totals over a whole output, and Σz² of each block, (bands, stripes); None without σ."""
    blocks = None if pair.sigma is None else np.zeros((grid.bands, grid.stripes))
    total = Sums()
    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    compiled = max(COMPILED_CHUNK, grid.rows * grid.columns // (SHARES * workers))
    pieces = list(grid.pieces(CHUNK if kernel.load() is None or pair.ftz else compiled))

    def some(part: list[tuple[slice, slice]]) -> Sums:
        sums = Sums()
        for bands, stripes in part:
            sums.add(_piece(pair, grid, bands, stripes, blocks))
        return sums

    if len(pieces) == 1:
        return _piece(pair, grid, *pieces[0], blocks), blocks
    if grid.rows * grid.columns < THREADED:
        return some(pieces), blocks
    step = -(-len(pieces) // (workers * SHARES))
    with ThreadPoolExecutor(workers) as pool:
        for sums in pool.map(some, [pieces[i : i + step] for i in range(0, len(pieces), step)]):
            total.add(sums)
    return total, blocks


def _piece(pair: Pair, grid: Grid, bands: slice, stripes: slice, blocks: Array | None) -> Sums:
    """Totals over the blocks named, whose Σz² is written into `blocks`."""
    rows, columns = grid.elements(bands, stripes)
    part, first = pair.cut(rows, columns), rows.start * grid.columns + columns.start
    width = columns.stop - columns.start
    compiled = None if pair.ftz else kernel.load()
    if compiled is None:
        sums, z2 = totals(part, first, grid.columns)
    else:
        z2 = None
        sums = kernel.totals(compiled, part, grid, None if blocks is None else blocks[bands, stripes], first)
    for name in PEAKS:
        peak = getattr(sums, name)
        if peak.index >= 0:
            row, column = divmod(peak.index, width)
            peak.index = (rows.start + row) * grid.columns + columns.start + column
    if blocks is not None and z2 is not None:
        # Rows first: adding whole rows is several times faster than adding along them.
        down = np.add.reduceat(z2, np.arange(bands.stop - bands.start) * grid.block_rows, axis=0)
        across = np.arange(stripes.stop - stripes.start) * grid.block_columns
        blocks[bands, stripes] = np.add.reduceat(down, across, axis=1)
    return sums
