"""Reads many terms of a segment in one call: found, counted and taken out of the streams all at once.

A short posting list costs tens of microseconds to read by itself, nearly all of them for calls; a wide query
has hundreds of lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .dictionary import Dictionary
from .number_streams import StreamsReader
from .packing import Array, running_sums, starts_of
from .postings_encoder import COUNT_IS_FREQUENCY, GAP_WIDTH, RANK_STEP, RICH
from .segment_file import SegmentFile

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ManyPostings:
    """The postings of some terms, term by term, each ascending by document; deleted documents included."""

    counts: Numbers
    """Postings of each term."""
    documents: NDArray[np.int32]
    codes: Array
    """Places of the frequencies in the segment's table."""


class ManyTerms:
    """Reads many terms of one segment. Every method may raise `IndexDamaged`."""

    def __init__(self, file: SegmentFile) -> None:
        self._file = file
        self._streams = {name: StreamsReader(name, file) for name in ("gap", "frequency", "occurrence")}
        self._kinds: NDArray[np.uint8] = file.array("kind")
        self._rich_before = file.array("rich.before")
        self._dictionary = Dictionary(file.from_array("term"), file.array("term.starts"))

    def find(self, keys: Sequence[bytes], first: int, last: int) -> Numbers:
        """See `Dictionary.find`."""
        return self._dictionary.find(keys, first, last)

    def counts(self, numbers: Numbers) -> Numbers:
        """Postings of each term."""
        return self._counts(numbers, *self._ranks(numbers))

    def postings(self, numbers: Numbers) -> ManyPostings:
        """The postings of some terms, in any order."""
        rich, ranks = self._ranks(numbers)
        counts = self._counts(numbers, rich, ranks)
        widths = self._kinds[numbers] & np.uint8(GAP_WIDTH)
        starts = starts_of(counts)
        heads = starts[:-1]
        places = self._spread("gap.places", rich, ranks)
        gaps = self._streams["gap"].of_each(places, counts - 1, widths)
        later = np.ones(starts[-1], bool)
        later[heads] = False
        steps = np.empty(starts[-1], np.int64)
        steps[heads] = self._file.take("first", numbers)
        steps[later] = gaps
        documents = running_sums(steps, heads, counts).astype(np.int32)
        return ManyPostings(counts, documents, self._numbers("frequency", rich, ranks, counts))

    def occurrences(self, numbers: Numbers, postings: ManyPostings, frequencies: Array) -> Numbers:
        """Positions of each posting, in a field that keeps them; `frequencies`: the segment's table."""
        rich, ranks = self._ranks(numbers)
        widths = self._spread("occurrence.widths", rich, ranks).astype(np.uint8)
        same = widths == COUNT_IS_FREQUENCY
        widths[same] = 0
        places = self._spread("occurrence.places", rich, ranks)
        found = self._streams["occurrence"].of_each(places, postings.counts, widths).astype(np.int64)
        found[np.repeat(widths == 0, postings.counts)] = 1
        equal = np.repeat(same, postings.counts)
        found[equal] = frequencies[postings.codes[equal]]
        return found

    def _numbers(self, name: str, rich: Array, ranks: Numbers, counts: Numbers) -> Array:
        widths = self._spread(f"{name}.widths", rich, ranks).astype(np.uint8)
        return self._streams[name].of_each(self._spread(f"{name}.places", rich, ranks), counts, widths)

    def _ranks(self, numbers: Numbers) -> tuple[NDArray[np.bool_], Numbers]:
        """Which terms are rich, and how many rich terms come before each of these."""
        rich = self._kinds[numbers] >= RICH
        chosen = numbers[rich]
        begin = chosen // RANK_STEP
        near = np.arange(RANK_STEP)
        places = np.minimum((begin * RANK_STEP)[:, None] + near, len(self._kinds) - 1)
        between = (self._kinds[places] >= RICH) & (near < (chosen % RANK_STEP)[:, None])
        return rich, self._rich_before[begin] + np.count_nonzero(between, axis=1)

    def _counts(self, numbers: Numbers, rich: Array, ranks: Numbers) -> Numbers:
        counts = np.ones(len(numbers), np.int64)
        counts[rich] = self._file.take("rich.count", ranks)
        return counts

    def _spread(self, name: str, rich: Array, ranks: Numbers) -> Numbers:
        """Numbers of rich terms as numbers of all, 0 for the others."""
        spread = np.zeros(len(rich), np.int64)
        spread[rich] = self._file.take(name, ranks)
        return spread
