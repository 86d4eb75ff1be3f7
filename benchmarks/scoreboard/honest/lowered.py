"""Any operator on the machines of this scoreboard: torch's own decomposition of it into core operators, as torch.export
hands it to a backend, whose sums and products are then added up in the machine's order.

Half precision is computed in float32 and rounded once, after every kernel that torch calls, or after every core
operator, as a framework does that calls one kernel for each.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch._decomp import core_aten_decompositions, get_decompositions
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

from benchmarks.scoreboard.honest import core, memory
from benchmarks.scoreboard.honest.algorithms import ALGORITHMS
from benchmarks.scoreboard.honest.compositions import COMPOSITIONS, SCALED, attention
from benchmarks.scoreboard.honest.machine import HONEST, LIBRARY, Machine
from harness.case import Case
from harness.golden import reference
from harness.numerics import formats
from harness.numerics.rules.table import TABLE, normal_name
from tests.numerics.torchrun import TorchRun, decode, resolve, to_numpy, to_torch

Array = np.ndarray[Any, Any]
Outputs = dict[str, Array]
SHORT = ("bfloat16", "float16")
TORCHS_OWN = "torch, decomposed"
# What half precision gives is not what float32 gives, rounded: numbers next to each other, bits, random numbers.
_OF_THE_DTYPE = frozenset(["nextafter", "hash_tensor", "frexp", "rand", "to", "type"])
_WHOLE = (
    *("_softmax", "_log_softmax", "native_layer_norm", "native_group_norm", "native_batch_norm"),
    *("_native_batch_norm_legit", "_native_batch_norm_legit_no_training", "linalg_vector_norm", "addmv"),
)
# Write nothing but a shape.
_RESHAPES = frozenset(f"aten.{name}_" for name in ("squeeze", "unsqueeze", "t", "transpose", "swapaxes", "swapdims"))
# Linear in what they are given, or in each of two.
_SUMS, _PRODUCTS = ("aten.sum", "aten.mean", "aten.cumsum"), ("aten.mm", "aten.bmm")
_FLOATS, _HALVES = (torch.float32, torch.float64), (torch.bfloat16, torch.float16)


def variants(case: Case, inputs: Mapping[str, Array], own: Mapping[str, Array]) -> Iterator[tuple[str, Outputs]]:
    """(label, outputs): of every honest machine, where there are sums for it to add up; of half precision, with every
    core operator rounded; and as torch runs the core operators.

    own: what torch gives in the case's precision: names, shapes and dtypes of the outputs. Raises what torch raises
    where it can't trace the operator.
    """
    dtypes = {name: array.dtype for name, array in own.items()}
    given = {name: to_torch(x) for name, x in inputs.items()}
    if case.dtype in SHORT and _keeps_its_dtype(case):
        with contextlib.suppress(RuntimeError, NotImplementedError):  # kernels may ask for half precision
            with _Kernels():
                found = TorchRun(case)(inputs, None)
            yield "kernels, each rounded", found
        if normal_name(case.target) in COMPOSITIONS:
            with contextlib.suppress(NotImplementedError):
                graph = _traced(case, given, own, COMPOSITIONS[normal_name(case.target)])
                if _whole(graph, given, own):
                    yield "composed, each rounded", _named(_Rounding(graph).run(*given.values()), own)
        graph = _traced(case, given, own)
        if _whole(graph, given, own):
            yield "decomposed, each rounded", _named(_Rounding(graph).run(*given.values()), own)
            if any(_kernel(node.target) or _function(node.target) for node in graph.graph.nodes):
                for machine in HONEST[-2:]:
                    made = _RoundingOnMachine(graph, machine).run(*given.values())
                    yield f"decomposed, {machine.name}, each rounded", _named(made, own)
            if any(_packet(node.target) in memory.KERNELS for node in graph.graph.nodes):
                yield "in memory, each rounded", _named(_InMemory(graph, case.dtype).run(*given.values()), own)
    if case.dtype in SHORT:
        given = {name: _wide(x) for name, x in given.items()}
    graph = _traced(case, given, own)
    if not _whole(graph, given, own):
        return
    listed = normal_name(case.target) in TABLE  # profiles say how far the functions of such operators may err
    if any(
        _kernel(node.target) or _packet(node.target) == "aten.var_mean" or (not listed and _function(node.target))
        for node in graph.graph.nodes
    ):
        for machine in HONEST:
            on = replace(machine, wide=case.dtype == "float64", library="rounded" if listed else machine.library)
            yield f"decomposed, {machine.name}", _as(_named(_OnMachine(graph, on).run(*given.values()), own), dtypes)
    if normal_name(case.target) in SCALED:
        composed = _traced(case, given, own, SCALED[normal_name(case.target)])
        for machine in HONEST if _whole(composed, given, own) else ():
            on = replace(machine, wide=case.dtype == "float64", library="rounded")
            yield f"composed, {machine.name}", _as(_named(_OnMachine(composed, on).run(*given.values()), own), dtypes)
    if case.dtype not in SHORT:
        yield TORCHS_OWN, _named(graph(*given.values()), own)


def _traced(
    case: Case, tensors: Mapping[str, torch.Tensor], own: Mapping[str, Array], op: Callable[..., Any] | None = None
) -> torch.fx.GraphModule:
    """The operator, and its gradients where the case asks for them, as a graph of core operators; op: in its place."""
    names = list(tensors)
    wrt = [spec.name for spec in case.inputs if spec.grad] if case.grad else []
    floats = {k: v.astype(np.float64) for k, v in own.items() if k.startswith("out") and v.dtype.kind in "fV"}
    fixed = {k: to_torch(v) for k, v in reference.cotangents(floats).items()} if wrt else {}

    def call(*values: torch.Tensor) -> Any:
        named = dict(zip(names, values, strict=True))
        if case.target.endswith("_"):  # it writes into what it is given, each time that the graph runs
            named = {name: value.clone() for name, value in named.items()}
        for name in wrt:
            named[name] = named[name].detach().requires_grad_(True)
        kwargs = {k: decode(v, named) for k, v in case.kwargs}
        flat = _tensors((op or resolve(case.target))(*[decode(a, named) for a in case.args], **kwargs))
        if not wrt:
            return flat
        reached = {f"cot.out{i}": t for i, t in enumerate(flat) if t.requires_grad}
        cotangents = [named.get(k, fixed[k]).to(t.dtype) for k, t in reached.items()]
        found = torch.autograd.grad(list(reached.values()), [named[n] for n in wrt], cotangents)
        return [*(t.detach() for t in flat), *found]

    # oneDNN's recurrent layers are one kernel each, which says nothing of their steps.
    with torch.set_grad_enabled(bool(wrt)), torch.backends.mkldnn.flags(enabled=False):
        return make_fx(call, decomposition_table=_table())(*tensors.values())


@functools.cache
def _table() -> dict[Any, Callable[..., Any]]:
    """torch's decompositions into core operators, and of softmax and normalisation, which it counts as core."""
    whole = [getattr(torch.ops.aten, name) for name in _WHOLE]
    return {**core_aten_decompositions(), **get_decompositions(whole)}


def _tensors(result: Any) -> list[torch.Tensor]:
    return [t for t in (result if isinstance(result, tuple | list) else [result]) if isinstance(t, torch.Tensor)]


def _named(result: Any, own: Mapping[str, Array]) -> Outputs:
    """Outputs by the names that torch's own have: what is returned first, then gradients."""
    return {name: to_numpy(t) for name, t in zip(own, _tensors(result), strict=False)}


def _writes(target: Any) -> bool:
    """Whether an operator writes into what it reads."""
    return getattr(target, "_schema", None) is not None and bool(target._schema.is_mutable)


def _views(result: Any, args: Sequence[Any]) -> bool:
    """Whether a result lies in the memory of an argument, and must stay there for what is written into it."""
    given = {a.untyped_storage().data_ptr() for a in args if isinstance(a, torch.Tensor)}
    return any(t.numel() and t.untyped_storage().data_ptr() in given for t in _tensors(result))


def _whole(graph: torch.fx.GraphModule, given: Mapping[str, torch.Tensor], own: Mapping[str, Array]) -> bool:
    """Whether a graph still is the operator. Torch itself runs it here: writing into views may be lost on the way, and
    the table's attention is for inference, so that its gradient is another.
    """
    found = _named(graph(*(t.clone() for t in given.values())), own)
    return found.keys() == own.keys() and all(
        _near(found[k], v) for k, v in own.items() if v.size and v.dtype.kind not in "iub" and not v.dtype.names
    )


def _near(found: Array, own: Array) -> bool:
    """Whether two outputs are the same but for rounding, by far."""
    wide = complex if own.dtype.kind == "c" else float
    a, b = (np.nan_to_num(v.astype(wide)) for v in (found, own))
    return a.shape == b.shape and np.allclose(a, b, rtol=0.1, atol=0.1 * float(np.abs(b).max()))


def _keeps_its_dtype(case: Case) -> bool:
    return normal_name(case.target) not in _OF_THE_DTYPE


def rounded_once(case: Case, inputs: Mapping[str, Array], own: Mapping[str, Array]) -> Outputs:
    """A case of half precision computed by torch in float32, each output rounded once.

    Raises LookupError for operators whose answer depends on the dtype, and what torch raises.
    """
    if not _keeps_its_dtype(case):
        raise LookupError(case.target)
    wide = {name: to_numpy(_wide(to_torch(x))) for name, x in inputs.items()}
    return _as(TorchRun(case)(wide, None), {name: array.dtype for name, array in own.items()})


def _wide(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.float() if str(tensor.dtype).removeprefix("torch.") in SHORT else tensor


def _widened(value: Any) -> Any:
    """A tensor, or a dtype, of half precision in float32; anything else as it is."""
    if isinstance(value, torch.Tensor):
        return _wide(value)
    return torch.float32 if isinstance(value, torch.dtype) and value in _HALVES else value


def _as(outputs: Outputs, dtypes: Mapping[str, Any]) -> Outputs:
    """Outputs that are wider than the case's own, rounded to its dtypes."""
    rounded = {}
    for name, array in outputs.items():
        wanted = dtypes.get(name, array.dtype)
        floats = formats.is_float(formats.dtype_name(wanted)) and array.dtype.kind == "f"
        rounded[name] = formats.round_to(array.astype(np.float64), formats.dtype_name(wanted)) if floats else array
    return rounded


class _Rounding(torch.fx.Interpreter):  # type: ignore[misc]  # torch is Any to the type checker
    """Runs a graph of core operators in half precision: each in float32, its results rounded."""

    def call_function(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        wide = torch.fx.node.map_aggregate(args, lambda a: _wide(a) if isinstance(a, torch.Tensor) else a)
        if _writes(target):
            if _packet(target) in _RESHAPES:
                return super().call_function(target, args, kwargs)
            return args[0].copy_(super().call_function(target, wide, kwargs))
        usual = super().call_function(target, args, kwargs)
        every = usual if isinstance(usual, tuple | list) else [usual]
        if not any(isinstance(t, torch.Tensor) and t.dtype in _HALVES for t in every):
            return usual
        if _views(usual, args):
            return usual
        found = super().call_function(target, wide, kwargs)
        if isinstance(usual, torch.Tensor):
            return found.to(usual.dtype)
        return type(usual)(a if a is None else a.to(b.dtype) for a, b in zip(found, usual, strict=True))


class _Kernels(TorchDispatchMode):  # type: ignore[misc]  # torch is Any to the type checker
    """Runs every kernel that torch calls in half precision in float32, its results rounded; fused attention with its
    exponentials rounded, too.
    """

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        usual = func(*args, **(kwargs or {}))
        if func._schema.is_mutable or _views(usual, args):
            return usual
        if not any(t.dtype in _HALVES for t in _tensors(usual)):
            return usual
        wide, named = tree_map(_widened, (args, kwargs or {}))
        found = func(*wide, **named)
        if _packet(func) == "aten._scaled_dot_product_flash_attention_for_cpu":
            q, k, v, _, is_causal = (*args, 0.0, False)[:5]
            mask, scale = (named.get(name) for name in ("attn_mask", "scale"))
            found[0].copy_(attention(q, k, v, mask, 0.0, is_causal, scale))
        if isinstance(usual, torch.Tensor):
            return found.to(usual.dtype)
        return type(usual)(
            a.to(b.dtype) if isinstance(a, torch.Tensor) else a for a, b in zip(found, usual, strict=True)
        )


class _InMemory(_Rounding):
    """The same, but that kernels which add up where their result lies round to `dtype` at each addition."""

    def __init__(self, graph: torch.fx.GraphModule, dtype: str) -> None:
        super().__init__(graph)
        self.dtype = dtype

    def call_function(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        usual = super().call_function(target, args, kwargs)
        kernel = memory.KERNELS.get(_packet(target))
        if kernel is None or not usual.is_floating_point() or ("index_put" in str(target) and len(args) < 4):
            return usual
        wide = torch.fx.node.map_aggregate(
            args, lambda a: (a.double() if a.is_floating_point() else a).numpy() if isinstance(a, torch.Tensor) else a
        )
        return torch.from_numpy(kernel(wide, self.dtype)).to(usual.dtype)


class _OnMachine(torch.fx.Interpreter):  # type: ignore[misc]  # torch is Any to the type checker
    """Runs a graph of core operators, their sums by a machine."""

    def __init__(self, graph: torch.fx.GraphModule, machine: Machine) -> None:
        super().__init__(graph)
        self.machine = machine

    def call_function(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        usual = super().call_function(target, args, kwargs)
        if any(isinstance(a, torch.Tensor) and a.is_complex() for a in args):
            return self._of_parts(_packet(target), args, kwargs, usual)
        kernel = _kernel(target)
        if isinstance(usual, tuple) and _packet(target) == "aten.var_mean" and usual[0].dtype in _FLOATS:
            return self.call_function(torch.ops.aten.var.correction, args, kwargs), usual[1]
        if isinstance(usual, tuple) and kernel is not None and usual[0].dtype in _FLOATS:
            return type(usual)([self._made(kernel, args, kwargs, usual[0]), *usual[1:]])
        name = _function(target)
        if name and self.machine.library != "rounded" and not self.machine.wide and args[0].dtype == torch.float32:
            with np.errstate(all="ignore"):
                return torch.from_numpy(self.machine.function(name, args[0].double().numpy())).float()
        if kernel is None or not isinstance(usual, torch.Tensor) or usual.dtype not in _FLOATS:
            return usual
        return self._made(kernel, args, kwargs, usual)

    def _of_parts(self, packet: str, args: Sequence[Any], kwargs: Mapping[str, Any], usual: Any) -> Any:
        """Sums and matrix products of complex numbers, of which machines have none, by their parts; others as usual."""
        kernel = core.KERNELS.get(packet)
        given = [a.detach().resolve_conj().resolve_neg().numpy() if isinstance(a, torch.Tensor) else a for a in args]
        if kernel is None or packet not in (*_SUMS, *_PRODUCTS) or not usual.is_complex():
            return usual
        run = functools.partial(kernel, self.machine, kwargs=kwargs)
        if packet in _SUMS:
            real, imaginary = (run([x, *given[1:]]) for x in _parts(given[0]))
        else:
            (rr, ri), (ir, ii) = ([run([x, y]) for y in _parts(given[1])] for x in _parts(given[0]))
            real, imaginary = self.machine.r(rr - ii), self.machine.r(ri + ir)
        return torch.from_numpy(np.asarray(real + 1j * imaginary)).reshape(usual.shape).to(usual.dtype)

    def _made(self, kernel: core.Kernel, args: Sequence[Any], kwargs: Mapping[str, Any], usual: Any) -> torch.Tensor:
        wide = [a.double().numpy() if isinstance(a, torch.Tensor) else a for a in args]
        with np.errstate(all="ignore"):
            found = np.asarray(kernel(self.machine, wide, kwargs))
        return torch.from_numpy(found.reshape(usual.shape).copy()).to(usual.dtype)


class _RoundingOnMachine(_Rounding, _OnMachine):
    """In half precision: each core operator in float32 by a machine, its results rounded."""


def _parts(x: Array) -> tuple[Array, Array]:
    """Real and imaginary part, in float64."""
    return x.real.astype(np.float64), x.imag.astype(np.float64)


def _function(target: Any) -> str:
    """The name of a function that machines have a library for; empty for any other operator."""
    packet = _packet(target).removeprefix("aten.")
    return packet if packet in LIBRARY and packet != "sqrt" else ""


def _kernel(target: Any) -> core.Kernel | None:
    return core.KERNELS.get(_packet(target)) or ALGORITHMS.get(_packet(target))


def _packet(target: Any) -> str:
    return str(getattr(target, "overloadpacket", ""))
