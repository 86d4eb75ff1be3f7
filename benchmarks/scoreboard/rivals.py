"""Rival rules on the same data: each says whether it accepts an output beside the golden.

The golden is given to each in the form it takes: rounded to the output's dtype, or in float64 beside torch's own output
in the same precision (dynamo, FlashAttention).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks.scoreboard.subjects import Subject
from harness.numerics import formats
from tests.numerics.torchrun import to_torch

Array = np.ndarray[Any, Any]


def accepts(s: Subject, name: str, actual: Array) -> dict[str, bool]:
    """rival → whether it accepts `actual` as output `name` of the subject."""
    golden = s.golden.output(name)
    if golden.y.dtype.kind in "fc" and formats.is_float(golden.dtype):
        expected = formats.round_to(golden.y, golden.dtype)
    else:
        expected = golden.y.astype(formats.numpy_dtype(golden.dtype))
    return {rival: rule(s, name, actual, expected, golden.y) for rival, rule in RIVALS.items()}


def _assert_close(s: Subject, name: str, actual: Array, expected: Array, y: Array) -> bool:
    try:
        torch.testing.assert_close(to_torch(actual), to_torch(expected), equal_nan=True)
    except (AssertionError, ValueError):
        return False
    return True


def _allclose(s: Subject, name: str, actual: Array, expected: Array, y: Array) -> bool:
    if actual.shape != expected.shape:
        return False
    with np.errstate(all="ignore"):
        return bool(np.allclose(_plain(actual), _plain(expected), equal_nan=True))


def _same(s: Subject, name: str, actual: Array, expected: Array, y: Array) -> bool:
    from torch._dynamo.utils import same

    logging.getLogger("torch._dynamo").setLevel(logging.CRITICAL)
    try:
        return bool(
            same(
                to_torch(s.own[name]),
                to_torch(actual),
                to_torch(np.asarray(y)),
                tol=1e-3 if s.case.dtype != "float32" else 1e-4,
                equal_nan=True,
                log_error=lambda *_: None,  # type: ignore[arg-type]
            )
        )
    except (RuntimeError, AssertionError):
        return False


def _polygraphy(s: Subject, name: str, actual: Array, expected: Array, y: Array) -> bool:
    from polygraphy.comparator import CompareFunc, IterationResult
    from polygraphy.logger import G_LOGGER

    G_LOGGER.module_severity = G_LOGGER.CRITICAL + 10
    compare = CompareFunc.simple()  # rtol = atol = 1e-5, element by element
    try:
        with np.errstate(all="ignore"):
            found = compare(IterationResult({"y": _plain(actual)}), IterationResult({"y": _plain(expected)}))
        return all(bool(v) for v in found.values())
    except Exception:
        return False


def _flash(s: Subject, name: str, actual: Array, expected: Array, y: Array) -> bool:
    if actual.shape != y.shape:
        return False
    if s.own[name].shape != y.shape:  # an error without end is twice as much, too
        return True
    with np.errstate(all="ignore"):
        error = np.max(np.abs(_wide(actual) - _wide(y)), initial=0.0)
        return bool(error <= 2 * np.max(np.abs(_wide(s.own[name]) - _wide(y)), initial=0.0))


def _wide(array: Array) -> Array:
    return array if array.dtype.kind == "c" else array.astype(np.float64)


def _plain(array: Array) -> Array:
    if array.dtype.kind == "b":
        return array.astype(np.uint8)
    return array if array.dtype.kind in "iuc" else array.astype(np.float64 if array.itemsize == 8 else np.float32)


RIVALS: dict[str, Callable[[Subject, str, Array, Array, Array], bool]] = {
    "torch assert_close": _assert_close,
    "np.allclose": _allclose,
    "dynamo same()": _same,
    "Polygraphy": _polygraphy,
    "FlashAttention's rule": _flash,
}
