"""Measured: a Profile made by probing a target, and how it differs from those that ship."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from harness.errors import LockstepError
from harness.numerics import probes, profile, sweeps
from harness.numerics.probes import Run
from harness.numerics.profile import INTEGERS, Block, Profile

DTYPES = ("float64", "float32", "float16", "bfloat16")


def measure(run: Run, name: str = "measured", functions: Iterable[str] | None = None) -> Profile:
    """Probe a target through `run` and write down what it did.

    run raises LockstepError for what the target cannot do; that part is left as the strict profile has it.
    functions: which of sweeps.FUNCTIONS to sweep; all when None. Their errors are rounded up to the next half
    ulp, the step that a sample can be trusted to.
    """
    strict = profile.load("strict")
    accumulate: dict[str, str] = {}
    inputs: dict[str, str] = {}
    blocks: dict[str, Block] = {}
    flushed = []
    for dtype in DTYPES:
        held = _try(lambda d=dtype: probes.accumulator(run, d), None)
        if held is None:
            continue
        accumulate[dtype] = held
        if _try(lambda d=dtype: probes.dot_flushes(run, d), False):
            flushed.append(dtype)
        rounded = _try(lambda d=dtype, a=held: probes.inputs(run, d, a), None)
        if rounded is not None:
            inputs[dtype] = rounded
        if held == "float32" and probes.truncates(run, dtype, held):
            found = probes.block(run, dtype)
            if found is not None:
                blocks.setdefault(inputs.get(dtype, dtype), found)
    ftz = _try(lambda: probes.flushes(run), strict.ftz)
    tables = {
        dtype: {f: _round_up(value) for f, value in _swept(run, dtype, functions).items()}
        for dtype in ("float32", "float64")
    }
    return Profile(
        name=name,
        description="Measured by probes.",
        sources=("probes of this target: exact integers, truncation, subnormals, function sweeps",),
        accumulate={**strict.accumulate, **accumulate},
        blocks=blocks,
        matmul_inputs=inputs,
        ftz=ftz,
        dot_ftz=() if ftz else tuple(flushed),
        # Products of shortened factors are exact: nothing tells whether they would round.
        fma=None if "float32" in inputs else _try(lambda: probes.fma(run), strict.fma),
        saturate=_try(lambda: probes.saturation(run), strict.saturate),
        saturate_integers=tuple(d for d in INTEGERS if _try(lambda d=d: probes.saturates(run, d), False)),
        ulps={dtype: table for dtype, table in tables.items() if table},
    )


def _try(probe: Any, otherwise: Any) -> Any:
    """What the probe answers, or `otherwise` where the target cannot run it."""
    try:
        return probe()
    except LockstepError:
        return otherwise


def _swept(run: Run, dtype: str, functions: Iterable[str] | None) -> dict[str, float]:
    swept = {f: sweeps.sweep(run, f, dtype) for f in (sweeps.FUNCTIONS if functions is None else functions)}
    return {f: value for f, value in swept.items() if value is not None}


def _round_up(value: float) -> float:
    """The next half ulp, below 1 the next tenth; a value that is a step but for rounding stays."""
    step = 0.1 if value < 1 else 0.5
    return value if math.isinf(value) else round(math.ceil((value - 1e-3) / step) * step, 1)


def nearest(measured: Profile) -> Profile:
    """The shipped profile that differs least: in what it may do first, in the size of its errors then."""
    return min((profile.load(name) for name in profile.shipped()), key=lambda shipped: _distance(measured, shipped))


def _distance(measured: Profile, shipped: Profile) -> tuple[int, float, int]:
    """(structural differences, mean |log2| ratio of the functions' errors, blocks not probed)."""
    kinds = [line for line in differences(measured, shipped) if not line.startswith("ulps.")]
    ratios = [abs(math.log2(max(mine, 0.5) / max(its, 0.5))) for _, mine, its in _common(measured, shipped)]
    mean = sum(ratios) / len(ratios) if ratios else math.inf
    return len(kinds), mean, len(_unseen(measured, shipped))


def _common(measured: Profile, shipped: Profile) -> list[tuple[str, float, float]]:
    """(dtype.function, measured, shipped) for each function that both know, where measured is finite."""
    return [
        (f"{dtype}.{function}", mine, shipped.ulps[dtype][function])
        for dtype, table in measured.ulps.items()
        for function, mine in table.items()
        if function in shipped.ulps.get(dtype, {}) and math.isfinite(mine)
    ]


def differences(measured: Profile, shipped: Profile) -> list[str]:
    """Each way in which the measured target is not what the shipped profile says, in words a reader acts on.

    A function that is more accurate than allowed is no difference.
    """
    out = []
    for key in ("ftz", "dot_ftz"):
        mine, its = getattr(measured, key), getattr(shipped, key)
        if mine != its and not (key == "dot_ftz" and shipped.ftz):
            out.append(f"{key}: measured {_plain(mine)}, {shipped.name} has {_plain(its)}")
    for dtype in sorted({*measured.matmul_inputs, *shipped.matmul_inputs} & set(measured.accumulate)):
        mine, its = measured.matmul_inputs.get(dtype), shipped.matmul_inputs.get(dtype)
        if mine != its:
            out.append(f"matmul_inputs.{dtype}: measured {_plain(mine)}, {shipped.name} has {_plain(its)}")
    if None not in (shipped.fma, measured.fma) and measured.fma != shipped.fma:
        out.append(f"fma: measured {_plain(measured.fma)}, {shipped.name} has {_plain(shipped.fma)}")
    if shipped.saturate not in ("either", measured.saturate):
        out.append(f"saturate: measured {measured.saturate}, {shipped.name} has {shipped.saturate}")
    for dtype in shipped.saturate_integers:
        if dtype not in measured.saturate_integers:
            out.append(f"saturate_integers: measured without {dtype}, which {shipped.name} has")
    for dtype, held in measured.accumulate.items():
        its = shipped.accumulate.get(dtype, held)
        if held != its:
            out.append(f"accumulate.{dtype}: measured {held}, {shipped.name} has {its}")
    for dtype in sorted({*measured.blocks, *shipped.blocks} - _unseen(measured, shipped)):
        mine, its = measured.blocks.get(dtype), shipped.blocks.get(dtype)
        if mine != its:
            out.append(f"blocks.{dtype}: measured {_plain(mine)}, {shipped.name} has {_plain(its)}")
    for function, mine, its in _common(measured, shipped):
        # A probe sees the rounding, too, which a profile's figure has not, unless it says that nothing else errs.
        if mine > (its if its <= 0.5 else its + 0.5):
            out.append(f"ulps.{function}: measured {mine:g}, {shipped.name} allows {its:g}")
    for dtype, table in measured.ulps.items():
        for function, mine in table.items():
            if math.isinf(mine):
                out.append(f"ulps.{dtype}.{function}: measured inf: NaN or inf where the answer is a number")
    return out


def _unseen(measured: Profile, shipped: Profile) -> set[str]:
    """Block dtypes that are not probed: matmul takes no float8, and TF32 shows only where it is on."""
    shown = {measured.inputs_of(dtype) for dtype in DTYPES}
    return {d for d in shipped.blocks if d not in shown}


def _plain(value: Any) -> str:
    if isinstance(value, Block):
        return f"b={value.b} neab={value.neab} " + ("truncating" if value.truncate else "rounding")
    if value is None:
        return "none"
    if isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else ", ".join(value) or "none"


def to_yaml(measured: Profile) -> str:
    """The profile as a file of its own, which `profile.load` reads back."""
    plain: Mapping[str, Any] = {
        "name": measured.name,
        "description": measured.description,
        "sources": list(measured.sources),
        "accumulate": dict(measured.accumulate),
        "blocks": {d: {"b": k.b, "neab": k.neab, "truncate": k.truncate} for d, k in measured.blocks.items()},
        "matmul_inputs": dict(measured.matmul_inputs),
        "ftz": measured.ftz,
        "dot_ftz": list(measured.dot_ftz),
        "fma": measured.fma,
        "saturate": measured.saturate,
        "saturate_integers": list(measured.saturate_integers),
        "ulps": {
            dtype: {function: ulps for function, ulps in table.items() if math.isfinite(ulps)}
            for dtype, table in measured.ulps.items()
        },
    }
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True)
