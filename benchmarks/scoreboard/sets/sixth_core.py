"""Public operators that most models call, at shapes, options, dimensions and values that no set before has.

See sixth.py. Not in half precision: what a CPU has no kernel for. Each operator's numbers have a seed of their own.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.case import Case
from tests.numerics.torchrun import op_case

F = "torch.nn.functional."
L = "torch.linalg."
DTYPES = ("float32", "bfloat16", "float16", "float64")
FLOATS = ("float32", "bfloat16", "float16")
FULL = ("float32", "float64")  # not in half precision on a CPU

Tensors = Mapping[str, Any]


def cases() -> Iterator[Case]:
    """Every one of these operators, on its samples in each dtype it runs in."""
    yield from _products()
    yield from _convolutions()
    yield from _reductions()
    yield from _softmaxes()
    yield from _norms()
    yield from _attention()
    yield from _activations()
    yield from _functions()
    yield from _losses()
    yield from _pools()
    yield from _indexed()
    yield from _fourier()
    yield from _algebra()


def seed(name: str) -> int:
    """The seed of a function's or an operator's numbers."""
    return zlib.crc32(name.encode()) % 9973


def _each(
    target: str,
    tensors: Tensors,
    *extra: Any,
    dtypes: Sequence[str] = FLOATS,
    args: tuple[Any, ...] | None = None,
    grad: tuple[str, ...] = (),
    **options: Any,
) -> Iterator[Case]:
    """The case in each dtype, and with `grad` its gradients, too."""
    for d in dtypes:
        of = seed(target.rpartition(".")[2])
        yield op_case(target, d, tensors, *extra, args=args, seed=of, **options)
        if grad:
            yield op_case(target, d, tensors, *extra, args=args, seed=of + 1, grad=grad, **options)


def _v(*names: str) -> list[Any]:
    return [{"v": name} for name in names]


def _products() -> Iterator[Case]:
    yield from _each("torch.matmul", {"x": (5, 1, 9, 33), "y": (3, 33, 7)}, dtypes=DTYPES, grad=("x", "y"))
    yield from _each("torch.matmul", {"x": ((129,), "unit"), "y": ((3, 129, 17), "range:-0.1:1")}, dtypes=DTYPES)
    yield from _each("torch.matmul", {"x": ((2, 17, 257), "range:0:0.1"), "y": (257,)})
    yield from _each("torch.bmm", {"x": ((5, 17, 33), "unit"), "y": ((5, 33, 3), "offset")}, dtypes=DTYPES)
    yield from _each("torch.bmm", {"x": ((2, 3, 129), "range:-0.5:2"), "y": (2, 129, 9)})
    yield from _each(F + "linear", {"x": (2, 3, 129), "w": ((17, 129), "range:-0.1:0.1")}, dtypes=DTYPES)
    yield from _each(F + "linear", {"x": ((33,), "unit"), "w": (9, 33), "b": (9,)}, grad=("x", "w"))
    scaled: Tensors = {"c": (17, 1), "x": (17, 33), "y": (33, 9)}
    yield from _each("torch.addmm", scaled, dtypes=DTYPES, alpha=0.7, beta=-1.5, grad=("c", "x"))
    batch: Tensors = {"c": (9, 5), "x": (7, 9, 17), "y": ((7, 17, 5), "unit")}
    yield from _each("torch.addbmm", batch, dtypes=DTYPES, alpha=0.5, beta=2.0)
    batch = {"c": ((1, 5), "positive"), "x": (4, 9, 33), "y": (4, 33, 5)}
    yield from _each("torch.baddbmm", batch, dtypes=DTYPES, alpha=0.125, beta=0.3)
    yield from _each("torch.addmv", {"c": (33,), "x": ((33, 129), "unit"), "y": (129,)}, alpha=-0.6, beta=1.25)
    for pattern, x, y in (
        ("bhid,bhjd->bhij", (2, 3, 9, 17), (2, 3, 5, 17)),
        ("ij,ij->i", (33, 65), (33, 65)),
        ("nchw,kc->nkhw", (2, 17, 3, 5), (7, 17)),
        ("bi,bj->bij", (5, 9), (5, 7)),
        ("ijk,jk->", (3, 17, 9), (17, 9)),
        ("btd,bsd->ts", (9, 5, 33), (9, 7, 33)),
    ):
        yield from _each("torch.einsum", {"x": x, "y": (y, "range:-1:2")}, args=(pattern, *_v("x", "y")))
    chain: Tensors = {"x": (17, 9), "y": (17, 5), "w": (7, 9, 5)}
    yield from _each("torch.einsum", chain, args=("bi,oij,bj->bo", *_v("x", "w", "y")), dtypes=DTYPES)
    yield from _each("torch.tensordot", {"x": (9, 3, 17), "y": (17, 5, 9)}, dims=[[0, 2], [2, 0]])
    layer: Tensors = {"x": (9, 17), "y": (9, 5), "w": ((7, 17, 5), "range:-0.3:0.3"), "b": (7,)}
    yield from _each(F + "bilinear", layer, dtypes=DTYPES, grad=("x", "y"))
    for p in (1.5, 3.0):
        yield from _each("torch.cdist", {"x": (3, int(11 * p), 5), "y": (3, 7, 5)}, p, dtypes=FULL)
    yield from _each("torch.cdist", {"x": ((33, 65), "unit"), "y": ((9, 65), "unit")}, 2.0, dtypes=FULL)
    yield from _each("torch.outer", {"x": ((33,), "wide"), "y": ((17,), "wide")})


def _convolutions() -> Iterator[Case]:
    filters: Tensors = {"x": ((2, 6, 33), "unit"), "w": (9, 2, 5), "b": (9,)}
    yield from _each(F + "conv1d", filters, dtypes=DTYPES, stride=2, dilation=2, groups=3, padding=3)
    yield from _each(F + "conv1d", {"x": (3, 17, 65), "w": (5, 17, 1)}, grad=("x", "w"))
    depthwise: Tensors = {"x": (2, 9, 7, 11), "w": (9, 1, 3, 3), "b": ((9,), "positive")}
    yield from _each(F + "conv2d", depthwise, dtypes=DTYPES, stride=2, padding=1, groups=9)
    pointwise: Tensors = {"x": ((1, 65, 3, 5), "offset"), "w": ((7, 65, 1, 1), "range:-0.2:0.2")}
    yield from _each(F + "conv2d", pointwise, grad=("x", "w"))
    yield from _each(F + "conv2d", {"x": (1, 4, 9, 13), "w": (6, 2, 3, 5)}, dilation=2, groups=2, padding="same")
    yield from _each(
        F + "conv3d", {"x": (1, 3, 5, 7, 5), "w": (5, 3, 2, 3, 2), "b": (5,)}, dtypes=DTYPES, stride=[1, 2, 1]
    )
    up: Tensors = {"x": (2, 9, 17), "w": (9, 5, 4), "b": (5,)}
    yield from _each(F + "conv_transpose1d", up, dtypes=DTYPES, stride=3, padding=1, output_padding=2)
    up = {"x": ((1, 6, 5, 3), "unit"), "w": (6, 3, 2, 3), "b": (9,)}
    yield from _each(F + "conv_transpose2d", up, dtypes=DTYPES, groups=3, dilation=2, padding=1, grad=("x",))


def _reductions() -> Iterator[Case]:
    yield from _each("torch.sum", {"x": ((65, 9, 5), "wide")}, dim=0, dtypes=DTYPES)
    yield from _each("torch.sum", {"x": ((17, 5, 33), "positive")}, dim=[0, 2], keepdim=True)
    yield from _each("torch.sum", {"x": ((2049,), "unit")})
    yield from _each("torch.mean", {"x": ((9, 17, 33), "unit")}, dim=[1, 2], dtypes=DTYPES, grad=("x",))
    yield from _each("torch.mean", {"x": ((257, 5), "wide")}, dim=0)
    yield from _each("torch.prod", {"x": ((17, 33), "range:-1.5:1.5")}, 0, dtypes=DTYPES, grad=("x",))
    yield from _each("torch.var", {"x": ((129, 17), "positive")}, dim=0, correction=0, dtypes=DTYPES)
    yield from _each("torch.var", {"x": ((3, 33, 5), "range:7:8")}, dim=[0, 1], grad=("x",))
    yield from _each("torch.std", {"x": ((5, 17, 9), "unit")}, dim=[0, 2], correction=2, dtypes=DTYPES)
    yield from _each("torch.var_mean", {"x": ((33, 65), "positive")}, dim=0)
    yield from _each("torch.nansum", {"x": ((129, 3, 5), "offset")}, dim=[0, 1])
    for order, shape in ((3.0, (65, 17)), (0.5, (17, 9)), (-1.0, (33, 5))):
        yield from _each(L + "vector_norm", {"x": (shape, "positive")}, order, 0, dtypes=DTYPES)
    yield from _each("torch.norm", {"x": (9, 33, 5)}, 2, [0, 1], grad=("x",))
    yield from _each(L + "matrix_norm", {"x": (5, 17, 9)}, "fro")
    yield from _each(L + "matrix_norm", {"x": ((3, 33, 7), "unit")}, 1)
    yield from _each("torch.cumsum", {"x": ((65, 5), "wide")}, 0, dtypes=DTYPES)
    yield from _each("torch.cumsum", {"x": ((3, 129, 2), "unit")}, 1, grad=("x",))
    yield from _each("torch.cumprod", {"x": ((17, 9), "range:-1.4:1.4")}, 0, dtypes=DTYPES, grad=("x",))
    yield from _each("torch.logcumsumexp", {"x": ((33, 9), "range:-9:9")}, 0, dtypes=DTYPES)
    yield from _each("torch.diff", {"x": ((9, 65), "offset")}, 2)
    yield from _each("torch.trapezoid", {"y": ((17, 33), "positive")}, dx=0.3, dim=0)


def _softmaxes() -> Iterator[Case]:
    yield from _each(F + "softmax", {"x": ((65, 9), "range:-30:30")}, dim=0, dtypes=DTYPES)
    yield from _each(F + "softmax", {"x": (3, 17, 5)}, dim=1, grad=("x",))
    yield from _each(F + "log_softmax", {"x": ((17, 33), "range:-20:20")}, dim=0, dtypes=DTYPES)
    yield from _each(F + "log_softmax", {"x": ((2, 65, 3, 5), "unit")}, dim=1, grad=("x",))
    yield from _each(F + "softmin", {"x": ((2, 33, 9), "positive")}, dim=1)
    yield from _each("torch.logsumexp", {"x": ((9, 17, 5), "range:-9:20")}, [0, 2], dtypes=DTYPES)
    yield from _each("torch.logsumexp", {"x": (129, 3)}, 0, grad=("x",))


def _norms() -> Iterator[Case]:
    affine: Tensors = {"x": ((9, 5, 7), "positive"), "w": (5, 7), "b": (5, 7)}
    args = ({"v": "x"}, [5, 7], *_v("w", "b"))
    yield from _each(F + "layer_norm", affine, args=args, dtypes=DTYPES, eps=1e-3, grad=("x", "w", "b"))
    yield from _each(F + "layer_norm", {"x": ((3, 257), "wide")}, [257], eps=1e-6)
    norm: Tensors = {"x": ((5, 9, 3), "unit"), "w": (9, 3)}
    yield from _each(F + "rms_norm", norm, args=({"v": "x"}, [9, 3], {"v": "w"}), dtypes=DTYPES, eps=1e-3)
    yield from _each(F + "rms_norm", {"x": ((17, 129), "range:-0.01:0.01")}, [129], eps=1e-6, grad=("x",))
    groups: Tensors = {"x": ((2, 9, 17), "offset"), "w": (9,), "b": (9,)}
    yield from _each(F + "group_norm", groups, args=({"v": "x"}, 9, *_v("w", "b")), dtypes=DTYPES, eps=1e-3)
    groups = {"x": ((3, 12, 3, 5), "positive"), "w": (12,), "b": (12,)}
    yield from _each(F + "group_norm", groups, args=({"v": "x"}, 1, *_v("w", "b")))
    batch: Tensors = {"x": (5, 9, 7), "m": (9,), "v": ((9,), "range:0.3:3"), "w": (9,), "b": (9,)}
    yield from _each(F + "batch_norm", batch, args=tuple(_v("x", "m", "v", "w", "b")), dtypes=DTYPES, eps=1e-3)
    batch = {"x": ((33, 5), "positive"), "w": (5,), "b": (5,)}
    args = ({"v": "x"}, None, None, *_v("w", "b"))
    yield from _each(F + "batch_norm", batch, args=args, training=True, grad=("x", "w"))
    instance: Tensors = {"x": ((2, 5, 33), "unit"), "w": (5,), "b": (5,)}
    args = ({"v": "x"}, None, None, *_v("w", "b"))
    yield from _each(F + "instance_norm", instance, args=args, dtypes=DTYPES, eps=1e-3)
    yield from _each(F + "local_response_norm", {"x": (2, 9, 5, 7)}, 5, dtypes=FULL, alpha=0.5, beta=0.6, k=1.5)
    for p, shape in ((1.0, (17, 33)), (3.0, (9, 65, 3))):
        yield from _each(F + "normalize", {"x": (shape, "unit")}, p=p, dim=1, dtypes=DTYPES)
    yield from _each(F + "cosine_similarity", {"x": (9, 33, 5), "y": (9, 33, 5)}, dim=1, grad=("x",))


def _attention() -> Iterator[Case]:
    sdpa = F + "scaled_dot_product_attention"
    masked: Tensors = {
        "q": (2, 3, 9, 8),
        "k": (2, 3, 17, 8),
        "v": (2, 3, 17, 5),
        "m": ((9, 17), "literal:1,1,0,1,0", "bool"),
    }
    yield from _each(sdpa, masked, args=tuple(_v("q", "k", "v", "m")), dtypes=DTYPES, grad=("q", "k", "v"))
    grouped: Tensors = {"q": (1, 6, 17, 8), "k": (1, 2, 33, 8), "v": ((1, 2, 33, 8), "unit")}
    yield from _each(sdpa, grouped, enable_gqa=True, dtypes=DTYPES)
    yield from _each(
        sdpa, {"q": ((1, 1, 65, 16), "range:-2:2"), "k": (1, 1, 65, 16), "v": (1, 1, 65, 16)}, scale=0.9, is_causal=True
    )
    biased: Tensors = {
        "q": (2, 2, 5, 32),
        "k": (2, 2, 129, 32),
        "v": (2, 2, 129, 32),
        "m": ((2, 1, 5, 129), "range:-4:4"),
    }
    yield from _each(sdpa, biased, args=tuple(_v("q", "k", "v", "m")), scale=0.05)


def _activations() -> Iterator[Case]:
    activations: Mapping[str, Mapping[str, Any]] = {
        "gelu": {"approximate": "tanh"},
        "elu": {"alpha": 0.7},
        "celu": {"alpha": 0.5},
        "leaky_relu": {"negative_slope": 0.2},
        "softplus": {"beta": 2.0, "threshold": 5.0},
        "hardtanh": {"min_val": -0.5, "max_val": 1.5},
    }
    for name, options in activations.items():
        yield from _each(F + name, {"x": ((17, 33), "range:-7:7")}, dtypes=DTYPES, **options)
        yield from _each(F + name, {"x": (5, 3, 17)}, grad=("x",), **options)
    for name in ("silu", "mish", "selu", "softsign", "tanhshrink", "logsigmoid"):
        yield from _each(F + name, {"x": ((9, 129), "range:-15:3")}, grad=("x",) if name in ("mish", "selu") else ())
    yield from _each(F + "glu", {"x": ((5, 18, 3), "range:-4:4")}, dim=1, dtypes=DTYPES, grad=("x",))
    yield from _each(F + "prelu", {"x": (3, 5, 17), "w": ((5,), "range:0.1:0.6")})


def _functions() -> Iterator[Case]:
    for target, values in {
        "exp": "range:-20:4",
        "expm1": "range:-0.001:0.001",
        "log": "range:0.98:1.02",
        "log1p": "range:-0.5:0.01",
        "tanh": "range:-0.02:0.02",
        "sigmoid": "range:-12:-2",
        "sin": "range:-90:90",
        "cos": "range:1.4:1.8",
        "tan": "range:-1.3:1.3",
        "rsqrt": "range:0.01:60",
        "sqrt": "range:0.0001:0.01",
        "erfc": "range:0.5:2.5",
        "erfinv": "range:-0.99:0.99",
        "lgamma": "range:2.1:20",
        "digamma": "range:2:30",
        "sinc": "range:-4:4",
        "special.erfcx": "range:-1:8",
        "special.log_ndtr": "range:-6:4",
        "special.i1e": "range:-5:5",
        "special.entr": "unit",
    }.items():
        also = DTYPES if zlib.crc32(target.encode()) % 3 == 0 else FLOATS
        dtypes = FULL if target in ("special.erfcx", "special.log_ndtr") else also
        yield from _each("torch." + target, {"x": ((17, 65), values)}, dtypes=dtypes)
    yield from _each("torch.exp", {"x": ((3, 5, 33), "range:-2:2")}, grad=("x",))
    yield from _each("torch.pow", {"x": ((9, 33), "range:0.2:5")}, -1.5, dtypes=DTYPES, grad=("x",))
    yield from _each("torch.pow", {"x": (5, 129)}, 3)
    yield from _each("torch.atan2", {"y": ((17, 33), "range:-0.1:0.1"), "x": ((17, 33), "range:-3:-1")})
    yield from _each("torch.div", {"x": ((33, 17), "positive"), "y": ((17,), "range:0.9:1.1")}, grad=("x", "y"))
    yield from _each("torch.logaddexp2", {"x": ((9, 65), "range:-9:9"), "y": (9, 65)})
    yield from _each("torch.special.xlog1py", {"x": ((9, 33), "unit"), "y": ((9, 33), "positive")})
    yield from _each("torch.lerp", {"x": (17, 33), "y": (17, 33), "w": ((17, 1), "unit")}, dtypes=DTYPES)
    yield from _each("torch.addcdiv", {"x": (9, 17), "y": (9, 17), "z": ((1, 17), "range:0.3:3")}, value=-1.7)
    yield from _each("torch.addcmul", {"x": ((5, 33), "unit"), "y": (5, 1), "z": (33,)}, value=2.5)


def _losses() -> Iterator[Case]:
    classes = ((33,), "index:17", "int64")
    weighed: Tensors = {"x": ((33, 17), "range:-4:4"), "t": classes, "w": ((17,), "range:0.2:2")}
    args = tuple(_v("x", "t", "w"))
    yield from _each(F + "cross_entropy", weighed, args=args, label_smoothing=0.1, dtypes=DTYPES, grad=("x",))
    yield from _each(F + "cross_entropy", {"x": (9, 65), "t": ((9, 65), "range:0:0.03")}, reduction="sum")
    maps: Tensors = {"x": (2, 5, 3, 7), "t": ((2, 3, 7), "index:5", "int64")}
    yield from _each(F + "cross_entropy", maps, reduction="none", ignore_index=2)
    yield from _each(F + "nll_loss", {**weighed, "x": ((33, 17), "range:-5:-0.1")}, args=args, dtypes=DTYPES)
    yield from _each(F + "mse_loss", {"x": ((17, 65), "offset"), "t": (17, 65)}, grad=("x",))
    yield from _each(F + "l1_loss", {"x": ((9, 129), "unit"), "t": ((9, 129), "unit")})
    yield from _each(F + "smooth_l1_loss", {"x": (5, 33), "t": (5, 33)}, beta=0.3, reduction="sum", grad=("x",))
    yield from _each(F + "huber_loss", {"x": ((17, 17), "range:-4:4"), "t": (17, 17)}, delta=0.4, dtypes=DTYPES)
    shares: Tensors = {"x": ((9, 33), "range:-6:-1"), "t": ((9, 33), "range:-6:-1")}
    yield from _each(F + "kl_div", shares, reduction="batchmean", log_target=True, dtypes=DTYPES)
    binary: Tensors = {"x": ((17, 9), "range:-5:5"), "t": ((17, 9), "literal:1,0,0,1,0"), "w": ((9,), "range:0.5:4")}
    args = tuple(_v("x", "t"))
    of = F + "binary_cross_entropy_with_logits"
    yield from _each(of, binary, args=args, pos_weight={"v": "w"}, dtypes=DTYPES, grad=("x",))
    odds: Tensors = {"x": ((9, 65), "range:0.02:0.98"), "t": ((9, 65), "unit")}
    yield from _each(F + "binary_cross_entropy", odds, reduction="sum")
    counts: Tensors = {"x": ((9, 17), "range:0.2:9"), "t": ((9, 17), "literal:0,2,5,1,9,3")}
    yield from _each(F + "poisson_nll_loss", counts, log_input=False, full=True, reduction="none")
    normal: Tensors = {"x": (17, 33), "t": (17, 33), "v": ((17, 33), "range:0.1:4")}
    yield from _each(F + "gaussian_nll_loss", normal, full=True, reduction="none", grad=("x", "v"))
    triple: Tensors = {"a": (33, 9), "p": (33, 9), "n": (33, 9)}
    yield from _each(F + "triplet_margin_loss", triple, margin=2.0, p=2.0, reduction="none")
    pairs: Tensors = {"x": (33, 17), "y": (33, 17), "t": ((33,), "literal:1,-1,1", "int64")}
    yield from _each(F + "cosine_embedding_loss", pairs, margin=0.2, reduction="none")
    spoken: Tensors = {"x": ((17, 3, 9), "range:-4:-1"), "t": ((3, 5), "literal:1,3,2,5,8,7", "int64")}
    lengths: Tensors = {"n": ((3,), "literal:17,15,12", "int64"), "m": ((3,), "literal:5,3,4", "int64")}
    yield from _each(F + "ctc_loss", {**spoken, **lengths}, dtypes=FULL, reduction="none")


def _pools() -> Iterator[Case]:
    yield from _each(F + "avg_pool1d", {"x": ((2, 5, 65), "offset")}, 7, 3, 2, False, False)
    options: Mapping[str, Any] = {"stride": 2, "padding": 1, "ceil_mode": True, "count_include_pad": False}
    yield from _each(F + "avg_pool2d", {"x": ((2, 5, 8, 11), "unit")}, [3, 4], dtypes=DTYPES, grad=("x",), **options)
    yield from _each(F + "avg_pool2d", {"x": ((1, 3, 17, 9), "wide")}, 5, divisor_override=7)
    yield from _each(F + "avg_pool3d", {"x": (1, 3, 5, 7, 9)}, [2, 3, 2], dtypes=FULL)
    yield from _each(F + "adaptive_avg_pool1d", {"x": ((3, 5, 33), "positive")}, 7, dtypes=DTYPES)
    yield from _each(F + "adaptive_avg_pool2d", {"x": ((1, 5, 17, 13), "unit")}, [3, 1], grad=("x",))
    for mode, shape, size, corners in (
        ("bicubic", (1, 3, 5, 9), [9, 17], True),
        ("bilinear", (2, 3, 9, 5), [4, 13], True),
        ("linear", (2, 5, 17), [33], False),
        ("trilinear", (1, 2, 3, 5, 4), [5, 3, 9], True),
    ):
        of = F + "interpolate"
        yield from _each(of, {"x": (shape, "unit")}, size=size, mode=mode, align_corners=corners, dtypes=DTYPES)
    yield from _each(F + "interpolate", {"x": (2, 5, 9, 17)}, size=[4, 5], mode="area", grad=("x",))
    yield from _each(F + "interpolate", {"x": ((1, 3, 7, 5), "offset")}, scale_factor=1.7, mode="bicubic")
    grid = ((1, 5, 7, 2), "range:-1.3:1.3")
    for mode, edge, height in (("bilinear", "reflection", 9), ("bicubic", "border", 8), ("bilinear", "zeros", 11)):
        image: Tensors = {"x": (1, 3, height, 7), "g": grid}
        yield from _each(F + "grid_sample", image, mode=mode, padding_mode=edge, align_corners=mode == "bicubic")
    columns: Tensors = {"x": ((2, 18, 15), "unit")}
    yield from _each(F + "fold", columns, [5, 6], [2, 3], padding=1, stride=[1, 2], dilation=[2, 1])


def _indexed() -> Iterator[Case]:
    ids = ((5, 17), "index:33", "int64")
    table: Tensors = {"i": ids, "w": ((33, 9), "wide")}
    yield from _each(F + "embedding", table, padding_idx=3, grad=("w",))
    bags: Tensors = {"i": ids, "w": (33, 17), "s": ((5, 17), "unit")}
    args = tuple(_v("i", "w"))
    of = F + "embedding_bag"
    yield from _each(of, bags, args=args, mode="sum", per_sample_weights={"v": "s"}, dtypes=DTYPES, grad=("w", "s"))
    offsets: Tensors = {
        "i": ((65,), "index:17", "int64"),
        "w": ((17, 5), "positive"),
        "o": ((5,), "literal:0,3,20,21,50", "int64"),
    }
    yield from _each(of, offsets, args=tuple(_v("i", "w", "o")), mode="mean")
    index: Tensors = {"x": (9, 17), "i": ((65, 17), "index:9", "int64"), "s": ((65, 17), "unit")}
    yield from _each("torch.scatter_add", index, args=({"v": "x"}, 0, *_v("i", "s")), dtypes=DTYPES, grad=("x", "s"))
    for reduce, values in (("mean", "offset"), ("prod", "range:0.5:1.5")):
        index = {"x": (5, 9), "i": ((5, 33 if reduce == "mean" else 17), "index:9", "int64")}
        index = {**index, "s": (index["i"][0], values)}
        yield from _each("torch.scatter_reduce", index, args=({"v": "x"}, 1, *_v("i", "s"), reduce))
    index = {"x": (17, 5, 3), "i": ((33,), "index:5", "int64"), "s": (17, 33, 3)}
    yield from _each("torch.index_add", index, args=({"v": "x"}, 1, *_v("i", "s")), alpha=-0.3, dtypes=DTYPES)
    index = {"x": (9, 17), "i": ((33, 17), "index:9", "int64")}
    yield from _each("torch.gather", index, args=({"v": "x"}, 0, {"v": "i"}), grad=("x",))
    segments: Tensors = {"x": ((33, 5), "unit"), "n": ((4,), "literal:9,1,16,7", "int64")}
    yield from _each("torch.segment_reduce", segments, args=({"v": "x"}, "sum"), lengths={"v": "n"}, axis=0)


def _fourier() -> Iterator[Case]:
    yield from _each("torch.fft.rfft", {"x": ((33, 5), "unit")}, 33, 0, "ortho", dtypes=FULL)
    yield from _each("torch.fft.rfft", {"x": ((3, 65), "offset")}, 100, dtypes=("float32",), grad=("x",))
    for d, of in (("float32", "complex64"), ("float64", "complex128")):
        half: Tensors = {"x": ((5, 17), "normal", of)}
        yield from _each("torch.fft.irfft", half, 33, -1, "forward", dtypes=(d,))
        yield from _each("torch.fft.fft", {"x": ((3, 27, 2), "unit", of)}, dim=1, dtypes=(d,))
        yield from _each("torch.fft.fft2", {"x": ((2, 9, 15), "normal", of)}, norm="ortho", dtypes=(d,))


def _algebra() -> Iterator[Case]:
    square: Tensors = {"A": ((5, 9, 9), "dominant"), "B": (5, 9)}
    yield from _each(L + "solve", {**square, "B": (5, 9, 3)}, dtypes=FULL, grad=("A", "B"))
    yield from _each(L + "solve", {"A": ((33, 33), "spd"), "B": ((33,), "unit")}, dtypes=FULL)
    yield from _each(L + "inv", {"A": ((2, 17, 17), "spd")}, dtypes=FULL, grad=("A",))
    yield from _each(L + "det", {"A": ((5, 9, 9), "spd")}, dtypes=FULL)
    yield from _each(L + "det", {"A": (17, 3, 3)}, dtypes=FULL, grad=("A",))
    yield from _each("torch.logdet", {"A": ((3, 17, 17), "spd")}, dtypes=FULL)
    yield from _each(L + "cholesky", {"A": ((33, 33), "spd")}, dtypes=FULL)
    yield from _each(L + "cholesky", {"A": ((5, 9, 9), "spd")}, dtypes=FULL, upper=True)
    yield from _each(L + "lstsq", {"A": (33, 5), "B": (33, 3)}, dtypes=FULL, driver="gels")
    yield from _each(L + "solve_triangular", {"A": ((3, 17, 17), "dominant"), "B": (3, 17, 5)}, dtypes=FULL, upper=True)
    yield from _each(L + "pinv", {"A": (17, 5)}, dtypes=FULL)
    yield from _each(L + "eigvalsh", {"A": ((3, 17, 17), "spd")}, dtypes=FULL)
    yield from _each(L + "svdvals", {"A": ((3, 17, 5), "unit")}, dtypes=FULL)
    yield from _each("torch.matrix_exp", {"A": ((2, 9, 9), "dominant")}, dtypes=FULL)
