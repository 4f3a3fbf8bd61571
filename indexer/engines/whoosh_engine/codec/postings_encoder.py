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
from tempfile import SpooledTemporaryFile
from typing import Any

import numpy as np
from numpy.typing import NDArray


from .packing import WIDTHS, Array, bit_width, pack_bits, starts_of, stream_type, width_class, within_runs
from .segment_file import SegmentFileWriter

BLOCK = 128
BLOCKED = 1024
"""Document frequency from which a term has blocks."""
BOUND_STEPS = 65_535
"""The most that a posting counts is kept in so many steps, rounded up."""

RICH = 0x80
FREQUENCY_SHIFT = 2
COUNT_SHIFT = 4
COUNT_IS_FREQUENCY = 4
"""Where in a term's kind its width classes stand: gaps 0-1, frequencies 2-3, counts 4-6."""
RANK_STEP = 64
"""The dictionary notes how many rich terms come before each so-manieth term."""

_SPOOLED = 1 << 23
_SLICE = 1 << 21


@dataclass(frozen=True, slots=True)
class Batch:
    """Postings of some terms, one after the other, each ascending by document."""

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


class _Stream:
    """An array that grows; in memory while it is small."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = np.dtype(dtype)
        self.size = 0
        self._file = SpooledTemporaryFile(max_size=_SPOOLED)  # noqa: SIM115 -- closed by `parts`

    def extend(self, values: Array) -> None:
        self.size += len(values)
        self._file.write(np.ascontiguousarray(values, self.dtype).tobytes())

    def save(self, name: str, file: SegmentFileWriter, dtype: Any = None) -> None:
        """Write it under a name, as another type if need be."""
        self._file.seek(0)
        kind = self.dtype
        parts = iter(lambda: self._file.read(_SLICE), b"")
        file.add(name, (np.frombuffer(part, kind) for part in parts), dtype or kind)
        self._file.close()


class PostingsEncoder:
    """Takes batches of postings in the order of the dictionary, writes the streams."""

    def __init__(self, frequencies: NDArray[np.float64], norms: Callable[[int], NDArray[np.float64]]) -> None:
        """`frequencies`: what codes stand for; `norms`: of each document, in the field of a number."""
        self._frequencies = frequencies
        self._norms = norms
        self._kinds = _Stream(np.uint8)
        self._firsts = _Stream(np.uint32)
        self._position_places = _Stream(np.uint64)
        self._rich = {name: _Stream(np.uint32) for name in ("count", "gap", "frequency", "occurrence")}
        self._widths = _Stream(np.uint8)
        self._streams = {
            f"{name}{WIDTHS[kind]}": _Stream(stream_type(kind))
            for name in ("gap", "frequency", "occurrence")
            for kind in (1, 2, 3)
        }
        self._positions = _Stream(np.uint8)
        self._rich_before = [np.zeros(1, np.int64)]
        self._blocks = {
            "term": _Stream(np.uint32),
            "place": _Stream(np.uint32),
            "first": _Stream(np.uint32),
            "bound": _Stream(np.uint16),
        }

    def add(self, batch: Batch) -> None:
        """Encode the next terms."""
        counts, starts = batch.counts, starts_of(batch.counts)
        heads = starts[:-1]
        gaps = np.diff(batch.documents, prepend=np.int32(0))
        gaps[heads] = 0
        gap_class = width_class(np.maximum.reduceat(gaps, heads))
        frequency_class = width_class(np.maximum.reduceat(batch.codes, heads))
        most = np.maximum.reduceat(batch.occurrences, heads)
        single = (most == 1) & (np.minimum.reduceat(batch.occurrences, heads) == 1)
        count_class = np.where(single | ~batch.positional, 0, np.maximum(width_class(most), 1)).astype(np.uint8)
        same = self._frequencies[batch.codes] == batch.occurrences
        is_frequency = np.logical_and.reduceat(same, heads) & (count_class > 0)
        rich = (counts > 1) | (frequency_class > 0) | (count_class > 0)
        kinds = gap_class | (frequency_class << FREQUENCY_SHIFT)
        kinds |= np.where(is_frequency, COUNT_IS_FREQUENCY, count_class).astype(np.uint8) << COUNT_SHIFT
        kinds |= np.where(rich, RICH, 0).astype(np.uint8)
        count_class[is_frequency] = 0

        self._add_blocks(batch, starts)
        self._kinds.extend(kinds)
        self._firsts.extend(batch.documents[heads])
        self._rich_before.append(self._rich_before[-1][-1] + np.cumsum(rich))
        self._rich["count"].extend(counts[rich])
        later = np.ones(len(gaps), bool)
        later[heads] = False
        self._add_streams("gap", gaps, gap_class, rich, counts, later)
        self._add_streams("frequency", batch.codes, frequency_class, rich, counts, None)
        self._add_streams("occurrence", batch.occurrences, count_class, rich, counts, None)
        self._add_positions(batch, starts, rich)

    def _add_streams(
        self, name: str, values: Array, classes: Array, rich: Array, counts: Array, chosen: Array | None
    ) -> None:
        """Values into the stream of their term's class; where each rich term's begin."""
        places = np.zeros(len(counts), np.int64)
        in_stream = counts - 1 if chosen is not None else counts
        for kind in (1, 2, 3):
            terms = classes == kind
            if not terms.any():
                continue
            stream = self._streams[f"{name}{WIDTHS[kind]}"]
            sizes = np.where(terms, in_stream, 0)
            places = np.where(terms, stream.size + starts_of(sizes)[:-1], places)
            mask = np.repeat(terms, counts)
            stream.extend(values[mask if chosen is None else mask & chosen])
        self._rich[name].extend(places[rich])

    def _add_positions(self, batch: Batch, starts: Array, rich: Array) -> None:
        heads = starts[:-1]
        occurrences = np.add.reduceat(batch.occurrences, heads)
        present = occurrences > 0
        widths = np.zeros(len(heads), np.uint8)
        places = np.zeros(len(heads), np.int64)
        if present.any():
            value_starts = starts_of(occurrences[present])
            widths[present] = bit_width(np.maximum.reduceat(batch.positions, value_starts[:-1]))
            sizes = np.where(rich, (occurrences * widths + 7) >> 3, 0)
            byte_starts = starts_of(sizes)
            places = self._positions.size + byte_starts[:-1]
            packed = np.repeat(rich, occurrences)
            bits = np.repeat(byte_starts[:-1] * 8, occurrences) + within_runs(occurrences) * np.repeat(
                widths, occurrences
            )
            self._positions.extend(pack_bits(batch.positions[packed], bits[packed], int(byte_starts[-1])))
            # A poor term has one position: it stands where others have the place of theirs.
            poor = ~rich & present
            places[poor] = batch.positions[starts_of(occurrences)[:-1][poor]]
        self._position_places.extend(places)
        self._widths.extend(widths[rich])

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
        self._kinds.save("kind", file)
        self._firsts.save("first", file)
        large = self._positions.size >= 2**32
        self._position_places.save("position.places", file, np.uint64 if large else np.uint32)
        ranks = np.concatenate(self._rich_before)[::RANK_STEP]
        file.add("rich.before", [ranks], np.uint32)
        for name, stream in self._rich.items():
            stream.save(f"rich.{name}", file)
        self._widths.save("rich.width", file)
        for name, stream in self._streams.items():
            stream.save(name, file)
        self._positions.save("position", file)
        for name, stream in self._blocks.items():
            stream.save(f"block.{name}", file)
        file.add("frequencies", [self._frequencies], np.float64)


def frequency_table(values: Sequence[Array], counts: Sequence[Array]) -> tuple[Array, list[Array]]:
    """The frequencies of several tables, commonest first, and the place of each table's values in it."""
    distinct, place = np.unique(np.concatenate(values), return_inverse=True)
    totals = np.bincount(place, np.concatenate(counts), len(distinct))
    order = np.lexsort((distinct, -totals))
    code = np.empty(len(order), np.uint32)
    code[order] = np.arange(len(order))
    ends = np.cumsum([len(table) for table in values])[:-1]
    return distinct[order], np.split(code[place], ends)
