"""The worker's loop: one process, one target, fed over one channel.

Requests are tuples (verb, job, ...), replies dicts {"job", "status", ...}; both hold only what execnet can serialise.
A job that raises costs itself; a job that kills the process is the controller's business.
"""

from __future__ import annotations

import collections
import hashlib
import json
import os
import stat
import sys
import traceback
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping, Sequence, TypeVar

import torch

from . import precisions, probe, run, tensors
from .graph import Graph
from .tensors import FellBack, Unsupported

if TYPE_CHECKING:
    import execnet

    from harness.backends.base import Backend

    from .run import Forward

Reply = dict[str, Any]  # {"status", ...}, as it goes over the wire
Key = TypeVar("Key")
Value = TypeVar("Value")

_BLOBS = 512 << 20  # bytes of inputs and weights kept; the controller sends again what was dropped
_PREPARED = 256  # programs kept ready
# Precisions: float64, moved by what an honest device may round; the same, one core operator at a time. A seed follows.
MOVED = ("noise:", "steps:")


class Missing(Exception):
    """A blob or program this worker does not hold; the reply asks for it."""


class Cache(collections.OrderedDict[Key, Value]):
    """Least recently used entries, bounded by a total weight whenever `trim` was called."""

    def __init__(self, limit: int, weigh: Callable[[Value], int]) -> None:
        super().__init__()
        self.limit, self.weigh, self.total = limit, weigh, 0

    def put(self, key: Key, value: Value) -> None:
        if key in self:
            self.total -= self.weigh(self.pop(key))
        self[key] = value
        self.total += self.weigh(value)

    def drop(self, key: Key) -> None:
        self.total -= self.weigh(self.pop(key))

    def trim(self) -> None:
        while self.total > self.limit and len(self) > 1:
            self.total -= self.weigh(self.popitem(last=False)[1])

    def find(self, key: Key) -> Value:
        if key not in self:
            raise Missing(key)
        self.move_to_end(key)
        found = self[key]
        if isinstance(found, Exception):
            raise found
        return found


class Worker:
    """State of one worker: its backend and device, its blobs, and the programs it has prepared."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = settings
        self.blobs: Cache[str, torch.Tensor] = Cache(_BLOBS, weight)
        self.docs: dict[str, dict[str, Any]] = {}
        self.prepared: Cache[tuple[str, str | None], tuple[Graph, Forward]] = Cache(_PREPARED, lambda _: 1)
        # The kernels of the program and inputs that were moved last, in their own precision.
        self.kernels: tuple[Any, list[Any] | None] = ((), None)
        self.torch_device = torch.device(settings["torch"])
        self.backend = load_backend(settings["backend"])

    def start(self) -> Reply:
        """First words to the controller: the target's fingerprint, or why it cannot be used."""
        threads = self.settings.get("threads")
        if threads:
            torch.set_num_threads(threads)
        torch.manual_seed(0)
        probe.warm()
        why = self.backend.missing()
        if why:
            return {"status": "unsupported", "message": why}
        self.backend.setup(self.torch_device)
        torch.empty(1, device=self.torch_device)  # an absent device fails here, by name, not in the first case
        return {"status": "ok", "fingerprint": probe.fingerprint(self.torch_device, self.backend)}

    # verbs ------------------------------------------------------------------------------------------------------------

    def blob(self, sha: str, dtype: str, shape: Sequence[int], raw: bytes | str) -> None:
        if isinstance(raw, str):
            with open(raw, "rb") as file:
                raw = file.read()
        try:
            self.blobs.put(sha, tensors.decode(raw, dtype, shape))
        except Unsupported as error:  # a dtype this torch lacks: said by the job that needs the blob
            self.blobs.put(sha, error)

    def program(self, sha: str, text: str) -> None:
        self.docs[sha] = json.loads(text)

    def run(self, sha: str, inputs: Sequence[str], options: Mapping[str, Any]) -> Reply:
        # A job's own blobs may weigh more than the limit together, so the cache is trimmed between jobs.
        try:
            return self._run(sha, inputs, options)
        finally:
            self.blobs.trim()

    def _run(self, sha: str, inputs: Sequence[str], options: Mapping[str, Any]) -> Reply:
        fed = {name: self.blobs.find(blob) for name, blob in options.get("feeds", {}).items()}
        if str(options.get("precision")).startswith(MOVED):
            return self._moved(sha, inputs, options, fed)
        if precisions.is_wide(options.get("precision")):
            return self._wide(sha, inputs, options, fed)
        graph, forward = self._prepare(sha, inputs, options, fed)
        placed = self._inputs(graph, inputs)
        if self.torch_device.type != "cpu":
            run.decoy(graph, forward, placed)
        if options.get("repeat"):  # not for every run: seeding all devices takes 0.1 ms
            torch.manual_seed(options.get("seed", 0))
        named, seconds = run.execute(graph, forward, placed, fed)
        reply: Reply = {"status": "ok", "seconds": seconds, "how": "emulated" if graph.emulated else "ran"}
        reply["evidence"] = dict(self.backend.evidence(graph), emulated=sorted(graph.emulated))
        if options.get("repeat") and self.backend.seeded:
            torch.manual_seed(options.get("seed", 0))
            again, _ = run.execute(graph, forward, placed, fed)
            same = all(tensors.encode(a.cpu()) == tensors.encode(b.cpu()) for (_, a), (_, b) in zip(named, again))
            reply["evidence"]["repeatable"] = same
        reply["outputs"] = [self._output(name, value) for name, value in named]
        return reply

    def _wide(
        self, sha: str, inputs: Sequence[str], options: Mapping[str, Any], fed: Mapping[str, torch.Tensor]
    ) -> Reply:
        """Run in float64, and beyond (see worker.precisions)."""
        graph, forward = self._prepare(sha, inputs, {"precision": "float64"}, fed)
        placed = self._inputs(graph, inputs)
        named = precisions.wide(lambda: run.execute(graph, forward, placed, fed)[0], options["precision"])
        return {"status": "ok", "outputs": [self._output(name, value) for name, value in named]}

    def _moved(
        self, sha: str, inputs: Sequence[str], options: Mapping[str, Any], fed: Mapping[str, torch.Tensor]
    ) -> Reply:
        """Run in float64 with the noise of an honest device (see worker.noisy); precision is `noise:` or `steps:`, and
        a seed.
        """
        from . import noisy, recorder, steps

        parts, seed, coarse = steps.of(options["precision"])
        key = (sha, tuple(inputs), parts)
        if self.kernels[0] != key:
            try:
                own, call = self._prepare(sha, inputs, {"precision": None}, {})
                placed = self._inputs(own, inputs)
                self.kernels = (key, recorder.kernels(parts(lambda: run.execute(own, call, placed, fed))))
            except Exception:  # what can't run in its own precision is moved as if it all were in the narrowest
                self.kernels = (key, None)
        graph, forward = self._prepare(sha, inputs, {"precision": "float64"}, fed)
        wide = self._inputs(graph, inputs)
        named = noisy.moved(parts(lambda: run.execute(graph, forward, wide, fed)[0]), self.kernels[1], seed, coarse)
        return {"status": "ok", "outputs": [self._output(name, value) for name, value in named]}

    def trace(self, sha: str, inputs: Sequence[str], options: Mapping[str, Any]) -> Reply:
        """Interpret, and say what every node read and wrote; with `values`, these too (see worker.trace)."""
        from . import trace

        if sha not in self.docs:
            raise Missing(sha)
        graph = self._graph(sha, options, {})
        made = trace.trace(graph, self._inputs(graph, inputs), options.get("values", 0))
        reply: Reply = {"status": "ok", "nodes": json.dumps(made.nodes), "facts": json.dumps(made.facts)}
        reply["differentiable"] = made.differentiable
        reply["outputs"] = [self._output(key, value) for key, value in made.values.items()]
        reply["outputs"] += [self._output("cot." + key, value) for key, value in made.cotangents.items()]
        return reply

    def capture(self, request: str) -> Reply:
        from . import capture

        doc, consts = capture.capture(json.loads(request))
        return {
            "status": "ok",
            "program": json.dumps(doc),
            "consts": {k: [tensors.dtype_name(t.dtype), list(t.shape), tensors.encode(t)] for k, t in consts.items()},
        }

    def describe(self, path: str) -> Reply:
        from harness.load.describe import describe_module

        return {"status": "ok", "cases": json.dumps(describe_module(path))}

    def sweep(self) -> Reply:
        from harness.load.opinfo import list_entries

        return {"status": "ok", "found": json.dumps(list_entries())}

    def discover(self, backends: str) -> Reply:
        """Accelerators, and for every backend named here (module:Class) whether it is usable and what it brings."""
        report: dict[str, dict[str, Any]] = {}
        for name, where in json.loads(backends).items():
            try:
                backend = load_backend(dict(where, options={}))
                report[name] = {
                    "why": backend.missing(), "slow": backend.slow, "device_types": backend.device_types,
                    "devices": backend.devices(), "versions": backend.versions(), "install": backend.install,
                }  # fmt: skip
            except Exception as error:
                report[name] = {"why": "%s: %s" % (type(error).__name__, error), "devices": []}
        found = {"accelerators": probe.accelerators(), "backends": report, "torch": str(torch.__version__),
                 "python": sys.version.split()[0], "capability": probe._capability(),
                 "threads": torch.get_num_threads()}  # fmt: skip
        return {"status": "ok", "found": json.dumps(found)}

    # ------------------------------------------------------------------------------------------------------------------

    def _graph(self, sha: str, options: Mapping[str, Any], fed: Mapping[str, torch.Tensor]) -> Graph:
        doc = self.docs[sha]
        consts = {e["id"]: fed[e["id"]] if e["id"] in fed else self.blobs.find(e["sha"]) for e in doc["consts"]}
        if doc.get("path") and doc["path"] not in sys.path:
            sys.path.insert(0, doc["path"])
        return Graph(doc, consts, self.torch_device, options.get("precision"))

    def _prepare(
        self, sha: str, inputs: Sequence[str], options: Mapping[str, Any], fed: Mapping[str, torch.Tensor]
    ) -> tuple[Graph, Forward]:
        """The graph and its callable, kept for the next job; `fed` constants make a graph of their own."""
        key = (sha, options.get("precision"))
        overridden = any(not name.startswith("cot.") for name in fed)
        if key in self.prepared and not overridden:
            return self.prepared.find(key)
        if sha not in self.docs:
            raise Missing(sha)
        if self.backend.forward_only and self.docs[sha].get("grad"):
            raise Unsupported("%s runs forward only" % self.backend.name)
        graph = self._graph(sha, options, fed)
        with torch.enable_grad() if self.docs[sha].get("grad") else torch.no_grad():
            forward = self.backend.prepare(graph, self._inputs(graph, inputs))
        if not overridden:
            self.prepared.put(key, (graph, forward))
            self.prepared.trim()
        return graph, forward

    def _inputs(self, graph: Graph, inputs: Iterable[str]) -> list[torch.Tensor]:
        # Copies: a kernel may write into what it reads, as batch_norm does into running statistics, and the next job
        # gets the blob as it was made.
        own = [graph.place(self.blobs.find(sha).clone()) for sha in inputs]
        return [
            tensors.lay_out(tensor, spec.get("layout", "contiguous")) for tensor, spec in zip(own, graph.doc["inputs"])
        ]

    def _output(self, name: str, value: torch.Tensor) -> dict[str, Any]:
        facts = tensors.describe(value)
        claimed, ran = self.torch_device, value.device
        if ran.type != claimed.type or (claimed.index is not None and ran.index not in (None, claimed.index)):
            raise FellBack("%s came back on %s, not on %s" % (name, ran, claimed))
        raw = tensors.encode(value)
        data: bytes | str = raw
        share = self.settings.get("share")
        if share and len(raw) > (4 << 20):
            path = os.path.join(share, hashlib.sha256(raw).hexdigest() + ".bin")
            with open(path, "wb") as file:
                file.write(raw)
            data = path
        return dict(facts, name=name, data=data)


def weight(blob: torch.Tensor | Exception) -> int:
    """Bytes that a blob is counted as."""
    return 64 if isinstance(blob, Exception) else blob.numel() * blob.element_size() + 64


def load_backend(where: Mapping[str, Any]) -> Backend:
    """An instance of the backend class at {"module", "class", "options"}."""
    import importlib

    cls: type[Backend] = getattr(importlib.import_module(where["module"]), where["class"])
    return cls(where.get("options"))


def failure(error: BaseException) -> Reply:
    """The reply that an exception makes."""
    if isinstance(error, Missing):
        return {"status": "missing", "message": str(error)}
    if isinstance(error, FellBack):
        status = "fellback"
    elif run.is_unsupported(error):
        status = "unsupported"
    else:
        status = "error"
    text = str(error).strip() or type(error).__name__
    log = traceback.format_exception(type(error), error, error.__traceback__) if status == "error" else []
    return {
        "status": status,
        "message": "%s: %s" % (type(error).__name__, text.splitlines()[0]),
        "log": "".join(log),
    }


def serve(channel: execnet.Channel, settings: Mapping[str, Any]) -> None:
    """Answer requests until the channel closes."""
    limit_memory(settings)
    flush = print_at_once()
    try:
        worker = Worker(settings)
        hello = worker.start()
    except BaseException as error:
        channel.send(dict(failure(error), job=-1))
        return
    channel.send(dict(hello, job=-1))
    if hello["status"] != "ok":
        return
    for verb, job, arguments in channel:
        try:
            reply = getattr(worker, verb)(*arguments)
        except KeyboardInterrupt:
            raise
        except SystemExit as error:
            reply = {"status": "crashed", "message": "the program called exit(%s)" % (error.code,)}
        except BaseException as error:
            reply = failure(error)
            if run.is_lost(worker.torch_device):
                reply.update(
                    status="crashed", lost=True, message="the device answers nothing after " + reply["message"]
                )
        if job >= 0:
            flush()
            channel.send(dict(reply or {"status": "ok"}, job=job, printed=printed()))


def print_at_once() -> Callable[[], object]:
    """Make C's standard output reach the log line by line, so that a crash loses none of it; gives what flushes it."""
    try:
        import ctypes

        libc = ctypes.CDLL(None)
        out = ctypes.c_void_p.in_dll(libc, "__stdoutp" if sys.platform == "darwin" else "stdout")
        libc.setvbuf(out, None, 1, 1024)  # 1: _IOLBF, on Linux and macOS alike
    except (ImportError, OSError, ValueError, AttributeError):
        return sys.stdout.flush  # not this system's way: it comes when its buffer is full
    return lambda: [sys.stdout.flush(), libc.fflush(None)]


def printed() -> int | None:
    """How long the log is, where it is a file: what lies before belongs to this job and those before it."""
    try:
        log = os.fstat(2)
    except OSError:
        return None
    return log.st_size if stat.S_ISREG(log.st_mode) else None


def limit_memory(settings: Mapping[str, Any]) -> None:
    """Bound this process's private memory, so that a runaway kernel fails here and not in the machine's other work."""
    limit = settings.get("memory")
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("900")  # if memory runs out all the same, the worker goes before pytest does
        if limit:
            import resource

            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    except (ImportError, OSError, ValueError):
        pass  # not this system's way: the time limit still holds
