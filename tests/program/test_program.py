"""The portable program: a document that says all, arguments of every kind, constants by content, a cache by content."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from projects import Project

from harness.case import Case, Source, TensorSpec
from harness.errors import ProgramError
from harness.lab import studio
from harness.lab.pool import EAGER, Lab
from harness.program import Blob, Program, of_operator
from harness.target import Device, Launch, Target

ECHO = """
import torch

def describe(x, *args, **kwargs):
    # what arrived, in words, as bytes in a tensor
    said = repr((args, dict(sorted(kwargs.items()))))
    return torch.tensor(list(said.encode()), dtype=torch.uint8)
"""
X = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.fixture(scope="module")
def lab(cache: Path) -> Iterator[Lab]:
    made = Lab(cache, limit=120.0)
    yield made
    made.close()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Target:
    folder = tmp_path_factory.mktemp("kernels")
    folder.joinpath("echo.py").write_text(ECHO)
    return Target(Device("here", launch=Launch(path=(str(folder),))), EAGER)


def operator(target: str, *args: Any, **kwargs: Any) -> Program:
    """The program that calls `target` on x with more arguments."""
    spec = TensorSpec("x", "float32", (2, 3))
    arguments = ({"v": "x"}, *args)
    return of_operator(
        Case("c", Source("c.yaml", 1), "op", target, "float32", (spec,), arguments, tuple(kwargs.items()))
    )


@pytest.mark.parametrize(
    ("arg", "python"),
    [
        (None, "None"),
        (True, "True"),
        (3, "3"),
        (2**62, str(2**62)),
        (0.1, "0.1"),
        ("tanh", "'tanh'"),
        ([1, [2, 3]], "[1, [2, 3]]"),
        ({"t": [1, 2]}, "(1, 2)"),
        ({"dt": "bfloat16"}, "torch.bfloat16"),
        ({"dt": "float8_e4m3fn"}, "torch.float8_e4m3fn"),
        ({"dev": "cpu"}, "device(type='cpu')"),
        ({"mf": "channels_last"}, "torch.channels_last"),
        ({"lay": "strided"}, "torch.strided"),
        ({"f": "inf"}, "inf"),
        ({"f": "-inf"}, "-inf"),
        ({"f": "nan"}, "nan"),
        ({"c": [1.5, -2.0]}, "(1.5-2j)"),
        ({"s": [None, {"f": "inf"}, 2]}, "slice(None, inf, 2)"),
        ({"e": "..."}, "Ellipsis"),
        ({"d": {"f": 1}}, "{'f': 1}"),
        ({"d": {}}, "{}"),
    ],
    ids=json.dumps,
)
def test_arguments_of_every_kind_arrive_as_themselves(lab: Lab, here: Target, arg: Any, python: str) -> None:
    """Positional, by keyword, inside a list: dtype, slice, complex, infinity, Ellipsis … come out as Python's own."""
    program = Program.load(operator("echo.describe", arg, [arg], k=arg, s=arg).text)
    ran = lab.run(here, program, {"x": Blob.of(X)}).result()
    assert ran.status == "ok", ran.message
    said = bytes(ran.arrays()["out0"]).decode()
    assert said == f"(({python}, [{python}]), {{'k': {python}, 's': {python}}})"


@pytest.mark.parametrize("name", ["v", "f", "t", "s", "d", "c", "e", "dt"])
def test_a_lone_keyword_may_have_any_name(lab: Lab, here: Target, name: str) -> None:
    """A keyword called as a tag of the encoding is still a keyword."""
    ran = lab.run(here, operator("echo.describe", **{name: [1]}), {"x": Blob.of(X)}).result()
    assert bytes(ran.arrays()["out0"]).decode() == f"((), {{'{name}': [1]}})"


def test_an_operator_of_a_case_is_one_node_and_needs_no_worker() -> None:
    """The document holds all that decides the result; its sha is that of its text."""
    program = operator("torch.nn.functional.gelu", approximate="tanh")
    assert program.doc["nodes"] == [["call", "torch.nn.functional.gelu", [{"v": "x"}], {"approximate": "tanh"}]]
    assert program.doc["ir"] == "call"
    assert program.input_ids == ["x"]
    assert program.operators == ["torch.nn.functional.gelu"]
    assert Program.load(program.text).sha == program.sha
    assert operator("torch.nn.functional.gelu", approximate="none").sha != program.sha


def test_an_operator_in_place_gives_its_changed_input(lab: Lab) -> None:
    """`torch.Tensor.add_`: the tensor it is called on is an output; the next run starts from the same bytes."""
    cpu = Target(Device("cpu"), EAGER)
    for _ in range(2):
        ran = lab.run(cpu, operator("torch.Tensor.add_", 2.0), {"x": Blob.of(X)}).result()
        assert np.array_equal(ran.arrays()["out0"], X + 2)
        assert np.array_equal(ran.arrays()["mutated.x"], X + 2)


def test_a_program_that_cannot_be_read_says_why() -> None:
    """No JSON, another version, constants that are missing: each by name."""
    with pytest.raises(ProgramError, match="not JSON"):
        Program.load("{")
    with pytest.raises(ProgramError, match="version 99; this harness reads version 1"):
        Program.load('{"v": 99}')
    doc = {**operator("torch.tanh").doc, "consts": [{"id": "fc.weight", "sha": "ab", "dtype": "float32", "shape": []}]}
    with pytest.raises(ProgramError, match=r"lacks the constants fc\.weight"):
        Program.load(json.dumps(doc))


@pytest.mark.parametrize(
    "dtype",
    [
        "float64",
        "float32",
        "float16",
        "bfloat16",
        "float8_e4m3fn",
        "float8_e5m2",
        "int64",
        "uint8",
        "bool",
        "complex64",
    ],
)
def test_blobs_cross_the_wire_bit_for_bit(lab: Lab, dtype: str) -> None:
    """Every dtype goes to a worker and back unchanged, whatever the array's own byte order or layout."""
    from harness.numerics.formats import numpy_dtype

    values = np.array([[0, 1, 2], [0.5, 100, 3]]).astype(numpy_dtype(dtype))
    blob = Blob.of(values)
    assert blob.dtype == dtype
    assert np.array_equal(blob.array().view(np.uint8), np.ascontiguousarray(values).view(np.uint8))
    spec = TensorSpec("x", dtype, (2, 3))
    program = of_operator(Case("c", Source("c.yaml", 1), "op", "torch.clone", dtype, (spec,), ({"v": "x"},)))
    ran = lab.run(Target(Device("cpu"), EAGER), program, {"x": blob}).result()
    assert ran.outputs[0].dtype == dtype
    assert ran.arrays()["out0"].tobytes() == values.tobytes()


def test_equal_digests_mean_equal_arrays() -> None:
    """The digest covers bytes, dtype and shape, and nothing else: not layout, not byte order."""
    a = np.arange(6, dtype=np.float32).reshape(2, 3)
    same = (a.astype(">f4"), np.asfortranarray(a), a[:, ::-1][:, ::-1])
    assert {Blob.of(x).sha for x in same} == {Blob.of(a).sha}
    other = (a.reshape(3, 2), a.view(np.int32), a.astype(np.float64), a + 1, a.reshape(-1))
    assert len({Blob.of(x).sha for x in (a, *other)}) == 6
    negative = np.array([0.0, -0.0, math.nan], np.float32)
    assert Blob.of(negative).sha != Blob.of(np.abs(negative)).sha
    assert Blob.of(np.zeros(2, ml_dtypes.bfloat16)).sha != Blob.of(np.zeros(2, np.float16)).sha


def test_a_capture_is_kept_and_used_by_the_next_run(
    lab: Lab, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Captured once for one content of the file; an edit of the file or of the case captures again."""
    asked = []
    ask = lab.ask
    monkeypatch.setattr(lab, "ask", lambda verb, *rest, **more: asked.append(verb) or ask(verb, *rest, **more))
    text = "from harness import case, tensor\n@case()\ndef f(x=tensor(2, 3), n=2):\n    return x.sin() * n\n"
    project.write({"case_f.py": text})
    spec = TensorSpec("x", "float32", (2, 3))
    case = Case("f", Source("case_f.py", 2), "function", "f", "float32", (spec,), kwargs=(("x", {"v": "x"}),))

    def capture(case: Case) -> Program:
        return studio.program_of(case, {"x": Blob.of(X)}, lab, project.folder)

    first, second = capture(case), capture(case)
    assert asked == ["capture"]
    assert first.text == second.text
    assert "aten.sin.default" in first.operators
    capture(replace(case, kwargs=(("n", 3), ("x", {"v": "x"}))))
    assert asked == ["capture"] * 2
    project.write({"case_f.py": text.replace("sin", "cos")})
    capture(case)
    assert asked == ["capture"] * 3


def test_a_grids_keyword_reaches_the_function(lab: Lab, project: Project) -> None:
    """`grid={"n": [2, 3]}` on a @case: each cell computes with its own value."""
    project.write(
        {"case_g.py": "from harness import case, tensor\n@case()\ndef g(x=tensor(2, 3), n=0):\n    return x * n\n"}
    )
    spec = TensorSpec("x", "float32", (2, 3))
    for n in (2, 3):
        case = Case(
            "g", Source("case_g.py", 2), "function", "g", "float32", (spec,), kwargs=(("n", n), ("x", {"v": "x"}))
        )
        program = studio.program_of(case, {"x": Blob.of(X)}, lab, project.folder)
        ran = lab.run(Target(Device("cpu"), EAGER), program, {"x": Blob.of(X)}).result()
        assert np.array_equal(ran.arrays()["out0"], X * n)
