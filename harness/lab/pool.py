"""Lab: all workers of a run. Programs and arrays go in, outputs come out; where and how is the targets' business."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from harness.case import Case, Source, TensorSpec
from harness.errors import LabError
from harness.lab.lane import Job, Lane, Reply
from harness.numerics.formats import numpy_dtype
from harness.program import Blob, Program, of_operator
from harness.target import Backend, Device, Launch, Output, Ran, Target

T = TypeVar("T")

EAGER = Backend("eager", "harness.backends.eager", "Eager")
COMPILE_PATIENCE = 5.0  # a compiler's first run of a program includes compiling it
# The golden's maker: single-threaded, so that no first-call race and no thread count can reach a golden.
REFERENCE = Target(
    Device(
        "reference",
        launch=Launch(env=(("OMP_NUM_THREADS", "1"), ("MKL_NUM_THREADS", "1"), ("ATEN_CPU_CAPABILITY", None))),
        threads=1,
        profile="strict",
    ),
    EAGER,
)


_FOLDERS = "lockstep-"


def _sweep() -> None:
    """Remove what runs left in the folder for temporary files that were killed: each is named after its process."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDERS}*-*"):
        process = folder.name.removeprefix(_FOLDERS).partition("-")[0]
        if not process.isdecimal():
            continue
        try:
            os.kill(int(process), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (PermissionError, OverflowError):  # another user's; no process of ours
            continue


@dataclass(frozen=True, slots=True)
class Pending:
    """An answer on its way; `result()` waits for it and turns it into its noun in the caller's thread."""

    future: Future[Reply]
    convert: Callable[[Reply], Any]

    def result(self) -> Any:
        return self.convert(self.future.result())


class Reference:
    """One program run by the reference worker: what goldens are made with.

    consts: constant's id → array; a run may override them by passing them among the inputs.
    operators: dotted names of the operators that the program calls.
    """

    def __init__(self, lab: Lab, program: Program) -> None:
        self._lab, self._program = lab, program
        self.consts = {entry["id"]: program.consts[entry["sha"]].array() for entry in program.doc["consts"]}
        self.operators = tuple(program.operators)

    def __call__(
        self, inputs: Mapping[str, np.ndarray[Any, Any]], precision: str | None = None, /
    ) -> dict[str, np.ndarray[Any, Any]]:
        """Output name → array for inputs by name. precision: None or "float64". Raises LabError where it fails."""
        blobs = {name: Blob.of(array) for name, array in inputs.items()}
        ran = self._lab.run(REFERENCE, self._program, blobs, precision=precision, limit=10 * self._lab.limit).result()
        if not ran.ok:
            raise LabError(f"the reference could not run {self._program.name}: {ran.message}\n{ran.log}".rstrip())
        return dict(ran.arrays())


class Lab:
    """Starts a worker a target when first needed, feeds it, and ends them all.

    cache: a folder kept between runs (compilers' caches). limit: seconds a job may take.
    backends: modules of vendors' backends, shipped to every worker beside the target's own.
    """

    def __init__(self, cache: Path, *, limit: float = 60.0) -> None:
        self.cache, self.limit = cache, limit
        _sweep()
        self._folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDERS}{os.getpid()}-"))
        self._lanes: dict[str, Lane] = {}

    def lane(self, target: Target, role: str = "") -> Lane:
        """The target's lane; `role` names a second, separate worker of the same target."""
        key = f"{target.name} {role}".strip()
        if key not in self._lanes:
            name = folder_name(key)
            self._lanes[key] = Lane(
                key,
                self._launch(target),
                self._settings(target),
                (target.backend.module,),
                self._folder / f"{len(self._lanes)}-{name}",
            )
        return self._lanes[key]

    def has_lane(self, target: Target) -> bool:
        """Whether the target was asked for anything yet."""
        return target.name in self._lanes

    def run(
        self,
        target: Target,
        program: Program,
        inputs: Mapping[str, Blob],
        *,
        precision: str | None = None,
        limit: float | None = None,
        role: str = "",
        seed: int = 0,
        repeat: bool = False,
    ) -> Pending:
        """Queue one run; `.result()` is a Ran. precision "float64" widens every float: the reference.

        inputs: by name; a name that is no input takes the place of a constant (by id) or of a cotangent (`cot.out0`).
        limit: seconds, overriding the lab's. role: see `lane`. seed: of torch's random numbers. repeat: run twice with
        that seed, and say in the evidence whether the numbers were the same.
        """
        blobs = tuple(inputs[id] for id in program.input_ids)
        feeds = {name: blob for name, blob in inputs.items() if name not in program.input_ids}
        options = {
            **{"precision": precision, "feeds": {name: blob.sha for name, blob in feeds.items()}},
            **{"seed": seed, "repeat": repeat},
        }
        job = Job(
            "run",
            (program.sha, [blob.sha for blob in blobs], options),
            program,
            (*blobs, *feeds.values()),
            limit or self.limit * (COMPILE_PATIENCE if target.backend.slow else 1.0),
        )
        return Pending(self.lane(target, role).submit(job), to_ran)

    def trace(
        self, program: Program, inputs: Mapping[str, Blob], *, precision: str | None, values: int = 0
    ) -> tuple[Reply, dict[str, np.ndarray[Any, Any]]]:
        """What every node of a program read and wrote, by the reference worker: (the reply of `worker.trace`, arrays by
        key). values: bytes of them to keep. Raises LabError where it cannot be run.
        """
        blobs = tuple(inputs[id] for id in program.input_ids)
        arguments = (program.sha, [blob.sha for blob in blobs], {"precision": precision, "values": values})
        job = Job("trace", arguments, program, blobs, 10 * self.limit)
        reply = self.lane(REFERENCE).submit(job).result()
        if reply["status"] != "ok":
            raise LabError(f"the reference could not trace {program.name}: {reply.get('message', '')}")
        return reply, to_ran(reply).arrays()

    def reference(self, program: Program) -> Reference:
        """The program as a function of arrays, run by the reference worker."""
        return Reference(self, program)

    def fingerprint(self) -> Mapping[str, Any]:
        """The reference worker's fingerprint. Raises LabError where it cannot be started."""
        hello = self.lane(REFERENCE).hello()
        if hello["status"] != "ok":
            raise LabError(f"the reference worker did not start: {hello.get('message', '')}")
        facts: Mapping[str, Any] = hello["fingerprint"]
        return facts

    def operator(self, target: Target) -> Callable[..., np.ndarray[Any, Any]]:
        """A function (dotted name, arrays, keyword arguments) → array that runs one operator on `target`.

        Keyword arguments are program arguments. It raises LabError where the target cannot run it.
        """

        def run(op: str, arrays: Sequence[np.ndarray[Any, Any]], kwargs: Mapping[str, Any]) -> np.ndarray[Any, Any]:
            blobs = {f"x{index}": Blob.of(array) for index, array in enumerate(arrays)}
            specs = tuple(TensorSpec(name, blob.dtype, blob.shape) for name, blob in blobs.items())
            args = tuple({"v": name} for name in blobs)
            source = Source("operator", 1)
            case = Case("operator", source, "op", op, specs[0].dtype, specs, args, tuple(sorted(kwargs.items())))
            ran = self.run(target, of_operator(case), blobs).result()
            if not ran.ok:
                raise LabError(f"{target.name} cannot run {op}: {ran.message}")
            output: np.ndarray[Any, Any] = ran.outputs[0].data
            return output

        return run

    def ask(self, verb: str, *arguments: Any, limit: float | None = None) -> Reply:
        """A question to the reference worker (capture, describe, discover). Raises LabError with its message."""
        reply = self.lane(REFERENCE).submit(Job(verb, arguments, limit=limit or 10 * self.limit)).result()
        if reply["status"] != "ok":
            raise LabError(f"{reply.get('message', '')}\n{reply.get('log', '')}".strip())
        return reply

    def close(self) -> None:
        """End every worker and remove what they shared."""
        for lane in self._lanes.values():
            lane.close()
        self._lanes.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _launch(self, target: Target) -> Launch:
        from dataclasses import replace

        launch = target.backend.launch or target.device.launch
        # one a device: code compiled at one instruction-set level is wrong under another
        inductor = self.cache / "inductor" / folder_name(target.device.name)
        with contextlib.suppress(OSError):
            inductor.mkdir(parents=True, exist_ok=True)
        kept: Sequence[tuple[str, str | None]] = (
            ("TORCHINDUCTOR_CACHE_DIR", str(inductor)),
            # many workers share few cores: OpenMP threads that spin while they wait would starve one another
            ("OMP_WAIT_POLICY", "PASSIVE"),
        )
        return replace(launch, env=(*kept, *target.device.launch.env))

    def _settings(self, target: Target) -> dict[str, Any]:
        share = self._folder / "shared"
        share.mkdir(exist_ok=True)
        backend = target.backend
        return {
            "torch": target.device.torch,
            "threads": target.device.threads,
            "backend": {"module": backend.module, "class": backend.cls, "options": dict(backend.options)},
            "path": list(target.device.launch.path),
            "share": str(share) if target.device.launch.shares_files else None,
            "memory": _memory_limit() if target.device.torch == "cpu" and not target.device.emulator else None,
        }


def folder_name(name: str) -> str:
    """A name that any file system takes."""
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in name)


def to_ran(reply: Reply) -> Ran:
    """A worker's reply as a Ran; arrays sent by file are read and their file removed."""
    status = str(reply["status"])
    return Ran(
        status="error" if status == "missing" else status,
        message=str(reply.get("message", "")),
        how=str(reply.get("how", "ran")),
        outputs=tuple(_output(entry) for entry in reply.get("outputs", ())),
        seconds=float(reply.get("seconds", 0.0)),
        evidence=reply.get("evidence", {}),
        log=str(reply.get("log", "")),
    )


def _output(entry: Mapping[str, Any]) -> Output:
    raw = entry["data"]
    if isinstance(raw, str):
        path = Path(raw)
        raw = path.read_bytes()
        path.unlink(missing_ok=True)
    shape = tuple(entry["shape"])
    data = np.frombuffer(raw, dtype=numpy_dtype(entry["dtype"])).reshape(shape)
    strides = None if entry["strides"] is None else tuple(entry["strides"])
    return Output(entry["name"], entry["dtype"], shape, strides, entry["device"], data)


def _memory_limit() -> int | None:
    """Three quarters of this machine's memory, in bytes: one runaway kernel must not take the machine."""
    try:
        with open("/proc/meminfo") as lines:
            return int(next(line for line in lines if line.startswith("MemTotal")).split()[1]) * 1024 * 3 // 4
    except (OSError, StopIteration, ValueError):
        return None
