"""Captures as the worker makes them, and runs of what was captured."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def capture() -> Callable[..., tuple[dict[str, Any], dict[str, Any]]]:
    """(document, constants by sha) of a function or a module called with tensors by name; JSON has been through it."""
    import torch

    from harness.lab.worker import capture as recorders

    def record(
        module: Any, *, grad: tuple[str, ...] | None = None, step: dict[str, Any] | None = None, **inputs: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        if not isinstance(module, torch.nn.Module):
            module = recorders.Function(module)
        entries = [
            {
                "id": name, "dtype": str(x.dtype).split(".")[-1], "shape": list(x.shape), "layout": "contiguous",
                "grad": grad is not None and name in grad,
            }
            for name, x in inputs.items()
        ]  # fmt: skip
        request = {
            "kind": "function", "path": __file__, "target": "f", "name": "f", "dtype": entries[0]["dtype"],
            "inputs": entries, "grad": grad is not None, "step": step, "seed": 42, "tags": [],
        }  # fmt: skip
        doc, consts = recorders.capture_module(module, inputs, request)
        return json.loads(json.dumps(doc)), consts

    return record


@pytest.fixture
def execute() -> Callable[..., dict[str, Any]]:
    """Output name → tensor of a document, interpreted, or run as an FX GraphModule."""
    import torch

    from harness.lab.worker import run
    from harness.lab.worker.graph import Graph, flatten

    def call(
        doc: dict[str, Any], consts: dict[str, Any], *inputs: Any, fx: bool = False, precision: str | None = None
    ) -> dict[str, Any]:
        by_id = {entry["id"]: consts[entry["sha"]] for entry in doc["consts"]}
        graph = Graph(doc, by_id, torch.device("cpu"), precision)
        forward: Any = graph
        if fx:
            module = graph.module()
            graph.consts.update(zip(graph.params(), module.parameters(), strict=True))
            forward = lambda *given: flatten(module(*given))  # noqa: E731
        named, _ = run.execute(graph, forward, [graph.place(x) for x in inputs])
        return dict(named)

    return call
