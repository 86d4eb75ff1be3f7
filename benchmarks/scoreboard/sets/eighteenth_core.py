"""Public operators that most models call, at shapes, options, dimensions and values that no set before has.

See eighteenth.py; written without a look at the rules or at any score. Not in half precision: what a CPU has no kernel
for. Each operator's numbers have a seed of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scoreboard.sets import seventh_core
from benchmarks.scoreboard.sets.fifteenth_core import SOME
from benchmarks.scoreboard.sets.ninth_core import ONE
from benchmarks.scoreboard.sets.ninth_rarer import LONG
from benchmarks.scoreboard.sets.seventh_core import HALF, each_of, v
from benchmarks.scoreboard.sets.sixth_core import FULL, F, L, Tensors
from harness.case import Case

each = each_of("eighteenth", SOME)
_UNIT = "range:-1:1"


def cases() -> Iterator[Case]:
    """Every one of these operators, on its samples in each dtype it runs in."""
    yield from _products()
    yield from _filters()
    yield from _folded()
    yield from _scaled()
    yield from _heads()
    yield from _gates()
    yield from _elements()
    yield from _errors()
    yield from _windows()
    yield from _gathered()


def seed(name: str) -> int:
    """The seed of a function's or an operator's numbers."""
    return seventh_core.seed(name, "eighteenth")


def _products() -> Iterator[Case]:
    for x, y in (
        (((8, 1100), "range:-0.2:0.3"), ((1100, 7), _UNIT)),
        (((37, 53), "range:0:9"), ((53, 13), "range:-1:0.8")),
        (((5, 1, 12, 31), "normal"), ((2, 31, 9), "range:-0.4:0.4")),
        (((3, 11, 64), "offset"), ((64,), "range:-0.3:0.2")),
        (((1500,), "range:-0.1:0.12"), ((1500,), "normal")),
        (((61, 3), "wide"), ((3, 29), "unit")),
        (((1, 255), "positive"), ((255, 1), _UNIT)),
    ):
        yield from each("torch.matmul", {"x": x, "y": y})
    yield from each("torch.mm", {"x": ((9, 511), _UNIT), "y": ((511, 9), "range:-0.2:0.3")}, dtypes=HALF)
    yield from each("torch.mm", {"x": ((28, 28), "dominant"), "y": ((28, 11), "wide")})
    yield from each("torch.bmm", {"x": ((9, 7, 37), "offset"), "y": ((9, 37, 2), "range:-0.3:0.3")})
    yield from each("torch.bmm", {"x": ((1, 19, 130), "unit"), "y": ((1, 130, 19), _UNIT)}, dtypes=FULL)
    yield from each("torch.mv", {"x": ((31, 260), "offset"), "y": ((260,), "range:-0.2:0.2")})
    yield from each("torch.addmm", {"c": ((19, 11), "offset"), "x": ((19, 70), _UNIT), "y": (70, 11)}, beta=0.3,
                    alpha=-1.7)  # fmt: skip
    yield from each(
        "torch.addmm", {"c": ((18,), "normal"), "x": ((6, 200), "normal"), "y": ((200, 18), "unit")}, beta=0
    )
    yield from each("torch.baddbmm", {"c": ((4, 9, 1), "wide"), "x": (4, 9, 33), "y": ((4, 33, 12), _UNIT)}, beta=-2.0,
                    alpha=0.177)  # fmt: skip
    yield from each("torch.addbmm", {"c": (9, 12), "x": ((5, 9, 26), "unit"), "y": (5, 26, 12)}, beta=1.5, alpha=0.2)
    yield from each("torch.addmv", {"c": ((31,), "wide"), "x": ((31, 90), _UNIT), "y": (90,)}, beta=-1.0)
    yield from each("torch.dot", {"x": ((611,), "offset"), "y": ((611,), "range:-0.3:0.3")})
    yield from each("torch.inner", {"x": ((3, 8, 51), _UNIT), "y": ((12, 51), "unit")})
    yield from each("torch.outer", {"x": ((31,), "wide"), "y": ((17,), "offset")})
    yield from each("torch.tensordot", {"x": ((7, 9, 11), "normal"), "y": ((11, 8), _UNIT)}, dims=1)
    yield from each("torch.chain_matmul", {"x": ((12, 5), "normal"), "y": ((5, 31), _UNIT), "z": ((31, 7), _UNIT)})
    yield from each(F + "linear", {"x": ((4, 3, 170), "unit"), "w": ((21, 170), "range:-0.2:0.2"), "b": (21,)})
    yield from each(F + "linear", {"x": ((9, 61), "wide"), "w": ((1, 61), "range:-0.3:0.3"), "b": (1,)})
    yield from each(F + "linear", {"x": ((2, 1300), "offset"), "w": ((9, 1300), "range:-0.03:0.03")}, dtypes=HALF)
    yield from each(F + "bilinear", {"x": ((2, 7, 8), "normal"), "y": ((2, 7, 6), _UNIT), "w": ((9, 8, 6), _UNIT)})
    for pattern, x1, y1 in (
        ("bhqd,bhkd->bqhk", (2, 3, 9, 16), (2, 3, 13, 16)),
        ("bnd,ed->ben", (3, 11, 18), (5, 18)),
        ("ijk,jil->kl", (7, 9, 6), (9, 7, 8)),
        ("blhn,bhnp->blhp", (2, 8, 3, 10), (2, 3, 10, 7)),
        ("i,j->ij", (21,), (16,)),
    ):
        yield from each("torch.einsum", {"x": (x1, "normal"), "y": (y1, _UNIT)}, args=(pattern, *v("x", "y")))


def _filters() -> Iterator[Case]:
    yield from each(F + "conv1d", {"x": ((3, 8, 41), "normal"), "w": ((12, 4, 3), _UNIT), "b": (12,)}, groups=2,
                    stride=2,
                    padding=2)  # fmt: skip
    yield from each(F + "conv1d", {"x": ((1, 80, 18), "offset"), "w": ((9, 80, 3), "range:-0.1:0.1"), "b": (9,)})
    yield from each(F + "conv1d", {"x": ((2, 5, 60), "wide"), "w": ((7, 5, 5), _UNIT)}, dilation=4, padding="same")
    yield from each(
        F + "conv2d", {"x": ((2, 9, 8, 7), _UNIT), "w": ((9, 1, 3, 3), _UNIT), "b": (9,)}, groups=9, stride=2
    )
    yield from each(
        F + "conv2d", {"x": ((1, 3, 21, 17), "range:0:255"), "w": ((8, 3, 5, 5), "range:-0.1:0.1")}, stride=3
    )
    yield from each(F + "conv2d", {"x": ((3, 17, 4, 5), "wide"), "w": ((11, 17, 1, 1), "range:-0.3:0.3"), "b": (11,)})
    yield from each(
        F + "conv2d", {"x": ((1, 5, 9, 13), "normal"), "w": ((6, 5, 1, 7), _UNIT), "b": (6,)}, padding=[0, 3]
    )
    yield from each(F + "conv3d", {"x": ((1, 4, 5, 6, 7), "normal"), "w": ((6, 2, 3, 3, 3), _UNIT), "b": (6,)},
                    groups=2,
                    padding=1)  # fmt: skip
    yield from each(F + "conv_transpose1d", {"x": ((2, 7, 15), _UNIT), "w": ((7, 4, 6), _UNIT)}, stride=2, padding=2,
                    dtypes=ONE)  # fmt: skip
    yield from each(F + "conv_transpose2d", {"x": ((2, 5, 6, 7), "normal"), "w": ((5, 4, 4, 4), _UNIT), "b": (4,)},
                    stride=2, padding=1, dtypes=LONG)  # fmt: skip
    yield from each(F + "conv_transpose3d", {"x": ((1, 3, 2, 4, 3), "normal"), "w": ((3, 2, 2, 3, 2), _UNIT)}, stride=2,
                    dtypes=ONE)  # fmt: skip
    yield from each(F + "unfold", {"x": ((1, 6, 9, 8), "offset")}, 3, padding=1, dilation=2)


def _folded() -> Iterator[Case]:
    yield from each("torch.sum", {"x": ((3, 5000), "unit")}, dim=-1)
    yield from each("torch.sum", {"x": ((600, 7), "range:-3:4")}, dim=0)
    yield from each("torch.sum", {"x": ((4, 9, 6, 13), "wide")}, dim=[1, 3], keepdim=True)
    yield from each("torch.sum", {"x": ((31, 47), "offset")})
    yield from each("torch.sum", {"x": ((9, 130), "boundary")}, dim=-1)
    yield from each("torch.mean", {"x": ((5, 900), "range:-1:1.1")}, dim=-1)
    yield from each("torch.mean", {"x": ((6, 7, 8, 9), "offset")}, dim=[0, 2, 3])
    yield from each("torch.mean", {"x": ((700, 5), "positive")}, 0, dtypes=HALF)
    yield from each("torch.var", {"x": ((17, 130), "wide")}, dim=-1)
    yield from each("torch.var", {"x": ((3, 8, 5, 6), "range:10:12")}, dim=[0, 2, 3], correction=0)
    yield from each("torch.std", {"x": ((130, 9), "unit")}, dim=0)
    yield from each("torch.std", {"x": ((6, 12, 8), "offset")}, dim=[1, 2], correction=2)
    yield from each("torch.var_mean", {"x": ((21, 70), "range:-0.1:0.1")}, dim=-1)
    yield from each("torch.std_mean", {"x": ((4, 9, 31), "normal")}, dim=[0, 2], keepdim=True)
    yield from each("torch.prod", {"x": ((17, 31), "range:0.9:1.1")}, 1)
    yield from each("torch.prod", {"x": ((12, 6, 5), "range:-1.6:1.6")}, 0, True)
    yield from each("torch.logsumexp", {"x": ((5, 1200), "range:-4:4")}, -1)
    yield from each("torch.logsumexp", {"x": ((6, 7, 19), "wide")}, [1, 2])
    yield from each("torch.logsumexp", {"x": ((61, 9), "range:-200:-90")}, 0, dtypes=FULL)
    yield from each("torch.amin", {"x": ((7, 9, 12), "offset")}, dim=[1, 2])
    yield from each("torch.median", {"x": ((9, 31), "range:-4:4")}, 1, True)
    yield from each("torch.norm", {"x": ((31, 70), "offset")}, 2, 1)
    yield from each("torch.norm", {"x": ((12, 9, 8), _UNIT)}, 1, [1, 2])
    yield from each("torch.norm", {"x": ((400,), "range:0.5:2")}, 0.5)
    yield from each(L + "vector_norm", {"x": ((9, 300), "wide")}, 2, 1)
    yield from each(L + "vector_norm", {"x": ((12, 31), "range:0.2:2")}, 3.5, -1, True)
    yield from each(L + "vector_norm", {"x": ((12, 7, 9), "normal")}, float("-inf"), [0, 2])
    yield from each("torch.cumsum", {"x": ((4, 900), _UNIT)}, -1)
    yield from each("torch.cumsum", {"x": ((5, 70, 8), "positive")}, 1)
    yield from each("torch.cumprod", {"x": ((31, 12), "range:0.7:1.35")}, 0)
    yield from each("torch.logcumsumexp", {"x": ((7, 130), "normal")}, -1)
    yield from each("torch.quantile", {"x": ((9, 51), "wide"), "q": ((4,), "literal:0,0.3,0.66,1")},
                    args=(*v("x", "q"), -1), dtypes=FULL)  # fmt: skip


def _scaled() -> Iterator[Case]:
    yield from each(F + "softmax", {"x": ((7, 1500), "range:-8:8")}, dim=-1)
    yield from each(F + "softmax", {"x": ((3, 4, 9, 31), "offset")}, dim=-1)
    yield from each(F + "softmax", {"x": ((5, 70, 6), "normal")}, dim=1)
    yield from each(F + "softmax", {"x": ((19, 33), "ties")}, dim=0)
    yield from each(F + "log_softmax", {"x": ((6, 1100), "normal")}, dim=-1)
    yield from each(F + "log_softmax", {"x": ((31, 12), "range:-50:50")}, dim=0)
    yield from each(F + "softmin", {"x": ((9, 61), "range:-5:9")}, dim=-1)
    layer: Tensors = {"x": ((2, 9, 130), "wide"), "w": ((130,), "normal"), "b": ((130,), "offset")}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [130], *v("w", "b")), eps=1e-6)
    yield from each(F + "layer_norm", {"x": ((9, 3, 5, 7), "unit")}, [3, 5, 7])
    yield from each(F + "layer_norm", {"x": ((6, 1100), "range:-40:60")}, [1100], eps=1e-12, dtypes=FULL)
    yield from each(F + "layer_norm", {"x": ((61, 5), "range:-0.01:0.01")}, [5])
    yield from each(F + "rms_norm", {"x": ((9, 7, 61), "range:-30:30"), "w": ((61,), "offset")},
                    args=({"v": "x"}, [61], {"v": "w"}), eps=1e-5)  # fmt: skip
    yield from each(F + "rms_norm", {"x": ((4, 900), "wide")}, [900], eps=1e-6)
    group: Tensors = {"x": ((3, 15, 4, 7), "offset"), "w": ((15,), "positive"), "b": (15,)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 3, *v("w", "b")))
    yield from each(F + "group_norm", {"x": ((4, 18, 5), "range:-3:5")}, 9, eps=1e-3)
    image: Tensors = {"x": ((3, 7, 5, 6), "wide"), "m": ((7,), "wide"), "s": ((7,), "positive"), "w": (7,), "b": (7,)}
    yield from each(F + "batch_norm", image, args=(*v("x", "m", "s", "w", "b"),))
    yield from each(F + "batch_norm", {"x": ((21, 9), "offset"), "w": (9,)}, args=(*v("x"), None, None, *v("w"),
                    None, True),
                    eps=1e-4)  # fmt: skip
    yield from each(F + "instance_norm", {"x": ((3, 5, 31), "wide")}, eps=1e-4)
    yield from each(F + "normalize", {"x": ((9, 12, 31), "offset")}, dim=1)
    yield from each(F + "normalize", {"x": ((21, 40), "wide")}, p=1.0, dim=-1)
    yield from each(F + "local_response_norm", {"x": ((2, 9, 7, 6), "normal")}, 4, alpha=0.02, beta=0.5, dtypes=ONE)


def _heads() -> Iterator[Case]:
    sdpa = F + "scaled_dot_product_attention"
    yield from each(sdpa, {"q": ((2, 3, 12, 18), _UNIT), "k": (2, 3, 31, 18), "v": ((2, 3, 31, 18), "offset")})
    yield from each(sdpa, {"q": (1, 2, 51, 8), "k": (1, 2, 51, 8), "v": (1, 2, 51, 8)}, is_causal=True)
    yield from each(sdpa, {"q": ((2, 2, 9, 33), "range:-2:2"), "k": (2, 2, 17, 33), "v": ((2, 2, 17, 11), "unit")})
    yield from each(sdpa, {"q": (1, 6, 9, 16), "k": (1, 3, 19, 16), "v": (1, 3, 19, 16)}, enable_gqa=True, scale=0.1)
    yield from each(sdpa, {"q": (12, 24), "k": ((40, 24), "wide"), "v": (40, 24)}, scale=0.05)
    masked: Tensors = {"q": (3, 2, 9, 14), "k": (3, 2, 16, 14), "v": ((3, 2, 16, 14), "wide"),
                       "m": ((9, 16), "literal:1,0,1,1,1,0,0,1,1", "bool")}  # fmt: skip
    yield from each(sdpa, masked, args=tuple(v("q", "k", "v", "m")))
    bias: Tensors = {"q": (2, 2, 11, 9), "k": (2, 2, 18, 9), "v": (2, 2, 18, 9), "m": ((2, 1, 1, 18), "range:-6:0")}
    yield from each(sdpa, bias, args=tuple(v("q", "k", "v", "m")), scale=0.5)


def _gates() -> Iterator[Case]:
    given: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "gelu": ("offset", {}),
        "silu": ("range:-25:3", {}),
        "mish": ("range:-6:2", {}),
        "elu": ("range:-9:1", {"alpha": 0.4}),
        "selu": ("wide", {}),
        "celu": ("range:-8:2", {"alpha": 3.0}),
        "softplus": ("range:-6:6", {"beta": 0.4}),
        "logsigmoid": ("range:-40:2", {}),
        "hardsigmoid": ("range:-4:4", {}),
        "hardswish": ("wide", {}),
        "relu6": ("range:-2:9", {}),
        "leaky_relu": ("offset", {"negative_slope": 0.02}),
        "hardshrink": ("normal", {"lambd": 0.7}),
        "softsign": ("wide", {}),
        "tanhshrink": ("range:-0.5:0.5", {}),
    }
    for name, (values, options) in given.items():
        yield from each(F + name, {"x": ((3, 9, 31), values)}, **options)
    yield from each(F + "gelu", {"x": ((7, 120), "range:-9:2")}, approximate="tanh")
    yield from each(F + "glu", {"x": ((6, 18, 7), "wide")}, 1)
    yield from each(F + "prelu", {"x": ((9, 31), "offset"), "w": ((1,), "literal:0.2")})


def _elements() -> Iterator[Case]:
    for name, values in {
        "exp": "range:-0.1:0.1",
        "exp2": "range:-12:6",
        "expm1": "range:-8:3",
        "log": "range:0.95:1.05",
        "log2": "range:1:4000",
        "log10": "range:0.001:90",
        "log1p": "range:-0.02:0.02",
        "sqrt": "range:0.0001:0.1",
        "rsqrt": "range:0.01:0.3",
        "reciprocal": "range:-9:-0.5",
        "sin": "range:-300:300",
        "cos": "range:-0.4:0.4",
        "tan": "range:-1.4:1.4",
        "asin": "range:-0.99:0.99",
        "acos": "range:0.8:1",
        "atan": "range:-1.5:1.5",
        "sinh": "range:-7:7",
        "cosh": "range:-4:4",
        "acosh": "range:2:300",
        "asinh": "range:-0.2:0.2",
        "atanh": "range:-0.1:0.1",
        "tanh": "wide",
        "sigmoid": "range:-30:-2",
        "erf": "range:-1:0.2",
        "erfc": "range:0:4",
        "erfinv": "range:-0.97:0.97",
        "lgamma": "range:3:90",
        "digamma": "range:0.2:1.8",
        "sinc": "range:-9:9",
        "logit": "range:0.4:0.6",
        "round": "boundary",
        "frac": "range:-20:20",
    }.items():
        yield from each("torch." + name, {"x": ((8, 93), values)})
    yield from each("torch.pow", {"x": ((12, 31), "offset")}, 3)
    yield from each("torch.pow", {"x": ((12, 31), "positive")}, -1.5)
    yield from each("torch.pow", {"x": ((12, 31), "range:0.2:3"), "y": ((31,), "range:-2:4")})
    yield from each("torch.sub", {"x": ((12, 31), "offset"), "y": ((12, 31), "offset")}, alpha=0.5)
    yield from each("torch.mul", {"x": ((6, 12, 1), "wide"), "y": ((31,), "unit")})
    yield from each("torch.div", {"x": ((12, 31), "offset"), "y": ((31,), "wide")})
    yield from each("torch.addcmul", {"x": ((31,), "wide"), "y": (12, 31), "z": ((12, 1), "offset")}, value=-0.7)
    yield from each(
        "torch.addcdiv", {"x": ((12, 31), "unit"), "y": (12, 31), "z": ((12, 31), "range:-9:-1")}, value=0.1
    )
    yield from each("torch.lerp", {"x": ((12, 31), "offset"), "y": ((12, 31), "wide")}, weight=0.15)
    yield from each("torch.hypot", {"x": ((12, 31), "range:-9:9"), "y": ((12, 1), "offset")})
    yield from each("torch.atan2", {"x": ((12, 31), "normal"), "y": ((31,), "range:-3:-0.5")})
    yield from each("torch.logaddexp", {"x": ((12, 31), "wide"), "y": ((12, 31), "range:-3:3")})
    yield from each("torch.fmax", {"x": ((12, 31), "special"), "y": ((12, 31), "normal")})


def _errors() -> Iterator[Case]:
    yield from each(
        F + "cross_entropy", {"x": ((9, 500), "wide"), "t": ((9,), "index:500", "int64")}, label_smoothing=0.2
    )
    yield from each(F + "cross_entropy", {"x": ((3, 8, 7), "range:-9:9"), "t": ((3, 7), "index:8", "int64")},
                    ignore_index=2)  # fmt: skip
    yield from each(F + "cross_entropy", {"x": ((40, 6), "normal"), "t": ((40,), "index:6", "int64"),
                                          "w": ((6,), "unit")},
                    args=v("x", "t"), weight={"v": "w"}, reduction="none")  # fmt: skip
    yield from each(F + "nll_loss", {"x": ((31, 9), "range:-5:-0.01"), "t": ((31,), "index:9", "int64"),
                                     "w": ((9,), "range:0.5:2")}, args=v("x", "t"), weight={"v": "w"})  # fmt: skip
    yield from each(F + "binary_cross_entropy_with_logits", {"x": ((12, 31), "range:-3:3"),
                                                             "t": ((12, 31), "literal:0,1,0,0"),
                                                             "p": ((31,), "range:1:9")},
                    args=v("x", "t"), pos_weight={"v": "p"}, reduction="none")  # fmt: skip
    yield from each(F + "binary_cross_entropy", {"x": ((9, 40), "range:0.2:0.8"), "t": ((9, 40), "unit"),
                                                 "w": ((40,), "unit")}, args=v("x", "t", "w"))  # fmt: skip
    yield from each(F + "mse_loss", {"x": ((31, 40), "offset"), "t": ((31, 40), "offset")}, reduction="sum")
    yield from each(F + "l1_loss", {"x": ((6, 9, 31), "wide"), "t": ((6, 9, 31), "normal")})
    yield from each(
        F + "smooth_l1_loss", {"x": ((9, 31), "normal"), "t": ((9, 31), "normal")}, beta=2.0, reduction="none"
    )
    yield from each(F + "huber_loss", {"x": ((31, 40), "wide"), "t": ((31, 40), "normal")}, delta=2.5)
    yield from each(F + "kl_div", {"x": ((9, 61), "range:-9:-1"), "t": ((9, 61), "range:0.001:0.1")}, reduction="sum")
    yield from each(F + "gaussian_nll_loss", {"x": (9, 31), "t": ((9, 31), "offset"), "s": ((9, 31), "range:0.2:9")},
                    reduction="none", dtypes=FULL)  # fmt: skip
    yield from each(
        F + "poisson_nll_loss", {"x": ((9, 31), "range:-2:3"), "t": ((9, 31), "literal:0,2,5,1")}, full=True
    )
    yield from each(F + "margin_ranking_loss", {"x": (61,), "y": (61,), "t": ((61,), "literal:-1,1")}, reduction="none",
                    margin=0.2)  # fmt: skip
    yield from each(
        F + "soft_margin_loss", {"x": ((9, 31), "range:-6:6"), "t": ((9, 31), "literal:1,-1")}, reduction="sum"
    )
    yield from each(
        F + "triplet_margin_loss", {"x": (31, 12), "y": (31, 12), "z": ((31, 12), "unit")}, p=1.0, margin=2.0
    )
    yield from each(F + "cosine_similarity", {"x": ((6, 31, 7), "offset"), "y": ((6, 31, 7), "normal")}, dim=1)
    yield from each(F + "pairwise_distance", {"x": ((31, 20), "wide"), "y": ((31, 20), "unit")}, dtypes=FULL)


def _windows() -> Iterator[Case]:
    yield from each(F + "avg_pool1d", {"x": ((3, 7, 31), "offset")}, 5, 2)
    yield from each(F + "avg_pool2d", {"x": ((2, 4, 13, 9), "wide")}, [3, 2], [2, 1], [1, 0])
    yield from each(F + "avg_pool3d", {"x": ((1, 4, 6, 5, 8), "unit")}, 2, dtypes=FULL)
    yield from each(F + "max_pool2d", {"x": ((2, 6, 11, 9), "normal")}, 3, 2, 1)
    yield from each(F + "max_pool3d", {"x": ((1, 3, 6, 7, 8), "wide")}, 3, 2, dtypes=LONG)
    yield from each(F + "adaptive_avg_pool2d", {"x": ((3, 5, 9, 11), "offset")}, [1, 1])
    yield from each(F + "adaptive_avg_pool1d", {"x": ((4, 9, 31), "range:0:255")}, 10)
    yield from each(F + "adaptive_max_pool1d", {"x": ((3, 7, 29), "wide")}, 6)
    yield from each(F + "lp_pool2d", {"x": ((2, 3, 9, 12), "range:0.1:4")}, 2.0, 3, 2, dtypes=FULL)
    yield from each(
        F + "interpolate", {"x": ((2, 4, 7, 5), "normal")}, size=[12, 11], mode="bilinear", align_corners=True
    )
    yield from each(F + "interpolate", {"x": ((1, 5, 13, 17), "unit")}, scale_factor=0.5, mode="area")
    yield from each(F + "interpolate", {"x": ((1, 3, 9, 8), "offset")}, scale_factor=1.7, mode="bicubic")
    yield from each(
        F + "interpolate", {"x": ((1, 2, 4, 5, 6), "normal")}, size=[6, 8, 7], mode="trilinear", dtypes=FULL
    )
    yield from each(F + "interpolate", {"x": ((1, 3, 15, 18), "unit")}, size=[7, 8], mode="bicubic", antialias=True,
                    dtypes=LONG)  # fmt: skip
    yield from each(F + "grid_sample", {"x": ((2, 4, 7, 9), "wide"), "g": ((2, 6, 5, 2), _UNIT)},
                    padding_mode="reflection", align_corners=False, dtypes=ONE)  # fmt: skip
    yield from each(F + "pad", {"x": ((2, 5, 9), "offset")}, [4, 2], mode="replicate")
    yield from each(F + "pixel_unshuffle", {"x": ((2, 3, 8, 6), "wide")}, 2)


def _gathered() -> Iterator[Case]:
    yield from each(F + "embedding", {"i": ((7, 9), "index:25", "int64"), "w": ((25, 18), "wide")})
    bag: Tensors = {"i": ((7, 12), "index:31", "int64"), "w": ((31, 9), "normal"), "s": ((7, 12), "unit")}
    yield from each(F + "embedding_bag", bag, args=v("i", "w"), mode="sum", per_sample_weights={"v": "s"})
    rows: Tensors = {"x": ((9, 12), "offset"), "i": ((61,), "index:9", "int64"), "s": ((61, 12), "unit")}
    yield from each("torch.index_add", rows, args=({"v": "x"}, 0, *v("i", "s")), alpha=-0.5)
    nodes: Tensors = {"x": ((9, 12), "normal"), "i": ((9, 70), "index:12", "int64"), "s": ((9, 70), "wide")}
    yield from each("torch.scatter_add", nodes, args=({"v": "x"}, 1, *v("i", "s")))
    yield from each("torch.scatter_reduce", nodes, args=({"v": "x"}, 1, *v("i", "s"), "mean"), include_self=False)
    small: Tensors = {"x": ((9, 12), "unit"), "i": ((9, 30), "index:12", "int64"), "s": ((9, 30), "range:0.7:1.3")}
    yield from each("torch.scatter_reduce", small, args=({"v": "x"}, 1, *v("i", "s"), "prod"), dtypes=FULL)
    yield from each("torch.topk", {"x": ((31, 9), "normal")}, 4, 0, False)
    yield from each("torch.cdist", {"x": ((3, 17, 6), "wide"), "y": ((3, 12, 6), "normal")}, p=2.0, dtypes=LONG)
    yield from each("torch.cdist", {"x": ((31, 9), "offset"), "y": ((21, 9), "offset")}, dtypes=ONE,
                    compute_mode="donot_use_mm_for_euclid_dist")  # fmt: skip
    yield from each("torch.take_along_dim", {"x": ((9, 31), "wide"), "i": ((9, 5), "index:31", "int64")},
                    args=(*v("x", "i"), 1))  # fmt: skip
    yield from each("torch.msort", {"x": ((31, 9), "offset")})
    yield from each("torch.diff", {"x": ((9, 40), "wide")}, 2)
