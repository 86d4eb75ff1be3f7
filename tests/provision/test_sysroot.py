"""What is built is known from the stamps alone, and what cannot run here says why."""

from __future__ import annotations

import json
import platform
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness import provision
from harness.errors import LockstepError, ProvisionError
from harness.provision.recipes import RECIPES
from harness.provision.sysroot import STAMP, emulator_identity

MACHINES = {"x86_64": "debian-amd64", "aarch64": "aarch64", "s390x": "s390x", "ppc64le": "ppc64le"}
NATIVE = MACHINES.get(platform.machine(), "")
FOREIGN = "s390x" if NATIVE != "s390x" else "aarch64"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a PATH with an emulator that notes each start in a file `starts`."""
    monkeypatch.setenv("LOCKSTEP_CACHE", str(tmp_path / "cache"))
    tools = tmp_path / "tools"
    tools.mkdir()
    qemu = tools / f"qemu-{RECIPES[FOREIGN].machine}-static"
    qemu.write_text(
        f"#!/bin/sh\necho start >> {tmp_path}/starts\n"
        f"echo '{qemu.name.removesuffix('-static')} version 9.1.0 (Debian 1:9.1)'\n"
    )
    qemu.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    return tmp_path / "cache"


def lay_down(cache: Path, name: str, **changes: Any) -> Path:
    """The files of a finished sysroot, as far as reading it needs them."""
    root = cache / "sysroots" / name
    (root / "usr/bin").mkdir(parents=True)
    for python in ("python3.9", "python3.11", "python3.11-config"):
        (root / "usr/bin" / python).touch()
    stamp = {
        "format": 1,
        "torch": "1.13.0a0",
        "byteorder": "big",
        "import_seconds": 8.3,
        "megabytes": 765,
        "emulator": None,
        **changes,
    }
    (root / STAMP).write_text(json.dumps(stamp))
    return root


def test_a_built_sysroot_is_listed_with_the_command_that_starts_it(cache: Path, tmp_path: Path) -> None:
    """The emulator, the root and the newest Python in it, isolated from the host's; no qemu is started."""
    qemu = str(tmp_path / "tools" / f"qemu-{RECIPES[FOREIGN].machine}-static")
    root = lay_down(cache, FOREIGN, emulator={**emulator_identity(qemu), "version": "qemu 9.1.0"})
    built = provision.installed()[FOREIGN]
    assert built.python[:3] == (qemu, "-L", str(root))
    assert built.python[-2:] == (str(root / "usr/bin/python3.11"), "-I")
    assert built.env["OMP_NUM_THREADS"] == "1"
    assert (built.torch, built.byteorder, built.emulator.split(" -cpu")[0]) == (
        "1.13.0a0",
        "big",
        "qemu 9.1.0",
    )
    assert not (tmp_path / "starts").exists()
    assert provision.status(FOREIGN).startswith("usable: torch 1.13.0a0, big-endian, under qemu 9.1.0")


def test_another_emulator_is_not_reported_as_the_one_it_was_built_with(cache: Path, tmp_path: Path) -> None:
    """After an upgrade of qemu, records name the version that runs: a divergence may be the emulator's."""
    lay_down(cache, FOREIGN, emulator={"path": "/old/qemu", "size": 1, "mtime_ns": 1, "version": "qemu 7.2"})
    assert "9.1.0" in provision.installed()[FOREIGN].emulator
    assert (tmp_path / "starts").read_text() == "start\n"


def test_without_an_emulator_the_sysroot_is_left_out_and_doctor_says_what_to_install(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The device disappears from the list and its status names the package."""
    lay_down(cache, FOREIGN)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert provision.installed() == {}
    status = provision.status(FOREIGN)
    assert status.startswith("unusable")
    assert f"qemu-{RECIPES[FOREIGN].machine}-static" in status
    assert "`apt-get install qemu-user-static`" in status
    with pytest.raises(ProvisionError, match="apt-get install qemu-user-static"):
        provision.provision(FOREIGN, force=True)


def test_what_is_not_built_says_the_command_and_the_cost(cache: Path) -> None:
    """Every name has a line that tells what to run and how much comes over the network."""
    assert provision.installed() == {}
    for name in provision.NAMES:
        assert provision.status(name).startswith(f"not built. Run `lockstep provision {name}` (downloads about")


def test_a_folder_without_a_stamp_is_not_a_sysroot(cache: Path) -> None:
    """What a killed build left is never run."""
    (lay_down(cache, FOREIGN) / STAMP).unlink()
    assert provision.installed() == {}


@pytest.mark.parametrize("text", ["{", '{"format": 99}', "[]"])
def test_a_stamp_that_cannot_be_read_names_the_rebuild(cache: Path, text: str) -> None:
    """A damaged or newer stamp does not break the list; status says how to build again."""
    (lay_down(cache, FOREIGN) / STAMP).write_text(text)
    assert provision.installed() == {}
    assert f"lockstep provision {FOREIGN} --force" in provision.status(FOREIGN)


def test_an_unknown_name_lists_those_there_are() -> None:
    """A typing error is answered with the names."""
    with pytest.raises(LockstepError, match="'sparc' can be provisioned; there are aarch64, ppc64le, s390x"):
        provision.provision("sparc")
    with pytest.raises(LockstepError, match="there are aarch64"):
        provision.status("sparc")


def test_an_environment_whose_interpreter_is_gone_says_so(cache: Path) -> None:
    """Upgrading the host's Python can orphan an environment: status names the command that rebuilds it."""
    root = cache / "venvs/jax"
    root.mkdir(parents=True)
    stamp = {"format": 1, "torch": "2.13.0", "byteorder": "little", "import_seconds": 2, "megabytes": 1500}
    (root / STAMP).write_text(json.dumps(stamp))
    assert provision.installed() == {}
    assert "the Python it was made from is gone" in provision.status("jax")
    (root / "bin").mkdir()
    (root / "bin/python").touch()
    built = provision.installed()["jax"]
    assert (built.kind, built.python[0], built.torch) == ("environment", str(root / "bin/python"), "2.13.0")


def test_the_control_runs_natively_with_its_own_libraries() -> None:
    """A built native sysroot computes with its own torch, as a worker behind an execnet gateway."""
    built = provision.installed().get(NATIVE)
    if built is None:
        pytest.skip(f"`lockstep provision {NATIVE}` has not been run here")
    import execnet

    env = "".join(f"//env:{key}={value}" for key, value in built.env.items())
    group = execnet.Group()
    try:
        gateway = group.makegateway(f"popen//python={shlex.join(built.python)}{env}")
        channel = gateway.remote_exec(
            "import sys, torch\n"
            "x = channel.receive()\n"
            "y = torch.frombuffer(bytearray(x), dtype=torch.float32) * 2\n"
            "maps = {l.split(None, 5)[5].strip() for l in open('/proc/self/maps') if '.so' in l}\n"
            "channel.send((str(torch.__version__), y.numpy().tobytes(), sorted(maps)))\n"
        )
        channel.send(b"\x00\x00\x80\x3f")
        version, product, libraries = channel.receive(60)
    finally:
        group.terminate(5)
    assert version == built.torch
    assert product == b"\x00\x00\x00\x40"
    assert all(path.startswith(str(built.root)) for path in libraries)


def test_sysroots_are_frozen() -> None:
    """A sysroot is data: what a target was started with can't change under it."""
    built = provision.Sysroot("x", Path("/x"), ("python",))
    with pytest.raises(AttributeError):
        built.name = "y"  # type: ignore[misc]
    assert replace(built, name="y").name == "y"


def test_listing_is_cheap_and_imports_no_torch() -> None:
    """`lockstep devices` doesn't pay for what it doesn't start."""
    import sys

    code = "import sys; from harness import provision; provision.installed(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
