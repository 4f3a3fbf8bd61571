"""Indexes of a running cluster for tests, taken away when they are done."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from indexer.engines.opensearch_engine import Cluster, ClusterSettings, IndexPlan, OpenSearchEngine

ADDRESS = "DALIL_TEST_OPENSEARCH"
"""Environment variable with the address of a node that runs already: tests then start none."""

Made = Callable[..., OpenSearchEngine]


def running_node() -> str | None:
    """The address of a node that was started outside."""
    return os.environ.get(ADDRESS)


@contextmanager
def indexes_of(url: str) -> Iterator[Made]:
    """A function that makes an empty index: (averages, units, shards) of it."""
    settings = ClusterSettings(urls=(url,), prefix=f"dalil-{uuid.uuid4().hex[:8]}", timeout_s=60)
    cluster = Cluster(settings)
    made: list[OpenSearchEngine] = []

    def make(
        averages: Mapping[str, float], units: Mapping[str, int] | None = None, shards: int = 1
    ) -> OpenSearchEngine:
        plan = IndexPlan(averages=averages, units=units or {}, shards=shards)
        engine = OpenSearchEngine.create(settings, f"{settings.prefix}-{len(made)}", plan)
        made.append(engine)
        return engine

    try:
        yield make
    finally:
        for engine in made:
            engine.close()
            cluster.delete(engine.index)
        cluster.close()
