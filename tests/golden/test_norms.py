"""Normalisation and its gradients beyond float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from harness.inputs import cotangent
from tests.golden.exactly import BITS, correctly_rounded, reference_of
from tests.numerics.torchrun import golden_of, op_case

Array = np.ndarray[Any, Any]
F = "torch.nn.functional."
# A difference's step, and the bits it is taken with: what it misses is below the bits compared.
STEP, WORK = 2.0**-200, 800


def _normal(values: list[Any], eps: float, *, centred: bool = True) -> list[Any]:
    mean = mpmath.fsum(values) / len(values) if centred else 0
    variance = mpmath.fsum((v - mean) ** 2 for v in values) / len(values)
    return [(v - mean) / mpmath.sqrt(variance + eps) for v in values]


def _objects(array: Array) -> Array:
    return np.array([mpf(v) for v in array.reshape(-1).tolist()], dtype=object).reshape(array.shape)


def _sliced(x: Array, eps: float, keys: Callable[[tuple[int, ...]], Any], *, centred: bool = True) -> Array:
    """x̂ with statistics shared by elements whose index has one key."""
    y = np.empty(x.shape, dtype=object)
    groups: dict[Any, list[tuple[int, ...]]] = {}
    for index in np.ndindex(x.shape):
        groups.setdefault(keys(index), []).append(index)
    for members in groups.values():
        for index, value in zip(members, _normal([x[i] for i in members], eps, centred=centred), strict=True):
            y[index] = value
    return y


# How statistics are shared by (batch, channel, place): operator → its arguments, key of an index, shape of γ and β.
NORMS: dict[str, tuple[tuple[Any, ...], dict[str, Any], Callable[..., Any], tuple[int, ...]]] = {
    "layer_norm": (([4, 3],), {}, lambda i: i[0], (4, 3)),
    "rms_norm": (([4, 3],), {"eps": 1e-3}, lambda i: i[0], (4, 3)),
    "group_norm": ((2,), {}, lambda i: (i[0], i[1] // 2), (4, 1)),
    "instance_norm": ((), {}, lambda i: i[:2], (4, 1)),
    "batch_norm": ((None, None), {"training": True}, lambda i: i[1], (4, 1)),
}


@pytest.mark.parametrize("op", NORMS)
def test_norms_and_their_gradients(op: str) -> None:
    """y, dx, dγ and dβ are the nearest float64: dx as a difference in 800 bits has it."""
    extra, kwargs, keys, affine = NORMS[op]
    shape, rms = affine if affine[1] > 1 else affine[:1], op == "rms_norm"
    names = ("w",) if rms else ("w", "b")
    case = op_case(
        F + op,
        "float64",
        {"x": (2, 4, 3), **dict.fromkeys(names, shape)},
        args=({"v": "x"}, *extra),
        weight={"v": "w"},
        **({} if rms else {"bias": {"v": "b"}}),
        **kwargs,
        grad=("x", *names),
    )
    golden, arrays, _ = golden_of(case)
    assert reference_of(golden) == "mpmath, 160 bits"
    eps = kwargs.get("eps", 1e-5)
    with mpmath.workprec(WORK):
        x, g = _objects(arrays["x"]), _objects(cotangent((2, 4, 3)))
        w = _objects(arrays["w"]).reshape(affine)
        b = 0 if rms else _objects(arrays["b"]).reshape(affine)

        def forward(values: Array) -> Array:
            return _sliced(values, eps, keys, centred=not rms) * w + b

        def moved(index: tuple[int, ...], step: float) -> Any:
            beside = x.copy()
            beside[index] += mpf(step)
            return (g * forward(beside)).sum()

        slopes = [(moved(i, STEP) - moved(i, -STEP)) / (2 * mpf(STEP)) for i in np.ndindex(x.shape)]
        correctly_rounded(golden, "out0", forward(x))
        correctly_rounded(golden, "grad.x", slopes)
        axes = 0 if affine[1] > 1 else (0, 2)
        correctly_rounded(golden, "grad.w", (g * _sliced(x, eps, keys, centred=not rms)).sum(axis=axes))
        if not rms:
            correctly_rounded(golden, "grad.b", g.sum(axis=axes))


def test_given_statistics() -> None:
    """Batch norm in evaluation: μ and r are arguments, and dx is g·γ·r."""
    shapes = {"x": (2, 4, 3), "m": (4,), "v": ((4,), "positive"), "w": (4,), "b": (4,)}
    golden, arrays, _ = golden_of(op_case(F + "batch_norm", "float64", shapes, grad=("x", "w")))
    with mpmath.workprec(BITS):
        x, g = _objects(arrays["x"]), _objects(cotangent((2, 4, 3)))
        m, v, w, b = (_objects(arrays[k]).reshape(4, 1) for k in "mvwb")
        r = np.array([[1 / mpmath.sqrt(row[0] + 1e-5)] for row in v.tolist()], dtype=object)
        correctly_rounded(golden, "out0", (x - m) * r * w + b)
        correctly_rounded(golden, "grad.x", g * w * r)
        correctly_rounded(golden, "grad.w", (g * (x - m) * r).sum(axis=(0, 2)))
