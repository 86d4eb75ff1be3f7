"""Operators whose rule depends on their arguments: `torch.div` rounds differently with a rounding mode, and
so on.

Each entry is asked for outputs of its operator that are no gradients; None leaves the table's rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from harness.case import Case
from harness.numerics import formats
from harness.numerics.noise import compute_dtype, is_exact
from harness.numerics.rules.base import Array, Call
from harness.numerics.rules.counts import bags
from harness.numerics.rules.table import normal_name

# Exact for real numbers; complex ones round several times (`modulus`).
_COMPLEX_ROUNDS = frozenset(["mul", "div", "true_divide", "reciprocal", "sqrt", "square", "sgn", "abs", "outer"])


def choose(call: Call, name: str) -> str | None:
    """The rule that the arguments ask for, if they ask for another than the table's."""
    if is_exact(call.dtypes[name]):
        return None
    if call.op in _COMPLEX_ROUNDS and (formats.is_complex(call.dtype) or _given_complex(call)):
        return "modulus"
    if call.op in ("var_mean", "std_mean") and name == "out1":
        return "sum"
    return _CHOICES[call.op](call) if call.op in _CHOICES else None


def _given_complex(call: Call) -> bool:
    """Whether a complex tensor is among the inputs, whatever the case's dtype is."""
    return any(np.iscomplexobj(array) for name, array in call.inputs.items() if not name.startswith("cot."))


def exactly_given(call: Call) -> bool:
    """Whether every number among the arguments is one in the case's dtype: 0.1 is not, and rounds before it
    is used, to that dtype or to the one that the kernel computes in.
    """
    if is_exact(call.dtype):
        return True
    part = formats.component(call.dtype)
    return all(float(formats.round_value(x, part)) == x or not np.isfinite(x) for x in call.scalars())


def cast_first(case: Case, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """The inputs as the operator sees them: a `dtype` narrower than theirs rounds them before anything is computed,
    as PyTorch's documentation says (not so `mean`, which adds up in float32 whatever it says).
    """
    name = (dict(case.kwargs).get("dtype") or {}).get("dt", "") if case.kind == "op" else ""
    casts = normal_name(case.target) in _CASTS or case.target == "torch.masked.mean"
    if not casts or not formats.is_float(name):
        return dict(inputs)
    return {key: _narrowed(array, name) for key, array in inputs.items()}


def _narrowed(array: Array, dtype: str) -> Array:
    if not formats.is_float(formats.dtype_name(array.dtype)):
        return array
    with np.errstate(over="ignore"):
        return np.asarray(formats.round_value(array.astype(np.float64), dtype).astype(array.dtype))


_CASTS = frozenset(["sum", "nansum", "prod", "cumsum", "cumprod", "softmax", "softmin", "log_softmax"])


def _add(call: Call) -> str | None:
    return "exact" if call.argument(-1, "alpha", 1) == 1 and exactly_given(call) else None


def _ldexp(call: Call) -> str | None:
    """x·2^y: with a float y the power is a function, and rounds; a complex one more often."""
    kind = np.asarray(call.argument(1, "other")).dtype.kind
    return {"f": "running-error", "c": "composed"}.get(kind)


def _diff(call: Call) -> str | None:
    """Differences of differences round more than once."""
    return None if call.argument(1, "n", 1) < 2 else "empirical"


def _div(call: Call) -> str | None:
    return "quotient" if call.argument(-1, "rounding_mode", None) else None


def _accumulating(call: Call) -> str | None:
    return "scatter" if call.argument(3, "accumulate", False) else None


def multiplies(call: Call) -> bool:
    """Whether a reduction multiplies: its gradient is no sum."""
    return _CHOICES.get(call.op) is _scatter_reduce and _scatter_reduce(call) == "product"


def _scatter_reduce(call: Call) -> str | None:
    how = call.argument(4, "reduce", "sum")
    return {"amax": "exact", "amin": "exact", "prod": "product"}.get(how)


def _embedding_bag(call: Call) -> str | None:
    return "exact" if bags(call).mode == "max" else None


def _interpolate(call: Call) -> str | None:
    return "exact" if str(call.argument(3, "mode", "nearest")).startswith("nearest") else None


def _norm(call: Call) -> str | None:
    order = call.argument(1, "ord", call.argument(1, "p", 2))
    return "exact" if isinstance(order, float) and np.isinf(order) and call.op != "matrix_norm" else None


def _dropped(call: Call) -> str | None:
    """Without training nothing is dropped."""
    training = call.argument(2, "training", call.op in ("dropout1d", "dropout2d", "dropout3d"))
    return None if training else "exact"


def _rrelu(call: Call) -> str | None:
    """Slopes are drawn in training, and their middle is the slope otherwise."""
    return "random" if call.argument(3, "training", False) else None


def _normalize(call: Call) -> str | None:
    """The rule is for Euclid's norm."""
    return None if call.argument(1, "p", 2.0) == 2 else "empirical"


def _round(call: Call) -> str | None:
    return "quotient" if call.argument(-1, "decimals", 0) else None


def _grid_sample(call: Call) -> str | None:
    return "empirical" if call.argument(2, "mode", "bilinear") == "nearest" else None


def _grid_sampler(call: Call) -> str | None:
    return "empirical" if call.argument(2, "interpolation_mode", 0) == 1 else None


def _bincount(call: Call) -> str | None:
    """Weights are added up where the counts lie."""
    return "scatter" if call.argument(1, "weights", None) is not None else None


def _vecdot(call: Call) -> str | None:
    """Composed of products, which 16-bit kernels round, and their sum."""
    return None if compute_dtype(call.dtype) == formats.component(call.dtype) else "running-error"


_CHOICES: dict[str, Callable[[Call], str | None]] = {
    "add": _add,
    "sub": _add,
    "rsub": _add,
    "ldexp": _ldexp,
    "diff": _diff,
    "div": _div,
    "true_divide": _div,
    "index_put": _accumulating,
    "put": _accumulating,
    "scatter_reduce": _scatter_reduce,
    "index_reduce": _scatter_reduce,
    "embedding_bag": _embedding_bag,
    "interpolate": _interpolate,
    "grid_sample": _grid_sample,
    "grid_sampler_2d": _grid_sampler,
    "grid_sampler_3d": _grid_sampler,
    **dict.fromkeys(["alpha_dropout", "feature_alpha_dropout", "feature_dropout"], _dropped),
    **dict.fromkeys(["dropout1d", "dropout2d", "dropout3d"], _dropped),
    "rrelu": _rrelu,
    "normalize": _normalize,
    "round": _round,
    "vector_norm": _norm,
    "norm": _norm,
    "bincount": _bincount,
    "vecdot": _vecdot,
}
