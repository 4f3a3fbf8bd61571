"""A SQLite database where nothing can be written: on a read-only disk, or in another user's folder.

SQLite reads a database in WAL mode beside two files of its own, and makes them where they are missing. Where
it cannot, the database is read as one that nobody changes (`immutable`), which is right as long as there is
nothing in a write-ahead log. Where there is, the log is read too (https://sqlite.org/wal.html#readonly).
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Engine, NullPool, create_engine

from ..errors import ArchiveError
from ..unwritable import only_read


def must_only_read(path: Path) -> bool:
    """Whether a database is there and nothing can be written beside it."""
    return path.exists() and only_read(path.parent)


def read_only_engine(path: Path) -> Engine:
    """Connections that read. Whoever writes gets an error of SQLite's."""
    # None is kept: the disk may be read-only for us alone, and the next look must see what others wrote.
    return create_engine("sqlite://", creator=lambda: _connect(path), poolclass=NullPool)


def _connect(path: Path) -> sqlite3.Connection:
    log = Path(f"{path}-wal")
    waiting = log.exists() and log.stat().st_size > 0
    if waiting and not Path(f"{path}-shm").exists():
        raise ArchiveError(
            f"the last changes in {path} stand in {log.name}, which cannot be read where nothing can be "
            "written; let `dalil status` run once where the home can be written"
        )
    address = f"{path.absolute().as_uri()}?mode=ro{'' if waiting else '&immutable=1'}"
    return sqlite3.connect(address, uri=True, check_same_thread=False)
