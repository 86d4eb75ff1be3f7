"""Any operator on the machines of this scoreboard: torch's own decomposition of it into core operators, as torch.export
hands it to a backend, whose sums and products are then added up in the machine's order.

Half precision is computed in float32 and rounded once, or after every core operator, as a framework does that calls one
kernel for each.
"""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch._decomp import core_aten_decompositions, get_decompositions
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

from benchmarks.scoreboard import memory
from benchmarks.scoreboard.machine import HONEST, LIBRARY, Machine
from benchmarks.scoreboard.operators import variance
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
        if normal_name(case.target) in COMPOSITIONS:
            with contextlib.suppress(NotImplementedError):
                graph = _traced(case, given, own, COMPOSITIONS[normal_name(case.target)])
                yield "composed, each rounded", _named(_Rounding(graph).run(*given.values()), own)
        try:
            graph = _traced(case, given, own)
        except Exception:  # it looks at numbers on its way
            with _Kernels():
                yield "kernels, each rounded", TorchRun(case)(inputs, None)
            raise
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
    listed = normal_name(case.target) in TABLE  # profiles say how far the functions of such operators may err
    if any(
        _kernel(node.target) or _packet(node.target) == "aten.var_mean" or (not listed and _function(node.target))
        for node in graph.graph.nodes
    ):
        for machine in HONEST:
            on = replace(machine, wide=case.dtype == "float64", library="rounded" if listed else machine.library)
            yield f"decomposed, {machine.name}", _as(_named(_OnMachine(graph, on).run(*given.values()), own), dtypes)
    if normal_name(case.target) in _SCALED:
        composed = _traced(case, given, own, _SCALED[normal_name(case.target)])
        for machine in HONEST:
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
    """Whether a graph still is the operator: writing into views may be lost on the way. Torch itself runs it here."""
    if not any(_writes(node.target) for node in graph.graph.nodes):
        return True
    found = _named(graph(*(t.clone() for t in given.values())), own)
    return all(
        np.allclose(found[k].astype(float), v.astype(float), rtol=0.1, atol=0.1 * float(np.abs(v.astype(float)).max()))
        for k, v in own.items()
        if v.size
    )


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
    """Runs every kernel that torch calls in half precision in float32, its results rounded."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        usual = func(*args, **(kwargs or {}))
        if func._schema.is_mutable or not isinstance(usual, torch.Tensor) or usual.dtype not in _HALVES:
            return usual
        if _views(usual, args):
            return usual
        wide = tree_map(lambda a: _wide(a) if isinstance(a, torch.Tensor) else a, args)
        return func(*wide, **(kwargs or {})).to(usual.dtype)


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


def _addbmm(c: Any, x: Any, y: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """One batch after the other, as BLAS is called."""
    total = beta * c
    for a, b in zip(x, y, strict=True):
        total = total + alpha * (a @ b)
    return total


def _addr(c: Any, a: Any, b: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    return beta * c + (alpha * a)[:, None] * b


def _kl_div(x: Any, t: Any, *, reduction: str = "mean", log_target: bool = False) -> Any:
    terms = torch.exp(t) * (t - x) if log_target else t * (torch.log(t) - x)
    return {"none": terms, "sum": terms.sum(), "mean": terms.mean()}.get(reduction, terms.sum() / max(len(terms), 1))


def _batch_norm(
    x: Any,
    mean: Any,
    var: Any,
    w: Any = None,
    b: Any = None,
    training: bool = False,
    momentum: Any = 0.1,
    eps: Any = 1e-5,
) -> Any:
    """One scale and one shift for each channel, as kernels apply it; statistics in the dtype of x."""
    dims, shape = [d for d in range(x.dim()) if d != 1], [-1 if d == 1 else 1 for d in range(x.dim())]
    if training or mean is None:
        mean, var = x.mean(dims), ((x - x.mean(dims, keepdim=True)) ** 2).mean(dims)
    scale = torch.rsqrt(var + eps) if w is None else torch.rsqrt(var + eps) * w
    shift = -mean * scale if b is None else b - mean * scale
    return x * scale.reshape(shape) + shift.reshape(shape)


def _instance_norm(
    x: Any, mean: Any = None, var: Any = None, w: Any = None, b: Any = None, *, eps: float = 1e-5
) -> Any:
    """Batch norm of each sample's channels."""
    n, c = x.shape[:2]
    flat = x.reshape(1, n * c, *x.shape[2:])
    scale, shift = (None if v is None else v.repeat(n) for v in (w, b))
    return _batch_norm(flat, None, None, scale, shift, True, eps=eps).reshape(x.shape)


def _applied(x: Any, dims: Sequence[int], w: Any, b: Any, eps: float) -> Any:
    """Normalised over `dims`, by one scale and one shift; w and b broadcast to x."""
    mean = x.mean(dims, keepdim=True)
    scale = torch.rsqrt(((x - mean) ** 2).mean(dims, keepdim=True) + eps)
    scale = scale if w is None else scale * w
    return x * scale + (-mean * scale if b is None else b - mean * scale)


def _layer_norm(x: Any, shape: Any, w: Any = None, b: Any = None, eps: float = 1e-5) -> Any:
    return _applied(x, list(range(-len(shape), 0)), w, b, eps)


def _group_norm(x: Any, groups: int, w: Any = None, b: Any = None, eps: float = 1e-5) -> Any:
    each = x.shape[1] // groups
    split = x.reshape(x.shape[0], groups, each, *x.shape[2:])
    w, b = (None if v is None else v.reshape(groups, each, *[1] * (x.dim() - 2)) for v in (w, b))
    return _applied(split, list(range(2, split.dim())), w, b, eps).reshape(x.shape)


def _gaussian_nll(x: Any, t: Any, v: Any, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> Any:
    v = v.clamp(min=eps)
    terms = 0.5 * (torch.log(v) + (x - t) ** 2 / v) + (0.5 * math.log(2 * math.pi) if full else 0.0)
    return {"none": terms, "sum": terms.sum(), "mean": terms.mean()}[reduction]


def _bilinear(x: Any, y: Any, w: Any, b: Any = None) -> Any:
    """x·W, which is kept, times y, and added up."""
    terms = torch.einsum("...i,oij->...oj", x, w) * y[..., None, :]
    return terms.sum(-1) if b is None else terms.sum(-1) + b


def _attention(
    q: Any,
    k: Any,
    v: Any,
    mask: Any = None,
    dropout: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:
    """In float32, but for the exponentials, which are rounded before they weigh v. Source: Dao, FlashAttention-2."""
    if enable_gqa:
        k, v = (x.repeat_interleave(q.shape[-3] // x.shape[-3], -3) for x in (k, v))
    s = q.float() @ k.float().transpose(-1, -2) * (1 / math.sqrt(q.shape[-1]) if scale is None else scale)
    if is_causal:
        s = s.masked_fill(~torch.ones(s.shape[-2:], dtype=torch.bool).tril(), -math.inf)
    if mask is not None:
        s = s + mask.float() if mask.is_floating_point() else s.masked_fill(~mask, -math.inf)
    e = torch.exp(s - s.amax(-1, keepdim=True))
    return (e.to(v.dtype).float() @ v.float() / e.sum(-1, keepdim=True)).to(v.dtype)


def _logit(x: Any, eps: float | None = None) -> Any:
    x = x if eps is None else x.clamp(eps, 1 - eps)
    return torch.log(x / (1 - x))


def _linear(
    x: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: Any = False
) -> Any:
    """Along one dimension, with weights of its dtype."""
    if mode != "linear":
        raise NotImplementedError(mode)
    n = x.shape[-1]
    wanted, scale = (v[0] if isinstance(v, Sequence) else v for v in (size, scale_factor))
    wanted = int(n * scale) if wanted is None else wanted
    if align_corners:
        at = torch.arange(wanted) * ((n - 1) / max(wanted - 1, 1))
    else:
        at = ((torch.arange(wanted) + 0.5) * (n / wanted if scale is None else 1 / scale) - 0.5).clamp(min=0)
    low = at.long()
    weight = (at - low).to(x.dtype)
    return (1 - weight) * x[..., low] + weight * x[..., (low + 1).clamp(max=n - 1)]


# Operators that frameworks compose in other ways than torch's table of decompositions has.
COMPOSITIONS: dict[str, Callable[..., Any]] = {
    "addbmm": _addbmm,
    "addr": _addr,
    "batch_norm": _batch_norm,
    "bilinear": _bilinear,
    "instance_norm": _instance_norm,
    "gaussian_nll_loss": _gaussian_nll,
    "interpolate": _linear,
    "kl_div": _kl_div,
    "logit": _logit,
    "scaled_dot_product_attention": _attention,
}


# And these in any precision, but that kernels of the latter two round but once.
_SCALED: dict[str, Callable[..., Any]] = {
    "batch_norm": _batch_norm,
    "instance_norm": _instance_norm,
    "group_norm": _group_norm,
    "layer_norm": _layer_norm,
}


class _OnMachine(torch.fx.Interpreter):  # type: ignore[misc]  # torch is Any to the type checker
    """Runs a graph of core operators, their sums by a machine."""

    def __init__(self, graph: torch.fx.GraphModule, machine: Machine) -> None:
        super().__init__(graph)
        self.machine = machine

    def call_function(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        usual = super().call_function(target, args, kwargs)
        kernel = _kernel(target)
        if isinstance(usual, tuple) and _packet(target) == "aten.var_mean" and usual[0].dtype in _FLOATS:
            return self.call_function(torch.ops.aten.var.correction, args, kwargs), usual[1]
        name = _function(target)
        if name and self.machine.library != "rounded" and not self.machine.wide and args[0].dtype == torch.float32:
            with np.errstate(all="ignore"):
                return torch.from_numpy(self.machine.function(name, args[0].double().numpy())).float()
        if kernel is None or not isinstance(usual, torch.Tensor) or usual.dtype not in _FLOATS:
            return usual
        wide = [a.double().numpy() if isinstance(a, torch.Tensor) else a for a in args]
        with np.errstate(all="ignore"):
            found = np.asarray(kernel(self.machine, wide, kwargs))
        return torch.from_numpy(found.reshape(usual.shape).copy()).to(usual.dtype)


class _RoundingOnMachine(_Rounding, _OnMachine):
    """In half precision: each core operator in float32 by a machine, its results rounded."""


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
    correction = kwargs.get("correction")
    mean = m.div(m.sum(rows), np.asarray(n))
    return variance(m, rows, mean, max(n - (1.0 if correction is None else correction), 0.0))


def _product(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    a, b = args[0], args[1]
    return m.dot(a[..., :, None, :], np.swapaxes(b, -1, -2)[..., None, :, :])


def _added(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    alpha, beta = float(kwargs.get("alpha", 1)), float(kwargs.get("beta", 1))
    product = _product(m, args[1:], {})
    scaled = product if alpha == 1 else m.r(alpha * product)
    return m.r((args[0] if beta == 1 else m.r(beta * args[0])) + scaled)


def _cumsum(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    return np.moveaxis(m.scan(np.moveaxis(args[0], args[1], -1)), -1, args[1]) if args[0].ndim else args[0]


def _convolution(m: Machine, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
    """aten.convolution(x, weight, bias, stride, padding, dilation, transposed, output_padding, groups)."""
    x, w, bias, stride, padding, dilation, transposed, more, groups = args
    dims = range(x.ndim - 2)
    reach = [d * (k - 1) for d, k in zip(dilation, w.shape[2:], strict=True)]
    pads = [(p, p) for p in padding]
    if transposed:  # a convolution of the input with zeros in between, by the kernel turned around
        shape = [(n - 1) * s + 1 for n, s in zip(x.shape[2:], stride, strict=True)]
        wide = np.zeros((*x.shape[:2], *shape))
        wide[(..., *(slice(None, None, s) for s in stride))] = x
        x, stride, pads = (
            wide,
            [1] * len(stride),
            [(r - p, r - p + o) for r, p, o in zip(reach, padding, more, strict=True)],
        )
        w = np.flip(w, tuple(2 + i for i in dims)).reshape(groups, -1, *w.shape[1:]).swapaxes(1, 2)
        w = w.reshape(-1, *w.shape[2:])
    x = np.pad(x, [(0, 0), (0, 0), *((max(a, 0), max(b, 0)) for a, b in pads)])
    x = x[(..., *(slice(max(-a, 0), n - max(-b, 0)) for (a, b), n in zip(pads, x.shape[2:], strict=True)))]
    patches = np.lib.stride_tricks.sliding_window_view(x, [r + 1 for r in reach], axis=tuple(2 + i for i in dims))
    steps = (*(slice(None, None, s) for s in stride), *(slice(None, None, d) for d in dilation))
    patches = np.moveaxis(patches[(slice(None), slice(None), *steps)], 1, 1 + len(reach))
    parts = []
    for g, rows in enumerate(np.split(patches, groups, axis=1 + len(reach))):
        kernel = np.split(w, groups)[g]
        flat = rows.reshape(*rows.shape[: 1 + len(reach)], 1, -1)
        parts.append(m.dot(flat, kernel.reshape(len(kernel), -1)))
    made = np.moveaxis(np.concatenate(parts, axis=-1), -1, 1)
    return made if bias is None else m.r(made + bias.reshape(-1, *[1] * len(reach)))


_KERNELS: dict[str, Callable[[Machine, Sequence[Any], Mapping[str, Any]], Array]] = {
    "aten.sum": _sum,
    "aten.mean": _mean,
    "aten.var": _var,
    "aten.mm": _product,
    "aten.bmm": _product,
    "aten.addmm": _added,
    "aten.cumsum": _cumsum,
    "aten.convolution": _convolution,
}


def _function(target: Any) -> str:
    """The name of a function that machines have a library for; empty for any other operator."""
    packet = _packet(target).removeprefix("aten.")
    return packet if packet in LIBRARY and packet != "sqrt" else ""


def _kernel(target: Any) -> Callable[[Machine, Sequence[Any], Mapping[str, Any]], Array] | None:
    return _KERNELS.get(_packet(target))


def _packet(target: Any) -> str:
    return str(getattr(target, "overloadpacket", ""))
