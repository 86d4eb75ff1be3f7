"""Less common operators of PyTorch and overloads of aten, many of which no set before has, with options of their own.

See eleventh.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.scoreboard.sets.eleventh_core import each
from benchmarks.scoreboard.sets.ninth_core import ONE
from benchmarks.scoreboard.sets.ninth_rarer import LONG
from benchmarks.scoreboard.sets.seventh_core import S, v
from benchmarks.scoreboard.sets.seventh_rarer import COMPLEX
from benchmarks.scoreboard.sets.sixth_core import FULL, L, Tensors
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
    yield from _moved()


def _special() -> Iterator[Case]:
    for name, values in {
        "expm1": "range:-3:0.7",
        "erfc": "range:-2:1",
        "logit": "range:0.05:0.7",
        "psi": "range:1.7:12",
        "ndtr": "range:-1:4",
        "i0e": "range:1:20",
        "i1": "range:-3:3",
    }.items():
        yield from each(S + name, {"x": ((18, 37), values)}, dtypes=FULL if name == "i1" else ())
    for name, values in {
        "bessel_j0": "range:3:18",
        "bessel_y1": "range:2:12",
        "modified_bessel_i0": "range:-4:2",
        "modified_bessel_k1": "range:0.4:6",
        "scaled_modified_bessel_k0": "range:0.2:9",
        "spherical_bessel_j0": "range:0.6:9",
        "erfcx": "range:-1:6",
        "log_ndtr": "range:-9:2",
        "ndtri": "range:0.03:0.7",
    }.items():
        yield from each(S + name, {"x": ((18, 37), values)}, dtypes=(ONE, LONG)[len(name) % 2])
    yield from each(S + "xlogy", {"x": ((18, 37), "range:-2:3"), "y": ((18, 1), "range:0.2:5")})
    yield from each(S + "zeta", {"x": ((18, 37), "range:1.5:6"), "y": ((37,), "range:0.5:4")}, dtypes=LONG)
    yield from each(S + "gammainc", {"a": ((18, 37), "range:0.3:6"), "x": ((37,), "range:0.3:8")}, dtypes=ONE)
    yield from each(S + "chebyshev_polynomial_t", {"x": ((18, 37), "range:-0.95:0.95")}, 6, dtypes=LONG)
    yield from each(S + "laguerre_polynomial_l", {"x": ((18, 37), "range:0:3")}, 4, dtypes=ONE)
    yield from each(S + "legendre_polynomial_p", {"x": ((18, 37), _UNIT)}, 7, dtypes=LONG)
    yield from each(S + "multigammaln", {"x": ((18, 37), "range:1.6:7")}, 2, dtypes=LONG)
    yield from each(S + "logsumexp", {"x": ((37, 27), "range:-4:7")}, 1)
    yield from each(S + "polygamma", {"x": ((18, 37), "range:0.7:6")}, args=(1, {"v": "x"}), dtypes=ONE)


def _elementwise() -> Iterator[Case]:
    for name, values in {
        "acos": "range:-0.8:0.95",
        "arccosh": "range:1.2:30",
        "arcsinh": "range:-9:1",
        "arctanh": "range:-0.9:0.5",
        "lgamma": "range:2.2:15",
        "digamma": "range:1.6:20",
        "sinc": "range:-3:3",
    }.items():
        yield from each("torch." + name, {"x": ((13, 58), values)})
    yield from each("torch.logaddexp2", {"x": ((13, 58), "range:-4:3"), "y": ((58,), "range:-1:5")})
    yield from each("torch.float_power", {"x": ((13, 58), "range:0.3:3")}, 1.7, dtypes=ONE)
    yield from each(
        "torch.clamp", {"x": ((13, 58), "range:-3:3"), "lo": ((58,), "range:-2:-1"), "hi": ((13, 1), "unit")}
    )
    yield from each("torch.igamma", {"a": ((13, 58), "range:0.6:4"), "x": ((58,), "range:0.5:6")}, dtypes=LONG)
    yield from each("torch.igammac", {"a": ((13, 58), "range:1:5"), "x": ((13, 1), "range:0.5:4")}, dtypes=ONE)
    yield from each("torch.vander", {"x": ((46,), "range:-1.4:1.4")}, 7)
    yield from each("torch.renorm", {"x": ((13, 27), "range:-2:2")}, 2, 0, 3.0)
    yield from each("torch.addr", {"c": (27, 18), "x": (27,), "y": ((18,), _UNIT)}, beta=0.7, alpha=-1.4)
    yield from each("torch.cumulative_trapezoid", {"y": ((13, 46), "range:-1:3")}, dx=0.25)
    yield from each("torch.gradient", {"x": ((13, 27), "range:-3:3")}, dim=1, spacing=0.5)
    yield from each("torch.quantile", {"x": ((27, 58), "range:-2:4")}, 0.35, 1, dtypes=ONE)


def _masked() -> Iterator[Case]:
    given: Tensors = {"x": ((23, 46), "range:-3:2"), "m": ((23, 46), "literal:1,0,1,1,1,0,1", "bool")}
    mask: dict[str, Any] = {"mask": {"v": "m"}}
    for name in ("sum", "mean", "logsumexp", "softmin", "amin"):
        yield from each(M + name, given, args=({"v": "x"}, 0), **mask)
    for name in ("var", "std"):
        yield from each(M + name, given, args=({"v": "x"}, 1), unbiased=True, **mask)
    yield from each(M + "norm", given, args=({"v": "x"}, 2.0, 1), **mask)
    yield from each(M + "cumprod", {**given, "x": ((23, 46), "range:0.8:1.25")}, args=({"v": "x"}, 1), **mask)


def _complex() -> Iterator[Case]:
    for d, of in COMPLEX.items():
        z: Tensors = {"x": ((13, 27), "normal", of)}
        for name in ("sin", "sigmoid", "log", "abs"):
            yield from each("torch." + name, z, dtypes=(d,))
        yield from each("torch.bmm", {"x": ((3, 9, 19), "normal", of), "y": ((3, 19, 7), "unit", of)}, dtypes=(d,))
        yield from each("torch.div", {**z, "y": ((13, 1), "normal", of)}, dtypes=(d,))
        yield from each("torch.mean", {"x": ((58, 27), "normal", of)}, 0, dtypes=(d,))
        yield from each("torch.cumsum", {"x": ((13, 46), "normal", of)}, 1, dtypes=(d,))
        yield from each(L + "solve", {"A": ((4, 7, 7), "dominant", of), "B": ((4, 7, 2), "normal", of)}, dtypes=(d,))
        yield from each("torch.polar", {"r": ((13, 27), "range:0.3:3"), "a": ((13, 27), "range:-3:3")}, dtypes=(d,))


def _namesakes() -> Iterator[Case]:
    """Public names beside those of torch.nn.functional."""
    yield from each(
        "torch.batch_norm", {"x": ((13, 9, 7), "range:-1:5")}, None, None, None, None, True, 0.1, 1e-3, False
    )
    yield from each("torch.instance_norm", {"x": ((5, 9, 23), "range:-2:3")}, None, None, None, None, True, 0.1, 1e-3,
                    False)  # fmt: skip
    yield from each("torch.conv3d", {"x": (1, 3, 5, 7, 6), "w": ((4, 3, 2, 2, 3), _UNIT)}, stride=2)
    yield from each("torch.conv_transpose1d", {"x": (2, 6, 14), "w": ((6, 4, 3), _UNIT)}, stride=2, dtypes=FULL)
    yield from each("torch.conv_tbc", {"x": (19, 3, 6), "w": ((3, 6, 9), "range:-0.4:0.4"), "b": (9,)}, 2, dtypes=FULL)
    yield from each("torch.hardshrink", {"x": ((13, 58), "range:-2:2")}, 0.8)
    yield from each("torch.rrelu", {"x": ((13, 58), "range:-4:2")}, 0.1, 0.4, False)
    yield from each("torch.pairwise_distance", {"x": (46, 14), "y": ((46, 14), "range:-1:3")}, 3.0)
    yield from each("torch.pdist", {"x": ((23, 9), "range:-2:2")}, 2.0, dtypes=FULL)
    yield from each("torch.chain_matmul", {"x": (13, 18), "y": ((18, 23), _UNIT), "z": ((23, 9), "unit")})
    yield from each("torch.tensordot", {"x": (5, 9, 13), "y": ((13, 9, 14), "range:-0.5:0.9")}, dims=[[2, 1], [0, 1]])
    yield from each("torch.embedding_bag", {"w": (37, 14), "i": ((130,), "index:37", "int64"),
                                            "o": ((5,), "literal:0,19,46,71,110", "int64")}, False, 0)  # fmt: skip
    yield from each("torch.Tensor.logsumexp", {"x": ((46, 27), "range:-3:8")}, 1)
    yield from each("torch.Tensor.addbmm", {"c": (9, 13), "x": (5, 9, 14), "y": ((5, 14, 13), _UNIT)}, beta=0.3)


def _kernels() -> Iterator[Case]:
    yield from each(A + "addmv.default", {"c": (46,), "x": (46, 58), "y": ((58,), _UNIT)}, beta=1.7)
    yield from each(A + "var_mean.correction", {"x": ((9, 23, 14), "range:-2:5")}, [1], correction=1)
    yield from each(A + "native_group_norm.default", {"x": ((3, 12, 19), "range:-1:3"), "w": (12,), "b": (12,)},
                    args=(*v("x", "w", "b"), 3, 12, 19, 4, 1e-4))  # fmt: skip
    yield from each(A + "_softmax.default", {"x": ((18, 58), "range:-4:8")}, 1, False)
    yield from each(A + "gelu.default", {"x": ((13, 58), "range:-4:3")}, approximate="tanh")
    yield from each(A + "elu.default", {"x": ((13, 58), "range:-3:2")}, 1.4, 1.1, 0.7)
    yield from each(A + "hardswish.default", {"x": ((13, 58), "range:-5:4")})
    yield from each(A + "log_sigmoid_forward.default", {"x": ((13, 58), "range:-5:5")}, dtypes=FULL)
    yield from each(A + "addcmul.default", {"x": (13, 58), "y": ((58,), _UNIT), "z": ((13, 1), "unit")}, value=1.9)
    yield from each(A + "pow.Scalar", {"x": ((13, 58), "range:-2:4")}, args=(1.6, {"v": "x"}))
    yield from each(A + "convolution.default", {"x": (2, 6, 9, 11), "w": ((8, 3, 3, 3), "range:-0.3:0.4"), "b": (8,)},
                    [2, 1], [1, 1], [1, 1], False, [0, 0], 2)  # fmt: skip
    yield from each(A + "avg_pool3d.default", {"x": ((1, 4, 6, 9, 7), "range:-1:3")}, [2, 3, 2], [2, 2, 2])
    yield from each(A + "_adaptive_avg_pool2d.default", {"x": ((2, 5, 9, 13), _UNIT)}, [4, 5])
    yield from each(A + "upsample_bicubic2d.default", {"x": ((2, 3, 5, 7), _UNIT)}, [9, 11], False, dtypes=ONE)
    yield from each(A + "upsample_linear1d.default", {"x": ((3, 7, 13), "range:-2:1")}, [23], True)
    yield from each(A + "upsample_trilinear3d.default", {"x": (1, 3, 4, 5, 4)}, [7, 6, 9], False, dtypes=LONG)
    yield from each(A + "reflection_pad2d.default", {"x": (2, 3, 6, 7)}, [3, 2, 1, 4])
    yield from each(A + "replication_pad2d.default", {"x": ((2, 3, 6, 7), _UNIT)}, [2, 4, 3, 1])
    yield from each(A + "grid_sampler_3d.default", {"x": (1, 3, 4, 5, 6), "g": ((1, 3, 5, 4, 3), "range:-0.8:0.8")}, 0,
                    1, False, dtypes=LONG)  # fmt: skip
    yield from each(A + "im2col.default", {"x": ((2, 3, 7, 8), _UNIT)}, [3, 2], [1, 2], [1, 0], [2, 1])
    yield from each(A + "col2im.default", {"x": (2, 18, 25)}, [6, 7], [2, 3], [1, 1], [0, 0], [1, 1], dtypes=LONG)
    yield from each(A + "nll_loss_forward.default", {"x": ((58, 13), "range:-5:0"), "t": ((58,), "index:13", "int64")},
                    None, 0, -100)  # fmt: skip
    yield from each(A + "_euclidean_dist.default", {"x": (19, 9), "y": ((23, 9), "range:1:3")}, dtypes=FULL)
    yield from each(A + "_fused_rms_norm.default", {"x": ((13, 73), "range:-2:3"), "w": ((73,), "range:0.5:1.5")},
                    args=({"v": "x"}, [73], {"v": "w"}, 1e-5))  # fmt: skip
    yield from each(A + "_safe_softmax.default", {"x": ((18, 37), "range:-3:7")}, 1)
    yield from each(A + "gru_cell.default", {"x": (13, 7), "h": ((13, 9), _UNIT), "wi": ((27, 7), "range:-0.4:0.4"),
                                             "wh": ((27, 9), "range:-0.4:0.4")})  # fmt: skip


def _backward() -> Iterator[Case]:
    for name, values, extra in (
        ("tanh", "range:-0.9:0.9", ()),
        ("sigmoid", "range:0.05:0.95", ()),
        ("leaky_relu", "range:-3:2", (0.15, False)),
        ("hardswish", "range:-4:4", ()),
        ("hardsigmoid", "range:-4:4", ()),
        ("threshold", "range:-2:2", (0.2,)),
        ("logit", "range:0.1:0.9", (1e-3,)),
        ("silu", "range:-2:6", ()),
        ("mish", "range:-6:1", ()),
    ):
        yield from each(f"{A}{name}_backward.default", {"g": (19, 37), "x": ((19, 37), values)}, *extra)
    three: Tensors = {"g": (19, 37), "x": ((19, 37), "range:0.1:0.9"), "t": ((19, 37), "unit")}
    yield from each(A + "binary_cross_entropy_backward.default", three, None, 0)
    yield from each(A + "soft_margin_loss_backward.default", {**three, "t": ((19, 37), "literal:1,-1,1,1,-1")}, 0)
    yield from each(A + "glu_backward.default", {"g": (19, 18), "x": ((19, 36), "range:-3:2")}, 1)
    yield from each(A + "_log_softmax_backward_data.default", {"g": (19, 37), "y": ((19, 37), "range:-6:-2")}, 1,
                    {"dt": "float32"}, dtypes=ONE)  # fmt: skip
    yield from each(A + "_softmax_backward_data.default", {"g": (37, 19), "y": ((37, 19), "range:0:0.05")}, 0,
                    {"dt": "float64"}, dtypes=LONG)  # fmt: skip
    yield from each(A + "avg_pool2d_backward.default", {"g": (2, 3, 5, 4), "x": (2, 3, 10, 9)}, [3, 3], [2, 2], [1, 0],
                    False, False, None)  # fmt: skip
    yield from each(A + "upsample_nearest2d_backward.default", {"g": (2, 3, 11, 13)}, [11, 13], [2, 3, 5, 6])
    yield from each(A + "reflection_pad1d_backward.default", {"g": (3, 5, 19), "x": (3, 5, 13)}, [4, 2], dtypes=ONE)
    yield from each(A + "replication_pad3d_backward.default", {"g": (1, 3, 6, 7, 8), "x": (1, 3, 4, 5, 5)},
                    [2, 1, 1, 1, 1, 1], dtypes=LONG)  # fmt: skip
    yield from each(A + "slice_backward.default", {"g": ((9, 5, 7), _UNIT)}, [9, 14, 7], 1, 2, 12, 2)
    yield from each(A + "unfold_backward.default", {"g": ((5, 8, 6), _UNIT)}, [5, 27], 1, 6, 3)
    yield from each(A + "embedding_dense_backward.default", {"g": (9, 13, 7), "i": ((9, 13), "index:18", "int64")},
                    18, 3, False)  # fmt: skip
    yield from each(A + "convolution_backward.default", {"g": (2, 5, 7, 8), "x": (2, 4, 7, 8), "w": (5, 4, 3, 3)},
                    [5], [1, 1], [1, 1], [1, 1], False, [0, 0], 1, [True, True, True], dtypes=FULL)  # fmt: skip
    yield from each(A + "_cdist_backward.default", {"g": (13, 18), "x": (13, 7), "y": ((18, 7), "range:2:4"),
                                                    "d": ((13, 18), "range:3:9")},
                    args=(*v("g", "x", "y"), 2.0, {"v": "d"}),
                    dtypes=ONE)  # fmt: skip


def _lists() -> Iterator[Case]:
    some: Tensors = {"x": ((13, 27), "range:0.2:1.8"), "y": ((9, 19), "range:0.4:2.2")}
    both = (v("x", "y"),)
    for name in ("exp", "expm1", "log2", "log10", "cosh", "tan", "rsqrt", "lgamma"):
        yield from each(f"{A}_foreach_{name}.default", some, args=both)
    four: Tensors = {**some, "a": (13, 27), "b": ((9, 19), "range:0.5:3")}
    yield from each(A + "_foreach_add.List", four, args=(*both, v("a", "b")), alpha=0.3)
    yield from each(A + "_foreach_div.List", four, args=(v("a", "b"), *both))
    yield from each(A + "_foreach_lerp.List", {**four, "p": ((13, 27), "unit"), "q": ((9, 19), "unit")},
                    args=(*both, v("a", "b"), v("p", "q")))  # fmt: skip
    yield from each(A + "_foreach_pow.List", four, args=(*both, v("a", "b")))
    six: Tensors = {**four, "p": ((13, 27), _UNIT), "q": (9, 19)}
    yield from each(A + "_foreach_addcdiv.ScalarList", six, args=(v("a", "b"), v("p", "q"), *both, [0.6, -1.2]))


def _algebra() -> Iterator[Case]:
    yield from each(L + "solve", {"A": ((7, 11, 11), "dominant"), "B": ((7, 11, 2), _UNIT)}, dtypes=LONG)
    yield from each(L + "inv_ex", {"A": ((5, 9, 9), "spd")}, dtypes=LONG)
    yield from each(L + "lu_factor", {"A": ((6, 9, 9), "dominant")}, dtypes=ONE)
    yield from each(L + "det", {"A": ((27, 4, 4), "dominant")}, dtypes=LONG)
    yield from each(L + "pinv", {"A": ((9, 7, 5), _UNIT)}, dtypes=LONG)
    yield from each(L + "lstsq", {"A": ((6, 13, 5), _UNIT), "B": (6, 13, 2)}, dtypes=LONG)
    yield from each(L + "matrix_norm", {"A": ((27, 7, 9), "range:-1:2")}, "fro")
    yield from each(L + "svdvals", {"A": ((13, 5, 8), "range:-1:2")}, dtypes=ONE)
    yield from each(L + "matrix_exp", {"A": ((9, 4, 4), "range:-0.8:0.5")}, dtypes=ONE)
    yield from each(L + "matrix_power", {"A": ((9, 6, 6), "range:-0.4:0.5")}, 5, dtypes=FULL)
    yield from each(L + "solve_triangular", {"A": ((6, 9, 9), "dominant"), "B": ((6, 9, 4), _UNIT)}, upper=True,
                    dtypes=LONG)  # fmt: skip
    yield from each(L + "multi_dot", {"x": (13, 27), "y": ((27, 9), _UNIT), "z": (9, 18)}, args=(v("x", "y", "z"),))
    yield from each(L + "vecdot", {"x": ((27, 46), _UNIT), "y": ((27, 46), "unit")})
    yield from each(L + "cross", {"x": (58, 3), "y": ((58, 3), "range:-2:1")})
    yield from each("torch.cdist", {"x": ((18, 13), _UNIT), "y": (23, 13)}, 2.0, compute_mode="use_mm_for_euclid_dist",
                    dtypes=ONE)  # fmt: skip
    yield from each("torch.cholesky_solve", {"B": (5, 7, 3), "A": ((5, 7, 7), "spd")}, dtypes=LONG)
    yield from each("torch.cov", {"x": ((9, 58), "range:-1:3")}, correction=0)
    yield from each("torch.corrcoef", {"x": ((11, 37), "range:-2:1")})
    yield from each("torch.kron", {"x": ((7, 4), "unit"), "y": ((3, 9), _UNIT)})


def _fourier() -> Iterator[Case]:
    yield from each("torch.fft.rfft2", {"x": ((3, 9, 14), _UNIT)}, norm="forward", dtypes=LONG)
    yield from each("torch.fft.fft", {"x": ((9, 27), "range:-1:2")}, norm="ortho", dtypes=ONE)
    yield from each("torch.fft.ihfft2", {"x": ((3, 7, 12), "range:-1:2")}, dtypes=ONE)
    for d, of in COMPLEX.items():
        yield from each("torch.fft.irfft", {"x": ((9, 19), "normal", of)}, n=37, norm="forward", dtypes=(d,))
        yield from each("torch.fft.fft2", {"x": ((3, 9, 11), "normal", of)}, norm="ortho", dtypes=(d,))
    window: Tensors = {"x": ((2, 73), _UNIT), "w": ((18,), "range:0.2:1")}
    yield from each("torch.stft", window, args=({"v": "x"}, 18, 6), window={"v": "w"}, center=False, normalized=True,
                    return_complex=True, dtypes=ONE)  # fmt: skip


def _moved() -> Iterator[Case]:
    rows: Tensors = {
        "x": ((13, 14), "range:0.5:2"),
        "i": ((46,), "index:13", "int64"),
        "s": ((46, 14), "range:0.8:1.25"),
    }
    yield from each("torch.index_reduce", rows, args=(*v("x"), 0, *v("i", "s"), "prod"), include_self=False, dtypes=ONE)
    yield from each("torch.scatter_reduce", {"x": (14, 13), "i": ((46, 13), "index:14", "int64"), "s": (46, 13)},
                    args=(*v("x"), 0, *v("i", "s"), "mean"))  # fmt: skip
    yield from each("torch.segment_reduce", {"x": (37, 7), "n": ((6,), "literal:5,9,3,8,6,6", "int64")},
                    args=({"v": "x"}, "sum"), lengths={"v": "n"}, dtypes=LONG)  # fmt: skip
    yield from each("torch.index_put", {"x": (13, 9), "i": ((46,), "index:13", "int64"), "s": ((46, 9), _UNIT)},
                    args=({"v": "x"}, [{"v": "i"}], {"v": "s"}, True))  # fmt: skip
    yield from each("torch.take_along_dim", {"x": ((13, 27), _UNIT), "i": ((13, 9), "index:27", "int64")},
                    args=(*v("x", "i"), 1))  # fmt: skip
