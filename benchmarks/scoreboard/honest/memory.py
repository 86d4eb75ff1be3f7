"""Kernels that add up where their result lies, in its dtype: each addition rounds, one after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from harness.numerics import formats

Array = np.ndarray[Any, Any]


def _add(total: Array, at: Any, term: Array, dtype: str) -> None:
    total[at] = formats.round_value(total[at] + term, dtype)


def _embedding(args: Sequence[Any], dtype: str) -> Array:
    """aten.embedding_dense_backward(gradient, indices, rows, padding_idx, scale_grad_by_freq)."""
    gradient, indices, rows = args[0], np.asarray(args[1]).reshape(-1), int(args[2])
    total = np.zeros((rows, gradient.shape[-1]))
    if len(args) > 4 and args[4]:
        scale = np.bincount(indices, minlength=rows)[indices].reshape(*gradient.shape[:-1], 1)
        gradient = formats.round_value(gradient / scale, dtype)
    for row, term in zip(indices, gradient.reshape(-1, gradient.shape[-1]), strict=True):
        if row != args[3]:
            _add(total, row, term, dtype)
    return total


def _bag(args: Sequence[Any], dtype: str) -> Array:
    """aten._embedding_bag_backward(gradient, indices, offsets, …) of sums, with weights or without, or of means."""
    gradient, indices, offsets, weights = args[0], np.asarray(args[1]), np.asarray(args[2]), args[10]
    bags = np.searchsorted(offsets, np.arange(indices.size), side="right") - 1
    if args[8] == 1:  # means
        gradient = formats.round_value(gradient / np.bincount(bags, minlength=len(gradient))[:, None].clip(1), dtype)
    rows = gradient[bags] if weights is None else formats.round_value(gradient[bags] * weights[:, None], dtype)
    return _embedding((rows, indices, args[6], -1), dtype)


def _put(args: Sequence[Any], dtype: str) -> Array:
    """aten.index_put(self, indices, values, accumulate), indices for dimensions that follow one another."""
    total, places = np.array(args[0]), [i for i, index in enumerate(args[1]) if index is not None]
    index = np.broadcast_arrays(*(np.asarray(args[1][i]) for i in places))
    shape, before = index[0].shape, (slice(None),) * places[0]
    terms = np.broadcast_to(args[2], (*total.shape[: places[0]], *shape, *total.shape[places[-1] + 1 :]))
    for k in np.ndindex(*shape):
        _add(total, (*before, *(int(i[k]) for i in index)), terms[(*before, *k)], dtype)
    return total


def _replication(args: Sequence[Any], dtype: str) -> Array:
    """aten.replication_pad2d_backward(gradient, self, padding)."""
    gradient, (left, _, top, _) = args[0], args[2]
    total = np.zeros(args[1].shape)
    rows, columns = total.shape[-2:]
    for i, j in np.ndindex(*gradient.shape[-2:]):
        at = (..., min(max(i - top, 0), rows - 1), min(max(j - left, 0), columns - 1))
        _add(total, at, gradient[..., i, j], dtype)
    return total


def _pool(args: Sequence[Any], dtype: str) -> Array:
    """aten.avg_pool2d_backward(gradient, self, kernel, stride, padding, ceil_mode, count_include_pad, divisor)."""
    gradient, shape, kernel = args[0], args[1].shape, _both(args[2])
    stride, padding = _both(args[3] or args[2]), _both(args[4])
    inside, total = bool(args[6]), np.zeros(shape)
    for i, j in np.ndindex(*gradient.shape[-2:]):
        low = [k * s - p for k, s, p in zip((i, j), stride, padding, strict=True)]
        high = [min(a + k, n + p) for a, k, n, p in zip(low, kernel, shape[-2:], padding, strict=True)]
        area = (high[0] - low[0]) * (high[1] - low[1])
        low, high = [max(a, 0) for a in low], [min(a, n) for a, n in zip(high, shape[-2:], strict=True)]
        area = area if inside else (high[0] - low[0]) * (high[1] - low[1])
        term = formats.round_value(gradient[..., i : i + 1, j : j + 1] / (args[7] or area), dtype)
        _add(total, (..., slice(low[0], high[0]), slice(low[1], high[1])), term, dtype)
    return total


def _adaptive(args: Sequence[Any], dtype: str) -> Array:
    """aten._adaptive_avg_pool2d_backward(gradient, self), and that of three dimensions, of batches."""
    gradient, total = args[0], np.zeros(args[1].shape)
    for place in np.ndindex(*gradient.shape[2:]):
        spans = [
            slice(k * n // m, -(-(k + 1) * n // m))
            for k, m, n in zip(place, gradient.shape[2:], total.shape[2:], strict=True)
        ]
        area = math.prod(s.stop - s.start for s in spans)
        term = formats.round_value(gradient[(..., *(slice(k, k + 1) for k in place))] / area, dtype)
        _add(total, (..., *spans), term, dtype)
    return total


def _both(size: Any) -> list[int]:
    return [int(k) for k in (size if len(size) == 2 else [size[0]] * 2)]


# By core operator: from its arguments, tensors as float64 arrays, and the dtype of its result.
KERNELS: dict[str, Callable[[Sequence[Any], str], Array]] = {
    "aten.embedding_dense_backward": _embedding,
    "aten._embedding_bag_backward": _bag,
    "aten.embedding_backward": _embedding,
    "aten.index_put": _put,
    "aten._unsafe_index_put": _put,
    "aten.replication_pad2d_backward": _replication,
    "aten.avg_pool2d_backward": _pool,
    "aten._adaptive_avg_pool2d_backward": _adaptive,
    "aten._adaptive_avg_pool3d_backward": _adaptive,
}
