"""Which hits stand on a page, and in which order: best score or date first, equal ones by id."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..base import SearchRequest, Sort
from ..bm25 import DIGITS
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
        # Scores that are equal when they are rounded are equal.
        places = _first(-scores, end, 10.0**-DIGITS)
        rounded = np.round(scores[places], DIGITS)
        keys: NDArray[np.float64] | NDArray[np.int64] = -rounded
    else:
        dates = view.numbers("published_at")[hits]
        ages = dates if request.sort is Sort.OLDEST else -dates
        ages[dates == MISSING] = np.iinfo(np.int64).max
        places = _first(ages, end, 0)
        rounded = np.round(scores[places], DIGITS)
        keys = ages[places]
    order = _ordered(view, hits[places], keys, end)[request.offset : end]
    documents = hits[places][order].tolist()
    return list(zip(documents, rounded[order].tolist(), strict=True))


def _first(keys: NDArray[np.float64] | NDArray[np.int64], end: int, slack: float) -> NDArray[np.intp]:
    """Places of all that may be among the first `end`, the least first."""
    if end >= len(keys):
        return np.arange(len(keys))
    worst = np.partition(keys, end - 1)[end - 1]
    return np.flatnonzero(keys <= (worst + slack if slack else worst))


def _ordered(
    view: View, documents: Ids, keys: NDArray[np.float64] | NDArray[np.int64], end: int
) -> NDArray[np.intp]:
    """Places in order of keys, equal keys in order of ids; only the first `end` need be right."""
    # Within a segment, documents are numbered in the order of their ids.
    order = np.lexsort((documents, keys))
    if len(view.segments) < 2 or len(order) < 2:
        return order
    ranked = keys[order]
    if not np.any(ranked[1:] == ranked[:-1]):
        return order
    found: list[int] = []
    start = 0
    while start < min(end, len(order)):
        stop = int(np.searchsorted(ranked, ranked[start], "right"))
        found += _by_id(view, documents, order[start:stop], end - start)
        start = stop
    return np.array(found, np.intp)


def _by_id(view: View, documents: Ids, tied: NDArray[np.intp], wanted: int) -> list[int]:
    """Places with equal keys, by id; at least the first `wanted`."""
    if len(tied) == 1:
        return [int(tied[0])]
    borders = [view.base(number) for number in range(1, len(view.segments))]
    parts = np.split(tied, np.searchsorted(documents[tied], borders))
    # Of each segment no more than the first so many can be wanted.
    places = [int(place) for part in parts for place in part[:wanted]]
    return sorted(places, key=lambda place: view.id(int(documents[place])))
