"""Public operators that most models call, at shapes, options, dimensions and values that no set before has.

See fourteenth.py; written without a look at the rules or at any score. Not in half precision: what a CPU has no kernel
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
    *(("float32",), ("bfloat16",), ("float64",), ("float16",)),
    *(("bfloat16",), ("float16", "float32"), ("float32",), ("float64", "bfloat16")),
)
each = each_of("fourteenth", SOME)
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
    return seventh_core.seed(name, "fourteenth")


def _products() -> Iterator[Case]:
    yield from each("torch.matmul", {"x": ((1, 1025), _UNIT), "y": ((1025, 3), "range:-0.2:0.1")})
    yield from each("torch.matmul", {"x": ((2, 1, 31, 1), "range:-3:3"), "y": (1, 7, 1, 33)})
    yield from each("torch.matmul", {"x": ((63, 2), "range:-300:200"), "y": ((2, 65), "range:0.001:0.02")})
    yield from each("torch.mm", {"x": ((3, 257), "range:0:0.1"), "y": ((257, 129), "range:-0.4:0.5")})
    yield from each("torch.bmm", {"x": ((31, 1, 7), "wide"), "y": ((31, 7, 2), _UNIT)}, dtypes=LONG)
    yield from each("torch.addmm", {"c": ((1, 33), "range:-9:9"), "x": (31, 63), "y": ((63, 33), _UNIT)}, beta=0.25,
                    alpha=-0.5)  # fmt: skip
    yield from each("torch.baddbmm", {"c": (3, 1, 7), "x": (3, 33, 129), "y": ((3, 129, 7), "range:-0.1:0.2")}, beta=0)
    yield from each("torch.addr", {"c": (31, 65), "x": ((31,), "range:-2:1"), "y": (65,)}, beta=0.75, alpha=-1.5)
    yield from each("torch.dot", {"x": ((1025,), _UNIT), "y": ((1025,), "range:-0.5:0.2")})
    yield from each(F + "linear", {"x": ((1, 3, 1025), _UNIT), "w": ((7, 1025), "range:-0.05:0.05"), "b": (7,)})
    yield from each(F + "linear", {"x": ((129,), "range:-2:2"), "w": ((33, 129), "range:-0.2:0.3")})
    yield from each("torch.tensordot", {"x": (7, 3, 31), "y": ((31, 2, 3), _UNIT)}, dims=[[2, 1], [0, 2]])
    for pattern, x, y in (
        ("bhqd,bhkd->bhqk", (2, 1, 31, 7), (2, 1, 33, 7)),
        ("...ij,...kj->...ik", (3, 1, 7, 65), (3, 2, 9, 65)),
        ("i,j->ji", (63,), (31,)),
        ("bcn,bcm->bc", (3, 7, 31), (3, 7, 33)),
    ):
        yield from each("torch.einsum", {"x": (x, "range:-1:0.8"), "y": y}, args=(pattern, *v("x", "y")))


def _filters() -> Iterator[Case]:
    yield from each(F + "conv1d", {"x": ((1, 7, 129), _UNIT), "w": ((2, 7, 31), "range:-0.2:0.3"), "b": (2,)},
                    stride=7, dilation=3)  # fmt: skip
    yield from each(F + "conv1d", {"x": ((3, 1, 65), "range:-2:2"), "w": ((5, 1, 2), _UNIT)}, padding="same",
                    dilation=3)  # fmt: skip
    yield from each(F + "conv2d", {"x": ((1, 1, 33, 31), "range:0:1"), "w": ((3, 1, 7, 1), _UNIT), "b": (3,)},
                    stride=[3, 2], padding=[3, 0])  # fmt: skip
    yield from each(F + "conv2d", {"x": ((2, 12, 7, 9), _UNIT), "w": ((8, 3, 3, 2), "range:-0.5:0.5")}, groups=4,
                    dilation=[2, 3], padding=[2, 3])  # fmt: skip
    yield from each(F + "conv2d", {"x": ((7, 63, 1, 1), _UNIT), "w": ((31, 63, 1, 1), "range:-0.3:0.3"), "b": (31,)})
    yield from each(F + "conv3d", {"x": ((2, 4, 3, 7, 5), _UNIT), "w": ((4, 1, 3, 3, 3), _UNIT), "b": (4,)}, groups=4,
                    stride=[1, 2, 1], padding=1)  # fmt: skip
    yield from each(F + "conv_transpose1d", {"x": ((1, 6, 31), _UNIT), "w": ((6, 2, 5), "range:-0.4:0.4"), "b": (4,)},
                    stride=2, dilation=2, groups=2, padding=3, output_padding=1, dtypes=LONG)  # fmt: skip
    yield from each(F + "conv_transpose2d", {"x": ((2, 3, 7, 1), _UNIT), "w": ((3, 5, 2, 4), _UNIT)}, stride=[3, 1],
                    padding=[0, 1], dtypes=ONE)  # fmt: skip
    yield from each(F + "conv_transpose3d", {"x": ((1, 3, 2, 3, 4), _UNIT), "w": ((3, 2, 3, 2, 2), _UNIT), "b": (2,)},
                    stride=2, output_padding=1, dtypes=LONG)  # fmt: skip


def _folded() -> Iterator[Case]:
    yield from each("torch.sum", {"x": ((7, 1025), "range:-1:1.1")}, dim=-1)
    yield from each("torch.sum", {"x": ((31, 1, 65), "offset")}, dim=[1, 2], keepdim=True)
    yield from each("torch.mean", {"x": ((3, 33, 2, 31), "range:-0.01:0.02")}, dim=[1, 3], keepdim=True)
    yield from each("torch.mean", {"x": ((1025, 3), "range:90:110")}, dim=0, dtypes=FULL)
    yield from each("torch.var", {"x": ((33, 2), "range:-3:3")}, dim=1)
    yield from each("torch.var", {"x": ((7, 129), "range:30:34")}, dim=-1, correction=1, keepdim=True)
    yield from each("torch.std", {"x": ((3, 7, 31), "range:-5:1")}, dim=[0, 1], correction=3)
    yield from each("torch.std_mean", {"x": ((65, 33), "range:0:0.01")}, dim=1, correction=0, dtypes=LONG)
    yield from each("torch.prod", {"x": ((7, 31), "range:0.8:1.25")}, -1, True)
    yield from each("torch.logsumexp", {"x": ((3, 1025), "range:-30:20")}, -1, True)
    yield from each("torch.logsumexp", {"x": ((33, 1, 7), "range:-2:2")}, [1])
    yield from each("torch.amax", {"x": ((7, 31, 3), "range:-3:3")}, [0, 2])
    yield from each(L + "vector_norm", {"x": ((33, 65), "range:-2:2")}, 0.5, 1)
    yield from each(L + "vector_norm", {"x": ((7, 3, 129), "range:-1:1.5")}, float("-inf"), -1, True)
    yield from each("torch.norm", {"x": ((2, 257), "range:-20:30")}, 2, -1, True)
    yield from each("torch.cumsum", {"x": ((2, 1025), "range:-0.3:0.2")}, -1)
    yield from each("torch.cumprod", {"x": ((33, 31), "range:-1.2:1.2")}, -1)
    yield from each("torch.logcumsumexp", {"x": ((127, 3), "range:-1:20")}, 0)
    yield from each("torch.quantile", {"x": ((257, 7), "range:-9:1"), "q": ((2,), "literal:0.05,0.95")}, dim=0,
                    interpolation="midpoint", keepdim=True, dtypes=ONE)  # fmt: skip
    yield from each("torch.trapezoid", {"y": ((9, 33), "range:-1:4"), "x": ((33,), "arange")}, dim=-1)


def _scaled() -> Iterator[Case]:
    yield from each(F + "softmax", {"x": ((2, 1025), "range:-30:10")}, dim=-1)
    yield from each(F + "softmax", {"x": ((31, 1, 7), "range:-2:3")}, dim=0)
    yield from each(F + "log_softmax", {"x": ((129, 2), "range:-20:20")}, dim=1)
    yield from each(F + "log_softmax", {"x": ((7, 257), "range:80:90")}, dim=-1)
    row: Tensors = {"x": ((3, 1025), "range:-2:7"), "w": ((1025,), "range:-0.5:1.5"), "b": ((1025,), _UNIT)}
    yield from each(F + "layer_norm", row, args=({"v": "x"}, [1025], *v("w", "b")), eps=1e-3)
    yield from each(F + "layer_norm", {"x": ((31, 2, 3, 7), "range:9:11")}, [2, 3, 7], dtypes=FULL)
    small: Tensors = {"x": ((33, 7), "range:-0.01:0.01"), "w": (7,)}
    yield from each(F + "layer_norm", small, args=({"v": "x"}, [7], {"v": "w"}, None), eps=1e-5)
    rms: Tensors = {"x": ((2, 31, 1, 65), "range:-0.1:0.3"), "w": ((1, 65), "range:0.9:1.1")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [1, 65], {"v": "w"}))
    yield from each(F + "rms_norm", {"x": ((7, 257), "range:-200:100")}, [257], eps=1e-6)
    group: Tensors = {"x": ((2, 33, 3, 5), "range:-1:5"), "w": ((33,), "range:0.1:1"), "b": (33,)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 11, *v("w", "b")), eps=1e-2)
    yield from each(F + "group_norm", {"x": ((7, 6, 31), "range:-2:2")}, 1)
    line: Tensors = {"x": ((3, 7, 33), "range:0:4"), "m": ((7,), "range:1:3"), "s": ((7,), "range:0.01:0.5"), "w": (7,)}
    yield from each(F + "batch_norm", line, args=(*v("x", "m", "s", "w"), None), eps=1e-2)
    train: Tensors = {"x": ((65, 3), "range:5:9"), "b": (3,)}
    yield from each(F + "batch_norm", train, args=({"v": "x"}, None, None, None, {"v": "b"}, True), eps=1e-5)
    yield from each(F + "instance_norm", {"x": ((7, 2, 65), "range:-1:9")}, eps=1e-2)
    yield from each(F + "normalize", {"x": ((3, 65, 2), "range:-9:4")}, p=1.0, dim=-1)
    yield from each(F + "normalize", {"x": ((31, 33), "range:-0.001:0.001")}, dim=0, eps=0.01, dtypes=ONE)


def _heads() -> Iterator[Case]:
    sdpa = F + "scaled_dot_product_attention"
    yield from each(sdpa, {"q": (1, 1, 1, 63), "k": ((1, 1, 257, 63), _UNIT), "v": (1, 1, 257, 63)})
    yield from each(sdpa, {"q": ((2, 3, 31, 7), "range:-4:4"), "k": (2, 3, 31, 7), "v": ((2, 3, 31, 2), _UNIT)},
                    is_causal=True, scale=1.0)  # fmt: skip
    yield from each(sdpa, {"q": (1, 6, 7, 32), "k": (1, 3, 65, 32), "v": ((1, 3, 65, 16), "range:2:3")},
                    enable_gqa=True, scale=0.3)  # fmt: skip
    alibi: Tensors = {"q": (2, 4, 9, 15), "k": (2, 4, 33, 15), "v": (2, 4, 33, 15), "m": ((4, 1, 33), "range:-9:0")}
    yield from each(sdpa, alibi, args=tuple(v("q", "k", "v", "m")))
    padded: Tensors = {"q": ((3, 2, 7, 8), _UNIT), "k": (3, 2, 31, 8), "v": (3, 2, 31, 8),
                       "m": ((3, 1, 1, 31), "literal:1,1,1,1,0,1,0,0", "bool")}  # fmt: skip
    yield from each(sdpa, padded, args=tuple(v("q", "k", "v", "m")), scale=0.5)
    yield from each(sdpa, {"q": ((65, 3), _UNIT), "k": ((33, 3), "range:-2:2"), "v": ((33, 7), "range:-1:4")})


def _gates() -> Iterator[Case]:
    given: Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]] = {
        "gelu": [("range:-1:12", {}), ("range:-0.01:0.01", {"approximate": "tanh"})],
        "silu": [("range:-30:1", {})],
        "mish": [("range:-14:5", {})],
        "celu": [("range:-9:1", {"alpha": 2.5})],
        "elu": [("range:-0.1:0.1", {"alpha": 1.3})],
        "softplus": [("range:-2:30", {"beta": 0.6, "threshold": 5.0})],
        "softsign": [("range:-90:30", {})],
        "logsigmoid": [("range:-40:12", {})],
        "hardtanh": [("range:-4:4", {"min_val": -0.3, "max_val": 2.2})],
        "hardsigmoid": [("range:-4:5", {})],
        "hardshrink": [("range:-2:2", {"lambd": 0.75})],
        "leaky_relu": [("range:-40:3", {"negative_slope": 0.003})],
        "tanhshrink": [("range:-0.4:0.4", {})],
    }
    for name, samples in given.items():
        for values, options in samples:
            yield from each(F + name, {"x": ((7, 3, 31), values)}, **options)
    yield from each(F + "glu", {"x": ((2, 66, 7), "range:-9:9")}, dim=1)
    yield from each(F + "prelu", {"x": ((31, 7), "range:-9:2"), "w": ((7,), "range:-1:1.5")})


def _elements() -> Iterator[Case]:
    for name, values in {
        "exp": "range:-0.02:0.02",
        "exp2": "range:-12:9",
        "expm1": "range:-9:0.1",
        "log": "range:0.9:1.1",
        "log1p": "range:-0.6:0.1",
        "log10": "range:0.001:2",
        "rsqrt": "range:0.001:0.2",
        "reciprocal": "range:-9:-0.1",
        "cos": "range:-60:60",
        "sinc": "range:-4:4",
        "asin": "range:-1:1",
        "acosh": "range:1.01:90",
        "cosh": "range:-6:2",
        "sinh": "range:-0.5:6",
        "tanh": "range:-0.1:0.1",
        "sigmoid": "range:4:15",
        "erf": "range:-0.3:0.3",
        "erfinv": "range:-0.7:0.9",
        "digamma": "range:0.2:30",
        "frac": "range:-9:9",
    }.items():
        yield from each("torch." + name, {"x": ((3, 257), values)})
    yield from each(S + "entr", {"x": ((3, 257), "range:0.001:3")}, dtypes=LONG)
    yield from each("torch.pow", {"x": ((65, 7), "range:-3:3")}, 5)
    yield from each("torch.pow", {"x": ((65, 7), "range:0.05:9")}, -1.5)
    yield from each("torch.div", {"x": ((65, 7), "range:-20:20"), "y": ((65, 1), "range:0.5:3")}, rounding_mode="floor",
                    dtypes=LONG)  # fmt: skip
    yield from each("torch.div", {"x": ((1, 7), "range:-3:5"), "y": ((65, 1), "range:-9:-0.2")})
    yield from each(
        "torch.addcdiv", {"x": (65, 7), "y": ((7,), "range:-2:2"), "z": ((65, 1), "range:0.3:4")}, value=0.3
    )
    yield from each("torch.lerp", {"x": ((65, 7), "range:-9:9"), "y": (65, 7)}, 0.1)


def _errors() -> Iterator[Case]:
    word: Tensors = {"x": ((3, 1025), "range:-9:5"), "t": ((3,), "index:1025", "int64")}
    yield from each(F + "cross_entropy", word, reduction="sum")
    skip: Tensors = {"x": ((31, 7), _UNIT), "t": ((31,), "literal:0,-100,3,6,-100,2,5,1,4", "int64"), "w": (7,)}
    yield from each(F + "cross_entropy", {**skip, "w": ((7,), "range:0.1:3")}, args=v("x", "t"), weight={"v": "w"},
                    label_smoothing=0.15)  # fmt: skip
    yield from each(F + "nll_loss", {"x": ((33, 3), "range:-3:-0.05"), "t": ((33,), "index:3", "int64"),
                                     "w": ((3,), "range:0.2:2")}, args=v("x", "t"), weight={"v": "w"},
                    ignore_index=1)  # fmt: skip
    yield from each(F + "binary_cross_entropy_with_logits", {"x": ((7, 33), "range:-12:12"), "t": ((7, 33), "unit"),
                                                             "p": ((33,), "range:0.5:9")}, args=v("x", "t"),
                    pos_weight={"v": "p"}, reduction="none")  # fmt: skip
    yield from each(F + "mse_loss", {"x": ((31, 33), "range:50:60"), "t": ((31, 33), "range:50:60")}, reduction="sum")
    yield from each(F + "smooth_l1_loss", {"x": ((65, 3), "range:-3:3"), "t": (65, 3)}, beta=0.3, reduction="none")
    yield from each(F + "kl_div", {"x": ((7, 63), "range:-7:-2"), "t": ((7, 63), "range:0:0.05")}, reduction="none")
    yield from each(F + "gaussian_nll_loss", {"x": (31, 7), "t": (31, 7), "s": ((31, 7), "range:0.001:0.5")}, eps=0.01,
                    reduction="none", dtypes=LONG)  # fmt: skip
    yield from each(F + "margin_ranking_loss", {"x": (63,), "y": (63,), "t": ((63,), "literal:1,-1,-1,1,1")},
                    margin=0.4, reduction="none")  # fmt: skip
    yield from each(
        F + "cosine_similarity", {"x": ((3, 1, 65), "range:-2:2"), "y": ((1, 31, 65), "range:-1:3")}, dim=-1
    )
    yield from each(F + "pairwise_distance", {"x": (33, 7), "y": ((7,), "range:1:3")}, 1.5, 1e-3, True, dtypes=FULL)


def _windows() -> Iterator[Case]:
    yield from each(F + "avg_pool1d", {"x": ((2, 3, 129), "range:-2:9")}, 7, 3, 3, ceil_mode=True,
                    count_include_pad=False)  # fmt: skip
    yield from each(F + "avg_pool2d", {"x": ((1, 7, 15, 31), "range:0:2")}, [3, 1], divisor_override=2)
    yield from each(F + "avg_pool3d", {"x": ((2, 3, 5, 7, 6), _UNIT)}, 3, 2, 1, dtypes=LONG)
    yield from each(F + "max_pool1d", {"x": ((3, 7, 65), "range:-9:9")}, 3, 2, 1, dilation=2)
    yield from each(F + "max_pool2d", {"x": ((2, 3, 15, 9), "ties")}, 3, 2, 1, ceil_mode=True)
    yield from each(F + "adaptive_avg_pool1d", {"x": ((2, 7, 65), "range:-1:3")}, 63)
    yield from each(F + "adaptive_avg_pool2d", {"x": ((1, 31, 7, 7), "range:-1:3")}, [1, 1])
    yield from each(F + "interpolate", {"x": ((1, 2, 7, 3), "range:-3:3")}, scale_factor=[1.7, 2.3], mode="bilinear")
    yield from each(F + "interpolate", {"x": ((2, 1, 9, 7), "range:-1:2")}, size=[31, 2], mode="bicubic",
                    align_corners=True)  # fmt: skip
    yield from each(F + "interpolate", {"x": ((1, 2, 3, 5, 4), _UNIT)}, scale_factor=2, mode="trilinear", dtypes=LONG)
    yield from each(F + "interpolate", {"x": ((3, 2, 31), "range:-2:2")}, size=7, mode="nearest-exact")
    yield from each(F + "grid_sample", {"x": (1, 3, 7, 9), "g": ((1, 5, 6, 2), "range:-1.5:1.5")}, mode="bilinear",
                    padding_mode="reflection", align_corners=True, dtypes=ONE)  # fmt: skip
    yield from each(F + "pad", {"x": (2, 3, 7, 5)}, [2, -1, 0, 3], value=-1.5)
    yield from each(F + "pad", {"x": (1, 3, 7, 9)}, [3, 2, 5, 1], mode="reflect")


def _gathered() -> Iterator[Case]:
    bag: Tensors = {"i": ((31,), "index:33", "int64"), "w": (33, 7), "o": ((5,), "literal:0,3,3,17,30", "int64")}
    yield from each(F + "embedding_bag", bag, mode="sum")
    yield from each(F + "embedding_bag", {**bag, "s": ((31,), "range:-1:2")}, args=v("i", "w", "o"), mode="sum",
                    per_sample_weights={"v": "s"}, include_last_offset=True)  # fmt: skip
    yield from each(F + "embedding", {"i": ((2, 1, 7), "index:65", "int64"), "w": (65, 3)}, padding_idx=0)
    rows: Tensors = {"x": ((7, 3), _UNIT), "i": ((257,), "index:7", "int64"), "s": ((257, 3), "range:-0.1:0.2")}
    yield from each("torch.index_add", rows, args=({"v": "x"}, 0, *v("i", "s")))
    wide: Tensors = {"x": ((2, 31), "zeros"), "i": ((2, 1025), "index:31", "int64"), "s": ((2, 1025), "range:0:0.3")}
    yield from each("torch.scatter_add", wide, args=({"v": "x"}, 1, *v("i", "s")))
    yield from each("torch.topk", {"x": ((3, 129), "range:-3:3")}, 7, -1)
    yield from each("torch.sort", {"x": ((65, 2), "ties")}, dim=0, stable=True)
    yield from each("torch.cdist", {"x": ((1, 33, 7), "range:-3:3"), "y": ((2, 31, 7), _UNIT)},
                    compute_mode="donot_use_mm_for_euclid_dist", dtypes=LONG)  # fmt: skip
