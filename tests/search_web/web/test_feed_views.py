"""A search as feed or file over HTTP: parameters, pages, conditional requests, limits, errors."""

from __future__ import annotations

import csv
import gc
import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import feedparser
import pytest
from flask.testing import FlaskClient

from indexer.articles import Article
from indexer.engines.base import Sort
from indexer.errors import IndexMissing
from search_web.web.config import WebConfig
from search_web.web.machines import file_slots

KINDS = {
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonl": "application/x-ndjson; charset=utf-8",
}


@pytest.fixture(autouse=True)
def every_slot_is_free() -> None:
    """A server closes what it sends; an answer that a test only looked at holds its slot until collected."""
    if file_slots._free._value < file_slots.MOST_FILES:  # noqa: SLF001
        gc.collect()


@pytest.mark.parametrize("ui", ["ar", "vi", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_search_is_there_in_every_form(client: FlaskClient, kind: str, ui: str) -> None:
    response = client.get(f"/{ui}/search.{kind}", query_string={"q": "cầu", "lang": "vi"})
    assert (response.status_code, response.headers["Content-Type"]) == (200, KINDS[kind])
    assert "Cầu đi bộ mới bắc qua sông Hàn mở cửa" in response.text
    assert "ar-1" not in response.text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("kind", KINDS)
def test_head_is_get_without_a_body(client: FlaskClient, kind: str) -> None:
    response = client.head(f"/en/search.{kind}")
    assert (response.status_code, response.data) == (200, b"")
    assert response.headers["Content-Type"] == KINDS[kind]


def test_every_parameter_of_the_page_counts(client: FlaskClient, service: Any) -> None:
    query = "q=a&lang=vi&section=X&source=Y&author=Z&year=2025&month=2025-10&from=2025&to=2026&typed=1"
    client.get(f"/en/search?{query}")
    client.get(f"/en/search.atom?{query}")
    page, feed = service.asked[0], service.asked[-1]
    for name in ("text", "filters", "as_typed", "fold", "page"):
        assert getattr(feed, name) == getattr(page, name), name
    assert (feed.sort, feed.page_size) == (Sort.NEWEST, 20)


@pytest.mark.parametrize(
    ("query", "sort"), [("", Sort.NEWEST), ("sort=relevance", Sort.RELEVANCE), ("sort=oldest", Sort.OLDEST)]
)
def test_feeds_begin_with_the_newest_unless_told(
    client: FlaskClient, service: Any, query: str, sort: Sort
) -> None:
    client.get(f"/en/search.json?{query}")
    assert service.asked[-1].sort is sort


def test_pages_of_a_feed_are_walked_by_its_links(client: FlaskClient, service: Any) -> None:
    """From first to last each article is met once; all pages have one id."""
    seen: list[str] = []
    ids = set()
    address = "/en/search.atom?limit=2"
    while address:
        feed = feedparser.parse(client.get(address).data)
        assert not feed.bozo
        ids.add(feed.feed.id)
        seen += [entry.link.rpartition("/article/")[2] for entry in feed.entries]
        links = {link.rel: link.href for link in feed.feed.links}
        address = links.get("next", "").removeprefix("http://localhost")
    assert sorted(seen) == sorted(item.id for item in service.articles)
    assert len(ids) == 1


def test_json_feed_goes_on(client: FlaskClient) -> None:
    document = client.get("/vi/search.json?limit=4").get_json(force=True)
    assert len(document["items"]) == 4
    after = client.get(document["next_url"].removeprefix("http://localhost")).get_json(force=True)
    assert len(after["items"]) == 1
    assert "next_url" not in after


def test_only_addresses_that_a_browser_may_follow_leave_the_site(client: FlaskClient) -> None:
    """An article's own address may be `javascript:`."""
    feed = client.get("/en/search.atom?q=Footbridge")
    assert "javascript" not in feed.text
    assert '<link rel="via"' not in feed.text
    assert "&lt;script&gt;" in feed.text


def test_an_article_without_title_is_named(client: FlaskClient) -> None:
    feed = feedparser.parse(client.get("/ar/search.atom?lang=und").data)
    assert [entry.title for entry in feed.entries] == ["بلا عنوان"]


def test_nothing_found_is_an_empty_feed_or_file(client: FlaskClient) -> None:
    assert feedparser.parse(client.get("/en/search.atom?q=zzz").data).entries == []
    assert client.get("/en/search.json?q=zzz").get_json(force=True)["items"] == []
    assert client.get("/en/search.csv?q=zzz").text.count("\r\n") == 1
    assert client.get("/en/search.jsonl?q=zzz").text == ""


@pytest.mark.parametrize("kind", ["atom", "json"])
def test_what_a_reader_has_already_is_not_sent_again(client: FlaskClient, service: Any, kind: str) -> None:
    """By tag or by date, compressed or not; another index, search or host is another answer."""
    address = f"/en/search.{kind}?q=a"
    first = client.get(address, headers={"Accept-Encoding": "gzip"})
    tag, date = first.headers["ETag"], first.headers["Last-Modified"]
    assert date == "Sat, 01 Nov 2025 12:00:00 GMT"
    searches = len(service.asked)
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": date}):
        for method in (client.get, client.head):
            again = method(address, headers=headers)
            assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert len(service.asked) == searches
    older = {"If-Modified-Since": "Sat, 01 Nov 2025 11:59:59 GMT"}
    assert client.get(address, headers=older).status_code == 200
    assert client.get(f"{address}b", headers={"If-None-Match": tag}).status_code == 200
    elsewhere = {"If-None-Match": tag, "Host": "127.0.0.1"}
    assert client.get(address, headers=elsewhere).status_code == 200
    service.version = "gen-000001.8"
    assert client.get(address, headers={"If-None-Match": tag, "If-Modified-Since": date}).status_code == 200


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("limit=0", "limit='0' cannot be used; write a number from 1 to "),
        ("limit=10001", "limit='10001' cannot be used"),
        ("limit=x", "limit='x' cannot be used"),
        ("limit=１", "limit='１' cannot be used"),
        ("nothing=1", "nothing='1'"),
        ("page=0", "page='0'"),
        ("from=yesterday", "from='yesterday'"),
        ("sort=best", "sort='best'"),
        (f"q={'a' * 600}", "q='aaa"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_used_is_told_in_the_form_asked_for(
    client: FlaskClient, kind: str, query: str, told: str
) -> None:
    """JSON where JSON was asked for, else a line of text; never a page."""
    response = client.get(f"/ar/search.{kind}?{query}")
    assert response.status_code == 400
    if kind in ("json", "jsonl"):
        assert told in response.get_json()["error"]["message"]
    else:
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert told in response.text
        assert response.text.count("\n") == 1


@pytest.mark.parametrize("query", ["text=yes", "text=2"])
def test_flags_are_one_or_nothing(client: FlaskClient, query: str) -> None:
    assert client.get(f"/en/search.csv?{query}").status_code == 400


@pytest.mark.parametrize("kind", KINDS)
def test_faults_have_no_page_either(client: FlaskClient, service: Any, kind: str) -> None:
    service.error = IndexMissing("nothing in /srv/x")
    response = client.get(f"/en/search.{kind}")
    assert response.status_code == 503
    assert "dalil add PATH" in response.text
    assert "/srv" not in response.text
    assert "<html" not in response.text


@pytest.mark.parametrize("kind", KINDS)
def test_the_limit_of_requests_holds(client_for: Callable[[WebConfig], FlaskClient], kind: str) -> None:
    browser = client_for(WebConfig(rate_limit="1 per minute"))
    assert [browser.get(f"/en/search.{kind}").status_code for _ in range(2)] == [200, 429]
    assert "Retry-After" in browser.get(f"/en/search.{kind}").headers


def rows_of(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.text.removeprefix("\ufeff"), newline="")))


def test_csv_has_its_columns(client: FlaskClient) -> None:
    response = client.get("/en/search.csv?q=Footbridge")
    assert response.text.partition("\r\n")[0] == "id,lang,date,title,lead,authors,source,section,url,score"
    assert rows_of(response) == [
        {
            "id": "en/2025/bridge",
            "lang": "en",
            "date": "2024-03-02T00:00:00+00:00",
            "title": 'Footbridge opens <script>alert("x")</script> & more',
            "lead": "Walkers & cyclists only.",
            "authors": "Mara Quill",
            "source": "Three Rivers Times",
            "section": "Society",
            "url": "javascript:alert(1)",
            "score": "3.5000",
        }
    ]


def test_excel_gets_its_mark_and_the_text_only_on_request(client: FlaskClient) -> None:
    plain, marked = client.get("/en/search.csv?lang=vi"), client.get("/en/search.csv?lang=vi&bom=1&text=1")
    assert not plain.data.startswith(b"\xef\xbb\xbf")
    assert marked.data.startswith(b"\xef\xbb\xbfid,")
    assert "Sở Giao thông" not in plain.text
    assert rows_of(marked)[0]["text"].startswith("Sở Giao thông Đà Nẵng")


def test_json_lines_are_the_archives_records(client: FlaskClient) -> None:
    """With the text each line is a whole article, as `dalil export` writes it, and its score."""
    lines = client.get("/en/search.jsonl?text=1&lang=ar").text.splitlines()
    record = json.loads(lines[0])
    assert record.pop("score") == 3.5
    assert record["body"]
    assert "body" not in json.loads(client.get("/en/search.jsonl?lang=ar").text)


def test_a_file_that_is_cut_says_so(client: FlaskClient) -> None:
    """In its name, for whoever finds it on a disk, and in its headers, for programs."""
    cut, whole = client.get("/en/search.csv?limit=2"), client.get("/en/search.csv")
    assert cut.headers["Content-Disposition"] == 'attachment; filename="dalil-first-2-of-5.csv"'
    assert (cut.headers["X-Total-Count"], cut.headers["X-Export-Count"]) == ("5", "2")
    assert len(rows_of(cut)) == 2
    assert whole.headers["Content-Disposition"] == 'attachment; filename="dalil.csv"'
    assert len(rows_of(whole)) == 5


def test_the_api_writes_the_same_files(client: FlaskClient) -> None:
    for form in ("csv", "jsonl"):
        page = client.get(f"/en/search.{form}?lang=vi&text=1&limit=3")
        api = client.get(f"/api/v1/export?format={form}&lang=vi&text=true&limit=3")
        assert api.status_code == 200
        assert api.data == page.data
        assert api.headers["Content-Type"] == page.headers["Content-Type"]


@pytest.mark.parametrize("query", ["limit=10001", "format=xlsx", "page=2", "from=x"])
def test_the_api_refuses_what_it_does_not_know(client: FlaskClient, query: str) -> None:
    response = client.get(f"/api/v1/export?{query}")
    assert response.status_code == 400
    assert response.get_json()["error"]["code"] == "invalid_request"


def test_addresses_name_the_configured_site_whatever_the_client_says(
    client_for: Callable[[WebConfig], FlaskClient],
) -> None:
    browser = client_for(WebConfig(rate_limit="", public_url="https://news.example/"))
    text = browser.get("/en/search.atom", headers={"Host": "evil.example"}).text
    assert "evil.example" not in text
    assert 'href="https://news.example/en/article/vi-1"' in text


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.example", "a@localhost", ""]
)
def test_a_host_that_nobody_configured_is_not_repeated(client: FlaskClient, host: str) -> None:
    """Without the setting only the machine's own names are believed; other feeds have relative addresses."""
    response = client.get("/en/search.atom", headers={"Host": host})
    if response.status_code == 200:
        assert 'href="/en/article/vi-1"' in response.text
    assert "evil" not in response.text
    assert "127.0.0.1.example" not in response.text


def test_pages_lead_to_their_feed_and_files(client: FlaskClient) -> None:
    """The feed of a page begins with the newest, whatever its page and order; files have the page's order."""
    page = client.get(f"/vi/search?q={quote('cầu')}&sort=oldest&lang=vi").text
    atom = "/vi/search.atom?q=c%E1%BA%A7u&amp;lang=vi"
    assert f'<link rel="alternate" type="application/atom+xml" href="{atom}"' in page
    assert f'<a href="{atom}"' in page
    assert 'href="/vi/search.csv?q=c%E1%BA%A7u&amp;lang=vi&amp;sort=oldest&amp;bom=1"' in page
    assert 'href="/vi/search.jsonl?q=c%E1%BA%A7u&amp;lang=vi&amp;sort=oldest"' in page
    assert client.get("/vi/search.csv?q=cầu&lang=vi&sort=oldest&bom=1").status_code == 200


def test_many_articles_are_cut_at_the_limit(client: FlaskClient, service: Any) -> None:
    """No more than the 10,000 that a search pages through; the page tells before the click."""
    service.articles = tuple(Article(id=f"a{number}", lang="en", title="t") for number in range(3))
    service.copies = 4_000
    response = client.get("/en/search.csv")
    assert response.headers["X-Total-Count"] == "12000"
    assert response.text.count("\r\n") == 10_001
    assert 'filename="dalil-first-10000-of-12000.csv"' in response.headers["Content-Disposition"]
    assert "the first 10,000 articles" in client.get("/en/search?q=t").text


def test_cells_are_safe_and_readers_get_them_whole(client: FlaskClient, service: Any) -> None:
    """RFC 4180: quotes doubled, line ends kept; a formula gets an apostrophe in front."""
    odd = 'a "b", c\nd'
    service.articles = (
        replace(service.articles[0], title="=HYPERLINK(1)", lead=odd, source="+84", section="@x"),
    )
    row = rows_of(client.get("/en/search.csv"))[0]
    assert (row["title"], row["lead"], row["source"], row["section"]) == (
        "'=HYPERLINK(1)",
        odd,
        "'+84",
        "'@x",
    )
