"""`dalil watch`: follow sources until told to stop, without a daemon of the operating system.

Files are looked at again and again instead of asking the kernel for events: that works on network folders
and containers alike, needs no library, and a look at 25,000 files takes a tenth of a second.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from . import jobs
from .archive import held
from .archive_place import open_archive
from .errors import IndexerError, LockHeld
from .receipts import Receipt
from .syncing import SyncOptions, sync_sources

Seen = dict[str, tuple[int, int]]
"""Path -> size and time of change, of each file."""

_LONGEST_SETTLING = 30
"""So many times `settle_s`."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often files are looked at, and how long they must be left alone before they are read."""

    every_s: float = 2.0
    settle_s: float = 2.0


def watch_sources(
    home: Path,
    paths: Sequence[Path],
    told: Callable[[Receipt | Exception], None],
    wait: Callable[[float], bool],
    options: SyncOptions | None = None,
    pace: Pace | None = None,
) -> None:
    """Sync once, then whenever a file changed and has been left alone for a while, until `wait` says stop.

    `told` gets each receipt in which something was done, and each error: after an error it is tried again at
    the next look. `wait` waits so many seconds and returns True when it is time to stop. Articles whose
    embargo is over are let out at the next look.
    """
    pace = pace or Pace()
    last: Seen | None = None
    error = ""

    def tell(outcome: Receipt | Exception) -> None:
        # An error that lasts is told once, not at every look.
        nonlocal error
        before, error = error, str(outcome) if isinstance(outcome, Exception) else ""
        if not error or error != before:
            told(outcome)

    while True:
        now = look(paths)
        if now != last:
            settled = _settled(paths, now, wait, pace.settle_s)
            if settled is None:
                return
            done = _try(lambda: sync_sources(home, paths, options), tell)
            # What changes while it is being read is seen as a change at the next look.
            last = settled if done else None
        elif _is_due(home):
            _try(lambda: jobs.catch_up(home), tell)
        if wait(pace.every_s):
            return


def look(paths: Sequence[Path]) -> Seen:
    """What there is to be seen now; what cannot be looked at is as if it were not there."""
    seen: Seen = {}
    for path in paths:
        for folder, folders, names in os.walk(path):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                if not name.startswith("."):
                    _add(seen, os.path.join(folder, name))  # noqa: PTH118 -- ten times as fast
        if not path.is_dir():
            _add(seen, str(path))
    return seen


class StopSignals:
    """SIGINT and SIGTERM ask to stop, and end nothing under way; a second one ends it as usual."""

    def __init__(self) -> None:
        """Takes the signals over on entry, gives them back on exit."""
        self._asked = threading.Event()
        self._before: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}

    def __enter__(self) -> Self:
        """See the class."""
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """See the class."""
        self._give_back()

    def wait(self, seconds: float) -> bool:
        """Wait so long; True, at once, when someone asked to stop."""
        return self._asked.wait(seconds)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked.set()
        self._give_back()

    def _give_back(self) -> None:
        while self._before:
            number, handler = self._before.popitem()
            signal.signal(number, handler)


def _settled(paths: Sequence[Path], now: Seen, wait: Callable[[float], bool], settle_s: float) -> Seen | None:
    """What there is once nothing has changed for `settle_s`; None when it is time to stop.

    A file that never rests is read all the same after a while: what is cut off in it is rejected, and read
    again when it has changed.
    """
    for _ in range(_LONGEST_SETTLING):
        if wait(settle_s):
            return None
        later = look(paths)
        if later == now:
            break
        now = later
    return now


def _try(job: Callable[[], Receipt], told: Callable[[Receipt | Exception], None]) -> bool:
    """Run a job and tell of it; whether it was done."""
    try:
        receipt = job()
    except LockHeld:
        # Someone else is publishing: the next look will do.
        return False
    except IndexerError as error:
        told(error)
        return False
    if _did_something(receipt):
        told(receipt)
    return True


def _did_something(receipt: Receipt) -> bool:
    counts = (receipt.new, receipt.changed, receipt.removed, receipt.held, receipt.released, receipt.indexed)
    return any(counts) or receipt.exit_code != 0


def _is_due(home: Path) -> bool:
    try:
        with closing(open_archive(home)) as archive, archive.transaction() as connection:
            due = held.next_due(connection)
    except IndexerError:
        return False
    return due is not None and due <= time.time()


def _add(seen: Seen, path: str) -> None:
    try:
        found = os.stat(path)  # noqa: PTH116 -- as above
    except OSError:
        return
    seen[path] = (found.st_size, found.st_mtime_ns)
