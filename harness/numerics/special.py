"""NaN, infinities and overflow: the part of the contract that no difference can express.

A NaN must never make anything pass, and a large finite value is not an infinity; but an output may honestly
fall on the other side of the overflow threshold where the golden lies within its allowance of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.numerics import formats
from harness.numerics.types import Array, Counts


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Finite arrays to measure, and what was found on the way.

    a, y: float64, infinities as ±2^(emax+1). kept: the elements that can be measured.
    broken: (what, mask) for each broken promise. actual, golden: counts of NaN and inf.
    """

    a: Array
    y: Array
    kept: Array
    broken: tuple[tuple[str, Array], ...]
    actual: Counts
    golden: Counts


def clean(
    a: Array,
    y: Array,
    name: str,
    cap: Array | float | None,
    overflow: str,
    undefined: Array | None,
) -> Cleaned:
    """Compare the NaN and infinity patterns of output `a` (of dtype `name`) and golden `y` (float64).

    cap: B. overflow: what a y beyond the largest value becomes (see Allowance). undefined: mask of what is
    not compared.
    """
    form = formats.format_of(name)
    b = 0.0 if cap is None else cap
    a, y = a.astype(np.float64), y.astype(np.float64)
    with np.errstate(all="ignore"):
        open_ = np.zeros(y.shape, bool) if undefined is None else undefined
        nan_a, inf_a, nan_y = np.isnan(a), np.isinf(a), np.isnan(y)
        beyond = ~nan_y & ~np.isfinite(formats.round_value(y, form.name))
        if overflow == "saturate":
            y, beyond = np.where(beyond, np.copysign(form.max, y), y), np.zeros(y.shape, bool)
        elif overflow == "either":
            y = np.where(beyond & (a == np.copysign(form.max, y)), a, y)
        inf_due = beyond & form.has_inf
        # Half an ulp above the largest value rounding leaves the format: to NaN, where there is no inf.
        threshold = form.max + 2.0 ** (form.emax - form.p)
        nan_fine = (np.abs(y) + b >= threshold) & (not form.has_inf)
        a_top = formats.with_inf_as_power(a, form.name)
        y_top = np.where(np.isinf(y), formats.with_inf_as_power(y, form.name), y)
        # Without an allowance the pattern itself must match: float64's largest value stands for inf, too.
        far = ~(np.abs(a_top - y_top) <= b) | (np.asarray(b) == 0)
        met = inf_a & inf_due & (np.signbit(a) == np.signbit(y))
        stray_nan = nan_a & ~nan_y & ~nan_fine
        number = ~nan_a & nan_y
        stray_inf = inf_a & ~nan_y & ~met & far
        finite = ~nan_a & ~inf_a & inf_due & (far | np.isinf(y))
    kept = ~(open_ | nan_a | nan_y | met)
    broken = (
        ("NaN where the golden has a number", stray_nan & ~open_),
        ("a number where the golden has NaN", number & ~open_),
        ("inf where the golden has another value", stray_inf & ~open_),
        ("a finite value where the golden has inf", finite & ~open_),
    )
    return Cleaned(
        a_top,
        y_top,
        kept,
        tuple((what, mask) for what, mask in broken if mask.any()),
        Counts(nan=int(nan_a.sum()), inf=int(inf_a.sum())),
        Counts(nan=int(nan_y.sum()), inf=int(inf_due.sum())),
    )
