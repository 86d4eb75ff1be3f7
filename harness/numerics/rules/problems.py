"""What a call asks of an algorithm of linear algebra: its arguments, by the signatures that torch documents."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from harness.numerics import elimination as steps
from harness.numerics.arithmetic import Arithmetic
from harness.numerics.noise import unit
from harness.numerics.rules.base import Array, Call, clean

# Terms of Taylor's series: more than 160 bits of e^A need.
_TAYLOR = 60

Named = dict[str, Array]


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What one call asks of an algorithm: the matrices of each element of the batch, and what to do with them.

    matrices: (…, rows, columns) each, with batch dimensions that broadcast. solve: outputs as stacks (K, …) of an
    arithmetic and the matrices of one place in the batch as stacks (K, rows, columns). times: how many products of
    matrices that costs.
    """

    matrices: tuple[Array, ...]
    solve: Callable[..., Named]
    times: int = 1

    @property
    def work(self) -> int:
        """Multiplications of one run, for one place of the batch."""
        return self.times * max((max(m.shape[-2:]) for m in self.matrices), default=0) ** 3

    def run(self, arithmetic: Callable[[int], Arithmetic], k: int, lift: Callable[[Array], Array]) -> Named:
        """The outputs for every place of the batch, (batch, K, …), each place in an arithmetic of its own."""
        batch = np.broadcast_shapes(*(m.shape[:-2] for m in self.matrices))
        wide = [np.broadcast_to(m, (*batch, *m.shape[-2:])).reshape(-1, *m.shape[-2:]) for m in self.matrices]
        made: list[Named] = []
        for place in range(math.prod(batch)):
            given = [lift(np.repeat(m[place][None], k, axis=0)) for m in wide]
            made.append(self.solve(arithmetic(place), *given))
        return {name: np.stack([one[name] for one in made]) for name in made[0]} if made else {}


def problem_of(call: Call) -> Problem:
    """What a call asks of an algorithm. Raises LookupError where no algorithm is written down for it."""
    return PROBLEMS[call.op](call)


def matrix(call: Call, index: int = 0, name: str = "A") -> Array:
    """An argument that is a matrix or a stack of them. Raises LookupError where it is neither."""
    a = clean(np.asarray(call.argument(index, name, call.argument(index, "input", None) if index == 0 else None)))
    if a.ndim < 2:
        raise LookupError("no matrix")
    return a


def _wide(call: Call, index: int, name: str) -> Array:
    return clean(np.asarray(call.argument(index, name)))


def _hermitian(call: Call, index: int) -> bool:
    """Whether a Hermitian matrix is meant that is not symmetric. Its factors are not written down here."""
    if call.argument(index, "hermitian", False) and np.iscomplexobj(call.y["out0"]):
        raise LookupError("Hermitian")
    return False


def _lu(call: Call) -> Problem:
    pivot = (
        bool(call.argument(1, "pivot", True))
        if call.op == "lu" and not _linalg(call)
        else bool(call.argument(-1, "pivot", True))
    )

    def solve(ar: Arithmetic, a: Array) -> Named:
        factors, rows = steps.lu(ar, a, pivot)
        if not (call.op == "lu" and _linalg(call)):
            return {"out0": factors, "out1": np.broadcast_to(np.add(rows, 1), (len(a), len(rows)))}
        m, n = a.shape[1:]
        k = min(m, n)
        lower = np.where(np.eye(m, k) == 1, 1, np.where(np.tri(m, k, -1) == 1, factors[:, :, :k], 0))
        upper = np.where(np.tri(k, n, -1) == 1, 0, factors[:, :k])
        order = steps.exchanged(np.repeat(np.eye(m)[None], len(a), axis=0), rows, back=True)
        return {"out0": order if pivot else order[:, :0], "out1": lower, "out2": upper}

    return Problem((matrix(call),), solve)


def _linalg(call: Call) -> bool:
    return "linalg" in call.case.target


def _ldl(call: Call) -> Problem:
    _hermitian(call, -1)

    def solve(ar: Arithmetic, a: Array) -> Named:
        factors, pivots = steps.ldl(ar, a)
        return {"out0": factors, "out1": np.broadcast_to(pivots, (len(a), len(pivots)))}

    return Problem((matrix(call),), solve)


def _integers(stack: Array) -> list[int]:
    """A row of integers that was passed as a matrix."""
    return [int(v) for v in stack[0, 0]]


def _ldl_solve(call: Call) -> Problem:
    _hermitian(call, -1)
    factors, pivots, b = matrix(call, 0, "LD"), _wide(call, 1, "pivots"), _wide(call, 2, "B")
    return Problem(
        (factors, pivots[..., None, :].astype(np.float64), b),
        lambda ar, f, p, b: {"out0": steps.ldl_solved(ar, f, _integers(p), b)},
    )


def _lu_solve(call: Call) -> Problem:
    if _linalg(call):
        factors, pivots, b = matrix(call, 0, "LU"), _wide(call, 1, "pivots"), _wide(call, 2, "B")
        left, adjoint = call.argument(-1, "left", True), call.argument(-1, "adjoint", False)
    else:
        b, factors, pivots = _wide(call, 0, "input"), _wide(call, 1, "LU_data"), _wide(call, 2, "LU_pivots")
        left, adjoint = True, False

    def solve(ar: Arithmetic, f: Array, p: Array, b: Array) -> Named:
        rows = [v - 1 for v in _integers(p)]
        if left:
            return {"out0": steps.lu_solved(ar, f, rows, b, adjoint)}
        turned = ar.conj(np.swapaxes(b, -1, -2))
        return {"out0": ar.conj(np.swapaxes(steps.lu_solved(ar, f, rows, turned, not adjoint), -1, -2))}

    return Problem((factors, pivots[..., None, :].astype(np.float64), b), solve)


def _geqrf(call: Call) -> Problem:
    def solve(ar: Arithmetic, a: Array) -> Named:
        factors, tau = steps.householder(ar, a)
        return {"out0": factors, "out1": tau}

    return Problem((matrix(call),), solve)


def _qr(call: Call) -> Problem:
    """Both factors, the diagonal of R made positive."""

    def solve(ar: Arithmetic, a: Array) -> Named:
        factors, tau = steps.householder(ar, a)
        k = tau.shape[-1]
        start = np.zeros((*a.shape[:2], k), a.dtype)
        start[:, np.arange(k), np.arange(k)] = 1
        r = np.triu(factors[:, :k])
        sign = np.where(np.diagonal(r, axis1=-2, axis2=-1) < 0, -1.0, 1.0)
        q = steps.turned(ar, factors, tau, start)
        return {"out0": q * sign[:, None, :], "out1": sign[:, :, None] * r}

    return Problem((matrix(call),), solve)


def _householder_product(call: Call) -> Problem:
    def solve(ar: Arithmetic, v: Array, tau: Array) -> Named:
        n = v.shape[-1]
        start = np.zeros_like(v)
        start[:, np.arange(n), np.arange(n)] = 1
        return {"out0": steps.turned(ar, v, tau[:, 0], start)}

    return Problem((matrix(call), _wide(call, 1, "tau")[..., None, :]), solve)


def _ormqr(call: Call) -> Problem:
    left, adjoint = call.argument(3, "left", True), bool(call.argument(4, "transpose", False))

    def solve(ar: Arithmetic, v: Array, tau: Array, c: Array) -> Named:
        if left:
            return {"out0": steps.turned(ar, v, tau[:, 0], c, adjoint)}
        flipped = ar.conj(np.swapaxes(c, -1, -2))
        return {"out0": ar.conj(np.swapaxes(steps.turned(ar, v, tau[:, 0], flipped, not adjoint), -1, -2))}

    return Problem((matrix(call), _wide(call, 1, "tau")[..., None, :], _wide(call, 2, "other")), solve)


def _triangular_solve(call: Call) -> Problem:
    upper, transpose = call.argument(2, "upper", True), call.argument(3, "transpose", False)
    unitriangular = bool(call.argument(4, "unitriangular", False))
    a = _wide(call, 1, "A")
    a = np.swapaxes(a, -1, -2) if transpose else a
    lower = bool(upper) == bool(transpose)

    def solve(ar: Arithmetic, t: Array, b: Array) -> Named:
        given = np.swapaxes(t, -1, -2) if transpose else t
        return {"out0": steps.triangular(ar, t, b, lower, unitriangular), "out1": given}

    return Problem((a, _wide(call, 0, "b" if "b" in dict(call.case.kwargs) else "input")), solve)


def _lower(call: Call, factor: Array, index: int) -> Array:
    """L of a Cholesky factor that may be given as Lᴴ."""
    return np.conj(np.swapaxes(factor, -1, -2)) if call.argument(index, "upper", False) else factor


def _cholesky_inverse(call: Call) -> Problem:
    def solve(ar: Arithmetic, factor: Array) -> Named:
        one = np.zeros_like(factor)
        one[:, np.arange(factor.shape[-1]), np.arange(factor.shape[-1])] = 1
        inverse = steps.triangular(ar, factor, one, True)
        return {"out0": steps.product(ar, ar.conj(np.swapaxes(inverse, -1, -2)), inverse)}

    return Problem((_lower(call, matrix(call, 0, "L"), 1),), solve)


def _cholesky_solve(call: Call) -> Problem:
    def solve(ar: Arithmetic, factor: Array, b: Array) -> Named:
        half = steps.triangular(ar, factor, b, True)
        return {"out0": steps.triangular(ar, ar.conj(np.swapaxes(factor, -1, -2)), half, False)}

    factor = _wide(call, 1, "L" if "L" in dict(call.case.kwargs) else "input2")
    return Problem((_lower(call, factor, 2), _wide(call, 0, "B" if "B" in dict(call.case.kwargs) else "input")), solve)


def _cholesky(call: Call) -> Problem:
    upper = bool(call.argument(-1, "upper", False))
    a = matrix(call)
    a = np.conj(np.swapaxes(np.triu(a), -1, -2)) if upper else a

    def solve(ar: Arithmetic, a: Array) -> Named:
        factor = steps.cholesky(ar, a)
        return {"out0": ar.conj(np.swapaxes(factor, -1, -2)) if upper else factor}

    return Problem((a,), solve)


def _inverse(call: Call) -> Problem:
    return Problem((matrix(call),), lambda ar, a: {"out0": steps.inverse(ar, a)})


def _solve(call: Call) -> Problem:
    a, b = matrix(call), _wide(call, 1, "B")
    if b.ndim == 1 or (b.ndim == a.ndim - 1 and b.shape == a.shape[:-1]):
        b = b[..., None]
    if not call.argument(-1, "left", True):
        turned = np.swapaxes(a, -1, -2), np.swapaxes(b, -1, -2)
        return Problem(turned, lambda ar, a, b: {"out0": np.swapaxes(steps.solved(ar, a, b), -1, -2)})
    return Problem((a, b), lambda ar, a, b: {"out0": steps.solved(ar, a, b)})


def _tensorinv(call: Call) -> Problem:
    a = matrix(call)
    n = math.prod(a.shape[: int(call.argument(1, "ind", 2))])
    return Problem((a.reshape(n, -1),), lambda ar, a: {"out0": steps.inverse(ar, a)})


def _tensorsolve(call: Call) -> Problem:
    a, b = matrix(call), _wide(call, 1, "B" if "B" in dict(call.case.kwargs) else "other")
    dims = call.argument(2, "dims", None)
    if dims is not None:
        a = np.moveaxis(a, tuple(dims), tuple(range(a.ndim - len(dims), a.ndim)))
    return Problem((a.reshape(b.size, -1), b.reshape(-1, 1)), lambda ar, a, b: {"out0": steps.solved(ar, a, b)})


def _logdet(call: Call) -> Problem:
    a = matrix(call)
    if np.iscomplexobj(a):
        raise LookupError("a complex logarithm has branches")

    def solve(ar: Arithmetic, a: Array) -> Named:
        factors, rows = steps.lu(ar, a)
        diagonal = np.diagonal(factors, axis1=-2, axis2=-1)
        odd = sum(row != k for k, row in enumerate(rows)) + int((diagonal[0] < 0).sum())
        logs = ar.log(np.abs(diagonal))
        found = logs[:, 0]
        for k in range(1, logs.shape[-1]):
            found = ar.rounded(found + logs[:, k])
        return {"out0": found if odd % 2 == 0 else found * np.nan}

    return Problem((a,), solve)


def _matrix_power(call: Call) -> Problem:
    n = int(call.argument(1, "n"))
    return Problem((matrix(call),), lambda ar, a: {"out0": steps.power(ar, a, n)})


def _matrix_exp(call: Call) -> Problem:
    a = matrix(call)
    norm = float(np.abs(a).sum(axis=-2).max(initial=0.0))
    # The radius of Taylor's polynomial of degree 18. Source: Bader, Blanes & Casas 2019, table 1.
    radius = 3.01 if unit(call.dtype) > 2.0**-53 else 1.09
    halvings = max(0, math.ceil(math.log2(norm / radius))) if norm > radius else 0
    return Problem((a,), lambda ar, a: {"out0": steps.exponential(ar, a, _TAYLOR, halvings)}, times=_TAYLOR)


def _lstsq(call: Call) -> Problem:
    a, b = matrix(call), _wide(call, 1, "B" if "B" in dict(call.case.kwargs) else "b")
    b = b[..., None] if b.ndim == a.ndim - 1 else b
    return Problem((a, b), lambda ar, a, b: {"out0": steps.least_squares(ar, a, b)})


PROBLEMS: dict[str, Callable[[Call], Problem]] = {
    "lu": _lu,
    "lu_factor": _lu,
    "lu_factor_ex": _lu,
    "lu_solve": _lu_solve,
    "ldl_factor": _ldl,
    "ldl_factor_ex": _ldl,
    "ldl_solve": _ldl_solve,
    "geqrf": _geqrf,
    "qr": _qr,
    "householder_product": _householder_product,
    "ormqr": _ormqr,
    "triangular_solve": _triangular_solve,
    "cholesky_inverse": _cholesky_inverse,
    "cholesky_solve": _cholesky_solve,
    "cholesky_ex": _cholesky,
    "inv_ex": _inverse,
    "solve_ex": _solve,
    "tensorinv": _tensorinv,
    "tensorsolve": _tensorsolve,
    "logdet": _logdet,
    "matrix_power": _matrix_power,
    "matrix_exp": _matrix_exp,
    "lstsq": _lstsq,
}
