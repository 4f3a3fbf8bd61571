"""From what the table of articles has of one back to the `Article`, and whether it is what was archived."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..articles import Article, Image, article_from, hash_of
from ..errors import ArchiveError, ArticleInvalid


def is_whole(record: str, content_hash: str) -> bool:
    """Whether a record is an article, with this hash."""
    try:
        return article_from(json.loads(record)).content_hash() == content_hash
    except (ValueError, TypeError, ArticleInvalid):
        return False


def whole_article(row: Any) -> Article:
    """The article of a row, if it is what was archived. Raises `ArchiveError`."""
    if hash_of(row.record) != row.content_hash:
        raise ArchiveError(
            f"article {row.id!r} is not what was archived; add it again, or remove it, and run `dalil check`"
        )
    return article_of(row.record)


def article_of(record: str) -> Article:
    """What `Archive.put` wrote, which was checked then: doing it at each reading takes three times as long.

    What was changed by another hand is checked, and `Archive.damage` finds all of it.
    """
    fields: dict[str, Any] = json.loads(record)
    if not fields.keys() <= _FIELDS or not all(isinstance(fields.get(name, []), list) for name in _LISTS):
        return article_from(fields)
    return Article(**fields | {name: restore(fields[name]) for name, restore in _RESTORED if name in fields})


def _images(images: Sequence[Mapping[str, str]]) -> tuple[Image, ...]:
    return tuple(Image(image["url"], image["caption"]) for image in images)


_FIELDS = Article.__dataclass_fields__.keys()
_LISTS = ("body", "authors", "tags", "images")
_RESTORED: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("body", tuple),
    ("authors", tuple),
    ("tags", tuple),
    ("images", _images),
    ("published_at", datetime.fromisoformat),
    ("updated_at", datetime.fromisoformat),
    ("publish_at", datetime.fromisoformat),
)
"""How what JSON has no type for is read back from `Article.as_dict`."""
