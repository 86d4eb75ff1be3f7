"""Faults are caught: each rule, with the mistakes that kernels of its operator make."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from harness.case import Case
from harness.golden import reference
from harness.golden.store import Golden
from harness.numerics import formats
from harness.numerics.profile import load
from harness.numerics.rules import pairs
from tests.numerics.torchrun import TorchRun, golden_of, judged, made, op_case, verdict_of

F = "torch.nn.functional."
Array = np.ndarray[Any, Any]
Inputs = dict[str, Array]


def _f32(values: Array) -> Array:
    return values.astype(np.float32)


def _sum_in(order: str, x: Array) -> Array:
    """Row sums in float32, added in the named order."""
    n = x.shape[1]
    if order == "permuted":
        x = x[:, np.random.default_rng(0).permutation(n)]
    if order == "reversed":
        x = x[:, ::-1]
    if order == "blocked":
        return _sum_in("sequential", np.stack([_sum_in("sequential", x[:, i : i + 32]) for i in range(0, n, 32)], 1))
    if order == "pairwise":
        while x.shape[1] > 1:
            x = np.concatenate([x, np.zeros((x.shape[0], x.shape[1] % 2), x.dtype)], 1)
            x = _f32(x[:, ::2] + x[:, 1::2])
        return x[:, 0]
    total = np.zeros(x.shape[0], np.float32)
    for k in range(n):
        total = _f32(total + x[:, k])
    return total


@pytest.mark.parametrize("order", ["sequential", "reversed", "permuted", "blocked", "pairwise"])
@pytest.mark.parametrize("values", ["normal", "positive", "wide", "offset"])
def test_sums_pass_in_any_order(order: str, values: str) -> None:
    """A device may add in whatever order it likes."""
    case = op_case("torch.sum", "float32", {"x": (80, 515)}, dim=-1, values=values)
    verdict = verdict_of(case, lambda _, i: {"out0": _sum_in(order, i["x"])})
    assert verdict.status == "pass", verdict.message


@pytest.mark.parametrize("order", ["sequential", "reversed", "permuted"])
@pytest.mark.parametrize("values", ["normal", "positive", "offset"])
def test_sigma_is_what_an_honest_sum_shows(order: str, values: str) -> None:
    """σ is neither slack nor optimism: one term after another, the errors' RMS is σ within a third."""
    golden, inputs, _ = golden_of(op_case("torch.sum", "float32", {"x": (600, 515)}, dim=-1, values=values))
    actual = {"out0": made("out0", _sum_in(order, inputs["x"]))}
    ((output, expected, allowance),) = pairs(golden, actual, inputs, load("strict"))
    z = (output.data.astype(np.float64) - expected.y) / allowance.sigma
    assert 0.66 < np.sqrt(np.mean(z**2)) < 1.34


MATMUL = op_case("torch.matmul", "float32", {"x": (32, 256), "y": (256, 48)})


def _without_tile(_: Inputs, i: Inputs) -> Inputs:
    return {"out0": _f32(i["x"][:, :240] @ i["y"][:240])}


def _with_tile_twice(_: Inputs, i: Inputs) -> Inputs:
    return {"out0": _f32(i["x"] @ i["y"] + i["x"][:, :16] @ i["y"][:16])}


def _in_bfloat16(_: Inputs, i: Inputs) -> Inputs:
    x, y = (formats.round_value(i[k].astype(np.float64), "bfloat16") for k in ("x", "y"))
    return {"out0": _f32(x @ y)}


def _in_tf32(_: Inputs, i: Inputs) -> Inputs:
    x, y = (formats.round_value(i[k].astype(np.float64), "tfloat32") for k in ("x", "y"))
    return {"out0": _f32(x @ y)}


def _accumulated_in_half(_: Inputs, i: Inputs) -> Inputs:
    total = np.zeros((32, 48))
    for k in range(256):
        total = formats.round_value(total + np.outer(i["x"][:, k], i["y"][k]), "float16")
    return {"out0": _f32(total)}


@pytest.mark.parametrize("fault", [_without_tile, _with_tile_twice, _in_bfloat16, _in_tf32, _accumulated_in_half])
def test_faulty_matmuls_diverge(fault: Callable[[Inputs, Inputs], Inputs]) -> None:
    """Lost or doubled K-tiles, inputs cut to bfloat16 or TF32, and a half-precision accumulator are no
    rounding.
    """
    assert verdict_of(MATMUL).status == "pass"
    assert verdict_of(MATMUL, fault).status == "diverged"


def test_tf32_passes_where_the_profile_allows_it() -> None:
    """The same TF32 product passes on a target whose profile says that it multiplies in TF32."""
    assert verdict_of(MATMUL, _in_tf32, profile="a100-tf32" if _has("a100-tf32") else _tf32()).status == "pass"


def _has(name: str) -> bool:
    try:
        return bool(load(name))
    except Exception:
        return False


def _tf32() -> str:
    from harness.numerics import profile

    names = sorted(path.stem for path in profile.SHIPPED.glob("*.yaml") if load(path.stem).tf32)
    assert names, "no shipped profile allows TF32"
    return names[0]


def _nudged_by(golden: Golden, inputs: Inputs, outputs: Inputs, name: str, times: float) -> Inputs:
    """The outputs with one element `times` σ off, at the middle of the array."""
    named = {k: made(k, v) for k, v in outputs.items()}
    for actual, expected, allowance in pairs(golden, named, inputs, load("strict")):
        if expected.name == name:
            y = np.broadcast_to(expected.y, actual.shape).astype(np.float64)
            at = y.size // 2
            sigma = np.broadcast_to(np.asarray(allowance.sigma, dtype=np.float64), y.shape).flat[at]
            wrong = actual.data.astype(np.float64).copy()
            wrong.flat[at] = y.flat[at] + times * sigma
            return {**outputs, name: formats.round_to(wrong, expected.dtype)}
    raise LookupError(name)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
@pytest.mark.parametrize(
    "case",
    [
        lambda d: op_case("torch.matmul", d, {"x": (32, 256), "y": (256, 48)}),
        lambda d: op_case("torch.sum", d, {"x": (80, 515)}, dim=-1),
        lambda d: op_case(F + "layer_norm", d, {"x": (16, 65)}, [65]),
        lambda d: op_case(F + "softmax", d, {"x": (16, 65)}, dim=-1),
        lambda d: op_case("torch.var", d, {"x": (80, 257)}, dim=-1),
    ],
)
def test_one_element_thirty_sigma_off_diverges(case: Callable[[str], Case], dtype: str) -> None:
    """A single wrong element is seen from 30 times the noise an honest output has."""
    golden, inputs, run = golden_of(case(dtype))
    outputs = run(inputs, None)
    assert judged(golden, inputs, outputs).status == "pass"
    for times in (30.0, -30.0):
        assert judged(golden, inputs, _nudged_by(golden, inputs, outputs, "out0", times)).status == "diverged"


def test_a_layer_norm_without_eps_diverges() -> None:
    """Rows whose variance is near eps show that it was left out."""
    case = op_case(F + "layer_norm", "float32", {"x": ((8, 65), "range:-0.01:0.01")}, [65], eps=1e-5)

    def without(_: Inputs, i: Inputs) -> Inputs:
        x = i["x"].astype(np.float64)
        x = x - x.mean(1, keepdims=True)
        return {"out0": _f32(x / x.std(1, keepdims=True))}

    assert verdict_of(case).status == "pass"
    assert verdict_of(case, without).status == "diverged"


def test_a_variance_from_squares_diverges_and_welfords_passes() -> None:
    """E[x²] - E[x]² loses what an offset costs it; a one-pass update does not, and is honest."""
    case = op_case("torch.var", "float32", {"x": (80, 257)}, dim=-1, values="offset")

    def from_squares(_: Inputs, i: Inputs) -> Inputs:
        x = i["x"]
        mean = x.mean(1, dtype=np.float32)
        return {"out0": (_f32(x * x).mean(1, dtype=np.float32) - mean * mean) * np.float32(257 / 256)}

    def welford(_: Inputs, i: Inputs) -> Inputs:
        mean, square = np.zeros(80, np.float32), np.zeros(80, np.float32)
        for k in range(257):
            delta = _f32(i["x"][:, k] - mean)
            mean = _f32(mean + _f32(delta / np.float32(k + 1)))
            square = _f32(square + _f32(delta * _f32(i["x"][:, k] - mean)))
        return {"out0": _f32(square / np.float32(256))}

    verdict = verdict_of(case, welford)
    assert verdict.status == "pass", verdict.message
    assert verdict_of(case, from_squares).status == "diverged"


def test_a_causal_mask_off_by_one_diverges() -> None:
    """Each query seeing one key too many is an error, not noise."""
    case = op_case(
        F + "scaled_dot_product_attention",
        "bfloat16",
        {"q": (1, 2, 16, 16), "k": (1, 2, 16, 16), "v": (1, 2, 16, 16)},
        is_causal=True,
    )

    def off_by_one(_: Inputs, i: Inputs) -> Inputs:
        q, k, v = (i[n].astype(np.float64) for n in "qkv")
        s = q @ np.swapaxes(k, -1, -2) / math.sqrt(16)
        s = np.where(np.tril(np.ones((16, 16), bool), 1), s, -np.inf)
        e = np.exp(s - s.max(-1, keepdims=True))
        return {"out0": formats.round_to(e / e.sum(-1, keepdims=True) @ v, "bfloat16")}

    assert verdict_of(case).status == "pass"
    assert verdict_of(case, off_by_one).status == "diverged"


def test_a_softmax_without_its_maximum_diverges_where_it_matters() -> None:
    """exp overflows where the maximum is not subtracted; NaN and zeros are caught."""
    case = op_case(F + "softmax", "float32", {"x": (4, 65)}, dim=-1, values="wide")

    def naive(_: Inputs, i: Inputs) -> Inputs:
        with np.errstate(all="ignore"):
            e = np.exp(i["x"])
            return {"out0": e / e.sum(1, keepdims=True)}

    assert verdict_of(case).status == "pass"
    assert verdict_of(case, naive).status == "diverged"


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_a_truncating_output_diverges(dtype: str) -> None:
    """Outputs cut towards zero instead of rounded to nearest are seen."""
    case = op_case("torch.exp", dtype, {"x": (9, 65)})

    def cut(_: Inputs, i: Inputs) -> Inputs:
        return {"out0": formats.round_to(np.exp(i["x"].astype(np.float64)), dtype, "zero")}

    assert verdict_of(case, cut).status == "diverged"


def test_a_transposed_result_diverges() -> None:
    """The right numbers in the wrong places are wrong."""
    case = op_case("torch.matmul", "float32", {"x": (24, 32), "y": (32, 24)})
    assert verdict_of(case, lambda o, _: {"out0": np.ascontiguousarray(o["out0"].T)}).status == "diverged"


@pytest.mark.parametrize("values", ["normal", "special"])
def test_a_nan_or_a_missing_nan_diverges(values: str) -> None:
    """One NaN too many, or one too few, is never hidden by the other figures."""
    case = op_case("torch.sum", "float32", {"x": (80, 9)}, dim=-1, values=values)

    def one_nan(o: Inputs, _: Inputs) -> Inputs:
        o["out0"][5] = 0.0 if np.isnan(o["out0"][5]) else np.nan
        return o

    assert verdict_of(case).status == "pass"
    assert verdict_of(case, one_nan).status == "diverged"


def test_a_gradient_is_judged_on_its_own() -> None:
    """A right output with a wrong gradient diverges, and the message names the gradient."""
    case = op_case(F + "linear", "float32", {"x": (9, 64), "w": (33, 64)}, grad=("x", "w"))
    verdict = verdict_of(case, lambda o, _: {"grad.w": o["grad.w"] * np.float32(1.0001)})
    assert verdict.status == "diverged"
    assert verdict.output == "grad.w"
    assert verdict.rule == "dot"


@pytest.mark.parametrize("op", ["linear", "conv1d"])
def test_a_bias_may_come_first_or_last_in_either_order(op: str) -> None:
    """σ of a dot product with a bias holds the partial sums of each order that a kernel may begin with."""
    shapes = (
        {"x": (9, 12), "w": (20, 12), "b": (20,)} if op == "linear" else {"x": (1, 12, 9), "w": (20, 12, 1), "b": (20,)}
    )
    golden, inputs, _ = golden_of(op_case(F + op, "float32", shapes))
    x, w, b = (inputs[k].astype(np.float64) for k in shapes)
    rows = x if op == "linear" else x[0].T
    terms = rows[:, None, :] * w.reshape(20, 12)
    most = np.zeros(terms.shape[:2])
    for way in (terms, terms[..., ::-1]):
        sums = way.cumsum(-1)
        most = np.maximum.reduce([most, (sums**2).sum(-1), ((sums + b[:, None]) ** 2).sum(-1)])
    held = golden.outputs[0].noise["W"].astype(np.float64)
    held = held if op == "linear" else held[0].T
    assert (held**2 >= 0.9 * most).all(), (held**2 / most).min()


@pytest.mark.parametrize(
    "case",
    [
        op_case("torch.linalg.vector_norm", "float32", {"x": (60, 40)}, dim=-1),
        op_case("torch.var", "float32", {"x": (60, 40)}, dim=-1),
        op_case("torch.logsumexp", "float32", {"x": (60, 40)}, -1),
        op_case("torch.prod", "float32", {"x": (60, 12)}, -1, values="positive"),
    ],
    ids=lambda case: case.target,
)
def test_one_row_of_a_steady_sum_need_not_be_far_off(case: Case) -> None:
    """Where nothing cancels one element of sixty diverges at 4σ; in a sum of either sign it may be order."""

    def off(sigmas: float, case: Case) -> str:
        golden, inputs, run = golden_of(case)
        right = run(inputs, None)["out0"]
        assert judged(golden, inputs, {"out0": right}).status == "pass"
        ((_, y, allowance),) = pairs(golden, {"out0": made("out0", right)}, inputs, load("cpu"))
        wrong = right.copy()
        wrong[7] = y.y[7] + sigmas * np.broadcast_to(allowance.sigma, right.shape)[7]
        return judged(golden, inputs, {"out0": wrong}).status

    assert off(4.0, case) == "diverged"
    assert off(1.5, case) == "pass"
    assert off(4.0, op_case("torch.sum", "float32", {"x": (60, 40)}, dim=-1)) == "pass"


def test_a_variance_far_from_zero_cancels() -> None:
    """Deviations from a mean of a hundred standard deviations are what is left of the numbers: its tail is longer."""
    case = op_case("torch.var", "float32", {"x": (60, 40)}, dim=-1)
    for added, steady in ((0.0, True), (100.0, False)):
        golden, inputs, run = golden_of(case)
        inputs = {"x": (inputs["x"] + np.float32(added)).astype(np.float32)}
        golden = reference.make(case, inputs, run, {})
        ((_, _, allowance),) = pairs(golden, {"out0": made("out0", run(inputs, None)["out0"])}, inputs, load("cpu"))
        assert allowance.steady is steady


def _sum_beside_nan(rng: np.random.Generator) -> tuple[Case, Inputs]:
    x = rng.integers(-50, 50, (17, 200)).astype(np.float32)
    x[:, ::7] = np.nan
    return op_case("torch.nansum", "float32", {"x": x.shape}, 1), {"x": x}


def _product(rng: np.random.Generator) -> tuple[Case, Inputs]:
    shapes = {"x": (17, 200), "y": (200, 9)}
    inputs = {k: rng.integers(-50, 50, s).astype(np.float32) for k, s in shapes.items()}
    return op_case("torch.matmul", "float32", shapes), inputs


@pytest.mark.parametrize("made_of", [_product, _sum_beside_nan])
def test_sums_of_integers_are_exact(made_of: Callable[[np.random.Generator], tuple[Case, Inputs]]) -> None:
    """Where all partial sums are exact in any order one ulp is a fault: the sharpest probe of an accumulator."""
    case, inputs = made_of(np.random.default_rng(0))
    run = TorchRun(case)
    golden = reference.make(case, inputs, run, {})
    right = run(inputs, None)["out0"]
    assert judged(golden, inputs, {"out0": right}).status == "pass"
    wrong = right.copy()
    wrong.flat[7] = np.nextafter(wrong.flat[7], np.float32(np.inf))
    assert judged(golden, inputs, {"out0": wrong}).status == "diverged"
