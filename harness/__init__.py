"""Lockstep: run one program on every device and backend in reach, beside a golden reference, and judge each.

    from harness import case, model, tensor      declare cases in Python
    harness.judge(op, args, kwargs, actual=y)     a Verdict for tensors you already have
    harness.check(op, args, kwargs, actual=y)     the same, raising AssertionError with the failure message

Importing this package imports no torch.
"""

from __future__ import annotations

import harness.case  # noqa: F401  the noun's module first, so that the decorator below keeps the name `harness.case`
from harness.check import check, judge
from harness.load.api import case, model, tensor

__all__ = ["case", "check", "judge", "model", "tensor"]
__version__ = "0.1.0"
