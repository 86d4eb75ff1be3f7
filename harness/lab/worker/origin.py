"""Where a model's own code calls a node: what a recorder noted of it, in a few words for whoever reads a failure."""

from __future__ import annotations

import functools
import os
import re
import types
from typing import Any, Callable

import torch


def of(node: torch.fx.Node) -> str:
    """Where the model's code calls a node: its module's path, and `file:line` of the innermost frame that is not
    torch's own; empty where the recorder kept neither.
    """
    stack = node.meta.get("nn_module_stack") or {}
    module = list(stack.values())[-1][0] if stack else ""
    frames = re.findall(r'File "([^"]+)", line (\d+)', node.meta.get("stack_trace") or "")
    own = os.path.dirname(torch.__file__)
    lines = ["%s:%s" % (_short(path), line) for path, line in frames if not path.startswith((own, "<"))]
    return ", ".join(part for part in (module, lines[-1] if lines else "") if part)


def _short(path: str) -> str:
    """A path from the folder of installed modules, or from the working directory."""
    for root in (os.sep + "site-packages" + os.sep, os.getcwd() + os.sep):
        if root in path:
            return path.rpartition(root)[2]
    return path


def as_forward(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function under the name `forward`: torch.export notes the lines of no other."""
    if isinstance(function, functools.partial):
        return functools.partial(as_forward(function.func), *function.args, **function.keywords)
    if not isinstance(function, types.FunctionType):
        return function
    code = function.__code__.replace(co_name="forward")
    made = types.FunctionType(
        code, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    made.__kwdefaults__ = function.__kwdefaults__
    return made
