"""Building a sysroot, step by step: lists, packages, unpack, wheels, bytecode, proof, stamp.

Everything happens in a work folder beside the final one. Downloads stay there when a step fails, so the same
command continues; the finished root gets its final name in one rename, and only then are the downloads
removed.
"""

from __future__ import annotations

import glob
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from harness.errors import ProvisionError
from harness.provision import apt, wheels
from harness.provision.apt import Apt
from harness.provision.files import exclusive, relink, replace_folder, require_space, sha256_of, size_mb
from harness.provision.recipes import Recipe
from harness.provision.steps import Progress, Steps
from harness.provision.sysroot import (
    FORMAT,
    STAMP,
    Sysroot,
    command,
    emulator_identity,
    emulator_version,
    environment,
    folder,
    is_native,
    load,
    require_emulator,
)

# Documentation, translations and tests: nothing that importing or running torch reads.
_LEAVE_OUT = (
    "./usr/share/doc/*",
    "./usr/share/man/*",
    "./usr/share/locale/*",
    "./usr/share/lintian/*",
    "./usr/share/icons/*",
    "./usr/share/fonts/*",
    "./usr/share/iso-codes/*",
    "./usr/share/xml/*",
    "./usr/share/proj/*",
    "./usr/share/perl*",
    "./usr/lib/libtorch-test/*",
    "./usr/lib/*/dri/*",
    "./usr/lib/*/perl*",
    "./usr/lib/*/gconv/*",
    # The graphics drivers' compiler, which only they load.
    "./usr/lib/*/libLLVM*",
    "./usr/lib/*/libz3.so*",
    "./usr/bin/x86_64-linux-gnu-*",
)
_TRIM = ("torch/test", "torch/include", "torch/share", "numpy/*/tests", "sympy/*/tests", "networkx/*/tests")

# Prints one line of JSON. The libraries are listed to prove that none of the host's is used.
_PROOF = """
import json, sys, time
started = time.time()
import numpy, torch
seconds = time.time() - started
names = {line.split(None, 5)[5].strip() for line in open("/proc/self/maps") if ".so" in line}
product = torch.ones(3) @ torch.ones(3)
solved = torch.linalg.solve(torch.eye(2) * 2, torch.ones(2, 1))
print(json.dumps({"torch": torch.__version__, "numpy": numpy.__version__, "python": sys.version.split()[0],
                  "byteorder": sys.byteorder, "import_seconds": round(seconds, 2), "product": product.item(),
                  "solved": solved.sum().item(), "libraries": sorted(names)}))
"""


def build(recipe: Recipe, *, progress: Progress, force: bool) -> Sysroot:
    """Build the sysroot of `recipe`, or return the one that is there. Raises ProvisionError."""
    if not is_native(recipe):
        require_emulator(recipe)
    final = folder(recipe.name)
    with exclusive(
        final.with_name(f".{recipe.name}.lock"),
        lambda: progress(f"[{recipe.name}] waiting for another build"),
    ):
        if not force and (there := load(recipe)):
            progress(f"[{recipe.name}] already built: {final}")
            return there
        work = final.with_name(f".{recipe.name}.work")
        work.mkdir(parents=True, exist_ok=True)
        require_space(work, recipe.disk_mb, recipe.name)
        root = _fill(recipe, work, final, Steps(recipe.name, 7 if recipe.wheels else 6, progress))
        replace_folder(root, final)
        shutil.rmtree(work, ignore_errors=True)
    built = load(recipe)
    assert built is not None
    progress(f"[{recipe.name}] built: {final}, {built.megabytes} MB")
    return built


def _fill(recipe: Recipe, work: Path, final: Path, steps: Steps) -> Path:
    """All the steps of one build, in `work`; returns the finished root, stamped."""
    steps.next(f"package lists for {recipe.debian}")
    source = Apt(recipe.debian, work)
    source.update()
    archives = source.plan(recipe.packages)
    total = sum(archive.size for archive in archives)

    steps.next(f"{len(archives)} packages, {total / 1e6:.0f} MB")
    paths = source.download(recipe.packages, archives, steps.megabytes(total))

    steps.next("unpack")
    root = work / "root"
    _unpack(paths, root)
    _settle(recipe, root)
    python = next(path.name.removeprefix("python") for path in (root / "usr/bin").glob("python3.[0-9]*[0-9]"))
    packages = root / "usr/lib/python3/dist-packages"

    found: list[Path] = []
    if recipe.wheels:
        steps.next(f"{len(recipe.wheels)} wheels from the package index")
        found = wheels.download(recipe.wheels, recipe.machine, python, work / "wheels", steps.say)
        wheels.unpack(found, recipe.machine, python, packages)
    for pattern in _TRIM:
        for path in glob.glob(str(packages / pattern)):
            Path(path).unlink() if os.path.islink(path) else shutil.rmtree(path)

    steps.next("compile Python files")
    _compile(recipe, root, final, python, steps)

    steps.next("import torch in it")
    facts = prove(recipe, root)
    steps.say(f"torch {facts['torch']} imported in {facts['import_seconds']} s")

    steps.next("measure and stamp")
    stamp = {
        "format": FORMAT,
        "name": recipe.name,
        "built": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        **{key: facts[key] for key in ("torch", "numpy", "python", "byteorder", "import_seconds")},
        "emulator": None if is_native(recipe) else _emulator(recipe),
        "megabytes": size_mb(root),
        "packages": [asdict(archive) for archive in archives],
        "wheels": [{"file": path.name, "size": path.stat().st_size, "sha256": sha256_of(path)} for path in found],
    }
    (root / STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
    return root


def _emulator(recipe: Recipe) -> dict[str, Any]:
    """What the stamp keeps of the emulator."""
    qemu = require_emulator(recipe)
    return {**emulator_identity(qemu), "version": emulator_version(qemu), "cpu": recipe.cpu}


def _unpack(paths: Sequence[Path], root: Path) -> None:
    """Unpack every archive into a fresh `root` with a merged /usr, as Debian's installer lays it out."""
    shutil.rmtree(root, ignore_errors=True)
    for name in ("bin", "sbin", "lib", "lib64"):
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    for path in paths:
        apt.unpack(path, root, _LEAVE_OUT)


def _settle(recipe: Recipe, root: Path) -> None:
    """What the packages' install scripts would have done, as far as Python and torch need it."""
    relink(root)
    libraries = root / "usr/lib" / recipe.triplet
    # Debian chooses BLAS and LAPACK by update-alternatives; here the one that came is linked where the
    # loader looks.
    for kind in ("blas", "lapack"):
        for path in (libraries / kind).glob("*.so.3"):
            link = libraries / path.name
            link.unlink(missing_ok=True)
            link.symlink_to(f"{kind}/{path.name}")


def _compile(recipe: Recipe, root: Path, final: Path, python: str, steps: Steps) -> None:
    """Compile every module once, so that no start of the sysroot compiles any.

    Bytecode does not depend on the architecture, only on the version: a host Python with the same magic
    number does in seconds what takes minutes under emulation. Files with syntax of other Pythons (test data)
    fail to compile, harmlessly.
    """
    emulated = command(recipe, root)
    code = "import importlib.util; print(importlib.util.MAGIC_NUMBER.hex())"
    magic = _output([*emulated, "-c", code], recipe)
    host: Sequence[str] = emulated
    candidates = [sys.executable, shutil.which(f"python{python}"), "/usr/bin/python3"]
    for path in candidates:
        if path and Path(path).exists():
            done = subprocess.run([path, "-I", "-c", code], capture_output=True, text=True, check=False)
            if done.returncode == 0 and done.stdout.strip() == magic:
                host = (path, "-I")
                break
    else:
        steps.say(f"no Python {python} on this machine: compiling under emulation, which takes minutes")
    # Checked by nothing (unchecked-hash): the sysroot doesn't change, and a copy of it may lose
    # modification times.
    options = ["-q", "-f", "--invalidation-mode", "unchecked-hash", "-s", str(root), "-p", str(final)]
    folders = [str(root / "usr/lib" / f"python{python}"), str(root / "usr/lib/python3")]
    subprocess.run([*host, "-m", "compileall", *options, *folders], capture_output=True, check=False)
    if not list((root / "usr/lib/python3/dist-packages/torch/__pycache__").glob("*.pyc")):
        raise ProvisionError(
            f"compiling the modules in {root} wrote no bytecode; is the disk full? Run the same command again"
        )


def _output(command: Sequence[str], recipe: Recipe, seconds: float = 600) -> str:
    """What `command` writes to stdout; raises ProvisionError with what it wrote to stderr if it fails."""
    env = {"PATH": "/usr/bin:/bin", **environment(recipe)}
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProvisionError(f"{recipe.name}: its Python did not run: {error}") from error
    if done.returncode:
        raise ProvisionError(
            f"{recipe.name}: its Python ended with status {done.returncode}: {done.stderr.strip()[-800:]}\n"
            "A newer qemu may help where it was killed by a signal (a negative status)."
        )
    return done.stdout.strip()


def prove(recipe: Recipe, root: Path) -> dict[str, Any]:
    """Import torch and numpy in `root` and calculate once.

    Raises ProvisionError if that fails, is wrong, or takes libraries of the host.
    """
    facts: dict[str, Any] = json.loads(_output([*command(recipe, root), "-c", _PROOF], recipe).splitlines()[-1])
    if (facts["product"], facts["solved"]) != (3.0, 1.0):
        raise ProvisionError(
            f"{recipe.name}: expected 3.0 and 1.0 from a dot product and a solve, came "
            f"{facts['product']} and {facts['solved']}"
        )
    foreign = [path for path in facts["libraries"] if not path.startswith(str(root))]
    if foreign:
        raise ProvisionError(f"{recipe.name}: expected libraries from {root} only; it loaded {', '.join(foreign[:5])}")
    return facts
