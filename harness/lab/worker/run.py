"""Run one prepared program once: forward, and where it says so backward and one optimizer step."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any, Callable, Iterator, Mapping, Sequence

import torch

from . import tensors

if TYPE_CHECKING:
    from .graph import Graph

    Forward = Callable[..., list[torch.Tensor]]
    Named = list[tuple[str, torch.Tensor]]

# What a target says when it has no kernel, in the words of the devices seen so far.
_NO_KERNEL = (
    "not implemented for", "could not run 'aten::", "is not currently supported", "not supported on", "unsupported",
    "doesn't support", "does not support", "no kernel", "is not available for this function schema",
    "not yet supported", "not compiled with", "expected scalar type", "to have one of the following scalar types",
    "not currently implemented",
)  # fmt: skip


def execute(
    graph: Graph,
    forward: Forward,
    inputs: Sequence[torch.Tensor],
    cotangents: Mapping[str, torch.Tensor] | None = None,
) -> tuple[Named, float]:
    """(named outputs, seconds of the calls themselves).

    graph: worker.graph.Graph. forward: callable on the inputs giving a flat list of outputs. inputs: tensors in the
    graph's order, already on its device; they are not changed. Outputs are out0 …, mutated.<input>, grad.<id>,
    step.<param> (the parameter's change). cotangents: output name -> gradient that takes the place of the fixed one.
    """
    doc = graph.doc
    grad = doc.get("grad")
    mutated = doc.get("mutated", ())
    inputs = list(inputs)
    wrt = set(grad["wrt"]) if grad else set()
    for index, id in enumerate(graph.inputs):
        if id in wrt:
            inputs[index] = inputs[index].detach().clone().requires_grad_(True)
        elif id in mutated:
            inputs[index] = inputs[index].clone()
    began = time.perf_counter()
    with torch.enable_grad() if grad else torch.no_grad(), _default_dtype(graph.precision):
        outputs = forward(*inputs)
    _synchronize(graph.device)
    seconds = time.perf_counter() - began
    named = [("out%d" % index, value.detach()) for index, value in enumerate(outputs)]
    named += [("mutated." + id, inputs[graph.inputs.index(id)]) for id in mutated]
    if grad:
        leaves = dict(zip(graph.inputs, inputs))
        leaves.update(graph.params())
        began = time.perf_counter()
        gradients = backward(outputs, [leaves[id] for id in grad["wrt"]], cotangents or {})
        _synchronize(graph.device)
        seconds += time.perf_counter() - began
        by_id = dict(zip(grad["wrt"], gradients))
        named += [("grad." + id, by_id[id]) for id in grad["wrt"]]
        if doc.get("step"):
            named += optimizer_step(doc["step"], leaves, by_id)
    return named, seconds


@contextlib.contextmanager
def _default_dtype(precision: str | None) -> Iterator[None]:
    """What integers become where a function of them is no integer: the reference computes it in float64, too."""
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64 if precision == "float64" else usual)
    try:
        yield
    finally:
        torch.set_default_dtype(usual)


def backward(
    outputs: Sequence[torch.Tensor], leaves: Sequence[torch.Tensor], cotangents: Mapping[str, torch.Tensor]
) -> list[torch.Tensor]:
    """Gradients of sum(output * cotangent) for every leaf; zeros where a leaf has no part in the outputs."""
    reached = [(o, "cot.out%d" % index) for index, o in enumerate(outputs) if o.requires_grad]
    if not reached:
        raise RuntimeError("no output depends on an input that takes gradients")
    given = [
        cotangents[name].to(dtype=o.dtype).to(o.device) if name in cotangents else tensors.cotangent(o.detach())
        for o, name in reached
    ]
    found = torch.autograd.grad([o for o, _ in reached], leaves, given, allow_unused=True)
    return [torch.zeros_like(leaf) if g is None else g for g, leaf in zip(found, leaves)]


def optimizer_step(
    step: Mapping[str, Any], leaves: Mapping[str, torch.Tensor], gradients: Mapping[str, torch.Tensor]
) -> Named:
    """step.<param>: how one step of the target's own optimizer changes each parameter, in float32 or wider."""
    name = step["class"].rsplit(".", 1)[-1]
    params = []
    for id in step["params"]:
        param = leaves[id].detach().clone().requires_grad_(True)
        param.grad = gradients[id].detach().clone()
        params.append(param)
    getattr(torch.optim, name)(params, **step["kwargs"]).step()
    named = []
    for id, param in zip(step["params"], params):
        change = param.detach().cpu().double() - leaves[id].detach().cpu().double()
        kind = torch.float64 if param.dtype == torch.float64 else torch.float32
        named.append(("step." + id, change.to(kind).to(param.device)))
    return named


def decoy(graph: Graph, forward: Forward, inputs: Sequence[torch.Tensor]) -> None:
    """Run once on the same values in another order, and forget it: a device that returns its previous output is then
    caught by the very next run, which must not give these."""
    try:
        with torch.no_grad():
            forward(*(_turned(x) if x.is_floating_point() and x.numel() > 1 else x for x in inputs))
        _synchronize(graph.device)
    except (RuntimeError, ValueError):
        pass  # values in another order may be no valid input (a matrix to factorise); the real run speaks for itself


def _turned(x: torch.Tensor) -> torch.Tensor:
    """The same values one place on; float8 as bytes, since not every device moves those."""
    flat = x.reshape(-1)
    if x.element_size() == 1:
        return flat.view(torch.uint8).roll(1).view(x.dtype).reshape(x.shape)
    return flat.roll(1).reshape(x.shape)


def _synchronize(device: torch.device) -> None:
    """Wait for an asynchronous device, so that a time is the kernel's and an error is this job's."""
    if device.type == "cpu":
        return
    module: Any = getattr(torch, device.type, None)
    if hasattr(module, "synchronize"):
        module.synchronize()


def is_lost(device: torch.device) -> bool:
    """Whether a device answers nothing more in this process, as CUDA after an illegal access or a failed assertion."""
    if device.type == "cpu":
        return False
    try:
        (torch.zeros(1, device=device) + 1).cpu()
        _synchronize(device)
    except Exception:
        return True
    return False


def is_unsupported(error: BaseException) -> bool:
    """Whether an exception of torch says "this target can't", rather than "this went wrong"."""
    if isinstance(error, (NotImplementedError, tensors.Unsupported)):
        return True
    text = str(error).lower()
    return isinstance(error, (RuntimeError, TypeError)) and any(words in text for words in _NO_KERNEL)
