"""Environments this machine can build for itself: other architectures under emulation, and interpreters of their own.

A wrong answer that only a big-endian machine, another vector unit or an older PyTorch gives cannot be seen on the machine at
hand. This package builds what shows it, without root and without touching the system: `provision("s390x")` downloads a Debian
userland with PyTorch into the user's cache, `installed()` says what is there and how to start Python in it.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.errors import ProvisionError
from harness.provision import sysroot
from harness.provision.files import cache_dir
from harness.provision.recipes import RECIPES
from harness.provision.sysroot import Sysroot, installed

__all__ = ["NAMES", "ProvisionError", "Sysroot", "cache_dir", "installed", "provision", "status"]

NAMES: tuple[str, ...] = tuple(RECIPES)


def provision(name: str, *, progress: Callable[[str], None] = print, force: bool = False) -> Sysroot:
    """Build `name` (one of NAMES) in the user's cache, or return it if it is there and not `force`.

    `progress` gets a line a step. Raises ProvisionError, which names the remedy; running it again continues.
    """
    from harness.provision.build import build

    if name not in NAMES:
        raise ProvisionError(f"nothing called {name!r} can be provisioned; there are {', '.join(NAMES)}")
    return build(RECIPES[name], progress=progress, force=force)


def status(name: str) -> str:
    """One line: usable, or why not and the command that mends it."""
    return sysroot.status(RECIPES[name])
