"""A program one core operator at a time, as a framework runs it that has no kernel of its own for the rest: PyTorch's
table says what each kernel is composed of.
"""

from __future__ import annotations

from typing import Any, Callable

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from . import attention
from .kernels import decompositions, name_of

Program = Callable[[], Any]


def of(precision: str) -> tuple[Callable[[Program], Program], int, bool]:
    """How a program is called in a precision with noise, the seed, and whether it is a program of float64: whole in
    `noise:7`, stepwise in `steps:7`, of float64 in `noise:7:float64`.
    """
    how, seed, *dtype = precision.split(":")
    return {"noise": whole, "steps": stepwise}[how], int(seed), dtype == ["float64"]


def whole(call: Program) -> Program:
    """`call` as it is."""
    return call


def stepwise(call: Program) -> Program:
    """`call`, its kernels replaced by the core operators that they decompose into."""

    def stepped() -> Any:
        with _Steps():
            return call()

    return stepped


def _cross(a: Any, b: Any, dim: int = -1) -> Any:
    return a.roll(-1, dim) * b.roll(-2, dim) - a.roll(-2, dim) * b.roll(-1, dim)


def _glu_backward(grad: Any, x: Any, dim: int) -> Any:
    """The gate is kept where the gradient of the first half will be."""
    a, b = x.chunk(2, dim)
    gate = b.sigmoid()
    return torch.cat([gate * grad, (1 - gate) * gate * a * grad], dim)


# What PyTorch counts as one operator, or as one in float32, and kernels without vectors take in several steps.
_PARTS: dict[str, Callable[..., Any]] = {
    attention.FORWARD: attention.steps,
    "linalg_cross": _cross,
    "glu_backward": _glu_backward,
    "rsqrt": lambda x: x.sqrt().reciprocal(),
    "_foreach_rsqrt": lambda xs: [x.sqrt().reciprocal() for x in xs],
}


class _Steps(TorchDispatchMode):  # type: ignore[misc]  # torch is Any to the type checker
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        parts = _PARTS.get(name_of(func)) or decompositions().get(func)
        if parts is not None and not func._schema.is_mutable:
            with self:
                found = parts(*args, **(kwargs or {}))
            if found is not NotImplemented:
                return found
        return func(*args, **(kwargs or {}))
