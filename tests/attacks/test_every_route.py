"""What holds for every route, those to come included: headers, hosts, redirects, limits."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask

from tests.attacks.site import PASSWORD, RECORDS, addresses, site

EVIL = "evil.example"
IDS = [str(record["id"]) for record in RECORDS]
FORWARDED = {
    "Host": EVIL,
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Forwarded-Server": EVIL,
    "X-Host": EVIL,
    "X-Original-URL": f"//{EVIL}/",
    "X-Rewrite-URL": f"//{EVIL}/",
    "Forwarded": f"host={EVIL};proto=https",
    "Origin": f"https://{EVIL}",
}
_FREE = {"/healthz", "/readyz", "/metrics", "/static/dalil.css"}
"""Asked by monitors; metrics need a token, and find nothing out."""


def test_headers(app: Flask) -> None:
    """No frame, no inline script, no guessing of types, whatever the answer is."""
    client = app.test_client()
    found = [*addresses(app, IDS, query="q=flood"), "/none", "/api/v1/none", "/en/none"]
    for address in found:
        with client.get(address) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, address
            assert "frame-ancestors 'none'" in policy, address
            assert "form-action 'self'" in policy, address
            assert "base-uri 'none'" in policy, address
            assert "unsafe" not in policy, address
            assert answer.headers["X-Frame-Options"] == "DENY", address
            assert answer.headers["X-Content-Type-Options"] == "nosniff", address
            assert "Access-Control-Allow-Origin" not in answer.headers, address
            assert "Server" not in answer.headers, address
    for method in ("post", "put", "delete", "patch", "options"):
        for address in ("/en/search", "/api/v1/articles/x", "/en/desk/saved", "/none"):
            with getattr(client, method)(address) as answer:
                assert answer.status_code < 500, f"{method} {address}"
                assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], (
                    f"{method} {address}"
                )
    assert len(found) > 60


@pytest.mark.parametrize("public_url", ["", "https://news.example"])
def test_a_foreign_host_comes_back_nowhere(hostile: Path, public_url: str) -> None:
    """No cache keeps a page that leads elsewhere: neither Host nor what a proxy may add is believed."""
    with site(hostile, public_url=public_url) as app:
        client = app.test_client()
        trials = 0
        for address in [*addresses(app, IDS, query="q=flood"), "/en", "/en/desk", "/ar", "/api/v1/search/"]:
            with client.get(address, headers=FORWARDED) as answer:
                trials += 1
                assert EVIL not in answer.get_data(as_text=True), address
                for name, value in answer.headers:
                    assert EVIL not in value, f"{address}: {name}: {value}"
        assert trials > 60


@pytest.mark.parametrize(
    "target",
    [
        f"//{EVIL}", f"///{EVIL}", f"https://{EVIL}/", f"/\\{EVIL}", f"\\\\{EVIL}", f"/en/desk/../..//{EVIL}",
        f"/en/desk/\t//{EVIL}", f"/en/desk/\r\nLocation: https://{EVIL}/", f"javascript:alert(1)//{EVIL}",
        f"/en/desk@{EVIL}", f"http:{EVIL}", f"/%5c{EVIL}", f"/en//{EVIL}/desk", f"{EVIL}/en/desk",
        "\x00//evil",
    ],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(app: Flask, target: str) -> None:
    """After signing in, from the front page, from an address with too few or too many slashes."""
    client = app.test_client()
    answers = [
        client.post("/en/desk/sign-in", data={"password": PASSWORD, "next": target}),
        client.get(f"/en/desk/sign-in?next={quote(target)}"),
        client.get(f"/?next={quote(target)}&q=a"),
        # As a path that a server hands over: the test's client would take two slashes for a host.
        client.get("/", environ_overrides={"PATH_INFO": f"/{target}"}),
        client.get("/", environ_overrides={"PATH_INFO": f"/en/{target}"}),
        client.get(f"/en/desk/related?q={quote(target)}"),
    ]
    for answer in answers:
        assert answer.status_code < 500
        place = answer.headers.get("Location", "/")
        inside = place.startswith("/") and not place.startswith(("//", "/\\")) and place.isprintable()
        assert inside or place.startswith("http://localhost/"), place


def test_a_limit_holds_for_every_route(hostile: Path) -> None:
    """Search, completions, feeds, desk, publishing: what costs work counts, probes do not."""
    with site(hostile, rate_limit="3 per minute") as app:
        for number, address in enumerate(addresses(app, ["harm-url"])):
            client = app.test_client()
            place = {"REMOTE_ADDR": f"10.0.{number // 250}.{number % 250 + 1}"}
            codes = []
            for _ in range(5):
                with client.get(address, environ_base=place) as answer:
                    codes.append(answer.status_code)
            limited = codes[3:] == [429, 429] and 429 not in codes[:3]
            assert limited != (address in _FREE), f"{address}: {codes}"
        for method, address in (
            ("put", "/api/v1/articles/x"),
            ("post", "/en/desk/saved"),
            ("post", "/api/v1/related"),
        ):
            client = app.test_client()
            place = {"REMOTE_ADDR": f"10.1.0.{len(method) + len(address)}"}
            codes = [getattr(client, method)(address, environ_base=place).status_code for _ in range(5)]
            assert codes[3:] == [429, 429], f"{method} {address}: {codes}"


def test_a_forwarded_address_does_not_begin_a_new_count(hostile: Path) -> None:
    """Who is no proxy of ours cannot say who asks."""
    with site(hostile, rate_limit="3 per minute") as app:
        client = app.test_client()
        codes = [
            client.get(
                "/en/", headers={"X-Forwarded-For": f"1.2.3.{n}", "X-Real-IP": f"1.2.3.{n}"}
            ).status_code
            for n in range(5)
        ]
    assert codes == [200, 200, 200, 429, 429]


@pytest.mark.parametrize(
    "name", ["User-Agent", "X-Request-Id", "Idempotency-Key", "Referer", "Accept-Language"]
)
def test_logs_have_one_line_a_message(app: Flask, caplog: pytest.LogCaptureFixture, name: str) -> None:
    """What a request says cannot look like another line."""
    client = app.test_client()
    for address in ("/en/none%0Aforged", "/api/v1/none%0D%0Aforged", "/en/search?q=%0Aforged"):
        client.get(
            address, headers={name: "x\x85forged\u2028y".encode("latin-1", "ignore").decode("latin-1")}
        )
    for record in caplog.records:
        assert not {"\n", "\r", "\x85", "\u2028"} & set(record.getMessage()), record.getMessage()


@pytest.mark.parametrize("host", ["é" * 70, "a" * 64 + ".é", "\xfc..example", "[::1", "a/b", "a b", "@", ""])
def test_a_host_that_is_no_name(app: Flask, host: str) -> None:
    """It is refused or has no effect; it is no error of the server."""
    for address in ("/", "/en/search?q=flood", "/api/v1/search?q=flood", "/en/desk", "/none", "/healthz"):
        with app.test_client().get(address, headers={"Host": host}) as answer:
            assert answer.status_code < 500, address
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], address
