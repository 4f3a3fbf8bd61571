"""`dalil sync`: the archive follows a source, also where the source no longer has something.

A source is a folder or a file, known by its path. What it has is remembered file by file: a file with the
same content, read by the same rules, is not read again; an article that no file has any more is removed,
unless another source has it. Nothing is removed on doubtful grounds (see `_doubt`).

Feeds show their newest items only, so what leaves a feed is kept unless the caller says that the feed is
complete. A sitemap of addresses brings no texts, for nothing is fetched: articles that it listed and lists
no longer are removed, and its receipt names the pages that the archive lacks or has older than the site.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from .archive import Archive, PutCounts, source_memory
from .archive.source_memory import Gone, SourceFile
from .archive.transfers import copy_archive
from .archive_place import archive_place, has_archive
from .config import Settings
from .errors import SourceError
from .indexing import Progress, silent
from .job import counted, start_job
from .reading import Reading, absolute, shown
from .receipts import SHOWN, Receipt, SourceReport
from .sitemap_sources import Listed, listed_by
from .sources import Reject, check_format, is_sitemap, list_files, reading_rules

FEW = 5
"""So many articles may always be removed from a source ..."""
SHARE = 10
"""... and one of so many; when more are gone, someone should look first."""

_CHUNK = 1 << 20
_FILES_AT_ONCE = 500
"""Files that are remembered in one transaction: small ones would take as long to write as to read."""


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """How sources are followed."""

    format: str | None = None
    """One of `FORMATS` instead of telling by the content."""
    complete: bool = False
    """Feeds list everything that there is: what has left them is removed."""
    remove_anyway: bool = False
    """Remove what is gone, however much it is and whatever could not be read."""


def sync_sources(
    home: Path,
    paths: Sequence[Path],
    options: SyncOptions | None = None,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> Receipt:
    """Let the archive follow sources; `dry_run` tells what that would do, and writes nothing.

    Raises `SourceError` when a source is not there, in which case nothing was removed; `LockHeld`,
    `ArchiveError`.
    """
    options = options or SyncOptions()
    check_format(options.format)
    for path in paths:
        if not path.exists():
            raise SourceError(
                f"{shown(path)} does not exist, and nothing was removed; give a file or a folder"
            )
    if dry_run:
        return _dry_run(home, paths, options, progress)
    with start_job(home, progress, settings, create=True) as job:
        return job.finish(_follow(job.archive, paths, options, job.progress))


def forget_source(home: Path, source: str, *, settings: Settings | None = None) -> int:
    """Forget what a source had; its articles stay, as if they were added. How many it had."""
    with start_job(home, None, settings) as job, job.archive.transaction() as connection:
        return source_memory.forget(connection, absolute(source))


def _dry_run(home: Path, paths: Sequence[Path], options: SyncOptions, progress: Progress | None) -> Receipt:
    """The same on a copy of the archive, which is thrown away."""
    with TemporaryDirectory(prefix="dalil-") as folder:
        copy = Path(folder, "archive.db")
        if has_archive(home):
            copy_archive(archive_place(home), copy)
        with closing(Archive.open(copy, create=True)) as archive:
            receipt = _follow(archive, paths, options, progress or silent)
    return replace(receipt, dry_run=True)


def _follow(archive: Archive, paths: Sequence[Path], options: SyncOptions, progress: Progress) -> Receipt:
    reading = Reading(archive, progress)
    counts = PutCounts()
    reports, removed = [], 0
    for path in paths:
        one = _Source(archive, reading, absolute(shown(path)), options)
        added, report = one.follow(path)
        counts += added
        removed += report.removed
        reports.append(report)
    receipt = Receipt("sync", removed=removed, rejected=reading.rejected, rejects=tuple(reading.shown))
    return counted(replace(receipt, sources=tuple(reports)), counts)


@dataclass(frozen=True, slots=True)
class _Changed:
    """A file that must be read."""

    path: Path
    kind: str
    """Its format."""
    name: str
    """Its path, wherever one stands."""
    digest: str


class _Source:
    """One source while it is followed."""

    def __init__(self, archive: Archive, reading: Reading, name: str, options: SyncOptions) -> None:
        self._archive = archive
        self._reading = reading
        self._name = name
        self._options = options
        self._counts = PutCounts()
        self._read = 0
        self._doubtful: set[str] = set()
        """Files that are no evidence of what is gone; the name of the source for what has no file."""
        self._known: dict[str, SourceFile] = {}
        self._quarantined = {record.path for record in archive.quarantined()}

    def follow(self, path: Path) -> tuple[PutCounts, SourceReport]:
        """Read what is new or changed, then remove what is gone."""
        with self._archive.transaction() as connection:
            size = source_memory.size(connection, self._name)
            self._known = source_memory.files(connection, self._name)
        report = SourceReport(self._name)
        of_sitemap = is_sitemap(path)
        if of_sitemap:
            listed = listed_by(path, self._archive)
            report = replace(report, **listed.report())
            seen = self._follow_sitemap(path, listed)
        else:
            seen = self._follow_files(list_files(path, format=self._options.format))
        report = replace(report, files=report.files or len(seen), read=self._read)
        self._lose(sorted(self._known.keys() - seen), may_be_there=of_sitemap)
        return self._counts, self._remove_gone(report, size, seen)

    def _lose(self, names: Sequence[str], *, may_be_there: bool) -> None:
        """These files are no longer of the source; `may_be_there`: though they are where they were."""
        lost = []
        for name in names:
            if name in self._quarantined:
                self._archive.forget_quarantine(name)
            if Path(name).exists() and not may_be_there:
                self._reject(Reject(name, "", "had articles and can no longer be read; mend it"), name)
            else:
                lost.append(name)
        with self._archive.transaction() as connection:
            for name in lost:
                source_memory.lose(connection, self._name, name)

    def _follow_files(self, files: Iterator[tuple[Path, str] | Reject]) -> set[str]:
        """Read the files that are new or changed; the paths of all of them."""
        seen = set()
        waiting: list[_Changed] = []
        for listed in files:
            if isinstance(listed, Reject):
                self._reject(listed, self._name)
                continue
            seen.add(absolute(shown(listed[0])))
            if changed := self._changed(*listed):
                waiting.append(changed)
            if len(waiting) >= _FILES_AT_ONCE:
                self._read_files(waiting)
                waiting = []
        self._read_files(waiting)
        return seen

    def _changed(self, path: Path, kind: str) -> _Changed | None:
        """A file that must be read, as it is new or changed or has rejects."""
        name = absolute(shown(path))
        known = self._known.get(name)
        try:
            digest = _digest(path, kind)
        except OSError as error:
            self._reject(Reject(shown(path), "", f"cannot be read: {error.strerror or error}"), name)
            return None
        # A file with rejects is read each time: so that they are told each time, until they are mended.
        if known is not None and known.digest == digest and not known.rejects:
            self._counts += PutCounts(unchanged=known.articles)
            return None
        return _Changed(path, kind, name, digest)

    def _read_files(self, files: Sequence[_Changed]) -> None:
        """Archive what files have, then remember it: after a crash in between they are read again."""
        for name in self._quarantined.intersection(file.name for file in files):
            self._archive.forget_quarantine(name)
        counts, outcomes = self._reading.read_each([(file.path, file.kind) for file in files])
        self._counts += counts
        self._read += len(files)
        with self._archive.transaction() as connection:
            for file, outcome in zip(files, outcomes, strict=True):
                known, rejects = self._known.get(file.name), outcome.rejects
                if not outcome.ids and not rejects and known and (known.articles or known.rejects):
                    # An export that was cut off leaves an empty file, which is no evidence of anything.
                    rejects = 1
                if rejects:
                    self._doubtful.add(file.name)
                window = file.kind == "feed" and not self._options.complete
                now = SourceFile(file.digest, rejects, window=window)
                source_memory.remember(connection, self._name, file.name, now, outcome.ids)

    def _follow_sitemap(self, path: Path, listed: Listed) -> set[str]:
        """Remember the articles that it lists, and read the pages that stand beside it."""
        for reject in listed.rejects:
            self._reject(reject, self._name)
        seen = self._follow_files(iter(listed.files))
        name = absolute(shown(path))
        # A sitemap of local pages alone has no articles of its own.
        if listed.addresses:
            with self._archive.transaction() as connection:
                known = SourceFile("", len(listed.rejects))
                source_memory.remember(connection, self._name, name, known, listed.ids)
        return seen | {name}

    def _reject(self, reject: Reject, place: str) -> None:
        self._doubtful.add(place)
        self._reading.reject(reject)
        self._reading.keep_rejects()

    def _remove_gone(self, report: SourceReport, size: int, seen: set[str]) -> SourceReport:
        with self._archive.transaction() as connection:
            gone = source_memory.gone(connection, self._name)
        doubtful = [] if self._options.remove_anyway else [g for g in gone if self._is_doubtful(g, seen)]
        because = "what could not be read, or is empty now, may have them" if doubtful else ""
        sure = sorted({g.id for g in gone} - {g.id for g in doubtful})
        if len(sure) > max(FEW, size // SHARE) and not self._options.remove_anyway:
            because = f"{len(gone)} of {size} articles are gone, more than one of {SHARE}"
            doubtful, sure = gone, []
        removed = self._archive.delete(sure)
        kept = sorted({g.id for g in doubtful})
        with self._archive.transaction() as connection:
            source_memory.settle(connection, self._name, kept)
        return replace(
            report, removed=removed, kept=len(kept), kept_ids=tuple(kept[:SHOWN]), kept_because=because
        )

    def _is_doubtful(self, gone: Gone, seen: set[str]) -> bool:
        """Whether an article may be there all the same, behind something that could not be read."""
        if self._name in self._doubtful or gone.path in self._doubtful:
            return True
        # Its file is gone: it may have moved to a file that is new and has rejects.
        new = self._doubtful - self._known.keys()
        return gone.path not in seen and bool(new)


def _digest(path: Path, kind: str) -> str:
    """Hash of the content of a file and of the rules it is read by."""
    digest = hashlib.blake2b(f"{reading_rules()} {kind}\0".encode(), digest_size=16)
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            digest.update(part)
    return digest.hexdigest()
