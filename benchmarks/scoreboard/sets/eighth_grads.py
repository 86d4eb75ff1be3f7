"""Gradients of operators, common and less common ones, at shapes, options and values that no set before has.

See eighth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scoreboard.sets.eighth_core import ONE, each
from benchmarks.scoreboard.sets.seventh_core import HALF, S, v
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
    yield from each("torch.matmul", {"x": (20, 36), "y": ((36, 25), "range:-0.5:0.5")}, grad=pair, dtypes=DTYPES)
    yield from each("torch.matmul", {"x": ((2, 4, 10, 18), "unit"), "y": (2, 1, 18, 12)}, grad=pair)
    layer: Tensors = {"x": (2, 10, 40), "w": ((30, 40), "range:-0.15:0.15"), "b": (30,)}
    yield from each(F + "linear", layer, grad=("x", "w", "b"), dtypes=DTYPES)
    yield from each("torch.bmm", {"x": (3, 12, 20), "y": ((3, 20, 10), "range:-1:1")}, grad=pair)
    yield from each(
        "torch.addmm", {"c": (20,), "x": (15, 30), "y": ((30, 20), "unit")}, alpha=0.5, grad=("c", "x", "y")
    )
    mixed: Tensors = {"x": (2, 6, 10, 8), "y": (2, 10, 12)}
    yield from each("torch.einsum", mixed, args=("bhtd,bte->bhde", *v("x", "y")), grad=pair)
    yield from each("torch.outer", {"x": (40,), "y": ((25,), "range:0:1")}, grad=pair)
    yield from each("torch.cdist", {"x": (18, 10), "y": ((20, 10), "range:-2:0")}, 1.0, grad=pair, dtypes=ONE)


def _convolutions() -> Iterator[Case]:
    three = ("x", "w", "b")
    image: Tensors = {"x": ((2, 5, 10, 9), "range:-1:1"), "w": ((8, 5, 3, 3), "range:-0.2:0.2"), "b": (8,)}
    yield from each(F + "conv2d", image, padding=1, grad=three, dtypes=DTYPES)
    signal: Tensors = {"x": (2, 10, 25), "w": ((6, 10, 3), "range:-0.3:0.3"), "b": (6,)}
    yield from each(F + "conv1d", signal, dilation=2, grad=three)
    depthwise: Tensors = {"x": (3, 10, 20), "w": ((10, 1, 4), "range:-0.4:0.4")}
    yield from each(F + "conv1d", depthwise, groups=10, padding=3, grad=("x", "w"))
    up: Tensors = {"x": (1, 8, 10), "w": ((8, 5, 4), "range:-0.3:0.3"), "b": (5,)}
    yield from each(F + "conv_transpose1d", up, stride=2, padding=1, grad=three)
    squares: Tensors = {"x": (1, 10, 6, 5), "w": ((10, 4, 2, 2), "range:-0.3:0.3")}
    yield from each(F + "conv_transpose2d", squares, stride=2, grad=("x", "w"))


def _reductions() -> Iterator[Case]:
    x = ("x",)
    yield from each("torch.mean", {"x": ((6, 20, 10), "range:0:4")}, dim=[0, 1], grad=x)
    yield from each("torch.std", {"x": ((40, 20), "range:-2:2")}, dim=1, grad=x)
    yield from each("torch.var", {"x": ((20, 50), "unit")}, dim=-1, grad=x, dtypes=FLOATS)
    yield from each("torch.amax", {"x": (20, 30)}, dim=1, grad=x)
    yield from each(L + "vector_norm", {"x": (30, 25)}, dim=-1, grad=x, dtypes=HALF)
    yield from each("torch.prod", {"x": ((40, 6), "range:0.6:1.5")}, 1, grad=x)
    yield from each("torch.cumsum", {"x": (8, 70)}, -1, grad=x)
    yield from each("torch.logsumexp", {"x": ((25, 60), "range:-3:3")}, -1, grad=x)
    yield from each("torch.logcumsumexp", {"x": ((12, 30), "range:-2:2")}, 1, grad=x, dtypes=FULL)
    yield from each(F + "softmax", {"x": ((20, 40), "range:-5:5")}, dim=-1, grad=x, dtypes=DTYPES)
    yield from each(F + "softmax", {"x": (2, 30, 10)}, dim=1, grad=x)
    yield from each(F + "log_softmax", {"x": ((20, 64), "range:-3:3")}, dim=-1, grad=x, dtypes=DTYPES)
    yield from each("torch.max", {"x": ((20, 30), "unit")}, 0, grad=x)


def _norms() -> Iterator[Case]:
    grads = ("x", "w", "b")
    layer: Tensors = {"x": ((3, 10, 48), "range:-2:2"), "w": ((48,), "range:0.8:1.2"), "b": (48,)}
    yield from each(F + "layer_norm", layer, args=({"v": "x"}, [48], *v("w", "b")), grad=grads, dtypes=DTYPES)
    norm: Tensors = {"x": ((2, 12, 60), "range:-3:3"), "w": ((60,), "range:0.5:2")}
    yield from each(F + "rms_norm", norm, args=({"v": "x"}, [60], {"v": "w"}), grad=("x", "w"), dtypes=DTYPES)
    groups: Tensors = {"x": ((2, 10, 6, 5), "unit"), "w": ((10,), "range:0.5:1.5"), "b": (10,)}
    yield from each(F + "group_norm", groups, args=({"v": "x"}, 2, *v("w", "b")), grad=grads)
    batch: Tensors = {"x": ((5, 8, 20), "range:0:3"), "w": ((8,), "range:0.5:1.5"), "b": (8,)}
    yield from each(F + "batch_norm", batch, args=({"v": "x"}, None, None, *v("w", "b"), True), grad=grads)
    yield from each(F + "instance_norm", {"x": ((3, 6, 30), "range:-1:1")}, grad=("x",))
    yield from each(F + "normalize", {"x": (30, 20)}, dim=-1, grad=("x",), dtypes=HALF)
    yield from each(F + "cosine_similarity", {"x": (30, 20), "y": (30, 20)}, dim=-1, grad=("x", "y"))


def _attention() -> Iterator[Case]:
    sdpa, grads = F + "scaled_dot_product_attention", ("q", "k", "v")
    plain: Tensors = {"q": (1, 2, 20, 12), "k": (1, 2, 20, 12), "v": (1, 2, 20, 12)}
    yield from each(sdpa, plain, grad=grads, dtypes=DTYPES)
    causal: Tensors = {"q": ((2, 3, 12, 10), "range:-2:2"), "k": (2, 3, 12, 10), "v": ((2, 3, 12, 10), "unit")}
    yield from each(sdpa, causal, is_causal=True, scale=0.3, grad=grads)
    biased: Tensors = {"q": (1, 2, 10, 8), "k": (1, 2, 18, 8), "v": (1, 2, 18, 8), "m": ((10, 18), "range:-2:2")}
    yield from each(sdpa, biased, args=tuple(v("q", "k", "v", "m")), grad=grads)


def _functions() -> Iterator[Case]:
    activations: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "gelu": ("range:-3:3", {}),
        "silu": ("range:-5:5", {}),
        "mish": ("range:-4:4", {}),
        "selu": ("range:-3:3", {}),
        "softplus": ("range:-3:3", {}),
        "relu": ("range:-2:2", {}),
        "hardswish": ("range:-4:4", {}),
        "logsigmoid": ("range:-4:4", {}),
    }
    for name, (values, options) in activations.items():
        yield from each(F + name, {"x": ((20, 40), values)}, grad=("x",), **options)
    yield from each(F + "glu", {"x": (20, 50)}, grad=("x",))
    yield from each(F + "prelu", {"x": (4, 10, 12), "w": ((10,), "literal:0.25")}, grad=("x", "w"))
    for name, values in {
        "exp": "range:-3:3",
        "log": "range:0.2:5",
        "log1p": "range:-0.5:4",
        "sqrt": "range:0.2:4",
        "rsqrt": "range:0.5:9",
        "cos": "range:-6:6",
        "tanh": "range:-2:2",
        "sigmoid": "range:-5:5",
        "erf": "range:-1.5:1.5",
        "atan": "range:-4:4",
        "reciprocal": "range:0.3:3",
        "acos": "range:-0.9:0.9",
    }.items():
        yield from each("torch." + name, {"x": ((20, 30), values)}, grad=("x",))
    two = ("x", "y")
    yield from each("torch.pow", {"x": ((20, 30), "range:0.5:2"), "y": ((20, 30), "range:-1:3")}, grad=two)
    yield from each("torch.div", {"x": (20, 30), "y": ((30,), "range:1:3")}, grad=two)
    yield from each("torch.mul", {"x": (6, 20, 10), "y": ((20, 1), "range:0:2")}, grad=two, dtypes=FLOATS)
    yield from each("torch.hypot", {"x": ((20, 30), "range:1:3"), "y": (20, 30)}, grad=two)
    yield from each("torch.logaddexp", {"x": (20, 30), "y": ((20, 1), "range:-2:2")}, grad=two)
    yield from each("torch.where", {"m": ((20, 30), "literal:1,0,0", "bool"), "x": (20, 30), "y": (30,)}, grad=two)


def _losses() -> Iterator[Case]:
    x = ("x",)
    tokens: Tensors = {"x": ((50, 30), "range:-5:5"), "t": ((50,), "index:30", "int64")}
    yield from each(F + "cross_entropy", tokens, grad=x, dtypes=DTYPES)
    yield from each(F + "cross_entropy", tokens, label_smoothing=0.1, reduction="none", grad=x)
    yield from each(F + "mse_loss", {"x": (20, 30), "t": (20, 30)}, grad=x)
    yield from each(F + "smooth_l1_loss", {"x": (60, 4), "t": (60, 4)}, reduction="none", grad=x)
    binary: Tensors = {"x": ((20, 30), "range:-3:3"), "t": ((20, 30), "literal:1,0,0")}
    yield from each(F + "binary_cross_entropy_with_logits", binary, grad=x)
    chances: Tensors = {"x": ((20, 30), "range:0.05:0.95"), "t": ((20, 30), "literal:1,0,1")}
    yield from each(F + "binary_cross_entropy", chances, reduction="none", grad=x)
    shares: Tensors = {"x": ((20, 30), "range:-5:-2"), "t": ((20, 30), "range:0:0.07")}
    yield from each(F + "kl_div", shares, reduction="sum", grad=x)
    counts: Tensors = {"x": ((20, 30), "range:-1:2"), "t": ((20, 30), "literal:0,1,3")}
    yield from each(F + "poisson_nll_loss", counts, reduction="none", grad=x)
    pairs: Tensors = {"x": (40, 12), "y": (40, 12), "t": ((40,), "literal:1,-1", "int64")}
    yield from each(F + "cosine_embedding_loss", pairs, reduction="none", grad=("x", "y"))


def _pools() -> Iterator[Case]:
    x = ("x",)
    yield from each(F + "avg_pool2d", {"x": (2, 5, 10, 12)}, 2, grad=x)
    yield from each(F + "max_pool2d", {"x": (2, 5, 10, 12)}, 2, grad=x)
    yield from each(F + "adaptive_avg_pool2d", {"x": (2, 6, 9, 7)}, 1, grad=x)
    yield from each(F + "interpolate", {"x": (1, 4, 5, 6)}, scale_factor=2.0, mode="bilinear", grad=x)
    yield from each(F + "interpolate", {"x": (1, 4, 6, 5)}, size=[9, 12], mode="nearest", grad=x)
    image: Tensors = {"x": (1, 4, 9, 10), "g": ((1, 6, 7, 2), "range:-0.95:0.95")}
    yield from each(F + "grid_sample", image, align_corners=True, grad=("x",), dtypes=ONE)
    yield from each(F + "pad", {"x": (2, 4, 20)}, [3, 2], mode="replicate", grad=x)
    yield from each(F + "fold", {"x": (2, 12, 30)}, [6, 7], 2, grad=x)


def _indexed() -> Iterator[Case]:
    table: Tensors = {"i": ((5, 30), "index:20", "int64"), "w": (20, 16)}
    yield from each(F + "embedding", table, grad=("w",))
    yield from each(F + "embedding_bag", table, mode="sum", grad=("w",))
    index: Tensors = {"x": (20, 12), "i": ((90, 12), "index:20", "int64"), "s": (90, 12)}
    yield from each("torch.gather", {"x": (20, 12), "i": index["i"]}, args=({"v": "x"}, 0, {"v": "i"}), grad=("x",))
    yield from each("torch.scatter_add", index, args=({"v": "x"}, 0, *v("i", "s")), grad=("x", "s"))
    rows: Tensors = {"x": (20, 12), "i": ((80,), "index:20", "int64"), "s": (80, 12)}
    yield from each("torch.index_put", rows, args=({"v": "x"}, [{"v": "i"}], {"v": "s"}, True), grad=("s",))
    yield from each("torch.index_select", {"x": (20, 12), "i": rows["i"]}, args=(*v("x"), 0, *v("i")), grad=("x",))


def _layers() -> Iterator[Case]:
    pairs: Tensors = {"x": (10, 9), "y": (10, 8), "w": ((5, 9, 8), "range:-0.3:0.3")}
    yield from each(F + "bilinear", pairs, grad=("x", "y", "w"))
    gates: Tensors = {"wi": ((30, 8), "range:-0.4:0.4"), "wh": ((30, 10), "range:-0.4:0.4")}
    cell: Tensors = {"x": (6, 8), "h": (6, 10), **gates}
    yield from each("torch.gru_cell", cell, args=tuple(v(*cell)), grad=("x", "h", "wi"))
    states: Tensors = {"x": (6, 8), "h": (6, 10), "c": (6, 10), "wi": (40, 8), "wh": ((40, 10), "range:-0.4:0.4")}
    yield from each("torch.lstm_cell", states, args=({"v": "x"}, v("h", "c"), *v("wi", "wh")), grad=("x", "h", "wi"))


def _algebra() -> Iterator[Case]:
    yield from each(L + "solve", {"A": ((10, 10), "dominant"), "B": (10, 6)}, grad=("A", "B"), dtypes=FULL)
    yield from each(L + "inv", {"A": ((5, 6, 6), "dominant")}, grad=("A",), dtypes=FULL)
    yield from each(L + "cholesky", {"A": ((10, 10), "spd")}, grad=("A",), dtypes=FULL)
    triangle: Tensors = {"A": ((12, 12), "dominant"), "B": (12, 5)}
    yield from each(L + "solve_triangular", triangle, upper=True, grad=("A", "B"), dtypes=FULL)
    yield from each("torch.logdet", {"A": ((6, 8, 8), "spd")}, grad=("A",), dtypes=FULL)
    yield from each(L + "matrix_norm", {"A": (10, 6, 8)}, grad=("A",), dtypes=FULL)


def _rarer() -> Iterator[Case]:
    x = ("x",)
    yield from each(S + "erfcx", {"x": ((20, 25), "range:-0.5:3")}, grad=x, dtypes=ONE)
    yield from each(S + "entr", {"x": ((20, 25), "range:0.05:2")}, grad=x, dtypes=HALF)
    yield from each(S + "xlog1py", {"x": ((20, 25), "unit"), "y": ((20, 25), "range:0:3")}, grad=("x", "y"))
    yield from each("torch.fft.rfft", {"x": ((8, 50), "unit")}, norm="ortho", grad=x, dtypes=FULL)
    yield from each("torch.diff", {"x": (20, 30)}, grad=x)
    yield from each("torch.renorm", {"x": (20, 16)}, 2.0, 0, 3.0, grad=x)
    yield from each("torch.kron", {"x": (4, 5), "y": (6, 7)}, grad=("x", "y"))
    yield from each("torch._weight_norm", {"x": ((20, 15), "range:-1:1"), "g": ((20, 1), "range:0.5:2")}, 0,
                    grad=("x", "g"))  # fmt: skip
    yield from each("torch.sort", {"x": (20, 30)}, dim=1, grad=x)
