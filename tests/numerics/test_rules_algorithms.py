"""Factors, reflectors and what is solved with them: honest devices pass, small faults do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg
import torch

from harness.numerics.arithmetic import Arithmetic
from harness.numerics.elimination import householder, turned
from harness.numerics.formats import round_value
from harness.numerics.profile import load
from harness.numerics.rules import RULES, allow, rule_of_output
from harness.numerics.rules.base import Call
from harness.numerics.rules.problems import problem_of
from harness.numerics.rules.table import normal_name
from tests.numerics.torchrun import TorchRun, golden_of, judged, op_case, verdict_of

Array = np.ndarray[Any, Any]
L = "torch.linalg."
V, A, B = {"v": "x"}, {"A": (2, 7, 7)}, {"B": (2, 7, 3)}
CASES: tuple[tuple[str, dict[str, Any], tuple[Any, ...], dict[str, Any]], ...] = (
    (L + "lu", A, (), {}),
    (L + "lu", {"A": (7, 4)}, (), {}),
    (L + "lu_factor", {"A": (4, 7)}, (), {}),
    ("torch.lu", A, (True, True), {}),
    ("torch.geqrf", {"A": (9, 7)}, (), {}),
    (L + "ldl_factor", A, (), {}),
    (L + "householder_product", {"A": (9, 7), "tau": (7,)}, (), {}),
    ("torch.triangular_solve", {"B": (2, 7, 3), "A": ((2, 7, 7), "dominant")}, (), {"upper": False}),
    ("torch.triangular_solve", {"B": (2, 7, 3), "A": ((2, 7, 7), "dominant")}, (True, True), {}),
    ("torch.cholesky_inverse", {"L": ((2, 7, 7), "dominant")}, (), {}),
    ("torch.cholesky_inverse", {"L": ((7, 7), "dominant")}, (True,), {}),
    (L + "tensorinv", {"A": (2, 3, 6)}, (), {}),
    (L + "tensorsolve", {"A": (2, 3, 6), "B": (2, 3)}, (), {}),
    (L + "tensorsolve", {"A": (2, 6, 3), "B": (2, 3)}, (), {"dims": {"t": (1,)}}),
    ("torch.logdet", {"A": ((7, 7), "spd")}, (), {}),
    (L + "matrix_power", A, (5,), {}),
    (L + "matrix_power", {"A": ((7, 7), "dominant")}, (-2,), {}),
)


def _call(target: str, inputs: dict[str, Array], *args: Any, y: dict[str, Array], **kwargs: Any) -> Call:
    """A call whose answer is given, so that nothing is run."""
    dtype = "float64"
    shapes = {k: (v.shape, "normal", str(v.dtype)) for k, v in inputs.items()}
    case = op_case(target, dtype, shapes, *args, **kwargs)
    return Call(normal_name(target), case, inputs, y, {k: str(v.dtype) for k, v in y.items()}, TorchRun(case))


# Tensors are solved as matrices are, and complex logarithms are left to experiment.
_REAL_ONLY = ("logdet", "tensor")
_DTYPES = [
    (*case, dtype)
    for case in CASES
    for dtype in ("float32", "float64", "complex64")
    if dtype != "complex64" or not any(word in case[0] for word in _REAL_ONLY)
]


@pytest.mark.parametrize(("operator", "shapes", "extra", "kwargs", "dtype"), _DTYPES)
def test_torch_passes_and_small_faults_do_not(
    operator: str, shapes: dict[str, Any], extra: tuple[Any, ...], kwargs: dict[str, Any], dtype: str
) -> None:
    """torch's own answer passes by the rule; one element 12σ from the truth diverges."""
    case = op_case(operator, dtype, shapes, *extra, **kwargs)
    golden, arrays, run = golden_of(case)
    floats = [o for o in golden.outputs if o.y.dtype.kind in "fc" and o.name != "out0:product" and o.y.size]
    assert {o.rule for o in floats} <= {"algorithm", "exact"}
    assert "algorithm" in {o.rule for o in floats}
    assert not any("doubled" in o.noise for o in floats)
    outputs = run(arrays, None)
    assert judged(golden, arrays, outputs).status == "pass"
    for o in floats:
        if o.rule != "algorithm":
            continue
        sigma = allow(o, load("strict"), o.rule).sigma
        assert sigma is not None
        at = int(np.argmax(sigma))
        wrong = outputs[o.name].copy()
        wrong.flat[at] = (o.y.flat[at] + 12 * sigma.flat[at]).astype(wrong.dtype)
        assert judged(golden, arrays, {**outputs, o.name: wrong}).status == "diverged", o.name


@pytest.mark.parametrize(
    ("operator", "shapes", "extra"),
    [
        (L + "lu_factor", {"A": (7, 7)}, ()),
        ("torch.geqrf", {"A": (9, 7)}, ()),
        (L + "ldl_factor", {"A": (7, 7)}, ()),
        ("torch.triangular_solve", {"B": (7, 3), "A": ((7, 7), "dominant")}, ()),
        ("torch.cholesky_inverse", {"L": ((7, 7), "dominant")}, ()),
        (L + "tensorinv", {"A": (2, 3, 6)}, ()),
        (L + "matrix_power", {"A": (7, 7)}, (5,)),
    ],
)
def test_noise_is_as_large_as_honest_outputs_show(
    operator: str, shapes: dict[str, Any], extra: tuple[Any, ...]
) -> None:
    """σ is neither so large that faults hide in it, nor so small that honest outputs stand out."""
    z = []
    for seed in range(12):
        golden, arrays, run = golden_of(op_case(operator, "float32", shapes, *extra, seed=seed))
        out, found = golden.output("out0"), run(arrays, None)["out0"]
        sigma = allow(out, load("strict"), out.rule).sigma
        assert sigma is not None
        z.append(((found - out.y) / sigma)[out.y != 0])
    assert 0.35 < np.sqrt(np.mean(np.concatenate(z) ** 2)) < 1.3


@pytest.mark.parametrize("n", [2, 5, 16, 33])
@pytest.mark.parametrize("condition", [1e0, 1e3])
def test_other_libraries_pass(n: int, condition: float) -> None:
    """Factors of OpenBLAS and of plain loops in float32, of well and badly conditioned matrices."""
    random = np.random.default_rng(n)
    left, right = (np.linalg.qr(random.standard_normal((n, n)))[0] for _ in range(2))
    a = (left * np.logspace(0, -np.log10(condition), n)) @ right
    literal = "literal:" + ",".join(repr(v) for v in a.astype(np.float32).ravel().tolist())
    golden, arrays, _ = golden_of(op_case(L + "lu_factor", "float32", {"A": ((n, n), literal)}))
    factors, rows, _ = scipy.linalg.lapack.sgetrf(arrays["A"])
    named = {"out0": factors, "out1": (rows + 1).astype(np.int32)}
    assert judged(golden, arrays, named).status == "pass"
    golden, arrays, _ = golden_of(op_case("torch.geqrf", "float32", {"A": ((n, n), literal)}))
    factors, tau, _, _ = scipy.linalg.lapack.sgeqrf(arrays["A"])
    assert judged(golden, arrays, {"out0": factors, "out1": tau}).status == "pass"
    loops = [v[0] for v in householder(Arithmetic(), arrays["A"][None])]
    assert judged(golden, arrays, dict(zip(("out0", "out1"), loops, strict=True))).status == "pass"


@pytest.mark.parametrize("operator", [L + "lu_factor", L + "ldl_factor"])
def test_where_rounding_chooses_the_rows_the_product_counts(operator: str) -> None:
    """Two pivots of equal size: either order of the rows passes, a wrong factor of either does not."""
    symmetric = operator.endswith("ldl_factor")
    values = "literal:0,1,1,1,0,2,1,2,0" if symmetric else "literal:1,2,3,-1,5,7,0.5,2,9"
    golden, arrays, run = golden_of(op_case(operator, "float32", {"A": ((3, 3), values)}))
    assert golden.output("out0:product").y.tolist() == arrays["A"].tolist()
    theirs = run(arrays, None)
    assert judged(golden, arrays, theirs).status == "pass"
    ours = arrays["A"].astype(np.float64)
    if symmetric:
        # Rows 1 and 3 as a pair instead of 1 and 2.
        order = [0, 2, 1]
        b = ours[np.ix_(order, order)]
        column = b[2:, :2] @ np.linalg.inv(b[:2, :2])
        made = np.tril(b)
        made[2:, :2], made[2, 2] = column, b[2, 2] - (column @ b[:2, 2:]).item()
        pivots = [-3, -3, 3]
    else:
        b = ours[[1, 0, 2]]
        made = b.copy()
        for k in range(2):
            made[k + 1 :, k] /= made[k, k]
            made[k + 1 :, k + 1 :] -= np.outer(made[k + 1 :, k], made[k, k + 1 :])
        pivots = [2, 2, 3]
    mine = {"out0": made.astype(np.float32), "out1": np.array(pivots, np.int32)}
    assert judged(golden, arrays, mine).status == "pass"
    for outputs in (theirs, mine):
        wrong = {**outputs, "out0": outputs["out0"] * np.float32(1 + 1e-4)}
        assert judged(golden, arrays, wrong).status == "diverged"


def test_unpacked_factors_are_moved_only() -> None:
    """lu_unpack copies, and puts ones on L's diagonal: bit for bit."""
    case = op_case("torch.lu_unpack", "float32", {"LU": (4, 4), "pivots": ((4,), "literal:2,2,4,4", "int32")})
    assert verdict_of(case).status == "pass"

    def nudge(outputs: dict[str, Array], _: dict[str, Array]) -> dict[str, Array]:
        return {"out1": np.nextafter(outputs["out1"], np.float32(9))}

    assert verdict_of(case, nudge).status == "diverged"


def _answers() -> list[tuple[str, Call]]:
    """Calls by their documented arguments, with the answer that NumPy and SciPy give."""
    random = np.random.default_rng(3)
    a, b = random.standard_normal((5, 5)), random.standard_normal((5, 2))
    wide = random.standard_normal((2, 5))
    spd = a @ a.T + np.eye(5)
    low = np.linalg.cholesky(spd)
    factors, rows = scipy.linalg.lu_factor(a)
    given = {"LU": factors, "p": (rows + 1).astype(np.int32)}
    refl, tau = (v[0] for v in householder(Arithmetic(), a[None]))
    q = turned(Arithmetic(), refl[None], tau[None], np.eye(5)[None])[0]
    reflectors = {"v": refl, "tau": tau}
    tall = random.standard_normal((7, 5))
    c = random.standard_normal((7, 2))

    def one(target: str, inputs: dict[str, Array], y: Array, *args: Any, **kwargs: Any) -> tuple[str, Call]:
        return target, _call(target, inputs, *args, y={"out0": y}, **kwargs)

    return [
        one("torch.cholesky_solve", {"B": b, "L": low}, np.linalg.solve(spd, b)),
        one("torch.cholesky_solve", {"B": b, "L": low.T.copy()}, np.linalg.solve(spd, b), upper=True),
        one("torch.lu_solve", {"B": b, **given}, np.linalg.solve(a, b)),
        one(L + "lu_solve", {**given, "B": b}, np.linalg.solve(a, b)),
        one(L + "lu_solve", {**given, "B": b}, np.linalg.solve(a.T, b), adjoint=True),
        one(L + "lu_solve", {**given, "B": wide}, np.linalg.solve(a.T, wide.T).T, left=False),
        one(L + "lu_solve", {**given, "B": wide}, np.linalg.solve(a, wide.T).T, left=False, adjoint=True),
        one(L + "solve_ex", {"A": a, "B": b}, np.linalg.solve(a, b)),
        one(L + "solve_ex", {"A": a, "B": wide}, np.linalg.solve(a.T, wide.T).T, left=False),
        one(L + "inv_ex", {"A": a}, np.linalg.inv(a)),
        one(L + "cholesky_ex", {"A": spd}, low),
        one(L + "cholesky_ex", {"A": spd}, low.T, upper=True),
        one("torch.ormqr", {**reflectors, "c": b}, q @ b),
        one("torch.ormqr", {**reflectors, "c": b}, q.T @ b, True, True),
        one("torch.ormqr", {**reflectors, "c": wide}, wide @ q, left=False),
        one("torch.ormqr", {**reflectors, "c": wide}, wide @ q.T, False, True),
        one("torch.linalg.matrix_exp", {"A": 3 * a}, scipy.linalg.expm(3 * a)),
        one(L + "lstsq", {"A": tall, "B": c}, np.linalg.lstsq(tall, c)[0]),
        one(L + "lstsq", {"A": tall.T.copy(), "B": b}, np.linalg.lstsq(tall.T, b)[0]),
    ]


@pytest.mark.parametrize(("operator", "call"), _answers())
def test_arguments_mean_what_the_documentation_says(operator: str, call: Call) -> None:
    """The algorithm gives NumPy's answer for the arguments in their documented order, so the rule applies."""
    found = problem_of(call).run(lambda _: Arithmetic(), 1, lambda m: m)["out0"]
    assert np.allclose(found.reshape(call.y["out0"].shape), call.y["out0"], rtol=1e-9, atol=1e-11)
    rule = RULES["algorithm"]
    assert rule.covers(call, "out0")
    assert rule_of_output(call, rule, "out0") is rule


def test_another_answer_is_left_to_experiment() -> None:
    """Where the algorithm is not what the operator computed, the rule does not speak."""
    call = _call("torch.linalg.inv_ex", {"A": np.diag([1.0, 2.0])}, y={"out0": np.diag([1.0, 0.6])})
    assert not RULES["algorithm"].covers(call, "out0")


def test_ranks_that_rounding_decides_are_open() -> None:
    """A singular value at the cut leaves the rank open; one far from it does not."""
    rank = RULES["rank"]
    for values, kwargs, is_open in (
        ([1.0, 0.5], {}, False),
        ([1.0, 6e-16], {}, True),
        ([1.0, 1e-20], {}, False),
        ([1.0, 0.25], {"atol": 0.25}, True),
        ([1.0, 0.25], {"rtol": 0.25}, True),
        ([1.0, 0.25], {"rtol": 0.2}, False),
    ):
        call = _call("torch.linalg.matrix_rank", {"A": np.diag(values)}, y={"out0": np.array(2)}, **kwargs)
        assert rank.covers(call, "out0") == is_open, (values, kwargs)


def test_conditions_are_as_certain_as_the_smallest_singular_value() -> None:
    """σ of s₁/sₙ is what u·‖A‖ does to sₙ; other norms are left to experiment."""
    a = {"A": np.diag([1.0, 1e-3])}
    terms = RULES["solve"].witness(_call("torch.linalg.cond", a, y={"out0": np.array(1e3)}), ["out0"])["out0"]
    assert terms["V"] == pytest.approx(2.5 * (1e3 + 1e6), rel=0.01)
    inverse = _call("torch.linalg.cond", a, -2, y={"out0": np.array(1e-3)})
    assert RULES["solve"].witness(inverse, ["out0"])["out0"]["V"] == pytest.approx(2.5 * 1.001, rel=0.01)
    assert not RULES["solve"].covers(_call("torch.linalg.cond", a, 1, y={"out0": np.array(1e3)}), "out0")


def test_shorter_factors_are_allowed_where_the_profile_says_so() -> None:
    """A power whose factors were rounded to TF32 passes on a device that does that, and on no other."""
    golden, arrays, _ = golden_of(op_case(L + "matrix_power", "float32", {"A": (9, 9)}, 3))

    def short(x: Array) -> Array:
        return np.asarray(round_value(x.astype(np.float64), "tfloat32"))

    a = short(arrays["A"])
    made = {"out0": (short(a @ a) @ a).astype(np.float32)}
    assert judged(golden, arrays, made).status == "diverged"
    assert judged(golden, arrays, made, profile="a100-tf32").status == "pass"


def test_the_same_case_has_the_same_noise() -> None:
    """Random rounding is seeded by the case."""
    first, second = (golden_of(op_case(L + "lu_factor", "float32", A))[0] for _ in range(2))
    assert first.output("out0").noise["V"].tolist() == second.output("out0").noise["V"].tolist()
    assert torch.equal(torch.tensor(first.output("out0").y), torch.tensor(second.output("out0").y))


@pytest.mark.parametrize("dtype", ["float32", "complex64"])
def test_r_alone_is_judged_by_what_it_squares_to(dtype: str) -> None:
    """Of a QR decomposition without Q the triangle is known by RᴴR = AᴴA, whatever the signs of its rows."""
    case = op_case("torch.linalg.qr", dtype, {"A": (3, 9, 7)}, mode="r")
    assert verdict_of(case, profile="cpu").status == "pass"

    def turned(outputs: dict[str, Any], _: object) -> dict[str, Any]:
        return {**outputs, "out1": outputs["out1"] * np.where(np.arange(7) % 2, -1, 1)[:, None].astype(np.float32)}

    def wrong(outputs: dict[str, Any], _: object) -> dict[str, Any]:
        return {**outputs, "out1": outputs["out1"] * np.float32(1 + 2.0**-10)}

    def filled(outputs: dict[str, Any], _: object) -> dict[str, Any]:
        return {**outputs, "out1": outputs["out1"] + np.tril(np.full((7, 7), np.float32(1e-3)), -1)}

    assert verdict_of(case, turned, profile="cpu").status == "pass"
    assert verdict_of(case, wrong, profile="cpu").status == "diverged"
    assert verdict_of(case, filled, profile="cpu").status == "diverged"
