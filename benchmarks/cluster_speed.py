"""What the engine over a cluster costs beside bare requests of the same JSON.

    python -m benchmarks.cluster_speed --url http://localhost:9200 --articles 2000

Filling: the same lines of a bulk, sent by a bare client over one kept connection, by the engine, and by the
engine while it makes them of articles. Searching: what a search through the engine takes more than the
request that it ends in, asked bare. All in one process, in turn: ratios say something on a busy machine.
"""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode, urlsplit

import click

from indexer import jobs
from indexer.articles import Article
from indexer.engines.base import Change, SearchRequest, SearchResponse, Upsert
from indexer.engines.opensearch_engine import Cluster, ClusterSettings, IndexPlan, OpenSearchEngine
from indexer.engines.opensearch_engine.bulk import PORTION_CHANGES, Line, line_of, send
from indexer.engines.opensearch_engine.connection import Connection
from indexer.engines.opensearch_engine.documents import average_lengths, key_of, stored_document
from indexer.engines.opensearch_engine.units import position_units
from indexer.library import Library, Snapshot
from indexer.schema import document_of
from search_web.core.service import SearchService

from .check_opensearch import articles_of, searches_of, written_to
from .data_sets import find_sets

PREFIX = "dalil-speed"


class Bare:
    """A client that does nothing but send and read, over one connection."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc)

    def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """The body of an answer."""
        self._connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        said = answer.read()
        assert answer.status < 300, said[:500]
        return said


@dataclass(slots=True)
class Asked:
    """A request as it went to the cluster."""

    path: str
    body: bytes


class Noting(Connection):
    """A connection that remembers what was asked of it."""

    asked: list[Asked]

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> Any:
        """See `Connection.ask`."""
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() if body else b""
        self.asked.append(Asked(f"{path}?{urlencode(params or {})}", text))
        return super().ask(method, path, body, params=params, timeout_s=timeout_s)


@dataclass(slots=True)
class Timed:
    """An engine whose searches are timed, and repeated by a bare client."""

    engine: OpenSearchEngine
    connection: Noting
    bare: Bare
    took: list[tuple[float, float, int]] = field(default_factory=list)
    """(milliseconds through us, of the last request bare, requests) of each search."""

    def search(self, request: SearchRequest) -> SearchResponse:
        """See `SearchEngine.search`."""
        found = self.engine.search(request)  # whatever is read for the first time is read now
        self.connection.asked = []
        ours = _milliseconds(lambda: self.engine.search(request))
        requests = len(self.connection.asked)
        last = self.connection.asked[-1]
        bare = _milliseconds(lambda: json.loads(self.bare.ask("POST", last.path, last.body)))
        self.took.append((ours, bare, requests))
        return found

    def __getattr__(self, name: str) -> Any:
        """All else as it is."""
        return getattr(self.engine, name)


class TimedLibrary(Library):
    """A library over a timed engine."""

    timed: Timed | None = None

    def snapshot(self) -> Snapshot:
        """See `Library.snapshot`."""
        found = super().snapshot()
        return replace(found, engine=self.timed) if self.timed else found


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


@click.command()
@click.option("--url", default="http://localhost:9200", show_default=True, help="A node of a cluster.")
@click.option("--set", "names", multiple=True, default=("vietnews", "ant-jawhara"), help="Data sets.")
@click.option("--articles", default=2_000, show_default=True, help="At most so many of each set.")
@click.option("--searches", default=300, show_default=True)
@click.option("--rounds", default=3, show_default=True, help="Of filling; the median of each is told.")
def main(url: str, names: tuple[str, ...], articles: int, searches: int, rounds: int) -> None:
    """Measure filling and searching."""
    with TemporaryDirectory(prefix="dalil-speed-") as temporary:
        home = Path(temporary)
        found = [article for each in find_sets(names) for article in articles_of(each, articles)]
        jobs.add(home, [written_to(home, found)])
        settings = ClusterSettings((url,), prefix=PREFIX, timeout_s=60)
        noting = Noting(settings)
        noting.asked = []
        with closing(TimedLibrary(home)) as library, closing(Cluster(settings, noting)) as cluster:
            index = _fill(cluster, library.snapshot(), found, rounds)
            library.timed = Timed(OpenSearchEngine(noting, index), noting, Bare(url))
            service = SearchService(library)
            for _, search in islice(searches_of(found, searches), searches):
                service.search(search)
            _tell_searches(library.timed.took)
            cluster.delete(index)


def _fill(cluster: Cluster, snapshot: Snapshot, articles: Sequence[Article], rounds: int) -> str:
    """Fill indexes in each way; the name of the last one, which stays."""

    def changes() -> Iterator[Change]:
        for article in articles:
            yield Upsert(document_of(article, snapshot.analyzer(article.lang), snapshot.names))

    documents = [change.document for change in changes() if isinstance(change, Upsert)]
    plan = IndexPlan(averages=average_lengths(documents, ()), units=position_units())
    lines = [
        line_of(
            "index",
            {"_id": key_of(each.id), "version": 1, "version_type": "external_gte"},
            each.id,
            stored_document(each, plan.averages, plan.units),
        )
        for each in documents
    ]
    del documents
    took: dict[str, list[float]] = {}
    index = f"{PREFIX}-1"
    for _ in range(rounds):
        for name, work in (
            ("bare", lambda: _bare_bulk(cluster, index, lines)),
            ("engine, lines ready", lambda: send(cluster.connection, index, lines)),
            ("engine, from articles", lambda: OpenSearchEngine(cluster.connection, index).apply(changes())),
        ):
            cluster.delete(index)
            cluster.create(index, plan)
            processor, started = time.process_time(), time.perf_counter()
            work()
            cluster.connection.ask("POST", f"/{index}/_refresh", timeout_s=60)
            took.setdefault(name, []).append(time.perf_counter() - started)
            processor = time.process_time() - processor
            print(f"{name:22} {took[name][-1]:6.2f} s, ours {processor:5.2f} s of processor time", flush=True)
    bare = statistics.median(took["bare"])
    size = sum(len(line.text.encode()) for line in lines)
    print(f"{len(lines)} articles, {size / 1e6:.1f} MB")
    for name, seconds in took.items():
        median = statistics.median(seconds)
        print(f"{name:22} {len(lines) / median:6.0f} articles/s, {100 * bare / median:4.0f} % of bare")
    return index


def _bare_bulk(cluster: Cluster, index: str, lines: Sequence[Line]) -> None:
    bare = Bare(cluster.settings.urls[0])
    for at in range(0, len(lines), PORTION_CHANGES // 4):
        body = "".join(line.text for line in lines[at : at + PORTION_CHANGES // 4]).encode()
        assert b'"errors":false' in bare.ask("POST", f"/{index}/_bulk?filter_path=errors", body)


def _tell_searches(took: Sequence[tuple[float, float, int]]) -> None:
    print(f"{'requests':>10} {'searches':>9} {'ours ms':>8} {'bare ms':>8} {'more ms':>8}")
    for name, some in (
        *(
            (str(count), [each for each in took if each[2] == count])
            for count in sorted({t[2] for t in took})
        ),
        ("all", took),
    ):
        ours, bare = (statistics.median(each[at] for each in some) for at in (0, 1))
        more = statistics.median(each[0] - each[1] for each in some)
        print(f"{name:>10} {len(some):9} {ours:8.1f} {bare:8.1f} {more:8.1f}")


if __name__ == "__main__":
    main()
