"""Eager: every node is the device's own kernel, one call after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from .base import Backend, FellBack

if TYPE_CHECKING:
    import torch

    from harness.lab.worker.graph import Graph

    from .base import Forward


class Eager(Backend):
    name = "eager"

    def prepare(self, graph: Graph, inputs: Sequence[torch.Tensor]) -> Forward:
        reset = getattr(_device_module(graph), "reset_fallbacks", None)
        if reset is None:
            return graph

        def run(*inputs: torch.Tensor) -> list[torch.Tensor]:
            reset()
            return graph(*inputs)

        return run

    def evidence(self, graph: Graph) -> dict[str, Any]:
        """A device that counts the operators it hands to the CPU (`torch.<device>.fallbacks()`) must count none."""
        counted = getattr(_device_module(graph), "fallbacks", None)
        found = counted() if counted else {}
        if found:
            raise FellBack("ran on the CPU: " + ", ".join("%s ×%d" % pair for pair in sorted(found.items())))
        return {}


def _device_module(graph: Graph) -> Any:
    import torch

    return getattr(torch, graph.device.type, None)
