"""Discovery: which devices a machine has without an accelerator."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from harness.lab import discover
from harness.lab.lane import Job
from harness.lab.pool import Lab
from harness.target import Backend, Target


def test_an_arm_host_has_levels_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Arm the levels are ATen's and oneDNN's for Arm, and nothing of MKL's is set."""
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    monkeypatch.setattr(discover, "_cpu_flags", lambda: {"asimd", "sve"})
    discover.cpu_levels.cache_clear()
    try:
        devices = {device.name: dict(device.launch.env) for device in discover.cpu_devices()}
    finally:
        discover.cpu_levels.cache_clear()
    assert list(devices) == ["cpu", "cpu-default", "cpu-sve256", "cpu-old", "cpu-1thread"]
    assert devices["cpu-sve256"] == {"ATEN_CPU_CAPABILITY": "sve256"}
    assert devices["cpu-old"]["ONEDNN_MAX_CPU_ISA"] == "ADVANCED_SIMD"
    assert not any("MKL_CBWR" in env for env in devices.values())


def test_a_backend_whose_module_is_gone_is_an_error_and_no_hang(tmp_path: Path) -> None:
    """What cannot be shipped to a worker is said by the first cell that asks."""
    lab = Lab(tmp_path)
    try:
        target = Target(discover.cpu_devices()[0], Backend("ghost", "no_such_module_here", "Ghost"))
        reply = lab.lane(target).submit(Job("discover", ("{}",))).result(timeout=60)
    finally:
        lab.close()
    assert reply["status"] == "error"
    assert "no source for module no_such_module_here" in reply["message"]
