"""Arguments as PyTorch's own samples have them: left out, empty, of another dtype, in another order. Each was an alarm
over PyTorch's own answer once, or a golden that could not be made.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from harness.case import Case
from tests.numerics.torchrun import golden_of, judged, op_case, verdict_of

F = "torch.nn.functional."
FLOATS = ("float32", "bfloat16", "float16", "float64")
X: Any = {"v": "x"}


def _covariances() -> list[Case]:
    counts = ((5,), "literal:7,4,4,1,2", "int32")
    weights = ((5,), "range:0.05:0.7", "float32")
    options: list[dict[str, Any]] = [
        {"aweights": {"v": "a"}, "correction": 2},
        {"fweights": {"v": "f"}},
        {"aweights": {"v": "a"}, "fweights": {"v": "f"}, "correction": 0},
    ]
    return [
        op_case("torch.cov", dtype, {"x": (3, 5), "f": counts, "a": weights}, args=(X,), **o)
        for dtype in FLOATS
        for o in options
    ]


@pytest.mark.parametrize("case", _covariances(), ids=lambda c: f"{c.dtype}-{'-'.join(k for k, _ in c.kwargs)}")
def test_weighted_covariances(case: Case) -> None:
    """Weights of float32 round what they weigh, in float64 as well; an answer without weights diverges."""
    assert verdict_of(case, profile="cpu").status == "pass"

    def unweighted(_: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
        return {"out0": np.cov(inputs["x"].astype(np.float64)).astype(golden.outputs[0].dtype)}

    golden, _, _ = golden_of(case)
    assert verdict_of(case, unweighted, profile="cpu").status == "diverged"


SAMPLES = {
    "one dimension": op_case("torch.fft.rfftn", "float32", {"x": (5, 6, 7)}, dim=-2),
    "lengths alone": op_case("torch.fft.fftn", "float64", {"x": (5, 6, 7)}, s=[4, 5]),
    "whole numbers": op_case("torch.div", "int32", {"x": ((9, 5), "range:-9:9")}, 4, rounding_mode="floor"),
    "no numbers": op_case(F + "batch_norm", "float32", {"x": ((0,), "literal:"), "m": ((0,), "literal:")},
                          args=(X, {"v": "m"}, {"v": "m"}), training=True),
    "numbers from whole ones": replace(op_case("torch.logspace", "bfloat16", {"x": ((), "literal:0", "int64")}, 3, 5),
                                       kwargs=(("dtype", {"dt": "bfloat16"}),)),
    "complex squares": op_case(F + "rms_norm", "complex64", {"x": (3, 2)}, [2]),
    "complex exponentials": op_case("torch.logaddexp", "complex64", {"x": (10, 5), "y": (10, 5)}),
    "torch's own loss": op_case("torch.kl_div", "float32", {"x": (9, 9), "y": ((9, 9), "positive")}),
    "torch's own triplets": op_case("torch.triplet_margin_loss", "bfloat16", {"x": (9, 9), "y": (9, 9), "z": (9, 9)}),
    "a mask's gradient": op_case(F + "scaled_dot_product_attention", "float32",
                                 {"q": (2, 9, 8), "k": (2, 9, 8), "v": (2, 9, 8), "m": (2, 1, 9)},
                                 args=tuple({"v": n} for n in "qkv"), attn_mask={"v": "m"}, grad=("q", "m")),
    "a power's gradient": op_case("torch.linalg.vector_norm", "float16", {"x": ((), "literal:-8.4765625")},
                                  6, -1, grad=("x",)),
}  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_judged(name: str) -> None:
    """PyTorch's own answer passes, or says nothing where there is nothing to say."""
    verdict = verdict_of(SAMPLES[name], profile="cpu")
    assert verdict.status == ("vacuous" if name == "no numbers" else "pass"), verdict.message


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize("how", ["sum", "mean"])
def test_segments_add_up_in_half_precision(how: str, dtype: str) -> None:
    """A segment's sum is kept where it will lie; one that misses a row diverges."""
    lengths = ((4,), "literal:1,2,0,7", "int64")
    case = op_case("torch._segment_reduce", dtype, {"x": (10, 5, 5), "n": lengths}, args=(X, how),
                   axis=0, unsafe=True, lengths={"v": "n"}, values="range:-9:9")  # fmt: skip

    def short(o: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
        y = o["out0"].copy()
        y[1] = inputs["x"][1]
        return {"out0": y}

    for seed in range(4):
        case = op_case(case.target, dtype, {"x": (10, 5, 5), "n": lengths}, args=case.args, values="range:-9:9",
                       seed=seed, axis=0, unsafe=True, lengths={"v": "n"})  # fmt: skip
        assert verdict_of(case, profile="cpu").status == "pass"
    assert verdict_of(case, short, profile="cpu").status == "diverged"


def test_a_reflected_powers_gradient_overflows_where_its_base_is_large() -> None:
    """x.__rpow__(y) is y**x: in float16 y**x·log y overflows, where x**(y - 1) would not."""
    case = op_case("torch.Tensor.__rpow__", "float16", {"x": ((4,), "literal:7.715,8.734,2,3"),
                   "y": ((4,), "literal:4.16,3.516,2,3")}, grad=("x",))  # fmt: skip
    verdict = verdict_of(case, profile="cpu")
    assert verdict.status == "pass", verdict.message

    def swapped(o: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
        return {"out0": inputs["x"] ** inputs["y"]}

    assert verdict_of(case, swapped, profile="cpu").status == "diverged"


def test_float32_within_float64() -> None:
    """A float64 program rounds to float32 on its way: its noise is that of float32, and no more."""
    inputs = {"x": (9, 33), "w": ((7,), "unit", "float32")}
    case = op_case("tests.numerics.test_rules_samples.scaled_by_float32", "float64", inputs)
    golden, arrays, run = golden_of(case)
    own = run(arrays, None)
    assert judged(golden, arrays, own).status == "pass"
    sigma = golden.outputs[0].noise["sigma"].astype(np.float64) / np.abs(golden.outputs[0].y)
    assert 2.0**-27 < np.median(sigma) < 2.0**-22
    assert judged(golden, arrays, {"out0": own["out0"] * (1 + 2.0**-18)}).status == "diverged"


def scaled_by_float32(x: Any, weights: Any) -> Any:
    """x/(1 + mean of exponentials)."""
    return x / (1 + weights.exp().mean())
