"""Clients that are slow on purpose, or many, take nothing from the others; what is no request is refused."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.attacks.served import (
    STREAMED,
    closed_within,
    connect,
    dalil_server,
    get,
    received,
    small_server,
    talk,
)

pytestmark = pytest.mark.slow

SOON_S = 1.0
QUICK: dict[str, Any] = {"HEADERS_S": 0.5, "IDLE_S": 0.6, "PACE_S": 0.5, "PACE_BYTES": 4_096}
HEAD = b"Host: a\r\n"
CASES = Path(__file__).parents[1] / "cases" / "attacks" / "not_requests.json"
REFUSED = json.loads(CASES.read_text(encoding="utf-8"))
"""Requests in parts: a text, or a text and how often it is sent."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Of a server that is as usual, but less patient."""
    with small_server(**QUICK) as found:
        yield found


def test_headers_byte_by_byte(port: int) -> None:
    """A request that never ends is given up, however often another byte comes; others do not notice."""
    with ExitStack() as stack:
        slow = [stack.enter_context(connect(port, b"GET / HTTP/1.1\r\n")) for _ in range(50)]
        until = time.monotonic() + 2
        while time.monotonic() < until:
            for each in slow:
                with suppress(OSError):
                    each.send(b"a")
            assert get(port, "/")[1] < SOON_S
            time.sleep(0.1)
        assert all(closed_within(each, 0.5) for each in slow)


def test_a_body_that_never_comes(port: int) -> None:
    """Announced and not sent, whole or in pieces."""
    bodies = (b"Content-Length: 5000\r\n\r\nab", b"Transfer-Encoding: chunked\r\n\r\n5\r\nab")
    with ExitStack() as stack:
        slow = [stack.enter_context(connect(port, b"POST / HTTP/1.1\r\n" + HEAD + body)) for body in bodies]
        assert get(port, "/")[1] < SOON_S
        assert all(closed_within(each, 5) for each in slow)


def test_a_body_at_an_honest_pace(port: int) -> None:
    """Who is slow but goes on is served: eight kilobytes a second here."""
    size = 24_000
    with connect(port, b"POST / HTTP/1.1\r\n" + HEAD + b"Content-Length: %d\r\n\r\n" % size) as slow:
        for _ in range(0, size, 4_000):
            slow.sendall(b"a" * 4_000)
            time.sleep(0.25)
        assert received(slow, 0.5).endswith(b"POST / 24000")


def test_answers_that_nobody_reads(port: int) -> None:
    """They hold the threads of the server no longer than their time; there are two."""
    with ExitStack() as stack:
        request = b"GET /long HTTP/1.1\r\n" + HEAD + b"\r\n"
        greedy = [stack.enter_context(connect(port, request, receive=4_096)) for _ in range(2)]
        begun = time.monotonic()
        assert get(port, "/")[0] == 200
        assert time.monotonic() - begun < 5
        # What had been sent can still be read; it is not the whole answer.
        assert all(len(received(each)) < STREAMED for each in greedy)


def test_idle_connections_end(port: int) -> None:
    """Before the first request and after one."""
    with connect(port) as silent, connect(port, b"GET / HTTP/1.1\r\n" + HEAD + b"\r\n") as kept:
        assert kept.recv(1_000).startswith(b"HTTP/1.1 200")
        assert closed_within(silent, 5)
        assert closed_within(kept, 5)


def test_more_connections_than_places() -> None:
    """Those who have waited longest make room, whatever they have sent of a request."""
    with small_server(CONNECTIONS=100) as port, ExitStack() as stack:
        beginnings = (b"", b"GET", b"POST / HTTP/1.1\r\n" + HEAD + b"Content-Length: 9\r\n\r\n")
        held = [stack.enter_context(connect(port, beginnings[n % 3])) for n in range(300)]
        for _ in range(5):
            assert get(port, "/")[1] < SOON_S
        assert closed_within(held[0], 1)
        assert b"GET /last" in talk(port, b"GET /last HTTP/1.0\r\n\r\n")


def test_the_server_as_it_is(hostile: Path, tmp_path: Path) -> None:
    """Two hundred idle connections, and as many half requests, beside readers of a page of results."""
    with dalil_server(hostile, tmp_path / "log") as port, ExitStack() as stack:
        get(port, "/en/search?q=flood")
        for sent in [b"", b"GET /en/search?q=a HTTP/1.1\r\nHost: a\r\nX-A: "] * 200:
            stack.enter_context(connect(port, sent))
        took = [get(port, "/en/search?q=flood") for _ in range(5)]
        assert all(status == 200 and seconds < SOON_S for status, seconds in took), took


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["label"])
def test_what_is_no_request(port: int, case: dict[str, Any]) -> None:
    """One answer, which refuses, with the headers of every answer; then the connection ends."""
    parts = [part if isinstance(part, str) else part[0] * part[1] for part in case["request"]]
    answer = talk(port, "".join(parts).encode("latin-1"))
    statuses = re.findall(rb"HTTP/1\.\d (\d{3}) ", answer)
    assert len(statuses) == 1, answer
    assert int(statuses[0]) in case["expect"]["statuses"], answer
    assert b"nosniff" in answer
    assert b"frame-ancestors 'none'" in answer


def test_a_body_in_pieces_without_end(port: int) -> None:
    """It is given up at the limit of its address."""
    with connect(port, b"POST / HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n") as made:
        sent = 0
        with suppress(OSError):
            while sent < 20_000_000:
                made.sendall(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")
                sent += 0x10000
        assert sent < 20_000_000


def test_requests_one_behind_the_other(port: int) -> None:
    """Answered in their order, a hundred at once; a request in the body of another one is a body."""
    requests = [b"GET /%d HTTP/1.1\r\nHost: a\r\n" % n for n in range(100)]
    answer = talk(port, b"\r\n".join(requests) + b"Connection: close\r\n\r\n")
    places = [answer.index(b"GET /%d 0" % n) for n in range(100)]
    assert places == sorted(places)
    inner = b"GET /inner HTTP/1.1\r\nHost: a\r\n\r\n"
    outer = b"POST /outer HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(inner)
    answer = talk(port, outer + inner)
    assert answer.count(b"HTTP/1.1 200") == 1
    assert b"/inner" not in answer


@pytest.mark.parametrize("line", [b"GET / HTTP/1.0\r\n\r\n", b"GET /\r\n\r\n"])
def test_old_clients(port: int, line: bytes) -> None:
    """HTTP/1.0, and what came before it, are answered and the connection ends."""
    answer = talk(port, line)
    assert b"GET / 0" in answer


def test_letters_in_an_address_as_they_are(port: int) -> None:
    """As curl sends them; WSGI has the bytes of a path as letters of Latin-1."""
    path = "/وزير".encode()  # "minister"
    answer = talk(port, b"GET " + path + b" HTTP/1.0\r\nX-Word: " + path + b"\r\n\r\n")
    assert b"GET " + path.decode("latin-1").encode() + b" 0" in answer


def test_files_leave_threads_for_searches(app: Flask) -> None:
    """Two are sent at a time; the third is asked to come again, and may when one of them is given up."""
    client = app.test_client()
    with ExitStack() as stack:
        sent = [stack.enter_context(client.get("/api/v1/export?q=flood")) for _ in range(2)]
        for address in ("/en/search.csv?q=flood", "/api/v1/export?q=flood"):
            refused = client.get(address)
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert client.get("/en/search?q=flood").status_code == 200
        sent[0].close()
        with client.get("/en/search.jsonl?q=flood") as answer:
            assert answer.status_code == 200
    assert client.get("/en/search.csv?q=flood").data
    assert client.get("/en/search.csv?q=flood").data
    assert client.get("/en/search.csv?q=flood").data
