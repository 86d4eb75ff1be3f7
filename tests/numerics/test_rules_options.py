"""Options of operators that change how their kernels round: factors, dimensions, exponents, kinds of targets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from harness.case import Case
from tests.numerics.torchrun import golden_of, judged, op_case, verdict_of

F = "torch.nn.functional."
HALF = ("bfloat16", "float16")


def _index_add(dtype: str, **options: Any) -> Case:
    shapes = {"x": (17, 5, 3), "i": ((33,), "index:5", "int64"), "s": (17, 33, 3)}
    args = ({"v": "x"}, 1, {"v": "i"}, {"v": "s"})
    return op_case("torch.index_add", dtype, shapes, args=args, **options)


def _cases(dtype: str) -> list[Case]:
    d: Any = dtype
    bag = {"i": ((5, 17), "index:33", "int64"), "w": (33, 17), "s": ((5, 17), "unit")}
    three = ("bi,oij,bj->bo", {"v": "x"}, {"v": "w"}, {"v": "y"})
    return [
        _index_add(d, alpha=-0.3),
        _index_add(d, alpha=2.5),
        op_case(F + "embedding_bag", d, bag, args=({"v": "i"}, {"v": "w"}), mode="sum", per_sample_weights={"v": "s"}),
        op_case("torch.einsum", d, {"x": (17, 9), "y": (17, 5), "w": (7, 9, 5)}, args=three),
        op_case(F + "softmax", d, {"x": (3, 17, 5)}, dim=1),
        op_case(F + "softmax", d, {"x": (65, 9)}, dim=0, values="range:-30:30"),
        op_case(F + "softmin", d, {"x": (2, 33, 9)}, dim=1, values="positive"),
        op_case("torch.pow", d, {"x": (5, 129)}, 3),
        op_case("torch.pow", d, {"x": (5, 129)}, -2, values="positive"),
        op_case(F + "cross_entropy", d, {"x": (9, 65), "t": ((9, 65), "range:0:0.03")}, reduction="sum"),
        op_case(F + "cross_entropy", d, {"x": (9, 65), "t": ((9, 65), "range:0:0.03")}, reduction="none"),
        op_case(F + "batch_norm", d, {"x": (33, 5), "w": (5,), "b": (5,)},
                args=({"v": "x"}, None, None, {"v": "w"}, {"v": "b"}), training=True, values="positive"),
        op_case("torch.addmm", d, {"c": (17,), "x": (9, 33), "y": (33, 17)}, alpha=0.6, beta=0.3, grad=("c", "x", "y")),
        op_case("torch.kron", d, {"x": (5, 7), "y": (9, 3)}, grad=("x", "y")),
        op_case("torch.linalg.multi_dot", d, {"x": (9, 17), "y": (17, 5), "z": (5, 7)},
                args=([{"v": "x"}, {"v": "y"}, {"v": "z"}],)),
        op_case("torch.linalg.cross", d, {"x": (17, 3), "y": (17, 3)}, grad=("x", "y")),
        op_case("torch.cross", d, {"x": (17, 3, 5), "y": (17, 3, 5)}, dim=1),
        op_case("torch.add", d, {"x": (17, 33), "y": (17, 33)}, alpha=-2.5),
        op_case("torch.index_reduce", d, {"x": (5, 9), "i": ((33,), "index:5", "int64"), "s": (33, 9)},
                args=({"v": "x"}, 0, {"v": "i"}, {"v": "s"}, "mean")),
        op_case("torch.index_reduce", d, {"x": (5, 9), "i": ((17,), "index:5", "int64"), "s": (17, 9)},
                args=({"v": "x"}, 0, {"v": "i"}, {"v": "s"}, "prod"), values="range:0.5:1.5"),
        op_case("torch.pow", d, {"x": ((9, 1, 5), "positive"), "e": (9, 7, 5)}, grad=("x", "e")),
        op_case(F + "glu", d, {"x": (9, 66)}, grad=("x",)),
        op_case("torch.mean", d, {"x": (9, 17, 33)}, dim=[1, 2], grad=("x",)),
        op_case(F + "layer_norm", d, {"x": (3, 257)}, [257], eps=1e-6, values="wide"),
        op_case("torch.linalg.vecdot", d, {"x": (7, 15, 33), "y": (15, 33)}),
        op_case(F + "softshrink", d, {"x": (7, 127)}, 0.3),
        op_case("torch.special.logit", d, {"x": ((15, 47), "range:0.0:1.0")}, eps=0.02),
        op_case("torch.logit", d, {"x": ((15, 47), "range:0.01:0.99")}),
        op_case("torch.norm", d, {"x": (9, 33, 5)}, 2, [0, 1], grad=("x",), seed=3042),
        op_case("torch.prod", d, {"x": ((17, 33), "range:-1.5:1.5")}, 0, grad=("x",)),
        op_case("torch.prod", d, {"x": ((9, 7, 5), "range:0.5:1.6")}, 1, keepdim=True, grad=("x",)),
        op_case("torch.pow", d, {"y": ((22, 33), "range:-2:2")}, args=(0.4, {"v": "y"})),
        op_case("torch.pow", d, {"x": ((22, 33), "range:0.5:3")}, 1.7),
        op_case(F + "embedding", d, {"i": ((90,), "index:12", "int64"), "w": (12, 14)},
                scale_grad_by_freq=True, grad=("w",)),
        op_case("aten.embedding_dense_backward.default", d, {"g": (90, 14), "i": ((90,), "index:26", "int64")},
                26, 3, True),
        op_case(F + "avg_pool2d", d, {"x": (2, 3, 9, 9)}, 3, 1, divisor_override=1000),
        op_case(F + "adaptive_avg_pool2d", d, {"x": (2, 3, 9, 7)}, [4, 3], grad=("x",)),
        *([] if d in HALF else [op_case("torch.fft.fft", d, {"x": ((66, 7), "range:0:1")}, dim=0, norm="ortho")]),
        *([] if d in HALF else [op_case("torch.fft.hfft2", d, {"x": (5, 6, 7)}, dim=[0, 2], grad=("x",))]),
    ]  # fmt: skip


@pytest.mark.parametrize("dtype", ["float32", *HALF, "float64"])
def test_no_option_makes_torch_wrong(dtype: str) -> None:
    """A factor of each term, products of three, gradients that are broadcast, another dimension, an integer exponent,
    targets that are probabilities, statistics kept in half precision, gradients that are the same number over and over
    or one part of a transform, a norm beside its gradient, products that are kept, or subnormal, numbers that are
    clamped to ones that round, or that the dtype lacks, gradients divided by how often a row was asked for: torch's
    answer passes.
    """
    for case in _cases(dtype):
        verdict = verdict_of(case, profile="cpu")
        assert verdict.status == "pass", f"{case.target} {dict(case.kwargs)}: {verdict.message}"


def test_inputs_of_another_kind_than_the_case() -> None:
    """A complex tensor in a case of real numbers, and weights of counts, are judged by what they are."""
    z = {"x": ((15, 31), "normal", "complex64"), "y": ((31,), "normal", "complex64")}
    counted = {"i": ((511,), "index:33", "int64"), "w": (511,)}
    for case in (
        op_case("torch.mul", "float32", z),
        op_case("torch.abs", "float32", {"x": z["x"]}),
        op_case("torch.bincount", "float32", counted, args=({"v": "i"}, {"v": "w"})),
    ):
        golden, inputs, run = golden_of(case)
        y = np.array(run(inputs, None)["out0"])
        assert judged(golden, inputs, {"out0": y}, profile="cpu").status == "pass"
        y.reshape(-1)[7] *= 1.01
        assert judged(golden, inputs, {"out0": y}, profile="cpu").status == "diverged"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_element_of_q_is_compared_but_for_its_sign(dtype: str) -> None:
    """The factors of a matrix of full rank pass with other signs, and one element of Q that is 64u off diverges."""
    for mode, shape in (("reduced", (2, 24, 8)), ("complete", (9, 5)), ("reduced", (5, 9))):
        golden, inputs, run = golden_of(op_case("torch.linalg.qr", dtype, {"A": shape}, mode=mode))
        made = {name: np.array(array) for name, array in run(inputs, None).items()}
        made["out0"][..., 0] *= -1
        made["out1"][..., 0, :] *= -1
        assert judged(golden, inputs, made).status == "pass"
        made["out0"][..., 2, 1] += 64 * np.finfo(dtype).eps / 2
        assert judged(golden, inputs, made).status == "diverged"


def test_a_lost_factor_diverges() -> None:
    """A term that was added without its factor is seen, where the factor makes terms cancel, too."""
    case = _index_add("float32", alpha=-0.3)
    golden, inputs, run = golden_of(case)
    y = np.array(run(inputs, None)["out0"])
    first = int(np.asarray(inputs["i"])[0])
    y[0, first, 0] += 1.3 * inputs["s"][0, 0, 0] * 2.0**-16
    assert judged(golden, inputs, {"out0": y}).status == "diverged"


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_small_running_product_is_not_left_open(wrong: float) -> None:
    """A running product that goes below float16's normal numbers is a number all the same: NaN and inf diverge."""
    golden, inputs, run = golden_of(op_case("torch.cumprod", "float16", {"x": (17, 9)}, 0, values="range:-1.4:1.4"))
    y = np.array(run(inputs, None)["out0"])
    assert judged(golden, inputs, {"out0": y}).status == "pass"
    y[-1, int(np.abs(y[-1]).argmin())] = wrong
    assert judged(golden, inputs, {"out0": y}).status == "diverged"


@pytest.mark.parametrize("dtype", HALF)
def test_numbers_that_round_alike_still_show_a_fault(dtype: str) -> None:
    """Where all elements are one number and round alike, one that is an ulp off is found."""
    golden, inputs, run = golden_of(op_case("torch.mean", dtype, {"x": (9, 17, 33)}, dim=[1, 2], grad=("x",)))
    made = {name: np.array(array) for name, array in run(inputs, None).items()}
    assert judged(golden, inputs, made).status == "pass"
    made["grad.x"].reshape(-1)[100] *= 1.02
    assert judged(golden, inputs, made).status == "diverged"


@pytest.mark.parametrize("dtype", ["float32", *HALF])
def test_the_gradient_of_a_product_that_is_off_diverges(dtype: str) -> None:
    """A gradient that lost one of seven factors, or is 1 + 2^-4 of itself in one row, is found in any dtype."""
    case = op_case("torch.prod", dtype, {"x": ((9, 7), "range:0.5:1.6")}, 1, grad=("x",))
    golden, inputs, run = golden_of(case)
    for factor in (1 + 2.0**-4, inputs["x"][3, 2].astype(float)):
        made = {name: np.array(array) for name, array in run(inputs, None).items()}
        made["grad.x"][3] = made["grad.x"][3] * made["grad.x"].dtype.type(factor)
        assert judged(golden, inputs, made).status == "diverged", factor


@pytest.mark.parametrize("dtype", ["float32", *HALF, "float64"])
@pytest.mark.parametrize("mode", [0, 1, 2])
def test_torchs_own_embedding_bag(dtype: str, mode: int) -> None:
    """torch.embedding_bag has another order of arguments than torch.nn.functional's, and modes that are counted; what
    it returns beside the first is for its gradient, of a shape that depends on the dtype, and is not judged.
    """
    bags = {"w": (37, 14), "i": ((130,), "index:37", "int64"), "o": ((5,), "literal:0,19,46,71,110", "int64")}
    golden, inputs, run = golden_of(op_case("torch.embedding_bag", dtype, bags, False, mode))
    outputs = run(inputs, None)
    assert [o.name for o in golden.outputs] == ["out0"]
    assert judged(golden, inputs, outputs, profile="cpu").status == "pass"
    for times in (1.05, 0.5):
        y = (outputs["out0"].astype(np.float64) * times).astype(outputs["out0"].dtype)
        assert judged(golden, inputs, {"out0": y}, profile="cpu").status == "diverged"
