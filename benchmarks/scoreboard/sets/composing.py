"""Cases of functions as users compose them: which dtypes each runs in, by its name, and its gradients."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from benchmarks.scoreboard.sets.sixth_core import DTYPES, FULL
from harness.case import Case
from tests.numerics.torchrun import op_case

Sample = Mapping[str, Any]


def composed(
    modules: Mapping[str, Mapping[str, Sequence[Sample]]],
    seed: Callable[[str], int],
    some: Sequence[Sequence[str]],
    *,
    full: Collection[str],
    grads: Mapping[str, tuple[str, ...]],
    kinked: Collection[str] = (),
    every: int | None = None,
) -> Iterator[Case]:
    """Every sample of every function, and the gradients of its first.

    modules: prefix of a target → function → inputs of each sample. seed: a number for a function's name. some: dtypes
    to choose from, in turn. full: what has no half precision. kinked: whose gradients jump, and have none either.
    every: the first sample of each so many functions runs in all dtypes.
    """
    for module, functions in modules.items():
        for function, samples in functions.items():
            of = seed(function)
            few = FULL if function in full else some[of % len(some)]
            wide = every is not None and of % every == 0 and function not in full
            for i, sample in enumerate(samples):
                for d in DTYPES if wide and not i else few:
                    yield op_case(module + function, d, sample, seed=of + i)
            for d in FULL if function in kinked else few:
                if function in grads:
                    yield op_case(module + function, d, samples[0], seed=of + 7, grad=grads[function])
