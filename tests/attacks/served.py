"""A server of ours in a process of its own, and raw sockets to it."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from indexer.errors import ArchiveUnavailable
from search_web.web import incoming

STREAMED = 60_000_000
"""Bytes of the long answer."""
SLOW_S = 1.0
"""Until a slow token has been looked at."""


def run_small_server(port: int, threads: int) -> None:
    """Answers with its own method, address and body; `/long` with many bytes, `/sleep` after a while."""
    from search_web.web import connections  # noqa: PLC0415 -- in the process that serves

    def app(environ, start_response):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 -- WSGI
        body = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Type", "text/plain")])
        if environ["PATH_INFO"] == "/long":
            return (b"x" * 1_000_000 for _ in range(STREAMED // 1_000_000))
        return [f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {len(body)}".encode()]

    def knows(token: str) -> bool:
        if token == "slow":  # noqa: S105 -- of a test
            time.sleep(SLOW_S)
        if token == "away":  # noqa: S105
            raise ArchiveUnavailable("the server of the archive is away")
        return token in ("good", "slow")

    listening = socket.create_server(("127.0.0.1", port), backlog=1_024)
    connections.answer(app, [listening], threads, knows)


@contextmanager
def small_server(threads: int = 2, **limits: float) -> Iterator[int]:
    """The port of a server over `run_small_server`, with other limits than usual."""
    chosen = "".join(
        f"{'incoming' if hasattr(incoming, name) else 'connections'}.{name} = {value!r}; "
        for name, value in limits.items()
    )
    code = (
        f"import sys; from search_web.web import connections, incoming; {chosen}"
        f"from tests.attacks.served import run_small_server; run_small_server(int(sys.argv[1]), {threads})"
    )
    with started([sys.executable, "-c", code], "/") as port:
        yield port


@contextmanager
def dalil_server(home: Path, log: Path | None = None, **settings: str) -> Iterator[int]:
    """The port of a `dalil serve` over a home; its log goes to a file."""
    code = "from search_web.cli import main; main()"
    command = [sys.executable, "-c", code, "--home", str(home), "serve", "--processes", "1", "--port"]
    with started(command, "/healthz", log, settings) as port:
        yield port


@contextmanager
def started(
    command: list[str], path: str, log: Path | None = None, settings: dict[str, str] | None = None
) -> Iterator[int]:
    """Run a command whose last argument is a port, until this ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DALIL_")}
    environment |= settings or {}
    with (log or Path(os.devnull)).open("wb") as output:
        process = subprocess.Popen([*command, str(port)], env=environment, stdout=output, stderr=output)  # noqa: S603
    try:
        for _ in range(400):
            with suppress(OSError):
                get(port, path)
                break
            assert process.poll() is None, "the server ended"
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait()


def get(port: int, path: str, timeout_s: float = 10) -> tuple[int, float]:
    """Status of a request on a connection of its own, and the seconds it took."""
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status, time.perf_counter() - begun
    finally:
        connection.close()


def connect(port: int, sent: bytes = b"", *, receive: int = 0) -> socket.socket:
    """A connection on which so much was sent; `receive`: bytes that the system takes in for us."""
    made = socket.socket()
    if receive:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    made.settimeout(10)
    made.connect(("127.0.0.1", port))
    if sent:
        made.sendall(sent)
    return made


def talk(port: int, sent: bytes) -> bytes:
    """All that comes back until the server closes, or is silent for a second."""
    with connect(port, sent) as made:
        return received(made, 1)


def received(made: socket.socket, silence_s: float = 10) -> bytes:
    """All that comes until the server ends the connection, or is silent for so long."""
    made.settimeout(silence_s)
    found = []
    with suppress(TimeoutError, ConnectionError):
        while part := made.recv(1 << 20):
            found.append(part)
    return b"".join(found)


def closed_within(made: socket.socket, seconds: float) -> bool:
    """Whether the server ends a connection in time."""
    made.settimeout(seconds)
    try:
        while made.recv(65_536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True
