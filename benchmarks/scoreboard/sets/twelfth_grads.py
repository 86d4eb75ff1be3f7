"""Gradients of operators, common and less common ones, at shapes, options and values that no set before has.

See twelfth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scoreboard.sets.ninth_core import ONE
from benchmarks.scoreboard.sets.ninth_rarer import LONG
from benchmarks.scoreboard.sets.seventh_core import S, v
from benchmarks.scoreboard.sets.sixth_core import FULL, F, L, Tensors
from benchmarks.scoreboard.sets.twelfth_core import each
from harness.case import Case

_UNIT = "range:-1:1"


def cases() -> Iterator[Case]:
    """The gradients of every one of these operators, in each dtype it runs in."""
    yield from _products()
    yield from _reductions()
    yield from _normalised()
    yield from _functions()
    yield from _losses()
    yield from _maps()
    yield from _rarer()


def _products() -> Iterator[Case]:
    pair, three = ("x", "y"), ("x", "w", "b")
    yield from each("torch.matmul", {"x": (3, 1, 10, 21), "y": ((1, 5, 21, 12), "range:-1:0.5")}, grad=pair)
    yield from each(F + "linear", {"x": (17, 5, 21), "w": ((12, 21), _UNIT), "b": (12,)}, grad=three)
    yield from each("torch.addmm", {"c": (12,), "x": (25, 31), "y": ((31, 12), _UNIT)}, beta=0.6, grad=("c", *pair))
    yield from each("torch.einsum", {"x": (3, 12, 5, 7), "y": ((3, 10, 5, 7), _UNIT)},
                    args=("bqhd,bkhd->bhqk", *v("x", "y")), grad=pair)  # fmt: skip
    image: Tensors = {"x": ((3, 5, 10, 7), "range:-1:2"), "w": ((7, 5, 2, 3), _UNIT), "b": (7,)}
    yield from each(F + "conv2d", image, padding=[1, 2], dilation=[2, 1], grad=three)
    sound: Tensors = {"x": ((2, 12, 21), _UNIT), "w": ((12, 1, 7), "range:-0.4:0.3"), "b": (12,)}
    yield from each(F + "conv1d", sound, groups=12, padding=3, grad=three)
    up: Tensors = {"x": (2, 5, 12), "w": ((5, 6, 3), _UNIT), "b": (6,)}
    yield from each(F + "conv_transpose1d", up, stride=2, padding=1, grad=three, dtypes=FULL)
    heads: Tensors = {"q": (2, 4, 10, 12), "k": ((2, 2, 15, 12), _UNIT), "v": (2, 2, 15, 12)}
    yield from each(F + "scaled_dot_product_attention", heads, enable_gqa=True, grad=("q", "k", "v"))
    seen: Tensors = {"q": (3, 2, 12, 10), "k": (3, 2, 17, 10), "v": ((3, 2, 17, 10), "unit"),
                     "m": ((3, 1, 1, 17), "literal:1,1,0,1,1", "bool")}  # fmt: skip
    yield from each(F + "scaled_dot_product_attention", seen, args=tuple(v("q", "k", "v", "m")), scale=0.5,
                    grad=("q", "k", "v"))  # fmt: skip


def _reductions() -> Iterator[Case]:
    x = ("x",)
    yield from each("torch.std", {"x": ((25, 31), "range:-1:4")}, dim=1, grad=x)
    yield from each(L + "vector_norm", {"x": ((12, 10, 17), "range:-1:2")}, dim=[1, 2], grad=x)
    yield from each("torch.logsumexp", {"x": ((10, 12, 17), "range:-2:4")}, [1, 2], grad=x)
    yield from each("torch.cumsum", {"x": ((31, 12), "range:-2:2")}, 0, grad=x)
    yield from each("torch.logcumsumexp", {"x": ((12, 25), "range:-3:3")}, 1, grad=x)
    yield from each("torch.prod", {"x": ((25, 5, 6), "range:-1.5:1.5")}, 1, grad=x)
    yield from each(F + "softmax", {"x": ((17, 43), "range:-2:6")}, dim=1, grad=x)
    yield from each(F + "log_softmax", {"x": ((12, 10, 15), "range:-4:2")}, dim=1, grad=x)


def _normalised() -> Iterator[Case]:
    grads = ("x", "w", "b")
    layer: Tensors = {"x": ((10, 5, 34), "range:-3:2"), "w": ((34,), "range:0.3:2"), "b": (34,)}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [34], *v("w", "b")), eps=1e-3, grad=grads)
    rms: Tensors = {"x": ((12, 7, 25), "range:-1:4"), "w": ((25,), "range:-1:2")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [25], {"v": "w"}), grad=("x", "w"))
    group: Tensors = {"x": ((2, 12, 5, 7), "range:-1:2"), "w": ((12,), "range:0.5:2"), "b": (12,)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 4, *v("w", "b")), eps=1e-3, grad=grads)
    batch: Tensors = {"x": ((31, 12), "range:-2:5"), "w": ((12,), _UNIT), "b": (12,)}
    yield from each(F + "batch_norm", batch, args=({"v": "x"}, None, None, *v("w", "b"), True), eps=1e-3, grad=grads)
    yield from each(F + "normalize", {"x": ((31, 12), "range:-1:3")}, dim=0, grad=("x",))
    yield from each(F + "cosine_similarity", {"x": ((12, 1, 15), _UNIT), "y": (1, 10, 15)}, dim=2, grad=("x", "y"))


def _functions() -> Iterator[Case]:
    x, two = ("x",), ("x", "y")
    given: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "gelu": ("range:-3:5", {}),
        "silu": ("range:-6:3", {}),
        "mish": ("range:-4:4", {}),
        "elu": ("range:-3:2", {"alpha": 0.6}),
        "softplus": ("range:-4:2", {"beta": 2.5}),
        "logsigmoid": ("range:-5:3", {}),
    }
    for name, (values, options) in given.items():
        yield from each(F + name, {"x": ((17, 25), values)}, grad=x, **options)
    for name, values in {
        "log1p": "range:-0.5:4",
        "sigmoid": "range:-5:3",
        "tanh": "range:-1:3",
        "erf": "range:-2:1",
        "acos": "range:-0.8:0.7",
        "digamma": "range:0.7:6",
        "sinc": "range:0.3:3",
    }.items():
        yield from each("torch." + name, {"x": ((17, 25), values)}, grad=x)
    yield from each("torch.pow", {"x": ((17, 25), "range:0.4:2"), "y": ((25,), "range:-2:3")}, grad=two)
    yield from each("torch.div", {"x": ((17, 25), "range:-2:2"), "y": ((17, 1), "range:0.4:3")}, grad=two)
    yield from each("torch.addcdiv", {"x": (17, 25), "y": (17, 25), "z": ((25,), "range:0.5:2")}, value=1.4,
                    grad=("x", "y", "z"))  # fmt: skip
    yield from each(F + "glu", {"x": ((12, 5, 20), "range:-2:3")}, dim=-1, grad=x)
    yield from each(F + "prelu", {"x": ((10, 5, 7), "range:-2:3"), "w": ((1,), "unit")}, grad=("x", "w"))


def _losses() -> Iterator[Case]:
    x = ("x",)
    tokens: Tensors = {"x": ((31, 17), "range:-2:4"), "t": ((31,), "index:17", "int64"), "w": ((17,), "range:0.3:2")}
    yield from each(F + "cross_entropy", tokens, grad=x, reduction="none")
    yield from each(F + "cross_entropy", {"x": ((25, 10), "range:-3:2"), "t": ((25, 10), "range:0:0.2")},
                    grad=("x", "t"), reduction="sum")  # fmt: skip
    yield from each(F + "binary_cross_entropy_with_logits", {"x": ((25, 12), "range:-4:4"), "t": ((25, 12), "unit")},
                    grad=("x", "t"), reduction="none")  # fmt: skip
    yield from each(F + "gaussian_nll_loss", {"x": (25, 12), "t": (25, 12), "s": ((25, 12), "range:0.3:2")},
                    grad=("x", "s"), reduction="none")  # fmt: skip
    yield from each(F + "poisson_nll_loss", {"x": ((25, 12), "range:-1:2"), "t": ((25, 12), "literal:2,0,1,4")},
                    grad=x, reduction="none")  # fmt: skip
    yield from each(F + "cosine_embedding_loss", {"x": (31, 10), "y": ((31, 10), _UNIT), "t": ((31,), "literal:1")},
                    grad=("x", "y"), reduction="none")  # fmt: skip


def _maps() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "avg_pool1d", {"x": (3, 7, 25)}, 4, 3, 1, grad=x)
    yield from each(F + "adaptive_avg_pool1d", {"x": ((3, 10, 31), _UNIT)}, 7, grad=x)
    yield from each(F + "interpolate", {"x": ((2, 3, 10))}, size=17, mode="linear", align_corners=True, grad=x)
    yield from each(F + "interpolate", {"x": ((1, 3, 10, 12), _UNIT)}, size=[4, 5], mode="area", grad=x)
    yield from each(F + "grid_sample", {"x": (2, 3, 6, 5), "g": ((2, 5, 4, 2), "range:-0.8:0.8")}, align_corners=True,
                    grad=("x", "g"), dtypes=LONG)  # fmt: skip
    yield from each(F + "pad", {"x": (2, 5, 6, 7)}, [3, 1, 2, 4], mode="reflect", grad=x)
    yield from each(F + "embedding", {"i": ((21, 5), "index:12", "int64"), "w": (12, 10)}, padding_idx=4, grad=("w",))
    yield from each("torch.index_select", {"x": ((10, 12), _UNIT), "i": ((41,), "index:12", "int64")},
                    args=({"v": "x"}, 1, {"v": "i"}), grad=x)  # fmt: skip


def _rarer() -> Iterator[Case]:
    x = ("x",)
    yield from each("torch.logdet", {"A": ((10, 6, 6), "spd")}, grad=("A",), dtypes=LONG)
    yield from each(L + "solve_triangular", {"A": ((5, 7, 7), "dominant"), "B": ((5, 7, 3), _UNIT)}, upper=False,
                    grad=("A", "B"), dtypes=LONG)  # fmt: skip
    yield from each(L + "pinv", {"A": ((5, 6, 4), _UNIT)}, grad=("A",), dtypes=LONG)
    yield from each(L + "matrix_exp", {"A": ((5, 5, 5), "range:-0.5:0.5")}, grad=("A",), dtypes=LONG)
    yield from each(L + "cross", {"x": (31, 3), "y": ((31, 3), "range:-1:2")}, grad=("x", "y"))
    yield from each("torch.fft.rfft2", {"x": ((3, 6, 10), _UNIT)}, norm="ortho", grad=x, dtypes=ONE)
    yield from each("torch.cdist", {"x": (12, 6), "y": ((17, 6), "range:1:3")}, 2.0, grad=("x", "y"), dtypes=LONG)
    yield from each(S + "i0e", {"x": ((17, 25), "range:0.5:9")}, grad=x, dtypes=FULL)
    yield from each(S + "log_ndtr", {"x": ((17, 25), "range:-6:2")}, grad=x, dtypes=LONG)
    yield from each(S + "entr", {"x": ((17, 25), "range:0.1:2")}, grad=x)
    cell: Tensors = {"x": (10, 5), "h": ((10, 7), _UNIT), "wi": ((21, 5), "range:-0.5:0.5"), "wh": ((21, 7), _UNIT)}
    yield from each("torch.gru_cell", cell, args=tuple(v(*cell)), grad=("x", "h", "wi"))
    yield from each("torch.trapezoid", {"y": ((12, 21), "range:-1:3")}, dx=0.4, grad=("y",))
    yield from each("torch.kron", {"x": (5, 6), "y": ((4, 3), _UNIT)}, grad=("x", "y"))
    yield from each("torch.tensordot", {"x": (10, 5, 6), "y": ((5, 6, 7), _UNIT)}, dims=2, grad=("x", "y"))
