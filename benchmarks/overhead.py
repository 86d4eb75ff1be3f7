"""What the harness costs a case beyond the operator's own time, on a warm local target with the golden cached.

    python benchmarks/overhead.py

Runs every shipped one-operator case of the quick tier on `cpu`: once to warm the worker, then ROUNDS times, each time
run, shipped, compared, judged and recorded. Prints the median cost in ms, and its ratio to the median of computing the
operator in float64 and calling `torch.testing.assert_close`, in process, on the same inputs. Limit: 1 ms median.
"""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from pathlib import Path

from harness import inputs as seeded
from harness import journal, load, records
from harness.case import Case
from harness.lab.discover import select
from harness.lab.pool import Lab
from harness.session import Session

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5


def main() -> None:
    cases = shipped()
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder) / "cache")
        try:
            ours = harness_cost(cases, lab, Path(folder))
        finally:
            lab.close()
    plain = plain_cost(cases)
    cost = statistics.median(ours)
    print(f"{len(ours)} cases on cpu, golden cached, worker warm")
    print(f"harness cost per case beyond the operator: median {cost * 1e3:.2f} ms")
    print(f"float64 reference + torch.testing.assert_close in process: median {plain * 1e3:.2f} ms")
    print(f"ratio: {cost / plain:.2f}")


def shipped() -> list[Case]:
    """One-operator cases of the quick tier."""
    found = []
    for path in sorted((ROOT / "cases" / "ops").glob("*.yaml")):
        listing = load.load(path, root=ROOT, describe=lambda _: [])
        found += [case for case in listing.cases if case.tier == "quick"]
    return found


def harness_cost(cases: list[Case], lab: Lab, folder: Path) -> list[float]:
    """Seconds per case, the operator's own time taken off, best of ROUNDS for each case."""
    target = select(["cpu"], ["eager"], lab)[0]
    best: dict[str, float] = {}
    writer = journal.RecordWriter(folder / "run" / "records.jsonl", records.Header(id="benchmark", started=""))
    for round in range(ROUNDS + 1):
        session = Session(lab, ROOT, ROOT / "golden", [target])
        for start in range(0, len(cases), 48):  # as the plugin does it: a window of cases is queued ahead
            window = cases[start : start + 48]
            for case in window:
                session.prepare(case)
            own = []
            began = time.perf_counter()
            for case in window:
                session.submit(case, target)
            for case in window:
                record = session.record(case, target)
                writer.write(record)
                own.append(record.seconds.get("run", 0.0))
                session.forget(case)
            cost = (time.perf_counter() - began - sum(own)) / len(window)
            if round:
                for case in window:
                    best[case.id] = min(best.get(case.id, cost), cost)
    writer.close()
    return list(best.values())


def plain_cost(cases: list[Case]) -> float:
    """Median seconds of what a hand-written test does: the operator in float64, then assert_close."""
    import torch

    from harness.lab.worker import graph, tensors
    from harness.program import Blob, of_operator

    times = []
    for case in cases:
        doc = of_operator(case).doc
        if doc["grad"] or doc["mutated"]:
            continue
        blobs = [Blob.of(seeded.make(spec, case_seed=case.seed), spec.dtype) for spec in case.inputs]
        values = [tensors.decode(blob.raw, blob.dtype, blob.shape) for blob in blobs]
        try:
            own = graph.Graph(doc, {}, torch.device("cpu"))
            wide = graph.Graph(doc, {}, torch.device("cpu"), "float64")
            with torch.no_grad():
                actual = own(*values)
                best = float("inf")
                for _ in range(ROUNDS):
                    began = time.perf_counter()
                    expected = wide(*[wide.place(value) for value in values])
                    for a, e in zip(actual, expected, strict=True):
                        with contextlib.suppress(AssertionError):
                            torch.testing.assert_close(a, e, check_dtype=False, equal_nan=True)
                    best = min(best, time.perf_counter() - began)
        except (RuntimeError, TypeError, tensors.Unsupported):
            continue
        times.append(best)
    return statistics.median(times)


if __name__ == "__main__":
    main()
