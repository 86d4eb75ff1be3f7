"""Kernels that write into what they read."""

from __future__ import annotations

from projects import Project

CASES = """
- op: torch.nn.functional.batch_norm
  dtypes: [float64]
  inputs: {x: [4, 3, 5], m: {shape: [3], values: "range:0.5:2"}, v: {shape: [3], values: "range:0.5:2"}}
  args: [x, m, v]
  kwargs: {training: true}
- op: torch.add
  dtypes: [float64]
  inputs: {x: [3], m: {shape: [3], values: "range:0.5:2"}}
  args: [x, m]
"""


def test_a_kernel_that_writes_into_its_input_spoils_no_other_case(project: Project) -> None:
    """batch_norm updates running statistics in place without saying so: another case that reads the same bytes, and its
    golden, are made of them as they were."""
    project.write({"cases/ops.yaml": CASES})
    assert project.run("--devices=cpu", "--golden-update").status == 0
    done = project.run("--devices=cpu,cpu-default")
    assert done.status == 0, done.text
