"""Programs moved by what an honest device may round: as much as honest devices do round, and no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch.nn import functional as F

from harness.lab.worker import noisy, recorder
from harness.lab.worker.steps import stepwise

RUNS = 24
UNIT = {torch.float32: 2.0**-24, torch.bfloat16: 2.0**-8, torch.float16: 2.0**-11}


def geglu(x: torch.Tensor, w: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    return F.gelu(x @ w) * (x @ v)


def rms_norm(x: torch.Tensor) -> torch.Tensor:
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)


def softmax(x: torch.Tensor) -> torch.Tensor:
    return torch.softmax(0.3 * x, -1)


def gradient(x: torch.Tensor) -> torch.Tensor:
    x = x.detach().requires_grad_(True)
    return torch.autograd.grad((torch.tanh(x) * x).sum(), x)[0]


def in_place(x: torch.Tensor) -> torch.Tensor:
    y = x.clone()
    y.mul_(0.7).add_(0.3)
    return torch.sigmoid_(y)


PROGRAMS: list[tuple[Callable[..., torch.Tensor], Sequence[tuple[int, ...]]]] = [
    (geglu, [(9, 33), (33, 17), (33, 17)]),
    (rms_norm, [(9, 65)]),
    (softmax, [(9, 65)]),
    (gradient, [(9, 65)]),
    (in_place, [(9, 65)]),
]


def deviations(program: Callable[..., Any], inputs: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """The program in float64, and how far each of some noisy runs is from it."""
    wide = [x.double() for x in inputs]
    own = recorder.kernels(lambda: program(*inputs))
    right = program(*wide)
    return right, torch.stack([noisy.moved(lambda: program(*wide), own, seed) - right for seed in range(RUNS)])


@pytest.mark.parametrize("dtype", UNIT)
@pytest.mark.parametrize(("program", "shapes"), PROGRAMS, ids=[p.__name__ for p, _ in PROGRAMS])
def test_noise_is_of_the_size_of_honest_rounding(
    program: Callable[..., torch.Tensor], shapes: Sequence[tuple[int, ...]], dtype: torch.dtype
) -> None:
    """What torch itself errs by is neither far above the runs' spread nor far below it, in each dtype."""
    torch.manual_seed(0)
    inputs = [torch.randn(shape).to(dtype) for shape in shapes]
    right, moved = deviations(program, inputs)
    ulp = torch.ldexp(torch.full_like(right, UNIT[dtype]), torch.frexp(right)[1])
    z = (program(*inputs).double() - right) / torch.sqrt((moved**2).mean(0) + ulp**2 / 12)
    assert 0.3 < float(z.pow(2).mean().sqrt()) < 1.8  # rows share what one number of theirs was rounded by
    assert float(z.abs().max()) < 12


def test_what_is_exact_is_not_moved() -> None:
    """Moves, powers of two, remainders of whole numbers and the last rounding add nothing: that is the output's own."""
    x = torch.randn(9, 17)
    programs: list[Callable[[torch.Tensor], torch.Tensor]] = [
        *(lambda x: x.T, lambda x: 2 * x, lambda x: torch.relu(-x), lambda x: x[1:] - 2 * x[:-1]),
        *(lambda x: torch.remainder(torch.round(4 * x), 2), lambda x: torch.fmod(torch.round(4 * x), 2)),
        *(lambda x: torch.fmax(x, -x), lambda x: F.adaptive_max_pool2d(x[None], 3), lambda x: torch.mode(x, 0)[0]),
    ]
    for program in programs:
        assert not deviations(program, [x])[1].any()


def test_sums_that_are_exact_are_not_moved() -> None:
    """Counts and one-hot vectors add up without rounding in any order; what leaves the significand no room does not,
    and a mean is divided."""
    seen = (torch.rand(40, 12) < 0.4).float()
    for program in (lambda x: x.T @ x, lambda x: x.sum(0), lambda x: (x[:, None] @ x[:, :, None]).cumsum(0)[0]):
        assert not deviations(program, [seen])[1].any()
    assert not deviations(lambda a, b: a @ b, [seen.T.contiguous(), torch.full((40,), 2.0**-9)])[1].any()
    assert deviations(lambda x: x.T @ x, [torch.where(seen > 0, 1 + 2.0**-12, seen)])[1].any()
    assert deviations(lambda x: x.sum(0), [torch.where(seen > 0, 2.0**24, 1.0)])[1].any()
    assert deviations(lambda x: x.T @ x, [torch.randn(40, 12)])[1].any()
    assert deviations(lambda x: x.mean(0), [seen])[1].any()


def test_sums_move_by_the_paths_of_their_partial_sums() -> None:
    """Terms that cancel at once err less than the same terms that cancel at the end, forwards and backwards."""
    far, near = torch.rand(64, dtype=torch.float64), torch.rand(64, dtype=torch.float64)
    far[[0, -1]], near[[31, 32]] = torch.tensor([1e3, -1e3], dtype=torch.float64), torch.tensor([1e3, -1e3]).double()
    one = torch.ones(64, 1, dtype=torch.float64)
    programs: list[Callable[[torch.Tensor], torch.Tensor]] = [
        *(lambda x: x.sum(), lambda x: x.flip(0).sum(), lambda x: torch.stack([x, x]).mean(1)[0]),
        *(lambda x: (x[None] @ one)[0, 0], lambda x: torch.mv(x[None], one[:, 0])[0], lambda x: x @ one[:, 0]),
        *(
            lambda x: F.conv1d(x[None, None], one.T[None])[0, 0, 0],
            lambda x: F.conv1d(x[None, :, None], one.T[..., None])[0, 0, 0],
        ),
        lambda x: F.conv2d(x.reshape(1, 4, 4, 4), one.reshape(1, 4, 4, 4))[0, 0, 0, 0],
        lambda x: torch.bmm(x[None, None], one[None])[0, 0, 0],
    ]
    for program in programs:
        sizes = [
            torch.stack(
                [noisy.moved(lambda x=x, program=program: program(x), None, seed) - program(x) for seed in range(200)]
            )
            .pow(2)
            .mean()
            for x in (far, near)
        ]
        # Σ s² is 62 · 10⁶, and n·Q/6 = 21 · 10⁶ as expected over all orders.
        assert float(sizes[0] / sizes[1]) == pytest.approx(62 / 21.3, rel=0.4)


def test_bounds_are_numbers_of_the_dtype() -> None:
    """What `clamp` puts in an element's place is rounded on a device; a bound that the dtype has is not."""
    x = torch.tensor([0.2, 0.9995, 2.0])
    for bound in (lambda v: torch.clamp(v, max=0.999), lambda v: F.hardtanh(v, -1.0, 0.999)):
        found = deviations(lambda v, bound=bound: 1 - bound(v), [x])[1]
        off = float(torch.tensor(0.999).double() - 0.999)
        assert torch.allclose(found[:, 1:].mean(0), torch.full((2,), -off, dtype=torch.float64), rtol=0.02)
        assert not deviations(bound, [x])[1][:, 0].any()
    assert not deviations(lambda v: 1 - torch.clamp(v, max=0.75), [x[1:]])[1].any()
    # logit's 1 - eps as well: log(x/(1 - x)) moves by as much as 1 - x does.
    moved = deviations(lambda v: torch.logit(v, 1e-3), [x])[1]
    assert torch.allclose(moved[:, 1:].mean(0), torch.full((2,), off / 1e-3, dtype=torch.float64), rtol=0.2)
    half = deviations(lambda v: 1 - torch.clamp(v, max=0.999), [x.half()])[1]
    off = float(torch.tensor(0.999).half().double() - 0.999)
    assert torch.allclose(half[:, 1:], torch.full((RUNS, 2), -off, dtype=torch.float64), rtol=1e-3)


def test_running_products_err_by_their_factors_so_far() -> None:
    """Early elements of a cumulative product less than late ones, which carry on what those err by."""
    found = deviations(lambda x: torch.cumprod(x, 1), [torch.rand(40, 64) + 0.5])
    relative = ((found[1] / found[0]) ** 2).mean((0, 1)).sqrt()
    assert 3 < float(relative[-8:].mean() / relative[1:5].mean()) < 12


def test_a_kernel_rounds_to_the_dtype_that_it_returns() -> None:
    """A program that computes in float32 between half-precision ends errs as float32 does."""
    x = torch.rand(9, 33).half() + 0.5
    short = deviations(lambda x: torch.exp(torch.log(x)), [x])[1].abs().max()
    wide = deviations(lambda x: torch.exp(torch.log(x.float())).to(x.dtype), [x])[1].abs().max()
    assert float(wide) < float(short) / 100


def test_noise_is_that_of_its_seed() -> None:
    """The same seed gives the same bits, another seed others."""
    x = torch.randn(5, 33)
    own = recorder.kernels(lambda: softmax(x))
    one, same, other = (noisy.moved(lambda: softmax(x.double()), own, seed) for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_what_a_kernel_returns_beside_statistics_that_it_writes_is_moved_too() -> None:
    """A kernel that updates running statistics computes like any other; they are written once."""
    x, mean, variance = torch.randn(5, 3, 4), torch.zeros(3), torch.ones(3)

    def program(x: torch.Tensor, mean: torch.Tensor, variance: torch.Tensor) -> torch.Tensor:
        mean, variance = mean.clone(), variance.clone()
        y, saved, _ = torch.ops.aten._native_batch_norm_legit(x, None, None, mean, variance, True, 0.5, 1e-5)
        return torch.cat([y.flatten(), saved, mean])

    right, moved = deviations(program, [x, mean, variance])
    size = moved.abs().amax(0)
    assert (size[:-3] > 0).all()
    assert (size < 64 * UNIT[torch.float32] * right.abs().max()).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_sums_in_memory_round_at_every_addition_but_the_last(dtype: torch.dtype) -> None:
    """Rows that come once or twice have the rounding of their result only; one that comes thirty times in bfloat16 has
    the roundings of its partial sums.
    """
    index = torch.tensor([0] * 30 + [1, 2, 2])
    gradient = torch.randn(33, 5).to(dtype)

    def program(g: torch.Tensor) -> torch.Tensor:
        return torch.ops.aten.embedding_dense_backward(g, index, 3, -1, False)

    right, moved = deviations(program, [gradient])
    size = (moved**2).mean(0).sqrt() / right.abs().clamp(min=1.0)
    u = UNIT[dtype]
    assert (size[1:] <= (0.0 if dtype == torch.bfloat16 else u)).all()
    assert (size[0] > u / 4).all()


def test_a_program_runs_one_core_operator_at_a_time() -> None:
    """A kernel that a framework composes of core operators rounds at each of them: more than the kernel does once."""
    x = torch.randn(9, 65).bfloat16()

    def program(x: torch.Tensor) -> torch.Tensor:
        return torch.ops.aten._weight_norm_interface(x, x[:, :1].abs(), 0)[0]

    once = deviations(program, [x])[1]
    parts = stepwise(lambda: program(x))
    own = recorder.kernels(parts)
    assert len(own) > len(recorder.kernels(lambda: program(x)))
    right = program(x.double())
    moved = torch.stack([noisy.moved(stepwise(lambda: program(x.double())), own, k) - right for k in range(RUNS)])
    assert torch.equal(parts(), stepwise(lambda: program(x))())
    assert (moved**2).mean() > 4 * (once**2).mean()


def _tiny(x: torch.Tensor) -> torch.Tensor:
    return (x * 2.0**-20) * 3.0


def test_subnormal_numbers_round_by_their_spacing() -> None:
    """What a float16 program keeps below 6e-5 moves by 2^-25, however small it is."""
    x = torch.linspace(0.3, 1.0, 65).half()
    _, moved = deviations(_tiny, [x])
    honest = (_tiny(x).double() - _tiny(x.double())).abs()
    assert moved.abs().max() > honest.max() / 3 > 2.0**-27
    assert moved.square().mean().sqrt() < 3 * 2.0**-25


def test_roots_may_be_taken_and_then_inverted() -> None:
    """Step by step, the reciprocal square root rounds twice: to the root, and to its reciprocal."""
    x = torch.linspace(0.5, 9.0, 257).bfloat16()
    wide = x.double()
    run = stepwise(lambda: torch.rsqrt(wide))
    own = recorder.kernels(stepwise(lambda: torch.rsqrt(x)))
    apart = torch.stack([noisy.moved(run, own, seed) - torch.rsqrt(wide) for seed in range(RUNS)])
    honest = (x.sqrt().reciprocal().double() - torch.rsqrt(wide)) - (torch.rsqrt(x).double() - torch.rsqrt(wide))
    assert apart.square().mean().sqrt() > 0.5 * honest.square().mean().sqrt() > 0


def totals(x: torch.Tensor) -> torch.Tensor:
    return x.sum(-1)


def test_adding_one_number_again_and_again_errs_alike_each_time() -> None:
    """A sum of 60 equal terms may err by several times what one of 60 others of their size is expected to."""
    x = torch.rand(40, 60) + 0.5
    _, usual = deviations(totals, [x])
    right, again = deviations(totals, [torch.full((40, 60), 0.7)])
    assert again.std() > 2 * usual.std()
    assert again.abs().max() < 60 * 2.0**-24 * right.max()
