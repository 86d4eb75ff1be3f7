"""What measuring costs beside reading the tensors once, and beside the usual comparisons.

    python benchmarks/measure.py [--elements N ...]

All rows are timed in one process, best of several rounds that visit the rows in turn; what counts is the ratio.
`reading` takes the largest element of both arrays with NumPy, in one thread. Limit: 4 × at 64 M elements.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from harness.numerics import formats, kernel
from harness.numerics.judge import judge
from harness.numerics.measure import measure
from harness.numerics.types import Allowance


@dataclass
class Output:
    """An output, or a golden, of float32."""

    data: np.ndarray
    name: str = "out0"
    dtype: str = "float32"

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    @property
    def y(self) -> np.ndarray:
        return self.data


def pair(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Two float32 tensors of n elements that differ by rounding."""
    side = 1 << (n.bit_length() // 2)
    y = np.random.default_rng(0).standard_normal((n // side, side), dtype=np.float32)
    return y * np.float32(1 + 1e-7), y


def rows(n: int) -> dict[str, Callable[[], object]]:
    """What is timed on tensors of n elements."""
    a, y = pair(n)
    out, golden = Output(a), Output(y)
    cap = Allowance(cap=1e-5)
    noise = Allowance(cap=1e-5, sigma=1e-6)
    table: dict[str, Callable[[], object]] = {
        "reading both once": lambda: (a.max(), y.max()),
        "measure + judge, cap": lambda: judge([measure(out, golden, cap, detail=False)]),
        "measure + judge, cap and noise": lambda: judge([measure(out, golden, noise, detail=False)]),
        "numpy.allclose": lambda: np.allclose(a, y, rtol=1e-5, atol=1e-5),
    }
    if n <= 1 << 20:
        wide = Output(y.astype(np.float64))
        u = formats.ulp(wide.y, "float32")
        arrays = Allowance(cap=8 * u, sigma=u)
        table["measure + judge, float64 golden, arrays"] = lambda: judge([measure(out, wide, arrays, detail=False)])
    try:
        import torch

        ta, ty = torch.from_numpy(a), torch.from_numpy(y)
        table["torch.testing.assert_close"] = lambda: torch.testing.assert_close(ta, ty, rtol=1e-5, atol=1e-5)
    except ImportError:
        pass
    return table


def seconds(table: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Best time of each row, the rows visited in turn."""
    times: dict[str, list[float]] = {name: [] for name in table}
    for _ in range(rounds):
        for name, call in table.items():
            began = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - began)
    return {name: min(some) if rounds < 50 else statistics.quantiles(some, n=10)[0] for name, some in times.items()}


def main() -> None:
    """Print one table per size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--elements", type=int, nargs="*", default=[4096, 1 << 20, 1 << 26])
    arguments = parser.parse_args()
    print("pass:", "NumPy" if kernel.load() is None else "compiled")
    for n in arguments.elements:
        found = seconds(rows(n), 300 if n < 1 << 18 else 20)
        base = found["reading both once"]
        print(f"\n{n:,} elements of float32")
        for name, value in found.items():
            print(f"  {name:42s} {value * 1e6:12.1f} µs {value / base:8.1f} ×")


if __name__ == "__main__":
    main()
