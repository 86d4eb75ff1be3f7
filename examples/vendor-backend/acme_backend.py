"""A vendor's backend in one class. The "chip" is NumPy, so that the example runs anywhere."""

from __future__ import annotations

from harness.backends.base import Backend, Unsupported


class Acme(Backend):
    """Float32, forward only, on the chip's own kernels; what they do not cover is refused."""

    name = "acme"
    forward_only = True
    device_types = ("cpu",)
    packages = ("lockstep-acme",)

    def prepare(self, graph, inputs):
        import numpy as np
        import torch

        kernels = {torch.add: np.add, torch.matmul: np.matmul, torch.relu: lambda x: np.maximum(x, 0)}
        module = graph.module()
        for node in module.graph.nodes:
            if node.op.startswith("call_") and node.target not in kernels:
                raise Unsupported(f"acme has no kernel for {node.name}")
            if node.kwargs.keys() - {"input", "other"}:
                raise Unsupported(f"acme's {node.name} takes two tensors, not {', '.join(node.kwargs)}")
        if any(tensor.dtype != torch.float32 for tensor in inputs):
            raise Unsupported("acme computes in float32")

        class Chip(torch.fx.Interpreter):
            def call_function(chip, target, args, kwargs):  # noqa: N805
                self.launched.append(target.__name__)
                return kernels[target](*args, *kwargs.values())

        def run(*inputs):
            self.launched = []
            outputs = Chip(module).run(*(tensor.numpy() for tensor in inputs))
            return [torch.as_tensor(output) for output in outputs]

        return run

    def evidence(self, graph):
        return {"kernels": self.launched}
