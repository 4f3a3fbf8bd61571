"""A posting list as Whoosh steps through it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.matching.mcore import LeafMatcher, ReadTooFar

from .packing import Array, starts_of
from .segment import Ids, Segment

Spots = tuple[Array, Array]
"""Where the positions of each posting begin (and the last end), and the positions."""


@dataclass(frozen=True, slots=True)
class PostingList:
    """The postings of one term."""

    documents: Ids
    """Ascending."""
    frequencies: NDArray[np.float64]
    read_spots: Callable[[], Spots] | None
    """Reads the positions of all postings of the term; None in fields that keep none."""
    places: NDArray[np.int64]
    """Which of all postings of the term these are."""

    @classmethod
    def of_id(cls, document: int) -> PostingList:
        """An id is a term of one document."""
        return cls(np.array([document], np.int32), np.ones(1), None, np.zeros(1, np.int64))

    @classmethod
    def of_term(cls, segment: Segment, field: str, number: int) -> PostingList:
        """All postings of a term of a segment."""
        found = segment.postings(number)

        def read_spots() -> Spots:
            counts = segment.occurrences(number, found)
            starts = starts_of(counts)
            return starts, segment.positions(number, starts[:-1], counts)

        places = np.arange(len(found.documents))
        frequencies = segment.frequencies[found.codes_at(places)]
        return cls(
            found.documents, frequencies, read_spots if segment.fields[field].positional else None, places
        )

    def live(self, live: NDArray[np.bool_]) -> PostingList:
        """The postings of the documents that are not deleted."""
        alive = live[self.documents]
        if alive.all():
            return self
        return PostingList(
            self.documents[alive], self.frequencies[alive], self.read_spots, self.places[alive]
        )


class TermMatcher(LeafMatcher):
    """Steps through the postings of a term.

    All of them are one block. Whoosh's union skips blocks of one list by the quality of the present block of
    the other, whose next one may be better; lists of one block are passed as a whole or not at all.
    """

    def __init__(
        self, term: tuple[str, bytes], postings: PostingList, lengths: Array, format_: Any, scorer: Any
    ) -> None:
        self._term = term
        self._postings = postings
        self._lengths = lengths
        self.format = format_
        self.scorer = scorer
        self._ids: list[int] = postings.documents.tolist()
        self._weights: list[float] = postings.frequencies.tolist()
        self._at = 0

    def copy(self) -> TermMatcher:
        """Another one that stands at the same posting."""
        other = TermMatcher(self._term, self._postings, self._lengths, self.format, self.scorer)
        other._at = self._at
        return other

    def reset(self) -> None:
        """Go back to the first posting."""
        self._at = 0

    def is_active(self) -> bool:
        """Whether it stands at a posting."""
        return self._at < len(self._ids)

    def id(self) -> int:
        """The document."""
        return self._ids[self._at]

    def all_ids(self) -> Iterator[int]:
        """The documents from here on."""
        return iter(self._ids[self._at :])

    def next(self) -> bool:  # type: ignore[override] # as Whoosh's own matchers do
        """Go on; whether the block ended."""
        if not self.is_active():
            raise ReadTooFar
        self._at += 1
        return not self.is_active()

    def skip_to(self, id: int) -> None:
        """Go to the first posting from here on whose document is not before this one."""
        if not self.is_active():
            raise ReadTooFar
        self._at = bisect_left(self._ids, id, self._at)

    def weight(self) -> float:
        """The weighted frequency."""
        return self._weights[self._at]

    def value(self) -> bytes:
        """The positions, as the format of the field decodes them."""
        if self._spots is None:
            return b""
        starts, positions = self._spots
        place = self._postings.places[self._at]
        return positions[starts[place] : starts[place + 1]].astype("<u4").tobytes()

    @cached_property
    def _spots(self) -> Spots | None:
        return self._postings.read_spots() if self._postings.read_spots else None

    def score(self) -> float:
        """By the scorer, without one the weight."""
        score: float = self.scorer.score(self) if self.scorer else self.weight()
        return score

    # The block

    def supports_block_quality(self) -> bool:
        """Whether the scorer does."""
        return bool(self.scorer and self.scorer.supports_block_quality())

    def skip_to_quality(self, minquality: float) -> int:
        """Go behind the last posting if none is better; how many blocks were passed."""
        if not self.is_active() or self.block_quality() > minquality:
            return 0
        self._at = len(self._ids)
        return 1

    @cached_property
    def _limits(self) -> tuple[float, float, float]:
        lengths = self._lengths[self._postings.documents]
        return float(self._postings.frequencies.max()), float(lengths.min()), float(lengths.max())

    def block_min_id(self) -> int:
        """The first document."""
        return self._ids[0]

    def block_max_id(self) -> int:
        """The last document."""
        return self._ids[-1]

    def block_max_weight(self) -> float:
        """The largest weight."""
        return self._limits[0]

    def block_min_length(self) -> float:
        """The shortest length of the field."""
        return self._limits[1]

    def block_max_length(self) -> float:
        """The longest length of the field."""
        return self._limits[2]
