"""Programs in pairs of float64 numbers: right to the last place where float64 is not, or no claim at all."""

from __future__ import annotations

from collections.abc import Callable

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
    "index_add": (
        lambda: torch.zeros(3, 33, dtype=torch.float64).index_add(0, torch.arange(9) % 3, X),
        lambda: LONG.reshape(3, 3, 33).sum(0),
    ),
}


@pytest.mark.skipif(np.finfo(np.longdouble).nmant < 63, reason="this machine's long double is float64")
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_right_to_the_last_place(name: str) -> None:
    """Every element is the float64 nearest to what exact arithmetic gives, whatever kernels the program calls."""
    program, right = PROGRAMS[name]
    found = extended(program).numpy()
    assert np.array_equal(found, right().astype(np.float64))


def test_convolutions_are_summed_exactly() -> None:
    """A convolution of numbers that cancel is what its products add up to."""
    x = torch.tensor([[[1e16, 1.0, -1e16]]], dtype=torch.float64)
    w = torch.full((1, 1, 3), 1 / 3, dtype=torch.float64)
    assert extended(lambda: F.conv1d(x, w)).item() == 1 / 3


@pytest.mark.parametrize(
    "program",
    [
        lambda: torch.linalg.inv(W[:17]),
        lambda: F.avg_pool2d(X[None], 3),
        lambda: torch.sort(X / 3)[0],  # second parts do not lie in the order of the first
        lambda: F.threshold(X / 3, 0.1, 0.2),
    ],
)
def test_what_is_known_in_float64_only_is_not_claimed(program: Callable[[], torch.Tensor]) -> None:
    """A kernel without a long form makes the whole program Unknown; its golden stays float64's."""
    with pytest.raises(Unknown):
        extended(program)
