"""What torch looks for under `torch.sim`: the functions that every device module has."""

from __future__ import annotations

import torch


def is_available() -> bool:
    return True


def is_initialized() -> bool:
    return True


def init() -> None:
    """Nothing to start: the device is there once the library is loaded."""


_lazy_init = init


def _is_in_bad_fork() -> bool:
    return False


def device_count() -> int:
    return 1


def current_device() -> int:
    return 0


class device:  # noqa: N801  (torch's name for it)
    """`with torch.sim.device("sim"):` — there is one device, so nothing changes hands."""

    def __init__(self, device: torch.device | str | int | None) -> None:
        if device is not None:
            set_device(device)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        pass


def set_device(device: torch.device | str | int) -> None:
    """Accept the one device there is. Raises ValueError for another."""
    wanted = torch.device("sim", device) if isinstance(device, int) else torch.device(device)
    if wanted.type != "sim" or wanted.index not in (None, 0):
        raise ValueError(f"torch.sim has one device, sim:0, got {device!r}")


def get_device_name(device: object = None) -> str:
    return f"Lockstep simulated accelerator ({torch.ops.lockstep_sim.configuration() or 'ieee'})"


def synchronize(device: object = None) -> None:
    """Nothing to wait for: a kernel has finished when its call returns."""


def manual_seed(seed: int) -> None:
    """Seed the device's generator; it then draws what a CPU generator of this seed draws."""
    torch.ops.lockstep_sim.manual_seed(seed)


manual_seed_all = manual_seed


def get_rng_state(device: object = None) -> torch.Tensor:
    return torch.ops.lockstep_sim.get_rng_state()


def set_rng_state(state: torch.Tensor, device: object = None) -> None:
    torch.ops.lockstep_sim.set_rng_state(state)


def fallbacks() -> dict[str, int]:
    """How often each op ran on the CPU instead since `reset_fallbacks`."""
    return torch.ops.lockstep_sim.fallbacks()


def reset_fallbacks() -> None:
    torch.ops.lockstep_sim.reset()


def get_amp_supported_dtype() -> list[torch.dtype]:
    return [torch.bfloat16, torch.float16]
