"""What is done to a home in a process of its own, and killed there.

Arguments are paths and plain values, so that they can be handed to a process. `Death` says when it dies.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from indexer import backups, jobs, rebuilding, syncing
from indexer.config import Settings
from indexer.errors import IndexDamaged, IndexMissing

SETTINGS = Settings(lock_wait_s=5, commit_every=10, keep_generations=2)


@dataclass(frozen=True, slots=True)
class Death:
    """When a process kills itself with SIGKILL: nothing is flushed, closed or undone."""

    after_s: float = -1.0
    """Seconds after the operation began; negative for never."""
    at_write: int = -1
    """Before or behind this call of fsync, rename, replace, link or unlink; negative for never."""


def add(home: Path, path: Path) -> None:
    """Publish a file."""
    jobs.add(home, [path], settings=SETTINGS)


def sync(home: Path, path: Path) -> None:
    """Follow a file, with what it no longer has."""
    syncing.sync_sources(home, [path], syncing.SyncOptions(remove_anyway=True), settings=SETTINGS)


def remove(home: Path, *ids: str) -> None:
    """Take articles out."""
    jobs.remove(home, ids, settings=SETTINGS)


def withdraw(home: Path, *ids: str) -> None:
    """Take articles out for good."""
    jobs.withdraw(home, ids, settings=SETTINGS)


def reindex(home: Path) -> None:
    """Build an index and swap it in."""
    jobs.reindex(home, settings=SETTINGS)


def rollback(home: Path) -> None:
    """Swap the index before in; there may be none, or that of an archive before it was restored."""
    with suppress(IndexMissing, IndexDamaged):
        rebuilding.rollback(home, settings=SETTINGS)


def backup(home: Path, target: Path) -> None:
    """Copy the home."""
    backups.backup(home, target, settings=SETTINGS)


def restore(home: Path, source: Path) -> None:
    """Put a copy in its place."""
    backups.restore(home, source, replace=True, settings=SETTINGS)


OPERATIONS: dict[str, Callable[..., None]] = {
    "add": add, "sync": sync, "remove": remove, "withdraw": withdraw, "reindex": reindex,
    "rollback": rollback, "backup": backup, "restore": restore,
}  # fmt: skip


def run(name: str, arguments: tuple[Path | str, ...], death: Death) -> None:
    """Do one operation, and die meanwhile if that is asked for."""
    if death.at_write >= 0:
        _die_at_write(death.at_write)
    if death.after_s >= 0:
        threading.Thread(target=_die_after, args=(death.after_s,), daemon=True).start()
    OPERATIONS[name](*arguments)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_after(seconds: float) -> None:
    time.sleep(seconds)
    _die()


def _die_at_write(number: int) -> None:
    """Even numbers die before the call, odd ones behind it."""
    calls = 0

    def dying(call: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*args: object, **kwargs: object) -> object:
            nonlocal calls
            calls += 1
            if calls == number // 2 + 1 and number % 2 == 0:
                _die()
            result = call(*args, **kwargs)
            if calls == number // 2 + 1:
                _die()
            return result

        return wrapped

    for name in ("fsync", "rename", "replace", "link", "unlink"):
        setattr(os, name, dying(getattr(os, name)))
