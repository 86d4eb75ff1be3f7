"""Less common operators of PyTorch and overloads of aten, many of which no set before has, with options of their own.

See seventeenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.scoreboard.sets.ninth_core import ONE
from benchmarks.scoreboard.sets.ninth_rarer import LONG
from benchmarks.scoreboard.sets.seventeenth_core import each
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
        "erf": "range:-0.5:0.5",
        "erfcx": "range:-3:3",
        "ndtri": "range:0.001:0.999",
        "i0": "range:-12:12",
        "psi": "range:0.1:5",
        "bessel_j0": "range:-30:30",
        "bessel_y1": "range:0.3:30",
        "modified_bessel_k1": "range:0.1:12",
        "scaled_modified_bessel_k0": "range:0.05:60",
        "airy_ai": "range:-6:1",
    }.items():
        yield from each(S + name, {"x": ((10, 44), values)}, dtypes=(ONE, LONG)[len(name) % 2])
    for i, name in enumerate(("hermite_polynomial_he", "chebyshev_polynomial_t", "chebyshev_polynomial_v",
                              "legendre_polynomial_p", "shifted_chebyshev_polynomial_t")):  # fmt: skip
        yield from each(S + name, {"x": ((10, 44), "range:0.05:0.95")}, 4 + i, dtypes=(LONG, ONE)[i % 2])
    yield from each(S + "xlog1py", {"x": ((10, 44), "wide"), "y": ((44,), "range:-0.5:2")}, dtypes=FULL)
    yield from each(S + "zeta", {"x": ((10, 44), "range:1.2:6"), "y": ((10, 44), "range:0.2:12")}, dtypes=LONG)
    yield from each(S + "gammainc", {"x": ((10, 44), "range:0.2:5"), "y": ((44,), "range:0.1:9")}, dtypes=ONE)
    yield from each(S + "gammaincc", {"x": ((10, 44), "range:9:90"), "y": ((10, 44), "range:9:90")}, dtypes=LONG)
    yield from each("torch.polygamma", {"x": ((10, 44), "range:0.4:12")}, args=(3, {"v": "x"}), dtypes=ONE)
    yield from each("torch.mvlgamma", {"x": ((10, 44), "range:2:12")}, 4, dtypes=LONG)
    yield from each(S + "softmax", {"x": ((10, 44), "range:-9:9")}, 0, dtypes=FULL)


def _elementwise() -> Iterator[Case]:
    yield from each("torch.logaddexp2", {"x": ((10, 44), "wide"), "y": ((10, 44), "normal")})
    yield from each("torch.fmod", {"x": ((10, 44), "range:-40:40"), "y": ((44,), "range:1:3")}, dtypes=FULL)
    yield from each("torch.remainder", {"x": ((10, 44), "range:-40:40"), "y": ((10, 1), "range:1:9")}, dtypes=FULL)
    yield from each("torch.float_power", {"x": ((10, 44), "range:0.1:9")}, 1.7)
    yield from each("torch.ldexp", {"x": ((10, 44), "offset"), "y": ((44,), "literal:-3,0,2,5", "int64")})
    yield from each("torch.frexp", {"x": ((10, 44), "wide")}, dtypes=ONE)
    yield from each("torch.nansum", {"x": ((44, 10), "literal:0.3,-2,nan,5,0.01,1.7,nan")}, [0])
    yield from each("torch.dist", {"x": ((10, 44), "offset"), "y": ((10, 44), "offset")}, 1)
    yield from each("torch.cov", {"x": ((5, 40), "wide"), "w": ((40,), "literal:1,2,1,3", "int64")}, args=v("x"),
                    fweights={"v": "w"}, dtypes=LONG)  # fmt: skip
    yield from each("torch.corrcoef", {"x": ((6, 44), "offset")}, dtypes=ONE)
    yield from each("torch.gradient", {"x": ((10, 14), "wide")}, spacing=0.5, dim=[0], edge_order=2, dtypes=ONE)
    yield from each("torch.cumulative_trapezoid", {"y": ((10, 44), "offset"), "x": ((44,), "arange")})
    yield from each("torch.trapezoid", {"y": ((44, 6), "wide")}, dx=0.25, dim=0)
    yield from each("torch.renorm", {"x": ((10, 14), "wide")}, 3, 0, 2.5, dtypes=ONE)
    yield from each("torch.kron", {"x": ((4, 5), "wide"), "y": ((6, 2), "normal")})
    yield from each("torch.vander", {"x": ((20,), "range:-1.2:1.2")}, 6)
    yield from each("torch.cross", {"x": ((3, 44), "wide"), "y": ((3, 44), "normal")}, 0)
    yield from each("torch.block_diag", {"x": ((3, 5), "wide"), "y": ((4, 2), "normal"), "z": ((2, 2), "offset")})
    yield from each("torch.nanquantile", {"x": ((44, 6), "literal:0.1,nan,3,-2,7,1.5,0.6,4,-1")}, 0.75, 0, dtypes=FULL)


def _masked() -> Iterator[Case]:
    given: Tensors = {"x": ((14, 20), "wide"), "m": ((14, 20), "literal:1,1,0,1,0,1,1,0,1", "bool")}
    mask: dict[str, Any] = {"mask": {"v": "m"}}
    for name in ("log_softmax", "var", "logsumexp"):
        yield from each(M + name, given, args=({"v": "x"}, 1), **mask)
    yield from each(M + "softmin", {**given, "x": ((14, 20), "range:-5:5")}, args=({"v": "x"}, 0), **mask)
    yield from each(
        M + "cumprod", {**given, "x": ((14, 20), "range:0.8:1.2")}, args=({"v": "x"}, 1), dtypes=LONG, **mask
    )
    yield from each(M + "prod", {**given, "x": ((14, 20), "range:0.6:1.4")}, args=({"v": "x"}, 1), **mask)


def _complex() -> Iterator[Case]:
    for d, of in COMPLEX.items():
        z: Tensors = {"x": ((10, 22), "normal", of)}
        for name in ("log", "cos", "sigmoid", "angle"):
            yield from each("torch." + name, z, dtypes=(d,))
        yield from each("torch.mul", {**z, "y": ((22,), "normal", of)}, dtypes=(d,))
        yield from each("torch.mean", {"x": ((10, 84), "normal", of)}, 1, dtypes=(d,))
        yield from each("torch.prod", {"x": ((10, 8), "normal", of)}, 1, dtypes=(d,))
        yield from each("torch.cumsum", {"x": ((10, 44), "normal", of)}, 1, dtypes=(d,))
        yield from each("torch.matmul", {"x": ((10, 22), "normal", of), "y": ((22, 6), "normal", of)}, dtypes=(d,))
        yield from each(L + "vector_norm", {"x": ((10, 44), "normal", of)}, 2, 1, dtypes=(d,))
        yield from each(L + "solve", {"A": ((4, 5, 5), "dominant", of), "B": ((4, 5, 2), "normal", of)}, dtypes=(d,))
    yield from each("torch.polar", {"x": ((10, 44), "unit"), "y": ((10, 44), "range:-12:12")}, dtypes=FULL)


def _methods() -> Iterator[Case]:
    yield from each(T + "add_", {"x": (10, 44), "y": ((44,), "wide")}, alpha=0.3)
    yield from each(T + "mul_", {"x": ((10, 44), "wide"), "y": ((10, 1), "offset")})
    yield from each(T + "exp_", {"x": ((10, 44), "range:-3:3")})
    yield from each(T + "addcmul_", {"x": (10, 44), "y": (10, 44), "z": ((10, 44), "offset")}, value=0.1)
    yield from each(T + "addcdiv_", {"x": (10, 44), "y": (10, 44), "z": ((10, 44), "range:0.5:3")}, value=-0.01)
    yield from each(T + "baddbmm_", {"c": (3, 10, 14), "x": ((3, 10, 22), _UNIT), "y": (3, 22, 14)}, beta=0.9)
    yield from each(T + "addr", {"c": (10, 14), "x": (10,), "y": ((14,), "wide")}, beta=0.5, alpha=2.0)
    yield from each(T + "cumprod", {"x": ((10, 20), "range:0.7:1.3")}, 1)
    yield from each(T + "renorm", {"x": ((6, 22), "normal")}, 2, 0, 1.0, dtypes=ONE)
    yield from each(T + "logaddexp", {"x": ((10, 44), "normal"), "y": ((44,), "offset")})
    yield from each(T + "median", {"x": ((10, 44), "offset")}, 1)
    yield from each(T + "scatter_add_", {"x": (6, 10), "i": ((40, 10), "index:6", "int64"), "s": (40, 10)},
                    args=(*v("x"), 0, *v("i", "s")))  # fmt: skip
    yield from each(T + "masked_fill_", {"x": ((10, 44), "wide"), "m": ((44,), "literal:1,0,0", "bool")}, 0.25)
    yield from each(T + "inverse", {"A": ((4, 6, 6), "dominant")}, dtypes=LONG)
    yield from each(T + "det", {"A": ((10, 4, 4), "dominant")}, dtypes=ONE)
    yield from each(T + "unfold", {"x": ((6, 44), "normal")}, 1, 5, 3)


def _arithmetic() -> Iterator[Case]:
    for name, values in {
        "exp": "range:-5:5",
        "log": "positive",
        "sqrt": "range:0.1:9",
        "sigmoid": "normal",
        "erf": "wide",
        "sin": "range:-20:20",
        "relu": "wide",
        "reciprocal": "range:0.5:9",
        "softshrink": "normal",
    }.items():
        yield from each(f"{A}{name}.default", {"x": ((12, 60), values)})
    pair: Tensors = {"x": ((12, 60), "wide"), "y": ((60,), "range:0.3:4")}
    yield from each(A + "add.Tensor", pair, alpha=0.7)
    yield from each(A + "mul.Tensor", pair)
    yield from each(A + "div.Tensor", pair)
    yield from each(A + "sub.Scalar", {"x": ((12, 60), "offset")}, 2.3)
    yield from each(A + "atan2.default", pair)
    yield from each(A + "logaddexp.default", pair)
    yield from each(A + "xlogy.Tensor", {"x": ((12, 60), "unit"), "y": ((12, 60), "positive")})
    yield from each(A + "sum.default", {"x": ((12, 60), "offset")})
    yield from each(A + "var.dim", {"x": ((12, 60), "offset")}, [1])
    yield from each(A + "std.dim", {"x": ((12, 60), "normal")}, [0], False)
    yield from each(A + "prod.default", {"x": ((4, 10), "range:0.7:1.4")})
    yield from each(A + "softmax.int", {"x": ((12, 60), "wide")}, 0)
    yield from each(A + "dot.default", {"x": ((420,), "unit"), "y": (420,)})
    yield from each(A + "leaky_relu.default", {"x": ((12, 60), "wide")}, 0.07)
    yield from each(A + "glu.default", {"x": ((12, 60), "normal")}, 1)
    yield from each(A + "_prelu_kernel.default", {"x": ((12, 60), "wide"), "w": ((60,), "unit")})


def _kernels() -> Iterator[Case]:
    yield from each(A + "layer_norm.default", {"x": ((10, 60), "wide"), "w": ((60,), "positive")},
                    args=(*v("x"), [60], *v("w"), None, 1e-6))  # fmt: skip
    yield from each(A + "group_norm.default", {"x": ((3, 8, 10), "offset")}, 4)
    yield from each(A + "instance_norm.default", {"x": ((3, 6, 20), "normal"), "w": (6,), "b": (6,)},
                    args=(*v("x", "w", "b"), None, None, True, 0.1, 1e-5, False), dtypes=ONE)  # fmt: skip
    yield from each(A + "conv2d.default", {"x": (1, 4, 10, 8), "w": ((6, 4, 3, 2), _UNIT), "b": (6,)}, [1, 2], [1, 0])
    yield from each(A + "conv2d.padding", {"x": (1, 4, 10, 8), "w": ((6, 4, 3, 3), _UNIT), "b": (6,)}, [1, 1], "same")
    yield from each(A + "conv1d.default", {"x": ((2, 6, 30), "unit"), "w": ((6, 3, 5), _UNIT)}, None, [2], [2], [1], 2)
    yield from each(A + "conv_transpose2d.input", {"x": (1, 4, 5, 6), "w": ((4, 3, 3, 3), _UNIT)}, None, [2, 2], [1, 1],
                    dtypes=LONG)  # fmt: skip
    yield from each(A + "_slow_conv2d_forward.default", {"x": (1, 4, 10, 8), "w": ((6, 4, 3, 3), _UNIT), "b": (6,)},
                    args=(*v("x", "w"), [3, 3], *v("b"), [1, 1], [1, 1]), dtypes=ONE)  # fmt: skip
    yield from each(A + "slow_conv3d_forward.default", {"x": (1, 2, 4, 6, 5), "w": ((3, 2, 2, 3, 2), _UNIT), "b": (3,)},
                    args=(*v("x", "w"), [2, 3, 2], *v("b"), [1, 1, 1], [0, 1, 0]), dtypes=LONG)  # fmt: skip
    yield from each(A + "adaptive_avg_pool2d.default", {"x": ((2, 5, 10, 9), "offset")}, [3, 4])
    yield from each(A + "adaptive_max_pool3d.default", {"x": (1, 3, 6, 7, 5)}, [2, 3, 2], dtypes=ONE)
    yield from each(A + "max_unpool2d.default", {"x": (1, 2, 3, 2),
                                                "i": ((1, 2, 3, 2), "literal:0,3,9,11,16,22", "int64")},
                    [6, 4], dtypes=ONE)  # fmt: skip
    yield from each(A + "upsample_nearest2d.default", {"x": ((1, 4, 5, 6), "wide")}, [9, 10])
    yield from each(A + "upsample_bilinear2d.default", {"x": ((1, 4, 5, 6), "offset")}, [10, 11], True)
    yield from each(A + "_upsample_bicubic2d_aa.default", {"x": ((1, 3, 14, 12), "unit")}, [6, 5], False, dtypes=ONE)
    yield from each(A + "pixel_shuffle.default", {"x": (1, 12, 5, 4)}, 2)
    yield from each(A + "cdist.default", {"x": ((10, 6), "normal"), "y": ((14, 6), "offset")}, 2.0, 2, dtypes=ONE)
    yield from each(A + "_masked_softmax.default", {"x": ((6, 20), "wide"), "m": ((6, 20), "literal:0,0,1", "bool")},
                    1, 2, dtypes=FULL)  # fmt: skip
    yield from each(A + "_safe_softmax.default", {"x": ((10, 44), "range:-30:30")}, 1)
    yield from each(A + "_addmm_activation.default", {"c": (14,), "x": ((10, 44), _UNIT), "y": (44, 14)}, use_gelu=True,
                    dtypes=ONE)  # fmt: skip
    yield from each(A + "_scaled_dot_product_attention_math.default",
                    {"q": (1, 2, 10, 12), "k": (1, 2, 20, 12), "v": (1, 2, 20, 12)}, scale=0.2)  # fmt: skip
    yield from each(A + "_native_batch_norm_legit_no_training.default",
                    {"x": ((3, 6, 10), "wide"), "w": (6,), "b": (6,), "m": (6,), "s": ((6,), "positive")},
                    args=(*v("x", "w", "b", "m", "s"), 0.1, 1e-4), dtypes=FULL)  # fmt: skip
    yield from each(A + "rrelu_with_noise.default", {"x": ((10, 44), "wide"), "n": ((10, 44), "zeros")}, 0.1, 0.3,
                    False, dtypes=FULL)  # fmt: skip
    yield from each(A + "fractional_max_pool2d.default", {"x": (1, 4, 10, 12), "u": ((1, 4, 2), "unit")},
                    args=(*v("x"), [2, 2], [4, 5], *v("u")), dtypes=ONE)  # fmt: skip


def _backward() -> Iterator[Case]:
    for name, values, extra in (
        ("tanh", "range:-0.95:0.95", ()),
        ("hardswish", "range:-4:4", ()),
        ("hardshrink", "normal", (0.5,)),
        ("threshold", "normal", (0.25,)),
    ):
        yield from each(f"{A}{name}_backward.default", {"g": (12, 60), "x": ((12, 60), values)}, *extra)
    yield from each(A + "elu_backward.default", {"g": (12, 60), "x": ((12, 60), "normal")},
                    args=(*v("g"), 1.3, 1.0, 1.0, False, *v("x")))  # fmt: skip
    yield from each(A + "gelu_backward.default", {"g": (12, 60), "x": ((12, 60), "normal")})
    yield from each(A + "glu_backward.default", {"g": (12, 30), "x": ((12, 60), "wide")}, 1)
    three: Tensors = {"g": (10, 14), "x": ((10, 14), "normal"), "t": ((10, 14), "normal")}
    yield from each(A + "huber_loss_backward.default", three, 0, 0.8)
    yield from each(A + "mse_loss_backward.default", {**three, "g": ((1,), "literal:0.7")}, 1)
    yield from each(A + "_softmax_backward_data.default", {"g": (10, 20), "y": ((10, 20), "range:0:0.1")},
                    args=(*v("g", "y"), 1, {"dt": "float32"}), dtypes=ONE)  # fmt: skip
    group: Tensors = {"g": (3, 8, 10), "x": (3, 8, 10), "m": ((3, 2), "range:-0.2:0.2"), "r": ((3, 2), "range:0.8:1.2"),
                      "w": (8,)}  # fmt: skip
    yield from each(A + "native_group_norm_backward.default", group,
                    args=(*v("g", "x", "m", "r", "w"), 3, 8, 10, 2, [True, True, True]), dtypes=LONG)  # fmt: skip
    yield from each(A + "convolution_backward.default", {"g": (2, 6, 10), "x": (2, 4, 20), "w": (6, 4, 3)},
                    args=(*v("g", "x", "w"), [6], [2], [1], [1], False, [0], 1, [True, True, True]),
                    dtypes=LONG)  # fmt: skip
    yield from each(A + "max_pool2d_with_indices_backward.default",
                    {"g": (1, 2, 3, 2), "x": (1, 2, 6, 4), "i": ((1, 2, 3, 2), "literal:0,3,9,11,16,22", "int64")},
                    args=(*v("g", "x"), [2, 2], [2, 2], [0, 0], [1, 1], False, *v("i")), dtypes=ONE)  # fmt: skip
    yield from each(A + "upsample_bilinear2d_backward.default", {"g": (1, 3, 10, 9)}, [10, 9], [1, 3, 4, 5], False)
    yield from each(A + "_upsample_bicubic2d_aa_backward.default", {"g": (1, 3, 5, 4)}, [5, 4], [1, 3, 10, 9], False,
                    dtypes=ONE)  # fmt: skip
    yield from each(A + "_upsample_nearest_exact1d_backward.default", {"g": (2, 5, 20)}, [20], [2, 5, 7])
    yield from each(A + "reflection_pad2d_backward.default", {"g": (1, 3, 10, 9), "x": (1, 3, 6, 5)}, [2, 2, 1, 3])
    yield from each(A + "trace_backward.default", {"g": ((), "normal")}, [6, 5], dtypes=LONG)
    yield from each(A + "cumprod_backward.default", {"g": (6, 10), "x": ((6, 10), "range:0.6:1.4"),
                                                     "y": ((6, 10), "range:0.2:3")},
                    args=(*v("g", "x"), 1, *v("y")), dtypes=LONG)  # fmt: skip
    yield from each(A + "logit_backward.default", {"g": (12, 60), "x": ((12, 60), "range:0.05:0.95")}, None)
    yield from each(A + "_pdist_backward.default", {"g": ((45,), "normal"), "x": (10, 6), "d": ((45,), "range:2:6")},
                    args=(*v("g", "x"), 2.0, *v("d")), dtypes=ONE)  # fmt: skip


def _lists() -> Iterator[Case]:
    some: Tensors = {"x": ((10, 22), "range:0.3:4"), "y": ((84,), "range:0.1:2"), "z": ((2, 5, 6), "range:1:3")}
    three = (v("x", "y", "z"),)
    for name in ("rsqrt", "tanh", "erf", "ceil"):
        yield from each(f"{A}_foreach_{name}.default", some, args=three)
    yield from each(A + "_foreach_add.Scalar", some, args=(*three, 0.37))
    yield from each(A + "_foreach_add.ScalarList", some, args=(*three, [0.1, -2.0, 3.3]))
    yield from each(A + "_foreach_pow.ScalarList", some, args=(*three, [2.0, 0.5, -1.0]))
    yield from each(A + "_foreach_maximum.Scalar", some, args=(*three, 1.1))
    more: Tensors = {**some, "a": (10, 22), "b": (84,), "c": (2, 5, 6)}
    yield from each(A + "_foreach_div.List", more, args=(v("a", "b", "c"), *three))
    yield from each(A + "_foreach_clamp_max.List", more, args=(v("a", "b", "c"), *three))
    yield from each(A + "_foreach_addcdiv.Scalar", more, args=(v("a", "b", "c"), v("a", "b", "c"), *three, -0.01))
    yield from each(A + "_foreach_lerp.ScalarList", more, args=(v("a", "b", "c"), *three, [0.1, 0.9, 0.5]), dtypes=FULL)


def _algebra() -> Iterator[Case]:
    yield from each(L + "det", {"A": ((5, 10, 10), "dominant")}, dtypes=LONG)
    yield from each("torch.logdet", {"A": ((3, 20, 20), "spd")}, dtypes=ONE)
    yield from each(L + "slogdet", {"A": ((5, 6, 6), "normal")}, dtypes=ONE)
    yield from each(L + "inv", {"A": ((2, 24, 24), "spd")}, dtypes=ONE)
    yield from each(L + "cholesky", {"A": ((5, 8, 8), "spd")}, upper=True, dtypes=LONG)
    yield from each("torch.cholesky_solve", {"B": (4, 6, 2), "A": ((4, 6, 6), "dominant")}, dtypes=ONE)
    yield from each("torch.cholesky_inverse", {"A": ((4, 6, 6), "dominant")}, dtypes=LONG)
    yield from each(L + "solve", {"A": ((10, 5, 5), "spd"), "B": (10, 5)}, dtypes=ONE)
    yield from each(L + "solve_triangular", {"A": ((4, 10, 10), "dominant"), "B": (4, 3, 10)}, upper=False, left=False,
                    dtypes=LONG)  # fmt: skip
    yield from each(L + "eigvalsh", {"A": ((5, 12, 12), "spd")}, "U", dtypes=ONE)
    yield from each(L + "svdvals", {"A": ((4, 20, 6), "wide")}, dtypes=LONG)
    yield from each(L + "qr", {"A": ((4, 6, 10), "normal")}, "reduced", dtypes=ONE)
    yield from each(L + "lu_factor", {"A": ((4, 10, 10), "dominant")}, dtypes=LONG)
    yield from each(L + "pinv", {"A": ((4, 5, 14), "normal")}, dtypes=ONE)
    yield from each(L + "lstsq", {"A": ((4, 20, 5), "normal"), "B": (4, 20, 3)}, dtypes=ONE)
    yield from each(L + "matrix_exp", {"A": ((6, 5, 5), "range:-1:1")}, dtypes=LONG)
    yield from each(L + "matrix_power", {"A": ((6, 5, 5), "range:-0.6:0.6")}, 5, dtypes=FULL)
    yield from each(L + "matrix_norm", {"A": ((6, 10, 14), "normal")}, "nuc", dtypes=ONE)
    yield from each(L + "matrix_norm", {"A": ((6, 10, 14), "wide")}, 1)
    yield from each(L + "cond", {"A": ((6, 5, 5), "spd")}, 2, dtypes=ONE)
    yield from each(L + "multi_dot", {"x": ((22,), _UNIT), "y": (22, 36), "z": ((36, 10), _UNIT)},
                    args=(v("x", "y", "z"),))  # fmt: skip
    yield from each(L + "vecdot", {"x": ((3, 22, 10), "offset"), "y": ((22, 10), "normal")}, dim=1)
    yield from each(L + "cross", {"x": ((22, 3), "offset"), "y": ((1, 3), "normal")})
    yield from each(L + "tensorsolve", {"A": ((2, 3, 6), "normal"), "B": (2, 3)}, dtypes=LONG)
    yield from each(L + "ldl_factor", {"A": ((3, 10, 10), "spd")}, dtypes=ONE)
    yield from each("torch.triangular_solve", {"B": (4, 6, 3), "A": ((4, 6, 6), "dominant")}, upper=False, dtypes=ONE)
    yield from each(A + "_linalg_det.default", {"A": ((5, 5, 5), "dominant")}, dtypes=LONG)
    yield from each(A + "_cholesky_solve_helper.default", {"B": (4, 6, 2), "A": ((4, 6, 6), "dominant")}, False,
                    dtypes=LONG)  # fmt: skip


def _fourier() -> Iterator[Case]:
    yield from each("torch.fft.rfft2", {"x": ((3, 10, 12), "normal")}, dtypes=LONG)
    yield from each("torch.fft.rfftn", {"x": ((4, 5, 6), "unit")}, norm="ortho", dtypes=ONE)
    yield from each(A + "_fft_r2c.default", {"x": ((5, 44), "normal")}, [1], 0, True, dtypes=LONG)
    for d, of in COMPLEX.items():
        yield from each("torch.fft.fft", {"x": ((5, 60), "normal", of)}, norm="forward", dtypes=(d,))
        yield from each("torch.fft.ifft2", {"x": ((3, 10, 6), "normal", of)}, dtypes=(d,))
        yield from each("torch.fft.hfft", {"x": ((5, 20), "normal", of)}, n=38, dtypes=(d,))
        yield from each("torch.fft.irfft2", {"x": ((3, 6, 6), "normal", of)}, dtypes=(d,))
    window: Tensors = {"x": ((2, 100), "normal"), "w": ((20,), "unit")}
    yield from each("torch.stft", window, args=({"v": "x"}, 20, 5, 20), window={"v": "w"}, normalized=True,
                    return_complex=True, dtypes=ONE)  # fmt: skip


def _losses() -> Iterator[Case]:
    pair: Tensors = {"x": ((22, 14), "range:-5:-0.5"), "t": ((22, 14), "range:0.01:0.2")}
    yield from each("torch.kl_div", pair, 2)
    yield from each("torch.cosine_embedding_loss", {"x": (22, 14), "y": (22, 14), "t": ((22,), "literal:1,-1")}, 0.1)
    yield from each("torch.triplet_margin_loss", {"x": (22, 14), "y": (22, 14), "z": (22, 14)}, 1.5)
    yield from each("torch.hinge_embedding_loss", {"x": ((90,), "normal"), "t": ((90,), "literal:1,-1,-1")}, 0.7, 0)
    yield from each("torch.binary_cross_entropy_with_logits", {"x": ((22, 14), "wide"), "t": ((22, 14), "unit")})
    yield from each(A + "cross_entropy_loss.default", {"x": ((22, 30), "normal"), "t": ((22,), "index:30", "int64")})
    yield from each(A + "binary_cross_entropy.default", {"x": ((22, 14), "range:0.1:0.9"), "t": ((22, 14), "unit")})
    yield from each(A + "smooth_l1_loss.default", {"x": (22, 14), "t": (22, 14)}, 2, 0.3)
    yield from each(A + "soft_margin_loss.default", {"x": ((22, 14), "range:-9:9"), "t": ((22, 14), "literal:1,-1,1")})
    yield from each(F + "multi_margin_loss", {"x": ((22, 10), "wide"), "t": ((22,), "index:10", "int64")}, margin=0.5,
                    dtypes=LONG)  # fmt: skip
    yield from each(F + "multilabel_soft_margin_loss", {"x": ((22, 10), "normal"), "t": ((22, 10), "literal:1,0,1,1")})
    yield from each(F + "cosine_embedding_loss", {"x": (22, 10), "y": (22, 10), "t": ((22,), "literal:-1,1,1")},
                    reduction="none")  # fmt: skip
    yield from each(F + "poisson_nll_loss", {"x": ((22, 14), "range:0.1:6"), "t": ((22, 14), "literal:1,0,3,7")},
                    log_input=False)  # fmt: skip
    ctc: Tensors = {
        **{"x": ((12, 2, 5), "range:-4:-0.5"), "t": ((2, 3), "literal:1,2,4,3,3,1", "int64")},
        **{"n": ((2,), "literal:12,9", "int64"), "m": ((2,), "literal:3,2", "int64")},
    }
    yield from each("torch.ctc_loss", ctc, dtypes=FULL)


def _layers() -> Iterator[Case]:
    gru: Tensors = {"x": (14, 6), "h": ((14, 5), _UNIT), "wi": ((15, 6), _UNIT), "wh": ((15, 5), _UNIT), "a": (15,),
                    "b": (15,)}  # fmt: skip
    yield from each("torch.gru_cell", gru)
    yield from each(
        "torch.rnn_relu_cell", {"x": (10, 6), "h": (10, 14), "wi": ((14, 6), _UNIT), "wh": ((14, 14), _UNIT)}
    )
    whole: Tensors = {"x": (6, 2, 5), "h": (1, 2, 4), "c": (1, 2, 4), "a": ((16, 5), _UNIT), "b": ((16, 4), _UNIT),
                      "p": (16,), "q": (16,)}  # fmt: skip
    yield from each("torch.lstm", whole, dtypes=ONE,
                    args=(*v("x"), v("h", "c"), v("a", "b", "p", "q"), True, 1, 0.0, False, False, False))  # fmt: skip
    tanh: Tensors = {"x": (3, 6, 5), "h": (1, 3, 6), "a": ((6, 5), _UNIT), "b": ((6, 6), _UNIT)}
    yield from each("torch.rnn_tanh", tanh, dtypes=LONG,
                    args=(*v("x", "h"), v("a", "b"), False, 1, 0.0, False, False, True))  # fmt: skip
    yield from each("torch.max_pool1d", {"x": ((2, 5, 44), "wide")}, 3, 2)
    yield from each("torch.max_pool3d", {"x": (1, 3, 6, 6, 8)}, 2, dtypes=ONE)
    yield from each(F + "lp_pool3d", {"x": ((1, 2, 4, 6, 6), "range:0.2:2")}, 2.0, 2, dtypes=ONE)
    yield from each(F + "adaptive_avg_pool3d", {"x": ((1, 4, 5, 6, 7), "wide")}, [2, 2, 3], dtypes=ONE)
    yield from each(F + "fold", {"x": ((2, 18, 20), "wide")}, [6, 7], [3, 3], dtypes=LONG)
    yield from each(F + "affine_grid", {"t": ((2, 2, 3), _UNIT)}, [2, 1, 6, 8], align_corners=False, dtypes=ONE)
    yield from each(F + "channel_shuffle", {"x": (2, 12, 5)}, 4, dtypes=FULL)
    mha: Tensors = {"q": (6, 2, 8), "k": (9, 2, 8), "v": (9, 2, 8), "w": ((24, 8), _UNIT), "b": ((24,), _UNIT),
                    "o": ((8, 8), _UNIT), "p": ((8,), _UNIT)}  # fmt: skip
    yield from each(F + "multi_head_attention_forward", mha,
                    args=(*v("q", "k", "v"), 8, 2, *v("w", "b"), None, None, False, 0.0, *v("o", "p"), False),
                    dtypes=FULL)  # fmt: skip


def _moved() -> Iterator[Case]:
    yield from each("torch.scatter_reduce", {"x": ((10,), "wide"), "i": ((60,), "index:10", "int64"), "s": (60,)},
                    args=(*v("x"), 0, *v("i", "s"), "amax"), include_self=False, dtypes=FULL)  # fmt: skip
    yield from each("torch.index_reduce", {"x": ((10, 6), "unit"), "i": ((44,), "index:10", "int64"),
                                           "s": ((44, 6), "unit")},
                    args=(*v("x"), 0, *v("i", "s"), "mean"), dtypes=LONG)  # fmt: skip
    yield from each("torch.segment_reduce", {"x": ((44, 5), "normal"), "n": ((5,), "literal:3,20,1,12,8", "int64")},
                    args=(*v("x"), "sum"), lengths={"v": "n"}, axis=0, dtypes=ONE)  # fmt: skip
    yield from each("torch.bincount", {"i": ((300,), "index:12", "int64"), "w": ((300,), "normal")}, dtypes=LONG)
    yield from each("torch.histc", {"x": ((700,), "unit")}, 12, 0.0, 1.0, dtypes=LONG)
    yield from each("torch.kthvalue", {"x": ((44, 6), "normal")}, 11, 0)
    yield from each("torch.cummin", {"x": ((10, 44), "wide")}, 1)
    yield from each("torch.index_put", {"x": (10, 6), "i": ((60,), "index:10", "int64"),
                                        "j": ((60,), "index:6", "int64"), "s": (60,)},
                    args=(*v("x"), v("i", "j"), *v("s"), True), dtypes=FULL)  # fmt: skip
    yield from each("torch.masked_scatter", {"x": (10, 6), "m": ((10, 6), "literal:1,0,0,1", "bool"),
                                             "s": ((60,), "wide")})  # fmt: skip
    yield from each("torch.diagonal_scatter", {"x": ((10, 14), "wide"), "s": ((10,), "normal")}, 2)
    yield from each("torch.take", {"x": ((10, 14), "offset"), "i": ((44,), "index:140", "int64")})
    yield from each("torch.bucketize", {"y": ((10, 14), "range:0:20"), "x": ((20,), "arange")}, right=True, dtypes=LONG)


def _whole() -> Iterator[Case]:
    """On integers and booleans."""
    numbers: Tensors = {"x": ((10, 26), "wide", "int32"), "y": ((26,), "positive", "int32")}
    for name in ("bitwise_and", "bitwise_or", "fmod", "gcd", "minimum"):
        yield from each("torch." + name, numbers, dtypes=ONE)
    yield from each("torch.cumsum", {"x": ((10, 26), "normal", "int64")}, 1, dtypes=ONE)
    yield from each("torch.sqrt", {"x": ((10, 26), "index:400", "int64")}, dtypes=ONE)
    yield from each("torch.div", {"x": ((10, 26), "normal", "int32"), "y": ((26,), "positive", "int32")}, dtypes=ONE)
    yield from each("torch.matmul", {"x": ((10, 26), "normal", "int32"), "y": ((26, 6), "normal", "int32")}, dtypes=ONE)
    yield from each("torch.tanh", {"x": ((10, 26), "index:5", "int32")}, dtypes=ONE)
