"""A program that draws random numbers, from a seed of its own."""

from __future__ import annotations

from typing import Any, Callable

import torch


def seeded(call: Callable[[], Any], seed: int) -> Any:
    """What a program gives on the CPU that draws its random numbers from `seed`; others' stream is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # torch.manual_seed has every accelerator note who called, too
        return call()
