"""The portable program inside a worker: resolve its targets, interpret it, or turn it into an FX GraphModule."""

from __future__ import annotations

import builtins
import importlib
import math
from typing import Any, Callable, Iterator, Mapping, Sequence

import torch

from . import compat, tensors
from .tensors import Unsupported

_LOW = ("float32", "bfloat16", "float16", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz")
UPCAST: dict[str, str] = dict(dict.fromkeys(_LOW, "float64"), complex32="complex128", complex64="complex128")


class Ref:
    """A value of the program inside decoded arguments."""

    __slots__ = ("id",)

    def __init__(self, id: str) -> None:
        self.id = id


# A node made ready: id, target, the target's callable, decoded arguments.
Node = tuple[str, str, Callable[..., Any], list[Any], dict[str, Any]]


def resolve(name: str) -> Any:
    """The callable behind a dotted name: `aten.mm.default`, `torch.Tensor.to`, `operator.getitem`, `mylib.my_op`.

    Raises Unsupported where this interpreter has no such thing.
    """
    if name.startswith("operator."):
        import operator

        return getattr(operator, name.split(".", 1)[1])
    if name.startswith("builtins."):
        return getattr(builtins, name.split(".", 1)[1])
    for root in (torch.ops,):
        found = _walk(root, name.split("."))
        if found is not None and found is not torch.ops:
            return found
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            module = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        found = _walk(module, parts[cut:])
        if found is not None:
            return found
    raise Unsupported("no %s in torch %s" % (name, torch.__version__))


def _walk(root: Any, parts: Sequence[str]) -> Any:
    # torch.ops invents a namespace for any name asked of it, so only namespaces that hold operators count.
    if root is torch.ops and (len(parts) < 2 or parts[0] in ("torch", "builtins", "math", "numpy")):
        return None
    for part in parts:
        try:
            root = getattr(root, part)
        except (AttributeError, RuntimeError):
            return None
    return root


class Graph:
    """A program made ready for one device and one precision.

    doc: the program's JSON. consts: id -> CPU tensor. device: a torch.device.
    precision: None runs every node as written; "float64" runs the reference, all floats widened.
    `emulated` collects the targets that went through the compat table.
    """

    def __init__(
        self,
        doc: Mapping[str, Any],
        consts: Mapping[str, torch.Tensor],
        device: torch.device,
        precision: str | None = None,
    ) -> None:
        self.doc, self.device, self.precision = doc, device, precision
        self.emulated: set[str] = set()
        self.consts: dict[str, torch.Tensor] = {}
        for entry in doc["consts"]:
            # float64 runs widen every parameter; a copy each, since programs may change their state in place
            value = self.place(consts[entry["id"]]).clone()
            self.consts[entry["id"]] = value.requires_grad_(True) if entry.get("grad") else value
        self.inputs: list[str] = [entry["id"] for entry in doc["inputs"]]
        self.nodes: list[Node] = [
            (id, name, self._callable(name), self._decode(args), {k: self._decode(a) for k, a in kwargs.items()})
            for id, name, args, kwargs in doc["nodes"]
        ]
        self.outputs = self._decode(doc["outputs"])
        self._last_use = self._liveness()

    def place(self, tensor: torch.Tensor) -> torch.Tensor:
        """`tensor` on this graph's device, widened where the precision asks for it."""
        if self.precision == "float64":
            wide = UPCAST.get(tensors.dtype_name(tensor.dtype))
            if wide:
                tensor = tensor.to(tensors.dtype(wide))
        return tensor.to(self.device)

    def params(self) -> dict[str, torch.Tensor]:
        """id -> parameter, for the constants that take gradients."""
        return {e["id"]: self.consts[e["id"]] for e in self.doc["consts"] if e.get("grad")}

    def _callable(self, name: str) -> Any:
        substitute = compat.substitute(name)
        if substitute is not None:
            self.emulated.add(name)
            return substitute
        return resolve(name)

    def _decode(self, arg: Any) -> Any:
        if isinstance(arg, list):
            return [self._decode(a) for a in arg]
        if not isinstance(arg, dict):
            return arg
        if len(arg) != 1:
            return {key: self._decode(value) for key, value in arg.items()}
        ((tag, value),) = arg.items()
        if tag == "v":
            return Ref(value)
        if tag == "dt":
            if self.precision == "float64":
                value = UPCAST.get(value, value)
            return tensors.dtype(value)
        if tag == "dev":
            return self.device
        if tag in ("lay", "mf"):
            return getattr(torch, value)
        if tag == "f":
            return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[value]
        if tag == "c":
            return complex(*value)
        if tag == "t":
            return tuple(self._decode(a) for a in value)
        if tag == "s":
            return slice(*[self._decode(a) for a in value])
        if tag == "e":
            return Ellipsis
        if tag == "d":
            return {key: self._decode(a) for key, a in value.items()}
        return {tag: self._decode(value)}

    def _liveness(self) -> dict[int, list[str]]:
        """Node index -> ids dead after it, so that an interpreted model keeps no more than it needs."""
        last: dict[str, int] = {}
        for index, (_, _, _, args, kwargs) in enumerate(self.nodes):
            for ref in refs((args, kwargs)):
                last[ref.id] = index
        keep = {ref.id for ref in refs(self.outputs)} | set(self.consts)
        dead: dict[int, list[str]] = {}
        for id, index in last.items():
            if id not in keep:
                dead.setdefault(index, []).append(id)
        return dead

    def __call__(self, *inputs: torch.Tensor) -> list[torch.Tensor]:
        """Interpret: flat list of outputs."""
        values = dict(self.consts)
        values.update(zip(self.inputs, inputs))
        for index, (id, _, call, args, kwargs) in enumerate(self.nodes):
            values[id] = call(*fill(args, values), **fill(kwargs, values))
            for gone in self._last_use.get(index, ()):
                del values[gone]
        return flatten(fill(self.outputs, values))

    def module(self) -> torch.fx.GraphModule:
        """The program as a torch.fx.GraphModule whose forward takes the inputs in order."""
        root = torch.nn.Module()
        graph = torch.fx.Graph()
        made = {id: graph.placeholder(_identifier(id)) for id in self.inputs}
        for entry in self.doc["consts"]:
            name = _identifier("const_" + entry["id"])
            value = self.consts[entry["id"]]
            if entry.get("grad"):
                root.register_parameter(name, torch.nn.Parameter(value.detach()))
            else:
                root.register_buffer(name, value)
            made[entry["id"]] = graph.get_attr(name)
        for id, name, call, args, kwargs in self.nodes:
            args, kwargs = fill(args, made), fill(kwargs, made)
            method = name[len("torch.Tensor.") :] if name.startswith("torch.Tensor.") else None
            if method and hasattr(torch.Tensor, method):
                made[id] = graph.call_method(method, tuple(args), kwargs)
            else:
                made[id] = graph.call_function(call, tuple(args), kwargs)
        graph.output(fill(self.outputs, made))
        module = torch.fx.GraphModule(root, graph)
        module.eval()
        return module


def _identifier(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name)


def refs(arg: Any) -> Iterator[Ref]:
    """Every Ref inside decoded arguments."""
    if isinstance(arg, Ref):
        yield arg
    elif isinstance(arg, (list, tuple)):
        for a in arg:
            yield from refs(a)
    elif isinstance(arg, dict):
        for a in arg.values():
            yield from refs(a)
    elif isinstance(arg, slice):
        yield from refs((arg.start, arg.stop, arg.step))


def fill(arg: Any, values: Mapping[str, Any]) -> Any:
    """Decoded arguments with every Ref replaced by its value."""
    if isinstance(arg, Ref):
        return values[arg.id]
    if isinstance(arg, list):
        return [fill(a, values) for a in arg]
    if isinstance(arg, tuple):
        return tuple(fill(a, values) for a in arg)
    if isinstance(arg, dict):
        return {key: fill(a, values) for key, a in arg.items()}
    if isinstance(arg, slice):
        return slice(fill(arg.start, values), fill(arg.stop, values), fill(arg.step, values))
    return arg


def flatten(value: Any) -> list[torch.Tensor]:
    """Tensors of a nested output in order; numbers become 0-d tensors, None is left out."""
    if value is None:
        return []
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (bool, int, float, complex)):
        return [torch.tensor(value, dtype=torch.float64 if isinstance(value, float) else None)]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [leaf for part in value for leaf in flatten(part)]
    raise Unsupported("an output of type %s is not a tensor" % type(value).__name__)
