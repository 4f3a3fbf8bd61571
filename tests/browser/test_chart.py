"""Bars by date under the hand: a range is drawn over them, arrow keys go from bar to bar."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from .conftest import Open


def asked(page: Page) -> dict[str, str]:
    """The parameters of the page's address."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query).items()}


def focused(page: Page) -> str:
    """What the bar under the keyboard is called."""
    name: str = page.evaluate("document.activeElement.querySelector('title').textContent")
    return name


@pytest.mark.parametrize("ui", ["ar", "en"])
def test_a_range_is_drawn_over_the_bars(open_page: Open, ui: str) -> None:
    """From the first drawn over to the last, whichever way the page runs; other filters stay."""
    page = open_page(f"/{ui}/search?lang=vi&month=2025-03&month=2025-10")
    box = page.locator("svg.chart").bounding_box()
    assert box is not None
    slot, height = box["width"] / 12, box["y"] + 30

    def month(number: int) -> float:
        place = (number - 0.5) * slot
        return box["x"] + (box["width"] - place if ui == "ar" else place)

    page.mouse.move(month(9), height)
    page.mouse.down()
    page.mouse.move(month(6), height, steps=5)
    page.mouse.move(month(4), height, steps=5)
    with page.expect_navigation():
        page.mouse.up()
    assert asked(page) == {"lang": "vi", "from": "2025-04", "to": "2025-09"}


def test_a_press_without_a_move_follows_the_link(open_page: Open) -> None:
    """A bar stays a link under the hand that could draw."""
    page = open_page("/en/search?year=2025")
    box = page.locator("svg.chart").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 24, box["y"] + 59)
    page.mouse.down()
    with page.expect_navigation():
        page.mouse.up()
    assert asked(page) == {"from": "2025-01", "to": "2025-01"}


@pytest.mark.parametrize(
    ("ui", "later", "earlier"), [("en", "ArrowRight", "ArrowLeft"), ("ar", "ArrowLeft", "ArrowRight")]
)
def test_bars_are_one_stop_of_the_keyboard(open_page: Open, ui: str, later: str, earlier: str) -> None:
    """The arrow that points to later goes to the next bar; Home and End to the first and the last."""
    page = open_page(f"/{ui}/search?year=2025")
    assert page.locator('svg.chart a[tabindex="0"]').count() == 1
    page.locator('svg.chart a[tabindex="0"]').focus()
    first = focused(page)
    page.keyboard.press(later)
    second = focused(page)
    assert second != first
    page.keyboard.press(earlier)
    page.keyboard.press(earlier)
    assert focused(page) == first
    page.keyboard.press("End")
    last = focused(page)
    assert last not in (first, second)
    page.keyboard.press("Home")
    assert focused(page) == first
    page.keyboard.press(later)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert asked(page) == {"from": "2025-02", "to": "2025-02"}


def test_boxes_left_empty_are_no_part_of_the_address(open_page: Open) -> None:
    """A form with two empty dates asks for the words alone."""
    page = open_page("/en/search?q=bridge")
    page.locator("#q").fill("flood")
    page.locator("#q").press("Enter")
    page.wait_for_url("**q=flood**")
    assert asked(page) == {"q": "flood"}
    assert "from" not in page.url
