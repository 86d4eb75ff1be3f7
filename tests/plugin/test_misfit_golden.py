"""A golden that reads well and does not fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from projects import Project

from harness.golden import store

CASES = """
- {op: torch.sum, dtypes: [float32], inputs: {x: [4, 33]}, kwargs: {dim: -1}}
- {op: torch.exp, dtypes: [float32], inputs: {x: [3, 5]}}
"""


def test_noise_of_another_shape_costs_one_case(project: Project) -> None:
    """A golden whose noise has another shape than its output (made by hand, or by a rule of its own) is an error with a
    remedy in that case's record; the others run on."""
    project.write({"cases/ops.yaml": CASES})
    assert project.run("--devices=cpu", "--golden-update").status == 0
    path = project.folder / "golden/ops/sum-float32-4x33.npz"
    golden = store.read(path)
    noise = {name: np.ones((2, 3)) for name in golden.outputs[0].noise}
    store.write(path, replace(golden, outputs=(replace(golden.outputs[0], noise=noise),)))
    done = project.run("--devices=cpu")
    assert done.statuses["cpu"] == {"sum-float32-4x33": "error", "exp": "pass"}
    assert "--golden-update makes it again" in done.text
