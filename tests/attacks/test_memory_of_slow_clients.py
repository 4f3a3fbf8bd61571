"""A hundred clients that send slowly and a hundred that never read hold little of a server's memory."""

from __future__ import annotations

import re
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from indexer.access import AccessFile
from tests.attacks.served import connect, dalil_server, get
from tests.attacks.site import hostile_home

pytestmark = pytest.mark.slow

CLIENTS = 100
MOST_MORE_KB = 40_000
"""For all of them: 128 KB of each body at most, the rest lies on the disk; 256 KB of an answer."""
SECONDS = 10.0
SENT = 80_000_000
"""Bytes: kept in memory they would be seen."""
LENGTH = 4_000_000
PIECE = b"a" * 65_536


@pytest.mark.skipif(sys.platform != "linux", reason="it reads the proportional set size in /proc")
def test_memory_is_flat(tmp_path: Path) -> None:
    """Bodies of four megabytes with a token, in pieces, beside pages that nobody reads."""
    home = hostile_home(tmp_path)
    token = AccessFile(home).create_token("press", "write")
    upload = (
        f"POST /api/v1/articles:bulk HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/x-ndjson\r\nContent-Length: {LENGTH}\r\n\r\n"
    ).encode()
    ask = b"GET /en/search?q=flood HTTP/1.1\r\nHost: a\r\n\r\n" * 4
    with dalil_server(home, DALIL_RATE_LIMIT="") as port, ExitStack() as stack:
        for _ in range(5):
            get(port, "/en/search?q=flood")
        before = used_kb(tmp_path)
        sending = [stack.enter_context(connect(port, upload)) for _ in range(CLIENTS)]
        for _ in range(CLIENTS):
            stack.enter_context(connect(port, ask, receive=2_048))
        most, sent, until = before, 0, time.monotonic() + SECONDS
        while sent < SENT and time.monotonic() < until:
            for each in sending:
                each.setblocking(False)
                with suppress(BlockingIOError):
                    sent += each.send(PIECE)
            most = max(most, used_kb(tmp_path))
        assert get(port, "/healthz")[0] == 200
        print(f"{before} KB before, at most {most} KB, {sent} bytes sent")  # noqa: T201
    assert sent >= SENT
    assert most - before < MOST_MORE_KB


def used_kb(home: Path) -> int:
    """The proportional set size of the server of a home."""
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if f"{home}".encode() in command.read_bytes() and b"serve" in command.read_bytes():
                found = re.search(
                    r"^Pss:\s+(\d+)", command.with_name("smaps_rollup").read_text(), re.MULTILINE
                )
                assert found
                return int(found[1])
    raise AssertionError("the server is not there")
