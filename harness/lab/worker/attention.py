"""PyTorch's fused attention on a CPU: the steps it is composed of, and what it keeps in half precision between them:
probabilities, and the gradient of the scores, which are factors of its matrix products. Its softmax and its sums are
float32.
Source: ATen/native/cpu/FlashAttentionKernel.cpp.
"""

from __future__ import annotations

from typing import Any, Callable

import torch

from .kernels import UNIT

FORWARD = "_scaled_dot_product_flash_attention_for_cpu"
BACKWARD = FORWARD + "_backward"


def steps(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    **kwargs: Any,
) -> tuple[torch.Tensor, torch.Tensor]:
    """(output, log-sum-exp of the scores). PyTorch's own decomposition has the probabilities in the second's place, and
    the gradient's kernel would take them for it.
    """
    dtype = query.dtype
    if dtype in UNIT:
        query, key, value = query.float(), key.float(), value.float()
    scores = _scores(query, key, is_causal, kwargs)
    found = torch.ops.aten._safe_softmax.default(scores, -1) @ value
    # Laid out as the kernel does: what is made of it may be a view.
    found = found.to(dtype).permute(2, 0, 1, 3).contiguous().permute(1, 2, 0, 3)
    return found, scores.logsumexp(-1)


def kept(name: str, args: Any, kwargs: Any, rounding: Callable[[torch.Tensor], torch.Tensor]) -> list[Any]:
    """What each result of the kernel `name` errs by for it, in order.

    args, kwargs: the kernel's. rounding: noise of the size that a tensor rounds by.
    """
    if name == FORWARD:
        query, key, value = args[:3]
        weights = _weights(query, key, args[4] if len(args) > 4 else False, kwargs)
        return [rounding(weights) @ value / weights.sum(-1, keepdim=True), 0.0]
    grad, query, key, value, out = args[:5]
    weights = _weights(query, key, args[7], kwargs)
    p = weights / weights.sum(-1, keepdim=True)
    scores = p * (grad @ value.mT - (grad * out).sum(-1, keepdim=True))
    moved = rounding(scores) * _scale(query, kwargs)
    return [moved @ key, moved.mT @ query, rounding(p).mT @ grad]


def _scale(query: torch.Tensor, kwargs: Any) -> float:
    scale = kwargs.get("scale")
    return float(query.shape[-1] ** -0.5 if scale is None else scale)


def _weights(query: torch.Tensor, key: torch.Tensor, causal: bool, kwargs: Any) -> torch.Tensor:
    """Exponentials of the scores, the largest of a row 1."""
    scores = _scores(query, key, causal, kwargs)
    return (scores - scores.amax(-1, keepdim=True).clamp(min=-torch.finfo(scores.dtype).max)).exp()


def _scores(query: torch.Tensor, key: torch.Tensor, causal: bool, kwargs: Any) -> torch.Tensor:
    scores = query @ key.transpose(-2, -1) * _scale(query, kwargs)
    mask = kwargs.get("attn_mask")
    if mask is not None:
        scores = scores + mask
    if causal:
        shape, device = scores.shape[-2:], scores.device
        scores = scores.masked_fill(torch.ones(shape, dtype=torch.bool, device=device).triu(1), -torch.inf)
    return scores
