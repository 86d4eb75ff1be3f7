"""A backend's evidence is counted where the work is done, and what would be lost on the way is refused."""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from harness import inputs as seeded
from harness.case import Case
from harness.lab import discover
from harness.lab.discover import select
from harness.lab.pool import Lab
from harness.program import Blob, Program, of_operator
from harness.target import Ran
from harness.testing import op, shared_lab, t

compiler = pytest.mark.skipif(shutil.which("g++") is None, reason="inductor needs a C++ compiler")
onnx = pytest.mark.skipif(find_spec("onnxscript") is None or find_spec("onnxruntime") is None, reason="no onnxruntime")


def run(case: Case, backend: str, program: Program | None = None, lab: Lab | None = None) -> Ran:
    lab = lab or shared_lab()
    (target,) = select(["cpu"], [backend], lab)
    blobs = {spec.name: Blob.of(seeded.make(spec, case_seed=case.seed), spec.dtype) for spec in case.inputs}
    ran: Ran = lab.run(target, program or of_operator(case), blobs).result()
    return ran


@compiler
def test_inductor_proves_itself_from_a_warm_cache() -> None:
    """The graphs compiled and called are counted with the on-disk cache cold and warm alike."""
    case = op("torch.mul", 1.0 + time.time_ns() % 10**6 / 10**6, x=t(5, 65))  # a constant that no cache has seen
    cold = run(case, "inductor")
    again = Lab(shared_lab().cache)
    try:
        warm = run(case, "inductor", lab=again)
    finally:
        again.close()
    assert cold.ok, cold.message
    assert cold.evidence["graphs"] == cold.evidence["calls"] == 1
    assert cold.evidence["vectorised"] > 0
    assert dict(warm.evidence) == dict(cold.evidence)
    assert warm.outputs[0].data.tobytes() == cold.outputs[0].data.tobytes()


@compiler
def test_what_a_killed_run_left_half_written_is_compiled_again(tmp_path: Path) -> None:
    """Libraries in the compiler's cache that were cut off are made again, kernels and probes of the processor alike;
    one that somebody may still be writing is left alone.
    """
    case = op("torch.mul", 1.5, x=t(5, 65))

    def once() -> Ran:
        lab = Lab(tmp_path)
        try:
            return run(case, "inductor", lab=lab)
        finally:
            lab.close()

    before = once()
    assert before.ok, before.message
    libraries = sorted(tmp_path.rglob("*.so"))
    assert len(libraries) > 1
    for library in libraries:
        library.write_bytes(b"")
        os.utime(library, (time.time() - 3600,) * 2)
    fresh = libraries[0].with_name("fresh.so")
    fresh.touch()
    after = once()
    assert after.ok, after.message
    assert dict(after.evidence) == dict(before.evidence)
    assert after.outputs[0].data.tobytes() == before.outputs[0].data.tobytes()
    assert all(library.stat().st_size > 1000 for library in libraries if library.exists())
    assert fresh.exists()


@compiler
def test_the_scalar_preset_generates_no_vector_code() -> None:
    """`inductor-scalar` is inductor with `simdlen=0`."""
    ran = run(op("torch.exp", x=t(5, 65)), "inductor-scalar")
    assert ran.ok, ran.message
    assert ran.evidence["generated"] == 1
    assert ran.evidence["vectorised"] == 0


def test_the_backward_is_compiled_too() -> None:
    """With gradients, what autograd runs are AOTAutograd's compiled functions."""
    ran = run(op("torch.matmul", grad=True, x=t(5, 17), y=t(17, 9)), "aot_eager")
    assert ran.ok, ran.message
    assert ran.evidence["backward"]["CompiledFunctionBackward"] == 1


def test_parameters_get_their_gradients() -> None:
    """Gradients of weights that travel with the program are those of eager, not zeros."""
    weight = t(7, 9)
    blob = Blob.of(seeded.make(replace(weight, name="w"), case_seed=3), "float32")
    case = op("torch.relu", x=t(5, 9))
    doc = {
        **of_operator(case).doc,
        "consts": [{"id": "w", "dtype": "float32", "shape": [7, 9], "sha": blob.sha, "grad": True}],
        "nodes": [["h", "torch.nn.functional.linear", [{"v": "x"}, {"v": "w"}], {}]],
        "outputs": [{"v": "h"}],
        "grad": {"wrt": ["w"]},
    }
    program = Program.load(json.dumps(doc), {blob.sha: blob})
    eager, compiled = (run(case, name, program).arrays() for name in ("eager", "aot_eager"))
    assert eager["grad.w"].any()
    assert eager["grad.w"].tobytes() == compiled["grad.w"].tobytes()


@onnx
def test_onnxruntime_counts_nodes_by_provider() -> None:
    """The evidence is ONNX Runtime's own assignment of nodes to providers."""
    evidence = run(op("torch.softmax", -1, x=t(5, 33)), "onnxruntime").evidence
    assert evidence["providers"] == ["CPUExecutionProvider"]
    assert evidence["nodes"] == {"CPUExecutionProvider": 1}


@onnx
def test_a_change_through_a_view_is_refused() -> None:
    """A program that changes its input, be it through a view and undeclared, is not run without that change."""
    case = op("torch.relu", x=t(5, 9))
    doc = {
        **of_operator(case).doc,
        "ir": "fx",
        "nodes": [
            ["row", "aten.select.int", [{"v": "x"}, 0, 0], {}],
            ["changed", "aten.add_.Tensor", [{"v": "row"}, 1.0], {}],
            ["out", "aten.relu.default", [{"v": "changed"}], {}],
        ],
        "outputs": [{"v": "out"}],
    }
    ran = run(case, "onnxruntime", Program.load(json.dumps(doc)))
    assert ran.status == "unsupported", ran.message
    assert "changes x" in ran.message


@onnx
def test_an_option_reaches_the_backend() -> None:
    """`onnxruntime:optimize=none` runs; an unknown level is refused with what there is."""
    case = op("torch.relu", x=t(5, 9))
    assert run(case, "onnxruntime:optimize=none").ok
    ran = run(case, "onnxruntime:optimize=most")
    assert ran.status == "unsupported"
    assert "none, basic, all" in ran.message


@onnx
def test_a_kernel_that_lacks_a_dtype_is_unsupported() -> None:
    """ONNX Runtime finds only while it runs that a kernel lacks bfloat16: unsupported with its words, no error."""
    index, source = t(6, dtype="int64", values="range:0:4"), t(6, 9, dtype="bfloat16")
    case = op("torch.index_add", x=t(5, 9, dtype="bfloat16"), index=index, source=source)
    case = replace(case, args=({"v": "x"}, 0, {"v": "index"}, {"v": "source"}))
    ran = run(case, "onnxruntime")
    assert ran.status == "unsupported", ran.message
    assert "BFloat16 data type is not supported" in ran.message


@pytest.mark.skipif(find_spec("openvino") is None, reason="not installed: openvino")
def test_float64_that_would_be_float32_is_unsupported() -> None:
    """OpenVINO takes float64 and computes float32: its target says so before it runs, at inputs and at outputs."""
    for case in (op("torch.exp", x=t(5, 9, dtype="float64")), op("torch.Tensor.double", x=t(5, 9))):
        ran = run(case, "openvino")
        assert ran.status == "unsupported", ran.message
        assert "openvino has no float64: it computes in float32" in ran.message
    ran = run(op("torch.exp", x=t(5, 9)), "openvino")
    assert ran.ok, ran.message
    assert ran.evidence["devices"] == ["CPU"]
    assert set(ran.evidence["precisions"]) == {"f32"}


@pytest.mark.usefixtures("jax")
def test_jax_computes_what_depends_on_values() -> None:
    """Where XLA cannot compile the whole, its operators run one by one, on JAX's arrays and not on NumPy's."""
    case = op("torch.masked_select", x=t(5, 9), mask=t(5, 9, dtype="bool"))
    ran = run(case, "jax")
    assert ran.ok, ran.message
    assert (ran.evidence["compiled"], ran.evidence["platforms"]) == ("operators", ["cpu"])


def test_a_backend_not_built_says_how_to_build_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its interpreter, jax is absent with the command that builds it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCKSTEP_CACHE", str(tmp_path))
    backend = discover._provisioned(discover.registered_backends()["jax"], "jax")
    assert backend.why == "not built: lockstep provision jax"


def test_a_compilers_message_is_told_by_the_line_that_says_why() -> None:
    """The first, or the last where the first ends in a colon, as Triton's does; advice is left out."""
    from harness.backends.dynamo import first_line

    advice = "\n\nSet TORCHDYNAMO_VERBOSE=1 for the internal stack trace\n"
    triton = "CompilationError: at 1:0:\ndef triton_poi_fused(in_ptr0):\n^\nValueError('type fp8e4b8 not supported')"
    assert first_line(RuntimeError(triton + advice)) == (
        "CompilationError: at 1:0: ValueError('type fp8e4b8 not supported')"
    )
    assert first_line(RuntimeError("Unsupported: no meta kernel\n  here" + advice)) == "Unsupported: no meta kernel"
    assert first_line(RuntimeError("")) == "RuntimeError"
