"""JSON Schema of the YAML case files, for editors: completion, hover texts and red lines before pytest runs.

Made from the same tables that the loader checks with, so the two can't drift apart. A file asks for it in
its first line: `# yaml-language-server: $schema=../schema.json`.
"""

from __future__ import annotations

from typing import Any

from harness import inputs
from harness.case import TIERS, VALUES
from harness.load.entry import DTYPE_GROUPS, DTYPES, INPUT_KEYS, KEYS, LAST, LAYOUTS

Schema = dict[str, Any]


def schema() -> Schema:
    """The JSON Schema (draft 2020-12) of a case file."""
    made = {key: {**shape, "description": KEYS[key]} for key, shape in _properties().items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Lockstep cases",
        "type": ["array", "object"],  # a list of entries, or the one mapping that asks for the OpInfo sweep
        "required": ["sweep"],
        "additionalProperties": False,
        "properties": {"sweep": {"const": "opinfo", "description": "PyTorch's operator database, in the tier full"}},
        "items": {
            "type": "object",
            "required": ["op", "dtypes"],
            "additionalProperties": False,
            "properties": made,
        },
        "$defs": {"shape": _shape(), "shapes": _shapes(), "values": _values()},
    }


def _properties() -> Schema:
    words = {"type": "array", "items": {"type": "string"}}
    name = {"type": "string"}
    return {
        "op": {"type": "string", "pattern": r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$"},
        "name": {"type": "string", "pattern": r"^[A-Za-z0-9._]+$"},
        "dtypes": _one_or_more({"enum": [*DTYPES, *DTYPE_GROUPS]}),
        "inputs": {
            "type": "object",
            "propertyNames": {"pattern": r"^[A-Za-z_]\w*$"},
            "additionalProperties": {"anyOf": [{"$ref": "#/$defs/shapes"}, _input()]},
        },
        "args": {"type": "array"},
        "kwargs": {"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]},
        "values": _one_or_more({"enum": list(VALUES)}),
        "layout": _one_or_more({"enum": list(LAYOUTS)}),
        "grad": {"anyOf": [{"type": "boolean"}, words]},
        "tier": {"enum": list(TIERS)},
        "tags": {"anyOf": [name, words]},
        "sample_tags": {"anyOf": [name, words]},
        "rule": name,
        "seed": {"type": "integer"},
        "timeout": {"type": "number", "exclusiveMinimum": 0},
    }


def _one_or_more(item: Schema) -> Schema:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


def _shape() -> Schema:
    return {"type": "array", "items": {"anyOf": [{"type": "integer", "minimum": 0}, {"const": LAST}]}}


def _shapes() -> Schema:
    return {"anyOf": [{"$ref": "#/$defs/shape"}, {"type": "array", "items": {"$ref": "#/$defs/shape"}}]}


def _values() -> Schema:
    kinds = []
    for form in inputs.KIND_FORMS:
        head, *numbers = form.split(":")
        number = r":[-+0-9.einfa]+" if form.count(",") == 0 else r":[-+0-9.einfa,]*"
        kinds.append(head + number * len(numbers))
    return {"anyOf": [{"enum": list(VALUES)}, {"type": "string", "pattern": f"^({'|'.join(kinds)})$"}]}


def _input() -> Schema:
    properties: Schema = {
        "shape": {"$ref": "#/$defs/shapes"},
        "dtype": {"enum": [*DTYPES, "real"]},
        "values": {"$ref": "#/$defs/values"},
        "grad": {"type": "boolean"},
        "layout": {"enum": list(LAYOUTS)},
    }
    return {
        "type": "object",
        "required": ["shape"],
        "additionalProperties": False,
        "properties": {key: {**shape, "description": INPUT_KEYS[key]} for key, shape in properties.items()},
    }
