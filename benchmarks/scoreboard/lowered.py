"""Any operator on the machines of this scoreboard: torch's own decomposition of it into core operators, as torch.export
hands it to a backend, whose sums and products are then added up in the machine's order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch._decomp import core_aten_decompositions
from torch.fx.experimental.proxy_tensor import make_fx

from benchmarks.scoreboard.machine import HONEST, Machine
from harness.case import Case
from tests.numerics.torchrun import decode, resolve, to_numpy, to_torch

Array = np.ndarray[Any, Any]
_FLOATS = (torch.float32, torch.float64)


def variants(case: Case, inputs: Mapping[str, Array]) -> Iterator[tuple[str, dict[str, Array]]]:
    """(label, outputs): as torch runs the core operators, and on every honest machine where there are sums among them.

    Raises what torch raises where it can't trace the operator.
    """
    names = list(inputs)
    tensors = [to_torch(x) for x in inputs.values()]

    def call(*values: torch.Tensor) -> Any:
        named = dict(zip(names, values, strict=True))
        kwargs = {k: decode(v, named) for k, v in case.kwargs}
        return resolve(case.target)(*[decode(a, named) for a in case.args], **kwargs)

    with torch.no_grad():
        graph = make_fx(call, decomposition_table=core_aten_decompositions())(*tensors)
        yield "torch, decomposed", _named(graph(*tensors))
        if any(_kernel(node.target) for node in graph.graph.nodes):
            for machine in HONEST:
                own = replace(machine, wide=case.dtype == "float64")
                yield f"decomposed, {machine.name}", _named(_OnMachine(graph, own).run(*tensors))


def _named(result: Any) -> dict[str, Array]:
    flat = [t for t in (result if isinstance(result, tuple | list) else [result]) if isinstance(t, torch.Tensor)]
    return {f"out{i}": to_numpy(t) for i, t in enumerate(flat)}


class _OnMachine(torch.fx.Interpreter):  # type: ignore[misc]  # torch is Any to the type checker
    """Runs a graph of core operators, their sums by a machine."""

    def __init__(self, graph: torch.fx.GraphModule, machine: Machine) -> None:
        super().__init__(graph)
        self.machine = machine

    def call_function(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        usual = super().call_function(target, args, kwargs)
        kernel = _kernel(target)
        if kernel is None or not isinstance(usual, torch.Tensor) or usual.dtype not in _FLOATS:
            return usual
        wide = [a.double().numpy() if isinstance(a, torch.Tensor) else a for a in args]
        with np.errstate(all="ignore"):
            found = np.asarray(kernel(self.machine, wide, kwargs))
        return torch.from_numpy(found.reshape(usual.shape).copy()).to(usual.dtype)


def _rows(x: Array, dims: Any) -> Array:
    """x with the reduced dimensions as its last one."""
    axes = [int(d) % x.ndim for d in (dims if isinstance(dims, Sequence) else [dims])] if dims is not None else []
    axes = axes or list(range(x.ndim))
    kept = [i for i in range(x.ndim) if i not in axes]
    return x.transpose(*kept, *axes).reshape(*(x.shape[i] for i in kept), math.prod(x.shape[i] for i in axes))


def _dims(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    return args[1] if len(args) > 1 else kwargs.get("dim")


def _sum(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    return m.sum(_rows(args[0], _dims(args, kwargs)))


def _mean(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    rows = _rows(args[0], _dims(args, kwargs))
    return m.div(m.sum(rows), np.asarray(float(rows.shape[-1])))


def _var(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    rows = _rows(args[0], _dims(args, kwargs))
    n = float(rows.shape[-1])
    centred = m.r(rows - m.div(m.sum(rows), np.asarray(n))[..., None])
    correction = kwargs.get("correction")
    return m.div(m.dot(centred, centred), np.asarray(max(n - (1.0 if correction is None else correction), 0.0)))


def _product(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    a, b = args[0], args[1]
    return m.dot(a[..., :, None, :], np.swapaxes(b, -1, -2)[..., None, :, :])


def _added(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    alpha, beta = float(kwargs.get("alpha", 1)), float(kwargs.get("beta", 1))
    product = _product(m, args[1:], {})
    scaled = product if alpha == 1 else m.r(alpha * product)
    return m.r((args[0] if beta == 1 else m.r(beta * args[0])) + scaled)


_KERNELS: dict[str, Callable[[Machine, Sequence[Any], Mapping[str, Any]], Array]] = {
    "aten.sum": _sum,
    "aten.mean": _mean,
    "aten.var": _var,
    "aten.mm": _product,
    "aten.bmm": _product,
    "aten.addmm": _added,
}


def _kernel(target: Any) -> Callable[[Machine, Sequence[Any], Mapping[str, Any]], Array] | None:
    return _KERNELS.get(str(getattr(target, "overloadpacket", "")))
