"""OpenVINO: the exported program converted directly, without ONNX between, and compiled for the CPU plugin.

It is told to compute float32 in float32. The CPU plugin takes float64 tensors and computes them in float32, so
programs in float64 are unsupported. What else it demotes (int64 to int32) stands in the evidence, which lists the
precision of every node that ran.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Sequence

from .base import FellBack, Unsupported
from .exported import Exported

if TYPE_CHECKING:
    import openvino
    import torch

    from harness.lab.worker.graph import Graph

    from .base import Forward

# OpenVINO's names of element types -> torch's.
_DTYPES = {
    "f32": "float32", "f16": "float16", "bf16": "bfloat16", "f64": "float64", "boolean": "bool",
    "i8": "int8", "i16": "int16", "i32": "int32", "i64": "int64",
    "u8": "uint8", "u16": "uint16", "u32": "uint32", "u64": "uint64",
    "f8e4m3": "float8_e4m3fn", "f8e5m2": "float8_e5m2",
}  # fmt: skip


class OpenVino(Exported):
    name = "openvino"
    seeded = False
    requires = ("openvino",)
    packages = requires
    install = "pip install 'pytest-lockstep[openvino]'"
    device_types = ("cpu",)
    complex = False
    demoted: ClassVar = {"float64": "float32"}
    _proof: dict[str, Any]

    def setup(self, device: torch.device) -> None:
        import sys

        import torch

        # Its converter would send usage data, which a test run must not: None makes the import fail.
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
        import openvino
        import openvino.frontend

        self.core = openvino.Core()
        self.config = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": torch.get_num_threads()}

    def convert(self, exported: torch.export.ExportedProgram, inputs: Sequence[torch.Tensor]) -> Forward:
        import openvino
        import torch

        from .exported import bits, cause, from_bytes, to_numpy

        try:
            model = openvino.convert_model(exported)
        except openvino.frontend.OpConversionFailure as error:  # its list of what it lacks comes after a preamble
            report = str(error).replace("with a message:\n", "").splitlines()
            lacks = [line.strip("- ") for line in report if line.startswith("-- ")]
            raise Unsupported("openvino: " + (lacks[0] if lacks else cause(error))) from error
        model.reshape({port: list(tensor.shape) for port, tensor in zip(model.inputs, inputs)})
        compiled = self.core.compile_model(model, "CPU", self.config)
        proof = prove(compiled)
        request = compiled.create_infer_request()
        types = {torch_name: getattr(openvino.Type, name) for name, torch_name in _DTYPES.items()}

        def call(*inputs: torch.Tensor) -> list[torch.Tensor]:
            # the arrays stay until it is done: it reads their memory
            arrays = [bits(to_numpy(tensor)) for tensor in inputs]
            for index, (array, tensor) in enumerate(zip(arrays, inputs)):
                kind = types[str(tensor.dtype).split(".")[-1]]
                request.set_input_tensor(index, openvino.Tensor(array, list(tensor.shape), kind))
            request.infer()
            outputs = []
            for index in range(len(compiled.outputs)):
                value = request.get_output_tensor(index)
                kind = getattr(torch, _DTYPES[value.element_type.get_type_name()])
                outputs.append(from_bytes(value.data.tobytes(), kind, tuple(value.shape)))
            self._proof = proof
            return outputs

        return call

    def evidence(self, graph: Graph) -> dict[str, Any]:
        return self._proof


def prove(compiled: openvino.CompiledModel) -> dict[str, Any]:
    """Where the compiled model runs, and how many nodes in which precision. Raises FellBack off the CPU."""
    devices = list(compiled.get_property("EXECUTION_DEVICES"))
    if devices != ["CPU"]:
        raise FellBack("it runs on %s" % ", ".join(devices))
    precisions: dict[str, int] = {}
    for node in compiled.get_runtime_model().get_ordered_ops():
        facts = node.get_rt_info()
        layer = facts["layerType"].astype(str) if "layerType" in facts else ""
        if layer and layer not in ("Input", "Output", "Const"):
            name = facts["runtimePrecision"].astype(str)
            precisions[name] = precisions.get(name, 0) + 1
    return {"devices": devices, "precisions": precisions}
