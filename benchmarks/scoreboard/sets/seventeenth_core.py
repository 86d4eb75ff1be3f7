"""Public operators that most models call, at shapes, options, dimensions and values that no set before has.

See seventeenth.py; written without a look at the rules or at any score. Not in half precision: what a CPU has no kernel
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

each = each_of("seventeenth", SOME)
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
    return seventh_core.seed(name, "seventeenth")


def _products() -> Iterator[Case]:
    yield from each("torch.matmul", {"x": ((6, 1536), "range:0:0.1"), "y": ((1536, 5), "range:-0.1:0.2")})
    yield from each("torch.matmul", {"x": ((41, 23), "range:-20:20"), "y": ((23, 19), "range:-0.5:0.4")})
    yield from each("torch.matmul", {"x": ((2, 3, 1, 10, 22), _UNIT), "y": ((4, 22, 6), "unit")})
    yield from each("torch.matmul", {"x": ((22,), "wide"), "y": ((3, 22, 14), "range:-0.3:0.3")})
    yield from each("torch.matmul", {"x": ((700,), _UNIT), "y": ((700,), "range:0:0.2")})
    yield from each("torch.matmul", {"x": ((52, 2), "offset"), "y": ((2, 52), "normal")})
    yield from each("torch.mm", {"x": ((1, 900), "range:-0.3:0.3"), "y": ((900, 12), _UNIT)}, dtypes=HALF)
    yield from each("torch.mm", {"x": ((36, 36), "spd"), "y": ((36, 36), "range:-2:2")})
    yield from each("torch.bmm", {"x": ((14, 3, 26), "wide"), "y": ((14, 26, 3), "range:-0.2:0.2")})
    yield from each("torch.bmm", {"x": ((2, 44, 1), "normal"), "y": ((2, 1, 44), "offset")}, dtypes=FULL)
    yield from each("torch.mv", {"x": ((22, 420), "range:-0.2:0.3"), "y": ((420,), "range:-0.4:0.3")})
    yield from each("torch.addmm", {"c": ((14,), "wide"), "x": ((22, 56), _UNIT), "y": (56, 14)}, beta=-0.5)
    yield from each("torch.addmm", {"c": (1, 1), "x": ((10, 84), "unit"), "y": ((84, 26), "range:-0.5:0.2")}, alpha=0.1)
    yield from each("torch.baddbmm", {"c": ((5, 1, 14), "offset"), "x": (5, 10, 22), "y": (5, 22, 14)}, beta=0.75,
                    alpha=0.213)  # fmt: skip
    yield from each("torch.addbmm", {"c": (1, 14), "x": ((3, 10, 42), _UNIT), "y": ((3, 42, 14), "unit")}, alpha=-0.4)
    yield from each("torch.addmv", {"c": ((1,), "normal"), "x": ((26, 52), "unit"), "y": (52,)}, beta=2.0, alpha=0.25)
    yield from each("torch.dot", {"x": ((820,), "unit"), "y": ((820,), "range:-0.2:0.2")})
    yield from each("torch.inner", {"x": ((26, 44), "range:-0.7:0.9"), "y": ((44,), "wide")})
    yield from each("torch.tensordot", {"x": ((5, 6, 14), _UNIT), "y": ((14, 5, 8), _UNIT)},
                    args=(*v("x", "y"), [[2, 0], [0, 1]]))  # fmt: skip
    yield from each("torch.chain_matmul", {"x": ((6, 22), _UNIT), "y": ((22, 10), _UNIT), "z": ((10, 26), _UNIT)})
    yield from each(F + "linear", {"x": ((2, 5, 300), "range:-3:3"), "w": ((14, 300), "range:-0.1:0.1"), "b": (14,)})
    yield from each(F + "linear", {"x": ((10, 2, 44), "positive"), "w": ((6, 44), "range:-0.4:0.3")})
    yield from each(F + "linear", {"x": ((36,), "normal"), "w": ((50, 36), "range:-0.3:0.3"), "b": ((50,), "wide")})
    yield from each(F + "linear", {"x": ((1, 2100), "unit"), "w": ((6, 2100), "range:-0.02:0.03")}, dtypes=HALF)
    yield from each(F + "bilinear", {"x": ((14, 6), _UNIT), "y": (14, 5), "w": ((10, 6, 5), _UNIT), "b": (10,)})
    for pattern, x, y in (
        ("bshd,bthd->bhst", (2, 10, 3, 14), (2, 12, 3, 14)),
        ("becd,edf->becf", (2, 3, 6, 10), (3, 10, 14)),
        ("nchw,cd->ndhw", (2, 6, 5, 7), (6, 10)),
        ("ij,kj->ik", (22, 46), (10, 46)),
        ("bi,bi->b", (22, 92), (22, 92)),
    ):
        yield from each("torch.einsum", {"x": (x, "normal"), "y": (y, _UNIT)}, args=(pattern, *v("x", "y")))


def _filters() -> Iterator[Case]:
    yield from each(
        F + "conv1d", {"x": ((2, 6, 52), "wide"), "w": ((10, 6, 4), "range:-0.3:0.3"), "b": (10,)}, stride=4
    )
    yield from each(F + "conv1d", {"x": ((1, 1, 300), "unit"), "w": ((6, 1, 25), "range:-0.2:0.3")}, padding="same")
    yield from each(F + "conv1d", {"x": ((3, 14, 22), "normal"), "w": ((14, 1, 4), _UNIT), "b": (14,)}, groups=14,
                    padding=3)  # fmt: skip
    yield from each(F + "conv2d", {"x": ((1, 3, 20, 24), "offset"), "w": ((10, 3, 4, 4), "range:-0.2:0.2"), "b": (10,)},
                    stride=4)  # fmt: skip
    yield from each(F + "conv2d", {"x": ((2, 10, 6, 5), "normal"), "w": ((14, 10, 1, 1), "range:-0.5:0.5"), "b": (14,)})
    yield from each(F + "conv2d", {"x": ((1, 6, 10, 12), "unit"), "w": ((6, 1, 5, 5), "range:-0.3:0.3")}, groups=6,
                    padding="same")  # fmt: skip
    yield from each(F + "conv2d", {"x": ((1, 4, 14, 10), _UNIT), "w": ((6, 2, 3, 3), _UNIT), "b": (6,)}, groups=2,
                    padding=2, dilation=2)  # fmt: skip
    yield from each(F + "conv3d", {"x": ((2, 2, 4, 6, 5), "unit"), "w": ((5, 2, 2, 3, 2), _UNIT)}, stride=[1, 2, 1])
    yield from each(F + "conv_transpose1d", {"x": ((1, 5, 12), "normal"), "w": ((5, 6, 5), _UNIT), "b": (6,)}, stride=3,
                    padding=1, output_padding=1, dtypes=LONG)  # fmt: skip
    yield from each(F + "conv_transpose2d", {"x": ((1, 6, 5, 4), _UNIT), "w": ((6, 2, 3, 3), _UNIT)}, groups=2,
                    dilation=2, dtypes=ONE)  # fmt: skip
    yield from each(F + "conv_transpose3d", {"x": ((1, 2, 3, 2, 4), "unit"), "w": ((2, 3, 3, 2, 2), _UNIT)}, padding=1,
                    dtypes=ONE)  # fmt: skip
    yield from each(F + "unfold", {"x": ((2, 5, 8, 10), "wide")}, 2, stride=2)


def _folded() -> Iterator[Case]:
    yield from each("torch.sum", {"x": ((5, 3000), _UNIT)}, dim=1)
    yield from each("torch.sum", {"x": ((84, 22), "offset")}, dim=0, keepdim=True)
    yield from each("torch.sum", {"x": ((5, 6, 14, 10), "range:-20:20")}, dim=[0, 2, 3])
    yield from each("torch.sum", {"x": ((26, 52), "range:0:0.01")})
    yield from each("torch.sum", {"x": ((3, 10, 44), "wide")}, dim=-2)
    yield from each("torch.mean", {"x": ((14, 380), "wide")}, dim=-1)
    yield from each("torch.mean", {"x": ((3, 10, 6, 8), "range:0:255")}, dim=[2, 3], keepdim=True)
    yield from each("torch.mean", {"x": ((420, 6), "offset")}, 0, dtypes=HALF)
    yield from each("torch.var", {"x": ((10, 210), "range:-5:5")}, dim=1, keepdim=True)
    yield from each("torch.var", {"x": ((5, 14, 22), "unit")}, dim=[0, 1], correction=0)
    yield from each("torch.std", {"x": ((44, 26), "range:3:5")}, dim=-1)
    yield from each("torch.std", {"x": ((14, 76), "normal")})
    yield from each("torch.var_mean", {"x": ((5, 6, 36), "offset")}, dim=[1, 2])
    yield from each("torch.std_mean", {"x": ((26, 38), "wide")}, dim=-1, correction=0)
    yield from each("torch.prod", {"x": ((26, 20), "range:0.7:1.3")}, -1)
    yield from each("torch.prod", {"x": ((3, 14, 10), "range:-2:2")}, 1)
    yield from each("torch.logsumexp", {"x": ((14, 380), "normal")}, 1, True)
    yield from each("torch.logsumexp", {"x": ((5, 10, 14), "range:-60:60")}, [0, 2])
    yield from each("torch.logsumexp", {"x": ((44, 6), "offset")}, 0)
    yield from each("torch.amax", {"x": ((5, 14, 10), "wide")}, dim=[0, 2])
    yield from each("torch.median", {"x": ((44, 10), "wide")}, 0)
    yield from each("torch.norm", {"x": ((22, 60), "range:-0.2:0.2")}, "fro", -1)
    yield from each("torch.norm", {"x": ((14, 20), "wide")}, float("inf"), 1)
    yield from each("torch.norm", {"x": ((5, 10, 14), "normal")}, 3, 2, True)
    yield from each(L + "vector_norm", {"x": ((6, 700), "positive")}, 2, 1)
    yield from each(L + "vector_norm", {"x": ((22, 10, 5), _UNIT)}, 1, [1, 2])
    yield from each("torch.cumsum", {"x": ((10, 240), "range:-0.1:0.3")}, 1)
    yield from each("torch.cumsum", {"x": ((60, 14), "offset")}, 0)
    yield from each("torch.cumsum", {"x": ((2, 6, 84), "wide")}, -1)
    yield from each("torch.cumprod", {"x": ((10, 44), "range:0.85:1.15")}, -1)
    yield from each("torch.logcumsumexp", {"x": ((14, 60), "range:-20:5")}, 1)
    yield from each("torch.quantile", {"x": ((44, 10), "offset"), "q": ((3,), "literal:0.1,0.5,0.975")},
                    args=(*v("x", "q"), 0), dtypes=FULL)  # fmt: skip


def _scaled() -> Iterator[Case]:
    yield from each(F + "softmax", {"x": ((2, 3, 10, 52), "range:-30:10")}, dim=-1)
    yield from each(F + "softmax", {"x": ((5, 3000), "normal")}, dim=-1)
    yield from each(F + "softmax", {"x": ((84, 5), "positive")}, dim=0)
    yield from each(F + "softmax", {"x": ((3, 10, 6, 5), "wide")}, dim=1)
    yield from each(F + "log_softmax", {"x": ((22, 300), "wide")}, dim=-1)
    yield from each(F + "log_softmax", {"x": ((2, 10, 6, 5), "offset")}, dim=1)
    layer: Tensors = {"x": ((5, 6, 92), "range:-8:8"), "w": ((92,), "range:0.5:1.5"), "b": ((92,), "normal")}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [92], *v("w", "b")))
    yield from each(F + "layer_norm", {"x": ((6, 5, 4, 10), "offset")}, [4, 10])
    yield from each(F + "layer_norm", {"x": ((10, 700), "normal"), "w": ((700,), "normal")},
                    args=({"v": "x"}, [700], {"v": "w"}), eps=1e-6)  # fmt: skip
    yield from each(F + "layer_norm", {"x": ((44, 6), "range:99:101")}, [6], dtypes=FULL)
    yield from each(F + "rms_norm", {"x": ((5, 10, 76), "offset"), "w": ((76,), "positive")},
                    args=({"v": "x"}, [76], {"v": "w"}), eps=1e-6)  # fmt: skip
    yield from each(F + "rms_norm", {"x": ((22, 300), "range:-0.02:0.02")}, [300], eps=1e-5)
    group: Tensors = {"x": ((2, 12, 5, 6), "wide"), "w": ((12,), "normal"), "b": (12,)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 4, *v("w", "b")), eps=1e-6)
    yield from each(F + "group_norm", {"x": ((5, 10, 26), "positive")}, 5)
    image: Tensors = {"x": ((2, 10, 6, 5), "offset"), "m": (10,), "s": ((10,), "range:0.1:4"), "b": (10,)}
    yield from each(F + "batch_norm", image, args=(*v("x", "m", "s"), None, *v("b")), eps=1e-3)
    yield from each(F + "batch_norm", {"x": ((6, 5, 20), "wide")}, None, None, training=True)
    yield from each(F + "instance_norm", {"x": ((2, 6, 10, 12), "unit"), "w": ((6,), "positive"), "b": (6,)},
                    args=({"v": "x"}, None, None, *v("w", "b")))  # fmt: skip
    yield from each(F + "normalize", {"x": ((14, 60), "positive")}, dim=-1)
    yield from each(F + "normalize", {"x": ((5, 10, 14), "normal")}, p=3.0, dim=0)
    yield from each(F + "local_response_norm", {"x": ((1, 12, 20), "range:-3:3")}, 5, alpha=0.01, k=2.0, dtypes=LONG)


def _heads() -> Iterator[Case]:
    sdpa = F + "scaled_dot_product_attention"
    yield from each(sdpa, {"q": (2, 5, 10, 20), "k": (2, 5, 22, 20), "v": (2, 5, 22, 20)})
    yield from each(sdpa, {"q": ((1, 2, 44, 12), "wide"), "k": (1, 2, 44, 12), "v": ((1, 2, 44, 12), "unit")})
    yield from each(sdpa, {"q": ((1, 4, 26, 10), _UNIT), "k": (1, 4, 26, 10), "v": (1, 4, 26, 10)}, is_causal=True,
                    scale=0.4)  # fmt: skip
    yield from each(sdpa, {"q": (2, 8, 5, 14), "k": (2, 2, 20, 14), "v": (2, 2, 20, 14)}, enable_gqa=True)
    yield from each(sdpa, {"q": (3, 10, 44), "k": (3, 12, 44), "v": ((3, 12, 6), "offset")})
    masked: Tensors = {"q": (2, 2, 10, 12), "k": (2, 2, 20, 12), "v": (2, 2, 20, 12),
                       "m": ((2, 1, 10, 20), "literal:1,1,1,0,1,0,1", "bool")}  # fmt: skip
    yield from each(sdpa, masked, args=tuple(v("q", "k", "v", "m")))
    bias: Tensors = {"q": (1, 3, 20, 10), "k": (1, 3, 20, 10), "v": ((1, 3, 20, 10), "wide"), "m": (1, 3, 20, 20)}
    yield from each(sdpa, bias, args=tuple(v("q", "k", "v", "m")))
    yield from each(sdpa, {"q": (1, 1, 2, 76), "k": (1, 1, 300, 76), "v": ((1, 1, 300, 76), _UNIT)})


def _gates() -> Iterator[Case]:
    given: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "gelu": ("range:-12:12", {}),
        "silu": ("normal", {}),
        "mish": ("range:-20:20", {}),
        "elu": ("offset", {"alpha": 2.0}),
        "selu": ("range:-12:1", {}),
        "celu": ("wide", {"alpha": 0.25}),
        "softplus": ("range:-30:30", {"beta": 1.5, "threshold": 10.0}),
        "logsigmoid": ("range:-3:12", {}),
        "hardswish": ("range:-3.5:3.5", {}),
        "hardtanh": ("wide", {"min_val": -2.0, "max_val": 0.5}),
        "leaky_relu": ("normal", {"negative_slope": 0.3}),
        "softshrink": ("wide", {"lambd": 0.2}),
        "threshold": ("normal", {"threshold": 0.1, "value": -3.0}),
        "tanhshrink": ("wide", {}),
    }
    for name, (values, options) in given.items():
        yield from each(F + name, {"x": ((5, 10, 22), values)}, **options)
    yield from each(F + "gelu", {"x": ((10, 92), "wide")}, approximate="tanh")
    yield from each(F + "glu", {"x": ((5, 6, 44), "range:-5:5")})
    yield from each(F + "prelu", {"x": ((2, 6, 10, 5), "wide"), "w": ((6,), "range:-0.2:0.5")})


def _elements() -> Iterator[Case]:
    for name, values in {
        "exp": "range:-10:3",
        "exp2": "range:-1:1",
        "expm1": "range:-0.01:0.01",
        "log": "range:1:900",
        "log2": "range:0.9:1.1",
        "log1p": "range:-0.9:4",
        "rsqrt": "range:3:900",
        "reciprocal": "range:0.001:0.2",
        "sin": "normal",
        "cos": "range:-900:900",
        "tan": "range:-0.3:0.3",
        "asin": "range:-0.2:0.2",
        "atan": "range:-90:90",
        "sinh": "range:-0.3:0.3",
        "acosh": "range:1:1.2",
        "asinh": "range:-90:90",
        "atanh": "range:-0.98:0.98",
        "tanh": "range:-5:5",
        "sigmoid": "range:-15:2",
        "erf": "range:-3:3",
        "erfc": "range:-3:1",
        "erfinv": "range:-0.3:0.3",
        "lgamma": "range:0.05:2.5",
        "digamma": "range:2:60",
        "sinc": "range:-0.6:0.6",
        "square": "range:-30:30",
        "logit": "range:0.03:0.97",
    }.items():
        yield from each("torch." + name, {"x": ((12, 76), values)})
    yield from each("torch.pow", {"x": ((14, 26), "range:-3:3")}, 2)
    yield from each("torch.pow", {"x": ((14, 26), "positive")}, 0.25)
    yield from each("torch.pow", {"x": ((14, 26), "range:0.5:2"), "y": ((14, 1), "range:-6:6")})
    yield from each("torch.pow", {"y": ((14, 26), "range:-3:3")}, args=(10000.0, {"v": "y"}), dtypes=FULL)
    yield from each("torch.add", {"x": ((14, 26), "normal"), "y": ((26,), "wide")}, alpha=-3)
    yield from each("torch.mul", {"x": ((14, 1, 26), "offset"), "y": ((5, 1), "range:-0.1:0.1")})
    yield from each("torch.div", {"x": ((14, 26), "wide"), "y": ((14, 1), "range:0.2:7")})
    yield from each("torch.addcmul", {"x": ((14, 26), "normal"), "y": ((14, 26), "wide"), "z": (26,)}, value=0.01)
    yield from each("torch.addcdiv", {"x": (14, 26), "y": ((14, 1), "wide"), "z": ((26,), "range:1:5")}, value=2.0)
    yield from each("torch.lerp", {"x": ((14, 26), "wide"), "y": (14, 26), "w": ((14, 1), "range:-0.5:1.5")})
    yield from each("torch.clamp", {"x": ((14, 26), "range:-4:6")}, -1.0, 2.5)
    yield from each("torch.atan2", {"x": ((14, 26), "wide"), "y": ((14, 26), "wide")})
    yield from each("torch.hypot", {"x": ((14, 26), "wide"), "y": ((26,), "wide")})
    yield from each("torch.logaddexp", {"x": ((14, 26), "range:-90:0"), "y": ((14, 26), "range:-90:0")})


def _errors() -> Iterator[Case]:
    yield from each(F + "cross_entropy", {"x": ((14, 900), "range:-3:3"), "t": ((14,), "index:900", "int64")})
    yield from each(F + "cross_entropy", {"x": ((26, 5), "offset"), "t": ((26,), "index:5", "int64"),
                                          "w": ((5,), "range:0.2:3")},
                    args=v("x", "t"), weight={"v": "w"}, label_smoothing=0.1)  # fmt: skip
    yield from each(F + "cross_entropy", {"x": ((2, 6, 5, 7), "normal"), "t": ((2, 5, 7), "index:6", "int64")},
                    reduction="none")  # fmt: skip
    yield from each(F + "cross_entropy", {"x": ((22, 10), "wide"), "t": ((22, 10), "range:0:0.2")}, reduction="sum")
    yield from each(F + "nll_loss", {"x": ((3, 6, 10), "range:-7:-0.1"), "t": ((3, 10), "index:6", "int64")},
                    reduction="none")  # fmt: skip
    yield from each(F + "binary_cross_entropy_with_logits", {"x": ((22, 26), "range:-12:12"), "t": ((22, 26), "unit"),
                                                             "w": ((26,), "positive")},
                    args=v("x", "t"), weight={"v": "w"})  # fmt: skip
    yield from each(F + "binary_cross_entropy", {"x": ((22, 14), "range:0.01:0.99"), "t": ((22, 14), "literal:1,0,0")},
                    reduction="sum")  # fmt: skip
    yield from each(F + "mse_loss", {"x": ((5, 3, 10, 12), "unit"), "t": ((5, 3, 10, 12), "unit")})
    yield from each(F + "mse_loss", {"x": ((14, 26), "wide"), "t": ((14, 26), "normal")}, reduction="none")
    yield from each(F + "l1_loss", {"x": ((44, 22), "offset"), "t": ((44, 22), "offset")}, reduction="sum")
    yield from each(F + "smooth_l1_loss", {"x": ((44, 4), "wide"), "t": ((44, 4), "normal")}, beta=0.11)
    yield from each(F + "huber_loss", {"x": ((44, 10), "normal"), "t": ((44, 10), "offset")}, reduction="none",
                    delta=0.3)  # fmt: skip
    yield from each(F + "kl_div", {"x": ((22, 20), "range:-6:-0.5"), "t": ((22, 20), "range:-6:-0.5")},
                    reduction="batchmean", log_target=True)  # fmt: skip
    yield from each(F + "gaussian_nll_loss", {"x": (22, 5), "t": (22, 5), "s": ((22, 1), "range:0.05:3")}, full=True,
                    dtypes=FULL)  # fmt: skip
    yield from each(F + "margin_ranking_loss", {"x": ((90,), "wide"), "y": (90,), "t": ((90,), "literal:1,1,-1")},
                    margin=0.5)  # fmt: skip
    yield from each(F + "triplet_margin_loss", {"x": (26, 20), "y": (26, 20), "z": (26, 20)}, swap=True)
    yield from each(F + "cosine_similarity", {"x": ((22, 50), "wide"), "y": ((1, 50), "unit")})
    yield from each(F + "pairwise_distance", {"x": ((44, 14), "offset"), "y": ((44, 14), "offset")}, p=3.0, dtypes=FULL)


def _windows() -> Iterator[Case]:
    yield from each(F + "avg_pool1d", {"x": ((2, 6, 44), "normal")}, 4, count_include_pad=False, padding=2)
    yield from each(F + "avg_pool2d", {"x": ((2, 5, 10, 12), "offset")}, 2)
    yield from each(F + "avg_pool2d", {"x": ((1, 6, 14, 10), "range:0:255")}, 3, 2, 1, count_include_pad=False)
    yield from each(F + "max_pool2d", {"x": ((2, 5, 12, 10), "wide")}, 2)
    yield from each(F + "max_pool1d", {"x": ((2, 10, 44), "offset")}, 4, 2, 1)
    yield from each(F + "adaptive_avg_pool1d", {"x": ((3, 6, 50), "wide")}, 7)
    yield from each(F + "adaptive_avg_pool2d", {"x": ((2, 6, 10, 14), "positive")}, [2, 3])
    yield from each(F + "adaptive_max_pool2d", {"x": ((2, 6, 10, 14), "normal")}, [4, 3])
    yield from each(F + "lp_pool2d", {"x": ((1, 4, 10, 12), "range:0:3")}, 3.0, 2, dtypes=FULL)
    yield from each(F + "interpolate", {"x": ((1, 5, 6, 10), "wide")}, scale_factor=2, mode="bilinear")
    yield from each(F + "interpolate", {"x": ((2, 3, 12, 10), "unit")}, size=[5, 4], mode="bilinear", antialias=True,
                    dtypes=ONE)  # fmt: skip
    yield from each(F + "interpolate", {"x": ((1, 2, 6, 5), "normal")}, size=[10, 14], mode="bicubic",
                    align_corners=True)  # fmt: skip
    yield from each(F + "interpolate", {"x": ((2, 5, 20), "offset")}, scale_factor=2.5, mode="linear")
    yield from each(F + "grid_sample", {"x": ((1, 4, 10, 6), "unit"), "g": ((1, 5, 14, 2), "range:-1.3:1.3")},
                    padding_mode="border", align_corners=True, dtypes=LONG)  # fmt: skip
    yield from each(F + "grid_sample", {"x": ((2, 3, 6, 8), "normal"), "g": ((2, 5, 6, 2), "range:-0.8:0.8")},
                    mode="bicubic", align_corners=False, dtypes=ONE)  # fmt: skip
    yield from each(F + "pad", {"x": ((2, 3, 10, 6), "wide")}, [1, 2, 3, 0], mode="circular")


def _gathered() -> Iterator[Case]:
    yield from each(F + "embedding", {"i": ((10, 22), "index:40", "int64"), "w": ((40, 14), "offset")})
    yield from each(F + "embedding", {"i": ((44,), "index:20", "int64"), "w": ((20, 10), "normal")}, padding_idx=0)
    bag: Tensors = {"i": ((84,), "index:26", "int64"), "w": ((26, 10), "wide"),
                    "o": ((5,), "literal:0,3,20,41,70", "int64")}  # fmt: skip
    yield from each(F + "embedding_bag", bag, mode="mean")
    rows: Tensors = {"x": ((6, 14), "wide"), "i": ((84,), "index:6", "int64"), "s": ((84, 14), "normal")}
    yield from each("torch.index_add", rows, args=({"v": "x"}, 0, *v("i", "s")))
    nodes: Tensors = {"x": ((14, 10), "offset"), "i": ((60, 10), "index:14", "int64"), "s": ((60, 10), "unit")}
    yield from each("torch.scatter_add", nodes, args=({"v": "x"}, 0, *v("i", "s")))
    yield from each("torch.scatter_reduce", nodes, args=({"v": "x"}, 0, *v("i", "s"), "mean"))
    yield from each("torch.scatter_reduce", nodes, args=({"v": "x"}, 0, *v("i", "s"), "sum"), include_self=False)
    yield from each("torch.topk", {"x": ((10, 60), "wide")}, 7)
    yield from each("torch.sort", {"x": ((14, 44), "normal")}, -1, True)
    yield from each("torch.cdist", {"x": ((22, 5), "unit"), "y": ((26, 5), "normal")}, p=1.0, dtypes=FULL)
    yield from each("torch.cdist", {"x": ((2, 40, 10), "offset"), "y": ((2, 36, 10), "normal")}, dtypes=ONE)
    yield from each("torch.gather", {"x": ((10, 44), "offset"), "i": ((10, 6), "index:44", "int64")},
                    args=(*v("x"), 1, *v("i")))  # fmt: skip
    yield from each("torch.index_select", {"x": ((20, 14), "wide"), "i": ((44,), "index:14", "int64")},
                    args=(*v("x"), 1, *v("i")))  # fmt: skip
    yield from each("torch.where", {"m": ((14, 26), "literal:1,0,1,1,0", "bool"), "x": ((14, 26), "wide"),
                                    "y": ((26,), "normal")})  # fmt: skip
    yield from each("torch.cat", {"x": ((5, 14), "wide"), "y": ((5, 10), "normal")}, args=(v("x", "y"), 1))
