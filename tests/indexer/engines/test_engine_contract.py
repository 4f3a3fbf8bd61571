"""One table of cases holds every engine to the same answers in the same order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.engines.base import Delete, SearchEngine, SearchRequest, Sort, TermStatistics, Upsert
from indexer.engines.query import And, AnyOf, Boost, Everything, Not, Or, Prefix, Query, Term
from indexer.errors import QueryError

from .documents import FIELD, document, query_of

_TABLE = json.loads((Path(__file__).parents[2] / "cases/engines/contract.json").read_text(encoding="utf-8"))
_DOCUMENTS: dict[str, dict[str, Any]] = _TABLE["documents"]


def _fill(engine: SearchEngine) -> None:
    """In several commits, with a change and a deletion, so that every engine has what it must hide."""
    engine.apply([Upsert(document(i, {"text": "cat dog old", "lang": "xx"})) for i in ("a", "b", "gone")])
    engine.apply([Upsert(document(i, columns)) for i, columns in _DOCUMENTS.items() if i != "f"])
    engine.apply([Delete("gone"), Delete("never there"), Upsert(document("f", _DOCUMENTS["f"]))])


@pytest.mark.parametrize("case", _TABLE["cases"], ids=lambda case: case["label"])
def test_the_same_answers(engine: SearchEngine, case: dict[str, Any]) -> None:
    """Ids, order, total, scores and facets are those of the case."""
    _fill(engine)
    found = engine.search(
        SearchRequest(
            query_of(case["query"]),
            filter=query_of(case.get("filter", ["all"])),
            offset=case.get("offset", 0),
            limit=case.get("limit", 10),
            sort=Sort(case.get("sort", "relevance")),
            facets=tuple(case.get("facets", ())),
        )
    )
    ids = [hit.id for hit in found.hits]
    if "ids" in case:
        assert ids == case["ids"]
        assert found.total == case.get("total", len(ids))
    if "set" in case:
        assert sorted(ids) == case["set"]
    if "first" in case:
        assert ids[0] == case["first"]
    if "total" in case:
        assert found.total == case["total"]
    if "scores" in case:
        assert [hit.score for hit in found.hits] == case["scores"]
    assert found.total_relation == "eq"
    counts = {name: [[c.value, c.count] for c in values] for name, values in found.facets.items()}
    assert counts == case.get("facets", {})


def test_a_score_is_lucenes_bm25(engine: SearchEngine) -> None:
    """Worked out by hand: 5 documents have the field, 1 of them the word, once in 3 of average 5.6 words."""
    _fill(engine)
    engine.apply([Delete("d")])
    # 2 ln(1 + 4.5 / 1.5) / (1 + 1.2 (0.25 + 0.75 * 3 / 5.6))
    found = engine.search(SearchRequest(Term(FIELD, "category", boost=2.0)))
    assert [(hit.id, hit.score) for hit in found.hits] == [("f", 1.555761)]
    assert engine.score_of(Term(FIELD, "category", boost=2.0), "f") == found.hits[0].score
    assert engine.score_of(Term(FIELD, "category"), "a") is None
    assert engine.score_of(Term(FIELD, "category"), "not there") is None


def test_statistics_are_those_of_live_documents(engine: SearchEngine) -> None:
    """Deleted and replaced documents count nowhere."""
    _fill(engine)
    assert engine.document_frequencies(FIELD, ["cat", "old", "bird"]) == [3, 0, 0]
    assert engine.terms(FIELD, "cat") == [
        TermStatistics("cat", 3), TermStatistics("catalogue", 1), TermStatistics("category", 1)
    ]  # fmt: skip
    assert engine.terms(FIELD, "cat", limit=1) == [TermStatistics("cat", 3)]
    assert engine.terms("nowhere") == []
    assert engine.field_size(FIELD) == (6, 31 / 6)
    assert engine.field_size("nowhere") == (0, 0.0)
    statistics = engine.statistics()
    assert (statistics.documents, statistics.languages) == (6, {"ar": 1, "en": 5})
    assert statistics.fields == (FIELD,)
    assert sorted(engine.ids()) == list(_DOCUMENTS)


def test_an_empty_index_answers(engine: SearchEngine) -> None:
    """Before the first document everything is empty, nothing fails."""
    found = engine.search(SearchRequest(Or((Term(FIELD, "cat"), Everything())), facets=("lang",)))
    assert (found.hits, found.total, found.facets) == ((), 0, {"lang": ()})
    assert engine.statistics().documents == 0


def test_the_last_change_of_an_id_in_one_apply_wins(engine: SearchEngine) -> None:
    """Upsert, delete, upsert of one id in one commit leaves one document."""
    engine.apply(
        [Upsert(document("x", {"text": "one"})), Delete("x"), Upsert(document("x", {"text": "two"}))]
    )
    engine.apply([Upsert(document("y", {"text": "one"})), Delete("y")])
    assert engine.search(SearchRequest(Term(FIELD, "one"))).total == 0
    assert [hit.id for hit in engine.search(SearchRequest(Everything())).hits] == ["x"]


def test_hits_carry_language_and_group(engine: SearchEngine) -> None:
    """The service folds translations by them."""
    _fill(engine)
    found = engine.search(SearchRequest(AnyOf("group", ("g1",))))
    assert [dict(hit.columns) for hit in found.hits] == [
        {"lang": "en", "group": "g1"},
        {"lang": "ar", "group": "g1"},
    ]


def _nested(depth: int) -> Query:
    query: Query = Term(FIELD, "cat")
    for _ in range(depth):
        query = Not(query)
    return query


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (_nested(60), "the query is more than 50 levels deep"),
        (And(tuple(Term(FIELD, str(n)) for n in range(2_001))), "more than 2000 terms"),
        (AnyOf("colour", ("red",)), "there is no column 'colour'"),
    ],
    ids=["too deep", "too many terms", "unknown column"],
)
def test_a_query_past_a_limit_is_an_error(engine: SearchEngine, query: Query, message: str) -> None:
    """The message says which limit."""
    with pytest.raises(QueryError, match=message):
        engine.search(SearchRequest(query))


def test_pages_past_the_window_and_negative_ones_are_errors(engine: SearchEngine) -> None:
    """Deep pages cost memory for nothing."""
    with pytest.raises(QueryError, match="past the 10000"):
        engine.search(SearchRequest(Everything(), offset=9_995, limit=10))
    with pytest.raises(QueryError, match="must not be negative"):
        engine.search(SearchRequest(Everything(), offset=-1))


def test_a_prefix_of_too_many_words_is_an_error(engine: SearchEngine) -> None:
    """50,000 words are searched, one more is too many."""
    engine.apply([Upsert(document("x", {"text": " ".join(f"w{n}" for n in range(50_001))}))])
    with pytest.raises(QueryError, match=r"more than 50000 words of en\.stem begin with 'w'"):
        engine.search(SearchRequest(Prefix(FIELD, "w")))
    assert engine.search(SearchRequest(Boost(Prefix(FIELD, "w5"), 2.0))).hits[0].score == 2.0
