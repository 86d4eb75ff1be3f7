"""Kernels as people write them by hand: rotary embedding, SwiGLU, RMS norm."""

from harness import case, tensor


@case(dtypes=["float32", "bfloat16"], sample_tags=["compile"])
def rope(x=tensor(2, 9, 4, 16), theta=10000.0):
    """Rotary position embedding (Su et al. 2021), half-split; x: (batch, positions, heads, width)."""
    import torch

    half = x.shape[-1] // 2
    rates = theta ** (-torch.arange(half, dtype=torch.float32, device=x.device) / half)
    angles = torch.arange(x.shape[1], dtype=torch.float32, device=x.device)[:, None] * rates
    cos, sin = angles.cos()[:, None, :], angles.sin()[:, None, :]
    a, b = x[..., :half].float(), x[..., half:].float()
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1).to(x.dtype)


@case(dtypes=["float32", "bfloat16"], grad=True, sample_tags=["compile"])
def swiglu(x=tensor(9, 32), gate=tensor(24, 32), up=tensor(24, 32), down=tensor(32, 24)):
    """Llama's feed-forward block (Shazeer 2020): down(silu(gate x) * up x)."""
    from torch.nn import functional as F

    return F.linear(F.silu(F.linear(x, gate)) * F.linear(x, up), down)


@case(dtypes=["float32", "bfloat16", "float16"], grad=True, values=["normal", "wide"])
def rms_norm_by_hand(x=tensor(5, 65), weight=tensor("last", values="positive")):
    """RMS norm (Zhang and Sennrich 2019), computed in float32 as Llama does."""
    import torch

    wide = x.float()
    scale = torch.rsqrt(wide.square().mean(dim=-1, keepdim=True) + 1e-6)
    return weight * (wide * scale).to(x.dtype)
