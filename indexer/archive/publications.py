"""What was published over HTTP: each job's outcome, and the keys by which a repeated request is known.

All of it is written in the transaction of the articles themselves: what was acknowledged is remembered, and
what is remembered was done. The caller holds the writer's lock.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, Row, delete, func, inspect, literal_column, select, update

from ..articles import Article
from . import held
from .databases import on_sqlite, upsert
from .tables import ABOUT, CHANGES, JOBS, PUBLICATIONS
from .taking import take_in, take_out

KEY_S = 24 * 3600.0
"""How long a request is known by its key."""
JOB_S = 7 * 24 * 3600.0
"""How long a job can be asked about."""
_COUNT = "http_jobs"
KEPT_CHANGES = 1_000
"""The jobs of the newest changes are remembered, however old."""
_JOBS = PUBLICATIONS.c


@dataclass(frozen=True, slots=True)
class Removal:
    """Take an article out."""

    id: str


Operation = Article | Removal


@dataclass(frozen=True, slots=True)
class Publication:
    """What a request did."""

    job: str
    at: float
    """Epoch seconds."""
    client: str
    request: str
    """Hash of the request."""
    sequence: int
    """An index that has this change of the archive has all of the job."""
    done: bool
    """False while lines of a bulk are still to come."""
    answer: Mapping[str, int]
    """How many operations had which outcome."""
    key: str = ""


def apply(connection: Connection, operations: Sequence[Operation]) -> list[str]:
    """Do these one after another; of each `new`, `changed`, `unchanged`, `held`, `removed` or `absent`."""
    return [_apply(connection, operation) for operation in operations]


def last_sequence(connection: Connection) -> int:
    """Number of the last change, those of this transaction included."""
    return connection.scalar(select(func.max(CHANGES.c.sequence))) or 0


def remember(connection: Connection, publication: Publication) -> None:
    """Keep what a job did; what was kept of it before is replaced."""
    row = {
        "job": publication.job,
        "at": publication.at,
        "client": publication.client,
        "key": publication.key,
        "request": publication.request,
        "sequence": publication.sequence,
        "done": publication.done,
        "answer": json.dumps(publication.answer, ensure_ascii=False),
    }
    if not connection.scalar(select(func.count()).where(_JOBS.job == publication.job)):
        count_jobs(connection, counted(connection) + 1)
    statement = upsert(connection, PUBLICATIONS).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["job"], set_=row))


def by_job(connection: Connection, job: str) -> Publication | None:
    """What a job did; None for one that is not known, as in an archive of an older Dalil."""
    if not inspect(connection).has_table(PUBLICATIONS.name):
        return None
    return _one(connection.execute(select(PUBLICATIONS).where(_JOBS.job == job)).one_or_none())


def by_key(connection: Connection, client: str, key: str) -> Publication | None:
    """The newest request of a client with this key, unless its time is over."""
    query = select(PUBLICATIONS).where(_JOBS.key == key, _JOBS.client == client)
    now = time.time()
    # Nothing is known for years because a clock was years ahead, and the newest is so by its change.
    query = query.where(_JOBS.at > now - KEY_S, _JOBS.at < now + KEY_S)
    query = query.order_by(_JOBS.sequence.desc(), _JOBS.at.desc()).limit(1)
    return _one(connection.execute(query).one_or_none())


def forget_old(connection: Connection) -> None:
    """Forget keys and jobs whose time is over, but for the newest."""
    now = time.time()
    # A clock that is years ahead for a minute must not make it forget what was done a moment ago.
    older = _JOBS.sequence <= last_sequence(connection) - KEPT_CHANGES
    connection.execute(delete(PUBLICATIONS).where(_JOBS.at < now - JOB_S, older))
    outdated = update(PUBLICATIONS).where(_JOBS.at < now - KEY_S, _JOBS.key != "", older)
    connection.execute(outdated.values(key=""))


def waiting_since(connection: Connection, sequence: int) -> float | None:
    """When the oldest change behind `sequence` was made, in epoch seconds; None where there is none."""
    query = select(CHANGES.c.at).where(CHANGES.c.sequence > sequence).order_by(CHANGES.c.sequence).limit(1)
    moment: float | None = connection.scalar(query)
    return moment


def job_counts(connection: Connection) -> dict[str, int]:
    """Jobs by kind, those over HTTP as `http`: all there were, not those that are remembered."""
    counts = {
        str(kind): int(count)
        for kind, count in connection.execute(select(JOBS.c.kind, func.count()).group_by(JOBS.c.kind))
    }
    if inspect(connection).has_table(PUBLICATIONS.name):
        counts["http"] = counted(connection)
    return counts


def counted(connection: Connection) -> int:
    """All jobs over HTTP that there were."""
    count = connection.scalar(select(ABOUT.c.value).where(ABOUT.c.name == _COUNT))
    known = int(count) if count and count.isdecimal() else 0
    if not on_sqlite(connection):
        return known
    # Before they were counted, SQLite numbered a row after the greatest number that was there.
    newest = select(func.max(literal_column("rowid", Integer))).select_from(PUBLICATIONS)
    return max(known, connection.scalar(newest) or 0)


def count_jobs(connection: Connection, count: int) -> None:
    """Remember how many there were."""
    statement = upsert(connection, ABOUT).values(name=_COUNT, value=str(count))
    changes = {"value": str(count)}
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=changes))


def _apply(connection: Connection, operation: Operation) -> str:
    if isinstance(operation, Removal):
        ids = [operation.id]
        gone = [*take_out(connection, ids, "removed"), *held.forget(connection, ids)]
        return "removed" if gone else "absent"
    counts = take_in(connection, [operation])
    named = (("held", counts.held), ("new", counts.new), ("changed", counts.changed))
    return next((name for name, count in named if count), "unchanged")


def _one(row: Row[Any] | None) -> Publication | None:
    if row is None:
        return None
    return Publication(
        job=row.job,
        at=row.at,
        client=row.client,
        request=row.request,
        sequence=row.sequence,
        done=row.done,
        answer=json.loads(row.answer),
        key=row.key,
    )
