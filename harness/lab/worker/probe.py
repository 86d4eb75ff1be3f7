"""What this interpreter has: devices, backends, and the fingerprint that explains a result."""

from __future__ import annotations

import os
import platform
import sys
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from harness.backends.base import Backend


def accelerators() -> list[dict[str, str]]:
    """Devices torch reports beside the CPU: [{"name", "torch", "description", "vendor", "tf32"}]."""
    found = []
    for kind in _kinds():
        module = getattr(torch, kind, None)
        try:
            if module is None or not module.is_available():
                continue
            count = module.device_count() if hasattr(module, "device_count") else 1
        except Exception:  # a half-installed driver must not hide the other devices
            continue
        vendor = "rocm" if kind == "cuda" and getattr(torch.version, "hip", None) else kind
        for index in range(count):
            name = vendor if kind == "mps" else "%s:%d" % (vendor, index)
            found.append(
                {"name": name, "torch": kind if kind == "mps" else "%s:%d" % (kind, index), "vendor": vendor,
                 "description": _describe(module, index), "tf32": _tf32() if vendor == "cuda" else "nowhere"}
            )  # fmt: skip
    return found


def _tf32() -> str:
    """Where CUDA's libraries may round float32 to TF32 here: `matmul` (and convolutions), `convolutions`, `nowhere`."""
    if os.environ.get("NVIDIA_TF32_OVERRIDE") == "0":
        return "nowhere"
    modes = _math()
    if modes.get("cuda_matmul_tf32"):
        return "matmul"
    return "convolutions" if modes.get("cudnn_tf32") else "nowhere"


def _kinds() -> list[str]:
    kinds = ["cuda", "xpu", "mps", "mtia", "hpu"]
    named = getattr(torch._C, "_get_privateuse1_backend_name", lambda: "privateuseone")()
    if named not in ("privateuseone", *kinds):
        kinds.append(named)
    if hasattr(torch, "accelerator"):
        try:
            current = torch.accelerator.current_accelerator()
        except RuntimeError:
            current = None
        if current is not None and current.type not in kinds:
            kinds.append(current.type)
    return kinds


def _describe(module: Any, index: int) -> str:
    for name in ("get_device_name",):
        if hasattr(module, name):
            try:
                return str(getattr(module, name)(index))
            except Exception:
                pass
    return ""


def fingerprint(device: torch.device, backend: Backend) -> dict[str, Any]:
    """Hardware, driver, library versions, threads, math modes and environment of one target, JSON-plain."""
    versions = {"python": platform.python_version(), "torch": str(torch.__version__)}
    import numpy

    versions["numpy"] = numpy.__version__
    for name in ("cuda", "hip"):
        if getattr(torch.version, name, None):
            versions[name] = getattr(torch.version, name)
    versions.update(backend.versions())
    return {
        "hardware": _hardware(device),
        "machine": platform.machine(),
        "byteorder": sys.byteorder,
        "system": "%s %s" % (platform.system(), platform.release()),
        "versions": versions,
        "capability": _capability(device),
        "threads": {"intra": torch.get_num_threads(), "inter": torch.get_num_interop_threads()},
        "math": _math(),
        "env": {k: v for k, v in sorted(os.environ.items()) if k.startswith(_ENV)},
    }


_ENV = (
    "ATEN_", "OMP_", "MKL_", "ONEDNN_", "DNNL_", "OPENBLAS_", "CUBLAS", "NVIDIA_TF32", "TORCH", "PYTORCH_", "LOCKSTEP_",
)  # fmt: skip


def _capability(device: torch.device | None = None) -> str:
    """The instruction set of ATen's CPU kernels; of a GPU its compute capability, as `9.0`, or its architecture."""
    if device is not None and device.type != "cpu":
        told = _told(device)
        if getattr(torch.version, "hip", None):
            return str(getattr(told, "gcnArchName", ""))  # which on CUDA is the device's name
        return "%s.%s" % (told.major, told.minor) if hasattr(told, "major") else ""
    try:
        return str(torch.backends.cpu.get_cpu_capability())
    except AttributeError:
        return "unknown"


def _hardware(device: torch.device) -> str:
    if device.type != "cpu":
        told, found = _told(device), [_describe(getattr(torch, device.type, None), device.index or 0)]
        if hasattr(told, "multi_processor_count"):
            found.append("%s multiprocessors" % told.multi_processor_count)
        if hasattr(told, "total_memory"):
            found.append("%.0f GiB" % (told.total_memory / 2**30))
        return ", ".join(filter(None, found)) or str(device.type)
    try:
        with open("/proc/cpuinfo") as lines:
            for line in lines:
                if line.lower().startswith(("model name", "cpu\t", "processor 0", "hardware", "cpu model")):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _told(device: torch.device) -> Any:
    """What a driver tells of a device; None where it tells nothing."""
    try:
        return getattr(torch, device.type).get_device_properties(device)
    except Exception:
        return None


def _math() -> dict[str, Any]:
    modes = {"deterministic": torch.are_deterministic_algorithms_enabled()}
    if hasattr(torch, "get_float32_matmul_precision"):
        modes["float32_matmul_precision"] = torch.get_float32_matmul_precision()
    for label, path in (
        ("cuda_matmul_tf32", "cuda.matmul.allow_tf32"),
        ("cudnn_tf32", "cudnn.allow_tf32"),
        ("bf16_reduced_precision_reduction", "cuda.matmul.allow_bf16_reduced_precision_reduction"),
        ("fp16_reduced_precision_reduction", "cuda.matmul.allow_fp16_reduced_precision_reduction"),
        ("mkldnn", "mkldnn.enabled"),
        ("flush_denormal", None),
    ):
        try:
            value = torch.backends
            for part in (path or "").split(".") if path else ():
                value = getattr(value, part)
            if path:
                modes[label] = bool(value)
            else:
                modes[label] = bool((torch.tensor([1e-40]) * 1.0).item() == 0.0)
        except Exception:
            continue
    return modes


def warm() -> None:
    """Call every vectorised unary function once, single-threaded.

    The first call of some of them races with the library's own initialisation (MKL's vector maths: about 1253 ulp off
    in 6 of 120 fresh processes when several threads make it together, pytorch #188792).
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    for kind in (torch.float32, torch.float64):
        x = torch.linspace(0.1, 0.9, 256, dtype=kind)
        for name in (
            "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan",
            "sinh", "cosh", "tanh", "sqrt", "rsqrt", "erf", "erfc", "erfinv", "lgamma", "sigmoid", "cbrt", "pow",
        ):  # fmt: skip
            call = getattr(torch, name, None)
            if call is not None:
                call(x, x) if name == "pow" else call(x)
    torch.set_num_threads(threads)
