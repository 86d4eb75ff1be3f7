"""The `target` fixture: any ordinary test, once per target, with tensors of its own."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from harness.case import Case, Source, TensorSpec
from harness.check import _output, dotted
from harness.compare import compare
from harness.errors import ProgramError, UsageError
from harness.facts import case_info, ran_facts, verdict_facts
from harness.items import failure_text
from harness.nodes import Nodes
from harness.program import Blob, Program
from harness.records import Record
from harness.session import Outcome, Session
from harness.target import Ran, Target


class BoundTarget:
    """One target, bound to one test."""

    def __init__(self, session: Session, target: Target, node: pytest.Item) -> None:
        self._session, self._target, self._node = session, target, node
        self.name = target.name

    def __repr__(self) -> str:
        return f"<target {self.name}>"

    def check(
        self, function: Callable[..., Any], *args: Any, dtype: Any = None, rule: str | None = None, **kwargs: Any
    ) -> None:
        """Run `function(*args, **kwargs)` on this target and judge it against the float64 reference.

        args: tensors (on the CPU) and plain values. dtype: floating tensors are converted to it first.
        rule: a numerics rule by name; without one the verdict is `empirical`. An unsupported or vacuous run skips.
        Raises AssertionError's kin with the failure message; ProgramError where the function cannot be captured.
        """
        __tracebackhide__ = True
        record = self._record(function, args, kwargs, dtype, rule)
        self._node.__dict__.setdefault("lockstep_records", []).append(record)
        if record.status in ("unsupported", "vacuous"):
            pytest.skip(f"{record.status}: {record.message}")
        if record.status != "pass":
            raise AssertionError(failure_text(record)) from None

    def _record(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        dtype: Any,
        rule: str | None,
    ) -> Record:
        from harness import golden

        __tracebackhide__ = True
        case, program, inputs = _captured(function, args, kwargs, dtype, rule, self._node)
        made = self._session.make_golden(case, inputs, program)
        blobs = {name: Blob.of(array) for name, array in inputs.items()}
        ran: Ran = self._session.lab.run(self._target, program, blobs).result()
        record = Record(
            case=case_info(case),
            target=self.name,
            status=ran.status,
            message=ran.message,
            golden={"key": made.key, "inputs": made.inputs, "provenance": dict(made.provenance)},
            repro=f"pytest {self._node.nodeid!r} --devices={self._target.device.name}"
            + (" --nodes" if self._session.nodes else ""),
            nodeid=self._node.nodeid,
            **ran_facts(ran),
        )
        if not ran.ok:
            return record
        divergences, verdict = compare(made, ran.outputs, inputs, self._session.profile(self._target))
        assert isinstance(made, golden.Golden)
        outcome = self._session.localise(
            program,
            self._target,
            Outcome(verdict.status, verdict.message, verdict, tuple(divergences), ran),
            lambda: Nodes(self._session.lab, case, program, blobs),
        )
        assert outcome.verdict is not None
        return replace(
            record,
            status=outcome.status,
            margin=outcome.verdict.margin,
            rule=outcome.verdict.rule,
            message=outcome.message,
            verdict=verdict_facts(outcome.verdict),
            outputs=[divergence.to_json() for divergence in divergences],
            nodes=outcome.nodes.to_json() if outcome.nodes else {},
        )


def _captured(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    dtype: Any,
    rule: str | None,
    node: pytest.Item,
) -> tuple[Case, Program, dict[str, Any]]:
    """The call as a case and a program. Torch is here already: the test made its tensors with it."""
    import json

    import torch

    from harness.lab.worker import capture, tensors

    __tracebackhide__ = True

    def wanted(value: Any) -> Any:
        return value.to(dtype) if dtype is not None and value.is_floating_point() else value

    tensor_of: dict[str, Any] = {}

    def named(value: Any, name: str) -> Any:
        if not isinstance(value, torch.Tensor):
            return value
        tensor_of[name] = wanted(value.detach().cpu())
        return _Slot(name)

    slots = [named(value, f"x{index}") for index, value in enumerate(args)]
    named_slots = {key: named(value, key) for key, value in kwargs.items()}
    if not tensor_of:
        raise UsageError("target.check needs at least one tensor among the arguments")

    def call(**fed: Any) -> Any:
        def pick(value: Any) -> Any:
            return fed[value.name] if isinstance(value, _Slot) else value

        return function(*map(pick, slots), **{key: pick(value) for key, value in named_slots.items()})

    specs = tuple(
        TensorSpec(name, tensors.dtype_name(value.dtype), tuple(value.shape)) for name, value in tensor_of.items()
    )
    request = {
        "kind": "function",
        "path": str(node.path),
        "target": dotted(function),
        "name": dotted(function),
        "dtype": specs[0].dtype,
        "inputs": [
            {"id": s.name, "dtype": s.dtype, "shape": list(s.shape), "layout": "contiguous", "grad": False}
            for s in specs
        ],
        "grad": False,
    }
    with _untraced():
        doc, consts = capture.capture_module(capture.Function(call), tensor_of, request)
    if doc["ir"] == "opaque":
        raise ProgramError(f"{request['name']} could not be captured: {doc['why']}")
    blobs = {
        sha: Blob(sha, tensors.dtype_name(t.dtype), tuple(t.shape), tensors.encode(t)) for sha, t in consts.items()
    }
    case = Case(
        id=_id(node),
        source=Source(node.nodeid.split("::")[0], 1 + (node.location[1] or 0)),
        kind="function",
        target=str(request["name"]),
        dtype=specs[0].dtype,
        inputs=specs,
        rule=rule,
    )
    arrays = {name: _output(name, value).data for name, value in tensor_of.items()}
    return case, Program.load(json.dumps(doc), blobs), arrays


def _id(node: pytest.Item) -> str:
    """A case's id from the test's name: the same on every target, and its own for each check of one test."""
    spec = getattr(node, "callspec", None)
    params = "" if spec is None else f"-{spec.id}-".replace(f"-{spec.params['target'].name}-", "-").strip("-")
    again = len(node.__dict__.get("lockstep_records", ()))
    words = [getattr(node, "originalname", node.name), *filter(None, [params]), *([str(again + 1)] if again else [])]
    return re.sub(r"[^a-z0-9._-]", "_", "-".join(words).lower())


@contextlib.contextmanager
def _untraced() -> Iterator[None]:
    """Keep torch's trace log out of what pytest shows of a failing test."""
    trace = logging.getLogger("torch.__trace")
    before, trace.disabled = trace.disabled, True
    try:
        yield
    finally:
        trace.disabled = before


class _Slot:
    """Where a tensor goes among a call's arguments."""

    def __init__(self, name: str) -> None:
        self.name = name
