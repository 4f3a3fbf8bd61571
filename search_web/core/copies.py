"""Near-duplicates and excerpts of an article or a draft.

Five words in a row of a text are a shingle. An index finds them as a phrase, so it needs nothing more for
copies: some phrases of the text, each with the rarest word of its stretch, lead to the articles that may be
copies, and their texts are compared to the letter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analyzers import SHINGLE_WORDS, SHORT_TEXT, SHORTEST_TEXT, Analyzer, FieldWords, IndexWords
from indexer.articles import Article
from indexer.engines.base import SearchRequest
from indexer.engines.query import Everything, Or, Phrase, Query
from indexer.schema import SHAPES, exact_position, field_name, text_range, text_shingles, texts_of, words_of

from .pages import Reason, ReasonKind, Related
from .recent_articles import RecentArticles, beginning
from .recent_searches import Answers
from .results import plain_result

COPY = 0.5
"""Share of the shingles of two texts that both have, from which one is a copy of the other."""
EXCERPT = 0.8
"""Share of the shingles of the shorter text that the other has, from which it is an excerpt."""
FEWEST_PHRASES, MOST_PHRASES = 8, 48
WORDS_A_PHRASE = 20
WORDS_LOOKED_UP = 3
"""Of the five words of a phrase."""
_KEPT = 2_000
"""Articles whose shingles are remembered, some kilobytes each: the same columns come up again and again."""
CANDIDATES = 24
"""Articles compared to the letter: those with the most and the rarest phrases."""
MOST_COPIES = 20


@dataclass(frozen=True, slots=True)
class Text:
    """An article with its words and shingles."""

    article: Article
    words: IndexWords
    shingles: NDArray[np.uint64]
    """See `text_shingles`."""

    @classmethod
    def of(cls, article: Article, analyzer: Analyzer, words: IndexWords | None = None) -> Text:
        """The text of an article as far as it is looked at; `words`: what `words_of` gives of that."""
        article = beginning(article)
        words = words or words_of(article, analyzer)
        return cls(article, words, text_shingles(article, words.texts))


class Texts:
    """The shingles of the articles that were compared last. Safe for several threads."""

    def __init__(self) -> None:
        self._recent: RecentArticles[NDArray[np.uint64]] = RecentArticles(_KEPT)

    def shingles(self, article: Article, analyzer: Analyzer) -> NDArray[np.uint64]:
        """Those of `Text.of`."""
        return self._recent.get(article, (analyzer,), lambda: _shingles(beginning(article), analyzer))


def _shingles(article: Article, analyzer: Analyzer) -> NDArray[np.uint64]:
    return text_shingles(article, analyzer.numbered(texts_of(article)))


def copies_of(
    text: Text,
    analyzer: Analyzer,
    engine: Answers,
    articles: Callable[[Sequence[str]], Mapping[str, Article]],
    selected: Query | None = None,
    texts: Texts | None = None,
) -> list[Related]:
    """Articles of nearly the same text, of which it is a part, or that are a part of it; the nearest first.

    The reason's `count` is the share in percent: for a copy of the shingles of both, for an excerpt of those
    of the shorter text. `selected`: what articles must be, as of `filters_query`; `texts`: remembers them.
    """
    phrases = phrases_of(text, analyzer, engine)
    if not phrases:
        return []
    request = SearchRequest(Or(tuple(phrases)), selected or Everything(), limit=CANDIDATES + 1)
    ids = [hit.id for hit in engine.search(request).hits if hit.id != text.article.id]
    found: list[Related] = []
    texts = texts or Texts()
    for other in articles(ids[:CANDIDATES]).values():
        reason = compared(text.shingles, texts.shingles(other, analyzer))
        if reason is not None:
            found.append(Related(plain_result(other, reason.count / 100), (reason,)))
    found.sort(key=_nearest_first)
    return found[:MOST_COPIES]


def _nearest_first(item: Related) -> tuple[bool, int, str]:
    """Copies before excerpts."""
    (reason,) = item.reasons
    return reason.kind is ReasonKind.EXCERPT, -reason.count, item.result.id


def compared(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> Reason | None:
    """Whether one text is a copy or an excerpt of another, by their shingles, and how much of it."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < SHORTEST_TEXT:
        return None
    shared = len(np.intersect1d(shorter, longer, assume_unique=True))
    alike = shared / (len(shorter) + len(longer) - shared)
    contained = shared / len(shorter)
    # So few words in a row are alike in other stories of the same kind as well.
    short = len(shorter) < SHORT_TEXT
    if alike >= (1 if short else COPY):
        return Reason(ReasonKind.COPY, count=int(100 * alike))
    if contained >= (1 if short else EXCERPT):
        return Reason(ReasonKind.EXCERPT, count=int(100 * contained))
    return None


def phrases_of(text: Text, analyzer: Analyzer, engine: Answers) -> list[Phrase]:
    """Phrases that lead to the copies of a text: from each stretch of it the one with the rarest word."""
    windows = _windows(text, analyzer)
    if not windows:
        return []
    name = field_name(analyzer.language, analyzer.fields[0].name)
    field = text.words.fields[analyzer.fields[0].name]
    distinct = sorted({field.terms[place] for window in windows for place in window})
    known = dict(zip(distinct, engine.document_frequencies(name, distinct), strict=True))
    # What no other article has leads nowhere.
    least = 2 if text.article.id else 1
    first, end = text_range(text.article, text.words.texts)
    stretches = min(MOST_PHRASES, max(FEWEST_PHRASES, (end - first) // WORDS_A_PHRASE))
    best: dict[int, tuple[int, range]] = {}
    for window in windows:
        rarest = min(known[field.terms[place]] for place in window)
        stretch = (int(field.at[window[0]]) - first) * stretches // (end - first)
        if rarest >= least and (stretch not in best or rarest < best[stretch][0]):
            best[stretch] = (rarest, window)
    return [_phrase(name, text, field, window, known) for _, window in best.values()]


def _phrase(name: str, text: Text, field: FieldWords, window: range, known: Mapping[str, int]) -> Phrase:
    """The rarest words of a window, where they stand in it: the common ones cost most and tell least."""
    rarest = sorted(window, key=lambda place: known[field.terms[place]])[:WORDS_LOOKED_UP]
    start = int(field.at[window[0]])
    return Phrase(
        name,
        tuple(
            (
                exact_position(int(field.at[place]) - start, text.words.written(int(field.at[place]))),
                field.terms[place],
            )
            for place in sorted(rarest)
        ),
        unit=SHAPES,
    )


def _windows(text: Text, analyzer: Analyzer) -> list[range]:
    """Places of the terms of the main field in five words of one paragraph, from each term on."""
    field = text.words.fields[analyzer.fields[0].name]
    first, end = text_range(text.article, text.words.texts)
    ends = text.words.texts.ends
    found: list[range] = []
    at = np.asarray(field.at)
    for start, stop in pairwise(ends):
        if start < first or stop > end or stop - start < SHINGLE_WORDS:
            continue
        low, high = np.searchsorted(at, (start, stop - SHINGLE_WORDS + 1)).tolist()
        behind = np.searchsorted(at, at[low:high] + SHINGLE_WORDS).tolist()
        found += [range(place, last) for place, last in zip(range(low, high), behind, strict=True)]
    return found
