"""Trace a program once: what every node read and wrote, so that each can be cut out and run by itself.

The controller rounds the values of a float64 trace to the dtypes of a trace in the program's own precision; a node
fed with those is judged by its operator's own rule, and a model that diverges names its guilty node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence

import torch

from . import capture, run, tensors
from .graph import Node, fill, flatten, refs

if TYPE_CHECKING:
    from .graph import Graph


class Trace:
    """What one run left behind.

    nodes: [id, reads, writes, mutated, view, drew] in order of execution. reads: id of a read value -> the program
    argument that stands for it, tensors by key. writes: the key of each output, None for a number. mutated: keys that
    the node changed in place. view: it only looks at what it read in another way. drew: it drew random numbers.
    values: key -> tensor as it was then; those that would exceed `limit` bytes together are left out, and so are
    inputs and constants as they were given, whose keys are their ids. facts: key -> dtype, shape and strides of all.
    differentiable: keys of tensors that took part in autograd. cotangents: key -> gradient that arrived there.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.nodes: list[list[Any]] = []
        self.values: dict[str, torch.Tensor] = {}
        self.facts: dict[str, dict[str, Any]] = {}
        self.differentiable: list[str] = []
        self.cotangents: dict[str, torch.Tensor] = {}
        self._live: list[tuple[str, torch.Tensor]] = []
        self._version: dict[str, int] = {}
        self._coded: dict[str, Any] = {}

    def given(self, id: str, value: torch.Tensor) -> None:
        """An input or a constant."""
        self._version[id] = value._version
        self._coded[id] = self._code(id, value, keep=False)

    def node(self, node: Node, values: dict[str, Any]) -> None:
        """Run one node on `values` (id -> value) and note what it did."""
        id, _, call, args, kwargs = node
        read = list(dict.fromkeys(ref.id for ref in refs((args, kwargs))))
        for name in read:
            self._renew(name, values[name])
        reads = {name: self._coded[name] for name in read}
        before = {name: version(values[name]) for name in read}
        stores = {storage(leaf) for name in read for leaf in leaves(values[name])}
        state = torch.get_rng_state()
        values[id] = call(*fill(args, values), **fill(kwargs, values))
        mutated = [key_of(reads[name]) for name in read if version(values[name]) != before[name]]
        made = leaves(values[id])
        self._version[id] = version(values[id])
        self._coded[id] = self._code(id, values[id])
        writes = list(keys(self._coded[id]))
        view = not mutated and bool(made) and all(storage(leaf) in stores for leaf in made)
        drew = not torch.equal(state, torch.get_rng_state())
        self.nodes.append([id, reads, writes, [key for key in mutated if key], view, drew])

    def backward(self, outputs: Sequence[torch.Tensor]) -> None:
        """The gradients that arrive at every value, of the sum of outputs times their fixed cotangents."""
        live = [(key, tensor) for key, tensor in self._live if tensor.requires_grad]
        found = run.backward(outputs, [tensor for _, tensor in live], {})
        self.cotangents = {key: gradient for (key, _), gradient in zip(live, found) if self._affords(gradient)}

    def _renew(self, id: str, value: Any) -> None:
        """Give a value that changed in place since it was noted a key of its own."""
        if version(value) != self._version[id]:
            self._version[id] = version(value)
            self._coded[id] = self._code("%s@%d" % (id, self._version[id]), value)

    def _code(self, key: str, value: Any, keep: bool = True) -> Any:
        """The program argument that stands for a value: tensors are noted under `key`, `key#1` …"""
        count = 0

        def code(part: Any) -> Any:
            nonlocal count
            if isinstance(part, torch.Tensor):
                name = key if count == 0 else "%s#%d" % (key, count)
                count += 1
                self._note(name, part, keep)
                return {"v": name}
            if isinstance(part, list):
                return [code(item) for item in part]
            if isinstance(part, tuple):
                return {"t": [code(item) for item in part]}
            count += isinstance(part, (bool, int, float, complex))
            return capture.encode(part, {})

        return code(value)

    def _note(self, key: str, value: torch.Tensor, keep: bool) -> None:
        self.facts[key] = tensors.describe(value)
        if value.requires_grad:
            self.differentiable.append(key)
            self._live.append((key, value))
        if keep and self._affords(value):
            self.values[key] = value.detach().clone()

    def _affords(self, value: torch.Tensor) -> bool:
        size = value.numel() * value.element_size()
        if size > self.limit:
            return False
        self.limit -= size
        return True


def trace(graph: Graph, inputs: Sequence[torch.Tensor], limit: int) -> Trace:
    """Interpret `graph` on `inputs` (tensors on its device, not changed), backward too where its program says so.

    limit: bytes of values that are kept.
    """
    grad = graph.doc.get("grad")
    wrt = set(grad["wrt"]) if grad else set()
    made = Trace(limit)
    values: dict[str, Any] = dict(graph.consts)
    values.update((id, x.detach().clone().requires_grad_(id in wrt)) for id, x in zip(graph.inputs, inputs))
    for id, value in values.items():
        made.given(id, value)
    with torch.enable_grad() if grad else torch.no_grad():
        for node in graph.nodes:
            made.node(node, values)
        if grad:
            made.backward(flatten(fill(graph.outputs, values)))
    return made


def leaves(value: Any) -> list[torch.Tensor]:
    """The tensors of a nested value."""
    if isinstance(value, torch.Tensor):
        return [value]
    return [leaf for part in value for leaf in leaves(part)] if isinstance(value, (list, tuple)) else []


def version(value: Any) -> int:
    """Grows with every change in place of any tensor of a value."""
    return sum(leaf._version for leaf in leaves(value))


def storage(tensor: torch.Tensor) -> int:
    """Where a tensor's memory begins; views of one tensor have one storage."""
    kept = tensor.untyped_storage() if hasattr(tensor, "untyped_storage") else tensor.storage()
    return int(kept.data_ptr())


def keys(coded: Any) -> list[Any]:
    """The key of every tensor of a coded value in order, None for each number."""
    if isinstance(coded, Mapping):
        ((tag, value),) = coded.items()
        return [value] if tag == "v" else keys(value) if tag == "t" else [None]
    if isinstance(coded, list):
        return [key for part in coded for key in keys(part)]
    return [] if coded is None else [None]


def key_of(coded: Any) -> str | None:
    """The key of a coded tensor; None for anything nested."""
    return coded["v"] if isinstance(coded, Mapping) and "v" in coded else None
