"""Which kernels a program calls in its own precision, and what is rounded to half precision between them."""

from __future__ import annotations

from typing import Any, Callable

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from .kernels import UNIT, computes, floats, name_of


def kernels(call: Callable[[], Any]) -> list[Any]:
    """The kernels that a program calls, in order, what computes and not what moves: (name, dtypes of its results, place
    → half-precision dtype of the arguments that are rounded to one first).
    """
    seen: list[Any] = []
    with _Recorder(seen):
        call()
    return seen


class Recorded:
    """`kernels` of a program that runs on the same inputs again and again, recorded once."""

    def __init__(self) -> None:
        self._given: tuple[Any, ...] = ()
        self._found: list[Any] = []

    def kernels(self, given: tuple[Any, ...], call: Callable[[], Any]) -> list[Any]:
        """given: what the program depends on, the very same objects each time."""
        if len(given) != len(self._given) or any(a is not b for a, b in zip(given, self._given)):
            self._given, self._found = given, kernels(call)
        return self._found


class _Recorder(TorchDispatchMode):  # type: ignore[misc]  # torch is Any to the type checker
    """made: memory → the kernel in `seen` whose result lies there, of those wider than half precision. cast: memory →
    the dtype that what lies there was rounded to, of what no kernel made.
    """

    def __init__(self, seen: list[Any]) -> None:
        super().__init__()
        self.seen = seen
        self.made: dict[int, int] = {}
        self.cast: dict[int, torch.dtype] = {}
        self.read: set[int] = set()  # kernels in `seen` whose results others have read, unrounded
        self.inner: set[int] = set()  # memory of what is in float64 within an operator only
        self.kept: list[torch.Tensor] = []  # so that no memory is used twice

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result, name = func(*args, **(kwargs or {})), name_of(func)
        if computes(name, result):
            places = [t.untyped_storage().data_ptr() for t in floats(args)]
            self.read.update(self.made[place] for place in places if place in self.made)
            given = [self.cast.get(place) for place in places]
            rounded = {place: dtype for place, dtype in enumerate(given) if dtype is not None}
            self.seen.append((name, self._dtypes(name, args, result), rounded))
            for t in floats(result):
                if t.dtype not in UNIT:
                    self.made[t.untyped_storage().data_ptr()] = len(self.seen) - 1
                    self.kept.append(t)
        elif name in ("_to_copy", "to") and UNIT.get(args[0].dtype, 0.0) < UNIT.get(result.dtype, 0.0):
            self._narrowed(args[0], result)
        return result

    def _dtypes(self, name: str, args: Any, result: Any) -> tuple[torch.dtype, ...]:
        """What the results are in; float32 of what a CPU keeps in float64 within an operator, as no other device does:
        the norm in the gradient of renorm, and what is computed of it.
        """
        wide = [t for t in floats(args) if t.dtype == torch.float64]
        norm = name == "linalg_vector_norm" and not wide
        if not norm and not (wide and all(t.untyped_storage().data_ptr() in self.inner for t in wide)):
            return tuple(t.dtype for t in floats(result))
        self.inner.update(t.untyped_storage().data_ptr() for t in floats(result) if t.dtype == torch.float64)
        return tuple(torch.float32 if t.dtype == torch.float64 else t.dtype for t in floats(result))

    def _narrowed(self, wide: torch.Tensor, result: torch.Tensor) -> None:
        """What is rounded after a kernel, and was not read before, rounds with it; other numbers with what reads them:
        in float64 there is no step of its own for that.
        """
        at = self.made.get(wide.untyped_storage().data_ptr())
        if at is not None and at not in self.read:
            name, dtypes, rounded = self.seen[at]
            self.seen[at] = name, (result.dtype,) * len(dtypes), rounded
        else:
            self.cast[result.untyped_storage().data_ptr()] = result.dtype
            self.kept.append(result)
