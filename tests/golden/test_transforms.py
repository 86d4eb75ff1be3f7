"""Fourier transforms beyond float64."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mpc

from harness.inputs import cotangent
from tests.golden.exactly import BITS, correctly_rounded
from tests.numerics.torchrun import golden_of, op_case

Row = Sequence[Any]

# The fixed output gradient is real, and so is what the reference worker in miniature makes it of.
pytestmark = pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")


def _dft(row: Row, sign: int) -> list[Any]:
    n = len(row)
    return [
        mpmath.fsum(mpc(v) * mpmath.expjpi(sign * mpmath.mpf(2 * j * k) / n) for j, v in enumerate(row))
        for k in range(n)
    ]


def _spectrum(half: Row, n: int) -> list[Any]:
    """All n numbers of a spectrum that begins with `half`, those of a real signal."""
    whole = [mpc(0)] * n
    for k, v in enumerate(half[: n // 2 + 1]):
        whole[k] = mpc(v)
        whole[-k] = mpmath.conj(mpc(v))
    whole[0] = mpc(mpmath.re(mpc(half[0])))
    if n % 2 == 0:
        whole[n // 2] = mpc(mpmath.re(whole[n // 2]))
    return whole


def _fitted(row: Row, n: int) -> list[Any]:
    return [*row[:n], *[0] * (n - len(row))]


def _reals(row: Row) -> list[Any]:
    return [v.real for v in row]


TRANSFORMS = {
    "fft": lambda row, n: _dft(_fitted(row, n), -1),
    "ifft": lambda row, n: [v / n for v in _dft(_fitted(row, n), 1)],
    "rfft": lambda row, n: _dft(_fitted(row, n), -1)[: n // 2 + 1],
    "irfft": lambda row, n: [v / n for v in _reals(_dft(_spectrum(_fitted(row, n // 2 + 1), n), 1))],
    "hfft": lambda row, n: _reals(_dft(_spectrum(_fitted(row, n // 2 + 1), n), -1)),
    "ihfft": lambda row, n: [v / n for v in _dft(_fitted(row, n), 1)[: n // 2 + 1]],
}


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize("n", [None, 4, 9])
def test_one_dimension(name: str, n: int | None) -> None:
    """Every transform of a row, whole, cut and padded, is its sum rounded once: each part is."""
    real = name in ("rfft", "ihfft")
    case = op_case(f"torch.fft.{name}", "float64" if real else "complex128", {"x": (3, 7)}, n=n)
    golden, arrays, _ = golden_of(case)
    size = n or (12 if name in ("irfft", "hfft") else 7)
    with mpmath.workprec(BITS):
        correctly_rounded(golden, "out0", [TRANSFORMS[name](row, size) for row in arrays["x"].tolist()])


def test_the_first_dimension() -> None:
    """`dim` says along which, and a power of two is exact in its quarter turns."""
    golden, arrays, _ = golden_of(op_case("torch.fft.fft", "complex128", {"x": (8, 3)}, dim=0))
    with mpmath.workprec(BITS):
        expected = [_dft(column, -1) for column in arrays["x"].T.tolist()]
        correctly_rounded(golden, "out0", np.array(expected, dtype=object).T)


@pytest.mark.parametrize(("norm", "power"), [("backward", 0), ("ortho", 0.5), ("forward", 1)])
@pytest.mark.parametrize("inverse", [False, True])
def test_norms(norm: str, power: float, inverse: bool) -> None:
    """Each normalisation divides one direction by n, or both by √n."""
    name = "ifft" if inverse else "fft"
    golden, arrays, _ = golden_of(op_case(f"torch.fft.{name}", "complex128", {"x": (2, 6)}, norm=norm))
    with mpmath.workprec(BITS):
        scale = mpmath.mpf(6) ** (1 - power if inverse else power)
        rows = [[v / scale for v in _dft(row, 1 if inverse else -1)] for row in arrays["x"].tolist()]
        correctly_rounded(golden, "out0", rows)


@pytest.mark.parametrize("name", ["fft2", "ifft2", "fftn", "rfft2", "irfft2", "rfftn", "irfftn"])
def test_several_dimensions(name: str) -> None:
    """Transforms of planes are transforms of rows, then of columns; back to reals, the rows come last."""
    kind = name.rstrip("2n")
    case = op_case(f"torch.fft.{name}", "float64" if kind == "rfft" else "complex128", {"x": (4, 5)})
    golden, arrays, _ = golden_of(case)
    x, width = arrays["x"].tolist(), 8 if kind == "irfft" else 5
    whole = "ifft" if kind.startswith("i") else "fft"
    with mpmath.workprec(BITS):
        if kind != "irfft":
            x = [TRANSFORMS[kind](row, width) for row in x]
        columns = [TRANSFORMS[whole](column, 4) for column in zip(*x, strict=True)]
        x = list(map(list, zip(*columns, strict=True)))
        if kind == "irfft":
            x = [TRANSFORMS[kind](row, width) for row in x]
        correctly_rounded(golden, "out0", x)


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize("n", [None, 4, 9])
def test_gradients(name: str, n: int | None) -> None:
    """Σ g·∂y/∂x over the outputs, for the real part of each input and, times i, for the imaginary one."""
    real = name in ("rfft", "ihfft")
    case = op_case(f"torch.fft.{name}", "float64" if real else "complex128", {"x": (2, 7)}, n=n, grad=("x",))
    golden, _, _ = golden_of(case)
    size = n or (12 if name in ("irfft", "hfft") else 7)
    with mpmath.workprec(BITS):
        expected = []
        for g in cotangent(golden.output("out0").shape).tolist():
            row = []
            for j in range(7):
                moves = [TRANSFORMS[name]([step * (i == j) for i in range(7)], size) for step in (mpc(1), mpc(0, 1))]
                slopes = [mpmath.fsum(gk * mpmath.re(v) for gk, v in zip(g, move, strict=True)) for move in moves]
                slopes = [mpmath.chop(v, tol=1e-80) for v in slopes]  # what cancels is nothing
                row.append(slopes[0] if real else mpc(*slopes))
            expected.append(row)
        correctly_rounded(golden, "grad.x", expected)


def test_gradients_of_planes() -> None:
    """A plane of reals from half a spectrum, cut to 4 by 6: each dimension's sums the other way."""
    case = op_case("torch.fft.irfft2", "complex128", {"x": (5, 3)}, s=[4, 6], grad=("x",))
    golden, _, _ = golden_of(case)
    g = cotangent((4, 6))
    with mpmath.workprec(BITS):
        rows = [[v / 24 for v in _dft(row, -1)] for row in g.tolist()]
        columns = [_dft(column, -1) for column in zip(*rows, strict=True)]
        half = [[columns[k][i] * (2 if 0 < k < 3 else 1) for k in range(3)] for i in range(4)]
        correctly_rounded(golden, "grad.x", [*half, [mpc(0)] * 3])


def test_a_long_transform_is_fast_and_in_fewer_digits() -> None:
    """A direct sum of 4096 terms for each of 4096 numbers would take a minute: NumPy's long double has a fast one."""
    golden, inputs, _ = golden_of(op_case("torch.fft.fft", "complex128", {"x": (1, 4096)}))
    assert "doubled" not in golden.outputs[0].noise
    right = np.fft.fft(inputs["x"].astype(np.clongdouble))
    assert np.array_equal(golden.outputs[0].y, right.astype(np.complex128))
