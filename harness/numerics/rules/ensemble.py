"""Rule of whole models: as far off as runs of the same precision on inputs beside theirs, and no further."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics.noise import allowance, finite, upward
from harness.numerics.profile import Profile
from harness.numerics.rules.base import Array, Call, Noise, Rule, widen
from harness.numerics.rules.products import marked, widening
from harness.numerics.rules.runs import RUNS, own_runs
from harness.numerics.types import Allowance, Output

if TYPE_CHECKING:
    from harness.golden.store import Golden, GoldenOutput

# A model's RMSE against the median of the ensemble's, and its largest error against theirs. [calibrated]
RMSE, RMSE_SMALL, SMALL, LARGEST = 2.0, 3.0, 1000, 2.0


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
