"""Functions that cancel, Bessel functions, frames and grids: allowances follow each element, not the largest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torchrun import golden_of, judged, op_case

from harness.case import Case

F = "torch.nn.functional."
S = "torch.special."
QUIET_GRID = "literal:" + ",".join(str((0.0001 if i % 20 < 12 else 1.0) * ((i * 7) % 13 - 6.3)) for i in range(600))
GRID = {"x": ((2, 3, 5, 20), QUIET_GRID), "g": ((2, 13, 10, 2), "range:-1.2:1.2")}
VOLUME = {"x": ((1, 2, 3, 5, 20), QUIET_GRID), "g": ((1, 3, 4, 5, 3), "range:-1.2:1.2")}
QUIET = "literal:" + ",".join(str((0.0001 if i > 100 else 1.0) * ((i * 7) % 13 - 6.3)) for i in range(200))
FUNCTIONS = [
    *((S + f"modified_bessel_{name}", "range:0.3:9") for name in ("i0", "i1", "k0", "k1")),
    (S + "spherical_bessel_j0", "range:0.3:9"),
    (F + "tanhshrink", "range:-5:5"),
    (S + "ndtr", "range:3:8"),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("operator", "values"), FUNCTIONS)
def test_a_function_is_judged_where_it_is_small(operator: str, values: str, dtype: str) -> None:
    """torch's own values pass; what moves the argument by 40 u, or the smallest value by that, is a fault."""
    golden, arrays, run = golden_of(op_case(operator, dtype, {"x": (600,)}, values=values))
    outputs = run(arrays, None)
    assert golden.outputs[0].rule in ("function", "running-error")
    assert judged(golden, arrays, outputs, profile="cpu").status == "pass"
    y, u = outputs["out0"], np.finfo(dtype).eps / 2
    at = int(np.argmin(np.abs(y)))
    wrong = y.copy()
    wrong[at] += np.asarray(_noticed(operator, float(arrays["x"][at])) * u, y.dtype)
    assert judged(golden, arrays, {"out0": wrong}, profile="cpu").status == "diverged"


def _noticed(operator: str, x: float) -> float:
    """In u, what is beyond rounding: 40 of what cancels, or of what moving the argument by u does."""
    if operator.endswith("ndtr"):
        return 5.0
    if operator.endswith("tanhshrink"):
        return 40.0 * abs(x)
    function: Any = torch
    for part in operator.split(".")[1:]:
        function = getattr(function, part)
    one, two = function(torch.tensor([x * (1 + 2.0**-20), x], dtype=torch.float64)).tolist()
    return float(40 * (abs(two) + abs(one - two) * 2.0**20))


def _cases(dtype: str) -> list[Case]:
    made = [
        op_case("torch.grid_sampler_2d", dtype, GRID, args=({"v": "x"}, {"v": "g"}, 0, 0, align))
        for align in (False, True)
    ]
    made += [op_case(F + "grid_sample", dtype, shapes, align_corners=True) for shapes in (GRID, VOLUME)]
    made += [op_case(F + "grid_sample", dtype, GRID, padding_mode="reflection", align_corners=False)]
    made += [op_case("torch.ldexp", dtype, {"x": (64,), "y": (64,)})]
    made += [op_case("torch.linalg.vander", dtype, {"x": (9,)}, N=6)]
    made += [op_case("torch.stft", dtype, {"x": ((200,), QUIET)}, n_fft=10, return_complex=False)]
    return made


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_element_is_judged_by_what_it_is_made_of(dtype: str) -> None:
    """Sampled, raised and transformed numbers pass as torch gives them; 8 u of the largest element too much in the
    smallest do not."""
    for case in _cases(dtype):
        golden, arrays, run = golden_of(case)
        outputs = run(arrays, None)
        assert golden.outputs[0].rule in ("resample", "running-error", "fft"), case.target
        assert judged(golden, arrays, outputs, profile="cpu").status == "pass", case.target
        y = outputs["out0"]
        at = int(np.argmin(np.where(y == 0, np.inf, np.abs(y))))
        wrong = y.copy()
        wrong.flat[at] += np.asarray(np.abs(y).max() * np.finfo(dtype).eps * 4, y.dtype)
        assert judged(golden, arrays, {"out0": wrong}, profile="cpu").status == "diverged", case.target


@pytest.mark.parametrize(
    ("op", "increasing"), [("torch.vander", False), ("torch.vander", True), ("torch.linalg.vander", None)]
)
def test_powers_may_be_multiplied_up_in_their_own_dtype(op: str, increasing: bool | None) -> None:
    """Each column has the roundings of its own power, whichever comes first."""
    extra = () if increasing is None else (6, increasing)
    case = op_case(op, "float32", {"x": (66,)}, *extra, **({"N": 6} if increasing is None else {}))
    golden, arrays, _ = golden_of(case)
    powers = [np.ones_like(arrays["x"])]
    for _ in range(5):
        powers.append(powers[-1] * arrays["x"])
    made = np.stack(powers[::-1] if increasing is False else powers, axis=-1)
    assert judged(golden, arrays, {"out0": made}, profile="cpu").status == "pass"
    twice = made.copy()
    twice[:, 0 if increasing is False else 5] *= np.float32(1 + 8 * 2.0**-23)
    assert judged(golden, arrays, {"out0": twice}, profile="cpu").status == "diverged"
