"""One state of an index after the other: what is taken over from the one before answers as if read anew."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from indexer.engines.base import Change, Delete, SearchEngine, SearchRequest, SearchResponse, Sort, Upsert
from indexer.engines.memory_engine import MemoryEngine
from indexer.engines.query import And, Between, Everything, Or, Phrase, Query, Term
from indexer.engines.whoosh_engine import WhooshEngine
from indexer.engines.whoosh_engine.codec.segment import Postings, Segment

from .documents import FIELD, document

WORDS = [f"w{number}" for number in range(40)]
FACETS = ("lang", "group", "author", "tag", "year", "month")
_FIRST = 300
_STATES = 37
"""More than so many small segments wait for a merge."""


def _changed(chance: random.Random, number: int) -> Upsert:
    columns: dict[str, object] = {
        # Few are in the common words, as in a language.
        "text": " ".join(chance.choices(WORDS, [1 / (n + 1) for n in range(40)], k=chance.randint(0, 30))),
        "lang": chance.choice(["ar", "vi", "en", f"x{number % 7}"]),
        "group": f"g{chance.randint(0, 400)}",
        "year": chance.randint(1990, 2030),
    }
    if chance.random() < 0.7:
        columns["author"] = [f"a{chance.randint(0, 90)}" for _ in range(chance.randint(1, 3))]
    if chance.random() < 0.2:
        columns["tag"] = [f"t{number}"]
    return Upsert(document(f"d{number:05}", columns))


def _counted(answer: SearchResponse | list[int] | tuple[int, float]) -> object:
    """What two engines agree about whatever their order of equal scores."""
    if isinstance(answer, SearchResponse):
        return answer.total, answer.facets, [hit.score for hit in answer.hits]
    return [round(number, 6) for number in answer]


def _answers(engine: SearchEngine) -> Sequence[SearchResponse | list[int] | tuple[int, float]]:
    queries: list[Query] = [
        *(Term(FIELD, word) for word in (WORDS[0], WORDS[5], WORDS[39], "none")),
        Or(tuple(Term(FIELD, word) for word in WORDS[3:30])),
        And((Term(FIELD, WORDS[0]), Phrase(FIELD, ((0, WORDS[0]), (1, WORDS[1]))))),
        Or(tuple(Phrase(FIELD, ((0, one), (1, WORDS[0]))) for one in WORDS[:15])),
        And((Everything(), Between("year", 2000, 2010))),
    ]
    found: list[SearchResponse | list[int] | tuple[int, float]] = []
    for query in queries:
        for sort in (Sort.RELEVANCE, Sort.NEWEST):
            answer = engine.search(SearchRequest(query, facets=FACETS, sort=sort, limit=20, facet_limit=500))
            found.append(SearchResponse(answer.hits, answer.total, answer.total_relation, answer.facets, 0.0))
    found += [engine.document_frequencies(FIELD, WORDS), engine.document_frequencies(FIELD, WORDS[:3])]
    return [*found, engine.field_size(FIELD)]


@pytest.mark.parametrize("seed", range(2))
def test_a_state_answers_as_when_it_is_opened_anew(tmp_path: Path, seed: int) -> None:
    """Lists, counts, lengths, facets and filters, after commits that add, change, delete and merge."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    engine, oracle = WhooshEngine.create(tmp_path), MemoryEngine()
    first = [_changed(chance, number) for number in range(_FIRST)]
    engine.apply(first)
    oracle.apply(first)
    for state in range(_STATES):
        known = _FIRST + state
        changes: list[Change] = [_changed(chance, known)]
        if chance.random() < 0.5:
            changes.append(_changed(chance, chance.randrange(known)))
        if chance.random() < 0.3:
            changes.append(Delete(f"d{chance.randrange(known):05}"))
        engine.apply(changes, merge_later=True)
        oracle.apply(changes)
        # Some states are never asked.
        if state % 4 == 1:
            found, expected = _answers(engine), _answers(oracle)
            for one, other in zip(found, expected, strict=True):
                assert _counted(one) == _counted(other)
        if state % 12 == 0:
            anew = WhooshEngine.open(tmp_path, read_only=True)
            assert _answers(anew) == _answers(engine)
            anew.close()
    engine.close()


def test_the_lists_of_a_large_segment_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit of one article, and one that is deleted, do not make it read again."""
    chance = random.Random(9)  # noqa: S311  # no secret
    engine = WhooshEngine.create(tmp_path)
    engine.apply([_changed(chance, number) for number in range(_FIRST)])
    (large,) = engine._view.segments  # noqa: SLF001 -- the only one who knows
    _answers(engine)
    read: list[int] = []
    reading = Segment.postings

    def postings(segment: Segment, number: int) -> Postings:
        if segment is large:
            read.append(number)
        return reading(segment, number)

    monkeypatch.setattr(Segment, "postings", postings)
    engine.apply([_changed(chance, _FIRST), Delete("d00007")], merge_later=True)
    asked = SearchRequest(Or((Term(FIELD, WORDS[0]), Term(FIELD, WORDS[5]))))
    assert engine.search(asked).total
    assert read == []
    engine.close()


def test_many_phrases_find_nothing_in_an_empty_index(tmp_path: Path) -> None:
    """Though their words would be read at once."""
    engine = WhooshEngine.create(tmp_path)
    phrases = Or(tuple(Phrase(FIELD, ((0, word), (1, WORDS[0]))) for word in WORDS))
    assert engine.search(SearchRequest(phrases)).total == 0
    engine.close()
