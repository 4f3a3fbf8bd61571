"""`WhooshEngine`: the `SearchEngine` over an index of Whoosh with the columnar codec."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

import numpy as np
from whoosh.index import TOC

from ...errors import IndexDamaged, LockHeld
from ..base import (
    Change,
    EngineStatistics,
    FacetCount,
    Hit,
    SearchRequest,
    SearchResponse,
    Sort,
    TermStatistics,
)
from ..bm25 import DIGITS
from ..query import Everything, Query
from ..query_limits import check_query, check_request
from .codec.segment import Ids, Segment
from .commits import INDEX, Commit, latest_generation, read_commit
from .damage import DAMAGE, damaged
from .durable_storage import DurableStorage
from .matching import Matching
from .ordering import Page, best_dated, best_scored
from .scoring import scores_of
from .shortcuts import shortcut
from .stored_terms import new_schema
from .view import View
from .writing import Writing

_OPEN_ATTEMPTS = 20
_LOCK_S = 10.0


class WhooshEngine:
    """Terms and columns in a directory of Whoosh's files. One writer at a time, any number of readers.

    Searching is safe from several threads and sees the state of the last `apply` or `refresh`.
    """

    def __init__(self, storage: DurableStorage) -> None:
        self._storage = storage
        self._lock = RLock()
        self._opened: dict[str, Segment] = {}
        self._commit: Commit | None = None
        self._view = View(())
        self.refresh()

    @classmethod
    def create(cls, directory: Path) -> WhooshEngine:
        """Make an empty index in a directory, which is made if missing."""
        directory.mkdir(parents=True, exist_ok=True)
        storage = DurableStorage(directory)
        TOC.create(storage, new_schema(), INDEX)
        return cls(storage)

    @classmethod
    def open(cls, directory: Path, *, read_only: bool = False) -> WhooshEngine:
        """Open what `create` made. Raises `IndexMissing`, `IndexDamaged`."""
        return cls(DurableStorage(directory, readonly=read_only))

    def apply(self, changes: Iterable[Change], *, merge_later: bool = False, version: int = 0) -> None:
        """See `StoredEngine.apply`. Raises `LockHeld` when another process writes.

        `merge_later`: small segments may add up meanwhile. Files have one writer, so `version` says nothing.
        """
        del version
        self._commit_by(lambda writing: writing.commit(changes, merge_later=merge_later))

    def tidy(self, *, whole: bool = False) -> None:
        """Merge what `merge_later` left, or, `whole`, all. Raises `LockHeld` as `apply`."""
        self._commit_by(lambda writing: writing.tidy(whole=whole))

    def _commit_by(self, write: Callable[[Writing], object]) -> None:
        with self._lock, self._one_writer(), _collector_paused():
            self.refresh()
            assert self._commit is not None
            writing = Writing(self._storage, self._commit, self._opened)
            try:
                write(writing)
            except BaseException:
                writing.undo()
                raise
            self.refresh()

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        """Whoosh's own lock, so that no writer of Whoosh's comes between."""
        lock = self._storage.lock(f"{INDEX}_WRITELOCK")
        deadline = time.monotonic() + _LOCK_S
        while not lock.acquire():
            if time.monotonic() > deadline:
                raise LockHeld(f"another process writes to {self._storage.folder}; try again when it is done")
            time.sleep(0.05)
        try:
            yield
        finally:
            lock.release()

    def refresh(self) -> bool:
        """See newer commits, of this process or another; whether there were any."""
        with self._lock:
            seen = -1
            for attempt in range(_OPEN_ATTEMPTS):
                try:
                    seen = latest_generation(self._storage)
                    return self._refresh()
                except FileNotFoundError as error:
                    # A writer may have taken the files away since we read which there are.
                    if attempt + 1 == _OPEN_ATTEMPTS or not self._is_newer_than(seen):
                        raise IndexDamaged(f"{error.filename} is missing; run `dalil reindex`") from error
                except DAMAGE as error:
                    raise damaged(self._storage.folder, error) from error
            raise AssertionError

    def _is_newer_than(self, generation: int) -> bool:
        return Path(self._storage.folder).is_dir() and latest_generation(self._storage) > generation

    def _refresh(self) -> bool:
        for segment in self._opened.values():
            segment.check_length()
        if self._commit is not None and latest_generation(self._storage) == self._commit.generation:
            return False
        commit = read_commit(self._storage)
        folder = Path(self._storage.folder)
        opened = {
            named.file_name: self._opened.get(named.file_name) or Segment(folder / named.file_name)
            for named in commit.segments
        }
        # Segments that are gone close by themselves when the last search over them is done.
        before = self._view
        view = View([(opened[named.file_name], named.live()) for named in commit.segments], before)
        self._view = view
        before.forget()
        self._opened = opened
        self._commit = commit
        return True

    def search(self, request: SearchRequest) -> SearchResponse:
        """See `SearchEngine.search`."""
        started = time.perf_counter()
        check_request(request)
        view = self._view
        matching = Matching(view)
        short = shortcut(view, matching, request)
        facets: dict[str, tuple[FacetCount, ...]] = {}
        page, total = short or ([], 0)
        if short is None or request.facets:
            hits = matching.ids(request.query)
            if not isinstance(request.filter, Everything):
                hits = hits[matching.passing(request.filter, hits)]
            total = len(hits)
            facets = {name: view.column(name).counts(hits, request.facet_limit) for name in request.facets}
            if short is None:
                page = _page(matching, hits, request)
        return SearchResponse(
            hits=tuple(_hit(view, document, score) for document, score in page),
            total=total,
            total_relation="eq" if short is None or request.exact_total else "gte",
            facets=facets,
            took_ms=(time.perf_counter() - started) * 1000,
        )

    def score_of(self, query: Query, document_id: str) -> float | None:
        """See `SearchEngine.score_of`."""
        check_query(query)
        view = self._view
        number = view.number_of(document_id)
        if number is None:
            return None
        matching = Matching(view)
        if not matching.mask(query)[number]:
            return None
        hits = np.array([number], np.int32)
        return round(float(scores_of(query, matching, hits)[0]), DIGITS)

    def document_frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """See `SearchEngine.document_frequencies`."""
        return self._view.document_frequencies(field, terms)

    def field_size(self, field: str) -> tuple[int, float]:
        """See `SearchEngine.field_size`."""
        return self._view.field_size(field)

    def terms(self, field: str, prefix: str = "", limit: int = 100) -> list[TermStatistics]:
        """See `SearchEngine.terms`."""
        return self._view.terms(field, prefix, limit)

    def ids(self) -> Iterable[str]:
        """See `SearchEngine.ids`."""
        return self._view.ids()

    def statistics(self) -> EngineStatistics:
        """See `SearchEngine.statistics`."""
        view = self._view
        languages = view.column("lang").counts(view.live_ids, 10_000)
        return EngineStatistics(
            len(view.live_ids),
            {language.value: language.count for language in languages},
            view.fields(),
        )

    def damage(self) -> list[str]:
        """Read every file once and compare it with its checksums; what is wrong, and what to do."""
        problems = []
        for segment in self._view.segments:
            try:
                segment.check()
            except IndexDamaged as error:
                problems.append(str(error))
        return problems

    def __del__(self) -> None:
        # Whoever swaps indexes cannot know when the last search over the old one is over.
        self._view.forget()

    def close(self) -> None:
        """See `SearchEngine.close`."""
        with self._lock:
            before, self._view = self._view, View(())
            before.forget()
            for segment in self._opened.values():
                segment.close()
            self._opened = {}


def _page(matching: Matching, hits: Ids, request: SearchRequest) -> Page:
    """The wanted page of all hits."""
    if request.sort is Sort.RELEVANCE:
        scores = scores_of(request.query, matching, hits)
        return best_scored(matching.view, hits, scores, request.offset, request.limit)
    documents = best_dated(matching.view, hits, request)
    ascending = np.array(sorted(documents), np.int32)
    scores = scores_of(request.query, matching, ascending).round(DIGITS)
    score_of = dict(zip(ascending.tolist(), scores.tolist(), strict=True))
    return [(document, score_of[document]) for document in documents]


def _hit(view: View, document: int, score: float) -> Hit:
    document_id, columns = view.shown(document)
    return Hit(document_id, score, columns)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Millions of terms live until the commit: looking for garbage among them takes time for nothing."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
