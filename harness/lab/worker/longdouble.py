"""Kernels in NumPy's long double: what a program in pairs of float64 numbers (`pairs`) goes by."""

from __future__ import annotations

import functools
from typing import Any, Callable

import numpy as np

Long = Any  # an array of numpy.longdouble or numpy.clongdouble
_MOST = 1 << 24  # products of a matrix product: NumPy's long double has no BLAS


class Unknown(Exception):
    """The program calls a kernel that is only known in float64."""


def _axis(x: Long, dim: Any) -> Any:
    if dim is None or (isinstance(dim, (list, tuple)) and not dim):
        return None
    return tuple(dim) if isinstance(dim, (list, tuple)) else dim


def _sum(x: Long, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Long:
    return np.sum(x, axis=_axis(x, dim), keepdims=keepdim)


def _mean(x: Long, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Long:
    return np.mean(x, axis=_axis(x, dim), keepdims=keepdim)


def _divided(a: Long, b: Any, rounding_mode: Any = None) -> Long:
    if rounding_mode is not None:
        raise Unknown("div with a rounding mode")
    return a / b


def _product(a: Long, b: Long) -> Long:
    if a.size * b.shape[-1] > _MOST:
        raise Unknown("a large matrix product")
    return np.matmul(a, b)


@functools.lru_cache(maxsize=1)
def _context() -> Any:
    """mpmath in 120 bits; making one takes longer than most functions of it do."""
    import mpmath

    context = mpmath.mp.clone()
    context.prec = 120
    return context


def _by_mpmath(name: str | Callable[[Any, Any], Any], *first: int) -> Callable[..., Long]:
    """A function of mpmath's in 120 bits, of `first` and of each number; or one of its context and each number."""

    def one(x: Any) -> Any:
        if not np.isfinite(x):
            return x
        context = _context()
        given = context.mpf(float(x)) + context.mpf(float(x - np.longdouble(float(x))))
        y = context.re(getattr(context, name)(*first, given) if isinstance(name, str) else name(context, given))
        high = float(y)
        return np.longdouble(high) + np.longdouble(float(y - high))

    return lambda x: np.frompyfunc(one, 1, 1)(x).astype(np.longdouble)


def _polar(size: Long, angle: Long) -> Long:
    made = np.empty(np.broadcast(size, angle).shape, np.clongdouble)
    made.real, made.imag = size * np.cos(angle), size * np.sin(angle)
    return made


def _frequencies(n: int, d: float = 1.0, **_: Any) -> Long:
    """0, 1, … up to half of n, then the negative ones, in units of 1/(n·d)."""
    return np.fft.ifftshift(np.arange(-(n // 2), n - n // 2)) / (n * np.longdouble(d))


def _linspace(start: Any, end: Any, steps: int, **_: Any) -> Long:
    return np.linspace(np.longdouble(start), np.longdouble(end), steps, dtype=np.longdouble)


# Transforms: torch's normalisations are none, by the root of n, and by n.


def _transformed(function: Callable[..., Any], x: Long, dims: Any, by: int, inverse: bool, n: int = 0) -> Long:
    made = function(x, axes=tuple(dims), **({"s": [*(x.shape[d] for d in dims[:-1]), n]} if n else {}))
    if made.dtype not in (np.longdouble, np.clongdouble):
        raise Unknown("this NumPy transforms in float64 only")
    whole = np.longdouble(np.prod([n if n and d == dims[-1] else x.shape[d] for d in dims]))
    return made * ((whole if inverse else 1) / (1, np.sqrt(whole), whole)[by])


def _fft_r2c(x: Long, dims: Any, by: int, onesided: bool) -> Long:
    return _transformed(np.fft.rfftn if onesided else np.fft.fftn, x, dims, by, False)


def _fft_c2c(x: Long, dims: Any, by: int, forward: bool) -> Long:
    return _transformed(np.fft.fftn if forward else np.fft.ifftn, x, dims, by, not forward)


def _fft_c2r(x: Long, dims: Any, by: int, n: int) -> Long:
    return _transformed(np.fft.irfftn, x, dims, by, True, n)


EXACT: dict[str, Callable[..., Long]] = {
    "add": lambda a, b, alpha=1: a + alpha * b,
    "sub": lambda a, b, alpha=1: a - alpha * b,
    "rsub": lambda a, b, alpha=1: b - alpha * a,
    "mul": lambda a, b: a * b,
    "div": _divided,
    "reciprocal": lambda x: 1 / x,
    "square": lambda x: x * x,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "pow": lambda x, e: np.power(x, e if isinstance(e, (int, np.ndarray)) else np.longdouble(e)),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "sum": _sum,
    "mean": _mean,
    "var": lambda x, dims, correction=1.0, **_: np.var(x, axis=tuple(dims), ddof=correction),  # of torch's prims
    "cumsum": lambda x, dim, dtype=None: np.cumsum(x, axis=dim),
    "prod": lambda x, dim=None, keepdim=False, dtype=None: np.prod(x, axis=dim, keepdims=keepdim),
    "cumprod": lambda x, dim, dtype=None: np.cumprod(x, axis=dim),
    "mm": _product,
    "bmm": _product,
    "mv": lambda a, x: _product(a, x[:, None])[:, 0],
    "dot": lambda a, b: np.sum(a * b),
    "erf": _by_mpmath("erf"),
    "erfc": _by_mpmath("erfc"),
    "lgamma": _by_mpmath("loggamma"),
    "digamma": _by_mpmath("digamma"),
    "i0": _by_mpmath("besseli", 0),
    "special_i1": _by_mpmath("besseli", 1),
    "special_bessel_j0": _by_mpmath("besselj", 0),
    "special_bessel_j1": _by_mpmath("besselj", 1),
    "special_bessel_y0": _by_mpmath("bessely", 0),
    "special_bessel_y1": _by_mpmath("bessely", 1),
    "special_modified_bessel_i0": _by_mpmath("besseli", 0),
    "special_modified_bessel_i1": _by_mpmath("besseli", 1),
    "special_modified_bessel_k0": _by_mpmath("besselk", 0),
    "special_modified_bessel_k1": _by_mpmath("besselk", 1),
    "special_airy_ai": _by_mpmath("airyai"),
    "special_erfcx": _by_mpmath(lambda context, x: context.exp(x * x) * context.erfc(x)),
    "special_i0e": _by_mpmath(lambda context, x: context.exp(-abs(x)) * context.besseli(0, x)),
    "special_i1e": _by_mpmath(lambda context, x: context.exp(-abs(x)) * context.besseli(1, x)),
    "polygamma": lambda n, x: _by_mpmath("psi", n)(x),
    "remainder": np.remainder,
    "fmod": np.fmod,
    "polar": _polar,
    "fft_fftfreq": _frequencies,
    "fft_rfftfreq": lambda n, d=1.0, **_: np.arange(n // 2 + 1) / (n * np.longdouble(d)),
    "linspace": _linspace,
    "logcumsumexp": lambda x, dim: np.logaddexp.accumulate(x, axis=dim),
    "softshrink_backward": lambda g, x, lambd: np.where(np.abs(x) <= lambd, 0, g),
    "_fft_r2c": _fft_r2c,
    "_fft_c2c": _fft_c2c,
    "_fft_c2r": _fft_c2r,
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "atan2": np.arctan2,
    "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh,
    **{
        name: getattr(np, name)
        for name in (
            *("sqrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "sinh", "cosh"),
            *("tanh", "hypot"),
        )
    },
}  # fmt: skip
