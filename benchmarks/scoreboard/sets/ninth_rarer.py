"""Less common operators of PyTorch and overloads of aten, most of which no set before has, with options of their own.

See ninth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scoreboard.sets.ninth_core import ONE, each
from benchmarks.scoreboard.sets.seventh_core import HALF, S, v
from benchmarks.scoreboard.sets.seventh_rarer import COMPLEX
from benchmarks.scoreboard.sets.sixth_core import FULL, F, L, Tensors
from harness.case import Case

A = "aten."
LONG = ("float64",)
MIXED = ("float32", "bfloat16")


def cases() -> Iterator[Case]:
    """Every one of these operators, on its samples in each dtype it runs in."""
    yield from _special()
    yield from _elementwise()
    yield from _complex()
    yield from _statistics()
    yield from _products()
    yield from _normalised()
    yield from _attention()
    yield from _backward()
    yield from _factors()
    yield from _fourier()
    yield from _losses()
    yield from _pools()
    yield from _resampling()
    yield from _layers()
    yield from _lists()
    yield from _moved()
    yield from _integers()


def _special() -> Iterator[Case]:
    for name, values in {
        "exp2": "range:-3:5",
        "expm1": "range:-2:3",
        "sinc": "range:-1.9:1.9",
        "erfc": "range:-2:1",
        "log1p": "range:-0.7:5",
        "expit": "range:-7:7",
        "i1": "range:-3:3",
        "ndtr": "range:-2:2",
        "gammaln": "range:2.5:9",
        "i0": "range:-5:5",
    }.items():
        yield from each(S + name, {"x": ((22, 28), values)})
    for name, values in {
        "bessel_j0": "range:0:2",
        "scaled_modified_bessel_k1": "range:0.5:9",
        "spherical_bessel_j0": "range:0.1:2.9",
    }.items():
        yield from each(S + name, {"x": ((22, 28), values)}, dtypes=ONE)
    yield from each(S + "softmax", {"x": ((14, 44), "range:-5:5")}, 0)
    yield from each(S + "logsumexp", {"x": ((66, 28), "range:-4:4")}, 1)
    yield from each(S + "xlogy", {"x": ((22, 28), "range:0:4"), "y": ((22, 1), "range:0.1:5")})
    yield from each(S + "zeta", {"x": ((22, 28), "range:1.5:6"), "q": ((22, 28), "range:0.5:4")}, dtypes=ONE)
    yield from each(S + "gammainc", {"a": ((22, 28), "range:1:9"), "x": ((22, 28), "range:1:9")}, dtypes=LONG)
    yield from each(S + "laguerre_polynomial_l", {"x": ((22, 28), "range:0:2")}, 4, dtypes=ONE)


def _elementwise() -> Iterator[Case]:
    for name, values, extra in (
        ("absolute", "range:-4:1", ()),
        ("arctan", "range:-2:5", ()),
        ("arcsinh", "range:-9:9", ()),
        ("arccosh", "range:1.2:9", ()),
        ("arctanh", "range:-0.5:0.9", ()),
        ("deg2rad", "range:-180:180", ()),
        ("fix", "range:-5:5", ()),
        ("negative", "range:-9:2", ()),
        ("multiply", "range:-3:3", (1.3,)),
        ("true_divide", "range:-3:3", (0.7,)),
        ("subtract", "range:0:9", (4.5,)),
        ("logit", "range:0.05:0.95", ()),
        ("clip", "range:-9:9", (-4.0, 1.5)),
        ("celu", "range:-3:3", (0.8,)),
        ("hardshrink", "range:-1:1", (0.25,)),
        ("clamp_max", "range:-1:1", (0.5,)),
    ):
        yield from each("torch." + name, {"x": ((22, 33), values)}, *extra)
    yield from each("torch.heaviside", {"x": ((22, 33), "literal:-1,0,2,0"), "y": ((33,), "unit")})
    yield from each("torch.arctan2", {"y": ((22, 33), "range:0.2:4"), "x": (22, 33)})
    yield from each("torch.hypot", {"x": ((22, 33), "range:3:9"), "y": ((33,), "range:0:4")})
    yield from each("torch.logaddexp", {"x": ((22, 33), "range:-9:1"), "y": ((22, 1), "range:-4:0")})
    yield from each("torch.logaddexp2", {"x": ((22, 33), "range:0:6"), "y": ((22, 33), "range:0:6")})
    yield from each("torch.xlogy", {"x": ((22, 33), "unit"), "y": ((33,), "range:1:9")})
    yield from each("torch.float_power", {"y": ((22, 33), "range:-2:2")}, args=(3.0, {"v": "y"}), dtypes=MIXED)
    for name, extra in (("mul.Scalar", (0.3,)), ("add.Scalar", (0.75, 2)), ("pow.Scalar", ())):
        args: tuple[Any, ...] | None = (0.4, {"v": "x"}) if name == "pow.Scalar" else None
        yield from each(A + name, {"x": ((22, 33), "range:-2:3")}, *extra, args=args)
    yield from each(A + "pow.Tensor_Scalar", {"x": ((22, 33), "range:0.1:5")}, 0.5)
    yield from each(A + "clamp.Tensor", {"x": (22, 33), "a": ((33,), "range:-1:-0.5"), "b": ((22, 1), "unit")})
    yield from each(A + "where.ScalarOther", {"m": ((22, 33), "literal:1,1,0", "bool"), "x": (22, 33)}, 0.5)
    yield from each(A + "lerp.Scalar", {"x": ((22, 33), "range:-1:1"), "y": ((22, 33), "range:3:4")}, 0.8)
    yield from each("torch.Tensor.to", {"x": ((22, 33), "range:-60:60")}, {"dt": "float8_e5m2"}, dtypes=("float16",))
    yield from each("torch.special.round", {"x": ((22, 33), "literal:0.25,1.75,-2.4,7.1,-9.8")})


def _complex() -> Iterator[Case]:
    for d, of in COMPLEX.items():
        z: Tensors = {"x": ((14, 22), "normal", of)}
        for name in ("reciprocal", "sigmoid", "sin", "imag", "sgn"):
            yield from each("torch." + name, z, dtypes=(d,))
        yield from each("torch.mul", {**z, "y": ((14, 1), "unit", of)}, dtypes=(d,))
        yield from each("torch.bmm", {"x": ((2, 7, 14), "normal", of), "y": ((2, 14, 9), "unit", of)}, dtypes=(d,))
        yield from each("torch.mean", {"x": ((33, 28), "normal", of)}, 0, dtypes=(d,))
        yield from each("torch.cumsum", {"x": ((9, 33), "unit", of)}, 1, dtypes=(d,))
        yield from each(L + "vecdot", {"x": ((44, 14), "normal", of), "y": ((44, 14), "unit", of)}, dtypes=(d,))
        yield from each(L + "solve", {"A": ((12, 12), "dominant", of), "B": ((12, 5), "normal", of)}, dtypes=(d,))
    yield from each("torch.complex", {"x": (14, 22), "y": ((14, 22), "unit")}, dtypes=FULL)
    yield from each("torch.polar", {"x": ((14, 22), "range:0.5:2"), "y": ((14, 22), "range:-9:9")}, dtypes=ONE)


def _statistics() -> Iterator[Case]:
    yield from each("torch.quantile", {"x": ((70, 33), "range:-3:3")}, 0.6, 0, True, dtypes=LONG)
    yield from each("torch.cov", {"x": ((9, 60), "range:-1:3")}, correction=0)
    yield from each("torch.gradient", {"x": ((14, 33), "range:-2:2")}, spacing=0.5, dim=1, edge_order=2)
    yield from each(F + "pdist", {"x": ((22, 9), "range:0:3")}, 3.0, dtypes=FULL)
    yield from each(F + "pairwise_distance", {"x": ((88, 14), "unit"), "y": (88, 14)}, 1.0)
    yield from each("torch.cdist", {"x": (3, 14, 6), "y": (3, 11, 6)}, 3.0, dtypes=ONE)
    yield from each("torch.cdist", {"x": ((22, 9), "unit"), "y": (28, 9)}, float("inf"), dtypes=ONE)
    yield from each(A + "_cdist_forward.default", {"x": (33, 26), "y": ((28, 26), "range:-2:2")}, 2.0, 1, dtypes=LONG)
    yield from each(A + "std.correction", {"x": ((33, 55), "range:-2:1")}, [1], correction=2)
    yield from each(A + "var_mean.correction", {"x": ((6, 22, 14), "range:-1:2")}, [0, 2], correction=1)
    yield from each(A + "amax.default", {"x": ((33, 14, 4), "range:-3:3")}, [1])
    yield from each(A + "prod.dim_int", {"x": ((33, 9), "range:0.5:1.7")}, 1)
    yield from each(A + "norm.ScalarOpt_dim", {"x": ((44, 33), "range:-2:3")}, 1, [1])
    yield from each(A + "linalg_vector_norm.default", {"x": ((33, 44), "range:-3:1")}, 2, [0])
    yield from each(A + "logsumexp.default", {"x": ((33, 28), "range:-9:3")}, [1], True)
    yield from each(F + "log_softmax", {"x": ((14, 66), "range:-6:2")}, 1, 3, {"dt": "float32"}, dtypes=HALF)
    yield from each(F + "softmax", {"x": ((22, 55), "range:-3:3")}, -1, 3, {"dt": "float32"}, dtypes=HALF)


def _products() -> Iterator[Case]:
    yield from each("torch.ger", {"x": ((28,), "range:-2:2"), "y": ((33,), "range:1:2")})
    yield from each(L + "matmul", {"x": (3, 14, 33), "y": ((33, 11), "range:-0.5:0.5")})
    yield from each(L + "multi_dot", {"x": (7, 22), "y": ((22, 33), "unit"), "z": ((33, 14), "range:-1:1")},
                    args=(v("x", "y", "z"),))  # fmt: skip
    yield from each("torch.cross", {"x": (3, 66), "y": ((3, 66), "range:-2:2")}, dim=0)
    yield from each("torch.vander", {"x": ((66,), "range:-1:1")}, 6, dtypes=FULL)
    yield from each("torch.addmv", {"c": (55,), "x": (55, 28), "y": ((28,), "unit")}, beta=-0.5)
    yield from each("torch.addr", {"c": ((33, 22), "unit"), "x": (33,), "y": (22,)}, beta=2.0, alpha=-0.3)
    yield from each(A + "mm.default", {"x": ((26, 130), "range:0:0.4"), "y": (130, 22)})
    yield from each(A + "addmm.default", {"c": ((28,), "unit"), "x": (14, 77), "y": ((77, 28), "range:-0.3:0.3")})
    yield from each("torch.matrix_power", {"A": ((6, 7, 7), "range:-0.5:0.5")}, 4, dtypes=ONE)
    conv: tuple[Any, ...] = ([2, 1], [1, 0], [1, 1], True, [1, 0], 1)
    up: Tensors = {"x": (1, 7, 5, 6), "w": ((7, 5, 3, 2), "range:-0.3:0.3"), "b": (5,)}
    yield from each(A + "convolution.default", up, *conv, dtypes=LONG)


def _normalised() -> Iterator[Case]:
    yield from each(A + "_softmax.default", {"x": ((3, 33, 14), "range:-2:8")}, 1, False)
    yield from each(A + "_log_softmax.default", {"x": ((66, 28), "range:0:9")}, -1, False)
    layer: Tensors = {"x": (22, 60), "w": ((60,), "range:0.5:2"), "b": (60,)}
    yield from each(A + "native_layer_norm.default", layer, args=({"v": "x"}, [60], *v("w", "b"), 1e-4))
    batch: Tensors = {"x": ((3, 11, 14), "range:-1:3"), "w": (11,), "b": (11,), "m": ((11,), "unit"),
                      "s": ((11,), "range:0.3:2")}  # fmt: skip
    yield from each(A + "_native_batch_norm_legit_no_training.default", batch, 0.1, 1e-4)
    yield from each("torch._weight_norm", {"x": ((14, 22), "unit"), "g": ((1, 22), "range:0.5:3")}, 1)
    yield from each("torch.layer_norm", {"x": ((7, 9, 22), "range:2:4")}, [9, 22], dtypes=FULL)
    yield from each(F + "local_response_norm", {"x": ((2, 9, 11), "range:-3:3")}, 3, alpha=0.5, beta=0.5, k=2.0)


def _attention() -> Iterator[Case]:
    heads: Tensors = {"q": (2, 2, 22, 14), "k": (2, 2, 33, 14), "v": ((2, 2, 33, 14), "range:-1:2")}
    yield from each(A + "_scaled_dot_product_attention_math.default", heads, scale=0.2)


def _backward() -> Iterator[Case]:
    for name, values, extra in (
        ("gelu", "range:-2:4", ()),
        ("silu", "range:-1:6", ()),
        ("softplus", "range:-1:5", (1.5, 9.0)),
        ("hardshrink", "range:-2:2", (0.5,)),
        ("hardswish", "range:-5:5", ()),
        ("leaky_relu", "range:-2:2", (0.1, False)),
        ("threshold", "range:-1:1", (0.2,)),
    ):
        options = {"approximate": "tanh"} if name == "gelu" else {}
        yield from each(f"{A}{name}_backward.default", {"g": (22, 28), "x": ((22, 28), values)}, *extra, **options)
    bent: tuple[Any, ...] = ({"v": "g"}, 0.7, 1.0, 1.0, False, {"v": "x"})
    yield from each(A + "elu_backward.default", {"g": (22, 28), "x": ((22, 28), "range:-3:2")}, args=bent)
    yield from each(A + "tanh_backward.default", {"g": (22, 28), "y": ((22, 28), "range:-0.9:0.9")})
    yield from each(A + "sigmoid_backward.default", {"g": (22, 28), "y": ((22, 28), "unit")})
    pool: tuple[Any, ...] = ([3, 2], [2, 2], [1, 0], False, False, None)
    yield from each(A + "avg_pool2d_backward.default", {"g": (1, 6, 7, 7), "x": (1, 6, 13, 14)}, *pool)
    yield from each(A + "reflection_pad1d_backward.default", {"g": (3, 7, 33), "x": (3, 7, 26)}, [3, 4])
    yield from each(A + "reflection_pad3d_backward.default", {"g": (1, 3, 6, 7, 9), "x": (1, 3, 4, 5, 7)},
                    [1, 1, 1, 1, 1, 1], dtypes=ONE)  # fmt: skip
    yield from each(A + "_upsample_nearest_exact2d_backward.default", {"g": (2, 3, 14, 10)}, [14, 10], [2, 3, 5, 6],
                    dtypes=LONG)  # fmt: skip
    yield from each(A + "slice_backward.default", {"g": (7, 11, 5)}, [7, 26, 5], 1, 2, 24, 2)
    yield from each(A + "embedding_dense_backward.default", {"g": (90, 14), "i": ((90,), "index:26", "int64")},
                    26, 3, True, dtypes=FULL)  # fmt: skip
    groups: Tensors = {"g": (2, 6, 14), "x": (2, 6, 14), "m": ((2, 3), "literal:0.1,-0.2,0"), "s": ((2, 3), "unit"),
                       "w": ((6,), "unit")}  # fmt: skip
    yield from each(A + "native_group_norm_backward.default", groups, 2, 6, 14, 3, [True, True, True], dtypes=ONE)
    deep: tuple[Any, ...] = ([6], [2], [1], [1], False, [0], 1, [True, True, True])
    yield from each(A + "convolution_backward.default", {"g": (2, 6, 11), "x": (2, 4, 22), "w": (6, 4, 4)}, *deep,
                    dtypes=LONG)  # fmt: skip


def _factors() -> Iterator[Case]:
    yield from each(L + "qr", {"A": ((5, 14, 9), "range:-2:1")}, dtypes=FULL)
    yield from each(L + "qr", {"A": (14, 14)}, mode="complete", dtypes=ONE)
    yield from each("torch.cholesky", {"A": ((5, 11, 11), "spd")}, True, dtypes=ONE)
    yield from each(L + "cholesky", {"A": ((22, 22), "spd")}, upper=True, dtypes=LONG)
    yield from each(L + "svdvals", {"A": ((9, 14, 7), "range:-1:2")}, dtypes=FULL)
    yield from each("torch.logdet", {"A": ((44, 6, 6), "spd")}, dtypes=LONG)
    yield from each("torch.inverse", {"A": ((4, 11, 11), "dominant")}, dtypes=FULL)
    yield from each("torch.orgqr", {"A": ((11, 6), "unit"), "t": ((6,), "range:0.1:0.8")}, dtypes=ONE)
    yield from each(L + "matrix_norm", {"A": (44, 7, 11)}, float("inf"))
    yield from each(L + "matrix_norm", {"A": ((33, 6, 8), "unit")}, "nuc", dtypes=LONG)
    yield from each(L + "matrix_exp", {"A": ((9, 5, 5), "range:-0.6:0.6")}, dtypes=FULL)
    yield from each(L + "pinv", {"A": ((5, 6, 14), "unit")}, dtypes=ONE)
    yield from each(L + "lstsq", {"A": ((3, 22, 4), "unit"), "B": (3, 22, 5)}, dtypes=LONG)
    yield from each(L + "solve", {"A": ((4, 9, 9), "dominant"), "B": ((4, 9, 7), "range:0:2")}, dtypes=FULL)
    lower: Tensors = {"A": ((3, 14, 14), "dominant"), "B": ((3, 6, 14), "range:0:2")}
    yield from each(L + "solve_triangular", lower, upper=False, left=False, unitriangular=False, dtypes=ONE)
    yield from each("torch.triangular_solve", {"B": ((14, 5), "unit"), "A": ((14, 14), "dominant")}, False, True,
                    dtypes=LONG)  # fmt: skip


def _fourier() -> Iterator[Case]:
    yield from each("torch.fft.rfft", {"x": ((7, 90), "range:-2:1")}, 60, norm="forward", dtypes=FULL)
    yield from each("torch.fft.rfftn", {"x": ((4, 9, 11), "unit")}, norm="ortho", dtypes=ONE)
    yield from each("torch.fft.ihfft2", {"x": (3, 9, 14)}, dtypes=LONG)
    yield from each("torch.fft.fft", {"x": ((66, 7), "range:0:1")}, dim=0, norm="ortho", dtypes=FULL)
    for d, of in COMPLEX.items():
        yield from each("torch.fft.ifft", {"x": ((55, 9), "normal", of)}, dim=0, dtypes=(d,))
        yield from each("torch.fft.hfft2", {"x": ((3, 9, 8), "normal", of)}, dtypes=(d,))
        yield from each("torch.fft.irfft2", {"x": ((2, 11, 8), "unit", of)}, norm="ortho", dtypes=(d,))
        yield from each("torch.fft.fft2", {"x": ((2, 9, 14), "normal", of)}, norm="forward", dtypes=(d,))
    speech: Tensors = {"x": ((2, 220), "range:-1:2"), "w": ((32,), "range:0.2:1")}
    options: Mapping[str, Any] = {"hop_length": 11, "return_complex": True, "center": True, "normalized": True}
    yield from each("torch.stft", speech, args=({"v": "x"}, 44), win_length=32, window={"v": "w"}, dtypes=ONE,
                    **options)  # fmt: skip


def _losses() -> Iterator[Case]:
    triple: Tensors = {"a": (66, 14), "p": ((66, 14), "unit"), "n": ((66, 14), "range:2:4")}
    yield from each(F + "triplet_margin_loss", triple, margin=60.0, p=1.0, reduction="none")
    yield from each(F + "triplet_margin_with_distance_loss", triple, margin=9.0, reduction="none", dtypes=LONG)
    signs: Tensors = {"x": ((33, 14), "range:0:3"), "t": ((33, 14), "literal:-1,1,1")}
    yield from each(F + "hinge_embedding_loss", signs, margin=4.0, reduction="none")
    yield from each(F + "soft_margin_loss", {**signs, "x": ((33, 14), "range:-6:3")}, reduction="none")
    margins: Tensors = {"x": ((66, 9), "range:0:0.5"), "t": ((66,), "index:9", "int64")}
    yield from each(F + "multi_margin_loss", margins, p=2, margin=2.0, reduction="none", dtypes=FULL)
    many: Tensors = {"x": (33, 14), "t": ((33, 14), "literal:0,1,0,1,1"), "w": ((14,), "range:0.5:2")}
    yield from each(F + "multilabel_soft_margin_loss", many, args=tuple(v("x", "t", "w")), reduction="none")
    counts: Tensors = {"x": ((33, 14), "range:0.2:6"), "t": ((33, 14), "literal:0,1,4,2")}
    yield from each(F + "poisson_nll_loss", counts, log_input=False, eps=1e-3, reduction="none")
    ranked: Tensors = {"x": ((66, 9), "unit"), "y": (66, 9), "t": ((66, 9), "literal:1,-1")}
    yield from each(F + "margin_ranking_loss", ranked, margin=5.0, reduction="none")
    spoken: Tensors = {"x": ((33, 14, 8), "range:-4:-1"), "t": ((14, 5), "literal:1,4,2,7,3,3", "int64")}
    lengths: Tensors = {"n": ((14,), "literal:33,25,29", "int64"), "m": ((14,), "literal:5,3,4", "int64")}
    yield from each(F + "ctc_loss", {**spoken, **lengths}, dtypes=ONE, reduction="none", zero_infinity=True)


def _pools() -> Iterator[Case]:
    yield from each(F + "lp_pool3d", {"x": ((1, 4, 6, 7, 9), "range:0:2")}, 2, 2, dtypes=LONG)
    yield from each(F + "lp_pool2d", {"x": ((2, 5, 9, 14), "range:0.1:1")}, 3, [3, 2], dtypes=FULL)
    yield from each(F + "avg_pool3d", {"x": ((1, 4, 5, 9, 8), "range:-1:3")}, [2, 3, 2], 2, 1, dtypes=ONE)
    yield from each(F + "max_pool3d", {"x": ((2, 3, 6, 5, 9), "unit")}, [2, 1, 3])
    yield from each(A + "avg_pool2d.default", {"x": (2, 7, 11, 9)}, [3, 3], [1, 2], [1, 1], False, False)
    yield from each(A + "im2col.default", {"x": (2, 4, 9, 11)}, [2, 3], [1, 1], [0, 1], [2, 2])


def _resampling() -> Iterator[Case]:
    image: Tensors = {"x": ((2, 3, 11, 16), "range:-1:1")}
    yield from each(F + "interpolate", image, size=[6, 7], mode="bicubic", antialias=True, dtypes=ONE)
    yield from each(F + "interpolate", {"x": ((1, 3, 5, 4, 7), "unit")}, size=[4, 6, 9], mode="trilinear",
                    align_corners=True, dtypes=LONG)  # fmt: skip
    yield from each(A + "_upsample_bilinear2d_aa.default", {"x": ((1, 4, 16, 14), "unit")}, [7, 5], False, dtypes=FULL)
    yield from each(A + "upsample_nearest3d.default", {"x": (1, 3, 4, 5, 3)}, [7, 8, 6])
    yield from each(A + "_upsample_nearest_exact2d.default", {"x": (2, 3, 7, 6)}, [12, 8])
    yield from each(A + "upsample_linear1d.default", {"x": ((3, 7, 14), "range:-2:5")}, [33], True, dtypes=ONE)
    yield from each(F + "pad", {"x": (2, 3, 4, 5, 6)}, [1, 2, 2, 1, 0, 1], mode="replicate")
    yield from each(A + "reflection_pad1d.default", {"x": (3, 9, 22)}, [7, 4])
    yield from each(F + "grid_sample", {"x": (1, 3, 5, 6, 7), "g": ((1, 4, 5, 6, 3), "range:-0.9:0.9")},
                    align_corners=False, dtypes=FULL)  # fmt: skip


def _layers() -> Iterator[Case]:
    pairs: Tensors = {"x": ((33, 7), "unit"), "y": (33, 9), "w": ((11, 7, 9), "range:-0.4:0.4")}
    yield from each(F + "bilinear", pairs)
    step: Tensors = {"x": (9, 14), "h": ((9, 11), "range:-1:1"), "wi": ((33, 14), "range:-0.3:0.3"),
                     "wh": ((33, 11), "range:-0.3:0.3"), "bi": (33,), "bh": ((33,), "unit")}  # fmt: skip
    yield from each("torch.gru_cell", step)
    state: Tensors = {"x": (9, 14), "h": (9, 11), "c": (9, 11), "wi": ((44, 14), "range:-0.3:0.3"),
                      "wh": ((44, 11), "range:-0.3:0.3")}  # fmt: skip
    yield from each("torch.lstm_cell", state, args=({"v": "x"}, v("h", "c"), *v("wi", "wh")))
    plain: Tensors = {"x": (22, 9), "h": ((22, 14), "unit"), "wi": ((14, 9), "range:-0.4:0.4"), "wh": (14, 14)}
    yield from each("torch.rnn_relu_cell", plain, args=tuple(v(*plain)))
    yield from each("torch.conv_tbc", {"x": (14, 3, 9), "w": ((3, 9, 7), "range:-0.3:0.3"), "b": (7,)}, 1, dtypes=ONE)
    yield from each("torch.pairwise_distance", {"x": (66, 9), "y": ((66, 9), "range:2:4")}, 3.0)


def _lists() -> Iterator[Case]:
    some: Tensors = {"x": ((22, 28), "range:0.2:3"), "y": ((7, 13), "range:0.2:3")}
    both = (v("x", "y"),)
    for name in ("erf", "log1p", "cos", "expm1", "atan", "lgamma", "neg", "log2", "sinh"):
        yield from each(f"{A}_foreach_{name}.default", some, args=both)
    four: Tensors = {**some, "a": (22, 28), "b": ((7, 13), "range:1:2")}
    others = (*both, v("a", "b"))
    for name in ("sub.List", "mul.List", "maximum.List"):
        yield from each(f"{A}_foreach_{name}", four, args=others)
    yield from each(A + "_foreach_div.ScalarList", some, args=(*both, [3.0, -0.7]))
    yield from each(A + "_foreach_clamp_min.Scalar", some, args=(*both, 0.9))
    yield from each(A + "_foreach_pow.ScalarAndTensor", some, args=(2.5, v("x", "y")), dtypes=LONG)


def _moved() -> Iterator[Case]:
    index: Tensors = {"x": (14, 22), "i": ((9, 22), "index:9", "int64"), "s": ((9, 22), "unit")}
    yield from each("torch.take", {"x": (14, 22), "i": ((7, 33), "index:308", "int64")})
    yield from each("torch.diagonal_scatter", {"x": (11, 14, 11), "s": ((14, 9), "unit")}, 2, 0, 2)
    yield from each("torch.masked_select", {"x": (14, 22), "m": ((14, 22), "literal:1,0,0,1,1", "bool")})
    rows: Tensors = {"x": ((14, 22), "range:0.5:2"), "i": ((33,), "index:14", "int64"), "s": ((33, 22), "unit")}
    yield from each("torch.index_reduce", rows, args=(*v("x"), 0, *v("i", "s"), "amax"), dtypes=FULL)
    yield from each(A + "index.Tensor", {"x": (14, 22), "i": ((44,), "index:14", "int64"), "j": ((44,), "index:22",
                    "int64")}, args=({"v": "x"}, v("i", "j")))  # fmt: skip
    yield from each("torch.scatter", {"x": (14, 22), "i": ((1, 22), "index:14", "int64"), "s": ((1, 22), "unit")},
                    args=({"v": "x"}, 0, *v("i", "s")))  # fmt: skip
    yield from each(A + "cat.default", {"x": (7, 9), "y": ((7, 14), "unit")}, args=(v("x", "y"), 1))
    yield from each("torch.gather", {k: index[k] for k in "xi"}, args=({"v": "x"}, 0, {"v": "i"}))


def _integers() -> Iterator[Case]:
    numbers: Tensors = {"x": ((22, 28), "wide", "int32"), "y": ((22, 28), "positive", "int32")}
    for name in ("bitwise_and", "bitwise_or", "lcm", "fmod", "maximum"):
        given = dict.fromkeys("xy", ((22, 28), "index:90", "int32")) if name == "lcm" else numbers
        yield from each("torch." + name, given, dtypes=ONE)
    shift: Tensors = {"x": ((22, 28), "index:1000", "int64"), "n": ((22, 28), "index:6", "int64")}
    yield from each("torch.bitwise_left_shift", shift, dtypes=ONE)
    yield from each("torch.mul", {"x": ((22, 28), "normal", "int16"), "y": ((28,), "normal", "int16")}, dtypes=ONE)
    yield from each("torch.logical_and", {"x": ((22, 28), "literal:0,1,1", "bool"), "y": ((28,), "literal:1,0",
                    "bool")}, dtypes=ONE)  # fmt: skip
    yield from each("torch.matmul", {"x": ((14, 33), "normal", "int32"), "y": ((33, 9), "normal", "int32")}, dtypes=ONE)
    yield from each("torch.searchsorted", {"b": ((33,), "arange"), "x": ((14, 22), "range:-1:34")}, dtypes=LONG)
