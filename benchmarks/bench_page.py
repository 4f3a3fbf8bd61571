"""How long a reader waits for a page or a completion, what a page weighs, and how many pages a server makes.

The goals, at 50,000 articles: 15 ms for nineteen pages in twenty, request to HTML, stories folded and counted
by date; 20 ms for nineteen completions in twenty over HTTP; 60 KB for the first page with style and script,
packed as they come over the wire; 150 pages a second on two cores. Past the 24,316 that the public sets have,
`--articles` repeats them with new ids: each has a twin then, and posting lists are as long as theirs.
"""

from __future__ import annotations

import gc
import gzip
import http.client
import json
import random
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, cycle, islice
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.conftest import write_jsonl
from benchmarks.indexed import service_over
from benchmarks.metrics import median_of, percentile_95
from benchmarks.query_classes import Case
from benchmarks.served import CLIENTS, answer, load, served
from indexer.articles import Article
from indexer.engines.whoosh_engine import WhooshEngine
from search_web.core.service import SearchService
from search_web.web.app import create_app
from search_web.web.config import WebConfig
from search_web.web.search_url import read_search, write_search

GOAL_MS = 15
GOAL_COMPLETION_MS = 20
GOAL_BYTES = 60 * 1024
GOAL_PAGES_PER_S = 150
WARM_UP = 40
"""Searches of every class that are asked before any page is timed, none of them a timed one."""
WARM_PAGES = 6
"""So many pages of each: a server that has just been started has the words of texts still to read."""
TITLES = 40
LONGEST = 24
"""Letters typed of each title."""
SECONDS = 10.0
_ASKED = ("search", "document_frequencies", "field_size", "terms", "statistics")
"""What a page asks of the engine."""


@pytest.fixture(scope="session")
def news(request: pytest.FixtureRequest, news: list[Article]) -> list[Article]:
    """As many articles as `--articles` says, the public ones over again where there are not so many."""
    wanted: int = request.config.getoption("--articles")
    rounds = (number // len(news) for number in range(wanted))
    return [
        replace(article, id=f"{article.id}-{number}") if number else article
        for article, number in zip(cycle(news), rounds, strict=False)
    ]


@pytest.fixture(scope="session")
def home(news: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive and its index, built by the job that a user runs; it limits nobody."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "dalil.toml").write_text('rate_limit = ""\n', encoding="utf-8")
    path = tmp_path_factory.mktemp("news") / "news.jsonl"
    write_jsonl(news, path)
    with service_over([path], folder, expected=len(news)):
        return folder


@pytest.fixture(scope="session")
def service(home: Path) -> Iterator[SearchService]:
    """The search service over that home."""
    with service_over([], home) as opened:
        yield opened


@pytest.fixture(scope="session")
def asked(cases: Mapping[str, list[Case]]) -> list[str]:
    """Addresses: every class in turn, the pages of Arabic, Vietnamese and English readers in turn."""
    mixed = chain.from_iterable(zip(*cases.values(), strict=False))
    return [
        f"/{('ar', 'vi', 'en')[number % 3]}/search?{urlencode(write_search(case.search))}"
        for number, case in enumerate(mixed)
    ]


@contextmanager
def engine_timed() -> Iterator[list[float]]:
    """What the engine's answers took since the list was emptied, in milliseconds."""
    took: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in _ASKED:
            plain = getattr(WhooshEngine, name)

            def timed(*given: object, plain: object = plain, **named: object) -> object:
                started = time.perf_counter()
                try:
                    return plain(*given, **named)  # type: ignore[operator]  # a method
                finally:
                    took.append((time.perf_counter() - started) * 1000)

            patch.setattr(WhooshEngine, name, timed)
        yield took


def test_page(benchmark: BenchmarkFixture, service: SearchService, asked: list[str]) -> None:
    """Every page is 200 and links to the articles that the service finds."""
    client = create_app(service, WebConfig(rate_limit="", testing=True)).test_client()
    first_ones = list(islice(asked, WARM_UP))
    timed_ones = list(islice(asked, WARM_UP, None))
    took: list[float] = []
    own: list[float] = []

    def read_all() -> list[str]:
        pages = []
        for address in timed_ones:
            engine.clear()
            started = time.perf_counter()
            response = client.get(address)
            took.append((time.perf_counter() - started) * 1000)
            own.append(took[-1] - sum(engine))
            assert response.status_code == 200, address
            pages.append(response.get_data(as_text=True))
        return pages

    benchmark.group = "page"
    # As `dalil serve` begins.
    service.warm_up()
    gc.collect()
    gc.freeze()
    with engine_timed() as engine:
        for number in range(WARM_PAGES, 0, -1):
            for address in first_ones:
                # Not every search has so many pages: then it is 404 or leads to the last one.
                assert client.get(f"{address}&page={number}").status_code in (200, 302, 404), address
        pages = benchmark.pedantic(read_all, rounds=3)
    for address, page in zip(timed_ones, pages, strict=True):
        search, problems = read_search(parse_qsl(address.partition("?")[2]))
        assert search.fold, address
        assert problems == (), address
        found = service.search(search).results
        assert found, address
        assert all(f"/article/{quote(result.id)}" in page for result in found), address
    count = len(timed_ones)
    benchmark.extra_info |= {
        "articles": service.ready()[1]["indexed"],
        "pages": count,
        "first_time_p50_ms": round(median_of(took[:count]), 1),
        "first_time_p95_ms": round(percentile_95(took[:count]), 1),
        "first_time_p95_ms_without_engine": round(percentile_95(own[:count]), 1),
        "again_p50_ms": round(median_of(took[count:]), 1),
        "again_p95_ms": round(percentile_95(took[count:]), 1),
        "again_p95_ms_without_engine": round(percentile_95(own[count:]), 1),
        "goal_p95_ms": GOAL_MS,
    }


@pytest.mark.parametrize("processes", [1, 2])
def test_throughput(benchmark: BenchmarkFixture, home: Path, asked: list[str], processes: int) -> None:
    """`dalil serve` itself and two clients, each waiting for a page before it asks for the next one."""
    benchmark.group = "pages a second"
    with served(home, processes) as (port, cpu_s):
        load(port, asked, SECONDS / 3)
        before = cpu_s()
        took = benchmark.pedantic(load, (port, asked, SECONDS), rounds=1)
        used = cpu_s() - before
    assert took
    benchmark.extra_info |= {
        "processes": processes,
        "clients": CLIENTS,
        "pages_per_s": round(len(took) / SECONDS, 1),
        "p50_ms": round(median_of(took), 1),
        "p95_ms": round(percentile_95(took), 1),
        "cpu_ms_per_page": round(used * 1000 / len(took), 1),
        "goal_pages_per_s": GOAL_PAGES_PER_S,
    }


def test_completions(benchmark: BenchmarkFixture, home: Path, news: list[Article]) -> None:
    """Titles typed letter by letter, one request a letter over one connection; each is offered in the end."""
    titled = [
        article
        for article in news
        if LONGEST < len(article.title) <= 100 and not set(article.title) & set('-()*"')
    ]
    chosen = random.Random(1).sample(titled, min(TITLES, len(titled)))  # noqa: S311  # no secret
    titles = [" ".join(article.title.split()) for article in chosen]
    typed = [title[:end] for title in titles for end in range(1, LONGEST + 1)]
    took: list[float] = []

    def ask(text: str) -> list[str]:
        started = time.perf_counter()
        status, body, _ = answer(connection, f"/api/v1/suggest?{urlencode({'q': text})}", "gzip")
        took.append((time.perf_counter() - started) * 1000)
        assert status == 200, text
        plain = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
        return [item["text"] for item in json.loads(plain)["completions"]]

    benchmark.group = "completions over HTTP"
    with served(home, 1) as (port, _):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        shown = benchmark.pedantic(lambda: sum(len(ask(text)) for text in typed), rounds=3, warmup_rounds=1)
        assert shown > len(typed)
        timed = took[len(typed) :]
        for title in titles[:20]:
            assert title in {" ".join(text.split()) for text in ask(title[: min(len(title) - 1, 60)])}, title
        connection.close()
    benchmark.extra_info |= {
        "articles": len(news),
        "requests": len(timed),
        "p50_ms": round(median_of(timed), 1),
        "p95_ms": round(percentile_95(timed), 1),
        "goal_p95_ms": GOAL_COMPLETION_MS,
    }


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_bytes_of_the_first_page(
    benchmark: BenchmarkFixture, home: Path, asked: list[str], encoding: str
) -> None:
    """A reader's first page of results with its style, script and logo, heads of the answers counted too."""
    sizes: dict[str, int] = {}

    def first_page(address: str) -> int:
        with_parts = [address, *parts]
        for part in with_parts:
            status, body, head = answer(connection, part, encoding)
            assert status == 200, part
            assert body, part
            kind = "html" if part == address else part.partition("?")[0].rpartition(".")[2]
            sizes[kind] = max(sizes.get(kind, 0), len(body) + head)
        return sum(sizes.values())

    benchmark.group = "bytes of the first page"
    with served(home, 1) as (port, _):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        plain = answer(connection, asked[0])[1].decode()
        parts = sorted(set(re.findall(r'"(/static/[^"]+)"', plain)))
        assert {part.partition("?")[0].rpartition(".")[2] for part in parts} >= {"css", "js", "svg"}
        assert '<li class="hit' in plain
        total = benchmark.pedantic(lambda: max(map(first_page, asked[:60])), rounds=1)
        connection.close()
    benchmark.extra_info |= {"largest_bytes": total, "goal_bytes": GOAL_BYTES, **sizes}
    assert total <= GOAL_BYTES
