"""A quantised linear layer: codes are exact but next to a boundary, and each usual mistake is seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

import harness
from harness.case import Case, Source
from harness.errors import GoldenError
from harness.golden.store import GoldenOutput
from harness.numerics import profile
from harness.numerics.rules import RULES, rule_for
from harness.numerics.rules.base import Call

torch.manual_seed(3)
X, W = torch.randint(-128, 128, (33, 64), dtype=torch.int8), torch.randint(-128, 128, (24, 64), dtype=torch.int8)
GIVEN: dict[str, Any] = {
    "input_scale": 0.03, "input_zero_point": 7, "weight_scale": torch.rand(24) + 0.5, "bias": 40 * torch.randn(24),
}  # fmt: skip
AGAIN = {"output_scale": 31.0, "output_zero_point": -9}


def linear(
    input: torch.Tensor,
    weight: torch.Tensor,
    input_scale: float = 1.0,
    weight_scale: Any = 1.0,
    input_zero_point: float = 0,
    weight_zero_point: Any = 0,
    bias: torch.Tensor | None = None,
    output_scale: float | None = None,
    output_zero_point: float = 0,
    wide: torch.dtype = torch.float64,
    rounded: Any = torch.round,
    wrap: bool = False,
    quant_max: int = 127,
) -> torch.Tensor:
    """The layer, in some precision; output_scale None: dequantised."""
    zero = weight_zero_point[:, None] if isinstance(weight_zero_point, torch.Tensor) else weight_zero_point
    scale = weight_scale.to(wide).reshape(-1, 1) if isinstance(weight_scale, torch.Tensor) else weight_scale
    w = (weight.to(wide) - zero) * scale
    y = ((input.to(wide) - input_zero_point) * input_scale) @ w.T
    y = y if bias is None else y + bias.to(wide)
    if output_scale is None:
        return y.float()
    code = rounded(y / output_scale) + output_zero_point
    return code.long().to(torch.int8) if wrap else code.clamp(-128, quant_max).to(torch.int8)


def judged(actual: torch.Tensor, **given: Any) -> harness.Verdict:
    return harness.judge(linear, (X, W), given, actual=actual, rule="quantized-linear", profile="strict")


def seen(**changed: Any) -> list[str]:
    """What a device with this mistake, in float32, is found to be: dequantising, and with codes."""
    return [
        judged(linear(X, W, **{**given, "wide": torch.float32, **changed}), **given).status
        for given in (GIVEN, {**GIVEN, **AGAIN})
    ]


def test_honest_layers_pass() -> None:
    """In float32, in float64 rounded once, or with integers added up first and scaled after."""
    assert seen() == ["pass", "pass"]
    acc = (X.int() - 7).double() @ W.double().T  # int32 sums
    once = acc.float() * (torch.tensor(0.03) * GIVEN["weight_scale"]) + GIVEN["bias"]
    assert judged(once, **GIVEN).status == "pass"
    codes = (torch.round(once / 31.0) - 9).clamp(-128, 127).to(torch.int8)
    verdict = judged(codes, **GIVEN, **AGAIN)
    assert (verdict.status, verdict.rule) == ("pass", "quantized-linear")
    assert ((codes == 127) | (codes == -128)).float().mean() > 0.005  # some saturate
    zeros = {"weight_zero_point": torch.arange(24) - 12}
    assert judged(linear(X, W, **GIVEN, **zeros, wide=torch.float32), **GIVEN, **zeros).status == "pass"
    few = {**GIVEN, **AGAIN, "quant_max": 63}
    assert judged(linear(X, W, **few, wide=torch.float32), **few).status == "pass"
    plain = {"input_scale": 0.5, "weight_scale": 0.25}
    assert judged(linear(X, W, **plain, wide=torch.float32), **plain).status == "pass"


@pytest.mark.parametrize(
    "mistake",
    [
        {"input_zero_point": 8},
        {"input_zero_point": 0},
        {"weight_zero_point": 1},
        {"input_scale": 0.03 * (1 + 2**-7)},
        {"weight_scale": GIVEN["weight_scale"].flip(0)},
        {"weight_scale": GIVEN["weight_scale"].mean()},
        {"weight_scale": GIVEN["weight_scale"][[1, 0, *range(2, 24)]]},
        {"bias": None},
        {"wide": torch.bfloat16},
    ],
    ids=lambda mistake: "-".join(mistake),
)
def test_a_wrong_layer_diverges(mistake: dict[str, Any]) -> None:
    """Zero point, scale, per-channel order, bias, precision: wrong as floats, and wrong as codes."""
    assert seen(**mistake) == ["diverged", "diverged"]


@pytest.mark.parametrize(
    "mistake",
    [
        {"wrap": True},
        {"rounded": torch.trunc},
        {"rounded": torch.floor},
        {"output_scale": 31.25},
        {"output_zero_point": -8},
        {"quant_max": 126},
    ],
    ids=lambda mistake: "-".join(mistake),
)
def test_a_wrong_requantisation_diverges(mistake: dict[str, Any]) -> None:
    """Wrapping instead of saturating, cutting instead of rounding, the next code: each is seen."""
    assert seen(**mistake)[1] == "diverged"


def test_one_code_off_diverges_away_from_a_boundary_only() -> None:
    """A single neighbouring code is wrong; where the unrounded value lies on the boundary both codes are right."""
    given = {**GIVEN, **AGAIN}
    right = linear(X, W, **given, wide=torch.float32)
    right[3, 3] += 1
    assert judged(right, **given).status == "diverged"
    tie = {"input_scale": 1.0, "weight_scale": 1.0, "output_scale": 2.0}
    x, w = torch.tensor([[1, 2, 4, 127]], dtype=torch.int8), torch.eye(4, dtype=torch.int8)
    for codes, status in (
        ([0, 1, 2, 64], "pass"), ([1, 1, 2, 63], "pass"), ([-2, 1, 2, 64], "diverged"), ([0, 2, 2, 64], "diverged"),
    ):  # fmt: skip
        actual = torch.tensor([codes], dtype=torch.int8)
        found = harness.judge(linear, (x, w), tie, actual=actual, rule="quantized-linear").status
        assert found == status, codes
    # A boundary beyond the last code is none: 128.5 and 127.5 both saturate.
    tie["output_scale"] = 0.5
    x = torch.tensor([[64, -65, 1, 1]], dtype=torch.int8)
    for codes, status in (
        ([127, -128, 2, 2], "pass"),
        ([126, -128, 2, 2], "diverged"),
        ([127, -127, 2, 2], "diverged"),
    ):
        actual = torch.tensor([codes], dtype=torch.int8)
        assert harness.judge(linear, (x, w), tie, actual=actual, rule="quantized-linear").status == status, codes


def test_what_is_allowed_is_the_formula() -> None:
    """B = (n + 5)·u·S + ½ulp; a code's cap is its step."""
    u, y = 2.0**-24, np.array([1.5, -3.0])
    noise = {"S": np.array([5.0, 6.0]), "R": np.array([2.0, 3.0]), "n": np.asarray(100.0)}
    rule, strict = RULES["quantized-linear"], profile.load("strict")
    found = rule.allow(GoldenOutput("out0", "float32", (2,), y, noise), strict)
    half = np.array([2.0**-24, 2.0**-23])
    assert np.allclose(found.cap, 105 * u * noise["S"] + half, rtol=1e-9, atol=0)
    variance = 0.18 * u**2 * (100 * (y**2 / 3 + noise["R"] ** 2 / 6) + 5 * noise["R"] ** 2 + y**2)
    assert np.allclose(np.square(found.sigma), variance + (2 * half) ** 2 / 12, rtol=1e-9, atol=0)
    assert found.figures == {"n": 100.0, "u": u}
    codes = rule.allow(GoldenOutput("out0", "int8", (2,), y, {"step": np.array([0.0, 1.0])}), strict)
    assert (codes.cap.tolist(), codes.figures) == ([0.0, 1.0], {"near a boundary": 1.0})


def test_a_program_that_is_no_such_layer_is_refused() -> None:
    """A case that names the rule and computes something else, or lacks a parameter, is told so."""
    with pytest.raises(GoldenError, match="does not compute"):
        harness.judge(
            lambda a, b, **_: a.double() @ b.double().T + 50, (X, W), {"input_scale": 1.0, "weight_scale": 1.0},
            actual=torch.zeros(33, 24), rule="quantized-linear",
        )  # fmt: skip
    with pytest.raises(GoldenError, match=r"asks for more: .*input_scale"):
        harness.judge(linear, (X, W), actual=torch.zeros(33, 24), rule="quantized-linear")


def test_integer_products_are_exact() -> None:
    """int8 times int8 summed in int32: one off in one element diverges."""
    right = torch._int_mm(X, W.T)
    assert rule_for("torch._int_mm").name == "exact"
    assert harness.judge("torch._int_mm", (X, W.T.contiguous()), actual=right).status == "pass"
    right[5, 5] -= 1
    assert harness.judge("torch._int_mm", (X, W.T.contiguous()), actual=right).status == "diverged"


def witnessed(x: Any, w: Any, dtype: str, **given: Any) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """(noise, golden) of codes x and w, whose program answers what the formula says, or `answer`."""
    answer = given.pop("answer", None)
    rule, arrays = RULES["quantized-linear"], {"x": np.array(x, np.int8), "w": np.array(w, np.int8)}
    for name in [name for name, value in given.items() if isinstance(value, np.ndarray)]:
        arrays[name], given[name] = given[name], {"v": name}
    case = Case(
        id="q", source=Source("x", 1), kind="op", target="quantized_linear", dtype="int8", inputs=(),
        args=({"v": "x"}, {"v": "w"}), kwargs=tuple(sorted(given.items())),
    )  # fmt: skip
    shape = (len(x), len(w))
    call = Call("", case, arrays, {"out0": np.zeros(shape)}, {"out0": dtype}, lambda *_: {})
    y = rule.golden(replace(call, y={"out0": np.zeros(shape, np.int8 if dtype == "int8" else np.float64)}), "out0")
    call = replace(call, y={"out0": y if answer is None else np.asarray(answer)})
    return rule.witness(call, ["out0"])["out0"], y


def test_what_a_golden_carries_of_floats() -> None:
    """S, √Q and n by hand, with zero points, scales and a bias among the terms."""
    noise, y = witnessed(
        [[1, -2, 3]], [[4, 5, 6], [-1, 0, 2]], "float32",
        input_scale=0.5, input_zero_point=1, weight_scale=np.array([2.0, -4.0]), weight_zero_point=np.array([1, -1]),
        bias=np.array([10.0, -3.0]),
    )  # fmt: skip
    x, w = np.array([0.0, -3.0, 2.0]), np.array([[3.0, 4.0, 5.0], [0.0, 1.0, 3.0]])
    terms = x * w * (0.5 * np.array([2.0, -4.0]))[:, None]
    b = np.array([10.0, -3.0])
    assert np.array_equal(y, [terms.sum(1) + b])
    assert np.allclose(noise["S"], [np.abs(terms).sum(1) + np.abs(b)], rtol=0.01, atol=0)
    assert np.allclose(noise["R"], [np.sqrt((terms**2).sum(1) + b**2)], rtol=0.01, atol=0)
    assert float(noise["n"]) == 4
    plain, y = witnessed([[1, -2, 3]], [[4, 5, 6]], "float32", input_scale=1.0, weight_scale=1.0, weight_zero_point=2)
    assert (float(plain["n"]), y.tolist()) == (3, [[1 * 2 - 2 * 3 + 3 * 4]])


def test_the_neighbour_is_open_within_the_bound_only() -> None:
    """|y/s + z - boundary| against (n + 5)·u·S/s + 2u(|y/s| + |z|), from both sides, and at the ends of the range."""
    u, n = 2.0**-24, 2

    def near(off: float, codes: tuple[int, int] = (100, -36), zero: int = 40, scale: float = 1.0, **ends: int) -> bool:
        # y = sum of the codes; a scale that puts y/scale + zero `off` above a boundary
        y = float(sum(codes))
        step = y / (y / scale + 0.5 + off)
        noise, _ = witnessed(
            [list(codes)], [[1, 1]], "int8", input_scale=1.0, weight_scale=1.0, output_scale=step,
            output_zero_point=zero, **ends,
        )  # fmt: skip
        return bool(noise["step"][0, 0])

    for codes, zero in (((100, -36), 40), ((100, -36), 0), ((3, 2), -100)):
        s, y = float(np.abs(codes).sum()), float(sum(codes))
        for side in (1, -1):
            code = y + 0.5
            step = y / code
            bound = (n + 5) * u * s / step + 2 * u * (code + abs(zero))
            assert near(side * 0.98 * bound, codes, zero)
            assert not near(side * 1.02 * bound, codes, zero)
            # with another scale of the output, every term counts otherwise
            bound = (n + 5) * u * s / (y / (y / 0.25 + 0.5)) + 2 * u * (y / 0.25 + 0.5 + abs(zero))
            if y / 0.25 + zero < 127:
                assert near(side * 0.98 * bound, codes, zero, 0.25)
                assert not near(side * 1.02 * bound, codes, zero, 0.25)
    assert near(0.0, (50, 14), 0)
    assert near(0.0, (50, 14), 0, quant_max=65)
    assert not near(0.0, (50, 14), 0, quant_max=64)
    assert not near(0.0, (50, 14), 0, quant_min=65)
    assert near(0.0, (50, 14), 0, quant_min=64)
    assert not near(0.0, (50, 14), 63)  # 127.5 saturates
    _, y = witnessed([[100, 100]], [[1, 1]], "int8", input_scale=1.0, weight_scale=1.0, output_scale=1.0, quant_max=9)
    assert y.tolist() == [[9]]


def test_an_answer_must_be_the_formulas() -> None:
    """Within 4(n + 5)·u·S of it, in every element and in shape; a code within its step."""
    given: dict[str, Any] = {"input_scale": 1.0, "weight_scale": 1.0}
    limit = 4 * (2 + 5) * 2.0**-24 * 8.0
    witnessed([[3, 5]], [[1, 1]], "float32", answer=[[8 + 0.9 * limit]], **given)
    for wrong in ([[8 + 1.1 * limit]], [8.0], [[8.0, 8.0]]):
        try:
            witnessed([[3, 5]], [[1, 1]], "float32", answer=wrong, **given)
        except GoldenError:
            continue
        raise AssertionError(wrong)
    try:
        witnessed([[3, 5]], [[1, 1], [1, -1]], "float32", answer=[[9.0, -2.0]], **given)
    except GoldenError:
        return
    raise AssertionError("one wrong element of two")
