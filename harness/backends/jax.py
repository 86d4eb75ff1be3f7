"""JAX: the exported program through torchax, compiled whole by XLA, with 64-bit types enabled.

The most independent of the compilers: of PyTorch it shares the exported graph and core ATen's decompositions.
torchax and JAX live in an interpreter of their own, which `lockstep provision jax` builds.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Iterator, Sequence

from .base import FellBack
from .exported import Exported

if TYPE_CHECKING:
    import jax
    import torch

    from harness.lab.worker.graph import Graph

    from .base import Forward


class Jax(Exported):
    name = "jax"
    seeded = False
    requires = ("jax", "torchax")
    packages = ("jax", "jaxlib", "torchax")
    install = "lockstep provision jax"
    device_types = ("cpu",)
    _proof: dict[str, Any]

    def setup(self, device: torch.device) -> None:
        import os

        os.environ.setdefault("JAX_PLATFORMS", device.type)
        os.environ["ENABLE_RUNTIME_UPTIME_TELEMETRY"] = "0"  # torchax turns it on where nobody said no
        import jax

        jax.config.update("jax_enable_x64", True)
        with lenient_overloads():
            import torchax.export  # noqa: F401
        forget_effect("aten::_linalg_check_errors")

    def convert(self, exported: torch.export.ExportedProgram, inputs: Sequence[torch.Tensor]) -> Forward:
        import jax
        import torchax.export

        from .exported import from_numpy, to_numpy

        states, function = torchax.export.exported_program_to_jax(exported)
        try:
            run = jax.jit(function).lower(states, tuple(to_numpy(tensor) for tensor in inputs)).compile()
            proof = {"compiled": "whole", "instructions": instructions(run)}
        except (jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError):
            # A shape or a loop depends on values: XLA gets one operator at a time.
            run, proof = function, {"compiled": "operators"}

        def call(*inputs: torch.Tensor) -> list[torch.Tensor]:
            # Given NumPy's arrays, operators called one by one may be NumPy's own.
            arrays = tuple(jax.numpy.asarray(to_numpy(tensor)) for tensor in inputs)
            outputs = jax.block_until_ready(run(states, arrays))
            if any(not isinstance(output, jax.Array) for output in outputs):
                raise FellBack("an output was not computed by JAX")
            platforms = sorted({device.platform for output in outputs for device in output.devices()})
            if platforms and platforms != ["cpu"]:
                raise FellBack("outputs are on " + ", ".join(platforms))
            self._proof = dict(proof, platforms=platforms)
            return [from_numpy(output) for output in outputs]

        return call

    def evidence(self, graph: Graph) -> dict[str, Any]:
        return self._proof


def instructions(executable: jax.stages.Compiled) -> dict[str, int]:
    """What XLA made of the program: its optimised instructions by name, with their number."""
    import re

    names = re.findall(r"^\s*(?:ROOT )?%?[\w.-]+ = \S+ ([\w-]+)\(", executable.as_text(), re.MULTILINE)
    return {name: names.count(name) for name in sorted(set(names) - {"parameter", "tuple", "constant"})}


def forget_effect(name: str) -> None:
    """Torch 2.13 threads a token through programs that may raise, and torchax reads it as a missing input."""
    with contextlib.suppress(ImportError, AttributeError):
        from torch._library import simple_registry

        simple_registry.singleton.find(name).effect.register(None)


@contextlib.contextmanager
def lenient_overloads() -> Iterator[None]:
    """While torchax is imported: an overload that this torch no longer has is a key that no program uses.

    torchax's tables name overloads (`aten.prod.dim_Dimname` among them) that newer torch has dropped.
    """
    import torch

    packet = torch._ops.OpOverloadPacket
    original = packet.__getattr__

    def lookup(self: Any, name: str) -> Any:
        try:
            return original(self, name)
        except AttributeError:
            if name.startswith("_"):
                raise
            return object()

    packet.__getattr__ = lookup
    try:
        yield
    finally:
        packet.__getattr__ = original
