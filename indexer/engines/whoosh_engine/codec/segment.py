"""Reads one segment: its dictionary, postings and positions, as arrays."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .documents import StoredDocuments, load_documents, load_texts
from .packing import WIDTHS, Array, running_sums, starts_of, unpack_bits, within_runs
from .postings_encoder import (
    BLOCK,
    BOUND_STEPS,
    COUNT_IS_FREQUENCY,
    COUNT_SHIFT,
    FREQUENCY_SHIFT,
    RANK_STEP,
    RICH,
    Batch,
)
from .segment_file import SegmentFile

Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a segment."""

    number: int
    first: int
    """Number of its first term."""
    last: int
    """Number behind its last term."""
    positional: bool
    average: float
    """Average length when the segment was written; the bounds of blocks rest on it."""


@dataclass(frozen=True, slots=True)
class Postings:
    """The postings of one term."""

    documents: Ids
    """Ascending."""
    codes: Array | None
    """Place of each frequency in the segment's table; None: all 0."""

    def codes_at(self, chosen: Array) -> Array:
        """Codes of some postings."""
        return np.zeros(len(chosen), np.uint8) if self.codes is None else self.codes[chosen]


@dataclass(frozen=True, slots=True)
class Blocks:
    """What a long posting list tells before it is read, by blocks of `BLOCK` postings."""

    firsts: Ids
    """First document of each."""
    bounds: NDArray[np.float64]
    """At least what any of its postings counts (frequency over itself and norm), at `Field.average`."""


class Segment:
    """One immutable segment; safe for several threads. Every method may raise `IndexDamaged`."""

    def __init__(self, path: Path) -> None:
        self._file = SegmentFile(path)
        self.documents: StoredDocuments = load_documents(self._file)
        self.size = self.documents.size
        """Documents, deleted ones included."""
        self.fields = {
            name: Field(number, *values) for number, (name, *values) in enumerate(self._file.notes["fields"])
        }

    @cached_property
    def frequencies(self) -> NDArray[np.float64]:
        """What codes stand for."""
        return self._file.array("frequencies")

    @cached_property
    def _text(self) -> memoryview:
        return memoryview(self._file.array("term"))

    @cached_property
    def _text_starts(self) -> memoryview:
        return memoryview(self._file.array("term.starts"))

    @cached_property
    def _kinds(self) -> NDArray[np.uint8]:
        return self._file.array("kind")

    @cached_property
    def _rich_before(self) -> NDArray[np.uint32]:
        return self._file.array("rich.before")

    @cached_property
    def _block_terms(self) -> NDArray[np.uint32]:
        return self._file.array("block.term")

    # The dictionary

    def find(self, field: str, term: bytes) -> int:
        """Number of a term, -1 if the segment does not have it."""
        known = self.fields.get(field)
        if known is None:
            return -1
        number = self._lower_bound(known, term)
        return number if number < known.last and self.text(number) == term else -1

    def text(self, number: int) -> bytes:
        """The term of a number."""
        return self._text[self._text_starts[number] : self._text_starts[number + 1]].tobytes()

    def texts(self, first: int, last: int) -> Iterator[bytes]:
        """The terms of some numbers."""
        return load_texts(self._file, "term", first, last)

    def beginning(self, field: str, prefix: bytes) -> tuple[int, int]:
        """Numbers of the terms of a field that begin so: first, and behind the last."""
        known = self.fields.get(field)
        if known is None:
            return 0, 0
        # No byte of UTF-8 is 0xFF, so this comes after everything that begins so.
        return self._lower_bound(known, prefix), self._lower_bound(known, prefix + b"\xff")

    def _lower_bound(self, field: Field, term: bytes) -> int:
        return bisect_left(range(field.last), term, field.first, field.last, key=self.text)

    def counts(self, first: int, last: int) -> NDArray[np.int64]:
        """Postings of each of some terms, deleted documents included."""
        counts = np.ones(last - first, np.int64)
        rich = self._kinds[first:last] >= RICH
        rank = self._rank(first)
        counts[rich] = self._file.array("rich.count", rank, rank + int(rich.sum()))
        return counts

    def count(self, number: int) -> int:
        """Postings of a term, deleted documents included."""
        if self._kinds[number] < RICH:
            return 1
        rank = self._rank(number)
        return int(self._file.array("rich.count", rank, rank + 1)[0])

    def _rank(self, number: int) -> int:
        """How many rich terms come before this one."""
        begin = number // RANK_STEP
        between = self._kinds[begin * RANK_STEP : number] >= RICH
        return int(self._rich_before[begin]) + int(np.count_nonzero(between))

    # Postings of one term

    def postings(self, number: int) -> Postings:
        """All postings of a term, deleted documents included."""
        kind = int(self._kinds[number])
        first = self._file.array("first", number, number + 1).astype(np.int32)
        if kind < RICH:
            return Postings(first, None)
        rank = self._rank(number)
        count = int(self._file.array("rich.count", rank, rank + 1)[0])
        documents = np.empty(count, np.int32)
        documents[:1] = 0
        if count > 1:
            gaps = self._stream("gap", kind & 3, rank, count - 1)
            np.cumsum(gaps, dtype=np.int32, out=documents[1:])
        documents += first
        frequency_class = kind >> FREQUENCY_SHIFT & 3
        if not frequency_class:
            return Postings(documents, None)
        return Postings(documents, self._stream("frequency", frequency_class, rank, count))

    def _stream(self, name: str, kind: int, rank: int, size: int) -> Array:
        place = int(self._file.array(f"rich.{name}", rank, rank + 1)[0])
        return self._file.array(f"{name}{WIDTHS[kind]}", place, place + size)

    def occurrences(self, number: int, postings: Postings) -> NDArray[np.int64]:
        """Positions of each posting, in a field that keeps them."""
        count_class = int(self._kinds[number]) >> COUNT_SHIFT & 7
        size = len(postings.documents)
        if not count_class:
            return np.ones(size, np.int64)
        if count_class == COUNT_IS_FREQUENCY:
            return self.frequencies[postings.codes_at(np.arange(size))].astype(np.int64)
        return self._stream("occurrence", count_class, self._rank(number), size).astype(np.int64)

    def positions(self, number: int, begins: Array, counts: Array) -> NDArray[np.uint32]:
        """Positions of some postings of a term: `counts` of them from each of `begins`, counted in the term."""
        place = int(self._file.array("position.places", number, number + 1)[0])
        if self._kinds[number] < RICH:
            return np.full(int(counts.sum()), place, np.uint32)
        rank = self._rank(number)
        width = int(self._file.array("rich.width", rank, rank + 1)[0])
        ends = starts_of(counts)
        indexes = np.repeat(begins - ends[:-1], counts) + np.arange(ends[-1])
        if not len(indexes):
            return np.empty(0, np.uint32)
        last = (int(indexes[-1]) + 1) * width + 7 >> 3
        words = self._file.bytes_anywhere("position", place, place + last)
        return unpack_bits(words, indexes * width, width)

    def blocks(self, number: int) -> Blocks | None:
        """Blocks of a term, if it is frequent enough to have them."""
        terms = self._block_terms
        entry = int(np.searchsorted(terms, number))
        if entry == len(terms) or terms[entry] != number:
            return None
        size = -(-self.count(number) // BLOCK)
        place = int(self._file.array("block.place", entry, entry + 1)[0])
        firsts = self._file.array("block.first", place, place + size).astype(np.int32)
        bounds = self._file.array("block.bound", place, place + size) / BOUND_STEPS
        return Blocks(firsts, bounds)

    def postings_of_blocks(self, number: int, firsts: Ids, chosen: Array) -> Postings:
        """The postings of some blocks, ascending numbers of which are chosen, of a term that has them."""
        kind = int(self._kinds[number])
        rank = self._rank(number)
        count = int(self._file.array("rich.count", rank, rank + 1)[0])
        gaps = self._stream("gap", kind & 3, rank, count - 1)
        sizes = np.minimum(BLOCK, count - chosen * BLOCK)
        places = np.repeat(chosen * BLOCK, sizes) + within_runs(sizes)
        heads = starts_of(sizes)[:-1]
        # The gap before a posting stands one place further left.
        steps = gaps[np.maximum(places - 1, 0)].astype(np.int32)
        steps[heads] = firsts[chosen]
        documents = running_sums(steps, heads, sizes).astype(np.int32)
        frequency_class = kind >> FREQUENCY_SHIFT & 3
        if not frequency_class:
            return Postings(documents, None)
        return Postings(documents, self._stream("frequency", frequency_class, rank, count)[places])

    # Postings of many terms

    def documents_of(self, first: int, last: int) -> Ids:
        """The documents of all postings of some terms, term by term."""
        return self._documents_of(first, last, self.counts(first, last))

    def _documents_of(self, first: int, last: int, counts: Array) -> Ids:
        heads = starts_of(counts)[:-1]
        steps = np.zeros(int(counts.sum()), np.int64)
        later = np.ones(len(steps), bool)
        later[heads] = False
        self._fill(steps, "gap", self._kinds[first:last] & 3, first, counts, later)
        steps[heads] = self._file.array("first", first, last)
        return running_sums(steps, heads, counts).astype(np.int32)

    def batch(self, first: int, last: int) -> Batch:
        """Everything of some terms, of at least one."""
        kinds = self._kinds[first:last]
        rich = kinds >= RICH
        counts = self.counts(first, last)
        documents = self._documents_of(first, last, counts)
        codes = np.zeros(len(documents), np.uint32)
        self._fill(codes, "frequency", np.where(rich, kinds >> FREQUENCY_SHIFT & 3, 0), first, counts, None)
        fields, positional = self._fields_of(first, last)
        count_classes = np.where(rich, kinds >> COUNT_SHIFT & 7, 0)
        occurrences = np.ones(len(documents), np.int64)
        self._fill(occurrences, "occurrence", np.where(count_classes < 4, count_classes, 0), first, counts, None)
        same = np.repeat(count_classes == COUNT_IS_FREQUENCY, counts)
        occurrences[same] = self.frequencies[codes[same]].astype(np.int64)
        occurrences[~np.repeat(positional, counts)] = 0
        positions = self._positions_of(first, last, counts, occurrences, rich)
        return Batch(counts, fields, positional, documents, codes, occurrences, positions)

    def _fill(
        self, values: Array, name: str, classes: Array, first: int, counts: Array, chosen: Array | None
    ) -> None:
        """The values of a stream, for the terms of each class from one stretch of its stream."""
        rank = self._rank(first)
        ranks = rank + np.cumsum(self._kinds[first : first + len(counts)] >= RICH) - 1
        in_stream = counts - 1 if chosen is not None else counts
        for kind in (1, 2, 3):
            terms = classes == kind
            if not terms.any():
                continue
            at = int(ranks[np.argmax(terms)])
            start = int(self._file.array(f"rich.{name}", at, at + 1)[0])
            stretch = self._file.array(f"{name}{WIDTHS[kind]}", start, start + int(in_stream[terms].sum()))
            mask = np.repeat(terms, counts)
            values[mask if chosen is None else mask & chosen] = stretch

    def _fields_of(self, first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        ends = np.array([field.last for field in self.fields.values()])
        fields = np.searchsorted(ends, np.arange(first, last), "right")
        positional = np.array([field.positional for field in self.fields.values()], bool)
        return fields, positional[fields]

    def _positions_of(
        self, first: int, last: int, counts: Array, occurrences: Array, rich: Array
    ) -> NDArray[np.uint32]:
        totals = np.add.reduceat(occurrences, starts_of(counts)[:-1])
        size = int(totals.sum())
        if not size:
            return np.empty(0, np.uint32)
        places = self._file.array("position.places", first, last).astype(np.int64)
        rank = self._rank(first)
        widths = np.zeros(last - first, np.int64)
        widths[rich] = self._file.array("rich.width", rank, rank + int(rich.sum()))
        positions = np.repeat(places, totals).astype(np.uint32)
        packed = np.repeat(rich, totals)
        stored = rich & (totals > 0)
        if stored.any():
            start, end = places[stored][0], (places + (totals * widths + 7 >> 3))[stored][-1]
            words = self._file.bytes_anywhere("position", int(start), int(end))
            bits = np.repeat((places - start) * 8, totals) + within_runs(totals) * np.repeat(widths, totals)
            positions[packed] = unpack_bits(words, bits[packed], np.repeat(widths, totals)[packed])
        return positions

    def check(self) -> None:
        """Read everything once and compare it with its checksums."""
        self._file.check_all()

    def close(self) -> None:
        """Close the file, once no array of it is in use."""
        self._file.close()
