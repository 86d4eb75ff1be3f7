"""How many elements of a row or a column err together, as far as runs with noise show it."""

from __future__ import annotations

import numpy as np

from harness.numerics.rules.base import Array

# Of longer rows and columns, and of more of them, so many are looked at, evenly spread.
_ALONG, _LINES = 48, 64


def sharing(deviations: Array) -> float:
    """How many elements of a row share an error, or of a column where these are more; 1: each has its own.

    deviations: (K, …) signed deviations of an output in K runs. An intermediate that one element of errs far moves all
    that it goes into. Of m elements whose deviations correlate by ρ_ij, Σρ²/m of each share one, less the (m - 1)/K
    that chance shows: the participation ratio of the correlation matrix's eigenvalues.
    """
    runs = len(deviations)
    if runs < 2 or deviations.ndim < 2 or not deviations.size:
        return 1.0
    lines = deviations.real.reshape(runs, -1, deviations.shape[-1] if deviations.ndim > 2 else 1)
    return max(_along(lines), _along(lines.transpose(0, 2, 1)))


def _along(lines: Array) -> float:
    """The mean of it over (K, lines, m) lines; 1 of fewer than two elements that move."""
    runs, count, m = lines.shape
    part = lines[:, :: -(-count // _LINES), :: -(-m // _ALONG)]
    size = np.sqrt((part**2).mean(axis=0))
    moving = np.count_nonzero(size, axis=1)
    if not (moving > 1).any():
        return 1.0
    unit = np.divide(part, size, out=np.zeros_like(part), where=size > 0)
    products = np.matmul(unit.transpose(1, 2, 0), unit.transpose(1, 0, 2)) / runs
    squares = (products**2).sum(axis=(1, 2))[moving > 1]
    moving = moving[moving > 1]
    seen = np.mean((squares - moving * (moving - 1) / runs) / moving)
    return float(max(1.0, 1.0 + (seen - 1.0) * m / part.shape[2]))
