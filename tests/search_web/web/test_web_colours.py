"""The colours of the pages can be told apart in both themes: contrast by WCAG 2.2 (1.4.3, 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import search_web.web

STATIC = Path(next(iter(search_web.web.__path__))) / "static"
TEXT, GRAPHIC = 4.5, 3.0

PAIRS = [
    ("ink", "paper", TEXT),
    ("ink", "card", TEXT),
    ("ink", "tint", TEXT),  # chips and notices
    ("soft", "paper", TEXT),
    ("soft", "card", TEXT),
    ("soft", "tint", TEXT),  # counts of a chosen facet, reasons in a notice
    ("accent", "paper", TEXT),  # links
    ("accent", "card", TEXT),
    ("accent", "tint", TEXT),
    ("accent-ink", "accent", TEXT),  # buttons
    ("mark-ink", "mark", TEXT),
    ("warn", "warn-tint", TEXT),
    ("ink", "warn-tint", TEXT),
    ("warn", "card", TEXT),
    ("accent", "paper", GRAPHIC),  # bars, the outline of what has the focus
    ("bar-off", "paper", GRAPHIC),
    ("soft", "paper", GRAPHIC),  # the border of a box
]


def themes() -> dict[str, dict[str, str]]:
    """The variables of the sheet in each theme; the dark one changes some of the light one's."""
    sheet = (STATIC / "dalil.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks[:2])
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_and_white() -> None:
    """The measure itself: the standard's ends, and a grey that is known."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS, ids=str)
def test_colours_can_be_read(theme: str, front: str, back: str, least: float) -> None:
    """Each pair that the sheet puts together."""
    colours = themes()[theme]
    assert contrast(colours[front], colours[back]) >= least


def test_every_colour_stands_in_a_theme() -> None:
    """No rule outside of the two blocks of variables brings a colour of its own, but for shadows."""
    sheet = (STATIC / "dalil.css").read_text("utf-8")
    rules = re.sub(r":root \{.*?\}", "", sheet, flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;, )])", rules)
    assert set(themes()["dark"]) == set(themes()["light"])
