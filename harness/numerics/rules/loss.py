"""Rule of losses that pick the log-probability of a class, then sum or average over the samples."""

from __future__ import annotations

import math

import numpy as np

from harness.numerics.noise import finite
from harness.numerics.rules.base import Array, Call, clean
from harness.numerics.rules.scaled import Scaled, Terms

_ONE = 0.18  # mean square of one rounding, in u² (noise.ROUNDING)
# Roundings within one term, its intermediates in the output's dtype among them. [calibrated]
ROUNDINGS = 4.0


class Loss(Scaled):
    """Σ or mean of terms t_i, each with k = 4 roundings of its own: B = (n + 2k)·u·S + k·u_out·S +
    ½ulp, S = Σ|t_i|.

    σ² = 0.18·u²·n·(y²/3 + Q/6) + 0.18·k·(u² + u_out²)·Q + ulp²/12, Q = Σt_i² (weights squared where
    averaged). A log-softmax before it adds its own 2u·(6 + √n + 1.5·log n). Where all classes of a sample are added up
    (targets that are probabilities, smoothed labels), n counts them, too; smoothed labels round three results.
    """

    name = "loss"
    steady = True
    source = "Higham, Accuracy and Stability, 2002, section 4.2"

    def terms(self, call: Call, name: str) -> Terms:
        t, more = (np.abs(finite(part)) for part in _picked(call))
        y = np.abs(finite(call.y[name]))
        reduction = call.argument(-1, "reduction", "mean")
        own, each = math.sqrt(_ONE * ROUNDINGS), _summed(call)
        if reduction == "none":
            t, more = (
                np.broadcast_to(part, y.shape) if part.ndim == 0 else part.reshape(y.shape) for part in (t, more)
            )
            return Terms(
                2 * (ROUNDINGS * t + more) + each * t,
                np.sqrt((0.7 * own * t) ** 2 + (more / 8) ** 2 + _ONE * each / 3 * t**2),
                (ROUNDINGS - 1) * t,
                math.sqrt(_ONE * 2) * t,
            )
        n = t.size * max(each, 1)
        weight = 1.0 if reduction == "sum" else 1.0 / max(t.size, 1)
        s, q, added = (
            weight * t.sum(),
            weight**2 * ((t + more / ROUNDINGS) ** 2).sum(),
            weight * np.sum(more) * t.size / max(more.size, 1),
        )
        # Smoothed labels: the mean of the targets, that of all classes, and the sum of both.
        results = 3 if _smoothed(call) else 1
        return Terms(
            cap=(n + 2 * ROUNDINGS) * s + 2 * added,
            sigma=math.sqrt(_ONE * (n * (float((y**2).max(initial=0)) / 3 + q / 6) + ROUNDINGS * q)),
            out_cap=ROUNDINGS * s,
            out_sigma=math.sqrt(_ONE * (ROUNDINGS * q + results * s**2)),
        )


def _summed(call: Call) -> int:
    """How many classes the loss of one sample adds up; 0 where it picks one."""
    x = np.asarray(call.argument(0, "input"))
    if call.op != "cross_entropy" or not (_smoothed(call) or np.asarray(call.argument(1, "target")).dtype.kind == "f"):
        return 0
    return int(x.shape[0 if x.ndim == 1 else 1])


def _smoothed(call: Call) -> bool:
    """Whether every class has a share of the target."""
    return float(call.argument(-1, "label_smoothing", 0.0)) > 0


def _picked(call: Call) -> tuple[Array, Array]:
    """|log-probability| of each target, classes in dimension 1, and what a log-softmax before it adds, in u."""
    x = clean(np.asarray(call.argument(0, "input")))
    target = np.asarray(call.argument(1, "target"))
    axis = 0 if x.ndim == 1 else 1
    added = 0.0
    if call.op == "cross_entropy":
        n = x.shape[axis]
        top = x.max(axis=axis, keepdims=True, initial=-np.inf)
        x = x - top - np.log(np.exp(x - top).sum(axis=axis, keepdims=True))
        added = 6 + math.sqrt(n) + 1.5 * math.log(max(n, 1))
    weight = call.argument(2, "weight", None)
    size = np.abs(x)
    if weight is not None:
        size = size * np.abs(clean(np.asarray(weight))).reshape([-1 if i == axis else 1 for i in range(x.ndim)])
    if target.dtype.kind == "f":
        return np.asarray((np.abs(target) * size).sum(axis=axis)), added * np.abs(target).sum(axis=axis)
    index = np.clip(np.expand_dims(target, axis), 0, x.shape[axis] - 1)
    smoothing = float(call.argument(-1, "label_smoothing", 0.0))
    picked = np.take_along_axis(size, index, axis).squeeze(axis)
    return np.asarray((1 - smoothing) * picked + smoothing * size.mean(axis=axis)), np.asarray(added)
