"""Building blocks that the rules share: how rounding adds up, and how an array of noise is kept small.

A rule computes what is specific to its operator (S, Q, n, row maxima …) and hands the error made
*before* the output is rounded to `allowance`, which adds the rounding of the output itself, the underflow of
the accumulator, and the doubling where the reference is no better than the output.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from harness.numerics import formats, limits
from harness.numerics.grid import Grid
from harness.numerics.profile import Profile
from harness.numerics.types import Allowance

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput

Array = npt.NDArray[Any]

# Raised whenever a rule changes what goldens carry for it: goldens made by other rules are stale.
VERSION = 56

# Mean square of the error of rounding to nearest, in units of (u·value)²: ulp²/12 averaged over a
# log-uniform significand, (1/3)·(1 - 1/4)/(2 ln 2) = 0.180. [proven]
ROUNDING = 0.18
# Mean square of the output's rounding, in ulp².
UNIFORM = 1.0 / 12.0

# Systematic error of one addition whose addend repeats, in u of the sum: rounding the same fraction again and
# again does not average out. Between 0 and ½ulp = u; [calibrated] for its size.
REPEATED = 0.25

# Rounding is worth a note in the golden from so many times its usual mean square on.
ALIKE = 1.1

# Bits kept of an unrounded y beyond those of the output's format.
_GUARD = 16
# A bound that overflows says nothing, as this one does, and not that there is no error.
_UNKNOWN = 1e150


def unit(dtype: str) -> float:
    """u of a dtype; 0 where it does not round (integers, bool)."""
    return formats.unit_roundoff(dtype)


def is_exact(dtype: str) -> bool:
    """True for integers and bool: nothing rounds, so nothing is allowed."""
    return not (formats.is_float(dtype) or formats.is_complex(dtype))


def ulp(y: npt.ArrayLike, dtype: str, *, ftz: bool = False) -> Array:
    """ulp of |y| (the modulus where complex) in `dtype`'s component format; 0 where y is NaN."""
    return np.nan_to_num(formats.ulp(np.abs(np.asarray(y)), formats.component(dtype), ftz=ftz), nan=0.0, posinf=0.0)


def compute_dtype(dtype: str) -> str:
    """The dtype that a kernel for `dtype` computes in: float32 for the 8- and 16-bit floats, else itself."""
    component = formats.component(dtype)
    return "float64" if component == "float64" else "float32"


def upward(values: npt.ArrayLike) -> Array:
    """Non-negative noise figures with 8 significant bits, rounded up, NaN as 0; constant arrays as one value.

    Eight bits are 0.4%, more than a noise model is worth, and most of them pack into the two bytes of a
    bfloat16.
    """
    array = np.nan_to_num(np.abs(np.asarray(values, dtype=np.float64)), nan=0.0)
    if array.size and (array == array.flat[0]).all():
        array = array.reshape(-1)[:1].reshape(())
    low = np.uint64((1 << 45) - 1)
    bits = (np.ascontiguousarray(array).view(np.uint64) + low) & ~low
    return np.asarray(bits.view(np.float64)).reshape(array.shape)


def to_odd(y: Array, p: int) -> Array:
    """float64 (or complex128) rounded to odd at p significant bits, p ≤ 52.

    Rounding that to nearest at q ≤ p - 2 bits gives what rounding y itself would have: no double
    rounding.
    Source: Boldo & Melquiond, Emulation of FMA and correctly rounded sums, IEEE TC 2008.
    """
    if np.iscomplexobj(y):
        out = np.empty(y.shape, np.complex128)
        out.real, out.imag = to_odd(y.real, p), to_odd(y.imag, p)
        return out
    bits = np.ascontiguousarray(y, dtype=np.float64).view(np.uint64)
    mask = np.uint64((1 << (53 - p)) - 1)
    odd = np.where(bits & mask, (bits & ~mask) | (mask + np.uint64(1)), bits)
    return np.where(np.isfinite(y), np.asarray(odd).view(np.float64).reshape(y.shape), y)


def shortened(y: Array, dtype: str) -> Array:
    """y with no more bits than a comparison in `dtype` can see: goldens are kept in git.

    16 guard bits, rounded to odd: nothing that is rounded or measured from it changes by 2^-16 of an ulp or
    more.
    """
    if is_exact(dtype) or y.dtype.kind not in "fc":
        return y
    p = formats.format_of(dtype).p
    return y if p >= 53 else to_odd(y, min(p + _GUARD, 52) if p == 24 else 24)


def finite(values: npt.ArrayLike, infinite: float = 0.0) -> Array:
    """float64 copy with NaN and -inf as 0, inf as `infinite`: what a probe says where the golden is special."""
    return np.nan_to_num(np.asarray(values, dtype=np.float64), nan=0.0, posinf=infinite, neginf=0.0)


def repeats(terms: Array, axes: tuple[int, ...], u: float) -> Array:
    """How often the most frequent magnitude occurs among the non-zero `terms` of a sum over `axes`
    (dimensions kept).

    Magnitudes count as equal where they differ by less than a quarter of the last place of a sum of so many.
    """
    n = math.prod(terms.shape[a] for a in axes)
    rows = np.moveaxis(np.abs(terms), axes, range(-len(axes), 0)).reshape(
        *(terms.shape[i] for i in range(terms.ndim) if i not in axes), n
    )
    with np.errstate(divide="ignore"):
        level = np.where(rows > 0, np.floor(np.log2(rows) / (n * u)), np.nan)
    order = np.sort(level, axis=-1)  # NaN last
    most = np.zeros(order.shape[:-1])
    run = np.zeros(order.shape[:-1])
    for k in range(n):
        same = order[..., k] == order[..., k - 1] if k else np.zeros(order.shape[:-1], bool)
        run = np.where(same, run + 1, np.where(np.isnan(order[..., k]), 0, 1))
        most = np.maximum(most, run)
    return np.expand_dims(np.where(most > 1, most, 0.0), tuple(axes))


def clustered(y: Array, dtype: str) -> float:
    """Mean square of what rounding y to the dtype costs, in ulp²/12: the largest of the whole and of the blocks that
    the noise test looks at. It is 1 where the last bits of y are random; where y hardly varies, all round alike.
    """
    if not formats.is_float(dtype) or y.dtype.kind != "f" or y.size < limits.FEWEST_OF_ALL:
        return 1.0
    with np.errstate(all="ignore"):
        step = ulp(y, dtype)
        error = np.divide(finite(formats.round_value(y, dtype) - y), step, out=np.zeros(y.shape), where=step > 0)
    grid = Grid.of(y.shape)
    square = (error**2 / UNIFORM).reshape(grid.rows, grid.columns)
    bands, stripes = (
        np.arange(n) * size for n, size in ((grid.bands, grid.block_rows), (grid.stripes, grid.block_columns))
    )
    counts = grid.counts()
    blocks = np.add.reduceat(np.add.reduceat(square, bands, axis=0), stripes, axis=1) / counts
    return float(max(square.mean(), np.where(counts >= limits.FEWEST_IN_BLOCK, blocks / limits.BLOCK**2, 0.0).max()))


def equals(y: Array) -> float:
    """How many elements have the same magnitude as an element has on the average: numbers that are repeated (broadcast,
    gathered, cotangents spread over a sum) round alike. Zeros are none.
    """
    values = np.abs(np.concatenate([y.real, y.imag], axis=None))
    values = values[np.isfinite(values) & (values > 0)]
    counts = np.unique(values, return_counts=True)[1].astype(np.float64)
    return float(np.sum(counts**2) / np.sum(counts)) if counts.size else 1.0


def allowance(
    out: GoldenOutput,
    profile: Profile,
    *,
    cap: npt.ArrayLike,
    variance: npt.ArrayLike | None,
    rule: str,
    figures: Mapping[str, Any],
    undefined: Array | None = None,
    doubled: bool = False,
    empirical: bool = False,
    together: float = 0.0,
    sharing: float = 1.0,
    summed: tuple[float, float] | None = None,
) -> Allowance:
    """The allowance of an output whose value, before it is rounded to its dtype, errs by at most `cap`.

    cap, variance: B and σ² of the computation, broadcastable to y; None for no noise test. Added here:
    ½ulp of the output, taken at |y| + cap since an error may carry y over a power of two, and ulp²/12
    to σ², times `clustered` where the golden carries it.
    doubled: y was computed no more precisely than the output (float64 without a better reference), so that
    both err: the cap doubles, σ² too.
    """
    inner = finite(cap, _UNKNOWN)
    magnitude = np.abs(np.nan_to_num(out.y, nan=0.0, posinf=0.0, neginf=0.0))
    with np.errstate(over="ignore"):
        ulp_out = ulp(magnitude + inner, out.dtype, ftz=profile.ftz)
    total: Array = inner + 0.5 * ulp_out
    sigma: Array | None = None
    f = 1.0
    if variance is not None:
        # A finite σ floor: where an output is exact by nature (y = 0) its own ulp still counts.
        with np.errstate(over="ignore", invalid="ignore"):
            rounding = UNIFORM * ulp(magnitude, out.dtype, ftz=profile.ftz) ** 2
            rounding = rounding * float(out.noise.get("clustered", 1.0))
            squared = finite(variance, _UNKNOWN**2) + rounding
            if out.dtype in ("float64", "complex128"):
                # y itself is rounded to float64, or no better than the output at all.
                squared, rounding = (2.0 * squared if doubled else squared + rounding), 2.0 * rounding
            share = np.divide(rounding, squared, out=np.ones_like(squared), where=(squared > 0) & np.isfinite(squared))
        f = float(np.mean(share)) if share.size else 1.0
        # Squares underflow long before their roots do: there the cap alone is tested.
        sigma = np.where(squared < 2.0**-1000, total, np.sqrt(squared))
    if out.dtype in ("float64", "complex128"):
        total = 2.0 * total if doubled else total + 0.5 * ulp_out
    return Allowance(
        cap=total,
        sigma=sigma,
        f=f,
        ftz=profile.ftz,
        undefined=undefined,
        rule=rule,
        figures=figures,
        empirical=empirical,
        together=together,
        sharing=sharing,
        summed=summed,
    )
