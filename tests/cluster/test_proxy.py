"""TLS and a password before a node, as the engine meets them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indexer.engines.base import IndexDocument, Occurrences, SearchRequest, Upsert
from indexer.engines.opensearch_engine import Cluster, ClusterSettings, IndexPlan, OpenSearchEngine
from indexer.engines.opensearch_engine.connection import Connection
from indexer.engines.query import Term
from indexer.errors import ConfigError
from tests.cluster.servers.proxy import PASSWORD, USER, Proxy


@pytest.fixture(scope="module")
def right(proxy: Proxy) -> ClusterSettings:
    return ClusterSettings(
        (proxy.url,), user=USER, password=PASSWORD, ca_file=str(proxy.authority), prefix="proxied"
    )


def version_by(settings: ClusterSettings) -> str:
    connection = Connection(settings)
    try:
        return connection.check()
    finally:
        connection.close()


def test_the_right_password_and_certificate_open_the_door(right: ClusterSettings) -> None:
    assert version_by(right) == "3.5.0"


def test_an_index_is_made_filled_and_asked_through_the_door(right: ClusterSettings) -> None:
    engine = OpenSearchEngine.create(right, f"{right.prefix}-door", IndexPlan())
    document = IndexDocument("a1", {"en.stem": Occurrences(("word",), (1.0,), (0,))})
    engine.apply([Upsert(document)], version=1)
    assert [hit.id for hit in engine.search(SearchRequest(Term("en.stem", "word"))).hits] == ["a1"]
    engine.close()
    cluster = Cluster(right)
    cluster.serve(right.prefix, engine.index)
    cluster.delete(engine.index)
    assert cluster.indexes() == []
    cluster.close()


@pytest.mark.parametrize(("user", "password"), [(USER, "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_password_is_refused(right: ClusterSettings, user: str, password: str) -> None:
    with pytest.raises(ConfigError, match="does not accept the user and password"):
        version_by(replace(right, user=user, password=password))


def test_a_certificate_of_an_unknown_authority_is_refused(right: ClusterSettings, proxy: Proxy) -> None:
    with pytest.raises(ConfigError, match="set opensearch_ca_file"):
        version_by(replace(right, ca_file=str(proxy.other_authority)))


def test_a_certificate_for_another_name_is_refused(right: ClusterSettings, proxy: Proxy) -> None:
    with pytest.raises(ConfigError, match=r"cannot be trusted \(.*IP address mismatch"):
        version_by(replace(right, urls=(proxy.url_of_another_name,)))


def test_without_verification_any_certificate_will_do(right: ClusterSettings, proxy: Proxy) -> None:
    assert version_by(replace(right, urls=(proxy.url_of_another_name,), ca_file="", verify=False)) == "3.5.0"


def test_plain_http_to_a_port_of_tls_says_what_to_look_at(right: ClusterSettings, proxy: Proxy) -> None:
    plain = proxy.url.replace("https://", "http://")
    with pytest.raises(ConfigError, match="opensearch_urls"):
        version_by(replace(right, urls=(plain,), ca_file=""))
