"""Files of a sysroot: links that stay inside it, one builder at a time, a rename that is all or nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.errors import ProvisionError
from harness.provision.files import cache_dir, exclusive, relink, replace_folder, require_space, size_mb


def test_the_cache_is_where_the_user_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LOCKSTEP_CACHE wins over XDG_CACHE_HOME, which wins over the home folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("LOCKSTEP_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_dir() == tmp_path / ".cache/lockstep"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_dir() == tmp_path / "xdg/lockstep"
    monkeypatch.setenv("LOCKSTEP_CACHE", "~/own")
    assert cache_dir() == tmp_path / "own"


def test_absolute_links_mean_files_of_the_sysroot(tmp_path: Path) -> None:
    """An ELF loader that Debian ships as an absolute link is found in the sysroot, by any way to it."""
    root = tmp_path / "root"
    (root / "usr/lib64").mkdir(parents=True)
    (root / "usr/lib/triplet").mkdir(parents=True)
    (root / "lib").symlink_to("usr/lib")
    (root / "lib64").symlink_to("usr/lib64")
    (root / "usr/lib/triplet/ld64.so.2").write_text("loader")
    (root / "usr/lib64/ld64.so.2").symlink_to("/lib/triplet/ld64.so.2")
    relink(root)
    assert (root / "lib64/ld64.so.2").read_text() == "loader"
    root.rename(tmp_path / "moved")
    assert (tmp_path / "moved/lib64/ld64.so.2").read_text() == "loader"


def test_replacing_a_folder_leaves_one_of_the_two(tmp_path: Path) -> None:
    """A rebuilt sysroot takes the old one's place and nothing stays behind."""
    final, new = tmp_path / "s390x", tmp_path / "work"
    for folder, text in ((final, "old"), (new, "new")):
        folder.mkdir()
        (folder / "stamp").write_text(text)
    replace_folder(new, final)
    assert (final / "stamp").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["s390x"]


def test_two_builds_of_one_name_wait_for_each_other(tmp_path: Path) -> None:
    """A second `lockstep provision` says that it waits, and goes on when the first one's process is gone."""
    lock = tmp_path / "lock"
    code = (
        "import sys, time; from pathlib import Path; from harness.provision.files import exclusive\n"
        "with exclusive(Path(sys.argv[1]), lambda: None):\n"
        "    print('held', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(lock)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        started, said = time.monotonic(), []

        def waiting() -> None:
            said.append(True)
            holder.kill()

        with exclusive(lock, waiting):
            assert said == [True]
        assert time.monotonic() - started < 30


def test_too_little_space_is_said_before_anything_is_downloaded(tmp_path: Path) -> None:
    """The message names what is needed, what is free, where, and the variable that moves the cache."""
    with pytest.raises(ProvisionError, match=r"s390x needs 10{12} MB free under .*there are \d+ MB.*LOCKSTEP_CACHE"):
        require_space(tmp_path, 10**12, "s390x")


def test_hard_links_count_once(tmp_path: Path) -> None:
    """The size shown is what the disk gives up."""
    (tmp_path / "a").write_bytes(b"x" * 3_000_000)
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    assert size_mb(tmp_path) == 3
