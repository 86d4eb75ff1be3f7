"""What a rounded number moves is allowed for, a sample is told by shares and ranks, signs are undone: all by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.golden.store import GoldenOutput
from harness.numerics import profile
from harness.numerics.rules import numbers, sampled, signs
from harness.numerics.types import Allowance

STRICT = profile.load("strict")
Y = np.array([1.875, -3.0, 0.25, 0.0])
BY = np.array([0.0, 0.5, 0.125, 1.0])
ULP = np.array([2.0**-23, 2.0**-22, 2.0**-25, 2.0**-149])


def golden(dtype: str = "float32", y: np.ndarray = Y, **figures) -> GoldenOutput:
    return GoldenOutput("out0", dtype, y.shape, y, {k: np.asarray(v) for k, v in figures.items()})


def test_what_no_number_moves_stays_as_it_is():
    """Without a number, or where only the form is compared, the allowance is the rule's."""
    allowed = Allowance(cap=1.0, sigma=0.5)
    assert numbers.moved(golden(), allowed, STRICT) is allowed
    assert numbers.moved(golden(number=BY, form=True), allowed, STRICT) is allowed


def test_a_move_widens_bound_and_noise():
    """B + Δ, and half of what an ulp grows by on the way; σ² + Δ²; the share of rounding falls with σ²."""
    allowed = Allowance(cap=0.25 + 0 * Y, sigma=np.full(4, 0.5), f=0.8, rule="fused", together=1.1)
    found = numbers.moved(golden(number=BY), allowed, STRICT)
    # 3.75 lies in the binade of 3, 0.625 in that of 0.5, 1.25 in that of 1; what is not moved gains nothing by 2.125.
    grown = np.array([0.0, 0.0, 2.0**-24 - 2.0**-25, 2.0**-23 - 2.0**-149])
    assert np.allclose(found.cap, 0.25 + BY + 0.5 * grown, rtol=1e-15, atol=0)
    assert np.allclose(found.sigma, np.sqrt(0.25 + BY**2), rtol=1e-15, atol=0)
    assert found.f == pytest.approx(0.8 * np.mean(0.25 / (0.25 + BY**2)), rel=1e-12)
    assert (found.rule, found.together, found.exact, found.undefined) == ("fused", 1.1, False, None)
    certain = numbers.moved(golden(number=BY), replace(allowed, sigma=np.array([0.0, 0.5, 0.5, 0.5])), STRICT)
    assert certain.f == pytest.approx(0.8 * np.mean([1.0, *(0.25 / (0.25 + BY[1:] ** 2))]), rel=1e-12)
    bound = numbers.moved(golden(number=BY), Allowance(cap=0.25), STRICT)
    assert np.array_equal(bound.cap, found.cap)
    assert (bound.sigma, bound.f) == (None, 1.0)
    noise = numbers.moved(golden(number=BY), Allowance(cap=None, sigma=0.5), STRICT)
    assert noise.cap is None
    assert np.array_equal(noise.sigma, found.sigma)


def test_what_rounds_alike_may_round_otherwise():
    """A clustered golden's rounding is anything up to half an ulp once it is moved, and as it was where it is not."""
    tiny = Allowance(cap=0.25, sigma=np.full(4, 2.0**-40))
    found = numbers.moved(golden(number=BY, clustered=1.5), tiny, STRICT)
    still = np.where(BY > 0, np.maximum(0.5 * ULP, 2.0**-40), 2.0**-40)
    assert np.allclose(found.sigma, np.hypot(still, BY), rtol=1e-15, atol=0)
    assert found.f == pytest.approx(np.mean((still / np.hypot(still, BY)) ** 2), rel=1e-12)


def test_an_exact_answer_has_two():
    """Where an exact rule's answer is moved, both rounded answers and what lies between them pass; elsewhere one."""
    exact = Allowance(cap=0.0, exact=True, rule="exact", figures={"ulps": 0}, undefined=np.array([True] + 3 * [False]))
    found = numbers.moved(golden(number=BY), exact, STRICT)
    reached = np.array([2.0**-23, 2.0**-22, 2.0**-25, 2.0**-23])  # of 1.875, 3.5, 0.375 and 1
    room = BY + np.where(BY > 0, 0.5 * reached, 0.0)
    assert not found.exact
    assert np.allclose(found.cap, room + 0.5 * reached, rtol=1e-15, atol=0)
    assert found.sigma is None
    assert found.undefined is exact.undefined
    assert (found.rule, found.figures) == ("exact", {"ulps": 0})


def test_what_is_counted_is_open():
    """Integers and bools that a number decides are left open, beside what the rule leaves open."""
    y = np.array([1, 2, 3, 4])
    plain = numbers.moved(golden("int64", y, number=BY), Allowance(cap=0.0, exact=True), STRICT)
    assert plain.undefined.tolist() == [False, True, True, True]
    assert plain.exact
    both = Allowance(cap=0.0, exact=True, undefined=np.array([True, False, False, False]))
    assert numbers.moved(golden("int64", y, number=0 * BY), both, STRICT).undefined.tolist() == [True] + 3 * [False]
    assert numbers.moved(golden("bool", y > 1, number=BY), both, STRICT).undefined.all()


def test_a_sample_s_figures():
    """The share of the values up to each edge; the mean rank of each stretch, and how ranks go with the weights."""
    noise = {"edges": np.array([0.5, 1.5]), "weights": np.array([1.0, -1.0, 0.5, 0.0])}
    x = np.array([[0.0, 1.0], [1.5, 2.0]], np.float32)
    assert sampled.statistic("law", x, noise).tolist() == [0.25, 0.75]
    assert sampled.statistic("rate", x, noise).tolist() == [0.0, 0.5, 0.5, 1.0, (0.0 - 0.5 + 0.25 + 0.0) / 4]
    many = np.repeat(np.arange(2.0), 16)
    means = sampled.statistic("rate", many, {"edges": np.array([0.5]), "weights": np.ones(32)})
    assert means.tolist() == [0.0] * 8 + [1.0] * 8 + [0.5]
    x[1, 0] = np.nan
    assert np.isnan(sampled.statistic("law", x, noise)).tolist() == [True] * 2
    assert np.isnan(sampled.statistic("rate", x, noise)).tolist() == [True] * 5
    assert np.isnan(sampled.statistic("rate", np.full(40, np.nan), noise)).size == 17


def test_vectors_of_another_sign_are_turned_back():
    """Columns that point the other way are told in each matrix, and twice their part of the gradient is given back."""
    right = np.array([[[0.6, -0.8], [0.8, 0.6]], [[0.0, 1.0], [1.0, 0.0]]])
    found = right * np.array([[[1.0, -1.0]], [[-1.0, 1.0]]])
    turned = signs._turned(found, right)
    assert turned.shape == (2, 2, 1, 1)
    assert turned[..., 0, 0].tolist() == [[False, True], [True, False]]
    assert not signs._turned(np.zeros((2, 2)), right[0]).any()
    parts = np.array([np.full((2, 2, 2), 3.0), np.full((2, 2, 2), 5.0)])
    back = signs._turned_back(turned, parts)
    assert back[0].tolist() == [[10.0, 10.0], [10.0, 10.0]]
    assert back[1].tolist() == [[6.0, 6.0], [6.0, 6.0]]
