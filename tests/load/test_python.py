"""Python case files: decorated functions become cases, and their code never runs in the reading process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness import load
from harness.case import Listing
from harness.load import api

ROOT = Path(load.__file__).parents[2]


def describe_in_a_process(path: Path) -> list[dict[str, Any]]:
    """What a worker does: the file is imported by another interpreter."""
    code = (
        f"import json, sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from harness.load import describe\n"
        "print('\\n' + json.dumps(describe.describe_module(sys.argv[1])))"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    answer: list[dict[str, Any]] = json.loads(ran.stdout.splitlines()[-1])
    return answer


def listing(tmp_path: Path, text: str) -> Listing:
    path = tmp_path / "case_mine.py"
    path.write_text(text, encoding="utf-8")
    return load.load(path, root=tmp_path, describe=describe_in_a_process)


HEAD = "from harness import case, model, tensor\n"


def test_a_function_is_a_grid_of_cases(tmp_path: Path) -> None:
    """@case with tensors as defaults: dtypes, shapes, values and other parameters make the grid."""
    text = HEAD + (
        "@case(dtypes=['float32', 'bfloat16'], tier='standard', rule='attention',\n"
        "      grid={'eps': [1e-5, 1e-6]}, tags='mine', sample_tags='compile', grad=True)\n"
        "def RmsNorm(x=tensor((2, 8), (3, 9)), w=tensor('last', values='positive', grad=False), eps=0.0):\n"
        "    return x\n"
    )
    found = listing(tmp_path, text)
    assert not found.errors
    assert len(found.cases) == 8
    first = found.cases[0]
    assert first.id == "rmsnorm-float32-2x8-eps.1e-05-grad"
    assert str(first.source) == "case_mine.py:2"
    assert (first.kind, first.target, first.tier, first.rule) == (
        "function",
        "RmsNorm",
        "standard",
        "attention",
    )
    assert first.tags == ("mine", "compile")
    assert first.args == ()
    assert dict(first.kwargs) == {"eps": 1e-5, "x": {"v": "x"}, "w": {"v": "w"}}
    assert [(s.name, s.shape, s.values, s.grad) for s in first.inputs] == [
        ("x", (2, 8), "normal", True),
        ("w", (8,), "positive", False),
    ]


def test_a_model_gives_inference_and_one_training_step(tmp_path: Path) -> None:
    """train= adds the case that compares gradients and the optimizer's step."""
    text = HEAD + (
        "@model(dtypes='float32', train=('torch.optim.SGD', {'momentum': 0.9, 'lr': 0.1}))\n"
        "def mlp(dense=tensor(16, 13), ids=tensor(16, 26, dtype='int64', values='index:1000')): ...\n"
    )
    found = listing(tmp_path, text)
    assert not found.errors
    assert [case.id for case in found.cases] == ["mlp-float32-16x13", "mlp-float32-16x13-train"]
    infer, train = found.cases
    assert infer.step is None
    assert not infer.grad
    assert train.step == ("torch.optim.SGD", (("lr", 0.1), ("momentum", 0.9)))
    assert train.grad
    assert [spec.grad for spec in train.inputs] == [True, False]
    assert dict(train.kwargs) == {"dense": {"v": "dense"}, "ids": {"v": "ids"}}


def test_a_file_that_does_not_import_is_an_error_with_its_line(tmp_path: Path) -> None:
    """A missing package names the line and how to declare it; the session goes on."""
    found = listing(tmp_path, HEAD + "\nimport no_such_package\n")
    (error,) = found.errors
    assert str(error).startswith("case_mine.py:3: ModuleNotFoundError")
    assert "needs=['no_such_package']" in str(error)
    assert str(listing(tmp_path, "def f(:\n").errors[0]).startswith("case_mine.py:1: SyntaxError")
    assert str(listing(tmp_path, "\nraise SystemExit(3)\n").errors[0]).startswith("case_mine.py:2: SystemExit")


def test_a_wrong_decorator_is_checked_like_yaml(tmp_path: Path) -> None:
    """The same rules and words as for a YAML entry; the other functions load."""
    text = HEAD + (
        "@case(dtypes=['bfloat61'])\ndef f(x=tensor(2)): ...\n@case\ndef g(x): ...\n@case\ndef h(x=tensor(2)): ...\n"
    )
    found = listing(tmp_path, text)
    assert [case.id for case in found.cases] == ["h-float32-2"]
    first, second = map(str, found.errors)
    assert first.startswith("case_mine.py:2: dtypes: unknown 'bfloat61', did you mean bfloat16")
    assert second.startswith("case_mine.py:4: parameter x of g has no value: write `x=tensor(...)`")


def test_a_missing_need_says_what_to_install() -> None:
    """A model whose package is absent fails with the pip command, not with a bare ImportError."""

    @api.model(needs={"no_such_package": "pytest-lockstep[models]"})
    def net(x: Any = api.tensor(2)) -> None: ...

    with pytest.raises(ImportError, match=r"net needs no_such_package .*pip install 'pytest-lockstep\[models\]'"):
        net()


def test_the_shipped_files_need_nothing_but_python(tmp_path: Path) -> None:
    """api.py and describe.py run in a worker without harness, numpy or torch."""
    for name in ("api.py", "describe.py"):
        (tmp_path / name).write_text((ROOT / "harness/load" / name).read_text())
    (tmp_path / "case_a.py").write_text(HEAD + "@case\ndef f(x=tensor(2, 3)): ...\n")
    code = (
        "import sys, describe; found = describe.describe_module('case_a.py')\n"
        "assert found[0]['inputs'] == {'x': {'shape': [2, 3]}}, found\n"
        "assert not {'torch', 'numpy'} & set(sys.modules)"
    )
    # -S: without site-packages, so an installed harness is not found.
    subprocess.run([sys.executable, "-S", "-c", code], cwd=tmp_path, check=True)
