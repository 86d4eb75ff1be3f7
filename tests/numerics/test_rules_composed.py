"""What is composed of several steps: each may round, to float32 or to the output's dtype, and a rule counts it. What is
no rounding is still caught.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from harness.case import Case
from harness.numerics.profile import load
from harness.numerics.rules import pairs
from tests.numerics.torchrun import TorchRun, golden_of, judged, made, op_case, to_numpy, to_torch, verdict_of

F = "torch.nn.functional."
Array = np.ndarray[Any, Any]
SHORT = ("bfloat16", "float16")


def _passes(case: Case) -> None:
    verdict = verdict_of(case, profile="cpu")
    assert verdict.status == "pass", verdict.message


def _scaled(op: str, m: int, k: int, n: int) -> dict[str, tuple[int, ...]]:
    """Shapes of beta·c + alpha·Σab."""
    return {
        "addmm": {"c": (m, n), "a": (m, k), "b": (k, n)},
        "addmv": {"c": (m,), "a": (m, k), "b": (k,)},
        "addr": {"c": (m, n), "a": (m,), "b": (n,)},
        "baddbmm": {"c": (2, m, n), "a": (2, m, k), "b": (2, k, n)},
    }[op]


@pytest.mark.parametrize("dtype", ["float32", *SHORT])
@pytest.mark.parametrize("op", ["addmm", "addmv", "addr", "baddbmm"])
def test_alpha_and_beta_round(op: str, dtype: str) -> None:
    """Scales that are no numbers of the dtype cost a rounding each, and another where they multiply."""
    for alpha, beta in ((0.2, 0.6), (-0.3, 1), (0.6, -1.7)):
        for sizes in ((33, 7, 65), (7, 1, 3), (64, 64, 64)):
            for seed in (1, 3):
                _passes(op_case(f"torch.{op}", dtype, _scaled(op, *sizes), alpha=alpha, beta=beta, seed=seed))


@pytest.mark.parametrize("op", ["addmv", "addr"])
def test_a_lost_beta_is_caught(op: str) -> None:
    """A product without its addend is no rounding."""
    case = op_case(f"torch.{op}", "bfloat16", _scaled(op, 33, 7, 65), alpha=0.2, beta=0.6)
    verdict = verdict_of(case, lambda out, x: {"out0": out["out0"] - (0.06 * x["c"].astype(np.float32))}, profile="cpu")
    assert verdict.status == "diverged"


@pytest.mark.parametrize("dtype", SHORT)
def test_bilinear_and_tensordot_keep_a_step(dtype: str) -> None:
    """x·W is kept in the output's dtype; so are the products of a full contraction, and the sum along a dimension that
    the other side has one element of."""
    for seed in (1, 2, 3):
        shapes = {"x": (33, 17), "y": (33, 20), "w": (9, 17, 20), "b": (9,)}
        _passes(op_case(F + "bilinear", dtype, shapes, seed=seed))
        for a, b in (((2, 2, 1), (2, 1, 2)), ((1, 1, 3), (5, 4, 7))):
            _passes(op_case("torch.tensordot", dtype, {"a": a, "b": b}, seed=seed, dims={"t": [[0, 1], [2, 0]]}))


@pytest.mark.parametrize("dtype", SHORT)
def test_the_gradients_of_bilinear_add_features_up_one_by_one(dtype: str) -> None:
    """Each feature's share is added in the output's dtype, so that RMS(z) is near 1 however many there are."""
    shapes = {"x": (33, 9), "y": (33, 7), "w": (40, 9, 7)}
    case = op_case(F + "bilinear", dtype, shapes, grad=("x", "y"))
    for seed in (1, 2):
        verdict = verdict_of(replace(case, seed=seed), profile="cpu")
        assert verdict.status == "pass", verdict.message


CONVOLUTIONS = {
    "conv2d": {"x": (1, 3, 4, 4), "w": (3, 3, 3, 3), "b": (3,)},
    "conv3d": {"x": (1, 1, 4, 4, 4), "w": (1, 1, 4, 4, 4), "b": (1,)},
    "conv_transpose2d": {"x": (2, 3, 9, 9), "w": (3, 4, 3, 3), "b": (4,)},
}


@pytest.mark.parametrize("op", CONVOLUTIONS)
def test_complex_convolutions_are_three_real_ones(op: str) -> None:
    """The imaginary part is a difference of larger sums; an error of the size of one of them is none."""
    for seed in range(1, 13):
        case = op_case(F + op, "complex64", CONVOLUTIONS[op], seed=seed)
        _passes(case)
    verdict = verdict_of(case, lambda out, _: {"out0": out["out0"] * np.complex64(1 + 1e-4j)}, profile="cpu")
    assert verdict.status == "diverged"


FUNCTIONS = ("exp2", "expm1", "log1p", "sin", "tan", "tanh", "asin", "acosh", "atan", "sigmoid", "rsqrt")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_of_complex_numbers_err_as_their_modulus(function: str) -> None:
    """A small component of a large number has the error of the large one, which no profile of real functions knows."""
    for values in ("normal", "unit", "positive"):
        case = op_case(f"torch.{function}", "complex64", {"x": (20, 65)}, values=values)
        _passes(case)
        wrong = verdict_of(case, lambda out, _: {"out0": out["out0"] * np.complex64(1 + 2.0**-14)}, profile="cpu")
        assert wrong.status == "diverged"


def test_complex_powers_round_their_exponent() -> None:
    """z^w is exp(w log z): w log z is large where z is far from 1."""
    for seed in (1, 2):
        _passes(op_case("torch.pow", "complex64", {"z": (9, 65), "w": (9, 65)}, seed=seed))
        _passes(op_case("torch.pow", "complex64", {"z": ((9, 65), "wide")}, 2.5, seed=seed))


@pytest.mark.parametrize("op", ["addcmul", "addcdiv", "prod", "cumprod"])
def test_complex_products_and_quotients(op: str) -> None:
    """A complex product errs by √5·u, a quotient by up to 8u, and a long product by as many."""
    for values in ("normal", "unit") if "prod" in op else ("normal", "wide"):
        for seed in (1, 2):
            if op.startswith("addc"):
                shapes = dict.fromkeys("xyz", (9, 65))
                _passes(op_case(f"torch.{op}", "complex64", shapes, values=values, seed=seed, value=0.7))
            else:
                _passes(op_case(f"torch.{op}", "complex64", {"x": (9, 65)}, -1, values=values, seed=seed))


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", *SHORT])
def test_the_trapezoid_rule_rounds_every_step(dtype: str) -> None:
    """Sums, differences and products of samples round each, whether x is given or the step constant."""
    for n in (3, 33):
        for seed in (1, 2):
            _passes(op_case("torch.trapezoid", dtype, {"y": (65, n), "x": (65, n)}, seed=seed))
            _passes(op_case("torch.trapezoid", dtype, {"y": (n, 65), "x": (n,)}, seed=seed, dim=0))
            _passes(op_case("torch.trapezoid", dtype, {"y": (65, n)}, seed=seed, dx=0.3))


def test_a_trapezoid_too_few_is_caught() -> None:
    """Half of the first sample lost."""
    case = op_case("torch.trapezoid", "bfloat16", {"y": (65, 33)}, dx=0.3)
    wrong = verdict_of(case, lambda o, x: {"out0": o["out0"] - 0.15 * x["y"][:, 0].astype(np.float32)}, profile="cpu")
    assert wrong.status == "diverged"


def _masked(op: str, dtype: str, **more: Any) -> Case:
    mask = ((65, 9), "normal", "bool")
    return op_case(
        f"torch.masked.{op}", dtype, {"x": (65, 9), "m": mask}, args=({"v": "x"}, 1), mask={"v": "m"}, **more
    )


@pytest.mark.parametrize("dtype", ["float32", *SHORT])
@pytest.mark.parametrize("op", ["mean", "var", "std", "softmax", "log_softmax", "logsumexp"])
def test_masked_reductions_know_their_mask(op: str, dtype: str) -> None:
    """What is masked has no part in the noise; the mean, the differences and their squares are kept in the dtype."""
    for values in ("normal", "offset"):
        for seed in (1, 2, 3):
            _passes(_masked(op, dtype, values=values, seed=seed))


@pytest.mark.parametrize("dim", [0, 1])
@pytest.mark.parametrize("n", [3, 5, 9])
def test_sums_of_exponentials_round_as_far_as_they_have_grown(n: int, dim: int) -> None:
    """Where the largest of few terms comes first, every partial sum is as large as the whole."""
    largest = 0.0
    for seed in range(1, 13):
        shape = ((40, n) if dim else (n, 40), "range:-8.5:8.4")
        golden, inputs, run = golden_of(op_case("torch.log_softmax", "float32", {"x": shape}, dim, seed=seed))
        actual = {"out0": made("out0", run(inputs, None)["out0"])}
        ((output, expected, allowance),) = pairs(golden, actual, inputs, load("cpu"))
        largest = max(largest, float(np.abs((output.data.astype(np.float64) - expected.y) / allowance.sigma).max()))
    assert 2.0 < largest < 3.5


@pytest.mark.parametrize("dtype", SHORT)
def test_log_softmax_may_keep_its_sum_in_a_short_dtype(dtype: str) -> None:
    """The sum of exponentials, and its logarithm, round to the output's dtype: that is u where all of y is small."""
    for n in (2, 3, 9):
        for seed in range(1, 8):
            _passes(op_case("torch.log_softmax", dtype, {"x": (65, n)}, 1, seed=seed))


@pytest.mark.parametrize("op", ["sum", "cumsum", "softmax", "masked.mean"])
def test_a_narrower_dtype_rounds_the_inputs_first(op: str) -> None:
    """`dtype=` casts before anything is computed: the golden is of the cast inputs; what never was cast diverges."""
    case = op_case(f"torch.{op}", "float32", {"x": (65, 33)}, 1)
    case = replace(case, kwargs=(("dtype", {"dt": "bfloat16"}),))
    _passes(case)
    golden, inputs, _ = golden_of(case)
    late = to_torch(TorchRun(replace(case, kwargs=()))(inputs, None)["out0"]).bfloat16()
    assert judged(golden, inputs, {"out0": to_numpy(late)}, profile="cpu").status == "diverged"
