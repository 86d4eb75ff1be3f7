"""Less common operators of PyTorch and overloads of aten, many of which no set before has, with options of their own.

See twelfth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.scoreboard.sets.ninth_core import ONE
from benchmarks.scoreboard.sets.ninth_rarer import LONG
from benchmarks.scoreboard.sets.seventh_core import S, v
from benchmarks.scoreboard.sets.seventh_rarer import COMPLEX
from benchmarks.scoreboard.sets.sixth_core import FULL, F, L, Tensors
from benchmarks.scoreboard.sets.twelfth_core import each
from harness.case import Case

A = "aten."
M = "torch.masked."
_UNIT = "range:-1:1"


def cases() -> Iterator[Case]:
    """Every one of these operators, on its samples in each dtype it runs in."""
    yield from _special()
    yield from _elementwise()
    yield from _masked()
    yield from _complex()
    yield from _namesakes()
    yield from _kernels()
    yield from _backward()
    yield from _lists()
    yield from _algebra()
    yield from _fourier()
    yield from _losses()
    yield from _moved()
    yield from _whole()


def _special() -> Iterator[Case]:
    for name, values in {
        "entr": "range:0.02:3",
        "erfinv": "range:-0.7:0.9",
        "gammaln": "range:0.4:9",
        "i1e": "range:-9:2",
        "sinc": "range:0.2:4",
    }.items():
        yield from each(S + name, {"x": ((15, 43), values)}, dtypes=FULL if name == "i1e" else ())
    for name, values in {
        "airy_ai": "range:-4:2",
        "bessel_j1": "range:-9:4",
        "bessel_y0": "range:0.5:15",
        "modified_bessel_i1": "range:-2:5",
        "modified_bessel_k0": "range:0.2:4",
        "scaled_modified_bessel_k1": "range:0.5:12",
    }.items():
        yield from each(S + name, {"x": ((15, 43), values)}, dtypes=(ONE, LONG)[len(name) % 2])
    for i, name in enumerate(("u", "v", "w")):
        x: Tensors = {"x": ((15, 43), "range:-0.9:0.9")}
        yield from each(f"{S}chebyshev_polynomial_{name}", x, 3 + i, dtypes=(LONG, ONE)[i % 2])
    for i, name in enumerate(("t", "u", "w")):
        x = {"x": ((15, 43), "range:0.05:0.95")}
        yield from each(f"{S}shifted_chebyshev_polynomial_{name}", x, 5 - i, dtypes=(ONE, LONG)[i % 2])
    yield from each(S + "xlog1py", {"x": ((15, 1), "range:-2:4"), "y": ((15, 43), "range:-0.5:6")})
    yield from each(S + "log_softmax", {"x": ((31, 12), "range:-2:7")}, 0)


def _elementwise() -> Iterator[Case]:
    for name, values in {
        "deg2rad": "range:-400:200",
        "frac": "range:-7:7",
        "trunc": "range:-9:9",
        "logit": "range:0.1:0.96",
        "mvlgamma": "range:2.2:8",
        "signbit": "range:-1:2",
        "rad2deg": "range:-3:1",
    }.items():
        extra = (3,) if name == "mvlgamma" else ()
        yield from each("torch." + name, {"x": ((12, 53), values)}, *extra, dtypes=LONG if extra else ())
    yield from each("torch.remainder", {"x": ((12, 53), "range:-9:9"), "y": ((53,), "range:0.7:4")}, dtypes=ONE)
    yield from each("torch.fmax", {"x": ((12, 53), "range:-3:3"), "y": ((53,), _UNIT)})
    yield from each("torch.rsub", {"x": ((12, 53), "range:-3:3"), "y": ((12, 1), "range:-1:4")}, alpha=0.7)
    yield from each("torch.polygamma", {"x": ((12, 53), "range:0.8:7")}, args=(2, {"v": "x"}), dtypes=LONG)
    yield from each("torch.nextafter", {"x": ((12, 53), "range:-3:3"), "y": (12, 53)}, dtypes=ONE)
    yield from each("torch.cumulative_trapezoid", {"y": ((41, 10), "range:-2:3"), "x": ((41, 10), "arange")}, dim=0)
    yield from each("torch.trapezoid", {"y": ((12, 41), "range:-1:4"), "x": ((41,), "arange")})
    yield from each("torch.gradient", {"x": ((5, 12, 17), "range:-2:4")}, dim=[1, 2], edge_order=2)
    yield from each("torch.dist", {"x": ((31, 25), "range:-2:3"), "y": (31, 25)}, 3)
    yield from each("torch.cov", {"x": ((7, 41), "range:0:3"), "w": ((41,), "range:0.2:2")}, args=v("x"),
                    aweights={"v": "w"}, dtypes=FULL)  # fmt: skip


def _masked() -> Iterator[Case]:
    given: Tensors = {"x": ((17, 53), "range:-2:4"), "m": ((17, 53), "literal:1,1,0,1,0,0,1,1", "bool")}
    mask: dict[str, Any] = {"mask": {"v": "m"}}
    for name in ("softmax", "mean", "cumsum", "amax", "median"):
        yield from each(M + name, given, args=({"v": "x"}, 1), dtypes=ONE if name == "median" else (), **mask)
    yield from each(M + "normalize", given, args=({"v": "x"}, 2.0, 0), eps=1e-3, **mask)
    yield from each(M + "prod", {**given, "x": ((17, 53), "range:0.8:1.3")}, args=({"v": "x"}, 0), **mask)


def _complex() -> Iterator[Case]:
    for d, of in COMPLEX.items():
        z: Tensors = {"x": ((12, 21), "normal", of)}
        for name in ("exp", "tanh", "sqrt", "angle"):
            yield from each("torch." + name, z, dtypes=(d,))
        yield from each("torch.prod", {"x": ((12, 6), "normal", of)}, 1, dtypes=(d,))
        yield from each("torch.var", {"x": ((31, 12), "normal", of)}, 0, dtypes=(d,))
        yield from each(L + "inv", {"A": ((5, 6, 6), "dominant", of)}, dtypes=(d,))
        yield from each("torch.vdot", {"x": ((151,), "normal", of), "y": ((151,), "unit", of)}, dtypes=(d,))
        yield from each(F + "conv1d", {"x": ((2, 3, 21), "normal", of), "w": ((5, 3, 4), "normal", of)}, dtypes=(d,))


def _namesakes() -> Iterator[Case]:
    """Public names beside those of torch.nn.functional."""
    yield from each("torch.group_norm", {"x": ((5, 15, 12), "range:-4:2")}, 3)
    yield from each("torch.conv_transpose3d", {"x": (1, 5, 3, 4, 5), "w": ((5, 3, 2, 3, 2), _UNIT)}, dtypes=FULL)
    yield from each("torch.celu", {"x": ((12, 53), "range:-4:2")}, 1.8)
    yield from each("torch.bilinear", {"x": (31, 7), "y": ((31, 5), _UNIT), "w": ((10, 7, 5), "range:-0.5:0.4"),
                                       "b": (10,)})  # fmt: skip
    yield from each("torch.cosine_similarity", {"x": (10, 1, 12, 5), "y": ((1, 17, 12, 5), "range:-1:2")}, 2)
    yield from each("torch.tensordot", {"x": (12, 5, 10), "y": ((5, 12, 17), _UNIT)}, dims=[[0, 1], [1, 0]])
    yield from each("torch.matrix_power", {"x": ((7, 5, 5), "range:-0.5:0.6")}, 6, dtypes=FULL)
    yield from each("torch.Tensor.addmv", {"c": (34,), "x": (34, 41), "y": ((41,), _UNIT)}, beta=0.6, alpha=1.2)
    yield from each("torch.Tensor.var", {"x": ((21, 31), "range:-1:4")}, 0)
    yield from each("torch.Tensor.diff", {"x": ((17, 34), "range:-4:4")}, 3, 1)
    yield from each("torch.lstm_cell", {"x": (10, 6), "h": (10, 8), "c": (10, 8), "wi": ((32, 6), "range:-0.5:0.5"),
                                        "wh": ((32, 8), "range:-0.4:0.4")},
                    args=({"v": "x"}, v("h", "c"), *v("wi", "wh")))  # fmt: skip


def _kernels() -> Iterator[Case]:
    yield from each(A + "addbmm.default", {"c": (10, 12), "x": (5, 10, 21), "y": ((5, 21, 12), _UNIT)}, beta=0.4)
    yield from each(A + "native_batch_norm.default", {"x": ((12, 10, 7), "range:-2:5"), "w": (10,), "b": (10,)},
                    args=(*v("x", "w", "b"), None, None, True, 0.1, 1e-4))  # fmt: skip
    yield from each(A + "norm.ScalarOpt_dim", {"x": ((31, 25), "range:-2:3")}, 4, [1])
    yield from each(A + "rsqrt.default", {"x": ((12, 53), "range:0.05:3")})
    yield from each(A + "mish.default", {"x": ((12, 53), "range:-2:5")})
    yield from each(A + "remainder.Scalar", {"x": ((12, 53), "range:-7:7")}, 1.7, dtypes=ONE)
    yield from each(A + "_upsample_nearest_exact3d.default", {"x": ((1, 3, 3, 4, 5), _UNIT)}, [5, 6, 7])
    yield from each(A + "replication_pad1d.default", {"x": ((5, 6, 17), "range:-3:3")}, [4, 3])
    yield from each(A + "reflection_pad3d.default", {"x": ((1, 3, 4, 5, 6), _UNIT)}, [2, 1, 1, 3, 2, 1])
    yield from each(A + "_pdist_forward.default", {"x": ((21, 7), "range:-2:3")}, 1.0, dtypes=FULL)
    yield from each(A + "_cdist_forward.default", {"x": (5, 12, 7), "y": ((5, 10, 7), "range:0:2")}, 3.0, None,
                    dtypes=ONE)  # fmt: skip
    yield from each(A + "_transform_bias_rescale_qkv.default", {"x": (2, 12, 45), "b": ((45,), _UNIT)}, 3, dtypes=FULL)
    yield from each(A + "native_channel_shuffle.default", {"x": (2, 12, 5, 7)}, 4, dtypes=ONE)
    yield from each(A + "slice_scatter.default", {"x": (12, 21), "y": ((12, 5), _UNIT)}, 1, 3, 18, 3)
    yield from each(A + "nll_loss2d_forward.default", {"x": ((3, 10, 6, 7), "range:-5:0"),
                                                       "t": ((3, 6, 7), "index:10", "int64")}, None, 1, -100,
                    dtypes=ONE)  # fmt: skip
    yield from each(A + "fractional_max_pool2d.default", {"x": (2, 5, 12, 10), "s": ((2, 5, 2), "unit")},
                    args=({"v": "x"}, [2, 3], [5, 4], {"v": "s"}), dtypes=ONE)  # fmt: skip
    yield from each(A + "grid_sampler_2d.default", {"x": (2, 5, 6, 7), "g": ((2, 5, 6, 2), "range:-1.1:1.1")}, 2, 0,
                    True, dtypes=ONE)  # fmt: skip


def _backward() -> Iterator[Case]:
    for name, values, extra in (
        ("softplus", "range:-3:4", (1.3, 20.0)),
        ("softshrink", "range:-2:2", (0.6,)),
        ("hardshrink", "range:-2:2", (0.7,)),
        ("hardtanh", "range:-2:2", (-0.8, 1.1)),
        ("mish", "range:-3:5", ()),
        ("gelu", "range:-4:4", ()),
    ):
        operator = "hardshrink_backward.default" if name == "hardshrink" else f"{name}_backward.default"
        yield from each(A + operator, {"g": (21, 31), "x": ((21, 31), values)}, *extra)
    yield from each(A + "log_sigmoid_backward.default", {"g": (21, 31), "x": ((21, 31), "range:-5:4"),
                                                         "b": ((21, 31), "unit")}, dtypes=FULL)  # fmt: skip
    three: Tensors = {"g": (21, 31), "x": ((21, 31), "range:-2:3"), "t": (21, 31)}
    yield from each(A + "smooth_l1_loss_backward.default", three, 0, 0.7)
    yield from each(A + "huber_loss_backward.default", three, 0, 1.3)
    yield from each(A + "native_layer_norm_backward.default", {
        "g": (12, 31), "x": ((12, 31), "range:-2:3"), "m": ((12, 1), "range:0.3:0.7"), "r": ((12, 1), "range:0.5:0.9"),
        "w": (31,), "b": (31,)}, args=(*v("g", "x"), [31], *v("m", "r", "w", "b"), [True, True, True]),
        dtypes=LONG)  # fmt: skip
    yield from each(A + "upsample_nearest3d_backward.default", {"g": (1, 3, 5, 6, 7)}, [5, 6, 7], [1, 3, 3, 4, 5])
    yield from each(A + "replication_pad1d_backward.default", {"g": (5, 6, 17), "x": (5, 6, 10)}, [4, 3], dtypes=ONE)
    yield from each(A + "avg_pool3d_backward.default", {"g": (1, 3, 3, 4, 5), "x": (1, 3, 6, 8, 10)}, [2, 2, 2],
                    [2, 2, 2], [0, 0, 0], False, True, None, dtypes=ONE)  # fmt: skip
    yield from each(A + "convolution_backward.default", {"g": (2, 6, 11), "x": (2, 6, 13), "w": (6, 2, 3)}, [6], [1],
                    [0], [1], False, [0], 3, [True, True, True], dtypes=FULL)  # fmt: skip


def _lists() -> Iterator[Case]:
    some: Tensors = {"x": ((12, 21), "range:0.1:0.9"), "y": ((5, 31), "range:0.2:0.8")}
    both = (v("x", "y"),)
    for name in ("sin", "cos", "atan", "erf", "log1p", "sigmoid", "reciprocal", "frac"):
        yield from each(f"{A}_foreach_{name}.default", some, args=both)
    four: Tensors = {**some, "a": (12, 21), "b": ((5, 31), "range:0.5:2")}
    yield from each(A + "_foreach_mul.List", four, args=(*both, v("a", "b")))
    yield from each(A + "_foreach_sub.List", four, args=(v("a", "b"), *both), alpha=1.6)
    yield from each(A + "_foreach_maximum.List", four, args=(*both, v("a", "b")))
    yield from each(A + "_foreach_clamp_max.ScalarList", some, args=(*both, [0.4, 0.6]))
    yield from each(A + "_foreach_norm.Scalar", some, args=(*both, 1))
    six: Tensors = {**four, "p": ((12, 21), _UNIT), "q": (5, 31)}
    yield from each(A + "_foreach_addcmul.Scalar", six, args=(v("a", "b"), v("p", "q"), *both, -0.6))


def _algebra() -> Iterator[Case]:
    yield from each(L + "ldl_factor", {"A": ((7, 6, 6), "spd")}, dtypes=LONG)
    yield from each(L + "lu", {"A": ((5, 8, 8), "dominant")}, dtypes=LONG)
    yield from each(L + "lu_solve", {"A": ((6, 7, 7), "dominant"), "p": ((6, 7), "literal:1,2,3,4,5,6,7", "int32"),
                                     "B": ((6, 7, 3), _UNIT)}, dtypes=LONG)  # fmt: skip
    yield from each(L + "cholesky_ex", {"A": ((10, 6, 6), "spd")}, dtypes=ONE)
    yield from each(L + "tensorinv", {"A": ((12, 12), "dominant")}, args=({"v": "A"}, 1), dtypes=LONG)
    yield from each(L + "solve_ex", {"A": ((10, 7, 7), "dominant"), "B": ((10, 7), _UNIT)}, dtypes=ONE)
    yield from each(L + "cond", {"A": ((21, 5, 5), "dominant")}, "fro", dtypes=LONG)
    yield from each(L + "matrix_norm", {"A": ((12, 10, 15), "range:-2:1")}, 1)
    yield from each(L + "matrix_norm", {"A": ((12, 6, 5), _UNIT)}, 2, dtypes=LONG)
    yield from each(L + "norm", {"A": ((21, 12, 5), "range:-1:2")}, dim=[0, 2])
    yield from each(L + "vander", {"x": ((31,), "range:-1.2:1.2")}, N=5, dtypes=ONE)
    yield from each(L + "vecdot", {"x": (12, 31, 5), "y": ((31, 5), "range:-1:2")}, dim=1)
    yield from each(L + "cross", {"x": (3, 41), "y": ((3, 41), "range:-1:2")}, dim=0)
    yield from each(L + "solve_triangular", {"A": ((5, 8, 8), "dominant"), "B": (5, 6, 8)}, upper=False, left=False,
                    dtypes=ONE)  # fmt: skip
    yield from each("torch.cholesky_inverse", {"A": ((6, 8, 8), "dominant")}, True, dtypes=LONG)
    yield from each("torch.logdet", {"A": ((25, 6, 6), "spd")}, dtypes=LONG)
    yield from each("torch.block_diag", {"x": (5, 7), "y": (3, 4), "z": ((2, 6), _UNIT)})


def _fourier() -> Iterator[Case]:
    yield from each("torch.fft.rfft", {"x": ((10, 41), _UNIT)}, 31, norm="ortho", dtypes=LONG)
    yield from each("torch.fft.rfftn", {"x": ((3, 10, 6, 5), "range:-1:2")}, dim=[1, 2], dtypes=ONE)
    yield from each("torch.fft.ihfft", {"x": ((12, 25), "range:-2:1")}, norm="forward", dtypes=LONG)
    yield from each("torch.fft.ihfftn", {"x": ((5, 6, 10), _UNIT)}, dtypes=ONE)
    for d, of in COMPLEX.items():
        yield from each("torch.fft.ifftn", {"x": ((3, 10, 7), "normal", of)}, dim=[0, 1], dtypes=(d,))
        yield from each("torch.fft.irfftn", {"x": ((5, 6, 9), "normal", of)}, s=[6, 15], dtypes=(d,))
        yield from each("torch.fft.hfft", {"x": ((12, 10), "normal", of)}, n=17, dtypes=(d,))
        yield from each("torch.fft.ifftshift", {"x": ((12, 21), "normal", of)}, dim=1, dtypes=(d,))
    window: Tensors = {"x": ((3, 101), _UNIT), "w": ((20,), "range:0.3:1")}
    yield from each("torch.stft", window, args=({"v": "x"}, 20, 7), window={"v": "w"}, onesided=False,
                    pad_mode="reflect", return_complex=True, dtypes=LONG)  # fmt: skip


def _losses() -> Iterator[Case]:
    yield from each(F + "multilabel_soft_margin_loss", {"x": ((31, 12), "range:-3:3"),
                                                        "t": ((31, 12), "literal:1,0,0,1,1")},
                    reduction="none")  # fmt: skip
    yield from each(F + "multi_margin_loss", {"x": ((41, 10), "range:-1:2"), "t": ((41,), "index:10", "int64")}, p=2,
                    margin=0.6, reduction="none", dtypes=FULL)  # fmt: skip
    yield from each(F + "multilabel_margin_loss", {"x": ((15, 5), "range:-2:2"),
                                                   "t": ((15, 5), "literal:3,0,-1,1,2", "int64")}, reduction="none",
                    dtypes=FULL)  # fmt: skip
    yield from each(F + "poisson_nll_loss", {"x": ((21, 25), "range:-2:2"), "t": ((21, 25), "literal:0,3,1,7,2")},
                    full=True, reduction="none", dtypes=FULL)  # fmt: skip
    yield from each(F + "margin_ranking_loss", {"x": (53, 5), "y": (53, 5), "t": ((53, 5), "literal:1,-1")},
                    margin=0.3, reduction="none")  # fmt: skip
    ctc: Tensors = {
        **{"x": ((12, 5, 7), "range:-3:-0.5"), "t": ((5, 4), "literal:1,3,2,6,5,4", "int64")},
        **{"n": ((5,), "literal:12,10,12,11,9", "int64"), "m": ((5,), "literal:4,3,2,4,3", "int64")},
    }
    yield from each(F + "ctc_loss", ctc, reduction="none", dtypes=FULL)
    yield from each(F + "logsigmoid", {"x": ((21, 25), "range:-30:-4")})
    yield from each(F + "fold", {"x": (2, 24, 15)}, [6, 7], [2, 4], padding=[0, 1], stride=[1, 2], dtypes=FULL)
    yield from each(F + "grid_sample", {"x": (1, 5, 10, 7), "g": ((1, 6, 5, 2), "range:-1.3:1.3")},
                    padding_mode="reflection", align_corners=True, dtypes=FULL)  # fmt: skip


def _moved() -> Iterator[Case]:
    rows: Tensors = {"x": (12, 10), "i": ((53,), "index:12", "int64"), "s": ((53, 10), "range:-2:3")}
    yield from each("torch.index_reduce", rows, args=(*v("x"), 0, *v("i", "s"), "mean"), dtypes=FULL)
    yield from each("torch.scatter_reduce", {"x": ((10, 12), "range:0.7:1.4"), "i": ((10, 31), "index:12", "int64"),
                                             "s": ((10, 31), "range:0.7:1.4")},
                    args=(*v("x"), 1, *v("i", "s"), "prod"), dtypes=ONE)  # fmt: skip
    yield from each("torch.masked_scatter", {"x": (12, 10), "m": ((12, 10), "literal:1,0,1", "bool"), "s": (10, 12)})
    yield from each("torch.rot90", {"x": ((3, 10, 7), _UNIT)}, 3, [1, 2])
    yield from each("torch.bucketize", {"x": ((21, 12), "range:-2:7"), "b": ((6,), "literal:-1,0,1.5,2,4,6")},
                    right=True, dtypes=ONE)  # fmt: skip
    yield from each("torch.histc", {"x": ((430,), "range:-2:3")}, 12, -1, 2, dtypes=ONE)
    yield from each("torch.kthvalue", {"x": ((25, 17), "range:-3:3")}, 6, 0)
    yield from each("torch.cummax", {"x": ((12, 34), "range:-2:5")}, 1)


def _whole() -> Iterator[Case]:
    """On integers and booleans."""
    numbers: Tensors = {"x": ((17, 31), "wide", "int32"), "y": ((31,), "positive", "int32")}
    for name in ("bitwise_xor", "remainder", "minimum", "sub"):
        yield from each("torch." + name, numbers, dtypes=ONE)
    yield from each(
        "torch.gcd", {"x": ((17, 31), "index:700", "int64"), "y": ((17, 1), "positive", "int64")}, dtypes=ONE
    )
    yield from each("torch.cumsum", {"x": ((17, 31), "normal", "int32")}, 1, dtypes=ONE)
    yield from each("torch.prod", {"x": ((21, 7), "normal", "int64")}, 1, dtypes=ONE)
    yield from each("torch.mm", {"x": ((12, 25), "normal", "int64"), "y": ((25, 10), "normal", "int64")}, dtypes=ONE)
    yield from each("torch.logical_xor", {"x": ((17, 31), "literal:0,1,1,0,1", "bool"),
                                          "y": ((17, 31), "literal:1,1,0", "bool")}, dtypes=ONE)  # fmt: skip
    yield from each("torch.any", {"x": ((31, 12), "literal:0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0", "bool")}, 1, dtypes=ONE)
    yield from each("torch.count_nonzero", {"x": ((25, 31), "ties", "int32")}, 0, dtypes=ONE)
    yield from each("torch.unique_consecutive", {"x": ((101,), "literal:1,1,2,2,2,5,3,3", "int64")}, dtypes=ONE)
