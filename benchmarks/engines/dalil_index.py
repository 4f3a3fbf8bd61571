"""Dalil's own engine, through the protocol that all of Dalil uses."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from indexer.engines.base import IndexDocument, Occurrences, SearchEngine, SearchRequest, Sort, Upsert
from indexer.engines.query import And, AnyOf, Between, Or, Phrase, Prefix, Query, Term
from indexer.engines.whoosh_engine import WhooshEngine
from indexer.engines.whoosh_engine.stock_engine import WhooshStockEngine

from .protocol import TOP, Answer, BenchArticle, Change, Question

FIELD = "text.word"
_COUNTS_ON_REQUEST = any(field.name == "exact_total" for field in fields(SearchRequest))


class DalilEngine:
    """`WhooshEngine`: Whoosh's segments, our files, scores and searches."""

    name = "dalil"
    commits = "fsync of every file and of the directory"
    cannot: frozenset[str] = frozenset()

    def version(self) -> str:
        """Of this project and of the Whoosh that it stands on."""
        return f"{metadata.version('dalil-search')} on whoosh3 {metadata.version('whoosh3')}"

    def build(self, articles: Iterable[BenchArticle], directory: Path) -> None:
        """One commit, whose runs become one segment."""
        engine = WhooshEngine.create(directory)
        engine.apply(Upsert(document_of(article)) for article in articles)
        engine.close()

    def open(self, directory: Path) -> OpenDalil:
        """For reading and writing."""
        return OpenDalil(WhooshEngine.open(directory))


class StockEngine:
    """Whoosh as it comes behind Dalil's protocol: the same queries and scores, its own files and matchers."""

    name = "whoosh-stock"
    commits = "no fsync"
    cannot: frozenset[str] = frozenset()

    def version(self) -> str:
        """Of Whoosh."""
        return f"whoosh3 {metadata.version('whoosh3')}"

    def build(self, articles: Iterable[BenchArticle], directory: Path) -> None:
        """One commit."""
        engine = WhooshStockEngine.create(directory)
        engine.apply(Upsert(document_of(article)) for article in articles)
        engine.close()

    def open(self, directory: Path) -> OpenDalil:
        """For reading and writing."""
        return OpenDalil(WhooshStockEngine(directory))


class OpenDalil:
    """`protocol.OpenIndex` of any `SearchEngine`."""

    def __init__(self, engine: SearchEngine) -> None:
        self._engine = engine

    def answer(self, question: Question) -> Answer:
        """Totals are left out where they are not wanted and the engine can."""
        want = question.want
        options: dict[str, Any] = {}
        if _COUNTS_ON_REQUEST:
            options["exact_total"] = want in {"count", "facets"}
        request = SearchRequest(
            query_of(question),
            limit=TOP,
            sort=Sort.NEWEST if want == "newest" else Sort.RELEVANCE,
            facets=("lang",) if want == "facets" else (),
            **options,
        )
        response = self._engine.search(_filtered(request, question))
        return Answer(
            [hit.id for hit in response.hits],
            response.total if want == "count" else None,
            {each.value: each.count for each in response.facets["lang"]} if want == "facets" else None,
        )

    def total(self, question: Question) -> int:
        """From a search without hits."""
        return self._engine.search(_filtered(SearchRequest(query_of(question), limit=0), question)).total

    def commit(self, changes: Sequence[Change]) -> None:
        """One `apply`."""
        self._engine.apply([Upsert(document_of(new)) for _, new in changes])

    def close(self) -> None:
        """Release files."""
        self._engine.close()


def document_of(article: BenchArticle) -> IndexDocument:
    """One field with a word's place as its position, and the two columns."""
    words = article.words.split(" ")
    text = Occurrences(words, array("f", (1.0,)) * len(words), array("I", range(len(words))))
    return IndexDocument(
        article.id, {FIELD: text}, {"lang": article.lang}, number_columns={"published_at": article.date}
    )


def query_of(question: Question) -> Query:
    """The question without its filter."""
    words = question.words
    if question.match == "phrase":
        return Phrase(FIELD, tuple(enumerate(words)))
    if question.match == "prefix":
        return Prefix(FIELD, words[0])
    terms = tuple(Term(FIELD, word) for word in words)
    if len(terms) == 1:
        return terms[0]
    return And(terms) if question.match == "all" else Or(terms)


def _filtered(request: SearchRequest, question: Question) -> SearchRequest:
    if not question.lang:
        return request
    dates = Between("published_at", question.first, question.last)
    return replace(request, filter=And((AnyOf("lang", (question.lang,)), dates)))
