"""Whether a cluster answers as the index in files does: the same articles, the same searches.

    python -m benchmarks.check_opensearch --url http://localhost:9200 --set vietnews --set ant-jawhara

Searches are made of the articles' own titles and go through the service that the pages use. Two answers agree
if each place has the same article, or one that scores the same there up to the rounding of a cluster's
frequencies.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import click

from indexer import jobs
from indexer.articles import Article
from indexer.engines.base import SearchEngine, SearchRequest, SearchResponse, Sort, Upsert
from indexer.engines.opensearch_engine import Cluster, ClusterSettings, IndexPlan, OpenSearchEngine
from indexer.engines.opensearch_engine.units import position_units
from indexer.library import Library, Snapshot
from indexer.schema import document_of
from indexer.sources import read_path
from search_web.core.pages import Filters, SearchInput
from search_web.core.service import SearchService

from .data_sets import DataSet, find_sets

TOP = 10
SAME = 5e-4
"""Share of a score by which equal ones may differ."""
SEED = 20_261_124
_BATCH = 2_000


@dataclass
class Tally:
    """What came of the searches of one class."""

    searches: int = 0
    same: int = 0
    ties: int = 0
    totals: int = 0
    facets: int = 0
    whoosh_s: float = 0.0
    cluster_s: float = 0.0


class Both:
    """Answers as the engine in files, and looks whether the cluster says the same."""

    def __init__(self, whoosh: SearchEngine, cluster: SearchEngine) -> None:
        self._whoosh = whoosh
        self._cluster = cluster
        self.asked = ""
        self.tallies: dict[str, Tally] = {}
        self.differences: list[str] = []

    def search(self, request: SearchRequest) -> SearchResponse:
        """See `SearchEngine.search`."""
        request = replace(request, exact_total=True)
        started = time.perf_counter()
        expected = self._whoosh.search(request)
        between = time.perf_counter()
        found = self._cluster.search(request)
        tally = self.tallies.setdefault(self.asked.partition("|")[0], Tally())
        tally.searches += 1
        tally.whoosh_s += between - started
        tally.cluster_s += time.perf_counter() - between
        tally.totals += found.total == expected.total
        tally.facets += found.facets == expected.facets
        mine, theirs = [h.id for h in found.hits[:TOP]], [h.id for h in expected.hits[:TOP]]
        if mine == theirs:
            tally.same += 1
        elif self._ties(request, found, expected):
            tally.ties += 1
        else:
            self.differences.append(f"{self.asked}: {mine} instead of {theirs}")
        return expected

    def _ties(self, request: SearchRequest, found: SearchResponse, expected: SearchResponse) -> bool:
        if request.sort is not Sort.RELEVANCE or len(found.hits) != len(expected.hits):
            return False
        for mine, theirs in zip(found.hits[:TOP], expected.hits[:TOP], strict=True):
            score = self._whoosh.score_of(request.query, mine.id)
            if score is None or abs(score - theirs.score) > SAME * max(theirs.score, 1.0):
                return False
        return True

    def __getattr__(self, name: str) -> Any:
        """All else is the engine in files."""
        return getattr(self._whoosh, name)


class ComparedLibrary(Library):
    """A library whose searches are made twice."""

    both: Both | None = None

    def snapshot(self) -> Snapshot:
        """See `Library.snapshot`."""
        found = super().snapshot()
        return replace(found, engine=self.both) if self.both else found


def searches_of(articles: Sequence[Article], count: int) -> Iterator[tuple[str, SearchInput]]:
    """So many searches of every class in turn, as (class, search)."""
    chance = Random(SEED)  # noqa: S311 -- the same ones every time
    made = 0
    while made < count:
        article = chance.choice(articles)
        words = [word for word in article.title.split() if word.isalnum()]
        if len(words) < 4:
            continue
        start = chance.randrange(len(words) - 2)
        some = " ".join(chance.sample(words, chance.choice((1, 2, 3))))
        pair = " ".join(words[start : start + chance.choice((2, 3))])
        classes = {
            "words": SearchInput(some),
            "title": SearchInput(article.title),
            "quoted": SearchInput(f'"{pair}"'),
            "quoted and words": SearchInput(f'"{pair}" {some}'),
            "near": SearchInput(f'"{" ".join(chance.sample(words, 2))}"~{chance.choice((3, 8, 20))}'),
            "prefix": SearchInput(f"{chance.choice(words)[:4]}* {words[0]}"),
            "without": SearchInput(f"{words[0]} {words[1]} -{words[2]}"),
            "title:": SearchInput(f"title:{words[start]}"),
            "title quoted": SearchInput(f'title:"{pair}"'),
            "filter": SearchInput(some, filters=Filters(lang=(article.lang,))),
            "newest": SearchInput(some, sort=Sort.NEWEST),
            "second page": SearchInput(words[0], page=2),
        }
        for name, search in classes.items():
            yield name, replace(search, snippets=False)
            made += 1


def index_cluster(engine: OpenSearchEngine, library: Library, articles: Iterable[Article]) -> int:
    """Give the cluster the documents of the serving generation."""
    snapshot = library.snapshot()
    changes = (
        Upsert(document_of(article, snapshot.analyzer(article.lang), snapshot.names)) for article in articles
    )
    count = 0
    while batch := list(islice(changes, _BATCH)):
        engine.apply(batch)
        count += len(batch)
    return count


@click.command()
@click.option("--url", default="http://localhost:9200", show_default=True, help="A node of a cluster.")
@click.option("--set", "names", multiple=True, default=("vietnews", "ant-jawhara"), help="Data sets.")
@click.option("--articles", default=5_000, show_default=True, help="At most so many of each set.")
@click.option("--searches", default=1_000, show_default=True)
@click.option("--home", type=click.Path(path_type=Path), help="A home to keep; a temporary one without.")
@click.option("--index", default="dalil-check-1", show_default=True, help="Name of the index to make.")
@click.option("--keep", is_flag=True, help="Keep the index, and use it if it is there.")
@click.option("--sampled", is_flag=True, help="Let the first articles tell the average lengths.")
def main(**options: Any) -> None:
    """Compare the answers of a cluster with those of the index in files."""
    with TemporaryDirectory(prefix="dalil-check-") as temporary:
        home = options["home"] or Path(temporary)
        articles = [a for each in find_sets(options["names"]) for a in articles_of(each, options["articles"])]
        if not (home / "index").exists():
            home.mkdir(parents=True, exist_ok=True)
            jobs.add(home, [written_to(home, articles)])
        settings = ClusterSettings((options["url"],), prefix="dalil-check", timeout_s=60)
        with closing(ComparedLibrary(home)) as library, closing(Cluster(settings)) as cluster:
            _compare(library, cluster, articles, options)


def _compare(
    library: ComparedLibrary, cluster: Cluster, articles: Sequence[Article], options: dict[str, Any]
) -> None:
    whoosh = library.snapshot().engine
    index = options["index"]
    if not (options["keep"] and cluster.exists(index)):
        cluster.delete(index)
        averages: dict[str, float] = {}
        if not options["sampled"]:
            averages = {field: whoosh.field_size(field)[1] for field in whoosh.statistics().fields}
        cluster.create(index, IndexPlan(averages=averages, units=position_units()))
        engine = OpenSearchEngine(cluster.connection, index)
        started = time.process_time()
        count = index_cluster(engine, library, articles)
        print(f"{count} articles indexed in {time.process_time() - started:.0f} s of our CPU time")
    engine = OpenSearchEngine(cluster.connection, index)
    both = Both(whoosh, engine)
    library.both = both
    service = SearchService(library)
    for name, search in islice(searches_of(articles, options["searches"]), options["searches"]):
        both.asked = f"{name}|{search.text}"
        service.search(search)
    report(both)
    if not options["keep"]:
        cluster.delete(index)
    sys.exit(bool(both.differences))


def report(both: Both) -> None:
    """Print what agreed, class by class, and the first differences."""
    print(f"{'':18} asked  same  ties  differ  totals  facets  ms Whoosh  ms cluster")
    total: Counter[str] = Counter()
    for name, each in both.tallies.items():
        differ = each.searches - each.same - each.ties
        total.update(asked=each.searches, same=each.same, ties=each.ties, differ=differ)
        print(
            f"{name:18} {each.searches:5} {each.same:5} {each.ties:5} {differ:7} {each.totals:7}"
            f" {each.facets:7}"
            f" {1000 * each.whoosh_s / each.searches:10.1f} {1000 * each.cluster_s / each.searches:11.1f}"
        )
    print(dict(total))
    for line in both.differences[:20]:
        print(line[:600])


def articles_of(data_set: DataSet, most: int) -> list[Article]:
    """The first articles of a set."""
    return list(islice((a for a in read_path(data_set.corpus) if isinstance(a, Article)), most))


def written_to(home: Path, articles: Sequence[Article]) -> Path:
    """The file of these articles, in a home."""
    path = home / "articles.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for article in articles:
            file.write(json.dumps(article.as_dict(), ensure_ascii=False) + "\n")
    return path


if __name__ == "__main__":
    main()
