"""TorchInductor: the program compiled whole by torch.compile, C++ on CPUs and Triton on GPUs.

`inductor:simdlen=0|256|512` chooses the vector width of the generated C++ (scalar, AVX2, AVX-512): each is a
numerics of its own. Without it the width is that of the target's ATen level.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from .dynamo import Dynamo

if TYPE_CHECKING:
    import torch


# Shorter than the header of a library, and no compiler takes so many seconds to write one.
_HEADER, _LONG = 64, 600.0


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
        remove_stumps(Path(os.environ.get("TORCHINDUCTOR_CACHE_DIR", os.devnull)))
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


def remove_stumps(cache: Path) -> None:
    """Remove libraries that a killed run left cut off: inductor never makes them again, so that their kernels cannot be
    loaded, and where one tells whether the processor has wide vectors, it is taken to have none.
    """
    old = time.time() - _LONG
    for library in cache.glob("*/*.so"):
        try:
            found = library.stat()
            if found.st_size < _HEADER and found.st_mtime < old:
                library.unlink()
        except OSError:  # another worker was first
            continue
