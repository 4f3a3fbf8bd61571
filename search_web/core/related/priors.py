"""What makes two articles likelier to tell one story before a word is compared: when they were published, and
across languages how long they are.
"""

from __future__ import annotations

import math

from indexer.articles import Article

DATE_WEIGHT = 0.5
"""How much of the strength the same day adds. On dated stories 0.25 to 1 do about as well."""
DATE_DAYS = 3.0
"""Days after which a third of that is left."""
LENGTH_WEIGHT = 0.5
LENGTH_SPREAD = 0.35
"""Natural logarithm of a ratio of lengths; of translations it spreads by a quarter of this around 0.2."""
PARAGRAPHS_WEIGHT = 0.25
PARAGRAPHS_SPREAD = 0.15
_SIGNS_OF_WORDS = frozenset({"zh", "ja", "ko"})
"""Written with far fewer characters."""


def nearness_in_time(one: Article, other: Article) -> float:
    """Factor from 2/3 to 1; 1 where nothing can be told of the first one."""
    if one.published_at is None:
        return 1.0
    if other.published_at is None:
        return 1 / (1 + DATE_WEIGHT)
    days = abs((one.published_at - other.published_at).total_seconds()) / 86_400
    return _weighted(DATE_WEIGHT, math.exp(-days / DATE_DAYS))


def likeness_of_shape(one: Article, other: Article) -> float:
    """Factor up to 1 for articles of about one length with as many paragraphs, as translations mostly are."""
    first, second = max(1, len(one.text)), max(1, len(other.text))
    length = math.exp(-((math.log(first / second) / LENGTH_SPREAD) ** 2))
    if not _SIGNS_OF_WORDS.isdisjoint({one.lang.partition("-")[0], other.lang.partition("-")[0]}):
        length = 0.5
    difference = abs(math.log((1 + len(one.body)) / (1 + len(other.body))))
    paragraphs = math.exp(-difference / PARAGRAPHS_SPREAD)
    return _weighted(LENGTH_WEIGHT, length) * _weighted(PARAGRAPHS_WEIGHT, paragraphs)


def _weighted(weight: float, value: float) -> float:
    return (1 + weight * value) / (1 + weight)
