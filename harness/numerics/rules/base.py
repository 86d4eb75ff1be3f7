"""Rule: how much noise an honest device may add to an operator's output, one class a kind of operator.

A rule works at two times. At golden time `witness` looks at one call (inputs, arguments, the float64 answer)
and may run the same program again on probe inputs (|x|, x², ones …); what it returns is stored in the
golden. At judge time `allow` turns that and the target's profile into an `Allowance`, in numpy alone: judging
reruns nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from harness.case import Case
from harness.numerics import formats
from harness.numerics.noise import is_exact
from harness.numerics.profile import Profile
from harness.numerics.types import Allowance, Output

if TYPE_CHECKING:
    from harness.golden.store import Golden, GoldenOutput

Array = npt.NDArray[Any]
Noise = dict[str, Array]  # what one output's golden carries for its rule

# Marks, in a noise, an output of which only dtype and shape are compared: derived quantities stand for its
# values.
FORM = "form"
# Marks an output whose sums cancel, of a rule whose sums commonly do not (`Rule.steady`).
WANDERS = "wanders"
# Marks an output of elementwise steps into which a smaller input was broadcast.
BROADCAST = "broadcast"
# A precision of `Run`: float64, every kernel's result moved by what an honest device may round; a seed follows.
NOISE = "noise:"
# The same, every kernel replaced by the core operators that it decomposes into.
STEPS = "steps:"
# A precision of `Run`: float64, numbers among the arguments of kernels rounded to a dtype, which follows.
NUMBERS = "numbers:"
# A precision of `Run`: float64, random numbers drawn from a seed, which follows.
SEED = "seed:"
# A precision of `Run`: beyond float64, where the program calls nothing that is known in float64 only.
EXTENDED = "extended"


class Run(Protocol):
    """Executes the case's program on other inputs.

    `run(inputs, "float64")`: everything upcast (complex: complex128). `run(inputs, None)`: in the case's own
    dtypes. `run(inputs, "noise:7")`: upcast, every kernel's result moved by what an honest device may round, outputs as
    they are before they round to their dtype; float64 rounds to 2^-49 there, and in "noise:7:float64", of a program of
    float64, what is shorter is moved by as many times too much. `run(inputs, "steps:7")`: as "noise:7", one core
    operator at a time. `run(inputs, "extended")`: float64 outputs correct to the last place, but for what the program's
    conditions amplify. `run(inputs, "numbers:float32")`: upcast, but for the numbers among the arguments of kernels,
    which are rounded to float32. `run(inputs, "seed:7")`: upcast, random numbers drawn from that seed.
    Returns output name → array. May have an attribute `consts`, name → array: parameters of the program, which may be
    overridden by passing them among the inputs.
    """

    def __call__(self, inputs: Mapping[str, Array], precision: str | None, /) -> Mapping[str, Array]: ...


class _Required:
    """Marks an argument that has no default."""


_REQUIRED = _Required()

# Arguments of torch's own losses, which stand elsewhere than those of torch.nn.functional by the same names.
_LOSSES = {
    "binary_cross_entropy_with_logits": "input target weight pos_weight reduction",
    "cosine_embedding_loss": "input1 input2 target margin reduction",
    "hinge_embedding_loss": "input target margin reduction",
    "kl_div": "input target reduction",
    "margin_ranking_loss": "input1 input2 target margin reduction",
    "poisson_nll_loss": "input target log_input full eps reduction",
    "triplet_margin_loss": "anchor positive negative margin p eps swap reduction",
}
# And of those that ATen has, whose signatures are not those of torch.nn.functional.
_ATEN_LOSSES = {
    **dict.fromkeys(["mse_loss", "l1_loss", "soft_margin_loss"], "input target reduction"),
    "smooth_l1_loss": "input target reduction beta",
    "huber_loss": "input target reduction delta",
    "binary_cross_entropy": "input target weight reduction",
    "nll_loss": "input target weight reduction ignore_index",
    "multi_margin_loss": "input target p margin weight reduction",
}
# Whose first argument is the second of the operator that they are: x.__rpow__(y) is y**x.
_REFLECTED = ("__rpow__", "__rdiv__", "__rtruediv__")


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One program with its inputs and its float64 answer.

    op: normal name of the operator (`softmax`), empty for programs of several nodes.
    inputs: name → array in the dtype it is fed in, cotangents (`cot.out0`) among them.
    memo: runs that several rules of one call share.
    y: output name → float64, complex128, integers or bool. dtypes: output name → dtype that an honest
    target returns.
    """

    op: str
    case: Case
    inputs: Mapping[str, Array]
    y: Mapping[str, Array]
    dtypes: Mapping[str, str]
    run: Run
    memo: dict[str, Any] = field(default_factory=dict)

    @property
    def dtype(self) -> str:
        """The case's dtype."""
        return self.case.dtype

    def wide(self) -> dict[str, Array]:
        """The inputs in float64 or complex128; integers and bools as they are."""
        return {name: widen(array) for name, array in self.inputs.items()}

    def probe(self, change: Callable[[Array], Array]) -> Mapping[str, Array]:
        """The program in float64 on inputs whose floating arrays went through `change`, non-finite values as
        0.
        """
        return self.on(self.changed(change))

    def changed(self, change: Callable[[Array], Array]) -> dict[str, Array]:
        """The inputs, wide, their floating arrays cleaned and changed. Complex ones stay complex whatever `change`
        makes of them: a program may hold a complex factor, which has no place among real numbers.
        """
        wide = self.wide()
        return {k: np.asarray(change(clean(v)), v.dtype) if v.dtype.kind in "fc" else v for k, v in wide.items()}

    def on(self, inputs: Mapping[str, Array]) -> Mapping[str, Array]:
        """The program in float64 on `inputs` (float64 arrays)."""
        with np.errstate(all="ignore"):
            return self.run(inputs, "float64")

    def rounded(self, dtype: str) -> Mapping[str, Array]:
        """The program in float64, with the numbers among its arguments rounded to `dtype`."""
        with np.errstate(all="ignore"):
            return self.run(dict(self.inputs), NUMBERS + dtype)

    def argument(self, index: int, name: str | None = None, default: Any = _REQUIRED) -> Any:
        """Argument by position or keyword: tensors as float64 arrays (integers as they are), the rest as
        Python values.
        """
        if name == "reduction" and self._is_loss:
            default = "none"  # whatever their signatures say
        found = self.written(index, name, _REQUIRED)
        if found is not _REQUIRED:
            return self._named(name, found)
        if isinstance(default, _Required):
            raise LookupError(f"{self.case.target} was given no argument {name or index}")
        return default

    def written(self, index: int, name: str | None = None, default: Any = None) -> Any:
        """The same as the case writes it: a tensor by its name, `{"v": "x"}`."""
        kwargs = dict(self.case.kwargs)
        if name is not None and name in kwargs:
            return kwargs[name]
        ours = _LOSSES if self._is_loss else _ATEN_LOSSES if self.case.target.startswith("aten.") else {}
        if self.op in ours:
            names = ours[self.op].split()
            index = names.index(name) if name in names else index
        if self.case.target.endswith(_REFLECTED) and index in (0, 1):
            index = 1 - index
        return self.case.args[index] if 0 <= index < len(self.case.args) else default

    @property
    def _is_loss(self) -> bool:
        return self.case.target == f"torch.{self.op}" and self.op in _LOSSES

    def _named(self, name: str | None, arg: Any) -> Any:
        """The value of an argument; a reduction, which ATen counts, as torch.nn.functional calls it."""
        value = self._decode(arg)
        return ("none", "mean", "sum")[value] if name == "reduction" and value in (0, 1, 2) else value

    def scalars(self) -> list[float]:
        """Every float number among the arguments, tensors' contents left out."""
        return list(_floats([*self.case.args, *(value for _, value in self.case.kwargs)]))

    def _decode(self, arg: Any) -> Any:
        if isinstance(arg, Mapping) and len(arg) == 1:
            ((tag, value),) = arg.items()
            if tag == "v":
                return widen(self.inputs[value])
            if tag == "t":
                return tuple(self._decode(item) for item in value)
            if tag == "f":
                return float(value)
            if tag == "c":
                return complex(*value)
            if tag == "s":
                return slice(*value)
            if tag == "e":
                return ...
            if tag == "d":
                return {key: self._decode(item) for key, item in value.items()}
            return value
        if isinstance(arg, list | tuple):
            return type(arg)(self._decode(item) for item in arg)
        return arg


def _floats(arg: Any) -> list[float]:
    if isinstance(arg, bool):
        return []
    if isinstance(arg, float):
        return [arg]
    if isinstance(arg, list | tuple):
        return [number for item in arg for number in _floats(item)]
    if isinstance(arg, Mapping) and set(arg) == {"t"}:
        return _floats(arg["t"])
    return []


def widen(array: Array) -> Array:
    """float64 or complex128 from any float or complex array; integers and bools unchanged."""
    name = formats.dtype_name(array.dtype)
    if formats.is_complex(name):
        wide = np.empty(array.shape, np.complex128)
        wide.real, wide.imag = formats.parts(array)
        return wide
    return array.astype(np.float64) if formats.is_float(name) else array


def clean(array: Array) -> Array:
    """The array with NaN and infinities as 0: probes measure noise, and special values carry none."""
    return np.nan_to_num(array, nan=0.0, posinf=0.0, neginf=0.0)


class Rule:
    """Base of all rules. Subclasses give `allow`, and `witness` where the golden must carry more than y.

    name: what verdicts and case files call it. source: where the formula comes from.
    gradient: rule of the gradients of such an operator.
    steady: whether no sum of it cancels, so that no order makes partial sums wander (`limits`); but of an output whose
        golden says that it does (`WANDERS`).
    apart: whether no two elements of an output share an error, so that no common cause moves many of them.
    elementwise: whether each element is computed of those in its place, and errors shared where one is broadcast.
    """

    name: ClassVar[str] = ""
    source: ClassVar[str] = ""
    gradient: ClassVar[str] = "empirical"
    steady: ClassVar[bool] = False
    apart: ClassVar[bool] = False
    elementwise: ClassVar[bool] = False

    def witness(self, call: Call, names: Sequence[str]) -> dict[str, Noise]:
        """What `allow` will need, for each output in `names`; by default nothing."""
        return {name: {} for name in names}

    def covers(self, call: Call, name: str) -> bool:
        """Whether the rule speaks for this output; others go to `exact` (integers, bool) or `empirical`."""
        return not is_exact(call.dtypes[name])

    def golden(self, call: Call, name: str) -> Array:
        """The value to store as y; by default the float64 answer."""
        return call.y[name]

    def derived(self, call: Call, names: Sequence[str]) -> list[tuple[str, str, Array, Noise]]:
        """Further goldens: (name, dtype, y, noise); for outputs that are not unique themselves."""
        return []

    def derive(self, name: str, outputs: Mapping[str, Output], golden: Golden, inputs: Mapping[str, Array]) -> Array:
        """The derived quantity `name`, computed in numpy from what the target returned."""
        raise NotImplementedError(f"rule {self.name} derives nothing called {name}")

    def allow(self, out: GoldenOutput, profile: Profile) -> Allowance:
        """What an honest target of this profile may return for `out`."""
        raise NotImplementedError

    @functools.cached_property
    def doc(self) -> str:
        """First line of the class's docstring."""
        return (type(self).__doc__ or "").strip().splitlines()[0]
