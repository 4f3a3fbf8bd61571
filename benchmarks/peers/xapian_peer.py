"""Xapian, as Debian packs it: the engine of many library catalogues and mail archives."""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .protocol import HOME, Answers, PeerDocument, PeerMissing

_STEMMERS = {"ar": "arabic", "en": "english"}
"""Xapian has none for Vietnamese."""
_UNPACKED = HOME / "xapian" / "usr"
_SYSTEM = Path("/usr")
_PACKAGE = Path("lib/python3/dist-packages/xapian/__init__.py")


class XapianPeer:
    """`BM25Weight` with k1 1.2 and b 0.75; OR of the terms that `TermGenerator` makes of the query."""

    name = "xapian"

    def serves(self, lang: str) -> bool:
        """Any language, by its Unicode word splitter."""
        return bool(lang)

    def version(self) -> str:
        """Of the library."""
        return f"xapian {_library().version_string()}"

    def answer(
        self, lang: str, documents: Sequence[PeerDocument], queries: Mapping[str, str], limit: int
    ) -> Answers:
        """In a temporary folder; ties keep the order of the documents."""
        library = _library()
        with TemporaryDirectory(prefix="dalil-xapian-") as place:
            flags = library.DB_CREATE | library.DB_NO_SYNC
            with closing(library.WritableDatabase(place, flags)) as database:
                generator = _generator(library, lang)
                return _answers(library, database, generator, documents, queries, limit)


def _answers(
    library: Any,
    database: Any,
    generator: Any,
    documents: Sequence[PeerDocument],
    queries: Mapping[str, str],
    limit: int,
) -> Answers:
    for each in documents:
        database.add_document(_terms(library, generator, each.text))
    enquire = library.Enquire(database)
    enquire.set_weighting_scheme(library.BM25Weight(1.2, 0.0, 1.0, 0.75, 0.0))
    found = {}
    for query_id, text in queries.items():
        terms = {item.term: item.wdf for item in _terms(library, generator, text).termlist()}
        clauses = [library.Query(term, wqf) for term, wqf in terms.items()]
        enquire.set_query(library.Query(library.Query.OP_OR, clauses))
        found[query_id] = tuple(documents[match.docid - 1].id for match in enquire.get_mset(0, limit))
    postings = sum(item.termfreq for item in database.allterms())
    return Answers(database.get_doccount(), postings, found)


def _generator(library: Any, lang: str) -> Any:
    generator = library.TermGenerator()
    if lang in _STEMMERS:
        generator.set_stemmer(library.Stem(_STEMMERS[lang]))
        generator.set_stemming_strategy(library.TermGenerator.STEM_ALL)
    return generator


def _terms(library: Any, generator: Any, text: str) -> Any:
    document = library.Document()
    generator.set_document(document)
    generator.index_text_without_positions(text)
    return document


@functools.cache
def _library() -> Any:
    """The module from its path: a virtual environment does not see Debian's packages."""
    for root in (_UNPACKED, _SYSTEM):
        module = root / _PACKAGE
        if not module.is_file():
            continue
        try:
            for shared in sorted(root.glob("lib/*/libxapian.so.30")):
                ctypes.CDLL(str(shared), mode=ctypes.RTLD_GLOBAL)
            spec = importlib.util.spec_from_file_location("xapian", module)
            assert spec is not None
            assert spec.loader is not None
            library = importlib.util.module_from_spec(spec)
            sys.modules["xapian"] = library
            spec.loader.exec_module(library)
        except (ImportError, OSError) as error:
            sys.modules.pop("xapian", None)
            raise PeerMissing(f"{module} does not load in this Python: {error}") from None
        return library
    raise PeerMissing("no Xapian for Python; run scripts/peers.sh on Debian, or install python3-xapian")
