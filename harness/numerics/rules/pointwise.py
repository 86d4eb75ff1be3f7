"""Losses of one number against another, as torch/nn/functional.py and BinaryOpsKernel.cpp compute each; a framework
without a kernel for them takes the same steps one by one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import compute_dtype
from harness.numerics.rules.base import Array, Call
from harness.numerics.rules.running import Number, either, exactly, given

_LEAST = -100.0  # that a logarithm counts as in binary_cross_entropy, which is infinite at 0


def _reduced(call: Call, terms: Number, index: int, weighted: Number | None = None) -> Number:
    """The terms as the call's `reduction`, its `index`th argument, wants them; a mean is by weights, if any."""
    reduction = call.argument(index, "reduction", "mean")
    if reduction == "none":
        return terms
    total = terms.kernel().sum().leaves()
    if reduction == "sum":
        return total
    if reduction == "mean" and weighted is None:
        return either(terms.mean(), total / float(max(terms.value.size, 1)))
    if weighted is not None:
        return total / weighted.kernel().sum().leaves()
    return total / float(max(terms.value.shape[0], 1)) if terms.value.ndim else total


def _pair(call: Call) -> tuple[Number, Number]:
    return given(call, 0, "input"), given(call, 1, "target")


def _weighted(call: Call, terms: Number, index: int) -> tuple[Number, Number | None]:
    """The terms times the weights that the call has for them, and those."""
    weight = call.argument(index, "weight", None)
    if weight is None:
        return terms, None
    number = exactly(call, weight)
    return terms * number, number


def _square(x: Number) -> Number:
    return x.apply(np.square, 0.5, 0.0)


def _squared(call: Call) -> Number:
    """(x - t)²"""
    x, t = _pair(call)
    terms, weight = _weighted(call, _square(x - t), 5)
    return _reduced(call, terms, 4, _spread(weight, terms))


def _absolute(call: Call) -> Number:
    """|x - t|"""
    x, t = _pair(call)
    terms, weight = _weighted(call, (x - t).absolute(), 5)
    return _reduced(call, terms, 4, _spread(weight, terms))


def _spread(weight: Number | None, terms: Number) -> Number | None:
    """Weights as many as the terms."""
    if weight is None:
        return None
    return weight.like(np.broadcast_to(weight.value, terms.value.shape))


def _smooth(call: Call) -> Number:
    """½d²/β where d = |x - t| is below β, d - ½β elsewhere"""
    x, t = _pair(call)
    d, beta = (x - t).absolute(), float(call.argument(5, "beta", 1.0))
    if beta == 0:
        return _reduced(call, d, 4)
    return _reduced(call, (0.5 * _square(d) / beta).where(d.value < beta, d - 0.5 * beta), 4)


def _huber(call: Call) -> Number:
    """½d² where d = |x - t| is at most δ, δ(d - ½δ) elsewhere"""
    x, t = _pair(call)
    d, delta = (x - t).absolute(), float(call.argument(3, "delta", 1.0))
    terms, _ = _weighted(call, (0.5 * _square(d)).where(d.value <= delta, delta * (d - 0.5 * delta)), 4)
    return _reduced(call, terms, 2)


def _binary(call: Call) -> Number:
    """-(t·log x + (1 - t)·log(1 - x)), logarithms at least -100"""
    x, t = _pair(call)
    loss = -(t * x.apply(_log) + (1.0 - t) * (1.0 - x).apply(_log))
    return _reduced(call, _weighted(call, loss, 2)[0], 5)


def _log(x: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(np.maximum(np.log(np.maximum(x, 0.0)), _LEAST))


def _logits(call: Call) -> Number:
    """(1 - t)·x - l·log σ(x), l = 1 + (p - 1)·t with the weight p of positives; of 16-bit numbers 1 + exp may round"""
    x, t = _pair(call)
    far, near = x.apply(lambda v: np.maximum(-v, 0.0), 0.5, 0.0), (-x.absolute()).apply(np.exp)
    short = compute_dtype(call.dtype) != formats.component(call.dtype)
    near = (1.0 + near).apply(np.log) if short else near.apply(np.log1p)
    loss, positive = far + near, call.argument(6, "pos_weight", None)
    if positive is not None:
        loss = loss * ((exactly(call, positive) - 1.0) * t + 1.0)
    return _reduced(call, _weighted(call, (1.0 - t) * x + loss, 2)[0], 5)


def _divergence(call: Call) -> Number:
    """t·(log t - x) or t·log t - t·x, 0 where t is; exp t·(t - x) of the logarithms of targets"""
    x, t = _pair(call)
    if call.argument(5, "log_target", False):
        return _reduced(call, t.apply(np.exp) * (t - x), 4)
    log = t.apply(_log)
    terms = either(t * (log - x), t * log - t * x)
    return _reduced(call, terms.where(t.value > 0, -t * x), 4)


DEFINITIONS: dict[str, Callable[[Call], Number]] = {
    "mse_loss": _squared,
    "l1_loss": _absolute,
    "smooth_l1_loss": _smooth,
    "huber_loss": _huber,
    "binary_cross_entropy": _binary,
    "binary_cross_entropy_with_logits": _logits,
    "kl_div": _divergence,
}
