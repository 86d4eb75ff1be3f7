"""Machine: float32 arithmetic with chosen habits, the honest ones and the faulty ones.

An operator written for a Machine (operators.py) is one kernel; changing the machine's habits gives the many honest ways
to compute it (orders of summation, FMA, libraries of functions, tensor cores) and the many wrong ones.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from harness.numerics import formats

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Machine:
    """Habits of one device; all arrays are float64 that hold float32 numbers.

    order: of a sum's terms: sequential, reversed, permuted (with a number for another permutation), blocked, split,
    pairwise, lanes.
    fma: products enter a sum unrounded. accumulator: dtype of partial sums. toward_zero: partial sums are truncated.
    inputs: dtype that the factors of products are rounded to. block: (b, extra bits) of a tensor core, or None.
    library: functions as `numpy` has them in float32, `rounded` correctly, or `loose`, up to 2 ulp off at random.
    fast: relative error of exponentials, reciprocals and roots (0: none). flush: subnormals become zero.
    output: rounding of results: nearest, zero, twice (by way of 12 bits), or the name of a narrower dtype.
    faults: mistakes of logic that operators look for by name.
    """

    name: str
    order: str = "sequential"
    fma: bool = True
    accumulator: str = "float32"
    toward_zero: bool = False
    inputs: str | None = None
    block: tuple[int, int] | None = None
    library: str = "rounded"
    fast: float = 0.0
    flush: bool = False
    output: str = "nearest"
    faults: frozenset[str] = field(default_factory=frozenset)
    wide: bool = False  # float64 arithmetic throughout: the machine for float64 cases

    # one operation ------------------------------------------------------------------------------------------------

    def r(self, x: Array) -> Array:
        """x rounded to the compute dtype."""
        if self.wide:
            return np.asarray(x)
        with np.errstate(over="ignore", invalid="ignore"):
            out = np.asarray(x, dtype=np.float64).astype(np.float32).astype(np.float64)
        return np.where(np.abs(out) < 2.0**-126, 0.0 * out, out) if self.flush else out

    def div(self, a: Array, b: Array) -> Array:
        with np.errstate(all="ignore"):
            return self.r(a / b * (1 + self._wobble(np.shape(a)))) if self.fast else self.r(a / b)

    def rsqrt(self, x: Array) -> Array:
        with np.errstate(all="ignore"):
            return self.r((1 + self._wobble(np.shape(x))) / np.sqrt(x)) if self.fast else self.r(1 / self.r(np.sqrt(x)))

    def function(self, name: str, x: Array) -> Array:
        """exp, log, tanh … of x by the machine's library."""
        apply = LIBRARY[name]
        with np.errstate(all="ignore"):
            if self.wide:
                return np.asarray(apply(x))
            if self.library == "numpy" and name in _IN_FLOAT32:
                return np.asarray(apply(x.astype(np.float32)), dtype=np.float64)
            y = np.asarray(apply(x))
            if self.library == "loose" and name != "sqrt":
                loose = y + 1.5 * formats.ulp(np.nan_to_num(y), "float32") * self._noise(y.shape)
                # Numbers of the format, as 0, ½ and ±1, are exact in any library.
                y = np.where((np.abs(y) > 2.0**-126) & (y.astype(np.float32) != y), loose, y)
            return self.r(np.where(np.abs(y) == 1, y, y * (1 + self._wobble(y.shape)))) if self.fast else self.r(y)

    # sums ---------------------------------------------------------------------------------------------------------

    def sum(self, x: Array) -> Array:
        """Σ over the last axis."""
        if "lost tile" in self.faults:
            x = x[..., : -max(1, min(16, x.shape[-1] // 2))]
        if "tile twice" in self.faults:
            x = np.concatenate([x, x[..., : max(1, min(16, x.shape[-1] // 2))]], axis=-1)
        if self.block and x.shape[-1]:
            return self._blocks(x)
        groups = self._groups(x)
        return (
            self._chain(np.stack([self._chain(g) for g in groups], axis=-1))
            if len(groups) > 1
            else self._chain(groups[0])
        )

    def dot(self, a: Array, b: Array) -> Array:
        """Σ a·b over the last axis, a and b broadcast against each other."""
        if self.inputs:
            a, b = (formats.round_value(v, self.inputs) for v in (a, b))
        p = a * b  # two float32 numbers have an exact product in float64
        return self.sum(p if self.fma or self.block else self.r(p))

    def scan(self, x: Array) -> Array:
        """Running sums over the last axis."""
        total, out = np.zeros(x.shape[:-1]), np.empty(x.shape)
        for k in range(x.shape[-1]):
            total = self._add(total, x[..., k])
            out[..., k] = total
        return out

    def _groups(self, x: Array) -> list[Array]:
        n = x.shape[-1]
        if self.order == "reversed":
            return [x[..., ::-1]]
        if self.order.startswith("permuted"):
            return [x[..., np.random.default_rng([n, *self.order.encode()]).permutation(n)]]
        if self.order == "blocked":
            return [x[..., i : i + 32] for i in range(0, n, 32)]
        if self.order == "split":
            return [g for g in np.array_split(x, 4, axis=-1) if g.shape[-1]]
        if self.order == "lanes":
            return [x[..., i::8] for i in range(min(8, n))]
        return [x]

    def _chain(self, x: Array) -> Array:
        if self.order == "pairwise":
            while x.shape[-1] > 1:
                odd = x[..., -1:] if x.shape[-1] % 2 else x[..., :0]
                x = np.concatenate([self._add(x[..., :-1:2], x[..., 1::2]), odd], axis=-1)
            return x[..., 0] if x.shape[-1] else np.zeros(x.shape[:-1])
        total = np.zeros(x.shape[:-1])
        for k in range(x.shape[-1]):
            total = self._add(total, x[..., k])
        return total

    def _add(self, a: Array, b: Array) -> Array:
        if self.accumulator == "float32" and not self.toward_zero:
            return self.r(a + b)
        return formats.round_value(a + b, self.accumulator, "zero" if self.toward_zero else "nearest")

    def _blocks(self, x: Array) -> Array:
        """b terms and the accumulator aligned to the largest exponent, truncated below it, added exactly, truncated."""
        assert self.block is not None
        b, extra = self.block
        total = np.zeros(x.shape[:-1])
        for k in range(0, x.shape[-1], b):
            terms = np.concatenate([x[..., k : k + b], total[..., None]], axis=-1)
            top = np.abs(terms).max(axis=-1, keepdims=True)
            unit = np.where(top > 0, 2.0 ** (np.floor(np.log2(np.where(top > 0, top, 1.0))) - 23 - extra), 1.0)
            total = formats.round_value((np.trunc(terms / unit) * unit).sum(axis=-1), "float32", "zero")
        return total

    # results ------------------------------------------------------------------------------------------------------

    def out(self, y: Array, dtype: str) -> Array:
        """y as the output array of a kernel."""
        if self.output == "twice":
            y = formats.round_value(
                y, "float16" if dtype == "bfloat16" else "tfloat32" if dtype == "float16" else "float32"
            )
        elif self.output not in ("nearest", "zero"):
            y = formats.round_value(y, self.output)
        rounded = formats.round_to(y, dtype, "zero" if self.output == "zero" else "nearest")
        if self.flush:
            least = formats.format_of(dtype).min_normal
            rounded = np.where(np.abs(rounded.astype(np.float64)) < least, 0, rounded.astype(np.float64)).astype(
                rounded.dtype
            )
        return rounded

    def _wobble(self, shape: tuple[int, ...]) -> Array:
        return self.fast * self._noise(shape)

    def _noise(self, shape: tuple[int, ...]) -> Array:
        return np.random.default_rng(zlib.crc32(f"{self.name}{shape}".encode())).uniform(-1, 1, shape)


def _erf(x: Array) -> Array:
    from scipy.special import erf

    return np.asarray(erf(x))


def _erfc(x: Array) -> Array:
    from scipy.special import erfc

    return np.asarray(erfc(x))


def _sigmoid(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)))


LIBRARY: dict[str, Any] = {
    "exp": np.exp, "log": np.log, "tanh": np.tanh, "sin": np.sin, "cos": np.cos, "erf": _erf, "expm1": np.expm1,
    "log1p": np.log1p, "sqrt": np.sqrt, "sigmoid": _sigmoid, "atan": np.arctan, "sinh": np.sinh, "log2": np.log2,
    "exp2": np.exp2, "asinh": np.arcsinh, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "cosh": np.cosh,
    "log10": np.log10, "atanh": np.arctanh, "erfc": _erfc,
}  # fmt: skip
_IN_FLOAT32 = ("exp", "log", "tanh", "sin", "cos", "expm1", "log1p", "atan", "sinh", "log2", "exp2", "asinh")


HONEST = (
    Machine("sequential"),
    Machine("reversed", order="reversed", fma=False),
    Machine("permuted", order="permuted", library="numpy"),
    Machine("blocked", order="blocked", fma=False, library="loose"),
    Machine("split-K", order="split", library="numpy"),
    Machine("pairwise", order="pairwise", fma=False),
    Machine("lanes", order="lanes", library="loose"),
)
# More libraries of functions, for kernels that are little else: each errs elsewhere.
LIBRARIES = tuple(Machine(f"library {k}", library="loose") for k in range(24))
# More orders, for kernels that are sums: each errs elsewhere.
ORDERS = tuple(Machine(f"order {k}", order=f"permuted {k}", fma=k % 2 == 0) for k in range(48))
TENSOR_CORES = {
    "v100": Machine("tensor core v100", block=(4, 0)),
    "a100": Machine("tensor core a100", block=(8, 1)),
    "h100": Machine("tensor core h100", block=(16, 2)),
}
