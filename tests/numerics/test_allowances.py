"""What the rules allow is what their formulas say: caps and noise worked out by hand for known noise figures."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from harness.golden.store import GoldenOutput
from harness.numerics import formats, limits, noise, profile, rules
from harness.numerics.noise import clustered, equals
from harness.numerics.rules import dot, elementwise, empirical, functions, prod, scaled

STRICT, CPU, CUDA = (profile.load(name) for name in ("strict", "cpu", "cuda"))
U32, U16, U64 = 2.0**-24, 2.0**-11, 2.0**-53
Y = np.array([1.5, -3.0, 0.25])
SUM = {
    "S": np.array([5.0, 6.0, 7.0]),
    "R": np.array([2.0, 3.0, 1.0]),
    "n": np.array(100.0),
    "W": np.array([11.0, 21.0, 8.0]),
}


def golden(dtype: str = "float32", y: np.ndarray = Y, **figures) -> GoldenOutput:
    """A golden output that carries these noise figures."""
    return GoldenOutput("out0", dtype, y.shape, y, {k: np.asarray(v) for k, v in figures.items()})


def ulp(values, dtype: str = "float32") -> np.ndarray:
    """ulp in plain words: 2^(max(floor(log2|v|), emin) - p + 1)."""
    form = formats.FORMATS[dtype]
    return 2.0 ** (np.maximum(np.floor(np.log2(np.abs(values))), form.emin) - form.p + 1)


def same(allowance, cap, variance=None, dtype: str = "float32", y: np.ndarray = Y) -> None:
    """Its cap is `cap` + ½ulp of the output beyond it, its σ² `variance` + ulp²/12, f the share of the latter."""
    cap = np.broadcast_to(cap, y.shape)
    half = 0.5 * ulp(np.abs(y) + cap, dtype)
    assert np.allclose(allowance.cap, cap + half, rtol=1e-12, atol=0)
    if variance is None:
        assert allowance.sigma is None
        return
    rounding = ulp(y, dtype) ** 2 / 12
    assert np.allclose(np.square(allowance.sigma), variance + rounding, rtol=1e-12, atol=0)
    assert allowance.f == pytest.approx(float(np.mean(rounding / (variance + rounding))), rel=1e-12)


def by_sum(u: float = U32, eta: float = 2.0**-149, share: float = 0.0, **changes) -> tuple[np.ndarray, np.ndarray]:
    """B and σ² of a sum before output rounding, from numerics.md's formula, with repeats and underflow."""
    figures = {**SUM, **changes}
    n, s, w = figures["n"], figures["S"], figures["W"]
    variance = 0.18 * u**2 * w**2 + (noise.REPEATED * share * n * u * s) ** 2
    return n * u * s + n * eta, variance


def test_sums():
    """B = n·u·S, σ² = 0.18u²W², with the accumulator's u and its underflow."""
    for dtype in ("float32", "float16", "bfloat16"):
        same(dot.Sum().allow(golden(dtype, **SUM), STRICT), *by_sum(), dtype=dtype)
    found = dot.Sum().allow(golden(**SUM), STRICT)
    assert (found.rule, found.figures, found.undefined, found.exact) == (
        "sum",
        {"u": U32, "n": 100.0, "S": 7.0},
        None,
        False,
    )
    assert not found.empirical
    flushing = dot.Sum().allow(golden(**SUM), replace(STRICT, ftz=True))
    same(flushing, *by_sum(eta=2.0**-126))
    assert flushing.ftz
    short = replace(STRICT, accumulate={"bfloat16": "bfloat16"})
    same(
        dot.Sum().allow(golden("bfloat16", **SUM), short),
        *by_sum(2.0**-8, 2.0**-133, share=100 * 2.0**-8),
        dtype="bfloat16",
    )
    many = {**SUM, "n": np.array(1000.0)}
    long = dot.Sum().allow(golden("bfloat16", **many), short)
    same(long, *by_sum(2.0**-8, 2.0**-133, share=1.0, n=1000.0), dtype="bfloat16")
    same(dot.Sum().allow(golden(**SUM, repeated=0.5), STRICT), *by_sum(share=0.5))


def test_sums_of_their_own_kind():
    """A scan rounds to what the profile's scans keep, a bag's mean twice; what may overflow on the way is open."""
    cap, variance = by_sum()
    short = replace(STRICT, scans={"float16": "float16"})
    scan = dot.Sum().allow(golden("float16", **SUM, scan=True), short)
    same(scan, *by_sum(U16, 2.0**-24, share=100 * U16), dtype="float16")
    assert scan.together == 0.0
    assert dot.Sum().allow(golden(**SUM, groups=5), STRICT).together == limits.shared(5)
    twice = dot.Sum().allow(golden("float16", **SUM, twice=True), STRICT)
    size = U16 * np.abs(Y)
    same(twice, cap + size, variance + 0.18 * size**2, dtype="float16")
    big = {**SUM, "S": np.array([1.0, 3e38, 1e38])}
    assert dot.Sum().allow(golden(**big), STRICT).undefined.tolist() == [False, True, False]
    almost = {**SUM, "S": np.full(3, 0.45 * formats.FORMATS["float32"].max)}
    assert dot.Sum().allow(golden(**almost), STRICT).undefined is None


def test_sums_that_are_exact_or_composed():
    """Multiples of g below 2^p·g round nowhere; what kernels compose in a short dtype rounds there, too."""
    reach = np.array([5.0, 2.0**20, 2.0**20 - 1])
    grid = {**SUM, "S": np.array([9.0, 2.0**21, 2.0**21 - 1]), "reach": reach, "grid": -4.0, "divided": 0.0}
    exact = np.array([True, False, True])
    cap, variance = by_sum(**grid)
    found = dot.Sum().allow(golden(**grid), STRICT)
    same(found, np.where(exact, 0.0, cap), np.where(exact, 0.0, variance))
    mean = dot.Sum().allow(golden(**{**grid, "divided": 1.0}), STRICT)
    once, size = U32 * np.abs(Y) + 2.0**-149, np.abs(Y)
    same(mean, np.where(exact, once, cap), np.where(exact, 0.18 * (U32 * size) ** 2, variance))
    strict = replace(STRICT, fma=False)
    q = SUM["R"] ** 2
    products = dot.Dot().allow(golden(**grid), strict)
    same(products, np.where(exact, 0.0, cap), np.where(exact, 0.0, variance + 0.18 * U32**2 * q))
    rounded = replace(STRICT, fma=True, matmul_inputs={"float32": "tfloat32"})
    with_tf32 = cap + (2 * U16 + U16**2) * grid["S"]
    same(dot.Dot().allow(golden(**grid), rounded), with_tf32, variance + 0.36 * U16**2 * q)
    core = replace(STRICT, fma=True, blocks={"float32": profile.Block(16, 2, False)})
    steps = math.ceil(100 / 16) * (17 * 2.0**-2 + 1) * 2.0**-23 * grid["S"]
    same(dot.Dot().allow(golden(**grid), core), cap + steps, variance)
    cap, variance = by_sum()
    kept = dot.Sum().allow(golden("float16", **SUM, kept=3.0), STRICT)
    more = 0.18 * 3 * U16**2 * (Y**2 + q)
    same(kept, cap + 3 * U16 * SUM["S"], variance + more, dtype="float16")
    assert kept.figures["kept"] == 3.0
    same(dot.Sum().allow(golden(**SUM, kept=3.0), STRICT), cap, variance)


def test_an_exact_sum_stays_exact_where_only_factors_are_rounded():
    """TF32 and tensor cores round products: a plain sum of multiples of one number has none, and rounds nowhere."""
    grid = {**SUM, "reach": SUM["S"], "grid": -4.0, "divided": 0.0}
    fast = replace(STRICT, matmul_inputs={"float32": "tfloat32"}, blocks={"tfloat32": profile.Block(16, 2, False)})
    same(dot.Sum().allow(golden(**grid), fast), 0.0, 0.0)


def test_sums_whose_intermediates_are_known():
    """Intermediates that round to a short dtype add u_out·K and (u_out·KV)², but where the sum is as short already."""
    figures = {**SUM, "K": np.array([3.0, 4.0, 5.0]), "KV": np.array([1.0, 0.5, 3.0])}
    cap, variance = by_sum()
    found = dot.Sum().allow(golden("float16", **figures), STRICT)
    same(found, cap + U16 * figures["K"], variance + (U16 * figures["KV"]) ** 2, dtype="float16")
    assert found.figures["kept"] == 5.0
    short = replace(STRICT, accumulate={"float16": "float16"})
    same(dot.Sum().allow(golden("float16", **figures), short), *by_sum(U16, 2.0**-24, share=100 * U16), dtype="float16")


def test_goldens_that_are_special_or_empty():
    """Where y is NaN or infinite the allowance is that of a zero; an empty output has one, too."""
    y = np.array([np.nan, np.inf, -np.inf])
    found, zero = (dot.Sum().allow(golden(y=v, **SUM), STRICT) for v in (y, np.zeros(3)))
    assert np.array_equal(found.cap, zero.cap)
    assert np.array_equal(found.sigma, zero.sigma)
    empty = dot.Sum().allow(golden(y=np.zeros(0), S=np.zeros(0), R=np.zeros(0), W=np.zeros(0), n=5.0), STRICT)
    assert (np.size(empty.cap), empty.f) == (0, 1.0)


def test_accumulators_default_to_the_usual():
    """A profile that lists no accumulator sums in float32, doubles in float64."""
    bare = replace(STRICT, accumulate={})
    kinds = {"float16": "float32", "complex64": "float32", "complex128": "float64", "float64": "float64"}
    for dtype, wide in kinds.items():
        assert dot.Sum().accumulator(golden(dtype), bare) == wide
    wider = replace(STRICT, accumulate={"float32": "float64"})
    assert dot.Sum().accumulator(golden("complex64"), wider) == "float64"
    assert dot.Scatter().accumulator(golden("complex64"), bare) == "float32"


def test_float64_doubles_what_has_no_better_reference():
    """y is rounded to float64 itself: another ½ulp and ulp²/12; where it is no better than the output, all doubles."""
    cap, variance = by_sum(U64, 2.0**-1074)
    half = 0.5 * ulp(np.abs(Y) + cap, "float64")
    found = dot.Sum().allow(golden("float64", **SUM), STRICT)
    assert np.allclose(found.cap, cap + 2 * half, rtol=1e-12, atol=0)
    rounding = ulp(Y, "float64") ** 2 / 12
    assert np.allclose(np.square(found.sigma), variance + 2 * rounding, rtol=1e-12, atol=0)
    assert np.isclose(found.f, np.mean(2 * rounding / (variance + 2 * rounding)), rtol=1e-12, atol=0)
    doubled = dot.Sum().allow(golden("float64", **SUM, doubled=True), STRICT)
    assert np.allclose(doubled.cap, 2 * (cap + half), rtol=1e-12, atol=0)
    assert np.allclose(np.square(doubled.sigma), 2 * (variance + rounding), rtol=1e-12, atol=0)


def test_dot_products():
    """Without FMA products round; TF32 inputs and a tensor core's truncated blocks add what they cost."""
    cap, variance = by_sum()
    s, q, n = SUM["S"], SUM["R"] ** 2, 100.0
    products = 0.18 * U32**2 * q
    for fma, more in ((True, 0.0), (False, products), (None, products)):
        same(dot.Dot().allow(golden(**SUM), replace(STRICT, fma=fma)), cap, variance + more)
    fused = replace(STRICT, fma=True)
    rounded = replace(fused, matmul_inputs={"float32": "tfloat32"})
    tf32 = dot.Dot().allow(golden(**SUM), rounded)
    same(tf32, cap + (2 * U16 + U16**2) * s, variance + 0.36 * U16**2 * q)
    assert tf32.figures["inputs"] == "tfloat32"
    same(dot.Dot().allow(golden("float16", **SUM), rounded), cap, variance, dtype="float16")
    # A factor that repeats rounds the same way each time.
    again = (0.5 * U16 * s) ** 2 + (noise.REPEATED * 0.5 * n * U32 * s) ** 2
    wanted = (cap + (2 * U16 + U16**2) * s, variance + 0.36 * U16**2 * q + again)
    same(dot.Dot().allow(golden(**SUM, repeated=0.5), rounded), *wanted)
    flushing = dot.Dot().allow(golden("bfloat16", **SUM), replace(fused, dot_ftz=("bfloat16",)))
    assert flushing.ftz
    assert not dot.Sum().allow(golden("bfloat16", **SUM), replace(fused, dot_ftz=("bfloat16",))).ftz
    core = profile.load("h100")
    steps = math.ceil(n / 16)
    blocks = steps * (17 * 2.0**-2 + 1) * 2.0**-23 * s
    drift = (dot.TRUNCATION_DRIFT * steps * 2.0**-23 * np.abs(Y)) ** 2
    found = dot.Dot().allow(golden("float16", **SUM), core)
    same(found, cap + blocks, variance + drift, dtype="float16")
    assert found.figures["block"] == 16
    rounding = replace(core, blocks={"float16": profile.Block(16, 2, False)})
    same(dot.Dot().allow(golden("float16", **SUM), rounding), cap + blocks, variance, dtype="float16")
    same(dot.Sum().allow(golden("float16", **SUM), core), cap, variance, dtype="float16")


def test_products_that_round_in_parts():
    """A bias that comes after the rounding, + u·|y - b|; parts of 128 terms and more, + u·S and 0.18u²(Q + y²/2)."""
    fused = replace(STRICT, fma=True)
    apart = np.array([4.0, 1.0, 2.0])
    for dtype in ("float16", "bfloat16"):
        u = formats.unit_roundoff(dtype)
        cap, variance = by_sum()
        out = golden(dtype, **SUM, apart=apart)
        same(dot.Dot().allow(out, fused), cap, variance, dtype)
        once = replace(fused, bias_apart=(dtype,))
        same(dot.Dot().allow(out, once), cap + u * apart, variance + 0.18 * (u * apart) ** 2, dtype)
        same(dot.Dot().allow(golden(dtype, **SUM), once), cap, variance, dtype)
        split = replace(fused, partial_sums=(dtype,))
        same(dot.Dot().allow(out, split), cap, variance, dtype)  # of 100 terms
        for n in (128.0, 500.0):
            long = {**SUM, "n": np.array([3.0, 3.0, n])}
            cap, variance = by_sum(n=long["n"])
            more = 0.18 * u**2 * (SUM["R"] ** 2 + Y**2 / 2)
            same(dot.Dot().allow(golden(dtype, **long), split), cap + u * SUM["S"], variance + more, dtype)
    wide = replace(fused, bias_apart=("float32",), partial_sums=("float32",))
    long = {**SUM, "n": np.array(500.0)}
    same(dot.Dot().allow(golden("float32", **long, apart=apart), wide), *by_sum(n=long["n"]))


def test_sums_in_memory_and_products():
    """A scatter accumulates in the output's dtype; a product rounds n times; both leave open what may overflow, and a
    product that may underflow on its way may be lost.
    """
    found = dot.Scatter().allow(golden("float16", **SUM), STRICT)
    same(found, *by_sum(U16, 2.0**-24, share=100 * U16), dtype="float16")
    figures = {"n": 10.0, "top": np.array([10.0, 1e38, 2e38]), "bottom": np.array([1e-3, 1.0, 1.0])}
    product = prod.Product().allow(golden(**figures), STRICT)
    same(product, 10 * U32 * np.abs(Y), 0.18 * 10 * (U32 * Y) ** 2)
    assert product.undefined.tolist() == [False, False, True]
    assert product.figures == {"n": 10.0, "u": U32}
    kept = replace(STRICT, products={"float16": "float16"}, scans={"float16": "bfloat16"})
    half = {**figures, "top": np.ones(3)}
    same(prod.Product().allow(golden("float16", **half), kept), 10 * U16 * np.abs(Y), 1.8 * (U16 * Y) ** 2, "float16")
    scan = prod.Product().allow(golden("float16", **half, scan=True), kept)
    same(scan, 10 * 2.0**-8 * np.abs(Y), 1.8 * (2.0**-8 * Y) ** 2, "float16")
    calm = {**figures, "top": np.full(3, 0.45 * formats.FORMATS["float32"].max)}
    assert prod.Product().allow(golden(**calm), STRICT).undefined is None
    doubled = prod.Product().allow(golden("float64", n=10.0, top=1.0, bottom=1.0, doubled=True), STRICT)
    assert np.all(doubled.cap > 19 * U64 * np.abs(Y))
    faint = {**calm, "bottom": np.array([1.0, 1.5 * 2.0**-126, 2.5 * 2.0**-126])}
    found, lost = prod.Product().allow(golden(**faint), STRICT), np.array([0.0, 1.0, 0.0])
    assert found.undefined is None
    same(found, (10 * U32 + lost) * np.abs(Y), (0.18 * 10 * U32**2 + lost) * Y**2)
    of_complex = prod.Product().allow(golden("complex64", Y.astype(complex), **calm), STRICT)
    same(of_complex, math.sqrt(5) * 10 * U32 * np.abs(Y), 0.18 * 10 * (U32 * Y) ** 2)


def test_the_gradient_of_a_product():
    """n roundings of the dtype that products are kept in, three of the output's, and what subnormal numbers lose."""
    kept = replace(STRICT, products={"float16": "float16"})
    for profile_, u in ((STRICT, U32), (kept, U16)):
        found = prod.ProductGradient().allow(golden("float16", n=10.0, slope=np.array([0.0, 5.0, 2.0])), profile_)
        lost = 2.0**-25 * np.array([0.0, 5.0, 2.0])
        variance = 0.18 * ((10 * u**2 + 2 * U16**2) * Y**2 + lost**2)
        same(found, (10 * u + 3 * U16) * np.abs(Y) + lost, variance, "float16")
        assert found.figures == {"n": 10.0, "u": u}
    doubled = prod.ProductGradient().allow(golden("float64", n=10.0, slope=0.0, doubled=True), STRICT)
    assert np.all(doubled.cap > 25 * U64 * np.abs(Y))


def bounded(allowance, cap, dtype: str = "float32") -> None:
    """Its cap is `cap` + ½ulp; in the dtype that functions are computed in σ is a third, all of it the kernel's, and
    half of that where the profile does not list the function."""
    same(replace(allowance, sigma=None), cap, dtype=dtype)
    if dtype == "float16":
        assert allowance.sigma is None
        return
    share = 6 if "default" in allowance.figures else 3
    assert np.allclose(allowance.sigma, allowance.cap / share, rtol=1e-12, atol=0)
    assert allowance.f == 0.0
    assert limits.rho(0.0, 1000, together=allowance.together) == pytest.approx(limits.RHO_SHARED)
    assert allowance.together == pytest.approx(1.5 / 1.3)


def test_noise_by_experiment():
    """B = 12σ', and a 64th of an ulp of 16-bit outputs, whose kernels may be fitted to the dtype; σ² = σ'²."""
    sigma = np.array([1e-6, 3e-4, 1e-5])
    for dtype, slack in (("float32", 0.0), ("float16", 1 / 64), ("bfloat16", 1 / 64)):
        found = empirical.Empirical().allow(golden(dtype, sigma=sigma, together=0.8, sharing=3.0), STRICT)
        same(found, 12 * sigma + slack * ulp(Y, dtype), sigma**2, dtype)
        assert (found.empirical, found.together, found.sharing) == (True, 0.8, 3.0)
    assert empirical.Empirical().allow(golden(sigma=sigma), STRICT).sharing == 1.0


def test_functions():
    """B = C·ulp32(y) with the profile's C; unknown functions get a default and their condition; halves a sliver."""
    code = np.frombuffer(b"exp", np.uint8)
    bounded(functions.Function().allow(golden(function=code), STRICT), 3 * ulp(Y))
    bounded(functions.Function().allow(golden(function=code), CUDA), 2 * ulp(Y))
    alike = functions.Function().allow(golden(function=code, alike=True), CUDA)
    same(alike, 2 * ulp(Y))
    assert (alike.f, alike.together) == (1.0, 0.0)
    found = functions.Function().allow(golden("float16", function=code), CPU)
    sliver = functions.HALF_SLACK * ulp(Y, "float16") + 2.0**-126
    bounded(found, CPU.ulp_of("exp") * ulp(Y) + sliver, dtype="float16")
    assert found.figures == {"function": "exp", "ulps": 2.5, "compute": "float32"}
    found = functions.Function().allow(golden("float16", function=code, multiplied=True), CPU)
    bounded(found, CPU.ulp_of("exp") * ulp(Y) + sliver + U16 * np.abs(Y), dtype="float16")
    bounded(functions.Function().allow(golden(function=code, multiplied=True), STRICT), 3 * ulp(Y))
    other = np.frombuffer(b"zeta", np.uint8)
    condition = np.array([1.0, 2.0, 3.0])
    default = functions.DEFAULT_ULPS
    found = functions.Function().allow(golden(function=other, condition=condition), STRICT)
    bounded(found, default * ulp(Y) + 2 * default * U32 * condition)
    assert found.figures["ulps"] == default
    assert found.figures["default"] == "profile strict lists no zeta"
    inverse = np.frombuffer(b"erfinv", np.uint8)
    found = functions.Function().allow(golden(function=inverse, condition=condition), replace(STRICT, ulps={}))
    bounded(found, 16 * ulp(Y) + 2 * 16 * U32 * condition)


def test_functions_with_a_scale():
    """softplus and celu add what their scale rounds, in u of the dtype they are computed in, and a sixth of it to
    σ.
    """
    code, scale = np.frombuffer(b"exp", np.uint8), np.array([5.0, 0.5, 9.0])
    found = functions.Function().allow(golden(function=code, scaled=scale), STRICT)
    cap = 3 * ulp(Y) + U32 * scale + 0.5 * ulp(Y)
    assert np.allclose(found.cap, cap, rtol=1e-6)
    assert np.allclose(found.sigma, cap / 3 - U32 * scale / 6, rtol=1e-6)


def test_functions_that_give_their_argument_back():
    """elu and celu of positive numbers round nowhere."""
    code, passed = np.frombuffer(b"exp", np.uint8), np.array([True, False, True])
    found = functions.Function().allow(golden(function=code, passed=passed), STRICT)
    assert np.allclose(found.cap, np.where(passed, 0.5, 3.5) * ulp(Y), rtol=1e-6)


def test_functions_of_complex_numbers():
    """C is that of complex kernels whatever the profile lists, on the modulus, and on the condition where an argument
    is rounded first; open where the modulus may overflow.
    """
    condition, z = np.array([1.0, 2.0, 3.0]), Y.astype(complex)
    for name, ulps, steps in ((b"tan", 6.0, 0), (b"exp", functions.DEFAULT_ULPS, 0), (b"expm1", 5.0, 1)):
        code = np.frombuffer(name, np.uint8)
        found = functions.Function().allow(golden("complex64", z, function=code, condition=condition), CPU)
        bounded(found, ulps * ulp(Y) + 2 * steps * ulps * U32 * condition)
        assert (found.figures["ulps"], found.figures["default"]) == (ulps, "of complex numbers")
        assert found.undefined is None
    large = np.array([0.4, 0.5, 0.6j]) * formats.FORMATS["float32"].max
    found = functions.Function().allow(golden("complex64", large, function=code, condition=condition), CPU)
    assert found.undefined.tolist() == [False, False, True]


def test_functions_that_overflow_on_the_way_are_left_open():
    """Where exp overflows and sinh = exp/2 does not, either answer is right; no other function has such a place."""
    y = np.array([0.4, 0.6, -0.6]) * formats.FORMATS["float32"].max
    sinh, exp = (np.frombuffer(name, np.uint8) for name in (b"sinh", b"exp"))
    found = functions.Function().allow(golden(y=y, function=sinh), CPU)
    assert found.undefined.tolist() == [False, True, True]
    assert functions.Function().allow(golden(y=y / 2, function=sinh), CPU).undefined is None
    assert functions.Function().allow(golden(y=y, function=exp), CPU).undefined is None


def test_shares_of_nothing_and_of_too_much():
    """An output without any noise, and one whose noise is beyond all numbers, is all rounding."""
    for y, w in ((np.zeros(2), 0.0), (np.full(2, 1e308), 1e200)):
        sums = {"S": np.zeros(2), "R": np.zeros(2), "W": np.full(2, w), "n": 0.0}
        found = dot.Sum().allow(golden("float64", y=y, **sums), STRICT)
        assert found.f == 1.0
        assert not np.isnan(found.sigma).any()


def test_noise_whose_square_underflows_leaves_the_cap():
    """Below 2^-1000 a square has lost digits, and its root says nothing: σ is the cap there, the root above."""
    out = golden("float64", np.zeros(4))
    variance = np.array([2.0**-999, 2.0**-1000, 1.5 * 2.0**-1001, 0.0])
    found = noise.allowance(out, STRICT, cap=1.0, variance=variance, rule="some", figures={})
    assert np.allclose(found.sigma, [2.0**-499.5, 2.0**-500, 1.0, 1.0], rtol=1e-12, atol=0)


def test_a_bound_that_overflows_allows_anything():
    """An infinite bound or σ says nothing about an element, and not that it has no error; what is NaN has none."""
    out, unknown = golden("float32", np.ones(3)), np.array([1.0, np.inf, np.nan])
    found = noise.allowance(out, STRICT, cap=unknown, variance=unknown, rule="some", figures={})
    assert np.allclose(found.cap, [1.0, 1e150, 2.0**-24], rtol=1e-6)
    assert np.allclose(found.sigma, [1.0, 1e150, 2.0**-23 / 12**0.5], rtol=1e-6)


def test_exact_and_nearly_exact():
    """Exact rules allow nothing; + - × ÷ √ what the profile's C has beyond ½."""
    exact = elementwise.Exact().allow(golden(signed=True), STRICT)
    assert (exact.cap, exact.exact, exact.signed_zero, exact.ftz, exact.rule) == (0.0, True, True, False, "exact")
    assert exact.figures == {"ulps": 0}
    assert not elementwise.Exact().allow(golden(), STRICT).signed_zero
    flushing = elementwise.Exact().allow(golden(signed=True), replace(STRICT, ftz=True))
    assert (flushing.signed_zero, flushing.ftz) == (False, True)
    code = np.frombuffer(b"sqrt", np.uint8)
    assert elementwise.Rounded().allow(golden(function=code), STRICT).exact
    unknown = np.frombuffer(b"add", np.uint8)
    assert elementwise.Rounded().allow(golden(function=unknown), replace(STRICT, ulps={})).exact
    loose = elementwise.Rounded().allow(golden(function=code), CPU)
    same(loose, (CPU.ulp_of("sqrt") - 0.5) * ulp(Y))
    assert not loose.exact


def test_short_formulas():
    """gelu-like products follow x, fused formulas their terms, complex arithmetic the modulus."""
    reach = np.array([4.0, 1.0, 1.0])
    found = functions.Gelu().allow(golden(reach=reach), STRICT)
    top = np.maximum(np.abs(Y), reach)
    noisy = functions.GELU_NOISE + functions.GELU_CANCELS * (1 - np.abs(Y) / top)
    same(found, functions.GELU_ULPS * ulp(top), (noisy * ulp(top)) ** 2)
    gradient = replace(golden(reach=reach), name="grad.x")
    same(functions.Gelu().allow(gradient, STRICT), functions.GELU_ULPS * ulp(top))
    nothing = functions.Gelu().allow(golden(y=np.zeros(1), reach=np.zeros(1)), STRICT)
    least = (functions.GELU_NOISE**2 + 1 / 12) * 2.0**-298
    assert np.allclose(np.square(nothing.sigma), least, rtol=1e-12, atol=0)
    s, p = np.array([2.0, 9.0, 1.0]), np.array([1.0, 8.0, 0.5])
    k, eta = elementwise.Fused.roundings, 2.0**-149
    same(elementwise.Fused().allow(golden(S=s, P=p), STRICT), k * U32 * s + k * eta, 0.18 * k * (U32 * p) ** 2)
    coarse = elementwise.Fused().allow(golden("float16", S=s, P=p, coarse=True), STRICT)
    same(coarse, (k * U32 + U16) * s + k * eta, 0.18 * (k * U32**2 + U16**2) * p**2, dtype="float16")
    code = np.frombuffer(b"silu", np.uint8)
    gated = functions.Gated().allow(golden(function=code, x=reach), CPU)
    assert np.allclose(gated.sigma, gated.cap / 3, rtol=1e-12, atol=0)
    assert functions.Gated().allow(golden(function=code, x=reach, alike=True), CPU).sigma is None
    assert np.allclose(gated.cap, CPU.ulp_of("silu") * ulp(Y) + 0.5 * ulp(Y) + 2.0**-125 * reach, rtol=1e-6, atol=0)
    size = np.abs(Y)
    z = golden("complex64", y=Y.astype(np.complex128))
    found = elementwise.Modulus().allow(z, STRICT)
    same(found, 8 * U32 * size, 0.54 * (U32 * size) ** 2)
    assert found.undefined is None
    large = np.array([0.4, 0.5, 0.6j]) * formats.FORMATS["float32"].max
    assert elementwise.Modulus().allow(golden("complex64", large), STRICT).undefined.tolist() == [False, False, True]
    for k, more in ((6, {}), (12, {"quotient": True})):
        found = elementwise.Fused().allow(golden("complex64", Y.astype(complex), S=s, P=p, **more), STRICT)
        same(found, k * U32 * s + k * eta, 0.18 * k * (U32 * p) ** 2)


def test_scaled_formulas():
    """B = u·T + u_out·T_out, σ² likewise; a profile's inaccurate function adds what exceeds four ulp."""

    class Some(scaled.Scaled):
        name, function = "some", "exp"

    t, v = np.array([3.0, 5.0, 7.0]), np.array([1.0, 2.0, 1.0])
    least = 2.0**-126
    same(Some().allow(golden(T=t, V=v), STRICT), U32 * t + least, (U32 * v) ** 2)
    half = Some().allow(golden("float16", T=t, V=v, T_out=v, V_out=t), STRICT)
    same(half, U32 * t + least + U16 * v, (U32 * v) ** 2 + (U16 * t) ** 2, dtype="float16")
    doubled, single = (Some().allow(golden("float64", T=t, V=v, **d), STRICT) for d in ({"doubled": True}, {}))
    assert (doubled.cap > 1.5 * single.cap).all()
    assert Some().allow(golden(T=t, V=v), STRICT).together == 0.0
    shared = Some().allow(golden(T=t, V=v, groups=np.array(5)), STRICT)
    assert shared.together == pytest.approx(1.5 / 1.3 * math.sqrt(1 + math.sqrt(2 / 5)))
    four = replace(STRICT, ulps={"float32": {"exp": 4.0}})
    assert Some().allow(golden(T=t, V=v), four).figures == {"u": U32}
    assert Some().allow(golden(T=t, V=v), replace(STRICT, ulps={})).figures == {"u": U32}
    more = 2 * U32 * (116 - 4) * np.abs(Y)
    tpu = replace(profile.load("tpu"), ftz=False)
    rough = Some().allow(golden(T=t, V=v), tpu)
    same(rough, U32 * t + least + more, (U32 * v) ** 2 + more**2)
    assert rough.figures == {"u": U32, "function": "exp", "ulps": 116.0}


def test_scaled_formulas_of_rounded_factors():
    """Products inside whose factors are rounded add u_in·T_in, the larger the further they move an exponent."""

    class Some(scaled.Scaled):
        name = "some"

    t, v = np.array([3.0, 5.0, 7.0]), np.array([1.0, 2.0, 1.0])
    tf32 = replace(STRICT, matmul_inputs={"float32": "tfloat32"})
    for exponent, times in ((0.0, 1.0), (400.0, np.expm1(800 * U16) / (800 * U16))):
        out = golden(T=t, V=v, T_in=v, V_in=t, exponent=exponent)
        found = Some().allow(out, tf32)
        same(found, U32 * t + 2.0**-126 + U16 * times * v, (U32 * v) ** 2 + (U16 * times * t) ** 2)
        assert found.figures == {"u": U32, "inputs": "tfloat32"}
        same(Some().allow(out, STRICT), U32 * t + 2.0**-126, (U32 * v) ** 2)


def test_underflow_on_the_way_is_allowed():
    """Beside the smallest numbers the compute dtype's own underflow counts."""
    y, s = np.array([2.0**-130, 2.0**-128]), np.array([2.0**-129, 2.0**-127])
    k = elementwise.Fused.roundings
    same(
        elementwise.Fused().allow(golden(y=y, S=s, P=s), STRICT),
        k * U32 * s + k * 2.0**-149,
        0.18 * k * (U32 * s) ** 2,
        y=y,
    )
    code = np.frombuffer(b"exp", np.uint8)
    found = functions.Function().allow(golden("bfloat16", y, function=code), STRICT)
    cap = 3 * ulp(y) + functions.HALF_SLACK * ulp(y, "bfloat16") + 2.0**-126
    same(found, cap, dtype="bfloat16", y=y)

    class Some(scaled.Scaled):
        name = "some"

    same(Some().allow(golden(y=y, T=s, V=s), STRICT), U32 * s + 2.0**-126, (U32 * s) ** 2, y=y)


def test_quotients_may_reach_the_next_integer():
    """Where the true quotient is next to an integer the other one is right too, and one ulp of a large one; of decimals
    one of the last."""
    y = np.array([3.0, 7.0, 2.0**30])
    found = elementwise.Quotient().allow(golden(y=y, near=np.array([1.0, 0.0, 1.0], np.float32)), STRICT)
    same(found, np.array([1.0, 0.0, 2.0**7]), y=y)
    assert found.figures == {"near": 2.0}
    decimals = golden(y=y, near=np.array([1.0, 0.0, 1.0], np.float32), place=0.01)
    found = elementwise.Quotient().allow(decimals, STRICT)
    same(found, np.array([0.01, 0.0, 0.01]), y=y)
    assert found.figures == {"near": 2.0, "place": 0.01}


def test_noise_figures_are_kept_small_and_never_too_small():
    """Goldens keep 8 bits of a noise figure, rounded up, a constant array as one value, NaN as 0."""
    rng = np.random.default_rng(0)
    values = rng.standard_normal(500) * np.exp2(rng.integers(-40, 40, 500))
    kept = noise.upward(values)
    assert (kept >= np.abs(values)).all()
    assert (kept <= np.abs(values) * (1 + 2.0**-7)).all()
    assert np.array_equal(noise.upward(kept), kept)
    assert (np.frexp(kept)[0] * 256 % 1 == 0).all()
    assert noise.upward([2.0, 2.0]).shape == ()
    assert noise.upward([2.0, 3.0]).shape == (2,)
    assert noise.upward([np.nan, 1.0]).tolist() == [0.0, 1.0]
    assert noise.upward([[2.0, 2.0], [2.0, 3.0]]).shape == (2, 2)
    assert noise.upward(np.zeros((0, 3))).shape == (0, 3)
    assert noise.finite([np.nan, np.inf, -np.inf, 2.0]).tolist() == [0.0, 0.0, 0.0, 2.0]


def test_shortened_goldens_round_the_same():
    """A golden that was shortened rounds to the same value in its dtype as the full one, midpoints included."""
    rng = np.random.default_rng(1)
    for dtype in ("float32", "bfloat16", "float16", "float8_e4m3fn"):
        y = rng.standard_normal(3000)
        half = formats.ulp(y, dtype) / 2
        y = np.concatenate(
            [y, formats.round_value(y, dtype) + half, formats.round_value(y, dtype) + half * (1 + 2.0**-40)]
        )
        short = noise.shortened(y, dtype)
        assert np.array_equal(formats.round_value(short, dtype), formats.round_value(y, dtype)), dtype
        assert (np.abs(short - y) <= formats.ulp(y, dtype) * 2.0**-12).all()
        bits = short.view(np.uint64)
        p = 40 if dtype == "float32" else 24
        assert not (bits & np.uint64((1 << (53 - p)) - 1)).any()
    z = noise.shortened(np.array([np.pi + 1j * np.e, np.inf]), "complex64")
    assert formats.round_to(z[0].imag, "float32") == np.float32(np.e)
    assert z[1] == np.inf
    assert noise.shortened(y, "float64") is y
    ints = np.arange(3)
    assert noise.shortened(ints, "int64") is ints
    assert noise.shortened(ints, "float32") is ints
    assert noise.shortened(ints.astype(float), "int32").tolist() == [0, 1, 2]
    assert noise.to_odd(np.array([1 + 2.0**-30, 1.0, np.nan]), 24).tolist()[:2] == [1 + 2.0**-23, 1.0]


def test_dtypes_that_round():
    """Integers do not round; 8- and 16-bit floats are computed in float32."""
    assert (noise.unit("float16"), noise.unit("int8")) == (U16, 0.0)
    assert (noise.is_exact("bool"), noise.is_exact("complex64"), noise.is_exact("bfloat16")) == (True, False, False)
    assert [noise.compute_dtype(d) for d in ("float8_e5m2", "float32", "complex128")] == [
        "float32",
        "float32",
        "float64",
    ]
    assert noise.ulp([1.0, np.nan, 3 + 4j], "complex64").tolist() == [2.0**-23, 0.0, 2.0**-21]
    assert noise.ulp(2.0**-130, "float32", ftz=True) == 2.0**-126


def test_repeated_terms_are_counted():
    """How often the most frequent magnitude occurs along the summed axes; once is no repeat."""
    terms = np.array([[1.0, -1.0, 1.0, 2.0], [1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 5.0, 5.0]])
    assert noise.repeats(terms, (1,), U32).tolist() == [[3.0], [0.0], [2.0]]
    assert noise.repeats(terms, (0,), U32).tolist() == [[2.0, 0.0, 0.0, 0.0]]
    assert noise.repeats(terms, (0, 1), U32).tolist() == [[4.0]]
    near = np.array([[1.0, 1 + 1.5 * U32, 3.0, 7.0], [1.0, 1 + 2.0**-12, 3.0, 7.0]])
    assert noise.repeats(near, (1,), U32).tolist() == [[2.0], [0.0]]
    assert noise.repeats(np.array([[0.0, 0.0, 0.0, 5.0, 5.0]]), (1,), U32).tolist() == [[2.0]]
    assert noise.repeats(np.array([[2.0, 1.0, 2.0, 1.0, 2.0]]), (1,), U32).tolist() == [[3.0]]


def test_numbers_that_round_alike_have_the_noise_of_their_own_rounding():
    """`clustered` is 1 where the last bits are random, and more where elements are one number, everywhere or in a block
    of the noise test; a golden that carries it has so many times the rounding in σ².
    """
    step = 2.0**-7  # of bfloat16 between 1 and 2
    random = 1 + np.random.default_rng(0).random((64, 64)) * 0.9
    assert clustered(random, "bfloat16") == pytest.approx(1.0, abs=0.05)
    assert clustered(np.full((8, 8), 1 + 0.4 * step), "bfloat16") == pytest.approx(12 * 0.16)
    assert clustered(np.full(3, 1 + 0.4 * step), "bfloat16") == 1.0
    assert clustered(np.full(4, 1 + 0.4 * step), "bfloat16") == pytest.approx(12 * 0.16)
    assert clustered(np.zeros(64), "bfloat16") == clustered(np.zeros(40), "bfloat16") == 0.0
    assert clustered(np.append(np.full(63, 1 + 0.4 * step), np.nan), "bfloat16") == pytest.approx(63 / 64 * 12 * 0.16)
    assert clustered(np.full(64, 1 + 0.4 * step), "int64") == 1.0
    assert clustered(np.full(64, 1 + 0.4 * step, complex), "complex64") == 1.0
    random = random[:32]
    random[16:32, 32:48] = 1 + 0.49 * step
    assert clustered(random, "bfloat16") == pytest.approx(12 * 0.49**2 / 1.1**2)
    ordinary, alike = (functions.Gelu().allow(golden(reach=1.0, **more), STRICT) for more in ({}, {"clustered": 2.5}))
    assert alike.sigma**2 - ordinary.sigma**2 == pytest.approx(1.5 * ulp(Y) ** 2 / 12)
    assert np.array_equal(alike.cap, ordinary.cap)
    assert alike.f > ordinary.f


def test_numbers_that_repeat_round_alike() -> None:
    """How many elements have the magnitude of one, on the average over them: 1 where all differ. Zeros are none."""
    y = np.array([1.5, -1.5, 1.5, 2.0, 0.0, 0.0, np.nan, np.inf, -np.inf])
    assert equals(y) == (9 + 1) / 4
    assert equals(np.arange(1.0, 9.0).reshape(2, 4)) == 1.0
    assert equals(np.array([1 + 2j, 2 - 1j])) == 2.0
    assert equals(np.array([[0.5, 0.25], [0.5, 0.125]])) == 1.5
    assert equals(np.zeros(5)) == equals(np.zeros(0)) == equals(np.float64(3.0).reshape(())) == 1.0


def test_what_a_rule_and_a_golden_say_of_errors_in_common() -> None:
    """Sums have none, scans and softmax may; by experiment the golden says how many elements share one. A profile that
    rounds factors or truncates, and numbers that a kernel rounds, move everything to one side."""
    sums = {"S": Y, "R": Y, "n": np.asarray(9.0), "W": Y}
    found = rules.allow(golden(equals=9.0, **sums), STRICT, "sum")
    assert (found.apart, found.equals, found.biased, found.summed) == (True, 9.0, False, None)
    assert rules.allow(golden(**sums), STRICT, "sum").equals == 1.0
    assert rules.allow(golden(near=np.zeros(3)), STRICT, "quotient").apart
    assert not rules.allow(golden(near=np.zeros(3), broadcast=True), STRICT, "quotient").apart
    assert not rules.allow(golden(**sums), STRICT, "scatter").apart
    assert rules.allow(golden(number=0.1 * np.abs(Y), **sums), STRICT, "sum").biased
    for name in ("h100", "v100"):
        assert rules.allow(golden("float16", **sums), profile.load(name), "dot").biased
    found = rules.allow(golden(sigma=1e-3 * np.abs(Y), summed=np.array([7.0, 2.0])), STRICT, "empirical")
    assert (found.apart, found.summed) == (False, (7.0, 2.0))
    assert rules.allow(golden(sigma=1e-3 * np.abs(Y)), STRICT, "empirical").summed == (1.0, 1.0)
