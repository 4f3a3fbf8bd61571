"""When two engines have answered the same."""

from __future__ import annotations

from dataclasses import replace

from indexer.engines.base import SearchEngine, SearchRequest, SearchResponse, Sort

TOLERANCE = 1e-5
"""Engines add in another order, and keep weights as 32-bit numbers: the last digits may differ."""


def assert_agrees(found: SearchResponse, request: SearchRequest, oracle: SearchEngine) -> None:
    """The same page up to near ties, the same total, facets and columns as the oracle."""
    expected = oracle.search(request)
    everything = oracle.search(replace(request, offset=0, limit=10_000))
    known = {hit.id: hit for hit in everything.hits}
    assert len(found.hits) == len(expected.hits)
    for mine, theirs in zip(found.hits, expected.hits, strict=True):
        assert abs(mine.score - known[mine.id].score) < TOLERANCE
        assert mine.columns == known[mine.id].columns
        if request.sort is Sort.RELEVANCE:
            assert abs(mine.score - theirs.score) < TOLERANCE
        else:
            assert mine.id == theirs.id
        if mine.id != theirs.id:
            assert mine.score != theirs.score, "equal scores must be in order of ids"
    assert len({hit.id for hit in found.hits}) == len(found.hits)
    if request.exact_total:
        assert (found.total, found.total_relation) == (expected.total, "eq")
    else:
        assert found.total_relation in {"eq", "gte"}
        assert len(found.hits) <= found.total <= expected.total
    assert found.facets == expected.facets
