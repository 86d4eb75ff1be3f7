"""A program as an honest device may compute it: in float64, every kernel's result moved by as much as it may round.

Monte Carlo arithmetic over the kernels that PyTorch calls, and over the core operators that its own table decomposes
them into. A kernel computes in float32 (float64 in float64) and rounds its result to the dtype that it returns, which a
run in the program's own precision says beforehand. Which order a sum takes is not known: it moves by what partial sums
round, expected over all orders.
Sources: Parker, Monte Carlo arithmetic, UCLA 1997; Higham, Accuracy and Stability, 2002, section 4.2.
"""

from __future__ import annotations

import itertools
import math
from typing import Any, Callable, Sequence

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

from . import attention, kept, sums
from .kernels import (
    ADDS,
    ANGULAR,
    AVERAGES,
    FUNCTIONS,
    MOVES,
    PRODUCTS,
    ROUNDED,
    STEPPED,
    SUMS,
    TURNS,
    UNIT,
    WIDE,
    computes,
    decompositions,
    floats,
    functional,
    is_wide,
    name_of,
)
from .seeds import seeded
from .terms import adds_exactly, reduces_by

# float64 has no room for noise of its own size: there programs are moved by so much, and the deviations scaled down.
COARSE = 2.0**-49
_SPACING = {torch.float16: 2.0**-24}  # of subnormal numbers, where a program may come near them
# How far rounding may move a value at most, times its distance to a number of the dtype; and a function's error.
_NEAR, _SATURATED = 8.0, 2.0**20
# Largest error of a function beyond its rounding, in ulp, of float32 and of float64. [calibrated]
_FUNCTION, _FUNCTION_WIDE = 1.5, 0.8
# In float32. [calibrated: PyTorch's vectorised erf, where it approaches 1; its series of a Dirichlet sample's gradient]
# And in float64. [calibrated: PyTorch's erfcx, 6.3 and 5.4 at positive numbers; incomplete gamma functions of a up to 3
# beside mpmath, whose RMS is 1.5 and 2.0 in float32 and 3.3 and 5.4 in float64]
_WORSE_WIDE = {"special_erfcx": 6.0, "igamma": 8.0, "igammac": 12.0}
_WORSE = {"erf": 4.0, "_dirichlet_grad": 300.0, "special_erfcx": 6.0, "igamma": 3.0, "igammac": 5.0}
# A vector library's square root is not rightly rounded, by so many ulp. [MKL's on an AMD EPYC, as profile `cpu` has it]
_ROOT = 0.3
# How many times its inputs' roundings a kernel of unknown steps moves: interpolation's weights round alike for all rows
# and columns, and recurrences round at each of their steps. [calibrated]
_TIMES = {("upsample", "backward"): 1.8, ("upsample",): 1.3, ("polynomial",): 1.15, ("airy",): 2.4}
# Backward error of factorizations, uniform in ± u of the largest number. [calibrated: LAPACK's of matrices of 5 to 64]
_FACTORED = {"_linalg_svd": 6.0}
_FACTORED_ELSE = 2.5
# Error of singular values and eigenvalues beside that, uniform in ± u of the largest; of the former less where they are
# all that is asked for. [calibrated: LAPACK's RMS is 1.0 to 3.7 u of it, and 1.0 to 1.5 of the latter]
_SPECTRUM, _SINGULAR_ALONE = 4.0, 2.0
# How far their orthonormal vectors are from orthonormal, uniform in ± u. [calibrated: the same]
_ORTHONORMAL = 2.0


def moved(call: Callable[[], Any], own: Sequence[Any] | None, seed: int, coarse: bool = False) -> Any:
    """What a program gives, run in float64 with noise; its outputs before they are rounded to their dtype.

    own: its `kernels` in its own precision; None where they are not known. seed: of the noise, and of what the program
    draws. coarse: whether the program is one of float64, so that shorter kernels of it move by as many times too much
    as float64's do.
    """
    with _Noisy(own, seed, COARSE / 2.0**-53 if coarse else 1.0):
        result = seeded(call, seed)
    return tree_map(lambda t: getattr(t, "_unrounded", t) if isinstance(t, torch.Tensor) else t, result)


def _elementwise(args: Any, result: Any) -> bool:
    """Whether the result may be a function of each element, as far as shapes tell."""
    outs = floats(result)
    return all(a.numel() == 1 or a.shape == out.shape for a in floats(args) for out in outs)


# Of what else TURNS give beside vectors.
_SPECTRA = frozenset(["_linalg_svd", "_linalg_eigh"])
# Matrices are multiplied again and again: what rounds is small beside the whole of them, too.
_POWERS = frozenset(["linalg_matrix_exp"])
# What statistics kernels compute in one, or in two passes.
_MOMENTS = frozenset(["var", "std", "var_mean", "std_mean"])
_CONSTANTS = frozenset(["full", "full_like", "new_full", "scalar_tensor", "fill"])
# Moves of numbers of the caller's, too.
_BOUNDS = frozenset(["clamp", "clamp_min", "clamp_max", "hardtanh", "threshold", "masked_fill", "constant_pad_nd"])


# Reductions by groups, of which those to the largest or smallest move elements only.
_GROUPED = frozenset(["scatter_reduce", "index_reduce", "segment_reduce"])
_SELECTING = ("amax", "amin", "max", "min")


class _Noisy(TorchDispatchMode):  # type: ignore[misc]  # torch is Any to the type checker
    """dtype: what the kernel returns that runs at present; depth: 0 for kernels, more for what they are made of; times:
    how much too far numbers shorter than float64's are moved.
    """

    def __init__(self, own: Sequence[Any] | None, seed: int, times: float) -> None:
        super().__init__()
        self.times = times
        self.random = torch.Generator().manual_seed(seed)
        self.own = None if own is None else list(own)
        self.at = 0
        self.depth = 0
        dtypes = [d for _, found, _ in own or () for d in found]
        self.narrowest = min(dtypes, key=lambda d: torch.finfo(d).bits, default=torch.float32)
        self.dtype = self.narrowest
        flash = getattr(torch.ops.aten, attention.FORWARD, None)  # of recent releases
        self.table = decompositions() | ({} if flash is None else {flash.default: attention.steps})

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = name_of(func)
        if func._schema.is_mutable and (name[-1] == "_" or func not in self.table):
            return self._in_place(func, name, args, kwargs)
        if _moves(name, args, kwargs):
            return self._move(func, args, kwargs)
        return self._kernel(func, name, args, kwargs)

    def _in_place(self, func: Any, name: str, args: Any, kwargs: Any) -> Any:
        base = functional(func)
        if base is None or _moves(name.rstrip("_"), args, kwargs):
            if name == "copy_" and hasattr(args[1], "_unrounded") and args[0].shape == args[1].shape:
                args[0]._unrounded = args[1]._unrounded
            elif hasattr(args[0], "_unrounded"):
                del args[0]._unrounded
            result = func(*args, **kwargs)
            if name == "fill_" and is_wide(args[0]):
                args[0].copy_(self._constant(args[0]))
            made = "out" in kwargs or not any(result is a for a in args)
            if made and isinstance(result, torch.Tensor) and result.dtype in WIDE:
                u = self._inner()
                self._round(result, self.ulps(result, u, _FUNCTION), u)
            return result
        made = self._kernel(base, name, args, kwargs)
        args[0].copy_(made)
        args[0]._unrounded = getattr(made, "_unrounded", made)
        return args[0]

    def _move(self, func: Any, args: Any, kwargs: Any) -> Any:
        if name_of(func) in _BOUNDS:
            args, kwargs = tree_map(self._bound, (args, kwargs))
        result = func(*args, **kwargs)
        if name_of(func) in _CONSTANTS and is_wide(result):
            return self._constant(result)
        held = [a for a in floats(args) if hasattr(a, "_unrounded")]
        if held and isinstance(result, torch.Tensor) and result.dtype in WIDE:
            before = tree_map(lambda a: getattr(a, "_unrounded", a) if isinstance(a, torch.Tensor) else a, args)
            result._unrounded = func(*before, **kwargs)
        return result

    def _constant(self, value: torch.Tensor) -> torch.Tensor:
        """A number of the caller's in a tensor of its own, which has the program's dtype, or a kernel's."""
        dtype = torch.float32 if self.depth and self.dtype in UNIT else self.narrowest
        kept = dtype in WIDE or value.is_complex() or self.times > 1
        return value if kept else value.to(dtype).to(value.dtype)

    def _bound(self, value: Any) -> Any:
        """A number of the caller's that takes an element's place, in the dtype that it then has."""
        if not isinstance(value, float):
            return value
        dtype = torch.float32 if self.depth and self.dtype in UNIT else self.narrowest
        if dtype in WIDE or self.times > 1:
            return self._number(value, self._inner())
        return float(torch.tensor(value).to(dtype))

    # Kernels ----------------------------------------------------------------------------------------------------------

    def _kernel(self, func: Any, name: str, args: Any, kwargs: Any) -> Any:
        if self.depth:
            return self._run(func, name, args, kwargs)
        writes = func._schema.is_mutable  # statistics, beside what it returns: once, below
        given = tree_map(lambda a: a.clone() if isinstance(a, torch.Tensor) else a, args) if writes else args
        plain = func(*given, **kwargs)
        if not computes(name, plain):
            return plain
        returned, rounded = self._next(name)
        if rounded:
            places = itertools.count()
            args = tree_map(lambda a: self._cast(a, rounded.get(next(places))) if floats(a) else a, args)
        self.dtype = min(returned, key=lambda d: torch.finfo(d).bits, default=self.narrowest)
        if func in self.table and not writes and not _elementwise(args, plain):
            # It may add up in another order than the decomposition does.
            u = self._inner()
            args = tree_map(lambda a: a + self.ulps(a, u, 0.5) if is_wide(a) else a, args)
        result = self._run(func, name, args, kwargs)
        if self.dtype in UNIT:
            outs = floats(result)
            made = returned if len(returned) == len(outs) else [self.dtype] * len(outs)
            short = UNIT[self.dtype] * self.times
            for out, dtype, error in zip(outs, made, kept.errors(self, func, args, kwargs, floats(plain), short)):
                if dtype not in UNIT:  # statistics that stay in float32
                    continue
                u = UNIT[dtype] * self.times
                before = getattr(out, "_unrounded", out) + error
                spacing = _SPACING.get(dtype, 0.0)
                after = before + self.ulps(before, u, 0.5, _near(out, dtype, u), spacing)
                if not after.is_complex():
                    after = torch.where(after.abs() < _overflow(dtype), after, after * math.inf)
                out.copy_(after)
                out._unrounded = before
        return result

    def _cast(self, value: torch.Tensor, dtype: torch.dtype | None) -> torch.Tensor:
        """An argument as it is once it was rounded to half precision."""
        if dtype is None or not is_wide(value):
            return value
        u = UNIT[dtype] * self.times
        return value + self.ulps(value, u, 0.5, _near(value, dtype, u), _SPACING.get(dtype, 0.0))

    def _next(self, name: str) -> tuple[tuple[torch.dtype, ...], dict[int, torch.dtype]]:
        """What the kernel returns in the program's own precision, and which arguments it rounds first, while both runs
        call the same ones.
        """
        if self.own is not None and self.at < len(self.own) and self.own[self.at][0] == name:
            self.at += 1
            _, dtypes, rounded = self.own[self.at - 1]
            return dtypes, rounded
        self.own = None
        return (self.narrowest,), {}

    def _run(self, func: Any, name: str, args: Any, kwargs: Any) -> Any:
        """A kernel with the noise of its steps, and its rounding to the dtype that it computes in."""
        if func in self.table:
            self.depth += 1
            try:
                with self:
                    found = self.table[func](*args, **kwargs)
            finally:
                self.depth -= 1
            if found is not NotImplemented:
                return found
        u = self._inner()
        given = floats(args)
        if not given or any(is_wide(a) for a in given):  # a float32 kernel of a float64 program rounds them itself
            args, kwargs = tree_map(lambda a: self._number(a, u), (args, kwargs))
        result = func(*args, **kwargs)
        outs = [out for out in floats(result) if out.dtype in WIDE]
        for out, noise in zip(outs, self._noise(func, name, args, kwargs, outs, u)):
            self._round(out, noise, u)
        return result

    def _bits(self) -> int:
        """Of the significand that the kernel computes in."""
        return 53 if self.dtype in WIDE else 24

    def _inner(self) -> float:
        """Unit roundoff of the dtype that the kernel computes in."""
        return COARSE if self.dtype in WIDE else 2.0**-24 * self.times

    def _round(self, out: torch.Tensor, noise: torch.Tensor | None, u: float) -> None:
        """Move a result by what its steps add, and by one rounding: none of a short number that no step adds to."""
        if not out.numel():
            return
        before = out if noise is None else torch.where(torch.isfinite(noise), out + noise, out)
        out._unrounded = before.clone()
        after = before + self.ulps(before, u, 0.5, _near(out, torch.float32, u))
        out.copy_(torch.where(torch.isfinite(after), after, out))

    def _number(self, value: Any, u: float) -> Any:
        """A number of the caller's, which becomes one of the dtype computed in."""
        if not isinstance(value, float) or not math.isfinite(value) or value == 0:
            return value
        if float(torch.tensor(value, dtype=torch.float32)) == value:
            return value
        return value * (1 + u * (2 * float(torch.rand((), generator=self.random)) - 1))

    # Noise ------------------------------------------------------------------------------------------------------------

    def _noise(
        self, func: Any, name: str, args: Any, kwargs: Any, outs: Sequence[torch.Tensor], u: float
    ) -> Sequence[torch.Tensor | None]:
        """What each result errs by before it is rounded; None where it is one operation, that rounds right."""
        name = name.removeprefix("_foreach_")
        if name == "div" and _by_one_number(args):  # whose reciprocal, rounded once for all, a device may multiply with
            return [out * (u * (2 * float(torch.rand((), generator=self.random)) - 1)) for out in outs]
        if name == "sqrt" and not any(out.is_complex() for out in outs):
            return [self.ulps(out, u, _ROOT, _near(out, torch.float32, u)) for out in outs]
        if name in ROUNDED and not any(out.is_complex() for out in outs):
            return [None] * len(outs)
        if name in FUNCTIONS or name in ROUNDED:
            times = self._worst(name, u)
            return [self.ulps(out, u, times, _near(out, torch.float32, u, _SATURATED)) for out in outs]
        if name in SUMS:
            return [self.normal(out) * u * sums.of_sum(args, kwargs, out, u, self._bits()) for out in outs]
        if name in _MOMENTS:
            shaken = self._of_unknown(func, args, kwargs, outs, u)
            sizes = sums.of_moments(name, args, kwargs, outs, u, self._bits())
            return [a + self.normal(a) * u * size for a, size in zip(shaken, sizes)]
        if name == "cumsum":
            if adds_exactly([args[0]], args[0].numel(), self._bits()):
                return [None]
            # Each partial sum rounds once, and all that follow carry it on.
            return [(self.normal(outs[0]) * outs[0].abs()).cumsum(args[1]) * u * math.sqrt(sums.ROUNDING)]
        if name == "cumprod":
            return [self.normal(outs[0]).cumsum(args[1]) * outs[0].abs() * u * math.sqrt(sums.ROUNDING)]
        if name == "prod":
            n = args[0].numel() / max(outs[0].numel(), 1)
            return [self.normal(outs[0]) * u * math.sqrt(sums.ROUNDING * n) * outs[0].abs()]
        if name in PRODUCTS:
            sizes = sums.of_products(name, func, args, kwargs, outs, self._bits())
            return [size if size is None else self.normal(out) * u * size for out, size in zip(outs, sizes)]
        if name in STEPPED:
            return [self.steps(out, u) for out in outs]
        if name in ADDS | AVERAGES:
            return [self.added(func, name, args, kwargs, out, u) for out in outs]
        return self._of_unknown(func, args, kwargs, outs, u)

    @staticmethod
    def _worst(name: str, u: float) -> float:
        """A function's largest error beyond its rounding, in ulp."""
        return _WORSE.get(name, _FUNCTION) if u != COARSE else _WORSE_WIDE.get(name, _FUNCTION_WIDE)

    def added(self, func: Any, name: str, args: Any, kwargs: Any, out: torch.Tensor, u: float) -> torch.Tensor:
        """What adding up in memory, or averaging, adds."""
        return self.normal(out) * u * sums.of_elements(name, func, args, kwargs, out)

    def steps(self, out: torch.Tensor, u: float) -> torch.Tensor:
        """A step rounds, and is taken many times: by u of the largest of them all. None does where each lands on a
        number of the dtype.
        """
        if u != COARSE and not _near(out, self.dtype if self.dtype in UNIT else torch.float32, u).any():
            return torch.zeros_like(out)
        return self.uniform(out) * u * (out.abs().amax() if out.numel() else 1.0)

    def _of_unknown(
        self, func: Any, args: Any, kwargs: Any, outs: Sequence[torch.Tensor], u: float
    ) -> list[torch.Tensor | None]:
        """Of a kernel whose steps are not known: as far as it moves where its inputs round, more often the more of them
        each result is made of; and a function's error.
        """
        given = floats(args)
        name = name_of(func)
        n = sum(x.numel() for x in given) / max(sum(out.numel() for out in outs), 1)
        times = math.sqrt(max(1.0, n / 3)) * next(
            (t for parts, t in _TIMES.items() if all(p in name for p in parts)), 1.0
        )

        def shaken(a: Any) -> Any:
            if not is_wide(a) or not a.numel():
                return a
            if name in TURNS | _POWERS and a.dim() > 1:
                size = a.abs().amax((-2, -1), keepdim=True) * _FACTORED.get(name, _FACTORED_ELSE)
            elif name in ANGULAR:
                size = a.abs().clamp(min=1.0)
            else:
                return a + self.ulps(a, u, times)
            return a + u * times * size * self.uniform(a)

        def stepped(out: torch.Tensor) -> torch.Tensor:
            if name in _SPECTRA and out.dim() == given[0].dim() - 1 and out.numel():
                alone = name == "_linalg_svd" and sum(bool(o.numel()) for o in outs) == 1
                size = u * (_SINGULAR_ALONE if alone else _SPECTRUM)
                return size * out.abs().amax(-1, keepdim=True) * self.uniform(out)
            if name in TURNS and out.dim() > 1 and out.numel() and float(out.abs().max()) < 1 + 2.0**-10:
                return _ORTHONORMAL * u * self.uniform(out)
            return self.ulps(out, u, max(_FUNCTION, self._worst(name, u)))

        moved = [out for out in floats(func(*tree_map(shaken, args), **kwargs)) if out.dtype in WIDE]
        return [m - out + stepped(out) for m, out in zip(moved, outs)]

    def ulps(
        self, x: torch.Tensor, u: float, times: float, apart: torch.Tensor | None = None, spacing: float = 0.0
    ) -> torch.Tensor:
        """Uniform noise of ±`times` ulp of each number, of the modulus of a complex one.

        apart: what it may be moved at most; see `_near`. spacing: an ulp is no less.
        """
        size = x.abs()
        step = torch.ldexp(torch.full_like(size, times * u), torch.frexp(size)[1]).clamp(min=times * spacing)
        step = torch.where((size > 0) & torch.isfinite(size), step, torch.zeros_like(step))
        if apart is not None:
            step = torch.minimum(step, apart)
        return step * self.uniform(x)

    def rounding(self, x: torch.Tensor, u: float) -> torch.Tensor:
        """What numbers err by that are rounded to the dtype that the kernel returns."""
        return self.ulps(x, u, 0.5, _near(x, self.dtype, u), _SPACING.get(self.dtype, 0.0))

    def uniform(self, like: torch.Tensor) -> torch.Tensor:
        def one() -> torch.Tensor:
            return 2 * torch.rand(like.shape, generator=self.random, dtype=torch.float64) - 1

        return torch.complex(one(), one()) if like.is_complex() else one()

    def normal(self, like: torch.Tensor) -> torch.Tensor:
        return torch.randn(like.shape, generator=self.random, dtype=like.dtype)


def _overflow(dtype: torch.dtype) -> float:
    """From where on a number rounds to an infinity."""
    info = torch.finfo(dtype)
    return float(info.max) * (1 + float(info.eps) / 4)


def _near(x: torch.Tensor, dtype: torch.dtype, u: float, times: float = _NEAR) -> torch.Tensor:
    """So many times the distance of each number to the nearest of a shorter dtype: what all but is one of them rounds
    to it on any device, and a function that all but reaches 1 is 1.
    """
    if x.is_complex():
        return torch.maximum(_near(x.real, dtype, u, times), _near(x.imag, dtype, u, times))
    distance = torch.nan_to_num((x.to(dtype).to(x.dtype) - x).abs(), nan=0.0)
    return distance * (times * u / (2.0**-53 if u == COARSE else UNIT.get(dtype, 2.0**-24)))


def _moves(name: str, args: Any, kwargs: Any) -> bool:
    """Whether a kernel only moves elements about, but for their signs."""
    if name == "linalg_vector_norm":
        return len(args) > 1 and abs(args[1]) == math.inf and not args[0].is_complex()
    return name in MOVES or (name in _GROUPED and any(reduces_by(way, args, kwargs) for way in _SELECTING))


def _by_one_number(args: Any) -> bool:
    """Whether everything is divided by one number, and not by a power of two."""
    by = args[1] if len(args) > 1 else None
    if isinstance(by, torch.Tensor):
        by = float(by) if by.dim() == 0 and not by.is_complex() else None
    return isinstance(by, (int, float)) and math.isfinite(by) and abs(math.frexp(by)[0]) not in (0.0, 0.5)
