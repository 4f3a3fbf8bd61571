"""Reads one segment: its dictionary, postings and positions, as arrays."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .dictionary import LONGEST
from .documents import StoredDocuments, load_texts
from .many_terms import ManyTerms
from .number_streams import StreamsReader
from .packing import Array, running_sums, starts_of, within_runs
from .postings_encoder import BLOCK, BOUND_STEPS, COUNT_IS_FREQUENCY, GAP_WIDTH, RANK_STEP, RICH, Batch
from .segment_file import SegmentFile

Ids = NDArray[np.int32]

_KEPT_NUMBERS = 20_000
"""Words whose numbers are kept when they have been looked up."""
_UNKNOWN = -2
_TOGETHER = 12
"""Fewer words are looked up one by one."""


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
    """The postings of one term; frequencies are read when they are asked for."""

    documents: Ids
    """Ascending."""
    read_codes: Callable[[Array | None], Array]
    """See `codes_at`."""

    def codes_at(self, chosen: Array | None) -> Array:
        """Place of the frequencies of some postings, or of all, in the segment's table."""
        return self.read_codes(chosen)


@dataclass(frozen=True, slots=True)
class Blocks:
    """What a long posting list tells before it is read, by blocks of `BLOCK` postings."""

    firsts: Ids
    """First document of each."""
    bounds: NDArray[np.float64]
    """At least what any of its postings counts (frequency over itself and norm), at `Field.average`."""


def _commonest(count: int, chosen: Array | None) -> NDArray[np.uint8]:
    return np.zeros(count if chosen is None else len(chosen), np.uint8)


class Segment:
    """One immutable segment; safe for several threads. Every method may raise `IndexDamaged`."""

    def __init__(self, path: Path) -> None:
        self._file = SegmentFile(path)
        self.name = path.name
        """No other segment ever has it."""
        self.documents = StoredDocuments(self._file)
        self.size = self.documents.size
        """Documents, deleted ones included."""
        self._found: dict[tuple[str, bytes], int] = {}
        self._unknown = _UNKNOWN
        """The number of a term that is not in `_found`: there is none where all terms are."""
        self._streams = {
            name: StreamsReader(name, self._file) for name in ("gap", "frequency", "occurrence", "position")
        }
        self.fields = {
            name: Field(number, *values) for number, (name, *values) in enumerate(self._file.notes["fields"])
        }

    @cached_property
    def frequencies(self) -> NDArray[np.float64]:
        """What codes stand for."""
        return self._file.array("frequencies")

    @cached_property
    def _text(self) -> memoryview:
        return self._file.array("term").data

    @cached_property
    def _text_starts(self) -> memoryview:
        return self._file.array("term.starts").data

    @cached_property
    def _kinds(self) -> NDArray[np.uint8]:
        return self._file.array("kind")

    @cached_property
    def _rich_before(self) -> NDArray[np.uint32]:
        return self._file.array("rich.before")

    @cached_property
    def _block_terms(self) -> NDArray[np.uint32]:
        return self._file.array("block.term")

    @cached_property
    def many(self) -> ManyTerms:
        """Reads many terms at once."""
        return ManyTerms(self._file)

    # The dictionary

    def find_each(self, field: str, terms: Sequence[bytes]) -> NDArray[np.int64]:
        """The number of each term, -1 where the segment does not have it."""
        self._read_small()
        other, known = self._unknown, self._found
        numbers = [known.get((field, term), other) for term in terms]
        unknown = [
            at
            for at, number in enumerate(numbers)
            if number == _UNKNOWN and len(terms[at]) <= LONGEST and field in self.fields
        ]
        if len(unknown) >= _TOGETHER:
            place = self.fields[field]
            found = self.many.find([terms[at] for at in unknown], place.first, place.last)
            for at, number in zip(unknown, found.tolist(), strict=True):
                numbers[at] = self._keep(field, terms[at], number)
        return np.array(
            [
                self.find(field, term) if number == _UNKNOWN else number
                for term, number in zip(terms, numbers, strict=True)
            ],
            np.int64,
        )

    def find(self, field: str, term: bytes) -> int:
        """Number of a term, -1 if the segment does not have it."""
        number = self._known(field, term)
        if number == _UNKNOWN:
            self._read_small()
            number = self._known(field, term)
        if number == _UNKNOWN:
            number = self._keep(field, term, self._looked_up(field, term))
        return number

    def _known(self, field: str, term: bytes) -> int:
        # First: once it says that there is no such term, all terms are in `_found`.
        unknown = self._unknown
        return self._found.get((field, term), unknown)

    def _read_small(self) -> None:
        """Of a segment with few terms, as those of a few articles are, keep the number of each.

        Where articles are published there are many of them, and none may cost a search in it.
        """
        terms = max((field.last for field in self.fields.values()), default=0)
        if self._unknown != _UNKNOWN or terms > _KEPT_NUMBERS // 2:
            return
        texts = list(self.texts(0, terms)) if terms else []
        self._found = {
            (name, texts[number]): number
            for name, field in self.fields.items()
            for number in range(field.first, field.last)
        }
        self._unknown = -1

    def _keep(self, field: str, term: bytes, number: int) -> int:
        if len(self._found) >= _KEPT_NUMBERS:
            # What is asked for again and again is soon back; what is not must not stand in its way.
            self._found.clear()
        self._found[field, term] = number
        return number

    def _looked_up(self, field: str, term: bytes) -> int:
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
            return Postings(first, partial(_commonest, 1))
        rank = self._rank(number)
        count = self._rich("rich.count", rank)
        documents = np.empty(count, np.int32)
        documents[0] = 0
        if count > 1:
            gaps = self._streams["gap"].stretch(self._rich("gap.places", rank), count - 1, kind & GAP_WIDTH)
            np.cumsum(gaps, dtype=np.int32, out=documents[1:])
        documents += first
        return Postings(documents, partial(self._codes, rank, count))

    def _codes(self, rank: int, count: int, chosen: Array | None) -> Array:
        width = self._rich("frequency.widths", rank)
        if not width:
            return _commonest(count, chosen)
        place = self._rich("frequency.places", rank)
        if chosen is None:
            return self._streams["frequency"].stretch(place, count, width)
        return self._streams["frequency"].some(place, chosen, width)

    def _rich(self, name: str, rank: int) -> int:
        """A number of one rich term."""
        return int(self._file.array(name, rank, rank + 1)[0])

    def _stretch(self, name: str, rank: int, size: int, width: int) -> Array:
        return self._streams[name].stretch(self._rich(f"{name}.places", rank), size, width)

    def occurrences(self, number: int, postings: Postings) -> NDArray[np.int64]:
        """Positions of each posting, in a field that keeps them."""
        size = len(postings.documents)
        if self._kinds[number] < RICH:
            return np.ones(size, np.int64)
        rank = self._rank(number)
        width = self._rich("occurrence.widths", rank)
        if not width:
            return np.ones(size, np.int64)
        if width == COUNT_IS_FREQUENCY:
            return self.frequencies[postings.codes_at(None)].astype(np.int64)
        return self._stretch("occurrence", rank, size, width).astype(np.int64)

    def positions(self, number: int, begins: Array, counts: Array) -> NDArray[np.uint32]:
        """Positions of some postings of a term: `counts` of them from each of `begins` on."""
        place = self._rich("position.places", number)
        if self._kinds[number] < RICH:
            return np.full(int(counts.sum()), place, np.uint32)
        width = self._rich("position.widths", self._rank(number))
        ends = starts_of(counts)
        indexes = np.repeat(begins - ends[:-1], counts) + np.arange(ends[-1])
        return self._streams["position"].some(place, indexes, width)

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

    def postings_of_blocks(self, number: int, firsts: Ids, chosen: NDArray[np.int64]) -> Postings:
        """The postings of some blocks, ascending numbers of which are chosen, of a term that has them."""
        kind = int(self._kinds[number])
        rank = self._rank(number)
        count = self._rich("rich.count", rank)
        sizes = np.minimum(BLOCK, count - chosen * BLOCK)
        places = np.repeat(chosen * BLOCK, sizes) + within_runs(sizes)
        heads = starts_of(sizes)[:-1]
        # The gap before a posting stands one place further left.
        gap_places = np.maximum(places - 1, 0)
        gaps = self._streams["gap"].some(self._rich("gap.places", rank), gap_places, kind & GAP_WIDTH)
        steps = gaps.astype(np.int32)
        steps[heads] = firsts[chosen]
        documents = running_sums(steps, heads, sizes).astype(np.int32)
        codes = self._codes(rank, count, places)
        return Postings(documents, lambda chosen: codes if chosen is None else codes[chosen])

    # Postings of many terms

    def documents_of(self, first: int, last: int) -> Ids:
        """The documents of all postings of some terms, term by term."""
        return self._documents_of(first, last, self.counts(first, last))

    def _documents_of(self, first: int, last: int, counts: Array) -> Ids:
        heads = starts_of(counts)[:-1]
        steps = np.zeros(int(counts.sum()), np.int64)
        later = np.ones(len(steps), bool)
        later[heads] = False
        widths = self._kinds[first:last] & GAP_WIDTH
        places = self._spread("gap.places", first, last)
        self._streams["gap"].fill(steps, places, counts - 1, widths, later)
        steps[heads] = self._file.array("first", first, last)
        return running_sums(steps, heads, counts).astype(np.int32)

    def _spread(self, name: str, first: int, last: int) -> NDArray[np.int64]:
        """Numbers of rich terms as numbers of some terms, 0 for the others."""
        rich = self._kinds[first:last] >= RICH
        rank = self._rank(first)
        spread = np.zeros(last - first, np.int64)
        spread[rich] = self._file.array(name, rank, rank + int(rich.sum()))
        return spread

    def batch(self, first: int, last: int) -> Batch:
        """Everything of some terms, of at least one."""
        counts = self.counts(first, last)
        documents = self._documents_of(first, last, counts)
        codes = np.zeros(len(documents), np.uint32)
        widths = self._spread("frequency.widths", first, last)
        places = self._spread("frequency.places", first, last)
        self._streams["frequency"].fill(codes, places, counts, widths, None)
        fields, positional = self._fields_of(first, last)
        occurrences = np.ones(len(documents), np.int64)
        widths = self._spread("occurrence.widths", first, last)
        same = np.repeat(widths == COUNT_IS_FREQUENCY, counts)
        widths[widths == COUNT_IS_FREQUENCY] = 0
        places = self._spread("occurrence.places", first, last)
        self._streams["occurrence"].fill(occurrences, places, counts, widths, None)
        occurrences[same] = self.frequencies[codes[same]].astype(np.int64)
        occurrences[~np.repeat(positional, counts)] = 0
        positions = self._positions_of(first, last, np.add.reduceat(occurrences, starts_of(counts)[:-1]))
        return Batch((), counts, fields, positional, documents, codes, occurrences, positions)

    def _fields_of(self, first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        ends = np.array([field.last for field in self.fields.values()])
        fields = np.searchsorted(ends, np.arange(first, last), "right")
        positional = np.array([field.positional for field in self.fields.values()], bool)
        return fields, positional[fields]

    def _positions_of(self, first: int, last: int, totals: Array) -> NDArray[np.uint32]:
        places = self._file.array("position.places", first, last)
        # Right for poor terms, whose position stands in the place of a place.
        positions = np.repeat(places, totals).astype(np.uint32)
        widths = self._spread("position.widths", first, last)
        self._streams["position"].fill(positions, places, totals, widths, None)
        return positions

    def release(self) -> None:
        """Give back the memory of what was read; it is read again when it is needed."""
        self._file.release()

    def check_length(self) -> None:
        """Look whether all of the file is still there."""
        self._file.check_length()

    def check(self) -> None:
        """Read everything once and compare it with its checksums."""
        self._file.check_all()

    def close(self) -> None:
        """Close the file, once no array of it is in use."""
        self._file.close()
