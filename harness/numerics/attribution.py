"""Attribution: of the targets that ran one case, who agrees with the golden, who with whom, who stands alone.

Two targets agree when their outputs are as near to each other as two honest outputs are: each within B of the
true value, so within 2B of one another, with noise √2·σ. Outputs equal to the bit agree whatever B is.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from harness.numerics.judge import judge
from harness.numerics.measure import measure
from harness.numerics.rules.base import widen
from harness.numerics.types import Allowance, Array, GoldenOutput, Output, plain_json


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who is right about one case.

    agree: targets that agree with the golden. groups: targets that agree with one another, largest first; one
    that agrees with nobody is a group of its own. identical: as groups, but equal to the bit.
    golden_outlier: two targets or more ran, they all agree with one another and none with the golden.
    """

    agree: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    identical: tuple[tuple[str, ...], ...]
    golden_outlier: bool

    def words(self, target: str) -> str:
        """What a failure message of `target` says about the others; empty where no other target ran."""
        mates = next((g for g in self.groups if target in g), (target,))
        right = tuple(name for name in self.agree if name != target)
        # One that is near to both, the golden and the target, is told of once.
        mates = tuple(name for name in mates if name != target and name not in right)
        if sum(map(len, self.groups)) == 1:
            return ""
        if self.golden_outlier:
            return f"the golden itself may be wrong: {_list(mates)} gave the same answer as {target}"
        said = f"{_list(right)} agreed with the golden" if right else "no other target agreed with the golden"
        return f"{said}; {_list(mates)} gave the same answer as {target}" if mates else said

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        plain: dict[str, Any] = plain_json(asdict(self))
        return plain


@dataclass(frozen=True, slots=True)
class _Seen:
    """One target's output standing in for a golden."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    y: Array


def attribute(
    outputs: Mapping[str, Sequence[Output]],
    expected: Sequence[tuple[GoldenOutput, Allowance]],
    agree: Collection[str],
) -> Attribution:
    """Who agrees with whom, from the outputs of every target that ran the case.

    outputs: target → its outputs. expected: each golden output with its allowance, the widest of the
    targets' profiles.
    agree: the targets whose verdict on this case is `pass`.
    """
    identical: dict[str, list[str]] = {}
    for target in sorted(outputs):
        identical.setdefault(digest(outputs[target]), []).append(target)
    groups: list[list[list[str]]] = []  # a group holds classes of identical targets
    for names in sorted(identical.values()):
        for group in groups:
            if all(_near(outputs[names[0]], outputs[other[0]], expected) for other in group):
                group.append(names)
                break
        else:
            groups.append([names])
    return _attribution(
        [sorted(name for same in group for name in same) for group in groups], list(identical.values()), agree
    )


def attribute_digests(digests: Mapping[str, str], agree: Collection[str]) -> Attribution:
    """As `attribute`, from digests alone: targets agree if their outputs are equal to the bit."""
    identical: dict[str, list[str]] = {}
    for target in sorted(digests):
        identical.setdefault(digests[target], []).append(target)
    groups = list(identical.values())
    passing = [target for target in sorted(digests) if target in agree]
    joined = [passing] if passing else []
    joined += [rest for group in groups if (rest := [t for t in group if t not in agree])]
    return _attribution(joined, groups, agree)


def digest(outputs: Sequence[Output]) -> str:
    """sha256 over names, dtypes, shapes and bits of some outputs."""
    state = hashlib.sha256()
    for output in sorted(outputs, key=lambda o: o.name):
        state.update(f"{output.name}\0{output.dtype}\0{tuple(output.shape)}\0".encode())
        state.update(np.ascontiguousarray(output.data).tobytes())
    return state.hexdigest()


def _attribution(
    groups: Sequence[Sequence[str]], identical: Sequence[Sequence[str]], agree: Collection[str]
) -> Attribution:
    ordered, same = (
        tuple(tuple(g) for g in sorted(some, key=lambda names: (-len(names), names))) for some in (groups, identical)
    )
    right = tuple(sorted(agree))
    outlier = not right and len(ordered) == 1 and len(ordered[0]) > 1
    return Attribution(right, ordered, same, outlier)


def _near(mine: Sequence[Output], its: Sequence[Output], expected: Sequence[tuple[GoldenOutput, Allowance]]) -> bool:
    """True if two targets' outputs are as near as two honest ones."""
    left, right = ({o.name: o for o in outputs} for outputs in (mine, its))
    if left.keys() != right.keys():
        return False
    for golden, allowance in expected:
        if golden.name not in left:
            continue
        other = right[golden.name]
        y = widen(other.data)
        seen = _Seen(other.name, other.dtype, tuple(other.shape), y)
        found = measure(left[golden.name], seen, _between(allowance), detail=False)
        if judge([found]).status not in ("pass", "vacuous"):
            return False
    return True


def _between(allowance: Allowance) -> Allowance:
    """How far two honest outputs may lie from one another; without a rule they must be equal."""
    if allowance.cap is None:
        return replace(allowance, cap=0.0, sigma=None)
    sigma = None if allowance.sigma is None else math.sqrt(2.0) * np.asarray(allowance.sigma)
    return replace(allowance, cap=2.0 * np.asarray(allowance.cap), sigma=sigma, overflow="either")


def _list(names: Sequence[str]) -> str:
    """Names as a reader would list them."""
    return " and ".join(names) if len(names) < 3 else ", ".join(names[:-1]) + " and " + names[-1]
