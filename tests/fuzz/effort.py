"""How much random input is tried: some dozen each with the usual tests, for as long as asked in long runs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

SECONDS = float(os.environ.get("FUZZ_SECONDS") or 0)
"""Each test's time; 0: so many inputs as `EXAMPLES` says."""
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES") or (0 if SECONDS else 60))
"""Inputs of each test; 0: as many as there is time for."""
SEED = os.environ.get("TORTURE_SEED", "")
"""Another one makes other input; the usual input is the same every time."""
_MOST_S = 600.0


def tries(times: int = 1) -> Iterator[int]:
    """0, 1, 2 and on, until there were `times` as many as `EXAMPLES`, or the time is over."""
    until = time.monotonic() + (SECONDS or _MOST_S)
    most = EXAMPLES * times
    number = 0
    while (not most or number < most) and time.monotonic() < until:
        yield number
        number += 1
