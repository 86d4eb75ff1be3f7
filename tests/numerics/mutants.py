"""Mutants: faults put into the code itself, one at a time, to see whether its tests notice.

A mutant is one changed node of one function: a comparison flipped, a term dropped, two arguments swapped, a
constant moved. The changed function is compiled alone and its code put into the live function object, so that a
mutant costs a millisecond and nothing is imported again.
"""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import CodeType, ModuleType
from typing import Any

import pytest

FLIPPED = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
SWAPPED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
OPPOSITE = {
    "max": "min", "min": "max", "maximum": "minimum", "minimum": "maximum", "any": "all", "all": "any",
    "argmax": "argmin", "floor": "ceil", "ceil": "floor", "isnan": "isinf", "isinf": "isnan",
}  # fmt: skip


# Functions whose first two arguments may change places without a difference.
SYMMETRIC = {"max", "min", "maximum", "minimum", "clip", "dot", "array_equal", "zip"}


@dataclass(frozen=True)
class Mutant:
    """One changed function. text: what was changed into what. span: first and last line of the function."""

    module: str
    path: str
    function: str
    line: int
    span: tuple[int, int]
    text: str
    apply: Callable[[], Callable[[], None]]

    def __str__(self) -> str:
        return f"{self.module.rpartition('.')[2]}.{self.function}: {self.text}"


def mutants(module: ModuleType) -> Iterator[Mutant]:
    """Every mutant of a module's functions, methods and numeric constants."""
    tree = ast.parse(inspect.getsource(module))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield from _of_function(module, node, None)
        elif isinstance(node, ast.ClassDef):
            for member in node.body:
                if isinstance(member, ast.FunctionDef):
                    yield from _of_function(module, member, node.name)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield from _of_constant(module, node)


def _of_function(module: ModuleType, node: ast.FunctionDef, owner: str | None) -> Iterator[Mutant]:
    name = node.name if owner is None else f"{owner}.{node.name}"
    function = _function(module, owner, node.name)
    if function is None:
        return
    body = copy.deepcopy(node)
    body.decorator_list = []
    for change in _changes(body):
        text, line, undo = change
        try:
            code = _compiled(body, function.__code__, inspect.getfile(module))
        finally:
            undo()

        def apply(function: Any = function, code: CodeType = code) -> Callable[[], None]:
            before = function.__code__
            function.__code__ = code
            _forget(module, owner, node.name)

            def restore() -> None:
                function.__code__ = before
                _forget(module, owner, node.name)

            return restore

        span = (node.lineno, node.end_lineno or node.lineno)
        yield Mutant(module.__name__, inspect.getfile(module), name, line, span, text, apply)


def _function(module: ModuleType, owner: str | None, name: str) -> Any:
    """The plain function behind a name; None for one that is made elsewhere."""
    held = module.__dict__.get(name) if owner is None else module.__dict__[owner].__dict__.get(name)
    if isinstance(held, property):
        held = held.fget
    held = getattr(held, "__func__", held)
    held = getattr(held, "__wrapped__", held)
    # A method that says super() has a cell of its class, which code compiled alone does not.
    return held if inspect.isfunction(held) and not held.__code__.co_freevars else None


def _forget(module: ModuleType, owner: str | None, name: str) -> None:
    """Empty the cache of a cached function: it would hide what its code answers now."""
    if owner is None:
        getattr(module.__dict__[name], "cache_clear", lambda: None)()


def _compiled(node: ast.FunctionDef, like: CodeType, path: str) -> CodeType:
    """The code of one function definition, with its own line numbers."""
    tree = ast.Module([node], [])
    flags = like.co_flags & 0x1000000  # from __future__ import annotations
    code = compile(ast.fix_missing_locations(tree), path, "exec", flags=flags, dont_inherit=True)
    return next(c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == node.name)


def _of_constant(module: ModuleType, node: ast.Assign) -> Iterator[Mutant]:
    """A module's number, moved, wherever it has been imported to."""
    name = node.targets[0].id
    value = module.__dict__.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return

    def apply() -> Callable[[], None]:
        holders = [m for m in list(sys.modules.values()) if m and getattr(m, "__dict__", {}).get(name) is value]
        for holder in holders:
            holder.__dict__[name] = value * 1.25 if isinstance(value, float) else value + 1

        def restore() -> None:
            for holder in holders:
                holder.__dict__[name] = value

        return restore

    yield Mutant(module.__name__, inspect.getfile(module), name, node.lineno, (0, sys.maxsize), "moved", apply)


Change = tuple[str, int, Callable[[], None]]


def _changes(root: ast.FunctionDef) -> Iterator[Change]:
    """Change the tree in place, one node at a time; each change comes with the call that undoes it."""
    for parent, name, index, node in _nodes(root):
        for new, text in _variants(node):
            _put(parent, name, index, ast.copy_location(new, node))
            yield text, getattr(node, "lineno", root.lineno), partial(_put, parent, name, index, node)


def _nodes(root: ast.FunctionDef) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """(parent, field, place in a list field, node) of everything in the body but messages and annotations."""
    waiting: list[ast.AST] = [root]
    while waiting:
        parent = waiting.pop()
        for name, value in ast.iter_fields(parent):
            if name in ("annotation", "returns", "decorator_list", "args") and not isinstance(parent, ast.Call):
                continue
            for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if not isinstance(node, ast.AST) or isinstance(node, ast.Raise | ast.JoinedStr):
                    continue
                if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                    continue
                waiting.append(node)
                yield parent, name, index, node


def _put(parent: ast.AST, name: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, name, node)
    else:
        getattr(parent, name)[index] = node


def _variants(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """What a node could have been by mistake."""
    was = ast.unparse(node).split("\n")[0]

    def said(new: ast.AST) -> tuple[ast.AST, str]:
        return new, f"{was} -> {ast.unparse(ast.fix_missing_locations(ast.copy_location(new, node)))}"

    match node:
        case ast.Compare(ops=[op]):
            for other in FLIPPED.get(type(op), ()):
                yield said(ast.Compare(node.left, [other()], node.comparators))
        case ast.BoolOp(op, values):
            yield said(ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values))
            for place in range(len(values)):
                rest = values[:place] + values[place + 1 :]
                yield said(rest[0] if len(rest) == 1 else ast.BoolOp(op, rest))
        case ast.BinOp(left, op, right):
            if type(op) in SWAPPED:
                yield said(ast.BinOp(left, SWAPPED[type(op)](), right))
            yield said(left)
            yield said(right)
        case ast.UnaryOp(ast.Not() | ast.USub() | ast.Invert(), operand):
            yield said(operand)
        case ast.Constant(bool() as value):
            yield said(ast.Constant(not value))
        case ast.Constant(int() | float() as value):
            yield said(ast.Constant(value * 2 if isinstance(value, float) and value else value + 1))
        case ast.IfExp(test, body, orelse):
            yield said(ast.IfExp(test, orelse, body))
        case ast.If(test, body, orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse), f"{was} -> negated"
        case ast.Call(function, [first, second, *rest], keywords) if _ordered(function, first, second):
            yield said(ast.Call(function, [second, first, *rest], keywords))
        case ast.Attribute(value, name) if name in OPPOSITE:
            yield said(ast.Attribute(value, OPPOSITE[name], node.ctx))
        case ast.Name(name) if name in OPPOSITE:
            yield said(ast.Name(OPPOSITE[name], node.ctx))
        case ast.AugAssign(target, op, value):
            if type(op) in SWAPPED:
                yield said(ast.AugAssign(target, SWAPPED[type(op)](), value))
            yield ast.Pass(), f"{was} -> removed"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass(), f"{was} -> removed"


def _ordered(function: ast.expr, first: ast.expr, second: ast.expr) -> bool:
    """True if the order of these arguments means something."""
    name = getattr(function, "attr", getattr(function, "id", ""))
    starred = isinstance(first, ast.Starred) or isinstance(second, ast.Starred)
    return name not in SYMMETRIC and not starred and ast.dump(first) != ast.dump(second)


Test = Callable[[], None]


def oracle(names: Sequence[str]) -> list[Test]:
    """The tests of some modules that need no fixture."""
    tests = []
    for name in names:
        for key, value in vars(importlib.import_module(name)).items():
            if key.startswith("test_") and not inspect.signature(value).parameters and not hasattr(value, "pytestmark"):
                tests.append(value)
    return tests


class Coverage:
    """Which tests run which line of some modules, measured once; the quickest test comes first."""

    def __init__(self, tests: Sequence[Test], modules: Sequence[ModuleType]) -> None:
        files = {inspect.getfile(module) for module in modules}
        self.seconds: dict[Test, float] = {}
        self.lines: dict[str, dict[int, set[Test]]] = {path: {} for path in files}
        for test in tests:
            began = time.perf_counter()
            test()
            self.seconds[test] = time.perf_counter() - began
            self._trace(test)

    def _trace(self, test: Test) -> None:
        def local(frame: Any, event: str, arg: Any) -> Any:
            if event == "line":
                self.lines[frame.f_code.co_filename].setdefault(frame.f_lineno, set()).add(test)
            return local

        def entered(frame: Any, event: str, arg: Any) -> Any:
            return local if frame.f_code.co_filename in self.lines else None

        before = sys.gettrace()
        sys.settrace(entered)
        try:
            test()
        finally:
            sys.settrace(before)

    def of(self, mutant: Mutant) -> list[Test]:
        """The tests that enter the mutant's function, those that run its very line first."""
        lines = self.lines[mutant.path]
        there = lines.get(mutant.line, set())
        low, high = mutant.span
        inside: set[Test] = set().union(*(some for line, some in lines.items() if low <= line <= high))
        return sorted(inside, key=lambda test: (test not in there, self.seconds[test]))


@contextmanager
def _limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError after some seconds: a mutant may never end."""

    def stop(*_: Any) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def killed(mutant: Mutant, tests: Sequence[Test], seconds: float = 20.0) -> bool:
    """True if some test fails, or takes longer than `seconds`, with the mutant in place."""
    restore = mutant.apply()
    try:
        for test in tests:
            try:
                with _limit(seconds):
                    test()
            except (Exception, pytest.fail.Exception):  # pytest.raises fails by something that is no Exception
                return True
        return False
    finally:
        restore()
