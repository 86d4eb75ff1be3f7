"""Public operators that most models call, at shapes, options, dimensions and values that no set before has.

See seventh.py; written without a look at the rules or at any score. Not in half precision: what a CPU has no kernel
for. Each operator's numbers have a seed of their own.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks.scoreboard.sets.sixth_core import DTYPES, F, L, Tensors
from harness.case import Case
from tests.numerics.torchrun import op_case

S = "torch.special."
HALF = ("bfloat16", "float16")


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


def seed(name: str, of: str = "seventh") -> int:
    """The seed of a function's or an operator's numbers in a set."""
    return zlib.crc32(f"{of} {name}".encode()) % 9973


def each(target: str, tensors: Tensors, *extra: Any, dtypes: Sequence[str] = (), **options: Any) -> Iterator[Case]:
    """The case in each dtype, without any in float32 and one of half precision; with `grad` its gradients, whose
    numbers are others.
    """
    some = dtypes or ("float32", HALF[seed(f"{target} {tensors}") % 2])
    yield from in_each(some, seed(target.rpartition(".")[2]), target, tensors, *extra, **options)


def each_of(of: str, some: Sequence[Sequence[str]]) -> Callable[..., Iterator[Case]]:
    """`each` of a later set: without dtypes in one of `some`, by the checksum of what it is given."""

    def each(target: str, tensors: Tensors, *extra: Any, dtypes: Sequence[str] = (), **options: Any) -> Iterator[Case]:
        """The case in each dtype; with `grad` its gradients, whose numbers are others."""
        given = dtypes or some[seed(f"{target} {tensors} {extra}", of) % len(some)]
        numbers = seed(target.removesuffix(".default").rpartition(".")[2], of)
        yield from in_each(given, numbers, target, tensors, *extra, **options)

    return each


def in_each(
    dtypes: Sequence[str], of: int, target: str, tensors: Tensors, *extra: Any, **options: Any
) -> Iterator[Case]:
    """The case in each dtype, its numbers of the seed `of`, those of its gradients of the next."""
    for d in dtypes:
        yield op_case(target, d, tensors, *extra, seed=of + bool(options.get("grad")), **options)


def v(*names: str) -> list[Any]:
    """Tensors as arguments."""
    return [{"v": name} for name in names]


def _products() -> Iterator[Case]:
    yield from each("torch.matmul", {"x": (3, 31, 64), "y": (64, 15)}, dtypes=DTYPES)
    yield from each("torch.matmul", {"x": ((63, 511), "range:-0.05:0.05"), "y": ((511, 8), "range:-1:1")})
    yield from each("torch.matmul", {"x": ((2, 1, 16, 24), "unit"), "y": ((1, 5, 24, 12), "range:-2:1")})
    yield from each("torch.bmm", {"x": ((4, 31, 48), "range:-3:3"), "y": (4, 48, 15)})
    wide: Tensors = {"x": (2, 15, 384), "w": ((31, 384), "range:-0.05:0.05"), "b": ((31,), "range:-0.1:0.1")}
    yield from each(F + "linear", wide, dtypes=DTYPES)
    yield from each(F + "linear", {"x": ((1, 1, 768), "positive"), "w": ((96, 768), "range:-0.04:0.04")})
    yield from each("torch.addmm", {"c": (15, 31), "x": ((15, 100), "unit"), "y": (100, 31)}, beta=0.25, alpha=3.0)
    yield from each("torch.baddbmm", {"c": (6, 15, 24), "x": (6, 15, 32), "y": (6, 32, 24)}, alpha=0.177)
    yield from each("torch.mv", {"x": ((127, 95), "range:0:1"), "y": ((95,), "range:-0.2:0.4")})
    yield from each("torch.dot", {"x": ((1023,), "range:-1:1"), "y": ((1023,), "unit")})
    for pattern, x, y in (
        ("bthd,bshd->bhts", (2, 15, 3, 16), (2, 11, 3, 16)),
        ("bhts,bshd->bthd", (1, 2, 12, 31), (1, 31, 2, 16)),
        ("ngk,gko->ngo", (7, 4, 24), (4, 24, 15)),
    ):
        yield from each("torch.einsum", {"x": x, "y": (y, "range:-0.5:1.5")}, args=(pattern, *v("x", "y")))


def _convolutions() -> Iterator[Case]:
    yield from each(F + "conv1d", {"x": (1, 8, 63), "w": ((12, 8, 7), "range:-0.2:0.2"), "b": (12,)}, padding=3)
    yield from each(F + "conv1d", {"x": (2, 16, 48), "w": (16, 1, 3)}, groups=16, dilation=4, padding=4)
    stem: Tensors = {"x": ((1, 3, 31, 29), "range:-2:2.6"), "w": ((8, 3, 7, 7), "range:-0.15:0.15")}
    yield from each(F + "conv2d", stem, stride=2, padding=3, dtypes=DTYPES)
    yield from each(F + "conv2d", {"x": ((2, 24, 8, 7), "unit"), "w": ((6, 24, 3, 3), "range:-0.1:0.1")}, padding=1)
    patches: Tensors = {"x": (1, 3, 16, 24), "w": ((31, 3, 4, 4), "range:-0.3:0.3"), "b": ((31,), "unit")}
    yield from each(F + "conv2d", patches, stride=4)
    yield from each(F + "conv2d", {"x": (1, 6, 5, 16), "w": (8, 6, 1, 7)}, padding=[0, 3])
    yield from each(F + "conv3d", {"x": (1, 2, 4, 7, 8), "w": ((4, 2, 3, 3, 3), "unit")}, padding=1)
    up: Tensors = {"x": (1, 8, 7, 6), "w": ((8, 4, 4, 4), "range:-0.25:0.25"), "b": (4,)}
    yield from each(F + "conv_transpose2d", up, stride=2, padding=1, dtypes=DTYPES)
    voice: Tensors = {"x": (1, 12, 15), "w": ((12, 3, 16), "range:-0.2:0.2")}
    yield from each(F + "conv_transpose1d", voice, stride=8, padding=4)


def _reductions() -> Iterator[Case]:
    yield from each("torch.sum", {"x": ((96, 63), "range:-0.1:1")}, dim=-1, dtypes=DTYPES)
    yield from each("torch.sum", {"x": (6, 24, 16, 5)}, dim=[1, 3])
    yield from each("torch.sum", {"x": ((7, 64, 15), "range:0:255")}, [-1, 0], True)
    yield from each("torch.mean", {"x": ((4, 64, 5, 6), "range:0:6")}, dim=[0, 2, 3], keepdim=True, dtypes=DTYPES)
    yield from each("torch.mean", {"x": ((63, 47), "range:-1:1.2")})
    yield from each("torch.amax", {"x": (7, 31, 12)}, dim=[0, 2])
    yield from each("torch.argmax", {"x": (96, 31)}, dim=1)
    yield from each("torch.var", {"x": ((31, 255), "range:-0.02:0.02")}, dim=1)
    yield from each("torch.std", {"x": ((4, 128, 31), "range:2:3")}, dim=1, keepdim=True)
    yield from each("torch.prod", {"x": ((95, 8), "range:0.5:2")}, 1, keepdim=True)
    yield from each(L + "vector_norm", {"x": ((64, 15, 6), "range:-5:5")}, 2, [1, 2])
    yield from each("torch.topk", {"x": ((31, 100), "range:-4:4")}, 7)


def _scans() -> Iterator[Case]:
    yield from each("torch.cumsum", {"x": ((7, 255), "range:-1:2")}, -1)
    yield from each("torch.cumsum", {"x": ((2, 100, 6), "positive")}, -2, dtypes=DTYPES)
    yield from each("torch.cumprod", {"x": ((31, 16), "range:0.8:1.2")}, 1)
    yield from each("torch.logcumsumexp", {"x": ((7, 63), "range:-2:2")}, 1)


def _softmaxes() -> Iterator[Case]:
    yield from each(F + "softmax", {"x": ((2, 3, 16, 31), "range:-4:4")}, dim=-1, dtypes=DTYPES)
    yield from each(F + "softmax", {"x": ((3, 768), "range:-1:1")}, dim=-1)
    yield from each("torch.softmax", {"x": ((2, 48, 15), "positive")}, -2, {"dt": "float32"}, dtypes=HALF)
    yield from each(F + "log_softmax", {"x": ((3, 1000), "range:-3:3")}, dim=-1, dtypes=DTYPES)
    yield from each(F + "log_softmax", {"x": (2, 21, 6, 7)}, dim=1)
    yield from each("torch.logsumexp", {"x": ((128, 31), "range:-2:2")}, -1)


def _norms() -> Iterator[Case]:
    affine: Tensors = {"x": (2, 7, 96), "w": ((96,), "range:0.5:1.5"), "b": ((96,), "range:-0.2:0.2")}
    yield from each(F + "layer_norm", affine, args=({"v": "x"}, [96], *v("w", "b")), dtypes=DTYPES)
    yield from each(F + "layer_norm", {"x": ((3, 768), "range:-2:4")}, [768], eps=1e-12)
    norm: Tensors = {"x": ((2, 7, 128), "range:-20:20"), "w": ((128,), "range:0.2:1.4")}
    yield from each(F + "rms_norm", norm, args=({"v": "x"}, [128], {"v": "w"}), eps=1e-5, dtypes=DTYPES)
    groups: Tensors = {"x": ((2, 32, 3, 5), "range:-1:3"), "w": (32,), "b": (32,)}
    yield from each(F + "group_norm", groups, args=({"v": "x"}, 8, *v("w", "b")), eps=1e-6)
    batch: Tensors = {"x": ((2, 16, 6, 7), "range:-4:5"), "m": ((16,), "range:-0.5:0.5"), "s": ((16,), "range:0.2:9")}
    batch = {**batch, "w": ((16,), "range:0.5:1.5"), "b": ((16,), "range:-1:1")}
    yield from each(F + "batch_norm", batch, args=tuple(v("x", "m", "s", "w", "b")), dtypes=DTYPES)
    yield from each(F + "batch_norm", {"x": ((64, 31), "range:-1:1")}, None, None, training=True)
    yield from each(F + "instance_norm", {"x": ((2, 6, 7, 8), "range:0:255")})
    yield from each(F + "normalize", {"x": ((31, 63), "range:-1:1")}, dim=0)
    yield from each(F + "cosine_similarity", {"x": (15, 1, 32), "y": ((1, 31, 32), "range:-1:2")}, dim=-1)


def _attention() -> Iterator[Case]:
    sdpa = F + "scaled_dot_product_attention"
    plain: Tensors = {"q": (1, 4, 31, 16), "k": (1, 4, 31, 16), "v": (1, 4, 31, 16)}
    yield from each(sdpa, plain, dtypes=DTYPES)
    long: Tensors = {"q": ((1, 1, 48, 32), "range:-2:2"), "k": (1, 1, 48, 32), "v": ((1, 1, 48, 32), "unit")}
    yield from each(sdpa, long, is_causal=True)
    step: Tensors = {"q": (2, 8, 1, 16), "k": (2, 2, 127, 16), "v": ((2, 2, 127, 16), "range:-3:3")}
    yield from each(sdpa, step, enable_gqa=True, dtypes=DTYPES)
    padded: Tensors = {"q": (2, 2, 15, 24), "k": (2, 2, 31, 24), "v": (2, 2, 31, 24)}
    padded = {**padded, "m": ((15, 31), "literal:0,0,-inf,0.5")}
    yield from each(sdpa, padded, args=tuple(v("q", "k", "v", "m")))


def _activations() -> Iterator[Case]:
    for name, values, options in (
        ("gelu", "range:-4:4", {}),
        ("silu", "range:-30:10", {}),
        ("elu", "range:-3:1", {}),
        ("mish", "range:-2:1", {}),
        ("hardswish", "range:-5:5", {}),
        ("logsigmoid", "range:-3:30", {}),
        ("softplus", "range:-8:3", {"beta": 0.5}),
        ("softshrink", "range:-2:2", {"lambd": 0.3}),
    ):
        given: Mapping[str, Any] = options
        dtypes = DTYPES if name in ("gelu", "silu") else ()
        yield from each(F + name, {"x": ((7, 127), values)}, dtypes=dtypes, **given)
    yield from each(F + "glu", {"x": ((3, 15, 64), "range:-3:3")})


def _functions() -> Iterator[Case]:
    for name, values in {
        "exp": "range:-1:0",
        "log": "range:1:1000",
        "sqrt": "range:10:9000",
        "rsqrt": "range:0.5:2",
        "sin": "range:-3.2:3.2",
        "cos": "range:-200:200",
        "tanh": "range:1:4",
        "sigmoid": "range:-1:1",
        "erf": "range:-0.3:0.3",
        "log1p": "range:0:100",
        "expm1": "range:-8:0.5",
    }.items():
        dtypes = DTYPES if name in ("exp", "sin", "erf", "log1p") else ()
        yield from each("torch." + name, {"x": ((15, 63), values)}, dtypes=dtypes)


def _arithmetic() -> Iterator[Case]:
    yield from each("torch.pow", {"x": ((15, 63), "range:0.01:9")}, 2.5, dtypes=DTYPES)
    yield from each("torch.pow", {"x": ((15, 31), "range:-4:4")}, args=(10.0, {"v": "x"}))
    yield from each("torch.add", {"x": (7, 1, 31), "y": ((12, 1), "range:-9:9")}, alpha=0.37)
    yield from each("torch.mul", {"x": ((31, 48), "range:-100:100"), "y": ((48,), "range:0.001:0.1")})
    yield from each("torch.div", {"x": (15, 63), "y": ((15, 1), "range:2:7")})
    yield from each("torch.lerp", {"x": ((15, 64), "range:-4:4"), "y": (15, 64)}, 0.999)


def _losses() -> Iterator[Case]:
    yield from each(F + "cross_entropy", {"x": ((64, 10), "range:-3:3"), "t": ((64,), "index:10", "int64")})
    tokens: Tensors = {"x": ((95, 31), "range:-8:8"), "t": ((95,), "index:31", "int64")}
    yield from each(F + "cross_entropy", tokens, reduction="none", label_smoothing=0.05, dtypes=DTYPES)
    yield from each(F + "mse_loss", {"x": ((31, 48), "range:-1:1"), "t": (31, 48)}, reduction="sum")
    yield from each(F + "l1_loss", {"x": ((3, 16, 15), "range:0:1"), "t": ((3, 16, 15), "range:0:1")})
    yield from each(F + "smooth_l1_loss", {"x": (63, 4), "t": ((63, 4), "range:-2:2")}, reduction="none", beta=0.1)
    binary: Tensors = {"x": ((15, 32), "range:-9:9"), "t": ((15, 32), "literal:1,0,0,0")}
    yield from each(F + "binary_cross_entropy_with_logits", binary, reduction="none", dtypes=DTYPES)
    yield from each(F + "kl_div", {"x": ((31, 16), "range:-4:-1"), "t": ((31, 16), "range:0.01:0.2")}, reduction="sum")


def _pools() -> Iterator[Case]:
    yield from each(F + "avg_pool2d", {"x": ((1, 6, 16, 15), "range:0:4")}, 2)
    yield from each(F + "max_pool2d", {"x": (2, 5, 15, 12)}, 3, 2, 1)
    yield from each(F + "adaptive_avg_pool2d", {"x": ((2, 48, 7, 7), "range:-0.5:3")}, 1)
    yield from each(F + "interpolate", {"x": (1, 3, 8, 7)}, scale_factor=2.0, mode="bilinear", dtypes=DTYPES)
    yield from each(F + "interpolate", {"x": ((1, 2, 12, 15), "range:0:255")}, size=[7, 31], mode="nearest-exact")
    image: Tensors = {"x": ((1, 4, 12, 9), "range:0:1"), "g": ((1, 7, 16, 2), "range:-1.1:1.1")}
    yield from each(F + "grid_sample", image, padding_mode="border", align_corners=False)


def _indexed() -> Iterator[Case]:
    yield from each(F + "embedding", {"i": ((4, 15), "index:50", "int64"), "w": ((50, 16), "range:-0.1:0.1")})
    bags: Tensors = {"i": ((31, 12), "index:64", "int64"), "w": ((64, 15), "range:-1:1")}
    yield from each(F + "embedding_bag", bags, mode="mean")
    index: Tensors = {"x": (31, 16), "i": ((127, 16), "index:31", "int64"), "s": ((127, 16), "range:-0.5:1")}
    yield from each("torch.scatter_add", index, args=({"v": "x"}, 0, *v("i", "s")))
    index = {"x": ((24, 31), "range:-1:1"), "i": ((95,), "index:24", "int64"), "s": ((95, 31), "range:0:2")}
    yield from each("torch.index_add", index, args=({"v": "x"}, 0, *v("i", "s")))
    index = {"x": (15, 48), "i": ((15, 31), "index:48", "int64")}
    yield from each("torch.gather", index, args=({"v": "x"}, 1, {"v": "i"}))
    index = {"x": ((15, 31), "range:1:2"), "i": ((100, 31), "index:15", "int64"), "s": ((100, 31), "range:-1:1")}
    yield from each("torch.scatter_reduce", index, args=({"v": "x"}, 0, *v("i", "s"), "sum"))
