"""The engine over a cluster answers as every engine does: the same table of cases, the same oracle."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from indexer.engines.base import Delete, SearchRequest, Sort, TermStatistics, Upsert
from indexer.engines.opensearch_engine import OpenSearchEngine
from indexer.engines.query import AnyOf, Everything, Or, Prefix, Term
from tests.cluster.engine_indexes import Made, indexes_of, running_node
from tests.indexer.engines.documents import FIELD, document, query_of

_TABLE = json.loads((Path(__file__).parents[1] / "cases/engines/contract.json").read_text(encoding="utf-8"))
_DOCUMENTS: dict[str, dict[str, Any]] = _TABLE["documents"]
_AVERAGE = 31 / 6
"""Words of the documents of the table."""


def _fill(engine: OpenSearchEngine) -> None:
    """In several commits, with a change and a deletion, so that the index has what it must hide."""
    engine.apply([Upsert(document(i, {"text": "cat dog old", "lang": "xx"})) for i in ("a", "b", "gone")])
    engine.apply([Upsert(document(i, columns)) for i, columns in _DOCUMENTS.items() if i != "f"])
    engine.apply([Delete("gone"), Delete("never there"), Upsert(document("f", _DOCUMENTS["f"]))])


@pytest.fixture(scope="module")
def indexes(request: pytest.FixtureRequest) -> Iterator[Made]:
    """Makes empty indexes."""
    with indexes_of(running_node() or request.getfixturevalue("one_node").url) as made:
        yield made


@pytest.fixture(scope="module")
def filled(indexes: Made) -> OpenSearchEngine:
    """The documents of the table, which no test changes."""
    engine = indexes({FIELD: _AVERAGE})
    _fill(engine)
    return engine


@pytest.mark.parametrize("case", _TABLE["cases"], ids=lambda case: case["label"])
def test_the_same_answers(filled: OpenSearchEngine, case: Mapping[str, Any]) -> None:
    """Ids, order, total, scores and facets are those of the case."""
    found = filled.search(
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


def test_statistics_are_those_of_live_documents(filled: OpenSearchEngine) -> None:
    """Deleted and replaced documents count nowhere."""
    assert filled.document_frequencies(FIELD, ["cat", "old", "bird", "cat"]) == [3, 0, 0, 3]
    assert filled.terms(FIELD, "cat") == [
        TermStatistics("cat", 3), TermStatistics("catalogue", 1), TermStatistics("category", 1)
    ]  # fmt: skip
    assert filled.terms(FIELD, "cat", limit=1) == [TermStatistics("cat", 3)]
    assert filled.terms("nowhere") == []
    assert filled.field_size(FIELD)[0] == 6
    assert filled.field_size(FIELD)[1] == pytest.approx(_AVERAGE)
    assert filled.field_size("nowhere") == (0, 0.0)
    statistics = filled.statistics()
    assert (statistics.documents, statistics.languages) == (6, {"ar": 1, "en": 5})
    assert statistics.fields == (FIELD,)
    assert list(filled.ids()) == sorted(_DOCUMENTS)


def test_hits_carry_language_and_group(filled: OpenSearchEngine) -> None:
    """The service folds translations by them."""
    found = filled.search(SearchRequest(AnyOf("group", ("g1",))))
    assert [dict(hit.columns) for hit in found.hits] == [
        {"lang": "en", "group": "g1"}, {"lang": "ar", "group": "g1"}
    ]  # fmt: skip


def test_an_empty_index_answers(indexes: Made) -> None:
    """Before the first document everything is empty, nothing fails."""
    engine = indexes({})
    found = engine.search(SearchRequest(Or((Term(FIELD, "cat"), Everything())), facets=("lang",)))
    assert (found.hits, found.total, found.facets) == ((), 0, {"lang": ()})
    assert engine.statistics().documents == 0
    assert list(engine.ids()) == []


def test_the_last_change_of_an_id_in_one_apply_wins(indexes: Made) -> None:
    """Upsert, delete, upsert of one id in one commit leaves one document."""
    engine = indexes({})
    engine.apply(
        [Upsert(document("x", {"text": "one"})), Delete("x"), Upsert(document("x", {"text": "two"}))]
    )
    engine.apply([Upsert(document("y", {"text": "one"})), Delete("y")])
    assert engine.search(SearchRequest(Term(FIELD, "one"))).total == 0
    assert [hit.id for hit in engine.search(SearchRequest(Everything())).hits] == ["x"]


def test_a_prefix_has_no_limit(indexes: Made) -> None:
    """Other engines refuse more than 50,000 words; a cluster answers."""
    engine = indexes({})
    engine.apply([Upsert(document("x", {"text": " ".join(f"w{n}" for n in range(50_001))}))])
    assert engine.search(SearchRequest(Prefix(FIELD, "w", 2.0))).hits[0].score == 2.0


def test_a_score_is_lucenes_bm25(indexes: Made) -> None:
    """Worked out by hand: 5 documents have the field, 1 of them the word, once in 3 of average 5.6 words."""
    engine = indexes({FIELD: 5.6})
    engine.apply([Upsert(document(i, columns)) for i, columns in _DOCUMENTS.items() if i != "d"])
    # 2 ln(1 + 4.5 / 1.5) / (1 + 1.2 (0.25 + 0.75 * 3 / 5.6))
    found = engine.search(SearchRequest(Term(FIELD, "category", boost=2.0)))
    assert [hit.id for hit in found.hits] == ["f"]
    assert found.hits[0].score == pytest.approx(1.555761, abs=2e-4)
    assert engine.score_of(Term(FIELD, "category", boost=2.0), "f") == found.hits[0].score
    assert engine.score_of(Term(FIELD, "category"), "a") is None
    assert engine.score_of(Term(FIELD, "category"), "not there") is None
