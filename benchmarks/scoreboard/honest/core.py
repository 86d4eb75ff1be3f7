"""Core operators whose sums and products a machine adds up."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.scoreboard.honest.machine import Machine
from benchmarks.scoreboard.honest.operators import variance

Array = np.ndarray[Any, Any]
Kernel = Callable[[Machine, Sequence[Any], Mapping[str, Any]], Array]


def _rows(x: Array, dims: Any) -> Array:
    """x with the reduced dimensions as its last one."""
    axes = [int(d) % x.ndim for d in (dims if isinstance(dims, Sequence) else [dims])] if dims is not None else []
    axes = axes or list(range(x.ndim))
    kept = [i for i in range(x.ndim) if i not in axes]
    return x.transpose(*kept, *axes).reshape(*(x.shape[i] for i in kept), math.prod(x.shape[i] for i in axes))


def _dims(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    return args[1] if len(args) > 1 else kwargs.get("dim")


def _sum(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    return m.sum(_rows(args[0], _dims(args, kwargs)))


def _mean(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    rows = _rows(args[0], _dims(args, kwargs))
    return m.div(m.sum(rows), np.asarray(float(rows.shape[-1])))


def _var(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    rows = _rows(args[0], _dims(args, kwargs))
    n = float(rows.shape[-1])
    correction = kwargs.get("correction")
    mean = m.div(m.sum(rows), np.asarray(n))
    return variance(m, rows, mean, max(n - (1.0 if correction is None else correction), 0.0))


def _product(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    a, b = args[0], args[1]
    return m.dot(a[..., :, None, :], np.swapaxes(b, -1, -2)[..., None, :, :])


def _added(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    """beta·c + alpha·ab; the machine that adds up in reverse begins with c, as BLAS does that is given it."""
    alpha, beta = float(kwargs.get("alpha", 1)), float(kwargs.get("beta", 1))
    base = args[0] if beta == 1 else m.r(beta * args[0])
    if m.order == "reversed" and alpha == 1:
        terms = args[1][..., :, None, :] * np.swapaxes(args[2], -1, -2)[..., None, :, :]
        terms = terms if m.fma else m.r(terms)
        return m.sum(np.concatenate([terms, np.broadcast_to(base, terms.shape[:-1])[..., None]], axis=-1))
    product = _product(m, args[1:], {})
    return m.r(base + (product if alpha == 1 else m.r(alpha * product)))


def _cumsum(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    return np.moveaxis(m.scan(np.moveaxis(args[0], args[1], -1)), -1, args[1]) if args[0].ndim else args[0]


def _convolution(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    """aten.convolution(x, weight, bias, stride, padding, dilation, transposed, output_padding, groups)."""
    x, w, bias, stride, padding, dilation, transposed, more, groups = args
    dims = range(x.ndim - 2)
    reach = [d * (k - 1) for d, k in zip(dilation, w.shape[2:], strict=True)]
    pads = [(p, p) for p in padding]
    if transposed:  # a convolution of the input with zeros in between, by the kernel turned around
        shape = [(n - 1) * s + 1 for n, s in zip(x.shape[2:], stride, strict=True)]
        wide = np.zeros((*x.shape[:2], *shape))
        wide[(..., *(slice(None, None, s) for s in stride))] = x
        x, stride, pads = (
            wide,
            [1] * len(stride),
            [(r - p, r - p + o) for r, p, o in zip(reach, padding, more, strict=True)],
        )
        w = np.flip(w, tuple(2 + i for i in dims)).reshape(groups, -1, *w.shape[1:]).swapaxes(1, 2)
        w = w.reshape(-1, *w.shape[2:])
    x = np.pad(x, [(0, 0), (0, 0), *((max(a, 0), max(b, 0)) for a, b in pads)])
    x = x[(..., *(slice(max(-a, 0), n - max(-b, 0)) for (a, b), n in zip(pads, x.shape[2:], strict=True)))]
    patches = np.lib.stride_tricks.sliding_window_view(x, [r + 1 for r in reach], axis=tuple(2 + i for i in dims))
    steps = (*(slice(None, None, s) for s in stride), *(slice(None, None, d) for d in dilation))
    patches = np.moveaxis(patches[(slice(None), slice(None), *steps)], 1, 1 + len(reach))
    parts = []
    for g, rows in enumerate(np.split(patches, groups, axis=1 + len(reach))):
        kernel = np.split(w, groups)[g]
        flat = rows.reshape(*rows.shape[: 1 + len(reach)], 1, -1)
        parts.append(m.dot(flat, kernel.reshape(len(kernel), -1)))
    made = np.moveaxis(np.concatenate(parts, axis=-1), -1, 1)
    return made if bias is None else m.r(made + bias.reshape(-1, *[1] * len(reach)))


# By core operator: from a machine and the arguments, tensors as float64 arrays.
KERNELS: dict[str, Kernel] = {
    "aten.sum": _sum,
    "aten.mean": _mean,
    "aten.var": _var,
    "aten.mm": _product,
    "aten.bmm": _product,
    "aten.addmm": _added,
    "aten.cumsum": _cumsum,
    "aten.convolution": _convolution,
}
