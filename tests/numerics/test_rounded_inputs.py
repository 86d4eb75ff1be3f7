"""A matrix unit that rounds its inputs is right under the profile that says so, wrong under one that does not, and a
fault on it is seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

import harness
from harness.case import Case, Source
from harness.golden.store import GoldenOutput
from harness.numerics import formats, profile
from harness.numerics.rules import RULES
from harness.numerics.rules.base import Call
from harness.numerics.rules.products import marked, multiplies, widening
from harness.numerics.types import Verdict

STRICT = profile.load("strict")
TF32, BF16 = (
    replace(STRICT, name=name, matmul_inputs={"float32": name}, accumulate=STRICT.accumulate)
    for name in ("tfloat32", "bfloat16")
)
F = torch.nn.functional


def low(x: torch.Tensor, inputs: str) -> torch.Tensor:
    """float32 values as a matrix unit reads them."""
    return torch.from_numpy(formats.round_to(formats.round_value(x.numpy().astype(np.float64), inputs), "float32"))


def attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, inputs: str, wrong: float = 1.0) -> torch.Tensor:
    """Attention whose two products round their float32 factors; wrong: multiplies the scale."""
    q, k, v = (low(t, inputs) for t in (q, k, v))
    p = (q @ k.mT * (wrong / q.shape[-1] ** 0.5)).softmax(-1)
    return low(p, inputs) @ v


def verdict(tmp_path: Any, inputs: str | None, *call: Any, actual: Any) -> Verdict:
    """The verdict of `harness.judge` under a strict profile, or one that lets inputs be rounded."""
    path = tmp_path / f"{inputs}.yaml"
    text = "name: own\ndescription: rounds its inputs\nsources: [this test]\nextends: strict\n"
    path.write_text(text + (f"matmul_inputs: {{float32: {inputs}}}\n" if inputs else ""))
    return harness.judge(*call, actual=actual, profile=str(path))


@pytest.mark.parametrize("inputs", ["tfloat32", "bfloat16"])
@pytest.mark.parametrize(("length", "size"), [(40, 1.0), (200, 1.0), (33, 3.0)])
def test_attention_on_rounded_inputs(tmp_path: Any, inputs: str, length: int, size: float) -> None:
    """Its error is allowed where the profile says that inputs are rounded, and a wrong scale is not."""
    torch.manual_seed(length)
    q, k, v = size * torch.randn(3, 2, 3, length, 32)
    call = (F.scaled_dot_product_attention, (q, k, v))
    honest = attention(q, k, v, inputs)
    own = verdict(tmp_path, inputs, *call, actual=honest)
    assert own.status == "pass", own.message
    assert verdict(tmp_path, None, *call, actual=honest).status == "diverged"
    assert verdict(tmp_path, inputs, *call, actual=attention(q, k, v, inputs, wrong=1.5)).status == "diverged"


def of_attention(inputs: str, at_large: float = 1.0) -> tuple[Call, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """A call of attention with its gradients, what a device with rounded inputs returns, and the exact answer."""
    torch.manual_seed(1)
    wide = {n: at_large * torch.randn(2, 30, 16) for n in ("query", "key", "value")}
    cot = torch.randn(2, 30, 16)

    def run(product: Any, dtype: torch.dtype) -> dict[str, np.ndarray]:
        q, k, v, g = (t.to(dtype) for t in (*wide.values(), cot))
        p = (product(q, k.mT) / 4).softmax(-1)
        dp = product(g, v.mT)
        ds = p * (dp - (g * product(p, v)).sum(-1, keepdim=True)) / 4
        made = {"out0": product(p, v), "grad.query": product(ds, k), "grad.key": product(ds.mT, q)}
        return {n: t.numpy() for n, t in {**made, "grad.value": product(p.mT, g)}.items()}

    y = run(torch.matmul, torch.float64)
    case = Case(
        id="a", source=Source("x", 1), kind="op", target="torch.nn.functional.scaled_dot_product_attention",
        dtype="float32", inputs=(), args=tuple({"v": n} for n in wide), grad=True,
    )  # fmt: skip
    fed = {n: t.numpy() for n, t in {**wide, "cot.out0": cot}.items()}
    call = Call("scaled_dot_product_attention", case, fed, y, dict.fromkeys(y, "float32"), lambda *_: y)
    seen = run(lambda a, b: low(a.contiguous(), inputs) @ low(b.contiguous(), inputs), torch.float32)
    return call, seen, y


@pytest.mark.parametrize("inputs", ["tfloat32", "bfloat16"])
def test_gradients_of_attention_on_rounded_inputs(inputs: str) -> None:
    """Every gradient stays within its cap, uses a good part of it, and is beyond the strict one."""
    call, seen, y = of_attention(inputs)
    for name in ("out0", "grad.query", "grad.key", "grad.value"):
        rule = RULES["attention" if name == "out0" else "attention-gradient"]
        out = GoldenOutput(name, "float32", y[name].shape, y[name], rule.witness(call, [name])[name])
        own = rule.allow(out, replace(STRICT, matmul_inputs={"float32": inputs}))
        used = np.abs(seen[name] - y[name]) / own.cap
        assert 0.005 < used.max() <= 1.0, name
        z = (seen[name] - y[name]) / own.sigma
        assert 0.7 < np.sqrt(np.mean(z**2)) < 1.2, name
        assert own.figures["inputs"] == inputs
        assert (np.abs(seen[name] - y[name]) > rule.allow(out, STRICT).cap).any(), name


def test_what_rounded_inputs_add_to_attention() -> None:
    """B gains u_in·T_in and σ² (u_in·V_in)², times (eˣ - 1)/x where the exponents move by x."""
    noise = {"T": np.array(8.0), "V": np.array(2.0), "T_in": np.array(6.0), "V_in": np.array(3.0)}
    rule = RULES["attention"]

    def allowed(exponent: float, own: profile.Profile) -> Any:
        golden = GoldenOutput("out0", "float32", (1,), np.ones(1), {**noise, "exponent": np.array(exponent)})
        return rule.allow(golden, own)

    u, u_in, ulp = 2.0**-24, 2.0**-8, 2.0**-23
    plain = allowed(0.0, STRICT)
    assert np.allclose(plain.cap, 8 * u + 0.5 * ulp, rtol=1e-9, atol=0)
    for exponent, times in ((0.0, 1.0), (128.0, np.e - 1), (1e6, np.expm1(50) / (2e6 * u_in))):
        found = allowed(exponent, BF16)
        assert np.allclose(found.cap - plain.cap, times * u_in * 6, rtol=1e-4, atol=0)
        assert np.allclose(found.sigma**2 - plain.sigma**2, (times * u_in * 3) ** 2, rtol=1e-9, atol=0)
    halves = GoldenOutput("out0", "bfloat16", (1,), np.ones(1), {**noise, "T_out": np.zeros(1), "V_out": np.zeros(1)})
    flushing = replace(STRICT, dot_ftz=("bfloat16",))
    assert (rule.allow(halves, flushing).ftz, rule.allow(halves, STRICT).ftz) == (True, False)


def call_of(op: str, operators: tuple[str, ...] | None = None, dtype: str = "float32", y: Any = None) -> Call:
    """A call of an operator, or of a program that holds some."""

    class Run:
        def __call__(self, inputs: Mapping[str, np.ndarray], precision: str | None, /) -> Mapping[str, np.ndarray]:
            if precision not in (None, "float64"):
                raise RuntimeError("this program has no kernels")
            return y(inputs)

    run = Run()
    if operators is not None:
        run.operators = operators
    case = Case(id="c", source=Source("x", 1), kind="op", target=op, dtype=dtype, inputs=(), args=())
    x = np.linspace(1, 2, 40, dtype=formats.numpy_dtype(dtype))
    return Call(op, case, {"x": x}, y({"x": x.astype(np.float64)}) if y else {}, {"out0": dtype}, run)


def test_programs_with_products_are_known() -> None:
    """Matrix products and what nobody knows may round their inputs; a sine does not."""
    assert multiplies(call_of("linear"))
    assert multiplies(call_of("scaled_dot_product_attention"))
    assert multiplies(call_of("lstm"))
    assert not multiplies(call_of("sin"))
    assert multiplies(call_of("", ("torch.sin", "aten.mm.default")))
    assert multiplies(call_of("", ("torch.sin", "mine.op")))
    assert multiplies(call_of(""))
    assert not multiplies(call_of("", ("torch.sin", "torch.cumsum")))
    assert marked(call_of("sin")) == {}
    assert marked(call_of("lstm", dtype="int64")) == {}
    for dtype in ("float32", "complex64"):
        assert marked(call_of("linear", dtype=dtype))["products"].tobytes() == b"float32"


def test_an_estimate_by_experiment_widens_by_the_ratio_of_the_roundings() -> None:
    """u_in/u for programs with products where the profile rounds their dtype; otherwise nothing changes."""
    noise = marked(call_of("linear"))
    assert widening(noise, TF32) == 2.0**13
    assert widening(noise, BF16) == 2.0**16
    assert widening(noise, STRICT) == widening({}, BF16) == 1.0
    assert widening(marked(call_of("linear", dtype="bfloat16")), BF16) == 1.0


@pytest.mark.parametrize("op", ["lstm", "sin"])
def test_empirical_rules_widen_only_where_products_are_rounded(op: str) -> None:
    """`empirical` and `ensemble` allow 2^13 times as much on a TF32 profile, and what they always did elsewhere."""
    times = 2.0**13 if op == "lstm" else 1.0
    call = call_of(op, y=lambda inputs: {"out0": 3 * np.asarray(inputs["x"], np.float64)})
    y = call.y["out0"]
    empirical = RULES["empirical"]
    out = GoldenOutput("out0", "float32", y.shape, y, empirical.witness(call, ["out0"])["out0"])
    half = 0.5 * formats.ulp(y, "float32")
    strict, tf32 = (empirical.allow(out, own).cap - half for own in (STRICT, TF32))
    assert np.allclose(tf32 / strict, times, rtol=1e-2, atol=0)
    ensemble = RULES["ensemble"]
    out = GoldenOutput("out0", "float32", y.shape, y, {"largest": np.array(1e-3), **marked(call)})
    strict, tf32 = (np.max(ensemble.allow(out, own).cap) for own in (STRICT, TF32))
    assert tf32 / strict == pytest.approx(times, rel=1e-2)
    rmse = np.asarray(1e-3)
    whole = GoldenOutput("out0:rmse", "float64", (), rmse, {"elements": np.asarray(2000), **marked(call)})
    strict, tf32 = (float(ensemble.allow(whole, own).cap) for own in (STRICT, TF32))
    assert strict == pytest.approx(1e-3)
    assert tf32 == pytest.approx((2 * times - 1) * 1e-3)
