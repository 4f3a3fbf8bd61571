"""How fast articles reach the index: the whole job of `dalil add`, and its parts alone."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from analyzers import analyzer_for, build_lexicon
from benchmarks.conftest import write_jsonl
from indexer import jobs
from indexer.articles import Article
from indexer.engines.base import IndexDocument, Upsert
from indexer.engines.whoosh_engine import WhooshEngine
from indexer.schema import document_of

SIZE = 2_000


@pytest.fixture(scope="session")
def some(news: list[Article]) -> list[Article]:
    """Articles of the whole archive, evenly, so that both languages are among them."""
    return news[:: max(1, len(news) // SIZE)][:SIZE]


def documents_of(articles: list[Article]) -> list[IndexDocument]:
    """The terms and columns of the articles."""
    lexicon = build_lexicon("ar", (article.text for article in articles if article.lang == "ar"))
    return [document_of(article, analyzer_for(article.lang, lexicon)) for article in articles]


def test_add(benchmark: BenchmarkFixture, some: list[Article], tmp_path: Path) -> None:
    """A new archive from a file to a searchable index."""
    source = tmp_path / "news.jsonl"
    write_jsonl(some, source)
    numbers = count()

    def setup() -> tuple[tuple[Path, list[Path]], dict[str, object]]:
        home = tmp_path / f"home-{next(numbers)}"
        home.mkdir()
        return (home, [source]), {}

    benchmark.group = "indexing"
    receipt = benchmark.pedantic(jobs.add, setup=setup, rounds=3)
    assert receipt.new == len(some)
    _per_second(benchmark, len(some))


def test_add_again(benchmark: BenchmarkFixture, some: list[Article], tmp_path: Path) -> None:
    """The same file once more: nothing is written and nothing indexed."""
    source = tmp_path / "news.jsonl"
    write_jsonl(some, source)
    home = tmp_path / "home"
    home.mkdir()
    jobs.add(home, [source])
    benchmark.group = "indexing"
    receipt = benchmark.pedantic(jobs.add, args=(home, [source]), rounds=3)
    assert (receipt.new, receipt.changed, receipt.unchanged) == (0, 0, len(some))
    _per_second(benchmark, len(some))


def test_engine_alone(benchmark: BenchmarkFixture, some: list[Article], tmp_path: Path) -> None:
    """One commit of documents that are already analysed."""
    documents = documents_of(some)
    numbers = count()

    def setup() -> tuple[tuple[WhooshEngine], dict[str, object]]:
        directory = tmp_path / f"index-{next(numbers)}"
        directory.mkdir()
        return (WhooshEngine.create(directory),), {}

    def write(engine: WhooshEngine) -> int:
        engine.apply(Upsert(document) for document in documents)
        held = engine.statistics().documents
        engine.close()
        return held

    benchmark.group = "indexing"
    assert benchmark.pedantic(write, setup=setup, rounds=3) == len(some)
    _per_second(benchmark, len(some))


def test_documents_alone(benchmark: BenchmarkFixture, some: list[Article]) -> None:
    """Analysis of every field, with the lexicon built first."""
    benchmark.group = "indexing"
    documents = benchmark.pedantic(documents_of, args=(some,), rounds=3)
    assert [document.id for document in documents] == [article.id for article in some]
    assert all(document.fields for document in documents)
    _per_second(benchmark, len(some))


def _per_second(benchmark: BenchmarkFixture, articles: int) -> None:
    assert benchmark.stats is not None
    benchmark.extra_info["articles"] = articles
    # No times with --benchmark-disable.
    if benchmark.stats is not None:
        benchmark.extra_info["articles_per_second"] = round(articles / benchmark.stats.stats.median)
