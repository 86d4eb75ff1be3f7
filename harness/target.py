"""Device, Backend, Target: where a program runs, how, and the pair of them.

    device × backend = target      cpu × eager = `cpu`      cpu-avx2 × inductor = `cpu-avx2/inductor`

Names and launch commands are data; everything that needs torch happens in the target's worker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start the Python that becomes a worker.

    python: the command line up to the interpreter; None means the one that runs pytest. env: variables set for it,
    None values unset them. path: folders put on sys.path. shares_files: it sees this machine's files.
    patience: how much slower than this machine it is; time limits are multiplied by it.
    """

    python: tuple[str, ...] | None = None
    env: tuple[tuple[str, str | None], ...] = ()
    path: tuple[str, ...] = ()
    shares_files: bool = True
    patience: float = 1.0


@dataclass(frozen=True, slots=True)
class Device:
    """Where. torch: the device string inside the worker. profile: name of what it is allowed (numerics.profile).

    variant: another way to use hardware that `--devices=all` already has (an instruction-set level, an emulator): it
    runs `eager` unless it is asked for by name. threads: intra-op threads to pin; None keeps torch's default.
    """

    name: str
    torch: str = "cpu"
    launch: Launch = Launch()
    profile: str = "cpu"
    variant: bool = False
    threads: int | None = None
    description: str = ""
    emulator: str = ""


@dataclass(frozen=True, slots=True)
class Backend:
    """How. module, cls: the class in the worker. options: parsed from the name after a colon.

    slow: costs about a second a program; the quick tier gives it only cases tagged `compile`.
    why: the reason it cannot be used on this machine; None where it can.
    """

    name: str
    module: str
    cls: str
    options: tuple[tuple[str, str], ...] = ()
    slow: bool = False
    device_types: tuple[str, ...] | None = None
    launch: Launch | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One device × backend: one worker, one column of the report."""

    device: Device
    backend: Backend

    @property
    def name(self) -> str:
        """`cpu`, `cuda:0`, `cpu/inductor`: eager is what a device does by itself."""
        return self.device.name if self.backend.name == "eager" else f"{self.device.name}/{self.backend.name}"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, eq=False)
class Output:
    """One array a target returned. strides in elements; None where the tensor has none. device: as torch names it."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    strides: tuple[int, ...] | None
    device: str
    data: np.ndarray[Any, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Ran:
    """What came of one job.

    status: ok, unsupported, fellback, crashed, timeout, error. how: `ran`, or `emulated` where an older torch went
    through the compat table. seconds: the calls themselves. log: the worker's last words during the job.
    """

    status: str
    message: str = ""
    how: str = "ran"
    outputs: tuple[Output, ...] = ()
    seconds: float = 0.0
    evidence: Mapping[str, Any] = field(default_factory=dict)
    log: str = ""

    @property
    def ok(self) -> bool:
        return self.status == "ok"

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """Output name → array."""
        return {output.name: output.data for output in self.outputs}


def to_plain(target: Target) -> dict[str, Any]:
    """The target as builtin types, to cross processes."""
    return asdict(target)


def from_plain(plain: Mapping[str, Any]) -> Target:
    """The target that `to_plain` (and JSON) made plain."""
    return Target(_device(plain["device"]), _backend(plain["backend"]))


def _launch(plain: Mapping[str, Any]) -> Launch:
    python = plain["python"]
    return Launch(
        python=None if python is None else tuple(python),
        env=tuple((name, value) for name, value in plain["env"]),
        path=tuple(plain["path"]),
        shares_files=plain["shares_files"],
        patience=plain["patience"],
    )


def _device(plain: Mapping[str, Any]) -> Device:
    return Device(**{**plain, "launch": _launch(plain["launch"])})


def _backend(plain: Mapping[str, Any]) -> Backend:
    types, launch = plain["device_types"], plain["launch"]
    return Backend(
        **{
            **plain,
            "options": tuple((key, value) for key, value in plain["options"]),
            "device_types": None if types is None else tuple(types),
            "launch": None if launch is None else _launch(launch),
        }
    )
