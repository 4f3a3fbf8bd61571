"""Whether an article was here once: what the change log says of an id that the archive no longer has."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, select

from ..errors import ArticleNotFound, ArticleRemoved
from .tables import CHANGES

_LAST = select(CHANGES.c.deleted, CHANGES.c.at).order_by(CHANGES.c.sequence.desc()).limit(1)


def missing(connection: Connection, article_id: str) -> ArticleNotFound:
    """The error for an article that is not here: `ArticleRemoved` where it was taken out.

    For a reader an article that is withdrawn, or back under embargo, was taken out too.
    """
    last = connection.execute(_LAST.where(CHANGES.c.id == article_id)).one_or_none()
    if last is None or not last.deleted:
        return ArticleNotFound(article_id)
    return ArticleRemoved(article_id, datetime.fromtimestamp(last.at, UTC))
