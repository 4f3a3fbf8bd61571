"""Articles into what is public and out of it, with the change log, in a transaction of the caller's."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from ..articles import Article, hash_of
from . import held, versions
from .databases import upsert
from .numbering import give_numbers_in_order
from .tables import ARTICLES, CHANGES

# Built once: a page of results asks it, and building it takes half as long as the answer.
RECORDS = select(ARTICLES.c.id, ARTICLES.c.content_hash, ARTICLES.c.record).where(
    ARTICLES.c.id.in_(bindparam("ids", expanding=True))
)


@dataclass(frozen=True, slots=True)
class PutCounts:
    """What became of the articles that were put in."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    held: int = 0
    """Kept back: under embargo or withdrawn."""
    hidden: int = 0
    """Of those, and of what is withdrawn: how many could be seen before."""

    def __add__(self, other: PutCounts) -> PutCounts:
        return PutCounts(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.held + other.held,
            self.hidden + other.hidden,
        )


def take_in(connection: Connection, batch: Sequence[Article], now: float | None = None) -> PutCounts:
    """Take articles in, in a transaction of the caller's, who holds the writer's lock."""
    give_numbers_in_order(connection)
    found = held.sort_out(connection, batch, time.time() if now is None else now)
    hidden = len(take_out(connection, found.hide, "hidden")) if found.hide else 0
    counts = _put_batch(connection, found.public) if found.public else PutCounts()
    return counts + PutCounts(unchanged=found.unchanged, held=found.held, hidden=hidden)


def take_out(connection: Connection, ids: Sequence[str], why: str) -> list[str]:
    """Take articles out of what is public; which of them were. As `take_in` otherwise."""
    give_numbers_in_order(connection)
    present = list(connection.scalars(select(ARTICLES.c.id).where(ARTICLES.c.id.in_(ids))))
    if present:
        versions.keep(connection, present, why)
        connection.execute(delete(ARTICLES).where(ARTICLES.c.id.in_(present)))
        log_changes(connection, present, deleted=True)
    return present


def _put_batch(connection: Connection, batch: Sequence[Article]) -> PutCounts:
    records = [(article, article.canonical()) for article in batch]
    hashes = [(article, record, hash_of(record)) for article, record in records]
    ids = [article.id for article in batch]
    # By what is there, not by the hash beside it: adding an article again mends a damaged record.
    known: dict[str, str] = {
        row.id: row.content_hash if hash_of(row.record) == row.content_hash else ""
        for row in connection.execute(RECORDS, {"ids": ids})
    }
    # Of two with one id the later counts: a file that holds both changes nothing when it is read again.
    final = {article.id: content_hash for article, _, content_hash in hashes}
    new = changed = 0
    last: dict[str, tuple[Article, str, str]] = {}
    for article, record, content_hash in hashes:
        before = last[article.id][2] if article.id in last else known.get(article.id)
        if content_hash == before or known.get(article.id) == final[article.id]:
            continue
        new += before is None
        changed += before is not None
        last[article.id] = (article, record, content_hash)
    if last:
        versions.keep(connection, [article_id for article_id in last if article_id in known], "changed")
        log_changes(connection, list(last), deleted=False)
        sequence = connection.scalar(select(func.max(CHANGES.c.sequence))) or 0
        rows = [
            {"id": i, "lang": article.lang, "content_hash": digest, "record": record, "sequence": sequence}
            for i, (article, record, digest) in last.items()
        ]
        statement = upsert(connection, ARTICLES)
        columns = {name: statement.excluded[name] for name in ("lang", "content_hash", "record", "sequence")}
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=columns), rows)
    return PutCounts(new, changed, len(batch) - new - changed)


def log_changes(connection: Connection, ids: Sequence[str], *, deleted: bool) -> None:
    """Write changes of these articles into the log, numbered in the order of commits."""
    give_numbers_in_order(connection)
    now = time.time()
    connection.execute(insert(CHANGES), [{"id": i, "deleted": deleted, "at": now} for i in ids])
