"""Which hits stand on a page, and in which order: best score or date first, equal ones by id."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..base import SearchRequest, Sort
from ..bm25 import DIGITS
from .codec.documents import MISSING
from .columns import Ids
from .view import View

Page = list[tuple[int, float]]
"""Documents and their rounded scores."""

TIE = 10.0**-DIGITS
"""Scores that are equal when they are rounded are equal; they differ by less than this."""


def best_scored(view: View, hits: Ids, scores: NDArray[np.float64], offset: int, limit: int) -> Page:
    """The wanted page of the hits by their scores, which are those of `hits`."""
    end = offset + limit
    if limit == 0 or offset >= len(hits):
        return []
    if end < len(hits):
        places = np.flatnonzero(scores >= kth_best(scores, end) - TIE)
        hits, scores = hits[places], scores[places]
    rounded = scores.round(DIGITS)
    order = _ordered(view, hits, -rounded, end)[offset:end]
    return list(zip(hits[order].tolist(), rounded[order].tolist(), strict=True))


def best_dated(view: View, hits: Ids, request: SearchRequest) -> list[int]:
    """The wanted page of the hits by date."""
    end = request.offset + request.limit
    if request.limit == 0 or request.offset >= len(hits):
        return []
    # Undated documents have the least number, and so come last when the newest are first.
    ranks = view.numbers("published_at")[hits]
    if request.sort is Sort.OLDEST:
        ranks = np.where(ranks == MISSING, MISSING, -ranks)
    if end < len(hits):
        places = np.flatnonzero(ranks >= kth_best(ranks, end))
        hits, ranks = hits[places], ranks[places]
    # The least number has no negative.
    order = _ordered(view, hits, -np.maximum(ranks, MISSING + 1), end)[request.offset : end]
    documents: list[int] = hits[order].tolist()
    return documents


def kth_best(values: NDArray[Any], k: int) -> Any:
    """The k-th largest of the values, of which there are at least so many."""
    # NumPy partitions near the end faster than near the beginning.
    return np.partition(values, len(values) - k)[len(values) - k]


def _ordered(view: View, documents: Ids, keys: NDArray[Any], end: int) -> NDArray[np.intp]:
    """Places of at least the first `end` documents, in order of keys, equal keys in order of ids."""
    # Within a segment, documents are numbered in the order of their ids.
    order = np.lexsort((documents, keys))
    if len(view.segments) < 2:
        return order[:end]
    ranked = keys[order]
    if not (ranked[1:] == ranked[:-1]).any():
        return order[:end]
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
