"""A quantised linear layer: codes are exact but next to a boundary, and each usual mistake is seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import harness
from harness.errors import GoldenError
from harness.golden.store import GoldenOutput
from harness.numerics import profile
from harness.numerics.rules import RULES, rule_for

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
    assert np.allclose(found.cap, 105 * u * noise["S"] + half, rtol=1e-9)
    variance = 0.18 * u**2 * (100 * (y**2 / 3 + noise["R"] ** 2 / 6) + 5 * noise["R"] ** 2 + y**2)
    assert np.allclose(np.square(found.sigma), variance + (2 * half) ** 2 / 12, rtol=1e-9)
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
