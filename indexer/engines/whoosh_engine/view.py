"""One committed state of the index: its segments joined, deleted documents left out. Immutable."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..base import COLUMNS_NUMBER, TermStatistics
from ..bm25 import norm
from ..query_limits import MAX_PREFIX_TERMS, too_many_prefix_terms
from .codec.documents import Coded, id_hashes
from .codec.packing import starts_of
from .codec.segment import Postings, Segment
from .columns import Column, Ids, Mask

_CACHED_POSTINGS = 4_000_000
"""12 bytes each."""
CHAMPIONS = 100
"""So many of the best postings of a term are kept when it has more."""
_KEPT_CHAMPIONS = 5_000
"""Terms whose best postings are kept, some kilobytes each."""
_FEW_IMPACTS = 8
"""At first not all impacts are read of a list so many times longer than what is asked for."""
_KEPT_DOCUMENTS = 20_000
"""Documents whose id and columns are kept as they are shown."""
_CACHED_FILTERS = 64
"""Filters kept, a byte a document each."""

_RANKED = 5
"""Looking a number up takes about five times as long as reading it in a mask."""
_FIRST_BLOCKS = 16
_MANY_BLOCKS = 64
"""A list of fewer blocks is read whole."""

Value = TypeVar("Value")


class TermPostings:
    """The live documents with a term, through all segments."""

    __slots__ = ("_all", "_asked", "_read", "ids")

    def __init__(self, ids: Ids, read: Callable[[NDArray[np.intp] | None], NDArray[np.float64]]) -> None:
        """`read`: the impacts at some places of `ids`, or all."""
        self.ids = ids
        """Ascending."""
        self._read = read
        self._all: NDArray[np.float64] | None = None
        self._asked = 0

    @property
    def impacts(self) -> NDArray[np.float64]:
        """What the term counts in each, in [0, 1): times idf and boost it is the score."""
        if self._all is None:
            self._all = self._read(None)
        return self._all

    def impacts_at(self, places: NDArray[np.intp]) -> NDArray[np.float64]:
        """Impacts at some places, ascending; all are read and kept when a list is asked again."""
        self._asked += 1
        if self._all is None and self._asked == 1 and len(places) * _FEW_IMPACTS < len(self.ids):
            return self._read(places)
        return self.impacts[places]


@dataclass(frozen=True, slots=True)
class Champions:
    """The postings of a term that count most."""

    ids: Ids
    """Ascending."""
    impacts: NDArray[np.float64]
    ranked: list[float]
    """The impacts, the largest first."""
    documents: int
    """Live documents with the term, of which these are some, or all."""

    def kth(self, k: int) -> float:
        """What the k-th best posting counts; 0 where that is not known."""
        return self.ranked[k - 1] if 0 < k <= len(self.ranked) else 0.0


class _Cache:
    """The most recently used values, until their costs are more than it holds. Safe for threads."""

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __init__(self, held: int) -> None:
        self._limit = held
        self._held = 0
        self._values: OrderedDict[object, tuple[int, object]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: object, make: Callable[[], Value], cost: Callable[[Value], int]) -> Value:
        """The value of a key, made if it is not remembered."""
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
                return found[1]  # type: ignore[return-value]  # what `make` of this key once made
        value = make()
        with self._lock:
            if key not in self._values:
                self._values[key] = (cost(value), value)
                self._held += cost(value)
                while self._held > self._limit and len(self._values) > 1:
                    _, (freed, _) = self._values.popitem(last=False)
                    self._held -= freed
        return value


@dataclass(frozen=True, slots=True)
class _Part:
    """What one segment has of a term."""

    segment: Segment
    found: Postings
    ids: Ids
    """Live documents, in the numbers of the view."""
    alive: NDArray[np.intp] | None
    """Their places among all of the segment's; None: they are all."""

    def frequencies(self, places: NDArray[np.intp] | None) -> NDArray[np.float64]:
        """The weighted frequencies at some places of `ids`, or of all."""
        if self.alive is not None:
            places = self.alive if places is None else self.alive[places]
        return self.segment.frequencies[self.found.codes_at(places)]


class View:
    """Documents are numbered through all segments; `live` says which are not deleted."""

    def __init__(self, segments: Sequence[tuple[Segment, Mask]]) -> None:
        self.segments = tuple(segment for segment, _ in segments)
        self._bases: list[int] = [0]
        for segment in self.segments:
            self._bases.append(self._bases[-1] + segment.size)
        self.size = self._bases[-1]
        """Documents, deleted ones included."""
        self._shown: dict[int, tuple[str, Mapping[str, str]]] = {}
        self.live: Mask = np.concatenate([np.empty(0, bool), *(live for _, live in segments)])
        self.all_live = bool(self.live.all())
        self.live_ids: Ids = np.flatnonzero(self.live).astype(np.int32)
        self._postings = _Cache(_CACHED_POSTINGS)
        self._champions = _Cache(_KEPT_CHAMPIONS)
        self._starts = _Cache(_CACHED_POSTINGS)
        self._filters = _Cache(_CACHED_FILTERS)
        self._sizes: dict[str, tuple[int, float]] = {}
        self._norms: dict[str, NDArray[np.float64]] = {}
        self._columns: dict[str, Column] = {}
        self._numbers: dict[str, NDArray[np.int64]] = {}

    # Documents

    def segment_of(self, document: int) -> int:
        """Which segment a document is in."""
        return bisect_right(self._bases, document) - 1

    def base(self, segment: int) -> int:
        """Number of the first document of a segment."""
        return self._bases[segment]

    def id(self, document: int) -> str:
        """The id of a document."""
        segment = self.segment_of(document)
        return self.segments[segment].documents.id(document - self._bases[segment])

    def shown(self, document: int) -> tuple[str, Mapping[str, str]]:
        """The id and the columns that a hit carries."""
        known = self._shown.get(document)
        if known is None:
            segment = self.segment_of(document)
            documents, number = self.segments[segment].documents, document - self._bases[segment]
            values = ((name, documents.text_of(name, number)) for name in ("lang", "group"))
            known = documents.id(number), {name: value for name, value in values if value is not None}
            if len(self._shown) < _KEPT_DOCUMENTS:
                self._shown[document] = known
        return known

    def number_of(self, document_id: str) -> int | None:
        """The live document with an id."""
        hashes = id_hashes([document_id])
        for segment, base in zip(self.segments, self._bases, strict=False):
            for document in segment.documents.find([document_id], hashes).tolist():
                if self.live[base + document]:
                    return base + int(document)
        return None

    def ids(self) -> list[str]:
        """The ids of all live documents."""
        ids = [name for segment in self.segments for name in segment.documents.ids()]
        return [ids[document] for document in self.live_ids.tolist()]

    def column(self, name: str) -> Column:
        """A column of strings; of a column of integers their decimal text."""
        if name not in self._columns:
            if name in COLUMNS_NUMBER:
                made = Column.of_numbers(self.numbers(name))
            elif self.segments:
                coded = [segment.documents.text(name) for segment in self.segments]
                made = Column.of(
                    coded[0] if len(coded) == 1 else Coded.joined(coded, np.arange(self.size, dtype=np.int64))
                )
            else:
                made = Column.of(Coded.of([]))
            self._columns[name] = made
        return self._columns[name]

    def numbers(self, name: str) -> NDArray[np.int64]:
        """A column of integers, `MISSING` where a document has none."""
        if name not in self._numbers:
            parts = [segment.documents.number(name) for segment in self.segments]
            self._numbers[name] = np.concatenate([np.empty(0, np.int64), *parts])
        return self._numbers[name]

    def having(self, name: str, values: Sequence[str]) -> Mask:
        """Documents, deleted ones too, that have one of the values in a column."""
        mask = np.zeros(self.size, bool)
        if name in COLUMNS_NUMBER:
            wanted = [int(value) for value in values if value.isdecimal() and value == str(int(value))]
            return np.isin(self.numbers(name), wanted)
        for segment, base in zip(self.segments, self._bases, strict=False):
            mask[segment.documents.having(name, values) + base] = True
        return mask

    def filter_mask(self, key: object, make: Callable[[], Mask]) -> Mask:
        """What a filter selects, made or remembered."""
        return self._filters.get(key, make, lambda _: 1)

    def fields(self) -> tuple[str, ...]:
        """Fields with a term in a live document, sorted."""
        names = sorted({name for segment in self.segments for name in segment.fields})
        return tuple(name for name in names if self.field_size(name)[0])

    # Statistics

    def _lengths(self, field: str) -> NDArray[np.float64]:
        lengths = np.zeros(self.size)
        for segment, base in zip(self.segments, self._bases, strict=False):
            stored = segment.documents.length(field)
            lengths[base + stored.documents] = stored.lengths
        return lengths

    def field_size(self, field: str) -> tuple[int, float]:
        """Live documents that have the field, and their average length."""
        if field not in self._sizes:
            count, total = 0, 0.0
            for segment, base in zip(self.segments, self._bases, strict=False):
                stored = segment.documents.length(field)
                lengths = stored.lengths
                if not self.all_live:
                    lengths = lengths[self.live[base + stored.documents]]
                count += len(lengths)
                total += float(lengths.sum())
            self._sizes[field] = (count, total / count if count else 0.0)
        return self._sizes[field]

    def norms(self, field: str) -> NDArray[np.float64]:
        """What the length of each document takes back; see `bm25.norm`."""
        if field not in self._norms:
            self._norms[field] = norm(self._lengths(field), self.field_size(field)[1] or 1.0)
        return self._norms[field]

    def document_frequency(self, field: str, term: str) -> int:
        """Live documents with the term."""
        if self.all_live:
            key = term_bytes(term)
            numbers = ((segment, segment.find(field, key)) for segment in self.segments)
            return sum(segment.count(number) for segment, number in numbers if number >= 0)
        return len(self.postings(field, term).ids)

    # Terms

    def postings(self, field: str, term: str) -> TermPostings:
        """Live documents with a term, and its weighted frequencies."""
        return self._postings.get((field, term), lambda: self._read(field, term), _cost)

    def _read(self, field: str, term: str) -> TermPostings:
        key = term_bytes(term)
        parts: list[_Part] = []
        for segment, base in zip(self.segments, self._bases, strict=False):
            number = segment.find(field, key)
            if number >= 0:
                found = segment.postings(number)
                ids = found.documents + np.int32(base) if base else found.documents
                alive = None if self.all_live else np.flatnonzero(self.live[ids])
                parts.append(_Part(segment, found, ids if alive is None else ids[alive], alive))
        if len(parts) == 1:
            ids = parts[0].ids
        else:
            ids = np.concatenate([np.empty(0, np.int32), *(part.ids for part in parts)])
        return TermPostings(ids, partial(self._impacts, field, ids, parts))

    def _impacts(
        self, field: str, ids: Ids, parts: Sequence[_Part], places: NDArray[np.intp] | None
    ) -> NDArray[np.float64]:
        if len(parts) == 1:
            frequencies = parts[0].frequencies(places)
        elif places is None:
            frequencies = np.concatenate([np.empty(0), *(part.frequencies(None) for part in parts)])
        else:
            ends = np.cumsum([len(part.ids) for part in parts])
            borders = np.searchsorted(places, ends)
            found, start = [np.empty(0)], 0
            for part, border, end in zip(parts, borders.tolist(), ends.tolist(), strict=True):
                found.append(part.frequencies(places[start:border] - (end - len(part.ids))))
                start = border
            frequencies = np.concatenate(found)
        return self.impacts(field, ids if places is None else ids[places], frequencies)

    def impacts(self, field: str, ids: Ids, frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
        """What frequencies in these documents count; see `bm25.saturated`."""
        return frequencies / (frequencies + self.norms(field)[ids])

    def champions(self, field: str, term: str) -> Champions:
        """The `CHAMPIONS` postings of a term that count most; all where there are fewer."""
        return self._champions.get((field, term), lambda: self._read_champions(field, term), lambda _: 1)

    def _read_champions(self, field: str, term: str) -> Champions:
        found = self._best_of_blocks(field, term)
        if found is None:
            postings = self.postings(field, term)
            found = postings.ids, postings.impacts, len(postings.ids)
        ids, impacts, documents = found
        if len(ids) > CHAMPIONS:
            places = np.sort(np.argpartition(impacts, len(ids) - CHAMPIONS)[len(ids) - CHAMPIONS :])
            ids, impacts = ids[places], impacts[places]
        return Champions(ids, impacts, np.sort(impacts)[::-1].tolist(), documents)

    def _best_of_blocks(self, field: str, term: str) -> tuple[Ids, NDArray[np.float64], int] | None:
        """Postings among which the best are, read from the blocks that may have them.

        None where the list is known, or has no blocks, or must be counted because documents are deleted.
        """
        if len(self.segments) != 1 or not self.all_live or (field, term) in self._postings:
            return None
        (segment,) = self.segments
        number = segment.find(field, term_bytes(term))
        blocks = segment.blocks(number) if number >= 0 else None
        if blocks is None or len(blocks.bounds) < _MANY_BLOCKS:
            return None
        order = np.argsort(-blocks.bounds)
        ids, impacts = self._of_blocks(segment, number, field, blocks.firsts, order[:_FIRST_BLOCKS])
        least = np.partition(impacts, len(impacts) - CHAMPIONS)[len(impacts) - CHAMPIONS]
        rest = order[_FIRST_BLOCKS:]
        rest = rest[blocks.bounds[rest] >= least]
        if len(rest):
            more_ids, more = self._of_blocks(segment, number, field, blocks.firsts, rest)
            ids, impacts = np.concatenate([ids, more_ids]), np.concatenate([impacts, more])
        in_order = np.argsort(ids)
        return ids[in_order], impacts[in_order], segment.count(number)

    def _of_blocks(
        self, segment: Segment, number: int, field: str, firsts: Ids, chosen: NDArray[np.intp]
    ) -> tuple[Ids, NDArray[np.float64]]:
        found = segment.postings_of_blocks(number, firsts, np.sort(chosen))
        frequencies = segment.frequencies[found.codes_at(None)]
        return found.documents, self.impacts(field, found.documents, frequencies)

    def spots(self, field: str, term: str, wanted: Ids) -> NDArray[np.int64]:
        """Where a term stands in these documents, which all have it: document << 32 | position, ascending."""
        found: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
        key = term_bytes(term)
        for at, (segment, base) in enumerate(zip(self.segments, self._bases, strict=False)):
            first, last = bisect_left(wanted, base), bisect_left(wanted, base + segment.size)
            if first == last or not segment.fields[field].positional:
                continue
            number = segment.find(field, key)
            documents, starts = self._position_starts(at, number)
            here = wanted[first:last]
            places = _places(documents, here - np.int32(base) if base else here, segment.size)
            begins = starts[places]
            counts = starts[places + 1] - begins
            spots = segment.positions(number, begins, counts)
            bases: NDArray[np.int64] = np.repeat(here.astype(np.int64) << 32, counts)
            found.append(bases + spots)
        return found[-1] if len(found) <= 2 else np.concatenate(found)

    def _position_starts(self, at: int, number: int) -> tuple[Ids, NDArray[np.int64]]:
        """The documents of a term in a segment, and where the positions of each begin."""
        segment = self.segments[at]

        def read() -> tuple[Ids, NDArray[np.int64]]:
            postings = segment.postings(number)
            return postings.documents, starts_of(segment.occurrences(number, postings))

        return self._starts.get((at, number), read, lambda made: len(made[0]) + 1)

    def beginning(self, field: str, prefix: str) -> Ids:
        """Documents with a term that begins so, each at least once. Raises `QueryError`: too many terms."""
        key = term_bytes(prefix)
        spans = [segment.beginning(field, key) for segment in self.segments]
        self._check_number(field, prefix, spans)
        parts = [
            segment.documents_of(first, last) + np.int32(base)
            for segment, base, (first, last) in zip(self.segments, self._bases, spans, strict=False)
            if first < last
        ]
        return np.concatenate([np.empty(0, np.int32), *parts])

    def _check_number(self, field: str, prefix: str, spans: Sequence[tuple[int, int]]) -> None:
        if sum(last - first for first, last in spans) <= MAX_PREFIX_TERMS:
            return
        names = {
            text for segment, span in zip(self.segments, spans, strict=True) for text in segment.texts(*span)
        }
        if len(names) > MAX_PREFIX_TERMS:
            raise too_many_prefix_terms(field, prefix)

    def terms(self, field: str, prefix: str, limit: int) -> list[TermStatistics]:
        """Terms of a field that begin so, in order, that a live document has."""
        counts: dict[bytes, int] = {}
        for segment, base in zip(self.segments, self._bases, strict=False):
            first, last = segment.beginning(field, term_bytes(prefix))
            if first == last:
                continue
            if self.all_live and len(self.segments) == 1:
                last = min(last, first + limit)
            for text, count in zip(
                segment.texts(first, last), self._live_counts(segment, base, first, last), strict=True
            ):
                counts[text] = counts.get(text, 0) + count
        found = sorted((text, count) for text, count in counts.items() if count)[:limit]
        return [TermStatistics(text.decode("utf-8", "surrogatepass"), count) for text, count in found]

    def _live_counts(self, segment: Segment, base: int, first: int, last: int) -> list[int]:
        counts = segment.counts(first, last)
        if not self.all_live:
            alive = self.live[segment.documents_of(first, last) + base]
            counts = np.add.reduceat(alive, starts_of(counts)[:-1], dtype=np.int64)
        found: list[int] = counts.tolist()
        return found


def _places(documents: Ids, some: Ids, size: int) -> NDArray[np.intp]:
    """Where some of the documents stand; both ascending, numbers below `size`."""
    if len(some) == len(documents):
        return np.arange(len(some))
    if len(some) * _RANKED < len(documents) + size // 60:
        return np.searchsorted(documents, some)
    mask = np.zeros(size, bool)
    mask[some] = True
    return np.flatnonzero(mask[documents])


def _cost(postings: TermPostings) -> int:
    # One for the entry itself: unknown terms must not fill the memory either.
    return len(postings.ids) + 1


def term_bytes(term: str) -> bytes:
    """UTF-8, whose order is that of code points."""
    return term.encode("utf-8", "surrogatepass")
