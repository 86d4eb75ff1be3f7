"""Public operators that most models call, at shapes, options, dimensions and values that no set before has.

See tenth.py; written without a look at the rules or at any score. Not in half precision: what a CPU has no kernel
for. Each operator's numbers have a seed of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.scoreboard.sets import seventh_core
from benchmarks.scoreboard.sets.ninth_core import SOME
from benchmarks.scoreboard.sets.seventh_core import each_of, v
from benchmarks.scoreboard.sets.sixth_core import FULL, F, L, Tensors
from harness.case import Case

each = each_of("tenth", SOME)
_UNIT = "range:-1:1"


def cases() -> Iterator[Case]:
    """Every one of these operators, on its samples in each dtype it runs in."""
    yield from _products()
    yield from _convolutions()
    yield from _reductions()
    yield from _normalised()
    yield from _attention()
    yield from _activations()
    yield from _functions()
    yield from _losses()
    yield from _pools()
    yield from _indexed()


def seed(name: str) -> int:
    """The seed of a function's or an operator's numbers."""
    return seventh_core.seed(name, "tenth")


def _products() -> Iterator[Case]:
    yield from each("torch.matmul", {"x": ((17, 150), "range:-0.3:0.9"), "y": ((150, 20), _UNIT)})
    yield from each("torch.matmul", {"x": ((2, 5, 1, 30), "unit"), "y": (5, 30, 12)})
    yield from each("torch.mm", {"x": ((20, 1500), "range:-0.2:0.2"), "y": ((1500, 5), "range:0:0.3")})
    yield from each("torch.bmm", {"x": ((5, 10, 51), "range:0:0.5"), "y": ((5, 51, 9), "range:-2:2")})
    yield from each(F + "linear", {"x": ((3, 10, 85), _UNIT), "w": ((40, 85), "range:-0.2:0.2"), "b": (40,)})
    yield from each(F + "linear", {"x": ((6, 1000), "range:-0.1:0.2"), "w": ((20, 1000), "range:-0.1:0.1")})
    yield from each("torch.addmm", {"c": (30,), "x": (20, 75), "y": ((75, 30), "range:-0.2:0.3")}, alpha=0.7)
    yield from each("torch.baddbmm", {"c": (4, 1, 15), "x": (4, 10, 40), "y": (4, 40, 15)}, beta=2.0, alpha=0.15)
    for pattern, x, y in (
        ("bhqd,bhkd->bhqk", (2, 3, 10, 17), (2, 3, 15, 17)),
        ("blhn,blhp->bhnp", (2, 20, 3, 5), (2, 20, 3, 7)),
        ("...ij,...j->...i", (5, 10, 40), (5, 40)),
    ):
        yield from each("torch.einsum", {"x": x, "y": (y, "range:-0.6:1")}, args=(pattern, *v("x", "y")))


def _convolutions() -> Iterator[Case]:
    yield from each(F + "conv1d", {"x": (2, 10, 41), "w": ((15, 10, 5), "range:-0.2:0.2")}, dilation=3, padding=6)
    yield from each(
        F + "conv1d", {"x": ((3, 12, 30), "unit"), "w": ((24, 3, 4), _UNIT), "b": (24,)}, groups=4, stride=2
    )
    stem: Tensors = {"x": ((2, 3, 20, 21), "range:-2:2"), "w": ((10, 3, 5, 5), "range:-0.2:0.2"), "b": (10,)}
    yield from each(F + "conv2d", stem, stride=2, padding=2)
    yield from each(F + "conv2d", {"x": ((1, 12, 10, 9), "range:0:3"), "w": ((16, 12, 3, 3), "range:-0.1:0.1")})
    yield from each(F + "conv2d", {"x": (1, 10, 12, 10), "w": ((10, 1, 7, 7), "range:-0.2:0.2")}, groups=10, padding=3)
    yield from each(F + "conv3d", {"x": (2, 3, 5, 6, 7), "w": ((5, 3, 2, 3, 3), "range:-0.3:0.3")}, stride=[1, 2, 1])
    up: Tensors = {"x": (2, 10, 5, 6), "w": ((10, 4, 2, 2), "range:-0.4:0.4"), "b": ((4,), "unit")}
    yield from each(F + "conv_transpose2d", up, stride=2, dtypes=FULL)


def _reductions() -> Iterator[Case]:
    yield from each("torch.sum", {"x": ((51, 850), "range:-0.4:0.6")}, dim=-1)
    yield from each("torch.sum", {"x": ((10, 75, 12), "range:-2:2")}, [1], True)
    yield from each("torch.mean", {"x": ((40, 510), "range:-3:2")}, dim=-1)
    yield from each("torch.mean", {"x": ((5, 30, 6, 8), "range:1:2")}, dim=[0, 3])
    yield from each("torch.var", {"x": ((50, 170), "range:4:6")}, dim=1, correction=0, dtypes=FULL)
    yield from each("torch.std", {"x": ((75, 40), "range:-1:3")}, dim=0)
    yield from each("torch.var_mean", {"x": ((4, 25, 60), _UNIT)}, dim=[0, 2], correction=0)
    yield from each("torch.prod", {"x": ((51, 12), "range:0.6:1.6")}, 1)
    yield from each("torch.logsumexp", {"x": ((75, 51), "range:-5:5")}, 1, keepdim=True)
    yield from each(L + "vector_norm", {"x": ((60, 75), "range:-1:3")}, 2, 1)
    yield from each("torch.cumsum", {"x": ((11, 170), "range:-1:1.5")}, 1)
    yield from each("torch.cumsum", {"x": ((91, 15), "range:0:0.2")}, 0)
    yield from each("torch.cumprod", {"x": ((20, 24), "range:0.85:1.15")}, -1)
    yield from each("torch.logcumsumexp", {"x": ((15, 50), "range:-3:4")}, -1)


def _normalised() -> Iterator[Case]:
    yield from each(F + "softmax", {"x": ((14, 340), "range:-5:5")}, dim=-1)
    yield from each(F + "softmax", {"x": ((4, 20, 17), "range:-9:9")}, dim=1)
    yield from each(F + "log_softmax", {"x": ((20, 170), "range:-2:8")}, dim=-1)
    yield from each(F + "log_softmax", {"x": ((60, 24), "range:-9:0")}, dim=0)
    layer: Tensors = {"x": ((4, 6, 100), "range:-2:5"), "w": ((100,), "range:0.4:1.6"), "b": ((100,), _UNIT)}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [100], *v("w", "b")))
    yield from each(F + "layer_norm", {"x": ((10, 3, 5, 8), _UNIT)}, [3, 5, 8], eps=1e-4)
    rms: Tensors = {"x": ((21, 170), "range:-5:4"), "w": ((170,), "range:0.5:1.5")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [170], {"v": "w"}), eps=1e-6)
    group: Tensors = {"x": ((2, 20, 6, 7), "range:0:3"), "w": ((20,), "range:0.5:2"), "b": ((20,), _UNIT)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 5, *v("w", "b")), eps=1e-4)
    batch: Tensors = {"x": (5, 10, 17), "m": ((10,), _UNIT), "s": ((10,), "range:0.4:3"), "w": (10,), "b": (10,)}
    yield from each(F + "batch_norm", batch, eps=1e-3)
    yield from each(F + "batch_norm", {"x": ((9, 12, 10), "range:-1:4")}, None, None, training=True, eps=1e-4)
    yield from each(F + "instance_norm", {"x": ((3, 10, 31), "range:-2:4")}, eps=1e-3)
    yield from each(F + "normalize", {"x": ((40, 30), "range:-2:3")}, dim=0)
    yield from each(F + "cosine_similarity", {"x": ((60, 40), "unit"), "y": ((60, 40), _UNIT)}, dim=-1, eps=1e-6)


def _attention() -> Iterator[Case]:
    sdpa = F + "scaled_dot_product_attention"
    yield from each(sdpa, {"q": ((2, 2, 15, 20), "range:-2:1"), "k": (2, 2, 41, 20), "v": ((2, 2, 41, 20), _UNIT)})
    causal: Tensors = {"q": (1, 3, 31, 10), "k": (1, 3, 31, 10), "v": ((1, 3, 31, 10), "range:-2:2")}
    yield from each(sdpa, causal, is_causal=True)
    grouped: Tensors = {"q": (1, 6, 12, 15), "k": (1, 3, 20, 15), "v": ((1, 3, 20, 15), "unit")}
    yield from each(sdpa, grouped, enable_gqa=True, scale=0.4)
    biased: Tensors = {"q": (2, 3, 10, 16), "k": (2, 3, 20, 16), "v": (2, 3, 20, 16), "m": ((10, 20), "range:-2:2")}
    yield from each(sdpa, biased, args=tuple(v("q", "k", "v", "m")))


def _activations() -> Iterator[Case]:
    given: Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]] = {
        "gelu": [("range:-5:1", {}), ("range:-2:6", {"approximate": "tanh"})],
        "silu": [("range:-4:9", {})],
        "elu": [("range:-5:2", {"alpha": 1.3})],
        "mish": [("range:-3:5", {})],
        "softplus": [("range:-6:3", {})],
        "leaky_relu": [("range:-4:4", {"negative_slope": 0.05})],
        "logsigmoid": [("range:-7:3", {})],
        "tanhshrink": [("range:-4:-0.4", {})],
    }
    for name, samples in given.items():
        for values, options in samples:
            yield from each(F + name, {"x": ((25, 40), values)}, **options)
    yield from each(F + "glu", {"x": ((4, 24, 15), "range:-3:3")}, dim=1)
    yield from each(F + "prelu", {"x": ((30, 12), "range:-4:2"), "w": ((12,), "range:-0.1:0.4")})


def _functions() -> Iterator[Case]:
    for name, values in {
        "exp": "range:-2:5",
        "log": "range:0.02:0.9",
        "log1p": "range:-0.6:4",
        "sqrt": "range:0.01:3",
        "rsqrt": "range:2:60",
        "reciprocal": "range:0.3:6",
        "sin": "range:-12:5",
        "cos": "range:-2:9",
        "tanh": "range:-0.8:3",
        "sigmoid": "range:-5:8",
        "erf": "range:-2:0.5",
        "atan": "range:-7:2",
        "sinh": "range:-3:2",
    }.items():
        yield from each("torch." + name, {"x": ((20, 51), values)})
    yield from each("torch.pow", {"x": ((21, 40), "range:0.4:4")}, 1.8)
    yield from each("torch.add", {"x": ((20, 41), "range:-4:4"), "y": ((41,), _UNIT)}, alpha=-1.7)
    yield from each("torch.mul", {"x": ((5, 20, 6), "range:-2:2"), "y": ((20, 1), "range:0:3")})
    yield from each("torch.div", {"x": ((20, 41), "range:-3:3"), "y": ((41,), "range:0.7:5")})
    yield from each("torch.addcmul", {"x": (20, 31), "y": ((20, 31), _UNIT), "z": ((31,), "unit")}, value=-1.5)
    yield from each("torch.lerp", {"x": ((20, 31), _UNIT), "y": (20, 31)}, 0.15)


def _losses() -> Iterator[Case]:
    tokens: Tensors = {"x": ((61, 50), "range:-4:5"), "t": ((61,), "index:50", "int64")}
    yield from each(F + "cross_entropy", tokens, reduction="none")
    yield from each(F + "cross_entropy", {"x": (3, 10, 5, 6), "t": ((3, 5, 6), "index:10", "int64")}, reduction="none")
    yield from each(F + "mse_loss", {"x": ((31, 20), "range:-2:3"), "t": ((31, 20), "unit")}, reduction="none")
    yield from each(F + "smooth_l1_loss", {"x": (31, 20), "t": ((31, 20), _UNIT)}, beta=0.7, reduction="none")
    binary: Tensors = {"x": ((31, 20), "range:-3:5"), "t": ((31, 20), "literal:1,0,0,1,0,1,1")}
    yield from each(F + "binary_cross_entropy_with_logits", binary, reduction="none")
    yield from each(
        F + "kl_div", {"x": ((31, 20), "range:-4:-0.5"), "t": ((31, 20), "range:0.01:0.3")}, reduction="none"
    )
    normal: Tensors = {"x": (31, 20), "t": ((31, 20), _UNIT), "s": ((31, 20), "range:0.3:4")}
    yield from each(F + "gaussian_nll_loss", normal, reduction="none")


def _pools() -> Iterator[Case]:
    yield from each(F + "avg_pool2d", {"x": ((2, 6, 12, 10), "range:-2:1")}, [2, 3], padding=[1, 1])
    yield from each(F + "max_pool2d", {"x": ((2, 6, 12, 10), _UNIT)}, [3, 2], [2, 1])
    yield from each(F + "adaptive_avg_pool2d", {"x": ((2, 6, 10, 12), "range:0:4")}, [4, 7])
    yield from each(F + "interpolate", {"x": (2, 4, 6, 5)}, size=[9, 11], mode="bilinear")
    yield from each(F + "interpolate", {"x": ((2, 4, 6, 7), _UNIT)}, scale_factor=1.5, mode="bicubic", dtypes=FULL)
    yield from each(F + "pad", {"x": (2, 4, 6, 7)}, [2, 1, 3, 0], mode="reflect")


def _indexed() -> Iterator[Case]:
    yield from each(F + "embedding", {"i": ((7, 12), "index:40", "int64"), "w": ((40, 20), "range:-3:2")})
    yield from each(F + "embedding_bag", {"i": ((30, 9), "index:50", "int64"), "w": (50, 20)}, mode="sum")
    rows: Tensors = {"x": (15, 12), "i": ((80,), "index:15", "int64"), "s": ((80, 12), _UNIT)}
    yield from each("torch.index_add", rows, args=({"v": "x"}, 0, *v("i", "s")))
    index: Tensors = {"x": (10, 20), "i": ((10, 50), "index:20", "int64"), "s": ((10, 50), "unit")}
    yield from each("torch.scatter_add", index, args=({"v": "x"}, 1, *v("i", "s")))
