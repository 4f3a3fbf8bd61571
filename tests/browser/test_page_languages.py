"""Another page language keeps the search, and Arabic is laid out from right to left."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from .conftest import Open
from .watched import LANGUAGES, asked


@pytest.mark.parametrize("ui", LANGUAGES)
@pytest.mark.parametrize(
    "path", ["/search?q=Hà Nội&lang=vi&sort=newest&page=2", "/article/vi-101?q=hoa", "/"]
)
def test_the_page_speaks_another_language_and_keeps_the_search(open_page: Open, ui: str, path: str) -> None:
    start = next(other for other in LANGUAGES if other != ui)
    page = open_page(f"/{start}{path}")
    before = asked(page)
    page.locator(f".switch a[hreflang={ui}]").click()
    page.wait_for_url(f"**/{ui}/**")
    assert asked(page) == before
    root = page.locator("html")
    expect(root).to_have_attribute("lang", ui)
    expect(root).to_have_attribute("dir", "rtl" if ui == "ar" else "ltr")
    expect(page.locator(".switch a[aria-current=true]")).to_have_attribute("hreflang", ui)


def middle(part: Locator) -> float:
    place = part.bounding_box()
    assert place
    return place["x"] + place["width"] / 2


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        (
            "/search?q=Huế",
            (".brand", ".switch", ".results", ".filters", "#search button", ".hit .tag"),
        ),
        ("/article/vi-101", (".brand", ".switch", ".story", ".beside")),
        ("/explain?q=cà phê Huế&id=vi-104", (".brand", ".switch", ".worth")),
    ],
    ids=["results", "article", "explanation"],
)
def test_arabic_is_the_mirror_of_english(open_page: Open, path: str, parts: tuple[str, ...]) -> None:
    """What stands on the left stands on the right, as far as widths of words let it."""
    english, arabic = (open_page(f"/{ui}{path}") for ui in ("en", "ar"))
    half = 1280 / 2
    for part in parts:
        left, right = (middle(page.locator(part).first) for page in (english, arabic))
        assert abs(left - half) > 40, f"{part} is in the middle and shows nothing"
        assert (left < half) != (right < half), f"{part}: {left} and {right}"
