"""Losses that PyTorch composes of other operators, step by step as Loss.cpp, LossMultiMargin.cpp,
LossMultiLabelMargin.cpp and torch/nn/functional.py have them.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from harness.numerics.rules.base import Array, Call
from harness.numerics.rules.distances import pairwise
from harness.numerics.rules.running import Number, exactly, given, select

_EPSILON = float(np.float32(1e-12))  # of cosine_embedding_loss


def _reduced(call: Call, terms: Number) -> Number:
    """The terms as the call's `reduction` wants them."""
    reduction = call.argument(-1, "reduction", "mean")
    if reduction == "none":
        return terms
    return terms.mean() if reduction == "mean" else terms.kernel().sum().leaves()


def _target(call: Call, index: int = 1) -> Array:
    return np.asarray(call.argument(index, "target"))


def _soft_margin(call: Call) -> Number:
    """log(1 + exp(-t·x))"""
    return _reduced(call, (-given(call, 1, "target") * given(call, 0, "input")).apply(np.exp).apply(np.log1p))


def _hinge(call: Call) -> Number:
    """x where t is 1, max(0, margin - x) where it is -1, and their sum elsewhere"""
    x, t = given(call, 0, "input"), _target(call)
    apart = (float(call.argument(2, "margin", 1.0)) - x).at_least(0.0)
    return _reduced(call, apart.where(t != 1, 0.0) + x.where(t != -1, 0.0))


def _cosine(call: Call) -> Number:
    """1 - cos where t is 1, max(0, cos - margin) where it is -1"""
    a, b, t = given(call, 0, "input1"), given(call, 1, "input2"), _target(call, 2)
    product, first, second = ((x * y).kernel().sum(-1).leaves() for x, y in ((a, b), (a, a), (b, b)))
    cos = product / ((first + _EPSILON) * (second + _EPSILON)).sqrt()
    other = (cos - float(call.argument(3, "margin", 0.0))).at_least(0.0)
    return _reduced(call, (1.0 - cos).where(t == 1, other.where(t == -1, 0.0)))


def _multi_margin(call: Call) -> Number:
    """Σ over the other classes of max(0, margin - x of the target + x)^p, divided by the classes; all in one kernel"""
    x, t = given(call, 0, "input"), np.atleast_1d(_target(call))
    x = x.like(x.value.reshape(t.size, -1)).kernel()
    classes = x.value.shape[1]
    of_target = select(x, lambda v: np.take_along_axis(v, t[:, None], 1))
    terms = ((float(call.argument(3, "margin", 1.0)) - of_target).shared() + x).at_least(0.0)
    if call.argument(2, "p", 1) == 2:
        terms = terms * terms
    weight = call.argument(4, "weight", None)
    if weight is not None:
        terms = terms * exactly(call, np.asarray(weight)[t][:, None])
    return _averaged(call, terms.where(np.arange(classes) != t[:, None], 0.0), classes)


def _multilabel_margin(call: Call) -> Number:
    """Σ over targets i and other classes j of max(0, 1 - xᵢ + xⱼ), divided by the classes; all in one kernel"""
    x, t = given(call, 0, "input"), _target(call)
    classes = max(t.shape[-1], 1) if t.ndim else 1
    t = t.reshape(-1, classes)
    x = x.like(x.value.reshape(-1, classes)).kernel()
    listed = np.cumprod(t >= 0, axis=1).astype(bool)  # up to the first that is negative
    wanted = np.zeros(x.value.shape, bool)
    rows, places = np.nonzero(listed)
    wanted[rows, t[rows, places]] = True
    of_targets = select(x, lambda v: np.take_along_axis(v, np.where(listed, t, 0), 1)[:, :, None])
    terms = ((1.0 - of_targets).shared() + select(x, lambda v: v[:, None, :])).at_least(0.0)
    terms = terms.where(listed[:, :, None] & ~wanted[:, None, :], 0.0)
    return _averaged(call, select(terms, lambda v: v.reshape(len(v), -1)), classes)


def _averaged(call: Call, terms: Number, classes: int) -> Number:
    """Sums over the classes, divided by their number, of each sample or, in one, of all."""
    reduction = call.argument(-1, "reduction", "mean")
    samples = terms.value.shape[0]
    found = terms.sum(-1 if reduction == "none" else None) / float(classes)
    return (found / float(samples) if reduction == "mean" else found).leaves()


def _multilabel_soft(call: Call) -> Number:
    """-(t·log σ(x) + (1 - t)·log σ(-x)), averaged over the classes"""
    x, t = given(call, 0, "input"), given(call, 1, "target")
    loss = -(t * x.apply(_logsigmoid) + (1.0 - t) * (-x).apply(_logsigmoid))
    weight = call.argument(2, "weight", None)
    if weight is not None:
        loss = loss * exactly(call, weight)
    return _reduced(call, loss.kernel().sum(-1).leaves() / float(x.value.shape[-1]))


def _logsigmoid(x: Array) -> Array:
    return np.asarray(np.minimum(x, 0.0) - np.log1p(np.exp(-np.abs(x))))


def _poisson(call: Call) -> Number:
    """exp x - t·x, or x - t·log(x + eps); and Stirling's t·log t - t + ½log 2πt where t exceeds 1"""
    x, t = given(call, 0, "input"), given(call, 1, "target")
    if call.argument(2, "log_input", True):
        loss = x.apply(np.exp) - t * x
    else:
        loss = x - t * (x + float(call.argument(5, "eps", 1e-8))).apply(np.log)
    if call.argument(3, "full", False):
        stirling = t * t.apply(np.log) - t + 0.5 * (2 * math.pi * t).apply(np.log)
        loss = loss + stirling.where(t.value > 1, 0.0)
    return _reduced(call, loss)


def _gaussian(call: Call) -> Number:
    """½(log v + (x - t)²/v), v at least eps; and ½log 2π"""
    x, t, v = given(call, 0, "input"), given(call, 1, "target"), given(call, 2, "var")
    v = v.at_least(float(call.argument(4, "eps", 1e-6)))
    if v.value.shape != x.value.shape and v.value.shape == x.value.shape[:-1]:
        v = select(v, lambda part: part[..., None])
    loss = 0.5 * (v.apply(np.log) + (x - t) * (x - t) / v)
    if call.argument(3, "full", False):
        loss = loss + 0.5 * math.log(2 * math.pi)
    return _reduced(call, loss)


def _ranking(call: Call) -> Number:
    """max(0, -t(a - b) + margin)"""
    a, b, t = (given(call, i, k) for i, k in enumerate(("input1", "input2", "target")))
    return _reduced(call, (-t * (a - b) + float(call.argument(3, "margin", 0.0))).at_least(0.0))


def _triplet(call: Call) -> Number:
    """max(0, margin + ‖a - p‖ - ‖a - n‖)"""
    anchor, positive, negative = (given(call, i, k) for i, k in enumerate(("anchor", "positive", "negative")))
    p, eps = float(call.argument(4, "p", 2.0)), float(call.argument(5, "eps", 1e-6))
    near, far = pairwise(anchor, positive, p, eps), pairwise(anchor, negative, p, eps)
    if call.argument(6, "swap", False):
        swapped = pairwise(positive, negative, p, eps)
        far = far.where(far.value <= swapped.value, swapped)
    return _reduced(call, (float(call.argument(3, "margin", 1.0)) + near - far).at_least(0.0))


DEFINITIONS: dict[str, Callable[[Call], Number]] = {
    "soft_margin_loss": _soft_margin,
    "hinge_embedding_loss": _hinge,
    "cosine_embedding_loss": _cosine,
    "multi_margin_loss": _multi_margin,
    "multilabel_margin_loss": _multilabel_margin,
    "multilabel_soft_margin_loss": _multilabel_soft,
    "poisson_nll_loss": _poisson,
    "gaussian_nll_loss": _gaussian,
    "margin_ranking_loss": _ranking,
    "triplet_margin_loss": _triplet,
}
