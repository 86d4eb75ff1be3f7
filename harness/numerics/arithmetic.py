"""The arithmetics that an algorithm may run in: float64, a noisy one for any honest device, a shortened one.

Each works on stacks of K equal arrays, and notes the comparisons that steer an algorithm. A fourth, of many digits, is
the reference's (`golden.algebra`).
Source: Parker, Monte Carlo arithmetic, UCLA 1997.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.numerics.noise import ROUNDING

Array = npt.NDArray[Any]

# Share of the products that a device rounds before it adds them: the others are fused. Likewise of the divisions that
# it does by a reciprocal.
SEPARATE = 0.5
# How many standard deviations of its own noise a comparison must be clear of to come out the same on every device.
_CLEAR = 12.0


class Arithmetic:
    """float64 as it is. Notes each comparison that steers an algorithm, so that another run may follow it.

    follow: comparisons of an earlier run, which this one repeats. clear: whether each of them came out the same by a
    margin, however the numbers were rounded.
    """

    def __init__(self, follow: list[int] | None = None) -> None:
        self.taken: list[int] = []
        self._follow = follow
        self.clear = True

    def rounded(self, x: Array, weight: float = 1.0) -> Array:
        """The result of one operation, or of `weight` of them, rounded."""
        return x

    def total(self, terms: Array, given: Array | None = None) -> Array:
        """The sum along the last dimension of products, first one first, added to what is given."""
        found = terms.sum(axis=-1)
        return np.asarray(found if given is None else given + found)

    def less(self, x: Array, product: Array) -> Array:
        return x - product

    def factor(self, x: Array) -> Array:
        """A factor of a matrix product, as it goes in."""
        return x

    def sqrt(self, x: Array) -> Array:
        return np.asarray(np.sqrt(x))

    def log(self, x: Array) -> Array:
        return np.asarray(np.log(x))

    def conj(self, x: Array) -> Array:
        return np.conj(x)

    def real(self, x: Array) -> Array:
        return np.asarray(np.real(x))

    def parts(self, x: Array) -> tuple[Array, Array]:
        """|Re x| and |Im x|, in float64."""
        return np.abs(np.real(x)), np.abs(np.imag(x))

    def size(self, x: Array) -> Array:
        """|Re x| + |Im x|, which pivots are chosen by, in float64. Source: LAPACK's cabs1."""
        real, imaginary = self.parts(x)
        return real + imaginary

    def largest(self, sizes: Array) -> int:
        """Place of the largest of (K, n) sizes."""
        if sizes.shape[1] == 1:
            return 0
        place = self._next(int(np.argmax(sizes[0])))
        self._compare(sizes[:, place, None] - np.delete(sizes, place, axis=1))
        return place

    def above(self, left: Array, right: Array) -> bool:
        """Whether left ≥ right, each (K,)."""
        found = bool(self._next(int(left[0] >= right[0])))
        self._compare((left - right if found else right - left)[:, None])
        return found

    def _next(self, found: int) -> int:
        found = found if self._follow is None else self._follow[len(self.taken)]
        self.taken.append(found)
        return found

    def _compare(self, margins: Array) -> None:
        """margins: (K, comparisons), positive where the comparison came out as it was taken."""


class Noisy(Arithmetic):
    """float64 that rounds as a shorter dtype would, at random: to (1 + t·ε) times each result, ε of variance 0.18.

    t: its unit roundoff. u: that of the dtype whose comparisons must be clear.
    """

    def __init__(self, t: float, u: float, random: np.random.Generator, follow: list[int]) -> None:
        super().__init__(follow)
        self._scale, self._fewer, self._random = t * math.sqrt(ROUNDING), u / t, random

    def rounded(self, x: Array, weight: float = 1.0) -> Array:
        return np.asarray(x + self._noise(np.abs(x), weight, x))

    def total(self, terms: Array, given: Array | None = None) -> Array:
        if not terms.shape[-1]:
            return super().total(terms, given)
        found, products = super().total(terms, given), (np.abs(terms) ** 2).sum(axis=-1)
        n = terms.shape[-1] + (given is not None)
        # What the squares of n partial sums come to: on average over the orders of the terms, or from either end.
        y = np.abs(found) ** 2
        q = products if given is None else products + np.abs(given) ** 2
        squares = (n + 1) / 6 * ((2 * n + 1) / n * y + np.maximum(q - y / n, 0))
        if given is None:
            sums = np.cumsum(terms, axis=-1)
            backward = (np.abs(found[..., None] - sums[..., :-1]) ** 2).sum(axis=-1) + y
            squares = np.maximum(squares, np.maximum((np.abs(sums) ** 2).sum(axis=-1), backward))
        squares = squares + SEPARATE * products
        return np.asarray(found + self._noise(np.sqrt(squares), 1.0, terms))

    def less(self, x: Array, product: Array) -> Array:
        found = x - product
        return found + self._noise(np.sqrt(np.abs(found) ** 2 + SEPARATE * np.abs(product) ** 2), 1.0, found)

    def sqrt(self, x: Array) -> Array:
        return self.rounded(np.sqrt(x))

    def log(self, x: Array) -> Array:
        return self.rounded(np.log(x), 2.0)

    def _noise(self, size: Array, weight: float, like: Array) -> Array:
        """Noise of so large numbers; of complex ones in both parts, as much as their four products make."""
        found = self._random.standard_normal(size.shape)
        if np.iscomplexobj(like):
            found = found + 1j * self._random.standard_normal(size.shape)
        return np.asarray(self._scale * math.sqrt(weight) * size * found)

    def _compare(self, margins: Array) -> None:
        spread = self._fewer * margins.std(axis=0)
        self.clear = self.clear and bool((margins.mean(axis=0) > _CLEAR * spread).all())


class Shortened(Arithmetic):
    """float64 whose matrix products round their factors, at random, to unit roundoff t, and nothing else."""

    def __init__(self, t: float, random: np.random.Generator, follow: list[int]) -> None:
        super().__init__(follow)
        self._noisy = Noisy(t, t, random, follow)

    def factor(self, x: Array) -> Array:
        return self._noisy.rounded(x)
