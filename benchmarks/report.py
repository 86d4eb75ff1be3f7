"""How large the report is and how fast it opens: `python benchmarks/report.py [RECORDS ...]`.

Writes synthetic runs in which 5% failed, renders each in a process of its own, opens it in Chromium from disk
and prints size, time to the first paint, times until the matrix and a filtered list stand, time to render and
peak memory. Limits: 10,000 records 2 MB and 0.5 s, 100,000 records 15 MB and 2 s to the first paint.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tabulate import tabulate

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "report")]

import synthetic  # noqa: E402 - beside the report's tests
from browser import Browser  # noqa: E402

LIMITS = {10_000: (2.0, 0.5), 100_000: (15.0, 2.0)}  # records → MB, seconds to the first paint
RENDER = """
import resource, sys, time
from pathlib import Path
from harness.report import html
start = time.perf_counter()
html.render(Path(sys.argv[1]), Path(sys.argv[2]))
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
# The time that a change of the address takes until the view is drawn, in ms.
CHANGE = """
const done = arguments[0], start = performance.now();
performance.clearMarks('ready');
document.documentElement.dataset.ready = '';
location.hash = done;
window.timing = new Promise((resolve) => {
  const look = () => performance.getEntriesByName('ready').length
    ? requestAnimationFrame(() => resolve(performance.now() - start)) : setTimeout(look, 1);
  look();
});
"""


def measure(count: int, folder: Path) -> dict[str, str]:
    """One row of the table."""
    records = synthetic.write(folder / f"{count}.jsonl", count)
    page = folder / f"{count}.html"
    command = [sys.executable, "-c", RENDER, str(records), str(page)]
    seconds, peak = map(float, subprocess.check_output(command, text=True, cwd=ROOT).split())
    paints, opens, filters = [], [], []
    for _ in range(3):
        with Browser() as browser:
            browser.open(page)
            browser.ready()
            browser.wait("performance.getEntriesByName('first-contentful-paint').length", 30)
            paints.append(browser.run("return performance.getEntriesByName('first-contentful-paint')[0].startTime"))
            for route, times in (("#/matrix", opens), ("#/cases?q=status%3Adiverged&sort=-ulp", filters)):
                browser.run(CHANGE, route)
                times.append(browser.run("return window.timing"))
    megabytes, paint = page.stat().st_size / 1e6, sorted(paints)[1] / 1e3
    most, longest = LIMITS.get(count, (None, None))
    return {
        "records": f"{count:,}",
        "size, MB": f"{megabytes:.2f}" + ("" if most is None else f" (limit {most:g})"),
        "first paint, s": f"{paint:.2f}" + ("" if longest is None else f" (limit {longest:g})"),
        "open matrix, s": f"{sorted(opens)[1] / 1e3:.2f}",
        "filter + sort, s": f"{sorted(filters)[1] / 1e3:.2f}",
        "render, s": f"{seconds:.1f}",
        "peak, MB": f"{peak:.0f}",
    }


def main() -> None:
    """Print the table."""
    counts = [int(text) for text in sys.argv[1:]] or list(LIMITS)
    with tempfile.TemporaryDirectory() as folder:
        print(tabulate([measure(count, Path(folder)) for count in counts], headers="keys", tablefmt="github"))


if __name__ == "__main__":
    main()
