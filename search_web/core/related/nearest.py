"""Which articles are the nearest to one, and how near they are, within its language and across languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analyzers import Analyzer
from indexer.articles import Article
from indexer.engines.base import IndexDocument, SearchEngine, SearchRequest
from indexer.engines.query import And, AnyOf, Not, Query
from indexer.schema import group_of

from .key_terms import KeyTerm, language_free_terms, own_score, related_query, word_terms


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An article that is near another one."""

    id: str
    strength: float
    """How much of what would be found of the article itself; 0 to 1, and near 1 only for its own text."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for to find the neighbours of an article."""

    words: Sequence[KeyTerm]
    keys: Sequence[KeyTerm]


def sought(document: IndexDocument, analyzer: Analyzer, engine: SearchEngine) -> Sought:
    """The best terms of an article."""
    return Sought(word_terms(document, analyzer, engine), language_free_terms(document, engine))


def neighbours(
    article: Article, terms: Sought, engine: SearchEngine, selected: Query, limit: int
) -> list[Neighbour]:
    """At most so many other articles that `selected` lets through, nearest first; no translations."""
    if limit < 1:
        return []
    own_language = AnyOf("lang", (article.lang.partition("-")[0].lower(),))
    group = group_of(article)
    others: tuple[Query, ...] = (Not(AnyOf("group", (group,))),) if group else ()
    found = [
        *_found(terms.words, engine, And((selected, own_language, *others)), limit + 1),
        *_found(terms.keys, engine, And((selected, Not(own_language), *others)), limit + 1),
    ]
    found = [near for near in found if near.id != article.id]
    return sorted(found, key=lambda near: (-near.strength, near.id))[:limit]


def _found(terms: Sequence[KeyTerm], engine: SearchEngine, selected: Query, limit: int) -> list[Neighbour]:
    query = related_query(terms)
    if query is None:
        return []
    own = own_score(terms)
    request = SearchRequest(query, filter=selected, limit=limit, exact_total=False)
    return [Neighbour(hit.id, min(1.0, hit.score / own)) for hit in engine.search(request).hits]
