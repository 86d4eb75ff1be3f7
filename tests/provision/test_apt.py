"""apt fetches packages of another architecture into a state of its own, from a real repository on disk."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.errors import ProvisionError
from harness.provision.apt import Apt, Archive, explain, parse_uris, unpack

needs_apt = pytest.mark.skipif(
    not (shutil.which("apt-get") and shutil.which("dpkg-deb")), reason="this system has no apt"
)


def make_deb(folder: Path, name: str, depends: str = "", architecture: str = "s390x") -> Path:
    """A real package: a library under /lib, a manual page, and an epoch in its version."""
    tree = folder / f"tree-{name}"
    for path, text in {
        "DEBIAN/control": f"Package: {name}\nVersion: 1:2.0-1\nArchitecture: {architecture}\n"
        f"Maintainer: nobody <nobody@example.org>\nDescription: a package\n"
        + (f"Depends: {depends}\n" if depends else ""),
        f"lib/{name}.so": f"library {name}\n" * 50,
        f"usr/share/man/{name}.1": "manual\n",
    }.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)
    deb = folder / f"{name}_2.0-1_{architecture}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", tree, deb], check=True, capture_output=True)
    return deb


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of two s390x packages, `one` depending on `two`, named by LOCKSTEP_APT_SOURCES."""
    folder = tmp_path / "repository"
    folder.mkdir()
    index = ""
    for deb in (make_deb(folder, "one", "two (>= 1)"), make_deb(folder, "two")):
        control = subprocess.run(["dpkg-deb", "-f", deb], check=True, capture_output=True, text=True).stdout
        digest = hashlib.sha256(deb.read_bytes()).hexdigest()
        index += f"{control}Filename: ./{deb.name}\nSize: {deb.stat().st_size}\nSHA256: {digest}\n\n"
    (folder / "Packages").write_text(index)
    sources = tmp_path / "test.list"
    sources.write_text(f"deb [trusted=yes] copy:{folder} ./\n")
    monkeypatch.setenv("LOCKSTEP_APT_SOURCES", str(sources))
    return folder


def fetch(home: Path) -> tuple[list[Archive], list[Path]]:
    apt = Apt("s390x", home)
    apt.update()
    archives = apt.plan(["one"])
    return archives, apt.download(["one"], archives, lambda done: None)


@needs_apt
def test_a_closure_of_another_architecture_is_downloaded(repository: Path, tmp_path: Path) -> None:
    """Asking for one package brings what it depends on, each with version, size and digest for the stamp."""
    archives, paths = fetch(tmp_path / "home")
    assert {(a.package, a.version) for a in archives} == {("one", "1:2.0-1"), ("two", "1:2.0-1")}
    for archive, path in zip(archives, paths, strict=True):
        assert path.stat().st_size == archive.size
        assert hashlib.sha256(path.read_bytes()).hexdigest() == archive.sha256


@needs_apt
def test_a_second_run_keeps_what_came_and_replaces_what_is_damaged(repository: Path, tmp_path: Path) -> None:
    """The good archives stay; one with wrong bytes of the right length is fetched again."""
    home = tmp_path / "home"
    _, (first, second) = fetch(home)
    good, damaged = first, second
    before, content = good.stat().st_mtime_ns, damaged.read_bytes()
    good_inode = good.stat().st_ino
    damaged.write_bytes(b"x" * len(content))
    archives, _ = fetch(home)
    assert len(archives) == 2  # the plan names archives that are here already, too
    assert (good.stat().st_mtime_ns, good.stat().st_ino) == (before, good_inode)
    assert damaged.read_bytes() == content


@needs_apt
def test_an_archive_that_changed_at_its_source_is_refused(repository: Path, tmp_path: Path) -> None:
    """Bytes that the package list doesn't vouch for never reach a sysroot; the message says how to go on."""
    deb = repository / "two_2.0-1_s390x.deb"
    deb.write_bytes(b"x" * deb.stat().st_size)
    with pytest.raises(
        ProvisionError, match=r"(?s)could not download 1 of 2 packages for s390x.*run the same command"
    ) as error:
        fetch(tmp_path / "home")
    assert "Hash Sum mismatch" in str(error.value)


@needs_apt
def test_a_package_that_no_source_has_names_the_remedy(repository: Path, tmp_path: Path) -> None:
    """On a system without Debian's PyTorch the user learns which sources to give and how."""
    apt = Apt("s390x", tmp_path / "home")
    apt.update()
    with pytest.raises(ProvisionError, match="LOCKSTEP_APT_SOURCES") as error:
        apt.plan(["python3-torch"])
    assert "Unable to locate package python3-torch" in str(error.value)


@needs_apt
def test_unpacking_follows_a_merged_usr_and_leaves_out_documentation(repository: Path, tmp_path: Path) -> None:
    """/lib stays a link to /usr/lib, as Debian lays it out, and no manual takes space."""
    root = tmp_path / "root"
    (root / "usr/lib").mkdir(parents=True)
    (root / "lib").symlink_to("usr/lib")
    unpack(repository / "one_2.0-1_s390x.deb", root, ["./usr/share/man/*"])
    assert (root / "lib").is_symlink()
    assert (root / "usr/lib/one.so").read_text().startswith("library one")
    assert not list(root.rglob("*.1"))


@needs_apt
def test_a_broken_archive_is_an_error_with_its_name(tmp_path: Path) -> None:
    """A file that is no package is named, not skipped."""
    broken = tmp_path / "broken.deb"
    broken.write_bytes(b"no package")
    with pytest.raises(ProvisionError, match=r"broken\.deb could not be unpacked"):
        unpack(broken, tmp_path)


def test_a_system_without_apt_is_told_what_to_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no apt the message names the tool, the systems that have it, and a container."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProvisionError, match=r"`apt-get`.*not on PATH.*Debian.*docker run"):
        Apt("s390x", tmp_path / "home")


def test_a_missing_sources_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped LOCKSTEP_APT_SOURCES is not silently replaced by the system's sources."""
    if not shutil.which("apt-get"):
        pytest.skip("this system has no apt")
    monkeypatch.setenv("LOCKSTEP_APT_SOURCES", str(tmp_path / "absent.list"))
    with pytest.raises(ProvisionError, match=r"absent\.list, which is not a file"):
        Apt("s390x", tmp_path / "home")


def test_uris_of_apt_are_read_with_their_epochs() -> None:
    """Every line apt prints for an archive is understood; its chatter is not an archive."""
    digest = "f8d1726c2f5c61b42dbf7652cd9c01da23e55029e3c384a9f1802334fd964091"
    text = (
        "Reading package lists...\n"
        f"'http://m/zlib1g_1.2.13_s390x.deb' zlib1g_1%3a1.2.13.dfsg-1_s390x.deb 82744 SHA256:{digest}\n"
    )
    archive = Archive("zlib1g", "1:1.2.13.dfsg-1", "zlib1g_1%3a1.2.13.dfsg-1_s390x.deb", 82744, digest)
    assert parse_uris(text) == [archive]


def test_a_network_that_failed_is_told_from_sources_that_lack_the_package() -> None:
    """Without a network the remedy is the network, not other sources."""
    text = explain("s390x", ["python3-torch"], "E: Unable to locate package", "W: Failed to fetch http://m/InRelease")
    assert "Failed to fetch" in text
    assert "Check the network" in text
    assert "LOCKSTEP_APT_SOURCES" not in text
