"""Linear algebra in 160-bit arithmetic: unique answers of one matrix at a time, a stack of them as NumPy stacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from harness.golden.lifting import CONTEXT, Array, each, lift, log, sqrt
from harness.numerics.arithmetic import Arithmetic
from harness.numerics.rules.base import Call
from harness.numerics.rules.problems import PROBLEMS, problem_of

# Multiplications of one answer, n³ for each matrix.
_MOST = 1 << 17

_conjugate = each(CONTEXT.conj)


def _matrix(call: Call) -> Array:
    a = lift(call.argument(0, "A", call.argument(0, "input", None)))
    if a.ndim < 2 or a.size * max(a.shape[-2:]) > _MOST:
        raise LookupError("too large, or no matrix")
    return a


def _stacked(function: Callable[..., Any], signature: str, *arrays: Array) -> Array:
    return np.asarray(np.vectorize(function, signature=signature, otypes=[object])(*arrays))


def eliminated(a: Array, b: Array) -> tuple[Array, Any]:
    """A⁻¹B and det A by Gauss-Jordan elimination, largest pivot of each column first.

    Raises ZeroDivisionError where A is singular.
    """
    n = len(a)
    rows = np.concatenate([a, b], axis=1)
    det = CONTEXT.one
    for k in range(n):
        pivot = max(range(k, n), key=lambda i: abs(rows[i, k]))
        if pivot != k:
            rows[[k, pivot]] = rows[[pivot, k]]
            det = -det
        det = det * rows[k, k]
        rows[k] = rows[k] / rows[k, k]
        others = np.arange(n) != k
        rows[others] = rows[others] - np.outer(rows[others, k], rows[k])
    return rows[:, n:], det


def _eye(a: Array) -> Array:
    return lift(np.eye(a.shape[-1]))


def _solved(a: Array, b: Array, *, left: bool = True) -> Array:
    """X with AX = B, or XA = B."""
    if not left:
        return np.asarray(_solved(a.swapaxes(-1, -2), b.swapaxes(-1, -2)).swapaxes(-1, -2))
    return _stacked(lambda x, y: eliminated(x, y)[0], "(n,n),(n,k)->(n,k)", a, b)


def _inv(call: Call) -> Array:
    a = _matrix(call)
    return _solved(a, _eye(a))


def _solve(call: Call) -> Array:
    a, b = _matrix(call), lift(call.argument(1, "B"))
    if b.ndim == 1 or b.shape == a.shape[:-1]:
        return np.asarray(_solved(a, b[..., None])[..., 0])
    return _solved(a, b, left=call.argument(-1, "left", True))


def _solve_triangular(call: Call) -> Array:
    a, b = _matrix(call), lift(call.argument(1, "B"))
    a = _triangle(a, -1 if call.argument(-1, "upper") else 1)
    if call.argument(-1, "unitriangular", False):
        a = np.where(np.eye(a.shape[-1]) == 1, _eye(a), a)
    return _solved(a, b, left=call.argument(-1, "left", True))


def _triangle(a: Array, sign: int) -> Array:
    """The lower triangle of A, diagonal included, for sign 1; the upper for -1."""
    i, j = np.indices(a.shape[-2:])
    return np.where(sign * (i - j) >= 0, a, CONTEXT.zero)


def _det(call: Call) -> Array:
    return _stacked(_determinant, "(n,n)->()", _matrix(call))


def _determinant(a: Array) -> Any:
    try:
        return eliminated(a, a[:, :0])[1]
    except ZeroDivisionError:
        return CONTEXT.zero


def _sign(call: Call) -> Array:
    return np.asarray(each(lambda d: d / abs(d))(_det(call)))


def _log_size(call: Call) -> Array:
    return np.asarray(each(lambda d: CONTEXT.log(abs(d)))(_det(call)))


def _cholesky(call: Call) -> Array:
    factor = _stacked(_factored, "(n,n)->(n,n)", _matrix(call))
    return _conjugate(factor.swapaxes(-1, -2)) if call.argument(-1, "upper", False) else factor


def _factored(a: Array) -> Array:
    """L with A = L·Lᴴ, column by column from A's lower triangle."""
    factor = np.full(a.shape, CONTEXT.zero, dtype=object)
    for k in range(len(a)):
        left = a[k:, k] - factor[k:, :k] @ _conjugate(factor[k, :k]) if k else a[:, 0]
        factor[k:, k] = left / CONTEXT.sqrt(CONTEXT.re(left[0]))
    return factor


def _eigvalsh(call: Call) -> Array:
    """Eigenvalues, ascending, of the Hermitian matrix of which A holds one triangle."""
    a = _matrix(call)
    half = _triangle(a, -1 if call.argument(1, "UPLO", "L") == "U" else 1)
    whole = np.where(np.eye(a.shape[-1]) == 1, each(CONTEXT.re)(a), half + _conjugate(half.swapaxes(-1, -2)))
    return _stacked(lambda m: _sorted(CONTEXT.eighe(_dense(m), eigvals_only=True)), "(n,n)->(n)", whole)


def _svdvals(call: Call) -> Array:
    """Singular values, descending."""
    a = _matrix(call)
    a = a if a.shape[-2] >= a.shape[-1] else a.swapaxes(-1, -2)
    return _stacked(lambda m: _sorted(CONTEXT.svd(_dense(m), compute_uv=False))[::-1], "(m,n)->(n)", a)


def _dense(a: Array) -> Any:
    return CONTEXT.matrix(a.tolist())


def _pinv(call: Call) -> Array:
    """V·S⁻¹·Uᴴ of the singular values above the cut."""
    a = _matrix(call)
    if call.argument(-1, "hermitian", False):
        half = _triangle(a, 1)
        a = np.where(np.eye(a.shape[-1]) == 1, each(CONTEXT.re)(a), half + _conjugate(half.swapaxes(-1, -2)))
    atol, rtol = call.argument(-1, "atol", None), call.argument(1, "rtol", call.argument(1, "rcond", None))
    if np.size(atol) > 1 or np.size(rtol) > 1:
        raise LookupError("a cut for each matrix")
    if rtol is None:
        rtol = 1e-15 if call.case.target.endswith("pinverse") else 0.0 if atol else max(a.shape[-2:]) * 2.0**-52
    return _stacked(lambda m: _inverted(m, float(atol or 0.0), float(rtol)), "(m,n)->(n,m)", a)


def _inverted(a: Array, atol: float, rtol: float) -> Array:
    left, values, right = CONTEXT.svd(_dense(a))
    cut = max(atol, rtol * max(values))
    found: Array = np.full(a.shape[::-1], CONTEXT.zero, dtype=object)
    for k, value in enumerate(values):
        if value > cut:
            column, row = (np.array(m.tolist(), dtype=object) for m in (right[k, :], left[:, k]))
            found = found + _conjugate(column.reshape(-1, 1)) * _conjugate(row.reshape(1, -1)) / value
    return found


def _sorted(values: Any) -> Array:
    return np.array(sorted(values), dtype=object)


def _matrix_norm(call: Call) -> Array:
    dims = call.argument(2, "dim", (-2, -1))
    if call.argument(1, "ord", "fro") != "fro" or tuple(dims) != (-2, -1):
        raise LookupError("only the Frobenius norm of the last dimensions is defined here")
    return np.asarray(sqrt((each(abs)(_matrix(call)) ** 2).sum(axis=(-2, -1))))


class _Digits(Arithmetic):
    """Arithmetic of 160 bits, which rounds nothing that float64 shows."""

    def sqrt(self, x: Array) -> Array:
        return sqrt(x)

    def log(self, x: Array) -> Array:
        return log(x)

    def conj(self, x: Array) -> Array:
        return _conjugate(x)

    def real(self, x: Array) -> Array:
        return each(CONTEXT.re)(x)

    def parts(self, x: Array) -> tuple[Array, Array]:
        real, imaginary = each(CONTEXT.re)(x), each(CONTEXT.im)(x)
        return np.abs(real.astype(np.float64)), np.abs(imaginary.astype(np.float64))


def _by_algorithm(name: str) -> Callable[[Call], Array]:
    """An output as the steps of the operator's algorithm give it."""

    def define(call: Call) -> Array:
        problem = problem_of(call)
        places = max((m[..., 0, 0].size for m in problem.matrices if m.size), default=0)
        if places * problem.work > _MOST:
            raise LookupError("too large")
        if "algorithm:160" not in call.memo:
            call.memo["algorithm:160"] = problem.run(lambda _: _Digits(), 1, lift)
        found: dict[str, Array] = call.memo["algorithm:160"]
        return found[name]

    return define


# Definitions by operator; of an output other than the first, by operator and output.
VALUES = {
    "inv": _inv,
    "solve": _solve,
    "solve_triangular": _solve_triangular,
    "det": _det,
    "slogdet": _sign,
    "slogdet:out1": _log_size,
    "cholesky": _cholesky,
    "eigvalsh": _eigvalsh,
    "eigh": _eigvalsh,
    "svdvals": _svdvals,
    "svd:out1": _svdvals,
    "pinv": _pinv,
    "matrix_norm": _matrix_norm,
    **{op: _by_algorithm("out0") for op in PROBLEMS},
    **{f"{op}:out{i}": _by_algorithm(f"out{i}") for op in ("lu", "geqrf", "triangular_solve") for i in (1, 2)},
}
