"""What Whoosh asks of the documents of a segment: which live, their ids, lengths and columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import columns
from whoosh.codec import base

from ...base import COLUMNS_LIST, COLUMNS_NUMBER, COLUMNS_TEXT
from .documents import MISSING, Lengths
from .packing import starts_of
from .segment import Segment

_LAST = 2**63
"""Sorts behind every number of a column."""


class DocumentsReader(base.PerDocumentReader):
    """Whoosh's view of a segment's documents."""

    def __init__(self, segment: Segment, live: NDArray[np.bool_]) -> None:
        self._segment = segment
        self._live = live
        self._dead = np.flatnonzero(~live).tolist()
        self._lengths: dict[str, NDArray[np.float64]] = {}

    def close(self) -> None:
        """Close the file, once no array of it is in use."""
        self._segment.close()

    # Documents

    def doc_count_all(self) -> int:
        """Documents, deleted ones included."""
        return self._segment.size

    def doc_count(self) -> int:
        """Documents that are not deleted."""
        return self._segment.size - len(self._dead)

    def has_deletions(self) -> bool:
        """Whether any is deleted."""
        return bool(self._dead)

    def is_deleted(self, docnum: int) -> bool:
        """Whether one is."""
        return not self._live[docnum]

    def deleted_docs(self) -> Sequence[int]:
        """Numbers of the deleted ones."""
        found: Sequence[int] = self._dead
        return found

    def stored_fields(self, docnum: int) -> dict[str, str]:
        """The id: everything else is in columns, and in the archive."""
        return {"id": self._segment.documents.id(docnum)}

    # Lengths

    def stored_lengths(self, fieldname: str) -> Lengths:
        """The exact lengths of a field, and which documents have it; deleted ones too."""
        return self._segment.documents.length(fieldname)

    def doc_field_length(self, docnum: int, fieldname: str, default: float = 0) -> float:
        """The length of a field in one document; it need not be whole, for zones weigh."""
        if fieldname not in self._lengths:
            stored = self.stored_lengths(fieldname)
            lengths = self._lengths[fieldname] = np.zeros(self._segment.size)
            lengths[stored.documents] = stored.lengths
        return float(self._lengths[fieldname][docnum]) or default

    def field_length(self, fieldname: str) -> float:
        """Sum over all documents."""
        return float(self.stored_lengths(fieldname).lengths.sum())

    def min_field_length(self, fieldname: str) -> float:
        """The shortest of the documents that have the field; 0 if none has."""
        lengths = self.stored_lengths(fieldname).lengths
        return float(lengths.min()) if len(lengths) else 0.0

    def max_field_length(self, fieldname: str) -> float:
        """The longest."""
        return float(self.stored_lengths(fieldname).lengths.max(initial=0.0))

    # Columns

    def supports_columns(self) -> bool:
        """They are there without a writer of columns."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Every column of ours is there, if only with nothing in it."""
        return fieldname in {*COLUMNS_TEXT, *COLUMNS_LIST, *COLUMNS_NUMBER}

    def list_columns(self) -> list[str]:
        """Columns in which a document of this segment has a value."""
        return [*self._segment.documents.texts, *self._segment.documents.numbers]

    def column_reader(self, fieldname: str, _column: Any) -> ValuesReader:
        """The values of a column, document by document."""
        documents = self._segment.documents
        if fieldname in COLUMNS_NUMBER:
            numbers = documents.number(fieldname).tolist()
            return NumbersReader([None if number == MISSING else number for number in numbers])
        coded = documents.text(fieldname)
        starts = starts_of(coded.counts).tolist()
        texts = [coded.values[code] for code in coded.codes.tolist()]
        if fieldname in COLUMNS_LIST:
            return ValuesReader([tuple(texts[first:last]) for first, last in pairwise(starts)])
        return ValuesReader(
            [texts[at] if count else None for at, count in zip(starts, coded.counts, strict=False)]
        )


class ValuesReader(columns.ColumnReader):
    """A column in memory; None, or an empty tuple, where a document has no value."""

    def __init__(self, values: list[Any]) -> None:
        self._values = values
        self._reverse = False

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, docnum: int) -> Any:
        return self._values[docnum]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def load(self) -> list[Any]:
        """All values."""
        return self._values

    def set_reverse(self) -> None:
        """Sort the last first."""
        self._reverse = True

    def sort_key(self, docnum: int) -> Any:
        """Documents without a value come first, in reverse last."""
        key = self._values[docnum]
        key = "" if key is None else key
        return _Backwards(key) if self._reverse else key


class NumbersReader(ValuesReader):
    """Integers, at most one a document."""

    def sort_key(self, docnum: int) -> Any:
        """Documents without a value come last, also in reverse."""
        value = self._values[docnum]
        if value is None:
            return _LAST
        return -value if self._reverse else value


@dataclass(frozen=True, slots=True)
class _Backwards:
    """Sorts the other way round."""

    key: Any

    def __lt__(self, other: _Backwards) -> bool:
        return bool(other.key < self.key)
