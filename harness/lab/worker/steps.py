"""A program one core operator at a time, as a framework runs it that has no kernel of its own for the rest: PyTorch's
table says what each kernel is composed of.
"""

from __future__ import annotations

from typing import Any, Callable

from torch.utils._python_dispatch import TorchDispatchMode

from .kernels import decompositions


def stepwise(call: Callable[[], Any]) -> Callable[[], Any]:
    """`call`, its kernels replaced by the core operators that they decompose into."""

    def stepped() -> Any:
        with _Steps():
            return call()

    return stepped


class _Steps(TorchDispatchMode):  # type: ignore[misc]  # torch is Any to the type checker
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in decompositions() and not func._schema.is_mutable:
            with self:
                found = decompositions()[func](*args, **(kwargs or {}))
            if found is not NotImplemented:
                return found
        return func(*args, **(kwargs or {}))
