"""Noise of the kernels that a program calls: what `empirical` goes by, and what sharpens formulas of other rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import UNIFORM, compute_dtype, finite, ulp, unit, upward
from harness.numerics.rules.base import NOISE, STEPS, Array, Call, Noise, widen
from harness.numerics.rules.coherence import sharing, summed
from harness.numerics.rules.runs import nudged, own_runs
from harness.numerics.types import Allowance

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput

# Runs with noise behind a σ; what that may be too small by; how much of the output's typical noise each element has
# anyway; and how many σ no honest output shows. [calibrated]
MOVED_RUNS, UNSURE, TYPICAL, TIMES = 48, 1.25, 0.3, 12.0
# Of programs of more elements than this, inputs and outputs, fewer runs are made, whose σ is wider for it. [calibrated]
MANY, FEWER_RUNS, WIDER = 1 << 16, 24, 1.8
# Unit roundoff of float64 in runs with noise, which it has no room for. (`lab.worker.noisy.COARSE`)
COARSE = 2.0**-49
# How many σ' float64 may have lost at one element by chance.
LOST = 1.5
# What a golden carries σ' under, beside what its rule needs; the largest RMS of the runs behind it, in σ'; and how many
# elements share an error.
KERNELS = "kernels"
TOGETHER = "together"
SHARING = "sharing"
# How many share one as the sum over the whole output shows it, and that over a lane: a pair.
SUMMED = "summed"
# What accumulation may add to the rounding of inputs, in s: more than that a run of the case's own precision may not
# claim, since its kernels are no reference. [calibrated]
OWN = 4.0
# The same in ulps of a 16-bit output, whose kernels may round between steps. [calibrated]
OWN_SHORT = 1.0
# Rules whose formulas are for any order and any kernel, and more generous than the kernels that PyTorch calls need be.
# And how many times the noise of these is left to each: sums of squares, added up one after the other, need more than
# what is expected of any order. [calibrated]
SHARPENED = {
    **dict.fromkeys(["loss", "running-error", "norm", "trapezoid", "logaddexp", "cosine"], 1.0),
    **dict.fromkeys(["log-softmax", "logsumexp"], 1.0),
    **{"variance": 1.4, "solve": 1.6, "resample": 1.4},
}


class KernelsNoise(NamedTuple):
    """σ' of an output, the largest RMS of the runs behind it in σ', above 1 where errors of many elements have a cause
    in common, and how many elements of a row or a column share one; and how many do as the sums over the whole output
    and over a lane show it.
    """

    sigma: Array
    together: Array
    sharing: Array
    summed: Array


def kernels_noise(call: Call, names: Sequence[str]) -> dict[str, KernelsNoise]:
    """The noise of each output as `empirical` finds it. Nothing where the program can't be run with noise."""
    found = _of_kernels(call, names)
    if found is None:
        return {}
    own = _own_noise(call, names)
    return {
        n: KernelsNoise(upward(_beside(call, n, sigma, own[n])), upward(together), upward(shared), upward(added))
        for n, (sigma, together, shared, added) in found.items()
    }


def sharpened(out: GoldenOutput, allowed: Allowance) -> Allowance:
    """An allowance no larger than the noise of the kernels that PyTorch calls: 12σ', and σ, times `SHARPENED`."""
    sigma = SHARPENED[allowed.rule] * out.noise[KERNELS].astype(np.float64)
    step = ulp(np.abs(out.y), out.dtype)
    cap = TIMES * sigma + 0.5 * ulp(finite(np.abs(out.y)) + TIMES * sigma, out.dtype)
    if formats.component(out.dtype) == "float64":
        cap = cap + 0.5 * step
    with np.errstate(over="ignore"):
        total = np.sqrt(sigma**2 + UNIFORM * step**2)
    return replace(
        allowed,
        cap=None if allowed.cap is None else np.minimum(allowed.cap, cap),
        sigma=None if allowed.sigma is None else np.minimum(allowed.sigma, total),
    )


def beyond(noise: Noise, plain: Array, y: Array, dtype: str) -> Noise:
    """What a golden carries once its y is better than float64's: not doubled, and σ' knows what float64 had lost."""
    carried = {key: part for key, part in noise.items() if key != "doubled"}
    for key in ("sigma", KERNELS):
        if key in carried:
            sigma = carried[key].astype(np.float64)
            with np.errstate(invalid="ignore"):
                lost = np.minimum(finite(np.abs(y - plain)), _believed(sigma, y, dtype))
                more = np.maximum(lost**2 - (LOST * sigma) ** 2, 0.0)
            carried[key] = upward(np.sqrt(sigma**2 + more))
    return carried


def runs_of(call: Call) -> int:
    """How many runs with noise a program gets."""
    elements = sum(np.size(array) for array in (*call.inputs.values(), *call.y.values()))
    return MOVED_RUNS if elements <= MANY else FEWER_RUNS


def _of_kernels(call: Call, names: Sequence[str]) -> dict[str, tuple[Array, float, float, Array]] | None:
    """σ' of each output, the largest RMS of a run in it, what shares an error, and what does in sums; None where the
    program can't be run with noise. A 16-bit kernel may be one, or composed of core operators that each round: the
    noisier counts.
    """
    short = [n for n in names if compute_dtype(call.dtypes[n]) != formats.component(call.dtypes[n])]
    count = runs_of(call)
    unsure = UNSURE if count == MOVED_RUNS else UNSURE * WIDER
    wide = compute_dtype(call.dtype) == "float64"
    suffix = ":float64" if wide else ""
    try:
        runs = [call.run(dict(call.inputs), f"{NOISE}{k}{suffix}") for k in range(count)]
        steps = [call.run(dict(call.inputs), f"{STEPS}{k}{suffix}") for k in range(count if short else 0)]
    except Exception:  # a program may do anything: then less is known of it
        return None
    scale = unit("float64") / COARSE if wide else 1.0
    found = {}
    for n in names:
        with np.errstate(all="ignore"):
            moved = [_apart(call, n, made) for made in ([runs, steps] if n in short else [runs])]
            parts = [scale * finite(np.abs(each)) for each in moved]
            square = np.max([np.mean(part**2, axis=0) for part in parts], axis=0)
            step = ulp(call.y[n], call.dtypes[n])
            rounds = (square > 0) & (step > 0)
            sized = rounds & (call.y[n] != 0)  # terms that cancel to 0 leave noise, and no ulp to compare it with
            typical = float(np.median(np.sqrt(square[sized]) / step[sized])) if sized.any() else 0.0
            if 2 * np.count_nonzero(rounds) < square.size:  # most are only moved, which says nothing of the rest
                step = np.where(rounds, step, 0.0)
            sigma = unsure * np.sqrt(square + (TYPICAL * typical * step) ** 2)
            added = np.max([summed(each, sigma, call.y[n]) for each in moved], axis=0)
            shared = max(sharing(each) for each in moved)
            found[n] = sigma, max(_together(part, sigma) for part in parts), shared, added
    return found


def _apart(call: Call, name: str, runs: Sequence[Mapping[str, Array]]) -> Array:
    """The deviation of an output in each run, stacked; where a run has no number, all of what the output is, of which
    then nothing is known; 0 where that is none itself.
    """
    apart = np.stack([made[name] - call.y[name] for made in runs])
    return np.asarray(np.where(np.isfinite(apart), apart, finite(np.abs(call.y[name]))))


def _together(apart: Array, sigma: Array) -> float:
    """The largest RMS of deviations in σ' that one run shows."""
    z = np.divide(apart, sigma, out=np.zeros_like(apart), where=sigma > 0).reshape(len(apart), -1)
    return float(np.sqrt((z**2).mean(axis=1)).max(initial=0.0)) if z.size else 0.0


def _beside(call: Call, name: str, sigma: Array, own: Array) -> Array:
    """σ', and what runs in the case's own precision show beside it, as far as that is believed."""
    return np.asarray(np.maximum(sigma, np.minimum(own, _believed(sigma, call.y[name], call.dtypes[name]))))


def _believed(sigma: Array, y: Array, dtype: str) -> Array:
    """4σ', and the rounding of the largest element, which is what kernels lose that cancel; 16-bit kernels may compute
    in their own dtype. Where a zero stands for what is below it (relu), what is typical of the other elements.
    """
    with np.errstate(over="ignore"):
        most = OWN * sigma + unit(compute_dtype(dtype)) * finite(np.abs(y)).max(initial=0.0)
        if compute_dtype(dtype) != formats.component(dtype):
            most = most + OWN_SHORT * ulp(y, dtype)
    if (y == 0).any() and (y != 0).any():
        most = np.where(y == 0, np.maximum(most, np.median(np.broadcast_to(sigma, y.shape)[y != 0])), most)
    return np.asarray(most)


def own_errors(call: Call, names: Sequence[str]) -> dict[str, Array] | None:
    """|e| in ulp of runs in the case's own precision, stacked; None where the program can't run so."""
    errors: dict[str, list[Array]] = {n: [] for n in names}
    try:
        for k, made in enumerate(own_runs(call)):
            right = call.on(nudged(call, k)) if k else call.y
            for n in names:
                with np.errstate(all="ignore"):
                    errors[n].append(finite(np.abs(widen(made[n]) - right[n]) / ulp(right[n], call.dtypes[n])))
    except Exception:
        return None
    return {n: np.stack(found) for n, found in errors.items()}


def _own_noise(call: Call, names: Sequence[str]) -> dict[str, Array]:
    """Root of the mean square error of those runs beyond (½ulp)², which rounding alone may be at one element in all of
    them; at least what is typical beyond ulp²/12, which rounding is over the whole output.
    """
    errors = own_errors(call, names)
    if errors is None:
        return {n: np.zeros(call.y[n].shape) for n in names}
    square = {n: (found**2).mean(axis=0) for n, found in errors.items()}
    least = {n: max(_typical(found, call.dtypes[n]) - UNIFORM, 0.0) for n, found in square.items()}
    return {n: np.sqrt(np.maximum(square[n] - 0.25, least[n])) * ulp(call.y[n], call.dtypes[n]) for n in names}


def _typical(square: Array, dtype: str) -> float:
    """The median, which a few numbers that cancel do not move; of 16-bit outputs the mean of what is within an ulp, for
    kernels that round between their steps go wrong by a little at some elements.
    """
    if not square.size:
        return 0.0
    short = compute_dtype(dtype) != formats.component(dtype)
    return float(np.minimum(square, 1.0).mean() if short else np.median(square))
