"""A run as it might come out of the harness, without running it: for the report's tests and its benchmark.

Errors have the look of real ones: the last tiles of an output are wrong, on two targets that share a library.
"""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Iterator
from pathlib import Path

from harness.numerics.types import Counts, Divergence, Element
from harness.records import Attribution, CaseInfo, End, Header, Line, Record, Summary, TargetInfo, dumps

OPS = {
    "elementwise": (
        "torch.add",
        "torch.exp",
        "torch.nn.functional.gelu",
        "torch.erf",
        "torch.rsqrt",
        "torch.tanh",
    ),
    "reduction": ("torch.sum", "torch.mean", "torch.var", "torch.logsumexp", "torch.amax"),
    "matmul": ("torch.matmul", "torch.bmm", "torch.addmm", "torch.nn.functional.linear"),
    "convolution": ("torch.nn.functional.conv2d", "torch.nn.functional.conv1d"),
    "normalization": ("torch.nn.functional.layer_norm", "torch.nn.functional.rms_norm", "torch.softmax"),
    "attention": ("torch.nn.functional.scaled_dot_product_attention",),
    "indexing": ("torch.gather", "torch.index_select", "torch.nn.functional.embedding_bag"),
    "scan": ("torch.cumsum", "torch.cumprod"),
    "sort": ("torch.sort", "torch.topk", "torch.argmax"),
    "casts": ("torch.Tensor.to",),
}
DTYPES = ("float32", "bfloat16", "float16", "float64", "int32")
VALUES = ("normal", "wide", "subnormal", "boundary")
SHAPES = ((4, 1024), (3, 1025), (8, 768), (2, 8, 128, 64), (1,))
BITS = {"float64": (11, 52, ">d", ">Q"), "float32": (8, 23, ">f", ">I"), "float16": (5, 10, ">e", ">H")}


def _target(name: str, isa: str, cpu: str, torch: str, **more: object) -> TargetInfo:
    device, _, backend = name.partition("/")
    versions = {"torch": torch, "numpy": "2.4.6", **more.pop("versions", {})}  # type: ignore[dict-item]
    math_modes = {
        "tf32": False,
        "reduced_precision_reduction": False,
        "deterministic": False,
        "flush_denormal": False,
    }
    environment = more.pop("environment", {})
    fingerprint = {
        "hardware": cpu,
        "machine": isa,
        "byteorder": "big" if isa == "s390x" else "little",
        "versions": versions,
        "threads": {"intra": 1, "inter": 1},
        "math": math_modes,
        "env": environment,
        **more,
    }
    return TargetInfo(name, device, backend or "eager", fingerprint, str(more.get("profile", "cpu-x86")))


# One node of a model, judged by itself.
NODE = {
    "id": "linear_3",
    "op": "aten.linear.default",
    "number": 17,
    "where": "layers.0.up, model.py:12",
    "status": "diverged",
    "rule": "dot",
    "margin": 12.5,
    "message": "out0 diverged: 12.5× its allowance",
    "output": "out0",
    "inputs": [["x", "float32", [2, 8]], ["layers.0.up.weight", "float32", [4, 8]]],
    "outputs": [["out0", "float32", [2, 4]]],
}
PROVENANCE = {
    "reference": "float64",
    "made": "2026-01-01T12:00:00+00:00",
    "torch": "2.13.0",
    "host": "x86_64",
}
XEON = "Intel Xeon Platinum 8481C"
TARGETS = (
    _target("cpu", "x86_64", XEON, "2.13.0", versions={"mkl": "2025.2"}),
    _target(
        "cpu-avx2",
        "x86_64",
        XEON,
        "2.13.0",
        versions={"mkl": "2025.2"},
        environment={"ATEN_CPU_CAPABILITY": "avx2"},
    ),
    _target("cpu-default", "x86_64", XEON, "2.13.0", environment={"ATEN_CPU_CAPABILITY": "default"}),
    _target("cpu/inductor", "x86_64", XEON, "2.13.0", versions={"mkl": "2025.2", "gcc": "12.2"}),
    _target("cpu/onnxruntime", "x86_64", XEON, "2.13.0", versions={"onnxruntime": "1.24.1"}),
    _target("cpu/openvino", "x86_64", XEON, "2.13.0", versions={"openvino": "2026.1"}),
    _target(
        "aarch64",
        "aarch64",
        "Cortex-A72 (qemu)",
        "2.6.0",
        versions={"openblas": "0.3.26"},
        emulator="qemu 8.2",
    ),
    _target("s390x", "s390x", "z14 (qemu)", "1.13.1", versions={"openblas": "0.3.26"}, emulator="qemu 8.2"),
)
ABSENT = TargetInfo("cuda:0", "cuda:0", "eager", absent="torch 2.13.0+cpu was built without CUDA")


def bits(value: float, dtype: str) -> str:
    """The bits of `value` in `dtype`, as hex."""
    if dtype == "bfloat16":
        return f"0x{struct.unpack('>I', struct.pack('>f', value))[0] >> 16:04x}"
    if dtype not in BITS:
        return f"0x{int(value) & 0xFFFFFFFF:08x}"
    _, _, pack, unpack = BITS[dtype]
    if dtype == "float16":
        value = max(-65504.0, min(65504.0, value))
    return f"0x{struct.unpack(unpack, struct.pack(pack, value))[0]:0{struct.calcsize(pack) * 2}x}"


def divergence(rng: random.Random, dtype: str, shape: tuple[int, ...], ratio: float, rule: str) -> Divergence:
    """An output that went wrong in its last tiles, `ratio` times its allowance at worst."""
    n = math.prod(shape)
    allowed = 2.0 ** -{"float64": 50, "float32": 21, "float16": 9, "bfloat16": 6}.get(dtype, 21)
    worst = []
    for place in range(min(16, n)):
        golden = rng.gauss(0, 1)
        error = allowed * ratio * (1 - place / 20) * rng.choice((-1, 1))
        index = tuple(size - 1 - (place if axis == len(shape) - 1 else 0) % size for axis, size in enumerate(shape))
        actual = math.nan if rng.random() < 0.01 else golden + error
        if dtype == "int32":
            golden, actual, error = round(golden * 99), round(golden * 99) + round(ratio), float(round(ratio))
        text = repr(actual)
        ulps = abs(error) / allowed * 4
        hexes = (bits(actual, dtype), bits(golden, dtype))
        worst.append(Element(index, text, repr(golden), *hexes, error, ulps, allowed))
    rows, columns = min(32, math.prod(shape[:-1]) or 1), min(32, shape[-1])
    edge = columns - max(1, columns // 8)
    tiles = tuple(
        tuple(ratio * rng.random() if column >= edge else rng.random() * 0.4 for column in range(columns))
        for _ in range(rows)
    )
    histogram = tuple(
        (float(edge), int(n * 0.5 ** (place + 1)) + (place > 9))
        for place, edge in enumerate((0, 0.5, 1, 2, 4, 8, 16, 64, 1024, 65536, math.inf))
    )
    return Divergence(
        output="out0", dtype=dtype, shape=shape, n=n, compared=n,
        max_abs=abs(worst[0].error), max_abs_index=worst[0].index, mean_abs=allowed * 0.2,
        max_rel=abs(worst[0].error) * 3, max_rel_index=worst[0].index, mean_rel=allowed * 0.4,
        max_ulp=worst[0].ulps, max_ulp_index=worst[0].index, mean_ulp=0.31, rmse=allowed * ratio * 0.2,
        cosine=1 - allowed * ratio * 1e-3, snr_db=max(0.0, 120 - 20 * math.log10(ratio)), mismatched=0.113,
        ulp_histogram=histogram, actual_counts=Counts(nan=sum(e.actual == "nan" for e in worst), subnormal=3),
        golden_counts=Counts(subnormal=3), max_ratio=ratio, max_ratio_index=worst[0].index,
        max_z=ratio * 5.2, max_z_index=worst[0].index, rms_z=ratio * 0.9, block_z=ratio * 2.1,
        block_index=(0,) * len(shape), f=0.8, sign_bias=-0.12, slope=1e-5, scale=0.99, detectable=allowed,
        rule=rule, rule_figures={"n": shape[-1], "u_acc": 2.0**-24}, worst=tuple(worst), tiles=tiles,
    )  # fmt: skip


def cases(count: int) -> Iterator[tuple[str, CaseInfo]]:
    """(family, case) pairs, `count` of them, each id once."""
    grid = [
        (family, op, dtype, values, shape)
        for values in VALUES
        for shape in SHAPES
        for family, ops in OPS.items()
        for op in ops
        for dtype in DTYPES
    ]
    for number in range(count):
        family, op, dtype, values, shape = grid[number % len(grid)]
        again = number // len(grid)
        label = (
            "x".join(map(str, shape)) + (f"-{values}" if values != "normal" else "") + (f"-v{again}" if again else "")
        )
        yield (
            family,
            CaseInfo(
                id=f"{op.rsplit('.', 1)[1].lower()}-{dtype}-{label}",
                source=f"cases/ops/{family}.yaml:{3 + 9 * list(OPS[family]).index(op)}",
                op=op,
                dtype=dtype,
                shapes={"input": shape},
                values=values,
                tags=(family,),
            ),
        )


def _failure(rng: random.Random, case: CaseInfo, target: TargetInfo, rule: str) -> Record:
    """A record that is not a pass, of a kind that the target is prone to."""
    kind = rng.choices(
        (
            "diverged",
            "crashed",
            "timeout",
            "nondeterministic",
            "undecided",
            "missing-golden",
            "stale-golden",
            "error",
        ),
        (80, 3, 3, 3, 3, 2, 2, 4),
    )[0]
    shape = tuple(next(iter(case.shapes.values())))
    repro = f"lockstep repro {case.id} --devices={target.device} --backends={target.backend}"
    common = {
        "case": case, "target": target.name, "rule": rule, "repro": repro,
        "nodeid": f"cases/ops::{case.id}[{target.name}]",
        "how": "emulated" if "emulator" in target.fingerprint else "ran",
        "evidence": {"device of out0": target.device, "graph breaks": 0} if target.backend != "eager" else {},
        "seconds": {"run": rng.lognormvariate(-8, 1), "total": rng.lognormvariate(-6, 1)},
        "golden": {"key": f"{rng.getrandbits(256):064x}", "provenance": PROVENANCE},
    }  # fmt: skip
    if kind in ("diverged", "nondeterministic"):
        ratio = 1.05 + rng.lognormvariate(1, 2)
        found = divergence(rng, case.dtype, shape, ratio, rule)
        first = found.worst[0]
        message = (
            f"out0 diverged: {ratio:.3g} × its allowance at {first.index}\n"
            f"  actual {first.actual} ({first.actual_hex})\n  golden {first.golden} ({first.golden_hex})\n"
            f"  rule {rule}: |e| ≤ {first.allowed:.3g}"
        )
        figures = {"max_ratio": ratio, "max_z": found.max_z, "rms_z": found.rms_z, "block_z": found.block_z}
        verdict = {"figures": figures, "warnings": ["errors lean towards zero: sign bias -0.12"]}
        return Record(status=kind, margin=ratio, message=message, verdict=verdict, outputs=[found.to_json()], **common)  # type: ignore[arg-type]
    messages = {
        "crashed": "worker died of signal 11 (SIGSEGV)",
        "timeout": "no answer within 30 s; the worker was killed",
        "undecided": f"no rule covers {case.op}",
        "missing-golden": f"no golden for {case.id}; --golden-update writes it",
        "stale-golden": "inputs changed since the golden was made",
        "error": 'RuntimeError: could not create a primitive descriptor\n  File "ops.py", line 7',
    }
    log = (
        "Fatal Python error: Segmentation fault\n\nCurrent thread 0x00007f (most recent call first):\n"
        if kind == "crashed"
        else ""
    )
    return Record(status=kind, message=messages[kind], log=log, **common)  # type: ignore[arg-type]


def run(count: int, *, failing: float = 0.05, seed: int = 7) -> Iterator[Line]:
    """The lines of a run of about `count` records, of which the share `failing` did not pass."""
    rng = random.Random(seed)
    yield Header(
        "2026-01-01T12-00-00", "2026-01-01T12:00:00+00:00", ("pytest", "--devices=all"),
        {"pytest-lockstep": "0.1.0", "python": "3.11.2", "pytest": "9.2.0"},
        {"name": "bench-1", "os": "Linux 6.1", "cpu": XEON, "cores": 2},
    )  # fmt: skip
    yield from (*TARGETS, ABSENT)
    summary = Summary()
    rules = {"elementwise": "transcendental", "matmul": "dot", "convolution": "dot", "reduction": "sum"}
    for family, case in cases(math.ceil(count / len(TARGETS))):
        rule = rules.get(family, family)
        # A wrong kernel is wrong wherever it is shared: a quarter of operator × dtype, on 1 to 3 targets.
        fault = random.Random(f"{seed} {case.op} {case.dtype}")
        weak = fault.random() < 0.25 and rng.random() < failing * len(TARGETS) / 1.75 / 0.25
        prone = {target.name for target in fault.sample(TARGETS, fault.choice((1, 1, 2, 3)))} if weak else set()
        records = [_one(rng, case, target, rule, prone) for target in TARGETS]
        for record in records:
            summary.add(record)
            yield record
        bad = [r.target for r in records if r.status == "diverged"]
        if bad:
            good = [r.target for r in records if r.status == "pass"]
            yield Attribution(case.id, good, [good, bad])
    counts = {target: dict(counter) for target, counter in summary.counts.items()}
    yield End("2026-01-01T12:03:41+00:00", counts)


def _one(rng: random.Random, case: CaseInfo, target: TargetInfo, rule: str, prone: set[str]) -> Record:
    if target.backend in ("onnxruntime", "openvino") and case.op in ("torch.cumprod", "torch.logsumexp"):
        message = f"no conversion for aten.{case.op.rsplit('.', 1)[1]}.default"
        return Record(case, target.name, "unsupported", message=message)
    if target.name == "s390x" and case.dtype == "bfloat16" and case.op == "torch.rsqrt":
        return Record(case, target.name, "unsupported", message='"rsqrt" not implemented for BFloat16 on torch 1.13.1')
    if target.name in prone:
        return _failure(rng, case, target, rule)
    if case.values == "subnormal" and rng.random() < 0.02:
        return Record(case, target.name, "vacuous", message="the golden is all zero")
    margin = min(0.99, rng.lognormvariate(-1.6, 0.7)) if case.dtype != "int32" else 0.0
    return Record(
        case, target.name, "pass", margin, rule, outputs=[_slim(rng, case, margin, rule)],
        how="emulated" if "emulator" in target.fingerprint else "ran",
        seconds={"run": rng.lognormvariate(-8, 1), "total": rng.lognormvariate(-6, 1)},
    )  # fmt: skip


def _slim(rng: random.Random, case: CaseInfo, margin: float, rule: str) -> dict[str, object]:
    """What a passing output carries: figures, no worst elements and no tiles."""
    shape = tuple(next(iter(case.shapes.values())))
    found = Divergence(
        output="out0", dtype=case.dtype, shape=shape, n=math.prod(shape), compared=math.prod(shape),
        max_abs=margin * 1e-6, max_rel=margin * 3e-6, max_ulp=margin * 4, mean_ulp=0.2, rmse=margin * 2e-7,
        cosine=1.0, snr_db=130 - 10 * rng.random(), max_ratio=margin, max_z=margin * 5, rms_z=margin,
        rule=rule,
    )  # fmt: skip
    return found.to_json()


def write(path: Path, count: int, *, failing: float = 0.05, seed: int = 7) -> Path:
    """Write a run of about `count` records to `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(dumps(line) + "\n" for line in run(count, failing=failing, seed=seed))
    return path
