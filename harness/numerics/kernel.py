"""Kernel: the pass of `sums`, compiled on first use where a C compiler is at hand.

It answers what `sums.totals` answers, several times faster, and lets go of the interpreter lock while it
runs. Without a compiler, or with `LOCKSTEP_KERNEL=0`, NumPy does the same work.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("kernel.c")
# Contraction into FMA is off, so that every instruction set rounds alike; the sums are reordered by the
# vectoriser.
FLAGS = (
    *("-O3", "-fopenmp-simd", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off"),
    *("-shared", "-fPIC"),
)
EDGES = 11


class Input(ctypes.Structure):
    """`struct input` of kernel.c."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("a", "y", "cap", "sigma")),
        *(
            (name, ctypes.c_int64)
            for name in ("rows", "columns", "a_stride", "y_stride", "cap_stride", "sigma_stride")
        ),
        *((name, ctypes.c_double) for name in ("cap_scalar", "sigma_scalar", "min_normal", "ulp_scale")),
        *(
            (name, ctypes.c_int64)
            for name in (
                *("a_double", "y_double", "block_rows", "block_columns"),
                *("bands", "stripes", "blocks_stride"),
            )
        ),
        ("blocks", ctypes.c_void_p),
    )


class Output(ctypes.Structure):
    """`struct output` of kernel.c; `peak` and `at` are in the order of PEAKS."""

    _fields_ = (
        ("peak", ctypes.c_double * 5),
        ("at", ctypes.c_int64 * 5),
        *(
            (name, ctypes.c_double)
            for name in (
                *("sum_abs", "sum_rel", "sum_ulps", "sum_seen", "e_e", "a_a", "y_y", "z_z"),
                *("y_low", "y_high"),
            )
        ),
        *(
            (name, ctypes.c_int64)
            for name in ("larger", "smaller", "a_zero", "y_zero", "a_subnormal", "y_subnormal")
        ),
        ("within", ctypes.c_int64 * EDGES),
    )


PEAKS = ("absolute", "relative", "ulps", "ratio", "z")


@functools.cache
def load() -> ctypes._NamedFuncPointer | None:
    """The compiled function, built if need be; None where it is switched off or cannot be built."""
    if os.environ.get("LOCKSTEP_KERNEL") == "0":
        return None
    try:
        function = ctypes.CDLL(str(_built())).lockstep_totals
    except (OSError, subprocess.SubprocessError):
        return None
    function.argtypes = (ctypes.POINTER(Input), ctypes.POINTER(Output))
    function.restype = None
    return function


def _built() -> Path:
    """Path of the shared library for this source, compiler and processor; OSError or SubprocessError if none
    can be.
    """
    compiler = shlex.split(os.environ.get("CC", "")) or [shutil.which("cc") or shutil.which("gcc") or "cc"]
    source = SOURCE.read_bytes()
    key = hashlib.sha256(
        b"\0".join([source, *(f.encode() for f in (*compiler, *FLAGS, platform.platform()))])
    )
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lockstep"
    target = cache / f"kernel-{key.hexdigest()[:16]}.so"
    if target.is_file():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=".so", dir=cache)
    os.close(handle)
    try:
        subprocess.run(
            [*compiler, *FLAGS, "-o", name, str(SOURCE), "-lm"], check=True, capture_output=True, timeout=120
        )
        os.replace(name, target)  # in one step: other processes may be building the same
    finally:
        Path(name).unlink(missing_ok=True)
    return target
