"""What a Python case file writes: `@case`, `@model` and `tensor`.

    from harness import case, model, tensor

    @case(dtypes=["float32", "bfloat16"], tier="standard")
    def rope(x=tensor(2, 8, 128, 64), t=tensor(128, values="positive")):
        ...                                   # the computation, in torch

    @model(dtypes=["float32"], train="torch.optim.AdamW")
    def mlp(x=tensor(16, 13)):
        from torch import nn
        return nn.Sequential(nn.Linear(13, 8), nn.ReLU(), nn.Linear(8, 1))

The decorators only write down what was said, as plain data on the function; the grid is made from it by
`harness.load.grid`, in the pytest process, which never runs the file. Standard library alone, Python 3.9:
this file is shipped to workers.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

ATTRIBUTE = "__lockstep__"  # on a decorated function: the list of its declarations

F = TypeVar("F", bound=Callable[..., Any])
Plain = dict[str, Any]


class Tensor:
    """Stands in a signature for a seeded input; `tensor` makes it."""

    def __init__(self, declared: Plain) -> None:
        self.declared = declared

    def __repr__(self) -> str:
        return "tensor({})".format(", ".join(f"{key}={value!r}" for key, value in self.declared.items()))


def tensor(
    *shape: int | str | tuple[int | str, ...],
    dtype: Any = None,
    values: str | None = None,
    grad: bool | None = None,
    layout: str | None = None,
) -> Any:
    """An input of a case: `tensor(2, 8)` has one shape, `tensor((2, 8), (3, 1025))` one in each row of the
    grid.

    dtype: the input's own, else the case's. values: a value class or a kind such as `index:16`, else the
    grid's. grad: False for no gradient. layout: contiguous, transposed, strided or channels_last.
    """
    declared: Plain = {"shape": [list(d) if isinstance(d, tuple) else d for d in shape]}
    given = {
        "dtype": None if dtype is None else _dtype(dtype),
        "values": values,
        "grad": grad,
        "layout": layout,
    }
    declared.update({key: value for key, value in given.items() if value is not None})
    return Tensor(declared)


def case(
    function: F | None = None,
    *,
    dtypes: Any = ("float32",),
    values: str | Sequence[str] = ("normal",),
    tier: str = "quick",
    grad: bool = False,
    rule: str | None = None,
    grid: Mapping[str, Sequence[Any]] | None = None,
    name: str | None = None,
    tags: str | Sequence[str] = (),
    sample_tags: str | Sequence[str] = (),
    seed: int = 42,
    timeout: float | None = None,
    needs: Mapping[str, str] | Sequence[str] = (),
) -> Any:
    """A function that computes: every parameter whose default is `tensor(...)` is an input, passed by name.

    grid: values to try for other parameters, `{"approximate": ["none", "tanh"]}`. rule: the numerics rule of
    the result, where `empirical` is not good enough. needs: modules that the body imports, or module →
    what to pip install.
    """
    fields: Plain = {
        "dtypes": _dtypes(dtypes),
        "values": _list(values),
        "tier": tier,
        "grad": grad,
        "seed": seed,
    }
    fields.update({"tags": _list(tags), "sample_tags": _list(sample_tags)})
    fields.update(_given(rule=rule, name=name, timeout=timeout))
    fields["kwargs"] = {key: {"grid": list(tried)} for key, tried in (grid or {}).items()}

    def decorate(function: F) -> F:
        wrapped = _needing(function, needs)
        _declare(wrapped, {"kind": "function", **fields})
        return wrapped

    return decorate if function is None else decorate(function)


def model(
    function: F | None = None,
    *,
    dtypes: Any = ("float32",),
    train: Any = None,
    infer: bool = True,
    values: str | Sequence[str] = ("normal",),
    tier: str = "quick",
    name: str | None = None,
    tags: str | Sequence[str] = (),
    sample_tags: str | Sequence[str] = (),
    train_dtypes: Any = None,
    seed: int = 42,
    timeout: float | None = None,
    needs: Mapping[str, str] | Sequence[str] = (),
) -> Any:
    """A function that returns a torch.nn.Module; the tensors in its signature go to `forward`, by name.

    Its parameters are refilled by rule (`harness.inputs.fill`), so how it initialises them doesn't matter.
    train: a torch.optim class, `"torch.optim.AdamW"`, or a pair of it and its keywords: a second case then
    compares all gradients and the change that one optimizer step makes. infer=False leaves out the first
    case.
    """
    fields: Plain = {"dtypes": _dtypes(dtypes), "values": _list(values), "tier": tier, "seed": seed}
    fields.update({"tags": _list(tags), "sample_tags": _list(sample_tags)})
    fields.update(_given(name=name, timeout=timeout))

    def decorate(function: F) -> F:
        wrapped = _needing(function, needs)
        if infer:
            _declare(wrapped, {"kind": "model", **fields})
        if train is not None:
            step = [train, {}] if isinstance(train, str) else [train[0], dict(train[1])]
            trained = fields["dtypes"] if train_dtypes is None else _dtypes(train_dtypes)
            _declare(wrapped, {"kind": "model", **fields, "dtypes": trained, "step": step})
        return wrapped

    return decorate if function is None else decorate(function)


def _declare(function: Callable[..., Any], fields: Plain) -> None:
    """Adds one declaration: a mapping with the keys of a YAML entry, `kind`, `function` and `line`."""
    inner = inspect.unwrap(function)
    parameters = inspect.signature(inner).parameters
    declared = {n: p.default.declared for n, p in parameters.items() if isinstance(p.default, Tensor)}
    bare = [
        n
        for n, p in parameters.items()
        if p.default is p.empty
        and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        and n not in fields.get("kwargs", {})
    ]
    made: Plain = {
        "line": inner.__code__.co_firstlineno,
        "function": inner.__name__,
        "inputs": declared,
        **fields,
    }
    if bare:
        made["error"] = "parameter {} of {} has no value: write `{}=tensor(...)`".format(
            ", ".join(bare), inner.__name__, bare[0]
        )
    declarations: list[Plain] = getattr(function, ATTRIBUTE, [])
    setattr(function, ATTRIBUTE, [*declarations, made])


def _needing(function: F, needs: Mapping[str, str] | Sequence[str]) -> F:
    """The function, which first makes sure that the modules it needs are there; else says what to install."""
    wanted = dict(needs) if isinstance(needs, Mapping) else {module: module for module in _list(needs)}
    if not wanted:
        return function

    @functools.wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        for module, package in wanted.items():
            try:
                importlib.import_module(module)
            except ImportError as error:
                text = f"{function.__name__} needs {module} ({error}): pip install '{package}'"
                raise ImportError(text) from error
        return function(*args, **kwargs)

    return cast(F, checked)


def _dtypes(dtypes: Any) -> list[str]:
    return [_dtype(one) for one in (dtypes if isinstance(dtypes, (list, tuple)) else [dtypes])]


def _dtype(dtype: Any) -> str:
    """A name, from a name or a torch.dtype."""
    text = str(dtype)
    return text[len("torch.") :] if text.startswith("torch.") else text


def _list(words: Any) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def _given(**fields: Any) -> Plain:
    return {key: value for key, value in fields.items() if value is not None}
