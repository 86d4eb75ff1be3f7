"""The README's own examples, typed into a new project as they stand."""

from __future__ import annotations

import re
from pathlib import Path

from projects import Project

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_cases_of_the_readme_run_and_pass(project: Project) -> None:
    """What the README shows under "Write a case" is collected, gets its goldens and passes: YAML, functions, models
    (one whose `forward` names its input otherwise), and an ordinary test."""
    cases = next(block for block in _blocks("python") if "@model" in block)
    test = next(block for block in _blocks("python") if "def test_my_norm" in block)
    norm = "import torch\n\ndef my_norm(x):\n    return torch.nn.functional.normalize(x, dim=-1)\n\n"
    project.write({"cases/ops.yaml": _blocks("yaml")[0], "case_mine.py": cases, "test_mine.py": norm + test})
    done = project.run("--devices=cpu", "--golden-update")
    assert done.status == 0, done.text
    statuses = done.statuses["cpu"]
    assert {"swiglu-bfloat16-9x32-grad", "mlp-float32-16x32-train"} <= set(statuses), statuses
    assert sum(name.startswith("layer_norm-") for name in statuses) == 18
    assert set(statuses.values()) == {"pass"}
