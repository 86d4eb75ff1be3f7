"""What a GPU does that a CPU doesn't passes under its profile, and only there: each done here by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from harness.numerics import formats
from harness.numerics.profile import load, of_device
from tests.numerics.torchrun import op_case, to_numpy, to_torch, verdict_of

F = "torch.nn.functional."
CONV = {"x": (2, 8, 9, 11), "w": (6, 8, 3, 3)}


def changed(name: str, call):
    """The output `name` becomes what `call` makes of the inputs as tensors."""
    return lambda outputs, inputs: {name: to_numpy(call(*map(to_torch, inputs.values())))}


def to_tf32(x: torch.Tensor) -> torch.Tensor:
    """Rounded to the eleven bits that a tensor core takes of a float32."""
    return torch.from_numpy(formats.round_value(x.double().numpy(), "tfloat32")).float()


@pytest.mark.parametrize(("profile", "status"), [("h100", "pass"), ("h100-ieee", "diverged"), ("cpu", "diverged")])
def test_a_convolution_may_take_tf32(profile: str, status: str) -> None:
    """As cuDNN does by default; with TF32 off that is a fault."""
    tf32 = changed("out0", lambda x, w: torch.conv2d(to_tf32(x), to_tf32(w)))
    assert verdict_of(op_case("torch.conv2d", "float32", CONV), tf32, profile=profile).status == status


@pytest.mark.parametrize(("profile", "status"), [("h100", "diverged"), ("h100-tf32", "pass")])
def test_a_matrix_product_may_take_tf32_only_where_that_is_on(profile: str, status: str) -> None:
    """PyTorch leaves it off for cuBLAS."""
    tf32 = changed("out0", lambda a, b: to_tf32(a) @ to_tf32(b))
    case = op_case("torch.matmul", "float32", {"a": (17, 65), "b": (65, 9)})
    assert verdict_of(case, tf32, profile=profile).status == status


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_a_bias_may_be_added_to_the_rounded_convolution(dtype: str) -> None:
    """PyTorch's cuDNN path rounds twice in half precision; a CPU's kernel does not, nor does a GPU without a bias."""
    case = op_case("torch.conv2d", dtype, {**CONV, "b": (6,)})
    apart = changed("out0", lambda x, w, b: torch.conv2d(x, w) + b.reshape(-1, 1, 1))
    assert verdict_of(case, apart, profile="h100").status == "pass"
    assert verdict_of(case, apart, profile="cpu").status == "diverged"
    off = changed("out0", lambda x, w: torch.conv2d(x, w) + 0.25 - 0.25)
    assert verdict_of(op_case("torch.conv2d", dtype, CONV), off, profile="h100").status == "diverged"


def test_parts_of_a_long_product_may_be_rounded() -> None:
    """cuBLAS splits long products and adds up their parts in half precision; short ones it computes whole."""

    def split(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        half = a.shape[1] // 2
        return (a[:, :half] @ b[:half]).float().add((a[:, half:] @ b[half:]).float()).half()

    long = op_case("torch.matmul", "float16", {"a": (7, 512), "b": (512, 9)})
    assert verdict_of(long, changed("out0", split), profile="h100").status == "pass"
    assert verdict_of(long, changed("out0", split), profile="cpu").status == "diverged"
    short = op_case("torch.matmul", "float16", {"a": (27, 64), "b": (64, 29)})
    assert verdict_of(short, changed("out0", split), profile="h100").status == "diverged"


def test_dividing_by_one_number_may_multiply_with_its_reciprocal() -> None:
    """For all elements, in an operator and in a function alike; by a tensor nothing is saved, and it must be right."""
    by_three = changed("out0", lambda x: x * (1 / torch.tensor(3.0)))
    one = op_case("torch.div", "float32", {"x": (9, 65)}, 3.0)
    assert verdict_of(one, by_three, profile="cuda").status == "pass"
    assert verdict_of(one, by_three, profile="cpu").status == "diverged"
    each = op_case("torch.div", "float32", {"x": (9, 65), "y": (9, 65)})
    reciprocals = changed("out0", lambda x, y: x * (1 / y))
    assert verdict_of(each, reciprocals, profile="cuda").status == "diverged"


def test_attention_by_three_tf32_products_passes() -> None:
    """float32 attention on tensor cores errs twice as much as by FMA; four times as much is wrong."""
    shapes = {"q": (1, 2, 33, 16), "k": (1, 2, 33, 16), "v": (1, 2, 33, 16)}
    case = op_case(F + "scaled_dot_product_attention", "float32", shapes)

    def noisier(times: float):
        def make(outputs, inputs):
            q, k, v = (to_torch(x).double() for x in inputs.values())
            right = to_numpy(torch.nn.functional.scaled_dot_product_attention(q, k, v))
            return {"out0": (right + times * (outputs["out0"] - right)).astype(np.float32)}

        return make

    assert verdict_of(case, noisier(2.5), profile="h100").status == "pass"
    assert verdict_of(case, noisier(2.5), profile="cpu").status == "diverged"
    assert verdict_of(case, noisier(8.0), profile="h100").status == "diverged"


def test_products_in_memory_round_each_time() -> None:
    """scatter_reduce multiplies in the output's own dtype."""
    case = op_case(
        "torch.scatter_reduce",
        "bfloat16",
        {"x": ((5, 9), "unit"), "i": ((5, 17), "index:9", "int64"), "s": ((5, 17), "unit")},
        args=({"v": "x"}, 1, {"v": "i"}, {"v": "s"}, "prod"),
    )

    def in_memory(outputs, inputs):
        x, i, s = (to_torch(v) for v in inputs.values())
        for row in range(5):
            for place, factor in zip(i[row], s[row], strict=True):
                x[row, place] *= factor
        return {"out0": to_numpy(x)}

    assert verdict_of(case, in_memory, profile="cuda").status == "pass"


@pytest.mark.parametrize("op", ["sort", "msort"])
def test_which_of_two_equals_was_sorted_first_is_open_to_their_gradients(op: str) -> None:
    """Gradients of equal elements may change places; others may not, nor may those of a stable sort."""
    case = op_case(f"torch.{op}", "float16", {"x": ((40, 3), "ties")}, *([0] if op == "sort" else []), grad=("x",))

    def swapped(equal: bool):
        def make(outputs, inputs):
            x, grad = inputs["x"][:, 0], outputs["grad.x"].copy()
            pairs = (
                (i, j) for i in range(40) for j in range(i) if (x[i] == x[j]) == equal and grad[i, 0] != grad[j, 0]
            )
            i, j = next(pairs)
            grad[[i, j], 0] = grad[[j, i], 0]
            return {"grad.x": grad}

        return make

    assert verdict_of(case, swapped(True), profile="cuda").status == "pass"
    if op == "sort":
        stable = replace(case, args=case.args[:1], kwargs=(("dim", 0), ("stable", True)))
        assert verdict_of(stable, swapped(True), profile="cuda").status == "diverged"
    alone = op_case(f"torch.{op}", "float32", {"x": (40, 3)}, *([0] if op == "sort" else []), grad=("x",))
    assert verdict_of(alone, swapped(False), profile="cuda").status == "diverged"


def test_three_operands_are_contracted_in_any_order() -> None:
    """With opt_einsum the cheapest pair comes first, and half precision rounds another intermediate."""
    shapes = {"a": (17, 9), "b": (17, 5), "c": (7, 9, 5)}
    case = op_case("torch.einsum", "bfloat16", shapes, args=("bi,bj,kij->bk", *({"v": n} for n in shapes)))
    last_first = changed("out0", lambda a, b, c: torch.einsum("bikj,bj->bk", torch.einsum("bi,kij->bikj", a, c), b))
    other = changed("out0", lambda a, b, c: torch.einsum("bi,bki->bk", a, torch.einsum("bj,kij->bki", b, c)))
    assert {verdict_of(case, way, profile="cpu").status for way in (last_first, other)} == {"pass"}


def test_a_device_gets_the_profile_of_its_kind_and_mode() -> None:
    """By the name its driver gives it; what no profile names gets its vendor's."""
    assert of_device("NVIDIA H100 80GB HBM3", "cuda") == "h100"
    assert of_device("NVIDIA H200", "cuda", "tf32") == "h100-tf32"
    assert of_device("NVIDIA A100-SXM4-40GB", "cuda", "ieee") == "a100-ieee"
    assert of_device("Tesla V100-SXM2-16GB", "cuda", "ieee") == "v100"
    assert of_device("NVIDIA GeForce RTX 4090", "cuda") == "cuda"
    assert of_device("AMD Instinct MI300X", "cuda", "ieee") == "cuda-ieee"
    assert load("v100").of_program(["conv2d"]).inputs_of("float32") == "float32"
    assert load("h100").of_program(["conv2d"]).inputs_of("float32") == "tfloat32"
    assert load("h100").of_program(["mm", "lstm_cell"]).inputs_of("float32") == "float32"
