"""Capture: a function, a model or a training step becomes the portable program, and computes what eager computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

Capture = Callable[..., tuple[dict[str, Any], dict[str, Any]]]
Execute = Callable[..., dict[str, Any]]
X = torch.linspace(-2.0, 2.0, 12).reshape(3, 4)


def bits(x: torch.Tensor) -> list[int]:
    return x.detach().contiguous().view(-1).view(torch.uint8).tolist()  # type: ignore[no-any-return]


def test_a_function_is_recorded_by_export(capture: Capture, execute: Execute) -> None:
    """Dotted names of ATen operators, nothing of Python left; the run gives eager's bits."""

    def f(x: torch.Tensor, w: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        y = F.layer_norm(x, (4,), w)
        return y, y.max(dim=-1).values

    w = torch.rand(4)
    doc, consts = capture(f, x=X, w=w)
    assert doc["ir"] == "export"
    assert {node[1] for node in doc["nodes"]} >= {"aten.layer_norm.default", "aten.max.dim"}
    assert consts == {}
    out = execute(doc, consts, X, w)
    for name, eager in zip(("out0", "out1"), f(X, w), strict=True):
        assert bits(out[name]) == bits(eager)


def outside_torch(x: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(x.numpy() * 2)


def branches(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if x.sum().item() > -1 else x * 3


def unknown(x: torch.Tensor) -> torch.Tensor:
    return torch.frobnicate(x)  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("f", [outside_torch, branches, unknown])
def test_what_no_recorder_takes_is_one_opaque_node(capture: Capture, f: Callable[..., Any]) -> None:
    """A result made by NumPy, a branch on a value, an operator that is not there: one node that names the function,
    with each recorder's reason. None of them is recorded as a constant."""
    doc, consts = capture(f, x=X)
    assert doc["ir"] == "opaque"
    assert [node[1] for node in doc["nodes"]] == ["conftest.f"]
    assert "export: " in doc["why"]
    assert "fx: " in doc["why"]
    assert consts == {}


def test_constants_of_a_function_are_not_results(capture: Capture, execute: Execute) -> None:
    """A table that the function closes over is a constant of the program."""
    table = torch.tensor([1.0, 2.0, 4.0, 8.0])

    def f(x: torch.Tensor) -> torch.Tensor:
        y = x * table + torch.tensor([0.5])
        return y + 1 if torch.compiler.is_compiling() else y  # sends it to the second recorder

    doc, consts = capture(f, x=X)
    assert doc["ir"] == "fx"
    assert len(consts) == 2
    assert bits(execute(doc, consts, X)["out0"]) == bits(X * table + 0.5)


def test_a_model_carries_its_parameters_by_content(capture: Capture, execute: Execute) -> None:
    """Parameters and buffers are constants by sha256; tied weights are one; outputs have eager's bits."""

    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed = nn.Embedding(7, 4)
            self.head = nn.Linear(4, 7, bias=False)
            self.head.weight = self.embed.weight
            self.register_buffer("scale", torch.tensor([2.0]))

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            return self.head(self.embed(ids)) * self.scale

    model = Tied().eval()
    ids = torch.tensor([[0, 3], [6, 2]])
    doc, consts = capture(model, ids=ids)
    assert len(doc["consts"]) == 2
    assert set(consts) == {entry["sha"] for entry in doc["consts"]}
    assert bits(execute(doc, consts, ids)["out0"]) == bits(model(ids))


def test_gradients_and_an_optimizer_step_are_outputs_too(capture: Capture, execute: Execute) -> None:
    """grad.<input>, grad.<parameter> and step.<parameter>: what eager's backward and AdamW give."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 5), nn.GELU(), nn.Linear(5, 2))
    step = {"class": "torch.optim.AdamW", "kwargs": {"lr": 0.1}}
    doc, consts = capture(model, grad=("input",), step=step, input=X)
    out = execute(doc, consts, X)
    params = [f"{layer}.{name}" for layer in (0, 2) for name in ("weight", "bias")]
    assert set(out) == {"out0", "grad.input", *(f"grad.{p}" for p in params), *(f"step.{p}" for p in params)}

    from harness.lab.worker.tensors import cotangent

    x = X.clone().requires_grad_()
    y = model(x)
    y.backward(cotangent(y.detach()))
    assert torch.allclose(out["grad.input"], x.grad, rtol=1e-6, atol=1e-7)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    torch.optim.AdamW(model.parameters(), lr=0.1).step()
    for name, p in model.named_parameters():
        assert torch.allclose(out[f"grad.{name}"], p.grad, rtol=1e-6, atol=1e-7)
        assert torch.allclose(out[f"step.{name}"], p.detach() - before[name], rtol=1e-4, atol=1e-6)


def test_a_capture_that_computes_something_else_is_refused(capture: Capture, execute: Execute) -> None:
    """Export traces another branch than eager runs: its graph is refused, and the next recorder's taken."""

    def f(x: torch.Tensor) -> torch.Tensor:
        return x * 3 if torch.compiler.is_compiling() else x * 2

    doc, consts = capture(f, x=X)
    assert doc["ir"] == "fx"
    assert bits(execute(doc, consts, X)["out0"]) == bits(X * 2)


def test_a_capture_with_wrong_gradients_is_refused(capture: Capture) -> None:
    """Right forward, wrong backward, as with a wrong decomposition: only the gradients tell, and they are asked."""

    def f(x: torch.Tensor) -> torch.Tensor:
        half = x.detach() if torch.compiler.is_compiling() else x
        return half * x

    assert capture(f, x=X)[0]["ir"] == "export"  # forward alone agrees
    assert capture(f, grad=("x",), x=X)[0]["ir"] == "fx"


def test_both_ways_of_running_give_the_same_bits(capture: Capture, execute: Execute) -> None:
    """The interpreter and the FX GraphModule that compilers get are one program: outputs, gradients and step."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 5), nn.LayerNorm(5), nn.SiLU(), nn.Linear(5, 2))
    doc, consts = capture(model, grad=("input",), step={"class": "torch.optim.SGD", "kwargs": {"lr": 0.1}}, input=X)
    interpreted, as_module = execute(doc, consts, X), execute(doc, consts, X, fx=True)
    assert list(interpreted) == list(as_module)
    for name, value in interpreted.items():
        assert bits(value) == bits(as_module[name]), name


def test_the_reference_runs_the_same_program_wider(capture: Capture, execute: Execute) -> None:
    """Precision float64: inputs, weights and casts inside widen, so that the answer is the mathematical one."""

    def f(x: torch.Tensor) -> torch.Tensor:
        return (x.to(torch.bfloat16) / 3).to(torch.float32)

    doc, consts = capture(f, x=X)
    out = execute(doc, consts, X, precision="float64")["out0"]
    assert out.dtype == torch.float64
    assert torch.equal(out, X.double() / 3)


def test_an_input_written_in_place_is_an_output(capture: Capture, execute: Execute) -> None:
    """What an in-place function leaves in its inputs is compared too, and a second run starts afresh."""

    def f(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        x.mul_(2)
        x[0] += y[0]
        return x.sum(0)

    y = torch.ones(3, 4)
    doc, consts = capture(f, x=X.clone(), y=y)
    assert doc["mutated"] == ["x"]
    assert doc["ir"] == "export"
    x = X.clone()
    for _ in range(2):
        out = execute(doc, consts, x, y)
        expected = X.clone()
        assert bits(out["out0"]) == bits(f(expected, y))
        assert bits(out["mutated.x"]) == bits(expected)
        assert torch.equal(x, X)


def test_no_grad_inside_a_model_stops_gradients(capture: Capture, execute: Execute) -> None:
    """A detached branch passes no gradient, captured as in eager."""

    def f(x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            scale = x.abs().max()
        return x / scale

    doc, consts = capture(f, grad=("x",), x=X)
    from harness.lab.worker.tensors import cotangent

    x = X.clone().requires_grad_()
    y = f(x)
    y.backward(cotangent(y.detach()))
    assert torch.allclose(execute(doc, consts, X)["grad.x"], x.grad, rtol=1e-6)


@pytest.mark.parametrize("grad", [None, ("q",)])
def test_attention_is_captured_whole(capture: Capture, execute: Execute, grad: Any) -> None:
    """Attention's own decompositions are known to be wrong in backward: what is captured agrees with eager's."""

    def f(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)

    torch.manual_seed(1)
    q, k, v = (torch.randn(1, 2, 5, 8) for _ in range(3))
    doc, consts = capture(f, grad=grad, q=q, k=k, v=v)
    assert doc["ir"] in ("export", "fx")
    assert torch.allclose(execute(doc, consts, q, k, v)["out0"], f(q, k, v), atol=1e-6)
