"""What editors keep: saved searches, and what their sessions need. A small database beside the archive.

    HOME/desk.db

It is no part of the archive: a server writes it while a job writes there, archives made before need no
change, and removing it loses the saved searches alone.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Float,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    Text,
    create_engine,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import SQLAlchemyError

from ..errors import ArchiveError, TooManySaved
from .tables import make_safe

FILE = "desk.db"
MOST_SAVED = 500
"""Saved searches of a home."""
_SCHEMA = 1
_METADATA = MetaData()
_ABOUT = Table("about", _METADATA, Column("name", String, primary_key=True), Column("value", LargeBinary))
_SAVED = Table(
    "saved",
    _METADATA,
    Column("token", String, primary_key=True, comment="nobody can guess it: it opens the feed"),
    Column("name", String, nullable=False),
    Column("language", String, nullable=False, comment="of the page it was saved on"),
    Column("search", Text, nullable=False, comment="the part of its address behind the question mark"),
    Column("created_at", Float, nullable=False, comment="epoch seconds"),
    Column("visited_at", Float, nullable=False),
    Column("known", Text, nullable=False, comment="JSON: newest ids when it was saved"),
    Column("seen", Text, nullable=False, comment="JSON: newest ids at the last visit"),
)
_ENDED = Table(
    "ended_sessions",
    _METADATA,
    Column("number", String, primary_key=True),
    Column("until", Float, nullable=False, comment="epoch seconds"),
)


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that editors come back to."""

    token: str
    name: str
    language: str
    """Of the page on which it was saved."""
    search: str
    """The part of its address behind the question mark."""
    created_at: datetime
    visited_at: datetime
    known: frozenset[str]
    """Its newest articles when it was saved."""
    seen: frozenset[str]
    """Its newest articles at the last visit."""


class DeskStore:
    """The database; made when something is first kept. Safe for several threads and processes."""

    def __init__(self, home: Path, wait_s: float = 10.0) -> None:
        self._path = home / FILE
        self._engine = create_engine(f"sqlite:///{self._path}", connect_args={"check_same_thread": False})
        make_safe(self._engine, wait_s)
        self._ready = False

    def close(self) -> None:
        """Release the connections. Closing twice is harmless."""
        self._engine.dispose()

    def salt(self) -> bytes:
        """Bytes that belong to this home; the same for every process. Raises `ArchiveError`."""
        with self._begin() as connection:
            fresh = upsert(_ABOUT).values(name="salt", value=secrets.token_bytes(32))
            connection.execute(fresh.on_conflict_do_nothing())
            return bytes(connection.scalar(select(_ABOUT.c.value).where(_ABOUT.c.name == "salt")) or b"")

    def end_session(self, number: str, until: float) -> None:
        """Remember that a session has ended before its time."""
        with self._begin() as connection:
            connection.execute(delete(_ENDED).where(_ENDED.c.until < time.time()))
            row = upsert(_ENDED).values(number=number, until=until)
            connection.execute(row.on_conflict_do_nothing())

    def has_ended(self, number: str) -> bool:
        """Whether a session was ended before its time."""
        if not self._path.exists():
            return False
        with self._begin(writing=False) as connection:
            return connection.scalar(select(_ENDED.c.number).where(_ENDED.c.number == number)) is not None

    def saved(self) -> list[SavedSearch]:
        """All saved searches, by name. Raises `ArchiveError`."""
        if not self._path.exists():
            return []
        with self._begin(writing=False) as connection:
            rows = connection.execute(select(_SAVED)).all()
        return sorted(map(_saved, rows), key=lambda saved: (saved.name.casefold(), saved.created_at))

    def saved_by(self, token: str) -> SavedSearch | None:
        """The saved search of a token; None if there is none."""
        if not self._path.exists():
            return None
        with self._begin(writing=False) as connection:
            row = connection.execute(select(_SAVED).where(_SAVED.c.token == token)).one_or_none()
        return None if row is None else _saved(row)

    def save(self, name: str, language: str, search: str, known: Sequence[str]) -> SavedSearch:
        """Keep a search, the same under the same name once. Raises `TooManySaved`, `ArchiveError`."""
        now, ids = time.time(), json.dumps(list(known))
        with self._begin() as connection:
            same = (_SAVED.c.name == name) & (_SAVED.c.search == search)
            if row := connection.execute(select(_SAVED).where(same)).first():
                return _saved(row)
            if (connection.scalar(select(func.count()).select_from(_SAVED)) or 0) >= MOST_SAVED:
                raise TooManySaved(f"there are {MOST_SAVED} saved searches already; delete some of them")
            values = {
                "token": secrets.token_urlsafe(24),
                "name": name,
                "language": language,
                "search": search,
                "created_at": now,
                "visited_at": now,
                "known": ids,
                "seen": ids,
            }
            connection.execute(insert(_SAVED).values(values))
            return _saved(connection.execute(select(_SAVED).where(_SAVED.c.token == values["token"])).one())

    def rename(self, token: str, name: str) -> bool:
        """Give a saved search another name; False if there is none of this token."""
        return self._change(update(_SAVED).where(_SAVED.c.token == token).values(name=name))

    def visit(self, token: str, seen: Sequence[str]) -> bool:
        """Remember that these newest articles were seen now; False if there is none of this token."""
        values = {"visited_at": time.time(), "seen": json.dumps(list(seen))}
        return self._change(update(_SAVED).where(_SAVED.c.token == token).values(values))

    def forget(self, token: str) -> bool:
        """Delete a saved search; False if there is none of this token."""
        return self._change(delete(_SAVED).where(_SAVED.c.token == token))

    def _change(self, statement: Any) -> bool:
        if not self._path.exists():
            return False
        with self._begin() as connection:
            return bool(connection.execute(statement).rowcount)

    @contextmanager
    def _begin(self, *, writing: bool = True) -> Iterator[Connection]:
        try:
            if not self._ready:
                self._make()
            with self._engine.begin() as connection:
                if writing:
                    # Python's sqlite3 begins at the first change only: what was read before must hold then.
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            raise ArchiveError(
                f"what editors keep in {self._path} cannot be used ({cause}); "
                "check the file, its folder's rights and the disk"
            ) from error

    def _make(self) -> None:
        if not self._path.parent.is_dir():
            raise ArchiveError(
                f"there is no archive in {self._path.parent}; add articles with `dalil add PATH`"
            )
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            _METADATA.create_all(connection)
            own = upsert(_ABOUT).values(name="schema", value=str(_SCHEMA).encode())
            connection.execute(own.on_conflict_do_nothing())
            found = connection.scalar(select(_ABOUT.c.value).where(_ABOUT.c.name == "schema"))
        if found != str(_SCHEMA).encode():
            raise ArchiveError(
                f"{self._path} has schema {found!r}, this program knows {_SCHEMA}; "
                "use the Dalil that wrote it"
            )
        # It holds the salt and the addresses of feeds.
        self._path.chmod(0o600)
        self._ready = True


def _saved(row: Row[Any]) -> SavedSearch:
    return SavedSearch(
        token=row.token,
        name=row.name,
        language=row.language,
        search=row.search,
        created_at=datetime.fromtimestamp(row.created_at, UTC),
        visited_at=datetime.fromtimestamp(row.visited_at, UTC),
        known=_ids(row.known),
        seen=_ids(row.seen),
    )


def _ids(text: str) -> frozenset[str]:
    """What was seen; nothing where it is damaged: then all of it is new once more."""
    try:
        found = json.loads(text)
    except ValueError:
        return frozenset()
    return frozenset(map(str, found)) if isinstance(found, list) else frozenset()
