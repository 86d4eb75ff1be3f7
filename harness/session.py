"""Session: one run's straight line, from a case and a target to a record.

    case ─► program ─► outputs ─► divergence ─► verdict ─► record

`record` below reads like this picture. All state of a run is in here and in the lab.
"""

from __future__ import annotations

import collections
import hashlib
import math
import platform
import shlex
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from harness import golden as goldens
from harness import inputs as seeded
from harness.case import Case
from harness.compare import compare, moved
from harness.errors import GoldenError, LabError, LockstepError, MissingGolden, ProgramError, StaleGolden
from harness.expect import Expectation, facts_of
from harness.facts import case_info, ran_facts, verdict_facts
from harness.lab.pool import Lab, Pending
from harness.lab.studio import program_of
from harness.load import sweep
from harness.nodes import Findings, Nodes
from harness.numerics.attribution import attribute
from harness.numerics.profile import Profile
from harness.numerics.rules import pairs, profile_of, rule_for
from harness.numerics.rules.random import RETESTS, by_chance
from harness.numerics.types import Divergence, Verdict
from harness.program import Blob, Program
from harness.records import Record, TargetInfo
from harness.target import Ran, Target

Array = np.ndarray[Any, Any]
KEPT = 64  # prepared cases kept at hand: beyond the look-ahead's reach, whatever the run's length
_RED = ("crashed", "timeout", "error", "fellback")  # red already, and for a reason that goes before any node's


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A case made ready for every target: its inputs, its program and its golden, or what kept them from being made."""

    inputs: Mapping[str, Array]
    blobs: Mapping[str, Blob]
    program: Program | None
    golden: goldens.Golden | None
    trouble: LockstepError | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """One case on one target, judged.

    nodes: what judging node by node found. apart: it is a node that diverged, not what the program returns.
    """

    status: str
    message: str
    verdict: Verdict | None = None
    divergences: tuple[Divergence, ...] = ()
    ran: Ran | None = None
    digest: str = ""
    nodes: Findings | None = None
    apart: bool = False


class Session:
    """Everything a run needs: the lab, the goldens' root, the targets.

    root: paths in cases are relative to it. updates: collects (path, what was done) of goldens written.
    expectations: what is known to diverge; met: those that matched a cell.
    nodes: judge every function and model node by node, not only those that diverge. tell: shown a line of progress.
    """

    def __init__(
        self,
        lab: Lab,
        root: Path,
        golden_root: Path,
        targets: Sequence[Target],
        *,
        update: bool = False,
        expectations: Sequence[Expectation] = (),
        nodes: bool = False,
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.lab, self.root, self.golden_root, self.targets, self.update = (
            lab,
            root,
            golden_root,
            targets,
            update,
        )
        self.nodes, self.tell = nodes, tell
        self.updates: list[tuple[Path, str]] = []
        self.expectations, self.met = tuple(expectations), set[Expectation]()
        self._facts_of: dict[str, dict[str, str]] = {}
        self._prepared: collections.OrderedDict[str, Prepared] = collections.OrderedDict()
        self._pending: dict[tuple[str, str], Pending] = {}
        self._outcomes: dict[tuple[str, str], Outcome] = {}
        self._wanted: dict[str, list[str]] = {}
        self._profiles: dict[str, Profile] = {}
        self._nodes: dict[str, Nodes] = {}
        self._by_name = {target.name: target for target in targets}

    # the straight line ------------------------------------------------------------------------------------------------

    def record(self, case: Case, target: Target, *, nodeid: str = "") -> Record:
        """Run a case on a target and say what came of it. Never raises for what the case or the target does."""
        began = time.perf_counter()
        outcome = self.outcome(case, target)
        attribution = self._attribution(case, target, outcome)
        record = Record(
            case=case_info(case),
            target=target.name,
            status=outcome.status,
            margin=outcome.verdict.margin if outcome.verdict else None,
            rule=outcome.verdict.rule if outcome.verdict else "",
            message=outcome.message,
            verdict=verdict_facts(outcome.verdict),
            outputs=[divergence.to_json() for divergence in outcome.divergences],
            golden=self._golden_facts(case),
            repro=self.repro(case, target),
            nodeid=nodeid,
            attribution=attribution,
            nodes=outcome.nodes.to_json() if outcome.nodes else {},
            **ran_facts(outcome.ran),
        )
        record = replace(record, seconds={**record.seconds, "total": time.perf_counter() - began})
        for expectation in self.expectations:
            if expectation.matches(case.id, target.name, self._facts(target)):
                self.met.add(expectation)
                return expectation.apply(record)
        return record

    def outcome(self, case: Case, target: Target) -> Outcome:
        """The judged outcome, computed once. A diverged one is run again in another process before it is believed."""
        key = (case.id, target.name)
        if key not in self._outcomes:
            outcome = self._judged(case, target, self.submit(case, target))
            if outcome.status == "diverged":
                outcome = self._confirmed(case, target, outcome)
            self._outcomes[key] = self._localised(case, target, outcome)
            self._pending.pop(key, None)
        return self._outcomes[key]

    def submit(self, case: Case, target: Target) -> Pending | None:
        """Queue the case on the target's worker, ahead of the test that asks; None where there is nothing to run."""
        key = (case.id, target.name)
        if key in self._outcomes:
            return None
        if key not in self._pending:
            prepared = self.prepare(case)
            if prepared.program is None or prepared.golden is None:
                return None
            self._pending[key] = self._run(case, target, prepared)
        return self._pending[key]

    def expect(self, pairs: Iterable[tuple[Case, Target]]) -> None:
        """Which targets will be asked for which case: a failing case waits for these before it says who agrees."""
        for case, target in pairs:
            self._wanted.setdefault(case.id, []).append(target.name)

    def forget(self, case: Case) -> None:
        """Drop what is held for a case: called when its last target is done."""
        self._prepared.pop(case.id, None)
        self._nodes.pop(case.id, None)
        for target in self._wanted.pop(case.id, ()):
            self._outcomes.pop((case.id, target), None)
            self._pending.pop((case.id, target), None)

    # steps ------------------------------------------------------------------------------------------------------------

    def prepare(self, case: Case) -> Prepared:
        """Inputs, program and golden of a case; what went wrong instead stands in `trouble`."""
        if case.id not in self._prepared:
            self._prepared[case.id] = self._prepare(case)
            while len(self._prepared) > KEPT:
                self._prepared.popitem(last=False)
        self._prepared.move_to_end(case.id)
        return self._prepared[case.id]

    def _prepare(self, case: Case) -> Prepared:
        inputs: dict[str, Array] = {}
        blobs: dict[str, Blob] = {}
        program = None
        try:
            inputs = {spec.name: seeded.make(spec, case_seed=case.seed) for spec in case.inputs}
            blobs = {spec.name: Blob.of(inputs[spec.name], spec.dtype) for spec in case.inputs}
            program = program_of(case, blobs, self.lab, self.root)
            return Prepared(inputs, blobs, program, self._golden(case, inputs, program))
        except LockstepError as error:
            return Prepared(inputs, blobs, program, None, error)

    def _golden(self, case: Case, inputs: Mapping[str, Array], program: Program) -> goldens.Golden:
        swept = sweep.TAG in case.tags
        key = case.key()
        path = (
            self.lab.cache / "goldens" / key[:2] / f"{key}.npz" if swept else goldens.path_for(self.golden_root, case)
        )
        digest = seeded.digest(inputs) if not program.consts else _joint(seeded.digest(inputs), program)
        try:
            golden = goldens.read(path)
            goldens.check(golden, key, digest, rule=rule_for(case).name)
            return golden
        except (MissingGolden, StaleGolden, GoldenError) as error:
            if not self.update and not swept:
                raise
            made = replace(self.make_golden(case, inputs, program), inputs=digest)
            goldens.write(path, made)
            what = {MissingGolden: "new", StaleGolden: "changed"}.get(type(error), "repaired")
            if not swept:
                self.updates.append((path, what))
            return made

    def make_golden(self, case: Case, inputs: Mapping[str, Array], program: Program) -> goldens.Golden:
        """The golden of a case by the float64 reference. Raises LabError or GoldenError where it cannot be made."""
        run = self.lab.reference(program)
        provenance = {
            "maker": "float64 reference",
            "torch": str(self.lab.fingerprint()["versions"]["torch"]),
            "numpy": np.__version__,
            "machine": platform.machine(),
        }
        try:
            return goldens.make(case, inputs, run, provenance)
        except LockstepError:
            raise
        except Exception as error:  # a rule that does not know these arguments costs one case, not the run
            raise GoldenError(f"no golden for {case.id}: its rule failed: {type(error).__name__}: {error}") from error

    def _run(self, case: Case, target: Target, prepared: Prepared, role: str = "", seed: int = 0) -> Pending:
        assert prepared.program is not None
        repeat = prepared.golden is not None and prepared.golden.rule == "random"
        return self.lab.run(
            target, prepared.program, prepared.blobs, limit=case.timeout, role=role, seed=seed, repeat=repeat
        )

    def _judged(self, case: Case, target: Target, pending: Pending | None) -> Outcome:
        prepared = self.prepare(case)
        if prepared.trouble is not None:
            return Outcome(_trouble(prepared.trouble), str(prepared.trouble))
        assert pending is not None
        assert prepared.golden is not None
        ran: Ran = pending.result()
        if not ran.ok:
            return Outcome(ran.status, ran.message, ran=ran)
        try:
            profile = self.profile(target)
            divergences, verdict = compare(prepared.golden, ran.outputs, prepared.inputs, profile)
        except LockstepError as error:
            return Outcome("error", str(error), ran=ran)
        except Exception as error:  # noise that does not fit its output costs one case, and its record is written
            why = f"{type(error).__name__}: {error}"
            remedy = "delete the golden, and --golden-update makes it again"
            return Outcome("error", f"{case.id} can't be judged by its golden ({why}): {remedy}", ran=ran)
        if ran.evidence.get("repeatable") is False:
            message = f"{verdict.output or 'out0'} diverged: it breaks its contract: the same seed gave other numbers"
            verdict = Verdict("diverged", float("inf"), verdict.rule, message)
        return Outcome(verdict.status, verdict.message, verdict, tuple(divergences), ran, _digest(ran))

    def _confirmed(self, case: Case, target: Target, first: Outcome) -> Outcome:
        """Run a diverged case once more in another worker process of the same target.

        The same bits again: diverged. Other bits, and right: nondeterministic, both values kept. Other bits and wrong
        again: diverged, and the message says that the bits moved. Random numbers that fail a test of chance are drawn
        from four other seeds, and have diverged where one of these fails too.
        """
        prepared = self.prepare(case)
        if prepared.golden is not None and prepared.golden.rule == "random" and by_chance(first.divergences):
            return self._resampled(case, target, first)
        second = self._judged(case, target, self._run(case, target, prepared, role="again"))
        if second.digest == first.digest or second.verdict is None:
            return first
        where = moved(*(outcome.ran.arrays() if outcome.ran else {} for outcome in (first, second)))
        words = f"a second run in a fresh worker gave other bits ({where})"
        if second.status == "pass":
            return replace(first, status="nondeterministic", message=f"{first.message}\n{words}, and passed")
        return replace(first, message=f"{first.message}\n{words}, and diverged too")

    def _resampled(self, case: Case, target: Target, first: Outcome) -> Outcome:
        """The outcome of random numbers whose first sample failed a test that honest ones fail once in a million."""
        prepared = self.prepare(case)
        pending = [self._run(case, target, prepared, role="again", seed=1 + k) for k in range(RETESTS)]
        others = [self._judged(case, target, one) for one in pending]
        wrong = sum(other.status != "pass" for other in others)
        if not wrong:
            return replace(others[-1], message=f"passed with {RETESTS} other seeds; with the first {first.message}")
        return replace(first, message=f"{first.message}\n{wrong} of {RETESTS} samples from other seeds failed too")

    def _localised(self, case: Case, target: Target, outcome: Outcome) -> Outcome:
        program = self.prepare(case).program
        if case.kind == "op" or program is None or (self._expected(case, target, outcome) and not self.nodes):
            return outcome

        def nodes() -> Nodes:
            if case.id not in self._nodes:
                self._nodes[case.id] = Nodes(self.lab, case, program, self.prepare(case).blobs)
            return self._nodes[case.id]

        return self.localise(program, target, outcome, nodes)

    def _expected(self, case: Case, target: Target, outcome: Outcome) -> bool:
        """Whether this divergence is written down, and no worse than that: its nodes were looked at then."""
        margin = outcome.verdict.margin if outcome.verdict else math.inf
        return any(
            e.status == outcome.status and margin <= e.bound and e.matches(case.id, target.name, self._facts(target))
            for e in self.expectations
        )

    def localise(self, program: Program, target: Target, outcome: Outcome, nodes: Callable[[], Nodes]) -> Outcome:
        """Judge a program node by node where it diverged, and wherever it ran with `--nodes`.

        A node that diverges while the whole does not makes the outcome `diverged`.
        """
        wrong, several = outcome.status in ("diverged", "nondeterministic"), len(program.doc["nodes"]) > 1
        if outcome.ran is None or program.doc["ir"] == "opaque" or not (self.nodes or (wrong and several)):
            return outcome
        try:
            tell = lambda done, of: self.tell(f"{program.name} on {target.name}: node {done} of {of}")  # noqa: E731
            found = nodes().judge(target, self.profile(target), tell)
        except LockstepError as error:
            return replace(outcome, message=f"{outcome.message}\nnode by node: {error}")
        if not found.guilty or outcome.status in _RED or wrong:
            return replace(outcome, nodes=found, message=f"{outcome.message}\n{found.words(diverged=wrong)}")
        message = f"{found.blame()}\n{found.words().splitlines()[0]}; the whole: {outcome.status}, {outcome.message}"
        verdict = Verdict("diverged", found.worst, found.guilty[0]["rule"], message)
        return replace(outcome, status="diverged", message=message, verdict=verdict, nodes=found, apart=True)

    def _attribution(self, case: Case, target: Target, outcome: Outcome) -> dict[str, Any]:
        """Which targets agree with the golden, and which with one another; asked only where this one failed."""
        if outcome.status not in ("diverged", "nondeterministic") or outcome.apart:
            return {}
        others = {name: self.outcome(case, self._by_name[name]) for name in self._wanted.get(case.id, ())}
        others[target.name] = outcome
        ran = {name: other.ran for name, other in others.items() if other.ran is not None and other.ran.ok}
        golden = self.prepare(case).golden
        if golden is None or outcome.ran is None:
            return {}
        allowed = pairs(
            golden, {o.name: o for o in outcome.ran.outputs}, self.prepare(case).inputs, self.profile(target)
        )
        expected = [(output, allowance) for _, output, allowance in allowed if ":" not in output.name]
        right = [name for name, other in others.items() if other.status == "pass"]
        found = attribute({name: r.outputs for name, r in ran.items()}, expected, right)
        return {**found.to_json(), "words": found.words(target.name)}

    def _facts(self, target: Target) -> dict[str, str]:
        if target.name not in self._facts_of:
            self._facts_of[target.name] = facts_of(self.lab.lane(target).hello().get("fingerprint", {}))
        return self._facts_of[target.name]

    # what a record carries --------------------------------------------------------------------------------------------

    def profile(self, target: Target) -> Profile:
        """What the target is allowed."""
        name = target.device.profile
        if name not in self._profiles:
            self._profiles[name] = profile_of(name)
        return self._profiles[name]

    def target_info(self, target: Target) -> TargetInfo:
        """The target as it describes itself; starts its worker if need be."""
        hello = self.lab.lane(target).hello()
        absent = None if hello["status"] == "ok" else str(hello.get("message", "it did not start"))
        return TargetInfo(
            name=target.name,
            device=target.device.name,
            backend=target.backend.name,
            fingerprint={**hello.get("fingerprint", {}), "emulator": target.device.emulator},
            profile=target.device.profile,
            absent=absent,
        )

    def started(self) -> list[Target]:
        """The targets whose workers were asked for anything."""
        return [target for target in self.targets if self.lab.has_lane(target)]

    def repro(self, case: Case, target: Target) -> str:
        """The command that runs this one cell again."""
        node = f"{case.source.path}::{case.id}[{target.name}]"
        backend = "" if target.backend.name == "eager" else f" --backends={target.backend.name}"
        tier = "" if case.tier == "quick" else f" --case-tier={case.tier}"
        nodes = " --nodes" if self.nodes else ""
        return f"pytest {shlex.quote(node)} --devices={target.device.name}{backend}{tier}{nodes}"

    def _golden_facts(self, case: Case) -> dict[str, Any]:
        prepared = self._prepared.get(case.id)
        if prepared is None or prepared.golden is None:
            return {}
        golden = prepared.golden
        return {"key": golden.key, "inputs": golden.inputs, "provenance": dict(golden.provenance)}


def _trouble(error: LockstepError) -> str:
    if isinstance(error, MissingGolden):
        return "missing-golden"
    if isinstance(error, StaleGolden):
        return "stale-golden"
    return "error"


def _joint(digest: str, program: Program) -> str:
    return hashlib.sha256((digest + program.weights_digest()).encode()).hexdigest()


def _digest(ran: Ran) -> str:
    """sha256 (hex) over every output's name, dtype, shape and bytes: equal digests are bit-identical outcomes."""
    return seeded.digest(ran.arrays())


__all__ = ["LabError", "Outcome", "Prepared", "ProgramError", "Session"]
