"""Long bodies: a token is looked at before they are taken in, and all of them together have a limit."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from indexer.access import AccessFile
from tests.attacks.served import SLOW_S, connect, dalil_server, get, received, small_server
from tests.attacks.site import hostile_home

MB = 1_000_000
ROOM = 3 * MB
"""For clients without a known token."""
BULK = "POST /api/v1/articles:bulk HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
HOOK = "POST /api/v1/hooks/news HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
OTHER = "POST /api/v1/related HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Of a server that knows two tokens, and has room for few bodies of others."""
    with small_server(STRANGERS_BYTES=ROOM) as found:
        yield found


def send(port: int, head: str, size: int, *, chunked: bool = False) -> tuple[bytes, int]:
    """Send a body of this size as long as it is taken; the answer, and how much was sent."""
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    piece = b"a" * 65_536
    sent = 0
    with connect(port, f"{head}{length}\r\n\r\n".encode()) as made:
        with suppress(ConnectionError):
            while sent < size:
                part = piece[: size - sent]
                made.sendall(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
                sent += len(part)
            made.sendall(b"0\r\n\r\n" if chunked else b"")
        return received(made, 5), sent


def refused(port: int, head: str, size: int) -> tuple[bytes, str]:
    """Announce a body and send nothing of it: the status and the code of the answer."""
    with connect(port, f"{head}Content-Length: {size}\r\n\r\n".encode()) as made:
        answer = received(made, 5)
    headers, _, body = answer.partition(b"\r\n\r\n")
    return headers[9:12], json.loads(body)["error"]["code"] if b"application/json" in headers else ""


@pytest.mark.parametrize(
    ("token", "status", "code"),
    [("", b"401", "token_missing"), ("Bearer bad", b"401", "token_unknown"),
     ("Basic good", b"401", "token_missing"), ("Bearer away", b"503", "unavailable")],
)  # fmt: skip
def test_a_token_is_looked_at_first(port: int, token: str, status: bytes, code: str) -> None:
    """Not a byte of the body has to come before the answer."""
    assert refused(port, BULK + (f"Authorization: {token}\r\n" if token else ""), 100 * MB) == (status, code)


@pytest.mark.parametrize("head", [BULK, OTHER, HOOK], ids=["articles", "other", "hooks"])
def test_pieces_are_taken_up_to_the_limit(port: int, head: str) -> None:
    """A body in pieces says no length: it is given up when it is longer than who sends it may send."""
    _, sent = send(port, head, 30 * MB, chunked=True)
    assert sent < 15 * MB


@pytest.mark.parametrize(("head", "most"), [(OTHER, 1 << 20), (HOOK, 4 << 20)], ids=["other", "hooks"])
def test_limits_of_who_has_no_token(port: int, head: str, most: int) -> None:
    """A megabyte; a hook, whose body is signed, four; with a token that is not asked for no more."""
    for given in ("", "Authorization: Bearer good\r\n"):
        assert refused(port, head + given, most + 1)[0] == b"413"
    answer, _ = send(port, head, min(most, ROOM) - 500_000)
    assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("token", ["good", "slow"])
def test_a_known_token_sends_much(port: int, token: str, chunked: bool) -> None:  # noqa: FBT001 -- a case
    """Though others have no room; while its token is looked at nobody else waits."""
    begun = time.monotonic()
    answer, sent = send(port, f"{BULK}Authorization: Bearer {token}\r\n", 10 * MB, chunked=chunked)
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b" 10000000")
    assert sent == 10 * MB
    assert (time.monotonic() - begun >= SLOW_S) == (token == "slow")  # noqa: S105


def test_others_do_not_wait_for_a_token(port: int) -> None:
    with connect(port, f"{BULK}Authorization: Bearer slow\r\nContent-Length: {MB}\r\n\r\n".encode()):
        assert get(port, "/")[1] < SLOW_S / 2


def test_bodies_have_a_limit_together(port: int) -> None:
    """Who is over it is asked to come again; a known token is not, and short forms are not."""
    with ExitStack() as stack:
        head = f"{OTHER}Content-Length: {MB}\r\n\r\n".encode()
        for _ in range(4):
            stack.enter_context(connect(port, head + b"a" * (MB - 200_000)))
        until = time.monotonic() + 5
        while b"503" not in (answer := send(port, OTHER, MB)[0])[:12] and time.monotonic() < until:
            time.sleep(0.05)
        assert b"Retry-After: 5" in answer
        assert send(port, OTHER, 100_000)[0].startswith(b"HTTP/1.1 200")
        assert send(port, f"{BULK}Authorization: Bearer good\r\n", 5 * MB)[0].startswith(b"HTTP/1.1 200")
    # They are gone: there is room again.
    until = time.monotonic() + 5
    while b"200" not in (answer := send(port, OTHER, MB)[0])[:12] and time.monotonic() < until:
        time.sleep(0.05)
    assert answer.startswith(b"HTTP/1.1 200")


def test_tokens_of_a_home(tmp_path: Path) -> None:
    """A token of the scope write opens it as soon as it was made; one that may only read does not."""
    home = hostile_home(tmp_path)
    with dalil_server(home) as port:
        write = AccessFile(home).create_token("press", "write")
        read = AccessFile(home).create_token("reader", "read")
        line = json.dumps({"id": "long", "title": "flood", "body": "a" * 1_900_000}).encode() + b"\n"
        for token, status in ((write, b"200"), (read, b"401")):
            head = f"{BULK}Authorization: Bearer {token}\r\nContent-Type: application/x-ndjson\r\n"
            with connect(port, f"{head}Content-Length: {len(line)}\r\n\r\n".encode()) as made:
                with suppress(ConnectionError):
                    made.sendall(line)
                made.settimeout(10)
                with suppress(ConnectionError):
                    assert made.recv(4_096)[9:12] == status
        assert get(port, "/api/v1/articles/long")[0] == 200
