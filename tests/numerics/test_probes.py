"""Probing: accumulator, block FMA, TF32, flushing and function errors show in a target's answers."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from harness.errors import LabError
from harness.numerics import formats, measured, probes, profile, sweeps
from harness.numerics.profile import Block


def dots(a, b, step):
    """A matmul whose sums run along k in this order: acc = step(acc, a column, a row)."""
    acc = np.zeros((a.shape[0], b.shape[1]))
    for k in range(a.shape[1]):
        acc = step(acc, np.multiply.outer(a[:, k], b[k]))
    return acc


class Machine:
    """An accelerator in NumPy, whose arithmetic the tests choose."""

    def __init__(
        self,
        *,
        acc="float32",
        block=None,
        inputs=None,
        ftz=False,
        dot_ftz=(),
        fma=True,
        saturate=False,
        error=0.0,
    ):
        self.acc, self.block, self.inputs, self.ftz, self.dot_ftz = acc, block, inputs, ftz, dot_ftz
        self.fma, self.saturate, self.error = fma, saturate, error

    def __call__(self, op, arrays, kwargs):
        values = [a.astype(np.float64) for a in arrays]
        name = formats.dtype_name(arrays[0].dtype)
        if op == probes.MATMUL:
            return formats.round_to(self.matmul(*values, name), name)
        if op == probes.MUL:
            return formats.round_to(self.flushed(self.flushed(values[0]) * values[1]), name)
        if op == probes.CAST:
            to = kwargs["dtype"]["dt"]
            if "int" in to:
                low, high = np.iinfo(to).min, np.iinfo(to).max
                whole = [int(v) for v in values[0]]
                held = [min(max(v, low), high) if self.saturate else v & high for v in whole]
                return np.array(held, to)
            return formats.round_to(values[0], to, saturate=self.saturate)
        if name == "float64":
            raise LabError("no float64 here")
        function = next(f for f in sweeps.FUNCTIONS.values() if f.op == op)
        y = function.reference(values[0])
        return formats.round_to(y + self.error * formats.ulp(y, name), name)

    def flushed(self, v):
        return np.where(np.abs(v) < 2.0**-126, 0.0, v) if self.ftz else v

    def matmul(self, a, b, name):
        if name == "float64":
            return a @ b
        if self.inputs and name == "float32":
            a, b = (formats.round_value(v, self.inputs) for v in (a, b))
        if self.block and (name != "float32" or self.inputs):
            out = np.stack(
                [probes.fused_dots(a, np.tile(b[:, j], (len(a), 1)), self.block) for j in range(b.shape[1])],
                1,
            )
        elif self.fma:
            out = dots(a, b, lambda acc, p: formats.round_value(acc + p, self.acc))
        else:
            out = dots(a, b, lambda acc, p: formats.round_value(acc + formats.round_value(p, "float32"), self.acc))
        least = formats.format_of(name).min_normal
        return np.where(np.abs(out) < least, 0.0, out) if self.ftz or name in self.dot_ftz else out


def test_accumulators():
    """The width of the accumulator shows in which integers survive."""
    for acc in ("float32", "float16", "bfloat16"):
        assert probes.accumulator(Machine(acc=acc), "float16") == acc
    assert probes.accumulator(Machine(acc="float32"), "bfloat16") == "float32"
    assert probes.accumulator(Machine(), "float32") == "float32"
    assert probes.accumulator(Machine(), "float64") == "float64"


def test_tensor_cores_are_recognised():
    """Truncation shows, and a replay names block width and alignment bits."""
    for block in (Block(4, 0), Block(8, 1), Block(16, 2)):
        machine = Machine(block=block)
        assert probes.truncates(machine, "float16", "float32")
        assert probes.block(machine, "float16") == block
        assert probes.block(machine, "bfloat16") == block
    assert not probes.truncates(Machine(), "float16", "float32")
    assert probes.block(Machine(), "bfloat16") is None


def test_modes():
    """FMA, flushing and saturation each have an input that tells."""
    assert (probes.fma(Machine(fma=True)), probes.fma(Machine(fma=False))) == (True, False)
    assert (probes.flushes(Machine(ftz=True)), probes.flushes(Machine())) == (True, False)
    machine = Machine(dot_ftz=("bfloat16",))
    assert (probes.dot_flushes(machine, "bfloat16"), probes.dot_flushes(machine, "float32")) == (True, False)
    assert probes.saturation(Machine(saturate=True)) == "saturate"
    assert probes.saturation(Machine()) == "ieee"
    for dtype in profile.INTEGERS:
        assert probes.saturates(Machine(saturate=True), dtype)
        assert not probes.saturates(Machine(), dtype)


def test_rounded_inputs():
    """Factors rounded to TF32 or bfloat16 are told from each other, and from an accumulator as short as they are."""
    for inputs in ("tfloat32", "bfloat16"):
        for machine in (
            Machine(inputs=inputs),
            Machine(inputs=inputs, block=Block(16, 2)),
            Machine(inputs=inputs, fma=0),
        ):
            assert probes.inputs(machine) == inputs
    for machine in (
        Machine(),
        Machine(acc="float16"),
        Machine(acc="bfloat16"),
        Machine(block=Block(4, 0)),
        Machine(fma=0),
    ):
        assert probes.inputs(machine, "float32", machine.acc) is None
    assert probes.inputs(Machine(inputs="bfloat16"), "float16") is None
    assert probes.inputs(Machine(), "float64", "float64") is None
    narrow = lambda op, arrays, kwargs: np.float64(arrays[0].astype(np.float32)) @ np.float64(np.float32(arrays[1]))  # noqa: E731
    assert probes.inputs(narrow, "float64", "float64") == "float32"


def test_sweeps_find_the_error_of_a_function():
    """A function that is 3 ulp off is seen to be, to rounding."""
    for name in sweeps.FUNCTIONS:
        found = sweeps.sweep(Machine(error=3.0), name, samples=300)
        assert 2.5 <= found <= 4.0, name
        assert sweeps.sweep(Machine(), name, samples=300) <= 0.5, name
    assert sweeps.sweep(Machine(), "exp", "float64", samples=300) is None

    def broken(op, arrays, kwargs):
        return np.full_like(arrays[0], np.nan)

    assert sweeps.sweep(broken, "exp", samples=300) == np.inf


def test_a_measured_profile_finds_its_nearest():
    """A machine built like a shipped profile is told to be that one, and what differs is named."""
    machine = Machine(block=Block(16, 2), error=0.0)
    found = measured.measure(machine, functions=["exp", "log"])
    assert found.blocks == {"float16": Block(16, 2), "bfloat16": Block(16, 2)}
    assert found.ulps == {"float32": {"exp": 0.5, "log": 0.5}}
    assert measured.nearest(found).name == "h100"
    assert measured.differences(found, profile.load("h100")) == []
    assert measured.differences(found, profile.load("a100")) == [
        "blocks.bfloat16: measured b=16 neab=2 truncating, a100 has b=8 neab=1 truncating",
        "blocks.float16: measured b=16 neab=2 truncating, a100 has b=8 neab=1 truncating",
    ]
    off = measured.measure(Machine(acc="float16", ftz=True, error=5.0), functions=["exp"])
    said = measured.differences(off, profile.load("cuda"))
    assert "ftz: measured true, cuda has false" in said
    assert "accumulate.float16: measured float16, cuda has float32" in said
    assert "ulps.float32.exp: measured 5.5, cuda allows 2" in said
    tf32 = measured.measure(Machine(inputs="tfloat32", block=Block(4, 1)), functions=["exp"])
    assert (tf32.matmul_inputs, tf32.blocks["tfloat32"]) == ({"float32": "tfloat32"}, Block(4, 1))
    said = measured.differences(tf32, profile.load("tpu"))
    assert "matmul_inputs.float32: measured tfloat32, tpu has bfloat16" in said
    assert not [line for line in said if line.startswith("fma")]
    tpu = measured.measure(Machine(ftz=True, inputs="bfloat16"), functions=["exp"])
    assert measured.nearest(tpu).name == "tpu"
    assert "matmul_inputs.float32: measured bfloat16, cuda has none" in measured.differences(tpu, profile.load("cuda"))


def test_a_measured_profile_is_a_file(tmp_path):
    """What was measured can be saved, read back and used as a profile."""
    machine = Machine(block=Block(8, 1), inputs="tfloat32", dot_ftz=("float16",), saturate=True)
    found = measured.measure(machine, functions=["exp"])
    assert found.saturate_integers == profile.INTEGERS
    path = tmp_path / "board.yaml"
    path.write_text(measured.to_yaml(found))
    assert profile.load(str(path)) == found
    assert yaml.safe_load(path.read_text())["dot_ftz"] == ["float16"]


def test_what_a_target_cannot_do_is_left_out():
    """A target that runs nothing but multiplication still gets a profile; the rest is as strict has it."""

    def poor(op, arrays, kwargs):
        if op != probes.MUL:
            raise LabError("unsupported")
        return Machine()(op, arrays, kwargs)

    found = measured.measure(poor, functions=["exp"])
    assert (found.ulps, found.blocks, found.fma) == ({}, {}, None)
    assert found.accumulate == profile.load("strict").accumulate


@pytest.mark.parametrize("unit", [Block(4, 0), Block(16, 2), Block(4, 10, False)])
def test_a_fused_dot_product(unit):
    """Exact where nothing is cut off; a small term beside a large one goes where its bits do not fit."""
    rng = np.random.default_rng(0)
    a, b = rng.integers(-8, 8, (5, 40)).astype(float), rng.integers(-8, 8, (5, 40)).astype(float)
    assert np.array_equal(probes.fused_dots(a, b, unit), (a * b).sum(axis=1))
    left = np.array([[2.0**24, 1.5, -(2.0**24)]])
    kept = probes.fused_dots(left, np.ones((1, 3)), unit)[0]
    assert kept == (1.5 if unit.neab >= 2 else 0.0 if unit.truncate else 2.0)
