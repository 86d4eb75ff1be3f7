"""The simulated accelerator: installed as its README says, then used in processes of its own.

The build is kept in the user's cache by the hash of its sources: only a change to them costs a compilation.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import execnet
import pytest
import torch

from harness.numerics.profile import load as load_profile
from harness.provision.files import cache_dir

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "examples" / "sim-accelerator"
SOURCES = ("csrc/*", "lockstep_sim/*.py", "lockstep_sim/profiles/*", "*.py", "*.toml")

# Every snippet of the one warm process starts from here: a fresh device and the inputs they share.
PREAMBLE = """
import torch, lockstep_sim as sim
torch.set_num_threads(1)
sim.configure(options)
sim.reset()
torch.manual_seed(0)
a, b = torch.randn(40, 70), torch.randn(70, 37)
exact = a.double() @ b.double()
def on(*tensors):
    return [t.to("sim") for t in tensors]
def error(result, wanted):
    return (result.cpu().double() - wanted.double()).abs().max().item()
"""


def _digest() -> str:
    text = hashlib.sha256(f"{torch.__version__} {sys.version_info[:2]}".encode())
    for pattern in SOURCES:
        for path in sorted(PROJECT.glob(pattern)):
            if path.is_file():
                text.update(path.name.encode() + b"\0" + path.read_bytes())
    return text.hexdigest()[:16]


@pytest.fixture(scope="session")
def installed() -> Path:
    """A folder holding the installed project: put it on PYTHONPATH and `import lockstep_sim` works."""
    root = cache_dir() / "tests" / "sim-accelerator"
    folder = root / _digest()
    root.mkdir(parents=True, exist_ok=True)
    with open(root / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another xdist worker may be building it
        if not folder.exists():
            copy = root / "source"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns("build", "*.so", "*.egg-info", "__pycache__"))
            fresh = root / "fresh"
            shutil.rmtree(fresh, ignore_errors=True)
            subprocess.run(
                [sys.executable, "-m", "pip", "install", "--quiet", "--no-build-isolation", "--no-deps",
                 "--target", str(fresh), str(copy)],
                check=True,
            )  # fmt: skip
            shutil.rmtree(copy)
            for old in root.glob("*/"):
                if old != fresh:
                    shutil.rmtree(old)
            fresh.rename(folder)
    return folder


def start(installed: Path, source: str, options: str | None = None) -> subprocess.Popen[str]:
    """A Python process running `source` with the device installed; LOCKSTEP_SIM is `options`, None: unset."""
    env = {key: value for key, value in os.environ.items() if key != "LOCKSTEP_SIM"}
    env["PYTHONPATH"] = str(installed)
    if options is not None:
        env["LOCKSTEP_SIM"] = options
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(source)], env=env, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.fixture(scope="session")
def gateway(installed: Path) -> Iterator[execnet.Gateway]:
    warm = execnet.makegateway(f"popen//python={sys.executable}")
    warm.remote_exec(f"import sys; sys.path[:0] = [{str(installed)!r}, {str(ROOT)!r}]").waitclose()
    yield warm
    warm.exit()


@pytest.fixture
def on_sim(gateway: execnet.Gateway) -> Callable[..., Any]:
    """on_sim(options, source) → what the source sends, run where the device has these options."""

    def run(options: str, source: str) -> Any:
        program = f"options = {options!r}\n{PREAMBLE}\n{textwrap.dedent(source)}"
        return gateway.remote_exec(program).receive(timeout=60)

    return run


# The device -------------------------------------------------------------------------------------------------


def test_torch_reports_a_device_of_its_own_memory(on_sim: Callable[..., Any]) -> None:
    """`torch.accelerator` finds it, tensors say `sim:0`, and device memory is not the host's."""
    kind, count, device, unchanged, back = on_sim(
        "",
        """
        x = torch.zeros(3)
        y = x.to("sim")
        y += 1
        channel.send([str(torch.accelerator.current_accelerator()), torch.accelerator.device_count(),
                      str(y.device), x.tolist(), y.cpu().tolist()])
    """,
    )
    assert (kind, count, device) == ("sim", 1, "sim:0")
    assert unchanged == [0, 0, 0]
    assert back == [1, 1, 1]


def test_views_share_memory_and_keep_strides(on_sim: Callable[..., Any]) -> None:
    """Slices, transposes and as_strided alias their base; conjugate views survive the way back."""
    assert on_sim("", """
        x = torch.arange(12.0).view(3, 4).to("sim")
        x.t()[1].zero_()
        x[:, ::2].add_(100)
        wanted = torch.arange(12.0).view(3, 4)
        wanted[:, 1] = 0
        wanted[:, ::2] += 100
        c = torch.randn(3, 2, dtype=torch.complex64)
        grown = torch.empty(2, device="sim").resize_(5, 5)
        channel.send([torch.equal(x.cpu(), wanted), x.t().stride() == (1, 4),
                      torch.equal(*(t.as_strided((2, 2), (5, 1), 2).cpu() for t in (x, wanted))),
                      torch.equal(c.to("sim").conj().t().cpu(), c.conj().t()), grown.shape == (5, 5)])
    """) == [True] * 5  # fmt: skip


def test_an_mlp_trains_as_on_the_cpu(on_sim: Callable[..., Any]) -> None:
    """Autograd, optimizers and layer norm work: after 30 steps the weights are the CPU's but for rounding."""
    losses, apart, fallbacks = on_sim(
        "",
        """
        import copy
        from torch import nn
        model = nn.Sequential(nn.Linear(8, 32), nn.GELU(), nn.LayerNorm(32), nn.Linear(32, 1))
        x = torch.randn(64, 8)
        y = x.sum(1, keepdim=True).sin()
        trained = []
        for device in ("cpu", "sim"):
            m, u, v = copy.deepcopy(model).to(device), x.to(device), y.to(device)
            optimizer = torch.optim.SGD(m.parameters(), lr=0.05, momentum=0.9)
            for _ in range(30):
                optimizer.zero_grad()
                loss = nn.functional.mse_loss(m(u), v)
                loss.backward()
                optimizer.step()
            trained.append((loss.item(), m[0].weight.detach()))
        channel.send([[t[0] for t in trained], error(trained[1][1], trained[0][1]), sim.fallbacks()])
    """,
    )
    assert losses[0] < 0.5
    assert losses[1] == pytest.approx(losses[0], rel=1e-4)
    assert apart < 1e-4
    assert fallbacks == {}


def test_ieee_equals_the_cpu_within_rounding(on_sim: Callable[..., Any]) -> None:
    """By default every own kernel is as near to float64 as float32 arithmetic gets, forward and backward."""
    errors = on_sim(
        "",
        """
        F = torch.nn.functional
        image = torch.randn(2, 4, 9, 11)
        cases = {
            "mm": (lambda x, y: x @ y, a, b),
            "addmm": (lambda x, y: torch.addmm(x[:, :1], x, y, beta=0.5, alpha=2), a, b),
            "bmm": (lambda x: x @ x.mT, torch.randn(3, 5, 6)),
            "mv": (lambda x, y: x @ y[:, 0], a, b),
            "sum": (lambda x: x.sum(0), a), "mean": (lambda x: x.mean(), a),
            "softmax": (lambda x: x.softmax(1), a), "log_softmax": (lambda x: x.log_softmax(0), a),
            "layer_norm": (lambda x: F.layer_norm(x, (70,)), a), "exp": (torch.exp, a),
            "gelu": (F.gelu, a), "gelu-tanh": (lambda x: F.gelu(x, approximate="tanh"), a),
            "conv2d": (lambda x, w: F.conv2d(x, w, stride=2, padding=1, dilation=(1, 2), groups=2), image,
                       torch.randn(6, 2, 3, 2)),
            "conv1d": (lambda x, w: F.conv1d(x, w, padding=2), torch.randn(2, 9, 13), torch.randn(3, 9, 4)),
            "conv_transpose2d": (
                lambda x, w: F.conv_transpose2d(x, w, stride=2, padding=1, output_padding=1, groups=2),
                image, torch.randn(4, 3, 3, 3)),
            "attention": (lambda q: F.scaled_dot_product_attention(q, q, q, is_causal=True),
                          torch.randn(2, 3, 8, 4)),
        }
        worst = {}
        for name, (f, *inputs) in cases.items():
            gold = [t.double().requires_grad_() for t in inputs]
            ours = [t.requires_grad_() for t in on(*inputs)]
            wanted, result = f(*gold), f(*ours)
            pull = torch.randn_like(wanted)
            wanted.backward(pull)
            result.backward(pull.float().to("sim"))
            assert result.device.type == "sim" and result.dtype == torch.float32
            pairs = [(result, wanted)] + [(o.grad, g.grad) for o, g in zip(ours, gold)]
            worst[name] = max(error(o, g) / g.abs().max().item() for o, g in pairs)
        channel.send(worst)
    """,
    )
    assert len(errors) == 16
    assert {name: e for name, e in errors.items() if not e < 3e-6} == {}


def test_every_dtype_runs(on_sim: Callable[..., Any]) -> None:
    """Half floats round once at the end; integers are exact; complex works."""
    assert on_sim("", """
        half = (a.bfloat16().to("sim") @ b.bfloat16().to("sim")).cpu()
        once = (a.bfloat16().double() @ b.bfloat16().double()).bfloat16()
        i = torch.randint(-9, 9, (7, 7))
        c = torch.randn(5, 5, dtype=torch.complex64)
        image, filters = torch.randint(0, 9, (1, 1, 5, 5)), torch.randint(0, 9, (1, 1, 3, 3))
        j, d = on(i, c)
        channel.send([(half != once).float().mean().item() < 0.02, torch.equal((j @ j).cpu(), i @ i),
                      error((d @ d.mH).real, (c @ c.mH).real) < 1e-5,
                      a.double().to("sim").sum().dtype == torch.float64,
                      torch.equal(torch.conv2d(*on(image, filters)).cpu(), torch.conv2d(image, filters))])
    """) == [True] * 5  # fmt: skip


def test_square_root_is_the_nearest(on_sim: Callable[..., Any]) -> None:
    """What IEEE 754 rounds correctly the device rounds correctly, where the host's vector library may not."""
    assert on_sim("", """
        x = torch.rand(100_000) * 100
        channel.send(torch.equal(on(x)[0].sqrt().cpu(), x.double().sqrt().float()))
    """)  # fmt: skip


def test_random_numbers_follow_the_seed(on_sim: Callable[..., Any]) -> None:
    """`torch.manual_seed` seeds the device, which then draws what the CPU draws; generators are its own."""
    assert on_sim("", """
        def draws(device, generator=None):
            return torch.randn(5, device=device, generator=generator).tolist()
        torch.manual_seed(7)
        cpu = draws("cpu")
        torch.manual_seed(7)
        first, second = draws("sim"), draws("sim")
        mine = torch.Generator("sim").manual_seed(7)
        state = torch.sim.get_rng_state()
        third = draws("sim")
        torch.sim.set_rng_state(state)
        channel.send([first == cpu, first != second, draws("sim", mine) == cpu, draws("sim") == third])
    """) == [True] * 4  # fmt: skip


def test_fallbacks_are_counted_and_launches_too(on_sim: Callable[..., Any]) -> None:
    """What the device cannot do runs on the CPU and is counted apart; reset forgets all counts."""
    launches, fallbacks, right, after = on_sim(
        "",
        """
        x = torch.eye(4).to("sim")
        q, r = torch.linalg.qr(x @ x + 3)
        launches, fallbacks = sim.launches(), sim.fallbacks()
        right = error(q @ r, torch.eye(4) + 3) < 1e-5
        sim.reset()
        channel.send([launches, fallbacks, right, [sim.launches(), sim.fallbacks()]])
    """,
    )
    assert launches == {"aten.mm.out": 1, "aten.add.out": 1}
    assert fallbacks == {"aten.linalg_qr.out": 1}
    assert right
    assert after == [{}, {}]


# Its numerics -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", ["tf32", "bf16"])
def test_matmul_inputs_are_rounded(on_sim: Callable[..., Any], options: str) -> None:
    """tf32 and bf16 change matmul's bits to those of a product of rounded inputs, and change nothing else."""
    as_promised, against_exact, exp_same = on_sim(
        options,
        f"""
        def round_to_tf32(x):
            bits = x.view(torch.int32)
            return ((bits + 0xFFF + ((bits >> 13) & 1)) & ~0x1FFF).view(torch.float32)
        low = round_to_tf32 if {options == "tf32"} else lambda x: x.bfloat16().float()
        x, y = on(a, b)
        product, exp = x @ y, torch.exp(x).cpu()
        promised = low(a).double() @ low(b).double()
        sim.configure("")
        channel.send([error(product, promised), error(product, exact), torch.equal(exp, torch.exp(x).cpu())])
    """,
    )
    assert as_promised < 1e-5
    assert against_exact > 1e-3
    assert exp_same


def test_acc16_rounds_every_partial_sum(on_sim: Callable[..., Any]) -> None:
    """A matrix unit whose accumulator has 11 bits stops counting at 2048; sums elsewhere are spared."""
    product, total = on_sim(
        "acc16",
        """
        ones, = on(torch.ones(1, 5000))
        channel.send([(ones @ ones.t()).item(), ones.sum().item()])
    """,
    )
    assert product == 2048
    assert total == 5000


def test_trunc_adds_blocks_as_a_tensor_core(on_sim: Callable[..., Any]) -> None:
    """Sums are cut, never rounded up; products below the kept bits vanish; block and neab are honoured."""
    never_above, lost, kept, split = on_sim(
        "trunc",
        """
        def dot(x, y, options):
            sim.configure(options)
            return (on(torch.tensor([x]))[0] @ on(torch.tensor([y]).t())[0]).item()
        p, q = torch.rand(30, 400), torch.rand(400, 30)
        cut = (on(p)[0] @ on(q)[0]).cpu().double()
        tiny = 2.0**-24  # half the last bit of 1
        channel.send([(cut <= p.double() @ q.double()).all().item(),
                      dot([1.0] + [tiny] * 15, [1.0] * 16, "trunc,neab=0") - 1,
                      dot([1.0] + [tiny] * 15, [1.0] * 16, "trunc,neab=1") - 1,
                      dot([tiny] * 8 + [1.0], [1.0] * 9, "trunc,neab=0,block=8") - 1])
    """,
    )
    assert never_above
    assert lost == 0  # each product alone is below the last bit
    assert kept == 7 * 2**-23  # one bit more keeps all fifteen halves; the sum is cut
    assert split == 2**-21  # a block of their own adds up before it meets the 1


def test_ftz_flushes_subnormals(on_sim: Callable[..., Any]) -> None:
    """Subnormal inputs and results are zero of their sign; what only moves values, and float16, keep them."""
    inputs, results, copied, half, without = on_sim(
        "ftz",
        """
        tiny = torch.tensor([1e-40, -1e-40, 1e-30])
        x, = on(tiny)
        results = [(x * 1e10).tolist(), (x * 1e-10).tolist(), on(torch.tensor([-100.0]))[0].exp().item()]
        half = (on(torch.tensor([6e-8]).half())[0] * 1).item()
        copied = torch.equal(x.sort().values.cpu(), tiny.sort().values) and x.bool().all().item()
        bits = torch.signbit(x * 1.0).tolist()
        sim.configure("")
        channel.send([bits, results, copied, half, (x * 1e10).tolist()])
    """,
    )
    assert inputs == [False, True, False]
    assert results[0] == [0, 0, pytest.approx(1e-20)]
    assert results[1] == [0, 0, 0]
    assert results[2] == 0
    assert copied
    assert half > 0
    assert without[0] > 0


def test_sat_clamps_narrow_casts(on_sim: Callable[..., Any]) -> None:
    """Out-of-range casts to int8 and float8 give the ends of the range; by default what torch's CPU gives."""
    saturated, plain = on_sim(
        "sat",
        """
        x, = on(torch.tensor([1e6, -1e6, float("inf"), float("nan"), 3.0]))
        narrow = (torch.int8, torch.uint8, torch.float8_e4m3fn, torch.float8_e5m2)
        saturated = [x.to(t).cpu().float().tolist() for t in narrow]
        sim.configure("")
        plain = [x.to(t).cpu().float() for t in (torch.float8_e5m2, torch.float8_e4m3fnuz)]
        channel.send([saturated, [t.isfinite().tolist() for t in plain]])
    """,
    )
    assert saturated[0] == [127, -128, 127, 0, 3]
    assert saturated[1] == [255, 0, 255, 0, 3]
    assert saturated[2][:3] == [448, -448, 448]
    assert saturated[3][:3] == [57344, -57344, 57344]
    assert saturated[2][3] != saturated[2][3]
    assert plain == [[False] * 4 + [True]] * 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("tf23", "unknown option 'tf23'; allowed: ieee, tf32"),
        ("tf32,bf16", "exclude each other"),
        ("fault=wrong", "unknown fault 'wrong'"),
        ("fault=zeros@fft", "'fft' is none of them"),
        ("trunc,block=0", "wants an integer from 1 to 64"),
    ],
)
def test_a_wrong_option_is_refused(on_sim: Callable[..., Any], options: str, message: str) -> None:
    """A typo is a ValueError that says what is allowed, and the options in force stay."""
    text, kept = on_sim(
        "tf32",
        f"""
        try:
            sim.configure({options!r})
        except ValueError as refusal:
            channel.send([str(refusal), sim.configuration()])
    """,
    )
    assert message in text
    assert kept == "tf32"


# Its faults -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("op", ["", "@mm", "@matmul"])
def test_wrong_tile_spoils_one_tile(on_sim: Callable[..., Any], op: str) -> None:
    """Exactly one 16 × 16 tile of the product is off, inside the matrix; other ops are right."""
    rows, columns, count, exp = on_sim(
        f"fault=wrong-tile{op}",
        """
        x, y = on(a, b)
        bad = ((x @ y).cpu() - exact).abs() > 1e-4
        where = bad.nonzero()
        rows, columns = ({*line} for line in where.t().tolist())
        channel.send([sorted(rows), sorted(columns), len(where), error(x.exp(), a.exp())])
    """,
    )
    assert rows == list(range(16, 32))
    assert columns == list(range(16, 32))
    assert count == 256
    assert exp < 1e-4


def test_wrong_tail_leaves_the_last_partial_tile(on_sim: Callable[..., Any]) -> None:
    """Columns past the last full tile of 16 keep what was there, also in fresh memory; others are right."""
    functional, in_place, full, elsewhere = on_sim(
        "fault=wrong-tail",
        """
        x, y = on(a, b)
        bad = ((x @ y).cpu() - exact).abs().amax(0) > 1e-3
        out = torch.full((40, 37), 5.0).to("sim")
        torch.mm(x, y, out=out)
        full = error(x @ y[:, :32], exact[:, :32])
        sim.configure("fault=wrong-tail@exp")
        channel.send([bad.tolist(), (out.cpu() == 5.0).all(0).tolist(), full, error(x @ y, exact)])
    """,
    )
    assert functional == [False] * 32 + [True] * 5
    assert in_place == [False] * 32 + [True] * 5
    assert full < 1e-4
    assert elsewhere < 1e-4


def test_stale_returns_the_previous_output(on_sim: Callable[..., Any]) -> None:
    """The first call is right; the second gives the first's result, the third the second's."""
    assert on_sim("fault=stale@mm", """
        x, y = on(a, b)
        first, second, third = x @ y, (2 * x) @ y, x @ y
        pairs = [(first, exact), (second, exact), (third, 2 * exact)]
        channel.send([error(*pair) < 1e-4 for pair in pairs])
    """) == [True] * 3  # fmt: skip


def test_race_gives_another_sum_each_time(on_sim: Callable[..., Any]) -> None:
    """Reruns of sum differ; a matmul differs where the fault names it."""
    sums, right, products = on_sim(
        "fault=race",
        """
        x, y = on(a, b)
        sums = len({x.sum().item() for _ in range(5)})
        right = error(x @ y, exact)
        sim.configure("fault=race@mm")
        channel.send([sums, right, len({(x @ y).sum().item() for _ in range(5)})])
    """,
    )
    assert sums > 1
    assert right < 1e-4
    assert products > 1


def test_zeros_gives_zeros(on_sim: Callable[..., Any]) -> None:
    """Every element of the struck op's output is zero."""
    assert on_sim("fault=zeros@mm+sum", """
        x, y = on(a, b)
        channel.send([(x @ y).abs().max().item(), x.sum().item(), error(x.exp(), a.exp()) < 1e-4])
    """) == [0, 0, True]  # fmt: skip


def test_fallback_claims_the_device_but_runs_the_cpu(on_sim: Callable[..., Any]) -> None:
    """The result says `sim` and is the CPU's to the bit; only the count betrays it. Convolution too."""
    device, same, launches, fallbacks = on_sim(
        "tf32,fault=fallback@mm+conv2d",
        """
        x, y = on(a, b)
        result = x @ y
        image, filters = torch.randn(1, 2, 5, 5), torch.randn(2, 2, 3, 3)
        ours = [t.requires_grad_() for t in on(image, filters)]
        convolved = torch.conv2d(*ours)
        convolved.sum().backward()
        theirs = [t.requires_grad_() for t in (image, filters)]
        torch.conv2d(*theirs).sum().backward()
        same = [torch.equal(o.grad.cpu(), t.grad) for o, t in zip(ours, theirs)]
        same.insert(0, torch.equal(result.cpu(), a @ b))
        channel.send([str(result.device), same, sim.launches(), sim.fallbacks()])
    """,
    )
    assert device == "sim:0"
    assert same == [True, True, True]
    assert "aten.mm.out" not in launches
    assert fallbacks["aten.mm.out"] == 1
    assert fallbacks["aten.convolution_overrideable.default"] == 1


def test_hang_never_returns(installed: Path) -> None:
    """The named op does not end until it is killed. With LOCKSTEP_SIM, `import torch` gives the device."""
    process = start(installed, """
        import torch
        x = torch.eye(3, device="sim")
        print(x.exp().sum().item() > 0, flush=True)
        x @ x
        print("returned", flush=True)
    """, options="fault=hang@mm")  # fmt: skip
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "True\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=1)
    finally:
        process.kill()
        output, _ = process.communicate()
    assert output == ""


def test_crash_is_a_real_segmentation_fault(installed: Path) -> None:
    """The process dies by SIGSEGV in the named op; one without LOCKSTEP_SIM sees no device at all."""
    crashing = start(installed, """
        import torch
        x = torch.eye(3, device="sim") + 1
        print("alive", flush=True)
        x @ x
    """, options="fault=crash@mm")  # fmt: skip
    plain = start(
        installed,
        """
        import torch
        print(torch.accelerator.is_available())
    """,
    )
    with contextlib.closing(crashing.stdout), contextlib.closing(plain.stdout):
        assert crashing.communicate(timeout=60)[0] == "alive\n"
        assert plain.communicate(timeout=60)[0] == "False\n"
    assert crashing.returncode == -signal.SIGSEGV


# Its profiles -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted((PROJECT / "lockstep_sim" / "profiles").glob("*.yaml")), ids=lambda p: p.stem)
def test_each_profile_is_one_that_the_harness_reads(path: Path) -> None:
    """A profile of the device loads as data and differs from the strict one in what its name says."""
    profile = load_profile(str(path))
    assert profile.name == ("sim" if path.stem == "ieee" else f"sim-{path.stem}")
    rounded = [dtype for dtype, short in (("tfloat32", "tf32"), ("bfloat16", "bf16")) if short in path.stem]
    assert list(profile.matmul_inputs.values()) == rounded
    assert (profile.block("float32") is not None) == ("trunc" in path.stem)
    assert profile.ftz == (path.stem == "ftz")


@pytest.mark.parametrize(
    ("options", "profile", "call"),
    [
        ("tf32", "tf32", "torch.mm"),
        ("tf32", "tf32", "torch.nn.functional.conv2d"),
        ("tf32", "tf32", "torch.nn.functional.scaled_dot_product_attention"),
        ("bf16", "bf16", "torch.mm"),
        ("bf16", "bf16", "torch.nn.functional.conv2d"),
        ("bf16", "bf16", "torch.nn.functional.scaled_dot_product_attention"),
        ("acc16", "acc16", "torch.mm"),
        ("trunc", "trunc", "torch.mm"),
        ("tf32,trunc", "tf32-trunc", "torch.mm"),
        ("bf16,trunc", "bf16-trunc", "torch.mm"),
        ("ftz", "ftz", "torch.exp"),
    ],
)
def test_a_mode_passes_under_its_own_profile_only(
    on_sim: Callable[..., Any], options: str, profile: str, call: str
) -> None:
    """A legitimate device of each kind is right by its own profile and wrong by the strict one."""
    folder = PROJECT / "lockstep_sim" / "profiles"
    own, strict, ieee = on_sim(options, f"""
        import harness
        from harness.lab.worker.graph import resolve
        call = {call!r}
        inputs = {{
            "torch.mm": (torch.rand(32, 300), torch.rand(300, 33)),  # positive: cut sums drift
            "torch.exp": (torch.linspace(-104, 80, 300),),
            "torch.nn.functional.conv2d": (torch.randn(2, 8, 9, 9), torch.randn(6, 8, 3, 3)),
            "torch.nn.functional.scaled_dot_product_attention": torch.randn(3, 2, 3, 40, 16).unbind(),
            "torch.Tensor.to": (torch.tensor([300.0, -1e5, 1e9, 127.4, -128.9, float("-inf")]), torch.int8),
        }}[call]
        def status(profile):
            tensors = [i.to("sim") if isinstance(i, torch.Tensor) else i for i in inputs]
            return harness.judge(call, inputs, actual=resolve(call)(*tensors).cpu(), profile=profile).status
        statuses = [status("{folder}/{profile}.yaml"), status("strict")]
        sim.configure("")
        channel.send([*statuses, status("{folder}/ieee.yaml")])
    """)  # fmt: skip
    assert (own, strict, ieee) == ("pass", "diverged", "pass")


def test_saturating_casts_are_held_to_their_profile(on_sim: Callable[..., Any]) -> None:
    """A device that promises to saturate does, and is wrong where it wraps; one that promises nothing may do either."""
    folder = PROJECT / "lockstep_sim" / "profiles"
    assert on_sim("sat", f"""
        import harness
        x = torch.tensor([300.0, -1e5, 1e9, 127.4, -128.9, float("-inf"), 5.0])
        def status(profile):
            actual = on(x)[0].to(torch.int8).cpu()
            return harness.judge("torch.Tensor.to", (x, torch.int8), actual=actual, profile=profile).status
        own = "{folder}/sat.yaml"
        statuses = [status(own), status("strict")]
        sim.configure("")
        channel.send([*statuses, status(own), status("strict")])
    """) == ["pass", "pass", "diverged", "pass"]  # fmt: skip


def test_a_lost_device_costs_one_case(installed: Path, tmp_path: Path) -> None:
    """`fault=lost` leaves a process in which nothing runs: its case has crashed, those behind it pass in another."""
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "ops.yaml").write_text(
        "- op: torch.exp\n  dtypes: [float32]\n  inputs: {input: [[3, 5]]}\n"
        "- op: torch.mm\n  dtypes: [float32]\n  inputs: {input: [[33, 70]], mat2: [[70, 40]]}\n"
        "- op: torch.sqrt\n  dtypes: [float32]\n  inputs: {input: [[3, 5]]}\n  values: [positive]\n"
    )
    subprocess.run(
        [sys.executable, "-m", "pytest", "cases", "--devices=sim:fault=lost@mm", "--backends=sim", "--golden-update"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": f"{installed}:{ROOT}"}, capture_output=True,
    )  # fmt: skip
    records = next(iter(tmp_path.glob("reports/*/records.jsonl")))
    lines = map(json.loads, records.read_text().splitlines())
    found = {line["case"]["op"]: line for line in lines if line["type"] == "record"}
    statuses = {op: line["status"] for op, line in found.items()}
    assert statuses == {"torch.exp": "pass", "torch.mm": "crashed", "torch.sqrt": "pass"}
    assert "the device answers nothing after" in found["torch.mm"]["message"]
    assert "an illegal memory access" in found["torch.mm"]["message"]


def test_a_stuck_bit_is_named_with_its_lane(installed: Path, tmp_path: Path) -> None:
    """`fault=stuck` sets one bit of one lane, less than rounding does: the cell is red, and says which bit and lane."""
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "mm.yaml").write_text(
        "- op: torch.mm\n  dtypes: [float32, bfloat16]\n  inputs: {input: [[33, 700]], mat2: [[700, 40]]}\n"
    )
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "cases", "--devices=sim,sim:fault=stuck@mm", "--backends=sim",
         "--golden-update", "-q"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": f"{installed}:{ROOT}"}, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 1, ran.stderr
    records = next(iter(tmp_path.glob("reports/*/records.jsonl")))
    lines = [line for line in map(json.loads, records.read_text().splitlines()) if line["type"] == "record"]
    for line in lines:
        stuck = "fault=stuck" in line["target"]
        assert line["status"] == ("diverged" if stuck else "pass"), line["message"]
        if stuck:
            assert "bit 0 of the significand is 1 in all 165 elements of lane 5 of 8" in line["message"]
    assert len(lines) == 4


def test_pytest_runs_it_by_the_name_of_its_options(installed: Path, tmp_path: Path) -> None:
    """`--devices=sim:tf32,sim:fault=…` are devices like any other: the honest passes, each fault is found."""
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "mm.yaml").write_text(
        "- op: torch.mm\n  dtypes: [float32]\n  inputs: {input: [[33, 70]], mat2: [[70, 40]]}\n"
    )
    expected = {
        "sim:tf32": "pass",
        "sim:fault=wrong-tail@mm": "diverged",
        "sim:fault=crash@mm": "crashed",
        "sim:fault=fallback@mm": "fellback",
    }
    subprocess.run(
        [sys.executable, "-m", "pytest", "cases", f"--devices={','.join(expected)}", "--backends=sim",
         "--golden-update", "-q"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": f"{installed}:{ROOT}"}, capture_output=True,
    )  # fmt: skip
    records = next(iter(tmp_path.glob("reports/*/records.jsonl")))
    lines = map(json.loads, records.read_text().splitlines())
    statuses = {line["target"]: line["status"] for line in lines if line["type"] == "record"}
    assert statuses == {f"{device}/sim": status for device, status in expected.items()}
