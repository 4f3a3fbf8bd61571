"""A breaker: after some failures in a row of seconds nobody waits for a cluster that does not answer."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from threading import Lock

FAILURES = 5
WITHIN_S = 10.0
OPEN_S = 10.0


class Breaker:
    """Opens after `FAILURES` in `WITHIN_S` seconds; after `OPEN_S` one caller may try. Safe for threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._open_until: float | None = None

    def wait_s(self) -> int:
        """0 if a request may be sent, else whole seconds until it is worth it.

        Where the time is up, the one who asks is the one who tries: others go on waiting.
        """
        with self._lock:
            if self._open_until is None:
                return 0
            left = self._open_until - self._clock()
            if left > 0:
                return math.ceil(left)
            self._open_until = self._clock() + OPEN_S
            return 0

    def succeeded(self) -> None:
        """The cluster answered, with whatever."""
        with self._lock:
            self._failures.clear()
            self._open_until = None

    def failed(self) -> None:
        """The cluster did not answer."""
        with self._lock:
            now = self._clock()
            self._failures.append(now)
            tried_in_vain = self._open_until is not None
            if tried_in_vain or (len(self._failures) == FAILURES and now - self._failures[0] <= WITHIN_S):
                self._open_until = now + OPEN_S
