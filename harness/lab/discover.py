"""What is in reach: devices and backends, and the targets that a command line's words mean.

Instruction-set levels are read from the processor's own description; accelerators and usable backends are asked of a
worker, because only torch knows; emulated architectures are what `lockstep provision` has built.
"""

from __future__ import annotations

import difflib
import functools
import importlib.metadata
import json
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.lab.pool import EAGER, Lab
from harness.numerics.profile import of_device
from harness.target import Backend, Device, Launch, Target

# name → (module, class, options). Names with a dash are one backend's class under fixed options.
BUILTIN: dict[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {
    "eager": ("harness.backends.eager", "Eager", ()),
    "inductor": ("harness.backends.inductor", "Inductor", ()),
    "inductor-scalar": ("harness.backends.inductor", "Inductor", (("simdlen", "0"),)),
    "inductor-256": ("harness.backends.inductor", "Inductor", (("simdlen", "256"),)),
    "aot_eager": ("harness.backends.aot_eager", "AotEager", ()),
    "onnxruntime": ("harness.backends.onnxruntime", "OnnxRuntime", ()),
    "onnx-reference": ("harness.backends.onnx_reference", "OnnxReference", ()),
    "openvino": ("harness.backends.openvino", "OpenVino", ()),
    "jax": ("harness.backends.jax", "Jax", ()),
}
# Backends that may live in an interpreter of their own: name → what `lockstep provision` calls it.
PROVISIONED = {"jax": "jax"}
DEFAULT_BACKENDS = ("eager", "inductor")  # with --devices=all; a device by its name alone is eager
ARM = ("aarch64", "arm64")
ACCELERATORS = ("cuda", "rocm", "xpu", "mps", "mtia", "hpu")


@dataclass(frozen=True, slots=True)
class Found:
    """What one look around gave: devices and backends by name, in the order they are shown."""

    devices: dict[str, Device]
    backends: dict[str, Backend]


@functools.cache
def cpu_levels() -> tuple[str, ...]:
    """ATen's instruction-set levels that this processor can run, lowest first."""
    if platform.machine() in ("x86_64", "AMD64"):
        flags = _cpu_flags()
        has = {"avx2": {"avx2", "fma"} <= flags, "avx512": {"avx512f", "avx512bw", "avx512vl", "avx512dq"} <= flags}
        return ("default", *(level for level, present in has.items() if present))
    if platform.machine() in ARM:
        return ("default", *(("sve256",) if "sve" in _cpu_flags() else ()))
    return ("default",)


def _cpu_flags() -> set[str]:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith(("flags", "Features")):
                return set(line.split(":", 1)[1].split())
    except OSError:
        pass
    return set()


def cpu_devices() -> list[Device]:
    """The host's CPU, its instruction-set levels, and its libraries at their oldest."""
    one = (("OMP_NUM_THREADS", "1"), ("MKL_NUM_THREADS", "1"))
    devices = [Device("cpu", description=f"this machine's CPU ({platform.machine()})")]
    for level in cpu_levels():
        launch = Launch(env=(("ATEN_CPU_CAPABILITY", level),))
        devices.append(Device(f"cpu-{level}", launch=launch, variant=True, description=f"ATen kernels at {level}"))
    oldest_of: tuple[tuple[str, str], ...] = (("ONEDNN_MAX_CPU_ISA", "SSE41"), ("MKL_CBWR", "COMPATIBLE"))
    if platform.machine() in ARM:  # there is no MKL on Arm, and oneDNN's levels have other names
        oldest_of = (("ONEDNN_MAX_CPU_ISA", "ADVANCED_SIMD"),)
    old = (*one, ("ATEN_CPU_CAPABILITY", "default"), *oldest_of)
    oldest = "every library at its oldest, one thread"
    devices.append(Device("cpu-old", launch=Launch(env=old), threads=1, variant=True, description=oldest))
    devices.append(Device("cpu-1thread", launch=Launch(env=one), threads=1, variant=True, description="one thread"))
    return devices


def emulated_devices() -> list[Device]:
    """Architectures that `lockstep provision` has built."""
    from harness import provision

    devices = []
    for name, root in sorted(provision.installed().items()):
        if root.kind == "environment":
            continue
        launch = Launch(
            python=tuple(str(word) for word in root.python),
            env=tuple(root.env.items()),
            patience=20.0 if root.emulator else 1.0,
        )
        devices.append(
            Device(
                name, launch=launch, variant=True, threads=1, emulator=root.emulator,
                description=f"torch {root.torch}" + (f" under {root.emulator}" if root.emulator else ", native"),
            )
        )  # fmt: skip
    return devices


def registered_backends() -> dict[str, Backend]:
    """Built-in backends and vendors' entry points, not yet asked whether they work here. Imports none of them."""
    found = {name: Backend(name, module, cls, options) for name, (module, cls, options) in BUILTIN.items()}
    for entry in sorted(importlib.metadata.entry_points(group="harness.backends"), key=lambda e: e.name):
        found[entry.name] = Backend(entry.name, entry.module, entry.attr)
    return found


def look_around(lab: Lab) -> Found:
    """Ask a worker what torch and the backends have here, and join it with what is known without one."""
    backends = registered_backends()
    asked = {name: {"module": b.module, "class": b.cls} for name, b in backends.items()}
    answer = json.loads(lab.ask("discover", json.dumps(asked))["found"])
    devices = cpu_devices()
    for entry in answer["accelerators"]:
        devices.append(_accelerator(entry))
    for name, facts in answer["backends"].items():
        types = facts.get("device_types")
        backends[name] = replace(
            backends[name],
            why=facts["why"],
            slow=bool(facts.get("slow")),
            device_types=None if types is None else tuple(types),
        )
        for entry in facts.get("devices", ()):
            devices.append(
                Device(
                    entry["name"], torch=entry["torch"], profile=entry.get("profile", "strict"),
                    launch=Launch(env=tuple(entry.get("env", {}).items())),
                    variant=bool(entry.get("variant", False)),
                    description=entry.get("description", f"from backend {name}"),
                )
            )  # fmt: skip
    for name, environment in PROVISIONED.items():
        if backends[name].why is not None:
            backends[name] = _provisioned(backends[name], environment)
    devices += emulated_devices()
    return Found({device.name: device for device in devices}, backends)


def _provisioned(backend: Backend, environment: str) -> Backend:
    """A backend not usable beside pytest, in the interpreter built for it; its stamp is proof that it imports."""
    from harness import provision

    built = provision.installed().get(environment)
    if built is None:
        return replace(backend, why=f"not built: lockstep provision {environment}")
    return replace(backend, why=None, launch=Launch(python=tuple(str(word) for word in built.python)))


def _accelerator(entry: dict[str, Any]) -> Device:
    usual = {"cuda": "cuda", "rocm": "cuda"}.get(entry["vendor"], "strict")
    profile = of_device(entry["description"], usual, {"nowhere": "ieee", "matmul": "tf32"}.get(entry["tf32"], ""))
    return Device(entry["name"], torch=entry["torch"], profile=profile, description=entry["description"])


def select(devices: Sequence[str], backends: Sequence[str], lab: Lab) -> list[Target]:
    """The targets that `--devices` and `--backends` mean, devices first.

    `all` devices: all in reach; `all` backends: all usable here; no backends: eager, and with `all` devices inductor.
    Variants run on eager only, unless they and the backend are named. A device asked for by name that is not here, and
    a backend that cannot be used, are UsageErrors: nothing asked for is silently skipped.
    """
    known = {device.name: device for device in cpu_devices()}
    plain = set(devices) <= set(known) and set(backends or ("eager",)) <= {"eager"}
    found = Found(known, {"eager": EAGER}) if plain else look_around(lab)
    every = "all" in devices
    chosen = list(found.devices.values()) if every else []
    named = [_device(name, found) for name in devices if name != "all"]
    chosen += [device for device in named if device not in chosen]
    hows = _backends(backends or (() if every else ("eager",)), found)
    targets = []
    for device in chosen:
        for backend in hows:
            if backend.name != "eager" and device.variant and (not backends or (every and device not in named)):
                continue
            if backend.device_types is not None and device.torch.split(":")[0] not in backend.device_types:
                continue
            if backend.launch is not None and device.launch.python is not None:
                continue  # two interpreters, one worker: the backend's would run off the device
            targets.append(Target(device, backend))
    if not targets:
        raise UsageError(f"--devices={','.join(devices)} with --backends={','.join(backends)} leaves no target")
    return list(dict.fromkeys(targets))


def _device(name: str, found: Found) -> Device:
    exact = found.devices.get(name) or found.devices.get(f"{name}:0")
    if exact is not None:
        return exact
    here = ", ".join(found.devices)
    kind = name.split(":")[0]
    if kind in ACCELERATORS:
        raise UsageError(f"device {name} was asked for and is absent: torch reports no such device. Here: {here}")
    from harness import provision

    if name in provision.NAMES:
        raise UsageError(f"device {name} is not built yet: run `lockstep provision {name}`. Here: {here}")
    # `sim:tf32:fault=zeros` is the listed device `sim:tf32` with an option more, which its backend reads
    listed = [d for d in found.devices.values() if name.startswith(f"{d.name}:") and d.torch != "cpu"]
    if listed:
        device = max(listed, key=lambda d: len(d.name))
        variable = f"LOCKSTEP_{kind.upper().replace('-', '_')}"
        env = (*(pair for pair in device.launch.env if pair[0] != variable), (variable, name.partition(":")[2]))
        return replace(device, name=name, launch=replace(device.launch, env=env), variant=False)
    raise UsageError(f"no device {name!r}{_hint(name, found.devices)}. Here: {here}, or all")


def _backends(names: Sequence[str], found: Found) -> list[Backend]:
    if not names:
        return [b for n, b in found.backends.items() if n in DEFAULT_BACKENDS and b.why is None]
    chosen: list[Backend] = []
    for name in names:
        if name == "all":
            chosen += [b for b in found.backends.values() if b.why is None]
            continue
        base, _, options = name.partition(":")
        backend = found.backends.get(base)
        if backend is None:
            there = ", ".join(found.backends)
            raise UsageError(f"no backend {base!r}{_hint(base, found.backends)}. There are: {there}, or all")
        if backend.why is not None:
            raise UsageError(f"backend {base} was asked for and cannot be used here: {backend.why}")
        if options:
            try:
                pairs = tuple((k, v) for k, v in (part.split("=", 1) for part in options.split(";")))
            except ValueError:
                raise UsageError(f"backend options are key=value, separated by ';': got {options!r}") from None
            backend = replace(backend, name=name, options=(*backend.options, *pairs))
        chosen.append(backend)
    return list(dict.fromkeys(chosen))


def _hint(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]}?)" if close else ""
