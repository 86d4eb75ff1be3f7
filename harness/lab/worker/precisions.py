"""Precisions that the reference runs a program in beside float64 itself, and how each is run."""

from __future__ import annotations

from typing import Any, Callable

# Beyond float64 (see pairs); its numbers rounded to a dtype, which follows a colon (numbers); a seed (seeds).
WIDE = ("extended", "numbers", "seed")


def is_wide(precision: object) -> bool:
    """Whether a precision is one of these: `extended`, `numbers:float32`, `seed:7`."""
    return str(precision).partition(":")[0] in WIDE


def wide(call: Callable[[], Any], precision: str) -> Any:
    """What a program gives in one of them; `call` runs it in float64."""
    from . import numbers, pairs, seeds, tensors

    how, _, of = precision.partition(":")
    if how == "numbers":
        return numbers.rounded(call, tensors.dtype(of))
    if how == "seed":
        return seeds.seeded(call, int(of))
    return pairs.extended(call)
