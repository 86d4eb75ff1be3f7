"""Operators that older torch releases lack, or lack for a dtype, written with what they have.

An entry is taken only where the running torch cannot resolve the name itself; what goes through here is `emulated` in
the record, not `ran`. One entry an operator.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F

_TABLE = {}


def entry(*names):
    """Register a substitute under dotted names."""

    def register(call):
        for name in names:
            _TABLE[name] = call
        return call

    return register


def substitute(name):
    """The substitute for `name`, or None where this torch has the operator."""
    if name not in _TABLE:
        return None
    from .graph import resolve
    from .tensors import Unsupported

    try:
        resolve(name)
    except Unsupported:
        return _TABLE[name]
    return None


@entry("torch.nn.functional.rms_norm", "torch.rms_norm")
def rms_norm(input, normalized_shape, weight=None, eps=None):
    dims = tuple(range(-len(normalized_shape), 0))
    wide = input.float() if input.dtype in (torch.float16, torch.bfloat16) else input
    eps = torch.finfo(input.dtype).eps if eps is None else eps
    out = wide * torch.rsqrt(wide.pow(2).mean(dims, keepdim=True) + eps)
    return (out * weight if weight is not None else out).to(input.dtype)


@entry("torch.nn.functional.scaled_dot_product_attention", "aten.scaled_dot_product_attention.default")
def scaled_dot_product_attention(
    query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False
):
    dtype = query.dtype
    wide = [t.float() if dtype in (torch.float16, torch.bfloat16) else t for t in (query, key, value)]
    query, key, value = wide
    if enable_gqa:
        repeat = query.shape[-3] // key.shape[-3]
        key, value = (t.repeat_interleave(repeat, -3) for t in (key, value))
    scale = 1.0 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = query @ key.transpose(-2, -1) * scale
    if is_causal:
        keep = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).tril()
        scores = scores.masked_fill(~keep, -math.inf)
    if attn_mask is not None:
        scores = (
            scores.masked_fill(~attn_mask, -math.inf) if attn_mask.dtype == torch.bool else scores + attn_mask
        )
    return (F.dropout(torch.softmax(scores, -1), dropout_p, training=dropout_p > 0) @ value).to(dtype)


def _moments(call):
    def with_correction(input, dim=None, correction=1, keepdim=False):
        dim = list(range(input.dim())) if dim is None else dim
        return call(input, dim, int(correction), keepdim)

    return with_correction


def _variance(input, dim, correction, keepdim):
    count = 1
    for d in dim if isinstance(dim, (list, tuple)) else [dim]:
        count *= input.shape[d]
    centred = input - input.mean(dim, keepdim=True)
    return (centred * centred.conj()).sum(dim, keepdim=keepdim) / max(0, count - correction)


entry("aten.var.correction")(_moments(_variance))
entry("aten.std.correction")(_moments(lambda i, d, c, k: _variance(i, d, c, k).sqrt()))
entry("aten.var_mean.correction")(_moments(lambda i, d, c, k: (_variance(i, d, c, k), i.mean(d, keepdim=k))))
entry("aten.std_mean.correction")(
    _moments(lambda i, d, c, k: (_variance(i, d, c, k).sqrt(), i.mean(d, keepdim=k)))
)


@entry("aten.squeeze.dims")
def squeeze_dims(input, dim):
    for d in sorted((d % max(1, input.dim()) for d in dim), reverse=True):
        input = input.squeeze(d)
    return input


@entry("aten.any.dims")
def any_dims(input, dim=None, keepdim=False):
    for d in sorted((d % input.dim() for d in (range(input.dim()) if dim is None else dim)), reverse=True):
        input = input.any(d, keepdim=keepdim)
    return input


@entry("aten.empty_permuted.default")
def empty_permuted(size, physical_layout, **options):
    made = torch.empty([size[d] for d in physical_layout], **{k: v for k, v in options.items() if v is not None})
    inverse = [0] * len(size)
    for position, d in enumerate(physical_layout):
        inverse[d] = position
    return made.permute(inverse)


@entry("aten._safe_softmax.default")
def safe_softmax(input, dim, dtype=None):
    out = torch.softmax(input, dim, dtype=dtype)
    return torch.where((input == -math.inf).all(dim, keepdim=True), torch.zeros_like(out), out)


@entry("aten._unsafe_index.Tensor")
def unsafe_index(input, indices):
    return torch.ops.aten.index.Tensor(input, indices)


@entry("aten._unsafe_index_put.default")
def unsafe_index_put(input, indices, values, accumulate=False):
    return torch.ops.aten.index_put.default(input, indices, values, accumulate)


@entry("aten._native_batch_norm_legit_functional.default")
def batch_norm_functional(input, weight, bias, running_mean, running_var, training, momentum, eps):
    mean, var = running_mean.clone(), running_var.clone()
    out, save_mean, save_rstd = torch.native_batch_norm(input, weight, bias, mean, var, training, momentum, eps)
    return out, save_mean, save_rstd, mean, var


@entry("aten.rms_norm.default")
def aten_rms_norm(input, normalized_shape, weight=None, eps=None):
    return rms_norm(input, normalized_shape, weight, eps)


@entry("torch.linalg.vecdot")
def vecdot(x, y, *, dim=-1):
    return (x.conj() * y).sum(dim)
