"""Public operators that most models call, at shapes, options, dimensions and values that no set before has.

See eleventh.py; written without a look at the rules or at any score. Not in half precision: what a CPU has no kernel
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

each = each_of("eleventh", SOME)
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
    return seventh_core.seed(name, "eleventh")


def _products() -> Iterator[Case]:
    yield from each("torch.matmul", {"x": ((13, 190), "range:-0.7:0.4"), "y": ((190, 27), "range:0:0.5")})
    yield from each("torch.matmul", {"x": (3, 2, 18, 14), "y": ((14, 23), _UNIT)})
    yield from each("torch.matmul", {"x": ((370,), "range:-0.5:0.5"), "y": ((370, 38), "unit")})
    yield from each("torch.bmm", {"x": ((6, 13, 27), "range:-2:1"), "y": ((6, 27, 18), "unit")})
    yield from each(F + "linear", {"x": ((23, 135), "range:-0.4:0.8"), "w": ((19, 135), _UNIT), "b": ((19,), "unit")})
    yield from each("torch.addmm", {"c": (18, 23), "x": ((18, 58), _UNIT), "y": (58, 23)}, beta=0.4, alpha=-1.3)
    yield from each("torch.addmv", {"c": (58,), "x": ((58, 130), "range:-0.2:0.5"), "y": (130,)}, alpha=0.6)
    yield from each("torch.baddbmm", {"c": (3, 19, 1), "x": (3, 19, 27), "y": ((3, 27, 14), "unit")}, beta=-0.5)
    for pattern, x, y in (
        ("bkhd,bhqk->bqhd", (2, 13, 3, 9), (2, 3, 14, 13)),
        ("nct,cdt->nd", (7, 6, 19), (6, 23, 19)),
        ("ik,jk->ij", (19, 58), (23, 58)),
        ("bcn,bcm->bnm", (3, 11, 18), (3, 11, 14)),
    ):
        yield from each("torch.einsum", {"x": x, "y": (y, "range:-1:0.4")}, args=(pattern, *v("x", "y")))


def _convolutions() -> Iterator[Case]:
    yield from each(F + "conv1d", {"x": (3, 7, 38), "w": ((11, 7, 6), "range:-0.3:0.2"), "b": (11,)}, stride=3)
    yield from each(F + "conv1d", {"x": ((2, 9, 46), _UNIT), "w": ((9, 1, 9), "range:-0.1:0.3")}, groups=9, padding=4)
    yield from each(F + "conv2d", {"x": ((1, 9, 11, 13), "range:-1:3"), "w": ((7, 9, 2, 5), _UNIT), "b": (7,)},
                    padding=[1, 2])  # fmt: skip
    yield from each(F + "conv2d", {"x": (2, 6, 13, 9), "w": ((12, 2, 3, 3), "range:-0.4:0.4")}, groups=3, stride=2)
    yield from each(F + "conv2d", {"x": ((1, 5, 14, 13), "unit"), "w": ((9, 5, 3, 3), _UNIT)}, dilation=[2, 3])
    yield from each(F + "conv2d", {"x": (3, 23, 5, 7), "w": ((14, 23, 1, 1), "range:-0.3:0.5"), "b": (14,)})
    yield from each(F + "conv3d", {"x": (1, 4, 6, 5, 9), "w": ((3, 4, 3, 1, 3), _UNIT), "b": (3,)}, padding=[1, 0, 1])
    up: Tensors = {"x": (2, 7, 13), "w": ((7, 6, 5), "range:-0.3:0.4"), "b": (6,)}
    yield from each(F + "conv_transpose1d", up, stride=3, output_padding=1, dtypes=FULL)
    yield from each(F + "conv_transpose2d", {"x": (1, 6, 6, 7), "w": ((6, 3, 3, 3), _UNIT)}, stride=[2, 1], groups=2,
                    dtypes=FULL)  # fmt: skip


def _reductions() -> Iterator[Case]:
    yield from each("torch.sum", {"x": ((38, 1300), "range:-0.2:0.3")}, dim=-1)
    yield from each("torch.mean", {"x": ((3, 14, 9, 7), "range:-2:3")}, dim=[2, 3], keepdim=True)
    yield from each("torch.var", {"x": ((13, 23, 19), "range:2:5")}, dim=[0, 2], keepdim=True)
    yield from each("torch.std_mean", {"x": ((46, 58), "range:-3:1")}, dim=1)
    yield from each("torch.prod", {"x": ((14, 46), "range:0.7:1.4")}, 0)
    yield from each("torch.logsumexp", {"x": ((9, 27, 18), "range:-2:6")}, [0, 2])
    yield from each(L + "vector_norm", {"x": ((46, 190), "range:-2:2")}, dim=1)
    yield from each(L + "vector_norm", {"x": ((27, 38), "range:0.5:2")}, 3, 0)
    yield from each("torch.nanmean", {"x": ((58, 38), "range:-2:5")}, dim=1)
    yield from each("torch.nansum", {"x": ((46, 135), "range:-0.6:1")}, dim=-1)
    yield from each("torch.cumsum", {"x": ((7, 13, 46), "range:-0.5:0.7")}, 2)
    yield from each("torch.cumprod", {"x": ((27, 18), "range:0.7:1.35")}, 1)
    yield from each("torch.diff", {"x": ((19, 46), "range:-3:3")}, 2, 1)


def _normalised() -> Iterator[Case]:
    yield from each(F + "softmax", {"x": ((23, 135), "range:-9:2")}, dim=-1)
    yield from each(F + "softmax", {"x": ((3, 13, 9, 14), "range:-3:3")}, dim=2)
    yield from each(F + "log_softmax", {"x": ((13, 370), "range:-4:4")}, dim=-1)
    yield from each(F + "softmin", {"x": ((27, 46), "range:-4:5")}, dim=1)
    layer: Tensors = {"x": ((7, 3, 135), "range:-1:4"), "w": ((135,), "range:0.7:1.3"), "b": ((135,), "unit")}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [135], *v("w", "b")), eps=1e-6)
    yield from each(F + "layer_norm", {"x": ((13, 9, 14), "range:2:7"), "w": ((9, 14), "range:0.5:2")},
                    args=({"v": "x"}, [9, 14], {"v": "w"}))  # fmt: skip
    rms: Tensors = {"x": ((5, 9, 58), "range:-1:3"), "w": ((58,), "range:-0.5:1.5")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [58], {"v": "w"}))
    yield from each(F + "rms_norm", {"x": ((18, 270), "range:-0.3:0.4")}, [270], eps=1e-3)
    group: Tensors = {"x": ((3, 18, 37), "range:-1:2"), "w": ((18,), _UNIT), "b": ((18,), "range:-2:2")}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 9, *v("w", "b")))
    yield from each(F + "group_norm", {"x": ((5, 14, 6, 9), "range:-4:1")}, 2, eps=1e-3)
    batch: Tensors = {"x": (6, 13, 5, 7), "m": ((13,), "range:-2:2"), "s": ((13,), "range:0.2:2")}
    yield from each(F + "batch_norm", batch)
    train: Tensors = {"x": ((38, 23), "range:0:5"), "w": ((23,), "range:0.5:2"), "b": (23,)}
    yield from each(F + "batch_norm", train, args=({"v": "x"}, None, None, *v("w", "b"), True), eps=1e-5)
    yield from each(F + "instance_norm", {"x": ((2, 9, 11, 13), "range:-3:1")}, eps=1e-4)
    yield from each(F + "normalize", {"x": ((5, 13, 27), _UNIT)}, p=1.0, dim=2)
    yield from each(F + "cosine_similarity", {"x": (13, 1, 37), "y": ((1, 18, 37), _UNIT)}, dim=2)
    yield from each(F + "local_response_norm", {"x": ((2, 13, 27), "range:-3:3")}, 3, alpha=0.02)


def _attention() -> Iterator[Case]:
    sdpa = F + "scaled_dot_product_attention"
    yield from each(sdpa, {"q": ((2, 3, 23, 14), "range:-1:2"), "k": (2, 3, 27, 14), "v": ((2, 3, 27, 14), "unit")})
    yield from each(sdpa, {"q": ((1, 2, 46, 9), _UNIT), "k": ((1, 2, 46, 9), _UNIT), "v": (1, 2, 46, 9)},
                    is_causal=True, scale=0.5)  # fmt: skip
    grouped: Tensors = {"q": (2, 4, 1, 18), "k": (2, 2, 37, 18), "v": ((2, 2, 37, 18), "range:-1:2")}
    yield from each(sdpa, grouped, enable_gqa=True)
    seen: Tensors = {"q": (2, 2, 14, 13), "k": (2, 2, 18, 13), "v": ((2, 2, 18, 13), _UNIT),
                     "m": ((2, 1, 14, 18), "literal:1,1,0,1,1,0,1", "bool")}  # fmt: skip
    yield from each(sdpa, seen, args=tuple(v("q", "k", "v", "m")))
    biased: Tensors = {"q": (1, 4, 19, 11), "k": (1, 4, 19, 11), "v": (1, 4, 19, 6), "m": ((4, 19, 19), "range:-4:0")}
    yield from each(sdpa, biased, args=tuple(v("q", "k", "v", "m")), scale=0.25)


def _activations() -> Iterator[Case]:
    given: Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]] = {
        "gelu": [("range:-1:7", {}), ("range:-6:2", {"approximate": "tanh"})],
        "celu": [("range:-6:1", {"alpha": 0.7})],
        "selu": [("range:-5:4", {})],
        "softplus": [("range:-2:7", {"beta": 1.7})],
        "softsign": [("range:-9:3", {})],
        "hardswish": [("range:-4:5", {})],
        "hardsigmoid": [("range:-2.9:2.9", {})],
        "logsigmoid": [("range:-2:9", {})],
        "tanhshrink": [("range:0.5:5", {})],
        "softshrink": [("range:-3:2", {"lambd": 0.7})],
    }
    for name, samples in given.items():
        for values, options in samples:
            yield from each(F + name, {"x": ((19, 46), values)}, **options)
    yield from each(F + "glu", {"x": ((9, 13, 14), "range:-4:2")}, dim=2)
    yield from each(F + "prelu", {"x": ((3, 13, 6, 5), "range:-5:3"), "w": ((13,), "range:0.1:0.9")})


def _functions() -> Iterator[Case]:
    for name, values in {
        "exp2": "range:-4:6",
        "expm1": "range:-2:1",
        "log2": "range:0.1:9",
        "log10": "range:0.3:30",
        "reciprocal": "range:-9:-0.5",
        "tan": "range:-1:1.3",
        "erfc": "range:-1:2.5",
        "atan": "range:-1:9",
        "asin": "range:-0.9:0.6",
        "sinh": "range:-1:3.5",
    }.items():
        yield from each("torch." + name, {"x": ((23, 38), values)})
    yield from each("torch.pow", {"x": ((23, 38), "range:0.3:2"), "y": ((38,), "range:-3:3")})
    yield from each("torch.sub", {"x": ((23, 38), "range:1:2"), "y": ((23, 1), "range:1:2")})
    yield from each("torch.addcmul", {"x": (23, 27), "y": ((23, 1), "range:-2:2"), "z": (27,)}, value=0.8)
    yield from each("torch.addcdiv", {"x": (23, 27), "y": ((23, 27), _UNIT), "z": ((27,), "range:0.6:3")}, value=-0.7)
    yield from each("torch.lerp", {"x": ((23, 27), "range:-2:0"), "y": ((23, 27), "unit"), "w": ((23, 1), "unit")})


def _losses() -> Iterator[Case]:
    tokens: Tensors = {"x": ((46, 73), "range:-6:3"), "t": ((46,), "index:73", "int64"), "w": ((73,), "range:0.3:2")}
    yield from each(F + "cross_entropy", tokens, reduction="none")
    soft: Tensors = {"x": ((58, 19), "range:-3:4"), "t": ((58, 19), "range:0:0.1")}
    yield from each(F + "cross_entropy", soft, reduction="none", label_smoothing=0.1)
    yield from each(F + "l1_loss", {"x": ((23, 27), "range:-2:4"), "t": (23, 27)}, reduction="none")
    yield from each(F + "smooth_l1_loss", {"x": ((23, 27), "range:-2:2"), "t": (23, 27)}, beta=1.6, reduction="none")
    yield from each(F + "huber_loss", {"x": ((23, 27), "range:-3:3"), "t": (23, 27)}, delta=0.6, reduction="none")
    binary: Tensors = {"x": ((23, 27), "range:-6:2"), "t": ((23, 27), "unit"), "w": ((27,), "range:0.5:2")}
    yield from each(F + "binary_cross_entropy_with_logits", binary, reduction="none")
    yield from each(F + "binary_cross_entropy", {"x": ((23, 27), "range:0.05:0.9"), "t": ((23, 27), "unit")},
                    reduction="none")  # fmt: skip
    yield from each(F + "kl_div", {"x": ((23, 27), "range:-6:0"), "t": ((23, 27), "range:-5:-0.2")}, reduction="none",
                    log_target=True)  # fmt: skip
    normal: Tensors = {"x": ((23, 27), "range:-2:2"), "t": (23, 27), "s": ((23, 27), "range:0.2:2")}
    yield from each(F + "gaussian_nll_loss", normal, full=True, reduction="none")
    yield from each(F + "soft_margin_loss", {"x": ((23, 27), "range:-4:2"), "t": ((23, 27), "literal:1,-1,-1,1,1")},
                    reduction="none")  # fmt: skip
    yield from each(F + "pairwise_distance", {"x": (58, 19), "y": ((58, 19), "range:1:3")}, p=1.0)


def _pools() -> Iterator[Case]:
    yield from each(F + "avg_pool2d", {"x": ((3, 4, 11, 13), "range:-1:3")}, 4, 3, 2, count_include_pad=False)
    yield from each(F + "adaptive_avg_pool2d", {"x": ((3, 4, 11, 13), "range:-2:3")}, [3, 5])
    yield from each(F + "lp_pool2d", {"x": ((3, 4, 11, 13), "range:0.2:3")}, 2.0, 3, 2)
    yield from each(F + "interpolate", {"x": ((2, 5, 7, 9), "range:-3:1")}, size=[13, 14], mode="bilinear",
                    align_corners=True)  # fmt: skip
    yield from each(F + "interpolate", {"x": (3, 5, 19)}, size=27, mode="linear")
    yield from each(F + "interpolate", {"x": ((2, 3, 9, 11), "unit")}, size=[5, 7], mode="area")
    yield from each(F + "interpolate", {"x": ((1, 3, 13, 11), _UNIT)}, size=[6, 7], mode="bilinear", antialias=True,
                    dtypes=FULL)  # fmt: skip
    yield from each(F + "pad", {"x": (3, 5, 6, 9)}, [3, 2, 2, 2], mode="circular")


def _indexed() -> Iterator[Case]:
    bag: Tensors = {"i": ((27, 7), "index:46", "int64"), "w": ((46, 18), "range:-1:2")}
    yield from each(F + "embedding_bag", bag, mode="mean")
    rows: Tensors = {"x": (13, 23), "i": ((69,), "index:23", "int64"), "s": ((13, 69), "range:0:2")}
    yield from each("torch.index_add", rows, args=({"v": "x"}, 1, *v("i", "s")), alpha=-0.4)
    index: Tensors = {"x": (19, 14), "i": ((58, 14), "index:19", "int64"), "s": ((58, 14), "range:-2:2")}
    yield from each("torch.scatter_add", index, args=({"v": "x"}, 0, *v("i", "s")))
    yield from each("torch.gather", {"x": ((13, 27), "range:-2:2"), "i": ((13, 18), "index:27", "int64")},
                    args=({"v": "x"}, 1, {"v": "i"}))  # fmt: skip
