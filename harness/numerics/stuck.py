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


@dataclass(frozen=True, slots=True)
class _Held:
    """Bits (a mask) that are in one state in all elements of a lane."""

    state: int
    bits: int
    lane: int
    lanes: int


def stuck(a: Array, y: Array, form: formats.Format, columns: int = 1, parts: int = 1) -> Stuck | None:
    """The bit that most clearly holds still in the output `a` though not in the golden `y`, rounded; None if none does.

    How clearly: by -log2 of the chance that k coins fall alike, k the different significands in the golden, and in the
    output, where the golden has the other state: multiples of one number have few. Each falls so with ½, or the share
    of it in all other lanes where that is more: differences of large numbers end in zeros. As many lanes as there are
    to choose from are so many chances. Of all elements, 0 is no sign, for that reason; nor of a lane within one of a
    few columns, which may be such a difference where the others are none.

    columns: how many numbers a row has. parts: 2 of complex numbers, whose real parts may be such differences where the
    imaginary ones are none: the others are those of the same part.
    """
    a, y = a.reshape(-1)[:SAMPLE], y.reshape(-1)[:SAMPLE]
    number = formats.numpy_dtype(form.name)
    with np.errstate(all="ignore"):
        mine = _rows(a.astype(number, copy=False))
    # What is not finite on both sides is 0 by now, and on one side a broken contract.
    counts = _rows(a != 0).astype(bool)
    significand = (1 << (form.p - 1)) - 1
    apart = 1 < columns <= FEW_COLUMNS
    held = [one for one in _held(mine, counts, significand) if one.state or not (apart and one.lanes % columns == 0)]
    if not held:
        return None
    with np.errstate(all="ignore"):
        golden = _rows(formats.round_value(y, form.name).astype(number))
    found = [one for still in held for one in _clear(mine, golden, counts, still, significand, parts)]
    return max(found, key=lambda one: one.clear, default=None)


def _rows(values: Array) -> Array:
    """The bits of values as rows of the widest register, the last filled up with 0."""
    wide = LANES[-1]
    filled = np.zeros(-(-values.size // wide) * wide, f"u{values.itemsize}")
    filled[: values.size] = values.view(filled.dtype)
    return filled.reshape(-1, wide)


def _held(mine: Array, counts: Array, significand: int) -> Iterator[_Held]:
    """What holds still in all elements that count, of each lane with enough of them to be clear."""
    number = mine.dtype.type
    sizes = counts.sum(axis=0)
    ones = np.bitwise_and.reduce(np.where(counts, mine, ~number(0)), axis=0)
    zeros = ~np.bitwise_or.reduce(np.where(counts, mine, number(0)), axis=0)
    for state, bits in ((0, zeros & number(significand)), (1, ones & number(significand))):
        # A lane of four is made of eight of thirty-two: where these hold nothing, no wider one does.
        for lanes in LANES[1 if state == 0 else 0 :] if bits.any() else ():
            least = limits.STUCK + math.log2(lanes)
            if mine.size < least * lanes:
                break  # lanes that are more are smaller still
            masks = np.bitwise_and.reduce(bits.reshape(-1, lanes), axis=0)
            masks = np.where(sizes.reshape(-1, lanes).sum(axis=0) >= least, masks, 0)
            for lane in np.flatnonzero(masks):
                yield _Held(state, int(masks[lane]), int(lane), lanes)


def _clear(mine: Array, golden: Array, counts: Array, held: _Held, significand: int, parts: int) -> Iterator[Stuck]:
    """Those of the bits held in a lane that hold still more clearly than chance."""
    places = np.arange(LANES[-1])
    columns = places % held.lanes == held.lane
    inside, outside = counts & columns, mine[counts & ~columns & (places % parts == held.lane % parts)]
    own, golden = mine[inside], golden[inside]
    for bit in range(held.bits.bit_length()):
        if not held.bits >> bit & 1:
            continue
        place = mine.dtype.type(1 << bit)
        other = (golden & place == 0) == bool(held.state)
        differing = min(np.unique(part[other] & part.dtype.type(significand)).size for part in (golden, own))
        share = np.mean((outside & place != 0) == bool(held.state)) if outside.size else 0.0
        clear = -differing * math.log2(max(0.5, share)) - math.log2(held.lanes)
        if clear > 0:
            yield Stuck(bit, held.state, held.lane, held.lanes, own.size, differing, clear)
