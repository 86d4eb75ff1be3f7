"""judge and check: a verdict for tensors you already have, in place of `torch.testing.assert_close`.

    harness.check(torch.softmax, (x, -1), actual=y)

The golden is computed here and now, in float64 on the CPU, from the arguments given; nothing is stored.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from harness.case import Case, Source, TensorSpec
from harness.errors import UsageError
from harness.numerics.formats import numpy_dtype
from harness.numerics.rules.base import NOISE, STEPS
from harness.numerics.types import Verdict
from harness.target import Output

Array = np.ndarray[Any, Any]


def judge(
    op: Callable[..., Any] | str,
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    *,
    actual: Any,
    rule: str | None = None,
    profile: str = "cpu",
) -> Verdict:
    """The verdict on `actual`, what some device returned for `op(*args, **kwargs)`.

    op: a callable, or its dotted name (`"torch.nn.functional.gelu"`). args, kwargs: as the device was given them.
    actual: a tensor, or a nested list or tuple of them. rule: a rule's name; None looks the operator up.
    profile: what the device is allowed (`strict`, `cpu`, `cuda` … or a path to a profile's YAML).
    Returns a Verdict with `.status`, `.margin` (worst error ÷ allowance), `.rule`, `.message`.
    Raises UsageError where `op` gets no tensor or does not exist, CaseError where the rule does not.
    """
    from harness import golden
    from harness.compare import compare
    from harness.lab.worker.graph import flatten
    from harness.numerics.rules import profile_of

    inputs: dict[str, Array] = {}
    specs: list[TensorSpec] = []
    coded = _encode([list(args), dict(kwargs or {})], inputs, specs)
    if not specs:
        raise UsageError("judge needs at least one tensor among the arguments")
    name = op if isinstance(op, str) else dotted(op)
    case = Case(
        id="checked",
        source=Source("harness.check", 1),
        kind="op",
        target=name,
        dtype=next((s.dtype for s in specs if "float" in s.dtype or "complex" in s.dtype), specs[0].dtype),
        inputs=tuple(specs),
        args=tuple(coded[0]),
        kwargs=tuple(sorted(coded[1]["d"].items())),
        rule=rule,
    )
    made = golden.make(case, inputs, _Here(op, coded), {"maker": "harness.check"})
    outputs = [_output(f"out{index}", value) for index, value in enumerate(flatten(actual))]
    return compare(made, outputs, inputs, profile_of(profile))[1]


def check(
    op: Callable[..., Any] | str,
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    *,
    actual: Any,
    rule: str | None = None,
    profile: str = "cpu",
) -> Verdict:
    """`judge`, raising AssertionError with the failure message unless the verdict is `pass`."""
    __tracebackhide__ = True
    verdict = judge(op, args, kwargs, actual=actual, rule=rule, profile=profile)
    if verdict.status != "pass":
        raise AssertionError(f"{op if isinstance(op, str) else dotted(op)} on {_shapes(args)}: {verdict.message}")
    return verdict


class _Here:
    """The operator as the reference runs it, in this process: arrays in, arrays out.

    operators: the kernels that it called in its last run with noise; unknown before.
    """

    operators: tuple[str, ...] = ("",)

    def __init__(self, op: Callable[..., Any] | str, coded: list[Any]) -> None:
        from harness.lab.worker import recorder

        self._op, self._coded, self._recorded = op, coded, recorder.Recorded()

    def __call__(self, inputs: Mapping[str, Array], precision: str | None = None, /) -> dict[str, Array]:
        from harness.lab.worker import noisy, precisions, steps

        if precision and precisions.is_wide(precision):
            values = precisions.wide(lambda: self._values(inputs, "float64"), precision)
        elif precision is None or not precision.startswith((NOISE, STEPS)):
            values = self._values(inputs, precision)
        else:
            parts, seed, coarse = steps.of(precision)
            own = self._recorded.kernels((parts, *inputs.values()), parts(lambda: self._values(inputs, None)))
            if precision.startswith(NOISE):
                self.operators = tuple(f"aten.{name}" for name, *_ in own)
            values = noisy.moved(parts(lambda: self._values(inputs, "float64")), own, seed, coarse)
        return {f"out{index}": _output("", value).data for index, value in enumerate(values)}

    def _values(self, inputs: Mapping[str, Array], precision: str | None) -> list[Any]:
        import torch

        from harness.lab.worker import graph, tensors

        tensor_of = {name: tensors.decode(_little(a), _name(a), a.shape) for name, a in inputs.items()}
        if precision == "float64":
            for name, value in tensor_of.items():
                wide = graph.UPCAST.get(tensors.dtype_name(value.dtype))
                tensor_of[name] = value.to(tensors.dtype(wide)) if wide else value
        program = graph.Graph(
            {"inputs": [{"id": n} for n in tensor_of], "consts": [], "nodes": [], "outputs": []},
            {},
            torch.device("cpu"),
            precision,
        )
        args, kwargs = graph.fill(program._decode(self._coded), tensor_of)
        try:
            call = graph.resolve(self._op) if isinstance(self._op, str) else self._op
        except tensors.Unsupported as error:
            raise UsageError(f"{error}: give the callable, or its dotted name") from None
        with torch.no_grad():
            return list(graph.flatten(call(*args, **kwargs)))


def _encode(arg: Any, inputs: dict[str, Array], specs: list[TensorSpec]) -> Any:
    """Arguments in the program's encoding, their tensors collected as inputs x0, x1 …"""
    import torch

    if isinstance(arg, torch.Tensor):
        name = f"x{len(specs)}"
        inputs[name] = _output(name, arg).data
        specs.append(TensorSpec(name, str(arg.dtype).split(".")[-1], tuple(arg.shape)))
        return {"v": name}
    if isinstance(arg, torch.dtype):
        return {"dt": str(arg).split(".")[-1]}
    if isinstance(arg, torch.memory_format | torch.layout):
        return {"mf" if isinstance(arg, torch.memory_format) else "lay": str(arg).split(".")[-1]}
    if isinstance(arg, float) and not np.isfinite(arg):
        return {"f": str(arg)}
    if isinstance(arg, complex):
        return {"c": [arg.real, arg.imag]}
    if isinstance(arg, tuple):
        return {"t": [_encode(item, inputs, specs) for item in arg]}
    if isinstance(arg, list):
        return [_encode(item, inputs, specs) for item in arg]
    if isinstance(arg, Mapping):
        return {"d": {key: _encode(value, inputs, specs) for key, value in arg.items()}}
    if arg is None or isinstance(arg, bool | int | float | str):
        return arg
    raise UsageError(f"judge cannot take an argument of type {type(arg).__name__}")


def _output(name: str, value: Any) -> Output:
    from harness.lab.worker import tensors

    facts = tensors.describe(value)
    shape = tuple(facts["shape"])
    data = np.frombuffer(tensors.encode(value), dtype=numpy_dtype(facts["dtype"])).reshape(shape)
    return Output(name, facts["dtype"], shape, None, facts["device"], data)


def dotted(op: Callable[..., Any]) -> str:
    """A callable's name as users and the table of rules write it: `torch.softmax`, `aten.mm.default`."""
    import torch

    if isinstance(op, torch._ops.OpOverload | torch._ops.OpOverloadPacket):
        return str(op)
    name = getattr(op, "__name__", type(op).__name__)
    for path in _HOMES:
        home = functools.reduce(getattr, path.split(".")[1:], torch)
        for attribute in (name, name.removeprefix(f"{path.rsplit('.', 1)[-1]}_")):  # torch.linalg.norm is linalg_norm
            if getattr(home, attribute, None) is op:
                return f"{path}.{attribute}"
    return f"{getattr(op, '__module__', None) or 'torch'}.{getattr(op, '__qualname__', name)}"


# Where torch's functions are written, though built-in ones name other places as their module.
_HOMES = ("torch", "torch.nn.functional", "torch.Tensor", "torch.linalg", "torch.special", "torch.fft")


def _name(array: Array) -> str:
    from harness.numerics.formats import dtype_name

    return dtype_name(array.dtype)


def _little(array: Array) -> bytes:
    return np.ascontiguousarray(array).tobytes()


def _shapes(args: Sequence[Any]) -> str:
    return (
        ", ".join(f"{str(a.dtype).split('.')[-1]}{list(a.shape)}" for a in args if hasattr(a, "shape"))
        or "its arguments"
    )
