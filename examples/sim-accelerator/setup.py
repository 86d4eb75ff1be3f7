"""Builds the device with g++ and torch alone; all that needs no compiler flag stands in pyproject.toml."""

from glob import glob

from setuptools import setup
from torch.utils.cpp_extension import BuildExtension, CppExtension

setup(
    ext_modules=[
        CppExtension(
            "lockstep_sim._device",
            ["csrc/all.cpp"],
            depends=sorted(glob("csrc/*")),
            # Contracting a*b+c into one rounding would change the numerics that this device promises.
            extra_compile_args=["-O2", "-ftree-vectorize", "-ffp-contract=off", "-g0"],
        )
    ],
    # The library is loaded by torch.ops.load_library and has no Python symbols, so no ABI tag is needed.
    cmdclass={"build_ext": BuildExtension.with_options(no_python_abi_suffix=True)},
)
