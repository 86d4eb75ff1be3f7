"""Every built-in backend keeps the contract that vendors' backends are held to."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from typing import ClassVar

import pytest

from harness.testing import BackendContract


def needs(*modules: str) -> pytest.MarkDecorator:
    absent = [module for module in modules if find_spec(module) is None]
    return pytest.mark.skipif(bool(absent), reason=f"not installed: {', '.join(absent)}")


class TestEager(BackendContract):
    proves = False


class TestAotEager(BackendContract):
    backend = "aot_eager"


@pytest.mark.skipif(shutil.which("g++") is None, reason="inductor needs a C++ compiler")
class TestInductor(BackendContract):
    backend = "inductor"


@needs("onnx", "onnxscript", "onnxruntime")
class TestOnnxRuntime(BackendContract):
    backend = "onnxruntime"


@needs("onnx", "onnxscript")
class TestOnnxReference(BackendContract):
    backend = "onnx-reference"


@needs("openvino")
class TestOpenVino(BackendContract):
    backend = "openvino"


@pytest.mark.usefixtures("jax")
class TestJax(BackendContract):
    backend = "jax"
    expected: ClassVar = {"topk": "JAX numbers top_k's indices in int32, torch in int64"}
