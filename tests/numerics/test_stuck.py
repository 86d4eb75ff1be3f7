"""A significand's bit that holds still is named, with its lane, though its size is less than the noise; honest numbers,
coarse numbers and few numbers are no sign of one."""

from __future__ import annotations

import itertools
import math

import ml_dtypes
import numpy as np
import pytest
from pairs import Golden, Output, measured

from harness.numerics import formats, limits
from harness.numerics.judge import judge
from harness.numerics.measure import measure
from harness.numerics.stuck import coarse
from harness.numerics.types import Allowance, Stuck

# What is allowed here is far more than a bit: nothing else sees it.
WIDE = Allowance(cap=1.0, sigma=0.1)
FLOATS = ("float64", "float32", "float16", "bfloat16")


def noisy(dtype: str, shape: tuple[int, ...] = (40, 32), seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A golden, and an honest output some ulp beside it, as an array of its dtype."""
    rng = np.random.default_rng(seed)
    y = rng.standard_normal(shape)
    a = formats.round_to(y + 3 * formats.ulp(y, dtype) * rng.standard_normal(shape), dtype)
    return np.asarray(a, formats.numpy_dtype(dtype)), y


def words(a: np.ndarray) -> np.ndarray:
    """The bits of an array, to be changed in place."""
    return a.view(f"u{a.itemsize}").reshape(-1)


def significands(golden: np.ndarray, a: np.ndarray, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """Those of the golden's words, and of an output."""
    mask = golden.dtype.type((1 << (formats.format_of(dtype).p - 1)) - 1)
    return golden & mask, words(a) & mask


def held(a: np.ndarray, y: np.ndarray, dtype: str = "float32", allowance: Allowance = WIDE) -> Stuck | None:
    """The bit that holds still, of an output measured as any is."""
    return measured(a, y, dtype, allowance).stuck


def test_honest_numbers_hold_no_bit_still():
    """Noise of a few ulp moves each bit in every lane, in every dtype and shape; and the judge has nothing to say."""
    for dtype, shape in itertools.product(FLOATS, ((40, 32), (7, 91), (1000,), (5,))):
        for seed in range(8):
            found = measured(*noisy(dtype, shape, seed), dtype, WIDE)
            assert found.stuck is None or found.stuck.clear < limits.STUCK
            assert judge([found]).status == "pass"


def test_a_bit_that_is_one_everywhere_is_named():
    """The last bit, or the one before, stuck at one in all elements: the verdict says which."""
    for dtype, bit in itertools.product(FLOATS, (0, 1)):
        a, y = noisy(dtype)
        words(a)[:] |= 1 << bit
        verdict = judge([measured(a, y, dtype, WIDE)])
        stuck = held(a, y, dtype)
        assert (stuck.bit, stuck.state, stuck.lane, stuck.lanes, stuck.count) == (bit, 1, 0, 1, a.size)
        golden = words(formats.round_to(y, dtype).astype(formats.numpy_dtype(dtype)))
        other = golden >> bit & 1 == 0
        assert stuck.differing == min(np.unique(w[other]).size for w in significands(golden, a, dtype))
        assert verdict.status == "diverged"
        shown = f"out0 diverged: bit {bit} of the significand is 1 in all elements, and 0 in {stuck.differing} of"
        assert shown in verdict.message
        alike = min(np.unique(w[~other]).size for w in significands(golden, a, dtype))
        assert verdict.figures["stuck_clear"] == stuck.clear == stuck.differing + min(stuck.differing, alike)
        assert verdict.figures["stuck_limit"] == limits.STUCK
        assert verdict.margin == math.inf
        assert measured(a, y, dtype, WIDE).worst


def test_a_bit_of_one_lane_is_named():
    """One lane of 4 to 32 whose last bit is stuck, in either state, also where rows are no multiple of the lanes."""
    for lanes, state, shape in itertools.product((4, 8, 16, 32), (0, 1), ((60, 32), (43, 45))):
        a, y = noisy("float32", shape)
        lane = words(a)[lanes - 3 :: lanes]
        lane[:] = lane | 1 if state else lane & ~np.uint32(1)
        found = measured(a, y, "float32", WIDE)
        stuck = found.stuck
        assert (stuck.bit, stuck.state, stuck.lane, stuck.lanes) == (0, state, lanes - 3, lanes)
        assert stuck.count == lane.size
        message = judge([found]).message
        there = f"{1 - state} in {stuck.differing} of the golden's numbers there"
        assert f"is {state} in all {lane.size} elements of lane {lanes - 3} of {lanes}, and {there}" in message


def test_how_clear_it_is_counts_coins_and_chances():
    """-log2 of the chance counts each different number of the golden that has the other state, and as many that have
    this one, each as likely as the share of the state in the other lanes, less log2 of the lanes; beyond 14 it is a
    divergence."""
    a, y = noisy("float32", (40, 32))
    lane = words(a)[5::32]
    lane[:] |= 1
    golden = y.reshape(-1)[5::32].astype(np.float32).view(np.uint32)
    stuck = held(a, y)
    differing = np.count_nonzero(golden % 2 == 0)
    others = np.delete(words(a).reshape(-1, 32), 5, axis=1) % 2
    assert stuck.differing == differing
    coins = differing + min(differing, 40 - differing)
    assert stuck.clear == pytest.approx(-coins * math.log2(max(0.5, others.mean())) - math.log2(32))
    for clear, status in ((14.0, "pass"), (14.1, "diverged")):
        found = measured(*noisy("float32"), "float32", WIDE)
        held_still = type(stuck)(0, 1, 5, 32, 40, 20, clear)
        assert judge([type(found)(**{**fields(found), "stuck": held_still})]).status == status


def fields(found) -> dict[str, object]:
    """The fields of a slotted dataclass."""
    return {name: getattr(found, name) for name in found.__dataclass_fields__}


def test_coarse_numbers_are_honest():
    """A difference of large numbers ends in zeros in all its elements, or in most of every lane: no sign of a fault."""
    rng = np.random.default_rng(1)
    y = rng.standard_normal((40, 32))
    for large in (16.0, 100.0):
        a = ((y + large).astype(np.float32) - np.float32(large)).astype(np.float32)
        assert judge([measured(a, y, "float32", WIDE)]).status == "pass"
    # One lane is coarse, the others nearly so.
    a, y = noisy("float32")
    coarse = words(a).reshape(-1, 32)
    coarse[rng.random(coarse.shape) < 0.9] &= ~np.uint32(1)
    coarse[:, 3] &= ~np.uint32(1)
    assert judge([measured(a, y, "float32", WIDE)]).status == "pass"


def test_a_bit_that_is_zero_everywhere_is_named_where_noise_is_small():
    """The last bit, or the one before, 0 in all elements, of noise up to 1.5 times what it weighs: what subtracts large
    numbers has more.
    """
    y = np.random.default_rng(0).standard_normal((40, 32))
    for dtype, bit in itertools.product(FLOATS, (0, 1)):
        ulp = formats.ulp(y, dtype)
        a = formats.round_value(y + ulp * np.random.default_rng(1).standard_normal(y.shape), dtype)
        a = np.asarray(a).astype(formats.numpy_dtype(dtype))
        words(a)[:] &= ~words(a).dtype.type(1 << bit)
        right = words(formats.round_to(y, dtype).astype(formats.numpy_dtype(dtype)))
        for sigma, named in ((1.5 * 2**bit * ulp, True), (1.6 * 2**bit * ulp, False)):
            found = measured(a, y, dtype, Allowance(cap=1.0, sigma=sigma))
            assert limits.still(found) is named
            if named:
                stuck = found.stuck
                assert (stuck.bit, stuck.state, stuck.lane, stuck.lanes, stuck.count) == (bit, 0, 0, 1, a.size)
                other = right >> bit & 1 == 1
                apart, alike = (
                    min(np.unique(w[part]).size for w in significands(right, a, dtype)) for part in (other, ~other)
                )
                assert stuck.clear == apart + min(apart, alike) - 4
                assert (
                    f"bit {bit} of the significand is 0 in all elements, and 1 in {apart} of" in judge([found]).message
                )
    assert measured(a, y, dtype, Allowance(cap=1.0)).stuck is None


def test_the_quiet_elements_alone_tell_of_zeros_everywhere():
    """Of forty elements in float32 twenty-one that are quiet prove a bit that is 0 everywhere, twenty do not; of
    nineteen all prove it, of eighteen they do not."""
    y = 1 + np.random.default_rng(0).random(40) / 2
    y = y + np.where(y.astype(np.float32).view(np.uint32) % 2, 0.0, 2.0**-23)
    a = y.astype(np.float32)
    words(a)[:] &= ~np.uint32(1)
    for n, quiet, named in ((40, 0, False), (40, 20, False), (40, 21, True), (19, 19, True), (18, 18, False)):
        sigma = np.where(np.arange(n) < quiet, 2.0**-23, 2.0**-20)
        assert limits.still(measured(a[:n], y[:n], "float32", Allowance(cap=1.0, sigma=sigma))) is named


def test_what_is_coarse_in_pytorch_is_no_sign():
    """Bits that PyTorch's own output has as 0 everywhere may be 0 on any device, those above them may not."""
    y = np.random.default_rng(0).standard_normal(1000)
    ulp = formats.ulp(y, "float32")
    for bits in (1, 2):
        a = y.astype(np.float32)
        words(a)[:] &= ~np.uint32((1 << bits) - 1)
        assert coarse(a, y, "float32") == bits
        assert coarse(a + 1j * a, y + 1j * y, "complex64") == bits
        for own in range(4):
            found = measured(a, y, "float32", Allowance(cap=1.0, sigma=ulp, coarse=own))
            assert limits.still(found) is (own < bits)
    assert coarse(y.astype(np.float32), y, "float32") == coarse(a, a.astype(np.float64), "float32") == 0
    assert coarse(np.zeros(9, np.float32), y[:9], "float32") == 0
    assert coarse(None, y, "float32") == coarse(a[:9], y, "float32") == 24
    assert coarse(np.float32(0.5), np.asarray(0.3), "float16") >= 10


def test_multiples_of_one_number_are_few():
    """A number that rounds to an odd one, times 1 to 8 and both signs: sixteen values, and as many odd ones by chance
    as there are significands.
    """
    times = np.tile(np.concatenate([np.arange(1, 9), -np.arange(1, 9)]), 60).astype(np.float64).reshape(30, 32)
    a, y = (times * 2.0**-6 * x for x in (0.87890625, 0.8754687))
    found = held(np.asarray(formats.round_value(a, "bfloat16")).astype(ml_dtypes.bfloat16), y, "bfloat16")
    assert found is None or found.clear < limits.STUCK


def test_zeros_of_one_column_of_a_few_are_no_sign():
    """A column that is a difference of large numbers ends in zeros where its neighbours do not: of up to eight columns
    each may mean something else. A bit that is one, a lane across columns, and lanes of many columns are signs.
    """

    def clear(columns: int, lane: int, lanes: int, state: int) -> bool:
        a, y = noisy("float32", (2048 // columns, columns))
        row = words(a)[lane::lanes]
        row[:] = row | 1 if state else row & ~np.uint32(1)
        stuck = measured(a, y, "float32", WIDE).stuck
        return stuck is not None and (stuck.lane, stuck.lanes, stuck.state) == (lane, lanes, state)

    assert [clear(columns, 1, 8, 0) for columns in (1, 2, 4, 8, 16)] == [True, False, False, False, True]
    assert [clear(columns, 1, 8, 1) for columns in (1, 2, 4, 8, 16)] == [True] * 5
    assert [clear(3, 1, lanes, 0) for lanes in (4, 8)] == [True] * 2
    assert [clear(8, 1, 4, 0), clear(8, 9, 16, 0), clear(9, 1, 32, 0)] == [True, False, True]


def test_complex_rows_have_twice_the_numbers():
    """A lane of four is half a row of four complex numbers, and no column."""
    a, y = noisy("float32", (256, 8))
    row = words(a)[1::4]
    row[:] = row & ~np.uint32(1)
    found = measured(a.view(np.complex64), y.view(np.complex128), "complex64", WIDE).stuck
    assert (found.lane, found.lanes, found.state) == (1, 4, 0)


def test_real_parts_that_cancel_are_no_sign():
    """Differences of large numbers end in zeros, all real parts alike, where imaginary ones do not; one lane of four
    that ends in zeros among other real parts is a fault."""
    rng = np.random.default_rng(0)
    y = (rng.standard_normal((40, 32)) + 1j * (300 + rng.standard_normal((40, 32)))).astype(np.complex128)
    a = (y + 1e-4 * rng.standard_normal((40, 32))).astype(np.complex64)
    a.real = np.rint(a.real * 2.0**16) / 2.0**16
    found = held(a, y, "complex64")
    assert found is None or found.clear < 1
    a.real = (y.real + 1e-4 * rng.standard_normal((40, 32))).astype(np.float32)
    a.real[:, ::4] = np.rint(a.real[:, ::4] * 2.0**16) / 2.0**16
    found = held(a, y, "complex64")
    assert found is not None
    assert (found.state, found.lane, found.lanes) == (0, 0, 8)


def test_what_is_derived_has_no_wires():
    """A quantity derived from an output is no register's: its bits say nothing."""
    a, y = noisy("float64")
    words(a)[:] |= 1
    for name, expected in (("out0", True), ("out0:law", False)):
        found = measure(Output(a, "float64", name), Golden(y, "float64", name), WIDE)
        assert (found.stuck is not None) is expected


def test_few_different_numbers_prove_nothing():
    """Many elements of one value are one coin: where golden or output has few numbers, none holds still; nor do a few
    elements, which may all be odd by chance.
    """
    a, y = noisy("float32", (8,))
    words(a)[:] |= 1
    assert np.count_nonzero(words(y.astype(np.float32)) % 2 == 0) > 1
    assert held(a, y) is None
    a, y = noisy("float32", (10, 32))
    words(a)[5::32] |= 1
    assert held(a, y) is None
    a, y = noisy("float32", (10,))
    words(a)[:] |= 1
    even = np.count_nonzero(words(y.astype(np.float32)) % 2 == 0)
    for times in (2.0, -1.0):  # the same significands again are no new coins
        a, y = np.concatenate([a, np.float32(times) * a]), np.concatenate([y, times * y])
    few = measured(np.tile(a, (100, 1)), np.tile(y, (100, 1)), "float32", WIDE)
    assert few.stuck.differing == even
    assert judge([few]).status == "pass"
    a, y = noisy("float32")
    below = np.nextafter(np.float32(1), np.float32(0))
    assert held(np.full(y.shape, below), 1 + 1e-9 * y).differing == 1
    assert held(np.full(y.shape, below), 1 + 1e-3 * y).differing == 1


def test_a_bit_of_the_golden_is_no_fault():
    """Numbers of few bits, and zeros, which the golden has too: nothing holds still that should move."""
    whole = np.arange(1000.0).reshape(40, 25)
    assert held(whole.astype(np.float32), whole) is None
    a, y = noisy("float32")
    odd = (np.abs(words(a).copy()) | 1).view(np.float32)
    assert held(odd, odd.astype(np.float64)) is None
    a[:, ::2], y[:, ::2] = 0, 0
    assert held(a, y) is None


def test_only_bits_of_the_significand_are_asked_about():
    """Numbers in one binade, where the golden's are in two, are wrong by their size, which other tests see."""
    y = np.random.default_rng(0).uniform(0.5, 2, (40, 32))
    a = np.where(y < 1, 2 * y, y).astype(np.float32)
    found = measured(a, y, "float32", Allowance(cap=1e-6))
    assert found.stuck is None
    assert judge([found]).status == "diverged"
    a = y.astype(np.float32)
    a[:, 5] = np.where(y < 1, y, y / 2)[:, 5]
    assert held(a, y) is None


def test_zeros_and_what_is_not_finite_do_not_hide_it():
    """Elements that are 0, inf or NaN have no significand: the bit is stuck in the others."""
    a, y = noisy("float32")
    words(a)[:] |= 1
    for special in (0.0, np.inf, np.nan):
        a[3, ::3], y[3, ::3] = special, special
        a[5], y[5] = special, special
        stuck = held(a, y)
        assert (stuck.bit, stuck.state, stuck.lanes) == (0, 1, 1)
    a, y = noisy("float32")
    words(a)[3::8] &= ~np.uint32(1)
    a[4:9], y[4:9] = 0.0, 0.0
    stuck = held(a, y)
    assert (stuck.bit, stuck.state, stuck.lane, stuck.lanes, stuck.count) == (0, 0, 3, 8, 35 * 4)


def test_complex_numbers_have_two_lanes_each():
    """Real and imaginary parts alternate in the register, too."""
    a, y = noisy("float32", (30, 64))
    words(a)[1::8] &= ~np.uint32(1)
    stuck = measured(a.view(np.complex64), y.view(np.complex128), "complex64", WIDE).stuck
    assert (stuck.bit, stuck.state, stuck.lane, stuck.lanes) == (0, 0, 1, 8)


def test_exact_outputs_and_integers_are_judged_by_value():
    """Where nothing may differ, and in integers, no bit is asked about."""
    a, y = noisy("float32")
    words(a)[:] |= 1
    assert held(a, y, allowance=Allowance(cap=0.0, exact=True)) is None
    odd = np.arange(1, 2001, 2, dtype=np.int32)
    assert held(odd, odd - np.arange(odd.size) % 2, "int32") is None


def test_it_explains_what_other_tests_found():
    """A bit so high that its size breaks the cap, or the noise test: the message names the bit, too."""
    a, y = noisy("float32")
    words(a)[7::16] |= 1 << 12
    held_still = "; bit 12 of the significand is 1 in all 80 elements of lane 7 of 16"
    for allowance, found in ((Allowance(cap=1e-6), "× its allowance"), (Allowance(cap=1.0, sigma=1e-6), "× the noise")):
        verdict = judge([measured(a, y, "float32", allowance)])
        assert f"{verdict.margin:.3g}{found}" in verdict.message
        assert held_still in verdict.message


def test_a_large_output_is_looked_at_where_it_begins():
    """The first 16,384 elements tell: an output of millions costs no more."""
    a, y = noisy("float32", (20000,))
    words(a)[:] |= 1
    assert held(a, y).count == 16384
    words(a)[16384:] &= ~np.uint32(1)
    assert held(a, y).count == 16384


def test_coarse_columns_are_counted_as_columns():
    """Where most numbers of the other lanes end in zeros, whole columns do, as a norm's with a large shift: a lane of
    32 columns that all do is no sign, however many rows there are; nor of a picture's, whose channels are few."""
    for shape, lanes, fine, slices in (
        ((40, 256), 8, np.arange(256) % 21 == 5, 32),
        ((40, 90), 16, np.arange(90) % 21 == 5, 40),
        ((16, 8, 10, 9), 16, np.arange(8)[:, None, None] == 2, 8),
        ((3, 40, 10, 9), 16, np.arange(40)[:, None, None] % 21 == 2, 9),
        ((300, 4, 90), 16, np.arange(90) % 21 == 5, 4),
        ((40, 90, 2), 16, (np.arange(90) % 21 == 5)[:, None], 40),  # complex, of 40×90
    ):
        a, y = noisy("float32", shape)
        rest = words(a).reshape(shape)
        rest[np.broadcast_to(~fine, shape)] &= ~np.uint32(1)
        lane = words(a)[3::lanes]
        lane[:] &= ~np.uint32(1)
        whole = shape[-1] == 2
        given = (v[..., 0] + 1j * v[..., 1] for v in (a, y)) if whole else (a, y)
        found = measured(*given, "complex64" if whole else "float32", WIDE)
        place = np.arange(a.size)
        others = words(a)[(place % lanes != 3) & ((place % 2 == 1) | (not whole))] % 2 == 0
        often = 2 * others.mean() - 1 - 2 / math.sqrt(others.size)
        clear = -slices * math.log2(often) - math.log2(lanes)
        assert (0.0 if found.stuck is None else found.stuck.clear) == pytest.approx(max(clear, 0.0))
        assert not limits.still(found)
    # A lane among numbers that end in anything is one.
    a, y = noisy("float32", (40, 256))
    words(a)[3::8] &= ~np.uint32(1)
    assert limits.still(measured(a, y, "float32", WIDE))
