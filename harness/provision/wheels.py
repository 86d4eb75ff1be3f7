"""Wheels of a foreign architecture, fetched and laid out by pip, each checked against a pinned SHA-256."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from harness.errors import ProvisionError
from harness.provision.files import sha256_of
from harness.provision.recipes import Wheel

# Newest first: what a wheel of each age calls the platform. Debian 12 has glibc 2.36, so all of them load.
_MANYLINUX = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014")


def pip_command() -> list[str]:
    """How to start pip: this interpreter's, else one on PATH. Raises ProvisionError if there is none."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    for name in ("pip3", "pip"):
        if path := shutil.which(name):
            return [path]
    raise ProvisionError(
        f"expected pip, to download wheels; {sys.executable} has no module pip and there is none on PATH. "
        f"`{sys.executable} -m ensurepip`"
    )


def run_pip(*arguments: str) -> None:
    """Run pip; raise ProvisionError with its last lines if it fails."""
    command = [*pip_command(), "--disable-pip-version-check", "--no-input", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("WARNING")]
        raise ProvisionError(
            f"`pip {arguments[0]}` failed: {' / '.join(lines[-4:])[-900:]}\n"
            "If the network failed, run the same command again: what came so far is kept."
        )


def find(wheel: Wheel, folder: Path) -> Path | None:
    """The file of `wheel` in `folder`, if it is there and undamaged; a damaged one is removed."""
    for path in folder.glob(f"{wheel.name.replace('-', '_')}-{wheel.version}-*.whl"):
        if sha256_of(path) in wheel.sha256:
            return path
        path.unlink()
    return None


def download(
    wheels: Sequence[Wheel], machine: str, python: str, folder: Path, progress: Callable[[str], None]
) -> list[Path]:
    """Get every wheel for `machine` and Python `python` ("3.11") into `folder`, less those there."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, wheel in enumerate(wheels, 1):
        path = find(wheel, folder)
        if path is None:
            progress(f"wheel {number} of {len(wheels)}: {wheel.name} {wheel.version} ({wheel.megabytes:g} MB)")
            pins = " ".join(f"--hash=sha256:{digest}" for digest in wheel.sha256)
            requirement = folder / "requirement.txt"
            requirement.write_text(f"{wheel.name}=={wheel.version} {pins}\n")
            platforms = [word for tag in _MANYLINUX for word in ("--platform", f"{tag}_{machine}")]
            options = [
                "--no-deps",
                "--require-hashes",
                "--only-binary=:all:",
                "--python-version",
                python,
                *platforms,
            ]
            run_pip("download", "-q", *options, "-d", str(folder), "-r", str(requirement))
            path = find(wheel, folder)
            if path is None:
                raise ProvisionError(f"pip reported no error, but {wheel.name} {wheel.version} is not in {folder}")
        paths.append(path)
    return paths


def unpack(paths: Sequence[Path], machine: str, python: str, target: Path) -> None:
    """Lay the wheels out in `target`, a folder on the sysroot's import path."""
    platforms = [word for tag in _MANYLINUX for word in ("--platform", f"{tag}_{machine}")]
    options = [
        "--no-deps",
        "--no-index",
        "--no-compile",
        "--only-binary=:all:",
        "--python-version",
        python,
        *platforms,
    ]
    run_pip("install", "-q", *options, "--target", str(target), *(str(path) for path in paths))
