"""Eager: every node is the device's own kernel, one call after another."""

from __future__ import annotations

from .base import Backend


class Eager(Backend):
    name = "eager"

    def prepare(self, graph, inputs):
        return graph
