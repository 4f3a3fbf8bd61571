"""What editors keep: saved searches, and what their sessions need. A small database beside the archive.

    HOME/desk.db

Where machines share an archive on a server, its tables stand in that database.

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
    Connection,
    Row,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from ..errors import ArchiveError, TooManySaved
from .databases import Where, engine_for, shown, upsert
from .desk_tables import BESIDE_ARCHIVE, IN_FILE
from .failures import failure
from .numbering import begin_writing
from .read_only import must_only_read

FILE = "desk.db"
MOST_SAVED = 500
"""Saved searches of a home."""
_SCHEMA = 1


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

    def __init__(self, home: Path, wait_s: float = 10.0, *, server: str = "") -> None:
        """`server`: URL of the database to keep all of it in, instead of a file of the home."""
        self._path = home / FILE
        self._where: Where = server or self._path
        self._tables = BESIDE_ARCHIVE if server else IN_FILE
        self._engine = engine_for(self._where, wait_s, connections=2)
        self._ready = False
        self._only_read = isinstance(self._where, Path) and must_only_read(self._where)

    def close(self) -> None:
        """Release the connections. Closing twice is harmless."""
        self._engine.dispose()

    def salt(self) -> bytes:
        """Bytes that belong to this home; the same for every process. Raises `ArchiveError`."""
        with self._begin(writing=not self._only_read) as connection:
            if not self._only_read:
                fresh = upsert(connection, self._tables.about)
                fresh = fresh.values(name="salt", value=secrets.token_bytes(32))
                connection.execute(fresh.on_conflict_do_nothing())
            return bytes(
                connection.scalar(
                    select(self._tables.about.c.value).where(self._tables.about.c.name == "salt")
                )
                or b""
            )

    def end_session(self, number: str, until: float) -> None:
        """Remember that a session has ended before its time."""
        with self._begin() as connection:
            connection.execute(delete(self._tables.ended).where(self._tables.ended.c.until < time.time()))
            row = upsert(connection, self._tables.ended).values(number=number, until=until)
            connection.execute(row.on_conflict_do_nothing())

    def has_ended(self, number: str) -> bool:
        """Whether a session was ended before its time."""
        if self._is_new():
            return False
        with self._begin(writing=False) as connection:
            return (
                connection.scalar(
                    select(self._tables.ended.c.number).where(self._tables.ended.c.number == number)
                )
                is not None
            )

    def saved(self) -> list[SavedSearch]:
        """All saved searches, by name. Raises `ArchiveError`."""
        if self._is_new():
            return []
        with self._begin(writing=False) as connection:
            rows = connection.execute(select(self._tables.saved)).all()
        return sorted(map(_saved, rows), key=lambda saved: (saved.name.casefold(), saved.created_at))

    def saved_by(self, token: str) -> SavedSearch | None:
        """The saved search of a token; None if there is none."""
        if self._is_new():
            return None
        with self._begin(writing=False) as connection:
            row = connection.execute(
                select(self._tables.saved).where(self._tables.saved.c.token == token)
            ).one_or_none()
        return None if row is None else _saved(row)

    def save(self, name: str, language: str, search: str, known: Sequence[str]) -> SavedSearch:
        """Keep a search, the same under the same name once. Raises `TooManySaved`, `ArchiveError`."""
        now, ids = time.time(), json.dumps(list(known))
        with self._begin() as connection:
            same = (self._tables.saved.c.name == name) & (self._tables.saved.c.search == search)
            if row := connection.execute(select(self._tables.saved).where(same)).first():
                return _saved(row)
            if (connection.scalar(select(func.count()).select_from(self._tables.saved)) or 0) >= MOST_SAVED:
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
            connection.execute(insert(self._tables.saved).values(values))
            return _saved(
                connection.execute(
                    select(self._tables.saved).where(self._tables.saved.c.token == values["token"])
                ).one()
            )

    def rename(self, token: str, name: str) -> bool:
        """Give a saved search another name; False if there is none of this token."""
        return self._change(
            update(self._tables.saved).where(self._tables.saved.c.token == token).values(name=name)
        )

    def visit(self, token: str, seen: Sequence[str]) -> bool:
        """Remember that these newest articles were seen now; False if there is none of this token."""
        values = {"visited_at": time.time(), "seen": json.dumps(list(seen))}
        return self._change(
            update(self._tables.saved).where(self._tables.saved.c.token == token).values(values)
        )

    def forget(self, token: str) -> bool:
        """Delete a saved search; False if there is none of this token."""
        return self._change(delete(self._tables.saved).where(self._tables.saved.c.token == token))

    def _change(self, statement: Any) -> bool:
        if self._is_new():
            return False
        with self._begin() as connection:
            return bool(connection.execute(statement).rowcount)

    @contextmanager
    def _begin(self, *, writing: bool = True) -> Iterator[Connection]:
        try:
            if not self._ready and (writing or not self._only_read):
                self._make()
            with self._engine.begin() as connection:
                if writing:
                    begin_writing(connection)
                yield connection
        except SQLAlchemyError as error:
            raise failure(error, self._where, "what editors keep in") from error

    def _is_new(self) -> bool:
        """Whether nothing was kept yet, so that nothing needs to be made to say so."""
        return isinstance(self._where, Path) and not self._where.exists()

    def _make(self) -> None:
        if isinstance(self._where, Path) and not self._path.parent.is_dir():
            raise ArchiveError(
                f"there is no archive in {self._path.parent}; add articles with `dalil add PATH`"
            )
        with self._engine.begin() as connection:
            begin_writing(connection)
            self._tables.metadata.create_all(connection)
            own = upsert(connection, self._tables.about).values(name="schema", value=str(_SCHEMA).encode())
            connection.execute(own.on_conflict_do_nothing())
            found = connection.scalar(
                select(self._tables.about.c.value).where(self._tables.about.c.name == "schema")
            )
        if found != str(_SCHEMA).encode():
            raise ArchiveError(
                f"what editors keep in {shown(self._where)} has schema {found!r}, "
                f"this program knows {_SCHEMA}; use the Dalil that wrote it"
            )
        if isinstance(self._where, Path):
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
