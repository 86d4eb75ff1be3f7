"""How many elements of a row or a column err together, as far as runs with noise show it."""

from __future__ import annotations

import numpy as np

from harness.numerics.rules.base import Array
from harness.numerics.totals import LANES

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


def summed(deviations: Array, sigma: Array, y: Array) -> Array:
    """How many elements share an error as their sum shows it: over the whole output, and over that lane of eight that
    has most; at least 1.

    deviations: (K, …) signed deviations of output y in K runs; z = deviation/σ'. The mean of n errors that have nothing
    in common has a variance of z²/n: so many times that as the mean over the whole has in K runs, and that of a lane's
    deviation from it; of z or of z·sign(y), whichever has more.
    """
    if np.iscomplexobj(deviations):
        deviations, y = (np.stack([v.real, v.imag], axis=-1) for v in (deviations, y))
        sigma = np.expand_dims(sigma, -1) if np.ndim(sigma) else sigma
    moves = (np.asarray(sigma) > 0) & np.isfinite(deviations)
    z = np.divide(deviations, sigma, out=np.zeros(deviations.shape), where=moves)
    z = z.reshape(len(z), -1)
    square, n = float(np.mean(z**2)) if z.size else 0.0, z.shape[1]
    if not square:
        return np.ones(2)
    whole = lane = 1.0
    for each in (z, np.where(y.reshape(-1) < 0, -z, z)):
        mean = each.mean(axis=1, keepdims=True)
        whole = max(whole, n * float(np.mean(mean**2)) / square)
        rest = each - mean
        for k in range(min(LANES, n)):
            part = rest[:, k::LANES]
            lane = max(lane, part.shape[1] * float(np.mean(part.mean(axis=1) ** 2)) / square)
    return np.array([whole, lane])
