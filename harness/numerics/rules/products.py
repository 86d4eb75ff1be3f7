"""Which programs multiply matrices: there a profile may let the factors be rounded to fewer bits than the case has.

Rules with a formula count that rounding themselves. A rule that estimates noise by experiment sees roundings of the
case's own dtype only, and widens its estimate where the program holds products.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from harness.numerics import formats
from harness.numerics.noise import unit
from harness.numerics.profile import Profile
from harness.numerics.rules.base import Array, Call, Noise
from harness.numerics.rules.table import TABLE, normal_name

_PRODUCTS = frozenset(["dot", "attention"])


def multiplies(call: Call) -> bool:
    """True where the program may hold a matrix product: one that the table knows, or an operator that it does not.

    Programs of several nodes say which operators they hold by an attribute `operators` of the call's run.
    """
    names = [call.op] if call.op else [normal_name(name) for name in getattr(call.run, "operators", ("",))]
    return any(TABLE.get(name) is None or TABLE[name] in _PRODUCTS for name in names)


def marked(call: Call) -> Noise:
    """What a golden carries of it: the case's dtype, where products of it may be rounded first; nothing otherwise."""
    part = formats.component(call.dtype)
    if not formats.is_float(part) or not multiplies(call):
        return {}
    return {"products": np.frombuffer(part.encode(), np.uint8)}


def widening(noise: Mapping[str, Array], profile: Profile) -> float:
    """How many times the noise seen at the case's precision a target may show: u_in/u, the ratio of the roundings.

    To first order an output moves in proportion to how far the factors behind it were moved. 1 where the profile lets
    factors be, or the program multiplies none.
    """
    if "products" not in noise:
        return 1.0
    dtype = noise["products"].tobytes().decode()
    return max(profile.u_in(dtype) / unit(dtype), 1.0)
