"""A node that has no room: for work (429), or on its disk. Publishing waits, and then everything is there."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from indexer.engines.base import IndexDocument, Occurrences, Upsert
from indexer.engines.opensearch_engine import Cluster as Indexes
from indexer.engines.opensearch_engine import ClusterSettings, IndexPlan, OpenSearchEngine
from indexer.errors import IndexUnavailable
from tests.cluster.servers.nodes import Node, local_places, running
from tests.cluster.servers.software import Software

WRITERS = 8
DOCUMENTS = 400


@pytest.fixture(scope="module")
def small_node(opensearch: Software, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """One thread that writes, one request that may wait for it."""
    settings = {"node.processors": "1", "thread_pool.write.queue_size": "1"}
    with running(tmp_path_factory.mktemp("small"), opensearch, local_places(1), settings) as cluster:
        yield cluster.nodes[0]


@pytest.fixture
def settings(small_node: Node) -> Iterator[ClusterSettings]:
    made = ClusterSettings((small_node.url,), prefix=f"dalil-{uuid.uuid4().hex[:8]}")
    OpenSearchEngine.create(made, f"{made.prefix}-1", IndexPlan()).close()
    yield made
    Indexes(made).delete(f"{made.prefix}-1")


def publish(settings: ClusterSettings, writer: int) -> None:
    engine = OpenSearchEngine.open(settings, f"{settings.prefix}-1")
    terms = tuple(f"word{n}" for n in range(60))
    field = Occurrences(terms, (1.0,) * len(terms), tuple(range(len(terms))))
    documents = [IndexDocument(f"{writer}-{n}", {"en.stem": field}) for n in range(DOCUMENTS)]
    engine.apply(map(Upsert, documents), version=1)
    engine.close()


def test_refused_work_is_sent_again(small_node: Node, settings: ClusterSettings) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda writer: publish(settings, writer), range(WRITERS)))
    (node,) = small_node.ask("/_nodes/stats/thread_pool")["nodes"].values()
    assert node["thread_pool"]["write"]["rejected"] > 0, "the queue was never full: the test says nothing"
    engine = OpenSearchEngine.open(settings, f"{settings.prefix}-1")
    assert len(set(engine.ids())) == engine.statistics().documents == WRITERS * DOCUMENTS
    engine.close()


def test_a_full_disk_is_said_and_waited_for(
    small_node: Node, settings: ClusterSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The block that a cluster puts on indexes when a disk is nearly full, and takes off again."""
    monkeypatch.setattr("indexer.engines.opensearch_engine.bulk.ATTEMPTS", 2)
    path = f"/{settings.prefix}-1/_settings"
    small_node.ask(path, {"index.blocks.read_only_allow_delete": True}, method="PUT")
    with pytest.raises(IndexUnavailable, match="disk"):
        publish(settings, 1)
    small_node.ask(path, {"index.blocks.read_only_allow_delete": None}, method="PUT")
    publish(settings, 1)
    engine = OpenSearchEngine.open(settings, f"{settings.prefix}-1")
    assert engine.statistics().documents == DOCUMENTS
    engine.close()
