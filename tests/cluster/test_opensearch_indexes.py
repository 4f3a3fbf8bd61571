"""Whole indexes of a real node: versions, aliases, rules, blocks, shards, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from indexer.engines.base import Delete, IndexDocument, Occurrences, SearchRequest, Upsert
from indexer.engines.memory_engine import MemoryEngine
from indexer.engines.opensearch_engine import (
    Cluster,
    ClusterSettings,
    ClusterUnavailable,
    DocumentsRejected,
    IndexPlan,
    OpenSearchEngine,
)
from indexer.engines.query import Everything, Or, Phrase, Query, Term
from indexer.errors import ConfigError, IndexMissing, IndexOutOfDate, QueryError
from tests.cluster.engine_indexes import Made, indexes_of, running_node
from tests.indexer.engines.documents import FIELD, document


@pytest.fixture(scope="module")
def url(request: pytest.FixtureRequest) -> str:
    """The address of a node."""
    return running_node() or str(request.getfixturevalue("one_node").url)


@pytest.fixture(scope="module")
def indexes(url: str) -> Iterator[Made]:
    """Makes empty indexes."""
    with indexes_of(url) as made:
        yield made


@pytest.fixture
def cluster(url: str) -> Iterator[Cluster]:
    """A cluster with a prefix of its own, empty before and after."""
    made = Cluster(ClusterSettings((url,), prefix="dalil-alone", timeout_s=60))
    yield made
    for index in made.indexes():
        made.delete(index)
    made.close()


def _found(engine: OpenSearchEngine, *words: str) -> list[str]:
    request = SearchRequest(Or(tuple(Term(FIELD, word) for word in words)))
    return sorted(hit.id for hit in engine.search(request).hits)


def test_an_older_version_changes_nothing(indexes: Made) -> None:
    """Two writers, of which one is late; and a deletion is remembered."""
    engine = indexes({})
    engine.apply([Upsert(document("x", {"text": "new"})), Delete("y")], version=7)
    engine.apply([Upsert(document("x", {"text": "old"})), Upsert(document("y", {"text": "old"}))], version=6)
    assert (_found(engine, "new"), _found(engine, "old")) == (["x"], [])
    engine.apply([Upsert(document("x", {"text": "newer"}))], version=7)
    engine.apply([Upsert(document("y", {"text": "newer"}))], version=8)
    assert _found(engine, "newer") == ["x", "y"]
    engine.apply([Delete("x")], version=6)
    assert _found(engine, "newer") == ["x", "y"]


def test_an_engine_sees_what_another_has_applied(indexes: Made, url: str) -> None:
    """And says once that there was something."""
    writer = indexes({})
    reader = OpenSearchEngine.open(ClusterSettings((url,)), writer.index)
    reader.refresh()
    assert not reader.refresh()
    writer.apply([Upsert(document("x", {"text": "one two three"}))])
    assert _found(reader, "one") == ["x"]
    assert reader.refresh()
    assert not reader.refresh()
    # Scores of phrases stand on lengths that the writer has found.
    assert reader.search(SearchRequest(Phrase(FIELD, ((0, "one"), (1, "two"))))).total == 1
    reader.close()


def test_a_new_language_is_learnt_on_the_way(indexes: Made) -> None:
    """After the sample of an apply, and in a later one."""
    engine = indexes({})
    engine.apply(Upsert(document(f"a{n:04}", {"text": "one"})) for n in range(2_001))
    late = IndexDocument("late", {"xx.word": Occurrences(["one", "two"], [1.0, 1.0], range(2))})
    engine.apply([*[Upsert(document(f"a{n:04}", {"text": "two"})) for n in range(2_000)], Upsert(late)])
    assert engine.averages == {FIELD: 1.0, "xx.word": 2.0}
    assert engine.search(SearchRequest(Term("xx.word", "two"))).total == 1
    assert engine.statistics().documents == 2_002
    assert len(list(engine.ids())) == 2_002


def test_an_index_by_other_rules_is_not_opened(cluster: Cluster) -> None:
    settings = cluster.settings
    OpenSearchEngine.create(settings, "dalil-alone-1", IndexPlan(manifest="a" * 40)).close()
    engine = OpenSearchEngine.open(settings, "dalil-alone-1", manifest="a" * 40)
    assert engine.manifest == "a" * 40
    engine.close()
    with pytest.raises(IndexOutOfDate, match="the rules aaaaaaaaaaaa, this program needs the rules bbbbbb"):
        OpenSearchEngine.open(settings, "dalil-alone-1", manifest="b" * 40)
    with pytest.raises(IndexMissing, match="dalil-alone-2"):
        OpenSearchEngine.open(settings, "dalil-alone-2")
    cluster.connection.ask("PUT", "/dalil-alone-3")
    with pytest.raises(IndexOutOfDate, match="no index of Dalil"):
        OpenSearchEngine.open(settings, "dalil-alone-3")
    with pytest.raises(ConfigError, match="already"):
        cluster.create("dalil-alone-1", IndexPlan())


def test_an_alias_goes_from_one_index_to_the_next(cluster: Cluster) -> None:
    """It names one of them at any moment."""
    assert cluster.indexes() == []
    for name in ("dalil-alone-1", "dalil-alone-2"):
        cluster.create(name, IndexPlan())
        assert cluster.wait_until(name)
    assert cluster.serving("dalil-alone") is None
    for name in ("dalil-alone-1", "dalil-alone-1", "dalil-alone-2"):
        cluster.serve("dalil-alone", name)
        assert cluster.serving("dalil-alone") == name
    assert cluster.indexes() == ["dalil-alone-1", "dalil-alone-2"]
    cluster.delete("dalil-alone-1")
    cluster.delete("dalil-alone-1")
    assert cluster.indexes() == ["dalil-alone-2"]
    assert cluster.health("dalil-alone-2") == "green"
    assert cluster.check().startswith(("2.", "3."))


def test_an_alias_that_is_an_index_or_names_several_is_an_error(cluster: Cluster) -> None:
    cluster.create("dalil-alone-1", IndexPlan())
    cluster.create("dalil-alone-2", IndexPlan())
    with pytest.raises(ConfigError, match="an index and not an alias"):
        cluster.serve("dalil-alone-1", "dalil-alone-2")
    actions = [{"add": {"index": "dalil-alone-*", "alias": "dalil-alone"}}]
    cluster.connection.ask("POST", "/_aliases", {"actions": actions})
    with pytest.raises(ConfigError, match="names 2 indexes"):
        cluster.serving("dalil-alone")


def test_copies_that_have_no_node_are_waited_for_in_vain(cluster: Cluster) -> None:
    """Which is no damage: all is there once."""
    engine = OpenSearchEngine.create(cluster.settings, "dalil-alone-1", IndexPlan(replicas=1))
    assert not cluster.wait_until("dalil-alone-1", timeout_s=1)
    assert cluster.wait_until("dalil-alone-1", "yellow", timeout_s=10)
    assert engine.damage() == []
    engine.close()


def test_what_is_wrong_with_an_index_is_said(cluster: Cluster) -> None:
    """Blocks, fields that somebody made, lengths that have changed."""
    engine = OpenSearchEngine.create(cluster.settings, "dalil-alone-1", IndexPlan(averages={FIELD: 2.0}))
    engine.apply([Upsert(document("x", {"text": "one two"}))])
    assert engine.damage() == []
    engine.apply([Upsert(document("x", {"text": "one two three four"}))])
    ask = cluster.connection.ask
    by_hand = {"counted": {"properties": {"en": {"properties": {"by_hand": {"type": "text"}}}}}}
    ask("PUT", "/dalil-alone-1/_mapping", {"dynamic": True, "properties": by_hand})
    ask("PUT", "/dalil-alone-1/_settings", {"index.blocks.read_only_allow_delete": True})
    found = "; ".join(engine.damage())
    for words in (
        "read_only_allow_delete",
        "not strict",
        "counted.en.by_hand has another analyzer, similarity",
        "documents have 4 words in en.stem, and scores are made for 2",
    ):
        assert words in found
    ask("PUT", "/dalil-alone-1/_settings", {"index.blocks.read_only_allow_delete": None})
    engine.close()


def test_a_full_disk_is_waited_for_and_then_said(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.engines.opensearch_engine.bulk.FIRST_WAIT_S", 0.001)
    engine = OpenSearchEngine.create(cluster.settings, "dalil-alone-1", IndexPlan(averages={FIELD: 1.0}))
    block = "index.blocks.read_only_allow_delete"
    cluster.connection.ask("PUT", "/dalil-alone-1/_settings", {block: True})
    with pytest.raises(ClusterUnavailable, match="run the same command again"):
        engine.apply([Upsert(document("x", {"text": "one"}))])
    cluster.connection.ask("PUT", "/dalil-alone-1/_settings", {block: None})
    engine.apply([Upsert(document("x", {"text": "one"}))])
    assert _found(engine, "one") == ["x"]
    engine.close()


def test_one_document_that_cannot_be_stored_does_not_stop_the_rest(indexes: Made) -> None:
    """A column that is longer than Lucene takes."""
    engine = indexes({})
    wrong = document("wrong", {"text": "one", "section": "x" * 40_000})
    with pytest.raises(DocumentsRejected, match="immense term") as caught:
        engine.apply(
            [Upsert(document("a", {"text": "one"})), Upsert(wrong), Upsert(document("b", {"text": "one"}))]
        )
    assert list(caught.value.reasons) == ["wrong"]
    assert _found(engine, "one") == ["a", "b"]


def test_more_words_than_the_cluster_takes_are_an_error_of_the_query(indexes: Made) -> None:
    """Its own limit is 1024 unless it is told otherwise."""
    engine = indexes({})
    engine.apply([Upsert(document("x", {"text": "w1"}))])
    assert _found(engine, *(f"w{n}" for n in range(1_000))) == ["x"]
    with pytest.raises(QueryError, match="max_clause_count"):
        _found(engine, *(f"w{n}" for n in range(1_500)))


@pytest.mark.parametrize("seed", range(3))
def test_several_shards_answer_as_one(indexes: Made, seed: int) -> None:
    """Totals, facets, dates, and scores: document frequencies are those of all shards."""
    random = Random(seed)  # noqa: S311 -- the same every time
    texts = [
        " ".join(random.choices(["cat", "dog", "hà", "وزير", "x", "y"], k=random.randint(1, 9)))
        for _ in range(60)
    ]
    columns = [
        {"text": text, "lang": random.choice(["ar", "en"]), "year": random.choice([2023, 2024])}
        for text in texts
    ]
    changes = [Upsert(document(f"d{n:02}", each)) for n, each in enumerate(columns)]
    oracle = MemoryEngine()
    oracle.apply(changes)
    engine = indexes({FIELD: oracle.field_size(FIELD)[1]}, shards=3)
    engine.apply(changes)
    assert sorted(engine.ids()) == sorted(oracle.ids())
    assert engine.statistics() == oracle.statistics()
    queries: list[Query] = [
        Or((Term(FIELD, "cat"), Term(FIELD, "وزير", 2.0))),
        Phrase(FIELD, ((0, "dog"), (1, "cat"))),
        Everything(),
    ]
    for query in queries:
        request = SearchRequest(query, limit=100, facets=("lang", "year"))
        found, wanted = engine.search(request), oracle.search(request)
        assert (found.total, found.facets) == (wanted.total, wanted.facets)
        scores = {hit.id: hit.score for hit in wanted.hits}
        assert {hit.id for hit in found.hits} == scores.keys()
        assert [hit.score for hit in found.hits] == pytest.approx(
            [scores[hit.id] for hit in found.hits], rel=2e-4
        )
