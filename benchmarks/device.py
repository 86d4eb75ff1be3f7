"""What the verdicts say of an accelerator's own kernels: all operators of the scoreboard, run on it and judged.

    python benchmarks/device.py --device=cuda [--scale 0.2] [--jobs 8]
    python benchmarks/device.py --device=cuda --save outputs/      where the device is: run only
    python benchmarks/device.py --outputs outputs/                 here: judge what was saved

Goldens are made by float64 on the CPU; the outputs are those of torch on the device, judged by the profile that a
run with `--devices` gives it. What is called wrong is printed, worst first: each is a false alarm of ours, or a finding
about the device, for a reader to say. Where the CPU's kernel is called wrong, too, nothing is learnt about the device:
those are counted apart.
"""

from __future__ import annotations

import argparse
import collections
import json
import multiprocessing
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.scoreboard import subjects as all_subjects
from benchmarks.verdicts import verdict_on, wilson
from harness import inputs as seeded
from harness.case import Case
from harness.numerics import formats
from tests.numerics.torchrun import TorchRun

Array = np.ndarray[Any, Any]
Outputs = Mapping[str, Array]


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


def _quiet() -> None:
    import torch

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")


def _inputs(case: Case) -> dict[str, Array]:
    return {spec.name: seeded.make(spec, case_seed=case.seed) for spec in case.inputs}


def _key(case: Case, inputs: Mapping[str, Array]) -> str:
    """Of what was run: PyTorch's own samples are others in another of its releases."""
    return f"{case.key()[:16]}{seeded.digest(inputs)[:16]}"


def _subjects(scale: float, part: int, jobs: int) -> Iterator[tuple[str, Case, str]]:
    """Every so many subjects, from the `part`th on."""
    for number, subject in enumerate(all_subjects.subjects(scale)):
        if number % jobs == part:
            yield subject


def saved(device: str, folder: Path, scale: float, part: int, jobs: int) -> collections.Counter[str]:
    """Run subjects on the device, and write what they gave; why some did not run."""
    import torch

    _quiet()
    missing: collections.Counter[str] = collections.Counter()
    arrays: dict[str, Array] = {}
    for _, case, _ in _subjects(scale, part, jobs):
        inputs = _inputs(case)
        torch.manual_seed(0)
        try:
            outputs = TorchRun(case, device=device)(inputs, None)
        except Exception as error:
            missing[f"{type(error).__name__}: {str(error).splitlines()[0][:90]}"] += 1
            if "CUDA error" in str(error):  # nothing runs any more in this process
                break
            continue
        for name, array in outputs.items():
            # NumPy's file format knows neither bfloat16 nor float8: bytes are stored, and the dtype's name.
            plain = np.frombuffer(np.array(array, order="C").tobytes(), np.uint8)
            shape = "x".join(map(str, array.shape))
            arrays[f"{_key(case, inputs)}/{name}/{formats.dtype_name(array.dtype)}/{shape}"] = plain
    np.savez_compressed(folder / f"part-{part}.npz", **arrays)
    return missing


def loaded(folder: Path) -> dict[str, dict[str, Array]]:
    """What `saved` wrote: key → outputs by name."""
    found: dict[str, dict[str, Array]] = {}
    for path in sorted(folder.glob("part-*.npz")):
        with np.load(path) as archive:
            for entry in archive.files:
                key, name, dtype, shape = entry.split("/")
                array = archive[entry].view(formats.numpy_dtype(dtype))
                found.setdefault(key, {})[name] = array.reshape([int(n) for n in shape.split("x") if n])
    return found


def judged(folder: Path, profile: str, scale: float, part: int, jobs: int) -> Found:
    """Judge what was saved of every so many subjects."""
    _quiet()
    outputs, found = loaded(folder), Found()
    for kernel, case, group in _subjects(scale, part, jobs):
        there = outputs.get(_key(case, _inputs(case)))
        if there is None:
            continue
        try:
            s = all_subjects.make(kernel, case, group)
        except Exception as error:
            found.missing[f"no golden: {type(error).__name__}"] += 1
            continue
        if not s.proves:
            continue
        found.judged[group] += 1
        verdict = verdict_on(s, there, profile)[0]
        if verdict.status == "pass":
            continue
        if verdict_on(s, s.own, "cpu")[0].status != "pass":
            found.alike[group] += 1
        else:
            margin = verdict.margin if verdict.margin is not None else float("inf")
            found.alarms.append((group, margin, f"{s.label}: {verdict.message[:240]}"))
    return found


def about(device: str) -> dict[str, str]:
    """The device's name, the profile that a run with `--devices` judges it by, and torch's version."""
    import torch

    from harness.lab import discover
    from harness.lab.pool import Lab

    lab = Lab(Path(tempfile.mkdtemp()))
    try:
        one = discover.select([device], [], lab)[0].device
    finally:
        lab.close()
    return {"device": one.name, "what": one.description, "profile": one.profile, "torch": str(torch.__version__)}


def report(found: Found, facts: Mapping[str, str]) -> None:
    """What is wrong, worst first, and how many of each set."""
    for _, margin, text in sorted(found.alarms, key=lambda a: (-a[1], a[2])):
        print(f"{margin:10.3g}×  {text}")
    print("\n" + ", ".join(f"{k} {v}" for k, v in facts.items()))
    print(f"{'judged':>8} {'called wrong':>26} {'CPU alike':>10}  operators")
    called = collections.Counter(group for group, *_ in found.alarms)
    for group in (*all_subjects.GROUPS, "all"):
        n, wrong, alike = (c.total() if group == "all" else c[group] for c in (found.judged, called, found.alike))
        low, high = wilson(wrong, n)
        share = f"{wrong} = {100 * wrong / max(n, 1):.2f}% ({100 * low:.2f}-{100 * high:.2f})"
        print(f"{n:8d} {share:>26} {alike:10d}  {group}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda", help="as torch and --devices name it")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="run only, and write the outputs there")
    parser.add_argument("--outputs", type=Path, metavar="FOLDER", help="judge outputs that --save wrote")
    parser.add_argument("--scale", type=float, default=1.0, help="this share of the subjects")
    parser.add_argument("--jobs", type=int, default=max(1, (multiprocessing.cpu_count() or 2) // 2))
    options = parser.parse_args()
    began = time.perf_counter()
    folder = options.outputs or options.save or Path(tempfile.mkdtemp())
    if not options.outputs:
        folder.mkdir(parents=True, exist_ok=True)
        folder.joinpath("about.json").write_text(json.dumps(about(options.device)))
    facts = json.loads(folder.joinpath("about.json").read_text())
    jobs, found = options.jobs, Found()
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        if not options.outputs:
            runs = [pool.submit(saved, options.device, folder, options.scale, part, jobs) for part in range(jobs)]
            for run in runs:
                found.missing += run.result()
        if not options.save:
            judging = [pool.submit(judged, folder, facts["profile"], options.scale, part, jobs) for part in range(jobs)]
            for one in judging:
                found.add(one.result())
    for why, times in found.missing.most_common():
        print(f"{times:6d} not run: {why}")
    if not options.save:
        report(found, facts)
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
