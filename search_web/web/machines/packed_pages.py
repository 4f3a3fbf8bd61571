"""Long answers that are the same for everybody, kept compressed until the index changes."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from threading import Lock

_GZIP = 31
"""zlib's number for gzip with the largest window."""
_LEVEL = 6
_STEP = 64 * 1024


class PackedPages:
    """The pages that were asked for last, by key, of one state of the index. Safe for several threads.

    Pages are made one at a time: two clients that ask for the same one cost one of it.
    """

    def __init__(self, most_bytes: int = 16 * 1024 * 1024) -> None:
        self._most = most_bytes
        self._state = ""
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def page(self, state: str, key: str, pieces: Callable[[], Iterable[str]]) -> bytes:
        """The page as gzip; `pieces` makes its text where it is not there."""
        with self._lock:
            if state != self._state:
                self._state, self._size = state, 0
                self._kept.clear()
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            packed = b"".join(_packed(pieces()))
            self._kept[key] = packed
            self._size += len(packed)
            while self._size > self._most and len(self._kept) > 1:
                self._size -= len(self._kept.popitem(last=False)[1])
            return packed


def unpacked(packed: bytes) -> Iterator[bytes]:
    """The text of a page, for a client that takes no gzip."""
    reader = zlib.decompressobj(_GZIP)
    rest = packed
    while rest:
        yield reader.decompress(rest, _STEP)
        rest = reader.unconsumed_tail
    yield reader.flush()


def _packed(pieces: Iterable[str]) -> Iterator[bytes]:
    writer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    for piece in pieces:
        yield writer.compress(piece.encode("utf-8", "replace"))
    yield writer.flush()
