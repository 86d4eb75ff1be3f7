"""The contract that every backend keeps, as tests: the kit for whoever writes one.

    from harness.testing import BackendContract

    class TestMine(BackendContract):
        backend = "mine"

Each test runs real programs in a real worker and compares with a float64 golden made on the spot. A backend may
say `unsupported`; it may never be wrong, stale, or somewhere else without saying so.
"""

from __future__ import annotations

import atexit
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pytest

from harness import golden as goldens
from harness import inputs as seeded
from harness.case import Case, Source, TensorSpec
from harness.compare import compare
from harness.lab.discover import select
from harness.lab.pool import Lab
from harness.numerics.rules import profile_of
from harness.numerics.types import Verdict
from harness.program import Blob, Program, of_operator
from harness.provision import cache_dir
from harness.target import Ran, Target

__all__ = ["BackendContract"]

_HERE = Source("harness/testing.py", 1)


def op(target: str, *args: Any, grad: bool = False, seed: int = 42, **inputs: TensorSpec) -> Case:
    """The case of one operator: `inputs` come first among its arguments, `args` after them."""
    specs = tuple(replace(spec, name=name, grad=grad) for name, spec in inputs.items())
    return Case(
        id=target.lower(),
        source=_HERE,
        kind="op",
        target=target,
        dtype=specs[0].dtype,
        inputs=specs,
        args=(*({"v": spec.name} for spec in specs), *args),
        grad=grad,
        seed=seed,
    )


def t(*shape: int, dtype: str = "float32", values: str = "normal", layout: str = "contiguous") -> TensorSpec:
    """One seeded input."""
    return TensorSpec("", dtype, shape, values=values, layout=layout)


FORWARD = {
    "add": op("torch.add", x=t(5, 33), y=t(33)),
    "relu": op("torch.relu", x=t(5, 33)),
    "sum": op("torch.sum", 1, x=t(5, 33)),
    "matmul": op("torch.matmul", x=t(5, 17), y=t(17, 9)),
    "softmax": op("torch.softmax", -1, x=t(5, 33)),
    "embedding": op("torch.nn.functional.embedding", ids=t(2, 7, dtype="int64", values="index:11"), weight=t(11, 3)),
    "conv2d": op("torch.nn.functional.conv2d", x=t(1, 3, 9, 7), w=t(4, 3, 3, 3)),
    "matmul-float64": op("torch.matmul", x=t(5, 17, dtype="float64"), y=t(17, 9, dtype="float64")),
    "matmul-bfloat16": op("torch.matmul", x=t(5, 17, dtype="bfloat16"), y=t(17, 9, dtype="bfloat16")),
    "topk": op("torch.topk", 3, x=t(5, 33)),  # several outputs, one of them integers
    "integers": op("torch.mul", 3, x=t(4, 9, dtype="int64", values="range:-1000000:1000000")),
    "0-d": op("torch.neg", x=t()),
}
# What few backends have; eager has all but the first two. Each may be unsupported, none may be an error.
HARD = {
    "no-such-operator": op("lockstep_contract.no_such_operator", x=t(3)),
    "qr-float16": op("torch.linalg.qr", x=t(4, 4, dtype="float16")),
    "bessel": op("torch.special.bessel_y1", x=t(7, values="positive")),
    "complex": op("torch.mul", x=t(3, dtype="complex64"), y=t(3, dtype="complex64")),
    "shape-from-data": op("torch.nonzero", x=t(5)),
    "empty": op("torch.exp", x=t(0, 4)),
}


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What a target made of a case: its run, and the verdict where there was something to judge."""

    ran: Ran
    verdict: Verdict | None

    @property
    def status(self) -> str:
        return self.ran.status if self.verdict is None else self.verdict.status

    @property
    def message(self) -> str:
        return self.ran.message if self.verdict is None else self.verdict.message


class BackendContract:
    """Subclass it in a test module, and name your backend.

    backend, device: as typed in `--backends` and `--devices`.
    proves: False for a backend whose only proof is the device of its outputs.
    expected: name in FORWARD → why this backend gets it wrong. It must then diverge: one that passes is stale.
    """

    backend: ClassVar[str] = "eager"
    device: ClassVar[str] = "cpu"
    proves: ClassVar[bool] = True
    expected: ClassVar[Mapping[str, str]] = {}
    lab: ClassVar[Lab]
    target: ClassVar[Target]

    @classmethod
    def setup_class(cls) -> None:
        cls.lab = shared_lab()
        (cls.target,) = select([cls.device], [cls.backend], cls.lab)

    # what the tests are written with ------------------------------------------------------------------------

    def launch(self, program: Program, inputs: Mapping[str, np.ndarray[Any, Any]], case: Case) -> Ran:
        """Run a program on the target and wait for it."""
        blobs = {spec.name: Blob.of(inputs[spec.name], spec.dtype) for spec in case.inputs}
        ran: Ran = self.lab.run(self.target, program, blobs).result()
        return ran

    def judged(self, case: Case, program: Program | None = None) -> Result:
        """Run a case, and judge what it gave by a golden made here and now."""
        program = program or of_operator(case)
        inputs = {spec.name: seeded.make(spec, case_seed=case.seed) for spec in case.inputs}
        ran = self.launch(program, inputs, case)
        if not ran.ok:
            return Result(ran, None)
        golden = goldens.make(case, inputs, self.lab.reference(program), {"maker": "harness.testing"})
        _, verdict = compare(golden, ran.outputs, inputs, profile_of(self.target.device.profile))
        return Result(ran, verdict)

    def right(self, case: Case, program: Program | None = None) -> Result:
        """The result of a case that must be right; skips where the backend says `unsupported`."""
        result = self.judged(case, program)
        if result.status == "unsupported":
            assert result.message.strip(), "unsupported, and no reason given"
            pytest.skip(result.message)
        assert result.status == "pass", f"{result.status}: {result.message}\n{result.ran.log}"
        return result

    # the contract -------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("name", FORWARD)
    def test_forward_is_right(self, name: str) -> None:
        """Values, dtypes and shapes agree with the float64 golden within what the device's profile allows."""
        if name in self.expected:
            status = self.judged(FORWARD[name]).status
            assert status == "diverged", f"expected to diverge ({self.expected[name]}), and is {status}: drop the entry"
            pytest.xfail(self.expected[name])
        self.right(FORWARD[name])

    def test_supports_something(self) -> None:
        """Saying `unsupported` to everything is no backend."""
        assert any(self.judged(FORWARD[name]).status == "pass" for name in ("add", "relu", "matmul"))

    @pytest.mark.parametrize("layout", ["strided", "transposed"])
    def test_inputs_that_are_not_contiguous(self, layout: str) -> None:
        """An input's strides are honoured, never read past."""
        self.right(op("torch.matmul", x=t(6, 8, layout=layout), y=t(8, 6, layout=layout)))

    def test_in_place_changes_are_seen(self) -> None:
        """A program that changes its input is run whole or refused; the change is never dropped."""
        result = self.right(op("torch.Tensor.add_", 1.5, x=t(5, 9)))
        assert [output.name for output in result.ran.outputs] == ["out0", "mutated.x"]

    def test_constants_and_several_nodes(self) -> None:
        """Weights travel with the program, and nodes feed one another."""
        weight = seeded.make(TensorSpec("w", "float32", (7, 9)), case_seed=7)
        blob = Blob.of(weight, "float32")
        case = Case(
            "mlp",
            _HERE,
            "function",
            "mlp",
            "float32",
            (TensorSpec("x", "float32", (5, 9)),),
            rule="empirical",
        )
        doc = {
            **of_operator(op("torch.relu", x=t(5, 9))).doc,
            "name": "mlp",
            "consts": [{"id": "w", "dtype": "float32", "shape": [7, 9], "sha": blob.sha}],
            "nodes": [
                ["h", "torch.nn.functional.linear", [{"v": "x"}, {"v": "w"}], {}],
                ["a", "torch.relu", [{"v": "h"}], {}],
                ["b", "torch.mul", [{"v": "a"}, 0.5], {}],
            ],
            "outputs": [{"v": "b"}, {"v": "h"}],
        }
        self.right(case, Program.load(json.dumps(doc), {blob.sha: blob}))

    def test_gradients(self) -> None:
        """A backend that takes gradients gets them right; one that does not says so."""
        self.right(op("torch.matmul", grad=True, x=t(5, 17), y=t(17, 9)))

    def test_nothing_is_stale(self) -> None:
        """Other inputs give the same program other outputs, and the first ones give the first bits again."""
        case = FORWARD["matmul"]
        first, other, again = (self.right(replace(case, seed=seed)) for seed in (1, 2, 1))
        a, b, c = (result.ran.outputs[0].data for result in (first, other, again))
        assert not np.array_equal(a, b)
        assert a.tobytes() == c.tobytes()

    def test_equal_inputs_are_not_one_input(self) -> None:
        """A program first run with two inputs of the same bytes is right when they differ."""
        zeros, normal = t(4, 6, values="zeros"), t(4, 6)
        for spec in (zeros, normal):
            case = op("torch.sub", x=spec, y=spec)
            inputs = {one.name: seeded.make(one, case_seed=case.seed) for one in case.inputs}
            ran = self.launch(of_operator(case), inputs, case)
            if not ran.ok:
                assert ran.status == "unsupported", f"{ran.status}: {ran.message}"
                pytest.skip(ran.message)
            assert np.array_equal(ran.outputs[0].data, inputs["x"] - inputs["y"])

    @pytest.mark.parametrize("name", HARD)
    def test_what_it_cannot_do_it_says(self, name: str) -> None:
        """Beyond its reach a backend answers `unsupported` with a reason of one line, and goes on working."""
        case = HARD[name]
        inputs = {spec.name: seeded.make(spec, case_seed=case.seed) for spec in case.inputs}
        ran = self.launch(of_operator(case), inputs, case)
        assert ran.status in ("ok", "unsupported"), f"{ran.status}: {ran.message}\n{ran.log}"
        if name == "no-such-operator":
            assert ran.status == "unsupported"
        if not ran.ok:
            assert ran.message.strip()
            assert "\n" not in ran.message
        assert self.judged(FORWARD["relu"]).status in ("pass", "unsupported")

    def test_it_ran_where_it_says(self) -> None:
        """Every output comes from the target's device, and the evidence says what ran."""
        ran = self.right(FORWARD["relu"]).ran
        claimed = self.target.device.torch.split(":")[0]
        assert {output.device.split(":")[0] for output in ran.outputs} == {claimed}
        evidence = {name: value for name, value in ran.evidence.items() if name != "emulated"}
        json.dumps(evidence)
        assert evidence or not self.proves, "evidence() is empty: nothing proves that this backend ran"

    def test_prints_do_no_harm(self) -> None:
        """What a kernel prints goes to the log; the wire and the next program are untouched."""
        case = op("torch.relu", x=t(4))
        doc = dict(of_operator(case).doc)
        doc["nodes"] = [["said", "builtins.print", ["\x00 printed\n" * 50], {}], *doc["nodes"]]
        inputs = {"x": seeded.make(case.inputs[0], case_seed=1)}
        ran = self.launch(Program.load(json.dumps(doc)), inputs, case)
        assert ran.status in ("ok", "unsupported"), ran.message
        if ran.ok:
            assert np.array_equal(ran.outputs[0].data, np.maximum(inputs["x"], 0))
        assert self.judged(FORWARD["relu"]).status in ("pass", "unsupported")

    def test_versions_are_reported(self) -> None:
        """The fingerprint names every library that had a part in the result."""
        versions = self.lab.lane(self.target).hello()["fingerprint"]["versions"]
        assert {"python", "torch"} <= set(versions)
        assert all(isinstance(value, str) and value for value in versions.values())


@functools.cache
def shared_lab() -> Lab:
    """One lab for the test process: its reference worker serves every contract."""
    lab = Lab(cache_dir())
    atexit.register(lab.close)
    return lab
