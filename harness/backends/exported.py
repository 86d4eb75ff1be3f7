"""What backends share that convert an exported program: export it, refuse what would be lost, name the cause.

A converter makes a function of the inputs. Gradients and changes of an input do not survive that, so programs
that need them are unsupported before anything is converted. Outputs are handed on as they come: a changed dtype
or shape is the converter's contract to keep, and not mended here.
"""

from __future__ import annotations

import contextlib
import warnings
from typing import TYPE_CHECKING, Any, ClassVar, Iterator, Mapping, Sequence

from .base import Backend, FellBack, Unsupported

if TYPE_CHECKING:
    import numpy as np
    import torch

    from harness.lab.worker.graph import Graph

    from .base import Forward

    Array = np.ndarray[Any, Any]


class Exported(Backend):
    """Base of forward-only backends that convert what torch.export gives. `convert` is what each adds."""

    slow = True
    forward_only = True
    complex: bool = True  # whether complex numbers reach the converter
    demoted: ClassVar[Mapping[str, str]] = {}  # dtypes it has only by name -> what it computes them in

    def prepare(self, graph: Graph, inputs: Sequence[torch.Tensor]) -> Forward:
        if graph.doc.get("mutated"):
            raise Unsupported("%s cannot change an input (%s)" % (self.name, ", ".join(graph.doc["mutated"])))
        exported = export(graph, inputs)
        for name in dtypes(exported, inputs):
            if name in self.demoted:
                raise Unsupported("%s has no %s: it computes in %s" % (self.name, name, self.demoted[name]))
        if not self.complex and any(is_complex(node) for node in exported.graph.nodes):
            raise Unsupported("%s has no complex numbers" % self.name)
        kept = kept_outputs(exported)
        with conversion(self.name), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # converters warn of their own internals, at every program again
            call = self.convert(exported, inputs)

        def run(*inputs: torch.Tensor) -> list[torch.Tensor]:
            outputs = call(*inputs)
            if len(outputs) == len(kept):  # None is an output of the program, but no tensor
                outputs = [output for output, keep in zip(outputs, kept) if keep]
            if len(outputs) != sum(kept):
                raise Unsupported("%s: %d outputs where the program has %d" % (self.name, len(outputs), sum(kept)))
            return [output.to(graph.device) for output in outputs]

        return run

    def convert(self, exported: torch.export.ExportedProgram, inputs: Sequence[torch.Tensor]) -> Forward:
        """A callable: tensors in, list of CPU tensors out. Any exception means that it cannot be converted."""
        raise NotImplementedError


def export(graph: Graph, inputs: Sequence[torch.Tensor]) -> torch.export.ExportedProgram:
    """The program as a torch.export.ExportedProgram. Raises Unsupported where it cannot be, or changes inputs."""
    import torch

    # Inputs of equal bytes may be one tensor here, and export would make them one input for good.
    apart = tuple(tensor.detach().clone() for tensor in inputs)
    copies = [tensor.clone() for tensor in apart]
    before = [tensor._version for tensor in copies]
    with conversion("torch.export"):
        graph(*copies)
        exported = torch.export.export(graph.module(), apart, strict=False)
    # A view shares its base's version counter, so a change is seen whichever way it went.
    changed = [id for id, tensor, count in zip(graph.inputs, copies, before) if tensor._version != count]
    if changed:
        raise Unsupported("it changes %s, which an exporter would drop" % ", ".join(changed))
    return exported


def kept_outputs(exported: torch.export.ExportedProgram) -> list[bool]:
    """For each output of an exported program, whether it is a tensor (and not None).

    Raises Unsupported for numbers: whether they come back, and as which dtype, is the converter's whim.
    """
    import torch

    given = exported.graph.output_node().args[0]
    values = [node.meta["val"] if isinstance(node, torch.fx.Node) else node for node in given]
    kept = [isinstance(value, torch.Tensor) for value in values][-len(exported.graph_signature.user_outputs) :]
    if any(value is not None and not isinstance(value, torch.Tensor) for value in values):
        raise Unsupported("an output is a number, not a tensor")
    return kept


def dtypes(exported: torch.export.ExportedProgram, inputs: Sequence[torch.Tensor]) -> list[str]:
    """The dtypes of a program's inputs and outputs, by torch's names."""
    import torch

    outputs = [node.meta["val"] for node in exported.graph.output_node().args[0] if isinstance(node, torch.fx.Node)]
    found = [value.dtype for value in [*inputs, *outputs] if isinstance(value, torch.Tensor)]
    return sorted({str(dtype).split(".")[-1] for dtype in found})


def is_complex(node: torch.fx.Node) -> bool:
    """Whether a node of an exported graph holds a complex tensor."""
    value = node.meta.get("val")
    return any(getattr(leaf, "is_complex", bool)() for leaf in (value if isinstance(value, (tuple, list)) else [value]))


@contextlib.contextmanager
def conversion(what: str) -> Iterator[None]:
    """Turns an error of a converter into Unsupported with the line of it that names the cause."""
    try:
        yield
    except (Unsupported, FellBack):
        raise
    except Exception as error:
        raise Unsupported("%s: %s" % (what, cause(error))) from error


def cause(error: BaseException) -> str:
    """The first line of the innermost error that says more than where it was raised, after its type."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("Exception from ", "Check '"))] or lines[-1:]
    return ": ".join([type(error).__name__, *lines[:1]])


def to_numpy(tensor: torch.Tensor) -> Array:
    """A C-order array of a tensor's values; bfloat16 and float8 by ml_dtypes."""
    import ml_dtypes
    import torch

    tensor = tensor.detach().cpu().resolve_conj().resolve_neg().contiguous()
    name = str(tensor.dtype).split(".")[-1]
    if not hasattr(ml_dtypes, name):
        array: Array = tensor.numpy()
        return array
    bits: Array = tensor.view(torch.int16 if tensor.element_size() == 2 else torch.uint8).numpy()
    return bits.view(getattr(ml_dtypes, name))


def bits(array: Array) -> Array:
    """The array, or where its dtype is one of ml_dtypes' the same bytes as unsigned integers: runtimes take those."""
    return array.view("u%d" % array.itemsize) if array.dtype.isbuiltin == 2 else array


def from_numpy(array: Array | np.generic) -> torch.Tensor:
    """The tensor of an array (or NumPy scalar) in its own dtype; Unsupported where torch has none such."""
    import numpy as np
    import torch

    array = np.ascontiguousarray(array).reshape(np.shape(array))
    kind = getattr(torch, array.dtype.name, None)
    if not isinstance(kind, torch.dtype):
        raise Unsupported("an output of dtype %s" % array.dtype)
    return from_bytes(array.tobytes(), kind, array.shape)


def from_bytes(raw: bytes, kind: torch.dtype, shape: Sequence[int]) -> torch.Tensor:
    """A tensor of torch dtype `kind` that owns its memory, from C-order bytes in this machine's order."""
    import torch

    if not raw:
        return torch.empty(tuple(shape), dtype=kind)
    return torch.frombuffer(bytearray(raw), dtype=kind).reshape(tuple(shape))
