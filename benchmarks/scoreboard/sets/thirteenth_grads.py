"""Gradients of operators, common and less common ones, at shapes, options and values that no set before has.

See thirteenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scoreboard.sets.ninth_core import ONE
from benchmarks.scoreboard.sets.ninth_rarer import LONG
from benchmarks.scoreboard.sets.seventh_core import S, v
from benchmarks.scoreboard.sets.sixth_core import FULL, F, L, Tensors
from benchmarks.scoreboard.sets.thirteenth_core import each
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
    yield from each("torch.matmul", {"x": ((6, 22, 9), _UNIT), "y": ((9, 27), "range:-1:2")}, grad=pair)
    yield from each("torch.bmm", {"x": (8, 6, 33), "y": ((8, 33, 9), "range:-0.5:0.5")}, grad=pair)
    yield from each(F + "linear", {"x": ((46, 9), "range:-2:1"), "w": ((22, 9), _UNIT), "b": (22,)}, grad=three)
    yield from each(F + "bilinear", {"x": (22, 6), "y": ((22, 8), _UNIT), "w": ((5, 6, 8), "range:-0.5:0.5")},
                    grad=("x", "w"))  # fmt: skip
    yield from each(
        "torch.einsum", {"x": (4, 9, 14), "y": ((4, 14, 6, 8), _UNIT)}, args=("bnd,bdhk->bnhk", *v("x", "y")), grad=pair
    )
    picture: Tensors = {"x": ((2, 6, 8, 9), _UNIT), "w": ((9, 2, 3, 3), "range:-0.5:0.6"), "b": (9,)}
    yield from each(F + "conv2d", picture, groups=3, stride=2, padding=1, grad=three)
    sound: Tensors = {"x": ((3, 6, 33), "range:-1:2"), "w": ((8, 6, 4), _UNIT), "b": (8,)}
    yield from each(F + "conv1d", sound, stride=3, dilation=2, padding=4, grad=three)
    volume: Tensors = {"x": ((1, 3, 5, 6, 4), _UNIT), "w": ((4, 3, 2, 2, 3), _UNIT), "b": (4,)}
    yield from each(F + "conv3d", volume, padding=1, grad=three, dtypes=FULL)
    yield from each(F + "conv_transpose2d", {"x": (2, 4, 5, 6), "w": ((4, 3, 3, 2), _UNIT)}, stride=2, padding=[1, 0],
                    grad=("x", "w"), dtypes=FULL)  # fmt: skip
    heads: Tensors = {"q": (3, 2, 14, 9), "k": ((3, 2, 22, 9), "range:-2:2"), "v": (3, 2, 22, 6)}
    yield from each(F + "scaled_dot_product_attention", heads, scale=0.6, grad=("q", "k", "v"))
    biased: Tensors = {"q": (2, 3, 13, 8), "k": (2, 3, 13, 8), "v": (2, 3, 13, 8), "m": ((1, 3, 13, 13), "range:-3:0")}
    yield from each(F + "scaled_dot_product_attention", biased, args=tuple(v("q", "k", "v", "m")),
                    grad=("q", "k", "v"))  # fmt: skip


def _sums() -> Iterator[Case]:
    x = ("x",)
    yield from each("torch.var", {"x": ((8, 14, 9), "range:-2:3")}, dim=[0, 2], correction=2, grad=x)
    yield from each("torch.norm", {"x": ((22, 33), "range:-1:2")}, 3, 1, grad=x)
    yield from each(L + "vector_norm", {"x": ((27, 14), "range:0.2:2")}, 1.5, 0, grad=x)
    yield from each("torch.logsumexp", {"x": ((18, 46), "range:-6:3")}, 0, grad=x)
    yield from each("torch.cumprod", {"x": ((9, 14), "range:0.5:1.6")}, 1, grad=x)
    yield from each("torch.logcumsumexp", {"x": ((33, 8), "range:-4:2")}, 0, grad=x)
    yield from each("torch.prod", {"x": ((6, 8, 9), "range:0.5:1.6")}, 2, grad=x)
    yield from each(F + "softmax", {"x": ((6, 14, 22), "range:-4:4")}, dim=1, grad=x)
    yield from each(F + "log_softmax", {"x": ((27, 57), "range:-3:7")}, dim=-1, grad=x)


def _norms() -> Iterator[Case]:
    grads = ("x", "w", "b")
    layer: Tensors = {"x": ((9, 6, 14), "range:-1:3"), "w": ((6, 14), "range:-1:2"), "b": (6, 14)}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [6, 14], *v("w", "b")), grad=grads)
    rms: Tensors = {"x": ((18, 46), "range:-2:2"), "w": ((46,), "range:0.5:1.5")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [46], {"v": "w"}), eps=1e-3, grad=("x", "w"))
    group: Tensors = {"x": ((3, 9, 22), "range:-3:1"), "w": ((9,), _UNIT), "b": (9,)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 3, *v("w", "b")), grad=grads)
    batch: Tensors = {"x": ((6, 8, 5, 9), "range:-1:2"), "w": ((8,), "range:0.5:2"), "b": (8,)}
    yield from each(F + "batch_norm", batch, args=({"v": "x"}, None, None, *v("w", "b"), True), grad=grads)
    yield from each(F + "instance_norm", {"x": ((3, 6, 9, 8), "range:-2:3")}, eps=1e-3, grad=("x",))
    yield from each(F + "normalize", {"x": ((14, 6, 9), "range:-2:1")}, p=3.0, dim=1, grad=("x",))


def _elements() -> Iterator[Case]:
    x, two = ("x",), ("x", "y")
    given: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "gelu": ("range:-4:2", {"approximate": "tanh"}),
        "celu": ("range:-3:3", {"alpha": 1.7}),
        "selu": ("range:-4:2", {}),
        "hardswish": ("range:-2.5:2.5", {}),
        "tanhshrink": ("range:-3:3", {}),
    }
    for name, (values, options) in given.items():
        yield from each(F + name, {"x": ((22, 19), values)}, grad=x, **options)
    for name, values in {
        "exp2": "range:-3:3",
        "sqrt": "range:0.1:5",
        "asin": "range:-0.8:0.9",
        "atanh": "range:-0.8:0.8",
        "acosh": "range:1.3:7",
        "lgamma": "range:0.5:8",
    }.items():
        yield from each("torch." + name, {"x": ((22, 19), values)}, grad=x)
    yield from each(
        "torch.hypot", {"x": ((22, 19), "range:0.3:3"), "y": ((19,), "range:-2:-0.4")}, grad=two, dtypes=FULL
    )
    yield from each("torch.logaddexp", {"x": ((22, 19), "range:-3:3"), "y": ((22, 1), "range:-2:4")}, grad=two)
    yield from each("torch.atan2", {"x": ((22, 19), "range:-2:3"), "y": ((19,), "range:0.4:2")}, grad=two)
    yield from each("torch.xlogy", {"x": ((22, 19), "range:-1:2"), "y": ((22, 19), "range:0.3:4")}, grad=two)


def _errors() -> Iterator[Case]:
    x = ("x",)
    dense: Tensors = {"x": ((4, 8, 9), "range:-3:3"), "t": ((4, 9), "index:8", "int64")}
    yield from each(F + "cross_entropy", dense, label_smoothing=0.2, grad=x)
    yield from each(F + "kl_div", {"x": ((18, 14), "range:-4:-1"), "t": ((18, 14), "range:0.01:0.2")}, grad=("x", "t"),
                    reduction="batchmean")  # fmt: skip
    yield from each(F + "huber_loss", {"x": ((22, 14), "range:-3:3"), "t": (22, 14)}, delta=0.7, grad=("x", "t"),
                    reduction="none")  # fmt: skip
    yield from each(F + "binary_cross_entropy", {"x": ((22, 14), "range:0.1:0.9"), "t": ((22, 14), "unit")}, grad=x,
                    reduction="none")  # fmt: skip
    yield from each(F + "triplet_margin_loss", {"x": (33, 9), "y": ((33, 9), "range:0:2"), "z": ((33, 9), _UNIT)},
                    margin=3.0, grad=("x", "z"), reduction="none")  # fmt: skip


def _pictures() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "avg_pool2d", {"x": ((2, 4, 9, 14), _UNIT)}, [2, 4], [2, 3], grad=x)
    yield from each(F + "lp_pool2d", {"x": ((2, 4, 8, 9), "range:0.3:2")}, 2, 3, 2, grad=x)
    yield from each(F + "adaptive_avg_pool2d", {"x": ((3, 4, 9, 13), _UNIT)}, [4, 5], grad=x)
    yield from each(F + "interpolate", {"x": ((2, 4, 6, 5), _UNIT)}, size=[9, 13], mode="bilinear", grad=x)
    yield from each(F + "interpolate", {"x": ((1, 2, 7, 6), _UNIT)}, size=[12, 9], mode="bicubic", grad=x, dtypes=FULL)
    yield from each(F + "pad", {"x": (3, 4, 9)}, [5, 2], mode="circular", grad=x)
    yield from each(F + "embedding_bag", {"i": ((14, 6), "index:18", "int64"), "w": (18, 9)}, mode="mean", grad=("w",))
    yield from each(
        "torch.gather", {"x": (14, 9), "i": ((14, 22), "index:9", "int64")}, args=(*v("x"), 1, *v("i")), grad=x
    )
    yield from each("torch.scatter_add", {"x": (9, 8), "i": ((33, 8), "index:9", "int64"), "s": (33, 8)},
                    args=(*v("x"), 0, *v("i", "s")), grad=("x", "s"))  # fmt: skip


def _rarer() -> Iterator[Case]:
    x = ("x",)
    yield from each(L + "inv", {"A": ((8, 5, 5), "dominant")}, grad=("A",), dtypes=LONG)
    yield from each(L + "cholesky", {"A": ((9, 7, 7), "spd")}, grad=("A",), dtypes=ONE)
    yield from each(L + "svdvals", {"A": ((6, 7, 4), _UNIT)}, grad=("A",), dtypes=LONG)
    yield from each(L + "det", {"A": ((14, 6, 6), "dominant")}, grad=("A",), dtypes=LONG)
    yield from each("torch.fft.irfft", {"x": ((9, 14), _UNIT, "complex128")}, n=22, grad=x, dtypes=LONG)
    yield from each(S + "erfcx", {"x": ((22, 19), "range:-1:5")}, grad=x, dtypes=LONG)
    yield from each(S + "ndtri", {"x": ((22, 19), "range:0.1:0.9")}, grad=x, dtypes=LONG)
    yield from each(S + "i1", {"x": ((22, 19), "range:0.2:4")}, grad=x, dtypes=ONE)
    yield from each("torch.cdist", {"x": (9, 5), "y": ((14, 5), "range:0.5:2")}, 3.0, grad=("x", "y"), dtypes=LONG)
    yield from each("torch.cov", {"x": ((6, 22), "range:-1:2")}, grad=x, dtypes=FULL)
    yield from each("torch.polygamma", {"x": ((22, 19), "range:0.7:5")}, args=(1, *v("x")), grad=x, dtypes=LONG)
    lstm: Tensors = {"x": (9, 4), "h": ((9, 6), _UNIT), "c": (9, 6), "wi": ((24, 4), _UNIT), "wh": ((24, 6), _UNIT)}
    yield from each("torch.lstm_cell", lstm, args=(*v("x"), v("h", "c"), *v("wi", "wh")), grad=("x", "c", "wh"))
    yield from each("torch.cumulative_trapezoid", {"y": ((9, 22), "range:-2:2")}, dx=0.3, grad=("y",))
