"""Why an article has its place for a query: what each word became, where it matched, what it scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analyzers import Step
from indexer.engines.base import SearchEngine
from indexer.engines.query import Term

from .targets import Target


@dataclass(frozen=True, slots=True)
class TermMatch:
    """One term of a word in one field of the article."""

    field: str
    term: str
    document_frequency: int
    score: float | None
    """What the term adds; None when the article does not have it."""


@dataclass(frozen=True, slots=True)
class ExplainedWord:
    """One word of the query in one language."""

    language: str
    surface: str
    start: int
    end: int
    steps: tuple[Step, ...]
    matches: tuple[TermMatch, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A query and an article."""

    query: str
    article_id: str
    title: str
    matches: bool
    score: float | None
    """What the search gives the article; None when it does not match."""
    words: tuple[ExplainedWord, ...]
    extras: tuple[TermMatch, ...]
    """Pairs and grams that add to the score."""


def explain_words(
    text: str, targets: Sequence[Target], engine: SearchEngine, article_id: str
) -> tuple[tuple[ExplainedWord, ...], tuple[TermMatch, ...]]:
    """Every word of a text in every language's fields, and the derived terms that the article has."""
    words: list[ExplainedWord] = []
    extras: list[TermMatch] = []
    for target in targets:
        for word in target.analyzer.explain(text):
            matches = [
                _match(engine, article_id, field.index_field, term, field.weight * target.weight)
                for field in target.words
                if (term := word.terms.get(field.form)) is not None
            ]
            words.append(
                ExplainedWord(target.language, word.surface, word.start, word.end, word.steps, tuple(matches))
            )
        derived = target.analyzer.index_terms(text)
        for field in target.derived:
            for term in dict.fromkeys(derived[field.form].terms):
                match = _match(engine, article_id, field.index_field, term, field.weight * target.weight)
                if match.score is not None:
                    extras.append(match)
    return tuple(words), tuple(extras)


def _match(engine: SearchEngine, article_id: str, field: str, term: str, weight: float) -> TermMatch:
    frequency = engine.document_frequencies(field, [term])[0]
    return TermMatch(field, term, frequency, engine.score_of(Term(field, term, weight), article_id))
