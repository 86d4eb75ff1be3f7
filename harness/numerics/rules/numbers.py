"""What a caller's numbers do to an answer where kernels round them first: 0.3 is none of float32, nor of float16."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import allowance, compute_dtype, finite, is_exact, ulp, upward
from harness.numerics.profile import Profile
from harness.numerics.rules.base import FORM, Array, Call, Noise
from harness.numerics.rules.choice import exactly_given
from harness.numerics.rules.table import TABLE
from harness.numerics.types import Allowance

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput

# What a golden carries how far its output moves under.
NUMBER = "number"
# Rules of operators whose 16-bit kernels may round numbers to their own dtype; others keep them in float32.
_OF_EACH_ELEMENT = frozenset(
    ["exact", "rounded", "quotient", "fused", "modulus", "function", "gated", "composed", "gelu-like"]
)


def moves(call: Call, names: Sequence[str]) -> dict[str, Noise]:
    """How far the caller's numbers move each output once they are rounded to the dtype that a kernel keeps them in: the
    furthest, where several are possible. Of integers and bools, whether they do.
    """
    if not call.op or formats.component(call.dtype) == "float64" or exactly_given(call):
        return {}
    # What gives float64 whatever it is given (float_power) takes its numbers in it, too.
    names = [n for n in names if call.dtypes[n] not in ("float64", "complex128")]
    found = {n: np.zeros(call.y[n].shape) for n in names}
    for dtype in sorted({compute_dtype(call.dtype), *_own(call)}):
        try:
            there = call.rounded(dtype)
        except Exception:  # what can't run on them has no answer to move
            continue
        for n in names:
            if there[n].shape == found[n].shape:
                with np.errstate(all="ignore"):
                    apart = there[n] != call.y[n] if is_exact(call.dtypes[n]) else finite(np.abs(there[n] - call.y[n]))
                found[n] = np.maximum(found[n], apart)
    return {n: {NUMBER: upward(by)} for n, by in found.items() if by.any()}


def _own(call: Call) -> list[str]:
    """The case's dtype, where kernels round numbers to it, too."""
    return [formats.component(call.dtype)] if TABLE.get(call.op) in _OF_EACH_ELEMENT else []


def moved(out: GoldenOutput, allowed: Allowance, profile: Profile) -> Allowance:
    """An allowance with room for either answer: B + Δ and σ² + Δ², Δ how far the numbers move it, all elements at once;
    open where Δ moves what is counted or compared.
    """
    if NUMBER not in out.noise or FORM in out.noise:
        return allowed
    by: Array = np.broadcast_to(out.noise[NUMBER].astype(np.float64), out.y.shape)
    if is_exact(out.dtype):
        open_ = by > 0 if allowed.undefined is None else allowed.undefined | (by > 0)
        return replace(allowed, undefined=open_)
    if allowed.exact:
        # A golden of such a rule is rounded already, and so is each answer.
        room = np.where(by > 0, by + 0.5 * ulp(np.abs(out.y) + by, out.dtype, ftz=profile.ftz), 0.0)
        made = allowance(out, profile, cap=room, variance=None, rule=allowed.rule, figures=allowed.figures)
        return replace(made, undefined=allowed.undefined)
    cap = None if allowed.cap is None else np.asarray(allowed.cap) + by
    if cap is not None:  # which may carry the answer over a power of two, to where its rounding is coarser
        size = finite(np.abs(out.y))
        reached, before = (ulp(v, out.dtype, ftz=profile.ftz) for v in (size + cap, size))
        cap = cap + 0.5 * (by > 0) * (reached - before)
    if allowed.sigma is None:
        return replace(allowed, cap=cap)
    still = np.asarray(allowed.sigma)
    if "clustered" in out.noise:  # what rounds alike rounds otherwise once it is moved, by as much as rounding may
        still = np.maximum(still, 0.5 * ulp(finite(np.abs(out.y)), out.dtype, ftz=profile.ftz) * (by > 0))
    sigma = np.hypot(still, by)
    share = np.divide(still, sigma, out=np.ones(sigma.shape), where=sigma > 0)
    f = allowed.f * float(np.mean(share**2)) if share.size else allowed.f
    return replace(allowed, cap=cap, sigma=sigma, f=f, biased=True)
