"""Gradients of operators, common and less common ones, at shapes, options and values that no set before has.

See seventeenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scoreboard.sets.ninth_core import ONE
from benchmarks.scoreboard.sets.ninth_rarer import LONG
from benchmarks.scoreboard.sets.seventeenth_core import each
from benchmarks.scoreboard.sets.seventh_core import S, v
from benchmarks.scoreboard.sets.sixth_core import FULL, F, L, Tensors
from harness.case import Case

_UNIT = "range:-1:1"


def cases() -> Iterator[Case]:
    """The gradients of every one of these operators, in each dtype it runs in."""
    yield from _products()
    yield from _sums()
    yield from _norms()
    yield from _elements()
    yield from _errors()
    yield from _pictures()
    yield from _rarer()


def _products() -> Iterator[Case]:
    pair, three = ("x", "y"), ("x", "w", "b")
    yield from each("torch.matmul", {"x": ((2, 5, 10, 22), _UNIT), "y": ((5, 22, 6), "normal")}, grad=pair)
    yield from each("torch.matmul", {"x": ((300,), "unit"), "y": ((300, 6), "range:-0.3:0.3")}, grad=pair)
    yield from each("torch.mm", {"x": ((10, 84), "offset"), "y": ((84, 14), "range:-0.2:0.2")}, grad=pair)
    yield from each("torch.mv", {"x": ((22, 52), "normal"), "y": ((52,), "wide")}, grad=pair)
    yield from each("torch.baddbmm", {"c": (3, 1, 10), "x": ((3, 6, 22), _UNIT), "y": ((3, 22, 10), _UNIT)}, alpha=0.3,
                    grad=("c", "x", "y"))  # fmt: skip
    yield from each("torch.tensordot", {"x": (5, 6, 14), "y": ((6, 14, 10), _UNIT)}, dims=2, grad=pair)
    yield from each(F + "linear", {"x": ((5, 6, 44), "offset"), "w": ((10, 44), "range:-0.3:0.3"), "b": (10,)},
                    grad=three)  # fmt: skip
    yield from each(F + "linear", {"x": ((2, 700), "normal"), "w": ((6, 700), "range:-0.1:0.1")}, grad=("x", "w"))
    yield from each(F + "bilinear", {"x": ((10, 6), _UNIT), "y": (10, 5), "w": ((4, 6, 5), _UNIT)},
                    grad=("x", "y", "w"))  # fmt: skip
    yield from each("torch.einsum", {"x": (2, 10, 3, 6), "y": (2, 12, 3, 6)}, args=("bqhd,bkhd->bhqk", *v("x", "y")),
                    grad=pair)  # fmt: skip
    yield from each(F + "conv1d", {"x": ((2, 6, 20), "wide"), "w": ((6, 1, 3), _UNIT), "b": (6,)}, groups=6, padding=1,
                    grad=three)  # fmt: skip
    yield from each(F + "conv2d", {"x": ((2, 5, 8, 6), "normal"), "w": ((6, 5, 1, 1), _UNIT), "b": (6,)}, grad=three)
    yield from each(F + "conv2d", {"x": ((1, 3, 12, 10), "unit"), "w": ((6, 3, 4, 4), "range:-0.3:0.3")}, stride=2,
                    padding=1, grad=("x", "w"))  # fmt: skip
    yield from each(F + "conv3d", {"x": ((1, 2, 4, 5, 6), _UNIT), "w": ((4, 2, 2, 2, 2), _UNIT), "b": (4,)}, grad=three,
                    dtypes=FULL)  # fmt: skip
    yield from each(F + "conv_transpose2d", {"x": ((1, 4, 5, 6), _UNIT), "w": ((4, 3, 3, 3), _UNIT), "b": (3,)},
                    stride=2, grad=three, dtypes=ONE)  # fmt: skip
    sdpa = F + "scaled_dot_product_attention"
    yield from each(sdpa, {"q": (2, 2, 10, 14), "k": (2, 2, 20, 14), "v": (2, 2, 20, 14)}, grad=("q", "k", "v"))
    biased: Tensors = {"q": (1, 2, 20, 6), "k": (1, 2, 20, 6), "v": (1, 2, 20, 6), "m": (20, 20)}
    yield from each(sdpa, biased, args=tuple(v("q", "k", "v", "m")), grad=("q", "k", "m"), dtypes=FULL)


def _sums() -> Iterator[Case]:
    x = ("x",)
    yield from each("torch.sum", {"x": ((5, 6, 14), "offset")}, dim=[0, 2], grad=x)
    yield from each("torch.mean", {"x": ((22, 36), "wide")}, dim=-1, grad=x)
    yield from each("torch.var", {"x": ((5, 10, 14), "normal")}, dim=[1, 2], correction=0, grad=x)
    yield from each("torch.std", {"x": ((10, 84), "range:2:5")}, dim=-1, grad=x)
    yield from each("torch.norm", {"x": ((10, 44), "normal")}, 3, 1, grad=x)
    yield from each(L + "vector_norm", {"x": ((5, 10, 14), "wide")}, 2, [0, 2], grad=x)
    yield from each("torch.logsumexp", {"x": ((44, 10), "normal")}, 0, grad=x)
    yield from each("torch.cumsum", {"x": ((44, 6), "wide")}, 0, grad=x)
    yield from each("torch.cumprod", {"x": ((6, 20), "range:-1.3:1.3")}, 1, grad=x)
    yield from each("torch.logcumsumexp", {"x": ((20, 10), "range:-6:6")}, 0, grad=x)
    yield from each("torch.prod", {"x": ((10, 5, 6), "range:0.5:1.5")}, 2, True, grad=x)
    yield from each(F + "softmax", {"x": ((5, 300), "normal")}, dim=-1, grad=x)
    yield from each(F + "log_softmax", {"x": ((2, 10, 6, 5), "normal")}, dim=1, grad=x)


def _norms() -> Iterator[Case]:
    grads = ("x", "w", "b")
    layer: Tensors = {"x": ((10, 92), "wide"), "w": ((92,), "normal"), "b": (92,)}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [92], *v("w", "b")), eps=1e-6, grad=grads)
    yield from each(F + "layer_norm", {"x": ((6, 5, 10), "normal")}, [5, 10], grad=("x",))
    rms: Tensors = {"x": ((2, 10, 44), "offset"), "w": ((44,), "positive")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [44], {"v": "w"}), eps=1e-6, grad=("x", "w"))
    group: Tensors = {"x": ((2, 8, 5, 4), "unit"), "w": ((8,), "normal"), "b": (8,)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 2, *v("w", "b")), grad=grads)
    batch: Tensors = {"x": ((20, 6), "offset"), "w": ((6,), "positive"), "b": (6,)}
    yield from each(F + "batch_norm", batch, args=({"v": "x"}, None, None, *v("w", "b"), True), eps=1e-3, grad=grads)
    yield from each(F + "instance_norm", {"x": ((3, 5, 20), "normal"), "w": ((5,), "positive"), "b": (5,)},
                    args=({"v": "x"}, None, None, *v("w", "b")), grad=grads)  # fmt: skip
    yield from each(F + "normalize", {"x": ((10, 20, 6), "wide")}, dim=1, grad=("x",))
    yield from each(F + "local_response_norm", {"x": ((2, 8, 10), "normal")}, 3, grad=("x",), dtypes=ONE)


def _elements() -> Iterator[Case]:
    x, two = ("x",), ("x", "y")
    given: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "gelu": ("range:-4:4", {"approximate": "tanh"}),
        "silu": ("range:-12:6", {}),
        "mish": ("normal", {}),
        "selu": ("range:-5:2", {}),
        "elu": ("range:-6:2", {"alpha": 0.7}),
        "softplus": ("wide", {}),
        "tanhshrink": ("normal", {}),
    }
    for name, (values, options) in given.items():
        yield from each(F + name, {"x": ((12, 40), values)}, grad=x, **options)
    for name, values in {
        "exp": "range:-3:3",
        "log1p": "range:-0.5:5",
        "log2": "range:0.2:9",
        "sqrt": "range:0.1:20",
        "rsqrt": "range:0.5:40",
        "cos": "range:-12:12",
        "asin": "range:-0.8:0.8",
        "acos": "range:-0.7:0.7",
        "atan": "wide",
        "sigmoid": "range:-8:8",
        "erf": "range:-2:2",
        "lgamma": "range:0.5:20",
        "logit": "range:0.1:0.9",
    }.items():
        yield from each("torch." + name, {"x": ((12, 40), values)}, grad=x)
    yield from each("torch.div", {"x": ((14, 26), "normal"), "y": ((14, 1), "range:0.3:5")}, grad=two)
    yield from each("torch.mul", {"x": ((14, 26), "offset"), "y": ((26,), "wide")}, grad=two)
    yield from each("torch.pow", {"x": ((14, 26), "range:0.4:3")}, -0.5, grad=x)
    yield from each("torch.atan2", {"x": ((14, 26), "positive"), "y": ((14, 26), "normal")}, grad=two)
    yield from each("torch.logaddexp", {"x": ((14, 26), "normal"), "y": ((26,), "normal")}, grad=two)
    yield from each("torch.addcmul", {"x": (10, 26), "y": ((10, 26), "wide"), "z": (26,)}, value=0.7, grad=("y", "z"))
    yield from each("torch.clamp", {"x": ((14, 26), "normal")}, -0.8, 1.1, grad=x)
    yield from each(F + "glu", {"x": ((12, 40), "normal")}, dim=-1, grad=x)
    yield from each(F + "prelu", {"x": ((5, 6, 10), "normal"), "w": ((6,), "unit")}, grad=("x", "w"))


def _errors() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "cross_entropy", {"x": ((14, 60), "normal"), "t": ((14,), "index:60", "int64")}, grad=x)
    yield from each(F + "cross_entropy", {"x": ((2, 6, 10), "wide"), "t": ((2, 10), "index:6", "int64"),
                                          "w": ((6,), "positive")},
                    args=v("x", "t"), weight={"v": "w"}, reduction="sum", grad=x)  # fmt: skip
    yield from each(F + "binary_cross_entropy_with_logits", {"x": ((20, 10), "normal"), "p": ((10,), "range:0.5:5"),
                                                             "t": ((20, 10), "literal:1,0,0")},
                    args=v("x", "t"), pos_weight={"v": "p"}, grad=x)  # fmt: skip
    yield from each(F + "binary_cross_entropy", {"x": ((20, 10), "range:0.05:0.95"), "t": ((20, 10), "unit")}, grad=x)
    yield from each(F + "mse_loss", {"x": ((20, 14), "wide"), "t": ((20, 14), "normal")}, grad=("x", "t"))
    yield from each(F + "huber_loss", {"x": ((20, 14), "normal"), "t": ((20, 14), "normal")}, delta=0.7,
                    reduction="sum", grad=x)  # fmt: skip
    yield from each(F + "kl_div", {"x": ((20, 10), "range:-5:-0.5"), "t": ((20, 10), "range:0.01:0.3")},
                    reduction="batchmean", grad=("x", "t"))  # fmt: skip
    yield from each(F + "triplet_margin_loss", {"x": (20, 6), "y": (20, 6), "z": (20, 6)}, margin=3.0,
                    grad=("x", "y", "z"), dtypes=FULL)  # fmt: skip
    yield from each(F + "cosine_similarity", {"x": ((20, 26), "normal"), "y": ((20, 26), "offset")}, grad=("x", "y"))
    yield from each(F + "multilabel_soft_margin_loss", {"x": ((20, 6), "normal"), "t": ((20, 6), "literal:0,1,1")},
                    grad=x)  # fmt: skip


def _pictures() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "avg_pool2d", {"x": ((1, 5, 10, 8), "offset")}, 3, 2, 1, grad=x)
    yield from each(F + "max_pool2d", {"x": ((1, 5, 10, 8), "normal")}, 2, grad=x)
    yield from each(F + "adaptive_avg_pool1d", {"x": ((3, 5, 22), "normal")}, 4, grad=x)
    yield from each(F + "lp_pool1d", {"x": ((2, 5, 20), "range:0.3:2")}, 3.0, 2, grad=x, dtypes=FULL)
    yield from each(F + "interpolate", {"x": ((1, 4, 5, 6), "wide")}, scale_factor=2, mode="nearest", grad=x)
    yield from each(
        F + "interpolate", {"x": ((1, 3, 6, 5), "normal")}, size=[8, 9], mode="bicubic", grad=x, dtypes=FULL
    )
    yield from each(F + "grid_sample", {"x": (1, 3, 6, 8), "g": ((1, 6, 5, 2), "range:-0.9:0.9")}, align_corners=True,
                    grad=("x", "g"), dtypes=ONE)  # fmt: skip
    yield from each(F + "pad", {"x": ((1, 3, 6, 8), "normal")}, [2, 3, 1, 2], mode="reflect", grad=x)
    yield from each(F + "fold", {"x": (1, 12, 12)}, [4, 5], [2, 2], grad=x, dtypes=LONG)
    yield from each(F + "embedding", {"i": ((84,), "index:10", "int64"), "w": (10, 6)}, grad=("w",))
    yield from each("torch.scatter_add", {"x": (5, 10), "i": ((20, 10), "index:5", "int64"), "s": (20, 10)},
                    args=(*v("x"), 0, *v("i", "s")), grad=("x", "s"))  # fmt: skip
    yield from each("torch.gather", {"x": (10, 6), "i": ((44, 6), "index:10", "int64")}, args=(*v("x"), 0, *v("i")),
                    grad=x)  # fmt: skip
    yield from each("torch.index_put", {"x": (10, 6), "i": ((30,), "index:10", "int64"), "s": (30, 6)},
                    args=(*v("x"), v("i"), *v("s"), True), grad=("x", "s"), dtypes=FULL)  # fmt: skip
    yield from each("torch.sort", {"x": ((10, 22), "wide")}, -1, grad=x)


def _rarer() -> Iterator[Case]:
    x, a = ("x",), ("A",)
    yield from each(L + "det", {"A": ((10, 4, 4), "dominant")}, grad=a, dtypes=FULL)
    yield from each(L + "inv", {"A": ((4, 6, 6), "dominant")}, grad=a, dtypes=ONE)
    yield from each(L + "solve", {"A": ((4, 6, 6), "dominant"), "B": (4, 6, 2)}, grad=("A", "B"), dtypes=FULL)
    yield from each(L + "cholesky", {"A": ((4, 6, 6), "spd")}, grad=a, dtypes=LONG)
    yield from each(L + "eigvalsh", {"A": ((4, 5, 5), "spd")}, grad=a, dtypes=ONE)
    yield from each(L + "matrix_exp", {"A": ((4, 5, 5), "range:-0.5:0.5")}, grad=a, dtypes=LONG)
    yield from each(L + "lstsq", {"A": ((4, 10, 3), "normal"), "B": (4, 10, 2)}, grad=("A", "B"), dtypes=LONG)
    yield from each(L + "multi_dot", {"x": (6, 10), "y": ((10, 14), _UNIT), "z": (14, 3)}, args=(v("x", "y", "z"),),
                    grad=("x", "y", "z"))  # fmt: skip
    yield from each("torch.fft.rfft", {"x": ((6, 20), "normal")}, grad=x, dtypes=ONE)
    yield from each(S + "log_ndtr", {"x": ((12, 40), "range:-6:3")}, grad=x, dtypes=FULL)
    yield from each(S + "i0e", {"x": ((12, 40), "range:0.3:12")}, grad=x, dtypes=LONG)
    yield from each(S + "erfcx", {"x": ((12, 40), "range:-1:9")}, grad=x, dtypes=ONE)
    yield from each(S + "xlogy", {"x": ((12, 40), "unit"), "y": ((40,), "positive")}, grad=("x", "y"))
    yield from each("torch.cov", {"x": ((5, 26), "normal")}, grad=x, dtypes=ONE)
    yield from each("torch.corrcoef", {"x": ((4, 26), "offset")}, grad=x, dtypes=LONG)
    yield from each("torch.cross", {"x": ((20, 3), "normal"), "y": ((20, 3), "wide")}, -1, grad=("x", "y"))
    yield from each("torch.polygamma", {"x": ((12, 40), "range:0.5:8")}, args=(1, {"v": "x"}), grad=x, dtypes=LONG)
    lstm: Tensors = {"x": (6, 5), "h": ((6, 4), _UNIT), "c": (6, 4), "wi": ((16, 5), _UNIT), "wh": ((16, 4), _UNIT)}
    yield from each("torch.lstm_cell", lstm, args=(*v("x"), v("h", "c"), *v("wi", "wh")), grad=("x", "c", "wi"))
