"""A simulated accelerator: `import lockstep_sim` gives torch a device named "sim".

With LOCKSTEP_SIM set, be it to nothing, `import torch` does so by itself (entry point `torch.backends`). Its
numerics and its faults are chosen by that variable, read here, or at any time by `configure`. README.md lists
the options.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

import torch

__all__ = ["configuration", "configure", "fallbacks", "kernels", "launches", "reset"]


def _load() -> None:
    spec = find_spec("lockstep_sim._device")
    if spec is None or spec.origin is None:
        raise ImportError(
            "lockstep_sim: the compiled device is missing beside "
            f"{__file__}; install it with: pip install --no-build-isolation ./examples/sim-accelerator"
        )
    from lockstep_sim import device_module

    torch.utils.rename_privateuse1_backend("sim")
    torch.ops.load_library(spec.origin)
    torch._register_device_module("sim", device_module)
    sys.modules.setdefault("torch.sim", device_module)
    torch.utils.generate_methods_for_privateuse1_backend()


def configure(options: str) -> None:
    """Be the device that `options` describes, from now on: "tf32", "bf16,fault=wrong-tail@mm", "" for IEEE.

    Raises ValueError that lists what is allowed.
    """
    torch.ops.lockstep_sim.configure(options)


def configuration() -> str:
    """The options in force, as they were given."""
    return torch.ops.lockstep_sim.configuration()


def kernels() -> list[str]:
    """Plain names of the ops that the device itself runs; a fault can name any of them."""
    return torch.ops.lockstep_sim.kernels()


def launches() -> dict[str, int]:
    """How often each op ran on the device since the last `reset`: {"aten.mm.out": 3}."""
    return torch.ops.lockstep_sim.launches()


def fallbacks() -> dict[str, int]:
    """How often each op ran on the CPU instead since the last `reset`: {"aten.linalg_qr.out": 1}."""
    return torch.ops.lockstep_sim.fallbacks()


def reset() -> None:
    """Set the counts of `launches` and `fallbacks` to zero."""
    torch.ops.lockstep_sim.reset()


_load()
configure(os.environ.get("LOCKSTEP_SIM", ""))
