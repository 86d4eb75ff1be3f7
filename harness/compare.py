"""Compare: outputs and golden in, facts and verdict out. The step between a run and a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from harness.golden.store import Golden
from harness.numerics.judge import judge
from harness.numerics.measure import measure
from harness.numerics.profile import Profile
from harness.numerics.rules import pairs
from harness.numerics.types import Divergence, Verdict
from harness.target import Output


def compare(
    golden: Golden, outputs: Sequence[Output], inputs: Mapping[str, np.ndarray[Any, Any]], profile: Profile
) -> tuple[list[Divergence], Verdict]:
    """One Divergence per output and derived quantity, and the verdict on all of them under `profile`.

    An output that is missing, or that the golden does not know, is a broken contract.
    """
    by_name = {output.name: output for output in outputs}
    divergences = [
        measure(actual, expected, allowance) for actual, expected, allowance in pairs(golden, by_name, inputs, profile)
    ]
    expected_names = {output.name for output in golden.outputs if ":" not in output.name}
    for output in golden.outputs:
        if ":" not in output.name and output.name not in by_name:
            divergences.append(_broken(output.name, output.dtype, output.shape, output.rule, "it was not returned"))
    for extra in outputs:
        if extra.name not in expected_names:
            divergences.append(_broken(extra.name, extra.dtype, extra.shape, "", "the golden has no such output"))
    return divergences, judge(divergences, rule=golden.rule, profile=profile.name)


def _broken(name: str, dtype: str, shape: tuple[int, ...], rule: str, why: str) -> Divergence:
    return Divergence(output=name, dtype=dtype, shape=tuple(shape), contract=(why,), rule=rule)


def moved(before: Mapping[str, np.ndarray[Any, Any]], after: Mapping[str, np.ndarray[Any, Any]]) -> str:
    """In words, the outputs (name → array) whose bits differ between two runs, with the first element that moved."""
    parts = []
    for name, array in before.items():
        other = after.get(name)
        if other is None or other.shape != array.shape or other.dtype != array.dtype:
            parts.append(f"{name} has another form")
            continue
        flat, flat2 = (a.reshape(-1).view(f"V{a.dtype.itemsize}") for a in (array, other))
        places = np.flatnonzero(flat != flat2)
        if places.size:
            index = np.unravel_index(int(places[0]), array.shape)
            where = "[" + ", ".join(str(int(i)) for i in index) + "]"
            parts.append(
                f"{places.size} of {array.size} elements of {name}, first at {where}: "
                f"{array[index]} then {other[index]}"
            )
    return "; ".join(parts) or "the same bits"
