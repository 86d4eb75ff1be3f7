"""The rules: which noise an honest device may add, by operator. `table.py` says which operator has which
rule.

golden time   plan(call) ─► GoldenOutput (y, noise, rule) per output, and per derived quantity
judge time    pairs(golden, outputs, inputs, profile) ─► (Output, GoldenOutput, Allowance), each ready
to be measured
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.case import Case
from harness.errors import CaseError, UsageError
from harness.numerics import formats
from harness.numerics.noise import compute_dtype, is_exact
from harness.numerics.profile import Profile, load
from harness.numerics.rules import numbers
from harness.numerics.rules.attention import Attention, AttentionGradient
from harness.numerics.rules.base import BROADCAST, FORM, WANDERS, Array, Call, Noise, Rule, Run
from harness.numerics.rules.cast import Cast, Quantize
from harness.numerics.rules.choice import cast_first, choose, exactly_given, multiplies
from harness.numerics.rules.composed import Running
from harness.numerics.rules.dot import Dot, Scatter, Sum
from harness.numerics.rules.eigen import Eigen
from harness.numerics.rules.elementwise import Exact, Fused, Modulus, Quotient, Rounded
from harness.numerics.rules.empirical import Empirical, rearranges
from harness.numerics.rules.ensemble import Ensemble
from harness.numerics.rules.factorizations import Algorithm
from harness.numerics.rules.functions import Composed, Function, Gated, Gelu
from harness.numerics.rules.gradients import Derivative, LogSoftmaxGradient, NormGradient, PowGradient, SoftmaxGradient
from harness.numerics.rules.histogram import Histogram
from harness.numerics.rules.index import Index, IndexGradient
from harness.numerics.rules.kernels import KERNELS, SHARPENED, beyond, kernels_noise, sharpened
from harness.numerics.rules.linalg import Factors, Rank, Slogdet, Solve
from harness.numerics.rules.loss import Loss
from harness.numerics.rules.normalization import Centred, Cosine, Norm, RmsNorm, Variance
from harness.numerics.rules.prod import Product, ProductGradient
from harness.numerics.rules.quantized import QuantizedLinear
from harness.numerics.rules.random import Random
from harness.numerics.rules.signs import Signs
from harness.numerics.rules.softmax import LogAddExp, LogSoftmax, LogSumExp, Softmax
from harness.numerics.rules.spectral import Fourier, Resample
from harness.numerics.rules.step import Step
from harness.numerics.rules.table import GRADIENTS, TABLE, normal_name, promised
from harness.numerics.rules.trapezoid import Trapezoid
from harness.numerics.types import Allowance, Output

if TYPE_CHECKING:
    from harness.golden.store import Golden, GoldenOutput

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        *(Exact(), Rounded(), Quotient(), Fused(), Function(), Gated(), Composed(), Gelu(), Modulus()),
        *(Sum(), Dot(), Product(), Scatter(), Trapezoid()),
        *(Softmax(), LogSoftmax(), LogSumExp(), LogAddExp(), Loss(), Running()),
        *(Centred(), RmsNorm(), Norm(), Variance(), Cosine(), Attention(), AttentionGradient()),
        *(SoftmaxGradient(), LogSoftmaxGradient(), NormGradient(), Derivative(), PowGradient(), ProductGradient()),
        *(Index(), IndexGradient(), Histogram(), Cast(), Quantize(), QuantizedLinear(), Fourier(), Resample()),
        *(Solve(), Slogdet(), Factors(), Signs(), Rank(), Algorithm(), Eigen(), Random()),
        *(Empirical(), Ensemble(), Step()),
    )
}


def rule_for(case: Case | str) -> Rule:
    """The rule of a case, or of an operator by its dotted name.

    A case's own `rule` goes first; then the table; then `ensemble` for models and `empirical` for the rest.
    Raises CaseError, listing the rules, where a case names one that does not exist.
    """
    if isinstance(case, str):
        return RULES[TABLE.get(normal_name(case), "empirical")]
    if case.rule is not None:
        if case.rule not in RULES:
            raise CaseError(
                f"{case.id} names the rule {case.rule!r}; rules are: {', '.join(sorted(RULES))}",
                path=case.source.path,
                line=case.source.line,
            )
        return RULES[case.rule]
    if case.kind == "model":
        return RULES["ensemble"]
    return rule_for(case.target) if case.kind == "op" else RULES["empirical"]


def rule_of_output(call: Call, rule: Rule, name: str) -> Rule:
    """The rule of one output: a gradient, a step and an integer are judged otherwise than the value they come
    with.
    """
    exact = is_exact(call.dtypes[name])
    if name.startswith("step."):
        return RULES["step"]
    if rule.name == "ensemble":
        return RULES["exact"] if exact else rule
    if name.startswith("grad."):
        of_gradient = GRADIENTS.get(call.op, rule.gradient)
        if of_gradient == "empirical" or not RULES[of_gradient].covers(call, name) or multiplies(call):
            return _empirical(call, name)
        return RULES[of_gradient]
    if call.case.rule is None:
        rule = RULES[choose(call, name) or rule.name]
    if not rule.covers(call, name):
        return RULES["exact"] if exact else _empirical(call, name)
    if rule.name == "exact" and not exact and not exactly_given(call):
        return RULES["fused"]
    return _empirical(call, name) if rule.name == "empirical" else rule


def _empirical(call: Call, name: str) -> Rule:
    """Where nothing is known of an operator: `exact` if it is seen to move elements only, or else `empirical`."""
    return RULES["exact" if call.case.rule is None and rearranges(call, name) else "empirical"]


def also(call: Call, rule: str, names: Sequence[str]) -> dict[str, Noise]:
    """What goldens carry beside the rule's own: how far the caller's numbers move them, and the noise of PyTorch's
    kernels, where the rule is more generous.
    """
    beside = {} if rule in ("random", "running-error") else numbers.moves(call, names)
    if rule in SHARPENED:
        for n, (sigma, *_) in kernels_noise(call, names).items():
            beside[n] = {KERNELS: sigma, **beside.get(n, {})}
    return beside


def allow(out: GoldenOutput, profile: Profile, rule: str) -> Allowance:
    """The allowance of one golden output under a profile."""
    steady = RULES[rule].steady and WANDERS not in out.noise
    # Profiles that round the factors of products, truncate, or flush, are for the rule's formula to know.
    plain = not profile.u_in(out.dtype) and not profile.block(out.dtype) and not profile.ftz
    equals = float(out.noise.get("equals", 1.0))
    apart = RULES[rule].apart and BROADCAST not in out.noise
    allowed = replace(RULES[rule].allow(out, profile), steady=steady, apart=apart, equals=equals, biased=not plain)
    allowed = replace(allowed, coarse=int(out.noise.get("coarse", 0)))
    # Which steps of a 16-bit kernel round to its own dtype is the formula's to say, too.
    plain = plain and compute_dtype(out.dtype) == formats.component(out.dtype)
    return numbers.moved(out, sharpened(out, allowed) if KERNELS in out.noise and plain else allowed, profile)


@dataclass(frozen=True, slots=True)
class Derived:
    """A quantity computed from what a target returned, measured like an output."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    data: Array


def pairs(
    golden: Golden, outputs: Mapping[str, Output], inputs: Mapping[str, Array], profile: Profile
) -> Iterator[tuple[Output, Any, Allowance]]:
    """Every output and derived quantity beside its golden, with its allowance.

    Outputs that the target did not return are left out: the contract check of the caller names them. A
    derived quantity is left out where an output it needs is missing or has another shape than the golden's.
    """
    operators = golden.provenance.get("operators", ())
    profile = profile.of_program(operators)
    for expected in golden.outputs:
        rule = RULES[expected.rule]
        whole, _, part = expected.name.partition(":")
        actual = outputs.get(whole)
        if actual is None:
            continue
        raw = golden.output(whole)
        formed = actual.dtype == raw.dtype and tuple(actual.shape) == tuple(raw.shape)
        if FORM in expected.noise and formed:
            continue
        if part:
            if not formed:
                continue
            data = np.asarray(rule.derive(expected.name, outputs, golden, inputs))
            actual = Derived(expected.name, formats.dtype_name(data.dtype), tuple(data.shape), data)
        allowed = allow(expected, profile, expected.rule)
        yield actual, expected, times(allowed, profile.times(operators, expected.dtype))


@functools.cache
def profile_of(name: str) -> Profile:
    """The profile that `profile.load` finds. UsageError where a function of it is no operator that the rules know: its
    figure would count for nothing.
    """
    profile = load(name)
    for dtype, table in profile.ulps.items():
        for function in table:
            if function.removesuffix("_by_one") not in TABLE:
                close = difflib.get_close_matches(function, list(TABLE), n=2)
                hint = (
                    f"did you mean {' or '.join(close)}?" if close else "names are torch's operators', without torch."
                )
                raise UsageError(f"profile {name}: ulps.{dtype}: no operator is called {function!r}; {hint}")
    return profile


def times(allowed: Allowance, factor: float) -> Allowance:
    """The allowance of an algorithm that errs so many times more than the rule's."""
    if factor == 1.0:
        return allowed
    cap, sigma = (None if part is None else factor * part for part in (allowed.cap, allowed.sigma))
    return replace(allowed, cap=cap, sigma=sigma, figures={**allowed.figures, "noisier": factor})


def operators_of(call: Call) -> list[str]:
    """The table's names of the operators that a case's program calls, as far as they are known, sorted."""
    names = {call.op} if call.op else {normal_name(name) for name in getattr(call.run, "operators", ())}
    return sorted(names - {""})


__all__ = [
    "RULES",
    "TABLE",
    "Call",
    "Derived",
    "Noise",
    "Rule",
    "Run",
    "allow",
    "also",
    "beyond",
    "cast_first",
    "normal_name",
    "operators_of",
    "pairs",
    "profile_of",
    "promised",
    "rule_for",
    "rule_of_output",
    "times",
]
