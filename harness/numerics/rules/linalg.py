"""Rules of linear algebra: unique answers by their condition, factorisations by what they must satisfy.

U, V and Q are unique only up to signs, phases and turns within equal eigenvalues: they are not compared;
instead the product of the factors must give the matrix back, and orthogonal factors must be orthogonal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.numerics.noise import finite, unit
from harness.numerics.profile import Profile
from harness.numerics.rules import orthogonal
from harness.numerics.rules.base import FORM, Array, Call, Noise, Rule, clean, widen
from harness.numerics.rules.scaled import Scaled, Terms
from harness.numerics.types import Allowance, Output

if TYPE_CHECKING:
    from harness.golden.store import Golden, GoldenOutput

# Growth of elimination with partial pivoting, and the constants of backward error bounds. [calibrated: honest
# worst 0.3 of the cap]
GROWTH = 4.0
# Noise of eigenvalues and singular values, in u·‖A‖₂, and of eigenvalues alone, beside n^¼, where that is more.
# [calibrated: LAPACK's RMS is 1.5 to 3.3 beside vectors, and 1.6, 1.9, 2.1, 2.5, 3.1, 3.7 without, n = 3, 5, 9 … 65]
SPECTRUM = 2.5
VALUES_ALONE = 1.35
# Noise of a symmetric eigensolver beside that of the singular value decomposition. [calibrated: 2.4]
SYMMETRIC = 2.0
# Backward error of orthogonal factorisations, in n·u·‖A‖. [calibrated: honest worst 0.3 of the cap]
BACKWARD = 4.0


def _adjoint(a: Array) -> Array:
    return np.conj(np.swapaxes(a, -1, -2))


def _matrix(call: Call) -> Array:
    """The matrix A, the first argument; of Hermitian ones what is read: a triangle, and the diagonal's real part."""
    a = clean(np.asarray(call.argument(0, "A", call.argument(0, "input", None))))
    if call.op in ("eigh", "eigvalsh"):
        return _mirrored(a, str(call.argument(1, "UPLO", "L")))
    return _mirrored(a, "L") if call.op in ("pinv", "matrix_rank") and call.argument(-1, "hermitian", False) else a


def _mirrored(a: Array, uplo: str) -> Array:
    """The Hermitian matrix that the lower or upper triangle of `a` stands for."""
    part = np.tril(a, -1) if uplo.upper() == "L" else np.triu(a, 1)
    return np.asarray(part + _adjoint(part) + np.real(a) * np.eye(a.shape[-1]))


def _inverse(a: Array) -> Array:
    """|A⁻¹|, infinite where A is singular: then nothing is known and nothing can be wrong."""
    try:
        return np.abs(np.linalg.inv(a))
    except np.linalg.LinAlgError:
        return np.full(a.shape, 1e30)


class Solve(Scaled):
    """inv, solve, triangular solve, Cholesky, det, cond: unique answers, conditioned as the matrix is.

    B = c·n·u·|A⁻¹||A||x| for a solution x (for inv, the columns of A⁻¹), c = 4; for Cholesky
    B = c·n·u·|L|·tril(|L⁻¹||L||Lᵀ||L⁻ᵀ|); for det the trace of |A⁻¹||A| times |det|; eigenvalues and
    singular values B = c·n·u·‖A‖₂. σ = 2.5·u·‖A‖₂ for the latter, 1.35·n^¼ where that is more and eigenvalues
    are all that is asked for, B/(2n) for pseudoinverses, c'·(n/20)^⅓·B/n for solutions and what is like them, c' from
    0.13 (Cholesky) to 0.4.
    """

    name = "solve"
    source = "Higham, Accuracy and Stability, 2002, theorems 8.5, 9.4, 10.3, 14.1; Weyl's inequality"

    def covers(self, call: Call, name: str) -> bool:
        # Conditions in norms other than ‖A‖₂ have no formula here.
        spectral = call.op != "cond" or call.argument(1, "p", None) in (None, 2, -2)
        return spectral and super().covers(call, name)

    def groups(self, call: Call, name: str) -> int:
        """One of each matrix's spectrum: every value is what is left of the whole matrix."""
        return math.prod(call.y[name].shape[:-1]) if _SENSITIVITY[call.op] is _of_spectrum else 0

    def terms(self, call: Call, name: str) -> Terms:
        size = _SENSITIVITY[call.op](call, name)
        n = _matrix(call).shape[-1]
        if call.op in _GROWING:
            spread = GROWTH / 3 * _GROWING[call.op] * (n / 20) ** (1 / 3)
        else:
            spread = _SPREAD[_SENSITIVITY[call.op]]
        if call.op == "eigvalsh":
            spread = max(spread, VALUES_ALONE * n**0.25)
        return Terms(GROWTH * n * size, spread * size)


def _of_solution(call: Call, name: str) -> Array:
    a = _matrix(call)
    x = np.abs(finite(np.abs(call.y[name])))
    vector = x.ndim < a.ndim
    if call.op == "solve_triangular":
        a = np.triu(a) if call.argument(2, "upper") else np.tril(a)
        if call.argument(-1, "unitriangular", False):
            a = a - a * np.eye(a.shape[-1]) + np.eye(a.shape[-1])
    if not call.argument(-1, "left", True):
        return np.asarray(x @ np.abs(a) @ _inverse(a))
    wide = x[..., None] if vector else x
    size = _inverse(a) @ (np.abs(a) @ wide)
    return np.asarray(size[..., 0] if vector else size)


def _of_cholesky(call: Call, name: str) -> Array:
    factor = call.y[name]
    if not factor.size:
        return np.zeros(factor.shape)
    lower = factor if not call.argument(1, "upper", False) else _adjoint(factor)
    size = np.abs(lower)
    inverse = _inverse(lower)
    found = size @ np.tril(inverse @ size @ _adjoint(size) @ _adjoint(inverse))
    return np.asarray(found if lower is factor else _adjoint(found))


def _of_determinant(call: Call, name: str) -> Array:
    a = _matrix(call)
    trace = np.einsum("...ij,...ji->...", _inverse(a), np.abs(a))
    y = np.abs(finite(np.abs(call.y[name])))
    return np.asarray(trace * y if call.op == "det" else trace + y)


def _of_pseudoinverse(call: Call, name: str) -> Array:
    """‖A‖₂·(|X|ᵣ|X|ᵤ + |XXᴴ|ᵣ|I - AX|ᵤ + |I - XA|ᵣ|XᴴX|ᵤ)/(1 - (s/t)²) of X = A⁺, |M|ᵣ and |M|ᵤ the norms of the rows
    and columns of M, s the largest singular value that is taken for 0, and t the smallest that is not.

    To first order A + E has X - XEX + XXᴴEᴴ(I - AX) + (I - XA)EᴴXᴴX (Golub & Pereyra 1973), and backward errors E of
    orthogonal factorisations are as large as ‖A‖₂ says. The quotient: part of A is cut off, and E turns the kept part
    into it. Infinite where rounding decides which values are cut off.
    """
    a, x = _matrix(call), clean(call.y[name])
    if not a.size:
        return np.zeros(x.shape)
    values = np.linalg.svd(a, compute_uv=False)
    top, n, u = values[..., :1], max(a.shape[-2:]), unit(call.dtype)
    atol = np.asarray(call.argument(-1, "atol", None) or 0.0, np.float64)[..., None]
    rtol = call.argument(1, "rtol", call.argument(1, "rcond", None))
    if rtol is None and call.case.target.endswith("pinverse"):
        rtol = 1e-15
    cut, blurred = _cut(call, values, atol, rtol, n, u)
    kept = np.where(values > cut, values, np.inf).min(-1)
    lost = np.where(values > cut, 0.0, values).max(-1)
    gap = 1 - (lost / kept) ** 2

    def rows(m: Array) -> Array:
        return np.asarray(np.linalg.norm(m, axis=-1))[..., :, None]

    def columns(m: Array) -> Array:
        return np.asarray(np.linalg.norm(m, axis=-2))[..., None, :]

    left, right = np.eye(x.shape[-2]) - x @ a, np.eye(x.shape[-1]) - a @ x
    turned = rows(x @ _adjoint(x)) * columns(right) + rows(left) * columns(_adjoint(x) @ x)
    size = (top[..., 0] / gap)[..., None, None] * (rows(x) * columns(x) + turned)
    if call.argument(-1, "hermitian", False):
        size = SYMMETRIC * size
    return np.where(blurred[..., None, None], 1e30, size)


def _cut(call: Call, values: Array, atol: Array, rtol: Any, n: int, u: float) -> tuple[Array, Array]:
    """Below what singular values count as 0, and whether rounding decides which of them do."""
    top = values[..., :1]
    near = GROWTH * n * u * top
    if rtol is None and not atol.any():
        # The cut is at n·ε of the dtype, and the reference's at that of float64.
        cut = 2 * n * u * top
        low = np.minimum(n * 2.0**-50 * top, cut / 2)
        return cut, np.asarray(((values > low) & (values <= cut + near)).any(-1))
    cut = np.maximum(atol, np.asarray(0.0 if rtol is None else rtol, np.float64)[..., None] * top)
    return cut, np.asarray((np.abs(values - cut) <= near).any(-1))


def _of_condition(call: Call, name: str) -> Array:
    """y + y² of y = s₁/sₙ, or y + 1 of sₙ/s₁: either value may err by u·‖A‖₂."""
    y = np.abs(finite(np.abs(call.y[name])))
    return np.asarray(y + (1.0 if call.argument(1, "p", None) == -2 else y**2))


def _of_spectrum(call: Call, name: str) -> Array:
    norm = np.linalg.norm(_matrix(call), 2, axis=(-2, -1))
    return np.broadcast_to(norm[..., None], call.y[name].shape)


# What σ is in the size, of 4/3 at n = 20; it grows with n^⅓. [calibrated: the RMS of LAPACK and of textbook algorithms
# in seven orders, n = 2 to 33, is 0.6 to 1.1 of it; 0.6 of the inverse's, whose columns differ]
_GROWING = {"inv": 1.1, "solve": 1.2, "solve_triangular": 1.1, "cholesky": 0.4, "det": 0.8, "slogdet": 0.8}
# And of what does not grow.
_SPREAD = {_of_spectrum: SPECTRUM, _of_condition: SPECTRUM, _of_pseudoinverse: 2.0}
_SENSITIVITY = {
    "inv": _of_solution,
    "solve": _of_solution,
    "solve_triangular": _of_solution,
    "cholesky": _of_cholesky,
    "pinv": _of_pseudoinverse,
    "det": _of_determinant,
    "slogdet": _of_determinant,
    "eigvalsh": _of_spectrum,
    "svdvals": _of_spectrum,
    "eigh": _of_spectrum,
    "svd": _of_spectrum,
    "cond": _of_condition,
}


class Rank(Rule):
    """matrix_rank: an exact number, left open where rounding decides which singular values count as 0."""

    name = "rank"
    source = "Golub & Van Loan, Matrix Computations, 2013, section 5.4.1"

    def covers(self, call: Call, name: str) -> bool:
        a = _matrix(call)
        if name != "out0" or not a.size:
            return False
        values = np.linalg.svd(a, compute_uv=False)
        # The second argument of old is a tolerance, absolute.
        given = call.argument(-1, "atol", call.argument(1, "tol", None))
        atol = np.asarray(0.0 if given is None else given, np.float64)[..., None]
        rtol = call.argument(-1, "rtol", None)
        return bool(_cut(call, values, atol, rtol, max(a.shape[-2:]), unit(call.dtype))[1].any())

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        return {n: {FORM: np.asarray(True)} for n in names}


class Slogdet(Solve):
    """The sign of a determinant, exactly, and the logarithm of its size: B = c·n·u·(tr|A⁻¹||A| + |y|)."""

    name = "slogdet"

    def terms(self, call: Call, name: str) -> Terms:
        return super().terms(call, name) if name == "out1" else Terms(0.0, 0.0)

    def covers(self, call: Call, name: str) -> bool:
        return name in ("out0", "out1")


class Factors(Solve):
    """svd, eigh, qr: the product of the factors within c·n·u·‖A‖ of A, orthogonal factors within c·n·u
    of orthogonal, singular values and eigenvalues within c·n·u·‖A‖₂, triangular factors triangular; Q and R of full
    rank element by element, but for their signs (`orthogonal`).
    """

    name = "factors"
    source = "Golub & Van Loan, Matrix Computations, 2013, sections 5.2, 8.1, 8.6"

    def covers(self, call: Call, name: str) -> bool:
        return name.startswith("out")

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        values = [n for n in names if n == _VALUES.get(call.op)]
        found = super().witness(call, values)
        return {n: found.get(n, {FORM: np.asarray(True)}) for n in names}

    def derived(self, call: Call, names: Sequence[str]) -> list[tuple[str, str, Array, Noise]]:
        a = _matrix(call)
        if call.op == "svd" and a.size and not call.y["out0"].any():  # only singular values were asked for
            return []
        n = max(a.shape[-2:])
        dtype = call.dtypes["out0"]
        op = _TRANSPOSED if call.op == "svd" and "linalg" not in call.case.target else call.op
        code = {"op": np.frombuffer(op.encode(), np.uint8)}
        # Every dot product in u of the case's dtype; the checks themselves run in float64.
        size = BACKWARD * n * np.linalg.norm(a, 2, axis=(-2, -1))[..., None, None]
        kind = "complex128" if np.iscomplexobj(a) else "float64"
        u = {"u": np.asarray(unit(dtype))}
        if call.op == "qr" and not call.y["out0"].size and a.size:  # only R was asked for, and RᴴR is AᴴA
            square, twice = self.gram(op, "out1", a), 2 * size * np.linalg.norm(a, 2, axis=(-2, -1))[..., None, None]
            times = np.broadcast_to(twice, square.shape).copy()
            return [("out1:square", kind, square, {**code, **u, "times": times}), self._triangle(call, code | u, kind)]
        made = [("out0:product", kind, a, {**code, **u, "times": np.broadcast_to(size, a.shape).copy()})]
        for name in _ORTHOGONAL[call.op]:
            if name in names:
                y = self.gram(op, name, call.y[name])
                made.append((f"{name}:orthogonal", kind, _eye(y), {**code, **u, "times": np.asarray(BACKWARD * n)}))
        if call.op == "qr" and "out1" in names:
            made.append(self._triangle(call, code | u, kind))
            made += orthogonal.derived(call, names)
        return made

    @staticmethod
    def _triangle(call: Call, code: Noise, kind: str) -> tuple[str, str, Array, Noise]:
        return "out1:triangular", kind, _lower(call.y["out1"]), {**code, "times": np.asarray(0.0)}

    def gram(self, op: str, name: str, factor: Array) -> Array:
        """FᴴF, or FFᴴ for a factor whose rows are orthogonal (Vᴴ)."""
        rows = op == "svd" and name == "out2"
        with np.errstate(all="ignore"):
            return np.asarray(factor @ _adjoint(factor) if rows else _adjoint(factor) @ factor)

    def derive(self, name: str, outputs: Mapping[str, Output], golden: Golden, inputs: Mapping[str, Array]) -> Array:
        whole, _, part = name.partition(":")
        expected = golden.output(name)
        op = expected.noise["op"].tobytes().decode()
        wide = {k: widen(np.asarray(v.data)) for k, v in outputs.items()}
        with np.errstate(all="ignore"):
            if part == "product":
                found = _product(op, wide, expected.shape)
            elif part == "signed":
                found = orthogonal.signed(wide)[whole]
            elif part in ("orthogonal", "square"):
                found = self.gram(op, whole, wide[whole])
            else:
                found = _lower(wide[whole])
        return found.astype(expected.y.dtype)

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        if ":" not in out.name:
            return super().allow(out, profile)
        if out.name.endswith(":signed"):
            return orthogonal.allow(out.y, out.noise, self.name)
        u = float(out.noise["u"])
        cap = u * out.noise["times"].astype(np.float64)
        # The float64 checks round too.
        cap = cap + 2.0**-53 * 64 * (np.abs(out.y).max(initial=0.0) if ":triangular" not in out.name else 0.0)
        return Allowance(
            cap=cap, rule=self.name, figures={"u": u, "times": float(np.max(out.noise["times"], initial=0.0))}
        )


_VALUES = {"svd": "out1", "eigh": "out0"}
_ORTHOGONAL = {"svd": ("out0", "out2"), "eigh": ("out1",), "qr": ("out0",)}


# torch.svd, which gives V where torch.linalg.svd gives Vᴴ.
_TRANSPOSED = "svd, V"


def _product(op: str, f: Mapping[str, Array], shape: tuple[int, ...]) -> Array:
    """A from its factors."""
    if op == _TRANSPOSED:
        return _product("svd", {**f, "out2": _adjoint(f["out2"])}, shape)
    if op == "svd":
        k = f["out1"].shape[-1]
        return np.asarray((f["out0"][..., :k] * f["out1"][..., None, :]) @ f["out2"][..., :k, :])
    if op == "eigh":
        return np.asarray((f["out1"] * f["out0"][..., None, :]) @ _adjoint(f["out1"]))
    return np.asarray(f["out0"] @ f["out1"]) if f["out0"].size else np.zeros(shape)


def _eye(like: Array) -> Array:
    return np.broadcast_to(np.eye(like.shape[-1]), like.shape).astype(like.dtype)


def _lower(r: Array) -> Array:
    """What lies below R's diagonal, with ones on it so that the check is not of an all-zero golden."""
    rows, columns = r.shape[-2:]
    return np.asarray(np.tril(r, -1) + np.eye(rows, columns))
