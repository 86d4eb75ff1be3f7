"""What PyTorch's kernels of half precision keep in it between their steps, beside the result that they return.

Each function takes the noise to draw from, the kernel with its arguments, its results as they are in float64, and the
unit roundoff; it gives what each result errs by, in order.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Protocol, Sequence

import torch
from torch.utils._pytree import tree_map

from . import attention
from .kernels import ADDS, AVERAGES, STEPPED, floats, is_wide, name_of
from .terms import reduces_by, terms

Tensors = Sequence[torch.Tensor]


class Noise(Protocol):
    """Where noise is drawn from (`noisy`)."""

    def ulps(self, x: torch.Tensor, u: float, times: float) -> torch.Tensor: ...
    def rounding(self, x: torch.Tensor, u: float) -> torch.Tensor: ...
    def uniform(self, like: torch.Tensor) -> torch.Tensor: ...
    def normal(self, like: torch.Tensor) -> torch.Tensor: ...
    def steps(self, out: torch.Tensor, u: float) -> torch.Tensor: ...
    def added(self, func: Any, name: str, args: Any, kwargs: Any, out: torch.Tensor, u: float) -> torch.Tensor: ...


def errors(noise: Noise, func: Any, args: Any, kwargs: Any, plain: Tensors, u: float) -> Sequence[Any]:
    """What each result of a kernel errs by for what it keeps; zeros where that is nothing."""
    name = name_of(func)
    kept = _KEPT.get(name)
    found = 0.0 if kept is None else kept(noise, func, args, kwargs, plain, u)
    return found if isinstance(found, list) else [found] * len(plain)


# Sums -----------------------------------------------------------------------------------------------------------------


def _in_memory(noise: Noise, func: Any, args: Any, kwargs: Any, plain: Tensors, u: float) -> Any:
    """Adds up where the result lies."""
    return noise.added(func, name_of(func), args, kwargs, plain[0], u)


def _reduction(noise: Noise, func: Any, args: Any, kwargs: Any, plain: Tensors, u: float) -> Any:
    """A sum that is kept where the result lies; of "mean", divided after."""
    if reduces_by("sum", args, kwargs):
        return _in_memory(noise, func, args, kwargs, plain, u)
    if not reduces_by("mean", args, kwargs):
        return 0.0
    args, kwargs = tree_map(lambda a: "sum" if isinstance(a, str) and a == "mean" else a, (args, kwargs))
    return _of_mean(noise, func, args, kwargs, u)


def _index_reduction(noise: Noise, func: Any, args: Any, kwargs: Any, plain: Tensors, u: float) -> Any:
    """The same of rows that an index names."""
    if not reduces_by("mean", args, kwargs):
        return 0.0
    base, *rest = args[:4]
    if not kwargs.get("include_self", True):
        base = base.index_fill(rest[0], rest[1], 0.0)
    return _of_mean(noise, torch.ops.aten.index_add.default, (base, *rest), {}, u)


def _of_mean(noise: Noise, func: Any, args: Any, kwargs: Any, u: float) -> Any:
    total = func(*args, **kwargs)
    n = terms(func, args, kwargs)[0][0].clamp(min=1.0)
    return (noise.added(func, name_of(func), args, kwargs, total, u) + noise.ulps(total, u, 0.5)) / n


def _stepped(noise: Noise, func: Any, args: Any, kwargs: Any, plain: Tensors, u: float) -> Any:
    return noise.steps(plain[0], u)


# Elementwise ----------------------------------------------------------------------------------------------------------


def _multiple(noise: Noise, func: Any, args: Any, kwargs: Any, plain: Tensors, u: float) -> Any:
    """alpha becomes a number of the dtype, and its product is rounded."""
    alpha = kwargs.get("alpha", args[2] if len(args) > 2 else 1)
    scaled = args[0] if name_of(func) == "rsub" else args[1]
    if not floats(scaled) or abs(math.frexp(abs(alpha))[0]) in (0.0, 0.5):
        return 0.0
    products = [alpha * one for one in floats(scaled)]
    moved = [noise.ulps(p, u, 0.5) + p * u * noise.uniform(p.new_zeros(())) for p in products]
    return moved if len(moved) == len(plain) else moved[:1] * len(plain)


def _pair(noise: Noise, func: Any, args: Any, kwargs: Any, plain: Tensors, u: float) -> Any:
    """The gradient of a loss of x - target: that difference, its factor times it, and that times the cotangent."""
    cotangent, x, target = args[:3]
    apart = x - target
    ratio, factor = _quotient(plain[0], apart), _quotient(plain[0], cotangent)
    steps = noise.rounding(apart, u) * ratio + noise.rounding(factor, u) * cotangent
    # A mean's factor is a number of the dtype.
    return steps + plain[0] * u * noise.uniform(apart.new_zeros(()))


def _soft_margin(noise: Noise, func: Any, args: Any, kwargs: Any, plain: Tensors, u: float) -> Any:
    """The gradient of log(1 + e^-tx): tx, its exponential, that times t and a factor, over 1 + e^-tx."""
    cotangent, x, target = args[:3]
    z = torch.exp(-target * x)
    factor = _quotient(plain[0], cotangent)
    of_z = z * noise.rounding(target * x, u) + noise.rounding(z, u)
    relative = _quotient(of_z, z) - (of_z + noise.rounding(1 + z, u)) / (1 + z)
    steps = noise.rounding(factor * (1 + z), u) / (1 + z) + noise.rounding(factor, u)
    return plain[0] * (relative + u * noise.uniform(x.new_zeros(()))) + steps * cotangent


def _quotient(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return torch.where(b == 0, torch.zeros_like(a), a / b)


# Softmax and attention ------------------------------------------------------------------------------------------------


def _log_softmax(noise: Noise, func: Any, args: Any, kwargs: Any, plain: Tensors, u: float) -> Any:
    """Its sum may be rounded."""
    return u * noise.uniform(plain[0].narrow(args[1], 0, 1))


def _masked_softmax(noise: Noise, func: Any, args: Any, kwargs: Any, plain: Tensors, u: float) -> Any:
    """Its exponentials are kept where its result lies."""
    return noise.ulps(plain[0], u, 0.5)


def _masked_softmax_backward(noise: Noise, func: Any, args: Any, kwargs: Any, plain: Tensors, u: float) -> Any:
    """Adds up y·g one after the other in its dtype."""
    cotangent, y, mask = args[:3]
    dim = args[3] if len(args) > 3 and args[3] is not None else -1
    products = (cotangent * y).masked_fill(mask.bool(), 0.0)
    partial = products.cumsum(dim)
    of_sum = (noise.rounding(products, u) + noise.rounding(partial, u)).sum(dim, keepdim=True)
    apart = cotangent - partial.select(dim, -1).unsqueeze(dim)
    return (noise.rounding(apart, u) + of_sum) * y


def _logsumexp(noise: Noise, func: Any, args: Any, kwargs: Any, plain: Tensors, u: float) -> Any:
    """Computed step by step: differences from the largest, exponentials, their sum, its logarithm."""
    x, dims = args[0], args[1] if len(args) > 1 else kwargs["dim"]
    dims = dims or list(range(x.dim()))
    top = x.amax(dims, keepdim=True)
    top = torch.where(torch.isfinite(top), top, torch.zeros_like(top))
    apart = x - top
    e = apart.exp()
    moved = e * noise.ulps(apart, u, 0.5) + noise.ulps(e, u, 0.5)
    total = e.sum(dims, keepdim=True)
    found = torch.nan_to_num(moved, nan=0.0, posinf=0.0, neginf=0.0).sum(dims, keepdim=True)
    found = (found + noise.ulps(total, u, 0.5)) / total + noise.ulps(total.log(), u, 0.5)
    return found.reshape(plain[0].shape)


def _attention(noise: Noise, func: Any, args: Any, kwargs: Any, plain: Tensors, u: float) -> Any:
    return attention.kept(name_of(func), args, kwargs, lambda x: noise.ulps(x, u, 0.5))


# Products, normalisation, resampling ----------------------------------------------------------------------------------


def _trilinear(noise: Noise, func: Any, args: Any, kwargs: Any, plain: Tensors, u: float) -> Any:
    """Two of three factors are multiplied, and their product is rounded."""
    square = terms(func, args, kwargs)[1][0]
    return noise.normal(plain[0]) * u * (square / 12).sqrt()


def _batch_norm(noise: Noise, func: Any, args: Any, kwargs: Any, plain: Tensors, u: float) -> Any:
    """x·a + b, a and b of a channel kept in half precision."""
    given = {**dict(zip((a.name for a in func._schema.arguments), args)), **kwargs}
    x, weight, bias = (given[k] for k in ("input", "weight", "bias"))
    shape = [1, -1] + [1] * (x.dim() - 2)
    if given.get("training", "update" in name_of(func)):
        dims = [0, *range(2, x.dim())]
        mean, variance = x.mean(dims, keepdim=True), x.var(dims, unbiased=False, keepdim=True)
    else:
        mean, variance = (given[k].reshape(shape) for k in ("running_mean", "running_var"))
    scale = (variance + given["eps"]).rsqrt()
    if weight is not None:
        scale = scale * weight.reshape(shape)
    shift = -mean * scale if bias is None else bias.reshape(shape) - mean * scale
    rounded = noise.ulps(scale, u, 0.5) * x + noise.ulps(shift, u, 0.5)
    return [rounded, *[0.0] * (len(plain) - 1)]


def _shaken(noise: Noise, func: Any, args: Any, kwargs: Any, plain: Tensors, u: float) -> Any:
    """Its steps round as its arguments would: each moves by so many ulp."""
    times = _SHAKEN[name_of(func)]
    moved = tree_map(lambda a: a + noise.ulps(a, u, times) if is_wide(a) else a, args)
    return [made - right for made, right in zip(floats(func(*moved, **kwargs)), plain)]


# Interpolation's weights are numbers of the dtype, and what they weigh is added up in it; fused layers keep what their
# parts return; gradients of means are divided before they are added up. [calibrated: torch's CPU kernels]
_SHAKEN = {
    **{"upsample_linear1d": 1.0, "upsample_trilinear3d": 1.0, "upsample_bicubic2d": 2.0},
    **{"_native_multi_head_attention": 1.0, "_transformer_encoder_layer_fwd": 1.0, "_embedding_bag_backward": 1.0},
}

_Errors = Callable[[Noise, Any, Any, Any, Tensors, float], Any]
_KEPT: dict[str, _Errors] = {
    **dict.fromkeys((ADDS | AVERAGES) - {"upsample_nearest%dd_backward" % n for n in (1, 2, 3)}, _in_memory),
    **dict.fromkeys(["scatter_reduce", "segment_reduce"], _reduction),
    **dict.fromkeys(STEPPED, _stepped),
    **dict.fromkeys(["add", "sub", "rsub", "_foreach_add", "_foreach_sub"], _multiple),
    **dict.fromkeys([attention.FORWARD, attention.BACKWARD], _attention),
    **dict.fromkeys(["native_batch_norm", "_native_batch_norm_legit", "_batch_norm_with_update"], _batch_norm),
    "_native_batch_norm_legit_no_training": _batch_norm,
    **dict.fromkeys(_SHAKEN, _shaken),
    **dict.fromkeys(["mse_loss_backward", "smooth_l1_loss_backward", "huber_loss_backward"], _pair),
    "soft_margin_loss_backward": _soft_margin,
    "index_reduce": _index_reduction,
    "logsumexp": _logsumexp,
    "_log_softmax": _log_softmax,
    "_masked_softmax": _masked_softmax,
    "_masked_softmax_backward": _masked_softmax_backward,
    "_trilinear": _trilinear,
}
