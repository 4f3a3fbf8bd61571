"""`WhooshEngine`: the `SearchEngine` over Whoosh's files."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.index import EmptyIndexError, FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from ...errors import IndexMissing
from ..base import (
    Change,
    EngineStatistics,
    Hit,
    IndexDocument,
    SearchRequest,
    SearchResponse,
    Sort,
    TermStatistics,
    Upsert,
)
from ..bm25 import DIGITS
from ..query import Everything, Query
from ..query_limits import check_query, check_request
from .columns import MISSING
from .damage import DAMAGE, damaged
from .durable_storage import DurableStorage
from .evaluation import evaluate
from .safe_pickle import guard_whoosh
from .segments import Segment, record_of
from .stored_terms import ID, RECORD, TermsField, new_schema
from .view import PostingsCache, View

_OPEN_ATTEMPTS = 20
_LONGEST_SEARCH_S = 60.0
"""A segment that no view has had for so long is read by no search any more."""
_SORT_LIMIT_MB = 256
"""Memory of Whoosh's posting pool before it spills to disk."""


class WhooshEngine:
    """Terms and columns in a directory of Whoosh's files. One writer at a time, any number of readers.

    Searching is safe from several threads and sees the state of the last `apply` or `refresh`.
    """

    def __init__(self, index: FileIndex, storage: DurableStorage) -> None:
        self._index = index
        self._storage = storage
        self._cache = PostingsCache()
        self._lock = RLock()
        self._segments: dict[str, Segment] = {}
        self._generation = -1
        self._view = View((), self._cache)
        self._retired: list[tuple[float, Segment]] = []
        """When the last view left a segment; a search in another thread may still read it."""
        self.refresh()

    @classmethod
    def create(cls, directory: Path) -> WhooshEngine:
        """Make an empty index in a directory, which is made if missing."""
        guard_whoosh()
        directory.mkdir(parents=True, exist_ok=True)
        storage = DurableStorage(directory)
        return cls(storage.create_index(new_schema()), storage)

    @classmethod
    def open(cls, directory: Path, *, read_only: bool = False) -> WhooshEngine:
        """Open what `create` made. Raises `IndexMissing`, `IndexDamaged`."""
        guard_whoosh()
        storage = DurableStorage(directory, readonly=read_only)
        try:
            return cls(storage.open_index(), storage)
        except EmptyIndexError:
            raise IndexMissing(f"there is no index in {directory}; run `dalil reindex`") from None
        except DAMAGE as error:
            storage.close_files()
            raise damaged(directory, error) from error

    def apply(self, changes: Iterable[Change]) -> None:
        """See `SearchEngine.apply`."""
        with _collector_paused():
            self._apply(changes)

    def _apply(self, changes: Iterable[Change]) -> None:
        last: dict[str, IndexDocument | None] = {}
        for change in changes:
            if isinstance(change, Upsert):
                last[change.document.id] = change.document
            else:
                last[change.id] = None
        if not last:
            return
        with self._lock:
            self.refresh()
            # Compound segments are copied into memory at each opening; plain files are read where needed.
            writer: Any = self._index.writer(limitmb=_SORT_LIMIT_MB, compound=False)
            try:
                self._write(writer, last)
            except BaseException:
                writer.cancel()
                raise
            writer.commit()
            self.refresh()

    def _write(self, writer: SegmentWriter, last: dict[str, IndexDocument | None]) -> None:
        documents = [document for document in last.values() if document is not None]
        for name, has_positions in sorted(_new_fields(documents, set(writer.schema.names())).items()):
            writer.add_field(name, TermsField(positions=has_positions))
        for document_id in last:
            number = self._view.numbers.get(document_id)
            if number is not None:
                writer.delete_document(number)
        for document in documents:
            lengths = {name: sum(terms.weights) for name, terms in document.fields.items()}
            writer.add_document(**{ID: document.id, RECORD: record_of(lengths, document), **document.fields})

    def refresh(self) -> bool:
        """See newer commits, of this process or another; whether there were any."""
        with self._lock:
            for attempt in range(_OPEN_ATTEMPTS):
                try:
                    return self._refresh()
                except FileNotFoundError:
                    # A writer merged the segments away between our reading the list and the files.
                    if attempt + 1 == _OPEN_ATTEMPTS:
                        raise
                    time.sleep(0.01 * (attempt + 1))
            raise AssertionError

    def _refresh(self) -> bool:
        toc = self._index._read_toc()  # noqa: SLF001 -- the public reader() opens every segment anew
        if toc.generation == self._generation:
            return False
        segments: list[Segment] = []
        opened: dict[str, Segment] = {}
        for stored in toc.segments:
            # The same segment with other deletions is another state of it.
            key = f"{stored.segment_id()}-{stored.deleted_count()}"
            segment = self._segments.get(key)
            if segment is None:
                segment = Segment(SegmentReader(self._index.storage, toc.schema, stored))
            opened[key] = segment
            segments.append(segment)
        self._view = View(segments, self._cache)
        gone = [segment for key, segment in self._segments.items() if key not in opened]
        self._cache.forget(gone)
        now = time.monotonic()
        for left, segment in self._retired:
            if now - left >= _LONGEST_SEARCH_S:
                segment.close()
        self._retired = [old for old in self._retired if now - old[0] < _LONGEST_SEARCH_S]
        self._retired += [(now, segment) for segment in gone]
        self._segments = opened
        self._generation = toc.generation
        return True

    def search(self, request: SearchRequest) -> SearchResponse:
        """See `SearchEngine.search`."""
        started = time.perf_counter()
        check_request(request)
        view = self._view
        found = evaluate(request.query, view)
        mask = found.mask
        if not isinstance(request.filter, Everything):
            mask = mask & evaluate(request.filter, view).mask
        numbers = np.flatnonzero(mask)
        scores = np.zeros(len(numbers)) if found.scores is None else found.scores[numbers]
        scores = np.round(scores, DIGITS)
        order = _top(view, numbers, scores, request)
        return SearchResponse(
            hits=tuple(
                Hit(view.columns.ids[numbers[i]], float(scores[i]), view.columns.shown(numbers[i]))
                for i in order
            ),
            total=len(numbers),
            total_relation="eq",
            facets={
                column: view.columns.coded(column).counts(mask, request.facet_limit)
                for column in request.facets
            },
            took_ms=(time.perf_counter() - started) * 1000,
        )

    def score_of(self, query: Query, document_id: str) -> float | None:
        """See `SearchEngine.score_of`."""
        check_query(query)
        view = self._view
        number = view.numbers.get(document_id)
        if number is None:
            return None
        found = evaluate(query, view)
        if not found.mask[number]:
            return None
        return 0.0 if found.scores is None else round(float(found.scores[number]), DIGITS)

    def document_frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """See `SearchEngine.document_frequencies`."""
        view = self._view
        return [view.document_frequency(field, term) for term in terms]

    def field_size(self, field: str) -> tuple[int, float]:
        """See `SearchEngine.field_size`."""
        return self._view.field_size(field)

    def terms(self, field: str, prefix: str = "", limit: int = 100) -> list[TermStatistics]:
        """See `SearchEngine.terms`."""
        return self._view.terms(field, prefix, limit)

    def ids(self) -> Iterable[str]:
        """See `SearchEngine.ids`."""
        return list(self._view.numbers)

    def statistics(self) -> EngineStatistics:
        """See `SearchEngine.statistics`."""
        view = self._view
        languages = view.columns.coded("lang").counts(view.live, 10_000)
        return EngineStatistics(
            len(view.numbers),
            {language.value: language.count for language in languages},
            view.columns.field_names(view.live),
        )

    def close(self) -> None:
        """See `SearchEngine.close`."""
        with self._lock:
            for segment in (*(old for _, old in self._retired), *self._segments.values()):
                segment.close()
            self._retired = []
            self._segments = {}
            self._index.close()
            # What Whoosh opened to merge segments and did not close.
            self._storage.close_files()


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Millions of postings live until the commit: looking for garbage among them takes time for nothing."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _new_fields(documents: Iterable[IndexDocument], known: set[str]) -> dict[str, bool]:
    """Fields that the schema lacks, and whether they keep positions."""
    found: dict[str, bool] = {}
    for document in documents:
        for name, field in document.fields.items():
            if name not in known:
                found[name] = found.get(name, False) or len(field.positions) > 0
    return found


def _top(
    view: View, numbers: NDArray[np.intp], scores: NDArray[np.float64], request: SearchRequest
) -> NDArray[np.intp]:
    """Places in `numbers` of the wanted page, best first; ties by id."""
    if request.sort is Sort.RELEVANCE:
        keys: NDArray[Any] = -scores
    else:
        dates = view.columns.numbers("published_at")[numbers]
        ages = dates if request.sort is Sort.OLDEST else -dates
        keys = np.where(dates == MISSING, np.iinfo(np.int64).max, ages)
    end = request.offset + request.limit
    places = np.arange(len(numbers))
    if 0 < end < len(numbers):
        # All that may tie with the last hit of the page; sorting only those is much less work.
        worst = np.partition(keys, end - 1)[end - 1]
        places = np.flatnonzero(keys <= worst)
    order = np.lexsort((view.columns.id_rank[numbers[places]], keys[places]))
    return places[order][request.offset : end]
