"""A caller's number, the 0.3 of `x / 0.3`, is none of float32: a kernel rounds it before it is used, and the golden of
float64 does not. Either answer passes, and no more than that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from harness import inputs as seeded
from harness.golden import reference
from tests.numerics.torchrun import TorchRun, judged, op_case, verdict_of

F = "torch.nn.functional."
Inputs = dict[str, Any]


def moved(by: float) -> Callable[[Inputs, Inputs], Inputs]:
    """Every element too large by so many ulp, once it is rounded."""

    def change(o: Inputs, _: Inputs) -> Inputs:
        y = o["out0"].astype(np.float64)
        step = np.spacing(np.abs(o["out0"])) if o["out0"].dtype == np.float32 else np.abs(y) * 2.0**-7
        return {"out0": (y + by * step).astype(o["out0"].dtype)}

    return change


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
@pytest.mark.parametrize(
    ("op", "number", "values"),
    [
        *(("torch.div", x, v) for x in (0.1, 0.3, -3.7) for v in ("normal", "range:100:900")),
        *(("torch." + op, x, "range:5:20") for op in ("fmod", "remainder") for x in (0.3, 2.4)),
        *(("torch." + op, x, "normal") for op in ("add", "sub", "rsub", "mul") for x in (0.3, 2.4, -3.7)),
        *(("torch.pow", x, "range:5:20") for x in (2.4, -3.7)),
        ("torch.pow", 7.1, "range:1:3"),
        ("torch.pow", 12.3, "range:0.3:3"),
        *((F + op, 0.3, "range:0.01:0.9") for op in ("hardshrink", "softshrink")),
        ("torch.xlogy", 2.4, "positive"),
    ],
)
def test_a_number_may_be_rounded_first(op: str, number: float, values: str, dtype: str) -> None:
    """PyTorch's kernels pass, whose numbers are of float32 or of the tensor's dtype."""
    verdict = verdict_of(op_case(op, dtype, {"x": (30, 31)}, number, values=values), profile="cpu")
    assert verdict.status == "pass", verdict.message


@pytest.mark.parametrize("op", ["torch.div", "torch.mul", "torch.add", "torch.pow"])
def test_no_more_than_that(op: str) -> None:
    """Beyond what rounding the number may do an answer diverges, in float32 and in bfloat16."""
    for dtype in ("float32", "bfloat16"):
        case = op_case(op, dtype, {"x": (30, 31)}, 0.3, values="range:1:2")
        assert verdict_of(case, profile="cpu").status == "pass"
        assert verdict_of(case, moved(3.0), profile="cpu").status == "diverged"


def test_exact_numbers_are_no_excuse() -> None:
    """A quotient by 0.5 has one right answer, bit for bit."""
    case = op_case("torch.div", "float32", {"x": (30, 31)}, 0.5)
    assert verdict_of(case).status == "pass"
    assert verdict_of(case, moved(1.0)).status == "diverged"


def test_float64_has_the_caller_s_numbers() -> None:
    """In float64 a number is what the caller gave."""
    case = op_case("torch.div", "float64", {"x": (30, 31)}, 0.3)
    assert verdict_of(case).status == "pass"

    def off(o: Inputs, i: Inputs) -> Inputs:
        return {"out0": i["x"] / float(np.float32(0.3))}

    assert verdict_of(case, off).status == "diverged"


def test_what_a_rounded_number_decides_is_open() -> None:
    """x > 0.3 is true for the float32 nearest to 0.3 or false: of that element either passes, of the others one."""
    case = op_case("torch.gt", "float32", {"x": ((9, 11), "range:0:0.6")}, 0.3)
    arrays = {"x": seeded.make(case.inputs[0], case_seed=case.seed)}
    arrays["x"][2, 3] = np.float32(0.3)
    run = TorchRun(case)
    golden = reference.make(case, arrays, run, {})
    out = run(arrays, None)["out0"]
    assert golden.outputs[0].y[2, 3]
    assert not out[2, 3]
    assert judged(golden, arrays, {"out0": out}).status == "pass"
    out[0, 0] = not out[0, 0]
    assert judged(golden, arrays, {"out0": out}).status == "diverged"


def test_powers_of_norms_are_rounded() -> None:
    """1/1.5 is no number: norms of such an order are as far off as that moves them."""
    for op, args in ((F + "normalize", (1.5,)), ("torch.renorm", (1.5, 0, 1.3)), (F + "normalize", (3.3,))):
        case = op_case(op, "float32", {"x": (30, 31)}, *args, values="range:100:900")
        verdict = verdict_of(case, profile="cpu")
        assert verdict.status == "pass", verdict.message
        assert verdict_of(case, moved(40.0), profile="cpu").status == "diverged"


@pytest.mark.parametrize("order", [1.5, 3.0, 7.0, 3.3])
def test_roots_of_sums_are_rounded_powers(order: float) -> None:
    """1/3 is no number: a norm of that order moves by what its logarithm times that rounding is, in all rows alike."""
    for values in ("range:-100:100", "range:-1e-3:1e-3"):
        case = op_case("torch.linalg.vector_norm", "float32", {"x": (18, 143)}, order, 0, values=values)
        verdict = verdict_of(case, profile="cpu")
        assert verdict.status == "pass", verdict.message
        assert verdict_of(case, moved(60.0), profile="cpu").status == "diverged"


def test_rounding_to_decimals_is_open_near_a_half() -> None:
    """653.555·100 rounds to 65355.5 in float32, and may be either 653.55 or 653.56; other elements may not."""
    case = op_case("torch.round", "float32", {"x": (30, 31)}, values="range:100:900", decimals=2)
    assert verdict_of(case, profile="cpu").status == "pass"

    def off(o: Inputs, _: Inputs) -> Inputs:
        o["out0"][5, 5] += np.float32(0.01)
        return o

    assert verdict_of(case, off, profile="cpu").status == "diverged"
