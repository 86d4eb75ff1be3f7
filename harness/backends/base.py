"""The seam every backend fills: how a program becomes something that runs on a device.

A backend is a class with a name and one required method, `prepare`. It lives in the worker, never in the
pytest process, so it may import what it likes inside its methods. Vendors register theirs under the entry
point group `harness.backends`; the eager backend beside this file is the smallest example.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Mapping, Sequence

from harness.lab.worker.tensors import FellBack, Unsupported

if TYPE_CHECKING:
    import torch

    from harness.lab.worker.graph import Graph

    Forward = Callable[..., list[torch.Tensor]]  # tensors in the program's order in, its flat outputs out

__all__ = ["Backend", "FellBack", "Unsupported"]


class Backend:
    """One way to run a program.

    name: as typed in `--backends`.
    slow: True where preparing costs about a second; the quick tier then gives it only cases tagged `compile`.
    forward_only: True where gradients and optimizer steps are out of reach; such programs are `unsupported`.
    seeded: random numbers follow torch's own seed; False where the runtime has a generator that it does not reach.
    requires: modules that must be installed, with the command that installs them in `install`.
    packages: distributions whose versions belong in the fingerprint.
    options: set from the name as typed after a colon: `inductor:simdlen=256` gives {"simdlen": "256"}.
    """

    name: str = ""
    slow: bool = False
    forward_only: bool = False
    seeded: bool = True
    requires: tuple[str, ...] = ()
    install: str = ""
    packages: tuple[str, ...] = ()
    device_types: tuple[str, ...] | None = None  # None: every device torch has; else a tuple such as ("cpu",)

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        self.options = dict(options or {})

    def missing(self) -> str | None:
        """Why this backend cannot be used in this interpreter, and the command that mends it; None where it can.

        Asked of every backend before a run, so it looks for modules and imports none: an import that fails
        says so in `setup`.
        """
        from importlib.util import find_spec

        for module in self.requires:
            try:
                found = find_spec(module)
            except (ImportError, ValueError):  # a parent package is absent, or broken
                found = None
            if found is None:
                return "no module %s (%s)" % (module, self.install or "pip install " + module.split(".")[0])
        return None

    def devices(self) -> list[dict[str, Any]]:
        """Devices it brings beyond torch's own: dicts {"name", "torch", "profile"?, "env"?, "description"?}."""
        return []

    def setup(self, device: torch.device) -> None:
        """Called once before the first program: load plugins, set math modes."""

    def prepare(self, graph: Graph, inputs: Sequence[torch.Tensor]) -> Forward:
        """A callable that takes the inputs (tensors on graph.device) and returns the flat list of outputs.

        graph: harness.lab.worker.graph.Graph; `graph(*inputs)` interprets, `graph.module()` is a GraphModule.
        Raises Unsupported with the first line of the cause, or FellBack where it would run elsewhere.
        """
        raise Unsupported("%s does not prepare programs" % (self.name or type(self).__name__))

    def evidence(self, graph: Graph) -> dict[str, Any]:
        """Proof of where the last run happened, JSON-plain (providers, delegated nodes, graph breaks).

        Raises FellBack where the proof says it ran elsewhere.
        """
        return {}

    def versions(self) -> dict[str, str]:
        """name -> version of every library this backend adds to torch; read, not imported."""
        from importlib.metadata import PackageNotFoundError, version

        found = {}
        for name in self.packages:
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                continue
        return found
