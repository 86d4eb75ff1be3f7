"""Operators as kernels of a Machine, with the mistakes of logic that such kernels make."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from benchmarks.scoreboard.honest.machine import Machine
from harness.numerics import formats

Array = np.ndarray[Any, Any]
Kernel = Callable[[Machine, Mapping[str, Array]], Array]


def matmul(m: Machine, i: Mapping[str, Array]) -> Array:
    x, y = i["x"], i["y"]
    return m.dot(x[..., :, None, :], np.swapaxes(y, -1, -2)[..., None, :, :])


def linear(m: Machine, i: Mapping[str, Array]) -> Array:
    y = m.dot(i["x"][..., :, None, :], i["w"][None, :, :])
    return y if "no bias" in m.faults else m.r(y + i["b"])


def conv2d(m: Machine, i: Mapping[str, Array]) -> Array:
    x, w, b = i["x"], i["w"], i["b"]
    n, c, h, wide = x.shape
    o, _, kh, kw = w.shape
    pad = 0 if "no padding" in m.faults else 1
    p = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="constant" if pad else "edge")
    patches = np.lib.stride_tricks.sliding_window_view(p, (kh, kw), axis=(2, 3))
    flat = patches.transpose(0, 2, 3, 1, 4, 5).reshape(n, h, wide, 1, c * kh * kw)
    y = m.dot(flat, w.reshape(o, -1)[None, None, None])
    return np.asarray(np.moveaxis(m.r(y + b), -1, 1))


def total(m: Machine, i: Mapping[str, Array]) -> Array:
    return m.sum(i["x"])


def mean(m: Machine, i: Mapping[str, Array]) -> Array:
    return m.div(m.sum(i["x"]), np.asarray(float(i["x"].shape[-1] + ("wrong divisor" in m.faults))))


def cumsum(m: Machine, i: Mapping[str, Array]) -> Array:
    if "lost tile" in m.faults:
        return m.scan(np.where(np.arange(i["x"].shape[-1]) == 16, 0.0, i["x"]))
    return m.scan(i["x"])


def variance(m: Machine, x: Array, mean_: Array, n: float) -> Array:
    if "squares" in m.faults:
        return m.r(m.div(m.sum(m.r(x * x)), np.asarray(n)) - m.r(mean_ * mean_))
    if m.order in ("permuted", "split"):
        return _welford(m, x, n)
    d = m.r(x - mean_[..., None])
    return m.div(m.dot(d, d), np.asarray(n))


def _welford(m: Machine, x: Array, n: float) -> Array:
    """Variance in one pass, as accelerators compute it. Source: Welford 1962."""
    mean_, square = np.zeros(x.shape[:-1]), np.zeros(x.shape[:-1])
    for k in range(x.shape[-1]):
        before = m.r(x[..., k] - mean_)
        mean_ = m.r(mean_ + m.div(before, np.asarray(float(k + 1))))
        square = m.r(square + m.r(before * m.r(x[..., k] - mean_)))
    return m.div(square, np.asarray(n))


def var(m: Machine, i: Mapping[str, Array]) -> Array:
    x = i["x"]
    n = x.shape[-1]
    return variance(m, x, m.div(m.sum(x), np.asarray(float(n))), float(n - ("wrong divisor" not in m.faults)))


def softmax(m: Machine, i: Mapping[str, Array]) -> Array:
    x = i["x"]
    if "wrong axis" in m.faults and x.shape[0] > 1:
        x = np.roll(x, 1, axis=0) if x.shape[0] == 1 else x
        e = m.function("exp", m.r(x - x.max(-1, keepdims=True)))
        return m.div(e, m.sum(e)[::-1][..., None])
    top = np.zeros((*x.shape[:-1], 1)) if "no maximum" in m.faults else x.max(-1, keepdims=True)
    if "lost column" in m.faults:
        e = m.function("exp", m.r(x - top))
        return m.div(e, m.sum(e[..., :-1])[..., None])
    e = m.function("exp", m.r(x - top))
    return m.div(e, m.sum(e)[..., None])


def log_softmax(m: Machine, i: Mapping[str, Array]) -> Array:
    x = i["x"]
    d = m.r(x - x.max(-1, keepdims=True))
    e = m.function("exp", d)
    return m.r(d - m.function("log", m.sum(e[..., :-1] if "lost column" in m.faults else e))[..., None])


def logsumexp(m: Machine, i: Mapping[str, Array]) -> Array:
    x = i["x"]
    top = np.zeros((*x.shape[:-1], 1)) if "no maximum" in m.faults else x.max(-1, keepdims=True)
    e = m.function("exp", m.r(x - top))
    return m.r(top[..., 0] + m.function("log", m.sum(e[..., :-1] if "lost column" in m.faults else e)))


def _eps(m: Machine, eps: float) -> Array:
    return m.r(np.asarray(0.0 if "no eps" in m.faults else 10 * eps if "wrong eps" in m.faults else eps))


def layer_norm(m: Machine, i: Mapping[str, Array]) -> Array:
    x = i["x"]
    n = float(x.shape[-1])
    mean_ = m.div(m.sum(x), np.asarray(n))
    v = variance(m, x, mean_, n - ("wrong divisor" in m.faults))
    r = m.rsqrt(m.r(v + _eps(m, 1e-5)))
    y = m.r(m.r(x - mean_[..., None]) * r[..., None])
    return m.r(y * i["w"] + i["b"]) if m.fma else m.r(m.r(y * i["w"]) + i["b"])


def rms_norm(m: Machine, i: Mapping[str, Array]) -> Array:
    x = i["x"]
    square = m.div(m.dot(x, x), np.asarray(float(x.shape[-1] - ("wrong divisor" in m.faults))))
    return m.r(m.r(x * m.rsqrt(m.r(square + _eps(m, 1e-6)))[..., None]) * i["w"])


def attention(m: Machine, i: Mapping[str, Array]) -> Array:
    """One pass over blocks of 16 keys with a running maximum where the machine is blocked, else two passes.

    One pass rounds its exponentials to the dtype of v before they are multiplied, as FlashAttention does.
    """
    q, k, v = i["q"], i["k"], i["v"]
    scale = m.r(np.asarray(1 / math.sqrt(q.shape[-1] + ("wrong divisor" in m.faults))))
    s = m.r(m.dot(q[..., :, None, :], k[..., None, :, :]) * scale)
    if i.get("causal") is not None:
        offset = 1 if "mask off by one" in m.faults else 0
        s = np.where(np.tril(np.ones(s.shape[-2:], bool), offset), s, -np.inf)
    if m.order not in ("blocked", "split"):
        e = m.function("exp", m.r(s - s.max(-1, keepdims=True)))
        p = m.div(e, m.sum(e)[..., None])
        return m.dot(p[..., :, None, :], np.swapaxes(v, -1, -2)[..., None, :, :])
    top = np.full(s.shape[:-1], -np.inf)
    denominator, out = np.zeros(s.shape[:-1]), np.zeros((*s.shape[:-1], v.shape[-1]))
    for at in range(0, s.shape[-1], 16):
        part = s[..., at : at + 16]
        higher = np.maximum(top, part.max(-1))
        with np.errstate(all="ignore"):
            keep = np.where(np.isfinite(top), m.function("exp", m.r(top - higher)), 0.0)
            e = np.where(np.isfinite(part), m.function("exp", m.r(part - higher[..., None])), 0.0)
        if "no rescale" in m.faults:
            keep = np.where(np.isfinite(top), 1.0, 0.0)
        denominator = m.r(m.r(denominator * keep) + m.sum(e))
        kept = formats.round_value(e, str(i["dtype"]))
        added = m.dot(kept[..., :, None, :], np.swapaxes(v[..., at : at + 16, :], -1, -2)[..., None, :, :])
        out = m.r(m.r(out * keep[..., None]) + added)
        top = higher
    return m.div(out, denominator[..., None])


def mse_loss(m: Machine, i: Mapping[str, Array]) -> Array:
    d = m.r(i["x"] - i["t"])
    return m.r(d * d)


def cross_entropy(m: Machine, i: Mapping[str, Array]) -> Array:
    y = log_softmax(m, i)
    return -np.take_along_axis(y, i["t"][:, None].astype(int), 1)[:, 0]


def embedding_bag(m: Machine, i: Mapping[str, Array]) -> Array:
    rows = np.moveaxis(i["w"][i["ids"].astype(int)], -2, -1)
    return m.sum(rows)


def index_add(m: Machine, i: Mapping[str, Array]) -> Array:
    """In memory, in the array's own dtype, in the machine's order; tiled machines add up in float32 and round once."""
    y, index, source = i["x"].copy(), i["i"].astype(int), i["s"]
    rows = {"reversed": range(len(index))[::-1], "permuted": np.random.default_rng(3).permutation(len(index))}
    kept = "float32" if m.order in ("blocked", "split", "pairwise", "lanes") else str(i["dtype"])
    for row in rows.get(m.order, range(len(index))):
        y[index[row]] = formats.round_value(y[index[row]] + source[row], kept)
    return y


def gelu(m: Machine, i: Mapping[str, Array]) -> Array:
    x = i["x"]
    if "tanh" in m.faults:  # the approximation where the exact form was asked for
        return m.r(x * 0.5 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))))
    return m.r(m.r(x * 0.5) * m.r(1 + m.function("erf", m.r(x * np.float64(np.float32(math.sqrt(0.5)))))))


def silu(m: Machine, i: Mapping[str, Array]) -> Array:
    with np.errstate(over="ignore"):
        return m.div(i["x"], m.r(1 + m.function("exp", -i["x"])))


def function(name: str) -> Kernel:
    """The kernel that is one function of the machine's library."""
    return lambda m, i: m.function(name, i["x"])


KERNELS: dict[str, Kernel] = {
    "matmul": matmul,
    "bmm": matmul,
    "linear": linear,
    "conv2d": conv2d,
    "sum": total,
    "mean": mean,
    "cumsum": cumsum,
    "var": var,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "logsumexp": logsumexp,
    "layer_norm": layer_norm,
    "rms_norm": rms_norm,
    "attention": attention,
    "mse_loss": mse_loss,
    "cross_entropy": cross_entropy,
    "embedding_bag": embedding_bag,
    "index_add": index_add,
    "gelu": gelu,
    "silu": silu,
    "rsqrt": lambda m, i: m.rsqrt(i["x"]),
    "div": lambda m, i: m.div(i["x"], i["y"]),
    "add": lambda m, i: m.r(i["x"] + i["y"]),
    "mul": lambda m, i: m.r(i["x"] * i["y"]),
    **{name: function(name) for name in ("exp", "log", "tanh", "sin", "sigmoid", "erf", "sqrt", "expm1")},
}

# Mistakes of logic worth making for each operator; all of them change its output.
MISTAKES: dict[str, tuple[str, ...]] = {
    "matmul": ("lost tile", "tile twice"),
    "bmm": ("lost tile", "tile twice"),
    "linear": ("lost tile", "tile twice", "no bias"),
    "conv2d": ("lost tile", "tile twice", "no padding"),
    "sum": ("lost tile", "tile twice"),
    "mean": ("lost tile", "wrong divisor"),
    "cumsum": ("lost tile",),
    "var": ("lost tile", "wrong divisor", "squares"),
    "softmax": ("lost column", "no maximum", "wrong axis"),
    "log_softmax": ("lost column",),
    "logsumexp": ("lost column", "no maximum"),
    "layer_norm": ("no eps", "wrong eps", "wrong divisor", "squares", "lost tile"),
    "rms_norm": ("no eps", "wrong eps", "wrong divisor", "lost tile"),
    "attention": ("mask off by one", "wrong divisor", "no rescale", "lost tile"),
    "embedding_bag": ("lost tile", "tile twice"),
    "gelu": ("tanh",),
    "cross_entropy": ("lost column",),
}
