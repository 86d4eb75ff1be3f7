"""Honest outputs pass: torch on this CPU, in each dtype, forward and backward, over ordinary and difficult
values.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from harness.case import Case
from harness.golden import reference
from harness.inputs import cotangent
from tests.numerics.torchrun import golden_of, op_case, verdict_of

F = "torch.nn.functional."
FLOATS = ("float32", "bfloat16", "float16", "float64")
_COMPLEX = {"float32": "complex64", "float64": "complex128"}
FUNCTIONS = ["exp", "expm1", "log1p", "sin", "cos", "tanh", "sigmoid", "atan", "sinh", "asinh", "i0"]


def _cases(dtype: str) -> list[Case]:
    d: Any = dtype
    x, norm = {"x": (9, 65)}, {"x": (4, 65), "w": (65,), "b": (65,)}
    conv = {"x": (2, 4, 9, 11), "w": (6, 4, 3, 3), "b": (6,)}
    affine = ({"v": "x"}, [65], {"v": "w"}, {"v": "b"})
    made = [
        *(op_case(f"torch.{f}", d, x, grad=("x",)) for f in FUNCTIONS),
        *(op_case(f"torch.{f}", d, x, values="positive") for f in ("log", "sqrt", "rsqrt", "lgamma", "digamma")),
        *(op_case(F + f, d, x, values="wide") for f in ("gelu", "silu", "softplus", "elu", "mish", "hardswish")),
        op_case(F + "gelu", d, x, grad=("x",)),
        op_case("torch.add", d, {"x": (9, 65), "y": (9, 65)}, alpha=0.3),
        op_case("torch.div", d, {"x": (9, 65), "y": (9, 65)}, values="wide"),
        op_case("torch.div", d, {"x": (9, 65), "y": ((9, 65), "positive")}, rounding_mode="floor"),
        op_case("torch.matmul", d, {"x": (9, 130), "y": (130, 17)}, grad=("x", "y")),
        op_case("torch.addmm", d, {"c": (17,), "x": (9, 33), "y": (33, 17)}, beta=-0.5, alpha=2.0),
        op_case(F + "linear", d, {"x": (9, 64), "w": (33, 64), "b": (33,)}, grad=("x", "w", "b")),
        op_case(F + "conv2d", d, conv, padding=1, grad=("x", "w", "b")),
        op_case("torch.sum", d, {"x": (5, 1025)}, dim=-1, grad=("x",)),
        op_case("torch.mean", d, {"x": (70, 257)}, dim=-1, values="offset"),
        op_case("torch.cumsum", d, {"x": (3, 257)}, -1, grad=("x",)),
        op_case("torch.prod", d, {"x": (66, 9)}, -1, values="positive"),
        op_case("torch.var", d, {"x": (66, 257)}, dim=-1, values="offset"),
        op_case("torch.std", d, {"x": (66, 257)}, dim=-1),
        op_case("torch.logsumexp", d, {"x": (66, 257)}, dim=-1, values="wide"),
        op_case("torch.logcumsumexp", d, {"x": ((1025, 3), "range:-1:20")}, 0),
        op_case("torch.linalg.vector_norm", d, {"x": (66, 257)}, dim=-1),
        op_case(F + "softmax", d, {"x": (5, 257)}, dim=-1, grad=("x",)),
        op_case(F + "log_softmax", d, {"x": (5, 257)}, dim=-1, grad=("x",)),
        op_case(F + "layer_norm", d, norm, args=affine, grad=("x", "w", "b")),
        op_case(F + "layer_norm", d, {"x": (4, 65)}, [65], values="offset"),
        op_case(F + "rms_norm", d, {"x": (4, 65), "w": (65,)}, args=({"v": "x"}, [65], {"v": "w"}), eps=1e-6),
        op_case(F + "group_norm", d, {"x": (2, 6, 5, 7)}, 3),
        op_case(F + "batch_norm", d, {"x": (4, 6, 5, 3)}, None, None, training=True),
        op_case(
            F + "scaled_dot_product_attention",
            d,
            {"q": (2, 2, 9, 16), "k": (2, 2, 33, 16), "v": (2, 2, 33, 16)},
            grad=("q", "k", "v"),
        ),
        op_case(F + "mse_loss", d, {"x": (9, 33), "t": (9, 33)}, grad=("x",)),
        op_case(F + "cross_entropy", d, {"x": (17, 33), "t": ((17,), "index:33", "int64")}, grad=("x",)),
        op_case(F + "embedding", d, {"i": ((5, 9), "index:33", "int64"), "w": (33, 17)}, grad=("w",)),
        op_case(F + "embedding_bag", d, {"i": ((9, 5), "index:33", "int64"), "w": (33, 17)}, mode="mean"),
        op_case(
            "torch.index_add",
            d,
            {"x": (5, 16), "i": ((33,), "index:5", "int64"), "s": (33, 16)},
            args=({"v": "x"}, 0, {"v": "i"}, {"v": "s"}),
        ),
        op_case(
            "torch.scatter_reduce",
            d,
            {"x": (9, 16), "i": ((9, 65), "index:16", "int64"), "s": (9, 65)},
            args=({"v": "x"}, 1, {"v": "i"}, {"v": "s"}),
            reduce="mean",
        ),
        op_case("torch.sort", d, {"x": (5, 65)}, values="special"),
        op_case("torch.topk", d, {"x": (5, 65)}, 7, values="ties"),
        op_case(F + "interpolate", d, {"x": (1, 3, 7, 9)}, size=[11, 5], mode="bilinear"),
    ]
    if dtype in ("float32", "float64"):
        made += [
            op_case("torch.linalg.inv", d, {"A": ((2, 9, 9), "dominant")}),
            op_case("torch.linalg.solve", d, {"A": ((17, 17), "dominant"), "B": (17, 3)}),
            op_case("torch.linalg.solve", d, {"A": ((7, 7), "dominant"), "B": (3, 2, 7)}, left=False),
            op_case("torch.linalg.cholesky", d, {"A": ((2, 17, 17), "spd")}),
            op_case("torch.cholesky", d, {"A": ((5, 11, 11), "spd")}, True),
            op_case("torch.linalg.eigh", d, {"A": ((3, 9, 9), "spd")}),
            op_case("torch.linalg.eigvalsh", d, {"A": (9, 65, 65)}),
            op_case("torch.linalg.svd", d, {"A": (2, 9, 7)}, full_matrices=False),
            op_case("torch.svd", d, {"A": (2, 9, 7)}),
            op_case("torch.svd", d, {"A": (2, 9, 7)}, compute_uv=False),
            op_case("torch.linalg.qr", d, {"A": (2, 9, 7)}),
            op_case("torch.fft.rfft", d, {"x": (3, 61)}),
        ]
    return made


def _convolves(dtype: str) -> bool:
    """Whether oneDNN has kernels of a short dtype for this processor: elsewhere gradients add up in half precision
    (docs/findings.md, "Convolutions that add up in bfloat16").
    """
    asked = {"bfloat16": "_is_mkldnn_bf16_supported", "float16": "_is_mkldnn_fp16_supported"}.get(dtype)
    return asked is None or bool(getattr(torch.ops.mkldnn, asked)())


@pytest.mark.parametrize("dtype", FLOATS)
def test_torch_on_this_cpu_passes(dtype: str) -> None:
    """No operator of the CPU build of torch is called wrong for its rounding, in any float dtype."""
    failed = []
    for case in _cases(dtype):
        if case.grad and "conv2d" in case.target and not _convolves(dtype):
            continue
        verdict = verdict_of(case, profile="cpu")
        if verdict.status != "pass":
            failed.append(f"{case.target} {case.values}: {verdict.message}")
    assert not failed, "\n".join(failed)


def test_complex_sums_that_are_exact_have_to_be() -> None:
    """Parts that are multiples of one number round in no order, in float64 as well: two ulp off is wrong."""
    case = op_case("torch.sum", "complex128", {"x": (7, 5)}, dim=1)

    def off(outputs, inputs):
        return {"out0": outputs["out0"] + 2 * np.spacing(np.abs(outputs["out0"])) * np.eye(1, 7)[0]}

    assert verdict_of(case, profile="cpu").status == "pass"
    assert verdict_of(case, off, profile="cpu").status == "diverged"


def test_windows_that_overlap_share_their_errors() -> None:
    """Windows of 4 by 4, each half of the next, and running sums: their RMS is as uncertain as that of those apart."""
    pool = op_case(F + "avg_pool2d", "float32", {"x": (1, 3, 9, 9)}, 4, 2)
    rows = op_case("torch.cumsum", "float32", {"x": (5, 7, 30)}, 2)
    sums = op_case(F + "avg_pool2d", "float32", {"x": (1, 3, 8, 8)}, 2)
    limit = {case.target: verdict_of(case, profile="cpu").figures["rho"] for case in (pool, rows)}
    noise = {case.target: golden_of(case)[0].outputs[0].noise for case in (pool, rows)}
    assert float(noise[pool.target]["groups"]) == pytest.approx(243 / 16)
    assert float(noise[rows.target]["groups"]) == 35
    assert "groups" not in golden_of(sums)[0].outputs[0].noise
    assert limit[pool.target] > 1.7 > limit[rows.target] > 1.5


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_transforms_that_one_output_or_line_outweighs_pass(dtype: str) -> None:
    """The sum of positive numbers, which a transform has beside small outputs, errs with its own size, in any radix;
    so does the line of a transform along two dimensions that has most of its numbers.
    """
    short = dtype == "float32"
    failed = []
    for n in (9, 33, 41, 43, 128):
        shape = (n, 301)
        cases = [op_case("torch.fft.rfft", dtype, {"x": (shape, "range:0:1")}, n, 0)]
        cases += [op_case("torch.fft.fft2", "complex64" if short else "complex128", {"x": ((9, n, 8), "range:0:1")})]
        cases += [op_case("torch.fft.irfft2", dtype, {"x": ((9, n, 8), "range:0:1", _COMPLEX[dtype])})]
        cases += [op_case("torch.stft", dtype, {"x": ((3, 4096), "range:0:1")}, n_fft=n, return_complex=True)]
        for case in cases:
            verdict = verdict_of(case, profile="cpu")
            failed += [] if verdict.status == "pass" else [f"{case.target} {n}: {verdict.message}"]
    assert not failed, "\n".join(failed)


def test_rows_that_one_rounded_number_moves_are_as_far_off_as_it_may_be() -> None:
    """A quantile's position 0.35·57 is rounded once for all rows, by as much as 1.7 times what is usual."""
    case = op_case("torch.quantile", "float32", {"x": (27, 58)}, 0.35, 1)
    assert verdict_of(case, profile="cpu").status == "pass"


def test_an_element_that_cancels_may_show_what_its_means_round() -> None:
    """Where batch norm's gradient is composed of operators in bfloat16, an element whose own cotangent is 0 is left
    with what the terms of the means round by.
    """
    x, shapes = {"v": "x"}, {"x": ((31, 12), "range:0:5"), "w": (12,)}
    args = (x, None, None, {"v": "w"}, None, True)
    case = op_case(F + "batch_norm", "bfloat16", shapes, args=args, grad=("x",))

    def composed(outputs: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
        x, w = (torch.from_numpy(inputs[k].astype(np.float32)).bfloat16() for k in ("x", "w"))
        g = torch.from_numpy(reference.cotangent(x.shape).astype(np.float32)).bfloat16()
        centred = x - x.mean(0)
        rstd = ((centred * centred).mean(0) + 1e-5).rsqrt()
        xhat, t = centred * rstd, g * w
        found = rstd * (t - t.mean(0) - xhat * (t * xhat).mean(0))
        assert (g == 0).any()
        return {**outputs, "grad.x": found.float().numpy().astype(outputs["grad.x"].dtype)}

    verdict = verdict_of(case, composed, profile="cpu")
    assert verdict.status == "pass", verdict.message


def test_weights_that_are_kept_in_half_precision_may_be_subnormal() -> None:
    """Attention's weights below 6e-5 round by half the smallest float16, and so do gradients that they make up."""
    shape = dict.fromkeys("qkv", ((1, 2, 20, 12), "offset"))
    case = op_case(F + "scaled_dot_product_attention", "float16", shape, grad=("q", "k", "v"))

    def composed(outputs: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
        q, k = (torch.from_numpy(inputs[name]).float() for name in "qk")
        weights = torch.softmax(q @ k.mT / 12**0.5, -1).half().float()
        cotangent = torch.from_numpy(reference.cotangent((1, 2, 20, 12))).float()
        return {**outputs, "grad.v": (weights.mT @ cotangent).half().numpy()}

    verdict = verdict_of(case, composed, profile="cpu")
    assert verdict.status == "pass", verdict.message


def test_a_masked_softmaxs_gradient_may_add_up_in_half_precision() -> None:
    """PyTorch's kernel adds y·g up in float16, one after the other."""
    shape = (1, 2, 4, 65)
    given = {"g": (shape, "range:0:1"), "y": (shape, "range:0:1"), "m": (shape, "normal", "bool")}
    verdict = verdict_of(op_case("aten._masked_softmax_backward.default", "float16", given, -1), profile="cpu")
    assert verdict.status == "pass", verdict.message


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_complex_arithmetic_passes(dtype: str) -> None:
    """Complex products, quotients, dot products and transforms are judged component by component."""
    cases = [
        op_case("torch.mul", dtype, {"x": (9, 33), "y": (9, 33)}),
        op_case("torch.div", dtype, {"x": (9, 33), "y": (9, 33)}),
        op_case("torch.matmul", dtype, {"x": (9, 33), "y": (33, 9)}),
        op_case("torch.exp", dtype, {"x": (9, 33)}),
        op_case("torch.fft.fft", dtype, {"x": (3, 64)}),
    ]
    assert [verdict_of(case).status for case in cases] == ["pass"] * len(cases)


@pytest.mark.parametrize("dtype", ["int8", "int32", "int64", "bool"])
def test_integers_and_bools_are_exact(dtype: str) -> None:
    """Integer sums, products and comparisons pass only bit for bit."""
    case = op_case("torch.eq" if dtype == "bool" else "torch.mul", dtype, {"x": (9, 33), "y": (9, 33)})
    assert verdict_of(case).status == "pass"

    def off_by_one(outputs: dict[str, Any], _: object) -> dict[str, Any]:
        outputs["out0"].flat[7] ^= 1
        return outputs

    assert verdict_of(case, off_by_one).status == "diverged"


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_a_16_bit_log_softmax_may_round_its_sum_first(dtype: str) -> None:
    """Kernels that keep max + log Σ in 16 bits are honest, though that number is larger than the
    result.
    """
    case = op_case(F + "log_softmax", dtype, {"x": (9, 64)}, dim=-1)
    assert verdict_of(case, profile="cpu").status == "pass"


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("scale", [3.0, 0.1, -0.7])
def test_a_scaled_argument_rounds_before_the_function(dtype: str, scale: float) -> None:
    """softplus of beta·x, and celu of x / alpha, err as the rounded argument says."""
    for values in ("range:-30:30", "wide"):
        case = op_case(F + "softplus", dtype, {"x": (9, 65)}, values=values, beta=scale, threshold=0.2)
        verdict = verdict_of(case, profile="cpu")
        assert verdict.status == "pass", verdict.message
    verdict = verdict_of(op_case(F + "celu", dtype, {"x": (9, 65)}, values="wide", alpha=abs(scale)), profile="cpu")
    assert verdict.status == "pass", verdict.message


@pytest.mark.parametrize("values", ["normal", "unit", "positive", "wide", "range:-9:9"])
def test_gradients_made_of_other_functions_pass(values: str) -> None:
    """Gradients that cancel (sinc near 0, i0e far from it), overflow on the way (i0, pow) or meet a pole (digamma)."""
    failed = []
    for dtype in FLOATS:
        wide = dtype in ("float32", "float64")
        ops = ["sinc", "i0", *(["special.i0e", "special.i1", "special.i1e"] if wide else [])]
        ops += ["digamma"] if dtype != "float64" else []  # whose series there is that of float32
        cases = [op_case(f"torch.{op}", dtype, {"x": (9, 65)}, values=values, grad=("x",)) for op in ops]
        cases += [op_case("torch.pow", dtype, {"x": (9, 65), "y": (9, 65)}, values=values, grad=("x", "y"))]
        for case in cases:
            verdict = verdict_of(case, profile="cpu")
            if verdict.status not in ("pass", "vacuous"):
                failed.append(f"{case.target} {dtype}: {verdict.message}")
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("op", ["torch.sinc", "torch.i0", "torch.special.i0e", "torch.special.i1", "torch.pow"])
def test_a_gradient_made_of_other_functions_that_is_off_diverges(op: str) -> None:
    """A hundredth of one per cent in float32 is seen, and a sign."""
    shapes = {"x": (9, 65), "y": (9, 65)} if op == "torch.pow" else {"x": (9, 65)}
    case = op_case(op, "float32", shapes, values="positive", grad=tuple(shapes))
    for name in shapes:
        for factor in (1.0001, -1.0):

            def off(o: dict[str, Any], _: dict[str, Any], name: str = name, factor: float = factor) -> dict[str, Any]:
                return {f"grad.{name}": (o[f"grad.{name}"] * factor).astype(np.float32)}

            assert verdict_of(case, off, profile="cpu").status == "diverged"


def test_noise_whose_square_underflows_is_judged_by_the_cap() -> None:
    """exp(-x²) of float64 at x = 22, whose variance is no number: honest ones pass, and twice the value diverges."""
    case = op_case("torch.erf", "float64", {"x": (9, 65)}, values="wide", grad=("x",))
    assert verdict_of(case, profile="cpu").status == "pass"
    assert verdict_of(case, lambda o, _: {"grad.x": 2 * o["grad.x"]}, profile="cpu").status == "diverged"


def test_a_scale_in_half_precision_is_too_coarse() -> None:
    """Softplus in float32 with a beta that was rounded to float16 diverges."""
    case = op_case(F + "softplus", "float32", {"x": (9, 65)}, values="range:-30:30", beta=0.1)

    def coarse(_: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
        x, beta = inputs["x"].astype(np.float64), float(np.float16(0.1))
        return {"out0": (np.log1p(np.exp(beta * x)) / beta).astype(np.float32)}

    assert verdict_of(case, coarse, profile="cpu").status == "diverged"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_gradient_of_a_norm_of_numbers_far_from_zero_passes(dtype: str) -> None:
    """Where the mean is a thousand times the deviations the variance errs as the mean does: torch's answer passes."""
    for seed in range(12):
        case = op_case(F + "layer_norm", dtype, {"x": (16, 32)}, [32], values="offset", grad=("x",), seed=seed)
        verdict = verdict_of(case, profile="cpu")
        assert verdict.status == "pass", f"{seed}: {verdict.message}"


def one_by_one(terms: np.ndarray) -> np.ndarray:
    """Sums along the last dimension in float32, each term added to what came before."""
    return np.add.accumulate(terms.astype(np.float32), axis=-1)[..., -1]


def welford(x: np.ndarray) -> np.ndarray:
    """Variance of each row in float32, updated with its mean, as accelerators compute it."""
    mean, square = np.zeros(len(x), np.float32), np.zeros(len(x), np.float32)
    for k in range(x.shape[1]):
        before = x[:, k] - mean
        mean = mean + before / np.float32(k + 1)
        square = square + before * (x[:, k] - mean)
    return square / np.float32(x.shape[1])


def test_a_norm_of_numbers_far_from_zero_may_update_its_statistics() -> None:
    """A variance of 256 numbers of 1024 ± 1 that is updated with its mean errs as that rounds at each step, and so does
    the gradient of a row that it scales; eight times as far off is wrong."""
    shapes = {"x": ((512, 256), "offset"), "w": ((256,), "positive")}
    given = ({"v": "x"}, [256], {"v": "w"})
    case = op_case(F + "layer_norm", "float32", shapes, args=given, grad=("x",))

    def scaled(times: float) -> Any:
        def change(outputs: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
            x, g = inputs["x"].astype(np.float64), cotangent((512, 256)) * inputs["w"].astype(np.float64)
            right = x.var(1) + 1e-5
            r = ((right + times * (welford(inputs["x"]) + 1e-5 - right)) ** -0.5)[:, None]
            xhat = (x - x.mean(1, keepdims=True)) * r
            y = r * (g - g.mean(1, keepdims=True) - xhat * (g * xhat).mean(1, keepdims=True))
            return {"grad.x": y.astype(np.float32)}

        return change

    verdict = verdict_of(case, scaled(1.0), profile="cpu")
    assert verdict.status == "pass", verdict.message
    assert verdict_of(case, scaled(8.0), profile="cpu").status == "diverged"


def test_a_variance_of_numbers_near_zero_beside_their_mean_errs_to_one_side() -> None:
    """Where most numbers are small beside the mean their squared deviations are alike, and round alike each time they
    are added, one after the other: it passes, and four times as much does not."""
    case = op_case("torch.var", "float32", {"x": (32, 1024)}, -1, values="wide")

    def added(times: float) -> Any:
        def change(_: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
            x = inputs["x"]
            apart = (x - x.astype(np.float64).mean(-1, keepdims=True).astype(np.float32)) ** 2
            right = apart.astype(np.float64).sum(-1)
            return {"out0": ((right + times * (one_by_one(apart) - right)) / 1023).astype(np.float32)}

        return change

    assert verdict_of(case, added(1.0), profile="cpu").status == "pass"
    assert verdict_of(case, added(4.0), profile="cpu").status == "diverged"


def test_terms_that_a_grown_sum_loses_are_lost_to_one_side() -> None:
    """A loss of numbers of very different size, added up one after the other, loses those that are less than half its
    last place: all of them positive."""

    def added(_: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
        apart = np.abs(inputs["x"] - inputs["t"])
        terms = np.where(apart < 2.5, 0.5 * apart * apart, np.float32(2.5) * (apart - np.float32(1.25)))
        return {"out0": np.float32(one_by_one(terms.reshape(-1)) / np.float32(terms.size))}

    for seed in range(8):
        case = op_case(F + "huber_loss", "float32", {"x": ((31, 40), "wide"), "t": (31, 40)}, delta=2.5, seed=seed)
        verdict = verdict_of(case, added, profile="cpu")
        assert verdict.status == "pass", f"{seed}: {verdict.message}"


def test_a_channel_in_16_bits_shares_the_rounding_of_its_scale() -> None:
    """Given statistics make one scale a channel, rounded once for all of it: in bfloat16 a channel errs alike."""
    shapes = {"x": (2, 5, 6, 6), "m": (5,), "v": ((5,), "positive")}
    for dtype, groups in (("bfloat16", 5), ("float16", 5), ("float32", None)):
        golden, _, _ = golden_of(op_case(F + "batch_norm", dtype, shapes))
        assert golden.outputs[0].noise.get("groups") == groups
