"""What goes to a worker's interpreter is all that its modules import."""

from __future__ import annotations

import re
from pathlib import Path

from harness.lab import ship

WORKER = Path(ship.__file__).parent / "worker"


def test_what_a_shipped_module_imports_is_shipped() -> None:
    """A worker whose import fails would fall back to less in silence: goldens once lost the noise of kernels so."""
    shipped = {name.rpartition(".")[2] for name in ship.sources(()) if name.startswith("harness.lab.worker.")}
    assert {"main", "noisy", "recorder", "steps", "numbers", "seeds"} <= shipped
    for name in sorted(shipped):
        source = (WORKER / f"{name}.py").read_text()
        wanted = set(re.findall(r"^\s*from \.(\w+) import", source, re.MULTILINE))
        for names in re.findall(r"^\s*from \. import ([\w, ]+)", source, re.MULTILINE):
            wanted |= {part.strip() for part in names.split(",")}
        assert wanted <= shipped, f"{name} imports what is not shipped: {sorted(wanted - shipped)}"
