"""YAML case files: what a user writes is what runs, and what is wrong is said with line and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness import load
from harness.case import Case, Listing


def no_worker(path: Path) -> list[dict[str, Any]]:
    raise AssertionError("a YAML file needs no worker")


def listing(tmp_path: Path, text: str) -> Listing:
    path = tmp_path / "ops.yaml"
    path.write_text(text, encoding="utf-8")
    return load.load(path, root=tmp_path, describe=no_worker)


def cases(tmp_path: Path, text: str) -> tuple[Case, ...]:
    found = listing(tmp_path, text)
    assert [str(error) for error in found.errors] == []
    return found.cases


def errors(tmp_path: Path, text: str) -> list[str]:
    return [str(error) for error in listing(tmp_path, text).errors]


LAYER_NORM = """\
# layer norm
- op: torch.nn.functional.layer_norm
  dtypes: [float32, bfloat16, float16]
  inputs: {input: [[8, 768], [3, 1025]], weight: [last], bias: [last]}
  values: [normal, wide, offset]
  kwargs: {normalized_shape: [last], eps: 1.0e-5}
"""


def test_a_grid_over_dtype_shape_and_values(tmp_path: Path) -> None:
    """Six lines give eighteen cases with readable, stable ids."""
    found = cases(tmp_path, LAYER_NORM)
    assert len(found) == 3 * 2 * 3
    assert found[0].id == "layer_norm-float32-8x768"
    assert found[1].id == "layer_norm-float32-8x768-wide"
    last = found[-1]
    assert last.id == "layer_norm-float16-3x1025-offset"
    assert str(last.source) == "ops.yaml:2"
    assert [spec.shape for spec in last.inputs] == [(3, 1025), (1025,), (1025,)]
    assert {spec.values for spec in last.inputs} == {"offset"}
    assert last.args == ({"v": "input"},)
    assert dict(last.kwargs) == {
        "normalized_shape": [1025],
        "eps": 1e-5,
        "weight": {"v": "weight"},
        "bias": {"v": "bias"},
    }


def test_yaml_traps_are_disarmed(tmp_path: Path) -> None:
    """`1e-3` is a number and `no` is a word, as a reader of the file takes them."""
    text = "- op: torch.add\n  dtypes: float32\n  inputs: {input: [2], other: [2]}\n"
    (case,) = cases(tmp_path, text + "  kwargs: {alpha: 1e-3, mode: no, side: on, clock: 12:30:45}\n")
    given = dict(case.kwargs)
    assert given["alpha"] == 0.001
    assert (given["mode"], given["side"], given["clock"]) == ("no", "on", "12:30:45")


def test_keyword_grids_name_their_cells(tmp_path: Path) -> None:
    """{grid: ..} tries each value; a list of mappings tries each mapping; both show in the id."""
    head = "- op: torch.nn.functional.gelu\n  dtypes: float32\n  inputs: {input: [3, 65]}\n"
    found = cases(tmp_path, head + "  kwargs: {approximate: {grid: [none, tanh]}}\n")
    assert [case.id for case in found] == [
        "gelu-float32-3x65-approximate.none",
        "gelu-float32-3x65-approximate.tanh",
    ]
    found = cases(tmp_path, head + "  kwargs: [{dim: -1}, {dim: [0, 1], keepdim: true}, {}]\n")
    assert [case.id for case in found] == [
        "gelu-float32-3x65-dim.-1",
        "gelu-float32-3x65-dim.0x1-keepdim.true",
        "gelu-float32-3x65",
    ]


def test_arguments_say_dtypes_slices_tuples_and_infinities(tmp_path: Path) -> None:
    """Whatever an operator takes can be written; an input's name stands for the input."""
    text = """\
- op: torch.Tensor.__getitem__
  name: getitem
  dtypes: [bfloat16]
  inputs: {x: [4, 5], y: [3]}
  args: [x, [y, y], {tuple: [{slice: [1, null, 2]}, ..., null]}, {complex: [1, -2]}, {str: x},
  torch.channels_last]
  kwargs: {dtype: torch.float16, own: case.dtype, low: -.inf, size: last}
"""
    (case,) = cases(tmp_path, text)
    assert case.args == (
        {"v": "x"},
        [{"v": "y"}, {"v": "y"}],
        {"t": [{"s": [1, None, 2]}, {"e": "..."}, None]},
        {"c": [1, -2]},
        "x",
        {"mf": "channels_last"},
    )
    assert dict(case.kwargs) == {
        "dtype": {"dt": "float16"},
        "own": {"dt": "bfloat16"},
        "low": {"f": "-inf"},
        "size": 5,
    }


def test_inputs_of_their_own_dtype_keep_their_values(tmp_path: Path) -> None:
    """An index stays an index whatever the value class of the grid, and gets no gradient."""
    text = """\
- op: torch.gather
  dtypes: [float32, complex64]
  inputs:
    input: [9, 16]
    index: {shape: [9, 7], dtype: int64, values: "index:16"}
    mask: {shape: [9], dtype: bool}
    scale: {shape: [], dtype: real, grad: false, layout: contiguous}
  values: wide
  layout: transposed
  grad: true
"""
    first, second = cases(tmp_path, text)
    assert first.id == "gather-float32-9x16-wide-transposed-grad"
    specs = {spec.name: spec for spec in second.inputs}
    assert specs["input"].values == "wide"
    assert specs["input"].grad
    assert specs["input"].layout == "transposed"
    assert specs["index"].values == "index:16"
    assert not specs["index"].grad
    assert specs["mask"].values == "normal"
    assert specs["scale"].dtype == "float32"
    assert not specs["scale"].grad


def test_sample_tags_go_to_the_first_cell(tmp_path: Path) -> None:
    """Slow compilers get one representative cell of a grid."""
    text = "- op: torch.exp\n  dtypes: floats\n  inputs: {x: [[2], [3]]}\n  tags: a\n  sample_tags: compile\n"
    found = cases(tmp_path, text)
    assert len(found) == 8
    assert found[0].tags == ("a", "compile")
    assert {case.tags for case in found[1:]} == {("a",)}


def test_adding_a_row_renames_nothing(tmp_path: Path) -> None:
    """Ids depend on their own cell alone, so goldens stay where they are when a grid grows."""
    text = "- op: torch.matmul\n  dtypes: float32\n  inputs: {input: ROWS, other: COLS}\n"
    one = cases(tmp_path, text.replace("ROWS", "[[2, 3]]").replace("COLS", "[[3, 4]]"))
    two = cases(tmp_path, text.replace("ROWS", "[[2, 3], [5, 5]]").replace("COLS", "[[3, 4], [5, 5]]"))
    assert [case.id for case in one] == ["matmul-float32-2x3_3x4"]
    assert [case.id for case in two] == ["matmul-float32-2x3_3x4", "matmul-float32-5x5"]
    assert one[0].key() == two[0].key()


GOOD = "- op: torch.exp\n  dtypes: [float32]\n  inputs: {input: [2]}\n"

WRONG = [
    ("- op: torch.exp\n  dtype: [float32]\n", 2, "unknown key 'dtype': did you mean dtypes"),
    ("- op: torch.exp\n", 1, "dtypes: missing"),
    ("- dtypes: [float32]\n", 1, "op: missing, expected a dotted name"),
    ("- op: exp\n  dtypes: [float32]\n", 1, "op: 'exp', expected a dotted name"),
    (
        "- op: torch.exp\n  dtypes:\n  - float32\n  - bfloat61\n",
        4,
        "unknown 'bfloat61', did you mean bfloat16",
    ),
    ("- op: torch.exp\n  dtypes: float32\n  values: [wild]\n", 3, "did you mean wide"),
    ("- op: torch.exp\n  dtypes: float32\n  tier: fast\n", 3, "expected one of: quick, standard, full"),
    ("- op: torch.exp\n  dtypes: float32\n  grad: no\n", 3, "grad: 'no', expected true, false"),
    ("- op: torch.exp\n  dtypes: int8\n  grad: true\n", 3, "int8 have no gradients"),
    ("- op: torch.exp\n  dtypes: float32\n  inputs: {x: [2, -1]}\n", 3, "input 'x': shape [2, -1], expected"),
    ("- op: torch.exp\n  dtypes: float32\n  inputs: {x: [last]}\n", 1, "needs a first input with dimensions"),
    (
        "- op: torch.exp\n  dtypes: float32\n  inputs:\n    x:\n      shape: [2]\n      valeus: wide\n",
        6,
        "unknown key of input 'x': 'valeus': did you mean values",
    ),
    (
        "- op: torch.exp\n  dtypes: float32\n  inputs: {x: {shape: [2], values: 'index:'}}\n",
        3,
        "values: unknown 'index:', did you mean index:N",
    ),
    (
        "- op: torch.exp\n  dtypes: float32\n  inputs: {x: [[2], [3]], y: [[2], [3], [4]]}\n",
        3,
        "must be equally long, but x has 2, y has 3",
    ),
    ("- op: torch.exp\n  dtypes: float32\n  seed: x\n", 3, "seed: 'x', expected an integer"),
    ("- op: torch.exp\n  dtypes: float32\n  kwargs: {a: {grid: []}}\n", 3, "expected {grid: [value, ..]}"),
    ("- op: torch.exp\n  dtypes: float32\n  kwargs: {a: torch.flaot32}\n", 1, "is no dtype"),
    (
        "- op: torch.exp\n  dtypes: float32\n  kwargs: {a: {tupel: []}}\n",
        1,
        "expected a plain value or one of {tuple",
    ),
    ("- op: torch.exp\n  dtypes: float32\n  layout: channels_last\n", 1, "fits no input"),
    ("- op: torch.exp\n  dtypes: float32\n  dtypes: int8\n", 3, "stands twice, first in line 2"),
    ("- op: torch.exp\n  dtypes: float32\n  name: a b\n", 3, "name: 'a b', expected letters"),
    ("- torch.exp\n", 1, "expected an entry starting with `- op:`"),
    ("op: torch.exp\n", 1, "expected a list of entries"),
    ("- op: [\n", 2, "not YAML"),
    (
        "- op: torch.exp\n  dtypes: float32\n  kwargs: {a: !!python/name:os.system x}\n",
        3,
        "tags are not supported",
    ),
]


@pytest.mark.parametrize(("text", "line", "message"), WRONG, ids=[message[:30] for _, _, message in WRONG])
def test_an_error_names_file_line_and_remedy(tmp_path: Path, text: str, line: int, message: str) -> None:
    """Each mistake is one error that an editor can jump to."""
    found = errors(tmp_path, text)
    assert len(found) == 1, found
    assert found[0].startswith(f"ops.yaml:{line}: ")
    assert message in found[0]


def test_every_error_of_a_file_is_reported_and_the_rest_loads(tmp_path: Path) -> None:
    """One bad entry costs one entry: all mistakes are told at once, and the sound cases run."""
    two_wrong = "- op: torch.log\n  dtypes: [floot32]\n  tier: fast\n"
    one_wrong = "- op: torch.sin\n  dtypes: float32\n  colour: red\n"
    found = listing(tmp_path, GOOD + two_wrong + one_wrong + GOOD.replace("exp", "cos"))
    assert [case.id for case in found.cases] == ["exp-float32-2", "cos-float32-2"]
    assert [str(error).split(":")[1] for error in found.errors] == ["5", "6", "9"]


def test_two_cases_with_one_id_are_an_error(tmp_path: Path) -> None:
    """An id selects one case; the message says which entries collide and what to do."""
    found = listing(tmp_path, GOOD + GOOD)
    assert [case.id for case in found.cases] == ["exp-float32-2"]
    assert "exp-float32-2 is made by the entry of line 1 too" in str(found.errors[0])


def test_which_files_are_case_files(tmp_path: Path) -> None:
    """Case files are recognised by name and content; other YAML and Python is left alone."""
    folder = tmp_path / "cases"
    folder.mkdir()
    files = {
        "mine.yaml": (GOOD, True),
        "compose.yaml": ("services:\n- name: web\n", False),
        "case_mine.py": ("", True),
        "other.py": ("@case\ndef f(): ...\n", False),
        "cases/named.yaml": ("- name: a\n  op: torch.exp\n", True),
        "flow.yaml": ("- {op: torch.exp, inputs: {input: [3]}}\n", True),
        "quoted.yaml": ('  - "op": torch.exp\n', True),
        "cases/data.yaml": ("a: 1\n", False),
        "cases/mine.py": ("import harness\n@harness.case(grad=True)\ndef f(): ...\n", True),
        "cases/helper.py": ("def f(): ...\n", False),
        "cases/test_mine.py": ("@case\ndef f(): ...\n", False),
        "cases/_draft.yaml": (GOOD, False),
        "notes.txt": (GOOD, False),
    }
    for name, (text, _) in files.items():
        (tmp_path / name).write_text(text)
    # The temporary directory's own path must not count as a directory of cases.
    assert {name: load.collects(tmp_path / name) for name in files} == {n: want for n, (_, want) in files.items()}
    assert not load.collects(tmp_path / "absent.yaml")
