"""Gradients of operators, common and less common ones, at shapes, options and values that no set before has.

See nineteenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scoreboard.sets.nineteenth_core import each
from benchmarks.scoreboard.sets.ninth_core import ONE
from benchmarks.scoreboard.sets.ninth_rarer import LONG
from benchmarks.scoreboard.sets.seventh_core import S, v
from benchmarks.scoreboard.sets.sixth_core import FULL, F, L, Tensors
from harness.case import Case

_UNIT = "range:-1:1"
_SMALL = "range:-0.06:0.06"


def cases() -> Iterator[Case]:
    """The gradients of every one of these operators, in each dtype it runs in."""
    yield from _layers()
    yield from _products()
    yield from _sums()
    yield from _norms()
    yield from _elements()
    yield from _errors()
    yield from _pictures()
    yield from _rarer()


def _layers() -> Iterator[Case]:
    """At shapes as layers of real models have them."""
    yield from each(F + "linear", {"x": ((256, 256), "normal"), "w": ((128, 256), _SMALL), "b": (128,)},
                    grad=("x", "w", "b"))  # fmt: skip
    yield from each("torch.matmul", {"x": ((512, 128), "normal"), "y": ((128, 256), _SMALL)}, grad=("x", "y"))
    layer: Tensors = {"x": ((512, 256), "offset"), "w": ((256,), "positive"), "b": (256,)}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [256], *v("w", "b")), grad=("x", "w", "b"))
    yield from each(F + "softmax", {"x": ((256, 512), "range:-5:5")}, dim=-1, grad=("x",))
    yield from each(F + "gelu", {"x": ((256, 64), "normal")}, grad=("x",), dtypes=ONE)
    yield from each(F + "cross_entropy", {"x": ((256, 256), "normal"), "t": ((256,), "index:256", "int64")},
                    grad=("x",), dtypes=ONE)  # fmt: skip
    sdpa = F + "scaled_dot_product_attention"
    yield from each(sdpa, {"q": (1, 2, 256, 32), "k": (1, 2, 256, 32), "v": (1, 2, 256, 32)}, is_causal=True,
                    grad=("q", "k", "v"))  # fmt: skip


def _products() -> Iterator[Case]:
    pair, three = ("x", "y"), ("x", "w", "b")
    yield from each("torch.matmul", {"x": ((5, 6, 33), "wide"), "y": ((33, 9), "range:-0.4:0.4")}, grad=pair)
    yield from each("torch.matmul", {"x": ((3, 9, 14), "offset"), "y": ((14,), _UNIT)}, grad=pair)
    yield from each("torch.mm", {"x": ((11, 140), "unit"), "y": ((140, 5), "range:-0.5:0.4")}, grad=pair)
    yield from each("torch.bmm", {"x": ((2, 14, 22), "normal"), "y": ((2, 22, 6), "wide")}, grad=pair)
    yield from each("torch.baddbmm", {"c": (3, 7, 8), "x": ((3, 7, 19), "offset"), "y": ((3, 19, 8), _UNIT)}, beta=0.7,
                    alpha=-0.3, grad=("c", "x", "y"))  # fmt: skip
    yield from each("torch.mv", {"x": ((14, 61), "normal"), "y": ((61,), "wide")}, grad=pair)
    yield from each("torch.inner", {"x": ((7, 33), "unit"), "y": ((5, 33), _UNIT)}, grad=pair)
    yield from each(F + "linear", {"x": ((3, 11, 43), "offset"), "w": ((9, 43), _UNIT)}, grad=("x", "w"))
    yield from each("torch.einsum", {"x": (2, 9, 3, 7), "y": ((2, 12, 3, 7), _UNIT)},
                    args=("bnhd,bmhd->bhnm", *v("x", "y")), grad=pair)  # fmt: skip
    yield from each(F + "conv1d", {"x": ((2, 6, 22), "wide"), "w": ((9, 2, 3), _UNIT), "b": (9,)}, groups=3, padding=2,
                    grad=three)  # fmt: skip
    yield from each(F + "conv2d", {"x": ((1, 4, 9, 8), "normal"), "w": ((5, 4, 3, 2), _UNIT), "b": (5,)}, stride=2,
                    dilation=[1, 2], grad=three)  # fmt: skip
    yield from each(F + "conv_transpose2d", {"x": ((1, 4, 5, 6), "normal"), "w": ((4, 3, 3, 3), _UNIT), "b": (3,)},
                    stride=2, grad=three, dtypes=ONE)  # fmt: skip
    sdpa = F + "scaled_dot_product_attention"
    yield from each(sdpa, {"q": ((2, 2, 9, 14), "wide"), "k": (2, 2, 21, 14), "v": (2, 2, 21, 14)}, scale=0.15,
                    grad=("q", "k", "v"))  # fmt: skip
    masked: Tensors = {"q": (1, 3, 8, 10), "k": (1, 3, 11, 10), "v": (1, 3, 11, 10), "m": ((8, 11), "range:-3:0")}
    yield from each(sdpa, masked, args=tuple(v("q", "k", "v", "m")), grad=("q", "k", "v"))


def _sums() -> Iterator[Case]:
    x = ("x",)
    yield from each("torch.sum", {"x": ((4, 9, 13), "wide")}, dim=[0, 2], grad=x)
    yield from each("torch.var", {"x": ((5, 9, 14), "wide")}, dim=[0, 2], correction=0, grad=x)
    yield from each("torch.std", {"x": ((26, 12), "offset")}, dim=0, grad=x)
    yield from each("torch.std_mean", {"x": ((7, 43), "normal")}, dim=-1, grad=x)
    yield from each("torch.norm", {"x": ((14, 26), "range:0.3:3")}, 3, 0, grad=x)
    yield from each(L + "vector_norm", {"x": ((12, 33), "wide")}, 2, -1, True, grad=x)
    yield from each("torch.logsumexp", {"x": ((7, 90), "range:-9:9")}, 1, grad=x)
    yield from each("torch.cumsum", {"x": ((14, 5, 6), "offset")}, 0, grad=x)
    yield from each("torch.cumprod", {"x": ((7, 14), "range:-1.4:1.5")}, 1, grad=x)
    yield from each("torch.logcumsumexp", {"x": ((22, 6), "range:-4:4")}, 0, grad=x)
    yield from each("torch.prod", {"x": ((9, 7, 4), "range:0.5:1.6")}, 1, grad=x)
    yield from each("torch.amin", {"x": ((14, 26), "wide")}, 0, grad=x)
    yield from each(F + "softmax", {"x": ((7, 130), "offset")}, dim=-1, grad=x)
    yield from each(F + "log_softmax", {"x": ((3, 14, 6), "range:-8:8")}, dim=1, grad=x)


def _norms() -> Iterator[Case]:
    grads = ("x", "w", "b")
    layer: Tensors = {"x": ((6, 5, 43), "wide"), "w": ((43,), "offset"), "b": (43,)}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [43], *v("w", "b")), eps=1e-4, grad=grads)
    yield from each(F + "layer_norm", {"x": ((5, 6, 14), "unit")}, [6, 14], grad=("x",))
    rms: Tensors = {"x": ((12, 90), "offset"), "w": ((90,), "unit")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [90], {"v": "w"}), eps=1e-6, grad=("x", "w"))
    group: Tensors = {"x": ((2, 8, 5, 6), "wide"), "w": ((8,), "unit"), "b": (8,)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 2, *v("w", "b")), grad=grads)
    batch: Tensors = {"x": ((22, 7), "offset"), "w": ((7,), "positive"), "b": (7,)}
    yield from each(F + "batch_norm", batch, args=({"v": "x"}, None, None, *v("w", "b"), True), eps=1e-3, grad=grads)
    yield from each(F + "instance_norm", {"x": ((3, 5, 22), "wide"), "w": (5,), "b": (5,)},
                    args=({"v": "x"}, None, None, *v("w", "b")), grad=grads)  # fmt: skip
    yield from each(F + "normalize", {"x": ((9, 14, 5), "wide")}, dim=1, grad=("x",))
    yield from each(F + "cosine_similarity", {"x": ((12, 26), "offset"), "y": ((12, 26), "normal")}, dim=1,
                    grad=("x", "y"))  # fmt: skip


def _elements() -> Iterator[Case]:
    x, two = ("x",), ("x", "y")
    given: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "gelu": ("wide", {"approximate": "tanh"}),
        "silu": ("range:-9:1", {}),
        "mish": ("offset", {}),
        "elu": ("range:-4:2", {"alpha": 0.6}),
        "selu": ("normal", {}),
        "softplus": ("wide", {"beta": 0.7}),
        "logsigmoid": ("range:-9:5", {}),
        "hardsigmoid": ("range:-4:4", {}),
        "tanhshrink": ("range:-2:2", {}),
    }
    for name, (values, options) in given.items():
        yield from each(F + name, {"x": ((7, 61), values)}, grad=x, **options)
    for name, values in {
        "exp": "range:-6:2",
        "log2": "range:0.2:20",
        "log1p": "range:-0.7:9",
        "sqrt": "range:0.05:9",
        "rsqrt": "range:0.2:20",
        "cos": "range:-9:9",
        "asin": "range:-0.9:0.9",
        "acos": "range:-0.6:0.8",
        "atan": "wide",
        "cosh": "range:-3:3",
        "sigmoid": "range:-8:8",
        "erf": "range:-2:2",
        "lgamma": "range:0.4:12",
        "logit": "range:0.05:0.95",
        "square": "wide",
    }.items():
        yield from each("torch." + name, {"x": ((7, 61), values)}, grad=x)
    yield from each("torch.mul", {"x": ((14, 1), "wide"), "y": ((14, 26), "offset")}, grad=two)
    yield from each("torch.div", {"x": ((14, 26), "wide"), "y": ((14, 1), "range:0.4:6")}, grad=two)
    yield from each("torch.pow", {"x": ((26,), "range:0.4:2.5"), "y": ((14, 26), "range:-1:2")}, grad=two)
    yield from each("torch.atan2", {"x": ((14, 26), "normal"), "y": ((26,), "range:0.5:3")}, grad=two)
    yield from each("torch.logaddexp", {"x": ((14, 26), "range:-9:9"), "y": ((26,), "range:-9:9")}, grad=two)
    yield from each("torch.addcmul", {"x": (14, 26), "y": ((14, 26), "offset"), "z": ((26,), "wide")}, value=0.6,
                    grad=("x", "y", "z"))  # fmt: skip
    yield from each("torch.minimum", {"x": ((14, 26), "wide"), "y": ((26,), "normal")}, grad=two)
    yield from each(F + "glu", {"x": ((9, 5, 12), "normal")}, dim=-1, grad=x)
    yield from each(F + "prelu", {"x": ((9, 6, 7), "wide"), "w": ((6,), "unit")}, grad=("x", "w"))


def _errors() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "cross_entropy", {"x": ((3, 9, 6), "wide"), "t": ((3, 6), "index:9", "int64"),
                                          "w": ((9,), "unit")}, args=v("x", "t"), weight={"v": "w"},
                    grad=x)  # fmt: skip
    yield from each(
        F + "cross_entropy", {"x": ((14, 43), "range:-6:6"), "t": ((14,), "index:43", "int64")}, reduction="sum",
        ignore_index=3, grad=x,
    )  # fmt: skip
    yield from each(F + "binary_cross_entropy_with_logits", {"x": ((14, 26), "range:-5:5"),
                                                             "t": ((14, 26), "literal:1,0,0,1,1"),
                                                             "p": ((26,), "range:0.5:4")},
                    args=v("x", "t"), pos_weight={"v": "p"}, reduction="sum", grad=x)  # fmt: skip
    yield from each(F + "binary_cross_entropy", {"x": ((14, 26), "range:0.05:0.95"), "t": ((14, 26), "unit")}, grad=x)
    yield from each(F + "mse_loss", {"x": ((14, 26), "wide"), "t": ((14, 26), "offset")}, grad=("x", "t"))
    yield from each(F + "huber_loss", {"x": ((14, 26), "normal"), "t": ((14, 26), "wide")}, delta=1.3, grad=x)
    yield from each(F + "kl_div", {"x": ((14, 26), "range:-7:-0.5"), "t": ((14, 26), "range:0.005:0.2")},
                    reduction="batchmean", grad=x)  # fmt: skip
    yield from each(F + "poisson_nll_loss", {"x": ((14, 26), "range:0.5:6"), "t": ((14, 26), "literal:2,0,1,5")},
                    log_input=False, reduction="sum", grad=x)  # fmt: skip
    yield from each(F + "margin_ranking_loss", {"x": (44,), "y": ((44,), "offset"), "t": ((44,), "literal:-1,1,1")},
                    margin=0.5, grad=("x", "y"))  # fmt: skip
    yield from each(F + "triplet_margin_loss", {"x": (22, 9), "y": (22, 9), "z": (22, 9)}, margin=1.5,
                    grad=("x", "y", "z"), dtypes=FULL)  # fmt: skip
    yield from each(F + "multi_margin_loss", {"x": ((14, 8), "normal"), "t": ((14,), "index:8", "int64")}, grad=x,
                    dtypes=LONG)  # fmt: skip


def _pictures() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "avg_pool2d", {"x": ((1, 4, 11, 8), "wide")}, [3, 2], 2, 1, grad=x)
    yield from each(F + "max_pool2d", {"x": ((2, 3, 10, 9), "normal")}, 3, 2, grad=x)
    yield from each(F + "adaptive_avg_pool1d", {"x": ((3, 5, 26), "wide")}, 7, grad=x)
    yield from each(F + "lp_pool2d", {"x": ((1, 3, 8, 9), "range:0.2:2")}, 2.0, 2, grad=x, dtypes=FULL)
    yield from each(F + "interpolate", {"x": ((1, 3, 6, 7), "offset")}, size=[4, 11], mode="bilinear",
                    align_corners=True, grad=x)  # fmt: skip
    yield from each(F + "interpolate", {"x": ((1, 2, 5, 6), "normal")}, size=[8, 9], mode="bicubic", grad=x,
                    dtypes=ONE)  # fmt: skip
    yield from each(F + "pad", {"x": ((2, 3, 14), "offset")}, [3, 5], mode="reflect", grad=x)
    yield from each(F + "pixel_shuffle", {"x": ((1, 8, 4, 5), "wide")}, 2, grad=x)
    yield from each(F + "embedding", {"i": ((6, 11), "index:14", "int64"), "w": ((14, 9), "normal")}, grad=("w",),
                    dtypes=FULL)  # fmt: skip
    yield from each("torch.gather", {"x": ((9, 14), "wide"), "i": ((9, 30), "index:14", "int64")},
                    args=(*v("x"), 1, *v("i")), grad=x)  # fmt: skip
    yield from each("torch.scatter_add", {"x": (9, 7), "i": ((9, 40), "index:7", "int64"), "s": (9, 40)},
                    args=(*v("x"), 1, *v("i", "s")), grad=("x", "s"))  # fmt: skip
    yield from each("torch.sort", {"x": ((9, 22), "wide")}, 1, grad=x)
    yield from each("torch.cdist", {"x": ((2, 7, 4), "wide"), "y": ((2, 9, 4), "normal")}, p=1.5, grad=("x", "y"),
                    dtypes=LONG)  # fmt: skip


def _rarer() -> Iterator[Case]:
    x, a = ("x",), ("A",)
    yield from each("torch.logdet", {"A": ((4, 6, 6), "dominant")}, grad=a, dtypes=LONG)
    yield from each(L + "inv", {"A": ((3, 7, 7), "dominant")}, grad=a, dtypes=ONE)
    yield from each(L + "solve", {"A": ((3, 8, 8), "dominant"), "B": (3, 8, 2)}, grad=("A", "B"), dtypes=LONG)
    yield from each(L + "eigvalsh", {"A": ((3, 6, 6), "spd")}, grad=a, dtypes=LONG)
    yield from each(L + "matrix_exp", {"A": ((3, 5, 5), "range:-0.6:0.6")}, grad=a, dtypes=ONE)
    yield from each(L + "matrix_norm", {"A": ((4, 5, 9), "wide")}, 1, grad=a, dtypes=FULL)
    yield from each(L + "multi_dot", {"x": (5, 12), "y": ((12, 7), _UNIT), "z": ((7, 9), _UNIT)},
                    args=(v("x", "y", "z"),), grad=("x", "y", "z"))  # fmt: skip
    yield from each("torch.cumulative_trapezoid", {"y": ((7, 22), "offset")}, dx=0.4, grad=("y",))
    yield from each("torch.cross", {"x": ((12, 3), "wide"), "y": ((12, 3), "normal")}, 1, grad=("x", "y"))
    yield from each("torch.tril", {"x": ((9, 14), "wide")}, 1, grad=x)
    yield from each(S + "ndtr", {"x": ((7, 61), "range:-3:3")}, grad=x, dtypes=ONE)
    yield from each(S + "log_ndtr", {"x": ((7, 61), "range:-9:2")}, grad=x, dtypes=LONG)
    yield from each(S + "i0e", {"x": ((7, 61), "range:0.2:9")}, grad=x, dtypes=LONG)
    yield from each(S + "xlog1py", {"x": ((7, 61), "unit"), "y": ((61,), "range:-0.6:4")}, grad=("x", "y"), dtypes=FULL)
    yield from each("torch.fft.rfft", {"x": ((5, 33), "normal")}, grad=x, dtypes=LONG)
    yield from each(F + "pairwise_distance", {"x": (14, 9), "y": ((14, 9), "offset")}, grad=("x", "y"), dtypes=FULL)
    lstm: Tensors = {
        "x": (6, 5),
        "h": ((6, 4), _UNIT),
        "c": (6, 4),
        "wi": ((16, 5), _UNIT),
        "wh": ((16, 4), "range:-0.7:0.9"),
    }
    yield from each("torch.lstm_cell", lstm, args=(*v("x"), v("h", "c"), *v("wi", "wh")), grad=("x", "c", "wi"))
