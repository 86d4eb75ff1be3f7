"""Operators as frameworks compose them that have no kernel for one: in other ways than torch's table has."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F


def _addbmm(c: Any, x: Any, y: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """One batch after the other, as BLAS is called."""
    total = beta * c
    for a, b in zip(x, y, strict=True):
        total = total + alpha * (a @ b)
    return total


def _addr(c: Any, a: Any, b: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    return beta * c + (alpha * a)[:, None] * b


def _kl_div(x: Any, t: Any, *, reduction: str = "mean", log_target: bool = False) -> Any:
    terms = torch.exp(t) * (t - x) if log_target else t * (torch.log(t) - x)
    return {"none": terms, "sum": terms.sum(), "mean": terms.mean()}.get(reduction, terms.sum() / max(len(terms), 1))


def _batch_norm(
    x: Any,
    mean: Any,
    var: Any,
    w: Any = None,
    b: Any = None,
    training: bool = False,
    momentum: Any = 0.1,
    eps: Any = 1e-5,
) -> Any:
    """One scale and one shift for each channel, as kernels apply it; statistics in the dtype of x."""
    dims, shape = [d for d in range(x.dim()) if d != 1], [-1 if d == 1 else 1 for d in range(x.dim())]
    if training or mean is None:
        mean, var = x.mean(dims), ((x - x.mean(dims, keepdim=True)) ** 2).mean(dims)
    scale = torch.rsqrt(var + eps) if w is None else torch.rsqrt(var + eps) * w
    shift = -mean * scale if b is None else b - mean * scale
    return x * scale.reshape(shape) + shift.reshape(shape)


def _batch_norm_of_either(x: Any, *args: Any, **kwargs: Any) -> Any:
    """torch.batch_norm takes weights before statistics, and whether cuDNN may do it; functional.batch_norm after."""
    if len(args) == 8:
        w, b, mean, var, training, momentum, eps, _ = args
        args = (mean, var, w, b, training, momentum, eps)
    return _batch_norm(x, *args, **kwargs)


def _instance_norm(
    x: Any, mean: Any = None, var: Any = None, w: Any = None, b: Any = None, *, eps: float = 1e-5
) -> Any:
    """Batch norm of each sample's channels."""
    n, c = x.shape[:2]
    flat = x.reshape(1, n * c, *x.shape[2:])
    scale, shift = (None if v is None else v.repeat(n) for v in (w, b))
    return _batch_norm(flat, None, None, scale, shift, True, eps=eps).reshape(x.shape)


def _applied(x: Any, dims: Sequence[int], w: Any, b: Any, eps: float) -> Any:
    """Normalised over `dims`, by one scale and one shift; w and b broadcast to x."""
    mean = x.mean(dims, keepdim=True)
    scale = torch.rsqrt(((x - mean) ** 2).mean(dims, keepdim=True) + eps)
    scale = scale if w is None else scale * w
    return x * scale + (-mean * scale if b is None else b - mean * scale)


def _layer_norm(x: Any, shape: Any, w: Any = None, b: Any = None, eps: float = 1e-5) -> Any:
    return _applied(x, list(range(-len(shape), 0)), w, b, eps)


def _group_norm(x: Any, groups: int, w: Any = None, b: Any = None, eps: float = 1e-5) -> Any:
    each = x.shape[1] // groups
    split = x.reshape(x.shape[0], groups, each, *x.shape[2:])
    w, b = (None if v is None else v.reshape(groups, each, *[1] * (x.dim() - 2)) for v in (w, b))
    return _applied(split, list(range(2, split.dim())), w, b, eps).reshape(x.shape)


def _gaussian_nll(x: Any, t: Any, v: Any, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> Any:
    v = v.clamp(min=eps)
    terms = 0.5 * (torch.log(v) + (x - t) ** 2 / v) + (0.5 * math.log(2 * math.pi) if full else 0.0)
    return {"none": terms, "sum": terms.sum(), "mean": terms.mean()}[reduction]


def _bilinear(x: Any, y: Any, w: Any, b: Any = None) -> Any:
    """x·W, which is kept, times y, and added up."""
    terms = torch.einsum("...i,oij->...oj", x, w) * y[..., None, :]
    return terms.sum(-1) if b is None else terms.sum(-1) + b


def _cross(x: Any, y: Any, dim: Any = None) -> Any:
    """Each product rounded, before their difference is."""
    at = -1 if dim is None else dim
    return x.roll(-1, at) * y.roll(-2, at) - x.roll(-2, at) * y.roll(-1, at)


def _dense(x: Any, w: Any, b: Any = None) -> Any:
    """A product, and the bias added to what was rounded: of rows in other than two dimensions, where torch does so."""
    if x.dim() == 2:
        raise NotImplementedError("one kernel adds the bias")
    return x @ w.mT if b is None else x @ w.mT + b


def attention(
    q: Any,
    k: Any,
    v: Any,
    mask: Any = None,
    dropout: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:
    """In float32, but for the exponentials, which are rounded before they weigh v. Source: Dao, FlashAttention-2."""
    if enable_gqa:
        k, v = (x.repeat_interleave(q.shape[-3] // x.shape[-3], -3) for x in (k, v))
    s = q.float() @ k.float().transpose(-1, -2) * (1 / math.sqrt(q.shape[-1]) if scale is None else scale)
    if is_causal:
        s = s.masked_fill(~torch.ones(s.shape[-2:], dtype=torch.bool).tril(), -math.inf)
    if mask is not None:
        s = s + mask.float() if mask.is_floating_point() else s.masked_fill(~mask, -math.inf)
    e = torch.exp(s - s.amax(-1, keepdim=True))
    return (e.to(v.dtype).float() @ v.float() / e.sum(-1, keepdim=True)).to(v.dtype)


def _multi_head_attention(
    q: Any, k: Any, v: Any, width: int, heads: int, w_in: Any, b_in: Any, w_out: Any, b_out: Any
) -> Any:
    """Layer by layer, unmasked: projections, scaled scores, their softmax, what it weighs, a projection; and the mean
    of the heads' weights.
    """
    parts = [F.linear(x, w, b) for x, w, b in zip((q, k, v), w_in.chunk(3), b_in.chunk(3), strict=True)]
    q, k, v = (x.unflatten(-1, (heads, width // heads)).transpose(1, 2) for x in parts)
    weights = torch.softmax(q / math.sqrt(width // heads) @ k.transpose(-1, -2), -1)
    return F.linear((weights @ v).transpose(1, 2).flatten(2), w_out, b_out), weights.mean(1)


def _glu(x: Any, dim: int = -1) -> Any:
    """In float32, but for the gate that the gradient is computed with, which is kept in the dtype of x."""
    value, gate = x.chunk(2, dim)
    kept = value * torch.sigmoid(gate)
    return kept + ((value.float() * torch.sigmoid(gate.float())).to(x.dtype) - kept).detach()


def _logit(x: Any, eps: float | None = None) -> Any:
    x = x if eps is None else x.clamp(eps, 1 - eps)
    return torch.log(x / (1 - x))


def _linear(
    x: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: Any = False
) -> Any:
    """Along one dimension, with weights of its dtype."""
    if mode != "linear":
        raise NotImplementedError(mode)
    n = x.shape[-1]
    wanted, scale = (v[0] if isinstance(v, Sequence) else v for v in (size, scale_factor))
    wanted = int(n * scale) if wanted is None else wanted
    if align_corners:
        at = torch.arange(wanted) * ((n - 1) / max(wanted - 1, 1))
    else:
        at = ((torch.arange(wanted) + 0.5) * (n / wanted if scale is None else 1 / scale) - 0.5).clamp(min=0)
    low = at.long()
    weight = (at - low).to(x.dtype)
    return (1 - weight) * x[..., low] + weight * x[..., (low + 1).clamp(max=n - 1)]


# Operators that frameworks compose in other ways than torch's table of decompositions has.
COMPOSITIONS: dict[str, Callable[..., Any]] = {
    "addbmm": _addbmm,
    "addr": _addr,
    "batch_norm": _batch_norm_of_either,
    "bilinear": _bilinear,
    "cross": _cross,
    "glu": _glu,
    "instance_norm": _instance_norm,
    "gaussian_nll_loss": _gaussian_nll,
    "interpolate": _linear,
    "kl_div": _kl_div,
    "linear": _dense,
    "logit": _logit,
    "native_multi_head_attention": _multi_head_attention,
    "scaled_dot_product_attention": attention,
}


# And these in any precision, but that kernels of the latter two round but once.
SCALED: dict[str, Callable[..., Any]] = {
    "batch_norm": _batch_norm_of_either,
    "instance_norm": _instance_norm,
    "group_norm": _group_norm,
    "layer_norm": _layer_norm,
}
