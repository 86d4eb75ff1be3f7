"""Stuck: a bit of the significand that holds still in all elements, or in all of one lane, where the golden's does not.

A bit that weighs less than the noise says nothing about the size of an error, so the noise test cannot see it. But the
last bits of an honest output are as good as tossed coins: what never changes is a stuck wire, a lane that truncates,
or an adder that drops a carry.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from harness.numerics import formats, limits
from harness.numerics.types import Array, Stuck

# Elements looked at, from the first on: what holds still in all holds still in these.
SAMPLE = 1 << 14
# Elements whose flat index is the same modulo one of these share a lane of a vector register; 1: all elements.
LANES = (1, 4, 8, 16, 32)
# Of so few columns each may mean something else.
FEW_COLUMNS = 8
# Slices of a dimension of at most this size do not differ by what they mean, as channels may.
FEW_SLICES = 3


@dataclass(frozen=True, slots=True)
class _Held:
    """Bits (a mask) that are in one state in all elements of a lane."""

    state: int
    bits: int
    lane: int
    lanes: int


def stuck(
    a: Array,
    y: Array,
    form: formats.Format,
    shape: tuple[int, ...] = (),
    parts: int = 1,
    sigma: Array | float | None = None,
    coarse: int = 0,
) -> Stuck | None:
    """The bit that most clearly holds still in the output `a` though not in the golden `y`, rounded; None if none does.

    How clearly: by -log2 of the chance that k coins fall alike. A coin is each different significand, in the golden,
    and in the output, where the golden has the other state, for which honest noise moved it with a chance of ½; and, of
    those where the golden has that state, as many more, whose like it moved as often: but no more, for the rest may be
    right. Each falls so with ½, or the share of it in all other lanes where that is more: differences of large numbers
    end in zeros, and where many do, whole columns may. As many lanes as there are to choose from are so many chances.
    0 in a lane within one of a few columns is no sign, which may be such a difference where the others are none; and in
    all elements only where σ is too small for one, of most at most 1.5 times what the bit weighs, and PyTorch's own
    output has other bits there.

    shape: of the output. parts: 2 of complex numbers, whose real parts may be such differences where the imaginary ones
    are none: the others are those of the same part. sigma: of each number, as `y`. coarse: how many of the last bits
    are 0 in all of PyTorch's own numbers.
    """
    a, y = a.reshape(-1)[:SAMPLE], y.reshape(-1)[:SAMPLE]
    number = formats.numpy_dtype(form.name)
    with np.errstate(all="ignore"):
        mine = _rows(_bits(a.astype(number, copy=False)))
    # What is not finite on both sides is 0 by now, and on one side a broken contract.
    counts = _rows(a != 0)
    significand = (1 << (form.p - 1)) - 1
    columns = parts * (shape[-1] if shape else 1)
    apart = 1 < columns <= FEW_COLUMNS
    held = [one for one in _held(mine, counts, significand) if one.state or not (apart and one.lanes % columns == 0)]
    if not held:
        return None
    with np.errstate(all="ignore"):
        golden = _rows(_bits(formats.round_value(y, form.name).astype(number)))
    found: list[Stuck] = []
    for one in held:
        if one.lanes > 1 or one.state:
            found += _clear(mine, golden, counts, one, significand, parts, _columns(shape, parts, one.lanes))
        elif sigma is not None:
            noise = np.reshape(sigma, -1)[:SAMPLE] if np.ndim(sigma) else sigma
            with np.errstate(all="ignore"):
                ulps = np.nan_to_num(noise / formats.ulp(y, form.name), nan=np.inf)
            found += _all_zero(mine, golden, counts, one, significand, _rows(ulps), coarse)
    return max(found, key=lambda one: one.clear, default=None)


def coarse(own: Array | None, y: Array, dtype: str) -> int:
    """How many of the last bits are 0 in all numbers of an output, though not in those of the golden, rounded; all of
    them may be where there is no output to look at.
    """
    form = formats.format_of(formats.component(dtype))
    if own is None or own.shape != y.shape:
        return form.p
    number = formats.numpy_dtype(form.name)

    def last(values: Array) -> int:
        """The last bit that any number has."""
        with np.errstate(all="ignore"):
            bits = _bits(formats.round_value(values, form.name).astype(number))
            held = int(np.bitwise_or.reduce(bits[values != 0], initial=0))
        return (held & -held).bit_length() - 1

    mine, golden = (last(_parts(v)[:SAMPLE]) for v in (own, y))
    return mine if mine > golden >= 0 else 0


def _parts(values: Array) -> Array:
    """All numbers in one row; real and imaginary parts in turn."""
    values = np.ascontiguousarray(values).reshape(-1)
    return values.astype(np.complex128).view(np.float64) if np.iscomplexobj(values) else values.astype(np.float64)


def _bits(values: Array) -> Array:
    """Numbers as unsigned integers of their size."""
    return np.ascontiguousarray(values).view(f"u{values.itemsize}")


def _rows(values: Array) -> Array:
    """Values as rows of the widest register, the last filled up with 0."""
    wide = LANES[-1]
    filled = np.zeros(-(-values.size // wide) * wide, values.dtype)
    filled[: values.size] = values
    return filled.reshape(-1, wide)


def _held(mine: Array, counts: Array, significand: int) -> Iterator[_Held]:
    """What holds still in all elements that count, of each lane with enough of them to be clear."""
    number = mine.dtype.type
    sizes = counts.sum(axis=0)
    ones = np.bitwise_and.reduce(np.where(counts, mine, ~number(0)), axis=0)
    zeros = ~np.bitwise_or.reduce(np.where(counts, mine, number(0)), axis=0)
    for state, bits in ((0, zeros & number(significand)), (1, ones & number(significand))):
        # A lane of four is made of eight of thirty-two: where these hold nothing, no wider one does.
        for lanes in LANES if bits.any() else ():
            least = limits.STUCK + math.log2(lanes)
            if mine.size < least * lanes:
                break  # lanes that are more are smaller still
            masks = np.bitwise_and.reduce(bits.reshape(-1, lanes), axis=0)
            masks = np.where(sizes.reshape(-1, lanes).sum(axis=0) >= least, masks, 0)
            for lane in np.flatnonzero(masks):
                yield _Held(state, int(masks[lane]), int(lane), lanes)


def _columns(shape: tuple[int, ...], parts: int, lanes: int) -> float:
    """How many different columns of the last dimension a lane goes through, or slices of another one of some length,
    whichever is less.
    """
    if not shape:
        return math.inf
    columns = shape[-1] * parts
    return min([columns // math.gcd(columns, lanes), *(size for size in shape[:-1] if size > FEW_SLICES)])


def _clear(
    mine: Array, golden: Array, counts: Array, held: _Held, significand: int, parts: int, slices: float
) -> Iterator[Stuck]:
    """Those of the bits held in a lane that hold still more clearly than chance."""
    places = np.arange(LANES[-1])
    columns = places % held.lanes == held.lane
    inside, outside = counts & columns, mine[counts & ~columns & (places % parts == held.lane % parts)]
    own, golden = mine[inside], golden[inside]
    for bit in _each(held.bits):
        place = mine.dtype.type(1 << bit)
        other = (golden & place == 0) == bool(held.state)
        apart, alike = (_different(golden[some], own[some], significand) for some in (other, ~other))
        share = np.mean((outside & place != 0) == bool(held.state)) if outside.size else 0.0
        clear = -(apart + min(apart, alike)) * math.log2(max(0.5, share))
        # As far as chance does not explain it, what is more than half of the others is of columns that are coarse.
        if (often := 2.0 * share - 1.0 - 2.0 / math.sqrt(max(outside.size, 1))) > 0:
            clear = min(clear, -slices * math.log2(often))
        clear -= math.log2(held.lanes)
        if clear > 0:
            yield Stuck(bit, held.state, held.lane, held.lanes, own.size, apart, clear)


def _all_zero(
    mine: Array, golden: Array, counts: Array, held: _Held, significand: int, ulps: Array, coarse: int
) -> Iterator[Stuck]:
    """Those of the bits that are 0 in all elements which no difference of large numbers explains. ulps: σ, in ulps."""
    for bit in _each(held.bits & ~((1 << coarse) - 1)):
        fine = counts & (ulps <= limits.FINE * 2.0**bit)
        if 2 * np.count_nonzero(fine) <= np.count_nonzero(counts):
            continue
        own, right = mine[fine], golden[fine]
        other = right & mine.dtype.type(1 << bit) != 0
        apart, alike = (_different(right[some], own[some], significand) for some in (other, ~other))
        clear = apart + min(apart, alike) - math.log2(limits.ALL_LOOKS)
        if clear > 0:
            yield Stuck(bit, 0, 0, 1, int(counts.sum()), apart, clear)


def _each(bits: int) -> Iterator[int]:
    """The places of the bits of a mask."""
    return (bit for bit in range(bits.bit_length()) if bits >> bit & 1)


def _different(golden: Array, own: Array, significand: int) -> int:
    """How many different significands there are, in the golden or in the output, where they are fewer."""
    return min(np.unique(part & part.dtype.type(significand)).size for part in (golden, own))
