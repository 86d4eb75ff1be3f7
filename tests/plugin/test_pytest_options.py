"""Beside pytest's own options: -n, -x, --lf, and the exit status of a run that tested nothing."""

from __future__ import annotations

import resource

from projects import Done, Project

BOTH = "--devices=cpu,cpu-default"


def test_two_processes_give_the_same_results_and_one_report(mixed: Done, spoilt: Project) -> None:
    """-n 2: every cell once, the same statuses, one records file, each target described once."""
    done = spoilt.run(BOTH, "-n", "2", "-k", "kernels.yaml and (softmax or layer_norm or segv or dtype)")
    assert done.status == 1
    names = ("softmax", "layer_norm", "segv", "dtype")
    assert done.statuses == {target: {name: on[name] for name in names} for target, on in mixed.statuses.items()}
    targets = [line["name"] for line in done.lines if line["type"] == "target"]
    assert sorted(targets) == ["cpu", "cpu-default"]
    assert "SIGSEGV" in done.records["segv", "cpu-default"]["message"]
    assert "Report:" in done.text


def test_stop_at_the_first_failure_then_run_the_last_failed(mixed: Done, spoilt: Project) -> None:
    """-x ends the run at the first red cell, with its report; --lf then selects what failed and no more."""
    stopped = spoilt.run(BOTH, "-x", "-k", "zeros or nans")
    assert stopped.status == 1
    assert stopped.statuses == {"cpu": {"zeros": "pass"}, "cpu-default": {"zeros": "diverged"}}
    assert stopped.lines[-1]["type"] == "end"
    listed = spoilt.run(BOTH, "--lf", "--collect-only", "-q")
    names = [line for line in listed.text.splitlines() if "::" in line]
    assert "cases/kernels.yaml::kernels.zeros-float32-3x5[cpu-default]" in names
    assert not [name for name in names if "kernels.softmax" in name]


def test_a_target_that_only_says_it_cannot_is_not_green(mixed: Done, spoilt: Project) -> None:
    """Every case of a target unsupported: the run fails and says that it tested nothing."""
    done = spoilt.run("--devices=cpu-default", "-k", "cannot or refused")
    assert set(done.statuses["cpu-default"].values()) == {"unsupported"}
    assert done.status == 1
    assert "cpu-default tested nothing" in done.text
    assert "NotImplementedError: this device" in done.line("unsupported", "2 on cpu-default")


def test_a_full_disk_ends_the_run_with_what_is_wrong(mixed: Done, spoilt: Project) -> None:
    """Records that can't be written are not lost in silence: exit status 4, the reason and the remedy."""

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))

    done = spoilt.run(BOTH, "-k", "softmax or dtype or shape", preexec_fn=small_files)
    assert done.status == 4
    assert "records.jsonl: File too large; make room, or choose another --report-dir" in done.text
    assert "Traceback" not in done.text
