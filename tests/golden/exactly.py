"""Checks of a reference beyond float64: each number the nearest float64 to the true one, and no allowance doubled."""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.golden.store import Golden

BITS = 300  # that expected values are computed with


def correctly_rounded(golden: Golden, name: str, expected: Any) -> None:
    """The output is `expected`, bit for bit: nested lists of float64, complex or mpmath numbers."""
    out = golden.output(name)
    kind = complex if out.y.dtype.kind == "c" else float
    nearest = np.vectorize(kind, otypes=[out.y.dtype])(np.array(expected, dtype=object)).reshape(out.y.shape)
    assert out.y.tolist() == nearest.tolist()
    assert "doubled" not in out.noise


def reference_of(golden: Golden) -> str:
    """What the golden says of where its values come from."""
    return str(golden.provenance["reference"])
