"""Running error analysis: arithmetic on numbers that know how far the steps behind them may have led them astray.

An operator that PyTorch composes of others is written down here as PyTorch composes it; what each step rounds, and what
the steps after it make of that, adds up by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import REPEATED, ROUNDING, UNIFORM, compute_dtype, finite, ulp, unit
from harness.numerics.rules.base import Array, Call, clean
from harness.numerics.rules.orders import expected
from harness.numerics.rules.scaled import Terms

# Largest error of a function in ulp, and its RMS beyond the rounding of its result. [calibrated: torch's CPU kernels of
# exp, log, log1p, pow and log-sigmoid; `functions.DEFAULT_ULPS`]
FUNCTION_ULPS, FUNCTION_NOISE = 4.0, 0.4
# Caps beyond this say nothing any more, and would overflow.
_HUGE = 1e150
# What float64 arithmetic tells apart for sure, times the value.
_DISCERNIBLE = 2.0**-30
# A magnitude is repeated where it makes up more than this share of the terms of a sum.
_OFTEN = 0.05
# Powers of two that the numbers of a sum spread over. [calibrated]
_BINADES = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """What a number errs by, in units of one u: the bound, the mean square expected of what differs from element to
    element, and the size of what they all have in common, which does not average out in a sum.
    """

    cap: Array
    square: Array
    common: Array

    def __add__(self, other: Errors) -> Errors:
        return Errors(*(np.minimum(a + b, _HUGE) for a, b in zip(self.parts(), other.parts(), strict=True)))

    def __mul__(self, factor: Array) -> Errors:
        scales = (factor, factor**2, factor)
        return Errors(*(np.minimum(a * scale, _HUGE) for a, scale in zip(self.parts(), scales, strict=True)))

    def where(self, mask: Array, other: Errors) -> Errors:
        return Errors(*(np.where(mask, a, b) for a, b in zip(self.parts(), other.parts(), strict=True)))

    def map(self, change: Callable[[Array], Array]) -> Errors:
        """The errors of elements that only move."""
        return Errors(*map(change, self.parts()))

    def parts(self) -> tuple[Array, Array, Array]:
        return self.cap, self.square, self.common

    def sigma(self) -> Array:
        """The root of the mean square expected."""
        return np.asarray(np.sqrt(self.square + self.common**2))


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """The result of a step, not yet rounded, and what it errs by.

    dtype: what the operator returns. inner: errors in u of the dtype computed in. outer: in u of `dtype`, where that is
    narrower: each step of a composed operator is rounded to it. pending: whether the value is still to be rounded.
    inside: whether it is one within a kernel, which rounds to the dtype computed in alone. steady: the number of the
    caller's that the last step added, if it did: what was a number of the dtype loses the same digits everywhere, and
    no more than were added.
    """

    value: Array
    inner: Errors
    outer: Errors
    dtype: str
    pending: bool = True
    inside: bool = False
    steady: float = 0.0

    # Errors -------------------------------------------------------------------------------------------------------

    @property
    def apart(self) -> Array:
        """The bound on the error so far, in units of the value."""
        return np.asarray(unit(compute_dtype(self.dtype)) * self.inner.cap + unit(self.dtype) * self.outer.cap)

    def rounded(self) -> Number:
        """The number as the next step finds it. What errs by nothing so far and is one of the dtype is not rounded."""
        if not self.pending:
            return self
        inner = self.inner + _rounding(self.value, compute_dtype(self.dtype), self.apart)
        outer = self.outer
        if not self.inside and compute_dtype(self.dtype) != self.dtype:
            outer = outer + _rounding(self.value, self.dtype, self.apart, self.steady)
        return replace(self, inner=inner, outer=outer, pending=False, steady=0.0)

    def kernel(self) -> Number:
        """The number within a kernel of its own, until it `leaves`."""
        return replace(self.rounded(), inside=True)

    def leaves(self) -> Number:
        """The number as the kernel returns it: rounded to the output's dtype, once."""
        return replace(self, inside=False, pending=True)

    def shared(self) -> Number:
        """The number where many others are made of it: what it errs by, they have in common."""
        a = self.rounded()
        inner, outer = (Errors(e.cap, np.zeros(e.cap.shape), e.sigma()) for e in (a.inner, a.outer))
        return replace(a, inner=inner, outer=outer)

    def as_dtype(self, dtype: str) -> Number:
        """The number where it meets those of a wider dtype: what it errs by stays."""
        a = self.rounded()
        inner = a.inner * np.asarray(unit(compute_dtype(self.dtype)) / unit(compute_dtype(dtype)))
        return replace(a, inner=inner, outer=a.outer * np.asarray(unit(self.dtype) / unit(dtype)), dtype=dtype)

    def terms(self) -> Terms:
        """What `Scaled` needs; the rounding of the output itself is its own."""
        inner = self.inner
        if self.pending and compute_dtype(self.dtype) != self.dtype:
            inner = inner + _rounding(self.value, compute_dtype(self.dtype), self.apart)
        return Terms(inner.cap, inner.sigma(), self.outer.cap, self.outer.sigma())

    # Steps --------------------------------------------------------------------------------------------------------

    def __add__(self, other: Number | float) -> Number:
        a, b = self._both(other)
        found = a._made(a.value + b.value, a.inner + b.inner, a.outer + b.outer, b)
        return replace(found, steady=0.0 if isinstance(other, Number) else abs(other))

    def __neg__(self) -> Number:
        return replace(self, value=-self.value)

    def __sub__(self, other: Number | float) -> Number:
        return self + (-other)

    def __rsub__(self, other: float) -> Number:
        return -self + other

    __radd__ = __add__

    def __mul__(self, other: Number | float) -> Number:
        a, b = self._both(other)
        of_a, of_b = np.abs(b.value) + b.apart, np.abs(a.value)
        return a._made(a.value * b.value, a.inner * of_a + b.inner * of_b, a.outer * of_a + b.outer * of_b, b)

    __rmul__ = __mul__

    def __truediv__(self, other: Number | float) -> Number:
        a, b = self._both(other)
        with np.errstate(all="ignore"):
            value = finite(a.value / b.value)
            least = np.abs(b.value) - b.apart
            of_a = np.where(least > 0, 1 / np.where(least > 0, least, 1), _HUGE)
            of_b = np.minimum(np.abs(value) * of_a, _HUGE)
        return a._made(value, a.inner * of_a + b.inner * of_b, a.outer * of_a + b.outer * of_b, b)

    def apply(
        self, function: Callable[[Array], Array], ulps: float = FUNCTION_ULPS, noise: float = FUNCTION_NOISE
    ) -> Number:
        """A function of each element that errs by `ulps` at most; what its argument errs by moves it as far as it moves
        between both ends of that error.
        """
        a = self.rounded()
        with np.errstate(all="ignore"):
            value = finite(function(a.value))
            reach = np.maximum(a.apart, _DISCERNIBLE * np.abs(a.value))
            ends = [np.nan_to_num(np.abs(function(a.value + s * reach) - value), nan=0.0) for s in (1, -1)]
            slope = np.divide(np.maximum(*ends), reach, out=np.zeros(value.shape), where=a.apart > 0)
        step = ulp(value, compute_dtype(self.dtype)) / unit(compute_dtype(self.dtype))
        own = Errors(max(ulps - 0.5, 0.0) * step, (noise * step) ** 2, np.zeros(()))
        return a._made(value, a.inner * slope + own, a.outer * slope, a)

    def sqrt(self) -> Number:
        """The square root, which is rounded right."""
        return self.apply(lambda v: np.sqrt(np.maximum(v, 0.0)), 0.5, 0.0)

    def power(self, p: float) -> Number:
        """max(x, 0)^p; p is rounded to the dtype computed in, which moves the power by |y log x| times that."""
        found = self.apply(lambda v: np.maximum(v, 0.0) ** p)
        dtype = compute_dtype(self.dtype)
        away = abs(float(formats.round_value(np.float64(p), dtype)) - p) / unit(dtype)
        with np.errstate(all="ignore"):
            by = away * finite(np.abs(found.value * np.log(np.abs(self.value))))
        return replace(found, inner=found.inner + Errors(by, np.zeros(()), by))

    def absolute(self) -> Number:
        return replace(self, value=np.abs(self.value))

    def at_least(self, bound: float) -> Number:
        """max(number, bound): nothing errs that lies below the bound by more than it errs."""
        reach = self.apart + ulp(self.value, self.dtype)
        free = self.value + reach >= bound
        zero = _nothing(np.zeros(()))
        return replace(
            self,
            value=np.maximum(self.value, bound),
            inner=self.inner.where(free, zero),
            outer=self.outer.where(free, zero),
        )

    def where(self, mask: Array, other: Number | float) -> Number:
        b = other if isinstance(other, Number) else self.like(other)
        value = np.where(mask, self.value, b.value)
        return replace(
            self,
            value=value,
            inner=self.inner.where(mask, b.inner),
            outer=self.outer.where(mask, b.outer),
            pending=self.pending or b.pending,
        )

    def sum(self, axes: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Number:
        """Σ along `axes` in any order, in one kernel: each addition but the last rounds to the dtype computed in."""
        a = self.rounded()
        shape = np.broadcast_shapes(a.value.shape, a.inner.cap.shape)
        axes = tuple(range(len(shape))) if axes is None else tuple(np.ravel(axes) % max(len(shape), 1))

        def flat(part: Array) -> Array:
            part = np.moveaxis(np.broadcast_to(part, shape), axes, range(-len(axes), 0)) if axes else part
            return part.reshape(*part.shape[: len(shape) - len(axes)], math.prod(shape[i] for i in axes))

        terms = flat(a.value)
        y, size, square = terms.sum(-1), np.abs(terms).sum(-1), (terms**2).sum(-1)
        n = (terms != 0).sum(-1).astype(np.float64)
        repeated = REPEATED * _share(terms) * np.maximum(n - 2, 0) * size
        # And terms that are less than half the last place of a sum that has grown are lost, all to one side.
        u = unit(compute_dtype(self.dtype))
        lost = np.abs(np.where(np.abs(terms) < u * np.abs(y)[..., None], terms, 0.0).sum(-1)) / u if u else 0.0
        added = Errors(np.maximum(n - 1, 0) * size, ROUNDING * _wandering(terms, n, y, square), repeated + lost)
        inner, outer = (Errors(*(flat(part).sum(-1) for part in e.parts())) for e in (a.inner, a.outer))
        # Numbers of p bits repeat, and so does what they are rounded by.
        outer = replace(outer, square=outer.square * (1 + n * unit(a.dtype) / _BINADES))
        kept = tuple(1 if i in axes else s for i, s in enumerate(shape)) if keepdims else y.shape
        back: Callable[[Array], Array] = lambda part: np.broadcast_to(part, y.shape).reshape(kept)  # noqa: E731
        return replace(a._made(back(y), inner.map(back) + added.map(back), outer.map(back), a))

    def mean(self, axes: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Number:
        """Σ/n in one kernel, which divides, or multiplies by 1/n."""
        total = self.kernel().sum(axes, keepdims)
        count = max(self.value.size // max(total.value.size, 1), 1)
        found = total / float(count)
        if math.frexp(count)[0] != 0.5:
            found = replace(found, inner=found.inner + Errors(np.abs(found.value), np.zeros(()), np.zeros(())))
        return replace(found.leaves(), inside=self.inside)

    def like(self, value: Array | float) -> Number:
        """A number of the caller's, rounded to the dtype computed in if it is none of it; between kernels it may be
        rounded to the output's.
        """
        wide = np.asarray(value, np.float64)
        inner, outer = (
            np.abs(np.asarray(formats.round_value(wide, dtype)) - wide) / unit(dtype)
            for dtype in (compute_dtype(self.dtype), self.dtype)
        )
        if self.inside or compute_dtype(self.dtype) == self.dtype:
            outer = np.zeros(wide.shape)
        of_inner, of_outer = (Errors(away, np.zeros(wide.shape), away) for away in (inner, outer))
        return Number(wide, of_inner, of_outer, self.dtype, pending=False)

    def _both(self, other: Number | float) -> tuple[Number, Number]:
        return self.rounded(), (other if isinstance(other, Number) else self.like(other)).rounded()

    def _made(self, value: Array, inner: Errors, outer: Errors, other: Number) -> Number:
        return Number(np.asarray(value), inner, outer, self.dtype, inside=self.inside or other.inside)


def given(call: Call, index: int, name: str) -> Number:
    """An argument: a tensor, which errs by nothing, or a number of the caller's."""
    return exactly(call, call.argument(index, name))


def exactly(call: Call, value: object) -> Number:
    """Numbers of the operator's dtype."""
    wide = clean(np.asarray(value, np.float64))
    return Number(wide, _nothing(wide), _nothing(wide), call.dtypes["out0"], pending=False)


def select(number: Number, pick: Callable[[Array], Array]) -> Number:
    """Elements of a number, chosen or moved by `pick`."""
    n = number.rounded()
    shape = n.value.shape
    spread: Callable[[Array], Array] = lambda part: pick(np.broadcast_to(part, shape))  # noqa: E731
    return replace(n, value=pick(n.value), inner=n.inner.map(spread), outer=n.outer.map(spread))


def either(a: Number, b: Number) -> Number:
    """A number that devices compute in one way or in the other: it errs by as much as the worse of both."""

    def worse(one: Errors, other: Errors) -> Errors:
        return Errors(*(np.maximum(p, q) for p, q in zip(one.parts(), other.parts(), strict=True)))

    return replace(a, inner=worse(a.inner, b.inner), outer=worse(a.outer, b.outer), pending=a.pending or b.pending)


def _nothing(like: Array) -> Errors:
    return Errors(*(np.zeros(like.shape) for _ in range(3)))


def _rounding(value: Array, dtype: str, apart: Array, steady: float = 0.0) -> Errors:
    """One rounding to nearest, in u; none of what errs by nothing and is a number of the dtype.

    What the value errs by may carry it over a power of two.
    """
    u = unit(dtype)
    # Values are float64 themselves: of that dtype, only short ones are known to be exact.
    exact = (apart == 0) & (np.asarray(formats.round_value(value, "float32" if dtype == "float64" else dtype)) == value)
    step, largest = (np.where(exact, 0.0, ulp(v, dtype) / u) for v in (value, np.abs(value) + apart))
    square, nothing = UNIFORM * step**2, np.zeros(step.shape)
    if not steady:
        return Errors(largest / 2, square, nothing)
    return Errors(np.minimum(largest / 2, steady / u), nothing, np.minimum(np.sqrt(square), steady / u))


def _wandering(terms: Array, n: Array, y: Array, square: Array) -> Array:
    """Σ of the squares of the partial sums that are rounded, neither the first nor the last: the largest of what
    exchangeable orders and both natural ones have (`orders`).
    """
    paths = []
    for row in (terms, terms[..., ::-1]):
        partial = np.cumsum(row, -1) * (row != 0)
        paths.append((partial**2).sum(-1))
    ends = y**2  # the last, and the first: a term
    inner = [
        np.maximum(p - ends - (_first(row) ** 2), 0) for p, row in zip(paths, (terms, terms[..., ::-1]), strict=True)
    ]
    exchangeable = expected(n, y, square) * np.maximum(n - 2, 0) / np.maximum(n, 1)
    return np.asarray(np.maximum(np.maximum(*inner), exchangeable) * (n > 2))


def _first(terms: Array) -> Array:
    """The first term that is not zero."""
    if not terms.shape[-1]:
        return np.zeros(terms.shape[:-1])
    at = np.argmax(terms != 0, axis=-1)
    return np.asarray(np.take_along_axis(terms, at[..., None], -1)[..., 0])


def _share(terms: Array) -> float:
    """Share of the most frequent magnitude among the terms that are not zero; 0 where none stands out."""
    size = np.abs(terms[terms != 0])
    if size.size < 3:
        return 0.0
    most = int(np.unique(size, return_counts=True)[1].max())
    return most / size.size if most > 1 and most / size.size > _OFTEN else 0.0
