"""The command `dalil serve` as its readers have it: over a socket, by one process or several."""

from __future__ import annotations

import http.client
import multiprocessing
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

CLIENTS = 2


@contextmanager
def served(home: Path, processes: int) -> Iterator[tuple[int, Callable[[], float]]]:
    """The server over a home; its port, and what tells the seconds of processor time that it has used."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    code = "from search_web.cli import main; main()"
    command = [sys.executable, "-c", code, "--home", str(home), "serve", "--port", str(port)]
    with subprocess.Popen(  # noqa: S603  # our own command
        [*command, "--processes", str(processes)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            for _ in range(600):
                with suppress(OSError):
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                time.sleep(0.1)
            yield port, lambda: processor_s(server.pid)
        finally:
            server.terminate()


def processor_s(process: int) -> float:
    """Seconds that a process and its children have run so far; 0 where the system does not tell."""
    folder = Path(f"/proc/{process}")
    if not folder.exists():
        return 0.0
    text = (folder / "task" / str(process) / "children").read_text(encoding="ascii")
    fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(processor_s(int(child)) for child in text.split())


def load(port: int, addresses: list[str], seconds: float) -> list[float]:
    """What so many clients waited for each page, in milliseconds."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(CLIENTS) as clients:
        given = [(port, addresses, seconds, number) for number in range(CLIENTS)]
        return list(chain.from_iterable(clients.starmap(read_pages, given)))


def read_pages(port: int, addresses: list[str], seconds: float, number: int) -> list[float]:
    """One client: pages at random over one connection."""
    chosen = random.Random(number)  # noqa: S311  # no secret
    connection = http.client.HTTPConnection("127.0.0.1", port)
    took: list[float] = []
    until = time.perf_counter() + seconds
    while (started := time.perf_counter()) < until:
        status, page, _ = answer(connection, chosen.choice(addresses), "gzip")
        assert status == 200
        assert page
        took.append((time.perf_counter() - started) * 1000)
    connection.close()
    return took


def answer(
    connection: http.client.HTTPConnection, address: str, encodings: str = ""
) -> tuple[int, bytes, int]:
    """Status and body as they come over the wire, and how many bytes the head is."""
    connection.request("GET", address, headers={"Accept-Encoding": encodings} if encodings else {})
    response = connection.getresponse()
    head = sum(len(name) + len(value) + 4 for name, value in response.getheaders())
    return response.status, response.read(), head
