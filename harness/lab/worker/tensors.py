"""Bytes to torch and back: little-endian on the wire whatever the host, on torch 1.13 and on torch 2.15 alike."""

from __future__ import annotations

import sys
from typing import Any, Sequence

import numpy as np
import torch

# dtype name -> size in bytes of one byte-swapped unit (complex numbers are two of them).
_UNIT = {
    "float64": 8, "float32": 4, "bfloat16": 2, "float16": 2, "complex32": 2, "complex64": 4, "complex128": 8,
    "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1, "bool": 1,
    "uint16": 2, "uint32": 4, "uint64": 8,
    "float8_e4m3fn": 1, "float8_e5m2": 1, "float8_e4m3fnuz": 1, "float8_e5m2fnuz": 1,
}  # fmt: skip


class Unsupported(Exception):
    """The target says that it cannot run this; the text is the first line of its reason."""


class FellBack(Exception):
    """The program ran, but elsewhere than the target claims."""


def dtype(name: str) -> torch.dtype:
    """The torch dtype called `name`; Unsupported where this torch has none."""
    found = getattr(torch, name, None)
    if not isinstance(found, torch.dtype):
        raise Unsupported("torch %s has no dtype %s" % (torch.__version__, name))
    return found


def dtype_name(value: object) -> str:
    """`torch.float32` -> "float32"."""
    return str(value).split(".")[-1]


def _swap(raw: bytes, name: str) -> bytes:
    """Byte-swap on big-endian hosts; elsewhere a no-op that copies nothing."""
    unit = _UNIT[name]
    if sys.byteorder == "little" or unit == 1:
        return raw
    swapped: bytes = np.frombuffer(raw, dtype="V%d" % unit).view("<u%d" % unit).byteswap().tobytes()
    return swapped


def decode(raw: bytes, name: str, shape: Sequence[int]) -> torch.Tensor:
    """A CPU tensor of dtype `name` and `shape` from little-endian C-order bytes; it owns its memory."""
    kind = dtype(name)
    raw = _swap(raw, name)
    if len(raw) == 0:
        return torch.empty(tuple(shape), dtype=kind)
    flat = torch.frombuffer(bytearray(raw), dtype=torch.uint8)
    if kind.is_complex:
        part = {torch.complex64: torch.float32, torch.complex128: torch.float64}.get(kind, torch.float16)
        return torch.view_as_complex(flat.view(part).reshape(-1, 2)).reshape(tuple(shape)).clone()
    return flat.view(kind).reshape(tuple(shape))


def encode(tensor: torch.Tensor) -> bytes:
    """Little-endian C-order bytes of a tensor on any device. Quantized tensors give their integer codes."""
    tensor = tensor.detach()
    if tensor.is_quantized:
        tensor = tensor.int_repr()
    if tensor.layout != torch.strided:
        tensor = tensor.to_dense()
    tensor = tensor.cpu()
    for resolve in ("resolve_conj", "resolve_neg"):
        tensor = getattr(tensor, resolve)()
    name = dtype_name(tensor.dtype)
    if tensor.numel() == 0:
        return b""
    tensor = tensor.contiguous().reshape(-1)
    if tensor.is_complex():
        tensor = torch.view_as_real(tensor).contiguous().reshape(-1)
    return _swap(tensor.view(torch.uint8).numpy().tobytes(), name)


def describe(tensor: torch.Tensor) -> dict[str, Any]:
    """dtype, shape, strides and device of a tensor, JSON-plain."""
    quantized = tensor.is_quantized
    return {
        "dtype": dtype_name(tensor.int_repr().dtype if quantized else tensor.dtype),
        "shape": list(tensor.shape),
        "strides": list(tensor.stride()) if tensor.layout == torch.strided else None,
        "device": str(tensor.device),
    }


def lay_out(tensor: torch.Tensor, layout: str) -> torch.Tensor:
    """The same values under another memory layout: `contiguous`, `transposed`, `strided`, `channels_last`, or
    `strides:A,B,…` in elements, where 0 repeats a dimension. What does not fit the tensor leaves it as it is."""
    if layout.startswith("strides:"):
        return _with_strides(tensor, [int(stride) for stride in layout[len("strides:") :].split(",")])
    if layout == "transposed" and tensor.dim() >= 2:
        return tensor.transpose(-1, -2).contiguous().transpose(-1, -2)
    if layout == "strided" and tensor.dim() >= 1:
        wide = tensor.new_zeros(tensor.shape[:-1] + (2 * tensor.shape[-1],))
        wide[..., ::2] = tensor
        return wide[..., ::2]
    if layout == "channels_last" and tensor.dim() == 4:
        return tensor.contiguous(memory_format=torch.channels_last)
    return tensor


def _with_strides(tensor: torch.Tensor, strides: Sequence[int]) -> torch.Tensor:
    if len(strides) != tensor.dim() or tensor.numel() == 0:
        return tensor
    once = tensor
    for dim, stride in enumerate(strides):
        if stride == 0:
            once = once.narrow(dim, 0, 1)
    made = torch.empty_strided(once.shape, strides, dtype=tensor.dtype, device=tensor.device)
    try:
        return made.copy_(once).expand(tensor.shape)
    except RuntimeError:  # elements that share memory otherwise, such as overlapping windows
        return tensor


def cotangent(tensor: torch.Tensor) -> torch.Tensor:
    """The fixed output gradient for `tensor`, in its dtype and on its device."""
    from harness.inputs import cotangent as fixed

    return torch.from_numpy(fixed(tensor.shape)).to(dtype=tensor.dtype).to(tensor.device)
