"""How Lockstep reaches the simulated accelerator: the devices it offers, and the proof that they ran.

A module of its own beside the package, because the harness reads it without importing torch, and importing
`lockstep_sim` loads the device.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from harness.backends.base import Backend, FellBack

_INSTALL = "pip install --no-build-isolation ./examples/sim-accelerator"
_NUMERICS = {
    "": "IEEE 754, sums in float32",
    "tf32": "float32 matmul inputs rounded to TF32",
    "bf16": "float32 matmul inputs rounded to bfloat16",
    "acc16": "matmul accumulates in 11 significant bits",
    "trunc": "matmul by truncating blocks, as a tensor core's",
    "tf32:trunc": "TF32 inputs, truncating blocks: a tensor core",
    "bf16:trunc": "bfloat16 inputs, truncating blocks",
    "ftz": "subnormal inputs and results become zero",
    "sat": "casts to int8, uint8 and float8 saturate",
}
_SETTINGS = ("block=", "neab=", "tile=", "fault=", "ieee")  # options that do not choose the profile


def device(options):
    """`sim:<options>` as the harness wants a device described; without a profile of its own it is strict."""
    chosen = sorted(o for o in re.split("[,:]", options) if o and not o.startswith(_SETTINGS))
    profile = _folder() / "profiles" / ("-".join(chosen or ["ieee"]) + ".yaml")
    return {
        "name": "sim:" + options if options else "sim",
        "torch": "sim",
        "env": {"LOCKSTEP_SIM": options},
        "profile": str(profile) if profile.exists() else "strict",
        "variant": bool(options),
        "description": _NUMERICS.get(options, "simulated accelerator: " + options),
    }


def _folder():
    spec = importlib.util.find_spec("lockstep_sim")  # found, not imported
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("lockstep_sim is not installed: " + _INSTALL)
    return Path(next(iter(spec.submodule_search_locations)))


class Sim(Backend):
    """Eager on the simulated accelerator; a program that touched the CPU's kernels fell back."""

    name = "sim"
    device_types = ("sim",)
    install = _INSTALL

    def missing(self):
        try:
            built = (_folder() / "_device.so").exists()
        except ImportError as error:
            return str(error)
        return None if built else "lockstep_sim is not built: " + _INSTALL

    def devices(self):
        return [device(options) for options in _NUMERICS]

    def setup(self, device):
        importlib.import_module("lockstep_sim")

    def prepare(self, graph, inputs):
        import lockstep_sim

        def run(*inputs):
            lockstep_sim.reset()
            return graph(*inputs)

        return run

    def evidence(self, graph):
        import lockstep_sim

        fallbacks = lockstep_sim.fallbacks()
        if fallbacks:
            names = ", ".join(f"{name} ×{count}" for name, count in sorted(fallbacks.items()))
            raise FellBack("ran on the CPU: " + names)
        return {"launches": lockstep_sim.launches(), "fallbacks": {}}

    def versions(self):
        from importlib.metadata import version

        return {"lockstep-sim": version("lockstep-sim")}
