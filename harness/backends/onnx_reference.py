"""The ONNX reference evaluator: what the ONNX standard says, one NumPy operator after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from .onnx_model import OnnxModel

if TYPE_CHECKING:
    import onnx
    import torch

    from harness.lab.worker.graph import Graph

    from .base import Forward


class OnnxReference(OnnxModel):
    name = "onnx-reference"
    seeded = False
    requires = ("onnx", "onnxscript")
    packages = requires
    device_types = ("cpu",)
    _proof: dict[str, Any]

    def load(self, model: onnx.ModelProto, names: Sequence[str]) -> Forward:
        from onnx.reference import ReferenceEvaluator

        from .exported import from_numpy, to_numpy

        evaluator = ReferenceEvaluator(model)
        operators = sorted({node.op_type for node in model.graph.node})

        def call(*inputs: torch.Tensor) -> list[torch.Tensor]:
            outputs = evaluator.run(None, {name: to_numpy(tensor) for name, tensor in zip(names, inputs)})
            self._proof = {"operators": operators}
            return [from_numpy(output) for output in outputs]

        return call

    def evidence(self, graph: Graph) -> dict[str, Any]:
        return self._proof
