"""References beyond float64: exact sums, and definitions in 160 bits."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from harness.golden import extended
from tests.numerics.torchrun import golden_of, op_case

Array = np.ndarray[Any, Any]
F = "torch.nn.functional."


def _exact_matmul(x: Array, y: Array) -> Array:
    rows = [[Fraction(v) for v in row] for row in x.tolist()]
    columns = [[Fraction(v) for v in column] for column in y.T.tolist()]
    return np.array([[float(sum(a * b for a, b in zip(r, c, strict=True))) for c in columns] for r in rows])


@pytest.mark.parametrize("values", ["normal", "wide", "offset"])
def test_a_matmul_is_exact_to_the_last_place(values: str) -> None:
    """A float64 matmul's reference is the correctly rounded sum, over 80 binary orders of magnitude too."""
    golden, arrays, _ = golden_of(op_case("torch.matmul", "float64", {"x": (5, 40), "y": (40, 4)}, values=values))
    assert (golden.outputs[0].y == _exact_matmul(arrays["x"], arrays["y"])).all()


def test_added_terms_are_not_counted_twice() -> None:
    """A bias is added once, however many slices the product is cut into."""
    case = op_case(F + "linear", "float64", {"x": (5, 40), "w": (3, 40), "b": (3,)})
    golden, arrays, _ = golden_of(case)
    one = np.ones((5, 1))
    expected = _exact_matmul(np.hstack([arrays["x"], one]), np.vstack([arrays["w"].T, arrays["b"][None]]))
    assert (golden.outputs[0].y == expected).all()


def test_slices_add_up_and_are_short() -> None:
    """Slices sum to the array exactly, and each fits its bits on one grid."""
    x = np.random.default_rng(0).normal(size=1000) * 2.0 ** np.random.default_rng(1).integers(-30, 30, 1000)
    parts = extended.slices(x, 20)
    assert [Fraction(v) for v in x] == [sum(map(Fraction, column)) for column in zip(*parts, strict=True)]
    for part in parts:
        exact = [Fraction(v) for v in part]
        common = max(v.denominator for v in exact)
        whole = [int(v * common) for v in exact]
        assert max(map(abs, whole)) // math.gcd(*whole) < 2**20


def test_two_sum_loses_nothing() -> None:
    """s + e is a + b exactly."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=200), rng.normal(size=200) * 2.0**-40
    s, e = extended.two_sum(a, b)
    assert [Fraction(u) + Fraction(v) for u, v in zip(a, b, strict=True)] == [
        Fraction(u) + Fraction(v) for u, v in zip(s, e, strict=True)
    ]


@pytest.mark.parametrize(
    ("op", "define"),
    [
        ("torch.exp", mpmath.exp),
        ("torch.log1p", mpmath.log1p),
        ("torch.erf", mpmath.erf),
        ("torch.tan", mpmath.tan),
    ],
)
def test_functions_are_rounded_once(op: str, define: Any) -> None:
    """A function's float64 reference is the nearest float64 to the true value."""
    golden, arrays, _ = golden_of(op_case(op, "float64", {"x": (5, 13)}, values="unit"))
    with mpmath.workprec(300):
        expected = [float(define(mpmath.mpf(v))) for v in arrays["x"].reshape(-1).tolist()]
    assert golden.outputs[0].y.reshape(-1).tolist() == expected


@pytest.mark.parametrize("op", ["softmax", "log_softmax"])
def test_softmax_in_160_bits(op: str) -> None:
    """softmax's float64 reference sums to one as no float64 computation does."""
    golden, arrays, _ = golden_of(op_case(F + op, "float64", {"x": (3, 65)}, dim=-1))
    with mpmath.workprec(300):
        row = [mpmath.exp(v) for v in arrays["x"][0].tolist()]
        total = mpmath.fsum(row)
        expected = [v / total if op == "softmax" else mpmath.log(v / total) for v in row]
        assert golden.outputs[0].y[0].tolist() == [float(v) for v in expected]
