"""The results page says how a query was read, undoes it in one click, and offers forms with accents."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from search_web.core.pages import Accents, Notice, NoticeKind, Step

TYPED = "Ddaf & Nawxng"
MEANT = "Đà <Nẵng>"
WITH_TEXT = {Step.TELEX, Step.VNI, Step.LATIN_KEYS, Step.ARABIC_KEYS, Step.SPELLING}
UNDO = "/search?q=Ddaf+%26+Nawxng&lang=vi&sort=newest&typed=1"


def page_of(
    client: FlaskClient, ui: str, query: str = "sort=newest&lang=vi&page=3", text: str = TYPED
) -> str:
    """A results page on one line, its entities read."""
    answer = client.get(f"/{ui}/search", query_string=f"{query}&{urlencode({'q': text})}")
    return html.unescape(re.sub(r"\s*\n\s*", " ", answer.text))


@pytest.mark.parametrize("ui", ["ar", "vi", "en"])
@pytest.mark.parametrize("step", Step)
def test_every_step_is_told_and_undone(client: FlaskClient, service: Any, ui: str, step: Step) -> None:
    """In one notice, with a link to the same search as typed, on its first page."""
    service.notices = (Notice(NoticeKind.RESCUED, MEANT if step in WITH_TEXT else "", step=step),)
    page = page_of(client, ui)
    assert page.count(f'class="undo" href="/{ui}{UNDO}" rel="nofollow"') == 1
    assert page.count('class="notice"') == 1
    shown = f'q=%C4%90%C3%A0+%3CN%E1%BA%B5ng%3E&lang=vi&sort=newest"><bdi dir="auto">{MEANT}</bdi></a>'
    assert (shown in page) == (step in WITH_TEXT)


def test_each_step_has_words_of_its_own(client: FlaskClient, service: Any) -> None:
    """No two steps read the same."""
    pages = set()
    for step in Step:
        service.notices = (Notice(NoticeKind.RESCUED, MEANT, step=step),)
        page = page_of(client, "en")
        pages.add(page[page.index('class="notice"') : page.index('class="undo"')])
    assert len(pages) == len(Step)


@pytest.mark.parametrize(
    ("ui", "step", "words"),
    [
        ("ar", Step.LATIN_KEYS, "يبدو أن لوحة المفاتيح كانت على الحروف اللاتينية."),
        ("vi", Step.TELEX, "Có vẻ nội dung được gõ theo kiểu Telex."),
        ("vi", Step.VNI, "Có vẻ nội dung được gõ theo kiểu VNI."),
        ("en", Step.TEXT, "The quotes and signs of this text were read as punctuation."),
        ("en", Step.QUOTES, "Articles that have them apart are shown."),
    ],
)
def test_a_step_is_told_in_the_language_of_the_page(
    client: FlaskClient, service: Any, ui: str, step: Step, words: str
) -> None:
    """And names the way of typing."""
    service.notices = (Notice(NoticeKind.RESCUED, step=step),)
    assert words in page_of(client, ui)


def test_several_steps_are_all_told(client: FlaskClient, service: Any) -> None:
    """A pasted text whose words are mistyped too; the same step only once."""
    text, spelling = (Notice(NoticeKind.RESCUED, MEANT, step=step) for step in (Step.TEXT, Step.SPELLING))
    service.notices = (text, spelling, spelling)
    assert page_of(client, "en").count('class="undo"') == 2


def test_a_relaxed_search_can_be_undone(client: FlaskClient, service: Any) -> None:
    """As the steps of the ladder can."""
    service.notices = (Notice(NoticeKind.RELAXED),)
    assert f'href="/en{UNDO}"' in page_of(client, "en")


def test_as_typed_is_kept_while_the_search_is_the_same(client: FlaskClient, service: Any) -> None:
    """By pages, order, filters and the date form; a chip takes it off, and the box asks anew without it."""
    service.copies = 30
    page = page_of(client, "en", "typed=1&page=2", "a")
    assert service.asked[-1].as_typed is True
    links = [link for link in re.findall(r'href="(/en/search\?[^"]*)"', page) if "typed=1" not in link]
    assert links == ["/en/search?q=a"], "the chip"
    assert "Exactly as typed" in page
    assert 'type="submit" name="typed" value="1">Apply' in page
    assert '<input type="hidden" name="typed"' not in page
    assert "Remove all filters" not in page
    assert 'name="typed"' not in page_of(client, "en", "page=2", "a")


def test_an_unreadable_value_of_typed_is_named(client: FlaskClient, service: Any) -> None:
    """And read as if it were not there."""
    response = client.get("/en/search?q=a&typed=maybe")
    assert response.status_code == 400
    assert "“maybe” cannot be used for “typed”" in response.text
    assert service.asked[-1].as_typed is False


@pytest.mark.parametrize("ui", ["ar", "vi", "en"])
def test_forms_with_accents_are_links(client: FlaskClient, service: Any, ui: str) -> None:
    """To the query with that word replaced where it stands; filters stay, page and `typed` go."""
    service.accents = (Accents("duong", 3, 8, (("đường", 1412), ("dương", 96))),)
    page = page_of(client, ui, "lang=vi&page=2&typed=1", "xx duong yy")
    grouped = "1,412" if ui != "vi" else "1.412"
    link = f'<a href="/{ui}/search?q=xx+%C4%91%C6%B0%E1%BB%9Dng+yy&lang=vi" rel="nofollow">'
    word, form = (f'<bdi lang="vi" dir="ltr">{text}</bdi>' for text in ("duong", "đường"))
    assert f'{word}: {link}{form}</a> <span class="count">{grouped}</span>' in page
    assert f'/{ui}/search?q=xx+d%C6%B0%C6%A1ng+yy&lang=vi"' in page


def test_places_of_accents_are_those_of_the_query_that_was_searched(
    client: FlaskClient, service: Any
) -> None:
    """Where a rescue has changed it."""
    service.accents = (Accents("duong", 3, 8, (("đường", 12), ("dương", 9))),)
    service.searched = "ha duong"
    assert "q=ha+d%C6%B0%C6%A1ng&lang=vi" in page_of(client, "en", "lang=vi", "haa duongg")


def test_no_line_without_such_words(client: FlaskClient) -> None:
    """A query that has its accents."""
    assert 'class="accents"' not in page_of(client, "vi", "", "đường")
