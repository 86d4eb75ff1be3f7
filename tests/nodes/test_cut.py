"""Cutting a program into nodes: what each is fed, and how long judging them may take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.case import Case, Source, TensorSpec
from harness.lab.discover import select
from harness.lab.pool import Lab
from harness.nodes import Nodes
from harness.nodes.cut import layout_of
from harness.numerics.profile import load as load_profile
from harness.program import Blob, Program


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    made = Lab(tmp_path_factory.mktemp("cache"))
    yield made
    made.close()


def nodes_of(lab: Lab, nodes: list[list[Any]], outputs: list[Any], **inputs: np.ndarray[Any, Any]) -> Nodes:
    """The nodes of a program given as a document's `nodes` and `outputs`, its inputs by name."""
    blobs = {name: Blob.of(array) for name, array in inputs.items()}
    specs = tuple(TensorSpec(name, blob.dtype, blob.shape) for name, blob in blobs.items())
    given = [
        {"id": s.name, "dtype": s.dtype, "shape": list(s.shape), "layout": "contiguous", "grad": False} for s in specs
    ]
    doc = {
        "v": 1, "name": "f", "ir": "export", "torch": None, "inputs": given, "consts": [], "nodes": nodes,
        "outputs": outputs, "mutated": [], "grad": None, "step": None, "tags": [],
    }  # fmt: skip
    case = Case("f", Source("case_f.py", 1), "function", "f", specs[0].dtype, specs)
    return Nodes(lab, case, Program.load(json.dumps(doc)), blobs)


X = np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4)


def test_a_node_reads_the_golden_rounded_once_and_laid_out_as_it_was(lab: Lab) -> None:
    """What a node reads: the float64 value of what came before, in the node's own dtype and strides."""
    x = X.copy()
    x[0, 0] = 1 + 2.0**-8  # by way of float32, 2^-30 more would be lost and the tie go to 1
    made = nodes_of(
        lab,
        [
            ["y", "aten.add.Tensor", [{"v": "x"}, 2.0**-30], {}],
            ["turned", "aten.t.default", [{"v": "y"}], {}],
            ["low", "aten.to.dtype", [{"v": "turned"}, {"dt": "bfloat16"}], {}],
            ["wide", "aten.expand.default", [{"v": "low"}, [2, 4, 3]], {}],
            ["sum", "aten.sum.default", [{"v": "wide"}], {}],
        ],
        [{"v": "sum"}],
        x=x,
    )
    by_id = {node.id: node for node in made.nodes}
    turned, wide = by_id["low"], by_id["sum"]
    assert turned.case is not None
    assert wide.case is not None
    assert turned.inputs["x0"].dtype == np.float32
    np.testing.assert_array_equal(turned.inputs["x0"], (x.astype(np.float64) + 2.0**-30).astype(np.float32).T)
    assert turned.case.inputs[0].layout == "strides:1,4"
    assert wide.case.inputs[0].layout == "strides:0,1,4"
    assert wide.case.dtype == "bfloat16"
    once = (x.astype(np.float64) + 2.0**-30).astype(wide.inputs["x0"].dtype).T
    once[0, 0] = 1 + 2.0**-7  # NumPy's own cast goes by way of float32
    np.testing.assert_array_equal(wide.inputs["x0"], np.broadcast_to(once, (2, 4, 3)))
    assert [node.view for node in made.nodes] == [False, True, False, True, False]


def test_a_value_changed_in_place_is_read_as_it_was(lab: Lab) -> None:
    """A node before the change reads the old value, one after it the new; the change itself is judged."""
    made = nodes_of(
        lab,
        [
            ["y", "aten.add.Tensor", [{"v": "x"}, 1.0], {}],
            ["before", "aten.exp.default", [{"v": "y"}], {}],
            ["change", "aten.mul_.Tensor", [{"v": "y"}, 2.0], {}],
            ["after", "aten.exp.default", [{"v": "y"}], {}],
        ],
        [{"v": "before"}, {"v": "after"}],
        x=X,
    )
    before, change, after = made.nodes[1:]
    wide = X.astype(np.float64)
    np.testing.assert_array_equal(before.inputs["x0"], (wide + 1).astype(np.float32))
    np.testing.assert_array_equal(after.inputs["x0"], ((wide + 1) * 2).astype(np.float32))
    assert change.program is not None
    assert change.program.doc["mutated"] == ["x0"]
    (cpu,) = select(("cpu",), (), lab)
    findings = made.judge(cpu, load_profile("cpu"))
    assert (findings.judged, findings.wrong, dict(findings.left)) == (4, 0, {})


def test_only_items_that_are_used_are_judged(lab: Lab) -> None:
    """Of a tuple the items up to the last that the program uses; picking one is no node."""
    made = nodes_of(
        lab,
        [
            ["pair", "aten.max.dim", [{"v": "x"}, 1], {}],
            ["values", "operator.getitem", [{"v": "pair"}, 0], {}],
            ["indices", "operator.getitem", [{"v": "pair"}, 1], {}],
            ["out", "aten.neg.default", [{"v": "values"}], {}],
        ],
        [{"v": "out"}],
        x=X,
    )
    assert [node.id for node in made.nodes] == ["pair", "out"]
    assert made.nodes[0].program is not None
    assert made.nodes[0].program.doc["outputs"] == [{"v": "item0"}]


def test_a_limit_leaves_the_rest_and_says_so(lab: Lab) -> None:
    """Nodes for which no time is left are counted, with the reason, in the record and in words."""
    chain = [["n0", "aten.exp.default", [{"v": "x"}], {}]]
    chain += [[f"n{i}", "aten.sin.default", [{"v": f"n{i - 1}"}], {}] for i in range(1, 20)]
    made = nodes_of(lab, chain, [{"v": "n19"}], x=X)
    (cpu,) = select(("cpu",), (), lab)
    seen: list[tuple[int, int]] = []
    findings = made.judge(cpu, load_profile("cpu"), lambda done, of: seen.append((done, of)), limit=0.0)
    assert findings.judged == 1
    assert seen == [(1, 20)]
    assert {why: len(ids) for why, ids in findings.left.items()} == {"no time left after 0 s": 19}
    assert "19 not looked at: no time left" in findings.words()
    assert "it lies in a node not looked at" in findings.words()


@pytest.mark.parametrize(
    ("shape", "strides", "layout"),
    [
        ((2, 3), (3, 1), "contiguous"),
        ((2, 3), (1, 2), "strides:1,2"),
        ((1, 3), (99, 1), "contiguous"),
        ((2, 3), (0, 1), "strides:0,1"),
        ((), (), "contiguous"),
        ((0, 3), (3, 1), "contiguous"),
        ((2, 3), None, "contiguous"),
    ],
)
def test_layouts(shape: tuple[int, ...], strides: tuple[int, ...] | None, layout: str) -> None:
    """A dimension of one element has any stride; what has none is contiguous."""
    assert layout_of(shape, strides) == layout


@pytest.mark.parametrize("strides", [(4, 1), (1, 3), (0, 2), (8, 2)])
def test_a_layout_gives_the_same_values(strides: tuple[int, ...], tmp_path: Path) -> None:
    """`strides:…` lays a tensor out so, and changes no value."""
    import torch

    from harness.lab.worker.tensors import lay_out

    x = torch.arange(12.0).reshape(3, 4)
    if strides[0] == 0:
        x = x[:1].expand(3, 4)
    made = lay_out(x, "strides:" + ",".join(map(str, strides)))
    assert made.stride() == strides
    assert torch.equal(made, x)
