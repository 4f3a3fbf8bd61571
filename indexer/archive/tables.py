"""Tables of the archive database, on SQLite or PostgreSQL, and the SQLite settings that make it safe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Boolean, Column, Engine, Float, Integer, MetaData, Table, Text, event
from sqlalchemy import String as PlainString

Item = TypeVar("Item")

SCHEMA = 1
"""Version of these tables, kept in `about`."""

AT_ONCE = 500
"""Rows a transaction or a statement; SQLite takes fewer than 32,766 parameters a statement."""

String = PlainString().with_variant(Text(collation="C"), "postgresql")
"""Text in the order of its code points, which is SQLite's own."""

Number = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows of the type INTEGER alone, which has 64 bits there."""

METADATA = MetaData()

ABOUT = Table("about", METADATA, Column("name", String, primary_key=True), Column("value", String))

ARTICLES = Table(
    "articles",
    METADATA,
    Column("id", String, primary_key=True),
    Column("lang", String, nullable=False, index=True),
    Column("content_hash", String, nullable=False),
    Column("record", Text, nullable=False, comment="Article.canonical()"),
    Column("sequence", Number, nullable=False, comment="its last change"),
)

CHANGES = Table(
    "changes",
    METADATA,
    Column("sequence", Number, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, index=True),
    Column("deleted", Boolean, nullable=False),
    Column("at", Float, nullable=False, comment="epoch seconds"),
    sqlite_autoincrement=True,
)
"""Sequence numbers only grow and are never used twice."""

QUARANTINE = Table(
    "quarantine",
    METADATA,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("path", String, nullable=False),
    Column("position", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("excerpt", String, nullable=False),
    Column("at", Float, nullable=False),
)

JOBS = Table(
    "jobs",
    METADATA,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("receipt", Text, nullable=False, comment="JSON of Receipt"),
)

HELD = Table(
    "held",
    METADATA,
    Column("id", String, primary_key=True),
    Column("why", String, nullable=False, comment="embargoed or withdrawn"),
    Column("ordered", Boolean, nullable=False, comment="by a command; no record overrules it"),
    Column("until", Float, comment="epoch seconds"),
    Column("reason", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("record", Text, nullable=False, comment="Article.canonical(), or nothing"),
)
"""Articles that nobody may see: `articles` has none of them."""

VERSIONS = Table(
    "versions",
    METADATA,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, index=True),
    Column("sequence", Number, nullable=False, comment="the change that it came with"),
    Column("content_hash", String, nullable=False),
    Column("record", Text, nullable=False),
    Column("ended", Float, nullable=False, comment="epoch seconds"),
    Column("ended_by", String, nullable=False),
)

SOURCE_FILES = Table(
    "source_files",
    METADATA,
    Column("source", String, primary_key=True),
    Column("path", String, primary_key=True),
    Column("digest", String, nullable=False),
    Column("rejects", Integer, nullable=False),
    Column("window", Boolean, nullable=False, comment="what has left it is not gone"),
    Column("at", Float, nullable=False),
)

SOURCE_ARTICLES = Table(
    "source_articles",
    METADATA,
    Column("source", String, primary_key=True),
    Column("path", String, primary_key=True),
    Column("id", String, primary_key=True, index=True),
    Column("gone", Boolean, nullable=False, comment="the file no longer has it"),
)

PUBLICATIONS = Table(
    "publications",
    METADATA,
    Column("job", String, primary_key=True),
    Column("at", Float, nullable=False, index=True, comment="epoch seconds"),
    Column("client", String, nullable=False, comment="name of the token or hook"),
    Column("key", String, nullable=False, index=True, comment="Idempotency-Key, or nothing"),
    Column("request", String, nullable=False, comment="hash of the request with this key"),
    Column("sequence", Number, nullable=False, comment="the index that has it has all of the job"),
    Column("done", Boolean, nullable=False),
    Column("answer", Text, nullable=False, comment="JSON"),
)
"""What was published over HTTP, in the transaction of the articles themselves."""


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """`AT_ONCE` of the items after another, read as they are reached."""
    iterator = iter(items)
    while batch := list(islice(iterator, AT_ONCE)):
        yield batch


def make_safe(engine: Engine, lock_wait_s: float) -> None:
    """Every connection: WAL (readers beside one writer), fsync at each commit, waiting for locks."""

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(lock_wait_s * 1000)}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()
