"""What is remembered of one segment, from one state of an index to the next.

Segments never change. A commit adds small ones and deletes documents: what was read of a large one stays
right, deleted documents included, which are left out by whoever asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..base import COLUMNS_SHOWN
from .codec.packing import starts_of
from .codec.segment import Postings, Segment
from .columns import Ids, Mask
from .recent_values import RecentValues

_POSTINGS = 4_000_000
"""Of all segments together, 5 or 6 bytes each."""
_STARTS = 1_500_000
"""Of them where their positions begin, 12 bytes each."""
_DOCUMENTS = 20_000
"""Of all segments together, whose id and columns are kept as they are shown."""
_FEWEST = 16
"""Of each in a small segment."""


class TermList:
    """The documents of one segment with a term, deleted ones too."""

    __slots__ = ("_codes", "_frequencies", "_postings", "documents")

    def __init__(self, postings: Postings, frequencies: NDArray[np.float64]) -> None:
        """`frequencies`: what codes stand for."""
        self.documents = postings.documents
        """Ascending, in the segment's own numbers."""
        self._frequencies = frequencies
        self._postings = postings
        self._codes: NDArray[np.unsignedinteger] | None = None

    def frequencies_at(self, places: NDArray[np.intp] | None) -> NDArray[np.float64]:
        """The weighted frequencies at some places of `documents`, or of all, which are kept."""
        if self._codes is None:
            if places is not None:
                return self._frequencies[self._postings.codes_at(places)]
            narrow = np.min_scalar_type(max(1, len(self._frequencies) - 1))
            self._codes = self._postings.codes_at(None).astype(narrow)
        found: NDArray[np.float64] = self._frequencies[self._codes if places is None else self._codes[places]]
        return found


@dataclass(frozen=True, slots=True)
class FieldSize:
    """How long a field is in a segment, deleted documents included."""

    lengths: NDArray[np.floating]
    """Of each document, 0 where it does not have the field."""
    documents: Ids | None
    """Those that have it; None for all."""
    count: int
    total: float

    def without(self, deleted: Ids) -> tuple[int, float]:
        """Number of documents with the field and their total length, less those of some documents."""
        if not len(deleted):
            return self.count, self.total
        gone = len(deleted) if self.documents is None else np.isin(deleted, self.documents).sum()
        return self.count - int(gone), self.total - float(self.lengths[deleted].sum(dtype=np.float64))


class SegmentMemory:
    """Safe for several threads: two may read the same, either is as good."""

    def __init__(self, segment: Segment, share: float) -> None:
        """`share`: how much of all that is remembered of an index may be of this segment, 0 to 1."""
        self.segment = segment
        self._lists = RecentValues(int(_POSTINGS * share) + _FEWEST)
        self._starts = RecentValues(int(_STARTS * share) + _FEWEST)
        self._most_shown = int(_DOCUMENTS * share) + _FEWEST
        self._shown: dict[int, tuple[str, Mapping[str, str]]] = {}
        self._sizes: dict[str, FieldSize] = {}

    def term_list(self, number: int) -> TermList:
        """The documents with the term of a number."""
        segment = self.segment
        return self._lists.get(
            number, lambda: TermList(segment.postings(number), segment.frequencies), _list_cost
        )

    def position_starts(self, number: int) -> tuple[Ids, NDArray[np.int64]]:
        """The documents of a term, and where the positions of each begin."""
        segment = self.segment

        def read() -> tuple[Ids, NDArray[np.int64]]:
            postings = segment.postings(number)
            return postings.documents, starts_of(segment.occurrences(number, postings))

        return self._starts.get(number, read, _starts_cost)

    def keep_starts(self, numbers: Sequence[int], starts: Sequence[tuple[Ids, NDArray[np.int64]]]) -> None:
        """Keep what was read of several terms at once."""
        self._starts.put(zip(numbers, starts, strict=True), _starts_cost)

    def field_size(self, field: str) -> FieldSize:
        """How long a field is."""
        known = self._sizes.get(field)
        if known is None:
            known = self._sizes[field] = self._read_size(field)
        return known

    def _read_size(self, field: str) -> FieldSize:
        stored = self.segment.documents.length(field)
        lengths = np.zeros(self.segment.size)
        lengths[stored.documents] = stored.lengths
        narrow = lengths.astype(np.float32)
        # Sixteenths of a word are exact in half the room.
        kept = narrow if np.array_equal(narrow, lengths) else lengths
        have = None if len(stored.documents) == self.segment.size else stored.documents
        return FieldSize(kept, have, len(stored.documents), float(stored.lengths.sum()))

    def shown(self, document: int) -> tuple[str, Mapping[str, str]]:
        """The id and the columns that a hit carries."""
        known = self._shown.get(document)
        if known is None:
            documents = self.segment.documents
            values = ((name, documents.text_of(name, document)) for name in COLUMNS_SHOWN)
            known = documents.id(document), {name: value for name, value in values if value is not None}
            if len(self._shown) < self._most_shown:
                self._shown[document] = known
        return known


def memories(segments: Sequence[Segment], before: Sequence[SegmentMemory]) -> tuple[SegmentMemory, ...]:
    """What is remembered of each segment: that of the state before, or nothing yet."""
    documents = max(1, sum(segment.size for segment in segments))
    known = {id(memory.segment): memory for memory in before}
    return tuple(
        known.get(id(segment)) or SegmentMemory(segment, segment.size / documents) for segment in segments
    )


def deleted_of(live: Sequence[Mask]) -> tuple[Ids, ...]:
    """The deleted documents of each segment, in its own numbers."""
    return tuple(np.flatnonzero(~alive).astype(np.int32) for alive in live)


def _list_cost(made: TermList) -> int:
    # One for the entry itself: many short lists must not fill the memory either.
    return len(made.documents) + 1


def _starts_cost(made: tuple[Ids, NDArray[np.int64]]) -> int:
    return len(made[0]) + 1
