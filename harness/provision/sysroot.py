"""A built sysroot as the rest of the harness sees it: the command line that starts Python in it, and what is
known of it.

A sysroot is complete exactly when its stamp exists, since the stamp is written before the folder gets its
final name. The stamp lists every package and wheel with version and SHA-256. Reading it starts no process.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from harness.errors import ProvisionError
from harness.provision.files import cache_dir
from harness.provision.recipes import Recipe

STAMP = "lockstep.json"
Kind = Literal["architecture", "environment"]
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Sysroot:
    """A Python with torch and numpy that isn't this one.

    `kind` says what it is for: "architecture", a device of its own; "environment", an interpreter on this
    machine for packages that clash with the host's. `python` is the command line that starts it (options may
    follow), `env` what to set for it, `torch` its `torch.__version__`, `emulator` the emulator's version and
    model of processor, or "" where it runs natively, `byteorder` "little" or "big", `import_seconds` what
    importing torch took when it was built (a base for time limits), `megabytes` its size on disk.
    """

    name: str
    root: Path
    python: tuple[str, ...]
    kind: Kind = "architecture"
    env: dict[str, str] = field(default_factory=dict)
    torch: str = ""
    emulator: str = ""
    byteorder: str = "little"
    import_seconds: float = 0.0
    megabytes: int = 0


def folder(name: str) -> Path:
    """Where the sysroot `name` is or will be."""
    return cache_dir() / "sysroots" / name


def is_native(recipe: Recipe) -> bool:
    """Whether this machine runs the recipe's programs without an emulator."""
    return sys.platform == "linux" and platform.machine() == recipe.machine


def emulator_path(recipe: Recipe) -> str | None:
    """The qemu for user programs of this recipe, static or not, or None if it is not on PATH."""
    return shutil.which(f"qemu-{recipe.machine}-static") or shutil.which(f"qemu-{recipe.machine}")


def require_emulator(recipe: Recipe) -> str:
    """The path of the recipe's emulator. Raises ProvisionError if there is none."""
    if sys.platform != "linux":
        raise ProvisionError(
            f"{recipe.name} holds Linux programs; this system is {sys.platform}. Run this in a Linux container"
        )
    if qemu := emulator_path(recipe):
        return qemu
    raise ProvisionError(
        f"{recipe.name} runs under qemu's user-mode emulation: expected qemu-{recipe.machine}-static or "
        f"qemu-{recipe.machine} on PATH, found neither. `apt-get install qemu-user-static`"
    )


def emulator_version(path: str) -> str:
    """`qemu-aarch64 7.2.22` from the first line of `qemu-aarch64 --version`."""
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    words = done.stdout.split()
    if done.returncode or len(words) < 3 or words[1] != "version":
        raise ProvisionError(f"`{path} --version` should name a version of qemu; it wrote {done.stdout[:200]!r}")
    return f"{words[0]} {words[2]}"


def emulator_identity(path: str) -> dict[str, Any]:
    """What tells one emulator file from another without running it."""
    stat = os.stat(path)
    return {"path": path, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def command(recipe: Recipe, root: Path) -> tuple[str, ...]:
    """The command line that starts the Python in `root`.

    Isolated (`-I`): PYTHONPATH and the user's site folder belong to the host's Python. Raises ProvisionError
    if there is no Python or no emulator.
    """
    found = sorted((root / "usr/bin").glob("python3.[0-9]*"), key=lambda p: (len(p.name), p.name))
    found = [path for path in found if path.name.removeprefix("python3.").isdigit()]
    if not found:
        raise ProvisionError(f"expected usr/bin/python3.N in {root}; there is none. {remedy(recipe.name, force=True)}")
    python = str(found[-1])
    if is_native(recipe):
        # Debian's own loader and libraries, so that nothing of the host's libc or libstdc++ takes part.
        libraries = f"{root / 'usr/lib' / recipe.triplet}:{root / 'usr/lib'}"
        return (str(root / recipe.loader), "--inhibit-cache", "--library-path", libraries, python, "-I")
    model = ("-cpu", recipe.cpu) if recipe.cpu else ()
    # The host's library path and preloads name libraries of another architecture.
    unset = ("-U", "LD_LIBRARY_PATH", "-U", "LD_PRELOAD")
    return (require_emulator(recipe), "-L", str(root), *model, *unset, python, "-I")


def environment(recipe: Recipe) -> dict[str, str]:
    """What to set for a Python in a sysroot: one thread, as every worker of the harness runs."""
    env = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return {**env, "LD_PRELOAD": ""} if is_native(recipe) else env


def remedy(name: str, *, force: bool = False) -> str:
    """The command that builds `name`."""
    return f"Run `lockstep provision {name}{' --force' if force else ''}`"


def read_stamp(root: Path) -> dict[str, Any] | None:
    """The stamp in `root`, or None if there is none. Raises ProvisionError for one that isn't readable."""
    path = root / STAMP
    try:
        stamp = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ProvisionError(f"{path}: not a readable stamp ({error}). {remedy(root.name, force=True)}") from error
    if not isinstance(stamp, dict) or stamp.get("format") != FORMAT:
        raise ProvisionError(
            f"{path}: expected a stamp of format {FORMAT}, came {str(stamp)[:80]!r}. {remedy(root.name, force=True)}"
        )
    return stamp


def load(recipe: Recipe, root: Path | None = None) -> Sysroot | None:
    """The sysroot of `recipe` if it is complete, else None. Raises ProvisionError if it can't be used."""
    root = folder(recipe.name) if root is None else root
    stamp = read_stamp(root)
    if stamp is None:
        return None
    emulator = ""
    if not is_native(recipe) and (qemu := emulator_path(recipe)):
        known = stamp.get("emulator") or {}
        # The version is asked for again only when another file stands at the emulator's place.
        same = {key: known.get(key) for key in ("path", "size", "mtime_ns")} == emulator_identity(qemu)
        emulator = known["version"] if same else emulator_version(qemu)
        emulator += f" -cpu {recipe.cpu}" if recipe.cpu else ""
    return Sysroot(
        name=recipe.name,
        root=root,
        python=command(recipe, root),
        env=environment(recipe),
        torch=stamp["torch"],
        emulator=emulator,
        byteorder=stamp["byteorder"],
        import_seconds=stamp["import_seconds"],
        megabytes=stamp["megabytes"],
    )


def status(recipe: Recipe) -> str:
    """One line for `lockstep doctor`: what is usable, or why it isn't and the command that mends it."""
    try:
        sysroot = load(recipe)
    except ProvisionError as error:
        return f"unusable: {error}"
    if sysroot is None:
        size = f"downloads about {recipe.download_mb} MB, takes {recipe.disk_mb} MB while building"
        return f"not built. {remedy(recipe.name)} ({size})"
    how = f"under {sysroot.emulator}" if sysroot.emulator else "native"
    return (
        f"usable: torch {sysroot.torch}, {sysroot.byteorder}-endian, {how}, "
        f"imports in {sysroot.import_seconds:.0f} s, {sysroot.megabytes} MB"
    )
