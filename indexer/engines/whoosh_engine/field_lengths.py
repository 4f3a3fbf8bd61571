"""How long fields are: N and average length of BM25, and what the length of each document takes back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..bm25 import norm
from .codec.segment import Segment
from .columns import Mask


class FieldLengths:
    """The lengths of all fields, through all segments of one state."""

    def __init__(self, segments: Sequence[Segment], bases: Sequence[int], live: Mask) -> None:
        """`bases`: number of the first document of each segment."""
        self._segments = segments
        self._bases = bases
        self._live = live
        self._all_live = bool(live.all())
        self._sizes: dict[str, tuple[int, float]] = {}
        self._norms: dict[str, NDArray[np.float64]] = {}
        self._asked: set[str] = set()
        """Fields whose norms were asked for, not only made ready."""

    def prepare(self, before: FieldLengths) -> None:
        """Read what was asked for of the state before."""
        for field in [*before._asked]:
            self._read_norms(field)

    def size(self, field: str) -> tuple[int, float]:
        """Live documents that have the field, and their average length."""
        if field not in self._sizes:
            count, total = 0, 0.0
            for segment, base in zip(self._segments, self._bases, strict=False):
                stored = segment.documents.length(field)
                lengths = stored.lengths
                if not self._all_live:
                    lengths = lengths[self._live[base + stored.documents]]
                count += len(lengths)
                total += float(lengths.sum())
            self._sizes[field] = (count, total / count if count else 0.0)
        return self._sizes[field]

    def norms(self, field: str) -> NDArray[np.float64]:
        """What the length of each document, deleted ones included, takes back; see `bm25.norm`."""
        self._asked.add(field)
        return self._read_norms(field)

    def _read_norms(self, field: str) -> NDArray[np.float64]:
        if field not in self._norms:
            lengths = np.zeros(len(self._live))
            for segment, base in zip(self._segments, self._bases, strict=False):
                stored = segment.documents.length(field)
                lengths[base + stored.documents] = stored.lengths
            self._norms[field] = norm(lengths, self.size(field)[1] or 1.0)
        return self._norms[field]
