"""The options: where they stand, what they refuse, and that the plugin keeps out of the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.options import OPTIONS

ABSENT = "cuda:97"  # no machine has so many
CASES = """
- op: torch.tanh
  dtypes: [float32, bfloat16]
  inputs: {input: [3, 5]}
- op: torch.logit
  dtypes: [float32]
  inputs: {input: {shape: [3, 5], values: unit}}
  tier: standard
"""


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    monkeypatch.setenv("LOCKSTEP_CACHE", str(cache))


@pytest.fixture
def cases(pytester: pytest.Pytester) -> pytest.Pytester:
    """A directory with two operators, no golden, no ini file of ours."""
    pytester.path.joinpath("cases").mkdir()
    pytester.path.joinpath("cases/ops.yaml").write_text(CASES)
    return pytester


def test_help_shows_every_option_under_one_heading(pytester: pytest.Pytester) -> None:
    """`pytest --help`: one heading, each option with what it takes, each ini twin by name."""
    text = pytester.runpytest_inprocess("--help").stdout.str()
    start = text.index("lockstep: one program on every device")
    section = text[start : text.index("\n\n", start)]
    for option in OPTIONS:
        assert f"--{option.name}" in section
        assert option.key in text[text.index("[pytest] configuration options") :]
    assert "--lockstep-" not in section


def test_every_option_has_an_ini_twin(cases: pytest.Pytester) -> None:
    """What stands in the ini file holds; the command line wins over it."""
    cases.makeini("[pytest]\nlockstep_devices = cpu\nlockstep_dtypes = bfloat16\nlockstep_case_tier = standard\n")
    lines = cases.runpytest_inprocess("--collect-only", "-q").outlines
    assert lines[:1] == ["cases/ops.yaml::tanh-bfloat16-3x5[cpu]"]
    assert not lines[1]
    lines = cases.runpytest_inprocess("--collect-only", "-q", "--dtypes=float32").outlines
    assert lines[:2] == ["cases/ops.yaml::tanh-float32-3x5[cpu]", "cases/ops.yaml::logit-float32-3x5[cpu]"]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--devices=cqu"], ["no device 'cqu'", "did you mean cpu?", "cpu-1thread", "all"]),
        (["--devices=cqu", "-q"], ["no device 'cqu'", "cpu-1thread"]),
        (
            ["--devices=cpu", "--backends=inductr"],
            ["no backend 'inductr'", "did you mean inductor?", "eager"],
        ),
        (["--devices=cpu", "--dtypes=float33"], ["float33", "bfloat16", "int64"]),
        (["--devices=cpu", "--case-tier=slow"], ["--case-tier=slow", "quick, standard, full"]),
        (["--devices=cpu", "--case-timeout=soon"], ["--case-timeout=soon", "seconds above 0"]),
        (["--devices=cpu", "--case-timeout=-1"], ["--case-timeout=-1", "seconds above 0"]),
    ],
    ids=lambda given: " ".join(given) if given and given[0].startswith("--") else "",
)
def test_what_does_not_exist_is_a_usage_error_that_lists_what_does(
    cases: pytest.Pytester, args: list[str], told: list[str]
) -> None:
    """Exit status 4, nothing runs, and the message holds the choices."""
    result = cases.runpytest_inprocess(*args)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    text = result.stderr.str() + result.stdout.str()
    for words in told:
        assert words in text
    assert "passed" not in text
    assert not cases.path.joinpath("reports").exists()


def test_an_accelerator_asked_for_by_name_and_absent_fails(cases: pytest.Pytester) -> None:
    """It never skips to green: exit status 4, and the message says that the device is absent."""
    result = cases.runpytest_inprocess(f"--devices={ABSENT}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    text = result.stderr.str() + result.stdout.str()
    assert f"device {ABSENT} was asked for and is absent" in text
    assert "skipped" not in text


def test_without_devices_the_plugin_is_inert(cases: pytest.Pytester) -> None:
    """No option, no case: ordinary tests run, case files are left alone, nothing is written."""
    cases.makepyfile(test_mine="def test_mine(): pass")
    result = cases.runpytest_inprocess()
    result.assert_outcomes(passed=1)
    assert "lockstep" not in result.stdout.str().replace("lockstep-0", "").replace("plugins:", "")
    assert not cases.path.joinpath("reports").exists()
    assert not cases.path.joinpath("golden").exists()


def test_beside_a_conftest_that_has_devices_of_its_own(cases: pytest.Pytester) -> None:
    """Theirs stays theirs; --lockstep-devices is ours, and the header says so."""
    cases.makeconftest("def pytest_addoption(parser): parser.addoption('--devices', default='theirs')")
    cases.makepyfile(test_mine="def test_mine(request): assert request.config.getoption('--devices') == 'abc'")
    result = cases.runpytest_inprocess("--devices=abc")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["lockstep: a conftest defines --devices; use --lockstep-devices"])
    result = cases.runpytest_inprocess("--devices=abc", "--lockstep-devices=cpu", "--collect-only", "-q")
    assert "cases/ops.yaml::tanh-float32-3x5[cpu]" in result.outlines


def test_collect_only_lists_cells_and_writes_nothing(cases: pytest.Pytester) -> None:
    """--collect-only works with -k and -m; every listed name is one that pytest can select."""
    args = ["--devices=cpu,cpu-default", "--case-tier=standard", "--collect-only", "-q"]
    names = [line for line in cases.runpytest_inprocess(*args).outlines if "::" in line]
    assert len(names) == len(set(names)) == 6
    assert "cases/ops.yaml::logit-float32-3x5[cpu-default]" in names
    result = cases.runpytest_inprocess(*args, "-k", "bfloat16 and cpu-default")
    assert [line for line in result.outlines if "::" in line] == ["cases/ops.yaml::tanh-bfloat16-3x5[cpu-default]"]
    result = cases.runpytest_inprocess(*args, "-m", "standard", "--strict-markers")
    assert len([line for line in result.outlines if "::" in line]) == 2
    result = cases.runpytest_inprocess(*args, names[1])
    assert [line for line in result.outlines if "::" in line] == [names[1]]
    assert not cases.path.joinpath("reports").exists()


@pytest.mark.parametrize("where", ["a file", "not writable"])
def test_a_report_dir_that_cannot_be_written_is_a_usage_error(cases: pytest.Pytester, where: str) -> None:
    """Said before anything runs, with the option that mends it."""
    reports = cases.path / "out"
    if where == "a file":
        reports.write_text("")
    else:
        reports = Path("/proc/lockstep")  # refuses even root
    result = cases.runpytest_inprocess("--devices=cpu", f"--report-dir={reports}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    text = result.stderr.str() + result.stdout.str()
    assert f"cannot write the run to {reports}" in text
    assert "choose another --report-dir" in text


def test_a_directory_without_ini_file_or_config_works(pytester: pytest.Pytester) -> None:
    """`pytest my_kernels/ --devices=cpu` collects case files wherever they lie."""
    folder = pytester.mkdir("my_kernels")
    folder.joinpath("gelu.yaml").write_text(
        "- op: torch.nn.functional.gelu\n  dtypes: [float32]\n  inputs: {input: [2, 3]}\n"
    )
    folder.joinpath("settings.yaml").write_text("- name: not a case\n")
    result = pytester.runpytest_inprocess("my_kernels", "--devices=cpu", "--collect-only", "-q")
    assert [line for line in result.outlines if "::" in line] == ["my_kernels/gelu.yaml::gelu-float32-2x3[cpu]"]


def test_two_files_that_make_one_id_are_told_apart(cases: pytest.Pytester) -> None:
    """Goldens and records know a case by its id: the second file's case fails and says which file has it."""
    cases.path.joinpath("cases/more.yaml").write_text(CASES)
    result = cases.runpytest_inprocess("cases/more.yaml", "cases/ops.yaml", "--devices=cpu", "-k", "bfloat16")
    text = result.stdout.str()
    assert "id tanh-bfloat16-3x5 is also made by cases/" in text
    assert result.ret == 1
