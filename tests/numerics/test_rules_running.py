"""Losses, distances and statistics that PyTorch composes of several operators: what its steps round is allowed for, in
every dtype, and not much more than that.
"""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from harness.case import Case
from harness.numerics import formats
from tests.numerics.torchrun import golden_of, judged, op_case

F = "torch.nn.functional."
Array = np.ndarray[Any, Any]
DTYPES = ("float32", "bfloat16", "float16", "float64")
X: dict[str, Any] = {"x": (9, 33), "y": (9, 33)}
SIGNS = ((9, 33), "literal:" + ",".join("1" if i % 3 else "-1" for i in range(297)))
ROWS = ((9,), "literal:1,-1,1,1,-1,-1,1,-1,1")
CLASSES = ((9,), "index:33", "int64")


def _losses(dtype: str) -> list[Case]:
    made = []
    for reduction in ("none", "mean", "sum"):
        how = {"reduction": reduction, "seed": 7}
        made += [
            op_case(F + "soft_margin_loss", dtype, {"x": (9, 33), "t": SIGNS}, **how),
            op_case(F + "hinge_embedding_loss", dtype, {"x": (9, 33), "t": SIGNS}, margin=0.3, **how),
            op_case(F + "cosine_embedding_loss", dtype, {**X, "t": ROWS}, margin=0.3, **how),
            op_case(F + "multilabel_soft_margin_loss", dtype, {"x": (9, 33), "t": ((9, 33), "range:0:1")}, **how),
            op_case(F + "poisson_nll_loss", dtype, {"x": (9, 33), "t": ((9, 33), "range:0.1:7")}, full=True, **how),
            op_case(F + "triplet_margin_loss", dtype, {**X, "n": (9, 33)}, margin=0.7, swap=True, **how),
        ]
        if dtype in ("float32", "float64"):
            made += [
                op_case(F + "multi_margin_loss", dtype, {"x": (9, 33), "t": CLASSES}, p=2, **how),
                op_case(
                    F + "multilabel_margin_loss", dtype, {"x": (9, 33), "t": ((9, 33), "index:33", "int64")}, **how
                ),
            ]
    return made


def _others(dtype: str) -> list[Case]:
    made = [op_case("torch.dist", dtype, X, {"f": p}) for p in ("0.0", "1.0", "2.0", "3.0", "inf")]
    made += [op_case("torch.gradient", dtype, {"x": (9, 33)}, edge_order=2, spacing=0.3)]
    made += [op_case("torch.corrcoef", dtype, {"x": (9, 33)})]
    made += [op_case("torch.mvlgamma", dtype, {"x": ((9, 33), "range:2.1:9")}, 3)]
    made += [op_case("torch.var_mean", dtype, {"x": (9, 33)}, dim=1)]
    if dtype in ("float32", "float64"):
        made += [
            op_case("torch.cdist", dtype, {"x": (9, 33), "y": (30, 33)}),  # by way of a product
            op_case("torch.cdist", dtype, X),
            op_case(F + "pdist", dtype, {"x": (9, 33)}),
            op_case(F + "pdist", dtype, {"x": (1, 5)}),
            op_case("torch.quantile", dtype, {"x": (9, 33)}, 0.3, dim=1),
            op_case("torch.nanquantile", dtype, {"x": (9, 33), "q": ((3,), "range:0:1")}, dim=1),
            op_case("torch.quantile", dtype, {"x": (9, 33)}, 0.3, interpolation="nearest"),
        ]
    return made


@pytest.mark.parametrize("dtype", DTYPES)
def test_what_the_steps_round_passes(dtype: str) -> None:
    """A composed operator passes in every dtype, with every reduction: 16-bit kernels may round each of its steps."""
    for case in (*_losses(dtype), *_others(dtype)):
        golden, arrays, run = golden_of(case)
        verdict = judged(golden, arrays, run(arrays, None), profile="cpu")
        assert verdict.status == ("pass" if golden.outputs[0].y.size else "vacuous"), (
            case.target,
            case.kwargs,
            verdict,
        )


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_small_fault_diverges(dtype: str) -> None:
    """And 40 ulp too much in one element do not, whatever the operator and its reduction."""
    for case in (*_losses(dtype), *_others(dtype)):
        golden, arrays, run = golden_of(case)
        outputs = run(arrays, None)
        wide = outputs["out0"].astype(np.float64)
        # Where differences cancel, and in sums of a thousand terms, that is within rounding.
        cancels = ("corrcoef", "cdist", "triplet_margin_loss", "multilabel_margin_loss")
        if not wide.size or case.target.endswith(cancels):
            continue
        at = int(np.argmax(np.abs(wide)))
        wide.flat[at] += 40 * formats.ulp(wide.flat[at], dtype)
        made = {**outputs, "out0": wide.astype(outputs["out0"].dtype)}
        assert judged(golden, arrays, made, profile="cpu").status == "diverged", (case.target, case.kwargs)


def test_a_whole_position_is_exact() -> None:
    """A quantile that is an element of the input is that element, bit for bit."""
    golden, arrays, run = golden_of(op_case("torch.quantile", "float32", {"x": (5,)}, 0.5))
    outputs = run(arrays, None)
    assert judged(golden, arrays, outputs).status == "pass"
    made = {"out0": np.nextafter(outputs["out0"], np.float32(np.inf))}
    assert judged(golden, arrays, made).status == "diverged"


def test_a_step_in_a_shorter_dtype_diverges() -> None:
    """Distances whose differences were rounded to bfloat16 diverge in float32."""
    golden, arrays, _ = golden_of(op_case("torch.dist", "float32", {"x": (5,), "y": (5,)}))
    difference = (arrays["x"] - arrays["y"]).astype(ml_dtypes.bfloat16).astype(np.float32)
    made = {"out0": np.asarray(np.sqrt((difference**2).sum()), np.float32)}
    assert judged(golden, arrays, made).status == "diverged"
