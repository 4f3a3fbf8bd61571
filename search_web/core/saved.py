"""What is new in a saved search: the newest articles of it that were not among those seen before.

Not by dates alone, since an article may be published at eight and reach the index at nine; nor by the change
log, since a correction is nothing new.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from indexer.engines.base import Sort

from .pages import Result, ResultPage, SearchInput

LOOKED_AT = 100
"""Newest articles of a search in which new ones are looked for."""
REMEMBERED = 2 * LOOKED_AT
"""Newest articles that are remembered at a visit: where some are removed, older ones are not new."""


class Search(Protocol):
    """The part of the service that is needed here."""

    def search(self, request: SearchInput) -> ResultPage:
        """One page of results."""


@dataclass(frozen=True, slots=True)
class News:
    """What a saved search finds that it did not find at the last visit."""

    results: tuple[Result, ...]
    """The newest first, at most `LOOKED_AT`."""
    more: bool
    """Whether there may be more of them than these."""


def newest_ids(service: Search, search: SearchInput) -> tuple[str, ...]:
    """What is to be remembered of a search now. Raises as `SearchService.search`."""
    return tuple(result.id for result in _newest(service, search, REMEMBERED, snippets=False))


def news(service: Search, search: SearchInput, seen: Collection[str], *, snippets: bool = False) -> News:
    """The articles of a search that are not among those seen. Raises as `SearchService.search`."""
    results = _newest(service, search, LOOKED_AT, snippets=snippets)
    fresh = tuple(result for result in results if result.id not in seen)
    return News(fresh, more=len(fresh) == LOOKED_AT)


def _newest(service: Search, search: SearchInput, limit: int, *, snippets: bool) -> Sequence[Result]:
    request = replace(
        search,
        page=1,
        page_size=limit,
        sort=Sort.NEWEST,
        facets=False,
        snippets=snippets,
        as_typed=True,
        fold=False,
    )
    return service.search(request).results
