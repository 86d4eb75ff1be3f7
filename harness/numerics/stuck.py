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


@dataclass(frozen=True, slots=True)
class _Words:
    """Bits of the elements that count, as (rows, 32): `mine` of the output, `golden` of the rounded golden."""

    mine: Array
    golden: Array
    counts: Array
    significand: int  # mask of the stored bits of a significand

    @staticmethod
    def of(a: Array, y: Array, form: formats.Format) -> _Words:
        number = formats.numpy_dtype(form.name)
        bits = f"u{number.itemsize}"
        a, y = a.reshape(-1)[:SAMPLE], y.reshape(-1)[:SAMPLE]
        with np.errstate(all="ignore"):
            mine = a.astype(number, copy=False)
            golden = formats.round_value(y, form.name).astype(number)
        # What is not finite on both sides is 0 by now, and on one side a broken contract.
        return _Words(_rows(mine.view(bits)), _rows(golden.view(bits)), _rows(a != 0), (1 << (form.p - 1)) - 1)

    def still(self) -> dict[int, Array]:
        """state → per lane of the widest, the bits that are in that state in every element of the output's."""
        none = np.where(self.counts, self.mine, self.mine.dtype.type(0))
        full = np.where(self.counts, self.mine, ~self.mine.dtype.type(0))
        return {0: ~np.bitwise_or.reduce(none, axis=0), 1: np.bitwise_and.reduce(full, axis=0)}


def _rows(values: Array) -> Array:
    """Values as rows of the widest register, the last filled up with 0."""
    wide = LANES[-1]
    filled = np.zeros(-(-values.size // wide) * wide, values.dtype)
    filled[: values.size] = values
    return filled.reshape(-1, wide)


def stuck(a: Array, y: Array, form: formats.Format) -> Stuck | None:
    """The bit that most clearly holds still in the output `a` though not in the golden `y`, rounded; None if none does.

    How clearly: by -log2 of the chance that k coins fall alike, k the different numbers in the golden, and in the
    output, where the golden has the other state. Each falls so with ½, or the share of it in all other lanes where
    that is more: differences of large numbers end in zeros. As many lanes as there are to choose from are so many
    chances. Of all elements, 0 is no sign, for that reason.
    """
    words = _Words.of(a, y, form)
    found = [one for state, bits in words.still().items() for one in _held(words, state, bits)]
    return max(found, key=lambda one: one.clear, default=None)


def _held(words: _Words, state: int, bits: Array) -> Iterator[Stuck]:
    """Each bit that is `state` in all elements of a lane; `bits`: those of each lane of the widest, as a mask."""
    sizes = words.counts.sum(axis=0)
    for lanes in LANES[1 if state == 0 else 0 :]:
        least = limits.STUCK + math.log2(lanes)
        masks = np.bitwise_and.reduce(bits.reshape(-1, lanes), axis=0) & bits.dtype.type(words.significand)
        # Fewer elements can't be clear enough.
        masks = np.where(sizes.reshape(-1, lanes).sum(axis=0) >= least, masks, 0)
        for lane in np.flatnonzero(masks):
            yield from _clear(words, state, int(masks[lane]), int(lane), lanes)


def _clear(words: _Words, state: int, held: int, lane: int, lanes: int) -> Iterator[Stuck]:
    """Those of the bits `held` in a lane that hold still more clearly than chance."""
    columns = np.arange(LANES[-1]) % lanes == lane
    inside, outside = words.counts & columns, words.mine[words.counts & ~columns]
    mine, golden = words.mine[inside], words.golden[inside]
    for bit in range(held.bit_length()):
        if not held >> bit & 1:
            continue
        place = words.mine.dtype.type(1 << bit)
        other = (golden & place == 0) == bool(state)
        differing = min(np.unique(golden[other]).size, np.unique(mine[other]).size)
        share = np.mean((outside & place != 0) == bool(state)) if outside.size else 0.0
        clear = -differing * math.log2(max(0.5, share)) - math.log2(lanes)
        if clear > 0:
            yield Stuck(bit, state, lane, lanes, mine.size, differing, clear)
