"""The server under load as its operator sees it: a real `dalil serve`, its memory and its processor time."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from ..served import processor_s
from .homes import HomeMissing

_USUAL = re.compile(r'"level": ?"(?:INFO|info)"|^http://')
_TOLD = 20
_BEGIN, _END = 200, 500
"""Letters of a line that are told: which request it was, and where a traceback ends."""
_TOKEN = re.compile(r"\S{20,}")


@dataclass(frozen=True, slots=True)
class Memory:
    """What the server's processes hold together, in bytes."""

    at_s: float
    """Since the load began."""
    pss: int
    """Proportional set size: pages that several share are counted by shares."""
    own: int
    """Of it, what is no file's."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    token: str
    process: int
    log: Path

    def processor_s(self) -> float:
        """Seconds of processor time that all its processes have used."""
        return processor_s(self.process)

    def noteworthy(self) -> list[str]:
        """The first lines of its log that tell of anything but a request or a start."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [_shortened(line) for line in lines if not _USUAL.search(line)][:_TOLD]

    def memory(self, at_s: float) -> Memory:
        """What they hold now; zeros where the system does not tell."""
        rolled = [_rolled(process) for process in _family(self.process)]
        return Memory(at_s, sum(pss for pss, _ in rolled), sum(own for _, own in rolled))


def _shortened(line: str) -> str:
    return line if len(line) <= _BEGIN + _END else f"{line[:_BEGIN]} ... {line[-_END:]}"


@contextmanager
def under_load(home: Path, processes: int = 0) -> Iterator[Server]:
    """A server over a copy of a home, with a token and without a limit of requests; 0: one process a core."""
    with TemporaryDirectory(prefix="dalil-load-") as folder:
        copy = Path(folder) / "home"
        shutil.copytree(home, copy)
        (copy / "dalil.toml").write_text('rate_limit = ""\n', encoding="utf-8")
        token = _token(copy)
        log = Path(folder) / "server.log"
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        options = ["--processes", str(processes)] if processes else []
        command = [*_dalil(copy), "serve", "--port", str(port), *options]
        with log.open("wb") as written, subprocess.Popen(command, stdout=written, stderr=written) as started:  # noqa: S603  # our own command
            try:
                _wait_for(port)
                yield Server(port, token, started.pid, log)
            finally:
                started.terminate()


def _dalil(home: Path) -> list[str]:
    return [sys.executable, "-c", "from search_web.cli import main; main()", "--home", str(home)]


def _wait_for(port: int) -> None:
    """Until it answers: the socket is there before the index is opened."""
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.sendall(b"GET /readyz HTTP/1.0\r\n\r\n")
            if b" 200 " in connection.recv(100):
                return
        time.sleep(0.1)
    raise HomeMissing("the server did not become ready in a minute; its log says why")


def _token(home: Path) -> str:
    command = [*_dalil(home), "token", "create", "--scope", "write", "load"]
    made = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  # our own command
    found = _TOKEN.search(made.stdout)
    if found is None:
        raise HomeMissing(f"no token was made for {home}")
    return found.group()


def growth(samples: Sequence[Memory], seconds: float) -> dict[str, float]:
    """The median of the second tenth of a run and of the last tenth, in MB, and by how much it grew.

    A run of ten minutes has a minute a tenth. The first one fills what is remembered of an index.

    >>> growth([Memory(at, (100 + at) << 20, 50 << 20) for at in range(101)], 100)["grown"]
    0.7031
    """
    second = [each for each in samples if 0.1 <= each.at_s / seconds < 0.2] or list(samples[:1])
    last = [each for each in samples if each.at_s / seconds >= 0.9] or list(samples[-1:])
    if not second or not median(each.pss for each in second):
        return {}
    before, after = (median(each.pss for each in part) for part in (second, last))
    own_before, own_after = (median(each.own for each in part) for part in (second, last))
    return {
        "second_mb": round(before / 2**20, 1),
        "last_mb": round(after / 2**20, 1),
        "grown": round(after / before - 1, 4),
        "own_second_mb": round(own_before / 2**20, 1),
        "own_last_mb": round(own_after / 2**20, 1),
        "own_grown": round(own_after / own_before - 1, 4) if own_before else 0.0,
    }


def generator_s() -> float:
    """Seconds of processor time that this process has used."""
    return time.process_time()


def _family(process: int) -> list[int]:
    folder = Path(f"/proc/{process}/task/{process}/children")
    if not folder.exists():
        return []
    children = [int(child) for child in folder.read_text(encoding="ascii").split()]
    return [process, *(each for child in children for each in _family(child))]


def _rolled(process: int) -> tuple[int, int]:
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0, 0
    found = dict(re.findall(r"^(\w+): +(\d+) kB$", text, re.MULTILINE))
    return int(found.get("Pss", 0)) * 1024, int(found.get("Pss_Anon", 0)) * 1024


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
