"""What only some may see or do: no cache keeps it, no other site sends it, no log has its secrets."""

from __future__ import annotations

import http.client
import json
import re
import time
from pathlib import Path

import pytest
from flask import Flask

from indexer.access import AccessFile, sign
from search_web.web.desk.access import ATTEMPTS
from tests.attacks.served import dalil_server
from tests.attacks.site import PASSWORD, RECORDS, addresses, form_token, signed_in, site

IDS = [str(record["id"]) for record in RECORDS]
_DESK = re.compile(r"/(ar|vi|en)/desk(/|$)|/desk-feeds/|/api/v1/(related$|translation-checks|jobs)")


def test_no_cache_keeps_what_is_private(app: Flask) -> None:
    """With and without a session: pages and data of the desk, jobs, forms."""
    editor, stranger = signed_in(app), app.test_client()
    asked = 0
    for address in addresses(app, IDS):
        if not _DESK.search(address.partition("?")[0]):
            continue
        for client in (editor, stranger):
            with client.get(address) as answer:
                kept = answer.headers.get("Cache-Control", "")
                assert "no-store" in kept or "private" in kept or answer.status_code == 404, (address, kept)
                assert "public" not in kept, address
                asked += 1
    assert asked > 40


def test_no_public_page_depends_on_a_session(app: Flask) -> None:
    """A shared cache may keep pages of the archive: an editor gets the same, and no cookie."""
    editor, stranger = signed_in(app), app.test_client()
    for address in ("/en", "/en/search?q=flood", "/en/article/harm-url", "/en/search.atom?q=flood"):
        one, other = editor.get(address), stranger.get(address)
        assert "Set-Cookie" not in one.headers, address
        without = [re.sub(r"\(0\.\d+ sec\)", "", each.text) for each in (one, other)]
        assert without[0] == without[1], address


@pytest.mark.parametrize(
    "path",
    [
        "saved", "saved/x/seen", "saved/x/rename", "saved/x/delete", "sign-out", "names/refuse", "names/join",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=lambda headers: " ".join(headers.values()),
)
def test_other_sites_send_no_form(app: Flask, path: str, headers: dict[str, str]) -> None:
    """Not even with the right token."""
    editor = signed_in(app)
    data = {"token": form_token(editor), "name": "n", "search": "q=a", "key": "k"}
    answer = editor.post(f"/en/desk/{path}", data=data, headers=headers)
    assert answer.status_code in (403, 404), answer.status_code
    assert "q=a" not in editor.get("/en/desk/saved").text


@pytest.mark.parametrize("token", ["", "x", "é", "a" * 10_000])
def test_a_form_needs_the_token_of_its_session(app: Flask, token: str) -> None:
    editor = signed_in(app)
    for given in (token, form_token(signed_in(app))):
        answer = editor.post("/en/desk/saved", data={"token": given, "name": "n", "search": "q=a"})
        assert answer.status_code == 403


def test_guessing_of_passwords_has_one_limit(hostile: Path) -> None:
    """The form and the API count together, and X-Forwarded-For makes nobody another one."""
    with site(hostile) as made:
        client = made.test_client()
        statuses = []
        for n in range(ATTEMPTS + 4):
            headers = {"X-Forwarded-For": f"10.0.0.{n}"}
            if n % 2:
                answer = client.post("/en/desk/sign-in", data={"password": f"wrong {n}"}, headers=headers)
            else:
                headers |= {"Authorization": f"Bearer wrong{n}"}
                answer = client.get("/api/v1/related?id=harm-url", headers=headers)
            statuses.append(answer.status_code)
        assert set(statuses[:ATTEMPTS]) <= {401, 403}
        assert set(statuses[ATTEMPTS:]) == {429}
        # Nor does the right one open it then: it would tell that it is right.
        assert client.post("/en/desk/sign-in", data={"password": PASSWORD}).status_code == 429


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/access.json",
        "..\\..\\access.json",
        "%00",
        "/etc/passwd",
    ],
)
def test_paths_that_climb(app: Flask, path: str) -> None:
    """An id is looked up, a static file stays in its folder."""
    for start in (
        "/static/",
        "/en/article/",
        "/api/v1/articles/",
        "/api/v1/translation-checks/",
        "/desk-feeds/",
    ):
        with signed_in(app).get(start + path) as answer:
            assert answer.status_code in (400, 401, 404, 308), start + path
            assert "root:" not in answer.get_data(as_text=True)
            assert "sha256" not in answer.get_data(as_text=True)


def test_no_secret_is_logged(hostile: Path, tmp_path: Path) -> None:
    """Passwords, tokens, signatures, drafts, cookies, feeds' addresses: right ones and wrong ones."""
    access = AccessFile(hostile)
    token, secret = access.create_token("log", "write"), access.create_hook("log")
    log = tmp_path / "log"
    draft, typed = "draft-nobody-may-read", "typed-by-a-reader"
    wrong = ("wrong-password", "wrong-token", "wrong-feed-token")
    with dalil_server(hostile, log, DALIL_DESK_PASSWORD=PASSWORD, DALIL_LOG="json") as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        cookie = ""

        def send(method: str, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body.encode(), given)
            answer = connection.getresponse()
            answer.read()
            return answer

        form = {"Content_Type": "application/x-www-form-urlencoded"}
        password = PASSWORD.replace(" ", "+")
        send("POST", "/en/desk/sign-in", f"password={wrong[0]}", **form)
        answer = send("POST", "/en/desk/sign-in", f"password={password}", **form)
        assert answer.status == 303
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        send("POST", "/en/desk/related", f"draft={draft}+a+b+c", Cookie=cookie, **form)
        send("GET", f"/en/search?q={typed}")
        send("GET", f"/desk-feeds/{wrong[2]}.atom")
        send("GET", "/api/v1/related?id=harm-url", Authorization=f"Bearer {wrong[1]}")
        kind = {"Content_Type": "application/json"}
        put = send(
            "PUT", "/api/v1/articles/logged", '{"title": "t"}', Authorization=f"Bearer {token}", **kind
        )
        assert put.status == 202
        send("PUT", "/api/v1/articles/logged", "{broken", Authorization=f"Bearer {token}", **kind)
        now = str(int(time.time()))
        signature = sign(secret, now, b"[]")
        for given in (signature, "0" * 64):
            send("POST", "/api/v1/hooks/log", "[]", X_Dalil_Timestamp=now, X_Dalil_Signature=given, **kind)
        connection.close()
    text = log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert len([line for line in lines if line.get("event") == "request"]) >= 10, text[:2_000]
    for hidden in (
        PASSWORD,
        password,
        token,
        secret,
        signature,
        cookie.partition("=")[2],
        draft,
        typed,
        *wrong,
    ):
        assert hidden not in text, hidden
