"""Why an article has its place for a query: what each word became, where it matched, what it scored.

The scores are those of the very tree that the search asks the engine: each leaf of it is asked for on the one
article, and their sum is the article's score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from analyzers import Analyzer
from analyzers import Step as AnalysisStep
from indexer.articles import Article
from indexer.engines.base import SearchEngine
from indexer.engines.query import And, Boost, Near, Not, Optionally, Or, Phrase, Prefix, Query, Term
from indexer.schema import NAMES, SLUG, field_name, title_field

from . import query_ast as ast
from .answers import IndexState, Reading
from .targets import Target

Leaf = Term | Phrase | Near | Prefix


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article has a term: in which part, written how, how often."""

    part: str
    """`title`, `lead`, `body`, `tags`, `captions`, or `address` for the headline in its URL."""
    written: str
    count: int


@dataclass(frozen=True, slots=True)
class TermMatch:
    """One term of a word in one field of the article."""

    field: str
    term: str
    document_frequency: int
    score: float | None
    """What the term adds; None when the article does not have it, or where it adds nothing."""
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainedWord:
    """One word of the query in one language."""

    language: str
    surface: str
    start: int
    end: int
    steps: tuple[AnalysisStep, ...]
    matches: tuple[TermMatch, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A query and an article."""

    query: str
    searched: str
    """What was searched: the query, or what a rescue made of it."""
    article_id: str
    title: str
    matches: bool
    score: float | None
    """What the search gives the article; None when it does not match."""
    words: tuple[ExplainedWord, ...]
    extras: tuple[TermMatch, ...]
    """What adds to the score besides the words' own terms: pairs, other forms, names, quotes."""


def explain_reading(
    reading: Reading, state: IndexState, article: Article
) -> tuple[tuple[ExplainedWord, ...], tuple[TermMatch, ...]]:
    """Every word of a query in every language's fields, and what else the article scores for."""
    engine, query = state.engine, reading.translation.query
    added: Counter[tuple[str, str]] = Counter()
    # An article that does not match is told what its words would add.
    found = engine.score_of(query, article.id) is not None
    for leaf, score in _contributions(query, engine, article.id, 1.0, matching=found):
        added[leaf.field, _name(leaf)] += score  # type: ignore[assignment]  # a Counter of floats
    places = _Places(article, state.analyzer(article.lang), state)
    typed = " ".join(leaf.text for leaf in ast.leaves(reading.node))
    told: set[tuple[str, str]] = set()

    def match(field: str, term: str) -> TermMatch:
        told.add((field, term))
        frequency = engine.document_frequencies(field, [term])[0]
        score = added.get((field, term))
        return TermMatch(
            field,
            term,
            frequency,
            None if score is None else round(score, 6),
            () if score is None else places.of(field, term),
        )

    words: list[ExplainedWord] = []
    for target in reading.targets:
        for word in target.analyzer.explain(typed):
            matches = tuple(match(field, term) for field, term in _terms(target, word.terms))
            words.append(
                ExplainedWord(target.language, word.surface, word.start, word.end, word.steps, matches)
            )
    extras = [match(field, term) for field, term in added if (field, term) not in told]
    return tuple(words), tuple(sorted(extras, key=lambda extra: -(extra.score or 0.0)))


def contributions(query: Query, engine: SearchEngine, article_id: str) -> list[tuple[Leaf, float]]:
    """What each leaf of a tree adds to the score of an article that matches it; they sum up to its score."""
    return list(_contributions(query, engine, article_id, 1.0, matching=True))


def _contributions(
    query: Query, engine: SearchEngine, article_id: str, factor: float, *, matching: bool
) -> Iterator[tuple[Leaf, float]]:
    """`matching`: only of the parts that match; else of every leaf that the article has."""

    def adds(child: Query) -> bool:
        return not isinstance(child, Not) and not (matching and engine.score_of(child, article_id) is None)

    match query:
        case Term() | Phrase() | Near() | Prefix():
            score = engine.score_of(query, article_id)
            if score is not None:
                yield query, factor * score
        case And(children) | Or(children):
            for child in children:
                if adds(child):
                    yield from _contributions(child, engine, article_id, factor, matching=matching)
        case Optionally(required, optional):
            yield from _contributions(required, engine, article_id, factor, matching=matching)
            if adds(optional):
                yield from _contributions(optional, engine, article_id, factor, matching=matching)
        case Boost(child, inner):
            yield from _contributions(child, engine, article_id, factor * inner, matching=matching)
        case _:
            return


def _name(leaf: Leaf) -> str:
    match leaf:
        case Term(_, text):
            return text
        case Prefix(_, text):
            return f"{text}*"
        case Phrase(_, terms):
            return '"' + " ".join(term for _, term in terms) + '"'
        case Near(_, terms, distance):
            return '"' + " ".join(terms) + f'"~{distance}'


def _terms(target: Target, terms: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    for field in (*target.words, *target.derived):
        if (term := terms.get(field.form)) is not None:
            yield field.index_field, term


class _Places:
    """Finds terms in the parts of an article, by the analysis that indexed them."""

    def __init__(self, article: Article, analyzer: Analyzer, state: IndexState) -> None:
        self._found: dict[tuple[str, str], Counter[tuple[str, str]]] = {}
        for part, text in _parts(article):
            words = analyzer.words(text)
            surfaces = [text[start:end] for start, end in zip(words.starts, words.ends, strict=True)]
            for form, column in words.forms.items():
                names = [field_name(analyzer.language, form)]
                if part == "title":
                    names.append(title_field(analyzer.language, form))
                for surface, term in zip(surfaces, column, strict=True):
                    if term is not None:
                        for name in names:
                            self._add(name, term, part, surface)
            for term, at, length in state.names.terms(surfaces, analyzer.language):
                self._add(NAMES, term, part, " ".join(surfaces[at : at + length]))

    def _add(self, field: str, term: str, part: str, surface: str) -> None:
        self._found.setdefault((field, term), Counter())[part, surface] += 1

    def of(self, field: str, term: str) -> tuple[Place, ...]:
        if field.startswith(f"{SLUG}."):
            return (Place("address", term, 1),)
        found = self._found.get((field, term), Counter())
        return tuple(Place(part, written, count) for (part, written), count in found.items())


def _parts(article: Article) -> Iterable[tuple[str, str]]:
    yield "title", article.title
    yield "lead", article.lead
    for paragraph in article.body:
        yield "body", paragraph
    for tag in article.tags:
        yield "tags", tag
    for caption in dict.fromkeys(image.caption for image in article.images if image.caption):
        yield "captions", caption
