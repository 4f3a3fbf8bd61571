"""`Pace`: how soon one state of an index may follow another while many are asking.

Scores, filters and best lists of a state are worked out anew for the next one, and a commit takes time from
searches: five a second would be a fifth of a core. On a server with nothing to spare states follow each other
less often; as long as there is time to spare, each follows at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable

MOST_S = 0.5
"""Between two states, at the most."""
_SPARE, _FULL = 0.6, 0.85
"""Shares of one core's time, which is all that a process of Python has: below the first one nothing is put
off, from the second one everything for `MOST_S`."""
_WINDOW_S = 0.5


class Pace:
    """How busy this process is. Safe for several threads."""

    def __init__(
        self, wall: Callable[[], float] = time.monotonic, used: Callable[[], float] = time.process_time
    ) -> None:
        """`wall`, `used`: seconds that pass, and seconds of processor time."""
        self._wall = wall
        self._used = used
        self._since = wall(), used()
        self._share = 0.0

    def between_s(self) -> float:
        """Seconds that should be between the beginnings of two states now, 0 to `MOST_S`."""
        return MOST_S * min(1.0, max(0.0, (self._busy() - _SPARE) / (_FULL - _SPARE)))

    def _busy(self) -> float:
        """The share of a core that was used in the last window of time that is over."""
        wall, used = self._wall(), self._used()
        since, used_since = self._since
        if wall - since >= _WINDOW_S:
            self._since, self._share = (wall, used), (used - used_since) / (wall - since)
        return self._share
