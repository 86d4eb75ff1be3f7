"""Histograms: every count is right, but for an element on the edge of two bins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from torchrun import golden_of, judged, op_case, verdict_of

from harness.numerics import formats

Array = np.ndarray[Any, Any]
CASES: list[tuple[str, dict[str, Any], tuple[Any, ...], dict[str, Any]]] = [
    ("torch.histogram", {"x": (65,)}, (7,), {}),
    ("torch.histogram", {"x": (65,)}, (7,), {"range": {"t": [{"f": "-1.3"}, {"f": "1.1"}]}}),
    ("torch.histogram", {"x": (65,), "e": ((4,), "literal:-1,0.3,0.7,2")}, ({"v": "e"},), {}),
    ("torch.histogram", {"x": (65,), "w": ((65,), "positive")}, (7,), {"weight": {"v": "w"}, "density": True}),
    ("torch.histogramdd", {"x": (65, 2)}, ([3, 4],), {}),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("operator", "shapes", "bins", "more"), CASES)
def test_a_wrong_count_diverges(
    operator: str, shapes: dict[str, Any], bins: tuple[Any, ...], more: dict[str, Any], dtype: str
) -> None:
    """torch's own histogram passes, with edges and ranges given or found, with weights and as a density; 64 ulp in its
    largest bin are a fault, and so is a quarter of it."""
    case = op_case(operator, dtype, shapes, args=({"v": "x"}, *bins), **more)
    golden, arrays, run = golden_of(case)
    outputs = dict(run(arrays, None))
    assert {o.rule for o in golden.outputs} <= {"histogram", "exact"}
    assert judged(golden, arrays, outputs, profile="cpu").status == "pass"
    y = outputs["out0"].astype(np.float64)
    at = int(np.argmax(y))
    for much in (150 * formats.ulp(y.flat[at], dtype), y.flat[at] / 4):
        wrong = y.copy()
        wrong.flat[at] += much
        made = {**outputs, "out0": wrong.astype(outputs["out0"].dtype)}
        assert judged(golden, arrays, made, profile="cpu").status == "diverged", much


def test_an_element_on_an_edge_is_in_either_bin() -> None:
    """Edges that are computed may fall to either side of an element there; all other bins stay exact. Given ones are
    compared as they are."""
    numbers = ((5,), "literal:0,0.3,0.55,0.6,0.9")
    case = op_case("torch.histogram", "float32", {"x": numbers}, 3)
    golden, arrays, _ = golden_of(case)
    edges = golden.output("out1").y.astype(np.float32)
    for counts, status in (([1, 2, 2], "pass"), ([2, 1, 2], "pass"), ([1, 3, 1], "pass"), ([3, 0, 2], "diverged")):
        made = {"out0": np.asarray(counts, np.float32), "out1": edges}
        assert judged(golden, arrays, made, profile="cpu").status == status, counts
    given = op_case(
        "torch.histogram",
        "float32",
        {"x": numbers, "e": ((4,), "literal:0,0.3,0.6,0.9")},
        args=({"v": "x"}, {"v": "e"}),
    )

    def other(outputs: dict[str, Array], _: dict[str, Array]) -> dict[str, Array]:
        return {**outputs, "out0": outputs["out0"] + np.asarray([1, -1, 0], np.float32)}

    assert verdict_of(given, profile="cpu").status == "pass"
    assert verdict_of(given, other, profile="cpu").status == "diverged"


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
@pytest.mark.parametrize("ends", [{}, {"min": -2, "max": 1}], ids=["found", "given"])
def test_histc_counts_right_but_at_an_edge(ends: dict[str, int], dtype: str) -> None:
    """torch's histc passes in half precision, too, where it takes the steps to a bin in that dtype; a bin that lost
    most of its elements is a fault."""
    golden, arrays, run = golden_of(op_case("torch.histc", dtype, {"x": (257,)}, 5, **ends))
    outputs = {"out0": np.array(run(arrays, None)["out0"])}
    assert golden.outputs[0].rule == "histogram"
    assert judged(golden, arrays, outputs, profile="cpu").status == "pass"
    outputs["out0"][2] *= 0.25
    assert judged(golden, arrays, outputs, profile="cpu").status == "diverged"
