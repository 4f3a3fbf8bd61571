"""The jobs that write articles: add, remove, withdraw, catch up. One at a time per home."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .archive import PutCounts
from .config import Settings
from .errors import SourceError
from .indexing import Progress
from .job import counted, start_job
from .reading import Reading, shown
from .rebuilding import reindex
from .receipts import Receipt
from .sources import check_format

__all__ = ["Progress", "add", "catch_up", "reindex", "remove", "restore_public", "withdraw"]


def add(
    home: Path,
    paths: Sequence[Path],
    *,
    format: str | None = None,
    again: Sequence[str] = (),
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> Receipt:
    """Read files and folders into the archive, then bring the index up to date.

    Records that cannot be read go to the quarantine and never stop the rest. What was archived before an
    error stays. `again`: ids of articles that are indexed once more as they are. Settings are those of the
    home unless given.

    Raises `SourceError` when none of the paths exists or the format is unknown, `LockHeld`, `ArchiveError`.
    """
    check_format(format)
    if paths and not any(path.exists() for path in paths):
        names = ", ".join(shown(path) for path in paths[:5])
        raise SourceError(f"no such file or folder: {names}; give the path of saved articles")
    with start_job(home, progress, settings, create=True) as job:
        reading = Reading(job.archive, job.progress)
        counts = PutCounts()
        for path in paths:
            counts += reading.read(path, format)
        job.archive.index_again(again)
        receipt = Receipt("add", rejected=reading.rejected, rejects=tuple(reading.shown))
        return job.finish(counted(receipt, counts))


def remove(
    home: Path,
    ids: Sequence[str],
    *,
    erase: bool = False,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> Receipt:
    """Take articles out of the archive and the index; unknown ids are no error, see `Receipt.removed`.

    They come back when they are added again. `erase` forgets what they said before, too.
    """
    with start_job(home, progress, settings) as job:
        return job.finish(Receipt("remove", removed=job.archive.delete(ids, erase=erase)))


def withdraw(
    home: Path,
    ids: Sequence[str],
    reason: str = "",
    *,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> Receipt:
    """Take articles out and keep them out, whatever is added later; also ids that are not there yet."""
    with start_job(home, progress, settings) as job:
        hidden = job.archive.withdraw(ids, reason)
        return job.finish(Receipt("withdraw", held=len(set(ids)), removed=hidden))


def restore_public(
    home: Path, ids: Sequence[str], *, progress: Progress | None = None, settings: Settings | None = None
) -> Receipt:
    """Undo `withdraw`: the articles are shown again as their records say; other ids are no error."""
    with start_job(home, progress, settings) as job:
        return job.finish(counted(Receipt("unwithdraw"), job.archive.release(ids)))


def catch_up(home: Path, *, progress: Progress | None = None, settings: Settings | None = None) -> Receipt:
    """Bring the index up to the archive: after a crash, at the end of an embargo."""
    with start_job(home, progress, settings) as job:
        return job.finish(Receipt("catch-up"))
