"""TorchInductor: the program compiled whole by torch.compile, C++ on CPUs and Triton on GPUs.

`inductor:simdlen=0|256|512` chooses the vector width of the generated C++ (scalar, AVX2, AVX-512): each is a numerics
of its own.
"""

from __future__ import annotations

import shutil

from .base import Backend, FellBack, Unsupported


class Inductor(Backend):
    name = "inductor"
    slow = True
    requires = ("torch._inductor",)
    install = "install torch >= 2.0"

    def missing(self):
        return super().missing() or (
            None if any(map(shutil.which, ("g++", "clang++", "c++"))) else "no C++ compiler (apt-get install g++)"
        )

    def setup(self, device):
        import torch._dynamo
        import torch._inductor.config as config

        # A pool of compile processes would outlive a killed worker; one program at a time needs none.
        config.compile_threads = 1
        torch._dynamo.config.cache_size_limit = 4096
        if "simdlen" in self.options:
            config.cpp.simdlen = int(self.options["simdlen"])

    def prepare(self, graph, inputs):
        import torch
        import torch._dynamo

        from harness.lab.worker.graph import flatten

        torch._dynamo.reset()
        torch._dynamo.utils.counters.clear()
        compiled = torch.compile(graph.module(), backend="inductor", fullgraph=True, dynamic=False)

        def call(*inputs):
            try:
                return flatten(compiled(*inputs))
            except torch._dynamo.exc.Unsupported as error:
                raise Unsupported("dynamo: " + str(error).splitlines()[0])
            except torch._dynamo.exc.BackendCompilerFailed as error:
                raise Unsupported("inductor: " + str(error).splitlines()[0])

        return call

    def evidence(self, graph):
        from torch._dynamo.utils import counters

        frames = counters["frames"]
        breaks = sum(counters["graph_break"].values())
        if breaks or (frames["total"] and frames["ok"] != frames["total"]):
            raise FellBack("dynamo left %d of %d frames to eager" % (frames["total"] - frames["ok"], frames["total"]))
        # ATen kernels inductor calls instead of generating code: counted by name, since they are eager's numerics.
        extern = {str(k): int(v) for k, v in sorted(counters["aten_mm_info"].items())}
        return {"frames": int(frames["total"]), "extern": extern}
