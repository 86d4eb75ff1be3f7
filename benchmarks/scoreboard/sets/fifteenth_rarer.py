"""Less common operators of PyTorch and overloads of aten, many of which no set before has, with options of their own.

See fifteenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.scoreboard.sets.fifteenth_core import each
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
        "erfcx": "range:-2:4",
        "ndtri": "range:0.001:0.999",
        "log_ndtr": "range:-4:4",
        "ndtr": "range:-3:3",
        "i0e": "range:0:60",
        "i1": "range:-4:4",
        "i0": "range:0:12",
        "gammaln": "range:0.05:9",
        "expm1": "range:-1:2",
        "sinc": "range:-9:9",
        "logit": "range:0.05:0.95",
    }.items():
        yield from each(S + name, {"x": ((10, 51), values)}, dtypes=(LONG, ONE, FULL)[len(name) % 3])
    for name, values in {
        "bessel_j0": "range:0:25",
        "bessel_y1": "range:0.5:20",
        "modified_bessel_i0": "range:-3:3",
        "modified_bessel_k1": "range:0.1:5",
        "scaled_modified_bessel_k0": "range:0.05:20",
        "spherical_bessel_j0": "range:0.1:15",
        "airy_ai": "range:-2:2",
    }.items():
        yield from each(S + name, {"x": ((10, 51), values)}, dtypes=(ONE, LONG)[len(name) % 2])
    for i, name in enumerate(("hermite_polynomial_he", "chebyshev_polynomial_t", "chebyshev_polynomial_v")):
        yield from each(S + name, {"x": ((10, 51), "range:-0.95:0.95")}, 4 + i, dtypes=(ONE, LONG)[i % 2])
    yield from each(S + "xlogy", {"x": ((10, 51), "range:0:3"), "y": ((10, 51), "range:0.01:3")})
    yield from each(S + "xlog1py", {"x": ((10, 51), "range:0:4"), "y": ((51,), "range:-0.5:0.5")})
    yield from each(S + "zeta", {"x": ((10, 51), "range:1.2:4"), "y": ((10, 1), "range:0.5:9")}, dtypes=LONG)
    yield from each(S + "gammainc", {"x": ((10, 51), "range:0.5:12"), "y": ((51,), "range:0.1:15")}, dtypes=ONE)
    yield from each(S + "gammaincc", {"x": ((10, 1), "range:0.3:6"), "y": ((51,), "range:0.1:9")}, dtypes=FULL)
    yield from each("torch.polygamma", {"x": ((10, 51), "range:0.8:15")}, args=(1, {"v": "x"}), dtypes=ONE)
    yield from each("torch.mvlgamma", {"x": ((10, 51), "range:1.6:9")}, 3, dtypes=ONE)


def _elementwise() -> Iterator[Case]:
    x: Tensors = {"x": ((4, 150), "range:-6:7")}
    yield from each("torch.logaddexp2", {**x, "y": ((4, 150), "range:-6:6")})
    yield from each("torch.hypot", {**x, "y": ((4, 1), "range:-3:3")})
    yield from each("torch.copysign", {**x, "y": ((150,), "range:-1:1")})
    yield from each("torch.remainder", {**x, "y": ((4, 1), "range:1:3")}, dtypes=FULL)
    yield from each("torch.float_power", {"x": ((4, 150), "range:0.1:6")}, 1.5)
    yield from each("torch.ldexp", {**x, "y": ((150,), "index:7", "int32")})
    yield from each("torch.xlogy", {"x": ((4, 150), "literal:0,1,0,0.5"), "y": ((4, 150), "unit")})
    yield from each("torch.logit", {"x": ((4, 150), "unit")}, 1e-3, dtypes=ONE)
    yield from each("torch.deg2rad", {"x": ((4, 150), "range:-360:360")})
    yield from each("torch.fmax", {**x, "y": ((150,), "range:-6:6")})
    yield from each("torch.round", {"x": ((4, 150), "range:-2:2")}, decimals=2, dtypes=LONG)
    yield from each("torch.nanmean", {"x": ((4, 150), "literal:1.5,nan,2,-4,nan,0.25,8")}, 1)
    yield from each("torch.cov", {"x": ((5, 40), "range:-2:2")}, dtypes=FULL)
    yield from each("torch.corrcoef", {"x": ((6, 50), "range:-1:3")}, dtypes=ONE)
    yield from each("torch.gradient", {"x": ((10, 14), "range:-3:3")}, spacing=0.5, dim=1, edge_order=2, dtypes=ONE)
    yield from each("torch.cumulative_trapezoid", {"y": ((5, 50), "range:0:2"), "x": ((50,), "arange")}, dtypes=LONG)
    yield from each("torch.trapezoid", {"y": ((10, 50), "range:0:6")}, dx=0.02)
    yield from each("torch.dist", {"x": ((10, 20), "range:-1:1"), "y": ((10, 20), "range:-1:1")}, 1)
    yield from each("torch.renorm", {"x": ((20, 10), "range:-1:1")}, 2, 0, 1.0)
    yield from each("torch.nanquantile", {"x": ((5, 41), "range:-3:9")}, 0.9, dim=1, dtypes=ONE)
    yield from each("torch.kron", {"x": ((5, 4), _UNIT), "y": ((6, 10), "range:-2:2")})
    yield from each("torch.frexp", {"x": ((4, 150), "range:-90:90")}, dtypes=ONE)


def _masked() -> Iterator[Case]:
    given: Tensors = {"x": ((20, 11), "range:-3:3"), "m": ((20, 11), "literal:1,1,1,1,0,1,1", "bool")}
    mask: dict[str, Any] = {"mask": {"v": "m"}}
    for name in ("sum", "softmin", "var", "logsumexp", "amax"):
        yield from each(M + name, given, args=({"v": "x"}, 1), **mask)
    yield from each(M + "mean", {"x": ((11, 5, 6), "range:0:4"), "m": ((11, 5, 6), "literal:1,1,0,1", "bool")},
                    args=({"v": "x"}, 0), **mask)  # fmt: skip
    yield from each(M + "median", given, args=({"v": "x"}, 1), dtypes=ONE, **mask)


def _complex() -> Iterator[Case]:
    for d, of in COMPLEX.items():
        z: Tensors = {"x": ((5, 26), "normal", of)}
        for name in ("log", "sin", "abs", "angle", "square", "sigmoid"):
            yield from each("torch." + name, z, dtypes=(d,))
        yield from each("torch.mul", {**z, "y": ((26,), "normal", of)}, dtypes=(d,))
        yield from each("torch.prod", {"x": ((11, 6), "normal", of)}, 1, dtypes=(d,))
        yield from each("torch.matmul", {**z, "y": ((26, 10), "normal", of)}, dtypes=(d,))
        yield from each("torch.vdot", {"x": ((100,), "normal", of), "y": ((100,), "normal", of)}, dtypes=(d,))
        yield from each(L + "vector_norm", {"x": ((11, 20), "normal", of)}, 2, 1, dtypes=(d,))
        yield from each("torch.cumsum", {"x": ((5, 50), "normal", of)}, 1, dtypes=(d,))


def _methods() -> Iterator[Case]:
    yield from each(T + "matmul", {"x": ((5, 10, 22), _UNIT), "y": (22, 6)})
    yield from each(T + "bmm", {"x": (5, 4, 50), "y": ((5, 50, 3), "range:-0.2:0.4")})
    yield from each(T + "softmax", {"x": ((5, 4, 26), "range:-4:6")}, -1)
    yield from each(T + "var", {"x": ((20, 26), "range:1:2")}, 1)
    yield from each(T + "logsumexp", {"x": ((5, 100), "range:-2:6")}, 1)
    yield from each(T + "mean", {"x": ((11, 100), "range:-3:2")}, 1, True)
    yield from each(T + "addcmul", {"x": (11, 20), "y": (11, 20), "z": ((20,), _UNIT)}, value=-0.7)
    yield from each(T + "norm", {"x": ((11, 45), "range:-4:4")}, 2, 0)


def _kernels() -> Iterator[Case]:
    yield from each(A + "native_layer_norm.default", {"x": ((10, 6, 50), "range:-2:4"), "w": (50,), "b": (50,)},
                    args=({"v": "x"}, [50], *v("w", "b"), 1e-6))  # fmt: skip
    yield from each(A + "native_group_norm.default", {"x": ((2, 10, 5, 6), "range:-2:3"), "w": (10,), "b": (10,)},
                    args=(*v("x", "w", "b"), 2, 10, 30, 5, 1e-5))  # fmt: skip
    yield from each(A + "_native_batch_norm_legit_no_training.default", {"x": ((4, 5, 22), "range:-2:2"), "w": (5,),
                                                                         "b": (5,), "m": (5,),
                                                                         "s": ((5,), "range:0.3:2")},
                    args=(*v("x", "w", "b", "m", "s"), 0.1, 1e-5), dtypes=ONE)  # fmt: skip
    yield from each(A + "_softmax.default", {"x": ((11, 5, 50), "range:-9:9")}, 2, False)
    yield from each(A + "_log_softmax.default", {"x": ((4, 500), "range:-3:8")}, 1, False)
    yield from each(A + "addmm.default", {"c": (11,), "x": (10, 90), "y": ((90, 11), _UNIT)})
    yield from each(A + "linear.default", {"x": (10, 5, 20), "w": ((14, 20), _UNIT), "b": (14,)})
    yield from each(A + "sum.dim_IntList", {"x": ((20, 11, 14), "range:-2:3")}, [0, 2])
    yield from each(A + "mean.dim", {"x": ((4, 10, 50), "range:-9:4")}, [-1])
    yield from each(A + "var.correction", {"x": ((10, 90), "range:-5:2")}, [1], correction=0)
    yield from each(A + "std.correction", {"x": ((22, 11), "range:0:7")}, [0], correction=1, keepdim=True)
    yield from each(A + "linalg_vector_norm.default", {"x": ((14, 50), "range:-3:1")}, 2, [1], True)
    yield from each(A + "cumsum.default", {"x": ((10, 90), "range:0:1")}, 1)
    yield from each(A + "pow.Tensor_Scalar", {"x": ((10, 90), "range:0:4")}, 0.75)
    yield from each(A + "rsub.Scalar", {"x": ((10, 90), "range:0:1")}, 1.0, 1.0)
    yield from each(A + "gelu.default", {"x": ((10, 90), "range:-4:6")}, approximate="tanh")
    yield from each(A + "silu.default", {"x": ((10, 90), "range:-9:9")})
    yield from each(A + "native_batch_norm.default", {"x": ((6, 4, 20), "range:0:2"), "w": (4,), "b": (4,)},
                    args=(*v("x", "w", "b"), None, None, True, 0.1, 1e-5), dtypes=LONG)  # fmt: skip
    yield from each(A + "convolution.default", {"x": (1, 5, 40), "w": ((10, 5, 4), _UNIT), "b": (10,)},
                    args=(*v("x", "w", "b"), [2], [1], [1], False, [0], 1))  # fmt: skip
    yield from each(A + "convolution.default", {"x": (2, 6, 5, 4), "w": ((6, 2, 3, 3), "range:-0.3:0.3"), "b": (4,)},
                    args=(*v("x", "w", "b"), [2, 2], [1, 1], [1, 1], True, [1, 1], 2), dtypes=LONG)  # fmt: skip
    yield from each(A + "upsample_bilinear2d.default", {"x": ((1, 5, 10, 6), _UNIT)}, [20, 15], False)
    yield from each(A + "upsample_bicubic2d.default", {"x": ((2, 3, 6, 5), _UNIT)}, [13, 10], True, dtypes=ONE)
    yield from each(A + "_upsample_bicubic2d_aa.default", {"x": ((1, 3, 20, 22), "unit")}, [10, 11], False, dtypes=ONE)
    yield from each(A + "avg_pool2d.default", {"x": ((1, 5, 11, 10), _UNIT)}, [2, 5], [2, 5])
    yield from each(A + "im2col.default", {"x": (1, 4, 10, 6)}, [3, 3], [1, 1], [1, 1], [2, 2], dtypes=ONE)
    yield from each(A + "_cdist_forward.default", {"x": ((4, 10, 5), _UNIT), "y": ((4, 11, 5), _UNIT)}, 1.0, None,
                    dtypes=ONE)  # fmt: skip
    yield from each(A + "_fused_rms_norm.default", {"x": ((5, 4, 90), "range:-3:3"), "w": ((90,), "range:0.5:1.5")},
                    args=(*v("x"), [90], *v("w"), 1e-6))  # fmt: skip
    yield from each(A + "_scaled_dot_product_flash_attention_for_cpu.default",
                    {"q": (1, 2, 20, 16), "k": (1, 2, 20, 16), "v": (1, 2, 20, 16)}, 0.0, True)  # fmt: skip
    yield from each(A + "_safe_softmax.default", {"x": ((5, 4, 14), "literal:0.5,-inf,2,-1,-inf,3,1")}, -1)


def _backward() -> Iterator[Case]:
    for name, values, extra in (
        ("silu", "range:-6:6", ()),
        ("hardswish", "range:-4:4", ()),
        ("threshold", "range:-2:2", (0.0,)),
        ("tanh", "range:-0.99:0.99", ()),
        ("logit", "range:0.1:0.9", (None,)),
        ("hardshrink", "range:-2:2", (0.5,)),
        ("softplus", "range:-6:6", (1.0, 20.0)),
    ):
        yield from each(f"{A}{name}_backward.default", {"g": (11, 50), "x": ((11, 50), values)}, *extra)
    yield from each(A + "elu_backward.default", {"g": (11, 50), "x": ((11, 50), "range:-3:3")},
                    args=(*v("g"), 1.0, 1.0, 1.0, False, *v("x")))  # fmt: skip
    three: Tensors = {"g": (20, 10), "x": ((20, 10), "range:-2:2"), "t": ((20, 10), "range:-2:2")}
    yield from each(A + "mse_loss_backward.default", three, 1, dtypes=ONE)
    yield from each(A + "huber_loss_backward.default", three, 0, 0.8)
    soft: Tensors = {"g": (10, 50), "y": ((10, 50), "range:0.001:0.06")}
    yield from each(A + "_softmax_backward_data.default", soft, args=(*v("g", "y"), 1, {"dt": "float32"}),
                    dtypes=ONE)  # fmt: skip
    group: Tensors = {"g": (2, 6, 20), "x": (2, 6, 20), "m": ((2, 3), "range:-0.3:0.3"), "r": ((2, 3), "range:0.8:1.2"),
                      "w": (6,)}  # fmt: skip
    yield from each(A + "native_group_norm_backward.default", group,
                    args=(*v("g", "x", "m", "r", "w"), 2, 6, 20, 3, [True, True, True]), dtypes=ONE)  # fmt: skip
    yield from each(A + "convolution_backward.default", {"g": (2, 6, 10), "x": (2, 4, 20), "w": (6, 4, 4)},
                    args=(*v("g", "x", "w"), [6], [2], [1], [1], False, [0], 1, [True, True, True]),
                    dtypes=LONG)  # fmt: skip
    yield from each(A + "upsample_bilinear2d_backward.default", {"g": (1, 3, 10, 12)}, [10, 12], [1, 3, 5, 6], False)
    yield from each(A + "upsample_nearest2d_backward.default", {"g": (2, 3, 10, 11)}, [10, 11], [2, 3, 5, 4])
    yield from each(A + "avg_pool2d_backward.default", {"g": (1, 4, 5, 5), "x": (1, 4, 10, 10)}, [2, 2], [2, 2],
                    [0, 0], False, True, None)  # fmt: skip
    yield from each(A + "_adaptive_avg_pool2d_backward.default", {"g": (2, 5, 3, 3), "x": (2, 5, 10, 11)})
    yield from each(A + "reflection_pad2d_backward.default", {"g": (1, 3, 10, 12), "x": (1, 3, 6, 10)}, [1, 1, 2, 2])
    yield from each(A + "glu_backward.default", {"g": (5, 4, 10), "x": ((5, 4, 20), "range:-3:3")}, -1)
    yield from each(A + "embedding_dense_backward.default", {"g": (100, 6), "i": ((100,), "index:22", "int64")}, 22, -1,
                    False)  # fmt: skip
    yield from each(A + "index_select_backward.default", {"g": (20, 5), "i": ((20,), "index:10", "int64")},
                    args=(*v("g"), [10, 5], 0, *v("i")))  # fmt: skip


def _lists() -> Iterator[Case]:
    some: Tensors = {"x": ((11, 20), "range:0.1:2"), "y": ((50,), "range:0.3:4"), "z": ((2, 5, 3), "unit")}
    three = (v("x", "y", "z"),)
    for name in ("exp", "log1p", "rsqrt", "tanh", "erf", "neg", "expm1"):
        yield from each(f"{A}_foreach_{name}.default", some, args=three)
    yield from each(A + "_foreach_norm.Scalar", some, args=(*three, 2))
    yield from each(A + "_foreach_mul.Scalar", some, args=(*three, 0.999))
    more: Tensors = {**some, "a": (11, 20), "b": (50,), "c": (2, 5, 3)}
    yield from each(A + "_foreach_addcdiv.Scalar", more, args=(v("a", "b", "c"), v("a", "b", "c"), *three, -0.001))
    yield from each(A + "_foreach_add.List", more, args=(v("a", "b", "c"), *three), alpha=0.01)
    yield from each(A + "_foreach_div.List", more, args=(v("a", "b", "c"), *three))


def _algebra() -> Iterator[Case]:
    yield from each(L + "det", {"A": ((10, 4, 4), "dominant")}, dtypes=LONG)
    yield from each(L + "slogdet", {"A": ((5, 10, 10), _UNIT)}, dtypes=ONE)
    yield from each(L + "inv", {"A": ((20, 4, 4), "dominant")}, dtypes=ONE)
    yield from each(L + "cholesky", {"A": ((5, 10, 10), "spd")}, dtypes=ONE)
    yield from each(L + "cholesky", {"A": ((20, 20), "spd")}, upper=True, dtypes=LONG)
    yield from each(L + "solve", {"A": ((5, 10, 10), "dominant"), "B": (5, 10)}, dtypes=ONE)
    yield from each(L + "solve_triangular", {"A": ((5, 10, 10), "dominant"), "B": (5, 10, 4)}, upper=False,
                    unitriangular=True, dtypes=LONG)  # fmt: skip
    yield from each(L + "eigvalsh", {"A": ((10, 6, 6), "spd")}, dtypes=ONE)
    yield from each(L + "eigh", {"A": ((5, 4, 4), "spd")}, dtypes=LONG)
    yield from each(L + "svdvals", {"A": ((5, 20, 4), _UNIT)}, dtypes=LONG)
    yield from each(L + "qr", {"A": ((4, 10, 5), _UNIT)}, dtypes=ONE)
    yield from each(L + "lu_factor", {"A": ((10, 5, 5), "dominant")}, dtypes=LONG)
    yield from each(L + "pinv", {"A": ((4, 5, 11), _UNIT)}, dtypes=ONE)
    yield from each(L + "lstsq", {"A": ((5, 40, 4), _UNIT), "B": (5, 40, 1)}, dtypes=ONE)
    yield from each(L + "matrix_exp", {"A": ((10, 4, 4), _UNIT)}, dtypes=LONG)
    yield from each(L + "matrix_power", {"A": ((10, 4, 4), "range:-0.6:0.6")}, 3)
    yield from each(L + "matrix_norm", {"A": ((5, 10, 4), "range:-2:2")}, "nuc", dtypes=ONE)
    yield from each(L + "matrix_norm", {"A": ((10, 5, 20), "range:-2:2")}, 1)
    yield from each(L + "cond", {"A": ((10, 5, 5), "dominant")}, dtypes=ONE)
    yield from each(L + "multi_dot", {"x": ((10, 40), _UNIT), "y": (40, 5), "z": ((5, 20), _UNIT)},
                    args=(v("x", "y", "z"),))  # fmt: skip
    yield from each(L + "cross", {"x": (45, 3), "y": ((45, 3), "range:-3:3")}, dim=-1)
    yield from each("torch.cholesky_solve", {"B": (5, 6, 2), "A": ((5, 6, 6), "dominant")}, dtypes=LONG)
    yield from each("torch.cholesky_inverse", {"A": ((5, 6, 6), "dominant")}, dtypes=ONE)


def _fourier() -> Iterator[Case]:
    yield from each("torch.fft.rfft", {"x": ((5, 100), _UNIT)}, dtypes=ONE)
    yield from each("torch.fft.rfft", {"x": ((4, 400), "range:-0.1:0.1")}, n=512, dtypes=ONE)
    yield from each("torch.fft.rfftn", {"x": ((2, 5, 6, 10), _UNIT)}, dim=[1, 2, 3], norm="ortho", dtypes=LONG)
    for d, of in COMPLEX.items():
        yield from each("torch.fft.fft", {"x": ((5, 60), "normal", of)}, dtypes=(d,))
        yield from each("torch.fft.irfft2", {"x": ((2, 10, 6), "normal", of)}, norm="ortho", dtypes=(d,))
        yield from each("torch.fft.ifft2", {"x": ((4, 6, 10), "normal", of)}, dtypes=(d,))
        yield from each("torch.fft.hfft", {"x": ((5, 26), "normal", of)}, n=50, dtypes=(d,))
    window: Tensors = {"x": ((2, 200), _UNIT), "w": ((40,), "range:0:1")}
    yield from each("torch.stft", window, args=({"v": "x"}, 40, 10, 40), window={"v": "w"}, center=True,
                    normalized=True, return_complex=True, dtypes=ONE)  # fmt: skip


def _losses() -> Iterator[Case]:
    yield from each(F + "multi_margin_loss", {"x": ((20, 11), "range:-1:1"), "t": ((20,), "index:11", "int64")},
                    margin=0.5, dtypes=LONG)  # fmt: skip
    yield from each(F + "multilabel_soft_margin_loss", {"x": ((20, 11), "range:-5:5"),
                                                        "t": ((20, 11), "literal:1,0,0,1,0")})  # fmt: skip
    yield from each(F + "soft_margin_loss", {"x": ((100,), "range:-4:4"), "t": ((100,), "literal:1,-1")})
    yield from each(F + "hinge_embedding_loss", {"x": ((50, 4), "range:0:2"), "t": ((50, 4), "literal:1,-1,-1")},
                    reduction="none")  # fmt: skip
    yield from each(F + "cosine_embedding_loss", {"x": (20, 50), "y": (20, 50), "t": ((20,), "literal:1,-1")},
                    reduction="none")  # fmt: skip
    yield from each(F + "poisson_nll_loss", {"x": ((20, 50), "range:0.1:6"), "t": ((20, 50), "literal:1,0,3,2,0")},
                    log_input=False)  # fmt: skip
    ctc: Tensors = {
        **{"x": ((20, 2, 11), "range:-4:-1"), "t": ((2, 5), "literal:3,1,4,1,5,9,2,6,5,3", "int64")},
        **{"n": ((2,), "literal:20,17", "int64"), "m": ((2,), "literal:5,4", "int64")},
    }
    yield from each(F + "ctc_loss", ctc, reduction="none", dtypes=FULL)


def _layers() -> Iterator[Case]:
    gru: Tensors = {"x": (10, 6), "h": ((10, 5), _UNIT), "wi": ((15, 6), _UNIT), "wh": ((15, 5), _UNIT)}
    yield from each("torch.gru_cell", {**gru, "a": (15,), "b": (15,)})
    lstm: Tensors = {"x": (5, 10), "h": ((5, 6), _UNIT), "c": (5, 6), "wi": ((24, 10), _UNIT), "wh": ((24, 6), _UNIT)}
    yield from each("torch.lstm_cell", lstm, args=(*v("x"), v("h", "c"), *v("wi", "wh")))
    whole: Tensors = {"x": (3, 4, 5), "h": ((1, 3, 6), _UNIT), "c": ((1, 3, 6), _UNIT), "a": ((24, 5), _UNIT),
                      "b": ((24, 6), "range:-0.4:0.4"), "p": (24,), "q": (24,)}  # fmt: skip
    yield from each("torch.lstm", whole, dtypes=ONE,
                    args=(*v("x"), v("h", "c"), v("a", "b", "p", "q"), True, 1, 0.0, False, False, True))  # fmt: skip
    yield from each("torch.rnn_relu_cell", {"x": (20, 5), "h": (20, 6), "wi": ((6, 5), _UNIT), "wh": ((6, 6), _UNIT)})
    yield from each(F + "lp_pool2d", {"x": ((1, 4, 10, 6), "range:0.1:2")}, 3.0, 2, dtypes=ONE)
    yield from each(F + "max_pool3d", {"x": ((1, 4, 5, 10, 6), "range:-3:3")}, 2, dtypes=LONG)
    yield from each(F + "adaptive_avg_pool3d", {"x": ((1, 5, 4, 6, 10), _UNIT)}, [2, 3, 5], dtypes=ONE)
    yield from each(F + "fold", {"x": (2, 20, 20)}, [10, 8], [2, 2], stride=2, dtypes=LONG)
    yield from each(F + "affine_grid", {"t": ((5, 2, 3), _UNIT)}, [5, 1, 4, 6], align_corners=False, dtypes=ONE)
    yield from each(F + "channel_shuffle", {"x": (2, 10, 5, 4)}, 5)


def _moved() -> Iterator[Case]:
    yield from each("torch.scatter_reduce", {"x": ((20,), "range:-1:1"), "i": ((100,), "index:20", "int64"),
                                             "s": ((100,), "range:-4:4")},
                    args=(*v("x"), 0, *v("i", "s"), "amax"), include_self=False)  # fmt: skip
    yield from each("torch.index_reduce", {"x": ((10, 5), "range:0:1"), "i": ((50,), "index:10", "int64"),
                                           "s": ((50, 5), "range:0:4")},
                    args=(*v("x"), 0, *v("i", "s"), "mean"), dtypes=LONG)  # fmt: skip
    yield from each("torch.segment_reduce", {"x": ((50, 4), "range:-2:3"),
                                             "n": ((5,), "literal:10,3,20,7,10", "int64")},
                    args=(*v("x"), "sum"), lengths={"v": "n"}, axis=0, dtypes=ONE)  # fmt: skip
    yield from each("torch.histc", {"x": ((500,), "range:-2:2")}, 20, -2, 2, dtypes=ONE)
    yield from each("torch.kthvalue", {"x": ((11, 40), "range:-3:3")}, 5, 1)
    yield from each("torch.cummin", {"x": ((4, 50), "range:-4:4")}, 1)
    yield from each("torch.roll", {"x": (5, 22)}, 4, 1)
    yield from each("torch.index_put", {"x": (10, 20), "i": ((50,), "index:10", "int64"),
                                        "j": ((50,), "index:20", "int64"), "s": (50,)},
                    args=(*v("x"), v("i", "j"), *v("s")), accumulate=True, dtypes=ONE)  # fmt: skip


def _whole() -> Iterator[Case]:
    """On integers and booleans."""
    numbers: Tensors = {"x": ((11, 26), "wide", "int64"), "y": ((26,), "positive", "int64")}
    for name in ("bitwise_and", "mul", "sub", "fmod", "gcd"):
        yield from each("torch." + name, numbers, dtypes=ONE)
    yield from each("torch.sum", {"x": ((20, 26), "index:100", "int32")}, 1, dtypes=ONE)
    yield from each("torch.cumsum", {"x": ((20, 26), "index:256", "uint8")}, 1, dtypes=ONE)
    yield from each("torch.matmul", {"x": ((5, 26), "normal", "int32"), "y": ((26, 4), "normal", "int32")}, dtypes=ONE)
    yield from each("torch.div", {"x": ((11, 26), "wide", "int64"), "y": ((11, 1), "positive", "int64")}, dtypes=ONE)
    yield from each("torch.argsort", {"x": ((11, 26), "ties")}, stable=True, dtypes=ONE)
    yield from each(F + "one_hot", {"x": ((5, 11), "index:6", "int64")}, 6, dtypes=ONE)
    yield from each("torch.sqrt", {"x": ((11, 26), "index:100", "int64")}, dtypes=ONE)
