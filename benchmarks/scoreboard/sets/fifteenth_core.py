"""Public operators that most models call, at shapes, options, dimensions and values that no set before has.

See fifteenth.py; written without a look at the rules or at any score. Not in half precision: what a CPU has no kernel
for. Each operator's numbers have a seed of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.scoreboard.sets import seventh_core
from benchmarks.scoreboard.sets.ninth_core import ONE
from benchmarks.scoreboard.sets.ninth_rarer import LONG
from benchmarks.scoreboard.sets.seventh_core import S, each_of, v
from benchmarks.scoreboard.sets.sixth_core import FULL, F, L, Tensors
from harness.case import Case

# Of a case without dtypes of its own, by the checksum of what it is given: one more often than two, for more cases.
SOME = (
    *(("float32",), ("float16",), ("bfloat16",), ("float32",), ("float64",)),
    *(("float32",), ("bfloat16",), ("float16",), ("float64",)),
)
each = each_of("fifteenth", SOME)
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
    return seventh_core.seed(name, "fifteenth")


def _products() -> Iterator[Case]:
    yield from each("torch.matmul", {"x": ((5, 640), _UNIT), "y": ((640, 11), "range:-0.08:0.08")})
    yield from each("torch.matmul", {"x": ((19, 77), "range:0:255"), "y": ((77, 5), "range:-0.02:0.02")})
    yield from each("torch.matmul", {"x": ((2, 5, 1, 36), "range:-4:4"), "y": ((2, 5, 36, 50), _UNIT)})
    yield from each("torch.matmul", {"x": (300,), "y": ((4, 300, 6), "range:-0.3:0.1")})
    yield from each("torch.mm", {"x": ((45, 13), "range:-1000:1000"), "y": ((13, 45), "range:-0.001:0.002")})
    yield from each("torch.mm", {"x": ((10, 768), "positive"), "y": ((768, 10), "range:-0.1:0.1")})
    yield from each("torch.bmm", {"x": ((12, 5, 20), "range:-0.5:0.5"), "y": ((12, 20, 5), "range:-0.5:0.5")})
    yield from each("torch.bmm", {"x": ((2, 50, 3), "unit"), "y": ((2, 3, 50), "offset")}, dtypes=FULL)
    yield from each("torch.addmm", {"c": (20, 1), "x": (20, 50), "y": ((50, 14), _UNIT)}, alpha=0.125)
    yield from each("torch.addmm", {"c": ((11,), "range:5:9"), "x": ((80, 5), _UNIT), "y": (5, 11)}, beta=-1)
    yield from each("torch.baddbmm", {"c": ((5, 11, 20), "range:-9:0"), "x": (5, 11, 40), "y": (5, 40, 20)},
                    beta=1.0, alpha=0.158)  # fmt: skip
    yield from each("torch.mv", {"x": ((50, 300), _UNIT), "y": ((300,), "range:0:0.2")})
    yield from each("torch.outer", {"x": ((45,), "range:-5:5"), "y": ((50,), "range:0.1:0.2")})
    yield from each("torch.inner", {"x": ((4, 5, 90), _UNIT), "y": ((11, 90), "range:-1:2")})
    yield from each(F + "linear", {"x": ((2, 19, 150), "range:-3:5"), "w": ((14, 150), "range:-0.1:0.1"), "b": (14,)})
    yield from each(F + "linear", {"x": ((5, 2048), _UNIT), "w": ((4, 2048), "range:-0.02:0.02")})
    yield from each(F + "linear", {"x": ((400, 6), "range:0:1"), "w": (20, 6), "b": ((20,), "range:-3:3")})
    yield from each(F + "bilinear", {"x": (23, 5), "y": ((23, 6), _UNIT), "w": ((4, 5, 6), _UNIT), "b": (4,)})
    for pattern, x, y in (
        ("blhd,bshd->bhls", (1, 22, 4, 10), (1, 26, 4, 10)),
        ("bchw,cd->bdhw", (2, 14, 5, 6), (14, 10)),
        ("ti,tij->tj", (40, 13), (40, 13, 5)),
        ("abc,abc->ac", (5, 80, 11), (5, 80, 11)),
        ("bnd,bmd->bnm", (2, 14, 100), (2, 18, 100)),
    ):
        yield from each("torch.einsum", {"x": (x, "range:-0.7:1"), "y": y}, args=(pattern, *v("x", "y")))


def _filters() -> Iterator[Case]:
    yield from each(F + "conv1d", {"x": ((2, 80, 26), "range:-1:1.5"), "w": ((10, 80, 3), "range:-0.1:0.1"),
                                   "b": (10,)}, padding=1)  # fmt: skip
    yield from each(F + "conv1d", {"x": ((1, 1, 400), _UNIT), "w": ((6, 1, 10), "range:-0.5:0.5")}, stride=5)
    yield from each(F + "conv1d", {"x": (3, 20, 37), "w": ((20, 1, 4), "range:-0.5:0.5"), "b": (20,)}, groups=20,
                    padding=3)  # fmt: skip
    yield from each(F + "conv2d", {"x": ((1, 3, 28, 28), "range:-2:2.5"), "w": ((5, 3, 14, 14), "range:-0.1:0.1"),
                                   "b": (5,)}, stride=14)  # fmt: skip
    yield from each(F + "conv2d", {"x": ((1, 20, 11, 10), _UNIT), "w": ((20, 1, 5, 5), "range:-0.4:0.4"), "b": (20,)},
                    padding=2, groups=20)  # fmt: skip
    yield from each(F + "conv2d", {"x": ((2, 40, 5, 5), "range:0:6"), "w": ((10, 40, 1, 1), "range:-0.2:0.2")})
    yield from each(F + "conv2d", {"x": ((1, 10, 13, 13), _UNIT), "w": ((10, 10, 3, 3), "range:-0.15:0.15")},
                    dilation=4, padding=4)  # fmt: skip
    yield from each(F + "conv3d", {"x": ((1, 3, 4, 10, 10), _UNIT), "w": ((6, 3, 2, 5, 5), "range:-0.2:0.2"),
                                   "b": (6,)}, stride=[2, 5, 5])  # fmt: skip
    yield from each(F + "conv_transpose1d", {"x": ((1, 20, 13), _UNIT), "w": ((20, 10, 11), "range:-0.1:0.1"),
                                             "b": (10,)}, stride=5, padding=3, dtypes=FULL)  # fmt: skip
    yield from each(F + "conv_transpose2d", {"x": ((1, 10, 5, 6), _UNIT), "w": ((10, 5, 2, 2), "range:-0.4:0.4"),
                                             "b": (5,)}, stride=2)  # fmt: skip
    yield from each(F + "conv_transpose2d", {"x": ((2, 6, 4, 5), _UNIT), "w": ((6, 3, 3, 3), _UNIT)}, stride=2,
                    padding=1, output_padding=1, groups=2, dtypes=ONE)  # fmt: skip
    yield from each(F + "unfold", {"x": ((2, 4, 10, 11), _UNIT)}, [2, 3], dilation=2, padding=1)


def _folded() -> Iterator[Case]:
    yield from each("torch.sum", {"x": ((5, 2000), "unit")}, dim=1)
    yield from each("torch.sum", {"x": ((20, 22, 11), "range:-100:101")}, dim=[0, 1])
    yield from each("torch.sum", {"x": ((50, 26), "range:-0.001:0.001")})
    yield from each("torch.sum", {"x": ((5, 300), "range:0:40")}, 1, True, dtypes=("float16", "bfloat16"))
    yield from each("torch.mean", {"x": ((4, 197, 10), "range:-2:2.2")}, dim=1)
    yield from each("torch.mean", {"x": ((2, 10, 14, 14), "range:0:3")}, dim=[-2, -1])
    yield from each("torch.mean", {"x": ((300,), "range:-1:1")})
    yield from each("torch.var", {"x": ((19, 100), "range:-1:1")}, dim=1, correction=0)
    yield from each("torch.var", {"x": ((2, 10, 6, 22), "range:-1:4")}, dim=[0, 2, 3], keepdim=True)
    yield from each("torch.std", {"x": ((10, 500), "range:99:101")}, dim=-1, dtypes=FULL)
    yield from each("torch.std", {"x": ((200, 5), "range:-0.1:0.3")}, dim=0)
    yield from each("torch.var_mean", {"x": ((20, 45), "range:-6:3")}, dim=1, correction=0)
    yield from each("torch.prod", {"x": ((50, 10), "range:0.6:1.5")}, 1)
    yield from each("torch.prod", {"x": ((4, 100), "range:0.97:1.03")}, -1)
    yield from each("torch.logsumexp", {"x": ((10, 400), "range:-5:5")}, 1)
    yield from each("torch.logsumexp", {"x": ((6, 5, 20), "range:-100:-80")}, [0, 2], True)
    yield from each("torch.amax", {"x": ((4, 50, 11), "range:-9:3")}, 1, True)
    yield from each("torch.median", {"x": ((20, 43), "range:-2:5")}, -1)
    yield from each("torch.max", {"x": ((11, 100), "range:-6:6")}, 1)
    yield from each("torch.norm", {"x": ((6, 500), "range:-0.01:0.01")}, 2, 1)
    yield from each(L + "vector_norm", {"x": ((20, 3), "range:-40:40")}, 2, -1, True)
    yield from each(L + "vector_norm", {"x": ((5, 200), "range:-2:1")}, 1, -1)
    yield from each(L + "vector_norm", {"x": ((5, 20, 6), "range:-2:3")}, 4, [0, 1])
    yield from each("torch.cumsum", {"x": ((10, 500), "unit")}, 1)
    yield from each("torch.cumsum", {"x": ((2, 5, 150), "range:-1:1")}, -1, dtypes=FULL)
    yield from each("torch.cumprod", {"x": ((4, 100), "range:0.95:1.02")}, -1)
    yield from each("torch.logcumsumexp", {"x": ((5, 200), "range:-8:0")}, -1)
    yield from each("torch.quantile", {"x": ((10, 101), "range:-3:3"), "q": ((3,), "literal:0.25,0.5,0.75")}, dim=1,
                    dtypes=FULL)  # fmt: skip
    yield from each("torch.diff", {"x": ((10, 101), "range:0:9")}, 1)


def _scaled() -> Iterator[Case]:
    yield from each(F + "softmax", {"x": ((2, 4, 10, 50), "range:-6:6")}, dim=-1)
    yield from each(F + "softmax", {"x": ((5, 3000), "range:-12:9")}, dim=-1)
    yield from each(F + "softmax", {"x": ((2, 19, 5, 6), "range:-3:3")}, dim=1)
    yield from each(F + "softmin", {"x": ((11, 26), "range:0:9")}, dim=1)
    yield from each(F + "log_softmax", {"x": ((4, 2000), "range:-4:12")}, dim=-1)
    yield from each(F + "log_softmax", {"x": ((2, 40, 29), "range:-15:4")}, dim=2)
    row: Tensors = {"x": ((2, 11, 384), "range:-3:4"), "w": ((384,), "range:0.2:1.2"), "b": ((384,), "range:-0.4:0.4")}
    yield from each(F + "layer_norm", row, args=({"v": "x"}, [384], *v("w", "b")), eps=1e-6)
    yield from each(F + "layer_norm", {"x": ((19, 80), "range:-8:2")}, [80])
    yield from each(F + "layer_norm", {"x": ((5, 20, 10), "range:-50:90")}, [20, 10], eps=1e-5)
    rms: Tensors = {"x": ((1, 13, 640), "range:-6:6"), "w": ((640,), "range:0:1.5")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [640], {"v": "w"}), eps=1e-6)
    yield from each(F + "rms_norm", {"x": ((2, 4, 22, 20), "range:-0.02:0.02"), "w": ((20,), "range:1:3")},
                    args=({"v": "x"}, [20], {"v": "w"}), eps=1e-5)  # fmt: skip
    group: Tensors = {"x": ((1, 40, 6, 5), "range:-4:4"), "w": ((40,), "range:0.5:1.5"), "b": (40,)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 4, *v("w", "b")), eps=1e-6)
    yield from each(F + "group_norm", {"x": ((2, 10, 100), "range:0:1"), "w": (10,), "b": (10,)},
                    args=({"v": "x"}, 5, *v("w", "b")))  # fmt: skip
    image: Tensors = {"x": ((2, 10, 5, 11), "range:-3:9"), "m": ((10,), "range:0:4"), "s": ((10,), "range:0.5:12")}
    image = {**image, "w": ((10,), "range:0.1:1"), "b": ((10,), "range:-2:2")}
    yield from each(F + "batch_norm", image, args=tuple(v("x", "m", "s", "w", "b")), eps=1e-3)
    yield from each(F + "batch_norm", {"x": ((4, 6, 50), "range:-1:1"), "w": (6,), "b": (6,)},
                    args=({"v": "x"}, None, None, *v("w", "b"), True))  # fmt: skip
    yield from each(F + "instance_norm", {"x": ((1, 5, 11, 13), "range:-1:2"), "w": (5,), "b": (5,)},
                    args=({"v": "x"}, None, None, *v("w", "b")))  # fmt: skip
    yield from each(F + "normalize", {"x": ((20, 128), "range:-0.5:0.5")}, dim=-1)
    yield from each(F + "normalize", {"x": ((2, 10, 6, 7), "range:0:4")}, dim=1)
    yield from each(F + "local_response_norm", {"x": ((1, 20, 5, 6), "range:0:9")}, 5, alpha=0.01, k=2.0,
                    dtypes=FULL)  # fmt: skip


def _heads() -> Iterator[Case]:
    sdpa = F + "scaled_dot_product_attention"
    yield from each(sdpa, {"q": (1, 2, 50, 20), "k": (1, 2, 50, 20), "v": ((1, 2, 50, 20), _UNIT)})
    yield from each(sdpa, {"q": ((2, 5, 13, 40), "range:-1:1"), "k": (2, 5, 77, 40), "v": (2, 5, 77, 40)})
    yield from each(sdpa, {"q": (1, 4, 37, 10), "k": ((1, 4, 37, 10), "range:-3:3"), "v": (1, 4, 37, 10)},
                    is_causal=True)  # fmt: skip
    yield from each(sdpa, {"q": (2, 8, 1, 20), "k": (2, 2, 90, 20), "v": ((2, 2, 90, 20), "range:-1:2")},
                    enable_gqa=True)  # fmt: skip
    bias: Tensors = {"q": (1, 4, 20, 14), "k": (1, 4, 20, 14), "v": (1, 4, 20, 14), "m": ((1, 4, 20, 20), "range:-4:1")}
    yield from each(sdpa, bias, args=tuple(v("q", "k", "v", "m")))
    padded: Tensors = {"q": (2, 3, 22, 10), "k": (2, 3, 11, 10), "v": (2, 3, 11, 10),
                       "m": ((2, 1, 1, 11), "literal:1,1,1,1,1,1,1,0,0,0,0", "bool")}  # fmt: skip
    yield from each(sdpa, padded, args=tuple(v("q", "k", "v", "m")))
    yield from each(sdpa, {"q": ((5, 11, 20), "range:-2:2"), "k": (5, 14, 20), "v": (5, 14, 6)}, scale=0.125)


def _gates() -> Iterator[Case]:
    given: Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]] = {
        "gelu": [("range:-2.5:3", {})],
        "silu": [("range:-7:7", {})],
        "mish": [("range:-6:1", {})],
        "elu": [("range:-4:2", {})],
        "selu": [("range:-6:3", {})],
        "celu": [("range:-5:2", {"alpha": 0.4})],
        "softplus": [("range:-25:25", {})],
        "softsign": [("range:-2:2", {})],
        "logsigmoid": [("range:-8:2", {})],
        "hardtanh": [("range:-3:3", {})],
        "hardswish": [("range:-3.5:3.5", {})],
        "relu6": [("range:-2:9", {})],
        "threshold": [("range:-2:2", {"threshold": 0.3, "value": -0.2})],
        "leaky_relu": [("range:-5:5", {"negative_slope": 0.2})],
        "softshrink": [("range:-3:3", {"lambd": 1.1})],
        "tanhshrink": [("range:-5:5", {})],
    }
    for name, samples in given.items():
        for values, options in samples:
            yield from each(F + name, {"x": ((5, 11, 20), values)}, **options)
    yield from each(F + "gelu", {"x": ((10, 150), "range:-8:8")}, approximate="tanh")
    yield from each(F + "softplus", {"x": ((10, 150), "range:-3:3")}, beta=4.0, threshold=15.0)
    yield from each(F + "glu", {"x": ((2, 22, 80), "range:-4:4")}, dim=-1)
    yield from each(F + "prelu", {"x": ((2, 10, 5, 6), "range:-3:3"), "w": ((10,), "range:0:0.5")})


def _elements() -> Iterator[Case]:
    for name, values in {
        "exp": "range:-20:5",
        "exp2": "range:-3:3",
        "expm1": "range:-0.3:0.3",
        "log": "range:0.0001:30",
        "log2": "range:0.1:3000",
        "log1p": "range:-0.99:3",
        "log10": "range:1:90000",
        "sqrt": "range:0:3",
        "rsqrt": "range:3:2000",
        "reciprocal": "range:0.02:3",
        "square": "range:-30:30",
        "sin": "range:-30:30",
        "cos": "range:-1.6:1.6",
        "tan": "range:-1.4:1.4",
        "asin": "range:-0.6:0.6",
        "acos": "range:-1:1",
        "atan": "range:-20:20",
        "sinh": "range:-9:1",
        "asinh": "range:-900:900",
        "atanh": "range:-0.95:0.95",
        "tanh": "range:-3:3",
        "sigmoid": "range:-20:0",
        "erf": "range:-3:3",
        "erfc": "range:-1:5",
        "lgamma": "range:0.1:40",
        "digamma": "range:1:6",
    }.items():
        yield from each("torch." + name, {"x": ((10, 101), values)})
    yield from each(S + "entr", {"x": ((10, 101), "range:0:1")})
    yield from each(S + "expit", {"x": ((10, 101), "range:-4:4")})
    yield from each("torch.pow", {"x": ((20, 50), "range:0:1")}, 2.2)
    yield from each("torch.pow", {"x": ((11, 50), "range:0.5:40")}, -0.25)
    yield from each("torch.pow", {"x": ((10, 13), "range:-5:0"), "b": ((1,), "literal:10000")}, args=v("b", "x"))
    yield from each("torch.add", {"x": ((20, 50), "range:-0.1:0.1"), "y": ((50,), "range:50:99")}, alpha=-0.01)
    yield from each("torch.sub", {"x": ((4, 1, 50), "range:9:11"), "y": ((20, 1), "range:9:11")}, alpha=0.5)
    yield from each("torch.mul", {"x": ((2, 10, 5, 6), "range:-6:6"), "y": ((2, 10, 1, 1), "unit")})
    yield from each("torch.div", {"x": ((20, 50), "range:0:255"), "y": ((1, 50), "range:20:60")})
    yield from each("torch.addcmul", {"x": (20, 50), "y": ((20, 50), _UNIT), "z": ((20, 1), _UNIT)}, value=0.05)
    yield from each("torch.addcdiv", {"x": (20, 50), "y": (20, 50), "z": ((20, 50), "range:0.01:2")}, value=-0.001)
    yield from each("torch.lerp", {"x": ((20, 50), "range:-2:2"), "y": (20, 50), "w": ((20, 1), "unit")})
    yield from each("torch.clamp", {"x": ((20, 50), "range:-9:9")}, -1.5, 4.25)
    yield from each("torch.logaddexp", {"x": ((20, 50), "range:-9:0"), "y": ((20, 50), "range:-9:0")})
    yield from each("torch.atan2", {"x": ((20, 50), "range:-3:3"), "y": ((20, 50), "range:-3:3")})


def _errors() -> Iterator[Case]:
    word: Tensors = {"x": ((20, 500), "range:-5:10"), "t": ((20,), "index:500", "int64")}
    yield from each(F + "cross_entropy", word)
    yield from each(F + "cross_entropy", {"x": ((2, 19, 5, 6), "range:-3:4"), "t": ((2, 5, 6), "index:19", "int64")},
                    reduction="none")  # fmt: skip
    yield from each(F + "cross_entropy", {"x": ((40, 10), "range:-4:4"), "t": ((40, 10), "range:0:0.2")})
    yield from each(F + "nll_loss", {"x": ((50, 11), "range:-5:-0.1"), "t": ((50,), "index:11", "int64")},
                    reduction="none")  # fmt: skip
    yield from each(F + "binary_cross_entropy_with_logits", {"x": ((11, 80), "range:-6:2"),
                                                             "t": ((11, 80), "literal:0,0,0,1,0")})  # fmt: skip
    yield from each(F + "binary_cross_entropy", {"x": ((100,), "range:0.01:0.99"), "t": ((100,), "literal:1,0,0,1,0")},
                    reduction="sum")  # fmt: skip
    yield from each(F + "mse_loss", {"x": ((2, 3, 10, 11), "unit"), "t": ((2, 3, 10, 11), "unit")})
    yield from each(F + "l1_loss", {"x": ((20, 50), "range:-5:5"), "t": ((20, 50), "range:-5:5")}, reduction="sum")
    yield from each(F + "smooth_l1_loss", {"x": ((50, 4), "range:-2:2"), "t": (50, 4)}, beta=0.1111)
    yield from each(F + "huber_loss", {"x": ((100,), "range:-4:4"), "t": (100,)}, delta=0.5, reduction="none")
    yield from each(F + "kl_div", {"x": ((5, 100), "range:-8:-3"), "t": ((5, 100), "range:-8:-3")},
                    reduction="batchmean", log_target=True)  # fmt: skip
    yield from each(F + "gaussian_nll_loss", {"x": (50, 6), "t": (50, 6), "s": ((50, 1), "range:0.1:4")}, full=True,
                    dtypes=FULL)  # fmt: skip
    yield from each(F + "margin_ranking_loss", {"x": (50,), "y": (50,), "t": ((50,), "literal:1,1,-1")}, margin=0.1)
    yield from each(F + "triplet_margin_loss", {"x": (23, 10), "y": (23, 10), "z": ((23, 10), "range:-2:2")},
                    margin=1.0)  # fmt: skip
    yield from each(F + "cosine_similarity", {"x": (45, 128), "y": ((45, 128), "range:-1:1.5")}, dim=1)
    yield from each(F + "pairwise_distance", {"x": (45, 10), "y": ((45, 10), "range:-2:2")})


def _windows() -> Iterator[Case]:
    yield from each(F + "avg_pool1d", {"x": ((2, 10, 50), "range:-1:1")}, 5, 5)
    yield from each(F + "avg_pool2d", {"x": ((1, 20, 14, 14), "range:0:4")}, 7)
    yield from each(F + "avg_pool2d", {"x": ((2, 4, 11, 10), "range:-2:2")}, 3, 1, 1, count_include_pad=False)
    yield from each(F + "max_pool2d", {"x": ((1, 5, 20, 22), "range:-3:3")}, 2, 2)
    yield from each(F + "max_pool1d", {"x": ((4, 6, 50), "range:-3:3")}, 4, 4)
    yield from each(F + "adaptive_avg_pool2d", {"x": ((2, 10, 11, 13), "range:-1:4")}, [3, 3])
    yield from each(F + "adaptive_avg_pool1d", {"x": ((1, 20, 50), "range:-3:1")}, 7)
    yield from each(F + "adaptive_max_pool2d", {"x": ((1, 10, 11, 6), "range:-9:9")}, [2, 2])
    yield from each(F + "interpolate", {"x": ((1, 4, 10, 11), "range:-1:1")}, scale_factor=0.5, mode="bilinear",
                    antialias=True, dtypes=ONE)  # fmt: skip
    yield from each(F + "interpolate", {"x": ((2, 3, 10, 10), "unit")}, size=[14, 14], mode="bicubic")
    yield from each(F + "interpolate", {"x": ((1, 10, 5, 6), "range:-3:3")}, size=[10, 12], mode="nearest")
    yield from each(F + "interpolate", {"x": ((2, 20, 10), "range:-2:2")}, scale_factor=4.0, mode="linear")
    yield from each(F + "interpolate", {"x": ((1, 19, 5, 7), "range:-9:9")}, size=[20, 28], mode="bilinear",
                    align_corners=True)  # fmt: skip
    yield from each(F + "grid_sample", {"x": (2, 4, 10, 11), "g": ((2, 6, 5, 2), "range:-0.95:0.95")},
                    align_corners=True, dtypes=FULL)  # fmt: skip
    yield from each(F + "grid_sample", {"x": (1, 2, 10, 6), "g": ((1, 5, 11, 2), "range:-1:1")}, mode="bicubic",
                    padding_mode="zeros", align_corners=False, dtypes=ONE)  # fmt: skip
    yield from each(F + "pad", {"x": (2, 20, 14)}, [5, 4], mode="replicate")
    yield from each(F + "pixel_shuffle", {"x": (1, 20, 5, 6)}, 2)


def _gathered() -> Iterator[Case]:
    yield from each(F + "embedding", {"i": ((5, 20), "index:100", "int64"), "w": ((100, 20), "range:-0.02:0.02")})
    bag: Tensors = {"i": ((10, 22), "index:200", "int64"), "w": ((200, 5), "range:-0.5:0.5")}
    yield from each(F + "embedding_bag", bag, mode="mean")
    yield from each(F + "embedding_bag", {"i": ((22, 10), "index:50", "int64"), "w": (50, 11)}, mode="max")
    rows: Tensors = {"x": ((50, 4), "zeros"), "i": ((300,), "index:50", "int64"), "s": ((300, 4), "range:-1:2")}
    yield from each("torch.index_add", rows, args=({"v": "x"}, 0, *v("i", "s")))
    nodes: Tensors = {"x": ((22, 5), "zeros"), "i": ((100, 5), "index:22", "int64"), "s": (100, 5)}
    yield from each("torch.scatter_add", nodes, args=({"v": "x"}, 0, *v("i", "s")))
    yield from each("torch.scatter_reduce", {**nodes, "s": ((100, 5), "range:0:4")},
                    args=({"v": "x"}, 0, *v("i", "s"), "mean"), include_self=False)  # fmt: skip
    yield from each("torch.topk", {"x": ((10, 200), "range:-8:8")}, 5)
    yield from each("torch.sort", {"x": ((5, 100), "range:-1:1")}, descending=True)
    yield from each("torch.cdist", {"x": ((2, 20, 3), "range:-4:4"), "y": ((2, 22, 3), "range:-4:4")}, dtypes=FULL)
    yield from each("torch.gather", {"x": ((11, 50), "range:-3:3"), "i": ((11, 4), "index:50", "int64")},
                    args=(*v("x"), 1, *v("i")))  # fmt: skip
    yield from each("torch.where", {"m": ((20, 50), "literal:1,0,0,1,1", "bool"), "x": (20, 50), "y": (50,)},
                    dtypes=LONG)  # fmt: skip
