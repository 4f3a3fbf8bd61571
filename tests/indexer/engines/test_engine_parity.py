"""Any documents, any queries: the Whoosh engine answers as the oracle does."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.engines.base import Change, Delete, SearchRequest, Sort, Upsert
from indexer.engines.memory_engine import MemoryEngine
from indexer.engines.query import (
    And,
    AnyOf,
    Between,
    Boost,
    Everything,
    Not,
    Nothing,
    Optionally,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
)
from indexer.engines.whoosh_engine import WhooshEngine

from .documents import FIELD, document

_WORDS = ["cat", "catalogue", "dog", "وزير", "hà", "\U0001f600"]
_word = st.sampled_from(_WORDS)
_ids = st.sampled_from(list("abcdefgh"))
_columns = st.fixed_dictionaries(
    {"text": st.lists(_word, max_size=12).map(" ".join)},
    optional={
        "lang": st.sampled_from(["ar", "en"]),
        "author": st.lists(st.sampled_from(["x", "y"]), max_size=3),
        "published_at": st.integers(0, 3),
        "year": st.integers(2023, 2025),
    },
)
_changes = st.lists(
    st.one_of(st.builds(lambda i, c: Upsert(document(i, c)), _ids, _columns), st.builds(Delete, _ids)),
    max_size=8,
)
_leaves = st.one_of(
    st.builds(Term, st.just(FIELD), _word, st.sampled_from([0.5, 1.0, 3.0])),
    st.builds(
        lambda words, gap: Phrase(FIELD, tuple((at * gap, word) for at, word in enumerate(words))),
        st.lists(_word, min_size=1, max_size=3),
        st.integers(1, 2),
    ),
    st.builds(Prefix, st.just(FIELD), st.sampled_from(["c", "cat", "z"])),
    st.builds(
        AnyOf, st.sampled_from(["lang", "author", "year"]), st.tuples(st.sampled_from(["en", "x", "2024"]))
    ),
    st.builds(Between, st.just("published_at"), st.none() | st.integers(0, 3), st.none() | st.integers(0, 3)),
    st.just(Everything()),
    st.just(Nothing()),
)


def _combined(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(children, min_size=1, max_size=4).map(tuple)
    return st.one_of(
        st.builds(And, several),
        st.builds(Or, several, st.integers(1, 3)),
        st.builds(Not, children),
        st.builds(Optionally, children, children),
        st.builds(Boost, children, st.sampled_from([0.5, 2.0])),
    )


_queries: st.SearchStrategy[Query] = st.recursive(_leaves, _combined, max_leaves=8)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    commits=st.lists(_changes, min_size=1, max_size=4),
    queries=st.lists(st.tuples(_queries, _leaves, st.sampled_from(Sort)), min_size=1, max_size=6),
)
def test_whoosh_answers_as_the_oracle(
    commits: list[list[Change]], queries: list[tuple[Query, Query, Sort]]
) -> None:
    """Same documents, same order, same total, same facets, scores within 1e-6."""
    with TemporaryDirectory() as folder:
        oracle, whoosh = MemoryEngine(), WhooshEngine.create(Path(folder))
        for changes in commits:
            oracle.apply(changes)
            whoosh.apply(changes)
        reopened = WhooshEngine.open(Path(folder), read_only=True)
        assert whoosh.statistics() == oracle.statistics()
        assert whoosh.terms(FIELD) == oracle.terms(FIELD)
        for query, selected, sort in queries:
            request = SearchRequest(query, selected, sort=sort, facets=("lang", "author", "year"))
            expected = oracle.search(request)
            for engine in (whoosh, reopened):
                found = engine.search(request)
                assert [hit.id for hit in found.hits] == [hit.id for hit in expected.hits]
                assert all(
                    abs(mine.score - theirs.score) < 2e-6
                    for mine, theirs in zip(found.hits, expected.hits, strict=True)
                )
                assert (found.total, found.facets) == (expected.total, expected.facets)
        reopened.close()
        whoosh.close()
