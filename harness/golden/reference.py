"""Making goldens: the float64 answer of a case, and the noise model its rules attach to it.

The only place where goldens come from. `run` is the reference worker (one thread, float64); nothing here sees
a target.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.case import Case
from harness.errors import GoldenError
from harness.golden import extended
from harness.golden.store import Golden, GoldenOutput
from harness.inputs import cotangent, digest
from harness.numerics import formats, rules
from harness.numerics.noise import ALIKE, VERSION, clustered, equals, shortened, upward
from harness.numerics.rules.base import BROADCAST, FORM, Call, Noise, Rule, Run, widen
from harness.numerics.stuck import coarse

Array = npt.NDArray[Any]


def make(case: Case, inputs: Mapping[str, Array], run: Run, provenance: Mapping[str, Any]) -> Golden:
    """The golden of `case` for `inputs` (name → array in the dtype it is fed in).

    Output gradients are the fixed ones where `inputs` gives none as `cot.<output>`.
    provenance: who runs `run`, with which libraries; what the reference was is added to it.
    Raises CaseError where the case names an unknown rule, GoldenError where the reference cannot run the
    case.
    """
    rule = rules.rule_for(case)
    fed = rules.cast_first(case, inputs)
    given = run(fed, "float64")
    y = {name: np.asarray(given[name]) for name in rules.promised(case.target, given)}
    if not y:
        raise GoldenError(f"the reference returned no output for {case.id}")
    if case.grad:
        fed = cotangents(y) | fed
    own = _own(fed, run)
    call = Call(
        op=rules.normal_name(case.target) if case.kind == "op" else "",
        case=case,
        inputs=fed,
        y=y,
        dtypes=_dtypes(case, y, own),
        run=run,
    )
    made, how = _outputs(call, rule, own)
    return Golden(
        case_id=case.id,
        key=case.key(),
        inputs=digest(inputs),
        rule=rule.name,
        outputs=tuple(made),
        provenance={**provenance, "reference": how, "rules": VERSION, "operators": rules.operators_of(call)},
    )


def cotangents(y: Mapping[str, Array]) -> dict[str, Array]:
    """The fixed output gradients as inputs `cot.<output>`, which probes may then change; a run that is given
    none makes the same ones itself.
    """
    floats = {k: v for k, v in y.items() if k.startswith("out") and v.dtype.kind in "fc"}
    return {f"cot.{name}": cotangent(array.shape) for name, array in floats.items()}


def _outputs(call: Call, rule: Rule, own: Mapping[str, Array]) -> tuple[list[GoldenOutput], str]:
    """Goldens of all outputs and derived quantities, grouped by rule so that a probe runs once for all
    outputs it serves.
    """
    groups: dict[str, list[str]] = {}
    for name in call.y:
        groups.setdefault(rules.rule_of_output(call, rule, name).name, []).append(name)
    made: dict[str, GoldenOutput] = {}
    extra: list[GoldenOutput] = []
    how = {"float64"}
    for rule_name, names in groups.items():
        of = rules.RULES[rule_name]
        noise, beside = of.witness(call, names), rules.also(call, rule_name, names)
        for name in names:
            dtype = call.dtypes[name]
            y = of.golden(call, name)
            carried = {**noise[name], **({} if FORM in noise[name] else beside.get(name, {}))}
            if dtype in ("float64", "complex128") and rule_name not in ("exact", "ensemble"):
                better = extended.reference(call, name, rule_name)
                if better is None:
                    carried["doubled"] = np.asarray(True)
                    how.add("float64, allowance doubled")
                else:
                    y, method = better
                    carried = rules.beyond(carried, call.y[name], y, dtype)
                    how.add(method)
            y = shortened(np.asarray(y), dtype)
            if rule_name != "exact":
                carried |= _in_common(call, of, y, dtype, own.get(name))
            made[name] = GoldenOutput(name, dtype, tuple(y.shape), y, carried, rule_name)
        for name, dtype, y, carried in of.derived(call, names):
            extra.append(GoldenOutput(name, dtype, tuple(y.shape), y, carried, rule_name))
    methods = how - {"float64"} or how
    return [*(made[name] for name in call.y), *extra], ", ".join(sorted(methods))


def _in_common(call: Call, rule: Rule, y: Array, dtype: str, own: Array | None) -> Noise:
    """What the numbers of an output have in common, so that they err alike: how they round, an input that was broadcast
    into all of them, equal values, and last bits that are 0 in what differences of large numbers make, as PyTorch's
    `own` kernels show it; all of them where these can't be run.
    """
    found: Noise = {}
    if (alike := clustered(y, dtype)) > ALIKE:
        found["clustered"] = upward(alike)
    if rule.elementwise and any(1 < np.size(x) < y.size for x in call.inputs.values()):
        found[BROADCAST] = np.asarray(True)
    if y.dtype.kind in "fc" and (repeated := equals(y)) > ALIKE:
        found["equals"] = upward(repeated)
    if y.dtype.kind in "fc" and (bits := coarse(None if own is None else widen(own), y, dtype)):
        found["coarse"] = np.asarray(bits)
    return found


def _own(inputs: Mapping[str, Array], run: Run) -> Mapping[str, Array]:
    """What the case's own precision gives; nothing where it can't be run so."""
    try:
        return run(dict(inputs), None)
    except Exception:
        return {}


def _dtypes(case: Case, y: Mapping[str, Array], own: Mapping[str, Array]) -> dict[str, str]:
    """The dtype of each output: what the case's own precision gives, else y's with float64 narrowed to the
    case's.
    """
    dtypes = {}
    for name, array in y.items():
        if name in own:
            dtypes[name] = formats.dtype_name(own[name].dtype)
        elif array.dtype.kind == "c":
            own_complex = {"float64": "complex128", "complex128": "complex128", "float16": "complex32"}
            dtypes[name] = own_complex.get(case.dtype, "complex64")
        else:
            dtypes[name] = case.dtype if array.dtype.kind == "f" else formats.dtype_name(array.dtype)
    return dtypes
