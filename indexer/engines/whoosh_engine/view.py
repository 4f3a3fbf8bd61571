"""One committed state of the index: its segments joined, deleted documents masked out. Immutable."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from ...errors import IndexDamaged
from ..base import K1, B, TermStatistics
from ..query_limits import MAX_PREFIX_TERMS, too_many_prefix_terms
from .columns import Columns, Mask
from .segments import Ids, Postings, Segment

_CACHED_POSTINGS = 8_000_000
"""Postings kept decoded, 8 bytes each."""


class PostingsCache:
    """The most recently used posting lists of segments, which never change."""

    def __init__(self) -> None:
        self._lists: OrderedDict[tuple[int, str, str], Postings] = OrderedDict()
        self._held = 0
        self._lock = Lock()

    def get(self, segment: Segment, field: str, term: str) -> Postings:
        """The postings of a term in a segment, decoded or remembered."""
        key = (id(segment), field, term)
        with self._lock:
            found = self._lists.get(key)
            if found is not None:
                self._lists.move_to_end(key)
                return found
        found = segment.postings(field, term)
        with self._lock:
            if key not in self._lists:
                self._lists[key] = found
                # One for the entry itself: unknown terms must not fill the memory either.
                self._held += len(found.ids) + 1
                while self._held > _CACHED_POSTINGS and len(self._lists) > 1:
                    _, dropped = self._lists.popitem(last=False)
                    self._held -= len(dropped.ids) + 1
        return found

    def forget(self, segments: Sequence[Segment]) -> None:
        """Drop what belongs to segments that are gone."""
        gone = set(map(id, segments))
        with self._lock:
            for key in [key for key in self._lists if key[0] in gone]:
                self._held -= len(self._lists.pop(key).ids) + 1


class View:
    """Documents are numbered through all segments; `live` says which are not deleted."""

    def __init__(self, segments: Sequence[Segment], cache: PostingsCache) -> None:
        self.segments = tuple(segments)
        self._cache = cache
        sizes = [segment.size for segment in segments]
        self._bases = np.cumsum([0, *sizes])
        self.size = int(self._bases[-1])
        """Documents, deleted ones included."""
        self.columns = Columns([record for segment in segments for record in segment.records])
        self.live: Mask = np.ones(self.size, bool)
        for base, segment in zip(self._bases, segments, strict=False):
            self.live[base + segment.deleted()] = False
        self._all_live = bool(self.live.all())
        self.numbers = {self.columns.ids[number]: int(number) for number in np.flatnonzero(self.live)}
        """Id -> document number, of live documents."""
        if len(self.numbers) != int(self.live.sum()):
            raise IndexDamaged("the index has two documents with one id; run `dalil reindex`")
        self._sizes: dict[str, tuple[int, float]] = {}
        self._norms: dict[str, NDArray[np.float64]] = {}

    def postings(self, field: str, term: str) -> Postings:
        """Live documents with a term, ascending, and its weighted frequencies."""
        parts = [self._cache.get(segment, field, term) for segment in self.segments]
        if len(parts) == 1:
            ids, weights = parts[0].ids, parts[0].weights
        else:
            ids = np.concatenate(
                [np.empty(0, np.int32), *(p.ids + b for p, b in zip(parts, self._bases, strict=False))]
            ).astype(np.int32)
            weights = np.concatenate([np.empty(0, np.float32), *(part.weights for part in parts)])
        if self._all_live:
            return Postings(ids, weights)
        alive = self.live[ids]
        return Postings(ids[alive], weights[alive])

    def positions(self, field: str, term: str, wanted: Ids) -> list[NDArray[np.uint32]]:
        """Word numbers of a term in each wanted document; all of them have the term."""
        found: list[NDArray[np.uint32]] = []
        for segment, base in zip(self.segments, self._bases, strict=False):
            inside = wanted[(wanted >= base) & (wanted < base + segment.size)]
            if len(inside):
                found += segment.positions(field, term, (inside - base).astype(np.int32))
        return found

    def field_size(self, field: str) -> tuple[int, float]:
        """Live documents that have the field, and their average length."""
        if field not in self._sizes:
            lengths = self.columns.lengths(field)[self.live]
            lengths = lengths[lengths > 0]
            self._sizes[field] = (len(lengths), float(lengths.mean()) if len(lengths) else 0.0)
        return self._sizes[field]

    def norms(self, field: str) -> NDArray[np.float64]:
        """BM25's `k1 (1 - b + b length / average)` of each document."""
        if field not in self._norms:
            average = self.field_size(field)[1] or 1.0
            self._norms[field] = K1 * (1 - B + B * self.columns.lengths(field) / average)
        return self._norms[field]

    def document_frequency(self, field: str, term: str) -> int:
        """Live documents with the term."""
        if self._all_live:
            return sum(segment.document_frequency(field, term) for segment in self.segments)
        return len(self.postings(field, term).ids)

    def terms(self, field: str, prefix: str, limit: int) -> list[TermStatistics]:
        """Terms of a field that begin so, in order, that a live document has."""
        names = sorted({term for segment in self.segments for term in segment.terms_from(field, prefix)})
        found: list[TermStatistics] = []
        for name in names:
            if len(found) >= limit:
                break
            if frequency := self.document_frequency(field, name):
                found.append(TermStatistics(name, frequency))
        return found

    def expanded(self, field: str, prefix: str) -> set[str]:
        """The terms that a prefix stands for. Raises `QueryError` when there are too many."""
        names: set[str] = set()
        for segment in self.segments:
            for name in segment.terms_from(field, prefix):
                names.add(name)
                if len(names) > MAX_PREFIX_TERMS:
                    raise too_many_prefix_terms(field, prefix)
        return names
