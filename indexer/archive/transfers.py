"""A whole archive from one database to another: from a file to a server, or back.

The source is read as it is at one moment, while others write to it. The target gets all of it in one
transaction, which ends when every table there has the same rows as here, by count and by hash: a copy that
stopped halfway left nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Table,
    delete,
    func,
    insert,
    inspect,
    literal,
    select,
    text,
    tuple_,
)
from sqlalchemy.exc import SQLAlchemyError

from ..errors import ArchiveError
from .archive import Archive
from .copies import copy_database
from .databases import Where, engine_for, on_sqlite, shown
from .desk_tables import BESIDE_ARCHIVE, IN_FILE, DeskTables
from .failures import failure
from .numbering import begin_writing
from .publications import count_jobs, counted
from .tables import ABOUT, AT_ONCE, METADATA, PUBLICATIONS

_WAIT_S = 30.0
Pairs = Sequence[tuple[Table, Table]]
"""A table of the source, and that of the target."""


class TargetNotEmpty(ArchiveError):
    """What shall be copied to has something already."""


@dataclass(frozen=True, slots=True)
class Transferred:
    """What a copy has."""

    rows: Mapping[str, int]
    """By table."""

    @property
    def articles(self) -> int:
        """Articles that readers see."""
        return self.rows.get("articles", 0)


def copy_archive(source: Where, target: Path) -> None:
    """Copy an archive over what a file holds. Raises `ArchiveError`."""
    if isinstance(source, Path):
        copy_database(source, target)
    else:
        transfer(source, target, replace=True)


def transfer(source: Where, target: Where, *, replace: bool = False) -> Transferred:
    """Copy an archive. `replace`: over what the target has; else it must be new or empty.

    Raises `ArchiveError`; the target is then what it was before.
    """
    pairs = [(table, table) for table in METADATA.sorted_tables if table is not ABOUT]
    with ExitStack() as stack:
        # Opening checks both, and gives the target its tables.
        stack.enter_context(closing(Archive.open(source)))
        archive = stack.enter_context(closing(Archive.open(target, create=True, lock_wait_s=_WAIT_S)))
        there = stack.enter_context(archive.transaction())
        begin_writing(there)
        here = stack.enter_context(_at_one_moment(source))
        rows = _copy(here, there, pairs, target, replace=replace)
        # SQLite counts jobs over HTTP by its row numbers, which no other table has.
        if PUBLICATIONS.name in rows:
            count_jobs(there, counted(here))
    return Transferred(rows)


def transfer_desk(source: Where, target: Where) -> Transferred:
    """Copy what editors keep. Raises `ArchiveError`, also where the target has saved searches already."""
    tables, others = _desk_tables(source), _desk_tables(target)
    if isinstance(source, Path) and not source.exists():
        return Transferred({})
    with ExitStack() as stack:
        engine = engine_for(target, _WAIT_S)
        stack.callback(engine.dispose)
        here = stack.enter_context(_at_one_moment(source))
        if not inspect(here).has_table(tables.about.name):
            return Transferred({})
        try:
            there = stack.enter_context(engine.begin())
            begin_writing(there)
            others.metadata.create_all(there)
            # A salt that a server made meanwhile is no reason to refuse: sessions end, nothing else.
            there.execute(delete(others.about))
            there.execute(delete(others.ended))
            pairs = [(tables.about, others.about), (tables.saved, others.saved), (tables.ended, others.ended)]
            rows = _copy(here, there, pairs, target, replace=False)
        except SQLAlchemyError as error:
            raise failure(error, target) from error
    if isinstance(target, Path):
        # It holds the salt and the addresses of feeds.
        target.chmod(0o600)
    return Transferred(rows)


def _desk_tables(where: Where) -> DeskTables:
    return IN_FILE if isinstance(where, Path) else BESIDE_ARCHIVE


@contextmanager
def _at_one_moment(where: Where) -> Iterator[Connection]:
    engine = engine_for(where, _WAIT_S)
    try:
        with engine.connect() as connection:
            if on_sqlite(connection):
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection
    except SQLAlchemyError as error:
        raise failure(error, where) from error
    finally:
        engine.dispose()


def _copy(
    here: Connection, there: Connection, pairs: Pairs, target: Where, *, replace: bool
) -> dict[str, int]:
    for _, table in pairs:
        if replace:
            there.execute(delete(table))
        elif there.scalar(select(func.count()).select_from(table)):
            raise TargetNotEmpty(
                f"{shown(target)} is not empty: its table {table.name} has rows; give a new one, or empty it"
            )
    counts = {}
    present = set(inspect(here).get_table_names())
    for source, table in pairs:
        # An archive of an older Dalil lacks tables.
        if source.name not in present:
            continue
        count, digest = 0, hashlib.sha256()
        for batch in _read(here, source):
            there.execute(insert(table), batch)
            count += len(batch)
            _add(digest, batch)
        copied = hashlib.sha256()
        for batch in _read(there, table):
            _add(copied, batch)
        if digest.digest() != copied.digest():
            raise ArchiveError(
                f"the table {table.name} of {shown(target)} is not what was copied; "
                "nothing was kept, try again"
            )
        counts[source.name] = count
        _go_on_counting(there, table)
    return counts


def _read(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """All rows in the order of their keys, batch by batch: memory holds one of them."""
    keys: list[Column[Any]] = list(table.primary_key.columns)
    query = select(table).order_by(*keys).limit(AT_ONCE)
    last: dict[str, Any] | None = None
    while True:
        after = query if last is None else query.where(tuple_(*keys) > _values(keys, last))
        batch = [dict(row) for row in connection.execute(after).mappings()]
        if not batch:
            return
        yield batch
        last = batch[-1]


def _values(keys: Sequence[Column[Any]], row: Mapping[str, Any]) -> Any:
    return tuple_(*(literal(row[key.name], key.type) for key in keys))


def _add(digest: Any, batch: Sequence[Mapping[str, Any]]) -> None:
    for row in batch:
        digest.update(repr(sorted(row.items())).encode("utf-8", "surrogatepass"))


def _go_on_counting(connection: Connection, table: Table) -> None:
    """SQLite numbers after the greatest number by itself; a server is told it."""
    column = table.autoincrement_column
    if column is None or on_sqlite(connection):
        return
    greatest = connection.scalar(select(func.max(column)))
    if greatest is not None:
        statement = text("SELECT setval(pg_get_serial_sequence(:table, :column), :greatest)")
        connection.execute(statement, {"table": table.name, "column": column.name, "greatest": greatest})
