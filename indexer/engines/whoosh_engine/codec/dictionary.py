"""Looks many terms up in a sorted dictionary at once: a binary search whose every step is taken for all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .packing import Array

LONGEST = 64
"""Bytes of the longest key that is looked up so."""
_WORD = 8
_STEP = 64
"""The beginning of each so-manieth term is kept: half of the steps of a search need no more."""
_FIRST_BYTES = np.tri(LONGEST + 1, LONGEST, -1, np.uint8) * np.uint8(0xFF)
"""Length of a term -> mask of its bytes among those that begin where it does."""


class Dictionary:
    """Terms one behind the other, ascending as bytes within a field."""

    def __init__(self, data: NDArray[np.uint8], starts: Array) -> None:
        """`data`: the terms, and at least `LONGEST` bytes more; `starts`: one more than terms."""
        self._data = data
        self._starts = starts
        some = starts[:-1:_STEP]
        found = self._texts(some.astype(np.int64), np.minimum(starts[1::_STEP] - some, _WORD), _WORD)
        self._some: NDArray[np.uint64] = found.view(">u8").astype(np.uint64)

    def find(self, keys: Sequence[bytes], first: int, last: int) -> NDArray[np.int64]:
        """The number of each key, at least one of them, among the terms `first` to `last`; -1 where it is
        none of them. No key has more than `LONGEST` bytes.
        """
        if first >= last:
            return np.full(len(keys), -1)
        lengths = np.array([len(key) for key in keys], np.int64)
        width = -(-int(lengths.max()) // _WORD) * _WORD or _WORD
        wanted = np.array(keys, f"S{width}")
        low, high = self._between(wanted, first, last)
        while (low < high).any():
            # Of what is found already, any term will do.
            middle = np.minimum((low + high) >> 1, last - 1)
            texts, found = self._read(middle, width)
            less = (texts < wanted) | ((texts == wanted) & (found < lengths))
            less &= low < high
            np.copyto(low, middle + 1, where=less)
            np.copyto(high, middle, where=~less & (low < high))
        texts, found = self._read(np.minimum(low, last - 1), width)
        return np.where((texts == wanted) & (found == lengths) & (low < last), low, -1)

    def _between(self, wanted: Array, first: int, last: int) -> tuple[Array, Array]:
        """Bounds of where keys would stand, told by the terms whose beginnings are kept."""
        begin, end = -(-first // _STEP), -(-last // _STEP)
        some = self._some[begin:end]
        beginnings = wanted.view(">u8").reshape(len(wanted), -1)[:, 0].astype(np.uint64)
        before = np.searchsorted(some, beginnings, "left") + begin
        behind = np.searchsorted(some, beginnings, "right") + begin
        low = np.where(before > begin, (before - 1) * _STEP + 1, first)
        high = np.where(behind < end, behind * _STEP, last)
        return low, high

    def _read(self, numbers: Array, width: int) -> tuple[Array, NDArray[np.int64]]:
        """The terms as far as so many bytes go, and how long they are."""
        starts = self._starts[numbers].astype(np.int64)
        lengths = self._starts[numbers + 1] - starts
        return self._texts(starts, lengths, width), lengths

    def _texts(self, starts: NDArray[np.int64], lengths: Array, width: int) -> Array:
        windows = np.ndarray((len(self._data) - width + 1,), f"V{width}", self._data, 0, (1,))
        texts = windows[starts].view(np.uint64).reshape(len(starts), -1)
        texts &= _MASKS[width][np.minimum(lengths, width)]
        return texts.view(f"S{width}")[:, 0]


_MASKS = {
    width: np.ascontiguousarray(_FIRST_BYTES[:, :width]).view(np.uint64)
    for width in range(_WORD, LONGEST + 1, _WORD)
}
"""Bytes that are looked at -> `_FIRST_BYTES` as words."""
