"""Attribution: a reader learns who agrees with the golden, who with whom, and if the golden stands alone."""

from __future__ import annotations

import json

import numpy as np
from pairs import Golden, Output

from harness.numerics.attribution import attribute, attribute_digests, digest
from harness.numerics.types import Allowance

RNG = np.random.default_rng(0)
Y = RNG.standard_normal((8, 16))
NEAR = Allowance(cap=1e-6)


def out(values, dtype: str = "float32", name: str = "out0") -> list[Output]:
    """One target's outputs."""
    return [Output(np.asarray(values, np.float32 if dtype == "float32" else dtype), dtype, name)]


def test_who_agrees_with_whom():
    """Targets within twice the allowance of one another form a group; equal bits are told apart."""
    outputs = {
        "cpu": out(Y),
        "cpu-avx2": out(Y),
        "cuda:0": out(Y + 1e-6),
        "bad": out(Y * 1.5),
        "worse": out(Y * 1.5),
        "lone": out(-Y),
    }
    found = attribute(outputs, [(Golden(Y, "float32"), NEAR)], {"cpu", "cpu-avx2", "cuda:0"})
    assert found.groups == (("cpu", "cpu-avx2", "cuda:0"), ("bad", "worse"), ("lone",))
    assert found.identical == (("bad", "worse"), ("cpu", "cpu-avx2"), ("cuda:0",), ("lone",))
    assert found.agree == ("cpu", "cpu-avx2", "cuda:0")
    assert not found.golden_outlier
    assert found.words("bad") == "cpu, cpu-avx2 and cuda:0 agreed with the golden; worse gave the same answer as bad"
    assert found.words("lone") == "cpu, cpu-avx2 and cuda:0 agreed with the golden"
    assert json.loads(json.dumps(found.to_json()))["groups"][1] == ["bad", "worse"]


def test_the_golden_may_be_the_outlier():
    """When all targets agree with one another and none with the golden, the golden is what to look at."""
    outputs = {"cpu": out(Y), "cuda:0": out(Y + 5e-7)}
    found = attribute(outputs, [(Golden(Y + 1, "float32"), NEAR)], ())
    assert found.golden_outlier
    assert found.words("cpu") == "the golden itself may be wrong: cuda:0 gave the same answer as cpu"
    split = attribute({**outputs, "xpu": out(-Y)}, [(Golden(Y + 1, "float32"), NEAR)], ())
    assert not split.golden_outlier
    assert split.words("xpu") == "no other target agreed with the golden"
    alone = attribute({"cpu": out(Y)}, [(Golden(Y + 1, "float32"), NEAR)], ())
    assert not alone.golden_outlier
    assert alone.words("cpu") == ""
    two = attribute({"cpu": out(Y), "xpu": out(-Y)}, [(Golden(Y, "float32"), NEAR)], {"cpu"})
    assert two.words("xpu") == "cpu agreed with the golden"
    # One that lies between the golden and the target agrees with the golden, and that is said of it.
    close = attribute({"cpu": out(Y), "xpu": out(Y + 1.5e-6)}, [(Golden(Y, "float32"), NEAR)], {"cpu"})
    assert close.groups == (("cpu", "xpu"),)
    assert close.words("xpu") == "cpu agreed with the golden"
    fine = attribute(outputs, [(Golden(Y, "float32"), NEAR)], ("cpu", "cuda:0"))
    assert not fine.golden_outlier


def test_agreement_is_as_strict_as_the_rule():
    """Beyond 2B two targets differ; noise, exact and missing rules set the bar as for a verdict."""
    golden = Golden(Y, "float32")

    def together(b, allowance) -> bool:
        return len(attribute({"a": out(Y), "b": b}, [(golden, allowance)], ()).groups) == 1

    assert together(out(Y + 1.9e-6), NEAR)
    assert not together(out(Y + 2.2e-6), NEAR)
    noise = RNG.standard_normal(Y.shape)
    assert together(out(Y + 1e-3 * noise), Allowance(cap=1.0, sigma=1e-3))
    assert together(out(Y + 1.3e-3 * noise), Allowance(cap=1.0, sigma=1e-3))
    assert not together(out(Y + 1.9e-3 * noise), Allowance(cap=1.0, sigma=1e-3))
    chain = {"a": out(Y), "b": out(Y + 1.5e-6), "c": out(Y + 3e-6)}
    assert attribute(chain, [(golden, NEAR)], ()).groups == (("a", "b"), ("c",))
    for strict in (Allowance(cap=0.0, exact=True), Allowance(cap=None)):
        assert together(out(Y), strict)
        assert not together(out(np.nextafter(Y.astype(np.float32), np.float32(9))), strict)
    assert not together(out(np.where(Y > 2, np.nan, Y)), Allowance(cap=100.0))
    assert not together(out(Y[:4]), NEAR)
    assert not together(out(Y, name="out1"), NEAR)
    assert together([*out(Y)], Allowance(cap=np.full(Y.shape, 1e-6), sigma=np.full(Y.shape, 1e-6)))


def test_integers_and_complex():
    """Exact kinds agree when equal; complex ones by component."""
    ints = np.arange(6)
    pair = [(Golden(ints, "int64"), Allowance(cap=0.0, exact=True))]
    assert len(attribute({"a": out(ints, "int64"), "b": out(ints, "int64")}, pair, ()).groups) == 1
    assert len(attribute({"a": out(ints, "int64"), "b": out(ints + 1, "int64")}, pair, ()).groups) == 2
    z = np.array([1 + 2j, 3 + 4j])
    pair = [(Golden(z, "complex64"), NEAR)]
    assert len(attribute({"a": out(z, "complex64"), "b": out(z + 1e-6, "complex64")}, pair, ()).groups) == 1
    assert len(attribute({"a": out(z, "complex64"), "b": out(z + 1j, "complex64")}, pair, ()).groups) == 2


def test_digests_alone():
    """Where outputs are no longer at hand their digests still say who gave equal bits."""
    same, other = digest(out(Y)), digest(out(-Y))
    assert same == digest(out(Y))
    assert same != other
    assert digest(out(Y)) != digest(out(Y.reshape(16, 8)))
    assert digest(out(Y)) != digest(out(Y, name="out1"))
    assert digest([*out(Y, name="a"), *out(-Y, name="b")]) == digest([*out(-Y, name="b"), *out(Y, name="a")])
    found = attribute_digests({"cpu": same, "cuda:0": "x", "bad": other, "worse": other}, {"cpu", "cuda:0"})
    assert found.groups == (("bad", "worse"), ("cpu", "cuda:0"))
    assert found.identical == (("bad", "worse"), ("cpu",), ("cuda:0",))
    assert attribute_digests({"a": same, "b": same}, ()).golden_outlier
    assert not attribute_digests({"a": same, "b": other}, ()).golden_outlier
