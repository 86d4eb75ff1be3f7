"""Python case files: what `describe_module` found in a worker, as entries.

The file's code never runs here. A description has the keys of a YAML entry, so the same checks apply to both.
"""

from __future__ import annotations

from typing import Any

from harness.load.entry import Entry, check
from harness.load.nodes import Map, Problem, Seq


def entries(descriptions: list[dict[str, Any]]) -> tuple[list[Entry], list[Problem]]:
    """The entries that a file's decorated functions declare, and every problem of them.

    A description `{"line", "error"}` is a problem: the file, or one of its decorators, could not be run.
    """
    found: list[Entry] = []
    problems: list[Problem] = []
    for description in descriptions:
        line = int(description.get("line", 1))
        if "error" in description:
            problems.append(Problem(line, str(description["error"])))
            continue
        fields = {key: value for key, value in description.items() if key != "line"}
        kind = fields.pop("kind")
        entry, wrong = check(_lined(fields, line), kind=kind)
        problems += wrong
        if entry is not None:
            found.append(entry)
    return found, problems


def _lined(value: Any, line: int) -> Any:
    """Plain values as `Map` and `Seq`, all of one line: the decorator's."""
    if isinstance(value, dict):
        made = Map(line)
        for key, inner in value.items():
            made[key] = _lined(inner, line)
            made.lines[key] = line
        return made
    if isinstance(value, (list, tuple)):
        items = Seq(line)
        items.extend(_lined(inner, line) for inner in value)
        items.lines.extend(line for _ in value)
        return items
    return value
