"""Rule of scaled dot-product attention."""

from __future__ import annotations

import math

import numpy as np

from harness.numerics.noise import finite
from harness.numerics.rules.base import Array, Call, clean
from harness.numerics.rules.scaled import Scaled, Terms

_ONE = 0.18  # mean square of one rounding, in u² (noise.ROUNDING)


class Attention(Scaled):
    """softmax(q·kᵀ·scale + mask)·v, L keys of depth D, s the scores and S_s = scale·Σ|q||k|:

    B = 2Σp_j|v_j|u(3√D·S_s + 4 + |s_j - max|) + 4√L·u·Σp|v| + [u_out·Σp|v|: P may be rounded] + ½ulp.
    """

    name = "attention"
    source = "first-order error analysis; constants calibrated, worst honest error 0.85 of the cap"
    function = "exp"

    def terms(self, call: Call, name: str) -> Terms:
        q, k, v = (clean(np.asarray(call.argument(i, n))) for i, n in enumerate(("query", "key", "value")))
        if k.shape[-3:-2] != q.shape[-3:-2] and q.ndim > 2:  # grouped queries share keys and values
            times = q.shape[-3] // k.shape[-3]
            k, v = np.repeat(k, times, axis=-3), np.repeat(v, times, axis=-3)
        depth, length = q.shape[-1], k.shape[-2]
        scale = call.argument(-1, "scale", None)
        scale = 1 / math.sqrt(depth) if scale is None else abs(float(scale))
        kt = np.swapaxes(k, -1, -2)
        s, size = scale * (q @ kt), scale * (np.abs(q) @ np.abs(kt))
        square = scale**2 * (q**2 @ kt**2)
        s = s + self._mask(call, s.shape)
        top = np.max(s, axis=-1, keepdims=True, initial=-np.inf)
        d = s - np.where(np.isfinite(top), top, 0.0)
        e = np.exp(d)
        p = finite(e / e.sum(axis=-1, keepdims=True))
        d = np.abs(finite(d))
        weighted = p @ np.abs(v)
        y = np.abs(finite(call.y[name]))
        own = np.maximum(finite(s) ** 2, 0)
        noise = 1 + _ONE * d**2 + _ONE * depth * (own / 3 + square / 6) + _ONE * square
        return Terms(
            cap=2 * ((p * (3 * math.sqrt(depth) * size + 4 + d)) @ np.abs(v))
            + 4 * math.sqrt(length) * weighted,
            sigma=np.sqrt((p**2 * noise) @ v**2 + _ONE * (length * (y**2 / 3 + (p**2 @ v**2) / 6)) + y**2),
            out_cap=weighted,
            out_sigma=np.sqrt(_ONE * (p**2 @ v**2)),
        )

    def _mask(self, call: Call, shape: tuple[int, ...]) -> Array:
        """What is added to the scores: the mask's values, or -inf where a boolean or causal mask hides a key."""
        mask = call.argument(3, "attn_mask", None)
        added = np.zeros(shape)
        if mask is not None:
            mask = np.asarray(mask)
            added = added + (np.where(mask, 0.0, -np.inf) if mask.dtype == bool else mask)
        if call.argument(5, "is_causal", False):
            added = np.where(np.tril(np.ones(shape[-2:], bool)), added, -np.inf)
        return added
