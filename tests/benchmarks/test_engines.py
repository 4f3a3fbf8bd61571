"""The comparison of engines: the articles and questions are what they are said to be, and figures add up."""

from __future__ import annotations

import doctest
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from benchmarks import bench_engines
from benchmarks.engines import corpus, oracle, picture, results, runs
from benchmarks.engines.changes import changes
from benchmarks.engines.corpus import PATTERN, generated
from benchmarks.engines.files import load_questions, save_questions
from benchmarks.engines.protocol import BenchArticle, Question
from benchmarks.engines.questions import CLASSES, MIDDLING, RARE, chosen_questions, document_frequencies
from benchmarks.engines.runs import Plan, report
from benchmarks.engines.table import growth, table

TEXTS = {
    "ar": ["وصل الوزير إلى هانوي. عاد الفريق من المباراة.", "أسعار القهوة في السوق اليوم."],
    "vi": ["Bộ trưởng đến Hà Nội. Đội bóng trở về sau trận đấu."],
    "en": ["The minister arrived in Hanoi. The team came back from the match."],
}


@pytest.fixture(scope="module")
def articles() -> list[BenchArticle]:
    """A thousand articles out of the sentences above."""
    return list(islice(generated(TEXTS), 1_000))


@pytest.fixture(scope="module")
def asked(articles: list[BenchArticle]) -> dict[str, list[Question]]:
    """Twenty questions of each class about them."""
    return chosen_questions(*document_frequencies(articles), articles, 20)


@pytest.mark.parametrize(("module", "examples"), [(corpus, 1), (oracle, 2), (picture, 2), (results, 2)])
def test_the_examples_in_docstrings_hold(module: ModuleType, examples: int) -> None:
    assert doctest.testmod(module) == doctest.TestResults(failed=0, attempted=examples)


def test_a_larger_corpus_begins_with_the_smaller_one(articles: list[BenchArticle]) -> None:
    assert list(islice(generated(TEXTS), 10)) == articles[:10]


def test_real_texts_come_first_and_languages_take_turns(articles: list[BenchArticle]) -> None:
    assert [article.lang for article in articles[:10]] == [*PATTERN, *PATTERN]
    assert articles[0].words == "وصل الوزير إلى هانوي عاد الفريق من المباراة"
    assert articles[2].words == "أسعار القهوة في السوق اليوم"


def test_ids_ascend_and_no_date_is_there_twice(articles: list[BenchArticle]) -> None:
    ids = [article.id for article in articles]
    assert ids == sorted(set(ids))
    assert len({article.date for article in articles}) == len(articles)


def test_one_word_in_a_hundred_is_new(articles: list[BenchArticle]) -> None:
    known = {word for texts in TEXTS.values() for text in texts for word in corpus.words_of(text).split()}
    drawn = [word for article in articles[10:] for word in article.words.split(" ")]
    assert 0.008 < sum(word not in known for word in drawn) / len(drawn) < 0.012


def test_words_of_a_question_are_as_common_as_its_class_says(
    articles: list[BenchArticle], asked: Mapping[str, Sequence[Question]]
) -> None:
    """Counted by looking at every article."""
    assert set(asked) == set(CLASSES)
    for question in asked["rare"]:
        assert RARE[0] <= found(question, articles) <= RARE[1]
    for name in ("or", "and"):
        for question in asked[name]:
            for word in question.words:
                share = found(Question((word,), "term"), articles) / len(articles)
                assert MIDDLING[0] <= share <= MIDDLING[1]
    for name in ("and", "phrase", "prefix", "frequent"):
        assert all(found(question, articles) for question in asked[name])


def test_frequent_words_are_in_a_tenth_of_the_articles() -> None:
    frequencies = {f"w{df}": df for df in range(1, 1_000)}
    made = chosen_questions(frequencies, 1_000, [], 3)["frequent"]
    assert {question.words for question in made} == {("w99",), ("w100",), ("w101",)}


def test_questions_come_back_from_their_file(asked: Mapping[str, list[Question]], tmp_path: Path) -> None:
    save_questions(asked, tmp_path / "asked.json")
    assert load_questions(tmp_path / "asked.json") == asked


def test_a_written_article_is_found_by_the_last_of_its_words(articles: list[BenchArticle]) -> None:
    commits = changes(articles, len(articles))
    written = [new for commit in commits for _, new in commit]
    assert [len(commit) for commit in commits] == [1] * 11 + [100] * 3
    words = [new.words.rsplit(" ", 1)[1] for new in written]
    assert len(set(words)) == len(words)
    assert not {word for article in articles for word in article.words.split(" ")} & set(words)
    assert all(old is None or old.id == new.id for commit in commits for old, new in commit)


def found(question: Question, articles: Sequence[BenchArticle]) -> int:
    """How many articles match."""
    return sum(oracle.matches(article, question) for article in articles)


def of_class(totals: Sequence[int], ids: Sequence[Sequence[str]], ms: float) -> dict[str, Any]:
    """A class as a measurement gives it, every question taking the same time."""
    times = [round(ms * 1_000_000)] * len(totals)
    answers = [{"ids": list(each), "total": None, "facets": None} for each in ids]
    each_pass = {"cpu_ns": times, "wall_ns": times}
    return {"first": each_pass, "passes": [each_pass] * 3, "answers": answers, "totals": list(totals)}


def raw(ms: float, totals: Sequence[int] = (2, 1), first: str = "a") -> dict[str, Any]:
    """All steps of one engine."""
    about = {"version": "1", "commits": "none", "peak_mb": 10.0, "rss_mb": 9.0, "own_mb": 8.0}
    second = 1_000_000_000
    return {
        "build": {**about, "cpu_ns": [2 * second], "wall_ns": [4 * second], "bytes": 5_000_000},
        "open": [{**about, "cpu_ns": [1_000_000, 2_000_000], "wall_ns": [1_000_000, 3_000_000]}] * 5,
        "ask": {
            **about,
            "asking": {"rss_mb": 9.0, "own_mb": 8.0},
            "classes": {"or": of_class(totals, [[first, "b"], ["c"]], ms)},
        },
        "change": {
            **about,
            "cpu_ns": [9_000_000, 1_000_000, 1_000_000, 7_000_000],
            "wall_ns": [9_000_000, 2_000_000, 2_000_000, 8_000_000],
            "changed": [1, 1, 1, 100],
        },
    }


PLAN = Plan(articles=1_000, engines=("dalil", "tantivy"))


def test_figures_are_what_was_measured() -> None:
    made = report(PLAN, 340_000, {"dalil": raw(0.5), "tantivy": raw(0.25)}, {"lucene": "no Java"})
    figures = made["figures"]["dalil"]
    assert figures["build"]["articles_per_cpu_s"] == 500
    assert figures["build"]["articles_per_s"] == 250
    assert figures["open"] == {"cpu_ms": 3, "wall_ms": 4}
    assert figures["change"]["add_1_wall_ms"] == 2  # the first commit is left out
    assert figures["change"]["update_100_cpu_ms"] == 7
    assert figures["or"]["cpu_p50_ms"] == figures["or"]["wall_p95_ms"] == 0.5
    assert made["ratios"]["tantivy"]["or"]["cpu_p50_ms"] == 2
    assert (made["reference"], made["wrong"], made["disagreements"]) == ("tantivy", [], [])


def test_the_median_over_passes_is_taken_of_each_percentile() -> None:
    passes = [{"cpu_ns": [1_000_000 * part, 9_000_000], "wall_ns": [1, 1]} for part in (1, 2, 6)]
    assert results.latencies(passes)["cpu_p50_ms"] == 2
    assert results.latencies(passes)["cpu_p95_ms"] == 9


def test_growth_is_between_runs_of_the_same_engine() -> None:
    small = report(PLAN, 340_000, {"dalil": raw(0.5)}, {})
    large = report(replace(PLAN, articles=5_000), 340_000, {"dalil": raw(2), "tantivy": raw(1)}, {})
    first, row = growth(large, small).splitlines()
    assert first.startswith("5 times the articles")
    assert row.split() == ["or", "4", "-"]


@pytest.mark.parametrize(
    ("other", "says"),
    [
        pytest.param(raw(1, totals=(3, 1)), "dalil, or: 1 of 2 totals differ", id="counts otherwise"),
        pytest.param(
            {**raw(1), "ask": {**raw(1)["ask"], "classes": {"or": of_class((2, 1), [["x", "y"], ["z"]], 1)}}},
            "dalil, or: only 0.00 of the first ten are shared",
            id="finds other articles",
        ),
    ],
)
def test_an_engine_that_answers_otherwise_is_named(other: Mapping[str, Any], says: str) -> None:
    made = report(PLAN, 340_000, {"dalil": other, "tantivy": raw(1)}, {})
    assert made["wrong"] == [says]
    assert f"WRONG: {says}" in table({**made, "failed": []})


def test_the_picture_has_a_longer_bar_for_a_slower_engine() -> None:
    made = report(PLAN, 340_000, {"dalil": raw(8), "tantivy": raw(0.02)}, {})
    drawn = ET.fromstring(picture.picture(made))  # noqa: S314 -- our own
    bars = {bar[0].text: float(bar.get("width", "")) for bar in drawn if len(bar)}
    assert list(bars) == ["dalil, or: 8 ms", "tantivy, or: 0.02 ms"]
    assert bars["dalil, or: 8 ms"] > 5 * bars["tantivy, or: 0.02 ms"]


@pytest.fixture
def little_corpus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No public data: articles are drawn from the sample archive, and kept in a folder of the test."""
    monkeypatch.setattr(corpus, "SHARED", tmp_path / "nothing")
    monkeypatch.setattr(corpus, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(runs, "HOME", tmp_path / "peers")
    return tmp_path


def test_the_command_measures_and_writes(little_corpus: Path) -> None:
    written, drawn = little_corpus / "run.json", little_corpus / "run.svg"
    asked = ["--articles", "1000", "--queries", "5", "--engines", "dalil,fts5"]
    done = CliRunner().invoke(bench_engines.main, [*asked, "--json", str(written), "--picture", str(drawn)])
    assert done.exit_code == 0, done.output
    made = json.loads(written.read_text(encoding="utf-8"))
    assert list(made["figures"]) == ["dalil", "fts5"]
    assert set(CLASSES) <= set(made["figures"]["dalil"])
    assert made["disagreements"] == made["failed"] == []
    assert "facets" in done.stdout
    assert drawn.read_text(encoding="utf-8").startswith("<svg")


def test_a_failing_engine_does_not_hide_the_others(
    little_corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(runs.TaskFailed):
        pass

    measured = runs.run_apart

    def run_apart(task: Any, file: Path) -> dict[str, Any]:
        if task.engine == "dalil":
            raise Broken("dalil, build: no room left")
        return measured(task, file)

    monkeypatch.setattr(runs, "run_apart", run_apart)
    asked = ["--articles", "1000", "--queries", "2", "--classes", "rare", "--steps", "ask"]
    done = CliRunner().invoke(bench_engines.main, [*asked, "--engines", "dalil,fts5"])
    assert done.exit_code == 1
    assert "FAILED: dalil, build: no room left" in done.stdout
    assert "SQLite" in done.stdout
    assert little_corpus.exists()
