"""Rules that estimate noise by experiment, for what no formula covers: single operators, and whole models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import ROUNDING, UNIFORM, allowance, compute_dtype, finite, is_exact, ulp, unit, upward
from harness.numerics.profile import Profile
from harness.numerics.rules.base import NOISE, Array, Call, Noise, Rule, widen
from harness.numerics.rules.choice import exactly_given
from harness.numerics.rules.products import marked, widening
from harness.numerics.types import Allowance, Output

if TYPE_CHECKING:
    from harness.golden.store import Golden, GoldenOutput

RUNS = 8  # K: perturbed runs behind an estimate
# Runs with noise behind a σ; what that may be too small by; how much of the output's typical noise each element has
# anyway; and how many σ no honest output shows. [calibrated]
MOVED_RUNS, UNSURE, TYPICAL, TIMES = 24, 1.25, 0.3, 12.0
# How many times the RMS deviation of K runs an honest device may show: 4.5σ for the largest of some
# thousand elements, and nearly twice that for kernels noisier than the reference's. [calibrated]
SPREAD = 8.0
# Unit roundoff of float64 in runs with noise, which it has no room for. (`lab.worker.noisy.COARSE`)
COARSE = 2.0**-36
# What a golden carries σ' under, beside what its rule needs.
KERNELS = "kernels"
# What accumulation may add to the rounding of inputs, in s: more than that a run of the case's own precision may not
# claim, since its kernels are no reference. [calibrated]
OWN = 4.0
# The same in ulps of a 16-bit output, whose kernels may round between steps. [calibrated]
OWN_SHORT = 1.0
# Floor, in u·max|y|: what a program rounds even where inputs do not move it. [calibrated]
FLOOR = 2.0
# A model's RMSE against the median of the ensemble's, and its largest error against theirs. [calibrated]
RMSE, RMSE_SMALL, SMALL, LARGEST = 2.0, 3.0, 1000, 2.0
# Share of the elements that an ensemble run moves to the next number of their dtype: enough to decorrelate
# every rounding behind it, little beside the rounding itself. [calibrated]
_MOVED = 0.125


def shaken(call: Call, run: int) -> dict[str, Array]:
    """The inputs in float64, each floating element moved by a uniform ±½ulp of the dtype it is fed in;
    seeded by run.
    """
    random = np.random.Generator(np.random.Philox([call.case.seed, run]))
    return {name: _shake(array, random) for name, array in _everything(call).items()}


def _everything(call: Call) -> dict[str, Array]:
    return {**getattr(call.run, "consts", {}), **call.inputs}


def _shake(array: Array, random: np.random.Generator) -> Array:
    wide = widen(array)
    name = formats.dtype_name(array.dtype)
    if is_exact(name) or _counts(wide):
        return array
    part = formats.component(name)
    if np.iscomplexobj(wide):
        out = np.empty(wide.shape, np.complex128)
        out.real, out.imag = _move(wide.real, part, random), _move(wide.imag, part, random)
        return out
    return _move(wide, part, random)


def _counts(values: Array) -> bool:
    """Whether a floating input holds integers only: labels, masks, positions, counts. A step from 1 to 1.0000001 would
    say nothing of rounding, and much of what the operator does between two classes.
    """
    return bool((np.isfinite(values) & (values == np.rint(values))).all())


def _shaken_runs(call: Call) -> list[Mapping[str, Array]]:
    """The program in float64 on the inputs of each of the shaken runs; run once a call."""
    if "shaken" not in call.memo:
        call.memo["shaken"] = [call.on(shaken(call, k)) for k in range(RUNS)]
    found: list[Mapping[str, Array]] = call.memo["shaken"]
    return found


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
    for k, moved in enumerate(_shaken_runs(call)):
        was = {n: widen(x) for n, x in _everything(call).items()}
        pairs = [*given, *((was[n], x) for n, x in shaken(call, k).items())]
        known = np.concatenate([_pair(a, b) for a, b in pairs if a.dtype.kind in "fc"])
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


def _move(values: Array, dtype: str, random: np.random.Generator) -> Array:
    ulp = formats.ulp(finite(values), dtype)
    if dtype == "float64":  # has nothing between two numbers: a whole step, as seldom as makes the same variance
        step = ulp * random.choice([-1.0, 0.0, 1.0], values.shape, p=[1 / 24, 11 / 12, 1 / 24])
    else:
        step = ulp * random.uniform(-0.5, 0.5, values.shape)
    return np.asarray(np.where(np.isfinite(values) & (values != 0), values + step, values))


class Empirical(Rule):
    """Noise by experiment: B = 12σ' + ½ulp, σ² = σ'² + ulp²/12.

    σ': RMS deviation of 24 float64 runs in which every kernel's result moves by what it may round, as PyTorch
    decomposes kernels into core operators (Monte Carlo arithmetic, `lab.worker.noisy`); beside it a third of what is
    typical of the output in ulps, since 24 runs tell little of one element; and what runs in the case's own precision
    err beyond their last rounding, as far as `_beside` believes them.
    For operators without a rule of their own, and for programs of several nodes that declare none. Where a program
    can't be run so: `_of_inputs`.
    """

    name = "empirical"
    source = "calibrated; after Parker's Monte Carlo arithmetic, UCLA 1997"

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        sigma = kernels_noise(call, names)
        return {n: {"sigma": s, **marked(call)} for n, s in sigma.items()} or _of_inputs(call, names)

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        wider = widening(out.noise, profile)
        known: dict[str, Any] = {"rule": self.name, "empirical": True, "doubled": "doubled" in out.noise}
        if "sigma" in out.noise:
            sigma = wider * out.noise["sigma"].astype(np.float64)
            figures = {"runs": MOVED_RUNS, "times": TIMES, "largest σ": float(np.max(sigma, initial=0.0))}
            return allowance(out, profile, cap=TIMES * sigma, variance=sigma**2, figures=figures, **known)
        u = wider * float(out.noise["u"])
        magnitude = finite(np.abs(out.y))
        floor = FLOOR * u * (float(magnitude.max()) if magnitude.size else 0.0)
        cap = SPREAD * wider * out.noise["s"].astype(np.float64) + floor
        figures = {"K": RUNS, "times": SPREAD, "floor": floor, "u": u}
        return allowance(out, profile, cap=cap, variance=None, figures=figures, **known)


# Rules whose formulas are for any order and any kernel, and more generous than the kernels that PyTorch calls need be.
SHARPENED = frozenset(["variance", "loss", "running-error", "norm", "trapezoid", "logaddexp", "cosine"])
# How much more noise than theirs is left where a formula says still more. [calibrated]
_SHARPER = 1.4


def kernels_noise(call: Call, names: Sequence[str]) -> dict[str, Array]:
    """σ' of each output as `empirical` finds it; nothing where the program can't be run with noise."""
    sigma = _of_kernels(call, names)
    if sigma is None:
        return {}
    own = _own_noise(call, names)
    return {n: upward(_beside(call, n, s, own[n])) for n, s in sigma.items()}


def sharpened(out: GoldenOutput, allowed: Allowance) -> Allowance:
    """An allowance no larger than the noise of the kernels that PyTorch calls: 12σ', and 1.4 times their σ."""
    sigma = _SHARPER * out.noise[KERNELS].astype(np.float64)
    step = ulp(np.abs(out.y), out.dtype)
    cap = TIMES * sigma + 0.5 * ulp(finite(np.abs(out.y)) + TIMES * sigma, out.dtype)
    if formats.component(out.dtype) == "float64":
        cap = cap + 0.5 * step
    total = np.sqrt(sigma**2 + UNIFORM * step**2)
    return replace(
        allowed,
        cap=None if allowed.cap is None else np.minimum(allowed.cap, cap),
        sigma=None if allowed.sigma is None else np.minimum(allowed.sigma, total),
    )


def _of_kernels(call: Call, names: Sequence[str]) -> dict[str, Array] | None:
    """σ' of each output; None where the program can't be run with noise."""
    try:
        runs = [call.run(dict(call.inputs), f"{NOISE}{k}") for k in range(MOVED_RUNS)]
    except Exception:  # a program may do anything: then less is known of it
        return None
    scale = unit("float64") / COARSE if compute_dtype(call.dtype) == "float64" else 1.0
    sigma = {}
    for n in names:
        with np.errstate(all="ignore"):
            square = np.mean([finite(np.abs(made[n] - call.y[n])) ** 2 for made in runs], axis=0) * scale**2
            step = ulp(call.y[n], call.dtypes[n])
            typical = float(np.median(np.sqrt(square) / np.where(step > 0, step, np.inf))) if square.size else 0.0
        sigma[n] = UNSURE * np.sqrt(square + (TYPICAL * typical * step) ** 2)
    return sigma


def _beside(call: Call, name: str, sigma: Array, own: Array) -> Array:
    """σ', and what runs in the case's own precision show beside it, as far as that is believed."""
    return np.asarray(np.maximum(sigma, np.minimum(own, _believed(sigma, call.y[name], call.dtypes[name]))))


def _believed(sigma: Array, y: Array, dtype: str) -> Array:
    """4σ', and the rounding of the largest element, which is what kernels lose that cancel; 16-bit kernels may compute
    in their own dtype.
    """
    with np.errstate(over="ignore"):
        most = OWN * sigma + unit(compute_dtype(dtype)) * finite(np.abs(y)).max(initial=0.0)
        if compute_dtype(dtype) != formats.component(dtype):
            most = most + OWN_SHORT * ulp(y, dtype)
    return np.asarray(most)


def beyond(noise: Noise, plain: Array, y: Array, dtype: str) -> Noise:
    """What a golden carries once its y is better than float64's: not doubled, and σ' knows what float64 had lost."""
    carried = {key: part for key, part in noise.items() if key != "doubled"}
    for key in ("sigma", KERNELS):
        if key in carried:
            sigma = carried[key].astype(np.float64)
            lost = np.minimum(finite(np.abs(y - plain)), _believed(sigma, y, dtype))
            carried[key] = upward(np.hypot(sigma, lost))
    return carried


def _of_inputs(call: Call, names: Sequence[str]) -> dict[str, Noise]:
    """Noise of a program that can only be run as it is: B = √((8s_n·u_c/u)² + min(4e, 32s)²) + 2u_c·max|y| + ½ulp.

    s: RMS of |y_k - y| over 8 float64 runs with inputs moved by ±½ulp of their dtype, of unit roundoff u; u_c: that of
    the dtype computed in, float32 for the shorter ones. e: the largest error beyond ½ulp of 8 runs in the case's own
    precision, for what accumulation and roundings between the steps add. Each is at least half of its RMS over the
    whole output. s_n: s where each element of the output has n of the inputs to add up, see `_orders`.
    """
    with np.errstate(all="ignore"):
        errors = {n: [finite(np.abs(moved[n] - call.y[n])) for moved in _shaken_runs(call)] for n in names}
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


def _own_errors(call: Call, names: Sequence[str]) -> dict[str, Array] | None:
    """|e| in ulp of runs in the case's own precision, stacked; None where the program can't run so."""
    errors: dict[str, list[Array]] = {n: [] for n in names}
    try:
        for k, made in enumerate(own_runs(call)):
            right = call.on(_nudged(call, k)) if k else call.y
            for n in names:
                with np.errstate(all="ignore"):
                    errors[n].append(finite(np.abs(widen(made[n]) - right[n]) / ulp(right[n], call.dtypes[n])))
    except Exception:
        return None
    return {n: np.stack(found) for n, found in errors.items()}


def _own(call: Call, names: Sequence[str]) -> dict[str, Array]:
    """Largest error of those runs beyond ½ulp, which rounding the output costs; at least half of its RMS in ulps over
    the whole output; 0 where the program can't run so.
    """
    errors = _own_errors(call, names)
    if errors is None:
        return {n: np.zeros(call.y[n].shape) for n in names}
    beyond = {n: np.maximum(found.max(axis=0) - 0.5, 0.0) for n, found in errors.items()}
    return {n: _evened(beyond[n] ** 2) * ulp(call.y[n], call.dtypes[n]) for n in names}


def _own_noise(call: Call, names: Sequence[str]) -> dict[str, Array]:
    """Root of the mean square error of those runs beyond (½ulp)², which rounding alone may be at one element in all of
    them; at least the median of what is beyond ulp²/12, which it is over the whole output.
    """
    errors = _own_errors(call, names)
    if errors is None:
        return {n: np.zeros(call.y[n].shape) for n in names}
    square = {n: (found**2).mean(axis=0) for n, found in errors.items()}
    least = {n: max(float(np.median(found)) - UNIFORM, 0.0) if found.size else 0.0 for n, found in square.items()}
    return {n: np.sqrt(np.maximum(square[n] - 0.25, least[n])) * ulp(call.y[n], call.dtypes[n]) for n in names}


def _in_ulps(s: Array, call: Call, name: str) -> Array:
    """s, and at least half of its RMS in ulps over the whole output; infinite where all inputs are integers, none was
    moved, and nothing is known of the operator but its own runs.
    """
    if not s.any():
        return np.full(s.shape, np.inf)
    size = ulp(call.y[name], call.dtypes[name])
    with np.errstate(all="ignore"):
        return np.asarray(np.maximum(s, _evened(finite(s / size) ** 2) * size))


class Ensemble(Rule):
    """Whole models: RMSE ≤ 2× the median of 8 same-precision runs' (3× under 1000 elements), max|e| ≤
    2× their largest.

    The runs see inputs of which an eighth moved to the next number of their dtype, which reshuffles every
    rounding.
    """

    name = "ensemble"
    source = "after torch dynamo's same() and FlashAttention's tests, which compare with one such run"
    gradient = "ensemble"

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        largest = dict.fromkeys(names, 0.0)
        for errors in deviations(call, names):
            for n in names:
                largest[n] = max(largest[n], float(np.abs(errors[n]).max(initial=0.0)))
        return {n: {"largest": upward(largest[n]), **marked(call)} for n in names}

    def derived(self, call: Call, names: Sequence[str]) -> list[tuple[str, str, Array, Noise]]:
        runs = deviations(call, names)
        made = []
        for n in names:
            rmse = float(np.median([np.sqrt(np.mean(e[n] ** 2)) if e[n].size else 0.0 for e in runs]))
            made.append(
                (f"{n}:rmse", "float64", np.asarray(rmse), {"elements": np.asarray(call.y[n].size), **marked(call)})
            )
        return made

    def derive(self, name: str, outputs: Mapping[str, Output], golden: Golden, inputs: Mapping[str, Array]) -> Array:
        whole = name.rpartition(":")[0]
        error = finite(np.abs(widen(outputs[whole].data) - golden.output(whole).y))
        return np.asarray(np.sqrt(np.mean(error**2)) if error.size else 0.0)

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        if out.name.endswith(":rmse"):
            factor = RMSE if int(out.noise["elements"]) >= SMALL else RMSE_SMALL
            factor *= widening(out.noise, profile)
            # e = RMSE - median, never below -median: |e| ≤ (factor - 1)·median is RMSE ≤ factor·median.
            return Allowance(
                cap=(factor - 1) * np.abs(out.y) + float(np.finfo(np.float64).tiny),
                rule=self.name,
                empirical=True,
                figures={"K": RUNS, "median rmse": float(out.y), "times": factor},
            )
        largest = widening(out.noise, profile) * float(out.noise["largest"])
        return allowance(
            out,
            profile,
            cap=LARGEST * largest,
            variance=None,
            rule=self.name,
            empirical=True,
            figures={"K": RUNS, "largest": largest, "times": LARGEST},
        )


def deviations(call: Call, names: Sequence[str]) -> list[dict[str, Array]]:
    """|e| of each of the ensemble's runs, by output."""
    found = []
    for made in own_runs(call):
        with np.errstate(all="ignore"):
            found.append({n: finite(np.abs(widen(made[n]) - call.y[n])) for n in names})
    return found


def own_runs(call: Call) -> list[Mapping[str, Array]]:
    """The ensemble: the program in the case's own precision on nudged inputs, the first on the inputs as they are. Run
    once a call.
    """
    if "ensemble" not in call.memo:
        call.memo["ensemble"] = [call.run(_nudged(call, k) if k else dict(call.inputs), None) for k in range(RUNS)]
    runs: list[Mapping[str, Array]] = call.memo["ensemble"]
    return runs


def _nudged(call: Call, run: int) -> dict[str, Array]:
    """Inputs in their own dtypes, an eighth of their floating elements moved to a neighbour of theirs."""
    random = np.random.Generator(np.random.Philox([call.case.seed, 1000 + run]))
    return {name: _nudge(array, random) for name, array in _everything(call).items()}


def _nudge(array: Array, random: np.random.Generator) -> Array:
    name = formats.dtype_name(array.dtype)
    if is_exact(name) or _counts(widen(array)):
        return array
    if formats.is_complex(name):
        out = np.empty(array.shape, array.dtype)
        for part, moved in zip(formats.parts(array), formats.parts(out), strict=True):
            moved[...] = _nudge(part.copy(), random)
        return out
    wide = array.astype(np.float64)
    chosen = (random.uniform(size=array.shape) < _MOVED) & np.isfinite(wide) & (wide != 0)
    step = np.where(random.uniform(size=array.shape) < 0.5, -1.0, 1.0) * formats.ulp(finite(wide), name)
    moved = np.asarray(formats.round_value(np.where(chosen, wide + step, wide), name))
    moved = np.where(np.isfinite(moved), moved, wide)
    return np.asarray(np.where(np.isfinite(wide), moved, wide).astype(array.dtype))
