"""From files into the archive: what was read is counted, what could not be goes to the quarantine."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .archive import Archive, PutCounts
from .articles import Article
from .errors import SourceError
from .indexing import Progress
from .receipts import SHOWN_REJECTS
from .sources import Reject, read_path

_REJECTS_AT_ONCE = 200
"""Records a transaction of the quarantine."""


@dataclass(slots=True)
class FileRead:
    """What a file had."""

    ids: list[str] = field(default_factory=list)
    rejects: int = 0


class Reading:
    """Reads paths into the archive, counts, and keeps the rejects."""

    def __init__(self, archive: Archive, progress: Progress) -> None:
        """`progress` is told of every hundredth record."""
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
        self._archive.forget_quarantine(absolute(shown(path)))
        try:
            return self._archive.put(self._articles(read_path(path, format=kind), []))
        except SourceError as error:
            self.reject(Reject(shown(path), "", str(error)))
            return PutCounts()
        finally:
            self.keep_rejects()

    def read_each(self, files: Sequence[tuple[Path, str]]) -> tuple[PutCounts, list[FileRead]]:
        """Archive what files of these formats have, and tell what each had.

        Unlike `read`, leaves in quarantine what they had there before.
        """
        outcomes: list[FileRead] = []
        try:
            return self._archive.put(self._of_each(files, outcomes)), outcomes
        finally:
            self.keep_rejects()

    def _of_each(self, files: Sequence[tuple[Path, str]], outcomes: list[FileRead]) -> Iterator[Article]:
        for path, kind in files:
            outcome, before = FileRead(), self.rejected
            outcomes.append(outcome)
            try:
                yield from self._articles(read_path(path, format=kind), outcome.ids)
            except SourceError as error:
                self.reject(Reject(shown(path), "", str(error)))
            outcome.rejects = self.rejected - before

    def reject(self, reject: Reject) -> None:
        """Count what cannot be read; `keep_rejects` writes it down."""
        self.rejected += 1
        if len(self.shown) < SHOWN_REJECTS:
            self.shown.append(reject)
        self._waiting.append(reject)
        if len(self._waiting) >= _REJECTS_AT_ONCE:
            self.keep_rejects()

    def keep_rejects(self) -> None:
        """Put into quarantine what waits for it."""
        waiting, self._waiting = self._waiting, []
        # Absolute: the next job may be started from another folder.
        self._archive.quarantine([replace(reject, path=absolute(reject.path)) for reject in waiting])

    def _articles(self, records: Iterable[Article | Reject], ids: list[str]) -> Iterator[Article]:
        for record in records:
            self._records += 1
            if self._records % 100 == 0:
                self._progress("read", self._records, None)
            if isinstance(record, Reject):
                self.reject(record)
                continue
            ids.append(record.id)
            yield record
        self._progress("read", self._records, None)


def shown(path: Path) -> str:
    """A path as text that can be stored and printed, though its name be in no UTF-8."""
    return os.fsencode(path).decode("utf-8", "replace")


def absolute(path: str) -> str:
    """The name of a path wherever one stands; a link that is moved to newer files keeps its name."""
    return os.path.abspath(path)  # noqa: PTH100 -- `resolve` would follow links
