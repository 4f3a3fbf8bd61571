"""tantivy, through its Python package."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .protocol import TOP, Answer, BenchArticle, Change, EngineMissing, Question

_WRITER_BYTES = 128 << 20
_LANGUAGES = {"lang": {"terms": {"field": "lang", "size": 100}}}


class TantivyEngine:
    """One indexing thread; its own merge policy, merges finished before the build counts as done."""

    name = "tantivy"
    commits = "fsync of every file and of the directory"
    cannot: frozenset[str] = frozenset()

    def version(self) -> str:
        """Of the Python package, which carries the engine."""
        return str(_library().__version__)

    def build(self, articles: Iterable[BenchArticle], directory: Path) -> None:
        """One commit at the end."""
        library = _library()
        index = _with_tokenizer(library, library.Index(_schema(library), str(directory)))
        writer = index.writer(_WRITER_BYTES, 1)
        for article in articles:
            writer.add_document(_document(library, article))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, directory: Path) -> OpenTantivy:
        """The searcher at once, a writer with the first commit."""
        library = _library()
        return OpenTantivy(library, _with_tokenizer(library, library.Index.open(str(directory))))


class OpenTantivy:
    """A searcher that is renewed after each commit."""

    def __init__(self, library: Any, index: Any) -> None:
        self._library = library
        self._index = index
        self._schema = index.schema
        self._searcher = index.searcher()
        self._writer: Any = None

    def answer(self, question: Question) -> Answer:
        """Counts and facets in passes of their own where they are wanted, as its API has them."""
        query = self._query(question)
        count = question.want == "count"
        order = {"order_by_field": "date"} if question.want == "newest" else {}
        found = self._searcher.search(query, TOP, count=count, **order)
        ids = [self._searcher.doc(address)["id"][0] for _, address in found.hits]
        facets = None
        if question.want == "facets":
            buckets = self._searcher.aggregate(query, _LANGUAGES)["lang"]["buckets"]
            facets = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
        return Answer(ids, found.count if count else None, facets)

    def total(self, question: Question) -> int:
        """By its counting collector."""
        return int(self._searcher.search(self._query(question), 1).count)

    def commit(self, changes: Sequence[Change]) -> None:
        """Delete by id, add, commit, reload."""
        if self._writer is None:
            self._writer = self._index.writer(_WRITER_BYTES, 1)
        for old, new in changes:
            if old is not None:
                self._writer.delete_documents_by_term("id", old.id)
            self._writer.add_document(_document(self._library, new))
        self._writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()

    def close(self) -> None:
        """Let the writer finish."""
        if self._writer is not None:
            self._writer.wait_merging_threads()

    def _query(self, question: Question) -> Any:
        query, occur, schema = self._library.Query, self._library.Occur, self._schema
        if question.match == "phrase":
            return query.phrase_query(schema, "text", list(question.words))
        if question.match == "prefix":
            return query.regex_query(schema, "text", re.escape(question.words[0]) + ".*")
        terms = [query.term_query(schema, "text", word, "freq") for word in question.words]
        how = occur.Must if question.match == "all" else occur.Should
        found = terms[0] if len(terms) == 1 else query.boolean_query([(how, term) for term in terms])
        if not question.lang:
            return found
        lang = query.term_query(schema, "lang", question.lang, "basic")
        dates = query.range_query(
            schema, "date", self._library.FieldType.Integer, question.first, question.last
        )
        filters = [(occur.Must, query.const_score_query(each, 0.0)) for each in (lang, dates)]
        return query.boolean_query([(occur.Must, found), *filters])


def _document(library: Any, article: BenchArticle) -> Any:
    return library.Document(id=article.id, lang=article.lang, date=article.date, text=article.words)


def _schema(library: Any) -> Any:
    builder = library.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("lang", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_integer_field("date", indexed=True, fast=True)
    builder.add_text_field("text", tokenizer_name="blanks", index_option="position")
    return builder.build()


def _with_tokenizer(library: Any, index: Any) -> Any:
    blanks = library.TextAnalyzerBuilder(library.Tokenizer.whitespace()).build()
    index.register_tokenizer("blanks", blanks)
    return index


def _library() -> Any:
    try:
        return importlib.import_module("tantivy")
    except ImportError:
        raise EngineMissing("the package tantivy is not installed; run scripts/peers.sh") from None
