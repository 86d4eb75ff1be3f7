"""Case: what to run, as plain data.

A case is one cell of a grid over dtype, shape, keyword and value class. It holds no tensor: inputs are named
by `TensorSpec` and made from the seed by `harness.inputs`, the same bytes on every machine.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

TIERS = ("quick", "standard", "full")
VALUES = ("normal", "wide", "offset", "positive", "unit", "subnormal", "special", "boundary", "ties", "zeros")
ID_PATTERN = re.compile(r"[a-z0-9._-]+")

# A program argument: None, bool, int, float, str, a list of them, or a tagged mapping (see harness.program).
Arg = Any


@dataclass(frozen=True, slots=True)
class Source:
    """Where a case was written: a path relative to the root directory, and a 1-based line."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """One seeded input.

    name: unique within the case; arguments refer to it as `{"v": name}`.
    values: a value class (VALUES), or a kind: `index:N` (0 … N-1), `range:LO:HI` (uniform, HI left out),
        `arange`, `permutation` (of each row), `dominant` and `spd` (well-conditioned square matrices),
        `literal:A,B,…`.
    layout: `contiguous`, `transposed` (last two dimensions), `strided` (every second element) or
        `channels_last`.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    values: str = "normal"
    grad: bool = False
    layout: str = "contiguous"


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to run, on one dtype, one set of shapes, one value class.

    kind: `op` (call `target` with args), `function` (a `@case` function, captured), `model` (a `@model`
        function that returns a torch.nn.Module, captured with its weights).
    target: dotted name of the operator (`torch.nn.functional.gelu`), or the function's name in `source.path`.
    args, kwargs: program arguments; tensors stand as `{"v": name}`, dtypes as `{"dt": "float32"}`.
    grad: also run backward, and compare the gradients of every TensorSpec with `grad=True` (and every
        parameter).
    step: a torch.optim class and its keywords as a sorted tuple of pairs, to take one optimizer step; needs
        `grad`.
    rule: name of the numerics rule where the case declares its own; None looks the operator up in the table.
    """

    id: str
    source: Source
    kind: str
    target: str
    dtype: str
    inputs: tuple[TensorSpec, ...]
    args: tuple[Arg, ...] = ()
    kwargs: tuple[tuple[str, Arg], ...] = ()
    values: str = "normal"
    grad: bool = False
    step: tuple[str, tuple[tuple[str, Arg], ...]] | None = None
    rule: str | None = None
    tags: tuple[str, ...] = ()
    tier: str = "quick"
    seed: int = 42
    timeout: float | None = None

    def spec(self) -> dict[str, Any]:
        """All that decides what is computed, JSON-plain: the identity a golden is checked against.

        Id, source line, tags, tier, rule and timeout are left out: changing them changes no result.
        """
        plain = asdict(self)
        for name in ("id", "source", "tags", "tier", "rule", "timeout"):
            del plain[name]
        return plain

    def key(self) -> str:
        """sha256 (hex) of `spec()`."""
        return hashlib.sha256(json.dumps(self.spec(), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Listing:
    """What loading one file gave: its cases in file order, and the errors of those that could not be read."""

    cases: tuple[Case, ...]
    errors: tuple[Exception, ...] = field(default=())


def kwargs_dict(case: Case) -> Mapping[str, Arg]:
    """The case's keyword arguments as a mapping."""
    return dict(case.kwargs)
