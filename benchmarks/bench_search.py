"""How long a search takes, by class of query, through the service: parsing, engine, snippets, facets."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.metrics import median_of, percentile_95
from benchmarks.query_classes import CLASSES, Case
from search_web.core.pages import ResultPage
from search_web.core.service import SearchService

ROUNDS = 5


@pytest.mark.parametrize("name", CLASSES)
def test_search(
    benchmark: BenchmarkFixture, service: SearchService, cases: Mapping[str, list[Case]], name: str
) -> None:
    """Every search finds at least the articles that hold its word; p50 and p95 are of single searches."""
    asked = cases[name]
    took: list[float] = []

    def ask_all() -> list[ResultPage]:
        pages = []
        for case in asked:
            started = time.perf_counter()
            pages.append(service.search(case.search))
            took.append((time.perf_counter() - started) * 1000)
        return pages

    benchmark.group = "search"
    pages = benchmark.pedantic(ask_all, rounds=ROUNDS, warmup_rounds=1)
    for case, page in zip(asked, pages, strict=True):
        assert page.total >= case.at_least, case.search.text
        assert page.results
        # Few enough to stand on the first page, all of them.
        assert name != "rare word" or case.article in {result.id for result in page.results}
        assert not page.facets or page.facets["lang"]
    timed = took[len(asked) :]
    benchmark.extra_info |= {
        "searches": len(asked),
        "p50_ms": round(median_of(timed), 2),
        "p95_ms": round(percentile_95(timed), 2),
        "median_hits": median_of([page.total for page in pages]),
    }
