"""What stands around the pages: redirects, headers, error pages, probes, limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from indexer.errors import ArchiveError, IndexMissing, IndexOutOfDate, IndexUnavailable
from search_web.web.config import WebConfig


@pytest.mark.parametrize(
    ("accepted", "target"),
    [
        ("ar-EG,ar;q=0.9,en;q=0.1", "/ar/"),
        ("vi", "/vi/"),
        ("fr,vi;q=0.5", "/vi/"),
        ("zh", "/en/"),
        ("", "/en/"),
        ("\"';drop", "/en/"),
    ],
)
def test_front_page_follows_the_browser(client: FlaskClient, accepted: str, target: str) -> None:
    """`/` redirects inside the site to the best page language and says what it depended on."""
    response = client.get("/", headers={"Accept-Language": accepted, "Host": "evil.example"})
    assert (response.status_code, response.headers["Location"]) == (302, target)
    assert "Accept-Language" in response.headers["Vary"]


@pytest.mark.parametrize("query", ["ui=zz", "next=//evil.example", "_scheme=ftp&_external=1", "endpoint=x"])
def test_front_page_takes_only_searches_along(client: FlaskClient, query: str) -> None:
    """Parameters of ours survive the redirect, others cannot bend it."""
    assert client.get(f"/?{query}").headers["Location"] == "/en/"
    assert client.get(f"/?q=a&{query}").headers["Location"] == "/en/search?q=a"


@pytest.mark.parametrize(
    "path",
    ["/", "/en/", "/ar/search?q=a", "/vi/article/vi-1", "/none", "/api/v1/search", "/api/v1/x", "/healthz"],
)
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    """Pages, errors, redirects and JSON alike; nothing inline, nothing from elsewhere, no frame."""
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"]


@pytest.mark.parametrize(
    ("ui", "error", "status", "words"),
    [
        ("ar", IndexMissing("no index in /srv/x"), 503, "لا يوجد ما يُبحث فيه بعد"),
        ("ar", IndexMissing("no index in /srv/x"), 503, '<code dir="ltr">dalil add PATH</code>'),
        ("vi", IndexOutOfDate("2", "1"), 503, "Chỉ mục đã cũ"),
        ("vi", IndexOutOfDate("2", "1"), 503, "dalil reindex"),
        ("en", ArchiveError("disk /srv/x"), 503, "The search is not available now"),
        ("en", RuntimeError("secret"), 500, "Something broke on our side"),
    ],
)
def test_error_pages_say_the_remedy(
    client: FlaskClient, service: Any, ui: str, error: Exception, status: int, words: str
) -> None:
    """In the page's language, with the command that helps, without paths or tracebacks."""
    service.error = error
    for path in ("", "search?q=a", "article/ar-1", "article/page.xml", "article/a/search.json"):
        response = client.get(f"/{ui}/{path}")
        assert response.status_code == status
        assert words in response.text
        assert "/srv" not in response.text
        assert "secret" not in response.text


def test_unknown_addresses_get_a_page(client: FlaskClient) -> None:
    """404 in the language of the path, or of the browser where the path has none."""
    assert "هذه الصفحة غير موجودة" in client.get("/ar/nothing").text
    assert "هذا المقال" not in client.get("/en/article/none").text
    assert "This article is not in the archive" in client.get("/en/article/none").text
    response = client.get("/none", headers={"Accept-Language": "vi"})
    assert response.status_code == 404
    assert "Không có trang này" in response.text


def test_probes(client: FlaskClient, service: Any) -> None:
    """The process is well even when the index is not; readiness says why."""
    assert client.get("/readyz").get_json()["ready"] is True
    service.error = IndexMissing("there is no index yet")
    assert client.get("/healthz").status_code == 200
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.get_json() == {"ready": False, "reasons": {"index": "there is no index yet"}}


def test_rate_limit(client_for: Callable[[WebConfig], FlaskClient]) -> None:
    """The third request in a minute is refused in the form it asked for; probes never are."""
    browser = client_for(WebConfig(rate_limit="2 per minute"))
    assert [browser.get("/vi/").status_code for _ in range(3)] == [200, 200, 429]
    assert "Quá nhiều lượt tìm" in browser.get("/vi/").text
    assert [browser.get("/api/v1/languages").status_code for _ in range(3)] == [200, 200, 429]
    assert browser.get("/api/v1/languages").get_json()["error"]["code"] == "too_many_requests"
    assert {browser.get("/healthz").status_code for _ in range(5)} == {200}


def test_pages_are_compressed_on_request(client: FlaskClient) -> None:
    """A browser that takes gzip gets it; results shrink to a fraction."""
    plain = client.get("/en/search?q=a")
    packed = client.get("/en/search?q=a", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 2


def test_static_files_may_be_kept(client: FlaskClient) -> None:
    """Style, script and logo are there; their addresses change with their content."""
    page = client.get("/en/").text
    for name in ("dalil.css", "search.js", "logo.svg"):
        assert f"/static/{name}?v=" in page
        with client.get(f"/static/{name}") as response:
            assert response.status_code == 200
            assert "max-age" in response.headers["Cache-Control"]


@pytest.mark.parametrize("ui", ["ar", "vi", "en"])
def test_too_many_open_files_are_no_damage(client: FlaskClient, service: Any, ui: str) -> None:
    """Whoever waits may find it well again; nobody is told to build the index anew."""
    service.error = IndexUnavailable("x cannot be read now (Too many open files); try again")
    response = client.get(f"/{ui}/search?q=a")
    assert response.status_code == 503
    assert "dalil status" in response.text
    assert "reindex" not in response.text
    assert client.get("/api/v1/search?q=a").get_json()["error"]["code"] == "index_unavailable"
