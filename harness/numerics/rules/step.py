"""Rule of optimizer steps: the change Δw of a parameter, not the parameter, judged through the gradient
behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.numerics.noise import finite, unit, upward
from harness.numerics.profile import Profile
from harness.numerics.rules.base import Array, Call, Noise, Rule
from harness.numerics.rules.ensemble import LARGEST, deviations
from harness.numerics.types import Allowance

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput

# Roundings of the update itself, and of the subtraction that recovers Δw from the parameter.
# [calibrated]
ROUNDINGS = 8.0


class Step(Rule):
    """First step of an optimizer: B = max |Δ(g ± B_g) - Δ(g)| + 8u·|Δ| + 3u·|w|, B_g twice the largest
    deviation of 8 same-precision runs' gradient.

    Adam moves by lr·g/(|g| + ε): where |g| ≤ B_g either sign is right, and the formula says so by
    itself. 3u·|w|: the parameter is rounded when it decays and when it moves, and Δw is the difference
    of what is stored.
    """

    name = "step"
    source = "update formulas of torch.optim's documentation, at the first step"
    gradient = "step"

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        grads = {n: "grad." + n.removeprefix("step.") for n in names}
        present = [g for g in grads.values() if g in call.y]
        largest = {g: max(float(e[g].max(initial=0.0)) for e in deviations(call, present)) for g in present}
        # The change of each parameter over its learning rate and weight decay apart: Δ without the
        # decay's share.
        update, rate = _update(call)
        consts = getattr(call.run, "consts", {})
        found: dict[str, Noise] = {}
        for name, grad in grads.items():
            g = finite(call.y[grad]) if grad in call.y else np.zeros(call.y[name].shape)
            bound = LARGEST * largest.get(grad, float(np.abs(g).max(initial=0.0)))
            reach = np.maximum(np.abs(update(g + bound) - update(g)), np.abs(update(g - bound) - update(g)))
            id_ = name.removeprefix("step.")
            weight = consts.get(id_, call.inputs.get(id_))
            size = np.zeros(()) if weight is None else np.abs(finite(weight.astype(np.float64)))
            found[name] = {
                "reach": upward(rate * reach),
                "weight": upward(size),
                "u": np.asarray(unit(call.dtype)),
            }
        return found

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        u = float(out.noise["u"])
        delta = np.abs(finite(out.y))
        stored = 3 * u * out.noise["weight"].astype(np.float64)
        cap = out.noise["reach"].astype(np.float64) + ROUNDINGS * u * delta + stored
        figures = {"u": u, "reach": float(out.noise["reach"].max(initial=0.0))}
        # Δw is measured in float32 or wider, so nothing is added for rounding it.
        return Allowance(cap=cap, rule=self.name, figures=figures, empirical=True)


def _update(call: Call) -> tuple[Callable[[Array], Array], float]:
    """Δ(g)/lr of the case's optimizer at its first step, and lr. Weight decay moves golden and output
    alike.
    """
    step = call.case.step
    name, kwargs = (step[0], dict(step[1])) if step else ("SGD", {})
    return _RULES.get(name.rsplit(".", 1)[-1], _sign_like)(kwargs), float(kwargs.get("lr", _RATES.get(name, 1e-3)))


def _adaptive(eps: float, scale: float = 1.0) -> Callable[[Mapping[str, Any]], Callable[[Array], Array]]:
    def build(kwargs: Mapping[str, Any]) -> Callable[[Array], Array]:
        least = float(kwargs.get("eps", eps))
        return lambda g: g / (scale * np.abs(g) + least)

    return build


def _linear(kwargs: Mapping[str, Any]) -> Callable[[Array], Array]:
    return lambda g: g


def _rms(kwargs: Mapping[str, Any]) -> Callable[[Array], Array]:
    return _adaptive(1e-8, float(np.sqrt(1 - kwargs.get("alpha", 0.99))))(kwargs)


_sign_like = _adaptive(1e-8)
_RULES = {
    "SGD": _linear,
    "Adam": _adaptive(1e-8),
    "AdamW": _adaptive(1e-8),
    "NAdam": _adaptive(1e-8),
    "Adamax": _adaptive(1e-8),
    "Adagrad": _adaptive(1e-10),
    "RMSprop": _rms,
}
_RATES = {"torch.optim.SGD": 1e-3, "torch.optim.Adagrad": 1e-2, "torch.optim.RMSprop": 1e-2}
