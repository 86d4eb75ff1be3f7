"""Functions that no rule knows are judged by the kernels that they call."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from torch.nn import functional as F

import harness
from harness.golden import reference
from harness.lab.worker import noisy, recorder
from harness.numerics.rules.coherence import sharing, summed
from harness.numerics.rules.kernels import beyond
from tests.numerics.torchrun import TorchRun, golden_of, op_case, verdict_of

UNIT = {torch.float64: 2.0**-53, torch.float32: 2.0**-24, torch.bfloat16: 2.0**-8, torch.float16: 2.0**-11}


def swiglu(x: torch.Tensor, gate: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
    return F.silu(x @ gate) * (x @ up)


def soft_cap(x: torch.Tensor) -> torch.Tensor:
    return 5 * torch.tanh(x / 5)


def inputs(dtype: torch.dtype) -> list[torch.Tensor]:
    torch.manual_seed(0)
    return [torch.randn(shape).to(dtype) for shape in ((9, 33), (33, 17), (33, 17))]


@pytest.mark.parametrize("dtype", UNIT)
def test_an_honest_function_passes_and_one_wrong_element_does_not(dtype: torch.dtype) -> None:
    """Without a rule of its own torch's answer passes in each dtype, and one element 64 off diverges."""
    x, gate, up = inputs(dtype)
    y = swiglu(x, gate, up)
    verdict = harness.judge(swiglu, (x, gate, up), actual=y)
    assert verdict.status == "pass", verdict.message
    assert verdict.rule == "empirical"
    wrong = y.clone()
    at = int(y.abs().argmax())
    wrong.view(-1)[at] *= 1 + 64 * UNIT[dtype]
    assert harness.judge(swiglu, (x, gate, up), actual=wrong).status == "diverged"


def test_small_elements_are_judged_by_their_own_noise() -> None:
    """What is off by 1e-5 of itself is seen beside elements a million times larger."""
    x = torch.linspace(-30, 30, 65)
    x[32] = 1e-6
    y = soft_cap(x)
    assert harness.judge(soft_cap, (x,), actual=y).status == "pass"
    y[32] *= 1 + 1e-5
    assert harness.judge(soft_cap, (x,), actual=y).status == "diverged"


def test_a_golden_knows_how_many_elements_share_an_error() -> None:
    """Those that one intermediate goes into, along a row or down a column; each has its own in functions."""

    def found(target: str, *extra: object) -> float:
        golden, _, _ = golden_of(op_case(target, "float32", {"x": (12, 40)}, *extra, rule="empirical"))
        return float(golden.outputs[0].noise["sharing"])

    assert found("torch.exp") == pytest.approx(1, abs=0.2)
    assert found("torch.cumsum", 1) > 5
    assert found("torch.cumsum", 0) == pytest.approx(found("torch.cumsum", 1), rel=0.8)
    normal = np.random.default_rng(0).normal
    for shape, own, several in (
        ((12, 40), (12, 1), 40),
        ((12, 40), (1, 40), 12),
        ((200,), (1,), 200),
        ((2, 3, 90), (2, 3, 1), 90),
    ):
        apart = normal(size=(48, *shape))
        assert sharing(apart) == pytest.approx(1, abs=0.1)
        shared = normal(size=(48, *own)) + 0.0 * apart
        assert sharing(shared) == pytest.approx(several, rel=0.05)
        assert sharing(shared * (1 + 1j)) == sharing(shared)
        # Half of each error is its own: ρ² = 1/4.
        assert sharing(shared + apart) == pytest.approx(1 + (several - 1) / 4, rel=0.35)
        still = np.where(np.arange(shape[-1]) % 2, apart, 0.0)
        assert sharing(still) == pytest.approx(1, abs=0.15)
    assert (
        sharing(np.zeros((48, 3, 5))) == sharing(apart[:1]) == sharing(np.zeros((48, 0))) == sharing(np.ones(48)) == 1
    )


def test_a_golden_knows_how_far_a_sum_over_an_output_may_err() -> None:
    """As many elements share an error as runs show in the mean of all, or of a lane of eight: one number that all are
    multiplied by moves all of them, one weight of a column those of a lane."""
    golden, _, _ = golden_of(op_case("torch.exp", "float32", {"x": (12, 40)}, rule="empirical"))
    assert np.all(golden.outputs[0].noise["summed"] < 3)
    normal = np.random.default_rng(0).normal
    y = normal(size=(24, 40))
    apart, one = (normal(size=(48, *own)) + np.zeros(y.shape) for own in ((24, 40), (1, 1)))
    column = np.tile(normal(size=(48, 1, 8)), (1, 24, 5))
    for whole, lane, deviations in ((1, 1, apart), (960, 1, one), (960, 1, one * np.sign(y))):
        for sigma in (2.0, np.full(y.shape, 2.0)):
            found = summed(deviations, sigma, y)
            assert found[0] == pytest.approx(whole, rel=0.5)
            assert found[1] == pytest.approx(lane, rel=0.8) if whole == 1 else found[1] < 2
    assert summed(column, 1.0, y)[1] > 60
    assert summed(apart * (1 + 1j), 1.0, y * (1 + 1j))[0] == pytest.approx(2, rel=0.5)
    assert summed(np.zeros((48, 5)), 1.0, np.ones(5)).tolist() == [1, 1]
    assert summed(apart, 0.0, y).tolist() == [1, 1]
    assert summed(np.zeros((48, 0)), 1.0, np.ones(0)).tolist() == [1, 1]


def test_float64_has_a_reference_beyond_itself() -> None:
    """The golden of a float64 operator without a definition is run in pairs of numbers, and says so."""
    case = op_case("aten.gelu_backward.default", "float64", {"g": (5, 17), "x": (5, 17)})
    golden, _, _ = golden_of(case)
    assert "pairs of float64" in golden.provenance["reference"]
    assert "doubled" not in golden.outputs[0].noise


def test_what_float64_lost_is_noise_only_where_it_is_more_than_chance() -> None:
    """A float64 answer 1.5σ beside its better reference is what noise does: σ stays as it is, or a fault of that size
    would hide behind the golden's own error. One further off shows noise that the runs had not, as far as believed."""
    y, sigma = np.ones(4), np.full(4, 2.0**-50)
    lost = np.asarray([0.0, 1.5, 3.0, 1e9]) * sigma
    noise = {"sigma": sigma, "doubled": np.asarray(True)}
    carried = beyond(noise, y + lost, y, "float64")
    assert list(carried) == ["sigma"]
    most = 4 * sigma[0] + 2.0**-53  # of the largest element's rounding
    expected = sigma[0] * np.sqrt([1, 1, 1 + 9 - 2.25, 1 + (most / sigma[0]) ** 2 - 2.25])
    np.testing.assert_allclose(carried["sigma"], expected, rtol=2.0**-7)


def test_a_program_that_cannot_be_run_with_noise_is_judged_all_the_same() -> None:
    """Where the noisy runs fail, the noise comes from moved inputs, and the rest of the verdict is as ever."""

    class Plain(TorchRun):
        def __call__(self, inputs, precision):  # type: ignore[no-untyped-def]
            if precision not in (None, "float64"):
                raise RuntimeError("no dispatch mode here")
            return super().__call__(inputs, precision)

    case = op_case("aten.gelu_backward.default", "float32", {"g": (5, 17), "x": (5, 17)})
    _, arrays, _ = golden_of(case)
    golden = reference.make(case, arrays, Plain(case), {})
    assert "s" in golden.outputs[0].noise


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_large_function_passes_in_any_order_of_its_sums(dtype: torch.dtype) -> None:
    """Among a hundred thousand elements none is called wrong because few runs stand behind its noise; one that is wrong
    still is.
    """
    torch.manual_seed(0)
    x, gate, up = (torch.randn(320, 320, dtype=torch.float64).to(dtype) for _ in range(3))
    order = torch.randperm(320)
    y = swiglu(x[:, order], gate[order], up[order])
    verdict = harness.judge(swiglu, (x, gate, up), actual=y)
    assert verdict.status == "pass", verdict.message
    assert verdict.figures["runs"] == 24
    y.view(-1)[777] *= 1 + 2.0**14 * UNIT[dtype]
    assert harness.judge(swiglu, (x, gate, up), actual=y).status == "diverged"


def clipped(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return x / (x.square().sum() + y.square().sum()).sqrt()


def test_an_error_that_all_elements_share_is_honest_where_they_share_its_cause() -> None:
    """A norm that is 2 ulp off moves everything that is divided by it; the same of elements of their own diverges."""
    torch.manual_seed(0)
    x, y = torch.randn(9, 33), torch.randn(65, 33)
    honest = clipped(x, y)
    assert harness.judge(clipped, (x, y), actual=honest * (1 + 2.0**-23)).status == "pass"
    wrong = soft_cap(x)
    wrong[:] *= 1 + 2.0**-21
    assert harness.judge(soft_cap, (x,), actual=wrong).status == "diverged"


def correlation(x: torch.Tensor) -> torch.Tensor:
    d = x - x.mean(0)
    return d.t() @ d / d.square().sum(0)


def test_noise_in_float64_is_no_larger_than_its_rounding() -> None:
    """Columns far from zero lose nothing of the second order in float64: an element 2^-46 off diverges."""
    torch.manual_seed(0)
    x = 2.0**20 + torch.randn(129, 5, dtype=torch.float64)
    y = correlation(x)
    assert harness.judge(correlation, (x,), actual=y).status == "pass"
    y[1, 1] += 2.0**-46
    assert harness.judge(correlation, (x,), actual=y).status == "diverged"


def chebyshev(x: torch.Tensor) -> torch.Tensor:
    return torch.special.chebyshev_polynomial_t(x, torch.full((), 5.0))


def test_a_polynomial_by_way_of_an_angle_errs_by_the_angles_rounding() -> None:
    """A Chebyshev polynomial passes at small numbers, whose angle rounds by more than they do; 2^-16 of it does not."""
    x = torch.linspace(-0.99, 0.99, 465)
    y = chebyshev(x)
    assert harness.judge(chebyshev, (x,), actual=y).status == "pass"
    y[233] += 2.0**-16
    assert harness.judge(chebyshev, (x,), actual=y).status == "diverged"


def ramp(x: torch.Tensor) -> torch.Tensor:
    return torch.linspace(-2, 50, 50, dtype=x.dtype) * x


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_numbers_a_step_apart_err_by_the_steps_rounding(dtype: torch.dtype) -> None:
    """`linspace` takes its step in half precision, and passes; a step too few does not."""
    x = torch.ones(50, dtype=dtype)
    assert harness.judge(ramp, (x,), actual=ramp(x)).status == "pass"
    wrong = torch.linspace(-2, 50, 51)[:-1].to(dtype)
    assert harness.judge(ramp, (x,), actual=wrong).status == "diverged"


def on_a_grid(x: torch.Tensor) -> torch.Tensor:
    bins = torch.linspace(-4, 4, 17, dtype=x.dtype)
    return ((1 - 2 * (x[:, None] - bins).abs()).clamp(min=0) * bins**2).sum(1)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_a_step_that_is_a_number_of_the_dtype_rounds_nowhere(dtype: torch.dtype) -> None:
    """What `linspace` has right in half precision adds no noise: an element that is 24 roundings off diverges."""
    torch.manual_seed(0)
    x = torch.randn(96).to(dtype)
    y = on_a_grid(x)
    assert harness.judge(on_a_grid, (x,), actual=y).status == "pass"
    y[7] += 24 * UNIT[dtype] * (1 + y[7])
    assert harness.judge(on_a_grid, (x,), actual=y).status == "diverged"


def readout(x: torch.Tensor) -> torch.Tensor:
    index = (torch.arange(len(x)) % 32)[:, None].expand_as(x)
    empty = torch.zeros(32, x.shape[1], dtype=x.dtype)
    return torch.cat([empty.scatter_reduce(0, index, x, "mean", include_self=False), x])


def root_between(x: torch.Tensor) -> torch.Tensor:
    values, vectors = torch.linalg.eigh(torch.eye(9, dtype=x.dtype) + 0.1 * x[:9].mT @ x[:9])
    return (vectors * values**-0.25) @ vectors.mT @ x.mT


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_vectors_of_a_factorization_are_a_little_off_orthonormal(dtype: torch.dtype) -> None:
    """A root of a matrix by its eigenvectors passes with its rows and columns in any order; with one element 1000
    roundings off it diverges.
    """
    for seed in range(3):
        torch.manual_seed(seed)
        x, order = torch.randn(22, 9).to(dtype), torch.randperm(9)
        y = root_between(x[:, order])[torch.argsort(order)]
        verdict = harness.judge(root_between, (x,), actual=y)
        assert verdict.status == "pass", verdict.message
        y.view(-1)[7] += 1000 * UNIT[dtype] * y.abs().max()
        assert harness.judge(root_between, (x,), actual=y).status == "diverged"


def one_group(x: torch.Tensor) -> torch.Tensor:
    y = F.group_norm(x, 1)
    return x + 0.5 * (F.avg_pool2d(y, 3, 1, 1) - y)


def test_what_a_variance_loses_is_lost_by_all_that_it_divides() -> None:
    """A norm over 594 elements passes where their squares were added up one after the other, and all are off alike;
    30 roundings of all of them diverge.
    """
    for seed in (14, 15, 27, 30):  # where the squares' sum is a little unlucky
        torch.manual_seed(seed)
        x = torch.randn(2, 6, 9, 11) + 0.5
        centred = (x - x.mean((1, 2, 3), keepdim=True)).double()
        squares = (centred.float() ** 2).reshape(2, -1).numpy()
        var = torch.from_numpy(np.add.accumulate(squares, axis=1)[:, -1:] / 594)[..., None, None]
        normed = (centred / (var.double() + 1e-5).sqrt()).float()
        y = x + 0.5 * (F.avg_pool2d(normed, 3, 1, 1) - normed)
        verdict = harness.judge(one_group, (x,), actual=y)
        assert verdict.status == "pass", verdict.message
        wrong = x + 0.5 * (F.avg_pool2d(normed, 3, 1, 1) - normed) * (1 + 30 * 2.0**-24)
        assert harness.judge(one_group, (x,), actual=wrong).status == "diverged"


def log_chances(x: torch.Tensor) -> torch.Tensor:
    return F.log_softmax(x, -1).clone() * 0.5


def leaky(x: torch.Tensor) -> torch.Tensor:
    return torch.cat([F.rrelu(x, 0.1, 0.3), x])


@pytest.mark.parametrize("function", [readout, log_chances, leaky])
@pytest.mark.parametrize("dtype", UNIT)
def test_what_a_kernel_keeps_and_what_it_makes_of_a_number_is_known(function, dtype: torch.dtype) -> None:
    """Means whose sum is rounded before it is divided, a softmax whose sum is, a slope that is no number of the dtype:
    torch's answer passes, and one that is 40 roundings off in an element diverges.
    """
    for seed in range(3):
        torch.manual_seed(seed)
        x = (4 * torch.randn(96, 3)).to(dtype)
        y = function(x)
        verdict = harness.judge(function, (x,), actual=y)
        assert verdict.status == "pass", verdict.message
        wrong = y.clone()
        wrong.view(-1)[int(y.abs().argmax())] *= 1 + 40 * UNIT[dtype]
        assert harness.judge(function, (x,), actual=wrong).status == "diverged"


def in_float32(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return torch.relu((x.float() * 1.7).to(x.dtype) @ w) + x


def normed(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return F.rms_norm(x, (33,), eps=1e-6) @ w


def saturated(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return 1 / (torch.exp(8 * x.abs()) - 0.5) + 0 * w[0]


def mixed(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        return torch.relu(x @ w) * 2


def halved(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return (x.half() @ w.half()).to(x.dtype) + x


@pytest.mark.parametrize(
    ("function", "dtype"),
    [
        *itertools.product([in_float32, normed, saturated, mixed], [torch.bfloat16, torch.float16]),
        *itertools.product([mixed, halved], [torch.float32]),
    ],
)
def test_what_is_cast_to_half_precision_rounds_there(function, dtype: torch.dtype) -> None:
    """A step in float32 whose result is cast back, by the function or by PyTorch, one whose arguments are cast, by it
    or by autocast, and one that overflows on the way: torch's answer passes, and one that is a quarter off in an
    element diverges.
    """
    for seed in range(3):
        torch.manual_seed(seed)
        x, w = torch.randn(9, 33).to(dtype), torch.randn(33, 33).to(dtype)
        y = function(x, w)
        verdict = harness.judge(function, (x, w), actual=y)
        assert verdict.status == "pass", verdict.message
        wrong = y.clone()
        wrong.view(-1)[int(y.abs().argmax())] *= 1.25
        assert harness.judge(function, (x, w), actual=wrong).status == "diverged"


aten = torch.ops.aten
KERNELS = {
    "pooled": lambda x: aten.avg_pool2d_backward(
        x, torch.zeros(2, 3, 9, 9, dtype=x.dtype), [3], [], [0], False, True, None
    ),
    "adapted": lambda x: aten._adaptive_avg_pool2d_backward(x, torch.zeros(2, 3, 7, 5, dtype=x.dtype)),
    "enlarged": lambda x: aten.upsample_nearest2d_backward(x, [3, 3], [2, 3, 2, 2]),
    "resampled": lambda x: aten.upsample_bicubic2d_backward(x, [3, 3], [2, 3, 5, 4], False),
    "put": lambda x: torch.zeros(3, 3, 3, 3, dtype=x.dtype).index_put((torch.tensor([0, 2]),), x, accumulate=True),
    "averaged": lambda x: x.new_zeros(2, 3, 3, 3).scatter_reduce(0, torch.zeros(2, 3, 3, 3, dtype=int), x, "mean"),
    "summed": lambda x: x.sum((1, 2)).cumsum(1).cumprod(1),
    "spread": lambda x: x.std((2, 3)) + torch.var_mean(x, (2, 3))[0],
    "factored": lambda x: torch.linalg.qr(x)[1].tril().abs() + torch.linalg.svdvals(x)[..., None],
    "stepped": lambda x: torch.linspace(0, 1, 3, dtype=x.dtype) * x,
}


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("dtype", UNIT)
def test_every_kind_of_kernel_runs_with_noise(name: str, dtype: torch.dtype) -> None:
    """A mistake in the noise of a kernel would be taken for a program that can't be run so, and less be known of it."""
    if name == "factored" and dtype in (torch.bfloat16, torch.float16):
        return  # no CPU kernel
    torch.manual_seed(0)
    x = torch.randn(2, 3, 3, 3).to(dtype)

    def program() -> torch.Tensor:
        return KERNELS[name](x.double() if wide else x) * 1.7

    wide = False
    own = recorder.kernels(program)
    wide = True
    made = noisy.moved(program, own, 7)
    assert made.shape == program().shape
    assert bool((made != program()).any())


def test_a_vector_librarys_square_root_passes() -> None:
    """MKL rounds one in five of them the wrong way, in a program as well; one ulp off everywhere is wrong."""
    case = op_case("torch._foreach_sqrt", "float32", {"x": (60, 70)}, args=([{"v": "x"}],), values="positive")

    def off_by(share: float):
        def change(outputs, inputs):
            right = np.sqrt(inputs["x"].astype(np.float64))
            near = right.astype(np.float32)
            other = np.nextafter(near, np.where(right > near, np.inf, -np.inf).astype(np.float32))
            far = np.abs(other - right) / np.spacing(near)  # of the number on the other side, in ulp
            return {"out0": np.where(far < share, other, near)}

        return change

    assert verdict_of(case, off_by(0.6), profile="cpu").status == "pass"
    assert verdict_of(case, off_by(1.0), profile="cpu").status == "diverged"


def test_a_factor_of_many_tensors_is_one_of_their_dtype() -> None:
    """Kernels round alpha and its product to half precision, of lists of tensors as of one; another alpha is wrong."""
    names = {"x": (20, 30), "y": (9, 11), "a": (20, 30), "b": (9, 11)}
    args = ([{"v": "x"}, {"v": "y"}], [{"v": "a"}, {"v": "b"}])
    case = op_case("aten._foreach_add.List", "float16", names, args=args, alpha=-0.3)

    def by(factor: float):
        def change(outputs, inputs):
            return {
                name: inputs[one] + np.float16(factor) * inputs[other]
                for name, one, other in (("out0", "x", "a"), ("out1", "y", "b"))
            }

        return change

    assert verdict_of(case, by(-0.3), profile="cpu").status == "pass"
    assert verdict_of(case, by(-0.31), profile="cpu").status == "diverged"
