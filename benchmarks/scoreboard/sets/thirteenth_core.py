"""Public operators that most models call, at shapes, options, dimensions and values that no set before has.

See thirteenth.py; written without a look at the rules or at any score. Not in half precision: what a CPU has no kernel
for. Each operator's numbers have a seed of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.scoreboard.sets import seventh_core
from benchmarks.scoreboard.sets.ninth_core import SOME
from benchmarks.scoreboard.sets.seventh_core import S, each_of, v
from benchmarks.scoreboard.sets.sixth_core import FULL, F, L, Tensors
from harness.case import Case

each = each_of("thirteenth", SOME)
_UNIT = "range:-1:1"


def cases() -> Iterator[Case]:
    """Every one of these operators, on its samples in each dtype it runs in."""
    yield from _products()
    yield from _filters()
    yield from _folded()
    yield from _scaled()
    yield from _heads()
    yield from _gates()
    yield from _elements()
    yield from _errors()
    yield from _windows()
    yield from _gathered()


def seed(name: str) -> int:
    """The seed of a function's or an operator's numbers."""
    return seventh_core.seed(name, "thirteenth")


def _products() -> Iterator[Case]:
    yield from each("torch.matmul", {"x": ((14, 333), _UNIT), "y": ((333, 22), "range:-0.1:0.3")})
    yield from each("torch.matmul", {"x": ((57,), "range:-1:2"), "y": ((6, 57, 14), _UNIT)})
    yield from each("torch.bmm", {"x": ((13, 22, 6), "range:0:1.5"), "y": (13, 6, 1)})
    yield from each("torch.baddbmm", {"c": ((1, 1, 18), _UNIT), "x": (6, 14, 37), "y": ((6, 37, 18), "range:-0.3:0.5")},
                    beta=1.5, alpha=0.6)  # fmt: skip
    yield from each("torch.addmv", {"c": (39,), "x": ((39, 67), "range:-0.5:0.4"), "y": ((67,), _UNIT)}, beta=-0.5)
    yield from each("torch.inner", {"x": ((6, 9, 47), _UNIT), "y": ((13, 47), "range:-0.5:1")})
    yield from each(F + "linear", {"x": ((46, 73), "range:-0.6:1"), "w": ((18, 73), _UNIT), "b": ((18,), "range:-4:4")})
    yield from each(F + "bilinear", {"x": (4, 9, 6), "y": ((4, 9, 11), _UNIT), "w": ((8, 6, 11), "range:-0.3:0.5")})
    yield from each(
        "torch.einsum", {"x": (9, 22, 6), "y": ((9, 6, 14), "range:-1:0.6")}, args=("btd,bdh->th", *v("x", "y"))
    )
    yield from each(L + "multi_dot", {"x": ((9, 46), _UNIT), "y": ((46, 6), "range:-0.5:0.5"), "z": (6, 33)},
                    args=(v("x", "y", "z"),))  # fmt: skip


def _filters() -> Iterator[Case]:
    yield from each(F + "conv1d", {"x": ((4, 9, 46), "range:-1:1.5"), "w": ((9, 3, 5), _UNIT), "b": (9,)}, groups=3,
                    stride=3, padding=2)  # fmt: skip
    yield from each(F + "conv2d", {"x": ((3, 6, 9, 18), _UNIT), "w": ((9, 6, 4, 2), "range:-0.3:0.4")}, padding=[2, 0],
                    stride=[1, 2])  # fmt: skip
    yield from each(
        F + "conv2d",
        {"x": (1, 14, 11, 8), "w": ((28, 1, 3, 3), _UNIT), "b": ((28,), "range:-2:0")},
        groups=14,
        padding=2,
        dilation=2,
    )
    yield from each(F + "conv3d", {"x": ((1, 4, 6, 8, 5), "range:0:2"), "w": ((9, 4, 3, 1, 3), _UNIT), "b": (9,)},
                    padding=[1, 0, 1])  # fmt: skip
    yield from each(F + "conv_transpose1d", {"x": ((2, 9, 14), _UNIT), "w": ((9, 4, 6), "range:-0.5:0.3")}, stride=3,
                    output_padding=2, dtypes=FULL)  # fmt: skip
    yield from each(
        F + "conv_transpose2d",
        {"x": (1, 8, 6, 5), "w": ((8, 3, 4, 4), _UNIT), "b": (6,)},
        stride=2,
        padding=1,
        groups=2,
        dtypes=FULL,
    )


def _folded() -> Iterator[Case]:
    yield from each("torch.sum", {"x": ((9, 46, 27), "range:-1:0.8")}, dim=[0, 2], keepdim=True)
    yield from each("torch.mean", {"x": ((4, 22, 18, 9), "range:0:3")}, dim=[0, 2, 3])
    yield from each("torch.var", {"x": ((9, 14, 22), "range:-1:2")}, dim=[1, 2], correction=0)
    yield from each("torch.std", {"x": ((46, 57), "range:2:5")}, dim=0)
    yield from each("torch.var_mean", {"x": ((27, 118), "range:-3:1")}, dim=1)
    yield from each("torch.prod", {"x": ((46, 9), "range:-1.7:1.3")}, 1)
    yield from each("torch.logsumexp", {"x": ((8, 33, 14), "range:-3:8")}, [0, 2])
    yield from each("torch.norm", {"x": ((27, 57), "range:-1:1.5")}, 1.5, 0)
    yield from each(L + "vector_norm", {"x": ((18, 143), "range:-0.5:1.5")}, 4, -1)
    yield from each(L + "vector_norm", {"x": ((9, 22, 13), "range:-2:3")}, float("inf"), [1, 2])
    yield from each("torch.cumsum", {"x": ((6, 14, 33), "range:-0.2:0.7")}, 1)
    yield from each("torch.cumprod", {"x": ((57, 8), "range:0.7:1.35")}, 0)
    yield from each("torch.logcumsumexp", {"x": ((14, 57), "range:-2:9")}, -1)
    yield from each("torch.quantile", {"x": ((22, 47), "range:-2:6"), "q": ((3,), "literal:0.125,0.5,0.875")}, dim=1,
                    dtypes=FULL)  # fmt: skip


def _scaled() -> Iterator[Case]:
    yield from each(F + "softmax", {"x": ((9, 27, 46), "range:-9:3")}, dim=1)
    yield from each(F + "softmax", {"x": ((6, 1333), "range:-1:4")}, dim=-1)
    yield from each(F + "log_softmax", {"x": ((4, 22, 9, 8), "range:-5:5")}, dim=1)
    layer: Tensors = {"x": ((8, 6, 9, 14), "range:-1:2"), "w": ((9, 14), "range:0.4:1.8"), "b": ((9, 14), _UNIT)}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [9, 14], *v("w", "b")), eps=1e-6)
    rms: Tensors = {"x": ((33, 218), "range:-4:2"), "w": ((218,), "range:-1.2:1.2")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [218], {"v": "w"}), eps=1e-5)
    group: Tensors = {"x": ((3, 18, 27), "range:-3:1"), "w": ((18,), "range:-1:2"), "b": ((18,), "range:-2:2")}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 9, *v("w", "b")), eps=1e-4)
    batch: Tensors = {"x": ((6, 9, 4, 5, 3), "range:-1:4"), "m": ((9,), "range:0:2"), "s": ((9,), "range:0.3:2")}
    yield from each(F + "batch_norm", batch, args=tuple(v("x", "m", "s")), eps=1e-4)
    train: Tensors = {"x": ((46, 22), "range:-2:4"), "w": ((22,), "range:0.5:2"), "b": (22,)}
    yield from each(F + "batch_norm", train, args=({"v": "x"}, None, None, *v("w", "b"), True), eps=1e-2)
    norm: Tensors = {"x": ((4, 6, 9, 11), "range:-4:2"), "w": ((6,), "range:0.4:1.6"), "b": ((6,), _UNIT)}
    yield from each(F + "instance_norm", norm, args=({"v": "x"}, None, None, *v("w", "b")), eps=1e-3)
    yield from each(F + "local_response_norm", {"x": ((2, 14, 6, 9), "range:-3:3")}, 5, 0.5, 0.75, 2.0, dtypes=FULL)
    yield from each(F + "normalize", {"x": ((8, 33, 13), "range:-1:1.5")}, p=1.5, dim=1)


def _heads() -> Iterator[Case]:
    sdpa = F + "scaled_dot_product_attention"
    yield from each(sdpa, {"q": (4, 1, 27, 14), "k": (4, 1, 46, 14), "v": ((4, 1, 46, 9), "range:-2:1")}, scale=0.7)
    yield from each(sdpa, {"q": ((2, 6, 33, 8), "range:-3:3"), "k": (2, 6, 33, 8), "v": (2, 6, 33, 8)}, is_causal=True,
                    scale=0.15)  # fmt: skip
    yield from each(
        sdpa, {"q": ((2, 8, 9, 18), _UNIT), "k": ((2, 2, 57, 18), _UNIT), "v": (2, 2, 57, 18)}, enable_gqa=True
    )
    banded: Tensors = {"q": (3, 22, 13), "k": ((3, 22, 13), "range:-2:2"), "v": ((3, 22, 13), "range:0:3"),
                       "m": ((22, 22), "literal:0,-0.5,-1,-2,0,-4,-8", )}  # fmt: skip
    yield from each(sdpa, banded, args=tuple(v("q", "k", "v", "m")))
    shared: Tensors = {"q": (5, 4, 6, 22), "k": (5, 4, 14, 22), "v": ((5, 4, 14, 22), _UNIT),
                       "m": ((6, 14), "literal:1,0,1,1,1", "bool")}  # fmt: skip
    yield from each(sdpa, shared, args=tuple(v("q", "k", "v", "m")))


def _gates() -> Iterator[Case]:
    given: Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]] = {
        "gelu": [("range:-9:3", {"approximate": "tanh"})],
        "silu": [("range:-3:12", {})],
        "celu": [("range:-4:3", {"alpha": 0.7})],
        "selu": [("range:-5:3", {})],
        "elu": [("range:-7:1", {"alpha": 0.4})],
        "softplus": [("range:-14:3", {"beta": 1.7})],
        "hardswish": [("range:-5:4", {})],
        "tanhshrink": [("range:-4:4", {})],
        "softshrink": [("range:-3:2", {"lambd": 0.35})],
    }
    for name, samples in given.items():
        for values, options in samples:
            yield from each(F + name, {"x": ((14, 59), values)}, **options)
    yield from each(F + "glu", {"x": ((18, 9, 22), "range:-4:4")}, dim=2)
    yield from each(F + "prelu", {"x": ((6, 14, 9, 5), "range:-3:1"), "w": ((14,), "range:-0.2:0.6")})


def _elements() -> Iterator[Case]:
    for name, values in {
        "exp": "range:-9:1",
        "expm1": "range:-1:3",
        "log2": "range:0.02:40",
        "log10": "range:0.1:300",
        "sqrt": "range:0:2",
        "sin": "range:-20:3",
        "tan": "range:-1.2:1.2",
        "asinh": "range:-30:9",
        "atan": "range:-2:14",
        "atanh": "range:-0.9:0.6",
        "erfc": "range:-1:2.5",
        "lgamma": "range:0.3:14",
    }.items():
        yield from each("torch." + name, {"x": ((27, 38), values)})
    yield from each(S + "ndtr", {"x": ((27, 38), "range:-3:4")})
    yield from each("torch.pow", {"x": ((27, 1), "range:0.3:3"), "y": ((38,), "range:-1:3")})
    yield from each("torch.hypot", {"x": ((27, 38), "range:-4:4"), "y": ((38,), "range:-1:3")}, dtypes=FULL)
    yield from each("torch.logaddexp", {"x": ((27, 38), "range:-6:2"), "y": ((38,), "range:-3:5")})
    yield from each("torch.addcmul", {"x": ((38,), _UNIT), "y": (27, 38), "z": ((27, 1), "range:-2:1")}, value=-0.7)
    yield from each("torch.lerp", {"x": (27, 38), "y": ((27, 38), "range:1:3"), "w": ((38,), "unit")})
    yield from each("torch.xlogy", {"x": ((27, 38), "range:0:3"), "y": ((27, 38), "range:0.1:6")})


def _errors() -> Iterator[Case]:
    soft: Tensors = {"x": ((33, 14), "range:-4:4"), "t": ((33, 14), "range:0:0.14")}
    yield from each(F + "cross_entropy", soft, label_smoothing=0.05)
    dense: Tensors = {
        "x": ((3, 9, 6, 8), "range:-3:3"),
        "t": ((3, 6, 8), "index:9", "int64"),
        "w": ((9,), "range:0.5:2"),
    }
    yield from each(F + "cross_entropy", dense, reduction="none")
    yield from each(F + "nll_loss", {"x": ((22, 9, 14), "range:-5:-0.1"), "t": ((22, 14), "index:9", "int64")},
                    reduction="none")  # fmt: skip
    yield from each(F + "huber_loss", {"x": ((33, 27), "range:-4:4"), "t": (33, 27)}, delta=0.8, reduction="none")
    yield from each(F + "binary_cross_entropy", {"x": ((27, 22), "range:0.05:0.95"), "t": ((27, 22), "unit")},
                    reduction="none")  # fmt: skip
    yield from each(F + "kl_div", {"x": ((18, 33), "range:-6:-1"), "t": ((18, 33), "range:-5:-1")}, log_target=True,
                    reduction="sum")  # fmt: skip
    yield from each(F + "gaussian_nll_loss", {"x": (22, 9), "t": (22, 9), "s": ((22, 1), "range:0.2:3")}, full=True)
    yield from each(F + "cosine_embedding_loss", {"x": (46, 9), "y": ((46, 9), "range:-1:2"),
                                                  "t": ((46,), "literal:1,-1,-1,1,1")}, margin=-0.3,
                    reduction="none")  # fmt: skip


def _windows() -> Iterator[Case]:
    yield from each(F + "avg_pool1d", {"x": ((3, 8, 57), "range:-1:4")}, 6, 5)
    yield from each(F + "avg_pool2d", {"x": ((4, 3, 11, 18), "range:-2:2")}, 4, 2, 1, count_include_pad=False)
    yield from each(F + "lp_pool2d", {"x": ((2, 6, 9, 13), "range:0.2:2")}, 3, [2, 3])
    yield from each(F + "adaptive_avg_pool2d", {"x": ((3, 8, 13, 9), "range:-1:3")}, [4, 2])
    yield from each(F + "adaptive_max_pool2d", {"x": ((2, 6, 14, 11), "range:-3:3")}, [3, 4])
    yield from each(F + "interpolate", {"x": ((3, 4, 14), "range:-2:2")}, size=33, mode="linear")
    yield from each(
        F + "interpolate",
        {"x": ((1, 3, 14, 18), "range:-1:2")},
        size=[6, 5],
        mode="bilinear",
        antialias=True,
        dtypes=FULL,
    )
    yield from each(F + "pad", {"x": (2, 6, 9, 8)}, [3, 0, 2, 5], mode="circular")


def _gathered() -> Iterator[Case]:
    bag: Tensors = {"i": ((27, 6), "index:46", "int64"), "w": ((46, 14), _UNIT)}
    yield from each(F + "embedding_bag", bag, mode="mean")
    rows: Tensors = {"x": (18, 9), "i": ((143,), "index:18", "int64"), "s": ((143, 9), "range:-1:0.5")}
    yield from each("torch.index_add", rows, args=({"v": "x"}, 0, *v("i", "s")), alpha=0.6)
    spread: Tensors = {"x": ((9, 14), _UNIT), "i": ((46, 14), "index:9", "int64"), "s": (46, 14)}
    yield from each("torch.scatter_add", spread, args=({"v": "x"}, 0, *v("i", "s")))
    yield from each(
        "torch.gather", {"x": (14, 22), "i": ((14, 33), "index:22", "int64")}, args=({"v": "x"}, 1, {"v": "i"})
    )
    yield from each("torch.sort", {"x": ((18, 27), "range:-6:2")}, 0, True)
    yield from each("torch.topk", {"x": ((33, 14, 4), "range:-3:3")}, 3, 1, False)
    yield from each("torch.cdist", {"x": ((4, 14, 6), "range:-2:2"), "y": ((4, 22, 6), "range:0:2")}, 1.0, dtypes=FULL)
