"""Losses of one number against another: any device's steps pass, a few ulp too many do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from tests.numerics.torchrun import golden_of, judged, op_case, to_numpy, verdict_of

L = "torch.nn.functional."
SHAPES: dict[str, Any] = {"x": ((9, 33), "range:0.05:0.95"), "t": ((9, 33), "range:0.05:0.95")}
WEIGHTED: dict[str, Any] = {**SHAPES, "w": ((9, 33), "range:0.1:9")}
Steps = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

# As a framework composes them that has no kernel for them.
COMPOSED: dict[str, Steps] = {
    "mse_loss": lambda x, t: (x - t) ** 2,
    "l1_loss": lambda x, t: (x - t).abs(),
    "smooth_l1_loss": lambda x, t: torch.where((x - t).abs() < 1, 0.5 * (x - t) ** 2, (x - t).abs() - 0.5),
    "huber_loss": lambda x, t: torch.where((x - t).abs() <= 1, 0.5 * (x - t) ** 2, (x - t).abs() - 0.5),
    "binary_cross_entropy": lambda x, t: -(t * x.log() + (1 - t) * (1 - x).log()),
    "binary_cross_entropy_with_logits": lambda x, t: (1 - t) * x + (1 + (-x).exp()).log(),
    "kl_div": lambda x, t: t * (t.log() - x),
}


def _divided(terms: torch.Tensor) -> torch.Tensor:
    """A mean in two steps, as PyTorch 1.13 takes it."""
    return terms.sum() / terms.numel()


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32", "float64"])
@pytest.mark.parametrize("op", COMPOSED)
def test_steps_that_each_round_are_honest(op: str, dtype: str) -> None:
    """A device that takes the steps of a loss one by one, each rounded to the dtype, passes in each reduction."""
    for reduction, reduce in (("none", lambda v: v), ("mean", torch.mean), ("mean", _divided), ("sum", torch.sum)):
        golden, inputs, _ = golden_of(op_case(L + op, dtype, SHAPES, reduction=reduction))
        x, t = (torch.from_numpy(inputs[k].astype(np.float64)).to(getattr(torch, dtype)) for k in ("x", "t"))
        found = judged(golden, inputs, {"out0": to_numpy(reduce(COMPOSED[op](x, t)))})
        assert found.status == "pass", f"{reduction}: {found.message}"


@pytest.mark.parametrize("options", [{"weight": {"v": "w"}}, {"pos_weight": {"v": "w"}}], ids=["weight", "pos_weight"])
@pytest.mark.parametrize("op", ["mse_loss", "l1_loss", "huber_loss", "binary_cross_entropy_with_logits"])
def test_weights_count(op: str, options: dict[str, Any]) -> None:
    """Weights enlarge what a term may err by, and a term that lost its weight diverges."""
    if "pos_weight" in options and not op.endswith("logits"):
        return
    for reduction in ("none", "mean"):
        case = op_case(L + op, "float32", WEIGHTED, args=({"v": "x"}, {"v": "t"}), reduction=reduction, **options)
        assert verdict_of(case, profile="cpu").status == "pass"
        golden, inputs, _ = golden_of(case)
        x, t = (torch.from_numpy(inputs[k]) for k in ("x", "t"))
        plain = getattr(F, op)(x, t, reduction=reduction)
        assert judged(golden, inputs, {"out0": plain.numpy()}).status == "diverged"


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize("op", ["binary_cross_entropy", "kl_div", "mse_loss"])
def test_a_loss_of_two_numbers_shows_eight_ulp(op: str, dtype: str) -> None:
    """The loss of two numbers in half precision, which nothing averages, may not be eight ulp off."""
    golden, inputs, run = golden_of(op_case(L + op, dtype, {"x": ((), "range:0.2:0.3"), "t": ((), "range:0.1:0.2")}))
    y = np.array(run(inputs, None)["out0"])
    assert judged(golden, inputs, {"out0": y}).status == "pass"
    bits = y.reshape(1).view(np.int16)
    bits += 8
    assert judged(golden, inputs, {"out0": y}).status == "diverged"


# Losses of torch itself: the arguments before the reduction, and what torch.nn.functional calls them.
NUMBERED: dict[str, tuple[tuple[Any, ...], tuple[str, ...]]] = {
    "binary_cross_entropy_with_logits": (({"v": "t"}, {"v": "x"}), ("weight", "pos_weight")),
    "cosine_embedding_loss": ((0.2,), ("margin",)),
    "hinge_embedding_loss": ((0.7,), ("margin",)),
    "kl_div": ((), ()),
    "margin_ranking_loss": ((0.3,), ("margin",)),
    "poisson_nll_loss": ((False, True, 1e-3), ("log_input", "full", "eps")),
    "triplet_margin_loss": ((0.9, 1.0, 1e-5, True), ("margin", "p", "eps", "swap")),
}


@pytest.mark.parametrize("op", NUMBERED)
def test_torchs_own_losses_count_their_reductions(op: str) -> None:
    """torch.kl_div(x, t, 0) is judged as F.kl_div(x, t, reduction="none") is, whose arguments stand elsewhere."""
    shapes: dict[str, Any] = {"x": ((9, 33), "range:0.05:0.95"), "t": ((9, 33), "range:0.05:0.95")}
    if op in ("cosine_embedding_loss", "margin_ranking_loss", "triplet_margin_loss"):
        shapes = {"x": (9, 33), "y": (9, 33), "t": ((9,) if op.startswith("cosine") else (9, 33), "range:0.05:0.95")}
    more, names = NUMBERED[op]
    for number, word in enumerate(("none", "mean", "sum")):
        tensors = tuple({"v": name} for name in shapes)
        own = golden_of(op_case(f"torch.{op}", "float32", shapes, args=(*tensors, *more, number)))[0].outputs[0]
        options = dict(zip(names, more, strict=True))
        of_f = golden_of(op_case(L + op, "float32", shapes, args=tensors, reduction=word, **options))[0].outputs[0]
        np.testing.assert_array_equal(own.y, of_f.y)
        assert own.rule == of_f.rule
        assert own.noise.keys() == of_f.noise.keys()
        for key, values in of_f.noise.items():
            np.testing.assert_array_equal(own.noise[key], values)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("op", ["mse_loss", "smooth_l1_loss", "huber_loss", "soft_margin_loss"])
def test_gradients_may_round_each_step(op: str, reduction: str, dtype: str) -> None:
    """PyTorch's kernels for these gradients round the difference, its factor and their product to half precision."""
    options = {"smooth_l1_loss": {"beta": 0.7}, "huber_loss": {"delta": 0.7}}.get(op, {})
    for values in ("range:0.1:0.9", "range:-3:3"):
        shapes = {"x": ((70, 64), values), "t": ((70, 64), values)}
        case = op_case(L + op, dtype, shapes, grad=("x",), reduction=reduction, **options)
        verdict = verdict_of(case, profile="cpu")
        assert verdict.status == "pass", verdict.message

    def away(outputs: dict[str, Any], _: object) -> dict[str, Any]:
        wide = outputs["grad.x"].astype(np.float64) * (1 + 2.0 ** (-5 if dtype == "bfloat16" else -8))
        return {**outputs, "grad.x": wide.astype(outputs["grad.x"].dtype)}

    assert verdict_of(case, away, profile="cpu").status == "diverged"


@pytest.mark.parametrize("reduction", [0, 1, 2])
@pytest.mark.parametrize(
    ("op", "more"),
    [
        *((op, ()) for op in ("mse_loss", "l1_loss", "soft_margin_loss")),
        *((op, (0.3,)) for op in ("smooth_l1_loss", "huber_loss")),
        ("binary_cross_entropy", ()),
    ],
)
def test_atens_own_losses_are_judged_by_their_own_signatures(op: str, more: tuple[float, ...], reduction: int) -> None:
    """ATen counts the reductions, and has them elsewhere than torch.nn.functional: elements, mean and sum are found."""
    weight = (None,) if op == "binary_cross_entropy" else ()
    args = ({"v": "x"}, {"v": "t"}, *weight, reduction, *more)
    case = op_case(f"aten.{op}.default", "float32", SHAPES, args=args)
    golden = golden_of(case)[0].outputs[0]
    assert golden.rule == "running-error"
    assert golden.y.shape == (() if reduction else (9, 33))
    assert verdict_of(case, profile="cpu").status == "pass"

    def away(outputs: dict[str, Any], _: object) -> dict[str, Any]:
        return {"out0": outputs["out0"] * np.float32(1 + 2.0**-18)}

    assert verdict_of(case, away, profile="cpu").status == "diverged"
