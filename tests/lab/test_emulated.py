"""Another instruction set for real: a big-endian PyTorch 1.13 under QEMU, beside the same PyTorch run natively.

Building takes a minute or three and some 500 MB of downloads, once: what is built stays in the user's cache.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest
from projects import Done, Project

from harness import provision

# Inputs, constants and outputs of every width cross the wire; rms_norm and attention are not in torch 1.13.
CASES = """
- op: torch.add
  dtypes: [float32, float64, float16, bfloat16, int64, int32, int16, int8, uint8, complex64]
  inputs: {input: [3, 5], other: [3, 5]}
- op: torch.bitwise_and
  dtypes: [bool, int16]
  inputs: {input: [3, 5], other: [3, 5]}
- op: torch.matmul
  dtypes: [float32, float64]
  inputs: {input: [9, 17], other: [17, 5]}
  grad: true
- op: torch.softmax
  dtypes: [float32, bfloat16]
  inputs: {input: [5, 33]}
  kwargs: {dim: -1}
- op: torch.sort
  dtypes: [float32]
  inputs: {input: [5, 33]}
- op: torch.nn.functional.rms_norm
  dtypes: [float32]
  inputs: {input: [4, 33], weight: [33]}
  kwargs: {normalized_shape: [33]}
- op: torch.nn.functional.scaled_dot_product_attention
  dtypes: [float32]
  inputs: {query: [1, 2, 9, 16], key: [1, 2, 9, 16], value: [1, 2, 9, 16]}
- op: torch.matmul
  name: half_matmul
  dtypes: [float16]
  inputs: {input: [3, 5], other: [5, 3]}
"""
PYTHON = """
from harness import model, tensor

@model(dtypes=["float32"], train=("torch.optim.SGD", {"lr": 0.1}))
def mlp(input=tensor(8, 7)):
    from torch import nn
    return nn.Sequential(nn.Linear(7, 5), nn.GELU(), nn.Linear(5, 1))
"""
DEVICES = ("debian-amd64", "s390x")
NEEDED = {"qemu-s390x-static": "qemu-user-static", "apt-get": "apt", "dpkg": "dpkg"}  # program → its package


@pytest.fixture(scope="module")
def ran(make_project: Callable[[str], Project]) -> Done:
    """A handful of cases on the control and on the big-endian machine, in one run."""
    missing = [f"{name} (apt-get install {package})" for name, package in NEEDED.items() if not shutil.which(name)]
    if missing:
        pytest.fail(f"the emulated architectures need {' and '.join(missing)}; .ci/run installs it", pytrace=False)
    for name in DEVICES:
        try:
            provision.provision(name)
        except provision.ProvisionError as error:
            pytest.fail(f"{name} could not be built: {error}", pytrace=False)
    project = make_project("emulated")
    # the sysroots are in the user's cache, not in the one of this test run
    project = Project(project.folder, {**project.env, "LOCKSTEP_CACHE": str(provision.cache_dir())})
    project.write({"cases/ops.yaml": CASES, "cases/case_mlp.py": PYTHON})
    return project.run(f"--devices={','.join(DEVICES)}", "--backends=eager", "--golden-update", timeout=900)


def test_a_big_endian_machine_gives_the_right_answers(ran: Done) -> None:
    """Every dtype's bytes arrive and return in order: operators, gradients and a training step pass on s390x."""
    lacking = {"half_matmul-float16-3x5": "unsupported"}
    for device in DEVICES:
        status = {name: status for name, status in ran.statuses[device].items() if status != "pass"}
        assert status == lacking, ran.text
    assert len(ran.statuses["s390x"]) >= 20


def test_a_device_says_what_it_is(ran: Done) -> None:
    """The report has byte order, machine, PyTorch and emulator of every target; the control runs without one."""
    target = {line["name"]: line["fingerprint"] for line in ran.lines if line["type"] == "target"}
    big, control = target["s390x"], target["debian-amd64"]
    assert (big["machine"], big["byteorder"]) == ("s390x", "big")
    assert big["emulator"].startswith("qemu-s390x ")
    assert (control["machine"], control["byteorder"], control["emulator"]) == ("x86_64", "little", "")
    assert big["versions"]["torch"] == control["versions"]["torch"]


def test_what_an_old_torch_lacks_is_emulated_and_said(ran: Done) -> None:
    """An operator younger than the target's PyTorch runs from the table of substitutes, and its record says so."""
    how = {name.split("-")[0]: r["how"] for (name, target), r in ran.records.items() if target == "s390x"}
    assert how["rms_norm"] == how["scaled_dot_product_attention"] == "emulated"
    assert how["matmul"] == how["softmax"] == "ran"
    message = ran.records["half_matmul-float16-3x5", "s390x"]["message"]
    assert "not implemented for 'Half'" in message
