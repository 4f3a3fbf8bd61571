"""The pages for editors: related stories, translation check, saved searches, names; who may change what."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from lxml import etree
from werkzeug.test import TestResponse

from indexer.archive.desk_store import SavedSearch
from indexer.library import Library
from search_web.core.service import SearchService
from search_web.core.translations.translation_groups import CheckInput, CheckPage
from search_web.desk import Desk
from search_web.web.app import create_app
from search_web.web.config import WebConfig
from search_web.web.desk.access import ATTEMPTS, own_address
from search_web.web.desk.backend import DeskBackend

PASSWORD = "correct horse battery"  # noqa: S105  # of these tests alone
DRAFT = "Lũ sông Hương vượt báo động 3\n\nRạng sáng 7/10, mực nước sông Hương tại Huế lên 4,1 mét."
PAGES = ("", "/check", "/saved", "/names", "/related?id=vi-138")


@pytest.fixture(scope="module")
def home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample: these tests write to it."""
    return Path(shutil.copytree(sample_home, tmp_path_factory.mktemp("desk") / "home"))


@pytest.fixture(scope="module")
def library(home: Path) -> Iterator[Library]:
    opened = Library(home)
    yield opened
    opened.close()


@pytest.fixture
def browser(home: Path, library: Library) -> Iterator[Callable[..., FlaskClient]]:
    """A browser in front of the real application under other settings; each stands for a server process."""
    opened: list[Desk] = []

    def make(password: str = "") -> FlaskClient:
        desk = Desk(home, library)
        opened.append(desk)
        config = WebConfig(rate_limit="", testing=True, desk_password=password)
        return create_app(SearchService(library), config, desk=desk).test_client()

    yield make
    for desk in opened:
        desk.close()


def sign_in(client: FlaskClient, password: str = PASSWORD, **options: Any) -> TestResponse:
    return client.post("/en/desk/sign-in", data={"password": password, "next": "/en/desk/saved"}, **options)


def token_of(client: FlaskClient, page: str = "/en/desk/saved") -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get(page).text)
    assert found
    return found[1]


@pytest.mark.parametrize("ui", ["ar", "vi", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_without_a_password_all_may_read(browser: Callable[..., FlaskClient], ui: str, page: str) -> None:
    """Every page is whole in every language, is kept by no cache and found by no search engine."""
    response = browser().get(f"/{ui}/desk{page}")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert 'name="token"' not in response.text
    assert "style=" not in response.text


@pytest.mark.parametrize("page", ["/saved", "/names", "/sign-in"])
def test_without_a_password_pages_say_how_to_set_one(browser: Callable[..., FlaskClient], page: str) -> None:
    """What cannot be changed says what is missing."""
    assert "DALIL_DESK_PASSWORD" in browser().get(f"/en/desk{page}").text


@pytest.mark.parametrize("action", ["/saved", "/saved/x/delete", "/names/veto", "/names/allow", "/sign-out"])
def test_without_a_password_nothing_is_changed(browser: Callable[..., FlaskClient], action: str) -> None:
    """An empty token is not the token of nobody."""
    assert browser().post(f"/en/desk{action}", data={"token": ""}).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_with_a_password_pages_ask_for_it(browser: Callable[..., FlaskClient], page: str) -> None:
    """And lead back to what was asked."""
    client = browser(PASSWORD)
    response = client.get(f"/ar/desk{page}")
    assert response.status_code == 303
    assert response.location.startswith("/ar/desk/sign-in?next=")
    door = client.get(response.location)
    assert door.status_code == 200
    assert f'value="/ar/desk{page}"' in door.text.replace("&amp;", "&")


def test_a_session(browser: Callable[..., FlaskClient]) -> None:
    """Begins with the password, holds in other processes, and ends for good, copies of its cookie too."""
    client, other = browser(PASSWORD), browser(PASSWORD)
    response = sign_in(client)
    assert (response.status_code, response.location) == (303, "/en/desk/saved")
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie
    value = cookie.partition(";")[0].partition("=")[2]
    assert client.get("/en/desk/saved").status_code == 200
    other.set_cookie("dalil-desk", value)
    assert other.get("/en/desk/saved").status_code == 200
    assert client.post("/en/desk/sign-out", data={"token": token_of(client)}).status_code == 303
    assert client.get("/en/desk/saved").status_code == 303
    assert other.get("/en/desk/saved").status_code == 303


def test_over_https_the_cookie_is_secure(browser: Callable[..., FlaskClient]) -> None:
    """And bound to the host."""
    cookie = sign_in(browser(PASSWORD), base_url="https://localhost").headers["Set-Cookie"]
    assert cookie.startswith("__Host-dalil-desk=")
    assert "Secure" in cookie


@pytest.mark.parametrize("value", ["", "a.b.c", "x.99999999999.c2ln", "..", "a.b", "ü.1.ü"])
def test_a_forged_cookie_opens_nothing(browser: Callable[..., FlaskClient], value: str) -> None:
    """Whatever it holds."""
    client = browser(PASSWORD)
    client.set_cookie("dalil-desk", value)
    assert client.get("/en/desk/saved").status_code == 303


def test_another_password_ends_all_sessions(browser: Callable[..., FlaskClient]) -> None:
    """The key follows the password."""
    client, changed = browser(PASSWORD), browser("another password")
    value = sign_in(client).headers["Set-Cookie"].partition(";")[0].partition("=")[2]
    changed.set_cookie("dalil-desk", value)
    assert changed.get("/en/desk/saved").status_code == 303


def test_wrong_passwords_have_a_limit(browser: Callable[..., FlaskClient]) -> None:
    """Then the right one has to wait too, on the page and in the API."""
    client = browser(PASSWORD)
    for _ in range(ATTEMPTS):
        assert sign_in(client, "wrong").status_code == 403
    response = sign_in(client)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    bearer = {"Authorization": f"Bearer {PASSWORD}"}
    answer = client.get("/api/v1/related?id=vi-138", headers=bearer)
    assert (answer.status_code, answer.json["error"]["code"]) == (429, "too_many_attempts")  # type: ignore[index]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example", "http://["]
)
def test_other_sites_cannot_send_forms(browser: Callable[..., FlaskClient], origin: str) -> None:
    """Neither the password nor a change."""
    client = browser(PASSWORD)
    assert sign_in(client, headers={"Origin": origin}).status_code == 403
    assert sign_in(client, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert sign_in(client, headers={"Origin": "http://localhost"}).status_code == 303
    data = {"token": token_of(client), "search": "lũ", "name": "x"}
    assert client.post("/en/desk/saved", data=data, headers={"Origin": origin}).status_code == 403
    assert client.post("/en/desk/saved", data=data | {"token": "x"}).status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/en/desk",
        "//evil.example/en/desk",
        "/\\evil.example",
        "/en/desk/\\evil.example",
        "/en/search?q=a",
        "/en/desks",
        "javascript:alert(1)",
        "/en/desk\r\nX: y",
        "http://[",
        "",
    ],
)
def test_nobody_is_sent_elsewhere(browser: Callable[..., FlaskClient], address: str) -> None:
    """Only addresses of the desk are returned to."""
    assert own_address(address) == ""
    data = {"password": PASSWORD, "next": address}
    assert browser(PASSWORD).post("/en/desk/sign-in", data=data).location == "/en/desk/"


@pytest.mark.parametrize("ui", ["ar", "vi", "en"])
def test_a_draft_finds_its_stories(browser: Callable[..., FlaskClient], ui: str) -> None:
    """With reasons, near-duplicates and links to copy; the draft stands in the form again."""
    response = browser().post(f"/{ui}/desk/related", data={"draft": DRAFT})
    assert response.status_code == 200
    assert 'href="/' + ui + '/article/vi-138b"' in response.text
    assert "mực nước sông Hương tại Huế" in response.text
    assert "(&lt;https://example.org/vi/lu-song-huong-dang-cao" in response.text
    assert response.text.count('class="why"') > 3


def test_a_draft_is_narrowed_and_not_logged(
    browser: Callable[..., FlaskClient], caplog: pytest.LogCaptureFixture
) -> None:
    """By language and period."""
    with caplog.at_level("DEBUG"):
        response = browser().post("/en/desk/related", data={"draft": DRAFT, "lang": "en", "from": "2025"})
    assert 'hreflang="vi"' not in response.text.partition("<main")[2].partition("timeline")[0]
    assert "sông Hương" not in caplog.text


@pytest.mark.parametrize(
    ("draft", "status"),
    [("", 400), (" \n ", 400), ("x" * 120_000, 400), ("ă" * 200_000, 413), ("☃☃☃ 1234", 200)],
)
def test_a_draft_that_cannot_be_used_is_told_on_a_whole_page(
    browser: Callable[..., FlaskClient], draft: str, status: int
) -> None:
    """Empty, too long, too large, in no language."""
    response = browser().post("/vi/desk/related", data={"draft": draft}, content_type="multipart/form-data")
    assert response.status_code == status
    assert "</html>" in response.text
    assert ('role="alert"' in response.text) == (status != 200)


def test_other_forms_keep_their_small_limit(browser: Callable[..., FlaskClient]) -> None:
    """Only drafts are long."""
    client = browser(PASSWORD)
    assert client.post("/en/desk/sign-in", data={"password": "x" * 100_000}).status_code == 413


@pytest.mark.parametrize(
    ("address", "status", "location"),
    [
        ("?q=vi-138", 303, "/en/desk/related?id=vi-138"),
        (
            "?q=https://mirror.example.net/en/lu-song-huong-dang-cao-thanh-pho-hue-ngap-nhieu-tuyen-pho",
            303,
            "/en/desk/related?id=en-138",
        ),
        ("?q=https://elsewhere.example/x", 404, None),
        ("?q=xqzwvt", 200, None),
        ("/related?id=no-such-id", 404, None),
        ("/related?url=https://elsewhere.example/x", 404, None),
        (
            "/related?url=https://example.org/vi/lu-song-huong-dang-cao-thanh-pho-hue-ngap-nhieu-tuyen-pho",
            200,
            None,
        ),
        ("/related?id=vi-138&from=soon", 400, None),
        ("/related", 303, "/en/desk/"),
        ("/check/no-such-group", 404, None),
        ("/check?page=77", 404, None),
        ("/check?from=soon", 400, None),
        ("/names?name=No+Such+Name", 404, None),
        ("/names?page=x", 200, None),
    ],
)
def test_what_is_not_there_is_told_on_a_whole_page(
    browser: Callable[..., FlaskClient], address: str, status: int, location: str | None
) -> None:
    """Ids, addresses, groups, filters and names that there are none of."""
    response = browser().get(f"/en/desk{address}")
    assert (response.status_code, response.location) == (status, location)
    assert status == 303 or "</html>" in response.text


def test_the_check_lists_and_shows_groups(browser: Callable[..., FlaskClient]) -> None:
    """Each text stands in its language and direction, what disagrees is marked in its paragraph."""
    client = browser()
    listed = client.get("/en/desk/check").text
    address = re.search(r'href="(/en/desk/check/[^"]+)"', listed)
    assert address
    page = client.get(address[1]).text
    assert page.count("<article ") >= 2
    assert 'lang="ar" dir="rtl"' in page
    assert re.search(r'<mark>[^<]+</mark><sup><a href="#d1"', page)


def test_saved_searches(browser: Callable[..., FlaskClient]) -> None:
    """Are kept, counted, renamed, read as feeds and deleted."""
    client = browser(PASSWORD)
    sign_in(client)
    token = token_of(client)
    asked = "http://localhost/vi/search?q=s%C3%B4ng&lang=vi&page=3"
    sent = {"token": token, "search": asked, "name": "  Sông <b>  "}
    assert client.post("/vi/desk/saved", data=sent).status_code == 303
    # Sending it again keeps one.
    client.post("/vi/desk/saved", data=sent)
    page = client.get("/vi/desk/saved").text
    (found,) = set(re.findall(r"/vi/desk/saved/([\w-]{20,})/rename", page))
    assert "Sông &lt;b&gt;" in page
    assert (
        client.post(f"/vi/desk/saved/{found}/rename", data={"token": token, "name": "Sông"}).status_code
        == 303
    )
    for kind in ("atom", "json"):
        feed = browser(PASSWORD).get(f"/desk-feeds/{found}.{kind}")
        assert feed.status_code == 200
        assert feed.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in feed.headers["X-Robots-Tag"]
        title = (
            etree.fromstring(feed.data).findtext("{*}title")
            if kind == "atom"
            else json.loads(feed.data)["title"]
        )
        assert title == "Sông – Dalil"
    response = client.post(f"/vi/desk/saved/{found}/seen", data={"token": token, "onward": "results"})
    assert response.location.startswith("/vi/search?q=s%C3%B4ng&lang=vi")
    assert client.post(f"/vi/desk/saved/{found}/delete", data={"token": token}).status_code == 303
    assert client.get(f"/desk-feeds/{found}.atom").status_code == 404
    assert found not in client.get("/vi/desk/saved").text


@pytest.mark.parametrize("search", ["", "   ", "https://example.org/", "?", "http://["])
def test_what_is_no_search_is_not_saved(browser: Callable[..., FlaskClient], search: str) -> None:
    """The page says so."""
    client = browser(PASSWORD)
    sign_in(client)
    data = {"token": token_of(client), "search": search, "name": "x"}
    response = client.post("/en/desk/saved", data=data)
    assert (response.status_code, 'role="alert"' in response.text) == (400, True)


def test_names_are_refused_and_joined_again(browser: Callable[..., FlaskClient]) -> None:
    """By whoever is signed in; the pair stands in the list of refused ones."""
    client = browser(PASSWORD)
    sign_in(client)
    token = token_of(client, "/en/desk/names")
    pair = {"token": token, "name": "Đà Nẵng", "arabic": "دا نانغ"}
    assert client.post("/en/desk/names/veto", data=pair).status_code == 303
    assert "Đà Nẵng" in client.get("/en/desk/names?vetoed=1").text
    page = client.get("/en/desk/names?name=Đà+Nẵng")
    assert "/en/desk/names/allow" in page.text
    assert 'href="/en/article/' in page.text
    assert client.post("/en/desk/names/allow", data=pair).status_code == 303
    assert "Đà Nẵng" not in client.get("/en/desk/names?vetoed=1").text
    wrong = client.post("/en/desk/names/veto", data=pair | {"arabic": "abc"})
    assert (wrong.status_code, 'role="alert"' in wrong.text) == (400, True)


def test_the_api_answers_as_the_pages_do(browser: Callable[..., FlaskClient]) -> None:
    """Stories around an id, an address, a draft; the translation check."""
    client = browser()
    by_id = client.get("/api/v1/related?id=vi-138&lang=en").json
    url = "https://example.org/vi/lu-song-huong-dang-cao-thanh-pho-hue-ngap-nhieu-tuyen-pho"
    by_url = client.get("/api/v1/related", query_string={"url": url, "lang": "en"}).json
    assert by_id == by_url
    assert {item["lang"] for item in by_id["related"]} == {"en"}  # type: ignore[index]
    draft = client.post("/api/v1/related", json={"draft": DRAFT, "limit": 3})
    assert draft.status_code == 200
    assert draft.json is not None
    assert draft.json["id"] is None
    assert {item["id"] for item in draft.json["copies"]} == {"vi-138", "vi-138b"}
    checks = client.get("/api/v1/translation-checks").json
    assert checks is not None
    group = client.get(f"/api/v1/translation-checks/{checks['groups'][0]['group']}").json
    assert group == checks["groups"][0]


@pytest.mark.parametrize(
    ("method", "address", "body", "status"),
    [
        ("get", "/related", None, 400),
        ("get", "/related?id=a&url=https://b.example", None, 400),
        ("get", "/related?id=nope", None, 404),
        ("get", "/related?url=https://elsewhere.example/x", None, 404),
        ("post", "/related", {"draft": ""}, 400),
        ("post", "/related", {"draft": "x", "draft_lang": "!!"}, 400),
        ("post", "/related", {"draft": "x" * 300_000}, 413),
        ("get", "/translation-checks?from=soon", None, 400),
        ("get", "/translation-checks/nope", None, 404),
    ],
)
def test_errors_of_the_api_have_the_one_shape(
    browser: Callable[..., FlaskClient], method: str, address: str, body: dict[str, str] | None, status: int
) -> None:
    """And never repeat a draft."""
    answer = getattr(browser(), method)(f"/api/v1{address}", **({"json": body} if body else {}))
    assert answer.status_code == status
    assert set(answer.json["error"]) <= {"code", "message", "detail"}
    assert "xxxx" not in answer.text


def test_with_a_password_the_api_wants_it(browser: Callable[..., FlaskClient]) -> None:
    """As a bearer's token; a session of the pages will do too."""
    client = browser(PASSWORD)
    assert client.get("/api/v1/related?id=vi-138").status_code == 401
    for scheme, status in (("Bearer", 200), ("Basic", 401)):
        headers = {"Authorization": f"{scheme} {PASSWORD}"}
        assert client.get("/api/v1/related?id=vi-138", headers=headers).status_code == status
    sign_in(client)
    assert client.get("/api/v1/related?id=vi-138").status_code == 200


def test_without_a_home_the_desk_has_related_stories_alone(client: FlaskClient) -> None:
    """An application over a service alone keeps nothing, and its pages are whole all the same."""
    assert client.get("/en/desk").status_code == 200
    assert client.get("/en/desk/related?id=ar-1").status_code == 200
    assert client.get("/en/desk/saved").status_code == 200
    assert client.get("/en/desk/names").status_code == 404
    assert client.get("/en/desk/check").status_code == 404


class Kept:
    """A home with more groups of translations than any page of results is deep, and one saved search."""

    asked: CheckInput | None = None

    def check_page(self, request: CheckInput) -> CheckPage:
        self.asked = request
        return CheckPage(request, (), 100, 20_000, 200)

    def saved_by(self, token: str) -> SavedSearch:
        now = datetime(2025, 11, 1, tzinfo=UTC)
        return SavedSearch(token, "Untold", "ar", "lang=und", now, now, frozenset(), frozenset())


def over(service: Any, kept: Kept, **settings: Any) -> FlaskClient:
    config = WebConfig(rate_limit="", testing=True, **settings)
    return create_app(service, config, desk=cast("DeskBackend", kept)).test_client()


def test_every_page_of_a_long_check_is_reached(service: Any) -> None:
    """By the links of the page before it, with the same filter."""
    kept = Kept()
    client = over(service, kept)
    page = client.get("/en/desk/check?section=Society&page=150")
    assert (page.status_code, 'role="alert"' in page.text) == (200, False)
    assert kept.asked
    assert (kept.asked.page, kept.asked.filters.section) == (150, ("Society",))
    assert 'href="/en/desk/check?section=Society&amp;page=151"' in page.text
    assert 'href="/en/desk/check?section=Society"' in page.text


def test_an_untitled_article_has_a_name_wherever_it_is_listed(service: Any) -> None:
    """In the feed of a saved search, and in the timeline of a story: a link without words leads nowhere."""
    service.articles = [item for item in service.articles if item.lang in ("ar", "und")]
    client = over(service, Kept())
    feed = client.get("/desk-feeds/token.json").get_json(force=True)
    assert [item["title"] for item in feed["items"]] == ["بلا عنوان"]
    page = etree.HTML(client.get("/en/desk/related?id=ar-1").text)
    links = page.xpath("//ol[@class='timeline']//a")
    assert ["".join(link.itertext()) for link in links] == ["Untitled"]


@pytest.mark.parametrize(
    ("settings", "link"),
    [
        ({}, "http://localhost/en/article/zh-1"),
        ({"public_url": "https://news.example/"}, "https://news.example/en/article/zh-1"),
    ],
)
def test_links_to_paste_name_the_configured_site(service: Any, settings: dict[str, str], link: str) -> None:
    """A server behind a proxy is asked by another name than readers know."""
    page = over(service, Kept(), **settings).get("/en/desk/related?id=ar-1")
    assert f"\n{link}\n" in page.text
