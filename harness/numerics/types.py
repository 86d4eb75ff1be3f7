"""The nouns that measuring, judging and the rules share, so that none of the three imports another.

    Output, GoldenOutput ──► Allowance (a rule made it) ──► Divergence (facts) ──► Verdict (opinion)

`Output` and `GoldenOutput` are structural: whatever carries these attributes is measured.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

# Statuses that a verdict can have; the other statuses of a record (crashed, timeout …) are known without one.
VERDICTS = ("pass", "diverged", "undecided", "vacuous")


class Output(Protocol):
    """One array that a target returned.

    dtype: torch's name of it. data: numpy, in ml_dtypes' dtype for bfloat16 and float8.
    """

    @property
    def name(self) -> str: ...
    @property
    def dtype(self) -> str: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def data(self) -> Array: ...


class GoldenOutput(Protocol):
    """What the right answer is: `y` in float64 (complex128 for complex outputs), or exact integers or bools.

    dtype: the dtype that the output must have; `y` is the value before it is rounded to that dtype.
    """

    @property
    def name(self) -> str: ...
    @property
    def dtype(self) -> str: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def y(self) -> Array: ...


@dataclass(frozen=True, slots=True)
class Allowance:
    """How far an honest output may lie from the golden, element by element: what a rule answers.

    cap: B ≥ 0, |e| ≤ B is sound; a scalar or broadcastable to y. Zero allows only the correctly rounded y.
        None: no rule applies, the verdict is `undecided`.
    sigma: σ, the expected rounding noise of an honest output; None makes no noise test.
    f: share of output rounding in σ², 0 … 1 (it narrows the noise test, numerics.md 2.3).
    exact: the output must equal y rounded to its dtype; cap and sigma are not looked at.
    signed_zero: a zero must carry the golden's sign.
    overflow: what a finite y beyond the format's largest becomes: `ieee` (inf, or NaN in a format that has no
        inf), `saturate` (the largest), or `either`.
    ftz: subnormal results may be flushed to zero; the gap between zero and the smallest normal is one ulp.
    undefined: True where the contract leaves the result open (NaN to int, …); those are not compared.
    rule: the rule's name as a reader knows it. figures: what set the allowance, for the message (n, u, C …).
    empirical: the noise was estimated by experiment, not derived. together: the largest RMS(z) of the runs it was
        estimated from, or of what a rule knows that elements share; above 1 where errors of many elements have a cause
        in common; 0 where nothing is known of it. sharing: how many elements of a row or a column share an error.
    summed: how many elements share an error, as the sum over the whole output shows it, and that over one of eight
        lanes; None where nothing is known of it.
    apart: no two elements share an error. equals: how many have the same magnitude, and round alike. biased: honest
        targets of this profile may err in one direction more than in the other.
    steady: σ holds for each element in any order, since nothing cancels in a sum: z has a normal distribution's tail.
    coarse: how many of the last bits honest numbers may all have as 0, where the golden's are none.
    """

    cap: Array | float | None
    sigma: Array | float | None = None
    f: float = 1.0
    exact: bool = False
    signed_zero: bool = False
    overflow: str = "ieee"
    ftz: bool = False
    undefined: Array | None = None
    rule: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    empirical: bool = False
    together: float = 0.0
    sharing: float = 1.0
    summed: tuple[float, float] | None = None
    apart: bool = False
    equals: float = 1.0
    biased: bool = False
    steady: bool = False
    coarse: int = 0


@dataclass(frozen=True, slots=True)
class Element:
    """One element of the output beside the golden. index is in the output's own shape.

    actual, golden: as text in full precision (`golden` is the unrounded reference); *_hex: the bits in the
    output's dtype. error = actual - golden. allowed: B there. part: `re` or `im` of a complex output.
    """

    index: tuple[int, ...]
    actual: str
    golden: str
    actual_hex: str
    golden_hex: str
    error: float
    ulps: float
    allowed: float
    part: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Special values in an array."""

    nan: int = 0
    inf: int = 0
    zero: int = 0
    subnormal: int = 0


@dataclass(frozen=True, slots=True)
class Stuck:
    """A bit of the significand that holds still where the golden's does not.

    bit: its place from the last, 0. state: 0 or 1. lane, lanes: it does so in all elements whose flat index is `lane`
    modulo `lanes`, 1 for all. count: how many those are, without zeros. differing: how many different numbers the
    golden has there that have the other state. clear: -log2 of the chance of that.
    """

    bit: int
    state: int
    lane: int
    lanes: int
    count: int
    differing: int
    clear: float


@dataclass(frozen=True, slots=True)
class Lanes:
    """Those of eight lanes, which the elements of an output go through in turn, that differ most from the others.

    apart: the largest |mean of z over one - mean over all|·√n, n its elements, of z or of z·sign(y); in lane `lane`.
    rms, others: RMS(z) of the elements that err of the noisiest lane, `noisiest`, and of those of the others; count:
    how many it has. Of complex outputs the others are those of the same part, real or imaginary.
    """

    apart: float
    lane: int
    rms: float
    others: float
    noisiest: int
    count: int


@dataclass(frozen=True, slots=True)
class Divergence:
    """Facts about one output beside its golden; no opinion.

    e = actual - y per component; infinities count as ±2^(emax+1). Where both are NaN, e = 0.

    contract: each broken promise of dtype, shape, NaN and inf pattern, sign of zero, in words.
    n: elements (components for complex) of the golden. compared: those that entered the figures.
    undefined: those left out by the contract.
    max_*, mean_*: absolute, relative (over y ≠ 0) and ulp error; *_index: where the largest is.
    mismatched: share of elements whose value differs from the rounded golden.
    ulp_histogram: (upper edge in ulp, count) pairs; the first edge is 0: exactly equal to the unrounded y.
    max_ratio: m = max |e|/B; None without a cap.
    max_z, rms_z, block_z: of z = e/σ; block_z is the largest RMS over a block of about 16×16; None without σ.
    mean_z, gain_z: mean of z, with its sign, and of z·sign(y); None without σ. lanes: the lanes that stand out; None
        where there are too few elements for any.
    z_counts: (edge, elements whose |z| lies above it) pairs, of the edges that any lies above.
    stuck: a bit that holds still in the output.
    sign_bias: mean of sign(e·y), -1 … 1: negative where magnitudes are too small.
    slope: Σey/Σy², a relative gain error.
    scale: RMS of y. detectable: mean of min(B, 16σ) over the scale: the smallest fault that is sure to be
    seen.
    f, exact, empirical, together, sharing, summed, apart, equals, biased, steady, rule, rule_figures: the
        allowance's.
    worst: up to 16 elements, largest |e|/B first. tiles: largest |e|/B in ≤ 32×32 tiles, rows first; both are
        filled only where something may be wrong.
    """

    output: str
    dtype: str
    shape: tuple[int, ...]
    contract: tuple[str, ...] = ()
    n: int = 0
    compared: int = 0
    undefined: int = 0
    max_abs: float = 0.0
    max_abs_index: tuple[int, ...] | None = None
    mean_abs: float = 0.0
    max_rel: float = 0.0
    max_rel_index: tuple[int, ...] | None = None
    mean_rel: float = 0.0
    max_ulp: float = 0.0
    max_ulp_index: tuple[int, ...] | None = None
    mean_ulp: float = 0.0
    rmse: float = 0.0
    cosine: float | None = None
    snr_db: float | None = None
    mismatched: float = 0.0
    ulp_histogram: tuple[tuple[float, int], ...] = ()
    actual_counts: Counts = Counts()
    golden_counts: Counts = Counts()
    max_ratio: float | None = None
    max_ratio_index: tuple[int, ...] | None = None
    max_z: float | None = None
    max_z_index: tuple[int, ...] | None = None
    rms_z: float | None = None
    block_z: float | None = None
    block_index: tuple[int, ...] | None = None
    mean_z: float | None = None
    gain_z: float | None = None
    lanes: Lanes | None = None
    z_counts: tuple[tuple[float, int], ...] = ()
    stuck: Stuck | None = None
    f: float = 1.0
    sign_bias: float = 0.0
    slope: float = 0.0
    scale: float = 0.0
    detectable: float | None = None
    golden_empty: bool = False
    golden_zero: bool = False
    golden_constant: bool = False
    exact: bool = False
    empirical: bool = False
    together: float = 0.0
    sharing: float = 1.0
    summed: tuple[float, float] | None = None
    apart: bool = False
    equals: float = 1.0
    biased: bool = False
    steady: bool = False
    rule: str = ""
    rule_figures: Mapping[str, Any] = field(default_factory=dict)
    worst: tuple[Element, ...] = ()
    tiles: tuple[tuple[float, ...], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The facts as plain JSON values; non-finite numbers become the strings `inf`, `-inf` and `nan`."""
        plain: dict[str, Any] = plain_json(self)
        return plain


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an output is right, and which rule and figures say so.

    status: one of VERDICTS. margin: the worst ratio of an error to its allowance; above 1 it diverged.
    figures: the numbers behind it, JSON-plain. output: the output that set the verdict.
    """

    status: str
    margin: float
    rule: str
    message: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    output: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """True only for `pass`."""
        return self.status == "pass"

    def to_json(self) -> dict[str, Any]:
        """The verdict as plain JSON values; non-finite numbers become the strings `inf`, `-inf` and `nan`."""
        plain: dict[str, Any] = plain_json(self)
        return plain


_PLAIN = frozenset((str, int, bool, type(None)))  # what most of a record is; looked at first because every cell pays


def plain_json(value: Any) -> Any:
    """`value` with dataclasses, numpy values and tuples made Python's own, and non-finite floats made strings."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is float:
        return value if math.isfinite(value) else str(value)
    if is_dataclass(kind):
        return {item.name: plain_json(getattr(value, item.name)) for item in fields(kind)}
    if isinstance(value, Mapping):
        return {str(k): plain_json(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(v) for v in value]
    if isinstance(value, np.ndarray | np.generic):
        return plain_json(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
