"""Judge: from facts to a verdict, in the order contract → cap → noise → warnings.

Pure on scalars: everything it looks at is in the Divergence, so a verdict can be reached again from a record.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from harness.numerics import limits
from harness.numerics.types import Divergence, Element, Verdict

# A fault smaller than this share of the output's scale goes unseen without a word; above it the verdict says
# so.
DETECTABLE = 0.01
# A sign bias this large, over enough elements that chance does not explain it, is worth a word.
BIAS = 0.25
BIAS_SIGMAS = 8.0
LISTED = 6  # names of outputs in one message
# What a record calls figures that no fact of an output is, by what it calls their limits.
_VALUES = {
    "crowd_limit": "crowd_z",
    "drift_limit": "drift_z",
    "lane_drift_limit": "lane_drift_z",
    "lane_limit": "lane_rms_z",
}
# The statuses of single outputs, worst first: the first that occurs is the case's.
_ORDER = ("diverged", "undecided", "pass", "vacuous")


def judge(divergences: Sequence[Divergence], *, rule: str = "", profile: str = "") -> Verdict:
    """The verdict on all outputs of one case on one target.

    rule: the rule's name where the divergences do not carry it. profile: the target profile's name, for the
    figures. The worst output sets status, margin, rule and message; outputs that prove nothing make it
    `vacuous` only when all do, and are named in a warning otherwise.
    """
    if not divergences:
        return Verdict("vacuous", 0.0, rule, "vacuous: there is no output to compare", {"profile": profile})
    single = [_judge_one(d, d.rule or rule) for d in divergences]
    leading = min(single, key=lambda v: (_ORDER.index(v.status), -_number(v.margin)))
    warnings = list(dict.fromkeys(w for v in single for w in v.warnings))
    if leading.status == "pass":
        warnings += [v.message for v in single if v.status == "vacuous"]
        leading_margin = max(_number(v.margin) for v in single if v.status == "pass")
    else:
        leading_margin = leading.margin
    broken = [str(v.output) for v in single if v.status == "diverged" and v is not leading]
    message = leading.message + (f"; also diverged: {_listed(broken)}" if broken else "")
    figures = {**leading.figures, "outputs": len(single)} | ({"profile": profile} if profile else {})
    return Verdict(leading.status, leading_margin, leading.rule, message, figures, leading.output, tuple(warnings))


def _listed(names: Sequence[str]) -> str:
    """The names, and of a model's many gradients the first."""
    more = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" and {more} more" if more > 0 else "")


def _judge_one(d: Divergence, rule: str) -> Verdict:
    """The verdict on one output."""
    breaches = limits.breaches(d)
    ratio = d.max_ratio
    ratios = [figure.value / figure.limit for figure in limits.noise(d)] + ([] if ratio is None else [ratio])
    margin = max(map(_number, ratios), default=math.nan)
    if d.contract:
        return _verdict("diverged", d, rule, math.inf, _broken(d))
    if ratio is not None and not ratio <= 1.0:
        return _verdict("diverged", d, rule, margin, _beyond_cap(d, ratio))
    if breaches:
        return _verdict("diverged", d, rule, margin, _beyond_noise(d, breaches))
    if limits.still(d):
        # However small: no share of an allowance says how wrong it is.
        return _verdict("diverged", d, rule, math.inf, f"{d.output} diverged: {_held(d)}; {_rule(d)}")
    if d.golden_empty:
        return _verdict("vacuous", d, rule, 0.0, f"{d.output} proves nothing: it is empty")
    if ratio is None:
        return _verdict("undecided", d, rule, math.nan, f"{d.output} is undecided: no rule says what is allowed")
    if d.compared == 0:
        return _verdict("vacuous", d, rule, margin, f"{d.output} proves nothing: no element of it is comparable")
    if d.golden_zero or d.golden_constant:
        what = "zero" if d.golden_zero else "one constant"
        return _verdict("vacuous", d, rule, margin, f"{d.output} proves nothing: its golden is all {what}")
    return _verdict(
        "pass", d, rule, margin, f"{d.output} passes: {margin:.3g}× its allowance; {_rule(d)}", _warnings(d)
    )


def _number(value: float) -> float:
    """`value`, or inf where it is NaN: a NaN never makes anything pass."""
    return math.inf if math.isnan(value) else value


def _verdict(
    status: str, d: Divergence, rule: str, margin: float, message: str, warnings: Iterable[str] = ()
) -> Verdict:
    return Verdict(status, margin, rule, message, _evidence(d), d.output, tuple(warnings))


def _evidence(d: Divergence) -> dict[str, Any]:
    """The figures behind a verdict."""
    noise = limits.noise(d)
    figures = {
        "max_ratio": d.max_ratio,
        "max_z": d.max_z,
        "rms_z": d.rms_z,
        "block_z": d.block_z,
        **{figure.key: figure.limit for figure in noise},
        **{_VALUES[figure.key]: figure.value for figure in noise if figure.key in _VALUES},
        "stuck_clear": None if d.stuck is None else d.stuck.clear,
        "stuck_limit": None if d.stuck is None else limits.STUCK,
        "detectable": d.detectable,
        "n": d.compared,
        "empirical": d.empirical or None,
        **d.rule_figures,
    }
    return {name: value for name, value in figures.items() if value is not None}


def _warnings(d: Divergence) -> list[str]:
    """What a passing output still deserves to have said."""
    out = []
    if not d.exact and d.detectable is not None and d.detectable > DETECTABLE:
        out.append(f"{d.output}: a fault below {d.detectable:.2g} of the output's scale would go unseen")
    if not d.exact and abs(d.sign_bias) > max(BIAS, BIAS_SIGMAS / math.sqrt(d.compared)):
        small = "small" if d.sign_bias < 0 else "large"
        out.append(f"{d.output}: magnitudes are too {small} in {50 + 50 * abs(d.sign_bias):.0f}% of the errors")
    if d.undefined:
        out.append(f"{d.output}: {d.undefined} of {d.n} elements are left open by the contract")
    return out


def _broken(d: Divergence) -> str:
    first = f"; {list(d.worst[0].index)}: {_element(d.worst[0])}" if d.worst else ""
    return f"{d.output} diverged: it breaks its contract: {'; '.join(d.contract)}{first}; {_rule(d)}"


def _beyond_cap(d: Divergence, ratio: float) -> str:
    where = "" if d.max_ratio_index is None else f" at {list(d.max_ratio_index)}"
    first = next((w for w in d.worst if w.index == d.max_ratio_index), None)
    seen = f": {_element(first)}" if first else f": {d.max_ulp:.4g} ulp"
    if d.exact:
        share = f"{round(d.mismatched * d.compared)} of {d.compared} elements are not the rounded golden"
        return f"{d.output} diverged: {share}; worst{where}{seen}; {_rule(d)}"
    return f"{d.output} diverged: {ratio:.3g}× its allowance{where}{seen}{_also(d)}; {_rule(d)}"


def _beyond_noise(d: Divergence, breaches: Sequence[limits.Figure]) -> str:
    name, key, value, limit = max(breaches, key=lambda b: _number(b.value / b.limit))
    index = {"z_limit": d.max_z_index, "block_limit": d.block_index}.get(key)
    where = "" if index is None else f" at {list(index)}" if key == "z_limit" else f" from {list(index)} on"
    first = f"; worst element {list(d.worst[0].index)}: {_element(d.worst[0])}" if d.worst else ""
    return (
        f"{d.output} diverged: {value / limit:.3g}× the noise an honest output has{where}: {name} is "
        f"{'above ' if key == 'crowd_limit' else ''}{value:.3g}, at most {limit:.3g}{first}{_also(d)}; {_rule(d)}"
    )


def _also(d: Divergence) -> str:
    """What a bit that clearly holds still adds to a message."""
    return f"; {_held(d)}" if limits.still(d) else ""


def _held(d: Divergence) -> str:
    """The bit that holds still, and where."""
    s = d.stuck
    if s is None:
        return ""
    where = "all elements" if s.lanes == 1 else f"all {s.count} elements of lane {s.lane} of {s.lanes}"
    golden = f"{1 - s.state} in {s.differing} of the golden's numbers{' there' if s.lanes > 1 else ''}"
    return f"bit {s.bit} of the significand is {s.state} in {where}, and {golden}"


def _element(e: Element) -> str:
    part = f" ({e.part})" if e.part else ""
    return f"got {e.actual}{part} ({e.actual_hex}), golden {e.golden} ({e.golden_hex}), {e.ulps:.4g} ulp"


def _rule(d: Divergence) -> str:
    """The rule that set the allowance, and its figures."""
    shown = ", ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in d.rule_figures.items())
    name = (d.rule or "unnamed") + (" (empirical)" if d.empirical else "")
    return f"rule {name}" + (f": {shown}" if shown else "")
