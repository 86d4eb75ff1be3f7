"""How long the quick tier takes: `pytest --devices=all` on the shipped cases, cold and with the compilers' cache warm.

    python benchmarks/quick_tier.py [PYTEST ARGUMENTS]

Prints seconds and cells per second of two runs in a row, the first with an empty cache. Limit: 5 minutes on two cores.
Emulated architectures are left out unless they are named (`--devices=all,s390x`): they live in the cache.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    arguments = sys.argv[1:] or ["--devices=all"]
    with tempfile.TemporaryDirectory() as cache:
        times = [run(arguments, cache, state) for state in ("cold", "warm")]
    print(f"warm ÷ cold: {times[1] / times[0]:.2f}")


def run(arguments: list[str], cache: str, state: str) -> float:
    """Seconds of one run; prints them with what pytest counted."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments, f"--report-dir={cache}/reports"],
        cwd=ROOT,
        env={**os.environ, "LOCKSTEP_CACHE": cache},
        capture_output=True,
        text=True,
    )
    seconds = time.perf_counter() - began
    counted = re.findall(r"(\d+) (passed|failed|skipped|xfailed)", done.stdout.splitlines()[-1])
    cells = sum(int(count) for count, _ in counted)
    words = ", ".join(f"{count} {what}" for count, what in counted)
    print(f"{state}: {seconds:.0f} s for {cells} cells, {cells / seconds:.0f} a second ({words})")
    return seconds


if __name__ == "__main__":
    main()
