"""Eigenvalues come in any order and vectors with any phase; what they must satisfy is held to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import torch

import harness
from harness.case import Case, Source
from harness.golden.store import Golden, GoldenOutput
from harness.numerics.profile import load
from harness.numerics.rules import eigen
from harness.numerics.rules.base import FORM, Call

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
    """One eigenvalue moved by 30 (float64: 84) u·‖A‖·κ, swapped vectors, a zeroed column, a NaN: each is seen."""
    a = matrix(kind, dtype)
    values, vectors = torch.linalg.eig(a.to(torch.complex128))
    kappa = torch.linalg.inv(vectors).norm(dim=1) * vectors.norm(dim=0)
    wide = torch.complex128 if dtype == torch.float64 else torch.complex64
    # A float64 golden is no better than a float64 output: both may err by 12√n, and so may what is moved here.
    u = 2.8 * 2.0**-53 if dtype == torch.float64 else 2.0**-24
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


def call_of(a: np.ndarray, dtype: str, *outputs: str) -> Call:
    """A call of eig whose outputs have this dtype."""
    case = Case(
        id="e", source=Source("x", 1), kind="op", target="torch.linalg.eig", dtype="float32", inputs=(), args=()
    )
    case = replace(case, args=({"v": "A"},))
    y = {name: np.zeros(a.shape, np.complex128) for name in outputs}
    return Call("eig", case, {"A": a}, y, dict.fromkeys(outputs, dtype), lambda *_: y)


def goldens(a: np.ndarray, dtype: str = "complex64") -> Golden:
    """What eig's golden carries for a matrix."""
    call, rule = call_of(a, dtype, "out0", "out1"), eigen.Eigen()
    made = rule.derived(call, ["out0", "out1"])
    outputs = tuple(GoldenOutput(name, kind, y.shape, y, noise, "eigen") for name, kind, y, noise in made)
    return Golden("e", "k", "i", "eigen", outputs, {})


def test_what_a_golden_carries() -> None:
    """Caps by hand for batches of diagonal matrices, in float32 and float64; nothing without eigenvalues."""
    a = np.stack([np.diag([1.0, -2.0, 4.0, 8.0]), np.diag([3.0, 2.0, 1.0, -16.0])]).astype(np.float32)[None]
    rule = eigen.Eigen()
    for dtype, u, slack in (("complex64", 2.0**-24, 2.0**-29), ("complex128", 2.0**-53, 1.0)):
        made = {
            name: (kind, y, noise)
            for name, kind, y, noise in rule.derived(call_of(a, dtype, "out0", "out1"), ["out0", "out1"])
        }
        assert [(name, made[name][0]) for name in made] == [
            ("out0:values", "complex128"), ("out1:residual", "complex128"), ("out1:norm", "float64"),
        ]  # fmt: skip
        scale = 12.0 * 2.0 * u * (1 + slack)
        norms = np.array([[8.0, 16.0]])
        assert made["out0:values"][1].shape == (1, 2, 4)
        assert np.allclose(made["out0:values"][2]["cap"], scale * norms[..., None], rtol=1e-13, atol=0)
        assert np.array_equal(made["out1:residual"][1], a)
        wanted = np.broadcast_to(scale * norms[..., None, None], a.shape)
        assert np.allclose(made["out1:residual"][2]["cap"], wanted, rtol=1e-13, atol=0)
        assert np.array_equal(made["out1:norm"][1], np.ones((1, 2, 4)))
        assert float(made["out1:norm"][2]["cap"]) == (2 * 2.0 + 6.0) * u + 4 * 2.0**-52
    alone = rule.derived(call_of(a, "complex64", "out0"), ["out0"])
    assert [name for name, *_ in alone] == ["out0:values"]
    assert rule.derived(call_of(a, "complex64", "out0", "out1"), ["out1"]) == []
    assert rule.derived(call_of(np.zeros((0, 3, 3), np.float32), "complex64", "out0"), ["out0"]) == []
    assert bool(rule.witness(call_of(a, "complex64", "out0"), ["out0"])["out0"][FORM])
    assert (rule.covers(call_of(a, "complex64"), "out1"), rule.covers(call_of(a, "complex64"), "grad.A")) == (
        True,
        False,
    )
    skewed = np.array([[1.0, 2.0**20], [2.0**-20, 3.0]], np.float32)  # balanced by D = diag(2^20, 1)
    residual = goldens(skewed).output("out1:residual").noise["cap"]
    _, _, _, size = eigen._spectrum(skewed.astype(np.complex128))
    assert np.allclose(residual, 12 * 2.0**0.5 * 2.0**-24 * (1 + 2.0**-29) * size[:, None], rtol=1e-12)


@dataclass
class Returned:
    """What a target returned, as far as a rule looks at it."""

    name: str
    data: np.ndarray


def test_what_is_derived_from_a_target() -> None:
    """Norms of columns, A + AV - VΛ, and eigenvalues in the golden's order, with the means of clusters."""
    rng = np.random.default_rng(2)
    a = rng.standard_normal((2, 3, 3)).astype(np.float32)
    golden, rule = goldens(a), eigen.Eigen()
    v, l = (rng.standard_normal(s) + 1j * rng.standard_normal(s) for s in ((2, 3, 3), (2, 3)))  # noqa: E741
    outputs = {"out0": Returned("out0", l), "out1": Returned("out1", v)}
    norms = rule.derive("out1:norm", outputs, golden, {})
    assert np.allclose(norms, np.sqrt((np.abs(v) ** 2).sum(axis=1)), rtol=1e-14)
    wide = a.astype(np.float64)
    residual = rule.derive("out1:residual", outputs, golden, {})
    assert np.allclose(residual, wide + wide @ v - v * l[:, None, :], rtol=1e-12)
    assert np.isnan(rule.derive("out1:residual", {"out1": outputs["out1"]}, golden, {})).all()
    assert rule.derive("out1:residual", {"out1": outputs["out1"]}, golden, {}).shape == (2, 3, 3)
    right = golden.output("out0:values").y
    shuffled = {"out0": Returned("out0", right[:, [2, 0, 1]])}
    assert np.allclose(rule.derive("out0:values", shuffled, golden, {}), right, rtol=1e-14)
    allowed = rule.allow(replace(golden.output("out1:residual"), noise={"cap": np.array([1.0, 3.0])}), load("strict"))
    assert (allowed.cap.tolist(), allowed.figures) == ([1.0, 3.0], {"largest allowance": 3.0})
    nothing = rule.allow(replace(golden.output("out1:residual"), noise={"cap": np.zeros(0)}), load("strict"))
    assert nothing.figures == {"largest allowance": 0.0}


def test_pairs_are_the_nearest_in_units_of_their_allowance() -> None:
    """A wide allowance draws a value that is farther away; a cluster is given its mean; none is used twice."""
    found, wanted = np.array([1.4, 5.0, 0.0]) + 0j, np.array([0.0, 1.0, 6.0]) + 0j
    cap = np.array([1.0, 1.0, 1.0])
    alone = np.array([0, 1, 2])
    assert eigen._arranged(found, wanted, cap, alone).tolist() == [0.0, 1.4, 5.0]
    assert eigen._arranged(found, wanted, cap, np.array([0, 0, 2])).tolist() == [0.7, 0.7, 5.0]
    # 1.5 is nearer to 2 than to 0, but 5 allowances from it, and 0.15 from 0.
    drawn = eigen._arranged(np.array([1.5, -3.0]) + 0j, np.array([0.0, 2.0]) + 0j, np.array([10.0, 0.1]), alone[:2])
    assert drawn.tolist() == [1.5, -3.0]
    exact = eigen._arranged(np.array([7.0, 3.0]) + 0j, np.array([3.0, 7.0]) + 0j, np.zeros(2), np.array([0, 1]))
    assert exact.tolist() == [3.0, 7.0]
    negative = eigen._arranged(np.array([-4.0, 1.0]) + 0j, np.array([1.0, -3.0]) + 0j, np.ones(2), np.array([0, 1]))
    assert negative.tolist() == [1.0, -4.0]


def test_balancing_by_hand() -> None:
    """D by hand: the diagonal does not count, small gains are left, zeros are skipped, and sweeps go on."""

    def balanced(*rows: list[float]) -> list[float]:
        return eigen._balance(np.array(rows)).tolist()

    assert balanced([0, 1024.0], [1, 0]) == [32, 1]
    assert balanced([1e9, 1024.0], [1, -1e9]) == [32, 1]
    assert balanced([0, 1.0], [1024.0, 0]) == [1 / 32, 1]
    assert balanced([0, 2.5], [1.0, 0]) == [2, 1]
    assert balanced([0, 2.1], [1.0, 0]) == [1, 1]
    assert balanced([0, 5.0], [0, 0]) == [1, 1]
    assert balanced([0, 0.0], [5.0, 0]) == [1, 1]
    chain = balanced([0, 2.0**16, 0], [1.0, 0, 2.0**16], [0, 1.0, 0])
    assert np.allclose(np.log2(chain) - np.log2(chain[-1]), [16, 8, 0], atol=1)
    assert balanced([0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]) == [1, 1, 1]


def test_a_spectrum_by_hand() -> None:
    """Conditions, clusters and row sizes of small matrices, worked out."""
    norm = np.linalg.norm
    # A large scale of the first row that hardly meets the others: vectors that lie in these are large in terms of D.
    e, d = 2.0**-30, np.array([2.0**20, 1.0, 1.0])
    inner = np.array([[2.0, e, e], [e, 1.0, 0.5], [e, 0.5, 3.0]], np.complex128)
    skewed = inner * d[:, None] / d[None, :]
    assert np.array_equal(eigen._balance(skewed), d)
    right = np.linalg.eig(skewed)[1]
    _, _, _, size = eigen._spectrum(skewed)
    bound = norm(inner, 2) * norm(right / d[:, None], axis=0).max()
    assert np.allclose(size, np.maximum(norm(skewed, 2), d * bound), rtol=1e-12)
    assert size[0] > 1e6 * norm(skewed, 2)
    # A small scale of the last column.
    e, d = 2.0**-10, np.array([1.0, 1.0, 2.0**-20])
    inner = np.array([[2.0, 0.5, e], [0.5, 1.0, e], [e, e, 3.0]], np.complex128)
    skewed = inner * d[:, None] / d[None, :]
    found = eigen._balance(skewed)
    scaled = skewed * found[None, :] / found[:, None]
    bound = norm(scaled, 2) * norm(np.linalg.eig(skewed)[1] / found[:, None], axis=0).max()
    assert norm(scaled, 2) < 4
    assert np.allclose(eigen._spectrum(skewed)[3], np.maximum(norm(skewed, 2), found * bound), rtol=1e-9)
    assert (found * bound).max() > 1.2 * norm(skewed, 2)
    # Discs of radius n·κ·12√n·2^-24·‖A‖ around 1 and 1 + gap: n = 2, κ = 1, ‖A‖ = 1 + gap.
    radius = 2 * 12 * 2.0**0.5 * 2.0**-24
    apart, close = (eigen._spectrum(np.diag([1.0, 1 + k * radius]).astype(np.complex128)) for k in (2.1, 1.9))
    assert (apart[2].tolist(), close[2].tolist()) == ([0, 1], [0, 0])
    assert np.allclose(close[0], 1 + 0.95 * radius, rtol=1e-12)
    # A pair of close eigenvalues with nearly parallel vectors: the projector of both is the identity.
    pair = np.array([[1.0, 1e-3, 0.0], [0.0, 1.0 + 1e-6, 0.0], [0.0, 0.0, 50.0]], np.complex128)
    mean, times, cluster, _ = eigen._spectrum(pair)
    assert cluster[0] == cluster[1] != cluster[2]
    assert np.allclose(times[:2], norm(pair, 2), rtol=1e-5)
    assert np.allclose(mean[:2], 1 + 0.5e-6, rtol=1e-9)
    pair[0, 2] = 40.0
    values, right = np.linalg.eig(pair)
    first = np.abs(values - 1) < 0.1
    projector = right[:, first] @ np.linalg.inv(right)[first]
    assert norm(projector, 2) > 1.2
    assert np.allclose(eigen._spectrum(pair)[1][first], norm(projector, 2) * norm(pair, 2), rtol=1e-9)
    large = eigen._spectrum(8.0 * np.diag([1.0, 1 + 2.1 * radius]).astype(np.complex128))
    assert large[2].tolist() == [0, 1]
    assert eigen._spectrum(8.0 * np.diag([1.0, 1 + 1.9 * radius]).astype(np.complex128))[2].tolist() == [0, 0]
