"""Outputs that are not compared number by number: positions, factors, random numbers, conversions, codes,
steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from harness.golden import reference
from harness.numerics import formats
from harness.numerics.profile import load
from harness.numerics.rules import pairs
from tests.numerics.torchrun import TorchRun, golden_of, judged, made, op_case, verdict_of

F = "torch.nn.functional."
Array = np.ndarray[Any, Any]
Inputs = dict[str, Array]


def test_another_position_of_an_equal_element_is_right() -> None:
    """topk may return any of several equals; the wrong element, one twice, or none of the row is wrong."""
    case = op_case("torch.topk", "float32", {"x": (5, 65)}, 7, values="ties")
    golden, inputs, run = golden_of(case)
    outputs = run(inputs, None)
    row, x = outputs["out1"][0], inputs["x"][0]
    other = int(np.setdiff1d(np.flatnonzero(x == x[row[0]]), row)[0])

    def with_first(position: int) -> Inputs:
        index = outputs["out1"].copy()
        index[0, 0] = position
        return {**outputs, "out1": index}

    assert judged(golden, inputs, outputs).status == "pass"
    assert judged(golden, inputs, with_first(other)).status == "pass"
    assert judged(golden, inputs, with_first(int(np.flatnonzero(x != x[row[0]])[0]))).status == "diverged"
    assert judged(golden, inputs, with_first(int(row[1]))).status == "diverged"
    assert judged(golden, inputs, with_first(65)).status == "diverged"
    assert judged(golden, inputs, with_first(-1)).status == "diverged"


@pytest.mark.parametrize("op", ["torch.argmax", "torch.max"])
def test_the_first_of_equals_where_it_is_promised(op: str) -> None:
    """argmax promises the first of equal elements: another one is wrong."""
    case = op_case(op, "float32", {"x": (5, 65)}, dim=-1, values="ties")
    name = "out0" if op == "torch.argmax" else "out1"

    def last(_: Inputs, i: Inputs) -> Inputs:
        return {name: 64 - np.argmax(i["x"][:, ::-1], axis=1)}

    assert verdict_of(case).status == "pass"
    assert verdict_of(case, last).status == "diverged"


def test_a_negative_position_is_wrong_though_it_reads_the_right_element() -> None:
    """-1 for the last element is what NumPy would take, and no position that an operator may return."""
    case = op_case("torch.argsort", "float32", {"x": (5, 65)})

    def from_the_end(o: Inputs, _: Inputs) -> Inputs:
        return {"out0": np.where(o["out0"] == 64, -1, o["out0"])}

    assert verdict_of(case).status == "pass"
    assert verdict_of(case, from_the_end).status == "diverged"


def test_a_position_of_the_wrong_dtype_breaks_the_contract() -> None:
    """int32 positions where int64 is due are a broken contract, though their values are right."""
    case = op_case("torch.sort", "float32", {"x": (5, 65)})
    verdict = verdict_of(case, lambda o, _: {"out1": o["out1"].astype(np.int32)})
    assert verdict.status == "diverged"
    assert "int32" in verdict.message


def test_factors_may_differ_in_sign_but_must_multiply_to_the_matrix() -> None:
    """U and V are unique up to signs; a changed singular value, column or angle is not."""
    case = op_case("torch.linalg.svd", "float32", {"A": (2, 9, 7)}, full_matrices=False)

    def flipped(o: Inputs, _: Inputs) -> Inputs:
        return {"out0": o["out0"] * np.float32(-1), "out2": o["out2"] * np.float32(-1)}

    def stretched(o: Inputs, _: Inputs) -> Inputs:
        return {"out0": o["out0"] * np.float32(1.001), "out2": o["out2"] / np.float32(1.001)}

    def wrong_value(o: Inputs, _: Inputs) -> Inputs:
        o["out1"][0, -1] *= np.float32(1.001)
        return o

    assert verdict_of(case, flipped).status == "pass"
    assert verdict_of(case, lambda o, _: {"out0": -o["out0"]}).status == "diverged"
    assert verdict_of(case, stretched).status == "diverged"
    assert verdict_of(case, wrong_value).status == "diverged"


@pytest.mark.parametrize("uplo", ["L", "U"])
def test_a_hermitian_matrix_is_the_triangle_that_is_named(uplo: str) -> None:
    """eigh reads one triangle: what stands in the other is no fault of the factors, which the wrong triangle's are."""
    case = op_case("torch.linalg.eigh", "complex64", {"A": (5, 9, 9)}, UPLO=uplo)

    def other(_: Inputs, i: Inputs) -> Inputs:
        values, vectors = np.linalg.eigh(i["A"], UPLO="U" if uplo == "L" else "L")
        return {"out0": values, "out1": vectors}

    assert verdict_of(case).status == "pass"
    assert verdict_of(case, other).status == "diverged"


@pytest.mark.parametrize("shape", [(9, 9), (9, 5), (3, 5, 9)])
@pytest.mark.parametrize("kwargs", [{}, {"rtol": 0.3}])
def test_a_pseudoinverse_errs_as_its_condition_says(shape: tuple[int, ...], kwargs: dict[str, Any]) -> None:
    """Honest ones pass, with singular values cut off and without; what float16 has room for does not."""
    for seed in range(8):
        case = op_case("torch.linalg.pinv", "float32", {"A": shape}, seed=seed, **kwargs)
        verdict = verdict_of(case)
        assert (verdict.status, verdict.rule) == ("pass", "solve")
        assert verdict_of(case, lambda o, _: {"out0": o["out0"].astype(np.float16).astype("f")}).status == "diverged"
    one_more = op_case("torch.linalg.pinv", "float32", {"A": (9, 9)}, rtol=0.3)
    wrong = op_case("torch.linalg.pinv", "float32", {"A": (9, 9)})
    golden, inputs, _ = golden_of(one_more)
    assert judged(golden, inputs, golden_of(wrong)[2](inputs, None)).status == "diverged"


def test_a_singular_value_on_the_cut_leaves_a_pseudoinverse_open() -> None:
    """Whether the last value of this matrix is cut off, rounding decides: either answer passes."""
    case = op_case("torch.linalg.pinv", "float32", {"A": (9, 9)}, rtol=0.25)
    golden, inputs, run = golden_of(case)
    u, values, vt = np.linalg.svd(inputs["A"].astype(np.float64))
    values[-1] = values[0] / 4
    values[-2] = max(values[-2], values[0] / 2)
    inputs["A"][:] = (u * values) @ vt
    golden = reference.make(case, inputs, run, {})
    for sign in (1, -1):
        values[-1] = values[0] / 4 * (1 + sign * 1e-7)
        kept = np.where(values > values[0] / 4, 1 / values, 0.0)
        assert judged(golden, inputs, {"out0": ((vt.T * kept) @ u.T).astype("f")}).status in ("pass", "vacuous")


def test_an_upper_factor_is_upper() -> None:
    """Garbage below R's diagonal is seen, though it is small."""
    case = op_case("torch.linalg.qr", "float32", {"A": (9, 7)})

    def garbage(o: Inputs, _: Inputs) -> Inputs:
        o["out1"][5, 2] = 1e-9
        return o

    assert verdict_of(case).status == "pass"
    assert verdict_of(case, garbage).status == "diverged"


@pytest.mark.parametrize("to", ["bfloat16", "float16", "float8_e4m3fn", "float8_e5m2", "float8_e5m2fnuz"])
def test_casts_round_once_to_nearest(to: str) -> None:
    """Every float pair is exact: truncation, and ties away from even, are wrong."""
    case = op_case("torch.Tensor.to", "float32", {"x": (9, 65)}, {"dt": to}, values="boundary")

    def cut(_: Inputs, i: Inputs) -> Inputs:
        return {"out0": formats.round_to(i["x"].astype(np.float64), to, "zero")}

    assert verdict_of(case).status == "pass"
    assert verdict_of(case, cut).status == "diverged"


def test_a_cast_to_integers_is_open_only_where_nothing_is_promised() -> None:
    """NaN and what does not fit may become anything; every number that fits is exact."""
    case = op_case("torch.Tensor.to", "float32", {"x": (9, 65)}, {"dt": "int8"}, values="special")

    def elsewhere(o: Inputs, i: Inputs) -> Inputs:
        inside = np.abs(np.nan_to_num(i["x"], nan=1e9)) < 127
        return {"out0": np.where(inside, o["out0"], 99).astype(np.int8)}

    def wrong(o: Inputs, i: Inputs) -> Inputs:
        inside = np.flatnonzero(np.abs(np.nan_to_num(i["x"], nan=1e9)).reshape(-1) < 127)
        o["out0"].flat[inside[3]] += 1
        return o

    assert verdict_of(case, elsewhere).status == "pass"
    assert verdict_of(case, wrong).status == "diverged"


def test_large_integers_round_once() -> None:
    """int64 to float32 is correct to the last bit, though float64 cannot hold the source."""
    case = op_case("torch.Tensor.to", "int64", {"x": ((9, 65), "wide", "int64")}, {"dt": "float32"})
    assert verdict_of(case).status == "pass"


def test_a_code_may_differ_only_next_to_a_boundary() -> None:
    """A quantised value may be the neighbouring code where x/scale lies on the boundary, nowhere else."""
    case = op_case(
        "torch.fake_quantize_per_tensor_affine",
        "float32",
        {"x": (9, 65)},
        0.0625,
        3,
        -128,
        127,
        values="normal",
    )

    def elsewhere(o: Inputs, _: Inputs) -> Inputs:
        o["out0"].flat[10] += np.float32(0.0625)
        return o

    assert verdict_of(case).status == "pass"
    assert verdict_of(case, elsewhere).status == "diverged"


@pytest.mark.parametrize(
    ("op", "extra", "values"),
    [
        ("torch.rand_like", {}, "zeros"),
        ("torch.randn_like", {}, "zeros"),
        ("torch.bernoulli", {}, "unit"),
        (F + "dropout", {"p": 0.25, "training": True}, "normal"),
    ],
)
def test_random_operators_are_judged_by_their_distribution(op: str, extra: dict[str, Any], values: str) -> None:
    """Fresh random numbers pass; shifted, scaled, constant or impossible ones diverge."""
    case = op_case(op, "float32", {"x": (64, 64)}, values=values, **extra)
    shifts = {
        "shifted": lambda o: o * np.float32(0.9) if "rand" in op else np.roll(o, 1),
        "constant": lambda o: np.full_like(o, 0.5),
        "nan": lambda o: np.where(np.arange(o.size).reshape(o.shape) == 77, np.float32(np.nan), o),
    }
    assert verdict_of(case).status == "pass"
    for what, change in shifts.items():
        verdict = verdict_of(case, lambda o, _, c=change: {"out0": c(o["out0"])})  # type: ignore[misc]
        assert verdict.status == "diverged" or (what == "shifted" and op == "torch.bernoulli"), what


@pytest.mark.parametrize(
    ("op", "args", "values"),
    [
        (F + "gumbel_softmax", (), "normal"),
        (F + "alpha_dropout", (0.3, True), "normal"),
        (F + "dropout2d", (0.3,), "normal"),
        (F + "rrelu", (0.1, 0.4, True), "normal"),
        ("torch.poisson", (), "positive"),
        ("torch.multinomial", (9,), "positive"),
        ("torch.Tensor.exponential_", (), "normal"),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_law_that_no_formula_gives_is_told_by_samples(
    op: str, args: tuple[Any, ...], values: str, dtype: str
) -> None:
    """Samples of the reference say how other random numbers are distributed: fresh ones pass, those of another law, in
    the wrong places or with a NaN diverge, and the golden is the same each time.
    """
    shape = (32, 24) if op != F + "dropout2d" else (24, 16, 5, 7)
    case = op_case(op, dtype, {"x": shape}, *args, values=values)
    golden, arrays, run = golden_of(case)
    again = golden_of(case)[0]
    assert all(np.array_equal(a.y, b.y) for a, b in zip(golden.outputs, again.outputs, strict=True))
    assert {o.name for o in golden.outputs} >= {"out0", "out0:law", "out0:rate"}

    def status(change: Callable[[Any], Any]) -> str:
        out = run(arrays, None)
        return judged(golden, arrays, {**out, "out0": change(out["out0"])}).status

    assert [status(lambda o: o) for _ in range(4)] == ["pass"] * 4
    assert status(lambda o: o * 0) == "diverged"
    assert status(lambda o: np.sort(o.reshape(-1)).reshape(o.shape)) == "diverged"
    if op in (F + "rrelu", F + "alpha_dropout", "torch.poisson"):  # whose elements have laws of their own
        assert status(lambda o: np.roll(o, 5, axis=1)) == "diverged"
    if op != "torch.multinomial":
        nan = np.where(np.arange(math.prod(shape)).reshape(shape) == 77, np.nan, 0.0)
        assert status(lambda o: (o.astype(np.float64) + nan).astype(o.dtype)) == "diverged"


def test_what_is_not_drawn_is_no_random_number() -> None:
    """Without training dropout drops nothing, and rrelu has one slope: each has one right answer."""
    for op in ("alpha_dropout", "rrelu", "feature_alpha_dropout"):
        case = op_case(F + op, "float32", {"x": (9, 33)})
        assert verdict_of(case).status == "pass"
        assert verdict_of(case, lambda o, _: {"out0": o["out0"] * np.float32(1.001)}).status == "diverged"


def test_a_dropout_that_keeps_too_many_diverges() -> None:
    """The rate of dropping is tested in every stretch of the output."""
    case = op_case(F + "dropout", "float32", {"x": (64, 64)}, p=0.25, training=True)

    def keep(o: Inputs, i: Inputs) -> Inputs:
        o["out0"][40:44] = (i["x"][40:44] / np.float32(0.75)).astype(np.float32)
        return o

    assert verdict_of(case, keep).status == "diverged"


def test_a_subnormal_flushed_to_zero_needs_a_profile() -> None:
    """An exact operator that flushes subnormals diverges on a strict target."""
    case = op_case("torch.neg", "float32", {"x": (9, 65)}, values="subnormal")

    def flushed(o: Inputs, _: Inputs) -> Inputs:
        return {"out0": np.where(np.abs(o["out0"]) < np.finfo(np.float32).tiny, np.float32(0), o["out0"])}

    assert verdict_of(case).status == "pass"
    assert verdict_of(case, flushed).status == "diverged"


def test_saturating_float8_casts_pass_where_torch_itself_changed() -> None:
    """Beyond 448, float8_e4m3fn may saturate or become NaN: torch has done both. Anything else is wrong."""
    case = op_case("torch.Tensor.to", "float32", {"x": (9, 65)}, {"dt": "float8_e4m3fn"}, values="wide")

    def to_nan(o: Inputs, i: Inputs) -> Inputs:
        return {"out0": np.where(np.abs(i["x"]) > 480, ml_dtypes.float8_e4m3fn(np.nan), o["out0"])}

    def to_zero(o: Inputs, i: Inputs) -> Inputs:
        return {"out0": np.where(np.abs(i["x"]) > 480, ml_dtypes.float8_e4m3fn(0), o["out0"])}

    assert verdict_of(case).status == "pass"
    assert verdict_of(case, to_nan).status == "pass"
    assert verdict_of(case, to_zero).status == "diverged"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("op", ["torch.exp", "torch.tanh", "torch.nn.functional.silu", "torch.lgamma"])
def test_a_function_errs_by_its_bound_at_single_places_only(op: str, dtype: str) -> None:
    """Every element two thirds of the bound off is no honest kernel, though none breaks it; an eighth may
    be, wherever it is, but for one lane of eight."""
    case = op_case(op, dtype, {"x": ((25, 40), "range:0.5:8")})
    golden, inputs, run = golden_of(case)
    y = golden.outputs[0].y
    (_, _, allowance), *_ = pairs(golden, {"out0": made("out0", run(inputs, None)["out0"])}, inputs, load("strict"))
    off = (y + np.asarray(allowance.cap) * np.where(np.arange(y.size) % 2, 0.66, -0.66).reshape(y.shape)).astype(dtype)
    assert verdict_of(case).status == "pass"
    found = judged(golden, inputs, {"out0": off})
    assert found.status == "diverged"
    assert found.figures["max_ratio"] < 1
    eighth = np.random.default_rng(0).permutation(y.size).reshape(y.shape) % 8 == 0
    some = np.where(eighth, off, run(inputs, None)["out0"])
    assert judged(golden, inputs, {"out0": some}).status == "pass"
    lane = np.where(np.arange(y.size).reshape(y.shape) % 8 == 0, off, run(inputs, None)["out0"])
    assert judged(golden, inputs, {"out0": lane}).status == "diverged"


def test_a_function_of_few_values_may_err_by_its_bound_in_all() -> None:
    """A hundred equal numbers are one: their error may be as large as one's."""
    for values, tested in ((5, False), (100, True)):
        case = op_case("torch.exp", "float32", {"x": (20, 5)})
        x = np.resize(np.linspace(0.5, 0.9, values), (20, 5)).astype(np.float32)
        golden = reference.make(case, {"x": x}, TorchRun(case), {})
        assert ("alike" in golden.outputs[0].noise) is not tested
