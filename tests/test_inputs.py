"""Inputs: the same bytes everywhere, and value classes that are what their names say."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest

from harness import inputs
from harness.case import VALUES, TensorSpec

FLOATS = ("float64", "float32", "bfloat16", "float16", "float8_e4m3fn", "float8_e5m2")


def made(values: str, dtype: str = "float32", shape: tuple[int, ...] = (1000,), seed: int = 42) -> inputs.Array:
    return inputs.make(TensorSpec("x", dtype, shape, values), case_seed=seed)


PINNED = {
    "normal": "5c4624ef4d3c2dc3",
    "wide": "deb657d490c42d9c",
    "offset": "d094318aeff01de6",
    "positive": "a86a3aa272f6f82a",
    "unit": "ae8459bce9a693bd",
    "subnormal": "f9f5eaba950f8516",
    "special": "429681638446ea88",
    "boundary": "1e015d745348783f",
    "ties": "a134080ebe243d32",
    "zeros": "fe0ad5cebcbb5d41",
}


@pytest.mark.parametrize("values", VALUES)
def test_the_bytes_never_change(values: str) -> None:
    """A user compares goldens made on another machine: every class and dtype is pinned by sha256."""
    arrays = {dtype: made(values, dtype, (7, 11)) for dtype in inputs.DTYPES}
    assert inputs.digest(arrays)[:16] == PINNED[values]


@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("dtype", inputs.DTYPES)
def test_every_class_exists_for_every_dtype(values: str, dtype: str) -> None:
    """A grid of value classes over dtypes has no holes; empty and 0-d shapes are made too."""
    for shape in ((), (0,), (2, 0), (3, 5)):
        array = made(values, dtype, shape)
        assert array.shape == shape
        assert array.dtype == inputs.numpy_dtype(dtype)
        assert array.flags["C_CONTIGUOUS"]


def test_the_low_precision_case_sees_the_same_numbers_rounded() -> None:
    """float32 and bfloat16 cases of one shape differ by rounding only, so they can be told apart by it."""
    single, half = made("normal"), made("normal", "bfloat16")
    assert np.array_equal(single.astype(half.dtype), half)
    assert np.array_equal(made("normal", "float64").astype(np.float32), single)


def test_inputs_of_one_case_differ_and_seeds_differ() -> None:
    """Two inputs are never accidentally equal, so swapped arguments show."""
    other = inputs.make(TensorSpec("y", "float32", (1000,)), case_seed=42)
    assert not np.array_equal(made("normal"), other)
    assert not np.array_equal(made("normal"), made("normal", seed=43))


def test_normal_is_normal_enough() -> None:
    """Mean 0, variance 1, symmetric, with tails beyond 3 sigma: bounds at 5 standard errors."""
    x = made("normal", "float64", (200_000,))
    n = x.size
    assert abs(x.mean()) < 5 / math.sqrt(n)
    assert abs(x.var() - 1) < 5 * math.sqrt(2 / n)
    assert abs((x**3).mean()) < 5 * math.sqrt(15 / n)
    assert 3.5 < np.abs(x).max() < 6
    assert np.unique(x).size == n  # all 53 bits are used


def test_large_inputs_continue_small_ones() -> None:
    """Blockwise making is invisible: a long input starts with the short one's values."""
    assert np.array_equal(made("normal", shape=(200_000,))[:1000], made("normal"))


@pytest.mark.parametrize("dtype", FLOATS)
def test_classes_are_what_their_names_say(dtype: str) -> None:
    """positive > 0, unit inside (0, 1), subnormals subnormal, wide over many binades, specials special."""
    info = {name: made(name, dtype).astype(np.float64) for name in VALUES}
    tiny = math.ldexp(1.0, inputs._FORMATS[dtype].emin)
    assert info["positive"].min() > 0
    assert info["unit"].min() > 0
    assert info["unit"].max() < 1
    subnormal = np.abs(info["subnormal"])
    assert (subnormal < tiny).mean() > 0.5
    assert subnormal.max() == tiny
    assert subnormal.min() > 0
    spread = np.log2(np.abs(info["wide"]))
    assert spread.max() - spread.min() > 9
    special = info["special"]
    assert np.isnan(special).any()
    assert (special == inputs._FORMATS[dtype].largest).any()
    assert (np.signbit(special) & (special == 0)).any()
    assert np.isinf(special).any() == inputs._FORMATS[dtype].has_inf
    assert set(info["ties"]) == {-2, -1, 0, 1, 2}
    assert not info["zeros"].any()
    assert info["offset"].mean() > info["offset"].std()


def test_boundary_hits_the_midpoints_of_narrower_formats() -> None:
    """A float32 → bfloat16 cast meets exact ties and both neighbours of a tie."""
    bits = made("boundary", "float32", (4096,)).view(np.uint32) & 0xFFFF
    assert {0x8000, 0x7FFF, 0x8001} <= set(bits.tolist())


def test_kinds() -> None:
    """Indices stay in range, permutations permute rows, spd matrices are positive definite."""
    index = made("index:16", "int64")
    assert index.min() == 0
    assert index.max() == 15
    assert sorted(made("permutation", "int64", (3, 50))[1]) == list(range(50))
    assert np.array_equal(made("arange", "int32", (2, 3)), [[0, 1, 2], [3, 4, 5]])
    ranged = made("range:-0.5:0.25", "float32")
    assert ranged.min() >= -0.5
    assert ranged.max() <= 0.25
    assert set(made("range:-2:2", "int8")) == {-2, -1, 0, 1}
    assert made("literal:0,3,-inf", "float16", (2, 2)).tolist() == [[0, 3], [-math.inf, 0]]
    assert made("literal:", "int64", (0,)).tolist() == []
    spd = made("spd", "float64", (2, 9, 9))
    assert np.array_equal(spd, np.swapaxes(spd, -1, -2))
    assert np.linalg.eigvalsh(spd).min() > 0.25
    assert np.linalg.cond(made("dominant", "float64", (9, 9))) < 10


def test_kinds_of_complex_numbers_have_both_parts() -> None:
    """Ranges fill a square, spd matrices are Hermitian, and nothing becomes a whole number; literals stay real."""
    ranged = made("range:-0.5:0.25", "complex64")
    for part in (ranged.real, ranged.imag):
        assert part.min() >= -0.5
        assert part.max() <= 0.25
        assert np.unique(part).size > 20
    assert not np.array_equal(ranged.real, ranged.imag)
    spd = made("spd", "complex128", (2, 9, 9))
    assert np.array_equal(spd, np.conj(np.swapaxes(spd, -1, -2)))
    assert np.abs(spd.imag).max() > 0.01
    assert np.linalg.eigvalsh(spd).min() > 0.25
    dominant = made("dominant", "complex128", (9, 9))
    assert np.linalg.cond(dominant) < 10
    assert not np.diagonal(dominant).imag.any()
    assert dominant.imag.any()
    assert made("literal:0.5,-2", "complex64", (2,)).tolist() == [0.5, -2]


@pytest.mark.parametrize(
    "values", ["norml", "index", "index:x", "range:3:1", "range:1", "spd:3", "literal:", "literal:1,x"]
)
def test_a_wrong_kind_is_an_error_that_lists_the_right_ones(values: str) -> None:
    """A typing error in `values` says what exists."""
    with pytest.raises(ValueError, match=r"expected"):
        made(values, shape=(3, 3))


def test_fill_keeps_the_scale_of_activations() -> None:
    """Weights by fan-in, norms around one, biases around zero, embeddings at one half."""
    weight = inputs.fill("layers.0.fc.weight", (64, 400), "float32", seed=1)
    assert weight.std() == pytest.approx(1 / 20, rel=0.05)
    assert inputs.fill("norm.weight", (500,), "float32", seed=1).mean() == pytest.approx(1, abs=0.03)
    assert inputs.fill("norm.bias", (500,), "float32", seed=1).mean() == pytest.approx(0, abs=0.03)
    for name in ("model.embed_tokens.weight", "embeddings.3.weight"):
        assert inputs.fill(name, (100, 16), "bfloat16", seed=1).astype(float).std() == pytest.approx(0.5, rel=0.1)


def test_digest_sees_every_part() -> None:
    """A changed name, dtype, shape or byte changes the digest; the order of the mapping and of the bytes
    does not."""
    x, y = made("normal"), made("wide")
    base = inputs.digest({"x": x, "y": y})
    assert base == inputs.digest({"y": y, "x": x})
    assert base == inputs.digest({"x": x.astype(x.dtype.newbyteorder()), "y": y})
    changed = [
        {"x": y, "y": x},
        {"x": x.reshape(10, 100), "y": y},
        {"z": x, "y": y},
        {"x": x.view(np.int32), "y": y},
    ]
    assert len({base, *map(inputs.digest, changed)}) == 5


def test_inputs_need_numpy_alone() -> None:
    """The file is shipped to workers: neither torch nor the rest of the harness may creep in."""
    import subprocess

    code = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('inputs', {inputs.__file__!r})\n"
        "module = importlib.util.module_from_spec(spec); sys.modules['inputs'] = module\n"
        "spec.loader.exec_module(module)\n"
        "assert not {'torch', 'harness', 'ml_dtypes'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
