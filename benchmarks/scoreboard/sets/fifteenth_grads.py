"""Gradients of operators, common and less common ones, at shapes, options and values that no set before has.

See fifteenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scoreboard.sets.fifteenth_core import each
from benchmarks.scoreboard.sets.ninth_core import ONE
from benchmarks.scoreboard.sets.ninth_rarer import LONG
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
    yield from each("torch.matmul", {"x": ((20, 50), _UNIT), "y": ((50, 6), "range:-0.3:0.5")}, grad=pair)
    yield from each("torch.matmul", {"x": ((2, 4, 5, 22), _UNIT), "y": ((2, 1, 22, 5), "range:-2:1")}, grad=pair)
    yield from each("torch.bmm", {"x": ((4, 5, 20), _UNIT), "y": ((4, 20, 5), "range:0:1")}, grad=pair)
    yield from each("torch.mv", {"x": ((20, 90), _UNIT), "y": ((90,), "range:-0.5:0.5")}, grad=pair)
    yield from each("torch.baddbmm", {"c": (4, 1, 6), "x": (4, 5, 22), "y": ((4, 22, 6), _UNIT)}, alpha=0.2,
                    grad=("c", "x", "y"))  # fmt: skip
    yield from each(F + "linear", {"x": ((4, 10, 50), _UNIT), "w": ((14, 50), "range:-0.2:0.2"), "b": (14,)},
                    grad=three)  # fmt: skip
    yield from each(F + "linear", {"x": ((5, 400), "range:0:2"), "w": ((10, 400), "range:-0.05:0.05")},
                    grad=("x", "w"))  # fmt: skip
    yield from each(F + "bilinear", {"x": (20, 5), "y": (20, 4), "w": ((6, 5, 4), _UNIT)}, grad=("x", "y", "w"))
    yield from each("torch.einsum", {"x": (2, 10, 4, 5), "y": ((2, 11, 4, 5), _UNIT)},
                    args=("bqhd,bkhd->bhqk", *v("x", "y")), grad=pair)  # fmt: skip
    picture: Tensors = {"x": ((1, 3, 20, 20), _UNIT), "w": ((10, 3, 5, 5), "range:-0.3:0.3"), "b": (10,)}
    yield from each(F + "conv2d", picture, stride=5, grad=three)
    yield from each(F + "conv2d", {"x": ((2, 10, 5, 6), _UNIT), "w": ((5, 10, 1, 1), _UNIT), "b": (5,)}, grad=three)
    yield from each(F + "conv1d", {"x": ((2, 10, 40), _UNIT), "w": ((10, 1, 4), _UNIT), "b": (10,)}, groups=10,
                    padding=3, grad=three)  # fmt: skip
    yield from each(F + "conv3d", {"x": ((1, 2, 4, 5, 6), _UNIT), "w": ((4, 2, 2, 3, 3), "range:-0.4:0.4")},
                    padding=[0, 1, 1], grad=("x", "w"), dtypes=FULL)  # fmt: skip
    yield from each(F + "conv_transpose2d", {"x": ((1, 5, 4, 6), _UNIT), "w": ((5, 4, 2, 2), _UNIT), "b": (4,)},
                    stride=2, grad=three, dtypes=ONE)  # fmt: skip
    sdpa = F + "scaled_dot_product_attention"
    yield from each(sdpa, {"q": (2, 2, 14, 10), "k": (2, 2, 14, 10), "v": (2, 2, 14, 10)}, is_causal=True,
                    grad=("q", "k", "v"))  # fmt: skip
    yield from each(sdpa, {"q": ((1, 2, 20, 5), _UNIT), "k": (1, 2, 40, 5), "v": (1, 2, 40, 5)}, grad=("q", "k", "v"))
    biased: Tensors = {"q": (1, 2, 10, 6), "k": (1, 2, 11, 6), "v": (1, 2, 11, 6), "m": ((2, 10, 11), "range:-3:1")}
    yield from each(sdpa, biased, args=tuple(v("q", "k", "v", "m")), grad=("q", "k", "m"))


def _sums() -> Iterator[Case]:
    x = ("x",)
    yield from each("torch.mean", {"x": ((5, 4, 10, 11), "range:-1:2")}, dim=[2, 3], grad=x)
    yield from each("torch.var", {"x": ((20, 53), "range:-3:3")}, dim=1, grad=x)
    yield from each("torch.std", {"x": ((11, 50), "range:0:9")}, dim=-1, grad=x)
    yield from each(L + "vector_norm", {"x": ((20, 10), "range:-3:3")}, 2, 1, grad=x)
    yield from each("torch.norm", {"x": ((10, 50), "range:0.1:2")}, 3, 1, grad=x)
    yield from each("torch.logsumexp", {"x": ((10, 90), "range:-3:5")}, -1, grad=x)
    yield from each("torch.cumsum", {"x": ((40, 6), "range:-1:1")}, 0, grad=x)
    yield from each("torch.cumprod", {"x": ((5, 22), "range:0.7:1.3")}, 1, grad=x)
    yield from each("torch.prod", {"x": ((20, 6), "range:0.5:1.5")}, 1, grad=x)
    yield from each("torch.amax", {"x": ((11, 40), "range:-3:3")}, 1, grad=x)
    yield from each(F + "softmax", {"x": ((4, 5, 40), "range:-4:4")}, dim=-1, grad=x)
    yield from each(F + "softmax", {"x": ((2, 11, 5, 4), "range:-2:6")}, dim=1, grad=x)
    yield from each(F + "log_softmax", {"x": ((10, 200), "range:-6:6")}, dim=-1, grad=x)


def _norms() -> Iterator[Case]:
    grads = ("x", "w", "b")
    layer: Tensors = {"x": ((5, 4, 90), "range:-3:3"), "w": ((90,), "range:0.5:1.5"), "b": (90,)}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [90], *v("w", "b")), grad=grads)
    yield from each(F + "layer_norm", {"x": ((20, 22), "range:0:6")}, [22], eps=1e-6, grad=("x",))
    rms: Tensors = {"x": ((4, 5, 100), "range:-2:2"), "w": ((100,), "range:0.7:1.3")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [100], {"v": "w"}), eps=1e-6, grad=("x", "w"))
    group: Tensors = {"x": ((2, 10, 5, 4), "range:-2:3"), "w": (10,), "b": (10,)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 5, *v("w", "b")), eps=1e-5, grad=grads)
    batch: Tensors = {"x": ((4, 5, 6, 6), "range:-2:4"), "w": ((5,), "range:0.5:1.5"), "b": (5,)}
    yield from each(F + "batch_norm", batch, args=({"v": "x"}, None, None, *v("w", "b"), True), grad=grads)
    yield from each(F + "instance_norm", {"x": ((2, 5, 40), "range:-2:2")}, grad=("x",))
    yield from each(F + "normalize", {"x": ((20, 50), "range:-1:2")}, dim=1, grad=("x",))


def _elements() -> Iterator[Case]:
    x, two = ("x",), ("x", "y")
    given: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "gelu": ("range:-3:3", {"approximate": "tanh"}),
        "silu": ("range:-5:8", {}),
        "mish": ("range:-8:2", {}),
        "selu": ("range:-3:3", {}),
        "softplus": ("range:-9:9", {}),
        "hardswish": ("range:-5:5", {}),
        "leaky_relu": ("range:-5:5", {"negative_slope": 0.1}),
        "tanhshrink": ("range:-2:2", {}),
    }
    for name, (values, options) in given.items():
        yield from each(F + name, {"x": ((11, 51), values)}, grad=x, **options)
    for name, values in {
        "exp": "range:-3:3",
        "log": "range:0.5:9",
        "log1p": "range:-0.5:5",
        "sqrt": "range:0.1:9",
        "sin": "range:-6:6",
        "cos": "range:-6:6",
        "atan": "range:-6:6",
        "tanh": "range:-4:4",
        "erf": "range:-2:2",
        "sigmoid": "range:-5:5",
        "asinh": "range:-9:9",
        "lgamma": "range:0.3:9",
    }.items():
        yield from each("torch." + name, {"x": ((11, 51), values)}, grad=x)
    yield from each("torch.div", {"x": ((11, 50), "range:-5:5"), "y": ((11, 1), "range:1:6")}, grad=two)
    yield from each("torch.mul", {"x": ((4, 10, 6), _UNIT), "y": ((10, 1), "range:-2:2")}, grad=two)
    yield from each("torch.pow", {"x": ((11, 50), "range:0.1:4")}, 1.5, grad=x)
    yield from each("torch.logaddexp", {"x": ((11, 50), "range:-4:4"), "y": ((50,), "range:-4:4")}, grad=two)
    yield from each("torch.atan2", {"x": ((11, 50), "range:0.5:3"), "y": ((11, 50), "range:-3:3")}, grad=two)
    yield from each(F + "glu", {"x": ((10, 40), "range:-3:3")}, grad=x)
    yield from each(F + "prelu", {"x": ((4, 10, 5), "range:-3:3"), "w": ((10,), "range:0.1:0.4")}, grad=("x", "w"))


def _errors() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "cross_entropy", {"x": ((20, 100), "range:-4:6"), "t": ((20,), "index:100", "int64")}, grad=x)
    yield from each(F + "cross_entropy", {"x": ((2, 6, 5, 4), _UNIT), "t": ((2, 5, 4), "index:6", "int64"),
                                          "w": ((6,), "range:0.5:2")}, args=v("x", "t"), weight={"v": "w"},
                    reduction="sum", grad=x)  # fmt: skip
    yield from each(F + "binary_cross_entropy_with_logits", {"x": ((20, 11), "range:-5:5"),
                                                             "t": ((20, 11), "literal:1,0,0")},
                    reduction="sum", grad=x)  # fmt: skip
    yield from each(F + "binary_cross_entropy", {"x": ((50,), "range:0.05:0.95"), "t": ((50,), "literal:1,0,0")},
                    grad=x)  # fmt: skip
    yield from each(F + "mse_loss", {"x": ((20, 10), "range:-2:2"), "t": (20, 10)}, grad=("x", "t"))
    yield from each(F + "huber_loss", {"x": ((20, 10), "range:-3:3"), "t": (20, 10)}, delta=0.7, reduction="sum",
                    grad=x)  # fmt: skip
    yield from each(F + "kl_div", {"x": ((10, 20), "range:-5:-2"), "t": ((10, 20), "range:0.01:0.1")},
                    reduction="batchmean", grad=("x", "t"))  # fmt: skip
    yield from each(F + "triplet_margin_loss", {"x": (20, 6), "y": (20, 6), "z": ((20, 6), "range:-1:1")},
                    reduction="sum", grad=("x", "z"), dtypes=FULL)  # fmt: skip
    yield from each(F + "cosine_similarity", {"x": ((20, 40), _UNIT), "y": ((20, 40), "range:-1:2")}, dim=1,
                    grad=("x", "y"))  # fmt: skip


def _pictures() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "avg_pool2d", {"x": ((2, 5, 10, 6), _UNIT)}, 2, grad=x)
    yield from each(F + "max_pool2d", {"x": ((1, 5, 10, 11), "range:-3:3")}, 3, 2, 1, grad=x)
    yield from each(F + "adaptive_avg_pool2d", {"x": ((2, 5, 7, 6), _UNIT)}, [2, 4], grad=x)
    yield from each(F + "interpolate", {"x": ((1, 4, 5, 6), _UNIT)}, size=[11, 10], mode="bilinear",
                    align_corners=False, grad=x)  # fmt: skip
    yield from each(F + "interpolate", {"x": ((1, 2, 6, 5), _UNIT)}, scale_factor=2.0, mode="bicubic", grad=x,
                    dtypes=FULL)  # fmt: skip
    yield from each(F + "grid_sample", {"x": (2, 3, 6, 5), "g": ((2, 4, 5, 2), "range:-0.9:0.9")},
                    align_corners=True, grad=("x", "g"), dtypes=ONE)  # fmt: skip
    yield from each(F + "pixel_unshuffle", {"x": (2, 3, 10, 6)}, 2, grad=x)
    yield from each(F + "embedding", {"i": ((10, 20), "index:40", "int64"), "w": (40, 5)}, grad=("w",))
    yield from each(F + "embedding_bag", {"i": ((20, 6), "index:30", "int64"), "w": (30, 5)}, mode="mean", grad=("w",))
    yield from each("torch.gather", {"x": (10, 20), "i": ((10, 40), "index:20", "int64")}, grad=x,
                    args=(*v("x"), 1, *v("i")))  # fmt: skip
    yield from each("torch.scatter_add", {"x": (11, 5), "i": ((50, 5), "index:11", "int64"), "s": (50, 5)},
                    args=(*v("x"), 0, *v("i", "s")), grad=("x", "s"))  # fmt: skip


def _rarer() -> Iterator[Case]:
    x = ("x",)
    yield from each(L + "inv", {"A": ((10, 5, 5), "dominant")}, grad=("A",), dtypes=LONG)
    yield from each(L + "solve", {"A": ((5, 6, 6), "dominant"), "B": (5, 6, 2)}, grad=("A", "B"), dtypes=ONE)
    yield from each(L + "cholesky", {"A": ((5, 5, 5), "spd")}, grad=("A",), dtypes=FULL)
    yield from each(L + "det", {"A": ((10, 3, 3), "dominant")}, grad=("A",), dtypes=ONE)
    yield from each(L + "eigvalsh", {"A": ((5, 4, 4), "spd")}, grad=("A",), dtypes=ONE)
    yield from each(L + "matrix_exp", {"A": ((5, 4, 4), _UNIT)}, grad=("A",), dtypes=LONG)
    yield from each("torch.fft.rfft", {"x": ((5, 40), _UNIT)}, grad=x, dtypes=ONE)
    yield from each(S + "log_ndtr", {"x": ((11, 51), "range:-3:3")}, grad=x, dtypes=ONE)
    yield from each(S + "erfcx", {"x": ((11, 51), "range:-1:4")}, grad=x, dtypes=LONG)
    yield from each(S + "i0", {"x": ((11, 51), "range:-3:3")}, grad=x, dtypes=ONE)
    yield from each("torch.cdist", {"x": (10, 4), "y": ((11, 4), "range:1:3")}, 1.0, grad=("x", "y"), dtypes=ONE)
    yield from each(F + "pdist", {"x": ((14, 5), "range:-2:2")}, grad=x, dtypes=LONG)
    yield from each("torch.sort", {"x": ((10, 22), "range:-3:3")}, grad=x)
    lstm: Tensors = {"x": (6, 5), "h": ((6, 4), _UNIT), "c": (6, 4), "wi": ((16, 5), _UNIT), "wh": ((16, 4), _UNIT)}
    yield from each("torch.lstm_cell", lstm, args=(*v("x"), v("h", "c"), *v("wi", "wh")), grad=("x", "c", "wi"))
