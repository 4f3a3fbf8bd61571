"""Pages are whole, escaped, labelled and small, in every page language."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from search_web.core.pages import Notice, NoticeKind
from search_web.web.views import page_numbers

LANGUAGES = ("ar", "vi", "en")
PATHS = (
    "",
    "search?q=a",
    "search?q=" + quote("الجسر"),
    "search?q=zzz&section=Nope",
    "search?section=Society&year=2024&from=2024&to=2024-12&sort=newest",
    "article/ar-1?q=a",
    "article/en/2025/bridge",
    "article/und-1",
    "article/nothing",
    "search?page=abc",
    "search?q=a&typed=1",
    "explain?q=a&id=ar-1",
    "explain?q=a&id=nothing",
)
VOID = {"meta", "link", "input", "br", "hr", "img"}


class Tree(HTMLParser):
    """Start tags with their attributes; fails on tags that do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1:] == [tag], f"</{tag}> closes nothing"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, *names: str) -> list[dict[str, str | None]]:
        """Attributes of every tag of these names."""
        return [attributes for tag, attributes in self.tags if tag in names]


@pytest.mark.parametrize("ui", LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
def test_every_page_is_sound(client: FlaskClient, ui: str, path: str) -> None:
    """Tags nest, ids are unique, boxes have labels, nothing inline, nothing from elsewhere, under 60 KB."""
    response = client.get(f"/{ui}/{path}")
    tree = Tree(response.text)
    assert len(response.data) < 60_000
    assert tree.tags[0] == ("html", {"lang": ui, "dir": "rtl" if ui == "ar" else "ltr"})
    ids = [attributes["id"] for _, attributes in tree.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    labelled = {attributes.get("for") for attributes in tree.all("label")}
    boxes = [box for box in tree.all("input") if box.get("type") != "hidden"]
    assert {box["id"] for box in boxes} <= labelled
    assert len(tree.all("main")) == len(tree.all("h1")) == 1
    run = [script for script in tree.all("script") if script.get("type") != "application/ld+json"]
    for attributes in (*tree.all("link"), *run):
        address = attributes.get("href") or attributes.get("src") or ""
        told = attributes.get("rel") in ("canonical", "alternate")
        assert address.startswith(("/", "http://localhost/") if told else "/")
    assert not tree.all("style", "img", "iframe")
    assert all("src" in attributes for attributes in run)
    for _, attributes in tree.tags:
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        assert not (attributes.get("href") or "").startswith(("javascript:", "data:"))
    for bdi in tree.all("bdi"):
        assert bdi.get("dir") or path.startswith("article/")


def test_archive_text_is_escaped(client: FlaskClient) -> None:
    """Markup in titles, bodies, queries and facets shows as text."""
    for path in ("/en/search?q=footbridge", "/en/article/en/2025/bridge", "/en/"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;" in page
    evil = '"><img src=x onerror=alert(1)>'
    for name in ("q", "section", "page", "sort", "from", "lang", evil):
        assert "<img" not in client.get("/vi/search", query_string={name: evil}).text
    assert "<img" not in client.get(f"/vi/article/{quote(evil)}").text
    assert "<img" not in client.get("/vi/article/vi-1", query_string={"q": evil}).text


def test_marks_stand_on_the_words_that_the_service_names(client: FlaskClient) -> None:
    """A mark wraps its range, letters before and after stay, in the language and direction of the article."""
    page = client.get("/en/search", query_string={"q": "الجسر"}).text
    assert '<bdi lang="ar" dir="rtl"><mark>الجسر</mark> مخصص للمشاة' in page
    assert "إن <mark>الجسر</mark> يختصر" in page


@pytest.mark.parametrize("ui", LANGUAGES)
def test_the_language_switch_keeps_the_search(client: FlaskClient, ui: str) -> None:
    """Each page language is linked with the same query, filters, order and page."""
    page = client.get("/en/search?q=a%26b&lang=ar&from=2024&sort=newest").text
    assert f'href="/{ui}/search?q=a%26b&amp;lang=ar&amp;from=2024&amp;sort=newest"' in page
    assert f'href="/{ui}/article/en/2025/bridge?q=a"' in client.get("/vi/article/en/2025/bridge?q=a").text


def test_filters_combine_and_come_off(client: FlaskClient, service: Any) -> None:
    """A facet's link adds its value to the search, the chip's link takes it off again."""
    page = client.get("/en/search?q=a&year=2024").text
    assert "/en/search?q=a&amp;section=Society&amp;year=2024" in page
    assert 'class="chip on" href="/en/search?q=a"' in page
    client.get("/en/search?q=a&year=2024&lang=en&from=2024-02")
    asked = service.asked[-1]
    assert (asked.filters.year, asked.filters.lang, asked.filters.date_from) == (
        ("2024",),
        ("en",),
        "2024-02",
    )


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("search?q=a&page=abc", 400, "There is no page abc"),
        ("search?q=a&page=99", 404, "There is no page 99"),
        ("search?q=a&from=yesterday", 400, "“yesterday” is not a date"),
        ("search?q=a&from=2025&to=2024", 400, "The first date is after the last one"),
        ("search?q=a&colour=red", 400, "There is no filter “colour”"),
        ("search?q=a&month=2025-13", 400, "“2025-13” cannot be used as a filter"),
        ("search?q=a&sort=shuffle", 400, "There is no order “shuffle”"),
        ("search?q=zzz", 200, "Nothing was found."),
        ("search?q=" + "a" * 3000, 200, "Only its beginning was searched."),
    ],
)
def test_wrong_parameters_leave_the_page_whole(
    client: FlaskClient, path: str, status: int, words: str
) -> None:
    """The page says what was wrong, has the status of it, and still shows results and search box."""
    response = client.get(f"/en/{path}")
    assert response.status_code == status
    assert words in response.text
    assert 'name="q"' in response.text
    assert ('class="hits"' in response.text) == (" found" not in words and "beginning" not in words)


def test_a_hundred_thousand_characters_are_cut(client: FlaskClient, service: Any) -> None:
    """The service never sees them and the page stays small."""
    response = client.get("/ar/search", query_string={"q": "ب" * 100_000})
    assert response.status_code == 200
    assert len(service.asked[-1].text) == 512
    assert len(response.data) < 60_000


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (NoticeKind.RELAXED, "لا يوجد مقال يضم هذه الكلمات كلها"),
        (NoticeKind.DID_YOU_MEAN, 'هل تقصد: <a href="/ar/search?q=cau+han"><bdi dir="auto">cau han</bdi>'),
        (NoticeKind.QUERY_REPAIRED, 'a<mark class="fault">m</mark>ở'),
        (NoticeKind.QUERY_CUT, "فلم يُبحث إلا عن أولها"),
        (NoticeKind.ONLY_STOP_WORDS, "هذه الكلمات واردة في كل المقالات تقريبا"),
        (NoticeKind.BEHIND, "قيد الإضافة إلى الفهرس"),
    ],
)
def test_notices_speak_the_language_of_the_page(
    client: FlaskClient, service: Any, kind: NoticeKind, words: str
) -> None:
    """Each kind of notice is worded in Arabic on the Arabic page."""
    service.notices = (Notice(kind, "cau han", 1, 2),)
    page = re.sub(r"\s*\n\s*", " ", client.get("/ar/search", query_string={"q": "amở"}).text)
    assert words in page


def test_a_repaired_place_outside_of_the_query_does_no_harm(client: FlaskClient, service: Any) -> None:
    """A notice whose span is at or past the end still gives a page."""
    for start, end in ((1, 1), (1, 5), (50, 60), (None, None), (0, None)):
        service.notices = (Notice(NoticeKind.QUERY_REPAIRED, "x", start, end),)
        assert client.get("/en/search?q=a").status_code == 200


def test_pages_are_linked(client: FlaskClient, service: Any) -> None:
    """Thirteen copies of the articles give pages with previous, next and numbers that keep the query."""
    service.copies = 13
    page = client.get("/en/search?q=a&page=2").text
    assert '<a rel="prev" href="/en/search?q=a">' in page
    assert '<a rel="next" href="/en/search?q=a&amp;page=3">' in page
    assert '<span aria-current="page">2</span>' in page
    assert 'start="11"' in page


@pytest.mark.parametrize(
    ("current", "last", "numbers"),
    [(1, 1, [1]), (1, 3, [1, 2, 3]), (3, 5, [1, 2, 3, 4, 5]), (10, 10, [1, None, 8, 9, 10])],
)
def test_page_numbers(current: int, last: int, numbers: list[int | None]) -> None:
    """First, last and the neighbours are there; a gap is never narrower than what it hides."""
    assert page_numbers(current, last) == numbers


def test_start_page_shows_the_size_and_articles_in_its_language(client: FlaskClient) -> None:
    """Five articles, counted in the plural form of each language; Arabic articles on the Arabic page."""
    arabic, vietnamese = client.get("/ar/").text, client.get("/vi/").text
    assert "5 مقالات" in arabic
    assert "5 bài viết" in vietnamese
    assert "جسر جديد فوق نهر هان" in arabic
    assert "Cầu đi bộ mới" not in arabic
    assert "Cầu đi bộ mới" in vietnamese


def test_empty_archive_and_empty_query(client: FlaskClient, service: Any) -> None:
    """An empty archive says how to add articles; an empty query leads to the start page."""
    service.articles = ()
    assert "dalil add PATH" in client.get("/en/").text
    response = client.get("/en/search?q=++")
    assert (response.status_code, response.headers["Location"]) == (302, "/en/")


def test_article_page_shows_all_that_belongs_to_it(client: FlaskClient) -> None:
    """Captions, byline, date in the page's words, original, translation, related with reasons."""
    page = client.get("/vi/article/ar-1").text
    for words in (
        '<article class="story" lang="ar" dir="rtl">',
        "الجسر عند الغروب",
        "نديم الكرّام",
        "26 tháng 10, 2025",
        'href="https://example.org/ar/cau-di-bo-moi-bac-qua-song-han" rel="noopener noreferrer"',
        "Bằng ngôn ngữ khác",
        "2 từ hiếm gặp (",
        "sông Hàn",
        'href="/vi/search?author=',
    ):
        assert words in page
    hostile = client.get("/vi/article/en/2025/bridge").text
    assert "javascript:" not in hostile
    assert "data:text" not in hostile


def test_unknown_languages_get_automatic_direction(client: FlaskClient) -> None:
    """`und` claims no language and no direction that no one knows."""
    page = client.get("/en/article/und-1").text
    assert 'lang="und" dir="auto"' in page
    assert "Unknown language" in page
