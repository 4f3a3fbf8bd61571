"""Copies of a database file as it is at one moment, while others write to it (SQLite's backup interface)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ..errors import ArchiveError
from .tables import SCHEMA


@dataclass(frozen=True, slots=True)
class Contents:
    """What a copy of an archive has."""

    articles: int
    sequence: int
    """Its last change."""


def copy_database(source: Path, target: Path, *, finished: bool = False) -> None:
    """Copy a database over what `target` holds, in one transaction: its readers see all of it or nothing.

    `finished`: nobody writes to the source, which may stand where nothing can be written.

    Raises `ArchiveError`.
    """
    try:
        with (
            closing(_read_only(source, finished=finished)) as found,
            closing(sqlite3.connect(target)) as copy,
        ):
            found.backup(copy)
    except sqlite3.Error as error:
        raise ArchiveError(
            f"{source} cannot be copied to {target} ({error}); check the rights and the disk"
        ) from error


def contents_of(copy: Path) -> Contents:
    """What a copy that nobody writes to has. Raises `ArchiveError` when it is no archive of this Dalil."""
    try:
        with closing(_read_only(copy, finished=True)) as connection:
            ((schema,),) = connection.execute("SELECT value FROM about WHERE name = 'schema'").fetchall()
            ((articles,),) = connection.execute("SELECT count(*) FROM articles").fetchall()
            ((sequence,),) = connection.execute("SELECT coalesce(max(sequence), 0) FROM changes").fetchall()
    except (sqlite3.Error, ValueError) as error:
        raise ArchiveError(f"{copy} is no archive ({error}); give another one") from error
    if schema != str(SCHEMA):
        raise ArchiveError(
            f"{copy} has schema {schema}, this program knows {SCHEMA}; use the Dalil that wrote it"
        )
    return Contents(articles, sequence)


def _read_only(path: Path, *, finished: bool) -> sqlite3.Connection:
    # The path as a URI, whatever letters it has.
    name = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if finished else ''}"
    return sqlite3.connect(name, uri=True)
