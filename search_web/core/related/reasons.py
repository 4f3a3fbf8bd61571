"""Why two articles are related, the strongest reason first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analyzers import FOREIGN_NAME
from indexer.articles import Article, canonical_url
from indexer.engines.bm25 import idf
from indexer.schema import NAMES, STORY

from ..pages import Reason, ReasonKind
from ..recent_searches import Answers
from .key_terms import KeyTerm
from .reading import Read, Told

SHOWN = 8
"""Most values of one reason."""
NEAR_DAYS = 3
"""Articles published farther apart have no reason in their dates."""


_RAREST_SHARE = 0.05
"""A name or number that more of the articles have is no reason, unless there are few articles."""
_FEW = 50
_NAMES_STAND_OUT = ("vi",)
"""Languages in whose texts a word of foreign consonants is a name: Vietnamese syllables are no such words."""
_NO_REASON = ("m:", "w:")
"""A month or a day of the week by itself."""


@dataclass(frozen=True, slots=True)
class _Weighed:
    """One reason with what makes it strong: the sum of how rare is what both have."""

    weight: float
    reason: Reason


class Rarities:
    """How rare is what an article has; the engine is asked once for each."""

    def __init__(self, engine: Answers) -> None:
        self._engine = engine
        self._known: dict[tuple[str, str], float | None] = {}

    def of(self, field: str, terms: Sequence[str]) -> dict[str, float]:
        """Those of the terms of a field that few articles have, each with its idf."""
        unknown = [term for term in terms if (field, term) not in self._known]
        if unknown:
            size, _ = self._engine.field_size(field)
            most = max(_FEW, _RAREST_SHARE * size)
            for term, frequency in zip(
                unknown, self._engine.document_frequencies(field, unknown), strict=True
            ):
                self._known[field, term] = idf(size, frequency) if frequency <= most else None
        found = ((term, self._known[field, term]) for term in terms)
        return {term: rarity for term, rarity in found if rarity is not None}


def reasons_of(one: Read, other: Read, terms: Sequence[KeyTerm], rarities: Rarities) -> tuple[Reason, ...]:
    """What two articles have in common, at least one reason; `terms`: the best of the first one's words."""
    names = rarities.of(NAMES, _names(one, other))
    keys = rarities.of(STORY, _common(one.keys, other.keys))
    said = {term: other.written(other.keys[term]) for term in keys}
    latin = {term: rarity for term, rarity in keys.items() if term.startswith("l:")}
    figures = {term: rarity for term, rarity in keys.items() if _is_figure(term, said[term])}
    meant = {term: rarity for term, rarity in keys.items() if not term.startswith(("l:", "n:", "d:"))}
    told = {term: other.written(other.names[term]) for term in names}
    named = _by_words(told, names) | _by_words(said, latin)
    weighed = [
        _phrases(ReasonKind.NAMES, named),
        _phrases(ReasonKind.NUMBERS, _by_words(said, figures)),
        _shared_words(terms, other)
        if one.main_field == other.main_field
        else _phrases(ReasonKind.WORDS, _without(named, _by_words(said, meant))),
    ]
    found = [part.reason for part in sorted(weighed, key=lambda part: -part.weight) if part.weight > 0]
    before = (Reason(ReasonKind.SOURCE),) if _same_source(one.article, other.article) else ()
    days = days_apart(one.article, other.article)
    after = () if days is None or days > NEAR_DAYS else (Reason(ReasonKind.DATE, count=days),)
    return (*before, *found, *after) or (Reason(ReasonKind.WORDS),)


def _common(one: Mapping[str, Told], other: Mapping[str, Told]) -> list[str]:
    """The terms of both."""
    return [term for term in one if term in other and not term.startswith(_NO_REASON)]


def _names(one: Read, other: Read) -> list[str]:
    """The names of both articles, without what only looks like one.

    A foreign name is known by its consonants alone. That is evidence where two scripts agree in them; within
    a script it is any word: مسابقة "contest", or the first word of a sentence. Months have names too.
    """
    alone = one.main_field == other.main_field and one.analyzer.language not in _NAMES_STAND_OUT
    common = [
        term for term in _common(one.names, other.names) if not (alone and term.startswith(FOREIGN_NAME))
    ]
    for side in (one, other) if common else ():
        dates = {side.written(told) for term, told in side.keys.items() if term.startswith(_NO_REASON)}
        common = [term for term in common if side.written(side.names[term]) not in dates]
    return common


def days_apart(one: Article, other: Article) -> int | None:
    """Days between the dates of publication (UTC); None where one has none."""
    if one.published_at is None or other.published_at is None:
        return None
    first, second = sorted((one.published_at, other.published_at))
    return (second.date() - first.date()).days


def _is_figure(term: str, written: str) -> bool:
    """Whether a number or date is a reason: a number as a word is rather a small one, or another word."""
    return term.startswith("d:") or (term.startswith("n:") and written[:1].isdecimal())


def _by_words(written: Mapping[str, str], rarities: Mapping[str, float]) -> dict[str, float]:
    """The words that have the terms, each with the rarity of its rarest one."""
    found: dict[str, float] = {}
    for term, rarity in rarities.items():
        words = written[term]
        found[words] = max(found.get(words, 0.0), rarity)
    return found


def _without(said: Mapping[str, float], phrases: Mapping[str, float]) -> dict[str, float]:
    """Those that another reason does not name already."""
    return {phrase: rarity for phrase, rarity in phrases.items() if phrase not in said}


def _phrases(kind: ReasonKind, phrases: Mapping[str, float]) -> _Weighed:
    # A name of four syllables is there by its parts too.
    whole = {
        phrase: rarity
        for phrase, rarity in phrases.items()
        if not any(phrase != longer and f" {phrase} " in f" {longer} " for longer in phrases)
    }
    values = sorted(whole, key=lambda phrase: (-whole[phrase], phrase))
    return _Weighed(sum(whole.values()), Reason(kind, tuple(values[:SHOWN]), len(values)))


def _shared_words(terms: Sequence[KeyTerm], other: Read) -> _Weighed:
    shared = [key for key in terms if key.field == other.main_field and key.term in other.words]
    values = tuple(other.word(key.term) for key in shared[:SHOWN])
    return _Weighed(sum(key.own for key in shared), Reason(ReasonKind.WORDS, values, len(shared)))


def _same_source(one: Article, other: Article) -> bool:
    pictures = {image.url for image in one.images if image.url}
    if any(image.url in pictures for image in other.images):
        return True
    return not _addresses(one).isdisjoint(_addresses(other))


def _addresses(article: Article) -> set[str]:
    return {canonical_url(url) for url in (article.url, article.source_url) if url}
