"""Nodes: which node of a model is to blame. Each is fed the golden's inputs and judged by its operator's own rule.

    program ─► trace (float64, and own precision) ─► Node: a case of one operator, its inputs ─► golden ─► verdict

A model that diverges end to end says nothing of where. Here no error of one node reaches the next: what a node reads is
what the float64 reference computed, rounded once to the dtype that the node reads in the program's own precision. Where
the program trains, each node's gradient is judged as well, fed with the gradient that arrives there in float64; and the
optimizer's step, fed with the golden's gradient.
"""

from __future__ import annotations

import collections
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from harness import golden as goldens
from harness.case import Case
from harness.compare import compare
from harness.errors import LabError, LockstepError
from harness.inputs import digest
from harness.lab.pool import COMPILE_PATIENCE, Lab, Pending
from harness.nodes.cut import Node, cut
from harness.numerics.profile import Profile
from harness.numerics.types import Verdict
from harness.program import Blob, Program
from harness.records import first_line
from harness.target import Ran, Target

Array = np.ndarray[Any, Any]
Progress = Callable[[int, int], None]

AHEAD = 8  # nodes queued on the target while one is judged
NEAREST = 5  # passing nodes that are reported: those nearest to their allowance
MOST = 50  # guilty nodes that are reported
VIEW = "views, which a compiler makes no code for"


@dataclass(frozen=True, slots=True)
class Findings:
    """What judging node by node gave on one target.

    total: nodes of the program; judged: those with a verdict. left: why others have none → their ids.
    ops: operator → (nodes that diverge, nodes judged, largest margin of the former), of those with a guilty node.
    guilty: those that diverge, in program order; near: passing ones nearest to their allowance. alone: a backend
    made each node ready by itself. Both lists hold JSON-plain mappings (see `_row`).
    """

    total: int
    judged: int
    left: Mapping[str, Sequence[str]]
    ops: Mapping[str, tuple[int, int, float]]
    guilty: tuple[Mapping[str, Any], ...]
    near: tuple[Mapping[str, Any], ...]
    wrong: int
    alone: bool
    seconds: float

    @property
    def worst(self) -> float:
        """The largest margin of a guilty node; 0 without one."""
        return max((float(row["margin"]) for row in self.guilty), default=0.0)

    def blame(self) -> str:
        """The first guilty node in one line; empty without one."""
        if not self.guilty:
            return ""
        row = self.guilty[0]
        where = f"; called in {row['where']}" if row["where"] else ""
        stray = ", and not in another process" if row["status"] == "nondeterministic" else ""
        return f"node {row['id']} ({row['op']}, {row['number']} of {self.total}): {row['message']}{stray}{where}"

    def words(self, *, diverged: bool = True) -> str:
        """The outcome in one line, and the first guilty node in another. diverged: what the program returns did."""
        left = sum(map(len, self.left.values()))
        rest = f"; {left} not looked at: {_reasons(self.left)}" if left else ""
        on = f"of {_many(self.judged)} on the golden's inputs" + (" (each compiled by itself)" if self.alone else "")
        if not self.judged:
            return f"node by node: none of {_many(self.total)} could be judged{rest}"
        if self.guilty:
            verb = "diverges" if self.wrong == 1 else "diverge"
            first = "the guilty" if self.wrong == 1 else "the first guilty"
            return f"node by node: {self.wrong} {verb} {on}: {self._operators()}{rest}\n{first} {self.blame()}"
        none = f"node by node: none {on} diverges by its operator's own rule"
        if not diverged:
            return none + rest
        between = "fusion, planned memory, " if self.alone else ""
        causes = [
            "the model amplifies honest rounding (it is ill-conditioned)",
            f"the fault arises between nodes ({between}reused memory, order of execution)",
            *(["it lies in a node not looked at"] if set(self.left) - {VIEW} else []),
        ]
        return f"{none}: {', or '.join(causes)}{rest}"

    def _operators(self) -> str:
        """Which operators diverge, the worst first."""
        ranked = sorted(self.ops.items(), key=lambda item: -item[1][2])
        shown = [f"{op} {wrong} of {of}, up to {worst:.3g}×" for op, (wrong, of, worst) in ranked[:5]]
        return "; ".join(shown) + (f"; {len(ranked) - 5} more operators" if len(ranked) > 5 else "")

    def to_json(self) -> dict[str, Any]:
        """JSON-plain, for the record."""
        return {
            "total": self.total,
            "judged": self.judged,
            "wrong": self.wrong,
            "left": {why: list(ids) for why, ids in self.left.items()},
            "ops": {op: list(figures) for op, figures in self.ops.items()},
            "guilty": [dict(row) for row in self.guilty],
            "near": [dict(row) for row in self.near],
            "alone": self.alone,
            "seconds": self.seconds,
        }


class Nodes:
    """The nodes of one case, cut out once and judged on any number of targets."""

    def __init__(self, lab: Lab, case: Case, program: Program, blobs: Mapping[str, Blob]) -> None:
        """Trace the program. Raises LabError where the reference cannot run it."""
        self._lab, self._case = lab, case
        self._provenance = {"maker": "float64 reference", "torch": str(lab.fingerprint()["versions"]["torch"])}
        self.nodes = cut(lab, case, program, blobs)

    def judge(
        self, target: Target, profile: Profile, progress: Progress | None = None, *, limit: float | None = None
    ) -> Findings:
        """Run every node on `target`, each on the golden's inputs, and judge it under `profile`.

        limit: seconds for all nodes together, by default what the case itself may take there; those that are left then
        are counted. progress: called with (nodes done, nodes to do).
        """
        began = time.perf_counter()
        if limit is None:
            limit = (self._case.timeout or self._lab.limit) * target.device.launch.patience
            limit *= COMPILE_PATIENCE if target.backend.slow else 1.0
        left: dict[str, list[str]] = {}
        chosen = []
        for node in self.nodes:
            if why := node.why or (VIEW if node.view and target.backend.slow else ""):
                left.setdefault(why, []).append(node.id)
            else:
                chosen.append(node)
        guilty: list[tuple[Node, Verdict, Ran]] = []
        passed: list[tuple[Node, Verdict]] = []
        until = math.inf
        for done, (node, ran) in enumerate(self._answers(chosen, target), 1):
            until = min(until, time.perf_counter() + limit)  # what was queued there before is not the nodes' doing
            verdict = self._verdict(node, ran, profile)
            if isinstance(verdict, str):
                left.setdefault(verdict, []).append(node.id)
            elif verdict.status == "diverged":
                guilty.append((node, verdict, ran))
            else:
                passed.append((node, verdict))
            if progress is not None:
                progress(done, len(chosen))
            if time.perf_counter() > until and done < len(chosen):
                left[f"no time left after {limit:g} s"] = [node.id for node in chosen[done:]]
                break
        near = sorted(passed, key=lambda one: -one[1].margin)[:NEAREST]
        return Findings(
            total=len(self.nodes),
            judged=len(guilty) + len(passed),
            left=left,
            ops=_by_operator(guilty, passed),
            guilty=tuple(self._confirmed(guilty[:MOST], target, profile)),
            near=tuple(_row(node, verdict) for node, verdict in near),
            wrong=len(guilty),
            alone=target.name != target.device.name,  # eager is what a device does by itself
            seconds=time.perf_counter() - began,
        )

    def _answers(self, nodes: Sequence[Node], target: Target) -> Iterator[tuple[Node, Ran]]:
        """Every node with what the target made of it; a few are queued there while one is judged."""
        flight: collections.deque[tuple[Node, Pending]] = collections.deque()
        for node in nodes:
            flight.append((node, self._run(node, target)))
            if len(flight) > AHEAD:
                first, pending = flight.popleft()
                yield first, pending.result()
        for first, pending in flight:
            yield first, pending.result()

    def _run(self, node: Node, target: Target, role: str = "") -> Pending:
        assert node.program is not None
        blobs = {name: Blob.of(array) for name, array in node.inputs.items()}
        return self._lab.run(target, node.program, blobs, limit=self._case.timeout, role=role)

    def _verdict(self, node: Node, ran: Ran, profile: Profile) -> Verdict | str:
        """The node's verdict by its operator's own rule, or why it has none."""
        if not ran.ok:
            return f"{ran.status}: {first_line(ran.message)}"
        golden = self._golden(node)
        if golden is None:
            return node.why
        try:
            verdict = compare(golden, ran.outputs, node.inputs, profile)[1]
        except LockstepError as error:
            return f"error: {first_line(str(error))}"
        return verdict if verdict.status != "undecided" else "no rule says what is allowed"

    def _golden(self, node: Node) -> goldens.Golden | None:
        """The node's golden, made when first asked for; None with the node's `why` where it cannot be."""
        if node.golden is None and not node.why:
            assert node.case is not None
            assert node.program is not None
            run = self._lab.reference(node.program)
            try:
                try:
                    node.golden = goldens.make(node.case, node.inputs, run, self._provenance)
                except LabError:
                    raise
                except (
                    Exception
                ):  # a rule that does not know this form of its operator: the overload's arguments differ
                    empirical = replace(node.case, rule="empirical")
                    node.golden = goldens.make(empirical, node.inputs, run, self._provenance)
            except Exception as error:
                node.why = f"no golden: {first_line(str(error))}"
        return node.golden

    def _confirmed(
        self, guilty: Sequence[tuple[Node, Verdict, Ran]], target: Target, profile: Profile
    ) -> Iterator[dict[str, Any]]:
        """The guilty nodes' rows, each run once more in another process: other bits that pass are nondeterministic."""
        again = [self._run(node, target, role="again") for node, _, _ in guilty]
        for (node, verdict, ran), pending in zip(guilty, again, strict=True):
            second: Ran = pending.result()
            moved = second.ok and digest(second.arrays()) != digest(ran.arrays())
            other = self._verdict(node, second, profile) if moved else verdict
            stray = isinstance(other, Verdict) and other.status == "pass"
            yield _row(node, replace(verdict, status="nondeterministic") if stray else verdict)


def _by_operator(
    guilty: Sequence[tuple[Node, Verdict, Ran]], passed: Sequence[tuple[Node, Verdict]]
) -> dict[str, tuple[int, int, float]]:
    """Findings.ops."""
    wrong = collections.Counter(node.op for node, _, _ in guilty)
    right = collections.Counter(node.op for node, _ in passed)
    return {
        op: (count, count + right[op], max(verdict.margin for node, verdict, _ in guilty if node.op == op))
        for op, count in wrong.items()
    }


def _row(node: Node, verdict: Verdict) -> dict[str, Any]:
    """One node and its verdict, JSON-plain."""
    assert node.case is not None
    name = (verdict.output or "").partition(".")[2]
    of = f" ({name} is {node.reads[name]})" if name in node.reads else ""
    return {
        "id": node.id,
        "op": node.op,
        "number": node.number,
        "where": node.where,
        "status": verdict.status,
        "rule": verdict.rule,
        "margin": verdict.margin,
        "message": verdict.message.replace(f"{verdict.output} ", f"{verdict.output}{of} ", 1),
        "output": verdict.output or "",
        "inputs": [[node.reads[spec.name], spec.dtype, list(spec.shape)] for spec in node.case.inputs],
        "outputs": [] if node.golden is None else [[o.name, o.dtype, list(o.shape)] for o in node.golden.outputs],
    }


def _many(count: int) -> str:
    return "1 node" if count == 1 else f"{count} nodes"


def _reasons(left: Mapping[str, Sequence[str]]) -> str:
    """Reasons with the nodes they hold for, the most frequent first."""
    ranked = sorted(left.items(), key=lambda item: -len(item[1]))
    shown = [f"{why} ({_some(ids)})" for why, ids in ranked[:3]]
    return "; ".join(shown) + (f"; {len(ranked) - 3} more reasons" if len(ranked) > 3 else "")


def _some(ids: Sequence[str]) -> str:
    return ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
