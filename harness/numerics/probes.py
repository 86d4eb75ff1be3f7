"""Probes: what a target's arithmetic does, asked by inputs whose answers differ between the possibilities.

Each probe is a few small calls of `run(op, arrays, kwargs)`, which computes one operator on the target and
returns its output; nothing here knows where that is. `measured.py` makes a Profile of the answers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from harness.numerics import formats
from harness.numerics.profile import Block
from harness.numerics.types import Array

# Computes one operator by its dotted name; kwargs are program arguments (`{"dt": "float32"}` for a dtype).
Run = Callable[[str, Sequence[Array], Mapping[str, Any]], Array]

MATMUL, MUL, CAST = "torch.matmul", "torch.mul", "torch.Tensor.to"
# A dot product of this length exercises the blocks, lanes and unrolled loops of every kernel known here.
LENGTH = 64
SEED = 20240601
# Accumulators that hardware has, by significand.
_ACCUMULATORS = ("float64", "float32", "float16", "bfloat16")
# What matrix units round wider factors to, the shortest first: a shorter one hides the longer.
_INPUTS = ("bfloat16", "tfloat32", "float32")
# Block FMAs that have been reported; a replay picks among them.
CANDIDATES = tuple(Block(b, neab) for b in (4, 8, 16, 32) for neab in (2, 1, 0, -10))


def accumulator(run: Run, dtype: str) -> str:
    """The dtype that sums products of `dtype`: float64, float32, float16 or bfloat16.

    2^k + 1 - 2^k is 1 only while the accumulator holds 2^k + 1. The three terms stand at changing places of
    a long dot product, so that no order of summation always brings 2^k and -2^k together first.
    """
    form = formats.format_of(dtype)
    significand = 1
    for k in range(1, 54):
        high = min(k, form.emax)  # 2^k as a product of two values that the dtype holds
        if k - high > form.emax:
            break
        left, right = _rows((2.0**high, 2.0 ** (k - high)), (1.0, 1.0), (-(2.0**high), 2.0 ** (k - high)))
        if not (_dots(run, left, right, dtype) == 1.0).all():
            break
        significand = k + 1
    return min(_ACCUMULATORS, key=lambda name: abs(formats.FORMATS[name].p - significand))


def truncates(run: Run, dtype: str, acc: str) -> bool:
    """True if a sum that the accumulator `acc` does not hold is cut off and not rounded to nearest.

    2^p + 1.5 lies between 2^p and 2^p + 2: rounding gives 2 after 2^p is taken away again, cutting 0.
    """
    p = formats.FORMATS[acc].p
    high = min(p, formats.format_of(dtype).emax)
    big = (2.0**high, 2.0 ** (p - high))
    left, right = _rows(big, (1.5, 1.0), (-big[0], big[1]))
    return bool((_dots(run, left, right, dtype) == 0.0).any())


def block(run: Run, dtype: str) -> Block | None:
    """The block FMA whose replay gives every bit of the target's answers; None where no candidate does.

    The terms span many binades and cancel, so that what was cut off shows in the leading bits.
    """
    rng = np.random.default_rng(SEED)
    cases = 64
    left = rng.choice([-1.0, 1.0], (cases, LENGTH)) * rng.integers(128, 256, (cases, LENGTH)) / 128.0
    right = 2.0 ** rng.integers(-10, 1, (cases, LENGTH))
    places = np.argsort(rng.random((cases, LENGTH)), axis=1)
    rows = np.arange(cases)
    left[rows, places[:, 0]], right[rows, places[:, 0]] = 1.0, 2.0**15
    left[rows, places[:, 1]], right[rows, places[:, 1]] = -1.0, 2.0**15
    left, right = (formats.round_value(v, dtype) for v in (left, right))
    seen = _dots(run, left, right, dtype)
    for candidate in CANDIDATES:
        replay = formats.round_value(fused_dots(left, right, candidate), dtype)
        if np.array_equal(replay, seen):
            return candidate
    return None


def fused_dots(left: Array, right: Array, unit: Block) -> Array:
    """Row-wise dot products (rows, n) as a block FMA computes them into a float32 accumulator.

    Blocks of b products and the accumulator are aligned to their largest exponent, each cut to 24 + neab
    bits, added exactly, and the sum cut to 24 bits (or rounded to nearest where `truncate` is False).
    Source: Khattak & Mikaitis, Accurate models of NVIDIA tensor cores.
    """
    cut = np.trunc if unit.truncate else np.rint
    acc = np.zeros(left.shape[0])
    for first in range(0, left.shape[1], unit.b):
        a, b = left[:, first : first + unit.b], right[:, first : first + unit.b]
        terms = np.concatenate([a * b, acc[:, None]], axis=1)
        exponents = np.concatenate([_exponent(a) + _exponent(b), _exponent(acc)[:, None]], axis=1)
        top = np.where(terms == 0, -(2.0**14), exponents).max(axis=1, keepdims=True)
        step = 2.0 ** (np.maximum(top, -200.0) - 23 - unit.neab)
        acc = (cut(terms / step) * step).sum(axis=1)
        acc = formats.round_value(acc, "float32", "zero" if unit.truncate else "nearest")
    return acc


def _exponent(values: Array) -> Array:
    """floor(log2|v|); 0 gives -1."""
    return np.asarray(np.frexp(values)[1] - 1, dtype=np.float64)


def inputs(run: Run, dtype: str = "float32", acc: str = "float32") -> str | None:
    """The dtype to which a matmul of `dtype` rounds its factors first; None where it takes them as they are.

    x = 1 + 31/32·2^-p is 1 with p bits. 1.5·x is then 1.5, but with x as it is it lies nearer to the number after 1.5,
    even in an accumulator of p bits, which rounds the product. A shorter one, of q bits, rounds 1 + 2^-q to 1, and what
    lies above it up.
    acc: the dtype of the accumulator.
    """
    q = formats.FORMATS[acc].p
    for name in _INPUTS:
        p = formats.FORMATS[name].p
        if p + 5 > formats.FORMATS[dtype].p:
            continue
        other, short = (1.5, 1.5) if q >= p else (1.0 + 2.0**-q, 1.0)
        left, right = _rows((1.0 + 31 / 32 * 2.0**-p, other))
        if (_dots(run, left, right, dtype) == short).all():
            return name
    return None


def fma(run: Run, dtype: str = "float32") -> bool:
    """True if a product feeds a float32 sum unrounded: (1 + 2^-12)² - (1 + 2^-11) is 2^-24, rounded 0."""
    a = 1.0 + 2.0**-12
    left, right = _rows((a, a), (-(1.0 + 2.0**-11), 1.0))
    return bool((_dots(run, left, right, dtype) != 0.0).any())


def flushes(run: Run, dtype: str = "float32") -> bool:
    """True if a subnormal operand or result becomes zero."""
    least = formats.format_of(dtype).min_normal
    a = formats.round_to([least, least / 4.0], dtype)
    b = formats.round_to([0.5, 16.0], dtype)
    return bool((run(MUL, (a, b), {}).astype(np.float64) == 0.0).any())


def dot_flushes(run: Run, dtype: str) -> bool:
    """True if a matmul of `dtype` makes a subnormal product zero."""
    least = formats.format_of(dtype).min_normal
    left, right = _rows((least, 0.5))
    return bool((_dots(run, left, right, dtype) == 0.0).any())


def saturation(run: Run, dtype: str = "float8_e4m3fn") -> str:
    """What a cast of values beyond the largest gives: `ieee` (NaN or inf) or `saturate`."""
    largest = formats.format_of(dtype).max
    values = np.array([1.5 * largest, -1.5 * largest, 1000.0 * largest], np.float32)
    cast = run(CAST, (values,), {"dtype": {"dt": dtype}}).astype(np.float64)
    return "saturate" if np.array_equal(np.abs(cast), np.full(3, largest)) else "ieee"


def saturates(run: Run, dtype: str) -> bool:
    """True if a cast of float32 values beyond the range of an integer gives the nearest end of the range."""
    info = np.iinfo(dtype)
    low, high = float(info.min), float(info.max)
    values = np.array([1.3 * high + 7, 2.7 * high, 1e3 * high, min(1.3 * low, -7.0), 1e3 * low - 9.0], np.float32)
    cast = run(CAST, (values,), {"dtype": {"dt": dtype}})
    return np.array_equal(cast, np.array([info.max] * 3 + [info.min] * 2, dtype))


@functools.cache
def _places(terms: int) -> Array:
    """Distinct places of some terms in a dot product, (cases, terms)."""
    rng = np.random.default_rng(SEED)
    return np.stack([rng.choice(LENGTH, terms, replace=False) for _ in range(48)])


def _rows(*terms: tuple[float, float]) -> tuple[Array, Array]:
    """Factors (cases, LENGTH) of dot products whose only terms these are, at changing places."""
    places = _places(len(terms))
    rows = np.arange(len(places))
    left, right = np.zeros((len(places), LENGTH)), np.zeros((len(places), LENGTH))
    for column, (a, b) in enumerate(terms):
        left[rows, places[:, column]] = a
        right[rows, places[:, column]] = b
    return left, right


def _dots(run: Run, left: Array, right: Array, dtype: str) -> Array:
    """The dot product of each pair of rows: the diagonal of one matrix product, as float64."""
    a, b = formats.round_to(left, dtype), formats.round_to(np.ascontiguousarray(right.T), dtype)
    return np.diagonal(run(MATMUL, (a, b), {})).astype(np.float64)
