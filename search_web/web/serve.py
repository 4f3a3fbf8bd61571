"""Serve the application with waitress, by one process or by several that share a port.

Python runs one thread of a process at a time, so that threads alone keep one core busy: pages a second grow
with processes. Threads are for requests that wait.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from flask import Flask

from . import connections
from .config import PAGE_LANGUAGES, WARM_UP
from .publishing.tokens import SENDERS

log = logging.getLogger(__name__)

_Pipe = tuple[int, int]
"""File descriptors to read from and to write to."""

MOST_BY_ITSELF = 4
"""Processes without being told how many: each holds what it has read of the index."""
_TOO_SOON_S = 2.0
"""A process that ends earlier would end again."""
_PATIENCE_S = 10.0
"""For requests that are being answered when the server is stopped."""

_OBJECTS_BETWEEN = 20_000
"""More objects than before since garbage was looked for last; some megabytes."""
_ALLOCATOR = ((-8, 1), (-3, 256 * 1024), (-1, 1024 * 1024))
"""Of glibc's malloc.h: M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD in bytes."""


def usual_processes() -> int:
    """One a core, at most four; one where processes cannot share a socket by forking safely."""
    return min(len(os.sched_getaffinity(0)), MOST_BY_ITSELF) if sys.platform == "linux" else 1


def warm_up(app: Flask) -> None:
    """Make a page in every language, so that the first reader need not wait for templates and dates."""
    client = app.test_client()
    for language in PAGE_LANGUAGES:
        # By this address no reader has made a request more.
        client.get(f"/{language}/search?q=a", environ_base={"REMOTE_ADDR": WARM_UP})


def serve(
    make_app: Callable[[], Flask],
    host: str = "127.0.0.1",
    port: int = 8080,
    threads: int = 4,
    processes: int = 1,
) -> None:
    """Answer requests until the process is told to stop. Raises `OSError` when the port is taken.

    `make_app` is called once a process and opens there what it reads: open files are not shared. `threads`
    are those of each process. A process that ends by itself is replaced.
    """
    sockets = _listening(host, port)
    try:
        if processes == 1 or not hasattr(os, "fork"):
            _answer(make_app, sockets, threads)
        else:
            pipe = os.pipe()
            try:
                _supervise(lambda: _forked(make_app, sockets, threads, pipe), processes)
            finally:
                for end in pipe:
                    os.close(end)
    finally:
        for each in sockets:
            each.close()


def _listening(host: str, port: int) -> list[socket.socket]:
    """A socket for every address of a host: `localhost` may have two."""
    found: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(
            socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        ):
            each = socket.socket(family, kind, protocol)
            found.append(each)
            if os.name == "posix":
                # Elsewhere it would let two servers have the same port.
                each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                each.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            each.bind(address)
            each.listen(1_024)
    except BaseException:
        for each in found:
            each.close()
        raise
    return found


def collect_seldom() -> None:
    """Look for garbage less often, and never in what was read to begin with.

    An answer leaves thousands of objects for a moment, none of them in a circle: looking through them each
    time took a tenth of the time of an article's related stories.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN, 10, 10)


def _answer(make_app: Callable[[], Flask], sockets: list[socket.socket], threads: int) -> None:
    _give_memory_back()
    app = make_app()
    collect_seldom()
    # A warning for each request that waits for a thread would fill the log when it is needed most.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    connections.answer(app, sockets, threads, app.extensions.get(SENDERS, lambda _: False))


def _give_memory_back() -> None:
    """Have glibc return large blocks to the system as soon as they are free, from one heap for all threads.

    It learns otherwise to keep what posting lists took, a heap a thread: a seventh more after some minutes.
    """
    if sys.platform == "linux":
        set_option = getattr(ctypes.CDLL(None), "mallopt", None)
        if set_option is not None:
            for option, value in _ALLOCATOR:
                set_option(option, value)


def _forked(make_app: Callable[[], Flask], sockets: list[socket.socket], threads: int, pipe: _Pipe) -> int:
    """Start a process that answers; its number."""
    process = os.fork()
    if process == 0:
        code = 1
        try:
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
            os.close(pipe[1])
            threading.Thread(target=_end_with_parent, args=(pipe[0],), daemon=True).start()
            _answer(make_app, sockets, threads)
            code = 0
        except (SystemExit, KeyboardInterrupt):
            code = 0
        except BaseException:
            log.exception("a server process cannot go on")
        finally:
            logging.shutdown()
            # Not further: what called `serve` is the parent's to finish.
            os._exit(code)
    return process


def _end_with_parent(reading: int) -> None:
    """Wait for the end of the pipe, whose other side the parent alone has."""
    os.read(reading, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _supervise(start: Callable[[], int], processes: int) -> None:
    running: dict[int, float] = {}
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        for _ in range(processes):
            running[start()] = time.monotonic()
        while True:
            ended, status = os.wait()
            started = running.pop(ended, None)
            if started is None:
                continue
            code = os.waitstatus_to_exitcode(status)
            if time.monotonic() - started < _TOO_SOON_S:
                raise OSError(f"a server process ended at once, with {code}")
            log.error("a server process ended with %s; another one takes its place", code)
            running[start()] = time.monotonic()
    except KeyboardInterrupt:
        pass
    finally:
        _stop(list(running))
        signal.signal(signal.SIGTERM, before)


def _stop(running: list[int]) -> None:
    for process in running:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
    until = time.monotonic() + _PATIENCE_S
    while running:
        for process in list(running):
            try:
                ended, _ = os.waitpid(process, os.WNOHANG)
            except ChildProcessError:
                ended = process
            if ended:
                running.remove(process)
        if running and time.monotonic() > until:
            for process in running:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        time.sleep(0.02)
