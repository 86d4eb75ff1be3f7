"""Operators that older torch releases lack, or lack for a dtype, written with what they have.

An entry is taken only where the running torch cannot resolve the name itself; what goes through here is `emulated` in
the record, not `ran`. One entry an operator.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Iterable, Sequence, TypeVar

import torch
import torch.nn.functional as F

_Call = TypeVar("_Call", bound=Callable[..., Any])

_TABLE: dict[str, Callable[..., Any]] = {}


def entry(*names: str) -> Callable[[_Call], _Call]:
    """Register a substitute under dotted names."""

    def register(call: _Call) -> _Call:
        for name in names:
            _TABLE[name] = call
        return call

    return register


def substitute(name: str) -> Callable[..., Any] | None:
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
def rms_norm(
    input: torch.Tensor,
    normalized_shape: Sequence[int],
    weight: torch.Tensor | None = None,
    eps: float | None = None,
) -> torch.Tensor:
    dims = tuple(range(-len(normalized_shape), 0))
    wide = input.float() if input.dtype in (torch.float16, torch.bfloat16) else input
    eps = torch.finfo(input.dtype).eps if eps is None else eps
    out = wide * torch.rsqrt(wide.pow(2).mean(dims, keepdim=True) + eps)
    return (out * weight if weight is not None else out).to(input.dtype)


def _scores(
    query: torch.Tensor,
    key: torch.Tensor,
    attn_mask: torch.Tensor | None,
    is_causal: bool,
    scale: float | None,
) -> torch.Tensor:
    """What attention takes the softmax of: (…, queries, keys)."""
    scores = query @ key.transpose(-2, -1) * (1.0 / math.sqrt(query.shape[-1]) if scale is None else scale)
    if is_causal:
        keep = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).tril()
        scores = scores.masked_fill(~keep, -math.inf)
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, -math.inf) if attn_mask.dtype == torch.bool else scores + attn_mask
    return scores


@entry("torch.nn.functional.scaled_dot_product_attention", "aten.scaled_dot_product_attention.default")
def scaled_dot_product_attention(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> torch.Tensor:
    dtype = query.dtype
    query, key, value = (t.float() if dtype in (torch.float16, torch.bfloat16) else t for t in (query, key, value))
    if enable_gqa:
        repeat = query.shape[-3] // key.shape[-3]
        key, value = (t.repeat_interleave(repeat, -3) for t in (key, value))
    weights = torch.softmax(_scores(query, key, attn_mask, is_causal, scale), -1)
    return (F.dropout(weights, dropout_p, training=dropout_p > 0) @ value).to(dtype)


@entry("aten._scaled_dot_product_flash_attention_for_cpu.default")
def flash_attention_for_cpu(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    attn_mask: torch.Tensor | None = None,
    scale: float | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Attention, and each row's log-sum-exp of its scores, (…, queries), in float32 where the inputs are narrower."""
    out = scaled_dot_product_attention(query, key, value, attn_mask, dropout_p, is_causal, scale)
    if query.dtype in (torch.float16, torch.bfloat16):
        query, key = query.float(), key.float()
    return out, torch.logsumexp(_scores(query, key, attn_mask, is_causal, scale), -1)


def _moments(call: Callable[[torch.Tensor, Sequence[int], int, bool], Any]) -> Callable[..., Any]:
    def with_correction(
        input: torch.Tensor, dim: Sequence[int] | None = None, correction: float = 1, keepdim: bool = False
    ) -> Any:
        dim = list(range(input.dim())) if dim is None else dim
        return call(input, dim, int(correction), keepdim)

    return with_correction


def _variance(input: torch.Tensor, dim: Sequence[int] | int, correction: int, keepdim: bool) -> torch.Tensor:
    count = 1
    for d in dim if isinstance(dim, (list, tuple)) else [dim]:
        count *= input.shape[d]
    centred = input - input.mean(dim, keepdim=True)
    return (centred * centred.conj()).sum(dim, keepdim=keepdim) / max(0, count - correction)


entry("aten.var.correction")(_moments(_variance))
entry("aten.std.correction")(_moments(lambda i, d, c, k: _variance(i, d, c, k).sqrt()))
entry("aten.var_mean.correction")(_moments(lambda i, d, c, k: (_variance(i, d, c, k), i.mean(d, keepdim=k))))
entry("aten.std_mean.correction")(_moments(lambda i, d, c, k: (_variance(i, d, c, k).sqrt(), i.mean(d, keepdim=k))))


@entry("aten.squeeze.dims")
def squeeze_dims(input: torch.Tensor, dim: Iterable[int]) -> torch.Tensor:
    for d in sorted((d % max(1, input.dim()) for d in dim), reverse=True):
        input = input.squeeze(d)
    return input


@entry("aten.any.dims")
def any_dims(input: torch.Tensor, dim: Iterable[int] | None = None, keepdim: bool = False) -> torch.Tensor:
    for d in sorted((d % input.dim() for d in (range(input.dim()) if dim is None else dim)), reverse=True):
        input = input.any(d, keepdim=keepdim)
    return input


@entry("aten.empty_permuted.default")
def empty_permuted(size: Sequence[int], physical_layout: Sequence[int], **options: Any) -> torch.Tensor:
    made = torch.empty([size[d] for d in physical_layout], **{k: v for k, v in options.items() if v is not None})
    inverse = [0] * len(size)
    for position, d in enumerate(physical_layout):
        inverse[d] = position
    return made.permute(inverse)


@entry("aten._safe_softmax.default")
def safe_softmax(input: torch.Tensor, dim: int, dtype: torch.dtype | None = None) -> torch.Tensor:
    out = torch.softmax(input, dim, dtype=dtype)
    return torch.where((input == -math.inf).all(dim, keepdim=True), torch.zeros_like(out), out)


@entry("aten._unsafe_index.Tensor")
def unsafe_index(input: torch.Tensor, indices: Sequence[torch.Tensor | None]) -> torch.Tensor:
    return torch.ops.aten.index.Tensor(input, indices)


@entry("aten._unsafe_index_put.default")
def unsafe_index_put(
    input: torch.Tensor, indices: Sequence[torch.Tensor | None], values: torch.Tensor, accumulate: bool = False
) -> torch.Tensor:
    return torch.ops.aten.index_put.default(input, indices, values, accumulate)


@entry("aten._native_batch_norm_legit_functional.default")
def batch_norm_functional(
    input: torch.Tensor,
    weight: torch.Tensor | None,
    bias: torch.Tensor | None,
    running_mean: torch.Tensor,
    running_var: torch.Tensor,
    training: bool,
    momentum: float,
    eps: float,
) -> tuple[torch.Tensor, ...]:
    mean, var = running_mean.clone(), running_var.clone()
    out, save_mean, save_rstd = torch.native_batch_norm(input, weight, bias, mean, var, training, momentum, eps)
    return out, save_mean, save_rstd, mean, var


@entry("aten.rms_norm.default")
def aten_rms_norm(
    input: torch.Tensor,
    normalized_shape: Sequence[int],
    weight: torch.Tensor | None = None,
    eps: float | None = None,
) -> torch.Tensor:
    return rms_norm(input, normalized_shape, weight, eps)


@entry("torch.linalg.vecdot")
def vecdot(x: torch.Tensor, y: torch.Tensor, *, dim: int = -1) -> torch.Tensor:
    return (x.conj() * y).sum(dim)
