"""Operators by their definition in 160-bit arithmetic: functions of each element, softmax, normalisation,
attention.

Arrays of mpmath numbers are NumPy arrays of objects, so that a definition reads as it would in float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import numpy.typing as npt

from harness.numerics.rules.base import Call
from harness.numerics.rules.scaled import axes_of

Array = npt.NDArray[Any]

_CONTEXT = mpmath.mp.clone()
_CONTEXT.prec = 160
# Elements beyond which the float64 answer has to do: mpmath takes some ten microseconds for each.
_MOST = 1 << 16


def evaluate(call: Call) -> Array | None:
    """The first output in float64, each element rounded once from 160 bits; None where no definition stands
    here.

    Inputs that are not finite are left to the float64 answer.
    """
    define = _DEFINITIONS.get(call.op)
    wide = call.wide()
    size = max((v.size for v in wide.values()), default=0)
    real = all(v.dtype.kind in "fiub" for v in wide.values())
    if define is None or not real or max(size, call.y["out0"].size) > _MOST:
        return None
    if any(v.dtype.kind == "f" and not np.isfinite(v).all() for v in wide.values()):
        return None
    try:
        exact = define(call)
    except (LookupError, ValueError, TypeError, ZeroDivisionError):
        return None
    y = _to_float(exact).reshape(call.y["out0"].shape)
    # A definition that is not the operator's would be caught here, and the golden stays what the operator
    # gave.
    with np.errstate(all="ignore"):
        apart = np.abs(y - call.y["out0"]) > 1e-9 * (np.abs(y) + np.abs(call.y["out0"]).max(initial=0.0))
    return None if apart.any() else y


def _lift(values: object) -> Array:
    """float64 numbers as mpmath numbers, exactly."""
    array = np.asarray(values)
    return np.asarray(np.frompyfunc(_CONTEXT.mpf, 1, 1)(array.astype(np.float64)))


def _to_float(values: Array) -> Array:
    return np.asarray(np.frompyfunc(_nearest, 1, 1)(values)).astype(np.float64)


def _nearest(value: Any) -> float:
    return float(value) if isinstance(value, _CONTEXT.mpf) else math.nan


def _each(function: Callable[..., Any]) -> Callable[..., Array]:
    def apply(*arrays: Array) -> Array:
        return np.asarray(np.frompyfunc(function, len(arrays), 1)(*arrays))

    return apply


_exp, _log, _sqrt = _each(_CONTEXT.exp), _each(_CONTEXT.log), _each(_CONTEXT.sqrt)


def _one(function: Callable[..., Any]) -> Callable[[Call], Array]:
    """A function of the first argument, and of the second where there are two tensors."""

    def define(call: Call) -> Array:
        arrays = [_lift(call.argument(i)) for i in range(len(call.case.args))]
        return _each(function)(*np.broadcast_arrays(*arrays))

    return define


def _of(call: Call) -> Array:
    return _lift(call.argument(0, "input"))


def _keyless(define: Callable[[Any], Any]) -> Callable[[Call], Array]:
    """A function of the first argument alone, whatever else is given; only where nothing else changes it."""

    def apply(call: Call) -> Array:
        return _each(define)(_of(call))

    return apply


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + _CONTEXT.exp(-x))


def _gelu(call: Call) -> Array:
    x = _of(call)
    if call.argument(1, "approximate", "none") == "tanh":
        inner = _CONTEXT.sqrt(2 / _CONTEXT.pi) * (x + _CONTEXT.mpf("0.044715") * x**3)
        return np.asarray(x / 2 * (1 + _each(_CONTEXT.tanh)(inner)))
    # erfc keeps the tail's relative accuracy.
    return np.asarray(x / 2 * _each(_CONTEXT.erfc)(-x / _CONTEXT.sqrt(2)))


def _softmax(call: Call) -> Array:
    x = _of(call)
    axes = axes_of(call, x, 1)
    e = _exp(x - x.max(axis=axes, keepdims=True))
    return np.asarray(e / e.sum(axis=axes, keepdims=True))


def _log_sum(call: Call, keepdims: bool) -> Array:
    x = _of(call)
    axes = axes_of(call, x, 1)
    top = x.max(axis=axes, keepdims=True)
    total = top + _log(np.asarray(_exp(x - top).sum(axis=axes, keepdims=True)))
    return np.asarray(x - total if keepdims else total)


def _log_softmax(call: Call) -> Array:
    return _log_sum(call, keepdims=True)


def _logsumexp(call: Call) -> Array:
    return _log_sum(call, keepdims=False)


def _variance(call: Call) -> Array:
    x = _of(call)
    axes = axes_of(call, x, 1)
    n = math.prod(x.shape[a] for a in axes)
    correction = 1 if call.argument(2, "unbiased", True) else 0
    correction = call.argument(-1, "correction", correction)
    centred = x - x.sum(axis=axes, keepdims=True) / n
    v = np.asarray((centred**2).sum(axis=axes)) / (n - correction)
    return np.asarray(_sqrt(v) if call.op == "std" else v)


def _mean(call: Call) -> Array:
    x = _of(call)
    axes = axes_of(call, x, 1)
    return np.asarray(x.sum(axis=axes) / math.prod(x.shape[a] for a in axes))


def _normal(x: Array, axes: tuple[int, ...], eps: object) -> Array:
    n = math.prod(x.shape[a] for a in axes)
    centred = x - x.sum(axis=axes, keepdims=True) / n
    variance = (centred**2).sum(axis=axes, keepdims=True) / n
    return np.asarray(centred / _sqrt(np.asarray(variance + _CONTEXT.mpf(eps))))


def _affine(call: Call, y: Array, weight: int, shape: tuple[int, ...]) -> Array:
    for index, name in ((weight, "weight"), (weight + 1, "bias")):
        given = call.argument(index, name, None)
        if given is not None:
            y = y * _lift(given).reshape(shape) if name == "weight" else y + _lift(given).reshape(shape)
    return y


def _layer_norm(call: Call) -> Array:
    x = _of(call)
    last = tuple(call.argument(1, "normalized_shape"))
    axes = tuple(range(x.ndim - len(last), x.ndim))
    return _affine(call, _normal(x, axes, call.argument(4, "eps", 1e-5)), 2, last)


def _rms_norm(call: Call) -> Array:
    x = _of(call)
    last = tuple(call.argument(1, "normalized_shape"))
    axes = tuple(range(x.ndim - len(last), x.ndim))
    eps = call.argument(3, "eps", None)
    eps = 2.0**-52 if eps is None else eps
    square = (x**2).sum(axis=axes, keepdims=True) / math.prod(last)
    y = x / _sqrt(np.asarray(square + _CONTEXT.mpf(eps)))
    weight = call.argument(2, "weight", None)
    return np.asarray(y if weight is None else y * _lift(weight))


def _group_norm(call: Call) -> Array:
    x = _of(call)
    groups = int(call.argument(1, "num_groups"))
    wide = x.reshape(x.shape[0], groups, x.shape[1] // groups, -1)
    y = _normal(wide, (2, 3), call.argument(4, "eps", 1e-5))
    return _affine(call, y, 2, (1, groups, x.shape[1] // groups, 1))


def _batch_norm(call: Call) -> Array:
    x = _of(call)
    shape = (1, x.shape[1]) + (1,) * (x.ndim - 2)
    eps = call.argument(7, "eps", 1e-5)
    if call.argument(5, "training", False):
        y = _normal(x, (0, *range(2, x.ndim)), eps)
    else:
        mean, variance = (
            _lift(call.argument(i, k)).reshape(shape) for i, k in ((1, "running_mean"), (2, "running_var"))
        )
        y = (x - mean) / _sqrt(np.asarray(variance + _CONTEXT.mpf(eps)))
    return _affine(call, y, 3, shape)


def _vector_norm(call: Call) -> Array:
    x = _of(call) if not dict(call.case.kwargs).get("x") else _lift(call.argument(0, "x"))
    if call.argument(1, "ord", 2) != 2:
        raise LookupError("only the Euclidean norm is defined here")
    return _sqrt(np.asarray((x**2).sum(axis=axes_of(call, x, 2))))


def _attention(call: Call) -> Array:
    q, k, v = (_lift(call.argument(i, n)) for i, n in enumerate(("query", "key", "value")))
    if call.argument(3, "attn_mask", None) is not None or call.argument(5, "is_causal", False) or q.ndim != 4:
        raise LookupError("only attention without a mask is defined here")
    if q.shape[0] * q.shape[1] * q.shape[2] * k.shape[2] * q.shape[3] > _MOST:
        raise LookupError("too large")
    scale = call.argument(-1, "scale", None)
    scale = 1 / _CONTEXT.sqrt(q.shape[-1]) if scale is None else _CONTEXT.mpf(scale)
    y = np.empty((*q.shape[:-1], v.shape[-1]), dtype=object)
    for b, h in np.ndindex(q.shape[:2]):
        s = (q[b, h] @ k[b, h].T) * scale
        e = _exp(s - s.max(axis=-1, keepdims=True))
        y[b, h] = (e / e.sum(axis=-1, keepdims=True)) @ v[b, h]
    return y


_DEFINITIONS: dict[str, Callable[[Call], Array]] = {
    **{
        name: _one(getattr(_CONTEXT, name))
        for name in (
            *(
                "exp",
                "expm1",
                "log",
                "log10",
                "log1p",
                "sin",
                "cos",
                "tan",
                "asin",
                "acos",
                "atan",
                "sinh",
                "cosh",
            ),
            *("tanh", "asinh", "acosh", "atanh", "erf", "erfc", "erfinv", "digamma", "hypot", "atan2"),
        )
    },
    "exp2": _one(lambda x: _CONTEXT.mpf(2) ** x),
    "log2": _one(lambda x: _CONTEXT.log(x) / _CONTEXT.log(2)),
    "lgamma": _one(lambda x: _CONTEXT.log(abs(_CONTEXT.gamma(x)))),
    "pow": _one(_CONTEXT.power),
    "rsqrt": _one(lambda x: 1 / _CONTEXT.sqrt(x)),
    "sigmoid": _one(_sigmoid),
    "logsigmoid": _keyless(lambda x: -_CONTEXT.log1p(_CONTEXT.exp(-x))),
    "silu": _keyless(lambda x: x * _sigmoid(x)),
    "mish": _keyless(lambda x: x * _CONTEXT.tanh(_CONTEXT.log1p(_CONTEXT.exp(x)))),
    "gelu": _gelu,
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "logsumexp": _logsumexp,
    "var": _variance,
    "std": _variance,
    "mean": _mean,
    "layer_norm": _layer_norm,
    "rms_norm": _rms_norm,
    "group_norm": _group_norm,
    "batch_norm": _batch_norm,
    "vector_norm": _vector_norm,
    "scaled_dot_product_attention": _attention,
}
