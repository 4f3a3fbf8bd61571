"""Bars of the articles found by their dates are links, and run as the page reads."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Open
from .watched import LANGUAGES


def total(page: Page) -> int:
    """The number of results."""
    found = re.search(r"\d+", page.locator("#count").inner_text())
    assert found
    return int(found.group())


@pytest.mark.parametrize("ui", LANGUAGES)
@pytest.mark.parametrize("hand", ["mouse", "keyboard"])
def test_a_bar_narrows_to_its_time(open_page: Open, ui: str, hand: str) -> None:
    """To as many articles as its name says; its chip takes that back."""
    page = open_page(f"/{ui}/search?q=Huế")
    everything = total(page)
    bars = page.locator(".chart a")
    bar = max(bars.all(), key=lambda item: (item.locator(".col").bounding_box() or {"height": 0.0})["height"])
    name = bar.locator("title").text_content() or ""
    if hand == "mouse":
        bar.locator(".col").click()
    else:
        bar.focus()
        page.keyboard.press("Enter")
    page.wait_for_url(re.compile("from=|to=|year=|month="))
    expect(page.locator(".chips.active .chip")).to_have_count(1)
    assert 0 < total(page) < everything
    assert str(total(page)) in re.findall(r"\d+", name)
    page.locator(".chips.active .chip").click()
    expect(page.locator(".chips.active")).to_have_count(0)
    assert total(page) == everything


def test_time_runs_as_the_page_reads(open_page: Open) -> None:
    """From right to left in Arabic: the first bar of one is where the last one of the other is."""
    ends = []
    for ui in ("en", "ar"):
        bars = open_page(f"/{ui}/search?q=Huế").locator(".chart a")
        first, last = bars.first.bounding_box(), bars.last.bounding_box()
        assert first
        assert last
        ends.append(first["x"] < last["x"])
    assert ends == [True, False]
