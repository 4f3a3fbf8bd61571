"""Generations whose engine is an index of a cluster; needs the extra `opensearch`."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing

from .config import Settings, secret_in
from .engines.opensearch_engine import Cluster, ClusterSettings, IndexPlan, OpenSearchEngine
from .engines.opensearch_engine.units import position_units


def create(settings: Settings, index: str, rules: str, averages: Mapping[str, float]) -> OpenSearchEngine:
    """Make an empty index. `averages`: how long fields are on the average, as far as that is known."""
    plan = IndexPlan(
        manifest=rules,
        shards=settings.opensearch_shards,
        replicas=settings.opensearch_replicas,
        averages=averages,
        units=position_units(),
    )
    return OpenSearchEngine.create(cluster_settings(settings), index, plan)


def open_index(settings: Settings, index: str, rules: str | None) -> OpenSearchEngine:
    """Open what `create` made; see `OpenSearchEngine.open`."""
    return OpenSearchEngine.open(cluster_settings(settings), index, rules)


def check(settings: Settings) -> None:
    """Raise `ConfigError` or `IndexUnavailable` for a cluster that cannot be worked with."""
    with closing(Cluster(cluster_settings(settings))) as cluster:
        cluster.check()


def serve(settings: Settings, index: str) -> None:
    """Let the alias, which is called like the prefix, name this index alone."""
    with closing(Cluster(cluster_settings(settings))) as cluster:
        cluster.serve(settings.opensearch_prefix, index)


def delete(settings: Settings, index: str) -> None:
    """Take an index away; harmless when there is none."""
    with closing(Cluster(cluster_settings(settings))) as cluster:
        cluster.delete(index)


def cluster_settings(settings: Settings) -> ClusterSettings:
    """How to reach the cluster. Raises `ConfigError`."""
    urls = tuple(url for url in (part.strip() for part in settings.opensearch_urls.split(",")) if url)
    file = settings.opensearch_password_file
    secret = secret_in(file, "opensearch_password_file") if file and not settings.opensearch_password else ""
    return ClusterSettings(
        urls=urls,
        user=settings.opensearch_user,
        password=settings.opensearch_password or secret,
        ca_file=settings.opensearch_ca_file,
        verify=settings.opensearch_verify == "yes",
        prefix=settings.opensearch_prefix,
        timeout_s=settings.opensearch_timeout_s,
    )
