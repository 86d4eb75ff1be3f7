"""The reference worker in miniature, for tests: runs a one-operator case with the torch of this process."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np
import torch

from harness import inputs as seeded
from harness.case import Case, Source, TensorSpec
from harness.golden import reference
from harness.golden.store import Golden
from harness.lab.worker import noisy, precisions, recorder, steps
from harness.lab.worker.graph import UPCAST
from harness.numerics import formats
from harness.numerics.judge import judge
from harness.numerics.measure import measure
from harness.numerics.profile import load
from harness.numerics.rules import pairs
from harness.numerics.rules.base import NOISE, STEPS
from harness.numerics.types import Verdict

Array = np.ndarray[Any, Any]
_VIEWS = {"bfloat16": (torch.bfloat16, torch.int16, np.int16)}
_BYTES = ("float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz")


def to_torch(array: Array) -> torch.Tensor:
    name = formats.dtype_name(array.dtype)
    array = np.array(array, order="C")
    if name == "bfloat16":
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    if name in _BYTES:
        return torch.from_numpy(array.view(np.uint8)).view(getattr(torch, name))
    return torch.from_numpy(array)


def to_numpy(tensor: torch.Tensor) -> Array:
    tensor = tensor.detach().resolve_conj().resolve_neg().cpu().contiguous()
    name = str(tensor.dtype).removeprefix("torch.")
    if name == "bfloat16":
        return tensor.view(torch.int16).numpy().view(ml_dtypes.bfloat16)
    if name in _BYTES:
        return tensor.view(torch.uint8).numpy().view(getattr(ml_dtypes, name))
    return tensor.numpy()


@dataclass(frozen=True)
class Made:
    """An output as a target returns it."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    data: Array


def made(name: str, array: Array) -> Made:
    return Made(name, formats.dtype_name(array.dtype), tuple(array.shape), array)


def resolve(target: str) -> Any:
    if target.startswith("aten."):
        packet = getattr(torch.ops.aten, target.split(".")[1])
        return getattr(packet, target.split(".")[2]) if target.count(".") > 1 else packet
    parts = target.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:cut]))
            for part in parts[cut:]:
                found = getattr(found, part)
        except (ImportError, AttributeError):
            continue
        return found
    raise LookupError(target)


class TorchRun:
    """`run(inputs, precision)` of one operator case; strided: on every other element of inputs twice as large.

    device: where it runs. operators: the kernels that it called in its last run with noise.
    """

    operators: tuple[str, ...] = ("",)

    def __init__(self, case: Case, *, strided: bool = False, device: str = "cpu") -> None:
        self.case, self.strided, self.device = case, strided, device
        self._recorded = recorder.Recorded()

    def __call__(self, inputs: Mapping[str, Array], precision: str | None) -> dict[str, Array]:
        if precision and precisions.is_wide(precision):
            found = precisions.wide(lambda: self._tensors(inputs, "float64"), precision)
            return {name: to_numpy(value) for name, value in found.items()}
        if precision is None or not precision.startswith((NOISE, STEPS)):
            return {name: to_numpy(value) for name, value in self._tensors(inputs, precision).items()}
        parts, seed, coarse = steps.of(precision)
        own = self._recorded.kernels((parts, *inputs.values()), parts(lambda: self._tensors(inputs, None)))
        if precision.startswith(NOISE):
            self.operators = tuple(f"aten.{name}" for name, *_ in own)
        moved = noisy.moved(parts(lambda: self._tensors(inputs, "float64")), own, seed, coarse)
        return {name: to_numpy(value) for name, value in moved.items()}

    def _tensors(self, inputs: Mapping[str, Array], precision: str | None) -> dict[str, torch.Tensor]:
        case, wide = self.case, precision == "float64"
        tensors = {k: to_torch(v) for k, v in inputs.items()}
        if self.strided:
            tensors = {k: torch.stack([v, v], dim=-1)[..., 0] for k, v in tensors.items()}
        if wide:
            tensors = {
                k: v.to(torch.complex128) if v.is_complex() else v.double() if v.is_floating_point() else v
                for k, v in tensors.items()
            }
        tensors = {k: v.to(self.device) for k, v in tensors.items()}
        wrt = [s.name for s in case.inputs if s.grad] if case.grad else []
        for name in wrt:
            tensors[name] = tensors[name].clone().requires_grad_(True)
        args = [decode(a, tensors, wide) for a in case.args]
        kwargs = {k: decode(v, tensors, wide) for k, v in case.kwargs}
        made_there = torch.device(self.device) if self.device != "cpu" else contextlib.nullcontext()
        with torch.set_grad_enabled(bool(wrt)), made_there:
            result = resolve(case.target)(*args, **kwargs)
        flat = [t for t in (result if isinstance(result, tuple | list) else [result]) if isinstance(t, torch.Tensor)]
        out = {f"out{i}": t.detach() for i, t in enumerate(flat)}
        if wrt:
            reached = {f"out{i}": t for i, t in enumerate(flat) if t.requires_grad}
            default = {
                k: to_torch(v).to(self.device)
                for k, v in reference.cotangents(
                    {k: to_numpy(v).astype(np.float64) for k, v in out.items() if k in reached}
                ).items()
            }
            cots = [{**default, **tensors}[f"cot.{name}"].to(t.dtype) for name, t in reached.items()]
            found = torch.autograd.grad(list(reached.values()), [tensors[n] for n in wrt], cots)
            out |= {f"grad.{n}": g for n, g in zip(wrt, found, strict=True)}
        return out


def decode(arg: Any, tensors: Mapping[str, torch.Tensor], wide: bool = False) -> Any:
    """An argument for torch; dtypes widened as the reference worker widens them."""
    if isinstance(arg, dict):
        ((tag, value),) = arg.items()
        if tag == "v":
            return tensors[value]
        if tag == "dt" and wide:
            return getattr(torch, UPCAST.get(value, value))
        if tag in ("dt", "mf"):
            return getattr(torch, value)
        if tag == "t":
            return tuple(decode(v, tensors, wide) for v in value)
        if tag == "s":
            return slice(*value)
        if tag == "e":
            return ...
        if tag == "f":
            return float(value)
        if tag == "c":
            return complex(*value)
        raise ValueError(arg)
    if isinstance(arg, list | tuple):
        return [decode(v, tensors, wide) for v in arg]
    return arg


def op_case(
    target: str,
    dtype: str,
    shapes: Mapping[str, Any],
    *extra: Any,
    values: str = "normal",
    grad: tuple[str, ...] = (),
    seed: int = 42,
    rule: str | None = None,
    args: tuple[Any, ...] | None = None,
    **kwargs: Any,
) -> Case:
    """A case calling `target` on tensors named by `shapes` in order, then `extra` arguments, then keywords.

    A shape may be (shape, values) or (shape, values, dtype).
    """
    specs = []
    for name, shape in shapes.items():
        if shape and isinstance(shape[0], tuple):
            specs.append(TensorSpec(name, shape[2] if len(shape) > 2 else dtype, shape[0], shape[1], name in grad))
        else:
            specs.append(TensorSpec(name, dtype, tuple(shape), values, name in grad))
    return Case(
        id=f"{target.lower()}-{dtype}".replace("_", "-"),
        source=Source("cases/ops/test.yaml", 1),
        kind="op",
        target=target,
        dtype=dtype,
        inputs=tuple(specs),
        args=args if args is not None else (*({"v": name} for name in shapes), *extra),
        kwargs=tuple(sorted(kwargs.items())),
        values=values,
        grad=bool(grad),
        seed=seed,
        rule=rule,
    )


def golden_of(case: Case) -> tuple[Golden, dict[str, Array], TorchRun]:
    arrays = {spec.name: seeded.make(spec, case_seed=case.seed) for spec in case.inputs}
    run = TorchRun(case)
    return reference.make(case, arrays, run, {"torch": torch.__version__}), arrays, run


def outputs_of(case: Case, arrays: Mapping[str, Array], run: TorchRun) -> dict[str, Array]:
    """What this process's torch returns for the case, in the case's own precision."""
    return run(arrays, None)


def verdict_of(
    case: Case,
    change: Callable[[dict[str, Array], dict[str, Array]], dict[str, Array]] | None = None,
    *,
    profile: str = "strict",
) -> Verdict:
    """The verdict on torch's own outputs, or on what `change(outputs, inputs)` makes of them."""
    golden, arrays, run = golden_of(case)
    outputs = outputs_of(case, arrays, run)
    if change is not None:
        outputs = {**outputs, **change({k: v.copy() for k, v in outputs.items()}, arrays)}
    return judged(golden, arrays, outputs, profile=profile)


def judged(
    golden: Golden, arrays: Mapping[str, Array], outputs: Mapping[str, Array], *, profile: str = "strict"
) -> Verdict:
    """The verdict on `outputs` beside `golden`."""
    chosen = load(profile)
    named = {name: made(name, array) for name, array in outputs.items()}
    facts = [measure(a, g, allowance) for a, g, allowance in pairs(golden, named, arrays, chosen)]
    return judge(facts, rule=golden.rule, profile=profile)
