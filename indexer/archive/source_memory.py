"""Which files a synchronised source had, by what content, and which articles came from each.

An id that a file no longer has stays in memory as *gone* until the article is removed or comes back: so a
removal that was held back is not forgotten.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    cast,
    delete,
    exists,
    func,
    insert,
    inspect,
    select,
    update,
)

from .databases import on_sqlite, upsert
from .tables import ARTICLES, CHANGES, HELD, SOURCE_ARTICLES, SOURCE_FILES, batches

_IDS, _FILES = SOURCE_ARTICLES.c, SOURCE_FILES.c
_ARTICLES = func.count(_IDS.id.distinct())
"""Several files of a source may have one article."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """What is known of a file since it was last read."""

    digest: str
    """Hash of its content and of the rules it was read by."""
    rejects: int
    """Records that could not be read, so that the file is read each time; 1 for one that became empty."""
    window: bool = False
    """It shows its newest articles only, as feeds do: what has left it is not gone."""
    articles: int = 0
    """How many it has; counted, not remembered."""


@dataclass(frozen=True, slots=True)
class Gone:
    """An article that its source no longer has, and that no other source has either."""

    id: str
    path: str
    """The file that had it."""


def files(connection: Connection, source: str) -> dict[str, SourceFile]:
    """The files of a source by path; those of which an article is missing in the archive have no digest."""
    lost = select(_IDS.path).where(_IDS.source == source, ~_IDS.gone)
    lost = lost.where(~exists().where(ARTICLES.c.id == _IDS.id), ~exists().where(HELD.c.id == _IDS.id))
    incomplete = set(connection.scalars(lost.distinct()))
    each = select(_IDS.path, func.count()).where(_IDS.source == source, ~_IDS.gone).group_by(_IDS.path)
    counts = {path: int(count) for path, count in connection.execute(each)}
    rows = connection.execute(select(SOURCE_FILES).where(_FILES.source == source))
    return {
        row.path: SourceFile(
            "" if row.path in incomplete else row.digest, row.rejects, row.window, counts.get(row.path, 0)
        )
        for row in rows
    }


def remember(connection: Connection, source: str, path: str, known: SourceFile, ids: Iterable[str]) -> None:
    """A file was read and had these articles."""
    _mark_gone(connection, source, path, window=known.window)
    statement = upsert(connection, SOURCE_ARTICLES)
    statement = statement.on_conflict_do_update(index_elements=["source", "path", "id"], set_={"gone": False})
    for batch in batches(ids):
        connection.execute(
            statement, [{"source": source, "path": path, "id": i, "gone": False} for i in batch]
        )
    connection.execute(delete(SOURCE_FILES).where(_FILES.source == source, _FILES.path == path))
    row = {"digest": known.digest, "rejects": known.rejects, "window": known.window, "at": time.time()}
    connection.execute(insert(SOURCE_FILES), [{"source": source, "path": path, **row}])


def lose(connection: Connection, source: str, path: str) -> None:
    """A file is no longer there."""
    window = connection.scalar(select(_FILES.window).where(_FILES.source == source, _FILES.path == path))
    _mark_gone(connection, source, path, window=bool(window))
    connection.execute(delete(SOURCE_FILES).where(_FILES.source == source, _FILES.path == path))


def gone(connection: Connection, source: str) -> list[Gone]:
    """The articles that this source no longer has and no other source has, by id."""
    other = SOURCE_ARTICLES.alias()
    elsewhere = exists().where(other.c.id == _IDS.id, ~other.c.gone)
    here = exists().where(ARTICLES.c.id == _IDS.id) | exists().where(HELD.c.id == _IDS.id)
    query = select(_IDS.id, _IDS.path).where(_IDS.source == source, _IDS.gone, here, ~elsewhere)
    query = query.order_by(_IDS.id)
    return [Gone(row.id, row.path) for row in connection.execute(query)]


def settle(connection: Connection, source: str, kept_back: Collection[str]) -> None:
    """Forget the ids that are gone, but for those whose removal was held back."""
    query = select(_IDS.id).where(_IDS.source == source, _IDS.gone).distinct()
    done = [i for i in connection.scalars(query) if i not in kept_back]
    for part in batches(done):
        connection.execute(delete(SOURCE_ARTICLES).where(_IDS.source == source, _IDS.gone, _IDS.id.in_(part)))


def addresses(connection: Connection) -> list[tuple[str, str, float]]:
    """Id, address and epoch second of the last change of every article that has an address."""
    public = select(ARTICLES.c.id, _url(connection, ARTICLES.c.record), CHANGES.c.at)
    public = public.join(CHANGES, CHANGES.c.sequence == ARTICLES.c.sequence)
    held = select(HELD.c.id, _url(connection, HELD.c.record), HELD.c.at).where(HELD.c.record != "")
    rows = [*connection.execute(public), *connection.execute(held)]
    return [(row[0], row[1], row[2]) for row in rows if row[1]]


def _url(connection: Connection, record: ColumnElement[str]) -> ColumnElement[str]:
    if on_sqlite(connection):
        return func.json_extract(record, "$.url")
    return func.json_extract_path_text(cast(record, JSON), "url")


def _mark_gone(connection: Connection, source: str, path: str, *, window: bool) -> None:
    mine = (_IDS.source == source) & (_IDS.path == path)
    if window:
        connection.execute(delete(SOURCE_ARTICLES).where(mine))
    else:
        connection.execute(update(SOURCE_ARTICLES).where(mine).values(gone=True))


def size(connection: Connection, source: str) -> int:
    """How many articles the source had, those included whose removal was held back."""
    return connection.scalar(select(_ARTICLES).where(_IDS.source == source)) or 0


def sources(connection: Connection) -> dict[str, int]:
    """How many articles each source has. Empty in an archive of an older Dalil."""
    if not inspect(connection).has_table(SOURCE_ARTICLES.name):
        return {}
    counts = select(_IDS.source, _ARTICLES).where(~_IDS.gone).group_by(_IDS.source).order_by(_IDS.source)
    return {source: int(count) for source, count in connection.execute(counts)}


def forget(connection: Connection, source: str) -> int:
    """Forget a source; its articles stay. How many it had."""
    known = size(connection, source)
    connection.execute(delete(SOURCE_ARTICLES).where(_IDS.source == source))
    connection.execute(delete(SOURCE_FILES).where(_FILES.source == source))
    return known
