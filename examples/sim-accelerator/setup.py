"""Builds the device with g++ and torch alone; all that needs no compiler flag stands in pyproject.toml."""

import os
from glob import glob

from setuptools import setup
from torch.utils.cpp_extension import BuildExtension, CppExtension

os.environ.setdefault("MAX_JOBS", "2")  # a compiler process takes about 1 GB

setup(
    ext_modules=[
        CppExtension(
            "lockstep_sim._device",
            sorted(glob("csrc/*.cpp")),
            depends=sorted(glob("csrc/*.h")),
            # Contracting a*b+c into one rounding would change the numerics that this device promises.
            extra_compile_args=["-O2", "-ftree-vectorize", "-ffp-contract=off", "-g0"],
        )
    ],
    # The library is loaded by torch.ops.load_library and has no Python symbols, so no ABI tag is needed.
    cmdclass={"build_ext": BuildExtension.with_options(no_python_abi_suffix=True)},
)
