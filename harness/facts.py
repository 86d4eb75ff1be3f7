"""Facts: what of a case, a verdict and a run goes into their record."""

from __future__ import annotations

from typing import Any

from harness.case import Case
from harness.numerics.types import Verdict
from harness.records import CaseInfo
from harness.target import Ran


def case_info(case: Case) -> CaseInfo:
    """What of a case its record keeps."""
    return CaseInfo(
        id=case.id,
        source=str(case.source),
        op=case.target,
        dtype=case.dtype,
        shapes={spec.name: list(spec.shape) for spec in case.inputs},
        values=case.values,
        tier=case.tier,
        tags=list(case.tags),
        kind=case.kind,
    )


def verdict_facts(verdict: Verdict | None) -> dict[str, Any]:
    """What of a verdict its record keeps beside status, margin, rule and message."""
    return {} if verdict is None else {"figures": dict(verdict.figures), "warnings": list(verdict.warnings)}


def ran_facts(ran: Ran | None) -> dict[str, Any]:
    """What of a run its record keeps: how, proof of where, seconds, last words."""
    if ran is None:
        return {}
    return {"how": ran.how, "evidence": dict(ran.evidence), "seconds": {"run": ran.seconds}, "log": ran.log}
