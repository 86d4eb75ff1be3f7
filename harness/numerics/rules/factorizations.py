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
from harness.numerics.arithmetic import Arithmetic, Noisy, Shortened
from harness.numerics.noise import ROUNDING, compute_dtype, finite, is_exact, unit
from harness.numerics.profile import Profile
from harness.numerics.rules.base import FORM, Array, Call, Noise, widen
from harness.numerics.rules.problems import Named, matrix, problem_of
from harness.numerics.rules.scaled import Scaled, Terms
from harness.numerics.types import Allowance, Output

if TYPE_CHECKING:
    from harness.golden.store import Golden, GoldenOutput

# B in σ, more than the noise test lets any element of an output have (`limits`). [calibrated: honest worst 0.35 of B]
# What the deviation of so many runs may be too small by. [calibrated]
UNSURE = 1.15
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

    def groups(self, call: Call, name: str) -> int:
        """One of each matrix: what is multiplied by itself again and again passes its errors on to every element."""
        return math.prod(call.y[name].shape[:-2]) if call.op in _MULTIPLYING else 0

    def terms(self, call: Call, name: str) -> Terms:
        learnt = _learnt(call)
        assert learnt is not None, "covers() lets no such call through"
        factors = learnt.factors.get(name, 0.0)
        cap, sigma = _noise(call, learnt, name)
        return Terms(cap, sigma, in_cap=CAP * np.asarray(factors), in_sigma=factors)

    def derived(self, call: Call, names: Sequence[str]) -> list[tuple[str, str, Array, Noise]]:
        learnt = _learnt(call)
        if learnt is None or learnt.clear or call.op not in _FACTORISED or "out0" not in names:
            return []
        a = matrix(call)
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


def noise_of(call: Call, names: Sequence[str]) -> dict[str, tuple[Array, Array]]:
    """T and V of outputs of an algorithm, in u: what may be and what is expected; of none where it is not known."""
    learnt = _learnt(call)
    return {} if learnt is None else {n: _noise(call, learnt, n) for n in names if n in learnt.deviations}


def _noise(call: Call, learnt: _Learnt, name: str) -> tuple[Array, Array]:
    size = learnt.deviations[name]
    # The rounding of the output is added for itself. That of the last operation is one, if it was of the result.
    last = ROUNDING * np.abs(finite(np.abs(call.y[name]))) ** 2
    return CAP * size, UNSURE * np.sqrt(np.maximum(size**2 - last, _LEFT * size**2))


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
    except (LookupError, ValueError, TypeError, OverflowError):
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
    if size.size < limits.FEWEST_OF_ALL:
        return np.asarray(size)
    with np.errstate(all="ignore"):
        relative = np.nan_to_num(errors / size[:, None], posinf=0.0)
    rms = np.sqrt(np.mean(relative**2, axis=(0, *range(2, errors.ndim))))
    return np.asarray(size * max(1.0, float(rms.mean() + _TAIL * rms.std()) / _STEADY))


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
# Growth of elimination, as for solutions (`linalg`).
_GROWTH = 4.0
# What other ways to the same solution add: complete orthogonal factorisations and singular values beside plain QR, and
# polynomials of other degrees.
_MORE = {"lstsq": 2.0, "matrix_exp": 1.6}
_LDL = ("ldl_factor", "ldl_factor_ex")
_FACTORISED = ("lu", "lu_factor", "lu_factor_ex", *_LDL)
# Whose outputs show which rows were exchanged, or to which side it was reflected; solutions do not.
_CHOOSING = (*_FACTORISED, "geqrf")
