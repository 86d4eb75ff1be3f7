"""One lab for all tests of a module, kernels that misbehave, and programs that call them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.case import Case, Source, TensorSpec
from harness.lab.pool import EAGER, Lab, Pending
from harness.program import Blob, Program, of_operator
from harness.target import Device, Launch, Target

KERNELS = """
import ctypes, os, signal, sys, time
import torch

libc = ctypes.CDLL(None)

def double(x):
    return x * 2

def pid(x):
    return x * 0 + os.getpid()

def segv(x):
    libc.printf(b"C says: about to read address 0\\n")
    ctypes.string_at(0)

def abort(x):
    os.abort()

def killed(x):
    os.kill(os.getpid(), signal.SIGKILL)

def exit_now(x):
    os._exit(3)

def sys_exit(x):
    sys.exit("no licence for this device")

def hang(x):
    time.sleep(1000)

def hang_in_c(x):
    ctypes.PyDLL(None).sleep(1000)  # holds the interpreter's lock, as a careless extension does

def hog(x):
    held = []
    while True:
        held.append(torch.empty(64 << 18))  # 64 MiB at a time

def hog_numpy(x):
    import numpy
    held = []
    while True:
        held.append(numpy.empty(64 << 17))

def chatty(x):
    print("Python says hello")
    libc.printf(b"C says hello\\n")
    libc.puts(b"C says more")
    os.write(1, b"file descriptor 1 says hello\\n")
    os.write(2, b"file descriptor 2 says hello\\n")
    return x + 1

def first(*tensors):
    return torch.stack([t[0] for t in tensors])

def overwrites(x):
    return x.mul_(3)

def no_kernel(x):
    raise NotImplementedError("could not run 'aten::frob' on this device")

def wrong_call(x):
    raise IndexError("block index 7 out of range")
"""
X = np.arange(1.0, 7.0, dtype=np.float32).reshape(2, 3)


@pytest.fixture(scope="session")
def here(tmp_path_factory: pytest.TempPathFactory) -> Target:
    """This machine's CPU, where the kernels can be imported."""
    folder = tmp_path_factory.mktemp("kernels")
    folder.joinpath("kernels.py").write_text(KERNELS)
    return Target(Device("here", launch=Launch(path=(str(folder),))), EAGER)


@pytest.fixture(scope="module")
def lab(cache: Path) -> Iterator[Lab]:
    made = Lab(cache, limit=120.0)
    yield made
    made.close()


def program(name: str) -> Program:
    """The program that calls one kernel."""
    spec = TensorSpec("x", "float32", (2, 3))
    return of_operator(Case(name, Source("kernels.py", 1), "op", f"kernels.{name}", "float32", (spec,), ({"v": "x"},)))


@pytest.fixture
def submit(lab: Lab, here: Target) -> Callable[..., Pending]:
    """Queue one kernel on X; what comes back has `.result()`."""

    def queue(name: str, target: Target = here, **options: Any) -> Pending:
        return lab.run(target, program(name), {"x": Blob.of(X)}, **options)

    return queue
