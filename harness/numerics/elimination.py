"""Textbook algorithms of linear algebra in an arithmetic of choice: float64, a noisy one, many digits.

What a factorisation or a solution owes to rounding depends on every step that led to it. So the steps are written down
once, for stacks of K equal matrices, and run in several arithmetics: in one that rounds at random to learn how far
honest results scatter, and in one of many digits to learn what is right.
Source: Parker, Monte Carlo arithmetic, UCLA 1997; the algorithms: Golub & Van Loan, Matrix Computations, 2013, sections
3.1, 3.4, 4.2, 4.4, 5.1, 9.3, as LAPACK's getf2, potf2, sytf2, geqr2, org2r and orm2r do them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.numerics.arithmetic import SEPARATE, Arithmetic

Array = npt.NDArray[Any]

# Of Bunch and Kaufman's pivoting, (1 + √17)/8: smaller pivots are not taken alone.
_BUNCH = (1 + math.sqrt(17)) / 8


def _adjoint(ar: Arithmetic, a: Array) -> Array:
    return ar.conj(np.swapaxes(a, -1, -2))


def _over(ar: Arithmetic, x: Array, divisor: Array) -> Array:
    """x divided by one number, or multiplied by its reciprocal."""
    return ar.rounded(x * ar.rounded(1 / divisor, SEPARATE), 1.0)


def _eye(like: Array, n: int) -> Array:
    """K identity matrices, whole numbers of `like`'s kind."""
    found = np.zeros((len(like), n, n), like.dtype)
    found[:, np.arange(n), np.arange(n)] = 1
    return found


def product(ar: Arithmetic, a: Array, b: Array) -> Array:
    """A·B, a dot product for each element."""
    a, b = ar.factor(a), ar.factor(b)
    columns = [ar.total(a * b[:, None, :, j]) for j in range(b.shape[-1])]
    return np.stack(columns, axis=-1)


def lu(ar: Arithmetic, a: Array, pivot: bool = True) -> tuple[Array, list[int]]:
    """L below the diagonal and U, of (K, m, n), and the row that each step exchanged with its own."""
    a, rows = a.copy(), []
    for k in range(min(a.shape[1:])):
        at = k + (ar.largest(ar.size(a[:, k:, k])) if pivot else 0)
        rows.append(at)
        a[:, [k, at]] = a[:, [at, k]]
        if not np.any(a[0, k, k] != 0):
            ar.clear = False
            continue
        a[:, k + 1 :, k] = _over(ar, a[:, k + 1 :, k], a[:, k, k, None])
        a[:, k + 1 :, k + 1 :] = ar.less(a[:, k + 1 :, k + 1 :], a[:, k + 1 :, k, None] * a[:, k, None, k + 1 :])
    return a, rows


def exchanged(b: Array, rows: list[int], back: bool = False) -> Array:
    """B after the exchanges of rows k and rows[k], in order or undone."""
    b = b.copy()
    for k in reversed(range(len(rows))) if back else range(len(rows)):
        b[:, [k, rows[k]]] = b[:, [rows[k], k]]
    return b


def triangular(ar: Arithmetic, t: Array, b: Array, lower: bool, unit: bool = False) -> Array:
    """X with TX = B, of T (K, n, n) one triangle, B (K, n, k)."""
    n, x = t.shape[-1], b.copy()
    for i in range(n) if lower else reversed(range(n)):
        known = slice(0, i) if lower else slice(i + 1, n)
        x[:, i] = ar.total(-(t[:, i, None, known] * np.swapaxes(x[:, known], -1, -2)), b[:, i])
        if not unit:
            x[:, i] = ar.rounded(x[:, i] / t[:, i, i, None], 1.0 + SEPARATE)
    return np.asarray(x)


def lu_solved(ar: Arithmetic, factors: Array, rows: list[int], b: Array, adjoint: bool = False) -> Array:
    """X with AX = B, or AᴴX = B, of A's factors."""
    if adjoint:
        turned = _adjoint(ar, factors)
        half = triangular(ar, turned, b, True)
        return exchanged(triangular(ar, turned, half, False, unit=True), rows, back=True)
    return triangular(ar, factors, triangular(ar, factors, exchanged(b, rows), True, unit=True), False)


def solved(ar: Arithmetic, a: Array, b: Array) -> Array:
    return lu_solved(ar, *lu(ar, a), b)


def inverse(ar: Arithmetic, a: Array) -> Array:
    return solved(ar, a, _eye(a, a.shape[-1]))


def cholesky(ar: Arithmetic, a: Array) -> Array:
    """L with A = L·Lᴴ, of A's lower triangle."""
    found = np.zeros_like(a)
    for k in range(a.shape[-1]):
        terms = -(found[:, k:, :k] * ar.conj(found[:, k, None, :k]))
        left = ar.total(terms, a[:, k:, k])
        found[:, k, k] = ar.sqrt(ar.real(left[:, 0]))
        found[:, k + 1 :, k] = _over(ar, left[:, 1:], found[:, k, k, None])
    return found


def ldl(ar: Arithmetic, a: Array) -> tuple[Array, list[int]]:
    """L and D in one lower triangle, and pivots as LAPACK's sytrf counts them, of A's lower triangle; A symmetric."""
    lower = np.tril(np.ones(a.shape[1:], bool))
    a = np.where(lower, a, np.swapaxes(a, -1, -2))
    n, k, pivots, found = a.shape[-1], 0, [], np.zeros_like(a)
    while k < n:
        at, step = _bunch_kaufman(ar, a, k)
        last = k + step - 1
        for square in (a, np.swapaxes(a, -1, -2)):
            square[:, [last, at]] = square[:, [at, last]]
        pivots += [at + 1] if step == 1 else [-at - 1, -at - 1]
        rest = slice(k + step, n)
        old = a[:, rest, k : k + step].copy()
        found[:, k : k + step, k : k + step] = a[:, k : k + step, k : k + step]
        if step == 1:
            if np.any(a[0, k, k] != 0):
                new = _over(ar, old, a[:, k, k, None, None])
                a[:, rest, rest] = ar.less(a[:, rest, rest], new * np.swapaxes(old, -1, -2))
            else:
                ar.clear, new = False, old
        else:
            off = a[:, k + 1, k, None]
            high, low = (ar.rounded(a[:, j, j, None] / off) for j in (k + 1, k))
            scale = ar.rounded(ar.rounded(1 / ar.less(high * low, np.ones_like(high))) / off)
            first = ar.rounded(scale * ar.less(high * old[..., 0], old[..., 1]))
            second = ar.rounded(scale * ar.less(low * old[..., 1], old[..., 0]))
            new = np.stack([first, second], axis=-1)
            left = ar.less(a[:, rest, rest], old[..., None, :, 0] * first[..., None])
            a[:, rest, rest] = ar.less(left, old[..., None, :, 1] * second[..., None])
        found[:, rest, k : k + step] = new
        a[:, rest, rest] = np.where(lower[rest, rest], a[:, rest, rest], np.swapaxes(a[:, rest, rest], -1, -2))
        k += step
    return np.where(lower, found, np.zeros_like(found)), pivots


def _bunch_kaufman(ar: Arithmetic, a: Array, k: int) -> tuple[int, int]:
    """Row of the next pivot, and whether it is of 1 or 2 rows."""
    size, alpha = ar.size(a[:, k:, k:]), _BUNCH
    if size.shape[-1] == 1:
        return k, 1
    at = 1 + ar.largest(size[:, 1:, 0])
    column, row = size[:, at, 0], np.delete(size[:, at], at, axis=-1).max(axis=-1)
    if ar.above(size[:, 0, 0], alpha * column):
        return k, 1
    if ar.above(size[:, 0, 0] * row, alpha * column**2):
        return k, 1
    return k + at, 1 if ar.above(size[:, at, at], alpha * row) else 2


def ldl_solved(ar: Arithmetic, factors: Array, pivots: list[int], b: Array) -> Array:
    """X with AX = B, of A's factors L and D and pivots. Source: LAPACK's sytrs."""
    n, x, k, steps = factors.shape[-1], b.copy(), 0, []
    while k < n:
        step = 1 if pivots[k] > 0 else 2
        last, at, rest = k + step - 1, abs(pivots[k]) - 1, slice(k + step, n)
        steps.append((k, step, last, at, rest))
        x[:, [last, at]] = x[:, [at, last]]
        for j in range(step):
            x[:, rest] = ar.less(x[:, rest], factors[:, rest, k + j, None] * x[:, k + j, None])
        if step == 1:
            x[:, k] = _over(ar, x[:, k], factors[:, k, k, None])
        else:
            off = factors[:, k + 1, k, None]
            low, high = (ar.rounded(factors[:, j, j, None] / off) for j in (k, k + 1))
            scale = ar.less(low * high, np.ones_like(low))
            first, second = (ar.rounded(x[:, j] / off) for j in (k, k + 1))
            x[:, k] = ar.rounded(ar.less(high * first, second) / scale)
            x[:, k + 1] = ar.rounded(ar.less(low * second, first) / scale)
        k += step
    for k, step, last, at, rest in reversed(steps):
        for j in range(k, k + step):
            if rest.start < n:
                terms = -(factors[:, rest, None, j] * x[:, rest])
                x[:, j] = ar.total(np.moveaxis(terms, 1, -1), x[:, j])
        x[:, [last, at]] = x[:, [at, last]]
    return np.asarray(x)


def householder(ar: Arithmetic, a: Array) -> tuple[Array, Array]:
    """R with the reflectors' vectors below it, of (K, m, n), and their factors τ. Source: LAPACK's geqr2, larfg."""
    a = a.copy()
    m, n = a.shape[1:]
    tau = np.zeros((len(a), min(m, n)), a.dtype)
    for k in range(min(m, n)):
        alpha, below = a[:, k, k].copy(), a[:, k + 1 :, k]
        imaginary = ar.parts(alpha)[1]
        if not (np.any(below[0] != 0) or np.any(imaginary[0] != 0)):
            continue
        squares = ar.real(a[:, k:, k] * ar.conj(a[:, k:, k]))
        positive = ar.above(ar.real(alpha).astype(np.float64), np.zeros(len(a)))
        beta = (-1 if positive else 1) * ar.rounded(ar.sqrt(ar.total(squares)), 2.0)
        tau[:, k] = ar.rounded(ar.less(beta, alpha) / beta)
        a[:, k + 1 :, k] = _over(ar, below, ar.less(alpha, beta)[:, None])
        a[:, k, k] = beta
        v = a[:, k:, k].copy()
        v[:, 0] = 1
        a[:, k:, k + 1 :] = _reflected(ar, v, ar.conj(tau[:, k]), a[:, k:, k + 1 :])
    return a, tau


def _reflected(ar: Arithmetic, v: Array, tau: Array, c: Array) -> Array:
    """(I - τ·v·vᴴ)·C."""
    if not c.size:
        return c
    w = ar.total(np.swapaxes(c * ar.conj(v)[..., None], -1, -2))
    return ar.less(c, v[..., None] * ar.rounded(tau[:, None] * w)[:, None])


def turned(ar: Arithmetic, a: Array, tau: Array, c: Array, adjoint: bool = False) -> Array:
    """Q·C, or Qᴴ·C, of the reflectors that geqrf leaves in `a` and τ."""
    c = c.copy()
    steps = range(tau.shape[-1])
    for k in steps if adjoint else reversed(steps):
        v = a[:, k:, k].copy()
        v[:, 0] = 1
        c[:, k:] = _reflected(ar, v, ar.conj(tau[:, k]) if adjoint else tau[:, k], c[:, k:])
    return c


def least_squares(ar: Arithmetic, a: Array, b: Array) -> Array:
    """The X of least norm with |AX - B| least, of A of full rank."""
    m, n = a.shape[1:]
    if m >= n:
        factors, tau = householder(ar, a)
        return triangular(ar, factors[:, :n], turned(ar, factors, tau, b, adjoint=True)[:, :n], False)
    factors, tau = householder(ar, _adjoint(ar, a))
    half = triangular(ar, _adjoint(ar, factors[:, :m]), b, True)
    rest = np.zeros((len(a), n - m, b.shape[-1]), b.dtype)
    return turned(ar, factors, tau, np.concatenate([half, rest], axis=1))


def power(ar: Arithmetic, a: Array, n: int) -> Array:
    """Aⁿ by repeated squaring; A³ is A²·A."""
    if n < 0:
        return power(ar, inverse(ar, a), -n)
    if n == 3:
        return product(ar, product(ar, a, a), a)
    found, square = None, a
    while n:
        if n & 1:
            found = square if found is None else product(ar, found, square)
        n >>= 1
        square = product(ar, square, square) if n else square
    return _eye(a, a.shape[-1]) if found is None else found


def exponential(ar: Arithmetic, a: Array, terms: int, halvings: int) -> Array:
    """e^A by Taylor's series of A/2^halvings, squared as often. Source: Bader, Blanes & Casas, Mathematics 2019."""
    one = _eye(a, a.shape[-1])
    a = a / 2**halvings
    found = one
    for k in range(terms, 0, -1):
        found = ar.rounded(one + product(ar, a, found) / k)
    for _ in range(halvings):
        found = product(ar, found, found)
    return found
