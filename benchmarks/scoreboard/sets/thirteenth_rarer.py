"""Less common operators of PyTorch and overloads of aten, many of which no set before has, with options of their own.

See thirteenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.scoreboard.sets.ninth_core import ONE
from benchmarks.scoreboard.sets.ninth_rarer import LONG
from benchmarks.scoreboard.sets.seventh_core import S, v
from benchmarks.scoreboard.sets.seventh_rarer import COMPLEX
from benchmarks.scoreboard.sets.sixth_core import FULL, F, L, Tensors
from benchmarks.scoreboard.sets.thirteenth_core import each
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
    yield from _namesakes()
    yield from _methods()
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
        "erfcx": "range:-1.5:9",
        "ndtri": "range:0.02:0.7",
        "log_ndtr": "range:-9:1",
        "i0e": "range:-3:14",
        "expit": "range:-14:3",
        "logit": "range:0.03:0.8",
    }.items():
        yield from each(S + name, {"x": ((18, 37), values)}, dtypes=(FULL, LONG)[len(name) % 2])
    for name, values in {
        "bessel_j0": "range:-3:12",
        "bessel_y1": "range:0.4:9",
        "modified_bessel_i0": "range:-4:1",
        "modified_bessel_k1": "range:0.1:3",
        "scaled_modified_bessel_k0": "range:0.3:20",
        "spherical_bessel_j0": "range:0.3:14",
    }.items():
        yield from each(S + name, {"x": ((18, 37), values)}, dtypes=(LONG, ONE)[len(name) % 2])
    for i, name in enumerate(("hermite_polynomial_h", "hermite_polynomial_he", "laguerre_polynomial_l")):
        yield from each(S + name, {"x": ((18, 37), "range:-1.6:1.2")}, 6 - i, dtypes=(ONE, LONG)[i % 2])
    yield from each(S + "chebyshev_polynomial_t", {"x": ((18, 37), "range:-0.8:0.95")}, 9, dtypes=ONE)
    yield from each(S + "zeta", {"x": ((18, 37), "range:1.4:9"), "y": ((37,), "range:0.3:4")}, dtypes=LONG)
    yield from each(S + "gammainc", {"x": ((18, 1), "range:0.6:7"), "y": ((18, 37), "range:0.1:9")}, dtypes=LONG)
    yield from each(S + "multigammaln", {"x": ((18, 37), "range:1.7:9")}, 2, dtypes=FULL)


def _elementwise() -> Iterator[Case]:
    x: Tensors = {"x": ((14, 46), "range:-5:5")}
    yield from each("torch.copysign", {**x, "y": (14, 46)})
    yield from each("torch.ldexp", {**x, "y": ((46,), "literal:-3,0,2,4,-1", "int32")}, dtypes=ONE)
    yield from each("torch.logaddexp2", {**x, "y": ((14, 1), "range:-3:7")})
    yield from each("torch.round", {"x": ((14, 46), "range:-2:2")}, decimals=1, dtypes=ONE)
    yield from each("torch.igammac", {"x": ((14, 46), "range:0.5:8"), "y": ((14, 46), "range:0.2:9")}, dtypes=LONG)
    yield from each("torch.nanquantile", {"x": ((33, 19), "range:-3:4")}, 0.35, dim=0, dtypes=ONE)
    yield from each("torch.corrcoef", {"x": ((6, 57), "range:-1:4")}, dtypes=FULL)
    yield from each("torch.diff", {"x": ((14, 22), "range:-3:3"), "p": ((14, 2), _UNIT)}, args=v("x"), n=2,
                    prepend={"v": "p"})  # fmt: skip
    yield from each("torch.gradient", {"x": ((9, 33), "range:-3:3")}, spacing=0.4, dim=1)


def _masked() -> Iterator[Case]:
    given: Tensors = {"x": ((22, 37), "range:-3:2"), "m": ((22, 37), "literal:1,0,1,1,1,0,0,1,1,1,0", "bool")}
    mask: dict[str, Any] = {"mask": {"v": "m"}}
    for name in ("softmin", "sum", "logsumexp", "argmax"):
        yield from each(M + name, given, args=({"v": "x"}, 1), dtypes=ONE if name == "argmax" else (), **mask)
    yield from each(M + "var", given, args=({"v": "x"}, 0), unbiased=True, **mask)
    yield from each(M + "cumprod", {**given, "x": ((22, 37), "range:0.7:1.4")}, args=({"v": "x"}, 1), **mask)


def _complex() -> Iterator[Case]:
    for d, of in COMPLEX.items():
        z: Tensors = {"x": ((14, 19), "normal", of)}
        for name in ("log", "sinh", "sigmoid"):
            yield from each("torch." + name, z, dtypes=(d,))
        yield from each("torch.mul", {**z, "y": ((19,), "unit", of)}, dtypes=(d,))
        yield from each("torch.matmul", {"x": ((9, 33), "normal", of), "y": ((33, 6), "unit", of)}, dtypes=(d,))
        yield from each(L + "vector_norm", {"x": ((22, 19), "normal", of)}, 3, 1, dtypes=(d,))


def _namesakes() -> Iterator[Case]:
    """Public names beside those of torch.nn.functional, and layers of several operators."""
    yield from each("torch.conv_transpose2d", {"x": (2, 5, 4, 6), "w": ((5, 4, 3, 2), _UNIT)}, stride=2, dtypes=FULL)
    yield from each("torch.log_softmax", {"x": ((27, 6, 9), "range:-6:3")}, 1)
    yield from each("torch.max_pool2d", {"x": ((3, 4, 13, 9), "range:-3:3")}, [3, 2], [2, 1])
    yield from each("torch.adaptive_max_pool1d", {"x": ((4, 9, 38), "range:-3:3")}, 7)
    yield from each("torch.einsum", {"x": (6, 14), "y": ((14, 9), _UNIT), "z": ((9, 22), _UNIT)},
                    args=("ab,bc,cd->ad", *v("x", "y", "z")))  # fmt: skip
    flat: Tensors = {"x": ((7, 4, 5)), "h": ((1, 4, 6), _UNIT), "a": ((18, 5), "range:-0.5:0.5"),
                     "b": ((18, 6), "range:-0.5:0.5"), "c": ((18,), _UNIT), "d": ((18,), _UNIT)}  # fmt: skip
    yield from each("torch.gru", flat, args=(*v("x", "h"), v("a", "b", "c", "d"), True, 1, 0.0, False, False, False),
                    dtypes=FULL)  # fmt: skip


def _methods() -> Iterator[Case]:
    yield from each(T + "matmul", {"x": (9, 46), "y": ((46, 27), "range:-0.5:0.3")})
    yield from each(T + "baddbmm", {"c": (4, 6, 9), "x": (4, 6, 27), "y": ((4, 27, 9), _UNIT)}, beta=0.7)
    yield from each(T + "softmax", {"x": ((14, 38), "range:-5:2")}, -1)
    yield from each(T + "logcumsumexp", {"x": ((22, 27), "range:-5:4")}, 0)
    yield from each(T + "norm", {"x": ((22, 46), "range:-2:1")}, 2, 1)
    yield from each(T + "prod", {"x": ((33, 6), "range:-1.5:1.4")}, 1)
    yield from each(T + "dist", {"x": ((22, 19), "range:-2:1"), "y": (22, 19)}, 1)


def _kernels() -> Iterator[Case]:
    yield from each(A + "native_group_norm.default", {"x": ((3, 12, 14), "range:-1:3"), "w": (12,), "b": (12,)},
                    args=(*v("x", "w", "b"), 3, 12, 14, 4, 1e-5))  # fmt: skip
    yield from each(A + "_softmax.default", {"x": ((22, 46), "range:-4:6")}, 0, False)
    yield from each(A + "_safe_softmax.default", {"x": ((18, 27), "range:-3:5")}, 1)
    yield from each(A + "_weight_norm_interface.default", {"x": (9, 14), "g": ((9, 1), "range:0.4:2")}, 0, dtypes=FULL)
    yield from each(A + "norm.ScalarOpt_dim", {"x": ((14, 38), "range:-1:3")}, 1.5, [0])
    yield from each(A + "linalg_vector_norm.default", {"x": ((9, 8, 22), "range:-1:2")}, 3, [0, 2], True)
    yield from each(A + "var.correction", {"x": ((18, 46), "range:-1:6")}, [0], correction=0.5)
    yield from each(A + "celu.default", {"x": ((14, 38), "range:-3:2")}, 0.6)
    yield from each(A + "hardsigmoid.default", {"x": ((14, 38), "range:-5:5")})
    yield from each(A + "upsample_bilinear2d.default", {"x": ((2, 3, 6, 8), "range:-2:2")}, [11, 5], True)
    yield from each(A + "_upsample_bicubic2d_aa.default", {"x": ((1, 2, 14, 11), _UNIT)}, [6, 7], False, dtypes=FULL)
    yield from each(A + "replication_pad3d.default", {"x": ((1, 2, 4, 3, 5), _UNIT)}, [2, 1, 0, 3, 1, 1])
    yield from each(
        A + "grid_sampler_3d.default",
        {"x": (1, 2, 4, 5, 6), "g": ((1, 3, 4, 5, 3), "range:-0.9:0.9")},
        0,
        0,
        True,
        dtypes=FULL,
    )
    yield from each(A + "_euclidean_dist.default", {"x": (18, 6), "y": ((22, 6), "range:2:4")}, dtypes=LONG)
    yield from each(
        A + "_trilinear.default",
        {"x": (9, 6, 1), "y": ((1, 6, 14), _UNIT), "z": ((9, 1, 14), _UNIT)},
        [],
        [],
        [],
        [1],
        dtypes=FULL,
    )
    yield from each(A + "max_pool3d_with_indices.default", {"x": ((1, 3, 6, 8, 7), "range:-3:3")}, [2, 3, 3], [2, 2, 2],
                    dtypes=ONE)  # fmt: skip
    yield from each(A + "_fused_rms_norm.default", {"x": ((14, 57), "range:-1:3"), "w": ((57,), "range:0.5:2")},
                    args=(*v("x"), [57], *v("w"), 1e-4), dtypes=FULL)  # fmt: skip


def _backward() -> Iterator[Case]:
    for name, values, extra in (
        ("threshold", "range:-2:2", (0.4,)),
        ("leaky_relu", "range:-3:2", (0.15, False)),
        ("hardswish", "range:-4:4", ()),
        ("silu", "range:-6:4", ()),
        ("logit", "range:0.2:0.9", (1e-2,)),
    ):
        yield from each(f"{A}{name}_backward.default", {"g": (18, 27), "x": ((18, 27), values)}, *extra)
    yield from each(A + "glu_backward.default", {"g": (9, 14), "x": ((9, 28), "range:-3:4")}, 1)
    soft: Tensors = {"g": (18, 27), "y": ((18, 27), "range:0.001:0.08")}
    yield from each(A + "_softmax_backward_data.default", soft, args=(*v("g", "y"), 1, {"dt": "float64"}), dtypes=LONG)
    yield from each(A + "_softmax_backward_data.default", soft, args=(*v("g", "y"), 0, {"dt": "float32"}), dtypes=ONE)
    three: Tensors = {"g": (18, 27), "x": ((18, 27), "range:0.1:0.9"), "t": ((18, 27), "unit")}
    yield from each(A + "binary_cross_entropy_backward.default", three, None, 0)
    yield from each(A + "soft_margin_loss_backward.default", {**three, "t": ((18, 27), "literal:1,-1,1,1")}, 0)
    yield from each(A + "upsample_bilinear2d_backward.default", {"g": (2, 3, 9, 7)}, [9, 7], [2, 3, 4, 5], False)
    yield from each(A + "reflection_pad1d_backward.default", {"g": (4, 6, 22), "x": (4, 6, 14)}, [5, 3])
    yield from each(A + "avg_pool2d_backward.default", {"g": (2, 4, 4, 5), "x": (2, 4, 9, 11)}, [3, 3], [2, 2], [0, 0],
                    False, True, None)  # fmt: skip
    yield from each(A + "embedding_dense_backward.default", {"g": (57, 8), "i": ((57,), "index:14", "int64")}, 14, -1,
                    False)  # fmt: skip
    yield from each(A + "_cdist_backward.default", {"g": (9, 8), "x": (9, 5), "y": ((8, 5), "range:1:3"),
                                                    "d": ((9, 8), "range:1:4")},
                    args=(*v("g", "x", "y"), 2.0, *v("d")), dtypes=LONG)  # fmt: skip
    yield from each(
        A + "native_group_norm_backward.default",
        {
            "g": (2, 6, 14),
            "x": ((2, 6, 14), "range:-1:2"),
            "m": ((2, 3), "range:0.3:0.6"),
            "r": ((2, 3), "range:0.9:1.3"),
            "w": (6,),
        },
        args=(*v("g", "x", "m", "r", "w"), 2, 6, 14, 3, [True, True, True]),
        dtypes=FULL,
    )


def _lists() -> Iterator[Case]:
    some: Tensors = {"x": ((9, 22), "range:-0.9:0.9"), "y": ((4, 33), "range:-0.8:0.8")}
    both = (v("x", "y"),)
    for name in ("acos", "asin", "tan", "erfc", "expm1", "abs"):
        yield from each(f"{A}_foreach_{name}.default", some, args=both)
    four: Tensors = {**some, "a": (9, 22), "b": ((4, 33), "range:0.4:3")}
    yield from each(A + "_foreach_div.Scalar", some, args=(*both, 1.7))
    yield from each(A + "_foreach_lerp.Scalar", four, args=(*both, v("a", "b"), 0.35))
    yield from each(A + "_foreach_mul.ScalarList", some, args=(*both, [1.3, -0.7]))
    six: Tensors = {**four, "p": ((9, 22), "range:0.5:2"), "q": ((4, 33), "range:0.4:1.6")}
    yield from each(A + "_foreach_addcdiv.Scalar", six, args=(v("a", "b"), *both, v("p", "q"), 0.7))
    yield from each(A + "_foreach_pow.List", six, args=(v("p", "q"), *both))


def _algebra() -> Iterator[Case]:
    yield from each(L + "det", {"A": ((22, 5, 5), "dominant")}, dtypes=FULL)
    yield from each(L + "cholesky", {"A": ((4, 14, 14), "spd")}, upper=True, dtypes=LONG)
    yield from each(L + "svdvals", {"A": ((6, 9, 5), _UNIT)}, dtypes=FULL)
    yield from each(L + "pinv", {"A": ((6, 4, 9), _UNIT)}, dtypes=LONG)
    yield from each(L + "matrix_power", {"A": ((6, 7, 7), "dominant")}, -2, dtypes=LONG)
    yield from each(L + "matrix_norm", {"A": ((9, 6, 8), _UNIT)}, "nuc", dtypes=LONG)
    yield from each(L + "matrix_norm", {"A": ((14, 9, 22), "range:-1:2")}, -1)
    yield from each(L + "qr", {"A": ((5, 9, 6), _UNIT)}, dtypes=LONG)
    yield from each(L + "householder_product", {"A": ((4, 9, 5), _UNIT), "t": ((4, 5), "range:0.2:0.8")}, dtypes=FULL)
    yield from each("torch.cholesky_solve", {"B": (5, 8, 3), "A": ((5, 8, 8), "dominant")}, dtypes=LONG)
    yield from each("torch.triangular_solve", {"B": (4, 7, 3), "A": ((4, 7, 7), "dominant")}, dtypes=LONG)


def _fourier() -> Iterator[Case]:
    yield from each("torch.fft.rfft", {"x": ((6, 27, 4), "range:-1:2")}, dim=1, norm="forward", dtypes=ONE)
    yield from each("torch.fft.rfft2", {"x": ((3, 9, 14), _UNIT)}, s=[8, 11], dtypes=LONG)
    yield from each("torch.fft.ihfft2", {"x": ((3, 8, 9), "range:-1:2")}, norm="ortho", dtypes=LONG)
    for d, of in COMPLEX.items():
        yield from each("torch.fft.fft", {"x": ((6, 46), "normal", of)}, n=35, norm="ortho", dtypes=(d,))
        yield from each("torch.fft.hfft2", {"x": ((4, 7, 6), "normal", of)}, dtypes=(d,))
        yield from each("torch.fft.fftn", {"x": ((4, 6, 9, 3), "normal", of)}, dim=[1, 3], dtypes=(d,))
    window: Tensors = {"x": ((4, 143), "range:-1:2"), "w": ((22,), "range:0.2:1")}
    yield from each(
        "torch.stft",
        window,
        args=({"v": "x"}, 26, 9, 22),
        window={"v": "w"},
        normalized=True,
        center=False,
        return_complex=True,
        dtypes=FULL,
    )


def _losses() -> Iterator[Case]:
    yield from each(F + "multi_margin_loss", {"x": ((33, 8), "range:-2:2"), "t": ((33,), "index:8", "int64"),
                                              "w": ((8,), "range:0.4:2")}, args=v("x", "t"), weight={"v": "w"},
                    dtypes=FULL)  # fmt: skip
    yield from each(F + "multilabel_soft_margin_loss", {"x": ((27, 9), "range:-4:4"), "t": ((27, 9), "literal:1,0,1"),
                                                        "w": ((9,), "range:0.3:2")}, args=v("x", "t"),
                    weight={"v": "w"}, reduction="none")  # fmt: skip
    yield from each(F + "poisson_nll_loss", {"x": ((18, 22), "range:0.2:6"), "t": ((18, 22), "literal:1,0,4,2,3")},
                    log_input=False, reduction="none")  # fmt: skip
    ctc: Tensors = {
        **{"x": ((14, 4, 6), "range:-2.5:-0.8"), "t": ((4, 5), "literal:2,1,5,3,4,1,2", "int64")},
        **{"n": ((4,), "literal:14,11,13,14", "int64"), "m": ((4,), "literal:5,2,4,3", "int64")},
    }
    yield from each(F + "ctc_loss", ctc, blank=0, reduction="sum", dtypes=FULL)
    yield from each(F + "lp_pool1d", {"x": ((4, 9, 27), "range:0.1:2")}, 3, 4)
    yield from each(F + "fold", {"x": (2, 18, 25)}, [6, 7], [2, 3], dtypes=FULL)
    yield from each(F + "grid_sample", {"x": (2, 3, 8, 9), "g": ((2, 4, 7, 2), "range:-1.2:1.2")}, mode="bicubic",
                    padding_mode="border", align_corners=False, dtypes=FULL)  # fmt: skip
    yield from each(F + "affine_grid", {"t": ((4, 2, 3), _UNIT)}, [4, 2, 6, 9], align_corners=True, dtypes=FULL)


def _moved() -> Iterator[Case]:
    rows: Tensors = {"x": ((9, 8), _UNIT), "i": ((46,), "index:9", "int64"), "s": ((46, 8), "range:-3:3")}
    yield from each("torch.index_reduce", rows, args=(*v("x"), 0, *v("i", "s"), "amax"), dtypes=ONE)
    yield from each("torch.scatter_reduce", {"x": ((8, 14), _UNIT), "i": ((8, 37), "index:14", "int64"), "s": (8, 37)},
                    args=(*v("x"), 1, *v("i", "s"), "mean"), include_self=False, dtypes=FULL)  # fmt: skip
    yield from each("torch.index_copy", {"x": (14, 6), "i": ((14,), "permutation", "int64"), "s": (14, 6)},
                    args=(*v("x"), 0, *v("i", "s")))  # fmt: skip
    yield from each("torch.take_along_dim", {"x": (9, 22), "i": ((9, 13), "index:22", "int64")}, args=(*v("x", "i"), 1))
    yield from each(
        "torch.searchsorted",
        {"b": ((9,), "literal:-2,-1,-0.5,0,0.75,1,2,3,4"), "x": ((14, 22), "range:-3:5")},
        dtypes=ONE,
    )
    yield from each("torch.cummin", {"x": ((27, 13), "range:-4:3")}, 0)
    yield from each("torch.mode", {"x": ((18, 14), "ties")}, 1, dtypes=ONE)
    yield from each("torch.histc", {"x": ((760,), "range:-4:4")}, 19, -3, 3, dtypes=ONE)


def _whole() -> Iterator[Case]:
    """On integers and booleans."""
    numbers: Tensors = {"x": ((14, 38), "wide", "int32"), "y": ((14, 1), "positive", "int32")}
    for name in ("bitwise_and", "fmod", "maximum", "mul", "floor_divide"):
        yield from each("torch." + name, numbers, dtypes=ONE)
    yield from each("torch.lcm", {"x": ((14, 38), "index:90", "int64"), "y": ((38,), "index:40", "int64")}, dtypes=ONE)
    yield from each("torch.bincount", {"x": ((333,), "index:27", "int64")}, dtypes=ONE)
    yield from each("torch.matmul", {"x": ((9, 22), "normal", "int32"), "y": ((22, 14), "normal", "int32")}, dtypes=ONE)
    yield from each("torch.isin", {"x": ((14, 22), "index:50", "int64"), "y": ((9,), "index:50", "int64")}, dtypes=ONE)
    yield from each("torch.sum", {"x": ((33, 14), "literal:1,0,0,1,1,0,1", "bool")}, dim=0, dtypes=ONE)
    yield from each("torch.bitwise_right_shift", {"x": ((14, 22), "wide", "int32"), "y": ((22,), "index:5", "int32")},
                    dtypes=ONE)  # fmt: skip
