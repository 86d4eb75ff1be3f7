"""TorchInductor: the program compiled whole by torch.compile, C++ on CPUs and Triton on GPUs.

`inductor:simdlen=0|256|512` chooses the vector width of the generated C++ (scalar, AVX2, AVX-512): each is a
numerics of its own. Without it the width is that of the target's ATen level.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from .dynamo import Dynamo

if TYPE_CHECKING:
    import torch


class Inductor(Dynamo):
    name = compiler = "inductor"
    slow = True
    requires = ("torch._inductor",)

    def missing(self) -> str | None:
        return super().missing() or (
            None if any(map(shutil.which, ("g++", "clang++", "c++"))) else "no C++ compiler (apt-get install g++)"
        )

    def setup(self, device: torch.device) -> None:
        import torch._inductor.config as config

        super().setup(device)
        # A pool of compile processes would outlive a killed worker; one program at a time needs none.
        config.compile_threads = 1
        if "simdlen" in self.options:
            config.cpp.simdlen = int(self.options["simdlen"])

    def totals(self) -> dict[str, int]:
        from torch._dynamo.utils import counters
        from torch._inductor import metrics

        # Kernels it generated, vectorised C++ among them, and calls of ATen's kernels: those are eager's
        # numerics. The on-disk cache keeps the counts with the code, so they are right without compiling, too.
        return {
            "generated": metrics.generated_kernel_count,
            "vectorised": getattr(metrics, "generated_cpp_vec_kernel_count", 0),
            "aten": counters["inductor"]["extern_calls"],
        }
