"""`Documents`: small files that machines share, in the database of the archive."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from .databases import engine_for, upsert
from .failures import failure
from .numbering import begin_writing
from .shared_tables import DOCUMENTS


class Documents:
    """Reads and changes them. Safe for several threads, processes and machines."""

    def __init__(self, url: str, wait_s: float = 10.0) -> None:
        """Opens nothing yet, and keeps nothing open: what is read seldom needs no connection meanwhile."""
        self._url = url
        self._engine = engine_for(url, wait_s, connections=0)
        self._there = False

    def read(self, name: str) -> bytes | None:
        """What a document says; None where there is none. Raises `ArchiveUnavailable`, `ArchiveError`."""
        with self._begin() as connection:
            if not self._there and not inspect(connection).has_table(DOCUMENTS.name):
                return None
            self._there = True
            return _read(connection, name)

    @contextmanager
    def changing(self, name: str) -> Iterator[tuple[bytes | None, list[bytes]]]:
        """What it says, and a list for what it shall say; nobody else changes one meanwhile."""
        with self._begin() as connection:
            begin_writing(connection)
            DOCUMENTS.create(connection, checkfirst=True)
            then: list[bytes] = []
            yield _read(connection, name), then
            for content in then:
                values = {"content": content, "at": time.time()}
                statement = upsert(connection, DOCUMENTS).values(name=name, **values)
                connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise failure(error, self._url) from error


def _read(connection: Connection, name: str) -> bytes | None:
    content: bytes | None = connection.scalar(select(DOCUMENTS.c.content).where(DOCUMENTS.c.name == name))
    return content
