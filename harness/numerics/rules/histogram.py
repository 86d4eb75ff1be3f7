"""Rule of histograms: elements are counted whole, so that nothing errs but where an element lies on a bin's edge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.numerics.noise import allowance, compute_dtype, finite, unit, upward
from harness.numerics.profile import Profile
from harness.numerics.rules.base import Array, Call, Noise, Rule, clean
from harness.numerics.types import Allowance

if TYPE_CHECKING:
    from harness.golden.store import GoldenOutput

# How far an edge that is computed may be off, in u of the larger end of its range: a step, its product with a number,
# the sum of both, and the position of an element between the ends, half a u of their distance each.
_EDGE = 4.0
# Roundings of a density: the total, the volume of a bin, and two quotients.
_DENSITY = 4.0


class Histogram(Rule):
    """Counts and sums of weights by bin: B = Σ|w| of the elements within 4u·max|ends| of one of the bin's edges, where
    these are computed, + (n - 1)·u·Σ|w| of the bin where there are weights + ½ulp; edges: 4u·max|ends| + ½ulp.

    Edges of the caller's, and both ends of the data's own range, are compared exactly. A density divides by the total
    and by the bin's volume, whose width errs as its edges do.
    """

    name = "histogram"
    source = "standard model of floating-point arithmetic: Higham, Accuracy and Stability, 2002, sections 2.2 and 4.2"

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        # The steps from an element to its bin of histc, in the dtype: two more than an edge has.
        u = 2 * unit(call.dtype) if call.op == "histc" else unit(compute_dtype(call.dtype))
        edges = _edges(call)
        found: dict[str, Noise] = {}
        for name in names:
            if name == "out0":
                cap = _of_bins(call, edges, u)
            else:
                at, given = edges[int(name.removeprefix("out")) - 1]
                cap = np.zeros(at.shape) if given else _off(at, u)
            found[name] = {"cap": upward(cap)}
        return found

    def covers(self, call: Call, name: str) -> bool:
        return name.startswith("out") and call.dtypes[name] == call.dtype

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        cap = out.noise["cap"].astype(np.float64)
        return allowance(
            out, profile, cap=cap, variance=None, rule=self.name, figures={"open": float(cap.max(initial=0.0))}
        )


def _off(edges: Array, u: float) -> Array:
    """The bound on the error of computed edges; both ends are the data's, or the caller's, rounded once."""
    off = np.full(edges.shape, _EDGE * u * np.abs(edges).max(initial=0.0))
    off[[0, -1]] = u * np.abs(edges[[0, -1]])
    return off


def _edges(call: Call) -> list[tuple[Array, bool]]:
    """Every dimension's edges, and whether they are the caller's."""
    x, bins = _points(call), call.argument(1, "bins", 100)
    bins = list(bins) if isinstance(bins, list | tuple) else [bins] * x.shape[1]
    reach, apart = _range(call), 1.0 if call.op == "histc" else 0.5
    made = []
    for d, of in enumerate(bins):
        if np.ndim(of):
            made.append((clean(np.asarray(of, np.float64)), True))
            continue
        ends = reach[2 * d : 2 * d + 2] if reach is not None else (x[:, d].min(), x[:, d].max()) if len(x) else (0, 1)
        low, high = (float(v) for v in ends)
        if low == high:
            low, high = low - apart, high + apart
        made.append((np.linspace(low, high, int(of) + 1), False))
    return made


def _range(call: Call) -> Any:
    """Both ends that the caller gives for each dimension; None for the data's own."""
    if call.op != "histc":
        return call.argument(2, "range", None)
    ends = call.argument(2, "min", 0), call.argument(3, "max", 0)
    return ends if ends[0] != ends[1] else None


def _points(call: Call) -> Array:
    """Elements × dimensions."""
    x = clean(np.asarray(call.argument(0, "input"), np.float64))
    return x.reshape(-1, x.shape[-1]) if call.op == "histogramdd" else x.reshape(-1, 1)


def _weights(call: Call) -> Any:
    return None if call.op == "histc" else call.argument(3, "weight", None)


def _of_bins(call: Call, edges: list[tuple[Array, bool]], u: float) -> Array:
    """The bound on the error of every bin."""
    x, shape, weights = _points(call), call.y["out0"].shape, _weights(call)
    w = np.ones(len(x)) if weights is None else np.abs(clean(np.asarray(weights, np.float64))).reshape(-1)
    ranged = _range(call) is not None
    inside, near = np.ones((len(x), *shape), bool), np.ones((len(x), *shape), bool)
    for d, (at, given) in enumerate(edges):
        off = np.zeros(at.shape) if given else _off(at, u)
        if not (given or ranged):
            off[[0, -1]] = 0.0
        v, wide = x[:, d : d + 1], [-1 if i == d else 1 for i in range(len(shape))]
        last = np.arange(len(at) - 1) == len(at) - 2
        # What may fall into the bin, and what does wherever its edges lie.
        low, high = at[:-1], at[1:]
        may = (v >= low - off[:-1]) & ((v < high + off[1:]) | (v == high) & (last | (off[1:] > 0)))
        must = (v >= low + off[:-1]) & ((v < high - off[1:]) | (v == high) & last & (off[1:] == 0))
        inside &= must.reshape(len(x), *wide)
        near &= may.reshape(len(x), *wide)
    of_each = w.reshape(-1, *(1 for _ in shape))
    most = (of_each * near).sum(0)
    open_ = most - (of_each * inside).sum(0)
    cap = open_ + (0.0 if weights is None else np.maximum(near.sum(0) - 1, 0) * u * most)
    if call.op == "histc" or not call.argument(4, "density", False):
        return np.asarray(cap)
    total, volume = float(np.sum(w)), np.ones(())
    slack = np.asarray(_DENSITY * u + (0.0 if weights is None else len(w) * u))
    for d, (at, given) in enumerate(edges):
        wide = [-1 if i == d else 1 for i in range(len(shape))]
        width, off = np.diff(at).reshape(wide), np.zeros(at.shape) if given else _off(at, u)
        volume = volume * width
        with np.errstate(all="ignore"):
            slack = slack + u + finite((off[1:] + off[:-1]).reshape(wide) / width)
    with np.errstate(all="ignore"):
        # An open element may be counted among the total or not, at the ends of the range.
        share = float(open_.sum()) / total if total else 0.0
        return np.asarray(finite(cap / (total * volume)) + finite(np.abs(call.y["out0"])) * (slack + share))
