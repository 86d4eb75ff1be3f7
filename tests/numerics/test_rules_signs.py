"""Eigenvectors and singular vectors have no sign of their own; a gradient through them depends on the one chosen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from harness.case import Case
from tests.numerics.torchrun import golden_of, judged, op_case, resolve, to_numpy, to_torch

EIGH, SVD, OLD = "torch.linalg.eigh", "torch.linalg.svd", "torch.svd"


def _case(op: str, dtype: str, shape: tuple[int, ...]) -> Case:
    kwargs: dict[str, Any] = {"full_matrices": False} if op == SVD else {}
    return op_case(op, dtype, {"x": shape}, grad=("x",), **kwargs)


def _turned(case: Case, arrays: dict[str, Any], own: dict[str, Any], signs: list[float]) -> dict[str, Any]:
    """What a library gives that chooses those signs."""
    x = to_torch(arrays["x"]).requires_grad_(True)
    factors = list(resolve(case.target)(x, **dict(case.kwargs)))
    s = torch.tensor(signs, dtype=x.dtype)
    if "eigh" in case.target:
        factors[1] = factors[1] * s
    else:
        factors[0] = factors[0] * s
        factors[2] = factors[2] * (s[:, None] if case.target == SVD else s)
    cotangents = [to_torch(arrays[f"cot.out{i}"]).to(x.dtype) for i in range(len(factors))]
    (grad,) = torch.autograd.grad(factors, [x], cotangents)
    return {**{f"out{i}": to_numpy(t) for i, t in enumerate(factors)}, "grad.x": to_numpy(grad)}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("op", "shape"), [(EIGH, (4, 4)), (EIGH, (3, 4, 4)), (SVD, (6, 4)), (SVD, (4, 7)), (OLD, (4, 7))]
)
def test_either_sign_passes(op: str, shape: tuple[int, ...], dtype: str) -> None:
    """A target that chose other signs passes with the gradient that goes with them, and with no other one."""
    from harness.golden import reference

    case = _case(op, dtype, shape)
    golden, arrays, run = golden_of(case)
    own = run(arrays, None)
    assert judged(golden, arrays, own).status == "pass"
    fed = {**arrays, **reference.cotangents({k: v.astype(np.float64) for k, v in own.items()})}
    for signs in ([1.0, -1.0, 1.0, 1.0], [-1.0, -1.0, 1.0, -1.0]):
        turned = _turned(case, fed, own, signs)
        assert np.abs(turned["grad.x"] - own["grad.x"]).max() > 1e-3
        assert judged(golden, arrays, turned).status == "pass"
        assert judged(golden, arrays, {**turned, "grad.x": own["grad.x"]}).status == "diverged"
        assert judged(golden, arrays, {**own, "grad.x": turned["grad.x"]}).status == "diverged"


def test_no_gradient_at_all_diverges() -> None:
    """Zeros, and a gradient a thousandth off, are not taken for a choice of signs."""
    golden, arrays, run = golden_of(_case(EIGH, "float32", (5, 5)))
    own = run(arrays, None)
    for factor in (0.0, 1.001):
        wrong = {**own, "grad.x": (own["grad.x"] * np.float32(factor)).astype(np.float32)}
        verdict = judged(golden, arrays, wrong)
        assert verdict.status == "diverged"
        assert "grad.x" in verdict.message
