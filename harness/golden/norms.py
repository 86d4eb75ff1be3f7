"""Layer, group, instance, batch and RMS norm in 160-bit arithmetic, and their gradients in closed form."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from harness.golden.lifting import CONTEXT, Array, cotangent, first, folded, lift, place, sqrt
from harness.numerics.rules.base import Call


@dataclass(frozen=True, slots=True, eq=False)
class _Norm:
    """y = γ·x̂ + β, x̂ = r·(x - μ), with x in the shape that its statistics are taken in, over `axes`.

    μ, r: broadcast to x. affine: the shape in which γ and β broadcast to x. parameters: the operator's, in order.
    centred: whether μ depends on x. given: whether μ and r are arguments, and no function of x.
    """

    x: Array
    axes: tuple[int, ...]
    mean: Array
    rstd: Array
    affine: tuple[int, ...]
    parameters: tuple[str, ...]
    centred: bool = True
    given: bool = False

    @property
    def normal(self) -> Array:
        return np.asarray(self.rstd * (self.x - self.mean))

    def averaged(self, values: Array) -> Array:
        """The mean over what shares its statistics."""
        return _averaged(values, self.axes)


def _averaged(x: Array, axes: tuple[int, ...]) -> Array:
    return np.asarray(x.sum(axis=axes, keepdims=True) / math.prod(x.shape[a] for a in axes))


def _of(
    x: Array, axes: tuple[int, ...], eps: float, affine: tuple[int, ...], parameters: str, *, centred: bool = True
) -> _Norm:
    mean = _averaged(x, axes) if centred else lift(np.zeros((1,) * x.ndim))
    variance = _averaged((x - mean) ** 2, axes)
    rstd = 1 / sqrt(np.asarray(variance + CONTEXT.mpf(eps)))
    return _Norm(x, axes, mean, rstd, affine, tuple(parameters.split()), centred)


def _layer(call: Call) -> _Norm:
    x, last = first(call), tuple(call.argument(1, "normalized_shape"))
    axes = tuple(range(x.ndim - len(last), x.ndim))
    if call.op == "rms_norm":
        eps = call.argument(3, "eps", None)
        eps = 2.0**-52 if eps is None else eps
        return _of(x, axes, eps, last, "input normalized_shape weight", centred=False)
    return _of(x, axes, call.argument(4, "eps", 1e-5), last, "input normalized_shape weight bias")


def _group(call: Call) -> _Norm:
    """Group norm: channels split into groups, x as (batch, group, channel of the group, the rest)."""
    groups = int(call.argument(1, "num_groups"))
    return _grouped(call, groups, call.argument(4, "eps", 1e-5), "input num_groups weight bias")


def _instance(call: Call) -> _Norm:
    """Instance norm: each channel a group, where it takes its statistics from the input."""
    if not call.argument(5, "use_input_stats", True):
        raise LookupError("only statistics of the input are defined here")
    parameters = "input running_mean running_var weight bias"
    return _grouped(call, first(call).shape[1], call.argument(7, "eps", 1e-5), parameters)


def _grouped(call: Call, groups: int, eps: float, parameters: str) -> _Norm:
    x = first(call)
    share = x.shape[1] // groups
    return _of(x.reshape(x.shape[0], groups, share, -1), (2, 3), eps, (1, groups, share, 1), parameters)


def _batch(call: Call) -> _Norm:
    x = first(call)
    shape = (1, x.shape[1]) + (1,) * (x.ndim - 2)
    axes = (0, *range(2, x.ndim))
    eps, parameters = call.argument(7, "eps", 1e-5), "input running_mean running_var weight bias"
    if call.argument(5, "training", False):
        return _of(x, axes, eps, shape, parameters)
    mean, variance = (lift(call.argument(i, k)).reshape(shape) for i, k in ((1, "running_mean"), (2, "running_var")))
    rstd = 1 / sqrt(np.asarray(variance + CONTEXT.mpf(eps)))
    return _Norm(x, axes, mean, rstd, shape, tuple(parameters.split()), given=True)


_NORMS = {"layer_norm": _layer, "rms_norm": _layer, "group_norm": _group, "instance_norm": _instance}
_NORMS["batch_norm"] = _batch


def _parameter(call: Call, norm: _Norm, name: str) -> Array | None:
    if name not in norm.parameters:
        return None
    given = call.argument(norm.parameters.index(name), name, None)
    return None if given is None else lift(given).reshape(norm.affine)


def value(call: Call) -> Array:
    """γ·x̂ + β."""
    norm = _NORMS[call.op](call)
    weight, bias = (_parameter(call, norm, name) for name in ("weight", "bias"))
    y = norm.normal if weight is None else norm.normal * weight
    return np.asarray(y if bias is None else y + bias)


def gradient(call: Call, wrt: str) -> Array:
    """dx = r·(ĝ - mean ĝ - x̂·mean ĝx̂) with ĝ = g·γ, no first mean in RMS norm and none where μ and r are given;
    dγ = Σ g·x̂, dβ = Σ g. Source: first derivatives of x̂ = r·(x - μ), r = (σ² + ε)^-½.
    """
    norm = _NORMS[call.op](call)
    g = cotangent(call).reshape(norm.x.shape)
    which = norm.parameters[place(call, wrt, norm.parameters)]
    if which in ("weight", "bias"):
        return folded(g * norm.normal if which == "weight" else g, norm.affine)
    if which != "input":
        raise LookupError("statistics that are given have no gradient here")
    weight = _parameter(call, norm, "weight")
    g = g if weight is None else g * weight
    if norm.given:
        return np.asarray(norm.rstd * g)
    inner = g - norm.normal * norm.averaged(g * norm.normal)
    return np.asarray(norm.rstd * (inner - norm.averaged(g) if norm.centred else inner))


VALUES = dict.fromkeys(_NORMS, value)
GRADIENTS = dict.fromkeys(_NORMS, gradient)
