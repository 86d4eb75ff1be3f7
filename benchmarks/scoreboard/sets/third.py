"""Operators and float64, kept aside once, and then had thresholds and rules tuned on them: the third set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from benchmarks.scoreboard.honest.machine import Machine
from benchmarks.scoreboard.honest.operators import Array, Kernel, function
from harness.case import Case
from tests.numerics.torchrun import op_case

F = "torch.nn.functional."
FLOATS = ("float32", "bfloat16", "float16")
FUNCTIONS = ("tan", "asin", "acos", "cosh", "log10", "atanh", "erfc")
_POSITIVE = ("log10",)
_UNIT = ("asin", "acos", "atanh")


def inner(m: Machine, i: Mapping[str, Array]) -> Array:
    return m.dot(i["x"][..., :, None, :], i["y"][None, :, :])


def addmv(m: Machine, i: Mapping[str, Array]) -> Array:
    return m.r(m.dot(i["x"], i["y"]) + i["c"])


def normalize(m: Machine, i: Mapping[str, Array]) -> Array:
    x = i["x"]
    return m.div(x, m.r(np.sqrt(m.dot(x, x)))[..., None])


def l1_loss(m: Machine, i: Mapping[str, Array]) -> Array:
    return np.abs(m.r(i["x"] - i["t"]))


def addcdiv(m: Machine, i: Mapping[str, Array]) -> Array:
    share = m.div(m.r(np.float64(np.float32(0.3)) * i["y"]), i["z"])
    return m.r(i["x"] + share)


def reciprocal(m: Machine, i: Mapping[str, Array]) -> Array:
    return m.div(np.ones_like(i["x"]), i["x"])


def hardsigmoid(m: Machine, i: Mapping[str, Array]) -> Array:
    return m.div(np.clip(m.r(i["x"] + 3), 0.0, 6.0), np.asarray(6.0))


KERNELS: dict[str, Kernel] = {
    **{name: function(name) for name in FUNCTIONS},
    "inner": inner,
    "addmv": addmv,
    "normalize": normalize,
    "l1_loss": l1_loss,
    "addcdiv": addcdiv,
    "reciprocal": reciprocal,
    "hardsigmoid": hardsigmoid,
    "nansum": lambda m, i: m.sum(i["x"]),
}


def cases() -> Iterator[tuple[str, Case]]:
    """(kernel, case) of every operator kept aside."""
    c: Any = op_case
    for d in FLOATS:
        for k in (31, 96, 320):
            for values in ("normal", "wide", "offset"):
                yield "inner", c("torch.inner", d, {"x": (24, k), "y": (20, k)}, values=values)
            for values in ("normal", "positive"):
                yield "addmv", c("torch.addmv", d, {"c": (80,), "x": (80, k), "y": (k,)}, values=values)
        for n in (33, 300):
            for values in ("normal", "wide", "positive"):
                yield "nansum", c("torch.nansum", d, {"x": (80, n)}, dim=-1, values=values)
            yield "normalize", c(F + "normalize", d, {"x": (12, n)}, dim=-1)
        for f in FUNCTIONS:
            values = "positive" if f in _POSITIVE else "unit" if f in _UNIT else "normal"
            yield f, c(f"torch.{f}", d, {"x": (12, 50)}, values=values)
            yield f, c(f"torch.{f}", d, {"x": (12, 50)}, values="range:0.1:0.9")
        yield "reciprocal", c("torch.reciprocal", d, {"x": (12, 50)}, values="wide")
        for values in ("normal", "range:-4:4"):
            yield "hardsigmoid", c(F + "hardsigmoid", d, {"x": (12, 50)}, values=values)
        tensors = {"x": (12, 50), "y": (12, 50), "z": ((12, 50), "positive")}
        yield "addcdiv", c("torch.addcdiv", d, tensors, value=0.3)
        yield "l1_loss", c(F + "l1_loss", d, {"x": (12, 30), "t": (12, 30)}, reduction="none")
        for f in ("selu", "celu", "hardswish", "softplus", "logsigmoid"):
            yield "", c(F + f, d, {"x": (12, 50)})
        yield "", c(F + "glu", d, {"x": (12, 50)})
        yield "", c("torch.logaddexp", d, {"x": (12, 50), "y": (12, 50)})
        yield "", c("torch.pow", d, {"x": ((12, 50), "positive"), "y": (12, 50)})
        yield "", c("torch.xlogy", d, {"x": (12, 50), "y": ((12, 50), "positive")})
        yield "", c("torch.tensordot", d, {"x": (7, 5, 13), "y": (5, 13, 11)}, dims=2)
        yield "", c(F + "avg_pool1d", d, {"x": (3, 4, 31)}, 5, 2)
        yield "", c(F + "batch_norm", d, {"x": (4, 6, 5, 3), "m": (6,), "v": ((6,), "positive")})
        yield "", c("torch.linalg.vector_norm", d, {"x": (80, 50)}, 1, -1)
        yield "", c(F + "kl_div", d, {"x": (12, 30), "t": ((12, 30), "range:0.1:1")}, reduction="none")
        yield "", c(F + "nll_loss", d, {"x": (80, 30), "t": ((80,), "index:30", "int64")}, reduction="none")
        attended = {"q": (1, 2, 20, 16), "k": (1, 2, 24, 16), "v": (1, 2, 24, 16), "m": (20, 24)}
        masked = ({"v": "q"}, {"v": "k"}, {"v": "v"}, {"v": "m"})
        yield "", c(F + "scaled_dot_product_attention", d, attended, args=masked)
        ids = {"ids": ((24, 9), "index:33", "int64"), "w": (33, 17)}
        yield "", c(F + "embedding_bag", d, ids, mode="mean")
        yield "", c("torch.bmm", d, {"x": (3, 9, 33), "y": (3, 33, 15)}, grad=("x", "y"))
        yield "", c(F + "conv2d", d, {"x": (1, 4, 9, 7), "w": (6, 4, 3, 3)}, padding=1, grad=("x", "w"))
        yield "", c("torch.exp", d, {"x": (12, 50)}, grad=("x",))
        yield "", c(F + "silu", d, {"x": (12, 50)}, grad=("x",))
        yield "", c(F + "group_norm", d, {"x": (3, 6, 5, 7)}, 3, grad=("x",))
    for d in ("float32", "float64"):
        yield "", c("torch.linalg.svdvals", d, {"A": (9, 7, 9)})
        yield "", c("torch.linalg.det", d, {"A": ((80, 5, 5), "dominant")})
        yield "", c("torch.fft.irfft", d, {"x": ((9, 64), "normal", "complex64" if d == "float32" else "complex128")})
    norm = {"x": (9, 65), "w": ((65,), "normal")}
    for values in ("normal", "positive", "offset"):
        yield "bmm", c("torch.bmm", "float64", {"x": (3, 9, 65), "y": (3, 65, 15)}, values=values)
        yield "mean", c("torch.mean", "float64", {"x": (96, 129)}, dim=-1, values=values)
        yield "var", c("torch.var", "float64", {"x": (96, 129)}, dim=-1, values=values)
        yield (
            "rms_norm",
            c(F + "rms_norm", "float64", norm, args=({"v": "x"}, [65], {"v": "w"}), values=values, eps=1e-6),
        )
        yield "log_softmax", c(F + "log_softmax", "float64", {"x": (9, 129)}, dim=-1, values=values)
    for f in ("sin", "sigmoid", "expm1"):
        yield f, c(f"torch.{f}", "float64", {"x": (12, 50)})
