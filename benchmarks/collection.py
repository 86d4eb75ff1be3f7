"""How long collecting 50,000 items takes, beside plain parametrized pytest functions of the same number.

    python benchmarks/collection.py [ITEMS]

Prints seconds, the ratio to plain pytest, and whether torch was imported. Limit: 5 s, torch not imported.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ITEMS = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
RUNS = 2


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "pytest.ini").write_text("[pytest]\n")
        (root / "conftest.py").write_text(
            "import sys\n\ndef pytest_unconfigure():\n    print('torch imported:', 'torch' in sys.modules)\n"
        )
        shapes = ", ".join(f"[{n}]" for n in range(1, 501))
        files = ITEMS // 2500
        for index in range(files):
            (root / f"case_{index}.yaml").write_text(
                f"- op: torch.exp\n  name: exp{index}\n  dtypes: [float32, float64, bfloat16, float16]\n"
                f"  inputs: {{input: [{shapes}]}}\n"
                f"- op: torch.log\n  name: log{index}\n  dtypes: [float32]\n  inputs: {{input: [{shapes}]}}\n"
            )
        (root / "test_plain.py").write_text(
            f"import pytest\n\n@pytest.mark.parametrize('n', range({ITEMS}))\ndef test(n): pass\n"
        )
        cases, text = collect(root, "--devices=cpu", *[f"case_{index}.yaml" for index in range(files)])
        plain, _ = collect(root, "test_plain.py")
    print(f"collecting {ITEMS} cases: {cases:.2f} s, {cases / plain:.2f} × plain pytest functions ({plain:.2f} s)")
    print(next(line for line in text.splitlines() if line.startswith("torch imported")))


def collect(root: Path, *arguments: str) -> tuple[float, str]:
    """Best of RUNS seconds of `pytest --collect-only`, and what it printed."""
    best, text = float("inf"), ""
    for _ in range(RUNS):
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-p", "no:cacheprovider", *arguments],
            cwd=root, capture_output=True, text=True,
        )  # fmt: skip
        seconds = time.perf_counter() - began
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        best, text = min(best, seconds), done.stdout
    return best, text


if __name__ == "__main__":
    main()
