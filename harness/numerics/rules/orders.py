"""How far the partial sums of a sum wander: what a sum rounds at each step is a share of the partial sum there.

The expectation over exchangeable orders, n·(y²/3 + Q/6), says little of one element: the partial sums of some
wander much further, and the tail of z would be exponential. The two orders that kernels start from, first to last and
last to first, are known when the golden is made; with their paths in σ the tail of both is that of a normal
distribution.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import finite
from harness.numerics.rules.base import Array, Call

# Prefixes of a sum that are computed; between two of them the path is a straight line and a bridge.
PREFIXES = 16
# Where no path is known, Q counts this often: the tail of the wandering is paid for in σ. [calibrated]
UNKNOWN = 2.0


def grid(call: Call) -> float | None:
    """log₂ of a number that every term is a multiple of; None where that is not known, or a term is not finite.

    Partial sums of multiples of g that stay below 2^p·g are numbers of p bits: in any order nothing rounds. Integers
    are the usual case, and the sharpest probe of an accumulator. Parts of complex terms are multiples of g, and none
    larger than the term.
    """
    wide = [v for k, v in call.wide().items() if v.dtype.kind in "fc" and not k.startswith("cot.")]
    if call.op == "nansum":
        wide = [np.where(np.isnan(v), 0.0, v) for v in wide]
    if len(wide) != _FACTORS.get(call.op) or any(not v.any() for v in wide):
        return None
    if not all(np.isfinite(v).all() for v in wide):
        return None
    if call.op.startswith("avg_pool") and call.argument(6, "divisor_override", None):
        return None  # its mean says nothing of its sum
    total = 0
    for values in wide:
        each = np.concatenate([values.real.reshape(-1), values.imag.reshape(-1)])
        mantissa, exponent = np.frexp(each[each != 0])
        whole = np.abs(mantissa * 2.0**53).astype(np.int64)
        total += int((exponent - 53 + np.frexp((whole & -whole).astype(np.float64))[1] - 1).min())
    return float(total)


def reach(call: Call, name: str, s: Array) -> Array:
    """The largest partial sum that any order can have, (Σ|t| + |Σt|)/2 of real terms t; the larger of both parts of
    complex ones, whose Σ|t| is S at most. s: S = Σ|terms|.
    """
    y = finite(np.abs(call.y[name]))
    if not formats.is_complex(call.dtypes[name]) or _FACTORS[call.op] > 1:
        return np.asarray((s + y) / 2)
    each = call.probe(lambda a: np.abs(a.real) + 1j * np.abs(a.imag))[name]
    halves = ((each.real, call.y[name].real), (each.imag, call.y[name].imag))
    return np.maximum(*((total + finite(np.abs(part))) / 2 for total, part in halves))


def expected(n: Array, y: Array, q: Array, *, times: float = 1.0) -> Array:
    """Σ of squared partial sums of n exchangeable terms with sum y and Σ terms² = q: n·(y²/3 + times·q/6).

    Source: the partial sums are y·k/n and a Brownian bridge of variance q·(k/n)(1 - k/n).
    """
    return np.asarray(n * (y**2 / 3 + times * q / 6))


def path(call: Call, name: str, q: Array) -> Array | None:
    """Σ of squared partial sums of `out0`, the largest of both orders, a bias first or last; None where the terms'
    order is not known.

    q: Σ terms². The program runs on prefixes of its terms: the rest of one operand is zero.
    """
    if name != "out0" or call.op not in _TERMS:
        return None
    try:
        key, axes = _TERMS[call.op](call)
    except (LookupError, TypeError, ValueError):
        return None
    wide = {k: finite(v) if v.dtype.kind == "f" else v for k, v in call.wide().items()}
    array = wide[key]
    n = math.prod(array.shape[a] for a in axes)
    if n < 2 or array.dtype.kind != "f" or not np.array_equal(array, call.wide()[key]):
        return None
    ranks = np.zeros(array.shape)
    for a in axes:
        ranks = ranks * array.shape[a] + np.arange(array.shape[a]).reshape(
            [-1 if i == a else 1 for i in range(array.ndim)]
        )
    ends = sorted({round(n * k / PREFIXES) for k in range(1, PREFIXES)} - {0, n})
    first = call.on({**wide, key: np.zeros_like(array)})[name]
    sums = [first, *(call.on({**wide, key: np.where(ranks < end, array, 0.0)})[name] for end in ends), call.y[name]]
    lengths = np.diff([0, *ends, n])
    bias, ends_at = finite(first), finite(call.y[name])
    ahead, behind = ([finite(s) - bias for s in sums], [ends_at - finite(s) for s in sums])
    paths = [_integral([s + added for s in way], lengths) for way in (ahead, behind) for added in (0.0, bias)]
    known = np.maximum.reduce(paths) + max(lengths) * q / 6
    return np.asarray(np.maximum(known, apart(n, bias, ends_at, q)))


def apart(n: Array | int, bias: Array, y: Array, q: Array) -> Array:
    """Σ of squared partial sums of n exchangeable terms beside a bias that is added before them all, or after: the
    larger.
    """
    before, after = bias**2 + bias * y + y**2, (y - bias) ** 2
    return np.asarray(n * (np.maximum(before, after) / 3 + np.maximum(q - bias**2, 0.0) / 6))


def _integral(sums: Sequence[Array], lengths: Array) -> Array:
    """Σ of squares along straight lines between the sums: length·(a² + ab + b²)/3 each."""
    total = np.zeros(sums[0].shape)
    for a, b, length in zip(sums, sums[1:], lengths, strict=False):
        total = total + length * (a**2 + a * b + b**2) / 3
    return total


# The operand that orders the terms, by argument number, and its contracted dimensions ----------------------------

_Where = tuple[str, tuple[int, ...]]


def _named(call: Call, index: int, name: str) -> tuple[str, Array]:
    """Input behind an argument, and its array."""
    kwargs = dict(call.case.kwargs)
    given = kwargs[name] if name in kwargs else call.case.args[index]
    if not isinstance(given, Mapping) or "v" not in given:
        raise LookupError(name)
    key = given["v"]
    return key, np.asarray(call.inputs[key])


def _last(index: int, name: str) -> Callable[[Call], _Where]:
    def where(call: Call) -> _Where:
        key, array = _named(call, index, name)
        return key, (array.ndim - 1,) if array.ndim else ()

    return where


def _reduced(call: Call) -> _Where:
    key, array = _named(call, 0, "input")
    dim = call.argument(1, "dim", None)
    if not array.ndim or dim is None or np.size(dim) == 0:
        return key, tuple(range(array.ndim))
    return key, tuple(sorted(int(d) % array.ndim for d in np.ravel(dim)))


def _kernel(call: Call) -> _Where:
    """A convolution's weight, (out, in, …): in-channels and taps."""
    key, array = _named(call, 1, "weight")
    return key, tuple(range(1, array.ndim))


def _einsum(call: Call) -> _Where:
    equation = call.argument(0)
    if "." in equation or "->" not in equation:
        raise LookupError(equation)
    operand, _, out = equation.replace(" ", "").partition("->")
    axes = tuple(i for i, letter in enumerate(operand.split(",")[0]) if letter not in out)
    key, _array = _named(call, 1, "operands")
    if not axes:
        raise LookupError(equation)
    return key, axes


# How many floating inputs the terms are products of; no convolutions, which may be computed by way of transforms.
_FACTORS = {
    **dict.fromkeys(("sum", "nansum", "mean", "cumsum", "trace", "embedding_bag"), 1),
    **{f"{pool}{dims}d": 1 for pool in ("avg_pool", "adaptive_avg_pool") for dims in (1, 2, 3)},
    **dict.fromkeys(("matmul", "mm", "bmm", "mv", "dot", "vdot", "inner"), 2),
}
_TERMS: dict[str, Callable[[Call], _Where]] = {
    **dict.fromkeys(("matmul", "mm", "bmm", "mv", "dot", "vdot", "inner", "linear"), _last(0, "input")),
    "addmm": _last(1, "mat1"),
    "addmv": _last(1, "mat"),
    "baddbmm": _last(1, "batch1"),
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), _kernel),
    **dict.fromkeys(("sum", "mean"), _reduced),
    "einsum": _einsum,
}
