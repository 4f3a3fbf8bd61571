"""How fast are embedded engines on the same terms? One thread, a process for each measurement.

python -m benchmarks.bench_engines --articles 10000 --engines dalil,tantivy
python -m benchmarks.bench_engines --articles 50000 --json 50k.json --picture 50k.svg
python -m benchmarks.bench_engines --articles 200000 --beside 50k.json --json 200k.json
python -m benchmarks.bench_engines --engines dalil,tantivy --classes phrase,prefix --steps ask
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import click
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from .engines.adapters import ENGINES, USUAL, engine_named
from .engines.corpus import corpus_file
from .engines.files import read_corpus
from .engines.oracle import matches
from .engines.picture import picture
from .engines.protocol import (
    TOP,
    BenchArticle,
    Engine,
    EngineMissing,
    OpenIndex,
    OutsideEngine,
    Question,
)
from .engines.questions import CLASSES, QUERIES, questions_of
from .engines.runs import STEPS, Plan, run
from .engines.table import growth, table

SMALL_ARTICLES = 1_500
SMALL_QUERIES = 40
SMALL_ENGINES = ("dalil", "tantivy", "fts5")
"""Those of `make bench`, which is to be quick."""


def _names(known: tuple[str, ...]) -> Any:
    def read(_context: click.Context, _option: click.Parameter, value: str) -> tuple[str, ...]:
        names = tuple(filter(None, value.split(",")))
        if unknown := [name for name in names if name not in known]:
            raise click.BadParameter(f"nothing is called {unknown[0]}; there are {', '.join(known)}")
        return names

    return read


@click.command()
@click.option("--articles", type=click.IntRange(1_000), default=10_000, show_default=True)
@click.option(
    "--engines",
    callback=_names(tuple(ENGINES)),
    default=",".join(USUAL),
    show_default=True,
    help="With commas.",
)
@click.option("--classes", callback=_names(tuple(CLASSES)), default="", help="Ask these only; with commas.")
@click.option("--steps", callback=_names(STEPS), default=",".join(STEPS), show_default=True)
@click.option("--queries", type=click.IntRange(1), default=QUERIES, show_default=True, help="Of each class.")
@click.option("--passes", type=click.IntRange(3), default=3, show_default=True, help="After one to warm up.")
@click.option("--limits/--no-limits", default=True, help="Leave slow engines out of large archives.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write all figures there.")
@click.option(
    "--picture", "picture_file", type=click.Path(path_type=Path), help="Draw the queries there, as SVG."
)
@click.option(
    "--beside",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Tell growth since the run that --json wrote there.",
)
def main(**options: Any) -> None:
    """Measure engines beside each other on the same terms. Exit code 1: one failed, or answers are wrong."""
    json_file, picture_file, beside = (options.pop(name) for name in ("json_file", "picture_file", "beside"))
    if not options["engines"]:
        raise click.UsageError(f"name an engine: {', '.join(ENGINES)}")
    smaller = json.loads(beside.read_text(encoding="utf-8")) if beside else None
    try:
        report: dict[str, Any] = {}
        for report in run(Plan(**options), lambda line: print(line, file=sys.stderr)):
            if json_file:
                json_file.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        print(f"bench_engines: {error}", file=sys.stderr)
        sys.exit(2)
    if picture_file:
        picture_file.write_text(picture(report), encoding="utf-8")
    print(table(report))
    if smaller:
        print(growth(report, smaller))
    sys.exit(1 if report["wrong"] or report["failed"] else 0)


@dataclass(frozen=True, slots=True)
class Small:
    """A small corpus with its questions and all their answers, for `make bench`."""

    articles: list[BenchArticle]
    questions: Mapping[str, Sequence[Question]]
    right: Mapping[str, Sequence[Sequence[BenchArticle]]]


@pytest.fixture(scope="session")
def small() -> Small:
    """The same articles for every engine."""
    corpus = corpus_file(SMALL_ARTICLES)
    articles = list(read_corpus(corpus))
    questions = questions_of(corpus, SMALL_QUERIES)
    right = {
        name: [[article for article in articles if matches(article, question)] for question in of_class]
        for name, of_class in questions.items()
    }
    return Small(articles, questions, right)


@pytest.fixture(scope="session", params=SMALL_ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """An engine that is here."""
    found = engine_named(request.param)
    assert not isinstance(found, OutsideEngine)
    try:
        found.version()
    except EngineMissing as error:
        pytest.skip(str(error))
    return found


@pytest.fixture(scope="session")
def index(engine: Engine, small: Small, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIndex]:
    """The engine's index of the small corpus."""
    directory = tmp_path_factory.mktemp(engine.name)
    engine.build(iter(small.articles), directory)
    opened = engine.open(directory)
    yield opened
    opened.close()


@pytest.mark.parametrize("name", CLASSES)
def test_queries(
    benchmark: BenchmarkFixture, engine: Engine, index: OpenIndex, small: Small, name: str
) -> None:
    """All questions of a class, one after the other."""
    questions = small.questions[name]
    benchmark.group = f"engines, {name}"
    benchmark.extra_info |= {"engine": engine.name, "queries": len(questions)}
    ask = lambda: [index.answer(question) for question in questions]  # noqa: E731 -- what is timed
    answers = benchmark.pedantic(ask, rounds=5, warmup_rounds=1)
    for question, answer, right in zip(questions, answers, small.right[name], strict=True):
        assert len(answer.ids) == min(TOP, len(right))
        assert {article.id for article in right} >= set(answer.ids)
        if question.want == "count":
            assert answer.total == len(right)
        elif question.want == "facets":
            assert answer.facets == Counter(article.lang for article in right)
        elif question.want == "newest":
            newest = sorted(right, key=lambda article: -article.date)[:TOP]
            assert list(answer.ids) == [article.id for article in newest]


def test_bulk_indexing(benchmark: BenchmarkFixture, engine: Engine, small: Small, tmp_path: Path) -> None:
    """The small corpus from nothing to a searchable index."""
    numbers = count()

    def setup() -> tuple[tuple[Path], dict[str, object]]:
        directory = tmp_path / str(next(numbers))
        directory.mkdir()
        return (directory,), {}

    benchmark.group = "engines, indexing"
    benchmark.extra_info |= {"engine": engine.name, "articles": len(small.articles)}
    benchmark.pedantic(lambda directory: engine.build(iter(small.articles), directory), setup=setup, rounds=2)
    opened = engine.open(tmp_path / "0")
    words = (small.articles[-1].words.split(" ")[0],)
    assert opened.total(Question(words, "term")) > 0
    opened.close()


if __name__ == "__main__":
    main()
