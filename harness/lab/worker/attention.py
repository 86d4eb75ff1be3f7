"""What PyTorch's fused attention keeps in half precision between its steps: probabilities, and the scores' gradient,
which are factors of its matrix products. Its softmax and its sums are float32.
Source: ATen/native/cpu/FlashAttentionKernel.cpp.
"""

from __future__ import annotations

from typing import Any, Callable

import torch

FORWARD = "_scaled_dot_product_flash_attention_for_cpu"
BACKWARD = FORWARD + "_backward"


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
    scores = query @ key.mT * _scale(query, kwargs)
    mask = kwargs.get("attn_mask")
    if mask is not None:
        scores = scores + mask
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -torch.inf)
    return (scores - scores.amax(-1, keepdim=True).clamp(min=-torch.finfo(scores.dtype).max)).exp()
