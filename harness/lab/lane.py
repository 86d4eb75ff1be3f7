"""Lane: one target's worker process, its queue of jobs, and what happens when the process dies.

A lane is a thread. It starts the worker when the first job comes, keeps a few jobs in flight so that the worker never
waits for the wire, and answers each job's Future with a reply, whatever befalls the process. Jobs are answered in
order, so the job at the head of the flight is the one that was running when a worker crashed or hung.
"""

from __future__ import annotations

import collections
import contextlib
import os
import queue
import shlex
import signal
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import execnet

from harness.errors import LabError
from harness.lab import ship
from harness.program import Blob, Program
from harness.target import Launch

DEPTH = 4  # jobs on the wire at once
START_LIMIT = 120.0  # seconds for an interpreter to start and import torch; × the launch's patience
START_TRIES = 3
SHARE_FROM = 1 << 20  # bytes from which a blob goes to a local worker by file rather than by channel
LOG_TAIL = 4000

Reply = Mapping[str, Any]


@dataclass(slots=True, eq=False)
class Job:
    """One request. verb and arguments as the worker's method; program and blobs are what must be there first."""

    verb: str
    arguments: tuple[Any, ...]
    program: Program | None = None
    blobs: tuple[Blob, ...] = ()
    limit: float = 60.0
    future: Future[Reply] = field(default_factory=Future)
    sent_again: bool = False


class Lane:
    """One worker and the thread that feeds it.

    settings: sent to the worker first (torch device, backend class, threads …). hello() is the worker's first words.
    """

    def __init__(
        self, name: str, launch: Launch, settings: Mapping[str, Any], backends: tuple[str, ...], folder: Path
    ) -> None:
        self.name, self.launch, self.settings = name, launch, dict(settings)
        self._backends, self._folder = backends, folder
        self._log = folder / "log"
        self._queue: queue.Queue[Job | None] = queue.Queue()
        self._flight: collections.deque[Job] = collections.deque()
        self._process: _Process | None = None
        self._hello: Future[Reply] = Future()
        self._failed_starts = 0
        self._dead = ""
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self.restarts = 0

    def submit(self, job: Job) -> Future[Reply]:
        """Queue a job; its Future always resolves to a reply, never raises."""
        with self._lock:
            if self._thread is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._thread = threading.Thread(target=self._work, name=f"lane {self.name}", daemon=True)
                self._thread.start()
        self._queue.put(job)
        return job.future

    def hello(self) -> Reply:
        """The worker's first words: `fingerprint`, or why the target cannot be used. Starts it if need be."""
        self.submit(Job("ping", ()))
        return self._hello.result()

    def close(self) -> None:
        """End the worker at once. Jobs still queued are answered `error`."""
        self._dead = self._dead or "the run ended"
        self._queue.put(None)
        process = self._process
        if process is not None:
            process.kill()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    # the thread -------------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        closing = False
        while not closing or self._flight:
            while not closing and len(self._flight) < DEPTH:
                try:
                    job = self._queue.get(block=not self._flight)
                except queue.Empty:
                    break
                if job is None:
                    closing = True
                elif self._start():
                    self._send(job)
                else:
                    job.future.set_result(self._answer_dead())
            if self._flight:
                self._receive()
        self._drain()

    def _drain(self) -> None:
        while True:
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                break
            if job is not None:
                job.future.set_result({"status": "error", "message": self._dead})
        if not self._hello.done():
            self._hello.set_result({"status": "error", "message": self._dead})
        if self._process is not None:
            self._process.kill()

    def _answer_dead(self) -> Reply:
        return {"status": "unsupported" if self._refused else "error", "message": self._dead}

    _refused = False

    def _start(self) -> bool:
        """Make sure a worker runs; False where it cannot be started, with the reason kept."""
        while self._process is None and not self._dead:
            try:
                process = _Process(self.launch, self._folder, self._log)
            except Exception as error:  # no such interpreter, no memory for a process: the target's trouble, not ours
                self._fail_start(f"cannot start {self.name}: {error}\n{self._tail(0)}".strip())
                continue
            try:
                process.send((self.settings | {"package": ship.PACKAGE}, ship.sources(self._backends)))
                hello = process.receive(START_LIMIT * self.launch.patience)
            except (_Gone, OSError, LabError) as gone:
                process.kill()
                self._fail_start(f"{self.name} did not start: {gone}\n{self._tail(0)}".strip())
                continue
            if hello["status"] != "ok":
                process.kill()
                self._dead = str(hello["message"])
                self._refused = hello["status"] == "unsupported"
                self._announce({**hello, "log": self._tail(0)})
                return False
            self._process, self._failed_starts = process, 0
            self._announce(hello)
        return self._process is not None and not self._dead

    def _announce(self, hello: Reply) -> None:
        if not self._hello.done():
            self._hello.set_result(hello)

    def _fail_start(self, reason: str) -> None:
        self._failed_starts += 1
        if self._failed_starts >= START_TRIES:
            self._dead = reason
            self._announce({"status": "error", "message": reason})

    def _send(self, job: Job) -> None:
        assert self._process is not None
        if job.verb == "ping":
            job.future.set_result({"status": "ok"})
            return
        process = self._process
        try:
            if job.program is not None:
                for blob in job.program.consts.values():
                    self._give(process, blob)
                if job.program.sha not in process.known:
                    process.send(("program", -1, (job.program.sha, job.program.text)))
                    process.known.add(job.program.sha)
            for blob in job.blobs:
                self._give(process, blob)
            if not self._flight:
                process.logged = _size(self._log)
            self._flight.append(job)
            process.send((job.verb, 0, job.arguments))
        except OSError:
            if not self._flight or self._flight[-1] is not job:
                self._flight.append(job)  # the death is noticed, and the job answered, in _receive

    def _give(self, process: _Process, blob: Blob) -> None:
        if blob.sha in process.known:
            return
        raw: bytes | str = blob.raw
        if self.launch.shares_files and len(raw) >= SHARE_FROM:
            path = self._folder.parent / "blobs" / blob.sha
            if not path.exists():
                path.parent.mkdir(exist_ok=True)
                part = path.with_suffix(f".{self.name.replace('/', '_')}")
                part.write_bytes(blob.raw)
                part.replace(path)
            raw = str(path)
        process.send(("blob", -1, (blob.sha, blob.dtype, list(blob.shape), raw)))
        process.known.add(blob.sha)

    def _receive(self) -> None:
        """Wait for the head of the flight, within its time limit."""
        assert self._process is not None
        process, job = self._process, self._flight[0]
        limit = job.limit * self.launch.patience
        try:
            reply = process.receive(limit)
        except _Gone as gone:
            self._flight.popleft()
            process.kill()
            log = self._tail(process.logged)
            if gone.timeout:
                reply = {"status": "timeout", "message": f"no answer within {limit:g} s; the worker was ended"}
            else:
                reply = {"status": "crashed", "message": f"the worker died: {process.obituary()}"}
            self._begin_again(job, {**reply, "log": log})
            return
        self._flight.popleft()
        if reply["status"] == "missing":
            if not job.sent_again:
                process.known.clear()
                job.sent_again = True
                self._send(job)
                return
            reply = {**reply, "status": "error", "message": f"the worker lost what it was sent: {reply['message']}"}
        end = reply.get("printed")  # the worker is ahead: what comes later in the log belongs to the next job
        if end is None:
            end = _size(self._log)
        reply = {**reply, "log": self._tail(process.logged, end) + str(reply.get("log", ""))}
        process.logged = end
        if reply.get("lost"):  # the process lives, and its device answers nothing any more
            process.kill()
            self._begin_again(job, reply)
        else:
            job.future.set_result(reply)

    def _begin_again(self, job: Job, reply: Reply) -> None:
        """Answer the job that ended the worker, and give a new one what waited behind it, which had not run yet."""
        rest = list(self._flight)
        self._flight.clear()
        self._process = None
        self.restarts += 1
        job.future.set_result(reply)
        for other in rest:
            if self._start():
                self._send(other)
            else:
                other.future.set_result(self._answer_dead())

    def _tail(self, start: int, end: int | None = None) -> str:
        """What the worker printed from byte `start` of its log to byte `end`, the last of it."""
        if start == end:
            return ""
        try:
            with open(self._log, "rb") as file:
                end = os.fstat(file.fileno()).st_size if end is None else end
                start = max(start, end - LOG_TAIL)
                file.seek(start)
                return file.read(max(0, end - start)).decode("utf-8", "replace")
        except OSError:
            return ""


class _Gone(Exception):
    """The worker no longer answers: it ended, or ran out of time."""

    def __init__(self, reason: str, *, timeout: bool = False) -> None:
        super().__init__(reason)
        self.timeout = timeout


class _Process:
    """An execnet gateway to a freshly started interpreter, with its log kept apart from the wire."""

    def __init__(self, launch: Launch, folder: Path, log: Path) -> None:
        script = folder / "start.sh"
        script.write_text(_script(launch, log))
        self.known: set[str] = set()
        self.logged = _size(log)  # the log up to here belongs to jobs that were answered
        self._group = execnet.Group(execmodel="thread")
        # execnet splits specs at "//", so the command line stands in a file of its own
        self._gateway = self._group.makegateway(f"popen//python=sh {shlex.quote(str(script))}")
        self._popen = self._gateway._io.popen
        self._channel = self._gateway.remote_exec(ship.BOOTSTRAP)

    def send(self, item: Any) -> None:
        self._channel.send(item)

    def receive(self, timeout: float) -> dict[str, Any]:
        """The next reply; raises _Gone."""
        try:
            reply = self._channel.receive(timeout)
        except self._channel.TimeoutError:
            raise _Gone(f"no word within {timeout:g} s", timeout=True) from None
        except EOFError:
            raise _Gone(self.obituary()) from None
        except self._channel.RemoteError as error:
            raise _Gone(str(error).strip().splitlines()[-1]) from None
        assert isinstance(reply, dict)
        return reply

    def obituary(self) -> str:
        """How the process ended, in words: the signal's name or the exit status."""
        with contextlib.suppress(Exception):
            code = self._popen.wait(timeout=5)
            if code < 0:
                return f"signal {signal.Signals(-code).name}"
            return f"exit status {code}"
        return "it closed its channel"

    def kill(self) -> None:
        """End the process and all it started."""
        for end in (lambda: os.killpg(self._popen.pid, signal.SIGKILL), self._popen.kill):
            with contextlib.suppress(Exception):
                end()
        with contextlib.suppress(Exception):
            self._popen.wait(timeout=5)
        threading.Thread(target=self._bury, daemon=True).start()

    def _bury(self) -> None:
        with contextlib.suppress(Exception):
            self._group.terminate(timeout=0.2)


def _size(log: Path) -> int:
    """Bytes printed so far."""
    try:
        return log.stat().st_size
    except OSError:
        return 0


def _script(launch: Launch, log: Path) -> str:
    """A shell script that becomes the interpreter: its environment set, its standard error in the log."""
    words = ["exec", "env"]
    for name, value in launch.env:
        words += ["-u", shlex.quote(name)] if value is None else []
    words += [f"{name}={shlex.quote(value)}" for name, value in launch.env if value is not None]
    words += [shlex.quote(word) for word in launch.python or (sys.executable,)]
    return " ".join([*words, '"$@"', "2>>", shlex.quote(str(log))]) + "\n"
