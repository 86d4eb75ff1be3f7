"""Discrete Fourier transforms by their sums, in 160-bit arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.golden.lifting import CONTEXT, Array, each, first
from harness.numerics.rules.base import Call

# Complex products, some microseconds each.
_MOST = 1 << 17

_conjugate = each(lambda x: CONTEXT.mpc(x).conjugate())
_real = each(lambda x: CONTEXT.mpc(x).real)


def transform(call: Call) -> Array:
    """The transform that torch.fft calls by this name, along its dimensions one after the other.

    A real input's transform keeps the first n//2 + 1 of its last dimension (r), a real output is made of as many (i…r),
    and a Hermitian transform (h) is one of these of the conjugate, with the normalisation of the other direction.
    """
    x, kind = first(call), call.op.removeprefix("fft.").rstrip("2n").removesuffix("fft")
    dims, sizes = _dimensions(call, x)
    last, n = dims[-1], sizes[-1]
    if kind in ("ir", "h"):
        others, half = dims[:-1], _conjugate(x) if kind == "h" else x
        for dim, size in zip(others, sizes[:-1], strict=True):
            half = _sums(half, dim, size, inverse=True)
        y = _to_real(half, last, n)
    else:
        y = _sums(x, last, n, inverse=kind == "i")
        if kind in ("r", "ih"):
            y = np.take(y, range(n // 2 + 1), axis=last)
        for dim, size in zip(dims[:-1], sizes[:-1], strict=True):
            y = _sums(y, dim, size, inverse=kind == "i")
        y = _conjugate(y) if kind == "ih" else y
    total = int(np.prod(sizes))
    norm = call.argument(3, "norm", None) or "backward"
    if norm == "ortho":
        return np.asarray(y / CONTEXT.sqrt(total))
    return np.asarray(y / total if (norm == "backward") == kind.startswith("i") else y)


def _dimensions(call: Call, x: Array) -> tuple[list[int], list[int]]:
    """The dimensions, and the signal's size along each."""
    size = call.argument(1, "n" if call.op.endswith("fft") else "s", None)
    sizes = [size] if isinstance(size, int) else None if size is None else list(size)
    default = -1 if call.op.endswith("fft") else (-2, -1) if call.op.endswith("2") else None
    dim = call.argument(2, "dim", default)
    if dim is None:
        dim = range(-len(sizes), 0) if sizes else range(x.ndim)
    dims = [int(d) % x.ndim for d in ([dim] if isinstance(dim, int) else dim)]
    if sizes is None:
        sizes = [x.shape[d] for d in dims]
        if call.op.split(".")[-1].startswith(("ir", "h")):
            sizes[-1] = 2 * (sizes[-1] - 1)
    return dims, [x.shape[d] if n == -1 else int(n) for d, n in zip(dims, sizes, strict=True)]


def _sums(x: Array, axis: int, n: int, *, inverse: bool) -> Array:
    """Σ x_j·exp(∓2πi·jk/n) for each k, x cut or padded with zeros to n."""
    k = np.arange(n)
    y = _turned(np.moveaxis(_fitted(x, axis, n), axis, -1), np.outer(k, k), n, inverse=inverse)
    return np.asarray(np.moveaxis(y, -1, axis))


def _to_real(half: Array, axis: int, n: int) -> Array:
    """The signal of n real numbers whose transform begins with `half`: every other one stands for two."""
    half = np.moveaxis(_fitted(half, axis, n // 2 + 1), axis, -1)
    k = np.arange(n // 2 + 1)
    times = np.where((k == 0) | (2 * k == n), 1, 2)
    y = _turned(half * times, np.outer(k, np.arange(n)), n, inverse=True)
    return np.asarray(np.moveaxis(_real(y), -1, axis))


def _turned(x: Array, turns: Array, n: int, *, inverse: bool) -> Array:
    """x times the matrix exp(∓2πi·turns/n). Raises LookupError where that takes too long."""
    if x.size * turns.shape[1] > _MOST:
        raise LookupError("too large")
    sign = 2 if inverse else -2
    roots = np.array([CONTEXT.expjpi(CONTEXT.mpf(sign * k) / n) for k in range(n)], dtype=object)
    return np.asarray(x @ roots[turns % n])


def _fitted(x: Array, axis: int, n: int) -> Array:
    x = np.take(x, range(min(n, x.shape[axis])), axis=axis)
    missing: Sequence[tuple[int, int]] = [(0, n - x.shape[axis] if i == axis else 0) for i in range(x.ndim)]
    return np.pad(x, missing, constant_values=CONTEXT.zero)


VALUES = dict.fromkeys(
    (
        f"fft.{name}"
        for name in (
            *("fft", "ifft", "rfft", "irfft", "hfft", "ihfft", "fft2", "ifft2", "rfft2", "irfft2"),
            *("fftn", "ifftn", "rfftn", "irfftn"),
        )
    ),
    transform,
)
