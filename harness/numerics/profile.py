"""Profile: what an honest target is allowed, as data, so that no rule holds a number of some hardware.

A profile is one YAML file in `profiles/`, with its sources; a vendor gives a path to one of its own. A key
left out takes the value of the profile named by `extends`, and without one that of the strict profile's
class defaults.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import yaml

from harness.errors import UsageError
from harness.numerics.formats import FORMATS, component, unit_roundoff

SHIPPED = Path(__file__).parent / "profiles"
SATURATION = ("ieee", "saturate", "either")
INTEGERS = ("int8", "uint8", "int16", "int32", "int64")
# Operators that the libraries for convolutions and recurrent layers compute.
_CONVOLVES = re.compile(r"(slow_|thnn_)?conv(\d|olution|_transpose|_depthwise|_tbc)|(lstm|gru|rnn_(tanh|relu))$").match
# Half and smaller dtypes are computed in float32 by every target known here: their functions carry its error.
_COMPUTED_IN = {"float64": "float64", "complex128": "float64"}


@dataclass(frozen=True, slots=True)
class Block:
    """A tensor core's fused dot product: b products aligned with neab extra bits, added to the accumulator.

    Source: Khattak & Mikaitis, numerical models of matrix multiply-accumulate units.
    """

    b: int
    neab: int
    truncate: bool = True


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of target may do and still be right.

    devices: words of which a device's name, as its driver gives it, holds one; a device found gets the profile.
    accumulate: dtype of inputs → dtype of the accumulator. blocks: dtype that is multiplied, after matmul_inputs, → its
    block FMA, if any.
    matmul_inputs: dtype of a case → dtype to which matrix products, convolutions and attention may round their
    factors: {float32: tfloat32} or {float32: bfloat16}. convolution_inputs: the same of convolutions and recurrent
    layers alone, where their library has a switch of its own.
    bias_apart: dtypes in which a convolution is rounded before its bias is added, and the sum again. partial_sums:
    dtypes in which parts of a long product are, that are computed apart and then added (split-K).
    scans: dtype of a case → dtype that cumsum and cumprod accumulate in; products: the same for prod. Without an entry
    the dtype that is computed in: float32 for the shorter ones.
    ftz: subnormals may become zero. dot_ftz: dtypes of inputs whose dot products may, too, where elementwise
    operators keep them.
    fma: products feeding a sum skip their rounding (True), never do (False), or either (None).
    saturate: what an out-of-range cast to a float8 gives (see Allowance.overflow). saturate_integers: integers to which
    an out-of-range cast gives the nearest end of their range; to others it is open.
    ulps: dtype computed in → function → its largest error in ulps of that dtype.
    noisier: dtype of a case → operator → how many times the allowance its algorithm takes that the rule was made for.
    """

    name: str
    description: str
    sources: tuple[str, ...]
    devices: tuple[str, ...] = ()
    accumulate: Mapping[str, str] = field(default_factory=dict)
    blocks: Mapping[str, Block] = field(default_factory=dict)
    matmul_inputs: Mapping[str, str] = field(default_factory=dict)
    convolution_inputs: Mapping[str, str] = field(default_factory=dict)
    bias_apart: tuple[str, ...] = ()
    partial_sums: tuple[str, ...] = ()
    scans: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)
    ftz: bool = False
    dot_ftz: tuple[str, ...] = ()
    fma: bool | None = None
    saturate: str = "ieee"
    saturate_integers: tuple[str, ...] = ()
    ulps: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    noisier: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def of_program(self, operators: Iterable[str]) -> Profile:
        """The profile as a program of these operators has it: with convolutions' inputs where it convolves.

        operators: the table's names.
        """
        if self.convolution_inputs and any(map(_CONVOLVES, operators)):
            return replace(self, matmul_inputs={**self.matmul_inputs, **self.convolution_inputs})
        return self

    def times(self, operators: Iterable[str], dtype: str) -> float:
        """How many times a rule's allowance an output of `dtype` may take, of a program of these operators."""
        known = self.noisier.get(component(dtype), {})
        return max((known[name] for name in operators if name in known), default=1.0)

    def u_acc(self, dtype: str) -> float:
        """Unit roundoff of the accumulator that sums products of `dtype`."""
        return unit_roundoff(self.accumulate.get(dtype, _COMPUTED_IN.get(dtype, "float32")))

    def ulp_of(self, function: str, dtype: str = "float32") -> float | None:
        """Largest error of `function` in ulps of the dtype it is computed in; None where nothing is known."""
        return self.ulps.get(_COMPUTED_IN.get(dtype, "float32"), {}).get(function)

    def flushes(self, dtype: str) -> bool:
        """True where a dot product of `dtype` may give zero for a subnormal."""
        return self.ftz or component(dtype) in self.dot_ftz

    def of_products(self, dtype: str) -> Profile:
        """The profile as matrix products of `dtype` have it: flushing to zero where they do."""
        return replace(self, ftz=True) if self.flushes(dtype) and not self.ftz else self

    def inputs_of(self, dtype: str) -> str:
        """The dtype to which a matrix product of `dtype` may round its factors; its own component's where to none."""
        part = component(dtype)
        return self.matmul_inputs.get(part, part)

    def u_in(self, dtype: str) -> float:
        """Unit roundoff of that rounding; 0 where factors are taken as they are."""
        part = component(dtype)
        return unit_roundoff(self.matmul_inputs[part]) if part in self.matmul_inputs else 0.0

    def block(self, dtype: str) -> Block | None:
        """The block FMA that multiplies `dtype`, or None where every addition rounds to nearest."""
        return self.blocks.get(self.inputs_of(dtype))

    def scan_of(self, dtype: str) -> str:
        """The dtype that running sums and products (cumsum, cumprod) of `dtype` accumulate in."""
        part = component(dtype)
        return self.scans.get(part, _COMPUTED_IN.get(part, "float32"))

    def product_of(self, dtype: str) -> str:
        """The dtype that the product of many values (prod) of `dtype` accumulates in."""
        part = component(dtype)
        return self.products.get(part, _COMPUTED_IN.get(part, "float32"))


def shipped() -> tuple[str, ...]:
    """Names of the profiles that ship with the harness."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))


def of_device(description: str, otherwise: str, mode: str = "") -> str:
    """Name of the shipped profile for a device that its driver describes so, as "NVIDIA H100 80GB HBM3".

    otherwise: for a device that no profile names. mode: `ieee` or `tf32`, where a profile of the device in it ships.
    """
    words = description.replace("-", " ").split()
    found = next((name for name in shipped() if not set(load(name).devices).isdisjoint(words)), otherwise)
    return f"{found}-{mode}" if f"{found}-{mode}" in shipped() else found


@functools.cache
def load(name: str) -> Profile:
    """A shipped profile by name, or one from a path ending in .yaml; UsageError says what is wrong in it."""
    path = Path(name) if name.endswith((".yaml", ".yml")) else SHIPPED / f"{name}.yaml"
    if not path.is_file():
        raise UsageError(f"no profile {name!r}; shipped: {', '.join(shipped())}, or a path to a .yaml file")
    try:
        plain = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: not YAML: {error}") from error
    return parse(plain, str(path))


def parse(plain: Any, path: str) -> Profile:
    """A Profile from the mapping a profile file holds; UsageError names file, key and what is allowed."""
    if not isinstance(plain, dict):
        raise UsageError(f"{path}: expected a mapping of {', '.join(sorted(_CHECKS))}")
    base = _base(plain["extends"], path) if "extends" in plain else None
    values: dict[str, Any] = {} if base is None else {f.name: getattr(base, f.name) for f in fields(Profile)}
    values.pop("devices", None)  # are those of the one profile
    for key, value in plain.items():
        if key not in _CHECKS:
            raise UsageError(f"{path}: unknown key {key!r}; known: {', '.join(sorted(_CHECKS))}")
        if key == "extends":
            continue
        parsed = _CHECKS[key](value, f"{path}: {key}")
        values[key] = _merge(values[key], parsed) if key in ("ulps", "blocks", "noisier") and key in values else parsed
    for key in ("name", "description", "sources"):
        if key not in plain:
            raise UsageError(f"{path}: {key} is missing; every profile names itself, what it is, and its sources")
    return Profile(**values)


def _base(name: Any, path: str) -> Profile:
    """The profile that another extends: a shipped one, or a file beside it."""
    text = _text(name, f"{path}: extends")
    return load(str(Path(path).parent / text) if text.endswith((".yaml", ".yml")) else text)


def _merge(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """`own` over `base`, table by table."""
    both = {key: ({**base[key], **own[key]} if isinstance(own[key], dict) and key in base else own[key]) for key in own}
    return {**base, **both}


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"{where}: expected a text, got {value!r}")
    return " ".join(value.split())


def _texts(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise UsageError(f"{where}: expected a list of texts, got {value!r}")
    return tuple(_text(item, where) for item in value)


def _dtypes(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or any(item not in FORMATS for item in value):
        raise UsageError(f"{where}: expected a list of {', '.join(FORMATS)}, got {value!r}")
    return tuple(value)


def _integers(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or any(item not in INTEGERS for item in value):
        raise UsageError(f"{where}: expected a list of {', '.join(INTEGERS)}, got {value!r}")
    return tuple(value)


def _flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise UsageError(f"{where}: expected true or false, got {value!r}")
    return value


def _maybe(value: Any, where: str) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise UsageError(f"{where}: expected true, false or null (either), got {value!r}")
    return value


def _saturate(value: Any, where: str) -> str:
    if value not in SATURATION:
        raise UsageError(f"{where}: expected one of {', '.join(SATURATION)}, got {value!r}")
    return str(value)


def _mapping(value: Any, where: str, keys: Mapping[str, Any] | None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UsageError(f"{where}: expected a mapping, got {value!r}")
    for key in value:
        if keys is not None and key not in keys:
            raise UsageError(f"{where}: unknown dtype {key!r}; known: {', '.join(keys)}")
    return value


def _formats(value: Any, where: str) -> dict[str, str]:
    for key, other in _mapping(value, where, FORMATS).items():
        if other not in FORMATS:
            raise UsageError(f"{where}.{key}: expected one of {', '.join(FORMATS)}, got {other!r}")
    return dict(value)


def _narrower(value: Any, where: str) -> dict[str, str]:
    for key, other in _formats(value, where).items():
        if FORMATS[other].p >= FORMATS[key].p:
            raise UsageError(f"{where}.{key}: expected a dtype with fewer bits than {key}, got {other!r}")
    return dict(value)


def _blocks(value: Any, where: str) -> dict[str, Block]:
    out = {}
    for key, plain in _mapping(value, where, FORMATS).items():
        given = _mapping(plain, f"{where}.{key}", None)
        wrong = {"b", "neab"} ^ (set(given) - {"truncate"})
        if wrong:
            raise UsageError(f"{where}.{key}: expected b, neab and perhaps truncate, got {', '.join(given)}")
        b, neab = given["b"], given["neab"]
        if type(b) is not int or b < 1 or type(neab) is not int:
            raise UsageError(f"{where}.{key}: b must be an integer ≥ 1 and neab an integer, got {given!r}")
        out[key] = Block(b, neab, _flag(given.get("truncate", True), f"{where}.{key}.truncate"))
    return out


def _ulps(value: Any, where: str) -> dict[str, dict[str, float]]:
    return _tables(value, where, {"float32": 0, "float64": 0}, "a number of ulps")


def _noisier(value: Any, where: str) -> dict[str, dict[str, float]]:
    return _tables(value, where, FORMATS, "a factor")


def _tables(value: Any, where: str, dtypes: Mapping[str, Any], what: str) -> dict[str, dict[str, float]]:
    out = {}
    for dtype, table in _mapping(value, where, dtypes).items():
        rows = _mapping(table, f"{where}.{dtype}", None)
        for function, ulps in rows.items():
            if isinstance(ulps, bool) or not isinstance(ulps, int | float) or not 0 <= ulps < float("inf"):
                raise UsageError(f"{where}.{dtype}.{function}: expected {what} ≥ 0, got {ulps!r}")
        out[dtype] = {str(function): float(ulps) for function, ulps in rows.items()}
    return out


_CHECKS: dict[str, Callable[[Any, str], Any]] = {
    "name": _text,
    "description": _text,
    "extends": _text,
    "sources": _texts,
    "devices": _texts,
    "accumulate": _formats,
    "blocks": _blocks,
    "matmul_inputs": _narrower,
    "convolution_inputs": _narrower,
    "bias_apart": _dtypes,
    "partial_sums": _dtypes,
    "scans": _formats,
    "products": _formats,
    "ftz": _flag,
    "dot_ftz": _dtypes,
    "fma": _maybe,
    "saturate": _saturate,
    "saturate_integers": _integers,
    "ulps": _ulps,
    "noisier": _noisier,
}
