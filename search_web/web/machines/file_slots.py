"""How many long files a process sends at a time: who reads one slowly holds a thread meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from werkzeug.exceptions import ServiceUnavailable

MOST_FILES = 2
"""Half of the threads that a process has by itself; the others are for searches."""
RETRY_S = 5
"""Until who found no slot asks again."""
_free = threading.Semaphore(MOST_FILES)


class Slot:
    """A place to send a file from. Raises `ServiceUnavailable` where all are taken."""

    def __init__(self) -> None:
        self._held = _free.acquire(blocking=False)
        if not self._held:
            raise ServiceUnavailable(
                "as many files are being sent as may be; ask again in a moment", retry_after=RETRY_S
            )

    def sending(self, pieces: Iterable[str]) -> Iterator[bytes]:
        """The pieces in UTF-8; the slot is free after the last one."""
        try:
            for piece in pieces:
                yield piece.encode("utf-8", "replace")
        finally:
            self.release()

    def release(self) -> None:
        """Let another file be sent; once, however often it is called."""
        if self._held:
            self._held = False
            _free.release()

    __del__ = release
