"""One writer per home: an advisory lock that the kernel drops when its holder dies."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from .errors import LockHeld

_POLL_S = 0.1


@contextmanager
def writer_lock(home: Path, wait_s: float) -> Iterator[None]:
    """Hold the writer's lock of a home. Raises `LockHeld`, which names the holder, after `wait_s` seconds."""
    path = home / "lock"
    deadline = time.monotonic() + wait_s
    with path.open("a+", encoding="utf-8") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise LockHeld(
                        f"{_holder(path)} is writing to {home} and did not finish within {wait_s:g} s; "
                        "wait for it, or raise the setting lock_wait_s"
                    ) from None
                time.sleep(_POLL_S)
        # Whoever waits reads this; the lock itself is the kernel's, so a stale name does no harm.
        file.seek(0)
        file.truncate()
        json.dump(
            {
                "pid": os.getpid(),
                "host": socket.gethostname(),
                "command": " ".join(sys.argv)[:200],
                "since": datetime.now(UTC).isoformat(timespec="seconds"),
            },
            file,
        )
        file.flush()
        yield


def _holder(path: Path) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        return f"process {holder['pid']} on {holder['host']} ({holder['command']}, since {holder['since']})"
    except (OSError, ValueError, KeyError):
        return "another process"
