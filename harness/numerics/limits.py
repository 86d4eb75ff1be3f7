"""The limits of the noise test: the one place that says how large rounding noise z = e/σ may be.

Calibrated on honest matmul, convolution and reduction outputs in sequential, reverse, permuted, blocked,
split-K and FMA orders, whose RMS(z) stayed within 1.17 where σ is accumulation noise.
"""

from __future__ import annotations

import math

from harness.numerics.types import Divergence

# One element: beyond 16σ no honest order of summation was seen.
MAX_Z = 16.0
# RMS over the tensor: output rounding is uniform and well known (ρ near 1), accumulation depends on the
# order (2.2).
RHO_ROUNDING = 1.12
RHO_ACCUMULATION = 2.2
# RMS over one block of about 256 elements may be this much above the tensor's limit.
BLOCK = 1.2
# Fewer elements than this say too little about an RMS.
FEWEST = 64


def rho(f: float) -> float:
    """ρ: the largest honest RMS(z), ρ² = f·1.12² + (1-f)·2.2², with f the share of output rounding in σ²."""
    return math.sqrt(f * RHO_ROUNDING**2 + (1.0 - f) * RHO_ACCUMULATION**2)


def noise(d: Divergence) -> list[tuple[str, float, float]]:
    """(figure, its value, its limit) for each noise figure that the number of elements lets one judge."""
    figures = [("max|z|", d.max_z, MAX_Z)]
    if d.compared >= FEWEST:
        figures += [("RMS(z)", d.rms_z, rho(d.f)), ("a block's RMS(z)", d.block_z, BLOCK * rho(d.f))]
    return [(name, value, limit) for name, value, limit in figures if value is not None]


def breaches(d: Divergence) -> list[tuple[str, float, float]]:
    """The noise figures beyond their limits; a NaN is beyond."""
    return [(name, value, limit) for name, value, limit in noise(d) if not value <= limit]
