"""What the ONNX backends share: the exported program as an ONNX model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

from .base import Unsupported
from .exported import Exported

if TYPE_CHECKING:
    import onnx
    import torch

    from .base import Forward

# Codes of onnx.TensorProto.DataType -> torch's names. Complex numbers have codes but no kernels anywhere.
DTYPES = {
    1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool",
    10: "float16", 11: "float64", 12: "uint32", 13: "uint64", 16: "bfloat16",
    17: "float8_e4m3fn", 18: "float8_e4m3fnuz", 19: "float8_e5m2", 20: "float8_e5m2fnuz",
}  # fmt: skip


class OnnxModel(Exported):
    """Base of backends that run an ONNX model. `load` is what each adds."""

    complex = False
    install = "pip install 'pytest-lockstep[onnx]'"

    def setup(self, device: torch.device) -> None:
        import logging

        import onnx  # noqa: F401  (a broken install says so here)
        import onnxscript  # noqa: F401

        logging.getLogger("torch.onnx").setLevel(logging.ERROR)

    def convert(self, exported: torch.export.ExportedProgram, inputs: Sequence[torch.Tensor]) -> Forward:
        import torch

        model = torch.onnx.export(exported, dynamo=True, verbose=False).model_proto
        names = [value.name for value in model.graph.input]
        if len(names) != len(inputs):
            raise Unsupported("the ONNX model takes %d inputs, the program %d" % (len(names), len(inputs)))
        return self.load(model, names)

    def load(self, model: onnx.ModelProto, names: Sequence[str]) -> Forward:
        """A callable: tensors in the order of `names`, the model's inputs, in; list of CPU tensors out."""
        raise NotImplementedError
