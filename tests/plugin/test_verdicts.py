"""One run over right and broken kernels: what turns red, what the failure says, what is written."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from projects import Done, Project


def test_a_seeded_fault_turns_exactly_its_cells_red(mixed: Done) -> None:
    """A kernel that is broken on one target fails there with a status that says how; nothing else fails."""
    assert mixed.status == 1
    right = {"pass", "vacuous"}
    golden_trouble = {"lost": "missing-golden", "old": "stale-golden", "torn": "error"}
    on = mixed.statuses
    assert {name: status for name, status in on["cpu"].items() if status not in right} == golden_trouble
    assert {name: status for name, status in on["cpu-default"].items() if status not in right} == {
        "layer_norm": "diverged",
        "zeros": "diverged",
        "nans": "diverged",
        "dtype": "diverged",
        "shape": "diverged",
        "stray": "nondeterministic",
        "segv": "crashed",
        "hang": "timeout",
        "cannot": "unsupported",
        "refused": "unsupported",
        "raises": "error",
        **golden_trouble,
    }


def test_a_failure_says_what_where_values_rule_who_agrees_and_the_command(mixed: Done) -> None:
    """The message leads to the fault: what and how badly, where, bits, rule, who agrees, command."""
    text = "\n".join(mixed.failure("kernels.layer_norm-float32-3x5[cpu-default]"))
    at = [
        text.index(words)
        for words in (
            "kernels.layer_norm-float32-3x5 on cpu-default: diverged",
            "× its allowance",
            "at [2, 3]",
            "got ",
            "(0x",
            "golden ",
            "rule empirical",
            "cpu ",
            "reproduce: pytest 'cases/kernels.yaml::kernels.layer_norm-float32-3x5[cpu-default]'",
        )
    ]
    assert at == sorted(at), text


def test_a_failure_names_what_broke(mixed: Done) -> None:
    """Contract, signal, limit, exception: each message names the thing itself."""
    said = {key[0]: record["message"] for key, record in mixed.records.items() if key[1] == "cpu-default"}
    assert "NaN where the golden has a number" in said["nans"]
    assert "[1, 1]" in said["nans"]
    assert "dtype is float64, the golden has float32" in said["dtype"]
    assert "shape is [3, 4], the golden has [3, 5]" in said["shape"]
    assert "SIGSEGV" in said["segv"]
    assert "within 4 s" in said["hang"]
    assert "kernel launch failed: 0x2a" in said["raises"]
    assert "no cannot kernel" in said["cannot"]


def test_a_record_holds_what_its_own_job_printed(mixed: Done) -> None:
    """The worker runs ahead of the tests; its words still belong to the case that made it speak."""
    with_words = [key for key, r in mixed.records.items() if "about to read address 0" in r["log"]]
    assert with_words == [("segv", "cpu-default")]


def test_other_bits_in_a_second_process_are_nondeterministic(mixed: Done) -> None:
    """A divergence that a rerun in a fresh worker does not repeat is named so, with both values kept."""
    message = mixed.records["stray", "cpu-default"]["message"]
    assert "a second run in a fresh worker gave other bits" in message
    assert "1 of 15 elements of out0, first at [0, 0]" in message


def test_missing_stale_and_corrupt_goldens_are_told_apart(mixed: Done) -> None:
    """Each says what is wrong with the file and what to type; the other cases run."""
    said = {key[0]: record["message"] for key, record in mixed.records.items() if key[1] == "cpu"}
    assert "no golden" in said["lost"]
    assert "--golden-update" in said["lost"]
    assert "another case" in said["old"]
    assert "--golden-update" in said["old"]
    assert "torn-float32-3x5.npz is corrupt" in said["torn"]
    assert "--golden-update" in said["torn"]


def test_a_broken_entry_fails_with_file_and_line_and_the_rest_runs(mixed: Done) -> None:
    """An unknown dtype and a hostile name are failing items; the sound entry beside them passes."""
    assert mixed.failure("line-6")[0].startswith("cases/broken.yaml:6: dtypes: unknown 'float31'")
    assert mixed.failure("line-11")[0].startswith("cases/broken.yaml:11: name: '<script>alert(1)</script>'")
    assert "PASSED" in mixed.line("cases/broken.yaml::add-float32-2[cpu]")


def test_the_summary_counts_target_by_status_and_shows_the_report(mixed: Done) -> None:
    """The run ends with a table and the report's path."""
    assert "cpu-default" in mixed.line("cpu-default ", " 1")
    assert mixed.report is not None
    assert f"reports/{mixed.report.name}/report.html" in mixed.line("Report:")
    assert (mixed.report / "report.html").stat().st_size > 10_000
    assert (mixed.report.parent / "latest").is_symlink()


def test_records_begin_with_the_run_tell_the_targets_and_end(mixed: Done) -> None:
    """records.jsonl: the run, both targets with fingerprints, one record a cell, the end with the counts."""
    lines = mixed.lines
    assert lines[0]["type"] == "run"
    assert lines[0]["argv"][0] == "--devices=cpu,cpu-default"
    targets = {line["name"]: line for line in lines if line["type"] == "target"}
    assert set(targets) == {"cpu", "cpu-default"}
    assert targets["cpu-default"]["fingerprint"]["env"]["ATEN_CPU_CAPABILITY"] == "default"
    for fact in ("hardware", "versions", "threads", "math", "capability"):
        assert targets["cpu"]["fingerprint"][fact]
    assert lines[-1]["type"] == "end"
    assert not lines[-1]["interrupted"]
    assert sum(sum(counts.values()) for counts in lines[-1]["counts"].values()) == len(mixed.records)
    golden = mixed.records["softmax", "cpu"]["golden"]
    assert golden["provenance"]["maker"] == "float64 reference"


def test_junit_names_every_item_once(mixed: Done, spoilt: Project) -> None:
    """--junitxml: one test case an item, no two of one name, failures with the failure message."""
    found = list(ET.parse(spoilt.folder / "junit.xml").iter("testcase"))
    names = [(case.get("classname"), case.get("name")) for case in found]
    assert len(names) == len(set(names)) == 38
    (broken,) = [c for c in found if c.get("name") == "kernels.layer_norm-float32-3x5[cpu-default]"]
    assert "its allowance at [2, 3]" in str(broken.find("failure").text)  # type: ignore[union-attr]


def test_the_command_in_the_message_runs_that_one_cell(mixed: Done, spoilt: Project) -> None:
    """The repro command, typed into a shell, selects the failing item alone and fails as it did."""
    import shlex

    program, *args = shlex.split(mixed.records["layer_norm", "cpu-default"]["repro"])
    assert program == "pytest"
    again = spoilt.run(*args)
    assert again.status == 1
    assert again.statuses == {"cpu-default": {"layer_norm": "diverged"}}


def test_golden_update_writes_only_what_is_missing_or_changed(
    mixed: Done, updated: tuple[Project, Done], spoilt: Project
) -> None:
    """It prints what it wrote and why; every other golden keeps its bytes and its time."""
    first = updated[1]
    assert "golden new: golden/kernels/kernels.softmax-float32-3x5.npz" in first.text
    goldens = sorted(spoilt.folder.glob("golden/**/*.npz"))
    before = {path.name: path.stat().st_mtime_ns for path in goldens}
    done = spoilt.run("--devices=cpu", "--golden-update", "-k", "kernels.yaml and not hang")
    written = sorted(line for line in done.text.splitlines() if line.startswith("golden "))
    assert written == [
        "golden changed: golden/kernels/old-float32-3x5.npz",
        "golden new: golden/kernels/lost-float32-3x5.npz",
        "golden repaired: golden/kernels/torn-float32-3x5.npz",
    ]
    after = {path.name: path.stat().st_mtime_ns for path in spoilt.folder.glob("golden/**/*.npz")}
    touched = {name for name, time in after.items() if before.get(name) != time}
    assert touched == {f"{name}-float32-3x5.npz" for name in ("old", "lost", "torn")}
    assert set(done.statuses["cpu"].values()) == {"pass"}
    assert done.status == 0
