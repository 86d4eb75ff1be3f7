"""Rule of what algorithms of linear algebra return: factors, reflectors, solutions, powers.

Such outputs are unique, but no two of their elements err alike: each owes its noise to the steps that led to it. So the
steps are run again, rounding at random (`elimination`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics import elimination as steps
from harness.numerics import limits
from harness.numerics.elimination import Arithmetic, Noisy, Shortened
from harness.numerics.noise import ROUNDING, compute_dtype, finite, is_exact, unit
from harness.numerics.profile import Profile
from harness.numerics.rules.base import FORM, Array, Call, Noise, clean, widen
from harness.numerics.rules.scaled import Scaled, Terms
from harness.numerics.types import Allowance, Output

if TYPE_CHECKING:
    from harness.golden.store import Golden, GoldenOutput

# B in σ, more than the noise test lets any element of an output have (`limits`). [calibrated: honest worst 0.3 of B]
CAP = 16.0
# Runs that σ is told from: it is known to 1/√(2K) of itself. Fewer of large matrices.
_MOST_RUNS, _FEWEST_RUNS, _WORK = 128, 24, 1 << 23
# Beyond this many multiplications a matrix costs seconds: 160 rows and columns, of a product.
_LARGEST = 1 << 22
# The unit roundoff of the noisy runs is that of the dtype, or this where float64 could not show it.
_FINEST = 2.0**-40
# How far the algorithm in float64 may be from the golden, of its largest element, to be the operator's.
_APART = 1e-6

# Standard deviations that the RMS of an honest output may lie above what it is on average, and how large it may be then
# in σ: less than the 1.5 of accumulation, for orders that nobody foresees (`limits`). [calibrated]
_TAIL, _STEADY = 5.0, 1.2
# Share of σ² that is left, at least, when the last rounding is taken out: runs do not tell it closely.
_LEFT = 0.25

Named = dict[str, Array]


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What one call asks of an algorithm: the matrices of each element of the batch, and what to do with them.

    matrices: (…, rows, columns) each, with batch dimensions that broadcast. solve: given an arithmetic, the place in
    the batch, and the matrices of that place as stacks (K, rows, columns), the outputs as stacks. times: how many
    products of matrices that costs.
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


class Algorithm(Scaled):
    """LU, LDLᵀ, QR, Cholesky and what is solved or multiplied with them: σ is the RMS deviation of some hundred runs of
    the textbook algorithm that round at random, less the last rounding of all, B = 16σ. Integers are exact.

    Where rounding decides which rows are exchanged, the product of the factors must give A within
    c·n·u·(|L||U| or |L||D||Lᵀ|), c = 4, and the factors themselves are open.
    """

    name = "algorithm"
    source = "Parker, Monte Carlo arithmetic, 1997; Higham, Accuracy and Stability, 2002, theorems 9.3 and 11.3"

    def covers(self, call: Call, name: str) -> bool:
        learnt = _learnt(call)
        if learnt is None:
            return False
        if learnt.clear or call.op not in _CHOOSING:
            return name in learnt.deviations
        return call.op in _FACTORISED and name.startswith("out")

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        learnt = _learnt(call)
        if learnt is not None and not learnt.clear and call.op in _CHOOSING:
            return {n: {FORM: np.asarray(True)} for n in names}
        return super().witness(call, names)

    def terms(self, call: Call, name: str) -> Terms:
        learnt = _learnt(call)
        assert learnt is not None, "covers() lets no such call through"
        size = learnt.deviations[name]
        # The rounding of the output is added for itself. That of the last operation is one, if it was of the result.
        last = ROUNDING * np.abs(finite(np.abs(call.y[name]))) ** 2
        sigma = np.sqrt(np.maximum(size**2 - last, _LEFT * size**2))
        factors = learnt.factors.get(name, 0.0)
        return Terms(CAP * size, sigma, in_cap=CAP * np.asarray(factors), in_sigma=factors)

    def derived(self, call: Call, names: Sequence[str]) -> list[tuple[str, str, Array, Noise]]:
        learnt = _learnt(call)
        if learnt is None or learnt.clear or call.op not in _FACTORISED or "out0" not in names:
            return []
        a = _matrix(call)
        with np.errstate(all="ignore"):
            size = np.abs(_product(call.op, call.y, np.abs)).max(axis=(-2, -1), keepdims=True)
        times = np.broadcast_to(_GROWTH * max(a.shape[-2:]) * size, a.shape).copy()
        code = np.frombuffer(call.op.encode(), np.uint8)
        noise = {"op": code, "u": np.asarray(unit(call.dtype)), "times": times}
        whole = a if call.op not in _LDL else np.tril(a) + np.swapaxes(np.tril(a, -1), -1, -2)
        return [("out0:product", "complex128" if np.iscomplexobj(a) else "float64", whole, noise)]

    def derive(self, name: str, outputs: Mapping[str, Output], golden: Golden, inputs: Mapping[str, Array]) -> Array:
        expected = golden.output(name)
        wide = {k: widen(np.asarray(v.data)) for k, v in outputs.items()}
        with np.errstate(all="ignore"):
            found = _product(expected.noise["op"].tobytes().decode(), wide, np.asarray)
        return np.asarray(found).astype(expected.y.dtype)

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        if ":" not in out.name:
            return super().allow(out, profile)
        u = float(out.noise["u"])
        # The float64 check rounds too.
        cap = (u + 2.0**-50) * out.noise["times"].astype(np.float64)
        return Allowance(cap=cap, rule=self.name, figures={"u": u, "product": True})


@dataclass(frozen=True, slots=True, eq=False)
class _Learnt:
    """deviations: V of each output that rounds. factors: what rounding the factors of matrix products adds, in their u.

    clear: whether every device exchanges the same rows, and reflects to the same side.
    """

    deviations: Named
    factors: Named
    clear: bool


def _learnt(call: Call) -> _Learnt | None:
    """What the noisy runs show, once a call; None where the algorithm is not what the call computes."""
    if "algorithm" not in call.memo:
        with np.errstate(all="ignore"):
            call.memo["algorithm"] = _learn(call)
    found: _Learnt | None = call.memo["algorithm"]
    return found


def _learn(call: Call) -> _Learnt | None:
    inner = compute_dtype(call.dtype)
    u = unit(inner)
    try:
        problem = problem_of(call)
    except (LookupError, ValueError, TypeError):
        return None
    if unit(call.dtype) != u or problem.work > _LARGEST or any(not m.size for m in problem.matrices):
        return None
    plain = [Arithmetic() for _ in range(max(1, max(m[..., 0, 0].size for m in problem.matrices)))]
    right = problem.run(lambda place: plain[place], 1, lambda m: m)
    k = min(_MOST_RUNS, max(_FEWEST_RUNS, _WORK // problem.work))
    t = max(u, _FINEST)
    noisy = [
        Noisy(t, u, np.random.Generator(np.random.Philox([call.case.seed, 2000 + i])), one.taken)
        for i, one in enumerate(plain)
    ]
    runs = problem.run(lambda place: noisy[place], k, lambda m: m)
    clear = all(one.clear for one in (*plain, *noisy))
    deviations: Named = {}
    for name, samples in runs.items():
        y = call.y.get(name)
        if y is None or is_exact(call.dtypes[name]):
            continue
        exact = right[name]
        if exact.size != y.size:
            return None
        settled = clear or call.op not in _CHOOSING
        if settled and not np.allclose(exact.reshape(y.shape), y, rtol=0, atol=_APART * np.abs(y).max(initial=0.0)):
            return None
        deviations[name] = (_MORE.get(call.op, 1.0) * _scatter(np.abs(samples - exact) / t)).reshape(y.shape)
    factors: Named = {}
    if call.op in _MULTIPLYING:
        random = np.random.Generator(np.random.Philox([call.case.seed, 1999]))
        runs = problem.run(lambda place: Shortened(t, random, plain[place].taken), k, lambda m: m)
        factors = {n: _scatter(np.abs(runs[n] - right[n]) / t).reshape(call.y[n].shape) for n in deviations}
    return _Learnt(deviations, factors, clear)


def _scatter(errors: Array) -> Array:
    """RMS of errors (batch, K, …) over the runs; more where those of one run go together, so that few of many elements
    are independent and the RMS of a whole output wanders.
    """
    size = np.sqrt(np.mean(errors**2, axis=1))
    if size.size < limits.FEWEST:
        return np.asarray(size)
    with np.errstate(all="ignore"):
        relative = np.nan_to_num(errors / size[:, None], posinf=0.0)
    rms = np.sqrt(np.mean(relative**2, axis=(0, *range(2, errors.ndim))))
    return np.asarray(size * max(1.0, float(rms.mean() + _TAIL * rms.std()) / _STEADY))


def problem_of(call: Call) -> Problem:
    """What a call asks of an algorithm. Raises LookupError where no algorithm is written down for it."""
    return PROBLEMS[call.op](call)


def _matrix(call: Call, index: int = 0, name: str = "A") -> Array:
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

    return Problem((_matrix(call),), solve)


def _linalg(call: Call) -> bool:
    return "linalg" in call.case.target


def _ldl(call: Call) -> Problem:
    _hermitian(call, -1)

    def solve(ar: Arithmetic, a: Array) -> Named:
        factors, pivots = steps.ldl(ar, a)
        return {"out0": factors, "out1": np.broadcast_to(pivots, (len(a), len(pivots)))}

    return Problem((_matrix(call),), solve)


def _integers(stack: Array) -> list[int]:
    """A row of integers that was passed as a matrix."""
    return [int(v) for v in stack[0, 0]]


def _ldl_solve(call: Call) -> Problem:
    _hermitian(call, -1)
    factors, pivots, b = _matrix(call, 0, "LD"), _wide(call, 1, "pivots"), _wide(call, 2, "B")
    return Problem(
        (factors, pivots[..., None, :].astype(np.float64), b),
        lambda ar, f, p, b: {"out0": steps.ldl_solved(ar, f, _integers(p), b)},
    )


def _lu_solve(call: Call) -> Problem:
    if _linalg(call):
        factors, pivots, b = _matrix(call, 0, "LU"), _wide(call, 1, "pivots"), _wide(call, 2, "B")
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

    return Problem((_matrix(call),), solve)


def _householder_product(call: Call) -> Problem:
    def solve(ar: Arithmetic, v: Array, tau: Array) -> Named:
        n = v.shape[-1]
        start = np.zeros_like(v)
        start[:, np.arange(n), np.arange(n)] = 1
        return {"out0": steps.turned(ar, v, tau[:, 0], start)}

    return Problem((_matrix(call), _wide(call, 1, "tau")[..., None, :]), solve)


def _ormqr(call: Call) -> Problem:
    left, adjoint = call.argument(3, "left", True), bool(call.argument(4, "transpose", False))

    def solve(ar: Arithmetic, v: Array, tau: Array, c: Array) -> Named:
        if left:
            return {"out0": steps.turned(ar, v, tau[:, 0], c, adjoint)}
        flipped = ar.conj(np.swapaxes(c, -1, -2))
        return {"out0": ar.conj(np.swapaxes(steps.turned(ar, v, tau[:, 0], flipped, not adjoint), -1, -2))}

    return Problem((_matrix(call), _wide(call, 1, "tau")[..., None, :], _wide(call, 2, "other")), solve)


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

    return Problem((_lower(call, _matrix(call, 0, "L"), 1),), solve)


def _cholesky_solve(call: Call) -> Problem:
    def solve(ar: Arithmetic, factor: Array, b: Array) -> Named:
        half = steps.triangular(ar, factor, b, True)
        return {"out0": steps.triangular(ar, ar.conj(np.swapaxes(factor, -1, -2)), half, False)}

    factor = _wide(call, 1, "L" if "L" in dict(call.case.kwargs) else "input2")
    return Problem((_lower(call, factor, 2), _wide(call, 0, "B" if "B" in dict(call.case.kwargs) else "input")), solve)


def _cholesky(call: Call) -> Problem:
    upper = bool(call.argument(-1, "upper", False))
    a = _matrix(call)
    a = np.conj(np.swapaxes(np.triu(a), -1, -2)) if upper else a

    def solve(ar: Arithmetic, a: Array) -> Named:
        factor = steps.cholesky(ar, a)
        return {"out0": ar.conj(np.swapaxes(factor, -1, -2)) if upper else factor}

    return Problem((a,), solve)


def _inverse(call: Call) -> Problem:
    return Problem((_matrix(call),), lambda ar, a: {"out0": steps.inverse(ar, a)})


def _solve(call: Call) -> Problem:
    a, b = _matrix(call), _wide(call, 1, "B")
    if b.ndim == 1 or (b.ndim == a.ndim - 1 and b.shape == a.shape[:-1]):
        b = b[..., None]
    if not call.argument(-1, "left", True):
        turned = np.swapaxes(a, -1, -2), np.swapaxes(b, -1, -2)
        return Problem(turned, lambda ar, a, b: {"out0": np.swapaxes(steps.solved(ar, a, b), -1, -2)})
    return Problem((a, b), lambda ar, a, b: {"out0": steps.solved(ar, a, b)})


def _tensorinv(call: Call) -> Problem:
    a = _matrix(call)
    n = math.prod(a.shape[: int(call.argument(1, "ind", 2))])
    return Problem((a.reshape(n, -1),), lambda ar, a: {"out0": steps.inverse(ar, a)})


def _tensorsolve(call: Call) -> Problem:
    a, b = _matrix(call), _wide(call, 1, "B" if "B" in dict(call.case.kwargs) else "other")
    dims = call.argument(2, "dims", None)
    if dims is not None:
        a = np.moveaxis(a, tuple(dims), tuple(range(a.ndim - len(dims), a.ndim)))
    return Problem((a.reshape(b.size, -1), b.reshape(-1, 1)), lambda ar, a, b: {"out0": steps.solved(ar, a, b)})


def _logdet(call: Call) -> Problem:
    a = _matrix(call)
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
    return Problem((_matrix(call),), lambda ar, a: {"out0": steps.power(ar, a, n)})


def _matrix_exp(call: Call) -> Problem:
    a = _matrix(call)
    norm = float(np.abs(a).sum(axis=-2).max(initial=0.0))
    # The radius of Taylor's polynomial of degree 18. Source: Bader, Blanes & Casas 2019, table 1.
    radius = 3.01 if unit(call.dtype) > 2.0**-53 else 1.09
    halvings = max(0, math.ceil(math.log2(norm / radius))) if norm > radius else 0
    return Problem((a,), lambda ar, a: {"out0": steps.exponential(ar, a, _TAYLOR, halvings)}, times=_TAYLOR)


def _lstsq(call: Call) -> Problem:
    a, b = _matrix(call), _wide(call, 1, "B" if "B" in dict(call.case.kwargs) else "b")
    b = b[..., None] if b.ndim == a.ndim - 1 else b
    return Problem((a, b), lambda ar, a, b: {"out0": steps.least_squares(ar, a, b)})


def _product(op: str, y: Mapping[str, Array], size: Callable[[Array], Array]) -> Array:
    """A from its factors, or the magnitude of the terms that it is the sum of."""
    if op == "lu" and "out2" in y and y["out1"].dtype.kind in "fc":
        order = y["out0"] if y["out0"].size else np.eye(y["out1"].shape[-2])
        return np.asarray(order @ (size(y["out1"]) @ size(y["out2"])))
    factors, pivots = y["out0"], y["out1"]
    flat, rows = factors.reshape(-1, *factors.shape[-2:]), pivots.reshape(-1, pivots.shape[-1])
    whole = _unpacked if op in _LDL else _multiplied
    return np.stack([whole(f, r.tolist(), size) for f, r in zip(flat, rows, strict=True)]).reshape(factors.shape)


def _multiplied(factors: Array, pivots: list[int], size: Callable[[Array], Array]) -> Array:
    m, n = factors.shape
    k = min(m, n)
    lower, upper = np.tril(factors[:, :k], -1) + np.eye(m, k), np.triu(factors[:k])
    rows = [min(max(p - 1, 0), m - 1) for p in pivots]
    return np.asarray(steps.exchanged((size(lower) @ size(upper))[None], rows, back=True)[0])


def _unpacked(factors: Array, pivots: list[int], size: Callable[[Array], Array]) -> Array:
    """L·D·Lᵀ of what sytrf leaves: from the last column back, each step's exchange after its own product."""
    n = len(factors)
    a = np.zeros_like(factors)
    k = n
    starts = []
    i = 0
    while i < n:
        starts.append((i, 1 if pivots[i] > 0 or i == n - 1 else 2))
        i += starts[-1][1]
    for k, step in reversed(starts):
        block = np.tril(factors[k : k + step, k : k + step])
        block = block + np.tril(block, -1).T
        column = np.concatenate([np.eye(step), factors[k + step :, k : k + step]])
        a[k:, k:] = a[k:, k:] + size(column) @ size(block) @ size(column).T
        last, at = k + step - 1, min(max(abs(pivots[k]) - 1, 0), n - 1)
        a[:, [last, at]] = a[:, [at, last]]
        a[[last, at]] = a[[at, last]]
    return a


# Whose steps are products of matrices, which a device may feed with shorter factors.
_MULTIPLYING = ("matrix_power", "matrix_exp")
# Terms of Taylor's series: more than 160 bits of e^A need.
_TAYLOR = 60
# Growth of elimination, as for solutions (`linalg`).
_GROWTH = 4.0
# What other ways to the same solution add: complete orthogonal factorisations and singular values beside plain QR.
_MORE = {"lstsq": 2.0}
_LDL = ("ldl_factor", "ldl_factor_ex")
_FACTORISED = ("lu", "lu_factor", "lu_factor_ex", *_LDL)
# Whose outputs show which rows were exchanged, or to which side it was reflected; solutions do not.
_CHOOSING = (*_FACTORISED, "geqrf")
PROBLEMS: dict[str, Callable[[Call], Problem]] = {
    "lu": _lu,
    "lu_factor": _lu,
    "lu_factor_ex": _lu,
    "lu_solve": _lu_solve,
    "ldl_factor": _ldl,
    "ldl_factor_ex": _ldl,
    "ldl_solve": _ldl_solve,
    "geqrf": _geqrf,
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
