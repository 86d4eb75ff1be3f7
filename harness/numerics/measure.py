"""Measure: how one output differs from its golden, in facts and without opinion.

    contract (dtype, shape, NaN and inf pattern, sign of zero) → one chunked pass → Divergence

Formulas are those of the figures' usual definitions (see Divergence); ulp is `formats.ulp`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from harness.numerics import limits
from harness.numerics.planes import Planes
from harness.numerics.stuck import stuck
from harness.numerics.totals import ULP_EDGES, Z_EDGES
from harness.numerics.types import Allowance, Array, Divergence, GoldenOutput, Lanes, Output, Stuck
from harness.numerics.worst import tiles, worst


def measure(actual: Output, golden: GoldenOutput, allowance: Allowance, *, detail: bool | None = None) -> Divergence:
    """Facts about `actual` beside `golden`, with the allowance's ratios.

    detail: find the worst elements and the tile map always, never, or (None) where something is beyond a
    limit. A dtype or shape other than the golden's is a broken contract and leaves every figure empty.
    """
    known: dict[str, Any] = {
        "output": golden.name,
        "dtype": golden.dtype,
        "shape": tuple(golden.shape),
        "f": allowance.f,
        "exact": allowance.exact,
        "empirical": allowance.empirical,
        "together": allowance.together,
        "sharing": allowance.sharing,
        "summed": allowance.summed,
        "apart": allowance.apart,
        "equals": allowance.equals,
        "biased": allowance.biased,
        "steady": allowance.steady,
        "rule": allowance.rule,
        "rule_figures": allowance.figures,
    }
    broken = _broken_form(actual, golden)
    if broken:
        return Divergence(**known, contract=broken)
    if math.prod(golden.shape) == 0:
        return Divergence(**known, golden_empty=True)
    planes = Planes.of(actual, golden, allowance)
    divergence = _figures(planes, known, allowance.coarse)
    if detail or (detail is None and suspicious(divergence)):
        divergence = replace(divergence, worst=worst(planes), tiles=tiles(planes))
    return divergence


def suspicious(divergence: Divergence) -> bool:
    """True where a promise is broken or a figure beyond its limit: where the worst elements matter."""
    d = divergence
    if d.contract or (d.max_ratio is not None and not d.max_ratio <= 1.0):
        return True
    return bool(limits.breaches(d)) or limits.still(d)


def _broken_form(actual: Output, golden: GoldenOutput) -> tuple[str, ...]:
    """Broken promises that make a comparison of elements impossible."""
    if actual.dtype != golden.dtype:
        return (f"dtype is {actual.dtype}, the golden has {golden.dtype}",)
    if tuple(actual.shape) != tuple(golden.shape):
        return (f"shape is {list(actual.shape)}, the golden has {list(golden.shape)}",)
    for what, array in (("output", actual.data), ("golden", golden.y)):
        if array.shape != tuple(golden.shape):
            return (f"the {what}'s array has shape {list(array.shape)}, not the declared {list(golden.shape)}",)
    return ()


def _figures(planes: Planes, known: dict[str, Any], coarse: int) -> Divergence:
    """The figures of one pass, beside what is `known` before it; coarse: see `stuck`."""
    sums, n = planes.sums, planes.n
    compared = n - planes.left_out
    count = max(1, compared)
    e_e, a_a, y_y, rescale = _squares(planes)
    scale = math.sqrt(y_y / count) * rescale
    norms = math.sqrt(a_a) * math.sqrt(y_y)
    histogram = [max(0, within - planes.left_out) for within in sums.within]
    mismatched = compared - histogram[ULP_EDGES.index(0.5)]
    signs = sums.larger + sums.smaller
    low, high = planes.y_range
    z = planes.pair.sigma is not None
    _, mean_z, gain_z, _ = sums.lanes.sum(axis=1) / count
    block_z, block_index = _block(planes)
    return Divergence(
        **known,
        contract=planes.contract(),
        n=n,
        compared=compared,
        undefined=planes.undefined,
        max_abs=sums.absolute.value,
        max_abs_index=planes.index(sums.absolute.index),
        mean_abs=sums.sum_abs / count,
        max_rel=sums.relative.value,
        max_rel_index=planes.index(sums.relative.index),
        mean_rel=sums.sum_rel / max(1, n - sums.y_zero),
        max_ulp=sums.ulps.value,
        max_ulp_index=planes.index(sums.ulps.index),
        mean_ulp=sums.sum_ulps / count,
        rmse=math.sqrt(e_e / count) * rescale,
        cosine=_clip(0.5 * (a_a + y_y - e_e) / norms) if norms > 0 else None,
        snr_db=10.0 * math.log10(y_y / e_e) if e_e > 0 and y_y > 0 else None,
        mismatched=mismatched / count,
        ulp_histogram=_histogram(histogram),
        actual_counts=planes.counts(planes.actual_counts, sums.a_zero, sums.a_subnormal),
        golden_counts=planes.counts(planes.golden_counts, sums.y_zero, sums.y_subnormal),
        max_ratio=None if planes.pair.cap is None else sums.ratio.value,
        max_ratio_index=planes.index(sums.ratio.index),
        max_z=sums.z.value if z else None,
        max_z_index=planes.index(sums.z.index),
        rms_z=math.sqrt(sums.z_z / count) if z else None,
        block_z=block_z,
        block_index=block_index,
        mean_z=float(mean_z) if z else None,
        gain_z=float(gain_z) if z else None,
        lanes=_lanes(planes) if z else None,
        stuck=_stuck(planes, known, coarse),
        z_counts=tuple((edge, count) for edge, count in zip(Z_EDGES, sums.beyond, strict=True) if count),
        sign_bias=(sums.larger - sums.smaller) / signs if signs else 0.0,
        slope=0.5 * (a_a - y_y - e_e) / y_y if y_y > 0 else 0.0,
        scale=scale,
        detectable=None if planes.pair.cap is None or scale == 0 else sums.sum_seen / n / scale,
        golden_zero=low == 0.0 == high,
        golden_constant=compared == 0 or (n > 1 and low == high),
    )


def _stuck(planes: Planes, known: Mapping[str, Any], coarse: int) -> Stuck | None:
    """The bit that holds still; of what a device computed itself, and not of what is derived from it."""
    form = planes.pair.form
    if known["exact"] or form is None or ":" in known["output"]:
        return None
    pair = planes.pair
    return stuck(pair.a, pair.y, form, planes.shape, planes.parts, pair.sigma, coarse)


def _histogram(within: list[int]) -> tuple[tuple[float, int], ...]:
    """(edge, count above the edge before it) from counts up to each edge."""
    steps = zip(ULP_EDGES, pairwise([0, *within]), strict=True)
    return tuple((edge, upto - before) for edge, (before, upto) in steps)


def _squares(planes: Planes) -> tuple[float, float, float, float]:
    """Σe², Σa², Σy² and what the values were divided by, so that squares stay within float64's range."""
    sums = planes.sums
    squares = (sums.e_e, sums.a_a, sums.y_y)
    largest = max(sums.absolute.value, abs(sums.y_low), abs(sums.y_high))
    if 1e-100 < largest < 1e150:
        return (*squares, 1.0)
    unit = math.ldexp(1.0, 1023 if math.isinf(largest) else min(math.frexp(largest)[1], 1023))
    a, y = (np.asarray(v, dtype=np.float64).ravel() / unit for v in (planes.pair.a, planes.pair.y))
    e = a - y
    return float(e @ e), float(a @ a), float(y @ y), unit


def _clip(cosine: float) -> float:
    """A cosine, which rounding must not carry beyond ±1."""
    return min(1.0, max(-1.0, cosine))


def _block(planes: Planes) -> tuple[float | None, tuple[int, ...] | None]:
    """Largest RMS(z) over a block of at least limits.FEWEST_IN_BLOCK elements, and the block's first index."""
    if planes.blocks is None:
        return None, None
    grid, counts = planes.grid, planes.grid.counts()
    mean = np.where(counts >= limits.FEWEST_IN_BLOCK, planes.blocks / counts, 0.0)
    place = int(mean.argmax())
    band, stripe = divmod(place, grid.stripes)
    first = band * grid.block_rows * grid.columns + stripe * grid.block_columns
    return math.sqrt(float(mean.flat[place])), planes.index(first)


def _lanes(planes: Planes) -> Lanes | None:
    """The lanes that stand out; None of fewer elements than would tell."""
    counts, (erring, *sums, squares) = planes.lane_counts, planes.sums.lanes
    if counts.min() < limits.FEWEST_IN_LANE:
        return None

    def all_of(values: Array) -> Array:
        """The sum over all lanes; of complex outputs, over those of the same part, which every second lane has."""
        return np.tile(values.reshape(-1, planes.parts).sum(axis=0), len(values) // planes.parts)

    with np.errstate(all="ignore"):
        apart = np.max([np.abs(s - counts * all_of(s) / all_of(counts)) for s in sums], axis=0) / np.sqrt(counts)
        lane = int(apart.argmax())
        rest = np.maximum(all_of(erring) - erring, 1.0)
        rms, others = np.sqrt(squares / np.maximum(erring, 1.0)), np.sqrt((all_of(squares) - squares) / rest)
        beyond = (rms / np.maximum(others, limits.QUIET_LANE) - 1.0) * np.sqrt(erring)
        noisiest = int(np.where(erring >= limits.FEWEST_IN_LANE, beyond, -np.inf).argmax())
    return Lanes(
        float(apart[lane]), lane, float(rms[noisiest]), float(others[noisiest]), noisiest, int(erring[noisiest])
    )
