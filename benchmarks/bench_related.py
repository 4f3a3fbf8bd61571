"""How much processor time the stories around an article take: translations, copies, the nearest, and why.

The goals: 30 ms an article, 200 ms for the longest draft, which is as much as is looked at of an
article of two megabytes. Times are those of the processor, so that other work on the machine counts for less.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.metrics import median_of, percentile_95
from indexer.articles import Article
from search_web.core.pages import Related, RelatedInput, RelatedPage
from search_web.core.related import MAX_DRAFT
from search_web.core.service import SearchService
from search_web.web.serve import collect_seldom

GOAL_MS = 30
GOAL_LONG_MS = 200
ASKED = 100
WARM_UP = 300
"""Articles that were asked for before: a server that has just been started has the words of texts to read."""
LIMIT = 10

Asked = TypeVar("Asked")
Found = TypeVar("Found")


@pytest.fixture(scope="module")
def asked(news: list[Article], service: SearchService) -> Iterator[list[str]]:
    """Articles from everywhere in the archive; the service has been asked for others before."""
    some = random.Random(1).sample(news, min(len(news), ASKED + WARM_UP))  # noqa: S311  # no secret
    for article in some[ASKED:]:
        service.related(article.id, LIMIT)
    before = gc.get_threshold()
    collect_seldom()
    yield [article.id for article in some[:ASKED]]
    gc.set_threshold(*before)
    gc.unfreeze()


def test_related(benchmark: BenchmarkFixture, service: SearchService, asked: list[str]) -> None:
    """No article is related to itself, each that is has a reason; asked again the answers are the same."""
    took: list[float] = []

    def ask() -> list[Sequence[Related]]:
        return _timed(lambda name: service.related(name, LIMIT), asked, took)

    benchmark.group = "related stories"
    first = ask()
    assert benchmark.pedantic(ask, rounds=1) == first
    for name, found in zip(asked, first, strict=True):
        ids = [item.result.id for item in found]
        assert name not in ids
        assert len(set(ids)) == len(ids) <= LIMIT
        assert all(item.reasons for item in found)
    assert sum(len(found) == LIMIT for found in first) > len(asked) // 2
    benchmark.extra_info |= {
        "articles": service.ready()[1]["indexed"],
        "asked": len(asked),
        "first_time_p50_cpu_ms": round(median_of(took[: len(asked)]), 1),
        "first_time_p95_cpu_ms": round(percentile_95(took[: len(asked)]), 1),
        "again_p50_cpu_ms": round(median_of(took[len(asked) :]), 1),
        "again_p95_cpu_ms": round(percentile_95(took[len(asked) :]), 1),
        "goal_ms": GOAL_MS,
    }


def test_the_longest_draft(benchmark: BenchmarkFixture, service: SearchService, news: list[Article]) -> None:
    """An article that stands at its beginning is its excerpt."""
    part = max(news[:2_000], key=lambda article: 2_000 < len(article.text) < 4_000)
    # The words of the others backwards: as many terms as in a text, and no other article stands in it.
    others = [
        " ".join(reversed(paragraph.split()))
        for article in news
        if article.lang == part.lang
        for paragraph in article.body
    ]
    text = "\n".join(["Everything", *part.body, *others])[:MAX_DRAFT]
    took: list[float] = []

    def ask(draft: str) -> RelatedPage:
        return service.related_page(RelatedInput(draft=draft, draft_lang=part.lang, limit=LIMIT))

    benchmark.group = "related stories"
    (page,) = benchmark.pedantic(lambda: _timed(ask, [text], took), rounds=1, warmup_rounds=2)
    assert part.id in {item.result.id for item in page.copies}
    benchmark.extra_info |= {
        "code_points": len(text),
        "p50_cpu_ms": round(median_of(took[1:]), 1),
        "goal_ms": GOAL_LONG_MS,
    }


def _timed(ask: Callable[[Asked], Found], values: Sequence[Asked], took: list[float]) -> list[Found]:
    """The answers; `took`: milliseconds of the processor are added to it."""
    found: list[Found] = []
    for value in values:
        started = time.process_time()
        found.append(ask(value))
        took.append((time.process_time() - started) * 1000)
    return found
