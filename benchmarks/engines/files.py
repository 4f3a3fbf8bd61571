"""The two files that every measurement reads: articles and questions. It imports nothing large."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from .protocol import BenchArticle, Question


def corpus_line(article: BenchArticle) -> str:
    """One line of a corpus file."""
    return f"{article.id}\t{article.lang}\t{article.date}\t{article.words}\n"


def read_corpus(path: Path) -> Iterator[BenchArticle]:
    """The articles of a corpus file, one after the other."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            document, lang, date, words = line.rstrip("\n").split("\t")
            yield BenchArticle(document, lang, int(date), words)


def save_questions(questions: Mapping[str, Sequence[Question]], path: Path) -> None:
    """Class -> questions, as JSON."""
    records = {name: [asdict(each) for each in of_class] for name, of_class in questions.items()}
    path.write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")


def load_questions(path: Path) -> dict[str, list[Question]]:
    """Read what `save_questions` wrote."""
    records = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: [Question(**(each | {"words": tuple(each["words"])})) for each in of_class]
        for name, of_class in records.items()
    }
