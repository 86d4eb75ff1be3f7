"""Softmax, reductions and attention beyond float64, and their gradients."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from harness.inputs import cotangent
from tests.golden.exactly import BITS, correctly_rounded
from tests.numerics.torchrun import golden_of, op_case

F = "torch.nn.functional."


def _softmax(row: list[Any]) -> list[Any]:
    e = [mpmath.exp(v) for v in row]
    return [v / mpmath.fsum(e) for v in e]


@pytest.mark.parametrize("op", ["softmax", "log_softmax"])
@pytest.mark.parametrize("values", ["normal", "wide"])
def test_softmax_and_its_gradient(op: str, values: str) -> None:
    """p or log p, and p·(g - Σp·g) or g - p·Σg, as no float64 computation has them."""
    golden, arrays, _ = golden_of(op_case(F + op, "float64", {"x": (3, 65)}, dim=-1, values=values, grad=("x",)))
    with mpmath.workprec(BITS):
        y, slopes = [], []
        for row, g in zip(arrays["x"].tolist(), cotangent((3, 65)).tolist(), strict=True):
            p = _softmax([mpf(v) for v in row])
            y.append(p if op == "softmax" else [mpmath.log(v) for v in p])
            mean = mpmath.fsum(a * b for a, b in zip(p, g, strict=True)) if op == "softmax" else mpmath.fsum(g)
            slopes.append([a * (b - mean) if op == "softmax" else b - a * mean for a, b in zip(p, g, strict=True)])
        correctly_rounded(golden, "out0", y)
        correctly_rounded(golden, "grad.x", slopes)


def test_logsumexp_and_its_gradient() -> None:
    """log Σeˣ, and g·p; and the running one."""
    golden, arrays, _ = golden_of(op_case("torch.logsumexp", "float64", {"x": (3, 9)}, dim=0, grad=("x",)))
    running, _, _ = golden_of(op_case("torch.logcumsumexp", "float64", {"x": (3, 9)}, dim=0))
    g = cotangent((9,)).tolist()
    with mpmath.workprec(BITS):
        columns = [[mpf(v) for v in column] for column in arrays["x"].T.tolist()]
        correctly_rounded(golden, "out0", [mpmath.log(mpmath.fsum(map(mpmath.exp, c))) for c in columns])
        slopes = [[gi * p for p in _softmax(c)] for gi, c in zip(g, columns, strict=True)]
        correctly_rounded(golden, "grad.x", np.array(slopes, dtype=object).T)
        sums = [[mpmath.log(mpmath.fsum(map(mpmath.exp, c[: i + 1]))) for c in columns] for i in range(3)]
        correctly_rounded(running, "out0", sums)


@pytest.mark.parametrize("op", ["var", "std"])
@pytest.mark.parametrize("correction", [0, 1])
def test_variance_and_its_gradient(op: str, correction: int) -> None:
    """Of rows, with either divisor."""
    case = op_case(f"torch.{op}", "float64", {"x": (3, 9)}, dim=1, correction=correction, grad=("x",), values="offset")
    golden, arrays, _ = golden_of(case)
    with mpmath.workprec(BITS):
        y, slopes = [], []
        for row, g in zip(arrays["x"].tolist(), cotangent((3,)).tolist(), strict=True):
            centred = [v - mpmath.fsum(row) / 9 for v in row]
            v = mpmath.fsum(c * c for c in centred) / (9 - correction)
            y.append(v if op == "var" else mpmath.sqrt(v))
            inner = 2 if op == "var" else 1 / mpmath.sqrt(v)
            slopes.append([g * inner * c / (9 - correction) for c in centred])
        correctly_rounded(golden, "out0", y)
        correctly_rounded(golden, "grad.x", slopes)


def test_products_and_means() -> None:
    """prod, cumprod, and a mean with its gradient g/n."""
    golden, arrays, _ = golden_of(op_case("torch.prod", "float64", {"x": (3, 9)}, dim=1))
    running, _, _ = golden_of(op_case("torch.cumprod", "float64", {"x": (3, 9)}, dim=1))
    mean, _, _ = golden_of(op_case("torch.mean", "float64", {"x": (3, 9)}, dim=1, grad=("x",)))
    with mpmath.workprec(3 * BITS):
        rows = [[mpf(v) for v in row] for row in arrays["x"].tolist()]
        correctly_rounded(golden, "out0", [mpmath.fprod(row) for row in rows])
        correctly_rounded(running, "out0", [[mpmath.fprod(row[: i + 1]) for i in range(9)] for row in rows])
        correctly_rounded(mean, "out0", [mpmath.fsum(row) / 9 for row in rows])
        correctly_rounded(mean, "grad.x", [[mpf(g) / 9] * 9 for g in cotangent((3,)).tolist()])


def test_cosine_similarity() -> None:
    """x·y/(‖x‖‖y‖) of rows."""
    golden, arrays, _ = golden_of(op_case(F + "cosine_similarity", "float64", {"x1": (3, 9), "x2": (3, 9)}, dim=-1))
    with mpmath.workprec(BITS):
        expected = []
        for x, y in zip(arrays["x1"].tolist(), arrays["x2"].tolist(), strict=True):
            dots = [mpmath.fsum(mpf(a) * b for a, b in zip(u, v, strict=True)) for u, v in ((x, y), (x, x), (y, y))]
            expected.append(dots[0] / mpmath.sqrt(dots[1] * dots[2]))
        correctly_rounded(golden, "out0", expected)


def test_complex_matmul() -> None:
    """Each part of a complex dot product is rounded once."""
    golden, arrays, _ = golden_of(op_case("torch.matmul", "complex128", {"x": (3, 9), "y": (9, 4)}))
    with mpmath.workprec(BITS):
        x, y = arrays["x"].tolist(), arrays["y"].T.tolist()
        expected = [[mpmath.fsum(mpmath.mpc(a) * b for a, b in zip(r, c, strict=True)) for c in y] for r in x]
        correctly_rounded(golden, "out0", expected)
