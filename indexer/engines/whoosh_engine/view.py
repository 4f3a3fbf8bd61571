"""One committed state of the index: its segments joined, deleted documents left out. Immutable."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..base import COLUMNS_NUMBER, TermStatistics
from ..query_limits import MAX_PREFIX_TERMS, too_many_prefix_terms
from .codec.documents import Coded, id_hashes
from .codec.packing import starts_of
from .codec.segment import Segment
from .columns import Column, Ids, Mask
from .field_lengths import FieldLengths
from .posting_lists import PostingLists, term_bytes
from .recent_values import RecentValues
from .segment_memory import SegmentMemory, deleted_of, memories

Value = TypeVar("Value")

_CACHED_FILTERS = 64
"""Filters kept, a byte a document each."""


_Known = tuple[Value, list[str]]
"""What was made of the segments of these names, in this state or an older one."""


class View:
    """Documents are numbered through all segments; `live` says which are not deleted."""

    def __init__(self, segments: Sequence[tuple[Segment, Mask]], before: View | None = None) -> None:
        """`before`: the state before, of which all is taken over that is right in this one."""
        self.segments = tuple(segment for segment, _ in segments)
        self._bases: list[int] = [0]
        for segment in self.segments:
            self._bases.append(self._bases[-1] + segment.size)
        self.size = self._bases[-1]
        """Documents, deleted ones included."""
        self.live: Mask = np.concatenate([np.empty(0, bool), *(live for _, live in segments)])
        self.all_live = bool(self.live.all())
        self.live_ids: Ids = np.flatnonzero(self.live).astype(np.int32)
        self.memories: tuple[SegmentMemory, ...] = memories(self.segments, before.memories if before else ())
        """What is remembered of each segment."""
        deleted = deleted_of([live for _, live in segments])
        self._lengths = FieldLengths(self.memories, deleted)
        self.lists = PostingLists(self.memories, self._bases, self.live, deleted, self._lengths)
        """The posting lists of words."""
        self._filters = RecentValues(_CACHED_FILTERS)
        self._names = [segment.name for segment in self.segments]
        self._columns: dict[str, _Known[Column]] = {}
        self._numbers: dict[str, _Known[NDArray[np.int64]]] = {}
        if before is not None:
            self._take_over(before)

    def _take_over(self, before: View) -> None:
        """What was made of columns: where it is asked for, only what came to it is added."""
        self._columns = before._columns.copy()
        self._numbers = before._numbers.copy()

    def _same(self, names: Sequence[str]) -> int:
        """How many segments are the same as those of an older state, from the first one on."""
        same = 0
        for one, other in zip(self._names, names, strict=False):
            if one != other:
                break
            same += 1
        return same

    def forget(self) -> None:
        """Let go of what is kept. The state stays readable; without this its files stay mapped for long."""
        self.lists.forget()
        self._filters.clear()

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
        segment = self.segment_of(document)
        return self.memories[segment].shown(document - self._bases[segment])

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
        known, names = self._columns.get(name, (None, []))
        if known is not None and names == self._names:
            return known
        same = self._same(names)
        made = self._column_from(name, same)
        if known is not None and same:
            made = known.upto(self._bases[same]).extended(made)
        self._columns[name] = made, self._names
        return made

    def _column_from(self, name: str, first: int) -> Column:
        """The column of the segments from a place on."""
        if name in COLUMNS_NUMBER:
            return Column.of_numbers(self.numbers(name)[self._bases[first] :])
        coded = [segment.documents.text(name) for segment in self.segments[first:]]
        if len(coded) == 1:
            return Column.of(coded[0])
        size = self.size - self._bases[first]
        return Column.of(Coded.joined(coded, np.arange(size, dtype=np.int64)) if coded else Coded.of([]))

    def numbers(self, name: str) -> NDArray[np.int64]:
        """A column of integers, `MISSING` where a document has none."""
        known, names = self._numbers.get(name, (np.empty(0, np.int64), []))
        if names == self._names:
            return known
        same = self._same(names)
        parts = [segment.documents.number(name) for segment in self.segments[same:]]
        made = np.concatenate([known[: self._bases[same]], *parts])
        self._numbers[name] = made, self._names
        return made

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

    def field_size(self, field: str) -> tuple[int, float]:
        """Live documents that have the field, and their average length."""
        return self._lengths.size(field)

    def document_frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """Live documents with each of the terms."""
        return self.lists.document_frequencies(field, terms)

    # Terms

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
