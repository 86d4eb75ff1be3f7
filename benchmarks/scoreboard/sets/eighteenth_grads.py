"""Gradients of operators, common and less common ones, at shapes, options and values that no set before has.

See eighteenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scoreboard.sets.eighteenth_core import each
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
    yield from each("torch.matmul", {"x": ((3, 9, 41), "normal"), "y": ((41, 7), _UNIT)}, grad=pair)
    yield from each("torch.matmul", {"x": ((4, 1, 12, 18), "unit"), "y": ((3, 18, 5), _UNIT)}, grad=pair)
    yield from each("torch.mm", {"x": ((7, 200), _UNIT), "y": ((200, 9), "range:-0.3:0.4")}, grad=pair)
    yield from each("torch.bmm", {"x": ((4, 9, 16), "wide"), "y": ((4, 16, 7), _UNIT)}, grad=pair)
    yield from each("torch.addmm", {"c": (9,), "x": ((12, 31), "offset"), "y": ((31, 9), _UNIT)}, beta=0.4, alpha=0.2,
                    grad=("c", "x", "y"))  # fmt: skip
    yield from each("torch.dot", {"x": ((400,), "normal"), "y": ((400,), _UNIT)}, grad=pair)
    yield from each("torch.outer", {"x": ((21,), "normal"), "y": ((17,), "offset")}, grad=pair)
    yield from each(F + "linear", {"x": ((4, 9, 61), "normal"), "w": ((12, 61), _UNIT), "b": (12,)}, grad=three)
    yield from each(F + "bilinear", {"x": ((9, 7), "normal"), "y": ((9, 6), _UNIT), "w": ((5, 7, 6), _UNIT), "b": (5,)},
                    grad=("x", "y", "b"))  # fmt: skip
    yield from each("torch.einsum", {"x": (3, 8, 11), "y": ((5, 11, 8), _UNIT)}, args=("bij,oji->bo", *v("x", "y")),
                    grad=pair)  # fmt: skip
    yield from each(F + "conv1d", {"x": ((3, 4, 25), "normal"), "w": ((6, 4, 5), _UNIT), "b": (6,)}, stride=2,
                    dilation=2,
                    grad=three)  # fmt: skip
    yield from each(F + "conv2d", {"x": ((2, 6, 7, 9), "offset"), "w": ((9, 2, 3, 3), _UNIT), "b": (9,)}, groups=3,
                    padding=1, grad=three)  # fmt: skip
    yield from each(F + "conv3d", {"x": ((2, 3, 4, 5, 4), "normal"), "w": ((4, 3, 3, 3, 3), _UNIT)}, padding=1,
                    grad=("x", "w"), dtypes=ONE)  # fmt: skip
    yield from each(F + "conv_transpose1d", {"x": ((2, 5, 9), "normal"), "w": ((5, 4, 4), _UNIT), "b": (4,)}, stride=2,
                    padding=1, grad=three, dtypes=LONG)  # fmt: skip
    sdpa = F + "scaled_dot_product_attention"
    yield from each(sdpa, {"q": (2, 3, 12, 9), "k": (2, 3, 12, 9), "v": (2, 3, 12, 9)}, is_causal=True,
                    grad=("q", "k", "v"))  # fmt: skip
    yield from each(sdpa, {"q": (1, 4, 7, 16), "k": (1, 2, 18, 16), "v": (1, 2, 18, 16)}, enable_gqa=True, scale=0.2,
                    grad=("q", "k", "v"))  # fmt: skip


def _sums() -> Iterator[Case]:
    x = ("x",)
    yield from each("torch.mean", {"x": ((5, 7, 12), "offset")}, dim=[0, 1], grad=x)
    yield from each("torch.var", {"x": ((17, 31), "offset")}, dim=0, grad=x)
    yield from each("torch.std", {"x": ((9, 50), "normal")}, dim=-1, correction=0, grad=x)
    yield from each("torch.var_mean", {"x": ((9, 31), "wide")}, dim=-1, grad=x)
    yield from each("torch.norm", {"x": ((12, 31), "offset")}, 2, -1, grad=x)
    yield from each(L + "vector_norm", {"x": ((9, 40), "range:0.3:2")}, 1.5, 1, grad=x)
    yield from each("torch.logsumexp", {"x": ((6, 9, 12), "wide")}, [0, 2], grad=x)
    yield from each("torch.cumsum", {"x": ((5, 90), "normal")}, -1, grad=x)
    yield from each("torch.cumprod", {"x": ((12, 9), "range:0.6:1.5")}, 0, grad=x)
    yield from each("torch.logcumsumexp", {"x": ((7, 31), "normal")}, -1, grad=x)
    yield from each("torch.prod", {"x": ((12, 9), "range:-1.5:1.5")}, 1, grad=x)
    yield from each("torch.amax", {"x": ((12, 31), "normal")}, 1, grad=x)
    yield from each(F + "softmax", {"x": ((4, 9, 21), "range:-6:6")}, dim=1, grad=x)
    yield from each(F + "log_softmax", {"x": ((9, 300), "wide")}, dim=-1, grad=x)
    yield from each(F + "softmin", {"x": ((12, 31), "normal")}, dim=0, grad=x)


def _norms() -> Iterator[Case]:
    grads = ("x", "w", "b")
    layer: Tensors = {"x": ((4, 7, 61), "offset"), "w": ((61,), "positive"), "b": (61,)}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [61], *v("w", "b")), grad=grads)
    yield from each(F + "layer_norm", {"x": ((9, 260), "range:-3:9")}, [260], eps=1e-3, grad=("x",))
    rms: Tensors = {"x": ((17, 70), "wide"), "w": ((70,), "normal")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [70], {"v": "w"}), eps=1e-5, grad=("x", "w"))
    group: Tensors = {"x": ((3, 12, 9), "offset"), "w": ((12,), "positive"), "b": (12,)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 4, *v("w", "b")), grad=grads)
    batch: Tensors = {"x": ((5, 6, 4, 7), "normal"), "w": ((6,), "normal"), "b": (6,)}
    yield from each(F + "batch_norm", batch, args=({"v": "x"}, None, None, *v("w", "b"), True), grad=grads)
    frozen: Tensors = {"x": ((9, 7), "wide"), "m": (7,), "s": ((7,), "positive"), "w": (7,), "b": (7,)}
    yield from each(F + "batch_norm", frozen, args=(*v("x", "m", "s", "w", "b"),), grad=("x", "w"))
    yield from each(F + "instance_norm", {"x": ((2, 4, 6, 5), "offset")}, eps=1e-3, grad=("x",))
    yield from each(F + "normalize", {"x": ((21, 31), "offset")}, p=3.0, dim=-1, grad=("x",))


def _elements() -> Iterator[Case]:
    x, two = ("x",), ("x", "y")
    given: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "gelu": ("range:-6:3", {}),
        "silu": ("wide", {}),
        "mish": ("range:-9:4", {}),
        "celu": ("range:-4:2", {"alpha": 1.6}),
        "softplus": ("range:-8:8", {"beta": 2.0}),
        "logsigmoid": ("normal", {}),
        "hardswish": ("range:-5:5", {}),
        "softsign": ("normal", {}),
        "leaky_relu": ("wide", {"negative_slope": 0.2}),
    }
    for name, (values, options) in given.items():
        yield from each(F + name, {"x": ((9, 53), values)}, grad=x, **options)
    for name, values in {
        "exp2": "range:-4:3",
        "expm1": "range:-2:2",
        "log": "range:0.1:30",
        "log10": "range:0.3:90",
        "reciprocal": "range:0.4:6",
        "sin": "range:-20:20",
        "tan": "range:-1.2:1.2",
        "sinh": "range:-3:3",
        "acosh": "range:1.2:9",
        "asinh": "wide",
        "atanh": "range:-0.85:0.85",
        "tanh": "normal",
        "erfc": "range:-1.5:2.5",
        "erfinv": "range:-0.8:0.8",
        "digamma": "range:0.6:9",
        "sinc": "range:0.2:4",
    }.items():
        yield from each("torch." + name, {"x": ((9, 53), values)}, grad=x)
    yield from each("torch.div", {"x": ((12, 31), "offset"), "y": ((31,), "range:-4:-0.5")}, grad=two)
    yield from each("torch.pow", {"x": ((12, 31), "range:0.5:2"), "y": ((12, 1), "range:-2:3")}, grad=two)
    yield from each("torch.hypot", {"x": ((12, 31), "normal"), "y": ((31,), "range:0.5:3")}, grad=two)
    yield from each("torch.lerp", {"x": (12, 31), "y": ((12, 31), "wide"), "w": ((31,), "unit")}, grad=("x", "y", "w"))
    yield from each("torch.addcdiv", {"x": (12, 31), "y": (12, 31), "z": ((31,), "range:0.6:4")}, value=-0.4,
                    grad=("y", "z"))  # fmt: skip
    yield from each("torch.xlogy", {"x": ((12, 31), "unit"), "y": ((12, 31), "range:0.2:6")}, grad=two)
    yield from each("torch.maximum", {"x": ((12, 31), "normal"), "y": ((12, 31), "normal")}, grad=two)
    yield from each(F + "glu", {"x": ((6, 14, 9), "wide")}, dim=1, grad=x)


def _errors() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "cross_entropy", {"x": ((12, 31), "range:-4:4"), "t": ((12,), "index:31", "int64")},
                    label_smoothing=0.15, grad=x)  # fmt: skip
    yield from each(
        F + "cross_entropy", {"x": ((9, 12), "normal"), "t": ((9, 12), "range:0:0.2")}, reduction="sum", grad=x
    )
    yield from each(F + "nll_loss", {"x": ((17, 9), "range:-5:-0.1"), "t": ((17,), "index:9", "int64"),
                                     "w": ((9,), "range:0.3:2")}, args=v("x", "t"), weight={"v": "w"},
                    grad=x)  # fmt: skip
    yield from each(F + "binary_cross_entropy_with_logits", {"x": ((9, 31), "wide"), "t": ((9, 31), "unit")}, grad=x)
    yield from each(F + "l1_loss", {"x": ((9, 31), "normal"), "t": ((9, 31), "offset")}, grad=x)
    yield from each(F + "smooth_l1_loss", {"x": ((9, 31), "normal"), "t": ((9, 31), "normal")}, beta=0.6,
                    reduction="sum",
                    grad=("x", "t"))  # fmt: skip
    yield from each(F + "kl_div", {"x": ((9, 21), "range:-6:-0.5"), "t": ((9, 21), "range:-6:-0.5")}, log_target=True,
                    reduction="sum", grad=("x", "t"))  # fmt: skip
    yield from each(F + "poisson_nll_loss", {"x": ((9, 31), "range:-2:2"), "t": ((9, 31), "literal:1,0,4")}, grad=x)
    yield from each(F + "gaussian_nll_loss", {"x": (9, 31), "t": (9, 31), "s": ((9, 31), "range:0.3:3")},
                    grad=("x", "s"), dtypes=FULL)  # fmt: skip
    yield from each(F + "cosine_embedding_loss", {"x": (17, 12), "y": (17, 12), "t": ((17,), "literal:1,-1,1")},
                    margin=-0.3, grad=("x", "y"))  # fmt: skip
    yield from each(F + "soft_margin_loss", {"x": ((9, 31), "normal"), "t": ((9, 31), "literal:1,-1,-1")}, grad=x)


def _pictures() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "avg_pool1d", {"x": ((2, 6, 25), "wide")}, 4, 3, grad=x)
    yield from each(F + "avg_pool2d", {"x": ((2, 3, 9, 11), "normal")}, 2, 1, grad=x)
    yield from each(F + "max_pool1d", {"x": ((2, 6, 31), "normal")}, 5, 2, grad=x)
    yield from each(F + "adaptive_avg_pool2d", {"x": ((2, 4, 9, 8), "offset")}, [4, 3], grad=x)
    yield from each(F + "adaptive_max_pool2d", {"x": ((2, 4, 9, 8), "normal")}, [3, 3], grad=x)
    yield from each(F + "interpolate", {"x": ((2, 3, 5, 7), "normal")}, size=[9, 12], mode="bilinear", grad=x)
    yield from each(F + "interpolate", {"x": ((2, 4, 9), "wide")}, scale_factor=2.0, mode="linear", align_corners=True,
                    grad=x)  # fmt: skip
    yield from each(F + "grid_sample", {"x": (2, 2, 5, 7), "g": ((2, 4, 6, 2), "range:-0.95:0.95")},
                    align_corners=False,
                    padding_mode="border", grad=("x", "g"), dtypes=LONG)  # fmt: skip
    yield from each(F + "pad", {"x": ((2, 3, 5, 7), "wide")}, [2, 1, 0, 3], mode="replicate", grad=x)
    yield from each(F + "unfold", {"x": ((1, 3, 7, 6), "normal")}, 3, stride=2, grad=x)
    yield from each(F + "embedding_bag", {"i": ((9, 12), "index:18", "int64"), "w": (18, 7)}, mode="mean", grad=("w",),
                    dtypes=FULL)  # fmt: skip
    yield from each("torch.index_select", {"x": (9, 12), "i": ((61,), "index:9", "int64")}, args=(*v("x"), 0, *v("i")),
                    grad=x)  # fmt: skip
    yield from each("torch.index_add", {"x": (9, 7), "i": ((31,), "index:9", "int64"), "s": (31, 7)},
                    args=(*v("x"), 0, *v("i", "s")), alpha=0.3, grad=("x", "s"))  # fmt: skip
    yield from each("torch.topk", {"x": ((9, 31), "normal")}, 5, grad=x)
    yield from each("torch.cdist", {"x": ((9, 5), "normal"), "y": ((12, 5), "offset")}, grad=("x", "y"), dtypes=FULL)


def _rarer() -> Iterator[Case]:
    x, a = ("x",), ("A",)
    yield from each("torch.logdet", {"A": ((5, 7, 7), "spd")}, grad=a, dtypes=LONG)
    yield from each(L + "pinv", {"A": ((3, 7, 4), "normal")}, grad=a, dtypes=LONG)
    yield from each(L + "solve_triangular", {"A": ((3, 7, 7), "dominant"), "B": (3, 7, 2)}, upper=True, grad=("A", "B"),
                    dtypes=ONE)  # fmt: skip
    yield from each(L + "svdvals", {"A": ((4, 6, 4), "normal")}, grad=a, dtypes=ONE)
    yield from each(L + "matrix_power", {"A": ((4, 5, 5), "range:-0.5:0.6")}, 3, grad=a, dtypes=FULL)
    yield from each(L + "matrix_norm", {"A": ((4, 6, 7), "offset")}, "fro", grad=a)
    yield from each(L + "cholesky", {"A": ((3, 5, 5), "spd")}, upper=True, grad=a, dtypes=ONE)
    yield from each(
        "torch.cholesky_solve", {"B": (3, 5, 2), "A": ((3, 5, 5), "dominant")}, grad=("A", "B"), dtypes=LONG
    )
    yield from each("torch.trapezoid", {"y": ((9, 31), "normal"), "x": ((31,), "arange")}, grad=("y",))
    yield from each("torch.kron", {"x": ((3, 5), "normal"), "y": ((4, 2), "normal")}, grad=("x", "y"))
    yield from each("torch.renorm", {"x": ((9, 12), "normal")}, 2, 0, 1.5, grad=x, dtypes=LONG)
    yield from each("torch.diff", {"x": ((9, 31), "offset")}, grad=x)
    yield from each(S + "entr", {"x": ((9, 53), "range:0.1:3")}, grad=x, dtypes=FULL)
    yield from each(S + "ndtri", {"x": ((9, 53), "range:0.05:0.95")}, grad=x, dtypes=ONE)
    yield from each(S + "i1", {"x": ((9, 53), "range:0.3:5")}, grad=x, dtypes=LONG)
    yield from each("torch.i0", {"x": ((9, 53), "range:-4:4")}, grad=x, dtypes=ONE)
    yield from each("torch.mvlgamma", {"x": ((9, 53), "range:2:9")}, 3, grad=x, dtypes=LONG)
    yield from each("torch.fft.irfft", {"x": ((5, 12), "normal")}, n=20, grad=x, dtypes=ONE)
    gru: Tensors = {"x": (7, 6), "h": ((7, 5), _UNIT), "wi": ((15, 6), _UNIT), "wh": ((15, 5), _UNIT)}
    yield from each("torch.gru_cell", gru, grad=("x", "h", "wh"))
