"""Why two articles are related, the strongest reason first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indexer.articles import Article, canonical_url
from indexer.engines.base import SearchEngine
from indexer.engines.bm25 import idf
from indexer.schema import NAMES

from ..pages import Reason, ReasonKind
from .key_terms import KeyTerm
from .reading import Read

SHOWN = 8
"""Most values of one reason."""
NEAR_DAYS = 3
"""Articles published farther apart have no reason in their dates."""


@dataclass(frozen=True, slots=True)
class _Weighed:
    weight: float
    reason: Reason


def reasons_of(one: Read, other: Read, terms: Sequence[KeyTerm], engine: SearchEngine) -> tuple[Reason, ...]:
    """What two articles have in common, at least one reason; `terms`: the best of the first one's words."""
    weighed = [
        _shared_names(one.names, other.names, engine),
        _shared_words(terms, other),
    ]
    found = [part.reason for part in sorted(weighed, key=lambda part: -part.weight) if part.weight > 0]
    before = (Reason(ReasonKind.SOURCE),) if _same_source(one.article, other.article) else ()
    days = days_apart(one.article, other.article)
    after = () if days is None or days > NEAR_DAYS else (Reason(ReasonKind.DATE, count=days),)
    return (*before, *found, *after) or (Reason(ReasonKind.WORDS),)


def days_apart(one: Article, other: Article) -> int | None:
    """Days between the dates of publication (UTC); None where one has none."""
    if one.published_at is None or other.published_at is None:
        return None
    first, second = sorted((one.published_at, other.published_at))
    return (second.date() - first.date()).days


def _shared_names(one: Mapping[str, str], other: Mapping[str, str], engine: SearchEngine) -> _Weighed:
    shared = [term for term in one if term in other]
    size, _ = engine.field_size(NAMES)
    rarities = {
        term: idf(size, frequency)
        for term, frequency in zip(shared, engine.document_frequencies(NAMES, shared), strict=True)
    }
    # A name of four syllables is there by its parts too.
    phrases: dict[str, float] = {}
    for term, rarity in rarities.items():
        phrases[other[term]] = max(phrases.get(other[term], 0.0), rarity)
    whole = {
        phrase: rarity
        for phrase, rarity in phrases.items()
        if not any(phrase != longer and f" {phrase} " in f" {longer} " for longer in phrases)
    }
    values = sorted(whole, key=lambda phrase: (-whole[phrase], phrase))
    reason = Reason(ReasonKind.NAMES, tuple(values[:SHOWN]), len(values))
    return _Weighed(sum(whole.values()), reason)


def _shared_words(terms: Sequence[KeyTerm], other: Read) -> _Weighed:
    shared = [key for key in terms if key.field == other.main_field and key.term in other.words]
    values = tuple(other.words[key.term] for key in shared[:SHOWN])
    reason = Reason(ReasonKind.WORDS, values, len(shared))
    return _Weighed(sum(key.own for key in shared), reason)


def _same_source(one: Article, other: Article) -> bool:
    pictures = {image.url for image in one.images if image.url}
    if any(image.url in pictures for image in other.images):
        return True
    return not _addresses(one).isdisjoint(_addresses(other))


def _addresses(article: Article) -> set[str]:
    return {canonical_url(url) for url in (article.url, article.source_url) if url}
