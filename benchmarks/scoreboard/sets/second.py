"""Operators that were kept aside once, and then had thresholds and rules tuned on them: the second set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from benchmarks.scoreboard.honest.machine import Machine
from benchmarks.scoreboard.honest.operators import Array, Kernel, function, matmul, softmax, var
from harness.case import Case
from harness.numerics import formats
from tests.numerics.torchrun import op_case

F = "torch.nn.functional."
FLOATS = ("float32", "bfloat16", "float16")
FUNCTIONS = ("cos", "log1p", "atan", "sinh", "log2", "exp2", "asinh")


def addmm(m: Machine, i: Mapping[str, Array]) -> Array:
    return m.r(matmul(m, i) + i["c"])


def mv(m: Machine, i: Mapping[str, Array]) -> Array:
    return m.dot(i["x"], i["y"])


def std(m: Machine, i: Mapping[str, Array]) -> Array:
    return m.r(np.sqrt(np.maximum(var(m, i), 0.0)))


def softmin(m: Machine, i: Mapping[str, Array]) -> Array:
    return softmax(m, {**i, "x": -i["x"]})


def prod(m: Machine, i: Mapping[str, Array]) -> Array:
    x = i["x"][..., ::-1] if m.order == "reversed" else i["x"]
    total = np.ones(x.shape[:-1])
    for k in range(x.shape[-1]):
        total = m.r(total * x[..., k])
    return total


def elu(m: Machine, i: Mapping[str, Array]) -> Array:
    return np.where(i["x"] > 0, i["x"], m.function("expm1", np.minimum(i["x"], 0.0)))


def softsign(m: Machine, i: Mapping[str, Array]) -> Array:
    return m.div(i["x"], m.r(1 + np.abs(i["x"])))


def lerp(m: Machine, i: Mapping[str, Array]) -> Array:
    step = m.r(i["y"] - i["x"]) * np.float64(np.float32(0.3))
    return m.r(i["x"] + (step if m.fma else m.r(step)))


def huber(m: Machine, i: Mapping[str, Array]) -> Array:
    d = np.abs(m.r(i["x"] - i["t"]))
    return np.where(d < 1.0, m.r(m.r(0.5 * d) * d), m.r(d - 0.5))


def instance_norm(m: Machine, i: Mapping[str, Array]) -> Array:
    """Blocked machines keep the statistics in the dtype of the input, as PyTorch's batch norm does."""
    x = i["x"].reshape(*i["x"].shape[:2], -1)
    n = np.asarray(float(x.shape[-1]))
    mean = m.div(m.sum(x), n)
    d = m.r(x - mean[..., None])
    r = m.rsqrt(m.r(m.div(m.dot(d, d), n) + np.float64(np.float32(1e-5))))
    if m.order == "blocked":
        r, mean = (formats.round_value(v, str(i["dtype"])) for v in (r, mean))
        d = m.r(x - mean[..., None])
    return m.r(d * r[..., None]).reshape(i["x"].shape)


KERNELS: dict[str, Kernel] = {
    **{name: function(name) for name in FUNCTIONS},
    "addmm": addmm,
    "mv": mv,
    "std": std,
    "softmin": softmin,
    "prod": prod,
    "elu": elu,
    "softsign": softsign,
    "lerp": lerp,
    "huber_loss": huber,
    "instance_norm": instance_norm,
}
MISTAKES: dict[str, tuple[str, ...]] = {
    "addmm": ("lost tile", "tile twice"),
    "mv": ("lost tile", "tile twice"),
    "std": ("lost tile", "wrong divisor", "squares"),
    "softmin": ("lost column", "no maximum"),
    "instance_norm": ("lost tile",),
}


def cases() -> Iterator[tuple[str, Case]]:
    """(kernel, case) of every one of these operators."""
    c: Any = op_case
    for d in FLOATS:
        for m, k, n in ((16, 64, 16), (9, 129, 15), (5, 513, 7)):
            for values in ("normal", "wide", "offset"):
                yield "addmm", c("torch.addmm", d, {"c": (n,), "x": (m, k), "y": (k, n)}, values=values)
        for k in (65, 300):
            for values in ("normal", "positive"):
                yield "mv", c("torch.mv", d, {"x": (96, k), "y": (k,)}, values=values)
        for n in (64, 257):
            for values in ("normal", "offset"):
                yield "std", c("torch.std", d, {"x": (96, n)}, dim=-1, values=values)
                yield "softmin", c(F + "softmin", d, {"x": (9, n)}, dim=-1, values=values)
        for f in FUNCTIONS:
            values = "positive" if f in ("log2", "log1p") else "normal"
            yield f, c(f"torch.{f}", d, {"x": (9, 65)}, values=values)
            yield f, c(f"torch.{f}", d, {"x": (9, 65)}, values="unit" if f != "log2" else "range:0.5:2")
        yield "prod", c("torch.prod", d, {"x": (96, 9)}, -1, values="range:0.5:1.5")
        for f in ("elu", "softsign"):
            for values in ("normal", "range:-9:9"):
                yield f, c(F + f, d, {"x": (9, 65)}, values=values)
        for values in ("normal", "wide"):
            yield "lerp", c("torch.lerp", d, {"x": (9, 65), "y": (9, 65)}, 0.3, values=values)
        yield "huber_loss", c(F + "huber_loss", d, {"x": (9, 33), "t": (9, 33)}, reduction="none")
        for values in ("normal", "offset"):
            yield "instance_norm", c(F + "instance_norm", d, {"x": (3, 5, 9, 7)}, values=values)
        yield "", c(F + "conv1d", d, {"x": (2, 4, 33), "w": (6, 4, 3), "b": (6,)}, padding=1)
        yield "", c(F + "conv_transpose2d", d, {"x": (1, 4, 5, 7), "w": (4, 3, 3, 3)}, stride=2)
        yield "", c("torch.baddbmm", d, {"c": (3, 9, 15), "x": (3, 9, 65), "y": (3, 65, 15)})
        yield "", c(F + "mish", d, {"x": (9, 65)}, values="range:-9:9")
        yield "", c(F + "adaptive_avg_pool2d", d, {"x": (2, 3, 9, 11)}, [4, 5])
        index = {"x": (9, 16), "i": ((9, 33), "index:16", "int64"), "s": (9, 33)}
        yield "", c("torch.scatter_add", d, index, args=({"v": "x"}, 1, {"v": "i"}, {"v": "s"}))
        yield "", c(F + "smooth_l1_loss", d, {"x": (9, 33), "t": (9, 33)}, reduction="none")
        logits = {"x": (9, 33), "t": ((9, 33), "range:0:1")}
        yield "", c(F + "binary_cross_entropy_with_logits", d, logits, reduction="none")
        yield "", c(F + "log_softmax", d, {"x": (9, 65)}, dim=-1, grad=("x",))
        yield "", c("torch.tanh", d, {"x": (9, 65)}, grad=("x",))
        yield "", c("torch.sigmoid", d, {"x": (9, 65)}, grad=("x",))
        norm = {"x": (9, 65), "w": ((65,), "normal")}
        yield "", c(F + "rms_norm", d, norm, args=({"v": "x"}, [65], {"v": "w"}), eps=1e-6, grad=("x", "w"))
        yield "", c(F + "linear", d, {"x": (17, 64), "w": (33, 64), "b": (33,)}, grad=("x", "w", "b"))
    for d in ("float32", "float64"):
        yield "", c("torch.linalg.cholesky", d, {"A": ((2, 17, 17), "spd")})
        yield "", c("torch.linalg.eigvalsh", d, {"A": ((7, 9, 9), "spd")})
        yield "", c("torch.atan2", d, {"x": (9, 65), "y": (9, 65)})
        yield "", c("torch.hypot", d, {"x": (9, 65), "y": (9, 65)})
        yield "", c("torch.logcumsumexp", d, {"x": (5, 65)}, -1)
    norm = {"x": (9, 65), "w": ((65,), "normal"), "b": ((65,), "normal")}
    affine = ({"v": "x"}, [65], {"v": "w"}, {"v": "b"})
    for values in ("normal", "wide", "offset"):
        yield "matmul", c("torch.matmul", "float64", {"x": (17, 65), "y": (65, 31)}, values=values)
        yield "sum", c("torch.sum", "float64", {"x": (96, 257)}, dim=-1, values=values)
        yield "softmax", c(F + "softmax", "float64", {"x": (9, 129)}, dim=-1, values=values)
        yield "layer_norm", c(F + "layer_norm", "float64", norm, args=affine, values=values, eps=1e-5)
    for f in ("exp", "tanh", "erf", "log"):
        yield "", c(f"torch.{f}", "float64", {"x": (9, 65)}, values="positive")
