"""Inputs at the edge, which a rule must know as well: numbers without a dimension, dimensions of no or one element,
complex factors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.numerics.torchrun import golden_of, op_case, verdict_of

F = "torch.nn.functional."
Array = np.ndarray[Any, Any]
DTYPES = ("float32", "bfloat16", "float64", "complex64")
REDUCING = (
    *("sum", "mean", "logsumexp", "logcumsumexp", "softmax", "log_softmax", "cumsum", "cumprod", "var", "std"),
    *("linalg.vector_norm", "nn.functional.normalize", "cosine_similarity", "inner"),
)
# Operators that torch has no complex kernel of.
REAL = ("softmax", "log_softmax", "cosine_similarity")


def _over(op: str, shape: tuple[int, ...], dtype: str, dim: int, **more: Any) -> Any:
    """A case of an operator that reduces `dim`."""
    pair = {"x": shape, "y": shape} if op in ("cosine_similarity", "inner") else {"x": shape}
    return op_case(f"torch.{op}", dtype, pair, **({} if op == "inner" else {"dim": dim}), **more)


@pytest.mark.parametrize("shape", [(), (1,), (0, 3), (3, 0), (3, 1)], ids=str)
@pytest.mark.parametrize("op", REDUCING)
def test_a_number_or_an_empty_row_is_judged_like_any_other_input(op: str, shape: tuple[int, ...]) -> None:
    """A reduction of a number, of a row of one or of none ends in a verdict, forward and backward."""
    for dtype in DTYPES if op not in REAL else DTYPES[:3]:
        grads = [(), ("x",)] if dtype in ("float32", "float64") else [()]
        for grad in grads:
            case = _over(op, shape, dtype, -1, grad=grad)
            assert verdict_of(case, profile="cpu").status in ("pass", "vacuous"), f"{dtype}, grad {grad}"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("op", ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"])
def test_a_loss_of_two_numbers(op: str, reduction: str, dtype: str) -> None:
    """So does a loss of numbers, and its golden is as exact as that of arrays."""
    case = op_case(F + op, dtype, {"x": (), "t": ()}, grad=("x", "t"), reduction=reduction)
    assert verdict_of(case).status == "pass"
    assert not any("doubled" in out.noise for out in golden_of(case)[0].outputs)


@pytest.mark.parametrize("op", ["exp", "tanh", "log1p", "nn.functional.silu"])
def test_a_function_of_a_number_has_a_gradient_beyond_float64(op: str) -> None:
    """And so has the gradient of a function of a number."""
    case = op_case(f"torch.{op}", "float64", {"x": ((), "unit")}, grad=("x",))
    assert verdict_of(case).status == "pass"
    assert not any("doubled" in out.noise for out in golden_of(case)[0].outputs)


@pytest.mark.parametrize("unbiased", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("op", ["torch.var", "torch.std"])
def test_a_flag_in_the_place_of_a_dimension(op: str, dtype: str, unbiased: bool) -> None:
    """var(x, False) is the biased variance of all of x, not that of its first dimension."""
    case = op_case(op, dtype, {"x": (5, 4)}, unbiased)
    golden, arrays, _ = golden_of(case)
    x = arrays["x"].astype(np.float64)
    expected = x.var(ddof=int(unbiased)) if op == "torch.var" else x.std(ddof=int(unbiased))
    np.testing.assert_allclose(golden.outputs[0].y, expected, rtol=1e-6)
    assert "doubled" not in golden.outputs[0].noise
    assert verdict_of(case).status == "pass"


WITH_ADDEND = {
    "addmm": {"x": (2, 4), "y": (2, 3), "z": (3, 4)},
    "addmv": {"x": (2,), "y": (2, 3), "z": (3,)},
    "addr": {"x": (2, 3), "y": (2,), "z": (3,)},
    "baddbmm": {"x": (2, 2, 4), "y": (2, 2, 3), "z": (2, 3, 4)},
}
COMPLEX = {"alpha": {"c": [0.5, 2.0]}, "beta": {"c": [1.5, -1.0]}}


@pytest.mark.parametrize("op", WITH_ADDEND)
def test_a_complex_factor(op: str) -> None:
    """A complex alpha and beta scale what a product may err by; a fault of ten times that is seen."""
    case = op_case(f"torch.{op}", "complex64", WITH_ADDEND[op], **COMPLEX)
    wrong = {"out0": lambda y: y * (1 + 1e-4j)}

    assert verdict_of(case, profile="cpu").status == "pass"
    assert verdict_of(case, lambda o, _: {k: f(o[k]) for k, f in wrong.items()}).status == "diverged"


@pytest.mark.parametrize("alpha", [1e-3, -3.0, 40.0])
def test_a_factor_counts_no_terms(alpha: float) -> None:
    """alpha scales S by its size and Q by its square, and is no part of how many terms are added."""
    shapes = {"x": (2, 4), "y": (2, 33), "z": (33, 4)}
    (plain,), (scaled,) = (
        golden_of(op_case("torch.addmm", "float32", shapes, alpha=a, beta=0.0))[0].outputs for a in (1.0, alpha)
    )
    assert float(plain.noise["n"]) <= float(scaled.noise["n"]) <= float(plain.noise["n"]) + 3  # scaling rounds too
    for figure in ("S", "R"):
        expected = abs(alpha) * plain.noise[figure].astype(float)
        np.testing.assert_allclose(scaled.noise[figure].astype(float), expected, rtol=0.01)


def test_an_integer_that_the_range_leaves_open_may_be_a_number_alone() -> None:
    """A NaN without a dimension, cast to an integer, is left open like one of many."""
    case = op_case("torch.Tensor.to", "float32", {"x": ((), "literal:nan")}, {"dt": "int32"})
    assert verdict_of(case).status in ("pass", "vacuous")


@pytest.mark.parametrize(
    ("op", "shapes", "extra", "more"),
    [
        ("nn.functional.layer_norm", {"x": (0, 3)}, ([3],), {}),
        ("nn.functional.group_norm", {"x": (0, 4, 2)}, (2,), {}),
        ("nn.functional.group_norm", {"x": (2, 4, 0)}, (2,), {}),
        ("var", {"x": (2, 0, 3)}, (), {"dim": -1}),
        ("nn.functional.adaptive_avg_pool2d", {"x": (2, 3, 4)}, (0,), {}),
        (
            "nn.functional.scaled_dot_product_attention",
            {"q": (1, 1, 2, 0), "k": (1, 1, 2, 0), "v": (1, 1, 2, 0)},
            (),
            {},
        ),
        ("linalg.qr", {"x": (0, 3)}, (), {}),
        ("linalg.eigh", {"x": (0, 0)}, (), {}),
    ],
    ids=lambda given: str(given)[:40],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_nothing_to_compare_is_said_to_be_nothing(
    op: str, shapes: Any, extra: Any, more: dict[str, Any], dtype: str
) -> None:
    """An output without elements is vacuous, whatever its operator."""
    assert verdict_of(op_case(f"torch.{op}", dtype, shapes, *extra, **more)).status == "vacuous"


@pytest.mark.parametrize("reduce", ["sum", "mean", "prod", "amax"])
def test_a_number_scattered_into_a_number(reduce: str) -> None:
    """scatter_reduce knows a tensor of one number as well."""
    index = ((), "literal:0", "int64")
    args = ({"v": "x"}, 0, {"v": "i"}, {"v": "s"}, reduce)
    case = op_case("torch.scatter_reduce", "float32", {"x": (), "i": index, "s": ()}, args=args)
    assert verdict_of(case).status == "pass"


def test_a_softmax_that_one_term_decides_is_as_good_as_exact() -> None:
    """Of numbers far apart the largest has all the weight, however many others have the same exponential, 0."""
    case = op_case("torch.softmax", "float64", {"x": (7, 1025)}, dim=1, values="wide")

    def off(outputs: dict[str, Array], _: dict[str, Array]) -> dict[str, Array]:
        return {"out0": outputs["out0"] * (1 - 20 * 2.0**-53)}

    assert verdict_of(case, profile="cpu").status == "pass"
    assert verdict_of(case, off, profile="cpu").status == "diverged"


def test_attention_that_one_key_decides_is_its_value() -> None:
    """Scores far apart may err by much, and move nothing: the output is one value, to the last bits."""
    shapes = {"q": ((2, 17, 7), "wide"), "k": (2, 17, 7), "v": (2, 17, 7)}
    case = op_case(F + "scaled_dot_product_attention", "float64", shapes)

    def off(outputs: dict[str, Array], inputs: dict[str, Array]) -> dict[str, Array]:
        y, far = outputs["out0"].copy(), np.abs(inputs["q"]).max(-1)
        y.reshape(-1, 7)[far.argmax()] *= 1 + 2.0**-46
        return {"out0": y}

    assert verdict_of(case, profile="cpu").status == "pass"
    assert verdict_of(case, off, profile="cpu").status == "diverged"


@pytest.mark.parametrize("weight", [0.1, 0.9])
def test_a_step_from_one_number_to_another_errs_by_what_is_near(weight: float) -> None:
    """lerp rounds what it adds to the nearer end, not what the other end is away."""
    case = op_case("torch.lerp", "float32", {"x": (9, 31), "y": ((9, 31), "offset")}, weight)

    def off(outputs: dict[str, Array], _: dict[str, Array]) -> dict[str, Array]:
        y = outputs["out0"].copy()
        y[4, 7] *= np.float32(1 + 2.0**-20)
        return {"out0": y}

    assert verdict_of(case, profile="cpu").status == "pass"
    if weight < 0.5:
        assert verdict_of(case, off, profile="cpu").status == "diverged"
