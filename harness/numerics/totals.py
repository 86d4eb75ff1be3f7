"""Totals: every sum, count and largest value of one piece of an output beside its golden.

Arrays here are real, two-dimensional and finite: the output in its own dtype, the golden in float64 or
float32. What is not finite shows in `Sums.absolute` as a NaN or inf; `planes` then cleans the arrays and
passes again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from harness.numerics import formats
from harness.numerics.types import Array

# Upper edges of the ulp histogram.
ULP_EDGES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 1024.0, 65536.0, math.inf)
# Beyond √3, the furthest that output rounding goes: above how many z elements are counted, to see whether too many are
# large at once.
Z_EDGES = (2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0)
# Elements go through so many lanes in turn, as they do in vector units; of each lane: the elements that err, Σz,
# Σz·sign(y), Σz².
LANES = 8
LANE_SUMS = ("erring", "mean", "gain", "square")
# The largest values that are kept with their index.
PEAKS = ("absolute", "relative", "ulps", "ratio", "z")

_EXPONENT = np.int64(0x7FF0000000000000)


@dataclass(slots=True)
class Peak:
    """A largest value, and the flat index of the first element that has it."""

    value: float = 0.0
    index: int = -1

    def see(self, value: float, index: int) -> None:
        """Keep the larger; a NaN is larger than everything."""
        if value > self.value or value != value:
            self.value, self.index = value, index
        elif value == self.value and index < self.index:
            self.index = index


@dataclass(slots=True)
class Sums:
    """Totals of one pass. e = a - y, q = |e|/ulp(y), m = |e|/B, z = e/σ.

    within: per ULP_EDGES, the elements with q up to that edge (cumulative). larger, smaller: elements whose
    magnitude is too large, too small. sum_seen: of min(B, 16σ). beyond: per Z_EDGES, the elements with z above it.
    lanes: LANE_SUMS of each of the lanes, (4, 8); the first element of the whole output is in lane 0.
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
    beyond: list[int] = field(default_factory=lambda: [0] * len(Z_EDGES))
    lanes: Array = field(default_factory=lambda: np.zeros((len(LANE_SUMS), LANES)))
    a_zero: int = 0
    y_zero: int = 0
    a_subnormal: int = 0
    y_subnormal: int = 0

    def add(self, other: Sums) -> None:
        """Add the totals of another piece of the same output."""
        for name in PEAKS:
            peak: Peak = getattr(other, name)
            getattr(self, name).see(peak.value, peak.index)
        for name in ADDED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.lanes = self.lanes + other.lanes
        self.y_low, self.y_high = min(self.y_low, other.y_low), max(self.y_high, other.y_high)
        self.within = [mine + its for mine, its in zip(self.within, other.within, strict=True)]
        self.beyond = [mine + its for mine, its in zip(self.beyond, other.beyond, strict=True)]


ADDED = (
    *("sum_abs", "sum_rel", "sum_ulps", "sum_seen", "e_e", "a_a", "y_y", "z_z", "larger", "smaller"),
    *("a_zero", "y_zero", "a_subnormal", "y_subnormal"),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """What one pass reads: output a, golden y, cap B and σ, as (rows, columns) arrays or scalars.

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


def totals(pair: Pair, first: int = 0, width: int | None = None) -> tuple[Sums, Array | None]:
    """Totals over one piece, in NumPy, with indices flat in the piece, and z² of each element or None.

    first: the flat index of its first element in the whole output; width: the columns of that.
    """
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
        product = e * y
        sums.larger = int(np.count_nonzero(product > 0))
        sums.smaller = int(np.count_nonzero(product < 0))
        _ratio(sums, size, q, pair.cap)
        z = _noise(sums, size, q, pair)
        if z is not None:
            sums.lanes = _lanes(z, e, y, first, width or y.shape[1])
            z *= z
            sums.z_z = float(z.sum())
    return sums, z


def _dot(left: Array, right: Array) -> float:
    # Not np.dot: its BLAS starts threads of its own above 10,000 elements.
    return float(np.einsum("ij,ij->", left, right))


def _peak(values: Array) -> Peak:
    """The largest value (a NaN counts as largest) and its first index, nowhere if it is 0."""
    index = int(values.argmax())
    value = float(values.flat[index])
    return Peak(value, index if value != 0 else -1)


def _count_small(sums: Sums, a: Array, y_size: Array, form: formats.Format | None) -> None:
    """Zeros and subnormals of output and golden; counted only where the smallest magnitude shows any."""
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
    """|z| of each element; where σ is 0 it is output rounding's, ulp/√12."""
    if pair.sigma is None:
        return None
    z = size / pair.sigma
    peak = _peak(z)
    if not math.isfinite(peak.value):
        z = np.where(np.asarray(pair.sigma) > 0, z, q * math.sqrt(12.0))
        peak = _peak(z)
    sums.z = peak
    for place, edge in enumerate(Z_EDGES):
        if not peak.value > edge:
            break
        sums.beyond[place] = int(np.count_nonzero(z > edge))
    if pair.cap is not None:
        seen = np.minimum(pair.cap, 16.0 * np.asarray(pair.sigma))
        sums.sum_seen = float(seen.sum()) if seen.ndim else float(seen) * size.size
    return z


def _lanes(z: Array, e: Array, y: Array, first: int, width: int) -> Array:
    """LANE_SUMS of each lane."""
    rows, columns = z.shape
    lane = ((first + width * np.arange(rows)[:, None] + np.arange(columns)) % LANES).ravel()
    signed = np.copysign(z, e)
    parts = (signed != 0, signed, np.where(y < 0, -signed, signed), z * z)
    return np.stack([np.bincount(lane, part.ravel(), LANES) for part in parts])
