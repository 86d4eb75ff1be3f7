"""Distances: norms of differences, step by step as PyTorch's Distance.cpp, DistanceOpsKernel.cpp and Normalization.cpp
have them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from harness.numerics.noise import ROUNDING
from harness.numerics.rules import orders
from harness.numerics.rules.base import Array, Call
from harness.numerics.rules.running import Errors, Number, given, select

# Rows beyond which cdist multiplies matrices.
_MANY = 25


def norm(number: Number, p: float, axes: int | tuple[int, ...] | None, keepdims: bool = False) -> Number:
    """‖x‖_p along `axes`, in one kernel."""
    x = number.kernel().absolute()
    if math.isinf(p):
        return _extreme(x, np.max if p > 0 else np.min, axes, keepdims).leaves()
    if p == 0:
        return x.like((x.value != 0).sum(axes, keepdims=keepdims))
    if p == 1:
        return x.sum(axes, keepdims).leaves()
    if p == 2:
        return (x * x).sum(axes, keepdims).sqrt().leaves()
    return x.power(p).sum(axes, keepdims).power(1 / p).leaves()


def _extreme(x: Number, pick: Callable[..., Array], axes: int | tuple[int, ...] | None, keepdims: bool) -> Number:
    """The largest or smallest element: it errs by what any of them does."""
    x = x.rounded()

    def largest(part: Array) -> Array:
        return np.asarray(np.broadcast_to(part, x.value.shape).max(axes, keepdims=keepdims))

    return replace(
        x,
        value=np.asarray(pick(x.value, axes, keepdims=keepdims)),
        inner=x.inner.map(largest),
        outer=x.outer.map(largest),
    )


def pairwise(a: Number, b: Number, p: float, eps: float, keepdims: bool = False) -> Number:
    """‖a - b + eps‖_p along the last dimension"""
    return norm(a - b + eps, p, -1, keepdims)


def _pairwise(call: Call) -> Number:
    p, eps, keepdims = (call.argument(i, k, d) for i, k, d in ((2, "p", 2.0), (3, "eps", 1e-6), (4, "keepdim", False)))
    return pairwise(given(call, 0, "x1"), given(call, 1, "x2"), float(p), float(eps), bool(keepdims))


def _dist(call: Call) -> Number:
    """‖a - b‖_p of all elements"""
    return norm(given(call, 0, "input") - given(call, 1, "other"), float(call.argument(2, "p", 2)), None)


def _cdist(call: Call) -> Number:
    """Distances between the rows of two matrices: in one kernel, or √(‖a‖² + ‖b‖² - 2ab) by way of a product"""
    a, b, p = given(call, 0, "x1"), given(call, 1, "x2"), float(call.argument(2, "p", 2.0))
    mode = call.argument(3, "compute_mode", "use_mm_for_euclid_dist_if_necessary")
    many = max(a.value.shape[-2], b.value.shape[-2]) > _MANY
    if p == 2 and (mode == "use_mm_for_euclid_dist" or (many and mode == "use_mm_for_euclid_dist_if_necessary")):
        return _multiplied(a, b)
    a, b = select(a, lambda v: v[..., :, None, :]).kernel(), select(b, lambda v: v[..., None, :, :]).kernel()
    return norm(a - b, p, -1)


def _multiplied(a: Number, b: Number) -> Number:
    """√max(0, ‖a‖² + ‖b‖² - 2ab): both squared norms are rounded sums of k squares, and the product one of k + 2, the
    norms last or first.
    """
    x, y = a.value, np.swapaxes(b.value, -1, -2)
    k = x.shape[-1]
    first, second = (x**2).sum(-1, keepdims=True), (y**2).sum(-2, keepdims=True)
    square = np.maximum(((x[..., :, None, :] - b.value[..., None, :, :]) ** 2).sum(-1), 0.0)
    size = first + second + 2 * np.abs(x) @ np.abs(y)
    norms, products = first + second, 4 * (x**2) @ (y**2)
    wandering = orders.expected(np.asarray(k + 2.0), square, first**2 + second**2 + products, times=orders.UNKNOWN)
    # The norms may come first: then partial sums go from their sum to the square.
    downwards = k * (norms**2 + norms * square + square**2) / 3 + k * products / 6
    wandering = np.maximum(wandering, downwards)
    wandering = wandering + k * (first**2 + second**2) / 3
    errors = Errors((k + 2) * size + k * (first + second), ROUNDING * wandering, np.zeros(()))
    return replace(a.like(square), inner=errors, pending=True).sqrt()


def _pdist(call: Call) -> Number:
    """Distances between every row and those after it, in one kernel"""
    x = given(call, 0, "input").kernel()
    first, second = np.triu_indices(x.value.shape[0], 1)
    return norm(select(x, lambda v: v[first]) - select(x, lambda v: v[second]), float(call.argument(1, "p", 2.0)), -1)


def _renorm(call: Call) -> Number:
    """x·maxnorm/(‖x‖_p + 1e-7) where a slice's norm exceeds maxnorm"""
    x, p = given(call, 0, "input"), float(call.argument(1, "p"))
    kept, largest = int(call.argument(2, "dim")) % x.value.ndim, float(call.argument(3, "maxnorm"))
    size = replace(norm(x, p, tuple(i for i in range(x.value.ndim) if i != kept), True), inside=True)
    factor = (size.like(largest) / (size + 1e-7)).leaves()
    scaled = x * factor
    return scaled.where(np.broadcast_to(size.value > largest, x.value.shape), x)


DEFINITIONS: dict[str, Callable[[Call], Number]] = {
    "dist": _dist,
    "cdist": _cdist,
    "pdist": _pdist,
    "pairwise_distance": _pairwise,
    "renorm": _renorm,
}
