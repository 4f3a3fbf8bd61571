"""What articles said before: their earlier versions, the newest `MOST` of each."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, desc, insert, inspect, literal, select

from .tables import ARTICLES, CHANGES, HELD, VERSIONS

MOST = 20
"""Earlier versions that are kept of an article; older ones are dropped."""


@dataclass(frozen=True, slots=True)
class Version:
    """One text that an article had, or has."""

    state: str
    """`public`, `embargoed`, `withdrawn`; of an earlier one what ended it: `changed`, `removed`, `hidden`."""
    since: str
    """When it came into the archive, ISO 8601 UTC."""
    until: str
    """When it was no longer what readers see; empty for the newest."""
    content_hash: str
    record: dict[str, Any]
    """Field names of `dalil export`; empty where no text is known."""


def keep(connection: Connection, ids: Sequence[str], ended_by: str) -> None:
    """Take down the public versions of articles before they change or go."""
    columns = (ARTICLES.c.id, ARTICLES.c.sequence, ARTICLES.c.content_hash, ARTICLES.c.record)
    chosen = select(*columns, literal(time.time()), literal(ended_by)).where(ARTICLES.c.id.in_(ids))
    names = ["id", "sequence", "content_hash", "record", "ended", "ended_by"]
    connection.execute(insert(VERSIONS).from_select(names, chosen))
    for article_id in ids:
        newest = (
            select(VERSIONS.c.number).where(VERSIONS.c.id == article_id).order_by(desc(VERSIONS.c.number))
        )
        beyond = newest.offset(MOST).limit(1)
        connection.execute(
            delete(VERSIONS).where(VERSIONS.c.id == article_id, VERSIONS.c.number <= beyond.scalar_subquery())
        )


def erase(connection: Connection, ids: Sequence[str]) -> int:
    """Forget the earlier versions of articles for good; how many there were."""
    return connection.execute(delete(VERSIONS).where(VERSIONS.c.id.in_(ids))).rowcount


def history(connection: Connection, article_id: str) -> list[Version]:
    """The versions of an article, newest first; empty when none was here since histories are kept."""
    found: list[Version] = []
    has_past = inspect(connection).has_table(VERSIONS.name)
    if has_past:
        found += [
            Version(row.why, _moment(row.at), "", "", _readable(row.record))
            for row in connection.execute(select(HELD).where(HELD.c.id == article_id))
        ]
    came = CHANGES.c.sequence
    now = select(ARTICLES, CHANGES.c.at).join(CHANGES, came == ARTICLES.c.sequence, isouter=True)
    found += [
        Version("public", _moment(row.at), "", row.content_hash, _readable(row.record))
        for row in connection.execute(now.where(ARTICLES.c.id == article_id))
    ]
    if has_past:
        past = select(VERSIONS, CHANGES.c.at).join(CHANGES, came == VERSIONS.c.sequence, isouter=True)
        past = past.where(VERSIONS.c.id == article_id).order_by(desc(VERSIONS.c.number))
        for row in connection.execute(past):
            record = _readable(row.record)
            found.append(Version(row.ended_by, _moment(row.at), _moment(row.ended), row.content_hash, record))
    return found


def _readable(record: str) -> dict[str, Any]:
    """What a record says; nothing where it is damaged, which `Archive.damage` tells."""
    try:
        found = json.loads(record or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _moment(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
