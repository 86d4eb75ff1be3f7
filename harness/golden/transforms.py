"""Discrete Fourier transforms by their sums, in 160-bit arithmetic, and their gradients, the adjoint sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.golden.lifting import CONTEXT, Array, cotangent, each, first, place
from harness.numerics.rules.base import Call

# Complex products, some microseconds each.
_MOST = 1 << 17
# The sign of 2πi·jk/n in the exponent. A Hermitian transform is named for what it takes, not for its direction.
_SIGNS = {"fft": -1, "ifft": 1, "rfft": -1, "irfft": 1, "hfft": -1, "ihfft": 1}

_real = each(lambda x: CONTEXT.mpc(x).real)


def transform(call: Call) -> Array:
    """The transform that torch.fft calls by this name, along its dimensions one after the other.

    Of a real input the first n//2 + 1 numbers along the last dimension are kept (rfft, ihfft); a real output is made of
    as many (irfft, hfft).
    """
    x = first(call)
    kind, dims, sizes = _plan(call, x)
    *others, last = zip(dims, sizes, strict=True)
    if kind in ("rfft", "ihfft"):
        x = _fitted(_sums(x, *last, _SIGNS[kind]), last[0], last[1] // 2 + 1)
    for dim, n in others:
        x = _sums(x, dim, n, _SIGNS[kind])
    if kind in ("fft", "ifft"):
        x = _sums(x, *last, _SIGNS[kind])
    elif kind in ("irfft", "hfft"):
        half = _weighted(_fitted(x, last[0], last[1] // 2 + 1), *last)
        x = _real(_sums(half, *last, _SIGNS[kind]))
    return np.asarray(x * _scale(call, kind, sizes))


def gradient(call: Call, wrt: str) -> Array:
    """The adjoint: sums of the output's gradient with the other sign, cut or padded to the input."""
    place(call, wrt, ("input",))
    x, y = first(call), cotangent(call)
    kind, dims, sizes = _plan(call, x)
    for dim, n in zip(dims, sizes, strict=True):
        y = _sums(y, dim, n, -_SIGNS[kind])
        if kind in ("irfft", "hfft") and dim == dims[-1]:
            y = _weighted(_fitted(y, dim, n // 2 + 1), dim, n)
    for dim in dims:
        y = _fitted(y, dim, x.shape[dim])
    y = y * _scale(call, kind, sizes)
    return y if np.iscomplexobj(call.argument(0, "input")) else _real(y)


def _plan(call: Call, x: Array) -> tuple[str, list[int], list[int]]:
    """The transform's kind without its number of dimensions, these, and the signal's size along each."""
    name = call.op.removeprefix("fft.")
    kind = name.rstrip("2n")
    size = call.argument(1, "n" if name == kind else "s", None)
    sizes = [size] if isinstance(size, int) else None if size is None else list(size)
    dim = call.argument(2, "dim", -1 if name == kind else (-2, -1) if name.endswith("2") else None)
    if dim is None:
        dim = range(-len(sizes), 0) if sizes else range(x.ndim)
    dims = [int(d) % x.ndim for d in ([dim] if isinstance(dim, int) else dim)]
    if sizes is None:
        sizes = [x.shape[d] for d in dims]
        if kind in ("irfft", "hfft"):
            sizes[-1] = 2 * (sizes[-1] - 1)
    return kind, dims, [x.shape[d] if n == -1 else int(n) for d, n in zip(dims, sizes, strict=True)]


def _scale(call: Call, kind: str, sizes: list[int]) -> Any:
    """1, 1/√n or 1/n: by default the inverse transforms (i…) are those that divide."""
    total = int(np.prod(sizes))
    norm = call.argument(3, "norm", None) or "backward"
    if norm == "ortho":
        return 1 / CONTEXT.sqrt(total)
    return CONTEXT.one / total if (norm == "backward") == kind.startswith("i") else CONTEXT.one


def _sums(x: Array, axis: int, n: int, sign: int) -> Array:
    """Σ x_j·exp(±2πi·jk/n) for each k, x cut or padded with zeros to n. Raises LookupError where that is too long."""
    x = np.moveaxis(_fitted(x, axis, n), axis, -1)
    if x.size * n > _MOST:
        raise LookupError("too large")
    roots = np.array([CONTEXT.expjpi(CONTEXT.mpf(sign * 2 * k) / n) for k in range(n)], dtype=object)
    return np.asarray(np.moveaxis(x @ roots[np.outer(range(n), range(n)) % n], -1, axis))


def _weighted(half: Array, axis: int, n: int) -> Array:
    """Half a spectrum of n numbers, each but the first and the middle one standing for two."""
    k = np.arange(n // 2 + 1)
    return np.asarray(np.moveaxis(np.moveaxis(half, axis, -1) * np.where((k == 0) | (2 * k == n), 1, 2), -1, axis))


def _fitted(x: Array, axis: int, n: int) -> Array:
    x = np.take(x, range(min(n, x.shape[axis])), axis=axis)
    missing = [(0, n - x.shape[axis] if i == axis else 0) for i in range(x.ndim)]
    return np.pad(x, missing, constant_values=CONTEXT.zero)


_NAMES = [f"fft.{kind}" for kind in _SIGNS] + [f"fft.{kind}{n}" for kind in list(_SIGNS)[:4] for n in "2n"]

VALUES = dict.fromkeys(_NAMES, transform)
GRADIENTS = dict.fromkeys(_NAMES, gradient)
