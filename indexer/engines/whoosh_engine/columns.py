"""The documents of a whole index as columns of arrays: lengths, filters, facets, order of ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..base import COLUMNS_LIST, COLUMNS_NUMBER, COLUMNS_TEXT, FacetCount

Mask = NDArray[np.bool_]
MISSING = np.iinfo(np.int64).min
"""Stands in a column of numbers where a document has none."""


class Coded:
    """A column of strings, any number a document: codes into a sorted list of values."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self.values = sorted({value for row in rows for value in row})
        self._code_of = {value: code for code, value in enumerate(self.values)}
        self._codes = np.array([self._code_of[v] for row in rows for v in row], np.int32)
        self._documents = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        self._size = len(rows)

    def mask(self, values: Sequence[str]) -> Mask:
        """Documents that have one of the values."""
        wanted = np.zeros(len(self.values), bool)
        wanted[[self._code_of[value] for value in values if value in self._code_of]] = True
        found = np.zeros(self._size, bool)
        found[self._documents[wanted[self._codes]]] = True
        return found

    def counts(self, hits: Mask, limit: int) -> tuple[FacetCount, ...]:
        """The commonest values among the hits."""
        counts = np.bincount(self._codes[hits[self._documents]], minlength=len(self.values))
        # The values are sorted, so a stable sort leaves equal counts in order of value.
        order = np.argsort(-counts, kind="stable")[:limit]
        return tuple(FacetCount(self.values[code], int(counts[code])) for code in order if counts[code])


class Columns:
    """Columns of all documents, deleted ones included, in the order of document numbers."""

    def __init__(self, records: Sequence[Mapping[str, Any]]) -> None:
        self.ids: list[str] = [record["id"] for record in records]
        self._records = records
        self._coded: dict[str, Coded] = {}
        self._numbers: dict[str, NDArray[np.int64]] = {}
        self._lengths: dict[str, NDArray[np.float64]] = {}
        order = sorted(range(len(self.ids)), key=self.ids.__getitem__)
        self.id_rank = np.empty(len(order), np.int64)
        """Place of each document's id in their order."""
        self.id_rank[order] = np.arange(len(order))

    def lengths(self, field: str) -> NDArray[np.float64]:
        """Length of a field in each document; 0 where it has none."""
        if field not in self._lengths:
            self._lengths[field] = np.array([r["length"].get(field, 0.0) for r in self._records], np.float64)
        return self._lengths[field]

    def numbers(self, column: str) -> NDArray[np.int64]:
        """A column of integers, `MISSING` where a document has none."""
        if column not in self._numbers:
            rows = (r.get("number_columns", {}).get(column, MISSING) for r in self._records)
            self._numbers[column] = np.fromiter(rows, np.int64, len(self._records))
        return self._numbers[column]

    def coded(self, column: str) -> Coded:
        """A column of strings; of a column of integers their decimal text."""
        if column not in self._coded:
            self._coded[column] = Coded([_strings(record, column) for record in self._records])
        return self._coded[column]

    def shown(self, number: int) -> dict[str, str]:
        """The columns that a hit carries."""
        columns = self._records[number].get("text_columns", {})
        return {name: columns[name] for name in ("lang", "group") if name in columns}

    def field_names(self, live: Mask) -> tuple[str, ...]:
        """Fields with at least one term in a live document, sorted."""
        return tuple(
            sorted({n for r, alive in zip(self._records, live, strict=True) if alive for n in r["length"]})
        )


def _strings(record: Mapping[str, Any], column: str) -> Sequence[str]:
    if column in COLUMNS_LIST:
        # A value counts once a document.
        return sorted(set(record.get("list_columns", {}).get(column, ())))
    if column in COLUMNS_NUMBER:
        numbers = record.get("number_columns", {})
        return (str(numbers[column]),) if column in numbers else ()
    assert column in COLUMNS_TEXT, column
    texts = record.get("text_columns", {})
    return (texts[column],) if column in texts else ()
