"""What other engines hold for related: the MoreLikeThis of Lucene, tantivy and Whoosh, with their defaults.

Each gets title, lead and body of a language's articles as one text, in an index of its own.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .lucene_peer import run_program
from .protocol import PeerDocument, PeerMissing
from .tantivy_peer import tantivy_index, tantivy_library

Run = Mapping[str, Sequence[str]]
"""Id of an article -> ids of those like it, best first."""

_LUCENE = Path(__file__).with_name("MoreLikeThis.java")
_LUCENE_ANALYSIS = {"ar": "arabic", "en": "english"}


def lucene(lang: str, documents: Sequence[PeerDocument], asked: Sequence[str], limit: int) -> Run:
    """Lucene: the 25 best terms that stand twice in the text and in five documents."""
    numbers = {document.id: number for number, document in enumerate(documents)}
    with TemporaryDirectory(prefix="dalil-lucene-") as place:
        texts, wanted, answers = (Path(place) / name for name in ("documents", "asked", "answers"))
        texts.write_text("".join(f"{' '.join(d.text.split())}\n" for d in documents), encoding="utf-8")
        wanted.write_text("".join(f"{numbers[article]}\n" for article in asked), encoding="utf-8")
        analysis = _LUCENE_ANALYSIS.get(lang, "standard")
        run_program(_LUCENE, analysis, str(texts), str(wanted), str(limit), str(answers))
        lines = answers.read_text(encoding="utf-8").splitlines()
    return {
        article: [documents[int(number)].id for number in line.split()]
        for article, line in zip(asked, lines, strict=True)
    }


def tantivy(lang: str, documents: Sequence[PeerDocument], asked: Sequence[str], limit: int) -> Run:
    """tantivy: the same choice of terms by its own defaults."""
    library = tantivy_library()
    schema, searcher = tantivy_index(lang, documents, stored=True)
    numbers = {document.id: number for number, document in enumerate(documents)}
    found: dict[str, list[str]] = {}
    for article in asked:
        itself = library.Query.term_query(schema, "number", numbers[article])
        ((_, address),) = searcher.search(itself, 1).hits
        hits = searcher.search(library.Query.more_like_this_query(address), limit + 1).hits
        like = [documents[searcher.doc(at)["number"][0]].id for _, at in hits]
        found[article] = [other for other in like if other != article][:limit]
    return found


def whoosh(lang: str, documents: Sequence[PeerDocument], asked: Sequence[str], limit: int) -> Run:
    """Whoosh: `Hit.more_like_this`, its analyzer by the name of the language where it has one."""
    analysis, fields = _library("whoosh.analysis"), _library("whoosh.fields")
    store = _library("whoosh.filedb.filestore").RamStorage()
    analyzer = analysis.LanguageAnalyzer(lang) if lang in {"ar", "en", "fr"} else analysis.StandardAnalyzer()
    schema = fields.Schema(id=fields.ID(stored=True, unique=True), text=fields.TEXT(analyzer, stored=True))
    index = store.create_index(schema)
    writer = index.writer()
    for document in documents:
        writer.add_document(id=document.id, text=document.text)
    writer.commit()
    found: dict[str, list[str]] = {}
    with index.searcher() as searcher:
        for article in asked:
            number = searcher.document_number(id=article)
            results = searcher.more_like(number, "text", top=limit + 1)
            like = [str(hit["id"]) for hit in results]
            found[article] = [other for other in like if other != article][:limit]
    return found


PEERS = {"lucene-mlt": lucene, "tantivy-mlt": tantivy, "whoosh-mlt": whoosh}
"""Name -> what asks the peer; all raise `PeerMissing`. SQLite's FTS5 has no such search."""


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise PeerMissing(f"the module {name} is not installed; run scripts/peers.sh") from None
