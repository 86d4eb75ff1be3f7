"""Functions of each element in 160-bit arithmetic, and their gradients g·∂f/∂x by a central difference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from harness.golden.lifting import CONTEXT, Array, cotangent, each, first, folded, lift, place
from harness.numerics.rules.base import Call

Scalar = Callable[..., Any]

# Elements of a gradient: a difference takes some hundred microseconds for each.
_MOST = 1 << 13
# Bits that a difference is taken with; the second where what is left of it is too short.
_BITS = (640, 2560)
_LEFT = 120


def value(call: Call) -> Array:
    """f of each element. Raises LookupError where f is not defined here."""
    function, arrays = _function(call)
    return each(function)(*np.broadcast_arrays(*arrays))


def gradient(call: Call, wrt: str) -> Array:
    """g·∂f/∂x for the input `wrt`, summed over what it was broadcast to."""
    function, arrays = _function(call)
    index = place(call, wrt, _PARAMETERS.get(call.op, ("input",)))
    return folded(cotangent(call) * slopes(function, index, arrays), arrays[index].shape)


def slopes(function: Scalar, index: int, arrays: Sequence[Array]) -> Array:
    """∂f/∂x of the argument at `index`, for each element of arrays that broadcast. Raises LookupError for too many."""
    wide = np.broadcast_arrays(*arrays)
    if wide[0].size > _MOST:
        raise LookupError("too large")
    return each(_slope(function, index))(*wide)


def _slope(function: Scalar, index: int) -> Scalar:
    """∂f/∂x of the argument at `index`: (f(x + h) - f(x - h))/2h with h = 2^-160·min(|x|, 1), in 640 bits.

    Its error is h²f'''/6, and 2^-640·|f|/h from rounding; where that leaves fewer than 120 bits of the difference,
    as where f saturates, it is taken again with h = 2^-640 in 2560 bits. Beside a kink the slope of its side, on it
    the mean of both.
    """

    def at(*numbers: Any) -> Any:
        for bits in _BITS:
            with CONTEXT.workprec(bits):
                x = numbers[index]
                h = CONTEXT.ldexp(min(abs(x), 1) or 1, -bits // 4)
                above, below = (function(*numbers[:index], x + d, *numbers[index + 1 :]) for d in (h, -h))
                found = (above - below) / (2 * h)
                if abs(above - below) > CONTEXT.ldexp(abs(above) + abs(below), _LEFT - bits):
                    break
        return +found

    return at


def _function(call: Call) -> tuple[Scalar, list[Array]]:
    """f, and its arguments as they were given."""
    if call.op in _WITH:
        return _WITH[call.op](call), [first(call)]
    names = _PARAMETERS[call.op]
    if not {key for key, _ in call.case.kwargs} <= set(names):
        raise LookupError("a keyword that may change what is computed")
    given = [call.argument(i, name, None) for i, name in enumerate(names)]
    return _PLAIN[names][call.op], [lift(array) for array in given if array is not None]


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + CONTEXT.exp(-x))


def softplus(x: Any) -> Any:
    """log(1 + eˣ)."""
    return CONTEXT.log1p(CONTEXT.exp(x))


def _gelu(call: Call) -> Scalar:
    if call.argument(1, "approximate", "none") == "tanh":
        return lambda x: x / 2 * (1 + CONTEXT.tanh(CONTEXT.sqrt(2 / CONTEXT.pi) * (x + x**3 * 44715 / 10**6)))
    # erfc keeps the tail's relative accuracy.
    return lambda x: x / 2 * CONTEXT.erfc(-x / CONTEXT.sqrt(2))


def _softplus(call: Call) -> Scalar:
    beta = CONTEXT.mpf(call.argument(1, "beta", 1))
    threshold = CONTEXT.mpf(call.argument(2, "threshold", 20))
    return lambda x: x if x * beta > threshold else softplus(x * beta) / beta


def _elu(call: Call) -> Scalar:
    alpha = CONTEXT.mpf(call.argument(1, "alpha", 1.0))
    return lambda x: x if x > 0 else alpha * CONTEXT.expm1(x)


def _celu(call: Call) -> Scalar:
    alpha = CONTEXT.mpf(call.argument(1, "alpha", 1.0))
    return lambda x: x if x > 0 else alpha * CONTEXT.expm1(x / alpha)


def _always(function: Scalar) -> Callable[[Call], Scalar]:
    """A function of the first argument alone, whatever else is given; only where nothing else changes it."""
    return lambda call: function


# Functions of all their arguments, by the parameters' names.
_PLAIN: dict[tuple[str, ...], dict[str, Scalar]] = {
    ("input",): {
        **{
            name: getattr(CONTEXT, name)
            for name in (
                *("exp", "expm1", "log", "log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh"),
                *("tanh", "asinh", "acosh", "atanh", "erf", "erfc", "erfinv", "digamma", "sqrt"),
            )
        },
        "exp2": lambda x: CONTEXT.mpf(2) ** x,
        "log2": lambda x: CONTEXT.log(x) / CONTEXT.log(2),
        "lgamma": lambda x: CONTEXT.log(abs(CONTEXT.gamma(x))),
        "rsqrt": lambda x: 1 / CONTEXT.sqrt(x),
        "reciprocal": lambda x: 1 / x,
        "square": lambda x: x * x,
        "sigmoid": _sigmoid,
        "softsign": lambda x: x / (1 + abs(x)),
        "ndtr": lambda x: CONTEXT.erfc(-x / CONTEXT.sqrt(2)) / 2,
        "tanhshrink": lambda x: x - CONTEXT.tanh(x),
    },
    ("input", "other"): {
        "hypot": CONTEXT.hypot,
        "atan2": CONTEXT.atan2,
        "mul": lambda x, y: x * y,
        "div": lambda x, y: x / y,
        "ldexp": lambda x, y: x * CONTEXT.mpf(2) ** y,
    },
    ("input", "exponent"): {"pow": CONTEXT.power},
    ("input", "other", "alpha"): {
        "add": lambda x, y, alpha=1: x + alpha * y,
        "sub": lambda x, y, alpha=1: x - alpha * y,
    },
    ("input", "end", "weight"): {"lerp": lambda start, end, weight: start + weight * (end - start)},
    ("input", "tensor1", "tensor2", "value"): {
        "addcmul": lambda x, a, b, value=1: x + value * a * b,
        "addcdiv": lambda x, a, b, value=1: x + value * a / b,
    },
}
# Functions of the first argument, as the others say.
_WITH: dict[str, Callable[[Call], Scalar]] = {
    "logsigmoid": _always(lambda x: -softplus(-x)),
    "silu": _always(lambda x: x * _sigmoid(x)),
    "mish": _always(lambda x: x * CONTEXT.tanh(softplus(x))),
    "gelu": _gelu,
    "softplus": _softplus,
    "elu": _elu,
    "celu": _celu,
}


_PARAMETERS = {op: names for names, functions in _PLAIN.items() for op in functions}
VALUES = dict.fromkeys((*_PARAMETERS, *_WITH), value)
GRADIENTS = dict.fromkeys((*_PARAMETERS, *_WITH), gradient)
