"""Errors of the archive and its indexes: one tree, one message form.

    IndexerError
    ├── ConfigError            a setting that cannot be used
    ├── AccessError            a token or hook that cannot be made, ended or read
    ├── ArticleInvalid         an article breaks its rules (all problems at once)
    ├── SourceError            a path that cannot be read as any known format
    ├── ArchiveError           the archive database cannot be opened or written
    │   ├── ArchiveMissing     there is none yet
    │   ├── ArchiveUnavailable its server cannot be reached now; a later try may
    │   ├── StorageFull        the disk is full; what was not acknowledged was not kept
    │   ├── HomeReadOnly       nothing can be written there; searches go on
    │   └── TooManySaved       no room for another saved search
    ├── ArticleNotFound        no article with this id
    │   └── ArticleRemoved     there was one, which was taken out
    ├── IndexMissing           no generation to search yet
    ├── IndexOutOfDate         a generation built by other rules (schema, analyzers, ICU, lexicon)
    ├── IndexDamaged           files of a generation are missing or not what the manifest says
    ├── IndexUnavailable       they cannot be read now (open files, memory, rights) and may be whole
    │   └── ClusterUnavailable a cluster does not answer, or not now
    ├── DocumentsRejected      an engine takes some documents not at all, and has the others
    ├── LockHeld               another process is writing
    ├── KeyReused              another request was sent with this idempotency key
    ├── CanariesFailed         a new index does not find what it must, and does not serve
    └── QueryError             a query tree that no engine can run (limits, unknown field)

Every message says what happened, the value, and what to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

_SHOWN = 5
"""Documents named in a message."""


class IndexerError(Exception):
    """Root of everything that `indexer` raises on purpose."""


class ConfigError(IndexerError):
    """A setting has a value that cannot be used."""


class AccessError(IndexerError):
    """A token or a hook cannot be made, ended or read."""


class ArticleInvalid(IndexerError):
    """An article breaks its rules; `problems` lists all of them, not only the first."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class SourceError(IndexerError):
    """A path cannot be read as any known format."""


class ArchiveError(IndexerError):
    """The archive database cannot be opened, read or written."""


class ArchiveMissing(ArchiveError):
    """There is no archive yet where the settings say that it is."""


class ArchiveUnavailable(ArchiveError):
    """The server of the archive cannot be reached now, for a reason that says nothing of the archive."""

    retry_after_s: int = 5
    """Seconds after which asking again may help."""


class StorageFull(ArchiveError):
    """There is no room on the disk."""


class HomeReadOnly(ArchiveError):
    """A home is on a disk that can only be read, or belongs to another user."""


class TooManySaved(ArchiveError):
    """There is no room for another saved search."""


class ArticleNotFound(IndexerError):
    """No article has this id."""

    def __init__(self, article_id: str) -> None:
        super().__init__(
            f"no article with the id {article_id[:200]!r}; `dalil search` prints the ids it finds"
        )
        self.article_id = article_id


class ArticleRemoved(ArticleNotFound):
    """The article with this id was taken out of the archive."""

    def __init__(self, article_id: str, removed_at: datetime) -> None:
        """`removed_at`: aware."""
        super().__init__(article_id)
        message = (
            f"the article {article_id[:200]!r} was taken out of the archive on {removed_at:%Y-%m-%d} (UTC); "
            "search for its title, or add it again"
        )
        self.args = (message,)
        self.removed_at = removed_at


class IndexMissing(IndexerError):
    """There is no generation to search yet."""


class IndexOutOfDate(IndexerError):
    """A generation was built by other rules than those of this process."""

    def __init__(self, expected: str, got: str, remedy: str = "run `dalil reindex`") -> None:
        super().__init__(f"the index was built with {got}, this program needs {expected}; {remedy}")
        self.expected = expected
        self.got = got
        self.remedy = remedy


class IndexDamaged(IndexerError):
    """Files of a generation are missing or differ from their manifest."""


class IndexUnavailable(IndexerError):
    """Files of a generation cannot be read now, for a reason that says nothing of the files."""

    retry_after_s: int = 5
    """Whole seconds, at least 1: what HTTP's Retry-After says."""


class ClusterUnavailable(IndexUnavailable):
    """A cluster cannot answer now, for a reason that says nothing of the index."""

    def __init__(self, message: str, retry_after_s: int = 5) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class DocumentsRejected(IndexerError):
    """Documents that an engine will never take; all others of the same call are in."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        """`reasons`: id -> what the engine said."""
        named = list(reasons.items())[:_SHOWN]
        shown = "; ".join(f"{name[:80]!r}: {reason[:200]}" for name, reason in named)
        more = f"; and {len(reasons) - _SHOWN} more" if len(reasons) > _SHOWN else ""
        super().__init__(
            f"the cluster did not take {len(reasons)} documents ({shown}{more}); "
            "set these articles aside, or change what is wrong with them"
        )
        self.reasons = dict(reasons)


class LockHeld(IndexerError):
    """Another process is writing to the same home."""


class KeyReused(IndexerError):
    """Another request was sent with the same idempotency key."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"the Idempotency-Key {key[:80]!r} belongs to another request; give each request a key of its own"
        )


class CanariesFailed(IndexerError):
    """A new index does not find what it must; `failures` says what."""

    def __init__(self, failures: Sequence[str]) -> None:
        super().__init__(
            f"the new index does not serve, the one before does: {'; '.join(failures[:5])}; "
            "mend the setting canaries, or run `dalil reindex --swap-anyway`"
        )
        self.failures = tuple(failures)


class QueryError(IndexerError):
    """A query tree cannot be run: unknown field or past a limit."""
