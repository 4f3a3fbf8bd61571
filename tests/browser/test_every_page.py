"""Every page and state, in the three page languages: accessible in both themes, and fitting every width."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import expect

from .accessible import violations
from .conftest import Open, Shoot
from .watched import LANGUAGES, PHONE, SMALL_PHONE, STILL, WIDE, moved, told, too_wide

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "cases" / "browser" / "pages.json").read_text(encoding="utf-8")
)


def path_of(case: dict[str, Any], ui: str) -> str:
    path = case["path"]
    return f"/{ui}{path[ui] if isinstance(path, dict) else path}"


@pytest.mark.parametrize("ui", LANGUAGES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["label"]))
def test_a_page_in_every_light_and_width(
    case: dict[str, Any], ui: str, open_page: Open, shoot: Shoot
) -> None:
    """No violation of axe's rules, nothing that moves while it loads, nothing to scroll sideways."""
    page = open_page(path_of(case, ui), status=case.get("status", 200), color_scheme="light")
    assert moved(page) < STILL, page.evaluate("window.shifts")
    for selector in case.get("press", ()):
        page.locator(selector).first.click()
    expect(page.locator(case["shows"]).first).to_be_visible()
    wrong = []
    looks: list[tuple[tuple[int, int], Literal["light", "dark"]]]
    looks = [(WIDE, "light"), (WIDE, "dark"), (PHONE, "light")]
    if ui == "vi":
        # Its colours and its order are those of English.
        looks.remove((WIDE, "dark"))
    for (width, height), theme in looks:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        wrong += [f"{width} px, too wide: {element}" for element in too_wide(page)]
        if ui != "vi" or width != PHONE[0]:
            wrong += [f"{width} px, {theme}: {found}" for found in violations(page)]
        shoot(page, f"{case['label']}-{ui}-{width}-{theme}")
    page.set_viewport_size({"width": SMALL_PHONE[0], "height": SMALL_PHONE[1]})
    wrong += [f"{SMALL_PHONE[0]} px, too wide: {element}" for element in too_wide(page)]
    assert not wrong, told(wrong)


def test_the_checks_tell_what_is_wrong(open_page: Open) -> None:
    """A picture without words, pale letters and a part that is too wide are found."""
    page = open_page("/en/")
    page.locator("main").evaluate("""(main) => {
      main.append(document.createElement("img"), Object.assign(document.createElement("p"), {
        textContent: "pale", style: "color: #ddd; background: #fff; inline-size: 2000px" }));
    }""")
    rules = {found.partition(":")[0] for found in violations(page)}
    assert {"image-alt", "color-contrast"} <= rules
    assert any("pale" in element for element in too_wide(page))
