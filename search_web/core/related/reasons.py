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


@dataclass(frozen=True, slots=True)
class Telling:
    """What of an article is a reason if another one has it too, each with how rare it is (idf)."""

    read: Read
    words: Sequence[KeyTerm]
    """The best of those in the main field, best first."""
    names: Mapping[str, float]
    names_within: Mapping[str, float]
    """Those that are names beside an article of the same language."""
    keys: Mapping[str, float]


def telling(one: Read, terms: Sequence[KeyTerm], engine: Answers) -> Telling:
    """What of an article can be a reason; `terms`: the best of its words."""
    keys = one.keys()
    dates = {one.written(told) for term, told in keys.items() if term.startswith(_NO_REASON)}
    rare = _rare(NAMES, one.names(), engine)
    names = {term: rarity for term, (told, rarity) in rare.items() if one.written(told) not in dates}
    # A foreign name is known by its consonants alone. That is evidence where two scripts agree in them;
    # within a script it is any word: مسابقة "contest", or the first word of a sentence.
    within = (
        names
        if one.analyzer.language in _NAMES_STAND_OUT
        else {term: rarity for term, rarity in names.items() if not term.startswith(FOREIGN_NAME)}
    )
    told = {term: place for term, place in keys.items() if not term.startswith(_NO_REASON)}
    return Telling(
        read=one,
        words=[key for key in terms if key.field == one.main_field],
        names=names,
        names_within=within,
        keys={term: rarity for term, (_, rarity) in _rare(STORY, told, engine).items()},
    )


def _rare(field: str, told: Mapping[str, Told], engine: Answers) -> dict[str, tuple[Told, float]]:
    """Those of the terms of a field that few articles have, each with its idf."""
    size, _ = engine.field_size(field)
    most = max(_FEW, _RAREST_SHARE * size)
    frequencies = engine.document_frequencies(field, list(told))
    return {
        term: (place, idf(size, frequency))
        for (term, place), frequency in zip(told.items(), frequencies, strict=True)
        if frequency <= most
    }


def reasons_of(telling: Telling, other: Read) -> tuple[Reason, ...]:
    """What an article has in common with another, at least one reason."""
    one = telling.read
    same_language = one.main_field == other.main_field
    names, told = _names(telling.names_within if same_language else telling.names, other)
    there = other.keys(telling.keys)
    keys = {term: rarity for term, rarity in telling.keys.items() if term in there}
    said = {term: other.written(there[term]) for term in keys}
    latin = {term: rarity for term, rarity in keys.items() if term.startswith("l:")}
    figures = {term: rarity for term, rarity in keys.items() if _is_figure(term, said[term])}
    meant = {term: rarity for term, rarity in keys.items() if not term.startswith(("l:", "n:", "d:"))}
    named = _by_words(told, names) | _by_words(said, latin)
    weighed = [
        _phrases(ReasonKind.NAMES, named),
        _phrases(ReasonKind.NUMBERS, _by_words(said, figures)),
        _shared_words(telling.words, other)
        if same_language
        else _phrases(ReasonKind.WORDS, _without(named, _by_words(said, meant))),
    ]
    found = [part.reason for part in sorted(weighed, key=lambda part: -part.weight) if part.weight > 0]
    before = (Reason(ReasonKind.SOURCE),) if _same_source(one.article, other.article) else ()
    days = days_apart(one.article, other.article)
    after = () if days is None or days > NEAR_DAYS else (Reason(ReasonKind.DATE, count=days),)
    return (*before, *found, *after) or (Reason(ReasonKind.WORDS),)


def _names(wanted: Mapping[str, float], other: Read) -> tuple[dict[str, float], dict[str, str]]:
    """Those of the names that another article has, without what only looks like one there, and as it writes
    them.
    """
    there = other.names(wanted)
    found: dict[str, float] = {}
    written: dict[str, str] = {}
    for term, rarity in wanted.items():
        if term in there and not _is_date(there[term], other):
            found[term] = rarity
            written[term] = other.written(there[term])
    return found, written


def _is_date(name: Told, other: Read) -> bool:
    """Whether an article tells a month or day of the week by the words of a name: months have names too."""
    dates = [key for key in other.keys_at(name) if key.startswith(_NO_REASON)]
    if not dates:
        return False
    told = other.keys(dates)
    return any(key in told and other.written(told[key]) == other.written(name) for key in dates)


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
    words = other.words()
    shared = [key for key in terms if key.term in words]
    at = [words[key.term] for key in shared[:SHOWN]]
    values = tuple(other.surfaces(first, first + 1)[0] for first in at)
    return _Weighed(sum(key.own for key in shared), Reason(ReasonKind.WORDS, values, len(shared)))


def _same_source(one: Article, other: Article) -> bool:
    pictures = {image.url for image in one.images if image.url}
    if any(image.url in pictures for image in other.images):
        return True
    return not _addresses(one).isdisjoint(_addresses(other))


def _addresses(article: Article) -> set[str]:
    return {canonical_url(url) for url in (article.url, article.source_url) if url}
