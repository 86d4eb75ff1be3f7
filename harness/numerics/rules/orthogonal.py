"""Q and R of a matrix of full rank, which are unique but for the signs of R's diagonal: with those made positive they
are compared element by element.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from harness.numerics.noise import UNIFORM, finite, ulp, unit, upward
from harness.numerics.rules.base import Array, Call, Noise
from harness.numerics.rules.factorizations import noise_of
from harness.numerics.types import Allowance

# Of the largest, in n·u: smaller elements on R's diagonal have signs that rounding decides. [calibrated]
_CLEAR = 1e3
OUTPUTS = ("out0", "out1")


def signed(y: Mapping[str, Array]) -> dict[str, Array]:
    """The first columns of Q and the first rows of R, whose diagonal is positive."""
    k = min(y["out0"].shape[-1], y["out1"].shape[-2], y["out1"].shape[-1])
    q, r = y["out0"][..., :k], y["out1"][..., :k, :]
    sign = np.where(np.diagonal(r, axis1=-2, axis2=-1) < 0, -1.0, 1.0)
    return {"out0": q * sign[..., None, :], "out1": sign[..., :, None] * r}


def derived(call: Call, names: Sequence[str]) -> list[tuple[str, str, Array, Noise]]:
    """Both factors with those signs, as (name, dtype, y, noise); none where they are not unique, or one is missing."""
    if any(n not in names or not call.y[n].size or np.iscomplexobj(call.y[n]) for n in OUTPUTS):
        return []
    y = signed({n: finite(call.y[n]) for n in OUTPUTS})
    diagonal = np.diagonal(y["out1"], axis1=-2, axis2=-1)
    u = unit(call.dtypes["out0"])
    if (diagonal.min(-1) <= _CLEAR * u * diagonal.shape[-1] * diagonal.max(-1)).any():
        return []
    known = noise_of(replace(call, y=y, memo={}), OUTPUTS)
    code = np.frombuffer(call.op.encode(), np.uint8)
    dtype = np.frombuffer(call.dtypes["out0"].encode(), np.uint8)
    return [
        (f"{n}:signed", "float64", y[n], {"op": code, "dtype": dtype, "T": upward(cap), "V": upward(sigma)})
        for n, (cap, sigma) in known.items()
    ]


def allow(y: Array, noise: Mapping[str, Array], rule: str) -> Allowance:
    """B = u·T + ½ulp and σ² = (u·V)² + ulp²/12, u and ulp of the dtype that the factors were returned in."""
    dtype = noise["dtype"].tobytes().decode()
    u, step = unit(dtype), ulp(np.abs(y), dtype)
    cap = u * noise["T"].astype(np.float64)
    sigma = np.sqrt((u * noise["V"].astype(np.float64)) ** 2 + UNIFORM * step**2)
    share = np.mean(UNIFORM * step**2 / np.maximum(sigma**2, np.finfo(np.float64).tiny)) if y.size else 1.0
    return Allowance(
        cap=cap + 0.5 * ulp(np.abs(y) + cap, dtype), sigma=sigma, f=float(share), rule=rule, figures={"u": u}
    )
