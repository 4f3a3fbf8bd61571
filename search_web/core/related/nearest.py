"""Which articles are the nearest to one, and how near they are, within its language and across languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analyzers import Analyzer
from indexer.articles import Article
from indexer.engines.base import Hit, IndexDocument, SearchRequest
from indexer.engines.query import And, AnyOf, Not, Query
from indexer.schema import group_of

from ..recent_searches import Answers
from .key_terms import KeyTerms, language_free_terms, word_terms
from .priors import likeness_of_shape, nearness_in_time

Articles = Callable[[Sequence[str]], Mapping[str, Article]]

SAME_STORY = 0.1
"""Strength from which two articles of one language tell the same story: of the pairs above it on one half of
Vietnamese news clusters 0.90 do, and 0.94 of all that do are above it; on the other half 0.84 and 0.85."""
SAME_STORY_ACROSS = 0.135
"""The same of two languages: of 62 translations among 14,000 articles 48 reach it, and two other stories."""

CLOSE = 0.03
"""Strength below which two articles share no more than any two do."""

_POOL = 2
"""So many times what is asked for are looked at again, with their dates and lengths."""
_LEAST_POOL = 30


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An article that is near another one."""

    article: Article
    strength: float
    """How much of what would be found of the article itself; 0 to 1, and near 1 only for its own text."""
    same_story: bool
    """Whether that is enough to tell the same story."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for to find the neighbours of an article."""

    words: KeyTerms
    keys: KeyTerms


def sought(document: IndexDocument, analyzer: Analyzer, engine: Answers) -> Sought:
    """The best terms of an article."""
    return Sought(word_terms(document, analyzer, engine), language_free_terms(document, engine))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles may be neighbours."""

    selected: Query
    languages: frozenset[str] = frozenset()
    """That `selected` lets through, as the index has them; empty: all."""
    left_out: frozenset[str] = frozenset()
    """Ids of articles that stand elsewhere."""


def neighbours(
    article: Article, terms: Sought, engine: Answers, articles: Articles, wanted: Wanted, limit: int
) -> list[Neighbour]:
    """At most so many other articles, nearest first; no translations.

    `articles`: those of some ids that the archive has.
    """
    if limit < 1:
        return []
    language = _language(article)
    own = AnyOf("lang", (language,))
    pool = max(_LEAST_POOL, _POOL * limit) + len(wanted.left_out)
    hits: list[tuple[Hit, float]] = []
    if not wanted.languages or language in wanted.languages:
        hits += _found(terms.words, engine, And((wanted.selected, own)), pool)
    if wanted.languages != {language}:
        hits += _found(terms.keys, engine, And((wanted.selected, Not(own))), pool)
    # Not by the query: a filter of its own for every article would be worked out each time.
    group = group_of(article)
    left_out = {article.id, *wanted.left_out}
    found = {
        hit.id: strength
        for hit, strength in hits
        if hit.id not in left_out and (not group or hit.columns.get("group") != group)
    }
    return _nearest(article, found, articles, limit)


def _nearest(article: Article, found: Mapping[str, float], articles: Articles, limit: int) -> list[Neighbour]:
    """The nearest of the articles found by their terms, as many as are wanted.

    What dates and lengths tell only makes the strength less: the strongest are read first, and no more when
    those behind them cannot be among the nearest any longer.
    """
    ids = sorted(found, key=lambda name: (-found[name], name))
    near: list[Neighbour] = []
    at = 0
    while at < len(ids) and (len(near) < limit or min(1.0, found[ids[at]]) >= near[-1].strength):
        read = articles(ids[at : at + limit])
        at += limit
        near += [
            _neighbour(article, other, min(1.0, found[other.id] * _prior(article, other)))
            for other in read.values()
        ]
        near = sorted(near, key=lambda near: (-near.strength, near.article.id))[:limit]
    return near


def _neighbour(article: Article, other: Article, strength: float) -> Neighbour:
    least = SAME_STORY if _language(article) == _language(other) else SAME_STORY_ACROSS
    return Neighbour(other, strength, strength >= least)


def _prior(article: Article, other: Article) -> float:
    same_language = _language(article) == _language(other)
    shape = 1.0 if same_language else likeness_of_shape(article, other)
    return shape * nearness_in_time(article, other)


def _language(article: Article) -> str:
    """As the index has it."""
    return article.lang.partition("-")[0].lower()


def _found(terms: KeyTerms, engine: Answers, selected: Query, limit: int) -> list[tuple[Hit, float]]:
    """The nearest articles by their terms alone, each with its share of the article's own score."""
    query = terms.query()
    if query is None:
        return []
    request = SearchRequest(query, filter=selected, limit=limit, exact_total=False)
    return [(hit, hit.score / terms.own) for hit in engine.search(request).hits]
