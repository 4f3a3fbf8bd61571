"""The columns of a whole index, joined from those of its segments: filters and facets."""

from __future__ import annotations

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
