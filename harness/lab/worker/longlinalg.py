"""Linear algebra in NumPy's long double, for stacks of matrices: its LAPACK knows float64 at most.

Source: Golub & Van Loan, Matrix Computations, 2013, sections 3.2, 3.4 and 4.2.
"""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

from .longdouble import Long, Unknown

_MOST = 1 << 26  # multiplications of an elimination, or about a second


def _transposed(a: Long) -> Long:
    return np.swapaxes(a, -1, -2)


def _eye(a: Long) -> Long:
    return np.broadcast_to(np.eye(a.shape[-1], dtype=a.dtype), a.shape)


def _exchange(x: Long, k: int, at: Any) -> None:
    """Row k of each matrix of a stack in place of its row `at`, and that in place of row k."""
    each = np.arange(len(x))
    x[each, k], x[each, at] = x[each, at], x[each, k].copy()


def _gauss(a: Long, b: Long) -> Long:
    """X of A·X = B by elimination with partial pivoting; (..., n, n) and (..., n, m)."""
    n, many = a.shape[-1], np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    kind = np.result_type(a, b)
    if np.prod(many, dtype=float) * n * n * (n + b.shape[-1]) > _MOST:
        raise Unknown("a large system of equations")
    a, b = (np.array(np.broadcast_to(x, (*many, *x.shape[-2:])), kind).reshape(-1, *x.shape[-2:]) for x in (a, b))
    for k in range(n):
        at = k + np.abs(a[:, k:, k]).argmax(axis=-1)
        for x in (a, b):
            _exchange(x, k, at)
        factor = a[:, k + 1 :, k] / a[:, k, None, k]
        a[:, k + 1 :] -= factor[..., None] * a[:, None, k]
        b[:, k + 1 :] -= factor[..., None] * b[:, None, k]
    for k in reversed(range(n)):
        b[:, k] = (b[:, k] - (a[:, k, k + 1 :, None] * b[:, k + 1 :]).sum(axis=1)) / a[:, k, None, k]
    return b.reshape(*many, n, b.shape[-1])


def _solved(a: Long, b: Long, left: bool = True) -> Long:
    return _gauss(a, b) if left else _transposed(_gauss(_transposed(a), _transposed(b)))


def _factored(a: Long, pivots: Any) -> Long:
    """L below the diagonal and U, of a matrix whose rows are exchanged as LAPACK chose to."""
    flat, rows = np.array(a).reshape(-1, *a.shape[-2:]), np.asarray(pivots).reshape(-1, a.shape[-1]) - 1
    for k in range(a.shape[-1]):
        _exchange(flat, k, rows[:, k])
        flat[:, k + 1 :, k] /= flat[:, k, None, k]
        flat[:, k + 1 :, k + 1 :] -= flat[:, k + 1 :, k, None] * flat[:, None, k, k + 1 :]
    return flat.reshape(a.shape)


def _lu_of(a: Long, found: Long, pivots: Any) -> Long:
    """LU of A, or of Aᵀ or Aᴴ, which torch factors where it lies better: whichever is what float64 found."""
    made = [_factored(x, pivots) for x in (a, _transposed(a), np.conj(_transposed(a)))]
    return min(made, key=lambda lu: float(np.nan_to_num(np.abs(lu - found), nan=np.inf).max(initial=0.0)))


def _composed(lu: Long, pivots: Any) -> Long:
    """P·L·U."""
    a = np.matmul(np.tril(lu, -1) + _eye(lu), np.triu(lu))
    flat, rows = a.reshape(-1, *a.shape[-2:]), np.asarray(pivots).reshape(-1, a.shape[-1]) - 1
    for k in reversed(range(a.shape[-1])):
        _exchange(flat, k, rows[:, k])
    return flat.reshape(a.shape)


def _cholesky(a: Long) -> Long:
    """L of A = L·Lᴴ."""
    low = np.zeros_like(a)
    for k in range(a.shape[-1]):
        row = low[..., k, :k]
        low[..., k, k] = np.sqrt((a[..., k, k] - (row * np.conj(row)).sum(axis=-1)).real)
        left = a[..., k + 1 :, k] - (low[..., k + 1 :, :k] * np.conj(row)[..., None, :]).sum(axis=-1)
        low[..., k + 1 :, k] = left / low[..., None, k, k]
    return low


def _triangular(a: Long, b: Long, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Long:
    a = np.triu(a) if upper else np.tril(a)
    if unitriangular:
        a = a - a * _eye(a) + _eye(a)
    return _solved(a, b, left)


def _lu_solved(lu: Long, pivots: Any, b: Long, *, left: bool = True, adjoint: bool = False) -> Long:
    a = _composed(lu, pivots)
    return _solved(np.conj(_transposed(a)) if adjoint else a, b, left)


def _cholesky_solved(b: Long, low: Long, upper: bool = False) -> Long:
    adjoint = np.conj(_transposed(low))
    first, then = (adjoint, low) if upper else (low, adjoint)
    return _gauss(then, _gauss(first, b))


# With results of several parts: of what float64 found and the arguments, each floating part ------------------------


def _solve_ex(found: Any, a: Long, b: Long, *, left: bool = True, check_errors: bool = False) -> list[Long]:
    # As torch has it, b is a stack of vectors where it has one dimension less than A, and their sizes agree.
    vectors = b.ndim == 1 or (b.ndim == a.ndim - 1 and b.shape == a.shape[:-1])
    x = _solved(a, b[..., None], left=True)[..., 0] if vectors else _solved(a, b, left)
    return [x, _lu_of(a, found[1], found[2])]


def _cholesky_ex(found: Any, a: Long, *, upper: bool = False, check_errors: bool = False) -> list[Long]:
    low = _cholesky(np.conj(_transposed(a)) if upper else a)
    return [np.conj(_transposed(low)) if upper else low]


def _inv_ex(found: Any, a: Long, *, check_errors: bool = False) -> list[Long]:
    return [_gauss(a, _eye(a))]


def _lu_factor_ex(found: Any, a: Long, *, pivot: bool = True, check_errors: bool = False) -> list[Long]:
    return [_lu_of(a, found[0], found[1])]


def _det(found: Any, a: Long) -> list[Long]:
    if np.iscomplexobj(a):
        raise Unknown("the determinant of a complex matrix")
    lu = _lu_of(a, found[1], found[2])
    return [np.copysign(np.abs(np.diagonal(lu, axis1=-2, axis2=-1).prod(axis=-1)), found[0]), lu]


def _slogdet(found: Any, a: Long) -> list[Long]:
    if np.iscomplexobj(a):
        raise Unknown("the sign of a complex determinant")
    lu = _lu_of(a, found[2], found[3])
    return [found[0], np.log(np.abs(np.diagonal(lu, axis1=-2, axis2=-1))).sum(axis=-1), lu]


LINEAR: dict[str, Callable[..., Long]] = {
    "linalg_solve_triangular": _triangular,
    "linalg_lu_solve": _lu_solved,
    "cholesky_solve": _cholesky_solved,
}
SEVERAL: dict[str, Callable[..., list[Long]]] = {
    "_linalg_solve_ex": _solve_ex,
    "linalg_cholesky_ex": _cholesky_ex,
    "linalg_inv_ex": _inv_ex,
    "linalg_lu_factor_ex": _lu_factor_ex,
    "_linalg_det": _det,
    "_linalg_slogdet": _slogdet,
}
