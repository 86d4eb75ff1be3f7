"""Worst: which elements of an output are furthest beyond their allowance, and where in the tensor errors lie.

Found only where something is wrong, so that a passing output costs one pass.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from harness.numerics import formats
from harness.numerics.planes import Planes
from harness.numerics.types import Array, Element

COUNT = 16
TILES = 32


def worst(planes: Planes) -> tuple[Element, ...]:
    """Up to COUNT elements: those that break the contract, then by m = |e|/B (|e| without a cap)."""
    chosen: list[int] = []
    for _, mask in planes.broken:
        chosen += np.flatnonzero(mask)[:COUNT].tolist()
    errors, places = [], []
    for rows, ratio in _ratios(planes):
        flat = ratio.ravel()
        top = np.argpartition(flat, -min(COUNT, flat.size))[-COUNT:]
        errors.append(flat[top])
        places.append(top + rows.start * planes.grid.columns)
    error, place = np.concatenate(errors), np.concatenate(places)
    order = np.lexsort((place, -error))
    chosen += [int(place[i]) for i in order[:COUNT] if error[i] > 0]
    return tuple(_element(planes, flat) for flat in list(dict.fromkeys(chosen))[:COUNT])


def tiles(planes: Planes) -> tuple[tuple[float, ...], ...]:
    """Largest m = |e|/B in each of ≤ 32×32 tiles of the output seen as rows × columns."""
    grid = planes.grid
    edges = _edges(grid.columns)
    return tuple(tuple(float(v) for v in np.maximum.reduceat(ratio.max(axis=0), edges)) for _, ratio in _ratios(planes))


def _edges(size: int) -> Array:
    """First element of each of ≤ TILES tiles along one dimension."""
    count = min(size, TILES)
    return np.arange(count) * size // count


def _ratios(planes: Planes) -> list[tuple[slice, Array]]:
    """(rows, m of each element there) for each row of tiles."""
    pair, grid = planes.pair, planes.grid
    starts = [*_edges(grid.rows).tolist(), grid.rows]
    out = []
    for low, high in pairwise(starts):
        rows = slice(low, high)
        part = pair.cut(rows, slice(0, grid.columns))
        with np.errstate(all="ignore"):
            y = np.asarray(part.y, np.float64)
            size = np.abs(np.asarray(part.a, np.float64) - y)
            if part.cap is None:
                ratio = size
            else:
                ratio = size / part.cap
                exact = np.broadcast_to(np.asarray(part.cap) == 0, ratio.shape)
                if exact.any():
                    q = size / formats.ulp(y, planes.name, ftz=part.ftz)
                    ratio = np.where(exact, np.where(size > 0, 1.0 + q, 0.0), ratio)
        out.append((rows, ratio))
    return out


def _element(planes: Planes, flat: int) -> Element:
    """One element as text, bits and numbers."""
    pair, columns = planes.pair, planes.grid.columns
    row, column = divmod(flat, columns)
    a, y = planes.raw_a[flat], planes.raw_y[flat]
    cap = pair.cap[row, column] if isinstance(pair.cap, np.ndarray) else pair.cap
    with np.errstate(all="ignore"):
        special = not (np.isfinite(a) and np.isfinite(y))
        error = float(a) - float(y) if special else float(pair.a[row, column]) - float(pair.y[row, column])
        ulps = abs(error) / float(formats.ulp(pair.y[row, column], planes.name, ftz=pair.ftz))
        if planes.pair.form is None:
            rounded: Any = y
        else:
            rounded = formats.round_to(float(y), planes.name)
    return Element(
        index=planes.place(flat),
        actual=_text(a),
        golden=_text(y),
        actual_hex=formats.hexadecimal(a, planes.name),
        golden_hex=formats.hexadecimal(rounded, planes.name),
        error=error,
        ulps=ulps,
        allowed=float("inf") if cap is None else float(cap),
        part="" if planes.parts == 1 else ("re", "im")[flat % 2],
    )


def _text(value: Any) -> str:
    """A number in the fewest digits that tell it from its neighbours."""
    return str(value.item()) if value.dtype.kind in "iub" else str(value)
