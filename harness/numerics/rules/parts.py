"""Sums made of parts that no one probe sees: scaled by alpha and beta, recombined from real sums, or kept in the
output's dtype between two steps. `dot` asks here what its probes miss.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import ROUNDING, compute_dtype, finite, unit
from harness.numerics.rules import orders
from harness.numerics.rules.base import Array, Call, clean

# Operators that add a tensor of their own to the product, beta·c + alpha·Σab.
WITH_ADDEND = frozenset(["addmm", "addmv", "addr", "addbmm", "baddbmm", "sparse_addmm"])


def _same(values: Array) -> Array:
    return values


def _square(values: Array) -> Array:
    return np.asarray(np.abs(values) ** 2)


# beta·c + alpha·Σab ---------------------------------------------------------------------------------------------


def apart(call: Call, change: Callable[[Array], Array]) -> tuple[Mapping[str, Array], Mapping[str, Array]]:
    """alpha·Σab and beta·c, each without the other, on inputs that went through `change`."""
    addend = call.case.args[0]["v"] if call.case.args else dict(call.case.kwargs)["input"]["v"]
    wide = call.changed(change)
    product = call.on({**wide, addend: np.zeros_like(wide[addend])})
    alone = {k: v if k == addend or k.startswith("cot.") else np.zeros_like(v) for k, v in wide.items()}
    return product, call.on(alone)


def scales(call: Call) -> tuple[complex, complex]:
    """(alpha, beta), 1 where they are not given."""
    given = dict(call.case.kwargs)
    alpha, beta = (call.argument(-1, name) if name in given else 1 for name in ("alpha", "beta"))
    return alpha, beta


def rounds(scale: complex, dtype: str) -> tuple[int, float]:
    """How often multiplying by a number rounds (0 or 1), and how far that is from one of the dtype, in u of itself."""
    part = formats.component(dtype)
    size = [abs(x) for x in (scale.real, scale.imag) if x and np.isfinite(x)]
    away = [abs(float(formats.round_value(np.float64(x), part)) - x) / x for x in size]
    exact = len(size) < 2 and all(np.frexp(x)[0] == 0.5 for x in size)
    return int(not exact), max(away, default=0.0) / unit(part)


def scaling(call: Call, names: Sequence[str]) -> dict[str, tuple[float, Array]]:
    """What alpha and beta round in beta·c + alpha·Σab: how many roundings, and the sum of the squares they are of.

    They are numbers of the dtype that is computed in, and may have to be rounded to it themselves.
    """
    steps = [rounds(scale, compute_dtype(call.dtypes["out0"])) for scale in scales(call)]
    if not any(n or error for n, error in steps):
        return {name: (0.0, np.zeros(())) for name in names}
    sides = apart(call, _same)
    return {
        name: (
            float(sum(n + error for n, error in steps)),
            np.asarray(
                sum(
                    (n + error**2 / ROUNDING) * finite(np.abs(side[name])) ** 2
                    for (n, error), side in zip(steps, sides, strict=True)
                )
            ),
        )
        for name in names
    }


# A bias that is added by a kernel of its own ------------------------------------------------------------------


def before_bias(call: Call, name: str) -> Array | None:
    """What a convolution gives before its bias is added, in magnitude; None of another operator, or without a bias."""
    if not call.op.startswith("conv") or name != "out0" or (bias := call.argument(2, "bias", None)) is None:
        return None
    spatial = 0 if call.op == "conv_tbc" else np.asarray(call.argument(1, "weight")).ndim - 2
    return finite(np.abs(call.y[name] - np.asarray(bias).reshape(-1, *(1,) * spatial)))


# Complex convolutions -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Recombined:
    """A complex convolution as three real sums: s = Σ|terms|, q = Σ terms², w² = Σ of squared partial sums and of what
    else rounds on the way.
    """

    s: Array
    q: Array
    w2: Array


def recombined(call: Call, names: Sequence[str]) -> dict[str, Recombined]:
    """A complex convolution by three real ones (Gauss): a = x'w', b = x"w", c = (x' + x")(w' + w"); its real part is
    a - b, its imaginary part c - a - b, whose terms are larger than those of the product itself. For both the latter's.
    """
    wide = call.changed(_same)
    views: tuple[Callable[[Array], Array], ...] = (np.real, np.imag, lambda v: np.asarray(v.real + v.imag))
    inputs = [{k: view(v) if v.dtype.kind == "c" else v for k, v in wide.items()} for view in views]

    def sums(change: Callable[[Array], Array]) -> list[Mapping[str, Array]]:
        return [
            call.on({k: change(v).astype(wide[k].dtype) if wide[k].dtype.kind == "c" else v for k, v in each.items()})
            for each in inputs
        ]

    values, sizes, squares, ones = sums(_same), sums(np.abs), sums(_square), call.probe(np.ones_like)
    found = {}
    for name in names:
        n = np.maximum(finite(np.abs(ones[name])), 1)
        whole = finite(np.abs(call.y[name]))
        y, s, q = ([finite(np.abs(part[name])) for part in parts] for parts in (values, sizes, squares))
        added = sum(orders.expected(n, a, b, times=orders.UNKNOWN) for a, b in zip(y, q, strict=True))
        # The factors of c round, and so do c - a and the difference to b.
        found[name] = Recombined(
            s=np.asarray(sum(s) + (2 * s[2] + y[2] + y[0] + whole) / n),
            q=np.asarray(sum(q)),
            w2=np.asarray(added + 2 * q[2] + (y[2] + y[0]) ** 2 / 2 + whole**2),
        )
    return found


# Roundings to the output's own dtype ----------------------------------------------------------------------------

Kept = tuple[Array, Array]


def kept(call: Call) -> Kept | None:
    """What 16-bit kernels add that keep intermediates in the output's dtype: size and root mean square, in its u."""
    return _KEPT[call.op](call) if call.op in _KEPT else None


def _addmv(call: Call) -> Kept:
    """beta·c is kept, and alpha·Ab where the matrix lies by columns; alpha and beta are rounded to the dtype first."""
    return _scaled(call, lambda multiplied: 1)


def _addmm(call: Call) -> Kept:
    """beta·c and alpha·AB are kept where they are multiplied at all, alpha and beta rounded to the dtype first."""
    return _scaled(call, lambda multiplied: multiplied)


def _addr(call: Call) -> Kept:
    """beta·c, alpha·a and (alpha·a)·b are kept, and alpha and beta rounded to the dtype first."""
    return _scaled(call, lambda multiplied: 1 + multiplied)


def _scaled(call: Call, of_product: Callable[[int], int]) -> Kept:
    (alpha, beta), dtype = scales(call), call.dtypes["out0"]
    of_alpha, of_beta = rounds(alpha, dtype), rounds(beta, dtype)
    times = ((of_product(of_alpha[0]), of_alpha[1]), of_beta)
    size, square = np.zeros(()), np.zeros(())
    for (n, error), value, large in zip(times, apart(call, _same), apart(call, np.abs), strict=True):
        size = size + (n + error) * finite(np.abs(large["out0"]))
        square = square + (ROUNDING * n + error**2) * finite(np.abs(value["out0"])) ** 2
    return np.asarray(size), np.asarray(np.sqrt(square))


def _bilinear(call: Call) -> Kept:
    """x·W is kept, and so is its product with y before the bias is added."""
    x, y, w = (clean(np.asarray(call.argument(i, k))) for i, k in ((0, "input1"), (1, "input2"), (2, "weight")))
    bias = call.argument(3, "bias", None)
    inner = np.abs(np.einsum("...i,oij->...oj", x, w) * y[..., None, :])
    last = 0.0 if bias is None else finite(np.abs(call.y["out0"] - clean(np.asarray(bias))))
    return inner.sum(-1) + last, np.sqrt(ROUNDING * ((inner**2).sum(-1) + last**2))


def _linear(call: Call) -> Kept | None:
    """The product of a single row, or of rows in more than one dimension, is kept before the bias is added."""
    bias = call.argument(2, "bias", None)
    if bias is None or np.asarray(call.argument(0, "input")).ndim == 2:
        return None
    product = finite(np.abs(call.y["out0"] - clean(np.asarray(bias))))
    return product, np.asarray(math.sqrt(ROUNDING) * product)


def _einsum(call: Call) -> Kept | None:
    """Of three operands and more two are contracted at a time and the results kept, from the left, or, where
    opt_einsum is installed, the cheapest first: of three the largest over all orders counts.
    """
    equation = call.argument(0, "equation")
    if not isinstance(equation, str) or "." in equation:
        return None
    left, _, result = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) < 3:
        return None
    result = result if "->" in equation else "".join(sorted(c for c in set(left) if left.count(c) == 1))
    operands = [clean(np.asarray(call.argument(1 + i))) for i in range(len(terms))]
    orders = ((0, 1, 2), (0, 2, 1), (1, 2, 0)) if len(terms) == 3 else (tuple(range(len(terms))),)
    found = [_from_the_left([terms[i] for i in order], [operands[i] for i in order], result) for order in orders]
    size, square = (np.max([one[k] for one in found], axis=0) for k in (0, 1))
    return np.asarray(size), np.asarray(np.sqrt(ROUNDING * square))


def _from_the_left(terms: list[str], operands: list[Array], result: str) -> Kept:
    """Σ|terms| and Σ terms² behind each result, of every intermediate of a contraction from the left."""
    size, square = np.zeros(()), np.zeros(())
    while len(terms) > 2:
        rest = terms[2:]
        kept = "".join(c for c in dict.fromkeys(terms[0] + terms[1]) if c in result or any(c in t for t in rest))
        made = np.einsum(f"{terms[0]},{terms[1]}->{kept}", *operands[:2])
        terms, operands = [kept, *rest], [made, *operands[2:]]
        whole = ",".join(terms) + "->" + result
        size = size + np.einsum(whole, *(np.abs(a) for a in operands))
        square = square + np.einsum(whole, *(np.abs(a) ** 2 for a in operands))
    return np.asarray(size), np.asarray(square)


def _tensordot(call: Call) -> Kept | None:
    """Where a dimension has size 1 on one side, the other is added up along it and kept; where all dimensions are
    contracted, products are kept and then added.
    """
    a, b = (clean(np.asarray(call.argument(i, k))) for i, k in ((0, "a"), (1, "b")))
    dims: Any = call.argument(2, "dims", 2)
    if isinstance(dims, int):
        dims = (range(a.ndim - dims, a.ndim), range(dims))
    left, right = ([int(d) % v.ndim for d in part] for part, v in zip(dims, (a, b), strict=True))
    stages = []
    for i, j in zip(left, right, strict=True):
        if a.shape[i] != b.shape[j]:
            a, b = (a.sum(i, keepdims=True), b) if b.shape[j] == 1 else (a, b.sum(j, keepdims=True))
            stages.append((a, b))
    if call.y["out0"].size == 1:
        stages.append((a, b))
    size, square = np.zeros(call.y["out0"].shape), np.zeros(call.y["out0"].shape)
    for one, other in stages:
        size = size + _contracted(np.abs(one), np.abs(other), left, right)
        square = square + _contracted(np.abs(one) ** 2, np.abs(other) ** 2, left, right)
    return (size, np.sqrt(ROUNDING * square)) if stages else None


def _contracted(a: Array, b: Array, left: Sequence[int], right: Sequence[int]) -> Array:
    """tensordot, where a dimension of size 1 stands for as many as the other side has."""
    for i, j in zip(left, right, strict=True):
        a, b = (
            np.repeat(a, b.shape[j] if a.shape[i] == 1 else 1, i),
            np.repeat(b, a.shape[i] if b.shape[j] == 1 else 1, j),
        )
    return np.asarray(np.tensordot(a, b, (left, right)))


# Operators whose gradients 16-bit kernels compose of products that they keep before these are added up.
_KEEPS_PRODUCTS = WITH_ADDEND | {"kron", "bilinear", "einsum", "tensordot"}


def keeps_products(call: Call, name: str) -> bool:
    """Whether 16-bit kernels keep products that a gradient is the sum of: a broadcast batch is added up last."""
    batch = call.y[name].shape[:-2]
    return call.op in _KEEPS_PRODUCTS or (call.op == "matmul" and batch != call.y["out0"].shape[: len(batch)])


def added_in(call: Call, name: str) -> int:
    """How many of those products 16-bit kernels add up in the output's own dtype: `bilinear` goes through its output's
    features one by one.
    """
    factors = [call.written(0, "input1"), call.written(1, "input2")] if call.op == "bilinear" else []
    return int(np.shape(call.argument(2, "weight"))[0]) if {"v": name.removeprefix("grad.")} in factors else 0


_KEPT: dict[str, Callable[[Call], Kept | None]] = {
    "addmm": _addmm,
    "addmv": _addmv,
    "baddbmm": _addmm,
    "addr": _addr,
    "bilinear": _bilinear,
    "einsum": _einsum,
    "linear": _linear,
    "tensordot": _tensordot,
}
