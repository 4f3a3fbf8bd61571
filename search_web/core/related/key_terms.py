"""The terms that tell what an article is about, and the queries that look for other articles by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analyzers import Analyzer, FieldKind
from indexer.articles import Article
from indexer.engines.base import IndexDocument, frequencies
from indexer.engines.bm25 import idf, saturated
from indexer.engines.query import AnyOf, Or, Query, Term
from indexer.schema import NAMES, STORY, field_name, group_of

from ..recent_searches import Answers

BEST_TERMS = 200
"""Terms of an article that are searched. With 40, articles that share only a part of their text are lost:
precision at 1 falls from 0.91 to 0.69 on overlapping stories."""
BEST_KEYS = 80
"""The same of what articles in other languages have too."""
_LOOKED_UP = 400
"""Terms a field, the most frequent first, whose rarity is asked for: each takes time."""
_RAREST = 2
"""A term that only this article has finds nothing else, but it counts in what the article is about."""
_COMMON_LEAST = 50
_COMMON_WORDS = 0.02
"""Words that more articles have than this share of all, and than `_COMMON_LEAST`, tell nothing and cost the
most time."""
_COMMON_KEYS = 0.1
"""The same of what is said in all languages, where each thing counts: at 0.02 one in ten translations among
14,000 articles is lost."""
_POWER = 0.4
_NAME_WEIGHT = 0.5
"""Of a name beside the words that it is made of."""


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """A term that tells what an article is about."""

    field: str
    term: str
    weight: float
    """Frequency in the article (by zone), to a power below 1, times idf: one word that is repeated does not
    outweigh all others."""
    own: float = 0.0
    """What it scores on the article itself, without a boost."""
    alone: bool = False
    """Whether no other article has it."""


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """The best terms of an article, best first."""

    found: Sequence[KeyTerm]
    """Those that other articles have too."""
    own: float
    """What the best of all score on the article itself, those that it alone has among them."""

    def query(self) -> Query | None:
        """Articles that share key terms, the better the term the more; None without any."""
        return Or(tuple(Term(key.field, key.term, key.weight) for key in self.found)) if self.found else None


def key_terms(found: Iterable[KeyTerm], most: int) -> KeyTerms:
    """At most so many of the best terms."""
    ranked = sorted(found, key=lambda key: (-key.weight, key.field, key.term))
    best = ranked[0].weight if ranked else 1.0
    # Not by `replace`, which is slower, and there are many.
    scaled = [
        KeyTerm(key.field, key.term, key.weight / best, key.own, key.alone) for key in ranked[: 2 * most]
    ]
    shared = [key for key in scaled if not key.alone][:most]
    return KeyTerms(shared, sum(key.own * key.weight for key in scaled[:most]))


def word_terms(document: IndexDocument, analyzer: Analyzer, engine: Answers) -> KeyTerms:
    """The best terms of an article in the word and pair fields of its language and its names, best first."""
    # Another form of a word says no more than the word; pairs tell what overlapping texts share.
    main, *others = analyzer.fields
    fields = [main, *(spec for spec in others if spec.kind is FieldKind.PAIR)]
    weights = {field_name(analyzer.language, spec.name): 1.0 for spec in fields} | {NAMES: _NAME_WEIGHT}
    return _best(document, weights, engine, BEST_TERMS, _COMMON_WORDS)


def language_free_terms(document: IndexDocument, engine: Answers) -> KeyTerms:
    """The best of the terms that an article has in common with its translations, best first."""
    return _best(document, {NAMES: 1.0, STORY: 1.0}, engine, BEST_KEYS, _COMMON_KEYS)


def _best(
    document: IndexDocument, fields: Mapping[str, float], engine: Answers, most: int, share: float
) -> KeyTerms:
    found: list[KeyTerm] = []
    # No index has a draft: every term is in one article more than that tells.
    more = 0 if document.id else 1
    for name, factor in fields.items():
        if name not in document.fields:
            continue
        counts = frequencies(document.fields[name])
        length = sum(counts.values())
        size, average = engine.field_size(name)
        common = max(_COMMON_LEAST, share * size)
        likely = list(counts)
        if len(likely) > _LOOKED_UP:
            likely = sorted(likely, key=lambda term: (-counts[term], term))[:_LOOKED_UP]
        for term, others in zip(likely, engine.document_frequencies(name, likely), strict=True):
            frequency = others + more
            if 0 < frequency <= common:
                rarity = idf(size + more, frequency)
                own = rarity * saturated(counts[term], length, average or length)
                weight = counts[term] ** _POWER * rarity * factor
                found.append(KeyTerm(name, term, weight, own, alone=frequency < _RAREST))
    return key_terms(found, most)


def translations_query(article: Article) -> Query | None:
    """The other members of the article's group of translations."""
    group = group_of(article)
    return AnyOf("group", (group,)) if group else None
