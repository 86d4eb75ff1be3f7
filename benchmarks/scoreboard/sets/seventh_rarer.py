"""Less common public operators of PyTorch, several that no set before has, with options and values of their own.

See seventh.py; written without a look at the rules or at any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scoreboard.sets.seventh_core import S, each, v
from benchmarks.scoreboard.sets.sixth_core import DTYPES, FULL, F, L, Tensors
from harness.case import Case

COMPLEX = {"float32": "complex64", "float64": "complex128"}


def cases() -> Iterator[Case]:
    """Every one of these operators, on its samples in each dtype it runs in."""
    yield from _special()
    yield from _elementwise()
    yield from _statistics()
    yield from _products()
    yield from _factors()
    yield from _solved()
    yield from _fourier()
    yield from _losses()
    yield from _pools()
    yield from _resampling()
    yield from _layers()
    yield from _moved()


def _special() -> Iterator[Case]:
    for name, values in {
        "bessel_j0": "range:0:12",
        "i0": "range:-4:4",
        "i1": "range:-3:3",
        "ndtr": "range:-5:3",
        "ndtri": "range:0.001:0.999",
        "gammaln": "range:-3.9:-3.1",
        "psi": "range:0.2:2.5",
        "scaled_modified_bessel_k1": "range:0.3:12",
        "spherical_bessel_j0": "range:0.5:9",
    }.items():
        half = name in ("i0", "ndtr", "gammaln", "psi")
        yield from each(S + name, {"x": ((15, 31), values)}, dtypes=() if half else FULL)
    yield from each(S + "expit", {"x": ((15, 47), "range:-20:-4")})
    yield from each(S + "logit", {"x": ((15, 47), "range:-0.1:1.1")}, eps=0.02)
    yield from each(S + "zeta", {"x": ((15, 31), "range:1.3:9"), "q": ((31,), "range:0.5:4")}, dtypes=FULL)
    yield from each("torch.polygamma", {"x": ((15, 31), "range:0.5:6")}, args=(2, {"v": "x"}), dtypes=FULL)
    yield from each(S + "multigammaln", {"x": ((15, 31), "range:1.6:9")}, 3, dtypes=FULL)
    shares: Tensors = {"a": ((15, 31), "range:0.4:9"), "x": ((15, 31), "range:0.1:12")}
    yield from each(S + "gammainc", shares, dtypes=FULL)
    yield from each(S + "chebyshev_polynomial_t", {"x": ((15, 31), "range:-1:1")}, 7, dtypes=FULL)
    yield from each(S + "laguerre_polynomial_l", {"x": ((15, 31), "range:0:6")}, 4, dtypes=FULL)
    yield from each(S + "xlogy", {"x": ((31, 15), "range:0:3"), "y": ((15,), "range:0.01:0.99")})


def _elementwise() -> Iterator[Case]:
    for name, values, extra in (
        ("asinh", "range:-100:100", ()),
        ("acosh", "range:1.01:30", ()),
        ("exp2", "range:-12:6", ()),
        ("log2", "range:0.4:40", ()),
        ("deg2rad", "range:-360:360", ()),
        ("round", "range:-3:3", ()),
        ("logit", "range:0.3:0.7", ()),
        ("remainder", "range:-7:7", (2.5,)),
        ("fmod", "range:-7:7", (-1.75,)),
    ):
        options: Mapping[str, Any] = {"decimals": 1} if name == "round" else {}
        yield from each("torch." + name, {"x": ((31, 24), values)}, *extra, **options)
    yield from each("torch.hypot", {"x": ((15, 48), "range:-90:90"), "y": ((15, 1), "range:3:4")})
    yield from each("torch.logaddexp", {"x": ((15, 48), "range:-2:2"), "y": ((48,), "range:-2:2")})
    yield from each("torch.atan2", {"y": ((15, 31), "range:-3:3"), "x": ((31,), "range:-3:3")}, dtypes=DTYPES)
    polar: Tensors = {"r": ((15, 31), "range:0.2:4"), "a": ((15, 31), "range:-6:6")}
    yield from each("torch.polar", polar, dtypes=FULL)
    for d, of in COMPLEX.items():
        yield from each("torch.angle", {"x": ((15, 31), "normal", of)}, dtypes=(d,))
        yield from each("torch.exp", {"x": ((15, 16), "normal", of)}, dtypes=(d,))
        yield from each("torch.abs", {"x": ((31, 15), "normal", of)}, dtypes=(d,))
        yield from each("torch.mul", {"x": ((15, 31), "normal", of), "y": ((31,), "normal", of)}, dtypes=(d,))
        yield from each("torch.matmul", {"x": ((15, 32), "normal", of), "y": ((32, 7), "normal", of)}, dtypes=(d,))


def _statistics() -> Iterator[Case]:
    yield from each("torch.quantile", {"x": ((31, 48), "range:-3:9")}, 0.9, 0, dtypes=FULL)
    yield from each("torch.nanquantile", {"x": ((63, 31), "unit")}, 0.35, 1, dtypes=FULL, interpolation="midpoint")
    yield from each("torch.median", {"x": (48, 31)}, 0)
    yield from each("torch.std_mean", {"x": ((15, 8, 64), "range:3:4")}, dim=[0, 1], correction=0)
    yield from each("torch.cov", {"x": ((12, 47), "range:-2:3")}, correction=0)
    yield from each("torch.corrcoef", {"x": ((15, 63), "range:0:1")})
    yield from each("torch.histc", {"x": ((2047,), "normal")}, 64, -2.5, 2.5, dtypes=FULL)
    yield from each("torch.bincount", {"i": ((511,), "index:40", "int64"), "w": ((511,), "unit")}, dtypes=FULL)
    yield from each("torch.cumulative_trapezoid", {"y": ((8, 64), "range:-1:2")}, dx=0.05)
    yield from each("torch.trapezoid", {"y": ((47, 31), "unit"), "x": ((31,), "arange")}, dim=-1)
    yield from each("torch.gradient", {"x": ((15, 31), "range:0:9")}, spacing=0.25, dim=1)
    yield from each("torch.renorm", {"x": ((31, 16), "range:-2:2")}, 1.5, 0, 4.0)
    yield from each(F + "pdist", {"x": ((31, 12), "range:-1:1")}, 3.0, dtypes=FULL)
    yield from each(F + "pairwise_distance", {"x": (95, 24), "y": ((95, 24), "unit")}, p=1.0)
    yield from each("torch.cdist", {"x": ((15, 24), "unit"), "y": (31, 24)}, 1.0, dtypes=FULL)


def _products() -> Iterator[Case]:
    chain: Tensors = {"x": (12, 31), "y": ((31, 8), "unit"), "z": (8, 24)}
    yield from each(L + "multi_dot", chain, args=(v("x", "y", "z"),), dtypes=DTYPES)
    yield from each(L + "vecdot", {"x": (7, 15, 32), "y": ((15, 32), "range:0:1")}, dim=-1)
    yield from each(L + "cross", {"x": (31, 3, 7), "y": (31, 3, 7)}, dim=1)
    yield from each("torch.kron", {"x": ((3, 5), "range:-2:2"), "y": (8, 7)})
    yield from each("torch.addr", {"c": (31, 24), "x": (31,), "y": ((24,), "unit")}, alpha=1.5, beta=0.5)
    yield from each("torch.tensordot", {"x": (8, 3, 31), "y": ((31, 12), "unit")}, dims=1)
    yield from each(L + "matrix_power", {"A": ((3, 12, 12), "dominant")}, 5, dtypes=FULL)
    yield from each("torch.matrix_exp", {"A": ((4, 7, 7), "range:-0.8:0.8")}, dtypes=FULL)
    yield from each(L + "vander", {"x": ((31,), "range:-1.3:1.3")}, N=6, dtypes=FULL)
    pairs: Tensors = {"x": (15, 16), "y": ((15, 12), "unit"), "w": ((8, 16, 12), "range:-0.2:0.2")}
    yield from each(F + "bilinear", pairs)


def _factors() -> Iterator[Case]:
    yield from each(L + "qr", {"A": (2, 24, 8)}, dtypes=FULL)
    yield from each(L + "eigh", {"A": ((3, 12, 12), "spd")}, dtypes=FULL)
    yield from each(L + "svdvals", {"A": ((5, 8, 24), "range:-1:1")}, dtypes=FULL)
    yield from each(L + "svd", {"A": (12, 7)}, dtypes=FULL, full_matrices=False)
    yield from each(L + "lu_factor", {"A": ((4, 12, 12), "dominant")}, dtypes=FULL)
    yield from each("torch.cholesky_inverse", {"L": ((12, 12), "dominant")}, dtypes=FULL)
    yield from each(L + "matrix_norm", {"A": ((31, 8, 6), "range:-1:1")}, "nuc", dtypes=FULL)
    yield from each(L + "matrix_norm", {"A": (64, 7, 5)}, 2, dtypes=FULL)
    yield from each(L + "cond", {"A": ((31, 6, 6), "dominant")}, dtypes=FULL)
    yield from each(L + "slogdet", {"A": ((64, 3, 3), "range:-2:2")}, dtypes=FULL)


def _solved() -> Iterator[Case]:
    yield from each(L + "solve", {"A": ((7, 15, 15), "dominant"), "B": ((7, 15, 4), "range:0:9")}, dtypes=FULL)
    lower: Tensors = {"A": ((31, 31), "dominant"), "B": (31, 8)}
    yield from each(L + "solve_triangular", lower, dtypes=FULL, upper=False, unitriangular=True)
    yield from each("torch.cholesky_solve", {"B": (2, 15, 7), "L": ((2, 15, 15), "dominant")}, dtypes=FULL)
    yield from each(L + "inv", {"A": ((31, 5, 5), "dominant")}, dtypes=FULL)
    yield from each(L + "pinv", {"A": ((4, 8, 15), "range:-1:1")}, dtypes=FULL)
    yield from each(L + "lstsq", {"A": ((3, 31, 6), "range:0:1"), "B": (3, 31, 8)}, dtypes=FULL, driver="gels")


def _fourier() -> Iterator[Case]:
    yield from each("torch.fft.rfft2", {"x": ((2, 12, 15), "range:0:1")}, norm="forward", dtypes=FULL)
    yield from each("torch.fft.rfftn", {"x": (3, 8, 5, 6)}, dim=[1, 2, 3], dtypes=FULL)
    yield from each("torch.fft.ihfft", {"x": ((7, 48), "range:-1:1")}, dtypes=FULL)
    for d, of in COMPLEX.items():
        yield from each("torch.fft.hfft", {"x": ((7, 24), "normal", of)}, 47, dtypes=(d,))
        yield from each("torch.fft.ifft", {"x": ((5, 100), "normal", of)}, dtypes=(d,))
        yield from each("torch.fft.irfft2", {"x": ((3, 15, 9), "normal", of)}, dtypes=(d,))
        spectrum: Tensors = {"x": ((17, 12), "normal", of), "w": ((32,), "range:0.5:1")}
        args = ({"v": "x"}, 32, 8)
        yield from each("torch.istft", spectrum, args=args, window={"v": "w"}, center=True, dtypes=(d,))
    speech: Tensors = {"x": ((2, 160), "range:-1:1"), "w": ((31,), "unit")}
    options: Mapping[str, Any] = {"hop_length": 12, "win_length": 31, "return_complex": True}
    yield from each("torch.stft", speech, args=({"v": "x"}, 32), window={"v": "w"}, dtypes=FULL, **options)


def _losses() -> Iterator[Case]:
    signs = ((31, 24), "literal:1,-1,-1")
    yield from each(F + "soft_margin_loss", {"x": ((31, 24), "range:-3:3"), "t": signs}, reduction="none")
    yield from each(
        F + "hinge_embedding_loss", {"x": ((31, 24), "range:0:3"), "t": signs}, margin=1.5, reduction="none"
    )
    many: Tensors = {"x": ((64, 12), "range:-5:5"), "t": ((64, 12), "literal:1,0,0,1,0")}
    yield from each(F + "multilabel_soft_margin_loss", many, reduction="none")
    margins: Tensors = {"x": ((64, 7), "range:-1:1"), "t": ((64,), "index:7", "int64")}
    yield from each(F + "multi_margin_loss", margins, p=2, margin=0.5, reduction="none", dtypes=FULL)
    ranked: Tensors = {"x": (15, 31), "y": (15, 31), "t": ((15, 31), "literal:1,-1")}
    yield from each(F + "margin_ranking_loss", ranked, margin=0.4, reduction="none")
    counts: Tensors = {"x": ((15, 31), "range:-2:2"), "t": ((15, 31), "literal:0,1,4,2,11")}
    yield from each(F + "poisson_nll_loss", counts, log_input=True, reduction="none")
    normal: Tensors = {"x": (15, 31), "t": ((15, 31), "range:-1:1"), "s": ((15, 1), "range:0.2:2")}
    yield from each(F + "gaussian_nll_loss", normal, reduction="none", dtypes=DTYPES)
    triple: Tensors = {"a": (64, 24), "p": ((64, 24), "unit"), "n": ((64, 24), "range:-2:2")}
    yield from each(F + "triplet_margin_loss", triple, swap=True, margin=9.0, p=1.0, reduction="none")
    spoken: Tensors = {"x": ((31, 48, 12), "range:-4:-1"), "t": ((48, 4), "literal:1,3,3,7,2,9,5", "int64")}
    lengths: Tensors = {"n": ((48,), "literal:31,24,16", "int64"), "m": ((48,), "literal:4,2,3", "int64")}
    yield from each(F + "ctc_loss", {**spoken, **lengths}, dtypes=FULL, reduction="none", zero_infinity=True)


def _pools() -> Iterator[Case]:
    yield from each(F + "lp_pool2d", {"x": ((2, 4, 12, 15), "range:0:3")}, 3.0, [2, 3])
    yield from each(F + "lp_pool1d", {"x": ((3, 8, 47), "unit")}, 1.5, 4)
    yield from each(F + "avg_pool3d", {"x": (1, 4, 6, 7, 8)}, 3, 2, 1, dtypes=FULL)
    yield from each(F + "adaptive_avg_pool3d", {"x": ((1, 3, 7, 8, 9), "unit")}, [3, 4, 2])
    yield from each(F + "unfold", {"x": ((1, 3, 8, 9), "unit")}, 3, dilation=2, padding=1)
    yield from each(F + "fold", {"x": ((1, 12, 35), "range:-1:1")}, [6, 8], 2, dtypes=DTYPES)


def _resampling() -> Iterator[Case]:
    image = {"x": ((1, 3, 16, 13), "range:0:1")}
    yield from each(F + "interpolate", image, size=[7, 6], mode="bilinear", antialias=True, dtypes=FULL)
    yield from each(F + "interpolate", image, size=[9, 24], mode="bicubic", antialias=True, dtypes=FULL)
    yield from each(F + "interpolate", {"x": (2, 6, 31)}, scale_factor=2.5, mode="linear", align_corners=True)
    theta: Tensors = {"theta": ((2, 2, 3), "range:-1:1")}
    yield from each(F + "affine_grid", theta, [2, 3, 12, 7], align_corners=True)
    space: Tensors = {"x": (1, 2, 5, 6, 7), "g": ((1, 4, 6, 5, 3), "range:-1.2:1.2")}
    yield from each(F + "grid_sample", space, padding_mode="reflection", align_corners=True, dtypes=FULL)
    yield from each(F + "pad", {"x": (2, 3, 7, 8)}, [2, 1, 3, 2], mode="circular")


def _layers() -> Iterator[Case]:
    yield from each(F + "local_response_norm", {"x": ((2, 12, 5, 6), "range:-4:4")}, 3, dtypes=FULL)
    yield from each(F + "rrelu", {"x": ((31, 24), "range:-3:3")}, 0.1, 0.3, False)
    time: Tensors = {"x": (31, 3, 8), "w": ((3, 8, 12), "range:-0.3:0.3"), "b": (12,)}
    yield from each("torch.conv_tbc", time, 1)
    tensors: Tensors = {"x": (1, 4, 3, 5, 4), "w": ((4, 2, 2, 3, 2), "range:-0.4:0.4")}
    yield from each(F + "conv_transpose3d", tensors, stride=2)
    heads: Tensors = {
        "x": (12, 2, 16),
        "wi": ((48, 16), "range:-0.3:0.3"),
        "bi": ((48,), "range:-0.1:0.1"),
        "wo": ((16, 16), "range:-0.3:0.3"),
        "bo": (16,),
    }
    args: tuple[Any, ...] = (*v("x", "x", "x"), 16, 4, *v("wi", "bi"), None, None, False, 0.0, *v("wo", "bo"))
    yield from each(F + "multi_head_attention_forward", heads, args=args, dtypes=DTYPES)
    gates: Tensors = {"wi": ((48, 12), "range:-0.4:0.4"), "wh": ((48, 16), "range:-0.4:0.4")}
    cell: Tensors = {"x": (5, 4, 12), "h": (2, 4, 16), **gates}
    cell = {**cell, "ri": gates["wi"], "rh": gates["wh"]}
    args = (*v("x", "h"), v("wi", "wh", "ri", "rh"), False, 1, 0.0, False, True, False)
    yield from each("torch.gru", cell, args=args)
    yield from each("torch.fake_quantize_per_tensor_affine", {"x": ((31, 24), "range:-2:2")}, 0.03125, 3, -128, 127)


def _moved() -> Iterator[Case]:
    yield from each("torch.sort", {"x": ((15, 48), "range:-3:3")}, dim=1, descending=True)
    yield from each("torch.searchsorted", {"a": ((64,), "arange"), "x": ((15, 31), "range:0:64")}, right=True)
    index: Tensors = {"x": (24, 31), "i": ((95,), "index:24", "int64"), "s": ((95, 31), "range:0.8:1.2")}
    yield from each("torch.index_reduce", index, args=({"v": "x"}, 0, *v("i", "s"), "prod"))
    segments: Tensors = {"x": (63, 12), "n": ((6,), "literal:8,20,1,12,15,7", "int64")}
    yield from each("torch.segment_reduce", segments, args=({"v": "x"}, "mean"), lengths={"v": "n"}, axis=0)
    put: Tensors = {"x": ((31, 12), "unit"), "i": ((64,), "index:31", "int64"), "s": (64, 12)}
    yield from each("torch.index_put", put, args=({"v": "x"}, [{"v": "i"}], {"v": "s"}, True))
    masked: Tensors = {"x": (15, 31), "m": ((15, 31), "literal:1,0,0,1,1", "bool")}
    yield from each("torch.masked_fill", masked, -2.5)
