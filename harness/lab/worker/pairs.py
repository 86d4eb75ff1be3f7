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
from .longdouble import EXACT, Long, Unknown
from .longlinalg import LINEAR, SEVERAL

_SLICE = 20  # bits of a factor's slice: products of two, and sums of 8192 of them, are exact in float64


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
    array = _array(value)
    if value.dtype not in WIDE:
        return array
    wide = array.astype(np.clongdouble if value.is_complex() else np.longdouble)
    low = getattr(value, "_low", None)
    return wide if low is None else wide + _array(low)


def _array(t: torch.Tensor) -> Any:
    return t.detach().resolve_conj().resolve_neg().numpy()


def _paired(result: torch.Tensor, exact: Long) -> torch.Tensor:
    """The float64 result of a kernel with what it lacks of the long one. Its own rounding is replaced."""
    exact = np.asarray(exact).reshape(result.shape)
    high = exact.astype(np.complex128 if result.is_complex() else np.float64)
    finite = np.isfinite(high)
    low = np.where(finite, (exact - high).astype(high.dtype), 0)
    result.copy_(torch.from_numpy(np.where(finite, high, result.numpy()).copy()))
    return _with(result, torch.from_numpy(np.ascontiguousarray(low)))


def _with(result: torch.Tensor, low: torch.Tensor) -> torch.Tensor:
    """The result with a second part that lies in memory as it does itself: both can be viewed in the same ways."""
    result._low = torch.empty_like(result).copy_(low.reshape(result.shape))
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
        if func in decompositions() and name != "linspace":  # whose steps it rounds
            with self:
                found = decompositions()[func](*args, **kwargs)
            if found is not NotImplemented:
                return found
        result = func(*args, **kwargs)
        if not any(out.dtype in WIDE for out in floats(result)):
            return result
        if name in _PLACED and isinstance(result, tuple):
            return self._placed(name, result, args, kwargs)
        if name in _CHOOSES:
            return self._chosen(result, args)
        if name in _OF_COMPLEX and any(a.is_complex() for a in floats(args)):
            return _paired(result, _OF_COMPLEX[name](_long(args[0])))
        if name in MOVES:
            return self._moved(func, name, result, args, kwargs)
        if name in _SLICED:
            made = _SLICED[name](func, args, kwargs)
            for out, exact in zip(floats(result), made if isinstance(made, list) else [made]):
                _paired(out, exact)
            return result
        if name in ADDS:
            return _paired(result, _added(func, args, kwargs))
        if name.startswith("_foreach_") and name[9:] in EXACT and len(floats(args)) == len(result):
            for x, out in zip(floats(args), result):
                _paired(out, EXACT[name[9:]](_long(x)))
            return result
        if name in SEVERAL:
            for out, exact in zip(floats(result), SEVERAL[name](*tree_map(_long, (result, *args)), **kwargs)):
                _paired(out, exact)
            return result
        exact = EXACT.get(name, LINEAR.get(name))
        if exact is None or not isinstance(result, torch.Tensor):
            raise Unknown(str(func))
        given, named = tree_map(_long, (args, kwargs))
        return _paired(result, exact(*given, **named))

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

    def _chosen(self, out: torch.Tensor, args: Any) -> torch.Tensor:
        """The second part of whichever element was chosen."""
        given = [a for a in floats(args) if hasattr(a, "_low")]
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
        return _with(out, low)

    def _placed(self, name: str, result: Any, args: Any, kwargs: Any) -> Any:
        """The second parts from the places that numbers were taken from; equal ones may have changed places."""
        (out, place), x = result[:2], args[0]
        if not hasattr(x, "_low"):
            return result
        if "max_pool" in name:  # places count over all of a plane
            plane = -int(name[name.index("pool") + len("pool")])
            lows = x._low.flatten(plane).gather(-1, place.flatten(plane))
        else:
            at = _PLACED[name]
            dim = int(args[at] if len(args) > at else kwargs.get("dim", -1))
            lows = x._low.gather(dim, place if place.dim() == x.dim() else place.unsqueeze(dim))
        _with(out, lows)
        return result


def _nothing(value: Any) -> Any:
    return torch.zeros_like(value) if is_wide(value) else value


_CHOOSES = frozenset(
    ["clamp", "clamp_min", "clamp_max", "relu", "hardtanh", "maximum", "minimum", "amax", "amin", "max", "min"]
    + ["fmax", "fmin"]
)


# Choose among real numbers, but compute complex ones.
_OF_COMPLEX: dict[str, Callable[[Long], Long]] = {
    "abs": np.abs,
    "sgn": lambda z: np.where(z == 0, 0, z / np.where(z == 0, 1, np.abs(z))),
}
# Move numbers where their own value says: second parts would go elsewhere.
_BY_VALUE = frozenset(
    ["sort", "topk", "median", "nanmedian", "mode", "kthvalue", "cummax", "cummin", "threshold", "copysign"]
    + ["max_pool2d_with_indices", "max_pool3d_with_indices", "adaptive_max_pool2d", "adaptive_max_pool3d"]
)
# And of those that say where they took them from, the number of the argument that is the dimension.
_PLACED = {
    **{"max": 1, "min": 1, "sort": 1, "topk": 2, "median": 1, "kthvalue": 2, "cummax": 1, "cummin": 1},
    **{"nanmedian": 1, "mode": 1, "max_pool2d_with_indices": 0, "max_pool3d_with_indices": 0},
    **{"adaptive_max_pool2d": 0, "adaptive_max_pool3d": 0},
}


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


def _convolution_backward(func: Any, args: Any, kwargs: Any) -> list[Long]:
    """Gradients of the input and of the weight, each a product with that of the output; and its sums, the bias's."""
    g, x, w = args[:3]
    wanted = args[-1]
    totals: list[Any] = [np.longdouble(0)] * sum(wanted)
    others = [_slices(x), _slices(w)]
    for i, a in enumerate(_slices(g)):
        for j in range(max(map(len, others))):
            if i + j < 5:
                b, c = (found[j] if j < len(found) else torch.zeros_like(found[0]) for found in others)
                made = floats(func(a, b, c, *args[3:], **kwargs))
                for k, part in enumerate(made):
                    if j == 0 or not (wanted[2] and k == len(made) - 1):
                        totals[k] = totals[k] + part.numpy().astype(np.longdouble)
    return totals


def _averaged(func: Any, args: Any, kwargs: Any) -> Long:
    """Means of windows: their sums, exact on slices, over how many numbers there are in each."""
    given: Any = (*args, *(None, None, [], 0, False, True, None)[len(args) :])
    x, kernel, stride, padding, ceiling, padded, divisor = given
    sides = int(name_of(func)[8])
    size = [int(k) for k in np.ravel(kernel)] * (sides if np.size(kernel) == 1 else 1)
    if padded and any(np.ravel(padding)) and ceiling:
        raise Unknown("windows that reach beyond the padding")
    over = (kernel, stride, padding, ceiling, padded, 1)
    total = sum(func(a, *over).numpy().astype(np.longdouble) for a in _slices(x))
    whole = np.prod(size) if padded and not ceiling else func(torch.ones_like(x), *over).numpy()
    return total / (divisor or whole)


_SLICED: dict[str, Callable[..., Any]] = {
    "convolution": _convolution,
    "convolution_backward": _convolution_backward,
    "avg_pool2d": _averaged,
    "avg_pool3d": _averaged,
}
