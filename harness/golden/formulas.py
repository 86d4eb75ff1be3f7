"""Reductions, softmax and attention by their definition in 160-bit arithmetic, with the gradients of some."""

from __future__ import annotations

import math

import numpy as np

from harness.golden.lifting import CONTEXT, Array, cotangent, each, exp, first, lift, log, place, sqrt
from harness.numerics.rules.base import Call
from harness.numerics.rules.scaled import axes_of

# Products of an attention's scores.
_MOST = 1 << 18


def _total(x: Array, axes: tuple[int, ...]) -> Array:
    return np.asarray(np.sum(x, axis=axes, keepdims=True))


def _over(call: Call, wrt: str) -> tuple[Array, tuple[int, ...], Array]:
    """x, the axes of its reduction, and the output's gradient in a shape that broadcasts to x."""
    place(call, wrt, ("input",))
    x = first(call)
    axes = axes_of(call, x, 1)
    return x, axes, cotangent(call).reshape([1 if i in axes else n for i, n in enumerate(x.shape)])


def _softmax(call: Call) -> Array:
    x = first(call)
    axes = axes_of(call, x, 1)
    return _normal(x, axes)


def _normal(x: Array, axes: tuple[int, ...]) -> Array:
    e = exp(x - x.max(axis=axes, keepdims=True))
    return np.asarray(e / _total(e, axes))


def _log_total(x: Array, axes: tuple[int, ...]) -> Array:
    top = x.max(axis=axes, keepdims=True)
    return np.asarray(top + log(_total(exp(x - top), axes)))


def _log_softmax(call: Call) -> Array:
    x = first(call)
    return np.asarray(x - _log_total(x, axes_of(call, x, 1)))


def _logsumexp(call: Call) -> Array:
    x = first(call)
    return _log_total(x, axes_of(call, x, 1))


def _softmax_gradient(call: Call, wrt: str) -> Array:
    """p·(g - Σp·g)."""
    place(call, wrt, ("input",))
    x, g = first(call), cotangent(call)
    axes = axes_of(call, x, 1)
    p = _normal(x, axes)
    return np.asarray(p * (g - _total(p * g, axes)))


def _log_softmax_gradient(call: Call, wrt: str) -> Array:
    """g - p·Σg."""
    place(call, wrt, ("input",))
    x, g = first(call), cotangent(call)
    axes = axes_of(call, x, 1)
    return np.asarray(g - _normal(x, axes) * _total(g, axes))


def _logsumexp_gradient(call: Call, wrt: str) -> Array:
    """g·p."""
    x, axes, g = _over(call, wrt)
    return np.asarray(g * _normal(x, axes))


def _logcumsumexp(call: Call) -> Array:
    x, axes = first(call), axes_of(call, first(call), 1)
    if not axes:
        return x
    top = x.max(axis=axes, keepdims=True)
    return np.asarray(top + log(np.cumsum(exp(x - top), axis=axes[0])))


def _freedom(call: Call, x: Array, axes: tuple[int, ...]) -> object:
    """What a variance divides by."""
    dim = call.argument(1, "dim", None)
    unbiased = dim if isinstance(dim, bool) else call.argument(2, "unbiased", True)
    correction = call.argument(-1, "correction", 1 if unbiased else 0)
    return math.prod(x.shape[a] for a in axes) - CONTEXT.mpf(correction)


def _centred(x: Array, axes: tuple[int, ...]) -> Array:
    return np.asarray(x - _total(x, axes) / math.prod(x.shape[a] for a in axes))


def _variance(call: Call) -> Array:
    x = first(call)
    axes = axes_of(call, x, 1)
    v = _total(_centred(x, axes) ** 2, axes) / _freedom(call, x, axes)
    return np.asarray(sqrt(v) if call.op.startswith("std") else v)


def _variance_gradient(call: Call, wrt: str) -> Array:
    """2g·(x - μ)/(n - c); of a standard deviation s: g·(x - μ)/(s·(n - c))."""
    x, axes, g = _over(call, wrt)
    slopes = _centred(x, axes) / _freedom(call, x, axes)
    s = _variance(call).reshape(g.shape) if call.op == "std" else lift(0.5)
    return np.asarray(g * slopes / s)


def _mean(call: Call) -> Array:
    x = first(call)
    axes = axes_of(call, x, 1)
    return np.asarray(_total(x, axes) / math.prod(x.shape[a] for a in axes))


def _mean_gradient(call: Call, wrt: str) -> Array:
    """g/n."""
    x, axes, g = _over(call, wrt)
    return np.broadcast_to(g / math.prod(x.shape[a] for a in axes), x.shape)


def _prod(call: Call) -> Array:
    x = first(call)
    return np.asarray(np.prod(x, axis=axes_of(call, x, 1)))


def _cumprod(call: Call) -> Array:
    x = first(call)
    return np.asarray(np.cumprod(x, axis=axes_of(call, x, 1)[0]))


def _vector_norm(call: Call) -> Array:
    x = lift(call.argument(0, "x", call.argument(0, "input", None)))
    if call.argument(1, "ord", 2) != 2:
        raise LookupError("only the Euclidean norm is defined here")
    return sqrt(_total(x**2, axes_of(call, x, 2)))


def _cosine(call: Call) -> Array:
    """x·y/(max(‖x‖, ε)·max(‖y‖, ε))."""
    x, y = np.broadcast_arrays(*(lift(call.argument(i, name)) for i, name in enumerate(("x1", "x2"))))
    axes = (int(call.argument(2, "dim", 1)) % x.ndim,)
    eps = CONTEXT.mpf(call.argument(3, "eps", 1e-8))
    sizes = [each(lambda n: max(CONTEXT.sqrt(n), eps))(_total(v * v, axes)) for v in (x, y)]
    return np.asarray(_total(x * y, axes) / (sizes[0] * sizes[1]))


def _attention(call: Call) -> Array:
    q, k, v = (lift(call.argument(i, n)) for i, n in enumerate(("query", "key", "value")))
    if call.argument(3, "attn_mask", None) is not None or call.argument(5, "is_causal", False) or q.ndim != 4:
        raise LookupError("only attention without a mask is defined here")
    if q.shape[0] * q.shape[1] * q.shape[2] * k.shape[2] * q.shape[3] > _MOST:
        raise LookupError("too large")
    scale = call.argument(-1, "scale", None)
    scale = 1 / CONTEXT.sqrt(q.shape[-1]) if scale is None else CONTEXT.mpf(scale)
    y = np.empty((*q.shape[:-1], v.shape[-1]), dtype=object)
    for b, h in np.ndindex(q.shape[:2]):
        y[b, h] = _normal((q[b, h] @ k[b, h].T) * scale, (1,)) @ v[b, h]
    return y


_RIGHT = {"matmul": "other", "mm": "mat2", "bmm": "mat2", "mv": "vec"}


def _matmul(call: Call) -> Array:
    """Of complex matrices; real ones are summed exactly."""
    x, y = (lift(call.argument(i, name)) for i, name in enumerate(("input", _RIGHT[call.op])))
    if x.size * y.shape[-1] > _MOST // 4:
        raise LookupError("too large")
    return np.asarray(x @ y)


VALUES = {
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "logsumexp": _logsumexp,
    "logcumsumexp": _logcumsumexp,
    **dict.fromkeys(("var", "std", "var_mean", "std_mean"), _variance),
    **dict.fromkeys(("mean", "var_mean:out1", "std_mean:out1"), _mean),
    "prod": _prod,
    "cumprod": _cumprod,
    "vector_norm": _vector_norm,
    "cosine_similarity": _cosine,
    "scaled_dot_product_attention": _attention,
    **dict.fromkeys(_RIGHT, _matmul),
}
GRADIENTS = {
    "softmax": _softmax_gradient,
    "log_softmax": _log_softmax_gradient,
    "logsumexp": _logsumexp_gradient,
    "var": _variance_gradient,
    "std": _variance_gradient,
    "mean": _mean_gradient,
}
