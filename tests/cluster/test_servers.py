"""The servers that other tests stand on do what those believe."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.servers.nodes import Cluster, Node, NodeFailed, local_places, running
from tests.cluster.servers.software import CHECKSUMS, Software, wrong_jars


def test_one_node_answers_as_opensearch(one_node: Node) -> None:
    version = one_node.ask("/")["version"]
    assert version["distribution"] == "opensearch"
    assert version["number"] == "3.5.0"


def test_three_nodes_are_one_cluster(three_nodes: Cluster) -> None:
    three_nodes.wait_for_status("green", nodes=3)
    seen = {node["name"] for node in three_nodes.nodes[1].ask("/_nodes")["nodes"].values()}
    assert seen == {"node-1", "node-2", "node-3"}


def test_a_killed_node_comes_back_with_its_data(three_nodes: Cluster) -> None:
    first, second, _ = three_nodes.nodes
    first.ask(
        "/kept",
        # Without the delay, copies are given away at once, not after the minute that a restart is allowed.
        {"settings": {"auto_expand_replicas": "0-all", "index.unassigned.node_left.delayed_timeout": "0"}},
        method="PUT",
    )
    first.ask("/kept/_doc/1?refresh=true", {"title": "kept"}, method="PUT")
    second.kill()
    assert not second.alive
    second.start()
    second.wait()
    three_nodes.wait_for_status("green", nodes=3)
    assert second.ask("/kept/_count?preference=_local")["count"] == 1
    first.ask("/kept", method="DELETE")


def test_a_node_that_cannot_start_shows_why(opensearch: Software, tmp_path: Path) -> None:
    with (
        pytest.raises(NodeFailed, match="no_such_setting"),
        running(tmp_path, opensearch, local_places(1), {"no_such_setting": "1"}),
    ):
        pass


def test_a_jar_that_changed_is_noticed(tmp_path: Path) -> None:
    names = [line.split()[1] for line in CHECKSUMS.read_text("ascii").splitlines()]
    (tmp_path / names[0]).write_bytes(b"something else")
    (tmp_path / "unknown.jar").write_bytes(b"")
    assert wrong_jars(tmp_path) == sorted([*names, "unknown.jar"])
