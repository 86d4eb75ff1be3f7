"""The example vendor backend: pip installs it, it is found, keeps the contract, and the guide shows it as it is."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "vendor-backend"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder the example is installed into, to be put on PYTHONPATH."""
    source = tmp_path_factory.mktemp("source") / "vendor-backend"
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
    target = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
    ]
    subprocess.run([*command, "--target", str(target), str(source)], check=True, capture_output=True, timeout=300)
    return target


def run_pytest(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_it_keeps_the_contract(site: Path, tmp_path: Path) -> None:
    """The vendor's own test, run where the package is installed, passes."""
    shutil.copy(EXAMPLE / "test_acme.py", tmp_path)
    done = run_pytest(site, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "failed" not in done.stdout


def test_it_runs_cases_and_refuses_others(site: Path, tmp_path: Path) -> None:
    """`--backends=acme` runs what it has kernels for, with evidence, and reports the rest as unsupported."""
    (tmp_path / "ops.yaml").write_text(
        "- op: torch.add\n  dtypes: [float32]\n  inputs: {input: [3, 5], other: [5]}\n"
        "- op: torch.add\n  name: scaled_add\n  dtypes: [float32]\n"
        "  inputs: {input: [3, 5], other: [5]}\n  kwargs: {alpha: 2}\n"
        "- op: torch.exp\n  dtypes: [float32]\n  inputs: {input: [3, 5]}\n"
    )
    reports = tmp_path / "reports"
    done = run_pytest(
        site,
        tmp_path,
        "ops.yaml",
        "--devices=cpu",
        "--backends=acme",
        "--golden-update",
        f"--report-dir={reports}",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (reports / "latest" / "records.jsonl").read_text().splitlines()
    found = {r["case"]["id"].split("-float32")[0]: r for r in map(json.loads, lines) if r["type"] == "record"}
    assert found["add"]["status"] == "pass"
    assert found["add"]["target"] == "cpu/acme"
    assert found["add"]["evidence"]["kernels"] == ["add"]
    assert found["scaled_add"]["status"] == found["exp"]["status"] == "unsupported"
    assert "alpha" in found["scaled_add"]["message"]
    assert "no kernel for" in found["exp"]["message"]
    (target,) = (r for r in map(json.loads, lines) if r["type"] == "target")
    assert target["fingerprint"]["versions"]["lockstep-acme"] == "0.1.0"


def test_the_class_is_short() -> None:
    """Adding a backend takes a class of under 40 lines."""
    text = (EXAMPLE / "acme_backend.py").read_text()
    assert len(text[text.index("class Acme") :].splitlines()) < 40


def test_the_guide_shows_the_example_as_it_is() -> None:
    """Every Python and TOML block of docs/new-backend.md stands, line for line, in a file of the example."""
    guide = (ROOT / "docs" / "new-backend.md").read_text()
    blocks = re.findall(r"^```(?:python|toml)\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    files = [path.read_text() for path in EXAMPLE.iterdir() if path.suffix in (".py", ".toml")]
    assert len(blocks) >= 5
    for block in blocks:
        assert any(block in text for text in files), f"in no file of the example:\n{block}"
