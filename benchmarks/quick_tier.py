"""How long the quick tier takes: `pytest --devices=all` on the shipped cases, cold and with the compilers' cache warm.

    python benchmarks/quick_tier.py [PYTEST ARGUMENTS]
    python benchmarks/quick_tier.py --devices=all --backends=all

Prints seconds and cells per second of two runs in a row, the first with nothing in the cache but what `lockstep
provision` has built. Limit: 5 minutes on two cores.
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
sys.path.insert(0, str(ROOT))

from harness.provision import cache_dir  # noqa: E402


def main() -> None:
    arguments = sys.argv[1:] or ["--devices=all"]
    with tempfile.TemporaryDirectory() as cache:
        for built in ("sysroots", "venvs"):
            if (cache_dir() / built).is_dir():
                (Path(cache) / built).symlink_to(cache_dir() / built)
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
