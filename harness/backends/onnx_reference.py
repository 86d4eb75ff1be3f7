"""The ONNX reference evaluator: what the ONNX standard says, one NumPy operator after another."""

from __future__ import annotations

from .onnx_model import OnnxModel


class OnnxReference(OnnxModel):
    name = "onnx-reference"
    requires = ("onnx", "onnxscript")
    packages = requires
    device_types = ("cpu",)

    def load(self, model, names):
        from onnx.reference import ReferenceEvaluator

        from .exported import from_numpy, to_numpy

        evaluator = ReferenceEvaluator(model)
        operators = sorted({node.op_type for node in model.graph.node})

        def call(*inputs):
            outputs = evaluator.run(None, {name: to_numpy(tensor) for name, tensor in zip(names, inputs)})
            self._proof = {"operators": operators}
            return [from_numpy(output) for output in outputs]

        return call

    def evidence(self, graph):
        return self._proof
