"""The verdict code is tested for what it would get wrong: a fault put into it must make some test fail.

By default every SHARE-th mutant is tried, always the same ones; `LOCKSTEP_MUTANTS=all` tries them all, and those that
are excused as well.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
import zlib
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import mutants

from harness.numerics import kernel

pytestmark = pytest.mark.filterwarnings("ignore")

TESTS = (
    *("test_formats", "test_measure", "test_stuck", "test_judge", "test_attribution", "test_allowances"),
    *("test_rounded_inputs", "test_rules_eigen", "test_rules_quantized", "test_rules_random", "test_moved"),
)
# What decides a verdict. `sums` and `kernel` only spread the same work; test_kernel.py compares them to NumPy's pass.
MODULES = (
    "formats",
    "limits",
    "special",
    "grid",
    "totals",
    "planes",
    "measure",
    "worst",
    "stuck",
    "judge",
    "attribution",
)
# The formulas of the rules, and the functions of those modules that hold them; what a golden carries for a rule is made
# by running programs, which the tests of the rules do.
FORMULAS = ("noise", "rules.dot", "rules.prod", "rules.elementwise", "rules.functions", "rules.scaled")
# Rules whose every function is pinned by hand.
WHOLE = ("rules.products", "rules.eigen", "rules.quantized")
# Of these only what judges: what a golden carries is made by running programs.
JUDGED = ("rules.random", "rules.numbers", "rules.sampled", "rules.signs")
JUDGE_TIME = (
    "by_chance",
    "allow",
    "moved",
    "statistic",
    "_products",
    "accumulator",
    "amplified",
    "_turned",
    "_turned_back",
)
# Of most modules one mutant in so many is tried, of those with few of them each.
SHARE = 5
FEW = ("rules.signs",)

# Mutants that no test can tell, each with the reason; one that is killed after all must leave the list.
EQUIVALENT = {
    "stuck.FEW_COLUMNS: moved": "no lane is a multiple of nine",
    "measure._stuck: 1 -> 2": "a single number has no lanes",
    "numbers.moved: np.hypot(still, by) -> np.hypot(by, still)": "the root of the sum of both squares",
    "formats.round_value: 0.0 -> 1.0": "stands in for inf and NaN, whose spacing is not used",
    "special.clean: 0.0 -> 1.0": "no format has values 1 apart beside its overflow threshold",
    "grid.Grid.of: rows < 16 -> rows <= 16": "16 rows give 16×16 blocks either way",
    "grid.Grid.of: 16 -> 17": "16 rows or columns give the same blocks either way",
    "grid.Grid.of: columns < 16 -> columns <= 16": "16 columns give blocks of the same elements either way",
    "totals.Peak.see: index < self.index -> index <= self.index": "the same index again",
    "totals._peak: 1 -> 2": "any negative index is nowhere",
    "totals.Sums.add: True -> False": "strictness of zip over tuples of one length",
    "totals._count_small: float(a_size.min()) < least -> float(a_size.min()) <= least": "only asks for a count of 0",
    "totals._count_small: float(y_size.min()) < least -> float(y_size.min()) <= least": "only asks for a count of 0",
    "totals._ulps: edge >= sums.ulps.value -> edge > sums.ulps.value": "counts what the next edge counts anyway",
    "planes.Planes.of: allowance.signed_zero and form.negative_zero and planes.sums.a_zero -> "
    "allowance.signed_zero and form.negative_zero": "looks for zeros where there are none",
    "planes.Planes.of: np.abs(y) > form.max -> np.abs(y) >= form.max": "the largest value rounds to itself",
    "planes._integers: a > y -> a >= y": "used only where a differs from y",
    "measure._figures: True -> False": "strictness of zip over tuples of one length",
    "measure._histogram: True -> False": "strictness of zip over tuples of one length",
    "measure._squares: math.isinf -> math.isnan": "an infinite difference is rescaled by any large power",
    "measure._squares: 1e-100 -> 2e-100": "any limit between the squares' range and the values' does",
    "measure._squares: 1e+150 -> 2e+150": "any limit between the squares' range and the values' does",
    "limits._columns: math.gcd(width, LANES) -> math.gcd(LANES, width)": "symmetric",
    "limits._drift: d.biased or d.mean_z is None or d.gain_z is None -> d.biased or d.gain_z is None": "both or none",
    "limits._drift: d.biased or d.mean_z is None or d.gain_z is None -> d.biased or d.mean_z is None": "both or none",
    "limits._groups: (beyond := _beyond(d)) > 0 -> (beyond := _beyond(d)) >= 0": "no number is that many groups",
    "limits._lanes: _beyond(d) <= 0 -> _beyond(d) < 0": "no number is that many groups",
    "limits._one_group: (beyond := _beyond(d)) <= 0 -> (beyond := _beyond(d)) < 0": "no number is that many groups",
    "limits._one_group: 0.0 -> 1.0": "no block is held to less",
    "limits._usual: 0.0 -> 1.0": "measured together",
    "limits._usual: d.rms_z or 0.0 -> d.rms_z": "measured together",
    "measure._lanes: 1.0 -> 2.0": "anything but 0, to divide by where nothing errs",
    "planes._components: 0 -> 1": "both parts have one dtype",
    "limits._others: rest > 0 -> rest >= 0": "the root of 0 is 0",
    "limits._others: d.rms_z is None or size is None -> d.rms_z is None and size is None": "measured together",
    "limits._others: d.rms_z is None or size is None -> d.rms_z is None": "measured together",
    "limits._others: d.rms_z is None or size is None -> size is None": "measured together",
    "totals._noise: peak.value > edge -> peak.value >= edge": "nothing is above the largest",
    "limits._others: 1.0 -> 2.0": "without figures there is no limit to set",
    "stuck.stuck: 1 -> 2": "any negative length of a reshape is the rest",
    "stuck.stuck: False -> True": "a copy that nothing changes",
    "stuck._held: mine.size < least * lanes -> mine.size <= least * lanes": "only spares work",
    "stuck.coarse: held & -held -> held | -held": "its negative, as long in bits",
    "stuck._columns: math.gcd(columns, lanes) -> math.gcd(lanes, columns)": "the same",
    "stuck._clear: _different(golden[some], own[some], significand) -> _different(own[some], golden[some], "
    "significand)": "the lesser of both",
    "stuck._all_zero: _different(right[some], own[some], significand) -> _different(own[some], right[some], "
    "significand)": "the lesser of both",
    "stuck._clear: (often := (2.0 * share - 1.0 - 2.0 / math.sqrt(max(outside.size, 1)))) > 0 -> "
    "(often := (2.0 * share - 1.0 - 2.0 / math.sqrt(max(outside.size, 1)))) >= 0": "no share is just that",
    "stuck._held: least * lanes -> least / lanes": "only spares work",
    "stuck._held: least * lanes -> least": "only spares work",
    "stuck._held: least * lanes -> lanes": "only spares work",
    "stuck._held: 1 -> 2": "any negative length of a reshape is the rest",
    "stuck._held: sizes.reshape(-1, lanes).sum(axis=0) >= least -> sizes.reshape(-1, lanes).sum(axis=0) > least": ""
    "only spares work: fewer elements are not clear enough",
    "judge._warnings: d.sign_bias < 0 -> d.sign_bias <= 0": "a bias of 0 brings no warning",
    "attribution.attribute: _near(outputs[names[0]], outputs[other[0]], expected) -> "
    "_near(outputs[other[0]], outputs[names[0]], expected)": "nearness goes both ways",
    "attribution._near: False -> True": "details that are not looked at",
    "noise.ulp: 0.0 -> 1.0": "formats.ulp answers no infinity",
    "noise.upward: 1 -> 2": "any negative length of a reshape is the rest",
    "noise.shortened: 52 -> 53": "no format's guard bits reach it",
    "noise.repeats: 1 -> 2": "any negative length of a reshape is the rest",
    "dot.Sum.allow: s > acc.max / 2 -> s >= acc.max / 2": "a limit that is half of the largest by choice",
    "prod.Product.allow: 0.0 -> 1.0": "there is a factor at least",
    "prod.ProductGradient.allow: 0.0 -> 1.0": "there is a factor at least",
    "prod.Product.allow: top > form.max / 2 -> top >= form.max / 2": "a limit that is half of the largest by choice",
    "prod.Product.allow: bottom < form.min_normal * 2 -> bottom <= form.min_normal * 2": "twice the smallest by choice",
    "noise.repeats: np.where(np.isnan(order[..., k]), 0, 1) -> np.where(0, np.isnan(order[..., k]), 1)": "as below",
    "eigen.Eigen.derived: 0 -> 1": "a keyword's name goes before its place",
    "eigen.Eigen.derived: 1 -> 2": "matrices are square",
    "eigen.Eigen.derive: True -> False": "strictness of zip over arrays of one length",
    "eigen._spectrum: 0 -> 1": "matrices are square",
    "eigen._spectrum: members.size > 1 -> members.size >= 1": "the mean of one, whose projector has its condition",
    "eigen._spectrum: np.full(a.shape, _DEFECTIVE) -> np.full(_DEFECTIVE, a.shape)": "no eigenvectors of LAPACK's are "
    "exactly dependent",
    "eigen._balance: column * f + row / f < 0.95 * (column + row) -> column * f + row / f <= 0.95 * (column + row)": ""
    "a limit by choice",
    "eigen._spectrum: np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=0) -> np.linalg.norm(left, axis=1)": ""
    "eigenvectors come with norm 1",
    "eigen._spectrum: np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=0) -> np.linalg.norm(left, axis=1) / "
    "np.linalg.norm(right, axis=0)": "eigenvectors come with norm 1",
    "eigen._balance: 0 -> 1": "matrices are square",
    "eigen._balance: True -> False": "another sweep that finds nothing to do",
    "quantized.QuantizedLinear._witness: edge < high -> edge <= high": "boundaries lie between codes",
    "quantized.QuantizedLinear._witness: edge > low -> edge >= low": "boundaries lie between codes",
    "quantized.QuantizedLinear._witness: np.abs(code - edge) <= bound -> np.abs(code - edge) < bound": "a limit by "
    "choice",
    "quantized.QuantizedLinear._witness: 0 -> 1": "a code more in a bound of hundreds",
    "quantized.QuantizedLinear._witness: -1 -> 1": "a keyword's name goes before its place",
    "quantized.QuantizedLinear._witness: 1 -> 2": "any negative place is none",
    "quantized._dequantized: -1 -> 1": "a keyword's name goes before its place",
    "quantized._dequantized: 1 -> 2": "any negative place is none",
    "quantized._codes: -1 -> 1": "a keyword's name goes before its place",
    "quantized._codes: 1 -> 2": "any negative place is none",
    "noise.clustered: counts >= limits.FEWEST_IN_BLOCK -> counts > limits.FEWEST_IN_BLOCK": "blocks hold more, or all",
    "noise.clustered: not formats.is_float(dtype) or y.dtype.kind != 'f' or y.size < limits.FEWEST_OF_ALL -> "
    "not formats.is_float(dtype) or y.size < limits.FEWEST_OF_ALL": "numbers of a float dtype are floats",
    "noise.repeats: 0 -> 1": "a run of one is no repeat",
    "noise.repeats: np.isnan -> np.isinf": "a run of one is no repeat",
}
# Functions whose every mutant is excused.
EXCUSED = {
    "eigen._DEFECTIVE": "anything that is as good as infinite",
    "eigen._SWEEPS": "more than balancing takes",
    "quantized._SAME": "calibrated: how far a program run in float32 may be from its formula",
    "stuck._rows": "any number of rows that holds all values",
    "noise.VERSION": "a number that only has to change",
    "noise.ALIKE": "calibrated: from where on a golden is worth a note",
    "noise.REPEATED": "calibrated: the scoreboard says whether it is right",
    "formats._ieee": "runs at import only; the table of formats it fills is tested value by value",
    "grid.Grid.pieces": "any way of cutting the work gives the same figures, as test_pieces_cover_the_grid asks",
}


ALL = os.environ.get("LOCKSTEP_MUTANTS") == "all"


def chosen(mutant: mutants.Mutant, name: str) -> bool:
    """Whether this run tries the mutant of the module `name`: the same choice in every run."""
    text = str(mutant)
    return ALL or name in FEW or (text not in EQUIVALENT and zlib.crc32(text.encode()) % SHARE == 0)


@pytest.fixture(scope="module")
def coverage():
    """Which test runs which line; the compiled pass is off, so that NumPy's is what is tested."""
    modules = [importlib.import_module(f"harness.numerics.{name}") for name in (*MODULES, *FORMULAS, *WHOLE, *JUDGED)]
    patch = pytest.MonkeyPatch()
    patch.setattr(kernel, "load", lambda: None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield mutants.Coverage(mutants.oracle(TESTS), modules)
    patch.undo()


@pytest.mark.parametrize("name", [*MODULES, *FORMULAS, *WHOLE, *JUDGED])
def test_faults_in_the_verdict_code_are_noticed(name, coverage):
    """Flipped comparisons, dropped terms, swapped arguments and moved constants each fail a test."""
    module = importlib.import_module(f"harness.numerics.{name}")
    tried, survivors = 0, []
    for mutant in mutants.mutants(module):
        owner = str(mutant).partition(": ")[0]
        whole = not name.startswith("rules.") or name in WHOLE
        formula = whole or mutant.function.rpartition(".")[2] in JUDGE_TIME
        if owner in EXCUSED or not formula or not chosen(mutant, name):
            continue
        tried += 1
        if not mutants.killed(mutant, coverage.of(mutant)):
            survivors.append(str(mutant))
    assert tried > 1
    assert [text for text in survivors if text not in EQUIVALENT] == []
    listed = {text for text in EQUIVALENT if ALL and text.startswith(f"{name.rpartition('.')[2]}.")}
    assert listed <= set(survivors), "these are noticed after all: take them off the list"


def test_a_mutant_changes_the_code_and_goes_away():
    """A mutant is in force while it is applied, and leaves nothing behind."""
    module = importlib.import_module("harness.numerics.limits")
    before = module.rho(0.5)
    texts = set()
    for mutant in mutants.mutants(module):
        texts.add(mutant.text)
        mutant.apply()()
        assert module.rho(0.5) == before
    assert {
        "1.0 - f -> 1.0 + f",
        "1.0 - f -> f",
        "not figure.value <= figure.limit -> figure.value <= figure.limit",
        "moved",
    } <= texts
    flipped = next(m for m in mutants.mutants(module) if m.text == "1.0 - f -> 1.0 + f")
    restore = flipped.apply()
    assert module.rho(0.5) != before
    restore()
    assert module.rho(0.5) == before


def test_a_fault_that_no_test_notices_is_reported():
    """With no test, every mutant survives; an endless one is killed."""
    module = importlib.import_module("harness.numerics.limits")
    mutant = next(iter(mutants.mutants(module)))
    assert not mutants.killed(mutant, [])
    assert not mutants.killed(mutant, [lambda: None])

    def endless() -> None:
        while True:
            pass

    assert mutants.killed(mutant, [endless], seconds=0.1)
