"""The palette: every pair of colours that carries text can be read, by day and by night (WCAG 2.2)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.report import html

STYLE = (Path(html.__file__).parent / "templates" / "base.css").read_text("utf-8")
NORMAL, GRAPHIC = 4.5, 3.0  # WCAG 1.4.3 and 1.4.11, level AA

TEXT = [
    *((ink, "paper") for ink in ("ink", "soft", "accent", "pass", "bad", "skip")),
    *((ink, "card") for ink in ("ink", "soft", "accent", "pass", "bad", "skip")),
    *((ink, "hover") for ink in ("ink", "soft", "accent", "pass", "bad", "skip")),
    *((f"b-{kind}-ink", f"b-{kind}") for kind in ("pass", "bad", "infra", "skip", "doubt")),
    *(("h-ink", f"h{step}") for step in range(6)),
    ("h6-ink", "h6"),
    ("h7-ink", "h7"),
    ("paper", "ink"),
    ("b-skip-ink", "hatch"),
    *((f"bit-{part}", paper) for part in ("sign", "exp", "man") for paper in ("paper", "card")),
]  # fmt: skip
GRAPHICS = [("focus", "paper"), ("focus", "card"), ("mark", "paper"), ("pass", "line"), ("bad", "line")]


def palette(dark: bool) -> dict[str, str]:
    """Custom properties of one scheme, name → #rrggbb."""
    day, night = STYLE.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", day))
    if dark:
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", night.split("\n}\n")[0]))
    return found


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 … 21, of two colours. Source: WCAG 2.2, contrast ratio and relative luminance."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), TEXT)
def test_text_can_be_read(ink: str, paper: str, dark: bool) -> None:
    """Text has at least 4.5:1 against what lies under it."""
    colours = palette(dark)
    assert contrast(colours[ink], colours[paper]) >= NORMAL


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), GRAPHICS)
def test_marks_can_be_seen(ink: str, paper: str, dark: bool) -> None:
    """Bars, borders of the focus and the mark have at least 3:1."""
    colours = palette(dark)
    assert contrast(colours[ink], colours[paper]) >= GRAPHIC


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_steps_of_the_heat_scale_differ(dark: bool) -> None:
    """Within the allowance and beyond it, each step stands out from the paper more than the one before."""
    colours = palette(dark)
    for steps in (range(4), range(4, 8)):
        seen = [contrast(colours[f"h{step}"], colours["paper"]) for step in steps]
        assert seen == sorted(seen)
    assert contrast(colours["h7"], colours["h3"]) > GRAPHIC


def test_every_colour_is_in_the_palette() -> None:
    """No style outside the palette invents a colour that this file does not check."""
    folder = Path(html.__file__).parent / "templates"
    for path in folder.glob("*.css"):
        rules = re.sub(r":root \{.*?\}", "", path.read_text("utf-8"), flags=re.S)
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rules) == [], path.name
