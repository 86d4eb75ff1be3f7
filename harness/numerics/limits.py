"""The limits of the noise test: the one place that says how large rounding noise z = e/σ may be.

Calibrated on honest float32 outputs of sums, dot products, scans, softmax, norms, variance and attention (seven orders
of summation, four function libraries, five value classes, 16 to 1025 terms, 64 to 20,000 elements), whose RMS(z) stayed
within 1.35 where σ is accumulation noise, and within 1.42 where rows share an error. In the natural orders z has the
tail of a normal distribution; in an order that nobody could foresee it is exponential, P(|z| > t) = exp(-1.8t): the
partial sums of some elements wander further than σ expects. The limits are for the latter. σ by experiment
(`empirical`) is wider than the noise by a margin of its own, against which the tail decays faster. Where no sum cancels
(`steady`: sums of magnitudes, products, a few steps in a row), no order makes partial sums wander, and the tail stays a
normal distribution's. [calibrated on 4,000 honest outputs of such rules, the largest at 0.9 of its limit]
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

from harness.numerics import formats
from harness.numerics.totals import LANES
from harness.numerics.types import Divergence

# One element: the decay of the tail, and the chance that the largest of n honest elements lies beyond the limit.
DECAY = 1.8
DECAY_EMPIRICAL = 2.4
# Of several elements that are large at once, which share terms: oneDNN's convolutions have ten beyond 4.5.
DECAY_CROWD = 1.6
CHANCE = 2e-3
# A device quieter than σ expects has a tail quieter in proportion, down to this RMS(z).
QUIET = 0.7
# And where σ was found by experiment, by kernels of many dtypes and orders, also for several elements. [calibrated]
QUIET_EMPIRICAL = 0.65
# The same for several elements that are large at once, as neighbours that share terms are; how many of them at most,
# since more have a cause in common, of which an RMS tells; and how many edges there are to choose from, in effect.
QUIET_CROWD = 0.7
CROWD = 16
LOOKS = 4
# RMS over the tensor: output rounding is uniform and well known (ρ near 1), accumulation depends on the order, most
# where the elements of a row share an error. [calibrated on 61,000 honest outputs; the scoreboard has
# a `matrix_exp` at 1.36 and a `cdist` at 1.39 beside the second, and one equilibrium beside the last]
RHO_ROUNDING = 1.12
RHO_ACCUMULATION = 1.35
RHO_SHARED = 1.5
RHO_EMPIRICAL = 1.03
# And times the largest RMS(z) that the runs behind such a σ show, or a rule knows of: a common cause moves all elements
# at once.
TOGETHER = 1.3
# Standard errors that the mean of n squares of uniform numbers, of variance 0.8, may lie above 1.
SAMPLING = 6.0
# From so many elements on chance moves the RMS of accumulation little, though neighbours share terms; and of fewer than
# the second number more than by a square root of two. [calibrated: honest outputs of 4 to 31 elements reach 0.8 of it]
SURE, UNSURE = 128, 64
# RMS over one block of about 256 elements may be this much above the tensor's limit.
BLOCK = 1.1
# The mean of z, or of z·sign(y), over all elements may be this far from 0 beside what chance explains: constants that
# a kernel rounds, and its functions' own bias. Where σ was found by experiment, part of that is in the runs behind it.
# In 16 bits and fewer, whose steps round far, it is more; and where elements share an error, as that of a long sum
# added up one after the other, which leans, or of a number that each step rounds. [calibrated on 27,000 honest outputs]
BIAS, BIAS_SHARED, BIAS_EMPIRICAL, BIAS_SHORT = 0.35, 1.0, 0.2, 0.4
# The RMS(z) of a lane of eight may be 1 + √((5/√n)² + (0.9/√g)²) times that of the others, or that of 0.5: n its
# elements, g the columns that they stand in, of which each may be noisier than σ expects. [calibrated on the same, and
# on layers of up to 2048×512: weights' gradients show 0.66]
LANE, LANE_COLUMN, QUIET_LANE = 5.0, 0.9, 0.5
# And the mean of z over the columns of a lane so far from that over all, as those may lean. [calibrated on the same]
LANE_BIAS, LANE_BIAS_SHORT = 0.25, 0.7
LANE_LOOKS = 2 * LANES  # at each one's mean, of z and of z·sign(y)
# A bit may hold still with a chance of 2^-14: an output has some sixty lanes of several bits that are as good as coins.
# [calibrated: of 45,000 honest outputs four have one of 2^-9 to 2^-13]
STUCK = 14.0
# One that is 0 in all elements counts where most elements' σ is at most so many times what it weighs, and is as one of
# so many: what subtracts numbers larger than itself ends in zeros, and has noise for it. [calibrated on 45,000 honest
# outputs: where more than ten coins fall so σ is 4.6 times what it weighs at least, in most elements]
FINE, ALL_LOOKS = 1.5, 16
# Fewer rows than this say too little about an RMS; fewer elements than the second number have one by rows, and say
# too little about the tail of the others; and fewer in a block, of which there are many.
FEWEST_OF_ALL = 4
FEWEST = 32
FEWEST_IN_BLOCK = 64
FEWEST_IN_LANE = 8


def largest(n: int, rms: float = 1.0, *, empirical: bool = False, steady: bool = False) -> float:
    """The largest honest |z| of n elements whose RMS(z) is `rms`: max(rms, 0.7)·ln(n/2e-3)/1.8.

    empirical: whether σ was found by experiment; then it is max(rms, 0.65)·ln(n/2e-3)/2.4. steady: whether z has a
    normal distribution's tail: max(rms, 0.7)·Φ⁻¹(1 - 1e-3/n).
    """
    n = max(n, 2)
    rms = max(rms, QUIET_EMPIRICAL if empirical else QUIET)
    if steady:
        return rms * _normal(CHANCE / n)
    return rms * math.log(n / CHANCE) / (DECAY_EMPIRICAL if empirical else DECAY)


def _normal(chance: float) -> float:
    """What a standard normal number's magnitude exceeds with this chance."""
    return NormalDist().inv_cdf(1.0 - 0.5 * chance)


def rho(f: float, n: int = 1 << 30, *, empirical: bool = False, together: float = 0.0, sharing: float = 1.0) -> float:
    """ρ: the largest honest RMS(z) of n elements, ρ² = f·r² + (1-f)·1.35²·s, f the share of output rounding in σ²,
    r² = max(1.12², 1 + 6·sqrt(0.8/n)) and s = max(1, min(√2, sqrt(128/n)), sqrt(64/n)).

    empirical: whether σ was found by experiment; then 1.03 takes the place of 1.35. together: the largest RMS(z) of the
    runs that it was found by: accumulation has 1.3 times that at least. sharing: how many elements share each error; s
    is that of so many times fewer.
    """
    n = max(n, 1)
    rounding = max(RHO_ROUNDING**2, 1.0 + SAMPLING * math.sqrt(0.8 / n))
    apart = n / sharing
    unsure = max(1.0, min(math.sqrt(SURE / UNSURE), math.sqrt(SURE / apart)), math.sqrt(UNSURE / apart))
    accumulation = (RHO_EMPIRICAL if empirical else RHO_ACCUMULATION) ** 2 * unsure
    accumulation = max(accumulation, (TOGETHER * together) ** 2)
    return math.sqrt(f * rounding + (1.0 - f) * accumulation)


def crowded(n: int, count: int, rms: float = 1.0, *, empirical: bool = False, sharing: float = 1.0) -> float:
    """The largest honest |z| that `count` of n elements all exceed, the others' RMS(z) being `rms`:
    max(rms, 0.7)·max(t/1.6, Φ⁻¹(1 - e^-t/2)) with t = ln(n/count) + 1 + ln(4/2e-3)/count.

    At the chance e^-t of one element to lie so far, that of any of the at most (e·n/count)^count choices of `count` of
    them is 2e-3/4; the tail is the exponential of `largest`, or a normal distribution's where that is heavier, whatever
    the rule: neighbours share errors. empirical: as for `largest`. sharing: how many elements share each error; then so
    many count as one.
    """
    apart = max(count / sharing, 1.0)
    t = math.log(max(n / sharing / apart, 1.0)) + 1.0 + math.log(LOOKS / CHANCE) / apart
    rms, decay = (max(rms, QUIET_EMPIRICAL), DECAY_EMPIRICAL) if empirical else (max(rms, QUIET_CROWD), DECAY_CROWD)
    return rms * max(t / decay, _normal(math.exp(-t)))


def shared(groups: float) -> float:
    """What `together` is where all elements of each of so many groups share an error: RMS(z) over them is as uncertain
    as that of `groups` numbers, so that ρ² = 1.5²·(1 + sqrt(2/groups)) for accumulation.
    """
    return RHO_SHARED / TOGETHER * math.sqrt(1.0 + math.sqrt(2.0 / groups))


class Figure(NamedTuple):
    """One figure of the noise test: what it is called, its value, its limit, and what a record calls the limit."""

    name: str
    key: str  # of the limit, in a record
    value: float
    limit: float


def noise(d: Divergence) -> list[Figure]:
    """Each noise figure that the number of elements lets one judge, beside its limit."""
    n = d.compared
    if d.max_z is None:
        return []
    limit = largest(n, _others(d) if n >= FEWEST else 1.0, empirical=d.empirical, steady=d.steady)
    found = [Figure("max|z|", "z_limit", d.max_z, limit)]
    count = n if n >= FEWEST else _rows(d)
    limit = rho(d.f, count, empirical=d.empirical, together=d.together, sharing=_sharing(d))
    if count >= FEWEST_OF_ALL and d.rms_z is not None:
        found.append(Figure("RMS(z)", "rho", d.rms_z, limit))
    if n >= FEWEST:
        if d.block_z is not None:
            found.append(Figure("a block's RMS(z)", "block_limit", d.block_z, max(BLOCK * limit, _one_group(d))))
        found += [*_crowd(d), *_drift(d), *_lanes(d)]
    return found


def _one_group(d: Divergence) -> float:
    """How noisy a block may be that lies in one of the groups which share an error each: √(f + (1-f)·t²), t what the
    largest of so many normal numbers is at most; 0 where there are none.
    """
    if (beyond := _beyond(d)) <= 0:
        return 0.0
    return math.sqrt(d.f + (1.0 - d.f) * _normal(CHANCE * beyond**2 / 2) ** 2)


def _rows(d: Divergence) -> int:
    """How many rows an output has, whose elements may share an error, as those of a norm or a softmax do; each element
    of one dimension is a row.
    """
    return min(d.compared, math.prod(d.shape[:-1]) if len(d.shape) > 1 else d.compared)


def _sharing(d: Divergence) -> float:
    """How many elements share an error: each one's last rounding, a share f of σ², is its own."""
    return 1.0 + (d.sharing - 1.0) * (1.0 - d.f) ** 2


def _crowd(d: Divergence) -> list[Figure]:
    """Of the edges that several elements' |z| exceeds, the one furthest beyond its limit, or nearest to it."""
    found, shared = [], _sharing(d)
    for edge, count in d.z_counts:
        if 2 <= count <= CROWD:
            # Errors that have a cause in common are large together, and so far beyond the others.
            others = _others(d, edge, count)
            limit = crowded(d.compared, count, others, empirical=d.empirical, sharing=shared) * max(1.0, d.together)
            found.append(Figure(f"|z| of {count} elements", "crowd_limit", edge, limit))
    return sorted(found, key=lambda one: one.value / one.limit)[-1:]


def _drift(d: Divergence) -> list[Figure]:
    """Whether errors lean to one side all over: |mean z|, and that of z·sign(y), are at most
    b + max(rms, 0.7)·Φ⁻¹(1 - 5e-4)·√(s/n), s = f + (1-f)·how many elements share an error, b: BIAS.
    """
    if d.biased or d.mean_z is None or d.gain_z is None:
        return []
    n = d.compared
    sharing = n / _groups(d) if d.summed is None else d.summed[0]
    limit = _bias(d) + _usual(d) * _normal(CHANCE / 2) * math.sqrt(_alike(d, sharing, n) / n)
    return [Figure("|mean z|", "drift_limit", max(abs(d.mean_z), abs(d.gain_z)), limit)]


def _lanes(d: Divergence) -> list[Figure]:
    """Whether a lane of eight stands out: by the mean of its z, as in `_drift`, at most
    max(rms, 0.7)·Φ⁻¹(1 - 6e-5)·√s + b·√(n/g) from that of all elements, times 1/√n; by its RMS, as LANE has it, at most
    1 + √(25·s/n + 0.8/g) times that of the others. n: the elements of a lane; g: how many columns they stand in.
    """
    if d.lanes is None:
        return []
    n = d.compared / LANES
    alone = d.apart and _beyond(d) <= 0
    columns = min(n, _columns(d))
    sharing = d.summed[1] if d.summed else 1.0 if alone else n / columns
    limit = _usual(d) * _normal(CHANCE / LANE_LOOKS) * math.sqrt(_alike(d, sharing, n))
    limit += max(_bias(d), LANE_BIAS_SHORT if _is_short(d) else LANE_BIAS) * math.sqrt(n / columns)
    found = [Figure(f"lane {d.lanes.lane} of {LANES}'s mean z, times √n,", "lane_drift_limit", d.lanes.apart, limit)]
    count = d.lanes.count / max(sharing, d.equals)
    count = count if alone else min(count, columns)
    if count >= FEWEST_IN_LANE:
        limit = max(d.lanes.others, QUIET_LANE) * (
            1.0 + math.hypot(LANE / math.sqrt(count), LANE_COLUMN / math.sqrt(columns))
        )
        found.append(Figure(f"lane {d.lanes.noisiest} of {LANES}'s RMS(z)", "lane_limit", d.lanes.rms, limit))
    return found


def _alike(d: Divergence, sharing: float, n: float) -> float:
    """How many of n elements err alike: they share what is not the output's rounding, or are equal and round alike."""
    return min(n, max(d.f + (1.0 - d.f) * sharing, d.equals))


def _bias(d: Divergence) -> float:
    """How far from 0 the mean of z may be without chance."""
    if not d.empirical:
        return max(BIAS if d.apart else BIAS_SHARED, d.together)
    return BIAS_SHORT if _is_short(d) else BIAS_EMPIRICAL


def _is_short(d: Divergence) -> bool:
    return formats.unit_roundoff(d.dtype) > 2.0**-24


def _usual(d: Divergence) -> float:
    """RMS(z) as chance goes by it: not below a quiet device's, nor above any honest one's."""
    return min(max(d.rms_z or 0.0, QUIET_EMPIRICAL if d.empirical else QUIET_CROWD), RHO_SHARED)


def _groups(d: Divergence) -> float:
    """How many errors there are at least that elements share: as `shared` has it, or of unknown ones as many as the
    shape has rows or columns of some length.
    """
    if (beyond := _beyond(d)) > 0:
        return min(d.compared, max(1.0, 2.0 / beyond**2))
    if d.apart:
        return d.compared
    shape = [size for size in d.shape if size != 1]
    cuts = (math.prod(shape[:k]) for k in range(1, len(shape)))
    return min((min(rows, d.n / rows) for rows in cuts), default=d.compared)


def _beyond(d: Divergence) -> float:
    """√(2/groups), where a rule knows of groups that share an error each: what `shared` makes of it, undone."""
    return (d.together * TOGETHER / RHO_SHARED) ** 2 - 1.0


def _columns(d: Divergence) -> float:
    """How many different columns, of some number of last dimensions, the elements of one lane at least stand in."""
    shape = [size for size in d.shape if size != 1]
    widths = (math.prod(shape[k:]) for k in range(1, len(shape)))
    return min((width // math.gcd(width, LANES) for width in widths), default=d.compared)


def _others(d: Divergence, size: float | None = None, count: int = 1) -> float:
    """RMS(z) of all elements but `count` of at least that size, the largest alone by default, which are not to hide
    behind what they add themselves; at most 1.5.
    """
    size = d.max_z if size is None else size
    if d.rms_z is None or size is None:
        return 1.0
    if not (0.0 < d.rms_z < math.inf and size < math.inf):
        return RHO_SHARED if d.rms_z else 0.0
    # Of d.rms_z², whose square may overflow.
    rest = (d.compared - count * (size / d.rms_z) ** 2) / (d.compared - count)
    return min(d.rms_z * math.sqrt(rest), RHO_SHARED) if rest > 0 else 0.0


def still(d: Divergence) -> bool:
    """Whether a bit holds still more clearly than chance has it."""
    return d.stuck is not None and d.stuck.clear > STUCK


def breaches(d: Divergence) -> list[Figure]:
    """The noise figures beyond their limits; a NaN is beyond."""
    return [figure for figure in noise(d) if not figure.value <= figure.limit]
