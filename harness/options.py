"""The options, each on the command line and in the ini file, under one heading.

A project's own conftest may already define `--devices`. So each option is added after the conftests have spoken, and
where its short name is taken only `--lockstep-<name>` remains; the run's header says so.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from harness.case import TIERS
from harness.errors import UsageError

HEADING = "lockstep: one program on every device, beside a golden reference"


@dataclass(frozen=True, slots=True)
class Option:
    """name: without dashes; the ini key is `lockstep_<name>` with underscores."""

    name: str
    help: str
    default: str = ""
    metavar: str = ""
    flag: bool = False

    @property
    def key(self) -> str:
        return "lockstep_" + self.name.replace("-", "_")


OPTIONS = (
    Option(
        "devices",
        "devices to run on, comma-separated: cpu, cpu-avx2, cuda:0, aarch64 …, or `all` in reach "
        "(`lockstep devices` lists them). Without it no case file is collected.",
        metavar="LIST",
    ),
    Option(
        "backends",
        "how to run there: eager, inductor, onnxruntime …, or `all` usable ones "
        "(default: eager; with all devices also inductor)",
        metavar="LIST",
    ),
    Option("dtypes", "only cases of these dtypes: float32,bfloat16 … (default: all)", metavar="LIST"),
    Option("case-tier", "how much to run: quick, standard (with quick), full (with both)", "quick", "TIER"),
    Option(
        "golden-update",
        "write the goldens that are missing or changed, by the float64 reference, and say which",
        flag=True,
    ),
    Option(
        "nodes",
        "judge every node of every function and model on the golden's inputs, by its operator's own rule; a cell "
        "diverges where a node does (without it only cells that diverge are looked into)",
        flag=True,
    ),
    Option("golden-dir", "where goldens live (default: golden/ in the root directory)", "golden", "DIR"),
    Option("report-dir", "where runs are written (default: reports/ in the root directory)", "reports", "DIR"),
    Option(
        "expectations",
        "what is known to diverge (default: cases/expectations.yaml)",
        "cases/expectations.yaml",
        "FILE",
    ),
    Option("case-timeout", "seconds a case may take on a target of this machine's speed", "60", "SECONDS"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The options' values, checked."""

    devices: tuple[str, ...]
    backends: tuple[str, ...]
    dtypes: tuple[str, ...]
    tier: str
    update: bool
    golden_dir: Path
    report_dir: Path
    timeout: float
    expectations: Path
    nodes: bool = False

    @property
    def active(self) -> bool:
        return bool(self.devices)

    def tiers(self) -> tuple[str, ...]:
        """The tiers that are run: the chosen one and all below it."""
        return TIERS[: TIERS.index(self.tier) + 1]


def add_ini(parser: pytest.Parser) -> None:
    """Declare the long option names and the ini twins; done before conftests load."""
    group = parser.getgroup("lockstep", HEADING)
    for option in OPTIONS:
        kind: Literal["bool", "string"] = "bool" if option.flag else "string"
        parser.addini(option.key, f"default of --{option.name}", type=kind, default=None)
        group.addoption(f"--lockstep-{option.name}", **_attributes(option, help=argparse.SUPPRESS))


def add_short(parser: pytest.Parser) -> list[str]:
    """Add the short names that the conftests left free; returns those that were taken."""
    group = parser.getgroup("lockstep", HEADING)
    taken = []
    for option in OPTIONS:
        try:
            group.addoption(f"--{option.name}", **_attributes(option, help=option.help))
        except (ValueError, argparse.ArgumentError):
            taken.append(option.name)
    return taken


def _attributes(option: Option, help: str) -> dict[str, Any]:
    if option.flag:
        return {"dest": option.key, "action": "store_true", "default": None, "help": help}
    return {"dest": option.key, "metavar": option.metavar, "default": None, "help": help}


def settings(config: pytest.Config) -> Settings:
    """The values of this run. Raises UsageError where one makes no sense, listing what does."""
    values = {option.name: _value(config, option) for option in OPTIONS}
    tier = values["case-tier"]
    if tier not in TIERS:
        raise UsageError(f"--case-tier={tier}: there are {', '.join(TIERS)}")
    try:
        timeout = float(values["case-timeout"])
    except ValueError:
        timeout = -1.0
    if not timeout > 0:
        raise UsageError(f"--case-timeout={values['case-timeout']}: expected seconds above 0")
    made = Settings(
        devices=_list(values["devices"]),
        backends=_list(values["backends"]),
        dtypes=_list(values["dtypes"]),
        tier=tier,
        update=bool(values["golden-update"]),
        golden_dir=config.rootpath / values["golden-dir"],
        report_dir=config.rootpath / values["report-dir"],
        timeout=timeout,
        expectations=config.rootpath / values["expectations"],
        nodes=bool(values["nodes"]),
    )
    _check_dtypes(made.dtypes)
    return made


def _value(config: pytest.Config, option: Option) -> Any:
    given = config.getoption(option.key, None)
    if given is None:
        given = config.getini(option.key)
    return option.default if given is None or given == "" else given


def _list(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in str(text).split(",") if part.strip()))


def _check_dtypes(names: tuple[str, ...]) -> None:
    if names:
        from harness.numerics.formats import numpy_dtype

        for name in names:
            numpy_dtype(name)
