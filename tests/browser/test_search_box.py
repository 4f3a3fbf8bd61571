"""The search box: completions by keyboard and mouse, input methods left alone, a key that leads into it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .accessible import violations
from .conftest import Open, Shoot
from .watched import LANGUAGES, PHONE, moved, told

TYPED = {"ar": "هان", "vi": "đà n", "en": "coff"}
"""Beginnings of هانوي "Hanoi", Đà Nẵng, coffee."""


def box_of(page: Page) -> Locator:
    return page.get_by_role("combobox")


def completions(page: Page) -> Locator:
    return page.get_by_role("option")


def complete(page: Page, text: str) -> Locator:
    """Type as a person does and wait for completions."""
    box_of(page).press_sequentially(text)
    expect(page.get_by_role("listbox")).to_be_visible()
    expect(box_of(page)).to_have_attribute("aria-expanded", "true")
    return completions(page)


def query_of(page: Page) -> str:
    return page.locator("#q").input_value()


@pytest.mark.parametrize("ui", LANGUAGES)
def test_arrows_choose_and_enter_searches(open_page: Open, ui: str) -> None:
    """The box keeps what was typed until then, and one place of the round is the box itself."""
    page = open_page(f"/{ui}/")
    options = complete(page, TYPED[ui])
    count = options.count()
    box = box_of(page)
    for number in range(count):
        box.press("ArrowDown")
        expect(options.nth(number)).to_have_attribute("aria-selected", "true")
        expect(box).to_have_attribute("aria-activedescendant", f"completion-{number}")
        expect(box).to_have_value(TYPED[ui])
    box.press("ArrowDown")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_count(0)
    assert box.get_attribute("aria-activedescendant") is None
    box.press("ArrowUp")
    expect(options.nth(count - 1)).to_have_attribute("aria-selected", "true")
    for _ in range(count - 1):
        box.press("ArrowUp")
    chosen = options.first.get_attribute("data-query")
    box.press("Enter")
    page.wait_for_url(re.compile(rf"/{ui}/search\?q="))
    assert query_of(page) == chosen
    expect(page.locator(".hit").first).to_be_visible()


@pytest.mark.parametrize("ui", LANGUAGES)
def test_the_mouse_chooses(open_page: Open, ui: str) -> None:
    page = open_page(f"/{ui}/search?q=a")
    box_of(page).fill("")
    options = complete(page, TYPED[ui])
    chosen = options.last.get_attribute("data-query")
    options.last.click()
    page.wait_for_url(re.compile(rf"/{ui}/search\?q=.{{2,}}"))
    assert query_of(page) == chosen


def test_enter_searches_what_was_typed_when_nothing_is_chosen(open_page: Open) -> None:
    page = open_page("/en/")
    complete(page, "coff")
    box_of(page).press("Enter")
    page.wait_for_url("**/en/search?q=coff")


def test_escape_and_a_click_elsewhere_close_and_keep_the_text(open_page: Open) -> None:
    page = open_page("/en/")
    box = box_of(page)
    complete(page, "coff")
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("coff")
    expect(box).to_be_focused()
    box.press("ArrowDown")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.locator(".tagline").click()
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("coff")


@pytest.mark.parametrize("ui", LANGUAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_open_completions_are_accessible_and_move_nothing(
    open_page: Open, shoot: Shoot, ui: str, theme: str
) -> None:
    """In their own script and direction, inside the window on a phone."""
    page = open_page(f"/{ui}/", color_scheme=theme)
    options = complete(page, TYPED[ui])
    box_of(page).press("ArrowDown")
    assert moved(page) == 0, page.evaluate("window.shifts")
    directions = options.locator("bdi").evaluate_all(
        "items => items.map((item) => getComputedStyle(item).direction)"
    )
    assert set(directions) == {"rtl" if ui == "ar" else "ltr"}
    wrong = violations(page)
    shoot(page, f"completions-{ui}-1280-{theme}")
    assert not wrong, told(wrong)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    shoot(page, f"completions-{ui}-390-{theme}")
    place = page.get_by_role("listbox").bounding_box()
    assert place
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= PHONE[0]


COMPOSED = [
    ("vi", ["d", "đ", "đa", "đà", "đà n"], "đà n"),
    ("ar", ["ه", "ها", "هان"], "هان"),
    ("en", ["k", "ka", "か"], "か"),
]


@pytest.mark.parametrize(("ui", "steps", "text"), COMPOSED, ids=[ui for ui, _, _ in COMPOSED])
def test_an_input_method_is_left_alone(open_page: Open, ui: str, steps: list[str], text: str) -> None:
    """While it composes, nothing changes the box, no list covers its proposals, and Enter is its own."""
    page = open_page(f"/{ui}/")
    box = box_of(page)
    box.focus()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    keyboard = page.context.new_cdp_session(page)
    page.evaluate("""() => {
      window.composed = [];
      for (const kind of ["compositionstart", "compositionupdate", "compositionend"])
        document.getElementById("q").addEventListener(kind, () => window.composed.push(kind));
    }""")
    for step in steps:
        keyboard.send(
            "Input.imeSetComposition",
            {"text": step, "selectionStart": len(step), "selectionEnd": len(step)},
        )
        expect(box).to_have_value(step)
        # As browsers send keys that an input method takes.
        for kind in ("rawKeyDown", "keyUp"):
            keyboard.send(
                "Input.dispatchKeyEvent", {"type": kind, "key": "Enter", "windowsVirtualKeyCode": 229}
            )
        expect(page.get_by_role("listbox")).to_be_hidden()
    assert page.evaluate("window.composed")[0] == "compositionstart"
    assert "compositionend" not in page.evaluate("window.composed")
    assert asked == []
    keyboard.send("Input.insertText", {"text": text})
    expect(box).to_have_value(text)
    assert page.evaluate("window.composed")[-1] == "compositionend"
    assert page.url.endswith(f"/{ui}/")
    if text in TYPED.values():
        expect(page.get_by_role("listbox")).to_be_visible()
    expect(box).to_have_value(text)


@pytest.mark.parametrize(
    "path", ["/en/search?q=coffee", "/vi/article/vi-101", "/ar/explain?q=هانوي&id=ar-101"]
)
def test_slash_leads_into_the_box(open_page: Open, path: str) -> None:
    """And selects what is there, but is a letter like others in a field."""
    page = open_page(path)
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.locator("#q")).to_have_value("a/b")


def test_the_box_is_ready_on_the_start_page(open_page: Open) -> None:
    page = open_page("/ar/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("وزير")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ar/search?q=*")
    expect(page.locator(".hit mark").first).to_be_visible()
