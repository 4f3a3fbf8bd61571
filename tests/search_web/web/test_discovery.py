"""Browsers and crawlers find the search, its completions, the site map and what is not for them."""

from __future__ import annotations

import gzip
import urllib.robotparser
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import etree

from indexer.articles import Article
from search_web.core.suggest import MAX_TYPED
from search_web.web.config import WebConfig
from search_web.web.machines.packed_pages import PackedPages, unpacked
from search_web.web.machines.site_root import is_own_host

NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "n": "http://www.google.com/schemas/sitemap-news/0.9",
    "x": "http://www.w3.org/1999/xhtml",
    "o": "http://a9.com/-/spec/opensearch/1.1/",
}
MAPS = ("/sitemap.xml", "/sitemap-1.xml", "/sitemap-news.xml")


def found(response: Any, path: str) -> list[Any]:
    """What an XPath finds in an answer, which must be whole XML."""
    assert response.status_code == 200
    values = etree.fromstring(response.data).xpath(path, namespaces=NAMES)
    assert isinstance(values, list)
    return values


@pytest.mark.parametrize(("ui", "words"), [("ar", "ابحث في أرشيف"), ("vi", "Tìm"), ("en", "Search the news")])
def test_the_description_is_in_its_language(client: FlaskClient, ui: str, words: str) -> None:
    """Of OpenSearch 1.1: whole addresses, page numbers and completions."""
    response = client.get(f"/opensearch.xml?ui={ui}")
    assert response.headers["Content-Type"] == "application/opensearchdescription+xml; charset=utf-8"
    assert words in found(response, "o:Description/text()")[0]
    assert found(response, "o:Language/text()") == [ui]
    templates = {url.get("type"): url.get("template") for url in found(response, "o:Url")}
    assert templates == {
        "text/html": f"http://localhost/{ui}/search?q={{searchTerms}}&page={{startPage?}}",
        "application/atom+xml": (
            f"http://localhost/{ui}/search.atom?q={{searchTerms}}&page={{startPage?}}&limit={{count?}}"
        ),
        "application/x-suggestions+json": f"http://localhost/{ui}/suggestions?q={{searchTerms}}",
        "application/opensearchdescription+xml": f"http://localhost/opensearch.xml?ui={ui}",
    }
    for template in templates.values():
        # Optional places are left empty by a browser that does not know them.
        address = template.removeprefix("http://localhost").replace("{searchTerms}", "c")
        address = address.replace("{startPage?}", "").replace("{count?}", "")
        assert client.get(address).status_code == 200


def test_its_name_is_short_enough(client_for: Callable[[WebConfig], FlaskClient]) -> None:
    """At most sixteen characters, and no markup: a title may have both."""
    browser = client_for(WebConfig(rate_limit="", title="<Archive> & news of the three rivers"))
    assert found(browser.get("/opensearch.xml"), "o:ShortName/text()") == ["<Archive> & news"]


def test_another_language_is_refused(client: FlaskClient) -> None:
    response = client.get("/opensearch.xml?ui=fr")
    assert (response.status_code, response.mimetype) == (400, "text/plain")
    assert "write one of ar, vi, en" in response.text


@pytest.mark.parametrize("path", ["/ar/", "/vi/search?q=a", "/en/article/vi-1", "/en/nothing"])
def test_every_page_tells_browsers_of_the_search(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    assert f'href="/opensearch.xml?ui={path[1:3]}"' in page
    assert 'rel="search" type="application/opensearchdescription+xml"' in page


def test_completions_are_as_browsers_take_them(client: FlaskClient) -> None:
    """OpenSearch Suggestions 1.1: what was typed, and a list of whole queries, each once."""
    response = client.get("/vi/suggestions?q=l%C3%AA")
    assert response.headers["Content-Type"] == "application/x-suggestions+json; charset=utf-8"
    assert response.get_json(force=True) == ["lê", ['author:"Lê Uyển Thư"']]
    assert client.get("/vi/suggestions").get_json(force=True) == ["", []]


def test_a_long_text_is_cut_before_it_is_completed(client: FlaskClient, service: Any) -> None:
    client.get("/en/suggestions", query_string={"q": "a" * 5_000})
    assert service.typed[-1][0] == "a" * MAX_TYPED


def test_the_list_of_site_maps_leads_to_all_articles(client: FlaskClient, service: Any) -> None:
    maps = found(client.get("/sitemap.xml"), "s:sitemap/s:loc/text()")
    assert maps == ["http://localhost/sitemap-1.xml", "http://localhost/sitemap-news.xml"]
    places = found(client.get("/sitemap-1.xml"), "s:url/s:loc/text()")
    assert places[:3] == ["http://localhost/ar/", "http://localhost/vi/", "http://localhost/en/"]
    assert len(places) == 3 + len(service.articles)
    for place in places:
        assert client.get(place.removeprefix("http://localhost")).status_code == 200


def test_an_article_is_listed_in_its_own_language(client: FlaskClient) -> None:
    """In the site's language where there are no pages in its own; dates only of what has one."""
    response = client.get("/sitemap-1.xml")
    dates = {
        url.findtext("s:loc", namespaces=NAMES): url.findtext("s:lastmod", namespaces=NAMES)
        for url in found(response, "s:url")
    }
    assert dates["http://localhost/ar/article/ar-1"] == "2025-10-26T08:00:00Z"
    assert dates["http://localhost/en/article/en/2025/bridge"] == "2024-03-02T00:00:00Z"
    assert dates["http://localhost/en/article/zh-1"] is None


def test_translations_name_each_other_and_themselves(client: FlaskClient) -> None:
    """hreflang counts only where both sides say the same."""
    response = client.get("/sitemap-1.xml")
    for article in ("ar/article/ar-1", "vi/article/vi-1"):
        links = found(response, f"s:url[s:loc='http://localhost/{article}']/x:link")
        assert {link.get("hreflang"): link.get("href") for link in links} == {
            "ar": "http://localhost/ar/article/ar-1",
            "vi": "http://localhost/vi/article/vi-1",
        }
    assert found(response, "s:url[contains(s:loc, 'zh-1')]/x:link") == []


def test_many_articles_have_several_maps(client: FlaskClient, service: Any) -> None:
    """Ten thousand each; every article is in one of them."""
    service.articles = tuple(Article(id=f"a<{n:05}>", lang="en", title="t") for n in range(10_001))
    maps = found(client.get("/sitemap.xml"), "s:sitemap/s:loc/text()")
    assert [item.rpartition("/")[2] for item in maps] == [
        "sitemap-1.xml",
        "sitemap-2.xml",
        "sitemap-news.xml",
    ]
    first, second = (found(client.get(f"/sitemap-{n}.xml"), "s:url/s:loc/text()") for n in (1, 2))
    assert len(first) == 10_003
    assert second == ["http://localhost/en/article/a%3C10000%3E"]


@pytest.mark.parametrize(
    "path", ["/sitemap-0.xml", "/sitemap-2.xml", "/sitemap-99999.xml", "/sitemap--1.xml"]
)
def test_there_is_no_other_map(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (404, "text/plain")


def test_an_empty_archive_has_a_map_of_its_start_pages(client: FlaskClient, service: Any) -> None:
    service.articles = ()
    assert len(found(client.get("/sitemap-1.xml"), "s:url")) == 3


def test_maps_are_sent_packed_or_not(client: FlaskClient) -> None:
    plain = client.get("/sitemap-1.xml")
    packed = client.get("/sitemap-1.xml", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in plain.headers


@pytest.mark.parametrize("path", MAPS)
def test_maps_are_not_sent_again(client: FlaskClient, service: Any, path: str) -> None:
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert client.head(path).data == b""
    service.version = "gen-000002.8"
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_map_is_made_once_and_again_when_the_index_changes(client: FlaskClient, service: Any) -> None:
    first = client.get("/sitemap-1.xml").data
    service.articles = service.articles[:1]
    assert client.get("/sitemap-1.xml").data == first
    service.version = "gen-000001.8"
    assert len(found(client.get("/sitemap-1.xml"), "s:url")) == 4


def test_news_are_of_the_last_two_days(client: FlaskClient, service: Any) -> None:
    """With name and language of who published them; nothing that is still to come, nothing untitled."""
    now = datetime.now(UTC)
    old, new = service.articles[1], service.articles[0]
    ages = {"young": 1, "older": 47, "old": 49, "tomorrow": -24}
    service.articles = (
        *(replace(old, id=name, published_at=now - timedelta(hours=age)) for name, age in ages.items()),
        replace(new, id="untitled", title="", published_at=now - timedelta(hours=2)),
        replace(new, id="nobody", source="", title="a ]]> & <b>", published_at=now - timedelta(hours=3)),
        replace(new, id="hant", lang="zh-Hant", published_at=now - timedelta(hours=4)),
    )
    response = client.get("/sitemap-news.xml")
    assert [loc.rpartition("/")[2] for loc in found(response, "s:url/s:loc/text()")] == [
        "young", "nobody", "hant", "older",
    ]  # fmt: skip
    assert found(response, "//n:name/text()")[:2] == ["Thời báo Ba Sông", "Dalil"]
    assert found(response, "//n:language/text()") == ["vi", "ar", "zh-tw", "vi"]
    assert found(response, "//n:title/text()")[1] == "a ]]> & <b>"
    assert all(datetime.fromisoformat(date).tzinfo for date in found(response, "//n:publication_date/text()"))


@pytest.mark.parametrize("path", [*MAPS, "/opensearch.xml"])
def test_without_an_address_of_the_site_there_is_no_map(
    client: FlaskClient, client_for: Callable[[WebConfig], FlaskClient], path: str
) -> None:
    """A stranger's host is not repeated; the setting says where the site is."""
    response = client.get(path, headers={"Host": "evil.example"})
    assert response.status_code == 404
    assert "public_url" in response.text
    assert "evil" not in response.text
    named = client_for(WebConfig(rate_limit="", public_url="https://news.example"))
    text = named.get(path, headers={"Host": "evil.example"}).text
    assert "evil" not in text
    assert "http://localhost" not in text
    assert "https://news.example/" in text or path == "/sitemap-news.xml"


def test_a_map_that_is_kept_is_that_of_its_site(client: FlaskClient) -> None:
    first = found(client.get("/sitemap-1.xml"), "s:url/s:loc/text()")[0]
    second = found(client.get("/sitemap-1.xml", headers={"Host": "127.0.0.1:80"}), "s:url/s:loc/text()")[0]
    assert (first, second) == ("http://localhost/ar/", "http://127.0.0.1/ar/")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/ar/", True),
        ("/vi/article/vi-1", True),
        ("/static/dalil.css", True),
        ("/sitemap-1.xml", True),
        ("/ar/search?q=a", False),
        ("/en/search.atom?q=a", False),
        ("/en/search.csv", False),
        ("/en/explain?q=a&id=ar-1", False),
        ("/vi/desk", False),
        ("/desk", False),
        ("/api/v1/export", False),
    ],
)
def test_crawlers_read_articles_and_no_searches(client: FlaskClient, path: str, allowed: bool) -> None:  # noqa: FBT001
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    rules = urllib.robotparser.RobotFileParser()
    rules.parse(response.text.splitlines())
    assert rules.can_fetch("AnyBot", f"http://localhost{path}") is allowed
    assert rules.site_maps() == ["http://localhost/sitemap.xml"]


def test_robots_name_no_strangers_site(client: FlaskClient) -> None:
    text = client.get("/robots.txt", headers={"Host": "evil.example"}).text
    assert "Disallow: /ar/search" in text
    assert "Sitemap" not in text


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost", True), ("LOCALHOST:80", True), ("127.0.0.1:8080", True), ("127.8.9.1", True),
        ("[::1]:8080", True), ("news.example", False), ("10.0.0.1", False), ("localhost.example", False),
        ("127.0.0.1.example", False), ("[::2]", False), ("[::1", False), ("", False),
    ],
)  # fmt: skip
def test_only_this_machines_names_are_its_own(host: str, own: bool) -> None:  # noqa: FBT001
    assert is_own_host(host) is own


def test_kept_pages_have_a_limit() -> None:
    """The ones asked for last stay; one page always does, however long."""
    made: list[str] = []

    def pieces(key: str) -> Callable[[], Iterable[str]]:
        return lambda: (made.append(key), key, "دليل" * 10)[1:]  # type: ignore[func-returns-value]

    pages = PackedPages(most_bytes=75)
    for key in ("a", "b", "a", "c", "a", "b"):
        assert b"".join(unpacked(pages.page("1", key, pieces(key)))).decode() == key + "دليل" * 10
    assert made == ["a", "b", "c", "b"]
    pages.page("2", "b", pieces("b"))
    assert made == ["a", "b", "c", "b", "b"]
