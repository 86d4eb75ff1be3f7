"""Core operators that neither PyTorch's own database (OpInfo) nor the table of rules has: see fifth.py.

Most are the kernels of gradients. What they are given as saved from a forward pass (a mean, a norm, an output) is a
number like any other here. Left out: kernels that misread strided tensors because their callers never give any (the
gradients of group norm and of attention).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from harness.case import Case
from tests.numerics.torchrun import op_case

F = "torch.nn.functional."
DTYPES = ("float32", "bfloat16", "float16", "float64")
FULL = ("float32", "float64")  # not in half precision on a CPU
SAVED = "saved"  # the dtype of a saved statistic: float32 for half precision
OWN = {"dt": "own"}  # the dtype of the case, as an argument
ALL = [True, True, True]

Tensors = dict[str, Any]


def cases() -> Iterator[Case]:
    """Every one of these operators, on one or two samples in each dtype it runs in."""
    yield from _activations()
    yield from _losses()
    yield from _normalizations()
    yield from _products()
    yield from _attention()
    yield from _pools()
    yield from _resampling()
    yield from _indexed()
    yield from _cells()
    yield from _lists()


def _each(
    target: str,
    tensors: Tensors,
    *extra: Any,
    dtypes: Sequence[str] = DTYPES,
    args: tuple[Any, ...] | None = None,
    **kwargs: Any,
) -> Iterator[Case]:
    """The case in each dtype; without `args`, the tensors in order and then `extra`."""
    args = args if args is not None else (*({"v": name} for name in tensors), *extra)
    for d in dtypes:
        saved = d if d in FULL else "float32"
        given = {k: (*t[:2], saved) if t and t[-1] == SAVED else t for k, t in tensors.items()}
        yield op_case(target, d, given, args=tuple({"dt": d} if a is OWN else a for a in args), **kwargs)


def _v(*names: str) -> list[Any]:
    return [{"v": name} for name in names]


def _activations() -> Iterator[Case]:
    for name, extra in {
        "gelu": (),
        "silu": (),
        "mish": (),
        "hardswish": (),
        "hardtanh": (-1.0, 1.0),
        "leaky_relu": (0.01, False),
        "softplus": (1.0, 20.0),
        "softshrink": (0.5,),
        "threshold": (0.1,),
    }.items():
        yield from _each(f"aten.{name}_backward.default", {"g": (9, 65), "x": (9, 65)}, *extra)
        yield from _each(f"aten.{name}_backward.default", {"g": (5, 33), "x": ((5, 33), "range:-5:5")}, *extra)
    for shape, values in (((9, 65), "normal"), ((5, 33), "range:-9:9")):
        pair: Tensors = {"g": shape, "x": (shape, values)}
        elu = ({"v": "g"}, 1.0, 1.0, 1.0, False, {"v": "x"})
        yield from _each("aten.elu_backward.default", pair, args=elu)
        yield from _each("aten.infinitely_differentiable_gelu_backward.default", pair)
        yield from _each("aten.log_sigmoid_forward.default", {"x": pair["x"]})
    for shape in ((9, 65), (5, 17)):
        yield from _each("aten.tanh_backward.default", {"g": shape, "y": (shape, "range:-0.95:0.95")})
        yield from _each("aten.sigmoid_backward.default", {"g": shape, "y": (shape, "unit")})
        yield from _each("aten.logit_backward.default", {"g": shape, "x": (shape, "range:0.05:0.95")})
    for n in (17, 33):
        yield from _each("aten.glu_backward.default", {"g": (9, n), "x": (9, 2 * n)}, -1)
        jvp = {"y": (9, n), "x": (9, 2 * n), "dx": (9, 2 * n)}
        yield from _each("aten.glu_jvp.default", jvp, -1, dtypes=FULL)
    noise = {"g": (9, 65), "x": (9, 65), "noise": ((9, 65), "range:0.125:0.33")}
    yield from _each("aten.rrelu_with_noise_backward.default", noise, 0.125, 0.33, True, False)
    # Not in float64, where torch multiplies by the sixth of float32.
    steps = {"g": (9, 65), "x": ((9, 65), "range:-5:5")}
    yield from _each("aten.hardsigmoid_backward.default", steps, dtypes=DTYPES[:3])
    slopes = {"g": (9, 33), "x": (9, 33), "w": ((1, 33), "unit")}
    yield from _each("aten._prelu_kernel_backward.default", slopes)


def _losses() -> Iterator[Case]:
    triple = {"g": (9, 33), "x": (9, 33), "t": (9, 33)}
    mean = {"g": ((), "literal:1"), "x": (5, 17), "t": (5, 17)}
    for name, extra in {"mse": (), "smooth_l1": (1.0,), "huber": (0.75,)}.items():
        yield from _each(f"aten.{name}_loss_backward.default", triple, 0, *extra)
        yield from _each(f"aten.{name}_loss_backward.default", mean, 1, *extra)
    signs = {"g": (9, 33), "x": (9, 33), "t": ((9, 33), "literal:1,-1,-1,1,1")}
    yield from _each("aten.soft_margin_loss_backward.default", signs, 0)
    odds = {"g": (9, 33), "x": ((9, 33), "range:0.05:0.95"), "t": ((9, 33), "unit")}
    yield from _each("aten.binary_cross_entropy_backward.default", odds, None, 0)
    classes = ((33,), "index:9", "int64")
    weighed: Tensors = {"x": (33, 9), "t": classes, "w": ((9,), "unit")}
    yield from _each("aten.nll_loss_forward.default", weighed, 1, -100)
    args = (*_v("g", "x", "t", "w"), 0, -100, {"v": "total"})
    weighed = {"g": (33,), **weighed, "total": ((), "literal:9")}
    yield from _each("aten.nll_loss_backward.default", weighed, args=args)
    margins = {"g": (33,), "x": (33, 9), "t": classes}
    yield from _each("aten.multi_margin_loss_backward.default", margins, 1, 1.0, None, 0, dtypes=FULL)


def _normalizations() -> Iterator[Case]:
    for n in (17, 65):
        softmax = {"g": (9, n), "y": ((9, n), "range:-6:-1")}
        yield from _each("aten._log_softmax_backward_data.default", softmax, -1, OWN)
        shape = (1, 2, 4, n)
        masked = {"g": shape, "y": (shape, "range:0:0.2"), "m": (shape, "normal", "bool")}
        yield from _each("aten._masked_softmax_backward.default", masked, -1)
        # The kernel takes its moments for contiguous: ones that are all the same read the same from strided memory.
        moments: Tensors = {"mean": ((9, 1), "literal:0.3"), "rstd": ((9, 1), "literal:1.3")}
        layer = {"g": (9, n), "x": (9, n), **moments, "w": (n,), "b": (n,)}
        args = (*_v("g", "x"), [n], *_v("mean", "rstd", "w", "b"), ALL)
        yield from _each("aten.native_layer_norm_backward.default", layer, args=args)
        args = ({"v": "x"}, [n], {"v": "w"}, 1e-5)
        yield from _each("aten._fused_rms_norm.default", {"x": (9, n), "w": (n,)}, args=args)
        yield from _each("aten._weight_norm.default", {"v": (9, n), "g": (9, 1)}, 0)
        yield from _each("aten.norm_except_dim.default", {"v": (n, 3, 5)}, 2, 0)
        norms = {"dw": (9, n), "v": (9, n), "g": (9, 1), "norms": ((9, 1), "range:2:9", SAVED)}
        yield from _each("aten._weight_norm_interface_backward.default", norms, 0)
    moments = {"mean": ((5,), "range:-1:1"), "rstd": ((5,), "range:0.5:2")}
    batch = {"g": (4, 5, 3, 7), "x": (4, 5, 3, 7), "w": (5,), **moments}
    args = (*_v("g", "x", "w"), None, None, *_v("mean", "rstd"), True, 1e-5, ALL)
    yield from _each("aten.native_batch_norm_backward.default", batch, args=args)
    stats = {"x": (4, 17, 9), "mean": (17,), "var": ((17,), "unit")}
    yield from _each("aten.batch_norm_update_stats.default", stats, 0.1)


def _products() -> Iterator[Case]:
    conv: Tensors = {"g": (2, 5, 7, 9), "x": (2, 3, 7, 9), "w": (5, 3, 3, 3)}
    yield from _each("aten.convolution_backward.default", conv, [5], [1, 1], [1, 1], [1, 1], False, [0, 0], 1, ALL)
    conv = {"g": (2, 4, 9), "x": (2, 6, 17), "w": (4, 3, 3)}
    yield from _each("aten.convolution_backward.default", conv, [4], [2], [1], [1], False, [0], 2, ALL)
    double: Tensors = {"gx": (1, 3, 7, 9), "gw": (5, 3, 3, 3), "gb": (5,), "g": (1, 5, 7, 9)}
    double |= {"w": (5, 3, 3, 3), "x": (1, 3, 7, 9)}
    yield from _each("aten._convolution_double_backward.default", double, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, ALL)
    for k in (17, 65):
        yield from _each("aten._addmm_activation.default", {"c": (17,), "x": (9, k), "y": (k, 17)}, use_gelu=True)
        trilinear = {"x": (9, k), "w": (5, k, 3), "y": (9, 3)}
        yield from _each("aten._trilinear.default", trilinear, [1, 3], [0], [1, 2], [2, 3])
    dilated = {"x": (1, 3, 9, 9), "w": (5, 3, 3, 3)}
    yield from _each("aten.slow_conv_dilated2d.default", dilated, [3, 3], None, [1, 1], [2, 2], [2, 2])
    tbc = {"g": (9, 2, 5), "x": (9, 2, 3), "w": (3, 3, 5), "b": (5,)}
    yield from _each("aten.conv_tbc_backward.default", tbc, 1)
    yield from _each("aten.matrix_exp_backward.default", {"A": ((5, 5), "dominant"), "g": (5, 5)}, dtypes=FULL)
    yield from _each("aten._compute_linear_combination.default", {"x": (5, 9, 17), "c": (3, 5)})
    yield from _each("aten.linalg__powsum.default", {"x": (33, 17)}, 3, [-1])
    for p in (1.0, 2.0):
        cdist = {"g": (17, 9), "x": (17, 5), "y": (9, 5), "d": ((17, 9), "range:1:4")}
        yield from _each("aten._cdist_backward.default", cdist, args=(*_v("g", "x", "y"), p, {"v": "d"}), dtypes=FULL)
        pdist = {"g": (36,), "x": (9, 17), "d": ((36,), "range:4:7")}
        yield from _each("aten._pdist_backward.default", pdist, args=(*_v("g", "x"), p, {"v": "d"}), dtypes=FULL)
    yield from _each("aten._euclidean_dist.default", {"x": (17, 9), "y": (33, 9)})


def _attention() -> Iterator[Case]:
    layer: Tensors = {"x": (2, 5, 8), "wi": (24, 8), "bi": (24,), "wo": (8, 8), "bo": (8,)}
    args = (*_v("x", "x", "x"), 8, 2, *_v("wi", "bi", "wo", "bo"))
    yield from _each("aten._native_multi_head_attention.default", layer, args=args)
    layer |= {"w1": (8,), "b1": (8,), "w2": (8,), "b2": (8,), "f1": (17, 8), "c1": (17,), "f2": (8, 17), "c2": (8,)}
    norms, feed = _v("w1", "b1", "w2", "b2"), _v("f1", "c1", "f2", "c2")
    args = ({"v": "x"}, 8, 2, *_v("wi", "bi", "wo", "bo"), True, True, 1e-5, *norms, *feed)
    yield from _each("aten._transformer_encoder_layer_fwd.default", layer, args=args)


def _pools() -> Iterator[Case]:
    pool = ([3, 3], [2, 2], [1, 1], False, True, None)
    yield from _each("aten.avg_pool2d_backward.default", {"g": (2, 3, 5, 6), "x": (2, 3, 9, 11)}, *pool)
    pool = ([2, 3, 2], [1, 2, 2], [0, 1, 1], False, False, None)
    space = {"g": (1, 3, 4, 3, 4), "x": (1, 3, 5, 5, 7)}
    yield from _each("aten.avg_pool3d_backward.default", space, *pool, dtypes=FULL)
    yield from _each("aten._adaptive_avg_pool2d_backward.default", {"g": (2, 3, 4, 5), "x": (2, 3, 9, 11)})
    yield from _each("aten._adaptive_avg_pool3d_backward.default", {"g": (1, 3, 2, 3, 4), "x": (1, 3, 5, 5, 7)})
    largest = {"g": (2, 3, 4, 5), "x": (2, 3, 9, 11), "i": ((2, 3, 4, 5), "index:99", "int64")}
    yield from _each("aten.adaptive_max_pool2d_backward.default", largest)
    for values in ("normal", "positive"):
        yield from _each(F + "lp_pool1d", {"x": ((3, 5, 33), values)}, 2, 3, 2)
        yield from _each(F + "lp_pool2d", {"x": ((2, 3, 9, 11), values)}, 2, 3, 2)
    yield from _each("aten.col2im.default", {"x": (2, 27, 35)}, [7, 9], [3, 3], [1, 1], [0, 0], [1, 1])
    yield from _each("aten.unfold_backward.default", {"g": (5, 8, 3)}, [5, 17], 1, 3, 2)


def _resampling() -> Iterator[Case]:
    area, space = [1, 3, 7, 9], [1, 2, 3, 5, 7]
    yield from _each("aten.upsample_linear1d_backward.default", {"g": (2, 3, 33)}, [33], [2, 3, 17], False)
    yield from _each("aten.upsample_trilinear3d.default", {"x": tuple(space)}, [5, 4, 9], False)
    yield from _each("aten.upsample_trilinear3d_backward.default", {"g": (1, 2, 5, 4, 9)}, [5, 4, 9], space, True)
    for name in ("upsample_bilinear2d", "upsample_bicubic2d"):
        yield from _each(f"aten.{name}_backward.default", {"g": (1, 3, 11, 5)}, [11, 5], area, False)
        yield from _each(f"aten.{name}_backward.default", {"g": (1, 3, 9, 17)}, [9, 17], area, True)
    yield from _each("aten.upsample_nearest2d_backward.default", {"g": (1, 3, 17, 11)}, [17, 11], area)
    yield from _each("aten._upsample_bicubic2d_aa.default", {"x": (1, 3, 9, 17)}, [5, 9], False, dtypes=FULL)
    small = {"g": (1, 3, 5, 7)}
    yield from _each("aten._upsample_bilinear2d_aa_backward.default", small, [5, 7], [1, 3, 9, 17], False, dtypes=FULL)
    for name in ("reflection_pad2d", "replication_pad2d"):
        yield from _each(f"aten.{name}_backward.default", {"g": (2, 3, 10, 12), "x": (2, 3, 7, 9)}, [1, 2, 3, 0])
    grid: Tensors = {"g": (1, 3, 5, 9), "x": (1, 3, 7, 9), "grid": ((1, 5, 9, 2), "range:-1:1")}
    yield from _each("aten.grid_sampler_2d_backward.default", grid, 0, 0, False, [True, True])
    grid = {"g": (1, 2, 3, 5, 5), "x": (1, 2, 3, 5, 7), "grid": ((1, 3, 5, 5, 3), "range:-1:1")}
    yield from _each("aten.grid_sampler_3d_backward.default", grid, 0, 0, False, [True, True])
    yield from _each("aten.affine_grid_generator.default", {"theta": (2, 2, 3)}, [2, 3, 9, 11], False)


def _indexed() -> Iterator[Case]:
    ids, bag = ((65,), "index:17", "int64"), ((65,), "index:9", "int64")
    yield from _each("aten.embedding_backward.default", {"g": (65, 9), "i": ids}, 17, -1, False, False)
    sizes: Tensors = {"size": ((9,), "literal:7", "int64"), "max": ((0,), "zeros", "int64")}
    bags: Tensors = {"g": (9, 17), "i": ids, "bag": bag, **sizes}
    yield from _each("aten._embedding_bag_dense_backward.default", bags, 17, False, 0, None)
    starts = ((9,), "literal:0,7,14,21,28,35,42,49,56", "int64")
    weights = {"g": (9, 17), "w": (17, 17), "i": ids, "o": starts, "bag": bag}
    yield from _each("aten._embedding_bag_per_sample_weights_backward.default", weights, 0)
    segments = {"g": (5, 9), "y": (5, 9), "x": (17, 9), "n": ((5,), "literal:3,5,1,6,2", "int64")}
    args = (*_v("g", "y", "x"), "mean")
    yield from _each("aten._segment_reduce_backward.default", segments, args=args, lengths={"v": "n"})
    gammas = {"x": ((9, 33), "range:0.2:9"), "y": ((9, 33), "range:0.2:9")}
    yield from _each("aten._standard_gamma_grad.default", gammas, dtypes=FULL)
    dirichlet = {"x": ((9, 33), "range:0.05:0.9"), "a": ((9, 33), "range:0.3:4"), "total": ((9, 33), "range:5:9")}
    yield from _each("aten._dirichlet_grad.default", dirichlet, dtypes=FULL)


def _cells() -> Iterator[Case]:
    for n, h in ((9, 17), (33, 5)):
        for name, gates in {"lstm": 4, "gru": 3, "rnn_tanh": 1, "rnn_relu": 1}.items():
            weights: Tensors = {"wi": ((gates * h, n), "range:-0.5:0.5"), "wh": ((gates * h, h), "range:-0.5:0.5")}
            weights |= {"bi": ((gates * h,), "unit"), "bh": ((gates * h,), "normal")}
            cell: Tensors = {"x": (5, n), "h": (5, h), **({"c": (5, h)} if name == "lstm" else {}), **weights}
            state: Any = _v("h", "c") if name == "lstm" else {"v": "h"}
            yield from _each(f"torch.{name}_cell", cell, args=({"v": "x"}, state, *_v(*weights)))
            cell = {**cell, "x": (5, 3, n), "h": (1, 3, h), **({"c": (1, 3, h)} if name == "lstm" else {})}
            args = ({"v": "x"}, state, _v(*weights), True, 1, 0.0, False, False, False)
            yield from _each(f"torch.{name}", cell, args=args)
    backward: Tensors = {"dh": (5, 9), "dc": (5, 9), "xi": (5, 36), "xh": (5, 36), "bi": (36,), "bh": (36,)}
    backward |= {"c": (5, 9), "c1": (5, 9)}
    yield from _each("aten._thnn_differentiable_lstm_cell_backward.default", backward)
    backward = {"dh": (5, 9), "xi": (5, 27), "xh": (5, 27), "h": (5, 9), "bi": (27,), "bh": (27,)}
    yield from _each("aten._thnn_differentiable_gru_cell_backward.default", backward)


def _lists() -> Iterator[Case]:
    signed: Tensors = {"x": (9, 33), "y": (5, 17)}
    positive = {"x": ((9, 33), "positive"), "y": ((5, 17), "positive")}
    both = (_v("x", "y"),)
    yield from _each("aten._foreach_exp.default", signed, args=both)
    yield from _each("aten._foreach_rsqrt.default", positive, args=both)
    yield from _each("aten._foreach_norm.Scalar", signed, args=(*both, 2))
    yield from _each("aten._foreach_pow.Scalar", positive, args=(*both, 1.5))
    two = {"x": (9, 33), "y": (5, 17), "a": (9, 33), "b": (5, 17)}
    yield from _each("aten._foreach_lerp.Scalar", two, args=(_v("x", "y"), _v("a", "b"), 0.3))
    factors = {"x": (9, 33), "y": (5, 17), "a": (33, 17), "b": (17, 9)}
    yield from _each("aten._foreach_mm.default", factors, args=(_v("x", "y"), _v("a", "b")))
    three = {**two, "p": ((9, 33), "positive"), "q": ((5, 17), "positive")}
    args = (_v("x", "y"), _v("a", "b"), _v("p", "q"), 0.3)
    yield from _each("aten._foreach_addcdiv.Scalar", three, args=args)
    yield from _each("aten._foreach_addcmul.Scalar", three, args=args)
