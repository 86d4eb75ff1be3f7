"""Less common operators of PyTorch and overloads of aten, many of which no set before has, with options of their own.

See nineteenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.scoreboard.sets.nineteenth_core import each
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
    yield from _overloads()
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
        "entr": "range:0.5:20",
        "ndtr": "range:-2:5",
        "ndtri": "range:0.001:0.2",
        "log_ndtr": "range:-8:3",
        "i0e": "range:-20:20",
        "i1": "range:-2:2",
        "erfcx": "range:-2:9",
        "gammaln": "range:30:300",
        "psi": "range:0.1:4",
        "bessel_j0": "range:-9:9",
        "bessel_y1": "range:0.8:18",
        "modified_bessel_i1": "range:-4:4",
        "modified_bessel_k1": "range:0.3:7",
        "scaled_modified_bessel_k0": "range:0.2:30",
        "spherical_bessel_j0": "range:-12:-0.2",
    }.items():
        yield from each(S + name, {"x": ((7, 43), values)}, dtypes=(ONE, LONG)[len(name) % 2])
    for i, name in enumerate(("chebyshev_polynomial_t", "chebyshev_polynomial_v", "legendre_polynomial_p",
                              "hermite_polynomial_he", "shifted_chebyshev_polynomial_w")):  # fmt: skip
        yield from each(S + name, {"x": ((7, 43), "range:0.1:0.85")}, 2 + i, dtypes=(LONG, ONE)[i % 2])
    yield from each(S + "xlog1py", {"x": ((7, 43), "offset"), "y": ((43,), "range:-0.7:9")}, dtypes=FULL)
    yield from each(S + "zeta", {"x": ((7, 43), "range:1.3:5"), "y": ((7, 1), "range:1:9")}, dtypes=LONG)
    yield from each(S + "gammainc", {"x": ((7, 43), "range:0.2:2"), "y": ((43,), "range:0.1:3")}, dtypes=ONE)
    yield from each(S + "gammaincc", {"x": ((7, 43), "range:5:40"), "y": ((7, 43), "range:3:60")}, dtypes=LONG)
    yield from each(S + "multigammaln", {"x": ((7, 43), "range:2:40")}, 4, dtypes=LONG)
    yield from each(S + "polygamma", {"x": ((7, 43), "range:0.4:9")}, args=(1, {"v": "x"}), dtypes=ONE)


def _elementwise() -> Iterator[Case]:
    yield from each("torch.ldexp", {"x": ((7, 43), "normal"), "y": ((43,), "literal:-3,0,2,5,1", "int32")}, dtypes=ONE)
    yield from each("torch.nanmean", {"x": ((7, 43), "literal:0.4,2.2,nan,-1.7,0.9,3.1,nan,nan,1.2")}, 1)
    yield from each("torch.corrcoef", {"x": ((7, 43), "offset")}, dtypes=ONE)
    yield from each("torch.cumulative_trapezoid", {"y": ((7, 43), "offset"), "x": ((43,), "arange")})
    yield from each("torch.trapezoid", {"y": ((43, 7), "unit")}, dx=0.2, dim=0)
    yield from each("torch.kron", {"x": ((3, 4, 2), "wide"), "y": ((2, 5), "offset")})
    yield from each("torch.vander", {"x": ((15,), "range:-1.2:0.9")}, 6)
    yield from each("torch.cross", {"x": ((7, 14, 3), "offset"), "y": ((7, 14, 3), "wide")}, -1)
    yield from each("torch.rad2deg", {"x": ((7, 43), "wide")})
    yield from each("torch.nan_to_num", {"x": ((7, 43), "literal:1.1,nan,-2,0.3,inf,4,-inf,0.6")}, 0.5, 9.0, -7.0,
                    dtypes=FULL)  # fmt: skip
    yield from each("torch.bucketize", {"x": ((7, 43), "normal"), "e": ((7,), "literal:-2,-1,-0.5,0,0.7,1.1,2")},
                    dtypes=FULL)  # fmt: skip


def _masked() -> Iterator[Case]:
    given: Tensors = {"x": ((7, 26), "wide"), "m": ((7, 26), "literal:1,1,0,1,1,0,1,1,1", "bool")}
    mask: dict[str, Any] = {"mask": {"v": "m"}}
    for name in ("softmin", "var", "cumprod", "logsumexp"):
        given_here = {**given, "x": ((7, 26), "range:0.6:1.4")} if name == "cumprod" else given
        yield from each(M + name, given_here, args=({"v": "x"}, 1), **mask)
    yield from each(M + "prod", {**given, "x": ((7, 26), "range:-1.5:1.5")}, args=({"v": "x"}, 1), **mask)
    yield from each(M + "mean", given, args=({"v": "x"}, 0), **mask)
    yield from each(M + "norm", given, args=({"v": "x"}, 2.0, 0), dtypes=LONG, **mask)


def _complex() -> Iterator[Case]:
    for d, of in COMPLEX.items():
        z: Tensors = {"x": ((7, 19), "normal", of)}
        for name in ("log", "sin", "cosh", "sigmoid"):
            yield from each("torch." + name, z, dtypes=(d,))
        yield from each("torch.mul", {**z, "y": ((19,), "wide", of)}, dtypes=(d,))
        yield from each("torch.addcmul", {**z, "y": ((7, 19), "normal", of), "z": ((7, 1), "normal", of)}, dtypes=(d,))
        yield from each("torch.cumsum", {"x": ((5, 60), "normal", of)}, 1, dtypes=(d,))
        yield from each("torch.mean", {"x": ((90, 7), "offset", of)}, 0, dtypes=(d,))
        yield from each("torch.matmul", {"x": ((9, 33), "normal", of), "y": ((33, 6), "normal", of)}, dtypes=(d,))
        yield from each(L + "solve", {"A": ((3, 8, 8), "dominant", of), "B": ((3, 8, 2), "normal", of)}, dtypes=(d,))
        yield from each(L + "vector_norm", {"x": ((7, 40), "normal", of)}, 2, 1, dtypes=(d,))
    yield from each("torch.polar", {"x": ((7, 19), "positive"), "y": ((7, 19), "range:-9:9")}, dtypes=FULL)


def _methods() -> Iterator[Case]:
    yield from each(T + "sqrt_", {"x": ((7, 43), "positive")})
    yield from each(T + "expm1_", {"x": ((7, 43), "range:-4:2")})
    yield from each(T + "erf_", {"x": ((7, 43), "normal")}, dtypes=FULL)
    yield from each(T + "addmv_", {"c": (14,), "x": ((14, 70), _UNIT), "y": ((70,), "unit")}, beta=0.5)
    yield from each(T + "copysign_", {"x": ((7, 43), "wide"), "y": ((7, 43), "normal")})
    yield from each(T + "clamp_", {"x": ((7, 43), "normal")}, -0.2, 1.3)
    yield from each(T + "quantile", {"x": ((7, 43), "normal")}, 0.35, 1, dtypes=FULL)
    yield from each(T + "sigmoid", {"x": ((7, 43), "range:-1:9")})
    yield from each(T + "index_add", {"x": (7, 9), "i": ((40,), "index:9", "int64"), "s": ((7, 40), "unit")},
                    args=(*v("x"), 1, *v("i", "s")))  # fmt: skip
    yield from each(T + "logdet", {"A": ((4, 7, 7), "dominant")}, dtypes=ONE)
    yield from each(T + "logsumexp", {"x": ((4, 6, 18), "range:-30:30")}, [0, 2])


def _arithmetic() -> Iterator[Case]:
    for name, values in {
        "exp2": "range:-9:3",
        "log10": "positive",
        "asinh": "wide",
        "atan": "range:-4:4",
        "sinh": "normal",
        "digamma": "range:0.3:20",
        "sinc": "normal",
        "relu6": "range:-3:9",
        "selu": "normal",
        "square": "offset",
        "special_ndtr": "normal",
        "special_i1e": "range:-9:9",
        "special_entr": "unit",
    }.items():
        plain = dict.fromkeys(("special_ndtr", "special_i1e", "special_entr"), FULL)
        yield from each(f"{A}{name}.default", {"x": ((12, 38), values)}, dtypes=plain.get(name, ()))
    pair: Tensors = {"x": ((12, 38), "wide"), "y": ((38,), "range:0.3:5")}
    yield from each(A + "add.Tensor", pair, alpha=0.7)
    yield from each(A + "hypot.default", pair)
    yield from each(A + "pow.Tensor_Scalar", {"x": ((12, 38), "positive")}, -0.8)
    yield from each(A + "pow.Scalar", {"x": ((12, 38), "normal")}, args=(2.7, {"v": "x"}))
    yield from each(A + "fmod.Scalar", {"x": ((12, 38), "normal")}, 0.8, dtypes=FULL)
    yield from each(A + "logit.default", {"x": ((12, 38), "range:0.05:0.95")}, 0.1)


def _overloads() -> Iterator[Case]:
    yield from each(A + "matmul.default", {"x": ((4, 9, 43), "normal"), "y": ((43, 6), "unit")})
    yield from each(A + "inner.default", {"x": ((6, 52), "offset"), "y": ((8, 52), _UNIT)})
    yield from each(A + "outer.default", {"x": ((19,), "wide"), "y": ((22,), "unit")})
    yield from each(A + "vdot.default", {"x": ((310,), "normal"), "y": ((310,), "unit")}, dtypes=FULL)
    yield from each(A + "addr.default", {"c": (9, 12), "x": ((9,), "offset"), "y": ((12,), "wide")}, beta=0.4)
    yield from each(A + "kron.default", {"x": ((4, 5), "unit"), "y": ((3, 2), "wide")})
    yield from each(A + "mean.dim", {"x": ((6, 12, 9), "offset")}, [0, 1], True)
    yield from each(A + "sum.dim_IntList", {"x": ((9, 7, 22), "wide")}, [0, 2])
    yield from each(A + "prod.dim_int", {"x": ((12, 16), "range:-1.3:1.4")}, 1)
    yield from each(A + "nansum.default", {"x": ((12, 30), "literal:0.2,-1,nan,3,0.7,1.6,2.5")}, [1])
    yield from each(A + "cummax.default", {"x": ((12, 22), "wide")}, 1)
    yield from each(A + "cumprod.default", {"x": ((12, 22), "range:0.7:1.4")}, 1)
    yield from each(A + "softmax.int", {"x": ((12, 38), "range:-9:5")}, 0)
    yield from each(A + "norm.ScalarOpt_dim", {"x": ((12, 38), "range:0.2:3")}, 1.5, [1])
    yield from each(A + "cosine_similarity.default", {"x": ((12, 38), "unit"), "y": ((12, 38), "normal")}, 1, 1e-6)
    yield from each(A + "pairwise_distance.default", {"x": ((12, 38), "wide"), "y": ((38,), "normal")}, dtypes=FULL)
    yield from each(A + "diff.default", {"x": ((12, 38), "unit")}, 3)
    yield from each(A + "index_add.default", {"x": (12, 9), "i": ((44,), "index:12", "int64"),
                                              "s": ((44, 9), "offset")},
                    args=(*v("x"), 0, *v("i", "s")), alpha=0.6)  # fmt: skip
    yield from each(A + "masked_fill.Scalar", {"x": ((9, 12), "wide"), "m": ((9, 12), "literal:0,1,0", "bool")},
                    -3.5)  # fmt: skip
    yield from each(A + "avg_pool1d.default", {"x": ((3, 6, 29), "normal")}, [3], [2], [1])


def _kernels() -> Iterator[Case]:
    yield from each(A + "_native_batch_norm_legit_no_training.default",
                    {"x": ((3, 6, 7), "unit"), "w": (6,), "b": (6,), "m": ((6,), "unit"), "s": ((6,), "range:0.1:2")},
                    args=(*v("x", "w", "b", "m", "s"), 0.1, 1e-5), dtypes=ONE)  # fmt: skip
    yield from each(A + "convolution.default", {"x": (2, 4, 21), "w": ((6, 4, 5), _UNIT), "b": (6,)}, [3], [2], [1],
                    False, [0], 1)  # fmt: skip
    yield from each(A + "conv1d.default", {"x": ((2, 8, 19), "offset"), "w": ((6, 4, 3), _UNIT)}, None, [2], [1], [1],
                    2)  # fmt: skip
    yield from each(A + "conv2d.default", {"x": ((1, 5, 10, 8), "unit"), "w": ((7, 5, 2, 4), _UNIT), "b": (7,)},
                    [1, 2])  # fmt: skip
    yield from each(A + "slow_conv3d_forward.default", {"x": (1, 3, 5, 6, 4), "w": ((4, 3, 2, 2, 2), _UNIT), "b": (4,)},
                    args=(*v("x", "w"), [2, 2, 2], *v("b"), [1, 1, 1], [0, 1, 0]), dtypes=LONG)  # fmt: skip
    yield from each(A + "_slow_conv2d_forward.default", {"x": (2, 3, 8, 7), "w": ((5, 3, 3, 2), _UNIT), "b": (5,)},
                    args=(*v("x", "w"), [3, 2], *v("b"), [2, 1], [1, 0]), dtypes=ONE)  # fmt: skip
    yield from each(A + "adaptive_max_pool3d.default", {"x": (1, 3, 5, 7, 6)}, [2, 3, 2], dtypes=ONE)
    yield from each(A + "max_pool2d_with_indices.default", {"x": (2, 3, 9, 10)}, [2, 3], [2, 2], [1, 1], dtypes=FULL)
    yield from each(A + "upsample_bilinear2d.default", {"x": ((2, 3, 6, 8), "offset")}, [11, 5], True)
    yield from each(A + "_upsample_bicubic2d_aa.default", {"x": ((1, 2, 14, 11), "normal")}, [6, 5], False, dtypes=LONG)
    yield from each(A + "upsample_trilinear3d.default", {"x": (1, 2, 4, 3, 5)}, [6, 5, 7], True, dtypes=LONG)
    yield from each(A + "grid_sampler_2d.default", {"x": (1, 3, 6, 7), "g": ((1, 5, 4, 2), "range:-0.9:0.9")}, 0, 1,
                    True, dtypes=LONG)  # fmt: skip
    yield from each(A + "_euclidean_dist.default", {"x": ((9, 6), "offset"), "y": ((12, 6), "normal")}, dtypes=ONE)
    yield from each(A + "_weight_norm_interface.default", {"x": ((6, 5, 4), "wide"), "g": ((6, 1, 1), "unit")}, 0,
                    dtypes=ONE)  # fmt: skip
    yield from each(A + "_log_softmax.default", {"x": ((38, 12), "range:-20:5")}, 0, False)
    yield from each(A + "_masked_softmax.default", {"x": (2, 3, 9, 9), "m": ((2, 3, 9, 9), "literal:0,0,1,0,0,0,1",
                                                                             "bool")}, dtypes=FULL)  # fmt: skip
    yield from each(A + "_addmm_activation.default", {"c": (16,), "x": ((9, 33), "normal"), "y": ((33, 16), "unit")},
                    use_gelu=True)  # fmt: skip
    yield from each(A + "_scaled_dot_product_flash_attention_for_cpu.default",
                    {"q": ((1, 3, 25, 8), "wide"), "k": (1, 3, 25, 8), "v": (1, 3, 25, 8)}, 0.0, False,
                    dtypes=LONG)  # fmt: skip
    yield from each(A + "col2im.default", {"x": ((2, 12, 30), "normal")}, [6, 7], [2, 2], [1, 1], [0, 0], [1, 1],
                    dtypes=FULL)  # fmt: skip
    yield from each(A + "linalg_vector_norm.default", {"x": ((12, 38), "offset")}, 1, [0])


def _backward() -> Iterator[Case]:
    for name, values, extra in (
        ("tanh", "range:-0.95:0.95", ()),
        ("silu", "wide", ()),
        ("mish", "range:-8:3", ()),
        ("hardswish", "range:-5:5", ()),
        ("softplus", "wide", (0.7, 15.0)),
        ("hardshrink", "normal", (0.3,)),
        ("threshold", "normal", (0.25,)),
        ("hardtanh", "wide", (-1.5, 0.4)),
    ):
        yield from each(f"{A}{name}_backward.default", {"g": (12, 38), "x": ((12, 38), values)}, *extra)
    yield from each(A + "glu_backward.default", {"g": (4, 6, 7), "x": ((4, 6, 14), "wide")}, 2)
    three: Tensors = {"g": (12, 9), "x": ((12, 9), "offset"), "t": (12, 9)}
    yield from each(A + "mse_loss_backward.default", three, 0)
    yield from each(A + "huber_loss_backward.default", three, 0, 0.7)
    yield from each(A + "_softmax_backward_data.default", {"g": (9, 26), "y": ((9, 26), "range:0.001:0.08")},
                    args=(*v("g", "y"), 1, {"dt": "float32"}), dtypes=ONE)  # fmt: skip
    group: Tensors = {"g": (2, 6, 10), "x": (2, 6, 10), "m": ((2, 3), "range:-0.2:0.2"), "r": ((2, 3), "range:0.8:1.2"),
                      "w": (6,)}  # fmt: skip
    yield from each(A + "native_group_norm_backward.default", group,
                    args=(*v("g", "x", "m", "r", "w"), 2, 6, 10, 3, [True, True, True]), dtypes=ONE)  # fmt: skip
    yield from each(A + "convolution_backward.default", {"g": (2, 4, 9), "x": (2, 3, 19), "w": (4, 3, 3)},
                    args=(*v("g", "x", "w"), [4], [2], [0], [1], False, [0], 1, [True, True, True]),
                    dtypes=LONG)  # fmt: skip
    yield from each(A + "_adaptive_avg_pool2d_backward.default", {"g": (1, 3, 4, 3), "x": (1, 3, 9, 8)})
    yield from each(A + "avg_pool3d_backward.default", {"g": (1, 2, 2, 3, 2), "x": (1, 2, 4, 6, 4)},
                    args=(*v("g", "x"), [2, 2, 2], [2, 2, 2], [0, 0, 0], False, True, None), dtypes=LONG)  # fmt: skip
    yield from each(A + "upsample_bilinear2d_backward.default", {"g": (2, 2, 9, 7)}, [9, 7], [2, 2, 5, 4], False,
                    dtypes=FULL)  # fmt: skip
    yield from each(A + "reflection_pad1d_backward.default", {"g": (3, 4, 18), "x": (3, 4, 12)}, [4, 2], dtypes=LONG)
    yield from each(A + "embedding_dense_backward.default", {"g": ((44, 7), "wide"), "i": ((44,), "index:9", "int64")},
                    9, 3, False, dtypes=FULL)  # fmt: skip
    yield from each(A + "cumprod_backward.default", {"g": (9, 14), "x": ((9, 14), "range:0.7:1.4"),
                                                     "y": ((9, 14), "positive")},
                    args=(*v("g", "x"), 1, *v("y")), dtypes=FULL)  # fmt: skip
    yield from each(A + "_pdist_backward.default", {"g": (10,), "x": (5, 4), "d": ((10,), "range:1:4")},
                    args=(*v("g", "x"), 2.0, *v("d")), dtypes=ONE)  # fmt: skip
    yield from each(A + "select_backward.default", {"g": ((5, 7), "wide")}, [5, 4, 7], 1, 2, dtypes=ONE)
    yield from each(A + "soft_margin_loss_backward.default", {"g": (9, 14), "x": (9, 14),
                                                              "t": ((9, 14), "literal:1,-1,-1")}, 0,
                    dtypes=FULL)  # fmt: skip


def _lists() -> Iterator[Case]:
    some: Tensors = {"x": ((6, 19), "range:0.3:2.5"), "y": ((44,), "range:0.2:5"), "z": ((2, 5, 7), "unit")}
    three = (v("x", "y", "z"),)
    for name in ("log", "tanh", "erf", "exp", "reciprocal", "sinh"):
        yield from each(f"{A}_foreach_{name}.default", some, args=three)
    yield from each(A + "_foreach_add.ScalarList", some, args=(*three, [-0.7, 1.9, 0.01]))
    yield from each(A + "_foreach_div.Scalar", some, args=(*three, 2.3))
    yield from each(A + "_foreach_norm.Scalar", some, args=(*three, 2))
    more: Tensors = {**some, "a": ((6, 19), "offset"), "b": ((44,), "wide"), "c": (2, 5, 7)}
    yield from each(A + "_foreach_mul.List", more, args=(v("a", "b", "c"), *three))
    yield from each(A + "_foreach_sub.List", more, args=(v("a", "b", "c"), *three), alpha=2.2)
    yield from each(A + "_foreach_addcdiv.Scalar", more, args=(v("a", "b", "c"), v("a", "b", "c"), *three, -0.4))
    yield from each(A + "_foreach_lerp.List", {**more, "p": ((6, 19), "unit"), "q": ((44,), "unit"),
                                               "r": ((2, 5, 7), "unit")},
                    args=(v("a", "b", "c"), *three, v("p", "q", "r")), dtypes=FULL)  # fmt: skip


def _algebra() -> Iterator[Case]:
    yield from each(L + "det", {"A": ((4, 8, 8), "dominant")}, dtypes=LONG)
    yield from each(L + "inv", {"A": ((3, 14, 14), "spd")}, dtypes=ONE)
    yield from each(L + "cholesky", {"A": ((4, 12, 12), "spd")}, upper=True, dtypes=LONG)
    yield from each("torch.cholesky_inverse", {"A": ((3, 7, 7), "dominant")}, dtypes=LONG)
    yield from each(L + "solve_triangular", {"A": ((3, 10, 10), "dominant"), "B": (3, 4, 10)}, upper=False, left=False,
                    dtypes=LONG)  # fmt: skip
    yield from each(L + "eigvalsh", {"A": ((4, 11, 11), "spd")}, UPLO="U", dtypes=ONE)
    yield from each(L + "svdvals", {"A": ((40, 5), "normal")}, dtypes=ONE)
    yield from each(L + "lu_factor", {"A": ((3, 10, 10), "dominant")}, dtypes=LONG)
    yield from each(L + "pinv", {"A": ((2, 5, 14), "normal")}, dtypes=ONE)
    yield from each(L + "lstsq", {"A": ((2, 31, 7), "normal"), "B": (2, 31, 3)}, dtypes=LONG)
    yield from each(L + "matrix_exp", {"A": ((3, 8, 8), "range:-0.7:0.7")}, dtypes=LONG)
    yield from each(L + "matrix_power", {"A": ((3, 7, 7), "range:-0.4:0.4")}, 5, dtypes=FULL)
    yield from each(L + "matrix_norm", {"A": ((4, 8, 10), "normal")}, "nuc", dtypes=LONG)
    yield from each(L + "matrix_norm", {"A": ((4, 14, 10), "unit")}, -1)
    yield from each(L + "cond", {"A": ((4, 8, 8), "spd")}, dtypes=LONG)
    yield from each(L + "multi_dot", {"x": ((23,), "normal"), "y": ((23, 14), _UNIT), "z": ((14, 9), _UNIT)},
                    args=(v("x", "y", "z"),))  # fmt: skip
    yield from each(L + "tensorsolve", {"A": ((12, 3, 4), "normal"), "B": (12,)}, dtypes=LONG)
    yield from each(L + "qr", {"A": ((4, 11, 5), "normal")}, dtypes=LONG)
    yield from each(A + "linalg_cholesky_ex.default", {"A": ((3, 9, 9), "spd")}, dtypes=LONG)


def _fourier() -> Iterator[Case]:
    yield from each("torch.fft.rfft", {"x": ((7, 90), "wide")}, dtypes=LONG)
    yield from each("torch.fft.rfft", {"x": ((3, 128), "unit")}, norm="forward", dtypes=ONE)
    yield from each("torch.fft.rfftn", {"x": ((4, 5, 9), "normal")}, norm="ortho", dtypes=ONE)
    for d, of in COMPLEX.items():
        yield from each("torch.fft.fft", {"x": ((5, 54), "normal", of)}, n=40, dtypes=(d,))
        yield from each("torch.fft.fft", {"x": ((64, 3), "normal", of)}, dim=0, norm="ortho", dtypes=(d,))
        yield from each("torch.fft.ifft2", {"x": ((2, 9, 10), "normal", of)}, norm="forward", dtypes=(d,))
        yield from each("torch.fft.hfft", {"x": ((4, 15), "normal", of)}, n=27, dtypes=(d,))
        yield from each(A + "_fft_c2c.default", {"x": ((5, 22), "normal", of)}, [1], 0, True, dtypes=(d,))
    window: Tensors = {"x": ((3, 80), "normal"), "w": ((12,), "positive")}
    yield from each("torch.stft", window, args=({"v": "x"}, 12, 5, 12), window={"v": "w"}, center=True,
                    pad_mode="reflect", normalized=True, return_complex=True, dtypes=ONE)  # fmt: skip


def _losses() -> Iterator[Case]:
    yield from each(A + "kl_div.default", {"x": ((12, 26), "range:-5:-0.2"), "t": ((12, 26), "unit")}, 2)
    yield from each(A + "poisson_nll_loss.default", {"x": ((12, 26), "normal"), "t": ((12, 26), "literal:2,0,5,1")},
                    True, True, 1e-8, 1)  # fmt: skip
    yield from each(A + "triplet_margin_loss.default", {"x": (14, 11), "y": (14, 11), "z": (14, 11)}, 1.5)
    yield from each(A + "cosine_embedding_loss.default", {"x": (14, 11), "y": (14, 11),
                                                       "t": ((14,), "literal:1,-1,-1")}, 0.1, 2)  # fmt: skip
    yield from each(A + "hinge_embedding_loss.default", {"x": ((12, 26), "unit"), "t": ((12, 26), "literal:-1,1,1")},
                    1.2)  # fmt: skip
    yield from each(A + "smooth_l1_loss.default", {"x": ((12, 26), "wide"), "t": (12, 26)}, 0, 0.8)
    yield from each(A + "binary_cross_entropy.default", {"x": ((12, 26), "range:0.1:0.9"), "t": ((12, 26), "unit"),
                                                         "w": ((26,), "positive")},
                    args=(*v("x", "t", "w"), 2))  # fmt: skip
    yield from each(A + "cross_entropy_loss.default", {"x": ((12, 26), "wide"), "t": ((12,), "index:26", "int64")},
                    None, 1, -100, 0.1)  # fmt: skip
    yield from each(A + "nll_loss_forward.default", {"x": ((9, 14), "range:-4:0"), "i": ((9,), "index:14", "int64"),
                                                     "w": ((14,), "unit")}, args=(*v("x", "i", "w"), 1, -100),
                    dtypes=FULL)  # fmt: skip
    yield from each(F + "multilabel_soft_margin_loss", {"x": ((12, 9), "normal"), "t": ((12, 9), "literal:1,0,0,1")},
                    reduction="none")  # fmt: skip
    yield from each(F + "triplet_margin_with_distance_loss", {"x": (14, 7), "y": (14, 7), "z": ((14, 7), "range:-2:2")},
                    swap=True, margin=2.0, reduction="none")  # fmt: skip
    ctc: Tensors = {
        **{"x": ((11, 2, 7), "range:-4:-0.3"), "t": ((2, 4), "literal:2,6,6,1,5,3,1,4", "int64")},
        **{"n": ((2,), "literal:11,9", "int64"), "m": ((2,), "literal:4,3", "int64")},
    }
    yield from each("torch.ctc_loss", ctc, reduction=0, dtypes=FULL)


def _layers() -> Iterator[Case]:
    gru: Tensors = {"x": (8, 6), "h": ((8, 7), _UNIT), "wi": ((21, 6), _UNIT), "wh": ((21, 7), _UNIT), "a": (21,),
                    "b": (21,)}  # fmt: skip
    yield from each("torch.gru_cell", gru)
    relu: Tensors = {"x": (8, 6), "h": (8, 9), "wi": ((9, 6), _UNIT), "wh": ((9, 9), _UNIT), "a": (9,), "b": (9,)}
    yield from each("torch.rnn_relu_cell", relu)
    lstm: Tensors = {
        **{"x": (4, 2, 5), "h": (2, 2, 4), "c": (2, 2, 4), "a": ((16, 5), _UNIT), "b": ((16, 4), _UNIT)},
        **{"p": ((16, 4), _UNIT), "q": ((16, 4), _UNIT)},
    }
    yield from each("torch.lstm", lstm, dtypes=LONG,
                    args=(*v("x"), v("h", "c"), v("a", "b", "p", "q"), False, 2, 0.0, False, False, False))  # fmt: skip
    tanh: Tensors = {"x": (3, 6, 5), "h": (2, 3, 4), "a": ((4, 5), _UNIT), "b": ((4, 4), _UNIT), "p": ((4, 5), _UNIT),
                     "q": ((4, 4), _UNIT)}  # fmt: skip
    yield from each("torch.rnn_tanh", tanh, dtypes=ONE,
                    args=(*v("x", "h"), v("a", "b", "p", "q"), False, 1, 0.0, False, True, True))  # fmt: skip
    yield from each(F + "adaptive_max_pool3d", {"x": ((2, 2, 5, 6, 4), "wide")}, [2, 2, 3], dtypes=LONG)
    yield from each(F + "max_unpool2d", {"x": (1, 2, 2, 3), "i": ((1, 2, 2, 3), "literal:0,3,4,13,15,17", "int64")}, 2,
                    dtypes=FULL)  # fmt: skip
    yield from each(F + "affine_grid", {"x": ((2, 2, 3), _UNIT)}, [2, 3, 6, 5], align_corners=True, dtypes=FULL)
    yield from each("torch.conv_tbc", {"x": ((12, 3, 6), "normal"), "w": ((3, 6, 5), _UNIT), "b": (5,)}, 1, dtypes=ONE)
    mha: Tensors = {"q": (7, 2, 15), "k": (9, 2, 15), "v": (9, 2, 15), "w": ((45, 15), _UNIT), "b": ((45,), _UNIT),
                    "o": ((15, 15), _UNIT), "p": ((15,), _UNIT)}  # fmt: skip
    yield from each(F + "multi_head_attention_forward", mha,
                    args=(*v("q", "k", "v"), 15, 5, *v("w", "b"), None, None, False, 0.0, *v("o", "p"), False),
                    dtypes=ONE)  # fmt: skip


def _moved() -> Iterator[Case]:
    yield from each("torch.index_reduce", {"x": ((9, 6), "wide"), "i": ((25,), "index:9", "int64"), "s": (25, 6)},
                    args=(*v("x"), 0, *v("i", "s"), "mean"), dtypes=LONG)  # fmt: skip
    yield from each("torch.bincount", {"i": ((300,), "index:7", "int64"), "w": ((300,), "normal")}, dtypes=ONE)
    yield from each("torch.histc", {"x": ((700,), "unit")}, 8, 0.0, 1.0, dtypes=LONG)
    yield from each("torch.cummin", {"x": ((9, 40), "offset")}, 1)
    yield from each("torch.take", {"x": ((9, 14), "offset"), "i": ((5, 6), "index:126", "int64")})
    yield from each(
        "torch.nanquantile",
        {"x": ((9, 24), "literal:1,nan,0.3,-2,4,0.9,-1.5,2.2,0.1,-0.8,3.3,nan,1.7,0.6,-3,5.5,2.7")},
        0.6,
        1,
        dtypes=FULL,
    )


def _whole() -> Iterator[Case]:
    """On integers and booleans."""
    numbers: Tensors = {"x": ((7, 26), "wide", "int32"), "y": ((26,), "positive", "int32")}
    for name in ("bitwise_or", "fmod", "gcd", "minimum", "mul"):
        yield from each("torch." + name, numbers, dtypes=ONE)
    yield from each("torch.cumsum", {"x": ((7, 26), "wide", "int64")}, 1, dtypes=ONE)
    yield from each("torch.sigmoid", {"x": ((7, 26), "wide", "int64")}, dtypes=ONE)
    yield from each("torch.sqrt", {"x": ((7, 26), "index:900", "int32")}, dtypes=ONE)
    yield from each("torch.true_divide", {"x": ((7, 26), "index:50", "int64"), "y": ((26,), "range:0.4:3")}, dtypes=ONE)
    yield from each("torch.atan2", {"x": ((7, 26), "wide", "int32"), "y": ((26,), "normal")}, dtypes=ONE)
