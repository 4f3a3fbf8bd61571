"""The page of an article: marks to walk through, other languages, the story by date, citations."""

from __future__ import annotations

import re
import unicodedata

import pytest
from playwright.sync_api import expect

from .conftest import Open, Shoot
from .watched import LANGUAGES, PHONE

MARKED = {"ar": "/article/ar-113?q=وزير", "vi": "/article/vi-106?q=bão", "en": "/article/en-104?q=coffee"}


@pytest.mark.parametrize("ui", LANGUAGES)
def test_marks_of_the_search_are_walked_through(open_page: Open, ui: str) -> None:
    """By buttons and by n and p, round and round; the browser's history stays as it was."""
    page = open_page(f"/{ui}{MARKED[ui]}")
    marks = page.locator(".story mark")
    count = marks.count()
    assert count > 1
    before = page.evaluate("history.length")
    page.locator(".marks button").last.click()
    expect(page.locator(".story mark.current")).to_have_count(1)
    expect(marks.first).to_have_class(re.compile("current"))
    page.keyboard.press("n")
    expect(marks.nth(1)).to_have_class(re.compile("current"))
    expect(marks.nth(1)).to_be_in_viewport()
    page.keyboard.press("p")
    page.keyboard.press("p")
    expect(marks.nth(count - 1)).to_have_class(re.compile("current"))
    expect(marks.nth(count - 1)).to_be_in_viewport()
    assert page.evaluate("history.length") == before
    page.locator("#q").focus()
    page.keyboard.type("nnn")
    expect(marks.nth(count - 1)).to_have_class(re.compile("current"))


@pytest.mark.parametrize("ui", LANGUAGES)
def test_marks_in_the_text_are_on_whole_words(open_page: Open, ui: str) -> None:
    page = open_page(f"/{ui}{MARKED[ui]}")
    around: list[list[str]] = (
        page.evaluate("""() => [...document.querySelectorAll(".story mark")].map((mark) => {
      const block = mark.closest("h1, p");
      const range = document.createRange();
      range.selectNodeContents(block);
      range.setEndBefore(mark);
      const start = range.toString().length;
      const text = block.textContent;
      return [text[start - 1] ?? " ", mark.textContent, text[start + mark.textContent.length] ?? " "];
    })""")
    )
    assert around
    for before, word, after in around:
        assert word.strip() == word
        assert not {unicodedata.category(sign)[0] for sign in (before, after)} & {"L", "M"}, (
            before,
            word,
            after,
        )


def test_marks_can_be_taken_off(open_page: Open) -> None:
    """And put on again; the way back to the results stays."""
    page = open_page(f"/en{MARKED['en']}")
    page.locator(".marks a").last.click()
    page.wait_for_url("**marks=0**")
    expect(page.locator(".story mark")).to_have_count(0)
    page.locator(".marks a").click()
    expect(page.locator(".story mark").first).to_be_visible()
    page.locator(".back a").click()
    page.wait_for_url("**/en/search?q=coffee")


@pytest.mark.parametrize("ui", LANGUAGES)
def test_other_languages_of_the_story_are_links(open_page: Open, ui: str) -> None:
    """Each way: the other edition links back."""
    page = open_page(f"/{ui}/article/{ui}-101")
    other = next(item for item in LANGUAGES if item != ui)
    page.locator(f".editions a[hreflang={other}]").click()
    page.wait_for_url(f"**/{ui}/article/{other}-101")
    story = page.locator(".story")
    expect(story).to_have_attribute("lang", other)
    expect(story).to_have_attribute("dir", "rtl" if other == "ar" else "ltr")
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if ui == "ar" else "ltr")
    page.locator(f".editions a[hreflang={ui}]").click()
    page.wait_for_url(f"**/article/{ui}-101")


@pytest.mark.parametrize("ui", LANGUAGES)
def test_the_story_by_date_goes_forwards(open_page: Open, ui: str) -> None:
    """This article is one of its stops, and no link."""
    page = open_page(f"/{ui}/article/{ui}-101")
    days = [item.get_attribute("datetime") or "" for item in page.locator(".timeline time").all()]
    assert len(days) > 1
    assert days == sorted(days)
    here = page.locator(".timeline [aria-current=true]")
    expect(here).to_have_count(1)
    expect(here.locator("a")).to_have_count(0)


@pytest.mark.parametrize("ui", LANGUAGES)
def test_a_citation_is_copied(open_page: Open, ui: str) -> None:
    """What the clipboard has is what the page shows, and the page says so."""
    page = open_page(f"/{ui}/article/{ui}-101", permissions=["clipboard-read", "clipboard-write"])
    page.locator(".cite > summary").click()
    page.locator("button[data-copy=cite-bib]").click()
    expect(page.locator(".copied")).to_have_text(re.compile(r"\S"))
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#cite-bib").text_content()


@pytest.mark.parametrize("form", ["bib", "ris"])
def test_a_citation_is_a_file(open_page: Open, form: str) -> None:
    page = open_page("/en/article/ar-101")
    page.locator(".cite > summary").click()
    with page.expect_download() as download:
        page.locator(f".cite a[href$='.{form}']").click()
    assert download.value.suggested_filename.endswith(f".{form}")
    assert download.value.path().read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("ui", LANGUAGES)
def test_a_removed_article_leads_on(open_page: Open, shoot: Shoot, ui: str) -> None:
    """By a search box and stories that may be meant."""
    page = open_page(f"/{ui}/article/gone-1", status=410, size=PHONE)
    shoot(page, f"removed-{ui}-390-light")
    page.locator("main input[name=q]").fill("Huế")
    page.locator("main input[name=q]").press("Enter")
    page.wait_for_url("**/search?q=*")
    expect(page.locator(".hit").first).to_be_visible()
