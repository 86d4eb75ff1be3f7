"""ONNX Runtime: the exported program as an ONNX model, run by one execution provider and no other.

`onnxruntime:optimize=none|basic|all` chooses how much of the graph it rewrites first (default: all).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from .base import FellBack, Unsupported
from .onnx_model import DTYPES, OnnxModel

if TYPE_CHECKING:
    import onnx
    import onnxruntime
    import torch

    from harness.lab.worker.graph import Graph

    from .base import Forward

_PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
_LEVELS = {"none": "ORT_DISABLE_ALL", "basic": "ORT_ENABLE_BASIC", "all": "ORT_ENABLE_ALL"}


class OnnxRuntime(OnnxModel):
    name = "onnxruntime"
    seeded = False
    requires = ("onnx", "onnxscript", "onnxruntime")
    packages = ("onnx", "onnxscript", "onnxruntime", "onnxruntime-gpu")
    device_types = tuple(_PROVIDERS)
    _proof: dict[str, Any]

    def setup(self, device: torch.device) -> None:
        import onnxruntime

        super().setup(device)
        self.device = device
        self.provider = _PROVIDERS[device.type]
        if self.provider not in onnxruntime.get_available_providers():
            raise Unsupported("this onnxruntime has no %s (pip install onnxruntime-gpu)" % self.provider)
        level = self.options.get("optimize", "all")
        if level not in _LEVELS:
            raise Unsupported("onnxruntime:optimize is one of %s, not %s" % (", ".join(_LEVELS), level))
        self.level = getattr(onnxruntime.GraphOptimizationLevel, _LEVELS[level])

    def load(self, model: onnx.ModelProto, names: Sequence[str]) -> Forward:
        import ctypes

        import onnxruntime
        import torch

        from .exported import bits, cause, from_bytes, to_numpy

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.graph_optimization_level = self.level
        options.intra_op_num_threads = torch.get_num_threads()
        # Hundreds of sessions stay loaded: their threads must not spin while another one works.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
        provider = (
            self.provider,
            {"device_id": self.device.index or 0} if self.device.type == "cuda" else {},
        )
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=[provider])
        proof = self._prove(session)
        codes = {name: code for code, name in DTYPES.items()}

        def call(*inputs: torch.Tensor) -> list[torch.Tensor]:
            feed = {}
            for name, tensor in zip(names, inputs):
                kind = codes[str(tensor.dtype).split(".")[-1]]
                feed[name] = onnxruntime.OrtValue.ortvalue_from_numpy_with_onnx_type(bits(to_numpy(tensor)), kind)
            try:
                values = session.run_with_ort_values(None, feed)
            except Exception as error:  # some kernels find only now that they lack a dtype
                if "is not supported" in str(error):
                    raise Unsupported("onnxruntime: %s" % cause(error)) from error
                raise
            outputs = []
            for value in values:
                if value.device_name() != "cpu":
                    value = onnxruntime.OrtValue.ortvalue_from_numpy(value.numpy())
                raw = ctypes.string_at(value.data_ptr(), value.tensor_size_in_bytes()) if value.data_ptr() else b""
                outputs.append(from_bytes(raw, getattr(torch, DTYPES[value.element_type()]), value.shape()))
            self._proof = proof
            return outputs

        return call

    def _prove(self, session: onnxruntime.InferenceSession) -> dict[str, Any]:
        """Nodes by provider, after all rewriting; raises FellBack where one is not on this target's own."""
        providers = session.get_providers()
        if providers[0] != self.provider:
            raise FellBack("asked for %s, got %s" % (self.provider, ", ".join(providers)))
        nodes: dict[str, int] = {}
        if hasattr(session, "get_provider_graph_assignment_info"):
            for part in session.get_provider_graph_assignment_info():
                nodes[part.ep_name] = nodes.get(part.ep_name, 0) + len(part.get_nodes())
        elsewhere = sorted(set(nodes) - {self.provider})
        if elsewhere:
            raise FellBack("%d nodes ran on %s" % (sum(nodes[name] for name in elsewhere), ", ".join(elsewhere)))
        return {"providers": providers, "nodes": nodes}

    def evidence(self, graph: Graph) -> dict[str, Any]:
        return self._proof
