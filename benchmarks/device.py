"""What the verdicts say of an accelerator's own kernels: all operators of the scoreboard, run on it and judged.

    python benchmarks/device.py --device=cuda [--scale 0.2] [--jobs 8]

Goldens are made here, by float64 on the CPU; the outputs are those of torch on the device, under the profile that a run
with `--devices` gives it. What it calls wrong is printed, worst first: each is a false alarm of ours or a finding about
the device, for a reader to say which. Where the CPU's kernel is called wrong, too, nothing is learnt about the device:
those are counted apart.
"""

from __future__ import annotations

import argparse
import collections
import multiprocessing
import sys
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.scoreboard import subjects as all_subjects
from benchmarks.verdicts import verdict_on, wilson
from tests.numerics.torchrun import TorchRun


@dataclass
class Found:
    """Of each set of subjects: how many outputs were judged, and how many were called wrong here and on the CPU alike.
    alarms: (set, margin, what the message said). missing: why a subject did not run on the device, and how often.
    """

    judged: collections.Counter[str] = field(default_factory=collections.Counter)
    alike: collections.Counter[str] = field(default_factory=collections.Counter)
    alarms: list[tuple[str, float, str]] = field(default_factory=list)
    missing: collections.Counter[str] = field(default_factory=collections.Counter)

    def add(self, other: Found) -> None:
        self.judged += other.judged
        self.alike += other.alike
        self.missing += other.missing
        self.alarms += other.alarms


def judged(device: str, profile: str, scale: float, part: int, jobs: int) -> Found:
    """What one of the processes judges: every so many subjects, from the `part`th on."""
    import torch

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    found = Found()
    for number, (kernel, case, group) in enumerate(all_subjects.subjects(scale)):
        if number % jobs != part:
            continue
        try:
            s = all_subjects.make(kernel, case, group)
        except Exception as error:
            found.missing[f"no golden: {type(error).__name__}"] += 1
            continue
        if not s.proves:
            continue
        try:
            outputs = TorchRun(case, device=device)(s.inputs, None)
        except Exception as error:
            found.missing[f"{type(error).__name__}: {str(error).splitlines()[0][:90]}"] += 1
            if "CUDA error" in str(error):  # nothing runs any more in this process
                break
            continue
        found.judged[group] += 1
        verdict = verdict_on(s, outputs, profile)[0]
        if verdict.status == "pass":
            continue
        if verdict_on(s, s.own, "cpu")[0].status != "pass":
            found.alike[group] += 1
        else:
            margin = verdict.margin if verdict.margin is not None else float("inf")
            found.alarms.append((group, margin, f"{s.label}: {verdict.message[:240]}"))
    return found


def profile_of(device: str) -> str:
    """The profile that a run with `--devices` judges the device by."""
    import tempfile

    from harness.lab import discover
    from harness.lab.pool import Lab

    lab = Lab(Path(tempfile.mkdtemp()))
    try:
        return discover.select([device], [], lab)[0].device.profile
    finally:
        lab.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda", help="as torch and --devices name it")
    parser.add_argument("--scale", type=float, default=1.0, help="this share of the subjects")
    parser.add_argument("--jobs", type=int, default=max(1, (multiprocessing.cpu_count() or 2) // 2))
    options = parser.parse_args()
    began, profile = time.perf_counter(), profile_of(options.device)
    found = Found()
    with ProcessPoolExecutor(options.jobs, multiprocessing.get_context("spawn")) as pool:
        parts = [
            pool.submit(judged, options.device, profile, options.scale, part, options.jobs)
            for part in range(options.jobs)
        ]
        for part in parts:
            found.add(part.result())
    for _, margin, text in sorted(found.alarms, key=lambda a: (-a[1], a[2])):
        print(f"{margin:10.3g}×  {text}")
    for why, times in found.missing.most_common():
        print(f"{times:6d} not run: {why}")
    print(f"\n{options.device}, profile {profile}, {time.perf_counter() - began:.0f} s")
    print(f"{'judged':>8} {'called wrong':>22} {'CPU alike':>10}  operators")
    called = collections.Counter(group for group, *_ in found.alarms)
    for group in (*all_subjects.GROUPS, "all"):
        n, wrong, alike = (c.total() if group == "all" else c[group] for c in (found.judged, called, found.alike))
        low, high = wilson(wrong, n)
        share = f"{wrong} = {100 * wrong / max(n, 1):.2f}% ({100 * low:.2f}-{100 * high:.2f})"
        print(f"{n:8d} {share:>22} {alike:10d}  {group}")


if __name__ == "__main__":
    main()
