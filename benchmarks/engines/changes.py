"""Commits to measure, and how large an index is: what every engine's measurements share."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from .protocol import BenchArticle, Change

ADDED = 11
"""Commits of one new article; figures leave the first out, since it loads what writing needs."""
HUNDREDS = 3
"""Commits of a hundred changed articles."""
WARM = 20
"""Commits of one new article that come before all others where a compiler has to warm up."""


def changes(articles: Iterable[BenchArticle], count: int) -> list[list[Change]]:
    """New articles one by one, then three times a hundred changed ones.

    Every article written has a word at its end that no other has, by which it is found. The hundreds are
    spread over all `count` articles; fewer where there are not so many.
    """
    step = max(1, count // (HUNDREDS * 100))
    spread = list(islice(articles, 0, None, step))[: HUNDREDS * 100]
    hundreds = [spread[part::HUNDREDS] for part in range(HUNDREDS)]
    changed: list[list[Change]] = [[(old, _changed(old)) for old in hundred] for hundred in hundreds]
    return [*new_articles(spread, ADDED, "new"), *changed]


def new_articles(articles: Iterable[BenchArticle], count: int, name: str) -> list[list[Change]]:
    """So many commits of one article that is new but for its words."""
    found: list[list[Change]] = []
    for number, old in enumerate(islice(articles, count)):
        new = f"{name}{number}"
        found.append([(None, BenchArticle(new, old.lang, old.date, f"{old.words} found{new}"))])
    return found


def size_of(directory: Path) -> int:
    """Bytes of all files below a directory."""
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def _changed(article: BenchArticle) -> BenchArticle:
    words = article.words.split(" ")[::-1]
    return BenchArticle(article.id, article.lang, article.date, " ".join([*words, f"found{article.id}"]))
