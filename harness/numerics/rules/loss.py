"""Rules of loss functions: terms computed on each element, then summed or averaged."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from harness.numerics.noise import finite
from harness.numerics.rules.base import Array, Call, clean
from harness.numerics.rules.scaled import Scaled, Terms

_ONE = 0.18  # mean square of one rounding, in u² (noise.ROUNDING)
# Roundings within one term, its intermediates in the output's dtype among them. [calibrated]
ROUNDINGS = 4.0


class Loss(Scaled):
    """Σ or mean of terms t_i, each with k = 4 roundings of its own: B = (n + k)·u·S + k·u_out·S + ½ulp,
    S = Σ|t_i|.

    σ² = 0.18·u²·n·(y²/3 + Q/6) + 0.18·k·(u² + u_out²)·Q + ulp²/12, Q = Σt_i² (weights squared where
    averaged).
    """

    name = "loss"
    source = "Higham, Accuracy and Stability, 2002, section 4.2"

    def terms(self, call: Call, name: str) -> Terms:
        t = np.abs(finite(_TERMS[call.op](call)))
        y = np.abs(finite(call.y[name]))
        reduction = call.argument(-1, "reduction", "mean")
        if reduction == "none":
            t = t.reshape(y.shape)
            return Terms(
                2 * ROUNDINGS * t, np.sqrt(_ONE * ROUNDINGS) * t, ROUNDINGS * t, np.sqrt(_ONE * ROUNDINGS) * t
            )
        n = t.size
        weight = {
            "sum": 1.0,
            "mean": 1.0 / max(n, 1),
            "batchmean": 1.0 / max(t.shape[0] if t.ndim else 1, 1),
        }[reduction]
        s, q = weight * t.sum(), weight**2 * (t**2).sum()
        return Terms(
            cap=(n + 2 * ROUNDINGS) * s,
            sigma=math.sqrt(_ONE * (n * (float((y**2).max(initial=0)) / 3 + q / 6) + ROUNDINGS * q)),
            out_cap=ROUNDINGS * s,
            out_sigma=math.sqrt(_ONE * (ROUNDINGS * q + s**2)),
        )


def _pair(call: Call) -> tuple[Array, Array]:
    a, b = (clean(np.asarray(call.argument(i, k))) for i, k in ((0, "input"), (1, "target")))
    a, b = np.broadcast_arrays(a, b)
    return a, b


def _squared(call: Call) -> Array:
    a, b = _pair(call)
    return np.asarray((a - b) ** 2)


def _absolute(call: Call) -> Array:
    a, b = _pair(call)
    return np.asarray(np.abs(a - b))


def _smooth(call: Call) -> Array:
    a, b = _pair(call)
    d = np.abs(a - b)
    edge = float(
        call.argument(-1, "beta", 1.0) if call.op == "smooth_l1_loss" else call.argument(-1, "delta", 1.0)
    )
    scale = edge if call.op == "huber_loss" else 1.0
    with np.errstate(all="ignore"):
        return np.asarray(np.where(d < edge, finite(scale * 0.5 * d**2 / edge), scale * (d + 0.5 * edge)))


def _logits(call: Call) -> Array:
    a, b = _pair(call)
    return np.asarray(np.abs(a) * (1 + np.abs(b)) + np.log1p(np.exp(-np.abs(a))))


def _binary(call: Call) -> Array:
    """-t·log p - (1 - t)·log(1 - p): where p is near 1, 1 - p has p's rounding, which is exact; the
    logs' stay.
    """
    a, b = _pair(call)
    with np.errstate(all="ignore"):
        logs = np.abs(b) * np.abs(np.maximum(np.log(a), -100)) + np.abs(1 - b) * np.abs(
            np.maximum(np.log1p(-a), -100)
        )
    return finite(logs) + 1


def _divergence(call: Call) -> Array:
    a, b = _pair(call)
    with np.errstate(all="ignore"):
        if call.argument(-1, "log_target", False):
            return np.asarray(np.exp(b) * (np.abs(a) + np.abs(b) + 1))
        return np.asarray(np.abs(b) * np.abs(a) + finite(np.abs(b * np.log(b))))


def _picked(call: Call) -> Array:
    """|log-probability| of each target, classes in dimension 1, and what a log-softmax before it adds."""
    x = clean(np.asarray(call.argument(0, "input")))
    target = np.asarray(call.argument(1, "target"))
    axis = 0 if x.ndim == 1 else 1
    added = 0.0
    if call.op == "cross_entropy":
        n = x.shape[axis]
        top = x.max(axis=axis, keepdims=True)
        x = x - top - np.log(np.exp(x - top).sum(axis=axis, keepdims=True))
        added = (6 + math.sqrt(n) + 1.5 * math.log(max(n, 1))) / ROUNDINGS
    weight = call.argument(2, "weight", None)
    size = np.abs(x)
    if weight is not None:
        size = size * np.abs(clean(np.asarray(weight))).reshape(
            [-1 if i == axis else 1 for i in range(x.ndim)]
        )
    if target.dtype.kind == "f":
        return np.asarray((np.abs(target) * (size + added)).sum(axis=axis))
    index = np.clip(np.expand_dims(target, axis), 0, x.shape[axis] - 1)
    smoothing = float(call.argument(-1, "label_smoothing", 0.0))
    picked = np.take_along_axis(size, index, axis).squeeze(axis)
    return np.asarray((1 - smoothing) * picked + smoothing * size.mean(axis=axis) + added)


_TERMS: dict[str, Callable[[Call], Array]] = {
    "mse_loss": _squared,
    "l1_loss": _absolute,
    "smooth_l1_loss": _smooth,
    "huber_loss": _smooth,
    "binary_cross_entropy_with_logits": _logits,
    "binary_cross_entropy": _binary,
    "kl_div": _divergence,
    "nll_loss": _picked,
    "cross_entropy": _picked,
}
