"""Small acts on files that every builder here needs: digests, a lock, free space, links."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import ProvisionError


def cache_dir() -> Path:
    """Where built things live: `$LOCKSTEP_CACHE`, `$XDG_CACHE_HOME/lockstep` or `~/.cache/lockstep`."""
    if own := os.environ.get("LOCKSTEP_CACHE"):
        return Path(own).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "lockstep"


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def size_mb(folder: Path) -> int:
    """Disk space a folder takes, in MB of 10^6 bytes, hard links counted once."""
    seen: dict[tuple[int, int], int] = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            stat = os.lstat(os.path.join(parent, name))
            seen[stat.st_dev, stat.st_ino] = stat.st_blocks * 512
    return round(sum(seen.values()) / 1e6)


def require_space(folder: Path, megabytes: int, what: str) -> None:
    """Raise ProvisionError unless the disk of `folder` has this much free."""
    free = shutil.disk_usage(folder).free // 10**6
    if free < megabytes:
        raise ProvisionError(
            f"building {what} needs {megabytes} MB free under {folder}; there are {free} MB. Free some "
            "space, or set LOCKSTEP_CACHE to a folder on a larger disk."
        )


@contextmanager
def exclusive(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock file `path`, which dies with its process; `waiting` is called if another one has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            waiting()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def relink(root: Path) -> None:
    """Make each absolute symbolic link under `root` relative, so that it means the file in `root` and not the
    host's.

    Without it an ELF loader that Debian ships as `/lib64/ld64.so.2 -> /lib/TRIPLET/ld64.so.2` would be looked
    for on the host.
    """
    for parent, folders, names in os.walk(root):
        for name in (*folders, *names):
            path = os.path.join(parent, name)
            if os.path.islink(path) and (target := os.readlink(path)).startswith("/"):
                os.unlink(path)
                os.symlink(os.path.relpath(os.path.join(root, target[1:]), os.path.realpath(parent)), path)


def replace_folder(new: Path, final: Path) -> None:
    """Put the folder `new` at `final` in one rename; what was there is removed afterwards."""
    old = final.with_name(f".{final.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if final.exists():
        final.rename(old)
    new.rename(final)
    shutil.rmtree(old, ignore_errors=True)
