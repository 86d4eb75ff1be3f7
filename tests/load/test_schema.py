"""The JSON Schema that editors use agrees with the loader, on the shipped cases and on mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from harness import load
from harness.load import entry, nodes

ROOT = Path(load.__file__).parents[2]
SHIPPED = sorted(path for path in (ROOT / "cases").rglob("*.yaml") if load.collects(path))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_cases_validate(path: Path) -> None:
    """No red lines in an editor for the files that a user copies from."""
    document, problems = nodes.read(path.read_text(encoding="utf-8"))
    assert not problems
    jsonschema.validate(document, load.schema())


def test_the_shipped_schema_is_up_to_date() -> None:
    """cases/schema.json is what `lockstep schema` writes."""
    assert json.loads((ROOT / "cases/schema.json").read_text(encoding="utf-8")) == load.schema()


def test_every_key_is_described() -> None:
    """Hover texts for all keys; the schema knows exactly the keys that the loader takes."""
    properties = load.schema()["items"]["properties"]
    assert list(properties) == list(entry.KEYS)
    assert all(shape["description"] for shape in properties.values())


@pytest.mark.parametrize(
    "text",
    [
        "- op: torch.exp\n",
        "- op: exp\n  dtypes: float32\n",
        "- op: torch.exp\n  dtypes: float33\n",
        "- op: torch.exp\n  dtypes: float32\n  colour: red\n",
        "- op: torch.exp\n  dtypes: float32\n  inputs: {x: [a]}\n",
        "- op: torch.exp\n  dtypes: float32\n  inputs: {x: {shape: [2], values: 'index:x'}}\n",
        "- op: torch.exp\n  dtypes: float32\n  tier: fast\n",
    ],
)
def test_mistakes_are_red_in_an_editor_too(text: str, tmp_path: Path) -> None:
    """What the loader refuses, the schema refuses."""
    (tmp_path / "a.yaml").write_text(text)
    assert load.load(tmp_path / "a.yaml", root=tmp_path, describe=lambda path: []).errors
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(nodes.read(text)[0], load.schema())
