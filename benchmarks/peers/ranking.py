"""Several engines on the same documents and questions: who has the right article higher up?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..data_sets import DataSetError
from ..metrics import SEARCH_MEASURES, measured
from .protocol import Answers, Peer, PeerDocument, PeerMissing
from .question_sets import Question, QuestionSet, pooled

LIMIT = 100
"""Documents taken from the top of every answer."""
HALVES = ("odd", "even")
"""Questions by their line in the set, the first one odd: rules are made on one half, checked on the other."""

Reshape = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Index:
    """Documents in one index, and the sets that are asked there."""

    lang: str
    documents: Sequence[PeerDocument]
    asked: Sequence[QuestionSet]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one engine found in one index."""

    engine: str
    answers: Answers


def pool_of(lang: str, sets: Sequence[QuestionSet], names: Sequence[str]) -> Index:
    """One index of all sets, in which those of `names` are asked."""
    return Index(lang, pooled(sets), [each for each in sets if each.name in names and each.questions])


def alone(lang: str, sets: Sequence[QuestionSet], names: Sequence[str]) -> list[Index]:
    """An index for each set of `names`."""
    return [Index(lang, each.documents, [each]) for each in sets if each.name in names and each.questions]


def half_of(questions: Sequence[Question], half: str) -> Sequence[Question]:
    """The questions of one half; of `both` halves all."""
    return questions if half == "both" else questions[HALVES.index(half) :: len(HALVES)]


def outcomes(
    index: Index, engines: Sequence[Peer], reshape: Reshape, half: str, skipped: dict[str, str]
) -> list[Outcome]:
    """Ask every engine that is there; those that are not are named in `skipped` with the reason.

    Raises `DataSetError` if two engines hold different numbers of documents.
    """
    queries = {
        question.id: reshape(question.text)
        for each in index.asked
        for question in half_of(each.questions, half)
    }
    found = []
    for engine in engines:
        if engine.name in skipped or not engine.serves(index.lang):
            continue
        try:
            answers = engine.answer(index.lang, index.documents, queries, LIMIT)
            found.append(Outcome(engine.name, answers))
        except PeerMissing as missing:
            skipped[engine.name] = str(missing)
    held = {outcome.engine: outcome.answers.documents for outcome in found}
    if any(count != len(index.documents) for count in held.values()):
        raise DataSetError(
            f"the engines hold different numbers of documents, there are {len(index.documents)}: {held}; "
            "their answers cannot be compared"
        )
    return found


def scores(each: QuestionSet, outcome: Outcome, half: str) -> dict[str, float]:
    """Measure -> mean over the questions; with both halves asked, MRR@10 of each half too."""
    found = outcome.answers.found
    asked = half_of(each.questions, half)
    numbers = measured({q.id: q.relevant for q in asked}, found, SEARCH_MEASURES)
    if half == "both":
        for part in HALVES:
            qrels = {q.id: q.relevant for q in half_of(each.questions, part)}
            numbers[f"MRR@10 {part}"] = measured(qrels, found, SEARCH_MEASURES)["MRR@10"] if qrels else 0.0
    return numbers


def gains(by_engine: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """By how much Dalil is above the best peer of each measure; empty without Dalil or without a peer."""
    peers = [numbers for name, numbers in by_engine.items() if not name.startswith("dalil")]
    if "dalil" not in by_engine or not peers:
        return {}
    return {
        measure: round(value - max(numbers[measure] for numbers in peers), 4)
        for measure, value in by_engine["dalil"].items()
    }
