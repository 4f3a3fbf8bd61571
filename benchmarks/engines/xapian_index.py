"""Xapian, as Debian packs it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ..peers.xapian_peer import _library
from .protocol import TOP, Answer, BenchArticle, Change, Question

_DATE, _LANG = 0, 1
"""Value slots."""
_ID_TERM, _LANG_TERM = "Q", "L"
"""Prefixes of terms: words are in lower case."""


class XapianEngine:
    """`BM25Weight` with k1 1.2 and b 0.75, positions, Xapian's usual time to flush."""

    name = "xapian"
    commits = "fsync of every table"
    cannot: frozenset[str] = frozenset()

    def version(self) -> str:
        """Of the library."""
        return str(_library().version_string())

    def build(self, articles: Iterable[BenchArticle], directory: Path) -> None:
        """One commit at the end; what it flushes before is up to Xapian."""
        library = _library()
        database = library.WritableDatabase(str(directory), library.DB_CREATE_OR_OPEN)
        for article in articles:
            database.add_document(_document(library, article))
        database.commit()
        database.close()

    def open(self, directory: Path) -> OpenXapian:
        """A reader at once, a writer with the first commit."""
        library = _library()
        return OpenXapian(library, directory, library.Database(str(directory)))


class OpenXapian:
    """An `Enquire` a question, as its manual shows it."""

    def __init__(self, library: Any, directory: Path, database: Any) -> None:
        self._library = library
        self._directory = directory
        self._database = database
        self._writer: Any = None

    def answer(self, question: Question) -> Answer:
        """Exact totals and facets look at all matches; else Xapian may stop early."""
        library, want = self._library, question.want
        enquire = self._enquire(question)
        if want == "newest":
            enquire.set_weighting_scheme(library.BoolWeight())
            enquire.set_sort_by_value(_DATE, True)
        spy = library.ValueCountMatchSpy(_LANG) if want == "facets" else None
        if spy is not None:
            enquire.add_matchspy(spy)
        all_of_them = self._database.get_doccount() if want in {"count", "facets"} else 0
        found = enquire.get_mset(0, TOP, all_of_them)
        facets = None
        if spy is not None:
            facets = {item.term.decode(): item.termfreq for item in spy.values()}
        ids = [match.document.get_data().decode() for match in found]
        return Answer(ids, found.get_matches_estimated() if want == "count" else None, facets)

    def total(self, question: Question) -> int:
        """With all matches looked at the estimate is exact."""
        found = self._enquire(question).get_mset(0, 1, self._database.get_doccount())
        return int(found.get_matches_estimated())

    def commit(self, changes: Sequence[Change]) -> None:
        """`replace_document` by the id's term."""
        if self._writer is None:
            self._writer = self._library.WritableDatabase(str(self._directory), self._library.DB_OPEN)
        for _, new in changes:
            self._writer.replace_document(_ID_TERM + new.id, _document(self._library, new))
        self._writer.commit()
        self._database.reopen()

    def close(self) -> None:
        """Release files."""
        self._database.close()
        if self._writer is not None:
            self._writer.close()

    def _enquire(self, question: Question) -> Any:
        enquire = self._library.Enquire(self._database)
        enquire.set_weighting_scheme(self._library.BM25Weight(1.2, 0.0, 1.0, 0.75, 0.0))
        enquire.set_query(self._query(question))
        return enquire

    def _query(self, question: Question) -> Any:
        query = self._library.Query
        words = list(question.words)
        if question.match == "phrase":
            return query(query.OP_PHRASE, words, len(words))
        if question.match == "prefix":
            return query(query.OP_WILDCARD, words[0], 0, query.WILDCARD_LIMIT_ERROR, query.OP_SYNONYM)
        found = query(query.OP_AND if question.match == "all" else query.OP_OR, words)
        if not question.lang:
            return found
        first, last = (self._library.sortable_serialise(date) for date in (question.first, question.last))
        dates = query(query.OP_VALUE_RANGE, _DATE, first, last)
        return query(query.OP_FILTER, found, query(query.OP_FILTER, query(_LANG_TERM + question.lang), dates))


def _document(library: Any, article: BenchArticle) -> Any:
    document = library.Document()
    document.set_data(article.id)
    document.add_boolean_term(_ID_TERM + article.id)
    document.add_boolean_term(_LANG_TERM + article.lang)
    document.add_value(_DATE, library.sortable_serialise(article.date))
    document.add_value(_LANG, article.lang)
    for place, word in enumerate(article.words.split(" ")):
        document.add_posting(word, place)
    return document
