"""What every benchmark works on: public news when it is there, else the sample archive over again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

import pytest

from benchmarks.data_sets import SHARED
from benchmarks.indexed import service_over
from benchmarks.query_classes import Case, cases_of
from indexer.articles import Article
from indexer.sources import read_path
from search_web.core.service import SearchService

SAMPLE = Path(__file__).parents[1] / "examples" / "archive"
NEWS = {"ant-jawhara": 9_974, "vietnews": 14_342}
"""Public sets of news with their number of articles: what an archive of two languages looks like."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--articles`: size of the archive that searches and pages are timed on."""
    parser.addoption("--articles", type=int, default=24_000, help="articles in the timed archive")


@pytest.fixture(scope="session")
def sample() -> list[Article]:
    """Every article of the sample archive."""
    paths = [path for path in sorted(SAMPLE.rglob("*")) if path.is_file() and path.suffix != ".md"]
    return [item for path in paths for item in read_path(path) if isinstance(item, Article)]


@pytest.fixture(scope="session")
def news(request: pytest.FixtureRequest, sample: list[Article]) -> list[Article]:
    """So many articles as `--articles` says: Arabic and Vietnamese news, or the sample repeated."""
    wanted: int = request.config.getoption("--articles")
    if all((SHARED / name / "corpus.jsonl").is_file() for name in NEWS):
        share = min(1.0, wanted / sum(NEWS.values()))
        return [
            item
            for name, size in NEWS.items()
            for item in islice(read_path(SHARED / name / "corpus.jsonl"), round(size * share))
            if isinstance(item, Article)
        ]
    return [
        replace(article, id=f"{article.id}-{number}")
        for number, article in enumerate(islice(cycle(sample), wanted))
    ]


@pytest.fixture(scope="session")
def texts(news: list[Article], sample: list[Article]) -> Mapping[str, list[str]]:
    """Language -> texts of at most 1,000 articles; English is the sample's alone, ten times over."""
    found: dict[str, list[str]] = {"ar": [], "vi": [], "en": []}
    english = [article for article in sample if article.lang == "en"]
    for article in [*news, *english * 10]:
        if article.lang in found and len(found[article.lang]) < 1_000:
            found[article.lang].append(article.text)
    return found


@pytest.fixture(scope="session")
def service(news: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchService]:
    """The search service over the news, built by the same jobs that a user runs."""
    path = tmp_path_factory.mktemp("news") / "news.jsonl"
    write_jsonl(news, path)
    with service_over([path], expected=len(news)) as opened:
        yield opened


@pytest.fixture(scope="session")
def cases(news: list[Article]) -> Mapping[str, list[Case]]:
    """Class of query -> searches with an article that each must find."""
    return cases_of(news)


def write_jsonl(articles: list[Article], path: Path) -> None:
    """Articles as `dalil export` would print them."""
    with path.open("w", encoding="utf-8") as file:
        for article in articles:
            file.write(json.dumps(article.as_dict(), ensure_ascii=False) + "\n")
