"""Every engine of the comparison answers as looking at each article does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.engines.adapters import ENGINES, PACKAGES, engine_named
from benchmarks.engines.files import corpus_line, save_questions
from benchmarks.engines.measuring import measure
from benchmarks.engines.oracle import matches
from benchmarks.engines.protocol import TOP, BenchArticle, EngineMissing, OutsideEngine, Question, Task
from benchmarks.engines.runs import run_apart

TEXTS = (
    "bộ trưởng đến hà nội hôm nay",
    "đội bóng hà nội trở về",
    "nội bộ đội bóng đến hà tĩnh",
    "وصل الوزير إلى هانوي",
    "عاد الوزير من هانوي اليوم",
    "the minister arrived in hanoi",
    "minister the second minister",
)
LANGS = ("vi", "vi", "vi", "ar", "ar", "en", "en")
ARTICLES = [
    BenchArticle(f"a{number:03}", LANGS[number % 7], 1_000 + number * 37 % 101, TEXTS[number % 7])
    for number in range(42)
]
APART = {*PACKAGES, "whoosh", "whoosh-stock"}
"""Engines that run in a process of their own: with packages of their own, or leaving files open."""
QUESTIONS: Mapping[str, Sequence[Question]] = {
    "rare": [Question(("tĩnh",), "term"), Question(("nowhere",), "term")],
    "frequent": [Question(("nội",), "term"), Question(("هانوي",), "term")],
    "or": [Question(("minister", "الوزير"), "any"), Question(("nowhere", "về"), "any")],
    "and": [Question(("hà", "đội"), "all"), Question(("minister", "nội"), "all")],
    "phrase": [Question(("hà", "nội"), "phrase"), Question(("nội", "hà"), "phrase")],
    "prefix": [Question(("min",), "prefix"), Question(("الو",), "prefix"), Question(("zzz",), "prefix")],
    "filter": [
        Question(("nội", "minister"), "any", "top", "vi", 1_010, 1_060),
        Question(("minister",), "any", "top", "vi", 1_010, 1_060),
    ],
    "count": [Question(("nội", "minister"), "any", "count"), Question(("nowhere",), "any", "count")],
    "facets": [Question(("hanoi",), "term", "facets"), Question(("đến",), "term", "facets")],
    "newest": [Question(("nội",), "term", "newest"), Question(("the",), "term", "newest")],
}


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Task:
    """A build of the articles; other tasks go on where it ended."""
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")  # to compile would take longer than all the rest
    corpus, asked, directory = tmp_path / "corpus.tsv", tmp_path / "asked.json", tmp_path / "index"
    corpus.write_text("".join(map(corpus_line, ARTICLES)), encoding="utf-8")
    save_questions(QUESTIONS, asked)
    directory.mkdir()
    result = str(tmp_path / "result.json")
    return Task("", "build", str(corpus), str(asked), str(directory), result, len(ARTICLES), passes=3)


def run(task: Task) -> Mapping[str, Any]:
    """Do a task; skip an engine that is not here."""
    engine = engine_named(task.engine)
    try:
        if isinstance(engine, OutsideEngine):
            return engine.run(task)
        if task.engine in APART:
            return run_apart(task, Path(task.result).with_name("task.json"))
        return measure(task, engine)
    except EngineMissing as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", ENGINES)
def test_answers_are_those_of_looking_at_each_article(name: str, task: Task) -> None:
    """Totals, ids, counts, facets and orders by date, and articles that were added or changed are found."""
    task = replace(task, engine=name)
    built = run(task)
    assert built["bytes"] > 0
    cannot = engine_named(name).cannot
    opened = run(replace(task, kind="open", number=0))
    assert len(opened["cpu_ns"]) == len(opened["wall_ns"])
    asked = run(replace(task, kind="ask"))["classes"]
    assert set(asked) == set(QUESTIONS) - cannot
    for kind, of_class in asked.items():
        for question, answer, total in zip(
            QUESTIONS[kind], of_class["answers"], of_class["totals"], strict=True
        ):
            right = [article for article in ARTICLES if matches(article, question)]
            assert total == len(right), (kind, question)
            check(question, answer, right)
        assert [len(each["cpu_ns"]) for each in of_class["passes"]] == [len(QUESTIONS[kind])] * 3
    changed = run(replace(task, kind="change"))
    if "changes" not in cannot:
        # It raises when what was written is not found.
        assert len(changed["cpu_ns"]) == len(changed["changed"]) == 14


def check(question: Question, answer: Mapping[str, Any], right: Sequence[BenchArticle]) -> None:
    """An answer beside all articles that match."""
    ids = list(answer["ids"])
    assert len(set(ids)) == len(ids) == min(TOP, len(right)), question
    assert set(ids) <= {article.id for article in right}, question
    if question.want == "newest":
        assert ids == [article.id for article in sorted(right, key=lambda each: -each.date)[:TOP]]
    assert answer["total"] == (len(right) if question.want == "count" else None)
    counted = Counter(article.lang for article in right)
    assert (answer["facets"] or {}) == (counted if question.want == "facets" else {})
