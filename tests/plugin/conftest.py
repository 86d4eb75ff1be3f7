"""A project with a kernel for every way to go wrong, its goldens, and one run of it that many tests read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from projects import Done, Project

# A user's own kernels. The target cpu-default stands for their new device: what is wrong is wrong only there,
# as a seeded fault in a copy of one kernel is; cpu and the reference run the right code.
KERNELS = """
import ctypes, os, signal, sys, time
import torch

BROKEN = os.environ.get("ATEN_CPU_CAPABILITY") == "default"

def softmax(x):
    return torch.softmax(x, -1)

def layer_norm(x):
    # the seeded fault: one element of the last row is 2 % off
    y = torch.nn.functional.layer_norm(x, x.shape[-1:])
    if BROKEN:
        y[2, 3] *= 1.02
    return y

def zeros(x):
    return torch.zeros_like(x) if BROKEN else x + 1

def nans(x):
    y = x + 2
    if BROKEN:
        y[1, 1] = float("nan")
    return y

def dtype(x):
    y = x + 3
    return y.double() if BROKEN else y

def shape(x):
    y = x * 3
    return y[:, :-1] if BROKEN else y

def stray(x):
    # right the second time: other bits in each process
    marker = os.environ.get("LOCKSTEP_STRAY", "")
    y = x * 5
    if BROKEN and marker and not os.path.exists(marker):
        open(marker, "w").close()
        y[0, 0] += 1
    return y

def segv(x):
    if BROKEN:
        print("about to read address 0", flush=True)
        ctypes.string_at(0)
    return x + 4

def hang(x):
    while BROKEN:
        time.sleep(0.05)
    return x + 5

def cannot(x):
    if BROKEN:
        raise NotImplementedError("this device has no cannot kernel")
    return x + 6

def raises(x):
    if BROKEN:
        raise ValueError("kernel launch failed: 0x2a")
    return x + 7
"""
NAMES = ("softmax", "layer_norm", "zeros", "nans", "dtype", "shape", "stray", "segv", "cannot", "raises")


def entry(name: str, *more: str) -> str:
    lines = [
        f"- op: kernels.{name}",
        "  dtypes: [float32]",
        "  inputs: {x: [3, 5]}",
        "  rule: empirical",
        *more,
    ]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def updated(make_project: Callable[[str], Project]) -> tuple[Project, Done]:
    """The project after `--golden-update`, which ran every kernel on cpu; and that run."""
    project = make_project("kernels")
    marker = project.folder / "stray.marker"
    project = Project(project.folder, {**project.env, "LOCKSTEP_STRAY": str(marker)})
    yaml = "".join(entry(name) for name in NAMES) + entry("hang", "  timeout: 4")
    yaml += "".join(entry("softmax", f"  name: {name}") for name in ("lost", "torn", "old"))
    yaml += entry("cannot", "  name: refused")
    project.write(
        {
            "kernels.py": KERNELS,
            "cases/kernels.yaml": yaml,
            "cases/broken.yaml": (
                "- op: torch.add\n  dtypes: [float32]\n  inputs: {input: [2], other: [2]}\n"
                "  args: [input, other]\n"
                "- op: torch.mul\n  dtypes: [float31]\n  inputs: {input: [2]}\n"
                "- op: torch.neg\n  dtypes: [float32]\n  inputs: {input: [2]}\n"
                '  name: "<script>alert(1)</script>"\n'
            ),
            "cases/case_python.py": (
                "from harness import case, tensor\n\n"
                "@case(dtypes=['float32'], grid={'mode': ['../../etc/passwd', '<b>bold</b>']})\n"
                "def hostile(x=tensor(3, 5), mode=''):\n    return x * len(mode)\n"
            ),
        }
    )
    return project, project.run("--devices=cpu", "--golden-update", "-v")


@pytest.fixture(scope="session")
def spoilt(updated: tuple[Project, Done]) -> Project:
    """The project once one golden was lost, one torn, and one outdated by an edit of its case."""
    project = updated[0]
    (golden(project, "lost")).unlink()
    torn = golden(project, "torn")
    torn.write_bytes(torn.read_bytes()[:200])
    path = project.folder / "cases/kernels.yaml"
    path.write_text(path.read_text().replace("  name: old\n", "  name: old\n  seed: 7\n"))
    return project


@pytest.fixture(scope="session")
def mixed(spoilt: Project) -> Done:
    """That project's run on a right and a broken device."""
    return spoilt.run("--devices=cpu,cpu-default", "-v", "--junitxml=junit.xml")


def golden(project: Project, name: str):  # type: ignore[no-untyped-def]
    """The golden file of a case."""
    (found,) = project.folder.glob(f"golden/**/{name}-*.npz")
    return found
