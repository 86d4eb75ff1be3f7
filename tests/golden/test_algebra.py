"""Linear algebra beyond float64."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import Any

import mpmath
import numpy as np
import pytest

from harness.golden import algebra
from harness.golden.lifting import lift
from tests.golden.exactly import BITS, correctly_rounded, reference_of
from tests.numerics.torchrun import golden_of, op_case

Array = np.ndarray[Any, Any]
L = "torch.linalg."
SQUARE = ((2, 5, 5), "dominant")


def _fractions(a: Array) -> Array:
    return np.array([Fraction(v) for v in a.reshape(-1).tolist()], dtype=object).reshape(a.shape)


def _matrix(a: Array) -> Any:
    return mpmath.matrix(a.tolist())


def _rows(m: Any) -> list[list[Any]]:
    return [[m[i, j] for j in range(m.cols)] for i in range(m.rows)]


def _determinant(a: Array) -> Fraction:
    """Leibniz's formula, in fractions."""
    n, total = len(a), Fraction(0)
    for order in permutations(range(n)):
        sign = (-1) ** sum(order[i] > order[j] for i in range(n) for j in range(i + 1, n))
        total += sign * np.prod([a[i, k] for i, k in enumerate(order)])
    return total


def _cramer(a: Array, b: Array) -> list[list[Fraction]]:
    """X with AX = B by Cramer's rule, in fractions."""
    a, b = _fractions(a), _fractions(b)
    det = _determinant(a)
    x = np.empty(b.shape, dtype=object)
    for i, j in np.ndindex(b.shape):
        replaced = a.copy()
        replaced[:, i] = b[:, j]
        x[i, j] = _determinant(replaced) / det
    return x.tolist()


def test_inverses_are_rounded_once() -> None:
    """Each element of an inverse is the nearest float64."""
    golden, arrays, _ = golden_of(op_case(L + "inv", "float64", {"A": SQUARE}))
    correctly_rounded(golden, "out0", [_cramer(a, np.eye(5)) for a in arrays["A"]])
    assert reference_of(golden) == "mpmath, 160 bits"


@pytest.mark.parametrize("left", [True, False])
def test_solutions_are_rounded_once(left: bool) -> None:
    """AX = B and XA = B."""
    golden, arrays, _ = golden_of(op_case(L + "solve", "float64", {"A": SQUARE, "B": (2, 5, 5)}, left=left))
    a, b = arrays["A"], arrays["B"]
    if left:
        expected = [_cramer(x, y) for x, y in zip(a, b, strict=True)]
    else:
        expected = [np.array(_cramer(x.T, y.T)).T.tolist() for x, y in zip(a, b, strict=True)]
    correctly_rounded(golden, "out0", expected)


def test_vectors_are_solved_for() -> None:
    """A right-hand side of one dimension fewer is a vector for each matrix."""
    golden, arrays, _ = golden_of(op_case(L + "solve", "float64", {"A": SQUARE, "B": (2, 5)}))
    expected = [_cramer(a, b[:, None]) for a, b in zip(arrays["A"], arrays["B"], strict=True)]
    correctly_rounded(golden, "out0", expected)


@pytest.mark.parametrize("upper", [True, False])
@pytest.mark.parametrize("unit", [True, False])
def test_triangles_are_solved(upper: bool, unit: bool) -> None:
    """Only the named triangle counts, with ones on its diagonal where asked."""
    case = op_case(L + "solve_triangular", "float64", {"A": SQUARE, "B": (2, 5, 3)}, upper=upper, unitriangular=unit)
    golden, arrays, _ = golden_of(case)
    a = np.triu(arrays["A"]) if upper else np.tril(arrays["A"])
    if unit:
        a = a * (1 - np.eye(5)) + np.eye(5)
    correctly_rounded(golden, "out0", [_cramer(x, y) for x, y in zip(a, arrays["B"], strict=True)])


def test_determinants_are_rounded_once() -> None:
    """det, and the sign and logarithm of slogdet, where rows have to be exchanged and where A is singular."""
    values = "literal:0,1,2,3,0,5,7,11,0.1"
    golden, arrays, _ = golden_of(op_case(L + "det", "float64", {"A": ((3, 3), values)}))
    exact = _determinant(_fractions(arrays["A"]))
    correctly_rounded(golden, "out0", exact)
    golden, _, _ = golden_of(op_case(L + "slogdet", "float64", {"A": ((3, 3), values)}))
    with mpmath.workprec(BITS):
        correctly_rounded(golden, "out0", 1.0 if exact > 0 else -1.0)
        correctly_rounded(golden, "out1", mpmath.log(abs(mpmath.mpf(exact.numerator) / exact.denominator)))
    golden, _, _ = golden_of(op_case(L + "det", "float64", {"A": ((2, 2), "literal:1,2,2,4")}))
    correctly_rounded(golden, "out0", 0.0)


def test_pivots() -> None:
    """A zero in the first place costs nothing: the largest of its column is eliminated with."""
    a, b = np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([[2.0], [3.0]])
    assert algebra.eliminated(lift(a), lift(b))[0].tolist() == [[1], [2]]
    assert algebra.eliminated(lift(a), lift(b))[1] == -1


@pytest.mark.parametrize("upper", [True, False])
def test_cholesky_factors_are_rounded_once(upper: bool) -> None:
    """L, or its transpose."""
    golden, arrays, _ = golden_of(op_case(L + "cholesky", "float64", {"A": ((2, 6, 6), "spd")}, upper=upper))
    with mpmath.workprec(BITS):
        factors = [mpmath.cholesky(_matrix(a)) for a in arrays["A"]]
        correctly_rounded(golden, "out0", [_rows(f.T if upper else f) for f in factors])


@pytest.mark.parametrize("half", ["L", "U"])
def test_eigenvalues_are_rounded_once(half: str) -> None:
    """Ascending, those of the symmetric matrix that the named triangle stands for: roots of det(A - λI) = 0."""
    golden, arrays, _ = golden_of(op_case(L + "eigvalsh", "float64", {"A": (2, 4, 4)}, UPLO=half))
    for a, found in zip(arrays["A"], golden.outputs[0].y, strict=True):
        triangle = np.tril(a, -1) if half == "L" else np.triu(a, 1)
        whole = _fractions(triangle + triangle.T + np.diag(np.diag(a)))
        assert found.tolist() == sorted(found.tolist())
        for value in found.tolist():
            # The polynomial changes its sign within half a unit in the last place.
            near = [Fraction(value) + side * Fraction(np.spacing(abs(value))) * 501 / 1000 for side in (-1, 1)]
            low, high = (_determinant(whole - v * np.eye(4, dtype=int)) for v in near)
            assert low * high < 0


@pytest.mark.parametrize("shape", [(5, 3), (3, 5)])
def test_singular_values_are_rounded_once(shape: tuple[int, int]) -> None:
    """Descending, roots of the eigenvalues of AᵀA; the same beside the factors of svd."""
    values, arrays, _ = golden_of(op_case(L + "svdvals", "float64", {"A": shape}))
    factors, _, _ = golden_of(op_case(L + "svd", "float64", {"A": shape}))
    with mpmath.workprec(2 * BITS):
        a = _matrix(arrays["A"])
        squares = mpmath.eigsy(a.T * a if shape[0] > shape[1] else a * a.T, eigvals_only=True)
        expected = sorted((mpmath.sqrt(v) for v in squares), reverse=True)
        correctly_rounded(values, "out0", expected)
        correctly_rounded(factors, "out1", expected)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5)])
def test_pseudoinverses_are_rounded_once(shape: tuple[int, int]) -> None:
    """(AᵀA)⁻¹Aᵀ of a tall matrix, Aᵀ(AAᵀ)⁻¹ of a wide one; of what is cut off, nothing."""
    golden, arrays, _ = golden_of(op_case(L + "pinv", "float64", {"A": shape}))
    tall = arrays["A"] if shape[0] > shape[1] else arrays["A"].T
    with mpmath.workprec(BITS):
        a = _matrix(tall)
        found = mpmath.inverse(a.T * a) * a.T
        correctly_rounded(golden, "out0", _rows(found if shape[0] > shape[1] else found.T))
    golden, _, _ = golden_of(op_case(L + "pinv", "float64", {"A": ((2, 2), "literal:4,0,0,2")}, rtol=0.75))
    correctly_rounded(golden, "out0", [[0.25, 0.0], [0.0, 0.0]])


def test_factors_are_rounded_once() -> None:
    """L and U, by elimination in fractions in the order of the pivots."""
    golden, arrays, _ = golden_of(op_case(L + "lu_factor", "float64", {"A": (4, 4)}))
    rows = _fractions(arrays["A"])
    for k, at in enumerate(golden.output("out1").y.tolist()):
        rows[[k, at - 1]] = rows[[at - 1, k]]
        for i in range(k + 1, 4):
            rows[i, k] = rows[i, k] / rows[k, k]
            rows[i, k + 1 :] = rows[i, k + 1 :] - rows[i, k] * rows[k, k + 1 :]
    correctly_rounded(golden, "out0", rows.tolist())


def test_complex_matrices() -> None:
    """Solutions and Hermitian eigenvalues of complex matrices."""
    golden, arrays, _ = golden_of(op_case(L + "solve", "complex128", {"A": (4, 4), "B": (4, 2)}))
    spectrum, hermitian, _ = golden_of(op_case(L + "eigvalsh", "complex128", {"A": (4, 4)}))
    with mpmath.workprec(BITS):
        columns = [mpmath.lu_solve(_matrix(arrays["A"]), mpmath.matrix(b.tolist())) for b in arrays["B"].T]
        correctly_rounded(golden, "out0", [[c[i] for c in columns] for i in range(4)])
        lower = np.tril(hermitian["A"], -1)
        whole = lower + np.conj(lower.T) + np.diag(np.diag(hermitian["A"]).real)
        correctly_rounded(spectrum, "out0", sorted(mpmath.eighe(_matrix(whole), eigvals_only=True)))


def test_large_matrices_are_solved_in_fewer_digits_and_then_left() -> None:
    """n³ multiplications of 160 bits are affordable to n = 50, of 64 bits to n = 320; beyond, float64 has to do."""
    for n, doubled in ((64, False), (400, True)):
        golden, inputs, _ = golden_of(op_case(L + "inv", "float64", {"A": ((n, n), "dominant")}))
        assert ("doubled" in golden.outputs[0].noise) is doubled
        if not doubled:
            off = inputs["A"].astype(np.longdouble) @ golden.outputs[0].y.astype(np.longdouble) - np.eye(n)
            assert np.abs(off).max() < 2.0**-52
