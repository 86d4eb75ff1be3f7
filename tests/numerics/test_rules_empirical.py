"""Operators that no formula covers: noise by experiment, and none where elements only move."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torchrun import golden_of, op_case, verdict_of

from harness.golden import reference
from harness.numerics import formats

Array = np.ndarray[Any, Any]
F = "torch.nn.functional."


def _bumped(ulps: float) -> Any:
    """Change one element of the first output by so many ulps."""

    def change(outputs: dict[str, Array], _: dict[str, Array]) -> dict[str, Array]:
        y = outputs["out0"].copy()
        wide = y.reshape(-1)[:1].astype(np.float64)
        name = formats.dtype_name(y.dtype)
        y.reshape(-1)[:1] = formats.round_to(wide + ulps * formats.ulp(wide, name), name)
        return {"out0": y}

    return change


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float64"])
@pytest.mark.parametrize(
    ("operator", "shapes", "more"),
    [
        ("torch.block_diag", {"x": (3, 5), "y": (2, 4)}, {}),
        ("torch.narrow_copy", {"x": (4, 7)}, {"dim": 1, "start": 2, "length": 3}),
        (F + "max_unpool1d", {"x": (1, 2, 3), "i": ((1, 2, 3), "literal:0,2,5,1,3,4", "int64")}, {"kernel_size": 2}),
    ],
)
def test_an_unknown_operator_that_only_moves_elements_is_exact(
    operator: str, shapes: dict[str, Any], more: dict[str, Any], dtype: str
) -> None:
    """One ulp in one element is a fault of an operator that moves elements, whether or not the table knows its name."""
    case = op_case(operator, dtype, shapes, **more)
    assert golden_of(case)[0].outputs[0].rule == "exact"
    assert verdict_of(case, profile="cpu").status == "pass"
    assert verdict_of(case, _bumped(1), profile="cpu").status == "diverged"


def test_labels_among_the_inputs_are_no_noise() -> None:
    """An input of integers only (here 1 and -1 for a class) is not moved: the allowance is that of rounding, and
    an output that belongs to other elements diverges.
    """
    labels = "literal:" + ",".join(["1", "-1", "-1", "1"] * 8)
    case = op_case(
        F + "hinge_embedding_loss", "float32", {"x": (32,), "t": ((32,), labels)}, reduction="none", rule="empirical"
    )
    assert verdict_of(case, profile="cpu").status == "pass"

    def swapped(outputs: dict[str, Array], _: dict[str, Array]) -> dict[str, Array]:
        return {"out0": np.roll(outputs["out0"], 1)}

    assert verdict_of(case, swapped, profile="cpu").status == "diverged"


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_a_short_dtype_is_computed_in_float32(dtype: str) -> None:
    """An unknown operator of half precision is rounded once: two ulps in one element are a fault."""
    case = op_case("torch.exp", dtype, {"x": (9, 65)}, rule="empirical")
    assert verdict_of(case, profile="cpu").status == "pass"
    assert verdict_of(case, _bumped(2), profile="cpu").status == "diverged"


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_a_long_sum_may_run_in_any_order(order: slice) -> None:
    """A device that adds 4,096 numbers one after the other in float32 is honest, however torch adds them."""
    case = op_case("torch.sum", "float32", {"x": (16, 4096)}, dim=-1, values="positive", rule="empirical")

    def one_by_one(_: dict[str, Array], inputs: dict[str, Array]) -> dict[str, Array]:
        total = np.zeros(16, np.float32)
        for column in inputs["x"].T[order]:
            total = total + column
        return {"out0": total}

    assert verdict_of(case, one_by_one, profile="cpu").status == "pass"


def test_a_function_of_integers_errs_as_its_own_runs_do() -> None:
    """No rounding moves an integer: what torch's own kernel errs says what is honest, and the golden is float64's."""
    case = op_case("torch.special.bessel_y1", "int64", {"x": ((20,), "literal:" + ",".join(map(str, range(1, 21))))})
    assert verdict_of(case, profile="cpu").status == "pass"
    assert verdict_of(case, _bumped(4096), profile="cpu").status == "diverged"


def between(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    """Numbers clipped to 0 and 1/4, by sizes: most gradients are two terms that cancel."""
    y = 0.5 * (x.abs() - (x - 0.25).abs() + 0.25)
    return torch.nn.functional.linear(y, torch.tanh(w))


def pooled(x: torch.Tensor, edge: torch.Tensor) -> torch.Tensor:
    """A softmax over each node's edges, as graph networks take it of what neighbours tell."""
    told = torch.relu(x[edge[0]]) + 1e-3
    score, to = told * 1.7, edge[1][:, None].expand(-1, x.shape[-1])
    top = torch.full_like(x, -9.0).scatter_reduce(0, to, score, "amax")
    weight = torch.exp(score - top.gather(0, to))
    total = torch.zeros_like(x).scatter_add(0, to, weight) + 1e-4
    return x + torch.zeros_like(x).scatter_add(0, to, weight * told) / total


def test_terms_that_cancel_to_nothing_say_nothing_of_the_others() -> None:
    """Where most gradients are 0, the others are judged by their own noise: honest ones pass, wrong ones do not."""
    case = op_case(f"{__name__}.between", "float64", {"x": (33, 31), "w": (15, 31)}, grad=("x",))
    sigma = golden_of(case)[0].output("grad.x").noise["sigma"]
    assert np.isfinite(sigma).all()
    assert verdict_of(case, profile="cpu").status == "pass"

    def wrong(outputs: dict[str, Array], _: dict[str, Array]) -> dict[str, Array]:
        return {"grad.x": outputs["grad.x"] * (1 + 2.0**-44)}

    assert verdict_of(case, wrong, profile="cpu").status == "diverged"


def test_the_largest_of_a_group_is_the_element_that_it_was() -> None:
    """A reduction to the largest moves elements: its gradient finds them again in runs with noise, and has noise."""
    case = op_case(
        f"{__name__}.pooled", "float32", {"x": (17, 15), "edge": ((2, 65), "index:17", "int64")}, grad=("x",)
    )
    golden = golden_of(case)[0].output("grad.x")
    assert (golden.noise["sigma"][golden.y % 0.125 != 0] > 0).all()
    assert verdict_of(case, profile="cpu").status == "pass"


class Clipped(torch.autograd.Function):
    """renorm, its gradient in float32 throughout, as devices without float64 accumulators have it."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, limit: float) -> torch.Tensor:
        ctx.save_for_backward(x)
        ctx.limit = limit
        return torch.renorm(x, 2, 0, limit)

    @staticmethod
    def backward(ctx: Any, g: torch.Tensor) -> tuple[torch.Tensor, None]:
        (x,) = ctx.saved_tensors
        size = x.norm(dim=1, keepdim=True)
        scale = 1 / (size + 1e-7)
        along = x / size * (x * g).sum(1, keepdim=True)
        return torch.where(size > ctx.limit, ctx.limit * scale * (g - scale * along), g), None


def test_what_a_cpu_keeps_in_float64_may_be_in_float32_elsewhere() -> None:
    """The gradient of renorm passes in float32, though PyTorch's own kernel on a CPU has its norms in float64; what
    is wrong by more does not.
    """
    case = op_case("torch.renorm", "float32", {"x": (33, 19)}, 2.0, 0, 0.9, grad=("x",))

    def elsewhere(outputs: dict[str, Array], inputs: dict[str, Array]) -> dict[str, Array]:
        x = torch.from_numpy(inputs["x"]).requires_grad_()
        y = Clipped.apply(x, 0.9)
        cotangent = torch.from_numpy(reference.cotangent(y.shape).astype(np.float32))
        return {**outputs, "grad.x": torch.autograd.grad(y, x, cotangent)[0].numpy()}

    verdict = verdict_of(case, elsewhere, profile="cpu")
    assert verdict.status == "pass", verdict.message

    def wrong(outputs: dict[str, Array], inputs: dict[str, Array]) -> dict[str, Array]:
        made = elsewhere(outputs, inputs)
        return {**made, "grad.x": made["grad.x"] * np.float32(1 + 2.0**-19)}

    assert verdict_of(case, wrong, profile="cpu").status == "diverged"


def peaked(x: torch.Tensor) -> torch.Tensor:
    """Rows of tanh, scaled to a largest magnitude of 1."""
    y = torch.tanh(1.7 * x)
    return y / torch.linalg.vector_norm(y, float("inf"), -1, keepdim=True)


def test_a_largest_magnitude_is_that_of_an_element() -> None:
    """A norm of infinite order moves an element: its gradient finds it again in runs with noise, and has little."""
    golden = golden_of(op_case(f"{__name__}.peaked", "float32", {"x": (17, 15)}, grad=("x",)))[0]
    assert golden.output("grad.x").noise["sigma"].max() < 1e-5
