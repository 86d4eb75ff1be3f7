"""Torch in other processes: another instruction-set level, another number of threads, inductor.

python -m benchmarks.scoreboard.honest.elsewhere OUT.npz SCALE [inductor]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scoreboard import subjects as all_subjects
from harness import inputs as seeded
from harness.numerics import formats
from tests.numerics.torchrun import TorchRun, decode, resolve, to_numpy, to_torch

Array = np.ndarray[Any, Any]
ROOT = Path(__file__).parents[3]
VARIANTS: dict[str, dict[str, str]] = {
    "torch, default level": {
        "ATEN_CPU_CAPABILITY": "default",
        "ONEDNN_MAX_CPU_ISA": "SSE41",
        "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
    },
    "torch, avx2": {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"},
    "torch, two threads": {"SCOREBOARD_THREADS": "2"},
}
# Every so many subjects one is compiled: inductor takes seconds for each.
COMPILED = 12
# And these are, because inductor has an approximation of its own.
OF_ITS_OWN = frozenset(["torch.erfinv", "torch.special.erfinv"])


def gather(scale: float, *, inductor: bool) -> dict[str, dict[int, dict[str, Array]]]:
    """variant → subject's number → outputs, each variant in a process of its own."""
    found = {label: _run(scale, environment) for label, environment in VARIANTS.items()}
    if inductor:
        found["torch, inductor"] = _run(scale, {}, "inductor")
    return found


def _run(scale: float, environment: dict[str, str], *extra: str) -> dict[int, dict[str, Array]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.npz"
        command = [sys.executable, "-m", "benchmarks.scoreboard.honest.elsewhere", str(path), str(scale), *extra]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True, stderr=subprocess.DEVNULL)
        outputs: dict[int, dict[str, Array]] = {}
        with np.load(path) as archive:
            for key in archive.files:
                number, name, dtype = key.split("/")
                outputs.setdefault(int(number), {})[name] = archive[key].view(formats.numpy_dtype(dtype))
        return outputs


def main(path: str, scale: str, mode: str = "") -> None:
    import torch

    torch.set_num_threads(int(os.environ.get("SCOREBOARD_THREADS", "1")))
    _warm()
    arrays: dict[str, Array] = {}
    for number, (_, case, _) in enumerate(all_subjects.subjects(float(scale))):
        given = {spec.name: seeded.make(spec, case_seed=case.seed) for spec in case.inputs}
        if mode == "inductor":
            if case.grad or (number % COMPILED and case.target not in OF_ITS_OWN):
                continue
            try:
                outputs = _compiled(case, given)
            except Exception:
                continue
        else:
            try:
                outputs = TorchRun(case)(given, None)
            except Exception:  # the main process says which have no golden
                continue
        for name, array in outputs.items():
            dtype = formats.dtype_name(array.dtype)
            plain = np.array(array, order="C")
            # NumPy's file format knows neither bfloat16 nor float8: their bytes are stored.
            native = dtype != "bfloat16" and not dtype.startswith("float8")
            arrays[f"{number}/{name}/{dtype}"] = plain if native else plain.view(f"u{plain.itemsize}")
    np.savez(path, **arrays)


def _warm() -> None:
    """MKL's first call of a function from several threads at once may give wrong numbers: that is a fault of its own,
    and not what honest outputs are drawn from here.
    """
    import torch

    for function in (torch.exp, torch.log, torch.tanh, torch.sin, torch.sqrt, torch.erf, torch.expm1):
        for dtype in (torch.float32, torch.float64):
            function(torch.rand(1 << 17, dtype=dtype))


def _compiled(case: Any, given: dict[str, Array]) -> dict[str, Array]:
    import torch

    torch._dynamo.reset()
    tensors = {k: to_torch(v) for k, v in given.items()}
    op = resolve(case.target)
    names = list(tensors)

    def call(*values: Any) -> Any:
        named = dict(zip(names, values, strict=True))
        return op(*[decode(a, named) for a in case.args], **{k: decode(v, named) for k, v in case.kwargs})

    with torch.no_grad():
        result = torch.compile(call, dynamic=False)(*tensors.values())
    flat = [t for t in (result if isinstance(result, tuple | list) else [result]) if isinstance(t, torch.Tensor)]
    return {f"out{i}": to_numpy(t) for i, t in enumerate(flat)}


if __name__ == "__main__":
    main(*sys.argv[1:])
