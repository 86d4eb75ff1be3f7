"""Planes: an output and its golden as real, finite, two-dimensional arrays of one format, ready for the pass.

Complex values become pairs of components, exact goldens are rounded to the output's dtype, integers become
float64, and what is not finite is compared by pattern and taken out. All dtypes look alike from here on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from harness.numerics import formats, special
from harness.numerics.grid import Grid
from harness.numerics.sums import run
from harness.numerics.totals import LANES, Pair, Sums
from harness.numerics.types import Allowance, Array, Counts, GoldenOutput, Output


@dataclass(slots=True)
class Planes:
    """One output beside its golden, measured.

    name: dtype of a component. parts: 2 for complex, else 1. raw_a, raw_y: flat components as they came.
    pair, grid: what the pass read. blocks: Σz² of each block. broken: (what, flat mask) of each broken
    promise. left_out: elements that entered no figure; undefined: those among them that the contract leaves
    open. kept: flat mask of the others, where any are left out. y_range: least and greatest golden value
    among those compared.
    """

    name: str
    shape: tuple[int, ...]
    parts: int
    raw_a: Array
    raw_y: Array
    pair: Pair
    grid: Grid
    sums: Sums
    blocks: Array | None
    broken: tuple[tuple[str, Array], ...] = ()
    left_out: int = 0
    undefined: int = 0
    kept: Array | None = None
    actual_counts: Counts = field(default_factory=Counts)
    golden_counts: Counts = field(default_factory=Counts)
    y_range: tuple[float, float] = (0.0, 0.0)

    @property
    def n(self) -> int:
        """Number of components."""
        return self.raw_a.size

    @property
    def lane_counts(self) -> Array:
        """How many elements of each lane entered the figures."""
        if self.kept is None:
            return (self.n + LANES - 1 - np.arange(LANES)) // LANES
        return np.bincount(np.flatnonzero(self.kept) % LANES, minlength=LANES)

    def index(self, flat: int) -> tuple[int, ...] | None:
        """As `place`; None for -1, nowhere."""
        return None if flat < 0 else self.place(flat)

    def place(self, flat: int) -> tuple[int, ...]:
        """The output's own index of a flat component."""
        rest, out = flat // self.parts, []
        for size in reversed(self.shape):
            rest, coordinate = divmod(rest, size)
            out.append(coordinate)
        return tuple(reversed(out))

    def counts(self, special: Counts, zero: int, subnormal: int) -> Counts:
        """`special` with zeros and subnormals; the elements that were left out count as zeros of the pass."""
        return Counts(special.nan, special.inf, zero - self.left_out, subnormal)

    def contract(self) -> tuple[str, ...]:
        """Each broken promise, with how many elements break it and the first of them."""
        out = []
        for what, mask in self.broken:
            first = self.place(int(mask.argmax()))
            out.append(f"{what}: {int(mask.sum())} of {self.n}, first at {list(first)}")
        return tuple(out)

    @staticmethod
    def of(actual: Output, golden: GoldenOutput, allowance: Allowance) -> Planes:
        """Prepare and measure; the shapes are equal and not empty."""
        name = formats.component(golden.dtype)
        parts = 2 if formats.is_complex(golden.dtype) else 1
        form = formats.FORMATS.get(name)
        shape = tuple(golden.shape)
        raw_a, raw_y = _components(actual.data), _components(golden.y)
        if raw_y.size != raw_a.size:  # a real golden of a complex output, whose imaginary part is 0
            raw_y = _components(np.asarray(golden.y, dtype=np.complex128))
        cap = 0.0 if allowance.exact else _full(allowance.cap, shape, parts)
        sigma = None if allowance.exact else _full(allowance.sigma, shape, parts)
        grid = Grid.of((*shape[:-1], shape[-1] * parts) if shape else (parts,))
        a, y = (raw_a, raw_y) if form is not None else _integers(raw_a, raw_y)
        rounds = allowance.exact and form is not None
        if rounds:
            y = _rounded(a, y, name, allowance)

        def measured(a: Array, y: Array) -> tuple[Pair, Sums, Array | None]:
            plane = (grid.rows, grid.columns)
            b, s = (v.reshape(plane) if isinstance(v, np.ndarray) else v for v in (cap, sigma))
            pair = Pair(a.reshape(plane), y.reshape(plane), b, s, form, allowance.ftz)
            return pair, *run(pair, grid)

        pair, sums, blocks = measured(a, y)
        planes = Planes(name, shape, parts, raw_a, raw_y, pair, grid, sums, blocks)
        planes.y_range = sums.y_low, sums.y_high
        undefined = None
        if allowance.undefined is not None:
            undefined = np.repeat(np.broadcast_to(np.asarray(allowance.undefined, bool), shape).ravel(), parts)
        planes.undefined = 0 if undefined is None else int(undefined.sum())
        if form is None:
            if undefined is not None:
                planes._leave_out(~undefined, a, y, measured)
            return planes
        beyond = max(abs(sums.y_low), abs(sums.y_high)) > form.max
        if beyond or not math.isfinite(sums.absolute.value) or undefined is not None:
            cleaned = special.clean(raw_a, raw_y, name, cap, allowance.overflow, undefined)
            y = cleaned.y
            if rounds:
                y = np.where(np.abs(y) > form.max, y, _rounded(cleaned.a, y, name, allowance))
            planes.broken = cleaned.broken
            planes.actual_counts, planes.golden_counts = cleaned.actual, cleaned.golden
            planes._leave_out(cleaned.kept, cleaned.a, y, measured)
        if allowance.signed_zero and form.negative_zero and planes.sums.a_zero:
            planes._check_zero_signs()
        return planes

    def _leave_out(self, kept: Array, a: Array, y: Array, measured: Any) -> None:
        """Pass again over the elements that are `kept`; the others count as equal zeros."""
        self.kept, self.left_out = kept, int(kept.size - np.count_nonzero(kept))
        self.pair, self.sums, self.blocks = measured(np.where(kept, a, 0), np.where(kept, y, 0))
        rest = y[kept]
        self.y_range = (float(rest.min()), float(rest.max())) if rest.size else (0.0, 0.0)

    def _check_zero_signs(self) -> None:
        """Find zeros whose sign is not the golden's."""
        with np.errstate(all="ignore"):
            wrong = (self.raw_a == 0) & (np.signbit(self.raw_a) != np.signbit(self.raw_y))
            wrong &= formats.round_value(self.raw_y, self.name) == 0
        if wrong.any():
            self.broken = (*self.broken, ("a zero of the other sign", wrong))


def _components(array: Array) -> Array:
    """The elements in C order; complex ones as pairs of components, bools as 0 and 1."""
    flat = np.ascontiguousarray(array).ravel()
    if formats.is_complex(formats.dtype_name(flat.dtype)):
        return flat.view(formats.parts(flat)[0].dtype)
    return flat.view(np.uint8) if flat.dtype.kind == "b" else flat


def _full(value: Any, shape: tuple[int, ...], parts: int) -> Any:
    """An allowance or a mask as a flat array over all components; None and scalars stay what they are."""
    if value is None:
        return None
    if np.ndim(value) == 0:
        return float(value)
    full = (value if np.shape(value) == shape else np.broadcast_to(np.asarray(value), shape)).ravel()
    return full if parts == 1 else np.repeat(full, parts)


def _rounded(a: Array, y: Array, name: str, allowance: Allowance) -> Array:
    """The one right answer of an exact rule: y rounded to its dtype, or 0 where a flushed subnormal is 0."""
    if name in ("float32", "float64", "float16") and not allowance.ftz:
        with np.errstate(all="ignore"):
            return y.astype(name)
    rounded = formats.round_value(y, name, saturate=allowance.overflow == "saturate")
    if allowance.ftz:
        least = formats.format_of(name).min_normal
        rounded = np.where((np.abs(rounded) < least) & (np.asarray(a, np.float64) == 0), 0.0, rounded)
    return rounded


def _integers(a: Array, y: Array) -> tuple[Array, Array]:
    """Integers as float64. Beyond 2^53 their difference is rounded, but what differs stays different."""
    wide, golden = a.astype(np.float64), y.astype(np.float64)
    if a.dtype.itemsize < 8:
        return wide, golden
    hidden = (a != y) & (wide == golden)
    return np.where(hidden, np.nextafter(golden, np.where(a > y, np.inf, -np.inf)), wide), golden
