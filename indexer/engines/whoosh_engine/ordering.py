"""Which hits stand on a page, and in which order: best score or date first, equal ones by id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..base import SearchRequest, Sort
from ..bm25 import DIGITS, idf
from ..query import Everything, Term
from .codec.documents import MISSING
from .columns import Ids
from .scoring import Scores
from .view import View


def best(view: View, hits: Ids, scores: Scores, request: SearchRequest) -> list[tuple[int, float]]:
    """The wanted page of the hits: documents with their rounded scores, `scores` being those of `hits`."""
    end = request.offset + request.limit
    if request.limit == 0 or request.offset >= len(hits):
        return []
    if request.sort is Sort.RELEVANCE:
        keys: NDArray[Any] = -scores
        # Scores that are equal when they are rounded are equal.
        slack = 10.0**-DIGITS
    else:
        dates = view.numbers("published_at")[hits]
        keys = dates if request.sort is Sort.OLDEST else -dates
        keys[dates == MISSING] = np.iinfo(np.int64).max
        slack = 0
    if end < len(keys):
        # All that may be on the page, ties with its last hit included.
        worst = np.partition(keys, end - 1)[end - 1]
        places = np.flatnonzero(keys <= (worst + slack if slack else worst))
        hits, scores, keys = hits[places], scores[places], keys[places]
    rounded = scores.round(DIGITS)
    if slack:
        keys = -rounded
    order = _ordered(view, hits, keys, end)[request.offset : end]
    documents, values = hits.tolist(), rounded.tolist()
    return [(documents[place], values[place]) for place in order]


def best_of_term(view: View, request: SearchRequest) -> tuple[list[tuple[int, float]], int] | None:
    """The page and the total of a search for one word alone; None for any other search.

    The postings that count most are known, and those behind them cannot be on a page before them.
    """
    query = request.query
    simple = isinstance(query, Term) and isinstance(request.filter, Everything)
    if not simple or request.facets or request.sort is not Sort.RELEVANCE or query.boost <= 0:
        return None
    postings = view.postings(query.field, query.text)
    total = len(postings.ids)
    champions = postings.best()
    weight = query.boost * idf(view.field_size(query.field)[0], total)
    ids, scores = postings.ids[champions], weight * postings.impacts[champions]
    end = request.offset + request.limit
    if len(champions) < total:
        # One that is left out may tie with the last hit of the page.
        if end > len(champions):
            return None
        last = np.partition(scores, len(scores) - end)[len(scores) - end] if end else np.inf
        if last - scores.min() <= 10.0**-DIGITS:
            return None
    return best(view, ids, scores, request), total


def _ordered(view: View, documents: Ids, keys: NDArray[Any], end: int) -> Sequence[int]:
    """Places in order of keys, equal keys in order of ids; only the first `end` need be right."""
    # Within a segment, documents are numbered in the order of their ids.
    order = np.lexsort((documents, keys))
    ranked = keys[order]
    if len(view.segments) < 2 or not np.any(ranked[1:] == ranked[:-1]):
        found: list[int] = order.tolist()
        return found
    found = []
    start = 0
    while start < min(end, len(order)):
        stop = int(np.searchsorted(ranked, ranked[start], "right"))
        found += _by_id(view, documents, order[start:stop], end - start)
        start = stop
    return found


def _by_id(view: View, documents: Ids, tied: NDArray[np.intp], wanted: int) -> list[int]:
    """Places with equal keys, by id; at least the first `wanted`."""
    if len(tied) == 1:
        return [int(tied[0])]
    borders = [view.base(number) for number in range(1, len(view.segments))]
    parts = np.split(tied, np.searchsorted(documents[tied], borders))
    # Of each segment no more than the first so many can be wanted.
    places = [int(place) for part in parts for place in part[:wanted]]
    return sorted(places, key=lambda place: view.id(int(documents[place])))
