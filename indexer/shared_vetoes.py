"""The file of vetoes of machines that share an archive: a document of its database, remembered by readers."""

from __future__ import annotations

import logging
import threading
import time
from functools import lru_cache

from .archive.documents import Documents
from .errors import ArchiveError

log = logging.getLogger(__name__)

SHARED_S = 5.0
"""A veto of another machine counts in searches after this time and one search more."""


class SharedFile:
    """One document as searches see it: they do not wait for the database, but for their first look."""

    def __init__(self, url: str, name: str) -> None:
        self.documents = Documents(url)
        self._name = name
        self._lock = threading.Lock()
        self._content: bytes | None = None
        self._looked = float("-inf")
        self._changes = 0

    def seen(self) -> bytes | None:
        """What it said a moment ago; nothing where the database has not answered yet."""
        with self._lock:
            now = time.monotonic()
            if now - self._looked < SHARED_S:
                return self._content
            first, self._looked = self._looked < 0, now
        if first:
            self._look()
        else:
            threading.Thread(target=self._look, daemon=True).start()
        return self._content

    def changed(self, content: bytes) -> None:
        """What this process has just made it say."""
        with self._lock:
            self._content = content
            self._changes += 1

    def _look(self) -> None:
        before = self._changes
        try:
            content = self.documents.read(self._name)
        except ArchiveError as error:
            log.warning("%s cannot be read: %s", self._name, error)
            return
        with self._lock:
            # What was read before a change of ours is old.
            if before == self._changes:
                self._content = content


@lru_cache(16)
def shared_file(url: str, name: str) -> SharedFile:
    """The one of this process."""
    return SharedFile(url, name)
