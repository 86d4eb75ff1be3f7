"""A YAML case file: a list of entries.

    - op: torch.nn.functional.layer_norm
      dtypes: [float32, bfloat16, float16]
      inputs: {input: [[8, 768], [3, 1025]], weight: [last], bias: [last]}
      kwargs: {normalized_shape: [last], eps: 1e-5}
      values: [normal, wide, offset]

The keys are described in `entry.KEYS`; `schema.py` gives them to editors.
"""

from __future__ import annotations

from harness.load import nodes
from harness.load.entry import Entry, check
from harness.load.nodes import Map, Problem, Seq


def entries(text: str) -> tuple[list[Entry], list[Problem]]:
    """The sound entries of a file's text, and every problem of the others."""
    document, problems = nodes.read(text)
    if document is None:
        return [], problems
    if not isinstance(document, Seq):
        return [], [*problems, Problem(1, "expected a list of entries, each starting with `- op:`")]
    spoilt = {problem.line for problem in problems}
    found: list[Entry] = []
    for item, line in zip(document, document.lines, strict=True):
        if not isinstance(item, Map):
            problems.append(Problem(line, f"expected an entry starting with `- op:`, got {item!r}"))
            continue
        entry, wrong = check(item)
        problems += wrong
        if entry is not None and not (spoilt & set(item.lines.values())):
            found.append(entry)
    return found, problems
