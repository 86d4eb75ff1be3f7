"""Runs inside a worker: imports a Python case file and says what its decorated functions declare.

A case file's code may crash, hang or exit; so it runs here and never in pytest. Standard library alone,
Python 3.9: this file is shipped with `api.py`. Where the harness can't be imported, `from harness import
case, model, tensor` is answered by a stand-in module.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import traceback
import types
import zlib
from typing import Any

try:
    from harness.load import api
except Exception:  # in a worker the harness is not installed, or needs a newer Python
    import api  # type: ignore[import-not-found,no-redef]


def load_module(path: str) -> types.ModuleType:
    """The file as a module, imported once per process; its directory joins sys.path, so that it finds its
    neighbours.

    Raises whatever the file's code raises.
    """
    full = os.path.abspath(str(path))
    name = "lockstep_case_{:x}_{}".format(
        zlib.crc32(full.encode()), os.path.splitext(os.path.basename(full))[0].replace("-", "_")
    )
    if name in sys.modules:
        return sys.modules[name]
    _offer_api()
    folder = os.path.dirname(full)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(name, full)
    if spec is None or spec.loader is None:
        raise ImportError(f"not a Python file: {full}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def function_of(path: str, name: str) -> Any:
    """The decorated function `name` of a case file, as it was written. Raises AttributeError where there is
    none."""
    found = getattr(load_module(path), name, None)
    if found is None or not hasattr(found, api.ATTRIBUTE):
        raise AttributeError(f"{path} has no @case or @model function {name!r}")
    return found


def describe_module(path: str) -> list[dict[str, Any]]:
    """The declarations of a file in their order, JSON-plain; a file that can't be imported gives one
    `{"line", "error"}`."""
    try:
        module = load_module(path)
    except (Exception, SystemExit) as error:
        return [{"line": _line_of(error, os.path.abspath(str(path))), "error": _why(error)}]
    found: list[dict[str, Any]] = []
    seen = set()
    for value in vars(module).values():
        declared = getattr(value, api.ATTRIBUTE, None)
        if not isinstance(declared, list) or id(value) in seen:
            continue
        if getattr(value, "__module__", None) == module.__name__:
            seen.add(id(value))
            found.extend(declared)
    return sorted(found, key=lambda one: one["line"])


def _offer_api() -> None:
    """Makes `from harness import case, model, tensor` work here."""
    try:
        package = importlib.import_module("harness")
    except Exception:
        package = types.ModuleType("harness")
        package.__path__ = []
        sys.modules["harness"] = package
    for name in ("case", "model", "tensor"):
        current = getattr(package, name, None)
        if current is None or isinstance(current, types.ModuleType):
            setattr(package, name, getattr(api, name))


def _line_of(error: BaseException, path: str) -> int:
    """The line of the case file where the error came from."""
    if isinstance(error, SyntaxError) and error.filename == path and error.lineno:
        return error.lineno
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return (lines[-1] or 1) if lines else 1


def _why(error: BaseException) -> str:
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, ModuleNotFoundError) and error.name:
        text += f". Import {error.name} inside the function, and say needs=[{error.name!r}] in its decorator"
    return text
