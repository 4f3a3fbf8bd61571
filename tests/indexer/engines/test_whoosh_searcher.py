"""Still Whoosh: `open_dir` and Whoosh's searcher read the index; its writers are told who writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from whoosh import fields, index, qparser, sorting
from whoosh import query as queries_of_whoosh
from whoosh.writing import AsyncWriter, BufferedWriter, IndexingError, SegmentWriter

from indexer.engines.base import Delete, SearchRequest, Upsert
from indexer.engines.query import Everything
from indexer.engines.whoosh_engine import WhooshEngine
from indexer.engines.whoosh_engine.codec.whoosh_codec import ColumnarCodec

from .documents import FIELD, document

query: Any = queries_of_whoosh
parsing: Any = qparser
# Whoosh's packages do not say what they export.

_DOCUMENTS: dict[str, dict[str, Any]] = {
    "a": {"text": "cat dog cat", "lang": "en", "author": ["x", "y"], "published_at": 30, "year": 2024},
    "b": {"text": "dog", "lang": "ar", "published_at": 10},
    "c": {"text": "catalogue cat", "lang": "en", "author": ["y"], "published_at": 20},
    "d": {"text": "", "lang": "vi"},
    "đ": {"text": "cat", "section": "Kinh tế"},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An index of two segments; one document is deleted."""
    with closing(WhooshEngine.create(tmp_path)) as engine:
        engine.apply([Upsert(document(i, columns)) for i, columns in _DOCUMENTS.items() if i < "d"])
        engine.apply([Upsert(document(i, columns)) for i, columns in _DOCUMENTS.items() if i >= "d"])
        engine.apply([Upsert(document("gone", {"text": "cat gone"}))])
        engine.apply([Delete("gone"), Delete("b")])
    return tmp_path


@pytest.fixture
def searcher(folder: Path) -> Iterator[Any]:
    """Whoosh's, with Whoosh's own score."""
    with index.open_dir(str(folder)).searcher() as found:
        yield found


def test_documents_are_found_by_id(searcher: Any) -> None:
    """Ids are terms for Whoosh, although the file has no postings of them."""
    assert searcher.document(id="đ") == {"id": "đ"}
    assert searcher.document(id="b") is None
    assert searcher.document(id="nothing") is None
    assert [hit["id"] for hit in searcher.search(query.Term("id", "a"))] == ["a"]
    assert sorted(text.decode() for text in searcher.lexicon("id")) == ["a", "b", "c", "d", "đ"]


def test_whooshs_own_score_and_phrases(searcher: Any) -> None:
    """BM25F asks for weights, lengths and the best of a block; phrases for positions."""
    found = searcher.search(query.Term(FIELD, "cat"))
    assert {hit["id"] for hit in found} == {"a", "c", "đ"}
    assert all(hit.score > 0 for hit in found)
    assert [hit["id"] for hit in searcher.search(query.Phrase(FIELD, ["dog", "cat"]))] == ["a"]
    assert {hit["id"] for hit in searcher.search(query.Prefix(FIELD, "cata"))} == {"c"}
    assert {hit["id"] for hit in searcher.search(query.FuzzyTerm(FIELD, "cot"))} == {"a", "c", "đ"}


def test_a_query_parser_of_whooshs(searcher: Any) -> None:
    """Words that a person types into it are terms as they are."""
    parsed = parsing.QueryParser(FIELD, searcher.schema).parse("cat OR dog")
    assert {hit["id"] for hit in searcher.search(parsed)} == {"a", "c", "đ"}


def test_statistics_of_a_term(searcher: Any) -> None:
    """Deleted documents are counted until a merge, as in every index of Whoosh."""
    reader = searcher.reader()
    assert reader.doc_frequency(FIELD, "cat") == 3
    assert reader.frequency(FIELD, "cat") == 4
    assert reader.doc_frequency(FIELD, "absent") == 0
    info = reader.term_info(FIELD, "cat")
    assert (info.max_weight(), info.min_length(), info.max_length()) == (2.0, 1.0, 3.0)
    assert (reader.doc_count(), reader.field_length(FIELD)) == (4, 7.0)
    assert (reader.min_field_length(FIELD), reader.max_field_length(FIELD)) == (1.0, 3.0)


def test_cursors_step_through_the_terms_of_a_field(folder: Path) -> None:
    """To the first, to one that is not there, behind the last."""
    with index.open_dir(str(folder)).reader() as reader:
        leaf, _ = reader.leaf_readers()[0]
        cursor = leaf.cursor(FIELD)
        assert (cursor.first(), cursor.next(), cursor.find("catb")) == ("cat", "catalogue", "dog")
        assert cursor.term_info().doc_frequency() == 2
        assert (cursor.next(), cursor.is_valid(), cursor.term_info()) == (None, False, None)
        assert cursor.find(b"c") == "cat"


def test_positions_of_a_posting(searcher: Any) -> None:
    """As the schema's format decodes them."""
    leaf, _ = searcher.reader().leaf_readers()[0]
    matcher = leaf.postings(FIELD, "cat")
    assert [(number, spots) for number, spots in matcher.items_as("positions")] == [(0, [0, 2]), (2, [1])]


def test_columns_sort_and_group(searcher: Any) -> None:
    """Undated documents come last in both orders; a document is in the group of each of its authors."""
    everything = query.Every()
    for reverse, dated in ((False, ["c", "a"]), (True, ["a", "c"])):
        by_date = sorting.FieldFacet("published_at", reverse=reverse)
        assert [hit["id"] for hit in searcher.search(everything, sortedby=by_date)] == [*dated, "d", "đ"]
    by_author = sorting.FieldFacet("author", allow_overlap=True)
    groups = searcher.search(everything, groupedby={"author": by_author}).groups("author")
    names = {author: {searcher.stored_fields(n)["id"] for n in found} for author, found in groups.items()}
    assert {author: names[author] for author in ("x", "y")} == {"x": {"a"}, "y": {"a", "c"}}
    leaf, _ = searcher.reader().leaf_readers()[0]
    assert list(leaf.column_reader("lang")) == ["en", "ar", "en"]
    assert list(leaf.column_reader("author")) == [("x", "y"), (), ("y",)]
    assert list(leaf.column_reader("section")) == [None, None, None]
    assert list(leaf.column_reader("year")) == [2024, None, None]


@pytest.mark.parametrize("empty", [False, True])
@pytest.mark.parametrize(
    "write",
    [
        lambda opened: opened.writer(),
        lambda opened: opened.writer(procs=2),
        lambda opened: SegmentWriter(opened, codec=ColumnarCodec()),
        BufferedWriter,
        AsyncWriter,
        lambda opened: opened.optimize(),
        lambda opened: opened.delete_by_term("id", "a"),
    ],
    ids=["writer", "processes", "our codec", "buffered", "asynchronous", "optimize", "delete"],
)
def test_whooshs_writers_are_refused(folder: Path, tmp_path: Path, write: Any, *, empty: bool) -> None:
    """Before anything is written or locked, also where there is no document: our writer goes on at once."""
    if empty:
        folder = tmp_path / "empty"
        WhooshEngine.create(folder).close()
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with pytest.raises(IndexingError, match=r"dalil add.*WhooshEngine\.apply"):
        write(index.open_dir(str(folder)))
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    with closing(WhooshEngine.open(folder)) as engine:
        engine.apply([Upsert(document("new", {"text": "cat"}))])
        assert engine.search(SearchRequest(Everything())).total == (1 if empty else 5)


def test_other_indexes_of_whoosh_are_written_as_before(tmp_path: Path) -> None:
    """Only those of ours are refused."""
    other = index.create_in(str(tmp_path), fields.Schema(id=fields.ID(stored=True)))
    with other.writer() as writer:
        writer.add_document(id="a")
    assert other.doc_count() == 1
