"""Rule of random operators: no value is the right one, but their distribution is, and so is their support."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics import formats
from harness.numerics.judge import judge
from harness.numerics.noise import is_exact, unit
from harness.numerics.profile import Profile
from harness.numerics.rules.base import FORM, Array, Call, Noise, Rule, clean, widen
from harness.numerics.rules.sampled import SAMPLES, TIMES, law, statistic
from harness.numerics.types import Allowance, Divergence, Output

if TYPE_CHECKING:
    from harness.golden.store import Golden, GoldenOutput

# Chance of an alarm on an honest generator, per test.
ALPHA = 1e-6
# Kolmogorov: P(D > d) ≈ 2·exp(-2nd²); and the two-sided normal quantile of α.
_KOLMOGOROV = math.sqrt(math.log(2 / ALPHA) / 2)
_NORMAL = 4.892
GROUPS = 16  # stretches of the output whose rates are tested apart


RETESTS = 4  # further samples, from other seeds, before a test of chance is believed
_BY_CHANCE = ("law", "moments", "rate")  # what an honest generator fails with a chance of α


def by_chance(divergences: Sequence[Divergence]) -> bool:
    """True where all that diverged is a test of chance: another sample decides. Support and values are promises."""
    wrong = [d for d in divergences if judge([d]).status == "diverged"]
    return bool(wrong) and all(d.output.rpartition(":")[2] in _BY_CHANCE and not d.contract for d in wrong)


class Random(Rule):
    """Dtype and shape as promised, the same numbers from the same seed; then the distribution, at a chance of α = 1e-6
    for each test on an honest generator. What fails a test is sampled four times more, from other seeds, and has
    diverged where one of them fails too.

    Continuous values: Kolmogorov-Smirnov, sup|F(x₍ᵢ₎) - i/n| ≤ 2.69/√n, values outside the support
    counting as NaN; mean and variance within 4.9σ. Chosen elements (dropout, bernoulli): their values,
    and the rate of each of 16 stretches within 4.9σ of a binomial. Any other law is told by 48 samples of the reference
    (`sampled`): within 8σ of them.
    """

    name = "random"
    source = "Kolmogorov 1933, by the bound of Massart 1990; binomial rates by their normal limit"
    gradient = "random"

    def covers(self, call: Call, name: str) -> bool:
        return True

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        return {n: {FORM: np.asarray(True)} for n in names}

    def golden(self, call: Call, name: str) -> Array:
        return np.zeros_like(call.y[name])

    def derived(self, call: Call, names: Sequence[str]) -> list[tuple[str, str, Array, Noise]]:
        if "out0" not in names or not call.y["out0"].size:
            return []
        kind = _KINDS.get(call.op)
        if kind is None:
            return [(f"out0:{part}", "float64", y, {"law": _code("sampled"), **noise}) for part, y, noise in law(call)]
        n = call.y["out0"].size
        if kind in ("uniform", "normal", "integers", "permutation"):
            low, high = self._range(call, kind)
            noise = {"law": _code(kind), "low": np.asarray(low), "high": np.asarray(high)}
            if kind == "permutation":
                return [("out0:sorted", "int64", np.arange(n), noise)]
            # A discrete law jumps: by 1/(high - low) for integers, by the spacing of the dtype for floats.
            jump = 1 / max(high - low, 1) if kind == "integers" else 2 * unit(call.dtypes["out0"])
            noise["cap"] = np.asarray(_KOLMOGOROV / math.sqrt(n) + 1 / n + jump)
            made = [("out0:law", "float64", (np.arange(n) + 0.5) / n, noise)]
            if kind in _MOMENTS:
                mean, variance, fourth = _MOMENTS[kind]
                spread = np.array([math.sqrt(variance), math.sqrt(fourth - variance**2)]) / math.sqrt(n)
                cap = _NORMAL * spread + 2 * unit(call.dtypes["out0"])
                # The mean stands 1 higher, so that no golden is all zero.
                made.append(("out0:moments", "float64", np.array([1 + mean, variance]), {**noise, "cap": cap}))
            return made
        rate, value = self._chosen(call, kind)
        of = {"law": _code(kind)}
        groups = np.array_split(rate.reshape(-1), min(GROUPS, n))
        expected = np.array([g.sum() for g in groups])
        # σ of a binomial, and one element of continuity.
        spread = np.array([_NORMAL * math.sqrt(float((g * (1 - g)).sum())) + 1 for g in groups])
        return [
            ("out0:rate", "float64", expected, {**of, "cap": spread}),
            ("out0:value", call.dtypes["out0"], value, {**of, "ulps": np.asarray(2.0)}),
        ]

    def derive(self, name: str, outputs: Mapping[str, Output], golden: Golden, inputs: Mapping[str, Array]) -> Array:
        noise = golden.output(name).noise
        kind = noise["law"].tobytes().decode()
        data = np.asarray(outputs["out0"].data)
        part = name.rpartition(":")[2]
        if kind == "sampled":
            return statistic(part, data, noise)
        x = widen(data).astype(np.float64).reshape(-1)
        if part == "sorted":
            return np.sort(data.reshape(-1)).astype(np.int64)
        if part == "moments":
            mean = golden.output(name).y[0] - 1
            return np.array([1 + x.mean(), np.mean((x - mean) ** 2)])
        if part == "law":
            return np.sort(_cumulative(x, kind, float(noise["low"]), float(noise["high"])))
        chosen = x != 0
        if part == "rate":
            return np.array([float(g.sum()) for g in np.array_split(chosen, golden.output(name).y.size)])
        # A chosen element has its value; one that is not counts as right here, and in the rate.
        return np.where(chosen.reshape(data.shape), data, golden.output(name).y.astype(data.dtype)).astype(data.dtype)

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        if "cap" in out.noise:
            figures = {"samples": SAMPLES, "times": TIMES} if "edges" in out.noise else {"alpha": ALPHA}
            return Allowance(cap=out.noise["cap"].astype(np.float64), rule=self.name, figures=figures)
        if "ulps" in out.noise and not is_exact(out.dtype):
            ulps = float(out.noise["ulps"])
            return Allowance(cap=ulps * formats.ulp(clean(out.y), out.dtype), rule=self.name, figures={"ulps": ulps})
        return Allowance(cap=0.0, exact=True, rule=self.name)

    def _range(self, call: Call, kind: str) -> tuple[float, float]:
        if kind == "integers":
            bounds = [a for a in call.case.args if isinstance(a, int) and not isinstance(a, bool)][:2]
            low, high = call.argument(-1, "low", None), call.argument(-1, "high", None)
            low = bounds[0] if low is None and len(bounds) > 1 else (low or 0)
            high = bounds[-1] if high is None and bounds else high
            return float(low), float(high)
        return 0.0, 1.0

    def _chosen(self, call: Call, kind: str) -> tuple[Array, Array]:
        """The chance of each element to be non-zero, and what it then is."""
        x = clean(np.asarray(call.argument(0, "input"), dtype=np.float64))
        if kind == "bernoulli":
            p = call.argument(1, "p", None)
            return (x if p is None else np.full(x.shape, float(p))), np.ones(x.shape)
        p = float(call.argument(1, "p", 0.5))
        rate = np.where(x != 0, 1.0 - p if call.argument(2, "training", True) else 1.0, 0.0)
        return rate, x / (1.0 - p) if call.argument(2, "training", True) and p < 1 else x


_KINDS = {
    "rand": "uniform",
    "rand_like": "uniform",
    "randn": "normal",
    "randn_like": "normal",
    "randint": "integers",
    "randint_like": "integers",
    "randperm": "permutation",
    "bernoulli": "bernoulli",
    "dropout": "dropout",
}


# Mean, variance and fourth central moment of the laws whose moments are tested too: a wrong scale moves
# Kolmogorov's distance little.
_MOMENTS = {"uniform": (0.5, 1 / 12, 1 / 80), "normal": (0.0, 1.0, 3.0)}


def _code(text: str) -> Array:
    return np.frombuffer(text.encode(), np.uint8)


def _cumulative(x: Array, law: str, low: float, high: float) -> Array:
    """F(x) of the law; NaN where x is outside its support."""
    if law == "normal":
        return np.array([0.5 * math.erfc(-v / math.sqrt(2)) if math.isfinite(v) else math.nan for v in x])
    if law == "integers":
        inside = (x >= low) & (x < high) & (x == np.rint(x))
        return np.where(inside, (x - low + 0.5) / (high - low), np.nan)
    # A narrow dtype may round a number below 1 up to it.
    return np.where((x >= 0) & (x <= 1), x, np.nan)
