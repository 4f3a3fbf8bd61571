"""`Archive`: the database that is the truth; indexes are made from it."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    delete,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import SQLAlchemyError

from ..articles import Article, hash_of
from ..errors import ArchiveError, ArchiveMissing, ArticleNotFound, IndexerError, StorageFull
from ..sources import Reject
from . import held, removals, versions
from .databases import Where, check_encoding, engine_for, is_server, on_sqlite, shown
from .failures import failure
from .numbering import begin_writing
from .read_only import read_only_engine
from .stored_articles import article_of, is_whole, whole_article
from .tables import (
    ABOUT,
    ARTICLES,
    AT_ONCE,
    CHANGES,
    JOBS,
    METADATA,
    QUARANTINE,
    SCHEMA,
    batches,
)
from .taking import RECORDS, PutCounts, log_changes, take_in, take_out


@dataclass(frozen=True, slots=True)
class ArchiveChange:
    """One entry of the change log."""

    sequence: int
    id: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that could not be read."""

    number: int
    path: str
    position: str
    reason: str
    excerpt: str
    at: float
    """Epoch seconds."""


class Archive:
    """Articles, the log of their changes, the quarantine and the jobs. Safe for several threads.

    Every method is one or more whole transactions; what a method has returned from is on the disk.
    """

    def __init__(self, engine: Engine, where: Where) -> None:
        self._engine = engine
        self._where = where
        # One question alone needs no transaction, which on a server is two more ways there and back.
        self._asking = engine.execution_options(isolation_level="AUTOCOMMIT") if is_server(where) else engine

    @classmethod
    def open(cls, where: Where, *, create: bool = False, lock_wait_s: float = 30.0) -> Archive:
        """Open the database file, or one on a server by its URL.

        Raises `ArchiveError` when it is missing, damaged or of a newer Dalil; `ArchiveUnavailable` when the
        server cannot be reached now; `ConfigError` for a URL that cannot be used.
        """
        missing = f"there is no archive at {shown(where)}; add articles with `dalil add PATH`"
        if not create and isinstance(where, Path) and not where.exists():
            raise ArchiveMissing(missing)
        try:
            return cls._opened(engine_for(where, lock_wait_s), where, missing, create=create)
        except StorageFull:
            if create or not isinstance(where, Path):
                raise
            # On a full disk there is no room for what SQLite reads it with; it can be read without.
            return cls._opened(read_only_engine(where), where, missing, create=False)

    @classmethod
    def _opened(cls, engine: Engine, where: Where, missing: str, *, create: bool) -> Archive:
        archive = cls(engine, where)
        try:
            with archive._errors():
                # Opening for reading must not wait for a writer.
                found = _create(archive._engine) if create else _schema(archive._engine, missing)
            _check_schema(where, found)
        except IndexerError:
            archive.close()
            raise
        return archive

    def close(self) -> None:
        """Release the connections. Closing twice is harmless."""
        self._engine.dispose()

    def put(self, articles: Iterable[Article]) -> PutCounts:
        """Take articles in. Of two with one id the later stays; a known content costs a lookup."""
        counts = PutCounts()
        for batch in batches(articles):
            with self.transaction() as connection:
                counts += take_in(connection, batch)
        return counts

    def delete(self, ids: Iterable[str], *, erase: bool = False) -> int:
        """Take articles out; how many of them were there. `erase` forgets their earlier versions too."""
        removed = 0
        for batch in batches(_possible(ids)):
            with self.transaction() as connection:
                gone = {*take_out(connection, batch, "removed"), *held.forget(connection, batch)}
                removed += len(gone)
                if erase:
                    versions.erase(connection, batch)
                    held.blank(connection, batch)
        return removed

    def index_again(self, ids: Iterable[str]) -> None:
        """Write these articles into the change log though they are what they were; others are left out."""
        for batch in batches(_possible(ids)):
            with self.transaction() as connection:
                there = connection.scalars(select(ARTICLES.c.id).where(ARTICLES.c.id.in_(batch)))
                if ids_there := list(there):
                    log_changes(connection, ids_there, deleted=False)

    def withdraw(self, ids: Iterable[str], reason: str = "") -> int:
        """Take articles out and keep them out, whatever is added later; how many could be seen."""
        hidden = 0
        for batch in batches(_possible(ids)):
            with self.transaction() as connection:
                held.withdraw(connection, batch, reason)
                hidden += len(take_out(connection, batch, "hidden"))
        return hidden

    def release(self, ids: Iterable[str]) -> PutCounts:
        """Undo `withdraw`: what the archive has of these articles is as public as their records say."""
        counts = PutCounts()
        for batch in batches(_possible(ids)):
            with self.transaction() as connection:
                records = held.release(connection, batch)
                counts += take_in(connection, [article_of(record) for record in records if record])
        return counts

    def publish_due(self, now: float | None = None) -> PutCounts:
        """Let everything be seen whose embargo is over, at epoch second `now`."""
        now = time.time() if now is None else now
        counts = PutCounts()
        while True:
            # Moved in one transaction: an article is in one place or the other.
            with self.transaction() as connection:
                records = held.take_due(connection, now, AT_ONCE)
                counts += take_in(connection, [article_of(record) for record in records], now)
            if not records:
                return counts

    def get(self, article_id: str) -> Article:
        """One article. Raises `ArticleNotFound`; of one that was here before `ArticleRemoved`."""
        found = self.get_many([article_id])
        if article_id not in found:
            # Of an id that no archive can have SQLite cannot be asked.
            if not any(_possible([article_id])):
                raise ArticleNotFound(article_id)
            with self.question() as connection:
                error = removals.missing(connection, article_id)
            raise error
        return found[article_id]

    def get_many(self, ids: Sequence[str]) -> dict[str, Article]:
        """Those of the articles that are here, by id."""
        found: dict[str, Article] = {}
        for batch in batches(_possible(ids)):
            with self.question() as connection:
                rows = connection.execute(RECORDS, {"ids": batch})
                found |= {row.id: whole_article(row) for row in rows}
        return found

    def all(self, tags: Collection[str] | None = None, after: str = "") -> Iterator[Article]:
        """Every article, or those with one of these language tags, by id; read as they are reached.

        `after`: only those with greater ids.
        """
        query = (
            select(ARTICLES.c.id, ARTICLES.c.lang, ARTICLES.c.content_hash, ARTICLES.c.record)
            .order_by(ARTICLES.c.id)
            .limit(AT_ONCE)
        )
        last = after
        while True:
            with self.question() as connection:
                rows = connection.execute(query.where(ARTICLES.c.id > last)).all()
            if not rows:
                return
            # Not by SQL, which would sort all articles of a language for each batch of them.
            yield from (whole_article(row) for row in rows if tags is None or row.lang in tags)
            last = rows[-1].id

    def count(self) -> int:
        """Number of articles."""
        with self.question() as connection:
            return connection.scalar(select(func.count()).select_from(ARTICLES)) or 0

    def languages(self) -> dict[str, int]:
        """Articles by language tag."""
        with self.question() as connection:
            rows = connection.execute(select(ARTICLES.c.lang, func.count()).group_by(ARTICLES.c.lang))
            return {str(lang): int(count) for lang, count in rows}

    def ids(self) -> list[str]:
        """The ids of all articles, in order."""
        with self.question() as connection:
            return list(connection.scalars(select(ARTICLES.c.id).order_by(ARTICLES.c.id)))

    def last_sequence(self) -> int:
        """Sequence number of the last change; 0 for an empty log."""
        with self.question() as connection:
            return connection.scalar(select(func.max(CHANGES.c.sequence))) or 0

    def changes_since(self, sequence: int, limit: int = 1_000) -> list[ArchiveChange]:
        """The changes after a sequence number, in order, at most so many."""
        query = select(CHANGES.c.sequence, CHANGES.c.id, CHANGES.c.deleted)
        query = query.where(CHANGES.c.sequence > sequence).order_by(CHANGES.c.sequence).limit(limit)
        with self.question() as connection:
            return [ArchiveChange(*row) for row in connection.execute(query)]

    def changed_since(self, sequence: int) -> list[str]:
        """The ids that changed after a sequence number, each once."""
        query = select(CHANGES.c.id).where(CHANGES.c.sequence > sequence).distinct()
        with self.question() as connection:
            return list(connection.scalars(query))

    def changed_at(self, sequence: int) -> float | None:
        """When a change was made, in epoch seconds; None for one that is not there."""
        with self.question() as connection:
            moment = connection.scalar(select(CHANGES.c.at).where(CHANGES.c.sequence == sequence))
            return None if moment is None else float(moment)

    def count_since(self, sequence: int) -> int:
        """Number of changes after a sequence number."""
        query = select(func.count()).select_from(CHANGES).where(CHANGES.c.sequence > sequence)
        with self.question() as connection:
            return connection.scalar(query) or 0

    def quarantine(self, rejects: Sequence[Reject]) -> None:
        """Keep records that could not be read."""
        now = time.time()
        rows = [
            {"path": r.path, "position": r.position, "reason": r.reason, "excerpt": r.excerpt, "at": now}
            for r in rejects
        ]
        if rows:
            with self.transaction() as connection:
                connection.execute(insert(QUARANTINE), rows)

    def quarantined(self, path: str = "") -> list[Quarantined]:
        """All records that could not be read, or those of a path, oldest first."""
        query = select(QUARANTINE).order_by(QUARANTINE.c.number)
        with self.question() as connection:
            rows = connection.execute(query.where(QUARANTINE.c.path == path) if path else query)
            return [Quarantined(*row) for row in rows]

    def count_quarantined(self) -> int:
        """Number of records that could not be read."""
        with self.question() as connection:
            return connection.scalar(select(func.count()).select_from(QUARANTINE)) or 0

    def forget_quarantine(self, path: str) -> None:
        """Drop what a file, or the files of a folder, have in quarantine: they are being read anew."""
        inside = QUARANTINE.c.path.startswith(path.rstrip("/") + "/", autoescape=True)
        with self.transaction() as connection:
            connection.execute(delete(QUARANTINE).where((QUARANTINE.c.path == path) | inside))

    def damage(self) -> list[str]:
        """What is wrong with the database file and its records; empty when all is well. Reads everything."""
        with self.transaction() as connection:
            problems = _file_damage(connection) if on_sqlite(connection) else []
            rows = connection.execute(select(ARTICLES.c.id, ARTICLES.c.content_hash, ARTICLES.c.record))
            problems += [
                f"article {row.id!r} is not what was archived; add it again"
                for row in rows
                if not is_whole(row.record, row.content_hash)
            ]
        return problems

    def clear_quarantine(self) -> int:
        """Drop the whole quarantine; how many records there were."""
        with self.transaction() as connection:
            return connection.execute(delete(QUARANTINE)).rowcount

    def drop_quarantined(self, numbers: Sequence[int]) -> int:
        """Drop some records of the quarantine; how many there were."""
        with self.transaction() as connection:
            return connection.execute(delete(QUARANTINE).where(QUARANTINE.c.number.in_(numbers))).rowcount

    def record_job(self, kind: str, receipt: Mapping[str, Any]) -> None:
        """Remember what a job did."""
        text = json.dumps(receipt, ensure_ascii=False)
        with self.transaction() as connection:
            connection.execute(insert(JOBS).values(kind=kind, at=time.time(), receipt=text))

    def last_jobs(self, limit: int = 10) -> list[tuple[str, float, dict[str, Any]]]:
        """Kind, end in epoch seconds and receipt of the last jobs, newest first."""
        query = select(JOBS.c.kind, JOBS.c.at, JOBS.c.receipt).order_by(JOBS.c.number.desc()).limit(limit)
        with self.question() as connection:
            return [(row.kind, row.at, json.loads(row.receipt)) for row in connection.execute(query)]

    def mark(self, sequence: int) -> str:
        """What tells a change from that with its number in another copy of the archive; "" for none."""
        query = select(CHANGES.c.id, CHANGES.c.at).where(CHANGES.c.sequence == sequence)
        with self.question() as connection:
            row = connection.execute(query).one_or_none()
        return hash_of(f"{sequence} {row.id} {row.at!r}")[:16] if row else ""

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction, also for the other modules of this folder: `held`, `versions`, `source_memory`."""
        with self._errors(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def question(self) -> Iterator[Connection]:
        """For one statement that changes nothing; several may see different states."""
        with self._errors(), self._asking.begin() as connection:
            yield connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise failure(error, self._where) from error


def _create(engine: Engine) -> str | None:
    with engine.begin() as connection:
        begin_writing(connection)
        if not on_sqlite(connection):
            check_encoding(connection)
        # A database on a server may have tables of others; a file with other tables is no archive.
        if not (inspect(connection).get_table_names() if on_sqlite(connection) else _has_tables(connection)):
            METADATA.create_all(connection)
            connection.execute(insert(ABOUT).values(name="schema", value=str(SCHEMA)))
    found = _schema(engine)
    if found == str(SCHEMA):
        with engine.begin() as connection:
            # Tables that came with a later Dalil are added; those that are there stay as they are.
            begin_writing(connection)
            METADATA.create_all(connection)
    return found


def _schema(engine: Engine, missing: str = "") -> str | None:
    with engine.begin() as connection:
        if missing and not on_sqlite(connection) and not _has_tables(connection):
            raise ArchiveMissing(missing)
        return connection.scalar(select(ABOUT.c.value).where(ABOUT.c.name == "schema"))


def _has_tables(connection: Connection) -> bool:
    return inspect(connection).has_table(ABOUT.name)


def _check_schema(where: Where, found: str | None) -> None:
    if found != str(SCHEMA):
        raise ArchiveError(
            f"the archive {shown(where)} has schema {found}, this program knows {SCHEMA}; "
            "use the Dalil that wrote it"
        )


def _possible(ids: Iterable[str]) -> Iterator[str]:
    """Without lone surrogates and NUL: no article has one, an address may, and databases take none."""
    return (
        i for i in ids if "\0" not in i and (i.isascii() or not any("\ud800" <= c <= "\udfff" for c in i))
    )


def _file_damage(connection: Connection) -> list[str]:
    # A server looks after its files itself: pg_amcheck, and checksums of its pages.
    found = connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars()
    return [f"the archive is damaged: {line}; restore a copy" for line in found if line != "ok"]
