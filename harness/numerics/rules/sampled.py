"""The law of random numbers that no formula gives, told by samples of the reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.numerics.noise import upward
from harness.numerics.rules.base import SEED, Array, Call, Noise, clean, widen

# Samples behind a law; how many standard deviations of theirs another may lie off: so few tell it to a tenth.
SAMPLES, TIMES = 48, 8.0
# Edges that the values are counted at, and stretches of the output.
EDGES, GROUPS = 32, 16
# Values closer than this share of themselves are one, rounded differently.
_ALIKE = 2.0**-6


def law(call: Call) -> list[tuple[str, Array, Noise]]:
    """(part, expectation, noise with its cap) of what a sample shows: the share of its values up to each edge, and the
    mean rank of each stretch, with how its ranks go with the reference's mean ranks last. Nothing where the program is
    not random, or can't be run.
    """
    try:
        runs = [_flat(call.run(dict(call.inputs), f"{SEED}{k}")["out0"]) for k in range(SAMPLES)]
    except Exception:
        return []
    if all(np.array_equal(run, runs[0]) for run in runs):
        return []
    n, edges = runs[0].size, _edges(np.sort(np.concatenate(runs)))
    half = SAMPLES // 2
    weights = np.mean([_ranks(run, edges) for run in runs[:half]], axis=0)
    weights = np.asarray((weights - weights.mean()) / max(float(weights.std()), 1 / EDGES)).astype(np.float32)
    carried: Noise = {"edges": edges, "weights": weights}
    found = []
    for part, kept in (("law", runs), ("rate", runs[half:])):
        seen = np.stack([statistic(part, run, carried) for run in kept])
        cap = upward(TIMES * seen.std(axis=0, ddof=1) + 1 / n)
        found.append((part, seen.mean(axis=0), {**carried, "cap": cap}))
    return found


def statistic(part: str, values: Array, noise: Mapping[str, Array]) -> Array:
    """What a sample shows of a law. NaN where it holds a NaN, which no law has."""
    x, edges = _flat(values), noise["edges"]
    if np.isnan(np.asarray(values, np.float64)).any():
        return np.full(edges.size if part == "law" else min(GROUPS, x.size) + 1, np.nan)
    if part == "law":
        return np.asarray(np.searchsorted(np.sort(x), edges, side="right") / x.size)
    ranks = _ranks(x, edges)
    means = [float(group.mean()) for group in np.array_split(ranks, min(GROUPS, x.size))]
    return np.array([*means, float(np.mean(noise["weights"] * ranks))])


def _flat(values: Any) -> Array:
    return clean(widen(np.asarray(values)).astype(np.float64)).reshape(-1)


def _ranks(x: Array, edges: Array) -> Array:
    """The share of the edges below each value."""
    return np.asarray(np.searchsorted(edges, x, side="left") / edges.size)


def _edges(pooled: Array) -> Array:
    """Values that split the sorted `pooled` evenly, each in the middle of a gap: what is drawn again and again lies on
    none.
    """
    at = pooled[((np.arange(EDGES) + 0.5) / EDGES * pooled.size).astype(int)]
    above = np.searchsorted(pooled, at + _ALIKE * np.abs(at) + np.finfo(np.float32).tiny, side="right")
    return np.unique((at + pooled[np.minimum(above, pooled.size - 1)]) / 2)
