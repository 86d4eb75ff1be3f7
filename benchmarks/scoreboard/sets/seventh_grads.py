"""Gradients of operators, common and less common ones, at shapes, options and values that no set before has.

See seventh.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scoreboard.sets.seventh_core import S, each, v
from benchmarks.scoreboard.sets.sixth_core import DTYPES, FLOATS, FULL, F, L, Tensors
from harness.case import Case


def cases() -> Iterator[Case]:
    """The gradients of every one of these operators, in each dtype it runs in."""
    yield from _products()
    yield from _convolutions()
    yield from _reductions()
    yield from _norms()
    yield from _attention()
    yield from _functions()
    yield from _losses()
    yield from _pools()
    yield from _indexed()
    yield from _layers()
    yield from _algebra()
    yield from _rarer()


def _products() -> Iterator[Case]:
    pair = ("x", "y")
    yield from each("torch.matmul", {"x": (2, 15, 48), "y": ((48, 16), "range:-0.3:0.3")}, grad=pair, dtypes=DTYPES)
    yield from each("torch.matmul", {"x": ((3, 12, 31), "unit"), "y": (31,)}, grad=pair)
    yield from each("torch.bmm", {"x": ((5, 8, 31), "range:-2:2"), "y": ((5, 31, 12), "unit")}, grad=pair)
    layer: Tensors = {"x": (3, 8, 64), "w": ((31, 64), "range:-0.1:0.1"), "b": (31,)}
    yield from each(F + "linear", layer, grad=("x", "w", "b"), dtypes=DTYPES)
    batch: Tensors = {"c": (4, 7, 12), "x": (4, 7, 24), "y": (4, 24, 12)}
    yield from each("torch.baddbmm", batch, beta=0.5, alpha=0.25, grad=("c", "x", "y"))
    scores: Tensors = {"x": (2, 12, 3, 8), "y": (2, 15, 3, 8)}
    yield from each("torch.einsum", scores, args=("bthd,bshd->bhts", *v("x", "y")), grad=pair)
    yield from each("torch.mv", {"x": ((48, 31), "range:0:1"), "y": (31,)}, grad=pair)
    yield from each("torch.cdist", {"x": (15, 6), "y": ((12, 6), "range:1:4")}, grad=pair, dtypes=FULL)


def _convolutions() -> Iterator[Case]:
    three = ("x", "w", "b")
    signal: Tensors = {"x": (2, 6, 31), "w": ((8, 3, 5), "range:-0.3:0.3"), "b": (8,)}
    yield from each(F + "conv1d", signal, stride=2, padding=2, groups=2, grad=three)
    image: Tensors = {"x": ((1, 4, 12, 11), "unit"), "w": ((6, 4, 3, 3), "range:-0.2:0.2"), "b": (6,)}
    yield from each(F + "conv2d", image, stride=2, padding=1, grad=three, dtypes=DTYPES)
    depthwise: Tensors = {"x": (1, 8, 9, 8), "w": ((8, 1, 5, 5), "range:-0.2:0.2")}
    yield from each(F + "conv2d", depthwise, groups=8, padding=2, grad=("x", "w"))
    up: Tensors = {"x": (1, 6, 4, 5), "w": ((6, 4, 4, 4), "range:-0.2:0.2"), "b": (4,)}
    yield from each(F + "conv_transpose2d", up, stride=2, padding=1, grad=three)
    space: Tensors = {"x": (1, 2, 4, 5, 6), "w": ((3, 2, 2, 2, 2), "range:-0.4:0.4")}
    yield from each(F + "conv3d", space, grad=("x", "w"))


def _reductions() -> Iterator[Case]:
    x = ("x",)
    yield from each("torch.sum", {"x": ((8, 31, 12), "range:0:1")}, dim=[0, 2], grad=x)
    yield from each("torch.std", {"x": ((31, 24), "range:2:3")}, dim=0, grad=x, dtypes=FLOATS)
    yield from each("torch.var", {"x": (31, 6, 8)}, dim=[1, 2], correction=0, grad=x)
    yield from each(L + "vector_norm", {"x": ((24, 31), "range:-2:2")}, 3.0, 1, grad=x)
    yield from each("torch.norm", {"x": (47, 12)}, 1, 1, grad=x)
    yield from each("torch.prod", {"x": ((31, 7), "range:0.5:1.6")}, 1, grad=x)
    yield from each("torch.cumsum", {"x": ((12, 63), "range:0:1")}, 1, grad=x, dtypes=FLOATS)
    yield from each("torch.cumprod", {"x": ((8, 31), "range:0.8:1.2")}, 1, grad=x)
    yield from each("torch.logsumexp", {"x": ((31, 47), "range:-5:5")}, 1, grad=x, dtypes=FLOATS)
    yield from each("torch.logcumsumexp", {"x": (15, 24)}, 1, grad=x, dtypes=FULL)
    yield from each(F + "softmax", {"x": ((2, 3, 15, 31), "range:-4:4")}, dim=-1, grad=x, dtypes=DTYPES)
    yield from each(F + "softmax", {"x": (31, 24)}, dim=0, grad=x)
    yield from each(F + "log_softmax", {"x": ((15, 100), "range:-6:6")}, dim=-1, grad=x, dtypes=FLOATS)


def _norms() -> Iterator[Case]:
    affine: Tensors = {"x": ((2, 12, 64), "range:-3:3"), "w": ((64,), "range:0.5:1.5"), "b": (64,)}
    grads = ("x", "w", "b")
    yield from each(F + "layer_norm", affine, args=({"v": "x"}, [64], *v("w", "b")), grad=grads, dtypes=DTYPES)
    norm: Tensors = {"x": ((15, 96), "range:-2:2"), "w": ((96,), "range:0.5:1.5")}
    yield from each(F + "rms_norm", norm, args=({"v": "x"}, [96], {"v": "w"}), eps=1e-5, grad=("x", "w"), dtypes=FLOATS)
    groups: Tensors = {"x": (2, 12, 5, 6), "w": ((12,), "range:0.5:1.5"), "b": (12,)}
    yield from each(F + "group_norm", groups, args=({"v": "x"}, 4, *v("w", "b")), grad=grads, dtypes=FLOATS)
    batch: Tensors = {"x": ((4, 6, 5, 7), "range:-1:2"), "w": ((6,), "range:0.5:1.5"), "b": (6,)}
    training = ({"v": "x"}, None, None, *v("w", "b"), True)
    yield from each(F + "batch_norm", batch, args=training, grad=grads, dtypes=DTYPES)
    fixed: Tensors = {**batch, "m": ((6,), "range:0:1"), "s": ((6,), "range:0.3:2")}
    yield from each(F + "batch_norm", fixed, args=tuple(v("x", "m", "s", "w", "b")), grad=grads)
    yield from each(F + "instance_norm", {"x": (2, 5, 8, 6)}, grad=("x",))
    yield from each(F + "normalize", {"x": ((24, 31), "range:-1:1")}, dim=-1, grad=("x",), dtypes=FLOATS)
    yield from each(F + "cosine_similarity", {"x": (24, 15), "y": ((24, 15), "unit")}, dim=-1, grad=("x", "y"))


def _attention() -> Iterator[Case]:
    sdpa, grads = F + "scaled_dot_product_attention", ("q", "k", "v")
    causal: Tensors = {"q": (1, 3, 15, 16), "k": (1, 3, 15, 16), "v": (1, 3, 15, 16)}
    yield from each(sdpa, causal, is_causal=True, grad=grads, dtypes=DTYPES)
    cross: Tensors = {"q": ((2, 2, 8, 12), "range:-2:2"), "k": (2, 2, 24, 12), "v": ((2, 2, 24, 12), "unit")}
    yield from each(sdpa, cross, scale=0.5, grad=grads, dtypes=FLOATS)
    shared: Tensors = {"q": (1, 4, 12, 8), "k": (1, 2, 12, 8), "v": (1, 2, 12, 8)}
    yield from each(sdpa, shared, enable_gqa=True, grad=grads)


def _functions() -> Iterator[Case]:
    activations: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "gelu": ("range:-5:5", {"approximate": "tanh"}),
        "silu": ("range:-10:10", {}),
        "softplus": ("range:-6:6", {"beta": 1.5}),
        "elu": ("range:-4:2", {"alpha": 1.3}),
        "leaky_relu": ("range:-2:2", {"negative_slope": 0.1}),
        "logsigmoid": ("range:-9:9", {}),
    }
    for name, (values, options) in activations.items():
        dtypes = FLOATS if name in ("gelu", "silu") else ()
        yield from each(F + name, {"x": ((15, 47), values)}, dtypes=dtypes, grad=("x",), **options)
    yield from each(F + "glu", {"x": (15, 62)}, grad=("x",))
    yield from each(F + "prelu", {"x": (7, 12, 8), "w": ((12,), "range:0.05:0.5")}, grad=("x", "w"))
    for name, values in {
        "log": "range:0.1:20",
        "sqrt": "range:0.05:9",
        "rsqrt": "range:0.2:20",
        "sin": "range:-9:9",
        "erf": "range:-2:2",
        "sigmoid": "range:-8:8",
        "tanh": "range:-3:3",
        "lgamma": "range:0.5:9",
        "erfinv": "range:-0.9:0.9",
        "logit": "range:0.1:0.9",
    }.items():
        yield from each(
            "torch." + name, {"x": ((15, 31), values)}, grad=("x",), dtypes=DTYPES if name == "tanh" else ()
        )
    two = ("x", "y")
    powers: Tensors = {"x": ((15, 31), "range:0.3:3"), "y": ((31,), "range:-2:2")}
    yield from each("torch.pow", powers, grad=two, dtypes=FLOATS)
    yield from each("torch.div", {"x": (15, 31), "y": ((15, 1), "range:0.5:4")}, grad=two, dtypes=DTYPES)
    yield from each("torch.mul", {"x": (8, 15, 12), "y": ((15, 1), "range:-2:2")}, grad=two)
    yield from each("torch.atan2", {"x": ((15, 31), "range:-3:3"), "y": ((15, 31), "range:1:3")}, grad=two)
    yield from each("torch.logaddexp", {"x": ((15, 31), "range:-4:4"), "y": (31,)}, grad=two)
    yield from each("torch.lerp", {"x": (15, 31), "y": (15, 31), "w": ((15, 31), "unit")}, grad=("x", "y", "w"))


def _losses() -> Iterator[Case]:
    x = ("x",)
    tokens: Tensors = {"x": ((47, 24), "range:-4:4"), "t": ((47,), "index:24", "int64")}
    yield from each(F + "cross_entropy", tokens, grad=x, dtypes=DTYPES)
    yield from each(F + "cross_entropy", {"x": (2, 5, 6, 7), "t": ((2, 6, 7), "index:5", "int64")}, grad=x)
    soft: Tensors = {"x": (31, 12), "t": ((31, 12), "range:0:0.16")}
    yield from each(F + "cross_entropy", soft, reduction="none", grad=("x", "t"))
    binary: Tensors = {"x": ((15, 31), "range:-4:4"), "t": ((15, 31), "unit")}
    yield from each(F + "binary_cross_entropy_with_logits", binary, reduction="none", grad=x, dtypes=FLOATS)
    yield from each(F + "mse_loss", {"x": (31, 15), "t": ((31, 15), "unit")}, grad=("x", "t"))
    yield from each(F + "huber_loss", {"x": (15, 24), "t": (15, 24)}, delta=0.7, reduction="none", grad=x)
    yield from each(
        F + "kl_div", {"x": ((15, 24), "range:-5:-1"), "t": ((15, 24), "range:0:0.1")}, reduction="batchmean", grad=x
    )
    normal: Tensors = {"x": (15, 24), "t": (15, 24), "s": ((15, 24), "range:0.2:2")}
    yield from each(F + "gaussian_nll_loss", normal, reduction="none", grad=("x", "s"))
    triple: Tensors = {"a": (47, 12), "p": (47, 12), "n": (47, 12)}
    yield from each(F + "triplet_margin_loss", triple, margin=4.0, reduction="none", grad=("a", "p", "n"))
    spoken: Tensors = {"x": ((24, 31, 8), "range:-3:-1"), "t": ((31, 4), "literal:1,3,2,7,5", "int64")}
    lengths: Tensors = {"n": ((31,), "literal:24,20", "int64"), "m": ((31,), "literal:4,3", "int64")}
    yield from each(F + "ctc_loss", {**spoken, **lengths}, reduction="none", grad=x, dtypes=FULL)


def _pools() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "avg_pool2d", {"x": (1, 5, 12, 10)}, 3, 2, 1, grad=x)
    yield from each(F + "max_pool2d", {"x": (1, 5, 13, 12)}, 3, 2, 1, grad=x)
    yield from each(F + "adaptive_avg_pool2d", {"x": (1, 6, 11, 13)}, [4, 5], grad=x)
    yield from each(F + "interpolate", {"x": (1, 3, 6, 7)}, size=[11, 15], mode="bilinear", grad=x, dtypes=DTYPES)
    yield from each(F + "interpolate", {"x": (1, 3, 7, 6)}, size=[12, 9], mode="bicubic", grad=x)
    image: Tensors = {"x": (1, 3, 8, 9), "g": ((1, 7, 8, 2), "range:-0.9:0.9")}
    yield from each(F + "grid_sample", image, align_corners=False, grad=("x", "g"))
    yield from each(F + "lp_pool2d", {"x": ((1, 4, 9, 12), "range:0.2:3")}, 2, 3, grad=x)
    yield from each(F + "unfold", {"x": (1, 3, 7, 8)}, 3, stride=2, grad=x)
    yield from each(F + "pad", {"x": (2, 3, 6, 7)}, [2, 1, 1, 3], mode="reflect", grad=x)


def _indexed() -> Iterator[Case]:
    table: Tensors = {"i": ((8, 31), "index:24", "int64"), "w": (24, 12)}
    yield from each(F + "embedding", table, grad=("w",), dtypes=FLOATS)
    yield from each(F + "embedding_bag", table, mode="mean", grad=("w",))
    index: Tensors = {"x": (31, 12), "i": ((100,), "index:31", "int64")}
    yield from each("torch.index_select", index, args=({"v": "x"}, 0, {"v": "i"}), grad=("x",))
    index = {"x": (24, 15), "i": ((63, 15), "index:24", "int64"), "s": (63, 15)}
    yield from each("torch.scatter_add", index, args=({"v": "x"}, 0, *v("i", "s")), grad=("x", "s"))
    yield from each("torch.scatter_reduce", index, args=({"v": "x"}, 0, *v("i", "s"), "mean"), grad=("x", "s"))
    index = {"x": (24, 15), "i": ((63,), "index:24", "int64"), "s": ((63, 15), "unit")}
    yield from each("torch.index_add", index, args=({"v": "x"}, 0, *v("i", "s")), alpha=0.6, grad=("x", "s"))


def _layers() -> Iterator[Case]:
    pairs: Tensors = {"x": (12, 8), "y": (12, 7), "w": ((6, 8, 7), "range:-0.3:0.3"), "b": (6,)}
    yield from each(F + "bilinear", pairs, grad=("x", "y", "w", "b"))
    gates: Tensors = {"wi": ((48, 8), "range:-0.4:0.4"), "wh": ((48, 12), "range:-0.4:0.4"), "bi": (48,), "bh": (48,)}
    cell: Tensors = {"x": (4, 3, 8), "h": (1, 3, 12), "c": (1, 3, 12), **gates}
    args: tuple[Any, ...] = ({"v": "x"}, v("h", "c"), v(*gates), True, 1, 0.0, False, False, False)
    yield from each("torch.lstm", cell, args=args, grad=("x", "h", "wi", "wh"))
    heads: Tensors = {"x": (8, 2, 12), "wi": ((36, 12), "range:-0.4:0.4"), "bi": (36,), "wo": (12, 12), "bo": (12,)}
    args = (*v("x", "x", "x"), 12, 3, *v("wi", "bi"), None, None, False, 0.0, *v("wo", "bo"))
    yield from each(F + "multi_head_attention_forward", heads, args=args, grad=("x", "wi", "wo"))


def _algebra() -> Iterator[Case]:
    yield from each(L + "solve", {"A": ((4, 8, 8), "dominant"), "B": (4, 8, 5)}, grad=("A", "B"), dtypes=FULL)
    yield from each(L + "inv", {"A": ((15, 15), "dominant")}, grad=("A",), dtypes=FULL)
    yield from each(L + "cholesky", {"A": ((3, 12, 12), "spd")}, grad=("A",), dtypes=FULL)
    yield from each("torch.logdet", {"A": ((31, 5, 5), "spd")}, grad=("A",), dtypes=FULL)
    yield from each(L + "eigvalsh", {"A": ((5, 8, 8), "spd")}, grad=("A",), dtypes=FULL)
    yield from each(L + "qr", {"A": (15, 6)}, grad=("A",), dtypes=FULL)
    yield from each("torch.matrix_exp", {"A": ((3, 6, 6), "range:-0.5:0.5")}, grad=("A",), dtypes=FULL)


def _rarer() -> Iterator[Case]:
    x = ("x",)
    yield from each(S + "log_ndtr", {"x": ((15, 31), "range:-5:3")}, grad=x, dtypes=FULL)
    yield from each(S + "i0e", {"x": ((15, 31), "range:-5:5")}, grad=x, dtypes=FULL)
    yield from each(S + "xlogy", {"x": ((15, 31), "unit"), "y": ((15, 31), "range:0.1:3")}, grad=("x", "y"))
    yield from each("torch.sinc", {"x": ((15, 31), "range:0.2:3")}, grad=x)
    yield from each("torch.hypot", {"x": (15, 31), "y": ((15, 31), "range:1:3")}, grad=("x", "y"))
    yield from each("torch.fft.rfft", {"x": ((7, 48), "range:-1:1")}, grad=x, dtypes=FULL)
    yield from each("torch.cov", {"x": (7, 31)}, grad=x)
    yield from each("torch.trapezoid", {"y": (15, 31)}, dx=0.2, dim=0, grad=("y",))
    yield from each(F + "local_response_norm", {"x": (1, 8, 5, 6)}, 3, grad=x, dtypes=FULL)
    yield from each(F + "soft_margin_loss", {"x": (15, 24), "t": ((15, 24), "literal:1,-1")}, grad=x)
