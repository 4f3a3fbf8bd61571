"""The jobs that write: add, remove, reindex, catch up. One at a time per home."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from .archive import Archive, PutCounts
from .articles import Article
from .config import Settings, load_settings
from .errors import ArchiveError, SourceError
from .generations import Generation
from .indexing import Progress, bring_up, build
from .receipts import SHOWN_REJECTS, Receipt
from .sources import FORMATS, Reject, read_path
from .writer_lock import writer_lock

__all__ = ["Progress", "add", "catch_up", "reindex", "remove"]

_REJECTS_AT_ONCE = 200
"""Records a transaction of the quarantine."""


def add(
    home: Path,
    paths: Sequence[Path],
    *,
    format: str | None = None,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> Receipt:
    """Read files and folders into the archive, then bring the index up to date.

    Records that cannot be read go to the quarantine and never stop the rest. What was archived before an
    error stays. Settings are those of the home unless given.

    Raises `SourceError` when none of the paths exists or the format is unknown, `LockHeld`, `ArchiveError`.
    """
    if format is not None and format not in FORMATS:
        raise SourceError(f"there is no format {format!r}; use one of {', '.join(FORMATS)}")
    if paths and not any(path.exists() for path in paths):
        names = ", ".join(_shown(path) for path in paths[:5])
        raise SourceError(f"no such file or folder: {names}; give the path of saved articles")
    with _job(home, progress, settings, create=True) as job:
        reading = _Reading(job.archive, job.progress)
        counts = PutCounts()
        for path in paths:
            counts += reading.read(path, format)
        receipt = Receipt(
            "add",
            new=counts.new,
            changed=counts.changed,
            unchanged=counts.unchanged,
            rejected=reading.rejected,
            rejects=tuple(reading.shown),
        )
        return job.finish(receipt)


def remove(
    home: Path, ids: Sequence[str], *, progress: Progress | None = None, settings: Settings | None = None
) -> Receipt:
    """Take articles out of the archive and the index; unknown ids are no error, see `Receipt.removed`."""
    with _job(home, progress, settings) as job:
        return job.finish(Receipt("remove", removed=job.archive.delete(ids)))


def catch_up(home: Path, *, progress: Progress | None = None, settings: Settings | None = None) -> Receipt:
    """Bring the index up to the archive: after a crash, or after an index that could not be written."""
    with _job(home, progress, settings) as job:
        return job.finish(Receipt("catch-up"))


def reindex(home: Path, *, progress: Progress | None = None, settings: Settings | None = None) -> Receipt:
    """Build a new generation beside the serving one and let it serve when it is complete."""
    with _job(home, progress, settings) as job:
        generation, indexed = build(home, job.archive, job.progress, job.settings.commit_every)
        return job.receipt(Receipt("reindex", indexed=indexed), generation)


@dataclass(frozen=True, slots=True)
class _Job:
    """A home held for writing."""

    home: Path
    archive: Archive
    progress: Progress
    settings: Settings
    started: float

    def finish(self, receipt: Receipt) -> Receipt:
        """Bring the index up, then write down what the job did."""
        generation, indexed = bring_up(self.home, self.archive, self.progress, self.settings.commit_every)
        return self.receipt(replace(receipt, indexed=indexed), generation)

    def receipt(self, receipt: Receipt, generation: Generation) -> Receipt:
        """The receipt with the state of the index, kept in the archive too."""
        receipt = replace(
            receipt,
            generation=generation.name,
            sequence=generation.sequence(),
            seconds=time.perf_counter() - self.started,
        )
        generation.engine.close()
        self.archive.record_job(receipt.job, receipt.as_dict())
        return receipt


@contextmanager
def _job(
    home: Path, progress: Progress | None, settings: Settings | None, *, create: bool = False
) -> Iterator[_Job]:
    started = time.perf_counter()
    settings = settings or load_settings(home)
    if not create and not home.is_dir():
        raise ArchiveError(f"there is no archive in {home}; add articles with `dalil add PATH`")
    try:
        home.mkdir(parents=True, exist_ok=True)
        with writer_lock(home, settings.lock_wait_s):
            archive = Archive.open(home / "archive.db", create=create, lock_wait_s=settings.lock_wait_s)
            try:
                yield _Job(home, archive, progress or _silent, settings, started)
            finally:
                archive.close()
    except OSError as error:
        place = f": {error.filename}" if error.filename else ""
        raise ArchiveError(
            f"{home} cannot be written ({error.strerror or error}{place}); "
            "check its rights and the room on the disk, or choose another --home"
        ) from error


class _Reading:
    """Reads paths into the archive, counts, and keeps the rejects."""

    def __init__(self, archive: Archive, progress: Progress) -> None:
        self._archive = archive
        self._progress = progress
        self._records = 0
        self._waiting: list[Reject] = []
        self.rejected = 0
        self.shown: list[Reject] = []
        """The first rejects, for the receipt."""

    def read(self, path: Path, kind: str | None) -> PutCounts:
        """Archive what a file or folder has."""
        # The file is read anew, and what was wrong with it may be mended.
        self._archive.forget_quarantine(_absolute(_shown(path)))
        try:
            return self._archive.put(self._articles(read_path(path, format=kind)))
        except SourceError as error:
            self._reject(Reject(_shown(path), "", str(error)))
            return PutCounts()
        finally:
            self._keep_rejects()

    def _articles(self, records: Iterable[Article | Reject]) -> Iterator[Article]:
        for record in records:
            self._records += 1
            if self._records % 100 == 0:
                self._progress("read", self._records, None)
            if isinstance(record, Reject):
                self._reject(record)
            else:
                yield record
        self._progress("read", self._records, None)

    def _reject(self, reject: Reject) -> None:
        self.rejected += 1
        if len(self.shown) < SHOWN_REJECTS:
            self.shown.append(reject)
        self._waiting.append(reject)
        if len(self._waiting) >= _REJECTS_AT_ONCE:
            self._keep_rejects()

    def _keep_rejects(self) -> None:
        waiting, self._waiting = self._waiting, []
        # Absolute: the next job may be started from another folder.
        self._archive.quarantine([replace(reject, path=_absolute(reject.path)) for reject in waiting])


def _shown(path: Path) -> str:
    """A path as text that can be stored and printed, though its name be in no UTF-8."""
    return os.fsencode(path).decode("utf-8", "replace")


def _absolute(path: str) -> str:
    # Not resolved: a link that is moved to newer files keeps its name.
    return os.path.abspath(path)  # noqa: PTH100


def _silent(_phase: str, _done: int, _total: int | None) -> None:
    """No one is watching."""
