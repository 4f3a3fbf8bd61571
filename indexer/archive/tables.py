"""Tables of the archive database, and the SQLite settings that make it safe."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Engine, Float, Integer, MetaData, String, Table, Text, event

SCHEMA = 1
"""Version of these tables, kept in `about`."""

METADATA = MetaData()

ABOUT = Table("about", METADATA, Column("name", String, primary_key=True), Column("value", String))

ARTICLES = Table(
    "articles",
    METADATA,
    Column("id", String, primary_key=True),
    Column("lang", String, nullable=False, index=True),
    Column("content_hash", String, nullable=False),
    Column("record", Text, nullable=False, comment="Article.canonical()"),
    Column("sequence", Integer, nullable=False, comment="its last change"),
)

CHANGES = Table(
    "changes",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, index=True),
    Column("deleted", Boolean, nullable=False),
    Column("at", Float, nullable=False, comment="epoch seconds"),
    sqlite_autoincrement=True,
)
"""Sequence numbers only grow and are never used twice."""

QUARANTINE = Table(
    "quarantine",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("path", String, nullable=False),
    Column("position", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("excerpt", String, nullable=False),
    Column("at", Float, nullable=False),
)

JOBS = Table(
    "jobs",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("receipt", Text, nullable=False, comment="JSON of Receipt"),
)


def make_safe(engine: Engine, lock_wait_s: float) -> None:
    """Every connection: WAL (readers beside one writer), fsync at each commit, waiting for locks."""

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(lock_wait_s * 1000)}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()
