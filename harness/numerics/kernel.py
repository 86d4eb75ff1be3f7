"""Kernel: the pass of `sums`, compiled on first use where a C compiler is at hand.

It answers what `totals.totals` answers, several times faster, and lets go of the interpreter lock while it
runs. Without a compiler, or with `LOCKSTEP_KERNEL=0`, NumPy does the same work (see benchmarks/measure.py).
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
from typing import Any

import numpy as np

from harness.numerics.grid import Grid
from harness.numerics.totals import ADDED, LANE_SUMS, LANES, PEAKS, ULP_EDGES, Z_EDGES, Pair, Peak, Sums
from harness.numerics.types import Array

SOURCE = Path(__file__).with_name("kernel.c")
# The vectoriser reorders sums, and contraction into FMA spares roundings of them; what is compared or kept of single
# elements is differences, quotients and products with powers of two, which round alike on every instruction set.
FLAGS = (
    *("-O3", "-fopenmp-simd", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=fast"),
    *("-shared", "-fPIC"),
)


class Input(ctypes.Structure):
    """`struct input` of kernel.c."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("a", "y", "cap", "sigma")),
        *((name, ctypes.c_int64) for name in ("rows", "columns", "a_stride", "y_stride", "cap_stride", "sigma_stride")),
        *((name, ctypes.c_double) for name in ("cap_scalar", "sigma_scalar", "min_normal", "ulp_scale")),
        *(
            (name, ctypes.c_int64)
            for name in (
                *("a_double", "y_double", "block_rows", "block_columns"),
                *("bands", "stripes", "blocks_stride"),
            )
        ),
        ("blocks", ctypes.c_void_p),
        ("first", ctypes.c_int64),
        ("width", ctypes.c_int64),
    )


class Output(ctypes.Structure):
    """`struct output` of kernel.c; `peak` and `at` are in the order of totals.PEAKS."""

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
        ("lanes", ctypes.c_double * LANES * len(LANE_SUMS)),
        *((name, ctypes.c_int64) for name in ("larger", "smaller", "a_zero", "y_zero", "a_subnormal", "y_subnormal")),
        ("within", ctypes.c_int64 * len(ULP_EDGES)),
        ("beyond", ctypes.c_int64 * len(Z_EDGES)),
    )


@functools.cache
def load() -> Any:
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
    """Path of the library for this source, compiler and processor; OSError or SubprocessError if none can be."""
    compiler = shlex.split(os.environ.get("CC", "")) or [shutil.which("cc") or shutil.which("gcc") or "cc"]
    source = SOURCE.read_bytes()
    key = hashlib.sha256(b"\0".join([source, *(f.encode() for f in (*compiler, *FLAGS, platform.platform()))]))
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


def totals(function: Any, part: Pair, grid: Grid, blocks: Array | None, first: int) -> Sums:
    """What `totals.totals` answers, by the compiled `function`, which adds Σz² to `blocks` itself."""
    a, y = (v if v.dtype.kind == "f" and v.itemsize >= 4 else _wider(v) for v in (part.a, part.y))
    cap, sigma = (np.asarray(v, np.float64) if isinstance(v, np.ndarray) else None for v in (part.cap, part.sigma))
    arrays = [v if v is None or v.strides[1] == v.itemsize else np.ascontiguousarray(v) for v in (a, y, cap, sigma)]
    given = Input(
        *(None if v is None else v.ctypes.data for v in arrays),
        *a.shape,
        *(0 if v is None else v.strides[0] // v.itemsize for v in arrays),
        # No NaN goes in as a scalar: what is not above 0 allows nothing.
        -1.0 if cap is not None or part.cap is None else part.cap if part.cap > 0 else 0.0,
        -1.0 if sigma is not None or part.sigma is None else part.sigma if part.sigma > 0 else 0.0,
        1.0 if part.form is None else part.form.min_normal,
        0.0 if part.form is None else 2.0 ** (1 - part.form.p),
        a.dtype.itemsize == 8,
        y.dtype.itemsize == 8,
        grid.block_rows,
        grid.block_columns,
        *((1, 1, 1) if blocks is None else (*blocks.shape, blocks.strides[0] // 8)),
        None if blocks is None else blocks.ctypes.data,
        first,
        grid.columns,
    )
    out = Output()
    function(given, out)
    sums = Sums()
    for place, name in enumerate(PEAKS):
        setattr(sums, name, Peak(out.peak[place], out.at[place]))
    for name in (*ADDED, "y_low", "y_high"):
        setattr(sums, name, getattr(out, name))
    sums.within, sums.beyond = list(out.within), list(out.beyond)
    sums.lanes = np.array(out.lanes)
    return sums


def _wider(values: Array) -> Array:
    """The same values in float32, of which every smaller float is a part."""
    if values.dtype.name == "bfloat16":  # the upper half of a float32: several times faster than a cast
        return (values.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    return values.astype(np.float32)
