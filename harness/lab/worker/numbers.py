"""A program whose own numbers, the 0.3 of `x / 0.3`, are rounded to a shorter dtype before they are used, as kernels
do.
"""

from __future__ import annotations

import math
from typing import Any, Callable

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map


def rounded(call: Callable[[], Any], dtype: torch.dtype) -> Any:
    """What a program gives whose kernels round the numbers among their arguments to `dtype`."""
    with _Rounded(dtype):
        return call()


class _Rounded(TorchDispatchMode):  # type: ignore[misc]  # torch is Any to the type checker
    def __init__(self, dtype: torch.dtype) -> None:
        super().__init__()
        self.dtype = dtype

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        args, kwargs = tree_map(self._number, (args, kwargs or {}))
        return func(*args, **kwargs)

    def _number(self, value: Any) -> Any:
        if isinstance(value, complex):
            return complex(self._number(value.real), self._number(value.imag))
        if not isinstance(value, float):
            return value
        short = float(torch.tensor(value, dtype=torch.float64).to(self.dtype))
        # What the dtype has no place for is kept in a wider one, or meant as a limit.
        return short if short and math.isfinite(short) else value
