"""Profiles: what a target is allowed is data with a source; what is wrong in one is named with its remedy."""

from __future__ import annotations

import pytest
import yaml

from harness.errors import UsageError
from harness.numerics import profile
from harness.numerics.profile import Block
from harness.numerics.rules import profile_of

MINIMAL = {"name": "mine", "description": "a board", "sources": ["its manual"]}


def test_every_shipped_profile_loads_and_names_its_sources():
    """All profiles are valid, called as their file, and say where their numbers come from."""
    names = profile.shipped()
    assert {"strict", "cpu", "cuda", "v100", "a100", "a100-tf32", "h100", "h100-tf32", "h100-fp8"} < set(names)
    assert {"b200", "ada-fp8", "tpu"} < set(names)
    for name in names:
        loaded = profile.load(name)
        assert loaded.name == name
        assert loaded.sources
        assert loaded.ulp_of("exp") >= 1
        assert loaded.u_acc("bfloat16") == 2.0**-24
        assert loaded.u_acc("float64") == 2.0**-53


def test_the_tables_say_what_their_sources_do():
    """Figures from the literature, spot-checked."""
    strict, cuda, tpu = (profile.load(n) for n in ("strict", "cuda", "tpu"))
    assert [strict.ulp_of(f) for f in ("exp", "log", "tanh", "erf", "sin", "rsqrt")] == [3, 3, 5, 16, 4, 2]
    assert [cuda.ulp_of(f) for f in ("exp", "log", "erf", "rsqrt")] == [2, 1, 2, 2]
    assert [tpu.ulp_of(f) for f in ("exp", "log", "tanh", "erf", "sin", "rsqrt")] == [
        116,
        4030.5,
        1365.5,
        7.5,
        3.5,
        2.5,
    ]
    assert tpu.ftz
    assert tpu.ulp_of("cos") == strict.ulp_of("cos")
    assert strict.ulp_of("exp", "float16") == strict.ulp_of("exp", "bfloat16") == 3
    assert cuda.ulp_of("exp", "float64") == cuda.ulp_of("exp", "complex128") == 1
    assert strict.ulp_of("no such function") is None


def test_tensor_cores():
    """Block width and alignment bits by dtype; TF32 only where the profile allows it."""
    assert profile.load("v100").block("float16") == Block(4, 0, True)
    assert profile.load("a100").block("bfloat16") == Block(8, 1, True)
    assert profile.load("a100").block("float32") is None
    assert profile.load("a100-tf32").block("float32") == Block(4, 1, True)
    assert profile.load("a100-tf32").block("complex64") == Block(4, 1, True)
    assert profile.load("h100-tf32").block("float32") == Block(8, 2, True)
    assert profile.load("h100").block("float16") == Block(16, 2, True)
    assert profile.load("h100-fp8").block("float8_e4m3fn") == Block(32, -10, True)
    assert profile.load("b200").block("float8_e5m2") == Block(32, 2, True)
    assert profile.load("ada-fp8").block("float8_e4m3fn") == Block(16, -10, True)
    assert profile.load("strict").block("float16") is None


def test_a_matrix_unit_may_round_its_inputs():
    """TF32 and bfloat16 are one mechanism; it chooses the block FMA, and only factors of its dtypes are rounded."""
    strict, tf32, tpu = (profile.load(n) for n in ("strict", "h100-tf32", "tpu"))
    assert (strict.inputs_of("float32"), strict.u_in("float32")) == ("float32", 0.0)
    assert (tf32.inputs_of("float32"), tf32.u_in("complex64")) == ("tfloat32", 2.0**-11)
    assert (tpu.inputs_of("complex64"), tpu.u_in("float32")) == ("bfloat16", 2.0**-8)
    assert (tpu.inputs_of("float64"), tpu.u_in("bfloat16")) == ("float64", 0.0)
    plain = {**MINIMAL, "blocks": {"float32": {"b": 4, "neab": 0}, "bfloat16": {"b": 8, "neab": 1}}}
    assert profile.parse(plain, "x.yaml").block("float32") == Block(4, 0)
    bf16 = profile.parse({**plain, "matmul_inputs": {"float32": "bfloat16"}}, "x.yaml")
    assert bf16.block("float32") == bf16.block("complex64") == Block(8, 1)


def test_running_sums_have_a_dtype_of_their_own():
    """CUDA's scans stay in the tensor's dtype, PyTorch's prod on a CPU does; elsewhere short floats use float32."""
    strict, cpu, cuda = (profile.load(n) for n in ("strict", "cpu", "cuda"))
    assert [strict.scan_of(d) for d in ("bfloat16", "float32", "float64", "complex128")] == [
        *("float32", "float32", "float64", "float64"),
    ]
    assert [p.scan_of("bfloat16") for p in (cpu, cuda)] == ["float32", "bfloat16"]
    assert [p.product_of("float16") for p in (strict, cpu, cuda)] == ["float32", "float16", "float32"]
    assert (cpu.product_of("float64"), cuda.scan_of("complex64")) == ("float64", "float32")


def test_a_cpu_may_flush_in_bfloat16_dot_products_only():
    """AVX-512 and AMX bfloat16 products flush subnormals; elementwise arithmetic keeps them."""
    cpu = profile.load("cpu")
    assert (cpu.ftz, cpu.flushes("bfloat16"), cpu.flushes("float32")) == (False, True, False)
    assert profile.load("tpu").flushes("float32")
    assert (cpu.of_products("bfloat16").ftz, cpu.of_products("float32").ftz) == (True, False)
    assert cpu.of_products("bfloat16").ulps == cpu.ulps


def test_a_vendor_gives_a_file(tmp_path):
    """A path loads like a name; what it leaves out comes from the profile it extends, table by table."""
    path = tmp_path / "board.yaml"
    path.write_text(
        yaml.safe_dump(
            {
                **MINIMAL,
                "extends": "h100",
                "ftz": True,
                "ulps": {"float32": {"exp": 9}},
                "blocks": {"float16": {"b": 2, "neab": 3, "truncate": False}},
            }
        )
    )
    mine = profile.load(str(path))
    assert (mine.name, mine.ftz, mine.fma) == ("mine", True, True)
    assert (mine.ulp_of("exp"), mine.ulp_of("log"), mine.ulp_of("exp", "float64")) == (9, 1, 1)
    assert mine.block("float16") == Block(2, 3, False)
    assert mine.block("bfloat16") == Block(16, 2, True)
    (tmp_path / "beside.yaml").write_text(yaml.safe_dump({**MINIMAL, "name": "beside", "extends": "board.yaml"}))
    beside = profile.load(str(tmp_path / "beside.yaml"))
    assert (beside.name, beside.ftz, beside.block("float16")) == ("beside", True, Block(2, 3, False))
    bare = profile.parse(MINIMAL, "x.yaml")
    assert (bare.ftz, bare.matmul_inputs, bare.fma, bare.saturate, bare.ulps) == (False, {}, None, "ieee", {})
    assert bare.saturate_integers == ()
    assert (bare.u_acc("float16"), bare.u_acc("float64")) == (2.0**-24, 2.0**-53)


def test_a_function_that_no_operator_is_called_by_is_an_error(tmp_path):
    """A figure under a name that nothing looks up would count for nothing: the error says what comes close."""
    for name in profile.shipped():
        assert profile_of(name) is profile.load(name)
    for function, said in (("log_sigmoid", "did you mean logsigmoid"), ("§", "names are torch's operators'")):
        path = tmp_path / f"{len(function)}.yaml"
        path.write_text(yaml.safe_dump({**MINIMAL, "ulps": {"float32": {function: 1}}}), encoding="utf-8")
        with pytest.raises(UsageError, match=f"{path}: ulps.float32: no operator is called '{function}'; {said}"):
            profile_of(str(path))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ftz": 1}, "ftz: expected true or false, got 1"),
        ({"fma": "yes"}, "fma: expected true, false or null"),
        ({"saturate": "wrap"}, "saturate: expected one of ieee, saturate, either, got 'wrap'"),
        (
            {"accumulate": {"float9": "float32"}},
            "accumulate: unknown dtype 'float9'; known: float64, float32",
        ),
        ({"accumulate": {"float16": "half"}}, "accumulate.float16: expected one of float64, float32"),
        ({"matmul_inputs": {"float32": "float9"}}, "matmul_inputs.float32: expected one of float64, float32"),
        ({"matmul_inputs": {"float16": "tfloat32"}}, "matmul_inputs.float16: expected a dtype with fewer bits than"),
        ({"scans": {"half": "float16"}}, "scans: unknown dtype 'half'"),
        ({"products": ["float16"]}, "products: expected a mapping"),
        ({"saturate_integers": ["float8_e5m2"]}, "saturate_integers: expected a list of int8, uint8"),
        ({"extends": 3}, "extends: expected a text, got 3"),
        ({"blocks": {"float16": {"b": 4}}}, "blocks.float16: expected b, neab"),
        ({"blocks": {"float16": {"b": 4, "neab": 1, "c": 2}}}, "blocks.float16: expected b, neab"),
        ({"blocks": {"float16": {"b": 0, "neab": 1}}}, "b must be an integer ≥ 1"),
        ({"blocks": {"float16": {"b": 4, "neab": 1, "truncate": "no"}}}, "truncate: expected true or false"),
        ({"ulps": {"float32": {"exp": "3"}}}, "ulps.float32.exp: expected a number of ulps ≥ 0, got '3'"),
        ({"ulps": {"float32": {"exp": -1}}}, "expected a number of ulps"),
        ({"ulps": {"float32": {"exp": True}}}, "expected a number of ulps"),
        ({"ulps": {"float16": {}}}, "ulps: unknown dtype 'float16'; known: float32, float64"),
        ({"ulps": 3}, "ulps: expected a mapping, got 3"),
        ({"dot_ftz": ["half"]}, "dot_ftz: expected a list of float64"),
        ({"colour": "red"}, "unknown key 'colour'; known: accumulate"),
        ({"sources": []}, "sources: expected a list of texts"),
        ({"description": ""}, "description: expected a text"),
        ({"extends": "h1000"}, "no profile 'h1000'; shipped: a100"),
    ],
)
def test_what_is_wrong_is_named(change, said):
    """An error names the file, the key, what came and what is allowed."""
    with pytest.raises(UsageError) as raised:
        profile.parse({**MINIMAL, **change}, "board.yaml")
    assert said in str(raised.value)
    if "extends" not in change:
        assert str(raised.value).startswith("board.yaml: ")


def test_half_a_profile_is_refused(tmp_path):
    """Name, description and sources are owed; a file that is no mapping or no YAML is refused."""
    for key in MINIMAL:
        with pytest.raises(UsageError, match=f"{key} is missing"):
            profile.parse({k: v for k, v in MINIMAL.items() if k != key}, "board.yaml")
    with pytest.raises(UsageError, match="expected a mapping"):
        profile.parse([1], "board.yaml")
    (tmp_path / "torn.yaml").write_text("a: [")
    with pytest.raises(UsageError, match="not YAML"):
        profile.load(str(tmp_path / "torn.yaml"))
    with pytest.raises(UsageError, match="or a path"):
        profile.load("nowhere")
