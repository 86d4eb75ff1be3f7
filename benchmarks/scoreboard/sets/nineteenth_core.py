"""Public operators that most models call, at shapes, options, dimensions and values that no set before has.

See nineteenth.py; written without a look at the rules or at any score. `_layers` has shapes as layers of real models
have them. Not in half precision: what a CPU has no kernel for. Each operator's numbers have a seed of their own.
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

each = each_of("nineteenth", SOME)
_UNIT = "range:-1:1"
_SMALL = "range:-0.06:0.06"


def cases() -> Iterator[Case]:
    """Every one of these operators, on its samples in each dtype it runs in."""
    yield from _layers()
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
    return seventh_core.seed(name, "nineteenth")


def _layers() -> Iterator[Case]:
    yield from each("torch.matmul", {"x": ((512, 512), "normal"), "y": ((512, 512), _SMALL)})
    yield from each("torch.matmul", {"x": ((256, 512), "wide"), "y": ((512, 128), _SMALL)})
    yield from each("torch.matmul", {"x": ((4, 256, 64), "normal"), "y": ((4, 64, 256), "normal")}, dtypes=HALF)
    yield from each("torch.mm", {"x": ((1024, 128), "normal"), "y": ((128, 256), "range:-0.15:0.15")})
    yield from each("torch.bmm", {"x": ((2, 512, 64), "unit"), "y": ((2, 64, 256), _UNIT)})
    yield from each("torch.addmm", {"c": ((512,), _UNIT), "x": ((256, 256), "normal"), "y": ((256, 512), _SMALL)})
    yield from each(F + "linear", {"x": ((512, 256), "normal"), "w": ((256, 256), _SMALL), "b": ((256,), _UNIT)})
    yield from each(F + "linear", {"x": ((2, 256, 512), "offset"), "w": ((128, 512), _SMALL), "b": (128,)})
    yield from each(F + "linear", {"x": ((1024, 64), "normal"), "w": ((256, 64), "range:-0.2:0.2")}, dtypes=HALF)
    yield from each("torch.einsum", {"x": (2, 256, 4, 32), "y": (2, 128, 4, 32)},
                    args=("bqhd,bkhd->bhqk", *v("x", "y")))  # fmt: skip
    yield from each("torch.outer", {"x": ((512,), "normal"), "y": ((512,), "wide")})
    sdpa = F + "scaled_dot_product_attention"
    yield from each(sdpa, {"q": (1, 4, 256, 64), "k": (1, 4, 256, 64), "v": (1, 4, 256, 64)}, is_causal=True)
    yield from each(sdpa, {"q": ((1, 2, 512, 64), _UNIT), "k": (1, 2, 512, 64), "v": (1, 2, 512, 64)})
    yield from each(sdpa, {"q": (1, 8, 256, 32), "k": (1, 2, 256, 32), "v": (1, 2, 256, 32)}, enable_gqa=True)
    for name, shape, values in (
        ("softmax", (512, 512), "range:-8:8"),
        ("softmax", (2, 4, 128, 256), "normal"),
        ("log_softmax", (256, 512), "wide"),
        ("softmax", (1024, 64), "offset"),
    ):
        yield from each(F + name, {"x": (shape, values)}, dim=-1)
    for n, m, values in ((512, 512, "normal"), (256, 1024, "offset"), (1024, 256, "wide")):
        layer: Tensors = {"x": ((n, m), values), "w": ((m,), "positive"), "b": ((m,), _UNIT)}
        yield from each(F + "layer_norm", layer, args=({"v": "x"}, [m], *v("w", "b")))
    for n, m, values in ((512, 512, "wide"), (1024, 128, "normal"), (256, 1024, "range:-4:6")):
        yield from each(F + "rms_norm", {"x": ((n, m), values), "w": ((m,), "offset")},
                        args=({"v": "x"}, [m], {"v": "w"}), eps=1e-6)  # fmt: skip
    yield from each(F + "group_norm", {"x": ((1, 128, 32, 32), "offset"), "w": (128,), "b": (128,)},
                    args=({"v": "x"}, 32, *v("w", "b")))  # fmt: skip
    frozen: Tensors = {"x": ((8, 64, 16, 16), "normal"), "m": ((64,), _UNIT), "s": ((64,), "range:0.3:2"), "w": (64,),
                       "b": (64,)}  # fmt: skip
    yield from each(F + "batch_norm", frozen, args=(*v("x", "m", "s", "w", "b"),))
    yield from each(F + "normalize", {"x": ((512, 256), "wide")}, dim=-1)
    yield from each(F + "gelu", {"x": ((512, 512), "normal")})
    yield from each(F + "gelu", {"x": ((256, 1024), "range:-5:5")}, approximate="tanh")
    yield from each(F + "silu", {"x": ((1024, 256), "normal")})
    yield from each("torch.sigmoid", {"x": ((512, 256), "range:-9:9")})
    yield from each("torch.exp", {"x": ((256, 512), "range:-20:0")})
    yield from each(F + "glu", {"x": ((256, 1024), "normal")}, -1)
    yield from each("torch.add", {"x": ((512, 512), "normal"), "y": ((512,), "offset")})
    yield from each("torch.addcmul", {"x": (512, 256), "y": ((512, 256), "wide"), "z": ((256,), _UNIT)})
    yield from each("torch.sum", {"x": ((1024, 256), "range:-1:1.2")}, dim=0)
    yield from each("torch.mean", {"x": ((512, 512), "offset")}, dim=-1, keepdim=True)
    yield from each("torch.var_mean", {"x": ((256, 1024), "wide")}, dim=-1, correction=0)
    yield from each("torch.logsumexp", {"x": ((256, 1024), "range:-12:12")}, -1)
    yield from each("torch.cumsum", {"x": ((256, 512), "unit")}, -1)
    yield from each("torch.cumsum", {"x": ((1024, 64), "normal")}, 0)
    yield from each("torch.topk", {"x": ((1024, 64), "normal")}, 8)
    yield from each(L + "vector_norm", {"x": ((512, 256), "offset")}, 2, -1)
    yield from each(F + "cosine_similarity", {"x": ((512, 128), "normal"), "y": ((512, 128), "offset")}, dim=-1)
    yield from each(F + "cross_entropy", {"x": ((256, 256), "range:-6:6"), "t": ((256,), "index:256", "int64")})
    yield from each(
        F + "cross_entropy", {"x": ((512, 128), "normal"), "t": ((512,), "index:128", "int64")}, reduction="none"
    )
    yield from each(F + "embedding", {"i": ((1024,), "index:512", "int64"), "w": ((512, 128), "wide")})
    yield from each("torch.scatter_add", {"x": (256, 64), "i": ((256, 512), "index:64", "int64"), "s": (256, 512)},
                    args=({"v": "x"}, 1, *v("i", "s")))  # fmt: skip
    yield from each(F + "conv1d", {"x": ((1, 128, 256), "normal"), "w": ((128, 128, 3), _SMALL), "b": (128,)},
                    padding=1)  # fmt: skip
    yield from each(F + "conv2d", {"x": ((1, 32, 32, 32), "normal"), "w": ((64, 32, 3, 3), _SMALL)}, padding=1)
    yield from each(
        F + "conv2d", {"x": ((1, 128, 16, 16), "offset"), "w": ((128, 1, 3, 3), _UNIT)}, groups=128, padding=1
    )
    yield from each(F + "avg_pool2d", {"x": ((1, 64, 64, 64), "normal")}, 2)
    yield from each(F + "interpolate", {"x": ((1, 32, 32, 32), "normal")}, scale_factor=2.0, mode="bilinear",
                    align_corners=False)  # fmt: skip


def _products() -> Iterator[Case]:
    for x, y in (
        (((6, 1400), "range:-0.1:0.2"), ((1400, 9), _UNIT)),
        (((41, 29), "range:0:12"), ((29, 23), "range:-0.7:1")),
        (((3, 1, 14, 22), "offset"), ((4, 22, 6), "range:-0.3:0.3")),
        (((2, 13, 90), "wide"), ((90,), _UNIT)),
        (((1900,), "unit"), ((1900,), "range:-0.2:0.15")),
        (((17,), "offset"), ((17, 40), "unit")),
        (((83, 2), "normal"), ((2, 19), "wide")),
    ):
        yield from each("torch.matmul", {"x": x, "y": y})
    yield from each("torch.mm", {"x": ((5, 777), "unit"), "y": ((777, 6), "range:-0.1:0.3")}, dtypes=HALF)
    yield from each("torch.mm", {"x": ((19, 35), "positive"), "y": ((35, 26), "positive")})
    yield from each("torch.mv", {"x": ((52, 144), "unit"), "y": ((144,), "normal")})
    yield from each("torch.addbmm", {"c": ((8, 7), "normal"), "x": ((6, 8, 15), _UNIT), "y": (6, 15, 7)}, alpha=-0.6)
    yield from each("torch.addmv", {"c": ((26,), "offset"), "x": ((26, 120), "unit"), "y": (120,)}, beta=2.5, alpha=0.1)
    yield from each("torch.addr", {"c": ((13, 21), "normal"), "x": ((13,), "wide"), "y": ((21,), "offset")}, alpha=-0.2)
    yield from each("torch.inner", {"x": ((4, 6, 72), "normal"), "y": ((5, 72), "unit")})
    yield from each("torch.tensordot", {"x": ((5, 8, 13), _UNIT), "y": ((8, 13, 6), "normal")}, dims=2)
    yield from each("torch.chain_matmul", {"x": ((4, 21), "unit"), "y": ((21, 9), _UNIT), "z": ((9, 26), "normal")})
    yield from each(F + "linear", {"x": ((45,), "normal"), "w": ((27, 45), "range:-0.3:0.4"), "b": (27,)})
    yield from each(F + "linear", {"x": ((3, 1700), "unit"), "w": ((6, 1700), "range:-0.04:0.03")}, dtypes=HALF)
    for pattern, x1, y1 in (
        ("bhnd,hde->bnhe", (2, 3, 8, 11), (3, 11, 7)),
        ("bcij,bcij->bij", (2, 14, 5, 6), (2, 14, 5, 6)),
        ("tbd,bsd->bts", (9, 2, 23), (2, 12, 23)),
        ("nk,kde->nde", (13, 5), (5, 6, 8)),
        ("abc,bcd->ad", (6, 9, 7), (9, 7, 5)),
    ):
        yield from each("torch.einsum", {"x": (x1, "normal"), "y": (y1, _UNIT)}, args=(pattern, *v("x", "y")))


def _filters() -> Iterator[Case]:
    yield from each(F + "conv1d", {"x": ((1, 64, 23), "unit"), "w": ((12, 64, 1), "range:-0.2:0.2"), "b": (12,)})
    yield from each(F + "conv1d", {"x": ((3, 4, 47), "normal"), "w": ((4, 1, 9), _UNIT)}, groups=4, padding="same",
                    dilation=2)  # fmt: skip
    yield from each(F + "conv2d", {"x": ((1, 12, 9, 10), "normal"), "w": ((8, 3, 3, 2), _UNIT), "b": (8,)}, groups=4,
                    dilation=[2, 1])  # fmt: skip
    yield from each(F + "conv2d", {"x": ((2, 3, 17, 19), "unit"), "w": ((7, 3, 7, 7), "range:-0.1:0.1")}, stride=4,
                    padding=3)  # fmt: skip
    yield from each(F + "conv2d", {"x": ((1, 7, 11, 6), "wide"), "w": ((4, 7, 5, 1), _UNIT), "b": (4,)}, padding=[2, 0])
    yield from each(F + "conv_transpose1d", {"x": ((1, 6, 19), "normal"), "w": ((6, 3, 5), _UNIT), "b": (3,)}, stride=3,
                    output_padding=1, dtypes=LONG)  # fmt: skip
    yield from each(F + "conv_transpose2d", {"x": ((1, 6, 5, 7), _UNIT), "w": ((6, 2, 3, 3), _UNIT), "b": (4,)},
                    groups=2, stride=2, padding=1, dtypes=ONE)  # fmt: skip
    yield from each(F + "fold", {"x": ((2, 27, 20), "normal")}, [6, 7], 3, dtypes=FULL)
    yield from each(F + "unfold", {"x": ((2, 4, 8, 11), "wide")}, [2, 4], stride=[2, 3])


def _folded() -> Iterator[Case]:
    yield from each("torch.sum", {"x": ((2, 7000), "range:-1:1.05")}, dim=-1)
    yield from each("torch.sum", {"x": ((850, 6), "positive")}, dim=0)
    yield from each("torch.mean", {"x": ((4, 1300), "unit")}, dim=-1)
    yield from each("torch.mean", {"x": ((940, 4), "range:-0.5:0.6")}, 0, dtypes=HALF)
    yield from each("torch.var", {"x": ((7, 6, 9, 4), "normal")}, dim=[1, 2], correction=3)
    yield from each("torch.std", {"x": ((85, 12), "range:5:6")}, dim=0)
    yield from each("torch.std", {"x": ((9, 61), "wide")}, dim=-1, correction=0, keepdim=True)
    yield from each("torch.var_mean", {"x": ((5, 12, 17), "unit")}, dim=[0, 2])
    yield from each("torch.std_mean", {"x": ((14, 90), "range:-0.2:0.3")}, dim=1)
    yield from each("torch.prod", {"x": ((23, 18), "range:0.8:1.25")}, 0)
    yield from each("torch.prod", {"x": ((7, 11, 6), "range:-1.4:1.5")}, 2)
    yield from each("torch.logsumexp", {"x": ((4, 1700), "range:-2:3")}, -1)
    yield from each("torch.amax", {"x": ((6, 11, 14), "wide")}, dim=[0, 2])
    yield from each("torch.median", {"x": ((23, 12), "normal")}, 0)
    yield from each("torch.norm", {"x": ((26, 85), "unit")}, 2, 0)
    yield from each("torch.norm", {"x": ((9, 14, 6), "range:0.3:2")}, 3, [0, 2])
    yield from each(L + "vector_norm", {"x": ((12, 240), "range:-0.1:0.1")}, 1, 1)
    yield from each(L + "vector_norm", {"x": ((14, 26), "range:0.2:3")}, 0.7, 0)
    yield from each("torch.cumsum", {"x": ((3, 1300), "range:-0.4:0.5")}, -1)
    yield from each("torch.cumprod", {"x": ((14, 25), "range:0.8:1.3")}, 1)
    yield from each("torch.logcumsumexp", {"x": ((90, 5), "range:-6:3")}, 0)
    yield from each("torch.nansum", {"x": ((14, 40), "literal:0.7,nan,-2.1,3.3,0.2,1.9,nan,-0.6,5.2")}, 1)


def _scaled() -> Iterator[Case]:
    yield from each(F + "softmax", {"x": ((5, 2100), "range:-6:6")}, dim=-1)
    yield from each(F + "softmax", {"x": ((4, 85, 5), "wide")}, dim=1)
    yield from each(F + "softmax", {"x": ((2, 3, 14, 22), "unit")}, dim=-2)
    yield from each(F + "softmax", {"x": ((12, 26), "range:-90:0")}, dim=-1, dtypes=FULL)
    yield from each(F + "log_softmax", {"x": ((4, 1600), "range:-3:3")}, dim=-1)
    yield from each(F + "log_softmax", {"x": ((3, 9, 5, 6), "wide")}, dim=1)
    yield from each(F + "softmin", {"x": ((6, 14, 12), "offset")}, dim=1)
    layer: Tensors = {"x": ((3, 7, 210), "range:-2:5"), "w": ((210,), "offset"), "b": ((210,), _UNIT)}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [210], *v("w", "b")), eps=1e-5)
    yield from each(F + "layer_norm", {"x": ((5, 1700), "range:20:24")}, [1700], dtypes=FULL)
    yield from each(F + "rms_norm", {"x": ((6, 9, 85), "unit"), "w": ((85,), "normal")},
                    args=({"v": "x"}, [85], {"v": "w"}), eps=1e-3)  # fmt: skip
    yield from each(F + "rms_norm", {"x": ((7, 5, 22), "range:-0.02:0.02")}, [5, 22], eps=1e-6)
    group: Tensors = {"x": ((2, 20, 5, 6), "wide"), "w": ((20,), "offset"), "b": (20,)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 5, *v("w", "b")))
    yield from each(F + "group_norm", {"x": ((5, 14, 9), "range:0:3")}, 1, eps=1e-4)
    image: Tensors = {"x": ((2, 6, 7, 5), "offset"), "m": ((6,), "offset"), "s": ((6,), "range:0.05:4")}
    yield from each(F + "batch_norm", image, args=(*v("x", "m", "s"),), eps=1e-3)
    yield from each(F + "batch_norm", {"x": ((7, 5, 14), "wide"), "w": (5,), "b": (5,)}, args=(*v("x"), None, None,
                    *v("w", "b"), True))  # fmt: skip
    yield from each(F + "instance_norm", {"x": ((2, 6, 8, 9), "unit"), "w": (6,), "b": (6,)}, args=(*v("x"), None, None,
                    *v("w", "b")), eps=1e-3)  # fmt: skip
    yield from each(F + "normalize", {"x": ((6, 17, 14), "range:-0.3:0.5")}, dim=2)
    yield from each(F + "normalize", {"x": ((15, 33), "normal")}, p=4.0, dim=0)
    yield from each(F + "local_response_norm", {"x": ((1, 12, 6, 5), "wide")}, 5, alpha=0.1, k=2.0, dtypes=ONE)


def _heads() -> Iterator[Case]:
    sdpa = F + "scaled_dot_product_attention"
    yield from each(sdpa, {"q": ((1, 3, 6, 90), _UNIT), "k": (1, 3, 33, 90), "v": ((1, 3, 33, 25), "unit")})
    yield from each(sdpa, {"q": (2, 4, 7, 18), "k": (2, 1, 22, 18), "v": (2, 1, 22, 18)}, enable_gqa=True)
    masked: Tensors = {"q": (2, 4, 11, 10), "k": (2, 4, 13, 10), "v": ((2, 4, 13, 10), "unit"),
                       "m": ((2, 1, 11, 13), "literal:1,1,0,1,0,1,1", "bool")}  # fmt: skip
    yield from each(sdpa, masked, args=tuple(v("q", "k", "v", "m")))
    bias: Tensors = {"q": (1, 4, 15, 14), "k": (1, 4, 15, 14), "v": (1, 4, 15, 14), "m": ((4, 15, 15), "range:-4:1")}
    yield from each(sdpa, bias, args=tuple(v("q", "k", "v", "m")))


def _gates() -> Iterator[Case]:
    given: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "gelu": ("range:-3:0.5", {}),
        "silu": ("unit", {}),
        "mish": ("offset", {}),
        "elu": ("wide", {"alpha": 1.7}),
        "selu": ("range:-7:1", {}),
        "celu": ("normal", {"alpha": 0.3}),
        "softplus": ("offset", {"beta": 3.0, "threshold": 8.0}),
        "logsigmoid": ("range:-3:12", {}),
        "hardsigmoid": ("wide", {}),
        "hardswish": ("range:-4:1", {}),
        "relu6": ("wide", {}),
        "leaky_relu": ("range:-9:2", {"negative_slope": 0.15}),
        "softshrink": ("wide", {"lambd": 0.9}),
        "threshold": ("normal", {"threshold": 0.2, "value": -0.7}),
        "tanhshrink": ("wide", {}),
        "rrelu": ("offset", {"lower": 0.1, "upper": 0.4}),
    }
    for name, (values, options) in given.items():
        yield from each(F + name, {"x": ((4, 7, 26), values)}, **options)
    yield from each(F + "glu", {"x": ((12, 5, 22), "range:-5:5")}, 0)


def _elements() -> Iterator[Case]:
    for name, values in {
        "exp": "range:-40:-8",
        "exp2": "normal",
        "expm1": "range:-0.02:0.03",
        "log": "range:0.0001:0.2",
        "log2": "range:0.9:1.1",
        "log10": "range:20:9000",
        "log1p": "range:1:300",
        "sqrt": "range:40:9000",
        "rsqrt": "range:30:3000",
        "reciprocal": "offset",
        "sin": "range:-0.05:0.05",
        "cos": "range:40:90",
        "tan": "range:-20:20",
        "asin": "range:0.6:0.999",
        "acos": "range:-0.9:0.3",
        "atan": "wide",
        "sinh": "range:-0.5:0.5",
        "cosh": "range:-9:2",
        "acosh": "range:1.01:1.5",
        "asinh": "range:-300:300",
        "atanh": "range:0.5:0.99",
        "tanh": "range:-0.1:0.1",
        "sigmoid": "wide",
        "erf": "range:-4:4",
        "erfc": "range:-3:0",
        "erfinv": "range:-0.3:0.3",
        "lgamma": "range:0.05:2.5",
        "digamma": "range:5:70",
        "sinc": "range:-0.6:0.6",
        "logit": "range:0.002:0.1",
        "square": "wide",
        "trunc": "wide",
        "deg2rad": "range:-360:360",
    }.items():
        yield from each("torch." + name, {"x": ((7, 107), values)})
    yield from each("torch.pow", {"x": ((14, 26), "range:-2:2")}, 5)
    yield from each("torch.pow", {"x": ((14, 26), "unit")}, 0.37)
    yield from each("torch.pow", {"x": ((26,), "range:0.5:1.5"), "y": ((14, 26), "range:-6:6")})
    yield from each("torch.pow", {"y": ((14, 26), "range:-5:5")}, args=(1.8, {"v": "y"}))
    yield from each("torch.sub", {"x": ((26,), "offset"), "y": ((14, 26), "unit")})
    yield from each("torch.mul", {"x": ((14, 26), "offset"), "y": ((14, 26), "boundary")}, dtypes=FULL)
    yield from each("torch.hypot", {"x": ((14, 26), "range:-0.1:0.1"), "y": ((26,), "normal")})
    yield from each("torch.logaddexp", {"x": ((14, 26), "range:-40:3"), "y": ((26,), "range:-40:3")})


def _errors() -> Iterator[Case]:
    yield from each(
        F + "cross_entropy", {"x": ((12, 310), "range:-5:5"), "t": ((12,), "index:310", "int64")}, label_smoothing=0.05,
        reduction="sum",
    )  # fmt: skip
    yield from each(
        F + "cross_entropy", {"x": ((14, 23), "normal"), "t": ((14, 23), "range:0:0.1")}, label_smoothing=0.3,
        reduction="none",
    )  # fmt: skip
    yield from each(
        F + "nll_loss", {"x": ((3, 7, 11), "range:-6:-0.1"), "t": ((3, 11), "index:7", "int64")}, reduction="none",
        ignore_index=4,
    )  # fmt: skip
    yield from each(
        F + "binary_cross_entropy", {"x": ((14, 26), "range:0.02:0.98"), "t": ((14, 26), "literal:1,0,1,0,0")},
        reduction="none",
    )  # fmt: skip
    yield from each(F + "mse_loss", {"x": ((5, 9, 22), "wide"), "t": ((5, 9, 22), "normal")}, reduction="none")
    yield from each(F + "smooth_l1_loss", {"x": ((14, 26), "wide"), "t": ((14, 26), "offset")}, beta=0.3)
    yield from each(F + "huber_loss", {"x": ((14, 26), "normal"), "t": ((14, 26), "unit")}, delta=0.2, reduction="none")
    yield from each(F + "kl_div", {"x": ((14, 43), "range:-7:-0.5"), "t": ((14, 43), "range:-7:-0.5")}, log_target=True,
                    reduction="batchmean")  # fmt: skip
    yield from each(F + "gaussian_nll_loss", {"x": (14, 26), "t": ((14, 26), "wide"), "s": ((14, 1), "range:0.3:4")},
                    full=True, dtypes=FULL)  # fmt: skip
    yield from each(F + "poisson_nll_loss", {"x": ((14, 26), "range:0.2:8"), "t": ((14, 26), "literal:0,1,3,7")},
                    log_input=False, reduction="none")  # fmt: skip
    yield from each(
        F + "soft_margin_loss", {"x": ((14, 26), "range:-12:12"), "t": ((14, 26), "literal:-1,1,1")}, reduction="none"
    )
    yield from each(F + "pairwise_distance", {"x": ((26, 14), "unit"), "y": ((26, 14), "unit")}, p=1.0, keepdim=True,
                    dtypes=FULL)  # fmt: skip


def _windows() -> Iterator[Case]:
    yield from each(F + "max_pool2d", {"x": ((1, 5, 12, 14), "unit")}, [3, 2], [1, 2], dilation=2)
    yield from each(F + "adaptive_avg_pool2d", {"x": ((2, 6, 11, 7), "unit")}, [4, 5])
    yield from each(F + "lp_pool1d", {"x": ((2, 5, 31), "range:0.2:3")}, 3.0, 4, 2, dtypes=FULL)
    yield from each(F + "interpolate", {"x": ((2, 6, 17), "normal")}, scale_factor=1.6, mode="linear")
    yield from each(F + "interpolate", {"x": ((1, 4, 14, 12), "unit")}, size=[5, 7], mode="area")
    yield from each(F + "interpolate", {"x": ((1, 3, 18, 14), "normal")}, size=[8, 6], mode="bilinear", antialias=True,
                    dtypes=LONG)  # fmt: skip
    yield from each(F + "pad", {"x": ((2, 4, 6, 7), "wide")}, [3, 2, 1, 4], mode="reflect")


def _gathered() -> Iterator[Case]:
    yield from each(F + "embedding", {"i": ((5, 4, 6), "index:40", "int64"), "w": ((40, 11), "offset")})
    bag: Tensors = {"i": ((60,), "index:22", "int64"), "w": ((22, 14), "wide"),
                    "o": ((5,), "literal:0,9,20,21,48", "int64")}  # fmt: skip
    yield from each(F + "embedding_bag", bag, args=v("i", "w", "o"), mode="mean")
    rows: Tensors = {"x": ((14, 7), "wide"), "i": ((90,), "index:7", "int64"), "s": ((14, 90), "normal")}
    yield from each("torch.index_add", rows, args=({"v": "x"}, 1, *v("i", "s")), alpha=0.4)
    nodes: Tensors = {"x": ((7, 14), "unit"), "i": ((85, 14), "index:7", "int64"), "s": ((85, 14), "offset")}
    yield from each("torch.scatter_add", nodes, args=({"v": "x"}, 0, *v("i", "s")))
    yield from each("torch.scatter_reduce", nodes, args=({"v": "x"}, 0, *v("i", "s"), "sum"), include_self=False)
    more: Tensors = {"x": ((5, 16), "normal"), "i": ((40, 16), "index:5", "int64"), "s": ((40, 16), "normal")}
    yield from each("torch.scatter_reduce", more, args=({"v": "x"}, 0, *v("i", "s"), "amax"))
    yield from each("torch.sort", {"x": ((14, 40), "wide")}, 1, True)
    yield from each("torch.cdist", {"x": ((2, 14, 9), "offset"), "y": ((2, 22, 9), "normal")}, p=1.0, dtypes=LONG)
    yield from each("torch.roll", {"x": ((9, 26), "wide")}, [3, -5], [0, 1])
    yield from each("torch.searchsorted", {"x": ((9,), "literal:-2,-1.4,-0.5,0,0.3,0.9,1.6,2.2,3"),
                                           "y": ((7, 20), "normal")}, dtypes=FULL)  # fmt: skip
