"""Public operators that most models call, at shapes, options, dimensions and values that no set before has.

See eighth.py; written without a look at the rules or at any score. Not in half precision: what a CPU has no kernel
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
    *(("float32",), ("float64",), ("bfloat16",), ("float32", "bfloat16")),
    *(("float32", "float16"), ("float64", "float16")),
)
each = each_of("eighth", SOME)


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
    return seventh_core.seed(name, "eighth")


def _products() -> Iterator[Case]:
    yield from each("torch.matmul", {"x": (2, 3, 12, 40), "y": ((2, 3, 40, 12), "range:-1:1")})
    yield from each("torch.matmul", {"x": ((200,), "unit"), "y": ((200, 30), "range:-0.1:0.1")}, dtypes=FULL)
    yield from each("torch.matmul", {"x": ((20, 80), "range:-2:3"), "y": (80, 50)}, dtypes=DTYPES)
    yield from each("torch.mm", {"x": ((6, 1536), "range:-0.5:0.5"), "y": ((1536, 10), "range:-0.05:0.05")})
    yield from each("torch.bmm", {"x": ((8, 10, 72), "unit"), "y": (8, 72, 20)})
    hidden: Tensors = {"x": (1, 10, 256), "w": ((80, 256), "range:-0.0625:0.0625"), "b": ((80,), "range:-0.05:0.05")}
    yield from each(F + "linear", hidden, dtypes=DTYPES)
    yield from each(F + "linear", {"x": ((50, 36), "range:0:6"), "w": (18, 36)})
    yield from each("torch.addmm", {"c": ((40,), "range:-1:1"), "x": (25, 120), "y": ((120, 40), "range:-0.2:0.2")})
    yield from each("torch.baddbmm", {"c": (4, 1, 20), "x": (4, 20, 16), "y": (4, 16, 20)}, beta=0.0, alpha=0.25)
    yield from each("torch.addmv", {"c": (60,), "x": ((60, 300), "range:-0.1:0.1"), "y": (300,)}, alpha=-2.0, beta=0.5)
    yield from each("torch.inner", {"x": (5, 20, 44), "y": ((18, 44), "range:0:2")})
    yield from each("torch.outer", {"x": ((70,), "range:-3:3"), "y": ((21,), "unit")})
    yield from each("torch.vdot", {"x": ((500,), "range:0:1"), "y": ((500,), "range:-1:2")})
    for pattern, x, y in (
        ("bhid,bhjd->bhij", (1, 4, 20, 10), (1, 4, 25, 10)),
        ("bchw,cd->bdhw", (2, 20, 5, 6), (20, 10)),
        ("btd,bt->bd", (3, 40, 18), (3, 40)),
        ("ij,ij->i", (50, 90), (50, 90)),
    ):
        yield from each("torch.einsum", {"x": x, "y": (y, "range:-1:1.5")}, args=(pattern, *v("x", "y")))


def _convolutions() -> Iterator[Case]:
    speech: Tensors = {"x": ((1, 20, 60), "range:-3:1"), "w": ((10, 20, 3), "range:-0.13:0.13"), "b": (10,)}
    yield from each(F + "conv1d", speech, stride=2, padding=1)
    yield from each(F + "conv1d", {"x": ((2, 1, 200), "range:-1:1"), "w": ((6, 1, 25), "range:-0.2:0.2")}, stride=5)
    yield from each(F + "conv1d", {"x": (1, 10, 40), "w": ((10, 5, 2), "range:-0.3:0.3")}, groups=2, padding="same")
    image: Tensors = {"x": ((2, 3, 14, 14), "unit"), "w": ((10, 3, 5, 5), "range:-0.1:0.1"), "b": (10,)}
    yield from each(F + "conv2d", image, padding=2, dtypes=DTYPES)
    yield from each(F + "conv2d", {"x": (1, 40, 6, 5), "w": ((20, 40, 1, 1), "range:-0.2:0.2")})
    yield from each(F + "conv2d", {"x": (1, 12, 10, 9), "w": ((12, 1, 3, 3), "range:-0.3:0.3")}, groups=12, stride=2)
    yield from each(F + "conv2d", {"x": (1, 4, 12, 13), "w": (5, 4, 3, 3)}, dilation=[2, 3], padding=[2, 3])
    yield from each(F + "conv2d", {"x": (3, 1, 20), "w": (4, 3, 1, 5)}, padding="valid")
    yield from each(F + "conv3d", {"x": ((1, 3, 5, 6, 7), "unit"), "w": ((5, 3, 2, 3, 3), "range:-0.2:0.2")}, stride=2)
    yield from each(F + "conv_transpose1d", {"x": (2, 10, 20), "w": ((10, 5, 4), "range:-0.3:0.3")}, stride=2)
    up: Tensors = {"x": (1, 10, 5, 6), "w": ((10, 6, 3, 3), "range:-0.2:0.2"), "b": ((6,), "unit")}
    yield from each(F + "conv_transpose2d", up, stride=2, padding=1, output_padding=1)
    yield from each(F + "conv_transpose2d", {"x": (1, 6, 7, 5), "w": ((6, 2, 2, 2), "range:-1:1")}, stride=2, groups=2)


def _reductions() -> Iterator[Case]:
    yield from each("torch.sum", {"x": ((40, 400), "range:-1:1")}, dim=1)
    yield from each("torch.sum", {"x": ((600, 10), "range:0:1")}, dim=0)
    yield from each("torch.sum", {"x": ((4, 10, 6, 7), "range:-2:5")}, [0, 2, 3])
    yield from each("torch.mean", {"x": ((2, 20, 36), "range:-1:1")}, dim=1, dtypes=DTYPES)
    yield from each("torch.mean", {"x": ((25, 700), "range:0:255")}, dim=-1)
    yield from each("torch.nanmean", {"x": ((40, 70), "range:1:2")}, dim=0)
    yield from each("torch.var", {"x": ((20, 10, 30), "range:-3:3")}, dim=[0, 2], correction=1)
    yield from each("torch.var", {"x": ((60, 100), "range:4:5")}, 1, correction=0)
    yield from each("torch.std", {"x": ((90, 40), "unit")}, dim=0)
    yield from each("torch.var_mean", {"x": ((10, 24, 18), "range:-1:3")}, dim=-1, keepdim=True, correction=0)
    yield from each("torch.std_mean", {"x": ((300, 10), "range:-0.1:0.1")}, dim=0)
    yield from each("torch.amin", {"x": ((10, 40, 6), "range:-4:4")}, dim=1)
    yield from each("torch.aminmax", {"x": (20, 45)}, dim=0)
    yield from each("torch.max", {"x": ((50, 30), "unit")}, 1)
    yield from each("torch.argmin", {"x": (40, 50)}, dim=0)
    yield from each("torch.median", {"x": ((20, 45), "range:0:9")}, 1)
    yield from each("torch.kthvalue", {"x": (30, 50)}, 9, 1)
    yield from each("torch.prod", {"x": ((40, 10), "range:0.7:1.4")}, -1)
    yield from each("torch.nansum", {"x": ((50, 120), "range:-1:3")}, dim=-1)
    yield from each("torch.count_nonzero", {"x": ((30, 40), "literal:0,1,0,2.5,0,-1,3")}, 1)
    yield from each(L + "vector_norm", {"x": ((70, 90), "range:-0.2:0.2")}, dim=1)
    yield from each(L + "vector_norm", {"x": (20, 5, 48)}, float("inf"), -1)
    yield from each("torch.norm", {"x": ((18, 20, 30), "range:-1:1")}, "fro", [1, 2])


def _scans() -> Iterator[Case]:
    yield from each("torch.cumsum", {"x": ((10, 120), "range:-1:1")}, 1, dtypes=DTYPES)
    yield from each("torch.cumsum", {"x": ((400, 6), "range:0:0.01")}, 0)
    yield from each("torch.cumprod", {"x": ((20, 40), "range:0.9:1")}, -1)
    yield from each("torch.cummax", {"x": ((12, 80), "range:-1:1")}, 1)
    yield from each("torch.logcumsumexp", {"x": ((5, 90), "range:-3:0")}, -1)
    yield from each("torch.diff", {"x": ((20, 50), "range:0:5")}, 1, 0)


def _softmaxes() -> Iterator[Case]:
    yield from each(F + "softmax", {"x": ((20, 250), "range:-6:6")}, dim=-1, dtypes=DTYPES)
    yield from each(F + "softmax", {"x": ((1, 6, 20, 20), "range:-1:1")}, dim=-1)
    yield from each(F + "softmax", {"x": (2, 40, 6, 5)}, dim=1)
    yield from each(F + "log_softmax", {"x": ((10, 320), "range:-5:5")}, dim=-1)
    yield from each(F + "log_softmax", {"x": ((40, 18), "range:-12:2")}, dim=0)
    yield from each(F + "softmin", {"x": ((40, 36), "range:0:8")}, dim=-1)
    yield from each("torch.logsumexp", {"x": ((10, 60, 8), "range:-3:3")}, 1, keepdim=True)
    yield from each("torch.logsumexp", {"x": ((80, 250), "range:-10:0")}, -1)


def _norms() -> Iterator[Case]:
    layer: Tensors = {"x": ((4, 6, 80), "range:-4:3"), "w": ((80,), "range:0.8:1.2"), "b": ((80,), "range:-0.1:0.1")}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [80], *v("w", "b")), eps=1e-6, dtypes=DTYPES)
    yield from each(F + "layer_norm", {"x": ((20, 192), "range:-0.5:0.5")}, [192])
    yield from each(F + "layer_norm", {"x": ((3, 10, 4, 5), "unit")}, [10, 4, 5])
    rms: Tensors = {"x": ((1, 20, 144), "range:-6:6"), "w": ((144,), "range:0.5:2")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [144], {"v": "w"}), eps=1e-6, dtypes=DTYPES)
    yield from each(F + "rms_norm", {"x": ((50, 40), "range:-0.1:0.1")}, [40], eps=1e-5)
    groups: Tensors = {"x": ((1, 20, 6, 9), "range:-2:2"), "w": ((20,), "range:0.5:1.5"), "b": (20,)}
    yield from each(F + "group_norm", groups, args=({"v": "x"}, 5, *v("w", "b")))
    yield from each(F + "group_norm", {"x": ((3, 18, 25), "range:0:4")}, 2)
    batch: Tensors = {"x": ((3, 10, 40), "range:-1:4"), "m": ((10,), "range:0:2"), "s": ((10,), "range:0.5:3")}
    batch = {**batch, "w": ((10,), "range:0.6:1.4"), "b": ((10,), "range:-0.5:0.5")}
    yield from each(F + "batch_norm", batch, args=tuple(v("x", "m", "s", "w", "b")), eps=1e-3, dtypes=DTYPES)
    yield from each(F + "batch_norm", {"x": ((6, 8, 5, 4), "range:0:2")}, None, None, training=True)
    yield from each(F + "instance_norm", {"x": ((3, 10, 40), "range:-2:2")}, eps=1e-3)
    yield from each(F + "normalize", {"x": ((20, 6, 30), "range:0:1")}, dim=1)
    yield from each(F + "cosine_similarity", {"x": ((60, 50), "range:-1:3"), "y": (60, 50)}, dim=1)


def _attention() -> Iterator[Case]:
    sdpa = F + "scaled_dot_product_attention"
    heads: Tensors = {"q": (2, 3, 20, 20), "k": (2, 3, 20, 20), "v": (2, 3, 20, 20)}
    yield from each(sdpa, heads, dtypes=DTYPES)
    cross: Tensors = {"q": ((1, 2, 10, 36), "range:-3:3"), "k": (1, 2, 77, 36), "v": ((1, 2, 77, 36), "range:-1:1")}
    yield from each(sdpa, cross)
    causal: Tensors = {"q": ((1, 6, 40, 8), "range:-1:1"), "k": (1, 6, 40, 8), "v": ((1, 6, 40, 8), "range:-2:1")}
    yield from each(sdpa, causal, is_causal=True, scale=0.25)
    shared: Tensors = {"q": (1, 6, 20, 10), "k": (1, 3, 20, 10), "v": (1, 3, 20, 10)}
    yield from each(sdpa, shared, is_causal=True, enable_gqa=True)
    kept: Tensors = {"q": (2, 2, 18, 12), "k": (2, 2, 30, 12), "v": (2, 2, 30, 12)}
    kept = {**kept, "m": ((2, 1, 1, 30), "literal:1,1,1,0,1,1,0", "bool")}
    yield from each(sdpa, kept, args=tuple(v("q", "k", "v", "m")), dtypes=DTYPES)


def _activations() -> Iterator[Case]:
    given: Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]] = {
        "gelu": [("range:-2:2", {}), ("range:-5:1", {"approximate": "tanh"})],
        "silu": [("range:-4:4", {}), ("range:0:20", {})],
        "relu": [("range:-2:2", {})],
        "relu6": [("range:-3:9", {})],
        "elu": [("range:-6:2", {})],
        "selu": [("range:-3:3", {})],
        "celu": [("range:-3:3", {"alpha": 1.5})],
        "mish": [("range:-6:6", {})],
        "softplus": [("range:-5:5", {}), ("range:-1:1", {"beta": 3.0})],
        "leaky_relu": [("range:-3:3", {"negative_slope": 0.02})],
        "hardsigmoid": [("range:-4:4", {})],
        "hardswish": [("range:-4:4", {})],
        "hardtanh": [("range:-2:2", {})],
        "logsigmoid": [("range:-5:5", {})],
        "softsign": [("range:-6:6", {})],
        "tanhshrink": [("range:-2:2", {})],
        "hardshrink": [("range:-2:2", {"lambd": 0.7})],
        "threshold": [("range:-2:2", {"threshold": 0.5, "value": -1.0})],
    }
    for name, samples in given.items():
        for values, options in samples:
            yield from each(F + name, {"x": ((20, 70), values)}, **options)
    yield from each(F + "glu", {"x": ((2, 20, 30), "range:-2:2")}, dim=1)
    yield from each(F + "prelu", {"x": ((2, 10, 6, 5), "range:-2:2"), "w": ((10,), "literal:0.25")})


def _functions() -> Iterator[Case]:
    for name, values in {
        "exp": "range:-3:3",
        "exp2": "range:-4:4",
        "expm1": "range:-1:1",
        "log": "range:0.001:2",
        "log2": "range:0.1:3",
        "log10": "range:1:1000",
        "log1p": "range:-0.9:3",
        "sqrt": "range:0:4",
        "rsqrt": "range:1:100",
        "reciprocal": "range:0.1:5",
        "square": "range:-9:9",
        "sin": "range:-30:30",
        "cos": "range:-6.3:6.3",
        "tan": "range:-1:1",
        "atan": "range:-8:8",
        "asin": "range:-0.95:0.95",
        "sinh": "range:-3:3",
        "tanh": "range:-2:2",
        "sigmoid": "range:-6:6",
        "erf": "range:-3:3",
        "erfc": "range:-1:1.5",
        "lgamma": "range:0.5:4",
        "abs": "range:-3:3",
        "floor": "range:-20:20",
    }.items():
        dtypes = DTYPES if name in ("tanh", "rsqrt", "cos") else ()
        yield from each("torch." + name, {"x": ((12, 80), values)}, dtypes=dtypes)


def _arithmetic() -> Iterator[Case]:
    yield from each("torch.pow", {"x": ((20, 40), "range:0.1:4")}, 0.75)
    yield from each("torch.pow", {"x": ((20, 40), "range:-2:2")}, 2)
    yield from each("torch.pow", {"x": ((20, 40), "range:0.5:2"), "y": ((20, 1), "range:-3:3")})
    yield from each("torch.add", {"x": (6, 20, 10), "y": (20, 1)}, alpha=-1.5, dtypes=FULL)
    yield from each("torch.sub", {"x": ((20, 70), "range:5:6"), "y": ((70,), "range:5:6")})
    yield from each("torch.mul", {"x": ((3, 10, 30), "range:-4:4"), "y": (10, 1)})
    yield from each("torch.div", {"x": ((20, 60), "range:-9:9"), "y": ((60,), "range:0.2:3")})
    yield from each("torch.addcmul", {"x": (20, 40), "y": (20, 40), "z": ((20, 1), "unit")}, value=-0.1)
    yield from each("torch.addcdiv", {"x": (20, 40), "y": ((20, 40), "unit"), "z": ((20, 40), "range:1:3")}, value=0.1)
    yield from each("torch.lerp", {"x": (30, 40), "y": (30, 40)}, 0.1)
    yield from each("torch.clamp", {"x": ((30, 40), "range:-3:3")}, -1.0, 0.75)
    yield from each("torch.where", {"m": ((20, 50), "literal:1,0,0,1,0", "bool"), "x": (20, 50), "y": ((50,), "unit")})
    yield from each("torch.maximum", {"x": (20, 50), "y": ((20, 50), "range:-1:1")})
    yield from each("torch.floor_divide", {"x": ((20, 50), "range:-9:9"), "y": ((50,), "range:1:4")}, dtypes=ONE)
    yield from each("torch.gt", {"x": (20, 50), "y": (20, 50)}, dtypes=("float32", "bfloat16"))
    yield from each("torch.le", {"x": ((20, 50), "unit")}, 0.3, dtypes=("float16", "float64"))


def _losses() -> Iterator[Case]:
    tokens: Tensors = {"x": ((60, 50), "range:-5:5"), "t": ((60,), "index:50", "int64")}
    yield from each(F + "cross_entropy", tokens, reduction="none")
    yield from each(F + "cross_entropy", {"x": ((200, 20), "range:-2:2"), "t": ((200,), "index:20", "int64")})
    area: Tensors = {"x": (2, 6, 10, 9), "t": ((2, 10, 9), "index:6", "int64")}
    yield from each(F + "cross_entropy", area, reduction="none", label_smoothing=0.2)
    logs: Tensors = {"x": ((90, 12), "range:-4:-0.2"), "t": ((90,), "index:12", "int64")}
    yield from each(F + "nll_loss", logs, reduction="sum")
    yield from each(F + "mse_loss", {"x": ((20, 60), "range:0:1"), "t": ((20, 60), "range:0:1")})
    yield from each(F + "l1_loss", {"x": (20, 60), "t": (20, 60)}, reduction="none")
    yield from each(F + "smooth_l1_loss", {"x": (70, 4), "t": (70, 4)})
    yield from each(F + "huber_loss", {"x": ((20, 40), "range:-3:3"), "t": (20, 40)}, delta=1.5, reduction="none")
    binary: Tensors = {"x": ((40, 20), "range:-3:3"), "t": ((40, 20), "literal:0,1,1,0,0")}
    yield from each(F + "binary_cross_entropy_with_logits", binary)
    yield from each(F + "binary_cross_entropy_with_logits", binary, reduction="none", dtypes=DTYPES)
    chances: Tensors = {"x": ((40, 20), "range:0.01:0.99"), "t": ((40, 20), "literal:0,1,0")}
    yield from each(F + "binary_cross_entropy", chances, reduction="none")
    shares: Tensors = {"x": ((20, 40), "range:-6:-2"), "t": ((20, 40), "range:0.001:0.05")}
    yield from each(F + "kl_div", shares, reduction="batchmean")
    triple: Tensors = {"a": (50, 20), "p": (50, 20), "n": (50, 20)}
    yield from each(F + "triplet_margin_loss", triple, margin=3.0, reduction="none")
    pairs: Tensors = {"x": (50, 20), "y": ((50, 20), "unit"), "t": ((50,), "literal:1,-1", "int64")}
    yield from each(F + "cosine_embedding_loss", pairs, margin=0.1, reduction="none")


def _pools() -> Iterator[Case]:
    yield from each(F + "avg_pool1d", {"x": ((3, 10, 50), "unit")}, 5, 2, 2, dtypes=("float32", "bfloat16"))
    yield from each(F + "avg_pool2d", {"x": (2, 6, 14, 11)}, 3, 1, 1)
    yield from each(F + "avg_pool2d", {"x": ((1, 10, 13, 10), "range:-1:4")}, [2, 5], count_include_pad=False)
    yield from each(F + "max_pool2d", {"x": ((2, 6, 13, 14), "range:0:1")}, 2)
    yield from each(F + "max_pool1d", {"x": (3, 10, 50)}, 3, 2, 1)
    yield from each(F + "adaptive_avg_pool2d", {"x": (2, 10, 13, 9)}, [6, 4], dtypes=("float32", "float16"))
    yield from each(F + "interpolate", {"x": ((1, 4, 10, 9), "unit")}, scale_factor=0.5, mode="bilinear")
    yield from each(
        F + "interpolate", {"x": (1, 3, 6, 5)}, size=[18, 20], mode="bicubic", dtypes=("float32", "float16")
    )
    yield from each(F + "interpolate", {"x": (2, 5, 6, 6)}, scale_factor=3.0, mode="nearest")
    yield from each(F + "interpolate", {"x": ((1, 4, 10, 12), "range:0:1")}, size=[14, 7], mode="bilinear")
    image: Tensors = {"x": (2, 4, 10, 12), "g": ((2, 6, 9, 2), "range:-1:1")}
    yield from each(F + "grid_sample", image, align_corners=True, dtypes=FULL)
    yield from each(F + "grid_sample", image, mode="nearest", align_corners=False, dtypes=FULL)


def _indexed() -> Iterator[Case]:
    yield from each(F + "embedding", {"i": ((3, 20), "index:40", "int64"), "w": ((40, 24), "range:-0.02:0.02")})
    bags: Tensors = {"i": ((25, 10), "index:60", "int64"), "w": ((60, 20), "range:-1:1")}
    yield from each(F + "embedding_bag", bags, mode="sum")
    yield from each(F + "embedding_bag", bags, mode="max", dtypes=FULL)
    index: Tensors = {"x": ((20, 30), "zeros"), "i": ((200, 30), "index:20", "int64"), "s": (200, 30)}
    yield from each("torch.scatter_add", index, args=({"v": "x"}, 0, *v("i", "s")))
    index = {"x": ((18, 20), "unit"), "i": ((150,), "index:18", "int64"), "s": ((150, 20), "range:-1:2")}
    yield from each("torch.index_add", index, args=({"v": "x"}, 0, *v("i", "s")), dtypes=DTYPES)
    index = {"x": ((20, 12), "range:0:1"), "i": ((90, 12), "index:20", "int64"), "s": ((90, 12), "range:0:2")}
    yield from each(
        "torch.scatter_reduce", index, args=({"v": "x"}, 0, *v("i", "s"), "mean"), include_self=False, dtypes=ONE
    )
    yield from each("torch.scatter_reduce", index, args=({"v": "x"}, 0, *v("i", "s"), "amax"))
    index = {"x": (20, 40), "i": ((20, 9), "index:40", "int64")}
    yield from each("torch.take_along_dim", index, args=(*v("x", "i"), 1))
    yield from each("torch.topk", {"x": ((20, 60), "range:-1:1")}, 5, dim=-1)
    yield from each("torch.sort", {"x": ((40, 20), "unit")}, dim=0)
    yield from each("torch.tril", {"x": (3, 20, 20)}, -1)
    yield from each("torch.roll", {"x": (6, 20, 10)}, [1, -3], [0, 1])
