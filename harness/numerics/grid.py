"""Grid: how an output is cut in blocks, for the noise test of each block and for the work of one thread."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from harness.numerics.types import Array

# A block of the noise test holds about this many elements: 16×16 where there are as many rows and
# columns.
BLOCK = 256


@dataclass(frozen=True, slots=True)
class Grid:
    """An output seen as rows × columns and cut in blocks; the last of each row and column takes the rest.

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
        if columns < 16:
            return Grid(1, rows * columns, 1, BLOCK // columns * columns)
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
