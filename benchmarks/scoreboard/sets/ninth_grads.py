"""Gradients of operators, common and less common ones, at shapes, options and values that no set before has.

See ninth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scoreboard.sets.ninth_core import ONE, each
from benchmarks.scoreboard.sets.seventh_core import HALF, S, v
from benchmarks.scoreboard.sets.sixth_core import DTYPES, FULL, F, L, Tensors
from harness.case import Case

LONG = ("float64",)


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
    yield from each("torch.matmul", {"x": ((3, 14, 44), "range:-1:1"), "y": (44, 11)}, grad=pair, dtypes=DTYPES)
    yield from each("torch.matmul", {"x": (22, 33), "y": ((33,), "range:0:1")}, grad=pair)
    yield from each("torch.mm", {"x": ((28, 66), "unit"), "y": ((66, 14), "range:-0.2:0.2")}, grad=pair)
    layer: Tensors = {"x": ((26, 55), "range:-2:1"), "w": ((22, 55), "range:-0.1:0.1"), "b": ((22,), "unit")}
    yield from each(F + "linear", layer, grad=("x", "w", "b"), dtypes=DTYPES)
    yield from each("torch.baddbmm", {"c": (3, 9, 11), "x": (3, 9, 14), "y": (3, 14, 11)}, beta=0.5, grad=("c", *pair))
    yield from each("torch.addmv", {"c": (33,), "x": (33, 22), "y": ((22,), "unit")}, alpha=-0.5, grad=("c", *pair))
    routed: Tensors = {"x": (3, 11, 14), "y": ((3, 14, 9), "range:-0.4:0.4")}
    yield from each("torch.einsum", routed, args=("eti,eio->teo", *v("x", "y")), grad=pair)
    yield from each("torch.tensordot", {"x": (7, 5, 9), "y": (9, 5, 6)}, dims=[[1, 2], [1, 0]], grad=pair)
    yield from each(L + "vecdot", {"x": (33, 26), "y": ((33, 26), "unit")}, grad=pair)
    yield from each("torch.cdist", {"x": (14, 9), "y": ((22, 9), "range:2:4")}, 2.0, grad=pair, dtypes=LONG)
    yield from each("torch.addcmul", {"x": (22, 28), "y": (22, 28), "z": (28,)}, value=0.4, grad=("x", "y", "z"))
    yield from each("torch.addcdiv", {"x": (22, 28), "y": (22, 28), "z": ((22, 1), "range:1:3")}, value=-0.5,
                    grad=("y", "z"))  # fmt: skip


def _convolutions() -> Iterator[Case]:
    three = ("x", "w", "b")
    image: Tensors = {"x": ((1, 7, 11, 12), "unit"), "w": ((5, 7, 3, 3), "range:-0.2:0.2"), "b": (5,)}
    yield from each(F + "conv2d", image, stride=2, padding=1, grad=three, dtypes=DTYPES)
    signal: Tensors = {"x": ((3, 7, 33), "range:-1:2"), "w": ((9, 7, 5), "range:-0.2:0.2"), "b": (9,)}
    yield from each(F + "conv1d", signal, padding=2, grad=three)
    deep: Tensors = {"x": (2, 11, 7, 9), "w": ((11, 1, 3, 3), "range:-0.4:0.4")}
    yield from each(F + "conv2d", deep, groups=11, padding=1, grad=("x", "w"))
    yield from each(F + "conv2d", {"x": (2, 14, 6, 5), "w": ((7, 14, 1, 1), "range:-0.3:0.3")}, grad=("x", "w"))
    clip: Tensors = {"x": (1, 3, 5, 6, 7), "w": ((4, 3, 2, 3, 2), "range:-0.3:0.3")}
    yield from each(F + "conv3d", clip, grad=("x", "w"), dtypes=FULL)
    up: Tensors = {"x": (2, 6, 5, 4), "w": ((6, 5, 4, 4), "range:-0.2:0.2"), "b": (5,)}
    yield from each(F + "conv_transpose2d", up, stride=2, padding=1, grad=three, dtypes=ONE)


def _reductions() -> Iterator[Case]:
    x = ("x",)
    yield from each("torch.sum", {"x": ((5, 66, 4), "unit")}, dim=[0, 2], grad=x, dtypes=ONE)
    yield from each("torch.mean", {"x": ((22, 33), "range:-1:4")}, dim=0, keepdim=True, grad=x)
    yield from each("torch.var_mean", {"x": ((44, 22), "range:-1:2")}, dim=1, grad=x)
    yield from each("torch.std", {"x": ((6, 44, 5), "range:0:3")}, dim=[0, 2], correction=0, grad=x)
    yield from each("torch.var", {"x": ((26, 33), "range:-2:3")}, 0, correction=1, grad=x)
    yield from each("torch.amin", {"x": ((14, 18), "permutation")}, dim=0, grad=x)
    yield from each("torch.norm", {"x": ((33, 14), "range:-1:2")}, 2, 1, grad=x)
    yield from each(L + "vector_norm", {"x": ((22, 28), "range:0.2:2")}, 3, 1, grad=x)
    yield from each("torch.prod", {"x": ((7, 44), "range:0.5:2")}, 0, grad=x)
    yield from each("torch.cumsum", {"x": ((33, 14), "range:-1:2")}, 0, grad=x)
    yield from each("torch.cumprod", {"x": ((14, 22), "range:0.8:1.2")}, 1, grad=x)
    yield from each("torch.logsumexp", {"x": ((7, 33, 9), "range:-2:4")}, 1, grad=x)
    yield from each("torch.logcumsumexp", {"x": ((28, 14), "range:-1:3")}, 0, grad=x, dtypes=FULL)
    yield from each("torch.cummax", {"x": ((9, 22), "permutation")}, 1, grad=x, dtypes=LONG)
    yield from each(F + "softmax", {"x": ((14, 66), "range:-1:4")}, dim=-1, grad=x, dtypes=DTYPES)
    yield from each(F + "softmax", {"x": ((26, 11, 3), "range:-6:0")}, dim=0, grad=x)
    yield from each(F + "log_softmax", {"x": ((33, 22), "range:-2:6")}, dim=0, grad=x)
    yield from each(F + "softmin", {"x": ((22, 33), "range:-3:3")}, dim=-1, grad=x)
    yield from each("torch.trapezoid", {"y": (22, 28), "x": ((28,), "arange")}, grad=("y",))


def _norms() -> Iterator[Case]:
    grads = ("x", "w", "b")
    layer: Tensors = {"x": ((5, 7, 66), "range:-1:3"), "w": ((66,), "range:0.5:1.5"), "b": ((66,), "unit")}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [66], *v("w", "b")), eps=1e-6, grad=grads, dtypes=DTYPES)
    yield from each(F + "layer_norm", {"x": ((9, 4, 14), "range:0:2")}, [4, 14], grad=("x",))
    norm: Tensors = {"x": ((14, 44), "range:-1:2"), "w": ((44,), "unit")}
    yield from each(F + "rms_norm", norm, args=({"v": "x"}, [44], {"v": "w"}), eps=1e-3, grad=("x", "w"))
    groups: Tensors = {"x": ((3, 14, 22), "range:-1:4"), "w": ((14,), "unit"), "b": (14,)}
    yield from each(F + "group_norm", groups, args=({"v": "x"}, 7, *v("w", "b")), eps=1e-3, grad=grads)
    batch: Tensors = {"x": ((33, 14), "range:-2:1"), "w": ((14,), "range:0.3:2"), "b": (14,)}
    yield from each(F + "batch_norm", batch, args=({"v": "x"}, None, None, *v("w", "b"), True), eps=1e-3, grad=grads)
    kept: Tensors = {"x": (3, 7, 5, 6), "m": ((7,), "range:-1:1"), "s": ((7,), "range:0.5:2"), "w": ((7,), "unit")}
    yield from each(F + "batch_norm", kept, grad=("x", "w"))
    yield from each(F + "normalize", {"x": ((28, 14), "range:0.1:3")}, p=1.0, dim=0, grad=("x",))
    yield from each(F + "cosine_similarity", {"x": (14, 28), "y": ((14, 28), "unit")}, dim=0, grad=("x", "y"))


def _attention() -> Iterator[Case]:
    sdpa, grads = F + "scaled_dot_product_attention", ("q", "k", "v")
    plain: Tensors = {"q": ((2, 2, 14, 11), "range:-1:2"), "k": (2, 2, 22, 11), "v": (2, 2, 22, 11)}
    yield from each(sdpa, plain, grad=grads, dtypes=DTYPES)
    causal: Tensors = {"q": (1, 3, 22, 9), "k": (1, 3, 22, 9), "v": ((1, 3, 22, 9), "unit")}
    yield from each(sdpa, causal, is_causal=True, grad=grads)
    kept: Tensors = {"q": (2, 2, 9, 14), "k": (2, 2, 14, 14), "v": (2, 2, 14, 14),
                     "m": ((2, 1, 9, 14), "literal:1,1,0,1,1", "bool")}  # fmt: skip
    yield from each(sdpa, kept, args=tuple(v("q", "k", "v", "m")), scale=0.5, grad=grads)


def _functions() -> Iterator[Case]:
    activations: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "gelu": ("range:-4:2", {"approximate": "tanh"}),
        "silu": ("range:-2:6", {}),
        "elu": ("range:-4:2", {"alpha": 1.4}),
        "celu": ("range:-2:2", {"alpha": 0.7}),
        "softplus": ("range:-2:4", {"beta": 1.5}),
        "leaky_relu": ("range:-3:3", {"negative_slope": 0.3}),
        "hardsigmoid": ("range:-2.8:2.8", {}),
        "softsign": ("range:-4:4", {}),
        "tanhshrink": ("range:0.4:3", {}),
        "relu6": ("range:-2:9", {}),
    }
    for name, (values, options) in activations.items():
        yield from each(F + name, {"x": ((22, 33), values)}, grad=("x",), **options)
    yield from each(F + "glu", {"x": (22, 6, 9)}, dim=1, grad=("x",))
    for name, values in {
        "exp2": "range:-3:3",
        "expm1": "range:-2:1",
        "log": "range:1:9",
        "log2": "range:0.3:4",
        "sqrt": "range:1:30",
        "rsqrt": "range:0.1:2",
        "sin": "range:-3:3",
        "tan": "range:-1:1",
        "asin": "range:-0.8:0.6",
        "asinh": "range:-3:3",
        "sigmoid": "range:-3:7",
        "tanh": "range:-3:1",
        "erfc": "range:-1:1",
        "lgamma": "range:2:9",
        "sinc": "range:0.2:1.8",
        "logit": "range:0.1:0.8",
        "cosh": "range:-2:2",
    }.items():
        yield from each("torch." + name, {"x": ((22, 28), values)}, grad=("x",))
    two = ("x", "y")
    yield from each("torch.pow", {"x": ((22, 28), "range:0.3:3")}, 2.5, grad=("x",))
    yield from each("torch.div", {"x": ((22, 28), "unit"), "y": ((22, 1), "range:0.5:2")}, grad=two)
    yield from each("torch.atan2", {"y": ((22, 28), "range:0.5:2"), "x": (22, 28)}, args=tuple(v("y", "x")), grad=two)
    yield from each("torch.lerp", {"x": (22, 28), "y": (22, 28), "w": ((28,), "unit")}, grad=(*two, "w"))
    yield from each("torch.xlogy", {"x": ((22, 28), "unit"), "y": ((22, 28), "range:0.5:3")}, grad=two)
    yield from each("torch.logaddexp2", {"x": ((22, 28), "range:-3:3"), "y": (22, 28)}, grad=two, dtypes=FULL)


def _losses() -> Iterator[Case]:
    x = ("x",)
    tokens: Tensors = {"x": ((44, 26), "range:-3:4"), "t": ((44,), "index:26", "int64"), "w": ((26,), "range:0.5:2")}
    yield from each(F + "cross_entropy", tokens, label_smoothing=0.1, grad=x, dtypes=DTYPES)
    soft: Tensors = {"x": ((33, 14), "range:-3:3"), "t": ((33, 14), "range:0:0.14")}
    yield from each(F + "cross_entropy", soft, reduction="none", grad=x)
    yield from each(F + "mse_loss", {"x": (22, 33), "t": ((22, 33), "unit")}, reduction="none", grad=("x", "t"))
    yield from each(
        F + "huber_loss", {"x": ((22, 33), "range:-3:3"), "t": (22, 33)}, delta=0.7, reduction="none", grad=x
    )
    binary: Tensors = {"x": ((33, 14), "range:-5:3"), "t": ((33, 14), "range:0:1")}
    yield from each(F + "binary_cross_entropy_with_logits", binary, reduction="none", grad=("x", "t"))
    shares: Tensors = {"x": ((22, 28), "range:-6:-1"), "t": ((22, 28), "range:-5:-1")}
    yield from each(F + "kl_div", shares, reduction="none", log_target=True, grad=("x", "t"))
    triple: Tensors = {"a": (33, 14), "p": (33, 14), "n": ((33, 14), "range:0:2")}
    yield from each(F + "triplet_margin_loss", triple, margin=20.0, reduction="none", grad=("a", "p", "n"))
    normal: Tensors = {"x": (22, 28), "t": (22, 28), "s": ((22, 28), "range:0.5:2")}
    yield from each(F + "gaussian_nll_loss", normal, reduction="none", grad=("x", "s"))
    signs: Tensors = {"x": ((33, 14), "range:-4:2"), "t": ((33, 14), "literal:1,-1,-1")}
    yield from each(F + "soft_margin_loss", signs, reduction="none", grad=x)
    many: Tensors = {"x": (33, 14), "t": ((33, 14), "literal:0,1,0,1,1")}
    yield from each(F + "multilabel_soft_margin_loss", many, reduction="none", grad=x)
    logs: Tensors = {"x": ((2, 6, 7, 5), "range:-5:-0.1"), "t": ((2, 7, 5), "index:6", "int64"), "w": ((6,), "unit")}
    yield from each(F + "nll_loss", logs, reduction="none", grad=x, dtypes=LONG)


def _pools() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "avg_pool2d", {"x": (2, 7, 11, 9)}, 3, 2, 1, count_include_pad=False, grad=x)
    yield from each(F + "avg_pool1d", {"x": ((3, 7, 33), "unit")}, 4, 3, grad=x)
    yield from each(F + "max_pool2d", {"x": ((1, 2, 11, 11), "permutation")}, 3, 2, 1, grad=x)
    yield from each(F + "adaptive_avg_pool2d", {"x": (2, 5, 11, 9)}, [4, 3], grad=x)
    yield from each(F + "adaptive_avg_pool1d", {"x": (3, 9, 26)}, 7, grad=x)
    yield from each(F + "lp_pool2d", {"x": ((2, 3, 8, 10), "range:0.3:2")}, 2, 2, grad=x, dtypes=ONE)
    image: Tensors = {"x": ((1, 5, 7, 6), "range:0:2")}
    yield from each(F + "interpolate", image, size=[10, 11], mode="bilinear", align_corners=True, grad=x)
    yield from each(F + "interpolate", {"x": (2, 3, 6, 7)}, size=[13, 9], mode="bicubic", grad=x, dtypes=FULL)
    yield from each(F + "interpolate", {"x": (3, 7, 14)}, size=22, mode="linear", grad=x, dtypes=LONG)
    sampled: Tensors = {"x": (2, 3, 9, 7), "g": ((2, 5, 6, 2), "range:-0.9:0.9")}
    yield from each(F + "grid_sample", sampled, padding_mode="border", align_corners=True, grad=x, dtypes=FULL)
    yield from each(F + "pad", {"x": (2, 5, 9, 7)}, [2, 3, 1, 4], mode="reflect", grad=x)
    yield from each(F + "pad", {"x": (2, 5, 11)}, [4, 3], mode="circular", grad=x, dtypes=HALF)
    yield from each(F + "unfold", {"x": (2, 3, 9, 8)}, [3, 2], padding=1, grad=x)


def _indexed() -> Iterator[Case]:
    table: Tensors = {"i": ((14, 11), "index:22", "int64"), "w": (22, 14), "p": ((14, 11), "unit")}
    yield from each(F + "embedding", {k: table[k] for k in "iw"}, padding_idx=3, grad=("w",))
    weighed = {"per_sample_weights": {"v": "p"}, "mode": "sum"}
    yield from each(F + "embedding_bag", table, args=tuple(v("i", "w")), grad=("w", "p"), dtypes=ONE, **weighed)
    yield from each(F + "embedding_bag", {k: table[k] for k in "iw"}, mode="mean", grad=("w",))
    index: Tensors = {"x": (14, 22), "i": ((14, 33), "index:22", "int64"), "s": ((14, 33), "unit")}
    yield from each("torch.gather", {"x": (14, 22), "i": index["i"]}, args=({"v": "x"}, 1, {"v": "i"}), grad=("x",))
    reduced = (*v("x"), 1, *v("i", "s"), "mean")
    yield from each("torch.scatter_reduce", index, args=reduced, grad=("x", "s"), dtypes=FULL)
    rows: Tensors = {"x": (14, 9), "i": ((44,), "index:14", "int64"), "s": (44, 9)}
    yield from each("torch.index_add", rows, args=({"v": "x"}, 0, *v("i", "s")), alpha=-0.3, grad=("x", "s"))
    repeated: Tensors = {"x": (14, 11), "n": ((14,), "literal:2,5,1,3", "int64")}
    yield from each("torch.repeat_interleave", repeated, dim=0, grad=("x",))
    yield from each("torch.take_along_dim", {"x": (22, 9), "i": ((44, 9), "index:22", "int64")}, 0, grad=("x",))


def _layers() -> Iterator[Case]:
    pairs: Tensors = {"x": ((14, 7), "unit"), "y": (14, 6), "w": ((9, 7, 6), "range:-0.4:0.4"), "b": (9,)}
    yield from each(F + "bilinear", pairs, grad=("x", "y", "b"))
    state: Tensors = {"x": (7, 9), "h": (7, 11), "wi": ((11, 9), "range:-0.4:0.4"), "wh": ((11, 11), "range:-0.4:0.4")}
    yield from each("torch.rnn_tanh_cell", state, args=tuple(v(*state)), grad=("x", "h", "wh"))
    gates: Tensors = {"x": (7, 9), "h": (7, 8), "wi": ((24, 9), "range:-0.4:0.4"), "wh": ((24, 8), "range:-0.4:0.4"),
                      "bi": (24,), "bh": ((24,), "unit")}  # fmt: skip
    yield from each("torch.gru_cell", gates, grad=("h", "wh", "bi"))


def _algebra() -> Iterator[Case]:
    yield from each(L + "solve", {"A": ((3, 7, 7), "dominant"), "B": (3, 7, 5)}, grad=("A", "B"), dtypes=LONG)
    yield from each(L + "pinv", {"A": ((14, 5), "range:-1:2")}, grad=("A",), dtypes=FULL)
    yield from each(L + "det", {"A": ((26, 4, 4), "dominant")}, grad=("A",), dtypes=ONE)
    yield from each(L + "cholesky", {"A": ((4, 7, 7), "spd")}, upper=True, grad=("A",), dtypes=LONG)
    yield from each(L + "qr", {"A": ((11, 6), "range:-1:2")}, grad=("A",), dtypes=ONE)
    yield from each(L + "eigvalsh", {"A": ((7, 8, 8), "spd")}, grad=("A",), dtypes=LONG)
    yield from each(L + "matrix_power", {"A": ((4, 6, 6), "range:-0.5:0.5")}, 3, grad=("A",), dtypes=FULL)
    yield from each(L + "multi_dot", {"x": (6, 14), "y": (14, 9), "z": ((9, 11), "unit")}, args=(v("x", "y", "z"),),
                    grad=("x", "y", "z"))  # fmt: skip
    yield from each(L + "svdvals", {"A": ((11, 7, 5), "range:-1:2")}, grad=("A",), dtypes=LONG)


def _rarer() -> Iterator[Case]:
    x = ("x",)
    yield from each(S + "i0e", {"x": ((22, 14), "range:0.5:6")}, grad=x, dtypes=LONG)
    yield from each(S + "ndtri", {"x": ((22, 14), "range:0.1:0.9")}, grad=x, dtypes=FULL)
    yield from each("torch.digamma", {"x": ((22, 14), "range:1:6")}, grad=x, dtypes=ONE)
    yield from each("torch.fft.rfft", {"x": ((6, 36), "range:-1:2")}, norm="backward", grad=x, dtypes=ONE)
    yield from each("torch.gradient", {"x": (22, 14)}, spacing=0.5, dim=0, grad=x, dtypes=FULL)
    yield from each("torch.cov", {"x": ((7, 28), "range:-1:2")}, grad=x)
    yield from each("torch.corrcoef", {"x": ((6, 33), "range:0:2")}, grad=x, dtypes=LONG)
    yield from each("torch.diff", {"x": ((28, 14), "unit")}, 2, 0, grad=x)
    yield from each("torch.cross", {"x": (44, 3), "y": (44, 3)}, dim=1, grad=("x", "y"))
    yield from each(F + "pdist", {"x": (14, 9)}, 2.0, grad=x, dtypes=ONE)
    yield from each("torch.msort", {"x": ((18, 14), "permutation")}, grad=x)
