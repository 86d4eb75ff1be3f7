"""Losses and their gradients in 160-bit arithmetic: terms of each element or row, then weighted and added."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from harness.golden.functions import Scalar, slopes, softplus
from harness.golden.lifting import CONTEXT, Array, cotangent, each, exp, first, folded, lift, log, place
from harness.numerics.rules.base import Call


def pointwise(call: Call) -> Array:
    """Σ w·f(x, t), or its terms, or their mean; f(x, t, p) where positives have a weight p."""
    function, arrays, weight = _terms(call)
    terms = np.asarray(each(function)(*np.broadcast_arrays(*arrays)) * weight)
    return np.asarray(terms if _reduction(call) == "none" else terms.sum() / _share(call, terms.shape))


def pointwise_gradient(call: Call, wrt: str) -> Array:
    """g·w·∂f/∂x over what the mean divides by."""
    function, arrays, weight = _terms(call)
    index = place(call, wrt, ("input", "target"))
    each_term = np.asarray(slopes(function, index, arrays) * weight)
    return folded(cotangent(call) * each_term / _share(call, each_term.shape), arrays[index].shape)


def _terms(call: Call) -> tuple[Scalar, list[Array], Array]:
    weight = call.argument(-1, "weight", None)
    arrays = [lift(call.argument(i, name)) for i, name in enumerate(("input", "target"))]
    positive = call.argument(-1, "pos_weight", None)
    arrays += [] if positive is None else [lift(positive)]
    return _POINTWISE[call.op](call), arrays, lift(1.0 if weight is None else weight)


def _reduction(call: Call) -> str:
    if len(call.case.args) > 2 or not call.case.target.startswith("torch."):
        raise LookupError("reduction and weight are expected as keywords")
    return str(call.argument(-1, "reduction", "mean"))


def _share(call: Call, shape: tuple[int, ...]) -> int:
    """What a sum of terms of `shape` is divided by."""
    return {"none": 1, "sum": 1, "mean": int(np.prod(shape)), "batchmean": shape[0] if shape else 1}[_reduction(call)]


def _squared(call: Call) -> Scalar:
    return lambda x, t: (x - t) ** 2


def _absolute(call: Call) -> Scalar:
    return lambda x, t: abs(x - t)


def _smooth(call: Call) -> Scalar:
    """½d² up to the edge and a line beyond it; smooth_l1_loss divides by the edge."""
    smooth = call.op == "smooth_l1_loss"
    edge = CONTEXT.mpf(call.argument(-1, "beta" if smooth else "delta", 1.0))

    def term(x: Any, t: Any) -> Any:
        d = abs(x - t)
        huber = d**2 / 2 if d < edge else edge * (d - edge / 2)
        return huber if not smooth else huber / edge if edge else d

    return term


def _binary(call: Call) -> Scalar:
    """-t·log p - (1 - t)·log(1 - p), logarithms no less than -100."""

    def clamped(p: Any) -> Any:
        return max(CONTEXT.log(p), -100) if p else -100

    return lambda p, t: -t * clamped(p) - (1 - t) * clamped(1 - p)


def _logits(call: Call) -> Scalar:
    return lambda x, t, positive=1: positive * t * softplus(-x) + (1 - t) * softplus(x)


def _divergence(call: Call) -> Scalar:
    if call.argument(-1, "log_target", False):
        return lambda x, t: CONTEXT.exp(t) * (t - x)
    return lambda x, t: t * (CONTEXT.log(t) - x) if t else CONTEXT.zero


def picked(call: Call) -> Array:
    """-Σ q·y over the classes, y log-probabilities and q what they count."""
    y, counts, total, axis = _classes(call)
    rows = np.asarray(-(counts * y).sum(axis=axis))
    return np.asarray(rows if _reduction(call) == "none" else rows.sum() / total)


def picked_gradient(call: Call, wrt: str) -> Array:
    """-g·q for log-probabilities, g·(p·Σq - q) for logits."""
    if place(call, wrt, ("input", "target")) != 0:
        raise LookupError("only the gradient of the input is defined here")
    y, counts, total, axis = _classes(call)
    slopes = -counts
    if call.op == "cross_entropy":
        slopes = exp(y) * counts.sum(axis=axis, keepdims=True) - counts
    if _reduction(call) == "none":
        return np.asarray(np.expand_dims(cotangent(call), axis) * slopes)
    return np.asarray(cotangent(call) * slopes / total)


def _classes(call: Call) -> tuple[Array, Array, Any, int]:
    """log-probabilities, how much each counts (0 where ignored), what a mean divides by, and the classes' axis.

    A class index counts (1 - ε)·w of its own class and ε·w/C of every one, probabilities t likewise (1 - ε)·t + ε/C,
    each times w. A mean divides by the targets' weights, or by the rows where targets are probabilities.
    """
    y, target = first(call), np.asarray(call.argument(1, "target"))
    axis = 0 if y.ndim == 1 else 1
    n = y.shape[axis]
    if call.op == "cross_entropy":
        y = y - y.max(axis=axis, keepdims=True)
        y = y - log(np.asarray(exp(y).sum(axis=axis, keepdims=True)))
    weight = call.argument(-1, "weight", None)
    w = lift(np.ones(n) if weight is None else weight).reshape([-1 if i == axis else 1 for i in range(y.ndim)])
    smoothing = CONTEXT.mpf(call.argument(-1, "label_smoothing", 0.0))
    indices = target.dtype.kind != "f"
    if indices:
        own = np.moveaxis(np.asarray(target[..., None] == np.arange(n)), -1, axis)
        used = np.expand_dims(target != call.argument(-1, "ignore_index", -100), axis)
    else:
        own, used = target, np.ones(1)
    share = lift(own)
    counts = ((1 - smoothing) * share + smoothing / n) * w * lift(used)
    total = (share * w * lift(used)).sum() if indices else y.size // n
    if _reduction(call) == "sum":
        total = 1
    return y, np.asarray(counts), total, axis


_POINTWISE: dict[str, Callable[[Call], Scalar]] = {
    "mse_loss": _squared,
    "l1_loss": _absolute,
    "smooth_l1_loss": _smooth,
    "huber_loss": _smooth,
    "binary_cross_entropy": _binary,
    "binary_cross_entropy_with_logits": _logits,
    "kl_div": _divergence,
}

VALUES = {**dict.fromkeys(_POINTWISE, pointwise), **dict.fromkeys(("nll_loss", "cross_entropy"), picked)}
GRADIENTS = {
    **dict.fromkeys(_POINTWISE, pointwise_gradient),
    **dict.fromkeys(("nll_loss", "cross_entropy"), picked_gradient),
}
