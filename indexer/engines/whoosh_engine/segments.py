"""One segment of a Whoosh index as arrays: its documents' columns, and postings decoded block-wise."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3LeafMatcher
from whoosh.reading import SegmentReader, TermNotFound

from .damage import DAMAGE, damaged
from .stored_terms import RECORD, term_bytes

Ids = NDArray[np.int32]
Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Postings:
    """One term in one segment: local document numbers, ascending, and weighted frequencies."""

    ids: Ids
    weights: Weights


_EMPTY = Postings(np.empty(0, np.int32), np.empty(0, np.float32))


class Segment:
    """Reads one immutable segment; safe for several threads."""

    def __init__(self, reader: SegmentReader) -> None:
        self._reader = reader
        self._lock = Lock()
        self.size: int = reader.doc_count_all()
        """Documents, deleted ones included."""
        self.fields = frozenset(reader.indexed_field_names())
        self.records: list[dict[str, Any]] = [json.loads(record) for record in self._records()]
        """Per document what `record_of` wrote."""

    def _records(self) -> Iterator[bytes]:
        column = self._reader.column_reader(RECORD)
        return (column[number] for number in range(self.size))

    def postings(self, field: str, term: str) -> Postings:
        """All postings of a term, deleted documents included; empty for an unknown one."""
        with self._reading():
            matcher = self._matcher(field, term)
            if matcher is None:
                return _EMPTY
            deltas: list[int] = []
            weights: list[float] = []
            before = 0
            for ids, block_weights, _, last in _blocks(matcher):
                # Whoosh's deltas begin anew in each block.
                deltas.append(ids[0] - before)
                deltas.extend(ids[1:])
                weights.extend(block_weights)
                before = last
        return Postings(np.cumsum(np.array(deltas, np.int32), dtype=np.int32), np.array(weights, np.float32))

    def positions(self, field: str, term: str, wanted: Ids) -> list[NDArray[np.uint32]]:
        """Word numbers of a term in each of the wanted documents, which all have it."""
        found: list[NDArray[np.uint32]] = []
        targets = set(wanted.tolist())
        with self._reading():
            matcher = self._matcher(field, term)
            if matcher is None:
                return []
            for ids, _, values, _ in _blocks(matcher):
                for number, value in zip(np.cumsum(ids).tolist(), values or (), strict=False):
                    if number in targets:
                        found.append(np.frombuffer(value, np.uint32))
        return found

    def document_frequency(self, field: str, term: str) -> int:
        """Documents with the term, deleted ones included."""
        with self._reading():
            return int(self._reader.doc_frequency(field, term_bytes(term))) if field in self.fields else 0

    def terms_from(self, field: str, prefix: str) -> Iterator[str]:
        """Terms of a field that begin so, in order of code points."""
        if field not in self.fields:
            return
        start = term_bytes(prefix)
        with self._reading():
            for name, term in self._reader._terms.terms_from(field, start):  # noqa: SLF001 -- no public way without a fieldtype lookup a term
                if name != field or not term.startswith(start):
                    return
                yield term.decode("utf-8", "surrogatepass")

    def deleted(self) -> Ids:
        """Local numbers of deleted documents."""
        segment: Any = self._reader.segment()
        return np.array(sorted(segment.deleted_docs()), np.int32)

    def close(self) -> None:
        """Close the segment's files."""
        with self._lock:
            self._reader.close()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Whoosh's files keep a position: one thread reads at a time. Damage becomes our error."""
        with self._lock:
            try:
                yield
            except DAMAGE as error:
                raise damaged(f"segment {self._reader.segment()}", error) from error

    def _matcher(self, field: str, term: str) -> W3LeafMatcher | None:
        if field not in self.fields:
            return None
        try:
            # The public postings() wraps the matcher in a deletion filter.
            terms = self._reader._terms  # noqa: SLF001
            matcher: W3LeafMatcher = terms.matcher(field, term_bytes(term), self._reader.schema[field].format)
        except TermNotFound:
            return None
        return matcher


def _blocks(
    matcher: Any,  # a W3LeafMatcher, whose types do not know that its data is read by now
) -> Iterator[tuple[tuple[int, ...], tuple[float, ...], tuple[bytes, ...] | None, int]]:
    """(deltas of ids, weights, position bytes, last id) of each block of a posting list."""
    while True:
        matcher._read_data()  # noqa: SLF001 -- the public way decodes one posting at a time
        ids, weights, values = matcher._data  # noqa: SLF001
        if weights is None:
            weights = (1.0,) * len(ids)
        elif isinstance(weights, float):
            weights = (weights,) * len(ids)
        yield ids, weights, values, matcher._maxid  # noqa: SLF001
        matcher._next_block()  # noqa: SLF001
        if not matcher.is_active():
            return


def record_of(lengths: Mapping[str, float], document: Any) -> bytes:
    """The JSON of one document's columns: what `Segment.records` gives back."""
    record: dict[str, Any] = {"id": document.id, "length": dict(lengths)}
    for name in ("text_columns", "list_columns", "number_columns"):
        if columns := getattr(document, name):
            record[name] = dict(columns)
    return json.dumps(record, ensure_ascii=True, separators=(",", ":")).encode()
