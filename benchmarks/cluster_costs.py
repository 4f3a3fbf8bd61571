"""What an archive takes on a cluster, an article and a page: the measured figures of `dalil plan`.

    python -m benchmarks.cluster_costs --url http://localhost:9200 --set vietnews --set ant-jawhara

The same articles go into an index in files and, from an empty home, into the cluster, which then is asked for
pages as a browser asks. Bytes are those of files, and of the index as its node counts them; times are CPU
times, ours and the node's own count. Nothing else should use the node.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import click
from flask.testing import FlaskClient

from indexer import jobs
from indexer.articles import Article
from indexer.engines.opensearch_engine import Cluster, ClusterSettings
from indexer.library import Library
from search_web.core.service import SearchService
from search_web.web.app import create_app
from search_web.web.config import WebConfig

from .check_opensearch import SEED, articles_of, written_to
from .data_sets import find_sets

PREFIX = "dalil-costs"
_WARM = 100
"""Pages before those that count."""
_MERGE_S = 600.0
_COUNTED_ANEW_S = 2.0
"""A node looks at its own CPU time once a second."""


@click.command()
@click.option("--url", default="http://localhost:9200", show_default=True, help="A node of a cluster.")
@click.option("--set", "names", multiple=True, default=("vietnews", "ant-jawhara"), help="Data sets.")
@click.option("--articles", default=24_000, show_default=True, help="At most so many of each set.")
@click.option("--pages", default=300, show_default=True)
def main(url: str, names: tuple[str, ...], articles: int, pages: int) -> None:
    """Measure what an archive takes."""
    settings = ClusterSettings((url,), prefix=PREFIX, timeout_s=60)
    with (
        TemporaryDirectory(prefix="dalil-costs-") as temporary,
        closing(Cluster(settings)) as cluster,
    ):
        folder = Path(temporary)
        found = [article for each in find_sets(names) for article in articles_of(each, articles)]
        source = written_to(folder, found)
        count, size = len(found), source.stat().st_size
        print(f"{count} articles, {size / 1e6:.1f} MB, {size / count:.0f} bytes each")
        files, home = folder / "files", folder / "home"
        jobs.add(files, [source])
        _tell("index in files", _bytes_in(files / "index", "whoosh"), count, size)
        home.mkdir()
        lines = ('engine = "opensearch"', f'opensearch_urls = "{url}"', f'opensearch_prefix = "{PREFIX}"')
        (home / "dalil.toml").write_text("\n".join(lines) + "\n")
        try:
            _fill(cluster, home, source, (count, size))
            _pages(cluster, home, found, pages)
        finally:
            for index in cluster.indexes():
                cluster.delete(index)


def _fill(cluster: Cluster, home: Path, source: Path, of: tuple[int, int]) -> None:
    node, ours = _node_ms(cluster), time.process_time()
    jobs.add(home, [source])
    ours, node = time.process_time() - ours, _node_ms(cluster) - node
    print(
        f"filled: {of[0] / ours:.0f} articles a CPU second of ours, "
        f"{node / of[0]:.2f} ms of the node an article"
    )
    archive = _bytes_in(home, "archive.db*")
    _tell("archive", archive, *of)
    _tell("beside the index", _bytes_in(home, "*") - archive, *of)
    cluster.connection.ask("POST", f"/{PREFIX}-*/_flush", timeout_s=_MERGE_S)
    _tell("index, just written", _stored(cluster), *of)
    options = {"max_num_segments": 1, "flush": "true"}
    cluster.connection.ask("POST", f"/{PREFIX}-*/_forcemerge", params=options, timeout_s=_MERGE_S)
    # Segments that a search may still read are counted until a refresh lets go of them.
    cluster.connection.ask("POST", f"/{PREFIX}-*/_refresh", timeout_s=_MERGE_S)
    _tell("index, merged", _stored(cluster), *of)


def _pages(cluster: Cluster, home: Path, articles: Sequence[Article], count: int) -> None:
    with closing(Library(home)) as library:
        client = create_app(SearchService(library), WebConfig(rate_limit="", testing=True)).test_client()
        queries = queries_of(articles)
        for _ in range(_WARM):
            _page(client, next(queries))
        node, ours = _node_ms(cluster), time.process_time()
        for _ in range(count):
            _page(client, next(queries))
        ours, node = 1000 * (time.process_time() - ours), _node_ms(cluster) - node
    print(f"{count} pages: {ours / count:.1f} ms of ours, {node / count:.1f} ms of the node each")


def queries_of(articles: Sequence[Article]) -> Iterator[str]:
    """One to three words that follow each other in a title, without end."""
    chance = Random(SEED)  # noqa: S311 -- the same ones every time
    while True:
        words = chance.choice(articles).title.split()
        length = chance.choice((1, 2, 2, 3))
        start = chance.randrange(max(1, len(words) - length))
        yield " ".join(words[start : start + length])


def _page(client: FlaskClient, query: str) -> None:
    answer = client.get("/en/search", query_string={"q": query})
    assert answer.status_code == 200, answer.text[:500]


def _node_ms(cluster: Cluster) -> int:
    """CPU milliseconds that the nodes have used since they began."""
    time.sleep(_COUNTED_ANEW_S)
    answer: dict[str, Any] = cluster.connection.ask("GET", "/_nodes/stats/process")
    return sum(node["process"]["cpu"]["total_in_millis"] for node in answer["nodes"].values())


def _stored(cluster: Cluster) -> int:
    params = {"format": "json", "bytes": "b", "h": "size"}
    rows = cluster.connection.ask("GET", f"/_cat/segments/{PREFIX}-*", params=params)
    return sum(int(row["size"]) for row in rows)


def _bytes_in(folder: Path, pattern: str) -> int:
    """Of the files that have a part of their path below the folder like this."""
    below = (path for found in folder.rglob(pattern) for path in (found, *found.rglob("*")))
    return sum(path.stat().st_size for path in set(below) if path.is_file())


def _tell(name: str, size: int, count: int, of: int) -> None:
    print(f"{name:22} {size / count:8.0f} bytes an article, {size / of:.2f} of the JSON", flush=True)


if __name__ == "__main__":
    main()
