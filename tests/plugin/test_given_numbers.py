"""Numbers that a dtype lacks, and laws that no formula gives, judged by a run as a user starts it."""

from __future__ import annotations

from projects import Project

from harness.golden import store

CASES = """
- {op: torch.div, dtypes: [float32, bfloat16], inputs: {x: [30, 31]}, kwargs: {other: 0.3}}
- {op: torch.pow, dtypes: [float32], inputs: {x: {shape: [30, 31], values: "range:5:20"}}, kwargs: {exponent: 2.4}}
- {op: torch.fmod, dtypes: [float32], inputs: {x: {shape: [30, 31], values: "range:5:20"}}, kwargs: {other: 0.3}}
- {op: torch.poisson, dtypes: [float32], inputs: {x: {shape: [30, 31], values: positive}}}
- {op: torch.nn.functional.gumbel_softmax, dtypes: [float32], inputs: {x: [30, 31]}}
- {op: torch.multinomial, dtypes: [float32], inputs: {x: {shape: [30, 31], values: positive}}, kwargs: {num_samples: 5}}
"""


def test_they_pass_and_prove_something(project: Project) -> None:
    """PyTorch's own quotients, powers and remainders by 0.3 or 2.4 pass, and so do its random numbers, none of them for
    want of something to compare; goldens made twice are the same bytes.
    """
    project.write({"cases/ops.yaml": CASES})
    done = project.run("--devices=cpu", "--golden-update")
    assert done.status == 0, done.text
    assert set(done.statuses["cpu"].values()) == {"pass"}
    assert len(done.records) == 7
    goldens = {path: path.read_bytes() for path in sorted((project.folder / "golden").rglob("*.npz"))}
    held = {
        path.stem: {name for out in store.read(path).outputs for name in (out.name, *out.noise)} for path in goldens
    }
    assert all("number" in held[name] for name in ("div-float32-30x31", "pow-float32-30x31", "fmod-float32-30x31"))
    assert "out0:law" in held["poisson-float32-30x31"]
    for path in goldens:
        path.unlink()
    assert project.run("--devices=cpu", "--golden-update").status == 0
    assert {path: path.read_bytes() for path in goldens} == goldens
