"""Whoosh as it comes: its own schema, codec, writer, matchers and scores, nothing of ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import whoosh
from whoosh import analysis, fields, index, sorting
from whoosh import query as queries

from .protocol import TOP, Answer, BenchArticle, Change, Question

_WRITER_MB = 256
_analysis: Any = analysis  # typed in part
query: Any = queries


class StockWhooshEngine:
    """BM25F (k1 1.2, b 0.75) over one field with positions; one process."""

    name = "whoosh"
    commits = "none: files are written and renamed, never flushed"
    cannot: frozenset[str] = frozenset()

    def version(self) -> str:
        """Of the package `whoosh3`."""
        return f"whoosh3 {whoosh.versionstring()}"

    def build(self, articles: Iterable[BenchArticle], directory: Path) -> None:
        """One commit at the end."""
        schema = fields.Schema(
            id=fields.ID(stored=True, unique=True),
            lang=fields.ID(sortable=True),
            date=fields.NUMERIC(int, bits=64, sortable=True),
            text=fields.TEXT(analyzer=_analysis.SpaceSeparatedTokenizer(), phrase=True),
        )
        opened = index.create_in(str(directory), schema)
        writer = opened.writer(limitmb=_WRITER_MB)
        for article in articles:
            writer.add_document(**_values(article))
        writer.commit()
        opened.close()

    def open(self, directory: Path) -> OpenWhoosh:
        """A searcher that is renewed after each commit."""
        return OpenWhoosh(index.open_dir(str(directory)))


class OpenWhoosh:
    """Whoosh's searcher with the defaults of `search`."""

    def __init__(self, opened: Any) -> None:
        self._index = opened
        self._searcher = opened.searcher()

    def answer(self, question: Question) -> Answer:
        """Facets by `groupedby`, order by the sortable column."""
        options: dict[str, Any] = {}
        if question.want == "facets":
            options["groupedby"] = sorting.FieldFacet("lang", maptype=sorting.Count)
        elif question.want == "newest":
            options = {"sortedby": "date", "reverse": True}
        results = self._searcher.search(_query(question), limit=TOP, filter=_filter(question), **options)
        ids = [hit["id"] for hit in islice(results, TOP)]  # with facets it forgets its limit
        facets = None
        if question.want == "facets":
            facets = {str(lang): int(count) for lang, count in results.groups("lang").items()}
        return Answer(ids, len(results) if question.want == "count" else None, facets)

    def total(self, question: Question) -> int:
        """From the set of matching documents."""
        return len(self._searcher.search(_query(question), limit=1, filter=_filter(question)))

    def commit(self, changes: Sequence[Change]) -> None:
        """`update_document` by the unique id."""
        writer = self._index.writer(limitmb=_WRITER_MB)
        for old, new in changes:
            if old is None:
                writer.add_document(**_values(new))
            else:
                writer.update_document(**_values(new))
        writer.commit()
        self._searcher = self._searcher.refresh()

    def close(self) -> None:
        """Release files."""
        self._searcher.close()
        self._index.close()


def _values(article: BenchArticle) -> dict[str, Any]:
    return {"id": article.id, "lang": article.lang, "date": article.date, "text": article.words}


def _query(question: Question) -> Any:
    if question.match == "phrase":
        return query.Phrase("text", list(question.words))
    if question.match == "prefix":
        return query.Prefix("text", question.words[0])
    terms = [query.Term("text", word) for word in question.words]
    if len(terms) == 1:
        return terms[0]
    return query.And(terms) if question.match == "all" else query.Or(terms)


def _filter(question: Question) -> Any:
    if not question.lang:
        return None
    dates = query.NumericRange("date", question.first, question.last)
    return query.And([query.Term("lang", question.lang), dates])
