"""Faults: mistakes of a device, made on an output or inside a kernel, and how severe they are."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.scoreboard.faulty import fresh, latest, unseen, untried
from benchmarks.scoreboard.honest import operators
from benchmarks.scoreboard.honest.machine import Machine
from benchmarks.scoreboard.sets import second, third
from benchmarks.scoreboard.subjects import Subject, parts
from harness.numerics import formats

Array = np.ndarray[Any, Any]

KERNELS = {**operators.KERNELS, **second.KERNELS, **third.KERNELS}
MISTAKES = {**operators.MISTAKES, **second.MISTAKES}

# Sizes of made errors, in σ of honest noise: one from each stretch, log-uniform within it.
SEVERITIES = ((3.0, 6.0), (6.0, 13.0), (13.0, 30.0), (30.0, 100.0), (100.0, 1000.0))

# Machines whose arithmetic is wrong, and the kernels in which that shows: those that add up, multiply, call functions.
SUMS = ("matmul", "bmm", "linear", "conv2d", "sum", "mean", "cumsum", "var", "softmax", "logsumexp", "log_softmax",
         "layer_norm", "rms_norm", "attention", "embedding_bag", "addmm", "mv", "std", "softmin",
         "instance_norm", "inner", "addmv", "normalize", "nansum")  # fmt: skip
_PRODUCTS = ("matmul", "bmm", "linear", "conv2d", "attention", "addmm", "mv", "inner", "addmv")
_FAST = ("exp", "tanh", "sigmoid", "erf", "expm1", "log", "sin", "rsqrt", "div", "softmax", "gelu", "silu",
         "layer_norm", "rms_norm", "attention", "log_softmax", "softmin", "elu", "softsign", "instance_norm",
         *second.FUNCTIONS, *third.FUNCTIONS)  # fmt: skip
WRONG: tuple[tuple[Machine, tuple[str, ...]], ...] = (
    (Machine("inputs tf32", inputs="tfloat32"), _PRODUCTS),
    (Machine("inputs bf16", inputs="bfloat16"), _PRODUCTS),
    (Machine("inputs f16", inputs="float16"), _PRODUCTS),
    (Machine("accumulator f16", accumulator="float16"), SUMS),
    (Machine("accumulator bf16", accumulator="bfloat16"), SUMS),
    (Machine("truncating accumulator", toward_zero=True), SUMS),
    *((Machine(f"fast functions 2^-{k}", fast=2.0**-k), _FAST) for k in (11, 14, 17, 20, 22)),
    (Machine("truncated output", output="zero"), tuple(KERNELS)),
    (Machine("rounded twice", output="twice"), tuple(KERNELS)),
    (Machine("promoted to bf16", output="bfloat16"), tuple(KERNELS)),
    (Machine("promoted to f16", output="float16"), tuple(KERNELS)),
    (Machine("flushes to zero", flush=True), tuple(KERNELS)),
)


def faults(s: Subject) -> Iterator[tuple[str, Array]]:
    """(name, faulty first output) of a subject; those that change no bit are no faults and are left out."""
    for name, made, honest in _all(s, s.base["out0"]):
        if made.dtype != honest.dtype or made.shape != honest.shape or made.tobytes() != honest.tobytes():
            yield name, made


def _all(s: Subject, honest: Array) -> Iterator[tuple[str, Array, Array]]:
    """(name, faulty output, the same output without the fault)."""
    for name, made in _made_on(s, honest):
        yield name, made, honest
    if s.kernel:
        wide = kernel_inputs(s)
        for machine, kernels in WRONG:
            if s.kernel in kernels and not _legitimate(machine, s.case.dtype):
                yield machine.name, run_kernel(s, machine, wide), run_kernel(s, Machine("base"), wide)
        for mistake in MISTAKES.get(s.kernel, ()):
            order = "blocked" if mistake == "no rescale" else "sequential"
            wrong = Machine(mistake, order=order, faults=frozenset([mistake]))
            yield mistake, run_kernel(s, wrong, wide), run_kernel(s, Machine("base", order=order), wide)
    if s.case.target == "torch.Tensor.to":
        x = s.inputs["x"].astype(np.float64)
        yield "truncating cast", formats.round_to(x, s.first.dtype, "zero"), honest
        away = (formats.round_to(x, s.first.dtype, mode) for mode in ("up", "down"))
        yield "cast away from zero", np.where(x > 0, *away), honest


def _legitimate(machine: Machine, dtype: str) -> bool:
    """A habit that the dtype makes harmless: bf16 inputs are bf16 already."""
    narrow = {"float16": "f16", "bfloat16": "bf16"}.get(dtype)
    if machine.inputs in (dtype, "tfloat32") and dtype != "float32":
        return True
    return machine.name == f"promoted to {narrow}"


def kernel_inputs(s: Subject) -> dict[str, Array]:
    """The case's inputs as a kernel takes them: float64 arrays of numbers of their dtype."""
    wide = {k: (v.astype(np.float64) if v.dtype.kind not in "iub" else v) for k, v in s.inputs.items()}
    wide["dtype"] = np.asarray(s.case.dtype)
    if dict(s.case.kwargs).get("is_causal"):
        wide["causal"] = np.ones(1)
    return wide


def run_kernel(s: Subject, machine: Machine, inputs: Mapping[str, Array]) -> Array:
    """The subject's kernel on a machine, in float64 arithmetic for a float64 case, as an output array."""
    machine = replace(machine, wide=s.case.dtype == "float64")
    with np.errstate(all="ignore"):
        return machine.out(KERNELS[s.kernel](machine, inputs), s.first.dtype)


def _made_on(s: Subject, honest: Array) -> Iterator[tuple[str, Array]]:
    """Faults made on the output itself: errors of a chosen size and place, and wrong memory."""
    rng = np.random.default_rng(zlib.crc32(s.label.encode()))
    if honest.dtype.kind not in "iub":
        yield from _errors(s, honest, rng)
    flat = honest.reshape(-1)
    tail = flat.copy()
    tail[-max(1, flat.size % 16 or 16) :] = 0
    yield "tail unwritten", tail.reshape(honest.shape)
    poisoned = flat.copy().view(np.uint8)
    poisoned[-honest.itemsize * 3 :] = 0xFF
    yield "tail poisoned", poisoned.view(honest.dtype).reshape(honest.shape)
    yield "shifted by one", np.roll(flat, 1).reshape(honest.shape)
    stale = np.random.default_rng(5).permutation(flat)
    yield "stale output", stale.reshape(honest.shape)
    if honest.ndim >= 2 and honest.shape[-1] > 1:
        yield "transposed", np.ascontiguousarray(np.swapaxes(honest, -1, -2)).reshape(honest.shape)
        swapped = honest.copy()
        swapped[..., [0, 1]] = swapped[..., [1, 0]]
        yield "columns swapped", swapped
    raced = flat.copy()
    hit = rng.random(flat.size) < 0.01
    raced[hit] = np.roll(flat, 7)[hit]
    yield "race", raced.reshape(honest.shape)
    yield from _third(s, honest, rng)
    for since, made in _SINCE:
        if s.number >= since:
            yield from made(s, honest, rng)


def _errors(s: Subject, honest: Array, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """Errors of so many σ in so many places, and single wrong numbers; of complex outputs, in either part."""
    y, golden = parts(honest), parts(s.first.y)
    for low, high in SEVERITIES:
        sign = rng.choice([-1.0, 1.0], y.shape)
        places = list(_places(rng, y.shape))
        for where, mask in places if low >= 6 else [places[rng.integers(len(places))]]:
            k = float(np.exp(rng.uniform(np.log(low), np.log(high))))
            with np.errstate(all="ignore"):
                exact = np.where(mask, golden + k * s.sigma * sign, y)
            yield f"{where} {k:.3g}σ", _output(s, exact)
    at = rng.integers(y.size)
    yield "NaN", _output(s, _with(y, at, np.nan))
    at = rng.integers(y.size)
    yield "inf", _output(s, _with(y, at, np.inf))
    with np.errstate(over="ignore"):
        yield "wrong sign", _output(s, _with(y, y.size // 3, -y.flat[y.size // 3]))


def _third(s: Subject, honest: Array, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """Faults that were made only on what was kept aside of the fourth set, once."""
    if honest.dtype.kind not in "iub":
        y, part = parts(honest), formats.component(s.first.dtype)
        with np.errstate(all="ignore"):
            for k in (4, 8, 12, 16, 20):
                yield f"scaled by 1 + 2^-{k}", _output(s, y * (1 + 2.0**-k))
                yield f"offset by 2^-{k} of the largest", _output(s, y + 2.0**-k * np.abs(np.nan_to_num(y)).max())
            for short in ("float16", "bfloat16", "float8_e4m3fn"):
                if formats.unit_roundoff(short) > formats.unit_roundoff(part):
                    yield f"one element in {short}", _output(s, _rounded_at(y, rng.integers(y.size), short))
            largest = np.abs(np.nan_to_num(y)).max()
            yield "clipped", _output(s, np.clip(y, -0.9 * largest, 0.9 * largest))
    flat = honest.reshape(-1)
    bits = flat.copy().view(np.uint8)
    bits[rng.integers(bits.size)] ^= np.uint8(1 << rng.integers(8))
    yield "flipped bit", bits.view(honest.dtype).reshape(honest.shape)
    stuck = flat.copy()
    at = rng.integers(max(1, flat.size - 8))
    stuck[at : at + 8] = stuck[at]
    yield "stuck value", stuck.reshape(honest.shape)
    if honest.ndim and honest.shape[-1] > 1:
        last = honest.copy()
        last[..., -1:] = honest[..., -2:-1]
        yield "last column twice", last
        yield "rows reversed", np.ascontiguousarray(honest[::-1])


def _fifth(s: Subject, honest: Array, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """Faults that were made only on what was kept aside of the fifth set, once."""
    flat = honest.reshape(-1)
    lanes = np.arange(flat.size) % 8 == rng.integers(min(8, flat.size))
    if honest.dtype.kind not in "iub":
        y, part = parts(honest), formats.component(s.first.dtype)
        size, at = float(np.abs(np.nan_to_num(y)).max()), rng.integers(y.size)
        lane = np.broadcast_to(lanes.reshape((*honest.shape, *[1] * (y.ndim - honest.ndim))), y.shape)
        with np.errstate(all="ignore"):
            for k in (6, 10, 14, 18, 22):
                yield f"one lane scaled by 1 + 2^-{k}", _output(s, np.where(lane, y * (1 + 2.0**-k), y))
                yield f"relative noise of 2^-{k}", _output(s, y * (1 + 2.0**-k * rng.uniform(-1, 1, y.shape)))
                yield f"noise of 2^-{k} of the largest", _output(s, y + 2.0**-k * size * rng.uniform(-1, 1, y.shape))
            for bits in (2, 5, 9):
                step = formats.ulp(np.nan_to_num(y), part) * 2.0**bits
                yield f"{bits} bits cleared in one lane", _output(s, np.where(lane, np.trunc(y / step) * step, y))
            yield "small ones flushed", _output(s, np.where(np.abs(y) < size / 256, 0.0, y))
            yield "quantised to 8 bits", _output(s, np.rint(y * 127 / size) * size / 127)
            yield "largest lost", _output(s, _with(y, int(np.abs(np.nan_to_num(y)).argmax()), 0.0))
            yield "exponent off by one", _output(s, _with(y, at, 2 * float(y.flat[at])))
            yield "16 elements added twice", _output(s, np.where(_run(rng, y.shape), 2 * y, y))
    stale = np.where(lanes, np.roll(flat, max(1, flat.size // 2)), flat)
    yield "one lane stale", stale.reshape(honest.shape)
    half = flat.size // 2
    yield "halves exchanged", np.concatenate([flat[half:], flat[:half]]).reshape(honest.shape)
    if honest.ndim >= 2 and honest.shape[0] > 1:
        row = rng.integers(honest.shape[0])
        first, lost = honest.copy(), honest.copy()
        first[:], lost[row] = honest[0], 0
        yield "first row everywhere", first
        yield "one row lost", lost


# From which of GROUPS on: those that were scored after these faults were written; the last on what was kept aside only.
_SINCE = ((2, _fifth), (4, fresh.fresh), (5, unseen.unseen), (6, latest.latest), (8, untried.untried))


def _run(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """True for 16 elements in a row."""
    index, at = np.arange(int(np.prod(shape))), int(rng.integers(max(1, int(np.prod(shape)) - 16)))
    return np.asarray(((index >= at) & (index < at + 16)).reshape(shape))


def _output(s: Subject, values: Array) -> Array:
    """Float64 numbers, or pairs of them for complex ones, rounded to the first output's dtype."""
    rounded = formats.round_to(values, formats.component(s.first.dtype))
    if not formats.is_complex(s.first.dtype):
        return rounded
    return (rounded[..., 0] + 1j * rounded[..., 1]).astype(formats.numpy_dtype(s.first.dtype))


def _rounded_at(y: Array, at: int, dtype: str) -> Array:
    return _with(y, at, float(formats.round_value(y.flat[at : at + 1], dtype)[0]))


def _places(rng: np.random.Generator, shape: tuple[int, ...]) -> Iterator[tuple[str, Array]]:
    size = int(np.prod(shape))
    index = np.arange(size)
    yield "one element", (index == rng.integers(size)).reshape(shape)
    at = int(rng.integers(max(1, size - 16)))
    yield "16 elements", ((index >= at) & (index < at + 16)).reshape(shape)
    yield "1% of elements", (rng.random(shape) < 0.01) | (index == rng.integers(size)).reshape(shape)
    yield "whole tensor", np.ones(shape, bool)


def _with(y: Array, at: int, value: float) -> Array:
    made = y.copy()
    made.flat[at] = value
    return made
