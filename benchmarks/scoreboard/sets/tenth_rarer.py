"""Less common operators of PyTorch and overloads of aten, many of which no set before has, with options of their own.

See tenth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.scoreboard.sets.ninth_core import ONE
from benchmarks.scoreboard.sets.ninth_rarer import LONG
from benchmarks.scoreboard.sets.seventh_core import S, v
from benchmarks.scoreboard.sets.seventh_rarer import COMPLEX
from benchmarks.scoreboard.sets.sixth_core import FULL, F, L, Tensors
from benchmarks.scoreboard.sets.tenth_core import each
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
        "expit": "range:-2:9",
        "i0": "range:0.5:3",
        "i0e": "range:-9:2",
        "i1e": "range:0.2:7",
        "erfcx": "range:0:4",
        "log_ndtr": "range:-5:1",
        "ndtr": "range:-3:0.5",
        "ndtri": "range:0.2:0.95",
        "entr": "range:0.01:3",
        "gammaln": "range:0.2:1.9",
    }.items():
        half = name in ("expit", "gammaln", "entr", "i0")
        yield from each(S + name, {"x": ((25, 34), values)}, dtypes=() if half else (ONE, LONG)[len(name) % 2])
    for name, values in {
        "bessel_j1": "range:4:20",
        "bessel_y0": "range:1:9",
        "modified_bessel_k0": "range:0.3:5",
    }.items():
        yield from each(S + name, {"x": ((25, 34), values)}, dtypes=ONE)
    yield from each(S + "xlog1py", {"x": ((25, 34), "range:-1:3"), "y": ((34,), "range:-0.5:4")})
    yield from each(S + "gammaincc", {"a": ((25, 34), "range:0.5:5"), "x": ((25, 34), "range:0.2:7")}, dtypes=LONG)
    yield from each(S + "hermite_polynomial_he", {"x": ((25, 34), _UNIT)}, 5, dtypes=ONE)
    yield from each(S + "log_softmax", {"x": ((20, 41), "range:-3:5")}, 1)


def _elementwise() -> Iterator[Case]:
    for name, values in {
        "acosh": "range:1.5:20",
        "asinh": "range:-0.5:12",
        "atanh": "range:-0.8:0.7",
        "digamma": "range:0.6:7",
        "sinc": "range:0.1:0.95",
        "erfinv": "range:-0.7:0.85",
        "logit": "range:0.2:0.99",
        "arcsin": "range:-0.3:0.95",
        "cosh": "range:-0.5:3.5",
    }.items():
        yield from each("torch." + name, {"x": ((15, 41), values)})
    yield from each("torch.hypot", {"x": ((15, 41), _UNIT), "y": ((41,), "range:0.3:2")})
    yield from each("torch.logaddexp", {"x": ((15, 41), "range:-2:5"), "y": ((41,), "range:-1:6")})
    yield from each("torch.atan2", {"y": ((15, 41), _UNIT), "x": ((15, 1), "range:0.4:3")})
    yield from each("torch.copysign", {"x": ((15, 41), "range:0.2:3"), "y": (15, 41)})
    yield from each("torch.ldexp", {"x": ((15, 41), _UNIT), "y": ((41,), "index:6", "int32")}, dtypes=FULL)
    yield from each("torch.nan_to_num", {"x": ((15, 41), "range:-3:3")}, nan=1.0)
    yield from each("torch.polygamma", {"x": ((15, 41), "range:0.8:5")}, args=(2, {"v": "x"}), dtypes=LONG)
    yield from each("torch.mvlgamma", {"x": ((15, 41), "range:2:8")}, 3, dtypes=ONE)


def _masked() -> Iterator[Case]:
    given: Tensors = {"x": ((24, 30), "range:-2:3"), "m": ((24, 30), "literal:1,1,0,1,0,1,1", "bool")}
    mask: dict[str, Any] = {"mask": {"v": "m"}}
    for name in ("sum", "mean", "logsumexp", "amax", "softmax", "cumsum"):
        yield from each(M + name, given, args=({"v": "x"}, 1), **mask)
    for name in ("var", "std"):
        yield from each(M + name, given, args=({"v": "x"}, 0), unbiased=False, **mask)
    yield from each(M + "normalize", given, args=({"v": "x"}, 2.0, 1), **mask)
    yield from each(M + "prod", {**given, "x": ((24, 30), "range:0.7:1.4")}, args=({"v": "x"}, 0), **mask)


def _complex() -> Iterator[Case]:
    for d, of in COMPLEX.items():
        z: Tensors = {"x": ((15, 20), "normal", of)}
        for name in ("exp", "tanh"):
            yield from each("torch." + name, z, dtypes=(d,))
        yield from each("torch.matmul", {"x": ((15, 40), "unit", of), "y": ((40, 9), "normal", of)}, dtypes=(d,))
        yield from each("torch.addcmul", {**z, "y": ((15, 20), "unit", of), "z": ((20,), "normal", of)}, dtypes=(d,))
        yield from each("torch.sum", {"x": ((40, 30), "unit", of)}, 0, dtypes=(d,))
        yield from each(L + "inv", {"A": ((3, 6, 6), "dominant", of)}, dtypes=(d,))
        yield from each(L + "vector_norm", {"x": ((40, 20), "normal", of)}, 2, 1, dtypes=(d,))


def _namesakes() -> Iterator[Case]:
    """Public names beside those of torch.nn.functional."""
    yield from each("torch.rms_norm", {"x": ((20, 50), "range:-2:4")}, [50], eps=1e-4)
    groups: Tensors = {"x": ((3, 15, 10), "range:-2:1"), "w": ((15,), "unit"), "b": (15,)}
    yield from each("torch.group_norm", groups, args=({"v": "x"}, 3, *v("w", "b")))
    yield from each("torch.conv1d", {"x": (2, 6, 31), "w": ((9, 6, 4), "range:-0.3:0.3")}, stride=3)
    yield from each("torch.conv2d", {"x": (1, 6, 9, 10), "w": ((8, 3, 3, 2), "range:-0.3:0.4")}, groups=2)
    yield from each("torch.cosine_similarity", {"x": ((40, 17), "unit"), "y": (40, 17)}, dim=1)
    yield from each("torch.celu", {"x": ((15, 41), "range:-4:3")}, 1.5)
    yield from each("torch.selu", {"x": ((15, 41), "range:-3:2")})
    yield from each("torch.prelu", {"x": ((15, 9, 5), "range:-3:2"), "w": ((9,), "range:0.05:0.6")})
    yield from each("torch.avg_pool1d", {"x": ((3, 6, 31), "range:-1:4")}, 4, 3, 1)
    yield from each("torch.adaptive_avg_pool1d", {"x": ((3, 6, 31), "unit")}, 9)
    yield from each("torch.bilinear", {"x": (30, 6), "y": ((30, 10), _UNIT), "w": ((7, 6, 10), "range:-0.4:0.4")}, None)
    yield from each("torch.frobenius_norm", {"x": ((40, 30), "range:-1:2")}, [1])
    yield from each("torch.nuclear_norm", {"x": ((40, 5, 6), _UNIT)}, [1, 2], dtypes=ONE)
    yield from each("torch.poisson_nll_loss", {"x": ((30, 15), _UNIT), "t": ((30, 15), "range:0:5")},
                    True, False, 1e-8, 0)  # fmt: skip
    yield from each(F + "upsample", {"x": ((2, 3, 6, 7), "unit")}, scale_factor=2, mode="bilinear")
    yield from each("torch.pixel_shuffle", {"x": (2, 12, 5, 6)}, 2)
    yield from each("torch.Tensor.sum_to_size", {"x": ((20, 6, 15), "range:-1:2")}, [1, 6, 15])


def _kernels() -> Iterator[Case]:
    yield from each(A + "bmm.default", {"x": ((4, 10, 30), "range:-0.5:1"), "y": (4, 30, 9)})
    yield from each(A + "baddbmm.default", {"c": (4, 10, 9), "x": (4, 10, 30), "y": ((4, 30, 9), _UNIT)}, beta=0.5)
    yield from each(A + "mv.default", {"x": ((40, 75), _UNIT), "y": ((75,), "range:0:1")})
    yield from each(A + "std_mean.correction", {"x": ((40, 60), "range:0:3")}, [1], correction=0)
    yield from each(A + "sum.dim_IntList", {"x": ((6, 40, 15), "range:-1:2")}, [0, 2])
    yield from each(A + "mean.dim", {"x": ((60, 41), "range:-4:2")}, [0])
    yield from each(A + "softplus.default", {"x": ((15, 41), "range:-3:4")}, 0.7, 15)
    yield from each(A + "hardtanh.default", {"x": ((15, 41), "range:-3:4")}, -0.5, 2.0)
    yield from each(A + "lerp.Tensor", {"x": (15, 41), "y": ((15, 41), "range:2:3"), "w": ((41,), "unit")})
    yield from each(A + "addcdiv.default", {"x": (15, 41), "y": (15, 41), "z": ((41,), "range:0.5:2")}, value=1.3)
    yield from each(A + "rsqrt.default", {"x": ((15, 41), "range:0.2:12")})
    yield from each(A + "sub.Tensor", {"x": (15, 41), "y": ((41,), "range:-3:3")}, alpha=0.6)
    yield from each(A + "pow.Tensor_Tensor", {"x": ((15, 41), "range:0.5:3"), "y": ((41,), "range:-2:2")})
    yield from each(A + "logcumsumexp.default", {"x": ((15, 41), "range:-1:4")}, 1, dtypes=LONG)
    yield from each(A + "cumprod.default", {"x": ((12, 30), "range:0.8:1.25")}, 0)
    yield from each(A + "linalg_vector_norm.default", {"x": ((50, 20), _UNIT)}, 4, [1])
    batch: Tensors = {"x": ((6, 9, 10), "range:-1:4"), "w": (9,), "b": ((9,), "unit")}
    yield from each(A + "native_batch_norm.default", batch, None, None, True, 0.1, 1e-4)
    yield from each(A + "_upsample_nearest_exact1d.default", {"x": (3, 9, 15)}, [26])
    yield from each(A + "upsample_bilinear2d.default", {"x": ((2, 3, 7, 6), "range:-2:2")}, [12, 10], True)
    yield from each(A + "max_pool2d_with_indices.default", {"x": ((2, 5, 9, 10), "normal")}, [2, 3], dtypes=FULL)
    yield from each(A + "_adaptive_avg_pool3d.default", {"x": (2, 3, 6, 7, 5)}, [3, 4, 2])
    yield from each(A + "grid_sampler_2d.default", {"x": (2, 3, 6, 8), "g": ((2, 5, 7, 2), "range:-0.9:0.9")}, 0, 0,
                    True, dtypes=LONG)  # fmt: skip
    yield from each(A + "embedding.default", {"w": (30, 15), "i": ((8, 6), "index:30", "int64")})
    yield from each(A + "constant_pad_nd.default", {"x": (3, 10, 12)}, [1, 3, 2, 0], 0.5)
    yield from each(A + "huber_loss.default", {"x": ((30, 15), "range:-2:2"), "t": (30, 15)}, 0, 0.8)
    yield from each(A + "mse_loss.default", {"x": ((30, 15), _UNIT), "t": ((30, 15), "range:0:2")}, 0)
    yield from each(A + "_weight_norm_interface.default", {"x": ((20, 15), _UNIT), "g": ((20, 1), "range:0.5:2")}, 0,
                    dtypes=ONE)  # fmt: skip


def _backward() -> Iterator[Case]:
    for name, values, extra in (
        ("mish", "range:-3:4", ()),
        ("gelu", "range:-3:2", ()),
        ("silu", "range:-5:2", ()),
        ("hardtanh", "range:-2:2", (-1.0, 1.5)),
        ("softshrink", "range:-2:2", (0.4,)),
        ("softplus", "range:-4:3", (0.8, 12.0)),
    ):
        dtypes = LONG if name == "softshrink" else ()
        yield from each(f"{A}{name}_backward.default", {"g": (20, 31), "x": ((20, 31), values)}, *extra, dtypes=dtypes)
    three: Tensors = {"g": (20, 31), "x": ((20, 31), "range:-2:3"), "t": ((20, 31), _UNIT)}
    yield from each(A + "mse_loss_backward.default", three, 0)
    yield from each(A + "smooth_l1_loss_backward.default", three, 0, 0.6)
    yield from each(A + "huber_loss_backward.default", three, 0, 1.2)
    yield from each(A + "_softmax_backward_data.default", {"g": (20, 31), "y": ((20, 31), "range:0:0.06")}, 1,
                    {"dt": "float32"}, dtypes=ONE)  # fmt: skip
    yield from each(A + "upsample_bilinear2d_backward.default", {"g": (2, 3, 12, 11)}, [12, 11], [2, 3, 6, 7], False)
    yield from each(A + "upsample_bicubic2d_backward.default", {"g": (2, 3, 9, 11)}, [9, 11], [2, 3, 5, 6], True,
                    dtypes=ONE)  # fmt: skip
    yield from each(A + "upsample_nearest1d_backward.default", {"g": (3, 5, 24)}, [24], [3, 5, 9])
    yield from each(A + "replication_pad2d_backward.default", {"g": (2, 3, 9, 11), "x": (2, 3, 6, 7)}, [2, 2, 1, 2],
                    dtypes=ONE)  # fmt: skip
    yield from each(A + "reflection_pad2d_backward.default", {"g": (2, 3, 10, 11), "x": (2, 3, 6, 7)}, [3, 1, 2, 2],
                    dtypes=LONG)  # fmt: skip
    yield from each(A + "select_backward.default", {"g": ((9, 15), _UNIT)}, [9, 6, 15], 1, 4)
    yield from each(A + "diagonal_backward.default", {"g": ((5, 12), _UNIT)}, [5, 12, 12], 0, 1, 2)
    yield from each(A + "native_dropout_backward.default", {"g": (20, 31), "m": ((20, 31), "literal:1,0,1,1", "bool")},
                    1.3)  # fmt: skip
    yield from each(A + "embedding_dense_backward.default", {"g": (60, 10), "i": ((60,), "index:20", "int64")},
                    20, -1, False)  # fmt: skip


def _lists() -> Iterator[Case]:
    some: Tensors = {"x": ((15, 20), "range:0.3:2.5"), "y": ((6, 31), "range:0.2:1.5")}
    both = (v("x", "y"),)
    for name in ("sqrt", "tanh", "sigmoid", "reciprocal", "log", "erfc", "sin"):
        yield from each(f"{A}_foreach_{name}.default", some, args=both)
    four: Tensors = {**some, "a": (15, 20), "b": ((6, 31), "range:1:3")}
    yield from each(A + "_foreach_lerp.Scalar", four, args=(*both, v("a", "b"), 0.35))
    yield from each(A + "_foreach_minimum.List", four, args=(*both, v("a", "b")))
    yield from each(A + "_foreach_mul.ScalarList", some, args=(*both, [0.3, -1.7]))
    yield from each(A + "_foreach_sub.Scalar", some, args=(*both, 0.4))
    six: Tensors = {**four, "p": ((15, 20), _UNIT), "q": (6, 31)}
    yield from each(A + "_foreach_addcmul.ScalarList", six, args=(*both, v("a", "b"), v("p", "q"), [0.5, -0.8]))


def _algebra() -> Iterator[Case]:
    yield from each(L + "solve", {"A": ((5, 9, 9), "dominant"), "B": (5, 9, 4)}, dtypes=FULL)
    yield from each(L + "cholesky", {"A": ((6, 8, 8), "spd")}, dtypes=LONG)
    yield from each(L + "inv", {"A": ((5, 10, 10), "dominant")}, dtypes=LONG)
    yield from each(L + "det", {"A": ((40, 5, 5), "dominant")}, dtypes=ONE)
    yield from each("torch.logdet", {"A": ((30, 6, 6), "spd")}, dtypes=ONE)
    yield from each(L + "matrix_norm", {"A": ((40, 6, 9), _UNIT)}, "nuc", dtypes=ONE)
    yield from each(L + "svdvals", {"A": ((9, 10, 6), _UNIT)}, dtypes=LONG)
    yield from each(L + "eigvalsh", {"A": ((9, 7, 7), "spd")}, dtypes=FULL)
    yield from each(L + "matrix_exp", {"A": ((6, 6, 6), "range:-0.6:0.4")}, dtypes=LONG)
    yield from each(L + "solve_triangular", {"A": ((5, 8, 8), "spd"), "B": (5, 8, 6)}, upper=False, dtypes=ONE)
    yield from each("torch.cdist", {"x": (20, 10), "y": ((24, 10), "range:1:3")}, 1.0, dtypes=ONE)
    yield from each("torch.kron", {"x": ((5, 6), _UNIT), "y": ((6, 5), "range:0:2")})
    yield from each("torch.cov", {"x": ((8, 41), "range:-2:2")})
    yield from each("torch.trapezoid", {"y": ((40, 30), "range:-1:3")}, dx=0.4)


def _fourier() -> Iterator[Case]:
    yield from each("torch.fft.rfftn", {"x": (3, 6, 10)}, dim=[1, 2], norm="ortho", dtypes=LONG)
    yield from each("torch.fft.rfft", {"x": ((9, 45), "range:-1:2")}, dtypes=FULL)
    yield from each("torch.fft.ihfft", {"x": ((9, 25), _UNIT)}, norm="forward", dtypes=ONE)
    for d, of in COMPLEX.items():
        yield from each("torch.fft.ifft", {"x": ((9, 35), "normal", of)}, norm="ortho", dtypes=(d,))
        yield from each("torch.fft.hfftn", {"x": ((5, 4, 9), "unit", of)}, dim=[1, 2], norm="ortho", dtypes=(d,))
    yield from each("torch.stft", {"x": ((3, 80), _UNIT)}, 20, 10, return_complex=True, dtypes=LONG)


def _moved() -> Iterator[Case]:
    rows: Tensors = {"x": ((15, 9), "unit"), "i": ((60,), "index:15", "int64"), "s": ((60, 9), "range:0.8:1.2")}
    yield from each("torch.index_reduce", rows, args=(*v("x"), 0, *v("i", "s"), "mean"), dtypes=LONG)
    yield from each("torch.scatter_reduce", {"x": (9, 15), "i": ((9, 40), "index:15", "int64"), "s": ((9, 40), _UNIT)},
                    args=(*v("x"), 1, *v("i", "s"), "sum"))  # fmt: skip
    yield from each("torch.segment_reduce", {"x": (30, 9), "n": ((6,), "literal:4,6,5,3,7,5", "int64")},
                    args=({"v": "x"}, "mean"), lengths={"v": "n"}, dtypes=ONE)  # fmt: skip
    yield from each("torch.put", {"x": (12, 15), "i": ((40,), "permutation", "int64"), "s": ((40,), _UNIT)},
                    accumulate=True)  # fmt: skip
