"""Cutting: every node of a program as a case of one operator, fed with what the golden says that it reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from harness import golden as goldens
from harness.case import Case, TensorSpec
from harness.errors import UsageError
from harness.lab.pool import Lab
from harness.numerics import formats, rules
from harness.program import Blob, Doc, Program, of_operator

Array = np.ndarray[Any, Any]

VALUES = 256 << 20  # bytes of float64 values that are traced; nodes that read what lies beyond are not looked at
_UNINITIALISED = ("empty", "empty_like", "new_empty", "empty_strided", "new_empty_strided", "empty_permuted")


@dataclass(slots=True, eq=False)
class Node:
    """One node as a case of its own.

    number: its place among all nodes, from 1. reads: names of its inputs (x0 …) → the value's key in the trace.
    view: it computes nothing. golden: made when a target first asks; `why` says what keeps the node from being judged.
    """

    id: str
    op: str
    number: int
    where: str = ""
    view: bool = False
    reads: Mapping[str, str] = field(default_factory=dict)
    case: Case | None = None
    program: Program | None = None
    inputs: Mapping[str, Array] = field(default_factory=dict)
    golden: goldens.Golden | None = None
    why: str = ""


def cut(lab: Lab, case: Case, program: Program, blobs: Mapping[str, Blob]) -> list[Node]:
    """Every node of a program as a case of its own; picking an item out of a tuple is none.

    Values come from a trace in float64; dtypes, strides, and what is a view or changes in place, from one in the
    program's own precision. Raises LabError where the reference cannot run the program.
    """
    wide, arrays = lab.trace(program, blobs, precision="float64", values=VALUES)
    own, _ = lab.trace(program, blobs, precision=None)
    given = {id: blobs[id].array() for id in program.input_ids}
    given |= {entry["id"]: program.consts[entry["sha"]].array() for entry in program.doc["consts"]}
    cutter = _Cutter(
        case, given, arrays, json.loads(own["facts"]), set(own["differentiable"]), bool(program.doc["grad"])
    )
    places, used = program.doc.get("where", {}), _used(program.doc)
    nodes: list[Node] = []
    for (id, op, args, kwargs), (_, reads, *_), (_, _, writes, mutated, view, drew) in zip(
        program.doc["nodes"], json.loads(wide["nodes"]), json.loads(own["nodes"]), strict=True
    ):
        if op == "operator.getitem" and not _is_tensor(reads.get(args[0].get("v"))):
            continue
        node = Node(id, op, len(nodes) + 1, places.get(id, ""), view)
        items = used.get(id) if len(writes) > 1 else None
        node.why = cutter.fill(node, _Found(args, kwargs, reads, writes[:items], items, bool(mutated), drew))
        nodes.append(node)
    for id in (program.doc["step"] or {}).get("params", ()):
        node = Node(f"step.{id}", program.doc["step"]["class"], len(nodes) + 1)
        node.why = cutter.step(node, id)
        nodes.append(node)
    return nodes


def _used(doc: Doc) -> dict[str, int]:
    """Id → how many items of the tuple it returns a program has a use for, where it only picks items from it.

    The rest may be anything: what `aten.embedding_bag` returns beside its sums differs between kernels. A getitem that
    nothing reads is no use.
    """
    live = set(_ids(doc["outputs"]))
    picked: dict[str, int] = {}
    whole = set(live)
    for id, op, args, kwargs in reversed(doc["nodes"]):
        if op == "operator.getitem" and _is_tensor(args[0]) and type(args[1]) is int and args[1] >= 0:
            source = args[0]["v"]
            if id in live:
                picked[source] = max(picked.get(source, 0), args[1] + 1)
                live.add(source)
            continue
        read = set(_ids([args, kwargs]))  # a node that nothing reads may change what it reads in place
        live |= read
        whole |= read
    return {id: count for id, count in picked.items() if id not in whole}


def _ids(arg: Any) -> Iterator[str]:
    """Every value that an argument names."""
    if isinstance(arg, list):
        for part in arg:
            yield from _ids(part)
    elif isinstance(arg, dict):
        if isinstance(arg.get("v"), str) and len(arg) == 1:
            yield arg["v"]
        else:
            yield from _ids(list(arg.values()))


@dataclass(frozen=True, slots=True)
class _Found:
    """A node as the traces saw it. reads: id → coded value; writes: keys of its outputs; drew: random numbers.

    items: how many of a tuple's items the program has a use for; None where it is no tuple, or all are used.
    """

    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    reads: Mapping[str, Any]
    writes: Sequence[str | None]
    items: int | None
    mutates: bool
    drew: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Cutter:
    """What both traces gave: given arrays, float64 arrays, facts and differentiable keys in the program's precision."""

    case: Case
    given: Mapping[str, Array]
    arrays: Mapping[str, Array]
    facts: Mapping[str, Mapping[str, Any]]
    differentiable: set[str]
    grad: bool

    def fill(self, node: Node, found: _Found) -> str:
        """Give `node` its case, program and inputs; the answer is why it has none, empty where it has."""
        random = rules.rule_for(node.op).name == "random"
        if not any(found.writes):
            return "it returns no tensor"
        if rules.normal_name(node.op) in _UNINITIALISED:
            return "its values are left open"
        if found.drew and not random:
            return "it draws random numbers"
        slots: dict[str, str] = {}
        args = [_placed(arg, found.reads, slots) for arg in found.args]
        kwargs = {name: _placed(arg, found.reads, slots) for name, arg in found.kwargs.items()}
        wanted = [*slots, *filter(None, found.writes)]
        if any(key not in self.facts for key in wanted):
            return "it reads other values in its own precision than in float64"
        if any(key not in self.arrays and key not in self.given for key in slots):
            return f"its inputs lie beyond the {VALUES >> 20} MiB that are traced"
        try:
            inputs = {name: self.value(key) for key, name in slots.items()}
        except UsageError as error:
            return str(error)
        wrt = set() if found.mutates else {name for key, name in slots.items() if key in self.differentiable}
        cotangents = self.cotangents(found.writes) if self.grad and wrt else {}
        specs = tuple(self.spec(name, key, bool(cotangents) and name in wrt) for key, name in slots.items())
        case = self.one(node, specs, [self.facts[key]["dtype"] for key in wanted], bool(cotangents))
        case = replace(case, args=tuple(args), kwargs=tuple(sorted(kwargs.items())))
        if random and not found.drew:  # dropout that drops nothing
            case = replace(case, rule="exact")
        node.case, node.program = case, of_operator(case, found.items)
        node.reads, node.inputs = {name: key for key, name in slots.items()}, inputs | cotangents
        return ""

    def step(self, node: Node, param: str) -> str:
        """The optimizer's step on one parameter, as a copy whose gradient is the golden's."""
        gradient = self.arrays.get(f"cot.{param}")
        if gradient is None:
            return f"its gradient lies beyond the {VALUES >> 20} MiB that are traced"
        dtype = self.facts[param]["dtype"]
        case = self.one(node, (self.spec("x0", param, True),), [dtype], True)
        case = replace(case, target="aten.clone.default", args=({"v": "x0"},), step=self.case.step)
        node.case, node.program, node.reads = case, of_operator(case), {"x0": param}
        node.inputs = {"x0": self.value(param), "cot.out0": rounded(gradient, dtype)}
        return ""

    def one(self, node: Node, specs: tuple[TensorSpec, ...], dtypes: Sequence[str], grad: bool) -> Case:
        """A case of one operator. dtypes: of inputs and outputs in order; the first of floats is the case's."""
        dtype = next((d for d in dtypes if formats.is_float(d) or formats.is_complex(d)), dtypes[0])
        source, id = self.case.source, f"{self.case.id}/{node.id}"
        return Case(id, source, "op", node.op, dtype, specs, grad=grad, seed=self.case.seed, timeout=self.case.timeout)

    def spec(self, name: str, key: str, grad: bool) -> TensorSpec:
        facts = self.facts[key]
        layout = layout_of(facts["shape"], facts["strides"])
        return TensorSpec(name, facts["dtype"], tuple(facts["shape"]), grad=grad, layout=layout)

    def value(self, key: str) -> Array:
        """The golden's value, in the dtype that the node reads. Raises UsageError for a dtype NumPy has no form of."""
        return rounded(self.arrays[key], self.facts[key]["dtype"]) if key in self.arrays else self.given[key]

    def cotangents(self, writes: Sequence[str | None]) -> dict[str, Array]:
        """`cot.out<n>` → the gradient that arrives at each output; none at all where no gradient arrives."""
        found = {
            f"cot.out{index}": (self.arrays.get(f"cot.{key}"), self.facts[key]["dtype"])
            for index, key in enumerate(writes)
            if key in self.differentiable
        }
        if not any(array is not None and array.any() for array, _ in found.values()):
            return {}
        return {name: rounded(array, dtype) for name, (array, dtype) in found.items() if array is not None}


def rounded(array: Array, dtype: str) -> Array:
    """A float64 (or complex128) value as `dtype` holds it; integers and bools unchanged."""
    if formats.is_complex(dtype):
        return array.astype(formats.numpy_dtype(dtype))
    return formats.round_to(array, dtype) if formats.is_float(dtype) else array.astype(formats.numpy_dtype(dtype))


def layout_of(shape: Sequence[int], strides: Sequence[int] | None) -> str:
    """A TensorSpec's layout for strides in elements: dimensions of size 1 have any."""
    wanted: list[int] = []
    step = 1
    for size in reversed(shape):
        wanted.insert(0, step)
        step *= max(1, size)
    if strides is None or all(s in (w, None) or n == 1 for n, s, w in zip(shape, strides, wanted, strict=True)):
        return "contiguous"
    return "strides:" + ",".join(map(str, strides))


def _placed(arg: Any, reads: Mapping[str, Any] | None, slots: dict[str, str]) -> Any:
    """A node's argument with every value that it reads as `x0`, `x1` …; slots: key → name, added to.

    reads: id → coded value, whose own tensors stand by key; None inside such a value.
    """
    if isinstance(arg, list):
        return [_placed(part, reads, slots) for part in arg]
    if not isinstance(arg, dict):
        return arg
    ((tag, value),) = arg.items()
    if tag == "v":
        if reads is not None:
            return _placed(reads[value], None, slots)
        return {"v": slots.setdefault(value, f"x{len(slots)}")}
    if tag == "d":
        return {"d": {name: _placed(part, reads, slots) for name, part in value.items()}}
    return {tag: _placed(value, reads, slots)} if tag in ("t", "s") else arg


def _is_tensor(coded: Any) -> bool:
    return isinstance(coded, Mapping) and "v" in coded
