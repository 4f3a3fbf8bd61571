"""Postings become streams of the narrowest numbers, term by term, in the order of the dictionary.

Most terms of any collection stand once in one document: they have an entry in the dictionary and nothing
in a stream. Of each other, *rich*, term the streams have the gaps between its documents, what its frequency
is (a code: the commonest frequency of the segment is 0), how many positions it has and the positions, each
as wide as this term needs. Terms that many documents have also tell the most that a posting of each block of
128 can count, so that a search for the best ten need not read them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .number_streams import GrowingArray, StreamsWriter
from .packing import Array, bit_width, starts_of
from .segment_file import SegmentFileWriter

BLOCK = 128
BLOCKED = 1024
"""Document frequency from which a term has blocks."""
BOUND_STEPS = 65_535
"""The most that a posting counts is kept in so many steps, rounded up."""

RICH = 0x80
GAP_WIDTH = 0x3F
"""A term's kind: whether it is rich, and how wide the gaps between its documents are."""
COUNT_IS_FREQUENCY = 0xFF
"""Stands for the width of the numbers of positions where each is the frequency."""
RANK_STEP = 64
"""The dictionary notes how many rich terms come before each so-manieth term."""
_NARROWEST_GAP = 8
"""Gaps of frequent terms are read most: they are bytes at least, which need no unpacking."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Postings of some terms, one after the other, each ascending by document."""

    texts: Sequence[bytes]
    """The terms, where they are to be written."""
    counts: NDArray[np.int64]
    """Postings of each term, at least 1."""
    fields: NDArray[np.int64]
    """Number of each term's field."""
    positional: NDArray[np.bool_]
    """Whether each term's field keeps positions."""
    documents: NDArray[np.int32]
    codes: NDArray[np.uint32]
    """Frequency of each posting, as its place in the segment's table."""
    occurrences: NDArray[np.int64]
    """Positions of each posting; 0 in fields that keep none."""
    positions: NDArray[np.uint32]
    """Posting by posting, ascending in each."""


class PostingsEncoder:
    """Takes batches of postings in the order of the dictionary, writes the streams."""

    def __init__(self, frequencies: NDArray[np.float64], norms: Callable[[int], NDArray[np.float64]]) -> None:
        """`frequencies`: what codes stand for; `norms`: of each document, in the field of a number."""
        self._frequencies = frequencies
        self._norms = norms
        self._text = GrowingArray(np.uint8)
        self._text_starts = GrowingArray(np.uint32)
        self._kinds = GrowingArray(np.uint8)
        self._firsts = GrowingArray(np.uint32)
        self._position_places = GrowingArray(np.uint32)
        self._counts = GrowingArray(np.uint32)
        self._rich_before = [np.zeros(1, np.int64)]
        self._streams = {name: StreamsWriter(name) for name in ("gap", "frequency", "occurrence", "position")}
        self._places = {name: GrowingArray(np.uint32) for name in ("gap", "frequency", "occurrence")}
        self._widths = {name: GrowingArray(np.uint8) for name in ("frequency", "occurrence", "position")}
        self._blocks = {
            "term": GrowingArray(np.uint32),
            "place": GrowingArray(np.uint32),
            "first": GrowingArray(np.uint32),
            "bound": GrowingArray(np.uint16),
        }

    def add(self, batch: Batch) -> None:
        """Encode the next terms."""
        counts, starts = batch.counts, starts_of(batch.counts)
        heads = starts[:-1]
        lengths = np.fromiter(map(len, batch.texts), np.int64, len(batch.texts))
        self._text_starts.extend(self._text.size + starts_of(lengths)[:-1])
        self._text.extend(b"".join(batch.texts))
        self._add_blocks(batch, starts)
        gaps = np.diff(batch.documents, prepend=np.int32(0))
        gaps[heads] = 0
        gap_widths = bit_width(np.maximum.reduceat(gaps, heads))
        np.copyto(gap_widths, _NARROWEST_GAP, where=(gap_widths > 0) & (gap_widths < _NARROWEST_GAP))
        frequency_widths = bit_width(np.maximum.reduceat(batch.codes, heads))
        count_widths, is_frequency = self._count_widths(batch, heads)
        rich = (counts > 1) | (frequency_widths > 0) | (count_widths > 0) | is_frequency

        self._kinds.extend(gap_widths | np.where(rich, RICH, 0).astype(np.uint8))
        self._firsts.extend(batch.documents[heads])
        self._rich_before.append(self._rich_before[-1][-1] + np.cumsum(rich))
        self._counts.extend(counts[rich])
        later = np.ones(len(gaps), bool)
        later[heads] = False
        places = self._streams["gap"].add(gaps[later], counts - 1, gap_widths)
        self._places["gap"].extend(places[rich])
        places = self._streams["frequency"].add(batch.codes, counts, frequency_widths)
        self._places["frequency"].extend(places[rich])
        self._widths["frequency"].extend(frequency_widths[rich])
        places = self._streams["occurrence"].add(batch.occurrences, counts, count_widths)
        self._places["occurrence"].extend(places[rich])
        self._widths["occurrence"].extend(np.where(is_frequency, COUNT_IS_FREQUENCY, count_widths)[rich])
        self._add_positions(batch, heads, rich)

    def _count_widths(self, batch: Batch, heads: Array) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """Widths of the numbers of positions, 0 where all are 1; and where all are the frequencies."""
        most = np.maximum.reduceat(batch.occurrences, heads)
        single = (most == 1) & (np.minimum.reduceat(batch.occurrences, heads) == 1)
        same = self._frequencies[batch.codes] == batch.occurrences
        is_frequency = np.logical_and.reduceat(same, heads) & batch.positional & ~single
        widths = np.maximum(bit_width(most), 1)
        widths[single | is_frequency | ~batch.positional] = 0
        return widths, is_frequency

    def _add_positions(self, batch: Batch, heads: Array, rich: Array) -> None:
        counts = np.add.reduceat(batch.occurrences, heads)
        widths = np.zeros(len(counts), np.uint8)
        present = counts > 0
        places = np.zeros(len(counts), np.int64)
        if present.any():
            begins = starts_of(counts)[:-1]
            widths[present] = np.maximum(bit_width(np.maximum.reduceat(batch.positions, begins[present])), 1)
            packed = np.where(rich, widths, 0)
            places = self._streams["position"].add(batch.positions, counts, packed)
            # A poor term has one position: it stands where others have the place of theirs.
            poor = ~rich & present
            places[poor] = batch.positions[begins[poor]]
        self._position_places.extend(places)
        self._widths["position"].extend(widths[rich])

    def _add_blocks(self, batch: Batch, starts: Array) -> None:
        for term in np.flatnonzero(batch.counts >= BLOCKED).tolist():
            postings = slice(starts[term], starts[term + 1])
            documents = batch.documents[postings]
            norms = self._norms(int(batch.fields[term]))[documents]
            frequencies = self._frequencies[batch.codes[postings]]
            most = np.maximum.reduceat(
                frequencies / (frequencies + norms), np.arange(0, len(documents), BLOCK)
            )
            self._blocks["term"].extend(np.array([self._kinds.size + term]))
            self._blocks["place"].extend(np.array([self._blocks["first"].size]))
            self._blocks["first"].extend(documents[::BLOCK])
            # One step more than needed: float64 may round down.
            self._blocks["bound"].extend(np.minimum(np.floor(most * BOUND_STEPS) + 1, BOUND_STEPS))

    def save(self, file: SegmentFileWriter) -> None:
        """Write everything."""
        self._text_starts.extend(np.array([self._text.size]))
        self._text.save("term", file)
        self._text_starts.save("term.starts", file)
        self._kinds.save("kind", file)
        self._firsts.save("first", file)
        self._position_places.save("position.places", file)
        ranks = np.concatenate(self._rich_before)[::RANK_STEP]
        file.add("rich.before", [ranks], np.uint32)
        self._counts.save("rich.count", file)
        for name, places in self._places.items():
            places.save(f"{name}.places", file)
        for name, widths in self._widths.items():
            widths.save(f"{name}.widths", file)
        for stream in self._streams.values():
            stream.save(file)
        for name, array in self._blocks.items():
            array.save(f"block.{name}", file)
        file.add("frequencies", [self._frequencies], np.float64)

    def close(self) -> None:
        """Forget everything; harmless after `save`."""
        single = (
            self._text,
            self._text_starts,
            self._kinds,
            self._firsts,
            self._position_places,
            self._counts,
        )
        for array in (*single, *self._places.values(), *self._widths.values(), *self._blocks.values()):
            array.close()
        for stream in self._streams.values():
            stream.close()


def frequency_table(values: Sequence[Array], counts: Sequence[Array]) -> tuple[Array, list[Array]]:
    """The frequencies of several tables, commonest first, and the place of each table's values in it."""
    distinct, place = np.unique(np.concatenate(values), return_inverse=True)
    totals = np.bincount(place, np.concatenate(counts), len(distinct))
    order = np.lexsort((distinct, -totals))
    code = np.empty(len(order), np.uint32)
    code[order] = np.arange(len(order))
    ends = np.cumsum([len(table) for table in values])[:-1]
    return distinct[order], np.split(code[place], ends)
