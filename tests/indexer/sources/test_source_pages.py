"""HTML pages and feeds: what they say about themselves, and what of their markup is left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.articles import Article
from indexer.sources import DEFAULT_LIMITS, Reject, read_path
from indexer.sources.html_page import read_page
from indexer.sources.html_text import paragraphs

TESTS = Path(__file__).parents[2]
TEXT = (
    "<p>The old ferry between the two banks stopped on Monday, "
    "and forty boats carried pupils over the river.</p>"
    "<p>The school bell rang half an hour later than on other days, and nobody was told off for it.</p>"
)
CASES = json.loads((TESTS / "cases" / "sources" / "html.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["label"]))
def test_metadata(case: dict[str, Any]) -> None:
    """JSON-LD before OpenGraph before plain names; the text is the page's own."""
    heading = f"<h1>{case['heading']}</h1>" if "heading" in case else ""
    body = case.get("body") or f"<article>{heading}{TEXT}{case.get('figure', '')}{TEXT}</article>"
    page = f'<!doctype html><html lang="en"><head>{case["head"]}</head><body>{body}</body></html>'
    item = read_page(page.encode(), "f", "")
    if "reject" in case:
        assert isinstance(item, Reject)
        assert case["reject"] in item.reason
        return
    assert isinstance(item, Article), item
    record = item.as_dict()
    assert {name: record.get(name) for name in case["expected"]} == case["expected"]


def test_the_address_of_a_crawl_is_where_the_page_was() -> None:
    """The URL given with a page wins over the one that the page names."""
    page = f"<html lang=en><link rel=canonical href='https://a.example/x'><article>{TEXT}</article></html>"
    item = read_page(page.encode(), "f", "", url="https://lanha.example/en/here")
    assert isinstance(item, Article)
    assert item.url == "https://lanha.example/en/here"


@pytest.mark.parametrize(
    ("charset", "declared", "meta"),
    [
        ("cp1256", "windows-1256", ""),
        ("cp1256", None, "<meta charset=windows-1256>"),
        ("utf-8", "windows-1256", "<meta charset=windows-1256>"),
        ("utf-16", None, ""),
        ("utf-8-sig", "iso-8859-1", ""),
    ],
)
def test_character_sets(charset: str, declared: str | None, meta: str) -> None:
    """Byte order mark, then UTF-8 that is UTF-8, then what server or page declare."""
    arabic = "وصلت أربعون قاربا إلى الضفة الأخرى صباح الاثنين، وحملت التلاميذ إلى المدرسة بعد توقف العبارة."
    head = f"<head>{meta}<title>قارب</title></head>"
    page = f"<html lang=ar>{head}<article><p>{arabic}</p><p>{arabic}.</p></article>"
    item = read_page(page.encode(charset), "f", "", url="https://lanha.example/ar/x", charset=declared)
    assert isinstance(item, Article), item
    assert item.body[0] == arabic


def test_a_page_without_an_address_keeps_its_id() -> None:
    """The same page read twice is one article, another title is another."""
    ids = []
    for title in ("One", "One", "Two"):
        page = f"<html lang=en><head><title>{title}</title></head><article><h1>{title}</h1>{TEXT}</article>"
        item = read_page(page.encode(), "f", "")
        assert isinstance(item, Article)
        ids.append(item.id)
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("plain < text & more", ["plain < text & more"]),
        ("<p>a</p><p>b</p>", ["a", "b"]),
        ("a<br>b<br/><br/>c", ["a", "b", "c"]),
        ("<p>one <b>b</b><i>i</i> two</p> tail", ["one bi two", "tail"]),
        ("<script>x()</script><style>p{}</style>shown<!-- not -->", ["shown"]),
        ("<figure><img><figcaption>c</figcaption></figure><p>t</p>", ["t"]),
        ("&lt;b&gt; &amp; &#x27;", ["<b> & '"]),
        ("<ul><li>x<li>y</ul>", ["x", "y"]),
        ("<p>unclosed <b>bold", ["unclosed bold"]),
        ("<div>" * 5_000 + "deep", ["deep"]),
        ("", []),
        ("<!-- -->", []),
    ],
)
def test_markup_becomes_paragraphs(fragment: str, expected: list[str]) -> None:
    """Block elements part paragraphs, inline ones do not, what is not shown goes."""
    assert paragraphs(fragment) == expected


def test_feed_fields() -> None:
    """The first category is the section, the description the lead, the channel the source."""
    one, two = read_path(TESTS / "files" / "sources" / "good.rss")
    assert isinstance(one, Article)
    assert isinstance(two, Article)
    assert (one.section, one.tags, one.lead) == ("Town", ("river",), "In short.")
    assert (one.source, one.lang) == ("Lan Ha Post", "en")
    assert one.url == "https://lanha.example/en/one"
    assert len(one.body) == 2
    assert one.published_at is None


def test_a_feed_is_never_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that holds only an address is not a reason to ask the network for it."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr("socket.create_connection", refuse)
    monkeypatch.setattr("urllib.request.urlopen", refuse)
    path = tmp_path / "a.rss"
    path.write_text("https://lanha.example/feed.rss")
    (item,) = read_path(path, limits=DEFAULT_LIMITS)
    assert isinstance(item, Reject)


def test_rdf_and_media(tmp_path: Path) -> None:
    """RSS 1.0 with Dublin Core dates and creators, and pictures of Media RSS."""
    path = tmp_path / "a.rdf"
    path.write_text(
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:media="http://search.yahoo.com/mrss/"><channel rdf:about="x"><title>Lan Ha</title></channel>'
        '<item rdf:about="https://lanha.example/1"><title>One</title><link>https://lanha.example/1</link>'
        "<description>Text of it.</description><dc:creator>Mai Lan</dc:creator><dc:creator>Ha Vu</dc:creator>"
        "<dc:date>2025-03-02T08:00:00+07:00</dc:date><dc:language>en</dc:language>"
        '<media:content url="https://lanha.example/a.jpg" medium="image"/></item></rdf:RDF>'
    )
    (item,) = read_path(path)
    assert isinstance(item, Article)
    assert item.authors == ("Mai Lan", "Ha Vu")
    assert item.lead == "Text of it."
    assert item.published_at is not None
    assert item.published_at.isoformat() == "2025-03-02T08:00:00+07:00"
    assert item.images[0].url == "https://lanha.example/a.jpg"
