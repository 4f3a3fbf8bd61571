"""Other ways to write some words of a query: a name in the other script, a month of the other family.

Phạm Thế Tùng is also فام ذي تونغ, أكتوبر "October" also تشرين الأول. An alternative stands for a few words
side by side: an article that has it need not have them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzers import NameReader, levant_months
from indexer.engines.query import Or, Query, Term
from indexer.schema import NAMES

from .targets import Target

_NAME_WEIGHT = 0.6
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
        Alternative(
            mention.start,
            mention.end,
            _any(Term(NAMES, term, _NAME_WEIGHT * (mention.end - mention.start)) for term in mention.terms),
        )
        for mention in names.mentions(" ".join(surfaces), target.language)
        if mention.terms
    ]
    if target.language == "ar":
        found += _months(words.written, target)
    return _apart(found)


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
