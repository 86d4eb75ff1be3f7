"""Gradients of operators, common and less common ones, at shapes, options and values that no set before has.

See sixteenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scoreboard.sets.ninth_core import ONE
from benchmarks.scoreboard.sets.ninth_rarer import LONG
from benchmarks.scoreboard.sets.seventh_core import S, v
from benchmarks.scoreboard.sets.sixteenth_core import each
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
    yield from each("torch.matmul", {"x": ((7, 127), "normal"), "y": ((127, 9), "unit")}, grad=pair)
    yield from each("torch.matmul", {"x": ((3, 17, 31), "offset"), "y": ((31,), "range:-0.3:0.3")}, grad=pair)
    yield from each("torch.mm", {"x": ((33, 3), "wide"), "y": ((3, 31), "normal")}, grad=pair)
    yield from each("torch.bmm", {"x": ((5, 1, 33), _UNIT), "y": ((5, 33, 7), "normal")}, grad=pair)
    yield from each("torch.addmm", {"c": (7,), "x": ((31, 17), _UNIT), "y": ((17, 7), _UNIT)}, beta=0.5, alpha=2.0,
                    grad=("c", "x", "y"))  # fmt: skip
    yield from each(F + "linear", {"x": ((3, 1, 65), "wide"), "w": ((17, 65), "range:-0.2:0.2"), "b": (17,)},
                    grad=three)  # fmt: skip
    yield from each(F + "linear", {"x": ((127, 5), "unit"), "w": (3, 5), "b": (3,)}, grad=three)
    yield from each("torch.einsum", {"x": (3, 9, 7), "y": ((3, 7, 5, 9), _UNIT)}, args=("bij,bjki->bk", *v("x", "y")),
                    grad=pair)  # fmt: skip
    yield from each(F + "conv1d", {"x": ((2, 7, 33), "normal"), "w": ((9, 7, 5), "range:-0.3:0.3"), "b": (9,)},
                    stride=2, padding=2, grad=three)  # fmt: skip
    yield from each(F + "conv2d", {"x": ((1, 6, 9, 7), "unit"), "w": ((9, 2, 3, 3), _UNIT), "b": (9,)}, groups=3,
                    padding=1, grad=three)  # fmt: skip
    yield from each(F + "conv2d", {"x": ((1, 3, 13, 11), _UNIT), "w": ((5, 3, 3, 3), "range:-0.3:0.3")}, dilation=2,
                    stride=2, grad=("x", "w"))  # fmt: skip
    yield from each(F + "conv_transpose1d", {"x": ((1, 7, 15), _UNIT), "w": ((7, 5, 4), _UNIT), "b": (5,)}, stride=2,
                    padding=1, grad=three, dtypes=FULL)  # fmt: skip
    sdpa = F + "scaled_dot_product_attention"
    yield from each(sdpa, {"q": (1, 3, 17, 7), "k": (1, 3, 17, 7), "v": ((1, 3, 17, 7), "offset")},
                    grad=("q", "k", "v"))  # fmt: skip
    yield from each(sdpa, {"q": (1, 2, 31, 9), "k": (1, 2, 31, 9), "v": (1, 2, 31, 9)}, is_causal=True, scale=0.5,
                    grad=("q", "v"))  # fmt: skip


def _sums() -> Iterator[Case]:
    x = ("x",)
    yield from each("torch.sum", {"x": ((9, 31), "wide")}, dim=0, grad=x)
    yield from each("torch.mean", {"x": ((7, 9, 17), "offset")}, dim=1, grad=x)
    yield from each("torch.var", {"x": ((7, 127), "offset")}, dim=-1, grad=x)
    yield from each("torch.std", {"x": ((33, 17), "normal")}, dim=0, correction=0, grad=x)
    yield from each("torch.norm", {"x": ((31, 17), "wide")}, 2, 0, grad=x)
    yield from each(L + "vector_norm", {"x": ((7, 65), "range:0.3:3")}, 1.5, 1, grad=x)
    yield from each("torch.logsumexp", {"x": ((9, 7, 31), "wide")}, [1, 2], grad=x)
    yield from each("torch.cumsum", {"x": ((7, 63), "normal")}, 1, grad=x)
    yield from each("torch.cumprod", {"x": ((17, 9), "range:0.6:1.4")}, 0, grad=x)
    yield from each("torch.logcumsumexp", {"x": ((7, 33), "normal")}, 1, grad=x)
    yield from each("torch.prod", {"x": ((9, 17), "range:-1.5:1.5")}, 1, grad=x)
    yield from each("torch.median", {"x": ((17, 31), "normal")}, 1, grad=x)
    yield from each(F + "softmax", {"x": ((17, 65), "wide")}, dim=-1, grad=x)
    yield from each(F + "softmax", {"x": ((3, 7, 3, 9), "normal")}, dim=1, grad=x)
    yield from each(F + "log_softmax", {"x": ((33, 31), "offset")}, dim=0, grad=x)


def _norms() -> Iterator[Case]:
    grads = ("x", "w", "b")
    layer: Tensors = {"x": ((3, 7, 33), "offset"), "w": ((33,), "positive"), "b": (33,)}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [33], *v("w", "b")), grad=grads)
    yield from each(F + "layer_norm", {"x": ((17, 129), "wide")}, [129], grad=("x",))
    rms: Tensors = {"x": ((31, 31), "normal"), "w": ((31,), "normal")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [31], {"v": "w"}), eps=1e-5, grad=("x", "w"))
    group: Tensors = {"x": ((3, 9, 17), "normal"), "w": ((9,), "positive"), "b": (9,)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 3, *v("w", "b")), grad=grads)
    batch: Tensors = {"x": ((7, 3, 31), "unit"), "w": ((3,), "positive"), "b": (3,)}
    yield from each(F + "batch_norm", batch, args=({"v": "x"}, None, None, *v("w", "b"), True), grad=grads)
    still: Tensors = {"x": ((5, 7, 9), "normal"), "m": (7,), "s": ((7,), "positive"), "w": (7,), "b": (7,)}
    yield from each(F + "batch_norm", still, args=tuple(v("x", "m", "s", "w", "b")), grad=grads)
    yield from each(F + "normalize", {"x": ((31, 9), "offset")}, dim=-1, grad=("x",))


def _elements() -> Iterator[Case]:
    x, two = ("x",), ("x", "y")
    given: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "gelu": ("normal", {}),
        "silu": ("wide", {}),
        "mish": ("range:-3:5", {}),
        "elu": ("normal", {"alpha": 1.5}),
        "celu": ("range:-3:3", {"alpha": 0.6}),
        "softplus": ("range:-4:4", {"beta": 2.0}),
        "logsigmoid": ("normal", {}),
        "softsign": ("range:-6:6", {}),
    }
    for name, (values, options) in given.items():
        yield from each(F + name, {"x": ((9, 63), values)}, grad=x, **options)
    for name, values in {
        "expm1": "range:-1:2",
        "exp2": "normal",
        "log": "positive",
        "log10": "range:0.2:30",
        "rsqrt": "range:0.2:9",
        "reciprocal": "range:0.3:5",
        "tan": "range:-1.2:1.2",
        "sinh": "normal",
        "cosh": "range:-4:4",
        "acosh": "range:1.2:9",
        "atanh": "range:-0.8:0.8",
        "tanh": "wide",
        "erfc": "range:-1:3",
        "erfinv": "range:-0.9:0.9",
        "digamma": "range:0.5:9",
        "sinc": "range:0.1:4",
    }.items():
        yield from each("torch." + name, {"x": ((9, 63), values)}, grad=x)
    yield from each("torch.div", {"x": ((17, 31), "offset"), "y": ((31,), "positive")}, grad=two)
    yield from each("torch.mul", {"x": ((3, 1, 17), "wide"), "y": ((7, 1), "normal")}, grad=two)
    yield from each("torch.pow", {"x": ((17, 31), "range:0.3:2"), "y": ((31,), "range:-1:2")}, grad=two)
    yield from each("torch.hypot", {"x": ((17, 31), "normal"), "y": ((17, 31), "positive")}, grad=two)
    yield from each("torch.addcdiv", {"x": (9, 31), "y": (9, 31), "z": ((9, 31), "positive")}, value=0.3,
                    grad=("y", "z"))  # fmt: skip
    yield from each("torch.lerp", {"x": (9, 31), "y": (9, 31), "w": ((9, 31), "unit")}, grad=("x", "w"))
    yield from each(F + "glu", {"x": ((7, 34, 3), "wide")}, dim=1, grad=x)


def _errors() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "cross_entropy", {"x": ((31, 33), "wide"), "t": ((31,), "index:33", "int64")},
                    label_smoothing=0.1, grad=x)  # fmt: skip
    yield from each(F + "cross_entropy", {"x": ((17, 7), "normal"), "t": ((17, 7), "range:0:0.3")}, grad=("x", "t"))
    yield from each(F + "nll_loss", {"x": ((17, 9), "range:-4:-0.1"), "t": ((17,), "index:9", "int64"),
                                     "w": ((9,), "positive")}, args=v("x", "t"), weight={"v": "w"}, grad=x)  # fmt: skip
    yield from each(F + "binary_cross_entropy_with_logits", {"x": ((31, 7), "wide"), "t": ((31, 7), "unit")},
                    grad=("x", "t"))  # fmt: skip
    yield from each(F + "smooth_l1_loss", {"x": (33, 7), "t": (33, 7)}, beta=0.5, reduction="sum", grad=("x", "t"))
    yield from each(F + "gaussian_nll_loss", {"x": (31, 3), "t": (31, 3), "s": ((31, 3), "range:0.2:3")},
                    grad=("x", "s"), dtypes=FULL)  # fmt: skip
    yield from each(F + "kl_div", {"x": ((17, 9), "range:-4:-1"), "t": ((17, 9), "range:-4:-1")}, log_target=True,
                    reduction="sum", grad=("x", "t"))  # fmt: skip
    yield from each(F + "poisson_nll_loss", {"x": ((31, 9), "normal"), "t": ((31, 9), "literal:2,0,1,5")}, grad=x)
    yield from each(F + "soft_margin_loss", {"x": ((127,), "normal"), "t": ((127,), "literal:1,-1,1")},
                    reduction="none", grad=x)  # fmt: skip
    yield from each(F + "pairwise_distance", {"x": (31, 9), "y": ((31, 9), "offset")}, grad=("x", "y"))


def _pictures() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "avg_pool1d", {"x": ((3, 7, 33), "normal")}, 3, 2, grad=x)
    yield from each(F + "max_pool1d", {"x": ((3, 7, 31), "normal")}, 3, grad=x)
    yield from each(F + "adaptive_avg_pool2d", {"x": ((1, 7, 9, 11), "wide")}, [3, 5], grad=x)
    yield from each(F + "lp_pool2d", {"x": ((1, 5, 9, 8), "range:0.2:2")}, 2.0, 3, grad=x)
    yield from each(F + "interpolate", {"x": ((1, 3, 7, 5), "normal")}, size=[9, 13], mode="bilinear",
                    align_corners=True, grad=x)  # fmt: skip
    yield from each(F + "interpolate", {"x": ((2, 3, 17), "offset")}, size=31, mode="linear", grad=x)
    yield from each(F + "grid_sample", {"x": (1, 3, 7, 5), "g": ((1, 5, 7, 2), "range:-0.8:0.8")}, mode="bicubic",
                    align_corners=False, grad=("x", "g"), dtypes=LONG)  # fmt: skip
    yield from each(F + "pad", {"x": ((1, 3, 9), "normal")}, [3, 4], mode="replicate", grad=x)
    yield from each(F + "unfold", {"x": ((1, 3, 7, 9), "normal")}, 3, padding=1, grad=x)
    yield from each(F + "embedding", {"i": ((7, 33), "index:17", "int64"), "w": (17, 9)}, grad=("w",))
    yield from each("torch.index_add", {"x": (9, 7), "i": ((63,), "index:9", "int64"), "s": (63, 7)},
                    args=(*v("x"), 0, *v("i", "s")), grad=("x", "s"))  # fmt: skip
    yield from each("torch.index_select", {"x": (17, 7), "i": ((65,), "index:17", "int64")},
                    args=(*v("x"), 0, *v("i")), grad=x)  # fmt: skip
    yield from each("torch.scatter_reduce", {"x": (7, 5), "i": ((31, 5), "index:7", "int64"), "s": (31, 5)},
                    args=(*v("x"), 0, *v("i", "s"), "mean"), grad=("x", "s"), dtypes=FULL)  # fmt: skip


def _rarer() -> Iterator[Case]:
    x = ("x",)
    yield from each("torch.logdet", {"A": ((7, 5, 5), "spd")}, grad=("A",), dtypes=ONE)
    yield from each(L + "solve_triangular", {"A": ((5, 7, 7), "dominant"), "B": (5, 7, 3)}, upper=True,
                    grad=("A", "B"), dtypes=LONG)  # fmt: skip
    yield from each(L + "pinv", {"A": ((5, 7, 3), _UNIT)}, grad=("A",), dtypes=ONE)
    yield from each(L + "matrix_norm", {"A": ((5, 7, 9), "normal")}, grad=("A",), dtypes=ONE)
    yield from each(L + "matrix_power", {"A": ((7, 5, 5), "range:-0.7:0.7")}, 3, grad=("A",), dtypes=LONG)
    yield from each(L + "svdvals", {"A": ((5, 3, 7), "normal")}, grad=("A",), dtypes=FULL)
    yield from each(L + "qr", {"A": ((3, 7, 5), "normal")}, grad=("A",), dtypes=LONG)
    yield from each("torch.fft.irfft", {"x": ((5, 17), "normal", "complex64")}, n=31, grad=x, dtypes=ONE)
    yield from each(S + "xlog1py", {"x": ((9, 63), "positive"), "y": ((9, 63), "unit")}, grad=("x", "y"), dtypes=ONE)
    yield from each(S + "ndtri", {"x": ((9, 63), "range:0.03:0.97")}, grad=x, dtypes=LONG)
    yield from each(S + "i1e", {"x": ((9, 63), "range:0.2:9")}, grad=x, dtypes=ONE)
    yield from each(S + "entr", {"x": ((9, 63), "range:0.05:3")}, grad=x)
    yield from each("torch.cdist", {"x": (9, 7), "y": ((17, 7), "unit")}, 2.0, grad=("x", "y"), dtypes=FULL)
    yield from each("torch.trapezoid", {"y": ((9, 33), "normal"), "x": ((33,), "arange")}, grad=("y",))
    yield from each("torch.renorm", {"x": ((17, 9), "normal")}, 2, 0, 1.5, grad=x, dtypes=ONE)
    yield from each("torch.kron", {"x": (5, 3), "y": ((7, 9), _UNIT)}, grad=("x", "y"))
    gru: Tensors = {"x": (9, 7), "h": ((9, 5), _UNIT), "wi": ((15, 7), _UNIT), "wh": ((15, 5), _UNIT)}
    yield from each("torch.gru_cell", gru, grad=("x", "h", "wh"))
