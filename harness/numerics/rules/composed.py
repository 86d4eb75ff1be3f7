"""Rule of operators that are composed of a few others, by running error analysis over the steps that PyTorch takes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from harness.numerics import formats
from harness.numerics.noise import is_exact
from harness.numerics.rules import distances, formulas, margins, pointwise, statistics
from harness.numerics.rules.base import Array, Call
from harness.numerics.rules.running import Number
from harness.numerics.rules.scaled import Scaled, Terms


class Running(Scaled):
    """Running error analysis: what each step of a composed operator rounds, carried through the steps after it.

    B and σ² add up step by step; 16-bit kernels round every step to their own dtype.
    """

    name = "running-error"
    steady = True
    source = "Wilkinson, Error analysis revisited, 1986; Higham, Accuracy and Stability, 2002, section 3.3"

    def terms(self, call: Call, name: str) -> Terms:
        number = statistics.gradient(call, name) if call.op == "gradient" else DEFINITIONS[call.op](call)
        found, shape = number.terms(), call.y[name].shape

        def shaped(part: npt.ArrayLike) -> Array:
            return np.broadcast_to(part, number.value.shape).reshape(shape)

        return Terms(shaped(found.cap), shaped(found.sigma), shaped(found.out_cap), shaped(found.out_sigma))

    def covers(self, call: Call, name: str) -> bool:
        if is_exact(call.dtypes[name]) or formats.is_complex(call.dtypes[name]) or is_exact(call.dtype):
            return False
        return name.startswith("out") if call.op == "gradient" else name == "out0"

    def groups(self, call: Call, name: str) -> int:
        # A slice that is scaled shares the error of its norm.
        return call.y[name].shape[int(call.argument(2, "dim"))] if call.op == "renorm" else 0


DEFINITIONS: dict[str, Callable[[Call], Number]] = {
    **pointwise.DEFINITIONS,
    **margins.DEFINITIONS,
    **distances.DEFINITIONS,
    **statistics.DEFINITIONS,
    **formulas.DEFINITIONS,
}
