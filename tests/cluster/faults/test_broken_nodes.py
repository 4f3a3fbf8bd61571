"""Nodes are killed, hang, are cut off or all gone, while articles are published and readers search.

Always: nothing that was acknowledged is lost, nothing is there twice, and the cluster recovers without hands.
Numbers of a run stand in docs/cluster.md; `pytest -s` prints them.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from indexer.engines.opensearch_engine import Cluster as Indexes
from indexer.engines.opensearch_engine import IndexPlan, OpenSearchEngine
from tests.cluster.faults.work import LONG, Notes, at_work, faults_left, settings_for
from tests.cluster.servers.network import Network, network
from tests.cluster.servers.nodes import Cluster, running
from tests.cluster.servers.software import Missing, Software

WITHOUT_ANSWER_S = 10.0
"""For at most so long searches may fail when one node of three is killed, hangs or is cut off."""
PUBLISHING_WAITS_S = 75.0
"""For at most so long an `apply` may take then: others are asked after 10, 20 and 40 s."""
CALM_S = 3.0
SILENT_S = 300.0 if LONG else 16.0
"""More than the others and the client need to notice."""
ONLY_LONG = pytest.mark.skipif(not LONG, reason="one more of the same kind; CLUSTER=long does it")


@contextmanager
def index_on(
    cluster: Cluster, *, shards: int = 2, replicas: int = 1
) -> Iterator[Callable[[], OpenSearchEngine]]:
    """An index of its own; each call opens it anew."""
    settings = settings_for(cluster.urls, f"dalil-{uuid.uuid4().hex[:8]}")
    name = f"{settings.prefix}-1"
    OpenSearchEngine.create(settings, name, IndexPlan(shards=shards, replicas=replicas)).close()
    cluster.wait_for_status("green")
    yield lambda: OpenSearchEngine.open(settings, name)
    indexes = Indexes(settings)
    indexes.delete(name)
    indexes.close()


def all_is_well(cluster: Cluster, engines: Callable[[], OpenSearchEngine], notes: Notes, fault: str) -> None:
    cluster.wait_for_status("green", nodes=len(cluster.nodes))
    engine = engines()
    wrong = faults_left(engine, notes)
    engine.close()
    print(f"\n{notes.told(fault)}")  # noqa: T201  # for docs/cluster.md
    assert wrong == []
    assert notes.batches > 2


@pytest.mark.parametrize("victim", [0, 1, pytest.param(2, marks=ONLY_LONG)])
def test_killed_node(three_nodes: Cluster, victim: int) -> None:
    """Whichever of them it is, the manager or not."""
    with index_on(three_nodes) as engines:
        with at_work(engines) as notes:
            time.sleep(CALM_S)
            three_nodes.nodes[victim].kill()
            time.sleep(60.0 if LONG else 8.0)
            three_nodes.start()
            time.sleep(CALM_S)
        all_is_well(three_nodes, engines, notes, f"kill -9 of {three_nodes.nodes[victim].name}")
    assert notes.longest_gap_s < WITHOUT_ANSWER_S


@pytest.mark.parametrize("manager", [True, False])
def test_hanging_node(three_nodes: Cluster, manager: bool) -> None:  # noqa: FBT001  # a case
    """A node that takes connections and answers nothing."""
    with index_on(three_nodes) as engines:
        with at_work(engines) as notes:
            time.sleep(CALM_S)
            victim = three_nodes.pick(manager=manager)
            victim.freeze()
            time.sleep(SILENT_S)
            victim.resume()
            time.sleep(CALM_S)
        all_is_well(three_nodes, engines, notes, f"{'the manager' if manager else 'another node'} hangs")
    assert notes.longest_gap_s < WITHOUT_ANSWER_S
    assert notes.longest_apply_s < PUBLISHING_WAITS_S


def test_all_nodes_gone_for_a_while(three_nodes: Cluster) -> None:
    """Killed at once, as when the power fails; what was acknowledged is on their disks."""
    with index_on(three_nodes) as engines:
        with at_work(engines) as notes:
            time.sleep(CALM_S)
            for node in three_nodes.nodes:
                node.kill()
            time.sleep(300.0 if LONG else 8.0)
            three_nodes.start()
            time.sleep(CALM_S)
        all_is_well(three_nodes, engines, notes, "all nodes killed, and started again")


def test_red_index(three_nodes: Cluster) -> None:
    """One copy of everything: without its node nothing answers, and with it everything is back."""
    with index_on(three_nodes, shards=3, replicas=0) as engines:
        with at_work(engines) as notes:
            time.sleep(CALM_S)
            three_nodes.nodes[2].kill()
            time.sleep(300.0 if LONG else 8.0)
            three_nodes.start()
            time.sleep(CALM_S)
        all_is_well(three_nodes, engines, notes, "a node killed that has the only copy")
    assert notes.failed_searches > 0, "a part of the answer must not pass for the whole"


@pytest.fixture(scope="module")
def cables() -> Iterator[Network]:
    try:
        with network(3) as made:
            yield made
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize("manager", [True, pytest.param(False, marks=ONLY_LONG)])
def test_cut_network(
    opensearch: Software,
    cables: Network,
    tmp_path_factory: pytest.TempPathFactory,
    manager: bool,  # noqa: FBT001  # a case
) -> None:
    """A node is cut off from the two others, while clients reach all three."""
    folder = tmp_path_factory.mktemp("cut")
    with running(folder, opensearch, cables.places) as cluster, index_on(cluster) as engines:
        with at_work(engines) as notes:
            time.sleep(CALM_S)
            victim = cluster.pick(manager=manager).place
            cables.cut(victim, [place for place in cables.places if place is not victim])
            time.sleep(SILENT_S)
            cables.heal()
            time.sleep(CALM_S)
        all_is_well(cluster, engines, notes, f"{'the manager' if manager else 'another node'} cut off")
    assert notes.longest_gap_s < WITHOUT_ANSWER_S
    assert notes.longest_apply_s < PUBLISHING_WAITS_S
