"""Node by node: a model that diverges names the node that is to blame, and with `--nodes` every node is judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from projects import Done, Project

# Operators of a user's own. On cpu-default, which stands for their new device, one kernel each is wrong.
PARTS = """
import os
import torch

BROKEN = os.environ.get("ATEN_CPU_CAPABILITY") == "default"

@torch.library.custom_op("parts::double", mutates_args=())
def double(x: torch.Tensor) -> torch.Tensor:
    # the seeded fault: one element is 2 % off
    y = x * 2
    if BROKEN:
        y[1, 2] *= 1.02
    return y

@torch.library.custom_op("parts::triple", mutates_args=())
def triple(x: torch.Tensor) -> torch.Tensor:
    return x * 3

@torch.library.custom_op("parts::slope", mutates_args=())
def slope(g: torch.Tensor) -> torch.Tensor:
    # the seeded fault: the gradient of triple
    return g * 3.1 if BROKEN else g * 3

written = []

@torch.library.custom_op("parts::write", mutates_args=())
def write(x: torch.Tensor) -> torch.Tensor:
    written.append(x + 1)
    return written[-1]

@torch.library.custom_op("parts::read", mutates_args=())
def read(x: torch.Tensor) -> torch.Tensor:
    # the seeded fault: wrong only where it reads the very memory that `write` wrote
    return x + (0.5 if BROKEN and any(x.data_ptr() == w.data_ptr() for w in written) else 1)

for op in (double, triple, slope, write, read):
    op.register_fake(torch.empty_like)
triple.register_autograd(lambda context, g: slope(g))
double, triple, write, read = (getattr(torch.ops.parts, name) for name in ("double", "triple", "write", "read"))
"""
CASES = """
import torch
from harness import case, model, tensor
from parts import double, read, triple, write

@case(dtypes=["float32"])
def wrong(x=tensor(3, 5)):
    y = torch.relu(x) + 1
    y = double(y)
    return torch.tanh(y) @ y.T

@case(dtypes=["float32"])
def hidden(x=tensor(3, 5)):
    return x + double(torch.abs(x)) * 1e-12

@case(dtypes=["float32"])
def between(x=tensor(3, 5)):
    return read(write(torch.relu(x))) * 2

@case(dtypes=["float32"])
def mixed(x=tensor(3, 5)):
    a, b = torch.chunk(x.T.contiguous().T, 2, dim=-1)
    left = torch.empty_like(b).fill_(2.0)
    left.add_(b)
    drawn = (torch.rrelu(x, 0.1, 0.3, True) < -100) | (torch.rand_like(x) > 2)
    return torch.cat([a, left.max(dim=0, keepdim=True).values.expand(3, 2)], 1) + drawn

@model(dtypes=["float32"], train=("torch.optim.SGD", {"lr": 0.5}), infer=False)
def net(x=tensor(3, 5)):
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.last = nn.Linear(5, 5), nn.Linear(5, 2)

        def forward(self, x):
            return self.last(torch.tanh(triple(self.first(x))))

    return Net()
"""
TESTS = """
import torch
from parts import double

def test_check(target):
    target.check(lambda x: torch.tanh(double(x + 1)), torch.ones(3, 5))
"""
TARGETS = "--devices=cpu,cpu-default"


def line_of(words: str) -> int:
    """The line of the case file that holds `words`."""
    return next(number for number, line in enumerate(CASES.splitlines(), 1) if words in line)


@pytest.fixture(scope="module")
def models(make_project: Callable[[str], Project]) -> Project:
    """A project of functions and a model."""
    project = make_project("models")
    project.write({"parts.py": PARTS, "case_parts.py": CASES, "test_parts.py": TESTS})
    return project


@pytest.fixture(scope="module")
def plain(models: Project) -> Done:
    """Its first run, on a right and a broken device."""
    return models.run(TARGETS, "--golden-update")


@pytest.fixture(scope="module")
def every(models: Project, plain: Done) -> Done:
    """The same with `--nodes`."""
    return models.run(TARGETS, "--nodes")


def found(done: Done, name: str, target: str = "cpu-default") -> dict[str, Any]:
    """What the record of a cell says of its nodes."""
    (record,) = [r for (case, t), r in done.records.items() if t == target and case.startswith(name)]
    return {**record["nodes"], "record": record}


def test_a_diverged_cell_names_the_guilty_node(plain: Done) -> None:
    """The failure message: operator, place, line of the model's code, figures; the nodes after it are not blamed."""
    text = "\n".join(plain.failure("wrong-float32-3x5[cpu-default]"))
    assert "node by node: 1 diverges of" in text
    assert "the guilty node double (parts.double.default, 3 of" in text
    assert f"called in case_parts.py:{line_of('y = double(y)')}" in text
    (node,) = found(plain, "wrong")["guilty"]
    assert (node["id"], node["status"]) == ("double", "diverged")
    assert node["inputs"] == [["add", "float32", [3, 5]]]
    assert node["outputs"] == [["out0", "float32", [3, 5]]]
    assert found(plain, "wrong")["judged"] == found(plain, "wrong")["total"]


def test_a_right_cell_is_not_looked_into(plain: Done) -> None:
    """Without `--nodes` nobody pays for nodes of what passes."""
    assert all(not record["nodes"] for (_, target), record in plain.records.items() if target == "cpu")
    assert found(plain, "hidden")["record"]["status"] == "pass"


def test_nodes_finds_what_a_model_hides(every: Done) -> None:
    """`--nodes`: a node that diverges fails its cell though the model's output is right, and the command says how."""
    record = found(every, "hidden")["record"]
    assert record["status"] == "diverged"
    assert record["margin"] > 1
    text = "\n".join(every.failure("hidden-float32-3x5[cpu-default]"))
    assert "node double (parts.double.default" in text
    assert "the whole: pass" in text
    assert record["repro"].endswith("--devices=cpu-default --nodes")
    assert found(every, "hidden", "cpu")["record"]["status"] == "pass"


def test_a_fault_between_nodes_blames_none(plain: Done) -> None:
    """Where each node is right by itself, the message says what that means."""
    text = "\n".join(plain.failure("between-float32-3x5[cpu-default]"))
    assert "none of 4 nodes on the golden's inputs diverges" in text
    assert "the fault arises between nodes" in text


def test_a_wrong_gradient_is_its_nodes(plain: Done) -> None:
    """In a training step each node's own gradient is judged, fed with the golden's; so is each parameter's step."""
    nodes = found(plain, "net")
    (guilty,) = nodes["guilty"]
    assert (guilty["id"], guilty["output"]) == ("triple", "grad.x0")
    assert nodes["total"] == nodes["judged"] == 4 + 4
    assert "grad.x0 (x0 is linear) diverged" in guilty["message"]


def test_the_target_fixture_names_it_too(plain: Done) -> None:
    """`target.check` of a function of several operators: the assertion's message holds the guilty node."""
    assert "test_check[cpu] PASSED" in plain.text or "test_check[cpu]" not in plain.text.partition("FAILURES")[2]
    assert "the guilty node double (parts.double.default, 2 of 3)" in "\n".join(
        plain.failure("test_check[cpu-default]")
    )


def test_what_cannot_be_judged_is_said(every: Done) -> None:
    """Tuples, views, changes in place and random numbers: judged where it can be, counted where not; no false alarm."""
    nodes = found(every, "mixed", "cpu")
    assert nodes["record"]["status"] == "pass"
    assert not nodes["guilty"]
    assert {why: len(ids) for why, ids in nodes["left"].items()} == {
        "its values are left open": 1,
        "it draws random numbers": 1,
    }
    assert nodes["judged"] == nodes["total"] - 2
    assert "2 not looked at" in nodes["record"]["message"]
