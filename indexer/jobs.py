"""The jobs that write: add, remove, reindex, catch up. One at a time per home."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

from analyzers import Lexicon, build_lexicon, index_language

from .archive import Archive
from .articles import Article
from .engines.base import Change, Delete, Upsert
from .errors import ArchiveError, IndexDamaged, IndexerError, IndexMissing, IndexOutOfDate, SourceError
from .generations import Generation, abandon, activate, new_generation, open_current
from .receipts import SHOWN_REJECTS, Receipt
from .schema import document_of
from .sources import Reject, read_path
from .writer_lock import writer_lock

Progress = Callable[[str, int, int | None], None]
"""Called with (phase, done, total or None); phases are `read`, `vocabulary`, `index`."""

COMMIT_EVERY = 5_000
"""Articles a commit: each makes a segment, and all of them are in memory until then."""
GROWTH = 2
"""When the archive is more than so many times what it was at the build, vocabularies are built anew."""
LOCK_WAIT_S = 30.0
"""Seconds that a job waits for another one."""


def add(
    home: Path,
    paths: Sequence[Path],
    *,
    format: str | None = None,
    progress: Progress | None = None,
    lock_wait_s: float = LOCK_WAIT_S,
) -> Receipt:
    """Read files and folders into the archive, then bring the index up to date.

    Records that cannot be read go to the quarantine and never stop the rest. Raises `SourceError` when none
    of the paths exists, `LockHeld`, `ArchiveError`; what was archived before an error stays.
    """
    missing = [path for path in paths if not path.exists()]
    if paths and len(missing) == len(paths):
        names = ", ".join(str(path) for path in missing[:5])
        raise SourceError(f"no such file or folder: {names}; give the path of saved articles")
    with _job(home, lock_wait_s, create=True) as (archive, started):
        reading = _Reading(archive, progress or _silent)
        receipt = Receipt("add")
        for path in paths:
            receipt = _add_path(archive, path, format, reading, receipt)
        receipt = replace(receipt, rejected=reading.rejected, rejects=tuple(reading.rejects))
        return _finish(home, archive, receipt, progress or _silent, started)


def remove(
    home: Path, ids: Sequence[str], *, progress: Progress | None = None, lock_wait_s: float = LOCK_WAIT_S
) -> Receipt:
    """Take articles out of the archive and the index; unknown ids are not an error, see `removed`."""
    with _job(home, lock_wait_s) as (archive, started):
        receipt = Receipt("remove", removed=archive.delete(ids))
        return _finish(home, archive, receipt, progress or _silent, started)


def catch_up(home: Path, *, progress: Progress | None = None, lock_wait_s: float = LOCK_WAIT_S) -> Receipt:
    """Bring the index up to the archive: after a crash, or after an index that could not be written."""
    with _job(home, lock_wait_s) as (archive, started):
        return _finish(home, archive, Receipt("catch-up"), progress or _silent, started)


def reindex(home: Path, *, progress: Progress | None = None, lock_wait_s: float = LOCK_WAIT_S) -> Receipt:
    """Build a new generation beside the serving one and let it serve when it is complete."""
    with _job(home, lock_wait_s) as (archive, started):
        generation, indexed = _build(home, archive, progress or _silent)
        receipt = Receipt("reindex", indexed=indexed)
        return _receipt(archive, generation, receipt, started)


@contextmanager
def _job(home: Path, lock_wait_s: float, *, create: bool = False) -> Iterator[tuple[Archive, float]]:
    """The archive, held for writing."""
    started = time.perf_counter()
    if create:
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"{home} cannot be made ({error.strerror}); choose another --home") from error
    elif not home.is_dir():
        raise ArchiveError(f"there is no archive in {home}; add articles with `dalil add PATH`")
    try:
        with writer_lock(home, lock_wait_s):
            archive = Archive.open(home / "archive.db", create=create, lock_wait_s=lock_wait_s)
            try:
                yield archive, started
            finally:
                archive.close()
    except OSError as error:
        raise ArchiveError(
            f"{home} cannot be written ({error.strerror or error}: {error.filename}); "
            "check its rights and the disk's room"
        ) from error


class _Reading:
    """Counts what is read and keeps the rejects."""

    def __init__(self, archive: Archive, progress: Progress) -> None:
        self._archive = archive
        self._progress = progress
        self.read = 0
        self.rejected = 0
        self.rejects: list[Reject] = []

    def articles(self, records: Iterable[Article | Reject]) -> Iterator[Article]:
        """The articles; rejects go to the quarantine."""
        for record in records:
            if isinstance(record, Reject):
                self.reject(record)
                continue
            self.read += 1
            if self.read % 100 == 0:
                self._progress("read", self.read, None)
            yield record
        self._progress("read", self.read, None)

    def reject(self, reject: Reject) -> None:
        self._archive.quarantine(reject.path, reject.position, reject.reason, reject.excerpt)
        self.rejected += 1
        if len(self.rejects) < SHOWN_REJECTS:
            self.rejects.append(reject)


def _add_path(archive: Archive, path: Path, kind: str | None, reading: _Reading, receipt: Receipt) -> Receipt:
    archive.forget_quarantine(str(path))
    try:
        counts = archive.put(reading.articles(read_path(path, format=kind)))
    except SourceError as error:
        reading.reject(Reject(str(path), "", str(error)))
        return receipt
    return replace(
        receipt,
        new=receipt.new + counts.new,
        changed=receipt.changed + counts.changed,
        unchanged=receipt.unchanged + counts.unchanged,
    )


def _finish(home: Path, archive: Archive, receipt: Receipt, progress: Progress, started: float) -> Receipt:
    """Bring the index up: by the change log, or by a new generation when that is due."""
    generation = _usable(home, archive)
    if generation is None:
        generation, indexed = _build(home, archive, progress)
    else:
        indexed = _apply_changes(archive, generation, progress)
    return _receipt(archive, generation, replace(receipt, indexed=indexed), started)


def _receipt(archive: Archive, generation: Generation, receipt: Receipt, started: float) -> Receipt:
    sequence = generation.sequence()
    generation.engine.close()
    receipt = replace(
        receipt, generation=generation.name, sequence=sequence, seconds=time.perf_counter() - started
    )
    archive.record_job(receipt.job, receipt.as_dict())
    return receipt


def _usable(home: Path, archive: Archive) -> Generation | None:
    """The serving generation, unless it must be built anew: missing, damaged, other rules, outgrown."""
    try:
        generation = open_current(home)
        sequence = generation.sequence()
    except (IndexMissing, IndexDamaged, IndexOutOfDate):
        return None
    outgrown = archive.count() > GROWTH * max(generation.manifest.articles, 1)
    if outgrown or sequence > archive.last_sequence():
        generation.engine.close()
        return None
    return generation


def _build(home: Path, archive: Archive, progress: Progress) -> tuple[Generation, int]:
    """A new generation with new vocabularies; it serves once it has everything."""
    # Changes that come in while we build are applied before it serves.
    sequence = archive.last_sequence()
    lexicons = _lexicons(archive, progress)
    total = archive.count()
    generation = new_generation(home, lexicons, total)
    try:
        indexed = 0
        articles = archive.all()
        while batch := list(islice(articles, COMMIT_EVERY)):
            generation.engine.apply(
                _documents(generation, batch, lambda done: progress("index", indexed + done, total))  # noqa: B023 -- called before the loop goes on
            )
            indexed += len(batch)
        generation.save_sequence(sequence)
        indexed += _apply_changes(archive, generation, _silent)
        _check_complete(archive, generation)
    except BaseException:
        abandon(generation)
        raise
    activate(generation)
    return generation, indexed


def _lexicons(archive: Archive, progress: Progress) -> dict[str, Lexicon]:
    """One vocabulary a language: clitics and spelling need to know which words this archive has."""
    total = archive.count()
    texts: dict[str, list[str]] = {}
    for done, article in enumerate(archive.all(), start=1):
        texts.setdefault(index_language(article.lang), []).append(article.text)
        if done % 500 == 0:
            progress("vocabulary", done, total)
    progress("vocabulary", total, total)
    return {language: build_lexicon(language, found) for language, found in sorted(texts.items())}


def _documents(
    generation: Generation, articles: Sequence[Article], told: Callable[[int], None]
) -> Iterator[Change]:
    for done, article in enumerate(articles, start=1):
        yield Upsert(document_of(article, generation.analyzer(article.lang)))
        if done % 50 == 0 or done == len(articles):
            told(done)


def _apply_changes(archive: Archive, generation: Generation, progress: Progress) -> int:
    """Apply what the change log has since the index's state; how many articles were written."""
    sequence = generation.sequence()
    total = archive.count_since(sequence)
    done = 0
    indexed = 0
    while changes := archive.changes_since(sequence, COMMIT_EVERY):
        last = {change.id: change for change in changes}
        wanted = [change.id for change in last.values() if not change.deleted]
        articles = archive.get_many(wanted)
        # An article that is gone by now has its deletion further on in the log.
        gone: list[Change] = [Delete(change_id) for change_id in last if change_id not in articles]
        generation.engine.apply([*gone, *_documents(generation, list(articles.values()), lambda _: None)])
        sequence = changes[-1].sequence
        generation.save_sequence(sequence)
        done += len(changes)
        indexed += len(articles)
        progress("index", done, total)
    return indexed


def _check_complete(archive: Archive, generation: Generation) -> None:
    found, wanted = generation.engine.statistics().documents, archive.count()
    if found != wanted:
        raise IndexerError(
            f"the new index has {found} articles, the archive {wanted}; it does not serve, run it again"
        )


def _silent(_phase: str, _done: int, _total: int | None) -> None:
    """No one is watching."""
