"""The worker's source, sent over the wire: a target needs Python, numpy and torch, never the harness installed."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Iterable
from pathlib import Path

from harness.errors import LabError

_ROOT = Path(__file__).resolve().parent.parent
_SHIPPED = ("harness.load.api", "harness.load.describe", "harness.load.opinfo", "harness.inputs")

# Runs in the fresh interpreter, whatever its age. It prefers the shipped source to an installed harness, so that the
# two ends of the wire are always of one version.
BOOTSTRAP = """
import importlib.abc, importlib.machinery, linecache, os, sys
os.setpgid(0, 0)  # Ctrl-C is for pytest, and a kill takes our children along
os.dup2(2, 1)  # what a kernel prints goes to the log, not to the wire
wire = channel.gateway.newchannel()  # carries nothing, and is closed when pytest is gone, however it went
wire.setcallback(lambda end: os.killpg(0, 9), endmarker=None)
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG: holds even where a hung kernel never lets that callback run
settings, sources = channel.receive()
sys.path[:0] = settings.get("path", [])
class Shipped(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        if name in sources or name in packages:
            spec = importlib.machinery.ModuleSpec(name, self, is_package=name in packages)
            return spec
    def create_module(self, spec):
        return None
    def exec_module(self, module):
        name = module.__name__
        text = sources.get(name, "")
        where = "<lockstep>/" + name.replace(".", "/") + ".py"
        linecache.cache[where] = (len(text), None, text.splitlines(True), where)
        module.__file__ = where
        exec(compile(text, where, "exec"), module.__dict__)
packages = set()
for name in sources:
    while "." in name:
        name = name.rpartition(".")[0]
        packages.add(name)
sources.setdefault("harness", settings["package"])
sys.meta_path.insert(0, Shipped())
from harness.lab.worker.main import serve
serve(channel, settings)
"""

# What `import harness` gives inside a worker: the names a case file uses.
PACKAGE = """
def __getattr__(name):
    if name in ("case", "model", "tensor"):
        import harness.load.api as api
        return getattr(api, name)
    raise AttributeError("module 'harness' has no attribute %r here" % name)
"""


@functools.cache
def source(module: str) -> str:
    """The source text of a module, found without importing it. Raises LabError where there is none."""
    if module.startswith("harness."):
        path = _ROOT.joinpath(*module.split(".")[1:])
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if path.is_file():
            return path.read_text(encoding="utf-8")
    try:
        spec = importlib.util.find_spec(module)
    except ImportError:
        spec = None
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        raise LabError(
            f"no source for module {module}: a backend must be a Python module that this interpreter can find"
        )
    return Path(spec.origin).read_text(encoding="utf-8")


def sources(backends: Iterable[str]) -> dict[str, str]:
    """Module name → source: the worker itself and the backend modules it may be asked for.

    Vendors' modules are shipped too, so a remote interpreter needs only what they import.
    """
    names = [*_modules("lab/worker"), *_SHIPPED, *_modules("backends"), *backends]
    return {name: source(name) for name in dict.fromkeys(names)}


def _modules(room: str) -> list[str]:
    """Every module in a folder of the harness."""
    return [f"harness.{room.replace('/', '.')}.{path.stem}" for path in sorted((_ROOT / room).glob("[a-z]*.py"))]
