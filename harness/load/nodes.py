"""YAML text as plain values that remember their lines.

Two of PyYAML's habits are turned off, by resolving scalars as YAML 1.2 does: `1e-3` is a float, not a
string, and `no`, `off` and `yes` are strings, not booleans.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _Base
except ImportError:  # PyYAML without libyaml: the same nodes, more slowly
    from yaml import SafeLoader as _Base  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a line of a case file, and the remedy."""

    line: int
    text: str


class Map(dict[str, Any]):
    """A mapping that knows its line and those of its keys."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Seq(list[Any]):
    """A sequence that knows its line and those of its items."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


class _Loader(_Base):
    """PyYAML's loader with YAML 1.2's scalars."""


_Loader.yaml_implicit_resolvers = {}
_TAG = "tag:yaml.org,2002:"
for _tag, _regexp, _first in (
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("float", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "-+."),
):
    _Loader.add_implicit_resolver(_TAG + _tag, re.compile(f"(?:{_regexp})$"), [c if c != "\0" else "" for c in _first])


def read(text: str) -> tuple[Any, list[Problem]]:
    """The document's value, its mappings as `Map` and its sequences as `Seq`; and what could not be read.

    A syntax error leaves None and one problem.
    """
    problems: list[Problem] = []
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return None, [Problem(line, f"not YAML: {error.problem or error.context}")]
    except yaml.YAMLError as error:  # a character that YAML forbids
        return None, [Problem(1, f"not YAML: {error}")]
    return (None if node is None else _value(node, problems)), problems


def _value(node: yaml.Node, problems: list[Problem]) -> Any:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found = Map(line)
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            key_line = key_node.start_mark.line + 1
            if key is None:
                problems.append(Problem(key_line, "a key must be a word"))
            elif key in found:
                problems.append(
                    Problem(key_line, f"key {key!r} stands twice, first in line {found.lines[key]}: keep one")
                )
            else:
                found[key] = _value(value_node, problems)
                found.lines[key] = key_line
        return found
    if isinstance(node, yaml.SequenceNode):
        items = Seq(line)
        for child in node.value:
            items.append(_value(child, problems))
            items.lines.append(child.start_mark.line + 1)
        return items
    return _scalar(node, line, problems)


def _scalar(node: yaml.Node, line: int, problems: list[Problem]) -> Any:
    text: str = node.value
    kind = node.tag.removeprefix(_TAG)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        return int(text, 16 if text.startswith("0x") else 10)
    if kind == "float":
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    if kind != "str":
        problems.append(Problem(line, f"tag {node.tag!r}: tags are not supported, write the plain value"))
    return text
