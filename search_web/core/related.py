"""Related stories: the translations of an article, then those that share its best words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analyzers import Analyzer, FieldKind
from indexer.articles import Article
from indexer.engines.base import SearchEngine, frequencies
from indexer.engines.bm25 import idf
from indexer.engines.query import And, AnyOf, Not, Or, Query, Term
from indexer.schema import document_of, field_name, group_of

BEST_TERMS = 40
"""Terms of an article that are searched; more add time and noise."""
_RAREST = 2
"""A term that only this article has finds nothing else."""


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """A term that tells what an article is about."""

    field: str
    term: str
    weight: float
    """Frequency in the article (by zone) times idf."""


def key_terms(article: Article, analyzer: Analyzer, engine: SearchEngine) -> list[KeyTerm]:
    """The best terms of an article in the word and pair fields of its language, best first."""
    document = document_of(article, analyzer)
    found: list[KeyTerm] = []
    for spec in analyzer.fields:
        name = field_name(analyzer.language, spec.name)
        # Another form of a word says no more than the word.
        if name not in document.fields or spec.kind is FieldKind.FORM:
            continue
        counts = frequencies(document.fields[name])
        size, _ = engine.field_size(name)
        # The most frequent of a long article suffice: looking each one up costs time.
        likely = sorted(counts, key=lambda term: (-counts[term], term))[: 10 * BEST_TERMS]
        for term, frequency in zip(likely, engine.document_frequencies(name, likely), strict=True):
            if frequency >= _RAREST:
                weight = counts[term] * idf(size, frequency) * spec.weight
                found.append(KeyTerm(name, term, weight))
    return sorted(found, key=lambda key: (-key.weight, key.field, key.term))[:BEST_TERMS]


def related_query(article: Article, terms: Sequence[KeyTerm]) -> Query | None:
    """Articles that share key terms, the better the term the more; None for an article without any."""
    if not terms:
        return None
    best = terms[0].weight
    words: list[Query] = [Term(key.field, key.term, key.weight / best) for key in terms]
    others: list[Query] = [Not(AnyOf("group", (group,)))] if (group := group_of(article)) else []
    return And((Or(tuple(words)), *others)) if others else Or(tuple(words))


def translations_query(article: Article) -> Query | None:
    """The other members of the article's group of translations."""
    group = group_of(article)
    return AnyOf("group", (group,)) if group else None
