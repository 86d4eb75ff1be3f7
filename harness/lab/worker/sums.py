"""How far rounding takes what a kernel adds up: the standard deviation of each result, in u of the dtype computed in.

Every partial sum rounds, σ² = 0.18·Σ s_k². Which order a sum takes is not known: Σ s_k² is n·(y²/3 + Q/6) with Q =
Σ terms², as expected over all orders, or, if it is more, that of the terms' own order or its reverse.
Source: Higham, Accuracy and Stability, 2002, section 4.2; the expectation is a Brownian bridge's.
"""

from __future__ import annotations

import math
from typing import Any, Sequence

import torch

from .kernels import AVERAGES
from .terms import INNER, MANY, adds_exactly, looks_averaged, products, terms, wandered, window

ROUNDING = 0.18  # mean square of one rounding, in u² of a value whose significand is log-uniform
# Error of one addition of a number that repeats, in u of the sum (`numerics.noise.REPEATED`), and how many u two such
# numbers may be apart.
_AGAIN, _ALIKE = 0.25, 16.0


def of_sum(args: Any, kwargs: Any, out: torch.Tensor, u: float, bits: int) -> torch.Tensor:
    """Of `sum` and `mean`; 0 of fewer than three terms, and of a sum that is exact in so many bits."""
    x: torch.Tensor = args[0]
    n = x.numel() / max(out.numel(), 1)
    averaged = looks_averaged(x, out)
    if n < 3 or (adds_exactly([x], n, bits) and not averaged):
        return torch.zeros_like(out.abs())
    given = args[1] if len(args) > 1 else kwargs.get("dim")
    dims = [given] if isinstance(given, int) else list(given or range(x.dim()))
    total = out * n if averaged else out
    paths = _expected(n, total, (x.abs() ** 2).sum(dims).reshape(out.shape))
    rows = _first(x, dims)
    if x.numel() <= MANY:
        paths = paths.maximum(wandered(rows).reshape(out.shape))
    size = (ROUNDING * paths + _repeated(rows, u, bits).reshape(out.shape) ** 2).sqrt()
    return size / n if averaged else size


def of_moments(
    name: str, args: Any, kwargs: Any, outs: Sequence[torch.Tensor], u: float, bits: int
) -> list[torch.Tensor]:
    """Of a variance, relatively, that of n squares, σ² = 0.18·(n/3 + 1/2), or of their own order or its reverse, which
    a few large ones make more; of its root half; of the mean beside it that of a sum whose Q/n is its square and the
    variance.
    """
    x: torch.Tensor = args[0]
    n = x.numel() / max(outs[0].numel(), 1)
    given = args[1] if len(args) > 1 else kwargs.get("dim")
    dims = [given] if type(given) is int else list(given) if isinstance(given, (list, tuple)) else []
    paths: torch.Tensor | float = n / 3 + 0.5
    if x.dim() and n > 1 and x.numel() <= MANY:
        rows = _first(x, dims or range(x.dim()))
        squares = (rows - rows.mean(0)).abs() ** 2
        total = squares.sum(0) ** 2
        own = wandered(squares) / torch.where(total > 0, total, torch.ones_like(total))
        alike = _repeated(squares, u, bits)
        again = torch.where(total > 0, alike**2 / total / ROUNDING, total)
        paths = (own.clamp(min=paths) + again).reshape(outs[0].shape)
    spread = outs[0].abs() if name.startswith("var") else outs[0].abs() ** 2
    times = 1.0 if name.startswith("var") else 0.5
    means = [_expected(n, mean, mean.abs() ** 2 / n + spread / n) for mean in outs[1:]]
    return [times * outs[0].abs() * (ROUNDING * paths) ** 0.5, *((ROUNDING * path).sqrt() for path in means)]


def _first(x: torch.Tensor, dims: Sequence[int]) -> torch.Tensor:
    """What is reduced in the first dimension, what is left in the others."""
    return x.movedim(sorted(d % x.dim() for d in dims), tuple(range(len(dims)))).flatten(0, len(dims) - 1)


def of_products(
    name: str, func: Any, args: Any, kwargs: Any, outs: Sequence[torch.Tensor], bits: int
) -> list[torch.Tensor | None]:
    """Of sums of products, which may be rounded before they are added; None of those that add up exactly."""
    if name in INNER and args[0].dim() and adds_exactly(args[:2], args[0].shape[-1], bits):
        return [None] * len(outs)
    apart = products(name, args)
    sizes: list[torch.Tensor | None] = []
    for n, square, out in zip(*terms(func, args, kwargs), outs):
        paths = _expected(n, out, square)
        if apart is not None:
            paths = paths.maximum(wandered(apart).reshape(out.shape))
        sizes.append((ROUNDING * (paths + square)).sqrt())
    return sizes


def of_elements(name: str, func: Any, args: Any, kwargs: Any, out: torch.Tensor) -> torch.Tensor:
    """Of sums in memory, which round after every addition but the last, and of averages, of which every term may be
    divided first. Two terms round only once.
    """
    sizes = window(name, args) if name in AVERAGES else ()
    parts = math.prod(sizes)
    n, square = (found[0] for found in terms(func, args, kwargs))
    n, square = n * parts, square / parts
    size = (ROUNDING * (_expected(n, out, square) + (square if sizes else 0.0))).sqrt()
    return torch.where(n > (0.5 if sizes else 2.5), size, torch.zeros_like(size))


def _expected(n: torch.Tensor | float, out: torch.Tensor, square: torch.Tensor) -> torch.Tensor:
    """Σ of squared partial sums, expected over all orders of n terms."""
    return n * (out.abs() ** 2 / 3 + square / 6)


def _repeated(rows: torch.Tensor, u: float, bits: int) -> torch.Tensor:
    """What adding one number again and again may err by, in u, where most of the terms, which are in the first
    dimension, are it: that rounds alike each time. A number is another by what it was moved, and the same within a
    quarter of the last place of the sum.
    """
    total = rows.sum(0).abs()
    if not rows.numel() or rows.is_complex():
        return torch.zeros_like(total)
    usual = rows.median(0).values
    alike = torch.maximum(_ALIKE * u * usual.abs(), total * 2.0**-bits / 2)
    count = (((rows - usual).abs() <= alike) & (usual != 0)).sum(0)
    each = torch.minimum(_AGAIN * total, usual.abs() * 2.0**bits)  # no more than all of it
    return torch.where(count > 2, count * each, torch.zeros_like(total))
