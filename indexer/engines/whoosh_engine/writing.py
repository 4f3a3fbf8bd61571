"""One commit: changes become new segments, deletions and merges, and a new table of contents."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..base import Change, Upsert
from .codec.documents import id_hashes
from .codec.merging import Source, merge
from .codec.segment import Segment
from .codec.segment_builder import SegmentBuilder
from .codec.whoosh_segment import ColumnarSegment
from .commits import INDEX, Commit, latest_generation, write_commit
from .durable_storage import DurableStorage
from .merge_policy import segments_to_merge
from .stored_terms import TermsField

SPILL = 2_000_000
"""Occurrences held in memory, about 40 bytes each at the peak, before they become a segment."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """A segment of the commit to come, and its file, opened."""

    named: ColumnarSegment
    opened: Segment


class Writing:
    """Makes the next commit from the last; nothing is seen until it is done, `undo` removes its files."""

    def __init__(self, storage: DurableStorage, last: Commit, opened: Mapping[str, Segment]) -> None:
        """`opened`: the segments of the last commit by the names of their files."""
        self._storage = storage
        self._folder = Path(storage.folder)
        self._last = last
        self._stored = [_Stored(named, opened[named.file_name]) for named in last.segments]
        self._written: list[Path] = []
        self._fields: dict[str, bool] = {}
        self._builder = SegmentBuilder()
        self._runs: list[_Stored] = []
        self._last_run: dict[str, int] = {}
        """By id: how many runs were written when a document was last changed."""

    def commit(self, changes: Iterable[Change], *, merge_later: bool = False) -> Commit | None:
        """Write everything; the new commit, None when there was no change."""
        for change in changes:
            if isinstance(change, Upsert):
                self._builder.add(change.document)
                self._last_run[change.document.id] = len(self._runs)
                if self._builder.occurrences >= SPILL:
                    self._spill()
                    # The collector is off meanwhile, and a long commit has garbage in circles.
                    gc.collect()
            else:
                self._builder.remove(change.id)
                self._last_run[change.id] = len(self._runs)
        if not self._last_run:
            return None
        self._spill()
        self._delete()
        self._merge(later=merge_later)
        return self._written_down()

    def tidy(self, *, whole: bool = False) -> Commit | None:
        """Only merge what `merge_later` left, or, `whole`, all; the new commit, None when nothing was."""
        before = list(self._stored)
        if whole and len(before) > 1:
            self._merge_some(range(len(before)))
        self._merge()
        return None if self._stored == before else self._written_down()

    def _written_down(self) -> Commit:
        schema = self._last.schema.copy()
        for name, positional in sorted(self._fields.items()):
            if name not in schema:
                schema.add(name, TermsField(positions=positional))
        segments = [stored.named for stored in self._stored]
        commit = Commit(self._last.generation + 1, schema, segments)
        write_commit(self._storage, commit)
        return commit

    def undo(self) -> None:
        """Take away what was written for a commit that failed; nothing if it did not."""
        if latest_generation(self._storage) > self._last.generation:
            return
        for path in self._written:
            with suppress(OSError):
                path.unlink()

    def _spill(self) -> None:
        self._fields |= self._builder.fields
        if len(self._builder):
            self._runs.append(self._stored_as(len(self._builder), self._builder.write))
        self._builder = SegmentBuilder()

    def _stored_as(self, documents: int, write: Callable[[Path], object]) -> _Stored:
        named = ColumnarSegment(INDEX, documents)
        path = self._folder / named.file_name
        self._written.append(path)
        write(path)
        return _Stored(named, Segment(path))

    def _delete(self) -> None:
        """Older states of the changed documents, in older segments and in earlier runs."""
        changed = list(self._last_run)
        hashes = id_hashes(changed)
        runs = np.array(list(self._last_run.values()))
        stored: list[_Stored] = []
        for place, segment in enumerate([*self._stored, *self._runs]):
            run = place - len(self._stored)
            later = np.flatnonzero(runs > run) if run >= 0 else np.arange(len(changed))
            found = (
                segment.opened.documents.find([changed[i] for i in later.tolist()], hashes[later])
                if len(later)
                else later
            )
            stored.append(
                _Stored(segment.named.with_deleted(found), segment.opened) if len(found) else segment
            )
        # Segments of which nothing lives are gone without a merge.
        self._stored = [s for s in stored if s.named.deleted_count() < s.named.doc_count_all()]

    def _merge(self, *, later: bool = False) -> None:
        """Runs of this commit become one segment, and then whatever the policy says."""
        runs = {run.named.segid for run in self._runs}
        places = [at for at, stored in enumerate(self._stored) if stored.named.segid in runs]
        if len(places) > 1:
            self._merge_some(places)
        while True:
            sizes = [stored.named.doc_count_all() for stored in self._stored]
            live = [size - s.named.deleted_count() for size, s in zip(sizes, self._stored, strict=True)]
            places = segments_to_merge(sizes, live, later=later)
            if not places:
                return
            self._merge_some(places)

    def _merge_some(self, places: Sequence[int]) -> None:
        sources = [Source(self._stored[at].opened, self._stored[at].named.live()) for at in places]
        documents = sum(int(source.live.sum()) for source in sources)
        merged = self._stored_as(documents, lambda path: merge(sources, path))
        kept = [stored for at, stored in enumerate(self._stored) if at not in set(places)]
        self._stored = [*kept, merged]
