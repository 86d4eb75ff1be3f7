"""Gradients of operators, common and less common ones, at shapes, options and values that no set before has.

See eleventh.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scoreboard.sets.eleventh_core import each
from benchmarks.scoreboard.sets.ninth_core import ONE
from benchmarks.scoreboard.sets.ninth_rarer import LONG
from benchmarks.scoreboard.sets.seventh_core import S, v
from benchmarks.scoreboard.sets.sixth_core import FULL, F, L, Tensors
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
    yield from each("torch.matmul", {"x": ((13, 46), "range:-0.5:1"), "y": (46, 18)}, grad=pair)
    yield from each("torch.mv", {"x": (37, 46), "y": ((46,), _UNIT)}, grad=pair)
    yield from each("torch.baddbmm", {"c": (3, 9, 14), "x": (3, 9, 19), "y": ((3, 19, 14), _UNIT)}, alpha=0.45,
                    grad=("c", *pair))  # fmt: skip
    yield from each("torch.einsum", {"x": (3, 9, 14), "y": ((3, 14, 2, 7), _UNIT)},
                    args=("bnc,bchd->bhnd", *v("x", "y")), grad=pair)  # fmt: skip
    image: Tensors = {"x": ((2, 6, 7, 11), "range:-1:2"), "w": ((9, 2, 3, 2), _UNIT), "b": (9,)}
    yield from each(F + "conv2d", image, groups=3, stride=[1, 2], grad=three)
    sound: Tensors = {"x": ((3, 5, 27), _UNIT), "w": ((7, 5, 4), "range:-0.4:0.3"), "b": (7,)}
    yield from each(F + "conv1d", sound, stride=2, padding=3, grad=three)
    up: Tensors = {"x": (1, 5, 6, 5), "w": ((5, 4, 3, 2), _UNIT), "b": (4,)}
    yield from each(F + "conv_transpose2d", up, stride=2, grad=three, dtypes=FULL)
    heads: Tensors = {
        "q": (2, 3, 13, 9),
        "k": ((2, 3, 18, 9), _UNIT),
        "v": (2, 3, 18, 9),
        "m": ((13, 18), "range:-2:0"),
    }
    yield from each(F + "scaled_dot_product_attention", heads, args=tuple(v("q", "k", "v", "m")), grad=("q", "k", "v"))
    square: Tensors = {"q": ((1, 2, 23, 14), _UNIT), "k": (1, 2, 23, 14), "v": ((1, 2, 23, 14), "unit")}
    yield from each(F + "scaled_dot_product_attention", square, is_causal=True, grad=("q", "k", "v"))


def _reductions() -> Iterator[Case]:
    x = ("x",)
    yield from each("torch.var", {"x": ((13, 23, 9), "range:1:4")}, dim=[0, 1], grad=x)
    yield from each(L + "vector_norm", {"x": ((27, 19), "range:0.3:2")}, 3, 1, grad=x)
    yield from each("torch.logsumexp", {"x": ((46, 13), "range:-3:5")}, 0, grad=x)
    yield from each("torch.cumprod", {"x": ((9, 18), "range:0.8:1.4")}, 1, grad=x)
    yield from each("torch.prod", {"x": ((13, 18), "range:0.7:1.5")}, 0, grad=x)
    yield from each(F + "log_softmax", {"x": ((46, 19), "range:-3:4")}, dim=0, grad=x)
    yield from each("torch.std_mean", {"x": ((18, 37), "range:-1:3")}, dim=1, grad=x)


def _normalised() -> Iterator[Case]:
    grads = ("x", "w", "b")
    layer: Tensors = {"x": ((13, 73), "range:-1:4"), "w": ((73,), "range:0.5:1.5"), "b": (73,)}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [73], *v("w", "b")), grad=grads)
    rms: Tensors = {"x": ((19, 38), "range:-3:2"), "w": ((38,), "range:0.3:1.5")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [38], {"v": "w"}), eps=1e-4, grad=("x", "w"))
    group: Tensors = {"x": ((3, 14, 19), "range:-2:1"), "w": ((14,), "range:0.5:2"), "b": (14,)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 7, *v("w", "b")), grad=grads)
    batch: Tensors = {"x": ((14, 9, 7), "range:0:3"), "w": ((9,), "range:0.5:2"), "b": (9,)}
    yield from each(F + "batch_norm", batch, args=({"v": "x"}, None, None, *v("w", "b"), True), grad=grads)
    yield from each(F + "normalize", {"x": ((7, 13, 9), "range:-1:2")}, dim=1, grad=("x",))
    yield from each(F + "cosine_similarity", {"x": ((37, 9), "range:0:2"), "y": (37, 9)}, dim=1, grad=("x", "y"))
    yield from each(F + "local_response_norm", {"x": ((2, 9, 19), "range:-2:2")}, 5, alpha=0.05, grad=("x",))


def _functions() -> Iterator[Case]:
    x, two = ("x",), ("x", "y")
    given: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "gelu": ("range:-4:3", {"approximate": "tanh"}),
        "softplus": ("range:-3:4", {"beta": 1.4}),
        "celu": ("range:-4:1", {"alpha": 1.3}),
        "selu": ("range:-3:3", {}),
        "hardswish": ("range:-2.9:2.9", {}),
        "softsign": ("range:-3:5", {}),
        "tanhshrink": ("range:-3:3", {}),
    }
    for name, (values, options) in given.items():
        yield from each(F + name, {"x": ((18, 27), values)}, grad=x, **options)
    for name, values in {
        "expm1": "range:-2:2",
        "log2": "range:0.2:6",
        "erfc": "range:-1:2",
        "tan": "range:-1.1:0.9",
        "asinh": "range:-5:3",
        "atanh": "range:-0.7:0.8",
        "lgamma": "range:0.5:6",
        "sinh": "range:-2:1",
    }.items():
        yield from each("torch." + name, {"x": ((18, 27), values)}, grad=x)
    yield from each("torch.pow", {"x": ((18, 27), "range:0.3:3")}, 2.4, grad=x)
    yield from each("torch.atan2", {"x": ((18, 27), "range:0.3:2"), "y": ((18, 27), "range:-2:2")}, grad=two)
    yield from each("torch.logaddexp", {"x": ((18, 27), "range:-5:1"), "y": ((27,), _UNIT)}, grad=two)
    yield from each("torch.xlogy", {"x": ((18, 27), "range:0.2:2"), "y": ((18, 27), "range:0.3:4")}, grad=two)
    yield from each("torch.lerp", {"x": (18, 27), "y": ((18, 27), _UNIT), "w": ((27,), "unit")}, grad=("x", "y", "w"))
    yield from each(
        "torch.addcmul", {"x": (18, 27), "y": ((27,), _UNIT), "z": (18, 27)}, value=0.6, grad=("x", "y", "z")
    )
    yield from each(F + "glu", {"x": ((9, 14, 13), "range:-3:1")}, dim=1, grad=x)
    yield from each(F + "prelu", {"x": ((18, 9), "range:-3:2"), "w": ((9,), "range:0.1:0.6")}, grad=("x", "w"))


def _losses() -> Iterator[Case]:
    x = ("x",)
    tokens: Tensors = {"x": ((46, 13), "range:-3:3"), "t": ((46,), "index:13", "int64")}
    yield from each(F + "cross_entropy", tokens, grad=x, reduction="none", label_smoothing=0.2)
    yield from each(F + "huber_loss", {"x": ((19, 18), "range:-2:2"), "t": (19, 18)}, grad=x, delta=0.8,
                    reduction="none")  # fmt: skip
    yield from each(F + "binary_cross_entropy", {"x": ((19, 18), "range:0.1:0.9"), "t": ((19, 18), "unit")}, grad=x,
                    reduction="none")  # fmt: skip
    yield from each(F + "kl_div", {"x": ((19, 18), "range:-3:0"), "t": ((19, 18), "range:-4:-0.5")}, grad=("x", "t"),
                    log_target=True, reduction="none")  # fmt: skip
    yield from each(F + "soft_margin_loss", {"x": ((19, 18), "range:-3:3"), "t": ((19, 18), "literal:1,-1,1")}, grad=x,
                    reduction="none")  # fmt: skip
    three: Tensors = {"x": (37, 7), "y": ((37, 7), "range:1:3"), "z": ((37, 7), "range:-3:0")}
    yield from each(F + "triplet_margin_loss", three, margin=9.0, reduction="none", grad=("x", "y", "z"))


def _maps() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "avg_pool2d", {"x": (3, 3, 9, 11)}, 3, 2, 1, count_include_pad=False, grad=x)
    yield from each(F + "adaptive_avg_pool2d", {"x": (3, 3, 7, 9)}, [3, 4], grad=x)
    yield from each(F + "interpolate", {"x": ((2, 3, 6, 7), _UNIT)}, size=[11, 9], mode="bilinear", align_corners=True,
                    grad=x)  # fmt: skip
    yield from each(F + "interpolate", {"x": (2, 2, 5, 7)}, size=[9, 11], mode="bicubic", grad=x, dtypes=FULL)
    yield from each(F + "grid_sample", {"x": (1, 3, 7, 6), "g": ((1, 4, 9, 2), "range:-0.9:0.9")},
                    padding_mode="border", align_corners=False, grad=("x",), dtypes=FULL)  # fmt: skip
    yield from each(F + "pad", {"x": (2, 3, 5, 9)}, [2, 3, 1, 2], mode="replicate", grad=x)
    yield from each(F + "unfold", {"x": ((2, 3, 7, 8), _UNIT)}, [3, 2], padding=1, stride=[2, 1], grad=x)
    yield from each(F + "embedding_bag", {"i": ((13, 7), "index:19", "int64"), "w": (19, 9)}, mode="mean", grad=("w",))
    rows: Tensors = {"x": ((18, 9), _UNIT), "i": ((46,), "index:18", "int64"), "s": (46, 9)}
    yield from each("torch.index_add", rows, args=({"v": "x"}, 0, *v("i", "s")), alpha=0.7, grad=("x", "s"))
    index: Tensors = {"x": (9, 19), "i": ((9, 37), "index:19", "int64"), "s": ((9, 37), _UNIT)}
    yield from each("torch.scatter_add", index, args=({"v": "x"}, 1, *v("i", "s")), grad=("x", "s"))


def _rarer() -> Iterator[Case]:
    x = ("x",)
    yield from each(L + "solve", {"A": ((5, 8, 8), "dominant"), "B": ((5, 8, 2), _UNIT)}, grad=("A", "B"), dtypes=LONG)
    yield from each(L + "inv", {"A": ((7, 5, 5), "dominant")}, grad=("A",), dtypes=ONE)
    yield from each(L + "cholesky", {"A": ((6, 5, 5), "spd")}, grad=("A",), dtypes=LONG)
    yield from each(L + "multi_dot", {"x": (9, 13), "y": ((13, 7), _UNIT), "z": (7, 11)}, args=(v("x", "y", "z"),),
                    grad=("x", "y", "z"))  # fmt: skip
    yield from each("torch.fft.rfft", {"x": ((9, 26), "range:-1:2")}, 32, grad=x, dtypes=ONE)
    yield from each("torch.cdist", {"x": (13, 5), "y": ((18, 5), "range:2:4")}, 1.5, grad=("x", "y"), dtypes=LONG)
    yield from each(S + "erfcx", {"x": ((18, 27), "range:-0.5:3")}, grad=x, dtypes=ONE)
    yield from each(S + "ndtr", {"x": ((18, 27), "range:-2:3")}, grad=x)
    yield from each(S + "xlog1py", {"x": ((18, 27), _UNIT), "y": ((18, 27), "range:-0.4:3")}, grad=("x", "y"))
    pairs: Tensors = {"x": ((23, 6), _UNIT), "y": (23, 5), "w": ((7, 6, 5), "range:-0.6:0.4"), "b": (7,)}
    yield from each(F + "bilinear", pairs, grad=("x", "y", "w"))
    cell: Tensors = {
        "x": (13, 6),
        "h": ((13, 9), _UNIT),
        "wi": ((9, 6), "range:-0.5:0.5"),
        "wh": ((9, 9), "range:-0.4:0.4"),
    }
    yield from each("torch.rnn_tanh_cell", cell, args=tuple(v(*cell)), grad=("x", "h", "wh"))
    yield from each("torch.cov", {"x": ((7, 27), "range:-1:2")}, grad=x)
