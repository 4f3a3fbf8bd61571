"""Answers of one state of an index that were asked for last: the page of an article is asked again and again.

Only what the index says is remembered. Articles are read anew each time, so that one which was taken out of
the archive is not shown.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Protocol

from indexer.engines.base import SearchEngine, SearchRequest, SearchResponse

_KEPT = 1_000
"""Searches, each a few dozen hits and at most some hundred terms."""


class Answers(Protocol):
    """What related stories ask of an engine, as `SearchEngine` has it."""

    def search(self, request: SearchRequest) -> SearchResponse:
        """See `SearchEngine.search`."""

    def document_frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """See `SearchEngine.document_frequencies`."""

    def field_size(self, field: str) -> tuple[int, float]:
        """See `SearchEngine.field_size`."""


class RecentSearches:
    """An engine at one state, as far as related stories ask it. Safe for several threads."""

    def __init__(self, engine: SearchEngine) -> None:
        self._engine = engine
        self._kept: OrderedDict[SearchRequest, SearchResponse] = OrderedDict()
        self._lock = Lock()

    def search(self, request: SearchRequest) -> SearchResponse:
        """See `SearchEngine.search`."""
        with self._lock:
            kept = self._kept.get(request)
            if kept is not None:
                self._kept.move_to_end(request)
                return kept
        answer = self._engine.search(request)
        with self._lock:
            self._kept[request] = answer
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return answer

    def document_frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """See `SearchEngine.document_frequencies`."""
        return self._engine.document_frequencies(field, terms)

    def field_size(self, field: str) -> tuple[int, float]:
        """See `SearchEngine.field_size`."""
        return self._engine.field_size(field)
