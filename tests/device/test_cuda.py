"""On a real NVIDIA GPU: what it may do to a run costs one case. Skipped where torch sees none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from harness.case import Case, Source, TensorSpec
from harness.lab.pool import EAGER, Lab, Pending
from harness.numerics.profile import of_device
from harness.program import Blob, of_operator
from harness.target import Device, Launch, Target

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no NVIDIA GPU")

KERNELS = """
import torch

def double(x):
    return x * 2

def out_of_bounds(x):
    return x.reshape(-1)[torch.full((4,), 1 << 20, device=x.device)]

def out_of_memory(x):
    return torch.empty(1 << 50, dtype=torch.uint8, device=x.device)

def on_the_cpu(x):
    return x.cpu() * 2
"""
X = np.arange(1.0, 7.0, dtype=np.float32).reshape(2, 3)
Submit = Callable[[str], Pending]


@pytest.fixture(scope="module")
def submit(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Submit]:
    """Queue one kernel on X on the first GPU."""
    folder = tmp_path_factory.mktemp("kernels")
    folder.joinpath("gpu_kernels.py").write_text(KERNELS)
    gpu = Target(Device("cuda:0", torch="cuda:0", launch=Launch(path=(str(folder),))), EAGER)
    lab = Lab(cache, limit=120.0)

    def queue(name: str, **options: Any) -> Pending:
        x = TensorSpec("x", "float32", (2, 3))
        case = Case(name, Source("k.py", 1), "op", f"gpu_kernels.{name}", "float32", (x,), ({"v": "x"},))
        return lab.run(gpu, of_operator(case), {"x": Blob.of(X)}, **options)

    yield queue
    lab.close()


def test_an_illegal_access_costs_one_case(submit: Submit) -> None:
    """CUDA answers nothing more in that process: the jobs behind get a new worker, and come back right."""
    first, bad, *rest = [submit(name) for name in ("double", "out_of_bounds", "double", "double")]
    assert first.result().ok
    ran = bad.result()
    assert ran.status == "crashed"
    assert "CUDA error" in ran.message
    for job in rest:
        assert np.array_equal(job.result().arrays()["out0"], X * 2)


def test_running_out_of_memory_costs_one_case(submit: Submit) -> None:
    """The message is CUDA's; the worker goes on."""
    bad, good = submit("out_of_memory"), submit("double")
    assert bad.result().status == "error"
    assert "out of memory" in bad.result().message.lower()
    assert np.array_equal(good.result().arrays()["out0"], X * 2)


def test_an_output_on_the_cpu_is_named(submit: Submit) -> None:
    """A silent fallback is `fellback`, whatever the numbers say."""
    ran = submit("on_the_cpu").result()
    assert ran.status == "fellback"
    assert "not on cuda" in ran.message


def test_the_gpu_gets_the_profile_of_its_kind() -> None:
    """A data-centre GPU is judged by the profile of its tensor cores, others by that of CUDA's scalar units."""
    name = torch.cuda.get_device_name(0)
    assert of_device(name, "cuda") != "cuda" or not any(kind in name for kind in ("H100", "H200", "A100", "V100"))
