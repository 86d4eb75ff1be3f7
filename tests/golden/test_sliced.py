"""Sums of products without a rounding error."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from harness.golden import sliced
from harness.inputs import cotangent
from tests.golden.exactly import correctly_rounded, reference_of
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
    parts = sliced.slices(x, 20)
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
    s, e = sliced.two_sum(a, b)
    assert [Fraction(u) + Fraction(v) for u, v in zip(a, b, strict=True)] == [
        Fraction(u) + Fraction(v) for u, v in zip(s, e, strict=True)
    ]


def test_gradients_of_a_matmul_are_exact() -> None:
    """Both gradients of a matmul are matmuls, and as exact."""
    case = op_case("torch.matmul", "float64", {"x": (5, 40), "y": (40, 4)}, values="wide", grad=("x", "y"))
    golden, arrays, _ = golden_of(case)
    g = cotangent((5, 4))
    correctly_rounded(golden, "grad.x", _exact_matmul(g, arrays["y"].T))
    correctly_rounded(golden, "grad.y", _exact_matmul(arrays["x"].T, g))
    assert reference_of(golden) == "exact sums of sliced inputs"


def test_gradients_of_a_linear_layer_are_exact() -> None:
    """A bias's gradient adds the output's, whatever the layer's other inputs are."""
    case = op_case(F + "linear", "float64", {"x": (5, 40), "w": (3, 40), "b": (3,)}, grad=("x", "w", "b"))
    golden, arrays, _ = golden_of(case)
    g = cotangent((5, 3))
    correctly_rounded(golden, "grad.w", _exact_matmul(g.T, arrays["x"]))
    correctly_rounded(golden, "grad.b", [float(sum(map(Fraction, column))) for column in g.T.tolist()])


def test_a_tensor_that_is_both_factors_is_left() -> None:
    """x·x is no linear function of x: its slices would miss the products of different slices."""
    case = op_case("torch.dot", "float64", {"x": (9,)}, args=({"v": "x"}, {"v": "x"}), grad=("x",))
    golden, _, _ = golden_of(case)
    assert reference_of(golden) == "pairs of float64"


def test_a_factor_that_rounds_is_left() -> None:
    """0.3·AB + C rounds with each slice; 2·AB + C/2 does not."""
    shapes = {"c": (5, 4), "x": (5, 40), "y": (40, 4)}
    golden, _, _ = golden_of(op_case("torch.addmm", "float64", shapes, alpha=0.3))
    assert reference_of(golden) == "pairs of float64"
    golden, arrays, _ = golden_of(op_case("torch.addmm", "float64", shapes, alpha=2, beta=0.5))
    factors = [np.hstack([2 * arrays["x"], np.eye(5)]), np.vstack([arrays["y"], arrays["c"] / 2])]
    correctly_rounded(golden, "out0", _exact_matmul(*factors))


def test_factors_are_those_of_one_product() -> None:
    """What the result does not depend on is no factor; x·y + z·y, where doubling x does neither, is left."""
    ones = {name: np.ones(3) for name in "xyz"}
    assert sliced._factors(lambda given: given["x"] * given["y"], ones) == ["x", "y"]
    assert sliced._factors(lambda given: given["x"] * given["y"] + given["z"] * given["y"], ones) is None
