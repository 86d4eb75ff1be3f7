"""Rules of scaled dot-product attention and its gradients."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import finite
from harness.numerics.profile import Profile
from harness.numerics.rules.base import Array, Call, clean
from harness.numerics.rules.scaled import Scaled, Terms
from harness.numerics.types import Allowance

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput

_ONE = 0.18  # mean square of one rounding, in u² (noise.ROUNDING)
# What a row's scores err by all of its outputs share, so that their RMS wanders. [calibrated: honest RMS(z) is 0.7 to
# 1.1, at most 1.2 of several rows and 1.5 of one]
_SHARED = 1.2
_FACTORS = ("query", "key", "value")


@dataclass(frozen=True, slots=True, eq=False)
class _Forward:
    """What the forward pass computes: weights p, the bound and the mean square of their relative error
    in u and u². size, square: S_s of the scores, and the same sum of squares.
    """

    q: Array
    k: Array
    v: Array
    p: Array
    error: Array
    noise: Array
    size: Array
    square: Array
    scale: float
    depth: int
    length: int


class Attention(Scaled):
    """softmax(q·kᵀ·scale + mask)·v, L keys of depth D, s the scores and S_s = scale·Σ|q||k|:

    B = 2Σp_j|v_j|u(3√D·S_s + 4 + |s_j - max|) + 4√L·u·Σp|v| + [u_out·Σp|v|: P may be rounded] + ½ulp,
    and where a profile lets the factors of products be rounded, u_in·Σp_j|v_j|(4·S_s + 2). σ² is that of each weight's
    error times v_j - y, which is what it moves of the average y, and of the sums.
    """

    name = "attention"
    source = "first-order error analysis; constants calibrated, worst honest error 0.85 of the cap"
    function = "exp"
    gradient = "attention-gradient"

    def terms(self, call: Call, name: str) -> Terms:
        f = self.forward(call)
        weighted, squares = f.p @ np.abs(f.v), f.p**2 @ f.v**2
        y = finite(call.y[name])
        # What moves a weight moves the others by as much together: y by p·(v - y). The unit of `noise` is its own.
        moved = f.p**2 * (f.noise - 1)
        together = moved @ f.v**2 - 2 * y * (moved @ f.v) + y**2 * moved.sum(-1, keepdims=True)
        apart = squares + _ONE * f.length * (y**2 / 3 + squares / 3) + y**2
        return Terms(
            cap=2 * ((f.p * f.error) @ np.abs(f.v)) + 4 * math.sqrt(f.length) * weighted,
            sigma=np.sqrt(_SHARED * np.maximum(together, 0.0) + apart),
            out_cap=weighted,
            out_sigma=np.sqrt(_ONE * squares),
            in_cap=self.rounded_inputs(f),
            in_sigma=np.sqrt(self.noise_of_inputs(f)),
            largest_in=float(2 * f.size.max(initial=0.0)),
        )

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        return super().allow(out, profile.of_products(out.dtype))

    def rounded_inputs(self, f: _Forward) -> Array:
        """Error of the output in the u to which q, k, p and v may be rounded: 2Σp|v|·2S_s + 2Σp|v|."""
        return np.asarray((f.p * (4 * f.size + 2)) @ np.abs(f.v))

    def noise_of_inputs(self, f: _Forward) -> Array:
        """Mean square of that error in u²: each score moves by the root of 0.36·Σ(qk)²·scale², each term of p·v by
        that of 0.36.
        """
        return np.asarray(2 * _ONE * ((f.p**2 * (1 + f.square)) @ f.v**2))

    def forward(self, call: Call) -> _Forward:
        """Scores, weights and the errors of the weights in units of u."""
        q, k, v = (clean(np.asarray(call.argument(i, n))) for i, n in enumerate(("query", "key", "value")))
        if k.shape[-3:-2] != q.shape[-3:-2] and q.ndim > 2:  # grouped queries share keys and values
            times = q.shape[-3] // k.shape[-3]
            k, v = np.repeat(k, times, axis=-3), np.repeat(v, times, axis=-3)
        depth, length = q.shape[-1], k.shape[-2]
        scale = call.argument(-1, "scale", None)
        scale = 1 / math.sqrt(max(depth, 1)) if scale is None else abs(float(scale))
        kt = _swap(k)
        s, size = scale * (q @ kt), scale * (np.abs(q) @ np.abs(kt))
        square = scale**2 * (q**2 @ kt**2)
        s = s + self._mask(call, s.shape)
        top = np.max(s, axis=-1, keepdims=True, initial=-np.inf)
        d = s - np.where(np.isfinite(top), top, 0.0)
        e = np.exp(d)
        p = finite(e / e.sum(axis=-1, keepdims=True))
        d = np.abs(finite(d))
        own = finite(s) ** 2
        noise = 1 + _ONE * d**2 + _ONE * depth * (own / 3 + square / 6) + _ONE * square
        return _Forward(q, k, v, p, 3 * math.sqrt(depth) * size + 4 + d, noise, size, square, scale, depth, length)

    def _mask(self, call: Call, shape: tuple[int, ...]) -> Array:
        """Added to the scores: the mask's values, or -inf where a boolean or causal mask hides a key."""
        mask = call.argument(3, "attn_mask", None)
        added = np.zeros(shape)
        if mask is not None:
            mask = np.asarray(mask)
            added = added + (np.where(mask, 0.0, -np.inf) if mask.dtype == bool else mask)
        if call.argument(5, "is_causal", False):
            added = np.where(np.tril(np.ones(shape[-2:], bool)), added, -np.inf)
        return added


class AttentionGradient(Attention):
    """Gradients of attention, by the chain rule over the forward's errors. With E = u·(3√D·S_s + 4 + |s
    - max|) of P:

    dV = Pᵀ·dO: T = (P∘E)ᵀ|dO|, and dS = P∘(dP - rowsum(dO∘O)): T = P∘(2E + 2√D + 4)∘(|dO||V|ᵀ +
    Σ|dO||O|), which |K| and |Q| carry into dQ and dK; sums add 2√L times their terms. P, dS and O may
    be rounded to the output's dtype.
    """

    name = "attention-gradient"
    gradient = "empirical"

    def covers(self, call: Call, name: str) -> bool:
        return self._which(call, name) != ""

    def terms(self, call: Call, name: str) -> Terms:
        f = self.forward(call)
        cot = call.inputs["cot.out0"].astype(np.float64)
        out = np.abs(f.p @ f.v)
        magnitude = np.abs(cot) @ _swap(np.abs(f.v)) + (np.abs(cot) * out).sum(-1, keepdims=True)
        exact = np.abs(cot @ _swap(f.v) - (cot * (f.p @ f.v)).sum(-1, keepdims=True))
        ds, root = f.p * magnitude, 2 * math.sqrt(max(f.p.shape[-2:]))
        error = f.p * (2 * f.error + 2 * math.sqrt(f.depth) + 4) * magnitude
        # The same with inputs rounded: P moves by 4·S_s, and so do the factors of dP, dO∘O and of the products below.
        moved = (np.abs(cot) * self.rounded_inputs(f)).sum(-1, keepdims=True)
        inputs = f.p * ((4 * f.size + 2) * magnitude + moved)
        own = cot**2 @ _swap(f.v**2) * 2 * _ONE + (cot**2 * self.noise_of_inputs(f)).sum(-1, keepdims=True)
        noise = f.p**2 * (2 * _ONE * (1 + f.square) * exact**2 + own)
        which = self._which(call, name)
        kept = f.p + formats.format_of(formats.component(call.dtypes[name])).min_normal  # rounds no finer below it
        if which == "value":
            cap = _swap(f.p * 2 * f.error) @ np.abs(cot) + root * (_swap(f.p) @ np.abs(cot))
            rounded = _swap(kept) @ np.abs(cot)
            fed = _swap(f.p * (4 * f.size + 2)) @ np.abs(cot)
            spread = 2 * _ONE * (_swap(f.p**2 * (1 + f.square)) @ cot**2)
        else:
            left, right = (np.asarray, f.k) if which == "query" else (_swap, f.q)
            size = np.abs(right)
            cap = f.scale * (left(error) @ size + root * (left(ds) @ size))
            summed = (np.abs(cot) * out).sum(-1, keepdims=True)
            rounded = f.scale * (left(kept * (exact + summed + magnitude)) @ size)
            fed = f.scale * (left(inputs + 2 * ds) @ size)
            spread = f.scale**2 * (left(noise) @ size**2)
        shape = call.y[name].shape
        cap, rounded, fed, spread = (_folded(a, shape) for a in (cap, rounded, fed, spread))
        largest = float(2 * f.size.max(initial=0.0))
        return Terms(cap, cap / 4, 2 * rounded, rounded / 2, in_cap=fed, in_sigma=np.sqrt(spread), largest_in=largest)

    def _which(self, call: Call, name: str) -> str:
        """Which argument the gradient belongs to: query, key or value; empty of any other."""
        given: dict[str, object] = {**dict(zip(_FACTORS, call.case.args, strict=False)), **dict(call.case.kwargs)}
        wanted = {"v": name.removeprefix("grad.")}
        return next((which for which in _FACTORS if given.get(which) == wanted), "")


def _folded(values: Array, shape: tuple[int, ...]) -> Array:
    """Heads that share keys and values add their gradients."""
    if values.shape == shape:
        return values
    return np.asarray(values.reshape(*shape[:-2], -1, *shape[-2:]).sum(axis=-3))


def _swap(matrices: Array) -> Array:
    return np.asarray(np.swapaxes(matrices, -1, -2))
