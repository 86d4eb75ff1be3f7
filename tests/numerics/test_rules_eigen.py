"""Eigenvalues come in any order and vectors with any phase; what they must satisfy is held to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import harness
from harness.numerics.rules import eigen

KINDS = ("normal", "dominant", "symmetric", "rotation", "scaled", "defective", "repeated")


def matrix(kind: str, dtype: torch.dtype, n: int = 5, seed: int = 0) -> torch.Tensor:
    torch.manual_seed(seed)
    a = torch.randn(n, n, dtype=dtype)
    if kind == "dominant":
        a = a + n * torch.eye(n, dtype=dtype)
    elif kind == "symmetric":
        a = a + a.mH
    elif kind == "rotation":
        a = torch.linalg.qr(a)[0]
    elif kind == "scaled":
        a = a * 2.0 ** torch.randint(-8, 8, (n, 1))
    elif kind == "defective":
        a = torch.eye(n, dtype=dtype) * 3 + torch.diag(torch.ones(n - 1, dtype=dtype), 1)
    elif kind == "repeated":
        a = torch.diag(torch.tensor([1.0, 1, 1, 2, 2][:n], dtype=dtype))
    return a.contiguous()


def status(a: torch.Tensor, *actual: torch.Tensor) -> str:
    op = torch.linalg.eig if len(actual) == 2 else torch.linalg.eigvals
    return harness.judge(op, (a,), actual=actual if len(actual) == 2 else actual[0], profile="strict").status


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.complex64, torch.complex128])
@pytest.mark.parametrize("kind", KINDS)
def test_honest_factors_pass_in_any_order_and_phase(kind: str, dtype: torch.dtype) -> None:
    """LAPACK's answer passes, shuffled and turned too, for matrices with close, equal and missing eigenvectors."""
    for seed, n in enumerate((2, 3, 5, 5, 5)):
        a = matrix(kind, dtype, n, seed)
        values, vectors = torch.linalg.eig(a)
        assert status(a, values, vectors) == "pass"
        assert status(a, torch.linalg.eigvals(a)) == "pass"
        order = torch.randperm(n)
        phase = torch.polar(torch.ones(n, dtype=values.real.dtype), torch.arange(n, dtype=values.real.dtype))
        assert status(a, values[order], (vectors * phase)[:, order]) == "pass"
    batch = torch.stack([matrix("normal", dtype, 9, seed) for seed in range(3)])
    assert status(batch, *torch.linalg.eig(batch)) == "pass"
    assert status(batch, torch.linalg.eigvals(batch)) == "pass"
    empty = torch.zeros(0, 3, 3, dtype=dtype)
    assert status(empty, torch.linalg.eigvals(empty)) == "vacuous"


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.complex64])
@pytest.mark.parametrize("kind", ["normal", "dominant", "symmetric", "rotation"])
def test_a_wrong_factor_diverges(kind: str, dtype: torch.dtype) -> None:
    """One eigenvalue moved by 30 u·‖A‖·κ, swapped vectors, a zeroed or scaled column, a NaN: each is seen."""
    a = matrix(kind, dtype)
    values, vectors = torch.linalg.eig(a.to(torch.complex128))
    kappa = torch.linalg.inv(vectors).norm(dim=1) * vectors.norm(dim=0)
    wide = torch.complex128 if dtype == torch.float64 else torch.complex64
    # A float64 golden is no better than a float64 output: both err.
    u = 2.0**-52 if dtype == torch.float64 else 2.0**-24
    for place in range(5):
        moved = values.clone()
        moved[place] += 30 * u * torch.linalg.matrix_norm(a.to(torch.complex128), 2) * kappa[place]
        assert status(a, moved.to(wide)) == "diverged"
        assert status(a, moved.to(wide), vectors.to(wide)) == "diverged"
    good = values.to(wide), vectors.to(wide)
    assert status(a, *good) == "pass"

    def spoiled(how: Any) -> torch.Tensor:
        v = good[1].clone()
        how(v)
        return v

    def swap(v: torch.Tensor) -> None:
        v[:, [0, 4]] = v[:, [4, 0]]

    faults = {
        "swapped": swap,
        "zeroed": lambda v: v[:, 2].zero_(),
        "scaled": lambda v: v[:, 1].mul_(1 + 64 * u * 2 ** (dtype == torch.float64)),
        "transposed": lambda v: v.copy_(v.mT.clone()),
        "nan": lambda v: v[3, 3].fill_(float("nan")),
    }
    for name, fault in faults.items():
        assert status(a, good[0], spoiled(fault)) == "diverged", name
    doubled = good[0].clone(), good[1].clone()
    doubled[0][0], doubled[1][:, 0] = doubled[0][1], doubled[1][:, 1]  # one pair twice: each satisfies A·v = λ·v
    assert status(a, *doubled) == "diverged"
    assert status(a, good[0].conj() + 1e-3) == "diverged"


def test_clusters_are_compared_by_their_mean() -> None:
    """The eigenvalues of a Jordan block move by u^(1/n), their mean by u; a shift of all of them is seen."""
    a = matrix("defective", torch.float32)
    values = torch.linalg.eigvals(a.double() + 1e-7 * torch.randn(5, 5, dtype=torch.float64)).to(torch.complex64)
    assert (values - 3).abs().max() > 1e-3
    assert status(a, values) == "pass"
    b = matrix("repeated", torch.float32)
    exact = torch.tensor([2.0, 1, 1, 2, 1]).to(torch.complex64)
    assert status(b, exact) == "pass"
    assert status(b, exact + 1e-4) == "diverged"
    assert status(b, exact * torch.tensor([1, 1, 1, 1, 1.5])) == "diverged"


def test_clusters_join_directly_and_through_others() -> None:
    """Discs that touch are one cluster, also by way of a third."""
    values, radius = np.array([0.0, 5.0, 1.0, 9.0, 2.0]), np.full(5, 0.5)
    assert eigen._clusters(values, radius).tolist() == [0, 1, 0, 3, 0]
    assert eigen._clusters(values, np.full(5, 0.49)).tolist() == [0, 1, 2, 3, 4]


def test_balancing_makes_rows_and_columns_equal() -> None:
    """Powers of two that were put on are found again, and a balanced matrix is left as it is."""
    rng = np.random.default_rng(0)
    a = rng.standard_normal((6, 6))
    assert np.array_equal(eigen._balance(np.ones((4, 4))), np.ones(4))
    d = 2.0 ** rng.integers(-9, 9, 6)
    found = eigen._balance(a * d[:, None] / d[None, :])
    ratio = found / d
    assert np.log2(ratio / ratio[0]).max() <= 2
    assert np.log2(ratio / ratio[0]).min() >= -2
    assert np.array_equal(eigen._balance(np.diag([1.0, 2.0])), np.ones(2))


def test_what_is_allowed_follows_condition_and_size() -> None:
    """Caps of a normal matrix are 12√n·u·‖A‖; κ multiplies those of the eigenvalues; norms have (2√n + 6)u."""
    a = np.diag([1.0, -2.0, 4.0, 8.0])
    mean, times, cluster, size = eigen._spectrum(a.astype(np.complex128))
    assert sorted(mean.real) == [-2, 1, 4, 8]
    assert np.allclose(times, 8)
    assert len(set(cluster)) == 4
    assert np.allclose(size, 8)
    skew = np.array([[1.0, 100.0], [0.0, 2.0]], np.complex128)
    _, times, cluster, _ = eigen._spectrum(skew)
    assert len(set(cluster)) == 2
    assert np.allclose(times, np.hypot(1, 100) * np.linalg.norm(skew, 2), rtol=1e-6)
    jordan = np.array([[1.0, 1.0], [0.0, 1.0]], np.complex128)
    mean, times, cluster, _ = eigen._spectrum(jordan)
    assert cluster.tolist() == [0, 0]
    assert np.allclose(mean, 1)
    assert np.allclose(times, np.linalg.norm(jordan, 2), rtol=1e-3)
