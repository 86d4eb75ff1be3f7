"""Programs in pairs of float64 numbers: right to the last place where float64 is not, or no claim at all."""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import numpy as np
import pytest
import torch
from torch.nn import functional as F

from harness.lab.worker.pairs import Unknown, extended

torch.manual_seed(0)
X = torch.randn(9, 33, dtype=torch.float64)
W = torch.randn(33, 17, dtype=torch.float64)
LONG = X.numpy().astype(np.longdouble)


def gradient() -> torch.Tensor:
    x = X.detach().requires_grad_(True)
    return torch.autograd.grad((torch.tanh(x) * x).sum(), x)[0]


def in_place() -> torch.Tensor:
    y = torch.zeros_like(X)
    for half in y.chunk(2, 1):
        half.add_(0.1)
    return (y + X / 3).mul_(3)


def layer_norm() -> np.ndarray:
    d = LONG - LONG.mean(-1, keepdims=True)
    return d / np.sqrt((d * d).mean(-1, keepdims=True) + np.longdouble(1e-5))


def softmax() -> np.ndarray:
    e = np.exp(LONG - LONG.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def convolution_gradient(multiply: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> torch.Tensor:
    x, w = (
        X[:2, :30].reshape(2, 3, 10).clone().requires_grad_(True),
        W[:4, :9].reshape(4, 3, 3).clone().requires_grad_(True),
    )
    grads = torch.autograd.grad((multiply(x / 3, w) ** 3).sum(), (x, w))
    return torch.cat([g.flatten() for g in grads])


def unfolded(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return torch.einsum("bilk,oik->bol", x.unfold(2, 3, 1), w)


def transform() -> np.ndarray:
    k = np.arange(33)
    angle = 8 * np.arctan(np.longdouble(1)) * ((k[:, None] * k[:17]) % 33) / np.longdouble(33)
    return LONG / 3 @ (np.cos(angle) - 1j * np.sin(angle))


TENTH = np.longdouble(0.1)
PROGRAMS: dict[str, tuple[Callable[[], torch.Tensor], Callable[[], np.ndarray]]] = {
    "softmax": (lambda: torch.softmax(X, -1), softmax),
    "layer_norm": (lambda: F.layer_norm(X, [33]), layer_norm),
    "matmul": (lambda: X @ W, lambda: LONG @ W.numpy().astype(np.longdouble)),
    "gradient": (gradient, lambda: np.tanh(LONG) + LONG * (1 - np.tanh(LONG) ** 2)),
    "amax": (lambda: (X / 3).amax(-1) * 3, lambda: (LONG / 3).max(-1) * 3),
    "clamp": (lambda: (X / 3).clamp(-0.1, 0.2) * 3, lambda: np.clip(LONG / 3, -TENTH, np.longdouble(0.2)) * 3),
    "where": (lambda: torch.where(X > 0, X / 3, -X / 7), lambda: np.where(LONG > 0, LONG / 3, -LONG / 7)),
    "in place": (in_place, lambda: (TENTH + LONG / 3) * 3),
    "convolution's gradients": (
        lambda: convolution_gradient(F.conv1d),
        lambda: extended(lambda: convolution_gradient(unfolded)).numpy().astype(np.longdouble),
    ),
    "avg_pool2d": (
        lambda: F.avg_pool2d(X[None] / 3, 3, count_include_pad=False),
        lambda: (LONG / 3).reshape(1, 3, 3, 11, 3).sum((2, 4)) / 9,
    ),
    "irfft of rfft": (lambda: torch.fft.irfft(torch.fft.rfft(X / 3), n=33) * 3, lambda: LONG / 3 * 3),
    "fft2 there and back": (
        lambda: torch.fft.ifft2(torch.fft.fft2(X / 3, norm="ortho"), norm="ortho").real,
        lambda: LONG / 3,
    ),
    "rfft": (
        lambda: torch.view_as_real(torch.fft.rfft(X / 3)),
        lambda: np.stack([transform().real, transform().imag], -1),
    ),
    "size of a complex number": (lambda: torch.complex(X / 3, X / 7).abs(), lambda: np.hypot(LONG / 3, LONG / 7)),
    "remainder": (lambda: torch.remainder(X / 3, 0.3), lambda: np.remainder(LONG / 3, np.longdouble(0.3))),
    "polar": (lambda: torch.polar(X.abs() / 3, X / 7).imag, lambda: np.abs(LONG) / 3 * np.sin(LONG / 7)),
    "fftfreq": (
        lambda: torch.fft.fftfreq(33, 3.0, dtype=torch.float64) * X,
        lambda: np.fft.ifftshift(np.arange(-16, 17)) / np.longdouble(99) * LONG,
    ),
    "linspace": (
        lambda: torch.linspace(0, 1, 33, dtype=torch.float64) * X,
        lambda: np.arange(33) / np.longdouble(32) * LONG,
    ),
    "sort": (lambda: torch.sort(X / 3)[0] * 3, lambda: np.sort(LONG / 3) * 3),
    "topk": (lambda: torch.topk(X / 3, 3)[0] * 3, lambda: np.sort(LONG / 3)[:, :-4:-1] * 3),
    "cummax": (lambda: torch.cummax(X / 3, 1)[0] * 3, lambda: np.maximum.accumulate(LONG / 3, 1) * 3),
    "max_pool1d": (
        lambda: F.max_pool1d(X[None] / 3, 3)[0] * 3,
        lambda: (LONG / 3).reshape(9, 11, 3).max(-1) * 3,
    ),
    "adaptive_max_pool2d": (
        lambda: F.adaptive_max_pool2d(X[None] / 3, (3, 11))[0] * 3,
        lambda: (LONG / 3).reshape(3, 3, 11, 3).max((1, 3)) * 3,
    ),
    "fmax": (lambda: torch.fmax(X / 3, X.flip(0) / 7) * 3, lambda: np.maximum(LONG / 3, LONG[::-1] / 7) * 3),
    "index_add": (
        lambda: torch.zeros(3, 33, dtype=torch.float64).index_add(0, torch.arange(9) % 3, X),
        lambda: LONG.reshape(3, 3, 33).sum(0),
    ),
}


@pytest.mark.skipif(np.finfo(np.longdouble).nmant < 63, reason="this machine's long double is float64")
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_right_to_the_last_place(name: str) -> None:
    """Every element is the float64 nearest to what exact arithmetic gives, whatever kernels the program calls; or the
    next, where it is as near but for a tenth."""
    program, right = PROGRAMS[name]
    found, exact = extended(program).numpy(), right()
    assert found.shape == exact.shape
    assert (np.abs(found - exact) <= 0.56 * np.spacing(np.abs(found))).all()


A = torch.randn(7, 7, dtype=torch.float64)
SPD = A @ A.mT + torch.eye(7, dtype=torch.float64)
SPD = (SPD + SPD.mT) / 2


def matrix(a: torch.Tensor) -> mpmath.matrix:
    return mpmath.matrix(a.tolist())


def gradient_of(function: Callable[[torch.Tensor], torch.Tensor], a: torch.Tensor) -> torch.Tensor:
    a = a.clone().requires_grad_(True)
    return torch.autograd.grad(function(a), a)[0]


# A program, and the same in 60 digits.
LINEAR: dict[str, tuple[Callable[[], torch.Tensor], Callable[[], mpmath.matrix]]] = {
    "solve": (lambda: torch.linalg.solve(A, W[:7, :2]), lambda: matrix(A) ** -1 * matrix(W[:7, :2])),
    "solve from the right": (
        lambda: torch.linalg.solve(A, W[:2, :7], left=False),
        lambda: matrix(W[:2, :7]) * matrix(A) ** -1,
    ),
    "solve a vector": (
        lambda: torch.linalg.solve(A, W[0, :7])[:, None],
        lambda: matrix(A) ** -1 * matrix(W[:1, :7].mT),
    ),
    "solve a triangle": (
        lambda: torch.linalg.solve_triangular(SPD, W[:7, :2], upper=True),
        lambda: matrix(SPD.triu()) ** -1 * matrix(W[:7, :2]),
    ),
    "inv": (lambda: torch.linalg.inv(A), lambda: matrix(A) ** -1),
    "cholesky": (lambda: torch.linalg.cholesky(SPD), lambda: mpmath.cholesky(matrix(SPD))),
    "cholesky_solve": (
        lambda: torch.cholesky_solve(W[:7, :2], torch.linalg.cholesky(SPD)),
        lambda: matrix(SPD) ** -1 * matrix(W[:7, :2]),
    ),
    "det": (lambda: torch.linalg.det(A)[None, None], lambda: mpmath.matrix([[mpmath.det(matrix(A))]])),
    "slogdet": (
        lambda: torch.linalg.slogdet(A)[1][None, None],
        lambda: mpmath.matrix([[mpmath.log(abs(mpmath.det(matrix(A))))]]),
    ),
    "gradient of slogdet": (
        lambda: gradient_of(lambda a: torch.linalg.slogdet(a)[1], A),
        lambda: (matrix(A) ** -1).T,
    ),
    "gradient of solve": (
        lambda: gradient_of(lambda a: torch.linalg.solve(a, W[:7, :1]).sum(), A),
        lambda: -((matrix(A).T ** -1) * mpmath.ones(7, 1)) * (matrix(A) ** -1 * matrix(W[:7, :1])).T,
    ),
}


@pytest.mark.skipif(np.finfo(np.longdouble).nmant < 63, reason="this machine's long double is float64")
@pytest.mark.parametrize("name", LINEAR)
def test_linear_algebra_is_right_to_a_last_place(name: str) -> None:
    """Solutions, inverses, factors, determinants and their gradients are float64's nearest, or next to it."""
    program, right = LINEAR[name]
    found = extended(program)
    with mpmath.workdps(60):
        exact = np.array(right().tolist(), dtype=np.float64)
    assert np.allclose(found.numpy(), exact, rtol=2.3e-16, atol=0)


def test_convolutions_are_summed_exactly() -> None:
    """A convolution of numbers that cancel is what its products add up to."""
    x = torch.tensor([[[1e16, 1.0, -1e16]]], dtype=torch.float64)
    w = torch.full((1, 1, 3), 1 / 3, dtype=torch.float64)
    assert extended(lambda: F.conv1d(x, w)).item() == 1 / 3


@pytest.mark.parametrize(
    "program",
    [
        lambda: torch.linalg.svdvals(W[:17]),
        lambda: F.avg_pool2d(X[None], 3, padding=1, ceil_mode=True),  # windows of what is no longer padding
        lambda: torch.median(X / 3),  # of all, without saying which
        lambda: F.threshold(X / 3, 0.1, 0.2),
    ],
)
def test_what_is_known_in_float64_only_is_not_claimed(program: Callable[[], torch.Tensor]) -> None:
    """A kernel without a long form makes the whole program Unknown; its golden stays float64's."""
    with pytest.raises(Unknown):
        extended(program)
