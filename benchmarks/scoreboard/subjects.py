"""Subjects: the operators, dtypes, value classes and shapes that verdicts are scored on, with their goldens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.scoreboard.honest.machine import LIBRARY
from benchmarks.scoreboard.honest.operators import KERNELS
from benchmarks.scoreboard.sets import (
    eighteenth,
    eighth,
    eleventh,
    fifteenth,
    fifth,
    fourteenth,
    fourth,
    nineteenth,
    ninth,
    second,
    seventeenth,
    seventh,
    sixteenth,
    sixth,
    tenth,
    third,
    thirteenth,
    twelfth,
)
from harness.case import Case
from harness.golden.store import Golden, GoldenOutput
from harness.numerics import formats
from harness.numerics.rules.base import FORM
from tests.numerics.torchrun import golden_of, op_case

Array = np.ndarray[Any, Any]
F = "torch.nn.functional."
HALF = ("bfloat16", "float16")
FLOATS = ("float32", *HALF)
IN_FLOAT32 = "torch in float32"
ROUNDED = "each rounded"
GROUPS = (
    *("first three sets, tuned on", "fourth set, tuned on", "fifth set, tuned on", "sixth set, tuned on"),
    *("seventh set, tuned on", "seventh set, tuned on since", "eighth set, tuned on since"),
    *("ninth set, tuned on", "ninth set, tuned on since", "tenth set, tuned on since"),
    *("eleventh set, tuned on since", "twelfth set, tuned on since", "thirteenth set, tuned on since"),
    *("fourteenth set, tuned on since", "fifteenth set, tuned on since", "sixteenth set, tuned on since"),
    *("seventeenth set, tuned on since", "eighteenth set, tuned on since"),
    "nineteenth set, tuned on since",
)


# An output that lies further than so many σ from the golden is wrong, whoever computed it. In float32 and float64,
# where several are at hand, the board prints how far the furthest lies that is honest by construction.
WRONG = 16.0
# And so many where only the kernel's own noise is known.
FAR = 1000.0
# Kernels of torch that cases/expectations.yaml and docs/findings.md record as wrong in half precision: positions,
# weights, coefficients and sums that are kept in it, what col2im adds up in it, an erf that cancels near zero, and i0e;
# and in float64 two series.
RECORDED = frozenset(
    (
        *("grid_sampler_2d", "grid_sampler_3d", "upsample_trilinear3d", "linalg_matrix_exp", "_adaptive_avg_pool3d"),
        *("conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "convolution_backward", "erf", "special_i0e"),
    )
)
RECORDED_WIDE = frozenset(["special_airy_ai", "polygamma"])


@dataclass(eq=False)
class Subject:
    """One case with everything it is scored with.

    kernel: name of its kernel in operators.py, or empty. own: what torch gives here, in the case's own precision.
    group: which of GROUPS it is in. recorded: whether torch's kernels are RECORDED ones. built: label → (outputs,
    profile) of what is honest by construction: kernels and core operators on honest machines, half precision computed
    in float32. found: label → outputs of torch's kernels. honest: what of both counts as honest; wrong: label → how
    many σ, of what does not. sigma: the noise of honest outputs for the first output. reach: how many σ the furthest
    output lies from the golden that is honest by construction, σ of the others. All four are told by `settle`.
    """

    kernel: str
    case: Case
    golden: Golden
    inputs: Mapping[str, Array]
    own: Mapping[str, Array]
    group: str = ""
    recorded: bool = False
    built: dict[str, tuple[Mapping[str, Array], str]] = field(default_factory=dict)
    found: dict[str, Mapping[str, Array]] = field(default_factory=dict)
    honest: dict[str, tuple[Mapping[str, Array], str]] = field(default_factory=dict)
    wrong: dict[str, float] = field(default_factory=dict)
    sigma: Array = field(default_factory=lambda: np.zeros(0))
    reach: float = 0.0

    @property
    def number(self) -> int:
        """Which of GROUPS it is in: the later, the less was tuned on it."""
        return GROUPS.index(self.group)

    @property
    def label(self) -> str:
        shapes = "_".join("x".join(map(str, s.shape)) for s in self.case.inputs)
        operator = self.case.target.removeprefix("torch.").removeprefix("nn.functional.")
        operator = operator.removeprefix("benchmarks.scoreboard.functions.")
        return f"{operator}-{self.case.dtype}-{shapes}-{self.case.values}{'-grad' if self.case.grad else ''}"

    @property
    def first(self) -> GoldenOutput:
        return self.golden.outputs[0]

    @property
    def base(self) -> Mapping[str, Array]:
        """What faults are made on: what torch gives here, or another honest output where that is none."""
        if self.honest and "torch here" not in self.honest:
            return {**self.own, **next(iter(self.honest.values()))[0]}
        return self.own

    @property
    def proves(self) -> bool:
        """Whether the first output says anything: one that is empty, constant or NaN is vacuous."""
        y = self.first.y
        return bool(y.size and (y.size == 1 or (y != y.reshape(-1)[0]).any()) and (y != 0).any() and (y == y).any())

    @property
    def known(self) -> bool:
        """Whether σ can be told: not where the golden is what PyTorch's kernel gives, and nothing else computes it, nor
        where that kernel is a RECORDED one.
        """
        if not self.honest:
            return False
        others = (o["out0"] for o, _ in self.built.values())
        return "doubled" not in self.first.noise or any(severity(self.first, o, self.sigma) > 0 for o in others)

    def settle(self, more: Sequence[Array] = ()) -> None:
        """Which outputs count as honest, and σ of the first output from them and from `more` of them: what the noisiest
        shows, so that severities owe nothing to the rules.

        torch's kernels count as honest unless they lie beyond WRONG σ of what is honest by construction, where anything
        is. What RECORDED ones give counts as neither; so does, in half precision, what lies beyond it only where those
        that round once happen to agree, which say nothing of a kernel that rounds between its steps.
        """
        sure = [*self._sure(), *({"out0": array} for array in more)]
        limit = WRONG
        if not sure and self.case.dtype not in HALF:
            # Beside what a kernel gives for inputs in a row what it gives for others may still be wrong.
            sure, limit = [self.own], FAR
        self.honest = dict(self.built)
        for label, outputs in self.found.items():
            size = self._apart(outputs, sure)
            if self._apart(outputs, sure, few=True) > limit:
                self.wrong[label] = size
            elif size <= limit and not self.recorded:
                self.honest[label] = (outputs, "cpu")
        variants = [outputs["out0"] for outputs, profile in self.honest.values() if profile == "cpu"]
        if not self.honest:
            return
        self.sigma = noise(self.first, [*variants, *more])
        if self.case.dtype in HALF and (steps := self._stepwise(variants)):
            self.sigma = np.maximum(self.sigma, noise(self.first, steps))
        if self.case.dtype not in HALF:
            self.reach = max((self._apart(one, [o for o in sure if o is not one]) for one in self._sure()), default=0.0)

    def _sure(self) -> list[Mapping[str, Array]]:
        return [outputs for outputs, profile in self.built.values() if profile == "cpu"]

    def _stepwise(self, variants: Sequence[Array]) -> list[Array]:
        """Those that round between their steps, which are few: what nothing gives that rounds once."""
        once = self.built.get(IN_FLOAT32, ({}, ""))[0].get("out0")
        return [v for v in variants if _differs(self.first, v, once)] if once is not None else []

    def _apart(
        self, outputs: Mapping[str, Array], among: Sequence[Mapping[str, Array]], *, few: bool | None = None
    ) -> float:
        """The largest severity of an output, by the noise of those `among` that have it; 0 where none has.

        Half precision that is rounded once has no more noise than that; what is rounded at each step has noise of its
        own, and an output is either. few: as for `noise`; None: but in half precision.
        """
        sizes = [0.0]
        composed = [o for label, (o, _) in self.built.items() if label.endswith(ROUNDED)]
        for golden in self.golden.outputs:
            unique = golden.y.dtype.kind in "fc" and golden.rule != "random" and FORM not in golden.noise
            if not unique or golden.name not in outputs:
                continue
            found = []
            once = self.built.get(IN_FLOAT32, ({}, ""))[0].get(golden.name)
            steps = [
                o for o in among if any(o is one for one in composed) and _differs(golden, o.get(golden.name), once)
            ]
            for part, floor in ((among, golden.dtype not in HALF if few is None else few), (steps, True)):
                peers = [o[golden.name] for o in part if golden.name in o]
                if peers:
                    found.append(severity(golden, outputs[golden.name], noise(golden, peers, few=floor)))
            sizes.append(min(found, default=0.0))
        return max(sizes)


def _differs(golden: GoldenOutput, output: Array | None, other: Array | None) -> bool:
    """Whether two outputs are more than an ulp apart somewhere."""
    if output is None or other is None:
        return True
    with np.errstate(all="ignore"):
        step = formats.ulp(np.nan_to_num(parts(golden.y)), formats.component(golden.dtype))
        return bool((np.nan_to_num(np.abs(parts(output) - parts(other))) > 1.5 * step).any())


def noise(golden: GoldenOutput, variants: Sequence[Array], *, few: bool = True) -> Array:
    """σ of one output from honest variants of it.

    Its shape over the elements is the RMS over all variants, not below the typical relation between noise and scale (an
    element that happens to be right in all of them has noise all the same), nor below the rounding of the output,
    ulp/√12; its size is that variant's whose errors are largest. Complex outputs have one for each part, whose scale is
    that of the modulus. few: of four variants and fewer each element has half the RMS of its row, too; and where all
    variants agree, so that one error is known.
    """
    if not formats.is_float(golden.dtype) and not formats.is_complex(golden.dtype):
        return np.full(golden.y.shape, 0.5)
    y, part = parts(golden.y), formats.component(golden.dtype)
    variants = list({v.tobytes(): v for v in variants}.values())  # one kernel under several labels is one draw
    with np.errstate(all="ignore"):
        errors = np.stack([np.nan_to_num(parts(v) - y) for v in variants])
    rms = np.sqrt(np.mean(errors**2, axis=0))
    # Of a float64 zero it would be zero, too.
    rounding = np.maximum(formats.ulp(np.nan_to_num(y), part) / 12**0.5, np.finfo(np.float64).tiny)
    scale = rounding
    if formats.is_complex(golden.dtype):
        scale = np.broadcast_to(rounding.max(axis=-1, keepdims=True), y.shape)
    if few:
        # So few tell chance from scale only together: an element that happens to be right has noise all the same.
        row = tuple(range(rms.ndim))[-2 if formats.is_complex(golden.dtype) else -1 :]
        row = row if golden.y.shape[-1:] != (1,) else tuple(range(rms.ndim))
        least = 0.5 * np.sqrt(np.mean(rms**2, axis=row, keepdims=True))
        rms = np.where((len(variants) <= 4) | (errors == errors[0]).all(axis=0), np.maximum(rms, least), rms)
    shape = np.maximum(np.maximum(rms, np.median(rms / scale) * scale), rounding)
    size = max(float(np.sqrt(np.mean((e / shape) ** 2))) for e in errors)
    return np.asarray(shape * max(1.0, size))


def severity(golden: GoldenOutput, made: Array, sigma: Array) -> float:
    """Largest |difference from the golden| over σ; inf where the contract breaks (dtype, shape, NaN, inf)."""
    y = golden.y
    if made.shape != y.shape or formats.dtype_name(made.dtype) != golden.dtype:
        return float("inf")
    if y.dtype.kind not in "fc":
        return float("inf")
    y, part = parts(y), formats.component(golden.dtype)
    with np.errstate(all="ignore"):
        wide = parts(made)
        rounded = formats.round_value(y, part)
        if (np.isfinite(wide) != np.isfinite(rounded)).any():
            return float("inf")
        apart = np.nan_to_num(np.abs(wide - y))
        return float(np.max(np.divide(apart, sigma, out=np.zeros_like(apart), where=apart > 0), initial=0.0))


def parts(array: Array) -> Array:
    """The numbers of an output in float64; complex ones as pairs along one dimension more."""
    if array.dtype.kind != "c":
        return array.astype(np.float64)
    return np.stack([array.real, array.imag], axis=-1).astype(np.float64)


def subjects(scale: float = 1.0) -> Iterator[tuple[str, Case, str]]:
    """(kernel, case, group) of every subject; `scale` below 1 takes that share of them, spread evenly."""
    every = [(*pair, GROUPS[0]) for pair in (*_first(), *second.cases(), *third.cases())]
    every += [("", case, GROUPS[1]) for case in fourth.cases()]
    every += [("", case, GROUPS[2]) for case in fifth.cases()]
    every += [(_function(case), case, GROUPS[3]) for case in sixth.cases()]
    every += [(_function(case), case, GROUPS[4 + kept]) for case, kept in seventh.cases()]
    every += [(_function(case), case, GROUPS[6]) for case in eighth.cases()]
    every += [(_function(case), case, GROUPS[7 + kept]) for case, kept in ninth.cases()]
    every += [(_function(case), case, GROUPS[9]) for case in tenth.cases()]
    every += [(_function(case), case, GROUPS[10]) for case in eleventh.cases()]
    every += [(_function(case), case, GROUPS[11]) for case in twelfth.cases()]
    every += [(_function(case), case, GROUPS[12]) for case in thirteenth.cases()]
    every += [(_function(case), case, GROUPS[13]) for case in fourteenth.cases()]
    every += [(_function(case), case, GROUPS[14]) for case in fifteenth.cases()]
    every += [(_function(case), case, GROUPS[15]) for case in sixteenth.cases()]
    every += [(_function(case), case, GROUPS[16]) for case in seventeenth.cases()]
    every += [(_function(case), case, GROUPS[17]) for case in eighteenth.cases()]
    every += [(_function(case), case, GROUPS[18]) for case in nineteenth.cases()]
    step = max(1, round(1 / scale))
    yield from every[::step]


def _function(case: Case) -> str:
    """The kernel of a function of one real tensor, which libraries compute in many ways; empty of any other case."""
    name, only = case.target.rpartition(".")[2], case.inputs[0]
    plain = len(case.inputs) == 1 and case.args == ({"v": "x"},) and not case.kwargs and not case.grad
    return name if plain and only.dtype == case.dtype and name in LIBRARY and name in KERNELS else ""


def make(kernel: str, case: Case, group: str = "") -> Subject:
    """The subject with its golden and torch's own output."""
    golden, inputs, run = golden_of(case)
    own = run(inputs, None)
    return Subject(kernel, case, golden, inputs, own, group)


def _first() -> Iterator[tuple[str, Case]]:
    c = op_case
    for d in FLOATS:
        for m, k, n in ((16, 64, 16), (17, 65, 31), (9, 257, 15), (33, 129, 7), (64, 512, 4)):
            for values in ("normal", "wide", "offset"):
                yield "matmul", c("torch.matmul", d, {"x": (m, k), "y": (k, n)}, values=values)
        for values in ("normal", "positive"):
            yield "bmm", c("torch.bmm", d, {"x": (3, 9, 65), "y": (3, 65, 15)}, values=values)
            for k in (64, 127):
                yield "linear", c(F + "linear", d, {"x": (17, k), "w": (33, k), "b": (33,)}, values=values)
            yield (
                "conv2d",
                c(F + "conv2d", d, {"x": (1, 4, 9, 11), "w": (6, 4, 3, 3), "b": (6,)}, padding=1, values=values),
            )
        for n in (64, 257, 1025):
            for values in ("normal", "wide", "offset", "positive"):
                yield "sum", c("torch.sum", d, {"x": (96, n)}, dim=-1, values=values)
        for n in (65, 513):
            for values in ("normal", "offset"):
                yield "mean", c("torch.mean", d, {"x": (96, n)}, dim=-1, values=values)
                yield "var", c("torch.var", d, {"x": (96, n)}, dim=-1, values=values)
        for values in ("normal", "offset", "positive"):
            yield "cumsum", c("torch.cumsum", d, {"x": (5, 257)}, -1, values=values)
        for n in (64, 129, 1025):
            for values in ("normal", "wide", "offset"):
                yield "softmax", c(F + "softmax", d, {"x": (9, n)}, dim=-1, values=values)
            yield "log_softmax", c(F + "log_softmax", d, {"x": (9, n)}, dim=-1)
            yield "logsumexp", c("torch.logsumexp", d, {"x": (96, n)}, -1, values="normal")
        affine = {"w": ((65,), "normal"), "b": ((65,), "normal")}
        for values in ("normal", "offset", "range:-0.005:0.005"):
            args = ({"v": "x"}, [65], {"v": "w"}, {"v": "b"})
            yield "layer_norm", c(F + "layer_norm", d, {"x": (9, 65), **affine}, args=args, values=values, eps=1e-5)
            args = ({"v": "x"}, [65], {"v": "w"})
            yield "rms_norm", c(F + "rms_norm", d, {"x": (9, 65), "w": affine["w"]}, args=args, values=values, eps=1e-6)
        for length in (16, 33):
            for causal in (False, True):
                shapes = {"q": (1, 2, length, 16), "k": (1, 2, length, 16), "v": (1, 2, length, 16)}
                yield "attention", c(F + "scaled_dot_product_attention", d, shapes, is_causal=causal)
        for f in ("exp", "tanh", "sin", "sigmoid", "erf", "expm1"):
            for values in ("normal", "unit", "range:-9:9"):
                yield f, c(f"torch.{f}", d, {"x": (9, 65)}, values=values)
        for f in ("log", "rsqrt", "sqrt"):
            for values in ("positive", "unit"):
                yield f, c(f"torch.{f}", d, {"x": (9, 65)}, values=values)
        for f in ("gelu", "silu"):
            for values in ("normal", "range:-9:9"):
                yield f, c(F + f, d, {"x": (9, 65)}, values=values)
        for f in ("add", "mul", "div"):
            for values in ("normal", "wide"):
                yield f, c(f"torch.{f}", d, {"x": (9, 65), "y": (9, 65)}, values=values)
        yield "mse_loss", c(F + "mse_loss", d, {"x": (9, 33), "t": (9, 33)}, reduction="none")
        classes = {"x": (96, 33), "t": ((96,), "index:33", "int64")}
        yield "cross_entropy", c(F + "cross_entropy", d, classes, reduction="none")
        ids = {"ids": ((24, 9), "index:33", "int64"), "w": (33, 17)}
        yield "embedding_bag", c(F + "embedding_bag", d, ids, mode="sum")
        yield from _torch_only(d)
    for to in ("bfloat16", "float16", "float8_e4m3fn", "float8_e5m2"):
        for values in ("boundary", "normal"):
            yield "", c("torch.Tensor.to", "float32", {"x": (9, 65)}, {"dt": to}, values=values)


def _torch_only(d: str) -> Iterator[tuple[str, Case]]:
    """Operators without a kernel here: torch's own variants, and faults made on its output."""
    c: Any = op_case
    yield "", c(F + "group_norm", d, {"x": (3, 6, 5, 7)}, 3)
    yield "", c(F + "batch_norm", d, {"x": (4, 6, 5, 3)}, None, None, training=True)
    yield "", c("torch.cumprod", d, {"x": (9, 33)}, -1, values="range:0.5:1.5")
    yield "", c("torch.linalg.vector_norm", d, {"x": (96, 65)}, dim=-1)
    yield "", c(F + "cosine_similarity", d, {"x": (96, 65), "y": (96, 65)}, dim=-1)
    yield "", c(F + "interpolate", d, {"x": (1, 3, 7, 9)}, size=[11, 5], mode="bilinear")
    yield "", c(F + "embedding", d, {"i": ((9, 9), "index:33", "int64"), "w": (33, 17)})
    index = {"x": (9, 16), "i": ((33,), "index:9", "int64"), "s": (33, 16)}
    yield "index_add", c("torch.index_add", d, index, args=({"v": "x"}, 0, {"v": "i"}, {"v": "s"}))
    yield "", c("torch.addcmul", d, {"x": (9, 65), "y": (9, 65), "z": (9, 65)}, value=0.3)
    yield "", c("torch.einsum", d, {"x": (3, 5, 33), "y": (33, 4, 7)}, args=("bik,kjl->bjil", {"v": "x"}, {"v": "y"}))
    yield "", c(F + "avg_pool2d", d, {"x": (2, 3, 9, 11)}, 3, 2)
    yield "", c(F + "softplus", d, {"x": (9, 65)}, values="range:-9:9")
    for f in ("matmul",):
        yield "", c(f"torch.{f}", d, {"x": (12, 65), "y": (65, 17)}, grad=("x", "y"))
    yield "", c(F + "softmax", d, {"x": (9, 65)}, dim=-1, grad=("x",))
    yield "", c(F + "layer_norm", d, {"x": (9, 65)}, [65], grad=("x",))
    yield "", c(F + "gelu", d, {"x": (9, 65)}, grad=("x",))
    if d == "float32":
        yield "", c("torch.fft.rfft", d, {"x": (9, 64)})
        yield "", c("torch.linalg.inv", d, {"A": ((3, 9, 9), "dominant")})
        yield "", c("torch.linalg.solve", d, {"A": ((17, 17), "dominant"), "B": (17, 5)})
