"""How many terms each output of a sum has, for operators that divide by it, or multiply so many."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from harness.numerics.rules.base import Array, Call


def averaged(call: Call) -> Callable[[Call, Array], Array] | None:
    """How many terms each output divides by, for an operator that averages; None for one that sums."""
    if call.op == "embedding_bag":
        return _bag_count if bags(call).mode == "mean" else None
    if call.op in ("scatter_reduce", "index_reduce") and call.argument(4, "reduce") != "mean":
        return None
    if call.op in _SCALED and not call.argument(_SCALED[call.op], "scale_grad_by_freq", False):
        return None
    return _AVERAGES.get(call.op)


def _mean_count(call: Call, y: Array) -> Array:
    return np.asarray(np.asarray(call.argument(0, "input")).size / max(y.size, 1))


def _pool_count(call: Call, y: Array) -> Array:
    kernel = call.argument(1, "kernel_size")
    spatial = int(call.op[-2]) if call.op[-2:-1].isdigit() else 1
    return np.asarray(float(kernel**spatial if isinstance(kernel, int) else math.prod(kernel)))


def _adaptive_count(call: Call, y: Array) -> Array:
    x = np.asarray(call.argument(0, "input"))
    spatial = int(call.op[-2])
    return np.asarray(
        float(math.prod(-(-a // max(b, 1)) + 1 for a, b in zip(x.shape[-spatial:], y.shape[-spatial:], strict=True)))
    )


class Bags(NamedTuple):
    """What `embedding_bag` is asked: which rows, where each bag of them begins, and what it makes of a bag."""

    ids: Array
    offsets: Array | None
    mode: str
    closed: bool  # whether the last offset is the end of the last bag


def bags(call: Call) -> Bags:
    """The arguments of `torch.nn.functional.embedding_bag(input, weight, offsets, …, mode="mean")`, or of torch's own
    `embedding_bag(weight, indices, offsets, scale_grad_by_freq, mode=0, …)`.
    """
    if "functional" in call.case.target:
        ids, offsets = call.argument(0, "input"), call.argument(2, "offsets", None)
        mode, closed = call.argument(6, "mode", "mean"), call.argument(9, "include_last_offset", False)
    else:
        ids, offsets = call.argument(1, "indices"), call.argument(2, "offsets")
        mode = ("sum", "mean", "max")[call.argument(4, "mode", 0)]
        closed = call.argument(7, "include_last_offset", False)
    return Bags(np.asarray(ids), None if offsets is None else np.asarray(offsets), mode, bool(closed))


def _bag_count(call: Call, y: Array) -> Array:
    """Rows in each bag."""
    ids, offsets, _, closed = bags(call)
    if ids.ndim == 2 or offsets is None:
        return np.asarray(float(ids.shape[-1]))
    bounds = np.append(offsets[: offsets.size - closed], ids.size)
    count = np.diff(bounds).astype(float)
    return count.reshape(-1, *[1] * (y.ndim - 1)) if y.shape[:1] == count.shape else np.asarray(count.max(initial=1))


def _frequency(call: Call, y: Array) -> Array:
    """How often rows are asked for: each of `embedding_dense_backward(grad, indices, num_weights, …)`, and at most in
    the gradient of `embedding(input, weight, …)`.
    """
    if call.op == "embedding":
        return np.asarray(np.bincount(np.asarray(call.argument(0, "input")).reshape(-1)).max(initial=1), float)
    ids = np.asarray(call.argument(1, "indices")).reshape(-1)
    return np.bincount(ids, minlength=y.shape[0])[: y.shape[0]].astype(float)[:, None]


def scattered(call: Call, y: Array) -> Array:
    """Terms that `scatter_reduce(input, dim, index, src, reduce)` or `index_reduce(input, dim, index, source, reduce)`
    puts in each element, its own too.
    """
    dim, index = int(call.argument(1, "dim")), np.atleast_1d(call.argument(2, "index"))
    if call.op == "index_reduce" and y.ndim:
        shape = [index.size if i == dim % y.ndim else n for i, n in enumerate(y.shape)]
        index = np.broadcast_to(index.reshape([-1 if i == dim % y.ndim else 1 for i in range(y.ndim)]), shape)
    count = np.full(y.shape or (1,), float(bool(call.argument(-1, "include_self", True))))
    where: list[Array] = list(np.indices(index.shape))
    where[dim] = index
    np.add.at(count, tuple(where), 1.0)
    return count.reshape(y.shape)


# Operators that divide their sum by the number of terms only if told so: the place of that argument.
_SCALED = {"embedding_dense_backward": 4, "embedding": 5}
# Operators that divide their sum by the number of terms.
_AVERAGES: dict[str, Callable[[Call, Array], Array]] = {
    "mean": _mean_count,
    "nanmean": _mean_count,
    "var_mean": _mean_count,
    "std_mean": _mean_count,
    "scatter_reduce": scattered,
    "index_reduce": scattered,
    "embedding_dense_backward": _frequency,
    "embedding": _frequency,
    "avg_pool1d": _pool_count,
    "avg_pool2d": _pool_count,
    "avg_pool3d": _pool_count,
    "adaptive_avg_pool1d": _adaptive_count,
    "adaptive_avg_pool2d": _adaptive_count,
    "adaptive_avg_pool3d": _adaptive_count,
}
