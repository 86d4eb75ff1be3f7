"""Making goldens: what a golden carries, how precise it is, and how small."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.case import Case, Source, TensorSpec
from harness.errors import GoldenError
from harness.golden import make, read, store, write
from harness.inputs import digest
from harness.numerics import formats
from tests.numerics.torchrun import golden_of, judged, op_case

Array = np.ndarray[Any, Any]
F = "torch.nn.functional."


def test_a_golden_holds_the_answer_the_noise_and_where_it_came_from() -> None:
    """y in float64, S, √Q and n of a matmul as anyone would compute them, and provenance."""
    case = op_case("torch.matmul", "float32", {"x": (9, 33), "y": (33, 5)})
    golden, arrays, _ = golden_of(case)
    (out,) = golden.outputs
    x, y = (arrays[k].astype(np.float64) for k in "xy")
    assert (golden.key, golden.inputs, golden.rule) == (case.key(), digest(arrays), "dot")
    assert golden.provenance["reference"] == "float64"
    np.testing.assert_allclose(out.y, x @ y, rtol=2.0**-38)
    for name, expected in (("S", np.abs(x) @ np.abs(y)), ("R", np.sqrt(x**2 @ y**2)), ("n", 33.0)):
        assert (out.noise[name] >= expected * (1 - 1e-12)).all(), name
        np.testing.assert_allclose(out.noise[name], expected * np.ones(out.shape), rtol=2.0**-7)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32"])
def test_a_stored_golden_rounds_as_the_full_answer_does(dtype: str, tmp_path: Path) -> None:
    """Goldens keep few bits, yet rounding them to the output's dtype gives what all bits would have given."""
    case = op_case("torch.exp", dtype, {"x": (65, 65)}, values="boundary")
    golden, arrays, _ = golden_of(case)
    write(tmp_path / "g.npz", golden)
    stored = read(tmp_path / "g.npz").outputs[0].y
    exact = np.exp(arrays["x"].astype(np.float64))
    assert (formats.round_value(stored, dtype) == formats.round_value(exact, dtype)).all()
    inside = exact < formats.format_of(dtype).max
    assert (np.abs(stored - exact) <= formats.ulp(exact, dtype) * 2.0**-12)[inside].all()
    assert (tmp_path / "g.npz").stat().st_size < 65 * 65 * (7 if dtype == "float32" else 6) + 2000


def test_a_golden_made_twice_is_the_same_bytes() -> None:
    """Nothing in a golden depends on time, order or chance, the empirical rule's random runs included."""
    for target in ("torch.quantile", "torch.matmul"):
        shapes: dict[str, Any] = {"x": (9, 33)} if target == "torch.quantile" else {"x": (9, 33), "y": (33, 5)}
        case = op_case(target, "float32", shapes, *([0.3, -1] if target == "torch.quantile" else []))
        first, second = (store.dumps(golden_of(case)[0]) for _ in range(2))
        assert first == second


def test_gradients_of_linear_operators_carry_their_own_sums() -> None:
    """The gradient of a weight is a dot product over the batch: its n is the batch, not the layer's width."""
    golden, _, _ = golden_of(op_case(F + "linear", "bfloat16", {"x": (12, 64), "w": (33, 64)}, grad=("x", "w")))
    assert {o.name: (o.rule, float(o.noise["n"])) for o in golden.outputs} == {
        "out0": ("dot", 64.0),
        "grad.x": ("dot", 33.0),
        "grad.w": ("dot", 12.0),
    }


def test_a_float64_case_says_how_its_reference_was_found() -> None:
    """float64 cases name a better reference than float64, or say that their allowance is doubled."""
    how = {
        target: golden_of(op_case(target, "float64", shapes))[0].provenance["reference"]
        for target, shapes in (
            ("torch.matmul", {"x": (9, 33), "y": (33, 5)}),
            ("torch.exp", {"x": (9, 33)}),
            ("torch.add", {"x": (9, 33), "y": (9, 33)}),
            ("torch.trapezoid", {"x": (9, 33)}),
            ("torch.corrcoef", {"x": (5, 9)}),
            ("torch.linalg.matrix_exp", {"x": (400, 5, 5)}),
        )
    }
    assert how == {
        "torch.matmul": "exact sums of sliced inputs",
        "torch.exp": "mpmath, 160 bits",
        "torch.add": "float64",
        "torch.trapezoid": "exact sums of sliced inputs",
        "torch.corrcoef": "pairs of float64",
        "torch.linalg.matrix_exp": "float64, allowance doubled",
    }


class _Model:
    """A two-layer model whose own precision is float32, with parameters among its constants."""

    def __init__(self, scale: float = 1.0) -> None:
        rng = np.random.default_rng(3)
        self.scale = scale
        self.consts = {
            "w": (rng.normal(size=(64, 48)) / 8).astype(np.float32),
            "v": (rng.normal(size=(48, 40)) / 7).astype(np.float32),
        }

    def __call__(self, inputs: Mapping[str, Array], precision: str | None) -> dict[str, Array]:
        kind = np.float64 if precision == "float64" else np.float32
        given = {k: v.astype(kind) for k, v in {**self.consts, **inputs}.items()}
        hidden = np.tanh(given["x"] @ given["w"])
        return {"out0": (hidden @ given["v"] * kind(self.scale)).astype(kind)}


def test_a_model_is_judged_by_an_ensemble_of_its_own_precision() -> None:
    """A model passes on its own noise, and diverges from 3 times the RMSE of honest runs or from a wrong
    weight.
    """
    case = Case(
        "mlp-float32",
        Source("cases/m.py", 1),
        "model",
        "mlp",
        "float32",
        (TensorSpec("x", "float32", (32, 64)),),
    )
    run = _Model()
    arrays = {"x": np.random.default_rng(5).normal(size=(32, 64)).astype(np.float32)}
    golden = make(case, arrays, run, {})
    assert golden.rule == "ensemble"
    assert {o.name for o in golden.outputs} == {"out0", "out0:rmse"}
    honest = run(arrays, None)
    assert judged(golden, arrays, honest).status == "pass"
    reversed_ = np.tanh(arrays["x"][:, ::-1] @ run.consts["w"][::-1]) @ run.consts["v"]
    assert judged(golden, arrays, {"out0": reversed_}).status == "pass"
    error = honest["out0"] - golden.outputs[0].y
    noisy = (golden.outputs[0].y + 3 * error).astype(np.float32)
    verdict = judged(golden, arrays, {"out0": noisy})
    assert verdict.status == "diverged"
    run.consts["v"][7, 7] *= np.float32(1.001)
    assert judged(golden, arrays, run(arrays, None)).status == "diverged"


def test_steps_of_adam_may_have_either_sign_only_where_the_gradient_vanishes() -> None:
    """Where a gradient is within its noise, Adam may step either way; elsewhere a flipped step diverges."""
    case = Case(
        "fit-float32",
        Source("cases/m.py", 1),
        "model",
        "fit",
        "float32",
        (TensorSpec("x", "float32", (64, 8)),),
        grad=True,
        step=("torch.optim.Adam", (("lr", 0.01),)),
    )
    rng = np.random.default_rng(1)
    arrays = {"x": rng.normal(size=(64, 8)).astype(np.float32)}
    arrays["x"][:, 3] = np.where(np.arange(64) % 2, 1, -1) * np.float32(0.3333)  # its gradient cancels to nothing

    class Fit:
        consts = {"w": np.full(8, 0.5, np.float32)}  # noqa: RUF012

        def __call__(self, inputs: Mapping[str, Array], precision: str | None) -> dict[str, Array]:
            kind = np.float64 if precision == "float64" else np.float32
            x = np.asarray(inputs["x"]).astype(kind)
            grad = (x[::-1] * kind(1 / 3)).sum(axis=0, dtype=kind)
            step = -kind(0.01) * grad / (np.abs(grad) + kind(1e-8))
            return {"out0": x @ np.zeros(8, kind) + x[:, 0], "grad.w": grad, "step.w": step}

    run = Fit()
    golden = make(case, arrays, run, {})
    outputs = run(arrays, None)
    assert {o.name: o.rule for o in golden.outputs}["step.w"] == "step"
    assert judged(golden, arrays, outputs).status == "pass"
    for column, status in ((3, "pass"), (2, "diverged")):
        step = outputs["step.w"].copy()
        step[column] *= -1
        assert judged(golden, arrays, {**outputs, "step.w": step}).status == status, column
    slightly = {**outputs, "step.w": outputs["step.w"] * np.float32(1.001)}
    assert judged(golden, arrays, slightly).status == "diverged"


def test_a_reference_without_outputs_is_an_error() -> None:
    """A program that returns nothing has no golden, and says so with its case."""
    case = op_case("torch.exp", "float32", {"x": (3, 3)})
    with pytest.raises(GoldenError, match="exp-float32"):
        make(case, {"x": np.zeros((3, 3), np.float32)}, lambda inputs, precision: {}, {})
