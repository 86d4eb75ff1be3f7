"""The `lockstep` command: what is here, what can be run, and what came of a run.

Every verb works without a terminal. Exit status: 0 done, 1 something is wrong with what was asked about, 4 usage.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tabulate import tabulate

from harness.errors import LockstepError, UsageError

DESCRIPTION = """\
Lockstep runs one program on every device and backend in reach, beside a golden reference, and says which of them is
wrong, where, and why. The runs themselves are pytest's:

  pytest --devices=all                     everything this machine can reach
  pytest --devices=cpu,cuda:0 -k softmax   some devices, some cases
  pytest my_kernels/ --devices=cuda        your own cases
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status."""
    options = _parser().parse_args(argv)
    try:
        status: int = options.verb(options)
        return status
    except UsageError as error:
        print(f"lockstep: {error}", file=sys.stderr)
        return 4
    except LockstepError as error:
        print(f"lockstep: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="lockstep", description=DESCRIPTION, formatter_class=form)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)

    def verb(name: str, run: Any, help: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = verbs.add_parser(name, help=help, description=help, formatter_class=form)
        made.set_defaults(verb=run)
        return made

    verb("doctor", _doctor, "say of every device and backend: usable, or why not and the command that mends it")
    verb("devices", _devices, "list the devices and backends in reach, as --devices and --backends take them")

    listing = verb("list", _list, "list the cases in files or folders, without running them")
    listing.add_argument("paths", nargs="*", type=Path, default=[Path("cases")], help="default: cases")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")

    report = verb("report", _report, "render a run's records again, as HTML")
    report.add_argument("run", nargs="?", type=Path, default=Path("reports/latest"), help="default: reports/latest")
    report.add_argument("-o", "--output", type=Path, help="default: report.html beside the records")

    provision = verb("provision", _provision, "build another architecture's PyTorch, or an interpreter of its own")
    provision.add_argument("names", nargs="*", metavar="NAME", help="aarch64, ppc64le, s390x, debian-amd64, jax")
    provision.add_argument("--all", action="store_true", help="all of them")
    provision.add_argument("--force", action="store_true", help="build again what is there")

    profile = verb("profile", _profile, "show what targets are allowed, or measure one by probes")
    what = profile.add_subparsers(title="what", metavar="WHAT", required=True)
    shown = what.add_parser("list", help="the shipped profiles")
    shown.set_defaults(verb=_profile)
    measured = what.add_parser("measure", help="probe a device's arithmetic and compare it with the nearest profile")
    measured.add_argument("--devices", required=True, help="devices, comma-separated")
    measured.set_defaults(verb=_profile_measure)

    schema = verb("schema", _schema, "print the JSON Schema of case files, for editors")
    schema.add_argument("-o", "--output", type=Path, help="write it to a file")
    return parser


# verbs ----------------------------------------------------------------------------------------------------------------


def _doctor(options: argparse.Namespace) -> int:
    from concurrent.futures import ThreadPoolExecutor

    from harness import provision
    from harness.lab.discover import PROVISIONED, look_around
    from harness.target import Target

    with _lab() as lab:
        found = look_around(lab)
        lanes = [lab.lane(Target(device, found.backends["eager"])) for device in found.devices.values()]
        with ThreadPoolExecutor() as pool:  # each waits for an interpreter that imports torch
            answers = list(pool.map(lambda lane: lane.hello(), lanes))
    rows = [
        (device.name, *_health(hello, device.description))
        for device, hello in zip(found.devices.values(), answers, strict=True)
    ]
    absent = [name for name in provision.NAMES if name not in found.devices and name not in PROVISIONED.values()]
    _usability("device", rows + [(name, "no", provision.status(name).removeprefix("unusable: ")) for name in absent])
    print()
    rows = []
    for backend in found.backends.values():
        said = backend.why or ""
        if backend.name in PROVISIONED and (backend.why is not None or backend.launch is not None):
            said = provision.status(PROVISIONED[backend.name]).removeprefix("usable: ")
        rows.append((backend.name, "usable" if backend.why is None else "no", said))
    _usability("backend", rows)
    return 0


def _usability(what: str, rows: Sequence[tuple[str, str, str]]) -> None:
    """A table as wide as the terminal; a command is never broken at a hyphen, so that it can be copied."""
    wide = shutil.get_terminal_size((100, 24)).columns - max(len(row[0]) for row in rows) - len("usable") - 4
    headers = [what, "", "what it is, or what mends it"]
    print(tabulate(rows, headers=headers, maxcolwidths=[None, None, max(30, wide)], break_on_hyphens=False))


def _health(hello: Any, description: str) -> tuple[str, str]:
    if hello["status"] == "ok":
        facts = hello["fingerprint"]
        torch = f"torch {facts['versions']['torch']}"
        about = ", ".join(filter(None, (torch, facts["capability"], facts["hardware"])))
        return "usable", about if description and description in facts["hardware"] else f"{description}; {about}"
    return "no", str(hello.get("message", "")).strip()


def _devices(options: argparse.Namespace) -> int:
    from harness.lab.discover import look_around

    with _lab() as lab:
        found = look_around(lab)
    rows: list[tuple[str, ...]] = [(d.name, d.torch, d.profile, d.description) for d in found.devices.values()]
    print(tabulate(rows, headers=["--devices", "torch", "profile", "what it is"]))
    rows = [(b.name, "compiles" if b.slow else "", b.why or "usable") for b in found.backends.values()]
    print("\n" + tabulate(rows, headers=["--backends", "", ""], maxcolwidths=[None, None, 90]))
    return 0


def _list(options: argparse.Namespace) -> int:
    from harness import load

    root = Path.cwd()
    rows, wrong = [], 0
    with _lab() as lab:
        for path in _case_files(options.paths):
            listing = load.load(path, root=root, describe=lambda p: json.loads(lab.ask("describe", str(p))["cases"]))
            for error in listing.errors:
                print(f"lockstep: {error}", file=sys.stderr)
                wrong += 1
            rows += [(c.id, c.target, c.dtype, c.values, c.tier, str(c.source)) for c in listing.cases]
    keys = ("id", "target", "dtype", "values", "tier", "source")
    if options.json:
        for row in rows:
            print(json.dumps(dict(zip(keys, row, strict=True))))
    else:
        print(tabulate(rows, headers=keys))
        print(f"\n{len(rows)} cases")
    return 1 if wrong else 0


def _case_files(paths: Sequence[Path]) -> Iterator[Path]:
    from harness import load

    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder")
        if path.is_file():
            yield path.resolve()
        else:
            yield from (p.resolve() for p in sorted(path.rglob("*")) if load.collects(p.resolve()))


def _report(options: argparse.Namespace) -> int:
    from harness import journal
    from harness.report import html, terminal

    path = options.run / "records.jsonl" if options.run.is_dir() else options.run
    if not path.is_file():
        raise UsageError(f"{path}: no such run; runs are written by `pytest --devices=…` under reports/")
    out = html.render(path, options.output or path.with_name("report.html"))
    print(terminal.summary(journal.read(path).summary(), report=out))
    return 0


def _provision(options: argparse.Namespace) -> int:
    from harness import provision

    names = list(provision.NAMES) if options.all else options.names
    if not names:
        for name in provision.NAMES:
            print(f"{name}: {provision.status(name)}")
        return 0
    failed = 0
    for name in names:
        try:
            built = provision.provision(name, force=options.force)
            print(f"{name}: ready, torch {built.torch}")
        except LockstepError as error:
            print(f"lockstep: {name}: {error}", file=sys.stderr)
            failed += 1
    return 1 if failed else 0


def _profile(options: argparse.Namespace) -> int:
    from harness.numerics import profile

    rows = [(name, profile.load(name).description) for name in profile.shipped()]
    print(tabulate(rows, headers=["profile", "what it allows"], maxcolwidths=[None, 90]))
    return 0


def _profile_measure(options: argparse.Namespace) -> int:
    from harness.lab.discover import select
    from harness.numerics import measured

    with _lab() as lab:
        for target in select([name.strip() for name in options.devices.split(",")], ["eager"], lab):
            found = measured.measure(lab.operator(target), name=target.name)
            near = measured.nearest(found)
            print(f"# {target.name}: nearest shipped profile is {near.name}")
            for difference in measured.differences(found, near) or ["no difference"]:
                print(f"#   {difference}")
            print(measured.to_yaml(found))
    return 0


def _schema(options: argparse.Namespace) -> int:
    from harness import load

    text = json.dumps(load.schema(), indent=2, ensure_ascii=False) + "\n"
    if options.output:
        options.output.write_text(text)
    else:
        sys.stdout.write(text)
    return 0


@contextlib.contextmanager
def _lab() -> Iterator[Any]:
    from harness.lab.pool import Lab
    from harness.provision import cache_dir

    lab = Lab(cache_dir())
    try:
        yield lab
    finally:
        lab.close()


if __name__ == "__main__":
    sys.exit(main())
