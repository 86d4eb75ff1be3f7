"""Eager: every node is the device's own kernel, one call after another."""

from __future__ import annotations

from .base import Backend, FellBack


class Eager(Backend):
    name = "eager"

    def prepare(self, graph, inputs):
        reset = getattr(_device_module(graph), "reset_fallbacks", None)
        if reset is None:
            return graph

        def run(*inputs):
            reset()
            return graph(*inputs)

        return run

    def evidence(self, graph):
        """A device that counts the operators it hands to the CPU (`torch.<device>.fallbacks()`) must have handed none."""
        counted = getattr(_device_module(graph), "fallbacks", None)
        found = counted() if counted else {}
        if found:
            raise FellBack("ran on the CPU: " + ", ".join("%s ×%d" % pair for pair in sorted(found.items())))
        return {}


def _device_module(graph):
    import torch

    return getattr(torch, graph.device.type, None)
