"""Wheels of another machine are fetched by the real pip from a folder, and only with the pinned digest."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from harness.errors import ProvisionError
from harness.provision import wheels
from harness.provision.recipes import Wheel


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one aarch64 wheel, which is all that pip can see."""
    folder = tmp_path / "index"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tiny_thing-1.0-cp311-cp311-manylinux_2_28_aarch64.whl", "w") as wheel:
        info = "tiny_thing-1.0.dist-info"
        wheel.writestr("tiny_thing/__init__.py", "answer = 42\n")
        wheel.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: tiny-thing\nVersion: 1.0\nRequires-Dist: absent\n",
        )
        wheel.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp311-cp311-manylinux_2_28_aarch64\n",
        )
        wheel.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def pinned(index: Path) -> Wheel:
    (path,) = index.glob("*.whl")
    return Wheel("tiny-thing", "1.0", 0.1, (hashlib.sha256(path.read_bytes()).hexdigest(),))


def test_a_wheel_of_another_machine_is_laid_out(index: Path, tmp_path: Path) -> None:
    """What this machine could not install itself is downloaded, without its dependencies, and unpacked."""
    said: list[str] = []
    paths = wheels.download([pinned(index)], "aarch64", "3.11", tmp_path / "wheels", said.append)
    assert said == ["wheel 1 of 1: tiny-thing 1.0 (0.1 MB)"]
    wheels.unpack(paths, "aarch64", "3.11", tmp_path / "target")
    assert (tmp_path / "target/tiny_thing/__init__.py").read_text() == "answer = 42\n"


def test_a_wheel_with_another_digest_is_refused(index: Path, tmp_path: Path) -> None:
    """A wheel that isn't the pinned one is an error that shows both digests."""
    wheel = Wheel("tiny-thing", "1.0", 0.1, ("0" * 64,))
    with pytest.raises(ProvisionError, match=f"Expected sha256 {'0' * 64}"):
        wheels.download([wheel], "aarch64", "3.11", tmp_path / "wheels", lambda text: None)


def test_a_second_run_keeps_good_wheels_and_drops_damaged_ones(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an interrupted build got isn't downloaded again; a truncated file isn't taken for a wheel."""
    wheel, folder = pinned(index), tmp_path / "wheels"
    (path,) = wheels.download([wheel], "aarch64", "3.11", folder, lambda text: None)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "gone"))
    assert wheels.download([wheel], "aarch64", "3.11", folder, lambda text: None) == [path]
    path.write_bytes(path.read_bytes()[:-10])
    assert wheels.find(wheel, folder) is None
    assert not path.exists()
