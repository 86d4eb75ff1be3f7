"""Golden files: what is written is what is read, and what is broken is named."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from harness.case import Case, Source
from harness.errors import GoldenError, MissingGolden, StaleGolden
from harness.golden import Golden, GoldenOutput, check, path_for, read, store, write
from harness.numerics.noise import VERSION


def example() -> Golden:
    y = np.array([[1.0, -0.0, np.nan], [np.inf, 1 / 3, 5e-324]])
    noise = {"S": np.linspace(0, 1, 6, dtype=np.float32).reshape(2, 3), "n": np.asarray(np.float32(7))}
    return Golden(
        case_id="mm-float32-2x3",
        key="k" * 64,
        inputs="i" * 64,
        rule="dot",
        outputs=(
            GoldenOutput("out0", "float32", (2, 3), y, noise, "dot"),
            GoldenOutput("out1", "int64", (3,), np.array([1, -2, 2**62]), {}, "exact"),
            GoldenOutput("out2", "complex64", (1,), np.array([1 + 2j]), {}, "dot"),
            GoldenOutput("out3", "bool", (0,), np.zeros(0, bool), {}, "exact"),
        ),
        provenance={"torch": "2.13", "rules": VERSION},
    )


def test_round_trip_keeps_every_bit_and_dtype(tmp_path: Path) -> None:
    """A golden read back has the same bits, NaN, -0 and subnormals among them, in the same dtypes."""
    path = tmp_path / "ops" / "mm.npz"
    write(path, example())
    found = read(path)
    assert (found.case_id, found.key, found.rule) == ("mm-float32-2x3", "k" * 64, "dot")
    assert found.provenance == {"torch": "2.13", "rules": VERSION}
    for a, b in zip(found.outputs, example().outputs, strict=True):
        assert (a.name, a.dtype, a.shape, a.rule) == (b.name, b.dtype, b.shape, b.rule)
        assert a.y.dtype == b.y.dtype
        assert a.y.tobytes() == b.y.tobytes()
        assert {k: v.tolist() for k, v in a.noise.items()} == {k: v.tolist() for k, v in b.noise.items()}


def test_equal_goldens_are_equal_bytes(tmp_path: Path) -> None:
    """Writing the same golden twice changes no byte, so git shows only real changes."""
    write(tmp_path / "a.npz", example())
    write(tmp_path / "b.npz", example())
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.npz", "b.npz"]


def test_a_golden_is_a_plain_npz(tmp_path: Path) -> None:
    """Anyone can open a golden with NumPy alone, without pickle, and read its manifest as JSON."""
    write(tmp_path / "a.npz", example())
    with np.load(tmp_path / "a.npz", allow_pickle=False) as arrays:
        assert arrays["out0.y"].shape == (2, 3)
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        assert json.loads(archive.read("manifest.json"))["case"] == "mm-float32-2x3"


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32", "float64"])
def test_values_of_a_narrow_dtype_take_no_more_bytes_than_it(dtype: str) -> None:
    """float64 arrays whose values fit a narrower dtype are stored in it: goldens live in git."""
    kind = np.dtype(getattr(ml_dtypes, dtype, dtype))
    y = np.random.default_rng(1).normal(size=100).astype(kind).astype(np.float64)
    packed, stored = store.pack(y)
    assert (packed.nbytes, stored) == (100 * kind.itemsize, dtype)
    assert store.unpack(packed, stored, "float64").tobytes() == y.tobytes()


@pytest.mark.parametrize("damage", [b"", b"not a zip", None, "format"])
def test_a_broken_golden_is_named_with_the_remedy(tmp_path: Path, damage: bytes | str | None) -> None:
    """A golden that is empty, torn, foreign or of another format raises GoldenError with its path in it."""
    path = tmp_path / "mm.npz"
    write(path, example())
    if damage == "format":
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read("manifest.json"))
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("manifest.json", json.dumps({**manifest, "format": 9}))
    else:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2] if damage is None else damage)
    with pytest.raises(GoldenError, match=r"mm\.npz") as caught:
        read(path)
    assert "--golden-update" in str(caught.value)
    assert not isinstance(caught.value, MissingGolden)


def test_missing_and_stale_are_told_apart(tmp_path: Path) -> None:
    """No file is `missing`; a file made for another case or from other inputs is `stale`."""
    with pytest.raises(MissingGolden, match=r"none\.npz"):
        read(tmp_path / "none.npz")
    golden = example()
    check(golden, "k" * 64, "i" * 64)
    with pytest.raises(StaleGolden, match="another inputs"):
        check(golden, "k" * 64, "j" * 64)
    with pytest.raises(StaleGolden, match="another case"):
        check(golden, "l" * 64, "i" * 64)
    with pytest.raises(StaleGolden, match="rule 'dot', the case now has 'empirical'"):
        check(golden, "k" * 64, "i" * 64, rule="empirical")
    with pytest.raises(StaleGolden, match="version 0 of the rules"):
        check(dataclasses.replace(golden, provenance={"rules": 0}), "k" * 64, "i" * 64)


def test_a_failed_write_leaves_the_old_golden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails half-way changes nothing and leaves no litter behind."""
    path = tmp_path / "mm.npz"
    write(path, example())
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(store.os, "replace", fail)
    with pytest.raises(GoldenError, match="disk full"):
        write(path, dataclasses.replace(example(), case_id="other"))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["mm.npz"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("cases/ops/norm.yaml", "golden/ops/norm/x.npz"),
        ("my_kernels/case_rope.py", "golden/my_kernels/case_rope/x.npz"),
        ("a.yaml", "golden/a/x.npz"),
        ("../b/cases.yaml", "golden/b/cases/x.npz"),
    ],
)
def test_goldens_mirror_the_case_files(source: str, expected: str) -> None:
    """The golden of a case lies where its case file lies, one directory a file, never outside the root."""
    case = Case("x", Source(source, 1), "op", "torch.abs", "float32", ())
    assert path_for(Path("golden"), case) == Path(expected)


def test_shipped_goldens_are_of_the_present_rules() -> None:
    """Whoever runs a tier that is not run every day meets no golden that is stale: 96 of `standard` once were."""
    shipped = sorted((Path(store.__file__).parents[2] / "golden").rglob("*.npz"))
    assert len(shipped) > 800
    stale = [p.name for p in shipped if read(p).provenance.get("rules") != VERSION]
    assert not stale, f"run `pytest --devices=cpu --case-tier=standard --golden-update`: {stale[:3]}"
