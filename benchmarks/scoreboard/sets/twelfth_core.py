"""Public operators that most models call, at shapes, options, dimensions and values that no set before has.

See twelfth.py; written without a look at the rules or at any score. Not in half precision: what a CPU has no kernel
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

each = each_of("twelfth", SOME)
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
    return seventh_core.seed(name, "twelfth")


def _products() -> Iterator[Case]:
    yield from each("torch.matmul", {"x": ((21, 211), "range:-0.4:0.6"), "y": ((211, 17), _UNIT)})
    yield from each("torch.matmul", {"x": ((1, 430), "range:-0.3:0.5"), "y": ((430, 41), "unit")})
    yield from each("torch.matmul", {"x": (5, 1, 12, 31), "y": ((1, 3, 31, 10), "range:-0.5:1")})
    yield from each("torch.mm", {"x": (61, 1), "y": ((1, 34), "range:-2:1")})
    yield from each("torch.mm", {"x": ((10, 1021), "range:-0.2:0.1"), "y": ((1021, 12), _UNIT)})
    yield from each("torch.bmm", {"x": ((10, 1, 53), "range:-1:2"), "y": ((10, 53, 12), _UNIT)})
    yield from each("torch.mv", {"x": ((43, 101), "range:-0.5:0.7"), "y": (101,)})
    yield from each(
        F + "linear", {"x": ((5, 1, 12, 34), _UNIT), "w": ((25, 34), "range:-0.4:0.3"), "b": ((25,), "unit")}
    )
    yield from each(F + "linear", {"x": ((31, 150), "range:-1:2"), "w": ((1, 150), "range:-0.2:0.2")})
    yield from each("torch.addmm", {"c": ((25,), _UNIT), "x": ((31, 43), "range:0:0.5"), "y": (43, 25)}, alpha=1.6)
    for pattern, x, y in (
        ("bhqd,bkd->bhqk", (2, 5, 12, 15), (2, 17, 15)),
        ("nchw,oc->nohw", (3, 10, 5, 6), (7, 10)),
        ("bij,bjk->ki", (5, 12, 17), (5, 17, 10)),
        ("nl,nl->n", (41, 53), (41, 53)),
    ):
        yield from each("torch.einsum", {"x": x, "y": (y, "range:-0.6:1")}, args=(pattern, *v("x", "y")))


def _convolutions() -> Iterator[Case]:
    yield from each(F + "conv1d", {"x": ((5, 10, 31), "range:-1:2"), "w": ((12, 10, 1), _UNIT), "b": (12,)})
    yield from each(F + "conv1d", {"x": ((3, 7, 25), _UNIT), "w": ((10, 7, 4), "range:-0.3:0.5"), "b": (10,)},
                    padding="same")  # fmt: skip
    yield from each(F + "conv2d", {"x": ((3, 1, 17, 15), "range:0:2"), "w": ((10, 1, 5, 5), _UNIT)}, stride=[3, 2])
    yield from each(F + "conv2d", {"x": (2, 10, 9, 10), "w": ((10, 1, 3, 3), "range:-0.5:0.4"), "b": (10,)}, groups=10,
                    padding="same")  # fmt: skip
    yield from each(F + "conv2d", {"x": ((1, 12, 10, 12), _UNIT), "w": ((8, 6, 1, 3), _UNIT), "b": (8,)}, groups=2,
                    padding=[0, 2], dilation=[1, 2])  # fmt: skip
    yield from each(F + "conv3d", {"x": ((2, 3, 5, 7, 6), "range:-1:2"), "w": ((6, 1, 2, 3, 3), _UNIT)}, groups=3,
                    stride=[1, 2, 1])  # fmt: skip
    up: Tensors = {"x": (3, 10, 12), "w": ((10, 3, 4), "range:-0.4:0.5"), "b": (6,)}
    yield from each(F + "conv_transpose1d", up, stride=2, padding=1, groups=2, dtypes=FULL)
    yield from each(F + "conv_transpose2d", {"x": ((2, 5, 5, 6), _UNIT), "w": (5, 7, 2, 3)}, stride=[2, 3],
                    output_padding=[1, 2], dtypes=FULL)  # fmt: skip


def _reductions() -> Iterator[Case]:
    yield from each("torch.sum", {"x": ((5, 31, 12, 10), "range:-0.5:0.7")}, dim=[1, 3])
    yield from each("torch.sum", {"x": ((2111, 7), "range:0:0.2")}, dim=0)
    yield from each("torch.mean", {"x": ((17, 1500), "range:-2:1")}, dim=1)
    yield from each("torch.var", {"x": ((31, 101), "range:-1:5")}, dim=1, correction=2)
    yield from each("torch.prod", {"x": ((31, 12, 5), "range:0.6:1.5")}, 1)
    yield from each("torch.logsumexp", {"x": ((12, 211), "range:-5:3")}, -1, keepdim=True)
    yield from each(L + "vector_norm", {"x": ((12, 10, 25), "range:-1:2")}, dim=[0, 2])
    yield from each(L + "vector_norm", {"x": ((31, 41), "range:0.1:2")}, 0.5, 1)
    yield from each("torch.cumsum", {"x": ((211, 5), "range:-1:0.8")}, 0)
    yield from each("torch.cumprod", {"x": ((5, 12, 17), "range:-1.4:1.4")}, 2)
    yield from each("torch.logcumsumexp", {"x": ((25, 31), "range:-4:6")}, 0)


def _normalised() -> Iterator[Case]:
    yield from each(F + "softmax", {"x": ((2, 3, 17, 53), "range:-6:6")}, dim=-1)
    yield from each(F + "softmax", {"x": ((12, 10, 15, 5), "range:-2:5")}, dim=1)
    yield from each(F + "log_softmax", {"x": ((10, 611), "range:-3:9")}, dim=1)
    layer: Tensors = {"x": ((12, 5, 150), "range:-3:1"), "w": ((150,), "range:-1.5:1.5"), "b": (150,)}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [150], *v("w", "b")), eps=1e-3)
    yield from each(F + "layer_norm", {"x": ((53, 31), "range:5:8")}, [31])
    rms: Tensors = {"x": ((17, 3, 101), "range:-2:1"), "w": ((101,), "range:0.8:1.2")}
    yield from each(F + "rms_norm", rms, args=({"v": "x"}, [101], {"v": "w"}), eps=1e-6)
    yield from each(F + "rms_norm", {"x": ((25, 5, 12), "range:0:4")}, [5, 12])
    group: Tensors = {"x": ((2, 20, 7, 6), "range:-1:4"), "w": ((20,), "range:0.5:1.5"), "b": (20,)}
    yield from each(F + "group_norm", group, args=({"v": "x"}, 5, *v("w", "b")), eps=1e-6)
    batch: Tensors = {"x": (17, 12, 10), "m": ((12,), _UNIT), "s": ((12,), "range:0.5:3"), "w": ((12,), "unit")}
    yield from each(F + "batch_norm", batch, args=tuple(v("x", "m", "s", "w")), eps=1e-3)
    train: Tensors = {"x": ((5, 10, 6, 7), "range:-3:6"), "w": ((10,), _UNIT), "b": ((10,), "unit")}
    yield from each(F + "batch_norm", train, args=({"v": "x"}, None, None, *v("w", "b"), True))
    yield from each(F + "instance_norm", {"x": ((3, 12, 53), "range:-1:5")})
    yield from each(F + "normalize", {"x": ((31, 43), "range:-2:1")}, p=3.0, dim=0)
    yield from each(F + "cosine_similarity", {"x": ((12, 10, 31), "range:-1:2"), "y": (12, 10, 31)}, dim=-1)


def _attention() -> Iterator[Case]:
    sdpa = F + "scaled_dot_product_attention"
    yield from each(sdpa, {"q": ((3, 17, 10), _UNIT), "k": ((3, 61, 10), "range:-2:2"), "v": (3, 61, 12)})
    yield from each(sdpa, {"q": (2, 5, 31, 12), "k": (2, 5, 31, 12), "v": ((2, 5, 31, 12), "unit")}, is_causal=True)
    yield from each(sdpa, {"q": ((1, 6, 12, 10), "range:-2:1"), "k": (1, 3, 25, 10), "v": (1, 3, 25, 10)},
                    enable_gqa=True, scale=0.2)  # fmt: skip
    seen: Tensors = {"q": (3, 2, 21, 17), "k": (3, 2, 25, 17), "v": (3, 2, 25, 17),
                     "m": ((3, 1, 1, 25), "literal:1,1,1,0,1", "bool")}  # fmt: skip
    yield from each(sdpa, seen, args=tuple(v("q", "k", "v", "m")), scale=0.4)
    biased: Tensors = {"q": ((2, 3, 1, 12), "range:-1:2"), "k": (2, 3, 101, 12), "v": (2, 3, 101, 12),
                       "m": ((1, 3, 1, 101), "range:-3:1")}  # fmt: skip
    yield from each(sdpa, biased, args=tuple(v("q", "k", "v", "m")))


def _activations() -> Iterator[Case]:
    given: Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]] = {
        "gelu": [("range:-5:1", {}), ("range:-2:6", {"approximate": "tanh"})],
        "silu": [("range:-9:4", {})],
        "mish": [("range:-7:3", {})],
        "elu": [("range:-5:2", {"alpha": 1.6})],
        "softplus": [("range:-9:2", {"beta": 0.6, "threshold": 5.0})],
        "leaky_relu": [("range:-6:3", {"negative_slope": 0.17})],
        "hardtanh": [("range:-3:3", {"min_val": -0.7, "max_val": 1.3})],
        "logsigmoid": [("range:-12:3", {})],
    }
    for name, samples in given.items():
        for values, options in samples:
            yield from each(F + name, {"x": ((17, 41), values)}, **options)
    yield from each(F + "glu", {"x": ((12, 34, 5), "range:-3:3")}, dim=1)
    yield from each(F + "prelu", {"x": ((5, 10, 12), "range:-4:2"), "w": ((1,), "unit")})


def _functions() -> Iterator[Case]:
    for name, values in {
        "exp": "range:-6:4",
        "log": "range:0.05:20",
        "log1p": "range:-0.7:5",
        "sqrt": "range:0.01:30",
        "rsqrt": "range:0.02:12",
        "sigmoid": "range:-9:5",
        "tanh": "range:-4:1",
        "cos": "range:-12:5",
        "erf": "range:0.2:3",
        "acosh": "range:1.1:9",
    }.items():
        yield from each("torch." + name, {"x": ((21, 34), values)})
    yield from each("torch.pow", {"x": ((21, 34), "range:0.2:4")}, -1.3)
    yield from each("torch.add", {"x": ((21, 34), "range:-2:2"), "y": ((34,), "range:-9:9")}, alpha=0.35)
    yield from each("torch.mul", {"x": ((21, 1), "range:-3:3"), "y": ((1, 34), _UNIT)})
    yield from each("torch.div", {"x": ((21, 34), "range:-3:3"), "y": ((21, 1), "range:0.3:7")})
    yield from each("torch.atan2", {"x": ((21, 34), "range:-3:3"), "y": ((21, 34), "range:0.2:3")})
    yield from each("torch.lerp", {"x": ((21, 34), "range:1:4"), "y": ((34,), "range:-3:1")}, 0.15)


def _losses() -> Iterator[Case]:
    tokens: Tensors = {"x": ((12, 31, 10), "range:-2:5"), "t": ((12, 10), "index:31", "int64")}
    yield from each(F + "cross_entropy", tokens, reduction="none", ignore_index=3)
    yield from each(F + "cross_entropy", {"x": ((61, 17), "range:-4:2"), "t": ((61,), "index:17", "int64"),
                                          "w": ((17,), "range:0.2:3")}, label_smoothing=0.15)  # fmt: skip
    yield from each(F + "nll_loss", {"x": ((101, 12), "range:-6:0"), "t": ((101,), "index:12", "int64")})
    yield from each(F + "mse_loss", {"x": ((31, 41), "range:-2:3"), "t": (31, 41)})
    yield from each(F + "smooth_l1_loss", {"x": ((25, 17), "range:-3:3"), "t": (25, 17)}, beta=0.3)
    binary: Tensors = {"x": ((17, 25), "range:-4:7"), "t": ((17, 25), "literal:1,0,1,1,0"), "p": ((25,), "range:0.5:4")}
    yield from each(F + "binary_cross_entropy_with_logits", binary, args=tuple(v("x", "t")), pos_weight={"v": "p"})
    yield from each(F + "kl_div", {"x": ((25, 41), "range:-5:-1"), "t": ((25, 41), "range:0:0.1")},
                    reduction="batchmean")  # fmt: skip
    yield from each(F + "triplet_margin_loss", {"x": (41, 10), "y": ((41, 10), _UNIT), "z": ((41, 10), "range:0:2")},
                    swap=True, margin=2.0, reduction="none")  # fmt: skip


def _pools() -> Iterator[Case]:
    yield from each(F + "avg_pool1d", {"x": ((5, 10, 34), "range:-2:3")}, 7, 3, 2)
    yield from each(F + "avg_pool2d", {"x": ((2, 5, 15, 12), "range:-3:1")}, [3, 4], [2, 3], [1, 0], ceil_mode=True)
    yield from each(F + "avg_pool2d", {"x": ((3, 5, 12, 10), "unit")}, 3, 2, divisor_override=5)
    yield from each(F + "max_pool2d", {"x": (2, 7, 15, 12)}, 3, 2, 1, 2)
    yield from each(F + "adaptive_avg_pool1d", {"x": ((5, 12, 43), "range:-1:3")}, 10)
    yield from each(F + "adaptive_avg_pool2d", {"x": ((2, 10, 10, 15), "range:-3:2")}, [1, 7])
    yield from each(F + "interpolate", {"x": ((2, 3, 7, 6), "range:-2:2")}, size=[12, 10], mode="bicubic",
                    align_corners=True, dtypes=FULL)  # fmt: skip
    yield from each(F + "pad", {"x": (3, 7, 10, 6)}, [1, 4, 3, 2], mode="reflect")


def _indexed() -> Iterator[Case]:
    yield from each(F + "embedding", {"i": ((21, 10), "index:53", "int64"), "w": ((53, 12), _UNIT)}, max_norm=None)
    bag: Tensors = {"i": ((34, 5), "index:31", "int64"), "w": (31, 15), "s": ((34, 5), "range:0:2")}
    yield from each(F + "embedding_bag", bag, args=tuple(v("i", "w")), mode="sum", per_sample_weights={"v": "s"})
    rows: Tensors = {"x": ((12, 10, 5), _UNIT), "i": ((53,), "index:10", "int64"), "s": (12, 53, 5)}
    yield from each("torch.index_add", rows, args=({"v": "x"}, 1, *v("i", "s")))
    index: Tensors = {"x": (10, 25), "i": ((10, 101), "index:25", "int64"), "s": ((10, 101), "range:-1:3")}
    yield from each("torch.scatter_add", index, args=({"v": "x"}, 1, *v("i", "s")))
    yield from each("torch.topk", {"x": ((21, 53), "range:-4:4")}, 5)
    yield from each("torch.where", {"c": ((21, 12), "literal:1,0,0,1,1", "bool"), "x": (21, 12), "y": ((12,), "unit")})
    yield from each("torch.argmax", {"x": ((34, 21), "range:-5:5")}, 1)
