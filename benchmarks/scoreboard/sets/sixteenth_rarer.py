"""Less common operators of PyTorch and overloads of aten, many of which no set before has, with options of their own.

See sixteenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.scoreboard.sets.ninth_core import ONE
from benchmarks.scoreboard.sets.ninth_rarer import LONG
from benchmarks.scoreboard.sets.seventh_core import S, v
from benchmarks.scoreboard.sets.seventh_rarer import COMPLEX
from benchmarks.scoreboard.sets.sixteenth_core import each
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
        "erfcx": "range:0:30",
        "erfinv": "range:-0.999:0.999",
        "ndtri": "range:0.2:0.8",
        "log_ndtr": "range:-30:1",
        "ndtr": "range:-6:1",
        "i0": "range:-2:2",
        "i0e": "normal",
        "i1": "range:0:9",
        "i1e": "range:-20:20",
        "gammaln": "range:1:60",
        "logit": "range:0.4:0.6",
        "entr": "positive",
    }.items():
        yield from each(S + name, {"x": ((7, 63), values)}, dtypes=(ONE, FULL, LONG)[len(name) % 3])
    for name, values in {
        "bessel_j1": "range:-9:9",
        "bessel_y0": "range:0.3:9",
        "modified_bessel_i1": "range:-5:5",
        "modified_bessel_k0": "range:0.2:9",
        "scaled_modified_bessel_k1": "range:0.3:40",
        "spherical_bessel_j0": "range:-20:20",
        "airy_ai": "range:0:5",
    }.items():
        yield from each(S + name, {"x": ((7, 63), values)}, dtypes=(LONG, ONE)[len(name) % 2])
    for i, name in enumerate(("legendre_polynomial_p", "laguerre_polynomial_l", "hermite_polynomial_h",
                              "chebyshev_polynomial_u", "chebyshev_polynomial_w")):  # fmt: skip
        yield from each(S + name, {"x": ((7, 63), "range:-0.9:0.9")}, 7 - i, dtypes=(LONG, ONE)[i % 2])
    yield from each(S + "xlogy", {"x": ((7, 63), "unit"), "y": ((63,), "range:0.9:1.1")}, dtypes=FULL)
    yield from each(S + "zeta", {"x": ((7, 63), "range:2:9"), "y": ((63,), "range:1:3")}, dtypes=ONE)
    yield from each(S + "gammainc", {"x": ((7, 63), "range:20:60"), "y": ((7, 63), "range:20:60")}, dtypes=LONG)
    yield from each(S + "gammaincc", {"x": ((7, 63), "range:0.1:3"), "y": ((7, 63), "range:0.01:3")}, dtypes=ONE)
    yield from each("torch.polygamma", {"x": ((7, 63), "range:2:20")}, args=(2, {"v": "x"}), dtypes=ONE)
    yield from each("torch.polygamma", {"x": ((7, 63), "range:0.5:6")}, args=(1, {"v": "x"}), dtypes=LONG)
    yield from each(S + "multigammaln", {"x": ((7, 63), "range:1:30")}, 2, dtypes=ONE)


def _elementwise() -> Iterator[Case]:
    x: Tensors = {"x": ((3, 127), "wide")}
    yield from each("torch.logaddexp2", {"x": ((3, 127), "normal"), "y": ((127,), "range:-30:3")})
    yield from each("torch.xlogy", {"x": ((3, 127), "positive"), "y": ((3, 127), "positive")})
    yield from each("torch.fmod", {**x, "y": ((3, 127), "range:0.7:2")}, dtypes=FULL)
    yield from each("torch.remainder", {"x": ((3, 127), "range:-9:9")}, 2.5, dtypes=FULL)
    yield from each("torch.float_power", {"x": ((3, 127), "positive"), "y": ((127,), "range:-2:2")})
    yield from each("torch.ldexp", {"x": ((3, 127), "normal"), "y": ((3, 127), "index:5", "int32")})
    yield from each("torch.heaviside", {**x, "y": ((127,), "normal")})
    yield from each("torch.nan_to_num", {"x": ((3, 127), "literal:1.5,nan,inf,-2,0.3,-inf,7")}, 0.5, 9.0, -9.0)
    yield from each("torch.dist", {"x": ((31, 9), "wide"), "y": ((31, 9), "normal")}, 2)
    yield from each("torch.dist", {"x": ((31, 9), "normal"), "y": ((9,), "normal")}, 3, dtypes=FULL)
    yield from each("torch.nanmean", {"x": ((31, 9), "literal:0.1,nan,-3,2.5,7,nan,nan,0.02,11,4,5")}, 0)
    yield from each("torch.nanmedian", {"x": ((31, 7), "literal:0.1,nan,-3,2.5,7,0.7,nan,0.02")}, 0)
    yield from each("torch.cov", {"x": ((7, 31), "offset")}, correction=0, dtypes=ONE)
    yield from each("torch.corrcoef", {"x": ((5, 63), "normal")}, dtypes=LONG)
    yield from each("torch.gradient", {"x": ((9, 17), "normal"), "s": ((17,), "arange")}, args=v("x"),
                    spacing=(v("s"),)[0], dim=[1], dtypes=LONG)  # fmt: skip
    yield from each("torch.cumulative_trapezoid", {"y": ((7, 65), "normal")}, dx=0.1, dim=1)
    yield from each("torch.trapezoid", {"y": ((7, 65), "offset"), "x": ((65,), "arange")})
    yield from each("torch.renorm", {"x": ((7, 9, 5), "wide")}, 1, 1, 2.0, dtypes=FULL)
    yield from each("torch.kron", {"x": ((3, 3), "normal"), "y": ((7, 5), "wide")})
    yield from each("torch.vander", {"x": ((17,), "range:-1.5:1.5")}, 7, True)
    yield from each("torch.cross", {"x": ((9, 3, 7), "normal"), "y": ((9, 3, 7), "normal")}, 1)


def _masked() -> Iterator[Case]:
    given: Tensors = {"x": ((17, 9), "normal"), "m": ((17, 9), "literal:1,0,1,1,1,0,1", "bool")}
    mask: dict[str, Any] = {"mask": {"v": "m"}}
    for name in ("softmax", "std", "mean", "amin"):
        yield from each(M + name, given, args=({"v": "x"}, 1), **mask)
    yield from each(M + "cumsum", given, args=({"v": "x"}, 0), dtypes=FULL, **mask)
    yield from each(M + "norm", given, args=({"v": "x"}, 2.0, 1), **mask)
    yield from each(M + "normalize", given, args=({"v": "x"}, 2.0, 1), dtypes=ONE, **mask)


def _complex() -> Iterator[Case]:
    for d, of in COMPLEX.items():
        z: Tensors = {"x": ((7, 33), "normal", of)}
        for name in ("exp", "sqrt", "tanh", "reciprocal"):
            yield from each("torch." + name, z, dtypes=(d,))
        yield from each("torch.div", {**z, "y": ((33,), "normal", of)}, dtypes=(d,))
        yield from each("torch.sum", {"x": ((7, 257), "normal", of)}, 1, dtypes=(d,))
        yield from each("torch.bmm", {"x": ((3, 7, 31), "normal", of), "y": ((3, 31, 5), "normal", of)}, dtypes=(d,))
        yield from each(L + "det", {"x": ((7, 3, 3), "normal", of)}, dtypes=(d,))
        yield from each("torch.addmm", {"c": ((7,), "normal", of), "x": ((9, 17), "normal", of),
                                        "y": ((17, 7), "normal", of)}, dtypes=(d,))  # fmt: skip
    yield from each("torch.polar", {"x": ((7, 33), "positive"), "y": ((7, 33), "range:-3:3")}, dtypes=FULL)


def _methods() -> Iterator[Case]:
    yield from each(T + "addmm_", {"c": (9, 7), "x": ((9, 31), _UNIT), "y": (31, 7)}, alpha=0.5)
    yield from each(T + "log_softmax", {"x": ((7, 127), "range:-9:9")}, 1)
    yield from each(T + "std", {"x": ((33, 17), "offset")}, 0)
    yield from each(T + "sum", {"x": ((3, 17, 31), "normal")}, [0, 1])
    yield from each(T + "cumsum", {"x": ((31, 17), "range:0:3")}, 0)
    yield from each(T + "addcdiv", {"x": (9, 31), "y": (9, 31), "z": ((9, 31), "positive")}, value=-0.1)
    yield from each(T + "lerp_", {"x": (9, 31), "y": ((9, 31), "offset")}, 0.1)
    yield from each(T + "index_add_", {"x": (7, 9), "i": ((65,), "index:7", "int64"), "s": (65, 9)},
                    args=(*v("x"), 0, *v("i", "s")))  # fmt: skip


def _kernels() -> Iterator[Case]:
    yield from each(A + "native_layer_norm.default", {"x": ((7, 65), "offset")}, [65], None, None, 1e-5)
    yield from each(A + "native_group_norm.default", {"x": ((3, 9, 7), "normal"), "w": (9,), "b": (9,)},
                    args=(*v("x", "w", "b"), 3, 9, 7, 3, 1e-3))  # fmt: skip
    yield from each(A + "_native_batch_norm_legit.no_stats", {"x": ((7, 5, 9), "normal"), "w": (5,), "b": (5,)},
                    args=(*v("x", "w", "b"), True, 0.1, 1e-5), dtypes=ONE)  # fmt: skip
    yield from each(A + "_softmax.default", {"x": ((31, 7, 3), "wide")}, 0, False)
    yield from each(A + "_log_softmax.default", {"x": ((33, 31), "normal")}, 0, False)
    yield from each(A + "mm.default", {"x": ((17, 63), "unit"), "y": ((63, 3), "wide")})
    yield from each(A + "addmv.default", {"c": (17,), "x": ((17, 33), _UNIT), "y": (33,)}, beta=-1.0)
    yield from each(A + "sum.dim_IntList", {"x": ((9, 129), "wide")}, [1], True)
    yield from each(A + "var_mean.correction", {"x": ((9, 65), "normal")}, [1], correction=1)
    yield from each(A + "cumprod.default", {"x": ((9, 33), "range:0.8:1.2")}, 1)
    yield from each(A + "_logcumsumexp.default", {"x": ((7, 65), "range:-3:3")}, 1)
    yield from each(A + "pow.Scalar", {"y": ((7, 65), "normal")}, args=(2.5, {"v": "y"}))
    yield from each(A + "rsub.Tensor", {"x": ((7, 65), "offset"), "y": ((65,), "normal")}, alpha=0.3)
    yield from each(A + "log_sigmoid_forward.default", {"x": ((7, 65), "wide")})
    yield from each(A + "elu.default", {"x": ((7, 65), "normal")}, 1.0, 1.05, 0.7)
    yield from each(A + "convolution.default", {"x": (1, 3, 9, 11), "w": ((7, 3, 3, 3), _UNIT), "b": (7,)},
                    args=(*v("x", "w", "b"), [2, 1], [0, 1], [1, 1], False, [0, 0], 1))  # fmt: skip
    yield from each(A + "convolution.default", {"x": (1, 5, 17), "w": ((5, 3, 3), _UNIT), "b": (3,)},
                    args=(*v("x", "w", "b"), [3], [0], [1], True, [0], 1), dtypes=ONE)  # fmt: skip
    yield from each(A + "upsample_bicubic2d.default", {"x": ((1, 3, 9, 7), "unit")}, [5, 15], False, dtypes=LONG)
    yield from each(A + "_upsample_bilinear2d_aa.default", {"x": ((1, 3, 17, 15), "normal")}, [7, 9], False, dtypes=ONE)
    yield from each(A + "avg_pool3d.default", {"x": ((1, 3, 5, 7, 9), "normal")}, [2, 3, 3], [1, 2, 2], dtypes=FULL)
    yield from each(A + "col2im.default", {"x": (1, 27, 35)}, [5, 7], [3, 3], [1, 1], [1, 1], [1, 1], dtypes=LONG)
    yield from each(A + "_cdist_forward.default", {"x": ((3, 7, 9), "normal"), "y": ((3, 5, 9), "unit")}, 3.0, None,
                    dtypes=LONG)  # fmt: skip
    yield from each(A + "_fused_rms_norm.default", {"x": ((7, 33), "wide"), "w": ((33,), "positive")},
                    args=(*v("x"), [33], *v("w"), 1e-5))  # fmt: skip
    yield from each(A + "_scaled_dot_product_flash_attention_for_cpu.default",
                    {"q": (1, 3, 17, 8), "k": (1, 3, 33, 8), "v": (1, 3, 33, 8)}, 0.0, False, scale=0.5)  # fmt: skip
    yield from each(A + "_euclidean_dist.default", {"x": ((9, 5), "normal"), "y": ((17, 5), "offset")}, dtypes=ONE)
    yield from each(A + "_weight_norm_interface.default", {"v": ((9, 17), "normal"), "g": ((9, 1), "positive")}, 0,
                    dtypes=FULL)  # fmt: skip
    yield from each(A + "_embedding_bag.default", {"w": (31, 7), "i": ((63,), "index:31", "int64"),
                                                   "o": ((7,), "literal:0,9,10,17,33,40,62", "int64")},
                    args=(*v("w", "i", "o"), False, 1), dtypes=ONE)  # fmt: skip


def _backward() -> Iterator[Case]:
    for name, values, extra in (
        ("sigmoid", "range:0.02:0.98", ()),
        ("leaky_relu", "normal", (0.2, False)),
        ("hardsigmoid", "range:-5:5", ()),
        ("hardtanh", "normal", (-1.0, 0.5)),
        ("mish", "wide", ()),
        ("softshrink", "normal", (0.4,)),
        ("softplus", "wide", (2.0, 15.0)),
    ):
        yield from each(f"{A}{name}_backward.default", {"g": (7, 65), "x": ((7, 65), values)}, *extra)
    yield from each(A + "gelu_backward.default", {"g": (7, 65), "x": ((7, 65), "wide")}, approximate="tanh")
    three: Tensors = {"g": (17, 9), "x": ((17, 9), "normal"), "t": ((17, 9), "normal")}
    yield from each(A + "smooth_l1_loss_backward.default", three, 0, 0.5)
    yield from each(A + "binary_cross_entropy_backward.default", {"g": (17, 9), "x": ((17, 9), "range:0.05:0.95"),
                                                                  "t": ((17, 9), "unit")}, None, 0)  # fmt: skip
    soft: Tensors = {"g": (9, 31), "y": ((9, 31), "range:-5:-2")}
    yield from each(A + "_log_softmax_backward_data.default", soft, args=(*v("g", "y"), 1, {"dt": "float32"}),
                    dtypes=ONE)  # fmt: skip
    layer: Tensors = {"g": (9, 33), "x": (9, 33), "m": ((9, 1), "range:-0.2:0.2"), "r": ((9, 1), "range:0.7:1.3"),
                      "w": (33,), "b": (33,)}  # fmt: skip
    yield from each(A + "native_layer_norm_backward.default", layer,
                    args=(*v("g", "x"), [33], *v("m", "r", "w", "b"), [True, True, True]), dtypes=FULL)  # fmt: skip
    yield from each(A + "convolution_backward.default", {"g": (1, 5, 7, 9), "x": (1, 3, 7, 9), "w": (5, 3, 3, 3)},
                    args=(*v("g", "x", "w"), [5], [1, 1], [1, 1], [1, 1], False, [0, 0], 1, [True, True, True]),
                    dtypes=ONE)  # fmt: skip
    yield from each(A + "upsample_bicubic2d_backward.default", {"g": (1, 3, 9, 7)}, [9, 7], [1, 3, 5, 3], False,
                    dtypes=LONG)  # fmt: skip
    yield from each(A + "upsample_linear1d_backward.default", {"g": ((3, 5, 31), "offset")}, [31], [3, 5, 9], True)
    yield from each(A + "avg_pool3d_backward.default", {"g": (1, 3, 2, 3, 3), "x": (1, 3, 4, 6, 6)}, [2, 2, 2],
                    [2, 2, 2], [0, 0, 0], False, True, None, dtypes=LONG)  # fmt: skip
    yield from each(A + "reflection_pad1d_backward.default", {"g": (3, 5, 24), "x": (3, 5, 17)}, [3, 4])
    yield from each(A + "replication_pad2d_backward.default", {"g": (1, 3, 12, 11), "x": (1, 3, 7, 9)}, [1, 1, 2, 3])
    yield from each(A + "embedding_dense_backward.default", {"g": (129, 5), "i": ((129,), "index:9", "int64")}, 9, -1,
                    False)  # fmt: skip
    yield from each(A + "_cdist_backward.default", {"g": (3, 5, 7), "x": (3, 5, 9), "y": ((3, 7, 9), "offset"),
                                                    "d": ((3, 5, 7), "range:3:9")},
                    args=(*v("g", "x", "y"), 2.0, *v("d")), dtypes=ONE)  # fmt: skip


def _lists() -> Iterator[Case]:
    some: Tensors = {"x": ((7, 31), "range:0.2:3"), "y": ((129,), "positive"), "z": ((3, 3, 1), "unit")}
    three = (v("x", "y", "z"),)
    for name in ("log", "sqrt", "reciprocal", "sigmoid", "lgamma"):
        yield from each(f"{A}_foreach_{name}.default", some, args=three)
    yield from each(A + "_foreach_pow.Scalar", some, args=(*three, 1.5))
    yield from each(A + "_foreach_norm.Scalar", some, args=(*three, 1))
    more: Tensors = {**some, "a": (7, 31), "b": (129,), "c": (3, 3, 1)}
    yield from each(A + "_foreach_lerp.Scalar", more, args=(v("a", "b", "c"), *three, 0.05))
    yield from each(A + "_foreach_addcmul.Scalar", more, args=(v("a", "b", "c"), *three, v("a", "b", "c"), 0.01))
    yield from each(A + "_foreach_maximum.List", more, args=(v("a", "b", "c"), *three))


def _algebra() -> Iterator[Case]:
    yield from each("torch.logdet", {"A": ((7, 9, 9), "spd")}, dtypes=LONG)
    yield from each(L + "slogdet", {"A": ((3, 17, 17), "normal")}, dtypes=LONG)
    yield from each(L + "inv", {"A": ((2, 17, 17), "dominant")}, dtypes=LONG)
    yield from each(L + "cholesky", {"A": ((1, 31, 31), "spd")}, dtypes=ONE)
    yield from each(L + "solve", {"A": ((1, 31, 31), "dominant"), "B": (31, 3)}, dtypes=LONG)
    yield from each(L + "solve", {"A": ((7, 3, 3), "dominant"), "B": (7, 2, 3)}, left=False, dtypes=ONE)
    yield from each(L + "solve_triangular", {"A": ((3, 17, 17), "dominant"), "B": (3, 17, 2)}, upper=True, dtypes=ONE)
    yield from each(L + "eigvalsh", {"A": ((3, 17, 17), "spd")}, dtypes=LONG)
    yield from each(L + "eigh", {"A": ((3, 7, 7), "spd")}, dtypes=ONE)
    yield from each(L + "eigvals", {"A": ((5, 5, 5), "dominant")}, dtypes=LONG)
    yield from each(L + "svdvals", {"A": ((3, 7, 31), "normal")}, dtypes=ONE)
    yield from each(L + "svd", {"A": ((3, 9, 5), "normal")}, full_matrices=False, dtypes=LONG)
    yield from each(L + "qr", {"A": ((3, 17, 7), "normal")}, dtypes=LONG)
    yield from each(L + "lu", {"A": ((5, 9, 9), "dominant")}, dtypes=ONE)
    yield from each(L + "ldl_factor", {"A": ((3, 7, 7), "spd")}, dtypes=LONG)
    yield from each(L + "pinv", {"A": ((3, 17, 5), "normal")}, dtypes=LONG)
    yield from each(L + "lstsq", {"A": ((3, 31, 7), "normal"), "B": (3, 31, 2)}, dtypes=LONG)
    yield from each(L + "matrix_exp", {"A": ((3, 9, 9), "range:-0.3:0.3")}, dtypes=ONE)
    yield from each(L + "matrix_power", {"A": ((7, 5, 5), "dominant")}, -2, dtypes=LONG)
    yield from each(L + "matrix_norm", {"A": ((7, 9, 17), "wide")}, "fro")
    yield from each(L + "matrix_norm", {"A": ((7, 9, 5), "normal")}, 2, dtypes=LONG)
    yield from each(L + "cond", {"A": ((7, 5, 5), "dominant")}, "fro", dtypes=LONG)
    yield from each(L + "multi_dot", {"x": ((1, 31), _UNIT), "y": (31, 17), "z": ((17, 33), _UNIT), "w": (33, 3)},
                    args=(v("x", "y", "z", "w"),))  # fmt: skip
    yield from each(L + "vecdot", {"x": ((17, 65), "normal"), "y": ((17, 65), "unit")}, dim=-1)
    yield from each(L + "vander", {"x": ((7, 9), "range:-1.2:1.2")}, N=5)
    yield from each(L + "householder_product", {"A": ((3, 7, 5), _UNIT), "t": ((3, 5), "range:0.2:1.5")}, dtypes=ONE)
    yield from each(L + "tensorinv", {"A": ((6, 2, 3), "normal")}, ind=1, dtypes=LONG)
    yield from each(L + "lu_solve", {"A": ((5, 7, 7), "dominant"), "p": ((5, 7), "literal:1,2,3,4,5,6,7", "int32"),
                                     "B": (5, 7, 2)}, dtypes=ONE)  # fmt: skip
    yield from each("torch.trace", {"A": ((33, 31), "wide")})


def _fourier() -> Iterator[Case]:
    yield from each("torch.fft.rfft", {"x": ((7, 127), "normal")}, dtypes=LONG)
    yield from each("torch.fft.rfft", {"x": ((3, 63), "offset")}, norm="ortho", dtypes=ONE)
    yield from each("torch.fft.rfft2", {"x": ((3, 9, 7), "unit")}, norm="forward", dtypes=ONE)
    yield from each("torch.fft.ihfft", {"x": ((7, 31), "normal")}, dtypes=LONG)
    for d, of in COMPLEX.items():
        yield from each("torch.fft.fft", {"x": ((3, 97), "normal", of)}, dtypes=(d,))
        yield from each("torch.fft.ifft", {"x": ((7, 33), "normal", of)}, n=31, dtypes=(d,))
        yield from each("torch.fft.irfft", {"x": ((7, 17), "normal", of)}, n=33, dtypes=(d,))
        yield from each("torch.fft.fftn", {"x": ((3, 5, 7), "normal", of)}, norm="ortho", dtypes=(d,))
    window: Tensors = {"x": ((3, 129), "normal"), "w": ((31,), "unit")}
    yield from each("torch.stft", window, args=({"v": "x"}, 31, 7, 31), window={"v": "w"}, center=False,
                    return_complex=True, dtypes=LONG)  # fmt: skip


def _losses() -> Iterator[Case]:
    yield from each(F + "multi_margin_loss", {"x": ((33, 7), "normal"), "t": ((33,), "index:7", "int64")}, p=2,
                    reduction="none", dtypes=ONE)  # fmt: skip
    yield from each(F + "multilabel_margin_loss", {"x": ((9, 5), "normal"),
                                                   "t": ((9, 5), "literal:3,0,-1,1,2", "int64")},
                    reduction="none", dtypes=ONE)  # fmt: skip
    yield from each(F + "multilabel_soft_margin_loss", {"x": ((33, 7), "wide"), "t": ((33, 7), "literal:1,0,0,1"),
                                                        "w": ((7,), "positive")},
                    args=v("x", "t"), weight={"v": "w"}, reduction="none")  # fmt: skip
    yield from each(F + "soft_margin_loss", {"x": ((31, 9), "range:-8:8"), "t": ((31, 9), "literal:1,-1,-1")},
                    reduction="none")  # fmt: skip
    yield from each(F + "hinge_embedding_loss", {"x": ((129,), "positive"), "t": ((129,), "literal:-1,1")}, margin=2.0)
    yield from each(F + "cosine_embedding_loss", {"x": (31, 7), "y": (31, 7), "t": ((31,), "literal:1,-1,1")},
                    margin=0.2)  # fmt: skip
    yield from each(F + "poisson_nll_loss", {"x": ((17, 31), "normal"), "t": ((17, 31), "literal:4,0,2,9,1")},
                    full=True, reduction="none")  # fmt: skip
    yield from each(F + "triplet_margin_with_distance_loss", {"x": (31, 9), "y": (31, 9), "z": (31, 9)}, margin=0.5,
                    swap=True, reduction="none", dtypes=FULL)  # fmt: skip
    ctc: Tensors = {
        **{"x": ((17, 3, 7), "range:-5:-0.5"), "t": ((3, 4), "literal:1,2,3,1,6,5,5,2,4,4,1,3", "int64")},
        **{"n": ((3,), "literal:17,15,9", "int64"), "m": ((3,), "literal:4,3,2", "int64")},
    }
    yield from each(F + "ctc_loss", ctc, reduction="sum", dtypes=FULL)


def _layers() -> Iterator[Case]:
    gru: Tensors = {"x": (7, 9), "h": ((7, 3), "normal"), "wi": ((9, 9), _UNIT), "wh": ((9, 3), _UNIT)}
    yield from each("torch.gru_cell", gru)
    lstm: Tensors = {"x": (9, 3), "h": ((9, 7), _UNIT), "c": (9, 7), "wi": ((28, 3), _UNIT), "wh": ((28, 7), _UNIT)}
    yield from each("torch.lstm_cell", {**lstm, "a": (28,), "b": (28,)},
                    args=(*v("x"), v("h", "c"), *v("wi", "wh", "a", "b")))  # fmt: skip
    yield from each("torch.rnn_tanh_cell", {"x": (31, 7), "h": (31, 9), "wi": ((9, 7), _UNIT), "wh": ((9, 9), _UNIT)})
    whole: Tensors = {"x": (3, 7, 5), "h": ((1, 3, 7), _UNIT), "a": ((21, 5), _UNIT), "b": ((21, 7), _UNIT),
                      "p": (21,), "q": (21,)}  # fmt: skip
    yield from each("torch.gru", whole, dtypes=ONE,
                    args=(*v("x", "h"), v("a", "b", "p", "q"), True, 1, 0.0, False, False, True))  # fmt: skip
    yield from each(F + "lp_pool2d", {"x": ((1, 3, 9, 11), "positive")}, 1.5, [3, 2], 2, dtypes=LONG)
    yield from each(F + "max_pool3d", {"x": ((1, 3, 5, 7, 9), "normal")}, 3, 2, 1, dtypes=ONE)
    yield from each(F + "adaptive_max_pool1d", {"x": ((3, 7, 31), "normal")}, 5)
    yield from each(F + "adaptive_avg_pool3d", {"x": ((1, 3, 5, 7, 9), "offset")}, [3, 2, 4], dtypes=LONG)
    yield from each(F + "max_unpool1d", {"x": ((1, 3, 5), "normal"), "i": ((1, 3, 5), "literal:0,3,5,7,9", "int64")},
                    2, dtypes=ONE)  # fmt: skip
    yield from each(F + "fold", {"x": (1, 12, 42)}, [7, 8], [2, 2], dtypes=ONE)
    yield from each(F + "affine_grid", {"t": ((3, 3, 4), _UNIT)}, [3, 1, 3, 5, 4], align_corners=True, dtypes=LONG)
    yield from each(F + "pixel_unshuffle", {"x": (1, 3, 9, 15)}, 3)


def _moved() -> Iterator[Case]:
    yield from each("torch.scatter_reduce", {"x": ((9,), "range:0.7:1.3"), "i": ((63,), "index:9", "int64"),
                                             "s": ((63,), "range:0.7:1.3")},
                    args=(*v("x"), 0, *v("i", "s"), "prod"), dtypes=FULL)  # fmt: skip
    yield from each("torch.index_reduce", {"x": ((7, 9), "normal"), "i": ((33,), "index:9", "int64"),
                                           "s": ((7, 33), "normal")},
                    args=(*v("x"), 1, *v("i", "s"), "amax"), include_self=False, dtypes=ONE)  # fmt: skip
    yield from each("torch.segment_reduce", {"x": ((63, 3), "offset"), "n": ((4,), "literal:1,17,31,14", "int64")},
                    args=(*v("x"), "mean"), lengths={"v": "n"}, axis=0, dtypes=LONG)  # fmt: skip
    yield from each("torch.bincount", {"i": ((257,), "index:17", "int64"), "w": ((257,), "positive")}, dtypes=FULL)
    yield from each("torch.histc", {"x": ((1023,), "normal")}, 9, -2.0, 2.0, dtypes=ONE)
    yield from each("torch.kthvalue", {"x": ((9, 33), "wide")}, 7, 1, True)
    yield from each("torch.cummax", {"x": ((33, 9), "normal")}, 0)
    yield from each("torch.put", {"x": ((9, 7), "normal"), "i": ((129,), "index:63", "int64"), "s": ((129,), "unit")},
                    accumulate=True, dtypes=ONE)  # fmt: skip
    yield from each("torch.select_scatter", {"x": ((3, 9, 7), "normal"), "s": ((3, 7), "wide")}, 1, 3)
    yield from each("torch.searchsorted", {"x": ((31,), "arange"), "y": ((7, 9), "range:0:30")}, dtypes=ONE)


def _whole() -> Iterator[Case]:
    """On integers and booleans."""
    numbers: Tensors = {"x": ((9, 31), "wide", "int64"), "y": ((31,), "positive", "int64")}
    for name in ("bitwise_xor", "remainder", "floor_divide", "lcm", "maximum"):
        yield from each("torch." + name, numbers, dtypes=ONE)
    yield from each("torch.prod", {"x": ((9, 7), "index:5", "int32")}, 1, dtypes=ONE)
    yield from each("torch.sin", {"x": ((9, 31), "index:100", "int64")}, dtypes=ONE)
    yield from each("torch.bmm", {"x": ((3, 7, 9), "normal", "int64"), "y": ((3, 9, 5), "normal", "int64")}, dtypes=ONE)
    yield from each("torch.exp", {"x": ((9, 31), "index:7", "int32")}, dtypes=ONE)
    yield from each("torch.bitwise_left_shift", {"x": ((9, 31), "index:99", "int32"), "y": ((31,), "index:9", "int32")},
                    dtypes=ONE)  # fmt: skip
