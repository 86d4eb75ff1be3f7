"""Finite differences, quantiles, covariances and the multivariate log-gamma function, step by step as PyTorch has
them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import compute_dtype, finite, unit
from harness.numerics.rules.base import Array, Call
from harness.numerics.rules.running import Errors, Number, exactly, given, select

# How much larger the mean square of errors may be that many elements have in common. [calibrated]
_SHARED = 1.5
# And how much larger σ is of one number that all rows are made of: its error may be its bound, which is 1.7σ.
_COMMON = 1.25


def mvlgamma(call: Call) -> Number:
    """Σ log Γ(x - j/2), j < p, and p(p - 1)/4·log π"""
    x, p = given(call, 0, "input"), int(call.argument(1, "p"))
    shifts = np.arange(-p / 2 + 0.5, 0.5, 0.5)
    terms = (select(x, lambda v: v[..., None]) + exactly(call, shifts)).apply(_lgamma)
    return terms.kernel().sum(-1).leaves() + p * (p - 1) / 4 * math.log(math.pi)


def _lgamma(values: Array) -> Array:
    return np.asarray(np.vectorize(lambda v: math.lgamma(v) if v > 0 else math.nan, otypes=[float])(values))


# Finite differences ---------------------------------------------------------------------------------------------


def gradient(call: Call, name: str) -> Number:
    """Differences to both neighbours along one dimension, at its ends of the order that the caller wants."""
    x, order = given(call, 0, "input"), int(call.argument(-1, "edge_order", 1))
    dims, spacing = call.argument(-1, "dim", None), call.argument(-1, "spacing", None)
    every = list(range(x.value.ndim)) if dims is None else [int(d) for d in np.ravel(dims)]
    at = int(name.removeprefix("out"))
    x = select(x, lambda v: np.moveaxis(v, every[at], -1))
    step = np.asarray(spacing[at] if isinstance(spacing, list | tuple) else 1.0 if spacing is None else spacing)
    found = _uneven(x, exactly(call, step), order) if step.ndim else _even(x, float(step), order)
    return _back(found, every[at])


def _back(number: Number, dim: int) -> Number:
    move: Callable[[Array], Array] = lambda v: np.moveaxis(v, -1, dim)  # noqa: E731
    return replace(number, value=move(number.value), inner=number.inner.map(move), outer=number.outer.map(move))


def _at(x: Number, start: int, stop: int | None) -> Number:
    return select(x, lambda v: v[..., start:stop])


def _even(x: Number, step: float, order: int) -> Number:
    center = (_at(x, 2, None) - _at(x, 0, -2)) / step / 2.0
    if order == 1:
        ends = [(_at(x, 1, 2) - _at(x, 0, 1)) / step, (_at(x, -1, None) - _at(x, -2, -1)) / step]
    else:
        ends = [
            (-1.5 * _at(x, 0, 1) + 2.0 * _at(x, 1, 2) - 0.5 * _at(x, 2, 3)) / step,
            (0.5 * _at(x, -3, -2) - 2.0 * _at(x, -2, -1) + 1.5 * _at(x, -1, None)) / step,
        ]
    return _joined(ends[0], center, ends[1])


def _uneven(x: Number, coordinates: Number, order: int) -> Number:
    widths = _at(coordinates, 1, None) - _at(coordinates, 0, -1)
    one, two = _at(widths, 0, -1), _at(widths, 1, None)
    a, b, c = -two / (one * (one + two)), (two - one) / (one * two), one / (two * (one + two))
    center = a * _at(x, 0, -2) + b * _at(x, 1, -1) + c * _at(x, 2, None)
    if order == 1:
        ends = [
            (_at(x, 1, 2) - _at(x, 0, 1)) / _at(widths, 0, 1),
            (_at(x, -1, None) - _at(x, -2, -1)) / _at(widths, -1, None),
        ]
    else:
        ends = []
        for near, far, points in (
            (_at(widths, 0, 1), _at(widths, 1, 2), [(0, 1), (1, 2), (2, 3)]),
            (_at(widths, -1, None), _at(widths, -2, -1), [(-1, None), (-2, -1), (-3, -2)]),
        ):
            sign = 1.0 if points[0] == (0, 1) else -1.0
            a, b, c = (
                -(2.0 * near + far) / (near * (near + far)) * sign,
                (near + far) / (near * far) * sign,
                -near / (far * (near + far)) * sign,
            )
            ends.append(sum((k * _at(x, *p) for k, p in zip((b, c), points[1:], strict=True)), a * _at(x, *points[0])))
    found = _joined(ends[0], center, ends[1])
    # All rows share what the weights are rounded by: their errors are no independent sample of it. [calibrated]
    inner, outer = (replace(e, square=_SHARED * e.square) for e in (found.inner, found.outer))
    return replace(found, inner=inner, outer=outer)


def _joined(*numbers: Number) -> Number:
    """The parts one after another; the last step of each is still to be rounded."""

    def join(parts: Iterable[Array]) -> Array:
        return np.concatenate(
            [np.broadcast_to(part, n.value.shape) for part, n in zip(parts, numbers, strict=True)], -1
        )

    return replace(
        numbers[0],
        value=join(n.value for n in numbers),
        inner=Errors(*(join(parts) for parts in zip(*(n.inner.parts() for n in numbers), strict=True))),
        outer=Errors(*(join(parts) for parts in zip(*(n.outer.parts() for n in numbers), strict=True))),
    )


# Covariances ----------------------------------------------------------------------------------------------------


def cov(call: Call) -> Number:
    """Σwᵢ(xᵢ - mean)(yᵢ - mean)/norm between rows; weights count samples (f), or say how much one counts (a)."""
    x = given(call, 0, "input")
    x = x.like(np.atleast_2d(x.value))
    correction = int(call.argument(-1, "correction", 1)) if call.op == "cov" else 1
    f, a = (_weights(call, name) if call.op == "cov" else None for name in ("fweights", "aweights"))
    if f is None and a is None:
        centred, n = x - x.mean(-1, keepdims=True), x.value.shape[-1]
        return (_paired(centred, centred)).leaves() / float(max(n - correction, 1))
    weights = a * f if f is not None and a is not None else f or a
    assert weights is not None
    total = weights.kernel().sum().leaves()
    norm = total - float(correction)
    if a is not None and correction:
        norm = total - (weights * a).kernel().sum().leaves() / total * float(correction)
    w, total, norm = (number.as_dtype(x.dtype) for number in (weights, total, norm))
    centred = x - (x * w).kernel().sum(-1, keepdims=True).leaves() / total
    return _paired(centred, centred * w).leaves() / norm.at_least(0.0)


def _paired(first: Number, second: Number) -> Number:
    """Each row of one times each row of the other, in one kernel."""
    return (select(first, lambda v: v[:, None, :]).kernel() * select(second, lambda v: v[None, :, :]).kernel()).sum(-1)


def _weights(call: Call, name: str) -> Number | None:
    """Numbers of their own dtype; whole ones are exact."""
    found = call.argument(-1, name, None)
    if found is None:
        return None
    own = formats.dtype_name(call.inputs[dict(call.case.kwargs)[name]["v"]].dtype)
    return replace(exactly(call, found), dtype=own if formats.is_float(own) else call.dtypes["out0"])


def corrcoef(call: Call) -> Number:
    """The covariance divided by both deviations; of one row, by itself"""
    c = cov(call).rounded()
    if c.value.size == 1:
        return c.like(np.ones(()))
    deviation = select(c, lambda v: np.diagonal(v).copy()).sqrt()
    found = c / select(deviation, lambda v: v[:, None]) / select(deviation, lambda v: v[None, :])
    return -((-found).at_least(-1.0)).at_least(-1.0)


# Quantiles ------------------------------------------------------------------------------------------------------


def quantile(call: Call) -> Number:
    """Order statistics next to q(n - 1), and what lies between them: exact where that is a whole number."""
    x, q = np.asarray(call.argument(0, "input")), np.asarray(call.argument(1, "q"), np.float64)
    dim, how = call.argument(2, "dim", None), call.argument(4, "interpolation", "linear")
    rows = x.reshape(-1) if dim is None else np.moveaxis(np.atleast_1d(x), int(dim), -1)
    rows = np.sort(rows, -1)  # NaN last
    count = (~np.isnan(rows)).sum(-1, keepdims=True) if call.op == "nanquantile" else np.asarray([rows.shape[-1]])
    numbers = exactly(call, np.zeros(()))
    top = np.maximum(np.broadcast_to(count, (*rows.shape[:-1], 1)) - 1, 0).astype(np.float64)
    rank = (numbers.like(q.reshape(-1)) * exactly(call, top)).rounded()
    rank = replace(rank, inner=_in_common(rank.inner), outer=_in_common(rank.outer))
    below = np.floor(rank.value).astype(int)

    def read(at: Array) -> Array:
        return finite(np.take_along_axis(rows, np.clip(at, 0, rows.shape[-1] - 1), -1))

    low, high = exactly(call, read(below)), exactly(call, read(np.ceil(rank.value).astype(int)))
    if how == "linear":
        found = low + (rank - rank.like(np.floor(rank.value))) * (high - low)
        edge = np.abs(rank.value - np.rint(rank.value)) <= rank.apart
        steps = [np.abs(read(below + k + 1) - read(below + k)) for k in (-1, 0, 1)]
        beyond = np.where(edge & (rank.apart > 0), np.maximum.reduce(steps) * rank.inner.cap, 0.0)
    elif how == "midpoint":
        found, beyond = low + (high - low) * low.like(np.where(rank.value == below, 0.0, 0.5)), np.zeros(())
    else:
        at = {"lower": np.floor, "higher": np.ceil, "nearest": np.rint}[how](rank.value).astype(int)
        found = exactly(call, read(at))
        edge = np.abs(rank.value - (np.floor(rank.value) + 0.5 if how == "nearest" else np.rint(rank.value)))
        steps = [np.abs(read(at + k) - read(at)) for k in (-1, 1)]
        near = (edge <= rank.apart) & (rank.apart > 0)
        beyond = np.where(near, np.maximum(*steps), 0.0) / unit(compute_dtype(call.dtypes["out0"]))
    found = replace(found, inner=found.inner + Errors(beyond, beyond**2, np.zeros(())))
    return _first(found)


def _in_common(of: Errors) -> Errors:
    """The error of a number that all rows have in common."""
    return Errors(of.cap, np.zeros(of.cap.shape), _COMMON * of.sigma())


def _first(number: Number) -> Number:
    """Quantiles come first in the output, where there are several."""
    move: Callable[[Array], Array] = lambda v: np.moveaxis(np.broadcast_to(v, number.value.shape), -1, 0)  # noqa: E731
    return replace(number, value=move(number.value), inner=number.inner.map(move), outer=number.outer.map(move))


DEFINITIONS: dict[str, Callable[[Call], Number]] = {
    "mvlgamma": mvlgamma,
    "cov": cov,
    "corrcoef": corrcoef,
    "quantile": quantile,
    "nanquantile": quantile,
}
