"""Interpreters of their own, for backends whose packages clash with the host's or with each other.

Each is a virtual environment in the user's cache, filled by pip from pinned requirements. It is built in
place, since one does not survive being moved; the stamp is written last, and pip continues what an
interrupted build left.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from types import MappingProxyType
from typing import Any

from harness.errors import ProvisionError
from harness.provision.files import cache_dir, exclusive, require_space, size_mb
from harness.provision.steps import Progress, Steps
from harness.provision.sysroot import FORMAT, STAMP, Sysroot, read_stamp, remedy
from harness.provision.wheels import run_pip

# Where PyTorch publishes CPU builds. PyPI's wheels for Linux on x86 are CUDA builds of several GB.
_CPU_INDEX = "https://download.pytorch.org/whl/cpu"


@dataclass(frozen=True, slots=True)
class Venv:
    """One environment: its torch, its other requirements, the modules whose import proves it."""

    name: str
    torch: str
    requirements: tuple[str, ...]
    modules: tuple[str, ...]
    download_mb: int
    disk_mb: int


VENVS: Mapping[str, Venv] = MappingProxyType(
    {
        "jax": Venv(
            name="jax",
            torch="2.13.0",
            requirements=("jax==0.10.2", "jaxlib==0.10.2", "torchax==0.0.13", "numpy>=2.0"),
            modules=("jax.numpy", "torch"),
            download_mb=300,
            disk_mb=1700,
        ),
    }
)

_PROOF = """
import importlib, importlib.metadata, json, sys, time
started = time.time()
for name in sys.argv[1:]:
    importlib.import_module(name)
seconds = time.time() - started
import torch
print(json.dumps({"torch": torch.__version__, "python": sys.version.split()[0], "byteorder": sys.byteorder,
                  "import_seconds": round(seconds, 2), "product": (torch.ones(3) @ torch.ones(3)).item(),
                  "packages": {d.name: d.version for d in importlib.metadata.distributions()}}))
"""


def folder(name: str) -> Path:
    """Where the environment `name` is or will be."""
    return cache_dir() / "venvs" / name


def python_of(root: Path) -> Path:
    """The interpreter of the environment in `root`."""
    return root / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def load(spec: Venv) -> Sysroot | None:
    """The environment if it is complete, else None. Raises ProvisionError if its interpreter is gone."""
    root = folder(spec.name)
    stamp = read_stamp(root)
    if stamp is None:
        return None
    python = python_of(root)
    if not python.exists():
        raise ProvisionError(
            f"expected an interpreter at {python}; the Python it was made from is gone. {remedy(spec.name, force=True)}"
        )
    return Sysroot(
        name=spec.name,
        root=root,
        python=(str(python), "-I"),
        kind="environment",
        torch=stamp["torch"],
        byteorder=stamp["byteorder"],
        import_seconds=stamp["import_seconds"],
        megabytes=stamp["megabytes"],
    )


def status(spec: Venv) -> str:
    """One line for `lockstep doctor`: usable, or why not and the command that mends it."""
    try:
        built = load(spec)
    except ProvisionError as error:
        return f"unusable: {error}"
    if built is None:
        return f"not built. {remedy(spec.name)} (downloads about {spec.download_mb} MB, takes {spec.disk_mb} MB)"
    return (
        f"usable: {', '.join(spec.requirements[:2])}, torch {built.torch}, "
        f"imports in {built.import_seconds:.0f} s, {built.megabytes} MB"
    )


def build(spec: Venv, *, progress: Progress, force: bool) -> Sysroot:
    """Build the environment, or return the one that is there. Raises ProvisionError naming the remedy."""
    root = folder(spec.name)
    with exclusive(root.with_name(f".{spec.name}.lock"), lambda: progress(f"[{spec.name}] waiting for another build")):
        if not force and (there := load(spec)):
            progress(f"[{spec.name}] already built: {root}")
            return there
        if force:
            shutil.rmtree(root, ignore_errors=True)
        root.mkdir(parents=True, exist_ok=True)
        require_space(root, spec.disk_mb, spec.name)
        _fill(spec, root, Steps(spec.name, 4, progress))
    built = load(spec)
    assert built is not None
    progress(f"[{spec.name}] built: {root}, {built.megabytes} MB")
    return built


def _fill(spec: Venv, root: Path, steps: Steps) -> None:
    """Make the environment, install into it, prove it, stamp it."""
    steps.next(f"virtual environment of Python {sys.version_info[0]}.{sys.version_info[1]}")
    python = python_of(root)
    if not python.exists():
        venv.create(root, with_pip=False)

    steps.next(f"torch {spec.torch}")
    install = ("--python", str(python), "install", "-q")
    if sys.platform == "linux":
        try:  # a mirror or folder that the user's pip is configured with may have the CPU build
            run_pip(*install, f"torch=={spec.torch}+cpu")
        except ProvisionError:
            run_pip(*install, "--extra-index-url", _CPU_INDEX, f"torch=={spec.torch}+cpu")
    else:
        run_pip(*install, f"torch=={spec.torch}")

    steps.next(", ".join(spec.requirements))
    # torch stays named, so that no requirement replaces the build installed above.
    run_pip(*install, f"torch=={spec.torch}", *spec.requirements)

    steps.next("import it")
    done = subprocess.run(
        [str(python), "-I", "-c", _PROOF, *spec.modules],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode:
        raise ProvisionError(
            f"{spec.name}: importing {', '.join(spec.modules)} in {root} failed: "
            f"{done.stderr.strip()[-800:]}\n{remedy(spec.name, force=True)}"
        )
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if facts.pop("product") != 3.0:
        raise ProvisionError(f"{spec.name}: a dot product of ones in {root} is not 3")
    stamp = {
        "format": FORMAT,
        "name": spec.name,
        "built": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        **facts,
        "megabytes": size_mb(root),
    }
    (root / STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
