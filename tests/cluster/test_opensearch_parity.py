"""Any documents, any queries: the engine over a cluster answers as the oracle does.

Its frequencies are rounded to steps, so that scores may differ in the fourth digit. Positions of a field have
one unit there, as the schema gives them, so the documents here have too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from indexer.engines.base import Change, Occurrences, SearchRequest, Sort, Upsert
from indexer.engines.memory_engine import MemoryEngine
from indexer.engines.opensearch_engine import OpenSearchEngine
from indexer.engines.query import And, Boost, Near, Not, Optionally, Or, Phrase, Query
from tests.cluster.engine_indexes import Made, indexes_of, running_node
from tests.indexer.engines.corpora import IDS, PLAIN, WORDS, a_request, commits, word
from tests.indexer.engines.documents import FIELD

LOOSE = "xx.word"
UNIT = 8
SHARE = 2e-4
"""Of a score, by which it may differ."""


@pytest.fixture(scope="module")
def url(request: pytest.FixtureRequest) -> str:
    """The address of a node."""
    return running_node() or str(request.getfixturevalue("one_node").url)


@pytest.fixture(scope="module")
def indexes(url: str) -> Iterator[Made]:
    """Makes empty indexes."""
    with indexes_of(url) as made:
        yield made


def _occurrences(random: Random, unit: int) -> Occurrences:
    terms = [word(random) for _ in range(random.randint(1, 12))]
    places: list[int] = []
    place = random.choice([0, 0, 3, 500])
    for _ in terms:
        places.append(place * unit + (random.randrange(2) if unit > 1 else 0))
        place += random.choice([1, 1, 1, 1, 2, 3, 99, 100, 101, 102, 150])
    return Occurrences(terms, [random.choice([1.0, 2.0, 3.0, 1.0625]) for _ in terms], places)


def _with_places(random: Random, change: Change) -> Change:
    if not isinstance(change, Upsert):
        return change
    fields = dict(change.document.fields)
    if FIELD in fields:
        fields[FIELD] = _occurrences(random, UNIT)
    if random.random() < 0.5:
        fields[LOOSE] = _occurrences(random, 1)
    return Upsert(replace(change.document, fields=fields))


def _placed(random: Random, query: Query) -> Query:
    """The tree with phrases as the schema asks them, in a field of either kind."""
    match query:
        case Phrase(field, terms, boost):
            if field == FIELD and random.random() < 0.5:
                shaped = tuple((at * UNIT + random.randrange(2), text) for at, (_, text) in enumerate(terms))
                return Phrase(FIELD, shaped, boost, UNIT)
            gap = random.choice([1, 1, 2])
            return Phrase(LOOSE, tuple((at * gap, text) for at, (_, text) in enumerate(terms)), boost)
        case Near(field, terms, distance, boost):
            if field == FIELD and random.random() < 0.5:
                return Near(FIELD, terms, distance, boost, UNIT)
            return Near(LOOSE, terms, distance, boost, 1)
        case And(children):
            return And(tuple(_placed(random, child) for child in children))
        case Or(children, minimum):
            return Or(tuple(_placed(random, child) for child in children), minimum)
        case Not(child):
            return Not(_placed(random, child))
        case Boost(child, factor):
            return Boost(_placed(random, child), factor)
        case Optionally(required, optional):
            return Optionally(_placed(random, required), _placed(random, optional))
        case _:
            return query


def _averages(oracle: MemoryEngine) -> dict[str, float]:
    return {field: oracle.field_size(field)[1] or 1.0 for field in (FIELD, PLAIN, LOOSE)}


@pytest.mark.parametrize("seed", range(12))
def test_the_cluster_answers_as_the_oracle(indexes: Made, seed: int) -> None:
    """Pages, totals, facets and statistics of documents that were changed again and again."""
    random = Random(seed)  # noqa: S311 -- the same every time
    oracle = MemoryEngine()
    all_changes = [[_with_places(random, change) for change in commit] for commit in commits(random)]
    for changes in all_changes:
        oracle.apply(changes)
    changed = indexes(_averages(oracle), {FIELD: UNIT})
    for changes in all_changes:
        changed.apply(changes)
    _compare_statistics(changed, oracle)
    # Lucene counts deleted documents in its idfs until a merge takes them away.
    fresh = indexes(_averages(oracle), {FIELD: UNIT})
    fresh.apply(_final(all_changes))
    for _ in range(40):
        request = a_request(random)
        request = replace(
            request, query=_placed(random, request.query), filter=_placed(random, request.filter)
        )
        _compare(changed, oracle, request, scores=False)
        _compare(fresh, oracle, request, scores=True)
        name = random.choice(IDS)
        mine, theirs = fresh.score_of(request.query, name), oracle.score_of(request.query, name)
        assert (mine is None) == (theirs is None)


def _final(all_changes: list[list[Change]]) -> list[Change]:
    """The last change of each document, if that is no deletion."""
    last = {c.document.id if isinstance(c, Upsert) else c.id: c for changes in all_changes for c in changes}
    return [change for change in last.values() if isinstance(change, Upsert)]


def _compare_statistics(engine: OpenSearchEngine, oracle: MemoryEngine) -> None:
    assert engine.statistics() == oracle.statistics()
    assert sorted(engine.ids()) == sorted(oracle.ids())
    for field in (FIELD, PLAIN, LOOSE, "no.such"):
        assert engine.terms(field) == oracle.terms(field)
        assert engine.terms(field, "c", 1) == oracle.terms(field, "c", 1)
        assert engine.document_frequencies(field, WORDS) == oracle.document_frequencies(field, WORDS)
        (count, average), (others, expected) = engine.field_size(field), oracle.field_size(field)
        assert count == others
        assert abs(average - expected) <= 1e-4 * expected


def _compare(engine: OpenSearchEngine, oracle: MemoryEngine, request: SearchRequest, *, scores: bool) -> None:
    found, wanted = engine.search(request), oracle.search(request)
    known = {hit.id: hit for hit in oracle.search(replace(request, offset=0, limit=10_000)).hits}
    assert (len(found.hits), found.total, found.facets) == (len(wanted.hits), wanted.total, wanted.facets)
    for mine, theirs in zip(found.hits, wanted.hits, strict=True):
        assert mine.columns == known[mine.id].columns
        if request.sort is not Sort.RELEVANCE:
            assert mine.id == theirs.id
        if scores:
            assert mine.score == pytest.approx(known[mine.id].score, rel=SHARE, abs=1e-6)
        if scores and request.sort is Sort.RELEVANCE:
            assert mine.score == pytest.approx(theirs.score, rel=SHARE, abs=1e-6)
