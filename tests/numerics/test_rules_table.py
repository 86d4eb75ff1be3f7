"""The table of rules: what a user's operator is judged by, and what a mistake in a case says."""

from __future__ import annotations

import dataclasses

import pytest

from harness.case import Case, Source
from harness.errors import CaseError
from harness.numerics.rules import RULES, TABLE, normal_name, rule_for
from harness.numerics.rules.table import ALIASES, GRADIENTS


@pytest.mark.parametrize(
    "dotted",
    [
        "torch.softmax",
        "torch.Tensor.softmax",
        "torch.nn.functional.softmax",
        "torch.special.softmax",
        "aten.softmax.int",
        "aten._softmax.default",
        "aten._safe_softmax.default",
    ],
)
def test_all_names_of_an_operator_have_one_rule(dotted: str) -> None:
    """However an operator is spelled, the same rule judges it."""
    assert rule_for(dotted).name == "softmax"


@pytest.mark.parametrize(
    ("dotted", "name"),
    [
        ("torch.Tensor.add_", "add"),
        ("torch.Tensor.__getitem__", "getitem"),
        ("operator.truediv", "div"),
        ("torch.fft.fft", "fft.fft"),
        ("torch.fft.fftshift", "fftshift"),
        ("torch.linalg.inv", "inv"),
        ("torch.special.expit", "sigmoid"),
        ("aten.special_i1e.default", "i1e"),
        ("aten.special_expit.default", "sigmoid"),
        ("aten.special_airy_ai.default", "special_airy_ai"),
        ("aten.native_layer_norm.default", "layer_norm"),
        ("mylib.softmax", ""),
        ("my_kernel", ""),
    ],
)
def test_normal_names(dotted: str, name: str) -> None:
    """A dotted name becomes the table's name; a user's own operator never passes for torch's."""
    assert normal_name(dotted) == name


def test_an_unknown_operator_is_judged_by_experiment() -> None:
    """An operator that the table does not list gets `empirical`, never a silent pass."""
    assert rule_for("mylib.my_op").name == "empirical"


def test_every_entry_of_the_table_names_a_rule() -> None:
    """No operator, gradient or alias of the table leads nowhere."""
    assert set(TABLE.values()) | set(GRADIENTS.values()) <= set(RULES)
    assert {rule.gradient for rule in RULES.values()} <= set(RULES)
    assert not set(ALIASES) & set(TABLE), "an alias hides an entry"


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_says_what_it_allows_and_from_where(name: str) -> None:
    """Each rule's docstring opens with what it judges, and it names the source of its formula."""
    rule = RULES[name]
    assert rule.name == name
    assert len(rule.doc) > 30
    assert rule.source


def _case(**changes: object) -> Case:
    case = Case("x-float32", Source("cases/x.yaml", 7), "op", "torch.softmax", "float32", ())
    return dataclasses.replace(case, **changes)  # type: ignore[arg-type]


def test_a_case_may_name_its_rule_and_a_wrong_name_lists_the_rules() -> None:
    """`rule: dot` in a case wins over the table; an unknown rule is an error at the case's line, with all
    names.
    """
    assert rule_for(_case(rule="dot")).name == "dot"
    with pytest.raises(CaseError, match=r"cases/x\.yaml:7: .*'dott'.*attention.*dot.*softmax"):
        rule_for(_case(rule="dott"))


def test_models_are_judged_by_an_ensemble_and_functions_by_experiment() -> None:
    """Programs of several nodes have rules too: `ensemble` for models, `empirical` for `@case` functions."""
    assert rule_for(_case(kind="model", target="dlrm")).name == "ensemble"
    assert rule_for(_case(kind="function", target="softmax")).name == "empirical"
