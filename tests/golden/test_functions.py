"""Functions of each element, and their gradients, beyond float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import pytest
from mpmath import mpf

from harness.inputs import cotangent
from tests.golden.exactly import BITS, correctly_rounded
from tests.numerics.torchrun import golden_of, op_case

F = "torch.nn.functional."
Scalar = Callable[[Any], Any]


@pytest.mark.parametrize(
    ("op", "define"),
    [
        ("torch.exp", mpmath.exp),
        ("torch.log1p", mpmath.log1p),
        ("torch.erf", mpmath.erf),
        ("torch.tan", mpmath.tan),
        (F + "softplus", lambda x: mpmath.log(1 + mpmath.exp(x))),
    ],
)
def test_functions_are_rounded_once(op: str, define: Scalar) -> None:
    """A function's float64 reference is the nearest float64 to the true value."""
    golden, arrays, _ = golden_of(op_case(op, "float64", {"x": (5, 13)}, values="unit"))
    with mpmath.workprec(BITS):
        correctly_rounded(golden, "out0", [define(mpf(v)) for v in arrays["x"].reshape(-1).tolist()])


def test_the_smallest_numbers_are_rounded_once() -> None:
    """Between subnormal numbers, which are fixed-point, the nearest is taken too."""
    golden, arrays, _ = golden_of(op_case("torch.exp", "float64", {"x": ((60,), "range:-745.0:-709.0")}))
    with mpmath.workprec(BITS):
        units = [mpmath.nint(mpmath.exp(mpf(x)) * mpf(2) ** 1074) for x in arrays["x"].tolist()]
        correctly_rounded(golden, "out0", [mpf(n) / mpf(2) ** 1074 for n in units])


@pytest.mark.parametrize(
    ("op", "values", "slope"),
    [
        ("torch.sin", "offset", mpmath.cos),
        ("torch.exp", "normal", mpmath.exp),
        ("torch.tanh", "normal", lambda x: mpmath.sech(x) ** 2),
        ("torch.erf", "literal:0.0,0.5,-3.0,9.0,20.0,26.0", lambda x: 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x)),
        (
            "torch.erfc",
            "literal:0.0,0.5,-3.0,9.0,20.0,26.0",
            lambda x: -2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x),
        ),
        ("torch.log", "literal:1e-300,1e300,3.0", lambda x: 1 / x),
        ("torch.sqrt", "positive", lambda x: 1 / (2 * mpmath.sqrt(x))),
        ("torch.lgamma", "positive", mpmath.digamma),
        ("torch.sigmoid", "literal:-700.0,0.0,30.0", lambda x: mpmath.sech(x / 2) ** 2 / 4),
        (F + "silu", "normal", lambda x: (1 + mpmath.exp(-x) * (1 + x)) / (1 + mpmath.exp(-x)) ** 2),
        (F + "gelu", "normal", lambda x: mpmath.ncdf(x) + x * mpmath.npdf(x)),
        (F + "logsigmoid", "normal", lambda x: 1 / (1 + mpmath.exp(x))),
    ],
)
def test_gradients_of_functions_are_rounded_once(op: str, values: str, slope: Scalar) -> None:
    """g·f'(x) is the nearest float64, where f saturates and beside 1e±300 too."""
    shape = (values.count(",") + 1,) if values.startswith("literal") else (3, 7)
    golden, arrays, _ = golden_of(op_case(op, "float64", {"x": (shape, values)}, grad=("x",)))
    g = cotangent(shape).reshape(-1).tolist()
    with mpmath.workprec(2 * BITS):
        expected = [gi * slope(mpf(v)) for gi, v in zip(g, arrays["x"].reshape(-1).tolist(), strict=True)]
        correctly_rounded(golden, "grad.x", expected)


def test_partial_gradients_add_up_what_was_broadcast() -> None:
    """pow's gradients with respect to both arguments: a row's base adds over its exponents."""
    shapes = {"x": ((3, 1), "positive"), "y": ((3, 4), "normal")}
    golden, arrays, _ = golden_of(op_case("torch.pow", "float64", shapes, grad=("x", "y")))
    g, x, y = cotangent((3, 4)).tolist(), arrays["x"][:, 0].tolist(), arrays["y"].tolist()
    with mpmath.workprec(BITS):
        of_x = [mpmath.fsum(g[i][j] * y[i][j] * mpf(x[i]) ** (mpf(y[i][j]) - 1) for j in range(4)) for i in range(3)]
        of_y = [[g[i][j] * mpf(x[i]) ** mpf(y[i][j]) * mpmath.log(x[i]) for j in range(4)] for i in range(3)]
        correctly_rounded(golden, "grad.x", of_x)
        correctly_rounded(golden, "grad.y", of_y)


def test_arguments_by_keyword_count() -> None:
    """x + 2y is not x + y: an argument that no definition knows leaves float64."""
    shapes = {"x": (5,), "y": (5,)}
    golden, arrays, _ = golden_of(op_case("torch.add", "float64", shapes, alpha=3))
    with mpmath.workprec(BITS):
        expected = [mpf(x) + 3 * mpf(y) for x, y in zip(arrays["x"].tolist(), arrays["y"].tolist(), strict=True)]
        correctly_rounded(golden, "out0", expected)
