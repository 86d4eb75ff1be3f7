"""Less common operators of PyTorch and overloads of aten, many of which no set before has, with options of their own.

See eighteenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.scoreboard.sets.eighteenth_core import each
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
    yield from _arithmetic()
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
        "entr": "range:0.01:5",
        "ndtr": "range:-7:2",
        "log_ndtr": "range:-30:1",
        "i1": "range:-9:9",
        "i1e": "range:-60:60",
        "gammaln": "range:0.1:30",
        "bessel_j1": "range:-25:25",
        "bessel_y0": "range:0.4:25",
        "modified_bessel_i0": "range:-6:6",
        "modified_bessel_k0": "range:0.2:9",
        "scaled_modified_bessel_k1": "range:0.1:40",
        "spherical_bessel_j0": "range:0.1:20",
    }.items():
        yield from each(S + name, {"x": ((9, 51), values)}, dtypes=(LONG, ONE)[len(name) % 2])
    for i, name in enumerate(("chebyshev_polynomial_u", "chebyshev_polynomial_w", "laguerre_polynomial_l",
                              "hermite_polynomial_h", "shifted_chebyshev_polynomial_u")):  # fmt: skip
        yield from each(S + name, {"x": ((9, 51), "range:0.05:0.9")}, 3 + i, dtypes=(ONE, LONG)[i % 2])
    yield from each(S + "xlogy", {"x": ((9, 51), "wide"), "y": ((9, 1), "range:0.2:30")}, dtypes=FULL)
    yield from each(S + "zeta", {"x": ((9, 51), "range:2:12"), "y": ((51,), "range:0.5:3")}, dtypes=ONE)
    yield from each(S + "gammainc", {"x": ((9, 51), "range:3:30"), "y": ((9, 51), "range:1:40")}, dtypes=LONG)
    yield from each(S + "gammaincc", {"x": ((9, 51), "range:0.3:4"), "y": ((51,), "range:0.1:6")}, dtypes=ONE)
    yield from each(S + "multigammaln", {"x": ((9, 51), "range:3:20")}, 5, dtypes=ONE)
    yield from each(S + "logit", {"x": ((9, 51), "unit")}, 0.05, dtypes=FULL)
    yield from each("torch.polygamma", {"x": ((9, 51), "range:0.7:20")}, args=(2, {"v": "x"}), dtypes=LONG)


def _elementwise() -> Iterator[Case]:
    yield from each("torch.logaddexp2", {"x": ((9, 51), "range:-20:20"), "y": ((51,), "range:-20:20")}, dtypes=FULL)
    yield from each("torch.remainder", {"x": ((9, 51), "wide")}, 1.5, dtypes=FULL)
    yield from each("torch.float_power", {"x": ((9, 51), "positive"), "y": ((51,), "range:-1:2")}, dtypes=ONE)
    yield from each("torch.copysign", {"x": ((9, 51), "offset"), "y": ((9, 51), "normal")})
    yield from each("torch.nanmean", {"x": ((51, 9), "literal:1.3,nan,-0.2,4,0.7,nan,2.1")}, 0)
    yield from each("torch.cov", {"x": ((6, 31), "offset")}, correction=0, dtypes=ONE)
    yield from each("torch.corrcoef", {"x": ((5, 60), "wide")}, dtypes=LONG)
    yield from each("torch.gradient", {"x": ((9, 14), "offset")}, dim=[1], dtypes=LONG)
    yield from each("torch.cumulative_trapezoid", {"y": ((31, 7), "wide")}, dx=0.1, dim=0)
    yield from each("torch.trapezoid", {"y": ((9, 51), "offset"), "x": ((51,), "arange")})
    yield from each("torch.renorm", {"x": ((12, 9), "wide")}, 1, 1, 3.0, dtypes=LONG)
    yield from each("torch.kron", {"x": ((7,), "offset"), "y": ((3, 5), "unit")})
    yield from each("torch.vander", {"x": ((17,), "range:0.5:1.5")}, 5, increasing=True)
    yield from each("torch.cross", {"x": ((9, 3, 7), "normal"), "y": ((9, 3, 7), "offset")}, 1)
    yield from each("torch.tril", {"x": ((9, 12), "wide")}, 2)
    yield from each("torch.heaviside", {"x": ((9, 51), "ties"), "y": ((51,), "unit")}, dtypes=FULL)


def _masked() -> Iterator[Case]:
    given: Tensors = {"x": ((9, 31), "offset"), "m": ((9, 31), "literal:1,0,1,1,1,0,1", "bool")}
    mask: dict[str, Any] = {"mask": {"v": "m"}}
    for name in ("softmax", "mean", "std", "cumsum", "sum"):
        yield from each(M + name, given, args=({"v": "x"}, 1), **mask)
    yield from each(M + "norm", given, args=({"v": "x"}, 3.0, 1), dtypes=FULL, **mask)
    yield from each(M + "normalize", given, args=({"v": "x"}, 2.0, 1), dtypes=ONE, **mask)
    yield from each(M + "amax", given, args=({"v": "x"}, 0), **mask)


def _complex() -> Iterator[Case]:
    for d, of in COMPLEX.items():
        z: Tensors = {"x": ((9, 25), "normal", of)}
        for name in ("exp", "sqrt", "tanh", "reciprocal"):
            yield from each("torch." + name, z, dtypes=(d,))
        yield from each("torch.div", {**z, "y": ((9, 1), "normal", of)}, dtypes=(d,))
        yield from each("torch.pow", {"x": ((9, 25), "normal", of)}, 2, dtypes=(d,))
        yield from each("torch.sum", {"x": ((9, 130), "normal", of)}, 1, dtypes=(d,))
        yield from each("torch.bmm", {"x": ((3, 7, 12), "normal", of), "y": ((3, 12, 5), "normal", of)}, dtypes=(d,))
        yield from each(L + "inv", {"A": ((4, 7, 7), "dominant", of)}, dtypes=(d,))
        yield from each(L + "cholesky", {"A": ((3, 5, 5), "spd", of)}, dtypes=(d,))
    yield from each("torch.complex", {"x": ((9, 25), "wide"), "y": ((9, 25), "offset")}, dtypes=FULL)


def _methods() -> Iterator[Case]:
    yield from each(T + "sub_", {"x": ((9, 51), "offset"), "y": (9, 51)}, alpha=1.3)
    yield from each(T + "div_", {"x": ((9, 51), "wide"), "y": ((51,), "range:0.5:6")})
    yield from each(T + "sigmoid_", {"x": ((9, 51), "range:-6:9")})
    yield from each(T + "log1p_", {"x": ((9, 51), "range:-0.6:7")})
    yield from each(T + "pow_", {"x": ((9, 51), "range:0.2:4")}, 1.75)
    yield from each(T + "rsqrt_", {"x": ((9, 51), "positive")})
    yield from each(T + "atan2_", {"x": (9, 51), "y": ((51,), "offset")})
    yield from each(T + "addbmm_", {"c": (7, 9), "x": ((3, 7, 18), _UNIT), "y": (3, 18, 9)}, alpha=0.3)
    yield from each(T + "xlogy_", {"x": ((9, 51), "unit"), "y": ((51,), "positive")})
    yield from each(T + "index_copy_", {"x": (9, 7), "i": ((4,), "literal:7,1,3,0", "int64"), "s": ((4, 7), "wide")},
                    args=(*v("x"), 0, *v("i", "s")), dtypes=FULL)  # fmt: skip
    yield from each(T + "scatter_reduce_", {"x": (7, 9), "i": ((31, 9), "index:7", "int64"), "s": (31, 9)},
                    args=(*v("x"), 0, *v("i", "s"), "mean"), dtypes=FULL)  # fmt: skip
    yield from each(T + "logdet", {"A": ((5, 6, 6), "spd")}, dtypes=LONG)
    yield from each(T + "matrix_power", {"A": ((5, 6, 6), "range:-0.4:0.5")}, 4, dtypes=ONE)


def _arithmetic() -> Iterator[Case]:
    for name, values in {
        "expm1": "range:-3:2",
        "log1p": "positive",
        "cos": "range:-40:40",
        "tanh": "range:-3:3",
        "erfc": "range:-2:3",
        "rsqrt": "positive",
        "softplus": "wide",
        "hardshrink": "wide",
        "lgamma": "range:0.3:12",
        "log_sigmoid": "wide",
    }.items():
        yield from each(f"{A}{name}.default", {"x": ((11, 47), values)})
    pair: Tensors = {"x": ((11, 47), "offset"), "y": ((11, 1), "range:0.4:6")}
    yield from each(A + "sub.Tensor", pair, alpha=1.9)
    yield from each(A + "div.Tensor", pair)
    yield from each(A + "pow.Tensor_Tensor", {"x": ((11, 47), "range:0.3:3"), "y": ((47,), "range:-2:2")})
    yield from each(A + "rsub.Scalar", {"x": ((11, 47), "offset")}, 1.25, 0.5)
    yield from each(A + "mean.default", {"x": ((11, 47), "wide")})
    yield from each(A + "var.default", {"x": ((11, 47), "offset")}, False)
    yield from each(A + "std_mean.dim", {"x": ((11, 47), "normal")}, [1])
    yield from each(A + "logsumexp.default", {"x": ((11, 47), "wide")}, [0, 1])
    yield from each(A + "log_softmax.int", {"x": ((11, 47), "range:-20:20")}, 1)
    yield from each(A + "cumsum.default", {"x": ((11, 90), "range:0:1")}, 1)
    yield from each(A + "norm.Scalar", {"x": ((11, 47), "offset")}, 2)
    yield from each(A + "softshrink.default", {"x": ((11, 47), "normal")}, 0.3)
    yield from each(A + "special_xlog1py.default", {"x": ((11, 47), "unit"), "y": ((47,), "range:-0.5:3")}, dtypes=FULL)


def _kernels() -> Iterator[Case]:
    yield from each(A + "native_layer_norm.default", {"x": ((7, 9, 40), "offset"), "w": ((40,), "positive"),
                    "b": (40,)},
                    args=(*v("x"), [40], *v("w", "b"), 1e-4), dtypes=FULL)  # fmt: skip
    yield from each(A + "native_group_norm.default", {"x": ((2, 12, 9), "wide"), "w": (12,), "b": (12,)},
                    args=(*v("x", "w", "b"), 2, 12, 9, 3, 1e-5), dtypes=ONE)  # fmt: skip
    yield from each(A + "_batch_norm_no_update.default",
                    {"x": ((3, 5, 8), "offset"), "w": (5,), "b": (5,), "m": (5,), "s": ((5,), "positive")},
                    args=(*v("x", "w", "b", "m", "s"), 0.1, 1e-3), dtypes=ONE)  # fmt: skip
    yield from each(A + "_native_batch_norm_legit.no_stats", {"x": ((3, 5, 8), "wide"), "w": (5,), "b": (5,)},
                    args=(*v("x", "w", "b"), True, 0.1, 1e-5), dtypes=LONG)  # fmt: skip
    yield from each(A + "conv3d.default", {"x": (1, 3, 4, 5, 6), "w": ((4, 3, 2, 2, 3), _UNIT), "b": (4,)}, [1, 2, 1])
    yield from each(A + "convolution.default", {"x": (2, 6, 8, 7), "w": ((8, 3, 3, 3), _UNIT), "b": (8,)}, [2, 2],
                    [1, 1],
                    [1, 1], False, [0, 0], 2)  # fmt: skip
    yield from each(A + "_convolution_mode.default", {"x": (1, 4, 9, 8), "w": ((5, 4, 3, 3), _UNIT), "b": (5,)}, [1, 1],
                    "valid", [2, 1], 1, dtypes=FULL)  # fmt: skip
    yield from each(A + "slow_conv_transpose2d.default", {"x": (1, 4, 5, 6), "w": ((4, 3, 3, 3), _UNIT), "b": (3,)},
                    args=(*v("x", "w"), [3, 3], *v("b"), [2, 2], [1, 1]), dtypes=ONE)  # fmt: skip
    yield from each(A + "_adaptive_avg_pool2d.default", {"x": ((2, 4, 9, 7), "wide")}, [4, 2])
    yield from each(A + "adaptive_max_pool2d.default", {"x": (2, 4, 9, 7)}, [3, 2], dtypes=FULL)
    yield from each(A + "avg_pool3d.default", {"x": ((1, 3, 6, 5, 7), "offset")}, [2, 2, 3], [2, 1, 2], dtypes=ONE)
    yield from each(A + "fractional_max_pool3d.default", {"x": (1, 3, 7, 8, 6), "u": ((1, 3, 3), "unit")},
                    args=(*v("x"), [2, 2, 2], [3, 4, 2], *v("u")), dtypes=LONG)  # fmt: skip
    yield from each(A + "max_unpool3d.default", {"x": (1, 2, 2, 2, 2),
                                                "i": ((1, 2, 2, 2, 2), "literal:0,3,10,13,36,39,46,63", "int64")},
                    [4, 4, 4], [2, 2, 2], [0, 0, 0], dtypes=ONE)  # fmt: skip
    yield from each(A + "upsample_nearest1d.default", {"x": ((3, 5, 7), "offset")}, [16])
    yield from each(A + "upsample_bicubic2d.default", {"x": ((1, 3, 6, 5), "wide")}, [9, 11], True)
    yield from each(A + "upsample_linear1d.default", {"x": ((2, 5, 9), "normal")}, [23], False)
    yield from each(A + "_upsample_bilinear2d_aa.default", {"x": ((2, 2, 12, 13), "wide")}, [7, 5], True, dtypes=LONG)
    yield from each(
        A + "_cdist_forward.default", {"x": ((12, 5), "offset"), "y": ((9, 5), "normal")}, 3.0, None, dtypes=LONG
    )
    yield from each(A + "_weight_norm_interface.default", {"x": (9, 14), "g": ((9, 1), "positive")}, 0, dtypes=FULL)
    yield from each(A + "_softmax.default", {"x": ((9, 51), "range:-40:10")}, 0, False)
    yield from each(A + "_scaled_dot_product_flash_attention_for_cpu.default",
                    {"q": (2, 2, 18, 16), "k": (2, 2, 18, 16), "v": (2, 2, 18, 16)}, 0.0, True, dtypes=ONE)  # fmt: skip
    yield from each(A + "im2col.default", {"x": ((2, 3, 7, 8), "wide")}, [2, 3], [1, 1], [1, 1], [1, 2])
    yield from each(A + "linalg_vector_norm.default", {"x": ((11, 47), "wide")}, 2, [1], True)


def _backward() -> Iterator[Case]:
    for name, values, extra in (
        ("sigmoid", "unit", ()),
        ("silu", "range:-6:6", ()),
        ("mish", "normal", ()),
        ("hardsigmoid", "range:-4:4", ()),
        ("softplus", "normal", (1.5, 20.0)),
        ("softshrink", "normal", (0.4,)),
        ("leaky_relu", "wide", (0.1, False)),
        ("hardtanh", "normal", (-0.6, 0.9)),
    ):
        yield from each(f"{A}{name}_backward.default", {"g": (11, 47), "x": ((11, 47), values)}, *extra)
    yield from each(A + "gelu_backward.default", {"g": (11, 47), "x": ((11, 47), "range:-4:4")}, approximate="tanh")
    yield from each(A + "glu_backward.default", {"g": (9, 6, 7), "x": (9, 12, 7)}, 1)
    three: Tensors = {"g": (9, 12), "x": (9, 12), "t": ((9, 12), "offset")}
    yield from each(A + "smooth_l1_loss_backward.default", three, 0, 0.4)
    yield from each(A + "binary_cross_entropy_backward.default",
                    {"g": (9, 12), "x": ((9, 12), "range:0.1:0.9"), "t": ((9, 12), "unit")}, None, 0)  # fmt: skip
    yield from each(A + "_log_softmax_backward_data.default", {"g": (9, 21), "y": ((9, 21), "range:-6:-1")},
                    args=(*v("g", "y"), 1, {"dt": "float64"}), dtypes=LONG)  # fmt: skip
    layer: Tensors = {"g": (9, 31), "x": (9, 31), "m": ((9, 1), "range:-0.3:0.3"), "r": ((9, 1), "range:0.7:1.3"),
                      "w": (31,), "b": (31,)}  # fmt: skip
    yield from each(A + "native_layer_norm_backward.default", layer,
                    args=(*v("g", "x"), [31], *v("m", "r", "w", "b"), [True, True, True]), dtypes=ONE)  # fmt: skip
    yield from each(A + "convolution_backward.default", {"g": (1, 5, 4, 4), "x": (1, 3, 6, 6), "w": (5, 3, 3, 3)},
                    args=(*v("g", "x", "w"), [5], [1, 1], [0, 0], [1, 1], False, [0, 0], 1, [True, True, True]),
                    dtypes=ONE)  # fmt: skip
    yield from each(A + "avg_pool2d_backward.default", {"g": (1, 3, 4, 3), "x": (1, 3, 8, 6)},
                    args=(*v("g", "x"), [2, 2], [2, 2], [0, 0], False, True, None))  # fmt: skip
    yield from each(A + "upsample_bicubic2d_backward.default", {"g": (1, 2, 8, 9)}, [8, 9], [1, 2, 4, 5], True,
                    dtypes=FULL)  # fmt: skip
    yield from each(A + "embedding_dense_backward.default", {"g": (31, 9), "i": ((31,), "index:7", "int64")}, 7, -1,
                    True,
                    dtypes=FULL)  # fmt: skip
    yield from each(A + "nll_loss_backward.default",
                    {"g": ((), "normal"), "x": (12, 5), "i": ((12,), "index:5", "int64"), "n": ((), "literal:12")},
                    args=(*v("g", "x", "i"), None, 1, -100, *v("n")), dtypes=ONE)  # fmt: skip
    yield from each(A + "_cdist_backward.default", {"g": (9, 7), "x": (9, 4), "y": (7, 4), "d": ((9, 7), "range:1:4")},
                    args=(*v("g", "x", "y"), 2.0, *v("d")), dtypes=LONG)  # fmt: skip
    yield from each(A + "unfold_backward.default", {"g": (5, 6, 4)}, [5, 13], 1, 4, 2, dtypes=FULL)
    yield from each(A + "affine_grid_generator_backward.default", {"g": (2, 5, 6, 2)}, [2, 3, 5, 6], False, dtypes=ONE)


def _lists() -> Iterator[Case]:
    some: Tensors = {"x": ((8, 17), "range:0.2:3"), "y": ((61,), "range:0.5:4"), "z": ((3, 4, 7), "unit")}
    three = (v("x", "y", "z"),)
    for name in ("sqrt", "log1p", "sigmoid", "expm1", "lgamma", "cos"):
        yield from each(f"{A}_foreach_{name}.default", some, args=three)
    yield from each(A + "_foreach_mul.ScalarList", some, args=(*three, [0.3, -1.7, 2.2]))
    yield from each(A + "_foreach_pow.Scalar", some, args=(*three, 1.3))
    yield from each(A + "_foreach_clamp_min.Scalar", some, args=(*three, 0.6))
    more: Tensors = {**some, "a": (8, 17), "b": (61,), "c": (3, 4, 7)}
    yield from each(A + "_foreach_add.List", more, args=(v("a", "b", "c"), *three), alpha=-0.3)
    yield from each(A + "_foreach_addcmul.ScalarList", more,
                    args=(v("a", "b", "c"), v("a", "b", "c"), *three, [0.1, -0.5, 2.0]))  # fmt: skip
    yield from each(A + "_foreach_lerp.Scalar", more, args=(v("a", "b", "c"), *three, 0.35), dtypes=FULL)


def _algebra() -> Iterator[Case]:
    yield from each(L + "det", {"A": ((9, 6, 6), "spd")}, dtypes=ONE)
    yield from each("torch.logdet", {"A": ((7, 9, 9), "dominant")}, dtypes=LONG)
    yield from each(L + "inv", {"A": ((6, 9, 9), "dominant")}, dtypes=LONG)
    yield from each(L + "cholesky", {"A": ((2, 25, 25), "spd")}, dtypes=ONE)
    yield from each("torch.cholesky_solve", {"B": (2, 9, 4), "A": ((2, 9, 9), "dominant")}, True, dtypes=LONG)
    yield from each(L + "solve", {"A": ((3, 15, 15), "dominant"), "B": (3, 15, 4)}, dtypes=LONG)
    yield from each(L + "solve", {"A": ((4, 7, 7), "dominant"), "B": (4, 3, 7)}, left=False, dtypes=ONE)
    yield from each(L + "solve_triangular", {"A": ((5, 8, 8), "dominant"), "B": (5, 8, 3)}, upper=True,
                    unitriangular=True, dtypes=ONE)  # fmt: skip
    yield from each(L + "eigvalsh", {"A": ((3, 18, 18), "spd")}, dtypes=LONG)
    yield from each(L + "svdvals", {"A": ((6, 7, 15), "normal")}, dtypes=ONE)
    yield from each(L + "lu_factor", {"A": ((5, 7, 7), "dominant")}, dtypes=ONE)
    yield from each(L + "pinv", {"A": ((3, 12, 5), "normal")}, rtol=1e-4, dtypes=LONG)
    yield from each(L + "lstsq", {"A": ((3, 25, 6), "wide"), "B": (3, 25, 1)}, dtypes=LONG)
    yield from each(L + "matrix_exp", {"A": ((4, 6, 6), "range:-2:2")}, dtypes=ONE)
    yield from each(L + "matrix_power", {"A": ((4, 6, 6), "dominant")}, -2, dtypes=LONG)
    yield from each(L + "matrix_norm", {"A": ((5, 9, 12), "wide")}, 2, dtypes=LONG)
    yield from each(L + "matrix_norm", {"A": ((5, 9, 12), "offset")}, float("inf"))
    yield from each(L + "cond", {"A": ((5, 6, 6), "dominant")}, 1, dtypes=LONG)
    yield from each(L + "multi_dot", {"x": (9, 31), "y": ((31, 6), _UNIT), "z": ((6, 40), _UNIT), "w": ((40,), _UNIT)},
                    args=(v("x", "y", "z", "w"),))  # fmt: skip
    yield from each(L + "vecdot", {"x": ((12, 70), "normal"), "y": ((12, 70), "unit")})
    yield from each(L + "vander", {"x": ((5, 7), "range:-1.1:1.3")}, N=4)
    yield from each(L + "householder_product", {"A": ((3, 9, 4), "range:-0.3:0.3"), "t": ((3, 4), "range:0.5:1.5")},
                    dtypes=LONG)  # fmt: skip
    yield from each(L + "ldl_factor", {"A": ((4, 7, 7), "spd")}, dtypes=LONG)
    yield from each(A + "linalg_inv_ex.default", {"A": ((4, 6, 6), "dominant")}, dtypes=LONG)


def _fourier() -> Iterator[Case]:
    yield from each("torch.fft.rfft", {"x": ((5, 77), "normal")}, norm="ortho", dtypes=ONE)
    yield from each("torch.fft.rfft", {"x": ((4, 50), "offset")}, n=64, dtypes=LONG)
    yield from each("torch.fft.rfft2", {"x": ((2, 9, 15), "unit")}, norm="forward", dtypes=ONE)
    yield from each("torch.fft.ihfft", {"x": ((5, 24), "wide")}, dtypes=LONG)
    for d, of in COMPLEX.items():
        yield from each("torch.fft.ifft", {"x": ((4, 49), "normal", of)}, norm="ortho", dtypes=(d,))
        yield from each("torch.fft.fft2", {"x": ((2, 7, 12), "normal", of)}, dtypes=(d,))
        yield from each("torch.fft.irfft", {"x": ((5, 18), "normal", of)}, n=35, dtypes=(d,))
        yield from each("torch.fft.fftn", {"x": ((3, 4, 5), "normal", of)}, norm="ortho", dtypes=(d,))
        yield from each(A + "_fft_c2c.default", {"x": ((4, 30), "normal", of)}, [1], 2, False, dtypes=(d,))
    window: Tensors = {"x": ((2, 90), "offset"), "w": ((16,), "unit")}
    yield from each("torch.stft", window, args=({"v": "x"}, 16, 8, 16), window={"v": "w"}, center=False, onesided=True,
                    return_complex=True, dtypes=LONG)  # fmt: skip


def _losses() -> Iterator[Case]:
    yield from each("torch.poisson_nll_loss", {"x": ((9, 31), "range:-2:2"), "t": ((9, 31), "literal:0,1,4")}, True,
                    False,
                    1e-8, 2)  # fmt: skip
    yield from each(
        "torch.cosine_embedding_loss", {"x": (17, 9), "y": (17, 9), "t": ((17,), "literal:-1,-1,1")}, -0.2, 0
    )
    yield from each("torch.kl_div", {"x": ((9, 31), "range:-6:-1"), "t": ((9, 31), "range:-6:-1")}, 1, log_target=True)
    yield from each(A + "huber_loss.default", {"x": (9, 31), "t": ((9, 31), "wide")}, 2, 1.4)
    yield from each(A + "mse_loss.default", {"x": ((9, 31), "offset"), "t": ((9, 31), "normal")}, 0)
    yield from each(A + "nll_loss_forward.default", {"x": ((12, 7), "range:-5:0"), "i": ((12,), "index:7", "int64")},
                    None, 2,
                    -100, dtypes=FULL)  # fmt: skip
    yield from each(A + "nll_loss2d.default", {"x": ((2, 5, 4, 6), "range:-5:0"), "i": ((2, 4, 6), "index:5", "int64")})
    yield from each(F + "multi_margin_loss", {"x": ((17, 6), "normal"), "t": ((17,), "index:6", "int64")}, p=2,
                    dtypes=ONE)  # fmt: skip
    yield from each(
        F + "hinge_embedding_loss", {"x": ((9, 31), "positive"), "t": ((9, 31), "literal:1,-1")}, margin=3.0
    )
    yield from each(F + "triplet_margin_with_distance_loss", {"x": (17, 9), "y": (17, 9), "z": (17, 9)}, margin=0.4)
    ctc: Tensors = {
        **{"x": ((9, 3, 6), "range:-3:-0.2"), "t": ((3, 2), "literal:1,5,2,2,4,3", "int64")},
        **{"n": ((3,), "literal:9,7,8", "int64"), "m": ((3,), "literal:2,2,1", "int64")},
    }
    yield from each("torch.ctc_loss", ctc, reduction=2, dtypes=FULL)


def _layers() -> Iterator[Case]:
    tanh: Tensors = {"x": (9, 7), "h": (9, 8), "wi": ((8, 7), _UNIT), "wh": ((8, 8), _UNIT), "a": (8,), "b": (8,)}
    yield from each("torch.rnn_tanh_cell", tanh)
    lstm: Tensors = {"x": (9, 6), "h": ((9, 5), _UNIT), "c": (9, 5), "wi": ((20, 6), _UNIT), "wh": ((20, 5), _UNIT),
                     "a": (20,), "b": (20,)}  # fmt: skip
    yield from each("torch.lstm_cell", lstm, args=(*v("x"), v("h", "c"), *v("wi", "wh", "a", "b")))
    whole: Tensors = {
        "x": (5, 3, 6),
        "h": (1, 3, 4),
        "a": ((12, 6), _UNIT),
        "b": ((12, 4), _UNIT),
        "p": (12,),
        "q": (12,),
    }
    yield from each("torch.gru", whole, dtypes=LONG,
                    args=(*v("x", "h"), v("a", "b", "p", "q"), True, 1, 0.0, False, False, False))  # fmt: skip
    relu: Tensors = {"x": (2, 5, 4), "h": (1, 2, 6), "a": ((6, 4), _UNIT), "b": ((6, 6), _UNIT)}
    yield from each("torch.rnn_relu", relu, dtypes=ONE,
                    args=(*v("x", "h"), v("a", "b"), False, 1, 0.0, False, False, True))  # fmt: skip
    yield from each(F + "max_unpool1d", {"x": (2, 3, 4), "i": ((2, 3, 4), "literal:1,2,5,7", "int64")}, 2, dtypes=FULL)
    yield from each(F + "adaptive_avg_pool3d", {"x": ((1, 3, 6, 5, 4), "offset")}, [3, 2, 2], dtypes=LONG)
    yield from each("torch._weight_norm", {"x": ((7, 6, 3), "wide"), "g": ((7, 1, 1), "positive")}, 0, dtypes=FULL)
    mha: Tensors = {"q": (5, 3, 12), "k": (5, 3, 12), "v": (5, 3, 12), "w": ((36, 12), _UNIT), "b": ((36,), _UNIT),
                    "o": ((12, 12), _UNIT), "p": ((12,), _UNIT)}  # fmt: skip
    yield from each(F + "multi_head_attention_forward", mha,
                    args=(*v("q", "k", "v"), 12, 3, *v("w", "b"), None, None, True, 0.0, *v("o", "p"), False),
                    dtypes=FULL)  # fmt: skip


def _moved() -> Iterator[Case]:
    yield from each("torch.index_reduce", {"x": ((7, 9), "range:0.5:2"), "i": ((21,), "index:7", "int64"),
                                           "s": ((21, 9), "range:0.7:1.4")},
                    args=(*v("x"), 0, *v("i", "s"), "prod"), dtypes=ONE)  # fmt: skip
    yield from each("torch.segment_reduce", {"x": ((31, 7), "wide"), "n": ((4,), "literal:9,2,15,5", "int64")},
                    args=(*v("x"), "mean"), lengths={"v": "n"}, axis=0, dtypes=LONG)  # fmt: skip
    yield from each(
        "torch.bincount", {"i": ((500,), "index:9", "int64"), "w": ((500,), "unit")}, minlength=12, dtypes=LONG
    )
    yield from each("torch.histc", {"x": ((900,), "normal")}, 9, -2.0, 2.0, dtypes=ONE)
    yield from each("torch.kthvalue", {"x": ((9, 61), "offset")}, 20, 1, True)
    yield from each("torch.cummax", {"x": ((31, 9), "normal")}, 0)
    yield from each("torch.index_put", {"x": ((9, 7), "wide"), "i": ((70,), "index:9", "int64"), "s": (70, 7)},
                    args=(*v("x"), v("i"), *v("s"), True), dtypes=FULL)  # fmt: skip
    yield from each("torch.put", {"x": ((9, 7), "wide"), "i": ((40,), "index:63", "int64"), "s": (40,)},
                    args=(*v("x", "i", "s"), True), dtypes=ONE)  # fmt: skip
    yield from each("torch.nanmedian", {"x": ((9, 31), "literal:2,nan,-1,0.4,5,0.1,nan,3")}, 1, dtypes=FULL)


def _whole() -> Iterator[Case]:
    """On integers and booleans."""
    numbers: Tensors = {"x": ((9, 31), "wide", "int32"), "y": ((9, 1), "positive", "int32")}
    for name in ("bitwise_xor", "remainder", "floor_divide", "lcm", "maximum"):
        given = {**numbers, "x": ((9, 31), "positive", "int32")} if name == "lcm" else numbers
        yield from each("torch." + name, given, dtypes=ONE)
    yield from each("torch.sum", {"x": ((9, 31), "wide", "int32")}, 1, dtypes=ONE)
    yield from each("torch.prod", {"x": ((9, 6), "normal", "int64")}, 1, dtypes=ONE)
    yield from each("torch.log", {"x": ((9, 31), "positive", "int64")}, dtypes=ONE)
    yield from each("torch.mul", {"x": ((9, 31), "normal", "int32"), "y": ((31,), "normal")}, dtypes=ONE)
    yield from each("torch.exp", {"x": ((9, 31), "ties", "int32")}, dtypes=ONE)
