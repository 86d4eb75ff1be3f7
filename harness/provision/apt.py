"""Packages of a foreign architecture, fetched by the system's own apt without touching the system's state.

apt keeps everything it knows in folders that options can move; with an architecture, a package list and an
(empty) status file of its own, `apt-get install --download-only` resolves and downloads a whole closure for a
machine that isn't this one, as any user. Mirrors, proxies and keys stay those the system is configured with;
`LOCKSTEP_APT_SOURCES` names another list of sources, for systems (Ubuntu, say) whose own have no PyTorch.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from harness.errors import ProvisionError
from harness.provision.files import sha256_of

# Hooks of the system's apt act on the system (indexers, cache cleaners): none of them may run for a private
# state.
_CLEAR = (
    "APT::Update::Pre-Invoke",
    "APT::Update::Post-Invoke",
    "APT::Update::Post-Invoke-Success",
    "DPkg::Pre-Invoke",
    "DPkg::Post-Invoke",
    "DPkg::Pre-Install-Pkgs",
    "Dir::Etc::preferencesparts",
)


@dataclass(frozen=True, slots=True)
class Archive:
    """One package file that apt wants: its name, version, file name, size in bytes and SHA-256."""

    package: str
    version: str
    file: str
    size: int
    sha256: str


def parse_uris(text: str) -> list[Archive]:
    """The archives in the output of `apt-get install --print-uris`; lines of other kinds are skipped.

    A line reads `'URI' FILE SIZE SHA256:HEX`, where FILE is `name_version_arch.deb` with `:` written `%3a`.
    """
    found = []
    for line in text.splitlines():
        match = re.match(r"'[^']*' (\S+\.deb) (\d+) SHA256:([0-9a-f]{64})\s*$", line)
        if match:
            file = match[1]
            package, version, _ = file.split("_", 2)
            found.append(Archive(package, unquote(version), file, int(match[2]), match[3]))
    return found


class Apt:
    """A private apt state for one architecture, under `home`."""

    def __init__(self, architecture: str, home: Path) -> None:
        for tool, package in (("apt-get", "apt"), ("dpkg-deb", "dpkg"), ("tar", "tar")):
            if shutil.which(tool) is None:
                raise ProvisionError(
                    f"building a sysroot needs `{tool}` (of the package {package}), which is not on PATH: it "
                    "is made of Debian packages. Run this on Debian or Ubuntu, or in a container: "
                    "`docker run -it -v ~/.cache/lockstep:/root/.cache/lockstep python:3.11-bookworm`"
                )
        self.architecture = architecture
        self.archives = home / "archives"
        for folder in (home / "lists/partial", self.archives / "partial", home / "log"):
            folder.mkdir(parents=True, exist_ok=True)
        status = home / "status"
        status.touch()
        settings = {
            "APT::Architecture": architecture,
            "APT::Architectures": architecture,
            "APT::Install-Recommends": "false",
            "APT::Get::Assume-Yes": "true",
            "Dir::State": home,
            "Dir::State::lists": home / "lists",
            "Dir::State::status": status,
            "Dir::State::extended_states": home / "extended_states",
            "Dir::Cache": home,
            "Dir::Cache::archives": self.archives,
            "Dir::Log": home / "log",
            "Acquire::ForceHash": "SHA256",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "APT::Sandbox::User": "",
        }
        sources = os.environ.get("LOCKSTEP_APT_SOURCES")
        if sources:
            if not Path(sources).is_file():
                raise ProvisionError(f"LOCKSTEP_APT_SOURCES names {sources}, which is not a file of apt sources")
            settings["Dir::Etc::sourcelist"] = Path(sources).resolve()
            settings["Dir::Etc::sourceparts"] = "-"
        self._conf = home / "apt.conf"
        lines = [f"#clear {name};" for name in _CLEAR]
        lines += [f'{name} "{value}";' for name, value in settings.items()]
        self._conf.write_text("\n".join(lines) + "\n")

    def _run(self, *arguments: str, status: Callable[[str], None] | None = None) -> tuple[int, str, str]:
        """`apt-get ARGUMENTS` with this state; `status` gets each line of apt's status descriptor."""
        command = ["apt-get", "-q", "-c", str(self._conf)]
        # Given as options too, since apt fixes the architecture before it reads a configuration file named
        # by -c.
        command += [
            "-o",
            f"APT::Architecture={self.architecture}",
            "-o",
            f"APT::Architectures={self.architecture}",
        ]
        env = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
        if status is None:
            done = subprocess.run([*command, *arguments], capture_output=True, text=True, env=env, check=False)
            return done.returncode, done.stdout, done.stderr
        read, write = os.pipe()
        log = self._conf.with_name("apt.out")
        with log.open("w+") as out:
            with subprocess.Popen(
                [*command, "-o", f"APT::Status-Fd={write}", *arguments],
                stdout=out,
                stderr=subprocess.STDOUT,
                env=env,
                pass_fds=(write,),
            ) as process:
                os.close(write)
                with os.fdopen(read, encoding="utf-8", errors="replace") as lines:
                    for line in lines:
                        status(line)
            out.seek(0)
            text = out.read()
        return process.returncode, text, text

    def update(self) -> None:
        """Fetch the package lists. A source that fails is fatal only if `plan` then lacks a package."""
        self._update = self._run("update")

    def plan(self, packages: Sequence[str]) -> list[Archive]:
        """Every archive that installing `packages` on an empty system takes.

        Raises ProvisionError if one is not to be had.
        """
        # apt leaves out of the list what lies in its archive folder, so it is shown an empty one.
        empty = self.archives.with_name("none")
        (empty / "partial").mkdir(parents=True, exist_ok=True)
        code, out, err = self._run("install", "--print-uris", "-o", f"Dir::Cache::archives={empty}", *packages)
        archives = parse_uris(out)
        if code or not archives:
            raise ProvisionError(explain(self.architecture, packages, err, self._update[2]))
        return archives

    def download(
        self, packages: Sequence[str], archives: Sequence[Archive], progress: Callable[[int], None]
    ) -> list[Path]:
        """Download `archives` (the plan of `packages`), keeping what an earlier call got, and check each
        one's SHA-256.

        `progress` gets the number of bytes that are here. apt itself continues a partial file.
        """
        expected = {archive.file: archive for archive in archives}
        for path in self.archives.glob("*.deb"):
            archive = expected.get(path.name)
            if archive is None or path.stat().st_size != archive.size or sha256_of(path) != archive.sha256:
                path.unlink()

        def status(_: str) -> None:
            progress(_present(self.archives))

        code, out, _ = self._run("install", "--download-only", *packages, status=status)
        paths = [self.archives / archive.file for archive in archives]
        missing = [path.name for path in paths if not path.is_file()]
        if code or missing:
            raise ProvisionError(
                f"apt could not download {len(missing)} of {len(archives)} packages for {self.architecture}"
                f" (first: {missing[0] if missing else 'none'}). apt says: {_last_errors(out)}\n"
                "What came so far is kept; run the same command again to continue."
            )
        for archive, path in zip(archives, paths, strict=True):
            digest = sha256_of(path)
            if digest != archive.sha256:
                path.unlink()
                raise ProvisionError(
                    f"{path.name}: expected sha256 {archive.sha256} (from the signed package list), "
                    f"came {digest}. The file was removed; run the same command again."
                )
        return paths


def explain(architecture: str, packages: Sequence[str], error: str, update_error: str) -> str:
    """Why apt has no plan, and the remedy; a network that failed differs from sources that lack it."""
    wanted = ", ".join(packages)
    if re.search(r"Temporary failure|Could not (resolve|connect)|Failed to fetch|Network is unreachable", update_error):
        return (
            f"expected package lists for {architecture} from the mirrors apt is configured with; they could "
            f"not be fetched. apt says: {_last_errors(update_error)}\n"
            "Check the network and that `apt-get update` works, then run the same command again."
        )
    return (
        f"expected apt to offer {wanted} for {architecture}; it does not. apt says: {_last_errors(error)}\n"
        "Debian 12 (bookworm) has them. Elsewhere, `apt-get install debian-archive-keyring`, write "
        "`deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
        "http://deb.debian.org/debian bookworm main` "
        "into a file debian.list, and run again with LOCKSTEP_APT_SOURCES=$PWD/debian.list"
    )


def unpack(archive: Path, root: Path, exclude: Sequence[str] = ()) -> None:
    """Unpack one .deb into `root`, leaving out what matches a pattern of `exclude`.

    Folders of `root` that are links (those of a merged /usr) are followed, not replaced.
    """
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE) as source:
        options = [f"--exclude={pattern}" for pattern in exclude]
        # No owners and no device nodes: nobody but root could make them, and nothing here needs them.
        done = subprocess.run(
            ["tar", "-x", "-C", str(root), "--keep-directory-symlink", "--no-same-owner", *options],
            stdin=source.stdout,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode or source.returncode:
        raise ProvisionError(
            f"{archive.name} could not be unpacked into {root}: "
            f"{done.stderr.strip()[-500:] or 'dpkg-deb failed'}. "
            "If the disk is full, free some space; then run the same command again."
        )


def _present(folder: Path) -> int:
    """Bytes of .deb files here and in `partial`, where apt may move one away at any moment."""
    total = 0
    for path in (*folder.glob("*.deb"), *folder.glob("partial/*.deb")):
        with suppress(FileNotFoundError):
            total += path.stat().st_size
    return total


def _last_errors(text: str) -> str:
    """The lines of apt's output that start with E: or W:, at most four, or its last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("E:")] or [line for line in lines if line.startswith("W:")]
    return " / ".join(errors[:4] or lines[-1:]) or "nothing"
