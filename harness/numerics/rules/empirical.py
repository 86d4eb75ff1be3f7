"""Rule of operators that no formula covers, and of programs of several nodes: noise by experiment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import ROUNDING, allowance, compute_dtype, finite, ulp, unit, upward
from harness.numerics.profile import Profile
from harness.numerics.rules.base import Array, Call, Noise, Rule, widen
from harness.numerics.rules.choice import exactly_given
from harness.numerics.rules.functions import HALF_SLACK
from harness.numerics.rules.kernels import (
    MOVED_RUNS,
    OWN,
    SHARING,
    SUMMED,
    TIMES,
    TOGETHER,
    kernels_noise,
    own_errors,
    runs_of,
)
from harness.numerics.rules.products import marked, widening
from harness.numerics.rules.runs import RUNS, everything, shaken, shaken_runs
from harness.numerics.types import Allowance

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput

# How many times the RMS deviation of K runs an honest device may show: 4.5σ for the largest of some
# thousand elements, and nearly twice that for kernels noisier than the reference's. [calibrated]
SPREAD = 8.0
# Floor, in u·max|y|: what a program rounds even where inputs do not move it. [calibrated]
FLOOR = 2.0


class Empirical(Rule):
    """Noise by experiment: B = 12σ' + ½ulp, and 1/64 ulp of 16-bit outputs; σ² = σ'² + ulp²/12.

    σ': RMS deviation of 48 float64 runs, 24 of large programs, in which every kernel's result moves by what it may
    round, as PyTorch decomposes kernels into core operators (Monte Carlo arithmetic, `lab.worker.noisy`); beside it a
    third of what is typical of the output in ulps, since so few runs tell little of one element; and what runs in the
    case's own precision err beyond their last rounding, as far as `_beside` believes them.
    For operators without a rule of their own, and for programs of several nodes that declare none. Where a program
    can't be run so: `_of_inputs`.
    """

    name = "empirical"
    source = "calibrated; after Parker's Monte Carlo arithmetic, UCLA 1997"

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        fewer = {} if (runs := runs_of(call)) == MOVED_RUNS else {"runs": np.asarray(runs)}
        return {
            n: {
                "sigma": found.sigma,
                TOGETHER: found.together,
                SHARING: found.sharing,
                SUMMED: found.summed,
                **fewer,
                **marked(call),
            }
            for n, found in kernels_noise(call, names).items()
        } or _of_inputs(call, names)

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        wider = widening(out.noise, profile)
        known: dict[str, Any] = {"rule": self.name, "empirical": True, "doubled": "doubled" in out.noise}
        if "sigma" in out.noise:
            sigma = wider * out.noise["sigma"].astype(np.float64)
            runs = int(out.noise.get("runs", MOVED_RUNS))
            figures = {"runs": runs, "times": TIMES, "largest σ": float(np.max(sigma, initial=0.0))}
            known["together"] = float(out.noise.get(TOGETHER, 0.0))
            known["sharing"] = float(out.noise.get(SHARING, 1.0))
            whole, lane = np.broadcast_to(out.noise.get(SUMMED, np.ones(2)), 2)
            known["summed"] = float(whole), float(lane)
            cap = TIMES * sigma
            if compute_dtype(out.dtype) != formats.component(out.dtype):
                cap = cap + HALF_SLACK * ulp(out.y, out.dtype, ftz=profile.ftz)
            return allowance(out, profile, cap=cap, variance=sigma**2, figures=figures, **known)
        u = wider * float(out.noise["u"])
        magnitude = finite(np.abs(out.y))
        floor = FLOOR * u * (float(magnitude.max()) if magnitude.size else 0.0)
        cap = SPREAD * wider * out.noise["s"].astype(np.float64) + floor
        figures = {"K": RUNS, "times": SPREAD, "floor": floor, "u": u}
        return allowance(out, profile, cap=cap, variance=None, figures=figures, **known)


def rearranges(call: Call, name: str) -> bool:
    """Whether an output only moves elements of the inputs about: then it is exact, whatever operator made it.

    Each element of it is, in every shaken run, the moved value of an input's element that has its value (or the
    negative of it), a number among the arguments, or zero; one at least is of an element that was moved.
    """
    y = call.y[name]
    if y.dtype.kind not in "fc" or not y.size:
        return False
    given = [(x, x) for x in (np.asarray(call.scalars(), np.float64),) if exactly_given(call)]
    stirred = False
    for k, moved in enumerate(shaken_runs(call)):
        was = {n: widen(x) for n, x in everything(call).items()}
        pairs = [*given, *((was[n], x) for n, x in shaken(call, k).items())]
        known = np.concatenate([np.zeros(0, complex), *(_pair(a, b) for a, b in pairs if a.dtype.kind in "fc")])
        found = _pair(y, moved[name])
        same = np.isin(found, known) | (found == 0)
        if not same.all():
            return False
        stirred = stirred or bool((found.real != found.imag).any())
    return stirred


def _pair(a: Array, b: Array) -> Array:
    """|a| + i|b| of every number, or part of a complex one, that is finite in both; NaN never equals itself."""
    if a.shape != b.shape:
        return np.full(1, np.nan + 0j)
    flat = [np.abs(_numbers(x)) for x in (a, b)]
    special = ~np.isfinite(flat[0]) & ~np.isfinite(flat[1])
    return np.where(special, 0.0, flat[0]) + 1j * np.where(special, 0.0, flat[1])


def _numbers(array: Array) -> Array:
    array = array.reshape(-1)
    return np.concatenate([array.real, array.imag]) if np.iscomplexobj(array) else array.astype(np.float64)


def _of_inputs(call: Call, names: Sequence[str]) -> dict[str, Noise]:
    """Noise of a program that can only be run as it is: B = √((8s_n·u_c/u)² + min(4e, 32s)²) + 2u_c·max|y| + ½ulp.

    s: RMS of |y_k - y| over 8 float64 runs with inputs moved by ±½ulp of their dtype, of unit roundoff u; u_c: that of
    the dtype computed in, float32 for the shorter ones. e: the largest error beyond ½ulp of 8 runs in the case's own
    precision, for what accumulation and roundings between the steps add. Each is at least half of its RMS over the
    whole output. s_n: s where each element of the output has n of the inputs to add up, see `_orders`.
    """
    with np.errstate(all="ignore"):
        errors = {n: [finite(np.abs(moved[n] - call.y[n])) for moved in shaken_runs(call)] for n in names}
    s = {n: _evened(np.asarray(np.mean([e**2 for e in errors[n]], axis=0))) for n in names}
    own = _own(call, names)
    return {
        n: {
            "s": upward(np.hypot(_orders(call, n, s[n]), np.minimum(own[n] / 2, OWN * _in_ulps(s[n], call, n)))),
            "u": upward(max(unit(compute_dtype(call.dtype)), unit(compute_dtype(call.dtypes[n])))),
            **marked(call),
        }
        for n in names
    }


def _evened(squares: Array) -> Array:
    """Root of the mean squares; eight runs tell little of one element, so it may not claim much less noise than its
    neighbours have."""
    return np.asarray(np.sqrt(np.maximum(squares, squares.mean() / 4 if squares.size else 0.0)))


def _orders(call: Call, name: str, s: Array) -> Array:
    """s·u_c/u, as much as a sum of n such terms has in orders that the reference does not take: by the rule of sums
    (`dot`) σ² = 0.18·u²·n·(y²/3 + Q/6), and s² is 0.18·u²·Q of its terms. n: how many elements the inputs have for one
    of the output.
    """
    n = sum(x.size for x in call.inputs.values() if x.dtype.kind not in "iub") / max(call.y[name].size, 1)
    s = _computed(call) * s
    if n < 2:
        return s
    u = unit(compute_dtype(call.dtypes[name]))
    return np.asarray(np.sqrt(max(1.0, n / 6) * s**2 + ROUNDING / 3 * n * (u * finite(np.abs(call.y[name]))) ** 2))


def _computed(call: Call) -> float:
    """u_c/u: how much less than the inputs' own rounding that of the dtype computed in is; 1 where nothing rounds."""
    u = unit(call.dtype)
    return unit(compute_dtype(call.dtype)) / u if u else 1.0


def _own(call: Call, names: Sequence[str]) -> dict[str, Array]:
    """Largest error of those runs beyond ½ulp, which rounding the output costs; at least half of its RMS in ulps over
    the whole output; 0 where the program can't run so.
    """
    errors = own_errors(call, names)
    if errors is None:
        return {n: np.zeros(call.y[n].shape) for n in names}
    beyond = {n: np.maximum(found.max(axis=0) - 0.5, 0.0) for n, found in errors.items()}
    return {n: _evened(beyond[n] ** 2) * ulp(call.y[n], call.dtypes[n]) for n in names}


def _in_ulps(s: Array, call: Call, name: str) -> Array:
    """s, and at least half of its RMS in ulps over the whole output; infinite where all inputs are integers, none was
    moved, and nothing is known of the operator but its own runs.
    """
    if not s.any():
        return np.full(s.shape, np.inf)
    size = ulp(call.y[name], call.dtypes[name])
    with np.errstate(all="ignore"):
        return np.asarray(np.maximum(s, _evened(finite(s / size) ** 2) * size))
