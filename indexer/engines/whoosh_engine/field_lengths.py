"""How long fields are: N and average length of BM25, and what the length of each document takes back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..bm25 import norm
from .columns import Ids
from .segment_memory import SegmentMemory


class FieldLengths:
    """The lengths of all fields, through all segments of one state."""

    def __init__(self, memories: Sequence[SegmentMemory], deleted: Sequence[Ids]) -> None:
        """`deleted`: documents of each segment, in its own numbers."""
        self._memories = memories
        self._deleted = deleted
        self._sizes: dict[str, tuple[int, float]] = {}
        self._norms: dict[str, NDArray[np.float64]] = {}

    def size(self, field: str) -> tuple[int, float]:
        """Live documents that have the field, and their average length."""
        if field not in self._sizes:
            count, total = 0, 0.0
            for memory, deleted in zip(self._memories, self._deleted, strict=True):
                here, length = memory.field_size(field).without(deleted)
                count += here
                total += length
            self._sizes[field] = (count, total / count if count else 0.0)
        return self._sizes[field]

    def norms(self, field: str) -> NDArray[np.float64]:
        """What the length of each document, deleted ones included, takes back; see `bm25.norm`."""
        if field not in self._norms:
            parts = [memory.field_size(field).lengths for memory in self._memories]
            lengths = np.concatenate([np.empty(0), *parts])
            self._norms[field] = norm(lengths, self.size(field)[1] or 1.0)
        return self._norms[field]
