"""The terms that tell what an article is about, and the queries that look for other articles by them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzers import Analyzer, FieldKind
from indexer.articles import Article
from indexer.engines.base import IndexDocument, SearchEngine, frequencies
from indexer.engines.bm25 import idf, saturated
from indexer.engines.query import AnyOf, Or, Query, Term
from indexer.schema import NAMES, field_name, group_of

BEST_TERMS = 40
"""Terms of an article that are searched; more add time and noise."""
KEY_FIELDS = {NAMES: 1.0}
"""Fields whose terms are the same in every language, with their weights."""
_RAREST = 2
"""A term that only this article has finds nothing else."""


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """A term that tells what an article is about."""

    field: str
    term: str
    weight: float
    """Frequency in the article (by zone) times idf."""
    own: float = 0.0
    """What it scores on the article itself, without a boost."""


def word_terms(document: IndexDocument, analyzer: Analyzer, engine: SearchEngine) -> list[KeyTerm]:
    """The best terms of an article in the word and pair fields of its language, best first."""
    # Another form of a word says no more than the word.
    fields = {
        field_name(analyzer.language, spec.name): spec.weight
        for spec in analyzer.fields
        if spec.kind is not FieldKind.FORM
    }
    return _best(document, fields.items(), engine)


def language_free_terms(document: IndexDocument, engine: SearchEngine) -> list[KeyTerm]:
    """The best of the terms that an article has in common with its translations, best first."""
    return _best(document, KEY_FIELDS.items(), engine)


def _best(
    document: IndexDocument, fields: Iterable[tuple[str, float]], engine: SearchEngine
) -> list[KeyTerm]:
    found: list[KeyTerm] = []
    for name, factor in fields:
        if name not in document.fields:
            continue
        counts = frequencies(document.fields[name])
        length = sum(counts.values())
        size, average = engine.field_size(name)
        # The most frequent of a long article suffice: looking each one up costs time.
        likely = sorted(counts, key=lambda term: (-counts[term], term))[: 10 * BEST_TERMS]
        for term, frequency in zip(likely, engine.document_frequencies(name, likely), strict=True):
            if frequency >= _RAREST:
                rarity = idf(size, frequency)
                own = rarity * saturated(counts[term], length, average)
                found.append(KeyTerm(name, term, counts[term] * rarity * factor, own))
    return sorted(found, key=lambda key: (-key.weight, key.field, key.term))[:BEST_TERMS]


def related_query(terms: Sequence[KeyTerm]) -> Query | None:
    """Articles that share key terms, the better the term the more; None without any."""
    if not terms:
        return None
    best = terms[0].weight
    return Or(tuple(Term(key.field, key.term, key.weight / best) for key in terms))


def own_score(terms: Sequence[KeyTerm]) -> float:
    """What `related_query` scores on the article that the terms are of."""
    return sum(key.own * key.weight for key in terms) / terms[0].weight if terms else 0.0


def translations_query(article: Article) -> Query | None:
    """The other members of the article's group of translations."""
    group = group_of(article)
    return AnyOf("group", (group,)) if group else None
