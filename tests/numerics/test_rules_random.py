"""What an honest generator may fail by chance, and what it may not."""

from __future__ import annotations

import numpy as np

from harness.golden.store import GoldenOutput
from harness.numerics.profile import load
from harness.numerics.rules.random import ALPHA, Random, by_chance
from harness.numerics.types import Divergence


def test_only_tests_of_chance_are_tried_again() -> None:
    """A law, moments or rates beyond their limit may be chance; a promise broken beside them, or alone, is none."""

    def made(output: str, ratio: float, *contract: str) -> Divergence:
        return Divergence(output, "float64", (4,), contract=contract, n=4, compared=4, max_ratio=ratio, rule="random")

    law, moments, rate = (made(f"out0:{part}", 1.5) for part in ("law", "moments", "rate"))
    value, fine = made("out0:value", 1.5), made("out0:value", 0.5)
    outside = made("out0:law", 1.5, "NaN where the golden has a number")
    for chance in ([law], [moments], [rate], [law, moments], [fine, law]):
        assert by_chance(chance)
    for broken in ([], [fine], [value], [law, value], [outside], [law, outside], [made("out0", 0.0, "dtype is int8")]):
        assert not by_chance(broken)


def test_what_is_allowed_is_what_the_golden_carries() -> None:
    """A test of chance has its cap; a chosen value two ulp of its size; sorted integers are exact."""
    y, strict = np.array([1.0, 4.0, np.inf]), load("strict")

    def allowed(dtype: str, **noise: float) -> object:
        return Random().allow(
            GoldenOutput("out0:x", dtype, (3,), y, {k: np.asarray(v) for k, v in noise.items()}), strict
        )

    law = allowed("float64", cap=0.25)
    assert (float(law.cap), law.exact, law.figures) == (0.25, False, {"alpha": ALPHA})
    value = allowed("float32", ulps=2.0)
    assert (value.cap[:2].tolist(), value.exact, value.figures) == ([2.0**-22, 2.0**-20], False, {"ulps": 2.0})
    for exact in (allowed("int64", ulps=2.0), allowed("float32")):
        assert (float(exact.cap), exact.exact) == (0.0, True)


def test_a_verdict_names_what_its_law_is_from():
    """A law by formula is tested at a chance, one by samples within so many of their deviations."""
    y, cap = np.array([0.5]), np.array([0.25])
    formula = Random().allow(GoldenOutput("out0:law", "float64", (1,), y, {"cap": cap}), load("strict"))
    sampled = Random().allow(GoldenOutput("out0:law", "float64", (1,), y, {"cap": cap, "edges": y}), load("strict"))
    assert (formula.figures, sampled.figures) == ({"alpha": ALPHA}, {"samples": 48, "times": 8.0})
    assert formula.cap == sampled.cap == cap
