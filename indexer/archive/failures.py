"""What a database says when it refuses, as one of our errors: what happened, where, what to do.

Passwords stand in no message: drivers do not tell them, and a URL is shown without.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ..errors import ArchiveError, ArchiveUnavailable, IndexerError, LockHeld
from ..unwritable import only_read, read_only, storage_full
from .databases import Where, shown

_REMEDIES = {
    "28P01": "check the user and the password in archive_url",
    "28000": "check the user in archive_url, and pg_hba.conf of the server",
    "3D000": "make it with createdb, or name another one in archive_url",
    "42501": "give the user the right to create and change tables there",
    "53100": "make room on the server's disk, then run the command again",
    "53300": "raise max_connections of the server, or run fewer processes",
}
"""By SQLSTATE (PostgreSQL, appendix A)."""
_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
"""The latter where there is no room for the index of the write-ahead log."""
_PRIMARY = 0xFF
"""The low byte of SQLite's extended codes (https://sqlite.org/rescode.html)."""
_AWAY = ("08", "57P", "53300")
_LATER = "check that it runs; the next try may reach it"


def failure(error: SQLAlchemyError, where: Where, what: str = "the archive") -> IndexerError:
    """An error of the tree for what a database raised. `what`: whose database."""
    cause = getattr(error, "orig", None) or error
    if isinstance(where, Path):
        code = getattr(cause, "sqlite_errorcode", 0)
        if code in _FULL:
            return storage_full(where)
        if code & _PRIMARY == sqlite3.SQLITE_READONLY or (
            code & _PRIMARY == sqlite3.SQLITE_CANTOPEN and only_read(where.parent)
        ):
            return read_only(where, str(cause))
        return ArchiveError(
            f"{what} {where} cannot be used ({cause}); check the file, its folder's rights and the disk"
        )
    name = f"{what} {shown(where)}"
    state, said = _said(cause)
    if state == "55P03":
        return LockHeld(
            f"another process is writing to {shown(where)} and did not finish; "
            "try again, or raise the setting lock_wait_s"
        )
    remedy = _REMEDIES.get(state, "")
    if _is_away(error, state):
        return ArchiveUnavailable(f"{name} cannot be reached now ({said}); {remedy or _LATER}")
    return ArchiveError(f"{name} cannot be used ({said}); {remedy or 'look at the log of the server'}")


def _is_away(error: SQLAlchemyError, state: str) -> bool:
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    gone = error.connection_invalidated or (
        not state and _kind(error) in ("InterfaceError", "OperationalError")
    )
    return gone or state.startswith(_AWAY)


def _kind(error: DBAPIError) -> str:
    return type(error.orig).__name__ if error.orig is not None else ""


def _said(cause: BaseException) -> tuple[str, str]:
    """SQLSTATE and message: pg8000 has them in a mapping, other drivers in an attribute."""
    told: BaseException | None = cause
    # A server that refuses closes the connection, and pg8000 may stumble over that while it raises.
    while told is not None:
        first: Any = told.args[0] if told.args else ""
        if isinstance(first, dict):
            return str(first.get("C", "")), str(first.get("M", ""))
        told = told.__context__
    return str(getattr(cause, "sqlstate", None) or ""), str(cause).strip().split("\n", 1)[0]
