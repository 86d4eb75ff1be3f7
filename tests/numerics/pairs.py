"""Outputs and goldens in one line each, for the tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.numerics import formats
from harness.numerics.judge import judge
from harness.numerics.measure import measure
from harness.numerics.types import Allowance, Divergence, Verdict


@dataclass
class Output:
    """What a target returned."""

    data: np.ndarray
    dtype: str
    name: str = "out0"

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape


@dataclass
class Golden:
    """What is right."""

    y: np.ndarray
    dtype: str
    name: str = "out0"

    @property
    def shape(self) -> tuple[int, ...]:
        return self.y.shape


def measured(a, y, dtype: str = "float32", allowance: Allowance | None = None, **options) -> Divergence:
    """Measure values `a`, rounded to `dtype`, beside the golden `y`."""
    y = np.asarray(y)
    a = np.asarray(a)
    if a.dtype != formats.numpy_dtype(dtype):
        a = formats.round_to(a, dtype) if formats.is_float(dtype) else a.astype(formats.numpy_dtype(dtype))
    return measure(Output(a, dtype), Golden(y, dtype), allowance or Allowance(cap=1.0), **options)


def judged(a, y, dtype: str = "float32", allowance: Allowance | None = None) -> Verdict:
    """The verdict on values `a` beside the golden `y`."""
    return judge([measured(a, y, dtype, allowance)])
