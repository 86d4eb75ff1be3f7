"""Environments this machine can build for itself: other architectures under emulation, other interpreters.

A wrong answer that only a big-endian machine, another vector unit or an older PyTorch gives cannot be seen on
the machine at hand. This package builds what shows it, without root and without touching the system:
`provision("s390x")` downloads a Debian userland with PyTorch into the user's cache, `installed()` says what
is there and how to start Python in it.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.errors import ProvisionError
from harness.provision import sysroot, venvs
from harness.provision.files import cache_dir
from harness.provision.recipes import RECIPES
from harness.provision.sysroot import Sysroot
from harness.provision.venvs import VENVS

__all__ = ["NAMES", "ProvisionError", "Sysroot", "cache_dir", "installed", "provision", "status"]

NAMES: tuple[str, ...] = (*RECIPES, *VENVS)


def provision(name: str, *, progress: Callable[[str], None] = print, force: bool = False) -> Sysroot:
    """Build `name` (one of NAMES) in the user's cache, or return it if it is there and not `force`.

    `progress` gets a line a step. Raises ProvisionError, which names the remedy; running it again continues.
    """
    from harness.provision import build

    if name in RECIPES:
        return build.build(RECIPES[name], progress=progress, force=force)
    return venvs.build(VENVS[_known(name)], progress=progress, force=force)


def installed() -> dict[str, Sysroot]:
    """All that is built and can run here, by name, from the stamps alone; `status` says why another can't."""
    found = {}
    for name in NAMES:
        try:
            built = sysroot.load(RECIPES[name]) if name in RECIPES else venvs.load(VENVS[name])
        except ProvisionError:
            continue
        if built:
            found[name] = built
    return found


def status(name: str) -> str:
    """One line: usable, or why not and the command that mends it."""
    return sysroot.status(RECIPES[name]) if name in RECIPES else venvs.status(VENVS[_known(name)])


def _known(name: str) -> str:
    if name not in NAMES:
        raise ProvisionError(f"nothing called {name!r} can be provisioned; there are {', '.join(NAMES)}")
    return name
