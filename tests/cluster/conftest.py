"""Real servers of OpenSearch for the tests of this folder: one node, and three that are a cluster.

`make test-cluster` installs what they need where it may. Elsewhere these tests are skipped with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.servers.nodes import Cluster, Node, local_places, running
from tests.cluster.servers.proxy import Proxy, proxy_before
from tests.cluster.servers.software import Missing, Software, software


@pytest.fixture(scope="session")
def opensearch() -> Software:
    """What a node runs on; skipped where this machine lacks it."""
    try:
        return software()
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def one_node(opensearch: Software, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """One node for all tests: use indices of your own names, and take them away again."""
    with running(tmp_path_factory.mktemp("one-node"), opensearch, local_places(1)) as cluster:
        yield cluster.nodes[0]


@pytest.fixture(scope="session")
def proxy(one_node: Node, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """nginx with TLS and a password before `one_node`."""
    try:
        with proxy_before(one_node.url, tmp_path_factory.mktemp("proxy")) as running_proxy:
            yield running_proxy
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def _three_nodes(opensearch: Software, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running(tmp_path_factory.mktemp("three-nodes"), opensearch, local_places(3)) as cluster:
        yield cluster


@pytest.fixture
def three_nodes(_three_nodes: Cluster) -> Cluster:
    """A cluster of three nodes, all of them running at the begin of each test, whatever the last one did."""
    for node in _three_nodes.nodes:
        node.resume()
    _three_nodes.start()
    return _three_nodes
