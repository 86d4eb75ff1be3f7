"""From an entry to its cases: the grid over dtype, shape, keyword, layout and value class.

A case's id is made from its own cell alone, so that adding a row or a value to a grid renames nothing and
makes no golden stale: `<name>-<dtype>-<shapes>[-<values>][-<keyword>.<value>][-<layout>][-grad|-train]`.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.case import Arg, Case, Source, TensorSpec
from harness.load.entry import DTYPES, LAST, Entry, Input
from harness.load.nodes import Problem

CASE_DTYPE = "case.dtype"  # in an argument: the dtype of the cell
_MEMORY_FORMATS = ("contiguous_format", "channels_last", "channels_last_3d", "preserve_format")
_LAYOUTS = ("strided", "sparse_coo", "sparse_csr")
_TAGGED = ("tuple", "slice", "complex", "str", "dict")
_REAL = {"complex64": "float32", "complex128": "float64"}


class _ArgumentError(Exception):
    """An argument that stands for nothing; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of shapes: the inputs' shapes and their label, and each alternative's arguments and label."""

    shapes: Mapping[str, tuple[int, ...]]
    label: str
    calls: tuple[tuple[tuple[Arg, ...], tuple[tuple[str, Arg], ...], str], ...]


def expand(entry: Entry, path: str) -> tuple[list[Case], list[Problem]]:
    """The entry's cases in grid order (dtype slowest); or none, and what is wrong with a cell that can't be
    made.
    """
    source = Source(path, entry.line)
    suffix = "train" if entry.step else "grad" if entry.grad else ""
    fields: dict[str, Any] = {
        "source": source,
        "kind": entry.kind,
        "target": entry.target,
        "grad": bool(entry.grad) or entry.step is not None,
        "step": entry.step,
        "rule": entry.rule,
        "tier": entry.tier,
        "seed": entry.seed,
        "timeout": entry.timeout,
    }
    cases: list[Case] = []
    rows: list[_Row] = []
    try:
        for dtype in entry.dtypes:
            # Rows are the same for every dtype, unless an argument names the case's dtype.
            if not rows or _names_dtype((entry.args, entry.kwargs)):
                rows = _rows(entry, dtype)
            for row, layout, values in itertools.product(rows, entry.layouts, entry.values):
                specs = _specs(entry, row.shapes, dtype, layout, values)
                start = [entry.name, dtype, row.label, "" if values == "normal" else values]
                end = ["" if layout == "contiguous" else layout, suffix]
                for args, kwargs, label in row.calls:
                    case = Case(
                        id="-".join(filter(None, [*start, label, *end])),
                        dtype=dtype,
                        inputs=specs,
                        args=args,
                        kwargs=kwargs,
                        values=values,
                        tags=entry.tags if cases else (*entry.tags, *entry.sample_tags),
                        **fields,
                    )
                    cases.append(case)
    except _ArgumentError as error:
        return [], [Problem(entry.line, str(error))]
    return cases, []


def _rows(entry: Entry, dtype: str) -> list[_Row]:
    alternatives = list(_alternatives(entry))
    rows = []
    for i in range(max((len(item.shapes) for item in entry.inputs), default=1)):
        shapes = _shapes(entry, i)
        calls = tuple((*_arguments(entry, given, shapes, dtype), label) for given, label in alternatives)
        rows.append(_Row(shapes, _shape_label(entry, shapes), calls))
    return rows


def _names_dtype(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_names_dtype(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(_names_dtype(item) for item in value)
    return bool(value == CASE_DTYPE)


# -- shapes


def _shapes(entry: Entry, row: int) -> dict[str, tuple[int, ...]]:
    """Every input's shape in one row of the grid, `last` resolved."""
    found: dict[str, tuple[int, ...]] = {}
    last: int | None = None
    for item in entry.inputs:
        shape = item.shapes[row] if len(item.shapes) > 1 else item.shapes[0]
        if LAST in shape and last is None:
            raise _ArgumentError(f"input {item.name!r}: `{LAST}` needs a first input with dimensions")
        found[item.name] = tuple(last if dim == LAST else dim for dim in shape)  # type: ignore[misc]
        if item is entry.inputs[0] and shape:
            last = found[item.name][-1]
    return found


def _shape_label(entry: Entry, shapes: Mapping[str, tuple[int, ...]]) -> str:
    """The first input's shape, then those of the other inputs that were written as lists, without repeats."""
    shown: list[str] = []
    for i, item in enumerate(entry.inputs):
        text = "x".join(map(str, shapes[item.name])) or "scalar"
        if i == 0 or (item.grid and (not shown or shown[-1] != text)):
            shown.append(text)
    return "_".join(shown)


def _specs(
    entry: Entry, shapes: Mapping[str, tuple[int, ...]], dtype: str, layout: str, values: str
) -> tuple[TensorSpec, ...]:
    """The grid's value class goes to the inputs of the case's dtype that name no values; its layout to those
    it fits."""
    specs = []
    fitted = layout == "contiguous"
    for item in entry.inputs:
        own = _REAL.get(dtype, dtype) if item.dtype == "real" else item.dtype
        used = own or dtype
        chosen = item.values or ("normal" if own and item.dtype != "real" else values)
        fits = item.layout is None and _fits(layout, len(shapes[item.name]))
        fitted = fitted or fits
        chosen_layout = item.layout or (layout if fits else "contiguous")
        grad = _wants_grad(entry, item, used)
        specs.append(TensorSpec(item.name, used, shapes[item.name], chosen, grad, chosen_layout))
    if not fitted:
        raise _ArgumentError(f"layout: {layout} fits no input of this entry")
    return tuple(specs)


def _fits(layout: str, dims: int) -> bool:
    return {"transposed": dims >= 2, "strided": dims >= 1, "channels_last": dims == 4}.get(layout, True)


def _wants_grad(entry: Entry, item: Input, dtype: str) -> bool:
    if not dtype.startswith(("float", "bfloat", "complex")):
        return False
    if isinstance(entry.grad, tuple):
        return item.name in entry.grad
    return (entry.grad or entry.step is not None) and item.grad is not False


# -- keywords


def _alternatives(entry: Entry) -> Iterator[tuple[dict[str, Any], str]]:
    """Each mapping of keywords that the grid tries, with its label."""
    for one in entry.kwargs:
        grids = {key: given["grid"] for key, given in one.items() if isinstance(given, dict) and "grid" in given}
        for chosen in itertools.product(*grids.values()):
            cell = {**one, **dict(zip(grids, chosen, strict=True))}
            keys = cell if entry.labelled else grids
            yield cell, "-".join(f"{key}.{_label(cell[key])}" for key in keys)


def _label(value: Any) -> str:
    if isinstance(value, dict):
        value = next(iter(value.values()), "")
    if isinstance(value, (list, tuple)):
        text = "x".join(_label(item) for item in value)
    else:
        text = str(value).removeprefix("torch.").lower()
    return re.sub(r"[^a-z0-9._-]", "", text.replace(" ", "_"))


# -- arguments: see the encoding in harness.program


def _arguments(
    entry: Entry, kwargs: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]], dtype: str
) -> tuple[tuple[Arg, ...], tuple[tuple[str, Arg], ...]]:
    """Positional and keyword arguments.

    Without `args`, an operator's first input is positional and the others go by name; a function's and a
    model's all go by name. Inputs that an argument mentions are not passed again.
    """
    first = next(iter(shapes.values()), ())
    env = _Env(shapes, first[-1] if first else None, dtype)
    names = [item.name for item in entry.inputs]
    if entry.args is not None:
        args = tuple(env.encode(value, "args") for value in entry.args)
    else:
        args = tuple(env.encode(name, "args") for name in names[:1]) if entry.kind == "op" else ()
    named = {key: env.encode(value, f"kwargs: {key}") for key, value in kwargs.items()}
    named.update({name: {"v": name} for name in names if name not in env.used})
    return args, tuple(named.items())


class _Env:
    """What words mean in the arguments of one cell; `used` gathers the inputs that were mentioned."""

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], last: int | None, dtype: str) -> None:
        self.shapes, self.last, self.dtype = shapes, last, dtype
        self.used: set[str] = set()

    def encode(self, value: Any, where: str) -> Arg:
        if isinstance(value, str):
            return self.word(value, where)
        if isinstance(value, float) and not math.isfinite(value):
            return {"f": "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"}
        if isinstance(value, (list, tuple)):
            return [self.encode(item, where) for item in value]
        if isinstance(value, dict):
            return self.tagged(value, where)
        return value

    def word(self, text: str, where: str) -> Arg:
        if text in self.shapes:
            self.used.add(text)
            return {"v": text}
        if text == LAST:
            if self.last is None:
                raise _ArgumentError(f"{where}: `{LAST}` needs a first input with dimensions")
            return self.last
        if text == CASE_DTYPE:
            return {"dt": self.dtype}
        if text == "...":
            return {"e": "..."}
        if not text.startswith("torch."):
            return text
        name = text.removeprefix("torch.")
        if name in DTYPES:
            return {"dt": name}
        if name in _MEMORY_FORMATS:
            return {"mf": name}
        if name in _LAYOUTS:
            return {"lay": name}
        raise _ArgumentError(f"{where}: {text!r} is no dtype, memory format or layout; as text write {{str: {text}}}")

    def tagged(self, value: Mapping[str, Any], where: str) -> Arg:
        tag, inner = next(iter(value.items()), ("", None))
        if len(value) != 1 or tag not in _TAGGED:
            shown = ", ".join(f"{{{name}: ..}}" for name in _TAGGED)
            raise _ArgumentError(f"{where}: {dict(value)!r}, expected a plain value or one of {shown}")
        if tag == "str":
            return str(inner)
        if tag == "tuple" and isinstance(inner, list):
            return {"t": [self.encode(item, where) for item in inner]}
        if tag == "slice" and isinstance(inner, list) and len(inner) <= 3:
            return {"s": [self.encode(item, where) for item in (*inner, *[None] * (3 - len(inner)))]}
        if tag == "complex" and isinstance(inner, list) and len(inner) == 2:
            return {"c": inner}
        if tag == "dict" and isinstance(inner, dict):
            return {"d": {key: self.encode(item, where) for key, item in inner.items()}}
        raise _ArgumentError(f"{where}: {{{tag}: {inner!r}}} is malformed")
