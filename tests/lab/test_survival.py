"""What a kernel may do to its process: it costs one case, which says what happened; the others are intact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from harness.case import Case, Source, TensorSpec
from harness.lab import pool
from harness.lab.pool import Lab, Pending
from harness.program import Blob, of_operator
from harness.target import Target

Submit = Callable[..., Pending]
X = np.arange(1.0, 7.0, dtype=np.float32).reshape(2, 3)  # what `submit` feeds


@pytest.mark.parametrize(
    ("kernel", "status", "words"),
    [
        ("segv", "crashed", "signal SIGSEGV"),
        ("abort", "crashed", "signal SIGABRT"),
        ("killed", "crashed", "signal SIGKILL"),
        ("exit_now", "crashed", "exit status 3"),
    ],
)
def test_a_kernel_that_kills_its_process_costs_one_case(
    submit: Submit, lab: Lab, here: Target, kernel: str, status: str, words: str
) -> None:
    """The jobs before and behind it, already on the wire, come back right; the message names the signal."""
    restarts = lab.lane(here).restarts
    jobs = [submit(name) for name in ("double", kernel, "double", "double")]
    first, bad, *rest = [job.result() for job in jobs]
    assert bad.status == status
    assert words in bad.message
    assert bad.outputs == ()
    for ran in (first, *rest):
        assert ran.status == "ok"
        assert np.array_equal(ran.arrays()["out0"], X * 2)
    assert lab.lane(here).restarts == restarts + 1


def test_what_c_code_printed_before_the_crash_is_kept(submit: Submit) -> None:
    """printf's words reach the record although the process died before it could flush them."""
    jobs = [submit(name) for name in ("double", "segv", "double")]
    logs = [job.result().log for job in jobs]
    assert logs == ["", "C says: about to read address 0\n", ""]


@pytest.mark.parametrize("kernel", ["hang", "hang_in_c"])
def test_a_kernel_that_hangs_is_ended_at_its_time_limit(submit: Submit, kernel: str) -> None:
    """Its job says `timeout` and the limit, even where it keeps the interpreter's lock; the next job runs."""
    warm = submit("double")
    warm.result()
    bad, good = submit(kernel, limit=1.0), submit("double")
    ran = bad.result()
    assert ran.status == "timeout"
    assert "within 1 s" in ran.message
    assert np.array_equal(good.result().arrays()["out0"], X * 2)


def test_exit_called_by_a_kernel_ends_nothing(submit: Submit, lab: Lab, here: Target) -> None:
    """sys.exit is a crash of the case; the worker stays, and says what it was told."""
    before = submit("pid").result().arrays()["out0"][0, 0]
    ran = submit("sys_exit").result()
    assert ran.status == "crashed"
    assert "exit(no licence for this device)" in ran.message
    assert submit("pid").result().arrays()["out0"][0, 0] == before


def test_what_a_kernel_prints_never_reaches_the_wire(submit: Submit) -> None:
    """Python's print, C's printf and bare writes to both descriptors land in their own case's log."""
    jobs = [submit(name) for name in ("double", "chatty", "double", "chatty")]
    before, chatty, after, again = [job.result() for job in jobs]
    assert np.array_equal(chatty.arrays()["out0"], X + 1)
    expected = ["Python says hello", "C says hello", "C says more"]
    expected += [f"file descriptor {fd} says hello" for fd in (1, 2)]
    assert sorted(chatty.log.splitlines()) == sorted(again.log.splitlines()) == sorted(expected)
    assert before.log == after.log == ""


def test_a_kernel_that_exhausts_memory_fails_alone(
    lab: Lab, here: Target, monkeypatch: pytest.MonkeyPatch, submit: Submit
) -> None:
    """Torch's and NumPy's allocations fail in the worker at its limit, before the machine has none left."""
    monkeypatch.setattr(pool, "_memory_limit", lambda: 3 << 30)
    small = replace(here, device=replace(here.device, name="small"))
    jobs = [submit(name, small) for name in ("double", "hog", "double", "hog_numpy", "double")]
    rans = [job.result() for job in jobs]
    assert [ran.status for ran in rans] == ["ok", "error", "ok", "error", "ok"]
    assert "alloc" in rans[1].message.lower() or "memory" in rans[1].message.lower()
    assert "allocate" in rans[3].message
    assert lab.lane(small).restarts == 0


def test_an_exception_is_an_error_or_unsupported_by_its_kind(submit: Submit) -> None:
    """What the target says it lacks is `unsupported`; all else is `error`, with its traceback as the log."""
    lacking, wrong = submit("no_kernel"), submit("wrong_call")
    assert lacking.result().status == "unsupported"
    assert lacking.result().message == "NotImplementedError: could not run 'aten::frob' on this device"
    ran = wrong.result()
    assert (ran.status, ran.message) == ("error", "IndexError: block index 7 out of range")
    assert 'kernels.py", line' in ran.log


def test_a_kernel_that_writes_into_its_input_spoils_no_other_run(submit: Submit) -> None:
    """The next case that shares those bytes gets them as they were made."""
    jobs = [submit(name) for name in ("double", "overwrites", "double", "overwrites", "double")]
    outs = [job.result().arrays()["out0"] for job in jobs]
    for index, factor in enumerate((2, 3, 2, 3, 2)):
        assert np.array_equal(outs[index], X * factor)


def test_a_target_that_cannot_start_says_why(lab: Lab, here: Target, submit: Submit) -> None:
    """No such interpreter: every job on it is an error that names the command; other targets run."""
    launch = replace(here.device.launch, python=("/no/such/python",))
    absent = replace(here, device=replace(here.device, name="absent", launch=launch))
    jobs = [submit("double", absent), submit("double", absent), submit("double")]
    assert [job.result().status for job in jobs] == ["error", "error", "ok"]
    assert "absent" in jobs[0].result().message
    assert "/no/such/python" in jobs[0].result().message


def test_inputs_larger_than_the_workers_cache_still_run(lab: Lab, here: Target) -> None:
    """A job's own inputs are never dropped to make room for one another, however much they weigh."""
    names = tuple("abcd")
    specs = tuple(TensorSpec(name, "float32", (1 << 25,)) for name in names)
    kernels = tuple({"v": name} for name in names)
    large = of_operator(Case("large", Source("kernels.py", 1), "op", "kernels.first", "float32", specs, kernels))
    blob = [Blob.of(np.full(1 << 25, index, np.float32)) for index in range(5)]
    for used in (blob[:4], blob[1:]):
        fed = dict(zip(names, used, strict=True))
        ran = lab.run(here, large, fed).result()
        assert ran.status == "ok", ran.message
        assert ran.arrays()["out0"].tolist() == [int(entry.array()[0]) for entry in used]
