"""When two engines have answered the same."""

from __future__ import annotations

from dataclasses import replace

from indexer.engines.base import SearchEngine, SearchRequest, SearchResponse, Sort

TOLERANCE = 1e-5
"""Engines add in another order, and keep weights as 32-bit numbers: the last digits may differ."""


class Expected:
    """What the oracle says to a request."""

    def __init__(self, request: SearchRequest, oracle: SearchEngine) -> None:
        self.request = request
        self._page = oracle.search(request)
        self.hits = oracle.search(replace(request, offset=0, limit=10_000)).hits
        """All of them."""
        self._known = {hit.id: hit for hit in self.hits}

    def compare(self, found: SearchResponse) -> None:
        """The same page up to near ties, the same total, facets and columns."""
        assert len(found.hits) == len(self._page.hits)
        for mine, theirs in zip(found.hits, self._page.hits, strict=True):
            assert abs(mine.score - self._known[mine.id].score) < TOLERANCE
            assert mine.columns == self._known[mine.id].columns
            if self.request.sort is Sort.RELEVANCE:
                assert abs(mine.score - theirs.score) < TOLERANCE
            else:
                assert mine.id == theirs.id
            if mine.id != theirs.id:
                # Not a tie for the one who ordered them so, or else they are in the order of ids.
                assert self._known[mine.id].score != theirs.score or mine.score != theirs.score
        keys = [(-hit.score, hit.id) for hit in found.hits]
        assert self.request.sort is not Sort.RELEVANCE or keys == sorted(keys)
        assert len({hit.id for hit in found.hits}) == len(found.hits)
        if self.request.exact_total:
            assert (found.total, found.total_relation) == (self._page.total, "eq")
        else:
            assert found.total_relation in {"eq", "gte"}
            assert len(found.hits) <= found.total <= self._page.total
        assert found.facets == self._page.facets
