"""Tables of what editors keep: alone in a small file, or beside the archive on a server."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, Float, LargeBinary, MetaData, Table, Text

from .tables import String


@dataclass(frozen=True, slots=True)
class DeskTables:
    """The tables of one place."""

    metadata: MetaData
    about: Table
    saved: Table
    ended: Table


def _tables(prefix: str) -> DeskTables:
    metadata = MetaData()
    return DeskTables(
        metadata,
        Table(
            f"{prefix}about",
            metadata,
            Column("name", String, primary_key=True),
            Column("value", LargeBinary),
        ),
        Table(
            f"{prefix}saved",
            metadata,
            Column("token", String, primary_key=True, comment="nobody can guess it: it opens the feed"),
            Column("name", String, nullable=False),
            Column("language", String, nullable=False, comment="of the page it was saved on"),
            Column(
                "search", Text, nullable=False, comment="the part of its address behind the question mark"
            ),
            Column("created_at", Float, nullable=False, comment="epoch seconds"),
            Column("visited_at", Float, nullable=False),
            Column("known", Text, nullable=False, comment="JSON: newest ids when it was saved"),
            Column("seen", Text, nullable=False, comment="JSON: newest ids at the last visit"),
        ),
        Table(
            f"{prefix}ended_sessions",
            metadata,
            Column("number", String, primary_key=True),
            Column("until", Float, nullable=False, comment="epoch seconds"),
        ),
    )


IN_FILE = _tables("")
BESIDE_ARCHIVE = _tables("desk_")
"""In the archive's own database, whose tables have names of their own."""
