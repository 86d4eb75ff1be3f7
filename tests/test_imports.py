"""What may import what, what stays out of the pytest process, and which names are public."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from projects import Project

import harness

ROOT = Path(harness.__file__).parent
# A room may import itself and those before it.
ROOMS = (
    "errors", "case", "numerics.formats", "numerics.profile", "inputs", "load", "program", "target", "provision", "lab",
    "backends", "numerics", "golden", "compare", "check", "records", "journal", "facts", "nodes", "report", "expect",
    "session", "measured", "testing", "options", "items", "bound", "run", "cli", "plugin",
)  # fmt: skip


def room_of(module: str) -> int | None:
    """The place of `harness.<room>…` in the order; None for the package itself and where no room has that name."""
    fitting = [room for room in ROOMS if f"{module}.".startswith(f"harness.{room}.")]
    return ROOMS.index(max(fitting, key=len)) if fitting else None


def modules() -> dict[str, Path]:
    """Every module of the package by name."""
    found = {}
    for path in ROOT.rglob("*.py"):
        parts = ["harness", *path.relative_to(ROOT).with_suffix("").parts]
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(module: str, path: Path) -> set[str]:
    """The harness modules that a module imports, inside functions too; those for type checkers alone left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.body = []
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            origin = ".".join(filter(None, [base, node.module or ""]))
            found |= {f"{origin}.{name.name}" for name in node.names} | {origin}
    return {name for name in found if name.split(".")[0] == "harness"}


def test_imports_run_one_way() -> None:
    """errors, case, load, program, lab, numerics, golden, records, report, session, plugin: never back."""
    known = modules()
    wrong = []
    for module, path in known.items():
        mine = room_of(module)
        for name in imported(module, path) & set(known):
            other = room_of(name)
            if mine is not None and other is not None and other > mine:
                wrong.append(f"{module} imports {name}")
    assert not wrong


def test_every_module_has_its_room() -> None:
    """A new module is put into the order above."""
    assert [name for name in modules() if name != "harness" and room_of(name) is None] == []


def test_nothing_imports_the_plugin() -> None:
    """pytest loads it by its entry point."""
    assert [name for name, path in modules().items() if "harness.plugin" in imported(name, path)] == []


def test_the_public_names() -> None:
    """`from harness import …`: these and no others; `harness.case` is the decorator and a module too."""
    assert sorted(harness.__all__) == ["case", "check", "judge", "model", "tensor"]
    assert all(callable(getattr(harness, name)) for name in harness.__all__)
    from harness.case import Case

    assert Case.__module__ == "harness.case"


@pytest.mark.parametrize(
    "code",
    [
        "import harness",
        "import harness.plugin, harness.run, harness.session, harness.cli",
        "import harness.numerics.judge, harness.golden, harness.report.html, harness.load.opinfo",
    ],
)
def test_importing_the_package_imports_no_torch(code: str) -> None:
    """Neither the package nor what the pytest process needs of it."""
    check = f"{code}; import sys; sys.exit(any(m.split('.')[0] == 'torch' for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", check]).returncode == 0


def test_collecting_and_judging_import_no_torch(project: Project) -> None:
    """`pytest --collect-only`, and a whole run with goldens, leave torch to the workers."""
    project.write(
        {
            "conftest.py": (
                "import sys\n"
                "def pytest_unconfigure():\n"
                "    print('torch is', 'here' if 'torch' in sys.modules else 'elsewhere', flush=True)\n"
            ),
            "cases/one.yaml": "- op: torch.tanh\n  dtypes: [float32, bfloat16]\n  inputs: {input: [3, 4]}\n",
            "cases/case_two.py": (
                "import torch\nfrom harness import case, tensor\n"
                "@case()\ndef two(x=tensor(3, 4)):\n    return torch.sin(x)\n"
            ),
        }
    )
    listed = project.run("--devices=cpu", "--collect-only", "-q", "cases/one.yaml")
    assert "torch is elsewhere" in listed.text
    ran = project.run("--devices=cpu", "--golden-update")
    assert ran.statuses["cpu"] == {"tanh-float32-3x4": "pass", "tanh-bfloat16-3x4": "pass", "two-float32-3x4": "pass"}
    assert "torch is elsewhere" in ran.text
