"""Rule of the eigenvalues and eigenvectors of a general matrix, which no device needs to give in the same order.

Nor are the vectors unique: each may be turned by a phase. So what is compared is what must hold: every pair satisfies
A·v = λ·v, every vector has norm 1, and the eigenvalues are those of A as a set.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics.noise import unit
from harness.numerics.profile import Profile
from harness.numerics.rules.base import FORM, Array, Call, Noise, Rule, clean, widen
from harness.numerics.types import Allowance, Output

if TYPE_CHECKING:
    from harness.golden.store import Golden, GoldenOutput

# Backward error of the QR algorithm, in √n·u·‖A‖₂. [calibrated on LAPACK, n = 2 to 65, real and complex: honest worst
# 10·√n, at n = 3; half of that from n = 9]
BACKWARD = 12.0
# Rounding of a vector's norm when it is made 1, in u, beside 2√n. [calibrated: honest worst 3.7]
NORMALISED = 6.0
# Beyond this condition a matrix counts as having no basis of eigenvectors.
_DEFECTIVE = 1e30
_SWEEPS = 20  # of balancing; LAPACK's own loop ends after a few


class Eigen(Rule):
    """eig, eigvals: |A·v - λ·v| within E = 12√n·u·‖A‖₂ of 0, |v| within (2√n + 6)u of 1, and the eigenvalues as a set
    within κ·E of A's, κ = |x||y|/|y*x| the condition of each by its right and left eigenvectors.

    Eigenvalues whose discs of radius n·κ·E touch cannot be told apart: of each such cluster the mean is compared,
    within ‖P‖₂·E, P its spectral projector. Where balancing scales A by D, E of row i is
    D_i·12√n·u·‖D⁻¹AD‖₂·max|D⁻¹v| if that is more.
    """

    name = "eigen"
    source = "Golub & Van Loan, Matrix Computations, 2013, section 7.2; Wilkinson's discs; Kato on means of clusters"
    gradient = "empirical"

    def covers(self, call: Call, name: str) -> bool:
        return name.startswith("out")

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        return {n: {FORM: np.asarray(True)} for n in names}

    def derived(self, call: Call, names: Sequence[str]) -> list[tuple[str, str, Array, Noise]]:
        a = clean(np.asarray(call.argument(0, "A", call.argument(0, "input", None)))).astype(np.complex128)
        if "out0" not in names or not a.size:
            return []
        n, u = a.shape[-1], unit(call.dtypes["out0"])
        each = [_spectrum(m) for m in a.reshape(-1, n, n)]
        values, times, cluster = (np.stack([one[k] for one in each]).reshape(*a.shape[:-1]) for k in range(3))
        scale = BACKWARD * math.sqrt(n) * u
        # The checks themselves run in float64, the golden's eigenvalues too: no better than a float64 target's.
        slack = scale * 2.0**-29 if u > 2.0**-53 else scale
        made = [("out0:values", "complex128", values, {"cap": (scale + slack) * times, "cluster": cluster})]
        if "out1" in names:
            size = np.stack([one[3] for one in each]).reshape(*a.shape[:-1], 1)
            cap = np.broadcast_to((scale + slack) * size, a.shape).copy()
            norms = np.asarray((2 * math.sqrt(n) + NORMALISED) * u + n * 2.0**-52)
            made.append(("out1:residual", "complex128", a, {"cap": cap}))
            made.append(("out1:norm", "float64", np.ones(a.shape[:-1]), {"cap": norms}))
        return made

    def derive(self, name: str, outputs: Mapping[str, Output], golden: Golden, inputs: Mapping[str, Array]) -> Array:
        expected = golden.output(name)
        part = name.rpartition(":")[2]
        wide = {k: widen(np.asarray(v.data)) for k, v in outputs.items()}
        with np.errstate(all="ignore"):
            if part == "norm":
                return np.asarray(np.sqrt((np.abs(wide["out1"]) ** 2).sum(axis=-2)))
            if part == "residual":
                # A + (A·V - V·Λ): what is left beside A is the residual.
                if "out0" not in wide:
                    return np.full(expected.shape, np.nan, np.complex128)
                a, v = expected.y, wide["out1"]
                return np.asarray(a + (a @ v - v * wide["out0"][..., None, :]))
        n = expected.shape[-1]
        rows = zip(
            *(v.reshape(-1, n) for v in (wide["out0"], expected.y, expected.noise["cap"], expected.noise["cluster"])),
            strict=True,
        )
        return np.stack([_arranged(*row) for row in rows]).reshape(expected.shape)

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        cap = out.noise["cap"].astype(np.float64)
        return Allowance(cap=cap, rule=self.name, figures={"largest allowance": float(np.max(cap, initial=0.0))})


def _spectrum(a: Array) -> tuple[Array, Array, Array, Array]:
    """Of one matrix: eigenvalues (means of clusters), their sensitivity in E/u, cluster numbers, E/u of each row."""
    n = a.shape[0]
    norm = float(np.linalg.norm(a, 2))
    values, right = np.linalg.eig(a)
    try:
        left = np.linalg.inv(right)
    except np.linalg.LinAlgError:
        left = np.full(a.shape, _DEFECTIVE)
    condition = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=0)
    # Clusters are told with u of float32: goldens do not know the target's, and a coarser one only joins more.
    radius = n * condition * BACKWARD * math.sqrt(n) * 2.0**-24 * norm
    cluster = _clusters(values, radius)
    mean, times = values.copy(), condition * norm
    for number in np.unique(cluster):
        members = np.flatnonzero(cluster == number)
        if members.size > 1:
            mean[members] = values[members].mean()
            projector = right[:, members] @ left[members]
            times[members] = min(float(np.linalg.norm(projector, 2)), _DEFECTIVE) * norm
    d = _balance(a)
    inner = float(np.linalg.norm(a * d[None, :] / d[:, None], 2)) * np.linalg.norm(right / d[:, None], axis=0).max()
    return mean, times, cluster, np.maximum(norm, d * inner)


def _clusters(values: Array, radius: Array) -> Array:
    """Numbers 0, 1 …, the same for values whose discs touch, directly or through others."""
    number = np.arange(values.size)
    near = np.abs(values[:, None] - values[None, :]) <= radius[:, None] + radius[None, :]
    for _ in range(values.size):
        joined = np.where(near, number[None, :], values.size).min(axis=1)
        if np.array_equal(joined, number):
            break
        number = joined
    return number


def _balance(a: Array) -> Array:
    """The diagonal D of powers of two that makes rows and columns of D⁻¹AD equally large. Source: Osborne 1960, as
    LAPACK's gebal does it.
    """
    d = np.ones(a.shape[0])
    size = np.abs(a - np.diag(np.diag(a)))
    for _ in range(_SWEEPS):
        settled = True
        for i in range(d.size):
            row, column = float(np.linalg.norm(size[i])), float(np.linalg.norm(size[:, i]))
            if not (row > 0 and column > 0):
                continue
            f = 2.0 ** round(math.log2(row / column) / 2)
            if column * f + row / f < 0.95 * (column + row):
                size[:, i] *= f
                size[i] /= f
                d[i] *= f
                settled = False
        if settled:
            break
    return d


def _arranged(found: Array, wanted: Array, cap: Array, cluster: Array) -> Array:
    """What a target found, in the golden's order: the nearest pairs first, in units of their allowance; of each cluster
    the mean.
    """
    n = found.size
    out = np.full(n, np.nan, np.complex128)
    with np.errstate(over="ignore"):
        distance = np.abs(found[:, None] - wanted[None, :]) / np.maximum(cap, np.finfo(np.float64).tiny)[None, :]
    free, open_ = np.ones(n, bool), np.ones(n, bool)
    for place in np.argsort(distance, axis=None, kind="stable"):
        i, j = divmod(int(place), n)
        if free[i] and open_[j]:
            free[i] = open_[j] = False
            out[j] = found[i]
    for number in np.unique(cluster):
        members = cluster == number
        out[members] = out[members].mean()
    return out
