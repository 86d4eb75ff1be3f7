"""Judging: the order contract, cap, noise, warnings; a NaN never passes; messages say what, where and why."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from pairs import judged, measured

from harness.numerics import limits
from harness.numerics.judge import judge
from harness.numerics.types import Allowance, Divergence, Element, Lanes

FINE = Divergence(
    "out0", "float32", (10, 10), n=100, compared=100, max_ratio=0.5, scale=1.0, detectable=1e-6, rule="sum"
)


def status(**changes) -> str:
    """The status of a fine divergence with some facts changed."""
    return judge([replace(FINE, **changes)]).status


def test_contract_cap_noise_in_that_order():
    """A broken contract diverges whatever the numbers say; then the cap; then the noise test."""
    verdict = judge([FINE])
    assert (verdict.status, verdict.margin, verdict.rule, verdict.output) == ("pass", 0.5, "sum", "out0")
    assert verdict.passed
    broken = judge([replace(FINE, contract=("shape is [1]", "dtype is x"), max_ratio=0.0)])
    assert (broken.status, broken.margin) == ("diverged", math.inf)
    assert broken.message == "out0 diverged: it breaks its contract: shape is [1]; dtype is x; rule sum"
    assert not broken.passed
    assert status(max_ratio=1.0) == "pass"
    assert status(max_ratio=1.0000001) == "diverged"
    assert judge([replace(FINE, max_ratio=37.25)]).margin == 37.25


def test_a_nan_figure_never_passes():
    """Where a figure is NaN nothing is known to be right."""
    assert status(max_ratio=math.nan) == "diverged"
    assert status(max_z=math.nan, rms_z=0.1, block_z=0.1) == "diverged"
    assert status(max_z=1.0, rms_z=math.nan, block_z=0.1) == "diverged"
    assert judge([replace(FINE, max_ratio=math.nan)]).margin == math.inf


def unsure(n: int) -> float:
    """How much further the mean square of few elements may lie from what it is of many."""
    return max(1, min(math.sqrt(2), math.sqrt(128 / n)), math.sqrt(64 / n))


def test_noise_limits():
    """max|z| ≤ 0.7·ln(n/2e-3)/1.8 for a quiet device, RMS(z) ≤ ρ, a block's RMS(z) ≤ 1.1ρ, with ρ from the share of
    output rounding."""
    n = FINE.compared
    most = 0.7 * math.log(n / 2e-3) / 1.8
    for f in (0.0, 0.25, 1.0):
        few = unsure(n)
        rho = math.sqrt(f * max(1.12**2, 1 + 6 * math.sqrt(0.8 / n)) + (1 - f) * 1.35**2 * few)
        quiet = {"f": f, "max_z": 1.0, "rms_z": 0.5, "block_z": 0.5}
        assert status(**quiet) == "pass"
        assert limits.rho(f, n) == pytest.approx(rho)
        for figure, limit in (("max_z", most), ("rms_z", rho), ("block_z", 1.1 * rho)):
            assert status(**{**quiet, figure: limit * 0.9999}) == "pass", figure
            assert status(**{**quiet, figure: limit * 1.0001}) == "diverged", figure
            verdict = judge([replace(FINE, **{**quiet, figure: 3 * limit})])
            assert verdict.margin == pytest.approx(3.0)
            assert verdict.figures[figure] == 3 * limit
    assert judge([replace(FINE, max_z=0.75 * most, rms_z=0.1, block_z=0.1, max_ratio=0.1)]).margin == pytest.approx(
        0.75
    )


def test_few_elements_have_no_rms():
    """Of under 4 rows an RMS says too little, and under 32 elements that of a block: cap and max|z| only."""
    assert status(max_z=3.0, rms_z=9.0, block_z=9.0, compared=3) == "pass"
    assert status(max_z=3.0, rms_z=9.0, block_z=None, compared=4) == "diverged"
    assert status(max_z=3.0, rms_z=1.0, block_z=9.0, compared=31) == "pass"
    assert status(max_z=3.0, rms_z=1.0, block_z=9.0, compared=32) == "diverged"
    assert status(max_z=17.0, rms_z=9.0, compared=2) == "diverged"


def test_goldens_that_prove_nothing():
    """Empty, all-zero and constant goldens are vacuous if nothing is wrong, and diverge if something is."""
    assert (judge([]).status, judge([]).margin) == ("vacuous", 0.0)
    assert judge([replace(FINE, golden_empty=True, n=0, compared=0, max_ratio=None)]).status == "vacuous"
    assert judge([replace(FINE, golden_empty=True, max_ratio=None)]).margin == 0.0
    assert status(golden_zero=True) == "vacuous"
    assert status(golden_constant=True) == "vacuous"
    assert status(compared=0) == "vacuous"
    assert status(golden_zero=True, max_ratio=2.0) == "diverged"
    assert status(golden_zero=True, contract=("NaN",)) == "diverged"
    assert judged(np.zeros(9), np.zeros(9), allowance=Allowance(0.0, exact=True)).status == "vacuous"
    assert judged(np.ones(9), np.zeros(9), allowance=Allowance(0.0, exact=True)).status == "diverged"
    assert judged(np.zeros(9), np.ones(9), allowance=Allowance(0.5)).status == "diverged"
    assert "all zero" in judge([replace(FINE, golden_zero=True, golden_constant=True)]).message
    assert "one constant" in judge([replace(FINE, golden_constant=True)]).message
    assert "empty" in judge([replace(FINE, golden_empty=True)]).message
    assert "comparable" in judge([replace(FINE, compared=0)]).message


def test_without_a_rule_the_verdict_is_undecided():
    """No allowance, no pass; but a broken contract is one all the same."""
    assert status(max_ratio=None) == "undecided"
    assert math.isnan(judge([replace(FINE, max_ratio=None)]).margin)
    assert status(max_ratio=None, contract=("NaN",)) == "diverged"
    assert status(max_ratio=None, golden_zero=True) == "undecided"


def test_several_outputs_give_one_verdict():
    """The worst output leads and is named; others that diverged are named, too; vacuous ones warn."""
    good, bad = replace(FINE, output="out1", max_ratio=0.7), replace(FINE, output="out2", max_ratio=3.0)
    worse = replace(FINE, output="grad.x", max_ratio=5.0, rule="matmul")
    empty = replace(FINE, output="out3", golden_zero=True)
    undecided = replace(FINE, output="out4", max_ratio=None)
    verdict = judge([FINE, good])
    assert (verdict.status, verdict.margin, verdict.output) == ("pass", 0.7, "out1")
    assert verdict.figures["outputs"] == 2
    verdict = judge([FINE, bad, worse, good])
    assert (verdict.status, verdict.margin, verdict.output, verdict.rule) == (
        "diverged",
        5.0,
        "grad.x",
        "matmul",
    )
    assert verdict.message.endswith("; also diverged: out2")
    many = judge([worse, *(replace(bad, output=f"grad.w{i}") for i in range(300))])
    assert many.message.endswith("; also diverged: grad.w0, grad.w1, grad.w2, grad.w3, grad.w4, grad.w5 and 294 more")
    seven = judge([worse, *(replace(bad, output=f"grad.w{i}") for i in range(7))])
    assert seven.message.endswith(", grad.w4, grad.w5 and 1 more")
    six = judge([worse, *(replace(bad, output=f"grad.w{i}") for i in range(6))])
    assert six.message.endswith("; also diverged: grad.w0, grad.w1, grad.w2, grad.w3, grad.w4, grad.w5")
    verdict = judge([FINE, empty])
    assert verdict.status == "pass"
    assert verdict.warnings == ("out3 proves nothing: its golden is all zero",)
    assert judge([empty, empty]).status == "vacuous"
    assert judge([FINE, undecided]).status == "undecided"
    assert judge([bad, undecided]).status == "diverged"


def test_warnings():
    """A pass says what it could not have seen, a bias of signs, and what the contract left open."""
    assert judge([FINE]).warnings == ()
    assert judge([replace(FINE, detectable=None)]).warnings == ()
    assert judge([replace(FINE, detectable=0.0101)]).warnings != ()
    seen = judge([replace(FINE, detectable=0.02)])
    assert seen.warnings == ("out0: a fault below 0.02 of the output's scale would go unseen",)
    assert judge([replace(FINE, detectable=0.01)]).warnings == ()
    assert judge([replace(FINE, detectable=0.02, exact=True)]).warnings == ()
    many = replace(FINE, compared=100_000)
    for bias, word in ((-0.5, "small"), (0.5, "large")):
        (warning,) = judge([replace(many, sign_bias=bias)]).warnings
        assert warning == f"out0: magnitudes are too {word} in 75% of the errors"
        assert judge([replace(many, sign_bias=bias, exact=True)]).warnings == ()
    assert judge([replace(many, sign_bias=0.25)]).warnings == ()
    assert judge([replace(many, sign_bias=0.26)]).warnings != ()
    assert judge([replace(FINE, sign_bias=0.8)]).warnings == ()
    assert judge([replace(FINE, sign_bias=0.81)]).warnings != ()
    assert judge([replace(FINE, undefined=3)]).warnings == ("out0: 3 of 100 elements are left open by the contract",)


def test_the_message_beyond_the_cap():
    """What diverged and how badly, where, the values with their bits, and the rule that set the allowance."""
    y = np.linspace(0.1, 1, 80).reshape(4, 20)
    a = y.astype(np.float32)
    a[3, 17] = 0.5
    verdict = judged(a, y, allowance=Allowance(cap=1e-3, rule="softmax", figures={"n": 20, "u": 2.0**-24}))
    assert verdict.message == (
        "out0 diverged: 477× its allowance at [3, 17]: got 0.5 (0x3f000000), "
        "golden 0.9772151898734177 (0x3f7a2ac6), 8.006e+06 ulp; rule softmax: n 20, u 5.96e-08"
    )
    assert verdict.figures["max_ratio"] == pytest.approx(477.2, rel=1e-3)
    assert (verdict.figures["n"], verdict.figures["u"]) == (20, 2.0**-24)
    exact = judged(a, a.astype(np.float64) + 1.0, allowance=Allowance(cap=0.0, exact=True, rule="exact"))
    assert exact.message.startswith(
        "out0 diverged: 80 of 80 elements are not the rounded golden; worst at [0, 16]: got 0.28227848"
    )
    z = measured(np.array([2 + 1j], np.complex64), np.array([2 + 3j]), "complex64", Allowance(cap=0.5))
    assert "got 1.0 (im)" in judge([z]).message
    nan = judged([1.0, np.nan], np.array([1.0, 0.5]), allowance=Allowance(cap=1.0, rule="sum"))
    assert nan.message == (
        "out0 diverged: it breaks its contract: NaN where the golden has a number: 1 of 2, first at [1]; "
        "[1]: got nan (0x7fc00000), golden 0.5 (0x3f000000), nan ulp; rule sum"
    )


def test_the_largest_honest_element():
    """The limit grows with the logarithm of how many elements there are, and with the noise of the others."""
    for n, effective in ((1, 2), (2, 2), (3, 3), (5000, 5000)):
        assert limits.largest(n) == pytest.approx(math.log(effective / 2e-3) / 1.8)
        assert limits.largest(n, 1.5) == pytest.approx(1.5 * limits.largest(n))
        assert limits.largest(n, 0.1) == pytest.approx(0.7 * limits.largest(n))
    assert limits.rho(1.0, 1) == pytest.approx(math.sqrt(1 + 6 * math.sqrt(0.8)))
    assert limits.rho(0.0, 1) == pytest.approx(1.35 * 64**0.25)


def test_noise_found_by_experiment_has_limits_of_its_own():
    """σ by experiment has a margin already: the largest element and the RMS may lie less far from it."""
    for n in (9, 40, 50, 100, 5000):
        assert limits.largest(n, empirical=True) == pytest.approx(limits.largest(n) * 1.8 / 2.4)
        assert limits.rho(0.0, n) == pytest.approx(1.35 * math.sqrt(unsure(n)))
        assert limits.rho(0.0, n, empirical=True) == pytest.approx(1.03 * math.sqrt(unsure(n)))
        assert limits.rho(1.0, n, empirical=True) == limits.rho(1.0, n)
    loud = replace(FINE, n=5000, compared=5000, max_z=4.0, rms_z=1.3, block_z=1.3, f=0.0)
    assert judge([loud]).status == "pass"
    assert judge([replace(loud, empirical=True)]).status == "diverged"


def test_what_has_no_rms_is_judged_by_its_largest():
    """Figures without an RMS, as a reader of records may have them, still have a largest |z| and its limit."""
    bare = replace(FINE, rms_z=None, block_z=None)
    assert judge([bare]).status == "pass"
    verdict = judge([replace(bare, max_z=100.0)])
    assert verdict.status == "diverged"
    assert "rho" not in verdict.figures


def test_where_no_sum_cancels_one_element_may_lie_less_far():
    """Of a steady rule the largest honest |z| is a normal distribution's; of the others orders make some wander."""
    for n, effective in ((1, 2), (40, 40), (5000, 5000)):
        normal = NormalDist().inv_cdf(1 - 1e-3 / effective)
        assert limits.largest(n, steady=True) == pytest.approx(normal)
        assert limits.largest(n, 1.4, steady=True) == pytest.approx(1.4 * normal)
        assert limits.largest(n, 0.1, steady=True) == pytest.approx(0.7 * normal)
    far = replace(FINE, n=500, compared=500, max_z=5.5, rms_z=1.0, block_z=1.0, f=0.0)
    assert judge([far]).status == "pass"
    assert judge([replace(far, steady=True)]).status == "diverged"


def test_errors_with_a_cause_in_common_may_all_be_large_at_once():
    """Where one run behind σ moved everything by 2σ, RMS(z) may reach 2.6; where none did, the limit is as ever."""
    for n in (200, 5000):
        assert limits.rho(0.0, n, empirical=True, together=2.0) == pytest.approx(2.6)
        assert limits.rho(0.0, n, empirical=True, together=0.7) == limits.rho(0.0, n, empirical=True)
    loud = replace(FINE, n=5000, compared=5000, max_z=4.0, rms_z=2.2, block_z=2.2, f=0.0, empirical=True)
    assert judge([loud]).status == "diverged"
    assert judge([replace(loud, together=2.0)]).status == "pass"


def test_few_groups_that_share_an_error_each_say_little_of_its_size():
    """Of 5 rows with one error each RMS(z) may be 1.92, of many 1.5."""
    for groups in (2, 5, 1000):
        together = limits.shared(groups)
        assert limits.rho(0.0, 5000, together=together) == pytest.approx(1.5 * math.sqrt(1 + math.sqrt(2 / groups)))


def test_the_noise_limits_begin_at_32_elements_and_include_their_edge():
    """A figure at its limit passes; from 32 elements on the noise of the others sets the largest."""
    edge = limits.rho(0.25, FINE.compared)
    assert status(f=0.25, max_z=1.0, rms_z=edge, block_z=0.5) == "pass"
    for n, others in ((31, 1.0), (32, 0.0)):
        few = replace(FINE, n=n, compared=n, max_z=1.0, rms_z=0.1, block_z=0.1)
        assert judge([few]).figures["z_limit"] == pytest.approx(limits.largest(n, others))


def test_few_elements_that_are_all_off_are_wrong():
    """From four rows on an RMS counts, though no element is beyond what one may be; of fewer it says too little. The
    elements of a row may share an error.
    """
    shapes = {(3,): 3, (4,): 4, (8,): 8, (31,): 31, (2, 2, 3): 4, (1, 2, 3): 2, (3, 9): 3, (1, 32): 32}
    for shape, rows in shapes.items():
        n = math.prod(shape)
        edge = limits.rho(0.25, rows)
        few = replace(FINE, shape=shape, n=n, compared=n, f=0.25, max_z=edge, rms_z=edge, block_z=None)
        assert edge < limits.largest(n)
        assert judge([few]).status == "pass"
        beyond = judge([replace(few, max_z=1.001 * edge, rms_z=1.001 * edge)]).status
        assert beyond == ("diverged" if rows >= 4 else "pass")
    left = replace(FINE, shape=(31,), n=31, compared=4, f=0.25, max_z=2.5, rms_z=2.4, block_z=None)
    assert limits.rho(0.25, 31) < 2.4 < limits.rho(0.25, 4)
    assert judge([left]).status == "pass"


def test_a_large_element_does_not_hide_behind_itself():
    """The limit of the largest is set by the noise of the others, which is at most 1.5."""
    wild = replace(FINE, n=100, compared=100, max_z=9.0, block_z=0.1, f=0.0)
    limit = judge([replace(wild, rms_z=1.2)]).figures["z_limit"]
    others = math.sqrt((100 * 1.2**2 - 9.0**2) / 99)
    assert limit == pytest.approx(limits.largest(100, others))
    assert judge([replace(wild, rms_z=0.1)]).figures["z_limit"] == pytest.approx(limits.largest(100, 0.0))
    assert judge([replace(wild, rms_z=5.0)]).figures["z_limit"] == pytest.approx(limits.largest(100, 1.5))
    endless = judge([replace(wild, max_z=math.inf, rms_z=1.0)])
    assert endless.status == "diverged"
    assert endless.figures["z_limit"] == pytest.approx(limits.largest(100, 1.5))


def test_elements_that_share_an_error_count_as_one():
    """A row that one intermediate moves may lie far off as a whole; rows that err on their own may not."""
    for n, count, sharing in ((1000, 16, 4.0), (1000, 6, 4.0), (400, 3, 20.0), (8, 4, 100.0)):
        apart = max(count / sharing, 1.0)
        t = math.log(max(n / sharing / apart, 1.0)) + 1 + math.log(4 / 2e-3) / apart
        limit = limits.crowded(n, count, empirical=True, sharing=sharing)
        assert limit == pytest.approx(max(t / 2.4, NormalDist().inv_cdf(1 - math.exp(-t) / 2)))
    for n in (30, 200, 5000):
        assert limits.rho(0.3, n, empirical=True, sharing=5.0) > limits.rho(0.3, n, empirical=True) - 1e-12
        once = math.sqrt(1.03**2 * max(1.0, min(math.sqrt(2), math.sqrt(128 / n * 5)), math.sqrt(64 / n * 5)))
        assert limits.rho(0.0, n, empirical=True, sharing=5.0) == pytest.approx(once)
    row = {"n": 1000, "compared": 1000, "max_z": 3.54, "rms_z": 0.6, "block_z": 0.7, "f": 0.1, "empirical": True}
    far = replace(FINE, **row, z_counts=((3.0, 12), (3.5, 1)))
    assert judge([far]).status == "diverged"
    verdict = judge([replace(far, sharing=15.0)])
    assert verdict.status == "pass", verdict.message
    # Their last roundings they do not share.
    others, shared = math.sqrt((1000 * 0.36 - 12 * 9.0) / 988), 1 + 14 * 0.9**2
    limit = limits.crowded(1000, 12, others, empirical=True, sharing=shared)
    assert verdict.figures["crowd_limit"] == pytest.approx(limit)
    assert verdict.figures["rho"] == limits.rho(0.1, 1000, empirical=True, sharing=shared)


def test_several_large_elements_are_more_than_chance():
    """What one element may err by, several may not all: the limit falls as more of them exceed the same |z|."""
    for n, count in ((100, 2), (100, 7), (5000, 40)):
        t = math.log(n / count) + 1 + math.log(4 / 2e-3) / count
        normal = NormalDist().inv_cdf(1 - math.exp(-t) / 2)
        assert limits.crowded(n, count) == pytest.approx(max(t / 1.6, normal))
        assert limits.crowded(n, count, 0.1) == pytest.approx(0.7 * max(t / 1.6, normal))
        assert limits.crowded(n, count, 1.2, empirical=True) == pytest.approx(1.2 * max(t / 2.4, normal))
        assert limits.crowded(n, count, 0.1, empirical=True) == pytest.approx(0.65 * max(t / 2.4, normal))
    assert limits.largest(500, 0.1, empirical=True) == pytest.approx(0.65 * math.log(500 / 2e-3) / 2.4)
    few = {"n": 1000, "compared": 1000, "max_z": 5.2, "rms_z": 0.9, "block_z": 1.0, "f": 0.0}
    assert status(**few, z_counts=((4.0, 1), (5.0, 1))) == "pass"
    assert status(**few, z_counts=((4.0, 3), (5.0, 1))) == "pass"
    loud = judge([replace(FINE, **few, z_counts=((3.0, 17), (4.0, 16), (5.0, 1)))])
    assert loud.status == "diverged"
    others = math.sqrt((1000 * 0.9**2 - 16 * 4.0**2) / 984)
    assert loud.figures["crowd_limit"] == pytest.approx(limits.crowded(1000, 16, others))
    assert loud.figures["crowd_z"] == 4.0
    assert loud.margin == pytest.approx(4.0 / loud.figures["crowd_limit"])
    assert "|z| of 16 elements is above 4, at most" in loud.message
    shared = judge([replace(FINE, **few, z_counts=((4.0, 16), (5.0, 1)), together=1.5)])
    assert shared.figures["crowd_limit"] == pytest.approx(1.5 * loud.figures["crowd_limit"])
    # Of several edges the worst counts, and a pair is several.
    pair = {"n": 100, "compared": 100, "max_z": 5.5, "rms_z": 0.9, "block_z": 1.0, "f": 0.0}
    for counts, edge in ((((2.5, 4), (5.0, 2)), 5.0), (((3.0, 9), (4.0, 2)), 3.0)):
        verdict = judge([replace(FINE, **pair, z_counts=counts)])
        (count,) = (n for at, n in counts if at == edge)
        others = math.sqrt((100 * 0.9**2 - count * edge**2) / (100 - count)) if count * edge**2 < 81 else 0.0
        assert verdict.figures["crowd_z"] == edge
        assert verdict.figures["crowd_limit"] == pytest.approx(limits.crowded(100, count, others))
        assert sum(figure.key == "crowd_limit" for figure in limits.noise(replace(FINE, **pair, z_counts=counts))) == 1
    # Of more the RMS speaks, and of few elements their largest.
    most = {"n": 40, "compared": 40, "max_z": 2.6, "rms_z": 0.5, "block_z": 0.5, "z_counts": ((2.5, 16),)}
    assert "crowd_z" in judge([replace(FINE, **most)]).figures
    assert "crowd_z" not in judge([replace(FINE, **{**most, "z_counts": ((2.5, 17),)})]).figures
    assert "crowd_z" not in judge([replace(FINE, **{**most, "z_counts": ((2.5, 1),)})]).figures
    assert "crowd_z" not in judge([replace(FINE, **{**most, "n": 31, "compared": 31, "z_counts": ((2.5, 9),)})]).figures


def test_errors_beyond_all_measure_are_judged():
    """An error whose square is no float64 number is a divergence like any other, and so is an infinite one."""
    for worst in (1e200, math.inf):
        wild = replace(FINE, n=100, compared=100, max_z=worst, rms_z=worst / 10, block_z=worst / 5, f=0.0)
        verdict = judge([wild])
        assert verdict.status == "diverged"
        assert verdict.margin > 1e100
    for rms, others in ((math.inf, 1.5), (0.0, 0.0)):
        wild = replace(FINE, n=100, compared=100, max_z=1e200, rms_z=rms, block_z=rms, f=0.0)
        assert judge([wild]).figures["z_limit"] == pytest.approx(limits.largest(100, others))


def test_the_message_beyond_the_noise():
    """Which noise figure is beyond which limit, where, and the worst element."""
    rng = np.random.default_rng(0)
    y = rng.standard_normal((64, 64))
    e = rng.standard_normal(y.shape)
    e[16:32, 32:48] *= 5
    loud = judged(y + 1e-3 * e, y, "float64", Allowance(cap=1.0, sigma=1e-3, rule="matmul", empirical=True))
    assert loud.status == "diverged"
    assert "a block's RMS(z) is" in loud.message
    assert "from [16, 32] on" in loud.message
    assert loud.message.endswith("rule matmul (empirical)")
    assert loud.figures["empirical"] is True
    spike = y.copy()
    spike[5, 6] += 0.1
    verdict = judged(spike, y, "float64", Allowance(cap=1.0, sigma=1e-3))
    assert "max|z| is 100, at most 5.65" in verdict.message
    assert " at [5, 6]" in verdict.message
    wide = judged(y + 3e-3 * rng.standard_normal(y.shape), y, "float64", Allowance(cap=1.0, sigma=1e-3))
    assert "noise an honest output has: RMS(z) is 2.97, at most 1.12; worst element [" in wide.message


def test_the_pass_says_how_close_it_was():
    """A passing verdict names its margin, its figures and the profile it was judged under."""
    verdict = judge([replace(FINE, rule_figures={"n": 7})], profile="strict")
    assert verdict.message == "out0 passes: 0.5× its allowance; rule sum: n 7"
    assert verdict.figures["profile"] == "strict"
    assert verdict.figures["n"] == 7
    assert "empirical" not in verdict.figures
    assert "rho" not in verdict.figures
    assert judge([replace(FINE, max_z=1.0, rms_z=1.0, f=0.5)]).figures["rho"] == limits.rho(0.5, FINE.compared)
    assert judge([replace(FINE, rule="")]).message.endswith("; rule unnamed")
    assert judge([replace(FINE, rule="")], rule="fallback").rule == "fallback"


def test_a_verdict_is_plain_json():
    """The verdict goes to a record as it is."""
    element = Element((1,), "nan", "1.0", "0x7fc00000", "0x3f800000", math.nan, math.nan, 0.1)
    verdict = judge([replace(FINE, contract=("NaN",), worst=(element,))])
    plain = json.loads(json.dumps(verdict.to_json(), allow_nan=False))
    assert plain["margin"] == "inf"
    assert plain["status"] == "diverged"
    assert plain["warnings"] == []


def drifting(**changes) -> Divergence:
    """Many quiet elements of three rows whose errors lean to neither side, with some facts changed."""
    quiet = {"max_z": 1.0, "rms_z": 0.9, "block_z": 0.9, "mean_z": 0.0, "gain_z": 0.0, "f": 0.0, "apart": True}
    return replace(FINE, **{"shape": (30, 100), "n": 3000, "compared": 3000, **quiet, **changes})


def edge_of(limit: float, make) -> None:
    """What is just within a limit passes, and what is just beyond it diverges."""
    assert judge([make(limit * 0.9999)]).status == "pass"
    assert judge([make(limit * 1.0001)]).status == "diverged"


def test_errors_that_lean_to_one_side_all_over_are_wrong():
    """An adder that truncates stays within the noise at each element, and shows in the mean of all: of the errors, or
    of those of magnitudes; as far as no two elements share one."""
    normal = NormalDist().inv_cdf(1 - 5e-4)
    chance = 0.9 * normal / math.sqrt(3000)
    for figure, sign in (("mean_z", 1), ("gain_z", 1), ("mean_z", -1), ("gain_z", -1)):
        edge_of(0.35 + chance, lambda z, figure=figure, sign=sign: drifting(**{figure: sign * z}))
    verdict = judge([drifting(gain_z=-0.8)])
    assert "|mean z| is 0.8, at most 0.40" in verdict.message
    assert (verdict.figures["drift_z"], verdict.figures["drift_limit"]) == (0.8, pytest.approx(0.35 + chance))
    # Rounding of the output is each element's own; where a whole row shares an error there are thirty.
    shared = 1.0 + 0.9 * normal * math.sqrt((0.25 + 0.75 * 100) / 3000)
    edge_of(shared, lambda z: drifting(mean_z=z, apart=False, f=0.25))
    for shape, few in (
        ((10, 300), 10),
        ((300, 10), 10),
        ((4, 30, 25), 4),
        ((30, 4, 25), 25),
        ((3000,), 3000),
        ((1, 3000), 3000),
    ):
        limit = 1.0 + 0.9 * normal / math.sqrt(few)
        edge_of(limit, lambda z, shape=shape: drifting(mean_z=z, apart=False, shape=shape))
    edge_of(3.0 + 0.9 * normal, lambda z: drifting(mean_z=z, together=3.0))
    groups = {"together": limits.shared(40)}
    edge_of(groups["together"] + 0.9 * normal / math.sqrt(40), lambda z: drifting(mean_z=z, **groups))
    edge_of(1.15 + chance, lambda z: drifting(mean_z=z, together=1.15))
    # Numbers that are repeated round alike, each nine times.
    edge_of(0.35 + chance * 3, lambda z: drifting(mean_z=z, equals=9.0, f=1.0))
    # A quiet device's mean is no quieter than chance; one that errs in one direction by design is not asked.
    edge_of(0.35 + 0.7 * normal / math.sqrt(3000), lambda z: drifting(mean_z=z, rms_z=0.1))
    assert judge([drifting(mean_z=9.0, biased=True)]).status == "pass"
    assert judge([drifting(mean_z=9.0, n=31, compared=31)]).status == "pass"
    assert judge([drifting(mean_z=math.nan)]).status == "diverged"


def test_a_block_may_be_one_group_of_elements_that_share_an_error():
    """A picture's block lies within one channel of a norm, whose error is one draw: as far off as the largest of so
    many draws may be. Where nothing is shared it is held to the RMS of all."""
    for groups in (40, 4):
        of_all = limits.rho(0.2, 3000, together=limits.shared(groups))
        draw = NormalDist().inv_cdf(1 - 1e-3 / groups)
        limit = math.sqrt(0.2 + 0.8 * draw**2)
        assert limit > 1.1 * of_all
        edge_of(limit, lambda v, groups=groups: drifting(f=0.2, block_z=v, together=limits.shared(groups)))
    edge_of(1.1 * limits.rho(0.2, 3000), lambda v: drifting(f=0.2, block_z=v))


def test_runs_with_noise_say_how_far_a_mean_may_be_off():
    """By experiment, where twenty elements share an error as the sums of the runs have it, a mean is off by that much
    more; in 16 bits, whose steps round far, it may be further off."""
    chance = 0.9 * NormalDist().inv_cdf(1 - 5e-4) / math.sqrt(3000)
    for dtype, bias in (("float32", 0.2), ("float64", 0.2), ("complex64", 0.2), ("bfloat16", 0.4)):
        for summed in ((1.0, 1.0), (20.0, 1.0)):
            known = {"dtype": dtype, "empirical": True, "summed": summed, "apart": False}
            limit = bias + chance * math.sqrt(summed[0])
            edge_of(limit, lambda z, known=known: drifting(mean_z=z, **known))
            # The columns that a lane stands in, four in a hundred here, may lean a little further than all do.
            share = math.sqrt(summed[1]) * 0.9 * NormalDist().inv_cdf(1 - 2e-3 / 32)
            lean = (0.7 if dtype == "bfloat16" else 0.25) * math.sqrt(375 / 25)
            edge_of(share + lean, lambda v, known=known: drifting(lanes=lane(apart=v), **known))


def noisier(n: float, columns: float) -> float:
    """How many times the others' RMS that of a lane of n elements may be, in so many columns."""
    return 1 + math.sqrt(25 / n + 0.81 / columns)


def lane(**changes) -> Lanes:
    """Lanes of which none stands out, with some figures changed."""
    return replace(Lanes(apart=0.5, lane=3, rms=0.9, others=0.9, noisiest=5, count=375), **changes)


def test_a_lane_that_leans_or_is_noisier_than_the_others_is_wrong():
    """One of eight lanes of a vector unit that is off by less than the noise shows in the mean of its elements, and one
    that is noisier than the others in their RMS."""
    normal = NormalDist().inv_cdf(1 - 2e-3 / 32)
    # Of 25 columns, each of which may lean by 0.35, and be noisier than expected.
    lean = 0.35 * math.sqrt(375 / 25)
    edge_of(0.9 * normal + lean, lambda v: drifting(lanes=lane(apart=v)))
    edge_of(0.9 * noisier(375, 25), lambda v: drifting(lanes=lane(rms=v)))
    edge_of(0.5 * noisier(375, 25), lambda v: drifting(lanes=lane(rms=v, others=0.1)))
    verdict = judge([drifting(lanes=lane(apart=9.0))])
    assert "lane 3 of 8's mean z, times √n, is 9, at most 4.81" in verdict.message
    assert verdict.figures["lane_drift_z"] == 9.0
    verdict = judge([drifting(lanes=lane(rms=1.2))])
    assert "lane 5 of 8's RMS(z) is 1.2, at most 1.18" in verdict.message
    assert verdict.figures["lane_rms_z"] == 1.2
    assert judge([drifting(lanes=lane(rms=9.0, count=7))]).status == "pass"
    edge_of(0.9 * noisier(8, 25), lambda v: drifting(lanes=lane(rms=v, count=8)))
    # Numbers that repeat round alike; rows of a scan share errors, though sums share none.
    edge_of(0.9 * noisier(75, 25), lambda v: drifting(equals=5.0, lanes=lane(rms=v)))
    edge_of(0.9 * normal * math.sqrt(5) + lean, lambda v: drifting(equals=5.0, f=0.5, lanes=lane(apart=v)))
    scan = {"together": limits.shared(30), "shape": (120, 25)}
    limit = (0.9 * normal + scan["together"]) * math.sqrt(375 / 25)
    edge_of(limit, lambda v: drifting(lanes=lane(apart=v), **scan))


def test_a_lane_that_is_a_column_shares_what_columns_share():
    """Of 24 columns each lane is three, which may err together; of 25 it is all of them."""
    normal = NormalDist().inv_cdf(1 - 2e-3 / 32)
    for width, columns in ((24, 3), (25, 25), (4000, 375)):
        known = {"shape": (3000 // width + 1, width), "apart": False}
        limit = 0.9 * normal * math.sqrt(375 / columns) + 1.0 * math.sqrt(375 / columns)
        edge_of(limit, lambda v, known=known: drifting(lanes=lane(apart=v), **known))
        if columns >= 8:
            edge_of(0.9 * noisier(columns, columns), lambda v, known=known: drifting(lanes=lane(rms=v), **known))
        else:
            assert judge([drifting(lanes=lane(rms=9.0), **known)]).status == "pass"
    for shape, columns in (((5, 10, 60), 15), ((375, 8), 1), ((1, 3000), 375), ((3000, 1), 375), ((3000,), 375)):
        limit = (0.9 * normal + 1.0) * math.sqrt(375 / columns)
        edge_of(limit, lambda v, shape=shape: drifting(lanes=lane(apart=v), shape=shape, apart=False))
    known = {"shape": (120, 25), "apart": False, "empirical": True, "summed": (1.0, 6.0)}
    limit = 0.9 * normal * math.sqrt(6) + 0.25 * math.sqrt(375 / 25)
    edge_of(limit, lambda v: drifting(lanes=lane(apart=v), **known))
    edge_of(0.9 * noisier(25, 25), lambda v: drifting(lanes=lane(rms=v), **known))
