"""Random operators: what chance may do is tried again with other seeds; what is promised is not."""

from __future__ import annotations

import json
import os

import pytest

BACKENDS = '''
from harness.backends.base import Backend


class Skewed(Backend):
    """Uniform numbers that are squared where the seed is one of `seeds`."""

    seeds = ()

    def prepare(self, graph, inputs):
        import torch

        return lambda *inputs: [y**2 if torch.initial_seed() in self.seeds else y for y in graph(*inputs)]


class Unlucky(Skewed):
    seeds = (0,)


class Biased(Skewed):
    seeds = (0, 3)


class Outside(Skewed):
    """One number of many is 2: no seed excuses that."""

    def prepare(self, graph, inputs):
        import torch

        def run(*inputs):
            outputs = graph(*inputs)
            if torch.initial_seed() == 0:
                outputs[0].view(-1)[7] = 2.0
            return outputs

        return run


class Forgetful(Skewed):
    """Takes no notice of the seed."""

    def prepare(self, graph, inputs):
        import torch

        def run(*inputs):
            torch.seed()
            return graph(*inputs)

        return run


class Apart(Forgetful):
    seeded = False
'''
NAMES = ("Skewed", "Unlucky", "Biased", "Outside", "Forgetful", "Apart")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """The record of `torch.rand_like` on each backend."""
    import subprocess
    import sys

    folder = tmp_path_factory.mktemp("random")
    (folder / "skewed.py").write_text(BACKENDS)
    info = folder / "skewed-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: skewed\nVersion: 1.0\n")
    points = "".join(f"{name.lower()} = skewed:{name}\n" for name in NAMES)
    (info / "entry_points.txt").write_text("[harness.backends]\n" + points)
    (folder / "cases").mkdir()
    (folder / "cases" / "random.yaml").write_text(
        "- op: torch.rand_like\n  dtypes: [float32]\n  inputs: {input: {shape: [64, 64], values: zeros}}\n"
    )
    subprocess.run(
        [sys.executable, "-m", "pytest", "cases", "--devices=cpu", "--golden-update", "-q",
         "--backends=" + ",".join(name.lower() for name in NAMES)],
        cwd=folder, capture_output=True, timeout=240,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])},
    )  # fmt: skip
    lines = map(json.loads, next(iter(folder.glob("reports/*/records.jsonl"))).read_text().splitlines())
    return {line["target"].rpartition("/")[2]: line for line in lines if line["type"] == "record"}


def test_a_sample_that_fails_a_test_is_drawn_again(found: dict[str, dict[str, str]]) -> None:
    """One unlucky seed of five is chance, and passes with a word of it; a second one that fails is no chance."""
    assert found["skewed"]["status"] == "pass"
    assert found["unlucky"]["status"] == "pass"
    assert "passed with 4 other seeds" in found["unlucky"]["message"]
    assert found["biased"]["status"] == "diverged"
    assert "1 of 4 samples from other seeds failed too" in found["biased"]["message"]


def test_promises_are_not_left_to_chance(found: dict[str, dict[str, str]]) -> None:
    """A number outside the support diverges, whatever other seeds give; so does a device that forgets its seed."""
    assert found["outside"]["status"] == "diverged"
    assert found["forgetful"]["status"] == "diverged"
    assert "the same seed gave other numbers" in found["forgetful"]["message"]


def test_a_runtime_with_a_generator_of_its_own_is_not_asked_to_repeat(found: dict[str, dict[str, str]]) -> None:
    """Where torch's seed does not reach, only the distribution is judged."""
    assert found["apart"]["status"] == "pass"
