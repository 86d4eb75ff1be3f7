"""Runs inside a worker: PyTorch's own operator database (OpInfo) as entries of the sweep.

OpInfo knows, for some 600 operators, which dtypes they take and what sensible arguments look like. Its
tensors come from torch's random stream, so they are not kept: each becomes an input of the same shape, dtype
and layout whose values are seeded by the harness within the same range. Where the values themselves matter
(indices, masks, sorted or symmetric tensors, few distinct values) they are written out.

An entry is a mapping with the keys of a YAML entry, so the sweep is checked and expanded like any case file.
Torch's samples
are gone through to their end or closed: a half-consumed generator leaves its grad mode behind.
"""

from __future__ import annotations

import importlib
import itertools
import math
from typing import Any

DTYPES = ("float32", "bfloat16", "float16", "float64", "int32", "int64", "complex64")
SAMPLES = 3  # of an operator and dtype: the first ones, which OpInfo orders from plain to odd
LARGEST = 4096  # elements of one input
LITERAL = 600  # elements of an input whose values are written out
# Where a value is stated as itself whatever its range looks like: structure that no test below sees.
STRUCTURED = (
    "linalg.",
    "cholesky",
    "lu",
    "ormqr",
    "geqrf",
    "triangular_solve",
    "svd",
    "pinverse",
    "searchsorted",
)
_MEMORY = "uninitialised memory: nothing to compare"
_EMPTY = ("empty", "new_empty", "empty_like", "empty_permuted", "empty_strided", "new_empty_strided")
LEFT_OUT = {**dict.fromkeys(_EMPTY, _MEMORY), "as_strided.partial_views": "reads beside its input"}


class _Skip(Exception):
    pass


def list_entries(dtypes: Any = DTYPES, samples: int = SAMPLES, names: Any = None) -> dict[str, Any]:
    """`{"torch": version, "entries": [..], "left_out": {reason: [names]}}`, JSON-plain.

    names: the operators wanted, by OpInfo's names; None for all. Raises ImportError where this torch comes
    without its testing package (it needs `expecttest`).
    """
    import torch
    from torch.testing._internal.common_methods_invocations import op_db

    entries: list[dict[str, Any]] = []
    left_out: dict[str, list[str]] = {}
    seen: set[str] = set()
    for op in op_db:
        name = op.name + ("." + op.variant_test_name if op.variant_test_name else "")
        if names is not None and op.name not in names:
            continue
        try:
            if name in seen:
                raise _Skip("listed twice under one name")
            seen.add(name)
            if name in LEFT_OUT:
                raise _Skip(LEFT_OUT[name])
            target = _target(op)
        except _Skip as reason:
            left_out.setdefault(str(reason), []).append(name)
            continue
        for dtype in dtypes:
            torch_dtype = getattr(torch, dtype)
            if torch_dtype not in op.supported_dtypes("cpu"):
                continue
            for index, sample in enumerate(_samples(op, torch_dtype, samples)):
                if isinstance(sample, Exception):
                    left_out.setdefault("its samples can't be made", []).append(f"{name} {dtype}")
                    break
                try:
                    entries.append(_entry(name, target, dtype, index, sample))
                except _Skip as reason:
                    left_out.setdefault(str(reason), []).append(f"{name} {dtype}")
    return {"torch": str(torch.__version__), "entries": entries, "left_out": left_out}


def _samples(op: Any, dtype: Any, count: int) -> list[Any]:
    """The first samples of an operator; an exception as the only one where they can't be made."""
    import torch

    torch.manual_seed(0)
    with torch.enable_grad():
        generator = None
        try:
            generator = iter(op.sample_inputs("cpu", dtype, requires_grad=False))
            return list(itertools.islice(generator, count))
        except Exception as error:
            return [error]
        finally:
            if generator is not None and hasattr(generator, "close"):
                generator.close()


def _target(op: Any) -> str:
    """A dotted public name that is the callable which OpInfo means."""
    import torch

    for prefix in ("torch.", "torch.Tensor."):
        found: Any = torch if prefix == "torch." else torch.Tensor
        for part in op.name.split("."):
            found = getattr(found, part, None)
        if found is not None and (found is op.op or found == op.op):
            return prefix + str(op.name)
    module, name = getattr(op.op, "__module__", None), getattr(op.op, "__qualname__", "")
    public = module in ("torch", "torch.functional", "torch.nn.functional") or str(module).startswith("torch.special")
    if public and name and "<" not in name:
        found = importlib.import_module(str(module))
        if getattr(found, name, None) is op.op:
            return f"{module}.{name}"
    raise _Skip("no public name: OpInfo wraps it")


def _entry(name: str, target: str, dtype: str, index: int, sample: Any) -> dict[str, Any]:
    """One sample as an entry. Raises _Skip where it can't be said."""
    import torch

    literal = name.startswith(STRUCTURED)
    inputs: dict[str, Any] = {}

    def said(value: Any) -> Any:
        return _said(value, dtype, inputs, literal)

    args = [said(sample.input), *[said(arg) for arg in sample.args]]
    kwargs = {key: said(value) for key, value in sample.kwargs.items()}
    if not inputs:
        raise _Skip("no tensor among its inputs")
    clean = "".join(c if c.isalnum() or c in "._" else "_" for c in name).strip("_.") or "op"
    if name.startswith("__") and hasattr(torch, clean):  # `__rsub__` beside `rsub`
        clean += ".reflected"
    made: dict[str, Any] = {
        "op": target,
        "name": f"opinfo.{clean}.{index}",
        "dtypes": [dtype],
        "inputs": inputs,
    }
    made.update({"args": args, "kwargs": kwargs, "tier": "full", "tags": ["opinfo"]})
    return made


def _said(value: Any, dtype: str, inputs: dict[str, Any], literal: bool) -> Any:
    """A sample's argument in the words of a YAML entry; tensors join `inputs` and are named."""
    import torch

    if isinstance(value, torch.Tensor):
        key = f"x{len(inputs)}"
        inputs[key] = _input(value, dtype, literal)
        return key
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return {"str": value}
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    if isinstance(value, (torch.dtype, torch.memory_format)):
        return str(value)
    if isinstance(value, slice):
        return {"slice": [value.start, value.stop, value.step]}
    if value is Ellipsis:
        return "..."
    if isinstance(value, tuple):
        return {"tuple": [_said(item, dtype, inputs, literal) for item in value]}
    if isinstance(value, list):
        return [_said(item, dtype, inputs, literal) for item in value]
    raise _Skip(f"an argument of type {type(value).__name__}")


def _input(tensor: Any, dtype: str, literal: bool) -> dict[str, Any]:
    import torch

    if tensor.layout is not torch.strided or tensor.is_quantized:
        raise _Skip("a sparse or quantised tensor")
    if tensor.numel() > LARGEST:
        raise _Skip(f"an input of over {LARGEST} elements")
    made: dict[str, Any] = {"shape": list(tensor.shape)}
    own = str(tensor.dtype).split(".")[-1]
    if own != dtype:
        made["dtype"] = own
    made["values"] = _values(tensor.detach().resolve_conj().resolve_neg(), literal)
    if tensor.dim() >= 2 and not tensor.is_contiguous() and tensor.transpose(-1, -2).is_contiguous():
        made["layout"] = "transposed"
    return made


def _values(tensor: Any, literal: bool) -> str:
    """Seeded values like the sample's: the same range, or the very numbers where they mean something."""
    import torch

    if tensor.is_complex():
        if literal:
            raise _Skip("complex values that matter")
        return "normal"
    if not tensor.numel():
        return "literal:"
    wide = tensor.to(torch.float64)
    if not bool(torch.isfinite(wide).all()):
        return "special"
    if literal or not tensor.is_floating_point() or _structured(wide):
        if tensor.numel() > LITERAL:
            raise _Skip(f"structured values of over {LITERAL} elements")
        return "literal:" + ",".join(_number(value) for value in wide.flatten().tolist())
    lo, hi = float(wide.min()), float(wide.max())
    return f"range:{_number(lo)}:{_number(hi)}"


def _structured(tensor: Any) -> bool:
    """Few distinct values, sorted rows, or a symmetric or triangular matrix: more than a range says."""
    if tensor.dim() == 0 or tensor.numel() < 4 or len(set(tensor.flatten().tolist())) < min(4, tensor.numel()):
        return True
    if tensor.shape[-1] > 3 and bool((tensor.diff(dim=-1) >= 0).all()):
        return True
    if tensor.dim() >= 2 and tensor.shape[-1] == tensor.shape[-2] > 1:
        return bool((tensor == tensor.mT).all() or (tensor == tensor.tril()).all() or (tensor == tensor.triu()).all())
    return False


def _number(value: float) -> str:
    return str(int(value)) if value == math.floor(value) and abs(value) < 2**53 else repr(value)
