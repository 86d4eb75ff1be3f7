"""What torch.compile's backends share: compile the program whole, and count what was compiled and called.

Dynamo leaves to eager what it cannot trace, and says so only in counters that a cache or a reset empties. So
the compiling function itself is wrapped: the graphs it is given and the calls of what it made are the proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Iterable, Sequence

from .base import Backend, FellBack, Unsupported

if TYPE_CHECKING:
    import torch

    from harness.lab.worker.graph import Graph

    from .base import Forward

# What autograd does outside the compiled functions without computing: collect gradients, replay views of inputs.
_PLUMBING = (
    "AccumulateGrad", "Alias", "AsStrided", "Diagonal", "Expand", "Permute", "Select", "Slice", "Split",
    "Squeeze", "TBackward", "Transpose", "Unbind", "Unfold", "Unsafe", "Unsqueeze", "View",
)  # fmt: skip


class Dynamo(Backend):
    """Base of the backends that torch.compile drives. `compiler`: the name torch registers it under."""

    compiler: str = ""
    requires = ("torch._dynamo",)
    install = "install torch >= 2.1"
    _proof: dict[str, Any]

    def setup(self, device: torch.device) -> None:
        import torch._dynamo
        import torch._functorch.config

        torch._dynamo.config.suppress_errors = False
        # The backward is compiled with the forward, so that what cannot be compiled is said by the first call.
        if hasattr(torch._functorch.config, "force_non_lazy_backward_lowering"):
            torch._functorch.config.force_non_lazy_backward_lowering = True

    def prepare(self, graph: Graph, inputs: Sequence[torch.Tensor]) -> Forward:
        import torch
        import torch._dynamo

        from harness.lab.worker.graph import flatten

        module = graph.module()
        # The module has parameters of its own; gradients are asked for the graph's, so they become the same.
        graph.consts.update(zip(graph.params(), module.parameters()))
        compile = torch._dynamo.lookup_backend(self.compiler)
        count = {"graphs": 0, "calls": 0, "ops": 0}

        def counting(
            module: torch.fx.GraphModule, example_inputs: Sequence[torch.Tensor], **options: Any
        ) -> Callable[..., Any]:
            before = self.totals()
            made = compile(module, example_inputs, **options)
            for name, total in self.totals().items():
                count[name] = count.get(name, 0) + total - before.get(name, 0)
            count["graphs"] += 1
            count["ops"] += sum(node.op.startswith("call_") for node in module.graph.nodes)

            def artefact(*args: Any) -> Any:
                count["calls"] += 1
                return made(*args)

            return artefact

        # `forward`, not the module: its code is this program's own, so no other program's guards are tried on it
        compiled = torch.compile(module.forward, backend=counting, fullgraph=True, dynamic=False)

        def call(*inputs: torch.Tensor) -> list[torch.Tensor]:
            before = count["calls"]
            try:
                outputs = flatten(compiled(*inputs))
            except compile_errors() as error:
                if "ImportError" in first_line(
                    error
                ):  # a compiled artefact that cannot be loaded is a fault, not a limit
                    raise
                raise Unsupported("%s: %s" % (self.compiler, first_line(error))) from error
            called = count["calls"] - before
            if called != 1:
                raise FellBack("%s compiled %d graphs and ran %d of them" % (self.compiler, count["graphs"], called))
            self._proof = dict(count, backward=backward_nodes(outputs))
            return outputs

        return call

    def totals(self) -> dict[str, int]:
        """The compiler's own counters; what they grow by while a program compiles belongs to its proof."""
        return {}

    def evidence(self, graph: Graph) -> dict[str, Any]:
        outside = sorted(n for n in self._proof["backward"] if not n.startswith(("CompiledFunction", *_PLUMBING)))
        if outside:
            raise FellBack("the backward is eager's: " + ", ".join(outside))
        return self._proof


def compile_errors() -> tuple[type[BaseException], ...]:
    """The exceptions with which torch.compile says that it cannot, on old and new torch."""
    import torch._dynamo

    kinds = [torch._dynamo.exc.TorchDynamoException]
    try:
        from torch._inductor.exc import InductorError

        kinds.append(InductorError)
    except ImportError:
        pass
    return tuple(kinds)


def first_line(error: BaseException) -> str:
    """What a compiler's message names as the cause: its first line; Triton's says where, quotes code, and then why."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    advice = [at for at, line in enumerate(lines) if at and line.startswith(("Set TORCH", "You can suppress"))]
    lines = lines[: advice[0]] if advice else lines
    if not lines:
        return type(error).__name__
    return "%s %s" % (lines[0], lines[-1]) if lines[0].endswith(":") and len(lines) > 1 else lines[0]


def backward_nodes(outputs: Iterable[torch.Tensor]) -> dict[str, int]:
    """Names of the autograd nodes behind `outputs`, with their number: what a backward will run."""
    seen: set[Any] = set()
    names: dict[str, int] = {}
    stack = [output.grad_fn for output in outputs if output.grad_fn is not None]
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        name = node.name().split("::")[-1]
        names[name] = names.get(name, 0) + 1
        stack += [parent for parent, _ in node.next_functions]
    return names
