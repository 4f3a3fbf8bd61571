"""Locks that a server of databases keeps for a session: it drops them when the holder's connection ends.

One is held by one process of all machines that share the database; who it is says the name of its session.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from ..errors import IndexerError, LockHeld
from .databases import engine_for, shown
from .failures import failure
from .numbering import LOCKS

log = logging.getLogger(__name__)

Purpose = Literal["writer", "builder"]
_NUMBERS: dict[Purpose, int] = {"writer": 2, "builder": 3}
_DOING: dict[Purpose, str] = {"writer": "is writing to", "builder": "is building an index of"}
_POLL_S = (0.002, 0.1)
"""Between two tries: at first, and at most."""
_NUMBER = "hashtext(current_schema()) # :number"
_TRY = text(f"SELECT pg_try_advisory_lock({LOCKS}, {_NUMBER})")
_RELEASE = text(f"SELECT pg_advisory_unlock({LOCKS}, {_NUMBER})")
# An unsigned number in pg_locks. What a session did last is to take the lock: `state_change` tells when.
_HOLDER = text(
    "SELECT s.application_name, s.pid, extract(epoch FROM s.state_change) AS since "
    "FROM pg_locks l JOIN pg_stat_activity s ON s.pid = l.pid "
    "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 "
    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND l.classid::bigint = :locks "
    "AND l.objid::bigint = ((hashtext(current_schema()) # :number)::bigint & 4294967295)"
)


@contextmanager
def advisory_lock(url: str, purpose: Purpose, wait_s: float) -> Iterator[None]:
    """Hold a lock of a database. Raises `LockHeld` after `wait_s` seconds, `ArchiveError`."""
    with _session(url) as connection:
        _take(connection, url, purpose, wait_s)
        try:
            yield
        finally:
            _give_back(connection, url, purpose)


def lock_holder(url: str, purpose: Purpose) -> str:
    """Who holds a lock, for people; "" when nobody does, or the server does not tell."""
    with suppress(IndexerError), _session(url) as connection:
        try:
            return _holder(connection, purpose)
        except SQLAlchemyError as error:
            raise failure(error, url) from error
    return ""


def _take(connection: Connection, url: str, purpose: Purpose, wait_s: float) -> None:
    deadline = time.monotonic() + wait_s
    pause, longest = _POLL_S
    try:
        while not connection.scalar(_TRY, {"number": _NUMBERS[purpose]}):
            if time.monotonic() >= deadline:
                holder = _holder(connection, purpose) or "another process"
                raise LockHeld(
                    f"{holder} {_DOING[purpose]} {shown(url)} and did not finish within {wait_s:g} s; "
                    "wait for it, or raise the setting lock_wait_s"
                )
            time.sleep(pause)
            pause = min(pause * 1.3, longest)
    except SQLAlchemyError as error:
        raise failure(error, url) from error


def _give_back(connection: Connection, url: str, purpose: Purpose) -> None:
    try:
        if connection.scalar(_RELEASE, {"number": _NUMBERS[purpose]}):
            return
    except SQLAlchemyError:
        # With its connection the lock is gone as well.
        connection.invalidate()
    # What was written is right all the same: numbers have a lock of their own.
    log.warning("the connection to %s was lost during the work; others may have written too", shown(url))


def _holder(connection: Connection, purpose: Purpose) -> str:
    row = connection.execute(_HOLDER, {"locks": LOCKS, "number": _NUMBERS[purpose]}).first()
    if row is None:
        return ""
    since = datetime.fromtimestamp(float(row.since), UTC).isoformat(timespec="seconds") if row.since else ""
    known = str(row.application_name or "").split(" ", 3)
    if len(known) < 4 or known[0] != "dalil":
        return f"session {row.pid} of the server (since {since})"
    return f"process {known[2]} on {known[1]} ({known[3]}, since {since})"


@contextmanager
def _session(url: str) -> Iterator[Connection]:
    try:
        connection = _engine(url).connect()
    except SQLAlchemyError as error:
        raise failure(error, url) from error
    with connection:
        yield connection


def close_sessions() -> None:
    """Close the sessions that this process keeps between two locks; the next lock opens one anew."""
    with _GUARD:
        for (_, process), engine in list(_ENGINES.items()):
            if process == os.getpid():
                engine.dispose()
        _ENGINES.clear()


def _engine(url: str) -> Engine:
    """Sessions are kept between two locks: a server takes one for each article. Never those of a parent."""
    with _GUARD:
        key = (url, os.getpid())
        if key not in _ENGINES:
            engine = engine_for(url, _LOCK_WAIT_S, connections=2, ask_always=True)
            _ENGINES[key] = engine.execution_options(isolation_level="AUTOCOMMIT")
        return _ENGINES[key]


_LOCK_WAIT_S = 30.0
_GUARD = threading.Lock()
_ENGINES: dict[tuple[str, int], Engine] = {}
atexit.register(close_sessions)
