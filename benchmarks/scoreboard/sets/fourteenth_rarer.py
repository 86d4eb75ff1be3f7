"""Less common operators of PyTorch and overloads of aten, many of which no set before has, with options of their own.

See fourteenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.scoreboard.sets.fourteenth_core import each
from benchmarks.scoreboard.sets.ninth_core import ONE
from benchmarks.scoreboard.sets.ninth_rarer import LONG
from benchmarks.scoreboard.sets.seventh_core import S, v
from benchmarks.scoreboard.sets.seventh_rarer import COMPLEX
from benchmarks.scoreboard.sets.sixth_core import FULL, F, L, Tensors
from harness.case import Case

A = "aten."
M = "torch.masked."
T = "torch.Tensor."
_UNIT = "range:-1:1"


def cases() -> Iterator[Case]:
    """Every one of these operators, on its samples in each dtype it runs in."""
    yield from _special()
    yield from _elementwise()
    yield from _masked()
    yield from _complex()
    yield from _methods()
    yield from _kernels()
    yield from _backward()
    yield from _lists()
    yield from _algebra()
    yield from _fourier()
    yield from _losses()
    yield from _layers()
    yield from _moved()
    yield from _whole()


def _special() -> Iterator[Case]:
    for name, values in {
        "erfcx": "range:-0.5:30",
        "ndtri": "range:0.3:0.99",
        "log_ndtr": "range:-30:-3",
        "ndtr": "range:-6:0",
        "i1e": "range:-20:20",
        "i0": "range:-1:1",
        "gammaln": "range:0.9:2.1",
        "psi": "range:2:90",
        "log1p": "range:-0.001:0.001",
        "exp2": "range:-0.5:0.5",
    }.items():
        yield from each(S + name, {"x": ((7, 65), values)}, dtypes=(FULL, LONG, ONE)[len(name) % 3])
    for name, values in {
        "bessel_j1": "range:-1:30",
        "bessel_y0": "range:0.2:5",
        "modified_bessel_i1": "range:-2:6",
        "modified_bessel_k0": "range:0.05:1.5",
        "scaled_modified_bessel_k1": "range:0.1:40",
        "airy_ai": "range:0:3",
    }.items():
        yield from each(S + name, {"x": ((7, 65), values)}, dtypes=(ONE, LONG)[len(name) % 2])
    for i, name in enumerate(("legendre_polynomial_p", "chebyshev_polynomial_u", "laguerre_polynomial_l")):
        yield from each(S + name, {"x": ((7, 65), "range:-0.9:0.9")}, 3 + 2 * i, dtypes=(LONG, ONE)[i % 2])
    yield from each(S + "xlog1py", {"x": ((7, 65), "range:-2:2"), "y": ((7, 1), "range:-0.9:9")})
    yield from each(S + "zeta", {"x": ((7, 65), "range:2:12"), "y": ((7, 65), "range:1:20")}, dtypes=ONE)
    yield from each(S + "gammaincc", {"x": ((65,), "range:1:20"), "y": ((7, 65), "range:0.5:30")}, dtypes=LONG)
    yield from each("torch.polygamma", {"x": ((7, 65), "range:0.4:8")}, args=(2, {"v": "x"}), dtypes=LONG)
    yield from each("torch.mvlgamma", {"x": ((7, 65), "range:2.6:20")}, 4, dtypes=LONG)


def _elementwise() -> Iterator[Case]:
    x: Tensors = {"x": ((2, 129), "range:-9:4")}
    yield from each("torch.logaddexp", {**x, "y": ((2, 1), "range:-30:30")})
    yield from each("torch.hypot", {**x, "y": ((129,), "wide")}, dtypes=ONE)
    yield from each("torch.atan2", {**x, "y": ((2, 129), "range:-9:9")}, dtypes=LONG)
    yield from each("torch.fmod", {**x, "y": ((129,), "range:0.5:2")}, dtypes=ONE)
    yield from each("torch.nan_to_num", {"x": ((2, 65), "literal:1,nan,-2.5,inf,0.5,3")}, nan=0.25, posinf=9.0)
    yield from each("torch.round", {"x": ((2, 129), "range:-40:40")}, decimals=-1, dtypes=LONG)
    yield from each("torch.logit", {"x": ((2, 129), "unit")}, 0.05)
    yield from each("torch.diff", {"x": ((2, 65, 3), "range:-2:2")}, 3, 1)
    yield from each("torch.gradient", {"x": ((31, 3), "range:-2:2"), "t": ((31,), "arange")}, args=({"v": "x"},),
                    spacing=({"v": "t"},), dim=[0], dtypes=LONG)  # fmt: skip
    yield from each("torch.cov", {"x": ((3, 65), "range:-1:4"), "w": ((65,), "unit")}, args=({"v": "x"},),
                    correction=0, aweights={"v": "w"}, dtypes=ONE)  # fmt: skip
    yield from each("torch.renorm", {"x": ((7, 3, 9), "range:-2:2")}, 1.5, 1, 2.0, dtypes=LONG)
    yield from each("torch.nansum", {"x": ((9, 33), "literal:1,nan,0.5,-3,2,nan,0.125")}, 0)
    yield from each("torch.cumulative_trapezoid", {"y": ((3, 65), "range:-1:3")}, dx=0.125)
    yield from each("torch.dist", {"x": ((7, 31), "range:-1:2"), "y": ((31,), "range:0:1")}, 2.5)


def _masked() -> Iterator[Case]:
    given: Tensors = {"x": ((31, 9), "range:-2:4"), "m": ((31, 9), "literal:1,1,0,1,0,1,1,1", "bool")}
    mask: dict[str, Any] = {"mask": {"v": "m"}}
    for name in ("softmax", "mean", "norm", "normalize"):
        extra = {"norm": (2.0, 1), "normalize": (2.0, 1)}.get(name, (1,))
        yield from each(M + name, given, args=({"v": "x"}, *extra), **mask)
    yield from each(M + "std", given, args=({"v": "x"}, 0), unbiased=False, **mask)
    yield from each(M + "cumsum", given, args=({"v": "x"}, 0), **mask)


def _complex() -> Iterator[Case]:
    for d, of in COMPLEX.items():
        z: Tensors = {"x": ((7, 33), "normal", of)}
        for name in ("exp", "sqrt", "tanh", "reciprocal", "sgn"):
            yield from each("torch." + name, z, dtypes=(d,))
        yield from each("torch.div", {**z, "y": ((7, 1), "normal", of)}, dtypes=(d,))
        yield from each("torch.sum", z, dim=1, dtypes=(d,))
        yield from each("torch.mean", z, dim=0, keepdim=True, dtypes=(d,))
        yield from each("torch.cumprod", {"x": ((7, 9), "normal", of)}, 1, dtypes=(d,))
        yield from each("torch.bmm", {"x": ((2, 7, 31), "normal", of), "y": ((2, 31, 3), "normal", of)}, dtypes=(d,))
        yield from each("torch.einsum", {**z, "y": ((33, 3), "normal", of)}, args=("ij,jk->ki", *v("x", "y")),
                        dtypes=(d,))  # fmt: skip
        yield from each("torch.polar", {"x": ((7, 33), "positive"), "y": ((7, 33), "range:-9:9")}, dtypes=(d,))


def _methods() -> Iterator[Case]:
    yield from each(T + "mm", {"x": (31, 65), "y": ((65, 2), "range:-0.5:0.3")})
    yield from each(T + "addmm", {"c": (7,), "x": (3, 33), "y": ((33, 7), _UNIT)}, alpha=0.3)
    yield from each(T + "log_softmax", {"x": ((3, 31, 2), "range:-7:2")}, 1)
    yield from each(T + "std", {"x": ((33, 7), "range:-2:2")}, 0, False)
    yield from each(T + "cumsum", {"x": ((33, 31), "range:-1:0.9")}, 0)
    yield from each(T + "pow", {"x": ((3, 127), "range:0.1:4"), "y": ((3, 1), "range:-1:2.5")})


def _kernels() -> Iterator[Case]:
    yield from each(A + "native_layer_norm.default", {"x": ((3, 7, 33), "range:-1:3"), "w": (33,), "b": (33,)},
                    args=({"v": "x"}, [33], *v("w", "b"), 1e-3))  # fmt: skip
    yield from each(A + "native_group_norm.default", {"x": ((2, 9, 31), "range:-3:2"), "w": (9,), "b": (9,)},
                    args=(*v("x", "w", "b"), 2, 9, 31, 3, 1e-2))  # fmt: skip
    yield from each(A + "native_batch_norm.default", {"x": ((31, 3), "range:-1:3"), "w": (3,), "b": (3,)},
                    args=(*v("x", "w", "b"), None, None, True, 0.1, 1e-3), dtypes=ONE)  # fmt: skip
    yield from each(A + "_log_softmax.default", {"x": ((7, 257), "range:-9:2")}, 1, False)
    yield from each(A + "_addmm_activation.default", {"c": (31,), "x": (7, 33), "y": ((33, 31), _UNIT)}, beta=0.5,
                    use_gelu=True, dtypes=LONG)  # fmt: skip
    yield from each(A + "linear.default", {"x": (3, 1, 129), "w": ((2, 129), _UNIT)})
    yield from each(A + "mean.dim", {"x": ((31, 2, 33), "range:0:5")}, [1, 2], True)
    yield from each(A + "var_mean.correction", {"x": ((7, 129), "range:-2:3")}, [1], correction=1, keepdim=True)
    yield from each(A + "linalg_vector_norm.default", {"x": ((31, 33), "range:-1:2")}, 1, [1])
    yield from each(A + "prod.dim_int", {"x": ((31, 9), "range:-1.3:1.4")}, 0, True)
    yield from each(A + "pow.Scalar", {"x": ((31, 33), "range:-3:4")}, args=(1.7, {"v": "x"}))
    yield from each(A + "div.Tensor_mode", {"x": ((31, 33), "range:-20:20"), "y": ((33,), "range:1:3")},
                    rounding_mode="trunc", dtypes=ONE)  # fmt: skip
    yield from each(A + "convolution.default", {"x": (2, 4, 9, 7), "w": ((6, 2, 3, 2), _UNIT), "b": (6,)},
                    args=(*v("x", "w", "b"), [2, 1], [1, 1], [1, 2], False, [0, 0], 2))  # fmt: skip
    yield from each(A + "upsample_trilinear3d.default", {"x": ((1, 2, 3, 4, 3), _UNIT)}, [5, 7, 2], False, dtypes=LONG)
    yield from each(A + "upsample_linear1d.default", {"x": ((3, 2, 9), "range:-2:2")}, [31], True)
    yield from each(A + "_upsample_bilinear2d_aa.default", {"x": ((1, 3, 15, 9), _UNIT)}, [4, 7], False, dtypes=ONE)
    yield from each(A + "grid_sampler_2d.default", {"x": (1, 3, 7, 5), "g": ((1, 3, 9, 2), "range:-1.1:1.1")}, 2, 1,
                    False, dtypes=LONG)  # fmt: skip
    yield from each(A + "avg_pool3d.default", {"x": ((1, 2, 7, 5, 6), _UNIT)}, [3, 2, 2], [2, 1, 2], [1, 0, 1], False,
                    False, dtypes=ONE)  # fmt: skip
    yield from each(A + "index.Tensor", {"x": (7, 31, 3), "i": ((33,), "index:7", "int64"),
                                         "j": ((33,), "index:31", "int64")},
                    args=({"v": "x"}, v("i", "j")))  # fmt: skip
    yield from each(A + "norm_except_dim.default", {"x": ((7, 3, 9), "range:-1:2")}, 2, 1, dtypes=LONG)
    yield from each(A + "_weight_norm_interface.default", {"x": (7, 3, 5), "g": ((7, 1, 1), "range:0.3:2")}, 0,
                    dtypes=ONE)  # fmt: skip
    yield from each(A + "_euclidean_dist.default", {"x": (7, 3), "y": ((31, 3), "range:-3:-1")}, dtypes=ONE)
    yield from each(A + "_fused_rms_norm.default", {"x": ((7, 257), "range:-2:1"), "w": ((257,), "range:-1:1.5")},
                    args=(*v("x"), [257], *v("w"), 1e-2))  # fmt: skip


def _backward() -> Iterator[Case]:
    for name, values, extra in (
        ("gelu", "range:-5:5", ()),
        ("mish", "range:-9:5", ()),
        ("sigmoid", "unit", ()),
        ("tanh", "range:-0.95:0.95", ()),
        ("softplus", "range:-5:9", (1.5, 8.0)),
        ("leaky_relu", "range:-3:3", (0.05, False)),
        ("hardtanh", "range:-3:3", (-0.5, 2.0)),
        ("hardsigmoid", "range:-5:5", ()),
        ("softshrink", "range:-2:2", (0.25,)),
    ):
        yield from each(f"{A}{name}_backward.default", {"g": (31, 33), "x": ((31, 33), values)}, *extra)
    three: Tensors = {"g": (31, 9), "x": ((31, 9), "range:-3:3"), "t": ((31, 9), "range:-1:2")}
    yield from each(A + "smooth_l1_loss_backward.default", three, 0, 0.7)
    yield from each(A + "huber_loss_backward.default", three, 0, 1.3)
    yield from each(A + "mse_loss_backward.default", three, 0)
    soft: Tensors = {"g": (7, 129), "y": ((7, 129), "range:-7:-4")}
    yield from each(A + "_log_softmax_backward_data.default", soft, args=(*v("g", "y"), 1, {"dt": "float64"}),
                    dtypes=LONG)  # fmt: skip
    layer: Tensors = {"g": (7, 33), "x": ((7, 33), "range:-1:2"), "m": ((7, 1), "range:0.3:0.7"),
                      "r": ((7, 1), "range:0.9:1.4"), "w": (33,), "b": (33,)}  # fmt: skip
    yield from each(A + "native_layer_norm_backward.default", layer,
                    args=(*v("g", "x"), [33], *v("m", "r", "w", "b"), [True, True, True]), dtypes=LONG)  # fmt: skip
    yield from each(A + "convolution_backward.default", {"g": (2, 4, 4, 3), "x": (2, 3, 7, 5), "w": (4, 3, 3, 3)},
                    args=(*v("g", "x", "w"), [4], [2, 2], [1, 1], [1, 1], False, [0, 0], 1, [True, True, True]),
                    dtypes=ONE)  # fmt: skip
    yield from each(A + "upsample_bicubic2d_backward.default", {"g": (1, 2, 9, 7)}, [9, 7], [1, 2, 4, 5], True,
                    dtypes=LONG)  # fmt: skip
    yield from each(A + "upsample_linear1d_backward.default", {"g": (2, 3, 31)}, [31], [2, 3, 7], False)
    yield from each(A + "replication_pad2d_backward.default", {"g": (1, 2, 9, 11), "x": (1, 2, 6, 7)}, [1, 3, 2, 1])
    yield from each(A + "avg_pool2d_backward.default", {"g": (1, 3, 5, 4), "x": (1, 3, 9, 7)}, [3, 2], [2, 2], [1, 1],
                    False, False, None)  # fmt: skip
    yield from each(A + "unfold_backward.default", {"g": (3, 9, 5)}, [3, 21], 1, 5, 2, dtypes=ONE)
    yield from each(A + "embedding_dense_backward.default", {"g": (129, 3), "i": ((129,), "index:7", "int64")}, 7, 1,
                    True, dtypes=LONG)  # fmt: skip


def _lists() -> Iterator[Case]:
    some: Tensors = {"x": ((7, 31), "range:0.2:0.9"), "y": ((65,), "range:0.1:0.8"), "z": ((1, 3, 2), "unit")}
    three = (v("x", "y", "z"),)
    for name in ("sqrt", "log", "sigmoid", "atan", "reciprocal", "cosh", "lgamma"):
        yield from each(f"{A}_foreach_{name}.default", some, args=three)
    yield from each(A + "_foreach_norm.Scalar", some, args=(*three, 1))
    yield from each(A + "_foreach_pow.Scalar", some, args=(*three, -0.75))
    more: Tensors = {**some, "a": (7, 31), "b": (65,), "c": (1, 3, 2)}
    yield from each(A + "_foreach_lerp.Scalar", more, args=(v("a", "b", "c"), *three, 0.9))
    yield from each(A + "_foreach_addcmul.Scalar", more, args=(v("a", "b", "c"), *three, *three, -0.3))


def _algebra() -> Iterator[Case]:
    yield from each(L + "det", {"A": ((3, 9, 9), "dominant")}, dtypes=ONE)
    yield from each(L + "slogdet", {"A": ((31, 3, 3), "dominant")}, dtypes=ONE)
    yield from each(L + "inv", {"A": ((2, 15, 15), "dominant")}, dtypes=LONG)
    yield from each(L + "solve", {"A": ((31, 2, 2), "dominant"), "B": (31, 2, 7)}, dtypes=ONE)
    yield from each(L + "solve", {"A": ((7, 7), "dominant"), "B": (3, 7, 2)}, dtypes=LONG)
    yield from each(L + "eigvalsh", {"A": ((3, 13, 13), "spd")}, dtypes=LONG)
    yield from each(L + "svdvals", {"A": ((3, 2, 31), _UNIT)}, dtypes=ONE)
    yield from each(L + "pinv", {"A": ((7, 9, 2), _UNIT)}, dtypes=LONG)
    yield from each(L + "lstsq", {"A": ((3, 31, 3), _UNIT), "B": (3, 31, 2)}, dtypes=LONG)
    yield from each(L + "matrix_exp", {"A": ((7, 3, 3), "range:-2:1")}, dtypes=ONE)
    yield from each(L + "matrix_power", {"A": ((7, 3, 3), _UNIT)}, 5)
    yield from each(L + "matrix_norm", {"A": ((3, 31, 7), "range:-1:3")}, "fro", dim=[0, 2], keepdim=True)
    yield from each(L + "multi_dot", {"x": (65,), "y": ((65, 7), _UNIT), "z": ((7, 31), _UNIT)},
                    args=(v("x", "y", "z"),))  # fmt: skip
    yield from each(L + "vecdot", {"x": (7, 257), "y": ((257,), "range:-1:0.5")})
    yield from each("torch.cholesky_solve", {"B": (3, 9, 1), "A": ((3, 9, 9), "dominant")}, upper=True, dtypes=ONE)
    yield from each("torch.chain_matmul", {"x": (3, 65), "y": ((65, 2), _UNIT), "z": ((2, 31), _UNIT)}, dtypes=LONG)


def _fourier() -> Iterator[Case]:
    yield from each("torch.fft.rfft", {"x": ((2, 129), "range:-1:2")}, dtypes=ONE)
    yield from each("torch.fft.rfft2", {"x": ((2, 7, 15), _UNIT)}, norm="forward", dtypes=ONE)
    yield from each("torch.fft.ihfft", {"x": ((3, 31), "range:-1:2")}, n=21, dtypes=LONG)
    for d, of in COMPLEX.items():
        yield from each("torch.fft.fft2", {"x": ((3, 7, 9), "normal", of)}, dim=[0, 2], dtypes=(d,))
        yield from each("torch.fft.irfft", {"x": ((7, 33), "normal", of)}, n=63, norm="forward", dtypes=(d,))
        yield from each("torch.fft.ifft", {"x": ((127, 2), "normal", of)}, dim=0, norm="ortho", dtypes=(d,))
    window: Tensors = {"x": ((2, 129), "range:-1:2"), "w": ((31,), "range:0.1:1")}
    yield from each("torch.stft", window, args=({"v": "x"}, 32, 15, 31), window={"v": "w"}, pad_mode="constant",
                    return_complex=True, dtypes=LONG)  # fmt: skip


def _losses() -> Iterator[Case]:
    yield from each(F + "multi_margin_loss", {"x": ((31, 3), "range:-2:2"), "t": ((31,), "index:3", "int64")}, p=2,
                    reduction="sum", dtypes=ONE)  # fmt: skip
    yield from each(F + "soft_margin_loss", {"x": ((33, 3), "range:-9:9"), "t": ((33, 3), "literal:1,-1,-1")},
                    reduction="none")  # fmt: skip
    yield from each(F + "triplet_margin_loss", {"x": (31, 7), "y": (31, 7), "z": ((31, 7), "range:0:1")}, margin=0.5,
                    p=1.0, swap=True, reduction="none", dtypes=LONG)  # fmt: skip
    yield from each(F + "cosine_embedding_loss", {"x": (33, 3), "y": (33, 3), "t": ((33,), "literal:-1,1,1")},
                    margin=0.5)  # fmt: skip
    yield from each(F + "poisson_nll_loss", {"x": ((7, 31), "range:-3:3"), "t": ((7, 31), "literal:0,2,9,1")},
                    reduction="sum")  # fmt: skip
    ctc: Tensors = {
        **{"x": ((9, 3, 5), "range:-2:-0.7"), "t": ((3, 3), "literal:0,1,1,3,2,0,3,3,1", "int64")},
        **{"n": ((3,), "literal:9,7,8", "int64"), "m": ((3,), "literal:2,3,1", "int64")},
    }
    yield from each(F + "ctc_loss", ctc, blank=4, dtypes=ONE)


def _layers() -> Iterator[Case]:
    gru: Tensors = {"x": (7, 3), "h": ((7, 9), _UNIT), "wi": ((27, 3), _UNIT), "wh": ((27, 9), _UNIT)}
    yield from each("torch.gru_cell", gru)
    lstm: Tensors = {"x": (3, 7), "h": ((3, 5), _UNIT), "c": (3, 5), "wi": ((20, 7), _UNIT), "wh": ((20, 5), _UNIT)}
    yield from each("torch.lstm_cell", {**lstm, "a": (20,), "b": (20,)},
                    args=(*v("x"), v("h", "c"), *v("wi", "wh", "a", "b")))  # fmt: skip
    yield from each("torch.rnn_tanh_cell", {"x": (31, 2), "h": (31, 7), "wi": ((7, 2), _UNIT), "wh": ((7, 7), _UNIT)})
    both: Tensors = {"x": (3, 7, 4), "h": ((2, 3, 5), _UNIT), "a": ((5, 4), _UNIT), "b": ((5, 5), "range:-0.5:0.5"),
                     "c": ((5, 4), _UNIT), "d": ((5, 5), "range:-0.5:0.5")}  # fmt: skip
    yield from each("torch.rnn_tanh", both, dtypes=LONG,
                    args=(*v("x", "h"), v("a", "b", "c", "d"), False, 1, 0.0, False, True, True))  # fmt: skip
    yield from each(F + "lp_pool3d", {"x": ((1, 2, 5, 7, 4), "range:0.2:2")}, 2.0, [2, 3, 2], 2, dtypes=LONG)
    yield from each(F + "fold", {"x": (1, 12, 9)}, [5, 5], [2, 2], dilation=2, dtypes=ONE)
    yield from each(F + "affine_grid", {"t": ((2, 3, 4), _UNIT)}, [2, 1, 3, 4, 5], align_corners=False, dtypes=LONG)


def _moved() -> Iterator[Case]:
    yield from each("torch.scatter_reduce", {"x": ((3, 7), "range:-1:1"), "i": ((3, 65), "index:7", "int64"),
                                             "s": ((3, 65), "range:-3:3")},
                    args=(*v("x"), 1, *v("i", "s"), "amin"), dtypes=ONE)  # fmt: skip
    yield from each("torch.index_reduce", {"x": ((7, 2), "range:0.8:1.2"), "i": ((31,), "index:7", "int64"),
                                           "s": ((31, 2), "range:0.8:1.25")},
                    args=(*v("x"), 0, *v("i", "s"), "prod"), include_self=False, dtypes=ONE)  # fmt: skip
    yield from each("torch.bucketize", {"x": ((7, 31), "range:-3:3"), "b": ((5,), "literal:-2,-1,0,0.5,2")},
                    dtypes=LONG)  # fmt: skip
    yield from each("torch.kthvalue", {"x": ((7, 65), "range:-3:3")}, 33, 1, True)
    yield from each("torch.cummax", {"x": ((2, 129), "ties")}, 1)
    yield from each("torch.put", {"x": (7, 9), "i": ((13,), "index:63", "int64"), "s": (13,)}, accumulate=True,
                    dtypes=LONG)  # fmt: skip


def _whole() -> Iterator[Case]:
    """On integers and booleans."""
    numbers: Tensors = {"x": ((7, 65), "wide", "int64"), "y": ((7, 1), "positive", "int64")}
    for name in ("bitwise_or", "remainder", "add", "floor_divide", "minimum"):
        yield from each("torch." + name, numbers, dtypes=ONE)
    yield from each("torch.cumsum", {"x": ((33, 7), "literal:1,0,1,1,0", "bool")}, 0, dtypes=ONE)
    yield from each("torch.sum", {"x": ((33, 7), "index:255", "uint8")}, 0, dtypes=ONE)
    yield from each("torch.bmm", {"x": ((3, 7, 9), "normal", "int64"), "y": ((3, 9, 2), "normal", "int64")}, dtypes=ONE)
    yield from each("torch.bincount", {"x": ((257,), "index:7", "int64"), "w": ((257,), "range:0:2")}, dtypes=LONG)
    yield from each("torch.searchsorted", {"b": ((9,), "arange", "int64"), "x": ((31, 7), "index:12", "int64")},
                    right=True, dtypes=ONE)  # fmt: skip
    yield from each("torch.div", {"x": ((7, 65), "wide", "int32"), "y": ((65,), "positive", "int32")}, dtypes=ONE)
