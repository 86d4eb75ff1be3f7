"""Public operators that most models call, at shapes, options, dimensions and values that no set before has.

See ninth.py; written without a look at the rules or at any score. Not in half precision: what a CPU has no kernel
for. Each operator's numbers have a seed of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.scoreboard.sets import seventh_core
from benchmarks.scoreboard.sets.seventh_core import each_of, v
from benchmarks.scoreboard.sets.sixth_core import DTYPES, FULL, F, L, Tensors
from harness.case import Case

ONE = ("float32",)
# Of a case without dtypes of its own, by the checksum of what it is given.
SOME = (
    *(("float32", "bfloat16"), ("float64", "bfloat16"), ("float64",), ("float32", "float16")),
    *(("bfloat16",), ("float16",), ("float32",)),
)
each = each_of("ninth", SOME)


def cases() -> Iterator[Case]:
    """Every one of these operators, on its samples in each dtype it runs in."""
    yield from _products()
    yield from _convolutions()
    yield from _reductions()
    yield from _scans()
    yield from _softmaxes()
    yield from _norms()
    yield from _attention()
    yield from _activations()
    yield from _functions()
    yield from _arithmetic()
    yield from _losses()
    yield from _pools()
    yield from _indexed()


def seed(name: str) -> int:
    """The seed of a function's or an operator's numbers."""
    return seventh_core.seed(name, "ninth")


def _products() -> Iterator[Case]:
    yield from each("torch.matmul", {"x": ((22, 112), "range:-0.5:1"), "y": (112, 26)}, dtypes=DTYPES)
    yield from each("torch.matmul", {"x": (4, 1, 14, 22), "y": ((1, 3, 22, 11), "range:0:0.2")})
    yield from each("torch.matmul", {"x": ((5, 14, 66), "range:-1:1"), "y": ((66,), "range:-0.3:0.3")})
    yield from each("torch.mm", {"x": ((11, 2200), "range:-0.1:0.1"), "y": ((2200, 7), "range:-0.3:0.3")})
    yield from each("torch.mm", {"x": ((88, 3), "unit"), "y": ((3, 44), "range:-5:5")})
    yield from each("torch.bmm", {"x": ((7, 1, 96), "range:-1:1"), "y": (7, 96, 28)})
    yield from each("torch.mv", {"x": ((110, 260), "range:-0.2:0.3"), "y": ((260,), "unit")})
    head: Tensors = {"x": (2, 7, 176), "w": ((66, 176), "range:-0.08:0.08"), "b": ((66,), "range:-0.2:0.1")}
    yield from each(F + "linear", head, dtypes=DTYPES)
    yield from each(F + "linear", {"x": ((28, 512), "range:-0.02:0.02"), "w": ((14, 512), "range:-1:1")})
    yield from each(F + "linear", {"x": ((3, 2, 11, 22), "range:0:1"), "w": ((33, 22), "unit"), "b": (33,)})
    yield from each("torch.addmm", {"c": (22, 1), "x": (22, 88), "y": ((88, 28), "unit")}, beta=-1.0, alpha=0.125)
    yield from each("torch.baddbmm", {"c": (3, 14, 11), "x": (3, 14, 50), "y": (3, 50, 11)}, beta=0.3, alpha=-0.2)
    yield from each("torch.tensordot", {"x": (7, 4, 22), "y": ((22, 4, 13), "unit")}, dims=[[1, 2], [1, 0]])
    for pattern, x, y in (
        ("nhwc,co->nhwo", (2, 5, 6, 33), (33, 14)),
        ("bsgd,btgd->bgst", (2, 11, 3, 14), (2, 13, 3, 14)),
        ("eti,eio->eto", (4, 11, 26), (4, 26, 13)),
        ("bi,bj->bij", (9, 11), (9, 13)),
        ("abc,abc->c", (6, 22, 70), (6, 22, 70)),
    ):
        yield from each("torch.einsum", {"x": (x, "range:-1:0.7"), "y": y}, args=(pattern, *v("x", "y")))


def _convolutions() -> Iterator[Case]:
    audio: Tensors = {"x": ((2, 14, 55), "range:-1:1"), "w": ((11, 14, 7), "range:-0.1:0.1"), "b": (11,)}
    yield from each(F + "conv1d", audio, padding=3, stride=3)
    yield from each(F + "conv1d", {"x": (3, 22, 28), "w": ((22, 1, 9), "range:-0.3:0.4")}, groups=22, padding="same")
    image: Tensors = {"x": ((1, 3, 22, 26), "range:-2:2"), "w": ((7, 3, 7, 7), "range:-0.1:0.1"), "b": (7,)}
    yield from each(F + "conv2d", image, stride=2, padding=3, dtypes=DTYPES)
    yield from each(F + "conv2d", {"x": (2, 66, 4, 5), "w": ((13, 66, 1, 1), "range:-0.1:0.2")})
    yield from each(F + "conv2d", {"x": (1, 14, 9, 11), "w": ((28, 1, 5, 5), "range:-0.2:0.2")}, groups=14, padding=2)
    tall: Tensors = {"x": ((1, 8, 14, 9), "unit"), "w": ((6, 4, 5, 1), "range:-0.3:0.3"), "b": (6,)}
    yield from each(F + "conv2d", tall, groups=2, stride=[2, 1], padding=[2, 0])
    yield from each(F + "conv2d", {"x": (2, 7, 13, 11), "w": ((9, 7, 3, 3), "range:-0.2:0.1")}, dilation=2)
    clip: Tensors = {"x": ((1, 2, 6, 7, 9), "range:-1:1"), "w": ((6, 2, 3, 1, 3), "range:-0.4:0.4"), "b": (6,)}
    yield from each(F + "conv3d", clip, padding=[1, 0, 1])
    up: Tensors = {"x": (1, 14, 11), "w": ((14, 6, 8), "range:-0.2:0.2"), "b": ((6,), "range:-1:1")}
    yield from each(F + "conv_transpose1d", up, stride=4, padding=2, dtypes=FULL)
    square: Tensors = {"x": ((2, 9, 5, 7), "unit"), "w": ((9, 4, 4, 4), "range:-0.2:0.2")}
    yield from each(F + "conv_transpose2d", square, stride=2, padding=1, dtypes=FULL)
    yield from each(F + "conv_transpose2d", {"x": (1, 6, 8, 9), "w": ((6, 1, 3, 3), "unit")}, groups=6, dtypes=FULL)


def _reductions() -> Iterator[Case]:
    yield from each("torch.sum", {"x": ((66, 1100), "range:-0.2:0.2")}, dim=-1, dtypes=DTYPES)
    yield from each("torch.sum", {"x": ((7, 55, 26), "range:-3:4")}, dim=1, keepdim=True)
    yield from each("torch.sum", {"x": ((11, 14, 5, 13), "positive")}, [1, 3])
    yield from each("torch.mean", {"x": ((90, 330), "range:-2:3")}, dim=0)
    yield from each("torch.mean", {"x": ((3, 44, 7, 7), "range:0:6")}, dim=[2, 3])
    yield from each("torch.mean", {"x": ((70, 280), "range:99:101")}, dim=1, dtypes=FULL)
    yield from each("torch.nanmean", {"x": ((6, 28, 22), "range:-1:4")}, dim=[0, 2])
    yield from each("torch.var", {"x": ((3, 26, 11, 5), "range:0:3")}, [0, 2, 3], correction=0)
    yield from each("torch.std", {"x": ((4, 22, 33), "range:1:4")}, dim=[0, 2], correction=0, keepdim=True)
    yield from each("torch.var_mean", {"x": ((77, 88), "range:-1:0")}, dim=0)
    yield from each("torch.std_mean", {"x": ((5, 66, 14), "range:-2:2")}, dim=1, correction=2)
    yield from each("torch.amax", {"x": ((9, 33, 44), "range:-9:1")}, dim=[0, 1])
    yield from each("torch.amin", {"x": ((70, 28), "range:0:5")}, dim=0, keepdim=True)
    yield from each("torch.max", {"x": ((11, 14, 13), "permutation")}, 1, dtypes=FULL)
    yield from each("torch.argmax", {"x": ((66, 30), "permutation")}, dim=1, dtypes=ONE)
    yield from each("torch.median", {"x": ((60, 21), "range:-4:1")}, 0, dtypes=FULL)
    yield from each("torch.prod", {"x": ((12, 66), "range:0.5:2")}, 0)
    yield from each("torch.nansum", {"x": ((14, 66, 5), "range:0:2")}, dim=[1])
    yield from each("torch.logsumexp", {"x": ((7, 44, 33), "range:-1:6")}, [0, 2])
    yield from each(L + "vector_norm", {"x": ((66, 130), "range:0:3")}, 1, 1)
    yield from each(L + "vector_norm", {"x": ((44, 14, 6), "range:-4:4")}, 3, [1, 2], keepdim=True)
    yield from each("torch.linalg.norm", {"x": ((60, 90), "range:-1:2")}, dim=0)
    yield from each("torch.all", {"x": ((66, 7), "literal:1,1,1,1,1,1,1,0,1,1,1", "bool")}, 1, dtypes=ONE)


def _scans() -> Iterator[Case]:
    yield from each("torch.cumsum", {"x": ((7, 280), "range:-0.3:0.5")}, -1, dtypes=DTYPES)
    yield from each("torch.cumsum", {"x": ((5, 66, 7), "range:-4:4")}, 1)
    yield from each("torch.cumprod", {"x": ((33, 14), "range:0.7:1.3")}, 0)
    yield from each("torch.cummin", {"x": ((22, 44), "permutation")}, 1, dtypes=FULL)
    yield from each("torch.logcumsumexp", {"x": ((66, 11), "range:-6:2")}, 0)
    yield from each("torch.diff", {"x": ((14, 60), "range:-2:2")}, 2)
    yield from each("torch.cumulative_trapezoid", {"y": ((11, 66), "range:-1:2")}, dim=1)


def _softmaxes() -> Iterator[Case]:
    yield from each(F + "softmax", {"x": ((11, 440), "range:-2:9")}, dim=-1, dtypes=DTYPES)
    yield from each(F + "softmax", {"x": ((3, 7, 14, 11), "range:-20:0")}, dim=2)
    yield from each(F + "softmax", {"x": ((120, 13), "range:100:104")}, dim=0, dtypes=FULL)
    yield from each(F + "log_softmax", {"x": ((14, 260), "range:-1:1")}, dim=-1)
    yield from each(F + "log_softmax", {"x": ((3, 14, 7, 9), "range:-4:8")}, dim=1)
    yield from each(F + "softmin", {"x": ((22, 55), "range:-3:7")}, dim=0)
    yield from each("torch.logsumexp", {"x": ((130, 44), "range:-2:0")}, 1)


def _norms() -> Iterator[Case]:
    layer: Tensors = {"x": ((2, 9, 132), "range:-1:6"), "w": ((132,), "range:0.3:1.3"), "b": ((132,), "range:-1:1")}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [132], *v("w", "b")), eps=1e-3, dtypes=DTYPES)
    yield from each(F + "layer_norm", {"x": ((33, 55), "range:10:14")}, [55], dtypes=FULL)
    wide: Tensors = {"x": ((5, 9, 7, 11), "range:-3:3"), "w": ((7, 11), "unit")}
    yield from each(F + "layer_norm", wide, args=({"v": "x"}, [7, 11], {"v": "w"}))
    rms: Tensors = {"x": ((3, 11, 88), "range:-0.3:0.3"), "w": ((88,), "range:-1:2")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [88], {"v": "w"}), eps=1e-3, dtypes=DTYPES)
    yield from each(F + "rms_norm", {"x": ((14, 6, 28), "range:0:9")}, [6, 28], eps=1e-6)
    groups: Tensors = {"x": ((2, 22, 5, 7), "range:-1:2"), "w": ((22,), "unit"), "b": ((22,), "range:-1:1")}
    yield from each(F + "group_norm", groups, args=({"v": "x"}, 11, *v("w", "b")), eps=1e-6)
    yield from each(F + "group_norm", {"x": ((3, 14, 33), "range:-5:1")}, 1)
    batch: Tensors = {"x": ((2, 14, 6, 11), "range:-2:3"), "m": ((14,), _UNIT), "s": ((14,), "range:1:9")}
    yield from each(F + "batch_norm", batch)
    batch = {"x": ((66, 26), "range:-1:3"), "w": ((26,), "range:0.2:2"), "b": ((26,), _UNIT)}
    yield from each(F + "batch_norm", batch, args=({"v": "x"}, None, None, *v("w", "b"), True), eps=1e-2)
    instance: Tensors = {"x": ((2, 7, 9, 13), "range:0:5"), "w": ((7,), "range:0.5:1.5"), "b": ((7,), _UNIT)}
    yield from each(F + "instance_norm", instance, args=({"v": "x"}, None, None, *v("w", "b")))
    yield from each(F + "normalize", {"x": ((70, 22), "range:-1:4")}, p=1.0, dim=1)
    yield from each(F + "cosine_similarity", {"x": ((70, 33), "range:-1:2"), "y": ((1, 33), "unit")}, dim=1)


_UNIT = "range:-1:1"


def _attention() -> Iterator[Case]:
    sdpa = F + "scaled_dot_product_attention"
    plain: Tensors = {"q": ((1, 4, 22, 14), "range:-1:2"), "k": (1, 4, 33, 14), "v": ((1, 4, 33, 14), _UNIT)}
    yield from each(sdpa, plain)
    causal: Tensors = {"q": (2, 2, 28, 22), "k": (2, 2, 28, 22), "v": ((2, 2, 28, 22), "range:0:1")}
    yield from each(sdpa, causal, is_causal=True, dtypes=DTYPES)
    sharp: Tensors = {"q": ((2, 3, 11, 26), "range:-2:2"), "k": (2, 3, 44, 26), "v": (2, 3, 44, 26)}
    yield from each(sdpa, sharp, scale=0.5)
    one: Tensors = {"q": (2, 8, 1, 26), "k": (2, 2, 55, 26), "v": ((2, 2, 55, 26), _UNIT)}
    yield from each(sdpa, one, enable_gqa=True)
    biased: Tensors = {"q": (1, 4, 14, 12), "k": (1, 4, 22, 12), "v": (1, 4, 22, 12), "m": ((4, 14, 22), "range:-4:0")}
    yield from each(sdpa, biased, args=tuple(v("q", "k", "v", "m")))
    flat: Tensors = {"q": ((33, 9), _UNIT), "k": (44, 9), "v": (44, 9), "m": ((33, 44), "literal:1,0,1,1,0", "bool")}
    yield from each(sdpa, flat, args=tuple(v("q", "k", "v", "m")), scale=1.0)
    narrow: Tensors = {"q": (3, 1, 22, 33), "k": (3, 1, 22, 33), "v": ((3, 1, 22, 7), "range:-2:1")}
    yield from each(sdpa, narrow)


def _activations() -> Iterator[Case]:
    given: Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]] = {
        "gelu": [("range:-1:4", {}), ("range:-3:3", {"approximate": "tanh"})],
        "silu": [("range:-8:2", {}), ("range:-1:1", {})],
        "relu": [("range:-1:5", {})],
        "relu6": [("range:2:8", {})],
        "elu": [("range:-3:3", {"alpha": 0.6})],
        "selu": [("range:-6:1", {})],
        "celu": [("range:-4:2", {"alpha": 0.5})],
        "mish": [("range:-9:3", {})],
        "softplus": [("range:-4:9", {"beta": 2.0, "threshold": 8.0}), ("range:0:3", {})],
        "leaky_relu": [("range:-5:1", {"negative_slope": 0.2})],
        "hardsigmoid": [("range:-2.5:2.5", {})],
        "hardswish": [("range:-3:6", {})],
        "hardtanh": [("range:-9:9", {"min_val": -6.0, "max_val": 4.0})],
        "logsigmoid": [("range:-2:9", {})],
        "softsign": [("range:-1:30", {})],
        "tanhshrink": [("range:0.5:4", {})],
        "softshrink": [("range:-3:3", {"lambd": 0.25})],
        "threshold": [("range:-1:4", {"threshold": 0.0, "value": 2.0})],
    }
    for name, samples in given.items():
        for values, options in samples:
            yield from each(F + name, {"x": ((33, 44), values)}, **options)
    yield from each(F + "glu", {"x": ((66, 28), _UNIT)}, dim=-1)
    yield from each(F + "glu", {"x": ((3, 14, 5, 6), "range:-4:4")}, dim=1)
    yield from each(F + "prelu", {"x": ((3, 14, 33), "range:-3:1"), "w": ((14,), "range:0.1:0.5")})


def _functions() -> Iterator[Case]:
    for name, values in {
        "exp": "range:-9:1",
        "exp2": "range:-1:9",
        "expm1": "range:-4:2",
        "log": "range:0.5:40",
        "log2": "range:1:500",
        "log10": "range:0.01:1",
        "log1p": "range:0:20",
        "sqrt": "range:2:90",
        "rsqrt": "range:0.01:1",
        "reciprocal": "range:-4:-0.25",
        "square": "range:-0.5:0.5",
        "sin": "range:-3.1:3.1",
        "cos": "range:-40:40",
        "tan": "range:-1.3:1.3",
        "atan": "range:-1:1",
        "asin": "range:-0.5:0.5",
        "acos": "range:-0.6:0.8",
        "sinh": "range:-1:1",
        "cosh": "range:-2:2",
        "tanh": "range:-5:5",
        "sigmoid": "range:-12:3",
        "erf": "range:0.1:2.5",
        "erfc": "range:0:3",
        "lgamma": "range:3:30",
        "ceil": "range:-9:30",
        "sign": "range:-2:2",
        "neg": "range:-3:9",
    }.items():
        dtypes = DTYPES if name in ("exp", "sqrt", "sin") else ()
        yield from each("torch." + name, {"x": ((26, 44), values)}, dtypes=dtypes)


def _arithmetic() -> Iterator[Case]:
    yield from each("torch.pow", {"x": ((26, 33), "range:0.5:3")}, -1.5)
    yield from each("torch.pow", {"x": ((26, 33), "range:-2:2")}, 3)
    yield from each("torch.pow", {"y": ((26, 33), "range:-3:3")}, args=(1.7, {"v": "y"}))
    yield from each("torch.add", {"x": (4, 33, 7), "y": ((4, 1, 7), "range:-5:5")}, alpha=0.3)
    yield from each("torch.sub", {"x": (26, 44), "y": ((26, 1), "unit")}, alpha=2.5)
    yield from each("torch.mul", {"x": ((26, 44), "range:-0.1:0.1"), "y": ((26, 44), "range:-30:30")})
    yield from each("torch.mul", {"x": ((33, 26), "wide"), "y": ((26,), "range:0.9:1.1")})
    yield from each("torch.div", {"x": ((26, 44), "range:0:1"), "y": ((26, 1), "range:5:90")})
    yield from each("torch.div", {"x": ((26, 44), "range:-4:4")}, 7.0)
    yield from each("torch.addcmul", {"x": ((33, 28), _UNIT), "y": (33, 1), "z": (28,)}, value=2.0)
    yield from each("torch.addcdiv", {"x": (33, 28), "y": (33, 28), "z": ((28,), "range:2:9")}, value=-0.7)
    yield from each("torch.lerp", {"x": ((33, 28), "range:0:9"), "y": (33, 28), "w": ((28,), "unit")})
    yield from each("torch.clamp", {"x": (33, 28), "a": ((28,), "range:-1:0"), "b": ((28,), "range:0:1")})
    yield from each("torch.where", {"m": ((33, 1), "literal:0,1,1", "bool"), "x": ((28,), _UNIT), "y": (33, 28)})
    yield from each("torch.minimum", {"x": ((33, 28), "range:0:3"), "y": ((28,), "range:1:2")})
    yield from each("torch.ge", {"x": ((33, 28), "permutation"), "y": ((33, 28), "permutation")}, dtypes=ONE)


def _losses() -> Iterator[Case]:
    tokens: Tensors = {"x": ((88, 77), "range:-2:7"), "t": ((88,), "index:77", "int64"), "w": ((77,), "range:0.2:2")}
    yield from each(F + "cross_entropy", {k: tokens[k] for k in "xt"}, label_smoothing=0.05, reduction="none")
    yield from each(F + "cross_entropy", tokens, reduction="none", dtypes=DTYPES)
    yield from each(F + "cross_entropy", tokens, reduction="none", ignore_index=5)
    soft: Tensors = {"x": ((66, 14), "range:-4:4"), "t": ((66, 14), "range:0:0.14")}
    yield from each(F + "cross_entropy", soft, reduction="none")
    logs: Tensors = {"x": ((2, 7, 9, 6), "range:-5:0"), "t": ((2, 9, 6), "index:7", "int64")}
    yield from each(F + "nll_loss", logs, reduction="none")
    yield from each(F + "mse_loss", {"x": (44, 33), "t": ((44, 33), _UNIT)}, reduction="none")
    yield from each(F + "l1_loss", {"x": ((26, 33), "range:0:1"), "t": ((26, 33), "range:2:4")}, reduction="none")
    boxes: Tensors = {"x": ((90, 4), "range:-2:2"), "t": ((90, 4), _UNIT)}
    yield from each(F + "smooth_l1_loss", boxes, beta=0.4, reduction="none")
    yield from each(F + "huber_loss", {"x": ((66, 14), "range:-3:3"), "t": (66, 14)}, delta=0.3, reduction="none")
    binary: Tensors = {"x": ((44, 14), "range:-6:2"), "t": ((44, 14), "range:0:1")}
    yield from each(F + "binary_cross_entropy_with_logits", binary, reduction="none", dtypes=DTYPES)
    more: Tensors = {**binary, "p": ((14,), "range:0.5:5")}
    args = tuple(v("x", "t"))
    yield from each(F + "binary_cross_entropy_with_logits", more, args=args, pos_weight={"v": "p"}, reduction="none")
    chances: Tensors = {"x": ((44, 14), "range:0.1:0.9"), "t": ((44, 14), "unit"), "w": ((14,), "range:0:3")}
    yield from each(F + "binary_cross_entropy", chances, args=args, weight={"v": "w"}, reduction="none")
    shares: Tensors = {"x": ((28, 33), "range:-6:-1"), "t": ((28, 33), "range:-5:-2")}
    yield from each(F + "kl_div", shares, reduction="none", log_target=True)
    triple: Tensors = {"a": ((88, 14), _UNIT), "p": ((88, 14), _UNIT), "n": (88, 14)}
    yield from each(F + "triplet_margin_loss", triple, margin=9.0, p=2.0, swap=False, reduction="none")
    pairs: Tensors = {"x": ((88, 14), "unit"), "y": (88, 14), "t": ((88,), "literal:1,1,-1", "int64")}
    yield from each(F + "cosine_embedding_loss", pairs, margin=-0.5, reduction="none")
    normal: Tensors = {"x": (44, 14), "t": (44, 14), "s": ((44, 1), "range:0.2:3")}
    yield from each(F + "gaussian_nll_loss", normal, full=True, reduction="none")


def _pools() -> Iterator[Case]:
    yield from each(F + "avg_pool1d", {"x": ((2, 14, 45), "range:-1:3")}, 7, 3, 3, count_include_pad=False)
    yield from each(F + "avg_pool2d", {"x": ((2, 7, 13, 15), "range:0:2")}, [3, 5], [2, 3], [1, 2], ceil_mode=True)
    yield from each(F + "avg_pool2d", {"x": (1, 9, 12, 16)}, 4, divisor_override=10)
    yield from each(F + "max_pool2d", {"x": ((2, 7, 13, 11), "range:-3:3")}, 3, 2, 1, ceil_mode=True)
    yield from each(F + "max_pool2d", {"x": (1, 7, 14, 15)}, 2, 1, 0, 3)
    yield from each(F + "max_pool1d", {"x": ((4, 11, 44), "unit")}, 5, 2, 2, 2)
    yield from each(F + "adaptive_avg_pool2d", {"x": ((3, 7, 11, 14), "range:-1:2")}, [3, 5])
    yield from each(F + "adaptive_avg_pool1d", {"x": ((3, 14, 50), "range:0:9")}, 7)
    yield from each(F + "interpolate", {"x": ((1, 5, 7, 9), _UNIT)}, size=[13, 22], mode="bilinear", align_corners=True)
    yield from each(F + "interpolate", {"x": ((2, 3, 14, 11), "range:0:9")}, size=[7, 8], mode="bicubic", dtypes=FULL)
    yield from each(F + "interpolate", {"x": (2, 7, 9, 5)}, size=[14, 12], mode="nearest-exact")
    yield from each(F + "interpolate", {"x": ((3, 7, 14), "range:-3:0")}, scale_factor=2.5, mode="linear", dtypes=FULL)
    yield from each(F + "interpolate", {"x": ((1, 6, 15, 14), "unit")}, size=[4, 6], mode="area")
    image: Tensors = {"x": (2, 7, 9, 11), "g": ((2, 5, 11, 2), "range:-1.4:1.4")}
    yield from each(F + "grid_sample", image, padding_mode="border", align_corners=False, dtypes=FULL)
    yield from each(F + "grid_sample", image, padding_mode="reflection", align_corners=True, dtypes=FULL)
    yield from each(F + "pad", {"x": (2, 5, 9, 11)}, [3, 1, 2, 4], mode="circular")
    yield from each(F + "pad", {"x": ((3, 7, 22), "unit")}, [2, 5], value=-1.5)
    yield from each(F + "unfold", {"x": (2, 3, 11, 12)}, [3, 2], dilation=2, padding=1, stride=[2, 1])


def _indexed() -> Iterator[Case]:
    yield from each(F + "embedding", {"i": ((9, 14), "index:66", "int64"), "w": ((66, 26), "range:-2:2")})
    bags: Tensors = {"i": ((44, 6), "index:33", "int64"), "w": (33, 28), "p": ((44, 6), "range:0:1")}
    yield from each(F + "embedding_bag", {k: bags[k] for k in "iw"}, mode="mean")
    args = tuple(v("i", "w"))
    yield from each(F + "embedding_bag", bags, args=args, per_sample_weights={"v": "p"}, mode="sum", dtypes=DTYPES)
    index: Tensors = {"x": (14, 22), "i": ((66, 22), "index:14", "int64"), "s": ((66, 22), "range:-1:2")}
    yield from each("torch.scatter_add", index, args=({"v": "x"}, 0, *v("i", "s")))
    yield from each("torch.scatter_reduce", index, args=({"v": "x"}, 0, *v("i", "s"), "mean"), dtypes=FULL)
    yield from each("torch.scatter_reduce", index, args=({"v": "x"}, 0, *v("i", "s"), "amin"), include_self=False,
                    dtypes=ONE)  # fmt: skip
    rows: Tensors = {"x": (26, 14, 3), "i": ((70,), "index:14", "int64"), "s": ((26, 70, 3), _UNIT)}
    yield from each("torch.index_add", rows, args=({"v": "x"}, 1, *v("i", "s")), alpha=0.5)
    index = {"x": ((7, 33, 9), _UNIT), "i": ((7, 14, 9), "index:33", "int64")}
    yield from each("torch.gather", index, args=({"v": "x"}, 1, {"v": "i"}))
    index = {"x": ((33, 22), "range:-3:3"), "i": ((44,), "index:22", "int64")}
    yield from each("torch.index_select", index, args=({"v": "x"}, 1, {"v": "i"}))
    yield from each("torch.topk", {"x": ((14, 18), "permutation")}, 7, dim=1, largest=False, dtypes=FULL)
    yield from each("torch.sort", {"x": ((14, 18), "permutation")}, dim=1, descending=True, dtypes=FULL)
    yield from each("torch.triu", {"x": (4, 14, 22)}, 2)
    yield from each("torch.repeat_interleave", {"x": ((14, 11), _UNIT), "n": ((14,), "literal:1,3,0,2,4", "int64")},
                    dim=0)  # fmt: skip
