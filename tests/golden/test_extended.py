"""References beyond float64: which outputs have one, and that no other function's value becomes one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from harness.golden import extended
from harness.golden.lifting import lift
from tests.golden.exactly import reference_of
from tests.numerics.torchrun import golden_of, op_case

F = "torch.nn.functional."
MPMATH = "mpmath, 160 bits"


@pytest.mark.parametrize(
    ("op", "dtype", "shapes", "grad"),
    [
        (F + "mse_loss", "float64", {"x": (5, 7), "t": (5, 7)}, ("x",)),
        (F + "cross_entropy", "float64", {"x": (5, 7), "t": ((5,), "index:7", "int64")}, ("x",)),
        ("torch.fft.fft", "complex128", {"x": (3, 12)}, ()),
        ("torch.linalg.inv", "float64", {"A": ((2, 5, 5), "dominant")}, ()),
        ("torch.sin", "float64", {"x": (5, 7)}, ("x",)),
        (F + "silu", "float64", {"x": (5, 7)}, ("x",)),
        ("torch.logsumexp", "float64", {"x": (5, 7)}, ("x",)),
    ],
)
def test_the_golden_says_where_it_comes_from(
    op: str, dtype: str, shapes: dict[str, Any], grad: tuple[str, ...]
) -> None:
    """A golden of these is read as more precise than float64, so that no allowance is doubled."""
    extra = {"dim": 1} if op == "torch.logsumexp" else {}
    golden, _, _ = golden_of(op_case(op, dtype, shapes, grad=grad, **extra))
    assert reference_of(golden) == MPMATH
    assert not any("doubled" in out.noise for out in golden.outputs)


def test_another_function_never_becomes_the_golden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A definition that differs by a millionth is dropped: the golden is the program, run in pairs of numbers."""
    sigmoid = extended._VALUES["sigmoid"]
    monkeypatch.setitem(extended._VALUES, "sigmoid", lambda call: sigmoid(call) * (1 + 2.0**-20))
    golden, arrays, run = golden_of(op_case("torch.sigmoid", "float64", {"x": (5, 7)}))
    assert np.abs(golden.outputs[0].y / run(arrays, "float64")["out0"] - 1).max() < 2.0**-51
    assert reference_of(golden) == "pairs of float64"


def test_a_function_that_is_not_defined_everywhere_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number where the operator gives NaN is no more trusted than another number."""
    monkeypatch.setitem(extended._VALUES, "log", lambda call: lift(np.ones(3)))
    golden, _, _ = golden_of(op_case("torch.log", "float64", {"x": ((3,), "literal:-1,-2,-3")}))
    assert np.isnan(golden.outputs[0].y).all()


def test_what_float64_cannot_know_is_no_disagreement() -> None:
    """2^24 ± 1 in float64 leaves a layer norm 1e-9 of doubt: the exact value is still the golden."""
    golden, arrays, run = golden_of(op_case(F + "layer_norm", "float64", {"x": (8, 8)}, [8], values="offset"))
    x = arrays["x"].astype(np.longdouble)
    centred = x - x.mean(axis=1, keepdims=True)
    y = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + np.longdouble(1e-5))
    assert np.abs(run(arrays, "float64")["out0"] - y).max() > 1e-9
    assert np.abs(golden.outputs[0].y - y).max() < 1e-11
    assert reference_of(golden) == MPMATH


def test_infinities_leave_the_rest_exact() -> None:
    """A function's value at infinity is the operator's own; its neighbours are still rounded once."""
    values = "literal:0.5,inf,-inf,nan,-0.0"
    golden, _, _ = golden_of(op_case("torch.erf", "float64", {"x": ((5,), values)}))
    y = golden.outputs[0].y
    assert y[:3].tolist() == [0.5204998778130465, 1.0, -1.0]
    assert np.isnan(y[3])
    assert np.signbit(y[4])
    assert reference_of(golden) == MPMATH
