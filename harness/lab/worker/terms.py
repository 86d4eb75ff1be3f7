"""What the results of a kernel that adds up are made of: how many terms, how large, divided by what."""

from __future__ import annotations

import math
from typing import Any, Callable, Sequence

import numpy as np
import torch
from torch.nn import functional as F
from torch.utils._pytree import tree_map

from .kernels import WIDE, floats, is_wide


def reduces_by(way: str, args: Any, kwargs: Any) -> bool:
    """Whether a reduction is by "mean", "sum" …"""
    return any(isinstance(a, str) and a == way for a in (*args, *kwargs.values()))


def window(name: str, args: Any) -> Sequence[int]:
    """The size of the windows that a pool averages; of adaptive ones, that of the largest."""
    dims = int(name[name.index("pool") + 4])
    if name.startswith("_adaptive"):
        few, many = (list(a.shape[-dims:]) for a in args[:2])
        return [-(-n // m) for n, m in zip(many, few)]
    given = list(args[2])
    return given * dims if len(given) == 1 else given


def terms(func: Any, args: Any, kwargs: Any) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """How many terms each result of a sum of products has, and the sum of their squares."""

    def of(change: Callable[[torch.Tensor], torch.Tensor]) -> list[torch.Tensor]:
        changed = tree_map(lambda a: change(a) if is_wide(a) else a, args)
        return [out.abs() for out in floats(func(*changed, **kwargs)) if out.dtype in WIDE]

    return of(torch.ones_like), of(lambda a: a.abs() ** 2 + 0 * a)


# More products than this are not looked at one by one.
MANY = 1 << 20
# Products along the last dimension of the first factor.
INNER = frozenset(["mm", "bmm", "mv", "dot"])


def products(name: str, args: Any) -> torch.Tensor | None:
    """What each result of a product of matrices or a convolution adds up, in its order, along the first dimension; None
    of others, and of many.
    """
    if name == "convolution":
        return _convolved(*args)
    if name not in INNER:
        return None
    a, b = args[:2]
    if name in ("mv", "dot"):
        b = b[:, None]
    if name == "dot":
        a = a[None]
    if a.numel() * b.shape[-1] > MANY:
        return None
    return (a[..., :, :, None] * b[..., None, :, :]).movedim(-2, 0)


def _convolved(
    x: torch.Tensor, weight: torch.Tensor, bias: Any, stride: Any, padding: Any, dilation: Any, *rest: Any
) -> torch.Tensor | None:
    """Of a convolution of one or two dimensions, channels first and then along the window."""
    transposed, _, groups = rest
    if transposed or weight.dim() not in (3, 4) or x.dim() != weight.dim() or x.is_complex():
        return None
    if weight.dim() == 3:
        x, weight = x[..., None, :], weight[..., None, :]
        stride, padding, dilation = [1, *stride], [0, *padding], [1, *dilation]
    windows = F.unfold(x, weight.shape[-2:], dilation, padding, stride)
    windows = windows.reshape(len(x), groups, 1, -1, windows.shape[-1])
    if windows.numel() * (len(weight) // groups) > MANY:
        return None
    return (windows * weight.reshape(groups, len(weight) // groups, -1, 1)).movedim(3, 0)


def wandered(terms: torch.Tensor) -> torch.Tensor:
    """Σ of squared partial sums along the first dimension, from its start or from its end, whichever is more."""
    partial = terms.cumsum(0)
    rest = partial[-1] - partial[:-1]
    return torch.maximum((partial[1:].abs() ** 2).sum(0), (rest[:-1].abs() ** 2).sum(0) + partial[-1].abs() ** 2)


def adds_exactly(factors: Sequence[torch.Tensor], n: float, bits: int) -> bool:
    """Whether n products of these factors add up without rounding, in any order, in a significand of so many bits: all
    of them are multiples of one power of two, and their sum stays below 2^bits of it.

    So does that of numbers 0 and 1, of counts, and of one-hot vectors.
    """
    room = 2.0**bits / max(n, 1.0)
    for x in factors:
        top = float(x.abs().max()) if x.numel() else 0.0
        if x.is_complex() or not math.isfinite(top):
            return False
        if top == 0.0:
            return True
        scaled = torch.ldexp(x, torch.tensor(bits - math.frexp(top)[1]))
        if not bool((scaled == scaled.round()).all()):
            return False
        every = int(np.bitwise_or.reduce(scaled.abs().to(torch.int64).reshape(-1).numpy()))
        room *= (every & -every) / math.ldexp(top, bits - math.frexp(top)[1])
    return room >= 1.0


def looks_averaged(x: torch.Tensor, out: torch.Tensor) -> bool:
    """Whether a result is the mean of its terms, and not their sum."""
    whole = x.sum()
    mean = whole * (out.numel() / max(x.numel(), 1))
    return bool((out.sum() - mean).abs() < (out.sum() - whole).abs())
