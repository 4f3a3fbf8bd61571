"""tantivy: the analyzer that a user gets by default, Porter2 stems for English."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from .protocol import Answers, PeerDocument, PeerMissing

_WRITER_BYTES = 128 << 20


class TantivyPeer:
    """BM25 (k1 1.2, b 0.75) over one field; OR of the query's tokens."""

    name = "tantivy"

    def serves(self, lang: str) -> bool:
        """Any language, by its default tokenizer."""
        return bool(lang)

    def version(self) -> str:
        """Of the Python package, which carries the engine."""
        return f"tantivy {tantivy_library().__version__}"

    def answer(
        self, lang: str, documents: Sequence[PeerDocument], queries: Mapping[str, str], limit: int
    ) -> Answers:
        """In memory; one thread and one segment, so that ties keep the order of the documents."""
        library = tantivy_library()
        schema, searcher = tantivy_index(lang, documents)
        analyzer = _analyzer(library, lang)
        found = {}
        for query_id, text in queries.items():
            tokens = analyzer.analyze(text)
            clauses = [
                (library.Occur.Should, library.Query.term_query(schema, "text", token)) for token in tokens
            ]
            hits = searcher.search(library.Query.boolean_query(clauses), limit).hits if clauses else ()
            found[query_id] = tuple(documents[searcher.doc(at)["number"][0]].id for _, at in hits)
        return Answers(searcher.num_docs, 0, found)


def tantivy_index(lang: str, documents: Sequence[PeerDocument], *, stored: bool = False) -> tuple[Any, Any]:
    """Schema and searcher over field `text`; `stored`: keep it, and find documents by their `number` too."""
    library = tantivy_library()
    builder = library.SchemaBuilder()
    tokenizer = "en_stem" if lang == "en" else "default"
    builder.add_text_field("text", tokenizer_name=tokenizer, stored=stored)
    builder.add_integer_field("number", stored=True, indexed=stored)
    schema = builder.build()
    index = library.Index(schema)
    writer = index.writer(heap_size=_WRITER_BYTES, num_threads=1)
    for number, document in enumerate(documents):
        writer.add_document(library.Document(text=document.text, number=number))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return schema, index.searcher()


def _analyzer(library: Any, lang: str) -> Any:
    """The query side of the field's tokenizer: the query parser would read punctuation as its syntax."""
    builder = library.TextAnalyzerBuilder(library.Tokenizer.simple())
    builder = builder.filter(library.Filter.remove_long(40)).filter(library.Filter.lowercase())
    if lang == "en":
        builder = builder.filter(library.Filter.stemmer("english"))
    return builder.build()


def tantivy_library() -> Any:
    """The module. Raises `PeerMissing`."""
    try:
        return importlib.import_module("tantivy")
    except ImportError:
        raise PeerMissing("the package tantivy is not installed; run scripts/peers.sh") from None
