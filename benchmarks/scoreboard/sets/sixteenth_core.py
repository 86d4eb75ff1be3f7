"""Public operators that most models call, at shapes, options, dimensions and values that no set before has.

See sixteenth.py; written without a look at the rules or at any score. Not in half precision: what a CPU has no kernel
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

each = each_of("sixteenth", SOME)
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
    return seventh_core.seed(name, "sixteenth")


def _products() -> Iterator[Case]:
    yield from each("torch.matmul", {"x": ((7, 1023), "range:-0.2:0.2"), "y": ((1023, 3), _UNIT)})
    yield from each("torch.matmul", {"x": ((31, 31), "wide"), "y": ((31, 31), "normal")})
    yield from each("torch.matmul", {"x": ((3, 1, 7, 127), "unit"), "y": ((1, 2, 127, 7), "range:-3:2")})
    yield from each("torch.matmul", {"x": ((2, 17, 129), "offset"), "y": ((129,), "range:-0.1:0.1")})
    yield from each("torch.matmul", {"x": ((1, 513), "normal"), "y": ((513, 1), "normal")})
    yield from each("torch.mm", {"x": ((3, 257), "offset"), "y": ((257, 31), "range:-0.5:0.5")}, dtypes=HALF)
    yield from each("torch.bmm", {"x": ((7, 1, 65), _UNIT), "y": ((7, 65, 17), "normal")})
    yield from each("torch.bmm", {"x": ((3, 31, 33), "wide"), "y": ((3, 33, 2), "unit")}, dtypes=FULL)
    yield from each("torch.addmm", {"c": (17, 31), "x": (17, 1), "y": (1, 31)}, beta=0.5, alpha=-2.0)
    yield from each("torch.addmm", {"c": ((1, 33), "range:-40:40"), "x": ((31, 127), _UNIT), "y": ((127, 33), _UNIT)})
    yield from each("torch.baddbmm", {"c": ((3, 1, 1), "unit"), "x": ((3, 17, 63), "unit"), "y": ((3, 63, 7), "unit")},
                    beta=2.0, alpha=-0.5)  # fmt: skip
    yield from each("torch.addbmm", {"c": (9, 7), "x": ((5, 9, 17), _UNIT), "y": ((5, 17, 7), _UNIT)}, beta=0.3)
    yield from each("torch.addmv", {"c": (31,), "x": ((31, 65), "range:-0.4:0.4"), "y": (65,)}, alpha=0.75)
    yield from each("torch.dot", {"x": ((2047,), "range:-0.5:0.5"), "y": ((2047,), "range:-0.5:0.5")})
    yield from each("torch.inner", {"x": ((3, 7, 63), "positive"), "y": ((17, 63), "range:-1:1.5")})
    yield from each("torch.tensordot", {"x": ((3, 7, 17), _UNIT), "y": ((7, 17, 5), "normal")}, dims=2)
    yield from each(F + "linear", {"x": ((1, 3, 257), "wide"), "w": ((31, 257), "range:-0.06:0.06"), "b": (31,)})
    yield from each(F + "linear", {"x": ((129, 3), "offset"), "w": (7, 3)})
    yield from each(F + "linear", {"x": ((2, 1, 1025), "unit"), "w": ((17, 1025), "range:-0.03:0.03"), "b": (17,)})
    yield from each(F + "linear", {"x": ((3, 4097), "normal"), "w": ((1, 4097), "range:-0.02:0.02")})
    yield from each(F + "bilinear", {"x": (17, 3), "y": ((17, 7), "range:-2:2"), "w": ((5, 3, 7), _UNIT)})
    for pattern, x, y in (
        ("bnhd,hde->bne", (2, 9, 3, 7), (3, 7, 17)),
        ("ijk,ilk->ijl", (7, 9, 31), (7, 5, 31)),
        ("bct,cdt->bdt", (3, 15, 17), (15, 7, 17)),
        ("xyc,xyd->cd", (9, 13, 5), (9, 13, 7)),
    ):
        yield from each("torch.einsum", {"x": (x, "normal"), "y": (y, _UNIT)}, args=(pattern, *v("x", "y")))


def _filters() -> Iterator[Case]:
    yield from each(F + "conv1d", {"x": ((1, 33, 63), "normal"), "w": ((17, 33, 1), "range:-0.3:0.3"), "b": (17,)})
    yield from each(F + "conv1d", {"x": ((3, 7, 65), _UNIT), "w": ((14, 1, 7), "range:-0.5:0.5")}, groups=7, dilation=3)
    yield from each(F + "conv2d", {"x": ((1, 3, 31, 33), "unit"), "w": ((7, 3, 7, 7), "range:-0.1:0.1"), "b": (7,)},
                    stride=2, padding=3)  # fmt: skip
    yield from each(F + "conv2d", {"x": ((1, 65, 3, 3), "normal"), "w": ((17, 65, 3, 3), "range:-0.05:0.05")},
                    padding=1)  # fmt: skip
    yield from each(F + "conv2d", {"x": ((2, 9, 7, 9), "offset"), "w": ((9, 3, 1, 3), _UNIT), "b": (9,)}, groups=3,
                    padding=[0, 1])  # fmt: skip
    yield from each(F + "conv2d", {"x": ((1, 17, 9, 7), "range:-3:3"), "w": ((3, 17, 2, 2), "range:-0.2:0.2")},
                    stride=[2, 1], dilation=[1, 2])  # fmt: skip
    yield from each(F + "conv3d", {"x": ((1, 5, 3, 7, 9), "normal"), "w": ((3, 5, 3, 1, 1), _UNIT), "b": (3,)},
                    padding=[1, 0, 0])  # fmt: skip
    yield from each(F + "conv_transpose1d", {"x": ((2, 7, 17), _UNIT), "w": ((7, 1, 4), _UNIT)}, stride=2, padding=1,
                    groups=7, dtypes=ONE)  # fmt: skip
    yield from each(F + "conv_transpose2d", {"x": ((1, 7, 3, 5), "normal"), "w": ((7, 9, 4, 4), "range:-0.3:0.3")},
                    stride=2, padding=1, dtypes=FULL)  # fmt: skip
    yield from each(F + "conv_transpose3d", {"x": ((1, 3, 2, 3, 4), _UNIT), "w": ((3, 5, 2, 2, 2), _UNIT), "b": (5,)},
                    stride=2, dtypes=LONG)  # fmt: skip
    yield from each(F + "unfold", {"x": ((1, 3, 9, 13), "normal")}, [4, 1], stride=[1, 3])


def _folded() -> Iterator[Case]:
    yield from each("torch.sum", {"x": ((3, 4097), "normal")}, dim=-1)
    yield from each("torch.sum", {"x": ((31, 65), "wide")}, dim=0)
    yield from each("torch.sum", {"x": ((7, 9, 11, 3), "offset")}, dim=[1, 3], keepdim=True)
    yield from each("torch.sum", {"x": ((2, 1023), "positive")}, 1, dtypes=HALF)
    yield from each("torch.mean", {"x": ((17, 127), "offset")}, dim=0)
    yield from each("torch.mean", {"x": ((3, 7, 31, 3), "unit")}, dim=[0, 2])
    yield from each("torch.mean", {"x": ((33, 63), "wide")})
    yield from each("torch.var", {"x": ((33, 31), "range:0.9:1.1")}, dim=-1)
    yield from each("torch.var", {"x": ((7, 255), "offset")}, dim=-1, correction=0)
    yield from each("torch.std", {"x": ((17, 65), "wide")}, dim=0, correction=0)
    yield from each("torch.std", {"x": ((3, 7, 63), "unit")}, dim=[0, 2])
    yield from each("torch.std_mean", {"x": ((9, 129), "range:-3:9")}, dim=1)
    yield from each("torch.var_mean", {"x": ((65, 7), "normal")}, dim=0, keepdim=True)
    yield from each("torch.prod", {"x": ((17, 33), "range:-1.6:1.6")}, 0)
    yield from each("torch.prod", {"x": ((9, 65), "range:0.9:1.1")}, 1, True)
    yield from each("torch.logsumexp", {"x": ((31, 33), "wide")}, 0)
    yield from each("torch.logsumexp", {"x": ((7, 1025), "range:-0.1:0.1")}, -1)
    yield from each("torch.aminmax", {"x": ((17, 65), "range:-7:7")}, dim=1)
    yield from each("torch.median", {"x": ((9, 129), "normal")}, 1)
    yield from each("torch.nansum", {"x": ((17, 65), "literal:0.7,nan,-1.3,2.1,0.01,nan,-5")}, 1)
    yield from each("torch.norm", {"x": ((31, 33), "normal")}, 1, 0)
    yield from each(L + "vector_norm", {"x": ((33, 2), "wide")}, 2, -1)
    yield from each(L + "vector_norm", {"x": ((7, 513), "range:-0.05:0.05")}, 2, 1)
    yield from each(L + "vector_norm", {"x": ((9, 127), "normal")}, 0.5, -1, dtypes=FULL)
    yield from each("torch.cumsum", {"x": ((3, 1023), "normal")}, -1)
    yield from each("torch.cumsum", {"x": ((129, 7), "positive")}, 0)
    yield from each("torch.cumsum", {"x": ((5, 17, 9), "wide")}, 1)
    yield from each("torch.cumprod", {"x": ((31, 17), "range:-1.4:1.4")}, 0)
    yield from each("torch.logcumsumexp", {"x": ((65, 9), "normal")}, 0)
    yield from each("torch.quantile", {"x": ((17, 63), "normal")}, 0.9, 1, dtypes=FULL)
    yield from each("torch.diff", {"x": ((7, 9, 33), "offset")}, 2, 1)


def _scaled() -> Iterator[Case]:
    yield from each(F + "softmax", {"x": ((3, 2, 17, 33), "normal")}, dim=-1)
    yield from each(F + "softmax", {"x": ((7, 1025), "wide")}, dim=1)
    yield from each(F + "softmax", {"x": ((127, 2), "range:-20:20")}, dim=-1)
    yield from each(F + "softmax", {"x": ((31, 7, 3), "offset")}, dim=0)
    yield from each(F + "log_softmax", {"x": ((3, 7, 9, 5), "range:-2:2")}, dim=1)
    yield from each(F + "log_softmax", {"x": ((2, 8191), "normal")}, dim=-1, dtypes=HALF)
    layer: Tensors = {"x": ((3, 7, 129), "normal"), "w": ((129,), "range:-1:2"), "b": ((129,), _UNIT)}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [129], *v("w", "b")))
    yield from each(F + "layer_norm", {"x": ((31, 33), "offset"), "w": ((33,), "positive")},
                    args=({"v": "x"}, [33], {"v": "w"}), eps=1e-3)  # fmt: skip
    yield from each(F + "layer_norm", {"x": ((65, 3), "range:-0.01:0.01")}, [3], eps=1e-5)
    yield from each(F + "layer_norm", {"x": ((2, 1023), "wide")}, [1023], eps=1e-12, dtypes=FULL)
    yield from each(F + "rms_norm", {"x": ((17, 255), "wide")}, [255])
    yield from each(F + "rms_norm", {"x": ((3, 9, 7, 5), "offset"), "w": ((7, 5), "normal")},
                    args=({"v": "x"}, [7, 5], {"v": "w"}), eps=1e-2)  # fmt: skip
    group: Tensors = {"x": ((3, 9, 7, 5), "offset"), "w": ((9,), "positive"), "b": (9,)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 3, *v("w", "b")))
    yield from each(F + "group_norm", {"x": ((1, 15, 33), "wide")}, 15, eps=1e-4)
    yield from each(F + "group_norm", {"x": ((2, 7, 3, 3, 3), "normal")}, 1)
    image: Tensors = {"x": ((3, 7, 9), "wide"), "m": (7,), "s": ((7,), "positive"), "w": (7,), "b": (7,)}
    yield from each(F + "batch_norm", image, args=tuple(v("x", "m", "s", "w", "b")))
    yield from each(F + "batch_norm", {"x": ((65, 9), "offset"), "w": ((9,), "positive"), "b": (9,)},
                    args=({"v": "x"}, None, None, *v("w", "b"), True), eps=1e-4)  # fmt: skip
    yield from each(F + "instance_norm", {"x": ((3, 7, 65), "offset")}, eps=1e-3)
    yield from each(F + "normalize", {"x": ((31, 3), "wide")}, dim=1)
    yield from each(F + "normalize", {"x": ((7, 9, 17), "range:-2:3")}, p=1.0, dim=1)
    yield from each(F + "local_response_norm", {"x": ((2, 9, 7, 5), "normal")}, 3, alpha=0.5, beta=0.5, dtypes=ONE)


def _heads() -> Iterator[Case]:
    sdpa = F + "scaled_dot_product_attention"
    yield from each(sdpa, {"q": (1, 3, 31, 17), "k": (1, 3, 31, 17), "v": ((1, 3, 31, 17), "offset")})
    yield from each(sdpa, {"q": ((2, 2, 3, 65), "range:-2:2"), "k": (2, 2, 63, 65), "v": ((2, 2, 63, 65), "unit")})
    yield from each(sdpa, {"q": ((3, 1, 65, 7), "wide"), "k": (3, 1, 65, 7), "v": (3, 1, 65, 7)}, is_causal=True)
    yield from each(sdpa, {"q": (1, 6, 9, 31), "k": (1, 3, 17, 31), "v": (1, 3, 17, 31)}, enable_gqa=True, scale=0.25)
    masked: Tensors = {"q": (2, 3, 15, 9), "k": (2, 3, 33, 9), "v": ((2, 3, 33, 9), _UNIT),
                       "m": ((15, 33), "literal:1,1,0,1,0,1,1,1,0,1,1", "bool")}  # fmt: skip
    yield from each(sdpa, masked, args=tuple(v("q", "k", "v", "m")))
    slope: Tensors = {"q": (1, 2, 33, 7), "k": (1, 2, 33, 7), "v": (1, 2, 33, 7), "m": ((2, 33, 33), "range:-9:0")}
    yield from each(sdpa, slope, args=tuple(v("q", "k", "v", "m")), scale=1.0)
    yield from each(sdpa, {"q": (1, 1, 1, 129), "k": (1, 1, 127, 129), "v": ((1, 1, 127, 129), "wide")})


def _gates() -> Iterator[Case]:
    given: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "gelu": ("wide", {}),
        "silu": ("range:-20:3", {}),
        "mish": ("wide", {}),
        "elu": ("wide", {"alpha": 0.5}),
        "selu": ("normal", {}),
        "celu": ("range:-9:3", {"alpha": 2.0}),
        "softplus": ("normal", {"beta": 0.5}),
        "softsign": ("wide", {}),
        "logsigmoid": ("range:-40:20", {}),
        "hardsigmoid": ("range:-4:4", {}),
        "hardswish": ("wide", {}),
        "hardtanh": ("normal", {"min_val": -0.5, "max_val": 1.5}),
        "relu": ("offset", {}),
        "leaky_relu": ("wide", {"negative_slope": 0.03}),
        "rrelu": ("range:-4:4", {}),
        "tanhshrink": ("range:-0.4:0.4", {}),
    }
    for name, (values, options) in given.items():
        yield from each(F + name, {"x": ((7, 9, 17), values)}, **options)
    yield from each(F + "gelu", {"x": ((9, 127), "range:-1:1")}, approximate="tanh")
    yield from each(F + "gelu", {"x": ((9, 127), "range:-6:-1")}, dtypes=FULL)
    yield from each(F + "glu", {"x": ((3, 34, 17), "wide")}, dim=1)
    yield from each(F + "prelu", {"x": ((3, 7, 31), "offset"), "w": ((1,), "literal:0.17")})


def _elements() -> Iterator[Case]:
    for name, values in {
        "exp": "range:-2:9",
        "exp2": "range:-9:12",
        "expm1": "range:-12:10",
        "log": "range:0.5:2",
        "log2": "positive",
        "log1p": "range:-0.1:0.1",
        "log10": "unit",
        "sqrt": "positive",
        "rsqrt": "unit",
        "reciprocal": "range:-9:-0.1",
        "sin": "range:-300:300",
        "cos": "range:-60:60",
        "tan": "range:-5:5",
        "asin": "range:-0.99:0.99",
        "acos": "range:-0.7:0.7",
        "atan": "normal",
        "sinh": "normal",
        "acosh": "range:1:60",
        "asinh": "unit",
        "atanh": "range:-0.2:0.2",
        "tanh": "range:-0.5:0.5",
        "sigmoid": "wide",
        "erf": "unit",
        "erfc": "range:0:3",
        "erfinv": "range:-0.98:0.98",
        "lgamma": "range:2.5:90",
        "digamma": "range:0.2:30",
        "sinc": "range:-4:4",
    }.items():
        yield from each("torch." + name, {"x": ((7, 129), values)})
    yield from each("torch.pow", {"x": ((17, 31), "positive")}, 3)
    yield from each("torch.pow", {"x": ((17, 31), "range:0.2:5")}, -1.5)
    yield from each("torch.pow", {"x": ((17, 31), "range:0.1:3"), "y": ((31,), "range:-2:3")})
    yield from each("torch.pow", {"y": ((17, 31), "range:-9:9")}, args=(1.1, {"v": "y"}))
    yield from each("torch.add", {"x": ((17, 1, 31), "wide"), "y": ((3, 1), "offset")}, alpha=0.1)
    yield from each("torch.mul", {"x": ((3, 7, 17), "wide"), "y": ((7, 1), "wide")})
    yield from each("torch.div", {"x": ((33, 31), "normal"), "y": ((33, 31), "positive")})
    yield from each("torch.addcmul", {"x": ((17, 31), "offset"), "y": (31,), "z": (17, 1)}, value=-1.0)
    yield from each("torch.addcdiv", {"x": (33, 17), "y": (33, 17), "z": ((33, 17), "positive")}, value=0.5)
    yield from each("torch.lerp", {"x": ((33, 17), "offset"), "y": ((33, 17), "normal")}, 0.999)
    yield from each("torch.clamp", {"x": ((17, 33), "wide"), "lo": ((33,), "range:-3:-1"), "hi": ((33,), "unit")})
    yield from each("torch.atan2", {"x": ((17, 33), "normal"), "y": ((33,), "positive")})
    yield from each("torch.logaddexp", {"x": ((17, 33), "wide"), "y": ((17, 1), "normal")})


def _errors() -> Iterator[Case]:
    yield from each(F + "cross_entropy", {"x": ((33, 257), "normal"), "t": ((33,), "index:257", "int64")},
                    label_smoothing=0.05)  # fmt: skip
    yield from each(F + "cross_entropy", {"x": ((65, 2), "wide"), "t": ((65,), "index:2", "int64")}, reduction="none")
    yield from each(F + "cross_entropy", {"x": ((3, 7, 31), "range:-6:6"), "t": ((3, 31), "index:7", "int64")},
                    reduction="sum", ignore_index=2)  # fmt: skip
    yield from each(F + "cross_entropy", {"x": ((17, 9), "normal"), "t": ((17, 9), "range:0:0.3")}, reduction="none",
                    label_smoothing=0.2)  # fmt: skip
    yield from each(F + "nll_loss", {"x": ((31, 7), "range:-6:-0.05"), "t": ((31,), "index:7", "int64"),
                                     "w": ((7,), "positive")}, args=v("x", "t"), weight={"v": "w"})  # fmt: skip
    yield from each(F + "binary_cross_entropy_with_logits", {"x": ((17, 33), "wide"), "t": ((17, 33), "unit"),
                                                             "p": ((33,), "range:0.5:9")},
                    args=v("x", "t"), pos_weight={"v": "p"}, reduction="none")  # fmt: skip
    yield from each(F + "binary_cross_entropy", {"x": ((7, 31), "range:0.02:0.98"), "t": ((7, 31), "unit")},
                    reduction="none")  # fmt: skip
    yield from each(F + "mse_loss", {"x": ((31, 33), "offset"), "t": ((31, 33), "offset")}, reduction="sum")
    yield from each(F + "l1_loss", {"x": ((65, 17), "wide"), "t": ((65, 17), "normal")})
    yield from each(F + "smooth_l1_loss", {"x": ((127, 3), "normal"), "t": ((127, 3), "normal")}, reduction="none")
    yield from each(F + "huber_loss", {"x": ((33, 31), "wide"), "t": ((33, 31), "normal")}, delta=2.0)
    yield from each(F + "kl_div", {"x": ((17, 31), "range:-9:-1"), "t": ((17, 31), "range:0.001:0.1")},
                    reduction="none")  # fmt: skip
    yield from each(F + "gaussian_nll_loss", {"x": (33, 7), "t": (33, 7), "s": ((33, 7), "positive")},
                    reduction="none", dtypes=FULL)  # fmt: skip
    yield from each(F + "margin_ranking_loss", {"x": ((129,), "normal"), "y": ((129,), "normal"),
                                                "t": ((129,), "literal:1,-1")}, reduction="none")  # fmt: skip
    yield from each(F + "triplet_margin_loss", {"x": (31, 7), "y": (31, 7), "z": (31, 7)}, margin=2.0, p=1.0,
                    reduction="none")  # fmt: skip
    yield from each(F + "cosine_similarity", {"x": ((3, 17, 31), "offset"), "y": ((3, 17, 31), "normal")}, dim=-1)
    yield from each(F + "pairwise_distance", {"x": ((65, 3), "wide"), "y": ((65, 3), "normal")}, p=1.0, keepdim=True)


def _windows() -> Iterator[Case]:
    yield from each(F + "avg_pool1d", {"x": ((3, 7, 65), "offset")}, 3, 2, 1)
    yield from each(F + "avg_pool2d", {"x": ((1, 7, 15, 17), "wide")}, [3, 2], [2, 1])
    yield from each(F + "avg_pool2d", {"x": ((2, 3, 9, 9), "unit")}, 4, 3, ceil_mode=True)
    yield from each(F + "max_pool2d", {"x": ((2, 3, 17, 15), "normal")}, 3, 1, 1, dilation=1)
    yield from each(F + "max_pool1d", {"x": ((3, 9, 33), "wide")}, 7, 3)
    yield from each(F + "adaptive_avg_pool2d", {"x": ((1, 9, 17, 7), "normal")}, [1, 1])
    yield from each(F + "adaptive_avg_pool2d", {"x": ((1, 5, 13, 11), "offset")}, [5, 4])
    yield from each(F + "lp_pool1d", {"x": ((3, 7, 33), "positive")}, 2.0, 3)
    yield from each(F + "interpolate", {"x": ((1, 3, 9, 7), "normal")}, size=[17, 13], mode="bilinear",
                    align_corners=False)  # fmt: skip
    yield from each(F + "interpolate", {"x": ((2, 1, 7, 7), "unit")}, scale_factor=1.5, mode="bicubic")
    yield from each(F + "interpolate", {"x": ((1, 3, 17, 15), "offset")}, size=[5, 7], mode="area")
    yield from each(F + "interpolate", {"x": ((1, 3, 3, 5, 4), "normal")}, size=[5, 7, 9], mode="trilinear",
                    align_corners=True, dtypes=FULL)  # fmt: skip
    yield from each(F + "grid_sample", {"x": ((1, 3, 9, 7), "normal"), "g": ((1, 7, 9, 2), "range:-1.2:1.2")},
                    padding_mode="reflection", align_corners=False, dtypes=ONE)  # fmt: skip
    yield from each(F + "grid_sample", {"x": ((2, 2, 7, 9), "unit"), "g": ((2, 3, 17, 2), "range:-0.9:0.9")},
                    align_corners=False, dtypes=LONG)  # fmt: skip
    yield from each(F + "pad", {"x": ((1, 3, 9, 7), "normal")}, [2, 1, 3, 2], mode="reflect")


def _gathered() -> Iterator[Case]:
    yield from each(F + "embedding", {"i": ((3, 31), "index:65", "int64"), "w": ((65, 7), "wide")})
    bag: Tensors = {"i": ((17, 9), "index:33", "int64"), "w": ((33, 7), "normal")}
    yield from each(F + "embedding_bag", bag, mode="sum")
    yield from each(F + "embedding_bag", {**bag, "s": ((17, 9), "unit")}, args=v("i", "w"), mode="sum",
                    per_sample_weights={"v": "s"})  # fmt: skip
    rows: Tensors = {"x": ((9, 7), "normal"), "i": ((257,), "index:9", "int64"), "s": ((257, 7), "unit")}
    yield from each("torch.index_add", rows, args=({"v": "x"}, 0, *v("i", "s")), alpha=0.3)
    nodes: Tensors = {"x": ((7, 17), "normal"), "i": ((7, 129), "index:17", "int64"), "s": ((7, 129), "offset")}
    yield from each("torch.scatter_add", nodes, args=({"v": "x"}, 1, *v("i", "s")))
    yield from each("torch.scatter_reduce", nodes, args=({"v": "x"}, 1, *v("i", "s"), "amin"))
    yield from each("torch.topk", {"x": ((17, 129), "normal")}, 3, largest=False)
    yield from each("torch.sort", {"x": ((33, 17), "wide")}, 0)
    yield from each("torch.cdist", {"x": ((31, 7), "normal"), "y": ((33, 7), "offset")}, dtypes=FULL)
    yield from each("torch.cdist", {"x": ((1, 31, 31), "unit"), "y": ((1, 33, 31), "unit")}, dtypes=ONE)
    yield from each("torch.gather", {"x": ((31, 17), "wide"), "i": ((7, 17), "index:31", "int64")},
                    args=(*v("x"), 0, *v("i")))  # fmt: skip
    yield from each("torch.take_along_dim", {"x": ((9, 33), "normal"), "i": ((9, 7), "index:33", "int64")},
                    args=(*v("x", "i"), 1))  # fmt: skip
    yield from each("torch.masked_fill", {"x": ((17, 33), "normal"), "m": ((33,), "literal:1,0,0,1,0", "bool")}, -2.5)
