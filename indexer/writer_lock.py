"""One writer per home, one build of an index: locks of the kernel, which drops them when a holder dies.

Where machines share an archive on a server, the writer holds a lock of the server besides.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from .archive.advisory_locks import Purpose, advisory_lock, lock_holder
from .archive.databases import command_line
from .archive_place import archive_place
from .errors import LockHeld

_POLL_S = (0.002, 0.1)
"""Between two tries: at first, as the holder may be a server that publishes one article, and at most."""
_POLL_SHORT_S = 0.002
"""At most, of those who wait for one short hold after the other: less than what is between two of them."""


@contextmanager
def writer_lock(home: Path, wait_s: float, all_holders_s: float = 0.0) -> Iterator[None]:
    """Hold the writer's lock of a home. Raises `LockHeld`, which names the holder, after `wait_s` seconds.

    `all_holders_s`: while others take it by turns, as servers do that publish, `wait_s` is for one of their
    holds, and this for all of them.
    With an archive on a server also `ArchiveUnavailable`, `ArchiveError`.
    """
    with _held_everywhere(home, "lock", "writer", wait_s, f"is writing to {home}", all_holders_s):
        yield


@contextmanager
def build_lock(home: Path, wait_s: float) -> Iterator[None]:
    """Hold the right to build a generation. Raises `LockHeld` as `writer_lock` does.

    Whoever holds it may wait for the writer's lock, so a writer that wants to build must not wait for it.
    """
    with _held_everywhere(home, "build.lock", "builder", wait_s, f"is building an index in {home}"):
        yield


def holder_of(home: Path) -> str:
    """Who holds the writer's lock, for people; "" when nobody does."""
    return _holding_anywhere(home, "lock", "writer")


def builder_of(home: Path) -> str:
    """Who is building a generation, for people; "" when nobody is."""
    return _holding_anywhere(home, "build.lock", "builder")


def _holding_anywhere(home: Path, file: str, name: Purpose) -> str:
    where = archive_place(home)
    here = _now_holding(home / file)
    return here if here or isinstance(where, Path) else lock_holder(where, name)


@contextmanager
def _held_everywhere(
    home: Path, file: str, name: Purpose, wait_s: float, doing: str, all_holders_s: float = 0.0
) -> Iterator[None]:
    """Hold a lock of this machine, and the one of that name on the server of the archive, if there is one."""
    deadline = time.monotonic() + max(wait_s, all_holders_s)
    where = archive_place(home)
    with _held(home / file, wait_s, doing, all_holders_s):
        if isinstance(where, Path):
            yield
            return
        with advisory_lock(where, name, max(min(deadline - time.monotonic(), wait_s), 0)):
            yield


@contextmanager
def _held(path: Path, wait_s: float, doing: str, all_holders_s: float = 0.0) -> Iterator[None]:
    deadline = time.monotonic() + wait_s
    last = time.monotonic() + max(wait_s, all_holders_s)
    pause, longest = _POLL_S
    if all_holders_s:
        longest = _POLL_SHORT_S
    holder: str | None = None
    with path.open("a+", encoding="utf-8") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                now = time.monotonic()
                if holder is None:
                    holder = _hold(path)
                if deadline <= now < last and (newest := _hold(path)) != holder:
                    deadline, holder = min(now + wait_s, last), newest
                if now >= deadline:
                    raise LockHeld(
                        f"{_holder(path)} {doing} and did not finish within {wait_s:g} s; "
                        "wait for it, or raise the setting lock_wait_s"
                    ) from None
                time.sleep(pause)
                pause = min(pause * 1.3, longest)
        # Whoever waits reads this; the lock itself is the kernel's, so a stale name does no harm.
        file.seek(0)
        file.truncate()
        json.dump(
            {
                "pid": os.getpid(),
                "host": socket.gethostname(),
                "command": command_line()[:200],
                "since": datetime.now(UTC).isoformat(timespec="seconds"),
                "hold": time.time_ns(),
            },
            file,
        )
        file.flush()
        yield


def _now_holding(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            # A shared lock, and only for a moment: whoever wants the lock meanwhile tries again.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(path)
    except OSError:
        return ""
    return ""


def _hold(path: Path) -> str:
    """Another one for each time that the lock is held."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def _holder(path: Path) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        return f"process {holder['pid']} on {holder['host']} ({holder['command']}, since {holder['since']})"
    except (OSError, ValueError, KeyError):
        return "another process"
