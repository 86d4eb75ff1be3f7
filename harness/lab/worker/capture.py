"""Turn a user's Python into the portable program: torch.export first, recorders behind it, one opaque node last.

Runs in a worker, so that a case's Python can hang, crash or print without touching pytest.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import math
import os
from typing import Any, Callable, Iterable, Mapping, Sequence

import torch

from . import origin, run, tensors
from .graph import Graph, flatten

# Unit roundoffs of the output's scale between eager and its capture; a wrong graph is off by far more.
GRADIENT_SLACK = 64

Inputs = Mapping[str, torch.Tensor]  # id -> tensor
Request = Mapping[str, Any]  # as `capture` describes it
Doc = dict[str, Any]  # the program's JSON


class CannotCapture(Exception):
    """No recorder took this callable; the text holds each one's reason."""


def capture(request: Request) -> tuple[Doc, dict[str, torch.Tensor]]:
    """(doc, {sha: tensor}) for a `@case` function or a `@model` function.

    request: {"kind", "path", "target", "name", "dtype",
    "inputs": [{"id", "dtype", "shape", "layout", "grad", "data": base64}], "grad": bool,
    "step": {"class", "kwargs"} | None, "seed", "tags"}. Raises CannotCapture.
    """
    from harness.load.describe import function_of

    function = function_of(request["path"], request["target"])
    inputs = {entry["id"]: _input(entry) for entry in request["inputs"]}
    if request["kind"] == "model":
        module = build(functools.partial(function, **plain(request)), request["dtype"], request["seed"])
        take_names(module, list(inputs))
    else:
        module = Function(functools.partial(function, **plain(request)))
    return capture_module(module, inputs, request)


def capture_module(module: torch.nn.Module, inputs: Inputs, request: Request) -> tuple[Doc, dict[str, torch.Tensor]]:
    """(doc, {sha: tensor}) of a module called with `inputs` by keyword."""
    grads = {entry["id"] for entry in request["inputs"] if entry.get("grad")}
    reasons = []
    for ir, record in (("export", by_export), ("fx", by_make_fx)):
        try:
            recorded = record(module, {id: x.detach().clone() for id, x in inputs.items()})  # it may write into them
            doc, consts = assemble(ir, recorded, request, grads)
            check(module, inputs, doc, consts, grads, request["dtype"])
            if recorded.closed_over:
                check_constants(module, inputs, doc, consts, request["dtype"])
            return doc, consts
        except Exception as error:
            reasons.append("%s: %s" % (ir, (str(error).strip() or type(error).__name__).splitlines()[0]))
    if isinstance(module, Function):
        return dict(opaque(request, grads, changed(module, inputs)), why="; ".join(reasons)), {}
    raise CannotCapture("; ".join(reasons))


def plain(request: Request) -> dict[str, Any]:
    """The parameters of a function that are no inputs, as its grid gives them, decoded."""
    inputs = {entry["id"] for entry in request["inputs"]}
    kwargs = {name: arg for name, arg in (request.get("kwargs") or {}).items() if name not in inputs}
    doc = {"inputs": [], "consts": [], "outputs": [], "nodes": [["", "builtins.dict", [], kwargs]]}
    return Graph(doc, {}, torch.device("cpu")).nodes[0][4]


class Function(torch.nn.Module):  # type: ignore[misc]  # torch is Any to the type checker
    """A plain function as the module that torch.export wants."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = origin.as_forward(function)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)


def build(function: Callable[[], torch.nn.Module], dtype: str, seed: int) -> torch.nn.Module:
    """The model with parameters filled by rule from the seed: the same bytes on every machine and torch release."""
    from harness.inputs import fill

    torch.manual_seed(seed)
    module = function()
    module.eval()
    with torch.no_grad():
        for name, param in module.named_parameters():
            values = fill(name, tuple(param.shape), "float32", seed=seed)
            param.copy_(torch.from_numpy(values.copy()))
    return module.to(tensors.dtype(dtype))


def take_names(module: torch.nn.Module, names: Sequence[str]) -> None:
    """Let `forward` take its inputs under the case's names, by position where it calls them otherwise: nn.Sequential's
    is always `input`.
    """
    taken = inspect.signature(module.forward).parameters
    if not all(name in taken for name in names) and not any(p.kind is p.VAR_KEYWORD for p in taken.values()):
        module.forward = functools.partial(_by_position, module.forward)


def _by_position(forward: Callable[..., Any], **inputs: Any) -> Any:
    return forward(*inputs.values())


def _input(entry: Mapping[str, Any]) -> torch.Tensor:
    import base64

    raw = base64.b64decode(entry["data"])
    return tensors.lay_out(tensors.decode(raw, entry["dtype"], entry["shape"]), entry.get("layout", "contiguous"))


# Recorders: each gives (graph nodes in order, placeholder name -> ("input"|"const", id, tensor), flat output nodes) ---


class Recorded:
    """What a recorder saw: nodes, what each placeholder stands for, the output arguments, and subgraphs by name.

    closed_over: it holds tensors that are neither inputs nor the module's own: constants of the function, or results
    of what it computed outside torch.
    """

    def __init__(
        self,
        nodes: list[torch.fx.Node],
        places: dict[str, tuple[str, str, torch.Tensor | None]],
        outputs: Any,
        owner: torch.fx.GraphModule,
        closed_over: bool = False,
    ) -> None:
        self.nodes, self.places, self.outputs, self.owner = nodes, places, outputs, owner
        self.closed_over = closed_over


def by_export(module: torch.nn.Module, inputs: Inputs) -> Recorded:
    program = torch.export.export(module, (), dict(inputs), strict=False)
    signature = program.graph_signature
    state = dict(program.state_dict)
    state.update(program.constants)
    places = {}
    for spec in signature.input_specs:
        kind = spec.kind.name
        if kind == "USER_INPUT":
            continue
        if spec.target not in state:
            raise CannotCapture("export lifted %s of kind %s" % (spec.target, kind))
        places[spec.arg.name] = ("const", spec.target, state[spec.target])
    users = [s.arg.name for s in signature.input_specs if s.kind.name == "USER_INPUT" and hasattr(s.arg, "name")]
    if len(users) != len(inputs):
        raise CannotCapture("export kept %d of %d inputs" % (len(users), len(inputs)))
    for name, id in zip(users, inputs):
        places[name] = ("input", id, None)
    if any(s.kind.name not in ("USER_OUTPUT",) for s in signature.output_specs):
        raise CannotCapture("the program changes its own state")
    nodes = list(program.graph_module.graph.nodes)
    return Recorded(nodes, places, nodes[-1].args[0], program.graph_module)


def by_make_fx(module: torch.nn.Module, inputs: Inputs) -> Recorded:
    from torch.fx.experimental.proxy_tensor import make_fx

    state = dict(module.named_parameters(remove_duplicate=False))
    state.update(module.named_buffers(remove_duplicate=False))
    ids, keys = list(inputs), list(state)

    def call(*flat: torch.Tensor) -> list[torch.Tensor]:
        fed = dict(zip(keys, flat[: len(keys)]))
        out = torch.func.functional_call(module, fed, (), dict(zip(ids, flat[len(keys) :])))
        return flatten(out)

    traced = make_fx(call)(*(list(state.values()) + [inputs[id] for id in ids]))
    nodes = list(traced.graph.nodes)
    places = {}
    for node, id in zip([n for n in nodes if n.op == "placeholder"], keys + ids):
        places[node.name] = ("const", id, state[id]) if id in state else ("input", id, None)
    closed_over = any(isinstance(getattr(traced, n.target, None), torch.Tensor) for n in nodes if n.op == "get_attr")
    return Recorded(nodes, places, nodes[-1].args[0], traced, closed_over)


# Encoding -------------------------------------------------------------------------------------------------------------


def assemble(ir: str, recorded: Recorded, request: Request, grads: set[str]) -> tuple[Doc, dict[str, torch.Tensor]]:
    """The JSON document and its constants."""
    consts: list[dict[str, Any]] = []
    names: dict[str, Any] = {}
    nodes: list[list[Any]] = []
    places: dict[str, str] = {}
    blobs: dict[str, torch.Tensor] = {}
    by_identity: dict[object, str] = {}

    def const(id: str, value: torch.Tensor) -> str:
        key = (value.data_ptr(), tuple(value.shape), tuple(value.stride())) if value.numel() else id
        if key in by_identity:  # tied weights are one constant
            return by_identity[key]
        raw = tensors.encode(value)
        sha = hashlib.sha256(raw + str(value.dtype).encode() + str(tuple(value.shape)).encode()).hexdigest()
        blobs[sha] = value.detach().clone()
        trains = bool(request["grad"] and isinstance(value, torch.nn.Parameter) and value.is_floating_point())
        kind, shape = tensors.dtype_name(value.dtype), list(value.shape)
        consts.append({"id": id, "dtype": kind, "shape": shape, "sha": sha, "grad": trains})
        by_identity[key] = id
        return id

    def emit(node_list: Iterable[torch.fx.Node], owner: torch.nn.Module, names: dict[str, Any]) -> list[Any]:
        """Append a graph's nodes, inlining subgraphs; returns its output arguments."""
        for node in node_list:
            if node.op == "placeholder":
                continue
            if node.op == "output":
                found = node.args[0]
                return [encode(part, names) for part in (found if isinstance(found, (list, tuple)) else [found])]
            if node.op == "get_attr":
                value = owner
                for part in node.target.split("."):
                    value = getattr(value, part)
                nested = isinstance(value, torch.nn.Module)
                names[node.name] = ("module", value) if nested else const(node.target, value)
                continue
            if node.op != "call_function":
                raise CannotCapture("a node of kind %s" % node.op)
            label = str(node.target)
            if label == "wrap_with_set_grad_enabled":
                enabled, body = node.args[0], names[node.args[1].name][1]
                inner = {
                    p.name: names[a.name] if hasattr(a, "name") else a
                    for p, a in zip([n for n in body.graph.nodes if n.op == "placeholder"], node.args[2:])
                }
                outs = emit(list(body.graph.nodes), body, inner)
                names[node.name] = ("tuple", [o if enabled else _detached(o, nodes) for o in outs])
                continue
            if isinstance(node.target, torch._ops.HigherOrderOperator):
                raise CannotCapture("the higher-order operator %s" % label)
            if label.endswith("getitem>") or getattr(node.target, "__name__", "") == "getitem":
                source = names.get(getattr(node.args[0], "name", ""))
                if isinstance(source, tuple) and source[0] == "tuple":
                    names[node.name] = source[1][node.args[1]]["v"]
                    continue
            id = unique(node.name)
            names[node.name] = id
            kwargs = {key: encode(value, names) for key, value in node.kwargs.items()}
            nodes.append([id, target_name(node.target), encode(list(node.args), names), kwargs])
            places[id] = origin.of(node)
        return []

    taken = {id for _, id, _ in recorded.places.values()}

    def unique(name: str) -> str:
        while name in taken:
            name += "_"
        taken.add(name)
        return name

    for place, (kind, id, value) in recorded.places.items():
        names[place] = id if kind == "input" else const(id, value)
    outputs = emit(recorded.nodes, recorded.owner, names)
    nodes = [node for node in nodes if not node[1].startswith("aten._assert")]
    inputs = [
        {key: entry.get(key) for key in ("id", "dtype", "shape", "layout", "grad")} for entry in request["inputs"]
    ]
    params = [c["id"] for c in consts if c["grad"]]
    doc = {
        "v": 1, "name": request["name"], "ir": ir, "torch": str(torch.__version__), "inputs": inputs, "consts": consts,
        "nodes": nodes, "outputs": [o for o in outputs if o is not None], "mutated": [],
        "tags": request.get("tags", []), "where": {id: place for id, place in places.items() if place},
        "grad": {"wrt": sorted(grads) + params} if request["grad"] else None,
        "step": dict(request["step"], params=params) if request.get("step") else None,
    }  # fmt: skip
    return doc, blobs


def _detached(output: dict[str, str], nodes: list[list[Any]]) -> dict[str, str]:
    """What left a no_grad block carries no gradient."""
    id = output["v"] + ".detached"
    nodes.append([id, "aten.detach.default", [output], {}])
    return {"v": id}


def target_name(target: Any) -> str:
    """The dotted name of a node's target, which `graph.resolve` turns back."""
    if isinstance(target, torch._ops.OpOverload):
        return str(target)
    module = getattr(target, "__module__", "") or ""
    name = getattr(target, "__qualname__", getattr(target, "__name__", ""))
    if module in ("_operator", "operator"):
        return "operator." + name
    if not name or "<" in name:
        raise CannotCapture("%r has no importable name" % (target,))
    return "%s.%s" % (module, name)


def encode(arg: Any, names: Mapping[str, Any]) -> Any:
    """A node's argument as the program's JSON."""
    if isinstance(arg, torch.fx.Node):
        found = names[arg.name]
        if isinstance(found, tuple):
            raise CannotCapture("a subgraph used as a value")
        return {"v": found}
    if arg is None or isinstance(arg, (bool, int, str)):
        return arg
    if isinstance(arg, float):
        if math.isnan(arg) or math.isinf(arg):
            return {"f": "nan" if math.isnan(arg) else "inf" if arg > 0 else "-inf"}
        return arg
    if isinstance(arg, complex):
        return {"c": [arg.real, arg.imag]}
    if isinstance(arg, torch.dtype):
        return {"dt": tensors.dtype_name(arg)}
    if isinstance(arg, torch.device):
        return {"dev": "cpu"}
    if isinstance(arg, torch.layout):
        return {"lay": tensors.dtype_name(arg)}
    if isinstance(arg, torch.memory_format):
        return {"mf": tensors.dtype_name(arg)}
    if isinstance(arg, slice):
        return {"s": [encode(part, names) for part in (arg.start, arg.stop, arg.step)]}
    if arg is Ellipsis:
        return {"e": "..."}
    if isinstance(arg, list):
        return [encode(part, names) for part in arg]
    if isinstance(arg, tuple):
        return {"t": [encode(part, names) for part in arg]}
    if isinstance(arg, dict):
        return {"d": {str(key): encode(value, names) for key, value in arg.items()}}
    raise CannotCapture("an argument of type %s" % type(arg).__name__)


def opaque(request: Request, grads: set[str], mutated: list[str]) -> Doc:
    """One node that calls the function itself, for targets that can import its file."""
    stem = os.path.splitext(os.path.basename(request["path"]))[0]
    inputs = [
        {key: entry.get(key) for key in ("id", "dtype", "shape", "layout", "grad")} for entry in request["inputs"]
    ]
    kwargs = dict(request.get("kwargs") or {}, **{e["id"]: {"v": e["id"]} for e in inputs})
    return {
        "v": 1, "name": request["name"], "ir": "opaque", "torch": str(torch.__version__),
        "inputs": inputs, "consts": [], "path": os.path.dirname(os.path.abspath(request["path"])),
        "nodes": [["call", "%s.%s" % (stem, request["target"]), [], kwargs]],
        "outputs": [{"v": "call"}], "mutated": mutated, "tags": request.get("tags", []),
        "grad": {"wrt": sorted(grads)} if request["grad"] else None, "step": None,
    }  # fmt: skip


def changed(module: torch.nn.Module, inputs: Inputs) -> list[str]:
    """Ids of the inputs that a call changes in place."""
    fed = {id: x.detach().clone() for id, x in inputs.items()}
    state = torch.get_rng_state()
    try:
        with torch.no_grad():
            module(**fed)
    except Exception:  # it will say so when it runs
        return []
    finally:
        torch.set_rng_state(state)
    return [id for id, x in fed.items() if x._version]


def check(
    module: torch.nn.Module,
    inputs: Inputs,
    doc: Doc,
    consts: Mapping[str, torch.Tensor],
    grads: set[str],
    dtype: str,
) -> None:
    """Run eager and the captured graph once, gradients too: a capture that computes something else is refused.

    Source of the need: decompositions of the CPU flash attention return raw scores as logsumexp, and its gradients
    then come out six times wrong in float64 too, where no oracle on the same graph can see it.
    """
    state = torch.get_rng_state()
    params = dict(module.named_parameters())
    fed = {id: x.detach().clone().requires_grad_(id in grads) for id, x in inputs.items()}
    with torch.enable_grad() if doc["grad"] else torch.no_grad():
        theirs = flatten(module(**fed))
        if doc["grad"]:
            leaves = [fed[id] if id in fed else params[id] for id in doc["grad"]["wrt"]]
            gradients = run.backward(theirs, leaves, {})
    doc["mutated"] = [id for id, x in fed.items() if x._version]
    theirs = theirs + [fed[id] for id in doc["mutated"]] + (gradients if doc["grad"] else [])
    torch.set_rng_state(state)
    by_id = {entry["id"]: consts[entry["sha"]] for entry in doc["consts"]}
    graph = Graph(doc, by_id, torch.device("cpu"))
    ours, _ = run.execute(graph, graph, [inputs[id] for id in graph.inputs])
    compared = [pair for pair in ours if not pair[0].startswith("step.")]
    if len(compared) != len(theirs):
        raise CannotCapture("the captured program has %d outputs, eager %d" % (len(compared), len(theirs)))
    for (name, a), b in zip(compared, theirs):
        if a.shape != b.shape or a.dtype != b.dtype:
            facts = (name, a.dtype, tuple(a.shape), b.dtype, tuple(b.shape))
            raise CannotCapture("%s is %s %s captured, %s %s eager" % facts)
        if not b.is_floating_point():
            same = torch.equal(a, b)
        else:
            a, b = a.detach().double(), b.detach().double()
            kind = tensors.dtype(dtype)
            unit = torch.finfo(kind if kind.is_floating_point else torch.float32).eps
            scale = max(1e-30, b.abs().nan_to_num().max().item() if b.numel() else 0)
            close = (a - b).abs() <= GRADIENT_SLACK * unit * scale
            same = bool((close | (a == b) | (a.isnan() & b.isnan())).all())
        if not same:
            raise CannotCapture("%s differs between eager and its capture" % name)


def check_constants(
    module: torch.nn.Module, inputs: Inputs, doc: Doc, consts: Mapping[str, torch.Tensor], dtype: str
) -> None:
    """Run both on other inputs, the same values in reverse order: a result computed outside torch, by NumPy or a bare
    kernel launch, was recorded as a constant, and right for one input only.
    """
    turned = {id: x.reshape(-1).flip(0).reshape(x.shape) for id, x in inputs.items()}
    try:
        check(module, turned, dict(doc, grad=None, step=None), consts, set(), dtype)
    except CannotCapture as error:
        raise CannotCapture("the recording holds a constant where eager's result depends on the inputs") from error
