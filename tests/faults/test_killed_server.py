"""SIGKILL of a server while it is published to: what was acknowledged is there, and the index follows."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from indexer import inspection, jobs
from indexer.access import AccessFile
from indexer.archive import Archive

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes of Linux")


class Server:
    """`dalil serve` over a home, in a session of its own, so that all of it can be killed."""

    def __init__(self, home: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        code = "from search_web.cli import main; main()"
        command = [sys.executable, "-c", code, "--home", str(home), "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(  # noqa: S603 -- our own command
            [*command, "--processes", "2"], start_new_session=True, stderr=subprocess.DEVNULL
        )
        for _ in range(300):
            with suppress(OSError):
                connection = self.connect()
                connection.request("GET", "/healthz")
                connection.getresponse()
                connection.close()
                return
            time.sleep(0.05)
        raise AssertionError("the server does not answer")

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.kill()


@pytest.mark.parametrize("answered", [1, 120, 230])
def test_every_acknowledged_line_is_there(tmp_path: Path, server: Server, answered: int) -> None:
    """Killed when so many lines of a bulk were answered; the next job makes archive and index agree."""
    token = AccessFile(tmp_path).create_token("cms", "write")
    body = "".join(
        json.dumps({"id": f"n{n}", "lang": "en", "title": f"story {n}", "body": "word " * 400}) + "\n"
        for n in range(600)
    )
    connection = server.connect()
    connection.request("POST", "/api/v1/articles:bulk", body.encode(), {"Authorization": f"Bearer {token}"})
    response = connection.getresponse()
    acknowledged = []
    with suppress(OSError, http.client.HTTPException, ValueError):
        for line in response:
            told = json.loads(line)
            if "line" in told:
                acknowledged.append(told["id"])
            if len(acknowledged) == answered:
                server.kill()
    connection.close()
    assert answered <= len(acknowledged) < 600
    with closing(Archive.open(tmp_path / "archive.db")) as archive:
        assert set(archive.get_many(acknowledged)) == set(acknowledged)
    jobs.catch_up(tmp_path)
    assert inspection.check(tmp_path) == []


def test_a_new_server_brings_the_index_up(tmp_path: Path, server: Server) -> None:
    """What the killed one had archived and not indexed is found after the next publication."""
    token = AccessFile(tmp_path).create_token("cms", "write")
    headers = {"Authorization": f"Bearer {token}"}
    done = 0
    for number in range(20):
        connection = server.connect()
        connection.request("PUT", f"/api/v1/articles/n{number}", '{"title": "one", "lang": "en"}', headers)
        assert connection.getresponse().status == 202
        connection.close()
        done += 1
    server.kill()
    again = Server(tmp_path)
    try:
        connection = again.connect()
        connection.request(
            "PUT", "/api/v1/articles/last?wait=searchable", '{"title": "last", "lang": "en"}', headers
        )
        assert connection.getresponse().status == 200
        connection.close()
    finally:
        again.kill()
    assert inspection.status(tmp_path).indexed == done + 1
    assert inspection.check(tmp_path) == []


def test_a_slow_client_holds_nobody_up(tmp_path: Path, server: Server) -> None:
    """Bodies that do not come take no thread: as many as the server has, and more, and others are served."""
    token = AccessFile(tmp_path).create_token("cms", "write")
    slow = []
    try:
        for number in range(12):
            one = socket.create_connection(("127.0.0.1", server.port), timeout=10)
            head = f"PUT /api/v1/articles/s{number} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            one.sendall(f'{head}Content-Length: 100\r\n\r\n{{"title"'.encode())
            slow.append(one)
        connection = server.connect()
        started = time.monotonic()
        connection.request(
            "PUT",
            "/api/v1/articles/quick?wait=searchable",
            '{"title": "quick", "lang": "en"}',
            {"Authorization": f"Bearer {token}"},
        )
        assert connection.getresponse().status == 200
        assert time.monotonic() - started < 15
        connection.close()
    finally:
        for one in slow:
            one.close()
    assert inspection.status(tmp_path).articles == 1
