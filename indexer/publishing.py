"""`Publisher`: articles that come one by one, by a server, become searchable in a moment.

Requests of a process that come at once are one group: one transaction of the archive, one commit of the
index, under the writer's lock that every job takes. A request is acknowledged when the transaction is on the
disk; the index follows at once. Completions and names follow when there is a pause: searches need neither.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .archive import Archive, publications
from .archive.publications import Operation, Publication
from .archive_place import archive_identity, has_archive, open_archive
from .config import Settings
from .errors import ArchiveError, ArchiveMissing, ClusterUnavailable, IndexerError, KeyReused, LockHeld
from .library import Library
from .pace import Pace
from .publishing_index import PublishingIndex
from .unwritable import unwritable
from .writer_lock import writer_lock

log = logging.getLogger(__name__)

GATHER_S = 0.003
"""The first of a group waits so long for others."""
MOST_GROUPED = 500
"""Articles of a group, unless one request has more."""
PATIENCE_S = 5.0
"""For another job that is writing."""
_PATIENCE_BY_TURNS_S = 20.0
"""For other servers that publish by turns: each of them is soon done, and none is busy with a long job."""
_BUSY_PATIENCE_S = 0.2
"""The same while that job is known to be a long one: requests must not wait in all threads of a server."""
_BUSY_S = 1.0
PAUSE_S = 2.0
"""Without a request, before completions and names follow."""
LATEST_S = 60.0
"""They follow after so long though there is no pause."""
_AT_ONCE_S = 0.01
_IDLE_S = 300.0
"""Without a request, before files are closed."""


@dataclass(frozen=True, slots=True)
class PublishRequest:
    """What a client wants done, or a part of it."""

    job: str
    client: str
    """Name of the token or hook."""
    operations: Sequence[Operation]
    key: str = ""
    """`Idempotency-Key`, if there is one."""
    request: str = ""
    """Hash of the whole request."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Of earlier parts of the same job."""
    done: bool = True
    """Whether this is the last part."""


@dataclass(frozen=True, slots=True)
class Published:
    """What became of it. It is on the disk."""

    publication: Publication
    statuses: tuple[str, ...]
    """Of each operation; none for a request that was done before."""
    replayed: bool = False
    """The same request was done before under this key; nothing was done now."""


@dataclass(slots=True, eq=False)
class _Ticket:
    request: PublishRequest
    over: threading.Event = field(default_factory=threading.Event)
    outcome: Published | Exception | None = None

    def end(self, outcome: Published | Exception) -> None:
        self.outcome = outcome
        self.over.set()


class Publisher:
    """Writes to a home for one server process. Safe for several threads."""

    def __init__(self, home: Path, library: Library, settings: Settings, pace: Pace | None = None) -> None:
        """`library`: told of each commit. Opens nothing, and starts no thread, before it is needed.

        `pace`: says how long after a commit the next one may be put off; each group has its own otherwise.
        """
        self._home = home
        self._library = library
        self._index = PublishingIndex(home, settings)
        self._settings = settings
        self._archive: Archive | None = None
        self._opened = (0, 0)
        self._waiting: list[_Ticket] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._busy_until = 0.0
        self._unsettled_since: float | None = None
        self._last_write = 0.0
        self._warming = False
        self._pace = pace
        self._put_off = False
        self._next_commit = float("-inf")

    def publish(self, request: PublishRequest) -> Published:
        """Do what is asked; returns when it is on the disk.

        Raises `LockHeld` while another job writes, `KeyReused`, `ArchiveError`; nothing was done then.
        """
        if time.monotonic() < self._busy_until and self._waiting:
            raise LockHeld("another job is writing and has not finished; try again in some seconds")
        ticket = _Ticket(request)
        with self._changed:
            if self._closed:
                raise ArchiveError("the server is stopping; send it again")
            self._waiting.append(ticket)
            self._start()
            self._changed.notify_all()
        ticket.over.wait()
        if isinstance(ticket.outcome, Published):
            return ticket.outcome
        assert ticket.outcome is not None
        raise ticket.outcome

    def warm_up(self) -> None:
        """Open what the first request would have to wait for, beside what the caller does."""
        with suppress(ArchiveError):
            if not has_archive(self._home):
                return
        with self._changed:
            if not self._closed:
                self._warming = True
                self._start()
                self._changed.notify_all()

    def wait_searchable(self, sequence: int, timeout_s: float) -> bool:
        """Wait until searches of this process see a change of the archive; whether they do."""
        deadline = time.monotonic() + timeout_s
        while True:
            if self._sees(sequence):
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            with self._changed:
                # Another process may be the one that brings the index up.
                self._changed.wait(min(left, 0.02))

    def job(self, job: str) -> tuple[Publication, bool] | None:
        """What a job did, and whether searches see all of it; None for one that is not known."""
        try:
            archive = open_archive(self._home)
        except ArchiveMissing:
            return None
        with closing(archive), archive.transaction() as connection:
            found = publications.by_job(connection, job)
        return None if found is None else (found, self._sees(found.sequence))

    def close(self) -> None:
        """Finish what was accepted and release all files. Closing twice is harmless."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        self._index.close()
        if self._archive is not None:
            self._archive.close()
            self._archive = None

    def _sees(self, sequence: int) -> bool:
        with suppress(IndexerError):
            return self._library.snapshot().sequence >= sequence
        return False

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._waiting and not self._closed and not self._warming:
                    self._changed.wait(self._pause())
                closed, waiting, warming = self._closed, bool(self._waiting), self._warming
                self._warming = False
            if warming and not closed:
                self._warm()
            if waiting:
                time.sleep(GATHER_S)
                self._write(self._taken())
            elif self._put_off:
                if closed or self._pause() <= _AT_ONCE_S:
                    self._write(())
                # Whoever holds the lock when we stop brings the index up as well.
                if closed:
                    self._put_off = False
            elif closed:
                return
            elif not warming:
                self._settle()

    def _warm(self) -> None:
        """Open the archive and its index; what a server before us left undone is to be done."""
        try:
            archive = self._writable()
            self._index.open(archive)
            self._put_off = self._index.is_behind(archive)
        except ClusterUnavailable as error:
            self._wait_for(error)
        except (IndexerError, OSError) as error:
            log.info("the first article that is published waits for the index to be opened: %s", error)

    def _wait_for(self, cluster: ClusterUnavailable) -> None:
        log.warning("the index is behind the archive, and follows by itself: %s", cluster)
        self._put_off = True
        self._next_commit = time.monotonic() + cluster.retry_after_s
        self._index.close()

    def _taken(self) -> list[_Ticket]:
        """The requests of the next group."""
        with self._changed:
            taken = [self._waiting.pop(0)]
            size = len(taken[0].request.operations)
            while self._waiting and size + len(self._waiting[0].request.operations) <= MOST_GROUPED:
                taken.append(self._waiting.pop(0))
                size += len(taken[-1].request.operations)
        return taken

    def _write(self, tickets: Sequence[_Ticket]) -> None:
        patience = _BUSY_PATIENCE_S if time.monotonic() < self._busy_until + _BUSY_S else PATIENCE_S
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            with writer_lock(self._home, patience, _PATIENCE_BY_TURNS_S):
                self._busy_until = 0.0
                archive = self._writable()
                archive.publish_due()
                if tickets:
                    self._archive_all(archive, tickets)
                self._put_off = bool(tickets) and time.monotonic() < self._next_commit
                if not self._put_off:
                    self._bring_up(archive)
        except LockHeld as error:
            self._busy_until = time.monotonic() + _BUSY_S
            self._fail(tickets, error)
        except Exception as error:
            if self._put_off:
                log.exception(
                    "the index is behind the archive; the next request or `dalil catch-up` tries again"
                )
                self._put_off = False
            # Whatever it is, whoever waits must be told.
            self._fail(tickets, error)

    def _fail(self, tickets: Sequence[_Ticket], error: Exception) -> None:
        if isinstance(error, OSError):
            error = unwritable(self._home, error)
        for ticket in tickets:
            if not ticket.over.is_set():
                ticket.end(error)

    def _writable(self) -> Archive:
        # A restored backup is another file under the same name.
        if self._archive is not None and self._opened != archive_identity(self._home):
            self._archive.close()
            self._archive = None
        if self._archive is None:
            self._archive = open_archive(self._home, create=True, lock_wait_s=PATIENCE_S)
            self._opened = archive_identity(self._home)
        return self._archive

    def _archive_all(self, archive: Archive, tickets: Sequence[_Ticket]) -> None:
        """One transaction; where it fails each request has its own, so that one spoils none of the others."""
        try:
            outcomes = _archived(archive, tickets)
        except Exception as error:  # noqa: BLE001 -- as in `_write`
            if len(tickets) == 1:
                self._fail(tickets, error)
                return
            log.warning("a group of %d requests failed (%s); each is tried alone", len(tickets), error)
            for ticket in tickets:
                self._archive_all(archive, [ticket])
            return
        for ticket, outcome in zip(tickets, outcomes, strict=True):
            ticket.end(outcome)
        self._last_write = time.monotonic()
        self._unsettled_since = self._unsettled_since or self._last_write

    def _bring_up(self, archive: Archive) -> None:
        """Let searches see what the archive has. A failure is told in the log; the articles are safe."""
        if self._pace is not None:
            self._next_commit = time.monotonic() + self._pace.between_s()
        try:
            self._index.bring_up(archive)
        except ClusterUnavailable as error:
            self._wait_for(error)
        except Exception:
            log.exception("the index is behind the archive; the next request or `dalil catch-up` tries again")
            self._index.close()
        self._library.look()
        with self._changed:
            self._changed.notify_all()

    def _pause(self) -> float:
        """Seconds until there is something to do without a request."""
        now = time.monotonic()
        if self._put_off:
            return max(self._next_commit - now, self._busy_until - now, _AT_ONCE_S)
        if self._unsettled_since is None:
            return _IDLE_S
        return max(min(self._last_write + PAUSE_S, self._unsettled_since + LATEST_S) - now, _AT_ONCE_S)

    def _settle(self) -> None:
        """What can wait: completions, names, canaries, the receipt; keys and jobs whose time is over."""
        if self._unsettled_since is None:
            self._index.close()
            return
        if self._pause() > _AT_ONCE_S:
            return
        try:
            with writer_lock(self._home, 0):
                archive = self._writable()
                self._index.settle(archive)
                with archive.transaction() as connection:
                    publications.forget_old(connection)
                self._unsettled_since = None
        except LockHeld:
            # Whoever holds it brings everything up as well.
            self._unsettled_since = self._last_write = time.monotonic()
        except Exception:
            log.exception("completions and names do not follow the archive; run `dalil catch-up`")
            self._unsettled_since = None
            self._index.close()


def _archived(archive: Archive, tickets: Sequence[_Ticket]) -> list[Published | Exception]:
    with archive.transaction() as connection:
        return [_one(connection, ticket.request) for ticket in tickets]


def _one(connection: Any, request: PublishRequest) -> Published | Exception:
    job = request.job
    if request.key:
        before = publications.by_key(connection, request.client, request.key)
        if before is not None and before.request != request.request:
            return KeyReused(request.key)
        if before is not None and before.done and before.job != job:
            return Published(before, (), replayed=True)
    statuses = publications.apply(connection, request.operations)
    counts = dict(request.counts)
    for status in statuses:
        counts[status] = counts.get(status, 0) + 1
    publication = Publication(
        job=job,
        at=time.time(),
        client=request.client,
        request=request.request,
        sequence=publications.last_sequence(connection),
        done=request.done,
        answer=counts,
        key=request.key,
    )
    publications.remember(connection, publication)
    return Published(publication, tuple(statuses))
