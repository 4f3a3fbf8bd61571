"""How many requests each client made, counted by all processes of a server together.

A limit that every process counts for itself is as many times as high. The counts stand in memory that forked
processes share, in a table of fixed size.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
import tempfile
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from limits.storage import Storage

try:
    import fcntl
except ImportError:  # Windows, where one process serves
    fcntl = None  # type: ignore[assignment]

SCHEME = "dalil-counts"
"""Of the address by which Flask-Limiter finds this storage."""

_SLOTS = 1 << 14
"""Clients that can be counted at a time, about; with more, those whose time is over soonest are forgotten."""
_NEIGHBOURS = 16
"""Slots in which a client may stand."""
_SLOT = struct.Struct("<QdQ")
"""Hash of the client and its limit, when the count begins anew by `time.monotonic`, count.

The wall clock may be set back while we count: nobody must have to wait for years. All processes of a machine
have the same monotonic clock (PEP 418).
"""


class SharedCounts:
    """Counts by key. Safe for several threads and for processes forked from the one that made it."""

    def __init__(self) -> None:
        self._table = mmap.mmap(-1, _SLOTS * _SLOT.size)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # open as long as this lives
        weakref.finalize(self, self._file.close)
        self._threads = threading.Lock()

    def add(self, key: str, seconds: float, amount: int) -> int:
        """Count a request; how many there were since the key's time began. It lasts so many seconds."""
        with self._locked():
            slot, end, count = self._find(key)
            now = time.monotonic()
            if end <= now:
                end, count = now + seconds, 0
            _SLOT.pack_into(self._table, slot, _hashed(key), end, count + amount)
            return count + amount

    def look(self, key: str) -> tuple[int, float]:
        """The count of a key, and the epoch second at which it begins anew."""
        with self._locked():
            _, end, count = self._find(key)
        left = end - time.monotonic()
        return (count, time.time() + left) if left > 0 else (0, time.time())

    def forget(self, key: str | None = None) -> None:
        """Begin anew with one key, or with all."""
        with self._locked():
            if key is None:
                self._table[:] = bytes(len(self._table))
            else:
                _SLOT.pack_into(self._table, self._find(key)[0], 0, 0.0, 0)

    def _find(self, key: str) -> tuple[int, float, int]:
        """The slot of a key with what it holds; a free one, or that of the key that is over soonest."""
        wanted = _hashed(key)
        soonest: tuple[float, int] | None = None
        for step in range(_NEIGHBOURS):
            slot = (wanted + step) % _SLOTS * _SLOT.size
            found, end, count = _SLOT.unpack_from(self._table, slot)
            if found == wanted:
                return slot, end, count
            if soonest is None or end < soonest[0]:
                soonest = (end, slot)
        assert soonest is not None
        return soonest[1], 0.0, 0

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # A lock of the system's is let go when its process dies, but it does not tell threads apart.
        with self._threads:
            if fcntl is not None:
                fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                if fcntl is not None:
                    fcntl.lockf(self._file, fcntl.LOCK_UN)


class SharedStorage(Storage):
    """`SharedCounts` as `limits` stores counts."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012  # so it is declared there

    def __init__(self, uri: str | None = None, *, counts: SharedCounts, **options: Any) -> None:
        super().__init__(uri, **options)
        self._counts = counts

    @property
    def base_exceptions(self) -> type[Exception]:
        """What it may raise."""
        return OSError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """See `SharedCounts.add`."""
        return self._counts.add(key, expiry, amount)

    def get(self, key: str) -> int:
        """The count of a key."""
        return self._counts.look(key)[0]

    def get_expiry(self, key: str) -> float:
        """Epoch second at which the count of a key begins anew."""
        return self._counts.look(key)[1]

    def check(self) -> bool:
        """Whether it can be used."""
        return True

    def reset(self) -> None:
        """Begin anew with all keys."""
        self._counts.forget()

    def clear(self, key: str) -> None:
        """Begin anew with one key."""
        self._counts.forget(key)


def _hashed(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "little") or 1
