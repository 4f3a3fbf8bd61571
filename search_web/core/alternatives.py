"""Other ways to write some words of a query: a name in the other script, a month of the other family.

Phạm Thế Tùng is also فام ذي تونغ, أكتوبر "October" also تشرين الأول. An alternative stands for a few words
side by side: an article that has it need not have them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzers import NameMention, NameReader, levant_months
from indexer.archive_names import ArchiveNames, is_indexed
from indexer.engines.query import And, Not, Or, Query, Term
from indexer.schema import NAMES

from .spellings import spelled
from .targets import Target

_NAME_WEIGHT = 0.4
"""Factor on the score of a name found by its sound, for each word that it stands for."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """What may stand in place of the words `start` to `end` of a query."""

    start: int
    end: int
    query: Query


def alternatives(text: str, target: Target, names: NameReader) -> list[Alternative]:
    """The alternatives for words of a text in a target's language; they do not overlap."""
    words = target.analyzer.words(text)
    surfaces = [text[start:end] for start, end in zip(words.starts, words.ends, strict=True)]
    found = [
        Alternative(mention.start, mention.end, query)
        for mention in names.mentions(" ".join(surfaces), target.language)
        if (query := _name(mention, names)) is not None
    ]
    if target.language == "ar":
        found += _months(words.written, target)
    return _apart(found)


def _name(mention: NameMention, names: NameReader) -> Query | None:
    """Articles with a name by its sound, but not from a refused spelling, or by the words of a spelling."""
    weight = _NAME_WEIGHT * (mention.end - mention.start)
    found: list[Query] = [Term(NAMES, term, weight) for term in mention.terms if is_indexed(term)]
    if found and mention.refused and isinstance(names, ArchiveNames):
        refused = [query for way in mention.refused for query in spelled(way, names)]
        found = [And((_any(found), *map(Not, refused)))]
    if mention.spellings and isinstance(names, ArchiveNames):
        found += [query for way in mention.spellings for query in spelled(way, names, _NAME_WEIGHT)]
    return _any(found) if found else None


def _months(written: Sequence[str], target: Target) -> Iterable[Alternative]:
    main = target.words[0]
    for start, end, other in levant_months(written):
        words = target.analyzer.words(other)
        placed = [
            (at, term, words.written[at])
            for at, term in enumerate(words.forms[main.form])
            if term is not None
        ]
        if placed:
            yield Alternative(start, end, main.quoted(placed))


def _any(terms: Iterable[Query]) -> Query:
    found = tuple(terms)
    return found[0] if len(found) == 1 else Or(found)


def _apart(found: Iterable[Alternative]) -> list[Alternative]:
    """The longest ones that do not overlap, in order."""
    chosen: list[Alternative] = []
    for each in sorted(found, key=lambda a: (a.start - a.end, a.start)):
        if all(each.end <= other.start or each.start >= other.end for other in chosen):
            chosen.append(each)
    return sorted(chosen, key=lambda a: a.start)
