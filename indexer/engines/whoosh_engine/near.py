"""Where words stand near each other: the minimal windows of a `query.Near`, over arrays of places.

A place is document << 32 | position, as `View.spots` gives it. Clarke, Cormack and Burkowski, "An algebra for
structured text search and a framework for its implementation" (1995), call such windows shortest substrings:
each has all the words, and none has another one inside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..query import NO_PLACE, Near
from .columns import Ids, Mask

Spots = Callable[[str, Ids], NDArray[np.int64]]
"""(term, ascending documents that all have it) -> its places there, ascending."""

_POSITION = 0xFFFFFFFF
_NONE = np.empty(0, np.int64)


def near_windows(near: Near, rarest_first: Sequence[str], wanted: Ids, spots: Spots) -> NDArray[np.int64]:
    """Where the windows end, ascending: document << 32 | word number.

    `rarest_first`: the distinct terms; `wanted`: documents that have all of them.
    """
    if not rarest_first:
        return _NONE
    reach = near.reach
    anchors, others = _words(spots(rarest_first[0], wanted), near.unit), []
    for term in rarest_first[1:]:
        wanted = _documents(anchors)
        if not len(wanted):
            return _NONE
        places = _words(spots(term, wanted), near.unit)
        anchors = anchors[_has_near(anchors, places, reach)]
        others.append(places)
    # No window has a word that is far from every anchor, so that little is left to sort.
    return _minimal([anchors, *(places[_has_near(places, anchors, reach)] for places in others)], reach)


def _minimal(words: Sequence[NDArray[np.int64]], reach: int) -> NDArray[np.int64]:
    """The ends of minimal windows no longer than `reach`; `words`: where each word stands, ascending."""
    if not all(len(places) for places in words):
        return _NONE
    ends = words[0] if len(words) == 1 else np.unique(np.concatenate(words))
    begins = ends.copy()
    for places in words:
        before = np.searchsorted(places, ends, "right") - 1
        begins = np.minimum(begins, np.where(before < 0, -1, places[before]))
    # The window to an end begins as late as it can: with the beginning of the end before, it is not minimal.
    minimal = begins > np.concatenate([[-1], begins[:-1]])
    # One that begins in a document before has not all the words in this one.
    minimal &= (begins >> 32 == ends >> 32) & (ends - begins <= reach)
    return ends[minimal]


def _words(places: NDArray[np.int64], unit: int) -> NDArray[np.int64]:
    """Positions become word numbers, each once; words without a place are left out."""
    places = places[(places & _POSITION) != NO_PLACE]
    if unit > 1:
        places = (places & ~_POSITION) | (places & _POSITION) // unit
    distinct = np.ones(len(places), bool)
    distinct[1:] = places[1:] != places[:-1]
    return places[distinct]


def _documents(places: NDArray[np.int64]) -> Ids:
    documents = (places >> 32).astype(np.int32)
    first = np.ones(len(documents), bool)
    first[1:] = documents[1:] != documents[:-1]
    return documents[first]


def _has_near(places: NDArray[np.int64], others: NDArray[np.int64], reach: int) -> Mask:
    """Which places have one of the others at most so far away in their document."""
    if not len(others):
        return np.zeros(len(places), bool)
    first = np.searchsorted(others, np.maximum(places - reach, places & ~_POSITION))
    last = np.minimum(places + reach, places | _POSITION)
    found: Mask = first < len(others)
    found[found] = others[first[found]] <= last[found]
    return found
