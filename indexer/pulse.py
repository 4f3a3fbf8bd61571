"""`Pulse`: how archive and index are doing, for whoever watches a server."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .archive import Archive, publications
from .archive_place import open_archive
from .errors import ArchiveMissing, IndexerError
from .library import Library, Snapshot


@dataclass(frozen=True, slots=True)
class Vitals:
    """The numbers of a moment."""

    ready: bool = False
    """Whether searches can be answered."""
    articles: int = 0
    """In the archive."""
    indexed: int = 0
    """That searches find."""
    behind: int = 0
    """Changes of the archive that the index does not have yet."""
    behind_s: float = 0.0
    """Age of the oldest of them, in seconds."""
    generation: int = 0
    """12 for `gen-000012`; 0 without one."""
    changed_at: float | None = None
    """When the last change was made that the index has, in epoch seconds."""
    quarantined: int = 0
    jobs: Mapping[str, int] = field(default_factory=dict)
    """How many jobs of each kind there were; those over HTTP are `http`."""


class Pulse:
    """Looks at a home. Safe for several threads and beside other processes."""

    def __init__(self, home: Path, library: Library) -> None:
        self._home = home
        self._library = library
        self._lock = threading.Lock()
        self._archive: Archive | None = None
        self._caught_up = float("-inf")
        self._waiting: tuple[float, float] = (0.0, 0.0)

    def vitals(self) -> Vitals:
        """The numbers, as they are now; zeros for what is not there yet. Raises `ArchiveError`."""
        snapshot = self._snapshot()
        archive = self._opened()
        if archive is None:
            return Vitals()
        sequence = snapshot.sequence if snapshot else 0
        with archive.transaction() as connection:
            since = publications.waiting_since(connection, sequence)
            jobs = publications.job_counts(connection)
        return Vitals(
            ready=snapshot is not None,
            articles=archive.count(),
            indexed=snapshot.engine.statistics().documents if snapshot else 0,
            behind=archive.count_since(sequence),
            behind_s=self._age(since),
            generation=int(snapshot.generation.removeprefix("gen-")) if snapshot else 0,
            changed_at=archive.changed_at(sequence),
            quarantined=archive.count_quarantined(),
            jobs=jobs,
        )

    def behind_s(self) -> float:
        """How long the oldest change waits that the index does not have, in seconds; 0 for none."""
        snapshot, archive = self._snapshot(), self._opened()
        if archive is None:
            return 0.0
        with archive.transaction() as connection:
            since = publications.waiting_since(connection, snapshot.sequence if snapshot else 0)
        return self._age(since)

    def _age(self, since: float | None) -> float:
        """By the clock, and within what this server has seen itself: clocks are set, and may be wrong."""
        now = time.monotonic()
        with self._lock:
            if since is None:
                self._caught_up = now
                return 0.0
            if self._waiting[0] != since:
                self._waiting = (since, now)
            seen, longest = now - self._waiting[1], now - self._caught_up
        return round(max(min(time.time() - since, longest), seen), 3)

    def close(self) -> None:
        """Release what it opened itself. Closing twice is harmless."""
        with self._lock:
            if self._archive is not None:
                self._archive.close()
                self._archive = None

    def _snapshot(self) -> Snapshot | None:
        try:
            return self._library.snapshot()
        except IndexerError:
            return None

    def _opened(self) -> Archive | None:
        with self._lock:
            if self._archive is None:
                try:
                    self._archive = open_archive(self._home)
                except ArchiveMissing:
                    return None
            return self._archive
