"""Numbers of 160 bits, to and from float64."""

from __future__ import annotations

import numpy as np
import pytest

from harness.golden.lifting import folded, lift, lower, place
from harness.numerics.rules.base import Call
from tests.numerics.torchrun import TorchRun, op_case


def test_lifted_numbers_come_back() -> None:
    """Every float64 and complex128 survives, infinities, the smallest and the largest among them."""
    x = np.array([0.1, -3e300, 5e-324, 2.0**-1022, np.inf, -np.inf, 1.7976931348623157e308])
    assert lower(lift(x), np.float64).tolist() == x.tolist()
    z = np.array([0.1 + 2j, -1e-310j])
    assert lower(lift(z), np.complex128).tolist() == z.tolist()


def test_subnormal_numbers_are_rounded_once() -> None:
    """1.5·(1 - 2^-60) of the smallest number is nearer to 1 of it; through 53 bits it would be 1.5, and then 2."""
    product = lift(1.5 * (1 - 2.0**-30) * 2.0**-500) * lift((1 + 2.0**-30) * 2.0**-574)
    assert float(lower(product, np.float64)) == 2.0**-1074


def test_out_of_range() -> None:
    """Beyond the largest number is infinity, far below the smallest is zero, and a complex number is no real one."""
    big, small = lift(1e300), lift(1e-300)
    assert float(lower(np.asarray(big * big), np.float64)) == np.inf
    assert float(lower(np.asarray((small * small) ** 9), np.float64)) == 0.0
    assert np.isnan(lower(lift(np.array([1j])), np.float64)).all()


def test_sums_over_what_was_broadcast() -> None:
    """A gradient has its input's shape: the sum over dimensions that were added or stretched."""
    values = np.arange(24.0).reshape(2, 3, 4)
    assert folded(values, (2, 3, 4)).tolist() == values.tolist()
    assert folded(values, (3, 1)).tolist() == values.sum(axis=(0, 2)).reshape(3, 1).tolist()
    assert folded(values, ()) == values.sum()


def test_an_input_is_one_argument() -> None:
    """By position or keyword; one that stands twice has no gradient of its own here."""
    shapes = {"x": (3,), "y": (3,)}

    def call(*args: str, **kwargs: object) -> Call:
        case = op_case("torch.mul", "float64", shapes, args=tuple({"v": name} for name in args), **kwargs)
        return Call(op="mul", case=case, inputs={}, y={}, dtypes={}, run=TorchRun(case))

    assert place(call("x", "y"), "y", ("input", "other")) == 1
    assert place(call("x", other={"v": "y"}), "y", ("input", "other")) == 1
    with pytest.raises(LookupError, match="not one argument"):
        place(call("x", "x"), "x", ("input", "other"))
