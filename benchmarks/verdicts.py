"""How good the verdicts are: false alarms on honest outputs, recall on faulty ones, beside other tools'
rules.

    python benchmarks/verdicts.py [--scale 0.2] [--no-inductor] [--rivals-every 1] [--misses] [--jobs 2]

Honest outputs: seven machines with other orders of summation, FMA and function libraries, on kernels written for it and
on the core operators that torch decomposes an operator into; half precision computed in float32 and rounded once;
tensor cores emulated and judged by their own profiles: honest by construction. And torch's kernels, at other
instruction-set levels and thread counts, on strided inputs, and by inductor: honest unless they lie more than 16σ off,
σ the noise of what is honest by construction, where anything is. Those that do are faults like any other, and printed;
what calls a kernel that cases/expectations.yaml or docs/findings.md records as wrong is neither, nor is what nothing
tells apart.
Faulty ones: errors of 3 to 1000σ of honest noise from one element to the whole tensor, wrong memory, wrong arithmetic,
wrong logic, made on an honest output. σ comes from the honest outputs, not from the rule under test. From the seventh
set of operators on each was kept aside while thresholds were tuned, and scored before anything was changed for it: what
it showed then is in the README. Each is printed apart. Intervals are Wilson's, at 95%.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import math
import multiprocessing
import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.scoreboard import rivals
from benchmarks.scoreboard import subjects as all_subjects
from benchmarks.scoreboard.faulty import faults
from benchmarks.scoreboard.honest import elsewhere, lowered
from benchmarks.scoreboard.honest.machine import HONEST, LIBRARIES, ORDERS, TENSOR_CORES
from benchmarks.scoreboard.sets import second, third
from benchmarks.scoreboard.subjects import HALF, Subject, severity
from harness.lab.worker.recorder import kernels
from harness.numerics.judge import judge
from harness.numerics.measure import measure
from harness.numerics.profile import load
from harness.numerics.rules import pairs
from harness.numerics.types import Divergence, Verdict
from tests.numerics.torchrun import TorchRun, made

Array = np.ndarray[Any, Any]
Others = Mapping[str, Mapping[int, Mapping[str, Array]]]
BINS = ((0.0, 6.0, "below 6σ"), (6.0, 30.0, "6 to 30σ"), (30.0, math.inf, "30σ and more"))
OURS = "Lockstep"
FUNCTIONS = (
    *("exp", "log", "tanh", "sin", "sigmoid", "erf", "expm1", "gelu", "silu", "rsqrt", "softmax", "log_softmax"),
    *(*second.FUNCTIONS, "softmin", "elu", *third.FUNCTIONS),
)


@dataclass
class Score:
    """Counts of one tool on one group: honest outputs and alarms on them, faulty ones and those caught, by
    severity.
    """

    honest: int = 0
    alarms: int = 0
    faulty: collections.Counter[str] = field(default_factory=collections.Counter)
    caught: collections.Counter[str] = field(default_factory=collections.Counter)

    def add(self, other: Score) -> None:
        self.honest, self.alarms = self.honest + other.honest, self.alarms + other.alarms
        self.faulty, self.caught = self.faulty + other.faulty, self.caught + other.caught


@dataclass
class Board:
    """Scores by (group, tool), and what went wrong, for a reader who asks."""

    scores: dict[tuple[str, str], Score] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)
    missed: list[tuple[float, str, str, str]] = field(default_factory=list)
    kinds: dict[str, list[int]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    wrong: list[tuple[float, str, bool]] = field(default_factory=list)
    honest_noise: list[tuple[str, float, float, int]] = field(default_factory=list)
    reach: list[tuple[float, str]] = field(default_factory=list)

    def of(self, group: str, tool: str) -> Score:
        return self.scores.setdefault((group, tool), Score())

    def honest(self, group: str, tool: str, accepted: bool) -> None:
        score = self.of(group, tool)
        score.honest += 1
        score.alarms += not accepted

    def faulty(self, group: str, tool: str, severity: float, accepted: bool) -> None:
        label = next(name for low, high, name in BINS if low <= severity < high or (high == math.inf == severity))
        score = self.of(group, tool)
        score.faulty[label] += 1
        score.caught[label] += not accepted

    def kind(self, name: str, caught: bool) -> None:
        counts = self.kinds.setdefault(name, [0, 0])
        counts[0] += 1
        counts[1] += caught

    def add(self, other: Board) -> None:
        """Add what another process scored."""
        for key, part in other.scores.items():
            self.of(*key).add(part)
        for name, (n, caught) in other.kinds.items():
            counts = self.kinds.setdefault(name, [0, 0])
            counts[0], counts[1] = counts[0] + n, counts[1] + caught
        for name in ("alarms", "missed", "left_out", "wrong", "honest_noise", "reach"):
            getattr(self, name).extend(getattr(other, name))


def verdict_on(s: Subject, outputs: Mapping[str, Array], profile: str) -> tuple[Verdict, list[Divergence]]:
    """Lockstep's verdict on a subject's outputs."""
    chosen = load(profile)
    named = {name: made(name, array) for name, array in outputs.items()}
    facts = [measure(a, g, allowance) for a, g, allowance in pairs(s.golden, named, s.inputs, chosen)]
    return judge(facts, rule=s.golden.rule, profile=profile), facts


def variants(s: Subject, others: Others, number: int) -> None:
    """Fill in every way to compute the subject, which of them are honest, and σ."""
    s.found["torch here"] = s.own
    recorded = {"float64": all_subjects.RECORDED_WIDE, **dict.fromkeys(HALF, all_subjects.RECORDED)}
    if known := recorded.get(s.case.dtype):
        called = {name for name, *_ in kernels(lambda: TorchRun(s.case)(s.inputs, None))}
        # One kernel computes convolutions of both kinds.
        s.recorded = not known.isdisjoint({*called, s.case.target.rpartition(".")[2]})
    if "as_strided" not in s.case.target:  # which reads the memory and not the elements
        with contextlib.suppress(RuntimeError, NotImplementedError):  # views ask for whole inputs
            s.found["torch, strided"] = TorchRun(s.case, strided=True)(s.inputs, None)
    if s.case.dtype in HALF:
        with contextlib.suppress(Exception):
            outputs = lowered.rounded_once(s.case, s.inputs, s.own)
            if outputs.keys() == s.own.keys():
                s.built[all_subjects.IN_FLOAT32] = (outputs, "cpu")
    if not s.kernel or (s.case.dtype in HALF and s.kernel == "attention"):
        with contextlib.suppress(Exception):  # not every operator is traced
            for label, outputs in lowered.variants(s.case, s.inputs, s.own):
                if label == lowered.TORCHS_OWN:
                    s.found[label] = outputs
                else:
                    s.built[label] = (outputs, "cpu")
    for label, runs in others.items():
        if number in runs and set(runs[number]) >= set(s.own):
            s.found[label] = runs[number]
    if s.kernel:
        wide = faults.kernel_inputs(s)
        for machine in (*HONEST, *(LIBRARIES[:4] if s.kernel in FUNCTIONS else ())):
            s.built[machine.name] = ({"out0": faults.run_kernel(s, machine, wide)}, "cpu")
        if s.kernel in ("matmul", "bmm", "linear", "conv2d", "addmm", "mv", "inner") and s.case.dtype in HALF:
            for profile, machine in TENSOR_CORES.items():
                if profile != "v100" or s.case.dtype == "float16":
                    s.built[machine.name] = ({"out0": faults.run_kernel(s, machine, wide)}, profile)
    # Where a function or a sum errs is chance: its noise at one element takes more libraries and orders than the honest
    # outputs need.
    more = (*(LIBRARIES[4:] if s.kernel in FUNCTIONS else ()), *(ORDERS if s.kernel in faults.SUMS else ()))
    s.settle([faults.run_kernel(s, machine, faults.kernel_inputs(s)) for machine in more])


def score(s: Subject, board: Board, every: int) -> None:
    """All honest and faulty outputs of a subject through all tools."""
    board.reach.append((s.reach, s.label))
    for label, (outputs, profile) in s.honest.items():
        verdict, facts = verdict_on(s, outputs, profile)
        good = verdict.status == "pass"
        board.honest(s.group, OURS, good)
        board.honest_noise += [
            (f"{d.rule} {s.label} {label}", d.max_z, d.rms_z, d.compared) for d in facts if d.max_z and d.rms_z
        ]
        if not good:
            board.alarms.append(f"{s.label} [{label}] {verdict.message[:300]}")
        if profile == "cpu":
            results = [rivals.accepts(s, name, array) for name, array in outputs.items()]
            for tool in rivals.RIVALS:
                board.honest(s.group, tool, all(r[tool] for r in results))
    for label, size in s.wrong.items():
        good = verdict_on(s, s.found[label], "cpu")[0].status == "pass"
        board.faulty(s.group, OURS, size, good)
        board.kind("PyTorch's own", not good)
        board.wrong.append((size, f"{s.label} [{label}]", not good))
        if good:
            board.missed.append((size, label, s.label, s.golden.rule))
        results = [rivals.accepts(s, name, array) for name, array in s.found[label].items()]
        for tool in rivals.RIVALS:
            board.faulty(s.group, tool, size, all(r[tool] for r in results))
    for number, (name, wrong) in enumerate(faults.faults(s)):
        size = severity(s.first, wrong, s.sigma)
        verdict, _ = verdict_on(s, {**s.base, "out0": wrong}, "cpu")
        good = verdict.status == "pass"
        board.faulty(s.group, OURS, size, good)
        board.kind(name.rsplit(" ", 1)[0] if name.endswith("σ") else name, not good)
        if good:
            board.missed.append((size, name, s.label, s.golden.outputs[0].rule))
        if number % every == 0:
            for tool, accepted in rivals.accepts(s, "out0", wrong).items():
                board.faulty(s.group, tool, size, accepted)


def scored(options: argparse.Namespace, others: Others, part: int) -> Board:
    """What one of the processes scores: every so many subjects, from the `part`th on."""
    import torch

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    board = Board()
    for number, (kernel, case, group) in enumerate(all_subjects.subjects(options.scale)):
        if number % options.jobs != part or (options.group is not None and group != all_subjects.GROUPS[options.group]):
            continue
        try:
            s = all_subjects.make(kernel, case, group)
        except Exception as error:  # not scored, and said so
            board.left_out.append(f"{case.id}: {type(error).__name__}: {error}")
            continue
        if not s.proves:
            continue
        try:
            one = scored_alone(s, others, number, options.rivals_every)
        except Exception as error:  # costs one subject, not the hour before it
            board.left_out.append(f"{s.label}: scoring it raised {type(error).__name__}: {error}")
            continue
        board.add(one)
    return board


def scored_alone(s: Subject, others: Others, number: int, every: int) -> Board:
    """The board of one subject."""
    board = Board()
    variants(s, others, number)
    if s.known:
        score(s, board, every)
    else:
        board.left_out.append(f"{s.case.id}: float64's own kernel is the golden, and nothing else computes it")
    return board


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval of a proportion. Source: Wilson, JASA 1927."""
    if n == 0:
        return 0.0, 1.0
    p = hits / n
    centre, spread = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def _share(hits: int, n: int) -> str:
    if not n:
        return "–"
    low, high = wilson(hits, n)
    return f"{100 * hits / n:.2f}% ({100 * low:.2f}–{100 * high:.2f})"


def table(board: Board) -> Iterable[str]:
    """The scoreboard as text, one block a group and one for all."""
    tools = [OURS, *rivals.RIVALS]
    for group in (*all_subjects.GROUPS, "all"):
        rows = {t: _all(board, t) if group == "all" else board.of(group, t) for t in tools}
        ours = rows[OURS]
        yield f"\n{group}: {ours.honest} honest outputs, {sum(ours.faulty.values())} faulty"
        yield f"  {'':24}{'false alarms':>24}" + "".join(f"{name:>26}" for _, _, name in BINS) + f"{'all faults':>26}"
        for tool, row in rows.items():
            cells = [_share(row.alarms, row.honest)]
            cells += [_share(row.caught[name], row.faulty[name]) for _, _, name in BINS]
            cells.append(_share(sum(row.caught.values()), sum(row.faulty.values())))
            yield f"  {tool:24}{cells[0]:>24}" + "".join(f"{cell:>26}" for cell in cells[1:])


def _all(board: Board, tool: str) -> Score:
    total = Score()
    for group in all_subjects.GROUPS:
        total.add(board.of(group, tool))
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the subjects to take")
    parser.add_argument("--no-inductor", action="store_true", help="leave inductor out (it compiles for a minute)")
    parser.add_argument("--rivals-every", type=int, default=1, help="show rivals every Nth fault only")
    parser.add_argument("--misses", action="store_true", help="print each alarm and the worst misses")
    parser.add_argument("--jobs", type=int, default=2, help="processes to score in")
    parser.add_argument(
        "--group",
        type=int,
        choices=range(len(all_subjects.GROUPS)),
        help="one of the sets only, by its number from 0 on",
    )
    options = parser.parse_args()
    began = time.perf_counter()
    others = elsewhere.gather(options.scale, inductor=not options.no_inductor)
    board = Board()
    with ProcessPoolExecutor(options.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for part in pool.map(scored, *zip(*((options, others, part) for part in range(options.jobs)), strict=True)):
            board.add(part)
    print("\n".join(report(board, options.misses)))
    print(f"\n{time.perf_counter() - began:.0f} s")


def report(board: Board, misses: bool) -> Iterator[str]:
    """All that is printed."""
    yield from table(board)
    if board.left_out:
        yield f"\n{len(board.left_out)} subjects without a golden, or without a σ, are not scored:"
        yield from (f"  {line}" for line in sorted(board.left_out))
    size, label = max(board.reach, default=(0.0, ""))
    yield f"\nhonest by construction, furthest from the golden in σ of the others: {size:.3g}σ, {label}"
    yield f"\n{len(board.wrong)} outputs of PyTorch's kernels count as faulty, from {all_subjects.WRONG:.0f}σ on:"
    for size, label, caught in sorted(board.wrong, key=lambda found: found[1]):
        yield f"  {size:10.3g}σ  {'caught' if caught else 'MISSED'}  {label}"
    yield "\nfaults caught by kind:"
    for kind, (n, caught) in sorted(board.kinds.items(), key=lambda item: item[1][1] / item[1][0]):
        yield f"  {kind:28} {caught:5} of {n:5}  {100 * caught / n:6.2f}%"
    if not misses:
        return
    yield "\nfalse alarms:"
    yield from (f"  {line}" for line in sorted(board.alarms) or ["none"])
    yield "\nmissed, most severe first:"
    for severe, name, label, rule in sorted(board.missed, reverse=True):
        yield f"  {severe:10.3g}σ  {name:24} {label}  {rule}"
    yield "\nhonest noise, largest max|z|:"
    for name, z, rms, n in sorted(board.honest_noise, key=lambda item: -item[1])[:40]:
        yield f"  max|z| {z:6.2f}  RMS {rms:5.2f}  n {n:6}  {name}"


if __name__ == "__main__":
    main()
