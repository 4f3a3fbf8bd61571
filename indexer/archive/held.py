"""Articles that nobody may see: under embargo until a moment, or withdrawn.

They stand in a table of their own, so that no page, export or index can show one by an oversight: what is in
`articles` is public. A job moves an article over when its moment has come.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, inspect, select, update

from ..articles import Article
from .databases import upsert
from .tables import ARTICLES, HELD

EMBARGOED, WITHDRAWN = "embargoed", "withdrawn"


@dataclass(frozen=True, slots=True)
class Held:
    """One article that is kept back."""

    id: str
    why: str
    """`embargoed` or `withdrawn`."""
    ordered: bool
    """By a command, which no record overrules; else by the article's own record."""
    until: float | None
    """Epoch seconds of the end of an embargo."""
    reason: str
    at: float
    """Epoch seconds since when."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """A batch of articles, by whether they may be seen."""

    public: list[Article]
    held: int
    """How many of the batch are newly kept back, or were and have changed."""
    unchanged: int
    hide: list[str]
    """Ids to take out of what is public, if they are there."""


def sort_out(connection: Connection, batch: Sequence[Article], now: float) -> Sorted:
    """Keep back what may not be seen; of two with one id the later says whether it may."""
    last = {article.id: article for article in batch}
    rows = connection.execute(select(HELD).where(HELD.c.id.in_(list(last))))
    before = {row.id: row for row in rows}
    kept = {i: a for i, a in last.items() if _is_kept(a, now) or (i in before and before[i].ordered)}
    fresh: list[Article] = []
    for article_id, article in kept.items():
        known = before.get(article_id)
        if known is None or known.record != article.canonical():
            fresh.append(article)
    if fresh:
        statement = upsert(connection, HELD)
        names = ("why", "ordered", "until", "reason", "at", "record")
        changes = {name: statement.excluded[name] for name in names}
        changed = [_row(article, before.get(article.id), now) for article in fresh]
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changes), changed)
    free = [article_id for article_id in before if article_id not in kept]
    if free:
        connection.execute(delete(HELD).where(HELD.c.id.in_(free)))
    public = [article for article in batch if article.id not in kept]
    return Sorted(public, len(fresh), len(batch) - len(public) - len(fresh), list(kept))


def withdraw(connection: Connection, ids: Sequence[str], reason: str) -> None:
    """Keep articles back whatever their records say; the caller takes them out of what is public."""
    now = time.time()
    texts = dict(
        connection.execute(select(ARTICLES.c.id, ARTICLES.c.record).where(ARTICLES.c.id.in_(ids))).all()
    )
    statement = upsert(connection, HELD)
    changes = {"why": WITHDRAWN, "ordered": True, "until": None, "reason": reason, "at": now}
    rows = [{"id": i, "record": texts.get(i, ""), **changes} for i in ids]
    # The text that was held before stays, if it has one.
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changes), rows)


def release(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Undo `withdraw`; the records of those that were withdrawn by order, with "" where none is known."""
    query = select(HELD.c.id, HELD.c.record).where(HELD.c.id.in_(ids), HELD.c.ordered)
    rows = connection.execute(query).all()
    connection.execute(delete(HELD).where(HELD.c.id.in_([row.id for row in rows])))
    return [row.record for row in rows]


def take_due(connection: Connection, now: float, limit: int) -> list[str]:
    """The records whose embargo is over, at most so many; they are no longer held."""
    query = select(HELD.c.id, HELD.c.record).where(HELD.c.why == EMBARGOED, HELD.c.until <= now).limit(limit)
    rows = connection.execute(query).all()
    if rows:
        connection.execute(delete(HELD).where(HELD.c.id.in_([row.id for row in rows])))
    return [row.record for row in rows]


def forget(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Drop what is held by its record alone; which of the articles it was."""
    rows = connection.execute(select(HELD.c.id).where(HELD.c.id.in_(ids), ~HELD.c.ordered))
    found = [row.id for row in rows]
    if found:
        connection.execute(delete(HELD).where(HELD.c.id.in_(found)))
    return found


def blank(connection: Connection, ids: Sequence[str]) -> None:
    """Forget the texts of held articles; that they are held stays."""
    connection.execute(update(HELD).where(HELD.c.id.in_(ids)).values(record=""))


def held(connection: Connection) -> list[Held]:
    """Everything that is kept back, by id. Empty in an archive of an older Dalil."""
    if not inspect(connection).has_table(HELD.name):
        return []
    # Without the texts, which may be many megabytes.
    columns = (HELD.c.id, HELD.c.why, HELD.c.ordered, HELD.c.until, HELD.c.reason, HELD.c.at)
    return [Held(*row) for row in connection.execute(select(*columns).order_by(HELD.c.id))]


def next_due(connection: Connection) -> float | None:
    """When the next embargo ends, in epoch seconds."""
    moment: float | None = connection.scalar(select(func.min(HELD.c.until)).where(HELD.c.why == EMBARGOED))
    return moment


def held_ids(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Which of the ids are held."""
    return set(connection.scalars(select(HELD.c.id).where(HELD.c.id.in_(list(ids)))))


def _is_kept(article: Article, now: float) -> bool:
    return article.withdrawn or (article.publish_at is not None and article.publish_at.timestamp() > now)


def _row(article: Article, before: Row[Any] | None, now: float) -> dict[str, object]:
    record = article.canonical()
    if before is not None and before.ordered:
        kept = {name: getattr(before, name) for name in ("why", "ordered", "until", "reason", "at")}
        return {"id": article.id, "record": record, **kept}
    withdrawn = article.withdrawn
    until = None if withdrawn or article.publish_at is None else article.publish_at.timestamp()
    why = WITHDRAWN if withdrawn else EMBARGOED
    return {
        "id": article.id,
        "why": why,
        "ordered": False,
        "until": until,
        "reason": "",
        "at": now,
        "record": record,
    }
