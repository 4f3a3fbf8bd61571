"""`SharedStore`: the small files of generations, in the database that machines share."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists, insert, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from ..errors import ArchiveError
from .databases import engine_for, shown, upsert
from .failures import failure
from .numbering import begin_writing
from .shared_tables import FILE_PARTS, GENERATION_FILES, SERVING, SHARED

PART = 1 << 20
"""Bytes of a file in one row: memory holds one of them."""
_NOTHING = ""
"""Name of the generation that serves where nothing is shared any more."""
_LEVEL = 3
"""Of zlib: 1 to 9."""


@dataclass(frozen=True, slots=True)
class SharedFile:
    """One file of a generation."""

    name: str
    """Path below its folder, with `/`."""
    hash: str
    """SHA-256 in hex."""
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Serving:
    """Which generation serves, and up to which change of the archive."""

    generation: str
    sequence: int
    revision: int
    """Grows with each change: who has seen it has nothing to fetch."""


Content = Callable[[SharedFile], Iterable[bytes]]
"""The bytes of a file, in parts of any size up to `PART`."""


class SharedStore:
    """Reads and writes them. Safe for several threads, processes and machines."""

    def __init__(self, url: str, wait_s: float = 30.0) -> None:
        """Opens nothing yet."""
        self._url = url
        self._engine = engine_for(url, wait_s, connections=1)
        self._there = False

    def close(self) -> None:
        """Release the connections. Closing twice is harmless."""
        self._engine.dispose()

    def serving(self) -> Serving | None:
        """What serves now; None before anything was put. Raises `ArchiveUnavailable`, `ArchiveError`."""
        with self._begin() as connection:
            return self._serving(connection)

    def put(
        self, generation: str, sequence: int, files: Mapping[str, SharedFile], content: Content
    ) -> tuple[str, ...]:
        """Let these be the files of a generation, and let it serve; the names of those that were sent.

        One transaction: another machine sees all of it or nothing. Only contents that are not there are sent.
        """
        with self._begin() as connection:
            begin_writing(connection)
            SHARED.create_all(connection)
            before = self._files(connection, generation)
            changed = [one for name, one in files.items() if before.get(name) != one]
            gone = [name for name in before if name not in files]
            sent = tuple(one.name for one in changed if _send(connection, one, content))
            theirs = GENERATION_FILES.c.generation == generation
            names = [one.name for one in changed] + gone
            if names:
                connection.execute(delete(GENERATION_FILES).where(theirs, GENERATION_FILES.c.name.in_(names)))
            if changed:
                rows = [
                    {"generation": generation, "name": one.name, "hash": one.hash, "size": one.size}
                    for one in changed
                ]
                connection.execute(insert(GENERATION_FILES), rows)
            last = self._last(connection)
            if names or last is None or (last.generation, last.sequence) != (generation, sequence):
                _serve(connection, generation, sequence, last)
            _drop_unused(connection)
        return sent

    def fetch(
        self, known: Callable[[str], Mapping[str, str]], take: Take
    ) -> tuple[Serving, frozenset[str]] | None:
        """Hand over what a machine lacks of the serving generation, of one moment; the names of its files.

        `known`: the hashes by name that the machine has of a generation. `take`: called for each other file.
        """
        with self._begin(at_one_moment=True) as connection:
            serving = self._serving(connection)
            if serving is None:
                return None
            files = self._files(connection, serving.generation)
            here = known(serving.generation)
            for name, one in sorted(files.items()):
                if here.get(name) != one.hash:
                    take(serving.generation, one, _parts(connection, one))
            return serving, frozenset(files)

    def files(self, generation: str) -> dict[str, SharedFile]:
        """The files of a generation, by name."""
        with self._begin() as connection:
            return self._files(connection, generation)

    def forget_others(self) -> None:
        """Drop every generation but the one that serves: no machine fetches another."""
        with self._begin() as connection:
            begin_writing(connection)
            serving = self._serving(connection)
            if serving is not None:
                others = GENERATION_FILES.c.generation != serving.generation
                connection.execute(delete(GENERATION_FILES).where(others))
                _drop_unused(connection)

    def withdraw(self) -> None:
        """Share nothing any more; machines keep what they have. Harmless when nothing is shared."""
        with self._begin() as connection:
            if self._serving(connection) is None:
                return
            begin_writing(connection)
            last = self._last(connection)
            _serve(connection, _NOTHING, last.sequence if last else 0, last)
            connection.execute(delete(GENERATION_FILES))
            _drop_unused(connection)

    def _serving(self, connection: Connection) -> Serving | None:
        last = self._last(connection)
        return None if last is None or last.generation == _NOTHING else last

    def _last(self, connection: Connection) -> Serving | None:
        """What was said last of what serves: the revision of `_NOTHING` counts on, too."""
        if not self._there and not inspect(connection).has_table(SERVING.name):
            return None
        self._there = True
        row = connection.execute(select(SERVING)).first()
        return None if row is None else Serving(row.generation, row.sequence, row.revision)

    def _files(self, connection: Connection, generation: str) -> dict[str, SharedFile]:
        columns = (GENERATION_FILES.c.name, GENERATION_FILES.c.hash, GENERATION_FILES.c.size)
        rows = connection.execute(select(*columns).where(GENERATION_FILES.c.generation == generation))
        return {row.name: SharedFile(row.name, row.hash, row.size) for row in rows}

    @contextmanager
    def _begin(self, *, at_one_moment: bool = False) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                if at_one_moment:
                    connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin():
                    yield connection
        except SQLAlchemyError as error:
            raise failure(error, self._url, "the files of the index in") from error

    def __repr__(self) -> str:
        return f"SharedStore({shown(self._url)!r})"


Take = Callable[[str, SharedFile, Iterator[bytes]], None]
"""Generation, file, its content in parts."""


def _send(connection: Connection, one: SharedFile, content: Content) -> bool:
    if connection.scalar(select(exists().where(FILE_PARTS.c.hash == one.hash))):
        return False
    for number, part in enumerate(content(one)):
        row = {"hash": one.hash, "part": number, "content": zlib.compress(part, _LEVEL)}
        connection.execute(insert(FILE_PARTS), row)
    return True


def _parts(connection: Connection, one: SharedFile) -> Iterator[bytes]:
    number = 0
    while True:
        chosen = (FILE_PARTS.c.hash == one.hash) & (FILE_PARTS.c.part == number)
        content = connection.scalar(select(FILE_PARTS.c.content).where(chosen))
        if content is None:
            return
        try:
            yield zlib.decompress(content)
        except zlib.error as error:
            raise ArchiveError(f"the shared file {one.name} is damaged; run `dalil catch-up`") from error
        number += 1


def _serve(connection: Connection, generation: str, sequence: int, last: Serving | None) -> None:
    revision = last.revision + 1 if last else 1
    values = {"generation": generation, "sequence": sequence, "revision": revision, "at": time.time()}
    statement = upsert(connection, SERVING).values(number=1, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["number"], set_=values))


def _drop_unused(connection: Connection) -> None:
    used = exists().where(GENERATION_FILES.c.hash == FILE_PARTS.c.hash)
    connection.execute(delete(FILE_PARTS).where(~used))
