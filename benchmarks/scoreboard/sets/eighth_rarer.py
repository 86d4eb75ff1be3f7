"""Less common operators of PyTorch and overloads of aten, several that no set before has, with options of their own.

See eighth.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scoreboard.sets.eighth_core import ONE, each
from benchmarks.scoreboard.sets.seventh_core import HALF, S, v
from benchmarks.scoreboard.sets.seventh_rarer import COMPLEX
from benchmarks.scoreboard.sets.sixth_core import FULL, F, L, Tensors
from harness.case import Case

A = "aten."
ALL = [True, True, True]


def cases() -> Iterator[Case]:
    """Every one of these operators, on its samples in each dtype it runs in."""
    yield from _special()
    yield from _elementwise()
    yield from _statistics()
    yield from _products()
    yield from _normalised()
    yield from _backward()
    yield from _factors()
    yield from _solved()
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
        "bessel_j1": "range:0:10",
        "i0e": "range:0:20",
        "erfcx": "range:0:5",
        "log_ndtr": "range:-3:3",
        "ndtri": "range:0.1:0.9",
        "entr": "range:0.01:1",
        "digamma": "range:1:9",
        "modified_bessel_k0": "range:0.2:5",
        "log_softmax": "range:-4:4",
    }.items():
        some = name in ("i0e", "entr", "digamma", "log_softmax")
        extra = (1,) if name == "log_softmax" else ()
        yield from each(S + name, {"x": ((20, 30), values)}, *extra, dtypes=HALF if some else ONE)
    yield from each(S + "xlog1py", {"x": ((20, 30), "range:0:2"), "y": ((30,), "range:-0.5:2")})
    yield from each(S + "gammaincc", {"a": ((20, 30), "range:0.5:5"), "x": ((20, 30), "range:0.1:9")}, dtypes=ONE)
    yield from each(S + "hermite_polynomial_h", {"x": ((20, 30), "range:-1.5:1.5")}, 3, dtypes=ONE)
    yield from each(S + "legendre_polynomial_p", {"x": ((20, 30), "range:-1:1")}, 4, dtypes=ONE)
    yield from each("torch.polygamma", {"x": ((20, 30), "range:1:9")}, args=(1, {"v": "x"}), dtypes=ONE)
    yield from each("torch.mvlgamma", {"x": ((20, 30), "range:2:8")}, 2, dtypes=FULL)


def _elementwise() -> Iterator[Case]:
    for name, values, extra in (
        ("acos", "range:-0.9:0.9", ()),
        ("atanh", "range:-0.8:0.8", ()),
        ("cosh", "range:-4:4", ()),
        ("sinc", "range:-2:2", ()),
        ("rad2deg", "range:-3.2:3.2", ()),
        ("trunc", "range:-9:9", ()),
        ("frac", "range:-9:9", ()),
        ("sgn", "range:-1:1", ()),
        ("nan_to_num", "special", (0.0, 9.0, -9.0)),
        ("fmod", "range:-5:5", (1.5,)),
        ("remainder", "range:-9:9", (3.0,)),
        ("positive", "range:-9:9", ()),
    ):
        yield from each("torch." + name, {"x": ((25, 30), values)}, *extra)
    yield from each("torch.hypot", {"x": ((20, 40), "range:-2:2"), "y": (20, 40)})
    yield from each("torch.logaddexp2", {"x": ((20, 40), "range:-5:5"), "y": ((40,), "range:-5:5")}, dtypes=HALF)
    yield from each("torch.atan2", {"y": ((20, 40), "range:-1:1"), "x": ((20, 40), "range:0.1:4")})
    yield from each("torch.copysign", {"x": ((20, 40), "unit"), "y": (20, 40)})
    yield from each("torch.ldexp", {"x": ((20, 40), "range:-1:1"), "n": ((20, 40), "literal:-2,0,3,1", "int32")})
    yield from each("torch.float_power", {"x": ((20, 40), "range:0.5:2")}, 3.5, dtypes=ONE)
    yield from each(A + "rsub.Scalar", {"x": (20, 40)}, 1.0, 0.5)
    yield from each(A + "div.Tensor_mode", {"x": ((20, 40), "range:-9:9"), "y": ((40,), "range:1:3")},
                    rounding_mode="trunc", dtypes=ONE)  # fmt: skip
    yield from each(A + "to.dtype", {"x": ((20, 40), "range:-9:9")}, {"dt": "float16"}, dtypes=FULL)
    yield from each("torch.Tensor.to", {"x": ((20, 40), "range:-400:400")}, {"dt": "float8_e4m3fn"},
                    dtypes=("float32", "bfloat16"))  # fmt: skip
    yield from each("torch.clamp_min", {"x": (20, 40)}, -0.25)
    for d, of in COMPLEX.items():
        z: Tensors = {"x": ((20, 24), "normal", of)}
        for name in ("sqrt", "tanh", "square"):
            yield from each("torch." + name, z, dtypes=(d,))
        pair: Tensors = {**z, "y": ((24,), "normal", of)}
        yield from each("torch.div", {**z, "y": ((24,), "range:1:2", of)}, dtypes=(d,))
        yield from each("torch.vdot", {"x": ((90,), "normal", of), "y": ((90,), "normal", of)}, dtypes=(d,))
        yield from each("torch.mv", pair, dtypes=(d,))


def _statistics() -> Iterator[Case]:
    yield from each("torch.quantile", {"x": (20, 90)}, 0.25, 1, dtypes=ONE)
    yield from each("torch.nanmedian", {"x": ((40, 25), "range:-5:5")}, 1)
    yield from each("torch.cov", {"x": ((10, 80), "range:0:4")}, dtypes=HALF)
    yield from each("torch.corrcoef", {"x": (12, 40)})
    yield from each("torch.histc", {"x": ((1500,), "range:-1:1")}, 40, -1.0, 1.0, dtypes=ONE)
    yield from each("torch.cumulative_trapezoid", {"y": ((6, 90), "range:0:2")}, dx=0.1, dtypes=HALF)
    yield from each("torch.trapezoid", {"y": ((60, 40), "range:-1:2")}, dx=0.025, dim=1)
    yield from each("torch.gradient", {"x": ((12, 50), "range:-1:1")}, dim=0)
    yield from each("torch.renorm", {"x": ((50, 20), "range:-1:1")}, 2.0, 0, 1.0)
    yield from each(
        "torch.dist", {"x": ((30, 20), "unit"), "y": ((30, 20), "range:-1:2")}, 2.0, dtypes=("float32", "bfloat16")
    )
    yield from each(F + "pdist", {"x": (25, 10)}, 2.0, dtypes=ONE)
    yield from each(F + "pairwise_distance", {"x": (80, 20), "y": (80, 20)})
    yield from each("torch.cdist", {"x": (20, 10), "y": ((30, 10), "range:-2:2")}, 2.0, dtypes=FULL)
    yield from each(A + "var.correction", {"x": ((30, 60), "range:0:1")}, [1], correction=0, dtypes=HALF)
    yield from each(A + "mean.dim", {"x": ((8, 20, 25), "range:-1:2")}, [0, 2], True)
    yield from each(A + "sum.dim_IntList", {"x": ((5, 30, 20), "range:0:1")}, [1], False)
    yield from each(A + "cumsum.default", {"x": (4, 30, 6)}, 1)
    yield from each("torch.std", {"x": ((6, 20, 30), "range:-4:4")}, dim=[1, 2], dtypes=HALF)


def _products() -> Iterator[Case]:
    chain: Tensors = {"w": ((8, 20), "unit"), "x": (20, 12), "y": (12, 30), "z": ((30, 10), "range:-0.5:0.5")}
    yield from each("torch.chain_matmul", chain)
    yield from each(L + "vecdot", {"x": (60, 45), "y": (60, 45)}, dtypes=HALF)
    yield from each(L + "cross", {"x": ((200, 3), "range:-2:2"), "y": (200, 3)})
    yield from each("torch.kron", {"x": (4, 6), "y": ((5, 9), "range:0:2")})
    yield from each("torch.addr", {"c": (40, 25), "x": ((40,), "unit"), "y": (25,)}, alpha=0.1)
    yield from each("torch.addbmm", {"c": (10, 20), "x": (6, 10, 24), "y": (6, 24, 20)}, alpha=0.5, dtypes=FULL)
    yield from each("torch.tensordot", {"x": (6, 10, 20), "y": (10, 20, 15)}, dims=2)
    yield from each(L + "matrix_power", {"A": ((10, 10), "dominant")}, 3, dtypes=FULL)
    yield from each("torch.matrix_exp", {"A": ((5, 6, 6), "range:-0.3:0.3")}, dtypes=FULL)
    yield from each(A + "linear.default", {"x": (10, 3, 60), "w": (20, 60)})
    yield from each(A + "_addmm_activation.default", {"c": (30,), "x": (20, 50), "y": (50, 30)})
    ints: Tensors = {"x": ((20, 40), "index:120", "int8"), "y": ((40, 24), "normal", "int8")}
    yield from each(A + "_int_mm.default", ints, dtypes=ONE)


def _normalised() -> Iterator[Case]:
    yield from each(A + "_softmax.default", {"x": ((15, 120), "range:-3:3")}, -1, False)
    yield from each(A + "_log_softmax.default", {"x": ((4, 50, 6), "range:-6:6")}, 1, False)
    yield from each(A + "_safe_softmax.default", {"x": ((20, 50), "range:-5:5")}, -1)
    masked: Tensors = {"x": (2, 3, 12, 30), "m": ((2, 3, 12, 30), "literal:0,0,1,0,1", "bool")}
    yield from each(A + "_masked_softmax.default", masked, 3, dtypes=HALF)
    groups: Tensors = {"x": (2, 12, 40), "w": ((12,), "range:0.5:1.5"), "b": (12,)}
    yield from each(A + "native_group_norm.default", groups, args=(*v("x", "w", "b"), 2, 12, 40, 3, 1e-5))
    yield from each(A + "rms_norm.default", {"x": ((20, 60), "range:-4:4")}, [60])
    weight: Tensors = {"x": ((20, 5, 6), "range:-0.5:0.5"), "g": ((20, 1, 1), "range:0.5:2")}
    yield from each("torch._weight_norm", weight, 0)
    yield from each(F + "local_response_norm", {"x": ((2, 10, 6, 5), "range:0:4")}, 5, dtypes=ONE)


def _backward() -> Iterator[Case]:
    for name, values, extra in (
        ("gelu", "range:-3:3", ()),
        ("silu", "range:-4:4", ()),
        ("softplus", "range:-3:3", (2.0, 20.0)),
        ("mish", "range:-3:3", ()),
    ):
        yield from each(f"{A}{name}_backward.default", {"g": (20, 40), "x": ((20, 40), values)}, *extra)
    yield from each(A + "_softmax_backward_data.default", {"g": (20, 40), "y": ((20, 40), "range:0:0.05")}, -1,
                    {"dt": "float32"}, dtypes=ONE)  # fmt: skip
    conv: Tensors = {"g": (1, 6, 8, 7), "x": (1, 4, 8, 7), "w": ((6, 4, 3, 3), "range:-0.3:0.3")}
    yield from each(
        A + "convolution_backward.default", conv, [6], [1, 1], [1, 1], [1, 1], False, [0, 0], 1, ALL, dtypes=HALF
    )
    yield from each(A + "embedding_dense_backward.default", {"g": (150, 12), "i": ((150,), "index:20", "int64")},
                    20, -1, False)  # fmt: skip
    select: Tensors = {"g": (60, 10), "i": ((60,), "index:12", "int64")}
    yield from each(A + "index_select_backward.default", select, args=({"v": "g"}, [12, 10], 0, {"v": "i"}))
    pool: tuple[Any, ...] = ([2, 2], [2, 2], [0, 0], False, True, None)
    yield from each(A + "avg_pool2d_backward.default", {"g": (2, 5, 6, 4), "x": (2, 5, 12, 8)}, *pool)
    yield from each(A + "upsample_nearest2d_backward.default", {"g": (1, 4, 12, 15)}, [12, 15], [1, 4, 6, 5])


def _factors() -> Iterator[Case]:
    yield from each(L + "qr", {"A": ((20, 12), "range:-1:1")}, dtypes=ONE)
    yield from each(L + "eigh", {"A": ((10, 10), "spd")}, dtypes=FULL)
    yield from each(L + "eigvalsh", {"A": ((6, 12, 12), "spd")}, dtypes=FULL)
    yield from each(L + "cholesky", {"A": ((8, 10, 10), "spd")}, dtypes=FULL)
    yield from each(L + "lu_factor", {"A": (20, 20)}, dtypes=FULL)
    yield from each("torch.cholesky_inverse", {"L": ((4, 8, 8), "dominant")}, dtypes=FULL)
    yield from each(L + "matrix_norm", {"A": ((30, 10, 12), "range:-2:2")}, dtypes=FULL)
    yield from each(L + "matrix_norm", {"A": (30, 9, 6)}, 1)
    yield from each(L + "det", {"A": ((40, 4, 4), "range:-1:1")}, dtypes=FULL)
    yield from each(L + "householder_product", {"A": ((8, 3), "unit"), "t": ((3,), "range:0.2:1")}, dtypes=FULL)


def _solved() -> Iterator[Case]:
    yield from each(L + "solve", {"A": ((20, 20), "dominant"), "B": (20, 12)}, dtypes=FULL)
    yield from each(L + "solve", {"A": ((30, 6, 6), "spd"), "B": ((30, 6), "range:0:3")}, dtypes=FULL)
    upper: Tensors = {"A": ((5, 12, 12), "dominant"), "B": ((5, 12, 6), "unit")}
    yield from each(L + "solve_triangular", upper, dtypes=FULL, upper=True)
    yield from each("torch.cholesky_solve", {"B": ((25, 4), "range:-2:2"), "L": ((25, 25), "dominant")}, dtypes=FULL)
    yield from each(L + "inv", {"A": ((20, 20), "dominant")}, dtypes=FULL)
    yield from each(L + "pinv", {"A": (20, 8)}, dtypes=FULL)
    yield from each(L + "lstsq", {"A": (40, 5), "B": ((40, 6), "range:0:2")}, dtypes=FULL)
    yield from each(L + "tensorsolve", {"A": ((12, 12), "dominant"), "B": (12,)}, dtypes=FULL)


def _fourier() -> Iterator[Case]:
    yield from each("torch.fft.rfft", {"x": ((12, 80), "range:-1:1")}, norm="ortho", dtypes=FULL)
    yield from each("torch.fft.rfft2", {"x": ((3, 10, 14), "unit")}, dtypes=FULL)
    yield from each("torch.fft.fftn", {"x": (4, 6, 10)}, dim=[0, 2], dtypes=FULL)
    yield from each("torch.fft.fftshift", {"x": (12, 25)}, dim=[1])
    for d, of in COMPLEX.items():
        yield from each("torch.fft.fft", {"x": ((10, 90), "normal", of)}, dtypes=(d,))
        yield from each("torch.fft.irfft", {"x": ((6, 41), "normal", of)}, 80, dtypes=(d,))
        yield from each("torch.fft.ifft2", {"x": ((2, 12, 10), "unit", of)}, dtypes=(d,))
    speech: Tensors = {"x": ((3, 200), "range:-1:1"), "w": ((40,), "range:0.1:1")}
    options: Mapping[str, Any] = {"hop_length": 20, "return_complex": True, "center": False}
    yield from each("torch.stft", speech, args=({"v": "x"}, 40), window={"v": "w"}, dtypes=ONE, **options)


def _losses() -> Iterator[Case]:
    signs = ((30, 20), "literal:-1,1,1,-1")
    yield from each(F + "soft_margin_loss", {"x": ((30, 20), "range:-2:2"), "t": signs}, reduction="none")
    many: Tensors = {"x": ((40, 20), "range:-3:3"), "t": ((40, 20), "literal:0,0,1,0")}
    yield from each(F + "multilabel_soft_margin_loss", many, reduction="none", dtypes=HALF)
    margins: Tensors = {"x": (80, 10), "t": ((80,), "index:10", "int64")}
    yield from each(F + "multi_margin_loss", margins, reduction="none", dtypes=FULL)
    counts: Tensors = {"x": ((20, 30), "range:-1:2"), "t": ((20, 30), "literal:0,1,2,0,5")}
    yield from each(F + "poisson_nll_loss", counts, full=True, reduction="none", dtypes=HALF)
    normal: Tensors = {"x": (20, 30), "t": (20, 30), "s": ((20, 30), "range:0.5:1.5")}
    yield from each(F + "gaussian_nll_loss", normal, reduction="none")
    ranked: Tensors = {"x": (40, 12), "y": (40, 12), "t": ((40, 12), "literal:1,-1,1")}
    yield from each(F + "margin_ranking_loss", ranked, margin=0.2, reduction="none")
    spoken: Tensors = {"x": ((40, 20, 10), "range:-3:-1"), "t": ((20, 6), "literal:1,4,2,9,3,3,7", "int64")}
    lengths: Tensors = {"n": ((20,), "literal:40,32", "int64"), "m": ((20,), "literal:6,4,5", "int64")}
    yield from each(F + "ctc_loss", {**spoken, **lengths}, dtypes=ONE, reduction="none")


def _pools() -> Iterator[Case]:
    yield from each(F + "lp_pool2d", {"x": ((2, 6, 10, 12), "unit")}, 2, 2)
    yield from each(F + "lp_pool1d", {"x": ((4, 6, 40), "range:0:2")}, 3, 5, 2, dtypes=ONE)
    yield from each(F + "avg_pool3d", {"x": ((2, 3, 6, 6, 8), "unit")}, 2, dtypes=ONE)
    yield from each(F + "max_pool3d", {"x": (1, 4, 6, 7, 9)}, 2)
    yield from each(F + "adaptive_avg_pool1d", {"x": (4, 10, 45)}, 8, dtypes=HALF)
    yield from each(F + "adaptive_max_pool2d", {"x": (2, 6, 11, 10)}, 4)
    yield from each(F + "unfold", {"x": (2, 4, 10, 9)}, 2, stride=2)
    yield from each(F + "fold", {"x": (2, 36, 20)}, [6, 7], 3)
    yield from each(A + "_adaptive_avg_pool2d.default", {"x": ((2, 8, 9, 10), "range:0:2")}, [3, 3], dtypes=HALF)


def _resampling() -> Iterator[Case]:
    image = {"x": ((1, 3, 14, 12), "range:0:1")}
    yield from each(F + "interpolate", image, size=[9, 5], mode="bilinear", antialias=True, dtypes=ONE)
    yield from each(F + "interpolate", {"x": (2, 4, 25)}, size=40, mode="linear", dtypes=HALF)
    yield from each(F + "interpolate", {"x": ((1, 2, 4, 5, 6), "unit")}, scale_factor=2.0, mode="trilinear")
    yield from each(F + "interpolate", {"x": (1, 4, 12, 10)}, size=[5, 4], mode="area", dtypes=HALF)
    yield from each(A + "upsample_bicubic2d.default", {"x": ((1, 3, 8, 7), "unit")}, [12, 14], True, dtypes=HALF)
    yield from each(A + "upsample_bilinear2d.default", {"x": (1, 5, 7, 8)}, [5, 18], False)
    yield from each(A + "upsample_nearest1d.default", {"x": (3, 6, 20)}, [35])
    yield from each(F + "affine_grid", {"theta": ((3, 2, 3), "range:-1:1")}, [3, 1, 8, 10], align_corners=False)
    yield from each(F + "pad", {"x": (2, 4, 10, 9)}, [2, 2, 1, 1], mode="reflect")
    yield from each(F + "pad", {"x": (3, 5, 30)}, [4, 1], mode="replicate")
    yield from each(F + "pixel_shuffle", {"x": (2, 12, 6, 5)}, 2)
    yield from each(F + "pixel_unshuffle", {"x": (2, 3, 8, 6)}, 2)
    yield from each(F + "channel_shuffle", {"x": (2, 12, 5, 6)}, 3)


def _layers() -> Iterator[Case]:
    pairs: Tensors = {"x": (20, 10), "y": (20, 14), "w": ((9, 10, 14), "range:-0.2:0.2"), "b": (9,)}
    yield from each(F + "bilinear", pairs, dtypes=HALF)
    heads: Tensors = {"x": (10, 3, 20), "wi": ((60, 20), "range:-0.3:0.3"), "bi": ((60,), "range:-0.1:0.1")}
    heads = {**heads, "wo": ((20, 20), "range:-0.3:0.3"), "bo": (20,)}
    args: tuple[Any, ...] = (*v("x", "x", "x"), 20, 5, *v("wi", "bi"), None, None, False, 0.0, *v("wo", "bo"))
    yield from each(F + "multi_head_attention_forward", heads, args=args)
    step: Tensors = {"x": (12, 10), "h": (12, 20), "wi": ((60, 10), "range:-0.4:0.4"), "wh": ((60, 20), "unit")}
    yield from each("torch.gru_cell", step, args=tuple(v("x", "h", "wi", "wh")))
    plain: Tensors = {"x": (12, 30), "h": (12, 20), "wi": ((20, 30), "range:-0.2:0.2"), "wh": ((20, 20), "unit")}
    yield from each("torch.rnn_tanh_cell", plain, args=tuple(v("x", "h", "wi", "wh")), dtypes=HALF)
    yield from each("torch.fake_quantize_per_tensor_affine", {"x": ((25, 30), "range:-1:1")}, 0.0078125, 0, -128, 127)
    yield from each(A + "_euclidean_dist.default", {"x": (20, 12), "y": ((25, 12), "range:-2:2")}, dtypes=FULL)


def _lists() -> Iterator[Case]:
    some: Tensors = {"x": ((20, 30), "range:0.1:4"), "y": ((9, 11), "range:0.1:4")}
    both = (v("x", "y"),)
    for name in ("sqrt", "sigmoid", "log", "tanh", "reciprocal"):
        yield from each(f"{A}_foreach_{name}.default", some, args=both)
    yield from each(A + "_foreach_mul.Scalar", some, args=(*both, 0.3), dtypes=("float32", "bfloat16"))
    four: Tensors = {**some, "a": (20, 30), "b": (9, 11)}
    yield from each(
        A + "_foreach_add.List", four, args=(v("x", "y"), v("a", "b")), alpha=-0.01, dtypes=("float32", "float16")
    )


def _moved() -> Iterator[Case]:
    index: Tensors = {"x": (20, 12), "i": ((100,), "index:20", "int64"), "s": ((100, 12), "range:0:2")}
    yield from each("torch.index_reduce", index, args=({"v": "x"}, 0, *v("i", "s"), "mean"), dtypes=HALF)
    yield from each("torch.index_copy", {"x": (12, 20), "i": ((5,), "literal:7,0,3,11,4", "int64"), "s": (5, 20)},
                    args=({"v": "x"}, 0, *v("i", "s")))  # fmt: skip
    put: Tensors = {"x": (20, 12), "i": ((90,), "index:20", "int64"), "s": ((90, 12), "unit")}
    yield from each("torch.index_put", put, args=({"v": "x"}, [{"v": "i"}], {"v": "s"}, True))
    groups: Tensors = {"x": ((80, 10), "range:0:1"), "n": ((5,), "literal:30,10,6,14,20", "int64")}
    yield from each("torch.segment_reduce", groups, args=({"v": "x"}, "mean"), lengths={"v": "n"}, axis=0, dtypes=ONE)
    yield from each(A + "stack.default", {"x": (10, 20), "y": (10, 20)}, args=(v("x", "y"), 1))
    yield from each(A + "select_scatter.default", {"x": (12, 10, 5), "s": (12, 5)}, 1, 3)
    yield from each("torch.flip", {"x": (6, 10, 12)}, [0, 2])
    yield from each("torch.repeat_interleave", {"x": (12, 20)}, 3, 0)
    yield from each("torch.nn.functional.one_hot", {"i": ((40,), "index:12", "int64")}, 12, dtypes=ONE)
    yield from each("torch.bucketize", {"x": ((20, 30), "range:0:30"), "b": ((30,), "arange")}, dtypes=HALF)


def _integers() -> Iterator[Case]:
    numbers: Tensors = {"x": ((20, 30), "wide", "int32"), "y": ((20, 30), "positive", "int32")}
    for name in ("bitwise_xor", "gcd", "floor_divide", "remainder"):
        yield from each("torch." + name, numbers, dtypes=ONE)
    yield from each("torch.cumsum", {"x": ((12, 50), "normal", "int64")}, 1, dtypes=ONE)
    yield from each("torch.sum", {"x": ((30, 40), "normal", "int8")}, 1, dtypes=ONE)
    yield from each("torch.isclose", {"x": ((20, 30), "literal:1,1.00001,2,-1"), "y": ((20, 30), "literal:1,2")},
                    dtypes=("float32", "float64"))  # fmt: skip
