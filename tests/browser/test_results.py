"""From a page of results onwards: filters, dates, order, pages, history, rescues, another page language."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Open
from .watched import LANGUAGES, asked

NAMES = {"ar": "هانوي", "vi": "Hà Nội", "en": "Da Nang"}
MANY = {"ar": "هانوي", "vi": "Hà Nội", "en": "Ha Noi"}
"""Of these there are more than one page."""


def titles(page: Page) -> list[str]:
    return page.locator(".hit h2").all_inner_texts()


def total(page: Page) -> int:
    """The number of results, in whichever digits the page has it."""
    found = re.search(r"\d+", page.locator("#count").inner_text())
    assert found
    return int(found.group())


def facet_value(page: Page, parameter: str) -> Locator:
    """Links that add a value of this filter or take it away."""
    return page.locator(f"#filters .facet a[href*='{parameter}=']")


@pytest.mark.parametrize("ui", LANGUAGES)
def test_a_facet_narrows_and_its_chip_undoes_it(open_page: Open, ui: str) -> None:
    """To as many articles as its count says; the text stays, the mark of the choice too."""
    page = open_page(f"/{ui}/search?q={NAMES[ui]}")
    before, everything = titles(page), total(page)
    value = facet_value(page, "section").first
    count = int(re.sub(r"\D", "", value.locator(".count").inner_text()))
    assert 0 < count < everything
    value.click()
    expect(page.locator(".chips.active .chip")).to_have_count(1)
    assert total(page) == count
    assert [name for name, _ in asked(page)] == ["q", "section"]
    expect(page.locator(".facet a[aria-current=true]")).to_have_count(1)
    expect(page.locator("#q")).to_have_value(NAMES[ui])
    page.locator(".chips.active .chip").click()
    expect(page.locator(".chips.active")).to_have_count(0)
    assert titles(page) == before


@pytest.mark.parametrize("ui", LANGUAGES)
def test_a_tab_shows_one_language(open_page: Open, ui: str) -> None:
    """As many articles as it says, and the first tab shows all again."""
    page = open_page(f"/{ui}/search?q=Huế")
    everything = total(page)
    tab = page.locator(".tabs > a[href*='lang=vi']")
    count = int(re.sub(r"\D", "", tab.locator(".count").inner_text()))
    tab.click()
    page.wait_for_url("**lang=vi**")
    assert total(page) == count < everything
    expect(page.locator(".tabs > a[aria-current=true]")).to_have_count(1)
    assert {link.get_attribute("hreflang") for link in page.locator(".hit h2 a").all()} == {"vi"}
    page.locator(".tabs > a").first.click()
    page.wait_for_url(lambda address: "lang=" not in address)
    assert total(page) == everything


def test_articles_of_one_story_stand_together(open_page: Open) -> None:
    """With a link to each other language, and apart when that is asked for."""
    page = open_page("/en/search?q=Huế")
    rows = page.locator(".hit").count()
    other = page.locator(".hit .also a").first
    language = other.get_attribute("hreflang")
    other.click()
    page.wait_for_url("**/article/**")
    expect(page.locator(".story")).to_have_attribute("lang", language or "")
    page.go_back()
    page.locator(".bar .apart").click()
    expect(page.locator(".hit .also")).to_have_count(0)
    assert page.locator(".hit").count() >= rows
    page.locator(".chips.active .chip").click()
    expect(page.locator(".hit .also").first).to_be_visible()


def test_nearly_identical_articles_unfold(open_page: Open) -> None:
    page = open_page("/en/search?q=lantern makers")
    copies = page.locator(".hit .copies").first
    expect(copies.locator("li").first).to_be_hidden()
    copies.locator("summary").click()
    copies.locator("a").first.click()
    page.wait_for_url("**/article/**")
    expect(page.locator(".story h1")).to_be_visible()


@pytest.mark.parametrize("ui", LANGUAGES)
def test_a_filter_of_language_is_kept_by_the_box(open_page: Open, ui: str) -> None:
    """Another query is asked under the same filter."""
    page = open_page(f"/{ui}/search?q=Huế&lang=vi")
    page.locator("#q").fill("Đà Nẵng")
    page.locator("#q").press("Enter")
    page.wait_for_url("**lang=vi**")
    assert dict(asked(page)) == {"q": "Đà Nẵng", "lang": "vi"}
    for title in page.locator(".hit h2 a").all():
        assert title.get_attribute("hreflang") == "vi"


@pytest.mark.parametrize("ui", LANGUAGES)
def test_order_is_by_date_and_back(open_page: Open, ui: str) -> None:
    page = open_page(f"/{ui}/search?q={NAMES[ui]}")
    best = titles(page)
    page.locator(".sort a").nth(1).click()
    page.wait_for_url("**sort=newest**")
    dates = [item.get_attribute("datetime") or "" for item in page.locator(".hit .meta time").all()]
    assert len(dates) > 3
    assert dates == sorted(dates, reverse=True)
    page.locator(".sort a").nth(2).click()
    page.wait_for_url("**sort=oldest**")
    dates = [item.get_attribute("datetime") or "" for item in page.locator(".hit .meta time").all()]
    assert dates == sorted(dates)
    page.locator(".sort a").nth(0).click()
    page.wait_for_url(lambda address: "sort" not in address)
    assert titles(page) == best


def test_dates_narrow_the_search(open_page: Open) -> None:
    """By the fields; the chip takes them off again."""
    page = open_page("/en/search?q=Da Nang")
    page.locator("#from").fill("2025-01-01")
    page.locator("#to").fill("2025-12-31")
    page.locator(".dates button").click()
    page.wait_for_url("**from=2025-01-01**")
    assert ("to", "2025-12-31") in asked(page)
    for moment in page.locator(".hit .meta time").all():
        assert (moment.get_attribute("datetime") or "").startswith("2025")
    page.locator(".chips.active .chip").first.click()
    page.wait_for_url(lambda address: "from=" not in address)
    expect(page.locator("#from")).to_have_value("")


@pytest.mark.parametrize("ui", LANGUAGES)
def test_pages_and_the_history_of_the_browser(open_page: Open, ui: str) -> None:
    """Forwards by a link, back and forwards again by the browser, each time the same articles."""
    page = open_page(f"/{ui}/search?q={MANY[ui]}")
    first = titles(page)
    page.locator(".pages a[rel=next]").click()
    page.wait_for_url("**page=2**")
    second = titles(page)
    assert set(first) != set(second)
    expect(page.locator(".pages [aria-current=page]")).to_have_count(1)
    page.go_back()
    assert titles(page) == first
    page.go_forward()
    assert titles(page) == second
    page.locator(".pages a[rel=prev]").click()
    page.wait_for_url(lambda address: "page=" not in address)
    assert titles(page) == first


def test_history_goes_back_to_the_filter_that_was_on(open_page: Open) -> None:
    """Two filters on, one by one off by the browser, and on again."""
    page = open_page("/en/search?q=Da Nang")
    counts = [total(page)]
    page.locator(".tabs > a").nth(1).click()
    page.wait_for_url("**lang=**")
    counts.append(total(page))
    facet_value(page, "section").first.click()
    page.wait_for_url("**section=**")
    counts.append(total(page))
    assert counts[0] > counts[1] > counts[2]
    for count in (counts[1], counts[0]):
        page.go_back()
        assert total(page) == count
    for count in counts[1:]:
        page.go_forward()
        assert total(page) == count


@pytest.mark.parametrize(("ui", "typed"), [("ar", "الوزبر"), ("vi", "haanoix"), ("en", "festivel")])
def test_a_rescue_is_told_and_undone(open_page: Open, ui: str, typed: str) -> None:
    """The box keeps what was typed; the undo searches it to the letter, and its chip takes that back."""
    page = open_page(f"/{ui}/search?q={typed}")
    expect(page.locator(".hit").first).to_be_visible()
    expect(page.locator("#q")).to_have_value(typed)
    page.locator(".notice .undo").click()
    page.wait_for_url("**typed=1**")
    expect(page.locator(".nothing")).to_be_visible()
    expect(page.locator(".hit")).to_have_count(0)
    page.locator(".chips.active .chip").click()
    page.wait_for_url(lambda address: "typed" not in address)
    expect(page.locator(".notice .undo")).to_be_visible()


@pytest.mark.parametrize(
    ("ui", "typed", "meant"),
    [("ar", "المهرجاان", "المهرجان"), ("vi", "Đà Nẵgn", "Đà Nẵng"), ("en", "Da Nangg", "Da Nang")],
)
def test_what_may_have_been_meant_is_a_link(open_page: Open, ui: str, typed: str, meant: str) -> None:
    page = open_page(f"/{ui}/search?q={typed}")
    page.locator(".notice a", has_text=meant).first.click()
    page.wait_for_url(lambda address: dict(parse_qsl(urlsplit(address).query))["q"] == meant)
    expect(page.locator("#q")).to_have_value(meant)
    expect(page.locator(".hit mark").first).to_be_visible()


@pytest.mark.parametrize(
    ("ui", "query"),
    [
        ("ar", "وزير"),
        ("ar", "هانوي قهوة"),
        ("ar", "Hà Nội"),
        ("vi", "Đà Nẵng"),
        ("vi", "ca phe"),
        ("vi", "عاصفة"),
        ("en", "bridges"),
        ("en", "كوانغ نام"),
    ],
)
def test_marks_are_on_whole_words(open_page: Open, ui: str, query: str) -> None:
    """A mark within an Arabic word would break the joins of its letters."""
    page = open_page(f"/{ui}/search?q={query}")
    around: list[list[str]] = (
        page.evaluate("""() => [...document.querySelectorAll(".hit mark")].map((mark) => {
      const text = mark.closest("h2, .snippet").textContent;
      const range = document.createRange();
      range.selectNodeContents(mark.closest("h2, .snippet"));
      range.setEndBefore(mark);
      const start = range.toString().length;
      return [text[start - 1] ?? " ", mark.textContent, text[start + mark.textContent.length] ?? " "];
    })""")
    )
    assert around
    letters = {"L", "M"}
    for before, word, after in around:
        assert word.strip() == word
        assert unicodedata.category(before)[0] not in letters, (before, word)
        assert unicodedata.category(after)[0] not in letters, (word, after)


@pytest.mark.parametrize("ui", LANGUAGES)
def test_a_result_leads_to_its_article_and_back(open_page: Open, ui: str) -> None:
    page = open_page(f"/{ui}/search?q={NAMES[ui]}")
    title = titles(page)[0]
    page.locator(".hit h2 a").first.click()
    page.wait_for_url("**/article/**")
    expect(page.locator(".story h1")).to_have_text(title)
    page.locator(".back a").click()
    page.wait_for_url("**/search?**")
    assert titles(page)[0] == title
