"""Gradients of operators, common and less common ones, at shapes, options and values that no set before has.

See tenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scoreboard.sets.ninth_core import ONE
from benchmarks.scoreboard.sets.ninth_rarer import LONG
from benchmarks.scoreboard.sets.seventh_core import S, v
from benchmarks.scoreboard.sets.sixth_core import FULL, F, L, Tensors
from benchmarks.scoreboard.sets.tenth_core import each
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
    yield from each("torch.matmul", {"x": (2, 10, 30), "y": ((2, 30, 12), "range:-0.4:0.4")}, grad=pair)
    yield from each("torch.bmm", {"x": ((5, 9, 20), "unit"), "y": (5, 20, 6)}, grad=pair)
    layer: Tensors = {"x": ((3, 8, 41), _UNIT), "w": ((20, 41), "range:-0.2:0.2"), "b": (20,)}
    yield from each(F + "linear", layer, grad=three)
    yield from each("torch.addmm", {"c": (15, 20), "x": (15, 31), "y": ((31, 20), _UNIT)}, alpha=0.3, grad=("c", *pair))
    yield from each("torch.einsum", {"x": (2, 10, 3, 9), "y": ((2, 12, 3, 9), _UNIT)},
                    args=("bqhd,bkhd->bhqk", *v("x", "y")), grad=pair)  # fmt: skip
    image: Tensors = {"x": ((2, 5, 9, 10), _UNIT), "w": ((6, 5, 3, 3), "range:-0.2:0.3"), "b": (6,)}
    yield from each(F + "conv2d", image, padding=1, grad=three)
    sound: Tensors = {"x": (2, 6, 31), "w": ((6, 1, 5), _UNIT), "b": (6,)}
    yield from each(F + "conv1d", sound, groups=6, padding=4, dilation=2, grad=three)
    up: Tensors = {"x": (2, 6, 12), "w": ((6, 5, 4), "range:-0.3:0.3"), "b": (5,)}
    yield from each(F + "conv_transpose1d", up, stride=2, padding=1, grad=three, dtypes=FULL)
    heads: Tensors = {"q": ((2, 2, 12, 10), _UNIT), "k": (2, 2, 17, 10), "v": ((2, 2, 17, 10), "range:-2:1")}
    yield from each(F + "scaled_dot_product_attention", heads, grad=("q", "k", "v"))
    square: Tensors = {"q": (1, 3, 17, 12), "k": (1, 3, 17, 12), "v": ((1, 3, 17, 12), _UNIT)}
    yield from each(F + "scaled_dot_product_attention", square, is_causal=True, scale=0.2, grad=("q", "k", "v"))


def _reductions() -> Iterator[Case]:
    x = ("x",)
    yield from each("torch.mean", {"x": ((10, 24, 12), _UNIT)}, dim=[0, 2], grad=x)
    yield from each("torch.var", {"x": ((30, 41), "range:-1:2")}, dim=1, correction=0, grad=x)
    yield from each("torch.std", {"x": ((41, 20), "range:0:4")}, dim=0, grad=x)
    yield from each(L + "vector_norm", {"x": ((30, 20), "range:-2:3")}, 2, 1, grad=x)
    yield from each("torch.logsumexp", {"x": ((30, 41), "range:-4:3")}, 1, grad=x)
    yield from each("torch.cumsum", {"x": ((12, 50), _UNIT)}, 1, grad=x)
    yield from each("torch.cumprod", {"x": ((20, 15), "range:0.7:1.3")}, 0, grad=x)
    yield from each("torch.prod", {"x": ((20, 12), "range:0.6:1.6")}, 1, grad=x)
    yield from each(F + "softmax", {"x": ((20, 50), "range:-3:6")}, dim=-1, grad=x)
    yield from each(F + "log_softmax", {"x": ((15, 60), "range:-5:2")}, dim=-1, grad=x)
    yield from each("torch.logcumsumexp", {"x": ((12, 40), _UNIT)}, 1, grad=x, dtypes=FULL)


def _normalised() -> Iterator[Case]:
    grads = ("x", "w", "b")
    layer: Tensors = {"x": ((4, 5, 40), "range:-3:2"), "w": ((40,), "range:0.6:1.4"), "b": ((40,), _UNIT)}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [40], *v("w", "b")), grad=grads)
    rms: Tensors = {"x": ((3, 6, 50), "range:-2:1"), "w": ((50,), "range:0.5:2")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [50], {"v": "w"}), eps=1e-5, grad=("x", "w"))
    group: Tensors = {"x": ((2, 12, 5, 7), "range:0:2"), "w": (12,), "b": ((12,), _UNIT)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 4, *v("w", "b")), eps=1e-5, grad=grads)
    batch: Tensors = {"x": ((5, 6, 7, 4), "range:-1:3"), "w": ((6,), "unit"), "b": (6,)}
    yield from each(F + "batch_norm", batch, args=({"v": "x"}, None, None, *v("w", "b"), True), grad=grads)
    yield from each(F + "instance_norm", {"x": ((3, 5, 20), "range:-1:2")}, grad=("x",))
    yield from each(F + "normalize", {"x": (30, 12)}, dim=1, grad=("x",))
    yield from each(F + "cosine_similarity", {"x": (24, 15), "y": ((24, 15), _UNIT)}, dim=1, grad=("x", "y"))


def _functions() -> Iterator[Case]:
    x, two = ("x",), ("x", "y")
    given: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "gelu": ("range:-2:5", {}),
        "silu": ("range:-6:3", {}),
        "mish": ("range:-4:4", {}),
        "softplus": ("range:-5:2", {}),
        "elu": ("range:-2:3", {"alpha": 0.8}),
        "logsigmoid": ("range:-4:4", {}),
    }
    for name, (values, options) in given.items():
        yield from each(F + name, {"x": ((20, 25), values)}, grad=x, **options)
    for name, values in {
        "exp": "range:-3:2",
        "log1p": "range:-0.5:6",
        "sqrt": "range:0.05:4",
        "rsqrt": "range:0.5:8",
        "tanh": "range:-2:2.5",
        "erf": "range:-1.5:2",
        "cos": "range:-5:3",
        "atan": "range:-3:3",
        "reciprocal": "range:0.4:5",
    }.items():
        yield from each("torch." + name, {"x": ((20, 25), values)}, grad=x)
    yield from each("torch.pow", {"x": ((20, 25), "range:0.4:2"), "y": ((20, 25), _UNIT)}, grad=two)
    yield from each("torch.div", {"x": (20, 25), "y": ((25,), "range:0.6:3")}, grad=two)
    yield from each("torch.mul", {"x": ((5, 20, 6), _UNIT), "y": (20, 1)}, grad=two)
    yield from each("torch.logaddexp", {"x": (20, 25), "y": ((20, 25), "range:-2:4")}, grad=two)
    yield from each("torch.hypot", {"x": ((20, 25), "range:0.3:2"), "y": ((20, 25), "range:0.5:3")}, grad=two)
    yield from each(F + "glu", {"x": ((20, 24), "range:-2:2")}, grad=x)


def _losses() -> Iterator[Case]:
    x = ("x",)
    tokens: Tensors = {"x": ((30, 20), "range:-2:4"), "t": ((30,), "index:20", "int64")}
    yield from each(F + "cross_entropy", tokens, grad=x, reduction="none")
    binary: Tensors = {"x": ((20, 15), "range:-4:4"), "t": ((20, 15), "literal:0,1,1,0,1")}
    yield from each(F + "binary_cross_entropy_with_logits", binary, grad=x, reduction="none")
    yield from each(F + "kl_div", {"x": ((20, 15), "range:-4:0"), "t": ((20, 15), "range:0.05:0.5")}, grad=("x", "t"),
                    reduction="none")  # fmt: skip
    normal: Tensors = {"x": (20, 15), "t": ((20, 15), _UNIT), "s": ((20, 15), "range:0.4:3")}
    yield from each(F + "gaussian_nll_loss", normal, full=True, reduction="none", grad=("x", "s"))
    yield from each(F + "poisson_nll_loss", {"x": ((20, 15), _UNIT), "t": ((20, 15), "range:0:4")}, reduction="none",
                    grad=x)  # fmt: skip


def _maps() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "avg_pool2d", {"x": (2, 4, 8, 10)}, [3, 2], [2, 2], [1, 0], grad=x)
    yield from each(F + "adaptive_avg_pool2d", {"x": ((2, 4, 8, 10), _UNIT)}, [5, 4], grad=x)
    yield from each(F + "interpolate", {"x": (2, 3, 5, 6)}, size=[8, 9], mode="bilinear", grad=x)
    yield from each(F + "grid_sample", {"x": (1, 4, 6, 8), "g": ((1, 5, 7, 2), "range:-0.85:0.85")},
                    align_corners=True, grad=("x",), dtypes=FULL)  # fmt: skip
    yield from each(F + "pad", {"x": (3, 5, 12)}, [2, 3], mode="reflect", grad=x)
    yield from each(F + "embedding", {"i": ((10, 12), "index:15", "int64"), "w": (15, 10)}, grad=("w",))
    rows: Tensors = {"x": ((12, 20), _UNIT), "i": ((12, 50), "index:20", "int64")}
    yield from each("torch.gather", rows, args=({"v": "x"}, 1, {"v": "i"}), grad=x)
    index: Tensors = {"x": (12, 8), "i": ((40,), "index:12", "int64")}
    yield from each("torch.index_select", index, args=({"v": "x"}, 0, {"v": "i"}), grad=x)


def _rarer() -> Iterator[Case]:
    x = ("x",)
    yield from each(L + "solve", {"A": ((4, 6, 6), "dominant"), "B": (4, 6, 3)}, grad=("A", "B"), dtypes=ONE)
    yield from each(L + "inv", {"A": ((4, 7, 7), "dominant")}, grad=("A",), dtypes=FULL)
    yield from each(L + "cholesky", {"A": ((5, 6, 6), "spd")}, grad=("A",), dtypes=ONE)
    yield from each("torch.logdet", {"A": ((24, 5, 5), "spd")}, grad=("A",), dtypes=LONG)
    yield from each(L + "matrix_exp", {"A": ((5, 5, 5), "range:-0.5:0.5")}, grad=("A",), dtypes=FULL)
    yield from each("torch.fft.rfft", {"x": ((7, 30), _UNIT)}, norm="ortho", grad=x, dtypes=LONG)
    yield from each("torch.cdist", {"x": (12, 7), "y": ((15, 7), "range:1:3")}, 2.0, grad=("x", "y"), dtypes=ONE)
    yield from each("torch.kron", {"x": (4, 6), "y": ((5, 4), _UNIT)}, grad=("x", "y"))
    yield from each(S + "log_ndtr", {"x": ((20, 15), "range:-3:2")}, grad=x, dtypes=FULL)
    yield from each(S + "entr", {"x": ((20, 15), "range:0.1:2")}, grad=x)
    yield from each("torch.addbmm", {"c": (9, 7), "x": (5, 9, 12), "y": ((5, 12, 7), _UNIT)}, grad=("c", "x", "y"))
    pairs: Tensors = {"x": (20, 5), "y": ((20, 8), _UNIT), "w": ((6, 5, 8), "range:-0.4:0.4")}
    yield from each(F + "bilinear", pairs, grad=("x", "w"))
    gates: Tensors = {"x": (12, 8), "h": ((12, 10), _UNIT), "wi": ((30, 8), "range:-0.3:0.3"),
                      "wh": ((30, 10), "range:-0.3:0.3")}  # fmt: skip
    yield from each("torch.gru_cell", gates, args=tuple(v(*gates)), grad=("x", "h", "wi"))
    yield from each("torch.trapezoid", {"y": ((24, 20), "range:-1:2")}, dx=0.3, grad=("y",))
