"""Minimal windows over arrays are those of the definition; words of other documents are not near."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from indexer import schema
from indexer.engines.base import IndexDocument, Occurrences, SearchRequest, Upsert
from indexer.engines.memory_engine import MemoryEngine
from indexer.engines.query import NO_PLACE, Near, Or, Term
from indexer.engines.query_limits import MAX_LEAVES, check_query
from indexer.engines.whoosh_engine.near import near_windows
from indexer.errors import QueryError

from .documents import FIELD

Placed = dict[str, dict[int, set[int]]]
"""Term -> document -> word numbers."""

_numbers = st.sets(st.one_of(st.integers(0, 25), st.integers(2**32 - 6, 2**32 - 2)), min_size=1, max_size=8)


@st.composite
def placed(draw: st.DrawFn) -> Placed:
    """Documents that have all of up to four words, at the first and the last places that there are."""
    terms = draw(st.sampled_from(["a", "ab", "abc", "abcd"]))
    documents = draw(st.sets(st.sampled_from([0, 1, 2, 7, 2**30]), min_size=1))
    return {term: {document: draw(_numbers) for document in documents} for term in terms}


def _windows(found: Placed, reach: int) -> dict[int, int]:
    """Document -> windows, by the definition: all spans with all terms but those with one inside."""
    counts: dict[int, int] = {}
    for document in next(iter(found.values())):
        chosen = product(*(places[document] for places in found.values()))
        spans = {(min(words), max(words)) for words in chosen}
        minimal = [
            (first, last)
            for first, last in spans
            if not any(first <= b and e <= last and (b, e) != (first, last) for b, e in spans)
        ]
        if number := sum(last - first <= reach for first, last in minimal):
            counts[document] = number
    return counts


@given(found=placed(), distance=st.integers(0, 12))
def test_windows_are_those_of_the_definition(found: Placed, distance: int) -> None:
    """How many there are in each document."""
    near = Near(FIELD, tuple(found), distance)
    documents = np.array(sorted(next(iter(found.values()))), np.int32)

    def spots(term: str, wanted: NDArray[np.int32]) -> NDArray[np.int64]:
        assert set(wanted.tolist()) <= set(documents.tolist())
        places = [(int(d) << 32) + p for d in wanted for p in found[term][int(d)]]
        return np.array(sorted(places), np.int64)

    ends = near_windows(near, tuple(found), documents, spots)
    numbers, counts = np.unique(ends >> 32, return_counts=True)
    assert dict(zip(numbers.tolist(), counts.tolist(), strict=True)) == _windows(found, near.reach)


def test_words_without_a_place_are_near_nothing() -> None:
    """Those behind the last place share its number, however far apart they stand."""
    assert schema.NOWHERE == NO_PLACE
    engine = MemoryEngine()
    far = Occurrences(["cat", "dog"], [1.0, 1.0], [NO_PLACE, NO_PLACE])
    close = Occurrences(["cat", "dog"], [1.0, 1.0], [NO_PLACE - 2, NO_PLACE - 1])
    engine.apply([Upsert(IndexDocument("far", {FIELD: far})), Upsert(IndexDocument("close", {FIELD: close}))])
    assert [hit.id for hit in engine.search(SearchRequest(Near(FIELD, ("cat", "dog"), 0))).hits] == ["close"]


def test_windows_count_and_the_idfs_add_up() -> None:
    """Scored as a phrase: twice near is more than once, but not twice as much."""
    engine = MemoryEngine()
    texts = {"once": "cat dog x x x x", "twice": "cat dog x x dog cat", "apart": "cat x x x x dog"}
    for name, text in texts.items():
        terms = text.split()
        engine.apply([Upsert(IndexDocument(name, {FIELD: Occurrences(terms, [1.0] * 6, range(6))}))])
    near = Near(FIELD, ("dog", "cat"), 0)
    scores = {hit.id: hit.score for hit in engine.search(SearchRequest(near)).hits}
    assert list(scores) == ["twice", "once"]
    assert scores["once"] < scores["twice"] < 2 * scores["once"]
    words = engine.score_of(Or((Term(FIELD, "cat"), Term(FIELD, "dog"))), "once")
    # In `once` each word stands once, as the window does.
    assert words is not None
    assert scores["once"] == pytest.approx(words, abs=1e-6)


def test_its_words_count_for_the_size_of_a_query() -> None:
    """As those of a phrase do."""
    check_query(Near(FIELD, ("cat",) * MAX_LEAVES, 5))
    with pytest.raises(QueryError):
        check_query(Near(FIELD, ("cat",) * (MAX_LEAVES + 1), 5))
