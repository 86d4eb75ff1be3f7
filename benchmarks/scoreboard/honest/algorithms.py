"""Textbook algorithms of linear algebra on a machine: every operation rounded, sums in the machine's order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.scoreboard.honest.machine import Machine
from harness.numerics import elimination as steps
from harness.numerics.arithmetic import Arithmetic

Array = np.ndarray[Any, Any]
Algorithm = Callable[[Machine, Sequence[Any], Mapping[str, Any]], Array]


class OnMachine(Arithmetic):
    """A machine's arithmetic: products enter a sum, or a difference, unrounded where it has FMA."""

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self.machine = machine

    def rounded(self, x: Array, weight: float = 1.0) -> Array:
        return self.machine.r(x)

    def total(self, terms: Array, given: Array | None = None) -> Array:
        products = terms if self.machine.fma else self.machine.r(terms)
        if given is not None:
            products = np.concatenate([given[..., None], products], axis=-1)
        return self.machine.sum(products)

    def less(self, x: Array, product: Array) -> Array:
        return self.machine.r(x - (product if self.machine.fma else self.machine.r(product)))

    def sqrt(self, x: Array) -> Array:
        return self.machine.r(np.sqrt(x))


def _each(apply: Callable[..., Array], machine: Machine, *matrices: Array) -> Array:
    """An algorithm on every place of a batch of matrices, which broadcast. Raises TypeError for complex ones."""
    if any(np.iscomplexobj(m) for m in matrices):
        raise TypeError("complex")
    batch = np.broadcast_shapes(*(m.shape[:-2] for m in matrices))
    flat = [np.broadcast_to(m, (*batch, *m.shape[-2:])).reshape(-1, *m.shape[-2:]) for m in matrices]
    made = [apply(OnMachine(machine), *(m[None] for m in place))[0] for place in zip(*flat, strict=True)]
    return np.stack(made).reshape(*batch, *made[0].shape)


def _solve(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    a, b = args[:2]
    vector = b.ndim == a.ndim - 1 and b.shape == a.shape[:-1]
    if not kwargs.get("left", True):
        return np.swapaxes(_each(steps.solved, m, np.swapaxes(a, -1, -2), np.swapaxes(b, -1, -2)), -1, -2)
    found = _each(steps.solved, m, a, b[..., None] if vector else b)
    return found[..., 0] if vector else found


def _triangular(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    a, b = args[:2]
    upper, unit = bool(kwargs["upper"]), bool(kwargs.get("unitriangular", False))
    if not kwargs.get("left", True):
        turned = {**kwargs, "upper": not upper, "left": True}
        return np.swapaxes(_triangular(m, (np.swapaxes(a, -1, -2), np.swapaxes(b, -1, -2)), turned), -1, -2)
    return _each(lambda ar, t, x: steps.triangular(ar, t, x, not upper, unit=unit), m, a, b)


def _inverse(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    return _each(steps.inverse, m, args[0])


def _cholesky(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    if kwargs.get("upper", False):
        return np.swapaxes(_each(steps.cholesky, m, np.swapaxes(args[0], -1, -2)), -1, -2)
    return _each(steps.cholesky, m, args[0])


# By core operator: its first result, from a machine and the arguments, tensors as float64 arrays.
ALGORITHMS: dict[str, Algorithm] = {
    "aten._linalg_solve_ex": _solve,
    "aten.linalg_inv_ex": _inverse,
    "aten.linalg_cholesky_ex": _cholesky,
    "aten.linalg_solve_triangular": _triangular,
}
