"""A program in more than float64: each number is a pair of float64 ones, the second what the first lacks.

The reference of float64 programs that no definition covers. Kernels run in float64, and beside them in NumPy's long
double (a significand of 64 bits and more), as PyTorch decomposes them into core operators; what a kernel only moves, it
moves both parts of. Where a kernel is met that is not known here, nothing is claimed: `Unknown`.
Source: Dekker, A floating-point technique for extending the available precision, 1971, for pairs of numbers.
"""

from __future__ import annotations

from typing import Any, Callable

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

from .kernels import ADDS, MOVES, WIDE, decompositions, floats, functional, is_wide, name_of

Long = Any  # an array of numpy.longdouble or numpy.clongdouble

_SLICE = 20  # bits of a factor's slice: products of two, and sums of 8192 of them, are exact in float64
_MOST = 1 << 24  # products of a matrix product: NumPy's long double has no BLAS


class Unknown(Exception):
    """The program calls a kernel that is only known in float64."""


def extended(call: Callable[[], Any]) -> Any:
    """What a program gives, correct to float64's last place but for what its conditions amplify.

    call: the program, run in float64. Raises Unknown.
    """
    if np.finfo(np.longdouble).nmant < 63:
        raise Unknown("this machine's long double is no longer than float64")
    with _Pairs(), np.errstate(all="ignore"):
        result = call()
    return tree_map(lambda t: _joined(t) if is_wide(t) else t, result)


def _joined(t: torch.Tensor) -> torch.Tensor:
    low = getattr(t, "_low", None)
    return t if low is None else torch.where(torch.isfinite(low), t + low, t)


def _long(value: Any) -> Any:
    """A tensor's pairs as one array of long doubles; numbers as they are."""
    if not isinstance(value, torch.Tensor):
        return value
    array = value.detach().resolve_conj().resolve_neg().numpy()
    if value.dtype not in WIDE:
        return array
    wide = array.astype(np.clongdouble if value.is_complex() else np.longdouble)
    low = getattr(value, "_low", None)
    return wide if low is None else wide + low.numpy()


def _paired(result: torch.Tensor, exact: Long) -> torch.Tensor:
    """The float64 result of a kernel with what it lacks of the long one. Its own rounding is replaced."""
    exact = np.asarray(exact).reshape(result.shape)
    high = exact.astype(np.complex128 if result.is_complex() else np.float64)
    finite = np.isfinite(high)
    low = np.where(finite, (exact - high).astype(high.dtype), 0)
    result.copy_(torch.from_numpy(np.where(finite, high, result.numpy()).copy()))
    result._low = torch.from_numpy(np.ascontiguousarray(low)).reshape(result.shape)
    return result


class _Pairs(TorchDispatchMode):  # type: ignore[misc]  # torch is Any to the type checker
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = name_of(func)
        if func._schema.is_mutable:
            return self._in_place(func, name, args, kwargs)
        return self._run(func, name, args, kwargs)

    def _in_place(self, func: Any, name: str, args: Any, kwargs: Any) -> Any:
        target: Any = args[0] if args else None
        if not is_wide(target):
            return func(*args, **kwargs)
        whole = target.untyped_storage().nbytes() == target.numel() * target.element_size() and target.is_contiguous()
        if "out" in kwargs or not (whole or hasattr(target, "_low")):
            raise Unknown(str(func))
        if name in ("copy_", "fill_", "zero_"):
            low = getattr(args[1], "_low", None) if name == "copy_" and is_wide(args[1]) else None
            made = func(*args, **kwargs)
        else:
            base = functional(func)
            if base is None:
                raise Unknown(str(func))
            made = self._run(base, name[:-1], args, kwargs)
            low = getattr(made, "_low", None)
            target.copy_(made)
        if not hasattr(target, "_low"):
            target._low = torch.zeros_like(target)
        target._low.copy_(torch.zeros_like(target) if low is None else low)  # a view's lies within that of its base
        return target

    def _run(self, func: Any, name: str, args: Any, kwargs: Any) -> Any:
        if func in decompositions():
            with self:
                found = decompositions()[func](*args, **kwargs)
            if found is not NotImplemented:
                return found
        result = func(*args, **kwargs)
        if not any(out.dtype in WIDE for out in floats(result)):
            return result
        if name in _CHOOSES:
            return self._chosen(result, args)
        if name in MOVES:
            return self._moved(func, name, result, args, kwargs)
        if name in _BILINEAR:
            return _paired(result, _BILINEAR[name](func, args, kwargs))
        if name in ADDS:
            return _paired(result, _added(func, args, kwargs))
        if name.startswith("_foreach_") and name[9:] in _EXACT and len(floats(args)) == len(result):
            for x, out in zip(floats(args), result):
                _paired(out, _EXACT[name[9:]](_long(x)))
            return result
        if name not in _EXACT or not isinstance(result, torch.Tensor):
            raise Unknown(str(func))
        given, named = tree_map(_long, (args, kwargs))
        return _paired(result, _EXACT[name](*given, **named))

    def _moved(self, func: Any, name: str, result: Any, args: Any, kwargs: Any) -> Any:
        """Both parts go the same way; numbers of the caller's have no second part."""
        if name.endswith("_like") or name.startswith(("new_", "empty", "zeros", "ones", "full")):
            for out in floats(result):  # views of it will have views of its second part
                out._low = torch.zeros_like(out)
            return result
        if not any(hasattr(a, "_low") for a in floats(args)):
            return result
        if name in ("sign", "sgn", "floor", "ceil", "round", "trunc"):
            return result
        if name in _BY_VALUE or name.startswith("_foreach"):
            raise Unknown(str(func))
        if name == "masked_fill":
            args = (args[0], args[1], 0)
        elif name == "constant_pad_nd":
            args = (args[0], args[1], 0.0)
        lows = func(
            *tree_map(lambda a: getattr(a, "_low", None) if hasattr(a, "_low") else _nothing(a), args), **kwargs
        )
        if name == "abs":
            lows = args[0]._low * torch.sign(args[0])
        for out, low in zip(floats(result), floats(lows)):
            out._low = low
        return result

    def _chosen(self, result: Any, args: Any) -> Any:
        """The second part of whichever element was chosen."""
        out = floats(result)[0]
        given = [a for a in floats(args) if hasattr(a, "_low")]
        if isinstance(result, tuple):  # along a dimension, with the places they were chosen from
            if given:
                x, dim, place = given[0], int(args[1]), result[1]
                place = place if place.dim() == x.dim() else place.unsqueeze(dim)
                out._low = x._low.gather(dim, place).reshape(out.shape)
            return result
        low = torch.zeros_like(out)
        for a in given:
            if a.numel() < out.numel() or a.shape == out.shape:
                low = torch.where(out == a, a._low.expand(out.shape), low)
            else:  # along some dimensions, or all
                dims = args[1] if len(args) > 1 else ()
                dims = [d % a.dim() for d in (dims if isinstance(dims, (list, tuple)) else [dims])] or range(a.dim())
                kept = out.reshape([1 if d in dims else n for d, n in enumerate(a.shape)])
                held = torch.where(a == kept, a._low, torch.full_like(a, -float("inf")))
                low = held.amax(list(dims)).reshape(out.shape)
        out._low = low
        return result


def _nothing(value: Any) -> Any:
    return torch.zeros_like(value) if is_wide(value) else value


_CHOOSES = frozenset(
    ["clamp", "clamp_min", "clamp_max", "relu", "hardtanh", "maximum", "minimum", "amax", "amin", "max", "min"]
)


# Move numbers where their own value says: second parts would go elsewhere.
_BY_VALUE = frozenset(
    ["sort", "topk", "median", "kthvalue", "cummax", "cummin", "threshold", "copysign", "linspace"]
    + ["max_pool2d_with_indices", "max_pool3d_with_indices"]
)


# Kernels in long double -------------------------------------------------------------------------------------------


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


def _by_mpmath(name: str, *first: int) -> Callable[..., Long]:
    """A function of mpmath's in 120 bits, of `first` and of each number."""

    def one(x: Any) -> Any:
        import mpmath

        context = mpmath.mp.clone()
        context.prec = 120
        if not np.isfinite(x):
            return x
        y = getattr(context, name)(*first, context.mpf(float(x)) + context.mpf(float(x - np.longdouble(float(x)))))
        y = context.re(y)
        high = float(y)
        return np.longdouble(high) + np.longdouble(float(y - high))

    return lambda x: np.frompyfunc(one, 1, 1)(x).astype(np.longdouble)


_EXACT: dict[str, Callable[..., Long]] = {
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


def _slices(x: torch.Tensor) -> list[torch.Tensor]:
    """A tensor's pairs as a sum of tensors of few bits each, the largest first."""
    left, found = x.clone(), []
    low = getattr(x, "_low", None)
    top = float(x.abs().max()) if x.numel() else 0.0
    for k in range(4):
        if top == 0 or not np.isfinite(top):
            break
        unit = 2.0 ** (np.ceil(np.log2(top)) - _SLICE * (k + 1))
        part = torch.round(left / unit) * unit
        found.append(part)
        left = left - part
    return [*found, left] if low is None else [*found, left + low]


def _convolution(func: Any, args: Any, kwargs: Any) -> Long:
    x, w, bias = args[:3]
    total: Any = np.longdouble(0)
    for i, a in enumerate(_slices(x)):
        for j, b in enumerate(_slices(w)):
            if i + j < 5:
                total = total + func(a, b, None, *args[3:], **kwargs).numpy().astype(np.longdouble)
    if bias is not None:
        total = total + _long(bias).reshape([1, -1] + [1] * (x.dim() - 2))
    return total


def _added(func: Any, args: Any, kwargs: Any) -> Long:
    """A kernel that adds numbers up and does nothing else: exact on slices of them."""
    parts = {id(a): _slices(a) for a in floats(args)}
    total: Any = np.longdouble(0)
    for k in range(max(map(len, parts.values()))):
        of = {key: found[k] if k < len(found) else torch.zeros_like(found[0]) for key, found in parts.items()}
        total = total + func(*tree_map(lambda a: of.get(id(a), a), args), **kwargs).numpy().astype(np.longdouble)  # noqa: B023
    return total


_BILINEAR: dict[str, Callable[..., Long]] = {"convolution": _convolution}
