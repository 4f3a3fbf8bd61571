"""Feeds of articles are valid whatever the articles hold, and readable in both directions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import feedparser
import pytest
from lxml import etree

from search_web.core.pages import Result, Snippet
from search_web.web.machines.feeds import (
    Feed,
    Item,
    atom_feed,
    directed,
    item_id,
    item_of,
    json_feed,
    plain_text,
)

ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = datetime(2025, 10, 26, 8, tzinfo=UTC)
ITEM = Item(
    id=item_id("ar-1", "https://example.org/ar/a"),
    link="https://news.example/ar/article/ar-1",
    lang="ar",
    dir="rtl",
    title="جسر جديد",
    summary="الجسر مخصص للمشاة.",
    authors=("نديم الكرّام",),
    source="جريدة الأنهار الثلاثة",
    section="مجتمع",
    published=MOMENT,
    updated=MOMENT + timedelta(hours=1),
    original="https://example.org/ar/a",
)
FEED = Feed(
    id="urn:uuid:399887e3-1ed5-59ef-8236-47e4e22428ce",
    title="جسر – Dalil",
    lang="ar",
    site="Dalil",
    self_link="https://news.example/ar/search.atom?q=%D8%AC&page=2",
    page_link="https://news.example/ar/search?q=%D8%AC",
    updated=MOMENT,
    items=(ITEM,),
    description="دليل إلى أرشيف",
    total=41,
    first="https://news.example/ar/search.atom?q=%D8%AC",
    previous="https://news.example/ar/search.atom?q=%D8%AC",
    next="https://news.example/ar/search.atom?q=%D8%AC&page=3",
    last="https://news.example/ar/search.atom?q=%D8%AC&page=3",
)
RLM, LRM = "\N{RIGHT-TO-LEFT MARK}", "\N{LEFT-TO-RIGHT MARK}"


def parsed(feed: Feed) -> Any:
    found = feedparser.parse(atom_feed(feed))
    assert not found.bozo, found.get("bozo_exception")
    return found


def broken_rules(document: bytes) -> list[str]:
    """Rules of RFC 4287 that the document breaks: 4.1.1, 4.1.2 and 4.2 in short."""
    root = etree.fromstring(document)
    entries = root.findall(f"{ATOM}entry")
    problems = [problem for element in (root, *entries) for problem in broken_parts(element)]
    authors = [element.find(f"{ATOM}author") for element in entries]
    if root.find(f"{ATOM}author") is None and None in authors:
        problems.append("an entry without an author, in a feed without one")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(set(ids)) != len(ids):
        problems.append("an id twice")
    return problems if root.tag == f"{ATOM}feed" else ["the root is no feed"]


def broken_parts(element: etree._Element) -> Iterator[str]:
    """Of a feed or an entry by itself."""
    numbers = Counter(str(child.tag).removeprefix(ATOM) for child in element)
    yield from (f"not one {name}" for name in ("id", "title", "updated") if numbers[name] != 1)
    yield from (f"{name} twice" for name in ("published", "summary", "subtitle", "icon") if numbers[name] > 1)
    for name in ("updated", "published"):
        moment = element.findtext(ATOM + name)
        if moment and datetime.fromisoformat(moment).tzinfo is None:
            yield f"{moment} has no offset"
    links = element.findall(f"{ATOM}link")
    alternates = [(a.get("type"), a.get("hreflang")) for a in links if a.get("rel") == "alternate"]
    if len(alternates) != 1:
        yield "not one alternate link"
    no_iri = set(' <>"{}|\\^`')
    yield from (f"{link.get('href')!r} is no IRI" for link in links if no_iri & set(link.get("href", " ")))
    authors = element.findall(f"{ATOM}author")
    yield from ("an author has not one name" for author in authors if len(author.findall(f"{ATOM}name")) != 1)


def test_an_atom_feed_keeps_the_rules_and_says_everything() -> None:
    assert broken_rules(atom_feed(FEED)) == []
    found = parsed(FEED)
    assert (found.version, found.feed.title, found.feed.language) == ("atom10", "جسر – Dalil", "ar")
    entry = found.entries[0]
    assert (entry.title, entry.summary, entry.author) == ("جسر جديد", "الجسر مخصص للمشاة.", "نديم الكرّام")
    assert (entry.published, entry.updated) == ("2025-10-26T08:00:00Z", "2025-10-26T09:00:00Z")
    assert entry.title_detail.language == "ar"
    assert entry.title_detail.type == entry.summary_detail.type == "text/plain"
    assert {link.rel: link.href for link in entry.links} == {"alternate": ITEM.link, "via": ITEM.original}
    assert [tag.term for tag in entry.tags] == ["مجتمع"]


def test_pages_of_a_feed_lead_to_each_other() -> None:
    """RFC 5005, 3: first, previous, next, last."""
    links = {link.rel: link.href for link in parsed(FEED).feed.links}
    assert links == {
        "self": FEED.self_link,
        "alternate": FEED.page_link,
        "first": FEED.first,
        "previous": FEED.previous,
        "next": FEED.next,
        "last": FEED.last,
    }


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("a\x00b\x08c\x0bd\x1be\ufffef\uffff", "abcdef"),
        ("]]>&<b>\"'--></title>", "]]>&<b>\"'--></title>"),
        ("two\r\nlines\tand\u2028more", "two lines and more"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe", "gpj.exe"),
        ("\N{RIGHT-TO-LEFT ISOLATE}a\N{LEFT-TO-RIGHT EMBEDDING}", "a"),
        ("lone \ud800 half", "lone half"),
        ("😀 ngã tư 𠀀", "😀 ngã tư 𠀀"),
    ],
)
def test_hostile_text_is_only_text(hostile: str, shown: str) -> None:
    item = replace(
        ITEM, lang="en", dir="ltr", title=hostile, summary=hostile, authors=(hostile,), section=hostile
    )
    document = atom_feed(replace(FEED, items=(item,), title=hostile, site=hostile))
    assert broken_rules(document) == []
    entry = etree.fromstring(document).find(f"{ATOM}entry")
    assert entry is not None
    for place in ("title", "summary", "author/name"):
        assert entry.findtext(ATOM + place.replace("/", f"/{ATOM}")) == shown
    assert json.loads(json_feed(replace(FEED, items=(item,))))["items"][0]["title"] == shown


@pytest.mark.parametrize(
    ("text", "dir", "mark"),
    [
        ("ABC الإخبارية تقول", "rtl", RLM),
        ("كلمة ABC", "rtl", ""),
        ("«كلمة»", "rtl", ""),
        ("2025", "rtl", ""),
        ("هانوي is a city", "ltr", LRM),
        ("Hà Nội", "ltr", ""),
        ("", "rtl", ""),
        ("كلمة", "auto", ""),
    ],
)
def test_a_title_gets_a_mark_only_where_it_would_be_turned(text: str, dir: str, mark: str) -> None:  # noqa: A002
    assert directed(text, dir) == mark + text


def test_undated_articles_have_a_date_that_stays() -> None:
    """`updated` is required; a reader must not show the article as new each time."""
    feed = replace(FEED, items=(replace(ITEM, published=None, updated=None),))
    entry = parsed(feed).entries[0]
    assert entry.updated == "1970-01-01T00:00:00Z"
    assert "published" not in entry
    assert "date_published" not in json.loads(json_feed(feed))["items"][0]


def test_offsets_with_seconds_are_written_as_utc() -> None:
    """RFC 3339 has none: before 1911 the clocks of Sài Gòn were 7:06:30 ahead."""
    then = datetime(1906, 7, 1, 12, tzinfo=timezone(timedelta(hours=7, minutes=6, seconds=30)))
    feed = replace(FEED, items=(replace(ITEM, published=then, updated=then),))
    assert parsed(feed).entries[0].published == "1906-07-01T04:53:30Z"


def test_forty_authors_are_all_named() -> None:
    names = tuple(f"Nguyễn Văn {number}" for number in range(40))
    feed = replace(FEED, items=(replace(ITEM, authors=names),))
    assert [author.name for author in parsed(feed).entries[0].authors] == list(names)
    assert [a["name"] for a in json.loads(json_feed(feed))["items"][0]["authors"]] == list(names)


def test_an_article_without_author_is_its_sources_or_the_feeds() -> None:
    no_author = replace(ITEM, id="urn:uuid:00000000-0000-5000-8000-000000000001", authors=())
    no_source = replace(no_author, id="urn:uuid:00000000-0000-5000-8000-000000000002", source="")
    feed = replace(FEED, items=(no_author, no_source))
    assert broken_rules(atom_feed(feed)) == []
    first, second = etree.fromstring(atom_feed(feed)).findall(f"{ATOM}entry")
    assert first.findtext(f"{ATOM}author/{ATOM}name") == ITEM.source
    assert second.find(f"{ATOM}author") is None


def test_an_empty_feed_is_valid() -> None:
    feed = replace(FEED, items=(), first="", previous="", next="", last="", total=0)
    assert broken_rules(atom_feed(feed)) == []
    assert parsed(feed).entries == []
    assert json.loads(json_feed(feed))["items"] == []


def test_addresses_are_iris() -> None:
    """What an article has for an address may hold blanks and quotes."""
    feed = replace(FEED, items=(replace(ITEM, original='https://example.org/a b"<x>|{y}\\^`\x00'),))
    assert broken_rules(atom_feed(feed)) == []
    links = {link.rel: link.href for link in parsed(feed).entries[0].links}
    assert links["via"] == "https://example.org/a%20b%22%3Cx%3E%7C%7By%7D%5C%5E%60"


def test_ids_stay_and_differ() -> None:
    """The id depends on the article alone: this value must never change, or readers see all articles anew."""
    assert item_id("ar-1", "https://example.org/ar/a") == "urn:uuid:22fcd108-969a-595c-ad60-47e349a3823e"
    assert len({item_id("1", ""), item_id("2", ""), item_id("1", "https://example.org/1")}) == 3


def test_a_result_becomes_an_item() -> None:
    result = Result(
        id="vi-1",
        lang="vi",
        title=Snippet("Cầu mới", ()),
        score=1.0,
        published_at=MOMENT,
        url="https://example.org/vi/cau",
        source="Thời báo Ba Sông",
        section="Xã hội",
        authors=("Lê Uyển Thư",),
        snippets=(Snippet("Một cây cầu", (), cut_after=True), Snippet("Đi bộ", (), cut_after=True)),
    )
    item = item_of(result, "https://news.example/vi/article/vi-1", "ltr")
    assert (item.title, item.summary) == ("Cầu mới", "Một cây cầu … Đi bộ …")
    assert (item.published, item.updated) == (MOMENT, MOMENT)
    later = item_of(replace(result, updated_at=MOMENT + timedelta(days=1)), item.link, "ltr")
    assert later.updated == MOMENT + timedelta(days=1)
    assert later.id == item.id


def test_json_feed_has_the_names_of_its_version() -> None:
    """https://www.jsonfeed.org/version/1.1/: its own names, or names that begin with an underscore."""
    document = json.loads(json_feed(FEED))
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    top = {
        "version", "title", "home_page_url", "feed_url", "description", "user_comment", "next_url", "icon",
        "favicon", "authors", "language", "expired", "hubs", "items",
    }  # fmt: skip
    assert {name for name in document if not name.startswith("_")} <= top
    item = document["items"][0]
    assert item == {
        "id": ITEM.id,
        "url": ITEM.link,
        "external_url": ITEM.original,
        "title": ITEM.title,
        "content_text": ITEM.summary,
        "date_published": "2025-10-26T08:00:00Z",
        "date_modified": "2025-10-26T09:00:00Z",
        "authors": [{"name": "نديم الكرّام"}],
        "tags": ["مجتمع"],
        "language": "ar",
    }
    assert document["next_url"] == FEED.next


def test_plain_text_keeps_single_marks() -> None:
    """LRM, RLM and ZWNJ belong to the spelling; only what opens a range goes."""
    assert (
        plain_text(f"a{LRM}b{RLM}c\N{ZERO WIDTH NON-JOINER}d") == f"a{LRM}b{RLM}c\N{ZERO WIDTH NON-JOINER}d"
    )
