"""Documents and questions of one language: judged sets, and known items made of plain news.

A known item is an article asked for by a part of itself that the index does not have: its headline, its lead.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..data_sets import DataSet, json_lines
from .protocol import PeerDocument

MOST_KNOWN_ITEMS = 1_000
"""Known items asked for in one set."""
_SEED = 20_260_101

POOLS: Mapping[str, Sequence[str]] = {
    "ar": ("xquad", "arcd", "mlqa-ar-dev", "ntrex128", "ant-jawhara", "ant-multisource"),
    "vi": ("xquad", "viquad-sample", "zalo2019-test-vi", "vietnamese-mds", "ntrex128", "vietnews"),
    "en": ("xquad", "ntrex128"),
}
"""Language -> the sets whose documents stand in one index."""

KNOWN_ITEMS: Mapping[str, str] = {"ant-jawhara": "title", "ant-multisource": "title", "vietnews": "lead"}
"""Set -> the part of an article that is asked for and not indexed."""


@dataclass(frozen=True, slots=True)
class Question:
    """One query of a set; ids of documents have the set's name before them."""

    id: str
    text: str
    relevant: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The documents of a set in one language and what is asked about them."""

    name: str
    lang: str
    documents: Sequence[PeerDocument]
    questions: Sequence[Question]
    """In file order; empty for a set that only makes the pool larger."""


def question_set(data_set: DataSet, lang: str) -> QuestionSet:
    """A set's documents of a language, with its judged queries or its known items."""
    records = [record for record in json_lines(data_set.corpus) if record.get("lang") == lang]
    documents = [_document(data_set.name, record) for record in records]
    part = KNOWN_ITEMS.get(data_set.name)
    if part is not None:
        questions = _known_items(data_set.name, documents, part)
        return QuestionSet(data_set.name, lang, [_without(d, part) for d in documents], questions)
    return QuestionSet(data_set.name, lang, documents, _judged(data_set, lang))


def pooled(sets: Iterable[QuestionSet]) -> list[PeerDocument]:
    """The documents of all sets."""
    return [document for each in sets for document in each.documents]


def _document(name: str, record: Mapping[str, Any]) -> PeerDocument:
    title, lead, body = (str(record.get(key) or "").strip() for key in ("title", "summary", "body"))
    return PeerDocument(f"{name}/{record['id']}", title, lead, body)


def _judged(data_set: DataSet, lang: str) -> list[Question]:
    if not (data_set.folder / "qrels.tsv").is_file():
        return []
    qrels = data_set.qrels()
    return [
        Question(
            f"{data_set.name}/{query.id}",
            query.text,
            {f"{data_set.name}/{document}": grade for document, grade in qrels[query.id].items()},
        )
        for query in data_set.queries()
        if query.lang == lang and query.id in qrels
    ]


def _known_items(name: str, documents: Sequence[PeerDocument], part: str) -> list[Question]:
    able = [document for document in documents if getattr(document, part) and _without(document, part).text]
    if len(able) > MOST_KNOWN_ITEMS:
        chosen = random.Random(_SEED).sample(range(len(able)), MOST_KNOWN_ITEMS)  # noqa: S311  # no secret
        able = [able[number] for number in sorted(chosen)]
    return [Question(f"{name}/{d.id}?", " ".join(getattr(d, part).split()), {d.id: 1}) for d in able]


def _without(document: PeerDocument, part: str) -> PeerDocument:
    """The document without its title or its lead, also where lead or body begin by repeating it."""
    gone = getattr(document, part)
    kept = {
        name: "" if name == part else _beheaded(getattr(document, name), gone)
        for name in ("title", "lead", "body")
    }
    return PeerDocument(document.id, **kept)


def _beheaded(text: str, head: str) -> str:
    return text.removeprefix(head).lstrip() if head else text
