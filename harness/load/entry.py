"""Entry: one declaration of cases before its grid is expanded.

A YAML entry and a decorated Python function are the same thing, a mapping with the keys of `KEYS`; so they
are checked here once, by the same rules, and every problem of a file is reported, not only its first.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from harness import inputs
from harness.case import TIERS, VALUES
from harness.load.nodes import Map, Problem, Seq

LAST = "last"  # in a shape or an argument: the size of the first input's last dimension
LAYOUTS = ("contiguous", "transposed", "strided", "channels_last")
DTYPE_GROUPS = {
    "floats": ("float32", "bfloat16", "float16", "float64"),
    "halves": ("bfloat16", "float16"),
    "ints": ("int8", "int16", "int32", "int64", "uint8"),
    "complexes": ("complex64", "complex128"),
}
DTYPES = inputs.DTYPES
COMPILE_TAG = "compile"

# key -> what it means; the order is the order in which a reader meets them.
KEYS = {
    "op": "dotted name of the operator, e.g. torch.nn.functional.gelu",
    "name": "first part of the ids; default: the operator's name without its module",
    "dtypes": "dtypes of the grid: torch's names, or the groups floats, halves, ints, complexes",
    "inputs": "name → shape, list of shapes (zipped), or {shape, dtype, values, grad, layout}",
    "args": "positional arguments; the name of an input stands for that input. Default: the first input",
    "kwargs": "keyword arguments; {grid: [..]} tries each value; a list of mappings tries each mapping",
    "values": "value classes of the grid",
    "layout": "memory layouts of the grid",
    "grad": "true: also run backward, compare gradients of the floating-point inputs; or their names",
    "tier": "quick (default), standard or full",
    "tags": "free words for selection; `compile` sends a case of the quick tier to the slow compilers too",
    "sample_tags": "tags given to the first cell of the grid only",
    "rule": "name of the numerics rule, where the operator is not in the table of rules",
    "seed": "seed of the inputs, default 42",
    "timeout": "seconds one run may take; default: --case-timeout",
}
# What Python declarations carry beside those; `op` is theirs no more.
PYTHON_KEYS = {"kind": "", "function": "", "step": ""}
INPUT_KEYS = {
    "shape": "a shape, or a list of shapes",
    "dtype": "the input's own dtype, whatever the case's; `real` is the real dtype of a complex case",
    "values": f"a value class, or one of {', '.join(inputs.KIND_FORMS)}",
    "grad": "false: no gradient of this input",
    "layout": "the input's own memory layout",
}
_OP = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
_NAME = re.compile(r"[A-Za-z0-9._]+")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")

Dim = int | str
Shape = tuple[Dim, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """One input of an entry. shapes: one a row of the grid, or a single one for all rows; `grid` says which
    was written."""

    name: str
    shapes: tuple[Shape, ...]
    grid: bool
    dtype: str | None = None
    values: str | None = None
    grad: bool | None = None
    layout: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A checked declaration. kwargs: the alternatives, each a mapping as written; `labelled` tells whether a
    whole mapping names its cell (list form) or only its {grid: ..} keys do."""

    line: int
    kind: str
    target: str
    name: str
    dtypes: tuple[str, ...]
    inputs: tuple[Input, ...]
    args: tuple[Any, ...] | None
    kwargs: tuple[Mapping[str, Any], ...]
    labelled: bool
    values: tuple[str, ...]
    layouts: tuple[str, ...]
    grad: bool | tuple[str, ...]
    step: tuple[str, tuple[tuple[str, Any], ...]] | None
    tier: str
    tags: tuple[str, ...]
    sample_tags: tuple[str, ...]
    rule: str | None
    seed: int
    timeout: float | None


def default_name(op: str) -> str:
    """`torch.nn.functional.layer_norm` → `layer_norm`, `torch.linalg.inv` → `linalg.inv`."""
    for prefix in ("torch.nn.functional.", "torch.Tensor.", "torch.ops.", "torch."):
        if op.startswith(prefix):
            return op.removeprefix(prefix)
    return op


def check(raw: Map, *, kind: str = "op") -> tuple[Entry | None, list[Problem]]:
    """The entry that a mapping declares, or None where anything in it is wrong, and what that is."""
    reader = _Reader(raw)
    allowed = {**KEYS, **(PYTHON_KEYS if kind != "op" else {})}
    reader.unknown_keys(raw, allowed, "key")
    entry = reader.entry(kind)
    return (None if reader.problems else entry), reader.problems


def nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean …? known: …`, for a message."""
    names = list(known)
    close = difflib.get_close_matches(word, names, n=2, cutoff=0.6)
    return (f"did you mean {' or '.join(close)}? " if close else "") + f"expected one of: {', '.join(names)}"


class _Reader:
    """Reads one mapping, gathering problems; a key that is wrong reads as its default, so that the others
    are read too."""

    def __init__(self, raw: Map) -> None:
        self.raw = raw
        self.problems: list[Problem] = []

    def wrong(self, key: str, text: str, line: int | None = None) -> None:
        self.problems.append(Problem(line or self.raw.lines.get(key, self.raw.line), text))

    def missing_or_wrong(self, key: str, text: str) -> None:
        """A required key that is missing is not told beside an unknown key: it most likely is that one,
        misspelt.
        """
        if key in self.raw or not self.problems:
            self.wrong(key, text)

    def unknown_keys(self, found: Map, known: Mapping[str, str], what: str) -> None:
        for key in found:
            if key not in known:
                shown = [name for name in known if name not in PYTHON_KEYS]
                self.wrong(key, f"unknown {what} {key!r}: {nearest(key, shown)}", found.lines.get(key))

    def entry(self, kind: str) -> Entry:
        target = self.target(kind)
        declared = self.inputs()
        names = {item.name for item in declared}
        kwargs, labelled = self.kwargs()
        dtypes = self.dtypes()
        return Entry(
            line=self.raw.line,
            kind=kind,
            target=target,
            name=self.name(target),
            dtypes=dtypes,
            inputs=declared,
            args=self.args(),
            kwargs=kwargs,
            labelled=labelled,
            values=self.words("values", VALUES, ("normal",)),
            layouts=self.words("layout", LAYOUTS, ("contiguous",)),
            grad=self.grad(names, dtypes),
            step=self.step(),
            tier=self.words("tier", TIERS, ("quick",))[0],
            tags=self.words("tags", None, ()),
            sample_tags=self.words("sample_tags", None, ()),
            rule=self.typed("rule", str, "the name of a rule", None),
            seed=self.typed("seed", int, "an integer", 42),
            timeout=self.typed("timeout", (int, float), "a number of seconds", None),
        )

    def target(self, kind: str) -> str:
        if kind != "op":
            return str(self.raw["function"])
        op = self.raw.get("op")
        if not isinstance(op, str) or not _OP.fullmatch(op):
            what = "missing" if op is None else f"{op!r}"
            self.missing_or_wrong("op", f"op: {what}, expected a dotted name such as torch.nn.functional.gelu")
            return "?"
        return op

    def name(self, target: str) -> str:
        name = self.raw.get("name", default_name(target))
        if not isinstance(name, str) or not (_NAME.fullmatch(name) or target == "?"):
            self.wrong("name", f"name: {name!r}, expected letters, digits, `_` and `.`")
            return "?"
        return name.lower()

    def typed(self, key: str, kind: type | tuple[type, ...], expected: str, default: Any) -> Any:
        value = self.raw.get(key, default)
        if value is default or (isinstance(value, kind) and not isinstance(value, bool)):
            return value
        self.wrong(key, f"{key}: {value!r}, expected {expected}")
        return default

    def words(self, key: str, known: tuple[str, ...] | None, default: tuple[str, ...]) -> tuple[str, ...]:
        """A word or a list of words, each from `known` where that is given."""
        value = self.raw.get(key)
        if value is None and key not in self.raw:
            return default
        listed = value if isinstance(value, list) else [value]
        for i, word in enumerate(listed):
            line = listed.lines[i] if isinstance(listed, Seq) else None
            if not isinstance(word, str):
                self.wrong(key, f"{key}: {word!r}, expected a word", line)
            elif known is not None and word not in known:
                self.wrong(key, f"{key}: unknown {word!r}, {nearest(word, known)}", line)
        if key == "tier" and len(listed) != 1:
            self.wrong(key, f"tier: {value!r}, expected one of: {', '.join(TIERS)}")
        if not listed and default:
            self.wrong(key, f"{key}: an empty list, expected at least one")
        return tuple(str(word) for word in listed) or default

    def dtypes(self) -> tuple[str, ...]:
        if "dtypes" not in self.raw:
            self.missing_or_wrong("dtypes", "dtypes: missing, expected a list such as [float32, bfloat16]")
            return ("float32",)
        names = self.words("dtypes", (*DTYPES, *DTYPE_GROUPS), ("float32",))
        return tuple(dict.fromkeys(dtype for name in names for dtype in DTYPE_GROUPS.get(name, (name,))))

    def grad(self, names: set[str], dtypes: tuple[str, ...]) -> bool | tuple[str, ...]:
        value = self.raw.get("grad", False)
        if isinstance(value, list) and all(isinstance(name, str) for name in value):
            for name in value:
                if name not in names:
                    self.wrong("grad", f"grad: no input {name!r}, {nearest(name, sorted(names))}")
        elif not isinstance(value, bool):
            self.wrong("grad", f"grad: {value!r}, expected true, false or a list of inputs")
            return False
        whole = [name for name in dtypes if not name.startswith(("float", "bfloat", "complex"))]
        if value and whole:
            self.wrong("grad", f"grad: {', '.join(whole)} have no gradients, put them in an entry without grad")
        return tuple(value) if isinstance(value, list) else value

    def step(self) -> tuple[str, tuple[tuple[str, Any], ...]] | None:
        value = self.raw.get("step")
        return None if value is None else (value[0], tuple(sorted(value[1].items())))

    def args(self) -> tuple[Any, ...] | None:
        value = self.raw.get("args")
        if "args" not in self.raw or isinstance(value, list):
            return None if value is None else tuple(value)
        self.wrong("args", f"args: {value!r}, expected a list")
        return None

    def kwargs(self) -> tuple[tuple[Mapping[str, Any], ...], bool]:
        value = self.raw.get("kwargs", {})
        alternatives = value if isinstance(value, list) else [value]
        for one in alternatives:
            if not isinstance(one, dict):
                self.wrong("kwargs", f"kwargs: {one!r}, expected a mapping from keyword to value")
                return ({},), False
            for key, given in one.items():
                if isinstance(given, dict) and "grid" in given:
                    grid = given["grid"]
                    if len(given) != 1 or not isinstance(grid, list) or not grid:
                        self.wrong("kwargs", f"kwargs: {key}: expected {{grid: [value, ..]}}, got {given!r}")
                        return ({},), False
        return tuple(alternatives) or ({},), isinstance(value, list)

    # -- inputs

    def inputs(self) -> tuple[Input, ...]:
        value = self.raw.get("inputs", Map(self.raw.line))
        if not isinstance(value, Map):
            self.wrong("inputs", f"inputs: {value!r}, expected a mapping from name to shape")
            return ()
        found = [self.input(name, given, value.lines[name]) for name, given in value.items()]
        rows = {item.name: len(item.shapes) for item in found if len(item.shapes) != 1}
        if len(set(rows.values())) > 1:
            counts = ", ".join(f"{name} has {count}" for name, count in rows.items())
            self.wrong("inputs", f"inputs: lists of shapes are zipped and must be equally long, but {counts}")
        return tuple(found)

    def input(self, name: str, given: Any, line: int) -> Input:
        if not _IDENTIFIER.fullmatch(name):
            self.wrong("inputs", f"input {name!r}: expected a name such as input, weight, x", line)
        if not isinstance(given, Map):
            return Input(name, *self.shapes(name, given, line))
        self.unknown_keys(given, INPUT_KEYS, f"key of input {name!r}:")
        if "shape" not in given:
            self.wrong("inputs", f"input {name!r}: shape is missing", line)
        dtype, values = given.get("dtype"), given.get("values")
        if dtype is not None and dtype not in (*DTYPES, "real"):
            known = nearest(str(dtype), (*DTYPES, "real"))
            self.wrong("inputs", f"input {name!r}: dtype: unknown {dtype!r}, {known}", given.lines["dtype"])
            dtype = None
        if values is not None and not (isinstance(values, str) and inputs.known(values)):
            text = f"values: unknown {values!r}, {nearest(str(values), (*VALUES, *inputs.KIND_FORMS))}"
            self.wrong("inputs", f"input {name!r}: {text}", given.lines["values"])
            values = None
        layout = given.get("layout")
        if layout is not None and layout not in LAYOUTS:
            text = f"layout: unknown {layout!r}, {nearest(str(layout), LAYOUTS)}"
            self.wrong("inputs", f"input {name!r}: {text}", given.lines["layout"])
        grad = given.get("grad")
        if grad is not None and not isinstance(grad, bool):
            text = f"grad: {grad!r}, expected true or false"
            self.wrong("inputs", f"input {name!r}: {text}", given.lines["grad"])
        shapes, grid = self.shapes(name, given.get("shape", []), line)
        return Input(name, shapes, grid, dtype, values, grad, layout)

    def shapes(self, name: str, given: Any, line: int) -> tuple[tuple[Shape, ...], bool]:
        """One shape or a list of shapes; [] is one shape, of no dimension."""
        grid = isinstance(given, list) and bool(given) and all(isinstance(row, list) for row in given)
        rows = given if grid else [given]
        for row in rows:
            if not isinstance(row, list) or not all(self.dim(dim) for dim in row):
                text = f"shape {row!r}, expected sizes such as [8, 768], or `{LAST}` for the first input's last"
                self.wrong("inputs", f"input {name!r}: {text}", line)
                return ((),), False
        return tuple(tuple(row) for row in rows), grid

    @staticmethod
    def dim(dim: Any) -> bool:
        return dim == LAST or (isinstance(dim, int) and not isinstance(dim, bool) and dim >= 0)
