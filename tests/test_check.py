"""`harness.judge` and `harness.check`: a verdict for tensors you already have, in place of `assert_close`."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch.nn import functional as F

import harness
from harness.check import dotted
from harness.errors import LockstepError, UsageError

X = torch.linspace(-4.0, 4.0, 60).reshape(4, 15)


@pytest.mark.parametrize(
    ("op", "args", "kwargs"),
    [
        (torch.softmax, (X, -1), {}),
        (torch.mm, (X, X.t()), {}),
        (F.layer_norm, (X, (15,)), {"weight": torch.rand(15), "bias": torch.rand(15)}),
        (F.gelu, (X,), {"approximate": "tanh"}),
        (torch.cat, ([X, X * 2],), {"dim": 0}),
        (torch.topk, (X, 3), {}),
        (torch.Tensor.add, (X, X), {"alpha": 2}),
        (torch.ops.aten.mul.Tensor, (X, X), {}),
        (torch.fft.rfft, (X,), {}),
        (torch.argsort, (X,), {"descending": True}),
    ],
    ids=lambda given: dotted(given) if callable(given) else "",
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["float32", "bfloat16"])
def test_what_torch_computes_passes(op: Any, args: Any, kwargs: Any, dtype: torch.dtype) -> None:
    """Every operator's own CPU result is inside its allowance, in float32 and bfloat16."""
    if dtype == torch.bfloat16 and op is torch.fft.rfft:
        return  # no such kernel on the CPU

    def cast(value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            return value.to(dtype)
        return [cast(one) for one in value] if isinstance(value, list) else value

    args, kwargs = tuple(map(cast, args)), {key: cast(value) for key, value in kwargs.items()}
    verdict = harness.check(op, args, kwargs, actual=op(*args, **kwargs))
    assert verdict.status == "pass"
    assert 0 <= verdict.margin <= 1
    assert verdict.rule


def wrong_element(y: torch.Tensor) -> torch.Tensor:
    y = y.clone()
    y[1, 2] *= 1.001
    return y


def with_nan(y: torch.Tensor) -> torch.Tensor:
    y = y.clone()
    y[1, 2] = math.nan
    return y


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (wrong_element, ["× its allowance", "at [1, 2]", "(0x"]),
        (with_nan, ["NaN where the golden has a number", "[1, 2]"]),
        (torch.zeros_like, ["× its allowance"]),
        (lambda y: torch.full_like(y, math.nan), ["NaN where the golden has a number"]),
        (lambda y: y.double(), ["dtype is float64, the golden has float32"]),
        (lambda y: y[:, :-1], ["shape is [4, 14], the golden has [4, 15]"]),
        (lambda y: [y, y], ["the golden has no such output"]),
        (lambda y: [], ["it was not returned"]),
    ],
    ids=["one element", "one NaN", "all zero", "all NaN", "dtype", "shape", "one output more", "no output"],
)
def test_a_fault_fails_and_the_message_says_where(fault: Any, words: list[str]) -> None:
    """One element 0.1% off, a NaN, zeros, another dtype or shape or number of outputs: each is named."""
    actual = fault(torch.softmax(X, -1))
    verdict = harness.judge(torch.softmax, (X, -1), actual=actual)
    assert verdict.status == "diverged"
    assert verdict.margin > 1
    with pytest.raises(AssertionError) as caught:
        harness.check(torch.softmax, (X, -1), actual=actual)
    text = str(caught.value)
    assert text.startswith("torch.softmax on float32[4, 15]: ")
    for part in words:
        assert part in text


def test_the_rule_and_its_figures_stand_in_the_message() -> None:
    """What set the allowance: `rule softmax: …`; a rule by name takes its place."""
    wrong = wrong_element(torch.softmax(X, -1))
    assert "rule softmax" in harness.judge(torch.softmax, (X, -1), actual=wrong).message
    chosen = harness.judge(torch.softmax, (X, -1), actual=wrong, rule="empirical")
    assert chosen.rule == "empirical"
    assert chosen.status == "diverged"


def test_an_operator_may_be_named_or_given() -> None:
    """The dotted name and the callable are one operator to the table of rules."""
    y = torch.softmax(X, -1)
    named, given = (harness.judge(op, (X, -1), actual=y) for op in ("torch.softmax", torch.softmax))
    assert (named.rule, named.margin) == (given.rule, given.margin)


@pytest.mark.parametrize(
    ("op", "name"),
    [
        (torch.softmax, "torch.softmax"),
        (F.gelu, "torch.nn.functional.gelu"),
        (torch.Tensor.add_, "torch.Tensor.add_"),
        (torch.linalg.norm, "torch.linalg.norm"),
        (torch.fft.rfft, "torch.fft.rfft"),
        (torch.ops.aten.mm.default, "aten.mm.default"),
        (math.sqrt, "math.sqrt"),
    ],
)
def test_callables_are_named_as_users_write_them(op: Any, name: str) -> None:
    """Not by the module in which torch happens to define them."""
    assert dotted(op) == name


def test_a_users_own_function_gets_the_empirical_rule() -> None:
    """No rule is known for it: eight perturbed runs of the float64 reference say what an honest device may do."""

    def mine(x: torch.Tensor, scale: float) -> torch.Tensor:
        return torch.tanh(x * scale) + x

    y = mine(X, 0.5)
    assert harness.check(mine, (X, 0.5), actual=y).rule == "empirical"
    assert harness.judge(mine, (X, 0.5), actual=wrong_element(y)).status == "diverged"


def test_a_device_is_allowed_what_its_profile_says() -> None:
    """A matmul with TF32 inputs diverges for a CPU and passes for a GPU that is allowed TF32."""

    def tf32(x: torch.Tensor) -> torch.Tensor:
        return (((x.view(torch.int32) + 0x1000) >> 13) << 13).view(torch.float32)

    torch.manual_seed(0)
    a, b = torch.randn(32, 64), torch.randn(64, 32)
    actual = tf32(a) @ tf32(b)
    assert harness.judge(torch.mm, (a, b), actual=actual, profile="strict").status == "diverged"
    assert harness.judge(torch.mm, (a, b), actual=actual, profile="cuda").status == "diverged"
    assert harness.judge(torch.mm, (a, b), actual=actual, profile="a100-tf32").status == "pass"


def test_a_golden_that_proves_nothing_is_vacuous_and_not_a_pass() -> None:
    """All zeros, or empty: check raises, since nothing was tested."""
    zero = torch.zeros(3, 4)
    assert harness.judge(torch.relu, (zero,), actual=zero).status == "vacuous"
    empty = torch.empty(0, 4)
    assert harness.judge(torch.exp, (empty,), actual=empty).status == "vacuous"
    with pytest.raises(AssertionError, match="proves nothing"):
        harness.check(torch.relu, (zero,), actual=zero)


def test_what_cannot_be_judged_says_why() -> None:
    """No tensor, an argument of an unknown type, a rule or a profile that does not exist: each by name."""
    with pytest.raises(UsageError, match="at least one tensor"):
        harness.judge(torch.softmax, (3, -1), actual=X)
    with pytest.raises(UsageError, match="argument of type object"):
        harness.judge(torch.softmax, (X, object()), actual=X)
    with pytest.raises(LockstepError, match="no_such_rule"):
        harness.judge(torch.softmax, (X, -1), actual=X, rule="no_such_rule")
    with pytest.raises(LockstepError, match="no_such_profile"):
        harness.judge(torch.softmax, (X, -1), actual=X, profile="no_such_profile")
    with pytest.raises(LockstepError, match="no_such_operator"):
        harness.judge("torch.no_such_operator", (X,), actual=X)


def test_judging_leaves_its_arguments_alone() -> None:
    """Tensors that require grad, that are transposed, conjugated or on the meta of a view: read, never changed."""
    x = X.clone().requires_grad_().t()
    before = x.detach().clone()
    assert harness.check(torch.exp, (x,), actual=torch.exp(x)).status == "pass"
    assert torch.equal(x.detach(), before)
    z = torch.complex(X, X.flip(0)).conj()
    assert harness.check(torch.mul, (z, z), actual=z * z).status == "pass"


@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
def test_complex_numbers_of_two_halves() -> None:
    """complex32, which NumPy does not know, is compared bit for bit, comes in as an input, and crosses the wire."""
    from harness.lab.worker import tensors

    re, im = X.half()[0], X.half()[1]
    z = torch.complex(re, im)
    wrong = torch.view_as_real(z).clone()
    wrong[3, 1] *= 1.01

    assert harness.check(torch.complex, (re, im), actual=z).status == "pass"
    assert harness.check(torch.view_as_real, (z,), actual=torch.view_as_real(z)).status == "pass"
    assert harness.check(torch.Tensor.to, (z, torch.complex64), actual=z.to(torch.complex64)).status == "pass"
    verdict = harness.judge(torch.complex, (re, im), actual=torch.view_as_complex(wrong))
    assert verdict.status == "diverged"
    assert "at [3]" in verdict.message

    def computed(re: torch.Tensor, im: torch.Tensor) -> torch.Tensor:
        return torch.complex(re * im + re, torch.exp(im))

    assert harness.check(computed, (re, im), actual=computed(re, im)).status == "pass"
    assert torch.equal(
        torch.view_as_real(tensors.decode(tensors.encode(z), "complex32", z.shape)), torch.view_as_real(z)
    )
