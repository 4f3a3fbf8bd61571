"""Links of the pages for programs answer with what they say they are."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Page

from .conftest import Open
from .watched import LANGUAGES

PAGES = ["/", "/search?q=Huế&lang=vi", "/article/ar-101"]


def links(page: Page) -> list[tuple[str, str]]:
    """Address and type of every link that names a type."""
    found: list[list[str]] = page.locator("link[type][href], a[type][href]").evaluate_all(
        "links => links.map((link) => [link.href, link.type])"
    )
    return [(address, kind) for address, kind in found]


@pytest.mark.parametrize("ui", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_types_are_what_links_promise(open_page: Open, ui: str, path: str) -> None:
    """And the content is readable as that type."""
    page = open_page(f"/{ui}{path}")
    named = links(page)
    assert len(named) >= (4 if "search" in path else 2)
    for address, kind in named:
        answer = page.request.get(address)
        assert answer.status == 200, address
        assert answer.headers["content-type"].partition(";")[0] == kind, address
        text = answer.text()
        if kind.endswith("xml"):
            # Our own server's answer.
            assert len(ET.fromstring(text)) > 0, address  # noqa: S314
        elif kind.endswith("json"):
            for line in text.splitlines() if "ndjson" in kind else [text]:
                assert json.loads(line), address
        else:
            assert text, address


@pytest.mark.parametrize("ui", LANGUAGES)
def test_data_about_an_article_can_be_read(open_page: Open, ui: str) -> None:
    """The block in its page is JSON, and names the article in its own language."""
    page = open_page(f"/{ui}/article/ar-101")
    story = json.loads(page.locator("script[type='application/ld+json']").text_content() or "")
    assert story["headline"] == page.locator(".story h1").inner_text()
    assert story["inLanguage"] == "ar"
