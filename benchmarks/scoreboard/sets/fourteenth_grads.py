"""Gradients of operators, common and less common ones, at shapes, options and values that no set before has.

See fourteenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scoreboard.sets.fourteenth_core import each
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
    yield from each("torch.matmul", {"x": ((1, 31, 7), _UNIT), "y": ((3, 7, 2), "range:-1:3")}, grad=pair)
    yield from each("torch.matmul", {"x": ((257,), "range:-0.5:0.5"), "y": ((257, 3), _UNIT)}, grad=pair)
    yield from each("torch.bmm", {"x": ((2, 1, 129), _UNIT), "y": ((2, 129, 7), "range:-0.2:0.4")}, grad=pair)
    yield from each("torch.addmm", {"c": ((33,), _UNIT), "x": (31, 7), "y": ((7, 33), _UNIT)}, beta=0.5, alpha=1.5,
                    grad=("c", "x"))  # fmt: skip
    yield from each(F + "linear", {"x": ((2, 3, 65), _UNIT), "w": ((1, 65), _UNIT), "b": (1,)}, grad=three)
    yield from each(F + "linear", {"x": ((1025, 3), "range:-0.2:0.3"), "w": ((2, 3), _UNIT), "b": (2,)}, grad=three)
    yield from each("torch.einsum", {"x": (3, 7, 9), "y": ((3, 9, 2), _UNIT)}, args=("bij,bjk->ki", *v("x", "y")),
                    grad=pair)  # fmt: skip
    picture: Tensors = {"x": ((1, 4, 9, 7), _UNIT), "w": ((4, 1, 3, 3), _UNIT), "b": (4,)}
    yield from each(F + "conv2d", picture, groups=4, dilation=2, padding=[2, 1], grad=three)
    yield from each(F + "conv2d", {"x": ((3, 2, 7, 7), _UNIT), "w": ((5, 2, 2, 3), _UNIT), "b": (5,)}, stride=[2, 3],
                    grad=three)  # fmt: skip
    yield from each(F + "conv1d", {"x": ((1, 3, 65), "range:-1:2"), "w": ((2, 3, 9), _UNIT), "b": (2,)},
                    padding="same", grad=three)  # fmt: skip
    yield from each(F + "conv_transpose1d", {"x": ((2, 4, 15), _UNIT), "w": ((4, 3, 5), _UNIT), "b": (6,)}, stride=3,
                    groups=2, padding=1, grad=three, dtypes=FULL)  # fmt: skip
    sdpa = F + "scaled_dot_product_attention"
    heads: Tensors = {"q": (1, 4, 7, 6), "k": (1, 2, 31, 6), "v": (1, 2, 31, 3)}
    yield from each(sdpa, heads, enable_gqa=True, grad=("q", "k", "v"))
    yield from each(sdpa, {"q": (2, 33, 7), "k": ((2, 33, 7), "range:-2:2"), "v": (2, 33, 7)}, is_causal=True,
                    scale=0.9, grad=("q", "k", "v"))  # fmt: skip
    masked: Tensors = {
        "q": (2, 1, 9, 5),
        "k": (2, 1, 15, 5),
        "v": (2, 1, 15, 5),
        "m": ((9, 15), "literal:1,0,1,1", "bool"),
    }
    yield from each(sdpa, masked, args=tuple(v("q", "k", "v", "m")), grad=("q", "v"))


def _sums() -> Iterator[Case]:
    x = ("x",)
    yield from each("torch.mean", {"x": ((3, 65, 31), "range:-2:3")}, dim=[0, 2], grad=x)
    yield from each("torch.var", {"x": ((7, 65), "range:4:6")}, dim=-1, correction=0, grad=x)
    yield from each("torch.std", {"x": ((33, 7), "range:-1:1.5")}, dim=0, correction=2, keepdim=True, grad=x)
    yield from each(L + "vector_norm", {"x": ((3, 7, 9), "range:0.5:3")}, 3.5, [0, 2], grad=x)
    yield from each("torch.logsumexp", {"x": ((2, 257), "range:-9:9")}, -1, grad=x)
    yield from each("torch.cumsum", {"x": ((2, 3, 33), "range:-1:2")}, -1, grad=x)
    yield from each("torch.cumprod", {"x": ((31, 2), "range:0.8:1.2")}, 0, grad=x)
    yield from each("torch.logcumsumexp", {"x": ((3, 65), "range:-3:3")}, -1, grad=x)
    yield from each("torch.prod", {"x": ((31, 7), "range:-1.5:-0.5")}, -1, grad=x)
    yield from each(F + "softmax", {"x": ((3, 129), "range:-9:3")}, dim=-1, grad=x)
    yield from each(F + "log_softmax", {"x": ((65, 3, 2), "range:-5:5")}, dim=1, grad=x)


def _norms() -> Iterator[Case]:
    grads = ("x", "w", "b")
    layer: Tensors = {"x": ((2, 257), "range:-1:2"), "w": ((257,), "range:-1:2"), "b": (257,)}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [257], *v("w", "b")), eps=1e-3, grad=grads)
    yield from each(F + "layer_norm", {"x": ((33, 3), "range:-3:3")}, [3], eps=1e-2, grad=("x",))
    rms: Tensors = {"x": ((7, 3, 31), "range:-1:4"), "w": ((3, 31), "range:0.5:1.5")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [3, 31], {"v": "w"}), eps=1e-5, grad=("x", "w"))
    group: Tensors = {"x": ((2, 6, 3, 7), "range:-1:3"), "w": (6,), "b": (6,)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 6, *v("w", "b")), eps=1e-3, grad=grads)
    batch: Tensors = {"x": ((3, 7, 31), "range:0:3"), "w": ((7,), "range:-1:2"), "b": (7,)}
    yield from each(F + "batch_norm", batch, args=({"v": "x"}, None, None, *v("w", "b"), True), eps=1e-2, grad=grads)
    fixed: Tensors = {"x": (31, 3), "m": ((3,), _UNIT), "s": ((3,), "range:0.2:3"), "w": (3,), "b": (3,)}
    yield from each(F + "batch_norm", fixed, args=tuple(v("x", "m", "s", "w", "b")), grad=grads)
    yield from each(F + "normalize", {"x": ((33, 7), "range:-2:2")}, dim=-1, eps=1e-6, grad=("x",))


def _elements() -> Iterator[Case]:
    x, two = ("x",), ("x", "y")
    given: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "gelu": ("range:-5:5", {}),
        "silu": ("range:-9:4", {}),
        "mish": ("range:-3:6", {}),
        "elu": ("range:-5:2", {"alpha": 0.6}),
        "softplus": ("range:-6:6", {"beta": 2.5}),
        "logsigmoid": ("range:-9:9", {}),
        "softsign": ("range:-9:9", {}),
        "hardsigmoid": ("range:-2.5:2.5", {}),
    }
    for name, (values, options) in given.items():
        yield from each(F + name, {"x": ((31, 33), values)}, grad=x, **options)
    for name, values in {
        "exp": "range:-6:1",
        "log": "range:0.05:6",
        "log10": "range:0.2:9",
        "rsqrt": "range:0.3:9",
        "reciprocal": "range:0.4:4",
        "tan": "range:-1:1",
        "sinh": "range:-3:3",
        "erfc": "range:-2:2",
        "erfinv": "range:-0.8:0.8",
        "sigmoid": "range:-8:2",
        "acos": "range:-0.9:0.8",
    }.items():
        yield from each("torch." + name, {"x": ((31, 33), values)}, grad=x)
    yield from each("torch.div", {"x": ((31, 1), "range:-3:3"), "y": ((33,), "range:0.5:3")}, grad=two)
    yield from each("torch.mul", {"x": ((2, 31, 1), "range:-3:3"), "y": ((1, 33), _UNIT)}, grad=two)
    yield from each("torch.pow", {"x": ((31, 33), "range:0.4:3"), "y": ((31, 1), "range:-2:3")}, grad=two)
    yield from each("torch.pow", {"x": ((31, 33), "range:-2:2")}, 3, grad=x)
    yield from each("torch.lerp", {"x": (31, 33), "y": (31, 33), "w": ((33,), "unit")}, grad=("x", "w"))
    yield from each("torch.addcdiv", {"x": (31, 33), "y": (31, 1), "z": ((33,), "range:0.5:2")}, value=-0.4,
                    grad=("y", "z"))  # fmt: skip
    yield from each(F + "glu", {"x": ((7, 6, 31), "range:-4:4")}, dim=1, grad=x)


def _errors() -> Iterator[Case]:
    x = ("x",)
    skip: Tensors = {"x": ((33, 7), "range:-6:6"), "t": ((33,), "literal:6,-100,0,3,-100,5,2", "int64")}
    yield from each(F + "cross_entropy", skip, grad=x)
    yield from each(F + "cross_entropy", {"x": ((7, 257), _UNIT), "t": ((7,), "index:257", "int64")},
                    label_smoothing=0.3, reduction="none", grad=x)  # fmt: skip
    yield from each(F + "binary_cross_entropy_with_logits", {"x": ((31, 3), "range:-7:7"), "t": ((31, 3), "unit"),
                                                             "p": ((3,), "range:0.3:5")}, args=v("x", "t"),
                    pos_weight={"v": "p"}, grad=x)  # fmt: skip
    yield from each(F + "smooth_l1_loss", {"x": ((31, 7), "range:-4:4"), "t": (31, 7)}, beta=1.7, grad=("x", "t"),
                    reduction="sum")  # fmt: skip
    yield from each(F + "poisson_nll_loss", {"x": ((31, 7), "range:-2:2"), "t": ((31, 7), "literal:0,4,1,2,7")},
                    full=True, reduction="none", grad=x, dtypes=ONE)  # fmt: skip
    yield from each(F + "gaussian_nll_loss", {"x": (31, 3), "t": (31, 3), "s": ((31, 1), "range:0.3:2")},
                    reduction="sum", grad=("x", "s"))  # fmt: skip
    yield from each(F + "cosine_similarity", {"x": ((2, 31, 7), _UNIT), "y": ((31, 7), "range:-1:2")}, dim=-1,
                    grad=("x", "y"))  # fmt: skip


def _pictures() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "avg_pool2d", {"x": ((1, 3, 9, 15), _UNIT)}, 3, 2, 1, ceil_mode=True, count_include_pad=False,
                    grad=x)  # fmt: skip
    yield from each(F + "avg_pool3d", {"x": ((1, 2, 5, 6, 7), _UNIT)}, [2, 3, 2], grad=x, dtypes=ONE)
    yield from each(F + "max_pool1d", {"x": ((2, 3, 33), "range:-3:3")}, 5, 3, 2, grad=x)
    yield from each(F + "adaptive_avg_pool1d", {"x": ((2, 3, 31), _UNIT)}, 9, grad=x)
    yield from each(F + "interpolate", {"x": ((2, 3, 15), _UNIT)}, size=33, mode="linear", align_corners=True, grad=x)
    yield from each(F + "interpolate", {"x": ((1, 3, 9, 7), _UNIT)}, size=[4, 5], mode="bilinear", antialias=True,
                    grad=x, dtypes=LONG)  # fmt: skip
    yield from each(F + "interpolate", {"x": ((1, 2, 5, 3), _UNIT)}, scale_factor=3, mode="nearest", grad=x)
    yield from each(F + "grid_sample", {"x": (1, 2, 5, 7), "g": ((1, 3, 4, 2), "range:-0.8:0.8")}, mode="bilinear",
                    padding_mode="border", align_corners=False, grad=("x", "g"), dtypes=FULL)  # fmt: skip
    yield from each(F + "pad", {"x": (2, 3, 9, 7)}, [1, 2, 3, 0], mode="reflect", grad=x)
    yield from each(F + "unfold", {"x": (1, 3, 7, 9)}, 3, padding=1, stride=2, grad=x)
    yield from each(F + "embedding", {"i": ((2, 65), "index:7", "int64"), "w": (7, 3)}, padding_idx=2, grad=("w",))
    yield from each("torch.index_select", {"x": (31, 3), "i": ((129,), "index:31", "int64")}, grad=x,
                    args=(*v("x"), 0, *v("i")))  # fmt: skip
    yield from each("torch.index_add", {"x": (7, 3), "i": ((33,), "index:7", "int64"), "s": (33, 3)},
                    args=(*v("x"), 0, *v("i", "s")), alpha=-0.5, grad=("x", "s"))  # fmt: skip
    yield from each("torch.scatter_reduce", {"x": ((7,), "range:0.5:2"), "i": ((31,), "index:7", "int64"),
                                             "s": ((31,), "range:0.5:1.5")}, args=(*v("x"), 0, *v("i", "s"), "mean"),
                    grad=("x", "s"), dtypes=LONG)  # fmt: skip


def _rarer() -> Iterator[Case]:
    x = ("x",)
    yield from each(L + "inv", {"A": ((31, 2, 2), "dominant")}, grad=("A",), dtypes=ONE)
    yield from each(L + "solve", {"A": ((7, 3, 3), "dominant"), "B": (7, 3)}, grad=("A", "B"), dtypes=LONG)
    yield from each(L + "slogdet", {"A": ((15, 3, 3), "dominant")}, grad=("A",), dtypes=ONE)
    yield from each(L + "eigvalsh", {"A": ((7, 3, 3), "spd")}, grad=("A",), dtypes=LONG)
    yield from each(L + "solve_triangular", {"A": ((7, 5, 5), "dominant"), "B": (7, 5, 2)}, upper=True,
                    grad=("A", "B"), dtypes=ONE)  # fmt: skip
    yield from each("torch.fft.rfft", {"x": ((7, 33), _UNIT)}, norm="ortho", grad=x, dtypes=LONG)
    yield from each(S + "log_ndtr", {"x": ((31, 33), "range:-6:2")}, grad=x, dtypes=FULL)
    yield from each(S + "i0e", {"x": ((31, 33), "range:-3:8")}, grad=x, dtypes=ONE)
    yield from each(S + "entr", {"x": ((31, 33), "range:0.05:2")}, grad=x, dtypes=LONG)
    yield from each("torch.cdist", {"x": (7, 3), "y": ((31, 3), "range:1:3")}, 2.0, grad=("x", "y"), dtypes=LONG)
    yield from each("torch.sinc", {"x": ((31, 33), "range:0.2:3")}, grad=x)
    yield from each("torch.trapezoid", {"y": ((7, 31), "range:-2:2"), "t": ((31,), "arange")}, grad=("y",))
    gru: Tensors = {"x": (7, 3), "h": ((7, 5), _UNIT), "wi": ((15, 3), _UNIT), "wh": ((15, 5), _UNIT), "b": (15,)}
    yield from each("torch.gru_cell", {**gru, "c": (15,)}, grad=("x", "h", "wh"))
