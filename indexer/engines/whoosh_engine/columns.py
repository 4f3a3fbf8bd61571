"""The columns of a whole index, joined from those of its segments: filters and facets."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..base import FacetCount
from .codec.documents import MISSING, Coded

Ids = NDArray[np.int32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of strings over all documents, deleted ones included."""

    values: list[str]
    """In order."""
    codes: NDArray[np.int32]
    """Code by code; where no document has more than one, document by document, the missing as the last."""
    documents: Ids | None
    """The document of each code; None where codes stand document by document."""
    size: int
    """Documents."""

    @classmethod
    def of(cls, coded: Coded) -> Column:
        """From codes and counts."""
        size = len(coded.counts)
        if coded.counts.max(initial=0) > 1:
            return cls(coded.values, coded.codes.astype(np.int32), coded.documents(), size)
        codes = np.full(size, len(coded.values), np.int32)
        codes[coded.counts > 0] = coded.codes
        return cls(coded.values, codes, None, size)

    @classmethod
    def of_numbers(cls, numbers: NDArray[np.int64]) -> Column:
        """The decimal text of integers."""
        present = numbers != MISSING
        distinct, codes = np.unique(numbers[present], return_inverse=True)
        texts = [str(number) for number in distinct.tolist()]
        order = sorted(range(len(texts)), key=texts.__getitem__)
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order))
        counts = present.astype(np.int32)
        return cls.of(Coded([texts[place] for place in order], counts, rank[codes]))

    def upto(self, size: int) -> Column:
        """The column of the first documents; it may have values that none of these has."""
        if self.documents is None:
            return Column(self.values, self.codes[:size], None, size)
        end = int(np.searchsorted(self.documents, size))
        return Column(self.values, self.codes[:end], self.documents[:end], size)

    def extended(self, more: Column) -> Column:
        """This column with the documents of another one behind, in time for what the other one has."""
        if (self.documents is None) != (more.documents is None):
            return self._by_code().extended(more._by_code())
        size = self.size + more.size
        values, codes = self._with_values(more.values)
        ranks = [bisect_left(values, value) for value in more.values]
        added = np.array([*ranks, len(values)], np.int32)[more.codes]
        joined = np.concatenate([codes, added])
        if self.documents is None or more.documents is None:
            return Column(values, joined, None, size)
        return Column(
            values, joined, np.concatenate([self.documents, more.documents + np.int32(self.size)]), size
        )

    def _by_code(self) -> Column:
        """The same column, code by code."""
        if self.documents is not None:
            return self
        documents = np.flatnonzero(self.codes < len(self.values)).astype(np.int32)
        return Column(self.values, self.codes[documents], documents, self.size)

    def _with_values(self, wanted: Sequence[str]) -> tuple[list[str], NDArray[np.int32]]:
        """The values and those wanted, which are in order, and the codes into them."""
        places = [bisect_left(self.values, value) for value in wanted]
        new = [
            (place, value)
            for place, value in zip(places, wanted, strict=True)
            if place == len(self.values) or self.values[place] != value
        ]
        if not new:
            return self.values, self.codes
        values: list[str] = []
        before = 0
        for place, value in new:
            values += self.values[before:place]
            values.append(value)
            before = place
        values += self.values[before:]
        old = np.arange(len(self.values) + 1)
        moved = old + np.searchsorted([place for place, _ in new], old, "right")
        return values, moved.astype(np.int32)[self.codes]

    def counts(self, hits: Ids, limit: int) -> tuple[FacetCount, ...]:
        """The commonest values among the hits."""
        if self.documents is None:
            codes = self.codes[hits]
        else:
            mask = np.zeros(self.size, bool)
            mask[hits] = True
            codes = self.codes[mask[self.documents]]
        counts = np.bincount(codes, minlength=len(self.values))[: len(self.values)]
        # The values are sorted, so a stable sort leaves equal counts in order of value.
        order = np.argsort(-counts, kind="stable")[:limit]
        return tuple(FacetCount(self.values[code], int(counts[code])) for code in order if counts[code])
