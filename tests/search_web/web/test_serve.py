"""The server as people start it: several processes at one port, and an end that leaves none behind."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from search_web.web.serve import serve

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="one process serves elsewhere")

Start = Callable[[str], "tuple[subprocess.Popen[str], int]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `dalil serve` over an empty home with so many processes; the process and its port."""
    started: list[subprocess.Popen[str]] = []

    def begin(processes: str) -> tuple[subprocess.Popen[str], int]:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        code = "from search_web.cli import main; main()"
        command = [sys.executable, "-c", code, "--home", str(tmp_path), "serve"]
        command += ["--port", str(port), "--processes", processes]
        environment = {**os.environ, "DALIL_RATE_LIMIT": "20 per minute"}
        process = subprocess.Popen(command, env=environment, text=True)  # noqa: S603  # our own command
        started.append(process)
        for _ in range(200):
            with suppress(OSError):
                ask(port, "/healthz")
                return process, port
            time.sleep(0.05)
        raise AssertionError("the server does not answer")

    yield begin
    for process in started:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()


def ask(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def children(process: int) -> list[int]:
    text = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]


def is_over(process: int) -> bool:
    for _ in range(100):
        if not Path(f"/proc/{process}").exists():
            return True
        time.sleep(0.05)
    return False


def test_processes_share_the_port_and_the_limit(start: Start) -> None:
    """Of thirty requests on connections of their own, whichever process takes them, twenty are answered."""
    process, port = start("3")
    workers = children(process.pid)
    assert len(workers) == 3
    answers = [ask(port, "/readyz") for _ in range(3)] + [ask(port, "/vi/search?q=a") for _ in range(30)]
    assert answers[:3] == [503] * 3
    assert answers.count(429) == 10
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    assert all(map(is_over, workers))


def test_a_process_that_dies_is_replaced(start: Start) -> None:
    process, port = start("2")
    # A process that ends in its first seconds would end again.
    time.sleep(2.2)
    before = children(process.pid)
    os.kill(before[0], signal.SIGKILL)
    after = before
    for _ in range(100):
        after = children(process.pid)
        if len(after) == 2 and after != before:
            break
        time.sleep(0.05)
    assert set(before) & set(after) == {before[1]}
    assert ask(port, "/healthz") == 200


def test_no_process_outlives_the_first(start: Start) -> None:
    process, _ = start("2")
    workers = children(process.pid)
    process.kill()
    assert all(map(is_over, workers))


def test_a_port_that_is_taken_is_told() -> None:
    """Before any process is started."""
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(OSError, match="in use"),
    ):
        serve(pytest.fail, "127.0.0.1", taken.getsockname()[1], processes=2)
