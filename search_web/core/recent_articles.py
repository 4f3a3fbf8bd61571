"""What was made of the articles that were looked at last, and how much of a long one is looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import Generic, TypeVar

from indexer.articles import Article

Value = TypeVar("Value")

LOOKED_AT = 100_000
"""Code points of an article that are compared with others: no reader waits for the end of a book."""


class RecentArticles(Generic[Value]):
    """A value for each of the articles that were asked for last. Safe for several threads.

    An article that was changed has another value; so have other analyzers.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[Article, tuple[object, ...], Value]] = OrderedDict()
        self._lock = Lock()

    def get(self, article: Article, made_with: tuple[object, ...], make: Callable[[], Value]) -> Value:
        """The value of an article, made if it is not remembered; `made_with`: what else it depends on."""
        with self._lock:
            kept = self._kept.get(article.id)
            if kept is not None:
                self._kept.move_to_end(article.id)
        # A draft has no id and is another one each time; two values compare by what they are in memory.
        if (
            kept is not None
            and all(one is other for one, other in zip(kept[1], made_with, strict=True))
            and kept[0] == article
        ):
            return kept[2]
        value = make()
        if article.id:
            with self._lock:
                self._kept[article.id] = (article, made_with, value)
                if len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        return value


def beginning(article: Article) -> Article:
    """The article as far as it is looked at: paragraphs of its body up to `LOOKED_AT` code points."""
    left = LOOKED_AT - len(article.lead)
    if sum(map(len, article.body)) <= left:
        return article
    body: list[str] = []
    for paragraph in article.body:
        if len(paragraph) > left:
            # No word is cut in two.
            body.append(paragraph[: max(0, left)].rpartition(" ")[0])
            break
        body.append(paragraph)
        left -= len(paragraph)
    return replace(article, lead=article.lead[:LOOKED_AT], body=tuple(part for part in body if part))
